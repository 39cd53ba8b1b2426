//! How far an economy's exports are from final use, and from primary inputs.

use std::sync::Arc;

use super::EconomyPart;
use super::participation::by_economy;
use super::series::{ends, exported, exporting_rows, in_year_of, lines, row_heading};
use crate::frame::{Frame, Measure};
use crate::indicators::find_indicator;
use crate::labels::economy_names;
use crate::page::dataset::in_unit;
use crate::page::gather::{Gathered, Wanted};
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};

/// Position over the years.
pub(super) struct Position;

const UP: &str = "upstreamness";
const DOWN: &str = "downstreamness";
const UNIT: &str = "stages of production, mean over exports";

impl EconomyPart for Position {
    fn id(&self) -> &'static str {
        "position"
    }

    fn title(&self) -> &'static str {
        "Where does it stand between raw materials and final use?"
    }

    fn wants(&self) -> Vec<Wanted> {
        let up = by_economy(UP, "indicators upstreamness TABLE --level country");
        up.into_iter().chain(by_economy(DOWN, "indicators downstreamness TABLE --level country")).collect()
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        let (Some(up), Some(down)) = (found.data(UP), found.data(DOWN)) else { return Ok(Vec::new()) };
        // Both have one row an economy and year, in the same order.
        let Some(stages) = down.frame.column("downstreamness_exports") else { return Ok(Vec::new()) };
        let mut frame = Frame::new();
        for field in up.frame.fields() {
            if ["year", "economy", "upstreamness_exports"].contains(&field.name.as_str()) {
                frame = frame.with(&field.name, field.measure, field.column.clone());
            }
        }
        frame = frame.with("downstreamness_exports", Measure::Pure, stages.clone());
        let mut notes = in_unit(&up.notes, UNIT);
        notes.absorb(in_unit(&down.notes, UNIT).without_tables());
        notes.computed = "indicators upstreamness, downstreamness".into();
        Ok(vec![Dataset::new("position", frame, notes, "")])
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        // A mean over exports is not defined without any: the first part says so.
        let rows = exporting_rows(found, data, economy);
        let Some(&last) = rows.last() else { return Ok(Vec::new()) };
        let name = names::said(economy);
        // Where the economy stands among all.
        let year = data.text("year", last);
        let all = data.rows_with(&[("year", &year)]);
        let judged = all
            .into_iter()
            .filter(|&row| {
                let name = data.text("economy", row);
                !economy_names::is_rest(&name) && exported(found, &name, &year)
            })
            .collect();
        let of_all = data.largest(judged, "upstreamness_exports", usize::MAX);
        let rank = of_all.iter().position(|&row| row == last).filter(|_| of_all.len() > 1);
        let heading = format!("Position of the exports of {name}");
        let mut body: Vec<Body> = lines(
            found,
            "fig-position",
            "Stages of production",
            &rows,
            &[
                (data, "upstreamness_exports", "To final use"),
                (data, "downstreamness_exports", "From primary inputs"),
            ],
            1.0,
        )?
        .into_iter()
        .collect();
        body.push(Body::Table(Table {
            caption: heading.clone(),
            columns: vec![
                row_heading(found),
                Shown::new("Stages to final use", Cell::Plain("upstreamness_exports", 2)),
                Shown::new("Stages from primary inputs", Cell::Plain("downstreamness_exports", 2)),
            ],
            rows: ends(&rows),
            data: Arc::clone(data),
        }));
        Ok(vec![Figure {
            id: "fig-position".into(),
            heading,
            says: format!(
                "The exports of {name} are {} stages from final use{} and {} stages from primary inputs{}.",
                number::plain(data.number("upstreamness_exports", last), 2),
                in_year_of(data, last),
                number::plain(data.number("downstreamness_exports", last), 2),
                rank.map_or_else(String::new, |at| {
                    let place = number::place(at + 1);
                    let apart = if place.is_empty() { "" } else { " " };
                    format!(", the {place}{apart}farthest from final use of {} economies", of_all.len())
                })
            ),
            reads: format!(
                "One stage means sold to final use (or made from primary inputs) alone; raw materials stand far from final use, \
                 consumer goods near it.{}",
                if found.moves() { " Changes of less than a tenth of a stage are small." } else { "" }
            ),
            unit: UNIT.into(),
            source: found.source(),
            methods: vec![
                MethodNote::of_indicator(find_indicator(UP)?),
                MethodNote::of_indicator(find_indicator(DOWN)?),
            ],
            terms: vec!["upstreamness/upstreamness_exports", "downstreamness/downstreamness_exports"],
            body,
            data: vec![Arc::clone(data)],
        }])
    }
}
