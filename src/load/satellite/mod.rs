//! Satellite accounts: any amount by economy and sector (jobs, labour income, emissions) to be traced in place of value
//! added.
//!
//! One's own figures are a CSV in long form ([`SatelliteFile`]); published accounts are recognised by their content, as
//! tables are. To add a layout: one file that implements [`SatelliteImporter`], one line in [`SATELLITE_IMPORTERS`].
//!
//! Published files hold up to several thousand accounts. Their names and units are read first, then the figures of the one
//! that is asked for and no others.

mod account;
mod eora26;
mod error;
mod exiobase3;
mod exioml;
mod gloria;
mod lines;
mod own;
mod wiod_sea;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use account::{Direct, Laid, PublishedAccount};
pub use eora26::Eora26Satellite;
pub use error::SatelliteError;
pub use exiobase3::Exiobase3Extension;
pub use exioml::ExioMl;
pub use gloria::GloriaSatellite;
pub use own::SatelliteFile;
pub use wiod_sea::WiodSea;

use super::archive::{Archive, is_zip};
use super::source::Place;
use super::wiod13_sea::SocioEconomicAccounts;
use super::{FileFormat, LoadError, Source, discover};
use crate::table::{AccountVariable, Provenance};

/// By what a satellite file of the user's own is known as a source.
pub const IMPORTER: &str = "satellite";

/// A reader of one layout of published satellite accounts.
pub trait SatelliteImporter: Sync {
    /// Flat id, as in the notes of a result.
    fn id(&self) -> &'static str;

    /// One sentence: which files it reads.
    fn summary(&self) -> &'static str;

    /// Does the content look like this layout?
    fn recognises(&self, source: &Source) -> bool;

    /// What a file of the same database is that holds something else than amounts by industry, and which file does hold
    /// them.
    fn other_part(&self, _source: &Source) -> Option<OtherPart> {
        None
    }

    /// The accounts of a file, in its order, without their figures.
    ///
    /// # Errors
    /// A damaged file, a part that is missing.
    fn accounts(&self, source: &Source) -> Result<Vec<AccountVariable>, LoadError>;

    /// One of them, by its position among [`SatelliteImporter::accounts`].
    ///
    /// # Errors
    /// As [`SatelliteImporter::accounts`]; a cell that is not a number.
    fn read(
        &self,
        source: &Source,
        position: usize,
        account: &AccountVariable,
    ) -> Result<Published, LoadError>;
}

/// Every importer of published accounts, in the order in which they are tried.
pub static SATELLITE_IMPORTERS: &[&dyn SatelliteImporter] =
    &[&Exiobase3Extension, &ExioMl, &WiodSea::Of2013, &WiodSea::Of2016, &Eora26Satellite, &GloriaSatellite];

/// A file of a database of accounts that is not the one to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherPart {
    /// What it holds.
    pub holds: &'static str,
    /// Name of the file to give.
    pub instead: String,
}

/// An account that was read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Published {
    /// A figure for every row of a table.
    Rows(PublishedAccount),
    /// Figures by industry and year.
    Long(SatelliteFile),
    /// Accounts in national currency and the name of the one that is meant: the table tells the rates.
    SocioEconomic(SocioEconomicAccounts, String),
}

/// What a file of published accounts holds.
#[derive(Debug)]
pub struct Listing {
    /// Where it is.
    pub source: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Id of the importer.
    pub importer: &'static str,
    /// Names and units.
    pub accounts: Vec<AccountVariable>,
}

/// Was a source read by one of these importers?
pub fn is_importer(id: &str) -> bool {
    id == IMPORTER || SATELLITE_IMPORTERS.iter().any(|importer| importer.id() == id)
}

/// Reads one account of published ones: of a file, of a folder or archive with several files of them, or of a member of an
/// archive (`IOT_2011_ixi.zip/IOT_2011_ixi/satellite/F.txt`). Nothing for a file that looks like one's own.
///
/// # Errors
/// Nothing there, no layout that is read, several accounts and none chosen or one that is not there, damaged files.
pub fn published(place: &Path, wanted: Option<&str>) -> Result<Option<Published>, LoadError> {
    let files = match recognised(place)? {
        Recognised::Own => return Ok(None),
        Recognised::Files(files) => files,
    };
    let mut lists = Vec::with_capacity(files.len());
    for (source, importer) in &files {
        lists.push(importer.accounts(source)?);
    }
    let failed = |error| LoadError::Satellite { path: place.display().to_string(), error };
    let (file, position) = choose(&files, &lists, wanted).map_err(failed)?;
    let (source, importer) = &files[file];
    importer.read(source, position, &lists[file][position]).map(Some)
}

/// The accounts of a file of published ones; nothing when it is none.
///
/// # Errors
/// It is one, and damaged.
pub fn listing(file: &Path) -> Result<Option<Listing>, LoadError> {
    let Some(source) = one_source(file)? else { return Ok(None) };
    if is_zip(source.head()) && !is_workbook(&source) {
        return Ok(None);
    }
    let Some(importer) = importer_of(&source) else { return Ok(None) };
    Ok(Some(Listing {
        source: source.name().to_owned(),
        accounts: importer.accounts(&source)?,
        sha256: source.sha256()?,
        importer: importer.id(),
    }))
}

/// What is expected of a file of accounts, in words.
pub(super) fn expected() -> String {
    let published: Vec<&str> = SATELLITE_IMPORTERS.iter().map(|importer| importer.summary()).collect();
    format!(
        "CSV with the columns economy,sector,value (and year, satellite, unit), or published accounts: {}",
        published.join("; ")
    )
}

fn importer_of(source: &Source) -> Option<&'static dyn SatelliteImporter> {
    SATELLITE_IMPORTERS.iter().copied().find(|importer| importer.recognises(source))
}

/// Where figures come from: a file, its hash, who read it and what is cited.
fn provenance(source: &Source, importer: &str, citation: Option<&str>) -> Result<Provenance, LoadError> {
    Ok(Provenance {
        source: source.name().to_owned(),
        sha256: source.sha256()?,
        importer: importer.into(),
        citation: citation.map(str::to_owned),
        ..Provenance::default()
    })
}

/// What a path leads to.
enum Recognised {
    /// A text of the user's own.
    Own,
    /// Files of published accounts, at least one.
    Files(Vec<(Source, &'static dyn SatelliteImporter)>),
}

fn recognised(place: &Path) -> Result<Recognised, LoadError> {
    let unknown = |found: String| LoadError::UnknownSatellite { path: place.display().to_string(), found };
    if place.is_dir() {
        let mut files = Vec::new();
        for path in files_below(place, DEPTH)? {
            files.push(Source::from_path(&path)?);
        }
        return among(files, unknown);
    }
    let Some(source) = one_source(place)? else {
        // Whoever reads it says that nothing is there.
        return Ok(Recognised::Own);
    };
    if is_zip(source.head()) && !is_workbook(&source) {
        return among(Arc::new(Archive::open_file(place)?).sources()?, unknown);
    }
    if let Some(importer) = importer_of(&source) {
        return Ok(Recognised::Files(vec![(source, importer)]));
    }
    if looks_like_own(&source) {
        return Ok(Recognised::Own);
    }
    if let Some(part) = SATELLITE_IMPORTERS.iter().find_map(|importer| importer.other_part(&source)) {
        let OtherPart { holds, instead } = part;
        return Err(LoadError::OtherAmounts { path: place.display().to_string(), holds, instead });
    }
    // A format that is read nowhere is told with the way out of it.
    match other_format(&source) {
        Some(found) => Err(LoadError::OtherFormat { path: place.display().to_string(), found }),
        None => Err(unknown(what_it_is(&source))),
    }
}

/// Those of some files that are accounts.
fn among(files: Vec<Source>, unknown: impl Fn(String) -> LoadError) -> Result<Recognised, LoadError> {
    let count = files.len();
    let found: Vec<_> = files
        .into_iter()
        .filter_map(|source| importer_of(&source).map(|importer| (source, importer)))
        .collect();
    match found.len() {
        0 => Err(unknown(format!("{count} files and no accounts among them"))),
        _ => Ok(Recognised::Files(found)),
    }
}

/// Folders below the one that is named: `IOT_2011_ixi/air_emissions/F.txt`.
const DEPTH: usize = 3;

fn files_below(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, LoadError> {
    let failed = |source| LoadError::Io { path: folder.display().to_string(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            if depth > 1 {
                files.extend(files_below(&path, depth - 1)?);
            }
        } else if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A file, or a member of an archive file that the beginning of the path is; nothing when neither is there.
fn one_source(place: &Path) -> Result<Option<Source>, LoadError> {
    if place.is_file() {
        return Source::from_path(place).map(Some);
    }
    if place.exists() {
        return Ok(None);
    }
    let Some(file) = place.ancestors().skip(1).find(|ancestor| ancestor.is_file()) else { return Ok(None) };
    let Ok(member) = place.strip_prefix(file) else { return Ok(None) };
    if !is_zip(Source::from_path(file)?.head()) {
        return Ok(None);
    }
    let name = member.to_string_lossy().into_owned();
    let archive = Arc::new(Archive::open_file(file)?);
    if archive.size(&name).is_none() {
        let nearest = crate::labels::nearest(archive.members(), &name)
            .map(|member| format!("{}/{member}", file.display()));
        return Err(LoadError::NoFile { path: place.display().to_string(), nearest });
    }
    Source::at(Place::Member { archive, name }).map(Some)
}

fn is_workbook(source: &Source) -> bool {
    Archive::of_workbook(source).is_ok_and(|archive| archive.is_workbook())
}

/// A text that names one of the columns of one's own accounts, or has nothing in it: reading it says what is missing.
fn looks_like_own(source: &Source) -> bool {
    let line = String::from_utf8_lossy(source.first_line());
    let is_text = !source.head().contains(&0);
    source.is_empty() || is_text && own::COLUMNS.iter().any(|column| line.contains(column))
}

/// A file that is neither a text nor Parquet, nor a table that is read. What stands between the fields of a text says nothing:
/// published accounts have tabs and commas.
fn other_format(source: &Source) -> Option<FileFormat> {
    // What is no workbook was opened as an archive.
    let format = match is_zip(source.head()) {
        true => Some(FileFormat::Workbook),
        false => FileFormat::of(source.file_name(), source.head()),
    };
    let told = |format: &FileFormat| !matches!(format, FileFormat::Delimited(_) | FileFormat::Parquet);
    format.filter(told).filter(|_| discover::recognise(source).is_none())
}

/// What a file is that holds no accounts, in words.
fn what_it_is(source: &Source) -> String {
    /// The beginning of a line says what it is.
    const LETTERS: usize = 60;
    let head = source.head();
    // Any Parquet file may be a table.
    if head.starts_with(b"PAR1") {
        return "a Parquet file without accounts".into();
    }
    if let Some(importer) = discover::recognise(source) {
        return format!("an input-output table ({})", importer.id());
    }
    if head.contains(&0) {
        return "a binary file".into();
    }
    let line = String::from_utf8_lossy(source.first_line()).replace('\t', " ");
    let shown: String = line.chars().take(LETTERS).collect();
    let more = if line.chars().count() > LETTERS { " ..." } else { "" };
    format!("a text that begins with `{shown}{more}`")
}

/// Where the one account is that is meant: file, and position in it.
fn choose(
    files: &[(Source, &'static dyn SatelliteImporter)],
    lists: &[Vec<AccountVariable>],
    wanted: Option<&str>,
) -> Result<(usize, usize), SatelliteError> {
    let of = |(file, list): (usize, &Vec<AccountVariable>)| -> Vec<(usize, usize)> {
        (0..list.len()).map(|position| (file, position)).collect()
    };
    let all: Vec<(usize, usize)> = lists.iter().enumerate().flat_map(of).collect();
    let (count, accounts) = (all.len(), lists.iter().flatten());
    let Some(wanted) = wanted else {
        return match all.as_slice() {
            [only] => Ok(*only),
            _ => Err(SatelliteError::Unchosen { count, first: told(accounts) }),
        };
    };
    let found: Vec<(usize, usize)> =
        all.into_iter().filter(|(file, position)| lists[*file][*position].name == wanted).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let near = near(accounts.clone(), wanted);
            Err(SatelliteError::NoAccount {
                name: wanted.to_owned(),
                count,
                near: !near.is_empty(),
                known: if near.is_empty() { told(accounts) } else { near },
            })
        }
        several => Err(SatelliteError::Ambiguous {
            name: wanted.to_owned(),
            files: several.iter().map(|(file, _)| files[*file].0.name()).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// Accounts that are told where one of many is meant.
const SHOWN: usize = 8;

/// The first accounts with their units.
fn told<'a>(accounts: impl Iterator<Item = &'a AccountVariable>) -> String {
    let mut accounts = accounts.peekable();
    let mut words = Vec::new();
    for account in accounts.by_ref().take(SHOWN) {
        words.push(match account.unit.as_str() {
            "" => format!("`{}`", account.name),
            unit => format!("`{}` ({unit})", account.name),
        });
    }
    if accounts.peek().is_some() {
        words.push("...".into());
    }
    words.join(", ")
}

/// Accounts that may have been meant: those that have the word in their names, else the one that is spelt most alike.
fn near<'a>(accounts: impl Iterator<Item = &'a AccountVariable> + Clone, wanted: &str) -> String {
    let word = wanted.to_lowercase();
    let holding = accounts.clone().filter(|account| account.name.to_lowercase().contains(&word));
    let holding = told(holding);
    if !holding.is_empty() && !word.is_empty() {
        return holding;
    }
    let nearest = crate::labels::nearest(accounts.clone().map(|account| account.name.as_str()), wanted);
    let Some(nearest) = nearest else { return String::new() };
    told(accounts.filter(|account| account.name == nearest).take(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(names: &[&str]) -> Vec<AccountVariable> {
        names.iter().map(|name| AccountVariable { name: (*name).into(), unit: "kg".into() }).collect()
    }

    fn chosen(
        lists: &[Vec<AccountVariable>],
        wanted: Option<&str>,
    ) -> Result<(usize, usize), SatelliteError> {
        let importer: &'static dyn SatelliteImporter = &Exiobase3Extension;
        let files: Vec<_> = (0..lists.len())
            .map(|k| (Source::from_bytes(&format!("{k}/F.txt"), Vec::new()), importer))
            .collect();
        choose(&files, lists, wanted)
    }

    #[test]
    fn one_account_is_found_by_its_name_in_any_of_the_files() {
        let lists = [accounts(&["CO2 - air", "CH4 - air"]), accounts(&["Land use"])];
        assert_eq!(chosen(&lists, Some("CH4 - air")), Ok((0, 1)));
        assert_eq!(chosen(&lists, Some("Land use")), Ok((1, 0)));
        assert_eq!(chosen(&lists[1..], None), Ok((0, 0)));
        let twice = [accounts(&["CO2 - air"]), accounts(&["CO2 - air"])];
        assert!(matches!(
            chosen(&twice, Some("CO2 - air")),
            Err(SatelliteError::Ambiguous { files, .. }) if files == "0/F.txt, 1/F.txt"
        ));
    }

    #[test]
    fn one_of_many_accounts_that_is_not_there_is_answered_with_those_that_hold_the_word() {
        let names: Vec<String> = (0..20).map(|k| format!("Water {k}")).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.extend(["CO2 - combustion - air", "Employment"]);
        let lists = [accounts(&names)];
        match chosen(&lists, None).unwrap_err() {
            SatelliteError::Unchosen { count: 22, first } => {
                assert!(
                    first.starts_with("`Water 0` (kg), ") && first.ends_with("`Water 7` (kg), ..."),
                    "{first}"
                );
            }
            other => panic!("{other}"),
        }
        for (wanted, expected) in
            [("co2", "`CO2 - combustion - air` (kg)"), ("Emplyoment", "`Employment` (kg)")]
        {
            match chosen(&lists, Some(wanted)).unwrap_err() {
                SatelliteError::NoAccount { count: 22, near: true, known, .. } => assert_eq!(known, expected),
                other => panic!("{other}"),
            }
        }
        match chosen(&lists, Some("value added of nobody")).unwrap_err() {
            SatelliteError::NoAccount { near: false, known, .. } => {
                assert!(known.starts_with("`Water 0` (kg), "))
            }
            other => panic!("{other}"),
        }
    }
}
