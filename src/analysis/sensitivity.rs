//! Which flows, coefficients and value-added shares move a measure most, as rows and columns.

use std::collections::HashMap;

use super::{AnalysisError, Piece, Preparation};
use crate::frame::{Column, Frame, Measure as ColumnMeasure, ResultNotes};
use crate::labels::Axis;
use crate::level::Level;
use crate::load::TableRef;
use crate::model::Model;
use crate::model::memory::{Asked, Workload};
use crate::model::solver::SolveError;
use crate::table::IcioTable;
use crate::uncertainty::{Buyer, ErrorModel, FinalDemandErrors, FirstOrder, Gradient, Measure};

/// What sells a value-added share.
const VALUE_ADDED: &str = "value added";
/// Columns of the result.
const COLUMNS: usize = 10;
/// Copies of all flows that are held: the table beside its model, its flows in one matrix, the parts of the variance, and
/// a row of the result for every cell (13 numbers of eight bytes).
const COPIES: usize = 16;

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
pub enum Rank {
    /// Largest effect of 1 %, of either sign.
    Effect,
    /// Largest part of the variance.
    Variance,
}

/// Seller or buyer in labels, as positions in the lists of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    economy: Option<usize>,
    sector: Option<usize>,
}

/// One row of the result.
#[derive(Debug, Clone, Copy)]
struct Row {
    seller: Place,
    buyer: Place,
    /// Flow, in the unit of the table.
    flow: f64,
    /// What is changed: the flow, the coefficient or the share.
    base: f64,
    /// Σ base · derivative.
    weighted: f64,
    derivative: f64,
    variance_share: f64,
}

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
    /// Two right-hand sides after the factorisation, and a pass over the flows.
    pub fn run(&self, preparation: &Preparation, table: &TableRef) -> Result<(Piece, usize), AnalysisError> {
        self.check()?;
        let table = table.open(&preparation.reading())?;
        preparation.admit_more(&table, Self::held)?;
        let (table, notes) = preparation.united(table)?;
        let world = preparation.model(table.clone(), notes)?;
        let mut notes = world.notes(&self.computed());
        let frame = self.one_table(&table, world.model(), &mut notes)?;
        notes.worst_residual = world.residual();
        Ok((Piece { frame, notes }, world.n_rows()))
    }

    /// What it will hold in memory besides a row a cell, which is added when it runs.
    pub fn asked(&self) -> Asked {
        Asked { level: Level::Country, pairs: false, columns: COLUMNS, inverse: false, flows: 2 }
    }

    /// The same with what is held a cell.
    #[must_use]
    pub fn held(work: Workload) -> Workload {
        Workload { copies: COPIES, ..work }
    }

    /// What the notes call it.
    pub fn computed(&self) -> String {
        format!("sensitivity of {}", self.measure.id)
    }

    fn one_table(
        &self,
        table: &IcioTable,
        model: &Model,
        notes: &mut ResultNotes,
    ) -> Result<Frame, AnalysisError> {
        let axis = table.axis();
        let economy = axis.find_economy(&self.economy)?;
        let sector = self.sector.as_deref().map(|sector| axis.find_sector(sector)).transpose()?;
        let gradient = Gradient::of(model, self.measure, economy, sector)?;
        let mut rows = match self.change {
            Change::Flows => self.flows(table, &gradient, notes)?,
            Change::Inputs | Change::Coefficients => self.coefficients(table, model, &gradient)?,
        };
        rows = self.added_up(rows, table, model.flows().gross_output());
        let key = |row: &Row| match self.rank {
            Rank::Effect => row.weighted.abs(),
            Rank::Variance => row.variance_share,
        };
        // A stable sort: ties keep the order of the table.
        rows.sort_by(|a, b| key(b).total_cmp(&key(a)));
        let all = rows.len();
        if self.top > 0 {
            rows.truncate(self.top);
        }
        let year = table.year().map_or_else(String::new, |year| format!("{year}: "));
        notes.remarks.push(format!(
            "{year}{} of {}{} is {:.6}; {} of {all} rows shown",
            self.measure.id,
            self.economy,
            self.sector.as_ref().map_or_else(String::new, |sector| format!(".{sector}")),
            gradient.value(),
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
        Ok(self.frame(table, &gradient, &rows))
    }

    fn flows(
        &self,
        table: &IcioTable,
        gradient: &Gradient,
        notes: &mut ResultNotes,
    ) -> Result<Vec<Row>, AnalysisError> {
        let first_order = FirstOrder::of(table, gradient, &self.errors, self.final_demand)?;
        let year = table.year().map_or_else(String::new, |year| format!("{year}: "));
        notes.remarks.push(format!("{year}standard deviation to first order {:.3e}", first_order.sd));
        // The same for every year: told once.
        notes.remarks.push(format!(
            "standard deviation to first order: {}; balanced to output, intermediate inputs and totals of final demand; \
             variance_share is each row's part of its square. For large errors compare `vadex tiva --draws 1000`",
            self.errors
        ));
        let (axis, categories) = (table.axis(), table.categories().len());
        let n = axis.n_rows();
        let flows = table.flows();
        let mut rows = Vec::new();
        for (column, cells) in flows.column_iter().enumerate() {
            let (buyer, place) = if column < n {
                (Buyer::Industry(column), industry(axis, column))
            } else {
                let (economy, category) = ((column - n) / categories, (column - n) % categories);
                let sector = Some(axis.n_sectors() + category);
                (Buyer::FinalDemand(economy), Place { economy: Some(economy), sector })
            };
            for (row, &flow) in cells.iter().enumerate().filter(|(_, flow)| **flow != 0.0) {
                let derivative = gradient.flow(row, buyer);
                rows.push(Row {
                    seller: industry(axis, row),
                    buyer: place,
                    flow,
                    base: flow,
                    weighted: flow * derivative,
                    derivative,
                    variance_share: first_order.part(row, column),
                });
            }
        }
        Ok(rows)
    }

    fn coefficients(
        &self,
        table: &IcioTable,
        model: &Model,
        gradient: &Gradient,
    ) -> Result<Vec<Row>, SolveError> {
        let (axis, output) = (table.axis(), model.flows().gross_output());
        let mut rows = Vec::new();
        let coefficients = model.system().dense_coefficients("sensitivity of coefficients")?;
        for (column, cells) in coefficients.column_iter().enumerate() {
            let mut push = |seller: Place, base: f64, derivative: f64| {
                rows.push(Row {
                    seller,
                    buyer: industry(axis, column),
                    flow: base * output[column],
                    base,
                    weighted: base * derivative,
                    derivative,
                    variance_share: f64::NAN,
                });
            };
            for (row, &base) in cells.iter().enumerate().filter(|(_, base)| **base != 0.0) {
                let derivative = match self.change {
                    Change::Inputs => gradient.coefficient_at_cost_of_value_added(row, column),
                    _ => gradient.coefficient(row, column),
                };
                push(industry(axis, row), base, derivative);
            }
            if self.change == Change::Coefficients {
                let derivative = gradient.value_added_share(column);
                if derivative != 0.0 {
                    let seller = Place {
                        economy: Some(table.axis().economy_of(column)),
                        sector: Some(value_added_label(table)),
                    };
                    push(seller, model.value_added_share()[column], derivative);
                }
            }
        }
        Ok(rows)
    }

    /// Rows with the same labels added up; the derivative is then that of one unit spread in proportion. A coefficient is
    /// that of the sums: all that the sellers sell to the buyers, over the output of the buyers.
    fn added_up(&self, rows: Vec<Row>, table: &IcioTable, output: &[f64]) -> Vec<Row> {
        // Value added is no sector of the economy that sells to itself.
        let value_added = Some(value_added_label(table));
        let coarse = |place: Place| match self.by {
            SensitivityRows::Cell => place,
            SensitivityRows::Economies if place.sector == value_added => {
                Place { economy: Some(table.axis().n_economies()), sector: None }
            }
            SensitivityRows::Economies => Place { sector: None, ..place },
            SensitivityRows::Sectors => Place { economy: None, ..place },
        };
        if self.by == SensitivityRows::Cell {
            return rows;
        }
        let mut made: HashMap<Place, f64> = HashMap::new();
        if self.change != Change::Flows {
            for (row, output) in output.iter().enumerate() {
                *made.entry(coarse(industry(table.axis(), row))).or_default() += output;
            }
        }
        let mut position = HashMap::new();
        let mut sums: Vec<Row> = Vec::new();
        for row in rows {
            let (seller, buyer) = (coarse(row.seller), coarse(row.buyer));
            let index = *position.entry((seller, buyer)).or_insert_with(|| {
                sums.push(Row {
                    seller,
                    buyer,
                    flow: 0.0,
                    base: 0.0,
                    weighted: 0.0,
                    derivative: 0.0,
                    variance_share: 0.0,
                });
                sums.len() - 1
            });
            let sum = &mut sums[index];
            sum.flow += row.flow;
            sum.weighted += row.weighted;
            sum.variance_share += row.variance_share;
        }
        for sum in &mut sums {
            sum.base = match self.change {
                Change::Flows => sum.flow,
                Change::Inputs | Change::Coefficients => sum.flow / made[&sum.buyer],
            };
            sum.derivative = if sum.base == 0.0 { f64::NAN } else { sum.weighted / sum.base };
        }
        sums
    }

    fn frame(&self, table: &IcioTable, gradient: &Gradient, rows: &[Row]) -> Frame {
        let axis = table.axis();
        let mut sectors = axis.sectors().to_vec();
        sectors.extend(table.categories().iter().cloned());
        sectors.push(VALUE_ADDED.to_owned());
        let mut economies = axis.economies().to_vec();
        economies.push(VALUE_ADDED.to_owned());
        let number = |value: &dyn Fn(&Row) -> f64| Column::Number(rows.iter().map(value).collect());
        let labels = |names: &[String], pick: &dyn Fn(&Row) -> Option<usize>| {
            Column::labels(names, rows.iter().map(|row| pick(row).unwrap_or(0) as u32).collect())
        };
        let year = table.year().map(i64::from);
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
        let (value, of_amount) = (gradient.value(), !self.measure.is_share());
        let slope = match (self.change, of_amount) {
            (Change::Flows, false) => ColumnMeasure::PerAmount,
            (Change::Inputs | Change::Coefficients, true) => ColumnMeasure::Amount,
            _ => ColumnMeasure::Pure,
        };
        let effect = if of_amount { ColumnMeasure::Amount } else { ColumnMeasure::Pure };
        let elasticity = |row: &Row| if value == 0.0 { f64::NAN } else { row.weighted / value };
        frame = frame.with("flow", ColumnMeasure::Amount, number(&|row| row.flow));
        if self.change != Change::Flows {
            frame = frame.with("coefficient", ColumnMeasure::Share, number(&|row| row.base));
        }
        frame = frame
            .with("derivative", slope, number(&|row| row.derivative))
            .with("elasticity", ColumnMeasure::Pure, number(&elasticity))
            .with("effect_of_1_percent", effect, number(&|row| 0.01 * row.weighted));
        if self.change == Change::Flows {
            frame = frame.with("variance_share", ColumnMeasure::Share, number(&|row| row.variance_share));
        }
        frame
    }
}

fn industry(axis: &Axis, row: usize) -> Place {
    Place { economy: Some(axis.economy_of(row)), sector: Some(axis.sector_of(row)) }
}

/// Position behind sectors and categories.
fn value_added_label(table: &IcioTable) -> usize {
    table.axis().n_sectors() + table.categories().len()
}
