//! Economies added up before any solve: the parts of a split economy, or any other group.
//!
//! Not to be confused with [`IcioTable::regroup`], which keeps every row and unites economies for the question only. After
//! folding, what is processed for export and what is made for the home market have one average technology, so
//! value-added results change; [`crate::indicators::folding_effect`] says by how much.

use super::reshape::{self, ReshapeError};
use super::{IcioTable, Repair, known_splits};
use crate::labels::Group;

impl IcioTable {
    /// The table with each group of economies added up to one economy, sector by sector. Totals are kept.
    ///
    /// Without groups the parts of split economies are folded: `CHN = CHN + CN1 + CN2`, `MEX = MEX + MX1 + MX2`.
    ///
    /// # Errors
    /// Nothing to fold, unknown members (all of them), an economy in two groups.
    pub fn fold(&self, groups: &[Group]) -> Result<Self, ReshapeError> {
        let groups = self.foldable(groups)?;
        let axis = self.axis();
        let members: Vec<&String> = groups.iter().flat_map(|group| &group.members).collect();
        reshape::unknown("economy", axis.economies(), members.iter().copied())?;
        reshape::bad_labels("economy", groups.iter().map(|group| &group.name))?;
        let regrouped = axis.regroup(&groups)?;
        let detail: Vec<String> =
            groups.iter().map(|group| format!("{} = {}", group.name, group.members.join(" + "))).collect();
        let repair = Repair {
            name: "economies-folded".into(),
            detail: format!("{}: added up before any solve", detail.join("; ")),
            count: members.len(),
        };
        let economies = (regrouped.new_index, regrouped.axis.economies().to_vec());
        Ok(self.add_up(economies, reshape::unchanged(axis.sectors()), repair)?)
    }

    /// The groups to fold: those that are named, else the split economies that the table has.
    ///
    /// # Errors
    /// [`ReshapeError::NothingToFold`].
    pub fn foldable(&self, groups: &[Group]) -> Result<Vec<Group>, ReshapeError> {
        if !groups.is_empty() {
            return Ok(groups.to_vec());
        }
        let splits = known_splits(self.axis());
        if splits.is_empty() {
            return Err(ReshapeError::NothingToFold { looked_for: "CN1, CN2, ..., MX1, MX2, ...".into() });
        }
        Ok(splits)
    }
}
