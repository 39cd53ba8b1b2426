//! What one world table tells the claims, reduced to matrices by economy (origin by exporter row, absorber by row, ...).

use nalgebra::DMatrix;

use super::error::ClaimError;
use super::parts::SplitFacts;
use super::sectors::SectorMap;
use crate::labels::Axis;
use crate::model::solver::Side;
use crate::model::{Model, ModelOptions};
use crate::table::IcioTable;

/// What a world table tells beyond national accounts: who added value in whose exports and final demand.
#[derive(Debug, Clone)]
pub struct WorldFacts {
    /// Labels and row order of the table (GN rows).
    pub axis: Axis,
    /// x, (GN).
    pub gross_output: Vec<f64>,
    /// v, (GN).
    pub value_added_share: Vec<f64>,
    /// e_sr, (GN, G): exports of each row to each economy.
    pub bilateral_exports: DMatrix<f64>,
    /// The part of e_sr that is used as an input, (GN, G).
    pub intermediate_exports: DMatrix<f64>,
    /// Y by absorbing economy, (GN, G).
    pub final_demand: DMatrix<f64>,
    /// v_t B_t·, (G, GN): value added by origin in a unit of final output of each row.
    pub value_added_by_origin: DMatrix<f64>,
    /// The same, counting no value added of mining; absent when the labels do not say what mining is.
    pub without_mining_by_origin: Option<DMatrix<f64>>,
    /// B Y, (GN, G): output of each row for the final demand of each economy.
    pub output_by_absorber: DMatrix<f64>,
    /// B e_r, (GN, G): output of each row for the exports of each economy.
    pub output_by_exporter: DMatrix<f64>,
    /// Σ_{i in t} a_ij, (G, GN): direct inputs from each economy in a unit of output of each row (face value).
    pub inputs_by_origin: DMatrix<f64>,
    /// B F, (GN, N): output of each row in the world chain that ends in each product, F the final demand for it.
    pub output_by_chain: DMatrix<f64>,
    /// Mean number of transactions between each row and the final product of each chain, (GN, N); zero where the row
    /// has no part in the chain.
    ///
    /// ```text
    /// Σ_n n A^n F / Σ_n A^n F  =  (B B F − B F) / B F
    /// ```
    pub stages_by_chain: DMatrix<f64>,
    /// Accounts beside value added by row: (name, amounts), for example [`JOBS`] and [`LABOUR`]; NaN where not known.
    pub satellites: Vec<(String, Vec<f64>)>,
    /// Economies with a processing part, split economies whose parts are known.
    pub(super) splits: Vec<SplitFacts>,
}

/// Name of the satellite that counts persons engaged.
pub const JOBS: &str = "jobs";
/// Name of the satellite of labour compensation, in the unit of the table.
pub const LABOUR: &str = "labour";

impl WorldFacts {
    /// The facts of a table, and the model that they are taken from.
    pub(super) fn of(
        table: &IcioTable,
        map: &SectorMap,
        options: &ModelOptions,
        name: &str,
    ) -> Result<(Self, Model), ClaimError> {
        let model = Model::build(table, options)
            .map_err(|error| ClaimError::Model { table: name.to_owned(), error })?;
        let axis = model.axis().clone();
        let flows = model.flows();
        let without_mining_by_origin = if map.knows_mining() {
            let amounts: Vec<f64> = (0..axis.n_rows())
                .map(|row| {
                    if map.mining[axis.sector_of(row)] {
                        0.0
                    } else {
                        model.value_added_share()[row] * flows.gross_output()[row]
                    }
                })
                .collect();
            let rest = model
                .with_satellite("value added without mining", "", &amounts)
                .map_err(|error| ClaimError::Model { table: name.to_owned(), error })?;
            Some(rest.value_added_by_origin()?.clone())
        } else {
            None
        };
        let (output_by_chain, stages_by_chain) = chains(&model)?;
        let facts = Self {
            inputs_by_origin: inputs_by_origin(&model),
            output_by_chain,
            stages_by_chain,
            satellites: Vec::new(),
            splits: SplitFacts::of(&model, name)?,
            gross_output: flows.gross_output().to_vec(),
            value_added_share: model.value_added_share().to_vec(),
            bilateral_exports: flows.bilateral_exports().clone(),
            intermediate_exports: flows.bilateral_intermediate_exports().clone(),
            final_demand: flows.final_demand().clone(),
            value_added_by_origin: model.value_added_by_origin()?.clone(),
            without_mining_by_origin,
            output_by_absorber: model.output_by_absorber()?.clone(),
            output_by_exporter: model.output_by_exporter()?.clone(),
            axis,
        };
        Ok((facts, model))
    }

    /// The amounts of a satellite account, (GN).
    pub fn satellite(&self, name: &str) -> Option<&[f64]> {
        self.satellites.iter().find(|(other, _)| other == name).map(|(_, amounts)| amounts.as_slice())
    }

    /// Gross exports of each row, (GN).
    pub fn gross_exports(&self) -> Vec<f64> {
        self.bilateral_exports.row_iter().map(|row| row.sum()).collect()
    }

    /// Value added of each origin in a unit of final output of each row, of all industries or without mining, (G, GN).
    pub fn by_origin(&self, without_mining: bool) -> &DMatrix<f64> {
        match (&self.without_mining_by_origin, without_mining) {
            (Some(rest), true) => rest,
            _ => &self.value_added_by_origin,
        }
    }

    /// Foreign value added in the exports of economy `s` of the sectors in `exporting`, and what it is a part of: those
    /// exports, or what is left of them without mining.
    ///
    /// ```text
    /// FC_s = Σ_{j in s, exporting} Σ_{t≠s} v_t B_tj e_j     whole = Σ_{j in s, exporting} (1 − Σ_t v^mining_t B_tj) e_j
    /// ```
    pub fn content_of_exports(&self, s: usize, exporting: &[bool], without_mining: bool) -> (f64, f64) {
        let (mut foreign, mut whole) = (0.0, 0.0);
        for j in self.axis.block(s).filter(|&j| exporting[self.axis.sector_of(j)]) {
            let exports = self.bilateral_exports.row(j).sum();
            foreign += self.foreign_part(s, j, without_mining) * exports;
            whole += self.counted_part(j, without_mining) * exports;
        }
        (foreign, whole)
    }

    /// Value added of other economies than `s` in a unit of final output of row `j`, of all industries or without mining.
    pub fn foreign_part(&self, s: usize, j: usize, without_mining: bool) -> f64 {
        let by_origin = self.by_origin(without_mining);
        (0..self.axis.n_economies()).filter(|&t| t != s).map(|t| by_origin[(t, j)]).sum()
    }

    /// What a unit of final output of row `j` is without the value added of mining, of any origin; one with it.
    pub fn counted_part(&self, j: usize, without_mining: bool) -> f64 {
        match (&self.without_mining_by_origin, without_mining) {
            (Some(rest), true) => 1.0 - (self.value_added_by_origin.column(j) - rest.column(j)).sum(),
            _ => 1.0,
        }
    }

    /// Value added of economy `s`, in sectors of origin `origin`, that is absorbed abroad (VAX-C).
    pub fn value_added_exports(&self, s: usize, origin: &[bool]) -> f64 {
        self.axis
            .block(s)
            .filter(|&row| origin[self.axis.sector_of(row)])
            .map(|row| {
                let abroad: f64 = (0..self.axis.n_economies())
                    .filter(|&r| r != s)
                    .map(|r| self.output_by_absorber[(row, r)])
                    .sum();
                self.value_added_share[row] * abroad
            })
            .sum()
    }
}

/// Direct inputs by economy of origin, (G, GN).
fn inputs_by_origin(model: &Model) -> DMatrix<f64> {
    let (axis, inputs) = (model.axis(), model.system().input_coefficients());
    DMatrix::from_fn(axis.n_economies(), axis.n_rows(), |t, column| {
        axis.block(t).map(|row| inputs.get(row, column)).sum()
    })
}

/// Output and distance of every row in the chains of final products: B F and (B B F − B F) / B F.
fn chains(model: &Model) -> Result<(DMatrix<f64>, DMatrix<f64>), ClaimError> {
    let (axis, demand) = (model.axis(), model.flows().final_demand());
    let mut output = DMatrix::zeros(axis.n_rows(), axis.n_sectors());
    for row in 0..axis.n_rows() {
        output[(row, axis.sector_of(row))] += demand.row(row).sum();
    }
    model.system().solve_in_place(Side::Direct, &mut output)?;
    let mut stages = output.clone();
    model.system().solve_in_place(Side::Direct, &mut stages)?;
    stages.zip_apply(&output, |twice, once| {
        *twice = if once == 0.0 { 0.0 } else { (*twice - once) / once };
    });
    Ok((output, stages))
}
