//! How far an economy's exports are from final use, and from primary inputs.

use std::sync::Arc;

use super::EconomyPart;
use super::participation::by_economy;
use super::series::{ends, last_row, lines, rows_of};
use crate::indicators::find_indicator;
use crate::page::gather::{Gathered, Wanted};
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};

/// Position over the years.
pub(super) struct Position;

const UP: &str = "upstreamness";
const DOWN: &str = "downstreamness";

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
        match (found.data(UP), found.data(DOWN)) {
            (Some(up), Some(down)) => Ok(vec![Arc::clone(up), Arc::clone(down)]),
            _ => Ok(Vec::new()),
        }
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let [up, down] = data else { return Ok(Vec::new()) };
        let (Some(last_up), Some(last_down)) = (last_row(up, economy), last_row(down, economy)) else {
            return Ok(Vec::new());
        };
        let rows = rows_of(up, economy);
        let name = names::economy_short(economy);
        let year: Vec<(&str, String)> = vec![("year", up.text("year", last_up))];
        let wanted: Vec<(&str, &str)> = year.iter().map(|(column, text)| (*column, text.as_str())).collect();
        // Where the economy stands among all.
        let mut all: Vec<usize> = up
            .rows_with(&wanted)
            .into_iter()
            .filter(|&row| !names::is_rest(&up.text("economy", row)))
            .collect();
        let of_all = up.largest(std::mem::take(&mut all), "upstreamness_exports", usize::MAX);
        let rank = of_all.iter().position(|&row| row == last_up).map(|at| at + 1);
        let heading = format!("Position of the exports of {name}");
        let mut body: Vec<Body> = lines(
            found,
            "fig-position",
            "Stages of production",
            &rows,
            &[
                (up, "upstreamness_exports", "To final use"),
                (down, "downstreamness_exports", "From primary inputs"),
            ],
            1.0,
        )?
        .into_iter()
        .collect();
        let table = |data: &Arc<Dataset>, caption: &str, heading: &str, column: &'static str| {
            Body::Table(Table {
                caption: format!("{caption}, {name}"),
                columns: vec![
                    Shown::new("Year", Cell::Text("year")),
                    Shown::new(heading, Cell::Plain(column, 3)),
                ],
                rows: ends(&rows_of(data, economy)),
                data: Arc::clone(data),
            })
        };
        body.push(table(up, "Upstreamness of exports", "Stages to final use", "upstreamness_exports"));
        body.push(table(
            down,
            "Downstreamness of exports",
            "Stages from primary inputs",
            "downstreamness_exports",
        ));
        Ok(vec![Figure {
            id: "fig-position".into(),
            heading,
            says: format!(
                "The exports of {name} are {} stages from final use{} and {} stages from primary inputs{}.",
                number::plain(up.number("upstreamness_exports", last_up), 2),
                found.in_last_year(),
                number::plain(down.number("downstreamness_exports", last_down), 2),
                rank.map_or_else(String::new, |rank| format!(
                    "; by distance from final use it ranks {rank} of {}",
                    number::count(of_all.len(), "economy", "economies")
                ))
            ),
            reads: "One stage means sold to final use (or made from primary inputs) alone; raw materials stand far from final use, \
                    consumer goods near it. Changes of less than a tenth of a stage are small."
                .into(),
            unit: "stages of production, mean over exports".into(),
            source: found.source(),
            methods: vec![
                MethodNote::of_indicator(find_indicator(UP)?),
                MethodNote::of_indicator(find_indicator(DOWN)?),
            ],
            terms: vec!["upstreamness/upstreamness_exports", "downstreamness/downstreamness_exports"],
            body,
            data: vec![Arc::clone(up), Arc::clone(down)],
        }])
    }
}
