//! `vadex list`: what there is, straight from the registries.

use clap::{Args, ValueEnum};

use crate::claims::CLAIMS;
use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::decompose::METHODS;
use crate::glossary;
use crate::indicators::INDICATORS;
use crate::load::{IMPORTERS, builtins};
use crate::model::solver::SOLVERS;
use crate::product;
use crate::report::WRITERS;

/// List what there is: methods, indicators, importers, solvers, formats, terms, claims, tables, products
#[derive(Debug, Args)]
#[command(after_help = "Example: vadex list solvers")]
pub(crate) struct List {
    /// What to list
    #[arg(value_enum)]
    what: What,
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
    /// Embedded product accounts
    Products,
    /// Claims that can be tested
    Claims,
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
            What::Importers => IMPORTERS.iter().map(|i| (i.id().into(), i.summary().into())).collect(),
            What::Solvers => SOLVERS.iter().map(|s| (s.id().into(), s.summary().into())).collect(),
            What::Formats => WRITERS.iter().map(|w| (w.id().into(), w.summary().into())).collect(),
            What::Terms => {
                glossary::entries().map(|entry| (entry.symbol.into(), entry.meaning.into())).collect()
            }
            What::Products => product::embedded()?
                .iter()
                .map(|account| (account.id().to_owned(), account.title().to_owned()))
                .collect(),
            What::Claims => {
                CLAIMS.iter().map(|claim| (claim.card().id.into(), claim.card().statement.into())).collect()
            }
            What::Tables => builtins()
                .iter()
                .map(|builtin| (format!("builtin:{}", builtin.id), builtin.summary.to_owned()))
                .collect(),
        };
        let width = lines.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
        let text: String = lines.iter().map(|(id, summary)| format!("{id:<width$}  {summary}\n")).collect();
        output::print(&text)?;
        Ok(Outcome::Done)
    }
}
