//! The few products that every family is made of: one border crossing (A^f), the way inside a country (L), the way
//! round the world (B). All are right-hand sides; nothing here forms an inverse of the whole world.

use std::sync::Arc;

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::model::Model;
use crate::model::solver::{Side, SolveError};

/// A matrix of columns, (n_rows, k).
pub(super) fn columns(of: &[&[f64]]) -> DMatrix<f64> {
    DMatrix::from_iterator(of[0].len(), of.len(), of.iter().flat_map(|column| column.iter().copied()))
}

/// B W.
pub(super) fn global(model: &Model, mut w: DMatrix<f64>) -> Result<DMatrix<f64>, SolveError> {
    model.system().solve_in_place(Side::Direct, &mut w)?;
    Ok(w)
}

/// B' W: row vectors times B, stored as columns.
pub(super) fn global_transposed(model: &Model, mut w: DMatrix<f64>) -> Result<DMatrix<f64>, SolveError> {
    model.system().solve_in_place(Side::Transposed, &mut w)?;
    Ok(w)
}

/// L W: inputs of the own economy only.
pub(super) fn local(model: &Model, w: &DMatrix<f64>) -> Result<DMatrix<f64>, SolveError> {
    model.system().local_product(Side::Direct, w)
}

/// L' W: row vectors times L, stored as columns.
pub(super) fn local_transposed(model: &Model, w: &DMatrix<f64>) -> Result<DMatrix<f64>, SolveError> {
    model.system().local_product(Side::Transposed, w)
}

/// A^f W: what abroad delivers for W. Foreign blocks are multiplied on their own, not as total minus domestic.
pub(super) fn foreign(model: &Model, w: &DMatrix<f64>) -> DMatrix<f64> {
    cross_border(model, w, false)
}

/// A^f' W: row vectors times A^f, stored as columns.
pub(super) fn foreign_transposed(model: &Model, w: &DMatrix<f64>) -> DMatrix<f64> {
    cross_border(model, w, true)
}

fn cross_border(model: &Model, w: &DMatrix<f64>, transposed: bool) -> DMatrix<f64> {
    let (axis, coefficients) = (model.axis(), model.system().input_coefficients());
    let n = axis.n_rows();
    let parts: Vec<DMatrix<f64>> = (0..axis.n_economies())
        .into_par_iter()
        .map(|s| {
            let block = axis.block(s);
            let mut part = DMatrix::zeros(block.len(), w.ncols());
            for other in [0..block.start, block.end..n] {
                if other.is_empty() {
                    continue;
                }
                let given = w.rows_range(other.clone());
                if transposed {
                    coefficients.add_transposed_block_product(&mut part, other, block.clone(), given);
                } else {
                    coefficients.add_block_product(&mut part, block.clone(), other, given);
                }
            }
            part
        })
        .collect();
    let mut product = DMatrix::zeros(n, w.ncols());
    for (s, part) in parts.iter().enumerate() {
        product.rows_range_mut(axis.block(s)).copy_from(part);
    }
    product
}

/// Final goods completed in each row: total, sold at home, sold abroad. (n_rows) each.
pub(super) struct FinalGoods {
    pub total: Vec<f64>,
    pub home: Vec<f64>,
    pub abroad: Vec<f64>,
}

impl FinalGoods {
    pub(super) fn of(model: &Model) -> Self {
        let (axis, demand) = (model.axis(), model.flows().final_demand());
        let sum = |row: usize, keep: &dyn Fn(usize) -> bool| -> f64 {
            (0..axis.n_economies()).filter(|&r| keep(r)).map(|r| demand[(row, r)]).sum()
        };
        let rows = 0..axis.n_rows();
        Self {
            total: rows.clone().map(|row| sum(row, &|_| true)).collect(),
            home: rows.clone().map(|row| demand[(row, axis.economy_of(row))]).collect(),
            abroad: rows.map(|row| sum(row, &|r| r != axis.economy_of(row))).collect(),
        }
    }
}

/// What a unit of exports of each row contains, (n_rows) each.
pub(super) struct ExportContent {
    /// v_s B_ss: domestic value added, double counting included.
    pub domestic: Vec<f64>,
    /// v_s L_ss: domestic value added.
    pub domestic_net: Vec<f64>,
    /// Σ_{t≠s} v_t B_ts: foreign value added.
    pub foreign: Vec<f64>,
    /// u A^f L: imported inputs.
    pub imported: Vec<f64>,
}

impl ExportContent {
    /// Kept with the model: every indicator of participation asks for it at every level.
    pub(super) fn of(model: &Model) -> Result<Arc<Self>, SolveError> {
        model.shared(|| Self::compute(model))
    }

    fn compute(model: &Model) -> Result<Self, SolveError> {
        let axis = model.axis();
        let by_origin = model.value_added_by_origin()?;
        let ones = DMatrix::from_element(axis.n_rows(), 1, 1.0);
        let imported = local_transposed(model, &foreign_transposed(model, &ones))?;
        let shares = columns(&[model.value_added_share()]);
        let net = local_transposed(model, &shares)?;
        let others = |row: usize| -> f64 {
            let s = axis.economy_of(row);
            (0..axis.n_economies()).filter(|&t| t != s).map(|t| by_origin[(t, row)]).sum()
        };
        Ok(Self {
            domestic: (0..axis.n_rows()).map(|row| by_origin[(axis.economy_of(row), row)]).collect(),
            domestic_net: net.as_slice().to_vec(),
            foreign: (0..axis.n_rows()).map(others).collect(),
            imported: imported.as_slice().to_vec(),
        })
    }
}

/// x̂⁻¹ B x by row, (n_rows).
pub(super) struct Upstreamness(pub Vec<f64>);

/// 1'B by row, (n_rows).
pub(super) struct ColumnSums(pub Vec<f64>);

/// Stages from each row to final use.
///
/// (I − D) U = 1 with d_ij = z_ij / x_i has the solution U = x̂⁻¹ B x, so that the factorisation of I − A serves the
/// output side as well. A row without output sells nothing on: U = 1.
pub(super) fn upstreamness(model: &Model) -> Result<Arc<Upstreamness>, SolveError> {
    model.shared(|| {
        let output = model.flows().gross_output();
        let reached = global(model, columns(&[output]))?;
        Ok(Upstreamness(over_output(reached.as_slice(), output)))
    })
}

/// `amounts / output`, one where there is no output.
pub(super) fn over_output(amounts: &[f64], output: &[f64]) -> Vec<f64> {
    amounts.iter().zip(output).map(|(amount, x)| if *x == 0.0 { 1.0 } else { amount / x }).collect()
}

/// 1'B: output of the world that a unit of final output of each row calls forth.
pub(super) fn column_sums(model: &Model) -> Result<Arc<ColumnSums>, SolveError> {
    model.shared(|| {
        let ones = DMatrix::from_element(model.axis().n_rows(), 1, 1.0);
        Ok(ColumnSums(global_transposed(model, ones)?.as_slice().to_vec()))
    })
}
