//! The canonical layout as comma-separated text, read by polars.
//!
//! Numbers are parsed straight to doubles; only when a cell resists is the file read again as text, to say which.

use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::{CsvReadOptions, DataFrame, DataType, Field, NullValues, Schema, SerReader};

use super::canonical::{Grid, GridColumn};
use super::{Importer, LoadError, Source};
use crate::table::TableParts;

/// Reader of the canonical layout in CSV.
#[derive(Debug)]
pub struct CanonicalCsv;

/// Cells that mean "no figure".
const BLANKS: [&str; 6] = ["", " ", "NA", "na", "n/a", "null"];

impl Importer for CanonicalCsv {
    fn id(&self) -> &'static str {
        "canonical-csv"
    }

    fn summary(&self) -> &'static str {
        "wide CSV, one year a file: `row`, ECONOMY.sector columns, ECONOMY.category columns, optional OUT"
    }

    fn recognises(&self, source: &Source) -> bool {
        let first = source.bytes().split(|&byte| byte == b'\n').next().unwrap_or_default();
        // The header of a table: text, several columns, most of them ECONOMY.code.
        let Ok(header) = std::str::from_utf8(first) else { return false };
        let labels: Vec<&str> = header.trim_end().split(',').skip(1).collect();
        let dotted = labels.iter().filter(|label| label.contains('.')).count();
        labels.len() >= 2 && dotted * 2 > labels.len()
    }

    fn read(&self, source: &Source) -> Result<TableParts, LoadError> {
        let header = header(source)?;
        let frame = match parse(source, &header, &DataType::Float64) {
            Ok(frame) => frame,
            Err(error) => return Err(locate(source, &header).unwrap_or(error)),
        };
        check_lines(source, header.len())?;
        let mut columns = frame.columns().iter();
        let row_labels: Vec<String> = match columns.next().map(|column| column.str()) {
            Some(Ok(labels)) => labels.iter().map(|label| label.unwrap_or("").trim().to_owned()).collect(),
            _ => return Err(damaged(source, "the first column is not text")),
        };
        let mut grid_columns = Vec::with_capacity(header.len());
        for (label, column) in header[1..].iter().zip(columns) {
            let numbers = column.f64().map_err(|error| damaged(source, &error.to_string()))?;
            let mut values = Vec::with_capacity(numbers.len());
            let mut blanks = Vec::new();
            for (row, value) in numbers.iter().enumerate() {
                if value.is_none() {
                    blanks.push(row);
                }
                values.push(value.unwrap_or(f64::NAN));
            }
            grid_columns.push(GridColumn { label: label.clone(), values, blanks });
        }
        let path = source.name().to_owned();
        Grid { path, row_labels, columns: grid_columns, unit: None, year: None }.into_parts()
    }
}

fn damaged(source: &Source, message: &str) -> LoadError {
    // Polars appends advice about its own options; the first line is what the user needs.
    let message = message.lines().next().unwrap_or("unreadable").to_owned();
    LoadError::Damaged { path: source.name().to_owned(), format: "CSV", message }
}

fn options() -> CsvReadOptions {
    CsvReadOptions::default().with_has_header(false).with_infer_schema_length(Some(0)).map_parse_options(
        |parse| {
            let blanks = BLANKS.iter().map(|blank| (*blank).into()).collect();
            parse.with_null_values(Some(NullValues::AllColumns(blanks)))
        },
    )
}

/// The labels of the first line, as they stand (polars would rename duplicates).
fn header(source: &Source) -> Result<Vec<String>, LoadError> {
    // The first line alone: a fault further down must not be blamed on the header.
    let first = source.bytes().split(|&byte| byte == b'\n').next().unwrap_or_default();
    let frame = options()
        .into_reader_with_file_handle(Cursor::new(first))
        .finish()
        .map_err(|error| damaged(source, &error.to_string()))?;
    frame
        .columns()
        .iter()
        .map(|column| {
            let text = column.str().map_err(|error| damaged(source, &error.to_string()))?;
            Ok(text.get(0).unwrap_or("").trim().trim_start_matches('\u{feff}').to_owned())
        })
        .collect()
}

fn parse(source: &Source, header: &[String], cells: &DataType) -> Result<DataFrame, LoadError> {
    let schema: Schema = (0..header.len())
        .map(|position| {
            let dtype = if position == 0 { DataType::String } else { cells.clone() };
            Field::new(format!("column_{}", position + 1).into(), dtype)
        })
        .collect();
    options()
        .with_skip_rows(1)
        .with_schema(Some(Arc::new(schema)))
        .into_reader_with_file_handle(Cursor::new(source.bytes()))
        .finish()
        .map_err(|error| damaged(source, &error.to_string()))
}

/// Every line must have as many fields as the header: a short last line is a file that was cut.
fn check_lines(source: &Source, expected: usize) -> Result<(), LoadError> {
    for (position, line) in source.bytes().split(|&byte| byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let mut quoted = false;
        let mut found = 1;
        for &byte in line {
            match byte {
                b'"' => quoted = !quoted,
                b',' if !quoted => found += 1,
                _ => {}
            }
        }
        if found != expected {
            return Err(LoadError::Ragged {
                path: source.name().to_owned(),
                line: position + 1,
                found,
                expected,
            });
        }
    }
    Ok(())
}

/// Finds the cell that is not a number, by reading everything as text.
fn locate(source: &Source, header: &[String]) -> Option<LoadError> {
    if let Err(ragged) = check_lines(source, header.len()) {
        return Some(ragged);
    }
    let frame = parse(source, header, &DataType::String).ok()?;
    let mut columns = frame.columns().iter();
    let rows = columns.next()?.str().ok()?;
    for (label, column) in header[1..].iter().zip(columns) {
        for (position, cell) in column.str().ok()?.iter().enumerate() {
            let Some(cell) = cell else { continue };
            if cell.trim().parse::<f64>().is_err() {
                return Some(LoadError::NotANumber {
                    path: source.name().to_owned(),
                    row: rows.get(position).unwrap_or("").to_owned(),
                    column: label.clone(),
                    value: cell.to_owned(),
                });
            }
        }
    }
    None
}
