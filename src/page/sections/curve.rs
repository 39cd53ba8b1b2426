//! The specification curve: the same estimate in every defensible way of measuring, side by side.

use super::Section;
use super::paths::detail;
use super::verdicts::{claims_note, records, source};
use crate::chart::{SpecCurve, Specification, Words};
use crate::frame::Measure;
use crate::page::dataset::Dataset;
use crate::page::figure::drawn;
use crate::page::gather::{Claims, Finding, Gathered};
use crate::page::{Body, Cell, Figure, PageError, Shown, Table, number};
use crate::stats::median;

/// The curves of claims C1 and C2.
pub(super) struct Curves;

/// Ways of measuring: columns of the table behind a claim, and what they are called.
const DIMENSIONS: [(&str, &str); 7] = [
    ("table", "table"),
    ("indicator", "indicator"),
    ("exports", "exports"),
    ("mining", "mining"),
    ("prices", "prices"),
    ("crisis", "crisis years"),
    ("end_year", "end year"),
];

impl Section for Curves {
    fn id(&self) -> &'static str {
        "specifications"
    }

    fn title(&self) -> &'static str {
        "Does the answer depend on how it is measured?"
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(claims) = &found.claims else { return Ok(Vec::new()) };
        let mut figures = Vec::new();
        for id in ["C1", "C2"] {
            if let Some(finding) = claims.find(id) {
                figures.extend(curve(found, claims, finding)?);
            }
        }
        Ok(figures)
    }
}

/// A choice of a dimension, and which specifications make it.
struct Choice {
    column: &'static str,
    name: String,
    value: String,
    made: Vec<bool>,
}

fn choices(data: &Dataset) -> Vec<Choice> {
    let mut all = Vec::new();
    for (column, called) in DIMENSIONS {
        let mut values: Vec<String> = data.rows().map(|row| data.text(column, row)).collect();
        let of_rows = values.clone();
        values.sort();
        values.dedup();
        // A dimension with one value is no choice.
        if values.len() > 1 {
            for value in values {
                let made = of_rows.iter().map(|of_row| *of_row == value).collect();
                all.push(Choice { column, name: format!("{called}: {value}"), value, made });
            }
        }
    }
    all
}

fn curve(found: &Gathered, claims: &Claims, finding: &Finding) -> Result<Option<Figure>, PageError> {
    let card = finding.claim.card();
    let Some(data) = detail(claims, card.id, "specifications") else { return Ok(None) };
    if data.frame.n_rows() == 0 {
        return Ok(None);
    }
    let choices = choices(&data);
    let specifications = data
        .rows()
        .map(|row| Specification {
            estimate: data.number("estimate", row),
            low: data.number("ci_lo", row),
            high: data.number("ci_hi", row),
            choices: choices.iter().map(|choice| choice.made[row]).collect(),
        })
        .collect();
    let estimates: Vec<f64> = data.rows().map(|row| data.number("estimate", row)).collect();
    let positive = estimates.iter().filter(|value| **value > 0.0).count();
    let sure = data.rows().filter(|&row| data.number("ci_lo", row) > 0.0).count();
    let against = data.rows().filter(|&row| data.number("ci_hi", row) < 0.0).count();
    let id = format!("fig-specifications-{}", card.id.to_lowercase());
    let heading = format!("{}: {}", card.id, card.statement);
    let words = Words {
        title: String::new(),
        x: "Specifications, ordered by estimate".into(),
        y: "Estimate (points a year)".into(),
        source: String::new(),
        note: String::new(),
        description: format!(
            "{} estimates in rising order with their intervals, the headline's ways of measuring among them; below, which \
             choices each of them makes. {positive} are above zero.",
            estimates.len()
        ),
    };
    let drawing = drawn(
        &id,
        SpecCurve {
            words,
            choices: choices.iter().map(|choice| choice.name.clone()).collect(),
            specifications,
        }
        .draw(),
    )?;
    let summary = summary(&data, &choices, card.id);
    let record = &finding.outcome.record;
    Ok(Some(Figure {
        id,
        heading,
        says: format!(
            "{positive} of {} specifications have the predicted sign ({} the whole interval), {against} have the whole interval on \
             the other side; the median estimate is {}. The headline is {} [{}, {}] {}.",
            estimates.len(),
            sure,
            number::significant(median(&estimates).unwrap_or(f64::NAN)),
            number::significant(record.estimate),
            number::significant(record.interval.low),
            number::significant(record.interval.high),
            record.estimate_unit
        ),
        reads: "Each mark in the upper part is one way of measuring, with its interval; a mark below says which choice it makes. \
                An answer that holds only to one side of a choice depends on that choice."
            .into(),
        unit: "percentage points of exports a year, median economy".into(),
        source: source(found),
        methods: vec![claims_note()],
        terms: vec!["estimate", "ci_lo", "specs_predicted", "vs", "vax"],
        body: vec![
            drawing,
            Body::Table(Table {
                caption: format!("{} by choice", card.id),
                columns: vec![
                    Shown::new("Choice", Cell::Text("choice_words")),
                    Shown::new("Specifications", Cell::Whole("count")),
                    Shown::new("Median estimate", Cell::Significant("median")),
                    Shown::new("With the predicted sign", Cell::Percent("specs_predicted")),
                ],
                rows: summary.rows().collect(),
                data: summary.clone(),
            }),
        ],
        // The headline stands in the record of the claim.
        data: vec![data, summary, records(claims)],
    }))
}

/// Medians and signs by choice.
fn summary(data: &Dataset, choices: &[Choice], id: &str) -> std::sync::Arc<Dataset> {
    use crate::frame::{Column, Frame};
    let of = |choice: &Choice| -> Vec<f64> {
        data.rows().filter(|&row| choice.made[row]).map(|row| data.number("estimate", row)).collect()
    };
    let text = |value: &dyn Fn(&Choice) -> String| {
        Column::Text(choices.iter().map(|choice| Some(value(choice))).collect())
    };
    let frame = Frame::new()
        .with("dimension", Measure::Key, text(&|choice| choice.column.to_owned()))
        .with("choice", Measure::Key, text(&|choice| choice.value.clone()))
        .with("choice_words", Measure::Key, text(&|choice| choice.name.clone()))
        .with(
            "count",
            Measure::Pure,
            Column::Integer(choices.iter().map(|choice| Some(of(choice).len() as i64)).collect()),
        )
        .with(
            "median",
            Measure::Pure,
            Column::Number(choices.iter().map(|choice| median(&of(choice)).unwrap_or(f64::NAN)).collect()),
        )
        .with(
            "specs_predicted",
            Measure::Share,
            Column::Number(
                choices
                    .iter()
                    .map(|choice| {
                        let estimates = of(choice);
                        estimates.iter().filter(|value| **value > 0.0).count() as f64 / estimates.len() as f64
                    })
                    .collect(),
            ),
        );
    Dataset::new(&format!("{id}-specifications-by-choice"), frame, data.notes.clone(), "")
}
