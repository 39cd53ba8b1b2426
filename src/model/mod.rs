//! Derived and immutable: coefficients, Leontief inverses, value-added shares and exports of one table.
//!
//! A [`Model`] has three parts that are shared, never copied, when one of them is exchanged:
//! the [`System`] (A and everything that depends on A alone: one factorisation of I − A, local and global inverses),
//! the [`Flows`] (final demand, gross output, exports) and the value-added shares. A satellite (jobs, emissions), one
//! origin alone or one absorber alone are therefore cheap variations on a model: nothing is factorised again.

mod changed;
mod damage;
mod flows;
mod matrices;
pub mod memory;
mod residual;
mod shared;
pub mod solver;
mod system;

use std::sync::{Arc, OnceLock};

use nalgebra::DMatrix;

pub use changed::Changed;
#[doc(hidden)]
pub use damage::Damage;
pub use flows::Flows;
pub use matrices::{MATRICES, Matrix, MatrixKind, find_matrix};
pub use system::{System, SystemOptions};

use crate::blocks;
use crate::kernel;
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;
use crate::table::{Conventions, IcioTable, Provenance, TableError};
use solver::{Side, SolveError};

/// Why a model could not be built or asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The table lacks what the chosen convention needs.
    #[error(transparent)]
    Table(#[from] TableError),
    /// I − A cannot be solved.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A satellite has another number of rows than the table.
    #[error("satellite `{name}` has {found} values, the table has {expected} rows")]
    SatelliteSize {
        /// Name of the satellite.
        name: String,
        /// Values found.
        found: usize,
        /// Rows of the table.
        expected: usize,
    },
    /// NaN or infinity in a satellite.
    #[error("satellite `{name}` at row `{row}` is {value}: every amount must be a finite number")]
    SatelliteNotFinite {
        /// Name of the satellite.
        name: String,
        /// Row label.
        row: String,
        /// The value.
        value: f64,
    },
}

impl ModelError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Table(error) => error.hint(),
            Self::Solve(error) => error.hint(),
            Self::SatelliteSize { .. } => "give one value for every economy and sector of the table".into(),
            Self::SatelliteNotFinite { .. } => {
                "give 0 where there is none, and tell readers where no figure is known: a sum with it is at least what is told"
                    .into()
            }
        }
    }
}

/// What may be chosen when a model is built. The defaults are the careful ones.
#[derive(Debug, Clone, Default)]
pub struct ModelOptions {
    /// What counts as gross output and value added.
    pub conventions: Conventions,
    /// Solver id; chosen by size, density and signs when absent.
    pub solver: Option<String>,
}

/// Name of what a model traces unless a satellite takes its place.
pub const VALUE_ADDED: &str = "value added";

/// What is traced through the chain: value added, or a satellite in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Primary {
    /// `value added`, or the satellite's name.
    pub name: String,
    /// Unit of its total.
    pub unit: String,
    /// Amount a unit of output, (n_rows). Zero where output is zero.
    pub share: Vec<f64>,
    /// Is it the value added of the table (so that v·B = 1 is to be expected)?
    pub is_value_added: bool,
}

/// A table, solved: who sells what to whom, and whose value added is in it.
///
/// ```text
/// x = A x + Y u        B = (I − A)⁻¹        L_s = (I − A_ss)⁻¹        v = W x̂⁻¹
/// (GN)                 (GN,GN)              (N,N)                     (GN)
/// ```
/// Cheap to clone (its parts are shared), `Send` and `Sync`. What takes long is spread over the rayon pool in which it is
/// asked for, and does not depend on the number of threads. Intermediate results stay with the model as long as it lives.
///
/// # Example
/// Two economies with a sector each; A sells 5 of inputs and 25 of final goods to B:
/// ```
/// use vadex::model::{Model, ModelOptions};
/// use vadex::nalgebra::DMatrix;
/// use vadex::table::{IcioTable, TableParts};
///
/// let rows = [("A", "x"), ("B", "x")].map(|(economy, sector)| (economy.to_owned(), sector.to_owned()));
/// let z = DMatrix::from_row_slice(2, 2, &[20.0, 5.0, 10.0, 10.0]);
/// let y = DMatrix::from_row_slice(2, 2, &[50.0, 25.0, 40.0, 50.0]);
/// let table = IcioTable::new(TableParts::new(rows.to_vec(), vec!["final".into()], z, y, "million"))?;
/// let model = Model::build(&table, &ModelOptions::default())?;
///
/// // v_A = (100 − 20 − 10) / 100
/// assert!((model.value_added_share()[0] - 0.7).abs() < 1e-15);
/// // Whose value added (row) is in whose exports (column): v_A B_AA e_A = 0.7 · 200/159 · 30, and the rest is B's.
/// let content = model.value_added_content_by_origin()?;
/// assert!((content[(0, 0)] - 4200.0 / 159.0).abs() < 1e-12);
/// assert!((content[(1, 0)] - 570.0 / 159.0).abs() < 1e-12);
/// # Ok::<(), vadex::Error>(())
/// ```
#[derive(Clone)]
pub struct Model {
    system: Arc<System>,
    flows: Arc<Flows>,
    primary: Arc<Primary>,
    description: Arc<Description>,
    value_added_by_origin: Arc<system::Kept<DMatrix<f64>>>,
    shared: Arc<shared::Shared>,
}

/// What travels with every number.
#[derive(Debug, Clone)]
pub struct Description {
    /// Year, when known.
    pub year: Option<i32>,
    /// Unit of every flow.
    pub unit: String,
    /// Conventions the model was built under.
    pub conventions: Conventions,
    /// Where the table comes from.
    pub provenance: Provenance,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("year", &self.description.year)
            .field("traces", &self.primary.name)
            .field("system", &self.system)
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Builds coefficients and one factorisation of I − A.
    ///
    /// # Errors
    /// A convention the table cannot serve; a singular system.
    ///
    /// # Cost
    /// O(n³/3) multiply-adds and two n x n matrices for a dense solver, n rows; once a table.
    pub fn build(table: &IcioTable, options: &ModelOptions) -> Result<Self, ModelError> {
        let ingredients = Ingredients::of(table, options)?;
        let coefficients = table.intermediate_use().divided_by_columns(&ingredients.output);
        Self::assemble(ingredients, coefficients, options)
    }

    /// [`Model::build`] in the memory of the table: the coefficients take the place of the flows.
    ///
    /// # Errors
    /// As [`Model::build`].
    ///
    /// # Cost
    /// As [`Model::build`], with one n x n matrix less.
    pub fn from_table(table: IcioTable, options: &ModelOptions) -> Result<Self, ModelError> {
        let ingredients = Ingredients::of(&table, options)?;
        let mut coefficients = table.into_intermediate_use();
        coefficients.divide_columns(&ingredients.output);
        Self::assemble(ingredients, coefficients, options)
    }

    fn assemble(
        ingredients: Ingredients,
        input_coefficients: StoredMatrix,
        options: &ModelOptions,
    ) -> Result<Self, ModelError> {
        let Ingredients { axis, final_demand, output, value_added, description } = ingredients;
        let system_options = SystemOptions { solver: options.solver.clone() };
        let system = System::from_coefficients(axis, input_coefficients, &system_options)?;
        let flows = Flows::of(&system, final_demand, output);
        let share = shares(&value_added, flows.gross_output());
        Ok(Self {
            system: Arc::new(system),
            flows: Arc::new(flows),
            primary: Arc::new(Primary {
                name: VALUE_ADDED.into(),
                unit: description.unit.clone(),
                share,
                is_value_added: true,
            }),
            description: Arc::new(description),
            value_added_by_origin: Arc::default(),
            shared: Arc::default(),
        })
    }

    /// The same world with another row in place of value added: jobs, labour income, emissions.
    ///
    /// `amounts` are totals by row (n_rows) in the order of [`Model::axis`], for example persons employed. What stands in rows
    /// without output is in no result, for there is no output to trace it with.
    ///
    /// # Errors
    /// [`ModelError::SatelliteSize`]; [`ModelError::SatelliteNotFinite`]: an amount that is not known is 0 or another model,
    /// never NaN.
    ///
    /// # Cost
    /// O(n); nothing is factorised again. What was solved for value added is solved again when it is asked for.
    pub fn with_satellite(&self, name: &str, unit: &str, amounts: &[f64]) -> Result<Self, ModelError> {
        if amounts.len() != self.axis().n_rows() {
            return Err(ModelError::SatelliteSize {
                name: name.to_owned(),
                found: amounts.len(),
                expected: self.axis().n_rows(),
            });
        }
        if let Some(row) = amounts.iter().position(|amount| !amount.is_finite()) {
            return Err(ModelError::SatelliteNotFinite {
                name: name.to_owned(),
                row: self.axis().row_label(row),
                value: amounts[row],
            });
        }
        let primary = Primary {
            name: name.to_owned(),
            unit: unit.to_owned(),
            share: shares(amounts, self.flows.gross_output()),
            is_value_added: false,
        };
        Ok(Self {
            primary: Arc::new(primary),
            value_added_by_origin: Arc::default(),
            shared: Arc::default(),
            ..self.clone()
        })
    }

    /// The same world in which only economy `origin` adds value: every term then counts this origin's part alone, and
    /// the parts add up to the whole because every term is linear in value added.
    ///
    /// # Panics
    /// When there is no economy of that index.
    pub fn only_origin(&self, origin: usize) -> Self {
        let block = self.axis().block(origin);
        self.adding_value_in(|row| block.contains(&row))
    }

    /// The same world in which only one industry of economy `origin` adds value: the parts of its industries add up to that
    /// of the origin. Industries of the members of a group that are called the same are one.
    ///
    /// # Panics
    /// When there is no economy of that index.
    pub fn only_industry(&self, origin: usize, sector: usize) -> Self {
        let block = self.axis().block(origin);
        self.adding_value_in(|row| block.contains(&row) && self.axis().sector_of(row) == sector)
    }

    fn adding_value_in(&self, adds: impl Fn(usize) -> bool) -> Self {
        let mut primary = (*self.primary).clone();
        for (row, share) in primary.share.iter_mut().enumerate() {
            if !adds(row) {
                *share = 0.0;
            }
        }
        primary.is_value_added = false;
        Self {
            primary: Arc::new(primary),
            value_added_by_origin: Arc::default(),
            shared: Arc::default(),
            ..self.clone()
        }
    }

    /// The same technology with the final demand of economy `absorber` alone, and the output and exports that it
    /// calls forth: every term then counts what this economy finally consumes.
    ///
    /// # Errors
    /// A failed solve.
    ///
    /// # Panics
    /// When there is no economy of that index.
    pub fn only_absorber(&self, absorber: usize) -> Result<Self, SolveError> {
        let output = self.output_by_absorber()?.column(absorber).iter().copied().collect();
        let mut demand = DMatrix::zeros(self.axis().n_rows(), self.axis().n_economies());
        demand.set_column(absorber, &self.flows.final_demand().column(absorber));
        let flows = Flows::of(&self.system, demand, output);
        Ok(Self { flows: Arc::new(flows), shared: Arc::default(), ..self.clone() })
    }

    /// Labels and row order.
    pub fn axis(&self) -> &Axis {
        self.system.axis()
    }

    /// Everything that depends on the coefficients alone.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// Final demand, output and exports.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }

    /// What is traced: value added, or the satellite in its place.
    pub fn primary(&self) -> &Primary {
        &self.primary
    }

    /// Year, unit, conventions and provenance.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// v: value added a unit of output, (n_rows), as a fraction. Zero where output is zero.
    pub fn value_added_share(&self) -> &[f64] {
        &self.primary.share
    }

    /// Value added by economy of origin in one unit of final output of each row.
    ///
    /// ```text
    /// M_t· = v_t B_t·     rows: origin t, columns: row of final output
    /// (G,GN)
    /// ```
    /// With residual value added each column sums to one.
    ///
    /// # Errors
    /// A failed solve.
    ///
    /// # Cost
    /// G right-hand sides of the transposed system, computed once.
    pub fn value_added_by_origin(&self) -> Result<&DMatrix<f64>, SolveError> {
        self.value_added_by_origin.get_or_try_init(&self.system, || {
            let mut rhs = blocks::spread_by_economy(&self.primary.share, self.axis());
            let residual = self.system.solve_measured(Side::Transposed, &mut rhs)?;
            Ok((rhs.transpose(), residual))
        })
    }

    /// Output of each row that the final demand of each economy calls forth: B Y, (n_rows, n_economies).
    ///
    /// # Errors
    /// A failed solve.
    pub fn output_by_absorber(&self) -> Result<&DMatrix<f64>, SolveError> {
        self.flows.output_by_absorber(&self.system)
    }

    /// Output of each row that the exports of each economy call forth: column r is B e_r, (n_rows, n_economies).
    ///
    /// # Errors
    /// A failed solve.
    pub fn output_by_exporter(&self) -> Result<&DMatrix<f64>, SolveError> {
        self.flows.output_by_exporter(&self.system)
    }

    /// Value added by origin in the gross exports of each exporter: the full origin x exporter matrix.
    ///
    /// ```text
    /// C_ts = v_t B_ts e_s        diagonal: domestic content; off the diagonal: foreign content by origin
    /// (G,G)
    /// ```
    ///
    /// # Errors
    /// A failed solve.
    ///
    /// # Source
    /// Hummels, Ishii and Yi (2001), <https://doi.org/10.1016/S0022-1996(00)00093-3>; Koopman, Wang and Wei (2014),
    /// <https://doi.org/10.1257/aer.104.2.459>.
    pub fn value_added_content_by_origin(&self) -> Result<DMatrix<f64>, SolveError> {
        let by_origin = self.value_added_by_origin()?;
        let exports = blocks::spread_by_economy(self.flows.gross_exports(), self.axis());
        Ok(kernel::dense::multiply(by_origin.as_view(), exports.as_view()))
    }

    /// How far v·B is from one: nowhere with residual value added; by taxes and margins with published value added.
    ///
    /// # Errors
    /// A failed solve.
    pub fn value_added_gap(&self) -> Result<ValueAddedGap, SolveError> {
        let by_origin = self.value_added_by_origin()?;
        let mut gap = ValueAddedGap { mean: 0.0, worst: 0.0, worst_row: 0 };
        let mut total = 0.0;
        for (row, (column, x)) in by_origin.column_iter().zip(self.flows.gross_output()).enumerate() {
            if *x == 0.0 {
                continue;
            }
            let missing = (column.sum() - 1.0).abs();
            gap.mean += missing * x.abs();
            total += x.abs();
            if missing > gap.worst {
                (gap.worst, gap.worst_row) = (missing, row);
            }
        }
        gap.mean /= total.max(f64::MIN_POSITIVE);
        Ok(gap)
    }
}

/// Deviation of v·B from one, over rows with output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueAddedGap {
    /// Mean, weighted by output.
    pub mean: f64,
    /// Largest.
    pub worst: f64,
    /// Row of the largest.
    pub worst_row: usize,
}

/// What a model takes from a table besides its intermediate block.
struct Ingredients {
    axis: Axis,
    final_demand: DMatrix<f64>,
    output: Vec<f64>,
    value_added: Vec<f64>,
    description: Description,
}

impl Ingredients {
    fn of(table: &IcioTable, options: &ModelOptions) -> Result<Self, TableError> {
        Ok(Self {
            axis: table.axis().clone(),
            final_demand: table.final_demand_by_economy(),
            output: table.gross_output(options.conventions.output)?,
            value_added: table.value_added(options.conventions)?,
            description: Description {
                year: table.year(),
                unit: table.unit().to_owned(),
                conventions: options.conventions,
                provenance: table.provenance().clone(),
            },
        })
    }
}

/// Amount a unit of output; zero where output is zero.
fn shares(amounts: &[f64], output: &[f64]) -> Vec<f64> {
    amounts.iter().zip(output).map(|(amount, x)| if *x == 0.0 { 0.0 } else { amount / x }).collect()
}

/// `OnceLock::get_or_try_init`, which the standard library does not offer yet: two threads may both compute, the
/// first to finish is kept, and both results are equal.
pub(crate) fn get_or_try_init<T, E>(
    cell: &OnceLock<T>,
    compute: impl FnOnce() -> Result<T, E>,
) -> Result<&T, E> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = compute()?;
    Ok(cell.get_or_init(|| value))
}
