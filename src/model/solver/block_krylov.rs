//! Large dense tables: GMRES over Gauss–Seidel sweeps by domestic blocks, in single precision inside a refinement in double.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{Factorisation, LeontiefSolver, Side, SolveError};
use crate::kernel::krylov::{BlockSystem, KrylovError};
use crate::kernel::sparse;
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;

const ID: &str = "block-krylov";

/// Residual at which an iteration stops: two orders below what [`super::RESIDUAL_TOLERANCE`] lets pass. The third
/// correction in single precision takes it to 1e-15 on tables of the world.
const STOP: f64 = 1e-13;

/// Block GMRES on all right-hand sides, over sweeps with the inverses of the domestic blocks.
///
/// # Source
/// Saad (2003), *Iterative Methods for Sparse Linear Systems*, sections 4.1.1, 6.12 and 9.3.1,
/// <https://doi.org/10.1137/1.9780898718003>.
#[derive(Debug)]
pub struct BlockKrylov;

impl LeontiefSolver for BlockKrylov {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "sweeps over the domestic blocks in single precision, refined to double; for dense tables too large for one factorisation"
    }

    fn factorise(
        &self,
        input_coefficients: &Arc<StoredMatrix>,
        axis: &Axis,
    ) -> Result<Box<dyn Factorisation>, SolveError> {
        let system = BlockSystem::new(Arc::clone(input_coefficients), &axis.blocks())
            .map_err(|error| named(error, |row| axis.row_label(row)))?;
        Ok(Box::new(system))
    }
}

fn named(error: KrylovError, label: impl Fn(usize) -> String) -> SolveError {
    match error {
        KrylovError::Block { row, pivot } => SolveError::Singular { solver: ID, row: label(row), pivot },
        KrylovError::NotConverged { products, residual, tolerance } => {
            SolveError::NoConvergence { solver: ID, iterations: products, residual, tolerance }
        }
        KrylovError::NotFinite { .. } => SolveError::NotFinite { solver: ID },
    }
}

impl Factorisation for BlockSystem {
    fn solver(&self) -> &'static str {
        ID
    }

    fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<Option<f64>, SolveError> {
        let side = match side {
            Side::Direct => sparse::Side::Plain,
            Side::Transposed => sparse::Side::Transposed,
        };
        let reached = Self::solve_in_place(self, side, rhs, STOP);
        Ok(Some(reached.map_err(|error| named(error, |row| row.to_string()))?.residual))
    }
}
