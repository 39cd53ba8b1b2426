//! The inverse of I − A itself: for work that needs its blocks anyway, so that nothing is factorised besides.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::{DensePivoted, Factorisation, LeontiefSolver, Side, SolveError, room_for};
use crate::kernel::dense;
use crate::kernel::inverse::invert_in_place;
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;
use crate::model::residual;

const ID: &str = "dense-inverse";

/// Gauss–Jordan inverse in place, with partial pivoting where a pivot is lost; solves are products with it.
///
/// # Source
/// Quintana, Quintana, Sun and van de Geijn (2001), <https://doi.org/10.1137/S1064827598345679>.
#[derive(Debug)]
pub struct DenseInverse;

/// B = (I − A)⁻¹.
struct Inverse(DMatrix<f64>);

impl LeontiefSolver for DenseInverse {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "the whole inverse, in place; saves memory and a factorisation for methods that need its blocks anyway"
    }

    fn factorise(
        &self,
        input_coefficients: &Arc<StoredMatrix>,
        axis: &Axis,
    ) -> Result<Box<dyn Factorisation>, SolveError> {
        let rows = input_coefficients.nrows();
        room_for(ID, 8, rows)?;
        let probe = |inverse: &DMatrix<f64>| {
            residual::probed(inverse, |side, x| match side {
                Side::Direct => input_coefficients.multiply(x.as_view()),
                Side::Transposed => input_coefficients.transpose_multiply(x.as_view()),
            })
        };
        let make = || input_coefficients.identity_minus(0..rows);
        let (inverse, _) = inverted(&make, &|row| axis.row_label(row), &probe)?;
        Ok(Box::new(Inverse(inverse)))
    }
}

impl Factorisation for Inverse {
    fn solver(&self) -> &'static str {
        ID
    }

    fn inverse(&self) -> Option<&DMatrix<f64>> {
        Some(&self.0)
    }

    fn solve_in_place(&self, side: Side, rhs: &mut DMatrix<f64>) -> Result<Option<f64>, SolveError> {
        *rhs = match side {
            Side::Direct => dense::multiply(self.0.as_view(), rhs.as_view()),
            Side::Transposed => dense::transpose_multiply(self.0.as_view(), rhs.as_view()),
        };
        Ok(None)
    }
}

/// What a probe of an inverse without pivoting may leave: above it, row exchanges are tried.
const TRUSTED: f64 = 1e-12;

/// Inverts what `make` makes, in place, and hands back what `probe` says of it: without pivoting while the pivots allow it
/// and the probe trusts the result, else made again and inverted with partial pivoting. Pivots above zero prove nothing where
/// cells have both signs: a tiny one lets the others grow.
///
/// # Errors
/// A singular matrix.
pub(crate) fn inverted(
    make: &dyn Fn() -> DMatrix<f64>,
    labels: &dyn Fn(usize) -> String,
    probe: &dyn Fn(&DMatrix<f64>) -> f64,
) -> Result<(DMatrix<f64>, f64), SolveError> {
    let mut matrix = make();
    if invert_in_place(&mut matrix).is_ok() {
        let residual = probe(&matrix);
        if residual <= TRUSTED {
            return Ok((matrix, residual));
        }
    }
    drop(matrix);
    let inverse = DensePivoted::invert(make(), labels)?;
    let residual = probe(&inverse);
    Ok((inverse, residual))
}
