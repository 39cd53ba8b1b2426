//! A concordance file: CSV with the columns `dimension,source,target` and any others (names, notes), read by polars.

use std::path::Path;

use polars::prelude::{CsvReadOptions, SerReader};

use super::LoadError;
use crate::table::Concordance;

/// Reads a concordance: `dimension` is `economy` or `sector`.
///
/// # Errors
/// A file that cannot be read, a missing column, an unknown dimension, a label mapped twice.
pub fn read(path: &Path) -> Result<Concordance, LoadError> {
    let name = path.display().to_string();
    let damaged = |message: String| LoadError::Damaged {
        path: name.clone(),
        format: "CSV",
        message: message.lines().next().unwrap_or("unreadable").to_owned(),
    };
    if !path.exists() {
        return Err(LoadError::NotFound { path: name, nearest: None });
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
            .map_err(|_| damaged(format!("no column `{label}`; expected dimension,source,target")))
    };
    let (dimension, source, target) = (column("dimension")?, column("source")?, column("target")?);
    let text = |cell: Option<&str>| cell.unwrap_or("").trim().to_owned();
    let entries = dimension
        .iter()
        .zip(source.iter())
        .zip(target.iter())
        .map(|((dimension, source), target)| (text(dimension), text(source), text(target)));
    Concordance::new(entries)
        .map_err(|error| LoadError::Concordance { path: name.clone(), error: Box::new(error) })
}
