//! An orthonormal basis of columns, from their inner products alone: Cholesky with pivoting.

use nalgebra::DMatrix;

/// What to make of columns W so that they are orthonormal: Q = W C, W = Q R.
pub(super) struct Orthonormal {
    /// C, (columns, rank).
    pub(super) combination: DMatrix<f64>,
    /// R, (rank, columns).
    pub(super) factor: DMatrix<f64>,
    /// Columns of Q, the last ones, of which little was left when the others were taken out.
    pub(super) weak: usize,
}

impl Orthonormal {
    /// From W′ W. Columns of which less than `nothing` is left when the others are taken out add no direction; those of
    /// which less than `little` is left are counted. C is rounded, and R is what belongs to the C that was rounded.
    pub(super) fn of(
        mut products: DMatrix<f64>,
        nothing: f64,
        little: f64,
        round: impl Fn(f64) -> f64,
    ) -> Self {
        let width = products.ncols();
        let mut order: Vec<usize> = (0..width).collect();
        let mut factor = DMatrix::zeros(width, width);
        let (mut rank, mut weak) = (0, 0);
        while rank < width {
            // The first of the largest, so that the order does not depend on anything but the numbers.
            let largest = (rank..width).fold(rank, |best, k| {
                if products[(order[k], order[k])] > products[(order[best], order[best])] { k } else { best }
            });
            order.swap(rank, largest);
            let own = order[rank];
            let pivot = products[(own, own)].sqrt();
            if pivot <= nothing || pivot.is_nan() {
                break;
            }
            weak += usize::from(pivot < little);
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
        Self { combination, factor, weak }
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
        let made = Orthonormal::of(w.tr_mul(&w), 1e-7, 1e-4, |value| value);
        let q = &w * &made.combination;
        assert_eq!(made.factor.shape(), (2, 4));
        assert!((q.tr_mul(&q) - DMatrix::identity(2, 2)).amax() < 1e-14);
        assert!((&q * &made.factor - &w).amax() < 1e-14);
    }

    #[test]
    fn nothing_comes_of_nothing_or_of_what_is_no_number() {
        for value in [0.0, f64::NAN] {
            let made = Orthonormal::of(DMatrix::from_element(2, 2, value), 1e-7, 1e-4, |value| value);
            assert_eq!((made.factor.nrows(), made.combination.ncols()), (0, 0));
        }
        let none = Orthonormal::of(DMatrix::zeros(0, 0), 1e-7, 1e-4, |value| value);
        assert_eq!(none.factor.shape(), (0, 0));
    }

    #[test]
    fn columns_of_which_little_is_left_come_last_and_are_counted() {
        let w = DMatrix::from_row_slice(2, 2, &[1.0, 1.0, 0.0, 1e-5]);
        let made = Orthonormal::of(w.tr_mul(&w), 1e-7, 1e-4, |value| value);
        assert_eq!((made.factor.nrows(), made.weak), (2, 1));
        assert_eq!(Orthonormal::of(w.tr_mul(&w), 1e-7, 1e-6, |value| value).weak, 0);
    }
}
