//! `vadex man`: the manual page, from the same command tree as the help.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, command, output};
use crate::report::ReportError;

/// Print the manual page, or write a page a command
///
/// Print the manual page, or write one page a command into a folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: vadex man --folder .\n\n`vadex install-manual` puts pages and completions where `man` and shells look."
)]
pub(crate) struct Man {
    /// Folder for `vadex.1`, `vadex-tiva.1` and so on
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        let Some(folder) = &self.folder else {
            output::print(&String::from_utf8_lossy(&render(in_full())?))?;
            return Ok(Outcome::Done);
        };
        for (name, page) in pages()? {
            output::write_whole(&folder.join(name), |file| {
                Ok(file.write_all(&page).map_err(ReportError::from)?)
            })?;
        }
        Ok(Outcome::Done)
    }
}

/// The tree for pages: what the short help leaves out for room would stand there without a word.
fn in_full() -> clap::Command {
    let in_full = |command: clap::Command| command.mut_args(|option| option.hide_short_help(false));
    in_full(command().mut_subcommands(in_full))
}

fn render(command: clap::Command) -> Result<Vec<u8>, ReportError> {
    let mut page = Vec::new();
    let source = concat!("vadex ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).source(source).render(&mut page)?;
    Ok(page)
}

/// One page a command: file name and content.
pub(super) fn pages() -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut root = in_full();
    root.build();
    let mut pages = Vec::new();
    for command in std::iter::once(root.clone()).chain(root.get_subcommands().cloned()) {
        let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
        pages.push((format!("{name}.1"), render(command)?));
    }
    Ok(pages)
}
