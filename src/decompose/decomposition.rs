//! The result of a method: terms by unit, with the keys that name the units.

use super::Term;
use crate::frame::{Column, Frame, Measure};
use crate::labels::Axis;
use crate::level::Level;

/// Which labels a key column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// Economies of the axis.
    Economy,
    /// Sectors of the axis.
    Sector,
}

/// A key column of a decomposition, as indices on the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Column name: `exporter`, `sector`, `importer`, `origin`, ...
    pub name: &'static str,
    /// What the indices refer to.
    pub dimension: Dimension,
    /// One index a unit.
    pub indices: Vec<u32>,
}

/// Terms by unit: the result of a method.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Method id.
    pub method: &'static str,
    /// Level.
    pub level: Level,
    /// Key columns, in order.
    pub keys: Vec<Key>,
    /// Terms, in order.
    pub terms: &'static [Term],
    /// One vector a term, one value a unit.
    pub values: Vec<Vec<f64>>,
    /// v B e of each unit: the part of gross exports to which value added is attributed, against which identities of
    /// `gexp` are held. Empty for methods whose rows are not exports.
    pub content: Vec<f64>,
    /// Final plus intermediate exports of each unit (counted in v B where `gexp` is): the second way of computing `gexp`.
    /// Empty for methods whose rows are not exports.
    pub exports: Vec<f64>,
    /// Gross exports (imports, for a decomposition of imports) of each economy: the measure of every identity gap.
    pub scale: Vec<f64>,
}

impl Decomposition {
    /// Number of units (rows).
    pub fn n_units(&self) -> usize {
        self.values.first().map_or(0, Vec::len)
    }

    /// Values of a term by symbol.
    pub fn term(&self, symbol: &str) -> Option<&[f64]> {
        let position = self.terms.iter().position(|term| term.symbol == symbol)?;
        self.values.get(position).map(Vec::as_slice)
    }

    /// Key column by name.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The labels of a unit, on the axis of the model that was decomposed: `DEU C29 FRA`.
    ///
    /// # Panics
    /// When there is no such unit, or the axis is another one.
    pub fn unit_label(&self, axis: &Axis, unit: usize) -> String {
        let label = |key: &Key| names(axis, key.dimension)[key.indices[unit] as usize].clone();
        self.keys.iter().map(label).collect::<Vec<_>>().join(" ")
    }

    /// The same rows with a further key that is the same in all of them: a piece of a detail.
    #[must_use]
    pub fn with_key(mut self, name: &'static str, dimension: Dimension, index: usize) -> Self {
        let indices = vec![index as u32; self.n_units()];
        self.keys.push(Key { name, dimension, indices });
        self
    }

    /// The rows in which a key has one of some values; all of them where the list is empty.
    #[must_use]
    pub(crate) fn only(mut self, name: &str, wanted: &[usize]) -> Self {
        let Some(key) = self.key(name).filter(|_| !wanted.is_empty()) else { return self };
        let kept: Vec<bool> = key.indices.iter().map(|&index| wanted.contains(&(index as usize))).collect();
        for key in &mut self.keys {
            retain(&mut key.indices, &kept);
        }
        for values in self.values.iter_mut().chain([&mut self.content, &mut self.exports]) {
            retain(values, &kept);
        }
        self
    }

    /// The result as a frame: year, keys, one column a term.
    pub fn to_frame(&self, axis: &Axis, year: Option<i32>) -> Frame {
        let every_unit: Vec<usize> = (0..self.n_units()).collect();
        let mut frame = self.key_frame(axis, year, &every_unit);
        for (term, values) in self.terms.iter().zip(&self.values) {
            frame = frame.with(term.symbol, Measure::Amount, Column::Number(values.clone()));
        }
        frame
    }

    /// The result in long form: year, keys, `term`, `value`; one row a unit and term.
    pub fn to_tidy_frame(&self, axis: &Axis, year: Option<i32>) -> Frame {
        let terms = self.terms.len();
        let unit_of_row: Vec<usize> = (0..self.n_units() * terms).map(|row| row / terms.max(1)).collect();
        let symbols: Vec<String> = self.terms.iter().map(|term| term.symbol.to_owned()).collect();
        let codes = (0..unit_of_row.len()).map(|row| (row % terms) as u32).collect();
        let values =
            unit_of_row.iter().enumerate().map(|(row, &unit)| self.values[row % terms][unit]).collect();
        self.key_frame(axis, year, &unit_of_row)
            .with("term", Measure::Key, Column::labels(&symbols, codes))
            .with("value", Measure::Amount, Column::Number(values))
    }

    fn key_frame(&self, axis: &Axis, year: Option<i32>, units: &[usize]) -> Frame {
        let years = vec![year.map(i64::from); units.len()];
        let mut frame = Frame::new().with("year", Measure::Key, Column::Integer(years));
        for key in &self.keys {
            let codes = units.iter().map(|&unit| key.indices[unit]).collect();
            frame = frame.with(key.name, Measure::Key, Column::labels(names(axis, key.dimension), codes));
        }
        frame
    }
}

/// Leaves out what is not kept; a column that a method does not have is empty and stays so.
fn retain<T>(values: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    values.retain(|_| *kept.next().expect("one mark a unit"));
}

/// The labels that a key's indices point into.
fn names(axis: &Axis, dimension: Dimension) -> &[String] {
    match dimension {
        Dimension::Economy => axis.economies(),
        Dimension::Sector => axis.sectors(),
    }
}
