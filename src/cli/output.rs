//! Where results go: standard output, or a file that appears whole or not at all, with its notes beside it.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::Outcome;
use super::args::{Common, OutputTo};
use super::failure::Failure;
use crate::frame::{Frame, ResultNotes};
use crate::interrupt::MadeFolder;
use crate::load::accounts;
use crate::report::{self, ReportError, ResultFile, Sink, Writer, folder_of, notes_path};
use crate::table::Provenance;

/// A place and a format, checked before heavy work starts.
pub(crate) struct Destination {
    path: Option<PathBuf>,
    writer: &'static dyn Writer,
    /// The name of the file means another format than the one that was asked for.
    misnamed: bool,
}

impl Destination {
    /// Resolves path and format.
    pub(crate) fn of(to: &OutputTo) -> Result<Self, Failure> {
        let path = to.output.clone().filter(|path| path.as_os_str() != "-");
        let extension =
            path.as_deref().and_then(Path::extension).and_then(|text| text.to_str()).map(str::to_owned);
        let writer = match (&to.format, &extension) {
            (Some(id), _) => report::find_writer(id)?,
            (None, Some(extension)) => report::writer_for_extension(extension).ok_or_else(|| {
                Failure::request(
                    format!("output extension `.{extension}` is not a known format"),
                    format!("name the file {}, or say --format", report::file_names("")),
                )
            })?,
            (None, None) if path.is_none() && io::stdout().is_terminal() => report::find_writer("table")?,
            (None, None) => report::find_writer("csv")?,
        };
        if let Some(path) = &path {
            check_folder(path)?;
        }
        let meant = extension.as_deref().and_then(report::writer_for_extension);
        Ok(Self { path, writer, misnamed: meant.is_some_and(|meant| meant.id() != writer.id()) })
    }

    /// Is the result read on a screen, and by nothing else?
    pub(crate) fn is_screen(&self) -> bool {
        self.path.is_none() && self.writer.id() == "table"
    }

    /// Writes frames as one result, with notes beside a file or, in short, on standard error; the outcome is what the notes
    /// make of it.
    pub(crate) fn write(
        &self,
        frames: impl IntoIterator<Item = Frame>,
        notes: &ResultNotes,
        common: &Common,
    ) -> Result<Outcome, Failure> {
        self.stream(notes, common, |sink| {
            for frame in frames {
                sink.write(&frame)?;
            }
            Ok(())
        })?;
        Ok(Outcome::of(notes, common))
    }

    /// Streams a result piece by piece; `notes` must be final when this is called.
    pub(crate) fn stream(
        &self,
        notes: &ResultNotes,
        common: &Common,
        produce: impl FnOnce(&mut dyn Sink) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match &self.path {
            None => {
                let mut sink = self.writer.start(Box::new(BufWriter::new(io::stdout().lock())), notes);
                produce(sink.as_mut())?;
                sink.finish()?;
            }
            Some(path) => {
                clear_away(path, common);
                let result = |file: &mut ResultFile<'_>| {
                    let mut sink = self.writer.start(Box::new(BufWriter::new(file)), notes);
                    produce(sink.as_mut())?;
                    Ok(sink.finish()?)
                };
                report::write_whole_and(path, result, || Ok(write_notes(path, notes)?))
                    .map_err(|failure: Failure| failure)?;
            }
        }
        if !common.quiet {
            // What is read by people has the conventions below it already.
            let told = self.path.is_none() && ["table", "markdown"].contains(&self.writer.id());
            let conventions = if told { String::new() } else { notes.conventions.clone() };
            print_notes(&ResultNotes { conventions, ..notes.clone() }, common, self.path.as_deref());
            if let Some(path) = self.path.as_deref().filter(|_| self.misnamed) {
                say(&format!("note: {} is {}, as --format says", path.display(), self.writer.id()));
            }
        }
        Ok(())
    }
}

/// What must be known about a file, beside it.
pub(crate) fn write_notes(path: &Path, notes: &impl serde::Serialize) -> Result<(), ReportError> {
    report::write_whole(&notes_path(path), |file| {
        let text = serde_json::to_vec_pretty(notes)
            .map_err(|error| ReportError::Encode { format: "json", message: error.to_string() })?;
        Ok(file.write_all(&text)?)
    })
}

/// Can a file be written to a path?
pub(crate) fn check_folder(path: &Path) -> Result<(), Failure> {
    if report::is_stream(path) {
        return Ok(());
    }
    let behind = report::behind_link(path);
    let path = &behind.map_err(|source| ReportError::Io { path: path.display().to_string(), source })?;
    // `new/` has a name, and means a folder.
    let means_folder =
        path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) && !path.is_dir();
    let folder = if means_folder { path } else { folder_of(path) };
    if !folder.is_dir() {
        return Err(Failure::request(
            format!("{}: the folder {} does not exist", path.display(), folder.display()),
            if means_folder {
                "create it and name a file in it: `out.csv` behind the name"
            } else {
                "create it first, or write somewhere else"
            },
        ));
    }
    if path.is_dir() {
        return Err(Failure::request(
            format!("{}: is a folder", path.display()),
            format!("name the file: {}", report::file_names("out")),
        ));
    }
    check_writable(folder)
}

/// Does a folder take files? Asked before hours of work, with a file that has no name and leaves nothing.
fn check_writable(folder: &Path) -> Result<(), Failure> {
    tempfile::tempfile_in(folder)
        .map(drop)
        .map_err(|source| ReportError::Io { path: folder.display().to_string(), source }.into())
}

/// Makes a folder that takes files; what was made goes again when nothing is written.
pub(crate) fn make_folder(folder: &Path) -> Result<MadeFolder, Failure> {
    let made = MadeFolder::new(folder)
        .map_err(|source| ReportError::Io { path: folder.display().to_string(), source })?;
    check_writable(folder)?;
    Ok(made)
}

/// [`report::write_whole`] for the failures of a command. What killed commands left goes without a word: who calls this has
/// not said whether notes are wanted.
pub(crate) fn write_whole(
    path: &Path,
    produce: impl FnOnce(&mut ResultFile<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    cleared_away(path);
    report::write_whole(path, produce)
}

/// Takes away what commands that were killed left on their way to a file and its notes, and tells it where notes are wanted.
pub(crate) fn clear_away(path: &Path, common: &Common) {
    for left in cleared_away(path) {
        if !common.quiet {
            say(&format!("note: removed {}, left half-written by a command that was killed", left.display()));
        }
    }
}

/// The same without a word; what went.
fn cleared_away(path: &Path) -> Vec<PathBuf> {
    let notes = notes_path(path);
    // What becomes the file behind a link is made beside that file.
    let file = report::behind_link(path).unwrap_or_else(|_| path.to_owned());
    let left = [file.as_path(), &notes].into_iter().flat_map(report::left_behind);
    left.filter(|left| report::take_away(left).is_ok()).collect()
}

/// Violations that are told without `-v`: of many tables the first ones say what is wrong with all.
const MOST_VIOLATIONS: usize = 3;

/// What was found in the tables, a line each. What does not hold is told whether more is wanted or not.
fn found(notes: &ResultNotes, common: &Common) -> Vec<String> {
    let shown = if common.verbose { notes.violations.len() } else { MOST_VIOLATIONS };
    let violations = notes.violations.iter().take(shown);
    let mut lines: Vec<String> = violations.map(|violation| format!("violation: {violation}")).collect();
    if common.verbose {
        lines.extend(notes.findings.iter().map(|finding| format!("finding: {finding}")));
        return lines;
    }
    let left = notes.violations.len().saturating_sub(shown) + notes.findings.len();
    if left > 0 {
        let more = if notes.violations.is_empty() { "" } else { "more " };
        let (findings, them) = if left == 1 { ("finding", "it") } else { ("findings", "them") };
        lines.push(format!("{left} {more}{findings} in the tables: -v shows {them}"));
    }
    lines
}

/// The notes in a few lines: unit, conventions, exactness, findings.
pub(crate) fn print_notes(notes: &ResultNotes, common: &Common, path: Option<&Path>) {
    let mut text = String::new();
    let mut line = |content: String| {
        text.push_str(&content);
        text.push('\n');
    };
    // Accounts that were traced are sources, and no tables.
    let is_table = |source: &&Provenance| !accounts::are_read_by(&source.importer);
    let tables = match notes.sources.iter().filter(is_table).count() {
        0 => String::new(),
        1 => "1 table; ".to_owned(),
        count => format!("{count} tables; "),
    };
    line(format!("{} {}: {tables}unit: {}", notes.engine, notes.computed, notes.unit));
    if !notes.conventions.is_empty() {
        line(notes.conventions.clone());
    }
    let why = if common.verbose && !notes.solver_reason.is_empty() {
        format!(" ({})", notes.solver_reason)
    } else {
        String::new()
    };
    let mut exactness = format!("solver {}{why}, worst residual {:.1e}", notes.solver, notes.worst_residual);
    if let Some(gap) = &notes.worst_identity {
        exactness.push_str(&format!("; {}: worst gap {:.1e} ({})", gap.identity, gap.relative_gap, gap.at));
    }
    if !notes.solver.is_empty() {
        line(exactness);
    }
    notes.remarks.iter().for_each(|remark| line(format!("note: {remark}")));
    found(notes, common).into_iter().for_each(&mut line);
    if let Some(path) = path {
        // Nothing can stand beside a device or a pipe.
        let beside = match report::is_stream(path) {
            true => String::new(),
            false => format!(" (and {})", notes_path(path).display()),
        };
        line(format!("written: {}{beside}", path.display()));
    }
    talk(&text);
}

/// Talk on standard error: on a screen long lines are broken between words, in a log or a pipe they stay whole.
pub(crate) fn talk(text: &str) {
    let text = match screen(&io::stderr()) {
        Some(width) => broken(text, width),
        None => text.to_owned(),
    };
    // Talk is courtesy: a closed standard error is no reason to fail.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Columns of the screen that a stream goes to, when it goes to one.
pub(crate) fn screen(stream: &impl IsTerminal) -> Option<usize> {
    let columns = || terminal_size::terminal_size().map_or(TEXT_WIDTH, |(width, _)| usize::from(width.0));
    stream.is_terminal().then(columns)
}

/// The remarks alone, for a command that prints text.
pub(crate) fn print_remarks(notes: &ResultNotes, common: &Common) {
    let remarks = notes.remarks.iter().map(|remark| format!("note: {remark}"));
    let text: String = remarks.chain(found(notes, common)).map(|line| format!("{line}\n")).collect();
    talk(&text);
}

/// One line for people on standard error.
pub(crate) fn say(line: &str) {
    talk(&format!("{line}\n"));
}

/// Writes plain text to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let io_error = |source| ReportError::Io { path: "standard output".into(), source };
    out.write_all(text.as_bytes()).map_err(io_error)?;
    out.flush().map_err(io_error)?;
    Ok(())
}

/// Width of text for people where nothing else is known.
const TEXT_WIDTH: usize = 80;

/// `text` behind a lead, broken between words at 80 columns; later lines are indented like the text.
pub(crate) fn wrapped(lead: &str, text: &str) -> String {
    behind(lead, lead.chars().count(), text, TEXT_WIDTH)
}

/// Every line broken at 80 columns, what follows indented by two more than the line.
pub(crate) fn fitted(text: &str) -> String {
    let fit = |line: &str| {
        let rest = line.trim_start();
        let indent = line.len() - rest.len();
        behind(&line[..indent], indent + 2, rest, TEXT_WIDTH)
    };
    text.lines().map(fit).collect()
}

/// The lines that are longer than `width` broken, the others as they are. What follows stands below the text behind a short
/// first word such as `note:`, else it is indented by two more than the line.
pub(super) fn broken(text: &str, width: usize) -> String {
    /// `finding:`.
    const LONGEST_LEAD: usize = 8;
    let fit = |line: &str| {
        if line.trim_end().chars().count() <= width {
            return line.to_owned();
        }
        let rest = line.trim_start();
        let indent = line.len() - rest.len();
        let hang = match rest.split_once(": ") {
            Some((word, _)) if word.len() < LONGEST_LEAD && !word.contains(' ') => word.len() + 2,
            _ => 2,
        };
        behind(&line[..indent], indent + hang, rest, width)
    };
    text.split_inclusive('\n').map(fit).collect()
}

/// `text` behind a lead, broken between words at `width` columns.
pub(super) fn behind(lead: &str, indent: usize, text: &str, width: usize) -> String {
    let indent = " ".repeat(indent);
    let (mut lines, mut line, mut empty) = (Vec::new(), lead.to_owned(), true);
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, indent.clone()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_a_terminal_and_lose_no_word() {
        let text = "the import content of exports ".repeat(9);
        for out in [wrapped("C1  Supported       ", &text), fitted(&format!("  {text}"))] {
            assert!(out.lines().all(|line| line.chars().count() <= TEXT_WIDTH), "{out}");
            let words = out.split_whitespace().filter(|word| !["C1", "Supported"].contains(word)).count();
            assert_eq!(words, text.split_whitespace().count());
        }
    }

    #[test]
    fn talk_is_broken_at_the_width_of_the_screen_and_goes_on_below_its_text() {
        let text =
            "error: no such economy in the table\n  try: another one of those that are there\nshort  one\n";
        let expected = "error: no such\n       economy in\n       the table\n  try: another one\n       of those that\n       \
                        are there\nshort  one\n";
        assert_eq!(broken(text, 20), expected);
        assert_eq!(broken(text, 60), text, "what fits stays as it is");
        // A word that is longer than the screen, and a line that has no such word in front.
        let path = "written: /a/folder/with/a/long/name.csv (and more)\n";
        assert_eq!(
            broken(path, 12),
            "written:\n         /a/folder/with/a/long/name.csv\n         (and\n         more)\n"
        );
        assert_eq!(broken("vadex of one table: unit", 18), "vadex of one\n  table: unit\n");
    }
}
