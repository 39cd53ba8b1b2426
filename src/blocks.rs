//! Matrices by economy: views of a block, sums by block, scaling. No economics.

use nalgebra::{DMatrix, DMatrixView};

use crate::labels::Axis;

/// The block of `matrix` (rows of economy `s`, columns of economy `r`).
pub fn block<'a>(matrix: &'a DMatrix<f64>, axis: &Axis, s: usize, r: usize) -> DMatrixView<'a, f64> {
    let (rows, cols) = (axis.block(s), axis.block(r));
    matrix.view((rows.start, cols.start), (rows.len(), cols.len()))
}

/// Sums of each row over the columns of each economy: (rows, n_rows) to (rows, n_economies).
pub fn sum_columns_by_economy(matrix: &DMatrix<f64>, axis: &Axis) -> DMatrix<f64> {
    let mut sums = DMatrix::zeros(matrix.nrows(), axis.n_economies());
    for economy in 0..axis.n_economies() {
        let mut target = sums.column_mut(economy);
        for column in axis.block(economy) {
            target += matrix.column(column);
        }
    }
    sums
}

/// Sum of `values[i]` over the rows of each economy.
pub fn sum_by_economy(values: &[f64], axis: &Axis) -> Vec<f64> {
    (0..axis.n_economies()).map(|economy| values[axis.block(economy)].iter().sum()).collect()
}

/// A matrix (n_rows, n_economies) that holds `values` of economy `s` in column `s` and zero elsewhere.
pub fn spread_by_economy(values: &[f64], axis: &Axis) -> DMatrix<f64> {
    let mut spread = DMatrix::zeros(axis.n_rows(), axis.n_economies());
    for economy in 0..axis.n_economies() {
        for row in axis.block(economy) {
            spread[(row, economy)] = values[row];
        }
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreading_and_summing_by_economy_are_inverse() {
        let pairs: Vec<(String, String)> =
            [("A", "x"), ("A", "y"), ("B", "x")].map(|(e, s)| (e.into(), s.into())).into();
        let (axis, _) = Axis::new(&pairs).unwrap();
        let spread = spread_by_economy(&[1.0, 2.0, 4.0], &axis);
        assert_eq!(spread.column(0).as_slice(), [1.0, 2.0, 0.0]);
        assert_eq!(sum_by_economy(&[1.0, 2.0, 4.0], &axis), [3.0, 4.0]);
        let square = DMatrix::from_fn(3, 3, |i, j| (i * 3 + j) as f64);
        assert_eq!(sum_columns_by_economy(&square, &axis).column(0).as_slice(), [1.0, 7.0, 13.0]);
        assert_eq!(block(&square, &axis, 0, 1).iter().copied().collect::<Vec<_>>(), [2.0, 5.0]);
    }
}
