//! How much an economy exports, and how much of it is its own.

use std::sync::Arc;

use super::EconomyPart;
use super::series::{exported_nothing, lines, row_heading, rows_of};
use crate::analysis::TivaAnalysis;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};

/// Exports over the years.
pub(super) struct Exports;

impl EconomyPart for Exports {
    fn id(&self) -> &'static str {
        "exports"
    }

    fn title(&self) -> &'static str {
        "How much does it export, and how much of that is its own?"
    }

    fn wants(&self) -> Vec<Wanted> {
        vec![Wanted::new("tiva", Span::All, TivaAnalysis::default(), "tiva TABLE")]
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        Ok(found.data("tiva").cloned().into_iter().collect())
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        let rows = rows_of(data, economy);
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let (name, opening) = (names::said(economy), names::opening(economy));
        let of = |column: &str, row: usize| data.number(column, row);
        let year = |row: usize| data.text("year", row);
        let amount = |row: usize| number::amount_in(of("gexp", row), &found.unit);
        let exports = |row: usize| of("gexp", row) != 0.0;
        let says = if !exports(last) {
            let before = if exports(first) {
                format!(
                    " In {} it exported {}; {} of that was value added at home.",
                    year(first),
                    amount(first),
                    number::percent(of("dva_share", first))
                )
            } else {
                String::new()
            };
            format!("{}{before}", exported_nothing(found, economy))
        } else if first == last || !exports(first) {
            let before = if first == last {
                String::new()
            } else {
                format!(" In {} it exported nothing.", year(first))
            };
            format!(
                "{opening} exported {}{}; {} of that was value added at home and {} abroad.{before}",
                amount(last),
                found.in_last_year(),
                number::percent(of("dva_share", last)),
                number::percent(of("fva", last) / of("gexp", last))
            )
        } else {
            format!(
                "{opening} exported {} in {}, {} times as much as in {}; {} of that was value added at home, against {} in {}. \
                 Its domestic value added in exports is {} times that of {}.",
                amount(last),
                year(last),
                number::significant(of("gexp", last) / of("gexp", first)),
                year(first),
                number::percent(of("dva_share", last)),
                number::percent(of("dva_share", first)),
                year(first),
                number::significant(of("dva", last) / of("dva", first)),
                year(first)
            )
        };
        let heading = format!("Exports of {name} and their domestic value added");
        let mut body: Vec<Body> = lines(
            found,
            "fig-exports",
            "Share of gross exports (%)",
            &rows,
            &[
                (data, "dva_share", "Domestic content"),
                (data, "vax_ratio", "Value-added exports"),
                (data, "vs_share", "Import content"),
            ],
            100.0,
        )?
        .into_iter()
        .collect();
        body.push(Body::Table(Table {
            caption: format!("Exports of {name}{}", if found.moves() { " by year" } else { "" }),
            columns: vec![
                row_heading(found),
                Shown::new("Gross exports", Cell::Amount("gexp")),
                Shown::new("Domestic content", Cell::Amount("dva")),
                Shown::new("Domestic share", Cell::Percent("dva_share")),
                Shown::new("Import content", Cell::Percent("vs_share")),
                Shown::new("Value-added exports over exports", Cell::Percent("vax_ratio")),
                Shown::new("Used as inputs by the buyer", Cell::Percent("int_share")),
            ],
            rows,
            data: Arc::clone(data),
        }));
        Ok(vec![Figure {
            id: "fig-exports".into(),
            heading,
            says,
            reads: format!(
                "{}Value-added exports leave out what returns home and what is counted twice.",
                if found.moves() {
                    "A falling domestic share with rising domestic value added is a smaller part of something larger: look at \
                     both. "
                } else {
                    ""
                }
            ),
            unit: format!("amounts in {}; shares in percent of gross exports", found.unit),
            source: found.source(),
            methods: vec![MethodNote::tiva()],
            terms: vec!["gexp", "dva", "dva_share", "vs_share", "vax_ratio", "int_share"],
            body,
            data: vec![Arc::clone(data)],
        }])
    }
}
