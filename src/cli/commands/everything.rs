//! `vadex everything`: what an analyst usually wants from a table, in one run and one folder.

use std::path::PathBuf;

use clap::Args;

use crate::analysis::{DecomposeAnalysis, IndicatorAnalysis, IndicatorChoice, TivaAnalysis};
use crate::cli::Outcome;
use crate::cli::args::{Common, Input, LevelArg, Modelling};
use crate::cli::failure::Failure;
use crate::cli::folder::{Folder, Named};
use crate::decompose::{METHODS, Method, find_method};
use crate::indicators::{Family, INDICATORS, Indicator, find_indicator};
use crate::labels;
use crate::level::Level;

/// All at once: many results from one solve, in one folder
///
/// All at once: trade in value added, decompositions, participation, lengths; one solve, one folder.
#[derive(Debug, Args)]
#[command(
    after_help = "One file a result and level, named like the command that gives it alone (tiva-country, \
    decompose-wwz-bilateral-sector, indicators-kpww-country), with its notes beside it. Without options: tiva, every \
    Borin-Mancini decomposition, Wang-Wei-Zhu, participation, production lengths and positions, each at every level it \
    has. Several years get a folder each. Propagation lengths (apl) have a row for every pair of industries and come when \
    they are named.\n\n\
    Example: vadex everything builtin:wiod13 --year 2011 -o results"
)]
pub(crate) struct Everything {
    #[command(flatten)]
    input: Input,
    /// Folder to write to; made when it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// csv, json, parquet, xlsx or markdown
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    format: String,
    /// Decompositions (`vadex list methods`), comma-separated; all or none [default: wwz and bm-* but bm-*-terms]
    #[arg(long, value_name = "ID,..", value_delimiter = ',')]
    method: Vec<String>,
    /// Indicators (`vadex list indicators`), comma-separated; all or none [default: participation and lengths]
    #[arg(long, value_name = "ID,..", value_delimiter = ',')]
    indicator: Vec<String>,
    /// Levels, comma-separated [default: all that a result has]
    #[arg(long, value_enum, value_name = "LEVEL,..", value_delimiter = ',')]
    level: Vec<LevelArg>,
    #[command(flatten)]
    modelling: Modelling,
}

/// Every one, or none, of a registry.
const ALL: &str = "all";
const NONE: &str = "none";

/// Lengths among what is computed without being asked for.
const LENGTHS: [&str; 3] = ["production-length", "upstreamness", "downstreamness"];

impl Everything {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let analyses = self.analyses()?;
        Folder::of(&self.output, &self.format)?.fill(&self.input, &self.modelling, &analyses, common)
    }

    fn analyses(&self) -> Result<Vec<Named>, Failure> {
        let mut named: Vec<Named> = Vec::new();
        for level in self.wanted(&Level::ALL) {
            named.push((
                format!("tiva-{}", level.id()),
                Box::new(TivaAnalysis { level, ..TivaAnalysis::default() }),
            ));
        }
        for method in self.methods()? {
            for level in self.wanted_of(&self.method, method.id(), method.levels())? {
                named.push((
                    format!("decompose-{}-{}", method.id(), level.id()),
                    Box::new(DecomposeAnalysis::of(method, level)),
                ));
            }
        }
        for indicator in self.indicators()? {
            for level in self.wanted_of(&self.indicator, indicator.id(), indicator.profile().levels)? {
                let choice = IndicatorChoice::new(&[indicator.id().to_owned()], None, Some(level))?;
                named.push((
                    format!("indicators-{}-{}", indicator.id(), level.id()),
                    Box::new(IndicatorAnalysis::new(choice, &[], &[], &[], None)?),
                ));
            }
        }
        Ok(named)
    }

    /// Those of some levels that were asked for.
    fn wanted(&self, levels: &[Level]) -> Vec<Level> {
        let asked: Vec<Level> = self.level.iter().map(|&level| level.into()).collect();
        levels.iter().copied().filter(|level| asked.is_empty() || asked.contains(level)).collect()
    }

    /// The same for a method or indicator: one that was named has every level that was asked for.
    fn wanted_of(&self, named: &[String], id: &str, levels: &[Level]) -> Result<Vec<Level>, Failure> {
        let lacks = self.level.iter().map(|&level| Level::from(level)).find(|level| !levels.contains(level));
        if let Some(lacks) = lacks.filter(|_| named.iter().any(|name| name == id)) {
            let has: Vec<&str> = levels.iter().map(|level| level.id()).collect();
            return Err(Failure::request(
                format!("{id} has no level `{}`; it has {}", lacks.id(), has.join(", ")),
                "name these with --level, or leave the method or indicator out",
            ));
        }
        Ok(self.wanted(levels))
    }

    fn methods(&self) -> Result<Vec<&'static dyn Method>, Failure> {
        // Finer terms of the same perimeters are asked for by name.
        let usual = |id: &str| id == "wwz" || (id.starts_with("bm-") && !id.ends_with("-terms"));
        match self.method.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(METHODS.iter().copied().filter(|method| usual(method.id())).collect()),
            [ALL] => Ok(METHODS.to_vec()),
            [NONE] => Ok(Vec::new()),
            _ => Ok(labels::distinct(&self.method).map(|id| find_method(id)).collect::<Result<_, _>>()?),
        }
    }

    fn indicators(&self) -> Result<Vec<&'static dyn Indicator>, Failure> {
        let usual = |one: &&dyn Indicator| {
            one.profile().family == Family::Participation || LENGTHS.contains(&one.id())
        };
        match self.indicator.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Ok(INDICATORS.iter().copied().filter(usual).collect()),
            [ALL] => Ok(INDICATORS.to_vec()),
            [NONE] => Ok(Vec::new()),
            _ => Ok(labels::distinct(&self.indicator)
                .map(|id| find_indicator(id))
                .collect::<Result<_, _>>()?),
        }
    }
}
