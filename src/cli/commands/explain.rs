//! `vadex explain`: any word of the engine, with equation, source and what other tools call it; or a page of the manual.

use std::io;

use clap::Args;

use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{self, Outcome, output, reading};
use crate::manual;

/// Explain a term, method or page: words, equation, source
///
/// Explains a column, method, indicator, claim, solver, importer, format or embedded table, with equation, source and what
/// other tools call it, or shows a page of the manual.
#[derive(Debug, Args)]
#[command(
    after_help = "Pages: `vadex list pages`; coming-from is for users of Stata icio, decompr, exvatools, gvc and pymrio.\n\n\
    Example: vadex explain vax\n  vadex explain bm-source\n  vadex explain coming-from"
)]
pub(crate) struct Explain {
    /// A column (`dva`, `vs_share`), a method, an indicator, a claim, a solver, an importer, a page, ...
    #[arg(required = true)]
    term: Vec<String>,
}

/// How many words are told that speak of a phrase.
const TOLD: usize = 6;

fn hint(phrase: &str) -> String {
    let is = |name: &str| name == phrase.to_lowercase();
    if cli::command().get_subcommands().any(|command| is(command.get_name())) {
        return format!("it is a command: `vadex {} --help`", phrase.to_lowercase());
    }
    if let Some(kind) = super::list::kinds().find(|kind| is(kind) || is(kind.trim_end_matches('s'))) {
        return format!("`vadex list {kind}` shows what there is");
    }
    if let Some(near) = manual::nearest(phrase) {
        return format!("did you mean `{near}`?");
    }
    let speaking: Vec<String> =
        manual::speaking_of(phrase).iter().take(TOLD).map(|word| format!("`{word}`")).collect();
    if speaking.is_empty() {
        "`vadex list terms` shows columns, `vadex list pages` the manual".to_owned()
    } else {
        format!("it is spoken of in {}", speaking.join(", "))
    }
}

impl Explain {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        // Names are one word: `value added` is asked for as it is spoken.
        let phrase = self.term.join(" ");
        let phrase = phrase.trim();
        let spellings = [phrase.to_owned(), phrase.replace(' ', "_"), phrase.replace(' ', "-")];
        let Some((term, text)) =
            spellings.iter().find_map(|term| manual::explain(term).map(|text| (term, text)))
        else {
            return Err(Failure::request(format!("nothing is called `{phrase}`"), hint(phrase)));
        };
        // Pages are Markdown with lines of their own.
        let page = manual::PAGES.iter().any(|page| page.id.eq_ignore_ascii_case(term));
        output::print(&match (page, output::screen(&io::stdout())) {
            (true, Some(width)) => reading::for_screen(&text, width),
            (true, None) => text,
            (false, _) => output::fitted(&text),
        })?;
        Ok(Outcome::Done)
    }
}
