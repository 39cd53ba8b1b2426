//! Where tables come from: files, directories of years, standard input, embedded tables.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::panel::{self, Panel};
use super::{LoadError, ReadOptions, builtin, read};
use crate::labels;
use crate::table::IcioTable;

/// The bytes of one table file, with its name.
#[derive(Debug)]
pub struct Source {
    name: String,
    bytes: Vec<u8>,
    year: Option<i32>,
}

impl Source {
    /// Bytes that came from somewhere else than a file.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), bytes, year: None }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn from_path(path: &Path) -> Result<Self, LoadError> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => {
                LoadError::NotFound { path: name.clone(), nearest: neighbour(path) }
            }
            _ => LoadError::Io { path: name.clone(), source },
        })?;
        Ok(Self { name, bytes, year: year_in_name(path) })
    }

    /// Path, `builtin:` name, or `-`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Year in the file's name, when there is one.
    pub fn year(&self) -> Option<i32> {
        self.year
    }

    /// SHA-256 of the content, in hexadecimal.
    pub fn sha256(&self) -> String {
        sha256(&self.bytes)
    }
}

/// SHA-256 of some bytes, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A table that can be opened: nothing is read yet, so a directory of years costs no memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRef {
    place: Place,
    year: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    StandardInput,
    Panel { file: Arc<PanelFile>, year: i32 },
    Builtin { id: &'static str, year: i32 },
}

/// A file with several years: read when the first of them is opened, shared by the others.
#[derive(Debug)]
struct PanelFile {
    path: PathBuf,
    panel: OnceLock<Panel>,
}

impl PanelFile {
    fn panel(&self) -> Result<&Panel, LoadError> {
        if let Some(panel) = self.panel.get() {
            return Ok(panel);
        }
        let source = Source::from_path(&self.path)?;
        let panel = Panel::open(&source.name, Cow::Owned(source.bytes))?;
        Ok(self.panel.get_or_init(|| panel))
    }
}

impl PartialEq for PanelFile {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for PanelFile {}

impl TableRef {
    /// Year, when the name says it.
    pub fn year(&self) -> Option<i32> {
        self.year
    }

    /// Path or `builtin:` name.
    pub fn name(&self) -> String {
        match &self.place {
            Place::File(path) => path.display().to_string(),
            Place::StandardInput => "-".into(),
            Place::Panel { file, year } => format!("{}/{year}", file.path.display()),
            Place::Builtin { id, year } => format!("builtin:{id}/{year}"),
        }
    }

    /// Reads and validates the table.
    ///
    /// # Errors
    /// Whatever is wrong with the file.
    pub fn open(&self, options: &ReadOptions) -> Result<IcioTable, LoadError> {
        let table = match &self.place {
            Place::File(path) => read(&Source::from_path(path)?, options)?,
            Place::StandardInput => {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .lock()
                    .read_to_end(&mut bytes)
                    .map_err(|source| LoadError::Io { path: "-".into(), source })?;
                read(&Source::from_bytes("-", bytes), options)?
            }
            Place::Panel { file, year } => {
                file.panel()?.table(*year)?.with_description(options.unit.clone(), None)
            }
            Place::Builtin { id, year } => builtin::open(id, *year)?,
        };
        let year = table.year().or(self.year);
        let table = table.with_description(None, year);
        match options.store {
            None => Ok(table),
            Some(storage) => table
                .kept_as(storage)
                .map_err(|error| LoadError::Table { path: self.name(), error: Box::new(error) }),
        }
    }
}

/// The tables behind an input: a file, a directory of years, a panel of years, `builtin:NAME[/YEAR]`, or `-`.
///
/// `years` keeps only those years; an empty list keeps all.
///
/// # Errors
/// Nothing there, no table there, or a year that is not there.
pub fn discover(input: &str, years: &[i32]) -> Result<Vec<TableRef>, LoadError> {
    let found = if let Some(name) = input.strip_prefix("builtin:") {
        builtin::discover(name)?
            .into_iter()
            .map(|(id, year)| TableRef { place: Place::Builtin { id, year }, year: Some(year) })
            .collect()
    } else if input == "-" {
        vec![TableRef { place: Place::StandardInput, year: None }]
    } else {
        discover_path(Path::new(input))?
    };
    if years.is_empty() {
        return Ok(found);
    }
    let available: Vec<i32> = found.iter().filter_map(TableRef::year).collect();
    if let Some(missing) = years.iter().find(|year| !available.contains(year)) {
        if available.is_empty() && found.len() == 1 && years.len() == 1 {
            // One file without a year in its name: the user tells which year it is.
            return Ok(vec![TableRef { year: Some(years[0]), ..found[0].clone() }]);
        }
        return Err(LoadError::NoSuchYear {
            path: input.to_owned(),
            year: missing.to_string(),
            available: span(&available),
        });
    }
    Ok(found.into_iter().filter(|table| table.year.is_some_and(|year| years.contains(&year))).collect())
}

fn discover_path(path: &Path) -> Result<Vec<TableRef>, LoadError> {
    if path.is_file()
        && let Some(years) = panel::years_of_file(path)
    {
        let file = Arc::new(PanelFile { path: path.to_owned(), panel: OnceLock::new() });
        let table =
            |year| TableRef { place: Place::Panel { file: Arc::clone(&file), year }, year: Some(year) };
        return Ok(years.into_iter().map(table).collect());
    }
    let table = |file: PathBuf| TableRef { year: year_in_name(&file), place: Place::File(file) };
    Ok(files(path)?.into_iter().map(table).collect())
}

/// The file, or the table files of the directory, in order of their names.
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let name = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => LoadError::NotFound { path: name.clone(), nearest: neighbour(path) },
        _ => LoadError::Io { path: name.clone(), source },
    })?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let io = |source| LoadError::Io { path: name.clone(), source };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(io)? {
        let file = entry.map_err(io)?.path();
        let is_table = file
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| matches!(extension.to_lowercase().as_str(), "csv" | "parquet"));
        if is_table && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(LoadError::NoTables { path: name });
    }
    Ok(files)
}

/// The first run of exactly four digits between 1900 and 2100 in the file's name.
pub(super) fn year_in_name(path: &Path) -> Option<i32> {
    let stem = path.file_stem()?.to_str()?;
    stem.split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 4)
        .filter_map(|run| run.parse().ok())
        .find(|year| (1900..=2100).contains(year))
}

fn neighbour(path: &Path) -> Option<String> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let wanted = path.file_name()?.to_str()?;
    let names: Vec<String> = std::fs::read_dir(parent)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let nearest = labels::nearest(names.iter().map(String::as_str), wanted)?;
    Some(parent.join(nearest).display().to_string())
}

fn span(years: &[i32]) -> String {
    match (years.iter().min(), years.iter().max()) {
        (Some(first), Some(last)) if years.len() > 4 && (last - first) as usize + 1 == years.len() => {
            format!("{first}-{last}")
        }
        (None, _) | (_, None) => "none with a year in its name".into(),
        _ => years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_the_run_of_four_digits() {
        for (name, year) in [
            ("2011.parquet", Some(2011)),
            ("ICIO2021_1995.csv", Some(2021)),
            ("2016-2022_SML.csv", Some(2016)),
            ("table.csv", None),
            ("123456.csv", None),
        ] {
            assert_eq!(year_in_name(Path::new(name)), year, "{name}");
        }
    }
}
