//! Results to bytes: one writer a format, all of them streaming, none of them knowing what the numbers mean.
//!
//! To add a format: one file that implements [`Writer`], one line in [`WRITERS`].

mod check_page;
mod csv;
mod json;
mod markdown;
mod parquet;
mod polars_frame;
mod product_page;
mod product_words;
mod scenario_page;
mod sparse_store;
mod terminal;
mod text_page;
mod watched;
mod whole;
mod write_accounts;
mod write_national;
mod write_network;
mod write_panel;
mod write_table;
mod xlsx;

use std::io::Write;

use self::whole::OfFile;
use crate::machine;
pub use check_page::check_page;
pub use csv::Csv;
pub use json::Json;
pub use markdown::Markdown;
pub use parquet::Parquet;
pub use product_page::{product_checks_page, product_page};
pub use scenario_page::scenario_page;
pub use terminal::Terminal;
pub use whole::{
    Half, ResultFile, behind_link, folder_of, is_stream, left_behind, notes_path, take_away,
    temporary_folder, write_whole, write_whole_and,
};
pub use write_accounts::write_accounts;
pub use write_national::NationalWriter;
pub use write_network::write_network;
pub use write_panel::PanelWriter;
pub use write_table::{TableFormat, write_table};
pub use xlsx::Xlsx;

use crate::frame::{Frame, ResultNotes};
use crate::labels::nearest;

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The operating system refused, or the reader went away.
    #[error("{path}: cannot be written: {source}")]
    Io {
        /// Path, or `standard output`.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
    /// The format's library refused.
    #[error("cannot write {format}: {message}")]
    Encode {
        /// Format id.
        format: &'static str,
        /// What it said.
        message: String,
    },
    /// A table that cannot stand in one panel with the others.
    #[error("{source_name}: {what} differs from the first table of the panel: {found}, expected {expected}")]
    NotOnePanel {
        /// The table.
        source_name: String,
        /// What differs.
        what: &'static str,
        /// What it has.
        found: String,
        /// What the others have.
        expected: String,
    },
    /// A panel that does not fit into memory.
    #[error(
        "{tables} tables in one file take about {} of memory while it is made, {}",
        machine::readable_above(*.needed, *.there), machine::limit(*.there, *.stated)
    )]
    NoRoom {
        /// Tables of the panel.
        tables: u64,
        /// Bytes.
        needed: u64,
        /// Bytes that may be used.
        there: u64,
        /// Was the limit stated, or is it what the machine has left?
        stated: bool,
    },
    /// More rows than the format can hold.
    #[error("a sheet of {format} has {most} rows below its header, the result has more")]
    TooManyRows {
        /// Format id.
        format: &'static str,
        /// Rows it can hold.
        most: u32,
    },
    /// No format of that name.
    #[error("unknown format `{name}`: there are {known}")]
    UnknownFormat {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
        /// The nearest one, when one is close.
        nearest: Option<String>,
    },
}

impl ReportError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::FileTooLarge => {
                "allow larger files (`ulimit -f`), or write to another file system".into()
            }
            Self::Io { .. } => "check that the folder exists, is writable and has room".into(),
            Self::Encode { format: "xlsx", message } if message.contains("Temporary file") => {
                "a workbook is made where temporary files are: name a folder with room in TMPDIR, or take another format"
                    .into()
            }
            Self::Encode { .. } => "try another format: `--format csv`".into(),
            Self::NotOnePanel { .. } => "write the tables to a directory: one file each".into(),
            Self::NoRoom { .. } => {
                "write the tables to a directory: one file each (`-o FOLDER/`), or fewer years (`--year`)"
                    .into()
            }
            Self::TooManyRows { .. } => {
                "write CSV or Parquet (`-o FILE.parquet`), a coarser level, or fewer economies and years"
                    .into()
            }
            Self::UnknownFormat { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownFormat { .. } => "`vadex list formats` describes them".into(),
        }
    }
}

impl From<std::io::Error> for ReportError {
    fn from(source: std::io::Error) -> Self {
        match source.downcast::<OfFile>() {
            Ok(OfFile { path, source }) => Self::Io { path, source },
            Err(source) => Self::Io { path: "the output".into(), source },
        }
    }
}

/// Takes a result piece by piece; every piece has the same columns.
pub trait Sink {
    /// Writes one piece.
    ///
    /// # Errors
    /// The output cannot take it.
    fn write(&mut self, piece: &Frame) -> Result<(), ReportError>;
    /// Writes what a format needs at its end.
    ///
    /// # Errors
    /// The output cannot take it.
    fn finish(self: Box<Self>) -> Result<(), ReportError>;
}

/// A format of results.
pub trait Writer: Sync {
    /// Flat id, as on the command line and as file extension.
    fn id(&self) -> &'static str;
    /// One sentence.
    fn summary(&self) -> &'static str;
    /// File extensions that mean this format.
    fn extensions(&self) -> &'static [&'static str];
    /// Starts a result on an output.
    fn start<'a>(&self, output: Box<dyn Write + 'a>, notes: &ResultNotes) -> Box<dyn Sink + 'a>;
}

/// Every format, in the order of `vadex list formats`.
pub static WRITERS: &[&dyn Writer] = &[&Csv, &Json, &Parquet, &Xlsx, &Markdown, &Terminal];

/// Looks a format up by id.
///
/// # Errors
/// [`ReportError::UnknownFormat`].
pub fn find_writer(id: &str) -> Result<&'static dyn Writer, ReportError> {
    WRITERS.iter().find(|writer| writer.id() == id).copied().ok_or_else(|| ReportError::UnknownFormat {
        name: id.to_owned(),
        known: WRITERS.iter().map(|writer| writer.id()).collect::<Vec<_>>().join(", "),
        nearest: nearest(WRITERS.iter().map(|writer| writer.id()), id),
    })
}

/// The format that a file extension means.
pub fn writer_for_extension(extension: &str) -> Option<&'static dyn Writer> {
    let lower = extension.to_lowercase();
    WRITERS.iter().find(|writer| writer.extensions().contains(&lower.as_str())).copied()
}

/// Names of files of every format that has an ending, in words: `out.csv, out.json, ... or out.txt`.
pub fn file_names(stem: &str) -> String {
    let endings = WRITERS.iter().filter_map(|writer| writer.extensions().first());
    let names: Vec<String> = endings.map(|ending| format!("{stem}.{ending}")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_those_of_every_format_that_has_an_ending() {
        let names = file_names("out");
        for writer in WRITERS {
            if let Some(ending) = writer.extensions().first() {
                assert!(names.contains(&format!("out.{ending}")), "{names}");
            }
        }
        assert_eq!(file_names(""), ".csv, .json, .parquet, .xlsx, .md or .txt");
    }
}
