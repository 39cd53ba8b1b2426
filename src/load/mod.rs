//! Files to tables: one importer a database or layout, recognised from content, not from the file's name.
//!
//! To add a database: one file that implements [`Importer`], one line in [`IMPORTERS`].

pub mod accounts;
mod builtin;
mod canonical;
mod canonical_csv;
mod canonical_parquet;
pub mod concordance;
mod error;
pub mod margins;
pub mod national;
pub mod panel;
pub mod satellite;
mod source;
pub mod sparse_store;
pub mod wiod13_sea;
mod wiod16_national;

pub use accounts::satellites;
pub use builtin::{Builtin, NationalBuiltin, builtins, national_builtins};
pub use canonical_csv::CanonicalCsv;
pub use canonical_parquet::CanonicalParquet;
pub use error::LoadError;
pub use national::NationalYear;
pub use panel::PanelParquet;
pub use source::{Source, TableRef, discover};

use crate::table::{IcioTable, TableParts};

/// What a user may say about a file that the file does not say itself.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Importer id; recognised from content when absent.
    pub importer: Option<String>,
    /// Unit of the flows, when the source does not state it.
    pub unit: Option<String>,
}

/// A reader of one file layout.
pub trait Importer: Sync {
    /// Flat id, as on the command line.
    fn id(&self) -> &'static str;
    /// One sentence: which files it reads.
    fn summary(&self) -> &'static str;
    /// Does the content look like this layout? Reads the first bytes only.
    fn recognises(&self, source: &Source) -> bool;
    /// Reads the table.
    ///
    /// # Errors
    /// What, where, expected, found.
    fn read(&self, source: &Source) -> Result<TableParts, LoadError>;
}

/// Every importer, in the order in which they are tried.
pub static IMPORTERS: &[&dyn Importer] = &[&PanelParquet, &CanonicalParquet, &CanonicalCsv];

/// Reads one source with the importer that is named or that recognises it.
///
/// # Errors
/// Unknown importer, unknown layout, and whatever the importer finds.
pub fn read(source: &Source, options: &ReadOptions) -> Result<IcioTable, LoadError> {
    if source.bytes().is_empty() {
        return Err(LoadError::EmptyFile { path: source.name().to_owned() });
    }
    let importer = match &options.importer {
        Some(id) => IMPORTERS.iter().find(|importer| importer.id() == id).ok_or_else(|| {
            LoadError::UnknownImporter {
                name: id.clone(),
                known: IMPORTERS.iter().map(|importer| importer.id()).collect::<Vec<_>>().join(", "),
            }
        })?,
        None => IMPORTERS
            .iter()
            .find(|importer| importer.recognises(source))
            .ok_or_else(|| LoadError::UnknownLayout { path: source.name().to_owned() })?,
    };
    let mut parts = importer.read(source)?;
    parts.provenance.source = source.name().to_owned();
    parts.provenance.sha256 = source.sha256();
    parts.provenance.importer = importer.id().to_owned();
    parts.year = parts.year.or(source.year());
    let table = IcioTable::new(parts)
        .map_err(|error| LoadError::Table { path: source.name().to_owned(), error: Box::new(error) })?;
    Ok(table.with_description(options.unit.clone(), None))
}
