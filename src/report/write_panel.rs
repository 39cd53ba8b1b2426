//! Several years of one table to one file: the writer of the store described in [`crate::load::panel`].

use std::io::Write;

use polars::polars_utils::compression::ZstdLevel;
use polars::prelude::{
    Column as PolarsColumn, DataFrame, KeyValueMetadata, ParquetCompression, ParquetWriter, StatisticsOptions,
};

use super::ReportError;
use crate::load::panel::{COLUMN, COLUMNS_KEY, LAYOUT, LAYOUT_KEY, PROVENANCE_KEY, ROW, ROWS_KEY};
use crate::table::{IcioTable, Provenance};

/// Zstandard level of the store: written once, read often.
const LEVEL: i32 = 19;
/// Lines a row group. Lines are sorted by size, so the dictionaries of the later groups hold small numbers only and
/// cost a few bits a cell; larger groups were a quarter larger on WIOD, smaller ones no smaller.
const GROUP: usize = 1 << 15;

/// Collects the tables of a panel, then writes them in one go.
///
/// # Cost
/// Twelve bytes for every cell that is not zero, whatever the size of the tables.
#[derive(Debug, Default)]
pub struct PanelWriter {
    rows: Vec<String>,
    columns: Vec<String>,
    unit: String,
    years: Vec<Year>,
}

#[derive(Debug)]
struct Year {
    year: i32,
    provenance: Provenance,
    /// Cells that are not zero, by position (row x columns + column), sorted.
    cells: Vec<(u32, f64)>,
}

impl PanelWriter {
    /// An empty panel.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a year.
    ///
    /// # Errors
    /// A table without a year, a year that is there already, other labels or another unit than the first table.
    pub fn push(&mut self, table: &IcioTable) -> Result<(), ReportError> {
        let differs = |what, found: String, expected: String| {
            let source_name = table.provenance().source.clone();
            Err(ReportError::NotOnePanel { source_name, what, found, expected })
        };
        let Some(year) = table.year() else {
            return differs("the year", "no year".into(), "one year a table".into());
        };
        let (rows, columns) = labels(table);
        if self.years.is_empty() {
            (self.rows, self.columns, self.unit) = (rows, columns, table.unit().to_owned());
        } else {
            for (what, found, expected) in
                [("a row label", &rows, &self.rows), ("a column label", &columns, &self.columns)]
            {
                if let Some((found, expected)) = first_difference(found, expected) {
                    return differs(what, found, expected);
                }
            }
            if table.unit() != self.unit {
                return differs("the unit", table.unit().to_owned(), self.unit.clone());
            }
            if self.years.iter().any(|known| known.year == year) {
                return differs("the year", format!("{year} a second time"), "each year once".into());
            }
        }
        let cells = cells(table, self.columns.len());
        self.years.push(Year { year, provenance: table.provenance().clone(), cells });
        Ok(())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The output cannot take it.
    pub fn finish(mut self, mut output: impl Write) -> Result<(), ReportError> {
        let encode = |message: String| ReportError::Encode { format: "parquet", message };
        self.years.sort_by_key(|year| year.year);
        let json =
            |value: Result<String, serde_json::Error>| value.map_err(|error| encode(error.to_string()));
        let provenance: Vec<&Provenance> = self.years.iter().map(|year| &year.provenance).collect();
        let metadata = vec![
            (LAYOUT_KEY.to_owned(), LAYOUT.to_owned()),
            ("vadex.unit".to_owned(), self.unit.clone()),
            (ROWS_KEY.to_owned(), json(serde_json::to_string(&self.rows))?),
            (COLUMNS_KEY.to_owned(), json(serde_json::to_string(&self.columns))?),
            (PROVENANCE_KEY.to_owned(), json(serde_json::to_string(&provenance))?),
        ];
        let level = ZstdLevel::try_new(LEVEL).map_err(|error| encode(error.to_string()))?;
        let mut frame = self.frame().map_err(|error| encode(error.to_string()))?;
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes)
            .with_compression(ParquetCompression::Zstd(Some(level)))
            .with_statistics(StatisticsOptions::empty())
            .with_row_group_size(Some(GROUP))
            // One page a column and group: a page is the unit of compression.
            .with_data_page_size(Some(GROUP * size_of::<f64>() * 2))
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
            .finish(&mut frame)
            .map_err(|error| encode(error.to_string()))?;
        Ok(output.write_all(&bytes)?)
    }

    fn frame(&self) -> polars::error::PolarsResult<DataFrame> {
        let mut positions: Vec<u32> =
            self.years.iter().flat_map(|year| year.cells.iter().map(|cell| cell.0)).collect();
        positions.sort_unstable();
        positions.dedup();
        let mut largest = vec![0.0_f64; positions.len()];
        let mut values = vec![vec![0.0_f64; positions.len()]; self.years.len()];
        for (year, values) in self.years.iter().zip(&mut values) {
            let mut line = 0;
            for &(position, value) in &year.cells {
                // Both lists are sorted, and every position of a year is in the union.
                while positions[line] < position {
                    line += 1;
                }
                values[line] = value;
                largest[line] = largest[line].max(value.abs());
            }
        }
        let mut order: Vec<usize> = (0..positions.len()).collect();
        order.sort_by(|&a, &b| largest[b].total_cmp(&largest[a]).then(positions[a].cmp(&positions[b])));
        let width = self.columns.len() as u32;
        let index = |of: &dyn Fn(u32) -> u32| -> Vec<i32> {
            // Positions fit: a table has fewer rows and columns than i32::MAX.
            order.iter().map(|&line| of(positions[line]) as i32).collect()
        };
        let mut columns = vec![
            PolarsColumn::new(ROW.into(), index(&|position| position / width)),
            PolarsColumn::new(COLUMN.into(), index(&|position| position % width)),
        ];
        let whole = values.iter().flatten().all(|value| is_whole(*value));
        for (year, values) in self.years.iter().zip(values) {
            let sorted = order.iter().map(|&line| values[line]);
            let name = year.year.to_string().into();
            columns.push(if whole {
                PolarsColumn::new(name, sorted.map(|value| value as i32).collect::<Vec<i32>>())
            } else {
                PolarsColumn::new(name, sorted.collect::<Vec<f64>>())
            });
        }
        DataFrame::new_infer_height(columns)
    }
}

/// Can the value be kept as a 32-bit integer without loss?
fn is_whole(value: f64) -> bool {
    value.trunc().total_cmp(&value).is_eq() && value.abs() <= f64::from(i32::MAX) && !is_negative_zero(value)
}

fn is_negative_zero(value: f64) -> bool {
    value.total_cmp(&-0.0).is_eq()
}

fn first_difference(found: &[String], expected: &[String]) -> Option<(String, String)> {
    let nothing = || "nothing".to_owned();
    let at = (0..found.len().max(expected.len())).find(|&i| found.get(i) != expected.get(i))?;
    Some((found.get(at).cloned().unwrap_or_else(nothing), expected.get(at).cloned().unwrap_or_else(nothing)))
}

/// Row and column labels of the canonical layout.
fn labels(table: &IcioTable) -> (Vec<String>, Vec<String>) {
    let axis = table.axis();
    let industries = (0..axis.n_rows()).map(|row| axis.row_label(row));
    let output = table.published_output().map(|_| "OUT".to_owned());
    let below = table.primary_rows().iter().map(|row| row.name.clone());
    let finals = (0..table.final_demand().ncols()).map(|column| table.final_demand_label(column));
    (
        industries.clone().chain(below).chain(output.clone()).collect(),
        industries.chain(finals).chain(output).collect(),
    )
}

/// Cells of the canonical layout that are not zero, by position.
fn cells(table: &IcioTable, width: usize) -> Vec<(u32, f64)> {
    let n = table.axis().n_rows();
    let mut cells = Vec::new();
    let mut put = |row: usize, column: usize, value: f64| {
        if value != 0.0 {
            // A position beyond u32 would need a table of 65,536 rows, which no dense block can hold.
            cells.push(((row * width + column) as u32, value));
        }
    };
    for (j, column) in table.intermediate_use().column_iter().enumerate() {
        column.iter().enumerate().for_each(|(i, value)| put(i, j, *value));
    }
    for (j, column) in table.final_demand().column_iter().enumerate() {
        column.iter().enumerate().for_each(|(i, value)| put(i, n + j, *value));
    }
    for (k, row) in table.primary_rows().iter().enumerate() {
        row.industries.iter().enumerate().for_each(|(j, value)| put(n + k, j, *value));
        row.final_use.iter().flatten().enumerate().for_each(|(j, value)| put(n + k, n + j, *value));
    }
    if let Some(output) = table.published_output() {
        let (last_row, last_column) = (n + table.primary_rows().len(), width - 1);
        for (j, value) in output.iter().enumerate() {
            put(last_row, j, *value);
            put(j, last_column, *value);
        }
    }
    cells.sort_unstable_by_key(|cell| cell.0);
    cells
}
