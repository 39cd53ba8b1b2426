//! The command line: the only module that knows clap, terminals and exit codes.
//!
//! Standard output is data and nothing else; notes, progress and errors go to standard error. To add a command: one
//! file in `commands/`, one variant in `Command` and one line in `Command::run`.

mod args;
mod beside;
mod commands;
mod draws;
mod failure;
mod folder;
mod output;
mod progress;
mod run;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use failure::Failure;

/// Value added in trade from inter-country input-output tables.
#[derive(Debug, Parser)]
#[command(name = "vadex", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Example: vadex tiva builtin:wiod13 --year 2011 --economy CHN,DEU,USA\n\n\
    Exit status: 0 done; 1 a check found a violation (or --strict met a finding); 2 usage, input or data error.")]
struct Cli {
    /// Without a command: `vadex claims`
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    common: args::Common,
}

#[derive(Debug, Subcommand)]
enum Command {
    Claims(commands::claims::Claims),
    Tiva(commands::tiva::Tiva),
    Decompose(commands::decompose::Decompose),
    Indicators(commands::indicators::Indicators),
    Everything(commands::everything::Everything),
    Sensitivity(commands::sensitivity::Sensitivity),
    Product(commands::product::Product),
    ImportContent(commands::import_content::ImportContentCommand),
    Upgrading(commands::upgrading::Upgrading),
    Functions(commands::functions::FunctionsCommand),
    Research(commands::research::Research),
    Ownership(commands::ownership::Ownership),
    Batch(commands::batch::Batch),
    Inspect(commands::inspect::Inspect),
    Check(commands::check::Check),
    Aggregate(commands::aggregate::Aggregate),
    #[command(visible_alias = "convert")]
    Import(commands::import::Import),
    Balance(commands::balance::Balance),
    Fold(commands::fold::Fold),
    Extract(commands::extract::Extract),
    Rename(commands::rename::Rename),
    Deflate(commands::deflate::Deflate),
    Fetch(commands::fetch::Fetch),
    List(commands::list::List),
    Explain(commands::explain::Explain),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
}

/// How a command ended, when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit 0.
    Done,
    /// A check found a violation, or `--strict` met a finding: exit 1.
    Violation,
}

impl Command {
    fn run(&self, common: &args::Common) -> Result<Outcome, Failure> {
        match self {
            Self::Claims(command) => command.run(common),
            Self::Tiva(command) => command.run(common),
            Self::Decompose(command) => command.run(common),
            Self::Indicators(command) => command.run(common),
            Self::Everything(command) => command.run(common),
            Self::Sensitivity(command) => command.run(common),
            Self::Product(command) => command.run(common),
            Self::ImportContent(command) => command.run(common),
            Self::Upgrading(command) => command.run(common),
            Self::Functions(command) => command.run(common),
            Self::Research(command) => command.run(common),
            Self::Ownership(command) => command.run(common),
            Self::Batch(command) => command.run(common),
            Self::Inspect(command) => command.run(common),
            Self::Check(command) => command.run(common),
            Self::Aggregate(command) => command.run(common),
            Self::Import(command) => command.run(common),
            Self::Balance(command) => command.run(common),
            Self::Fold(command) => command.run(common),
            Self::Extract(command) => command.run(common),
            Self::Rename(command) => command.run(common),
            Self::Deflate(command) => command.run(common),
            Self::Fetch(command) => command.run(common),
            Self::List(command) => command.run(common),
            Self::Explain(command) => command.run(common),
            Self::Completions(command) => command.run(common),
            Self::Man(command) => command.run(common),
        }
    }
}

/// Parses the arguments, runs the command, turns the outcome into an exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = cli.command.unwrap_or_else(|| Command::Claims(commands::claims::Claims::default()));
    let outcome = cli.common.apply().and_then(|()| command.run(&cli.common));
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Violation) => ExitCode::from(1),
        // The reader of our output went away (`vadex ... | head`): that is not a mistake.
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(2)
        }
    }
}

/// The command tree, for completions and the manual page.
fn command() -> clap::Command {
    Cli::command()
}
