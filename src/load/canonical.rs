//! The canonical layout, whatever it is stored in.
//!
//! First column `row`; industry columns `ECONOMY.sector`; final-demand columns `ECONOMY.category`; optional `OUT`; rows
//! with the same labels as the industry columns, then value-added rows and `OUT`. Blocks are built by label.

use std::collections::{HashMap, HashSet};

use super::LoadError;
use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::grid::Grid;
use crate::table::{RowRole, TableParts};

/// Economy and code of a label: split at the first point only, so codes may hold points themselves.
fn split(label: &str) -> Option<(&str, &str)> {
    label.split_once('.').filter(|(economy, code)| !economy.is_empty() && !code.is_empty())
}

/// The parts of a table from a grid in the canonical layout.
pub(super) fn parts(grid: &Grid, facts: Facts) -> Result<TableParts, LoadError> {
    refuse_duplicates(&grid.path, "row", grid.rows.len(), |row| grid.row_label(row))?;
    refuse_duplicates(&grid.path, "column", grid.columns.len(), |column| grid.column_label(column))?;
    let labels: HashSet<&str> = (0..grid.columns.len()).map(|column| grid.column_label(column)).collect();
    let economies: HashSet<&str> = labels.iter().filter_map(|label| split(label)).map(|(e, _)| e).collect();
    // Codes of industries: of labels that stand in rows and in columns.
    let codes: HashSet<&str> = (0..grid.rows.len())
        .filter(|&row| labels.contains(grid.row_label(row)))
        .filter_map(|row| split(grid.row_label(row)))
        .map(|(_, code)| code)
        .collect();
    let mut rows = Vec::with_capacity(grid.rows.len());
    for row in 0..grid.rows.len() {
        let label = grid.row_label(row);
        rows.push(match split(label) {
            Some((economy, sector)) if labels.contains(label) => {
                RowKind::Industry { economy: economy.to_owned(), sector: sector.to_owned() }
            }
            // Inputs from an economy that buys nothing here would be value added.
            Some((economy, code)) if economies.contains(economy) || codes.contains(code) => {
                return Err(LoadError::RowWithoutColumn { path: grid.path.clone(), label: label.to_owned() });
            }
            _ => RowKind::Below { name: label.to_owned(), role: RowRole::of(label) },
        });
    }
    let sectors: HashSet<&str> = rows
        .iter()
        .filter_map(|row| match row {
            RowKind::Industry { sector, .. } => Some(sector.as_str()),
            _ => None,
        })
        .collect();
    if sectors.is_empty() {
        return Err(LoadError::NoIndustries { path: grid.path.clone() });
    }
    let columns = (0..grid.columns.len())
        .map(|column| {
            let label = grid.column_label(column);
            match split(label) {
                _ if RowRole::of(label) == RowRole::OutputTotal => Ok(ColumnKind::Output),
                // A sector's name without such a row is a lost row, not a category of final demand.
                Some((economy, code)) if sectors.contains(code) => {
                    Ok(ColumnKind::Industry { economy: economy.to_owned(), sector: code.to_owned() })
                }
                Some((economy, code)) => {
                    Ok(ColumnKind::Final { economy: economy.to_owned(), category: code.to_owned() })
                }
                None => Err(LoadError::BadColumn { path: grid.path.clone(), label: label.to_owned() }),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    assemble(grid, &rows, &columns, facts)
}

fn refuse_duplicates<'a>(
    path: &str,
    what: &'static str,
    count: usize,
    label: impl Fn(usize) -> &'a str,
) -> Result<(), LoadError> {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(count);
    for position in 0..count {
        if let Some(first) = seen.insert(label(position), position) {
            return Err(LoadError::DuplicateLabel {
                path: path.to_owned(),
                what,
                label: label(position).to_owned(),
                first: first + 1,
                second: position + 1,
            });
        }
    }
    Ok(())
}
