//! Dense LU with partial pivoting (faer): for tables with negative coefficients, and where a pivot was lost without.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{Factorisation, LeontiefSolver, Side, SolveError, room_for};
use crate::kernel::pivoted::PivotedFactors;
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;

const ID: &str = "dense-pivoted";

/// Reciprocal condition below which a system counts as singular: the solution would have no correct digit left.
const SINGULAR: f64 = 1e-14;

/// LU of I − A with row exchanges, and an estimate of its condition.
#[derive(Debug)]
pub struct DensePivoted;

impl DensePivoted {
    fn factors(matrix: DMatrix<f64>, labels: &dyn Fn(usize) -> String) -> Result<PivotedFactors, SolveError> {
        // An industry of hardly any output has inputs of a million a unit: its column, or its row, alone would make the
        // condition.
        let unit = |largest: f64| if largest > 0.0 { largest } else { 1.0 };
        let columns: Vec<f64> = matrix.column_iter().map(|column| unit(column.amax())).collect();
        let mut largest = vec![0.0_f64; matrix.nrows()];
        for (column, scale) in matrix.column_iter().zip(&columns) {
            largest.iter_mut().zip(&column).for_each(|(most, cell)| *most = most.max(cell.abs() / scale));
        }
        let rows: Vec<f64> = largest.into_iter().map(unit).collect();
        let norm = matrix
            .column_iter()
            .zip(&columns)
            .map(|(column, scale)| {
                column.iter().zip(&rows).map(|(cell, row)| cell.abs() / row).sum::<f64>() / scale
            })
            .fold(0.0, f64::max);
        let factors = PivotedFactors::factor(matrix).map_err(|error| SolveError::Singular {
            solver: ID,
            row: labels(error.index),
            pivot: error.pivot,
        })?;
        let rcond = factors.reciprocal_condition(norm, &rows, &columns);
        if !rcond.is_finite() || (factors.order() > 0 && rcond < SINGULAR) {
            return Err(SolveError::IllConditioned { solver: ID, rcond });
        }
        Ok(factors)
    }

    /// The inverse of a matrix, by one right-hand side a column.
    ///
    /// # Errors
    /// A singular matrix.
    pub(crate) fn invert(
        matrix: DMatrix<f64>,
        labels: &dyn Fn(usize) -> String,
    ) -> Result<DMatrix<f64>, SolveError> {
        Ok(Self::factors(matrix, labels)?.inverse())
    }
}

impl LeontiefSolver for DensePivoted {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "dense LU with partial pivoting; for tables with negative coefficients, and the check of the others"
    }

    fn factorise(
        &self,
        input_coefficients: &Arc<StoredMatrix>,
        axis: &Axis,
    ) -> Result<Box<dyn Factorisation>, SolveError> {
        room_for(ID, 8, input_coefficients.nrows())?;
        let system = input_coefficients.identity_minus(0..input_coefficients.nrows());
        Ok(Box::new(Self::factors(system, &|row| axis.row_label(row))?))
    }
}

impl Factorisation for PivotedFactors {
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
        Some(self.inverse())
    }
}
