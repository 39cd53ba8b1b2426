//! Names of an account to rows of a table: which supplier is which economy and sector of this table.

use super::account::Account;
use super::error::ProductError;
use super::schema::EconomyNames;
use crate::labels::{self, Axis, LabelError};
use crate::model::Model;

/// Rows of a table with weights that add up to one.
pub(super) type Placement = Vec<(usize, f64)>;

/// Where the account's `economy` and `sector` lie in the model's table.
///
/// One row for an ordinary table. An economy with several rows of the sector (China split by regime, a group, a name
/// that stands for several economies) is spread over them by gross output.
///
/// # Errors
/// A name that the table does not have; a sector without output.
pub(super) fn place(
    account: &Account,
    model: &Model,
    item: &str,
    economy: &str,
    sector: &str,
) -> Result<Placement, ProductError> {
    let axis = model.axis();
    let not_in_table = |error: LabelError| ProductError::NotInTable {
        account: account.id().to_owned(),
        item: item.to_owned(),
        error: Box::new(error),
    };
    let economies = economies_of(account, axis, economy).map_err(not_in_table)?;
    let sector_index = sector_of(account, axis, sector).map_err(not_in_table)?;
    let output = model.flows().gross_output();
    let rows: Vec<usize> = economies
        .iter()
        .flat_map(|&e| axis.block(e))
        .filter(|&row| axis.sector_of(row) == sector_index && output[row] > 0.0)
        .collect();
    let total: f64 = rows.iter().map(|&row| output[row]).sum();
    if rows.is_empty() {
        return Err(ProductError::NoOutput {
            account: account.id().to_owned(),
            item: item.to_owned(),
            economy: economy.to_owned(),
            sector: sector.to_owned(),
        });
    }
    Ok(rows.into_iter().map(|row| (row, output[row] / total)).collect())
}

/// Economies of the table that a name of the account stands for.
pub(super) fn economies_of(account: &Account, axis: &Axis, name: &str) -> Result<Vec<usize>, LabelError> {
    match account.file().economies.get(name) {
        None => Ok(vec![axis.find_economy(name)?]),
        Some(EconomyNames::Several { spread }) => {
            spread.iter().map(|member| axis.find_economy(member)).collect()
        }
        Some(EconomyNames::Alternatives(names)) => {
            Ok(vec![first_known("economy", name, names, axis.economies())?])
        }
    }
}

/// Sector of the table that a name of the account stands for.
pub(super) fn sector_of(account: &Account, axis: &Axis, name: &str) -> Result<usize, LabelError> {
    match account.file().sectors.get(name) {
        None => axis.find_sector(name),
        Some(names) => first_known("sector", name, names, axis.sectors()),
    }
}

fn first_known(
    kind: &'static str,
    name: &str,
    alternatives: &[String],
    known: &[String],
) -> Result<usize, LabelError> {
    let found = alternatives.iter().find_map(|wanted| known.iter().position(|label| label == wanted));
    found.map_or_else(
        || {
            let tried = format!("{name} ({})", alternatives.join(", "));
            // The look-up fails by construction; it is asked for the form of its message and the nearest label.
            labels::find(kind, known, &tried)
        },
        Ok,
    )
}
