//! Markdown tables, for notes and pages.

use std::io::Write;

use super::terminal::cell;
use super::{ReportError, Sink, Writer};
use crate::frame::{Frame, ResultNotes};

/// Writer of Markdown.
#[derive(Debug)]
pub struct Markdown;

impl Writer for Markdown {
    fn id(&self) -> &'static str {
        "markdown"
    }

    fn summary(&self) -> &'static str {
        "a Markdown table, numbers rounded to six significant digits"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["md", "markdown"]
    }

    fn start<'a>(&self, output: Box<dyn Write + 'a>, notes: &ResultNotes) -> Box<dyn Sink + 'a> {
        Box::new(MarkdownSink { output, started: false, caption: caption(notes) })
    }
}

struct MarkdownSink<'a> {
    output: Box<dyn Write + 'a>,
    started: bool,
    caption: String,
}

/// Unit and conventions below a table, which may be torn from its notes.
fn caption(notes: &ResultNotes) -> String {
    let unit = (!notes.unit.is_empty()).then(|| format!("Amounts in {}; shares are fractions.", notes.unit));
    let conventions = (!notes.conventions.is_empty()).then(|| format!("Conventions: {}.", notes.conventions));
    let lines: Vec<String> = unit.into_iter().chain(conventions).collect();
    if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(" ")) }
}

impl Sink for MarkdownSink<'_> {
    fn write(&mut self, piece: &Frame) -> Result<(), ReportError> {
        let mut text = String::new();
        let mut line = |cells: Vec<String>| {
            text.push_str("| ");
            text.push_str(&cells.join(" | "));
            text.push_str(" |\n");
        };
        if !self.started {
            line(piece.fields().iter().map(|field| field.name.clone()).collect());
            line(
                piece
                    .fields()
                    .iter()
                    .map(|field| {
                        let number = matches!(field.column, crate::frame::Column::Number(_));
                        if number { "---:".into() } else { "---".into() }
                    })
                    .collect(),
            );
            self.started = true;
        }
        for row in 0..piece.n_rows() {
            line(piece.fields().iter().map(|field| cell(field, row, 1.0).replace('|', "\\|")).collect());
        }
        Ok(self.output.write_all(text.as_bytes())?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        self.output.write_all(self.caption.as_bytes())?;
        Ok(self.output.flush()?)
    }
}
