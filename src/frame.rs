//! A rectangular result: key columns of labels, value columns of numbers, and the conventions that travel with them.
//!
//! The one shape that indicators, decompositions and claims hand to [`crate::report`]. It knows no file format.

use std::sync::Arc;

use serde::Serialize;

/// One column of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Whole numbers, missing where unknown: years.
    Integer(Vec<Option<i64>>),
    /// Labels, stored once each.
    Label {
        /// The labels.
        names: Arc<[String]>,
        /// One index into `names` a row.
        codes: Vec<u32>,
    },
    /// Free text.
    Text(Vec<Option<String>>),
    /// Numbers; NaN where not defined (a share without a denominator).
    Number(Vec<f64>),
}

impl Column {
    /// A label column from codes.
    pub fn labels(names: &[String], codes: Vec<u32>) -> Self {
        Self::Label { names: names.into(), codes }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Integer(values) => values.len(),
            Self::Label { codes, .. } => codes.len(),
            Self::Text(values) => values.len(),
            Self::Number(values) => values.len(),
        }
    }

    /// No rows?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The label or text of a row; nothing in a column of numbers and where a text is missing.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Label { names, codes } => Some(names[codes[row] as usize].as_str()),
            Self::Text(values) => values[row].as_deref(),
            Self::Integer(_) | Self::Number(_) => None,
        }
    }

    /// The same without room for more rows: a column that grew may hold twice what it has.
    fn shrunk(mut self) -> Self {
        match &mut self {
            Self::Integer(values) => values.shrink_to_fit(),
            Self::Label { codes, .. } => codes.shrink_to_fit(),
            Self::Text(values) => values.shrink_to_fit(),
            Self::Number(values) => values.shrink_to_fit(),
        }
        self
    }

    /// Bytes that it holds, about.
    fn bytes(&self) -> usize {
        match self {
            Self::Integer(values) => size_of_val(values.as_slice()),
            Self::Label { codes, .. } => size_of_val(codes.as_slice()),
            Self::Text(values) => {
                values.iter().map(|text| size_of_val(text) + text.as_ref().map_or(0, String::len)).sum()
            }
            Self::Number(values) => size_of_val(values.as_slice()),
        }
    }
}

/// How the numbers of a column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Measure {
    /// A key: year, economy, sector.
    Key,
    /// An amount in the unit of the result.
    Amount,
    /// A fraction.
    Share,
    /// A number without unit: an index, a length, a count.
    Pure,
    /// What one unit of an amount makes of a number without unit.
    PerAmount,
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Lower-case name.
    pub name: String,
    /// How to read it.
    pub measure: Measure,
    /// The values.
    pub column: Column,
}

/// A result table. Columns have equal lengths.
///
/// ```
/// use vadex::frame::{Column, Frame, Measure};
///
/// let names = ["CHN".to_owned(), "DEU".to_owned()];
/// let frame = Frame::new()
///     .with("year", Measure::Key, Column::Integer(vec![Some(2011), None]))
///     .with("economy", Measure::Key, Column::labels(&names, vec![1, 0]))
///     .with("dva_share", Measure::Share, Column::Number(vec![0.75, f64::NAN]));
/// assert_eq!(frame.integers("year").unwrap(), [Some(2011), None]);
/// assert_eq!(frame.texts("economy").unwrap(), [Some("DEU"), Some("CHN")]);
/// assert_eq!(frame.numbers("dva_share").unwrap()[0], 0.75);
/// assert!(frame.numbers("economy").is_none(), "a column of another kind is none of numbers");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    fields: Vec<Field>,
}

impl Frame {
    /// An empty frame.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column.
    ///
    /// # Panics
    /// When its length differs from the columns that are there: a broken invariant of the caller.
    #[must_use]
    pub fn with(mut self, name: &str, measure: Measure, column: Column) -> Self {
        assert!(
            self.fields.is_empty() || self.n_rows() == column.len(),
            "column `{name}` has {} rows, the frame has {}",
            column.len(),
            self.n_rows()
        );
        self.fields.push(Field { name: name.to_owned(), measure, column });
        self
    }

    /// Columns in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Columns in order, handed over.
    pub fn into_fields(self) -> Vec<Field> {
        self.fields
    }

    /// Column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.fields.iter().find(|field| field.name == name).map(|field| &field.column)
    }

    /// Numbers of a column by name.
    pub fn numbers(&self, name: &str) -> Option<&[f64]> {
        match self.column(name)? {
            Column::Number(values) => Some(values),
            _ => None,
        }
    }

    /// Whole numbers of a column by name: years, counts; nothing where a cell is empty.
    pub fn integers(&self, name: &str) -> Option<&[Option<i64>]> {
        match self.column(name)? {
            Column::Integer(values) => Some(values),
            _ => None,
        }
    }

    /// Labels or texts of a column by name, one a row; nothing where a cell is empty.
    pub fn texts(&self, name: &str) -> Option<Vec<Option<&str>>> {
        match self.column(name)? {
            column @ (Column::Label { .. } | Column::Text(_)) => {
                Some((0..column.len()).map(|row| column.text(row)).collect())
            }
            _ => None,
        }
    }

    /// Rows.
    pub fn n_rows(&self) -> usize {
        self.fields.first().map_or(0, |field| field.column.len())
    }

    /// Bytes that it holds, about.
    pub fn bytes(&self) -> u64 {
        self.fields.iter().map(|field| field.column.bytes() as u64).sum()
    }

    /// The same in no more memory than its rows take: for a frame that waits.
    #[must_use]
    pub fn shrunk(self) -> Self {
        let fields = self.fields.into_iter().map(|field| Field { column: field.column.shrunk(), ..field });
        Self { fields: fields.collect() }
    }

    /// Frames with the same columns below each other. Labels become text, so that years may have other lists of them.
    ///
    /// # Panics
    /// When a later frame lacks a column of the first: they are results of different things.
    pub fn stack(frames: &[Self]) -> Self {
        let Some(first) = frames.first() else { return Self::new() };
        first.fields().iter().fold(Self::new(), |stacked, field| {
            let parts: Vec<&Column> = frames.iter().filter_map(|frame| frame.column(&field.name)).collect();
            stacked.with(&field.name, field.measure, joined(&parts))
        })
    }
}

fn joined(parts: &[&Column]) -> Column {
    let all = |of: fn(&Column) -> bool| parts.iter().all(|part| of(part));
    if all(|part| matches!(part, Column::Number(_))) {
        return Column::Number(
            parts
                .iter()
                .flat_map(|part| if let Column::Number(v) = part { v.clone() } else { Vec::new() })
                .collect(),
        );
    }
    if all(|part| matches!(part, Column::Integer(_))) {
        return Column::Integer(
            parts
                .iter()
                .flat_map(|part| if let Column::Integer(v) = part { v.clone() } else { Vec::new() })
                .collect(),
        );
    }
    Column::Text(
        parts
            .iter()
            .flat_map(|part| match part {
                Column::Text(values) => values.clone(),
                Column::Label { names, codes } => {
                    codes.iter().map(|&code| Some(names[code as usize].clone())).collect()
                }
                Column::Integer(values) => {
                    values.iter().map(|value| value.map(|value| value.to_string())).collect()
                }
                Column::Number(values) => values.iter().map(|value| Some(value.to_string())).collect(),
            })
            .collect(),
    )
}

/// What travels with every result: where it comes from, under which conventions, in which unit, how exact.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ResultNotes {
    /// Engine and version.
    pub engine: String,
    /// The command or method.
    pub computed: String,
    /// Unit of the amounts.
    pub unit: String,
    /// Gross output and value added conventions, in words.
    pub conventions: String,
    /// Solver.
    pub solver: String,
    /// Why this solver, in words; of the first table.
    pub solver_reason: String,
    /// Largest relative residual of all solves.
    pub worst_residual: f64,
    /// Worst gap of an identity that is evidence, relative to gross exports; absent where none was computed.
    pub worst_identity: Option<IdentityGap>,
    /// Sources: path, SHA-256, importer, repairs.
    pub sources: Vec<crate::table::Provenance>,
    /// Accounts of the tables that do not hold.
    pub violations: Vec<String>,
    /// What else the accounting checks found.
    pub findings: Vec<String>,
    /// Anything else a reader must know: known biases, folded economies.
    pub remarks: Vec<String>,
}

/// The worst violation of an identity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IdentityGap {
    /// The identity, in words or symbols.
    pub identity: String,
    /// Where it is worst.
    pub at: String,
    /// Size relative to the scale stated by the identity.
    pub relative_gap: f64,
}

/// Between the units of tables that do not have the same.
const UNITS_APART: &str = " | ";

/// The worse of two gaps: one that is no number is worse than any.
pub fn worse_gap(one: f64, other: f64) -> f64 {
    if one.is_nan() || one >= other { one } else { other }
}

impl ResultNotes {
    /// Notes with the engine's name and version filled in.
    pub fn of(computed: &str) -> Self {
        Self {
            engine: format!("vadex {}", env!("CARGO_PKG_VERSION")),
            computed: computed.to_owned(),
            ..Self::default()
        }
    }

    /// Counts the gap of an identity: the worst stays.
    pub fn note_gap(&mut self, gap: IdentityGap) {
        match &mut self.worst_identity {
            // The first of equal ones stays.
            Some(known) if known.relative_gap.is_nan() || known.relative_gap >= gap.relative_gap => {}
            worst => *worst = Some(gap),
        }
    }

    /// The same without what is told of the tables themselves, where that is told already.
    #[must_use]
    pub fn without_tables(self) -> Self {
        Self { sources: Vec::new(), violations: Vec::new(), findings: Vec::new(), ..self }
    }

    /// Takes over the notes of another year of the same result.
    pub fn absorb(&mut self, other: Self) {
        self.worst_residual = self.worst_residual.max(other.worst_residual);
        if let Some(gap) = other.worst_identity {
            self.note_gap(gap);
        }
        if self.conventions.is_empty() {
            self.conventions = other.conventions;
        }
        if self.unit.is_empty() {
            self.unit = other.unit;
        } else if !other.unit.is_empty() && !self.unit.split(UNITS_APART).any(|unit| unit == other.unit) {
            // Amounts of tables in different units stand in one column: nobody is to take them for the same.
            self.unit = format!("{}{UNITS_APART}{}", self.unit, other.unit);
            let remark = "the tables are in different units: amounts of one are not those of another";
            if !self.remarks.iter().any(|known| known == remark) {
                self.remarks.push(remark.into());
            }
        }
        if self.solver_reason.is_empty() {
            self.solver_reason = other.solver_reason;
        }
        // Different years may call for different solvers: name each once.
        if !other.solver.is_empty() && !self.solver.split(", ").any(|solver| solver == other.solver) {
            if !self.solver.is_empty() {
                self.solver.push_str(", ");
            }
            self.solver.push_str(&other.solver);
        }
        // One file of accounts for every year is one source.
        for source in other.sources {
            if !self.sources.contains(&source) {
                self.sources.push(source);
            }
        }
        self.violations.extend(other.violations);
        self.findings.extend(other.findings);
        for remark in other.remarks {
            if !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_that_is_no_number_is_the_worst_of_all() {
        let gap = |relative_gap| IdentityGap { identity: "a = b".into(), at: String::new(), relative_gap };
        for order in [[0.1, f64::NAN, 0.2], [f64::NAN, 0.1, 0.2], [0.2, 0.1, f64::NAN]] {
            let mut all = ResultNotes::of("test");
            for relative_gap in order {
                let mut one = ResultNotes::of("test");
                one.note_gap(gap(relative_gap));
                all.absorb(one);
            }
            assert!(all.worst_identity.unwrap().relative_gap.is_nan(), "{order:?}");
        }
        let mut notes = ResultNotes::of("test");
        [0.1, 0.3, 0.2].into_iter().for_each(|relative_gap| notes.note_gap(gap(relative_gap)));
        assert!((notes.worst_identity.unwrap().relative_gap - 0.3).abs() < 1e-15);
    }

    #[test]
    fn different_units_stand_beside_each_other_and_one_source_is_told_once() {
        let of = |unit: &str, source: &str| ResultNotes {
            unit: unit.into(),
            sources: vec![crate::table::Provenance { source: source.into(), ..Default::default() }],
            ..ResultNotes::of("test")
        };
        let mut all = of("USD", "a");
        for (unit, source) in [("USD", "b"), ("EUR", "a"), ("USD", "a"), ("EUR", "b")] {
            all.absorb(of(unit, source));
        }
        assert_eq!(all.unit, "USD | EUR");
        assert_eq!(all.sources.len(), 2);
        assert_eq!(all.remarks.len(), 1, "{:?}", all.remarks);
    }
}
