//! Where tables are: files, directories of years, archives, standard input, embedded series.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::archive::{Archive, is_zip};
use super::panel::{self, Panel};
use super::source::{self, Place as SourcePlace};
use super::{
    Builtin, Companion, IMPORTERS, Importer, LoadError, ReadOptions, Source, accounts, builtin, companions,
    importer_of, known_files, national, read, room, sparse_store,
};
use crate::machine;
use crate::table::IcioTable;

/// Endings of files that hold a table, whether or not their content is recognised: such a file is never passed over.
const TABLE_ENDINGS: [&str; 4] = ["csv", "parquet", "xlsx", "xlsb"];

/// A table that can be opened: nothing but its first bytes is read yet, so a directory of years costs no memory.
#[derive(Debug, Clone)]
pub struct TableRef {
    place: Place,
    year: Option<i32>,
    /// Id of the importer that recognised it.
    importer: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum Place {
    Source(SourcePlace),
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
        let panel = Panel::open(source.name(), Cow::Owned(source.bytes()?.to_vec()))?;
        Ok(self.panel.get_or_init(|| panel))
    }
}

impl TableRef {
    /// Year, when the name or the content says it.
    pub fn year(&self) -> Option<i32> {
        self.year
    }

    /// Path or `builtin:` name.
    pub fn name(&self) -> String {
        match &self.place {
            Place::Source(SourcePlace::File(path)) => path.display().to_string(),
            Place::Source(SourcePlace::Member { archive, name }) => format!("{}/{name}", archive.name()),
            Place::Source(SourcePlace::Memory) | Place::StandardInput => "-".into(),
            Place::Panel { file, year } => format!("{}/{year}", file.path.display()),
            Place::Builtin { id, year } => format!("builtin:{id}/{year}"),
        }
    }

    /// SHA-256 of the file behind the table, which is read but not parsed: what a result will rest on. Nothing for a
    /// stream, which can be read only once.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn sha256(&self) -> Result<Option<String>, LoadError> {
        match &self.place {
            Place::Source(place) => Source::at(place.clone())?.sha256().map(Some),
            Place::Panel { file, .. } => Source::from_path(&file.path)?.sha256().map(Some),
            Place::StandardInput => Ok(None),
            Place::Builtin { id, .. } => Ok(Some(builtin::find(id)?.sha256()?.to_owned())),
        }
    }

    /// The files that are read with the table's own one (labels, final demand, factor inputs), sorted by name, with their
    /// hashes: together with [`TableRef::sha256`] everything that a result rests on.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn companions(&self, options: &ReadOptions) -> Result<Vec<Companion>, LoadError> {
        let Place::Source(place) = &self.place else { return Ok(Vec::new()) };
        if options.layout.is_some() {
            return Ok(Vec::new());
        }
        let Some(id) = options.importer.as_deref().or(self.importer) else { return Ok(Vec::new()) };
        match IMPORTERS.iter().find(|importer| importer.id() == id) {
            Some(importer) => companions::of(&Source::at(place.clone())?, *importer),
            None => Ok(Vec::new()),
        }
    }

    /// MD5 of the table's own bytes: of the member, not of the archive around it. Nothing where there is no such file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn md5(&self) -> Result<Option<String>, LoadError> {
        let Place::Source(place) = &self.place else { return Ok(None) };
        let source = Source::at(place.clone())?;
        let md5 = known_files::md5_of(source.open()?)
            .map_err(|error| LoadError::Io { path: self.name(), source: error })?;
        Ok(Some(md5))
    }

    /// The file behind the table, when it is one: for a member of an archive, the archive.
    pub fn file(&self) -> Option<&Path> {
        match &self.place {
            Place::Source(SourcePlace::File(path)) => Some(path),
            Place::Source(SourcePlace::Member { archive, .. }) => Some(Path::new(archive.name())),
            Place::Panel { file, .. } => Some(&file.path),
            Place::Source(SourcePlace::Memory) | Place::StandardInput | Place::Builtin { .. } => None,
        }
    }

    /// Columns of the table as far as they can be told from the file's first line, its schema or the size of its sheets: a
    /// bound on its rows, known without reading it. Nothing where a row of the file is a cell of the table.
    pub fn columns(&self) -> Option<usize> {
        match &self.place {
            Place::Source(place) => Source::at(place.clone()).ok()?.columns(),
            Place::Panel { file, .. } => file.panel().ok().map(Panel::columns),
            Place::StandardInput => None,
            Place::Builtin { id, .. } => builtin::find(id).and_then(Builtin::columns).ok(),
        }
    }

    /// Looks at the beginning of the file, and at its end where that tells more: whether anything can be read of it, and by whom.
    ///
    /// # Errors
    /// What opening it will say for certain: an empty file, a layout that nobody knows, a Parquet file without its end.
    pub fn look_at(&self, options: &ReadOptions) -> Result<(), LoadError> {
        match &self.place {
            Place::Source(place) => {
                let source = Source::at(place.clone())?;
                importer_of(&source, options)?.look_at(&source)
            }
            Place::StandardInput | Place::Panel { .. } | Place::Builtin { .. } => Ok(()),
        }
    }

    /// Reads and validates the table.
    ///
    /// # Errors
    /// Whatever is wrong with the file.
    pub fn open(&self, options: &ReadOptions) -> Result<IcioTable, LoadError> {
        let options = ReadOptions { year: options.year.or(self.year), ..options.clone() };
        let table = match &self.place {
            Place::Source(place) => read(
                &Source::at(place.clone())?.watched(options.progress.clone()).within(options.memory),
                &options,
            )?,
            Place::StandardInput => read(&standard_input()?, &options)?,
            Place::Panel { file, year } => {
                let panel = file.panel()?;
                room::for_panel(options.memory, &self.name(), panel.rows(), panel.columns())?;
                panel.table(*year)?.with_description(options.unit.clone(), None)
            }
            Place::Builtin { id, year } => {
                let given = [
                    ("--from", options.importer.is_some()),
                    ("--layout", options.layout.is_some()),
                    ("--unit", options.unit.is_some()),
                ];
                if let Some((option, _)) = given.into_iter().find(|(_, given)| *given) {
                    return Err(LoadError::EmbeddedOption { name: self.name(), option });
                }
                let table = builtin::open(id, *year)?;
                room::for_opened(options.memory, &self.name(), &table)?;
                table
            }
        };
        machine::give_back((table.intermediate_use().bytes() + 8 * table.final_demand().len()) as u64);
        let year = table.year().or(self.year);
        let table = table.with_description(None, year);
        match options.store {
            None => Ok(table),
            Some(storage) => {
                room::for_storage(options.memory, &self.name(), &table, storage)?;
                let kept = table.kept_as(storage);
                kept.map_err(|error| LoadError::Table { path: self.name(), error: Box::new(error) })
            }
        }
    }
}

fn standard_input() -> Result<Source, LoadError> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|source| LoadError::Io { path: "-".into(), source })?;
    Ok(Source::from_bytes("-", bytes))
}

/// The tables behind an input: a file, a directory of years, an archive, a panel of years, `builtin:NAME[/YEAR]`, or `-`.
///
/// `years` keeps only those years; an empty list keeps all.
///
/// # Errors
/// Nothing there, no table there, a year that is not there, two tables of one year: their results could not be told apart.
pub fn discover(input: &str, years: &[i32]) -> Result<Vec<TableRef>, LoadError> {
    let found = discover_all(input, years)?;
    match doubled(&found) {
        Some((year, first, second)) => {
            let (first, second) = (first.name(), second.name());
            Err(LoadError::YearTwice { path: input.to_owned(), year, first, second })
        }
        None => Ok(found),
    }
}

/// The same where several tables of one year may stand beside each other, to be looked at.
///
/// # Errors
/// Nothing there, no table there, or a year that is not there.
pub fn discover_all(input: &str, years: &[i32]) -> Result<Vec<TableRef>, LoadError> {
    let found = if let Some(name) = input.strip_prefix("builtin:") {
        builtin::discover(name)?
            .into_iter()
            .map(|(id, year)| TableRef {
                place: Place::Builtin { id, year },
                year: Some(year),
                importer: None,
            })
            .collect()
    } else if input == "-" {
        vec![TableRef { place: Place::StandardInput, year: None, importer: None }]
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

/// The first year of which there are two tables, and these.
pub fn doubled(tables: &[TableRef]) -> Option<(i32, &TableRef, &TableRef)> {
    let mut first_of: BTreeMap<i32, &TableRef> = BTreeMap::new();
    tables.iter().find_map(|table| {
        let year = table.year()?;
        Some((year, first_of.insert(year, table)?, table))
    })
}

fn discover_path(path: &Path) -> Result<Vec<TableRef>, LoadError> {
    if path.is_file() {
        if let Some(years) = panel::years_of_file(path) {
            let file = Arc::new(PanelFile { path: path.to_owned(), panel: OnceLock::new() });
            let table = |year| TableRef {
                place: Place::Panel { file: Arc::clone(&file), year },
                year: Some(year),
                importer: None,
            };
            return Ok(years.into_iter().map(table).collect());
        }
        let holds = sparse_store::layout_of_file(path).and_then(|(layout, _)| match layout.as_str() {
            national::LAYOUT => Some("national tables"),
            accounts::LAYOUT => Some("socio-economic accounts"),
            _ => None,
        });
        if let Some(holds) = holds {
            return Err(LoadError::OtherStore { path: path.display().to_string(), holds });
        }
        let source = Source::from_path(path)?;
        if is_zip(source.head()) {
            let archive = Arc::new(Archive::open_file(path)?);
            if !archive.is_workbook() {
                let found = tables_among(archive.sources()?)?;
                return if found.is_empty() {
                    Err(LoadError::NoTables { path: path.display().to_string() })
                } else {
                    Ok(found)
                };
            }
        }
        // One file is taken whatever it is: opening it says what is wrong with it.
        return references(&source, recognise(&source));
    }
    let mut found = tables_of_files(files(path)?)?;
    if found.is_empty() {
        // Databases of several files are one folder a year.
        for folder in folders(path)? {
            found.extend(tables_of_files(files(&folder)?)?);
        }
    }
    if found.is_empty() {
        return Err(LoadError::NoTables { path: path.display().to_string() });
    }
    Ok(found)
}

fn tables_of_files(files: Vec<PathBuf>) -> Result<Vec<TableRef>, LoadError> {
    let mut found = Vec::new();
    let mut rest = Vec::new();
    for file in files {
        match look_into(&file) {
            Ok((_, Some(archive))) => found.extend(tables_among(archive.sources()?)?),
            Ok((source, None)) => {
                // Called an archive of some year, and none: as it would be told if it were damaged further inside.
                let broken = file.extension().is_some_and(|ending| ending == "zip") && !is_zip(source.head());
                match source::year_in_name(&file).filter(|_| broken) {
                    Some(year) => found.push(unread(file, year)),
                    None => rest.push(source),
                }
            }
            // Opening it says what is wrong with it; the tables of other years are none the worse.
            Err(error) => match source::year_in_name(&file) {
                Some(year) => found.push(unread(file, year)),
                None => return Err(error),
            },
        }
    }
    found.extend(tables_among(rest)?);
    Ok(found)
}

/// The table of some year that a file should hold.
fn unread(file: PathBuf, year: i32) -> TableRef {
    TableRef { place: Place::Source(SourcePlace::File(file)), year: Some(year), importer: None }
}

/// One file of a folder, and what it is if it is an archive of others.
fn look_into(file: &Path) -> Result<(Source, Option<Arc<Archive>>), LoadError> {
    let source = Source::from_path(file)?;
    if !is_zip(source.head()) {
        return Ok((source, None));
    }
    let archive = Arc::new(Archive::open_file(file)?);
    Ok((source, (!archive.is_workbook()).then_some(archive)))
}

/// The tables among some files that lie together: what an importer recognises, without the files that belong to those
/// tables, and what is called a table and is not recognised (opening it says so).
fn tables_among(sources: Vec<Source>) -> Result<Vec<TableRef>, LoadError> {
    let recognised: Vec<(Source, Option<&'static dyn Importer>)> = sources
        .into_iter()
        .map(|source| {
            let importer = recognise(&source);
            (source, importer)
        })
        .collect();
    let importers: Vec<&'static dyn Importer> = recognised.iter().filter_map(|(_, one)| *one).collect();
    let mut tables = Vec::new();
    for (source, importer) in &recognised {
        let belongs = importers.iter().any(|importer| importer.companion(source.file_name()));
        if importer.is_some() || (called_a_table(source.file_name()) && !belongs) {
            tables.extend(references(source, *importer)?);
        }
    }
    Ok(tables)
}

/// Does the ending of a name say that this is a table?
pub(super) fn called_a_table(file_name: &str) -> bool {
    file_name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| TABLE_ENDINGS.contains(&ending.to_lowercase().as_str()))
}

/// The importer that recognises a source.
pub(super) fn recognise(source: &Source) -> Option<&'static dyn Importer> {
    IMPORTERS.iter().copied().find(|importer| importer.recognises(source))
}

/// One reference a year that the source holds.
fn references(source: &Source, importer: Option<&'static dyn Importer>) -> Result<Vec<TableRef>, LoadError> {
    let years = match importer {
        Some(importer) => importer.years(source)?,
        None => source.year().into_iter().collect(),
    };
    let reference = |year| TableRef {
        place: Place::Source(source.place().clone()),
        year,
        importer: importer.map(|importer| importer.id()),
    };
    if years.is_empty() {
        return Ok(vec![reference(None)]);
    }
    Ok(years.into_iter().map(|year| reference(Some(year))).collect())
}

/// The file, or the files of the directory, in order of their names.
pub(super) fn files(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let name = path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => match source::missing(path) {
            LoadError::NoFile { path, nearest } => {
                LoadError::NotFound { path, nearest: builtin::meant(&name).or(nearest) }
            }
            link => link,
        },
        _ => LoadError::Io { path: name.clone(), source: error },
    })?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let io = |source| LoadError::Io { path: name.clone(), source };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(io)? {
        let file = entry.map_err(io)?.path();
        // A link to nowhere, or a folder that is called a table: opening it says what is wrong with it.
        let called = || file.file_name().is_some_and(|name| called_a_table(&name.to_string_lossy()));
        // Hidden files are nobody's tables: among them are those that a running or killed command has half-written.
        let hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && (file.is_file() || called()) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The folders in a folder, in order of their names.
fn folders(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let io = |source| LoadError::Io { path: path.display().to_string(), source };
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(path).map_err(io)? {
        let folder = entry.map_err(io)?.path();
        if folder.is_dir() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

pub(super) fn span(years: &[i32]) -> String {
    match (years.iter().min(), years.iter().max()) {
        (Some(first), Some(last)) if years.len() > 4 && (last - first) as usize + 1 == years.len() => {
            format!("{first}-{last}")
        }
        (None, _) | (_, None) => "none with a year in its name".into(),
        _ => years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}
