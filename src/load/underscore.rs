//! Wide tables with labels `ECONOMY_code`: what each row and column is.
//!
//! Labels are split at the first underscore only, so codes may hold more (`AUS_C17_18`).

use std::collections::HashSet;

use super::LoadError;
use super::assemble::{ColumnKind, RowKind};
use super::grid::Grid;
use crate::table::{Repair, RowRole};

/// What one database does its own way.
pub(super) struct Vocabulary {
    /// Codes of final demand.
    pub(super) categories: &'static [&'static str],
    /// Codes that the label of a row below the industries ends with, or whole labels; the role follows from the name.
    pub(super) below: fn(&str) -> Option<RowRole>,
    /// Columns that no economy uses: a statistical discrepancy.
    pub(super) own_use: &'static [&'static str],
    /// Economies whose label is changed: in the file, in the table.
    pub(super) economies: &'static [(&'static str, &'static str)],
    /// Is this the last row of a file that is whole?
    pub(super) is_last: fn(&str) -> bool,
    /// That row in words.
    pub(super) last: &'static str,
}

/// Economy and code.
pub(super) fn split(label: &str) -> Option<(&str, &str)> {
    label.split_once('_').filter(|(economy, code)| !economy.is_empty() && !code.is_empty())
}

/// What each row and column is.
///
/// # Errors
/// A row or column that is nothing of the layout, a file without its last rows.
pub(super) fn kinds(
    grid: &Grid,
    vocabulary: &Vocabulary,
    repairs: &mut Vec<Repair>,
) -> Result<(Vec<RowKind>, Vec<ColumnKind>), LoadError> {
    let columns: HashSet<&str> = (0..grid.columns.len()).map(|column| grid.column_label(column)).collect();
    let mut mapped: Vec<(&str, &str)> = Vec::new();
    let mut economy = |label: &str| match vocabulary.economies.iter().find(|(from, _)| *from == label) {
        Some(pair) => {
            if !mapped.contains(pair) {
                mapped.push(*pair);
            }
            pair.1.to_owned()
        }
        None => label.to_owned(),
    };
    let mut rows = Vec::with_capacity(grid.rows.len());
    let mut unknown = Vec::new();
    let mut whole = false;
    for row in 0..grid.rows.len() {
        let label = grid.row_label(row);
        let role = (vocabulary.below)(label);
        whole |= (vocabulary.is_last)(label);
        rows.push(match (role, split(label)) {
            (None, Some((owner, sector))) if columns.contains(label) || !is_category(vocabulary, sector) => {
                RowKind::Industry { economy: economy(owner), sector: sector.to_owned() }
            }
            (Some(role), _) => {
                if role == RowRole::Other {
                    unknown.push(label);
                }
                RowKind::Below { name: label.to_owned(), role }
            }
            (None, _) => {
                return Err(LoadError::BadRow { path: grid.path.clone(), label: label.to_owned() });
            }
        });
    }
    // Without a single use that is called as in the database it is another table, whose labels only look alike.
    let known = |label: &&str| {
        vocabulary.own_use.contains(label)
            || split(label)
                .is_some_and(|(first, rest)| is_category(vocabulary, first) || is_category(vocabulary, rest))
    };
    if !whole && !columns.iter().any(known) {
        const SHOWN: usize = 3;
        return Err(LoadError::LooksAlike {
            path: grid.path.clone(),
            categories: format!(
                "{}, ...",
                vocabulary.categories.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ")
            ),
            missing: vocabulary.last,
        });
    }
    if !whole {
        return Err(LoadError::Incomplete {
            path: grid.path.clone(),
            missing: vocabulary.last,
            last: grid.rows.last().map(|fields| fields.join(" ")).unwrap_or_default(),
        });
    }
    let sectors: HashSet<&str> = rows
        .iter()
        .filter_map(|row| match row {
            RowKind::Industry { sector, .. } => Some(sector.as_str()),
            _ => None,
        })
        .collect();
    let mut kinds = Vec::with_capacity(grid.columns.len());
    let mut new_categories: Vec<&str> = Vec::new();
    for column in 0..grid.columns.len() {
        let label = grid.column_label(column);
        let known = |code: &str| is_category(vocabulary, code);
        kinds.push(if label.is_empty() {
            ColumnKind::Skip
        } else if RowRole::of(label) == RowRole::OutputTotal {
            ColumnKind::Output
        } else if vocabulary.own_use.contains(&label) {
            ColumnKind::OwnUse { category: label.to_owned() }
        } else {
            match split(label) {
                Some((category, owner)) if known(category) && !sectors.contains(owner) => {
                    ColumnKind::Final { economy: economy(owner), category: category.to_owned() }
                }
                Some((owner, sector)) if sectors.contains(sector) => {
                    ColumnKind::Industry { economy: economy(owner), sector: sector.to_owned() }
                }
                Some((owner, category)) => {
                    // The rows are all there, so a column without one is final demand, whatever a new edition calls it.
                    if !known(category) && !new_categories.contains(&category) {
                        new_categories.push(category);
                    }
                    ColumnKind::Final { economy: economy(owner), category: category.to_owned() }
                }
                None => {
                    return Err(LoadError::BadColumn { path: grid.path.clone(), label: label.to_owned() });
                }
            }
        });
    }
    let mut note = |name: &str, detail: String, count: usize| {
        if count > 0 {
            repairs.push(Repair { name: name.into(), detail, count });
        }
    };
    let pairs: Vec<String> = mapped.iter().map(|(from, to)| format!("{from} = {to}")).collect();
    note("label-mapped", format!("economies renamed: {}", pairs.join(", ")), pairs.len());
    note(
        "unknown-category-kept",
        format!(
            "codes without rows that are no known final demand, kept as such: {}",
            new_categories.join(", ")
        ),
        new_categories.len(),
    );
    note(
        "unknown-row-kept",
        format!("rows of unknown meaning, kept outside value added: {}", unknown.join(", ")),
        unknown.len(),
    );
    Ok((rows, kinds))
}

fn is_category(vocabulary: &Vocabulary, code: &str) -> bool {
    vocabulary.categories.contains(&code)
}
