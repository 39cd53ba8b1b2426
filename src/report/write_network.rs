//! A sparse table to the store of [`crate::load::network_parquet`].

use std::io::{BufWriter, Write};

use polars::polars_utils::compression::ZstdLevel;
use polars::prelude::{
    Column as PolarsColumn, DataFrame, KeyValueMetadata, ParquetCompression, ParquetWriter, StatisticsOptions,
};

use super::ReportError;
use super::watched::Watched;
use crate::load::network_parquet::{BELOW_KEY, CATEGORIES_KEY, COLUMNS, LAYOUT, OUTPUT_KEY};
use crate::load::sparse_store::{LAYOUT_KEY, ROWS_KEY};
use crate::load::{PROVENANCE_KEY, ROLES_KEY, UNIT_KEY, YEAR_KEY};
use crate::table::IcioTable;

/// Zstandard level: networks are large, and their values hardly compress.
const LEVEL: i32 = 3;

/// Writes a table by its cells that are not zero: what is read back is equal, number for number.
///
/// # Errors
/// The output cannot take it.
///
/// # Cost
/// Sixteen bytes for every cell that is not zero, beside the table.
pub fn write_network(table: &IcioTable, output: impl Write) -> Result<(), ReportError> {
    let failed = |message: String| ReportError::Encode { format: "parquet", message };
    let (output, trouble) = Watched::new(output);
    let encode = |error: polars::error::PolarsError| trouble.or("parquet", error);
    let axis = table.axis();
    let rows: Vec<(&str, &str)> = (0..axis.n_rows())
        .map(|row| (axis.member_of(row), axis.sectors()[axis.sector_of(row)].as_str()))
        .collect();
    let below: Vec<&str> = table.primary_rows().iter().map(|row| row.name.as_str()).collect();
    let json = |value: Result<String, serde_json::Error>| value.map_err(|error| failed(error.to_string()));
    let mut metadata = vec![
        (LAYOUT_KEY.to_owned(), LAYOUT.to_owned()),
        (UNIT_KEY.to_owned(), table.unit().to_owned()),
        (ROWS_KEY.to_owned(), json(serde_json::to_string(&rows))?),
        (CATEGORIES_KEY.to_owned(), json(serde_json::to_string(table.categories()))?),
        (BELOW_KEY.to_owned(), json(serde_json::to_string(&below))?),
        (OUTPUT_KEY.to_owned(), table.published_output().is_some().to_string()),
        (PROVENANCE_KEY.to_owned(), json(serde_json::to_string(table.provenance()))?),
    ];
    let roles = table.unspoken_roles();
    if !roles.is_empty() {
        metadata.push((ROLES_KEY.to_owned(), json(serde_json::to_string(&roles))?));
    }
    if let Some(year) = table.year() {
        metadata.push((YEAR_KEY.to_owned(), year.to_string()));
    }
    let mut data = cells(table).map_err(encode)?;
    let level = ZstdLevel::try_new(LEVEL).map_err(encode)?;
    let mut output = BufWriter::new(output);
    ParquetWriter::new(&mut output)
        .with_compression(ParquetCompression::Zstd(Some(level)))
        .with_statistics(StatisticsOptions::empty())
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .finish(&mut data)
        .map_err(encode)?;
    output.flush().map_err(|error| trouble.or("parquet", error))
}

/// Cells by row, then by column.
fn cells(table: &IcioTable) -> polars::error::PolarsResult<DataFrame> {
    let n = table.axis().n_rows();
    let matrix = table.intermediate_use().to_compressed();
    let (mut rows, mut columns, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut put = |row: usize, column: usize, value: f64| {
        if value != 0.0 {
            // Positions are 32-bit in compressed rows already.
            rows.push(row as u32);
            columns.push(column as u32);
            values.push(value);
        }
    };
    let demand = table.final_demand();
    for (i, sold) in matrix.outer_iterator().enumerate() {
        for (j, value) in sold.iter() {
            put(i, j, *value);
        }
        for j in 0..demand.ncols() {
            put(i, n + j, demand[(i, j)]);
        }
    }
    for (k, row) in table.primary_rows().iter().enumerate() {
        for (j, value) in row.industries.iter().chain(row.final_use.iter().flatten()).enumerate() {
            put(n + k, j, *value);
        }
    }
    if let Some(output) = table.published_output() {
        for (j, value) in output.iter().enumerate() {
            put(n + table.primary_rows().len(), j, *value);
        }
    }
    let [row, column, value] = COLUMNS;
    DataFrame::new_infer_height(vec![
        PolarsColumn::new(row.into(), rows),
        PolarsColumn::new(column.into(), columns),
        PolarsColumn::new(value.into(), values),
    ])
}
