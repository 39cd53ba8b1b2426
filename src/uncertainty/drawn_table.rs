//! One table that errors in the cells could have given: every flow drawn, then balanced back to the published margins.
//!
//! What is held: output of every industry (row sums of Z and Y), its intermediate inputs (column sums of Z, so its value
//! added) and what each final-demand column spends. These are national-accounts totals, far better known than who sold to
//! whom. What is drawn: every cell of Z and, unless it is held, of Y; value added and with it the totals of final demand
//! when the caller gives it an error.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::{ErrorModel, UncertaintyError};
use crate::stats::NormalStream;
use crate::table::biproportional::{self, BalanceError, FitOptions, Line};
use crate::table::{IcioTable, RowRole};

/// Columns of which the errors are drawn at once.
const COLUMNS: usize = 64;
/// Cells that one task multiplies by their errors, at least.
const TASK: usize = 32_768;

/// Are the cells of final demand drawn?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FinalDemandErrors {
    /// Drawn like those of intermediate use.
    #[default]
    Drawn,
    /// Held: every cell of Y stays as published.
    Held,
}

/// How tables are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawPlan {
    /// Draws to make.
    pub draws: usize,
    /// Seed: the same seed gives the same tables on any number of threads.
    pub seed: u64,
    /// Errors of cells.
    pub errors: ErrorModel,
    /// Cells of final demand.
    pub final_demand: FinalDemandErrors,
    /// Standard deviation of the log-odds of each industry's value-added share; 0 holds value added.
    pub value_added_sd: f64,
    /// Largest relative gap of a row after balancing. Columns are met to rounding.
    pub tolerance: f64,
    /// Most sweeps of a balancing; a draw that needs more has failed.
    pub most_sweeps: usize,
    /// Level of the percentile interval.
    pub level: f64,
}

impl DrawPlan {
    /// Draws when the caller does not say.
    pub const DEFAULT_DRAWS: usize = 1000;
    /// Seed when the caller does not say.
    pub const DEFAULT_SEED: u64 = 1;
    /// Level of the interval when the caller does not say.
    pub const DEFAULT_LEVEL: f64 = 0.95;
    /// A thousandth of the smallest error of a cell: what is left of a row's gap cannot be seen in an interval.
    pub const DEFAULT_TOLERANCE: f64 = 1e-5;
    /// Some five times what tables of the world need at the default tolerance.
    pub const DEFAULT_SWEEPS: usize = 200;

    /// Draws that an interval of this level needs: at least one beyond each of its ends.
    #[must_use]
    pub fn least_draws(&self) -> usize {
        /// 2 / (1 − 0.9) is 20 and some rounding: not 21.
        const ROUNDING: f64 = 1e-9;
        #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a level in (0, 1)")]
        let needed = (2.0 / (1.0 - self.level) - ROUNDING).ceil() as usize;
        needed
    }
}

impl Default for DrawPlan {
    fn default() -> Self {
        Self {
            draws: Self::DEFAULT_DRAWS,
            seed: Self::DEFAULT_SEED,
            errors: ErrorModel::default(),
            final_demand: FinalDemandErrors::default(),
            value_added_sd: 0.0,
            tolerance: Self::DEFAULT_TOLERANCE,
            most_sweeps: Self::DEFAULT_SWEEPS,
            level: Self::DEFAULT_LEVEL,
        }
    }
}

/// The tables around one table.
pub struct DrawnTables<'a> {
    table: &'a IcioTable,
    plan: &'a DrawPlan,
    /// The flows that are drawn: `[Z Y]`, or Z.
    flows: DMatrix<f64>,
    sds: Vec<f32>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    output: Vec<f64>,
}

impl<'a> DrawnTables<'a> {
    /// Sizes the errors of every cell; no table is drawn yet.
    ///
    /// # Errors
    /// Value added drawn while final demand is held; parameters out of range.
    ///
    /// # Cost
    /// One power a cell, once a table.
    pub fn new(table: &'a IcioTable, plan: &'a DrawPlan) -> Result<Self, UncertaintyError> {
        for (parameter, found, good, expected) in [
            (
                "the level of the interval",
                plan.level,
                plan.level > 0.0 && plan.level < 1.0,
                "between 0 and 1",
            ),
            (
                "the tolerance of balancing",
                plan.tolerance,
                plan.tolerance > 0.0 && plan.tolerance < 0.1,
                "more than 0 and less than 0.1",
            ),
            (
                "the error of value added",
                plan.value_added_sd,
                (0.0..=2.0).contains(&plan.value_added_sd),
                "0 to 2",
            ),
        ] {
            if !good {
                return Err(UncertaintyError::Parameter { parameter, found, expected });
            }
        }
        if plan.value_added_sd > 0.0 && plan.final_demand == FinalDemandErrors::Held {
            return Err(UncertaintyError::NothingFollows);
        }
        let n = table.axis().n_rows();
        let mut flows = table.flows();
        #[expect(clippy::cast_possible_truncation, reason = "seven digits of an error are plenty")]
        let mut sds: Vec<f32> = plan.errors.sds(flows.as_slice()).into_iter().map(|sd| sd as f32).collect();
        let output = table.row_sums();
        if plan.final_demand == FinalDemandErrors::Held {
            flows = flows.columns(0, n).into_owned();
            sds.truncate(n * n);
        }
        let mut rows = vec![0.0; n];
        for column in flows.column_iter() {
            rows.iter_mut().zip(column.iter()).for_each(|(sum, cell)| *sum += cell);
        }
        let columns = flows.column_iter().map(|column| column.sum()).collect();
        Ok(Self { table, plan, flows, sds, rows, columns, output })
    }

    /// Table number `index`.
    ///
    /// # Errors
    /// Margins that the drawn cells cannot be balanced to within the plan's sweeps; flows that are no table.
    ///
    /// # Cost
    /// One exponential a cell and one pass over the cells a sweep.
    pub fn draw(&self, index: usize) -> Result<IcioTable, BalanceError> {
        let n = self.rows.len();
        let mut random = NormalStream::new(self.plan.seed, index as u64);
        let mut flows = self.flows.clone();
        let mut normals = vec![0.0_f32; n * COLUMNS];
        for (cells, sds) in flows.as_mut_slice().chunks_mut(n * COLUMNS).zip(self.sds.chunks(n * COLUMNS)) {
            // One stream a draw, column after column; what is made of it is each cell's own.
            normals[..cells.len()].chunks_exact_mut(n).for_each(|normals| random.fill(normals));
            let columns =
                cells.par_chunks_exact_mut(n).zip(sds.par_chunks_exact(n)).zip(normals.par_chunks_exact(n));
            columns.with_min_len(1 + TASK / n).for_each(|((cells, sds), normals)| {
                for ((cell, sd), z) in cells.iter_mut().zip(sds).zip(normals) {
                    *cell *= f64::from((sd * (z - 0.5 * sd)).exp());
                }
            });
        }
        let drawn = if self.plan.value_added_sd > 0.0 { Some(self.drawn_inputs(&mut random)) } else { None };
        let columns = drawn.as_ref().map_or(&self.columns, |drawn| &drawn.columns);
        let options = FitOptions { tolerance: self.plan.tolerance, most_sweeps: self.plan.most_sweeps };
        let label = |line: Line| match line {
            Line::Row(row) => self.table.axis().row_label(row),
            Line::Column(column) if column < n => self.table.axis().row_label(column),
            Line::Column(column) => self.table.final_demand_label(column - n),
        };
        biproportional::fit(&mut flows, &self.rows, columns, &options, &label)?;
        let (intermediate_use, final_demand) = match self.plan.final_demand {
            FinalDemandErrors::Drawn => crate::table::split_flows(flows, n),
            FinalDemandErrors::Held => (flows, self.table.final_demand().clone()),
        };
        let table = self.table.with_flows(intermediate_use, final_demand)?;
        Ok(match drawn {
            Some(drawn) => table.with_primary_rows_times(RowRole::ValueAdded, &drawn.value_added_factors),
            None => table,
        })
    }

    /// Value-added shares with errors in their log-odds; final demand follows in proportion, so that the totals agree.
    fn drawn_inputs(&self, random: &mut NormalStream) -> DrawnInputs {
        let n = self.rows.len();
        let mut normals = vec![0.0_f32; n];
        random.fill(&mut normals);
        let mut columns = self.columns.clone();
        let mut value_added_factors = vec![1.0; n];
        for j in 0..n {
            let value_added = self.output[j] - self.columns[j];
            let share = value_added / self.output[j];
            // A share outside (0, 1) has no log-odds: it is held.
            if share > 0.0 && share < 1.0 {
                let odds = share / (1.0 - share) * (self.plan.value_added_sd * f64::from(normals[j])).exp();
                let drawn = self.output[j] * odds / (1.0 + odds);
                columns[j] = self.output[j] - drawn;
                value_added_factors[j] = drawn / value_added;
            }
        }
        let total: f64 = self.rows.iter().sum();
        let (inputs, before): (f64, f64) = (columns[..n].iter().sum(), self.columns[..n].iter().sum());
        let factor = (total - inputs) / (total - before);
        columns[n..].iter_mut().for_each(|margin| *margin *= factor);
        DrawnInputs { columns, value_added_factors }
    }
}

/// Column margins of a draw with errors in value added.
struct DrawnInputs {
    columns: Vec<f64>,
    value_added_factors: Vec<f64>,
}
