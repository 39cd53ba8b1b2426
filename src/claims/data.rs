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
    /// How tables are read.
    pub(super) reading: ReadOptions,
    /// How tables are solved.
    pub(super) model: ModelOptions,
    /// Bytes that the series hold, as they are reckoned.
    pub(super) held: u64,
    /// Fits that several claims read, with the options they were made under.
    cells: OnceLock<(ClaimOptions, Cells)>,
}

/// Embedded series that claims use when no table is named, the headline's first.
const EMBEDDED: [&str; 2] = ["builtin:wiod13", "builtin:wiod16-national"];

/// Embedded tables are read in one way, in the memory that may be used.
fn as_embedded(options: &ReadOptions) -> ReadOptions {
    ReadOptions { memory: options.memory, ..ReadOptions::default() }
}

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

    /// Opens the inputs, or the embedded series when there are none; `opened` hears of each table.
    ///
    /// # Errors
    /// Those of [`Series::open`].
    pub fn open(
        inputs: &[String],
        prices: Option<&str>,
        options: &ReadOptions,
        opened: &mut dyn FnMut(&str),
    ) -> Result<Self, ClaimError> {
        Self::open_solved_by(inputs, prices, options, None, &mut |step| {
            if let Step::Table(name) = step {
                opened(name);
            }
        })
    }

    /// The same, solved by a solver that is named where one is; `hears` is told of the memory as well.
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
        let (inputs, prices, reading) = match inputs {
            [] => (EMBEDDED.map(str::to_owned).to_vec(), None, as_embedded(options)),
            _ => (inputs.to_vec(), prices, options.clone()),
        };
        let mut data = Self { reading, model, ..Self::default() };
        for input in &inputs {
            let series =
                Series::open_beside(input, prices, &data.reading, &data.model, &mut data.held, hears)?;
            data.series.push(series);
        }
        Ok(data)
    }

    /// How an input is read that may be one of the series, or an embedded one beside them.
    pub(super) fn reading_of(&self, input: &str) -> ReadOptions {
        match self.series.iter().any(|series| series.name == input) {
            true => self.reading.clone(),
            false => as_embedded(&self.reading),
        }
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
