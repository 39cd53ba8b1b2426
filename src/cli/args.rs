//! Arguments that several commands share. A flag means the same in every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use crate::indicators::Level;
use crate::labels::{Axis, Group};
use crate::load::{self, ReadOptions, TableRef};
use crate::model::ModelOptions;
use crate::table::{self, Conventions, OutputConvention, ValueAddedConvention};

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Threads to use [default: all cores]; results do not depend on it
    #[arg(long, global = true, value_name = "N", help_heading = "Common options")]
    threads: Option<usize>,
    /// No notes on standard error
    #[arg(short, long, global = true, help_heading = "Common options")]
    pub(crate) quiet: bool,
    /// More notes: every finding, timings
    #[arg(short, long, global = true, help_heading = "Common options")]
    pub(crate) verbose: bool,
    /// Show progress on standard error
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, help_heading = "Common options")]
    pub(crate) progress: When,
    /// Findings and identity gaps above tolerance are errors (exit 1)
    #[arg(long, global = true, help_heading = "Common options")]
    pub(crate) strict: bool,
}

/// When to do a thing that depends on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

impl Common {
    /// The same without notes: for a command that prints its own summary.
    pub(crate) fn silenced(&self) -> Self {
        Self { quiet: true, ..*self }
    }

    /// Sets the number of threads.
    pub(crate) fn apply(&self) -> Result<(), Failure> {
        let Some(threads) = self.threads else { return Ok(()) };
        if threads == 0 {
            return Err(Failure::request(
                "--threads 0: at least one thread is needed",
                "leave the option out",
            ));
        }
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().map_err(|error| {
            Failure::request(format!("--threads {threads}: {error}"), "leave the option out")
        })
    }
}

/// Which tables to read, and how.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// A table file, a directory of years, `builtin:wiod13`, or `-` for standard input
    #[arg(value_name = "TABLE")]
    pub(crate) input: String,
    /// Years: 2011, 1995,2011 or 1995-2011 [default: all]
    #[arg(long, value_name = "YEARS")]
    year: Option<String>,
    /// Importer id (`vadex list importers`) [default: recognised from content]
    #[arg(long, value_name = "ID")]
    from: Option<String>,
    /// Unit of the flows, when the source does not state it
    #[arg(long, value_name = "TEXT")]
    unit: Option<String>,
    /// TOML file that describes a layout of your own (README.md shows one)
    #[arg(long, value_name = "FILE")]
    layout: Option<PathBuf>,
}

impl Input {
    /// The tables behind the input.
    pub(crate) fn tables(&self) -> Result<Vec<TableRef>, Failure> {
        Ok(load::discover(&self.input, &self.years()?)?)
    }

    /// Years asked for; none for all.
    pub(crate) fn years(&self) -> Result<Vec<i32>, Failure> {
        self.year.as_deref().map_or(Ok(Vec::new()), parse_years)
    }

    pub(crate) fn read_options(&self) -> ReadOptions {
        ReadOptions {
            importer: self.from.clone(),
            unit: self.unit.clone(),
            layout: self.layout.clone(),
            ..ReadOptions::default()
        }
    }
}

/// `2011`, `1995,2011`, `1995-2000,2011`.
pub(crate) fn parse_years(text: &str) -> Result<Vec<i32>, Failure> {
    let bad = || {
        Failure::request(format!("--year {text}: not a list of years"), "write 2011, 1995,2011 or 1995-2011")
    };
    let mut years = Vec::new();
    for part in text.split(',') {
        let number = |text: &str| text.trim().parse::<i32>().map_err(|_| bad());
        match part.split_once('-') {
            Some((first, last)) => {
                let (first, last) = (number(first)?, number(last)?);
                if first > last || last - first > 500 {
                    return Err(bad());
                }
                years.extend(first..=last);
            }
            None => years.push(number(part)?),
        }
    }
    Ok(years)
}

/// Conventions and solver.
#[derive(Debug, Args)]
pub(crate) struct Modelling {
    /// What counts as gross output
    #[arg(long, value_enum, default_value_t = Output::RowSum, value_name = "CONVENTION")]
    gross_output: Output,
    /// What counts as value added
    #[arg(long, value_enum, default_value_t = ValueAdded::Residual, value_name = "CONVENTION")]
    value_added: ValueAdded,
    /// Solver id (`vadex list solvers`) [default: by size, density and signs]
    #[arg(long, value_name = "ID")]
    solver: Option<String>,
    /// Split economies (CN1, CN2, MX1, ...): united with their base after the solve, or kept apart
    #[arg(long, value_enum, default_value_t = Split::Fold, value_name = "HOW")]
    split: Split,
    /// Economies as one: trade inside is domestic. May be repeated
    #[arg(long, value_name = "NAME=A,B", value_parser = parse_group)]
    group: Vec<Group>,
}

/// What happens to the parts of a split economy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Split {
    /// One exporter: solved split, united for the result
    Fold,
    /// Each part an economy of its own
    Keep,
}

/// `EU=DEU,FRA`.
fn parse_group(text: &str) -> Result<Group, String> {
    let (name, members) = text.split_once('=').ok_or("write NAME=A,B,C")?;
    let members: Vec<String> = members
        .split(',')
        .map(|member| member.trim().to_owned())
        .filter(|member| !member.is_empty())
        .collect();
    if name.trim().is_empty() || members.is_empty() {
        return Err("write NAME=A,B,C".into());
    }
    Ok(Group { name: name.trim().to_owned(), members })
}

/// What counts as gross output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// Sum of the row: the table balances exactly
    RowSum,
    /// OUT of the source
    Published,
}

/// What counts as value added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ValueAdded {
    /// Gross output minus intermediate inputs
    Residual,
    /// Value-added row of the source
    Published,
    /// Value-added row plus taxes and margins
    PublishedPlusTaxes,
}

impl Modelling {
    /// The economies to unite on an axis: the user's groups (a split base in a group brings its parts), then the
    /// remaining split economies.
    pub(crate) fn unions(&self, axis: &Axis) -> Vec<Group> {
        let mut splits = match self.split {
            Split::Fold => table::known_splits(axis),
            Split::Keep => Vec::new(),
        };
        let mut groups = self.group.clone();
        for group in &mut groups {
            splits.retain(|split| {
                let Some(position) = group.members.iter().position(|member| *member == split.name) else {
                    return true;
                };
                group.members.splice(position..=position, split.members.iter().cloned());
                false
            });
        }
        groups.extend(splits);
        groups
    }

    pub(crate) fn options(&self) -> ModelOptions {
        ModelOptions {
            conventions: Conventions {
                output: match self.gross_output {
                    Output::RowSum => OutputConvention::RowSum,
                    Output::Published => OutputConvention::Published,
                },
                value_added: match self.value_added {
                    ValueAdded::Residual => ValueAddedConvention::Residual,
                    ValueAdded::Published => ValueAddedConvention::Published,
                    ValueAdded::PublishedPlusTaxes => ValueAddedConvention::PublishedPlusTaxes,
                },
            },
            solver: self.solver.clone(),
        }
    }
}

/// Where the result goes.
#[derive(Debug, Default, Args)]
pub(crate) struct OutputTo {
    /// File to write; its extension gives the format. `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// csv, json, parquet, markdown or table [default: table in a terminal, csv when piped]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
}

/// How finely to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LevelArg {
    Country,
    Sector,
    Bilateral,
    BilateralSector,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Country => Self::Country,
            LevelArg::Sector => Self::Sector,
            LevelArg::Bilateral => Self::Bilateral,
            LevelArg::BilateralSector => Self::BilateralSector,
        }
    }
}

/// Resolves names of economies on an axis; an empty list means all.
pub(crate) fn economies(axis: &Axis, names: &[String]) -> Result<Vec<usize>, Failure> {
    Ok(names.iter().map(|name| axis.find_economy(name)).collect::<Result<_, _>>()?)
}

/// Resolves names of sectors on an axis; an empty list means all.
pub(crate) fn sectors(axis: &Axis, names: &[String]) -> Result<Vec<usize>, Failure> {
    Ok(names.iter().map(|name| axis.find_sector(name)).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_single_lists_or_spans() {
        assert_eq!(parse_years("2011").unwrap(), [2011]);
        assert_eq!(parse_years("1995-1997,2011").unwrap(), [1995, 1996, 1997, 2011]);
        assert!(parse_years("2011-1995").is_err());
        assert!(parse_years("now").is_err());
    }
}
