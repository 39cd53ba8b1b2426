//! `vadex tiva`: trade in value added, the main job.

use clap::{Args, ValueEnum};

use crate::analysis::{TivaAnalysis, TivaKey};
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
    /// Exporting sectors or groups of them [default: all]
    ///
    /// Exporting sectors, comma-separated, at the sector levels [default: all]. A group stands for its members: `manufactured`,
    /// `mining`, `electrical`, a section (C) or a span of codes (c3t16, C10T33) in the classification of the table, or
    /// NAME=a,b.
    #[arg(long, value_name = "a,b")]
    sector: Vec<String>,
    /// Partners or groups of them, at the bilateral levels [default: all]
    ///
    /// Partners, comma-separated, at the bilateral levels [default: all]. A group stands for those of its members that the
    /// table has.
    #[arg(long, value_name = "A,B")]
    partner: Vec<String>,
    /// Add up the rows of the groups that are chosen in these options: economy, sector, partner
    ///
    /// Add up the rows of each group that is chosen in --economy, --sector or --partner, under its name; shares are those of the
    /// sums. Members stay what they are, with borders of their own, where --group makes one economy of them.
    #[arg(long, value_enum, value_name = "KEY,..", value_delimiter = ',', hide_possible_values = true)]
    sum: Vec<SumArg>,
    #[command(flatten)]
    traced: Traced,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// A key over which rows are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SumArg {
    /// Exporting economies
    Economy,
    /// Exporting sectors
    Sector,
    /// Partners
    Partner,
}

impl From<SumArg> for TivaKey {
    fn from(key: SumArg) -> Self {
        match key {
            SumArg::Economy => Self::Economy,
            SumArg::Sector => Self::Sector,
            SumArg::Partner => Self::Partner,
        }
    }
}

impl Tiva {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let analysis = TivaAnalysis {
            level: self.level.into(),
            economies: words(&self.economy),
            sectors: words(&self.sector),
            partners: words(&self.partner),
            sums: self.sum.iter().map(|&key| key.into()).collect(),
        };
        let satellite = self.traced.open()?;
        let collected =
            self.draws.over_tables(&self.input, &self.modelling, satellite.as_ref(), &analysis, common)?;
        destination.write(collected.frames, &collected.notes, common)
    }
}
