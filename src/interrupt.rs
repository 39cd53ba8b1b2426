//! What this process has half-written, and how it is taken away when the process is told to stop.
//!
//! A [`Scrap`] is a file or folder under a temporary name, [`MadeFolder`] a folder that is worth keeping only with
//! something in it. Both are known here from before they exist until they have their final name, so that
//! [`sweep`], which the handler of Ctrl-C calls, leaves none of them. Steps that belong together (a result and its notes)
//! are taken in [`together`], which an interruption waits for.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// What is taken away with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The file or the folder with all that is in it.
    Whole,
    /// The folder, when nothing is in it.
    IfEmpty,
}

/// Everything that is half-written, by path. Sorted, so that folders stand before what is in them.
static KNOWN: Mutex<BTreeMap<PathBuf, Kind>> = Mutex::new(BTreeMap::new());

/// Held for reading by steps that belong together, for writing by the end of the process.
static STEPS: RwLock<()> = RwLock::new(());

fn known() -> MutexGuard<'static, BTreeMap<PathBuf, Kind>> {
    // A thread that panicked elsewhere leaves the list whole.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file or folder under a temporary name. It is forgotten, not removed, when this is dropped: by then it has its final
/// name, or its owner has removed it.
#[derive(Debug)]
pub struct Scrap {
    path: PathBuf,
}

impl Scrap {
    /// Makes something temporary and knows it from the first moment: an interruption comes before or after, never between.
    ///
    /// # Errors
    /// What `make` returns.
    pub fn make<T>(
        make: impl FnOnce() -> io::Result<T>,
        path: impl FnOnce(&T) -> PathBuf,
    ) -> io::Result<(T, Self)> {
        let mut known = known();
        let made = make()?;
        let path = path(&made);
        known.insert(path.clone(), Kind::Whole);
        Ok((made, Self { path }))
    }

    /// Takes the file away: once that is done another process may have one of its name, and no interruption must touch it;
    /// one that comes before finds it known.
    pub fn take_away(mut self) {
        let mut known = known();
        let path = std::mem::take(&mut self.path);
        // Whoever took it away already has done the same.
        let _ = fs::remove_file(&path);
        known.remove(&path);
        // Given back before this is dropped, which asks for it once more.
        drop(known);
    }
}

impl Drop for Scrap {
    fn drop(&mut self) {
        known().remove(&self.path);
    }
}

/// A folder, and those above it that were not there before. Dropped, or interrupted, while nothing is in them, they go.
#[derive(Debug)]
pub struct MadeFolder {
    /// What was made, outermost first.
    made: Vec<PathBuf>,
}

impl MadeFolder {
    /// Makes a folder and what is missing above it.
    ///
    /// # Errors
    /// A link to nowhere; the file system refuses.
    pub fn new(folder: &Path) -> io::Result<Self> {
        can_be_folder(folder)?;
        let mut made: Vec<PathBuf> = folder
            .ancestors()
            .filter(|above| !above.as_os_str().is_empty())
            .take_while(|above| !above.exists())
            .map(Path::to_owned)
            .collect();
        made.reverse();
        let mut known = known();
        fs::create_dir_all(folder)?;
        known.extend(made.iter().map(|path| (path.clone(), Kind::IfEmpty)));
        Ok(Self { made })
    }
}

impl Drop for MadeFolder {
    fn drop(&mut self) {
        let mut known = known();
        for path in self.made.iter().rev() {
            known.remove(path);
            // Refused when there is something in it, which is what it was made for.
            let _ = fs::remove_dir(path);
        }
    }
}

/// Refuses what is meant for something else than a folder: standard output, and a link to nowhere, of which the system says
/// no more than that something of its name exists.
///
/// # Errors
/// With what it is.
pub fn can_be_folder(path: &Path) -> io::Result<()> {
    if path.as_os_str() == "-" {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "standard output takes no folder; a folder of that name is ./-",
        ));
    }
    match fs::read_link(path) {
        Ok(target) if !path.exists() => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("it is a link to {}, which leads nowhere", target.display()),
        )),
        _ => Ok(()),
    }
}

/// Steps of which an interruption must see all or none. They must be short, and must not be nested.
pub fn together<T>(steps: impl FnOnce() -> T) -> T {
    let _held = STEPS.read().unwrap_or_else(PoisonError::into_inner);
    steps()
}

/// Takes away everything half-written, for good: the locks are never given back, so nothing new is begun or renamed until
/// the process, which must end now, is gone.
pub fn sweep() {
    std::mem::forget(STEPS.write().unwrap_or_else(PoisonError::into_inner));
    let known = known();
    for (path, kind) in known.iter().rev() {
        // What has its final name already is not there any more, and that is well.
        let _ = match kind {
            Kind::Whole if path.is_dir() => fs::remove_dir_all(path),
            Kind::Whole => fs::remove_file(path),
            Kind::IfEmpty => fs::remove_dir(path),
        };
    }
    std::mem::forget(known);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_made_for_nothing_goes_with_those_above_it_and_one_that_is_used_stays() {
        let place = tempfile::tempdir().unwrap();
        let (outer, inner) = (place.path().join("a"), place.path().join("a/b"));
        drop(MadeFolder::new(&inner).unwrap());
        assert!(!outer.exists() && place.path().exists(), "only what was made is taken away");
        let made = MadeFolder::new(&inner).unwrap();
        fs::write(inner.join("result.csv"), "year\n").unwrap();
        drop(made);
        assert!(inner.join("result.csv").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_called_one() {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("results");
        std::os::unix::fs::symlink("gone", &link).unwrap();
        let error = MadeFolder::new(&link).unwrap_err().to_string();
        assert!(error.contains("a link to gone, which leads nowhere"), "{error}");
        fs::create_dir(place.path().join("gone")).unwrap();
        assert!(MadeFolder::new(&link).is_ok());
    }

    #[test]
    fn a_scrap_is_known_until_it_is_dropped() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("half");
        let ((), scrap) = Scrap::make(|| fs::write(&path, "half"), |()| path.clone()).unwrap();
        assert!(known().contains_key(&path));
        drop(scrap);
        assert!(!known().contains_key(&path));
        assert!(path.exists(), "a scrap is forgotten, its owner removes or renames it");
        let ((), scrap) = Scrap::make(|| Ok(()), |()| path.clone()).unwrap();
        scrap.take_away();
        assert!(!path.exists() && !known().contains_key(&path), "removed and forgotten in one");
    }
}
