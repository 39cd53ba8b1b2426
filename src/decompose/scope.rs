//! What a caller may ask of a method: how finely, for whom, and with which further detail.

use super::DecomposeError;
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

    /// A filter on a key that the rows do not have would silently change what is summed: an error.
    pub(super) fn check(&self, method: &'static str, keys: &[&str]) -> Result<(), DecomposeError> {
        for (filter, indices) in
            [("exporter", &self.exporters), ("importer", &self.importers), ("sector", &self.sectors)]
        {
            if !indices.is_empty() && !keys.contains(&filter) {
                return Err(DecomposeError::FilterWithoutKey { method, filter, keys: keys.join(", ") });
            }
        }
        Ok(())
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

/// Who is in a term: a further key that takes every row apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Whose value added it is.
    Origin,
    /// Who finally consumes it.
    Absorber,
    /// Which third economy re-exports it (Wang, Wei and Zhu).
    Third,
}

impl Detail {
    /// The detail's id, which is also the name of its key column.
    pub fn id(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Absorber => "absorber",
            Self::Third => "third",
        }
    }
}
