//! National tables of the World Input-Output Database, 2016 release, as published: one workbook an economy
//! (`<CCC>_NIOT_nov16.xlsx`), all years below each other in one sheet with the columns `Year`, `Code`, `Description`,
//! `Origin`, the industries, the final uses, `EXP` and `GO`.

use std::ops::Range;

use super::builtin::WIOD_CITATION;
use super::grid::Grid;
use super::national::{Found, NationalImporter};
use super::wiod16_national::{Block, Labels};
use super::workbook::{self, SheetLayout};
use super::{LoadError, Source};
use crate::table::{NationalTable, Provenance, Repair};

/// The sheet of every workbook.
const SHEET: &str = "National IO-tables";
/// What the file is, for messages.
const FORMAT: &str = "a workbook of national tables";
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
        workbook::sheets(source).iter().any(|sheet| sheet.name == SHEET)
    }

    fn read(&self, source: &Source, wanted: &dyn Fn(i32) -> bool) -> Result<Found, LoadError> {
        let wrong =
            |message: String| LoadError::Damaged { path: source.name().to_owned(), format: FORMAT, message };
        let economy = economy(source.file_name()).ok_or_else(|| {
            wrong(format!("its name does not begin with the economy, as in `DEU{NAME}_nov16.xlsx`"))
        })?;
        let sheet = workbook::sheets(source).iter().find(|sheet| sheet.name == SHEET);
        let header = sheet
            .and_then(|sheet| sheet.top.iter().position(|line| line.starts_with(&LABELS.map(str::to_owned))))
            .ok_or_else(|| wrong(format!("sheet `{SHEET}` has no row {}", LABELS.join(", "))))?;
        // Below the codes stands a row of descriptions.
        let layout = SheetLayout { header: header..header + 2, labels: 0..LABELS.len() };
        let grid = workbook::grid(source, SHEET, &layout)?;
        let mut found = Found { tables: Vec::new(), available: Vec::new() };
        let mut start = 0;
        while start < grid.rows.len() {
            let text = grid.row_label(start);
            let year: i32 = text.parse().map_err(|_| wrong(format!("`{text}` is no year")))?;
            let length = grid.rows[start..].iter().take_while(|label| label[0] == text).count();
            if found.available.contains(&year) {
                return Err(wrong(format!("the rows of {year} stand in two places")));
            }
            found.available.push(year);
            if wanted(year) {
                found.tables.push(table(source, &grid, start..start + length, &economy, year)?);
            }
            start += length;
        }
        Ok(found)
    }
}

/// `DEU` of `DEU_NIOT_nov16.xlsx`.
fn economy(file_name: &str) -> Option<String> {
    let place = file_name.to_uppercase().find(NAME).filter(|place| *place > 0)?;
    file_name.get(..place).map(str::to_uppercase)
}

/// The table of a year.
fn table(
    source: &Source,
    grid: &Grid,
    rows: Range<usize>,
    economy: &str,
    year: i32,
) -> Result<NationalTable, LoadError> {
    let texts = |label: usize| -> Vec<String> {
        grid.rows[rows.clone()].iter().map(|labels| labels[label].clone()).collect()
    };
    let labels =
        Labels { countries: vec![economy.to_owned(); rows.len()], codes: texts(1), origins: texts(3) };
    let named: Vec<usize> =
        (0..grid.columns.len()).filter(|&column| !grid.column_label(column).is_empty()).collect();
    let columns: Vec<String> = named.iter().map(|&column| grid.column_label(column).to_owned()).collect();
    let (block, blanks) = grid.block(&rows.collect::<Vec<_>>(), &named);
    let cells: Vec<Vec<f64>> = block.column_iter().map(|column| column.iter().copied().collect()).collect();
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
    let block = Block { columns: &columns, cells: &cells, rows: 0..labels.codes.len(), labels: &labels };
    let parts = block.parts(economy, year, provenance).map_err(|message| LoadError::Damaged {
        path: source.name().to_owned(),
        format: FORMAT,
        message: format!("{year}: {message}"),
    })?;
    NationalTable::new(parts)
        .map_err(|error| LoadError::Table { path: source.name().to_owned(), error: Box::new(error) })
}
