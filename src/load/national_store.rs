//! The store in which several national tables are kept in one file: a [sparse store](super::sparse_store) of layout
//! `national-1`.
//!
//! Rows `ECONOMY.sector` (domestic products), `ECONOMY.sector@imports` (imported products) and `ECONOMY.NAME@below` (value
//! added and the like); columns `ECONOMY.sector`, `ECONOMY.category@final`, `ECONOMY.exports@out` and
//! `ECONOMY.output@out`.

use std::borrow::Cow;
use std::collections::HashMap;

use nalgebra::DMatrix;

use super::national::{BELOW, EXPORTS, FINAL, Found, IMPORTS, LAYOUT, NationalImporter, OUTPUT};
use super::sparse_store::{self, Store, damaged};
use super::{LoadError, Source};
use crate::table::{NationalParts, NationalTable, PrimaryRow, Provenance, RowRole};

/// Reader of the store.
#[derive(Debug)]
pub(super) struct NationalStore;

impl NationalImporter for NationalStore {
    fn id(&self) -> &'static str {
        "national-store"
    }

    fn summary(&self) -> &'static str {
        "national tables of several economies and years in one Parquet file: what `vadex aggregate` writes"
    }

    fn recognises(&self, source: &Source) -> bool {
        sparse_store::layout_of(source).is_some_and(|layout| layout == LAYOUT)
    }

    fn read(&self, source: &Source, wanted: &dyn Fn(i32) -> bool) -> Result<Found, LoadError> {
        let store = Store::open(source.name(), Cow::Owned(source.bytes()?.to_vec()), LAYOUT)?;
        tables(&store, wanted)
    }
}

/// The tables of the wanted years in a store.
pub(super) fn tables(store: &Store, wanted: &dyn Fn(i32) -> bool) -> Result<Found, LoadError> {
    let mut found = Found { tables: Vec::new(), available: store.years.clone() };
    for position in (0..store.years.len()).filter(|&position| wanted(store.years[position])) {
        found.tables.extend(tables_of_year(store, position)?);
    }
    Ok(found)
}

/// The tables of a year in a store.
fn tables_of_year(store: &Store, position: usize) -> Result<Vec<NationalTable>, LoadError> {
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
    parts
        .into_iter()
        .map(NationalTable::new)
        .collect::<Result<_, _>>()
        .map_err(|error| LoadError::Table { path: store.name.clone(), error: Box::new(error) })
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
