//! Eora26: 189 economies by 26 sectors in tab-separated texts without labels, and the labels in files of their own
//! (`labels_T.txt`, `labels_FD.txt`, `labels_VA.txt`, beside the numbers or in `indices.zip`).
//!
//! The last row and column, `ROW TOTAL`, are the statistical discrepancy, not an economy: the row is kept as a row below
//! the industries, the column as a use that belongs to no economy. The balance of every row and column stays as published.

use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::compose::Quarters;
use super::grid::{Grid, is_blank};
use super::text_grid::{self, TextLayout};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{Repair, RowRole, TableParts};

const DATABASE: &str = "Eora26";
pub(super) const CITATION: &str = "Lenzen, Kanemoto, Moran and Geschke (2012), Mapping the Structure of the World Economy, \
    Environmental Science & Technology 46: 8374-8381; Lenzen, Moran, Kanemoto and Geschke (2013), Building Eora, Economic \
    Systems Research 25: 20-49; free for academic use only";
/// Numbers without header or labels.
const BARE: TextLayout =
    TextLayout { delimiter: b'\t', header_rows: 0, label_columns: 0, ..TextLayout::COMMA };
/// Name of the discrepancy as a row and as a category of final demand.
const DISCREPANCY: &str = "Discrepancy";
/// Archive in which the labels are published.
const LABELS: &str = "indices.zip";

/// Labels of the transactions, of final demand and of value added.
const LABEL_FILES: [&str; 3] = ["labels_T.txt", "labels_FD.txt", "labels_VA.txt"];

/// Reader of Eora26.
#[derive(Debug)]
pub struct Eora26;

impl Importer for Eora26 {
    fn id(&self) -> &'static str {
        "eora26"
    }

    fn summary(&self) -> &'static str {
        "Eora26, basic or purchasers' prices: *_T.txt, *_FD.txt, *_VA.txt with labels_*.txt or indices.zip, thousand USD"
    }

    fn recognises(&self, source: &Source) -> bool {
        let Some(prefix) = source.file_name().strip_suffix("T.txt") else { return false };
        let mut fields = source.first_line().split(|&byte| byte == b'\t').take(100);
        let beside = |name: &str| source.sibling(&format!("{prefix}{name}")).is_ok_and(|file| file.is_some());
        source.first_line().contains(&b'\t')
            && fields.all(|field| text_grid::number(field).is_some())
            && (beside("FD.txt") || beside("VA.txt"))
    }

    fn companions(&self, source: &Source) -> Result<Vec<Source>, LoadError> {
        let prefix = source.file_name().strip_suffix("T.txt").unwrap_or_default();
        let mut files = Vec::new();
        for name in ["FD.txt", "VA.txt"] {
            files.extend(source.sibling(&format!("{prefix}{name}"))?);
        }
        for name in LABEL_FILES {
            files.extend(Labels::file(source, name)?);
        }
        Ok(files)
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let prefix = source.file_name().strip_suffix("T.txt").unwrap_or_default();
        let part = |name: &str| {
            let name = format!("{prefix}{name}");
            source.sibling(&name)?.ok_or_else(|| LoadError::MissingPart {
                path: source.name().to_owned(),
                part: name,
                database: DATABASE,
            })
        };
        let [transactions, demand, value_added] = LABEL_FILES;
        let transactions = Labels::read(source, transactions, 4)?;
        let demand = Labels::read(source, demand, 4)?;
        let value_added = Labels::read(source, value_added, 2)?;
        let flows = labelled(source, &transactions, &transactions)?;
        let final_demand = labelled(&part("FD.txt")?, &transactions, &demand)?;
        let below = labelled(&part("VA.txt")?, &value_added, &transactions)?;
        let industries = flows.rows.len();
        let grid = Quarters { flows, final_demand, below: vec![below], below_final: None }.compose()?;
        let rows: Vec<RowKind> = grid
            .rows
            .iter()
            .enumerate()
            .map(|(row, label)| match label.as_slice() {
                _ if row >= industries => {
                    let name = label.last().cloned().unwrap_or_default();
                    // Every primary input is a part of value added, whatever it is called.
                    let role = match RowRole::of(&name) {
                        RowRole::Other => RowRole::ValueAdded,
                        role => role,
                    };
                    RowKind::Below { name, role }
                }
                _ if discrepancy(label) => {
                    RowKind::Below { name: DISCREPANCY.into(), role: RowRole::Discrepancy }
                }
                _ => RowKind::Industry { economy: code(label), sector: last(label) },
            })
            .collect();
        let mut columns: Vec<ColumnKind> = Vec::with_capacity(grid.columns.len());
        for (column, label) in grid.columns.iter().enumerate() {
            columns.push(match (column < industries, belongs_to_none(label)) {
                (_, true) => ColumnKind::OwnUse { category: DISCREPANCY.into() },
                (true, false) => ColumnKind::Industry { economy: code(label), sector: last(label) },
                (false, false) => ColumnKind::Final { economy: code(label), category: last(label) },
            });
        }
        let prices = match () {
            () if prefix.contains("_bp_") => ", current basic prices",
            () if prefix.contains("_pp_") => ", current purchasers' prices",
            () => ", current prices",
        };
        let facts = Facts {
            unit: Some(format!("thousand USD{prices}")),
            year: source.year_of_folder(),
            citation: Some(CITATION.into()),
            repairs: left_out(&grid, &rows, &columns),
        };
        assemble(&grid, &rows, &columns, facts)
    }
}

/// A label file: the fields of each line that say something.
pub(super) struct Labels {
    pub(super) path: String,
    pub(super) lines: Vec<Vec<String>>,
}

impl Labels {
    /// Reads a label file beside the numbers or in [`LABELS`]. Lines may end in a tab.
    pub(super) fn read(source: &Source, name: &str, fields: usize) -> Result<Self, LoadError> {
        let file = Self::file(source, name)?.ok_or_else(|| LoadError::MissingPart {
            path: source.name().to_owned(),
            part: format!("{name} (published in {LABELS})"),
            database: DATABASE,
        })?;
        let text = String::from_utf8_lossy(file.bytes()?);
        let lines = text
            .trim_start_matches('\u{feff}')
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.split('\t').take(fields).map(|field| field.trim().to_owned()).collect())
            .collect();
        Ok(Self { path: file.name().to_owned(), lines })
    }

    pub(super) fn file(source: &Source, name: &str) -> Result<Option<Source>, LoadError> {
        match source.beside(name)? {
            Some(file) => Ok(Some(file)),
            None => source.beside_in_archive(LABELS, name),
        }
    }
}

/// A file of numbers with the labels of its rows and columns; a last column that is all blank is a trailing tab.
fn labelled(source: &Source, rows: &Labels, columns: &Labels) -> Result<Grid, LoadError> {
    let mut grid = text_grid::read(source, BARE)?;
    let width = grid.columns.len();
    let trailing = width == columns.lines.len() + 1
        && (0..grid.rows.len()).all(|row| is_blank(grid.value(row, width - 1)));
    for (what, found, labels) in
        [("rows", grid.rows.len(), rows), ("columns", width - usize::from(trailing), columns)]
    {
        if found != labels.lines.len() {
            return Err(LoadError::LabelCount {
                path: source.name().to_owned(),
                what,
                found,
                labels: labels.path.clone(),
                expected: labels.lines.len(),
            });
        }
    }
    if trailing {
        let cells = (0..width - 1)
            .map(|column| (0..grid.rows.len()).map(|row| grid.value(row, column)).collect())
            .collect();
        grid.cells = super::grid::Cells::of_columns(cells);
    }
    grid.rows.clone_from(&rows.lines);
    grid.columns.clone_from(&columns.lines);
    Ok(grid)
}

pub(super) fn code(label: &[String]) -> String {
    label.get(1).cloned().unwrap_or_default()
}

pub(super) fn last(label: &[String]) -> String {
    label.last().cloned().unwrap_or_default()
}

/// `ROW TOTAL Total` of the transactions.
pub(super) fn discrepancy(label: &[String]) -> bool {
    code(label) == "ROW" && last(label).eq_ignore_ascii_case("total")
        || label.iter().any(|field| field.eq_ignore_ascii_case("statistical discrepancy"))
}

/// The discrepancy as a user: its column of the transactions and its final demand.
fn belongs_to_none(label: &[String]) -> bool {
    discrepancy(label) || code(label) == "ROW"
}

/// Cells where the discrepancy meets itself or value added: they belong to no industry and are left out, and counted.
fn left_out(grid: &Grid, rows: &[RowKind], columns: &[ColumnKind]) -> Vec<Repair> {
    let mut count = 0;
    for (row, _) in rows.iter().enumerate().filter(|(_, kind)| matches!(kind, RowKind::Below { .. })) {
        for (column, _) in
            columns.iter().enumerate().filter(|(_, kind)| matches!(kind, ColumnKind::OwnUse { .. }))
        {
            let value = grid.value(row, column);
            count += usize::from(!is_blank(value) && value != 0.0);
        }
    }
    if count == 0 {
        return Vec::new();
    }
    vec![Repair {
        name: "cells-of-the-discrepancy-left-out".into(),
        detail: format!(
            "{count} cells of value added or discrepancy in the columns of the discrepancy belong to no industry"
        ),
        count,
    }]
}
