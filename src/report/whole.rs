//! Files that appear whole or not at all, with their notes beside them.

use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use tempfile::{NamedTempFile, TempDir};

use super::ReportError;
use crate::interrupt::{Scrap, together};
use crate::machine::host_name;

/// `out.csv` -> `out.csv.notes.json`: where the notes of a result stand.
pub fn notes_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".notes.json");
    name.into()
}

/// The folder that a file stands in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes to a temporary file in the same folder and renames it: a reader sees the old file or the whole new one.
///
/// # Errors
/// The folder does not take the file; whatever `produce` returns.
pub fn write_whole<E: From<ReportError>>(
    path: &Path,
    produce: impl FnOnce(&mut ResultFile<'_>) -> Result<(), E>,
) -> Result<(), E> {
    if is_stream(path) {
        return into_stream(path, produce);
    }
    let path = &behind_link(path).map_err(refused(path))?;
    Ok(Half::produce(folder_of(path), path, produce)?.keep(path)?)
}

/// Is there something that is no file and no folder: a device, a pipe, what another program has opened? It takes what is
/// written, nothing takes its place.
pub fn is_stream(path: &Path) -> bool {
    let Ok(found) = fs::metadata(path) else { return false };
    if !found.is_file() {
        return !found.is_dir();
    }
    // `/dev/stdout` leads to a file where the shell writes to one: that file is the shell's.
    let opened = |path: &Path| folder_of(path).canonicalize().is_ok_and(|folder| folder.starts_with("/proc"));
    steps(path).take(LINKS).any(|step| opened(&step))
}

/// As many links as the system follows.
const LINKS: usize = 40;

/// A path, what it leads to where it is a symbolic link, and so on; without end where links lead to each other.
fn steps(path: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::successors(Some(path.to_owned()), |path| Some(folder_of(path).join(fs::read_link(path).ok()?)))
}

fn into_stream<E: From<ReportError>>(
    path: &Path,
    produce: impl FnOnce(&mut ResultFile<'_>) -> Result<(), E>,
) -> Result<(), E> {
    // Behind what stands there: a shell may have written to the file that it has opened.
    let mut file = File::options().append(true).open(path).map_err(refused(path))?;
    produce(&mut ResultFile { file: &mut file, path })
}

/// The file that a symbolic link points to, also one that is still to be made: the link stays one.
///
/// # Errors
/// Links in a circle.
pub fn behind_link(path: &Path) -> io::Result<PathBuf> {
    let mut last = path.to_owned();
    for (position, step) in steps(path).enumerate() {
        if position > LINKS {
            return Err(io::Error::other("links that lead to each other"));
        }
        last = step;
    }
    Ok(last)
}

/// The same with what belongs to it (its notes), written when the file is complete and before it has its name: an
/// interruption sees the old state, or the file and all of it, and a disk without room for the notes has neither.
///
/// # Errors
/// The folder does not take the file; whatever `produce` and `beside` return. `beside` must not call this function.
pub fn write_whole_and<E: From<ReportError>>(
    path: &Path,
    produce: impl FnOnce(&mut ResultFile<'_>) -> Result<(), E>,
    beside: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    if is_stream(path) {
        // Nothing can stand beside a stream: what is said of the result goes to standard error alone.
        return into_stream(path, produce);
    }
    let path = &behind_link(path).map_err(refused(path))?;
    let half = Half::produce(folder_of(path), path, produce)?;
    together(|| {
        beside()?;
        Ok(half.keep(path)?)
    })
}

/// The file that becomes a result: what goes wrong with it is told with the name that it will have.
#[derive(Debug)]
pub struct ResultFile<'a> {
    file: &'a mut File,
    path: &'a Path,
}

impl ResultFile<'_> {
    fn named(&self, source: io::Error) -> io::Error {
        io::Error::new(source.kind(), OfFile { path: self.path.display().to_string(), source })
    }
}

impl Write for ResultFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|source| self.named(source))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|source| self.named(source))
    }
}

/// What the system said about a file.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub(super) struct OfFile {
    pub(super) path: String,
    pub(super) source: io::Error,
}

/// A file that is complete but has not its name yet; gone when it is dropped, or when the process is interrupted.
#[derive(Debug)]
pub struct Half {
    // Dropped in this order: the file is taken away while it is still known.
    temporary: NamedTempFile,
    scrap: Scrap,
}

impl Half {
    /// Writes what becomes `path` to a temporary file in a folder of the same file system.
    ///
    /// # Errors
    /// As [`write_whole`].
    pub fn produce<E: From<ReportError>>(
        scratch: &Path,
        path: &Path,
        produce: impl FnOnce(&mut ResultFile<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (temporary, scrap) =
            Scrap::make(|| temporary(scratch, path), |temporary| temporary.path().to_owned())
                .map_err(refused(path))?;
        let mut half = Self { temporary, scrap };
        produce(&mut ResultFile { file: half.temporary.as_file_mut(), path })?;
        half.temporary.as_file().sync_all().map_err(refused(path))?;
        make_readable(&half.temporary).map_err(refused(path))?;
        Ok(half)
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn keep(self, path: &Path) -> Result<(), ReportError> {
        let Self { temporary, scrap } = self;
        let kept = temporary.persist(path).map_err(|error| refused(path)(error.error));
        drop(scrap);
        kept.map(drop)
    }
}

/// `.tmp.out.csv.`: how every temporary name of a file begins.
fn lead(path: &Path) -> String {
    /// A name has at most 255 bytes: so many letters of the file's leave room for the rest.
    const LETTERS: usize = 40;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".tmp.{}.", name.chars().take(LETTERS).collect::<String>())
}

/// `.tmp.out.csv.4242@node7.`: the name of the file, and of the process on its machine.
fn prefix(path: &Path) -> String {
    format!("{}{}@{}.", lead(path), process::id(), host_name().unwrap_or_default())
}

/// `.tmp.out.4242@node7.Ab12Cd`: a folder that becomes `path`, named as a half-written file of that name would be, and what
/// holds the lock on it.
///
/// # Errors
/// The folder above does not take it.
pub fn temporary_folder(path: &Path) -> io::Result<(TempDir, Option<File>)> {
    let made = tempfile::Builder::new().prefix(&prefix(path)).tempdir_in(folder_of(path))?;
    // A file system without locks: then what is left there stays.
    let held = File::open(made.path()).ok().filter(|folder| folder.try_lock().is_ok());
    Ok((made, held))
}

/// `.tmp.out.csv.4242@node7.Ab12Cd`: who finds it can tell which process was writing it, and where. The lock on it goes
/// with the process.
fn temporary(scratch: &Path, path: &Path) -> io::Result<NamedTempFile> {
    let made = tempfile::Builder::new().prefix(&prefix(path)).tempfile_in(scratch)?;
    // A file system without locks: then what is left there stays.
    let _ = made.as_file().try_lock();
    Ok(made)
}

/// What commands that were killed left on their way to `path`, a file or a folder. Files of other machines and other users
/// are none of it, nor any file where the system does not list its processes or has no locks: nobody can tell whether they
/// are still written.
pub fn left_behind(path: &Path) -> Vec<PathBuf> {
    let (Some(host), Ok(this)) = (host_name(), fs::metadata("/proc/self")) else { return Vec::new() };
    let Ok(entries) = fs::read_dir(folder_of(path)) else { return Vec::new() };
    let lead = lead(path);
    let is_left = |entry: &DirEntry| {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| process_of(name.strip_prefix(&lead)?, &host));
        process.is_some_and(|process| !Path::new("/proc").join(process.to_string()).exists())
            && entry.metadata().is_ok_and(|found| !found.is_symlink() && same_owner(&found, &this))
            && is_unlocked(&entry.path())
    };
    entries.flatten().filter(is_left).map(|entry| entry.path()).collect()
}

/// Takes away what [`left_behind`] found.
///
/// # Errors
/// The folder does not let it go.
pub fn take_away(left: &Path) -> io::Result<()> {
    if left.is_dir() { fs::remove_dir_all(left) } else { fs::remove_file(left) }
}

/// Does nobody hold a file or folder? Containers may share a machine's name and number their processes by themselves, so
/// that who is not listed may live all the same.
fn is_unlocked(path: &Path) -> bool {
    // A folder cannot be opened for writing, and some file systems lock only files that are.
    let opened = if path.is_dir() { File::open(path) } else { File::options().write(true).open(path) };
    opened.is_ok_and(|file| file.try_lock().is_ok())
}

/// `4242@node7.Ab12Cd` -> 4242, when it is of this machine.
fn process_of(rest: &str, host: &str) -> Option<u32> {
    let (process, rest) = rest.split_once('@')?;
    let (written_on, _) = rest.rsplit_once('.')?;
    process.parse().ok().filter(|_| written_on == host)
}

#[cfg(unix)]
fn same_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn same_owner(_one: &Metadata, _other: &Metadata) -> bool {
    false
}

fn refused(path: &Path) -> impl Fn(io::Error) -> ReportError {
    move |source| ReportError::Io { path: path.display().to_string(), source }
}

/// Temporary files are private; a result gets the permissions that a plainly created file would have.
#[cfg(unix)]
fn make_readable(temporary: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    temporary.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_temporary: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Column, Frame, Measure, ResultNotes};
    use crate::report::WRITERS;

    /// A file on a disk that is full after some bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let kind = io::ErrorKind::StorageFull;
            self.0 = self
                .0
                .checked_sub(bytes.len())
                .ok_or_else(|| io::Error::new(kind, OfFile { path: "out.x".into(), source: kind.into() }))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[cfg(unix)]
    #[test]
    fn devices_take_what_is_written_and_links_stay_links() {
        let write = |path: &Path| {
            write_whole_and::<ReportError>(
                path,
                |file| file.write_all(b"new").map_err(refused(path)),
                || Ok(()),
            )
        };
        // Asked first: nothing is written where a device would be replaced.
        let device = Path::new("/dev/null");
        assert!(is_stream(device));
        write(device).unwrap();
        assert!(is_stream(device));
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target.csv"), folder.path().join("link.csv"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink("target.csv", &link).unwrap();
        write(&link).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        // A link to a file that is still to be made, one to a folder that is not there, links in a circle.
        fs::remove_file(&target).unwrap();
        write(&link).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        for (name, target) in [("far", "gone/target.csv"), ("one", "two"), ("two", "one")] {
            std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
        }
        for name in ["far", "one"] {
            let link = folder.path().join(name);
            assert!(write(&link).is_err(), "{name}");
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "{name} stays");
        }
    }

    #[test]
    fn every_format_tells_which_file_did_not_take_it() {
        let values = Column::Number((0..5_000).map(|k| f64::from(k).sqrt()).collect());
        let frame = Frame::new().with("value", Measure::Pure, values);
        for writer in WRITERS {
            for room in [0, 10] {
                let mut sink = writer.start(Box::new(Full(room)), &ResultNotes::default());
                let error = sink.write(&frame).and_then(|()| sink.finish()).unwrap_err();
                let ReportError::Io { path, source } = &error else { panic!("{}: {error}", writer.id()) };
                assert_eq!((path.as_str(), source.kind()), ("out.x", io::ErrorKind::StorageFull));
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_left_behind_is_that_of_processes_of_this_machine_that_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut child = process::Command::new("true").spawn().unwrap();
        let gone = child.id();
        child.wait().unwrap();
        let host = host_name().unwrap();
        let living = process::id();
        let names = [
            format!(".tmp.out.csv.{gone}@{host}.Ab12Cd"),
            format!(".tmp.out.csv.{living}@{host}.Ab12Cd"),
            format!(".tmp.out.csv.{gone}@not-{host}.Ab12Cd"),
            format!(".tmp.out.csv.notes.json.{gone}@{host}.Ab12Cd"),
            ".tmpAb12Cd".to_owned(),
        ];
        names.iter().for_each(|name| fs::write(folder.path().join(name), "half").unwrap());
        // Of a process that is not listed here and lives, as in another container.
        let elsewhere =
            File::create(folder.path().join(format!(".tmp.out.csv.{gone}@{host}.Ef34Gh"))).unwrap();
        elsewhere.try_lock().unwrap();
        assert_eq!(left_behind(&path), [folder.path().join(&names[0])]);
        assert_eq!(left_behind(&folder.path().join("out")), [] as [PathBuf; 0]);
        // Folders that were to become `out`: one that nobody fills any more, one that somebody does, and a new one.
        let out = folder.path().join("out");
        let [half, filled] =
            ["Gh56Ij", "Kl78Mn"].map(|word| folder.path().join(format!(".tmp.out.{gone}@{host}.{word}")));
        [&half, &filled].into_iter().for_each(|folder| fs::create_dir(folder).unwrap());
        fs::write(half.join("report.html"), "half").unwrap();
        let held = File::open(&filled).unwrap();
        held.try_lock().unwrap();
        let (new, lock) = temporary_folder(&out).unwrap();
        assert!(lock.is_some() && !is_unlocked(new.path()), "who fills a folder holds it");
        assert!(new.path().display().to_string().contains(&format!("/.tmp.out.{living}@{host}.")));
        assert_eq!(left_behind(&out), std::slice::from_ref(&half));
        take_away(&half).unwrap();
        assert_eq!(left_behind(&out), [] as [PathBuf; 0]);
        let made = temporary(folder.path(), &path).unwrap();
        let name = made.path().file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name.starts_with(&format!(".tmp.out.csv.{living}@{host}.")), "{name}");
        assert!(!is_unlocked(made.path()), "who writes a file holds it");
        assert!(temporary(folder.path(), &folder.path().join("é".repeat(120))).is_ok(), "a long name");
    }

    #[test]
    fn without_what_belongs_to_it_a_file_does_not_appear() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        std::fs::write(&path, "before").unwrap();
        let refused = || Err(io::Error::from(io::ErrorKind::StorageFull).into());
        let error = write_whole_and::<ReportError>(&path, |file| Ok(file.write_all(b"after")?), refused);
        assert!(error.is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no scraps");
        write_whole_and::<ReportError>(&path, |file| Ok(file.write_all(b"after")?), || Ok(())).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "after");
    }
}
