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
mod reading;
mod run;

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::audit::IDENTITY_TOLERANCE;
use crate::frame::ResultNotes;
use failure::Failure;

/// Value added in trade from inter-country input-output tables.
#[derive(Debug, Parser)]
#[command(name = "vadex", version, max_term_width = 80, disable_help_subcommand = true)]
#[command(after_help = "Without a command: `vadex claims`, all claims of the ledger (a minute or so).\n\n\
    Example: vadex tiva builtin:wiod13 --year 2011 --economy CHN,DEU,USA\n\n\
    Exit status: 0 done; 1 a check found a violation (or --strict met one, in\n\
    `check` also a warning); 2 usage, input or data error; 130 interrupted.")]
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
    Report(commands::report::ReportCommand),
    Plot(commands::plot::Plot),
    Scenario(commands::scenario::Scenario),
    Sda(commands::sda::Sda),
    Matrix(commands::matrix::Matrix),
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
    InstallManual(commands::install_manual::InstallManual),
}

/// How a command ended, when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit 0.
    Done,
    /// A check found a violation, or `--strict` met one (in `check` also a warning): exit 1.
    Violation,
}

impl Outcome {
    /// What `--strict` makes of a result.
    pub(crate) fn of(notes: &ResultNotes, common: &args::Common) -> Self {
        let gap = notes.worst_identity.as_ref().map_or(0.0, |gap| gap.relative_gap);
        Self::strictly(gap, !notes.violations.is_empty(), common)
    }

    /// With `--strict` an identity gap above tolerance (or none that is a number) and accounts that do not hold are
    /// violations.
    pub(crate) fn strictly(gap: f64, violated: bool, common: &args::Common) -> Self {
        let broken = violated || gap.is_nan() || gap > IDENTITY_TOLERANCE;
        if common.strict && broken { Self::Violation } else { Self::Done }
    }
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
            Self::Report(command) => command.run(common),
            Self::Plot(command) => command.run(common),
            Self::Scenario(command) => command.run(common),
            Self::Sda(command) => command.run(common),
            Self::Matrix(command) => command.run(common),
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
            Self::InstallManual(command) => command.run(common),
        }
    }
}

/// Parses the arguments, runs the command, turns the outcome into an exit code.
pub fn main() -> ExitCode {
    let matches = command().try_get_matches().unwrap_or_else(|error| named_elsewhere(error).exit());
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let command = cli.command.unwrap_or_else(|| Command::Claims(commands::claims::Claims::default()));
    let ready = on_interruption().and_then(|()| cli.common.apply());
    let outcome = ready.and_then(|()| command.run(&cli.common));
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

/// A value that is no id here but a name in another tool (`--method bm_src`): what it is here stands in place of what is
/// spelt like it.
fn named_elsewhere(mut error: clap::Error) -> clap::Error {
    let told = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if error.kind() == ErrorKind::InvalidValue => {
            failure::in_other_tools(value)
        }
        _ => None,
    };
    if let Some(told) = told {
        error.remove(ContextKind::SuggestedValue);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![told.into()]));
    }
    error
}

/// Ctrl-C, a request to terminate and the end of the terminal take away what is half-written and end with 130. A signal
/// that is ignored already stays ignored: the end of the terminal under `nohup`, Ctrl-C for a script's background work.
#[cfg(unix)]
fn on_interruption() -> Result<(), Failure> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;

    // A file larger than `ulimit -f` allows is refused like one on a full disk. Without a handler the system would end the
    // process, with something half-written left; that the signal came interests nobody.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let heard = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
    // Without a handler the process is ended by the system: then temporary names may stay, half-written results never.
    if let Ok(mut signals) = Signals::new(heard) {
        let listen = move || {
            if signals.forever().next().is_some() {
                stop();
            }
        };
        std::thread::Builder::new().spawn(listen).map_err(|error| Failure::no_thread(&error))?;
    }
    Ok(())
}

/// Does the process ignore a signal, as Linux tells it? Elsewhere it is taken that it does not.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

/// Ctrl-C takes away what is half-written and ends with 130.
#[cfg(not(unix))]
fn on_interruption() -> Result<(), Failure> {
    let _ = ctrlc::try_set_handler(stop);
    Ok(())
}

/// Takes away what is half-written, and ends.
fn stop() {
    crate::interrupt::sweep();
    output::talk("\ninterrupted: what was written is whole, nothing half-written is left\n");
    std::process::exit(INTERRUPTED);
}

/// Exit status of a process that was interrupted.
const INTERRUPTED: i32 = 130;

/// The command tree: what is parsed, and what completions and manual pages are made from.
fn command() -> clap::Command {
    Cli::command()
        .mut_args(numbers_below_zero)
        .mut_subcommands(brief)
        .mut_subcommand("import-content", of_national_tables)
        .mut_subcommand("scenario", of_a_page)
        .mut_subcommand("product", of_a_page)
        .mut_subcommand("claims", of_a_page)
}

/// A number below zero is out of range, not an option that nobody knows.
fn numbers_below_zero(option: clap::Arg) -> clap::Arg {
    if option.get_action().takes_values() { option.allow_negative_numbers(true) } else { option }
}

/// National tables are read in one way: what says how others are read is not shown.
fn of_national_tables(command: clap::Command) -> clap::Command {
    command
        .mut_args(|option| match option.get_id().as_str() {
            "from" | "unit" | "layout" | "store" => option.hide(true),
            "input" => option.help(
                "`builtin:wiod16-national`, a directory of yearly national tables, or what `vadex aggregate` made of it",
            ),
            _ => option,
        })
}

/// What a command that tells a page writes when neither a file nor a format is named.
fn of_a_page(command: clap::Command) -> clap::Command {
    command.mut_arg("format", |option| {
        option.help("csv, json, parquet, xlsx, markdown or table [default: a page of text]")
    })
}

/// Headings of options that few need: in `--help` alone.
const SELDOM: [&str; 1] = ["Beside the tables"];

/// `-h` fits a screen: of the text below the options it shows the example alone, `--help` all of it.
fn brief(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|option| {
        let option = numbers_below_zero(option);
        let beside = option.get_help_heading().is_some_and(|heading| SELDOM.contains(&heading));
        if beside && !option.is_required_set() { option.hide_short_help(true) } else { option }
    });
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    match text.find("Example:") {
        Some(at) if at > 0 && command.get_after_long_help().is_none() => {
            command.after_help(text[at..].to_owned()).after_long_help(text)
        }
        _ => command,
    }
}
