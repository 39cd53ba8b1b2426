//! A read file before anybody knows what its rows and columns mean: labels and cells.
//!
//! Cells are kept in the order in which the reader met them, by panels of rows (text) or by columns (Parquet); an importer
//! says which rows and columns it wants and gets them as a matrix.

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::kernel::dense;

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
    /// Grids of several files, each at its place; there is no figure outside them.
    Parts(Vec<Part>),
}

/// A grid at its place in a larger one.
pub(super) struct Part {
    pub(super) first_row: usize,
    pub(super) first_column: usize,
    pub(super) grid: Grid,
}

impl Part {
    fn row(&self, row: usize) -> Option<usize> {
        row.checked_sub(self.first_row).filter(|row| *row < self.grid.rows.len())
    }

    fn column(&self, column: usize) -> Option<usize> {
        column.checked_sub(self.first_column).filter(|column| *column < self.grid.columns.len())
    }
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
            Cells::Parts(parts) => parts
                .iter()
                .find_map(|part| Some(part.grid.value(part.row(row)?, part.column(column)?)))
                .unwrap_or(BLANK),
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
        if let Cells::Parts(parts) = &self.cells {
            return block_of_parts(parts, rows, columns);
        }
        let mut matrix = dense::zeros(rows.len(), columns.len());
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
            // [`Grid::block`] asks the parts themselves.
            Cells::Parts(_) => {}
            Cells::Columns(source) => {
                // Rows that follow each other, as in nearly every table, are copied without a look at each place.
                let run = match rows {
                    [first, .., last] if rows.windows(2).all(|pair| pair[0] + 1 == pair[1]) => {
                        Some(*first..*last + 1)
                    }
                    _ => None,
                };
                for (target, &column) in target.chunks_mut(height).zip(columns) {
                    let source = (*source[column]).as_ref();
                    match &run {
                        Some(run) if !source[run.clone()].iter().any(|value| value.is_nan()) => {
                            target.copy_from_slice(&source[run.clone()]);
                        }
                        _ => target.iter_mut().zip(rows).for_each(|(place, &row)| put(place, source[row])),
                    }
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

/// The cells of some rows and columns of several grids: zero, and not counted as blank, where there is no grid.
fn block_of_parts(parts: &[Part], rows: &[usize], columns: &[usize]) -> (DMatrix<f64>, usize) {
    let inside = |part: &Part| -> (Vec<(usize, usize)>, Vec<(usize, usize)>) {
        (
            rows.iter().enumerate().filter_map(|(k, &row)| Some((k, part.row(row)?))).collect(),
            columns.iter().enumerate().filter_map(|(k, &column)| Some((k, part.column(column)?))).collect(),
        )
    };
    let second = |pairs: &[(usize, usize)]| pairs.iter().map(|(_, place)| *place).collect::<Vec<_>>();
    let mut whole = None;
    let mut all_blanks = 0;
    for part in parts {
        let (part_rows, part_columns) = inside(part);
        if part_rows.is_empty() || part_columns.is_empty() {
            continue;
        }
        let (block, blanks) = part.grid.block(&second(&part_rows), &second(&part_columns));
        if part_rows.len() == rows.len() && part_columns.len() == columns.len() {
            // All of it lies in one file: no second copy.
            return (block, blanks);
        }
        all_blanks += blanks;
        let target = whole.get_or_insert_with(|| DMatrix::zeros(rows.len(), columns.len()));
        for (from, (to_column, _)) in part_columns.iter().enumerate() {
            for (row, (to_row, _)) in part_rows.iter().enumerate() {
                target[(*to_row, *to_column)] = block[(row, from)];
            }
        }
    }
    (whole.unwrap_or_else(|| DMatrix::zeros(rows.len(), columns.len())), all_blanks)
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

    #[test]
    fn grids_of_several_files_are_read_as_one() {
        let part = |first_row: usize, first_column: usize, height: usize, width: usize| Part {
            first_row,
            first_column,
            grid: Grid {
                path: String::new(),
                rows: labels(height),
                columns: labels(width),
                cells: Cells::of_columns(
                    (0..width)
                        .map(|j| (0..height).map(|i| value(first_row + i, first_column + j)).collect())
                        .collect(),
                ),
            },
        };
        let grid = Grid {
            path: String::new(),
            rows: labels(8),
            columns: labels(9),
            cells: Cells::Parts(vec![part(0, 0, 6, 6), part(0, 6, 6, 3), part(6, 0, 2, 6)]),
        };
        for (rows, columns) in [(vec![1, 3, 5], vec![0, 4]), (vec![3, 7, 0], vec![4, 8, 2])] {
            let (block, blanks) = grid.block(&rows, &columns);
            assert_eq!(blanks, 1, "the absent quarter is not blank cells");
            for (i, &row) in rows.iter().enumerate() {
                for (j, &column) in columns.iter().enumerate() {
                    let absent = (row >= 6 && column >= 6) || (row, column) == (3, 4);
                    let expected = if absent { 0.0 } else { value(row, column) };
                    assert_eq!(block[(i, j)].to_bits(), expected.to_bits(), "{row} {column}");
                }
            }
        }
        assert!(is_blank(grid.value(7, 8)));
    }
}
