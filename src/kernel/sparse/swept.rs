//! Sweeps of Gauss–Seidel, in corrections.
//!
//! With S the sweep for a zero right-hand side, the system `(I − S) d = M⁻¹ r` is solved for a correction d of x; the
//! residual r is computed in double precision from the x reached, and the correction needs only the digits that its
//! vectors keep:
//!
//! ```text
//! r = y − (I − A) x,   e = sweep(0; r),   d ≈ (I − S)⁻¹ e,   x ← x + d      until ‖r‖₁ ≤ tolerance ‖y‖₁
//! ```
//! and until each equation by itself is nearly as exact: beside one firm that buys a million times what it makes, ‖y‖₁ says
//! nothing of the others. That is measured by a mean of the fourth power, which is at least the largest and can be added up:
//!
//! ```text
//! ω = ( Σ_i (|r_i| / (|y_i| + |x_i| + |(Ax)_i|))⁴ )^¼ ≤ 10 · tolerance
//! ```
//!
//! One direction is what sweeps are slow at in most tables and networks, and it is extrapolated away
//! ([`extrapolated`](super::extrapolated)). Where there are many, the block is given up for a Krylov method on A.
//!
//! # Source
//! Iterative refinement in two precisions: Higham (2002), *Accuracy and Stability of Numerical Algorithms*, chapter 12,
//! doi:10.1137/1.9780898718027.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::block::{CHUNK, Stored, quotient, scatter};
use super::extrapolated::{self, Goal};
use super::rows::Rows;
use super::{Reached, Settings, SparseError};
use crate::kernel::pages::Block;
use crate::kernel::residual::{of_equation, relative, worse};

/// What a pass of a correction must divide the residual by: a Krylov method does better than that where sweeps are slow
/// at many directions.
const PROGRESS_OF_PASS: f64 = 1.3;

/// Part of what an equation by itself may be wrong by that counts as the residual of the whole.
pub(super) const OF_EQUATION: f64 = 0.1;

/// What one block took: how many columns it had, passes over A, worst residual.
pub(super) type BlockReached = (usize, Reached);

/// C systems side by side, from `start` on; their columns of `matrix` are overwritten by the solutions once all of
/// them are found.
///
/// # Errors
/// [`SparseError::NotConverged`], [`SparseError::NotFinite`]; the matrix is then as it was.
pub(super) fn swept_block<T: Stored, const C: usize>(
    rows: &Rows,
    matrix: &mut DMatrix<f64>,
    start: usize,
    settings: Settings,
) -> Result<BlockReached, SparseError> {
    let n = rows.order();
    let columns = C.min(matrix.ncols() - start);
    // Right-hand sides are read where they lie, in order and once a residual: a copy by rows would gain nothing.
    let right = columns_from(matrix, start, columns);
    let y = |i: usize, c: usize| right.get(c).map_or(0.0, |column| column[i]);
    let size: [f64; C] = std::array::from_fn(|c| right.get(c).map_or(0.0, |column| absolute_sum(column)));
    if let Some(c) = (0..columns).find(|&c| !size[c].is_finite()) {
        return Err(SparseError::NotFinite { column: start + c, iterations: 0 });
    }
    // Residuals are kept with numbers near one on average, far from the ends of single precision.
    let unit: [f64; C] = std::array::from_fn(|c| quotient(size[c], n as f64));
    let mut x = Block::<f64, C>::zeros(n);
    let mut r = Block::<T, C>::zeros(n);
    let mut term = Block::<T, C>::zeros(n);
    let mut fresh = Vec::new();
    // Of a zero solution the residual is the right-hand side.
    let mut part: [f64; C] = std::array::from_fn(|c| relative(size[c], size[c]));
    let mut used = 0;
    // Within the tolerance and no longer getting nearer to the aim.
    let mut settled = [false; C];
    let mut stalled = false;
    r.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, rows)| {
        for (offset, row) in rows.iter_mut().enumerate() {
            *row = std::array::from_fn(|c| T::of(quotient(y(chunk * CHUNK + offset, c), unit[c])));
        }
    });
    loop {
        let worst = part[..columns].iter().copied().fold(0.0, f64::max);
        let active: [bool; C] = std::array::from_fn(|c| c < columns && part[c] > settings.aim && !settled[c]);
        let stopped = stalled || used >= settings.max_iterations;
        if !active.contains(&true) || stopped && worst <= settings.tolerance {
            scatter(&x, matrix, start);
            return Ok((columns, Reached { iterations: used, residual: worst }));
        }
        if stopped {
            let column = (0..columns).find(|&c| part[c] > settings.tolerance).unwrap_or(0);
            return Err(SparseError::NotConverged {
                column: start + column,
                iterations: used,
                residual: part[column],
                tolerance: settings.tolerance,
            });
        }
        // Half of what is left to gain, because a sweep's residual is not quite the residual.
        let goal = Goal {
            active,
            reduction: std::array::from_fn(|c| T::REACH.max(0.5 * quotient(settings.aim, part[c]))),
            budget: settings.max_iterations - used,
        };
        let passes = 1 + extrapolated::correct(rows, &mut r, &mut term, &mut fresh, &mut x, &unit, &goal);
        used += passes;
        let [norm, fourth] = rows.multiply(
            &x,
            &mut r,
            #[inline(always)]
            |i, sum, [norm, fourth]: &mut [[f64; C]; 2]| {
                std::array::from_fn(|c| {
                    let (y, x) = (y(i, c), x[i][c]);
                    let r = y - x + sum[c];
                    norm[c] += r.abs();
                    let by_itself = of_equation(r, y, x, sum[c]);
                    fourth[c] += (by_itself * by_itself) * (by_itself * by_itself);
                    T::of(quotient(r, unit[c]))
                })
            },
        );
        let next: [f64; C] =
            std::array::from_fn(|c| worse(relative(norm[c], size[c]), OF_EQUATION * fourth[c].sqrt().sqrt()));
        if let Some(c) = (0..columns).find(|&c| !next[c].is_finite()) {
            return Err(SparseError::NotFinite { column: start + c, iterations: used });
        }
        let progress = PROGRESS_OF_PASS.powi(i32::try_from(passes).unwrap_or(i32::MAX));
        for c in (0..columns).filter(|&c| active[c]) {
            let reached = next[c];
            let slow = reached > settings.aim.max(part[c] / progress);
            settled[c] = slow && reached <= settings.tolerance;
            stalled |= slow && !settled[c];
        }
        part = next;
    }
}

/// So many columns from one on.
fn columns_from(matrix: &DMatrix<f64>, start: usize, count: usize) -> Vec<&[f64]> {
    let n = matrix.nrows();
    (start..start + count).map(|c| &matrix.as_slice()[c * n..(c + 1) * n]).collect()
}

/// ‖y‖₁, by chunks that do not depend on the number of threads.
fn absolute_sum(column: &[f64]) -> f64 {
    let sums: Vec<f64> =
        column.par_chunks(CHUNK).map(|chunk| chunk.iter().map(|value| value.abs()).sum()).collect();
    sums.iter().sum()
}
