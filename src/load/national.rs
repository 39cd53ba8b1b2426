//! National tables: where they come from and how they are read. One importer a layout, as for inter-country tables.
//!
//! To add a layout: one file that implements [`NationalImporter`], one line in [`NATIONAL_IMPORTERS`].

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::archive::{Archive, is_zip};
use super::national_store::{self, NationalStore};
use super::oecd_national::OecdNational;
use super::sparse_store;
use super::wiod16_national::Wiod16National;
use super::wiod16_niot::Wiod16Niot;
use super::{LoadError, Source, builtin, companions, discover, source};
use crate::table::NationalTable;

/// Name of the layout of the store.
pub const LAYOUT: &str = "national-1";
/// Ends the label of an imported product.
pub const IMPORTS: &str = "@imports";
/// Ends the label of a row below the products.
pub const BELOW: &str = "@below";
/// Ends the label of a final use.
pub const FINAL: &str = "@final";
/// Column of exports.
pub const EXPORTS: &str = "exports@out";
/// Column of output.
pub const OUTPUT: &str = "output@out";

/// The national tables of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct NationalYear {
    /// The year.
    pub year: i32,
    /// One table an economy, in the order of the source.
    pub tables: Vec<NationalTable>,
}

/// What an importer found in a file.
#[derive(Debug, Clone)]
pub struct Found {
    /// Tables of the wanted years.
    pub tables: Vec<NationalTable>,
    /// Every year that the file has.
    pub available: Vec<i32>,
}

/// A reader of one layout of national tables.
pub trait NationalImporter: Sync {
    /// Flat id.
    fn id(&self) -> &'static str;
    /// One sentence: which files it reads.
    fn summary(&self) -> &'static str;
    /// Does the content look like this layout?
    fn recognises(&self, source: &Source) -> bool;

    /// Is a file of this name a part of a table of this layout that is never opened by itself?
    fn companion(&self, _file_name: &str) -> bool {
        false
    }

    /// Every file besides this one that [`NationalImporter::read`] takes anything from and that is there.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    fn companions(&self, _source: &Source) -> Result<Vec<Source>, LoadError> {
        Ok(Vec::new())
    }

    /// Reads the tables of the wanted years.
    ///
    /// # Errors
    /// What, where, expected, found.
    fn read(&self, source: &Source, wanted: &dyn Fn(i32) -> bool) -> Result<Found, LoadError>;
}

/// Every importer of national tables, in the order in which they are tried.
pub static NATIONAL_IMPORTERS: &[&dyn NationalImporter] =
    &[&NationalStore, &Wiod16National, &Wiod16Niot, &OecdNational];

fn recognise(source: &Source) -> Option<&'static dyn NationalImporter> {
    NATIONAL_IMPORTERS.iter().copied().find(|importer| importer.recognises(source))
}

/// Is a source in a layout of national tables?
pub(super) fn holds(source: &Source) -> bool {
    recognise(source).is_some()
}

/// Reads national tables: a file, a directory or an archive in a layout of [`NATIONAL_IMPORTERS`], or
/// `builtin:wiod16-national`. `years` keeps only those years; an empty list keeps all.
///
/// # Errors
/// Nothing there, another layout, a year that is not there, an economy that is there twice in a year, and whatever is
/// wrong with a file.
pub fn read(input: &str, years: &[i32]) -> Result<Vec<NationalYear>, LoadError> {
    let wanted = |year: i32| years.is_empty() || years.contains(&year);
    let mut by_year: BTreeMap<i32, Vec<NationalTable>> = BTreeMap::new();
    let mut available = Vec::new();
    let mut take = |found: Found| {
        available.extend(found.available);
        found.tables.into_iter().for_each(|table| by_year.entry(table.year()).or_default().push(table));
    };
    if let Some(id) = input.strip_prefix("builtin:") {
        take(national_store::tables(builtin::national(id)?, &wanted)?);
    } else {
        for source in sources(input)? {
            match recognise(&source) {
                Some(importer) => take(importer.read(&source, &wanted)?),
                None if source.is_empty() => {
                    return Err(LoadError::EmptyFile { path: source.name().to_owned() });
                }
                None => return Err(LoadError::UnknownNationalLayout { path: source.name().to_owned() }),
            }
        }
    }
    if let Some(missing) = years.iter().find(|year| !by_year.contains_key(year)) {
        available.sort_unstable();
        available.dedup();
        return Err(LoadError::NoSuchYear {
            path: input.to_owned(),
            year: missing.to_string(),
            available: sparse_store::list(&available),
        });
    }
    for (year, tables) in &by_year {
        let names: Vec<String> = tables.iter().map(|table| table.economy().to_owned()).collect();
        if let Some(twice) = repeated(&names) {
            return Err(LoadError::TwoTables { path: input.to_owned(), economy: twice.clone(), year: *year });
        }
    }
    Ok(by_year.into_iter().map(|(year, tables)| NationalYear { year, tables }).collect())
}

/// SHA-256 over the files behind national tables, those that are read with them too: names and contents.
///
/// # Errors
/// Nothing there, or a file that cannot be read.
pub fn sha256(input: &str) -> Result<String, LoadError> {
    if let Some(id) = input.strip_prefix("builtin:") {
        return Ok(builtin::national(id)?.sha256.clone());
    }
    let mut list = String::new();
    for source in sources(input)? {
        list.push_str(&format!("{} {}\n", source.sha256()?, source.file_name()));
        let files = recognise(&source).map_or(Ok(Vec::new()), |importer| importer.companions(&source))?;
        for file in companions::hashed(&source, files)? {
            list.push_str(&format!("{} {}\n", file.sha256, file.name));
        }
    }
    Ok(source::sha256(list.as_bytes()))
}

/// Does the input hold national tables? Looks at the first file only.
pub fn is_national(input: &str) -> bool {
    if let Some(id) = input.strip_prefix("builtin:") {
        return builtin::national(id).is_ok();
    }
    sources(input).is_ok_and(|sources| sources.first().is_some_and(|source| recognise(source).is_some()))
}

/// The files that are called tables, those in archives too, without those that belong to another.
fn sources(input: &str) -> Result<Vec<Source>, LoadError> {
    let mut found = Vec::new();
    for path in discover::files(Path::new(input))? {
        let source = Source::from_path(&path)?;
        if is_zip(source.head()) {
            let archive = Arc::new(Archive::open_file(&path)?);
            if !archive.is_workbook() {
                found.extend(
                    archive.sources()?.into_iter().filter(|s| discover::called_a_table(s.file_name())),
                );
                continue;
            }
        }
        // One file is taken whatever it is called.
        if discover::called_a_table(source.file_name()) || Path::new(input).is_file() {
            found.push(source);
        }
    }
    if found.len() > 1 {
        found.retain(|source| {
            !NATIONAL_IMPORTERS.iter().any(|importer| importer.companion(source.file_name()))
                || recognise(source).is_some()
        });
    }
    match found.is_empty() {
        true => Err(LoadError::NoTables { path: input.to_owned() }),
        false => Ok(found),
    }
}

/// Labels that appear twice, for importers of national tables.
pub(super) fn repeated(labels: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    labels.iter().find(|label| !seen.insert(label.as_str()))
}
