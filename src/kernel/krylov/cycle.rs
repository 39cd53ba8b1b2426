//! One correction: block GMRES with symmetric block Gauss–Seidel around it.
//!
//! With D the block diagonal of I − A, −L what is below it and −U what is above it, (I − A) X = R is solved as
//!
//! ```text
//!   (D − L)⁻¹ (I − A) (D − U)⁻¹ D  X̂ = (D − L)⁻¹ R        X = (D − U)⁻¹ D X̂
//! ```
//!
//! The matrix on the left is the identity less some G that is small, and as I − A = (D − L) + (D − U) − D, one sweep back
//! and one forth make G V with one product with A in all. What is slow in such sweeps alone (a few directions, above all
//! that of the world's output) is what a Krylov space takes first. All right-hand sides share one space: it has the slow
//! directions after one or two sweeps, as many as there are right-hand sides.
//! Source: Eisenstat (1981), "Efficient implementation of a class of preconditioned conjugate gradient methods", SIAM J.
//! Sci. Stat. Comput. 2(1), doi:10.1137/0902001; Saad (2003), Iterative Methods for Sparse Linear Systems, sections 6.12
//! and 9.2.2.
//!
//! ```text
//!   G V = V⁺ K      V⁺: V and the block that its last image adds      least squares: ‖c − V⁺ (I − K) Y‖
//! ```

use faer::Mat;
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::basis::{Basis, add_combination, longest};
use super::cells::Cells;
use super::least_squares::LeastSquares;
use super::sweeps::{Order, Sweeps, Swept};
use crate::kernel::sparse::Side;
use crate::kernel::tile::{self, Scalar, column_mut, dot};

/// Sweeps of one correction are this over the bytes of a number, so 16 in single precision and 8 in double: each keeps two
/// blocks in memory. What a correction does not reach with them is left to the next one.
const SWEEPS: usize = 64;

/// What a correction is.
pub(super) struct Correction {
    /// About (I − A)⁻¹ R, or (I − A)⁻ᵀ R.
    pub(super) gained: DMatrix<f64>,
    /// Sweeps, each one product with A.
    pub(super) sweeps: usize,
    /// About how much of a residual one sweep alone leaves: the longest column that the first sweep left of columns of
    /// length 1. Infinite where there was none.
    pub(super) leaves: f64,
}

/// About (I − A)⁻¹ R, or (I − A)⁻ᵀ R. A column is done when its residual, (D − L)⁻¹ of it, is at most `leave(k)` of what it was.
pub(super) fn correction<T: Scalar, C: Cells<T>>(
    sweeps: &Sweeps<T, C>,
    side: Side,
    residual: &DMatrix<f64>,
    leave: impl Fn(usize) -> f64,
) -> Correction {
    sweeps.prepare(side);
    let (mut first, scales) = scaled(residual);
    sweeps.substitute(side, Order::Forth, None, first.as_mut());
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
    let mut solutions = Vec::new();
    let mut leaves = f64::INFINITY;
    while solutions.len() < SWEEPS / size_of::<T>() && !problem.done() {
        let Some(last) = basis.last().filter(|last| last.ncols() > 0) else { break };
        let own = basis.dimension() - last.ncols();
        let Swept { solution, image } = sweeps.sweep(side, last);
        if solutions.is_empty() {
            leaves = longest(image.as_ref());
        }
        solutions.push(solution);
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
    let mut x = DMatrix::zeros(residual.nrows(), residual.ncols());
    if weights.iter().all(|weight| weight.is_finite()) {
        add_combination(&mut x, &solutions, &weights);
    }
    // Else beyond the range of this precision: nothing is gained, which the residual will tell.
    Correction { gained: x, sweeps: solutions.len(), leaves }
}

/// What one sweep makes of R by itself, with one product and no Krylov space: a residual that is nearly small enough needs no
/// more.
///
/// ```text
///   X = (D − U)⁻¹ D (D − L)⁻¹ R
/// ```
pub(super) fn step<T: Scalar, C: Cells<T>>(
    sweeps: &Sweeps<T, C>,
    side: Side,
    residual: &DMatrix<f64>,
) -> DMatrix<f64> {
    sweeps.prepare(side);
    let (mut first, scales) = scaled(residual);
    sweeps.substitute(side, Order::Forth, None, first.as_mut());
    let solution = sweeps.solution(side, first.as_ref());
    DMatrix::from_fn(residual.nrows(), residual.ncols(), |i, k| solution[(i, k)].to_f64() * scales[k])
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
