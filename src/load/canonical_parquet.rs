//! The canonical layout as Parquet, read by polars. Unit, year and provenance travel in the file's metadata when the engine
//! wrote it.
//!
//! A plain file is mapped and its columns are copied into the table straight from where they lie, while another thread
//! computes the checksum.

use std::fs::File;
use std::io::Cursor;

use polars::prelude::{
    Column as PolarsColumn, DataFrame, DataType, FileMetadataRef, Float64Chunked, ParquetReader, PolarsError,
    PolarsResult, SerReader,
};

use super::assemble::Facts;
use super::grid::{BLANK, Cells, Column, Grid};
use super::sparse_store::entry;
use super::{Importer, LoadError, ReadOptions, Source, canonical, room};
use crate::table::{Provenance, RowRole, TableParts};

/// Key of the unit in the file's metadata.
pub const UNIT_KEY: &str = "vadex.unit";
/// Key of the year in the file's metadata.
pub const YEAR_KEY: &str = "vadex.year";

/// Key of what the table was made from, and how.
pub const PROVENANCE_KEY: &str = "vadex.provenance";

/// Key of what the rows below the industries are, where their names do not say it: pairs of name and role, as JSON.
pub const ROLES_KEY: &str = "vadex.roles";

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

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(year_told(source).or(source.year()).into_iter().collect())
    }

    fn look_at(&self, source: &Source) -> Result<(), LoadError> {
        metadata(source).map(drop)
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let (parts, hashed) = rayon::join(
            || parts(source),
            // Members of an archive are hashed as the archive.
            || if source.wants_hash() { source.sha256() } else { Ok(String::new()) },
        );
        hashed?;
        parts
    }
}

fn parts(source: &Source) -> Result<TableParts, LoadError> {
    let Opened { facts, origin, roles, frame } = read(source)?;
    let origin: Option<Provenance> = parsed(source, PROVENANCE_KEY, origin)?;
    let roles: Vec<(String, RowRole)> = parsed(source, ROLES_KEY, roles)?.unwrap_or_default();
    let grid = grid(source, &labels_first(frame), 1)?;
    let mut parts = canonical::parts(&grid, facts)?;
    parts.give_roles(&roles);
    parts.provenance.citation = origin.as_ref().and_then(|origin| origin.citation.clone());
    parts.provenance.derived_from = origin.map(Box::new);
    Ok(parts)
}

/// The column of labels in front: data frames that are indexed by it are stored with their index last.
fn labels_first(frame: DataFrame) -> DataFrame {
    /// The column of the canonical layout, and an index without a name.
    const INDICES: [&str; 2] = ["row", "__index_level_0__"];
    let is_index = |column: &PolarsColumn| INDICES.contains(&column.name().as_str());
    match frame.columns().iter().position(is_index) {
        Some(at) if at > 0 => {
            let height = frame.height();
            let mut columns = frame.into_columns();
            columns[..=at].rotate_right(1);
            // The same columns: as many, as long, as different.
            DataFrame::new(height, columns).unwrap_or_default()
        }
        _ => frame,
    }
}

/// What stands at the end of a Parquet file: all that is to be known of it without reading a cell.
///
/// # Errors
/// [`LoadError::Damaged`], of a file that was cut short; one that cannot be read.
pub(super) fn metadata(source: &Source) -> Result<FileMetadataRef, LoadError> {
    fn of(
        mut reader: ParquetReader<impl polars::io::mmap::MmapBytesReader>,
    ) -> PolarsResult<FileMetadataRef> {
        reader.get_metadata().cloned()
    }
    let told = match source.path() {
        Some(path) => of(ParquetReader::new(File::open(path).map_err(|error| source.failed(error))?)),
        None => of(ParquetReader::new(Cursor::new(source.bytes()?))),
    };
    told.map_err(|error| damaged(source, &error.to_string()))
}

/// The year that a file of this program tells; nothing for any other.
pub(super) fn year_told(source: &Source) -> Option<i32> {
    entry(&metadata(source).ok()?, YEAR_KEY)?.parse().ok()
}

/// What the metadata says, and the columns.
struct Opened {
    facts: Facts,
    origin: Option<String>,
    roles: Option<String>,
    frame: DataFrame,
}

/// A value of the metadata that is JSON.
fn parsed<T: serde::de::DeserializeOwned>(
    source: &Source,
    key: &str,
    json: Option<String>,
) -> Result<Option<T>, LoadError> {
    json.map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| damaged(source, &format!("`{key}`: {error}")))
}

fn read(source: &Source) -> Result<Opened, LoadError> {
    match source.path() {
        Some(path) => {
            let failed = |error| LoadError::Io { path: source.name().to_owned(), source: error };
            opened(source, ParquetReader::new(File::open(path).map_err(failed)?))
        }
        None => opened(source, ParquetReader::new(Cursor::new(source.bytes()?))),
    }
}

fn opened<R: polars::io::mmap::MmapBytesReader>(
    source: &Source,
    mut reader: ParquetReader<R>,
) -> Result<Opened, LoadError> {
    let wrong = |error: PolarsError| damaged(source, &error.to_string());
    let metadata = reader.get_metadata().map_err(wrong)?;
    room::for_cells(source, metadata.num_rows as u64, metadata.schema().columns().len() as u64)?;
    let entry = |key: &str| entry(metadata, key);
    let facts = Facts {
        unit: entry(UNIT_KEY),
        year: entry(YEAR_KEY).and_then(|year| year.parse().ok()),
        ..Facts::default()
    };
    let (origin, roles) = (entry(PROVENANCE_KEY), entry(ROLES_KEY));
    Ok(Opened { facts, origin, roles, frame: reader.finish().map_err(wrong)? })
}

/// A column without gaps, where polars holds it.
struct Held(Float64Chunked);

impl AsRef<[f64]> for Held {
    fn as_ref(&self) -> &[f64] {
        self.0.cont_slice().unwrap_or_default()
    }
}

/// A file whose first columns are labels and whose others are numbers.
///
/// # Errors
/// A damaged file; labels that are not text, numbers that are not numeric.
pub(super) fn wide(source: &Source, label_columns: usize) -> Result<Grid, LoadError> {
    let frame = read(source)?.frame;
    grid(source, &frame, label_columns)
}

/// Some columns of labels and one of numbers, by name; labels are absent where no name is given.
pub(super) type Named<const N: usize> = ([Option<Vec<String>>; N], Vec<f64>);

/// A file of one cell a line.
///
/// # Errors
/// A damaged file; a column that is not there, labels that are not text, numbers that are not numeric.
pub(super) fn long<const N: usize>(
    source: &Source,
    labels: [Option<&String>; N],
    value: &str,
) -> Result<Named<N>, LoadError> {
    let frame = read(source)?.frame;
    let column = |name: &str| {
        frame.column(name).map_err(|_| LoadError::Layout {
            path: source.name().to_owned(),
            message: format!(
                "there is no column `{name}`; there are {}",
                frame.get_column_names().iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
            ),
        })
    };
    let mut found = [const { None }; N];
    for (place, name) in found.iter_mut().zip(labels) {
        if let Some(name) = name {
            *place = Some(texts(source, column(name)?)?);
        }
    }
    let values = figures(source, column(value)?)?.iter().map(|value| value.unwrap_or(BLANK)).collect();
    Ok((found, values))
}

fn texts(source: &Source, column: &PolarsColumn) -> Result<Vec<String>, LoadError> {
    // A category of labels is labels.
    let cast = column.dtype().is_categorical().then(|| column.cast(&DataType::String)).and_then(Result::ok);
    let column = cast.as_ref().unwrap_or(column);
    match column.str() {
        Ok(labels) => Ok(labels.iter().map(|label| label.unwrap_or("").to_owned()).collect()),
        Err(_) => {
            let (column, found) = (column.name().to_string(), column.dtype().to_string());
            Err(LoadError::NotCanonical { path: source.name().to_owned(), column, found, expected: "labels" })
        }
    }
}

fn figures(source: &Source, column: &PolarsColumn) -> Result<Float64Chunked, LoadError> {
    if !column.dtype().is_primitive_numeric() {
        return Err(LoadError::NotCanonical {
            path: source.name().to_owned(),
            column: column.name().to_string(),
            found: column.dtype().to_string(),
            expected: "numbers",
        });
    }
    column
        .cast(&DataType::Float64)
        .and_then(|cast| cast.f64().cloned())
        .map_err(|error| damaged(source, &error.to_string()))
}

fn grid(source: &Source, frame: &DataFrame, label_columns: usize) -> Result<Grid, LoadError> {
    let columns = frame.columns();
    if columns.len() < label_columns {
        return Err(damaged(
            source,
            &format!("{} columns, {label_columns} of labels expected", columns.len()),
        ));
    }
    let (front, back) = columns.split_at(label_columns);
    let front = front.iter().map(|column| texts(source, column)).collect::<Result<Vec<_>, _>>()?;
    let rows =
        (0..frame.height()).map(|row| front.iter().map(|label| label[row].clone()).collect()).collect();
    let mut labels = Vec::with_capacity(back.len());
    let mut cells: Vec<Column> = Vec::with_capacity(back.len());
    for column in back {
        let numbers = figures(source, column)?;
        cells.push(if numbers.cont_slice().is_ok() {
            Box::new(Held(numbers))
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
    let mut reader = ParquetReader::new(file);
    let metadata = reader.get_metadata().ok()?;
    let columns = metadata.schema().fields().len();
    super::source::is_wide(columns, metadata.num_rows as u64).then_some(columns)
}
