//! The sequential product on one tile, and the ways to cut a matrix into tiles.
//!
//! Every dense kernel is a schedule of calls to [`add_product`] and [`Right::add_product`]; this module alone chooses who
//! multiplies. Products are not parallel themselves; packing a shared factor is.
//!
//! | question | file |
//! |---|---|
//! | a few rows times a few columns, in registers | [`micro`] |
//! | factors as the registers want them | [`packed`] |
//! | the registers that there are | [`vectors`] |

mod micro;
mod packed;
mod vectors;

use std::ops::{AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use nalgebra::{DMatrix, DMatrixView};

pub(super) use micro::band;
pub(super) use packed::{Band, DEPTH, Left, Read, Right};
#[cfg(test)]
pub(super) use vectors::each::with_each;

/// Multiply-adds up to which copying the factors costs more than it saves.
const SMALL: usize = 16 * 16 * 16;

/// The two floating-point types the factorisations run in.
pub(super) trait Scalar:
    ComplexField
    + bytemuck::Pod
    + micro::Lanes
    + packed::Read<Self>
    + packed::Read<f64>
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
    } else if c.row_stride() == 1 && c.nrows() * c.ncols() * a.ncols() > SMALL {
        if matches!(accum, Accum::Replace) {
            c.fill(T::ZERO);
        }
        packed::add_packed_product(c, a, b, alpha);
    } else {
        matmul(c, accum, a, b, alpha, Par::Seq);
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
pub(super) fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
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
pub(super) fn column<T>(a: MatRef<'_, T>, j: usize) -> &[T] {
    a.col(j).try_as_col_major().expect("kernel matrices have unit row stride").as_slice()
}

/// Column `j` of a column-major matrix, mutable.
pub(super) fn column_mut<T>(a: MatMut<'_, T>, j: usize) -> &mut [T] {
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
pub(super) fn owned<T>(matrix: &DMatrix<T>) -> MatRef<'_, T> {
    MatRef::from_column_major_slice(matrix.as_slice(), matrix.nrows(), matrix.ncols())
}

/// A matrix as a mutable faer view.
pub(super) fn owned_mut<T>(matrix: &mut DMatrix<T>) -> MatMut<'_, T> {
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

    /// Whole numbers: every order of summation is exact.
    fn numbers(rows: usize, columns: usize) -> DMatrix<f64> {
        DMatrix::from_fn(rows, columns, |i, j| ((i * 7 + j * 11) % 13) as f64 - 6.0)
    }

    /// Short and long strips, pieces and bands, with and without a rest; every width of a strip.
    const SHAPES: [(usize, usize, usize); 12] = [
        (7, 5, 3),
        (300, 100, 9),
        (513, 65, 1),
        (1, 70, 4),
        (256, 64, 2),
        (0, 3, 2),
        (24, 256, 8),
        (25, 257, 7),
        (191, 600, 5),
        (193, 30, 15),
        (40, 3, 24),
        (57, 300, 6),
    ];

    #[test]
    fn a_product_by_strips_is_the_product() {
        with_each(|| {
            for (rows, columns, width) in SHAPES {
                let (a, b) = (numbers(rows, columns), numbers(columns, width));
                let expected = DMatrix::from_element(rows, width, 2.0) - &a * &b;
                let (left, right) = (a.transpose(), b.transpose());
                // Factors as they lie, and factors whose rows are what is contiguous.
                for a in [owned(&a), owned(&left).transpose()] {
                    for b in [owned(&b), owned(&right).transpose()] {
                        let mut c = DMatrix::from_element(rows, width, 2.0);
                        Right::of(b, -1.0).add_product(owned_mut(&mut c), a);
                        assert_eq!(c, expected, "{rows} x {columns} x {width}");
                        let mut c = DMatrix::from_element(rows, width, 2.0);
                        packed::add_packed_product(owned_mut(&mut c), a, b, -1.0);
                        assert_eq!(c, expected, "{rows} x {columns} x {width}");
                    }
                }
            }
        });
    }

    #[test]
    fn single_precision_is_widened_or_kept_as_the_result_asks() {
        with_each(|| {
            for (rows, columns, width) in SHAPES {
                let (a, b) = (numbers(rows, columns), numbers(columns, width));
                let expected = &a * &b;
                let single = a.map(|value| value as f32);
                let mut c = DMatrix::zeros(rows, width);
                Right::of(owned(&b), 1.0).add_product(owned_mut(&mut c), owned(&single));
                assert_eq!(c, expected, "{rows} x {columns} x {width}");
                // Cut by columns, copied once, used with the rows of b that belong to each part.
                let b = b.map(|value| value as f32);
                let mut c = DMatrix::<f32>::zeros(rows, width);
                // Two bands, one of them without rows where there is one row.
                let heights = [rows / 2, rows - rows / 2];
                let (left, _) = Left::<f32>::of(&heights, columns, |k, mut band| {
                    let a = owned(&a).subrows(k * heights[0], heights[k]);
                    for part in [0..columns / 3, columns / 3..columns] {
                        band.fill(part.start, a.subcols(part.start, part.len()));
                    }
                });
                for part in [0..columns / 3, columns / 3..columns] {
                    let right = Right::of(owned(&b).subrows(part.start, part.len()), 1.0);
                    let c = MatMut::from_column_major_slice_mut(c.as_mut_slice(), rows, width);
                    let (above, below) = c.split_at_row_mut(heights[0]);
                    left.add_product(0, part.start, &right, above);
                    left.add_product(1, part.start, &right, below);
                }
                assert_eq!(c.map(f64::from), expected, "{rows} x {columns} x {width}");
            }
        });
    }
}
