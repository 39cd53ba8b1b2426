//! `vadex tiva`: trade in value added, the main job.

use clap::Args;

use crate::analysis::TivaAnalysis;
use crate::cli::Outcome;
use crate::cli::args::{Common, Input, LevelArg, Modelling, OutputTo, Traced, words};
use crate::cli::draws::Draws;
use crate::cli::failure::Failure;
use crate::cli::output::Destination;

/// Trade in value added: domestic and foreign content of exports
#[derive(Debug, Args)]
#[command(
    after_help = "Columns: gexp gross exports; dva, fva domestic and foreign value-added content; vs import \
    content (Hummels-Ishii-Yi); vs1 own value added in others' exports; vax value added absorbed abroad; int_share \
    share of intermediates. `vadex explain dva` tells more.\n\n\
    Example: vadex tiva builtin:wiod13 --economy CHN,MEX --level sector -o china.csv"
)]
pub(crate) struct Tiva {
    #[command(flatten)]
    input: Input,
    /// How finely to tell
    #[arg(long, value_enum, default_value_t = LevelArg::Country)]
    level: LevelArg,
    /// Exporting economies or groups (EU27) [default: all]
    ///
    /// Exporting economies, comma-separated [default: all]. A group, NAME=A,B or a known one (`vadex list groups`), stands for
    /// the rows of those of its members that the table has; --group makes one exporter of them.
    #[arg(long, value_name = "A,B")]
    economy: Vec<String>,
    #[command(flatten)]
    traced: Traced,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

impl Tiva {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let analysis = TivaAnalysis { level: self.level.into(), economies: words(&self.economy) };
        let satellite = self.traced.open()?;
        let collected =
            self.draws.over_tables(&self.input, &self.modelling, satellite.as_ref(), &analysis, common)?;
        destination.write(collected.frames, &collected.notes, common)
    }
}
