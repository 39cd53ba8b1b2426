//! `vadex list`: what there is, straight from the registries.

use std::io::IsTerminal;

use clap::{Args, ValueEnum};

use crate::chart::{CHARTS, ChartKind};
use crate::claims::CLAIMS;
use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::decompose::METHODS;
use crate::glossary;
use crate::indicators::INDICATORS;
use crate::labels::known_groups;
use crate::load::concordance::CONCORDANCES;
use crate::load::{
    IMPORTERS, NATIONAL_IMPORTERS, SATELLITE_IMPORTERS, accounts, builtins, national_builtins, satellites,
};
use crate::manual::PAGES;
use crate::model::MATRICES;
use crate::model::solver::SOLVERS;
use crate::product;
use crate::report::WRITERS;
use crate::scenario;
use crate::upgrading::MEASURES;

/// List what there is: methods, indicators, claims, tables, ...
///
/// List what there is: methods, indicators, importers, solvers, formats, terms, claims, tables, satellites, concordances, products, scenarios, charts, measures, matrices, pages.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = "Example: vadex list solvers")]
pub(crate) struct List {
    /// What to list
    #[arg(value_enum)]
    what: What,
}

/// What can be listed, as it is typed.
pub(super) fn kinds() -> impl Iterator<Item = String> {
    What::value_variants().iter().filter_map(|what| Some(what.to_possible_value()?.get_name().to_owned()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Decompositions of exports
    Methods,
    /// Indicators, by family
    Indicators,
    /// File layouts that are read
    Importers,
    /// Ways of solving the Leontief system
    Solvers,
    /// Output formats
    Formats,
    /// Terms and columns
    Terms,
    /// Embedded tables
    Tables,
    /// Embedded satellite accounts, with their coverage
    Satellites,
    /// Built-in concordances
    Concordances,
    /// Groups of economies that are known by name
    Groups,
    /// Embedded product accounts
    Products,
    /// Kinds of changes that a scenario is made of, and embedded scenarios
    Scenarios,
    /// Measures of upgrading, by kind
    Measures,
    /// Matrices that `vadex matrix` writes
    Matrices,
    /// Claims of the literature
    Claims,
    /// Pages of the manual
    Pages,
    /// Kinds of chart, with the columns they need and the command that makes them
    Charts,
}

impl List {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        let lines: Vec<(String, String)> = match self.what {
            What::Methods => METHODS.iter().map(|m| (m.id().into(), m.summary().into())).collect(),
            What::Indicators => INDICATORS
                .iter()
                .map(|indicator| indicator.profile())
                .map(|profile| (profile.id.into(), format!("[{}] {}", profile.family.id(), profile.question)))
                .collect(),
            What::Importers => IMPORTERS
                .iter()
                .map(|i| (i.id().into(), i.summary().into()))
                .chain(NATIONAL_IMPORTERS.iter().map(|i| (i.id().into(), i.summary().into())))
                .chain(SATELLITE_IMPORTERS.iter().map(|i| (i.id().into(), of_accounts(i.summary()))))
                .collect(),
            What::Solvers => SOLVERS.iter().map(|s| (s.id().into(), s.summary().into())).collect(),
            What::Formats => WRITERS.iter().map(|w| (w.id().into(), w.summary().into())).collect(),
            What::Terms => {
                glossary::entries().map(|entry| (entry.symbol.into(), entry.meaning.into())).collect()
            }
            What::Products => product::embedded()?
                .iter()
                .map(|account| (account.id().to_owned(), account.title().to_owned()))
                .collect(),
            What::Scenarios => {
                let kinds = scenario::SCENARIOS.iter().map(|kind| kind.profile());
                let mut lines: Vec<(String, String)> =
                    kinds.map(|kind| (kind.id.into(), format!("[kind] {}", kind.question))).collect();
                for file in scenario::embedded() {
                    let title = scenario::ScenarioFile::parse(file.id, file.text)?.title;
                    lines.push((file.id.into(), format!("[file] {title}")));
                }
                lines
            }
            What::Measures => MEASURES
                .iter()
                .map(|measure| measure.profile())
                .map(|profile| (profile.id.into(), format!("[{}] {}", profile.kind.id(), profile.question)))
                .collect(),
            What::Matrices => MATRICES
                .iter()
                .map(|kind| (kind.id.into(), format!("{}: {}", kind.equation, kind.meaning)))
                .collect(),
            What::Claims => {
                CLAIMS.iter().map(|claim| (claim.card().id.into(), claim.card().statement.into())).collect()
            }
            What::Charts => CHARTS.iter().map(|kind| (kind.id().into(), chart_line(*kind))).collect(),
            What::Tables => builtins()
                .iter()
                .map(|builtin| (builtin.id, builtin.summary))
                .chain(national_builtins().iter().map(|builtin| (builtin.id, builtin.summary)))
                .map(|(id, summary)| (format!("builtin:{id}"), summary.to_owned()))
                .collect(),
            What::Concordances => CONCORDANCES
                .iter()
                .map(|known| (format!("builtin:{}", known.id), known.summary.to_owned()))
                .collect(),
            What::Groups => known_groups()
                .iter()
                .map(|group| (group.id.clone(), format!("{}: {}", group.title, group.members.join(" "))))
                .collect(),
            What::Pages => PAGES.iter().map(|page| (page.id.into(), page.summary.into())).collect(),
            What::Satellites => satellite_lines()?,
        };
        let width = lines.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
        // Lines are whole for programs and broken to fit for people.
        let line = |(id, summary): &(String, String)| {
            let lead = format!("{id:<width$}  ");
            if std::io::stdout().is_terminal() {
                output::wrapped(&lead, summary)
            } else {
                format!("{lead}{summary}\n")
            }
        };
        let text: String = lines.iter().map(line).collect();
        output::print(&text)?;
        Ok(Outcome::Done)
    }
}

/// Layouts of accounts are given to another option than tables.
fn of_accounts(summary: &str) -> String {
    format!("[--satellite] {summary}")
}

/// Summary, columns, and the command.
fn chart_line(kind: &dyn ChartKind) -> String {
    format!("{}; needs {}; made by `{}`", kind.summary(), kind.columns(), kind.made_by()[0])
}

/// `builtin:wiod13 jobs`: the unit, and who has figures when.
fn satellite_lines() -> Result<Vec<(String, String)>, Failure> {
    let mut lines = Vec::new();
    for id in accounts::EMBEDDED {
        let accounts = satellites(&format!("builtin:{id}"))?;
        for variable in accounts.variables() {
            let spans: Vec<String> = accounts
                .coverage(&variable.name)?
                .iter()
                .map(|span| {
                    let years = format!("{}-{}", span.first, span.last);
                    match (span.covered.len(), span.missing.len()) {
                        (0, _) => format!("{years} none"),
                        (covered, 0) => format!("{years} all {covered} economies"),
                        (covered, _) => {
                            format!("{years} {covered} economies, without {}", span.missing.join(" "))
                        }
                    }
                })
                .collect();
            let summary = format!("{}; {}; no rest of the world", variable.unit, spans.join("; "));
            lines.push((format!("builtin:{id} {}", variable.name), summary));
        }
    }
    Ok(lines)
}
