//! Other names for economies, sectors and categories of final demand. No number changes.

use super::regroup::known_splits;
use super::reshape::{self, ReshapeError};
use super::{AccountVariable, IcioTable, NationalTable, Repair, SatelliteAccounts};
use crate::labels::Axis;

/// Which label gets which name: `(old, new)` by dimension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renaming {
    /// Economies.
    pub economies: Vec<(String, String)>,
    /// Sectors.
    pub sectors: Vec<(String, String)>,
    /// Categories of final demand.
    pub categories: Vec<(String, String)>,
}

/// A renaming that has been checked against the labels it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRenaming(Renaming);

impl Renaming {
    /// Checks the renaming against the labels of a table, or of several tables together.
    ///
    /// # Errors
    /// Labels that are not there or named twice, names that cannot be labels, different labels that would become one, a
    /// sector and a category of the same name: all of a kind.
    pub fn check(
        &self,
        economies: &[String],
        sectors: &[String],
        categories: &[String],
    ) -> Result<CheckedRenaming, ReshapeError> {
        for (dimension, pairs, known) in [
            ("economy", &self.economies, economies),
            ("sector", &self.sectors, sectors),
            ("final-demand category", &self.categories, categories),
        ] {
            let old: Vec<String> = pairs.iter().map(|(old, _)| old.clone()).collect();
            reshape::unknown(dimension, known, &old)?;
            reshape::repeated(dimension, &old)?;
            reshape::bad_labels(dimension, pairs.iter().map(|(_, new)| new))?;
            collisions(dimension, known, pairs)?;
        }
        let checked = CheckedRenaming(self.clone());
        let sectors: Vec<String> = sectors.iter().map(|name| checked.sector(name)).collect();
        let both: Vec<String> = categories
            .iter()
            .map(|name| checked.category(name))
            .filter(|name| sectors.contains(name))
            .map(|name| format!("`{name}`"))
            .collect();
        if !both.is_empty() {
            return Err(ReshapeError::SectorAndCategory { labels: both.join(", ") });
        }
        Ok(checked)
    }
}

/// Refuses to rename some of the parts that are one economy by their names, and not the others.
fn whole_splits(axis: &Axis, pairs: &[(String, String)]) -> Result<(), ReshapeError> {
    let is_renamed = |name: &String| pairs.iter().any(|(old, new)| old == name && new != name);
    for split in known_splits(axis) {
        let renamed = split.members.iter().filter(|part| is_renamed(part)).count();
        if renamed > 0 && renamed < split.members.len() {
            return Err(ReshapeError::SplitRenamed { name: split.name, parts: split.members.join(",") });
        }
    }
    Ok(())
}

/// New names that two labels would share.
fn collisions(
    dimension: &'static str,
    known: &[String],
    pairs: &[(String, String)],
) -> Result<(), ReshapeError> {
    let mut shared: Vec<(String, Vec<&str>)> = Vec::new();
    for label in known {
        let new = renamed(pairs, label);
        match shared.iter_mut().find(|(name, _)| *name == new) {
            Some((_, labels)) => labels.push(label),
            None => shared.push((new, vec![label])),
        }
    }
    let told: Vec<String> = shared
        .iter()
        .filter(|(_, labels)| labels.len() > 1)
        .map(|(name, labels)| format!("`{}` -> `{name}`", labels.join("`, `")))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    Err(ReshapeError::Collision { dimension, collisions: told.join("; ") })
}

fn renamed(pairs: &[(String, String)], label: &str) -> String {
    pairs.iter().find(|(old, _)| old == label).map_or_else(|| label.to_owned(), |(_, new)| new.clone())
}

impl CheckedRenaming {
    fn economy(&self, label: &str) -> String {
        renamed(&self.0.economies, label)
    }

    fn sector(&self, label: &str) -> String {
        renamed(&self.0.sectors, label)
    }

    fn category(&self, label: &str) -> String {
        renamed(&self.0.categories, label)
    }

    fn repair(&self) -> Repair {
        let Renaming { economies, sectors, categories } = &self.0;
        let pairs: Vec<String> = economies
            .iter()
            .chain(sectors)
            .chain(categories)
            .map(|(old, new)| format!("{old} -> {new}"))
            .collect();
        Repair { name: "labels-renamed".into(), detail: pairs.join(", "), count: pairs.len() }
    }
}

impl IcioTable {
    /// The same table under other names.
    ///
    /// # Errors
    /// As [`Renaming::check`].
    pub fn rename(&self, renaming: &Renaming) -> Result<Self, ReshapeError> {
        let axis = self.axis();
        let checked = renaming.check(axis.economies(), axis.sectors(), self.categories())?;
        whole_splits(axis, &renaming.economies)?;
        let mut table = self.clone();
        table.axis = axis.renamed(|name| checked.economy(name), |name| checked.sector(name));
        table.categories = self.categories.iter().map(|name| checked.category(name)).collect();
        table.provenance.repairs.push(checked.repair());
        Ok(table)
    }
}

impl NationalTable {
    /// The same table under other names. The renaming has been checked against all tables it is for, so names of other
    /// economies are passed over.
    #[must_use]
    pub fn rename(&self, renaming: &CheckedRenaming) -> Self {
        let mut parts = self.parts().clone();
        parts.economy = renaming.economy(&parts.economy);
        parts.sectors = parts.sectors.iter().map(|name| renaming.sector(name)).collect();
        parts.categories = parts.categories.iter().map(|name| renaming.category(name)).collect();
        parts.provenance.repairs.push(renaming.repair());
        Self::of_checked(parts)
    }
}

impl SatelliteAccounts {
    /// The same accounts under other names of economies and sectors.
    ///
    /// # Errors
    /// As [`Renaming::check`].
    pub fn rename(&self, renaming: &Renaming) -> Result<Self, ReshapeError> {
        let checked = renaming.check(self.economies(), self.sectors(), &[])?;
        let mut years = self.years().to_vec();
        years.iter_mut().for_each(|year| year.provenance.repairs.push(checked.repair()));
        let variables: Vec<AccountVariable> = self.variables().to_vec();
        Ok(Self::new(
            variables,
            self.economies().iter().map(|name| checked.economy(name)).collect(),
            self.sectors().iter().map(|name| checked.sector(name)).collect(),
            years,
        ))
    }
}
