//! How wrong a solution is, measured on the equations themselves.
//!
//! ```text
//!   ‖Y − (I − A) X‖₁ / ‖Y‖₁      column by column
//! ```
//!
//! With value-added shares v ≥ 0 that satisfy v′(I − A)⁻¹ = 1′ and (I − A)⁻¹ ≥ 0, the numerator
//! also bounds the value-added-weighted error: v′|X − X_exact| ≤ ‖Y − (I − A) X‖₁.

use nalgebra::{DMatrix, DMatrixView};
use rayon::prelude::*;

use super::dense;
use super::sparse::{Side, SparseSystem};

/// Elements summed by one task, about.
const TASK: usize = 65_536;

/// By how much does X miss (I − A) X = Y, or (I − A)′ X = Y, relative to Y?
///
/// One number per column: ‖residual‖₁ / ‖Y‖₁. For a zero column of Y it is 0 if the residual is
/// zero too, else infinity. NaN if an element is NaN.
///
/// # Panics
/// If the shapes do not fit.
///
/// # Cost
/// 2 n² c flops and one n × c matrix.
#[must_use]
pub fn dense_residuals(
    input_coefficients: DMatrixView<'_, f64>,
    side: Side,
    solution: &DMatrix<f64>,
    right: &DMatrix<f64>,
) -> Vec<f64> {
    assert_eq!(solution.shape(), right.shape(), "solution and right-hand side");
    let mut residual = right - solution;
    let x = solution.as_view();
    match side {
        Side::Plain => dense::multiply_into(&mut residual, 1.0, input_coefficients, x, 1.0),
        Side::Transposed => {
            dense::transpose_multiply_into(&mut residual, 1.0, input_coefficients, x, 1.0);
        }
    }
    relative_norms(&residual, right)
}

/// By how much does X miss M X = Y, or M′ X = Y, relative to Y?
///
/// As [`dense_residuals`] for a matrix that is given as M itself.
///
/// # Panics
/// If the shapes do not fit.
///
/// # Cost
/// 2 n² c flops and one n × c matrix.
#[must_use]
pub fn matrix_residuals(
    matrix: DMatrixView<'_, f64>,
    side: Side,
    solution: &DMatrix<f64>,
    right: &DMatrix<f64>,
) -> Vec<f64> {
    let mut residual = right.clone();
    let x = solution.as_view();
    match side {
        Side::Plain => dense::multiply_into(&mut residual, -1.0, matrix, x, 1.0),
        Side::Transposed => {
            dense::transpose_multiply_into(&mut residual, -1.0, matrix, x, 1.0);
        }
    }
    relative_norms(&residual, right)
}

/// As [`dense_residuals`], for a sparse A.
///
/// # Panics
/// If the shapes do not fit.
///
/// # Cost
/// 2 nnz c flops and one n × c matrix.
#[must_use]
pub fn sparse_residuals(
    system: &SparseSystem,
    side: Side,
    solution: &DMatrix<f64>,
    right: &DMatrix<f64>,
) -> Vec<f64> {
    assert_eq!(solution.shape(), right.shape(), "solution and right-hand side");
    let residual = right - solution + system.multiply(side, solution);
    relative_norms(&residual, right)
}

/// `‖residual‖₁ / ‖right‖₁` of each column.
pub(super) fn relative_norms(residual: &DMatrix<f64>, right: &DMatrix<f64>) -> Vec<f64> {
    let n = residual.nrows();
    if n == 0 {
        return vec![0.0; residual.ncols()];
    }
    residual
        .as_slice()
        .par_chunks(n)
        .zip(right.as_slice().par_chunks(n))
        .with_min_len(1 + TASK / n)
        .map(|(residual, right)| relative(absolute_sum(residual), absolute_sum(right)))
        .collect()
}

/// How wrong one equation of (I − A) X = Y is by itself: |left| / (|y| + |x| + |(Ax)|), with 0 / 0 = 0 and NaN where one is.
pub(crate) fn of_equation(left: f64, y: f64, x: f64, ax: f64) -> f64 {
    relative(left.abs(), y.abs() + x.abs() + ax.abs())
}

/// The larger one, NaN if one is.
pub(crate) fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || a >= b { a } else { b }
}

/// Quotient with 0 / 0 = 0.
pub(super) fn relative(part: f64, whole: f64) -> f64 {
    if whole > 0.0 || part > 0.0 {
        part / whole
    } else {
        // Both zero, or NaN, which stays.
        part + whole
    }
}

/// Sum of absolute values.
fn absolute_sum(values: &[f64]) -> f64 {
    values.iter().map(|value| value.abs()).sum()
}
