//! A renaming file: CSV with the columns `old,new`.

use std::path::Path;

use super::{LoadError, label_csv};

/// Reads `(old, new)` pairs.
///
/// # Errors
/// No such file, a missing column.
pub fn read(path: &Path) -> Result<Vec<(String, String)>, LoadError> {
    let lines = label_csv::read(path, &["old", "new"], &[])?;
    Ok(lines
        .into_iter()
        .filter_map(|line| {
            let [old, new] = <[String; 2]>::try_from(line.fields).ok()?;
            Some((old, new))
        })
        .collect())
}
