//! Files to tables: one importer a database or layout, recognised from content, not from the file's name.
//!
//! To add a database: one file that implements [`Importer`], one line in [`IMPORTERS`].

pub mod accounts;
mod adb;
mod archive;
mod assemble;
mod builtin;
mod canonical;
mod canonical_csv;
mod canonical_parquet;
mod companions;
mod compose;
pub mod concordance;
mod discover;
mod edges;
mod emerging;
mod eora26;
mod error;
mod exiobase3;
mod figaro;
pub mod figures;
mod file_format;
mod gloria;
mod grid;
pub mod known_files;
mod label_csv;
mod label_set;
mod large;
mod layout;
mod long_cells;
mod long_text;
pub mod margins;
pub mod national;
mod national_store;
pub mod network_parquet;
mod oecd;
mod oecd_national;
pub mod panel;
pub mod prices;
pub mod renaming;
mod room;
pub mod satellite;
mod saved_result;
mod source;
pub mod sparse_store;
mod text_grid;
mod underscore;
mod wiod13;
pub mod wiod13_sea;
mod wiod16;
mod wiod16_national;
mod wiod16_niot;
mod wiod_long_run;
mod wiot;
mod workbook;

pub use accounts::satellites;
pub use adb::Adb;
pub use builtin::{Builtin, NationalBuiltin, builtins, citation, national_builtins};
pub use canonical_csv::{CanonicalCsv, TableNotes};
pub use canonical_parquet::{CanonicalParquet, PROVENANCE_KEY, ROLES_KEY, UNIT_KEY, YEAR_KEY};
pub use companions::Companion;
pub use discover::{TableRef, discover, discover_all, doubled};
pub use edges::Edges;
pub use emerging::Emerging;
pub use eora26::Eora26;
pub use error::LoadError;
pub use exiobase3::Exiobase3;
pub use figaro::{Figaro, FigaroFlat};
pub use file_format::FileFormat;
pub use gloria::Gloria;
pub use layout::{Described, sha256_of_layout};
pub use national::{NATIONAL_IMPORTERS, NationalImporter, NationalYear};
pub use network_parquet::NetworkParquet;
pub use oecd::OecdIcio;
pub use panel::PanelParquet;
pub use satellite::SATELLITE_IMPORTERS;
pub use saved_result::{SavedResult, saved_result};
pub use source::{Progress, Source, sha256, sha256_of_file};
pub use wiod_long_run::WiodLongRun;
pub use wiod13::Wiod13;
pub use wiod16::Wiod16;

use std::path::PathBuf;

use self::assemble::UNKNOWN_UNIT;
use crate::kernel::stored::Storage;
use crate::table::{IcioTable, Repair, TableParts};

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
    /// A TOML file that describes the layout, for [`Described`].
    pub layout: Option<PathBuf>,
    /// Memory that may be used, in bytes; what the machine has left when absent. A file that needs more is refused.
    pub memory: Option<u64>,
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
            .field("layout", &self.layout)
            .field("memory", &self.memory)
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

    /// Every file besides this one that [`Importer::read`] takes anything from and that is there: what a result rests on,
    /// beside the content of the source.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    fn companions(&self, _source: &Source) -> Result<Vec<Source>, LoadError> {
        Ok(Vec::new())
    }

    /// Looks for what [`Importer::read`] is certain to refuse and that costs nothing to see.
    ///
    /// # Errors
    /// As [`Importer::read`].
    fn look_at(&self, _source: &Source) -> Result<(), LoadError> {
        Ok(())
    }

    /// Reads the table; `options.year` is the wanted one where a source holds several.
    ///
    /// # Errors
    /// What, where, expected, found.
    fn read(&self, source: &Source, options: &ReadOptions) -> Result<TableParts, LoadError>;
}

/// Every importer, in the order in which they are tried.
pub static IMPORTERS: &[&dyn Importer] = &[
    &PanelParquet,
    &NetworkParquet,
    &CanonicalParquet,
    &CanonicalCsv,
    &OecdIcio,
    &Figaro,
    &FigaroFlat,
    &Wiod13,
    &Wiod16,
    &WiodLongRun,
    &Adb,
    &Exiobase3,
    &Eora26,
    &Gloria,
    &Emerging,
    &Edges,
    &Described,
];

/// Reads one source with the importer that is named or that recognises it.
///
/// # Errors
/// Unknown importer, unknown layout, and whatever the importer finds.
pub fn read(source: &Source, options: &ReadOptions) -> Result<IcioTable, LoadError> {
    let importer = importer_of(source, options)?;
    let mut parts = importer.read(source, options)?;
    let labels = parts.rows.iter().flat_map(|(economy, sector)| [economy, sector]).chain(&parts.categories);
    check_encoding(source, labels)?;
    parts.provenance.source = source.name().to_owned();
    parts.provenance.sha256 = source.sha256()?;
    parts.provenance.importer = importer.id().to_owned();
    if let (None, None, Some(year)) = (parts.year, source.year(), options.year) {
        parts.provenance.repairs.push(Repair {
            name: "year-given".into(),
            detail: format!("neither the table nor the name of its file tells a year: {year}, as asked for"),
            count: 1,
        });
    }
    parts.year = parts.year.or(options.year).or(source.year());
    if let Some(unit) =
        options.unit.as_ref().filter(|unit| **unit != parts.unit && parts.unit != UNKNOWN_UNIT)
    {
        parts.provenance.repairs.push(Repair {
            name: "unit-overruled".into(),
            detail: format!("the source says `{}`; `{unit}` as asked for", parts.unit),
            count: 1,
        });
    }
    let told_in_name = source::years_in(source.file_name());
    if told_in_name.iter().any(|year| Some(*year) != parts.year) && parts.year == source.year() {
        let years: Vec<String> = told_in_name.iter().map(i32::to_string).collect();
        parts.provenance.repairs.push(Repair {
            name: "year-from-name".into(),
            detail: format!("the name of the file tells {}: the first is taken", years.join(", ")),
            count: 1,
        });
    }
    let table = IcioTable::new(parts)
        .map_err(|error| LoadError::Table { path: source.name().to_owned(), error: Box::new(error) })?;
    Ok(table.with_description(options.unit.clone(), None))
}

/// Refuses labels that were no text: bytes of another encoding would be told as a sign that stands for all of them.
///
/// # Errors
/// [`LoadError::Encoding`] with the first of them.
fn check_encoding<'a>(
    source: &Source,
    labels: impl IntoIterator<Item = &'a String>,
) -> Result<(), LoadError> {
    match labels.into_iter().find(|label| label.contains(char::REPLACEMENT_CHARACTER)) {
        None => Ok(()),
        Some(label) => Err(LoadError::Encoding { path: source.name().to_owned(), label: label.to_owned() }),
    }
}

/// The importer that is named or that recognises a source, by its beginning.
///
/// # Errors
/// An empty file, an unknown importer, an unknown layout.
fn importer_of(source: &Source, options: &ReadOptions) -> Result<&'static dyn Importer, LoadError> {
    let path = || source.name().to_owned();
    if source.is_empty() {
        return Err(LoadError::EmptyFile { path: path() });
    }
    let format = FileFormat::of(source.file_name(), source.head());
    if let Some(found @ FileFormat::RObject) = format {
        return Err(LoadError::OtherTableFormat { path: path(), found });
    }
    if format == Some(FileFormat::Gzip) {
        return Err(LoadError::Gzip { path: path() });
    }
    if source.head().starts_with(b"\xFF\xFE") || source.head().starts_with(b"\xFE\xFF") {
        return Err(LoadError::Encoding { path: path(), label: "UTF-16".into() });
    }
    let described = options.layout.as_ref().map(|_| Described.id().to_owned());
    Ok(match options.importer.as_ref().or(described.as_ref()) {
        Some(id) => IMPORTERS.iter().copied().find(|importer| importer.id() == id).ok_or_else(|| {
            LoadError::UnknownImporter {
                name: id.clone(),
                known: IMPORTERS.iter().map(|importer| importer.id()).collect::<Vec<_>>().join(", "),
                nearest: crate::labels::nearest(IMPORTERS.iter().map(|importer| importer.id()), id),
            }
        })?,
        None => match discover::recognise(source) {
            // Any Parquet file may be a table in the canonical layout, also one that holds national tables.
            importer
                if importer.is_none_or(|one| one.id() == CanonicalParquet.id())
                    && national::holds(source) =>
            {
                return Err(LoadError::OtherStore {
                    path: source.name().to_owned(),
                    holds: "national tables",
                });
            }
            Some(importer) => importer,
            None if workbook::is_encrypted(source)? => {
                return Err(LoadError::Encrypted { path: source.name().to_owned() });
            }
            None => {
                // A damaged archive says itself what is wrong with it.
                if let Some(path) = source.path().filter(|_| archive::is_zip(source.head())) {
                    archive::Archive::open_file(path)?;
                }
                if let Some(columns) = text_grid::numbers_alone(source.first_line()) {
                    return Err(LoadError::NoLabels { path: path(), columns });
                }
                return Err(match format {
                    Some(found @ FileFormat::Delimited(_)) => {
                        LoadError::OtherTableFormat { path: path(), found }
                    }
                    _ => LoadError::UnknownLayout { path: path() },
                });
            }
        },
    })
}
