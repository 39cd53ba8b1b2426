//! Whose value added an economy's exports contain.

use std::sync::Arc;

use super::EconomyPart;
use crate::chart::{Bars, Words};
use crate::labels::economy_names;
use crate::page::content_by_origin::ContentByOrigin;
use crate::page::figure::drawn;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::sections::origins::method;
use crate::page::{Body, Cell, Dataset, Figure, PageError, Shown, Table, names, number};

/// Foreign origins in the last year.
pub(super) struct ForeignOrigins;

/// Origins that are shown.
const SHOWN: usize = 10;

impl EconomyPart for ForeignOrigins {
    fn id(&self) -> &'static str {
        "origins-of"
    }

    fn title(&self) -> &'static str {
        "Whose value added do its exports contain?"
    }

    fn wants(&self) -> Vec<Wanted> {
        vec![Wanted::new("content-by-origin", Span::Last, ContentByOrigin, "")]
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        Ok(found.data("content-by-origin").cloned().into_iter().collect())
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        let all = data.rows_with(&[("exporter", economy)]);
        let foreign: Vec<usize> =
            all.iter().copied().filter(|&row| data.text("origin", row) != economy).collect();
        let total: f64 = foreign.iter().map(|&row| data.number("content_share", row)).sum();
        let rows = data.largest(foreign, "content_share", SHOWN);
        let named = rows.iter().find(|&&row| !economy_names::is_rest(&data.text("origin", row)));
        let Some(&first) = named else { return Ok(Vec::new()) };
        let name = names::said(economy);
        let heading =
            format!("Foreign value added in the exports of {name}, by origin{}", found.in_last_year());
        let categories: Vec<String> =
            rows.iter().map(|&row| names::economy_short(&data.text("origin", row))).collect();
        let values = rows.iter().map(|&row| 100.0 * data.number("content_share", row)).collect();
        let words = Words {
            x: "Share of gross exports (%)".into(),
            description: format!(
                "Bars for foreign origins of the value added in the exports of {name}, largest first: {}.",
                categories.join(", ")
            ),
            ..Words::default()
        };
        let chart = Bars { words, categories, series: vec![("Value added of the origin".into(), values)] };
        Ok(vec![Figure {
            id: "fig-origins-of".into(),
            heading: heading.clone(),
            says: format!(
                "{} of the exports of {name} is value added abroad; the largest named origin (a rest of the world apart) is {} with \
                 {} of exports.",
                number::percent(total),
                names::said(&data.text("origin", first)),
                number::percent(data.number("content_share", first))
            ),
            reads: "Of every 100 exported, so many were earned in each origin, through all suppliers.".into(),
            unit: format!("percent of gross exports; content in {}", found.unit),
            source: found.source(),
            methods: vec![method()],
            terms: vec!["content_share", "fva"],
            body: vec![
                drawn("fig-origins-of", chart.draw())?,
                Body::Table(Table {
                    caption: heading,
                    columns: vec![
                        Shown::new("Origin", Cell::EconomyLink("origin")),
                        Shown::new("Content", Cell::Amount("content")),
                        Shown::new("Share of exports", Cell::Percent("content_share")),
                    ],
                    rows,
                    data: Arc::clone(data),
                }),
            ],
            data: vec![Arc::clone(data)],
        }])
    }
}
