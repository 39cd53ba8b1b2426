//! `vadex upgrading`: the four kinds of upgrading as a vector of trends, and whether they advance together.

use clap::{Args, ValueEnum};

use crate::analysis::{Beside, parse_years};
use crate::cli::Outcome;
use crate::cli::args::{Common, Input, Modelling, OutputTo};
use crate::cli::beside::{self, Accounts, Functions, Prices, ScopeArg};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::level::Level;
use crate::stats::{BootstrapPlan, FEWEST_DRAWS};
use crate::upgrading::correlations;
use crate::upgrading::figures::in_words;
use crate::upgrading::panel::{HOURS, JOBS, LABOUR, LABOUR_HIGH};
use crate::upgrading::vector::{self, VectorOptions};
use crate::upgrading::{Kind, Panel, Scope, UpgradingError, YearFacts};

/// Four kinds of upgrading as trends with intervals
///
/// Four kinds of upgrading (product, process, functional, inter-sectoral) as trends with intervals.
#[derive(Debug, Args)]
#[command(
    after_help = "One row an economy (or industry) and kind: the first measure of the kind that the data allow; --all shows \
    every measure. What cannot be measured has status `missing` and says which data it needs and which option reads them. \
    Trends are per cent or points a year; intervals by a bootstrap of AR(1) shocks. `vadex explain rca_va` tells any measure.\n\n\
    More: `vadex upgrading builtin:wiod13 --show correlations`, `vadex upgrading builtin:wiod13 --show shift-share \
    --economy CHN --scope all`.\n\n\
    Example: vadex upgrading builtin:wiod13 --economy CHN,KOR,MEX"
)]
pub(crate) struct Upgrading {
    #[command(flatten)]
    input: Input,
    /// Economies, or their industries
    #[arg(long, value_enum, default_value_t = LevelArg::Country)]
    level: LevelArg,
    /// Economies, comma-separated [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    economy: Vec<String>,
    /// Sectors, comma-separated, at the level of sectors [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    sector: Vec<String>,
    /// Kinds, comma-separated: product, process, functional, inter-sectoral [default: all]
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<String>,
    /// Every measure, not only the one that stands for its kind
    #[arg(long)]
    all: bool,
    /// What to show
    #[arg(long, value_enum, default_value_t = Show::Vector)]
    show: Show,
    /// Sectors that are hard to make [default: chemicals, machinery, electrical and transport equipment, by label]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    complex: Vec<String>,
    /// Income and work of shift-share
    #[arg(long, value_enum, default_value_t = ScopeArg::Exports)]
    scope: ScopeArg,
    /// Years to leave out of trends: 2009
    #[arg(long, value_name = "YEARS")]
    without: Option<String>,
    /// Bootstrap replications behind every interval, at least 199
    #[arg(long, value_name = "N", default_value_t = BootstrapPlan::default().draws)]
    bootstrap: usize,
    #[command(flatten)]
    prices: Prices,
    #[command(flatten)]
    accounts: Accounts,
    #[command(flatten)]
    functions: Functions,
    #[command(flatten)]
    modelling: Modelling,
    #[command(flatten)]
    output: OutputTo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelArg {
    Country,
    Sector,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Show {
    /// Trends of the four kinds
    Vector,
    /// Values of the same measures, year by year
    Paths,
    /// Rank correlations of the four over economies or industries
    Correlations,
    /// Growth of income a worker within sectors and between them, year by year
    ShiftShare,
}

impl Upgrading {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        if self.bootstrap < FEWEST_DRAWS {
            return Err(Failure::request(
                format!(
                    "--bootstrap {}: at least {FEWEST_DRAWS} replications are needed for an interval",
                    self.bootstrap
                ),
                format!("--bootstrap {FEWEST_DRAWS}, or leave it out ({})", BootstrapPlan::default().draws),
            ));
        }
        self.refuse_what_has_no_effect()?;
        let kinds: Vec<Kind> = self.kind.iter().map(|name| Kind::find(name)).collect::<Result<_, _>>()?;
        let without = self.without.as_deref().map_or(Ok(Vec::new()), parse_years)?;
        let beside = Beside {
            accounts: Some(self.accounts.files()),
            functions: self.functions.file(),
            prices: self.prices.prices.clone(),
            base: self.prices.base,
            complex: self.complex.clone(),
            wanted: &[HOURS, JOBS, LABOUR, LABOUR_HIGH],
            computed: "upgrading",
            owners: None,
        };
        let (panel, mut notes) = beside::panel(beside, &self.input, &self.modelling, common)?;
        let mut panel = panel.keeping(|year| !without.contains(&year));
        panel.scope = self.scope.into();
        let economies = find(&self.economy, |name| panel.axis().find_economy(name))?;
        let sectors = find(&self.sector, |name| panel.axis().find_sector(name))?;
        notes.remarks.extend(vector::remarks_on_panel(&panel));
        let asked = if economies.is_empty() { panel.axis().n_economies() } else { economies.len() };
        let idle = exporting_nothing(&panel, &economies);
        if !idle.is_empty() && panel.scope == Scope::Exports {
            notes.remarks.push(format!(
                "{} exports nothing: what is measured in exports has no value there; --scope all takes all income and work in \
                 shift-share",
                idle.join(", ")
            ));
        }
        if !without.is_empty() {
            notes.remarks.push(format!("left out of trends: {}", in_words(&without)));
        }
        let real = panel.years().iter().any(|facts| facts.real.is_some());
        let (steps, gap) = vector::shift_share_frame(&panel, &economies, real);
        notes.worst_identity = gap;
        if self.show == Show::ShiftShare {
            if steps.n_rows() == 0 && idle.len() == asked && panel.scope == Scope::Exports {
                return Err(Failure::request(
                    format!("{} exports nothing: there is no income in exports to compare", idle.join(", ")),
                    "--scope all takes all income and work",
                ));
            }
            if steps.n_rows() == 0 {
                return Err(Failure::request(
                    "no year with persons engaged in all industries of an economy",
                    "give them with --jobs FILE (economy,sector,year,value), or more years",
                ));
            }
            notes.remarks.push("growth, within, between: 100 times log points".into());
            return destination.write([steps], &notes, common);
        }
        let level = match self.level {
            LevelArg::Country => Level::Country,
            LevelArg::Sector => Level::Sector,
        };
        let plan = BootstrapPlan { draws: self.bootstrap, ..BootstrapPlan::default() };
        let units = panel.units(level, &economies, &sectors);
        if self.show == Show::Correlations {
            let readings = vector::readings(&panel, &units, &VectorOptions { plan, kinds: Vec::new() })?;
            let pairs = correlations::correlate(&panel, &readings, &plan).map_err(UpgradingError::from)?;
            let counts: Vec<String> = correlations::simultaneous(&readings)
                .into_iter()
                .map(|(kinds, units)| format!("{units} in {kinds}"))
                .collect();
            notes.remarks.push(format!(
                "units with all four measured, by the number of kinds in which the interval shows an advance: {}",
                counts.join(", ")
            ));
            for kind in Kind::ALL {
                let mut ids: Vec<&str> = Vec::new();
                for reading in readings.iter().filter(|r| r.headline && r.profile.kind == kind) {
                    if reading.trend.is_finite() && !ids.contains(&reading.profile.id) {
                        ids.push(reading.profile.id);
                    }
                }
                notes.remarks.push(format!(
                    "{}: {}",
                    kind.id(),
                    if ids.is_empty() { "not measured".to_owned() } else { ids.join(" or ") }
                ));
            }
            let frame = if self.output.is_for_the_eyes() {
                correlations::narrow_frame(&pairs)
            } else {
                correlations::frame(&pairs)
            };
            return destination.write([frame], &notes, common);
        }
        let mut readings = vector::readings(&panel, &units, &VectorOptions { plan, kinds })?;
        if !self.all {
            readings.retain(|reading| reading.headline);
        }
        notes.remarks.extend(vector::remarks_on_readings(&readings));
        if self.show == Show::Paths {
            notes.remarks.push(
                "change: per cent (100 times log points) or points since the first year with a value".into(),
            );
            return destination.write([vector::paths_frame(&panel, &readings)], &notes, common);
        }
        let frame = if self.output.is_for_the_eyes() {
            vector::narrow_frame(&panel, &readings)
        } else {
            vector::frame(&panel, &readings)
        };
        destination.write([frame], &notes, common)
    }

    /// Options that bear on something else than what is to be shown: they would be passed over.
    fn refuse_what_has_no_effect(&self) -> Result<(), Failure> {
        let (steps, pairs) = (self.show == Show::ShiftShare, self.show == Show::Correlations);
        for (option, given, without_effect, of) in [
            ("--level", self.level == LevelArg::Sector, steps, "shift-share is of economies"),
            ("--sector", !self.sector.is_empty(), steps, "shift-share is of economies"),
            ("--kind", !self.kind.is_empty(), steps, "shift-share has no kinds"),
            ("--kind", !self.kind.is_empty(), pairs, "correlations are of all four kinds"),
            ("--complex", !self.complex.is_empty(), steps, "shift-share has no kinds"),
            ("--occupations", self.functions.occupations.is_some(), steps, "shift-share has no kinds"),
            (
                "--bootstrap",
                self.bootstrap != BootstrapPlan::default().draws,
                steps,
                "shift-share is arithmetic and has no intervals",
            ),
            ("--all", self.all, steps || pairs, "one measure stands for each kind"),
            (
                "--sector",
                !self.sector.is_empty(),
                self.level == LevelArg::Country,
                "a row is an economy with all its sectors",
            ),
        ] {
            if given && without_effect {
                return Err(Failure::request(
                    format!("{option} would have no effect: {of}"),
                    match option {
                        "--sector" if !steps => "add --level sector, or leave --sector out",
                        _ => "leave it out, or choose another --show",
                    },
                ));
            }
        }
        Ok(())
    }
}

/// Economies among these, all when there are none, that export nothing in any year.
fn exporting_nothing(panel: &Panel, economies: &[usize]) -> Vec<String> {
    let axis = panel.axis();
    (0..axis.n_economies())
        .filter(|economy| economies.is_empty() || economies.contains(economy))
        .filter(|&economy| {
            let exports = |facts: &YearFacts| axis.block(economy).any(|row| facts.export_output[row] != 0.0);
            !panel.years().iter().any(exports)
        })
        .map(|economy| axis.economies()[economy].clone())
        .collect()
}

/// Positions of names.
pub(super) fn find<E>(
    names: &[String],
    position: impl Fn(&str) -> Result<usize, E>,
) -> Result<Vec<usize>, E> {
    names.iter().map(|name| position(name)).collect()
}
