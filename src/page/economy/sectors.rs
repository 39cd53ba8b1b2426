//! What an economy exports: its largest exporting sectors, each with its domestic share.

use std::sync::Arc;

use super::EconomyPart;
use crate::analysis::TivaAnalysis;
use crate::level::Level;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};

/// Exports by sector in the last year.
pub(super) struct Sectors;

/// Sectors that are shown.
const SHOWN: usize = 10;

impl EconomyPart for Sectors {
    fn id(&self) -> &'static str {
        "sectors"
    }

    fn title(&self) -> &'static str {
        "What does it export?"
    }

    fn wants(&self) -> Vec<Wanted> {
        let by_sector = TivaAnalysis { level: Level::Sector, ..TivaAnalysis::default() };
        vec![Wanted::new("tiva-sector", Span::Last, by_sector, "tiva TABLE --level sector")]
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        Ok(found.data("tiva-sector").cloned().into_iter().collect())
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        let all = data.rows_with(&[("economy", economy)]);
        let total: f64 = all.iter().map(|&row| data.number("gexp", row)).sum();
        let rows = data.largest(all.clone(), "gexp", SHOWN);
        let Some(&first) = rows.first() else { return Ok(Vec::new()) };
        // Who exports nothing has no exporting sectors; the first part says so.
        if total == 0.0 {
            return Ok(Vec::new());
        }
        let name = names::said(economy);
        let heading = format!("Largest exporting sectors of {name}{}", found.in_last_year());
        let part: f64 = rows.iter().map(|&row| data.number("gexp", row)).sum();
        let together = if rows.len() < all.len() {
            format!(
                " The {} of {} make {}.",
                number::largest(rows.len(), "sector", "sectors"),
                all.len(),
                number::percent(part / total)
            )
        } else {
            String::new()
        };
        Ok(vec![Figure {
            id: "fig-sectors".into(),
            heading: heading.clone(),
            says: format!(
                "The largest exporting sector is {} with {} of gross exports; {} of what it exports is value added in {name}.{together}",
                names::sector_said(&data.text("sector", first)),
                number::percent(data.number("gexp", first) / total),
                number::percent(data.number("dva_share", first))
            ),
            reads: "The domestic share counts value added in all sectors at home that is in the exports of the sector named.".into(),
            unit: format!("gross exports in {}; shares in percent of them", found.unit),
            source: found.source(),
            methods: vec![MethodNote::tiva()],
            terms: vec!["gexp", "dva_share", "vs_share"],
            body: vec![Body::Table(Table {
                caption: heading,
                columns: vec![
                    Shown::new("Exporting sector", Cell::Sector("sector")),
                    Shown::new("Gross exports", Cell::Amount("gexp")),
                    Shown::new("Domestic share", Cell::Percent("dva_share")),
                    Shown::new("Import content", Cell::Percent("vs_share")),
                ],
                rows,
                data: Arc::clone(data),
            })],
            data: vec![Arc::clone(data)],
        }])
    }
}
