//! Leontief solvers: one factorisation (or preconditioner) of I − A, reused for every right-hand side.
//!
//! To add a solver: one file that implements [`LeontiefSolver`], one line in [`SOLVERS`].

mod block_krylov;
mod dense_f32;
mod dense_inverse;
mod dense_lu;
mod dense_pivoted;
mod sparse_krylov;

use std::sync::Arc;

use nalgebra::DMatrix;

pub use block_krylov::BlockKrylov;
pub use dense_f32::DenseF32;
pub use dense_inverse::DenseInverse;
pub(crate) use dense_inverse::inverted;
pub use dense_lu::DenseLu;
pub use dense_pivoted::DensePivoted;
pub use sparse_krylov::SparseKrylov;

use super::memory;
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
    /// A dense matrix that does not fit into memory.
    #[error(
        "{needs} needs {} for {rows} x {rows} cells, {} are available",
        memory::readable(*.bytes), memory::readable(*.available)
    )]
    NoRoom {
        /// Who asks.
        needs: &'static str,
        /// Rows.
        rows: usize,
        /// Bytes of the matrix.
        bytes: u64,
        /// Bytes that can be had.
        available: u64,
    },
    /// No solver of that name.
    #[error("unknown solver `{name}`: there are {known}")]
    UnknownSolver {
        /// What was asked for.
        name: String,
        /// Ids that exist.
        known: String,
        /// The nearest one, when one is close.
        nearest: Option<String>,
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
            Self::NoConvergence { solver, .. }
            | Self::Residual { solver, .. }
            | Self::NotFinite { solver } => {
                // Who pivots already is not told to.
                if *solver == DensePivoted.id() {
                    "I − A is all but singular: `vadex check TABLE` names the rows that may be broken, such as industries \
                     with next to no output or with inputs above it"
                        .into()
                } else {
                    "try `--solver dense-pivoted`, and look at `vadex check TABLE` for broken rows".into()
                }
            }
            Self::NeedsDense { rows, .. } => {
                let bytes = 8 * (*rows as u64) * (*rows as u64);
                format!(
                    "where there are {} for cells, factors and inverse, read the table with `--store f64`; else make it \
                     coarser with `vadex aggregate`, or take a method that gets by without: `vadex list methods`",
                    memory::readable(3 * bytes)
                )
            }
            Self::NoRoom { needs, .. } => {
                let half = if *needs == DenseLu.id() { "try `--solver dense-f32` (half of that), " } else { "" };
                format!("{half}make the table coarser with `vadex aggregate`, or take a machine with more memory")
            }
            Self::UnknownSolver { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownSolver { .. } => "`vadex list solvers` describes them".into(),
        }
    }
}

/// A prepared I − A: solves for any number of right-hand sides.
pub trait Factorisation: Send + Sync {
    /// Id of the solver that made it.
    fn solver(&self) -> &'static str;

    /// The whole inverse, where that is what was prepared.
    fn inverse(&self) -> Option<&DMatrix<f64>> {
        None
    }

    /// Overwrites `rhs` (n_rows, k) by the solution of the system. A solver that ends with the residual hands
    /// it back: the largest ‖(I − A)X − Y‖₁ / ‖Y‖₁ over the columns, of the X returned and the coefficients that were given,
    /// computed in double precision or bounded from above. Nothing from a solver that does not look.
    ///
    /// # Errors
    /// Iterative solvers report a failure to converge.
    fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<Option<f64>, SolveError>;

    /// (I − A)⁻¹, where what was prepared makes it cheaper than inverting anew.
    fn to_inverse(&self) -> Option<DMatrix<f64>> {
        None
    }
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
    &[&DenseLu, &DensePivoted, &DenseInverse, &DenseF32, &BlockKrylov, &SparseKrylov];

/// Looks a solver up by id.
///
/// # Errors
/// [`SolveError::UnknownSolver`].
pub fn find_solver(id: &str) -> Result<&'static dyn LeontiefSolver, SolveError> {
    SOLVERS.iter().find(|solver| solver.id() == id).copied().ok_or_else(|| SolveError::UnknownSolver {
        name: id.to_owned(),
        known: SOLVERS.iter().map(|solver| solver.id()).collect::<Vec<_>>().join(", "),
        nearest: crate::labels::nearest(SOLVERS.iter().map(|solver| solver.id()), id),
    })
}

/// Density of A below which the sparse path is taken for large tables.
pub const SPARSE_DENSITY: f64 = 0.02;
/// Rows from which the sparse path can pay: below it, one dense factorisation is a fraction of a second.
pub const SPARSE_ROWS: usize = 5_000;
/// Rows from which a dense table is iterated: one factorisation would take as long as solving for every economy, and as
/// much memory again as the table.
pub const ITERATED_ROWS: usize = 12_000;

/// The solver that size, density and signs call for, and why, in words.
///
/// Dense LU without pivoting is exact and fastest while I − A is an M-matrix. With A ≥ 0 its own pivots are the check: all
/// of them are positive when, and only when, it is one, whatever a single industry pays for its inputs. A negative
/// coefficient calls for pivoting; large and nearly empty systems are iterated on their non-zeros, very large dense ones
/// with their domestic blocks as preconditioner. What memory is left does not count: the same table is solved in the same
/// way on every machine, and where the factors do not fit the error says so.
pub fn choose_solver(input_coefficients: &StoredMatrix) -> (&'static dyn LeontiefSolver, String) {
    let n = input_coefficients.nrows();
    if n >= SPARSE_ROWS {
        let density = input_coefficients.density();
        if density < SPARSE_DENSITY {
            return (&SparseKrylov, format!("{n} rows, {:.2}% of the cells are not zero", 100.0 * density));
        }
    }
    let chosen = by_size(n, input_coefficients.storage());
    if chosen.id() == BlockKrylov.id() {
        return (chosen, format!("{n} rows"));
    }
    let negative = input_coefficients.negative_cells().0;
    if negative > 0 {
        return (&DensePivoted, format!("{negative} negative coefficients"));
    }
    (&DenseLu, "no negative coefficient".into())
}

/// Refuses a dense n x n matrix that the machine has no room for, before it is asked for.
///
/// # Errors
/// [`SolveError::NoRoom`].
pub(crate) fn room_for(needs: &'static str, bytes_a_cell: u64, rows: usize) -> Result<(), SolveError> {
    let bytes = bytes_a_cell * rows as u64 * rows as u64;
    match memory::available() {
        Some(available) if bytes > available => Err(SolveError::NoRoom { needs, rows, bytes, available }),
        _ => Ok(()),
    }
}

/// The solver that size and storage alone call for.
pub(super) fn by_size(rows: usize, storage: Storage) -> &'static dyn LeontiefSolver {
    if storage == Storage::Compressed && rows >= SPARSE_ROWS {
        &SparseKrylov
    } else if rows >= ITERATED_ROWS {
        &BlockKrylov
    } else {
        &DenseLu
    }
}
