//! A file of margins: CSV with the columns `label,value` and any others (names, notes).

use std::path::Path;

use super::{LoadError, label_csv};
use crate::table::GivenMargin;

/// Reads what rows or columns of a table are to add up to: `label` is `ECONOMY.sector`, or `ECONOMY.category`.
///
/// # Errors
/// A file that cannot be read, a missing column, a value that is no number.
pub fn read(path: &Path) -> Result<Vec<GivenMargin>, LoadError> {
    let name = path.display().to_string();
    let lines = label_csv::read(path, &["label", "value"], &[])?;
    let mut margins = Vec::with_capacity(lines.len());
    for line in lines {
        let number = line.number;
        let wrong = |value: &str| LoadError::NotANumber {
            path: name.clone(),
            row: format!("line {number}"),
            column: "value".into(),
            value: value.to_owned(),
        };
        let [label, value] = <[String; 2]>::try_from(line.fields).map_err(|_| wrong(""))?;
        margins.push(GivenMargin { value: value.parse().map_err(|_| wrong(&value))?, label });
    }
    Ok(margins)
}
