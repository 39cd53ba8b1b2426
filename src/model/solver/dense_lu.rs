//! Dense LU without pivoting: exact and fastest while I − A is an M-matrix.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{Factorisation, LeontiefSolver, Side, SolveError, room_for};
use crate::kernel::lu::LuFactors;
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;

const ID: &str = "dense-lu";

/// Blocked LU of I − A without row exchanges.
///
/// # Source
/// A nonsingular M-matrix has an LU factorisation with positive pivots and without pivoting: Berman and Plemmons
/// (1994), *Nonnegative Matrices in the Mathematical Sciences*, <https://doi.org/10.1137/1.9781611971262>.
#[derive(Debug)]
pub struct DenseLu;

impl LeontiefSolver for DenseLu {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "dense LU without pivoting; the default for tables whose coefficients are not negative"
    }

    fn factorise(
        &self,
        input_coefficients: &Arc<StoredMatrix>,
        axis: &Axis,
    ) -> Result<Box<dyn Factorisation>, SolveError> {
        room_for(ID, 8, input_coefficients.nrows())?;
        let system = input_coefficients.identity_minus(0..input_coefficients.nrows());
        let factors = LuFactors::factor(system).map_err(|error| SolveError::Singular {
            solver: ID,
            row: axis.row_label(error.index),
            pivot: error.pivot,
        })?;
        Ok(Box::new(factors))
    }
}

impl Factorisation for LuFactors {
    fn solver(&self) -> &'static str {
        ID
    }

    fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<Option<f64>, SolveError> {
        match side {
            Side::Direct => Self::solve_in_place(self, rhs),
            Side::Transposed => Self::solve_transpose_in_place(self, rhs),
        }
        Ok(None)
    }

    fn to_inverse(&self) -> Option<DMatrix<f64>> {
        Some(Self::inverse(self))
    }
}
