//! Small CSV files of labels (concordances, renamings, prices): columns by name, every line with its number.

use std::path::Path;

use super::{LoadError, Source, file_format};

/// One line: its number, counted from 1, and one field a wanted column; empty where an optional column is absent.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) fields: Vec<String>,
}

/// Reads the columns `required`, then `optional`, of a CSV file with a header. Blanks around fields are dropped; empty lines
/// and lines that begin with `#` are passed over.
///
/// # Errors
/// No such file, no header with the required columns, a line of another width.
pub(super) fn read(path: &Path, required: &[&str], optional: &[&str]) -> Result<Vec<Line>, LoadError> {
    let source = Source::from_path(path)?;
    lines(source.name(), source.bytes()?, required, optional)
}

/// The same of a file in which no other column may stand: what it says would be passed over.
///
/// # Errors
/// As [`read`], and another column.
pub(super) fn read_only(path: &Path, required: &[&str], optional: &[&str]) -> Result<Vec<Line>, LoadError> {
    let source = Source::from_path(path)?;
    let (header, lines) = parsed(source.name(), source.bytes()?, required, optional)?;
    let known = [required, optional].concat();
    let is_known =
        |column: &&str| column.is_empty() || known.iter().any(|known| known.eq_ignore_ascii_case(column));
    let others: Vec<&str> = header.iter().filter(|column| !is_known(column)).collect();
    if others.is_empty() {
        return Ok(lines);
    }
    Err(LoadError::StrangeColumn {
        path: source.name().to_owned(),
        found: others.join("`, `"),
        known: known.join(","),
    })
}

/// The same from bytes.
pub(super) fn lines(
    name: &str,
    bytes: &[u8],
    required: &[&str],
    optional: &[&str],
) -> Result<Vec<Line>, LoadError> {
    parsed(name, bytes, required, optional).map(|(_, lines)| lines)
}

/// The header, and the wanted columns of every line.
fn parsed(
    name: &str,
    bytes: &[u8],
    required: &[&str],
    optional: &[&str],
) -> Result<(csv::StringRecord, Vec<Line>), LoadError> {
    file_format::refuse_other(name, bytes)?;
    let failed = |error: csv::Error| unread(name, &error);
    // Files from spreadsheets begin with a byte-order mark.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(bytes);
    let header = reader.headers().map_err(failed)?.clone();
    let position = |wanted: &str| header.iter().position(|column| column.eq_ignore_ascii_case(wanted));
    let absent: Vec<&str> = required.iter().copied().filter(|column| position(column).is_none()).collect();
    if !absent.is_empty() {
        return Err(no_column(name, &absent, required, &header.iter().collect::<Vec<_>>()));
    }
    let wanted: Vec<Option<usize>> = required.iter().chain(optional).map(|column| position(column)).collect();
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let number = record.position().map_or(0, |position| position.line() as usize);
        let field = |at: &Option<usize>| at.and_then(|at| record.get(at)).unwrap_or("").to_owned();
        lines.push(Line { number, fields: wanted.iter().map(field).collect() });
    }
    Ok((header, lines))
}

/// A header without the columns that are needed.
pub(super) fn no_column(name: &str, absent: &[&str], wanted: &[&str], found: &[&str]) -> LoadError {
    LoadError::NoColumn {
        path: name.to_owned(),
        absent: format!("`{}`", absent.join("`, `")),
        wanted: wanted.join(","),
        found: if found.is_empty() { "nothing".into() } else { found.join(",") },
    }
}

fn unread(name: &str, error: &csv::Error) -> LoadError {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => LoadError::Ragged {
            path: name.to_owned(),
            line: pos.as_ref().map_or(0, |position| position.line() as usize),
            found: *len as usize,
            expected: *expected_len as usize,
        },
        _ => LoadError::Damaged { path: name.to_owned(), format: "CSV", message: error.to_string() },
    }
}
