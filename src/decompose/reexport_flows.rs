//! What the buyer of an intermediate exports of it, by what it sells: final goods, or inputs for others, whose products
//! somebody absorbs after any number of further borders.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::Workspace;
use super::flow_parts::{Cells, Cleared, through_pairs};
use super::others::sums_of_others;
use crate::kernel::dense;
use crate::model::System;
use crate::model::solver::SolveError;

/// Final goods that the buyer makes of the intermediate and exports.
pub(super) struct ReexportedFinals {
    /// A_sr L_rr Σ_{j≠s,r} y_rj.
    pub to_third: Cells,
    /// A_sr L_rr y_rs.
    pub to_home: Cells,
}

/// Inputs that the buyer makes of the intermediate and exports, by who finally absorbs what is made of them.
pub(super) struct ReexportedInputs {
    /// A_sr L_rr Σ_{j≠r} A_rj Σ_{u≠s} (BY)_ju.
    pub absorbed_abroad: Cells,
    /// A_sr L_rr Σ_{j≠r} A_rj (BY)_js.
    pub absorbed_at_home: Cells,
}

/// The same, before the exporter's products are exported once more (sink: last crossing).
pub(super) struct SinkReexportedInputs {
    /// A_sr L_rr Σ_{j≠r} A_rj Σ_{u≠s} q_ju.
    pub absorbed_abroad: Cells,
    /// A_sr L_rr Σ_{j≠r} A_rj q_js.
    pub absorbed_at_home: Cells,
    /// A_sr L_rr Σ_{j≠r} A_rj x^e_j: what the exporter exports again.
    pub exported_again: Cells,
}

impl ReexportedFinals {
    /// # Cost
    /// O(n N G) for local inverses times final demand, O(n²) for the pairs.
    pub fn of(work: &Workspace) -> Result<Self, SolveError> {
        let (axis, system) = (work.axis(), work.system());
        let leontief = system.local_leontief()?;
        let demand = work.flows().final_demand();
        let [to_third, to_home] = through_pairs(system, |r| {
            let needed = dense::multiply(leontief[r].as_view(), demand.rows_range(axis.block(r)));
            let third = sums_of_others(&needed, r);
            move |s| DMatrix::from_columns(&[third.column(s), needed.column(s)])
        });
        Ok(Self { to_third, to_home })
    }
}

impl ReexportedInputs {
    /// # Cost
    /// O(n² G).
    pub fn of(work: &Workspace) -> Result<Self, SolveError> {
        let system = work.system();
        let leontief = system.local_leontief()?;
        let output = work.output_by_absorber()?;
        let [absorbed_abroad, absorbed_at_home] = through_pairs(system, |r| {
            let needed = needed_for_inputs_sold(system, &leontief[r], r, output);
            let third = sums_of_others(&needed, r);
            move |s| {
                let abroad = third.column(s) + needed.column(r);
                DMatrix::from_columns(&[abroad, needed.column(s).into_owned()])
            }
        });
        Ok(Self { absorbed_abroad, absorbed_at_home })
    }
}

impl SinkReexportedInputs {
    /// # Cost
    /// O(n² G).
    pub fn of(work: &Workspace, cleared: &[Cleared]) -> Result<Self, SolveError> {
        let system = work.system();
        let leontief = system.local_leontief()?;
        let made = made_until_exported_again(work, cleared)?;
        let [absorbed_abroad, absorbed_at_home, exported_again] = through_pairs(system, |r| {
            let needed = needed_for_inputs_sold(system, &leontief[r], r, &made);
            move |s| needed.columns(3 * s, 3).into_owned()
        });
        Ok(Self { absorbed_abroad, absorbed_at_home, exported_again })
    }
}

/// Σ_{u≠s} q_·u, q_·s and x^e of every exporter s, side by side, (n_rows, 3 G).
///
/// # Cost
/// O(n²).
fn made_until_exported_again(work: &Workspace, cleared: &[Cleared]) -> Result<DMatrix<f64>, SolveError> {
    let axis = work.axis();
    let inverse = work.system().global_leontief()?;
    let output = work.output_by_absorber()?;
    let by_exporter: Vec<DMatrix<f64>> = (0..axis.n_economies())
        .into_par_iter()
        .map(|s| {
            let of = &cleared[s];
            let left = DMatrix::from_columns(&[
                sum_without(&of.by_absorber, s),
                of.by_absorber.column(s).into_owned(),
                -&of.exports,
            ]);
            let gone = dense::multiply(inverse.columns_range(axis.block(s)), left.as_view());
            let mut kept = DMatrix::zeros(axis.n_rows(), 3);
            kept.set_column(0, &sum_without(output, s));
            kept.set_column(1, &output.column(s));
            kept - gone
        })
        .collect();
    let mut made = DMatrix::zeros(axis.n_rows(), 3 * axis.n_economies());
    for (s, columns) in by_exporter.iter().enumerate() {
        made.columns_mut(3 * s, 3).copy_from(columns);
    }
    Ok(made)
}

/// L_rr Σ_{j≠r} A_rj X_j: the output of `r` for the inputs that it sells to others for their output X.
fn needed_for_inputs_sold(
    system: &System,
    leontief: &DMatrix<f64>,
    r: usize,
    made: &DMatrix<f64>,
) -> DMatrix<f64> {
    let axis = system.axis();
    let block = axis.block(r);
    let mut sold = DMatrix::zeros(block.len(), made.ncols());
    // Before and after the home block: what is used at home is never added and taken away again.
    for others in [0..block.start, block.end..axis.n_rows()] {
        if !others.is_empty() {
            let abroad = made.rows_range(others.clone());
            system.input_coefficients().add_block_product(&mut sold, block.clone(), others, abroad);
        }
    }
    dense::multiply(leontief.as_view(), sold.as_view())
}

/// The sum of the columns of all economies but one.
fn sum_without(columns: &DMatrix<f64>, besides: usize) -> DVector<f64> {
    let mut sum = DVector::zeros(columns.nrows());
    for u in (0..columns.ncols()).filter(|&u| u != besides) {
        sum += columns.column(u);
    }
    sum
}
