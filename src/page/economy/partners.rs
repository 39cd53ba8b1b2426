//! To whom an economy sells, and where its value added ends up.

use std::sync::Arc;

use super::EconomyPart;
use crate::analysis::TivaAnalysis;
use crate::labels::economy_names;
use crate::level::Level;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};

/// Partners in the last year.
pub(super) struct Partners;

/// Partners that are shown.
const SHOWN: usize = 10;

impl EconomyPart for Partners {
    fn id(&self) -> &'static str {
        "partners"
    }

    fn title(&self) -> &'static str {
        "To whom does it sell, and who finally consumes?"
    }

    fn wants(&self) -> Vec<Wanted> {
        let bilateral = TivaAnalysis { level: Level::Bilateral, ..TivaAnalysis::default() };
        vec![Wanted::new("tiva-bilateral", Span::Last, bilateral, "tiva TABLE --level bilateral")]
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        Ok(found.data("tiva-bilateral").cloned().into_iter().collect())
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        let all = data.rows_with(&[("economy", economy)]);
        let total = |column: &str| -> f64 { all.iter().map(|&row| data.number(column, row)).sum() };
        // Who exports nothing has no buyers; the first part says so.
        if total("gexp") == 0.0 {
            return Ok(Vec::new());
        }
        let rows = data.largest(all.clone(), "gexp", SHOWN);
        // A rest of the world is no partner.
        let named = |column: &str| {
            let named = all
                .iter()
                .copied()
                .filter(|&row| !economy_names::is_rest(&data.text("partner", row)))
                .collect();
            data.largest(named, column, 1).first().copied()
        };
        let (Some(buyer), Some(absorber)) = (named("gexp"), named("vax")) else { return Ok(Vec::new()) };
        let name = names::said(economy);
        let heading = format!("Partners of {name}{}", found.in_last_year());
        let partner = |row: usize| names::said(&data.text("partner", row));
        Ok(vec![Figure {
            id: "fig-partners".into(),
            heading: heading.clone(),
            says: format!(
                "By gross exports the largest partner (a rest of the world apart) is {} with {}; by value added that is finally absorbed it is {} with {}.",
                partner(buyer),
                number::percent(data.number("gexp", buyer) / total("gexp")),
                partner(absorber),
                number::percent(data.number("vax", absorber) / total("vax"))
            ),
            reads: "Gross exports go to the direct buyer and hold foreign value added too, so compare what a partner finally absorbs, \
                    however many borders lie between, with the domestic content of the exports to it. Less is absorbed than was \
                    sent: the partner sends part of it on. More is absorbed: it also comes through others."
                .into(),
            unit: found.unit.clone(),
            source: found.source(),
            methods: vec![MethodNote::tiva()],
            terms: vec!["gexp", "dva", "vax", "dva_share"],
            body: vec![Body::Table(Table {
                caption: if rows.len() < all.len() {
                    format!("{heading}, the {}", number::largest(rows.len(), "buyer", "buyers"))
                } else {
                    heading
                },
                columns: vec![
                    Shown::new("Partner", Cell::EconomyLink("partner")),
                    Shown::new("Gross exports to it", Cell::Amount("gexp")),
                    Shown::new("Domestic content of them", Cell::Amount("dva")),
                    Shown::new("Value added that it finally absorbs", Cell::Amount("vax")),
                    Shown::new("Domestic share of the exports", Cell::Percent("dva_share")),
                ],
                rows,
                data: Arc::clone(data),
            })],
            data: vec![Arc::clone(data)],
        }])
    }
}
