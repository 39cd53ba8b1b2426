//! The store of the engine: labelled cells of several years in one Parquet file. A panel of tables, national tables and
//! satellite accounts are kept in it; each has its own name for what its labels mean.
//!
//! ```text
//! column   row      position in the list `vadex.rows`    (from 0)
//!          column   position in the list `vadex.columns` (from 0)
//!          1995 ..  one column a year: whole numbers where all are whole (after multiplication by `vadex.divisor`,
//!                   when that is given), doubles otherwise; missing where the source has no figure
//! lines    the cells that are not zero in at least one year, the largest (over the years) first: neighbours are then
//!          of one size, which compresses twice as well as any order by label
//! metadata vadex.layout, vadex.unit, vadex.divisor, and as JSON vadex.rows, vadex.columns and vadex.provenance
//!          (source, checksum, importer and repairs of each year, in order); vadex.roles, where names of rows do not say
//!          what they are
//! ```
//! A cell that is left out is zero. The store rounds nothing: what is read back is equal, number for number.

use std::borrow::Cow;
use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{DataFrame, DataType, FileMetadataRef, ParquetReader, SerReader};

use super::canonical_parquet::{ROLES_KEY, UNIT_KEY};
use super::source::{self, Place};
use super::{LoadError, Source};
use crate::table::{Provenance, RowRole};

/// Key of the layout's name in the file's metadata.
pub const LAYOUT_KEY: &str = "vadex.layout";
/// Key of the row labels.
pub const ROWS_KEY: &str = "vadex.rows";
/// Key of the column labels.
pub const COLUMNS_KEY: &str = "vadex.columns";
/// Key of the provenance of each year.
pub const PROVENANCE_KEY: &str = "vadex.provenance";
/// Key of the number that whole numbers are to be divided by.
pub const DIVISOR_KEY: &str = "vadex.divisor";
/// Column of row positions.
pub const ROW: &str = "row";
/// Column of column positions.
pub const COLUMN: &str = "column";

/// An opened store: labels and cell positions are decoded, years are not.
pub(super) struct Store {
    pub(super) name: String,
    bytes: Cow<'static, [u8]>,
    pub(super) sha256: String,
    pub(super) unit: Option<String>,
    pub(super) years: Vec<i32>,
    pub(super) rows: Vec<String>,
    pub(super) columns: Vec<String>,
    /// What rows are whose labels do not say it.
    pub(super) roles: Vec<(String, RowRole)>,
    /// What each year was made from.
    pub(super) origins: Vec<Provenance>,
    divisor: Option<f64>,
    /// Whom to cite, for an embedded store.
    pub(super) citation: Option<&'static str>,
    /// Row and column position of each line.
    cells: Vec<(usize, usize)>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("name", &self.name).field("years", &self.years).finish_non_exhaustive()
    }
}

/// Value of a key in the file's metadata.
pub(super) fn entry(metadata: &FileMetadataRef, key: &str) -> Option<String> {
    let entries = metadata.key_value_metadata().as_ref()?;
    entries.iter().find(|entry| entry.key == key)?.value.clone()
}

/// Layout and years of a file; nothing when it is not a store. Reads the end of the file only.
pub(super) fn layout_of_file(path: &Path) -> Option<(String, Vec<i32>)> {
    let mut reader = ParquetReader::new(File::open(path).ok()?);
    let metadata = reader.get_metadata().ok()?;
    Some((entry(metadata, LAYOUT_KEY)?, years(metadata)))
}

/// Layout of a file that is in memory.
pub(super) fn layout_of_bytes(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(b"PAR1") {
        return None;
    }
    entry(ParquetReader::new(Cursor::new(bytes)).get_metadata().ok()?, LAYOUT_KEY)
}

/// Layout of a source, from the end of the file where there is one.
pub(super) fn layout_of(source: &Source) -> Option<String> {
    if !source.head().starts_with(b"PAR1") {
        return None;
    }
    match source.place() {
        Place::File(path) => layout_of_file(path).map(|(layout, _)| layout),
        _ => layout_of_bytes(source.bytes().ok()?),
    }
}

/// The columns whose names are years.
fn years(metadata: &FileMetadataRef) -> Vec<i32> {
    metadata.schema().fields().iter().filter_map(|field| field.name().parse().ok()).collect()
}

impl Store {
    /// Decodes labels and cell positions.
    pub(super) fn open(name: &str, bytes: Cow<'static, [u8]>, layout: &str) -> Result<Self, LoadError> {
        let damaged = |message: &str| damaged(name, message);
        let mut reader = ParquetReader::new(Cursor::new(&bytes[..]));
        let metadata = reader.get_metadata().map_err(|error| damaged(&error.to_string()))?.clone();
        let text = |key: &str| {
            entry(&metadata, key).ok_or_else(|| damaged(&format!("its metadata have no `{key}`")))
        };
        let found = entry(&metadata, LAYOUT_KEY);
        if found.as_deref() != Some(layout) {
            return Err(LoadError::OtherLayout {
                path: name.to_owned(),
                found: found.map_or_else(|| format!("no `{LAYOUT_KEY}`"), |found| format!("`{found}`")),
                wanted: layout.to_owned(),
            });
        }
        let labels = |key: &str| -> Result<Vec<String>, LoadError> {
            serde_json::from_str(&text(key)?).map_err(|error| damaged(&format!("`{key}`: {error}")))
        };
        let (rows, columns) = (labels(ROWS_KEY)?, labels(COLUMNS_KEY)?);
        let origins: Vec<Provenance> = serde_json::from_str(&text(PROVENANCE_KEY)?)
            .map_err(|error| damaged(&format!("`{PROVENANCE_KEY}`: {error}")))?;
        let roles = match entry(&metadata, ROLES_KEY) {
            Some(json) => {
                serde_json::from_str(&json).map_err(|error| damaged(&format!("`{ROLES_KEY}`: {error}")))?
            }
            None => Vec::new(),
        };
        let years = years(&metadata);
        if origins.len() != years.len() {
            return Err(damaged(&format!("{} sources for {} years", origins.len(), years.len())));
        }
        let divisor = match entry(&metadata, DIVISOR_KEY) {
            None => None,
            Some(text) => Some(
                text.parse()
                    .map_err(|_| damaged(&format!("`{DIVISOR_KEY}` is `{text}`, expected a number")))?,
            ),
        };
        let index = decode(name, &bytes, &[ROW, COLUMN])?;
        let mut cells = Vec::with_capacity(index.height());
        for (row, column) in numbers(name, &index, ROW)?.into_iter().zip(numbers(name, &index, COLUMN)?) {
            // What is no position (a missing cell, a fraction) becomes one of a wrong label or falls out of bounds.
            let inside =
                row >= 0.0 && row < rows.len() as f64 && column >= 0.0 && column < columns.len() as f64;
            if !inside {
                return Err(damaged(&format!(
                    "a cell at ({row}, {column}), the labels say {} x {}",
                    rows.len(),
                    columns.len()
                )));
            }
            cells.push((row as usize, column as usize));
        }
        let sha256 = source::sha256(&bytes);
        let unit = entry(&metadata, UNIT_KEY);
        let citation = None;
        Ok(Self {
            name: name.to_owned(),
            bytes,
            sha256,
            unit,
            years,
            rows,
            columns,
            roles,
            origins,
            divisor,
            citation,
            cells,
        })
    }

    /// Position of a year.
    pub(super) fn position(&self, year: i32) -> Result<usize, LoadError> {
        self.years.iter().position(|known| *known == year).ok_or_else(|| LoadError::NoSuchYear {
            path: self.name.clone(),
            year: year.to_string(),
            available: list(&self.years),
        })
    }

    /// `(row, column, value)` of the cells of a year; NaN where the source has no figure.
    pub(super) fn cells(
        &self,
        position: usize,
    ) -> Result<impl Iterator<Item = (usize, usize, f64)> + '_, LoadError> {
        let label = self.years[position].to_string();
        let frame = decode(&self.name, &self.bytes, &[&label])?;
        let values = numbers(&self.name, &frame, &label)?;
        if values.len() != self.cells.len() {
            let message = format!("{} values of {label} for {} cells", values.len(), self.cells.len());
            return Err(damaged(&self.name, &message));
        }
        let divisor = self.divisor.unwrap_or(1.0);
        Ok(self.cells.iter().zip(values).map(move |(&(row, column), value)| (row, column, value / divisor)))
    }

    /// Where a year's figures come from, as it goes into a table: this file, made from its source.
    pub(super) fn provenance(&self, position: usize, importer: &str) -> Provenance {
        Provenance {
            source: format!("{}/{}", self.name, self.years[position]),
            sha256: self.sha256.clone(),
            importer: importer.to_owned(),
            citation: self.citation.map(str::to_owned),
            derived_from: Some(Box::new(self.origins[position].clone())),
            ..Provenance::default()
        }
    }
}

/// Years as a text.
pub(super) fn list(years: &[i32]) -> String {
    years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn damaged(name: &str, message: &str) -> LoadError {
    LoadError::Damaged {
        path: name.to_owned(),
        format: "Parquet",
        message: message.lines().next().unwrap_or("unreadable").to_owned(),
    }
}

fn decode(name: &str, bytes: &[u8], columns: &[&str]) -> Result<DataFrame, LoadError> {
    ParquetReader::new(Cursor::new(bytes))
        .with_columns(Some(columns.iter().map(|&column| column.to_owned()).collect()))
        .finish()
        .map_err(|error| damaged(name, &error.to_string()))
}

/// A column as doubles, NaN where missing.
pub(super) fn numbers(name: &str, frame: &DataFrame, label: &str) -> Result<Vec<f64>, LoadError> {
    let wrong = |message: String| damaged(name, &message);
    let column = frame
        .column(label)
        .and_then(|column| column.cast(&DataType::Float64))
        .map_err(|error| wrong(error.to_string()))?;
    let values = column.f64().map_err(|error| wrong(error.to_string()))?;
    Ok(values.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}
