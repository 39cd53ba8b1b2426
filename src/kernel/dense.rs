//! Dense products, in parallel over fixed bands of rows of the result.
//!
//! The right factor is packed once, as the registers want it; each band of the result packs its own rows of the left factor
//! and runs through all of the right one. A result of few rows or columns is cut into tiles in both directions instead, and
//! its factors are multiplied as they lie. Each element is summed by one thread in one order.

use bytemuck::Zeroable;
use faer::{Accum, MatMut, MatRef};
use nalgebra::{DMatrix, DMatrixView, Scalar};
use rayon::prelude::*;

use super::pages;
use super::tile::{self, Read, Right, add_product};

/// Rows of a tile of a narrow result.
const TILE_ROWS: usize = 256;
/// Columns of a tile of a flat result.
const TILE_COLUMNS: usize = 256;
/// Columns, or rows, up to which a result is narrow, or flat: its factors are multiplied as they lie.
const FEW: usize = 8;
/// Elements of B that are packed at once: 16 MiB.
const SHARED: usize = 1 << 21;
/// Columns of B that are packed together even when they have more elements.
const LEAST_COLUMNS: usize = 64;
/// Multiply-adds below which starting rayon costs more than it saves (about 50 µs of work).
const SEQUENTIAL_WORK: usize = 128 * 128 * 64;

/// A matrix of zeros whose memory is taken when it is written, by the thread that writes: a large matrix filled by all
/// threads is not first filled with zeros by one, which took as long as the filling itself. Large ones are on large pages.
#[must_use]
pub fn zeros<T: Scalar + Zeroable>(rows: usize, columns: usize) -> DMatrix<T> {
    DMatrix::from_vec(rows, columns, pages::zeros(T::zeroed(), rows * columns))
}

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
/// 2 m k n flops; beyond C a packed copy of up to 16 MiB of B and at most 384 KiB of A per thread.
///
/// # Source
/// Goto and van de Geijn (2008), "Anatomy of high-performance matrix multiplication", ACM TOMS
/// 34(3), doi:10.1145/1356052.1356053.
#[must_use]
pub fn multiply(a: DMatrixView<'_, f64>, b: DMatrixView<'_, f64>) -> DMatrix<f64> {
    let mut c = zeros(a.nrows(), b.ncols());
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
    let mut c = zeros(a.ncols(), b.ncols());
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

/// The common body.
fn product(c: MatMut<'_, f64>, alpha: f64, a: MatRef<'_, f64>, b: MatRef<'_, f64>, beta: f64) {
    assert_eq!(a.ncols(), b.nrows(), "inner dimensions of a product");
    assert_eq!((c.nrows(), c.ncols()), (a.nrows(), b.ncols()), "shape of the result of a product");
    if small(&c, a.ncols()) {
        return scaled_product(c, alpha, a, b, beta);
    }
    if c.ncols() <= FEW || c.nrows() <= FEW {
        over_tiles(c, |i, j, tile| {
            let a = a.subrows(i, tile.nrows());
            let b = b.subcols(j, tile.ncols());
            scaled_product(tile, alpha, a, b, beta);
        });
    } else {
        over_bands(c, alpha, a, b, beta);
    }
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
    over_bands(c, alpha, a, b, beta);
}

/// Is the work too little for several threads?
fn small(c: &MatMut<'_, f64>, inner: usize) -> bool {
    c.nrows() * c.ncols() * inner <= SEQUENTIAL_WORK
}

/// α A B + β C by bands of rows, which share B as the registers want it.
fn over_bands<U: Read<f64>>(
    mut c: MatMut<'_, f64>,
    alpha: f64,
    a: MatRef<'_, U>,
    b: MatRef<'_, f64>,
    beta: f64,
) {
    let few = small(&c, a.ncols());
    let width = (SHARED / a.ncols().max(1)).next_multiple_of(FEW).max(LEAST_COLUMNS);
    for (k, c) in tile::column_tiles(c.as_mut(), width).into_iter().enumerate() {
        let right = Right::of(b.subcols(k * width, c.ncols()), alpha);
        let height = if few { c.nrows().max(1) } else { tile::band() };
        let bands = tile::row_tiles(c, height).into_par_iter().with_max_len(1).enumerate();
        bands.for_each(|(band, mut c)| {
            scale(c.as_mut(), beta);
            let a = a.subrows(band * height, c.nrows());
            right.add_product(c, a);
        });
    }
}

/// Calls `fill(i, j, tile)` for every tile of C that starts at (i, j), in parallel.
fn over_tiles(c: MatMut<'_, f64>, fill: impl Fn(usize, usize, MatMut<'_, f64>) + Sync) {
    let mut tiles = Vec::new();
    for (j, band) in tile::column_tiles(c, TILE_COLUMNS).into_iter().enumerate() {
        for (i, tile) in tile::row_tiles(band, TILE_ROWS).into_iter().enumerate() {
            tiles.push((i * TILE_ROWS, j * TILE_COLUMNS, tile));
        }
    }
    tiles.into_par_iter().with_max_len(1).for_each(|(i, j, tile)| fill(i, j, tile));
}

/// α A B + β C on one thread.
fn scaled_product(mut c: MatMut<'_, f64>, alpha: f64, a: MatRef<'_, f64>, b: MatRef<'_, f64>, beta: f64) {
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
