//! The folder of a report: written beside its final name, and renamed when it is whole.
//!
//! A new folder appears under its name; an earlier report is replaced as a whole; anything else is left alone, also what
//! somebody has put beside the files of a report.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::html::{csv_of, file_of};
use super::{PageError, Report};
use crate::interrupt::{Scrap, can_be_folder, together};
use crate::report::{self, ReportError, folder_of, notes_path};

/// The page that leads to all others.
const PAGE: &str = "report.html";
/// The file by which an earlier report is known: the notes of `report.html`.
const MARK: &str = "report.html.notes.json";

/// A place for a report, made before anything is computed.
#[derive(Debug)]
pub struct ReportFolder {
    path: PathBuf,
    /// Removed with everything in it unless the report is finished.
    scratch: TempDir,
    /// Tells others that it is being filled.
    _held: Option<File>,
    /// So that an interruption takes it away, too.
    scrap: Scrap,
}

impl ReportFolder {
    /// Makes the place where the report will be written.
    ///
    /// # Errors
    /// The folder above does not exist or is not writable; the name is taken by something that is not a report, or by a
    /// report with files that no report has made.
    pub fn at(path: &Path) -> Result<Self, PageError> {
        // `out/` and `.` have no name of their own to rename to.
        let path: PathBuf = path.components().collect();
        let trouble = trouble_at(&path);
        can_be_folder(&path).map_err(&trouble)?;
        let path = report::behind_link(&path).map_err(&trouble)?;
        if path.is_dir() {
            let mut names: Vec<String> = fs::read_dir(&path)
                .map_err(&trouble)?
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            if !names.is_empty() && !names.iter().any(|name| name == MARK) {
                names.truncate(4);
                return Err(PageError::FolderTaken {
                    path: path.display().to_string(),
                    found: names.join(", "),
                });
            }
            let strangers = strangers(&path).map_err(&trouble)?;
            if !strangers.is_empty() {
                return Err(PageError::Strangers {
                    path: path.display().to_string(),
                    found: strangers.into_iter().take(4).collect::<Vec<_>>().join(", "),
                });
            }
        } else if path.exists() {
            return Err(trouble(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "there is a file of that name",
            )));
        }
        let make = || report::temporary_folder(&path);
        let ((scratch, held), scrap) =
            Scrap::make(make, |(made, _)| made.path().to_owned()).map_err(&trouble)?;
        Ok(Self { path, scratch, _held: held, scrap })
    }

    /// Writes pages, data and notes, and puts them under the final name.
    ///
    /// # Errors
    /// A file that cannot be written, a folder that cannot be renamed: nothing of the report is left then.
    pub fn finish(self, report: &Report) -> Result<PathBuf, PageError> {
        let root = self.scratch.path();
        let trouble = trouble_at(&self.path);
        fs::create_dir(root.join("data")).map_err(&trouble)?;
        put(&root.join(PAGE), report.page.as_bytes())?;
        put_json(&root.join(MARK), &report.notes)?;
        if !report.economies.is_empty() {
            fs::create_dir(root.join("economy")).map_err(&trouble)?;
        }
        for (economy, page) in &report.economies {
            put(&root.join("economy").join(file_of(economy)), page.as_bytes())?;
        }
        let csv = report::find_writer("csv")?;
        for data in &report.data {
            let path = root.join(csv_of(data));
            report::write_whole(&path, |file| {
                let mut sink = csv.start(Box::new(BufWriter::new(file)), &data.notes);
                sink.write(&data.frame)?;
                sink.finish()
            })?;
            put_json(&notes_path(&path), &data.notes)?;
        }
        make_readable(root).map_err(&trouble)?;
        together(|| self.put_in_place()).map_err(&trouble)
    }

    /// The old report steps aside, the new one takes its name; the old one comes back when that fails.
    fn put_in_place(self) -> io::Result<PathBuf> {
        let aside = if self.path.exists() {
            let aside = beside(&self.path)?;
            fs::rename(&self.path, aside.0.path().join("report"))?;
            Some(aside)
        } else {
            None
        };
        if let Err(error) = fs::rename(self.scratch.path(), &self.path) {
            if let Some((aside, _)) = aside
                && fs::rename(aside.path().join("report"), &self.path).is_err()
            {
                // It stays where it is: better aside than gone.
                let _ = aside.keep();
            }
            return Err(error);
        }
        // Renamed away: there is nothing left to remove.
        let Self { path, scratch, scrap, .. } = self;
        let _ = scratch.keep();
        drop(scrap);
        Ok(path)
    }
}

/// Files in the folder of a report that no report makes, by their paths in it, in order.
fn strangers(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for (place, makes) in [("", at_the_top as Makes), ("economy", is_page), ("data", is_data)] {
        let within = folder.join(place);
        if !within.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&within)? {
            let path = entry?.path();
            if !makes(&path) {
                found.push(path.strip_prefix(folder).unwrap_or(&path).display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Does a report make a file (or folder) of this name?
type Makes = fn(&Path) -> bool;

fn at_the_top(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    match name {
        Some("economy" | "data") => path.is_dir(),
        Some(name) => name == PAGE || name == MARK,
        None => false,
    }
}

fn is_page(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "html")
}

/// A result stands beside its notes, and notes beside their result.
fn is_data(path: &Path) -> bool {
    let result = path.to_str().map(|path| path.strip_suffix(".notes.json").unwrap_or(path));
    result.is_some_and(|result| {
        let result = Path::new(result);
        result.extension().is_some_and(|extension| extension == "csv")
            && result.is_file()
            && notes_path(result).is_file()
    })
}

/// Where an earlier report waits while the new one takes its name.
fn beside(path: &Path) -> io::Result<(TempDir, Scrap)> {
    let make = || tempfile::Builder::new().prefix(".vadex-old-").tempdir_in(folder_of(path));
    Scrap::make(make, |made| made.path().to_owned())
}

fn trouble_at(path: &Path) -> impl Fn(io::Error) -> PageError + use<> {
    let path = path.display().to_string();
    move |source| PageError::Folder { path: path.clone(), source }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    report::write_whole(path, |file| Ok(file.write_all(bytes)?))
}

fn put_json(path: &Path, value: &impl serde::Serialize) -> Result<(), ReportError> {
    let bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| ReportError::Encode { format: "json", message: error.to_string() })?;
    put(path, &bytes)
}

/// Temporary folders are private; a report gets the permissions of a plainly made folder.
#[cfg(unix)]
fn make_readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_readable(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::ResultNotes;

    fn report(page: &str) -> Report {
        let economies = vec![("A B".to_owned(), "page".to_owned())];
        Report { page: page.into(), economies, data: Vec::new(), notes: ResultNotes::of("report") }
    }

    #[test]
    fn a_report_is_replaced_whole_and_anything_else_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        ReportFolder::at(&out).unwrap().finish(&report("one")).unwrap();
        ReportFolder::at(&out).unwrap().finish(&report("two")).unwrap();
        assert_eq!(fs::read_to_string(out.join("report.html")).unwrap(), "two");
        assert!(out.join("economy/A-B.html").exists());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing is left beside the report");
        let other = place.path().join("mine");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("thesis.tex"), "mine").unwrap();
        assert!(matches!(ReportFolder::at(&other), Err(PageError::FolderTaken { .. })));
    }

    #[test]
    fn what_somebody_put_into_a_report_is_not_taken_away() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        ReportFolder::at(&out).unwrap().finish(&report("one")).unwrap();
        fs::write(out.join("data/fig.csv"), "1").unwrap();
        fs::write(out.join("data/fig.csv.notes.json"), "{}").unwrap();
        assert!(ReportFolder::at(&out).is_ok(), "a report has results with their notes");
        for name in ["thesis.tex", "data/mine.csv", "economy/chart.png", "data/mine.csv.notes.json"] {
            fs::write(out.join(name), "mine").unwrap();
            match ReportFolder::at(&out) {
                Err(PageError::Strangers { found, .. }) => assert_eq!(found, name),
                other => panic!("{name}: {other:?}"),
            }
            fs::remove_file(out.join(name)).unwrap();
        }
    }

    #[test]
    fn a_report_that_is_not_finished_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        drop(ReportFolder::at(&place.path().join("out")).unwrap());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        let missing = place.path().join("none/out");
        assert!(matches!(ReportFolder::at(&missing), Err(PageError::Folder { .. })));
    }
}
