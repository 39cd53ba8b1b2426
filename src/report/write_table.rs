//! A table back to the canonical layout, as CSV or Parquet: what `vadex import` and `vadex aggregate` write.

use std::io::{BufWriter, Write};

use polars::prelude::{
    Column as PolarsColumn, CsvWriter, DataFrame, KeyValueMetadata, ParquetCompression, ParquetWriter,
    SerWriter, StatisticsOptions,
};

use rayon::prelude::*;

use super::ReportError;
use super::watched::Watched;
use crate::load::{PROVENANCE_KEY, ROLES_KEY, UNIT_KEY, YEAR_KEY};
use crate::table::IcioTable;

/// Bytes of a page: more than any column has.
const PAGE: usize = 1 << 30;

/// Storage of a canonical table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableFormat {
    /// Comma-separated values.
    Csv,
    /// Parquet with unit, year and history in the metadata.
    Parquet,
}

/// Writes a table in the canonical layout: what is read back is equal, number for number.
///
/// # Errors
/// The output cannot take it.
pub fn write_table(table: &IcioTable, format: TableFormat, output: impl Write) -> Result<(), ReportError> {
    let name = match format {
        TableFormat::Csv => "csv",
        TableFormat::Parquet => "parquet",
    };
    let (output, trouble) = Watched::new(output);
    let encode = |error: polars::error::PolarsError| trouble.or(name, error);
    let mut data = frame(table).map_err(encode)?;
    // Straight to the output: the file is not held beside the table.
    let mut output = BufWriter::new(output);
    match format {
        TableFormat::Csv => {
            CsvWriter::new(&mut output).include_header(true).finish(&mut data).map_err(encode)?;
        }
        TableFormat::Parquet => {
            let mut metadata = vec![(UNIT_KEY.to_owned(), table.unit().to_owned())];
            if let Some(year) = table.year() {
                metadata.push((YEAR_KEY.to_owned(), year.to_string()));
            }
            let origin = serde_json::to_string(table.provenance())
                .map_err(|error| ReportError::Encode { format: name, message: error.to_string() })?;
            metadata.push((PROVENANCE_KEY.to_owned(), origin));
            let roles = table.unspoken_roles();
            if !roles.is_empty() {
                let roles = serde_json::to_string(&roles)
                    .map_err(|error| ReportError::Encode { format: name, message: error.to_string() })?;
                metadata.push((ROLES_KEY.to_owned(), roles));
            }
            ParquetWriter::new(&mut output)
                .with_compression(ParquetCompression::Snappy)
                // Statistics of thousands of columns weigh more than the columns.
                .with_statistics(StatisticsOptions::empty())
                // One group and one page a column: its cells lie together and are copied as they are.
                .with_row_group_size(Some(data.height()))
                .with_data_page_size(Some(PAGE))
                .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
                .finish(&mut data)
                .map_err(encode)?;
        }
    }
    output.flush().map_err(|error| trouble.or(name, error))
}

fn frame(table: &IcioTable) -> polars::error::PolarsResult<DataFrame> {
    let axis = table.axis();
    let n = axis.n_rows();
    let below: Vec<_> = table.primary_rows().iter().collect();
    let mut labels: Vec<String> = (0..n).map(|row| axis.row_label(row)).collect();
    labels.extend(below.iter().map(|row| row.name.clone()));
    if table.published_output().is_some() {
        labels.push("OUT".into());
    }
    let published = table.published_output();
    let mut columns = vec![PolarsColumn::new("row".into(), &labels)];
    // On all threads: theirs is the memory that reading the table has just given back.
    let industries: Vec<PolarsColumn> = (0..n)
        .into_par_iter()
        .map(|j| {
            let column = table.intermediate_use().block(0..n, j..j + 1);
            // No gaps here: a column of plain numbers is written and read without a look at each.
            let mut values: Vec<f64> = Vec::with_capacity(labels.len());
            values.extend(column.iter());
            values.extend(below.iter().map(|row| row.industries[j]));
            values.extend(published.map(|output| output[j]));
            PolarsColumn::new(axis.row_label(j).into(), values)
        })
        .collect();
    columns.extend(industries);
    for (j, column) in table.final_demand().column_iter().enumerate() {
        let mut values: Vec<Option<f64>> = column.iter().copied().map(Some).collect();
        values.extend(below.iter().map(|row| row.final_use.as_ref().map(|values| values[j])));
        values.extend(published.map(|_| None));
        columns.push(PolarsColumn::new(table.final_demand_label(j).into(), values));
    }
    if let Some(output) = published {
        let mut values: Vec<Option<f64>> = output.iter().copied().map(Some).collect();
        values.resize(n + below.len() + 1, None);
        columns.push(PolarsColumn::new("OUT".into(), values));
    }
    DataFrame::new_infer_height(columns)
}
