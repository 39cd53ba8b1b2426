//! The store of a network: one sparse table in one Parquet file. What `vadex import` writes when intermediate use is kept
//! in compressed rows, where the wide layout would have a column for every node.
//!
//! ```text
//! column   row, column   positions in the canonical layout: nodes, then rows below them; nodes, then final demand
//!          value         the cell; cells that are zero are left out
//! lines    by row, then by column
//! metadata vadex.layout `network-1`, vadex.unit, vadex.year, vadex.provenance, and as JSON vadex.rows
//!          (economy and node), vadex.categories, vadex.below (names of the rows below) and vadex.output
//! ```

use std::fs::File;
use std::io::Cursor;

use nalgebra::DMatrix;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};
use sprs::CsMatI;

use super::assemble::UNKNOWN_UNIT;
use super::canonical_parquet::{PROVENANCE_KEY, ROLES_KEY, UNIT_KEY, YEAR_KEY, year_told};
use super::sparse_store::{self, ROWS_KEY, damaged, entry};
use super::{Importer, LoadError, ReadOptions, Source, room};
use crate::kernel::stored::StoredMatrix;
use crate::labels::Axis;
use crate::table::{PrimaryRow, Provenance, RowRole, TableParts};

/// Name of this layout.
pub const LAYOUT: &str = "network-1";
/// Bytes of a listed cell while it is read: in the columns of the file, and in the matrix.
const LISTED: u64 = 32;
/// Key of the categories of final demand.
pub const CATEGORIES_KEY: &str = "vadex.categories";
/// Key of the names of the rows below the nodes.
pub const BELOW_KEY: &str = "vadex.below";
/// Key that says whether gross output is published: the last row.
pub const OUTPUT_KEY: &str = "vadex.output";
/// Columns of the file.
pub const COLUMNS: [&str; 3] = ["row", "column", "value"];

/// Reader of the store of a network.
#[derive(Debug)]
pub struct NetworkParquet;

impl Importer for NetworkParquet {
    fn id(&self) -> &'static str {
        "network-parquet"
    }

    fn summary(&self) -> &'static str {
        "long Parquet of a sparse table: what `vadex import` writes for an edge list and with `--store sparse`"
    }

    fn recognises(&self, source: &Source) -> bool {
        sparse_store::layout_of(source).is_some_and(|layout| layout == LAYOUT)
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(year_told(source).or(source.year()).into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let (read, hashed) = rayon::join(
            || match source.path() {
                Some(path) => {
                    let file = File::open(path)
                        .map_err(|error| LoadError::Io { path: source.name().to_owned(), source: error })?;
                    parts(source, ParquetReader::new(file))
                }
                None => parts(source, ParquetReader::new(Cursor::new(source.bytes()?))),
            },
            || if source.wants_hash() { source.sha256() } else { Ok(String::new()) },
        );
        hashed?;
        read
    }
}

fn parts<R: MmapBytesReader>(source: &Source, mut reader: ParquetReader<R>) -> Result<TableParts, LoadError> {
    let wrong = |message: String| damaged(source.name(), &message);
    let metadata = reader.get_metadata().map_err(|error| wrong(error.to_string()))?.clone();
    let text =
        |key: &str| entry(&metadata, key).ok_or_else(|| wrong(format!("its metadata have no `{key}`")));
    let list = |key: &str| -> Result<Vec<String>, LoadError> {
        serde_json::from_str(&text(key)?).map_err(|error| wrong(format!("`{key}`: {error}")))
    };
    let rows: Vec<(String, String)> =
        serde_json::from_str(&text(ROWS_KEY)?).map_err(|error| wrong(format!("`{ROWS_KEY}`: {error}")))?;
    let (categories, below) = (list(CATEGORIES_KEY)?, list(BELOW_KEY)?);
    let published = text(OUTPUT_KEY)? == "true";
    let origin: Provenance = serde_json::from_str(&text(PROVENANCE_KEY)?)
        .map_err(|error| wrong(format!("`{PROVENANCE_KEY}`: {error}")))?;
    let roles: Vec<(String, RowRole)> = match entry(&metadata, ROLES_KEY) {
        Some(json) => {
            serde_json::from_str(&json).map_err(|error| wrong(format!("`{ROLES_KEY}`: {error}")))?
        }
        None => Vec::new(),
    };
    let facts = (entry(&metadata, UNIT_KEY), entry(&metadata, YEAR_KEY).and_then(|year| year.parse().ok()));
    let cells = metadata.num_rows as u64;
    room::for_bytes(source, &format!("{cells} listed cells"), cells.saturating_mul(LISTED))?;
    let frame = reader.finish().map_err(|error| wrong(error.to_string()))?;
    let (axis, _) = Axis::new(&rows).map_err(|error| LoadError::Table {
        path: source.name().to_owned(),
        error: Box::new(error.into()),
    })?;
    let n = axis.n_rows();
    let finals = axis.n_economies() * categories.len();
    let mut cells = Cells {
        starts: vec![0; n + 1],
        indices: Vec::with_capacity(frame.height()),
        values: Vec::with_capacity(frame.height()),
        final_demand: DMatrix::zeros(n, finals),
        below: vec![(vec![0.0; n], vec![0.0; finals]); below.len() + usize::from(published)],
        last: None,
    };
    cells.fill(&frame).map_err(wrong)?;
    let published_output = if published { cells.below.pop().map(|(industries, _)| industries) } else { None };
    let primary_rows = below
        .into_iter()
        .zip(cells.below)
        .map(|(name, (industries, finals))| PrimaryRow {
            role: RowRole::of(&name),
            name,
            industries,
            final_use: finals.iter().any(|value| *value != 0.0).then_some(finals),
        })
        .collect();
    for row in 0..n {
        cells.starts[row + 1] += cells.starts[row];
    }
    let mut parts = TableParts {
        rows,
        categories,
        intermediate_use: StoredMatrix::from(CsMatI::<f64, u32>::new(
            (n, n),
            cells.starts,
            cells.indices,
            cells.values,
        )),
        final_demand: cells.final_demand,
        primary_rows,
        published_output,
        unit: facts.0.unwrap_or_else(|| UNKNOWN_UNIT.into()),
        year: facts.1,
        provenance: Provenance {
            citation: origin.citation.clone(),
            derived_from: Some(Box::new(origin)),
            ..Provenance::default()
        },
    };
    parts.give_roles(&roles);
    Ok(parts)
}

/// The cells of the file, by the part of the table that they belong to.
struct Cells {
    /// How many cells each row has, one place later.
    starts: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f64>,
    final_demand: DMatrix<f64>,
    /// Rows below: industries, final use.
    below: Vec<(Vec<f64>, Vec<f64>)>,
    last: Option<(u32, u32)>,
}

impl Cells {
    /// # Errors
    /// Another type of column, a cell outside the labels, lines out of order.
    fn fill(&mut self, frame: &DataFrame) -> Result<(), String> {
        let column = |name: &str, wanted: DataType| {
            let column = frame.column(name).map_err(|error| error.to_string())?;
            if *column.dtype() != wanted || column.null_count() > 0 {
                return Err(format!("column `{name}` is {}, expected {wanted} without gaps", column.dtype()));
            }
            Ok(column)
        };
        let places = |name: &str| -> Result<Vec<u32>, String> {
            let column = column(name, DataType::UInt32)?;
            let places = column.u32().map_err(|error| error.to_string())?;
            Ok(places.into_no_null_iter().collect())
        };
        let (rows, columns) = (places(COLUMNS[0])?, places(COLUMNS[1])?);
        let values = column(COLUMNS[2], DataType::Float64)?.f64().map_err(|error| error.to_string())?;
        for ((row, column), value) in rows.into_iter().zip(columns).zip(values.into_no_null_iter()) {
            self.take(row, column, value)?;
        }
        Ok(())
    }

    fn take(&mut self, row: u32, column: u32, value: f64) -> Result<(), String> {
        if self.last.is_some_and(|last| last >= (row, column)) {
            return Err(format!("cell ({row}, {column}) is out of order or listed a second time"));
        }
        self.last = Some((row, column));
        let n = self.starts.len() - 1;
        let outside = || format!("a cell at ({row}, {column}), the labels say {n} nodes");
        let (i, j) = (row as usize, column as usize);
        if i < n && j < n {
            self.starts[i + 1] += 1;
            self.indices.push(column);
            self.values.push(value);
        } else if i < n {
            *self.final_demand.get_mut((i, j - n)).ok_or_else(outside)? = value;
        } else {
            let (industries, finals) = self.below.get_mut(i - n).ok_or_else(outside)?;
            let cell = if j < n { industries.get_mut(j) } else { finals.get_mut(j - n) };
            *cell.ok_or_else(outside)? = value;
        }
        Ok(())
    }
}
