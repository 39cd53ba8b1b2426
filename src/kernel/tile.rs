//! The sequential product on one tile, and the ways to cut a matrix into tiles.
//!
//! Every dense kernel is a schedule of calls to [`add_product`]; this file is the only one that
//! chooses who multiplies (faer, always `Par::Seq`). Products are not parallel themselves; packing a shared factor is.

use std::ops::{AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;

/// The two floating-point types the factorisations run in.
pub(super) trait Scalar:
    ComplexField
    + Copy
    + Send
    + Sync
    + PartialOrd
    + AddAssign
    + SubAssign
    + MulAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Distance from 1 to the next number.
    const EPSILON: f64;
    /// Exact widening.
    fn to_f64(self) -> f64;
    /// Rounding to this type.
    fn of_f64(value: f64) -> Self;
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const EPSILON: f64 = f64::EPSILON;
    fn to_f64(self) -> f64 {
        self
    }
    fn of_f64(value: f64) -> Self {
        value
    }
}

impl Scalar for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const EPSILON: f64 = f32::EPSILON as f64;
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[expect(clippy::cast_possible_truncation, reason = "rounding to single precision is the purpose")]
    fn of_f64(value: f64) -> Self {
        value as f32
    }
}

/// `c += alpha · a · b`, sequentially; with `Accum::Replace`, `c = alpha · a · b`.
///
/// One-column and one-row products do not go to faer: its dot products start at an aligned
/// address, so their last bit would depend on where the allocator put the vector.
pub(super) fn add_product<T: Scalar>(
    mut c: MatMut<'_, T>,
    accum: Accum,
    a: MatRef<'_, T>,
    b: MatRef<'_, T>,
    alpha: T,
) {
    if c.ncols() == 1 {
        if matches!(accum, Accum::Replace) {
            c.fill(T::ZERO);
        }
        add_matrix_vector(c, a, b, alpha);
    } else if c.nrows() == 1 {
        if matches!(accum, Accum::Replace) {
            c.fill(T::ZERO);
        }
        add_matrix_vector(c.transpose_mut(), b.transpose(), a.transpose(), alpha);
    } else if a.row_stride() == 1 && a.nrows() * a.ncols() > PACK_ROWS * PACK_COLUMNS / 2 {
        add_packed_product(c, accum, a, b, alpha);
    } else {
        matmul(c, accum, a, b, alpha, Par::Seq);
    }
}

/// Rows of a packed piece of the left factor: a multiple of what the kernels of all vector lengths take at once (48 rows
/// of f64 with 512 bits, 96 of f32).
const PACK_ROWS: usize = 192;
/// Columns of a packed piece of the left factor; a piece takes less than half of a 512 KiB cache.
const PACK_COLUMNS: usize = 128;

/// A left factor that many products share, copied once to where the columns of each piece are neighbours.
pub(super) struct Packed<'a, T: Scalar> {
    /// The factor itself, for products that are not taken by pieces.
    factor: MatRef<'a, T>,
    /// Bands of rows one after the other; in a band, pieces of columns one after the other, each by columns.
    pieces: Vec<T>,
}

impl<'a, T: Scalar> Packed<'a, T> {
    /// Copies a column-major factor, all threads at once.
    pub(super) fn of(factor: MatRef<'a, T>) -> Self {
        let (rows, columns) = (factor.nrows(), factor.ncols());
        let mut pieces = vec![T::ZERO; rows * columns];
        pieces.par_chunks_mut((PACK_ROWS * columns).max(1)).enumerate().for_each(|(band, target)| {
            let row = band * PACK_ROWS;
            let height = PACK_ROWS.min(rows - row);
            for (k, target) in target.chunks_exact_mut(height).enumerate() {
                target.copy_from_slice(&column(factor, k)[row..row + height]);
            }
        });
        Self { factor, pieces }
    }

    /// `c += alpha · a · b` with this factor as a.
    pub(super) fn add_product(&self, mut c: MatMut<'_, T>, b: MatRef<'_, T>, alpha: T) {
        if c.ncols() == 1 || c.nrows() == 1 {
            return add_product(c, Accum::Add, self.factor, b, alpha);
        }
        let (rows, columns) = (self.factor.nrows(), self.factor.ncols());
        for row in (0..rows).step_by(PACK_ROWS) {
            let height = PACK_ROWS.min(rows - row);
            let band = &self.pieces[row * columns..][..height * columns];
            for inner in (0..columns).step_by(PACK_COLUMNS) {
                let width = PACK_COLUMNS.min(columns - inner);
                matmul(
                    c.as_mut().subrows_mut(row, height),
                    Accum::Add,
                    MatRef::from_column_major_slice(&band[inner * height..][..width * height], height, width),
                    b.subrows(inner, width),
                    alpha,
                    Par::Seq,
                );
            }
        }
    }
}

/// The product with the left factor copied, piece by piece, to where its columns are neighbours.
///
/// faer reads the left factor where it lies when few columns ask for it; columns a whole matrix
/// apart then cost a miss each. Measured at n = 4050 on Zen 3, GF/s per core without and with the
/// copy: 8 columns 8 and 12, 41 columns 21 and 28, 81 columns 29 and 34, 256 columns 40 and 41.
fn add_packed_product<T: Scalar>(
    mut c: MatMut<'_, T>,
    accum: Accum,
    a: MatRef<'_, T>,
    b: MatRef<'_, T>,
    alpha: T,
) {
    let mut buffer = vec![T::ZERO; PACK_ROWS.min(a.nrows()) * PACK_COLUMNS.min(a.ncols())];
    for row in (0..a.nrows()).step_by(PACK_ROWS) {
        let rows = PACK_ROWS.min(a.nrows() - row);
        let mut accum = accum;
        for inner in (0..a.ncols()).step_by(PACK_COLUMNS) {
            let width = PACK_COLUMNS.min(a.ncols() - inner);
            let piece = &mut buffer[..rows * width];
            for (k, target) in piece.chunks_exact_mut(rows).enumerate() {
                target.copy_from_slice(&column(a, inner + k)[row..row + rows]);
            }
            matmul(
                c.as_mut().subrows_mut(row, rows),
                accum,
                MatRef::from_column_major_slice(piece, rows, width),
                b.subrows(inner, width),
                alpha,
                Par::Seq,
            );
            accum = Accum::Add;
        }
    }
}

/// `c += alpha · a · b` for a left factor in single precision: piece by piece it is widened, exactly, to where its
/// columns are neighbours.
pub(super) fn add_widened_product(
    mut c: MatMut<'_, f64>,
    a: MatRef<'_, f32>,
    b: MatRef<'_, f64>,
    alpha: f64,
) {
    let by_columns = a.row_stride() == 1;
    let mut buffer = vec![0.0; PACK_ROWS.min(a.nrows()) * PACK_COLUMNS.min(a.ncols())];
    for row in (0..a.nrows()).step_by(PACK_ROWS) {
        let rows = PACK_ROWS.min(a.nrows() - row);
        for inner in (0..a.ncols()).step_by(PACK_COLUMNS) {
            let width = PACK_COLUMNS.min(a.ncols() - inner);
            let piece = &mut buffer[..rows * width];
            let a = a.subrows(row, rows).subcols(inner, width);
            let (a, length) = if by_columns { (a, rows) } else { (a.transpose(), width) };
            for (k, target) in piece.chunks_exact_mut(length).enumerate() {
                for (wide, single) in target.iter_mut().zip(column(a, k)) {
                    *wide = f64::from(*single);
                }
            }
            let piece = if by_columns {
                MatRef::from_column_major_slice(piece, rows, width)
            } else {
                MatRef::from_column_major_slice(piece, width, rows).transpose()
            };
            let (mut c, b) = (c.as_mut().subrows_mut(row, rows), b.subrows(inner, width));
            if c.ncols() == 1 {
                add_matrix_vector(c, piece, b, alpha);
            } else if c.nrows() == 1 {
                add_matrix_vector(c.transpose_mut(), b.transpose(), piece.transpose(), alpha);
            } else {
                matmul(c.as_mut(), Accum::Add, piece, b, alpha, Par::Seq);
            }
        }
    }
}

/// `y += alpha · a · x` for one column `y`, in an order fixed by the shape alone.
fn add_matrix_vector<T: Scalar>(mut y: MatMut<'_, T>, a: MatRef<'_, T>, x: MatRef<'_, T>, alpha: T) {
    if a.row_stride() == 1
        && let Some(y) = y.as_mut().col_mut(0).try_as_col_major_mut()
    {
        let y = y.as_slice_mut();
        let mut j = 0;
        // Four columns at a time: one read and one write of y per four columns of a.
        while j + 4 <= a.ncols() {
            let [a0, a1, a2, a3] = [0, 1, 2, 3].map(|k| column(a, j + k));
            let [x0, x1, x2, x3] = [0, 1, 2, 3].map(|k| alpha * x[(j + k, 0)]);
            for ((((y, a0), a1), a2), a3) in y.iter_mut().zip(a0).zip(a1).zip(a2).zip(a3) {
                *y += *a0 * x0;
                *y += *a1 * x1;
                *y += *a2 * x2;
                *y += *a3 * x3;
            }
            j += 4;
        }
        for j in j..a.ncols() {
            let factor = alpha * x[(j, 0)];
            for (y, a) in y.iter_mut().zip(column(a, j)) {
                *y += *a * factor;
            }
        }
    } else if a.col_stride() == 1 {
        let gathered: Vec<T> = (0..x.nrows()).map(|k| x[(k, 0)]).collect();
        let rows = a.transpose();
        for i in 0..y.nrows() {
            y[(i, 0)] += alpha * dot(column(rows, i), &gathered);
        }
    } else {
        for j in 0..a.ncols() {
            let factor = alpha * x[(j, 0)];
            for i in 0..y.nrows() {
                y[(i, 0)] += a[(i, j)] * factor;
            }
        }
    }
}

/// Inner product with eight running sums, added up in a fixed order.
fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::ZERO; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (a, b) in a8.iter().zip(b8) {
        for k in 0..8 {
            lanes[k] += a[k] * b[k];
        }
    }
    let mut total = T::ZERO;
    for (a, b) in a_rest.iter().zip(b_rest) {
        total += *a * *b;
    }
    for lane in lanes {
        total += lane;
    }
    total
}

/// Column `j` of a column-major matrix.
pub(super) fn column<T: Scalar>(a: MatRef<'_, T>, j: usize) -> &[T] {
    a.col(j).try_as_col_major().expect("kernel matrices have unit row stride").as_slice()
}

/// Column `j` of a column-major matrix, mutable.
pub(super) fn column_mut<T: Scalar>(a: MatMut<'_, T>, j: usize) -> &mut [T] {
    a.col_mut(j).try_as_col_major_mut().expect("kernel matrices have unit row stride").as_slice_mut()
}

/// `matrix` cut into bands of at most `height` rows.
pub(super) fn row_tiles<T>(matrix: MatMut<'_, T>, height: usize) -> Vec<MatMut<'_, T>> {
    let mut tiles = Vec::with_capacity(matrix.nrows().div_ceil(height));
    let mut rest = matrix;
    while rest.nrows() > height {
        let (tile, below) = rest.split_at_row_mut(height);
        tiles.push(tile);
        rest = below;
    }
    if rest.nrows() > 0 {
        tiles.push(rest);
    }
    tiles
}

/// `matrix` cut into bands of at most `width` columns.
pub(super) fn column_tiles<T>(matrix: MatMut<'_, T>, width: usize) -> Vec<MatMut<'_, T>> {
    row_tiles(matrix.transpose_mut(), width).into_iter().map(MatMut::transpose_mut).collect()
}

/// A matrix as a faer view.
pub(super) fn owned(matrix: &DMatrix<f64>) -> MatRef<'_, f64> {
    MatRef::from_column_major_slice(matrix.as_slice(), matrix.nrows(), matrix.ncols())
}

/// A single-precision matrix as a faer view.
pub(super) fn owned_single(matrix: &DMatrix<f32>) -> MatRef<'_, f32> {
    MatRef::from_column_major_slice(matrix.as_slice(), matrix.nrows(), matrix.ncols())
}

/// A matrix as a mutable faer view.
pub(super) fn owned_mut(matrix: &mut DMatrix<f64>) -> MatMut<'_, f64> {
    let (rows, columns) = matrix.shape();
    MatMut::from_column_major_slice_mut(matrix.as_mut_slice(), rows, columns)
}

/// A nalgebra view as a faer view, without copying.
///
/// nalgebra gives no safe slice over a view whose columns are apart in memory, and copying an
/// N × N block to multiply it by 41 columns costs more than the product.
#[expect(unsafe_code, reason = "zero-copy change of view type; tested against nalgebra's own product")]
pub(super) fn view(matrix: DMatrixView<'_, f64>) -> MatRef<'_, f64> {
    let (rows, columns) = matrix.shape();
    let (row_stride, column_stride) = matrix.strides();
    // SAFETY: a nalgebra view guarantees that element (i, j) of its shape lies at
    // `i · row_stride + j · column_stride` from its pointer and stays borrowed for its lifetime;
    // the faer view has the same pointer, shape, strides and lifetime, and only reads.
    unsafe {
        MatRef::from_raw_parts(
            matrix.as_ptr(),
            rows,
            columns,
            row_stride.cast_signed(),
            column_stride.cast_signed(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_factor_multiplies_as_the_factor_does() {
        // One piece, several bands and pieces with short last ones, one row, one column.
        for (rows, columns, width) in
            [(7, 5, 3), (300, 100, 9), (513, 65, 1), (1, 70, 4), (256, 64, 2), (0, 3, 2)]
        {
            let number = |i: usize, j: usize| ((i * 7 + j * 11) % 13) as f64 - 6.0;
            let a = DMatrix::from_fn(rows, columns, number);
            let b = DMatrix::from_fn(columns, width, |i, j| number(j, i));
            let mut packed = DMatrix::from_element(rows, width, 2.0);
            Packed::of(owned(&a)).add_product(owned_mut(&mut packed), owned(&b), -1.0);
            // Whole numbers: every order of summation is exact.
            assert_eq!(
                packed,
                DMatrix::from_element(rows, width, 2.0) - a * b,
                "{rows} x {columns} x {width}"
            );
        }
    }
}
