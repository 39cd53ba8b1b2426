//! `vadex indicators`: participation, position, income, linkages, exposure: one of them wide, several of them long.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::{IndicatorAnalysis, IndicatorChoice};
use crate::cli::Outcome;
use crate::cli::args::{Common, Input, LevelArg, Modelling, OutputTo, Traced, words};
use crate::cli::draws::Draws;
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::indicators::find_indicator;

/// Indicators: participation, position, income, linkages, ...
///
/// Indicators of chains: participation, position, GVC income, linkages, exposure.
#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    after_help = "One indicator by id gives a wide result, one column a measure; several or a family give a long one (indicator, \
    measure, value). `vadex list indicators` describes them, `vadex explain ID` gives equation and source.\n\n\
    Example: vadex indicators upstreamness builtin:wiod13/2011 --economy CHN,MEX"
)]
pub(crate) struct Indicators {
    /// Indicators by id, comma-separated [default: all that the level has]
    #[arg(value_name = "ID", value_delimiter = ',')]
    ids: Vec<String>,
    #[command(flatten)]
    input: Input,
    /// All indicators of a family: participation, position, gvc-income, rca, regional, linkages, ghosh, exposure
    #[arg(long, value_name = "FAMILY", conflicts_with = "ids")]
    family: Option<String>,
    /// How finely to tell [default: country, or the coarsest level the indicator has]
    #[arg(long, value_enum)]
    level: Option<LevelArg>,
    /// Economies, comma-separated [default: all]
    ///
    /// Economies, comma-separated [default: all]. A group, NAME=A,B or a known one (`vadex list groups`), stands for those of
    /// its members that the table has; --group makes one economy of them.
    #[arg(long, value_name = "A,B")]
    economy: Vec<String>,
    /// Sectors, comma-separated [default: all]; at the level of countries their amounts are added up
    ///
    /// Sectors, comma-separated [default: all]; at the level of countries their amounts are added up. A group stands for its
    /// members: `manufactured`, `mining`, `electrical`, a section (C) or a span of codes (c3t16, C10T33) in the
    /// classification of the table, or NAME=a,b.
    #[arg(long, value_name = "A,B")]
    sector: Vec<String>,
    /// Partners, comma-separated, at bilateral levels [default: all]
    ///
    /// Partners, comma-separated, at bilateral levels [default: all]. A group stands for those of its members that the table
    /// has.
    #[arg(long, value_name = "A,B")]
    partner: Vec<String>,
    /// CSV `economy,region,south` in place of the built-in regions
    #[arg(long, value_name = "FILE")]
    regions: Option<PathBuf>,
    #[command(flatten)]
    traced: Traced,
    #[command(flatten)]
    draws: Draws,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

impl Indicators {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        self.refuse_table_among_ids()?;
        let destination = Destination::of(&self.output)?;
        let choice = IndicatorChoice::new(&self.ids, self.family.as_deref(), self.level.map(Into::into))?;
        let analysis = IndicatorAnalysis::new(
            choice,
            &words(&self.economy),
            &words(&self.sector),
            &words(&self.partner),
            self.regions.as_deref(),
        )?;
        let satellite = self.traced.open()?;
        let collected =
            self.draws.over_tables(&self.input, &self.modelling, satellite.as_ref(), &analysis, common)?;
        destination.write(collected.frames, &collected.notes, common)
    }

    /// A table that stands where indicators are named would be told as an indicator that nobody knows.
    fn refuse_table_among_ids(&self) -> Result<(), Failure> {
        let is_table = |id: &str| id.starts_with("builtin:") || Path::new(id).exists();
        let Some(table) = self.ids.iter().find(|id| find_indicator(id).is_err() && is_table(id.as_str()))
        else {
            return Ok(());
        };
        let named: Vec<&str> = self
            .ids
            .iter()
            .chain([&self.input.input])
            .map(String::as_str)
            .filter(|id| find_indicator(id).is_ok())
            .collect();
        let named = if named.is_empty() { "ID".to_owned() } else { named.join(",") };
        Err(Failure::request(
            format!("`{table}` is a table, and stands among the indicators"),
            format!("indicators come first and the one table last: `vadex indicators {named} {table}`"),
        ))
    }
}
