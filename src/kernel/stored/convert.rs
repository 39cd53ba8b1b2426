//! From one storage to another, parts and rearrangements of a stored matrix.

use std::ops::Range;
use std::sync::Arc;

use nalgebra::DMatrix;
use rayon::prelude::*;
use sprs::{CsMatI, TriMatI};

use super::{Cells, Scaled, StoredMatrix, column, row};
use crate::kernel::dense;
use crate::kernel::tile::Scalar;

/// What rounding to single precision did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rounding {
    /// Cells that changed.
    pub cells: usize,
    /// Largest |rounded − exact| / |exact|; infinite when a cell is beyond single precision.
    pub largest: f64,
    /// Size of the largest cell.
    pub size: f64,
}

/// Order up to which a folded compressed matrix is handed back dense: 32 MB.
pub(crate) const DENSE_ORDER: usize = 2_000;

/// To the nearest single-precision number.
#[expect(clippy::cast_possible_truncation, reason = "rounding to single precision is the purpose")]
pub(super) fn round(value: f64) -> f32 {
    value as f32
}

impl StoredMatrix {
    /// The same cells, dense and in double precision.
    ///
    /// # Cost
    /// 8 bytes a cell.
    #[must_use]
    pub fn to_dense(&self) -> DMatrix<f64> {
        match &self.0 {
            Cells::Double(matrix) => matrix.clone(),
            _ => self.block(0..self.nrows(), 0..self.ncols()),
        }
    }

    /// The same cells kept dense in double precision.
    #[must_use]
    pub fn into_double(self) -> Self {
        match self.0 {
            Cells::Double(_) => self,
            _ => Self(Cells::Double(self.to_dense())),
        }
    }

    /// The cells rounded to single precision, and what that changed.
    ///
    /// # Cost
    /// 4 bytes a cell besides the matrix while it runs.
    #[must_use]
    pub fn into_single(self) -> (Self, Rounding) {
        if matches!(self.0, Cells::Single(_)) {
            return (self, Rounding::default());
        }
        let matrix = self.into_double();
        let Cells::Double(matrix) = &matrix.0 else { return (matrix, Rounding::default()) };
        let (rows, columns) = matrix.shape();
        let mut single = dense::zeros::<f32>(rows, columns);
        let rounding = single
            .as_mut_slice()
            .par_chunks_mut(rows.max(1))
            .zip(matrix.as_slice().par_chunks(rows.max(1)))
            .map(|(single, double)| {
                let mut rounding = Rounding::default();
                for (single, double) in single.iter_mut().zip(double) {
                    *single = round(*double);
                    rounding.size = rounding.size.max(double.abs());
                    let gap = (f64::from(*single) - double).abs();
                    if gap > 0.0 {
                        rounding.cells += 1;
                        rounding.largest = rounding.largest.max(gap / double.abs());
                    }
                }
                rounding
            })
            .reduce(Rounding::default, |a, b| Rounding {
                cells: a.cells + b.cells,
                largest: a.largest.max(b.largest),
                size: a.size.max(b.size),
            });
        (Self::from(single), rounding)
    }

    /// The non-zeros in compressed rows.
    #[must_use]
    pub fn into_compressed(self) -> Self {
        match self.0 {
            Cells::Compressed(_) => self,
            _ => Self(Cells::Compressed(self.to_compressed())),
        }
    }

    /// The non-zeros in compressed rows.
    ///
    /// # Cost
    /// 12 bytes a non-zero; a dense matrix is passed over twice.
    #[must_use]
    pub fn to_compressed(&self) -> Arc<CsMatI<f64, u32>> {
        if let Cells::Compressed(matrix) = &self.0 {
            return Arc::clone(matrix);
        }
        Arc::new(self.compressed(|add| self.for_each(add)))
    }

    /// Compressed rows of the cells that `visit` hands over twice in the same order, the columns of a row in order.
    fn compressed(&self, visit: impl Fn(&mut dyn FnMut(usize, usize, f64))) -> CsMatI<f64, u32> {
        // Counted first, so that no triplets stand beside the result.
        let (rows, columns) = self.shape();
        let mut starts = vec![0_u32; rows + 1];
        visit(&mut |i, _, _| starts[i + 1] += 1);
        for i in 0..rows {
            starts[i + 1] += starts[i];
        }
        let stored = starts[rows] as usize;
        let (mut indices, mut values) = (vec![0_u32; stored], vec![0.0; stored]);
        let mut next: Vec<usize> = starts.iter().map(|start| *start as usize).collect();
        visit(&mut |i, j, value| {
            #[expect(clippy::cast_possible_truncation, reason = "a matrix has far fewer than 2^32 columns")]
            {
                indices[next[i]] = j as u32;
            }
            values[next[i]] = value;
            next[i] += 1;
        });
        CsMatI::new((rows, columns), starts, indices, values)
    }

    /// The cells of the diagonal blocks alone, in compressed rows.
    ///
    /// # Panics
    /// If a block reaches outside the matrix.
    ///
    /// # Cost
    /// 12 bytes a non-zero of the blocks; they are passed over twice.
    #[must_use]
    pub fn diagonal_blocks(&self, blocks: &[Range<usize>]) -> CsMatI<f64, u32> {
        self.compressed(|add| {
            for block in blocks {
                self.for_each_in(block.clone(), block.clone(), &mut *add);
            }
        })
    }

    /// A block as a dense double-precision matrix.
    ///
    /// # Panics
    /// If the block reaches outside the matrix.
    #[must_use]
    pub fn block(&self, rows: Range<usize>, columns: Range<usize>) -> DMatrix<f64> {
        let size = (rows.len(), columns.len());
        match &self.0 {
            Cells::Double(matrix) => matrix.view((rows.start, columns.start), size).into_owned(),
            Cells::Single(matrix) => {
                let mut block = dense::zeros(size.0, size.1);
                block.as_mut_slice().par_chunks_mut(size.0.max(1)).zip(columns).for_each(|(target, j)| {
                    let (cells, factor) = matrix.column(j);
                    for (value, cell) in target.iter_mut().zip(&cells[rows.clone()]) {
                        *value = f64::from(*cell) * factor;
                    }
                });
                block
            }
            Cells::Compressed(matrix) => {
                let mut block = dense::zeros(size.0, size.1);
                for i in rows.clone() {
                    let (indices, values) = row(matrix, i, &columns);
                    for (j, value) in indices.iter().zip(values) {
                        block[(i - rows.start, *j as usize - columns.start)] = *value;
                    }
                }
                block
            }
        }
    }

    /// I minus a diagonal block, dense and in double precision.
    ///
    /// # Panics
    /// If the range reaches outside the matrix.
    #[must_use]
    pub fn identity_minus(&self, range: Range<usize>) -> DMatrix<f64> {
        let n = range.len();
        let mut block = match &self.0 {
            // Zeros cost nothing until they are written: all threads write, and take the pages they write to.
            Cells::Double(_) => dense::zeros(n, n),
            _ => self.block(range.clone(), range.clone()),
        };
        block.as_mut_slice().par_chunks_mut(n.max(1)).enumerate().for_each(|(j, cells)| {
            match &self.0 {
                Cells::Double(matrix) => {
                    let own = &column(matrix, range.start + j)[range.clone()];
                    cells.iter_mut().zip(own).for_each(|(cell, own)| *cell = -own);
                }
                _ => cells.iter_mut().for_each(|cell| *cell = -*cell),
            }
            cells[j] += 1.0;
        });
        block
    }

    /// Row and column k of the result are row and column `order[k]` of this square matrix, in its storage.
    ///
    /// # Panics
    /// If a position is outside the matrix.
    #[must_use]
    pub fn rearranged(&self, order: &[usize]) -> Self {
        Self(match &self.0 {
            Cells::Double(matrix) => Cells::Double(rearranged(matrix, order)),
            Cells::Single(matrix) => Cells::Single(Scaled {
                cells: rearranged(&matrix.cells, order),
                factors: order.iter().map(|&j| matrix.factors[j]).collect(),
            }),
            Cells::Compressed(matrix) => {
                let mut position = vec![u32::MAX; matrix.cols()];
                for (new, old) in (0_u32..).zip(order) {
                    position[*old] = new;
                }
                let mut starts = vec![0_u32];
                let (mut indices, mut values) = (Vec::new(), Vec::new());
                let mut cells: Vec<(u32, f64)> = Vec::new();
                for old in order {
                    let (columns, data) = row(matrix, *old, &(0..matrix.cols()));
                    cells.clear();
                    cells.extend(columns.iter().map(|j| position[*j as usize]).zip(data.iter().copied()));
                    cells.retain(|(j, _)| *j != u32::MAX);
                    cells.sort_unstable_by_key(|(j, _)| *j);
                    indices.extend(cells.iter().map(|(j, _)| *j));
                    values.extend(cells.iter().map(|(_, value)| *value));
                    starts.push(u32::try_from(indices.len()).expect("as many cells as before, at most"));
                }
                let order = (order.len(), order.len());
                Cells::Compressed(Arc::new(CsMatI::new(order, starts, indices, values)))
            }
        })
    }

    /// Cells added up: cell (i, j) goes to (`row_target[i]`, `column_target[j]`). Dense in double precision, unless a
    /// compressed matrix stays too large for that.
    ///
    /// # Panics
    /// If a target is missing or outside the result.
    #[must_use]
    pub fn folded(&self, row_target: &[usize], rows: usize, column_target: &[usize], columns: usize) -> Self {
        if self.as_compressed().is_some() && rows.max(columns) > DENSE_ORDER {
            let mut triplets = TriMatI::<f64, u32>::new((rows, columns));
            self.for_each(|i, j, value| triplets.add_triplet(row_target[i], column_target[j], value));
            return Self(Cells::Compressed(Arc::new(triplets.to_csr())));
        }
        let mut sums = DMatrix::zeros(rows, columns);
        self.for_each(|i, j, value| sums[(row_target[i], column_target[j])] += value);
        Self(Cells::Double(sums))
    }
}

/// Rows and columns of a dense matrix in another order.
fn rearranged<T: Scalar + nalgebra::Scalar>(matrix: &DMatrix<T>, order: &[usize]) -> DMatrix<T> {
    let n = order.len();
    let mut result = dense::zeros::<T>(n, n);
    result.as_mut_slice().par_chunks_mut(n.max(1)).zip(order).for_each(|(target, &old)| {
        let source = column(matrix, old);
        for (cell, &i) in target.iter_mut().zip(order) {
            *cell = source[i];
        }
    });
    result
}
