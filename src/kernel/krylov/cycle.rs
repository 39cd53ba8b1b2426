//! One correction: block GMRES on the fixed point of the Gauss–Seidel sweep.
//!
//! A sweep turns X into G X + c with c = (D − L)⁻¹ R, where D is the block diagonal of I − A and −L what is below it. Its
//! fixed point satisfies (I − G) X = c, which GMRES solves: an application of I − G costs a sweep, and what is slow in the
//! sweeps alone (a few directions, above all that of the world's output) is what a Krylov space takes first. All right-hand
//! sides share one space: it has the slow directions after two or three sweeps, as many as there are right-hand sides.
//! Source: Saad (2003), Iterative Methods for Sparse Linear Systems, section 6.12.
//!
//! ```text
//!   G V = V⁺ K      V⁺: V and the block that its last image adds      least squares: ‖c − V⁺ (I − K) Y‖
//! ```

use faer::Mat;
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::basis::Basis;
use super::cells::Cells;
use super::least_squares::LeastSquares;
use super::sweeps::Sweeps;
use crate::kernel::sparse::Side;
use crate::kernel::tile::{self, Scalar, column_mut, dot};

/// Sweeps of one correction; what it does not reach with them is left to the next one.
const SWEEPS: usize = 16;

/// X += about (I − A)⁻¹ R, or (I − A)⁻ᵀ R; the number of sweeps. A column is done when the residual of its fixed point is at
/// most `leave(k)` of what it was.
pub(super) fn add_correction<T: Scalar, C: Cells<T>>(
    sweeps: &Sweeps<T, C>,
    side: Side,
    x: &mut DMatrix<f64>,
    residual: &DMatrix<f64>,
    leave: impl Fn(usize) -> f64,
) -> usize {
    sweeps.prepare(side);
    let (mut first, scales) = scaled(residual);
    sweeps.substitute(side, first.as_mut());
    let lengths: Vec<f64> = tile::column_tiles(first.as_mut(), 1)
        .into_par_iter()
        .map(|values| {
            let values = column_mut(values, 0);
            let length = dot(values, values).to_f64().sqrt();
            let inverse = T::of_f64(if length > 0.0 { 1.0 / length } else { 0.0 });
            values.iter_mut().for_each(|value| *value *= inverse);
            // By what was rounded, the columns were divided.
            if length > 0.0 { 1.0 / inverse.to_f64() } else { 0.0 }
        })
        .collect();
    let mut basis = Basis::new();
    let mut problem = LeastSquares::new(basis.extend(first), leave);
    let mut done = 0;
    while done < SWEEPS && !problem.done() {
        let Some(last) = basis.last().filter(|last| last.ncols() > 0) else { break };
        let own = basis.dimension() - last.ncols();
        let image = sweeps.sweep(side, last);
        done += 1;
        let mut coordinates = -basis.extend(image);
        for k in 0..coordinates.ncols() {
            coordinates[(own + k, k)] += 1.0;
        }
        problem.append(coordinates);
    }
    let mut weights = problem.weights();
    for (k, mut weights) in weights.column_iter_mut().enumerate() {
        weights *= lengths[k] * scales[k];
    }
    if weights.iter().all(|weight| weight.is_finite()) {
        basis.add_combination(x, &weights);
    }
    // Else beyond the range of this precision: nothing is gained, which the residual will tell.
    done
}

/// R with every column scaled to a largest element of 1, so that single precision suffices, and the scales.
fn scaled<T: Scalar>(residual: &DMatrix<f64>) -> (Mat<T>, Vec<f64>) {
    let (n, columns) = residual.shape();
    let scales: Vec<f64> = residual.as_slice().par_chunks(n.max(1)).map(largest).collect();
    let mut scaled = Mat::<T>::zeros(n, columns);
    tile::column_tiles(scaled.as_mut(), 1)
        .into_par_iter()
        .zip(residual.as_slice().par_chunks(n.max(1)))
        .zip(&scales)
        .for_each(|((target, values), scale)| {
            let inverse = if *scale > 0.0 { 1.0 / scale } else { 0.0 };
            for (target, value) in column_mut(target, 0).iter_mut().zip(values) {
                *target = T::of_f64(value * inverse);
            }
        });
    (scaled, scales)
}

/// Largest in size.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most: f64, value| most.max(value.abs()))
}
