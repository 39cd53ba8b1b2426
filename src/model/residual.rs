//! How wrong a solution of (I − A) X = Y is, measured on the equations themselves.

use nalgebra::DMatrix;

use super::solver::Side;
use crate::kernel::dense;
use crate::kernel::residual::{of_equation, worse};

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
    worse(of(Side::Direct), of(Side::Transposed))
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
            by_equation = worse(by_equation, of_equation(left, *y, *x, *ax));
        }
        // An infinite residual is infinite beside an infinite solution, too.
        if !gap.is_finite() {
            return f64::NAN;
        }
        let size = y.lp_norm(1);
        let of_whole = if size > 0.0 { gap / size } else { gap };
        worst = worst.max(of_whole.min(by_equation));
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64]) -> DMatrix<f64> {
        DMatrix::from_column_slice(values.len(), 1, values)
    }

    #[test]
    fn an_equation_counts_by_itself_or_the_column_as_a_whole_whichever_says_less() {
        // The second equation holds a million and misses by one: a millionth of it, a half of what was wanted.
        let gap = relative_gap(&column(&[0.0, 1e6]), &column(&[1.0, 1e6 + 2.0]), &column(&[1.0, 1.0]));
        assert!((gap / 5e-7 - 1.0).abs() < 1e-5, "{gap:e}");
        // An equation of nothing that is missed by a millionth of the column.
        let gap = relative_gap(&column(&[0.0, 0.0]), &column(&[1.0, 1e-6]), &column(&[1.0, 0.0]));
        assert!((gap - 1e-6).abs() < 1e-12, "{gap:e}");
        let exact = relative_gap(&column(&[0.0, 0.0]), &column(&[1.0, 0.0]), &column(&[1.0, 0.0]));
        assert!(exact.abs() < f64::MIN_POSITIVE);
    }

    #[test]
    fn what_is_not_finite_is_never_exact() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for ax in [0.0, bad] {
                let gap = relative_gap(&column(&[0.0, ax]), &column(&[1.0, bad]), &column(&[1.0, 1.0]));
                assert!(gap.is_nan(), "{bad} {ax}: {gap}");
            }
        }
    }
}
