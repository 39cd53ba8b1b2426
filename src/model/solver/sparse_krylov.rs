//! Sparse path: A in compressed rows (sprs), right-hand sides solved in blocks by Gauss–Seidel sweeps whose rest is
//! extrapolated, or by a Krylov method where that gains too little.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{Factorisation, LeontiefSolver, Side, SolveError};
use crate::kernel::sparse::{self, Settings, SparseError, SparseSystem};
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;

const ID: &str = "sparse-krylov";

/// Residual at which an iteration stops: one order below what [`super::RESIDUAL_TOLERANCE`] lets pass.
const STOP: f64 = 1e-13;
/// Residual that sweeps go on to where they can: what is small beside the world is right in itself, too.
const AIM: f64 = 1e-14;
/// Products with A after which an iteration is given up; Leontief systems need 10 to 60.
const MAX_PRODUCTS: usize = 2_000;

/// Iteration on the stored non-zeros of A.
///
/// # Source
/// Sidi (2017), *Vector Extrapolation Methods with Applications*, <https://doi.org/10.1137/1.9781611974966>; where sweeps
/// are slow at many directions, van der Vorst (1992), Bi-CGSTAB, <https://doi.org/10.1137/0913035>.
#[derive(Debug)]
pub struct SparseKrylov;

impl LeontiefSolver for SparseKrylov {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "extrapolated Gauss-Seidel sweeps, or BiCGSTAB, on the non-zeros of A (sprs); for firm networks and tables that are nearly empty"
    }

    fn factorise(
        &self,
        input_coefficients: &Arc<StoredMatrix>,
        _axis: &Axis,
    ) -> Result<Box<dyn Factorisation>, SolveError> {
        Ok(Box::new(SparseSystem::new(input_coefficients.to_compressed())))
    }
}

impl Factorisation for SparseSystem {
    fn solver(&self) -> &'static str {
        ID
    }

    fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<Option<f64>, SolveError> {
        let side = match side {
            Side::Direct => sparse::Side::Plain,
            Side::Transposed => sparse::Side::Transposed,
        };
        let settings = Settings { tolerance: STOP, aim: AIM, max_iterations: MAX_PRODUCTS };
        let reached = Self::solve_in_place(self, side, rhs, settings).map_err(|error| match error {
            SparseError::NotConverged { iterations, residual, tolerance, .. } => {
                SolveError::NoConvergence { solver: ID, iterations, residual, tolerance }
            }
            _ => SolveError::NotFinite { solver: ID },
        })?;
        Ok(Some(reached.residual))
    }
}
