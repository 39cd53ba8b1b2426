//! Dominant-eigenvector linkages: an industry's pull counts for more when it pulls on industries that pull.

use nalgebra::{DMatrix, DVector};

use super::sources::DIETZENBACHER_1992;
use super::units::Rows;
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::blocks;
use crate::frame::Measure::Pure;
use crate::kernel::pivoted::PivotedFactors;
use crate::model::Model;

/// Whose pull and push matter most, when the pull of those that are pulled counts too?
///
/// ```text
/// backward  q' A = λ q'        forward  D w = λ w, D = x̂⁻¹ A x̂        normalised to a mean of one
/// ```
/// # Terms
/// `bl_eigen fl_eigen` of the whole world, `bl_eigen_domestic fl_eigen_domestic` of each economy's own block (mean one
/// in the economy).
/// # Assumptions
/// A ≥ 0 has one dominant eigenvalue. Where A has negative cells, or where two parts of the world hardly trade, the
/// iteration may not settle: the column is then empty and a remark says so.
/// # Cost
/// A few factorisations of n rows: O(n³).
/// # Source
/// Dietzenbacher (1992), <https://doi.org/10.1016/0264-9993(92)90024-X>. Iteration after Noda (1971), Numerische
/// Mathematik 17, 382-386.
pub struct Eigenvector;

static PROFILE: Profile = Profile {
    id: "eigenvector",
    family: Family::Linkages,
    question: "Whose pull and push matter most, when the pull of those that are pulled counts too?",
    equation: "q'A = λq' (backward), D w = λ w with D = x̂⁻¹Ax̂ (forward), each with mean one",
    citations: &[DIETZENBACHER_1992],
    levels: &[Level::Sector],
    columns: &[
        note("bl_eigen", Pure, "backward, world"),
        note("fl_eigen", Pure, "forward, world"),
        note("bl_eigen_domestic", Pure, "backward, own economy"),
        note("fl_eigen_domestic", Pure, "forward, own economy"),
    ],
    cautions: &[
        "in a world of weakly connected economies the vector sits almost wholly in the one whose own production is the \
         most roundabout: compare across industries of one economy by the domestic version",
    ],
    cost: "a few factorisations: O(n³)",
    takes_satellites: true,
};

impl Indicator for Eigenvector {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let n = axis.n_rows();
        let coefficients = model.system().dense_coefficients("eigenvector centrality")?;
        let output = model.flows().gross_output();
        let sales = DMatrix::from_fn(n, n, |i, j| {
            if output[i] == 0.0 { 0.0 } else { coefficients[(i, j)] * output[j] / output[i] }
        });
        let mut unsettled = Vec::new();
        let mut settle = |what: String, vector: Option<DVector<f64>>, n: usize| {
            vector.map_or_else(
                || {
                    unsettled.push(what);
                    vec![f64::NAN; n]
                },
                |vector| vector.as_slice().to_vec(),
            )
        };
        let backward = settle("world, backward".into(), dominant(coefficients.transpose()), n);
        let forward = settle("world, forward".into(), dominant(sales.clone()), n);
        let (mut own_backward, mut own_forward) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for economy in 0..axis.n_economies() {
            let (name, size) = (&axis.economies()[economy], axis.block(economy).len());
            let inputs = blocks::block(coefficients, axis, economy, economy).transpose();
            let sold = blocks::block(&sales, axis, economy, economy).into_owned();
            own_backward.extend(settle(format!("{name}, backward"), dominant(inputs), size));
            own_forward.extend(settle(format!("{name}, forward"), dominant(sold), size));
        }
        let remark = (!unsettled.is_empty())
            .then(|| format!("no dominant eigenvector was found for: {}", unsettled.join("; ")));
        let rows = Rows::of(model, request);
        let columns = [&backward, &forward, &own_backward, &own_forward];
        Ok(Reading::of_numbers(&PROFILE, rows.keys(), columns.map(|values| rows.pick(values)).into())
            .with_remarks(remark.into_iter().collect()))
    }
}

/// ‖M w − λ w‖₁ / (λ ‖w‖₁) at which a vector counts as found: rounding of a product, with room.
const SETTLED: f64 = 1e-13;
/// Factorisations at most; each one shrinks the bracket around λ faster than linearly.
const FACTORISATIONS: usize = 12;
/// Solves with one factorisation before the shift is moved.
const SOLVES: usize = 30;
/// How far above the upper bound of λ the shift stays, so that the system is not singular to working precision.
const MARGIN: f64 = 1e-6;

/// The dominant right eigenvector of a non-negative matrix, with mean one; `None` when it does not settle.
///
/// Shifted inverse iteration: with a shift σ ≥ λ the inverse of σI − M is non-negative and keeps the vector positive;
/// max_i (M w)_i / w_i is an upper bound of λ for positive w (Collatz and Wielandt) and becomes the next shift.
fn dominant(matrix: DMatrix<f64>) -> Option<DVector<f64>> {
    let n = matrix.nrows();
    if n == 0 || matrix.iter().all(|value| *value == 0.0) {
        return None;
    }
    let mut vector = DVector::from_element(n, 1.0);
    let mut shift = f64::INFINITY;
    for _ in 0..FACTORISATIONS {
        let image = &matrix * &vector;
        let bound = image
            .iter()
            .zip(vector.iter())
            .filter(|(_, w)| **w > f64::MIN_POSITIVE)
            .map(|(image, w)| image / w)
            .fold(0.0_f64, f64::max);
        // A bound that does not fall any more is the best there is: the remaining solves do the work.
        shift = bound.min(shift);
        if !(shift > 0.0 && shift.is_finite()) {
            return None;
        }
        let shifted = shift * (1.0 + MARGIN);
        let system = DMatrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - matrix[(i, j)] / shifted);
        let factors = PivotedFactors::factor(system).ok()?;
        for _ in 0..SOLVES {
            let mut next = DMatrix::from_column_slice(n, 1, vector.as_slice());
            factors.solve_in_place(&mut next);
            let size = next.sum() / n as f64;
            vector = DVector::from_iterator(n, next.iter().map(|value| value / size));
            if !vector.iter().all(|value| value.is_finite()) {
                return None;
            }
            if residual(&matrix, &vector) < SETTLED {
                return Some(vector);
            }
        }
    }
    None
}

fn residual(matrix: &DMatrix<f64>, vector: &DVector<f64>) -> f64 {
    let image = matrix * vector;
    let eigenvalue = image.sum() / vector.sum();
    (&image - vector * eigenvalue).lp_norm(1) / (eigenvalue.abs() * vector.lp_norm(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_with_a_known_vector() {
        // λ = 0.6 with w = (1, 2): 0.2 + 2·0.2 = 0.6, 0.4 + 2·0.4 = 1.2.
        let found = dominant(DMatrix::from_row_slice(2, 2, &[0.2, 0.2, 0.4, 0.4])).unwrap();
        assert!((found[0] - 2.0 / 3.0).abs() < 1e-12 && (found[1] - 4.0 / 3.0).abs() < 1e-12, "{found}");
    }

    #[test]
    fn the_vector_satisfies_its_equation_on_a_larger_matrix() {
        let matrix = DMatrix::from_fn(40, 40, |i, j| ((i * 7 + j * 13) % 11) as f64 / 400.0);
        let found = dominant(matrix.clone()).unwrap();
        assert!(residual(&matrix, &found) < SETTLED);
        assert!(found.iter().all(|value| *value > 0.0));
    }

    #[test]
    fn nothing_that_buys_nothing_has_no_dominant_vector() {
        assert_eq!(dominant(DMatrix::zeros(3, 3)), None);
    }
}
