//! The canonical layout as Parquet, read by polars. Unit, year and history travel in the file's metadata when the engine wrote it.

use std::io::Cursor;

use polars::prelude::{DataType, ParquetReader, SerReader};

use super::assemble::Facts;
use super::grid::{BLANK, Cells, Grid};
use super::{Importer, LoadError, ReadOptions, Source, canonical};
use crate::table::TableParts;

/// Key of the unit in the file's metadata.
pub const UNIT_KEY: &str = "vadex.unit";
/// Key of the year in the file's metadata.
pub const YEAR_KEY: &str = "vadex.year";

/// Key of what the table was made from, and how.
pub const PROVENANCE_KEY: &str = "vadex.provenance";

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
        let damaged = |message: String| LoadError::Damaged {
            path: source.name().to_owned(),
            format: "Parquet",
            message: message.lines().next().unwrap_or("unreadable").to_owned(),
        };
        let mut reader = ParquetReader::new(Cursor::new(source.bytes()?));
        let metadata = reader.get_metadata().map_err(|error| damaged(error.to_string()))?;
        let entry = |key: &str| {
            let entries = metadata.key_value_metadata().as_ref()?;
            entries.iter().find(|entry| entry.key == key)?.value.clone()
        };
        let unit = entry(UNIT_KEY);
        let year = entry(YEAR_KEY).and_then(|year| year.parse().ok());
        let origin = entry(PROVENANCE_KEY)
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| damaged(format!("`{PROVENANCE_KEY}`: {error}")))?;
        // The hash is kept by the source; computed here, it costs no time of its own.
        let (frame, hashed) = rayon::join(|| reader.finish(), || source.sha256());
        hashed?;
        let frame = frame.map_err(|error| damaged(error.to_string()))?;
        let mut columns = frame.columns().iter();
        let rows: Vec<Vec<String>> = match columns.next() {
            Some(first) => match first.str() {
                Ok(labels) => labels.iter().map(|label| vec![label.unwrap_or("").to_owned()]).collect(),
                Err(_) => {
                    return Err(damaged(format!(
                        "the first column `{}` holds {}, expected the row labels",
                        first.name(),
                        first.dtype()
                    )));
                }
            },
            None => return Err(damaged("no columns".into())),
        };
        let mut labels = Vec::with_capacity(frame.width());
        let mut cells = Vec::with_capacity(frame.width());
        for column in columns {
            if !column.dtype().is_primitive_numeric() {
                return Err(damaged(format!(
                    "column `{}` holds {}, expected numbers",
                    column.name(),
                    column.dtype()
                )));
            }
            let cast = column.cast(&DataType::Float64).map_err(|error| damaged(error.to_string()))?;
            let numbers = cast.f64().map_err(|error| damaged(error.to_string()))?;
            cells.push(match numbers.cont_slice() {
                Ok(values) => values.to_vec(),
                Err(_) => numbers.iter().map(|value| value.unwrap_or(BLANK)).collect(),
            });
            labels.push(vec![column.name().to_string()]);
        }
        let path = source.name().to_owned();
        let grid = Grid { path, rows, columns: labels, cells: Cells::Columns(cells) };
        let mut parts = canonical::parts(&grid, Facts { unit, year, ..Facts::default() })?;
        parts.provenance.derived_from = origin;
        Ok(parts)
    }
}

/// Columns of a Parquet file, from its schema.
pub(super) fn columns(file: impl polars::io::mmap::MmapBytesReader) -> Option<usize> {
    Some(ParquetReader::new(file).get_metadata().ok()?.schema().fields().len())
}
