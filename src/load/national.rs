//! National tables: where they come from, how they are read, and the store in which several are kept in one file.
//!
//! The store is a [sparse store](super::sparse_store) of layout `national-1`: rows `ECONOMY.sector` (domestic products),
//! `ECONOMY.sector@imports` (imported products) and `ECONOMY.NAME@below` (value added and the like); columns
//! `ECONOMY.sector`, `ECONOMY.category@final`, `ECONOMY.exports@out` and `ECONOMY.output@out`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;

use nalgebra::DMatrix;

use super::sparse_store::{self, Store, damaged};
use super::{LoadError, Source, builtin, discover, source, wiod16_national};
use crate::table::{NationalParts, NationalTable, PrimaryRow, Provenance, RowRole};

/// Name of the layout of the store.
pub const LAYOUT: &str = "national-1";
/// Ends the label of an imported product.
pub const IMPORTS: &str = "@imports";
/// Ends the label of a row below the products.
pub const BELOW: &str = "@below";
/// Ends the label of a final use.
pub const FINAL: &str = "@final";
/// Column of exports.
pub const EXPORTS: &str = "exports@out";
/// Column of output.
pub const OUTPUT: &str = "output@out";

/// The national tables of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct NationalYear {
    /// The year.
    pub year: i32,
    /// One table an economy, in the order of the source.
    pub tables: Vec<NationalTable>,
}

/// Reads national tables: a store, a directory of yearly files as the World Input-Output Database 2016 has them, one
/// such file, or `builtin:wiod16-national`. `years` keeps only those years; an empty list keeps all.
///
/// # Errors
/// Nothing there, another layout, a year that is not there, and whatever is wrong with a file.
pub fn read(input: &str, years: &[i32]) -> Result<Vec<NationalYear>, LoadError> {
    let wanted = |year: i32| years.is_empty() || years.contains(&year);
    let mut found = Vec::new();
    let mut available = Vec::new();
    if let Some(id) = input.strip_prefix("builtin:") {
        let store = builtin::national(id)?;
        available.clone_from(&store.years);
        for position in (0..store.years.len()).filter(|&position| wanted(store.years[position])) {
            found.push(year_of(store, position)?);
        }
    } else {
        for path in discover::table_files(Path::new(input))? {
            if sparse_store::layout_of_file(&path).is_some_and(|(layout, _)| layout == LAYOUT) {
                let source = Source::from_path(&path)?;
                let store = Store::open(source.name(), Cow::Owned(source.bytes()?.to_vec()), LAYOUT)?;
                available.extend(&store.years);
                for position in (0..store.years.len()).filter(|&position| wanted(store.years[position])) {
                    found.push(year_of(&store, position)?);
                }
            } else {
                let year = source::year_in_name(&path);
                available.extend(year);
                if year.is_none_or(wanted) {
                    found.push(wiod16_national::read(&Source::from_path(&path)?)?);
                }
            }
        }
    }
    if let Some(missing) = years.iter().find(|year| !found.iter().any(|tables| tables.year == **year)) {
        return Err(LoadError::NoSuchYear {
            path: input.to_owned(),
            year: missing.to_string(),
            available: sparse_store::list(&available),
        });
    }
    found.sort_by_key(|tables| tables.year);
    Ok(found)
}

/// SHA-256 over the files behind national tables, names and contents.
///
/// # Errors
/// Nothing there, or a file that cannot be read.
pub fn sha256(input: &str) -> Result<String, LoadError> {
    if let Some(id) = input.strip_prefix("builtin:") {
        return Ok(builtin::national(id)?.sha256.clone());
    }
    let mut list = String::new();
    for path in discover::table_files(Path::new(input))? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        list.push_str(&format!("{} {name}\n", source::sha256_of_file(&path)?));
    }
    Ok(source::sha256(list.as_bytes()))
}

/// Does the input hold national tables? Looks at the first file only, and only at its end or header.
pub fn is_national(input: &str) -> bool {
    if let Some(id) = input.strip_prefix("builtin:") {
        return builtin::national(id).is_ok();
    }
    let Ok(paths) = discover::table_files(Path::new(input)) else { return false };
    paths.first().is_some_and(|path| {
        sparse_store::layout_of_file(path).is_some_and(|(layout, _)| layout == LAYOUT)
            || wiod16_national::recognises(path)
    })
}

/// The tables of a year in a store.
fn year_of(store: &Store, position: usize) -> Result<NationalYear, LoadError> {
    let year = store.years[position];
    let plan = Plan::of(store);
    let mut parts: Vec<NationalParts> = plan
        .economies
        .iter()
        .map(|economy| economy.empty(store, year, store.provenance(position, LAYOUT)))
        .collect();
    for (row, column, value) in store.cells(position)? {
        if value.is_nan() {
            return Err(damaged(&store.name, &format!("a missing value in {year}")));
        }
        let (Some((economy, row)), Some((buyer, column))) = (plan.rows[row], plan.columns[column]) else {
            return Err(damaged(&store.name, "a label that the layout does not know"));
        };
        if economy != buyer {
            return Err(damaged(&store.name, "a flow between two national tables"));
        }
        parts[economy].put(row, column, value);
    }
    let tables = parts
        .into_iter()
        .map(NationalTable::new)
        .collect::<Result<_, _>>()
        .map_err(|error| LoadError::Table { path: store.name.clone(), error: Box::new(error) })?;
    Ok(NationalYear { year, tables })
}

#[derive(Debug, Clone, Copy)]
enum RowKind {
    Domestic(usize),
    Imported(usize),
    Below(usize),
}

#[derive(Debug, Clone, Copy)]
enum ColumnKind {
    Industry(usize),
    Final(usize),
    Exports,
    Output,
}

/// Labels of one economy in the store.
#[derive(Debug, Default)]
struct EconomyLabels {
    name: String,
    sectors: Vec<String>,
    categories: Vec<String>,
    below: Vec<String>,
}

/// Which row and column of the store is what.
struct Plan {
    economies: Vec<EconomyLabels>,
    rows: Vec<Option<(usize, RowKind)>>,
    columns: Vec<Option<(usize, ColumnKind)>>,
}

impl Plan {
    fn of(store: &Store) -> Self {
        let mut economies: Vec<EconomyLabels> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        let split: Vec<Option<(usize, &str)>> = store
            .columns
            .iter()
            .map(|label| {
                let (economy, code) = label.split_once('.')?;
                let at = *index.entry(economy).or_insert_with(|| {
                    economies.push(EconomyLabels { name: economy.to_owned(), ..EconomyLabels::default() });
                    economies.len() - 1
                });
                Some((at, code))
            })
            .collect();
        let place = |list: &mut Vec<String>, code: &str| {
            list.push(code.to_owned());
            list.len() - 1
        };
        let columns = split
            .into_iter()
            .map(|cell| {
                let (at, code) = cell?;
                let kind = match code {
                    EXPORTS => ColumnKind::Exports,
                    OUTPUT => ColumnKind::Output,
                    _ => match code.strip_suffix(FINAL) {
                        Some(category) => ColumnKind::Final(place(&mut economies[at].categories, category)),
                        None => ColumnKind::Industry(place(&mut economies[at].sectors, code)),
                    },
                };
                Some((at, kind))
            })
            .collect();
        let rows = store
            .rows
            .iter()
            .map(|label| {
                let (economy, code) = label.split_once('.')?;
                let at = *index.get(economy)?;
                let sector = |code: &str| economies[at].sectors.iter().position(|known| known == code);
                let kind = if let Some(code) = code.strip_suffix(IMPORTS) {
                    RowKind::Imported(sector(code)?)
                } else if let Some(name) = code.strip_suffix(BELOW) {
                    RowKind::Below(place(&mut economies[at].below, name))
                } else {
                    RowKind::Domestic(sector(code)?)
                };
                Some((at, kind))
            })
            .collect();
        Self { economies, rows, columns }
    }
}

impl EconomyLabels {
    fn empty(&self, store: &Store, year: i32, provenance: Provenance) -> NationalParts {
        let (n, k) = (self.sectors.len(), self.categories.len());
        NationalParts {
            economy: self.name.clone(),
            year,
            unit: store.unit.clone().unwrap_or_default(),
            sectors: self.sectors.clone(),
            categories: self.categories.clone(),
            domestic_use: DMatrix::zeros(n, n),
            imported_use: DMatrix::zeros(n, n),
            domestic_final: DMatrix::zeros(n, k),
            imported_final: DMatrix::zeros(n, k),
            exports: vec![0.0; n],
            output: vec![0.0; n],
            primary_rows: self
                .below
                .iter()
                .map(|name| PrimaryRow {
                    name: name.clone(),
                    role: RowRole::of(name),
                    industries: vec![0.0; n],
                    final_use: Some(vec![0.0; k]),
                })
                .collect(),
            provenance,
        }
    }
}

impl NationalParts {
    fn put(&mut self, row: RowKind, column: ColumnKind, value: f64) {
        match (row, column) {
            (RowKind::Domestic(i), ColumnKind::Industry(j)) => self.domestic_use[(i, j)] = value,
            (RowKind::Domestic(i), ColumnKind::Final(k)) => self.domestic_final[(i, k)] = value,
            (RowKind::Domestic(i), ColumnKind::Exports) => self.exports[i] = value,
            (RowKind::Domestic(i), ColumnKind::Output) => self.output[i] = value,
            (RowKind::Imported(i), ColumnKind::Industry(j)) => self.imported_use[(i, j)] = value,
            (RowKind::Imported(i), ColumnKind::Final(k)) => self.imported_final[(i, k)] = value,
            (RowKind::Below(b), ColumnKind::Industry(j)) => self.primary_rows[b].industries[j] = value,
            (RowKind::Below(b), ColumnKind::Final(k)) => {
                if let Some(values) = &mut self.primary_rows[b].final_use {
                    values[k] = value;
                }
            }
            // Re-exports and totals of the rows below have no place in a table of domestic sales; the writer has none.
            (RowKind::Imported(_) | RowKind::Below(_), ColumnKind::Exports | ColumnKind::Output) => {}
        }
    }
}

/// Labels that appear twice, for importers of national tables.
pub(super) fn repeated(labels: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    labels.iter().find(|label| !seen.insert(label.as_str()))
}
