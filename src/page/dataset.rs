//! The numbers behind figures: one frame, its notes and the command that makes it, under one name.

use std::sync::Arc;

use crate::frame::{Column, Field, Frame, Measure, ResultNotes};

/// A result that figures are drawn from, and that is written as `data/ID.csv` with its notes.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Name of the file, without extension.
    pub id: String,
    /// The numbers.
    pub frame: Frame,
    /// What travels with them.
    pub notes: ResultNotes,
    /// The command that gives the same numbers; empty when they were put together for the page.
    pub command: String,
}

impl Dataset {
    /// A dataset, shared by the figures that use it.
    pub fn new(id: &str, frame: Frame, notes: ResultNotes, command: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { id: id.to_owned(), frame, notes, command: command.into() })
    }

    /// A number; NaN where there is none.
    ///
    /// # Panics
    /// When there is no such column: a slip of the section, not of the data.
    pub fn number(&self, column: &str, row: usize) -> f64 {
        match self.column(column) {
            Column::Number(values) => values[row],
            Column::Integer(values) => values[row].map_or(f64::NAN, |value| value as f64),
            Column::Label { .. } | Column::Text(_) => f64::NAN,
        }
    }

    /// A label, a text or a whole number as text; empty where there is none.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn text(&self, column: &str, row: usize) -> String {
        match self.column(column) {
            Column::Label { names, codes } => names[codes[row] as usize].clone(),
            Column::Text(values) => values[row].clone().unwrap_or_default(),
            Column::Integer(values) => values[row].map_or_else(String::new, |value| value.to_string()),
            Column::Number(values) => values[row].to_string(),
        }
    }

    /// Rows, in order.
    pub fn rows(&self) -> std::ops::Range<usize> {
        0..self.frame.n_rows()
    }

    /// Rows in which every named column has the wanted text.
    pub fn rows_with(&self, wanted: &[(&str, &str)]) -> Vec<usize> {
        self.rows()
            .filter(|&row| wanted.iter().all(|(column, text)| self.text(column, row) == *text))
            .collect()
    }

    /// Rows with the largest numbers of a column, largest first; rows without a number are left out.
    pub fn largest(&self, mut rows: Vec<usize>, column: &str, count: usize) -> Vec<usize> {
        rows.retain(|&row| self.number(column, row).is_finite());
        rows.sort_by(|&a, &b| self.number(column, b).total_cmp(&self.number(column, a)).then(a.cmp(&b)));
        rows.truncate(count);
        rows
    }

    fn column(&self, name: &str) -> &Column {
        self.frame.column(name).unwrap_or_else(|| panic!("dataset `{}` has no column `{name}`", self.id))
    }
}

/// Notes of a result whose numbers are in another unit than the flows of the table.
pub fn in_unit(notes: &ResultNotes, unit: &str) -> ResultNotes {
    ResultNotes { unit: unit.to_owned(), ..notes.clone() }
}

/// What `vadex claims` calls the unit of several estimates.
pub const UNIT_OF_ESTIMATES: &str = "of each estimate: column estimate_unit";

/// A frame with one more column of numbers, computed row by row from the columns that are there.
pub fn with_numbers(
    frame: Frame,
    name: &str,
    measure: Measure,
    of: impl Fn(&dyn Fn(&str) -> f64) -> f64,
) -> Frame {
    let values = (0..frame.n_rows())
        .map(|row| {
            let cell = |column: &str| frame.numbers(column).map_or(f64::NAN, |values| values[row]);
            of(&cell)
        })
        .collect();
    frame.with(name, measure, Column::Number(values))
}

/// A column of texts.
pub fn texts(name: &str, values: impl IntoIterator<Item = String>) -> Field {
    let column =
        Column::Text(values.into_iter().map(|text| Some(text).filter(|text| !text.is_empty())).collect());
    Field { name: name.to_owned(), measure: Measure::Key, column }
}

/// A column of numbers.
pub fn numbers(name: &str, measure: Measure, values: impl IntoIterator<Item = f64>) -> Field {
    Field { name: name.to_owned(), measure, column: Column::Number(values.into_iter().collect()) }
}

/// A frame from its columns.
pub fn frame(fields: impl IntoIterator<Item = Field>) -> Frame {
    fields.into_iter().fold(Frame::new(), |frame, field| frame.with(&field.name, field.measure, field.column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_stand_below_each_other_also_with_other_labels() {
        let year = |year: i64, names: &[&str], value: f64| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let codes = (0..names.len() as u32).collect();
            Frame::new()
                .with("year", Measure::Key, Column::Integer(vec![Some(year); names.len()]))
                .with("economy", Measure::Key, Column::labels(&names, codes))
                .with("x", Measure::Pure, Column::Number(vec![value; names.len()]))
        };
        let both = Frame::stack(&[year(1995, &["A", "B"], 1.0), year(2011, &["B"], 2.0)]);
        let data = Dataset::new("d", both, ResultNotes::of("d"), "");
        assert_eq!(data.rows_with(&[("economy", "B")]), [1, 2]);
        assert_eq!(data.rows_with(&[("economy", "B"), ("year", "2011")]), [2]);
        assert!((data.number("x", 2) - 2.0).abs() < 1e-12);
        assert_eq!(data.largest(vec![0, 1, 2], "x", 1), [2]);
    }
}
