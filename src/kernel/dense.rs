//! Dense products, in parallel over fixed tiles of the result.
//!
//! The tiles of C are cut in both directions, so a square product and a tall, narrow one
//! (N × N times N × 41) both fill every core. The inner dimension is never cut: each element is
//! summed by one thread in one order.

use faer::{Accum, MatMut, MatRef};
use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;

use super::tile::{self, add_product};

/// Rows of a result tile.
const TILE_ROWS: usize = 256;
/// Columns of a result tile.
const TILE_COLUMNS: usize = 256;
/// Multiply-adds below which starting rayon costs more than it saves (about 50 µs of work).
const SEQUENTIAL_WORK: usize = 128 * 128 * 64;

/// What is A B?
///
/// ```text
///    C   =   A     B
///  (m,n)   (m,k) (k,n)
/// ```
///
/// # Panics
/// If the columns of `a` are not as many as the rows of `b`.
///
/// # Cost
/// 2 m k n flops, no memory beyond C and one packed tile per thread.
///
/// # Source
/// Goto and van de Geijn (2008), "Anatomy of high-performance matrix multiplication", ACM TOMS
/// 34(3), doi:10.1145/1356052.1356053 (the tile product is faer's).
#[must_use]
pub fn multiply(a: DMatrixView<'_, f64>, b: DMatrixView<'_, f64>) -> DMatrix<f64> {
    let mut c = DMatrix::zeros(a.nrows(), b.ncols());
    multiply_into(&mut c, 1.0, a, b, 0.0);
    c
}

/// What is α A B + β C, stored in C?
///
/// ```text
///    C   =  α   A     B   +  β   C
///  (m,n)      (m,k) (k,n)      (m,n)
/// ```
///
/// With β = 0 the old C is not read, so it may hold NaN.
///
/// # Panics
/// If the three shapes do not fit.
///
/// # Cost
/// As [`multiply`].
pub fn multiply_into(
    c: &mut DMatrix<f64>,
    alpha: f64,
    a: DMatrixView<'_, f64>,
    b: DMatrixView<'_, f64>,
    beta: f64,
) {
    product(tile::owned_mut(c), alpha, tile::view(a), tile::view(b), beta);
}

/// What is A′ B?
///
/// ```text
///    C   =   A′    B
///  (m,n)   (m,k) (k,n)      A is stored (k,m)
/// ```
///
/// # Panics
/// If `a` and `b` do not have the same number of rows.
///
/// # Cost
/// As [`multiply`]; the transpose is never stored.
#[must_use]
pub fn transpose_multiply(a: DMatrixView<'_, f64>, b: DMatrixView<'_, f64>) -> DMatrix<f64> {
    let mut c = DMatrix::zeros(a.ncols(), b.ncols());
    transpose_multiply_into(&mut c, 1.0, a, b, 0.0);
    c
}

/// What is α A′ B + β C, stored in C?
///
/// # Panics
/// If the three shapes do not fit.
///
/// # Cost
/// As [`multiply`].
pub fn transpose_multiply_into(
    c: &mut DMatrix<f64>,
    alpha: f64,
    a: DMatrixView<'_, f64>,
    b: DMatrixView<'_, f64>,
    beta: f64,
) {
    product(tile::owned_mut(c), alpha, tile::view(a).transpose(), tile::view(b), beta);
}

/// The common body: scale, then add, tile by tile.
fn product(c: MatMut<'_, f64>, alpha: f64, a: MatRef<'_, f64>, b: MatRef<'_, f64>, beta: f64) {
    assert_eq!(a.ncols(), b.nrows(), "inner dimensions of a product");
    assert_eq!((c.nrows(), c.ncols()), (a.nrows(), b.ncols()), "shape of the result of a product");
    over_tiles(c, a.ncols(), |i, j, tile| {
        let a = a.subrows(i, tile.nrows());
        let b = b.subcols(j, tile.ncols());
        tile_product(tile, alpha, a, b, beta);
    });
}

/// What is α A B + β C, stored in C, for an A in single precision? Every cell of A is widened exactly, every sum is
/// double.
///
/// # Panics
/// If the three shapes do not fit.
pub(super) fn widened_product(
    c: &mut DMatrix<f64>,
    alpha: f64,
    a: MatRef<'_, f32>,
    b: DMatrixView<'_, f64>,
    beta: f64,
) {
    let (c, b) = (tile::owned_mut(c), tile::view(b));
    assert_eq!(a.ncols(), b.nrows(), "inner dimensions of a product");
    assert_eq!((c.nrows(), c.ncols()), (a.nrows(), b.ncols()), "shape of the result of a product");
    over_tiles(c, a.ncols(), |i, j, mut tile| {
        scale(tile.as_mut(), beta);
        let a = a.subrows(i, tile.nrows());
        let b = b.subcols(j, tile.ncols());
        tile::add_widened_product(tile, a, b, alpha);
    });
}

/// Calls `fill(i, j, tile)` for every tile of C that starts at (i, j); in parallel when the work is worth it.
fn over_tiles(c: MatMut<'_, f64>, inner: usize, fill: impl Fn(usize, usize, MatMut<'_, f64>) + Sync) {
    if c.nrows() * c.ncols() * inner <= SEQUENTIAL_WORK {
        return fill(0, 0, c);
    }
    let mut tiles = Vec::new();
    for (j, band) in tile::column_tiles(c, TILE_COLUMNS).into_iter().enumerate() {
        for (i, tile) in tile::row_tiles(band, TILE_ROWS).into_iter().enumerate() {
            tiles.push((i * TILE_ROWS, j * TILE_COLUMNS, tile));
        }
    }
    tiles.into_par_iter().with_max_len(1).for_each(|(i, j, tile)| fill(i, j, tile));
}

/// One tile, sequentially.
fn tile_product(mut c: MatMut<'_, f64>, alpha: f64, a: MatRef<'_, f64>, b: MatRef<'_, f64>, beta: f64) {
    let accum = if is_exactly(beta, 0.0) {
        Accum::Replace
    } else {
        scale(c.as_mut(), beta);
        Accum::Add
    };
    add_product(c, accum, a, b, alpha);
}

/// C ← β C; with β = 0 the old C is not read.
fn scale(mut c: MatMut<'_, f64>, beta: f64) {
    if is_exactly(beta, 1.0) {
        return;
    }
    let cleared = is_exactly(beta, 0.0);
    for j in 0..c.ncols() {
        for value in tile::column_mut(c.as_mut(), j) {
            *value = if cleared { 0.0 } else { *value * beta };
        }
    }
}

/// BLAS treats the factors 0 and 1 specially when they are exact.
#[expect(clippy::float_cmp, reason = "the special cases of β are exact by definition")]
fn is_exactly(value: f64, special: f64) -> bool {
    value == special
}
