//! Files to tables: one importer a database or layout, recognised from content, not from the file's name.
//!
//! To add a database: one file that implements [`Importer`], one line in [`IMPORTERS`].

pub mod accounts;
mod archive;
mod assemble;
mod builtin;
mod canonical;
mod canonical_csv;
mod canonical_parquet;
pub mod concordance;
mod discover;
mod error;
mod grid;
pub mod known_files;
mod label_csv;
pub mod margins;
pub mod national;
pub mod panel;
pub mod prices;
pub mod renaming;
pub mod satellite;
mod source;
pub mod sparse_store;
mod text_grid;
pub mod wiod13_sea;
mod wiod16_national;

pub use accounts::satellites;
pub use builtin::{Builtin, NationalBuiltin, builtins, national_builtins};
pub use canonical_csv::CanonicalCsv;
pub use canonical_parquet::CanonicalParquet;
pub use discover::{TableRef, discover};
pub use error::LoadError;
pub use national::NationalYear;
pub use panel::PanelParquet;
pub use source::{Progress, Source, sha256, sha256_of_file};

use crate::kernel::stored::Storage;
use crate::table::{IcioTable, TableParts};

/// What a user may say about a file that the file does not say itself.
#[derive(Clone, Default)]
pub struct ReadOptions {
    /// Importer id; recognised from content when absent.
    pub importer: Option<String>,
    /// Unit of the flows, when the source does not state it.
    pub unit: Option<String>,
    /// How intermediate use is kept in memory; as the importer hands it over when absent.
    pub store: Option<Storage>,
    /// Which year, when the source holds several or does not say.
    pub year: Option<i32>,
    /// Told how far reading has come.
    pub progress: Option<Progress>,
}

impl std::fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadOptions")
            .field("importer", &self.importer)
            .field("unit", &self.unit)
            .field("store", &self.store)
            .field("year", &self.year)
            .finish_non_exhaustive()
    }
}

/// A reader of one file layout.
pub trait Importer: Sync {
    /// Flat id, as on the command line.
    fn id(&self) -> &'static str;
    /// One sentence: which files it reads.
    fn summary(&self) -> &'static str;
    /// Does the content look like this layout? Looks at the first bytes (and, for databases of several files, at the
    /// names of the files beside it).
    fn recognises(&self, source: &Source) -> bool;

    /// Years of the tables in a source that it recognises: the one in the file's name unless the layout says otherwise.
    ///
    /// # Errors
    /// A file that cannot be read far enough to say.
    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(source.year().into_iter().collect())
    }

    /// Is a file of this name a part of a table of this layout that is never opened by itself (labels, final demand)?
    fn companion(&self, _file_name: &str) -> bool {
        false
    }

    /// Reads the table; `options.year` is the wanted one where a source holds several.
    ///
    /// # Errors
    /// What, where, expected, found.
    fn read(&self, source: &Source, options: &ReadOptions) -> Result<TableParts, LoadError>;
}

/// Every importer, in the order in which they are tried.
pub static IMPORTERS: &[&dyn Importer] = &[&PanelParquet, &CanonicalParquet, &CanonicalCsv];

/// Reads one source with the importer that is named or that recognises it.
///
/// # Errors
/// Unknown importer, unknown layout, and whatever the importer finds.
pub fn read(source: &Source, options: &ReadOptions) -> Result<IcioTable, LoadError> {
    if source.is_empty() {
        return Err(LoadError::EmptyFile { path: source.name().to_owned() });
    }
    let importer = match &options.importer {
        Some(id) => IMPORTERS.iter().copied().find(|importer| importer.id() == id).ok_or_else(|| {
            LoadError::UnknownImporter {
                name: id.clone(),
                known: IMPORTERS.iter().map(|importer| importer.id()).collect::<Vec<_>>().join(", "),
            }
        })?,
        None => discover::recognise(source)
            .ok_or_else(|| LoadError::UnknownLayout { path: source.name().to_owned() })?,
    };
    let mut parts = importer.read(source, options)?;
    parts.provenance.source = source.name().to_owned();
    parts.provenance.sha256 = source.sha256()?;
    parts.provenance.importer = importer.id().to_owned();
    parts.year = parts.year.or(options.year).or(source.year());
    let table = IcioTable::new(parts)
        .map_err(|error| LoadError::Table { path: source.name().to_owned(), error: Box::new(error) })?;
    Ok(table.with_description(options.unit.clone(), None))
}
