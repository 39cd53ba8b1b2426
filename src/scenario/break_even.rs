//! What it would take to make a loss good, or to eat a gain up: growth of exports, and a price wedge.

use nalgebra::DMatrix;

use super::Change;
use super::error::{At, ScenarioError};
use super::names::Names;
use super::prices::price_change;
use super::state::State;
use crate::blocks;
use crate::model::Model;
use crate::model::solver::{Side, SolveError};

/// By how much must exports grow to make good what the switch to other suppliers takes?
///
/// ```text
/// ΔVA_s = v_s (L'_ss − L_ss) f_s = v_s L'_ss (A'_ss − A_ss) x_s        f_s = x_s − A_ss x_s: final demand at home + exports
/// g*    = −ΔVA_s / (v_s L'_ss e_s)
/// ```
/// Exports are held: what foreign suppliers buy back is left out here, unlike in the world solution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakEvenGrowth {
    /// Value added of the economy before.
    pub value_added: f64,
    /// v_s (A'_ss − A_ss) x_s: first round.
    pub first_round: f64,
    /// ΔVA_s.
    pub change: f64,
    /// v_s L'_ss e_s: domestic value added in exports, with the new inputs.
    pub in_exports: f64,
    /// g*; NaN when exports hold no value added.
    pub growth: f64,
}

/// [`BreakEvenGrowth`] of an economy.
///
/// # Errors
/// A singular domestic block.
///
/// # Cost
/// Two right-hand sides of the local inverses.
pub fn break_even_growth(
    before: &Model,
    after: &Model,
    economy: usize,
) -> Result<BreakEvenGrowth, ScenarioError> {
    let axis = before.axis();
    let block = axis.block(economy);
    let (output, shares) = (before.flows().gross_output(), before.value_added_share());
    let change = after.system().coefficient_block(economy, economy)
        - before.system().coefficient_block(economy, economy);
    let mut rhs = DMatrix::zeros(axis.n_rows(), 2);
    for (i, row) in block.clone().enumerate() {
        rhs[(row, 0)] = block.clone().enumerate().map(|(j, buyer)| change[(i, j)] * output[buyer]).sum();
        rhs[(row, 1)] = before.flows().gross_exports()[row];
    }
    let made = after.system().local_product(Side::Direct, &rhs)?;
    let worth = |matrix: &DMatrix<f64>, column: usize| -> f64 {
        block.clone().map(|row| shares[row] * matrix[(row, column)]).sum()
    };
    let (lost, in_exports) = (worth(&made, 0), worth(&made, 1));
    Ok(BreakEvenGrowth {
        value_added: block.clone().map(|row| shares[row] * output[row]).sum(),
        first_round: worth(&rhs, 0),
        change: lost,
        in_exports,
        growth: if in_exports == 0.0 { f64::NAN } else { -lost / in_exports },
    })
}

/// Value added of an economy with the new domestic inputs when its exports are (1 + `growth`) times what they were: solved
/// in levels, which makes it the check of [`break_even_growth`].
///
/// ```text
/// v_s L'_ss (f_s + g e_s)
/// ```
///
/// # Errors
/// A singular domestic block.
pub fn value_added_with_exports(
    before: &Model,
    after: &Model,
    economy: usize,
    growth: f64,
) -> Result<f64, ScenarioError> {
    let axis = before.axis();
    let output = before.flows().gross_output();
    let block = axis.block(economy);
    let inputs = before.system().coefficient_block(economy, economy);
    let mut orders = DMatrix::zeros(axis.n_rows(), 1);
    for (i, row) in block.clone().enumerate() {
        let used: f64 = block.clone().enumerate().map(|(j, buyer)| inputs[(i, j)] * output[buyer]).sum();
        orders[(row, 0)] = output[row] - used + growth * before.flows().gross_exports()[row];
    }
    let made = after.system().local_product(Side::Direct, &orders)?;
    Ok(block.map(|row| before.value_added_share()[row] * made[(row, 0)]).sum())
}

/// At which price of the new source is the change of real value added nil?
///
/// Real value added is value added at the prices of before, deflated by the price of the economy's final demand when the
/// new source costs w more than the old and users pass it on in full. Costs that foreign users bear are theirs.
///
/// ```text
/// VA'_s / (1 + τ_s + w κ_s) = VA_s      κ_s = d' B' y_s / u y_s      w* = (VA'_s / VA_s − 1 − τ_s) / κ_s
/// ```
/// d_j: inputs switched in a unit of output of j, at the price of before; τ_s: by how much the same price rises because of
/// everything else that the scenario makes dearer, tariffs and the wedges of other economies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakEvenWedge {
    /// Value added of the economy before.
    pub before: f64,
    /// After, at the prices of before.
    pub after: f64,
    /// κ: rise of the price of final demand for a wedge of one.
    pub push: f64,
    /// τ: rise of the price of final demand by what else the scenario makes dearer.
    pub others: f64,
    /// w*; NaN when the switch does not reach the economy's final demand.
    pub wedge: f64,
}

/// [`BreakEvenWedge`] of an economy, with `switched` a unit of output of each row and `others` the rise of the price of
/// its final demand that does not come from this switch; 0 when nothing else moves prices.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// One right-hand side.
pub fn break_even_wedge(
    before: &Model,
    after: &Model,
    economy: usize,
    switched: &[f64],
    others: f64,
) -> Result<BreakEvenWedge, ScenarioError> {
    let value_added = |model: &Model| {
        let (x, v) = (model.flows().gross_output(), model.value_added_share());
        let amounts: Vec<f64> = x.iter().zip(v).map(|(x, v)| x * v).collect();
        blocks::sum_by_economy(&amounts, model.axis())[economy]
    };
    let (old, new) = (value_added(before), value_added(after));
    let (_, push) = price_change(after, switched.to_vec())?.of_final_demand(after, economy);
    let wedge = if push == 0.0 { f64::NAN } else { (new / old - 1.0 - others) / push };
    Ok(BreakEvenWedge { before: old, after: new, push, others, wedge })
}

/// What a switch of suppliers does inside the economy that makes it, exports and final demand held: no world is solved.
///
/// ```text
/// Δx_s = L'_ss (A'_ss − A_ss) x_s      κ_s = d_s L'_ss y_ss / u y_s      w* as in [`BreakEvenWedge`]
/// ```
/// The price push counts domestic stages only, as the quantities do.
#[derive(Debug, Clone, PartialEq)]
pub struct NationalEffect {
    /// Change of value added and the growth of exports that makes it good.
    pub growth: BreakEvenGrowth,
    /// Change of value added of each row of the economy, in order of its block.
    pub by_row: Vec<f64>,
    /// Σ_j d_j x_j: inputs that are switched, at the output of before.
    pub switched: f64,
    /// Break-even price wedge; NaN when the switch does not reach final demand.
    pub wedge: f64,
}

/// [`NationalEffect`] of one change that switches inputs of `economy`.
///
/// # Errors
/// As [`super::evaluate_changes`].
///
/// # Cost
/// A copy of A and a factorisation of one domestic block.
pub fn national_effect(
    model: &Model,
    economy: usize,
    change: &dyn Change,
) -> Result<NationalEffect, ScenarioError> {
    let at = || At { file: "national".into(), line: 1, kind: "given" };
    let names = Names::default();
    let mut state = State::new(model, &names);
    change
        .check()
        .and_then(|()| change.apply(&mut state))
        .map_err(|problem| ScenarioError::Change { at: at(), problem })?;
    let made = state.finish();
    let axis = model.axis();
    let block = axis.block(economy);
    let n = block.len();
    let old = model.system().coefficient_block(economy, economy);
    let new = match &made.coefficients {
        Some(coefficients) => blocks::block(coefficients, axis, economy, economy).into_owned(),
        None => old.clone(),
    };
    let part = |values: &[f64]| DMatrix::from_column_slice(n, 1, &values[block.clone()]);
    let (x, v) = (part(model.flows().gross_output()), part(model.value_added_share()));
    let singular = || SolveError::Singular {
        solver: "domestic block",
        row: axis.economies()[economy].clone(),
        pivot: 0.0,
    };
    let orders = (&new - &old) * &x;
    let factors = (DMatrix::identity(n, n) - new).lu();
    let solve = |rhs: &DMatrix<f64>| factors.solve(rhs).ok_or_else(singular);
    let made_more = solve(&orders)?;
    let in_exports = v.dot(&solve(&part(model.flows().gross_exports()))?);
    let (before, lost) = (v.dot(&x), v.dot(&made_more));
    let d = made.switched.get(&economy).map_or_else(|| DMatrix::zeros(n, 1), |switched| part(switched));
    let demand = model.flows().final_demand().column(economy);
    let home = solve(&DMatrix::from_fn(n, 1, |row, _| demand[block.start + row]))?;
    let push = d.dot(&home) / demand.sum();
    Ok(NationalEffect {
        growth: BreakEvenGrowth {
            value_added: before,
            first_round: v.dot(&orders),
            change: lost,
            in_exports,
            growth: if in_exports == 0.0 { f64::NAN } else { -lost / in_exports },
        },
        by_row: v.iter().zip(made_more.iter()).map(|(share, more)| share * more).collect(),
        switched: d.dot(&x),
        wedge: if push == 0.0 { f64::NAN } else { lost / before / push },
    })
}
