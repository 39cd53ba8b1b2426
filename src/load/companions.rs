//! The files that a table of several files is read from besides the one that stands for it: labels, final demand,
//! factor inputs.

use super::source::{Place, Source};
use super::{Importer, LoadError};

/// A file that an importer reads besides the one that stands for the table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Companion {
    /// Its name relative to the folder of the table's file, or its file name where it lies elsewhere.
    pub name: String,
    /// SHA-256 of its content; for a member of an archive that of the archive.
    pub sha256: String,
}

/// Every companion of a source, sorted by name. Members of the archive that the source itself is in are left out: the
/// hash of the table is that of the whole archive.
pub(super) fn of(source: &Source, importer: &dyn Importer) -> Result<Vec<Companion>, LoadError> {
    hashed(source, importer.companions(source)?)
}

/// The same for files that are known already.
pub(super) fn hashed(source: &Source, files: Vec<Source>) -> Result<Vec<Companion>, LoadError> {
    let own_archive = archive_of(source);
    let folder = &source.name()[..source.name().len() - source.file_name().len()];
    let mut found = Vec::new();
    for file in files {
        if own_archive.is_some() && archive_of(&file) == own_archive {
            continue;
        }
        let name = match file.name().strip_prefix(folder) {
            Some(name) if !folder.is_empty() => name.to_owned(),
            _ => file.file_name().to_owned(),
        };
        found.push(Companion { name, sha256: file.sha256()? });
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn archive_of(source: &Source) -> Option<&str> {
    match source.place() {
        Place::Member { archive, .. } => Some(archive.name()),
        _ => None,
    }
}
