//! National tables of the World Input-Output Database, 2016 release, as one Parquet file a year: the rows of all
//! economies stacked, columns `country`, `code`, `origin` (`Domestic`, `Imports`, `TOT`), the industries, the final uses,
//! `EXP` and `GO`.
//!
//! Rows `TOT` stand below the products (value added, taxes, margins, purchases by residents abroad); their subtotals
//! `II_fob` and `GO` repeat other cells and are not kept.

use std::fs::File;
use std::io::Cursor;

use nalgebra::DMatrix;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{DataFrame, ParquetReader, SerReader};

use super::builtin::WIOD_CITATION;
use super::national::{Found, NationalImporter, repeated};
use super::source::Place;
use super::sparse_store::{damaged, numbers};
use super::{LoadError, Source};
use crate::table::{NationalParts, NationalTable, PrimaryRow, Provenance, Repair, RowRole};

/// Unit of every workbook of the release.
const UNIT: &str = "million USD, current prices";
/// The three columns of labels.
const LABELS: [&str; 3] = ["country", "code", "origin"];
/// Column of exports and column of output.
const TOTALS: [&str; 2] = ["EXP", "GO"];

/// Reader of the yearly files.
#[derive(Debug)]
pub(super) struct Wiod16National;

impl NationalImporter for Wiod16National {
    fn id(&self) -> &'static str {
        "wiod16-national"
    }

    fn summary(&self) -> &'static str {
        "national tables of WIOD 2016 as one Parquet file a year: columns country, code, origin, industries, uses, EXP, GO"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head().starts_with(b"PAR1")
            && match source.place() {
                Place::File(path) => File::open(path).is_ok_and(|file| has_columns(ParquetReader::new(file))),
                _ => source.bytes().is_ok_and(|bytes| has_columns(ParquetReader::new(Cursor::new(bytes)))),
            }
    }

    fn read(&self, source: &Source, wanted: &dyn Fn(i32) -> bool) -> Result<Found, LoadError> {
        let name = source.name();
        let year =
            source.year().ok_or_else(|| damaged(name, "its name says no year (as `2005.parquet` does)"))?;
        let tables = if wanted(year) { read(source, year)? } else { Vec::new() };
        Ok(Found { tables, available: vec![year] })
    }
}

/// Reads the end of the file only.
fn has_columns(mut reader: ParquetReader<impl MmapBytesReader>) -> bool {
    reader.get_metadata().is_ok_and(|metadata| {
        let names: Vec<&str> = metadata.schema().fields().iter().map(|field| field.name()).collect();
        LABELS.iter().chain(&TOTALS).all(|label| names.contains(label))
    })
}

/// Reads a year: one table an economy, in the order of the file.
fn read(source: &Source, year: i32) -> Result<Vec<NationalTable>, LoadError> {
    let name = source.name();
    let wrong = |message: String| damaged(name, &message);
    let frame = ParquetReader::new(Cursor::new(source.bytes()?))
        .finish()
        .map_err(|error| wrong(error.to_string()))?;
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
            importer: Wiod16National.id().into(),
            citation: Some(WIOD_CITATION.into()),
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
    Ok(tables)
}

/// Labels of the rows of one or more economies.
pub(super) struct Labels {
    pub(super) countries: Vec<String>,
    pub(super) codes: Vec<String>,
    pub(super) origins: Vec<String>,
}

/// The rows of one economy.
pub(super) struct Block<'a> {
    pub(super) labels: &'a Labels,
    pub(super) columns: &'a [String],
    pub(super) cells: &'a [Vec<f64>],
    pub(super) rows: std::ops::Range<usize>,
}

impl Block<'_> {
    fn of_origin(&self, origin: &str) -> Vec<usize> {
        self.rows.clone().filter(|&row| self.labels.origins[row] == origin).collect()
    }

    fn matrix(&self, rows: &[usize], columns: &[usize]) -> DMatrix<f64> {
        DMatrix::from_fn(rows.len(), columns.len(), |i, j| self.cells[columns[j]][rows[i]])
    }

    pub(super) fn parts(
        &self,
        economy: &str,
        year: i32,
        mut provenance: Provenance,
    ) -> Result<NationalParts, String> {
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
