//! Several years of one table to one file, in the layout of [`crate::load::panel`].

use std::io::Write;

use super::ReportError;
use super::sparse_store::{Store, Year};
use crate::load::panel::LAYOUT;
use crate::machine;
use crate::table::IcioTable;

/// Bytes of a cell of the table at hand, zero or not, while it is read.
const READ: u64 = 16;

/// Collects the tables of a panel, then writes them in one go.
///
/// # Cost
/// Sixteen bytes for every cell that is not zero while tables are collected, three and a half times that while the file is made.
#[derive(Debug, Default)]
pub struct PanelWriter {
    store: Store,
    /// Tables that will come, where that is known.
    expected: usize,
    /// Bytes that may be used; what the machine has left when absent.
    memory: Option<u64>,
}

impl PanelWriter {
    /// An empty panel.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty panel of so many tables in so many bytes: what will not fit is refused after the first one.
    pub fn of(tables: usize, memory: Option<u64>) -> Self {
        Self { expected: tables, memory, ..Self::default() }
    }

    /// Adds a year.
    ///
    /// # Errors
    /// A table without a year, a year that is there already, other labels or another unit than the first table; no memory
    /// for so many tables of that size.
    pub fn push(&mut self, table: &IcioTable) -> Result<(), ReportError> {
        let source_name = &table.provenance().source;
        let Some(year) = table.year() else {
            return Err(ReportError::NotOnePanel {
                source_name: source_name.clone(),
                what: "the year",
                found: "no year".into(),
                expected: "one year a table".into(),
            });
        };
        self.store.admit(source_name, year, labels(table), table.unit())?;
        self.store.admit_roles(source_name, table.unspoken_roles())?;
        let cells = cells(table, self.store.columns.len());
        self.store.years.push(Year { year, provenance: table.provenance().clone(), cells });
        self.require_room()
    }

    /// Bytes of the tables that wait for the others.
    pub fn held(&self) -> u64 {
        self.store.held()
    }

    /// Bytes of the whole process while the file is made, if the tables to come are like those that came.
    pub fn needed(&self) -> u64 {
        let hand = READ * self.store.rows.len() as u64 * self.store.columns.len() as u64;
        hand + self.store.needed(self.expected)
    }

    /// Is there memory for all tables, if those to come are like those that came?
    fn require_room(&self) -> Result<(), ReportError> {
        let tables = self.store.years.len().max(self.expected) as u64;
        let needed = self.needed();
        match self.memory.or_else(machine::usable) {
            Some(there) if needed > there => {
                Err(ReportError::NoRoom { tables, needed, there, stated: self.memory.is_some() })
            }
            _ => Ok(()),
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The output cannot take it.
    pub fn finish(self, output: impl Write) -> Result<(), ReportError> {
        self.store.write(LAYOUT, output)
    }
}

/// Row and column labels of the canonical layout.
fn labels(table: &IcioTable) -> (Vec<String>, Vec<String>) {
    let axis = table.axis();
    let industries = (0..axis.n_rows()).map(|row| axis.row_label(row));
    let output = table.published_output().map(|_| "OUT".to_owned());
    let below = table.primary_rows().iter().map(|row| row.name.clone());
    let finals = (0..table.final_demand().ncols()).map(|column| table.final_demand_label(column));
    (
        industries.clone().chain(below).chain(output.clone()).collect(),
        industries.chain(finals).chain(output).collect(),
    )
}

/// Cells of the canonical layout that are not zero, by position.
fn cells(table: &IcioTable, width: usize) -> Vec<(u64, f64)> {
    let n = table.axis().n_rows();
    let mut cells = Vec::new();
    let mut put = |row: usize, column: usize, value: f64| {
        if value != 0.0 {
            cells.push(((row * width + column) as u64, value));
        }
    };
    table.intermediate_use().for_each(&mut put);
    for (j, column) in table.final_demand().column_iter().enumerate() {
        column.iter().enumerate().for_each(|(i, value)| put(i, n + j, *value));
    }
    for (k, row) in table.primary_rows().iter().enumerate() {
        row.industries.iter().enumerate().for_each(|(j, value)| put(n + k, j, *value));
        row.final_use.iter().flatten().enumerate().for_each(|(j, value)| put(n + k, n + j, *value));
    }
    if let Some(output) = table.published_output() {
        let (last_row, last_column) = (n + table.primary_rows().len(), width - 1);
        for (j, value) in output.iter().enumerate() {
            put(last_row, j, *value);
            put(j, last_column, *value);
        }
    }
    cells
}
