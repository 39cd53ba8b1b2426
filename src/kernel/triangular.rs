//! Triangular systems with many right-hand sides, in parallel over row bands and column bands.
//!
//! Step k solves the k-th diagonal block and subtracts its effect from every band below; the
//! band that comes next is finished by the same task, so no step waits for a lone diagonal solve.

use faer::linalg::triangular_solve as faer_triangular;
use faer::prelude::IntoConst;
use faer::{MatMut, MatRef, Par};
use rayon::prelude::*;

use super::tile::{Right, Scalar, column_tiles, row_tiles};

/// Order of a diagonal block, and height of a row band.
const BLOCK: usize = 128;
/// Right-hand sides treated together.
const COLUMNS: usize = 256;
/// Matrix elements times right-hand sides below which one thread is faster.
const SEQUENTIAL_WORK: usize = 128 * 128 * 32;

/// Whether the diagonal is stored or is 1 by convention.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Diagonal {
    /// All ones, not stored.
    Unit,
    /// Stored with the triangle.
    Stored,
}

/// Solves `L X = R` in place, reading the lower triangle of `lower`.
pub(super) fn solve_lower<T: Scalar>(lower: MatRef<'_, T>, diagonal: Diagonal, right: MatMut<'_, T>) {
    let n = lower.nrows();
    if n * n * right.ncols() <= SEQUENTIAL_WORK {
        return solve_lower_block(lower, diagonal, right);
    }
    column_tiles(right, COLUMNS).into_par_iter().for_each(|band| {
        let mut start = 0;
        let mut current = band;
        let first = BLOCK.min(n);
        solve_lower_block(
            lower.submatrix(0, 0, first, first),
            diagonal,
            current.as_mut().subrows_mut(0, first),
        );
        while current.nrows() > BLOCK {
            let (solved, mut below) = current.split_at_row_mut(BLOCK);
            let solved = Right::of(solved.into_const(), -T::ONE);
            let next = start + BLOCK;
            row_tiles(below.as_mut(), BLOCK).into_par_iter().with_max_len(1).enumerate().for_each(
                |(i, mut tile)| {
                    let row = next + i * BLOCK;
                    let rows = tile.nrows();
                    solved.add_product(tile.as_mut(), lower.submatrix(row, start, rows, BLOCK));
                    if i == 0 {
                        solve_lower_block(lower.submatrix(row, row, rows, rows), diagonal, tile);
                    }
                },
            );
            current = below;
            start = next;
        }
    });
}

/// Solves `U X = R` in place, reading the upper triangle of `upper`.
pub(super) fn solve_upper<T: Scalar>(upper: MatRef<'_, T>, diagonal: Diagonal, right: MatMut<'_, T>) {
    let n = upper.nrows();
    if n * n * right.ncols() <= SEQUENTIAL_WORK {
        return solve_upper_block(upper, diagonal, right);
    }
    column_tiles(right, COLUMNS).into_par_iter().for_each(|band| {
        let mut current = band;
        // The last block may be short; all others are whole, so bands start at multiples.
        let mut start = (n - 1) / BLOCK * BLOCK;
        solve_upper_block(
            upper.submatrix(start, start, n - start, n - start),
            diagonal,
            current.as_mut().subrows_mut(start, n - start),
        );
        while start > 0 {
            let (mut above, solved) = current.split_at_row_mut(start);
            let rows = solved.nrows();
            let solved = Right::of(solved.into_const(), -T::ONE);
            let bands = start / BLOCK;
            row_tiles(above.as_mut(), BLOCK).into_par_iter().with_max_len(1).enumerate().rev().for_each(
                |(i, mut tile)| {
                    let row = i * BLOCK;
                    solved.add_product(tile.as_mut(), upper.submatrix(row, start, BLOCK, rows));
                    if i + 1 == bands {
                        solve_upper_block(upper.submatrix(row, row, BLOCK, BLOCK), diagonal, tile);
                    }
                },
            );
            current = above;
            start -= BLOCK;
        }
    });
}

/// One diagonal block, sequentially.
pub(super) fn solve_lower_block<T: Scalar>(lower: MatRef<'_, T>, diagonal: Diagonal, right: MatMut<'_, T>) {
    match diagonal {
        Diagonal::Unit => {
            faer_triangular::solve_unit_lower_triangular_in_place(lower, right, Par::Seq);
        }
        Diagonal::Stored => {
            faer_triangular::solve_lower_triangular_in_place(lower, right, Par::Seq);
        }
    }
}

/// One diagonal block, sequentially.
fn solve_upper_block<T: Scalar>(upper: MatRef<'_, T>, diagonal: Diagonal, right: MatMut<'_, T>) {
    match diagonal {
        Diagonal::Unit => {
            faer_triangular::solve_unit_upper_triangular_in_place(upper, right, Par::Seq);
        }
        Diagonal::Stored => {
            faer_triangular::solve_upper_triangular_in_place(upper, right, Par::Seq);
        }
    }
}
