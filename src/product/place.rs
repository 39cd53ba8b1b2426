//! Names of an account to rows of a table: which supplier is which economy and sector of this table.
//!
//! A sector is a label that the account gives under `[sectors]`, a label of the table, or a branch that the
//! classification of the table knows (`electronics`), in this order.

use super::account::Account;
use super::error::ProductError;
use super::schema::EconomyNames;
use crate::labels::{self, Axis, LabelError, classification};
use crate::model::Model;

/// A sector as the account names it, and the label of the table that it was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectorUse {
    /// Name in the account.
    pub name: String,
    /// Label in the table.
    pub label: String,
    /// What says so: a classification, or the account.
    pub by: String,
}

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
    let named = match account.file().sectors.get(name) {
        None => axis.find_sector(name),
        Some(names) => first_known("sector", name, names, axis.sectors()),
    };
    named.or_else(|unknown| classification::branch(axis.sectors(), name).map(|(k, _)| k).ok_or(unknown))
}

/// The sectors of the account that are no labels of the table, each once, with what they were found to be.
///
/// # Errors
/// A name that the table does not have.
pub(super) fn sector_uses(account: &Account, axis: &Axis) -> Result<Vec<SectorUse>, LabelError> {
    let mut names: Vec<&str> = Vec::new();
    let parts = account.parts().iter().map(|part| part.sector.as_str());
    let rest = account.rest().and_then(|rest| rest.candidate_sector.as_deref());
    for name in parts.chain([account.assembly().sector.as_str()]).chain(rest) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut uses = Vec::new();
    for name in names {
        let sector = sector_of(account, axis, name)?;
        let label = axis.sectors()[sector].clone();
        if label == name {
            continue;
        }
        let by = match classification::branch(axis.sectors(), name) {
            Some((told, by)) if told == sector => by.to_owned(),
            Some((told, by)) => {
                format!("label of the account; {} by {by}", axis.sectors()[told])
            }
            None => "label of the account".to_owned(),
        };
        uses.push(SectorUse { name: name.to_owned(), label, by });
    }
    Ok(uses)
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
