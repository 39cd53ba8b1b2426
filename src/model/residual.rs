//! How wrong a solution of (I − A) X = Y is, measured on the equations themselves.

use nalgebra::DMatrix;

use super::solver::Side;
use crate::kernel::dense;

/// How wrong is an inverse, by a probe of each side: (I − A) (B u) = u and (I − A)' (B' u) = u? One column is enough for all,
/// at the cost of a product; rows show on one side, columns on the other.
pub(super) fn probed(inverse: &DMatrix<f64>, product: impl Fn(Side, &DMatrix<f64>) -> DMatrix<f64>) -> f64 {
    let ones = DMatrix::from_element(inverse.nrows(), 1, 1.0);
    let of = |side: Side| {
        let probe = match side {
            Side::Direct => dense::multiply(inverse.as_view(), ones.as_view()),
            Side::Transposed => dense::transpose_multiply(inverse.as_view(), ones.as_view()),
        };
        relative_gap(&product(side, &probe), &probe, &ones)
    };
    let (direct, transposed) = (of(Side::Direct), of(Side::Transposed));
    // The worse one, NaN if one is.
    if direct.is_nan() || direct >= transposed { direct } else { transposed }
}

/// Largest over columns of the residual R = Y − X + AX, given AX: relative to each equation by itself, or to the whole
/// column where that is smaller.
///
/// ```text
/// max_i |r_i| / (|y_i| + |x_i| + |(Ax)_i|)          ‖r‖₁ / ‖y‖₁
/// ```
/// An elimination of I − A is exact equation by equation, however different their sizes: an industry of hardly any output
/// that buys for a million a unit does not make its residual, which is large beside y, an error. With cells of both signs the
/// terms of an equation may cancel; the whole column then says more.
pub(super) fn relative_gap(product: &DMatrix<f64>, solution: &DMatrix<f64>, wanted: &DMatrix<f64>) -> f64 {
    let mut worst: f64 = 0.0;
    for column in 0..solution.ncols() {
        let (x, y, ax) = (solution.column(column), wanted.column(column), product.column(column));
        let (mut gap, mut by_equation) = (0.0, 0.0_f64);
        for ((x, y), ax) in x.iter().zip(y.iter()).zip(ax.iter()) {
            let left = (x - ax - y).abs();
            gap += left;
            if left > 0.0 {
                by_equation = by_equation.max(left / (x.abs() + y.abs() + ax.abs()));
            }
        }
        if gap.is_nan() {
            return f64::NAN;
        }
        let size = y.lp_norm(1);
        let of_whole = if size > 0.0 { gap / size } else { gap };
        worst = worst.max(of_whole.min(by_equation));
    }
    worst
}
