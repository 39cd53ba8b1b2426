//! `vadex sda`: why the GDP of each economy, or value added of its industries, changed between two tables, by six factors.

use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Admission, AnalysisError, Preparation, SdaAnalysis, World, parse_years};
use crate::cli::args::{Common, LevelArg, Modelling, OutputTo, Store, Traced, words};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::{Outcome, progress, run};
use crate::frame::Frame;
use crate::kernel::stored::Storage;
use crate::level::Level;
use crate::load::{self, ReadOptions, TableRef};
use crate::model::memory::Asked;

/// Why GDP changed: technology, sourcing or demand
///
/// Structural decomposition (SDA) of the change of GDP of each economy between two years: six factors, over every order in
/// which they can change.
#[derive(Debug, Args)]
#[command(
    after_help = "Factors (`vadex explain technology` tells any): value-added-share; technology, what is bought a unit of output; \
    input-sourcing and final-sourcing, whom it is bought of; demand-mix, which goods; demand-level, how much. contribution \
    is the mean over all 720 orders and adds up to the change; lowest and highest are the ends over them. Each contribution is \
    the sum of what comes through final demand at home and abroad (domestic_demand, foreign_demand); --level bilateral tells \
    whose. Industries (--level sector) add up to their economy. FROM and TO have \
    the same economies and sectors (`vadex aggregate` brings them there). At current prices the change is nominal: give \
    tables of `vadex deflate --base YEAR` for a real one.\n\n\
    --chain has a row for each step from a table to the next (path step), their sum over the period (chained) and the ends \
    compared (direct): the same change, attributed along the path or across it. With --satellite jobs, hours or emissions are \
    decomposed in place of GDP, and intensity, what they are a unit of output, takes the place of value-added-share.\n\n\
    More: `vadex sda builtin:wiod13 --year 1995,2011 --coupled`, `vadex sda builtin:wiod13 --year 1995-2009 --chain`.\n\n\
    Example: vadex sda builtin:wiod13/2000 builtin:wiod13/2008 --economy CHN"
)]
pub(crate) struct Sda {
    /// The earlier table: a file or `builtin:wiod13/2000`; with --year or --chain the input that has all of them
    #[arg(value_name = "FROM")]
    first: String,
    /// The later table
    #[arg(value_name = "TO")]
    second: Option<String>,
    /// The two years of one input: 2000,2008; with --chain all of them: 1995-2009
    #[arg(long, value_name = "YEARS", conflicts_with = "second")]
    year: Option<String>,
    /// Economies to show, or groups of them (EU27) [default: all]
    ///
    /// Economies to show, comma-separated [default: all]. A group, NAME=A,B or a known one (`vadex list groups`), stands for
    /// those of its members that the table has; --group makes one economy of them.
    #[arg(long, value_name = "A,B")]
    economy: Vec<String>,
    /// How finely to tell; the bilateral levels by whose final demand it is
    #[arg(long, value_enum, default_value_t = LevelArg::Country)]
    level: LevelArg,
    /// Year by year: each step, their sum, and the two ends compared
    #[arg(long, conflicts_with = "second")]
    chain: bool,
    /// Value-added shares and the inputs that leave them as one factor; technology is the mix of inputs
    #[arg(long, conflicts_with = "satellite")]
    coupled: bool,
    #[command(flatten)]
    traced: Traced,
    /// Importer id (`vadex list importers`) [default: recognised from content]
    #[arg(long, hide_short_help = true, value_name = "ID")]
    from: Option<String>,
    /// Unit of the flows, when the source does not state it
    #[arg(long, hide_short_help = true, value_name = "TEXT")]
    unit: Option<String>,
    /// TOML file that describes a layout of your own (README.md shows one)
    #[arg(long, hide_short_help = true, value_name = "FILE")]
    layout: Option<PathBuf>,
    /// How the flows are kept in memory: f64 for tables that are kept as non-zeros or in single precision [default: as read]
    #[arg(long, value_enum, hide_short_help = true, value_name = "HOW")]
    store: Option<Store>,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// Columns for a screen.
const SHOWN: [&str; 9] = [
    "economy",
    "sector",
    "absorber",
    "factor",
    "contribution",
    "lowest",
    "highest",
    "domestic_demand",
    "foreign_demand",
];

impl Sda {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let analysis = SdaAnalysis {
            economies: words(&self.economy),
            level: Level::from(self.level),
            coupled: self.coupled,
        };
        let satellite = self.traced.open()?;
        let tables = self.tables()?;
        // A chain compares the ends once more, and has the sum of its steps.
        let (compared, results) = if self.chain { (tables.len(), tables.len() + 1) } else { (1, 1) };
        let steps = tables.len() + usize::from(self.chain) + compared * analysis.systems();
        let bar = progress::bar(steps, &analysis.computed(), common);
        let asked = Asked { columns: results * analysis.asked().columns, ..analysis.asked() };
        let admission = common.admission_of(analysis.computed(), asked);
        let open = |place: usize, models: usize| -> Result<World, AnalysisError> {
            let preparation = self.preparation(Admission { models, ..admission.clone() }, common);
            let world = preparation.open_for(&tables[place], satellite.as_ref())?;
            bar.inc(1);
            Ok(world)
        };
        let step = || bar.inc(1);
        // The model of the other table, and one that is mixed of both; later the other one is in memory already.
        let (at_first, later) = (2, 1);
        let piece = if self.chain {
            let mut models = at_first;
            let mut next = |place: usize| open(place, std::mem::replace(&mut models, later));
            analysis.run_chain(tables.len(), &mut next, &step)?
        } else {
            let from = open(0, at_first)?;
            let to = open(1, later)?;
            analysis.run(&from, &to, &step)?
        };
        bar.finish_and_clear();
        let frame = if destination.is_screen() { for_reading(piece.frame) } else { piece.frame };
        destination.write([frame], &piece.notes, common)
    }

    /// The two tables, or those of a chain, the earlier ones first.
    fn tables(&self) -> Result<Vec<TableRef>, Failure> {
        let years = self.year.as_deref().map_or(Ok(Vec::new()), parse_years)?;
        let Some(second) = &self.second else {
            let mut tables = load::discover(&self.first, &years)?;
            tables.sort_by_key(TableRef::year);
            if self.chain {
                run::are_apart(&tables)?;
            } else if tables.len() != 2 {
                return Err(self.not_two(&tables));
            }
            return Ok(tables);
        };
        Ok(vec![Self::only(&self.first)?, Self::only(second)?])
    }

    /// The one table behind an input.
    fn only(input: &str) -> Result<TableRef, Failure> {
        let mut tables = load::discover(input, &[])?;
        match tables.pop() {
            Some(table) if tables.is_empty() => Ok(table),
            _ => Err(Failure::request(
                format!("{input}: {} tables, FROM and TO are one each", tables.len() + 1),
                "name a year of it: builtin:wiod13/2000, or the file; or one input with --year 2000,2008",
            )),
        }
    }

    fn not_two(&self, found: &[TableRef]) -> Failure {
        let names: Vec<String> = found.iter().take(MOST_NAMES).map(TableRef::name).collect();
        let more = if found.len() > MOST_NAMES { ", ..." } else { "" };
        Failure::request(
            format!(
                "{}: two tables are compared, there {} {} ({}{more})",
                self.first,
                if found.len() == 1 { "is" } else { "are" },
                found.len(),
                names.join(", ")
            ),
            "name a table to compare it with, TO, or two years of the input: --year 2000,2008; --chain takes them all, year by year",
        )
    }

    fn preparation(&self, admission: Admission, common: &Common) -> Preparation {
        let preparation = self.modelling.preparation_of(common.reading(ReadOptions {
            importer: self.from.clone(),
            unit: self.unit.clone(),
            layout: self.layout.clone(),
            store: self.store.map(Storage::from),
            ..ReadOptions::default()
        }));
        Preparation { admission: Some(admission), ..preparation }
    }
}

/// Tables named of those that are too many.
const MOST_NAMES: usize = 4;

/// The columns for a screen; GDP and its change are in the file, and the years where they are the same in all rows.
fn for_reading(frame: Frame) -> Frame {
    let chained = frame.column("path").is_some();
    let shown = |name: &str| SHOWN.contains(&name) || (chained && ["from", "to", "path"].contains(&name));
    let fields = frame.into_fields().into_iter().filter(|field| shown(&field.name));
    fields.fold(Frame::new(), |shown, field| shown.with(&field.name, field.measure, field.column))
}
