//! National tables of the World Input-Output Database, 2016 release, as one Parquet file a year: the rows of all
//! economies stacked, columns `country`, `code`, `origin` (`Domestic`, `Imports`, `TOT`), the industries, the final uses,
//! `EXP` and `GO`.
//!
//! Rows `TOT` stand below the products (value added, taxes, margins, purchases by residents abroad); their subtotals
//! `II_fob` and `GO` repeat other cells and are not kept.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use nalgebra::DMatrix;
use polars::prelude::{DataFrame, ParquetReader, SerReader};

use super::national::{NationalYear, repeated};
use super::sparse_store::{damaged, numbers};
use super::{LoadError, Source};
use crate::table::{NationalParts, NationalTable, PrimaryRow, Provenance, Repair, RowRole};

/// Unit of every workbook of the release.
const UNIT: &str = "million USD, current prices";
/// The three columns of labels.
const LABELS: [&str; 3] = ["country", "code", "origin"];
/// Column of exports and column of output.
const TOTALS: [&str; 2] = ["EXP", "GO"];

/// Is the file in this layout? Reads the end of the file only.
pub(super) fn recognises(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut reader = ParquetReader::new(file);
    reader.get_metadata().is_ok_and(|metadata| {
        let names: Vec<&str> = metadata.schema().fields().iter().map(|field| field.name()).collect();
        LABELS.iter().chain(&TOTALS).all(|label| names.contains(label))
    })
}

/// Reads a year: one table an economy, in the order of the file.
///
/// # Errors
/// A file that is not in this layout, an economy whose rows are not the industries, a cell that is not finite.
pub fn read(source: &Source) -> Result<NationalYear, LoadError> {
    let name = source.name();
    let wrong = |message: String| damaged(name, &message);
    let frame = ParquetReader::new(Cursor::new(source.bytes()?))
        .finish()
        .map_err(|error| wrong(error.to_string()))?;
    let year = source.year().ok_or_else(|| wrong("its name says no year (as `2005.parquet` does)".into()))?;
    let [countries, codes, origins] = LABELS.map(|label| texts(name, &frame, label));
    let labels = Labels { countries: countries?, codes: codes?, origins: origins? };
    let columns: Vec<String> = frame
        .get_column_names()
        .iter()
        .map(|label| label.to_string())
        .filter(|c| !LABELS.contains(&c.as_str()))
        .collect();
    let cells = columns.iter().map(|label| numbers(name, &frame, label)).collect::<Result<Vec<_>, _>>()?;
    let sha256 = source.sha256()?;
    let mut tables = Vec::new();
    let mut start = 0;
    while start < labels.countries.len() {
        let economy = &labels.countries[start];
        let length = labels.countries[start..].iter().take_while(|other| *other == economy).count();
        let block = Block { labels: &labels, columns: &columns, cells: &cells, rows: start..start + length };
        let provenance = Provenance {
            source: name.to_owned(),
            sha256: sha256.clone(),
            importer: "wiod16-national".into(),
            ..Provenance::default()
        };
        let parts = block
            .parts(economy, year, provenance)
            .map_err(|message| wrong(format!("{economy}: {message}")))?;
        tables.push(
            NationalTable::new(parts)
                .map_err(|error| LoadError::Table { path: name.to_owned(), error: Box::new(error) })?,
        );
        start += length;
    }
    let names: Vec<String> = tables.iter().map(|table| table.economy().to_owned()).collect();
    match repeated(&names) {
        Some(twice) => Err(wrong(format!("{twice} appears in two places"))),
        None => Ok(NationalYear { year, tables }),
    }
}

struct Labels {
    countries: Vec<String>,
    codes: Vec<String>,
    origins: Vec<String>,
}

/// The rows of one economy.
struct Block<'a> {
    labels: &'a Labels,
    columns: &'a [String],
    cells: &'a [Vec<f64>],
    rows: std::ops::Range<usize>,
}

impl Block<'_> {
    fn of_origin(&self, origin: &str) -> Vec<usize> {
        self.rows.clone().filter(|&row| self.labels.origins[row] == origin).collect()
    }

    fn matrix(&self, rows: &[usize], columns: &[usize]) -> DMatrix<f64> {
        DMatrix::from_fn(rows.len(), columns.len(), |i, j| self.cells[columns[j]][rows[i]])
    }

    fn parts(&self, economy: &str, year: i32, mut provenance: Provenance) -> Result<NationalParts, String> {
        let (domestic, imported) = (self.of_origin("Domestic"), self.of_origin("Imports"));
        let codes = |rows: &[usize]| -> Vec<String> {
            rows.iter().map(|&row| self.labels.codes[row].clone()).collect()
        };
        let sectors = codes(&domestic);
        if let Some(twice) = repeated(&sectors) {
            return Err(format!("industry {twice} has two rows of domestic products"));
        }
        if codes(&imported) != sectors {
            return Err(format!(
                "{} imported products for {} industries, or in another order",
                imported.len(),
                sectors.len()
            ));
        }
        let find = |label: &str| self.columns.iter().position(|known| known == label);
        let industries: Vec<usize> = sectors
            .iter()
            .map(|sector| find(sector).ok_or_else(|| format!("industry {sector} has a row and no column")))
            .collect::<Result<_, _>>()?;
        let [exports, output] = TOTALS.map(|label| find(label).ok_or_else(|| format!("no column {label}")));
        let (exports, output) = (exports?, output?);
        let finals: Vec<usize> = (0..self.columns.len())
            .filter(|column| !industries.contains(column) && *column != exports && *column != output)
            .collect();
        let reexports = imported.iter().filter(|&&row| self.cells[exports][row] != 0.0).count();
        if reexports > 0 {
            provenance.repairs.push(Repair {
                name: "reexports-left-out".into(),
                detail: "exports of imported products are not exports of a domestic industry".into(),
                count: reexports,
            });
        }
        let primary_rows = self
            .of_origin("TOT")
            .into_iter()
            .map(|row| (row, RowRole::of(&self.labels.codes[row])))
            .filter(|(_, role)| !matches!(role, RowRole::IntermediateTotal | RowRole::OutputTotal))
            .map(|(row, role)| PrimaryRow {
                name: self.labels.codes[row].clone(),
                role,
                industries: industries.iter().map(|&column| self.cells[column][row]).collect(),
                final_use: Some(finals.iter().map(|&column| self.cells[column][row]).collect()),
            })
            .collect();
        Ok(NationalParts {
            economy: economy.to_owned(),
            year,
            unit: UNIT.into(),
            categories: finals.iter().map(|&column| self.columns[column].clone()).collect(),
            domestic_use: self.matrix(&domestic, &industries),
            imported_use: self.matrix(&imported, &industries),
            domestic_final: self.matrix(&domestic, &finals),
            imported_final: self.matrix(&imported, &finals),
            exports: domestic.iter().map(|&row| self.cells[exports][row]).collect(),
            output: domestic.iter().map(|&row| self.cells[output][row]).collect(),
            primary_rows,
            sectors,
            provenance,
        })
    }
}

fn texts(name: &str, frame: &DataFrame, label: &str) -> Result<Vec<String>, LoadError> {
    let column = frame
        .column(label)
        .and_then(|column| column.str().cloned())
        .map_err(|error| damaged(name, &error.to_string()))?;
    Ok(column.iter().map(|text| text.unwrap_or("").trim().to_owned()).collect())
}
