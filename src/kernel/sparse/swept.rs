//! BiCGSTAB on Gauss–Seidel sweeps, in corrections.
//!
//! A sweep halves the digits that a product leaves, and a Krylov method removes what sweeps are slow at, the few large
//! eigenvalues. With S the sweep for a zero right-hand side, the system `(I − S) d = M⁻¹ r` is solved for a correction
//! d of x; the residual r is computed in double precision from the x reached, and the correction needs only the digits
//! that its vectors keep:
//!
//! ```text
//! r = y − (I − A) x,   e = sweep(0; r),   d ≈ (I − S)⁻¹ e,   x ← x + d      until ‖r‖₁ ≤ tolerance ‖y‖₁
//! ```
//!
//! # Source
//! van der Vorst (1992), "Bi-CGSTAB", doi:10.1137/0913035; iterative refinement in two precisions: Higham (2002),
//! *Accuracy and Stability of Numerical Algorithms*, chapter 12, doi:10.1137/1.9780898718027.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::block::{CHUNK, Stored, change, inner, quotient, scatter};
use super::rows::Rows;
use super::{Reached, Settings, SparseError};
use crate::kernel::pages::Block;
use crate::kernel::residual::relative;

/// A correction must divide the residual at least by this, or the sweeps do not suit the matrix.
const PROGRESS: f64 = 2.0;

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
    let zero = || Block::<T, C>::zeros(n);
    let mut work = Work { r: zero(), shadow: zero(), p: zero(), v: zero(), t: zero(), fresh: Vec::new() };
    let mut norm = size;
    let mut used = 0;
    change(&mut work.r, &mut x, |i, r, _, []| {
        for c in 0..C {
            r[c] = T::of(quotient(y(i, c), unit[c]));
        }
    });
    loop {
        let part: [f64; C] = std::array::from_fn(|c| relative(norm[c], size[c]));
        let active: [bool; C] = std::array::from_fn(|c| c < columns && part[c] > settings.tolerance);
        let Some(slowest) = (0..columns).find(|&c| active[c]) else {
            let residual = part[..columns].iter().copied().fold(0.0, f64::max);
            scatter(&x, matrix, start);
            return Ok((columns, Reached { iterations: used, residual }));
        };
        let failure = |used| SparseError::NotConverged {
            column: start + slowest,
            iterations: used,
            residual: part[slowest],
            tolerance: settings.tolerance,
        };
        if used >= settings.max_iterations {
            return Err(failure(used));
        }
        // Half of what is left to gain, because a sweep's residual is not quite the residual.
        let target = std::array::from_fn(|c| T::REACH.max(0.5 * quotient(settings.tolerance, part[c])));
        let budget = settings.max_iterations - used;
        used += correct(rows, &mut work, &mut x, &unit, active, &target, budget);
        let [next] = rows.multiply(&x, &mut work.r, |i, sum, [norm]: &mut [[f64; C]; 1]| {
            std::array::from_fn(|c| {
                let r = y(i, c) - x[i][c] + sum[c];
                norm[c] += r.abs();
                T::of(quotient(r, unit[c]))
            })
        });
        used += 1;
        if let Some(c) = (0..columns).find(|&c| !next[c].is_finite()) {
            return Err(SparseError::NotFinite { column: start + c, iterations: used });
        }
        if (0..columns)
            .any(|c| active[c] && relative(next[c], size[c]) > settings.tolerance.max(part[c] / PROGRESS))
        {
            return Err(failure(used));
        }
        norm = next;
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

/// Vectors of a correction.
struct Work<T, const C: usize> {
    /// Residual; then that of the recurrence.
    r: Block<T, C>,
    /// The residual at the start.
    shadow: Block<T, C>,
    /// Direction.
    p: Block<T, C>,
    /// S p, so that (I − S) p = p − v.
    v: Block<T, C>,
    /// S r.
    t: Block<T, C>,
    /// New values of one group.
    fresh: Vec<[T; C]>,
}

/// Adds to `x` an approximate solution of `(I − S) d = sweep(0; r)`; returns the passes over A.
fn correct<T: Stored, const C: usize>(
    rows: &Rows,
    work: &mut Work<T, C>,
    x: &mut [[f64; C]],
    unit: &[f64; C],
    mut active: [bool; C],
    target: &[f64; C],
    budget: usize,
) -> usize {
    let Work { r, shadow, p, v, t, fresh } = work;
    let none = |_: usize| [0.0; C];
    t.fill([T::default(); C]);
    rows.sweep(t, fresh, |i| std::array::from_fn(|c| r[i][c].get()), |_, _, _, []: &mut [[f64; C]; 0]| {});
    let mut used = 1;
    let still = active;
    change(r, t, |_, r, t, []| {
        for c in 0..C {
            r[c] = if still[c] { t[c] } else { T::default() };
        }
    });
    let [first, mut rho] = [inner(r, r, |a, _| a.abs()), inner(r, r, |a, b| a * b)];
    shadow.copy_from_slice(r);
    p.copy_from_slice(r);
    v.copy_from_slice(r);
    while active.contains(&true) && used < budget {
        let [projection] = rows.sweep(v, fresh, none, |i, _, new, [projection]: &mut [[f64; C]; 1]| {
            for c in 0..C {
                projection[c] += shadow[i][c].get() * (p[i][c].get() - new[c].get());
            }
        });
        let alpha: [f64; C] = std::array::from_fn(|c| quotient(rho[c], projection[c]));
        change(r, t, |i, r, t, []| {
            for c in 0..C {
                let s = T::of(r[c].get() - alpha[c] * (p[i][c].get() - v[i][c].get()));
                r[c] = s;
                t[c] = s;
            }
        });
        let [ts, tt] = rows.sweep(t, fresh, none, |i, _, new, [ts, tt]: &mut [[f64; C]; 2]| {
            for c in 0..C {
                let s = r[i][c].get();
                let t = s - new[c].get();
                ts[c] += t * s;
                tt[c] += t * t;
            }
        });
        used += 2;
        let omega: [f64; C] = std::array::from_fn(|c| quotient(ts[c], tt[c]));
        let moving = active;
        let [norm, next] = change(x, r, |i, x, r, [norm, next]: &mut [[f64; C]; 2]| {
            for c in 0..C {
                if moving[c] {
                    let s = r[c].get();
                    x[c] += unit[c] * (alpha[c] * p[i][c].get() + omega[c] * s);
                    r[c] = T::of(s - omega[c] * (s - t[i][c].get()));
                }
                norm[c] += r[c].get().abs();
                next[c] += r[c].get() * shadow[i][c].get();
            }
        });
        let beta: [f64; C] =
            std::array::from_fn(|c| quotient(next[c], rho[c]) * quotient(alpha[c], omega[c]));
        rho = next;
        for c in 0..C {
            if active[c] && quotient(norm[c], first[c]) <= target[c] {
                active[c] = false;
            } else if active[c] && !(beta[c].is_finite() && beta[c].abs() > 0.0) {
                // The recurrence has broken down: the next correction starts afresh.
                return used;
            }
        }
        let moving = active;
        change(p, v, |i, p, v, []| {
            for c in 0..C {
                let direction = if moving[c] {
                    T::of(r[i][c].get() + beta[c] * (p[c].get() - omega[c] * (p[c].get() - v[c].get())))
                } else {
                    T::default()
                };
                p[c] = direction;
                v[c] = direction;
            }
        });
    }
    used
}
