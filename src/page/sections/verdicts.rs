//! What the claims of the literature come to on these tables.

use std::sync::Arc;

use super::Section;
use crate::claims::{Card, Reason, Verdict, VerdictRecord, verdict};
use crate::frame::Measure;
use crate::page::dataset::{Dataset, UNIT_OF_ESTIMATES, in_unit, texts};
use crate::page::gather::{Claims, Gathered};
use crate::page::{Body, Cell, Figure, MethodNote, PageError, Shown, Table, number, what_would_settle};

/// The verdicts.
pub(super) struct Verdicts;

impl Section for Verdicts {
    fn id(&self) -> &'static str {
        "claims"
    }

    fn title(&self) -> &'static str {
        "What do the numbers say about the claims of the literature?"
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(claims) = &found.claims else { return Ok(Vec::new()) };
        let data = records(claims);
        let judged: Vec<(&Card, &VerdictRecord)> =
            claims.findings.iter().map(|one| (one.claim.card(), &one.outcome.record)).collect();
        let reasons = data.rows().map(|row| beside(&data.text("reason", row), &data.text("settle", row)));
        let heading = "Claims, verdicts, effects with their intervals, and what would settle what is open";
        let table = Table {
            caption: heading.into(),
            columns: vec![
                Shown::new("Claim", Cell::Two("claim", "statement")),
                Shown::new("Verdict", Cell::Verdict("verdict", "reason_code")),
                Shown::new(
                    "Effect [interval] and what it counts",
                    Cell::EstimateOf("estimate", "ci_lo", "ci_hi", "estimate_unit"),
                ),
                Shown::new("Reason", Cell::Said(reasons.collect())),
                Shown::new("What would settle it", Cell::Text("settle")),
            ],
            rows: data.rows().collect(),
            data: data.clone(),
        };
        Ok(vec![Figure {
            id: "fig-claims".into(),
            heading: heading.into(),
            says: says(&judged),
            reads: "One rule reads every verdict off the numbers: supported needs the predicted sign, an interval without zero, a \
                    material size, agreement of at least 80% of the ways of measuring and no rival explanation left; not supported \
                    needs an interval that excludes any material effect on the predicted side. Everything else is undetermined, with \
                    its reason: D1 the answer depends on how it is measured, D2 too little power, D3 data that are not loaded, D4 a \
                    causal question to a design that describes."
                .into(),
            unit: "stated with each effect".into(),
            source: source(found),
            methods: vec![claims_note()],
            terms: Vec::new(),
            body: vec![Body::Table(table)],
            data: vec![data],
        }])
    }
}

/// A reason without what the column beside it says, when it ends with that.
fn beside(reason: &str, settle: &str) -> String {
    let rest = reason.strip_suffix(settle).filter(|_| !settle.is_empty()).unwrap_or(reason).trim_end();
    rest.strip_suffix("would need").unwrap_or(rest).trim_end_matches([' ', ':', ';']).to_owned()
}

/// Sources of the claims: every series that was used; series with the same citation together.
pub(in crate::page) fn source(found: &Gathered) -> String {
    let mut cited: Vec<(Vec<&str>, &str)> = Vec::new();
    for remark in found.claims.iter().flat_map(|claims| &claims.notes.remarks) {
        let Some((name, citation)) = remark.split_once(": cite ") else { continue };
        match cited.iter_mut().find(|(_, known)| *known == citation) {
            Some((names, _)) => names.push(name),
            None => cited.push((vec![name], citation)),
        }
    }
    if cited.is_empty() {
        return found.source();
    }
    let words: Vec<String> =
        cited.iter().map(|(names, citation)| format!("{}: {citation}", names.join(" and "))).collect();
    words.join("; ")
}

/// The records of the claims, and what would settle what is open.
pub(super) fn records(claims: &Claims) -> Arc<Dataset> {
    let records: Vec<VerdictRecord> = claims.findings.iter().map(|one| one.outcome.record.clone()).collect();
    let settle = claims.findings.iter().map(|one| what_would_settle(one.claim.card(), &one.outcome.record));
    let frame = verdict::frame(&records).with("settle", Measure::Key, texts("settle", settle).column);
    Dataset::new("claims", frame, in_unit(&claims.notes, UNIT_OF_ESTIMATES), "")
}

/// The rule of verdicts, as a method.
pub(in crate::page) fn claims_note() -> MethodNote {
    MethodNote {
        id: "claims".into(),
        words: "Each claim has its own indicator and test (`vadex claims ID -v` prints the whole argument); one rule turns \
                estimate, interval, adjusted p-value, specification curve, power and rival explanations into a verdict."
            .into(),
        equation: String::new(),
        sources: vec![
            ("Simonsohn, Simmons and Nelson (2020), specification curve analysis".into(), "10.1038/s41562-020-0912-z".into()),
            ("Benjamini and Hochberg (1995), adjustment for many tests".into(), "10.1111/j.2517-6161.1995.tb02031.x".into()),
        ],
        cautions: vec!["a verdict is about these tables and years, and says nothing on causes unless it says so".into()],
    }
}

/// `supported`, `not supported`, `undetermined`: the reason stands beside it.
pub(in crate::page) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "supported",
        Verdict::NotSupported => "not supported",
        Verdict::Undetermined(_) => "undetermined",
    }
}

fn says(judged: &[(&Card, &VerdictRecord)]) -> String {
    let count =
        |wanted: &dyn Fn(Verdict) -> bool| judged.iter().filter(|(_, record)| wanted(record.verdict)).count();
    let list = |wanted: Verdict| {
        let ids: Vec<&str> =
            judged.iter().filter(|(_, record)| record.verdict == wanted).map(|(card, _)| card.id).collect();
        if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
    };
    let open = |reason: Reason| count(&|verdict| verdict == Verdict::Undetermined(reason));
    format!(
        "Of {}, {} supported ({}), {} not supported ({}) and {} undetermined: {} because the answer depends on how it is \
         measured, {} for want of power, {} for want of data and {} because the question is causal.",
        number::count(judged.len(), "claim", "claims"),
        count(&|verdict| verdict == Verdict::Supported),
        list(Verdict::Supported),
        count(&|verdict| verdict == Verdict::NotSupported),
        list(Verdict::NotSupported),
        count(&|verdict| matches!(verdict, Verdict::Undetermined(_))),
        open(Reason::SignFlips),
        open(Reason::Power),
        open(Reason::Data),
        open(Reason::Causal)
    )
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn what_would_settle_a_claim_is_not_told_twice() {
        assert_eq!(
            beside("D3 needs data that are not loaded: would need prices", "prices"),
            "D3 needs data that are not loaded"
        );
        assert_eq!(
            beside("the rest decides; its suppliers would settle it", "its suppliers would settle it"),
            "the rest decides"
        );
        assert_eq!(beside("D2 too little power", "more years"), "D2 too little power");
        assert_eq!(beside("the interval excludes zero", ""), "the interval excludes zero");
    }
}
