//! For whom a method is asked: exporters, importers and sectors.

use super::{DecomposeError, Method};
use crate::labels::{Axis, LabelError};
use crate::level::Level;

/// Which exporters, importers and sectors are wanted; empty means all. Indices on the model's axis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Exporting economies.
    pub exporters: Vec<usize>,
    /// Importing economies.
    pub importers: Vec<usize>,
    /// Exporting sectors.
    pub sectors: Vec<usize>,
}

impl Scope {
    /// A scope by names; empty lists mean all.
    ///
    /// ```
    /// use vadex::decompose::Scope;
    /// use vadex::labels::Axis;
    ///
    /// let rows = [("A", "x"), ("B", "x")].map(|(economy, sector)| (economy.to_owned(), sector.to_owned()));
    /// let (axis, _) = Axis::new(&rows)?;
    /// let scope = Scope::named(&axis, &["B"], &[], &["x"])?;
    /// assert_eq!(scope, Scope { exporters: vec![1], importers: vec![], sectors: vec![0] });
    /// # Ok::<(), vadex::labels::LabelError>(())
    /// ```
    ///
    /// # Errors
    /// A name that the axis does not have, with the nearest; a member of a group.
    pub fn named(
        axis: &Axis,
        exporters: &[&str],
        importers: &[&str],
        sectors: &[&str],
    ) -> Result<Self, LabelError> {
        let economies = |names: &[&str]| -> Result<Vec<usize>, LabelError> {
            names.iter().map(|name| axis.find_economy(name)).collect()
        };
        Ok(Self {
            exporters: economies(exporters)?,
            importers: economies(importers)?,
            sectors: sectors.iter().map(|name| axis.find_sector(name)).collect::<Result<_, _>>()?,
        })
    }

    /// Is the exporter wanted?
    pub(super) fn wants_exporter(&self, economy: usize) -> bool {
        self.exporters.is_empty() || self.exporters.contains(&economy)
    }

    /// Is the importer wanted?
    pub(super) fn wants_importer(&self, economy: usize) -> bool {
        self.importers.is_empty() || self.importers.contains(&economy)
    }

    /// Is the sector wanted?
    pub(super) fn wants_sector(&self, sector: usize) -> bool {
        self.sectors.is_empty() || self.sectors.contains(&sector)
    }

    /// A filter on a key that the rows do not have would silently change what is summed, and an index that the axis does not
    /// have would silently give no rows: errors.
    pub(super) fn check(&self, method: &dyn Method, level: Level, axis: &Axis) -> Result<(), DecomposeError> {
        for (filter, indices, count) in [
            ("exporter", &self.exporters, axis.n_economies()),
            ("importer", &self.importers, axis.n_economies()),
            ("sector", &self.sectors, axis.n_sectors()),
        ] {
            if !indices.is_empty() && !method.keys(level).contains(&filter) {
                return Err(without_key(method, level, filter));
            }
            if let Some(&index) = indices.iter().find(|index| **index >= count) {
                return Err(DecomposeError::OutOfRange { filter, index, count });
            }
        }
        Ok(())
    }
}

/// The error of a filter on a key that the rows of a level do not have, with the levels of the method whose rows have it.
fn without_key(method: &dyn Method, level: Level, filter: &'static str) -> DecomposeError {
    let levels = method.levels().iter().filter(|other| method.keys(**other).contains(&filter));
    let mut all: Vec<&str> = Vec::new();
    for key in method.levels().iter().flat_map(|&other| method.keys(other)) {
        if !all.contains(key) {
            all.push(key);
        }
    }
    DecomposeError::FilterWithoutKey {
        method: method.id(),
        filter,
        keys: method.keys(level).join(", "),
        levels: levels.map(|other| other.id()).collect::<Vec<_>>().join(" or "),
        all_keys: all.join(", "),
    }
}

/// Key columns that the exports of a level have.
pub(super) fn export_keys(level: Level) -> &'static [&'static str] {
    match level {
        Level::Country => &["exporter"],
        Level::Sector => &["exporter", "sector"],
        Level::Bilateral => &["exporter", "importer"],
        Level::BilateralSector => &["exporter", "sector", "importer"],
    }
}
