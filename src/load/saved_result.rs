//! A result that the engine wrote, read back: CSV, Parquet or JSON, with the notes beside it where they are.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use polars::prelude::{AnyValue, DataType, ParquetReader, SerReader};
use serde_json::Value;

use super::LoadError;
use super::source::missing;
use crate::frame::{Column, Frame, Measure};

/// A result with what its notes say about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SavedResult {
    /// Path, or `-`.
    pub name: String,
    /// Rows and columns; numbers are numbers, everything else is text.
    pub frame: Frame,
    /// Unit of the amounts; empty where not known.
    pub unit: String,
    /// Command that computed it; empty where not known.
    pub computed: String,
    /// What it was computed from: citations, or file names.
    pub sources: Vec<String>,
}

/// One cell before the type of its column is known.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Missing,
    Number(f64),
    Text(String),
}

/// Columns that hold labels even when these are digits (sectors `1`, `2`, products by code).
const LABELS: [&str; 8] =
    ["economy", "exporter", "importer", "sector", "origin", "absorber", "partner", "third"];

/// Reads a result and the notes beside it. `-` is standard input, as CSV.
///
/// # Errors
/// No such file, a damaged one, one without rows.
pub fn saved_result(path: &Path) -> Result<SavedResult, LoadError> {
    let name = path.display().to_string();
    let extension = path.extension().and_then(|text| text.to_str()).unwrap_or("").to_lowercase();
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => missing(path),
        _ => LoadError::Io { path: name.clone(), source },
    };
    let mut result = SavedResult { name: name.clone(), ..SavedResult::default() };
    let (names, columns) = if extension == "parquet" {
        from_parquet(&name, File::open(path).map_err(failed)?)?
    } else {
        let mut bytes = Vec::new();
        if name == "-" {
            io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
        } else {
            File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed)?;
        }
        if extension == "json" { from_json(&name, &bytes)? } else { from_csv(&name, &bytes)? }
    };
    match columns.first() {
        None => return Err(LoadError::EmptyFile { path: name }),
        Some(cells) if cells.is_empty() => return Err(LoadError::NoResult { path: name }),
        Some(_) => {}
    }
    for (name, cells) in names.iter().zip(columns) {
        let (measure, column) = typed(name, cells);
        result.frame = result.frame.with(name, measure, column);
    }
    read_notes(path, &mut result)?;
    Ok(result)
}

type Columns = (Vec<String>, Vec<Vec<Cell>>);

fn damaged(path: &str, format: &'static str, message: impl ToString) -> LoadError {
    LoadError::Damaged { path: path.to_owned(), format, message: message.to_string() }
}

fn from_csv(name: &str, bytes: &[u8]) -> Result<Columns, LoadError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let names: Vec<String> =
        reader.headers().map_err(|error| damaged(name, "CSV", error))?.iter().map(str::to_owned).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.map_err(|error| damaged(name, "CSV", error))?;
        for ((column, field), name) in columns.iter_mut().zip(&record).zip(&names) {
            column.push(if LABELS.contains(&name.as_str()) && !field.is_empty() {
                Cell::Text(field.to_owned())
            } else {
                cell(field)
            });
        }
    }
    Ok((names, columns))
}

fn cell(field: &str) -> Cell {
    if field.is_empty() {
        return Cell::Missing;
    }
    // Words that Rust would read as numbers (`inf`, `nan`) are labels unless they begin like one.
    let numeric = field.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    match field.parse::<f64>() {
        Ok(value) if numeric => Cell::Number(value),
        _ => Cell::Text(field.to_owned()),
    }
}

fn from_json(name: &str, bytes: &[u8]) -> Result<Columns, LoadError> {
    let rows: Vec<serde_json::Map<String, Value>> =
        serde_json::from_slice(bytes).map_err(|error| damaged(name, "JSON", error))?;
    let names: Vec<String> = rows.first().map(|row| row.keys().cloned().collect()).unwrap_or_default();
    let columns = names
        .iter()
        .map(|key| {
            rows.iter()
                .map(|row| match row.get(key) {
                    None | Some(Value::Null) => Cell::Missing,
                    Some(Value::Number(value)) => value.as_f64().map_or(Cell::Missing, Cell::Number),
                    Some(Value::String(text)) => Cell::Text(text.clone()),
                    Some(other) => Cell::Text(other.to_string()),
                })
                .collect()
        })
        .collect();
    Ok((names, columns))
}

fn from_parquet(name: &str, file: File) -> Result<Columns, LoadError> {
    let data = ParquetReader::new(file).finish().map_err(|error| damaged(name, "Parquet", error))?;
    let mut names = Vec::new();
    let mut columns = Vec::new();
    for column in data.columns() {
        names.push(column.name().to_string());
        let series = column.as_materialized_series();
        let text = matches!(series.dtype(), DataType::String | DataType::Categorical(..));
        let cells = series
            .iter()
            .map(|value| match value {
                AnyValue::Null => Cell::Missing,
                value if text => Cell::Text(value.str_value().into_owned()),
                value => value
                    .try_extract::<f64>()
                    .map_or_else(|_| Cell::Text(value.str_value().into_owned()), Cell::Number),
            })
            .collect();
        columns.push(cells);
    }
    Ok((names, columns))
}

/// A column is numbers when every cell that is there is one.
fn typed(name: &str, cells: Vec<Cell>) -> (Measure, Column) {
    let known = cells.iter().any(|cell| *cell != Cell::Missing);
    let numbers = known && !LABELS.contains(&name) && cells.iter().all(|cell| !matches!(cell, Cell::Text(_)));
    if !numbers {
        let text = cells.into_iter().map(|cell| match cell {
            Cell::Missing => None,
            Cell::Number(value) => Some(value.to_string()),
            Cell::Text(text) => Some(text),
        });
        return (Measure::Key, Column::Text(text.collect()));
    }
    let values: Vec<f64> = cells
        .into_iter()
        .map(|cell| match cell {
            Cell::Number(value) => value,
            _ => f64::NAN,
        })
        .collect();
    if name == "year" {
        let years = values.iter().map(|year| year.is_finite().then_some(*year as i64)).collect();
        return (Measure::Key, Column::Integer(years));
    }
    (Measure::Pure, Column::Number(values))
}

/// What `FILE.notes.json` says; a file without notes has no unit and no source.
fn read_notes(path: &Path, result: &mut SavedResult) -> Result<(), LoadError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".notes.json");
    let Ok(bytes) = std::fs::read(Path::new(&beside)) else { return Ok(()) };
    let name = beside.to_string_lossy().into_owned();
    let notes: Value = serde_json::from_slice(&bytes).map_err(|error| damaged(&name, "JSON", error))?;
    let text = |key: &str| notes.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    result.unit = text("unit");
    result.computed = text("computed");
    for source in notes.get("sources").and_then(Value::as_array).into_iter().flatten() {
        let told = citation(source).or_else(|| source.get("source").and_then(Value::as_str).map(file_name));
        if let Some(told) = told.filter(|told| !result.sources.contains(told)) {
            result.sources.push(told);
        }
    }
    Ok(())
}

/// The citation of a source, or of what it was made from.
fn citation(source: &Value) -> Option<String> {
    let own = source.get("citation").and_then(Value::as_str).map(str::to_owned);
    own.or_else(|| source.get("derived_from").and_then(citation))
}

/// Without folders: they are nobody else's business.
fn file_name(source: &str) -> String {
    if source.starts_with("builtin:") {
        return source.to_owned();
    }
    Path::new(source)
        .file_name()
        .map_or_else(|| source.to_owned(), |name| name.to_string_lossy().into_owned())
}
