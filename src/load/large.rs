//! Matrices of the largest databases while they are read: filled row by row or column by column, kept in single precision
//! above a size, changed in place.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::{LoadError, Source, room};
use crate::kernel::stored::StoredMatrix;
use crate::table::{Repair, SINGLE_PRECISION};

/// Rows from which on cells are kept in single precision: 20,000 squared is 3.2 GB in double precision.
const SINGLE_FROM: usize = 12_000;
/// Rows gathered before they are scattered over the columns.
const BATCH: usize = 64;

/// A square matrix that is being read.
pub(super) struct Large {
    side: usize,
    cells: Cells,
    waiting: Vec<(usize, Vec<f64>)>,
}

/// By columns.
enum Cells {
    Double(Vec<f64>),
    Single(Vec<f32>),
}

impl Large {
    /// All zero.
    ///
    /// # Errors
    /// [`LoadError::NoRoom`].
    pub(super) fn zeros(source: &Source, side: usize) -> Result<Self, LoadError> {
        let cell = if side < SINGLE_FROM { size_of::<f64>() } else { size_of::<f32>() } as u64;
        let bytes = cell.saturating_mul(side as u64).saturating_mul(side as u64);
        room::for_bytes(source, &format!("{side} x {side} cells"), bytes)?;
        Ok(Self::with_threshold(side, SINGLE_FROM))
    }

    fn with_threshold(side: usize, single_from: usize) -> Self {
        let cells = if side < single_from {
            Cells::Double(vec![0.0; side * side])
        } else {
            Cells::Single(vec![0.0; side * side])
        };
        Self { side, cells, waiting: Vec::new() }
    }

    /// Takes a row.
    pub(super) fn put_row(&mut self, row: usize, values: Vec<f64>) {
        self.waiting.push((row, values));
        if self.waiting.len() == BATCH {
            self.scatter();
        }
    }

    fn scatter(&mut self) {
        let (side, waiting) = (self.side, std::mem::take(&mut self.waiting));
        if waiting.is_empty() {
            return;
        }
        match &mut self.cells {
            Cells::Double(cells) => cells.par_chunks_mut(side).enumerate().for_each(|(column, target)| {
                waiting.iter().for_each(|(row, values)| target[*row] = values[column]);
            }),
            Cells::Single(cells) => cells.par_chunks_mut(side).enumerate().for_each(|(column, target)| {
                waiting.iter().for_each(|(row, values)| target[*row] = values[column] as f32);
            }),
        }
    }

    /// Takes a column.
    pub(super) fn put_column(&mut self, column: usize, values: &[f64]) {
        let place = column * self.side..(column + 1) * self.side;
        match &mut self.cells {
            Cells::Double(cells) => cells[place].copy_from_slice(values),
            Cells::Single(cells) => {
                cells[place].iter_mut().zip(values).for_each(|(cell, value)| *cell = *value as f32);
            }
        }
    }

    /// Replaces every column by what `change` makes of it.
    pub(super) fn change_columns(&mut self, change: impl Fn(&mut Vec<f64>) + Sync) {
        self.scatter();
        let side = self.side.max(1);
        match &mut self.cells {
            Cells::Double(cells) => cells.par_chunks_mut(side).for_each(|column| {
                let mut values = column.to_vec();
                change(&mut values);
                column.copy_from_slice(&values);
            }),
            Cells::Single(cells) => cells.par_chunks_mut(side).for_each(|column| {
                let mut values: Vec<f64> = column.iter().copied().map(f64::from).collect();
                change(&mut values);
                column.iter_mut().zip(values).for_each(|(cell, value)| *cell = value as f32);
            }),
        }
    }

    /// Which rows and which columns hold anything but zero.
    pub(super) fn occupied(&mut self) -> (Vec<bool>, Vec<bool>) {
        self.scatter();
        fn find<T: Copy + PartialEq + Default>(cells: &[T], side: usize) -> (Vec<bool>, Vec<bool>) {
            let mut rows = vec![false; side];
            let columns = cells
                .chunks(side.max(1))
                .map(|column| {
                    let mut any = false;
                    for (row, value) in rows.iter_mut().zip(column) {
                        let occupied = *value != T::default();
                        *row |= occupied;
                        any |= occupied;
                    }
                    any
                })
                .collect();
            (rows, columns)
        }
        match &self.cells {
            Cells::Double(cells) => find(cells, self.side),
            Cells::Single(cells) => find(cells, self.side),
        }
    }

    /// Rows become columns.
    pub(super) fn transpose(&mut self) {
        self.scatter();
        fn turn<T: Copy>(cells: &mut [T], side: usize) {
            for column in 0..side {
                for row in 0..column {
                    cells.swap(column * side + row, row * side + column);
                }
            }
        }
        match &mut self.cells {
            Cells::Double(cells) => turn(cells, self.side),
            Cells::Single(cells) => turn(cells, self.side),
        }
    }

    /// Keeps some rows and the same columns, in place; `kept` ascends.
    pub(super) fn keep(&mut self, kept: &[usize]) {
        self.scatter();
        fn close_up<T: Copy>(cells: &mut Vec<T>, side: usize, kept: &[usize]) {
            let mut target = 0;
            for &column in kept {
                for &row in kept {
                    // Never ahead of what is still to be read: `kept` ascends.
                    cells[target] = cells[column * side + row];
                    target += 1;
                }
            }
            cells.truncate(target);
            cells.shrink_to_fit();
        }
        match &mut self.cells {
            Cells::Double(cells) => close_up(cells, self.side, kept),
            Cells::Single(cells) => close_up(cells, self.side, kept),
        }
        self.side = kept.len();
    }

    /// The matrix, and a repair that says so when it has lost digits.
    pub(super) fn finish(mut self) -> (StoredMatrix, Option<Repair>) {
        self.scatter();
        match self.cells {
            Cells::Double(cells) => (DMatrix::from_vec(self.side, self.side, cells).into(), None),
            Cells::Single(cells) => {
                let repair = Repair {
                    name: SINGLE_PRECISION.into(),
                    detail: format!("intermediate use of {} rows is kept with 7 digits", self.side),
                    count: cells.len(),
                };
                (DMatrix::from_vec(self.side, self.side, cells).into(), Some(repair))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_land_where_they_belong_in_both_precisions() {
        let side = 150;
        let value = |i: usize, j: usize| (i * 200 + j) as f64;
        for threshold in [side + 1, side] {
            let mut by_rows = Large::with_threshold(side, threshold);
            let mut by_columns = Large::with_threshold(side, threshold);
            for k in (0..side).rev() {
                by_rows.put_row(k, (0..side).map(|j| value(k, j)).collect());
                by_columns.put_column(k, &(0..side).map(|i| value(k, i)).collect::<Vec<_>>());
            }
            // Columns were filled with rows: turn them.
            by_columns.transpose();
            let mut empty_row = Large::with_threshold(3, threshold);
            empty_row.put_row(0, vec![0.0, -1.0, 1.0]);
            assert_eq!(empty_row.occupied(), (vec![true, false, false], vec![false, true, true]));
            let kept: Vec<usize> = (0..side).filter(|k| k % 4 != 1).collect();
            by_rows.change_columns(|column| column.iter_mut().for_each(|cell| *cell *= 2.0));
            by_rows.keep(&kept);
            by_columns.keep(&kept);
            let (doubled, repair) = by_rows.finish();
            let (plain, _) = by_columns.finish();
            assert_eq!(repair.is_some(), threshold == side);
            for (i, &row) in kept.iter().enumerate() {
                for (j, &column) in kept.iter().enumerate() {
                    assert!((plain.get(i, j) - value(row, column)).abs() < 1e-9);
                    assert!((doubled.get(i, j) - 2.0 * value(row, column)).abs() < 1e-9);
                }
            }
        }
    }
}
