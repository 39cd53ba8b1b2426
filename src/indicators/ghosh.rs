//! The supply-driven model and its reading as a price model: how a change of primary costs runs down the chains.

use nalgebra::DMatrix;

use super::chain_algebra::{global_transposed, upstreamness};
use super::sources::DIETZENBACHER_1997;
use super::units::{Home, Units, ratio, worst_gap};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::frame::Measure::{Amount, Pure, Share};
use crate::kernel::pivoted::PivotedFactors;
use crate::model::Model;
use crate::model::solver::SolveError;
use crate::table::ValueAddedConvention;

/// By how much does the value of the world's output rise when an industry's primary costs double?
///
/// ```text
/// Δx' = Δw' G        G = (I − D)⁻¹, D = x̂⁻¹ Z        cost_push_k = w_k Σ_j g_kj
/// ```
/// # Terms
/// `ghosh_multiplier` (row sum of G), `cost_push` (value added times it), `cost_push_share` of world output.
/// # Assumptions
/// Read as prices (Dietzenbacher 1997): quantities stay, costs are passed on in full. As a quantity model it would claim
/// that inputs need no complements.
/// # Cost
/// One right-hand side.
/// # Source
/// Dietzenbacher (1997), <https://doi.org/10.1111/0022-4146.00073>.
pub struct Ghosh;

static GHOSH: Profile = Profile {
    id: "ghosh",
    family: Family::Ghosh,
    question: "By how much does the value of the world's output rise when an industry's primary costs double?",
    equation: "cost_push_k = w_k Σ_j g_kj, G = (I − x̂⁻¹Z)⁻¹; the same as x'Δp with Δp' = Δv'B",
    citations: &[DIETZENBACHER_1997],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        note("va", Amount, "value added of the row"),
        note("cost_push", Amount, "rise of the value of world output when it doubles"),
        note("ghosh_multiplier", Pure, "cost_push / va: the row sum of the Ghosh inverse"),
        note("cost_push_share", Share, "cost_push over world output"),
    ],
    cautions: &["a price model: costs are passed on in full and nobody substitutes"],
    cost: "1 right-hand side: O(n²)",
    takes_satellites: false,
};

impl Indicator for Ghosh {
    fn profile(&self) -> &'static Profile {
        &GHOSH
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let (axis, output, shares) = (model.axis(), model.flows().gross_output(), model.value_added_share());
        let multipliers = &upstreamness(model)?.0;
        let units = Units::of(model, level, request, Home::Excluded);
        let added = units.totals(|row| shares[row] * output[row]);
        let push = units.totals(|row| shares[row] * output[row] * multipliers[row]);
        let mean = units.means(|row| multipliers[row], |row| shares[row] * output[row]);
        let world: f64 = output.iter().sum();
        let share = push.iter().map(|push| ratio(*push, world)).collect();
        // All value added together makes all output: x' = w'G, where value added is the residual.
        let residual = model.description().conventions.value_added == ValueAddedConvention::Residual;
        let gap = residual.then(|| {
            let pushed: f64 =
                (0..axis.n_rows()).map(|row| shares[row] * output[row] * multipliers[row]).sum();
            let made = output.iter().filter(|x| **x != 0.0).sum();
            worst_gap(axis, "x'1 = w'G1", std::iter::once((0, pushed, made)))
        });
        Ok(Reading::of_numbers(&GHOSH, units.keys(), vec![added, push, mean, share]).with_identities(gap))
    }
}

/// By how much do an industry's costs rise when primary costs of a partner rise by one per cent?
///
/// ```text
/// dp_j / p_j = v_t B_t·,j      for a rise of all primary costs in economy t, in per cent of per cent
/// ```
/// # Terms
/// `price_effect` on the output of the row (mean over output where rows are added up); partners add up to one.
/// # Assumptions
/// Costs are passed on in full; home is one of the partners.
/// # Cost
/// G right-hand sides.
/// # Source
/// Dietzenbacher (1997), <https://doi.org/10.1111/0022-4146.00073>.
pub struct CostPush;

static COST_PUSH: Profile = Profile {
    id: "cost-push",
    family: Family::Ghosh,
    question: "By how much do an industry's prices rise when primary costs of a partner rise by one per cent?",
    equation: "Δp_j = v_t B_t·,j; mean over output where rows are added up",
    citations: &[DIETZENBACHER_1997],
    levels: &[Level::Bilateral, Level::BilateralSector],
    columns: &[note("price_effect", Share, "elasticity of the row's price to the partner's primary costs")],
    cautions: &["costs are passed on in full and nobody substitutes"],
    cost: "G right-hand sides: O(n² G)",
    takes_satellites: false,
};

impl Indicator for CostPush {
    fn profile(&self) -> &'static Profile {
        &COST_PUSH
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let output = model.flows().gross_output();
        let by_origin = model.value_added_by_origin()?;
        let units = Units::of(model, level, request, Home::Included);
        let effects = units
            .iter()
            .map(|unit| match (&unit.rows[..], &unit.partners[..]) {
                ([row], [t]) if output[*row] == 0.0 => by_origin[(*t, *row)],
                (rows, partners) => {
                    let weight: f64 = rows.iter().map(|&row| output[row]).sum();
                    let pushed: f64 = rows
                        .iter()
                        .map(|&row| output[row] * partners.iter().map(|&t| by_origin[(t, row)]).sum::<f64>())
                        .sum();
                    ratio(pushed, weight)
                }
            })
            .collect();
        Ok(Reading::of_numbers(&COST_PUSH, units.keys(), vec![effects]))
    }
}

fn sized(what: &'static str, values: &[f64], model: &Model) -> Result<(), IndicatorError> {
    let expected = model.axis().n_rows();
    if values.len() == expected {
        Ok(())
    } else {
        Err(IndicatorError::Size { what, found: values.len(), expected })
    }
}

/// Relative price of each row after a change of primary costs a unit of output: Δp' = Δv' B.
///
/// # Errors
/// Another number of values than the model has rows; a failed solve.
///
/// # Cost
/// One right-hand side.
pub fn price_change(model: &Model, cost_change: &[f64]) -> Result<Vec<f64>, IndicatorError> {
    sized("change of primary costs", cost_change, model)?;
    let rhs = DMatrix::from_column_slice(cost_change.len(), 1, cost_change);
    Ok(global_transposed(model, rhs)?.as_slice().to_vec())
}

/// Cost of tariffs that has piled up in a unit of each row's output: t' = 1'(T ∘ A) B, `rates` by supplying and using
/// row, (n_rows, n_rows), as fractions of the value of the input.
///
/// # Errors
/// Rates of another size than A; a failed solve.
///
/// # Cost
/// One pass over A and one right-hand side.
pub fn cumulative_tariff(model: &Model, rates: &DMatrix<f64>) -> Result<Vec<f64>, IndicatorError> {
    let coefficients = model.system().input_coefficients();
    let expected = model.axis().n_rows();
    if rates.shape() != coefficients.shape() {
        return Err(IndicatorError::Size { what: "tariff rates", found: rates.nrows(), expected });
    }
    let mut direct = vec![0.0; expected];
    coefficients.for_each(|i, j, input| direct[j] += input * rates[(i, j)]);
    price_change(model, &direct)
}

/// Change of the value of output of each row when primary inputs change by `added`: Δx' = Δw' G, by a factorisation of
/// I − D of its own, which makes it a check of [`price_change`].
///
/// # Errors
/// Another number of values than the model has rows; I − D singular.
///
/// # Cost
/// One factorisation: 2/3 n³.
pub fn supply_push(model: &Model, added: &[f64]) -> Result<Vec<f64>, IndicatorError> {
    sized("change of primary inputs", added, model)?;
    let coefficients = model.system().dense_coefficients("the Ghosh supply model")?;
    let output = model.flows().gross_output();
    let n = output.len();
    let system = DMatrix::from_fn(n, n, |i, j| {
        let sold = if output[i] == 0.0 { 0.0 } else { coefficients[(i, j)] * output[j] / output[i] };
        f64::from(u8::from(i == j)) - sold
    });
    let factors = PivotedFactors::factor(system).map_err(|error| SolveError::Singular {
        solver: "dense-pivoted",
        row: model.axis().row_label(error.index),
        pivot: error.pivot,
    })?;
    let mut pushed = DMatrix::from_column_slice(n, 1, added);
    factors.solve_transpose_in_place(&mut pushed);
    Ok(pushed.as_slice().to_vec())
}
