//! What is sold to whom: final demand, gross output, and exports by exporter, sector, partner and use.

use nalgebra::DMatrix;

use super::System;
use super::solver::{Side, SolveError};
use super::system::Kept;
use crate::blocks;
use crate::table::IcioTable;

/// Final demand, output and exports of a world, in the table's unit.
#[derive(Debug, Clone)]
pub struct Flows {
    final_demand: DMatrix<f64>,
    gross_output: Vec<f64>,
    bilateral_intermediate_exports: DMatrix<f64>,
    bilateral_final_exports: DMatrix<f64>,
    bilateral_exports: DMatrix<f64>,
    gross_exports: Vec<f64>,
    output_by_absorber: Kept<DMatrix<f64>>,
    output_by_exporter: Kept<DMatrix<f64>>,
}

impl Flows {
    /// Exports from coefficients, output and final demand: e_sr = A_sr x_r + y_sr, home blocks left out.
    pub(super) fn of(system: &System, final_demand: DMatrix<f64>, gross_output: Vec<f64>) -> Self {
        let axis = system.axis();
        let coefficients = system.input_coefficients();
        let mut intermediate = coefficients.sums_by_ranges(&axis.blocks(), Some(&gross_output));
        for r in 0..axis.n_economies() {
            intermediate.column_mut(r).rows_range_mut(axis.block(r)).fill(0.0);
        }
        let mut final_exports = final_demand.clone();
        for r in 0..axis.n_economies() {
            final_exports.column_mut(r).rows_range_mut(axis.block(r)).fill(0.0);
        }
        let bilateral = &intermediate + &final_exports;
        let mut gross = vec![0.0; axis.n_rows()];
        for column in bilateral.column_iter() {
            for (sum, value) in gross.iter_mut().zip(column.iter()) {
                *sum += value;
            }
        }
        Self {
            final_demand,
            gross_output,
            bilateral_intermediate_exports: intermediate,
            bilateral_final_exports: final_exports,
            bilateral_exports: bilateral,
            gross_exports: gross,
            output_by_absorber: Kept::default(),
            output_by_exporter: Kept::default(),
        }
    }

    /// Y by absorbing economy, (n_rows, n_economies).
    pub fn final_demand(&self) -> &DMatrix<f64> {
        &self.final_demand
    }

    /// x, (n_rows).
    pub fn gross_output(&self) -> &[f64] {
        &self.gross_output
    }

    /// e_sr: exports of each row to each economy, (n_rows, n_economies); zero at home.
    pub fn bilateral_exports(&self) -> &DMatrix<f64> {
        &self.bilateral_exports
    }

    /// A_sr x_r: the part of e_sr that the buyer uses as an input, (n_rows, n_economies).
    pub fn bilateral_intermediate_exports(&self) -> &DMatrix<f64> {
        &self.bilateral_intermediate_exports
    }

    /// y_sr: the part of e_sr that goes to final demand, (n_rows, n_economies).
    pub fn bilateral_final_exports(&self) -> &DMatrix<f64> {
        &self.bilateral_final_exports
    }

    /// e_s: gross exports of each row, (n_rows).
    pub fn gross_exports(&self) -> &[f64] {
        &self.gross_exports
    }

    /// One bilateral flow changed, everything else as it was: for [`super::Damage`].
    pub(super) fn with_exports_times(&self, row: usize, importer: usize, factor: f64) -> Self {
        let mut flows = self.clone();
        flows.bilateral_exports[(row, importer)] *= factor;
        flows
    }

    pub(super) fn output_by_absorber(&self, system: &System) -> Result<&DMatrix<f64>, SolveError> {
        self.output_by_absorber.get_or_try_init(system, || {
            let mut rhs = self.final_demand.clone();
            let residual = system.solve_measured(Side::Direct, &mut rhs)?;
            Ok((rhs, residual))
        })
    }

    pub(super) fn output_by_exporter(&self, system: &System) -> Result<&DMatrix<f64>, SolveError> {
        self.output_by_exporter.get_or_try_init(system, || {
            let mut rhs = blocks::spread_by_economy(&self.gross_exports, system.axis());
            let residual = system.solve_measured(Side::Direct, &mut rhs)?;
            Ok((rhs, residual))
        })
    }
}

impl IcioTable {
    /// Gross exports by economy straight from the flows of the table: the second way of computing them.
    pub fn gross_exports_by_economy(&self) -> Vec<f64> {
        let axis = self.axis();
        let n = axis.n_rows();
        let categories = self.categories().len();
        (0..axis.n_economies())
            .map(|s| {
                let home = axis.block(s);
                let sold = self.intermediate_use().sums_of_columns(home.clone());
                let inputs: f64 = sold[..home.start].iter().chain(&sold[home.end..n]).sum();
                let home_final = s * categories..(s + 1) * categories;
                let finals: f64 = (0..self.final_demand().ncols())
                    .filter(|column| !home_final.contains(column))
                    .map(|column| self.final_demand().column(column).rows_range(home.clone()).sum())
                    .sum();
                inputs + finals
            })
            .collect()
    }
}
