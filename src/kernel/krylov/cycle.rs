//! One correction: GMRES on the fixed point of the Gauss–Seidel sweep.
//!
//! A sweep turns X into G X + c with c = (D − L)⁻¹ R, where D is the block diagonal of I − A and −L what is below it. Its
//! fixed point satisfies (I − G) X = c, which GMRES solves: an application of I − G costs a sweep, and what is slow in the
//! sweeps alone (a few directions, above all that of the world's output) is what a Krylov space takes first.

use faer::Mat;
use rayon::prelude::*;

use super::cells::Cells;
use super::small::Small;
use super::sweeps::Sweeps;
use crate::kernel::sparse::Side;
use crate::kernel::tile::{self, Scalar, column, column_mut, dot};

/// Vectors of a basis; what a correction does not reach with them is left to the next one.
const BASIS: usize = 16;

/// About (I − A)⁻¹ R, or (I − A)⁻ᵀ R, and the number of sweeps. A column is done when the residual of its fixed point is
/// at most `leave(k)` of what it was.
pub(super) fn correction<T: Scalar, C: Cells<T>>(
    sweeps: &Sweeps<T, C>,
    side: Side,
    residual: Mat<T>,
    leave: impl Fn(usize) -> f64 + Sync,
) -> (Mat<T>, usize) {
    let (n, width) = (residual.nrows(), residual.ncols());
    sweeps.prepare(side);
    let mut first = residual;
    sweeps.substitute(side, first.as_mut());
    let mut columns: Vec<Small> = tile::column_tiles(first.as_mut(), 1)
        .into_par_iter()
        .enumerate()
        .map(|(k, values)| {
            let values = column_mut(values, 0);
            let norm = norm(values);
            scale(values, norm);
            Small::new(norm, leave(k) * norm)
        })
        .collect();
    let mut basis = vec![first];
    while basis.len() <= BASIS && columns.iter().any(|column| !column.done()) {
        let last = basis[basis.len() - 1].as_ref();
        let mut next = sweeps.sweep(side, last);
        tile::column_tiles(next.as_mut(), 1).into_par_iter().zip(&mut columns).enumerate().for_each(
            |(k, (next, small))| {
                let next = column_mut(next, 0);
                if small.done() {
                    // Nothing but rounding is left to find here.
                    return next.fill(T::ZERO);
                }
                for (value, v) in next.iter_mut().zip(column(last, k)) {
                    *value = *v - *value;
                }
                small.append(orthogonalised(next, basis.iter().map(|vector| column(vector.as_ref(), k))));
            },
        );
        basis.push(next);
    }
    let products = basis.len() - 1;
    let mut step = Mat::<T>::zeros(n, width);
    tile::column_tiles(step.as_mut(), 1).into_par_iter().zip(&columns).enumerate().for_each(
        |(k, (step, small))| {
            let step = column_mut(step, 0);
            for (weight, vector) in small.weights().iter().zip(&basis) {
                add_scaled(step, T::of_f64(*weight), column(vector.as_ref(), k));
            }
        },
    );
    (step, products)
}

/// Takes out of a vector what lies along the basis and scales the rest to length 1: the lengths along each, and of the
/// rest.
fn orthogonalised<'a, T: Scalar>(vector: &mut [T], basis: impl Iterator<Item = &'a [T]>) -> Vec<f64> {
    let mut lengths = Vec::with_capacity(8);
    for direction in basis {
        let along = dot(direction, vector);
        add_scaled(vector, -along, direction);
        lengths.push(along.to_f64());
    }
    let rest = norm(vector);
    scale(vector, rest);
    lengths.push(rest);
    lengths
}

/// `y += alpha x`.
fn add_scaled<T: Scalar>(y: &mut [T], alpha: T, x: &[T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += alpha * *x;
    }
}

/// 2-norm.
fn norm<T: Scalar>(values: &[T]) -> f64 {
    dot(values, values).to_f64().sqrt()
}

/// Divides by a size; zero clears.
fn scale<T: Scalar>(values: &mut [T], size: f64) {
    let inverse = T::of_f64(if size > 0.0 { 1.0 / size } else { 0.0 });
    values.iter_mut().for_each(|value| *value *= inverse);
}
