//! Cells of a long table that are told one by one, with labels in the order in which they first appear: of a Parquet file, whose
//! columns are read before. Text goes through `long_text`.

use std::collections::HashMap;

use super::LoadError;
use super::grid::{Cells, Grid};

/// A long Parquet table while it is read.
#[derive(Default)]
pub(super) struct LongCells {
    path: String,
    rows: Order,
    columns: Order,
    cells: HashMap<(usize, usize), f64>,
    lines: usize,
}

/// Labels in the order in which they first appear.
#[derive(Default)]
struct Order {
    labels: Vec<Vec<String>>,
    places: HashMap<Vec<String>, usize>,
}

impl Order {
    fn place(&mut self, parts: [Option<&str>; 2]) -> usize {
        let label: Vec<String> = parts.iter().flatten().map(|part| part.trim().to_owned()).collect();
        *self.places.entry(label).or_insert_with_key(|label| {
            self.labels.push(label.clone());
            self.labels.len() - 1
        })
    }
}

impl LongCells {
    /// No cell yet of a file.
    pub(super) fn of(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    /// A cell of the next line.
    ///
    /// # Errors
    /// One that was there before.
    pub(super) fn put(
        &mut self,
        row: [Option<&str>; 2],
        column: [Option<&str>; 2],
        value: f64,
    ) -> Result<(), LoadError> {
        self.lines += 1;
        let place = (self.rows.place(row), self.columns.place(column));
        if self.cells.insert(place, value).is_none() {
            return Ok(());
        }
        Err(LoadError::DuplicateCell {
            path: self.path.clone(),
            line: self.lines,
            row: self.rows.labels[place.0].join(" "),
            column: self.columns.labels[place.1].join(" "),
        })
    }

    /// The grid, and how many cells the file leaves out, which are zero.
    pub(super) fn grid(self) -> (Grid, usize) {
        let absent = self.rows.labels.len() * self.columns.labels.len() - self.cells.len();
        let mut columns = vec![vec![0.0; self.rows.labels.len()]; self.columns.labels.len()];
        for ((row, column), value) in self.cells {
            columns[column][row] = value;
        }
        let grid = Grid {
            path: self.path,
            rows: self.rows.labels,
            columns: self.columns.labels,
            cells: Cells::of_columns(columns),
        };
        (grid, absent)
    }
}
