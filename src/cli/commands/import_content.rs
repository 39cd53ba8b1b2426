//! `vadex import-content`: Hummels-Ishii-Yi from national tables.

use clap::Args;

use crate::analysis::ImportContentAnalysis;
use crate::cli::Outcome;
use crate::cli::args::{Common, Input, OutputTo};
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::cli::output::Destination;

/// Import content of exports from national tables
#[derive(Debug, Args)]
#[command(
    after_help = "Columns: gexp gross exports; vs import content (Hummels-Ishii-Yi); vs_share; dva_share = 1 - vs_share, \
    net taxes and margins inside. Input: `builtin:wiod16-national`, a directory of yearly national tables of WIOD 2016, \
    or what `vadex aggregate` made of it.\n\n\
    Example: vadex import-content builtin:wiod16-national --economy CHN,MEX"
)]
pub(crate) struct ImportContentCommand {
    #[command(flatten)]
    input: Input,
    /// One row an exporting industry, too
    #[arg(long)]
    sectors: bool,
    /// Exporting economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    #[command(flatten)]
    output: OutputTo,
}

impl ImportContentCommand {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let years = store::read_national(&self.input, common)?;
        let analysis = ImportContentAnalysis { sectors: self.sectors, economies: self.economy.clone() };
        let piece = analysis.run(&years)?;
        destination.write([piece.frame], &piece.notes, common)
    }
}
