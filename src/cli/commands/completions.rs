//! `vadex completions`: shell completions from the same command tree as the help.

use clap::Args;
use clap_complete::Shell;

use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, command, output};

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example: vadex completions bash > vadex.bash\n\n`vadex install-manual` puts completions and manual pages where shells look."
)]
pub(crate) struct Completions {
    /// Shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        output::print(&String::from_utf8_lossy(&script(self.shell)))?;
        Ok(Outcome::Done)
    }
}

/// The completion script of a shell.
pub(super) fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "vadex", &mut script);
    script
}
