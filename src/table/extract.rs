//! A few economies of a table, the rest of the world as one.

use super::reshape::{self, ReshapeError};
use super::{IcioTable, NationalTable, Repair};

/// Name of the record of an extraction; its count is the number of economies in the rest.
pub(super) const EXTRACTED: &str = "economies-extracted";

impl IcioTable {
    /// The table of some economies, in its own order, with all others added up to one economy `rest`, which comes last.
    /// Totals are kept; trade among the others becomes domestic use of the rest. A split economy
    /// is its base and its parts apart: [`with_parts`](super::with_parts) names them all.
    ///
    /// # Errors
    /// Nothing to keep, unknown or repeated economies (all of them), a rest with the name of an economy that is kept.
    pub fn extract(&self, keep: &[String], rest: &str) -> Result<Self, ReshapeError> {
        if keep.is_empty() {
            return Err(ReshapeError::NothingToKeep);
        }
        let axis = self.axis();
        reshape::unknown("economy", axis.economies(), keep)?;
        reshape::repeated("economy", keep)?;
        reshape::bad_labels("economy", [&rest.to_owned()])?;
        if keep.iter().any(|name| name == rest) {
            return Err(ReshapeError::RestNameTaken { name: rest.to_owned() });
        }
        let mut economies: Vec<String> =
            axis.economies().iter().filter(|name| keep.contains(name)).cloned().collect();
        let last = economies.len();
        let target = axis
            .economies()
            .iter()
            .map(|name| economies.iter().position(|kept| kept == name).unwrap_or(last))
            .collect();
        let others = axis.n_economies() - last;
        if others > 0 {
            economies.push(rest.to_owned());
        }
        let repair = Repair {
            name: EXTRACTED.into(),
            detail: format!("{} kept; {others} others added up to {rest}", economies[..last].join(", ")),
            count: others,
        };
        Ok(self.add_up((target, economies), reshape::unchanged(axis.sectors()), repair)?)
    }
}

impl NationalTable {
    /// The tables of some economies, in their own order: national tables have no rest.
    ///
    /// # Errors
    /// Nothing to keep, unknown or repeated economies: all of them.
    pub fn choose(tables: Vec<Self>, keep: &[String]) -> Result<Vec<Self>, ReshapeError> {
        if keep.is_empty() {
            return Err(ReshapeError::NothingToKeep);
        }
        let known: Vec<String> = tables.iter().map(|table| table.economy().to_owned()).collect();
        reshape::unknown("economy", &known, keep)?;
        reshape::repeated("economy", keep)?;
        Ok(tables.into_iter().filter(|table| keep.iter().any(|name| name == table.economy())).collect())
    }
}
