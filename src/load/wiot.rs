//! The layout that WIOD's and the Asian Development Bank's world tables share, as worksheet or as CSV saved from one.
//!
//! ```text
//! title, economies, unit                           in the first label column
//! code     number   ..                             header rows from the first column of numbers; the bank has no row of
//! name                                             codes, and some years a row of running numbers above
//! region   AUS      AUS   ..
//! number   c1       c2    ..  c37  ..  (WIOD 2013), c57 .. (2016), F1 .. (bank)
//! code | name | region | number | figures ..       one line an industry, then totals of region TOT or none, r60 to r73
//! ```

use std::borrow::Cow;
use std::collections::HashSet;

use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::grid::Grid;
use super::source::years_in;
use super::text_grid::{self, TextLayout};
use super::workbook::{self, SheetLayout};
use super::{LoadError, Source};
use crate::table::{Repair, RowRole, TableParts};

/// Fields of a row's labels and of a column's header, in this order.
const CODE: usize = 0;
const NAME: usize = 1;
const REGION: usize = 2;
const NUMBER: usize = 3;

/// What one database does its own way.
pub(super) struct Family {
    /// Which field is the sector's label.
    pub(super) sector: SectorLabel,
    /// Numbers of the final-demand categories and what each is called in the table.
    pub(super) categories: &'static [(&'static str, &'static str)],
    /// Economies whose label is changed: in the file, in the table.
    pub(super) economies: &'static [(&'static str, &'static str)],
}

/// Which field of a row is the label of its sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SectorLabel {
    /// `C10-C12`.
    Code,
    /// `c1`.
    Number,
    /// `c1`; where a line has a code alone, the place of the code in this list, counted from one.
    NumberOrPlace(&'static [&'static str]),
}

impl SectorLabel {
    /// The label of a row or column.
    fn of(self, fields: &[String]) -> String {
        let (code, number) = (&fields[CODE], &fields[NUMBER]);
        match self {
            Self::Code if !code.is_empty() => code.clone(),
            Self::NumberOrPlace(codes) if number.is_empty() => codes
                .iter()
                .position(|known| *known == code.as_str())
                .map_or_else(String::new, |k| format!("c{}", k + 1)),
            _ => number.clone(),
        }
    }
}

/// A table found in a source: which sheet (none for text) and where.
#[derive(Debug)]
pub(super) struct Place {
    sheet: Option<String>,
    /// Sheets behind it that hold a table as well.
    others: Vec<String>,
    layout: SheetLayout,
    /// Everything above the header and the sheet's name, to read year and prices from.
    pub(super) title: String,
    /// Codes of the first columns, as far as they were looked at.
    pub(super) codes: Vec<String>,
    /// Numbers of the columns, as far as they were looked at.
    pub(super) numbers: Vec<String>,
}

impl Place {
    /// Years that the title names, in order.
    pub(super) fn years(&self) -> Vec<i32> {
        years_in(&self.title)
    }

    /// In what the title says that amounts are told, where it does.
    pub(super) fn money(&self) -> &'static str {
        if self.says("thousand") { "thousand USD" } else { "million USD" }
    }

    /// Does the title hold these words?
    pub(super) fn says(&self, words: &str) -> bool {
        self.title.to_lowercase().contains(words)
    }
}

/// Finds the table on the sheets of a workbook or at the start of a text.
pub(super) fn find(source: &Source) -> Option<Place> {
    let sheets = workbook::sheets(source);
    let mut places = sheets.iter().filter_map(|sheet| place(Some(&sheet.name), &sheet.top));
    let Some(first) = places.next() else { return place_in_text(source) };
    let others = places.filter_map(|place| place.sheet).collect();
    Some(Place { others, ..first })
}

/// A column number: `c1`, `F1`.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['c', 'C', 'F', 'f']).unwrap_or("");
    !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn place(sheet: Option<&str>, top: &[Vec<String>]) -> Option<Place> {
    let (row, line) =
        top.iter().enumerate().find(|(_, line)| line.iter().filter(|cell| is_number(cell)).count() >= 2)?;
    let first = line.iter().position(|cell| is_number(cell))?;
    if row < 2 || first < 4 {
        return None;
    }
    // Four rows of headers, where there are four; fields that a database lacks stay empty.
    let header = row.saturating_sub(3)..row + 1;
    let mut title: String = sheet.unwrap_or_default().to_owned();
    for line in &top[..row] {
        for cell in line.iter().take(first) {
            title.push_str(" | ");
            title.push_str(cell);
        }
    }
    let codes = top[header.start].iter().skip(first).cloned().collect();
    Some(Place {
        sheet: sheet.map(str::to_owned),
        others: Vec::new(),
        layout: SheetLayout { header, labels: first - 4..first },
        title,
        codes,
        numbers: line[first..].to_vec(),
    })
}

/// In a CSV the header may be longer than what is looked at: it is known by its titles.
fn place_in_text(source: &Source) -> Option<Place> {
    let head = std::str::from_utf8(source.head()).unwrap_or_else(|error| {
        // The last character may be cut.
        std::str::from_utf8(&source.head()[..error.valid_up_to()]).unwrap_or_default()
    });
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(head.as_bytes());
    let top: Vec<Vec<String>> = reader
        .records()
        .take(6)
        .map_while(Result::ok)
        .map(|record| record.iter().map(|cell| cell.trim().to_owned()).collect())
        .collect();
    let codes = top.get(2)?;
    if codes.first().map(String::as_str) != Some("(industry-by-industry)") || codes.len() < 6 {
        return None;
    }
    let title = top.iter().filter_map(|line| line.first()).cloned().collect::<Vec<_>>().join(" | ");
    Some(Place {
        sheet: None,
        others: Vec::new(),
        layout: SheetLayout { header: 2..6, labels: 0..4 },
        title,
        codes: codes[4..].to_vec(),
        numbers: Vec::new(),
    })
}

/// Reads the table that [`find`] found.
pub(super) fn parts(
    source: &Source,
    place: &Place,
    family: &Family,
    mut facts: Facts,
) -> Result<TableParts, LoadError> {
    let mut grid = match &place.sheet {
        Some(sheet) => workbook::grid(source, sheet, &place.layout)?,
        None => {
            let layout = TextLayout { header_rows: 6, label_columns: 4, ..TextLayout::COMMA };
            let mut grid = text_grid::read(source, layout)?;
            grid.columns.iter_mut().for_each(|fields| drop(fields.drain(..2)));
            grid
        }
    };
    // A header of three rows has no codes.
    let missing = 4 - grid.columns.first().map_or(4, Vec::len).min(4);
    for fields in &mut grid.columns {
        fields.splice(..0, std::iter::repeat_n(String::new(), missing));
    }
    if !place.others.is_empty() {
        facts.repairs.push(Repair {
            name: "sheets-passed-over".into(),
            detail: format!(
                "one sheet a workbook is read, the first with a table; not {}",
                place.others.join(", ")
            ),
            count: place.others.len(),
        });
    }
    let (rows, columns) = kinds(&grid, family, &mut facts.repairs)?;
    assemble(&grid, &rows, &columns, facts)
}

/// Is this the region of a total?
fn is_total(region: &str) -> bool {
    region.is_empty() || region.eq_ignore_ascii_case("TOT") || region.eq_ignore_ascii_case("TOTAL")
}

/// What each row and column is.
fn kinds(
    grid: &Grid,
    family: &Family,
    repairs: &mut Vec<Repair>,
) -> Result<(Vec<RowKind>, Vec<ColumnKind>), LoadError> {
    let mut mapped: Vec<(&str, &str)> = Vec::new();
    let mut economy = |region: &str| -> String {
        match family.economies.iter().find(|(from, _)| *from == region) {
            Some(pair) => {
                if !mapped.contains(pair) {
                    mapped.push(*pair);
                }
                pair.1.to_owned()
            }
            None => region.to_owned(),
        }
    };
    let sector = |fields: &[String]| family.sector.of(fields);
    let mut dropped = Vec::new();
    let mut complete = false;
    let mut rows = Vec::with_capacity(grid.rows.len());
    for fields in &grid.rows {
        rows.push(if fields.iter().all(String::is_empty) {
            RowKind::Skip
        } else if is_total(&fields[REGION]) {
            let (name, role) = below(fields).ok_or_else(|| LoadError::BadRow {
                path: grid.path.clone(),
                label: fields.iter().filter(|field| !field.is_empty()).cloned().collect::<Vec<_>>().join(" "),
            })?;
            complete |= role == RowRole::OutputTotal;
            if role == RowRole::IntermediateTotal {
                dropped.push(name);
                RowKind::Skip
            } else {
                RowKind::Below { name, role }
            }
        } else {
            RowKind::Industry { economy: economy(&fields[REGION]), sector: sector(fields) }
        });
    }
    if !complete {
        return Err(LoadError::Incomplete {
            path: grid.path.clone(),
            missing: "the row of gross output",
            last: grid.rows.last().map(|fields| fields.join(" ").trim().to_owned()).unwrap_or_default(),
        });
    }
    let sectors: HashSet<Cow<'_, str>> = rows
        .iter()
        .filter_map(|row| match row {
            RowKind::Industry { sector, .. } => Some(Cow::Borrowed(sector.as_str())),
            _ => None,
        })
        .collect();
    let mut columns = Vec::with_capacity(grid.columns.len());
    for fields in &grid.columns {
        let label = sector(fields);
        let category = family.categories.iter().find(|(number, name)| {
            fields[NUMBER].eq_ignore_ascii_case(number) || fields[CODE].eq_ignore_ascii_case(name)
        });
        columns.push(if fields.iter().all(String::is_empty) {
            ColumnKind::Skip
        } else if is_total(&fields[REGION]) || is_total(&fields[NUMBER]) {
            if columns.contains(&ColumnKind::Output) {
                return Err(bad_column(grid, fields));
            }
            ColumnKind::Output
        } else if let Some((_, category)) = category {
            ColumnKind::Final { economy: economy(&fields[REGION]), category: (*category).to_owned() }
        } else if sectors.contains(label.as_str()) {
            ColumnKind::Industry { economy: economy(&fields[REGION]), sector: label }
        } else {
            return Err(bad_column(grid, fields));
        });
    }
    if !mapped.is_empty() {
        let pairs: Vec<String> = mapped.iter().map(|(from, to)| format!("{from} = {to}")).collect();
        repairs.push(Repair {
            name: "label-mapped".into(),
            detail: format!("economies renamed: {}", pairs.join(", ")),
            count: mapped.len(),
        });
    }
    if !dropped.is_empty() {
        repairs.push(Repair {
            name: "subtotal-dropped".into(),
            detail: format!("rows that add up others: {}", dropped.join(", ")),
            count: dropped.len(),
        });
    }
    Ok((rows, columns))
}

/// Name and role of a row of totals: by its number, its code or its words.
fn below(fields: &[String]) -> Option<(String, RowRole)> {
    for field in [CODE, NUMBER] {
        let role = RowRole::of(&fields[field]);
        if role != RowRole::Other {
            return Some((fields[field].clone(), role));
        }
    }
    let words = fields[NAME].to_lowercase();
    for (start, name) in [
        ("total intermediate consumption", "r60"),
        ("taxes less subsidies on products", "r99"),
        ("cif/ fob adjustments", "r61"),
        ("cif/fob adjustments", "r61"),
        ("direct purchases abroad", "r62"),
        ("purchases on the domestic territory", "r63"),
        ("value added at basic prices", "r64"),
        ("international transport margins", "ITM"),
        ("output at basic prices", "r69"),
    ] {
        if words.starts_with(start) {
            return Some((name.to_owned(), RowRole::of(name)));
        }
    }
    None
}

fn bad_column(grid: &Grid, fields: &[String]) -> LoadError {
    LoadError::BadColumn {
        path: grid.path.clone(),
        label: fields.iter().filter(|field| !field.is_empty()).cloned().collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_wherever_it_starts() {
        let line = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let top = [
            line(&["", "ADB MRIO 2017"]),
            line(&[]),
            line(&["", "", "", "", "1", "2", "1001"]),
            line(&["", "", "", "", "Agriculture", "Mining", "Households"]),
            line(&["", "", "", "", "AUS", "AUS", "AUS"]),
            line(&["", "", "", "", "c1", "c2", "F1"]),
            line(&["", "Agriculture", "AUS", "c1", "3"]),
        ];
        let found = place(Some("s"), &top).unwrap();
        assert_eq!((found.layout.header.clone(), found.layout.labels.clone()), (2..6, 0..4));
        assert_eq!(found.numbers, ["c1", "c2", "F1"]);
        assert_eq!(found.years(), [2017]);
        assert_eq!(found.money(), "million USD");
        assert!(place(None, &top[..4]).is_none());
        let mut told = top.clone();
        told[1] = line(&["", "(thousands of US$)"]);
        assert_eq!(place(Some("s"), &told).unwrap().money(), "thousand USD");
    }

    #[test]
    fn an_industry_is_labelled_by_number_or_by_the_place_of_its_code() {
        let label = |of: SectorLabel, code: &str, number: &str| {
            of.of(&[code, "name", "AUS", number].map(str::to_owned))
        };
        let known = SectorLabel::NumberOrPlace(&["AtB", "C", "15t16"]);
        assert_eq!(label(known, "15t16", "c3"), "c3");
        assert_eq!(label(known, "15t16", ""), "c3");
        assert_eq!(label(known, "26", ""), "");
        assert_eq!(label(SectorLabel::Code, "C26", "c17"), "C26");
        assert_eq!(label(SectorLabel::Number, "", "c17"), "c17");
    }

    #[test]
    fn totals_are_known_by_number_code_or_words() {
        let role =
            |code: &str, name: &str, number: &str| below(&[code, name, "TOT", number].map(str::to_owned));
        assert_eq!(role("", "whatever", "r64"), Some(("r64".into(), RowRole::ValueAdded)));
        assert_eq!(
            role("IntTTM", "International Transport Margins", "r71"),
            Some(("IntTTM".into(), RowRole::Margins))
        );
        assert_eq!(role("", "International Transport Margins", ""), Some(("ITM".into(), RowRole::Margins)));
        assert_eq!(role("", "Something new", "r98"), None);
    }
}
