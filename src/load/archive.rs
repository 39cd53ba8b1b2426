//! Zip archives: databases are published in them, and are read without unpacking.
//!
//! Members are unpacked by a thread of their own and handed over in pieces, so unpacking and parsing go on at the same
//! time and no member is ever in memory whole unless an importer asks for that. An archive inside an archive (one year
//! each, as one edition of the OECD's tables has them) is read into memory and opened the same way.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, OnceLock};

use zip::ZipArchive;
use zip::result::ZipError;

use super::LoadError;
use super::source::{Place, Source, sha256, sha256_of};

/// Bytes handed over at a time.
const PIECE: usize = 1 << 20;
/// Pieces that may wait.
const WAITING: usize = 4;
/// Largest size that a member may claim: the largest published table is 6 GB of text.
const LARGEST: u64 = 64 << 30;
/// Deflate cannot pack tighter than 1032 to 1; a member of this size and a ratio near that holds one repeated byte, not
/// a table (published tables are packed 3 to 200 to 1).
const BOMB_RATIO: u64 = 900;
const BOMB_SIZE: u64 = 256 << 20;

/// An opened archive: the names and sizes of its members.
#[derive(Debug)]
pub(super) struct Archive {
    name: String,
    content: Content,
    members: Vec<String>,
    sizes: HashMap<String, Size>,
    sha256: OnceLock<String>,
}

#[derive(Debug, Clone)]
enum Content {
    File(PathBuf),
    Memory(Arc<[u8]>),
}

#[derive(Debug, Clone, Copy)]
struct Size {
    unpacked: u64,
    packed: u64,
    encrypted: bool,
}

/// Content that can be read from any place.
pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Do the first bytes say that this is a zip archive?
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Is a member of an archive no file of its maker's: hidden, as what systems put beside the files they pack?
fn is_hidden(member: &str) -> bool {
    member.rsplit('/').next().is_some_and(|name| name.starts_with('.')) || member.starts_with("__MACOSX/")
}

impl Archive {
    /// Reads the directory of an archive file.
    pub(super) fn open_file(path: &Path) -> Result<Self, LoadError> {
        Self::new(path.display().to_string(), Content::File(path.to_owned()))
    }

    /// Reads the directory of a workbook, which is an archive, wherever it is.
    pub(super) fn of_workbook(source: &Source) -> Result<Self, LoadError> {
        match source.place() {
            Place::File(path) => Self::open_file(path),
            Place::Memory => Self::new(source.name().to_owned(), Content::Memory(source.bytes()?.into())),
            Place::Member { archive, name } => {
                let mut bytes = Vec::new();
                archive
                    .open(name)?
                    .read_to_end(&mut bytes)
                    .map_err(|error| LoadError::Io { path: source.name().to_owned(), source: error })?;
                Self::new(source.name().to_owned(), Content::Memory(bytes.into()))
            }
        }
    }

    /// Unpacks every member once and keeps nothing: what does not unpack to the size and the checksum that the directory
    /// says is damaged, and is told before a reader trips over it.
    pub(super) fn verify(&self) -> Result<(), LoadError> {
        for member in &self.members {
            io::copy(&mut self.open(member)?, &mut io::sink()).map_err(|error| LoadError::Damaged {
                path: format!("{}/{member}", self.name),
                format: "a part of a workbook",
                message: error.to_string(),
            })?;
        }
        Ok(())
    }

    /// The bytes of the archive itself.
    pub(super) fn content(&self) -> Result<Box<dyn ReadSeek>, LoadError> {
        Ok(match &self.content {
            Content::File(path) => Box::new(io::BufReader::new(
                File::open(path).map_err(|source| LoadError::Io { path: self.name.clone(), source })?,
            )),
            Content::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    /// Reads the directory of an archive that is a member of another.
    pub(super) fn open_nested(&self, member: &str) -> Result<Self, LoadError> {
        let name = format!("{}/{member}", self.name);
        let mut bytes = Vec::new();
        self.open(member)?
            .read_to_end(&mut bytes)
            .map_err(|source| LoadError::Io { path: name.clone(), source })?;
        let nested = Self::new(name, Content::Memory(bytes.into()))?;
        // What a user can check is the file on disk.
        nested.sha256.get_or_init(|| self.sha256().unwrap_or_default());
        Ok(nested)
    }

    fn new(name: String, content: Content) -> Result<Self, LoadError> {
        let mut archive =
            Self { name, content, members: Vec::new(), sizes: HashMap::new(), sha256: OnceLock::new() };
        let mut zip = archive.zip()?;
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(|error| archive.damaged(&error))?;
            if entry.is_file() {
                let size = Size {
                    unpacked: entry.size(),
                    packed: entry.compressed_size(),
                    encrypted: entry.encrypted(),
                };
                let member = entry.name().map_err(|error| archive.damaged(&error))?.into_owned();
                if is_hidden(&member) {
                    continue;
                }
                archive.sizes.insert(member.clone(), size);
                archive.members.push(member);
            }
        }
        Ok(archive)
    }

    /// Path of the archive.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The archive file; nothing for an archive inside another.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::File(path) => Some(path),
            Content::Memory(_) => None,
        }
    }

    /// Names of the members, in the order of the archive.
    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(String::as_str)
    }

    /// Unpacked size of a member; nothing when it is not there.
    pub(super) fn size(&self, member: &str) -> Option<u64> {
        self.sizes.get(member).map(|size| size.unpacked)
    }

    /// Is this the archive that a workbook (xlsx, xlsb) is, not a parcel of tables?
    pub(super) fn is_workbook(&self) -> bool {
        self.sizes.contains_key("[Content_Types].xml")
    }

    /// SHA-256 of the archive file.
    pub(super) fn sha256(&self) -> Result<String, LoadError> {
        if let Some(known) = self.sha256.get() {
            return Ok(known.clone());
        }
        let failed = |source| LoadError::Io { path: self.name.clone(), source };
        let found = match &self.content {
            Content::File(path) => sha256_of(File::open(path).map_err(failed)?).map_err(failed)?,
            Content::Memory(bytes) => sha256(bytes),
        };
        Ok(self.sha256.get_or_init(|| found).clone())
    }

    /// Every member as a source, archives inside this one opened in their turn.
    pub(super) fn sources(self: &Arc<Self>) -> Result<Vec<Source>, LoadError> {
        let mut sources = Vec::new();
        for name in &self.members {
            let source = Source::at(Place::Member { archive: Arc::clone(self), name: name.clone() })?;
            if is_zip(source.head()) && name.to_lowercase().ends_with(".zip") {
                let nested = Arc::new(self.open_nested(name)?);
                for inner in &nested.members {
                    sources.push(Source::at(Place::Member {
                        archive: Arc::clone(&nested),
                        name: inner.clone(),
                    })?);
                }
            } else {
                sources.push(source);
            }
        }
        Ok(sources)
    }

    /// A stream of a member.
    ///
    /// # Errors
    /// No such member, an encrypted one, one that claims an absurd size.
    pub(super) fn open(&self, member: &str) -> Result<Unpacking, LoadError> {
        let path = || format!("{}/{member}", self.name);
        let size =
            self.sizes.get(member).ok_or_else(|| LoadError::NotFound { path: path(), nearest: None })?;
        if size.encrypted {
            return Err(LoadError::Encrypted { path: path() });
        }
        let ratio = size.unpacked / size.packed.max(1);
        if size.unpacked > LARGEST || (size.unpacked > BOMB_SIZE && ratio > BOMB_RATIO) {
            return Err(LoadError::Bomb { path: path(), packed: size.packed, unpacked: size.unpacked });
        }
        let zip = self.zip()?;
        let (sender, receiver) = sync_channel(WAITING);
        let (member, claimed) = (member.to_owned(), size.unpacked);
        std::thread::spawn(move || {
            let result = unpack(zip, &member, claimed, |piece| sender.send(Ok(piece)).is_ok());
            if let Err(error) = result {
                // Nobody waits for the error when the reader has gone: then it does not matter.
                let _ = sender.send(Err(error));
            }
        });
        Ok(Unpacking { receiver, piece: Vec::new(), read: 0 })
    }

    fn zip(&self) -> Result<ZipArchive<Box<dyn ReadSeek>>, LoadError> {
        ZipArchive::new(self.content()?).map_err(|error| self.damaged(&error))
    }

    fn damaged(&self, error: &ZipError) -> LoadError {
        LoadError::Damaged { path: self.name.clone(), format: "a zip archive", message: error.to_string() }
    }
}

/// Unpacks a member piece by piece until `take` has enough.
fn unpack(
    mut zip: ZipArchive<Box<dyn ReadSeek>>,
    member: &str,
    claimed: u64,
    mut take: impl FnMut(Vec<u8>) -> bool,
) -> io::Result<()> {
    let mut entry = zip.by_name(member).map_err(io::Error::other)?;
    let mut total = 0;
    loop {
        let mut piece = vec![0; PIECE];
        let mut filled = 0;
        while filled < PIECE {
            match entry.read(&mut piece[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        if filled == 0 {
            return Ok(());
        }
        total += filled as u64;
        if total > claimed {
            return Err(io::Error::other(format!(
                "the member is larger than the {claimed} bytes that the archive's directory says"
            )));
        }
        piece.truncate(filled);
        if !take(piece) {
            return Ok(());
        }
    }
}

/// A member being unpacked.
pub(super) struct Unpacking {
    receiver: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    read: usize,
}

impl Read for Unpacking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.piece.len() {
            match self.receiver.recv() {
                Ok(piece) => (self.piece, self.read) = (piece?, 0),
                // The unpacking thread is done.
                Err(_) => return Ok(0),
            }
        }
        let count = buffer.len().min(self.piece.len() - self.read);
        buffer[..count].copy_from_slice(&self.piece[self.read..self.read + count]);
        self.read += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    /// An archive of members with these contents.
    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn opened(bytes: Vec<u8>) -> Result<Arc<Archive>, LoadError> {
        Archive::new("a.zip".into(), Content::Memory(bytes.into())).map(Arc::new)
    }

    #[test]
    fn members_are_streamed_and_archives_inside_are_opened() {
        let long: Vec<u8> = (0..3 * PIECE + 17).map(|k| (k % 251) as u8).collect();
        let inner = archive(&[("2000.csv", b"inner"), ("folder/2001.csv", &long)]);
        let whole = opened(archive(&[("readme.txt", b"r"), ("x/1999.csv", b"outer"), ("years.zip", &inner)]))
            .unwrap();
        let sources = whole.sources().unwrap();
        let names: Vec<&str> = sources.iter().map(Source::name).collect();
        assert_eq!(
            names,
            [
                "a.zip/readme.txt",
                "a.zip/x/1999.csv",
                "a.zip/years.zip/2000.csv",
                "a.zip/years.zip/folder/2001.csv"
            ]
        );
        assert_eq!(sources[1].year(), Some(1999));
        assert_eq!(sources[2].bytes().unwrap(), b"inner");
        assert_eq!(sources[3].bytes().unwrap(), long);
        assert_eq!(sources[3].sha256().unwrap(), whole.sha256().unwrap(), "the file a user can check");
        // A reader that stops early leaves nothing hanging.
        let mut few = [0; 3];
        sources[3].open().unwrap().read_exact(&mut few).unwrap();
        assert_eq!(few, [0, 1, 2]);
    }

    #[test]
    fn files_beside_a_member_are_found_by_their_relative_name() {
        let whole =
            opened(archive(&[("d/Z.txt", b"z"), ("d/sat/F.txt", b"f"), ("other.txt", b"o")])).unwrap();
        let z = whole.sources().unwrap().remove(0);
        assert_eq!(z.siblings().unwrap(), ["Z.txt", "sat/F.txt"]);
        assert_eq!(z.sibling("sat/F.txt").unwrap().unwrap().bytes().unwrap(), b"f");
        assert!(z.sibling("other.txt").unwrap().is_none());
    }

    #[test]
    fn a_member_that_unpacks_to_an_absurd_size_is_not_unpacked() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("zeros.csv", SimpleFileOptions::default()).unwrap();
        let zeros = vec![b'0'; 1 << 20];
        (0..300).for_each(|_| zip.write_all(&zeros).unwrap());
        let whole = opened(zip.finish().unwrap().into_inner()).unwrap();
        let error = whole.open("zeros.csv").err().unwrap();
        assert!(matches!(error, LoadError::Bomb { unpacked: 314_572_800, .. }), "{error}");
    }

    #[test]
    fn a_damaged_archive_says_so() {
        let bytes = archive(&[("2000.csv", b"content")]);
        let error = opened(bytes[..bytes.len() - 10].to_vec()).err().unwrap();
        assert!(error.to_string().contains("zip archive"), "{error}");
    }
}
