//! `vadex aggregate`: economies and sectors added up by a concordance.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::load::concordance;

/// Add up economies and sectors by a concordance; totals are kept
#[derive(Debug, Args)]
#[command(
    after_help = "The concordance is a CSV with the columns dimension,source,target: `dimension` is `economy` \
    or `sector`. A dimension that is not mentioned is kept; a label that is mapped twice or not at all is refused.\n\n\
    Example: vadex aggregate ../shared/tables/wiod2013_int --concordance data/wiod13/concordance.csv -o wiod20.parquet"
)]
pub(crate) struct Aggregate {
    #[command(flatten)]
    input: Input,
    /// Concordance file
    #[arg(long, value_name = "FILE")]
    concordance: PathBuf,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Aggregate {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let concordance = concordance::read(&self.concordance)?;
        store::each_table(&self.input, &self.output, "aggregate", common, |table| {
            Ok(table.aggregate(&concordance)?)
        })
    }
}
