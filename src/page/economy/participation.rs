//! How much of an economy's trade runs through chains that cross more than one border.

use std::sync::Arc;

use super::EconomyPart;
use super::series::{ends, exporting_rows, in_year_of, lines, row_heading};
use crate::analysis::{IndicatorAnalysis, IndicatorChoice};
use crate::indicators::find_indicator;
use crate::level::Level;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};

/// Participation over the years.
pub(super) struct Participation;

const INDICATOR: &str = "bm-participation";

/// One indicator by economy, as an analysis of every year; none if the id is not in the registry.
pub(super) fn by_economy(id: &'static str, command: &'static str) -> Option<Wanted> {
    let choice = IndicatorChoice::new(&[id.to_owned()], None, Some(Level::Country)).ok()?;
    let analysis = IndicatorAnalysis::new(choice, &[], &[], &[], None).ok()?;
    Some(Wanted::new(id, Span::All, analysis, command))
}

impl EconomyPart for Participation {
    fn id(&self) -> &'static str {
        "participation"
    }

    fn title(&self) -> &'static str {
        "How deep is it in global chains?"
    }

    fn wants(&self) -> Vec<Wanted> {
        by_economy(INDICATOR, "indicators bm-participation TABLE --level country").into_iter().collect()
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        Ok(found.data(INDICATOR).cloned().into_iter().collect())
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        // Shares of exports are not defined without any: the first part says so.
        let rows = exporting_rows(found, data, economy);
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let name = names::said(economy);
        let share = |column: &str, row: usize| number::percent(data.number(column, row));
        let before = if first == last {
            String::new()
        } else {
            format!(", against {} in {}", share("gvc_participation", first), data.text("year", first))
        };
        let heading = format!("Participation of {name} in global value chains");
        let mut body: Vec<Body> = lines(
            found,
            "fig-participation",
            "Share of gross exports (%)",
            &rows,
            &[(data, "gvc_backward", "Backward"), (data, "gvc_forward", "Forward")],
            100.0,
        )?
        .into_iter()
        .collect();
        body.push(Body::Table(Table {
            caption: heading.clone(),
            columns: vec![
                row_heading(found),
                Shown::new("Participation", Cell::Percent("gvc_participation")),
                Shown::new("Backward", Cell::Percent("gvc_backward")),
                Shown::new("Forward", Cell::Percent("gvc_forward")),
            ],
            rows: ends(&rows),
            data: Arc::clone(data),
        }));
        Ok(vec![Figure {
            id: "fig-participation".into(),
            heading,
            says: format!(
                "{} of the exports of {name} cross more than one border{}{before}: {} backward (imported inputs in its exports) and \
                 {} forward (its value added in the exports of its buyers).",
                share("gvc_participation", last),
                in_year_of(data, last),
                share("gvc_backward", last),
                share("gvc_forward", last)
            ),
            reads: "Backward and forward add up to participation. High backward participation is typical of assembly and small \
                    economies, high forward participation of raw materials and parts; neither is better by itself."
                .into(),
            unit: "percent of gross exports".into(),
            source: found.source(),
            methods: vec![MethodNote::of_indicator(find_indicator(INDICATOR)?)],
            terms: vec![
                "bm-participation/gvc_participation",
                "bm-participation/gvc_backward",
                "bm-participation/gvc_forward",
                "bm-participation/gvc",
                "bm-participation/gvcb",
                "bm-participation/gvcf",
            ],
            body,
            data: vec![Arc::clone(data)],
        }])
    }
}
