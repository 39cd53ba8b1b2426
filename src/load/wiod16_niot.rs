//! National tables of the World Input-Output Database, 2016 release, as published: one workbook an economy
//! (`<CCC>_NIOT_nov16.xlsx`), all years below each other in one sheet with the columns `Year`, `Code`, `Description`,
//! `Origin`, the industries, the final uses, `EXP` and `GO`.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};

use super::builtin::WIOD_CITATION;
use super::grid::is_blank;
use super::national::{Found, NationalImporter};
use super::text_grid::number;
use super::wiod16_national::{Block, Labels};
use super::{LoadError, Source};
use crate::table::{NationalTable, Provenance, Repair};

/// The sheet of every workbook.
const SHEET: &str = "National IO-tables";
/// Columns of labels.
const LABELS: [&str; 4] = ["Year", "Code", "Description", "Origin"];
/// What the name of a workbook ends in after the economy.
const NAME: &str = "_NIOT";

/// Reader of the published workbooks.
#[derive(Debug)]
pub(super) struct Wiod16Niot;

impl NationalImporter for Wiod16Niot {
    fn id(&self) -> &'static str {
        "wiod16-niot"
    }

    fn summary(&self) -> &'static str {
        "national tables of WIOD 2016 as published: one workbook an economy, <CCC>_NIOT_nov16.xlsx"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head().starts_with(b"PK")
            && source.bytes().is_ok_and(|bytes| {
                Xlsx::new(Cursor::new(bytes))
                    .is_ok_and(|book| book.sheet_names().iter().any(|name| name == SHEET))
            })
    }

    fn read(&self, source: &Source, wanted: &dyn Fn(i32) -> bool) -> Result<Found, LoadError> {
        let wrong = |message: String| LoadError::Damaged {
            path: source.name().to_owned(),
            format: "a workbook of national tables",
            message,
        };
        let economy = economy(source.file_name()).ok_or_else(|| {
            wrong(format!("its name does not begin with the economy, as in `DEU{NAME}_nov16.xlsx`"))
        })?;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(source.bytes()?)).map_err(|e| wrong(e.to_string()))?;
        let range = book.worksheet_range(SHEET).map_err(|error| wrong(error.to_string()))?;
        let sheet = Sheet::of(source, &range).map_err(wrong)?;
        let mut found = Found { tables: Vec::new(), available: Vec::new() };
        let mut years: Vec<i32> = sheet.years.iter().map(|(_, year)| *year).collect();
        years.dedup();
        for year in years {
            if found.available.contains(&year) {
                return Err(wrong(format!("the rows of {year} stand in two places")));
            }
            found.available.push(year);
            if wanted(year) {
                let parts = sheet.table(source, &economy, year)?;
                found.tables.push(parts);
            }
        }
        if found.available.is_empty() {
            return Err(wrong(format!("sheet `{SHEET}` has no row with a year")));
        }
        Ok(found)
    }
}

/// `DEU` of `DEU_NIOT_nov16.xlsx`.
fn economy(file_name: &str) -> Option<String> {
    let place = file_name.to_uppercase().find(NAME).filter(|place| *place > 0)?;
    file_name.get(..place).map(str::to_uppercase)
}

/// The sheet with its header found.
struct Sheet<'a> {
    range: &'a Range<Data>,
    labels: [usize; 4],
    /// Position and name of each column of numbers.
    columns: Vec<(usize, String)>,
    /// Rows that have a year.
    years: Vec<(usize, i32)>,
}

impl<'a> Sheet<'a> {
    fn of(source: &Source, range: &'a Range<Data>) -> Result<Self, String> {
        let text = |cell: &Data| cell.to_string().trim().to_owned();
        let header = range
            .rows()
            .position(|row| LABELS.iter().all(|label| row.iter().any(|cell| text(cell) == *label)))
            .ok_or_else(|| format!("sheet `{SHEET}` has no row with {}", LABELS.join(", ")))?;
        let names: Vec<String> = range.rows().nth(header).unwrap_or_default().iter().map(text).collect();
        let labels = LABELS.map(|label| names.iter().position(|name| name == label).unwrap_or_default());
        let columns = names
            .iter()
            .enumerate()
            .filter(|(place, name)| !labels.contains(place) && !name.is_empty())
            .map(|(place, name)| (place, name.clone()))
            .collect();
        let mut years = Vec::new();
        for (position, row) in range.rows().enumerate().skip(header + 1) {
            // Below the header stands a row of descriptions, without a year.
            if let Some(year) = row.get(labels[0]).map(text).filter(|year| !year.is_empty()) {
                let year =
                    year.parse::<f64>().ok().filter(|year| (1900.0..2100.0).contains(year)).ok_or_else(
                        || format!("row {} of {}: `{year}` is no year", position + 1, source.name()),
                    )?;
                years.push((position, year as i32));
            }
        }
        Ok(Self { range, labels, columns, years })
    }

    /// The table of a year.
    fn table(&self, source: &Source, economy: &str, year: i32) -> Result<NationalTable, LoadError> {
        let rows: Vec<&[Data]> = self
            .years
            .iter()
            .filter(|(_, y)| *y == year)
            .filter_map(|(row, _)| self.range.rows().nth(*row))
            .collect();
        let texts = |label: usize| -> Vec<String> {
            let place = self.labels[label];
            rows.iter()
                .map(|row| row.get(place).map_or_else(String::new, |c| c.to_string().trim().into()))
                .collect()
        };
        let labels =
            Labels { countries: vec![economy.to_owned(); rows.len()], codes: texts(1), origins: texts(3) };
        let mut blanks = 0;
        let mut cells = Vec::with_capacity(self.columns.len());
        for (place, name) in &self.columns {
            let mut column = Vec::with_capacity(rows.len());
            for (k, row) in rows.iter().enumerate() {
                let value = figure(row.get(*place)).ok_or_else(|| LoadError::NotANumber {
                    path: source.name().to_owned(),
                    row: format!("{year} {} {}", labels.codes[k], labels.origins[k]),
                    column: name.clone(),
                    value: row.get(*place).map_or_else(String::new, ToString::to_string),
                })?;
                blanks += usize::from(is_blank(value));
                column.push(if is_blank(value) { 0.0 } else { value });
            }
            cells.push(column);
        }
        let mut provenance = Provenance {
            source: source.name().to_owned(),
            sha256: source.sha256()?,
            importer: Wiod16Niot.id().into(),
            citation: Some(WIOD_CITATION.into()),
            ..Provenance::default()
        };
        if blanks > 0 {
            provenance.repairs.push(Repair {
                name: "blank-as-zero".into(),
                detail: format!("{blanks} blank cells were read as zero"),
                count: blanks,
            });
        }
        let columns: Vec<String> = self.columns.iter().map(|(_, name)| name.clone()).collect();
        let block = Block { labels: &labels, columns: &columns, cells: &cells, rows: 0..rows.len() };
        let parts = block.parts(economy, year, provenance).map_err(|message| LoadError::Damaged {
            path: source.name().to_owned(),
            format: "a workbook of national tables",
            message: format!("{year}: {message}"),
        })?;
        NationalTable::new(parts)
            .map_err(|error| LoadError::Table { path: source.name().to_owned(), error: Box::new(error) })
    }
}

/// The number in a cell; nothing where it is text.
fn figure(cell: Option<&Data>) -> Option<f64> {
    match cell {
        Some(Data::Float(value)) => Some(*value),
        Some(Data::Int(value)) => Some(*value as f64),
        Some(Data::String(text)) => number(text.as_bytes()),
        Some(Data::Empty) | None => number(b""),
        Some(_) => None,
    }
}
