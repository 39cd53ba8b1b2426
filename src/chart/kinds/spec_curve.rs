//! The specification curve of a claim.

use super::{ChartKind, Request, Told, missing};
use crate::chart::{ChartError, Drawing, Sheet, SpecCurve, Specification};

/// A specification curve.
#[derive(Debug)]
pub(super) struct SpecCurveKind;

impl ChartKind for SpecCurveKind {
    fn id(&self) -> &'static str {
        "spec-curve"
    }

    fn summary(&self) -> &'static str {
        "estimates of all ways of measuring in order of size, and which choices each made"
    }

    fn columns(&self) -> &'static str {
        "estimate, ci_lo, ci_hi, and one column of labels a choice"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &["vadex claims C2 --detail specifications -o specifications.csv"]
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0];
        let absent: Vec<&str> =
            ["estimate", "ci_lo", "ci_hi"].into_iter().filter(|column| !sheet.has(column)).collect();
        if !absent.is_empty() {
            return Err(missing(self, sheet, &absent));
        }
        // A dimension in which nothing differs is no choice.
        let mut dimensions = sheet.varying();
        if sheet.has("year") && sheet.values("year").len() > 1 {
            dimensions.push("year");
        }
        let choices: Vec<(&str, String)> = dimensions
            .iter()
            .flat_map(|dimension| sheet.values(dimension).into_iter().map(move |value| (*dimension, value)))
            .collect();
        let specifications: Vec<Specification> = (0..sheet.n_rows())
            .map(|row| Specification {
                estimate: sheet.number("estimate", row),
                low: sheet.number("ci_lo", row),
                high: sheet.number("ci_hi", row),
                choices: choices.iter().map(|(column, value)| sheet.text(column, row) == *value).collect(),
            })
            .collect();
        let told = Told::of(sheet, request);
        let mut words = told.words(
            format!("{}Estimates of {} specifications", claim(&sheet.computed), specifications.len()),
            String::new(),
            format!("{}, in order of size, with its interval", super::with_unit("Estimate", &sheet.unit)),
        );
        let above = specifications.iter().filter(|spec| spec.estimate > 0.0).count();
        words.description =
            format!("{} estimates in order of size; {above} lie above zero.", specifications.len());
        let choices = choices
            .into_iter()
            .map(|(column, value)| format!("{}: {value}", column.replace('_', " ")))
            .collect();
        SpecCurve { words, choices, specifications }.draw_at(request.width)
    }
}

/// `claims C2 --detail specifications` is of C2.
fn claim(computed: &str) -> String {
    match computed.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["claims", id, "--detail", ..] => format!("{id}: "),
        _ => String::new(),
    }
}
