//! A file of margins: CSV with the columns `label,value` and any others (names, notes).

use std::path::Path;

use polars::prelude::{CsvReadOptions, SerReader};

use super::LoadError;
use super::source::neighbour;
use crate::table::GivenMargin;

/// Reads what rows or columns of a table are to add up to: `label` is `ECONOMY.sector`, or `ECONOMY.category`.
///
/// # Errors
/// A file that cannot be read, a missing column, a value that is no number.
pub fn read(path: &Path) -> Result<Vec<GivenMargin>, LoadError> {
    let name = path.display().to_string();
    let damaged = |message: String| LoadError::Damaged {
        path: name.clone(),
        format: "CSV",
        message: message.lines().next().unwrap_or("unreadable").to_owned(),
    };
    if !path.exists() {
        return Err(LoadError::NoFile { path: name, nearest: neighbour(path) });
    }
    let frame = CsvReadOptions::default()
        .with_has_header(true)
        .with_infer_schema_length(Some(0))
        .try_into_reader_with_file_path(Some(path.to_owned()))
        .and_then(|reader| reader.finish())
        .map_err(|error| damaged(error.to_string()))?;
    let column = |label: &str| {
        frame
            .column(label)
            .and_then(|column| column.str().cloned())
            .map_err(|_| damaged(format!("no column `{label}`; expected label,value")))
    };
    let (labels, values) = (column("label")?, column("value")?);
    labels
        .iter()
        .zip(values.iter())
        .enumerate()
        .map(|(index, (label, value))| {
            let text = value.unwrap_or("").trim();
            let value = text.parse().map_err(|_| {
                // The header is line 1.
                damaged(format!("line {}: `{text}` is not a number", index + 2))
            })?;
            Ok(GivenMargin { label: label.unwrap_or("").trim().to_owned(), value })
        })
        .collect()
}
