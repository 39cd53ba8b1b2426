//! Exports taken apart: what is absorbed by the buyer, sent on, returned, foreign, counted twice.

use std::sync::Arc;

use super::Section;
use crate::chart::{Bars, Words};
use crate::decompose::{Method, find_method};
use crate::page::decomposition_shares::DecompositionShares;
use crate::page::figure::drawn;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Figure, MethodNote, PageError, Shown, Table, names, number};
use crate::stats::median;

/// Bars of Borin and Mancini's decomposition.
pub(super) struct DecompositionBars;

const METHOD: &str = "bm-source";

/// Columns of shares and what they are called, from the bottom of a bar.
const PARTS: [(&str, &str); 6] = [
    ("davax_share", "Domestic, absorbed by the direct importer"),
    ("vax_further_share", "Domestic, absorbed abroad after further borders"),
    ("ref_share", "Domestic, returns home"),
    ("ddc_share", "Domestic, counted twice"),
    ("fva_share", "Foreign value added"),
    ("fdc_share", "Foreign, counted twice"),
];

fn method() -> Result<&'static dyn Method, PageError> {
    Ok(find_method(METHOD)?)
}

impl Section for DecompositionBars {
    fn id(&self) -> &'static str {
        "decomposition"
    }

    fn title(&self) -> &'static str {
        "What are exports made of?"
    }

    fn wants(&self) -> Vec<Wanted> {
        // The id is one of the registry; a test looks it up.
        method()
            .map(|method| Wanted::new("decomposition", Span::Last, DecompositionShares::of(method), ""))
            .into_iter()
            .collect()
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(data) = found.data("decomposition") else { return Ok(Vec::new()) };
        let rows: Vec<usize> = data.rows().filter(|&row| data.number("gexp", row) > 0.0).collect();
        // From the most domestic to the most foreign.
        let domestic = |row: usize| data.number("davax_share", row) + data.number("vax_further_share", row);
        let mut order = rows;
        order.sort_by(|&a, &b| domestic(b).total_cmp(&domestic(a)));
        let name = |row: usize| data.text("exporter", row);
        let heading = format!("Gross exports by what they are made of{}", found.in_last_year());
        let words = Words {
            title: String::new(),
            x: "Share of gross exports (%)".into(),
            y: String::new(),
            source: String::new(),
            note: String::new(),
            description: format!(
                "One stacked bar for each exporter ({}), in order of the domestic value added absorbed abroad, largest first; the \
                 parts of a bar add up to 100 percent.",
                number::count(order.len(), "exporter", "exporters")
            ),
        };
        let series = PARTS
            .iter()
            .map(|(column, label)| {
                ((*label).to_owned(), order.iter().map(|&row| 100.0 * data.number(column, row)).collect())
            })
            .collect();
        let categories = order.iter().map(|&row| name(row)).collect();
        let drawing = drawn("fig-decomposition", Bars { words, categories, series }.draw())?;
        let mut columns = vec![
            Shown::new("Exporter", Cell::EconomyLink("exporter")),
            Shown::new("Gross exports", Cell::Amount("gexp")),
        ];
        columns.extend(PARTS.iter().map(|(column, label)| Shown::new(*label, Cell::Percent(column))));
        let table = Table { caption: heading.clone(), data: Arc::clone(data), columns, rows: order.clone() };
        let middle = |column: &str| {
            let values: Vec<f64> = order.iter().map(|&row| data.number(column, row)).collect();
            number::percent(median(&values).unwrap_or(f64::NAN))
        };
        let edge = |row: Option<&usize>| row.map_or_else(String::new, |&row| names::said(&name(row)));
        Ok(vec![Figure {
            id: "fig-decomposition".into(),
            heading,
            says: format!(
                "In the median exporter {} of gross exports is domestic value added that the direct importer absorbs, {} domestic \
                 value added that crosses further borders before it is absorbed abroad, and {} foreign value added counted once. \
                 The largest part of exports that is domestic value added absorbed abroad is that of {}, the smallest that of {}.",
                middle("davax_share"),
                middle("vax_further_share"),
                middle("fva_share"),
                edge(order.first()),
                edge(order.last())
            ),
            reads: "Each bar is one exporter; its parts add up to all of its gross exports, save what industries without output sell. What is \
                    counted twice has crossed the exporter's \
                    border more than once: it is trade, and nobody's income."
                .into(),
            unit: format!("percent of gross exports; gross exports in {}", found.unit),
            source: found.source(),
            methods: vec![MethodNote::of_method(method()?)],
            terms: vec![
                "bm-source/davax",
                "bm-source/vax",
                "bm-source/ref",
                "bm-source/ddc",
                "bm-source/fva",
                "bm-source/fdc",
            ],
            body: vec![drawing, Body::Table(table)],
            data: vec![Arc::clone(data)],
        }])
    }
}
