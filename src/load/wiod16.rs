//! World Input-Output Database, 2016 release: one worksheet a year (`WIOT2000_Nov16_ROW.xlsb`), or the wide CSV that its
//! RData file is exported to.
//!
//! In the CSV a column is `AUS1`: economy and the number that the row `RNr` has. Categories of final demand are 57 to 61.

use std::collections::HashMap;

use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::builtin::WIOD_CITATION;
use super::grid::Grid;
use super::text_grid::{self, TextLayout};
use super::wiod13::{MILLIONS, wiod_unit};
use super::wiot::{self, Family, Place, SectorLabel};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{Repair, RowRole, TableParts};

const FAMILY: Family = Family {
    sector: SectorLabel::Code,
    categories: &[
        ("c57", "CONS_h"),
        ("c58", "CONS_np"),
        ("c59", "CONS_g"),
        ("c60", "GFCF"),
        ("c61", "INVEN"),
    ],
    economies: &[("RoW", "ROW"), ("ROM", "ROU")],
};

/// Label columns of the wide CSV.
const LABELS: [&str; 5] = ["IndustryCode", "IndustryDescription", "Country", "RNr", "Year"];

/// Reader of the release of 2016.
#[derive(Debug)]
pub struct Wiod16;

fn find(source: &Source) -> Option<Place> {
    wiot::find(source).filter(|place| {
        let letter_and_digits = |code: &String| {
            let mut bytes = code.bytes();
            bytes.next().is_some_and(|byte| byte.is_ascii_uppercase())
                && bytes.next().is_some_and(|byte| byte.is_ascii_digit())
        };
        !place.numbers.iter().any(|number| number.starts_with(['F', 'f']))
            && (place.numbers.iter().any(|number| number == "c57")
                || place.codes.iter().any(letter_and_digits))
    })
}

/// Fields of the wide CSV's first line up to the first economy; nothing when it is another file.
fn label_columns(source: &Source) -> Option<Vec<String>> {
    let line = String::from_utf8_lossy(source.first_line());
    let fields: Vec<String> = line
        .trim_start_matches('\u{feff}')
        .split(',')
        .take(LABELS.len() + 1)
        .map(|field| field.trim().trim_matches('"').to_owned())
        .collect();
    let start = fields.iter().position(|field| field == LABELS[0])?;
    // R writes the names of the rows in front unless told not to.
    (start <= 1 && fields.len() >= start + LABELS.len() && fields[start..start + LABELS.len()] == LABELS)
        .then(|| fields[..start + LABELS.len()].to_vec())
}

impl Importer for Wiod16 {
    fn id(&self) -> &'static str {
        "wiod16"
    }

    fn summary(&self) -> &'static str {
        "WIOD, 2016 release: world table of a year as published (xlsb), or the wide CSV of its RData file"
    }

    fn recognises(&self, source: &Source) -> bool {
        label_columns(source).is_some() || find(source).is_some()
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        let told = match label_columns(source) {
            Some(labels) => year_of_rows(source, labels.len() - 1),
            None => find(source).and_then(|place| place.years().first().copied()),
        };
        Ok(told.or(source.year()).into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let of_previous_year = source.file_name().to_lowercase().contains("pyp");
        let mut facts = Facts {
            unit: Some(wiod_unit(MILLIONS, of_previous_year)),
            year: self.years(source)?.first().copied(),
            citation: Some(WIOD_CITATION.into()),
            repairs: Vec::new(),
        };
        if let Some(labels) = label_columns(source) {
            let layout = TextLayout { label_columns: labels.len(), ..TextLayout::COMMA };
            let mut grid = text_grid::read(source, layout)?;
            let before = labels.len() - LABELS.len();
            grid.rows.iter_mut().for_each(|fields| drop(fields.drain(..before)));
            let (rows, columns) = kinds(&grid, &mut facts.repairs)?;
            return assemble(&grid, &rows, &columns, facts);
        }
        let place =
            find(source).ok_or_else(|| LoadError::UnknownLayout { path: source.name().to_owned() })?;
        facts.unit = Some(wiod_unit(place.money(), of_previous_year || place.says("previous year")));
        wiot::parts(source, &place, &FAMILY, facts)
    }
}

/// The year that the first row of the wide CSV says.
fn year_of_rows(source: &Source, column: usize) -> Option<i32> {
    let start = memchr::memchr(b'\n', source.head())? + 1;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&source.head()[start..]);
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record).ok()?;
    record.get(column)?.trim().parse().ok()
}

/// What each row and column of the wide CSV is.
fn kinds(grid: &Grid, repairs: &mut Vec<Repair>) -> Result<(Vec<RowKind>, Vec<ColumnKind>), LoadError> {
    let [code, _, country, number, _] = [0, 1, 2, 3, 4];
    let mut code_of: HashMap<&str, (&str, usize)> = HashMap::new();
    let mut rows = Vec::with_capacity(grid.rows.len());
    let (mut dropped, mut complete) = (Vec::new(), false);
    for fields in &grid.rows {
        let role = RowRole::of(&fields[code]);
        rows.push(if !fields[country].eq_ignore_ascii_case("TOT") {
            let here = (fields[code].as_str(), rows.len());
            let (known, first) = *code_of.entry(fields[number].as_str()).or_insert(here);
            if known != fields[code] {
                return Err(LoadError::DuplicateLabel {
                    path: grid.path.clone(),
                    what: "row number",
                    label: format!("{} ({known} and {})", fields[number], fields[code]),
                    first: first + 1,
                    second: rows.len() + 1,
                });
            }
            RowKind::Industry { economy: fields[country].clone(), sector: fields[code].clone() }
        } else if role == RowRole::IntermediateTotal {
            dropped.push(fields[code].as_str());
            RowKind::Skip
        } else if role == RowRole::Other {
            return Err(LoadError::BadRow { path: grid.path.clone(), label: fields[code].clone() });
        } else {
            complete |= role == RowRole::OutputTotal;
            RowKind::Below { name: fields[code].clone(), role }
        });
    }
    if !complete {
        return Err(LoadError::Incomplete {
            path: grid.path.clone(),
            missing: "the row of gross output",
            last: grid.rows.last().map(|fields| fields[..4].join(" ")).unwrap_or_default(),
        });
    }
    if !dropped.is_empty() {
        repairs.push(Repair {
            name: "subtotal-dropped".into(),
            detail: format!("rows that add up others: {}", dropped.join(", ")),
            count: dropped.len(),
        });
    }
    let columns = (0..grid.columns.len())
        .map(|column| {
            let label = grid.column_label(column);
            if matches!(label, "TOT" | "GO") {
                return Ok(ColumnKind::Output);
            }
            let digits = label.bytes().rev().take_while(u8::is_ascii_digit).count();
            let (economy, number) = label.split_at(label.len() - digits);
            let category = || {
                FAMILY
                    .categories
                    .iter()
                    .find(|(c, _)| c.strip_prefix('c') == Some(number))
                    .map(|(_, name)| *name)
            };
            match (economy, code_of.get(number), category()) {
                ("", ..) | (_, None, None) => {
                    Err(LoadError::BadColumn { path: grid.path.clone(), label: label.to_owned() })
                }
                (_, Some((sector, _)), _) => {
                    Ok(ColumnKind::Industry { economy: economy.to_owned(), sector: (*sector).to_owned() })
                }
                (_, None, Some(category)) => {
                    Ok(ColumnKind::Final { economy: economy.to_owned(), category: category.to_owned() })
                }
            }
        })
        .collect::<Result<_, _>>()?;
    Ok((rows, columns))
}
