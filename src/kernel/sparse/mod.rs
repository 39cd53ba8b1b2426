//! `(I − A) X = Y` and its transpose for a sparse A of up to about 10⁶ nodes, by iteration.
//!
//! A direct factorisation of a firm network fills in and is useless beyond some 10⁴ nodes, while
//! 15 to 30 passes over A are enough. Right-hand sides are treated in blocks stored row by row,
//! so that one pass over A serves all of a block. Rows are cut into parts of equal work and
//! vectors into chunks of equal length; both cuts depend on the matrix alone, so every result has
//! the same bits for any number of threads. The transpose is stored only once it is asked for.
//!
//! | method | per iteration | choose it for |
//! |---|---|---|
//! | [`SparseSystem::solve_in_place`] | | everything: the next one, and where it fails the others in turn |
//! | [`SparseSystem::swept`] | 1 sweep | many nodes, coefficients that are not negative |
//! | [`SparseSystem::bicgstab`] | 2 products | any signs |
//! | [`SparseSystem::gmres`] | 1 product and up to 30 inner products | where BiCGSTAB breaks down |
//! | [`SparseSystem::gauss_seidel`] | 1 sweep | it cannot fail when A ≥ 0 and ρ(A) < 1 |

mod bicgstab;
mod block;
mod extrapolated;
mod gauss_seidel;
mod gmres;
mod rows;
mod swept;

use std::sync::{Arc, OnceLock};

use nalgebra::DMatrix;
use sprs::CsMatI;
use thiserror::Error;

use super::residual::{of_equation, relative_norms, sparse_residuals, worse};
use block::{gather, scatter};
use rows::Rows;

/// Bytes the vectors of a block may take in any case; beyond, they take no more than A. One pass over A serves a whole
/// block, and a random read brings 64 bytes whether they are used or not: measured at 10⁶ firms with vectors in single
/// precision, seconds for each of 16 right-hand sides in blocks of 1, 2, 4, 8 and 16: 0.44, 0.25, 0.26, 0.19, 0.18.
const SMALL_BYTES: u64 = 64 << 20;

/// Which of the two systems is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// (I − A) X = Y: what must be produced for a final demand Y.
    Plain,
    /// (I − A)′ X = Y: what multiplier belongs to a direct coefficient Y.
    Transposed,
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Largest accepted ‖Y − (I − A) X‖₁ / ‖Y‖₁ of each column, computed from the X returned.
    pub tolerance: f64,
    /// Residual that [`SparseSystem::swept`] goes on to below the tolerance, as long as it gets nearer. The other methods
    /// stop at the tolerance.
    pub aim: f64,
    /// Most passes over A (products or sweeps) spent on one right-hand side.
    pub max_iterations: usize,
}

impl Default for Settings {
    /// Residual 10⁻¹² and no better, 1000 passes.
    fn default() -> Self {
        Self { tolerance: 1e-12, aim: 1e-12, max_iterations: 1000 }
    }
}

/// Digits kept by the vectors of a correction; the residual is always double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrections {
    /// `f64`.
    Double,
    /// `f32`: half the memory and half the bytes read at random; a few passes more.
    Single,
}

/// What a solve took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reached {
    /// Most passes over A needed by any column.
    pub iterations: usize,
    /// Largest ‖Y − (I − A) X‖₁ / ‖Y‖₁ over the columns, computed from the X returned.
    pub residual: f64,
}

/// A solution and what it took.
#[derive(Clone, Debug)]
pub struct SparseSolution {
    /// X, one column per right-hand side.
    pub solution: DMatrix<f64>,
    /// Most passes over A (products or sweeps) needed by any column.
    pub iterations: usize,
    /// Largest ‖Y − (I − A) X‖₁ / ‖Y‖₁ over the columns, computed from the X returned.
    pub residual: f64,
}

/// Why there is no solution, or why a matrix was not accepted.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum SparseError {
    /// The residual is still too large.
    #[error("column {column}: residual {residual:e} after {iterations} iterations, wanted {tolerance:e}")]
    NotConverged {
        /// Right-hand side, from 0.
        column: usize,
        /// Passes over A spent.
        iterations: usize,
        /// ‖Y − (I − A) X‖₁ / ‖Y‖₁ reached.
        residual: f64,
        /// What was asked for.
        tolerance: f64,
    },
    /// A number overflowed or was NaN: the iteration diverged, or the data held it.
    #[error("column {column}: not finite after {iterations} iterations")]
    NotFinite {
        /// Right-hand side, from 0.
        column: usize,
        /// Passes over A spent.
        iterations: usize,
    },
    /// Gauss–Seidel divides by 1 − a_ii, which is not positive.
    #[error("row {row} uses {coefficient} of itself per unit: Gauss–Seidel needs less than 1")]
    SelfUse {
        /// Row, from 0.
        row: usize,
        /// a_ii.
        coefficient: f64,
    },
}

/// A sparse A, ready to be multiplied in parallel; its transpose is made when first asked for.
#[derive(Clone, Debug)]
pub struct SparseSystem {
    plain: Rows,
    transposed: OnceLock<Rows>,
}

/// Calls `$method::<C>` with the width of block as a constant.
macro_rules! with_width {
    ($width:expr, $method:ident $(::<$kept:ty>)?, $($argument:expr),*) => {
        match $width {
            16 => $method::<$($kept,)? 16>($($argument),*),
            8 => $method::<$($kept,)? 8>($($argument),*),
            4 => $method::<$($kept,)? 4>($($argument),*),
            2 => $method::<$($kept,)? 2>($($argument),*),
            _ => $method::<$($kept,)? 1>($($argument),*),
        }
    };
}

use bicgstab::bicgstab_block;
use gauss_seidel::gauss_seidel_block;
use gmres::gmres_column;
use swept::{OF_EQUATION, swept_block};

/// Rounds that must take away a tenth of what is left, or the rest are not made.
const CALM_ROUNDS: usize = 20;

impl SparseSystem {
    /// Prepares A for solving with I − A and its transpose.
    ///
    /// # Panics
    /// If A is not square.
    ///
    /// # Cost
    /// O(nnz) time; a matrix that is shared is not copied. From the first transposed product on 12 bytes more per stored
    /// element.
    #[must_use]
    pub fn new(input_coefficients: impl Into<Arc<CsMatI<f64, u32>>>) -> Self {
        let input_coefficients = input_coefficients.into();
        assert_eq!(input_coefficients.rows(), input_coefficients.cols(), "input coefficients are square");
        let plain = if input_coefficients.is_csr() {
            input_coefficients
        } else {
            Arc::new(input_coefficients.to_csr())
        };
        Self { plain: Rows::new(plain), transposed: OnceLock::new() }
    }

    /// The system of A′, whose plain side is the transposed side of this one: for work that needs no other, so that
    /// A does not stand in memory beside its transpose.
    ///
    /// # Cost
    /// O(nnz) time; both matrices stand in memory until it is done.
    #[must_use]
    pub fn into_transposed(self) -> Self {
        self.rows(Side::Transposed);
        let Self { plain, transposed } = self;
        Self { plain: transposed.into_inner().unwrap_or(plain), transposed: OnceLock::new() }
    }

    /// Number of nodes.
    #[must_use]
    pub fn order(&self) -> usize {
        self.plain.order()
    }

    /// Stored elements of A.
    #[must_use]
    pub fn stored(&self) -> usize {
        self.plain.matrix().nnz()
    }

    /// What is A X, or A′ X?
    ///
    /// # Panics
    /// If `x` does not have n rows.
    ///
    /// # Cost
    /// 2 nnz c flops, in parallel over rows.
    #[must_use]
    pub fn multiply(&self, side: Side, x: &DMatrix<f64>) -> DMatrix<f64> {
        assert_eq!(x.nrows(), self.order(), "rows of the multiplied matrix");
        let mut result = DMatrix::zeros(x.nrows(), x.ncols());
        let mut start = 0;
        while start < x.ncols() {
            let width = self.block_width(x.ncols() - start, 2 * size_of::<f64>());
            start += with_width!(width, multiply_block, self.rows(side), x, &mut result, start);
        }
        result
    }

    /// Overwrites Y by the X that satisfies (I − A) X = Y, or (I − A)′ X = Y.
    ///
    /// By [`Self::swept`]; columns it gives up are tried by BiCGSTAB and then by GMRES on A itself.
    ///
    /// # Errors
    /// [`SparseError::NotConverged`] or [`SparseError::NotFinite`], naming the first column that failed; columns
    /// before it are then solved, the others are as they were.
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// One pass over A per sweep; beside A and Y 16 bytes per node and column of a block, together no more than A takes
    /// (eight columns of 12 elements a row).
    pub fn solve_in_place(
        &self,
        side: Side,
        right: &mut DMatrix<f64>,
        settings: Settings,
    ) -> Result<Reached, SparseError> {
        self.swept_in_place(side, right, settings, Corrections::Single)
    }

    /// As [`Self::solve_in_place`], with the digits of the corrections chosen.
    ///
    /// # Errors
    /// As [`Self::solve_in_place`].
    ///
    /// # Panics
    /// If `right` does not have n rows.
    pub fn swept_in_place(
        &self,
        side: Side,
        right: &mut DMatrix<f64>,
        settings: Settings,
        corrections: Corrections,
    ) -> Result<Reached, SparseError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let rows = self.rows(side);
        let bytes = match corrections {
            Corrections::Double => 3 * size_of::<f64>(),
            Corrections::Single => size_of::<f64>() + 2 * size_of::<f32>(),
        };
        let mut worst = Reached::default();
        let mut start = 0;
        while start < right.ncols() {
            let width = self.block_width(right.ncols() - start, bytes);
            let block = match corrections {
                Corrections::Double => {
                    with_width!(width, swept_block::<f64>, rows, right, start, settings)
                }
                Corrections::Single => {
                    with_width!(width, swept_block::<f32>, rows, right, start, settings)
                }
            };
            let (columns, reached) = match block {
                Ok(solved) => solved,
                Err(SparseError::NotFinite { column, iterations: 0 }) => {
                    return Err(SparseError::NotFinite { column, iterations: 0 });
                }
                Err(error) => self.rescue(side, right, start, width, settings, &error)?,
            };
            worst.iterations = worst.iterations.max(reached.iterations);
            worst.residual = worst.residual.max(reached.residual);
            start += columns;
        }
        Ok(worst)
    }

    /// A block that sweeps do not solve, by BiCGSTAB on A, then by GMRES; the passes spent on sweeps count.
    fn rescue(
        &self,
        side: Side,
        right: &mut DMatrix<f64>,
        start: usize,
        width: usize,
        settings: Settings,
        given_up: &SparseError,
    ) -> Result<(usize, Reached), SparseError> {
        let spent = match given_up {
            SparseError::NotConverged { iterations, .. } | SparseError::NotFinite { iterations, .. } => {
                *iterations
            }
            SparseError::SelfUse { .. } => 0,
        };
        let columns = width.min(right.ncols() - start);
        let block = right.columns(start, columns).into_owned();
        let named = |error| match error {
            SparseError::NotConverged { column, iterations, residual, tolerance } => {
                SparseError::NotConverged { column: start + column, iterations, residual, tolerance }
            }
            SparseError::NotFinite { column, iterations } => {
                SparseError::NotFinite { column: start + column, iterations }
            }
            other => other,
        };
        let answer = self
            .bicgstab(side, &block, settings)
            .or_else(|_| self.gmres(side, &block, settings))
            .map_err(named)?;
        let answer = self.nearer(side, &block, answer, settings);
        let answer = self.by_equation(side, &block, answer, settings);
        right.columns_mut(start, columns).copy_from(&answer.solution);
        Ok((columns, Reached { iterations: spent + answer.iterations, residual: answer.residual }))
    }

    /// The solution corrected once by a solve for its residual, where that brings it nearer to the aim.
    fn nearer(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        answer: SparseSolution,
        settings: Settings,
    ) -> SparseSolution {
        if answer.residual <= settings.aim {
            return answer;
        }
        let residual = right - &answer.solution + self.multiply(side, &answer.solution);
        // Six digits more than a solution has are beyond what its numbers hold.
        let tolerance = (0.5 * settings.aim / answer.residual).max(1e-6);
        let settings = Settings { tolerance, ..settings };
        let Ok(correction) = self.bicgstab(side, &residual, settings) else { return answer };
        let solution = &answer.solution + correction.solution;
        let reached = sparse_residuals(self, side, &solution, right).into_iter().fold(0.0, f64::max);
        if reached < answer.residual {
            let iterations = answer.iterations + 1 + correction.iterations;
            SparseSolution { solution, iterations, residual: reached }
        } else {
            answer
        }
    }

    /// The solution iterated on until each equation by itself is nearly as exact as the whole column, where that helps: a
    /// Krylov method sees the column alone, and beside one firm that buys a million times what it makes the others are lost
    /// in it. Each step takes the errors of all by what they buy of each other, whatever their size.
    ///
    /// ```text
    /// x ← y + A x       until |x − (y + A x)|_i ≤ 10 · tolerance (|y_i| + |x_i| + |(A x)_i|) for every i
    /// ```
    fn by_equation(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        answer: SparseSolution,
        settings: Settings,
    ) -> SparseSolution {
        let mut solution = answer.solution.clone();
        let mut before = f64::INFINITY;
        for step in 1..=settings.max_iterations {
            let next = right + self.multiply(side, &solution);
            let wrong = solution
                .iter()
                .zip(next.iter())
                .zip(right.iter())
                .map(|((x, next), y)| of_equation(next - x, *y, *x, next - y))
                .fold(0.0, worse);
            let residuals = relative_norms(&(&next - &solution), right);
            let residual = residuals.into_iter().fold(OF_EQUATION * wrong, worse);
            if residual <= settings.tolerance {
                return SparseSolution { solution, iterations: answer.iterations + step, residual };
            }
            if step % CALM_ROUNDS == 0 {
                // Where rounds do not bring it nearer, the column as a whole is what there is.
                if !wrong.is_finite() || wrong > 0.9 * before {
                    break;
                }
                before = wrong;
            }
            solution = next;
        }
        answer
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y? As [`Self::solve_in_place`], keeping Y.
    ///
    /// # Errors
    /// As [`Self::solve_in_place`].
    ///
    /// # Panics
    /// If `right` does not have n rows.
    pub fn swept(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        settings: Settings,
    ) -> Result<SparseSolution, SparseError> {
        let mut solution = right.clone();
        let reached = self.solve_in_place(side, &mut solution, settings)?;
        Ok(SparseSolution { solution, iterations: reached.iterations, residual: reached.residual })
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y, by BiCGSTAB?
    ///
    /// Columns of a block share the passes over A but are otherwise independent; a column that
    /// has converged stands still. When the recurrence breaks down, or its residual turns out
    /// not to be the true one, it starts again from the X reached.
    ///
    /// # Errors
    /// [`SparseError::NotConverged`] or [`SparseError::NotFinite`], naming the first column that
    /// failed.
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// 2 products with A per step, typically 10 to 40 products for 10⁻¹²; 8 vectors per column of
    /// a block.
    pub fn bicgstab(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        settings: Settings,
    ) -> Result<SparseSolution, SparseError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let mut answer = SparseSolution::empty(right);
        let mut start = 0;
        while start < right.ncols() {
            let width = self.block_width(right.ncols() - start, 8 * size_of::<f64>());
            start +=
                with_width!(width, bicgstab_block, self.rows(side), right, start, settings, &mut answer)?;
        }
        Ok(answer)
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y, by Gauss–Seidel?
    ///
    /// ```text
    /// x_i ← ( y_i + Σ_{j≠i} a_ij x_j ) / (1 − a_ii),   i = 1, …, n
    /// ```
    ///
    /// with the newest x of the groups of rows before, so that the rows of a group are treated in parallel.
    ///
    /// # Errors
    /// [`SparseError::SelfUse`] if some a_ii ≥ 1, else as [`Self::bicgstab`].
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// One pass over A per sweep, in parallel over rows; 3 vectors per column of a block.
    /// Converges whenever A ≥ 0 and ρ(A) < 1, faster than the Neumann series.
    pub fn gauss_seidel(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        settings: Settings,
    ) -> Result<SparseSolution, SparseError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let rows = self.rows(side);
        rows.divisible()?;
        let mut answer = SparseSolution::empty(right);
        let mut start = 0;
        while start < right.ncols() {
            let width = self.block_width(right.ncols() - start, 3 * size_of::<f64>());
            start += with_width!(width, gauss_seidel_block, rows, right, start, settings, &mut answer)?;
        }
        Ok(answer)
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y, by GMRES(30)?
    ///
    /// # Errors
    /// As [`Self::bicgstab`].
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// One product and up to 60 inner products per iteration; 33 vectors. Right-hand sides are
    /// treated one after the other.
    pub fn gmres(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        settings: Settings,
    ) -> Result<SparseSolution, SparseError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let mut answer = SparseSolution::empty(right);
        for column in 0..right.ncols() {
            gmres_column(self.rows(side), right, column, settings, &mut answer)?;
        }
        Ok(answer)
    }

    /// A or A′.
    fn rows(&self, side: Side) -> &Rows {
        match side {
            Side::Plain => &self.plain,
            Side::Transposed => self
                .transposed
                .get_or_init(|| Rows::new(Arc::new(self.plain.matrix().transpose_view().to_csr()))),
        }
    }

    /// Columns to treat together, with vectors of so many bytes a node and column: not more memory than A takes, and
    /// not many more columns than there are.
    fn block_width(&self, left: usize, bytes: usize) -> usize {
        let fits =
            block_bytes(self.order() as u64, self.stored() as u64) / (bytes * self.order()).max(1) as u64;
        [16, 8, 4, 2]
            .into_iter()
            .find(|&width| width as u64 <= fits && width < 2 * left && (width <= 4 || width <= left))
            .unwrap_or(1)
    }
}

/// How much memory may the vectors of one block of right-hand sides take, in bytes?
#[must_use]
pub fn block_bytes(order: u64, stored: u64) -> u64 {
    // BiCGSTAB has the most vectors: eight, of sixteen columns.
    (12 * stored + 4 * order).max(SMALL_BYTES).min(16 * 64 * order)
}

/// One block of [`SparseSystem::multiply`]; returns how many columns it did.
fn multiply_block<const C: usize>(
    rows: &Rows,
    x: &DMatrix<f64>,
    result: &mut DMatrix<f64>,
    start: usize,
) -> usize {
    let block = gather::<C>(x, start);
    let mut product = vec![[0.0; C]; block.len()];
    rows.multiply(&block, &mut product, |_, sum, []: &mut [[f64; C]; 0]| sum);
    scatter(&product, result, start)
}

impl SparseSolution {
    /// Zeros in the shape of the right-hand side.
    fn empty(right: &DMatrix<f64>) -> Self {
        Self { solution: DMatrix::zeros(right.nrows(), right.ncols()), iterations: 0, residual: 0.0 }
    }

    /// Keeps the worst of the columns.
    fn note(&mut self, iterations: usize, residual: f64) {
        self.iterations = self.iterations.max(iterations);
        self.residual = self.residual.max(residual);
    }
}
