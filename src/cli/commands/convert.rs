//! `vadex convert`: any readable table to the canonical layout.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;

/// Write a table in the canonical layout, as CSV or Parquet
#[derive(Debug, Args)]
#[command(
    after_help = "Several years are written to a directory, one file a year, or to one .parquet file.\n\n\
    Example: vadex convert builtin:wiod13/2011 -o 2011.csv"
)]
pub(crate) struct Convert {
    #[command(flatten)]
    input: Input,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Convert {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        store::each_table(&self.input, &self.output, "convert", common, Ok)
    }
}
