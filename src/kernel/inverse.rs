//! The whole inverse of an M-matrix in its own memory: blocked Gauss–Jordan without pivoting.
//!
//! Step k turns the block column k into Q (see `prepare`) and adds Q times the block row k to
//! all other columns, by bands of rows. All 2 n³ flops are products with inner dimension 128 or 192.

use faer::prelude::IntoConst;
use faer::{Accum, Mat, MatMut, MatRef};
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::lu::{PivotError, check_pivot, pivot_floors};
use super::tile::{self, Right, Scalar, add_product, column, column_mut, row_tiles};

/// Order of a diagonal block.
const BLOCK: usize = 128;
/// Order of a diagonal block where the matrix is far larger than the caches, and every step goes through all of it.
const WIDE_BLOCK: usize = 192;
/// Orders from which blocks are wide.
const WIDE_ORDER: usize = 3000;
/// Orders up to which one thread is faster.
const SEQUENTIAL_ORDER: usize = 160;
/// Order of the diagonal blocks within a diagonal block.
const SMALL: usize = 16;

/// What is M⁻¹? It overwrites M.
///
/// ```text
///    B   =  (I − A)⁻¹
///  (n,n)     (n,n)
/// ```
///
/// # Errors
/// [`PivotError`] as in [`super::lu::LuFactors::factor`]; the matrix is then half eliminated
/// and must be thrown away.
///
/// # Panics
/// If the matrix is not square.
///
/// # Cost
/// 2 n³ flops, 2 n × 192 numbers besides the matrix.
///
/// # Source
/// Quintana, Quintana, Sun and van de Geijn (2001), "A note on parallel matrix inversion", SIAM
/// J. Sci. Comput. 22(5), doi:10.1137/S1064827598345679; without exchanges for M-matrices.
pub fn invert_in_place(matrix: &mut DMatrix<f64>) -> Result<(), PivotError> {
    assert_eq!(matrix.nrows(), matrix.ncols(), "only square matrices have an inverse");
    let n = matrix.nrows();
    let matrix = tile::owned_mut(matrix);
    let floors = pivot_floors(matrix.as_ref());
    if n <= SEQUENTIAL_ORDER {
        return invert_sequential(matrix, 0, &floors);
    }
    invert_parallel(matrix, if n < WIDE_ORDER { BLOCK } else { WIDE_BLOCK }, &floors)
}

/// Gauss–Jordan over block columns; while the other tiles receive step k, block column k + 1 is
/// already being prepared.
fn invert_parallel<T: Scalar>(
    mut matrix: MatMut<'_, T>,
    block: usize,
    floors: &[f64],
) -> Result<(), PivotError> {
    let n = matrix.nrows();
    let mut width = block.min(n);
    let mut start = 0;
    prepare(matrix.as_mut().subcols_mut(0, width), 0, floors)?;
    loop {
        let (left, rest) = matrix.as_mut().split_at_col_mut(start);
        let (panel, right) = rest.split_at_col_mut(width);
        let panel = panel.into_const();
        let ahead = block.min(right.ncols());
        let (mut next, right) = right.split_at_col_mut(ahead);
        let following = start + width;
        let (result, ()) = rayon::join(
            || {
                if ahead == 0 {
                    return Ok(());
                }
                add_step(panel, start, next.as_mut());
                prepare(next.as_mut(), following, floors)
            },
            || {
                for others in [left, right] {
                    add_step(panel, start, others);
                }
            },
        );
        result?;
        if ahead == 0 {
            return Ok(());
        }
        start = following;
        width = ahead;
    }
}

/// Turns the block column k into Q, from which every other tile is updated by one product:
///
/// ```text
/// Q_k = A_kk⁻¹        Q_i = −A_ik A_kk⁻¹   for i ≠ k
/// A_j ← A_j with row block k set to zero, plus Q · (old A_kj)
/// ```
fn prepare<T: Scalar>(mut panel: MatMut<'_, T>, start: usize, floors: &[f64]) -> Result<(), PivotError> {
    let width = panel.ncols();
    let mut pivot_block = panel.as_ref().subrows(start, width).to_owned();
    invert_sequential(pivot_block.as_mut(), start, floors)?;
    let height = tile::band();
    let mut buffer = Mat::<T>::zeros(height.min(panel.nrows()), width);
    for mut band in row_tiles(panel.as_mut(), height) {
        let mut copy = buffer.as_mut().subrows_mut(0, band.nrows());
        copy.copy_from(band.as_ref());
        add_product(band.as_mut(), Accum::Replace, copy.as_ref(), pivot_block.as_ref(), -T::ONE);
    }
    panel.subrows_mut(start, width).copy_from(&pivot_block);
    Ok(())
}

/// `A_j ← A_j with row block k set to zero, plus Q · (old A_kj)`. The old rows are packed once for all bands of rows, and
/// each band of Q stays in the second cache while all of them pass by.
fn add_step<T: Scalar>(panel: MatRef<'_, T>, start: usize, mut columns: MatMut<'_, T>) {
    if columns.ncols() == 0 {
        return;
    }
    let mut rows = columns.as_mut().subrows_mut(start, panel.ncols());
    let old = Right::of(rows.as_ref(), T::ONE);
    rows.fill(T::ZERO);
    let height = tile::band();
    row_tiles(columns, height).into_par_iter().with_max_len(1).enumerate().for_each(|(band, c)| {
        let rows = panel.subrows(band * height, c.nrows());
        old.add_product(c, rows);
    });
}

/// The same on one thread.
fn add_step_alone<T: Scalar>(panel: MatRef<'_, T>, start: usize, mut columns: MatMut<'_, T>) {
    let mut rows = columns.as_mut().subrows_mut(start, panel.ncols());
    let old = rows.as_ref().to_owned();
    rows.fill(T::ZERO);
    add_product(columns, Accum::Add, panel, old.as_ref(), T::ONE);
}

/// The same steps on one thread; small blocks are eliminated column by column.
fn invert_sequential<T: Scalar>(
    mut matrix: MatMut<'_, T>,
    first: usize,
    floors: &[f64],
) -> Result<(), PivotError> {
    let n = matrix.nrows();
    if n <= SMALL {
        return invert_small(matrix, first, floors);
    }
    let block = if n > BLOCK { BLOCK / 2 } else { SMALL };
    let mut start = 0;
    while start < n {
        let width = block.min(n - start);
        let (left, rest) = matrix.as_mut().split_at_col_mut(start);
        let (mut panel, right) = rest.split_at_col_mut(width);
        prepare_local(panel.as_mut(), start, first, floors)?;
        let panel = panel.into_const();
        for tile in [left, right] {
            if tile.ncols() > 0 {
                add_step_alone(panel, start, tile);
            }
        }
        start += width;
    }
    Ok(())
}

/// [`prepare`] for a matrix that is itself a diagonal block, starting at row `first`.
fn prepare_local<T: Scalar>(
    panel: MatMut<'_, T>,
    start: usize,
    first: usize,
    floors: &[f64],
) -> Result<(), PivotError> {
    prepare(panel, start, &floors[first..])
        .map_err(|error| PivotError { index: error.index + first, ..error })
}

/// Gauss–Jordan one column at a time.
fn invert_small<T: Scalar>(
    mut matrix: MatMut<'_, T>,
    first: usize,
    floors: &[f64],
) -> Result<(), PivotError> {
    let n = matrix.nrows();
    for k in 0..n {
        let pivot = matrix[(k, k)];
        check_pivot(first + k, pivot, floors[first + k])?;
        let inverse = T::ONE / pivot;
        let pivot_column = column_mut(matrix.as_mut().subcols_mut(k, 1), 0);
        for value in pivot_column.iter_mut() {
            *value = -(*value * inverse);
        }
        pivot_column[k] = inverse;
        let (left, rest) = matrix.as_mut().split_at_col_mut(k);
        let (pivot_column, right) = rest.split_at_col_mut(1);
        let multipliers = column(pivot_column.as_ref(), 0);
        for mut side in [left, right] {
            for j in 0..side.ncols() {
                let values = column_mut(side.as_mut(), j);
                let factor = values[k];
                values[k] = T::ZERO;
                for (value, multiplier) in values.iter_mut().zip(multipliers) {
                    *value += *multiplier * factor;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::tests::{coefficients, leontief};

    #[test]
    fn blocks_of_any_order_give_the_same_inverse() {
        for n in [192, 200, 500] {
            let m = leontief(&coefficients(n, 31));
            let inverted = |block: usize| {
                let mut inverse = m.clone();
                let floors = pivot_floors(tile::owned(&inverse));
                invert_parallel(tile::owned_mut(&mut inverse), block, &floors).unwrap();
                inverse
            };
            let (narrow, wide) = (inverted(BLOCK), inverted(WIDE_BLOCK));
            assert!((&narrow - &wide).amax() < 1e-14, "order {n}");
            assert!((&m * wide - DMatrix::identity(n, n)).amax() < 1e-13, "order {n}");
        }
    }
}
