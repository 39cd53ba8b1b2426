//! `vadex install-manual`: manual pages and completions where `man` and the shells look for them.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::Shell;

use super::{completions, man};
use crate::cli::args::Common;
use crate::cli::failure::Failure;
use crate::cli::{Outcome, output};
use crate::report::ReportError;

/// Install manual pages and completions (bash, zsh, fish)
#[derive(Debug, Args)]
#[command(after_help = "Writes share/man/man1/vadex*.1, share/bash-completion/completions/vadex, \
    share/zsh/site-functions/_vadex and share/fish/vendor_completions.d/vadex.fish below the prefix; an older version is \
    replaced. Bash and `man` look in ~/.local by themselves; zsh needs the folder in its fpath.\n\n\
    Example: vadex install-manual --prefix ~/.local")]
pub(crate) struct InstallManual {
    /// Folder that holds `share`: ~/.local for yourself, /usr/local for everybody [default: ~/.local]
    #[arg(long, value_name = "DIR")]
    prefix: Option<PathBuf>,
}

/// Where each shell looks, below the prefix.
const SHELLS: [(Shell, &str); 3] = [
    (Shell::Bash, "share/bash-completion/completions/vadex"),
    (Shell::Zsh, "share/zsh/site-functions/_vadex"),
    (Shell::Fish, "share/fish/vendor_completions.d/vadex.fish"),
];

impl InstallManual {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let prefix = self.prefix()?;
        let mut files = Vec::new();
        for (name, page) in man::pages()? {
            files.push((prefix.join("share/man/man1").join(name), page));
        }
        for (shell, place) in SHELLS {
            files.push((prefix.join(place), completions::script(shell)));
        }
        // All folders before the first file: a place that takes none is told before anything is there.
        let mut made = Vec::new();
        for (path, _) in &files {
            made.push(output::make_folder(path.parent().unwrap_or(Path::new(".")))?);
        }
        for (path, bytes) in &files {
            output::write_whole(path, |file| Ok(file.write_all(bytes).map_err(ReportError::from)?))?;
        }
        if !common.quiet {
            output::talk(&format!(
                "written: {} manual pages and completions of {} shells below {}\n",
                files.len() - SHELLS.len(),
                SHELLS.len(),
                prefix.display()
            ));
        }
        Ok(Outcome::Done)
    }

    fn prefix(&self) -> Result<PathBuf, Failure> {
        if let Some(prefix) = &self.prefix {
            return Ok(prefix.clone());
        }
        let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        home.map(|home| home.join(".local")).ok_or_else(|| {
            Failure::request("there is no home folder to install to", "name a place: --prefix DIR")
        })
    }
}
