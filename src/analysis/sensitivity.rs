//! Which flows, coefficients and value-added shares move a measure most, as rows and columns.

mod cells;
mod leading;
mod sums;

use nalgebra::DMatrix;
use rayon::prelude::*;

use self::cells::{Cells, Changed, Place, Row};
use self::leading::{Leading, Ranked};
use self::sums::{Pairs, added_up};
use super::{AnalysisError, Piece, Preparation, Satellite, World};
use crate::frame::{Column, Frame, Measure as ColumnMeasure, ResultNotes};
use crate::level::Level;
use crate::load::TableRef;
use crate::model::Model;
use crate::model::memory::{Asked, Workload};
use crate::table::IcioTable;
use crate::uncertainty::{ErrorModel, FinalDemandErrors, FirstOrder, Gradient, Measure};

/// What sells a value-added share.
const VALUE_ADDED: &str = "value added";
/// Columns of the result.
const COLUMNS: usize = 10;
/// Copies of all flows that are held beside the model: the flows in one matrix, and their slopes when the table is balanced
/// again. Neither the table nor a row a cell stays: the first cells are selected by position, and pairs are added up in
/// place.
const COPIES: usize = 2;
/// So many rows to keep are reckoned as a row for every cell: how many cells a table has is not known beforehand.
const AS_ALL: usize = 100_000;
/// Columns from which the first cells are selected together: bands are the same on any number of threads, and small enough
/// to keep all of them busy.
const BAND: usize = 16;

/// Derivatives of one measure, ranked: what `vadex sensitivity` computes.
#[derive(Debug, Clone)]
pub struct SensitivityAnalysis {
    /// The measure.
    pub measure: &'static Measure,
    /// The exporting economy.
    pub economy: String,
    /// One exporting sector of it.
    pub sector: Option<String>,
    /// What is changed, and what follows.
    pub change: Change,
    /// What a row of the result is.
    pub by: SensitivityRows,
    /// What comes first.
    pub rank: Rank,
    /// Rows to keep; 0 for all.
    pub top: usize,
    /// Errors of cells, for the variance to first order.
    pub errors: ErrorModel,
    /// Have cells of final demand errors?
    pub final_demand: FinalDemandErrors,
}

/// What is changed, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Flows; output and value added follow.
    Flows,
    /// Input coefficients at the cost of the buyer's value added.
    Inputs,
    /// Input coefficients and value-added shares, each alone.
    Coefficients,
}

/// What a row of the result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SensitivityRows {
    /// A seller and a buyer.
    Cell,
    /// A selling and a buying economy.
    Economies,
    /// A selling sector and a buying sector or category.
    Sectors,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rank {
    /// Largest effect of 1 %, of either sign.
    Effect,
    /// Largest part of the variance.
    Variance,
}

impl Preparation {
    /// [`Preparation::build_with`] that keeps the table, its groups united, beside its worlds.
    ///
    /// # Errors
    /// As [`Preparation::open`].
    pub fn build_beside(
        &self,
        table: IcioTable,
        satellites: &[&Satellite],
    ) -> Result<(IcioTable, World, Vec<Result<World, AnalysisError>>), AnalysisError> {
        let (table, notes) = self.united(table)?;
        let fitted: Vec<_> = satellites.iter().map(|satellite| satellite.fit(&table)).collect();
        let world = self.model(table.clone(), notes)?;
        let traced = fitted.into_iter().map(|fitted| world.tracing(&fitted?)).collect();
        Ok((table, world, traced))
    }
}

/// A standard deviation below this part of the number is what rounding leaves of none.
const ROUNDING: f64 = 1e-13;

impl SensitivityAnalysis {
    /// Can its rows be ranked as asked?
    ///
    /// # Errors
    /// [`AnalysisError::RankedByVariance`]: coefficients have no variance here, only flows have errors.
    pub fn check(&self) -> Result<(), AnalysisError> {
        if self.rank == Rank::Variance && self.change != Change::Flows {
            return Err(AnalysisError::RankedByVariance);
        }
        Ok(())
    }

    /// The result of one table, and its rows.
    ///
    /// # Errors
    /// Labels that the table does not have, an economy without exports, conventions under which flows have no derivative, a
    /// failed solve.
    ///
    /// # Cost
    /// Two right-hand sides after the factorisation, and passes over the flows.
    pub fn run(&self, preparation: &Preparation, table: &TableRef) -> Result<(Piece, usize), AnalysisError> {
        self.check()?;
        let table = table.open(&preparation.reading())?;
        preparation.admit_more(&table, Self::held)?;
        let (table, notes) = preparation.united(table)?;
        let categories = table.categories().to_vec();
        // The model moves into the table's memory.
        let flows = (self.change == Change::Flows).then(|| table.flows());
        let world = preparation.model(table, notes)?;
        Ok((self.of_world(&world, &categories, flows)?, world.n_rows()))
    }

    /// The same of a world that others share, and of the table that it was made of.
    ///
    /// # Errors
    /// As [`SensitivityAnalysis::run`].
    ///
    /// # Cost
    /// That of [`SensitivityAnalysis::run`] after the factorisation.
    pub fn run_beside(&self, table: &IcioTable, world: &World) -> Result<Piece, AnalysisError> {
        let flows = (self.change == Change::Flows).then(|| table.flows());
        self.of_world(world, table.categories(), flows)
    }

    /// Refuses a table beside which its world and an analysis of it will not fit into memory.
    ///
    /// # Errors
    /// As [`Preparation::admits`].
    pub fn admit_beside(preparation: &Preparation, table: &IcioTable) -> Result<(), AnalysisError> {
        preparation.admit_more(table, Self::held_beside)
    }

    fn of_world(
        &self,
        world: &World,
        categories: &[String],
        flows: Option<DMatrix<f64>>,
    ) -> Result<Piece, AnalysisError> {
        let mut notes = world.notes(&self.computed());
        let frame = self.one_table(world.model(), categories, flows, &mut notes)?;
        notes.worst_residual = world.residual();
        Ok(Piece { frame, notes })
    }

    /// What it will hold in memory besides what is held a cell, which is added when it runs. A row for every cell is
    /// reckoned only where all are shown.
    pub fn asked(&self) -> Asked {
        let all = self.by == SensitivityRows::Cell && (self.top == 0 || self.top >= AS_ALL);
        Asked {
            level: Level::Country,
            pairs: all,
            columns: COLUMNS,
            inverse: false,
            flows: 2,
            own_tables: 0,
            less: all.then_some("a smaller --top"),
        }
    }

    /// The same with what is held a cell.
    #[must_use]
    pub fn held(work: Workload) -> Workload {
        Workload { copies: COPIES, ..work }
    }

    /// The same with the table itself, which [`SensitivityAnalysis::run_beside`] needs.
    #[must_use]
    pub fn held_beside(work: Workload) -> Workload {
        Workload { tables: 1, ..Self::held(work) }
    }

    /// What the notes call it.
    pub fn computed(&self) -> String {
        format!("sensitivity of {}", self.measure.id)
    }

    fn one_table(
        &self,
        model: &Model,
        categories: &[String],
        flows: Option<DMatrix<f64>>,
        notes: &mut ResultNotes,
    ) -> Result<Frame, AnalysisError> {
        let axis = model.axis();
        let economy = axis.find_economy(&self.economy)?;
        let sector = self.sector.as_deref().map(|sector| axis.find_sector(sector)).transpose()?;
        let gradient = Gradient::of(model, self.measure, economy, sector)?;
        let year = model.description().year;
        let first_order = flows
            .map(|flows| {
                FirstOrder::of_flows(flows, categories.len(), &gradient, &self.errors, self.final_demand)
            })
            .transpose()?;
        let changed = match &first_order {
            Some(first_order) => {
                self.note_first_order(first_order, gradient.value(), year, notes);
                Changed::Flows(first_order)
            }
            None => Changed::Coefficients {
                coefficients: model.system().dense_coefficients("sensitivity of coefficients")?,
                output: model.flows().gross_output(),
                value_added_share: (self.change == Change::Coefficients).then(|| model.value_added_share()),
            },
        };
        let groups = axis.groups();
        let cells = Cells { axis, categories: categories.len(), groups, gradient: &gradient, changed };
        let (rows, all) = self.ranked(&cells);
        let of_year = year.map_or_else(String::new, |year| format!("{year}: "));
        notes.remarks.push(format!(
            "{of_year}{} of {}{} is {}; {} of {all} rows shown",
            self.measure.id,
            self.economy,
            self.sector.as_ref().map_or_else(String::new, |sector| format!(".{sector}")),
            told(gradient.value()),
            rows.len()
        ));
        notes.remarks.push(
            match self.change {
                Change::Flows => {
                    "a flow is changed, all other flows as they are: output of the seller, value added of seller and buyer, \
                     and exports where the flow is one, follow"
                }
                Change::Inputs => {
                    "a coefficient is changed, its buyer's value-added share gives way; exports and final demand are held"
                }
                Change::Coefficients => {
                    "a coefficient or a value-added share (rows sold by `value added`) is changed alone; exports and final \
                     demand are held"
                }
            }
            .to_owned(),
        );
        Ok(self.frame(&cells, categories, year, &rows))
    }

    fn note_first_order(
        &self,
        first_order: &FirstOrder,
        value: f64,
        year: Option<i32>,
        notes: &mut ResultNotes,
    ) {
        let of_year = year.map_or_else(String::new, |year| format!("{year}: "));
        if first_order.sd <= ROUNDING * value.abs() {
            notes.remarks.push(format!(
                "{of_year}the margins of the table determine {}: no error of a cell moves it, and what stands in variance_share \
                 is rounding",
                self.measure.id
            ));
        }
        notes.remarks.push(format!("{of_year}standard deviation to first order {}", told(first_order.sd)));
        // The same for every year: told once.
        notes.remarks.push(format!(
            "standard deviation to first order: {}; balanced to output, intermediate inputs and totals of final demand; \
             variance_share is each row's part of its square. For large errors compare `vadex tiva --draws 1000`",
            self.errors
        ));
    }

    /// The rows to show in order, and how many there are in all.
    fn ranked(&self, cells: &Cells<'_>) -> (Vec<Row>, usize) {
        let limit = if self.top == 0 { usize::MAX } else { self.top };
        let pairs = match self.by {
            SensitivityRows::Cell => return self.leading(cells, limit),
            SensitivityRows::Economies => Pairs::Economies,
            SensitivityRows::Sectors => Pairs::Sectors,
        };
        let mut rows = added_up(cells, pairs);
        // A stable sort: ties keep the order of the table.
        rows.sort_by(|a, b| b.rank(self.rank).total_cmp(&a.rank(self.rank)));
        let all = rows.len();
        rows.truncate(limit);
        (rows, all)
    }

    /// The first cells of each band of columns, and of these the first of all.
    fn leading(&self, cells: &Cells<'_>, limit: usize) -> (Vec<Row>, usize) {
        let columns = cells.columns();
        let of_band = |band: usize| {
            let mut leading = Leading::new(limit);
            for column in band * BAND..columns.min((band + 1) * BAND) {
                cells.each_row(column, |row| {
                    leading.push(Ranked::new(cells.rank(row, column, self.rank), row, column));
                });
            }
            leading
        };
        let (leading, all) = (0..columns.div_ceil(BAND))
            .into_par_iter()
            .map(of_band)
            .reduce(|| Leading::new(limit), Leading::joined)
            .in_order();
        let rows = leading.into_par_iter().map(|cell| {
            let (row, column) = cell.place();
            cells.row(row, column)
        });
        (rows.collect(), all)
    }

    fn frame(&self, cells: &Cells<'_>, categories: &[String], year: Option<i32>, rows: &[Row]) -> Frame {
        let mut sectors = cells.axis.sectors().to_vec();
        sectors.extend(categories.iter().cloned());
        sectors.push(VALUE_ADDED.to_owned());
        sectors.extend(cells.member_labels());
        let mut economies = cells.axis.economies().to_vec();
        economies.push(VALUE_ADDED.to_owned());
        let number = |value: &dyn Fn(&Row) -> f64| Column::Number(rows.iter().map(value).collect());
        let labels = |names: &[String], pick: &dyn Fn(&Row) -> u32| {
            Column::labels(names, rows.iter().map(pick).collect())
        };
        let year = year.map(i64::from);
        let mut frame =
            Frame::new().with("year", ColumnMeasure::Key, Column::Integer(vec![year; rows.len()]));
        for (side, place) in [
            ("seller", (&|row: &Row| row.seller) as &dyn Fn(&Row) -> Place),
            ("buyer", &|row: &Row| row.buyer),
        ] {
            if self.by != SensitivityRows::Sectors {
                let column = labels(&economies, &|row| place(row).economy);
                frame = frame.with(&format!("{side}_economy"), ColumnMeasure::Key, column);
            }
            if self.by != SensitivityRows::Economies {
                let column = labels(&sectors, &|row| place(row).sector);
                frame = frame.with(&format!("{side}_sector"), ColumnMeasure::Key, column);
            }
        }
        let (value, of_amount) = (cells.gradient.value(), !self.measure.is_share());
        let slope = match (self.change, of_amount) {
            (Change::Flows, false) => ColumnMeasure::PerAmount,
            (Change::Inputs | Change::Coefficients, true) => ColumnMeasure::Amount,
            _ => ColumnMeasure::Pure,
        };
        let effect = if of_amount { ColumnMeasure::Amount } else { ColumnMeasure::Pure };
        let elasticity = |row: &Row| if value == 0.0 { f64::NAN } else { row.effect.weighted / value };
        frame = frame.with("flow", ColumnMeasure::Amount, number(&|row| row.effect.flow));
        if self.change != Change::Flows {
            frame = frame.with("coefficient", ColumnMeasure::Share, number(&|row| row.effect.base));
        }
        frame = frame
            .with("derivative", slope, number(&|row| row.effect.derivative))
            .with("elasticity", ColumnMeasure::Pure, number(&elasticity))
            .with("effect_of_1_percent", effect, number(&|row| 0.01 * row.effect.weighted));
        if self.change == Change::Flows {
            let parts = number(&|row| row.effect.variance_share);
            frame = frame.with("variance_share", ColumnMeasure::Share, parts);
        }
        frame
    }
}

/// A figure in a sentence: five digits, and no power of ten where it reads without.
fn told(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e7).contains(&size) {
        return format!("{value:.4e}");
    }
    let digits = if size == 0.0 { 0 } else { (4 - size.log10().floor() as i32).max(0) as usize };
    format!("{value:.digits$}")
}

#[cfg(test)]
mod tests;
