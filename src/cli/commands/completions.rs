//! `vadex completions`: shell completions from the same command tree as the help.

use clap::Args;
use clap_complete::Shell;

use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, command, output};

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Example: vadex completions bash > ~/.local/share/bash-completion/completions/vadex")]
pub(crate) struct Completions {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "vadex", &mut script);
        output::print(&String::from_utf8_lossy(&script))?;
        Ok(Outcome::Done)
    }
}
