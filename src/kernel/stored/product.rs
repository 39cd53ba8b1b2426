//! Products of a stored matrix, or of one of its blocks, with a dense one. The same numbers on every storage, up to
//! the order of sums; the same bits for any number of threads.

use std::ops::Range;

use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;
use sprs::CsMatI;

use super::{Cells, StoredMatrix, row};
use crate::kernel::sparse::Side;
use crate::kernel::{dense, tile};

/// Rows of a compressed product made by one task.
const BAND: usize = 4_096;

impl StoredMatrix {
    /// What is M X?
    ///
    /// # Panics
    /// If `x` does not have as many rows as the matrix has columns.
    ///
    /// # Cost
    /// 2 m n c flops for c columns; compressed rows: 2 c flops a non-zero.
    #[must_use]
    pub fn multiply(&self, x: DMatrixView<'_, f64>) -> DMatrix<f64> {
        self.multiply_block(0..self.nrows(), 0..self.ncols(), x)
    }

    /// What is M′ X?
    ///
    /// # Panics
    /// If `x` does not have as many rows as the matrix.
    ///
    /// # Cost
    /// As [`Self::multiply`]; compressed rows work on one column a thread.
    #[must_use]
    pub fn transpose_multiply(&self, x: DMatrixView<'_, f64>) -> DMatrix<f64> {
        self.transpose_multiply_block(0..self.nrows(), 0..self.ncols(), x)
    }

    /// What is the block M_rc times X?
    ///
    /// # Panics
    /// If the block reaches outside the matrix or `x` does not have as many rows as the block has columns.
    #[must_use]
    pub fn multiply_block(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        x: DMatrixView<'_, f64>,
    ) -> DMatrix<f64> {
        let mut product = dense::zeros(rows.len(), x.ncols());
        self.multiply_block_into(&mut product, 1.0, Side::Plain, rows, columns, x, 0.0);
        product
    }

    /// What is the transposed block M_rc′ times X?
    ///
    /// # Panics
    /// If the block reaches outside the matrix or `x` does not have as many rows as the block.
    #[must_use]
    pub fn transpose_multiply_block(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        x: DMatrixView<'_, f64>,
    ) -> DMatrix<f64> {
        let mut product = dense::zeros(columns.len(), x.ncols());
        self.multiply_block_into(&mut product, 1.0, Side::Transposed, rows, columns, x, 0.0);
        product
    }

    /// C ← C + M_rc X for a block of the matrix.
    ///
    /// # Panics
    /// If the block reaches outside the matrix or the shapes do not fit.
    pub fn add_block_product(
        &self,
        c: &mut DMatrix<f64>,
        rows: Range<usize>,
        columns: Range<usize>,
        x: DMatrixView<'_, f64>,
    ) {
        self.multiply_block_into(c, 1.0, Side::Plain, rows, columns, x, 1.0);
    }

    /// C ← C + M_rc′ X for a block of the matrix.
    ///
    /// # Panics
    /// If the block reaches outside the matrix or the shapes do not fit.
    pub fn add_transposed_block_product(
        &self,
        c: &mut DMatrix<f64>,
        rows: Range<usize>,
        columns: Range<usize>,
        x: DMatrixView<'_, f64>,
    ) {
        self.multiply_block_into(c, 1.0, Side::Transposed, rows, columns, x, 1.0);
    }

    /// What is α M X + β C, or α M′ X + β C, stored in C?
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn multiply_into(
        &self,
        c: &mut DMatrix<f64>,
        alpha: f64,
        side: Side,
        x: DMatrixView<'_, f64>,
        beta: f64,
    ) {
        self.multiply_block_into(c, alpha, side, 0..self.nrows(), 0..self.ncols(), x, beta);
    }

    /// [`Self::multiply_into`] for one block of the matrix.
    #[expect(clippy::too_many_arguments, reason = "the shape of a BLAS call, with the block it is about")]
    fn multiply_block_into(
        &self,
        c: &mut DMatrix<f64>,
        alpha: f64,
        side: Side,
        rows: Range<usize>,
        columns: Range<usize>,
        x: DMatrixView<'_, f64>,
        beta: f64,
    ) {
        let (start, size) = ((rows.start, columns.start), (rows.len(), columns.len()));
        match (&self.0, side) {
            (Cells::Double(matrix), Side::Plain) => {
                dense::multiply_into(c, alpha, matrix.view(start, size), x, beta);
            }
            (Cells::Double(matrix), Side::Transposed) => {
                dense::transpose_multiply_into(c, alpha, matrix.view(start, size), x, beta);
            }
            (Cells::Single(matrix), Side::Plain) => {
                let mut weighted = x.into_owned();
                scale_rows(&mut weighted, &matrix.factors[columns]);
                let block = tile::owned(&matrix.cells).submatrix(start.0, start.1, size.0, size.1);
                dense::widened_product(c, alpha, block, weighted.as_view(), beta);
            }
            (Cells::Single(matrix), Side::Transposed) => {
                let block = tile::owned(&matrix.cells).submatrix(start.0, start.1, size.0, size.1);
                let mut product = dense::zeros(size.1, x.ncols());
                dense::widened_product(&mut product, alpha, block.transpose(), x, 0.0);
                scale_rows(&mut product, &matrix.factors[columns]);
                assert_eq!(c.shape(), product.shape(), "shape of the result of a product");
                for (value, product) in c.as_mut_slice().iter_mut().zip(product.as_slice()) {
                    *value = product + scaled(*value, beta);
                }
            }
            (Cells::Compressed(matrix), Side::Plain) => {
                assert_eq!((x.nrows(), c.shape()), (size.1, (size.0, x.ncols())), "shapes of a product");
                compressed(c, alpha, matrix, rows, &columns, x, beta);
            }
            (Cells::Compressed(matrix), Side::Transposed) => {
                assert_eq!((x.nrows(), c.shape()), (size.0, (size.1, x.ncols())), "shapes of a product");
                compressed_transposed(c, alpha, matrix, &rows, &columns, x, beta);
            }
        }
    }
}

/// α M X + β C by bands of rows.
fn compressed(
    c: &mut DMatrix<f64>,
    alpha: f64,
    matrix: &CsMatI<f64, u32>,
    rows: Range<usize>,
    columns: &Range<usize>,
    x: DMatrixView<'_, f64>,
    beta: f64,
) {
    let height = rows.len().max(1);
    let x = x.into_owned();
    c.as_mut_slice().par_chunks_mut(height).enumerate().for_each(|(k, target)| {
        let x = &x.as_slice()[k * columns.len()..][..columns.len()];
        target.par_chunks_mut(BAND).enumerate().for_each(|(band, target)| {
            for (i, value) in (rows.start + band * BAND..).zip(target) {
                let (indices, values) = row(matrix, i, columns);
                let sum: f64 =
                    indices.iter().zip(values).map(|(j, cell)| cell * x[*j as usize - columns.start]).sum();
                *value = alpha * sum + scaled(*value, beta);
            }
        });
    });
}

/// α M′ X + β C: every column scatters on its own.
fn compressed_transposed(
    c: &mut DMatrix<f64>,
    alpha: f64,
    matrix: &CsMatI<f64, u32>,
    rows: &Range<usize>,
    columns: &Range<usize>,
    x: DMatrixView<'_, f64>,
    beta: f64,
) {
    let x = x.into_owned();
    c.as_mut_slice().par_chunks_mut(columns.len().max(1)).enumerate().for_each(|(k, target)| {
        target.iter_mut().for_each(|value| *value = scaled(*value, beta));
        let x = &x.as_slice()[k * rows.len()..][..rows.len()];
        for (i, weight) in rows.clone().zip(x) {
            let (indices, values) = row(matrix, i, columns);
            for (j, cell) in indices.iter().zip(values) {
                target[*j as usize - columns.start] += alpha * weight * cell;
            }
        }
    });
}

/// Multiplies every row by its factor.
fn scale_rows(matrix: &mut DMatrix<f64>, factors: &[f64]) {
    matrix.as_mut_slice().par_chunks_mut(factors.len().max(1)).for_each(|column| {
        for (value, factor) in column.iter_mut().zip(factors) {
            *value *= factor;
        }
    });
}

/// β c, where a β of zero does not read c.
fn scaled(value: f64, beta: f64) -> f64 {
    if beta == 0.0 { 0.0 } else { beta * value }
}
