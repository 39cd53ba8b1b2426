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
/// other tools call it; tells what an option does and which commands have it; or shows a page of the manual.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Pages: `vadex list pages`; coming-from is for users of Stata icio, R, pymrio and MARIO, whose own words are \
    known, too (`vadex explain nrca`).\n\n\
    Example: vadex explain vax\n  vadex explain bm-source\n  vadex explain coming-from"
)]
pub(crate) struct Explain {
    /// A column (`dva`, `vs_share`), a method, an indicator, a claim, a solver, an option (`group`), a page, ...
    #[arg(required = true)]
    term: Vec<String>,
}

/// How many words are told that speak of a phrase.
const TOLD: usize = 6;

/// Where a command or a kind of thing is told.
fn elsewhere(phrase: &str) -> Option<String> {
    let is = |name: &str| name == phrase.to_lowercase();
    if cli::command().get_subcommands().any(|command| is(command.get_name())) {
        return Some(format!("it is a command: `vadex {} --help`", phrase.to_lowercase()));
    }
    let kind = super::list::kinds().find(|kind| is(kind) || is(kind.trim_end_matches('s')))?;
    Some(format!("`vadex list {kind}` shows what there is"))
}

fn hint(phrase: &str) -> String {
    if let Some(elsewhere) = elsewhere(phrase) {
        return elsewhere;
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

/// An option in words: what it does, and in which commands. One that means something else in other commands is told once a
/// meaning.
fn option(name: &str) -> Option<String> {
    let name = name.trim_start_matches('-');
    let command = cli::command();
    let mut meanings: Vec<(String, String, Vec<String>)> = Vec::new();
    let mut tell = |of: &str, arg: &clap::Arg| {
        let help =
            arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
        let values: Vec<String> = arg
            .get_value_names()
            .filter(|_| arg.get_action().takes_values())
            .into_iter()
            .flatten()
            .map(|value| format!(" {value}"))
            .collect();
        match meanings.iter_mut().find(|known| known.0 == help) {
            Some(known) => known.2.push(of.to_owned()),
            None => meanings.push((help, values.concat(), vec![of.to_owned()])),
        }
    };
    let is = |arg: &&clap::Arg| arg.get_long() == Some(name);
    command.get_arguments().filter(is).for_each(|arg| tell("every command", arg));
    for of in command.get_subcommands() {
        of.get_arguments()
            .filter(is)
            .filter(|arg| !arg.is_global_set() && !arg.is_hide_set())
            .for_each(|arg| tell(of.get_name(), arg));
    }
    let told: Vec<String> = meanings
        .into_iter()
        .map(|(help, values, commands)| {
            format!("--{name}{values}\n  {help}\n  in: {}\n", commands.join(", "))
        })
        .collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

/// Everything of a name: the word or page of the manual, and the option.
fn told(name: &str) -> Option<String> {
    // Pages are Markdown with lines of their own.
    let page = manual::PAGES.iter().any(|page| page.id.eq_ignore_ascii_case(name));
    let word = manual::explain(name).map(|text| match (page, output::screen(&io::stdout())) {
        (true, Some(width)) => reading::for_screen(&text, width),
        (true, None) => text,
        (false, _) => output::fitted(&text),
    });
    let option = option(name).map(|text| output::fitted(&text));
    match (word, option) {
        (Some(word), Some(option)) => Some(format!("{word}\n{option}")),
        (None, Some(option)) => Some(
            elsewhere(name).map_or_else(|| option.clone(), |elsewhere| format!("{option}\n{elsewhere}\n")),
        ),
        (word, option) => word.or(option),
    }
}

/// What a name is in other tools: meant rather than what is spelt alike.
fn told_elsewhere(name: &str) -> Option<String> {
    manual::explain_elsewhere(name).map(|text| output::fitted(&text))
}

/// One name of several, of whoever it is.
fn known(name: &str) -> Option<String> {
    told(name).or_else(|| told_elsewhere(name))
}

impl Explain {
    pub(crate) fn run(&self, _common: &Common) -> Result<Outcome, Failure> {
        // Names are one word: `value added` is asked for as it is spoken.
        let phrase = self.term.join(" ");
        let phrase = phrase.trim();
        let spellings = [phrase.to_owned(), phrase.replace(' ', "_"), phrase.replace(' ', "-")];
        // Several names at once are what no single one is.
        let each = || self.term.iter().map(|term| known(term)).collect::<Option<Vec<_>>>();
        let found = spellings
            .iter()
            .find_map(|term| told(term))
            .or_else(|| told_elsewhere(phrase))
            .or_else(|| Some(each()?.join("\n")));
        match found {
            Some(text) => output::print(&text)?,
            None => {
                // Of several names the one that is not known.
                let some = self.term.iter().any(|term| known(term).is_some());
                let unknown = self.term.iter().find(|term| some && known(term).is_none());
                let phrase = unknown.map_or(phrase, String::as_str);
                return Err(Failure::request(format!("nothing is called `{phrase}`"), hint(phrase)));
            }
        }
        Ok(Outcome::Done)
    }
}
