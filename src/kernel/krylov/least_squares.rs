//! The least-squares problem that block GMRES solves: right-hand sides by images of the basis, both as coordinates in it.

use std::ops::Range;

use nalgebra::linalg::QR;
use nalgebra::{DMatrix, Dyn};

/// min ‖B − H Y‖ column by column, where H grows by some columns at a time, and both by the rows that these need.
pub(super) struct LeastSquares {
    /// What turns H into a triangle: reflections of some rows each.
    reflections: Vec<(Range<usize>, QR<f64, Dyn, Dyn>)>,
    /// The triangle by blocks of columns, each down to its last row.
    triangle: Vec<DMatrix<f64>>,
    /// B after all reflections.
    right: DMatrix<f64>,
    /// Columns of H.
    columns: usize,
    /// ‖B − H Y‖ at which a column is done.
    targets: Vec<f64>,
}

impl LeastSquares {
    /// Column k is done when at most `leave(k)` of it is left.
    pub(super) fn new(right: DMatrix<f64>, leave: impl Fn(usize) -> f64) -> Self {
        let targets = right.column_iter().enumerate().map(|(k, column)| leave(k) * column.norm()).collect();
        Self { reflections: Vec::new(), triangle: Vec::new(), right, columns: 0, targets }
    }

    /// Is every column done?
    pub(super) fn done(&self) -> bool {
        let left = self.right.rows_range(self.columns..);
        // NaN is found in the residual itself, by whoever asks for the solution.
        left.column_iter()
            .zip(&self.targets)
            .all(|(left, target)| left.norm() <= *target || left.norm().is_nan())
    }

    /// Takes in some more columns of H, as long as the basis is now.
    pub(super) fn append(&mut self, mut columns: DMatrix<f64>) {
        let (rows, count) = columns.shape();
        for (range, reflection) in &self.reflections {
            reflection.q_tr_mul(&mut columns.rows_range_mut(range.clone()));
        }
        let own = self.columns..rows;
        let reflection = QR::new(columns.rows_range(own.clone()).into_owned());
        columns.rows_mut(own.start, count).copy_from(&reflection.r());
        self.triangle.push(columns.resize_vertically(own.start + count, 0.0));
        self.right.resize_vertically_mut(rows, 0.0);
        reflection.q_tr_mul(&mut self.right.rows_range_mut(own.clone()));
        self.reflections.push((own, reflection));
        self.columns += count;
    }

    /// Y, by back substitution; a zero on the diagonal belongs to an image that adds nothing.
    pub(super) fn weights(&self) -> DMatrix<f64> {
        let mut weights = self.right.rows(0, self.columns).into_owned();
        let mut end = self.columns;
        for block in self.triangle.iter().rev() {
            let start = end - block.ncols();
            for mut weights in weights.column_iter_mut() {
                for k in (start..end).rev() {
                    let column = block.column(k - start);
                    weights[k] = if column[k] == 0.0 { 0.0 } else { weights[k] / column[k] };
                    let weight = weights[k];
                    weights.rows_mut(0, k).axpy(-weight, &column.rows(0, k), 1.0);
                }
            }
            end = start;
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(rows: usize, columns: usize) -> DMatrix<f64> {
        DMatrix::from_fn(rows, columns, |i, j| ((i * i * 7 + j * 13 + i * j * 3) % 97) as f64 / 10.0 - 4.0)
    }

    #[test]
    fn the_weights_solve_the_normal_equations_of_the_whole() {
        // Three blocks of H, each with as many rows as the basis has by then.
        let blocks = [(7, 3), (10, 3), (12, 2)].map(|(rows, count)| numbers(rows, count));
        let right = numbers(4, 2);
        let mut grown = LeastSquares::new(right.clone(), |_| 1e-300);
        let mut whole = DMatrix::<f64>::zeros(12, 0);
        for block in blocks {
            let start = whole.ncols();
            whole = whole.resize_horizontally(start + block.ncols(), 0.0);
            whole.view_mut((0, start), block.shape()).copy_from(&block);
            grown.append(block);
        }
        let right = right.resize_vertically(12, 0.0);
        let weights = grown.weights();
        let normal = whole.tr_mul(&(&right - &whole * &weights));
        assert!(normal.amax() < 1e-10, "{}", normal.amax());
        let left = (right - whole * weights).column_iter().map(|left| left.norm()).fold(0.0, f64::max);
        assert!(!grown.done());
        grown.targets = vec![1.0001 * left; 2];
        assert!(grown.done());
        grown.targets = vec![0.999 * left; 2];
        assert!(!grown.done());
    }

    #[test]
    fn an_image_of_nothing_has_no_weight() {
        let mut problem = LeastSquares::new(numbers(3, 2), |_| 0.0);
        problem.append(DMatrix::from_row_slice(3, 2, &[2.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
        let weights = problem.weights();
        assert!((weights[(0, 0)] - numbers(3, 2)[(0, 0)] / 2.0).abs() < 1e-14, "{weights}");
        assert!(weights[(1, 0)].abs() < 1e-300);
    }

    #[test]
    fn a_column_that_may_stay_as_it_is_asks_for_nothing() {
        let right = DMatrix::from_row_slice(1, 2, &[0.1, 0.3]);
        assert!(LeastSquares::new(right.clone(), |_| 1.0).done());
        assert!(!LeastSquares::new(right, |k| if k == 0 { 1.0 } else { 0.99 }).done());
    }

    #[test]
    fn without_directions_there_is_nothing_to_do() {
        let problem = LeastSquares::new(DMatrix::zeros(0, 3), |_| 0.0);
        assert!(problem.done());
        assert_eq!(problem.weights().shape(), (0, 3));
    }
}
