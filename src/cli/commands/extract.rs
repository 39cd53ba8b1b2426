//! `vadex extract`: a few economies, the rest of the world as one.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Outcome;
use crate::cli::args::{Common, Input};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::load::national;
use crate::model::memory::{Rewrite, TableSize};
use crate::table::{self, IcioTable, NationalTable};

/// Keep some economies of a table, add all others up to one
///
/// Keep some economies of a table and add all others up to one; totals are kept.
#[derive(Debug, Args)]
#[command(after_help = "Of national tables those of the named economies are kept: they have no rest.\n\n\
    Example: vadex extract builtin:wiod13/2011 --economy CHN,DEU,USA -o three.csv")]
pub(crate) struct Extract {
    #[command(flatten)]
    input: Input,
    /// Economies to keep, comma-separated
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    economy: Vec<String>,
    /// Name of the economy that all others are added up to
    #[arg(long, value_name = "NAME", default_value = "ROW")]
    rest: String,
    /// File (.csv or .parquet) for one table; for several, a directory or one .parquet file
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Extract {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        if national::is_national(&self.input.input) {
            return store::each_national(&self.input, &self.output, "extract", None, common, |tables| {
                Ok(NationalTable::choose(tables, &self.economy)?)
            });
        }
        let needs = |table: &IcioTable| {
            // Those that are kept, and the rest.
            let economies = table::with_parts(table.axis(), &self.economy).len() + 1;
            Rewrite::adding_up(TableSize::of(table), economies * table.axis().n_sectors(), economies)
        };
        store::each_changed(&self.input, &self.output, "extract", common, needs, |table| {
            Ok(table.extract(&table::with_parts(table.axis(), &self.economy), &self.rest)?)
        })
    }
}
