//! Excel workbook: a sheet of the result, a sheet of its notes. Rows go to a temporary file as they come, so memory does not
//! grow with the result.

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::{ReportError, Sink, Writer};
use crate::frame::{Column, Frame, ResultNotes};

/// Writer of Excel workbooks.
#[derive(Debug)]
pub struct Xlsx;

const ID: &str = "xlsx";
/// Rows that a sheet can have, the header among them.
const MOST_ROWS: u32 = 1 << 20;
/// Letters that a cell can have.
const MOST_LETTERS: usize = 32_000;
/// Width of a column, in letters: at least, and at most.
const WIDTHS: (usize, usize) = (10, 40);

impl Writer for Xlsx {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "Excel workbook: the result and its notes, a sheet each; up to a million rows"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["xlsx"]
    }

    fn start<'a>(&self, output: Box<dyn Write + 'a>, notes: &ResultNotes) -> Box<dyn Sink + 'a> {
        Box::new(XlsxSink { output, book: Workbook::new(), notes: notes.clone(), rows: 0, columns: 0 })
    }
}

struct XlsxSink<'a> {
    output: Box<dyn Write + 'a>,
    book: Workbook,
    notes: ResultNotes,
    /// Rows written, the header among them.
    rows: u32,
    columns: u16,
}

fn refused(error: XlsxError) -> ReportError {
    ReportError::Encode { format: ID, message: error.to_string() }
}

fn heading() -> Format {
    Format::new().set_bold()
}

impl XlsxSink<'_> {
    fn begin(&mut self, piece: &Frame) -> Result<(), XlsxError> {
        // The same result is the same file, whenever it is written.
        let long_ago = ExcelDateTime::from_ymd(2000, 1, 1)?;
        self.book.set_properties(&DocProperties::new().set_creation_datetime(&long_ago));
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name("result")?;
        sheet.set_freeze_panes(1, 0)?;
        for (place, field) in (0..).zip(piece.fields()) {
            let width = field.name.chars().count().clamp(WIDTHS.0, WIDTHS.1);
            sheet.set_column_width(place, width as f64)?;
        }
        for (place, field) in (0..).zip(piece.fields()) {
            sheet.write_string_with_format(0, place, &field.name, &heading())?;
            self.columns = place;
        }
        self.rows = 1;
        Ok(())
    }

    fn rows(&mut self, piece: &Frame) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for row in 0..piece.n_rows() {
            for (place, field) in (0..).zip(piece.fields()) {
                write_cell(sheet, self.rows, place, &field.column, row)?;
            }
            self.rows += 1;
        }
        Ok(())
    }

    fn notes(&mut self) -> Result<(), XlsxError> {
        if self.rows > 0 {
            self.book.worksheet_from_index(0)?.autofilter(0, 0, self.rows - 1, self.columns)?;
        }
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name("notes")?;
        sheet.set_column_width(0, 20)?;
        sheet.set_column_width(1, 100)?;
        let mut lines = Vec::new();
        let value = serde_json::to_value(&self.notes).unwrap_or(Value::Null);
        if let Value::Object(fields) = &value {
            fields.iter().for_each(|(name, value)| tell(name, value, &mut lines));
        }
        for (row, (name, text)) in (0..).zip(lines) {
            sheet.write_string_with_format(row, 0, &name, &heading())?;
            sheet.write_string(row, 1, text.chars().take(MOST_LETTERS).collect::<String>())?;
        }
        Ok(())
    }
}

impl Sink for XlsxSink<'_> {
    fn write(&mut self, piece: &Frame) -> Result<(), ReportError> {
        if self.rows == 0 {
            self.begin(piece).map_err(refused)?;
        }
        let wanted = u64::from(self.rows) + piece.n_rows() as u64;
        if wanted > u64::from(MOST_ROWS) {
            return Err(ReportError::TooManyRows { format: ID, most: MOST_ROWS - 1 });
        }
        self.rows(piece).map_err(refused)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ReportError> {
        self.notes().map_err(refused)?;
        let bytes = self.book.save_to_buffer().map_err(refused)?;
        self.output.write_all(&bytes)?;
        Ok(self.output.flush()?)
    }
}

/// One cell; what is not known, or no finite number, stays empty.
fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    place: u16,
    column: &Column,
    at: usize,
) -> Result<(), XlsxError> {
    match column {
        Column::Integer(values) => {
            if let Some(value) = values[at] {
                sheet.write_number(row, place, value as f64)?;
            }
        }
        Column::Number(values) => {
            if values[at].is_finite() {
                sheet.write_number(row, place, values[at])?;
            }
        }
        Column::Label { names, codes } => {
            sheet.write_string(row, place, &names[codes[at] as usize])?;
        }
        Column::Text(values) => {
            if let Some(text) = &values[at] {
                sheet.write_string(row, place, text.chars().take(MOST_LETTERS).collect::<String>())?;
            }
        }
    }
    Ok(())
}

/// A note in lines: lists a line an entry, what has parts a line a part.
fn tell(name: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Array(entries) => entries.iter().for_each(|entry| tell(name, entry, lines)),
        Value::Object(parts) => {
            parts.iter().for_each(|(part, value)| tell(&format!("{name}.{part}"), value, lines));
        }
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => lines.push((name.to_owned(), text.clone())),
        other => lines.push((name.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx as Opened};

    use super::*;
    use crate::frame::Measure;

    fn piece(from: i64) -> Frame {
        let names: Vec<String> = vec!["DEU".into(), "=1+1".into()];
        Frame::new()
            .with("year", Measure::Key, Column::Integer(vec![Some(from), None]))
            .with("economy", Measure::Key, Column::labels(&names, vec![0, 1]))
            .with("dva", Measure::Amount, Column::Number(vec![0.1 + 0.2, f64::NAN]))
            .with("reason", Measure::Key, Column::Text(vec![Some("ä & <b>".into()), None]))
    }

    fn written(pieces: &[Frame]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let notes = ResultNotes { remarks: vec!["one".into(), "two".into()], ..ResultNotes::of("tiva") };
        let mut sink = Xlsx.start(Box::new(&mut bytes), &notes);
        pieces.iter().for_each(|piece| sink.write(piece).unwrap());
        sink.finish().unwrap();
        bytes
    }

    #[test]
    fn a_workbook_holds_the_numbers_to_the_last_digit_and_the_notes() {
        let mut book: Opened<_> = Opened::new(Cursor::new(written(&[piece(2010), piece(2011)]))).unwrap();
        assert_eq!(book.sheet_names(), ["result", "notes"]);
        let sheet = book.worksheet_range("result").unwrap();
        let cell = |row: u32, column: u32| sheet.get_value((row, column)).cloned().unwrap_or(Data::Empty);
        assert_eq!(sheet.height(), 5);
        assert_eq!(cell(0, 2), Data::String("dva".into()));
        assert_eq!(cell(1, 0), Data::Float(2010.0));
        assert_eq!(cell(1, 2), Data::Float(0.1 + 0.2));
        assert_eq!(cell(2, 1), Data::String("=1+1".into()), "a label is no formula");
        assert_eq!((cell(2, 2), cell(2, 0), cell(2, 3)), (Data::Empty, Data::Empty, Data::Empty));
        assert_eq!(cell(3, 3), Data::String("ä & <b>".into()));
        let notes = book.worksheet_range("notes").unwrap();
        let told: Vec<String> = notes.rows().map(|row| format!("{}: {}", row[0], row[1])).collect();
        assert!(told.contains(&"computed: tiva".to_owned()), "{told:?}");
        assert!(told.ends_with(&["remarks: one".to_owned(), "remarks: two".to_owned()]), "{told:?}");
    }

    #[test]
    fn the_same_result_is_the_same_file() {
        assert_eq!(written(&[piece(2010)]), written(&[piece(2010)]));
        // Without a row there are notes all the same.
        assert!(!written(&[]).is_empty());
    }

    #[test]
    fn more_rows_than_a_sheet_has_are_refused() {
        let rows = MOST_ROWS as usize;
        let long = Frame::new().with("year", Measure::Key, Column::Integer(vec![None; rows]));
        let mut bytes = Vec::new();
        let mut sink = Xlsx.start(Box::new(&mut bytes), &ResultNotes::of("tiva"));
        let error = sink.write(&long).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a sheet of xlsx has 1048575 rows below its header, the result has more"
        );
    }
}
