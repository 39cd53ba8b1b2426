//! What the claims that are tested economy by economy say of one: thinning, thickening and others.

use std::sync::Arc;

use super::EconomyPart;
use crate::frame::Measure;
use crate::page::dataset::{Dataset, UNIT_OF_ESTIMATES, frame, in_unit, numbers, texts};
use crate::page::gather::Gathered;
use crate::page::sections::verdicts::{claims_note, source};
use crate::page::{Body, Cell, Figure, PageError, Shown, Table, names, number};

/// Verdicts economy by economy.
pub(super) struct OwnVerdicts;

impl EconomyPart for OwnVerdicts {
    fn id(&self) -> &'static str {
        "verdicts"
    }

    fn title(&self) -> &'static str {
        "What do the claims come to here?"
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        let Some(claims) = &found.claims else { return Ok(Vec::new()) };
        let records: Vec<_> = claims
            .findings
            .iter()
            .flat_map(|finding| finding.outcome.units.iter().map(move |record| (finding, record)))
            .collect();
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let frame = frame([
            texts("claim", records.iter().map(|(finding, _)| finding.claim.card().id.to_owned())),
            texts("economy", records.iter().map(|(_, record)| record.unit.clone())),
            texts("statement", records.iter().map(|(finding, _)| finding.claim.card().statement.to_owned())),
            texts("verdict", records.iter().map(|(_, record)| record.verdict.word().to_owned())),
            texts(
                "reason_code",
                records.iter().map(|(_, record)| record.verdict.code().unwrap_or("").to_owned()),
            ),
            numbers("estimate", Measure::Pure, records.iter().map(|(_, record)| record.estimate)),
            numbers("ci_lo", Measure::Pure, records.iter().map(|(_, record)| record.interval.low)),
            numbers("ci_hi", Measure::Pure, records.iter().map(|(_, record)| record.interval.high)),
            numbers("p_adj", Measure::Pure, records.iter().map(|(_, record)| record.p_adjusted)),
            numbers("power", Measure::Pure, records.iter().map(|(_, record)| record.power)),
            texts("estimate_unit", records.iter().map(|(_, record)| record.estimate_unit.clone())),
            texts("reason", records.iter().map(|(_, record)| record.reason.clone())),
        ]);
        Ok(vec![Dataset::new("claims-by-economy", frame, in_unit(&claims.notes, UNIT_OF_ESTIMATES), "")])
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        let rows = data.rows_with(&[("economy", economy)]);
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let name = names::said(economy);
        let list: Vec<String> = rows
            .iter()
            .map(|&row| {
                let found = format!("{} {}", data.text("claim", row), verdict_of(data, row));
                if !data.number("estimate", row).is_finite() {
                    return found;
                }
                // Exact arithmetic has no interval.
                let (low, high) = (data.number("ci_lo", row), data.number("ci_hi", row));
                let interval = if low.is_finite() || high.is_finite() {
                    format!(" [{}, {}]", number::significant(low), number::significant(high))
                } else {
                    String::new()
                };
                format!(
                    "{found} ({}{interval} {})",
                    number::significant(data.number("estimate", row)),
                    data.text("estimate_unit", row)
                )
            })
            .collect();
        let heading = format!("Claims tested on {name} alone");
        Ok(vec![Figure {
            id: "fig-verdicts".into(),
            heading: heading.clone(),
            says: format!("{} on its own: {}.", names::opening(economy), list.join("; ")),
            reads: "The same rule as for the claims as a whole, with p-values adjusted for the number of economies. One economy over \
                    a few years gives little power: undetermined is a common and honest answer."
                .into(),
            unit: "stated with each effect".into(),
            source: source(found),
            methods: vec![claims_note()],
            terms: vec!["estimate", "ci_lo", "p_adj", "power"],
            body: vec![Body::Table(Table {
                caption: heading,
                columns: vec![
                    Shown::new("Claim", Cell::Two("claim", "statement")),
                    Shown::new("Verdict", Cell::Verdict("verdict", "reason_code")),
                    Shown::new(
                        "Effect [interval] and what it counts",
                        Cell::EstimateOf("estimate", "ci_lo", "ci_hi", "estimate_unit"),
                    ),
                    Shown::new("p, one-sided, adjusted", Cell::Significant("p_adj")),
                    Shown::new("Power", Cell::Plain("power", 2)),
                    Shown::new("Reason", Cell::Text("reason")),
                ],
                rows,
                data: Arc::clone(data),
            })],
            data: vec![Arc::clone(data)],
        }])
    }
}

/// `not supported`, `undetermined (D2)`, as a sentence says it.
fn verdict_of(data: &Dataset, row: usize) -> String {
    let verdict = data.text("verdict", row).replace("NotSupported", "not supported").to_lowercase();
    let code = data.text("reason_code", row);
    if code.is_empty() { verdict } else { format!("{verdict} ({code})") }
}
