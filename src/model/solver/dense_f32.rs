//! Dense LU in single precision, each solve corrected to double accuracy: half the memory and about half the time of
//! [`super::DenseLu`] for the factorisation, a few products more for each solve.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{Factorisation, LeontiefSolver, Side, SolveError, room_for};
use crate::kernel::refine::RefinedFactors;
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;

const ID: &str = "dense-f32";

/// Blocked LU of I − A in single precision, refined with residuals in double precision.
///
/// # Source
/// Higham (2002), *Accuracy and Stability of Numerical Algorithms*, chapter 12,
/// <https://doi.org/10.1137/1.9780898718027>.
#[derive(Debug)]
pub struct DenseF32;

impl LeontiefSolver for DenseF32 {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "dense LU in single precision, corrected to double accuracy; for few right-hand sides where memory is short"
    }

    fn factorise(
        &self,
        input_coefficients: &Arc<StoredMatrix>,
        axis: &Axis,
    ) -> Result<Box<dyn Factorisation>, SolveError> {
        room_for(ID, 4, input_coefficients.nrows())?;
        let factors = RefinedFactors::factor(Arc::clone(input_coefficients)).map_err(|error| {
            SolveError::Singular { solver: ID, row: axis.row_label(error.index), pivot: error.pivot }
        })?;
        Ok(Box::new(factors))
    }
}

impl Factorisation for RefinedFactors {
    fn solver(&self) -> &'static str {
        ID
    }

    fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<Option<f64>, SolveError> {
        let refined = match side {
            Side::Direct => Self::solve_in_place(self, rhs),
            Side::Transposed => Self::solve_transpose_in_place(self, rhs),
        };
        refined.map(|reached| Some(reached.residual)).map_err(|error| SolveError::NoConvergence {
            solver: ID,
            iterations: error.steps,
            residual: error.backward_error,
            tolerance: f64::EPSILON * (self.order() as f64).sqrt(),
        })
    }
}
