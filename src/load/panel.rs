//! The store of a panel: all years of one set of labels in one Parquet file. What `vadex aggregate` and
//! `vadex convert` write when several years go to one `.parquet` file, and what the embedded tables are kept in.
//!
//! ```text
//! column   row      position in the list `vadex.rows`    (from 0)
//!          column   position in the list `vadex.columns` (from 0)
//!          1995 ..  one column a year, in the unit of the table: 32-bit integers when every value of the panel is a
//!                   whole number that fits, doubles otherwise
//! lines    the cells that are not zero in at least one year, the largest (over the years) first: neighbours are then
//!          of one size, which compresses twice as well as any order by label
//! metadata vadex.layout = panel-1, vadex.unit, and as JSON vadex.rows, vadex.columns (labels as in the canonical
//!          layout, in its order) and vadex.provenance (source, checksum, importer and repairs of each year, in order)
//! ```
//! A cell that is left out is zero. Nothing is rounded: what is read back is equal, number for number. Bytes are
//! fetched once; a year costs one column.

use std::borrow::Cow;
use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{DataFrame, DataType, FileMetadataRef, ParquetReader, SerReader};

use super::canonical::{Grid, GridColumn};
use super::canonical_parquet::UNIT_KEY;
use super::{Importer, LoadError, Source, source};
use crate::table::{IcioTable, Provenance, TableParts};

/// Key of the layout's name in the file's metadata.
pub const LAYOUT_KEY: &str = "vadex.layout";
/// Name of this layout.
pub const LAYOUT: &str = "panel-1";
/// Key of the row labels.
pub const ROWS_KEY: &str = "vadex.rows";
/// Key of the column labels.
pub const COLUMNS_KEY: &str = "vadex.columns";
/// Key of the provenance of each year.
pub const PROVENANCE_KEY: &str = "vadex.provenance";
/// Column of row positions.
pub const ROW: &str = "row";
/// Column of column positions.
pub const COLUMN: &str = "column";

/// An opened panel: labels and cell positions are decoded, years are not.
pub(super) struct Panel {
    name: String,
    bytes: Cow<'static, [u8]>,
    sha256: String,
    unit: Option<String>,
    years: Vec<i32>,
    rows: Vec<String>,
    columns: Vec<String>,
    origins: Vec<Provenance>,
    /// Row and column position of each line.
    cells: Vec<(usize, usize)>,
}

impl std::fmt::Debug for Panel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Panel").field("name", &self.name).field("years", &self.years).finish_non_exhaustive()
    }
}

/// Value of a key in the file's metadata.
fn entry(metadata: &FileMetadataRef, key: &str) -> Option<String> {
    let entries = metadata.key_value_metadata().as_ref()?;
    entries.iter().find(|entry| entry.key == key)?.value.clone()
}

/// Years of a file in this layout; nothing when it is in another. Reads the end of the file only.
pub(super) fn years_of_file(path: &Path) -> Option<Vec<i32>> {
    let mut reader = ParquetReader::new(File::open(path).ok()?);
    let metadata = reader.get_metadata().ok()?.clone();
    (entry(&metadata, LAYOUT_KEY).as_deref() == Some(LAYOUT)).then(|| years(&metadata))
}

/// The columns whose names are years.
fn years(metadata: &FileMetadataRef) -> Vec<i32> {
    metadata.schema().fields().iter().filter_map(|field| field.name().parse().ok()).collect()
}

impl Panel {
    /// Decodes labels and cell positions.
    pub(super) fn open(name: &str, bytes: Cow<'static, [u8]>) -> Result<Self, LoadError> {
        let damaged = |message: &str| damaged(name, message);
        let mut reader = ParquetReader::new(Cursor::new(&bytes[..]));
        let metadata = reader.get_metadata().map_err(|error| damaged(&error.to_string()))?.clone();
        let list = |key: &str| -> Result<String, LoadError> {
            entry(&metadata, key).ok_or_else(|| damaged(&format!("its metadata have no `{key}`")))
        };
        let labels = |key: &str| -> Result<Vec<String>, LoadError> {
            serde_json::from_str(&list(key)?).map_err(|error| damaged(&format!("`{key}`: {error}")))
        };
        let (rows, columns) = (labels(ROWS_KEY)?, labels(COLUMNS_KEY)?);
        let origins: Vec<Provenance> = serde_json::from_str(&list(PROVENANCE_KEY)?)
            .map_err(|error| damaged(&format!("`{PROVENANCE_KEY}`: {error}")))?;
        let years = years(&metadata);
        if origins.len() != years.len() {
            return Err(damaged(&format!("{} sources for {} years", origins.len(), years.len())));
        }
        let index = decode(name, &bytes, &[ROW, COLUMN])?;
        let mut cells = Vec::with_capacity(index.height());
        let [row, column] = [ROW, COLUMN].map(|label| numbers(name, &index, label));
        for (row, column) in row?.into_iter().zip(column?) {
            // A position that is not a whole number in range is caught by the bounds.
            let (row, column) = (row as usize, column as usize);
            if row >= rows.len() || column >= columns.len() {
                return Err(damaged(&format!(
                    "a cell at ({row}, {column}), the labels say {} x {}",
                    rows.len(),
                    columns.len()
                )));
            }
            cells.push((row, column));
        }
        let sha256 = source::sha256(&bytes);
        let unit = entry(&metadata, UNIT_KEY);
        Ok(Self { name: name.to_owned(), bytes, sha256, unit, years, rows, columns, origins, cells })
    }

    /// Years, in the order of the file.
    pub(super) fn years(&self) -> &[i32] {
        &self.years
    }

    /// SHA-256 of the file.
    pub(super) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The parts of one year's table.
    fn parts(&self, position: usize) -> Result<TableParts, LoadError> {
        let year = self.years[position];
        let label = year.to_string();
        let frame = decode(&self.name, &self.bytes, &[&label])?;
        let values = numbers(&self.name, &frame, &label)?;
        if values.len() != self.cells.len() {
            return Err(damaged(
                &self.name,
                &format!("{} values of {year} for {} cells", values.len(), self.cells.len()),
            ));
        }
        let mut columns: Vec<GridColumn> = self
            .columns
            .iter()
            .map(|label| GridColumn {
                label: label.clone(),
                values: vec![0.0; self.rows.len()],
                blanks: Vec::new(),
            })
            .collect();
        for (&(row, column), value) in self.cells.iter().zip(values) {
            columns[column].values[row] = value;
        }
        let grid = Grid {
            path: format!("{}, {year}", self.name),
            row_labels: self.rows.clone(),
            columns,
            unit: self.unit.clone(),
            year: Some(year),
        };
        let mut parts = grid.into_parts()?;
        parts.provenance.derived_from = Some(Box::new(self.origins[position].clone()));
        Ok(parts)
    }

    /// The table of one year.
    pub(super) fn table(&self, year: i32) -> Result<IcioTable, LoadError> {
        let position =
            self.years.iter().position(|known| *known == year).ok_or_else(|| LoadError::NoSuchYear {
                path: self.name.clone(),
                year: year.to_string(),
                available: list(&self.years),
            })?;
        let mut parts = self.parts(position)?;
        parts.provenance.source = format!("{}/{year}", self.name);
        parts.provenance.sha256.clone_from(&self.sha256);
        parts.provenance.importer = PanelParquet.id().to_owned();
        IcioTable::new(parts).map_err(|error| LoadError::Table { path: self.name.clone(), error })
    }
}

fn list(years: &[i32]) -> String {
    years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn damaged(name: &str, message: &str) -> LoadError {
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

/// A column as doubles. A missing value would be a damaged file: the layout has none.
fn numbers(name: &str, frame: &DataFrame, label: &str) -> Result<Vec<f64>, LoadError> {
    let wrong = |message: String| damaged(name, &message);
    let column = frame
        .column(label)
        .and_then(|column| column.cast(&DataType::Float64))
        .map_err(|error| wrong(error.to_string()))?;
    let values = column.f64().map_err(|error| wrong(error.to_string()))?;
    values
        .iter()
        .collect::<Option<Vec<f64>>>()
        .ok_or_else(|| wrong(format!("column `{label}` has missing values")))
}

/// Reader of the panel layout, for a file that is named as one table.
#[derive(Debug)]
pub struct PanelParquet;

impl Importer for PanelParquet {
    fn id(&self) -> &'static str {
        "panel-parquet"
    }

    fn summary(&self) -> &'static str {
        "long Parquet, all years in one file: what `vadex aggregate` and `vadex convert` write for several years"
    }

    fn recognises(&self, source: &Source) -> bool {
        if !source.bytes().starts_with(b"PAR1") {
            return false;
        }
        let mut reader = ParquetReader::new(Cursor::new(source.bytes()));
        reader
            .get_metadata()
            .is_ok_and(|metadata| entry(metadata, LAYOUT_KEY).is_some_and(|layout| layout == LAYOUT))
    }

    fn read(&self, source: &Source) -> Result<TableParts, LoadError> {
        let panel = Panel::open(source.name(), Cow::Owned(source.bytes().to_vec()))?;
        match panel.years() {
            [_] => panel.parts(0),
            years => Err(LoadError::SeveralYears { path: source.name().to_owned(), years: list(years) }),
        }
    }
}
