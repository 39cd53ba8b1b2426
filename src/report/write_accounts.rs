//! Satellite accounts to one file, in the layout of [`crate::load::accounts`].

use std::io::Write;

use super::ReportError;
use super::sparse_store::{Store, Year};
use crate::load::accounts::LAYOUT;
use crate::table::SatelliteAccounts;

/// Writes accounts. With `decimals`, figures are kept as whole numbers of that decimal: they must have been rounded to
/// it ([`SatelliteAccounts::rounded`]).
///
/// # Errors
/// The output cannot take it.
pub fn write_accounts(
    accounts: &SatelliteAccounts,
    decimals: Option<u32>,
    output: impl Write,
) -> Result<(), ReportError> {
    let rows = accounts
        .economies()
        .iter()
        .flat_map(|economy| accounts.sectors().iter().map(move |sector| format!("{economy}.{sector}")))
        .collect();
    let columns = accounts.variables().iter().map(|v| format!("{} [{}]", v.name, v.unit)).collect();
    let years = accounts
        .years()
        .iter()
        .map(|year| Year {
            year: year.year,
            provenance: year.provenance.clone(),
            cells: year
                .figures
                .iter()
                .enumerate()
                .map(|(position, value)| (position as u64, *value))
                .collect(),
        })
        .collect();
    let unit = "by account, in the column labels".into();
    Store { rows, columns, unit, years, decimals, ..Store::default() }.write(LAYOUT, output)
}
