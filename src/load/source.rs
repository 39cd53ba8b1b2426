//! One table's bytes, wherever they are: a file, a member of a zip archive, standard input, memory.
//!
//! A [`Source`] knows its name and its first bytes, which is enough to recognise a layout; the rest is streamed, so a
//! table of many gigabytes costs no memory before an importer asks for it.

use std::fs::File;
use std::io::{self, BufRead, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::LoadError;
use super::archive::{Archive, is_zip};
use super::workbook::Sheet;
use crate::labels;

/// Bytes looked at to recognise a layout.
const HEAD: u64 = 64 << 10;
/// Lines among which the header is.
const FIRST_LINES: usize = 12;
/// Bytes hashed at a time.
const CHUNK: usize = 1 << 20;

/// Told while a source is read: bytes of it done, and bytes in all where that is known.
pub type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// A table file that can be read from its start as often as needed.
pub struct Source {
    name: String,
    place: Place,
    year: Option<i32>,
    head: Vec<u8>,
    whole: OnceLock<Vec<u8>>,
    sha256: OnceLock<String>,
    sheets: OnceLock<Vec<Sheet>>,
    progress: Option<Progress>,
    memory: Option<u64>,
}

#[derive(Debug, Clone)]
pub(super) enum Place {
    Memory,
    File(PathBuf),
    Member { archive: Arc<Archive>, name: String },
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("year", &self.year).finish_non_exhaustive()
    }
}

impl Source {
    /// Bytes that came from somewhere else than a file.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        let head = bytes[..bytes.len().min(HEAD as usize)].to_vec();
        Self {
            name: name.to_owned(),
            place: Place::Memory,
            year: None,
            head,
            whole: OnceLock::from(bytes),
            sha256: OnceLock::new(),
            sheets: OnceLock::new(),
            progress: None,
            memory: None,
        }
    }

    /// A file; reads its first bytes.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn from_path(path: &Path) -> Result<Self, LoadError> {
        Self::at(Place::File(path.to_owned()))
    }

    /// A place; reads its first bytes.
    pub(super) fn at(place: Place) -> Result<Self, LoadError> {
        let (name, year) = match &place {
            Place::Memory => ("-".to_owned(), None),
            Place::File(path) => (path.display().to_string(), year_in_name(path)),
            Place::Member { archive, name } => {
                (format!("{}/{name}", archive.name()), year_in_name(Path::new(name)))
            }
        };
        if let Place::File(path) = &place
            && let Some(found) = stream_at(path)
        {
            return Err(LoadError::NotAFile { path: name, found });
        }
        let mut source = Self {
            name,
            place,
            year,
            head: Vec::new(),
            whole: OnceLock::new(),
            sha256: OnceLock::new(),
            sheets: OnceLock::new(),
            progress: None,
            memory: None,
        };
        let mut head = Vec::new();
        source.open()?.take(HEAD).read_to_end(&mut head).map_err(|error| source.failed(error))?;
        source.head = head;
        Ok(source)
    }

    /// The same source, telling somebody how far reading has come.
    #[must_use]
    pub(super) fn watched(mut self, progress: Option<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// The same source, with the memory that reading may use.
    #[must_use]
    pub(super) fn within(mut self, memory: Option<u64>) -> Self {
        self.memory = memory;
        self
    }

    /// Memory that reading may use, in bytes, where somebody has stated it.
    pub(super) fn memory(&self) -> Option<u64> {
        self.memory
    }

    /// Who is told how far reading has come.
    pub(super) fn progress(&self) -> Option<&Progress> {
        self.progress.as_ref()
    }

    /// The first rows of each sheet, looked at once.
    pub(super) fn sheets(&self, look: impl FnOnce() -> Vec<Sheet>) -> &[Sheet] {
        self.sheets.get_or_init(look)
    }

    /// Where it is.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Path of a plain file: for readers that take only parts of it.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            _ => None,
        }
    }

    /// Path, `builtin:` name, `ARCHIVE/MEMBER`, or `-`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The last part of the name: what a file is called without its folder.
    pub fn file_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name)
    }

    /// The first bytes (64 KiB, or all there are).
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The first line, without its end, as far as the first bytes hold it.
    pub fn first_line(&self) -> &[u8] {
        let line = self.head.split(|&byte| byte == b'\n').next().unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Columns as far as they can be told from the first line of a text, the schema of a Parquet file or what the sheets
    /// of a workbook say of their size: a bound on the rows of the table, known without reading it. Nothing for other
    /// binary files, and for texts and Parquet with a row a cell.
    pub(super) fn columns(&self) -> Option<usize> {
        if self.head.starts_with(b"PAR1") {
            return match &self.place {
                Place::File(path) => super::canonical_parquet::columns(File::open(path).ok()?),
                _ => super::canonical_parquet::columns(Cursor::new(self.bytes().ok()?)),
            };
        }
        if is_zip(&self.head) {
            return super::workbook::columns(self);
        }
        if self.head.contains(&0) {
            return None;
        }
        // Titles may stand above the header: the widest of the first lines.
        let mut columns = 1;
        let mut reader = io::BufReader::new(self.open().ok()?);
        for _ in 0..FIRST_LINES {
            let mut line = Vec::new();
            if reader.read_until(b'\n', &mut line).ok()? == 0 {
                break;
            }
            let separators = |wanted: u8| line.iter().filter(|byte| **byte == wanted).count();
            columns = columns.max(separators(b',').max(separators(b'\t')).max(separators(b';')) + 1);
        }
        // Lines as long as those at the start; a head of one line is a wide table.
        let lines_seen = memchr::memchr_iter(b'\n', &self.head).count() as u64;
        let lines = self.len().map_or(0, |len| len * lines_seen / self.head.len().max(1) as u64);
        is_wide(columns, lines).then_some(columns)
    }

    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.head.is_empty()
    }

    /// Size in bytes, unpacked.
    pub fn len(&self) -> Option<u64> {
        match &self.place {
            Place::Memory => self.whole.get().map(|bytes| bytes.len() as u64),
            Place::File(path) => std::fs::metadata(path).ok().map(|metadata| metadata.len()),
            Place::Member { archive, name } => archive.size(name),
        }
    }

    /// A stream from the first byte.
    ///
    /// # Errors
    /// The file is gone or cannot be read; a member that is encrypted or claims an absurd size.
    pub fn open(&self) -> Result<Box<dyn Read + Send + '_>, LoadError> {
        let stream: Box<dyn Read + Send + '_> = match &self.place {
            Place::Memory => Box::new(Cursor::new(self.whole.get().map_or(&[][..], Vec::as_slice))),
            Place::File(path) => Box::new(File::open(path).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => missing(path),
                _ => self.failed(source),
            })?),
            Place::Member { archive, name } => Box::new(archive.open(name)?),
        };
        Ok(match &self.progress {
            Some(progress) => {
                Box::new(Watched { stream, done: 0, total: self.len(), progress: Arc::clone(progress) })
            }
            None => stream,
        })
    }

    /// The whole content, read once and kept.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn bytes(&self) -> Result<&[u8], LoadError> {
        if let Some(bytes) = self.whole.get() {
            return Ok(bytes);
        }
        let mut bytes = Vec::with_capacity(self.len().map_or(0, |len| len.min(1 << 32) as usize));
        self.open()?.read_to_end(&mut bytes).map_err(|error| self.failed(error))?;
        Ok(self.whole.get_or_init(|| bytes))
    }

    /// Year in the file's name, when there is one.
    pub fn year(&self) -> Option<i32> {
        self.year
    }

    /// SHA-256 in hexadecimal: of the content, for a member of an archive of the archive file (what a user can check).
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn sha256(&self) -> Result<String, LoadError> {
        if let Some(known) = self.sha256.get() {
            return Ok(known.clone());
        }
        let sha256 = match (&self.place, self.whole.get()) {
            (Place::Member { archive, .. }, _) => archive.sha256()?,
            (_, Some(bytes)) => sha256(bytes),
            (_, None) => sha256_of(self.open()?).map_err(|error| self.failed(error))?,
        };
        Ok(self.sha256.get_or_init(|| sha256).clone())
    }

    /// Takes the hash that a reader computed on its way through the content.
    pub(super) fn remember_sha256(&self, digest: Sha256) {
        if !matches!(self.place, Place::Member { .. }) {
            self.sha256.get_or_init(|| hex(&digest.finalize()));
        }
    }

    /// Is hashing while reading of any use?
    pub(super) fn wants_hash(&self) -> bool {
        !matches!(self.place, Place::Member { .. }) && self.sha256.get().is_none()
    }

    /// Names of the files in the same folder and below it, relative to it, sorted; empty for a stream.
    ///
    /// # Errors
    /// A folder that cannot be listed.
    pub fn siblings(&self) -> Result<Vec<String>, LoadError> {
        match &self.place {
            Place::Memory => Ok(Vec::new()),
            Place::File(path) => {
                let folder = folder_of(path);
                let mut names = Vec::new();
                list(folder, "", 3, &mut names)
                    .map_err(|source| LoadError::Io { path: folder.display().to_string(), source })?;
                names.sort();
                Ok(names)
            }
            Place::Member { archive, name } => {
                let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let below = |member: &str| match folder {
                    "" => Some(member.to_owned()),
                    _ => Some(member.strip_prefix(folder)?.strip_prefix('/')?.to_owned()),
                };
                let mut names: Vec<String> = archive.members().filter_map(below).collect();
                names.sort();
                Ok(names)
            }
        }
    }

    /// A file beside this one, by its name relative to the folder; nothing when it is not there.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn sibling(&self, name: &str) -> Result<Option<Self>, LoadError> {
        let place = match &self.place {
            Place::Memory => return Ok(None),
            Place::File(path) => {
                let path = folder_of(path).join(name);
                if !path.is_file() {
                    return Ok(None);
                }
                Place::File(path)
            }
            Place::Member { archive, name: own } => {
                let name = match own.rsplit_once('/') {
                    Some((folder, _)) => format!("{folder}/{name}"),
                    None => name.to_owned(),
                };
                if archive.size(&name).is_none() {
                    return Ok(None);
                }
                Place::Member { archive: Arc::clone(archive), name }
            }
        };
        Ok(Some(Self::at(place)?.watched(self.progress.clone()).within(self.memory)))
    }

    /// A file inside an archive that lies beside this one, or (for a member of an archive file) beside that archive, by
    /// its name without folders; nothing when either is not there.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub(super) fn beside_in_archive(&self, archive: &str, member: &str) -> Result<Option<Self>, LoadError> {
        let Some(file) = self.beside(archive)? else { return Ok(None) };
        let opened = match &file.place {
            Place::Memory => return Ok(None),
            Place::File(path) => Archive::open_file(path)?,
            Place::Member { archive, name } => archive.open_nested(name)?,
        };
        let found = Arc::new(opened).sources()?.into_iter().find(|source| source.file_name() == member);
        Ok(found.map(|source| source.within(self.memory)))
    }

    /// A file beside this one or, for a member of an archive file, beside that archive.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub(super) fn beside(&self, name: &str) -> Result<Option<Self>, LoadError> {
        if let Some(found) = self.sibling(name)? {
            return Ok(Some(found));
        }
        match &self.place {
            Place::Member { archive, .. } => match archive.path() {
                Some(path) if folder_of(path).join(name).is_file() => {
                    Ok(Some(Self::from_path(&folder_of(path).join(name))?.within(self.memory)))
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Names of the files beside this one and, for a member of an archive file, beside that archive.
    ///
    /// # Errors
    /// A folder that cannot be listed.
    pub(super) fn names_beside(&self) -> Result<Vec<String>, LoadError> {
        let mut names = self.siblings()?;
        if let Place::Member { archive, .. } = &self.place
            && let Some(path) = archive.path()
        {
            let folder = folder_of(path);
            list(folder, "", 1, &mut names)
                .map_err(|source| LoadError::Io { path: folder.display().to_string(), source })?;
        }
        Ok(names)
    }

    /// The last year in the name of the file, else of its folder, else of its archive: for databases whose files are
    /// called the same in every year.
    pub(super) fn year_of_folder(&self) -> Option<i32> {
        self.name.rsplit(['/', '\\']).take(3).find_map(|part| years_in(part).pop())
    }

    /// A read that failed half-way.
    pub(super) fn failed(&self, source: io::Error) -> LoadError {
        LoadError::Io { path: self.name.clone(), source }
    }
}

/// Can a table of so many columns, those of final demand among them, have so many lines? Otherwise each is a cell.
pub(super) fn is_wide(columns: usize, lines: u64) -> bool {
    /// Rows below the industries, and lines that only seem more because they are shorter than the first ones.
    const MORE: u64 = 100;
    lines <= 2 * columns as u64 + MORE
}

/// A stream that tells how far it is.
struct Watched<R> {
    stream: R,
    done: u64,
    total: Option<u64>,
    progress: Progress,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.done += count as u64;
        (self.progress)(self.done, self.total);
        Ok(count)
    }
}

/// SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// It is not there, or cannot be read.
pub fn sha256_of_file(path: &Path) -> Result<String, LoadError> {
    Source::from_path(path)?.sha256()
}

/// SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of a stream, in hexadecimal.
pub(super) fn sha256_of(mut stream: impl Read) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            count => digest.update(&buffer[..count]),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The first run of exactly four digits between 1900 and 2100 in the file's name. Importers whose databases put an
/// edition first know better.
pub(super) fn year_in_name(path: &Path) -> Option<i32> {
    years_in(path.file_stem()?.to_str()?).first().copied()
}

/// Every run of exactly four digits between 1900 and 2100, in order.
pub(super) fn years_in(name: &str) -> Vec<i32> {
    name.split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 4)
        .filter_map(|run| run.parse().ok())
        .filter(|year| (1900..=2100).contains(year))
        .collect()
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Files of a folder and of the folders in it, relative to the first.
fn list(folder: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = entry.path();
        if path.is_file() {
            names.push(format!("{prefix}{name}"));
        } else if path.is_dir() && depth > 1 {
            list(&path, &format!("{prefix}{name}/"), depth - 1, names)?;
        }
    }
    Ok(())
}

/// What stands at a path instead of a file: opening a pipe would wait for somebody who writes, what was read of it is gone
/// for the next reader, and some devices never end.
#[cfg(unix)]
fn stream_at(path: &Path) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;

    let kind = std::fs::metadata(path).ok()?.file_type();
    if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else if kind.is_char_device() || kind.is_block_device() {
        Some("a device")
    } else {
        None
    }
}

/// Elsewhere nothing tells it.
#[cfg(not(unix))]
fn stream_at(_path: &Path) -> Option<&'static str> {
    None
}

/// What is told of a path that cannot be opened because nothing is there.
pub(super) fn missing(path: &Path) -> LoadError {
    let name = path.display().to_string();
    match end_of_links(path) {
        Some(target) => LoadError::LinkToNothing { path: name, target: target.display().to_string() },
        None => LoadError::NoFile { path: name, nearest: neighbour(path) },
    }
}

/// Where a symbolic link leads, through further links; nothing when the path is no link.
fn end_of_links(path: &Path) -> Option<PathBuf> {
    /// As many as Linux follows: a circle of links must end here, too.
    const MOST: usize = 40;
    let step = |link: &PathBuf| Some(link.with_file_name(std::fs::read_link(link).ok()?));
    std::iter::successors(Some(path.to_owned()), step).take(MOST).skip(1).last()
}

/// A file of a similar name in the same folder, when it can be opened: a link to nowhere cannot.
fn neighbour(path: &Path) -> Option<String> {
    let parent = folder_of(path);
    let wanted = path.file_name()?.to_str()?;
    let names: Vec<String> = std::fs::read_dir(parent)
        .ok()?
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().exists())?.file_name().into_string().ok())
        .collect();
    let nearest = labels::nearest(names.iter().map(String::as_str), wanted)?;
    // Said as it was asked: a bare name with a bare name.
    Some(path.with_file_name(nearest).display().to_string())
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
        assert_eq!(years_in("ICIO2021_1995"), [2021, 1995]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_to_where_nothing_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("b.csv", path("a.csv")).unwrap();
        std::os::unix::fs::symlink("gone/c.csv", path("b.csv")).unwrap();
        assert_eq!(end_of_links(&path("a.csv")), Some(path("gone/c.csv")));
        assert_eq!(end_of_links(&path("c.csv")), None);
        std::os::unix::fs::symlink("circle.csv", path("circle.csv")).unwrap();
        assert_eq!(end_of_links(&path("circle.csv")), Some(path("circle.csv")));
        // `b.csv` is near, and as good as nothing.
        std::fs::write(path("production.csv"), "").unwrap();
        assert_eq!(neighbour(&path("productoin.csv")), Some(path("production.csv").display().to_string()));
        assert_eq!(neighbour(&path("bb.csv")), None);
    }

    #[test]
    fn a_source_is_hashed_alike_in_memory_and_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, b"row,A.s\n").unwrap();
        let file = Source::from_path(&path).unwrap();
        let memory = Source::from_bytes("-", b"row,A.s\n".to_vec());
        assert_eq!(file.sha256().unwrap(), memory.sha256().unwrap());
        assert_eq!(file.bytes().unwrap(), memory.bytes().unwrap());
        assert_eq!(file.first_line(), b"row,A.s");
        assert_eq!(file.siblings().unwrap(), ["a.csv"]);
        assert!(file.sibling("b.csv").unwrap().is_none());
    }
}
