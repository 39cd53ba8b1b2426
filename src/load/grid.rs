//! A read file before anybody knows what its rows and columns mean: labels and cells.
//!
//! Cells are kept in the order in which the reader met them, by panels of rows (text) or by columns (Parquet); an importer
//! says which rows and columns it wants and gets them as a matrix.

use nalgebra::DMatrix;
use rayon::prelude::*;

/// A cell without a figure. A NaN with a mark of its own, so that a NaN that is written out in the file stays an error.
pub(super) const BLANK: f64 = f64::from_bits(0x7ff8_0000_b1a4_0001);

/// Is the cell without a figure?
pub(super) fn is_blank(value: f64) -> bool {
    value.to_bits() == BLANK.to_bits()
}

/// Cells without meaning (a value-added row under final demand) are blank or NaN.
pub(super) fn nan_to_zero(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

/// Rows in one tile of a copy; with [`TILE_COLUMNS`] a tile fits the first cache.
const TILE_ROWS: usize = 32;
const TILE_COLUMNS: usize = 32;

/// Labels and cells of a file.
pub(super) struct Grid {
    /// Path, for messages.
    pub(super) path: String,
    /// Label fields of each row: one where the layout has one label column.
    pub(super) rows: Vec<Vec<String>>,
    /// Header fields of each column: one where the layout has one header row.
    pub(super) columns: Vec<Vec<String>>,
    pub(super) cells: Cells,
}

/// The numbers of a grid, [`BLANK`] where there is none.
pub(super) enum Cells {
    /// Consecutive rows, each panel row by row.
    Panels(Vec<Panel>),
    /// One slice a column, wherever it lies.
    Columns(Vec<Column>),
}

/// The cells of a column: a vector, or what a reader of columns holds.
pub(super) type Column = Box<dyn AsRef<[f64]> + Send + Sync>;

impl Cells {
    /// One vector a column.
    pub(super) fn of_columns(columns: Vec<Vec<f64>>) -> Self {
        Self::Columns(columns.into_iter().map(|column| Box::new(column) as Column).collect())
    }
}

/// Some rows of a grid, row by row.
pub(super) struct Panel {
    pub(super) first_row: usize,
    pub(super) values: Vec<f64>,
}

impl Grid {
    /// First label of a row.
    pub(super) fn row_label(&self, row: usize) -> &str {
        self.rows[row].first().map_or("", String::as_str)
    }

    /// First header of a column.
    pub(super) fn column_label(&self, column: usize) -> &str {
        self.columns[column].first().map_or("", String::as_str)
    }

    /// One cell.
    pub(super) fn value(&self, row: usize, column: usize) -> f64 {
        match &self.cells {
            Cells::Columns(columns) => (*columns[column]).as_ref()[row],
            Cells::Panels(panels) => {
                let width = self.columns.len();
                let panel = &panels[panels.partition_point(|panel| panel.first_row <= row) - 1];
                panel.values[(row - panel.first_row) * width + column]
            }
        }
    }

    /// The cells of some rows and columns, blanks as zero, and how many blanks there were.
    ///
    /// Rows and columns in the order of the file are copied fastest; any order is right.
    pub(super) fn block(&self, rows: &[usize], columns: &[usize]) -> (DMatrix<f64>, usize) {
        let mut matrix = DMatrix::zeros(rows.len(), columns.len());
        let height = rows.len().max(1);
        let blanks = matrix
            .as_mut_slice()
            .par_chunks_mut(height * TILE_COLUMNS)
            .zip(columns.par_chunks(TILE_COLUMNS))
            .map(|(target, columns)| self.copy(rows, columns, target, height))
            .sum();
        (matrix, blanks)
    }

    /// Copies some columns; `target` is column-major.
    fn copy(&self, rows: &[usize], columns: &[usize], target: &mut [f64], height: usize) -> usize {
        let mut blanks = 0;
        let mut put = |place: &mut f64, value: f64| {
            if is_blank(value) {
                blanks += 1;
            } else {
                *place = value;
            }
        };
        match &self.cells {
            Cells::Columns(source) => {
                for (target, &column) in target.chunks_mut(height).zip(columns) {
                    let source = (*source[column]).as_ref();
                    target.iter_mut().zip(rows).for_each(|(place, &row)| put(place, source[row]));
                }
            }
            Cells::Panels(panels) => {
                let width = self.columns.len();
                for (start, tile) in rows.chunks(TILE_ROWS).enumerate().map(|(k, tile)| (k * TILE_ROWS, tile))
                {
                    for (offset, &row) in tile.iter().enumerate() {
                        let panel = &panels[panels.partition_point(|panel| panel.first_row <= row) - 1];
                        let line = &panel.values[(row - panel.first_row) * width..][..width];
                        for (k, &column) in columns.iter().enumerate() {
                            put(&mut target[k * height + start + offset], line[column]);
                        }
                    }
                }
            }
        }
        blanks
    }

    /// One row at some columns, blanks as they are.
    pub(super) fn row(&self, row: usize, columns: &[usize]) -> Vec<f64> {
        columns.iter().map(|&column| self.value(row, column)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 70 x 50, the value of a cell tells its place; cell (3, 4) is blank.
    fn value(row: usize, column: usize) -> f64 {
        if (row, column) == (3, 4) { BLANK } else { (row * 1000 + column) as f64 }
    }

    fn labels(count: usize) -> Vec<Vec<String>> {
        (0..count).map(|k| vec![k.to_string()]).collect()
    }

    #[test]
    fn panels_and_columns_give_the_same_blocks() {
        let (height, width) = (70, 50);
        let panel = |first: usize, last: usize| Panel {
            first_row: first,
            values: (first..last).flat_map(|i| (0..width).map(move |j| value(i, j))).collect(),
        };
        let by_rows = Cells::Panels(vec![panel(0, 41), panel(41, 42), panel(42, 70)]);
        let by_columns =
            Cells::of_columns((0..width).map(|j| (0..height).map(|i| value(i, j)).collect()).collect());
        let rows: Vec<usize> = (0..height).rev().filter(|row| row % 3 != 1).collect();
        let columns: Vec<usize> = (1..width).collect();
        for cells in [by_rows, by_columns] {
            let grid = Grid { path: String::new(), rows: labels(height), columns: labels(width), cells };
            let (block, blanks) = grid.block(&rows, &columns);
            assert_eq!(blanks, 1);
            for (i, &row) in rows.iter().enumerate() {
                for (j, &column) in columns.iter().enumerate() {
                    let expected = if (row, column) == (3, 4) { 0.0 } else { value(row, column) };
                    assert_eq!(block[(i, j)].to_bits(), expected.to_bits(), "{row} {column}");
                }
            }
            assert!(is_blank(grid.value(3, 4)) && !is_blank(f64::NAN));
        }
    }
}
