//! The data that claims are tested on: one or several [`Series`], and what the user gives beside the tables. Nothing here
//! tests anything.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::ClaimOptions;
use super::curve::Cells;
use super::error::ClaimError;
use super::extra::Extra;
pub use super::series::{Series, SolvedYear, Step, YearFacts};
pub use super::world_facts::{JOBS, LABOUR, WorldFacts};
use crate::load::{self, ReadOptions, national};
use crate::model::ModelOptions;

/// All series that claims are tested on, the first being the one that headlines come from.
#[derive(Debug, Clone, Default)]
pub struct ClaimData {
    /// Series of tables.
    pub series: Vec<Series>,
    /// What the user gives beside the tables.
    pub extra: Extra,
    /// How tables are solved.
    pub(super) model: ModelOptions,
    /// Memory that may be used, in bytes; what the machine has left when absent.
    pub(super) memory: Option<u64>,
    /// Fits that several claims read, with the options they were made under.
    cells: OnceLock<(ClaimOptions, Cells)>,
}

/// Embedded series that claims use when no table is named, the headline's first.
const EMBEDDED: [&str; 2] = ["builtin:wiod13", "builtin:wiod16-national"];

impl ClaimData {
    /// Data from series that are already there.
    pub fn of(series: Vec<Series>) -> Self {
        Self { series, ..Self::default() }
    }

    /// The fits of the specification curve: made by whoever asks first.
    pub(super) fn cells(
        &self,
        options: &ClaimOptions,
        make: impl FnOnce() -> Result<Cells, ClaimError>,
    ) -> Result<Cow<'_, Cells>, ClaimError> {
        if let Some((made_under, cells)) = self.cells.get() {
            return if made_under == options { Ok(Cow::Borrowed(cells)) } else { Ok(Cow::Owned(make()?)) };
        }
        let cells = make()?;
        Ok(Cow::Borrowed(&self.cells.get_or_init(|| (options.clone(), cells)).1))
    }

    /// Opens the inputs, or the embedded series when there are none.
    ///
    /// # Errors
    /// Those of [`Series::open`].
    pub fn open(
        inputs: &[String],
        prices: Option<&str>,
        options: &ReadOptions,
        hears: &mut dyn FnMut(Step<'_>),
    ) -> Result<Self, ClaimError> {
        Self::open_solved_by(inputs, prices, options, None, hears)
    }

    /// The same, solved by a solver that is named.
    ///
    /// # Errors
    /// Those of [`Series::open`].
    pub fn open_solved_by(
        inputs: &[String],
        prices: Option<&str>,
        options: &ReadOptions,
        solver: Option<&str>,
        hears: &mut dyn FnMut(Step<'_>),
    ) -> Result<Self, ClaimError> {
        let model = ModelOptions { solver: solver.map(str::to_owned), ..ModelOptions::default() };
        let mut data = Self { model, memory: options.memory, ..Self::default() };
        let embedded = ReadOptions { memory: options.memory, ..ReadOptions::default() };
        let (inputs, prices, options) = match inputs {
            [] => (EMBEDDED.map(str::to_owned).to_vec(), None, &embedded),
            _ => (inputs.to_vec(), prices, options),
        };
        for input in &inputs {
            data.series.push(Series::open(input, prices, options, &data.model, hears)?);
        }
        Ok(data)
    }

    /// How many inter-country tables [`ClaimData::open`] will open: what takes the time.
    ///
    /// # Errors
    /// An input that is not there.
    pub fn count(inputs: &[String]) -> Result<usize, ClaimError> {
        let embedded: Vec<String>;
        let inputs = if inputs.is_empty() {
            embedded = EMBEDDED.iter().map(|&input| input.to_owned()).collect();
            &embedded
        } else {
            inputs
        };
        let mut count = 0;
        for input in inputs.iter().filter(|input| !national::is_national(input)) {
            count += load::discover(input, &[])?.len();
        }
        Ok(count)
    }

    /// The first series that covers the world and is fit for a test over `needed` years, or why there is none.
    ///
    /// # Errors
    /// The reasons, for a record with reason D3.
    pub fn world(&self, needed: usize) -> Result<&Series, String> {
        let mut reasons = Vec::new();
        for series in self.series.iter().filter(|series| series.is_world()) {
            match series.usable(needed) {
                Ok(()) => return Ok(series),
                Err(reason) => reasons.push(reason),
            }
        }
        if reasons.is_empty() {
            reasons.push("needs an inter-country table series".into());
        }
        Err(reasons.join("; "))
    }

    /// Every series fit for a test over `needed` years, and why the others are not.
    pub fn usable(&self, needed: usize) -> (Vec<&Series>, Vec<String>) {
        let mut fit = Vec::new();
        let mut reasons = Vec::new();
        if self.series.is_empty() {
            reasons.push("no tables: give a directory with --table".to_owned());
        }
        for series in &self.series {
            match series.usable(needed) {
                Ok(()) => fit.push(series),
                Err(reason) => reasons.push(reason),
            }
        }
        (fit, reasons)
    }
}
