//! Files that appear whole or not at all, with their notes beside them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::ReportError;

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
    produce: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    write_whole_by_way_of(folder_of(path), path, produce)
}

/// The same with the temporary file in another folder of the same file system.
///
/// # Errors
/// As [`write_whole`].
pub fn write_whole_by_way_of<E: From<ReportError>>(
    scratch: &Path,
    path: &Path,
    produce: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let io_error = |source: io::Error| ReportError::Io { path: path.display().to_string(), source };
    let mut temporary = NamedTempFile::new_in(scratch).map_err(io_error)?;
    produce(temporary.as_file_mut())?;
    temporary.as_file().sync_all().map_err(io_error)?;
    make_readable(&temporary).map_err(io_error)?;
    temporary.persist(path).map_err(|error| io_error(error.error))?;
    Ok(())
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
