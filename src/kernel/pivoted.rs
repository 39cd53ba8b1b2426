//! LU with row exchanges, for matrices that are not M-matrices.
//!
//! Slower than [`super::lu`] (the factorisation runs on one thread), with no condition on signs.
//! The fallback when a table has negative flows or value added, and the oracle of the fast one.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::{Par, Spec};
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::condition;
use super::lu::{self, PivotError};
use super::tile;

/// L and U of a square matrix with exchanged rows, stored over each other.
#[derive(Clone, Debug)]
pub struct PivotedFactors {
    factors: DMatrix<f64>,
    /// Row i of L U is row `order[i]` of the matrix.
    order: Vec<usize>,
}

impl PivotedFactors {
    /// Which P, L and U have P M = L U with all elements of L at most 1 in size?
    ///
    /// ```text
    ///    P     M   =   L     U
    ///  (n,n) (n,n)   (n,n) (n,n)
    /// ```
    ///
    /// # Errors
    /// [`PivotError`] if a pivot is zero or not finite: the matrix is singular or held NaN or
    /// infinity. A nearly singular matrix is not an error; see [`Self::reciprocal_condition`].
    ///
    /// # Panics
    /// If the matrix is not square.
    ///
    /// # Cost
    /// 2/3 n³ flops on one thread, no second matrix.
    ///
    /// # Source
    /// Golub and Van Loan (2013), Matrix Computations, section 3.4; faer 0.24
    /// `lu::partial_pivoting`.
    pub fn factor(mut matrix: DMatrix<f64>) -> Result<Self, PivotError> {
        assert_eq!(matrix.nrows(), matrix.ncols(), "only square matrices have an LU");
        let n = matrix.nrows();
        let (mut order, mut inverse_order) = (vec![0_usize; n], vec![0_usize; n]);
        let parameters = Spec::default();
        let mut scratch = MemBuffer::new(lu_in_place_scratch::<usize, f64>(n, n, Par::Seq, parameters));
        lu_in_place(
            tile::owned_mut(&mut matrix),
            &mut order,
            &mut inverse_order,
            Par::Seq,
            MemStack::new(&mut scratch),
            parameters,
        );
        for index in 0..n {
            let pivot = matrix[(index, index)];
            if !pivot.is_finite() || pivot.abs() < f64::MIN_POSITIVE {
                return Err(PivotError { index, pivot });
            }
        }
        Ok(Self { factors: matrix, order })
    }

    /// Number of equations.
    #[must_use]
    pub fn order(&self) -> usize {
        self.factors.nrows()
    }

    /// Which X satisfies M X = Y? X overwrites Y.
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// 2 n² c flops, in parallel.
    pub fn solve_in_place(&self, right: &mut DMatrix<f64>) {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        self.for_each_column(right, |order, old, new| {
            for (target, source) in new.iter_mut().zip(order) {
                *target = old[*source];
            }
        });
        lu::solve(tile::owned(&self.factors), tile::owned_mut(right));
    }

    /// Which X satisfies M′ X = Y? X overwrites Y.
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// 2 n² c flops, in parallel.
    pub fn solve_transpose_in_place(&self, right: &mut DMatrix<f64>) {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        lu::solve_transpose(tile::owned(&self.factors), tile::owned_mut(right));
        self.for_each_column(right, |order, old, new| {
            for (source, target) in old.iter().zip(order) {
                new[*target] = *source;
            }
        });
    }

    /// What is M⁻¹?
    ///
    /// # Cost
    /// 2 n³ flops, in parallel, and one n × n matrix.
    #[must_use]
    pub fn inverse(&self) -> DMatrix<f64> {
        let mut inverse = DMatrix::identity(self.order(), self.order());
        self.solve_in_place(&mut inverse);
        inverse
    }

    /// How close to singular is R⁻¹ M C⁻¹, given its 1-norm and the diagonals of R (`rows`) and C (`columns`)? In which units
    /// equations and unknowns are counted makes no system singular.
    ///
    /// See [`condition::reciprocal_condition`].
    #[must_use]
    pub fn reciprocal_condition(&self, norm_one: f64, rows: &[f64], columns: &[f64]) -> f64 {
        let scaled = |x: &mut DMatrix<f64>, scales: &[f64]| {
            for mut column in x.column_iter_mut() {
                column.iter_mut().zip(scales).for_each(|(value, scale)| *value *= scale);
            }
        };
        condition::reciprocal_condition(
            self.order(),
            norm_one,
            |x| {
                scaled(x, rows);
                self.solve_in_place(x);
                scaled(x, columns);
            },
            |x| {
                scaled(x, columns);
                self.solve_transpose_in_place(x);
                scaled(x, rows);
            },
        )
    }

    /// Rewrites each column from a copy of itself.
    fn for_each_column(
        &self,
        right: &mut DMatrix<f64>,
        rewrite: impl Fn(&[usize], &[f64], &mut [f64]) + Sync,
    ) {
        let n = self.order();
        if n == 0 {
            return;
        }
        right.as_mut_slice().par_chunks_mut(n).with_min_len(1 + 16_384 / n).for_each_init(
            || vec![0.0; n],
            |copy, column| {
                copy.copy_from_slice(column);
                rewrite(&self.order, copy, column);
            },
        );
    }
}
