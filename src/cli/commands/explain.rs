//! `vadex explain`: a term, method, solver or importer in words, with equation and source.

use clap::Args;

use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::decompose::{METHODS, Method, Term};
use crate::glossary;
use crate::indicators::{INDICATORS, Profile};
use crate::labels;
use crate::load::IMPORTERS;
use crate::model::solver::SOLVERS;
use crate::upgrading::MEASURES;

/// Explain a term, method or indicator: words, equation, source
#[derive(Debug, Args)]
#[command(after_help = "Example: vadex explain vax")]
pub(crate) struct Explain {
    /// A column (`dva`, `vs_share`), a method, an indicator, a solver or an importer
    term: String,
}

/// The terms of a method, each once though several levels have it.
fn terms(method: &dyn Method) -> Vec<&'static Term> {
    let mut terms: Vec<&Term> = Vec::new();
    for term in method.levels().iter().flat_map(|&level| method.terms(level)) {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

impl Explain {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        let wanted = self.term.to_lowercase();
        let mut text = String::new();
        if let Some(entry) = glossary::find(&wanted) {
            text.push_str(&entry.to_string());
        }
        for method in METHODS.iter().filter(|method| method.id() == wanted) {
            let citation = method.citation();
            text.push_str(&format!(
                "{}\n  {}\n  source: {}, {}, https://doi.org/{}\n  cost: {}\n",
                method.id(),
                method.summary(),
                citation.authors,
                citation.work,
                citation.doi,
                method.cost()
            ));
            if let Some(caution) = method.caution() {
                text.push_str(&format!("  caution: {caution}\n"));
            }
        }
        for term in METHODS.iter().flat_map(|m| terms(*m).into_iter().map(move |t| (m.id(), t))) {
            let (method, term) = term;
            if term.symbol == wanted {
                text.push_str(&format!(
                    "{} in {method}: {}\n  {}\n",
                    term.symbol, term.meaning, term.equation
                ));
            }
        }
        for profile in INDICATORS.iter().map(|indicator| indicator.profile()) {
            if profile.id == wanted {
                text.push_str(&indicator(profile));
            }
            for column in profile.columns.iter().filter(|column| column.name == wanted) {
                text.push_str(&format!("{} in {}: {}\n", column.name, profile.id, column.meaning));
            }
        }
        for profile in MEASURES.iter().map(|measure| measure.profile()).filter(|profile| profile.id == wanted)
        {
            text.push_str(&format!(
                "{} (upgrading, {}{})\n  {}\n  {}\n  trend: {}\n  needs: {}\n  source: {}\n",
                profile.id,
                profile.kind.id(),
                if profile.proxy { ", a proxy" } else { "" },
                profile.question,
                profile.equation,
                profile.scale.unit(),
                profile.needs,
                profile.source
            ));
        }
        let described = SOLVERS
            .iter()
            .map(|solver| (solver.id(), solver.summary()))
            .chain(IMPORTERS.iter().map(|importer| (importer.id(), importer.summary())));
        for (id, summary) in described.filter(|(id, _)| *id == wanted) {
            text.push_str(&format!("{id}\n  {summary}\n"));
        }
        if text.is_empty() {
            let known = glossary::entries()
                .map(|entry| entry.symbol)
                .chain(METHODS.iter().map(|method| method.id()))
                .chain(INDICATORS.iter().map(|indicator| indicator.id()))
                .chain(MEASURES.iter().map(|measure| measure.profile().id))
                .chain(SOLVERS.iter().map(|solver| solver.id()));
            let hint = labels::nearest(known, &wanted)
                .map_or("`vadex list terms` shows them all".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
            return Err(Failure::request(format!("nothing is called `{}`", self.term), hint));
        }
        output::print(&text)?;
        Ok(Outcome::Done)
    }
}

/// An indicator in words: question, equation, columns, source, cost and caveats.
fn indicator(profile: &Profile) -> String {
    let levels: Vec<&str> = profile.levels.iter().map(|level| level.id()).collect();
    let mut text = format!(
        "{} (indicator, family {})\n  {}\n  {}\n  levels: {}\n",
        profile.id,
        profile.family.id(),
        profile.question,
        profile.equation,
        levels.join(", ")
    );
    for column in profile.columns {
        text.push_str(&format!("  {}: {}\n", column.name, column.meaning));
    }
    for citation in profile.citations {
        text.push_str(&format!(
            "  source: {}, {}, https://doi.org/{}\n",
            citation.authors, citation.work, citation.doi
        ));
    }
    text.push_str(&format!("  cost: {}\n", profile.cost));
    for caution in profile.cautions {
        text.push_str(&format!("  caution: {caution}\n"));
    }
    text
}
