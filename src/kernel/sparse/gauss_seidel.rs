//! Gauss–Seidel sweeps to the end: cannot fail when A ≥ 0 and ρ(A) < 1.
//!
//! # Source
//! Varga (2000), *Matrix Iterative Analysis*, theorem 3.29 (regular splittings) and section 3.1 (Stein–Rosenberg).

use nalgebra::DMatrix;

use super::block::{absolute_sums, gather, scatter};
use super::rows::Rows;
use super::{Settings, SparseError, SparseSolution};
use crate::kernel::residual::relative;

/// C systems side by side; returns how many of them were real columns.
pub(super) fn gauss_seidel_block<const C: usize>(
    rows: &Rows,
    right: &DMatrix<f64>,
    start: usize,
    settings: Settings,
    answer: &mut SparseSolution,
) -> Result<usize, SparseError> {
    let columns = C.min(right.ncols() - start);
    let y = gather::<C>(right, start);
    let size = absolute_sums(&y);
    let mut x = y.to_vec();
    let mut r = vec![[0.0; C]; y.len()];
    let mut fresh = Vec::new();
    let mut sweeps = 0;
    let mut check = 1.0;
    loop {
        // The change of x in a sweep bounds the residual only up to a factor of order 1, so the
        // true residual decides, looked at when the change says it is worth the pass.
        let [moved] = rows.sweep(
            &mut x,
            &mut fresh,
            |i| y[i],
            |_, old, new, [moved]: &mut [[f64; C]; 1]| {
                for c in 0..C {
                    moved[c] += (new[c] - old[c]).abs();
                }
            },
        );
        sweeps += 1;
        let worst = (0..columns).map(|c| relative(moved[c], size[c])).fold(0.0, f64::max);
        let finite = (0..columns).all(|c| moved[c].is_finite());
        if finite && worst > check * settings.tolerance && sweeps < settings.max_iterations {
            continue;
        }
        let norm = rows.residual(&x, &y, &mut r);
        let residual: [f64; C] = std::array::from_fn(|c| relative(norm[c], size[c]));
        if let Some(c) = (0..columns).find(|&c| !residual[c].is_finite()) {
            return Err(SparseError::NotFinite { column: start + c, iterations: sweeps });
        }
        let Some(c) = (0..columns).find(|&c| residual[c] > settings.tolerance) else {
            for residual in &residual[..columns] {
                answer.note(sweeps, *residual);
            }
            return Ok(scatter(&x, &mut answer.solution, start));
        };
        if sweeps >= settings.max_iterations {
            return Err(SparseError::NotConverged {
                column: start + c,
                iterations: sweeps,
                residual: residual[c],
                tolerance: settings.tolerance,
            });
        }
        check /= 2.0;
    }
}
