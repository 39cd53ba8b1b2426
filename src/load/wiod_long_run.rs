//! Long-run World Input-Output Database, 1965-2000: all years in one tidy CSV, one line a cell.
//!
//! ```text
//! year,row_country,row_id,row_isic3,col_country,col_isic3,value
//! ```
//! Codes of final demand begin with a small x (`xCONS_h`).

use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::builtin::WIOD_CITATION;
use super::long_text::{self, LongLayout};
use super::wiod13::{MILLIONS, wiod_unit};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{Repair, RowRole, TableParts};

/// Columns: year, labels of the row, labels of the column, figure.
const NAMES: [&str; 6] = ["year", "row_country", "row_isic3", "col_country", "col_isic3", "value"];

/// Reader of the long-run tables.
#[derive(Debug)]
pub struct WiodLongRun;

fn columns(source: &Source) -> Option<[usize; 6]> {
    let header = String::from_utf8_lossy(source.first_line());
    let labels: Vec<&str> = header
        .trim_start_matches('\u{feff}')
        .split(',')
        .map(|label| label.trim().trim_matches('"'))
        .collect();
    let mut places = [0; 6];
    for (place, name) in places.iter_mut().zip(NAMES) {
        *place = labels.iter().position(|label| *label == name)?;
    }
    Some(places)
}

/// Does the country of a label say that it is a total?
fn is_total(country: &str) -> bool {
    country.is_empty() || country.eq_ignore_ascii_case("TOT") || country.eq_ignore_ascii_case("TOTAL")
}

impl Importer for WiodLongRun {
    fn id(&self) -> &'static str {
        "wiod-long-run"
    }

    fn summary(&self) -> &'static str {
        "Long-run WIOD, 1965-2000: all years in one tidy CSV (year, row, column, value)"
    }

    fn recognises(&self, source: &Source) -> bool {
        columns(source).is_some()
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        match columns(source) {
            Some([year, ..]) => long_text::years_of(source, b',', year),
            None => Ok(Vec::new()),
        }
    }

    fn read(&self, source: &Source, options: &ReadOptions) -> Result<TableParts, LoadError> {
        let [year_column, row_country, row_code, col_country, col_code, value] =
            columns(source).ok_or_else(|| LoadError::UnknownLayout { path: source.name().to_owned() })?;
        let year = long_text::year_of(source, b',', year_column, options.year)?
            .ok_or_else(|| LoadError::NoRows { path: source.name().to_owned(), header_rows: 1 })?;
        let layout = LongLayout {
            delimiter: b',',
            decimal_comma: false,
            row: vec![row_country, row_code],
            column: vec![col_country, col_code],
            value,
            only: Some((year_column, year.to_string())),
        };
        let (grid, absent) = long_text::read(source, &layout)?;
        let mut repairs: Vec<Repair> = long_text::not_listed(absent).into_iter().collect();
        let mut dropped = Vec::new();
        let mut rows = Vec::with_capacity(grid.rows.len());
        for fields in &grid.rows {
            let (country, code) = (&fields[0], &fields[1]);
            let role = RowRole::of(code);
            rows.push(match (is_total(country), role) {
                (false, RowRole::Other) => {
                    RowKind::Industry { economy: country.clone(), sector: code.clone() }
                }
                (true, RowRole::Other) => {
                    return Err(LoadError::BadRow {
                        path: grid.path.clone(),
                        label: format!("{country} {code}"),
                    });
                }
                (_, RowRole::IntermediateTotal) => {
                    dropped.push(code.as_str());
                    RowKind::Skip
                }
                (true, role) => RowKind::Below { name: code.clone(), role },
                (false, role) => RowKind::Below { name: format!("{country}_{code}"), role },
            });
        }
        if !dropped.is_empty() {
            repairs.push(Repair {
                name: "subtotal-dropped".into(),
                detail: format!("rows that add up others: {}", dropped.join(", ")),
                count: dropped.len(),
            });
        }
        let columns = grid
            .columns
            .iter()
            .map(|fields| {
                let (country, code) = (&fields[0], &fields[1]);
                if RowRole::of(code) == RowRole::OutputTotal || is_total(country) {
                    ColumnKind::Output
                } else if code.starts_with('x') {
                    ColumnKind::Final { economy: country.clone(), category: code.clone() }
                } else {
                    ColumnKind::Industry { economy: country.clone(), sector: code.clone() }
                }
            })
            .collect::<Vec<_>>();
        let facts = Facts {
            unit: Some(wiod_unit(MILLIONS, false)),
            year: Some(year),
            citation: Some(WIOD_CITATION.into()),
            repairs,
        };
        assemble(&grid, &rows, &columns, facts)
    }
}
