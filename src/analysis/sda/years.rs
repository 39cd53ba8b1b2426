//! The factors of two years, and what they make where some are of one and some of the other.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::shares::{Sourced, Totals, YEARS, there};
use super::{AnalysisError, World};
use crate::frame::ResultNotes;
use crate::kernel::dense;
use crate::labels::Axis;
use crate::model::System;

/// Labels told one by one.
const MOST_LABELS: usize = 6;

/// The factors of both years.
pub(super) struct Years<'a> {
    axis: &'a Axis,
    systems: [&'a System; 2],
    /// v, (n_rows).
    value_added_share: [&'a [f64]; 2],
    /// x, (n_rows).
    output: [&'a [f64]; 2],
    /// A, apart into T and S.
    inputs: Sourced<'a>,
    /// Inputs a unit of output, (n_rows).
    input_ratio: Totals,
    /// Y, apart into what is demanded of each sector and R.
    demand: Sourced<'a>,
    /// f, (n_economies).
    demand_level: Totals,
}

impl<'a> Years<'a> {
    pub(super) fn of(from: &'a World, to: &'a World) -> Result<Self, AnalysisError> {
        let models = [from, to].map(World::model);
        let axis = models[0].axis();
        let systems = models.map(|model| model.system());
        let coefficients = [
            systems[0].dense_coefficients("a structural decomposition")?,
            systems[1].dense_coefficients("a structural decomposition")?,
        ];
        let demands = models.map(|model| model.flows().final_demand());
        let output = models.map(|model| model.flows().gross_output());
        let demand_level = Totals::of(demands);
        // An economy without final demand is not there.
        let weights: [Vec<f64>; 2] = YEARS.map(|year| {
            demand_level.sizes[year].iter().map(|size| if *size == 0.0 { 0.0 } else { 1.0 }).collect()
        });
        let demand = Sourced::of(axis, demands, [&weights[0], &weights[1]]);
        let inputs = Sourced::of(axis, coefficients, output);
        let input_ratio = Totals::of(coefficients);
        Ok(Self {
            axis,
            systems,
            value_added_share: models.map(|model| model.value_added_share()),
            output,
            inputs,
            input_ratio,
            demand,
            demand_level,
        })
    }

    /// Value added of a row for a unit of its output, of one year.
    pub(super) fn share(&self, year: usize, row: usize) -> f64 {
        self.value_added_share[there(self.output, row, year)][row]
    }

    /// Output of a row as the table of a year has it.
    pub(super) fn output(&self, year: usize, row: usize) -> f64 {
        self.output[year][row]
    }

    /// Final demand of each economy (column) for each row, with shares, mix and level of either year: bits 0, 1 and 2.
    pub(super) fn demanded(&self, bits: usize) -> DMatrix<f64> {
        let sizes = [self.demand_level.sizes[0].as_slice(), self.demand_level.sizes[1].as_slice()];
        let [shares, mix, level] = [bits & 1, bits >> 1 & 1, bits >> 2 & 1];
        let mut demanded = DMatrix::zeros(self.axis.n_rows(), self.axis.n_economies());
        for economy in 0..self.axis.n_economies() {
            let shares = there(sizes, economy, shares);
            let (mix, scale) = self.demand_level.scaled(economy, level, mix);
            for row in 0..self.axis.n_rows() {
                demanded[(row, economy)] = scale * self.demand.cell(mix, shares, row, economy);
            }
        }
        demanded
    }

    /// The system of a table.
    pub(super) fn system(&self, year: usize) -> &'a System {
        self.systems[year]
    }

    /// The system with inputs a unit of output, their mix and suppliers' shares of these years, where it is neither table's own.
    pub(super) fn mixed(&self, triple: [usize; 3]) -> Result<Option<System>, AnalysisError> {
        let [ratio, mix, shares] = triple;
        if ratio == mix && mix == shares && !self.lacks_output(mix) {
            return Ok(None);
        }
        Ok(Some(self.systems[0].with_coefficients(self.coefficients(triple))?))
    }

    /// Is there an industry without output in this year that has some in the other?
    fn lacks_output(&self, year: usize) -> bool {
        self.output[year].iter().zip(self.output[1 - year]).any(|(own, other)| *own == 0.0 && *other != 0.0)
    }

    /// A with inputs a unit of output, their mix and suppliers' shares of these years.
    fn coefficients(&self, triple: [usize; 3]) -> DMatrix<f64> {
        let rows = self.axis.n_rows();
        let mut coefficients: DMatrix<f64> = dense::zeros(rows, rows);
        coefficients.as_mut_slice().par_chunks_mut(rows.max(1)).enumerate().for_each(|(column, cells)| {
            let [ratio, mix, shares] = triple.map(|year| there(self.output, column, year));
            let (mix, scale) =
                if ratio == mix { (mix, 1.0) } else { self.input_ratio.scaled(column, ratio, mix) };
            for (row, cell) in cells.iter_mut().enumerate() {
                *cell = scale * self.inputs.cell(mix, shares, row, column);
            }
        });
        coefficients
    }

    /// What was not defined, or is not what it seems.
    pub(super) fn told(&self, coupled: bool) -> Vec<String> {
        let mut told = Vec::new();
        let rows = 0..self.axis.n_rows();
        let lacking: Vec<String> = rows
            .clone()
            .filter(|&row| (self.output[0][row] == 0.0) != (self.output[1][row] == 0.0))
            .map(|row| self.axis.row_label(row))
            .collect();
        if !lacking.is_empty() {
            told.push(format!(
                "output in one of the years only: {}; what is added and bought there a unit of output is that of that year",
                named(&lacking)
            ));
        }
        let economies = self.axis.economies();
        let level: Vec<String> = (0..economies.len())
            .filter(|&economy| self.demand_level.cancels(economy))
            .map(|economy| economies[economy].clone())
            .collect();
        if !level.is_empty() {
            told.push(format!(
                "final demand: amounts cancel in all that is demanded by {}: no mix is made, what changes there besides \
                 suppliers' shares is demand-level",
                named(&level)
            ));
        }
        let ratio: Vec<String> = rows
            .filter(|&row| coupled && self.input_ratio.cancels(row))
            .map(|row| self.axis.row_label(row))
            .collect();
        if !ratio.is_empty() {
            told.push(format!(
                "inputs: amounts cancel in all that is bought by {}: no mix is made, what changes there besides suppliers' \
                 shares is value-added-share",
                named(&ratio)
            ));
        }
        told.extend(self.inputs.undefined.told("inputs", "an industry buys of a sector", "technology"));
        told.extend(self.demand.undefined.told(
            "final demand",
            "an economy demands of a sector",
            "demand-mix",
        ));
        told
    }
}

/// Labels, the first of them where there are many.
fn named(labels: &[String]) -> String {
    let more = labels.len().saturating_sub(MOST_LABELS);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", labels[..labels.len() - more].join(", "))
}

/// Counts the residual of a system that is mixed of both years, and says where it is no sum of rounds.
pub(super) fn note_mixed(mixed: &System, notes: &mut ResultNotes) {
    notes.worst_residual = notes.worst_residual.max(mixed.worst_residual());
    if mixed.lost_a_pivot() {
        let remark = "some group of industries uses more of its own output than it makes in a mixture of the two years: \
                      what is solved for is no sum of rounds there, and the band is as wide as that makes it";
        if !notes.remarks.iter().any(|known| known == remark) {
            notes.remarks.push(remark.into());
        }
    }
}
