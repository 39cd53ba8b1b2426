//! What folding split economies before the solve does to value-added results.

use super::{Level, trade_in_value_added};
use crate::labels::Group;
use crate::model::{Model, ModelError, ModelOptions};
use crate::table::IcioTable;

/// The domestic content of one economy's exports, computed both ways.
#[derive(Debug, Clone, PartialEq)]
pub struct FoldingEffect {
    /// The economy.
    pub economy: String,
    /// Is it one of the folded ones?
    pub folded_economy: bool,
    /// `dva / gexp` with the parts solved split and united afterwards.
    pub split: f64,
    /// The same with the parts added up before the solve.
    pub folded: f64,
}

/// By how much does folding a table before the solve move the domestic share of exports? Every economy that exports, in
/// the order of the table.
///
/// ```text
/// split: v_s B_ss e_s / u e_s on the rows of the parts, s their union        folded: the same on the rows added up
/// ```
/// # Errors
/// A table that cannot be united or solved.
///
/// # Cost
/// Two models, one after the other.
pub fn folding_effect(
    table: &IcioTable,
    folded: &IcioTable,
    groups: &[Group],
) -> Result<Vec<FoldingEffect>, ModelError> {
    let shares = |table: &IcioTable| -> Result<Vec<Option<f64>>, ModelError> {
        let model = Model::build(table, &ModelOptions::default())?;
        Ok(trade_in_value_added(&model, Level::Country)?.iter().map(|row| row.dva_share()).collect())
    };
    let united = table.regroup(groups)?;
    let (split, after) = (shares(&united)?, shares(folded)?);
    Ok(united
        .axis()
        .economies()
        .iter()
        .zip(split.into_iter().zip(after))
        .filter_map(|(economy, shares)| match shares {
            (Some(split), Some(folded)) => Some(FoldingEffect {
                economy: economy.clone(),
                folded_economy: groups.iter().any(|group| group.name == *economy),
                split,
                folded,
            }),
            _ => None,
        })
        .collect())
}
