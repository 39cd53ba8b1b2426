//! Economies united into one: named groups, and the split economies of extended tables.
//!
//! A union keeps every row, so the Leontief system is solved at the finest level; only the question (who is home, who
//! is abroad) changes. This is why split economies are solved split and folded afterwards, never before.

use nalgebra::DMatrix;

use super::{IcioTable, PrimaryRow, Repair, TableError};
use crate::labels::{Axis, Group};

/// Base economies and the parts that extended OECD tables split them into.
const SPLITS: [(&str, &[&str]); 2] =
    [("CHN", &["CN1", "CN2", "CN3", "CN4"]), ("MEX", &["MX1", "MX2", "MX3"])];

/// The unions that put split economies together again: `CHN = CHN + CN1 + CN2`, where the table has the parts.
pub fn known_splits(axis: &Axis) -> Vec<Group> {
    let has = |name: &str| axis.economies().iter().any(|economy| economy == name);
    SPLITS
        .iter()
        .filter_map(|(base, parts)| {
            let found: Vec<String> =
                parts.iter().filter(|part| has(part)).map(|part| (*part).to_owned()).collect();
            if found.is_empty() {
                return None;
            }
            let mut members: Vec<String> = if has(base) { vec![(*base).to_owned()] } else { Vec::new() };
            members.extend(found);
            // One part alone is not the whole.
            (members.len() > 1).then(|| Group { name: (*base).to_owned(), members })
        })
        .collect()
}

/// Names of economies, the whole of a split one told by its parts: `CHN` is `CHN`, `CN1` and `CN2`.
pub fn with_parts(axis: &Axis, names: &[String]) -> Vec<String> {
    let splits = known_splits(axis);
    let mut all: Vec<String> = Vec::new();
    for name in names {
        let whole = splits.iter().find(|split| split.name == *name);
        let parts = whole.map_or(std::slice::from_ref(name), |split| &split.members);
        // A part that is named besides is there already; one that is named twice stays so, to be told.
        let besides: Vec<String> =
            parts.iter().filter(|part| *part == name || !names.contains(part)).cloned().collect();
        all.extend(besides);
    }
    all
}

impl IcioTable {
    /// The same flows with groups of economies as single economies: trade inside a group is domestic.
    ///
    /// Rows stay at the level of the members; final demand of a group is the sum over its members.
    ///
    /// # Errors
    /// Unknown members, overlapping groups.
    pub fn regroup(&self, groups: &[Group]) -> Result<Self, TableError> {
        if groups.is_empty() {
            return Ok(self.clone());
        }
        let regrouped = self.axis.regroup(groups)?;
        let categories = self.categories.len();
        let fold = |row: &[f64]| {
            let mut folded = vec![0.0; regrouped.axis.n_economies() * categories];
            for (column, value) in row.iter().enumerate() {
                folded[regrouped.new_index[column / categories] * categories + column % categories] += value;
            }
            folded
        };
        let by_row = self.final_demand.select_rows(&regrouped.order);
        let mut final_demand = DMatrix::zeros(by_row.nrows(), regrouped.axis.n_economies() * categories);
        for column in 0..by_row.ncols() {
            let target = regrouped.new_index[column / categories] * categories + column % categories;
            let mut sum = final_demand.column_mut(target);
            sum += by_row.column(column);
        }
        let mut provenance = self.provenance.clone();
        for group in groups {
            provenance.repairs.push(Repair {
                name: "economies-united".into(),
                detail: format!("{} = {}", group.name, group.members.join(" + ")),
                count: group.members.len(),
            });
        }
        let permute = |values: &[f64]| regrouped.order.iter().map(|&row| values[row]).collect::<Vec<_>>();
        Ok(Self {
            intermediate_use: self.intermediate_use.rearranged(&regrouped.order),
            final_demand,
            primary_rows: self
                .primary_rows
                .iter()
                .map(|row| PrimaryRow {
                    name: row.name.clone(),
                    role: row.role,
                    industries: permute(&row.industries),
                    final_use: row.final_use.as_deref().map(fold),
                })
                .collect(),
            published_output: self.published_output.as_deref().map(permute),
            categories: self.categories.clone(),
            unit: self.unit.clone(),
            year: self.year,
            provenance,
            axis: regrouped.axis,
        })
    }
}
