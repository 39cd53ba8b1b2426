//! A result as charts read it: columns by name, rows chosen, numbers as shares of another column.

use std::collections::BTreeSet;

use super::ChartError;
use crate::frame::{Column, Frame, Measure};

/// A result that a chart is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// What messages call it: a file name.
    pub name: String,
    /// Rows and columns.
    pub frame: Frame,
    /// Unit of the amounts; empty where not known.
    pub unit: String,
    /// What computed it; empty where not known.
    pub computed: String,
    /// Where its numbers come from.
    pub sources: Vec<String>,
}

/// One choice of `--select`: a column and the values that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Column.
    pub column: String,
    /// Values, or ranges of years such as `1995-2011`.
    pub values: Vec<String>,
}

impl Selection {
    /// `economy=CHN+DEU`.
    ///
    /// ```
    /// use vadex::chart::Selection;
    /// let choice = Selection::parse("economy=CHN+DEU").unwrap();
    /// assert_eq!((choice.column.as_str(), choice.values.len()), ("economy", 2));
    /// assert!(Selection::parse("economy").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (column, values) = text.split_once('=')?;
        let values: Vec<String> = values.split('+').map(|value| value.trim().to_owned()).collect();
        let whole = !column.trim().is_empty() && values.iter().all(|value| !value.is_empty());
        whole.then(|| Self { column: column.trim().to_owned(), values })
    }

    fn keeps(&self, value: &str) -> bool {
        self.values.iter().any(|wanted| {
            wanted.eq_ignore_ascii_case(value)
                || range(wanted).is_some_and(|(low, high)| {
                    value.parse::<i64>().is_ok_and(|value| (low..=high).contains(&value))
                })
        })
    }
}

/// `1995-2011`.
fn range(text: &str) -> Option<(i64, i64)> {
    let (low, high) = text.split_once('-')?;
    Some((low.parse().ok()?, high.parse().ok()?))
}

/// Columns that name what a row is about rather than measure it, whatever their type.
const KEYS: [&str; 3] = ["year", "peak_year", "id"];

impl Sheet {
    /// Names of all columns.
    pub fn columns(&self) -> Vec<&str> {
        self.frame.fields().iter().map(|field| field.name.as_str()).collect()
    }

    /// Is there a column of that name?
    pub(super) fn has(&self, column: &str) -> bool {
        self.frame.column(column).is_some()
    }

    /// Names of the columns of numbers that are not keys.
    pub(super) fn measures(&self) -> Vec<&str> {
        self.frame
            .fields()
            .iter()
            .filter(|field| matches!(field.column, Column::Number(_)) && !KEYS.contains(&field.name.as_str()))
            .map(|field| field.name.as_str())
            .collect()
    }

    /// Names of the columns of labels in which rows differ, years left out.
    pub(super) fn varying(&self) -> Vec<&str> {
        self.labels().into_iter().filter(|column| self.values(column).len() > 1).collect()
    }

    /// Names of the columns of labels, years left out.
    pub(super) fn labels(&self) -> Vec<&str> {
        self.frame
            .fields()
            .iter()
            .filter(|field| matches!(field.column, Column::Text(_) | Column::Label { .. }))
            .map(|field| field.name.as_str())
            .collect()
    }

    /// Rows.
    pub(super) fn n_rows(&self) -> usize {
        self.frame.n_rows()
    }

    /// A cell as text; empty where missing.
    pub(super) fn text(&self, column: &str, row: usize) -> String {
        match self.frame.column(column) {
            Some(Column::Text(values)) => values[row].clone().unwrap_or_default(),
            Some(Column::Label { names, codes }) => names[codes[row] as usize].clone(),
            Some(Column::Integer(values)) => values[row].map_or_else(String::new, |value| value.to_string()),
            Some(Column::Number(values)) => {
                if values[row].is_nan() {
                    String::new()
                } else {
                    values[row].to_string()
                }
            }
            None => String::new(),
        }
    }

    /// A cell as a number; NaN where missing.
    pub(super) fn number(&self, column: &str, row: usize) -> f64 {
        match self.frame.column(column) {
            Some(Column::Number(values)) => values[row],
            Some(Column::Integer(values)) => values[row].map_or(f64::NAN, |value| value as f64),
            _ => f64::NAN,
        }
    }

    /// Values of a column in the order in which they first appear.
    pub(super) fn values(&self, column: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        (0..self.n_rows())
            .map(|row| self.text(column, row))
            .filter(|value| seen.insert(value.clone()))
            .collect()
    }

    /// The first of several columns that is there.
    pub(super) fn first_of<'a>(&self, columns: &[&'a str]) -> Option<&'a str> {
        columns.iter().copied().find(|column| self.has(column))
    }

    /// The rows that every selection keeps.
    ///
    /// # Errors
    /// A column or value that is not there.
    pub fn select(&self, selections: &[Selection]) -> Result<Self, ChartError> {
        let mut rows: Vec<usize> = (0..self.n_rows()).collect();
        for selection in selections {
            if !self.has(&selection.column) {
                return Err(ChartError::NoColumn {
                    file: self.name.clone(),
                    column: selection.column.clone(),
                    found: self.columns().join(", "),
                });
            }
            let there = self.values(&selection.column);
            for value in &selection.values {
                let one = Selection { column: selection.column.clone(), values: vec![value.clone()] };
                if !there.iter().any(|value| one.keeps(value)) {
                    return Err(ChartError::NoValue {
                        file: self.name.clone(),
                        column: selection.column.clone(),
                        value: value.clone(),
                        known: some_of(&there),
                        nearest: crate::labels::nearest(there.iter().map(String::as_str), value),
                    });
                }
            }
            rows.retain(|&row| selection.keeps(&self.text(&selection.column, row)));
        }
        if rows.is_empty() {
            return Err(ChartError::NoRow { file: self.name.clone() });
        }
        Ok(self.rows(&rows))
    }

    /// Some rows, in the order given.
    fn rows(&self, rows: &[usize]) -> Self {
        let mut frame = Frame::new();
        for field in self.frame.fields() {
            let column = match &field.column {
                Column::Integer(values) => Column::Integer(rows.iter().map(|&row| values[row]).collect()),
                Column::Label { names, codes } => Column::Label {
                    names: names.clone(),
                    codes: rows.iter().map(|&row| codes[row]).collect(),
                },
                Column::Text(values) => Column::Text(rows.iter().map(|&row| values[row].clone()).collect()),
                Column::Number(values) => Column::Number(rows.iter().map(|&row| values[row]).collect()),
            };
            frame = frame.with(&field.name, field.measure, column);
        }
        Self { frame, ..self.clone() }
    }

    /// A long result (`measure`, `value` and perhaps `indicator`) with one column a measure; any other as it is.
    pub(super) fn widened(&self) -> Self {
        if !self.has("measure") || !self.has("value") {
            return self.clone();
        }
        let keys: Vec<&str> = self
            .columns()
            .into_iter()
            .filter(|column| !["indicator", "measure", "value", "value_lo", "value_hi"].contains(column))
            .collect();
        let measures = self.values("measure");
        let key_of = |row: usize| keys.iter().map(|key| self.text(key, row)).collect::<Vec<_>>();
        let mut first: Vec<usize> = Vec::new();
        let mut place = std::collections::BTreeMap::new();
        for row in 0..self.n_rows() {
            place.entry(key_of(row)).or_insert_with(|| {
                first.push(row);
                first.len() - 1
            });
        }
        let mut columns = vec![vec![f64::NAN; first.len()]; measures.len()];
        for row in 0..self.n_rows() {
            let measure = self.text("measure", row);
            if let Some(column) = measures.iter().position(|name| *name == measure) {
                let cell = &mut columns[column][place[&key_of(row)]];
                // Two indicators may both tell `output`: the first stands.
                if cell.is_nan() {
                    *cell = self.number("value", row);
                }
            }
        }
        let rows = self.rows(&first);
        let mut frame = Frame::new();
        for field in rows.frame.fields().iter().filter(|field| keys.contains(&field.name.as_str())) {
            frame = frame.with(&field.name, field.measure, field.column.clone());
        }
        for (name, values) in measures.iter().zip(columns) {
            frame = frame.with(name, Measure::Pure, Column::Number(values));
        }
        Self { frame, ..self.clone() }
    }
}

/// Values for a message: all of them, or the first and how many more.
pub(super) fn some_of(values: &[String]) -> String {
    const SHOWN: usize = 12;
    if values.len() <= SHOWN {
        return values.join(", ");
    }
    format!("{}, ... ({} in all)", values[..SHOWN].join(", "), values.len())
}
