//! A file of margins: CSV with the columns `label,value` and any others (names, notes).

use std::path::Path;

use super::{LoadError, label_csv};
use crate::table::GivenMargin;

/// Why a file of margins could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarginsError {
    /// A file that cannot be read, or one without a column that is needed.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A line without a number.
    #[error("{path}: line {line}, column `value`: found {found}, expected a number")]
    NotANumber {
        /// Path.
        path: String,
        /// Line, from 1.
        line: usize,
        /// The value in backquotes, or `nothing`.
        found: String,
    },
}

impl MarginsError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Load(error) => error.hint(),
            // A cell may be missing, but there is no margin that is missing.
            Self::NotANumber { .. } => {
                "use a point as decimal mark and no thousands separators; leave out the line of a margin that is not \
                 known: what is not named keeps its sum"
                    .into()
            }
        }
    }
}

/// Reads what rows or columns of a table are to add up to: `label` is `ECONOMY.sector`, or `ECONOMY.category`.
///
/// # Errors
/// A file that cannot be read, a missing column, a value that is no number.
pub fn read(path: &Path) -> Result<Vec<GivenMargin>, MarginsError> {
    let mut margins = Vec::new();
    for line in label_csv::read(path, &["label", "value"], &[])? {
        let number = line.number;
        let wrong = |value: &str| MarginsError::NotANumber {
            path: path.display().to_string(),
            line: number,
            found: if value.is_empty() { "nothing".into() } else { format!("`{value}`") },
        };
        let [label, value] = <[String; 2]>::try_from(line.fields).map_err(|_| wrong(""))?;
        margins.push(GivenMargin { value: value.parse().map_err(|_| wrong(&value))?, label });
    }
    Ok(margins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_without_a_number_is_told_with_its_line_and_to_be_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("margins.csv");
        for (value, found) in [("", "nothing"), ("n.a.", "`n.a.`")] {
            std::fs::write(&path, format!("label,value\nDEU.c1,5\nFRA.c1,{value}\n")).unwrap();
            let error = read(&path).unwrap_err();
            let told = format!("line 3, column `value`: found {found}, expected a number");
            assert!(error.to_string().ends_with(&told), "{error}");
            assert!(error.hint().contains("leave out the line"), "{}", error.hint());
            assert!(!error.hint().contains("empty"), "{}", error.hint());
        }
    }
}
