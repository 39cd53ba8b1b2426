//! Labelled cells of several years to one file: the writer of the store described in [`crate::load::sparse_store`].

use std::io::Write;

use polars::polars_utils::compression::ZstdLevel;
use polars::prelude::{
    Column as PolarsColumn, DataFrame, KeyValueMetadata, ParquetCompression, ParquetWriter, StatisticsOptions,
};

use super::ReportError;
use crate::load::ROLES_KEY;
use crate::load::sparse_store::{
    COLUMN, COLUMNS_KEY, DIVISOR_KEY, LAYOUT_KEY, PROVENANCE_KEY, ROW, ROWS_KEY,
};
use crate::model::memory::{BASE, WAITING};
use crate::table::{Provenance, RowRole};

/// Zstandard level of the store: written once, read often.
const LEVEL: i32 = 19;
/// Lines a row group. Lines are sorted by size, so the dictionaries of the later groups hold small numbers only and
/// cost a few bits a cell; larger groups were a quarter larger on WIOD, smaller ones no smaller.
const GROUP: usize = 1 << 15;
/// Bytes of a cell of a year while the file is made: as it was collected, its place in the list of all places, its value
/// in the column of the year, by itself and sorted, and what becomes of it in the file while it is compressed.
const CELL: u64 = 56;

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) rows: Vec<String>,
    pub(super) columns: Vec<String>,
    /// What rows are whose labels do not say it.
    pub(super) roles: Vec<(String, RowRole)>,
    pub(super) unit: String,
    pub(super) years: Vec<Year>,
    /// Store `value x 10^decimals` as a whole number: values that were rounded to so many decimals take less room.
    pub(super) decimals: Option<u32>,
}

/// The cells of a year.
#[derive(Debug)]
pub(super) struct Year {
    pub(super) year: i32,
    pub(super) provenance: Provenance,
    /// Cells that are not zero, by position (row x columns + column); NaN where the source has no figure.
    pub(super) cells: Vec<(u64, f64)>,
}

impl Store {
    /// Bytes of the years that were collected.
    pub(super) fn held(&self) -> u64 {
        WAITING * self.cells()
    }

    /// Bytes of the whole process while the file is made, if the years to come, of `years` in all, are like those that came.
    pub(super) fn needed(&self, years: usize) -> u64 {
        let done = self.years.len().max(1) as u64;
        BASE + CELL * self.cells() * done.max(years as u64) / done
    }

    fn cells(&self) -> u64 {
        self.years.iter().map(|year| year.cells.len() as u64).sum()
    }

    /// Takes what the rows of the first year are, compares those of every other.
    pub(super) fn admit_roles(
        &mut self,
        source: &str,
        roles: Vec<(String, RowRole)>,
    ) -> Result<(), ReportError> {
        if self.years.is_empty() {
            self.roles = roles;
            return Ok(());
        }
        let told = |roles: &[(String, RowRole)]| match roles {
            [] => "what their names say".to_owned(),
            _ => serde_json::to_string(roles).unwrap_or_default(),
        };
        if roles == self.roles {
            return Ok(());
        }
        Err(ReportError::NotOnePanel {
            source_name: source.to_owned(),
            what: "what the rows below the industries are",
            found: told(&roles),
            expected: told(&self.roles),
        })
    }

    /// Takes labels and unit of the first year, compares those of every other.
    pub(super) fn admit(
        &mut self,
        source: &str,
        year: i32,
        (rows, columns): (Vec<String>, Vec<String>),
        unit: &str,
    ) -> Result<(), ReportError> {
        if self.years.is_empty() {
            (self.rows, self.columns, self.unit) = (rows, columns, unit.to_owned());
            return Ok(());
        }
        let differs = |what, found: String, expected: String| {
            Err(ReportError::NotOnePanel { source_name: source.to_owned(), what, found, expected })
        };
        for (what, found, expected) in
            [("a row label", &rows, &self.rows), ("a column label", &columns, &self.columns)]
        {
            if let Some((found, expected)) = first_difference(found, expected) {
                return differs(what, found, expected);
            }
        }
        if unit != self.unit {
            return differs("the unit", unit.to_owned(), self.unit.clone());
        }
        if self.years.iter().any(|known| known.year == year) {
            return differs("the year", format!("{year} a second time"), "each year once".into());
        }
        Ok(())
    }

    /// Writes the file.
    pub(super) fn write(mut self, layout: &str, mut output: impl Write) -> Result<(), ReportError> {
        let encode = |message: String| ReportError::Encode { format: "parquet", message };
        self.years.sort_by_key(|year| year.year);
        for year in &mut self.years {
            year.cells.retain(|cell| cell.1 != 0.0);
            year.cells.sort_unstable_by_key(|cell| cell.0);
        }
        let json =
            |value: Result<String, serde_json::Error>| value.map_err(|error| encode(error.to_string()));
        let provenance: Vec<&Provenance> = self.years.iter().map(|year| &year.provenance).collect();
        let mut metadata = vec![
            (LAYOUT_KEY.to_owned(), layout.to_owned()),
            ("vadex.unit".to_owned(), self.unit.clone()),
            (ROWS_KEY.to_owned(), json(serde_json::to_string(&self.rows))?),
            (COLUMNS_KEY.to_owned(), json(serde_json::to_string(&self.columns))?),
            (PROVENANCE_KEY.to_owned(), json(serde_json::to_string(&provenance))?),
        ];
        if !self.roles.is_empty() {
            metadata.push((ROLES_KEY.to_owned(), json(serde_json::to_string(&self.roles))?));
        }
        if let Some(decimals) = self.decimals {
            metadata.push((DIVISOR_KEY.to_owned(), 10_u64.pow(decimals).to_string()));
        }
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
        let mut positions: Vec<u64> =
            self.years.iter().flat_map(|year| year.cells.iter().map(|cell| cell.0)).collect();
        positions.sort_unstable();
        positions.dedup();
        let factor = self.decimals.map_or(1.0, |decimals| 10_f64.powi(decimals.cast_signed()));
        let mut largest = vec![0.0_f64; positions.len()];
        let mut values = vec![vec![0.0_f64; positions.len()]; self.years.len()];
        for (year, values) in self.years.iter().zip(&mut values) {
            let mut line = 0;
            for &(position, value) in &year.cells {
                // Both lists are sorted, and every position of a year is in the union.
                while positions[line] < position {
                    line += 1;
                }
                // Rounded decimals times a power of ten are whole but for the last bit.
                values[line] = if self.decimals.is_some() { (value * factor).round() } else { value };
                largest[line] = largest[line].max(value.abs());
            }
        }
        let mut order: Vec<usize> = (0..positions.len()).collect();
        order.sort_by(|&a, &b| largest[b].total_cmp(&largest[a]).then(positions[a].cmp(&positions[b])));
        let width = self.columns.len() as u64;
        let index = |of: &dyn Fn(u64) -> u64| -> Vec<i32> {
            // Positions fit: a table has fewer rows and columns than i32::MAX.
            order.iter().map(|&line| of(positions[line]) as i32).collect()
        };
        let mut columns = vec![
            PolarsColumn::new(ROW.into(), index(&|position| position / width)),
            PolarsColumn::new(COLUMN.into(), index(&|position| position % width)),
        ];
        let all = |test: fn(f64) -> bool| values.iter().flatten().all(|value| value.is_nan() || test(*value));
        let (small, whole) =
            (all(|value| is_whole(value) && value.abs() <= f64::from(i32::MAX)), all(is_whole));
        for (year, values) in self.years.iter().zip(values) {
            let name = year.year.to_string().into();
            let sorted = order.iter().map(|&line| Some(values[line]).filter(|value| !value.is_nan()));
            columns.push(if small {
                PolarsColumn::new(name, sorted.map(|v| v.map(|v| v as i32)).collect::<Vec<_>>())
            } else if whole {
                PolarsColumn::new(name, sorted.map(|v| v.map(|v| v as i64)).collect::<Vec<_>>())
            } else {
                PolarsColumn::new(name, sorted.collect::<Vec<_>>())
            });
        }
        DataFrame::new_infer_height(columns)
    }
}

/// Can the value be kept as an integer without loss? Negative zero cannot.
fn is_whole(value: f64) -> bool {
    // Doubles hold every whole number up to 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.trunc().total_cmp(&value).is_eq() && value.abs() <= EXACT && !value.total_cmp(&-0.0).is_eq()
}

fn first_difference(found: &[String], expected: &[String]) -> Option<(String, String)> {
    let nothing = || "nothing".to_owned();
    let at = (0..found.len().max(expected.len())).find(|&i| found.get(i) != expected.get(i))?;
    Some((found.get(at).cloned().unwrap_or_else(nothing), expected.get(at).cloned().unwrap_or_else(nothing)))
}
