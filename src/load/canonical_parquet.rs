//! The canonical layout as Parquet, read by polars. Unit and year travel in the file's metadata when the engine wrote it.

use std::io::Cursor;

use polars::prelude::{Column, DataFrame, DataType, FileMetadataRef, ParquetReader, SerReader};

use super::assemble::Facts;
use super::grid::{BLANK, Cells, Grid};
use super::{Importer, LoadError, ReadOptions, Source, canonical, sparse_store};
use crate::table::TableParts;

/// Key of the unit in the file's metadata.
pub const UNIT_KEY: &str = "vadex.unit";
/// Key of the year in the file's metadata.
pub const YEAR_KEY: &str = "vadex.year";

/// Reader of the canonical layout in Parquet.
#[derive(Debug)]
pub struct CanonicalParquet;

impl Importer for CanonicalParquet {
    fn id(&self) -> &'static str {
        "canonical-parquet"
    }

    fn summary(&self) -> &'static str {
        "wide Parquet, one year a file, columns as in canonical-csv; what `vadex convert` writes"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head().starts_with(b"PAR1")
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let frame = parquet_frame(source)?;
        let (unit, year) = (frame.entry(UNIT_KEY), frame.entry(YEAR_KEY).and_then(|year| year.parse().ok()));
        let (labels, numbers) = frame.split(1)?;
        let rows = labels.into_iter().flatten().map(|label| vec![label]).collect();
        let (names, cells): (Vec<_>, Vec<_>) = numbers.into_iter().unzip();
        let columns = names.into_iter().map(|name| vec![name]).collect();
        let path = source.name().to_owned();
        let grid = Grid { path, rows, columns, cells: Cells::Columns(cells) };
        canonical::parts(&grid, Facts { unit, year, ..Facts::default() })
    }
}

/// A decoded Parquet file: labels and numbers by column, with what is said in its metadata.
pub(super) struct ParquetFrame<'a> {
    source: &'a Source,
    metadata: FileMetadataRef,
    frame: DataFrame,
}

/// Decodes a Parquet file.
///
/// # Errors
/// A damaged file.
pub(super) fn parquet_frame(source: &Source) -> Result<ParquetFrame<'_>, LoadError> {
    let mut reader = ParquetReader::new(Cursor::new(source.bytes()?));
    let metadata = reader.get_metadata().map_err(|error| damaged(source, &error.to_string()))?.clone();
    let frame = reader.finish().map_err(|error| damaged(source, &error.to_string()))?;
    Ok(ParquetFrame { source, metadata, frame })
}

fn damaged(source: &Source, message: &str) -> LoadError {
    sparse_store::damaged(source.name(), message)
}

/// Columns of labels, and columns of numbers with their names.
type Split = (Vec<Vec<String>>, Vec<(String, Vec<f64>)>);

impl ParquetFrame<'_> {
    /// A value of the metadata.
    fn entry(&self, key: &str) -> Option<String> {
        let entries = self.metadata.key_value_metadata().as_ref()?;
        entries.iter().find(|entry| entry.key == key)?.value.clone()
    }

    /// The first columns as labels, the others as numbers.
    ///
    /// # Errors
    /// Labels that are not text, numbers that are not numeric, no columns.
    pub(super) fn split(self, label_columns: usize) -> Result<Split, LoadError> {
        if self.frame.width() == 0 {
            return Err(damaged(self.source, "no columns"));
        }
        let (mut labels, mut numbers) = (Vec::new(), Vec::new());
        for (position, column) in self.frame.columns().iter().enumerate() {
            if position < label_columns {
                labels.push(texts(self.source, column)?);
            } else {
                numbers.push((column.name().to_string(), figures(self.source, column)?));
            }
        }
        Ok((labels, numbers))
    }

    /// A column of labels, by name.
    ///
    /// # Errors
    /// No such column, or not text.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, LoadError> {
        texts(self.source, self.column(name)?)
    }

    /// A column of numbers, by name.
    ///
    /// # Errors
    /// No such column, or not numeric.
    pub(super) fn numbers(&self, name: &str) -> Result<Vec<f64>, LoadError> {
        figures(self.source, self.column(name)?)
    }

    fn column(&self, name: &str) -> Result<&Column, LoadError> {
        self.frame.column(name).map_err(|_| LoadError::Layout {
            path: self.source.name().to_owned(),
            message: format!(
                "there is no column `{name}`; there are {}",
                self.frame.get_column_names().iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
            ),
        })
    }
}

fn texts(source: &Source, column: &Column) -> Result<Vec<String>, LoadError> {
    match column.str() {
        Ok(labels) => Ok(labels.iter().map(|label| label.unwrap_or("").to_owned()).collect()),
        Err(_) => Err(damaged(
            source,
            &format!("column `{}` holds {}, expected labels", column.name(), column.dtype()),
        )),
    }
}

fn figures(source: &Source, column: &Column) -> Result<Vec<f64>, LoadError> {
    if !column.dtype().is_primitive_numeric() {
        return Err(damaged(
            source,
            &format!("column `{}` holds {}, expected numbers", column.name(), column.dtype()),
        ));
    }
    let cast = column.cast(&DataType::Float64).map_err(|error| damaged(source, &error.to_string()))?;
    let numbers = cast.f64().map_err(|error| damaged(source, &error.to_string()))?;
    Ok(numbers.iter().map(|value| value.unwrap_or(BLANK)).collect())
}

/// Columns of a Parquet file, from its schema.
pub(super) fn columns(file: impl polars::io::mmap::MmapBytesReader) -> Option<usize> {
    Some(ParquetReader::new(file).get_metadata().ok()?.schema().fields().len())
}
