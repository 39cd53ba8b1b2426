//! Whose value added is in whose exports: origins against exporters.

use std::sync::Arc;

use super::Section;
use crate::chart::{Heatmap, Words};
use crate::labels::economy_names;
use crate::page::content_by_origin::ContentByOrigin;
use crate::page::dataset::Dataset;
use crate::page::figure::drawn;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Figure, MethodNote, PageError, Shown, Table, names, number};

/// The heat map.
pub(super) struct Origins;

/// Pairs in the table below the map.
const PAIRS: usize = 15;

/// How the matrix is computed.
pub(in crate::page) fn method() -> MethodNote {
    MethodNote {
        id: "content-by-origin".into(),
        words: "Value added of each economy of origin in the gross exports of each exporter, through all suppliers.".into(),
        equation: "C_ts = v_t B_ts e_s; share = C_ts over the gross exports of s".into(),
        sources: vec![
            ("Hummels, Ishii and Yi (2001)".into(), "10.1016/S0022-1996(00)00093-3".into()),
            ("Koopman, Wang and Wei (2014)".into(), "10.1257/aer.104.2.459".into()),
        ],
        cautions: vec!["a content: what crosses a border twice is counted twice".into()],
    }
}

/// Rows of foreign content.
pub(in crate::page) fn foreign(data: &Dataset) -> Vec<usize> {
    data.rows().filter(|&row| data.text("origin", row) != data.text("exporter", row)).collect()
}

impl Section for Origins {
    fn id(&self) -> &'static str {
        "origins"
    }

    fn title(&self) -> &'static str {
        "Whose value added is in whose exports?"
    }

    fn wants(&self) -> Vec<Wanted> {
        vec![Wanted::new("content-by-origin", Span::Last, ContentByOrigin, "")]
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(data) = found.data("content-by-origin") else { return Ok(Vec::new()) };
        let g = found.economies.len();
        // Rows stand by exporter, then origin.
        let values: Vec<Vec<f64>> = (0..g)
            .map(|t| {
                (0..g)
                    .map(|s| if s == t { f64::NAN } else { 100.0 * data.number("content_share", s * g + t) })
                    .collect()
            })
            .collect();
        let heading =
            format!("Foreign value added in exports, by origin and exporter{}", found.in_last_year());
        let words = Words {
            title: String::new(),
            x: "Columns: exporters. Rows: origins of the value added.".into(),
            y: "Share of the exporter's gross exports (%)".into(),
            source: String::new(),
            note: "Crossed out: the exporter's own value added.".into(),
            description: format!(
                "A grid of {g} origins by {g} exporters; the darker a cell, the larger the share of the exporter's gross \
                 exports that is value added of the origin. The diagonal, an exporter's own value added, is crossed out."
            ),
        };
        let map = Heatmap { words, rows: found.economies.clone(), columns: found.economies.clone(), values };
        let drawing = drawn("fig-origins", map.draw())?;
        let foreign = foreign(data);
        let largest = data.largest(foreign.clone(), "content_share", PAIRS);
        let says = says(found, data, &foreign, &largest);
        let table = Table {
            caption: format!("The {}", number::largest(largest.len(), "foreign content", "foreign contents")),
            columns: vec![
                Shown::new("Exporter", Cell::EconomyLink("exporter")),
                Shown::new("Origin", Cell::Economy("origin")),
                Shown::new("Content", Cell::Amount("content")),
                Shown::new("Share of the exporter's exports", Cell::Percent("content_share")),
            ],
            rows: largest,
            data: Arc::clone(data),
        };
        Ok(vec![Figure {
            id: "fig-origins".into(),
            heading,
            says,
            reads: "Read a column from top to bottom: of every 100 that this economy exports, so many were earned in each of the \
                    others. A dark row is an origin that many exporters rest on."
                .into(),
            unit: format!("percent of the exporter's gross exports; content in {}", found.unit),
            source: found.source(),
            methods: vec![method()],
            terms: vec!["gexp", "content_share", "fva"],
            body: vec![drawing, Body::Table(table)],
            data: vec![Arc::clone(data)],
        }])
    }
}

/// Who is the largest foreign origin, and of how many exporters.
fn says(found: &Gathered, data: &Dataset, foreign: &[usize], largest: &[usize]) -> String {
    let mut firsts: Vec<(String, usize)> = Vec::new();
    let mut exporters = 0;
    for economy in found.economies.iter().filter(|economy| !economy_names::is_rest(economy)) {
        let of_exporter: Vec<usize> = foreign
            .iter()
            .copied()
            .filter(|&row| {
                data.text("exporter", row) == *economy && !economy_names::is_rest(&data.text("origin", row))
            })
            .collect();
        if let Some(&row) = data.largest(of_exporter, "content_share", 1).first() {
            exporters += 1;
            let origin = data.text("origin", row);
            match firsts.iter_mut().find(|(known, _)| *known == origin) {
                Some((_, count)) => *count += 1,
                None => firsts.push((origin, 1)),
            }
        }
    }
    firsts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let list: Vec<String> =
        firsts.iter().take(4).map(|(origin, count)| format!("{} for {count}", names::said(origin))).collect();
    let pair = largest.first().map_or_else(String::new, |&row| {
        format!(
            " The largest single share is {} of the exports of {}, value added of {}.",
            number::percent(data.number("content_share", row)),
            names::said(&data.text("exporter", row)),
            names::said(&data.text("origin", row))
        )
    });
    format!(
        "The largest foreign origin (a rest of the world apart) of {}{}: {}.{pair}",
        number::count(exporters, "exporter", "exporters"),
        found.in_last_year(),
        list.join(", ")
    )
}
