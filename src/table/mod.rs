//! The measured world: one inter-country input-output table of one year, labelled, validated and immutable.
//!
//! A table holds flows as its source publishes them. Coefficients, inverses and value-added shares are derived and
//! live in [`crate::model`]; nothing here repairs a number silently: what an importer changes is a named [`Repair`].

mod accounts;
mod aggregate;
mod audit;
mod balance;
pub mod biproportional;
mod cells;
mod convention;
mod deflate;
mod extract;
mod fold;
mod ledger;
mod national;
mod rebalance;
mod regroup;
mod rename;
mod reshape;
mod value_added;

use nalgebra::DMatrix;

pub use accounts::{AccountError, AccountVariable, AccountsYear, Coverage, FittedAccount, SatelliteAccounts};
pub use aggregate::{AggregateError, Concordance, MappedTwice};
pub use audit::{Audit, ValueAddedShares};
pub use balance::{
    Balance, Finding, FindingKind, Gap, Severity, check, check_national, violations, violations_of_national,
};
pub use biproportional::{BalanceError, FitOptions};
pub use convention::{Conventions, OutputConvention, ValueAddedConvention};
pub(crate) use deflate::money_and_prices;
pub use deflate::{DOUBLE_DEFLATED, PriceBase, PriceIndex, PriceLine, tells_other_prices};
pub use ledger::{BlockCount, ExportCells};
pub use national::{NationalParts, NationalTable};
pub(crate) use rebalance::split_flows;
pub use rebalance::{GiveWay, GivenMargin, MarginSource, Margins, Rebalanced};
pub use regroup::{known_splits, with_parts};
pub use rename::{CheckedRenaming, Renaming};
pub use reshape::ReshapeError;
pub use value_added::{PrimaryRow, RowRole};

use crate::kernel::stored::{Storage, StoredMatrix};
use crate::labels::{Axis, LabelError};

/// One change that an importer or a reshaping step made to the numbers or labels, by name and count.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Repair {
    /// Short name, for example `blank-as-zero`.
    pub name: String,
    /// What was done, with labels.
    pub detail: String,
    /// How many cells or labels it touched.
    pub count: usize,
}

impl Repair {
    /// Name of what is known to be wrong with a release, which is told and left as it is.
    pub const KNOWN_DEFECT: &'static str = "known-defect";

    /// Is it told of the release, and nothing that was changed?
    pub fn is_defect(&self) -> bool {
        self.name == Self::KNOWN_DEFECT
    }
}

/// Where a table comes from and what was done to it on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Provenance {
    /// Path or `builtin:` name.
    pub source: String,
    /// SHA-256 of the source bytes.
    pub sha256: String,
    /// Id of the importer that read it.
    pub importer: String,
    /// Every repair, in order.
    pub repairs: Vec<Repair>,
    /// Whom to cite and under which licence, where the engine knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// What the source was itself made from by the engine, for a stored panel and for embedded tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived_from: Option<Box<Provenance>>,
}

impl Provenance {
    /// Every repair since the first source, the oldest first.
    pub fn all_repairs(&self) -> Vec<&Repair> {
        let mut repairs = self.derived_from.as_ref().map(|origin| origin.all_repairs()).unwrap_or_default();
        repairs.extend(&self.repairs);
        repairs
    }
}

/// The parts of a table, before validation: what an importer hands over, and what a program has in its own memory.
///
/// [`TableParts::new`] takes what every table has; the other parts are set where there are some:
/// ```
/// use vadex::nalgebra::DMatrix;
/// use vadex::table::{IcioTable, PrimaryRow, RowRole, TableParts};
///
/// let rows = [("A", "x"), ("B", "x")].map(|(economy, sector)| (economy.to_owned(), sector.to_owned()));
/// // A flat slice by rows, as ndarray and numpy keep it; `DMatrix::from_column_slice` takes one by columns.
/// let z = DMatrix::from_row_slice(2, 2, &[20.0, 5.0, 10.0, 10.0]);
/// let y = DMatrix::from_row_slice(2, 2, &[50.0, 25.0, 40.0, 50.0]);
/// let table = IcioTable::new(TableParts {
///     year: Some(2020),
///     primary_rows: vec![PrimaryRow {
///         name: "VA".into(),
///         role: RowRole::ValueAdded,
///         industries: vec![70.0, 95.0],
///         final_use: None,
///     }],
///     ..TableParts::new(rows.to_vec(), vec!["final".into()], z, y, "million USD")
/// })?;
/// assert_eq!(table.row_sums(), [100.0, 110.0]);
/// assert_eq!(table.gross_exports_by_economy(), [30.0, 50.0]);
/// # Ok::<(), vadex::table::TableError>(())
/// ```
#[derive(Debug, Clone)]
pub struct TableParts {
    /// `(economy, sector)` of each row, in file order.
    pub rows: Vec<(String, String)>,
    /// Final-demand categories, in file order.
    pub categories: Vec<String>,
    /// Z, (rows, rows): row sells to column.
    pub intermediate_use: StoredMatrix,
    /// Y, (rows, economies x categories): columns ordered by economy (as in `rows`), then category.
    pub final_demand: DMatrix<f64>,
    /// Value added, taxes, margins and other rows below Z.
    pub primary_rows: Vec<PrimaryRow>,
    /// Published gross output, when the source has it.
    pub published_output: Option<Vec<f64>>,
    /// Unit of every flow.
    pub unit: String,
    /// Year, when known.
    pub year: Option<i32>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl TableParts {
    /// What every table has: rows, categories of final demand, Z, Y and the unit of the flows. The year is not known,
    /// nothing stands below Z, output is not published, and where the table comes from is not said.
    ///
    /// `intermediate_use` is (rows, rows); `final_demand` (rows, economies x categories), its columns ordered by economy (as
    /// economies appear first in `rows`), then by category. A [`DMatrix`] of `f64` or `f32` or a sparse matrix in compressed
    /// rows is taken as it is, without a copy. Sizes are compared by [`IcioTable::new`].
    ///
    /// No label of an economy should hold a point: files of tables name a row `ECONOMY.sector`
    /// ([`labels::rule`](crate::labels::rule)).
    #[must_use]
    pub fn new(
        rows: Vec<(String, String)>,
        categories: Vec<String>,
        intermediate_use: impl Into<StoredMatrix>,
        final_demand: DMatrix<f64>,
        unit: &str,
    ) -> Self {
        Self {
            rows,
            categories,
            intermediate_use: intermediate_use.into(),
            final_demand,
            primary_rows: Vec::new(),
            published_output: None,
            unit: unit.to_owned(),
            year: None,
            provenance: Provenance::default(),
        }
    }
}

/// What makes a set of flows unusable as a table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A label problem.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// No rows at all.
    #[error("the table has no industry rows")]
    Empty,
    /// A part has another size than the labels say.
    #[error("{part} is {found_rows} x {found_columns}, the labels say {expected_rows} x {expected_columns}")]
    Shape {
        /// Which part.
        part: &'static str,
        /// Rows found.
        found_rows: usize,
        /// Columns found.
        found_columns: usize,
        /// Rows expected.
        expected_rows: usize,
        /// Columns expected.
        expected_columns: usize,
    },
    /// NaN or infinity in a flow.
    #[error("{part} at row `{row}`, column `{column}` is {value}: every flow must be a finite number")]
    NotFinite {
        /// Which part.
        part: &'static str,
        /// Row label.
        row: String,
        /// Column label.
        column: String,
        /// The value.
        value: f64,
    },
    /// Flows too small for single precision.
    #[error(
        "the largest flow is {largest:e}: single precision ends at 1e-38 and would lose the digits of smaller flows"
    )]
    TooSmall {
        /// Largest flow.
        largest: f64,
    },
    /// Output so negative that it cannot be rounding.
    #[error(
        "gross output of `{row}` is {value}, which is {share:.2e} of the gross output of {economy}: more than \
         rounding can explain (at most {tolerance:.0e})"
    )]
    NegativeOutput {
        /// Row label.
        row: String,
        /// Economy of the row.
        economy: String,
        /// Gross output as the sum of the row.
        value: f64,
        /// Size against the economy's total.
        share: f64,
        /// Largest share that is let pass as a finding.
        tolerance: f64,
    },
    /// The chosen convention needs a row or column that the table lacks.
    #[error("the convention `{convention}` needs {needs}, which this table does not have (it has: {has})")]
    MissingForConvention {
        /// The convention.
        convention: &'static str,
        /// What it needs.
        needs: &'static str,
        /// Rows the table has instead.
        has: String,
    },
}

impl TableError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Label(error) => error.hint(),
            Self::Empty => "check that the file holds an input-output table: `vadex inspect FILE`".into(),
            Self::Shape { .. } => {
                "the file is damaged or in another layout; compare it with its source".into()
            }
            Self::NotFinite { .. } => {
                "replace the cell by the published figure (0 if it is truly empty) and say so".into()
            }
            Self::TooSmall { .. } => {
                "keep the table in double precision (`--store f64`), or in a smaller unit".into()
            }
            Self::NegativeOutput { .. } => {
                "look at the row in the source: a lost sign or a shifted column is the usual cause".into()
            }
            Self::MissingForConvention { .. } => {
                "use the default (`--gross-output row-sum --value-added residual`)".into()
            }
        }
    }
}

/// An inter-country input-output table of one year: flows, labels, unit and provenance. Immutable.
///
/// Shapes, with G economies and `n_rows` industry rows (GN when every economy has N sectors):
/// `intermediate_use` (n_rows, n_rows), `final_demand` (n_rows, G x categories).
///
/// Tables are read from files by [`crate::load`], or made of flows in memory: [`TableParts`] has an example.
#[derive(Debug, Clone)]
pub struct IcioTable {
    axis: Axis,
    categories: Vec<String>,
    intermediate_use: StoredMatrix,
    final_demand: DMatrix<f64>,
    primary_rows: Vec<PrimaryRow>,
    published_output: Option<Vec<f64>>,
    unit: String,
    year: Option<i32>,
    provenance: Provenance,
}

impl IcioTable {
    /// Largest negative gross output, as a share of its economy's output, that is taken for rounding: WIOD's integer
    /// tables have rows of -1 (2e-5 of Luxembourg's output in 1995); anything a hundred times larger is an error.
    pub const NEGATIVE_OUTPUT_TOLERANCE: f64 = 1e-3;

    /// Validates the parts of a table.
    ///
    /// Rows of one economy are made contiguous (no published layout needs it); nothing else is changed.
    ///
    /// # Errors
    /// Labels that repeat, sizes that disagree, cells that are not finite, output that is truly negative.
    pub fn new(parts: TableParts) -> Result<Self, TableError> {
        let (axis, order) = Axis::new(&parts.rows)?;
        let n = axis.n_rows();
        if n == 0 {
            return Err(TableError::Empty);
        }
        let final_columns = axis.n_economies() * parts.categories.len();
        expect_shape("the intermediate block", parts.intermediate_use.shape(), n, n)?;
        expect_shape("the final-demand block", parts.final_demand.shape(), n, final_columns)?;
        let moved = order.iter().enumerate().any(|(new, &old)| new != old);
        let permute =
            |values: Vec<f64>| if moved { order.iter().map(|&i| values[i]).collect() } else { values };
        let mut provenance = parts.provenance;
        let (intermediate_use, final_demand) = if moved {
            provenance.repairs.push(Repair {
                name: "rows-made-contiguous".into(),
                detail: "rows of one economy were scattered in the source".into(),
                count: n,
            });
            (parts.intermediate_use.rearranged(&order), parts.final_demand.select_rows(&order))
        } else {
            (parts.intermediate_use, parts.final_demand)
        };
        if let Some(output) = &parts.published_output {
            expect_shape("published output", (output.len(), 1), n, 1)?;
        }
        let mut primary_rows = parts.primary_rows;
        for row in &mut primary_rows {
            expect_shape("a row below the intermediate block", (1, row.industries.len()), 1, n)?;
            if let Some(values) = &row.final_use {
                expect_shape("a row below final demand", (1, values.len()), 1, final_columns)?;
            }
            row.industries = permute(std::mem::take(&mut row.industries));
        }
        let table = Self {
            axis,
            categories: parts.categories,
            intermediate_use,
            final_demand,
            primary_rows,
            published_output: parts.published_output.map(permute),
            unit: parts.unit,
            year: parts.year,
            provenance,
        };
        table.validate()?;
        Ok(table)
    }

    fn validate(&self) -> Result<(), TableError> {
        if let Some((row, column, value)) = self.intermediate_use.first_non_finite() {
            return Err(TableError::NotFinite {
                part: "intermediate use",
                row: self.axis.row_label(row),
                column: self.axis.row_label(column),
                value,
            });
        }
        if let Some(position) = self.final_demand.as_slice().iter().position(|value| !value.is_finite()) {
            let (row, column) = (position % self.axis.n_rows(), position / self.axis.n_rows());
            return Err(TableError::NotFinite {
                part: "final demand",
                row: self.axis.row_label(row),
                column: self.final_demand_label(column),
                value: self.final_demand[(row, column)],
            });
        }
        let output = self.row_sums();
        for economy in 0..self.axis.n_economies() {
            let block = self.axis.block(economy);
            let total: f64 = output[block.clone()].iter().map(|x| x.abs()).sum();
            for row in block {
                let share = -output[row] / total;
                if output[row] < 0.0 && share > Self::NEGATIVE_OUTPUT_TOLERANCE {
                    return Err(TableError::NegativeOutput {
                        row: self.axis.row_label(row),
                        economy: self.axis.economies()[economy].clone(),
                        value: output[row],
                        share,
                        tolerance: Self::NEGATIVE_OUTPUT_TOLERANCE,
                    });
                }
            }
        }
        Ok(())
    }

    /// Labels and row order.
    pub fn axis(&self) -> &Axis {
        &self.axis
    }

    /// Final-demand categories, in file order.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Z: row sells to column, (n_rows, n_rows), in the table's unit.
    pub fn intermediate_use(&self) -> &StoredMatrix {
        &self.intermediate_use
    }

    /// Y by absorbing economy and category, (n_rows, economies x categories), in the table's unit.
    pub fn final_demand(&self) -> &DMatrix<f64> {
        &self.final_demand
    }

    /// Y summed over categories, (n_rows, n_economies).
    pub fn final_demand_by_economy(&self) -> DMatrix<f64> {
        let categories = self.categories.len();
        let mut total = DMatrix::zeros(self.axis.n_rows(), self.axis.n_economies());
        for economy in 0..self.axis.n_economies() {
            let mut target = total.column_mut(economy);
            for category in 0..categories {
                target += self.final_demand.column(economy * categories + category);
            }
        }
        total
    }

    /// Label of a final-demand column: `ECONOMY.category`.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn final_demand_label(&self, column: usize) -> String {
        let categories = self.categories.len();
        format!("{}.{}", self.axis.economies()[column / categories], self.categories[column % categories])
    }

    /// Value added, taxes, margins and other rows below Z, as the source has them.
    pub fn primary_rows(&self) -> &[PrimaryRow] {
        &self.primary_rows
    }

    /// Gross output as published, when the source has it.
    pub fn published_output(&self) -> Option<&[f64]> {
        self.published_output.as_deref()
    }

    /// Gross output as the sum of each row of Z and Y.
    ///
    /// Where what is sold is taken from stocks, a row can add up to nothing. What the rounding of its cells leaves of such a
    /// sum is zero: coefficients over it would be of any size.
    pub fn row_sums(&self) -> Vec<f64> {
        let mut sums = self.intermediate_use.row_sums();
        let mut sizes = vec![0.0_f64; sums.len()];
        for column in self.final_demand.column_iter() {
            for ((sum, size), value) in sums.iter_mut().zip(&mut sizes).zip(column.iter()) {
                *sum += value;
                *size += value.abs();
            }
        }
        let cells = (self.axis.n_rows() + self.final_demand.ncols()) as f64;
        for (sum, size) in sums.iter_mut().zip(&sizes) {
            if sum.abs() <= cells * f64::EPSILON * size {
                *sum = 0.0;
            }
        }
        sums
    }

    /// Intermediate inputs of each industry: column sums of Z.
    pub fn input_sums(&self) -> Vec<f64> {
        self.intermediate_use.column_sums()
    }

    /// Unit of every flow.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Year, when known.
    pub fn year(&self) -> Option<i32> {
        self.year
    }

    /// Where the table comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Share of cells of Z that are not zero.
    pub fn density(&self) -> f64 {
        self.intermediate_use.density()
    }

    /// The same table with another unit, year or provenance entry: reading options, not a change of numbers.
    pub fn with_description(mut self, unit: Option<String>, year: Option<i32>) -> Self {
        if let Some(unit) = unit {
            self.unit = unit;
        }
        if year.is_some() {
            self.year = year;
        }
        self
    }
}

impl IcioTable {
    /// The same labels, rows below and description with other flows.
    ///
    /// # Errors
    /// As [`IcioTable::new`].
    pub fn with_flows(
        &self,
        intermediate_use: DMatrix<f64>,
        final_demand: DMatrix<f64>,
    ) -> Result<Self, TableError> {
        let n = self.axis.n_rows();
        expect_shape("the intermediate block", intermediate_use.shape(), n, n)?;
        expect_shape("the final-demand block", final_demand.shape(), n, self.final_demand.ncols())?;
        let table = Self {
            axis: self.axis.clone(),
            categories: self.categories.clone(),
            intermediate_use: intermediate_use.into(),
            final_demand,
            primary_rows: self.primary_rows.clone(),
            published_output: self.published_output.clone(),
            unit: self.unit.clone(),
            year: self.year,
            provenance: self.provenance.clone(),
        };
        table.validate()?;
        Ok(table)
    }

    /// The same table with every row below the intermediate block that has a role times a factor an industry, (n_rows);
    /// industries beyond the last factor stay as they are.
    #[must_use]
    pub fn with_primary_rows_times(mut self, role: RowRole, factors: &[f64]) -> Self {
        for row in self.primary_rows.iter_mut().filter(|row| row.role == role) {
            row.industries.iter_mut().zip(factors).for_each(|(value, factor)| *value *= factor);
        }
        self
    }

    /// The same table with one more repair in its provenance.
    #[must_use]
    pub fn with_repair(mut self, repair: Repair) -> Self {
        self.provenance.repairs.push(repair);
        self
    }

    /// The same table with the source that its users are asked to cite.
    #[must_use]
    pub fn with_citation(mut self, citation: &str) -> Self {
        self.provenance.citation = Some(citation.to_owned());
        self
    }

    /// The same table with its intermediate block kept in another way. Rounding to single precision is a repair of that
    /// name in the provenance, with the largest relative change of a cell.
    ///
    /// # Errors
    /// A flow that single precision cannot hold.
    ///
    /// # Cost
    /// Both blocks stand in memory while it runs; the old one is then given back.
    pub fn kept_as(mut self, storage: Storage) -> Result<Self, TableError> {
        if self.intermediate_use.storage() == storage {
            return Ok(self);
        }
        let block = std::mem::replace(&mut self.intermediate_use, DMatrix::<f64>::zeros(0, 0).into());
        self.intermediate_use = match storage {
            Storage::Double => block.into_double(),
            Storage::Compressed => block.into_compressed(),
            Storage::Single => {
                let (block, rounding) = block.into_single();
                if rounding.size > 0.0 && rounding.size < LEAST_OF_SINGLE {
                    return Err(TableError::TooSmall { largest: rounding.size });
                }
                self.provenance.repairs.push(Repair {
                    name: SINGLE_PRECISION.into(),
                    detail: format!(
                        "intermediate use is kept with 7 digits: the largest relative change of a cell is {:.1e}",
                        rounding.largest
                    ),
                    count: rounding.cells,
                });
                block
            }
        };
        if let Some((row, column, value)) = self.intermediate_use.first_non_finite() {
            return Err(TableError::NotFinite {
                part: "intermediate use in single precision",
                row: self.axis.row_label(row),
                column: self.axis.row_label(column),
                value,
            });
        }
        Ok(self)
    }

    /// Z, and the rest of the table dropped: for a model that takes its place in memory.
    pub(crate) fn into_intermediate_use(self) -> StoredMatrix {
        self.intermediate_use
    }
}

/// Largest flow below which a table is not kept in single precision, which ends at 1e-38: cells a millionth of a millionth
/// of the largest would lose their digits, or become zero.
const LEAST_OF_SINGLE: f64 = 1e-26;

/// Name of the repair that says that a table lost digits to save memory.
pub const SINGLE_PRECISION: &str = "stored-in-single-precision";

fn expect_shape(
    part: &'static str,
    (found_rows, found_columns): (usize, usize),
    rows: usize,
    columns: usize,
) -> Result<(), TableError> {
    if (found_rows, found_columns) == (rows, columns) {
        return Ok(());
    }
    Err(TableError::Shape { part, found_rows, found_columns, expected_rows: rows, expected_columns: columns })
}
