//! Satellite accounts that come with a table: embedded ones, and the store in which they are kept.
//!
//! The store is a [sparse store](super::sparse_store) of layout `accounts-1`: rows `ECONOMY.sector`, columns
//! `account [unit]`.

use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;

use super::builtin::WIOD_CITATION;
use super::sparse_store::{self, Store, damaged};
use super::{LoadError, Source, satellite};
use crate::labels;
use crate::table::{AccountVariable, AccountsYear, SatelliteAccounts};

/// Name of the layout of the store.
pub const LAYOUT: &str = "accounts-1";

/// Was a source read as an account beside a table, and is no table?
pub fn are_read_by(importer: &str) -> bool {
    importer == LAYOUT || satellite::is_importer(importer)
}

static WIOD13: OnceLock<SatelliteAccounts> = OnceLock::new();

/// Embedded accounts: name after `builtin:` of the table they belong to.
pub const EMBEDDED: [&str; 1] = ["wiod13"];

/// Accounts of jobs, hours and incomes that belong to a table: `builtin:wiod13`, or a file that `vadex aggregate
/// --satellites` wrote.
///
/// # Errors
/// No embedded accounts of that name; a file that is not such a store.
pub fn satellites(input: &str) -> Result<SatelliteAccounts, LoadError> {
    let Some(id) = input.strip_prefix("builtin:") else {
        let source = Source::from_path(Path::new(input))?;
        let bytes = Cow::Owned(source.bytes()?.to_vec());
        return read(&Store::open(source.name(), bytes, LAYOUT)?);
    };
    // A year after the name chooses a table; the accounts are those of all years.
    let id = id.split('/').next().unwrap_or(id);
    if id != EMBEDDED[0] {
        return Err(LoadError::UnknownBuiltin {
            name: id.to_owned(),
            known: EMBEDDED.join(", "),
            nearest: labels::nearest(EMBEDDED.iter().copied(), id),
        });
    }
    if let Some(accounts) = WIOD13.get() {
        return Ok(accounts.clone());
    }
    let bytes: &'static [u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/wiod13/satellites.parquet"));
    let mut store = Store::open("builtin:wiod13 satellites", Cow::Borrowed(bytes), LAYOUT)?;
    store.citation = Some(WIOD_CITATION);
    let accounts = read(&store)?;
    Ok(WIOD13.get_or_init(|| accounts).clone())
}

/// Is the file such a store? Reads its end only.
pub fn is_store(path: &Path) -> bool {
    sparse_store::layout_of_file(path).is_some_and(|(layout, _)| layout == LAYOUT)
}

fn read(store: &Store) -> Result<SatelliteAccounts, LoadError> {
    let variables = store
        .columns
        .iter()
        .map(|label| {
            let (name, unit) = label.strip_suffix(']')?.split_once(" [")?;
            Some(AccountVariable { name: name.to_owned(), unit: unit.to_owned() })
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| damaged(&store.name, "a column is not `account [unit]`"))?;
    let (mut economies, mut sectors): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for label in &store.rows {
        let (economy, sector) = label
            .split_once('.')
            .ok_or_else(|| damaged(&store.name, &format!("row `{label}` is not `ECONOMY.sector`")))?;
        for (list, name) in [(&mut economies, economy), (&mut sectors, sector)] {
            if !list.iter().any(|known| known == name) {
                list.push(name.to_owned());
            }
        }
    }
    let in_order = store.rows.iter().enumerate().all(|(row, label)| {
        let (economy, sector) = (row / sectors.len(), row % sectors.len());
        economies.get(economy).is_some_and(|economy| *label == format!("{economy}.{}", sectors[sector]))
    });
    if !in_order || store.rows.len() != economies.len() * sectors.len() {
        return Err(damaged(&store.name, "the rows are not every sector of every economy in turn"));
    }
    let mut years = Vec::new();
    for (position, &year) in store.years.iter().enumerate() {
        let mut figures = vec![0.0; store.rows.len() * variables.len()];
        for (row, column, value) in store.cells(position)? {
            figures[row * variables.len() + column] = value;
        }
        years.push(AccountsYear { year, figures, provenance: store.provenance(position, LAYOUT) });
    }
    Ok(SatelliteAccounts::new(variables, economies, sectors, years))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reader_of_accounts_is_known_as_one() {
        for importer in [LAYOUT, satellite::IMPORTER, "wiod13-sea"] {
            assert!(are_read_by(importer), "{importer}");
        }
        assert!(crate::load::IMPORTERS.iter().all(|importer| !are_read_by(importer.id())));
    }
}
