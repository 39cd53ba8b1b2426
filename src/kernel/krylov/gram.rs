//! An orthonormal basis of columns, from their inner products alone: Cholesky with pivoting.
//!
//! Source: Stathopoulos and Wu (2002), "A block orthogonalization procedure with constant synchronization requirements",
//! SIAM J. Sci. Comput. 23(6), doi:10.1137/S1064827500370883.

use nalgebra::DMatrix;

/// What to make of columns W so that they are orthonormal: Q = W C, W = Q R.
pub(super) struct Orthonormal {
    /// C, (columns, rank).
    pub(super) combination: DMatrix<f64>,
    /// R, (rank, columns).
    pub(super) factor: DMatrix<f64>,
    /// What was left of each column of Q when those before it were taken out: falling, but for rounding.
    pub(super) pivots: Vec<f64>,
}

impl Orthonormal {
    /// From W′ W. Columns of which less than `nothing` is left when the others are taken out add no direction. C is rounded,
    /// and R is what belongs to the C that was rounded.
    pub(super) fn of(mut products: DMatrix<f64>, nothing: f64, round: impl Fn(f64) -> f64) -> Self {
        let width = products.ncols();
        let mut order: Vec<usize> = (0..width).collect();
        let mut factor = DMatrix::zeros(width, width);
        let mut pivots = Vec::new();
        let mut rank = 0;
        while rank < width {
            // The first of the largest, so that the order does not depend on anything but the numbers.
            let largest = (rank..width).fold(rank, |best, k| {
                if products[(order[k], order[k])] > products[(order[best], order[best])] { k } else { best }
            });
            order.swap(rank, largest);
            let own = order[rank];
            let pivot = products[(own, own)].sqrt();
            if pivot <= nothing || !pivot.is_finite() {
                break;
            }
            pivots.push(pivot);
            factor[(rank, own)] = pivot;
            for &k in &order[rank + 1..] {
                factor[(rank, k)] = products[(own, k)] / pivot;
            }
            for (at, &j) in order[rank + 1..].iter().enumerate() {
                for &i in &order[rank + 1..=rank + 1 + at] {
                    products[(i, j)] -= factor[(rank, i)] * factor[(rank, j)];
                    products[(j, i)] = products[(i, j)];
                }
            }
            rank += 1;
        }
        let mut factor = factor.rows(0, rank).into_owned();
        let triangle = DMatrix::from_fn(rank, rank, |i, j| factor[(i, order[j])]);
        let inverse = inverted(&triangle).map(round);
        let triangle = inverted(&inverse);
        let mut combination = DMatrix::zeros(width, rank);
        for (k, &column) in order[..rank].iter().enumerate() {
            combination.row_mut(column).copy_from(&inverse.row(k));
            factor.column_mut(column).copy_from(&triangle.column(k));
        }
        Self { combination, factor, pivots }
    }
}

/// The inverse of an upper triangle.
fn inverted(triangle: &DMatrix<f64>) -> DMatrix<f64> {
    let identity = DMatrix::identity(triangle.nrows(), triangle.ncols());
    triangle.solve_upper_triangular(&identity).expect("no pivot is zero")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_and_the_combination_are_those_of_the_columns() {
        // The third column is the first less the second; the fourth is zero.
        let w =
            DMatrix::from_row_slice(3, 4, &[1.0, 2.0, -1.0, 0.0, 0.5, -1.0, 1.5, 0.0, 3.0, 1.0, 2.0, 0.0]);
        let made = Orthonormal::of(w.tr_mul(&w), 1e-7, |value| value);
        let q = &w * &made.combination;
        assert_eq!(made.factor.shape(), (2, 4));
        assert!((q.tr_mul(&q) - DMatrix::identity(2, 2)).amax() < 1e-14);
        assert!((&q * &made.factor - &w).amax() < 1e-14);
    }

    #[test]
    fn nothing_comes_of_nothing_or_of_what_is_no_number() {
        for value in [0.0, f64::NAN] {
            let made = Orthonormal::of(DMatrix::from_element(2, 2, value), 1e-7, |value| value);
            assert_eq!((made.factor.nrows(), made.combination.ncols()), (0, 0));
        }
        let none = Orthonormal::of(DMatrix::zeros(0, 0), 1e-7, |value| value);
        assert_eq!(none.factor.shape(), (0, 0));
    }

    #[test]
    fn what_is_left_of_a_column_is_told() {
        let w = DMatrix::from_row_slice(2, 2, &[1.0, 1.0, 0.0, 1e-5]);
        let made = Orthonormal::of(w.tr_mul(&w), 1e-7, |value| value);
        assert_eq!(made.pivots.len(), 2);
        assert!(
            (made.pivots[0] - 1.0).abs() < 1e-9 && (made.pivots[1] - 1e-5).abs() < 1e-9,
            "{:?}",
            made.pivots
        );
    }

    #[test]
    fn r_belongs_to_the_combination_that_was_rounded() {
        let w = DMatrix::from_fn(5, 3, |i, j| ((i * i * 7 + j * 13 + i * j * 3) % 17) as f64 / 17.0);
        let coarse = |value: f64| (value * 64.0).round() / 64.0;
        let made = Orthonormal::of(w.tr_mul(&w), 1e-7, coarse);
        assert_eq!(made.combination, made.combination.map(coarse));
        assert!((&w * &made.combination * &made.factor - &w).amax() < 1e-13);
    }
}
