//! BiCGSTAB on A itself, in double precision: needs no diagonal and no signs.
//!
//! # Source
//! van der Vorst (1992), "Bi-CGSTAB", SIAM J. Sci. Stat. Comput. 13(2), doi:10.1137/0913035.

use nalgebra::DMatrix;

use super::block::{absolute_sums, change, gather, inner, quotient, scatter};
use super::rows::Rows;
use super::{Settings, SparseError, SparseSolution};
use crate::kernel::residual::relative;

/// C systems side by side; returns how many of them were real columns.
pub(super) fn bicgstab_block<const C: usize>(
    rows: &Rows,
    right: &DMatrix<f64>,
    start: usize,
    settings: Settings,
    answer: &mut SparseSolution,
) -> Result<usize, SparseError> {
    let n = rows.order();
    let columns = C.min(right.ncols() - start);
    let y = gather::<C>(right, start);
    let size = absolute_sums(&y);
    for (c, size) in size.iter().enumerate() {
        if !size.is_finite() {
            return Err(SparseError::NotFinite { column: start + c, iterations: 0 });
        }
    }
    let mut x = y.to_vec();
    let zero = || vec![[0.0; C]; n];
    let (mut r, mut shadow, mut p) = (zero(), zero(), zero());
    let (mut v, mut s, mut t) = (zero(), zero(), zero());
    let mut iterations = [1; C];
    let mut used = 1;
    loop {
        // A fresh start from x, with the true residual.
        let norm = rows.residual(&x, &y, &mut r);
        let mut active: [bool; C] = std::array::from_fn(|c| {
            // Not `>`: a NaN must count as not yet converged.
            relative(norm[c], size[c]) > settings.tolerance || norm[c].is_nan()
        });
        if let Some(c) = (0..columns).find(|&c| !norm[c].is_finite()) {
            return Err(SparseError::NotFinite { column: start + c, iterations: used });
        }
        let Some(slowest) = (0..columns).find(|&c| active[c]) else {
            for c in 0..columns {
                answer.note(iterations[c], relative(norm[c], size[c]));
            }
            return Ok(scatter(&x, &mut answer.solution, start));
        };
        if used >= settings.max_iterations {
            return Err(SparseError::NotConverged {
                column: start + slowest,
                iterations: used,
                residual: relative(norm[slowest], size[slowest]),
                tolerance: settings.tolerance,
            });
        }
        for row in &mut r {
            for c in 0..C {
                if !active[c] {
                    row[c] = 0.0;
                }
            }
        }
        shadow.copy_from_slice(&r);
        p.copy_from_slice(&r);
        let mut rho = inner(&shadow, &r, |a, b| a * b);
        while active.contains(&true) && used < settings.max_iterations {
            let [projection] = rows.multiply(&p, &mut v, |i, sum, [projection]: &mut [[f64; C]; 1]| {
                std::array::from_fn(|c| {
                    let v = p[i][c] - sum[c];
                    projection[c] += shadow[i][c] * v;
                    v
                })
            });
            let alpha: [f64; C] = std::array::from_fn(|c| quotient(rho[c], projection[c]));
            change(&mut s, &mut r, |i, s, r, []| {
                for c in 0..C {
                    s[c] = r[c] - alpha[c] * v[i][c];
                }
            });
            let [ts, tt] = rows.multiply(&s, &mut t, |i, sum, [ts, tt]: &mut [[f64; C]; 2]| {
                std::array::from_fn(|c| {
                    let t = s[i][c] - sum[c];
                    ts[c] += t * s[i][c];
                    tt[c] += t * t;
                    t
                })
            });
            used += 2;
            let omega: [f64; C] = std::array::from_fn(|c| quotient(ts[c], tt[c]));
            let [norm, next] = change(&mut x, &mut r, |i, x, r, [norm, next]| {
                for c in 0..C {
                    if active[c] {
                        x[c] += alpha[c] * p[i][c] + omega[c] * s[i][c];
                        r[c] = s[i][c] - omega[c] * t[i][c];
                    }
                    norm[c] += r[c].abs();
                    next[c] += r[c] * shadow[i][c];
                }
            });
            let beta: [f64; C] =
                std::array::from_fn(|c| quotient(next[c], rho[c]) * quotient(alpha[c], omega[c]));
            rho = next;
            let mut stalled = false;
            for c in 0..C {
                if !active[c] {
                    continue;
                }
                iterations[c] = used;
                if relative(norm[c], size[c]) <= settings.tolerance {
                    active[c] = false;
                } else if !norm[c].is_finite() {
                    return Err(SparseError::NotFinite { column: start + c, iterations: used });
                } else {
                    // The recurrence has broken down: a fresh start is needed.
                    stalled |= !(beta[c].is_finite() && beta[c].abs() > 0.0);
                }
            }
            if stalled {
                break;
            }
            let active = active;
            change(&mut p, &mut r, |i, p, r, []| {
                for c in 0..C {
                    if active[c] {
                        p[c] = r[c] + beta[c] * (p[c] - omega[c] * v[i][c]);
                    } else {
                        p[c] = 0.0;
                        r[c] = 0.0;
                    }
                }
            });
        }
    }
}
