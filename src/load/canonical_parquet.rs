//! The canonical layout as Parquet, read by polars. Unit, year and provenance travel in the file's metadata when the engine
//! wrote it.
//!
//! A plain file is mapped and its columns are copied into the table straight from where they lie, while another thread
//! computes the checksum.

use std::fs::File;
use std::io::Cursor;

use polars::prelude::{DataFrame, DataType, Float64Chunked, ParquetReader, PolarsResult, SerReader};

use super::assemble::Facts;
use super::grid::{BLANK, Cells, Column, Grid};
use super::{Importer, LoadError, ReadOptions, Source, canonical};
use crate::table::{Provenance, TableParts};

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
        "wide Parquet, one year a file, columns as in canonical-csv; what `vadex import` writes"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head().starts_with(b"PAR1")
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let (read, hashed) = rayon::join(
            || match source.path() {
                Some(path) => {
                    let file = File::open(path)
                        .map_err(|error| LoadError::Io { path: source.name().to_owned(), source: error })?;
                    opened(ParquetReader::new(file)).map_err(|error| damaged(source, &error.to_string()))
                }
                None => opened(ParquetReader::new(Cursor::new(source.bytes()?)))
                    .map_err(|error| damaged(source, &error.to_string())),
            },
            // Members of an archive are hashed as the archive.
            || if source.wants_hash() { source.sha256() } else { Ok(String::new()) },
        );
        hashed?;
        let (facts, origin, frame) = read?;
        let origin: Option<Provenance> = origin
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .map_err(|error| damaged(source, &format!("`{PROVENANCE_KEY}`: {error}")))?;
        let grid = grid(source, &frame)?;
        drop(frame);
        let mut parts = canonical::parts(&grid, facts)?;
        parts.provenance.citation = origin.as_ref().and_then(|origin| origin.citation.clone());
        parts.provenance.derived_from = origin.map(Box::new);
        Ok(parts)
    }
}

/// What the metadata says, and the columns.
fn opened<R: polars::io::mmap::MmapBytesReader>(
    mut reader: ParquetReader<R>,
) -> PolarsResult<(Facts, Option<String>, DataFrame)> {
    let metadata = reader.get_metadata()?;
    let entry = |key: &str| {
        let entries = metadata.key_value_metadata().as_ref()?;
        entries.iter().find(|entry| entry.key == key)?.value.clone()
    };
    let facts = Facts {
        unit: entry(UNIT_KEY),
        year: entry(YEAR_KEY).and_then(|year| year.parse().ok()),
        ..Facts::default()
    };
    let origin = entry(PROVENANCE_KEY);
    Ok((facts, origin, reader.finish()?))
}

/// A column without gaps, where polars holds it.
struct Held(Float64Chunked);

impl AsRef<[f64]> for Held {
    fn as_ref(&self) -> &[f64] {
        self.0.cont_slice().unwrap_or_default()
    }
}

fn grid(source: &Source, frame: &DataFrame) -> Result<Grid, LoadError> {
    let damaged = |message: String| damaged(source, &message);
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
    let mut cells: Vec<Column> = Vec::with_capacity(frame.width());
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
        cells.push(if numbers.cont_slice().is_ok() {
            Box::new(Held(numbers.clone()))
        } else {
            Box::new(numbers.iter().map(|value| value.unwrap_or(BLANK)).collect::<Vec<_>>())
        });
        labels.push(vec![column.name().to_string()]);
    }
    Ok(Grid { path: source.name().to_owned(), rows, columns: labels, cells: Cells::Columns(cells) })
}

fn damaged(source: &Source, message: &str) -> LoadError {
    LoadError::Damaged {
        path: source.name().to_owned(),
        format: "Parquet",
        message: message.lines().next().unwrap_or("unreadable").to_owned(),
    }
}

/// Columns of a Parquet file, from its schema.
pub(super) fn columns(file: impl polars::io::mmap::MmapBytesReader) -> Option<usize> {
    Some(ParquetReader::new(file).get_metadata().ok()?.schema().fields().len())
}
