//! A table for the eyes: rounded, aligned, scaled so that it fits 80 columns, unit in the caption.

use std::io::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{ReportError, Sink, Writer};
use crate::frame::{Column, Field, Frame, Measure, ResultNotes};

/// Writer of terminal tables.
#[derive(Debug)]
pub struct Terminal;

impl Writer for Terminal {
    fn id(&self) -> &'static str {
        "table"
    }

    fn summary(&self) -> &'static str {
        "aligned and rounded for reading; the default when standard output is a terminal"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt"]
    }

    fn start<'a>(&self, output: Box<dyn Write + 'a>, notes: &ResultNotes) -> Box<dyn Sink + 'a> {
        Box::new(TerminalSink {
            output,
            unit: notes.unit.clone(),
            conventions: notes.conventions.clone(),
            pieces: Vec::new(),
        })
    }
}

/// Collects everything before printing: column widths depend on all rows, and nobody reads a million lines.
struct TerminalSink<'a> {
    output: Box<dyn Write + 'a>,
    unit: String,
    conventions: String,
    pieces: Vec<Frame>,
}

/// Columns to fit when the width of the screen is not known.
const WIDTH: u16 = 80;
/// Amounts of at least this size are shown in thousands, millions and so on.
const SCALE_FROM: f64 = 100_000.0;

impl Sink for TerminalSink<'_> {
    fn write(&mut self, piece: &Frame) -> Result<(), ReportError> {
        self.pieces.push(piece.clone());
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        let Some(first) = self.pieces.first() else { return Ok(()) };
        let amounts = self.pieces.iter().flat_map(Frame::fields).filter(|f| f.measure == Measure::Amount);
        let largest = amounts
            .filter_map(|field| match &field.column {
                Column::Number(values) => Some(values),
                _ => None,
            })
            .flatten()
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let (mut scale, mut word) = (1.0, "");
        for (factor, name) in [(1e3, "thousand "), (1e6, "million "), (1e9, "billion ")] {
            if largest / scale >= SCALE_FROM {
                (scale, word) = (factor, name);
            }
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if first.fields().iter().any(|field| matches!(field.column, Column::Text(_))) {
            // Sentences are wrapped to the screen; labels and numbers never are.
            let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| width.0.max(WIDTH));
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        table.set_header(first.fields().iter().map(|field| field.name.replace('_', "_\n")));
        for piece in &self.pieces {
            for row in 0..piece.n_rows() {
                table.add_row(piece.fields().iter().map(|field| cell(field, row, scale)));
            }
        }
        for (position, field) in first.fields().iter().enumerate() {
            if let Some(column) = table.column_mut(position) {
                column.set_padding((0, 1));
                if matches!(field.column, Column::Number(_)) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        let mut text = table.trim_fmt();
        text.push('\n');
        if first.fields().iter().any(|field| field.measure == Measure::Amount) && !self.unit.is_empty() {
            text.push_str(&format!("amounts in {word}{}; shares are fractions\n", self.unit));
        }
        if !self.conventions.is_empty() {
            text.push_str(&format!("{}\n", self.conventions));
        }
        self.output.write_all(text.as_bytes())?;
        Ok(self.output.flush()?)
    }
}

/// One value as a person reads it; `scale` divides amounts.
pub(super) fn cell(field: &Field, row: usize, scale: f64) -> String {
    match &field.column {
        Column::Integer(values) => values[row].map_or_else(String::new, |value| value.to_string()),
        Column::Label { names, codes } => names[codes[row] as usize].clone(),
        Column::Text(values) => values[row].clone().unwrap_or_default(),
        Column::Number(values) => match (values[row], field.measure) {
            (value, _) if value.is_nan() => "-".into(),
            (value, Measure::Share) => format!("{value:.3}"),
            (value, Measure::Amount) => amount(value / scale),
            (value, _) => significant(value),
        },
    }
}

fn amount(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1e-3 => format!("{value:.3}"),
        0.0 => "0".into(),
        _ => format!("{value:.1e}"),
    }
}

fn significant(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e7).contains(&size) {
        return format!("{value:.3e}");
    }
    let digits = if size == 0.0 { 0 } else { (5 - size.log10().floor() as i32).clamp(0, 6) as usize };
    format!("{value:.digits$}")
}
