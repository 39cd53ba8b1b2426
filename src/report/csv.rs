//! Comma-separated values: numbers with every digit, missing values empty, no comment lines.

use std::io::Write;

use polars::prelude::{CsvWriter, SerWriter};

use super::{ReportError, Sink, Writer, polars_frame};
use crate::frame::{Frame, ResultNotes};

/// Writer of CSV.
#[derive(Debug)]
pub struct Csv;

impl Writer for Csv {
    fn id(&self) -> &'static str {
        "csv"
    }

    fn summary(&self) -> &'static str {
        "comma-separated values, every digit, missing values empty"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv"]
    }

    fn start<'a>(&self, output: Box<dyn Write + 'a>, _notes: &ResultNotes) -> Box<dyn Sink + 'a> {
        Box::new(CsvSink { output, started: false })
    }
}

struct CsvSink<'a> {
    output: Box<dyn Write + 'a>,
    started: bool,
}

impl Sink for CsvSink<'_> {
    fn write(&mut self, piece: &Frame) -> Result<(), ReportError> {
        let mut data = polars_frame::of(piece, "csv")?;
        let mut text = Vec::new();
        CsvWriter::new(&mut text)
            .include_header(!self.started)
            .finish(&mut data)
            .map_err(|error| ReportError::Encode { format: "csv", message: error.to_string() })?;
        self.started = true;
        // Written by ourselves, so that a reader that went away keeps its own error kind.
        Ok(self.output.write_all(&text)?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        Ok(self.output.flush()?)
    }
}
