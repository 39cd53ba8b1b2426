//! `vadex balance`: a table brought back to its margins by RAS or GRAS.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::Outcome;
use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::load::margins;
use crate::model::memory::{Rewrite, TableSize};
use crate::table::{FitOptions, GiveWay, IcioTable, MarginSource};

/// Bring a table to margins (RAS, GRAS)
///
/// The margins are published output and value added, or figures of your own.
#[derive(Debug, Args)]
#[command(
    after_help = "Zero cells stay zero and every cell keeps its sign. A file of margins is a CSV with the columns \
    label,value (`DEU.c29,123.4`; a column may also be `DEU.HFCE`); lines it does not name keep their sums.\n\n\
    Example: printf 'label,value\\nDEU.c1,60000\\n' > m.csv\n  \
    vadex balance builtin:wiod13/2011 --rows-from m.csv --on-conflict rows -o b"
)]
pub(crate) struct Balance {
    #[command(flatten)]
    input: Input,
    /// What rows add up to: `published` (OUT), `keep` (their sums) or a file
    #[arg(long, value_name = "MARGINS", default_value = "published")]
    rows_from: String,
    /// What columns add up to: `published` (industries: OUT less value added, taxes and margins below), `keep` or a file
    #[arg(long, value_name = "MARGINS", default_value = "published")]
    columns_from: String,
    /// Which margins give way, in proportion, when rows and columns have different totals
    #[arg(long, value_enum, default_value_t = OnConflict::Refuse, value_name = "WHICH")]
    on_conflict: OnConflict,
    /// Largest relative gap of a row that counts as met
    #[arg(long, value_name = "GAP", default_value_t = FitOptions::DEFAULT_TOLERANCE)]
    tolerance: f64,
    /// Most sweeps over rows and columns
    #[arg(long, value_name = "N", default_value_t = FitOptions::DEFAULT_SWEEPS)]
    sweeps: usize,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

/// Which margins give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnConflict {
    /// None: a conflict is an error
    Refuse,
    /// All columns
    Columns,
    /// All rows
    Rows,
    /// Columns of final demand: output and value added are met as published
    FinalDemand,
}

impl From<OnConflict> for GiveWay {
    fn from(choice: OnConflict) -> Self {
        match choice {
            OnConflict::Refuse => Self::Refuse,
            OnConflict::Columns => Self::Columns,
            OnConflict::Rows => Self::Rows,
            OnConflict::FinalDemand => Self::FinalDemand,
        }
    }
}

impl Balance {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return Err(Failure::request(
                format!("--tolerance {}: a relative gap between 0 and 1 is needed", self.tolerance),
                format!("leave it out: the default is {:e}", FitOptions::DEFAULT_TOLERANCE),
            ));
        }
        let (rows, columns) = (source(&self.rows_from)?, source(&self.columns_from)?);
        let options = FitOptions { tolerance: self.tolerance, most_sweeps: self.sweeps };
        store::each_changed(&self.input, &self.output, "balance", common, needs, |table| {
            let margins = table.margins(&rows, &columns)?;
            let done = table.rebalanced(margins, self.on_conflict.into(), &options)?;
            Ok(done.table)
        })
    }
}

fn needs(table: &IcioTable) -> Rewrite {
    let (used, _) = table.intermediate_use().negative_cells();
    let absorbed = table.final_demand().iter().filter(|cell| **cell < 0.0).count();
    Rewrite::balancing(TableSize::of(table), used + absorbed)
}

fn source(text: &str) -> Result<MarginSource, Failure> {
    Ok(match text {
        "published" => MarginSource::Published,
        "keep" => MarginSource::Keep,
        path => {
            let margins = margins::read(Path::new(path));
            let margins = margins.map_err(|error| Failure::request(error.to_string(), error.hint()))?;
            MarginSource::Given { from: path.to_owned(), margins }
        }
    })
}
