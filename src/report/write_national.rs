//! National tables of several years to one file, in the layout of [`crate::load::national`].

use std::io::Write;

use super::ReportError;
use super::sparse_store::{Store, Year};
use crate::load::national::{BELOW, EXPORTS, FINAL, IMPORTS, LAYOUT, NationalYear, OUTPUT};
use crate::table::NationalTable;

/// Collects national tables, then writes them in one go.
#[derive(Debug, Default)]
pub struct NationalWriter(Store);

impl NationalWriter {
    /// An empty store. With `decimals`, figures are kept as whole numbers of that decimal: they must have been rounded
    /// to it ([`NationalTable::rounded`]).
    pub fn new(decimals: Option<u32>) -> Self {
        Self(Store { decimals, ..Store::default() })
    }

    /// Adds a year. The provenance kept is that of the year's first table: they come from one file.
    ///
    /// # Errors
    /// A year that is there already, other labels or another unit than the first year.
    pub fn push(&mut self, year: &NationalYear) -> Result<(), ReportError> {
        let Some(first) = year.tables.first() else { return Ok(()) };
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        year.tables.iter().for_each(|table| labels(table, &mut rows, &mut columns));
        let width = columns.len();
        self.0.admit(&first.provenance().source, year.year, (rows, columns), first.unit())?;
        let mut cells = Vec::new();
        let (mut row, mut column) = (0, 0);
        for table in &year.tables {
            let mut put = |i: usize, j: usize, value: f64| {
                cells.push((((row + i) * width + column + j) as u64, value));
            };
            let (n, k) = (table.sectors().len(), table.categories().len());
            for i in 0..n {
                for j in 0..n {
                    put(i, j, table.domestic_use()[(i, j)]);
                    put(n + i, j, table.imported_use()[(i, j)]);
                }
                for j in 0..k {
                    put(i, n + j, table.domestic_final()[(i, j)]);
                    put(n + i, n + j, table.imported_final()[(i, j)]);
                }
                put(i, n + k, table.exports()[i]);
                put(i, n + k + 1, table.output()[i]);
            }
            for (b, below) in table.primary_rows().iter().enumerate() {
                below.industries.iter().enumerate().for_each(|(j, value)| put(2 * n + b, j, *value));
                below.final_use.iter().flatten().enumerate().for_each(|(j, v)| put(2 * n + b, n + j, *v));
            }
            row += 2 * n + table.primary_rows().len();
            column += n + k + 2;
        }
        let provenance = first.provenance().clone();
        self.0.years.push(Year { year: year.year, provenance, cells });
        Ok(())
    }

    /// Bytes of the whole process while the file is made, if the years to come, of `years` in all, are like those that came;
    /// tables that wait to be pushed come on top.
    pub fn needed(&self, years: usize) -> u64 {
        self.0.needed(years)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The output cannot take it.
    pub fn finish(self, output: impl Write) -> Result<(), ReportError> {
        self.0.write(LAYOUT, output)
    }
}

fn labels(table: &NationalTable, rows: &mut Vec<String>, columns: &mut Vec<String>) {
    let economy = table.economy();
    let with = |suffix: &'static str| move |code: &String| format!("{economy}.{code}{suffix}");
    rows.extend(table.sectors().iter().map(with("")));
    rows.extend(table.sectors().iter().map(with(IMPORTS)));
    rows.extend(table.primary_rows().iter().map(|row| with(BELOW)(&row.name)));
    columns.extend(table.sectors().iter().map(with("")));
    columns.extend(table.categories().iter().map(with(FINAL)));
    columns.extend([EXPORTS, OUTPUT].map(|code| format!("{economy}.{code}")));
}
