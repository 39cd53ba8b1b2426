//! A table for the eyes: rounded, aligned, scaled so that it fits 80 columns, unit in the caption.

use std::io::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{ReportError, Sink, Writer};
use crate::chart::sparkline;
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

/// Powers of ten in words.
const POWERS: [(f64, &str); 4] =
    [(1e3, "thousand "), (1e6, "million "), (1e9, "billion "), (1e12, "trillion ")];

/// A unit times a power of ten: a thousand of `million USD` is `billion USD`.
fn in_words(scale: f64, unit: &str) -> String {
    let told = POWERS.iter().find_map(|(power, word)| Some((*power, unit.strip_prefix(word)?)));
    let (power, rest) = told.unwrap_or((1.0, unit));
    match POWERS.iter().find(|(known, _)| (known / (power * scale) - 1.0).abs() < 1e-9) {
        Some((_, word)) => format!("{word}{rest}"),
        None => {
            let word = POWERS
                .iter()
                .find(|(known, _)| (known / scale - 1.0).abs() < 1e-9)
                .map_or("", |(_, word)| word);
            match word.trim_end() {
                // A file that states none has no currency to put the word before.
                power if !power.is_empty() && unit.starts_with("unit of ") => {
                    format!("{power}s of the {unit}")
                }
                _ => format!("{word}{unit}"),
            }
        }
    }
}

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
        let mut scale = 1.0;
        for (factor, _) in &POWERS[..3] {
            if largest / scale >= SCALE_FROM {
                scale = *factor;
            }
        }
        let screen = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| width.0.max(WIDTH));
        let mut text = String::new();
        let heads = whole_heads(&self.pieces, scale, usize::from(screen));
        for (block, fields) in blocks(&self.pieces, scale, usize::from(screen)).iter().enumerate() {
            if block > 0 {
                text.push('\n');
            }
            text.push_str(&printed(&self.pieces, fields, scale, screen, heads));
            text.push('\n');
        }
        text.push_str(&over_years(&self.pieces, scale, usize::from(screen)));
        if first.fields().iter().any(|field| field.measure == Measure::Amount) && !self.unit.is_empty() {
            let unit = in_words(scale, &self.unit);
            text.push_str(&format!("amounts in {unit}; shares are fractions\n"));
            let per_amount = first.fields().iter().filter(|field| field.measure == Measure::PerAmount);
            for field in per_amount {
                text.push_str(&format!("{} for each {unit} of the flow\n", field.name));
            }
        }
        if !self.conventions.is_empty() {
            text.push_str(&format!("{}\n", self.conventions));
        }
        self.output.write_all(text.as_bytes())?;
        Ok(self.output.flush()?)
    }
}

/// Do all columns fit the screen side by side with their names in one piece? Sentences are wrapped to what names leave.
fn whole_heads(pieces: &[Frame], scale: f64, screen: usize) -> bool {
    let fields = pieces[0].fields();
    let sentences = fields.iter().any(|field| matches!(field.column, Column::Text(_)));
    let needs = |place: usize| width(pieces, place, scale).max(fields[place].name.chars().count()) + 1;
    !sentences && (0..fields.len()).map(needs).sum::<usize>() <= screen + 1
}

/// Columns that fit the screen together: labels first, repeated in every block, so that a row can be followed.
fn blocks(pieces: &[Frame], scale: f64, screen: usize) -> Vec<Vec<usize>> {
    let fields = pieces[0].fields();
    let all: Vec<usize> = (0..fields.len()).collect();
    let widths: Vec<usize> = all.iter().map(|&place| width(pieces, place, scale) + 1).collect();
    let is_text = |place: usize| matches!(fields[place].column, Column::Text(_));
    let others: usize = all.iter().filter(|&&place| !is_text(place)).map(|&place| widths[place]).sum();
    // Sentences are wrapped to the screen instead, where labels and numbers leave them any of it.
    if others <= screen && all.iter().any(|&place| is_text(place)) {
        return vec![all];
    }
    // A text behind the numbers is a remark on them, and no label.
    let is_number = |&place: &usize| matches!(fields[place].column, Column::Number(_));
    let numbers = all.iter().copied().find(is_number).unwrap_or(all.len());
    let is_key = |place: usize| fields[place].measure == Measure::Key && (!is_text(place) || place < numbers);
    let keys: Vec<usize> = all.iter().copied().filter(|&place| is_key(place)).collect();
    let key_width: usize = keys.iter().map(|&place| widths[place]).sum();
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut used = usize::MAX;
    for &place in all.iter().filter(|place| !keys.contains(place)) {
        if used.saturating_add(widths[place]) > screen + 1 {
            blocks.push(keys.clone());
            used = key_width;
        }
        if let Some(block) = blocks.last_mut() {
            block.push(place);
        }
        used += widths[place];
    }
    if blocks.len() > 1 { blocks } else { vec![all] }
}

/// Characters that a column needs.
fn width(pieces: &[Frame], place: usize, scale: f64) -> usize {
    let head = pieces[0].fields()[place].name.split_inclusive('_').map(str::len).max().unwrap_or(0);
    let cells = pieces.iter().flat_map(|piece| {
        (0..piece.n_rows()).map(move |row| cell(&piece.fields()[place], row, scale).chars().count())
    });
    cells.fold(head, usize::max)
}

/// Some columns of all pieces as one table; names are broken at `_` unless their `heads` fit whole.
fn printed(pieces: &[Frame], fields: &[usize], scale: f64, screen: u16, heads: bool) -> String {
    let first = &pieces[0];
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if fields.iter().any(|&place| matches!(first.fields()[place].column, Column::Text(_))) {
        // Sentences are wrapped to the screen; labels and numbers never are.
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(screen);
    }
    let head = |place: usize| {
        let name = &first.fields()[place].name;
        if heads { name.clone() } else { name.replace('_', "_\n") }
    };
    table.set_header(fields.iter().map(|&place| head(place)));
    for piece in pieces {
        for row in 0..piece.n_rows() {
            table.add_row(fields.iter().map(|&place| cell(&piece.fields()[place], row, scale)));
        }
    }
    for (position, &place) in fields.iter().enumerate() {
        if let Some(column) = table.column_mut(position) {
            column.set_padding((0, 1));
            if matches!(first.fields()[place].column, Column::Number(_)) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    table.trim_fmt()
}

/// Fewest years whose movement is worth a line.
const FEWEST_YEARS: usize = 4;

/// Each column of one unit over the years, as a line with its ends; nothing when rows differ in more than the year.
fn over_years(pieces: &[Frame], scale: f64, screen: usize) -> String {
    let pieces: Vec<&Frame> = pieces.iter().filter(|piece| piece.n_rows() > 0).collect();
    let mut years: Vec<i64> = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    for piece in &pieces {
        let Some(Column::Integer(values)) = piece.column("year") else { return String::new() };
        years.extend(values.iter().flatten());
        for row in 0..piece.n_rows() {
            let keys = piece.fields().iter().filter(|f| f.measure == Measure::Key && f.name != "year");
            labels.push(keys.map(|field| cell(field, row, 1.0)).collect::<Vec<_>>().join(" "));
        }
    }
    labels.dedup();
    let ascending = years.windows(2).all(|pair| pair[0] < pair[1]);
    if labels.len() != 1 || years.len() < FEWEST_YEARS || years.len() + 40 > screen || !ascending {
        return String::new();
    }
    let fields = pieces[0].fields();
    let named = |field: &&Field| matches!(field.column, Column::Number(_));
    let names = fields.iter().filter(named).map(|field| field.name.len()).max().unwrap_or(0);
    let mut text = format!("\n{} {}-{}\n", labels[0], years[0], years[years.len() - 1]);
    for (place, field) in fields.iter().enumerate().filter(|(_, field)| named(field)) {
        let values: Vec<f64> = pieces
            .iter()
            .flat_map(|piece| match &piece.fields()[place].column {
                Column::Number(values) => values.clone(),
                _ => Vec::new(),
            })
            .collect();
        let last = pieces[pieces.len() - 1].fields();
        let ends = (cell(field, 0, scale), cell(&last[place], last[place].column.len() - 1, scale));
        text.push_str(&format!("  {:<names$} {} {} to {}\n", field.name, sparkline(&values), ends.0, ends.1));
    }
    text.push('\n');
    text
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
            (value, Measure::PerAmount) => significant(value * scale),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_broken_only_where_they_do_not_fit() {
        let frame = |columns: usize| {
            (0..columns).fold(Frame::new(), |frame, at| {
                frame.with(&format!("dva_share_{at}"), Measure::Share, Column::Number(vec![0.5]))
            })
        };
        assert!(whole_heads(&[frame(3)], 1.0, 80) && !whole_heads(&[frame(12)], 1.0, 80));
        assert!(printed(&[frame(3)], &[0, 1, 2], 1.0, 80, true).contains("dva_share_0"));
    }

    /// A derivative times the flow that is shown is the same in every unit.
    #[test]
    fn what_is_per_amount_follows_the_unit_of_the_amounts() {
        let field =
            |measure, value: f64| Field { name: "x".into(), measure, column: Column::Number(vec![value]) };
        for scale in [1.0, 1e3, 1e6] {
            let shown = |measure, value| cell(&field(measure, value), 0, scale).parse::<f64>().unwrap();
            let product = shown(Measure::Amount, 4e5) * shown(Measure::PerAmount, 2e-7);
            assert!((product - 0.08).abs() < 1e-4, "{scale}: {product}");
        }
    }
}
