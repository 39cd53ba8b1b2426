//! `vadex scenario`: what would follow from another technology, supplier, demand or tariff.

use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Admission, Satellite, parse_years};
use crate::cli::args::{Common, Modelling, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Destination};
use crate::cli::{Outcome, progress, run};
use crate::frame::{Frame, IdentityGap, ResultNotes};
use crate::labels::Axis;
use crate::load::{self, ReadOptions, TableRef};
use crate::report::scenario_page;
use crate::scenario::{self, ASSUMPTIONS, Rows, ScenarioFile};

/// What would follow from a change of suppliers, demand, tariffs
///
/// What would follow from a change of suppliers, demand or tariffs: another model, solved again.
#[derive(Debug, Args)]
#[command(
    after_help = "FILE is an id of `vadex list scenarios` or a TOML file of changes; `vadex explain sourcing` shows the \
    keys of a kind. Conditional arithmetic at fixed prices and technology, not an estimate of what would happen: the result \
    says what it assumes.\n\n\
    More: `vadex scenario my.toml builtin:wiod13/2005 builtin:wiod13/2011 --level sector -o my.csv`.\n\n\
    Example: vadex scenario c23-opening"
)]
pub(crate) struct Scenario {
    /// Embedded scenario, or a TOML file
    #[arg(value_name = "FILE")]
    file: String,
    /// Print the TOML of an embedded scenario, to start one of your own from
    #[arg(
        long,
        conflicts_with_all = [
            "tables", "year", "only", "level", "economy", "satellite", "from", "unit", "output", "format", "gross_output",
            "value_added", "solver", "split", "group"
        ]
    )]
    show: bool,
    /// Table files, directories of years, or embedded tables [default: the file's, or builtin:wiod13/2011]
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
    /// Years: 2011, 1995,2011 or 1995-2011 [default: all of the tables]
    #[arg(long, value_name = "YEARS")]
    year: Option<String>,
    /// One scenario of several in the file
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// How finely to tell, as a table [default: country; without it and without -o, a page]
    #[arg(long, value_enum)]
    level: Option<Level>,
    /// Economies to show, comma-separated [default: all; on a page those that move most]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    /// Accounts that output takes with it, as jobs: CSV, Parquet, published, or `builtin:NAME`
    #[arg(long, value_name = "FILE")]
    satellite: Option<PathBuf>,
    /// Which account, when there are several (`vadex list satellites`, `vadex inspect FILE`)
    #[arg(long, hide_short_help = true, value_name = "NAME", requires = "satellite")]
    satellite_name: Option<String>,
    /// Importer id (`vadex list importers`) [default: recognised from content]
    #[arg(long, hide_short_help = true, value_name = "ID")]
    from: Option<String>,
    /// Unit of the flows, when the source does not state it
    #[arg(long, hide_short_help = true, value_name = "TEXT")]
    unit: Option<String>,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

/// How finely to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    Country,
    Sector,
}

const DEFAULT_TABLE: &str = "builtin:wiod13/2011";
/// The scenarios of one table.
struct Solved {
    frame: Frame,
    page: String,
    notes: ResultNotes,
    /// What is said of an account: not on the page.
    of_accounts: Vec<String>,
}

impl Scenario {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        if self.show {
            return self.show_file();
        }
        let file = self.chosen(scenario::find(&self.file)?)?;
        let wants_page = self.output.output.is_none() && self.output.format.is_none() && self.level.is_none();
        let destination = Destination::of(&self.output)?;
        let satellite = match &self.satellite {
            Some(path) => Some(Satellite::open(path, self.satellite_name.as_deref())?),
            None => None,
        };
        let years = self.year.as_deref().map_or(Ok(Vec::new()), parse_years)?;
        let mut tables = Vec::new();
        let default = file.table.clone().unwrap_or_else(|| DEFAULT_TABLE.to_owned());
        let inputs = if self.tables.is_empty() { vec![default] } else { self.tables.clone() };
        for input in &inputs {
            tables.extend(load::discover(input, &years)?);
        }
        run::are_apart(&tables)?;
        let bar = progress::bar(tables.len(), "scenario", common);
        let mut notes = ResultNotes::of("scenario");
        let (mut frames, mut pages, mut of_accounts) = (Vec::new(), Vec::new(), Vec::new());
        for table in &tables {
            let solved = self.one(&file, table, satellite.as_ref(), common)?;
            notes.absorb(solved.notes);
            of_accounts.extend(solved.of_accounts);
            frames.push(solved.frame);
            pages.push(solved.page);
            bar.inc(1);
        }
        bar.finish_and_clear();
        if wants_page {
            let outcome = Outcome::of(&notes, common);
            output::print(&pages.join("\n"))?;
            if !common.quiet {
                // The page says what the other remarks say.
                output::print_notes(&ResultNotes { remarks: of_accounts, ..notes }, common, None);
            }
            Ok(outcome)
        } else {
            destination.write(frames, &notes, common)
        }
    }

    /// The text of an embedded file.
    fn show_file(&self) -> Result<Outcome, Failure> {
        match scenario::embedded().iter().find(|file| file.id == self.file) {
            Some(file) => output::print(file.text)?,
            // Unknown ones are told with their neighbours; a file of the user's own can be looked at.
            None => {
                scenario::find(&self.file)?;
                return Err(Failure::request(
                    format!("{}: --show prints embedded scenarios", self.file),
                    "`vadex list scenarios` names them",
                ));
            }
        }
        Ok(Outcome::Done)
    }

    /// The file with the scenario that was asked for.
    fn chosen(&self, mut file: ScenarioFile) -> Result<ScenarioFile, Failure> {
        let Some(only) = &self.only else { return Ok(file) };
        let ids: Vec<String> = file.scenarios.iter().map(|scenario| scenario.id.clone()).collect();
        file.scenarios.retain(|scenario| scenario.id == *only);
        if file.scenarios.is_empty() {
            let hint = crate::labels::nearest(ids.iter().map(String::as_str), only).map_or_else(
                || "leave --only out for all of them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Failure::request(
                format!("--only {only}: {} has the scenarios {}", self.file, ids.join(", ")),
                hint,
            ));
        }
        Ok(file)
    }

    fn one(
        &self,
        file: &ScenarioFile,
        table: &TableRef,
        satellite: Option<&Satellite>,
        common: &Common,
    ) -> Result<Solved, Failure> {
        let reading = common.reading(ReadOptions {
            importer: self.from.clone(),
            unit: self.unit.clone(),
            ..ReadOptions::default()
        });
        let mut preparation = self.modelling.preparation_of(reading);
        let asked = scenario::asked(file.scenarios.len(), usize::from(satellite.is_some()));
        let anew = file.scenarios.iter().filter(|scenario| scenario.changes_inputs()).count();
        // Each keeps its world until all are told, and the one at hand the coefficients that it is making.
        let models = if anew == 0 { 0 } else { anew + 1 };
        preparation.admission = Some(Admission { models, ..common.admission_of("scenario".into(), asked) });
        let satellites: Vec<&Satellite> = satellite.into_iter().collect();
        let (world, traced) = preparation.open_with(table, &satellites)?;
        let mut notes = world.notes("scenario");
        let (mut accounts, mut of_accounts) = (Vec::new(), Vec::new());
        for traced in traced {
            let traced = traced?;
            let of_satellite = traced.notes("scenario");
            // What is said of the account, but not that it takes the place of value added: here it stands beside it.
            let said = of_satellite.remarks.iter().filter(|remark| !notes.remarks.contains(remark));
            let said: Vec<String> = said.filter(|remark| !remark.contains("in place of")).cloned().collect();
            of_accounts.extend(said.iter().cloned());
            notes.remarks.extend(said);
            accounts.push(traced.model().primary().clone());
        }
        let model = world.model();
        let axis = model.axis();
        let outcomes = scenario::evaluate(file, model, &accounts)?;
        let economies = self.shown(axis)?;
        let narrow = self.output.is_for_the_eyes();
        let rows = Rows { sectors: self.level == Some(Level::Sector), economies: economies.clone(), narrow };
        if narrow {
            notes.remarks.push(format!(
                "measures in {}; prices and other indices are 1 before, shares and rates are fractions",
                model.description().unit
            ));
        }
        let year = model.description().year;
        notes.remarks.extend(ASSUMPTIONS.iter().map(|assumption| (*assumption).to_owned()));
        for outcome in &outcomes {
            let said = outcome.changes.iter().chain(&outcome.remarks).chain(&outcome.notes);
            notes.remarks.extend(said.map(|said| format!("{}: {said}", outcome.id)));
            for caution in &outcome.cautions {
                if !notes.remarks.contains(caution) {
                    notes.remarks.push(caution.clone());
                }
            }
            notes.worst_residual = notes.worst_residual.max(outcome.residual);
            let closure = outcome.closure;
            for (identity, relative_gap) in [
                ("value added + unfilled inputs = final demand, of final demand", closure.gap),
                ("trade balances add up to zero, of exports", closure.trade_gap),
                (
                    "value added + unfilled inputs = final demand + trade balance, by economy",
                    closure.economy_gap,
                ),
            ] {
                notes.note_gap(IdentityGap {
                    identity: identity.into(),
                    at: outcome.id.clone(),
                    relative_gap,
                });
            }
        }
        Ok(Solved {
            frame: scenario::frame(&outcomes, axis, year, &rows),
            page: scenario_page(file, &outcomes, axis, &table.name(), &economies),
            notes,
            of_accounts,
        })
    }

    fn shown(&self, axis: &Axis) -> Result<Vec<usize>, Failure> {
        Ok(self.economy.iter().map(|name| axis.find_economy(name)).collect::<Result<_, _>>()?)
    }
}
