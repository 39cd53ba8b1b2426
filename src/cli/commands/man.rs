//! `vadex man`: the manual page, from the same command tree as the help.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, command, output};
use crate::report::ReportError;

/// Print the manual page, or write one page a command into a folder
#[derive(Debug, Args)]
#[command(after_help = "Example: vadex man --folder ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// Folder for `vadex.1`, `vadex-tiva.1` and so on
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        let render = |command: clap::Command| -> Result<Vec<u8>, ReportError> {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            Ok(page)
        };
        let Some(folder) = &self.folder else {
            output::print(&String::from_utf8_lossy(&render(command())?))?;
            return Ok(Outcome::Done);
        };
        let mut root = command();
        root.build();
        for page in std::iter::once(root.clone()).chain(root.get_subcommands().cloned()) {
            let name = page.get_display_name().unwrap_or(page.get_name()).to_owned();
            let path = folder.join(format!("{name}.1"));
            let bytes = render(page)?;
            output::write_whole(&path, |file| {
                use std::io::Write;
                Ok(file.write_all(&bytes).map_err(ReportError::from)?)
            })?;
        }
        Ok(Outcome::Done)
    }
}
