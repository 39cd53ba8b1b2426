//! Leontief solvers: one factorisation (or preconditioner) of I − A, reused for every right-hand side.
//!
//! To add a solver: one file that implements [`LeontiefSolver`], one line in [`SOLVERS`].

mod block_krylov;
mod dense_f32;
mod dense_lu;
mod dense_pivoted;
mod sparse_krylov;

use std::sync::Arc;

use nalgebra::DMatrix;

pub use block_krylov::BlockKrylov;
pub use dense_f32::DenseF32;
pub use dense_lu::DenseLu;
pub use dense_pivoted::DensePivoted;
pub use sparse_krylov::SparseKrylov;

use crate::kernel::stored::{Storage, StoredMatrix};
use crate::labels::Axis;

/// Relative residual ‖(I − A)X − Y‖₁ / ‖Y‖₁ above which a solve is an error. Direct solves reach 1e-15, iterative
/// ones stop at 1e-13; two orders of room keep an honest solve in and a wrong one out.
pub const RESIDUAL_TOLERANCE: f64 = 1e-11;

/// Which system: I − A (demand side) or its transpose (price side, value-added multipliers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// (I − A) X = Y.
    Direct,
    /// (I − A)' X = Y.
    Transposed,
}

/// Why a system could not be solved.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SolveError {
    /// I − A has no inverse (or a pivot too small to trust).
    #[error("solver `{solver}`: I − A is singular: pivot {pivot:.3e} at row `{row}`")]
    Singular {
        /// Solver id.
        solver: &'static str,
        /// Label of the row.
        row: String,
        /// The pivot.
        pivot: f64,
    },
    /// I − A has no inverse for working purposes.
    #[error("solver `{solver}`: I − A is singular to working precision (reciprocal condition {rcond:.1e})")]
    IllConditioned {
        /// Solver id.
        solver: &'static str,
        /// Reciprocal condition estimate.
        rcond: f64,
    },
    /// The iteration stopped short.
    #[error(
        "solver `{solver}`: residual {residual:.1e} after {iterations} iterations, tolerance {tolerance:.0e}"
    )]
    NoConvergence {
        /// Solver id.
        solver: &'static str,
        /// Iterations made.
        iterations: usize,
        /// Relative residual reached.
        residual: f64,
        /// Relative residual wanted.
        tolerance: f64,
    },
    /// The solution does not satisfy the system.
    #[error(
        "solver `{solver}`: the solution misses its tolerance: relative residual {residual:.1e}, allowed {tolerance:.0e}"
    )]
    Residual {
        /// Solver id.
        solver: &'static str,
        /// Relative residual.
        residual: f64,
        /// Tolerance.
        tolerance: f64,
    },
    /// NaN or infinity in a solution.
    #[error("solver `{solver}`: the solution is not finite")]
    NotFinite {
        /// Solver id.
        solver: &'static str,
    },
    /// The request needs the dense coefficients in double precision, or the inverse of I − A.
    #[error("{needs} needs {what}, and this table of {rows} rows is kept as: {found}")]
    NeedsDense {
        /// Who asks.
        needs: &'static str,
        /// What is asked for.
        what: &'static str,
        /// How the coefficients are kept.
        found: Storage,
        /// Rows of the table.
        rows: usize,
    },
    /// No solver of that name.
    #[error("unknown solver `{name}`: there are {known}")]
    UnknownSolver {
        /// What was asked for.
        name: String,
        /// Ids that exist.
        known: String,
    },
}

impl SolveError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Singular { .. } | Self::IllConditioned { .. } => {
                "an industry whose inputs equal or exceed its output makes I − A singular: `vadex check TABLE` names \
                 the industries with negative or zero value added"
                    .into()
            }
            Self::NoConvergence { .. } | Self::Residual { .. } | Self::NotFinite { .. } => {
                "try `--solver dense-pivoted`, and look at `vadex check TABLE` for broken rows".into()
            }
            Self::NeedsDense { rows, .. } => format!(
                "read the table with `--store f64` (the inverse alone then takes {:.1} GB), make it coarser with \
                 `vadex aggregate`, or take a method that gets by without: `vadex list methods`",
                8e-9 * (*rows as f64) * (*rows as f64)
            ),
            Self::UnknownSolver { .. } => "`vadex list solvers` describes them".into(),
        }
    }
}

/// A prepared I − A: solves for any number of right-hand sides.
pub trait Factorisation: Send + Sync {
    /// Id of the solver that made it.
    fn solver(&self) -> &'static str;

    /// Overwrites `rhs` (n_rows, k) by the solution of the system.
    ///
    /// # Errors
    /// Iterative solvers report a failure to converge.
    fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<(), SolveError>;
}

/// A way of solving Leontief systems.
pub trait LeontiefSolver: Sync {
    /// Flat id, as on the command line.
    fn id(&self) -> &'static str;
    /// One sentence: what it is and when to take it.
    fn summary(&self) -> &'static str;
    /// Prepares I − A. The coefficients are shared, not copied, by solvers that work on A itself; `axis` says which rows
    /// are one economy and names them in messages.
    ///
    /// # Errors
    /// A singular system.
    fn factorise(
        &self,
        input_coefficients: &Arc<StoredMatrix>,
        axis: &Axis,
    ) -> Result<Box<dyn Factorisation>, SolveError>;
}

/// Every solver, in the order of `vadex list solvers`.
pub static SOLVERS: &[&dyn LeontiefSolver] =
    &[&DenseLu, &DensePivoted, &DenseF32, &BlockKrylov, &SparseKrylov];

/// Looks a solver up by id.
///
/// # Errors
/// [`SolveError::UnknownSolver`].
pub fn find_solver(id: &str) -> Result<&'static dyn LeontiefSolver, SolveError> {
    SOLVERS.iter().find(|solver| solver.id() == id).copied().ok_or_else(|| SolveError::UnknownSolver {
        name: id.to_owned(),
        known: SOLVERS.iter().map(|solver| solver.id()).collect::<Vec<_>>().join(", "),
    })
}

/// Density of A below which the sparse path is taken for large tables.
pub const SPARSE_DENSITY: f64 = 0.02;
/// Rows from which the sparse path can pay: below it, one dense factorisation is a fraction of a second.
pub const SPARSE_ROWS: usize = 5_000;

/// The solver that size, density and signs call for.
///
/// Dense LU without pivoting is exact and fastest while I − A is an M-matrix (A ≥ 0, column sums below one); a
/// negative coefficient or a column sum above one calls for pivoting; large and nearly empty systems are iterated.
pub fn choose_solver(input_coefficients: &StoredMatrix) -> &'static dyn LeontiefSolver {
    let n = input_coefficients.nrows();
    if n >= SPARSE_ROWS && input_coefficients.density() < SPARSE_DENSITY {
        return &SparseKrylov;
    }
    let m_matrix = input_coefficients.negative_cells().0 == 0
        && input_coefficients.column_sums().iter().all(|sum| *sum <= 1.0);
    if m_matrix { &DenseLu } else { &DensePivoted }
}
