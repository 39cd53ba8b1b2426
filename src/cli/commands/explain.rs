//! `vadex explain`: any word of the engine, with equation, source and what other tools call it; or a page of the manual.

use clap::Args;

use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
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
    term: String,
}

impl Explain {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        let Some(text) = manual::explain(&self.term) else {
            let hint = manual::nearest(&self.term).map_or(
                "`vadex list terms` shows columns, `vadex list pages` the manual".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Failure::request(format!("nothing is called `{}`", self.term), hint));
        };
        // Pages are Markdown with lines of their own.
        let page = manual::PAGES.iter().any(|page| page.id.eq_ignore_ascii_case(&self.term));
        output::print(&if page { text } else { output::fitted(&text) })?;
        Ok(Outcome::Done)
    }
}
