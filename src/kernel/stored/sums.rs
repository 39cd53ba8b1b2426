//! Sums of rows and of columns, over all or over ranges. In double precision on every storage, each in one order whatever
//! the number of threads.

use std::ops::Range;

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::{Cells, StoredMatrix, column, row};

/// Least rows summed by one task; the order of each sum does not depend on it.
const BAND: usize = 512;
/// Columns of dense cells that are read together: of a table of 20,000 rows they fit into the second cache.
const COLUMNS: usize = 16;
/// Compressed rows that are read together.
const ROWS: usize = 1_024;

impl StoredMatrix {
    /// Sum of each row, in double precision, columns in order.
    ///
    /// # Cost
    /// One pass, in parallel over bands of rows.
    #[must_use]
    pub fn row_sums(&self) -> Vec<f64> {
        self.sums_by_ranges(std::slice::from_ref(&(0..self.ncols())), None).as_slice().to_vec()
    }

    /// What is the sum of each row over each range of columns, every column times its weight?
    ///
    /// ```text
    ///   S_ig = Σ_{j in range g} m_ij w_j      (rows, ranges); without weights w = 1
    /// ```
    ///
    /// # Panics
    /// If a range reaches outside the matrix or there are not as many weights as columns.
    ///
    /// # Cost
    /// One pass over the ranges, in parallel over bands of rows.
    #[must_use]
    pub fn sums_by_ranges(&self, ranges: &[Range<usize>], weights: Option<&[f64]>) -> DMatrix<f64> {
        let (n, columns) = self.shape();
        if let Some(weights) = weights {
            assert_eq!(weights.len(), columns, "one weight a column");
        }
        let weight = |j: usize| weights.map_or(1.0, |weights| weights[j]);
        let threads = rayon::current_num_threads();
        if ranges.len() >= 2 * threads && self.as_compressed().is_none() {
            // Whole columns, one after the other, are read faster than bands of them; compressed rows are read by rows.
            let mut sums = DMatrix::zeros(n, ranges.len());
            sums.as_mut_slice().par_chunks_mut(n.max(1)).zip(ranges).for_each(|(sums, range)| {
                self.add_range(sums, 0..n, range, &weight);
            });
            return sums;
        }
        let height = BAND.max(n.div_ceil(threads));
        let bands = bands(n, height);
        let parts: Vec<DMatrix<f64>> = bands
            .par_iter()
            .map(|band| {
                let mut sums = DMatrix::zeros(band.len(), ranges.len());
                for (g, range) in ranges.iter().enumerate() {
                    let sums = &mut sums.as_mut_slice()[g * band.len()..][..band.len()];
                    self.add_range(sums, band.clone(), range, &weight);
                }
                sums
            })
            .collect();
        let mut sums = DMatrix::zeros(n, ranges.len());
        for (band, part) in bands.into_iter().zip(parts) {
            sums.rows_range_mut(band).copy_from(&part);
        }
        sums
    }

    /// Adds a range of columns, each times its weight, in order, to sums that begin with the first of some rows.
    fn add_range(
        &self,
        sums: &mut [f64],
        rows: Range<usize>,
        range: &Range<usize>,
        weight: &impl Fn(usize) -> f64,
    ) {
        match &self.0 {
            Cells::Double(matrix) => {
                for j in range.clone() {
                    add_scaled(sums, weight(j), &column(matrix, j)[rows.clone()], |cell| cell);
                }
            }
            Cells::Single(matrix) => {
                for j in range.clone() {
                    let (cells, factor) = matrix.column(j);
                    add_scaled(sums, weight(j) * factor, &cells[rows.clone()], f64::from);
                }
            }
            Cells::Compressed(matrix) => {
                for (sum, i) in sums.iter_mut().zip(rows) {
                    let (indices, values) = row(matrix, i, range);
                    for (j, value) in indices.iter().zip(values) {
                        *sum += weight(*j as usize) * value;
                    }
                }
            }
        }
    }

    /// Sum of each column, in double precision, rows in order.
    #[must_use]
    pub fn column_sums(&self) -> Vec<f64> {
        self.sums_of_columns(0..self.nrows())
    }

    /// Sum of each column over a range of rows, in double precision, rows in order.
    ///
    /// # Panics
    /// If the range reaches outside the matrix.
    ///
    /// # Cost
    /// One pass, in parallel over columns; compressed rows: one pass on one thread.
    #[must_use]
    pub fn sums_of_columns(&self, rows: Range<usize>) -> Vec<f64> {
        let Some(matrix) = self.as_compressed() else {
            return (0..self.ncols())
                .into_par_iter()
                .with_min_len(1 + 65_536 / rows.len().max(1))
                .map(|j| self.sum_of_column(j, rows.clone()))
                .collect();
        };
        let mut sums = vec![0.0; matrix.cols()];
        for i in rows {
            let (indices, values) = row(matrix, i, &(0..matrix.cols()));
            for (j, value) in indices.iter().zip(values) {
                sums[*j as usize] += value;
            }
        }
        sums
    }

    /// Sum of one column of dense cells over a range of rows, rows in order.
    fn sum_of_column(&self, j: usize, rows: Range<usize>) -> f64 {
        match &self.0 {
            Cells::Double(matrix) => column(matrix, j)[rows].iter().sum(),
            Cells::Single(matrix) => {
                let (cells, factor) = matrix.column(j);
                factor * cells[rows].iter().map(|cell| f64::from(*cell)).sum::<f64>()
            }
            Cells::Compressed(_) => unreachable!("columns of compressed rows are summed row by row"),
        }
    }

    /// What does `make(rows, columns)` make of each band of the matrix, band after band?
    ///
    /// Dense cells are cut into bands of columns, compressed ones into bands of rows, at the same places for any number of
    /// threads: what is added up in the order of the bands has the same bits.
    ///
    /// # Cost
    /// In parallel over bands; to read every band once is to read each cell once, as it lies in memory.
    pub(crate) fn by_bands<T: Send>(&self, make: impl Fn(Range<usize>, Range<usize>) -> T + Sync) -> Vec<T> {
        let (n, columns) = self.shape();
        if self.as_compressed().is_some() {
            bands(n, ROWS).into_par_iter().map(|rows| make(rows, 0..columns)).collect()
        } else {
            bands(columns, COLUMNS).into_par_iter().map(|columns| make(0..n, columns)).collect()
        }
    }

    /// Sum of each column over the rows outside its diagonal block, in double precision, rows in order.
    ///
    /// # Panics
    /// If the blocks do not cover the columns.
    #[must_use]
    pub fn column_sums_outside(&self, blocks: &[Range<usize>]) -> Vec<f64> {
        if self.as_compressed().is_none() {
            return blocks
                .par_iter()
                .flat_map_iter(|block| {
                    let (before, after) = (0..block.start, block.end..self.nrows());
                    block.clone().map(move |j| {
                        self.sum_of_column(j, before.clone()) + self.sum_of_column(j, after.clone())
                    })
                })
                .collect();
        }
        let mut home = vec![0; self.ncols()];
        for (position, block) in blocks.iter().enumerate() {
            home[block.clone()].fill(position);
        }
        let mut sums = vec![0.0; self.ncols()];
        self.for_each(|i, j, value| {
            if !blocks[home[j]].contains(&i) {
                sums[j] += value;
            }
        });
        sums
    }
}

/// `0..n` in bands of `size`; the last one may be smaller.
fn bands(n: usize, size: usize) -> Vec<Range<usize>> {
    (0..n).step_by(size).map(|start| start..n.min(start + size)).collect()
}

/// `sums += weight · cells`.
fn add_scaled<T: Copy>(sums: &mut [f64], weight: f64, cells: &[T], widen: impl Fn(T) -> f64) {
    for (sum, cell) in sums.iter_mut().zip(cells) {
        *sum += weight * widen(*cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_have_every_cell_once_in_every_storage() {
        // Several bands of columns, and of rows, the last ones smaller.
        let (n, columns) = (2 * ROWS + 100, 3 * COLUMNS + 5);
        let cells = DMatrix::from_fn(n, columns, |i, j| ((i * 31 + j * 17) % 7) as f64);
        let dense = StoredMatrix::from(cells.clone());
        for stored in [dense.clone(), dense.clone().into_single().0, dense.into_compressed()] {
            let parts = stored.by_bands(|rows, columns| {
                let mut seen = Vec::new();
                stored.for_each_in(rows, columns, |i, j, value| seen.push((i, j, value)));
                seen
            });
            assert_eq!(parts.len(), if stored.as_compressed().is_some() { 3 } else { 4 });
            let mut order = Vec::new();
            stored.for_each(|i, j, value| order.push((i, j, value)));
            assert_eq!(parts.concat(), order, "{}", stored.storage());
        }
        let nothing: Vec<()> = StoredMatrix::from(DMatrix::<f64>::zeros(0, 0)).by_bands(|_, _| ());
        assert!(nothing.is_empty());
    }
}
