//! Sums over third economies: over all but one or two, for every choice of the one that is left out.
//!
//! They are added up from both ends, so that nothing is subtracted from a whole: a small third beside a large partner keeps
//! its digits. All choices together cost two passes, where each by itself would be one.

use nalgebra::{DMatrix, DVector};

use crate::labels::Axis;

/// For each economy the sum of the columns of all others but `besides`, (N, G) of (N, G).
///
/// # Cost
/// O(N G) for all economies.
pub(super) fn sums_of_others(columns: &DMatrix<f64>, besides: usize) -> DMatrix<f64> {
    let economies = columns.ncols();
    let mut sums = DMatrix::zeros(columns.nrows(), economies);
    for forwards in [true, false] {
        let mut running = DVector::zeros(columns.nrows());
        for position in 0..economies {
            let u = if forwards { position } else { economies - 1 - position };
            let mut sum = sums.column_mut(u);
            sum += &running;
            if u != besides {
                running += columns.column(u);
            }
        }
    }
    sums
}

/// Of numbers by economy and row of the table, (G, n_rows): for each row and economy the sum over all economies but that one
/// and the row's own, (n_rows, G).
///
/// # Cost
/// O(n G).
pub(super) fn sums_of_foreign_others(by_economy: &DMatrix<f64>, axis: &Axis) -> DMatrix<f64> {
    let mut sums = DMatrix::zeros(by_economy.ncols(), by_economy.nrows());
    for s in 0..axis.n_economies() {
        let block = axis.block(s);
        let own = by_economy.columns_range(block.clone()).transpose();
        sums.rows_range_mut(block).copy_from(&sums_of_others(&own, s));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum as it is written, for one choice.
    fn by_filter(columns: &DMatrix<f64>, row: usize, u: usize, besides: usize) -> f64 {
        (0..columns.ncols()).filter(|&t| t != u && t != besides).map(|t| columns[(row, t)]).sum()
    }

    #[test]
    fn sums_of_others_are_the_sums_of_the_others() {
        for economies in [1, 2, 3, 5, 8] {
            let columns = DMatrix::from_fn(3, economies, |i, u| ((i * 7 + u * 5) % 11) as f64 - 3.0);
            for besides in 0..economies {
                let sums = sums_of_others(&columns, besides);
                for (row, u) in (0..3).flat_map(|row| (0..economies).map(move |u| (row, u))) {
                    // Whole numbers: exact in any order.
                    assert!((sums[(row, u)] - by_filter(&columns, row, u, besides)).abs() < 1e-15);
                }
            }
        }
    }

    #[test]
    fn a_large_partner_takes_no_digit_of_a_small_third() {
        let columns = DMatrix::from_row_slice(1, 4, &[1e16, 1.0, 2.0, 1e16]);
        // Without the two large ones: neither of them has passed through the sum.
        assert!((sums_of_others(&columns, 0)[(0, 3)] - 3.0).abs() < 1e-15);
        assert!((sums_of_others(&columns, 3)[(0, 0)] - 3.0).abs() < 1e-15);
    }

    #[test]
    fn rows_leave_out_their_own_economy() {
        let pairs = [("A", "x"), ("A", "y"), ("B", "x"), ("C", "x"), ("C", "y")];
        let pairs: Vec<(String, String)> = pairs.map(|(e, s)| (e.into(), s.into())).into();
        let (axis, _) = Axis::new(&pairs).unwrap();
        let by_economy = DMatrix::from_fn(3, 5, |t, row| (1 + t * 10 + row) as f64);
        let sums = sums_of_foreign_others(&by_economy, &axis);
        for row in 0..5 {
            let own = axis.economy_of(row);
            for r in 0..3 {
                let expected: f64 =
                    (0..3).filter(|&t| t != own && t != r).map(|t| by_economy[(t, row)]).sum();
                assert!((sums[(row, r)] - expected).abs() < 1e-15, "{row} {r}");
            }
        }
    }
}
