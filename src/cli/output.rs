//! Where results go: standard output, or a file that appears whole or not at all, with its notes beside it.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::args::{Common, OutputTo};
use super::failure::Failure;
use crate::frame::{Frame, ResultNotes};
use crate::report::{self, ReportError, Sink, Writer, folder_of, notes_path};

/// A place and a format, checked before heavy work starts.
pub(crate) struct Destination {
    path: Option<PathBuf>,
    writer: &'static dyn Writer,
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
                    "name the file .csv, .json, .parquet or .md, or say --format",
                )
            })?,
            (None, None) if path.is_none() && io::stdout().is_terminal() => report::find_writer("table")?,
            (None, None) => report::find_writer("csv")?,
        };
        if let Some(path) = &path {
            check_folder(path)?;
        }
        Ok(Self { path, writer })
    }

    /// Writes frames as one result, with notes beside a file or, in short, on standard error.
    pub(crate) fn write(
        &self,
        frames: impl IntoIterator<Item = Frame>,
        notes: &ResultNotes,
        common: &Common,
    ) -> Result<(), Failure> {
        self.stream(notes, common, |sink| {
            for frame in frames {
                sink.write(&frame)?;
            }
            Ok(())
        })
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
                write_whole(path, |file| {
                    let mut sink = self.writer.start(Box::new(BufWriter::new(file)), notes);
                    produce(sink.as_mut())?;
                    Ok(sink.finish()?)
                })?;
                write_notes(path, notes)?;
            }
        }
        if !common.quiet {
            print_notes(notes, common, self.path.as_deref());
        }
        Ok(())
    }
}

/// What must be known about a file, beside it.
pub(crate) fn write_notes(path: &Path, notes: &impl serde::Serialize) -> Result<(), ReportError> {
    report::write_whole(&notes_path(path), |file| {
        serde_json::to_writer_pretty(file, notes)
            .map_err(|error| ReportError::Encode { format: "json", message: error.to_string() })
    })
}

fn check_folder(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    Err(Failure::request(
        format!("{}: the folder {} does not exist", path.display(), folder.display()),
        "create it first, or write somewhere else",
    ))
}

/// [`report::write_whole`] for the failures of a command.
pub(crate) fn write_whole(
    path: &Path,
    produce: impl FnOnce(&mut File) -> Result<(), Failure>,
) -> Result<(), Failure> {
    report::write_whole(path, produce)
}

/// The notes in a few lines: unit, conventions, exactness, findings.
pub(crate) fn print_notes(notes: &ResultNotes, common: &Common, path: Option<&Path>) {
    let mut text = String::new();
    let mut line = |content: String| {
        text.push_str(&content);
        text.push('\n');
    };
    let count = notes.sources.len();
    let tables = if count == 1 { "1 table".to_owned() } else { format!("{count} tables") };
    line(format!("{} {}: {tables}; unit: {}", notes.engine, notes.computed, notes.unit));
    line(notes.conventions.clone());
    let why = if common.verbose && !notes.solver_reason.is_empty() {
        format!(" ({})", notes.solver_reason)
    } else {
        String::new()
    };
    let mut exactness = format!("solver {}{why}, worst residual {:.1e}", notes.solver, notes.worst_residual);
    if let Some(gap) = &notes.worst_identity {
        exactness.push_str(&format!("; {}: worst gap {:.1e} ({})", gap.identity, gap.relative_gap, gap.at));
    }
    line(exactness);
    notes.remarks.iter().for_each(|remark| line(format!("note: {remark}")));
    if common.verbose {
        notes.findings.iter().for_each(|finding| line(format!("finding: {finding}")));
    } else if !notes.findings.is_empty() {
        line(format!("{} findings in the tables: -v shows them", notes.findings.len()));
    }
    if let Some(path) = path {
        line(format!("written: {} (and {})", path.display(), notes_path(path).display()));
    }
    // Notes are courtesy: a closed standard error is no reason to fail.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// A line of talk. Talk is courtesy: a closed standard error is no reason to fail.
pub(crate) fn talk(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// The remarks alone, for a command that prints text.
pub(crate) fn print_remarks(notes: &ResultNotes) {
    let text: String = notes.remarks.iter().map(|remark| format!("note: {remark}\n")).collect();
    // Notes are courtesy: a closed standard error is no reason to fail.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// One line for people on standard error.
pub(crate) fn say(line: &str) {
    // Talk is courtesy: a closed standard error is no reason to fail.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes plain text to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let io_error = |source| ReportError::Io { path: "standard output".into(), source };
    out.write_all(text.as_bytes()).map_err(io_error)?;
    out.flush().map_err(io_error)?;
    Ok(())
}
