//! Arguments that several commands share. A flag means the same in every command.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::output;
use crate::analysis::{Admission, Analysis, Preparation, Satellite, parse_group, parse_years};
use crate::kernel::stored::Storage;
use crate::labels::Group;
use crate::level::Level;
use crate::load::{self, ReadOptions, TableRef};
use crate::model::memory::Asked;
use crate::model::{ModelOptions, memory};
use crate::table::{Conventions, OutputConvention, ValueAddedConvention};

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Threads to use [default: all cores]; results do not depend on it
    #[arg(long, global = true, hide_short_help = true, value_name = "N", help_heading = "Common options")]
    threads: Option<usize>,
    /// Memory that may be used: 16G (16 x 2^30 bytes), 16GB (16 x 10^9), 800M; work that needs more is refused [default: what is available]
    #[arg(long, global = true, hide_short_help = true, value_name = "SIZE", value_parser = parse_memory, help_heading = "Common options")]
    pub(crate) memory: Option<u64>,
    /// No notes on standard error
    #[arg(short, long, global = true, hide_short_help = true, help_heading = "Common options")]
    pub(crate) quiet: bool,
    /// More notes: every finding, timings
    #[arg(short, long, global = true, hide_short_help = true, help_heading = "Common options")]
    pub(crate) verbose: bool,
    /// Show progress on standard error
    #[arg(long, global = true, hide_short_help = true, value_enum, default_value_t = When::Auto, help_heading = "Common options")]
    pub(crate) progress: When,
    /// Exit 1 when accounts of a table do not hold or an identity gap is above tolerance (in `check`: also for warnings)
    #[arg(long, global = true, hide_short_help = true, help_heading = "Common options")]
    pub(crate) strict: bool,
}

/// `16G`.
fn parse_memory(text: &str) -> Result<u64, String> {
    match memory::parse_bytes(text) {
        Some(bytes) if bytes < 1024 => {
            Err(format!("{bytes} bytes hold no table: write a size as 16G, 1.5GB or 800M"))
        }
        Some(bytes) => Ok(bytes),
        None => Err("write a size as 16G, 1.5GB or 800M".into()),
    }
}

/// When to do a thing that depends on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

/// Threads that may be asked for on a machine of fewer cores.
const MOST_THREADS: usize = 256;

impl Common {
    /// The same without notes: for a command that prints its own summary.
    pub(crate) fn silenced(&self) -> Self {
        Self { quiet: true, ..*self }
    }

    /// How a table is read, in the memory that may be used.
    pub(crate) fn reading(&self, options: ReadOptions) -> ReadOptions {
        ReadOptions { memory: self.memory, ..options }
    }

    /// The memory that an analysis may use, and who is told what it will need.
    pub(crate) fn admission(&self, analysis: &dyn Analysis) -> Admission {
        self.admission_of(analysis.computed(), analysis.asked())
    }

    /// The same for work that is no analysis of a world.
    pub(crate) fn admission_of(&self, what: String, asked: Asked) -> Admission {
        Admission {
            what,
            asked,
            models: 0,
            limit: self.memory,
            tell: (self.verbose && !self.quiet).then_some(output::say as fn(&str)),
        }
    }

    /// Starts the threads: those that start by themselves, where they are wanted first, cannot say what is wrong.
    pub(crate) fn apply(&self) -> Result<(), Failure> {
        let Some(threads) = self.threads else {
            let started = rayon::ThreadPoolBuilder::new().build_global();
            return started.map_err(|error| Failure::no_thread(&error));
        };
        if threads == 0 {
            return Err(Failure::request(
                "--threads 0: at least one thread is needed",
                "leave the option out",
            ));
        }
        // Threads beyond the cores gain nothing, and thousands of them wait for each other for minutes.
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        if threads > MOST_THREADS.max(cores) {
            return Err(Failure::request(
                format!("--threads {threads}: at most {} can be asked for", MOST_THREADS.max(cores)),
                format!("leave the option out, or --threads {cores}"),
            ));
        }
        let started = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        started.map_err(|error| Failure::no_thread(&error))
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
    #[arg(long, value_name = "ID", hide_short_help = true)]
    from: Option<String>,
    /// Unit of the flows, when the source does not state it
    #[arg(long, value_name = "TEXT", hide_short_help = true)]
    unit: Option<String>,
    /// TOML file that describes a layout of your own (README.md shows one)
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    layout: Option<PathBuf>,
    /// How the flows are kept in memory: f32 halves it and keeps 7 digits, sparse keeps non-zeros only [default: as read]
    #[arg(long, value_enum, value_name = "HOW", hide_short_help = true)]
    store: Option<Store>,
}

/// How the flows are kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// Every cell in double precision
    F64,
    /// Every cell in single precision
    F32,
    /// Non-zeros in compressed rows
    Sparse,
}

impl From<Store> for Storage {
    fn from(store: Store) -> Self {
        match store {
            Store::F64 => Self::Double,
            Store::F32 => Self::Single,
            Store::Sparse => Self::Compressed,
        }
    }
}

impl Input {
    /// The tables behind the input.
    pub(crate) fn tables(&self) -> Result<Vec<TableRef>, Failure> {
        Ok(load::discover(&self.input, &self.years()?)?)
    }

    /// Years asked for; none for all.
    pub(crate) fn years(&self) -> Result<Vec<i32>, Failure> {
        Ok(self.year.as_deref().map_or(Ok(Vec::new()), parse_years)?)
    }

    /// The first option that was given and that says which tables are read, and how.
    pub(crate) fn first_option(&self) -> Option<&'static str> {
        [
            ("--year", self.year.is_some()),
            ("--from", self.from.is_some()),
            ("--unit", self.unit.is_some()),
            ("--layout", self.layout.is_some()),
            ("--store", self.store.is_some()),
        ]
        .into_iter()
        .find_map(|(option, given)| given.then_some(option))
    }

    pub(crate) fn read_options(&self) -> ReadOptions {
        ReadOptions {
            importer: self.from.clone(),
            unit: self.unit.clone(),
            layout: self.layout.clone(),
            store: self.store.map(Storage::from),
            ..ReadOptions::default()
        }
    }
}

/// Conventions and solver.
#[derive(Debug, Args)]
pub(crate) struct Modelling {
    /// What counts as gross output
    #[arg(long, value_enum, default_value_t = Output::RowSum, value_name = "CONVENTION", hide_short_help = true)]
    gross_output: Output,
    /// What counts as value added
    #[arg(long, value_enum, default_value_t = ValueAdded::Residual, value_name = "CONVENTION", hide_short_help = true)]
    value_added: ValueAdded,
    /// Solver id (`vadex list solvers`) [default: by size, density and signs]
    #[arg(long, value_name = "ID", hide_short_help = true)]
    solver: Option<String>,
    /// Split economies (CN1, CN2, MX1, ...): united with their base after the solve, or kept apart
    #[arg(long, value_enum, default_value_t = Split::Fold, value_name = "HOW", hide_short_help = true)]
    split: Split,
    /// Economies as one, NAME=A,B or a known group (EU27, ASEAN, ...: `vadex list groups`): trade inside is domestic. May be
    /// repeated
    #[arg(long, value_name = "NAME=A,B", value_parser = group)]
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

/// `EU=DEU,FRA`, as clap takes it.
pub(crate) fn group(text: &str) -> Result<Group, String> {
    parse_group(text).ok_or_else(|| {
        "write NAME=A,B,C, each economy once, or one of the groups of `vadex list groups`".to_owned()
    })
}

/// Labels and groups as they are typed, `A,B` or `A,NAME=B,C`, one by one: a group of one's own takes what follows it, up to the
/// next one or the end of the option.
pub(crate) fn words(typed: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for option in typed {
        let mut in_group = false;
        for word in option.split(',') {
            let begins = word.contains('=');
            if in_group
                && !begins
                && let Some(group) = words.last_mut()
            {
                group.push(',');
                group.push_str(word);
                continue;
            }
            in_group = begins;
            words.push(word.to_owned());
        }
    }
    words
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
    /// How a table is read and modelled.
    pub(crate) fn preparation(&self, input: &Input) -> Preparation {
        self.preparation_of(input.read_options())
    }

    /// The same for a table that is named in another way.
    pub(crate) fn preparation_of(&self, reading: ReadOptions) -> Preparation {
        let limit = reading.memory;
        Preparation {
            reading,
            groups: self.group.clone(),
            keep_splits: self.split == Split::Keep,
            model: self.options(),
            // At the least the model must fit; who asks for more says so.
            admission: Some(Admission {
                what: "the model".into(),
                asked: Asked::of_level(Level::Country, 0, 2),
                models: 0,
                limit,
                tell: None,
            }),
        }
    }

    fn options(&self) -> ModelOptions {
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

/// What is traced in place of value added.
#[derive(Debug, Default, Args)]
pub(crate) struct Traced {
    /// Satellite to trace in place of value added: a CSV, `builtin:wiod13`, Parquet, or published accounts
    #[arg(long, value_name = "FILE")]
    satellite: Option<PathBuf>,
    /// Which account, when there are several (`vadex list satellites`, `vadex inspect FILE`)
    #[arg(long, value_name = "NAME", requires = "satellite", hide_short_help = true)]
    satellite_name: Option<String>,
}

impl Traced {
    /// Is something else than value added traced?
    pub(crate) fn asked(&self) -> bool {
        self.satellite.is_some()
    }

    /// The satellite, where one was named.
    pub(crate) fn open(&self) -> Result<Option<Satellite>, Failure> {
        let Some(path) = &self.satellite else { return Ok(None) };
        Ok(Some(Satellite::open(path, self.satellite_name.as_deref())?))
    }
}

/// Where the result goes.
#[derive(Debug, Default, Args)]
pub(crate) struct OutputTo {
    /// File to write; its extension gives the format. `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// csv, json, parquet, xlsx, markdown or table [default: table in a terminal, csv when piped]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
}

impl OutputTo {
    /// Is the result a table in a terminal, where there is room for the main columns only?
    pub(crate) fn is_for_the_eyes(&self) -> bool {
        match (&self.format, &self.output) {
            (Some(format), _) => format == "table",
            (None, Some(path)) => path.as_os_str() == "-" && std::io::stdout().is_terminal(),
            (None, None) => std::io::stdout().is_terminal(),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_ones_own_takes_what_follows_it_in_its_option() {
        let of = |typed: &[&str]| words(&typed.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["ESP,EU27", "USA"]), ["ESP", "EU27", "USA"]);
        assert_eq!(of(&["USA,I=ESP,PRT", "FRA"]), ["USA", "I=ESP,PRT", "FRA"]);
        assert_eq!(of(&["I=ESP,PRT,N=USA,CAN"]), ["I=ESP,PRT", "N=USA,CAN"]);
        // What is empty is left for the table to refuse.
        assert_eq!(of(&["", "A,"]), ["", "A", ""]);
        assert!(of(&[]).is_empty());
    }
}
