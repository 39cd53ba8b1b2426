//! Public databases: where they are, what their licence asks for, and how their files are downloaded.
//!
//! The registry is [`DATASETS`]: one entry a database and edition. A fact that is not known to us (a link, a size, a
//! checksum) is left out, never guessed. Downloads need the cargo feature `fetch`; everything else does not.
//!
//! To add a database: one entry in `registry.rs`.

mod checksum;
#[cfg(feature = "fetch")]
mod download;
mod error;
mod registry;

pub use checksum::{Checksum, Hashes};
#[cfg(feature = "fetch")]
pub use download::{Fetched, Job, Options, download};
pub use error::FetchError;
pub use registry::DATASETS;

use crate::labels;

/// Files of a dataset that follow one pattern; `{year}` in name and link stands for the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSpec {
    /// First and last year; nothing where the years are not known to us or the file has none.
    pub years: Option<(i32, i32)>,
    /// Name as published; nothing when the server gives it.
    pub name: Option<&'static str>,
    /// Link, where one is published.
    pub link: Option<&'static str>,
    /// Bytes, where known.
    pub size: Option<u64>,
    /// Checksum as text (`md5:HEX` or `sha256:HEX`), where one is published.
    pub checksum: Option<&'static str>,
}

/// One database in one edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dataset {
    /// Flat id, as on the command line.
    pub id: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Landing page.
    pub page: Option<&'static str>,
    /// Its files.
    pub files: &'static [FileSpec],
    /// Licence; nothing where the publisher states none.
    pub licence: Option<&'static str>,
    /// The citation it asks for.
    pub citation: Option<&'static str>,
    /// What else to know before taking it.
    pub note: Option<&'static str>,
}

/// One file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetFile {
    /// First and last year in it.
    pub years: Option<(i32, i32)>,
    /// Name as published; nothing when the server gives it.
    pub name: Option<String>,
    /// Link, where one is published.
    pub link: Option<String>,
    /// Bytes, where known.
    pub size: Option<u64>,
    /// Checksum, where one is published.
    pub checksum: Option<Checksum>,
}

impl DatasetFile {
    /// `1995-2000`, `2011`, or nothing.
    pub fn span(&self) -> String {
        span(self.years)
    }

    /// Its link, or its place on a mirror: a folder that holds the files under their published names (under the id of the
    /// dataset where the name is not known). A name that is a pattern only (`<year>`) has no place.
    pub fn link_from(&self, mirror: Option<&str>, id: &str) -> Option<String> {
        let Some(base) = mirror else { return self.link.clone() };
        let name = self.name.as_deref().unwrap_or(id);
        (!name.contains('<')).then(|| format!("{}/{}", base.trim_end_matches('/'), name.replace(' ', "%20")))
    }
}

fn span(years: Option<(i32, i32)>) -> String {
    match years {
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}-{last}"),
        None => String::new(),
    }
}

impl Dataset {
    /// Its files, one an entry: a yearly pattern gives one a year.
    pub fn files(&self) -> Vec<DatasetFile> {
        let one = |spec: &FileSpec, years: Option<(i32, i32)>| {
            let fill = |text: &str| match years {
                Some((year, _)) => text.replace("{year}", &year.to_string()),
                None => text.replace("{year}", "<year>"),
            };
            DatasetFile {
                years,
                name: spec.name.map(fill),
                link: spec.link.map(fill),
                size: spec.size,
                checksum: spec.checksum.and_then(|text| text.parse().ok()),
            }
        };
        self.files
            .iter()
            .flat_map(|spec| match spec.years {
                Some((first, last)) if spec.is_yearly() => {
                    (first..=last).map(|year| one(spec, Some((year, year)))).collect::<Vec<_>>()
                }
                years => vec![one(spec, years)],
            })
            .collect()
    }

    /// All years it covers, as far as they are known.
    pub fn span(&self) -> String {
        let years = || self.files.iter().filter_map(|spec| spec.years);
        span(years().map(|(first, _)| first).min().zip(years().map(|(_, last)| last).max()))
    }

    /// Are some of its files, or all, published under a direct link?
    pub fn has_links(&self) -> bool {
        self.files.iter().any(|spec| spec.link.is_some())
    }

    /// The files that hold the years; all of them for no years.
    ///
    /// # Errors
    /// A year that no file holds.
    pub fn files_of(&self, years: &[i32]) -> Result<Vec<DatasetFile>, FetchError> {
        let files = self.files();
        if years.is_empty() {
            return Ok(files);
        }
        let holds = |file: &DatasetFile, year: i32| match file.years {
            Some((first, last)) => (first..=last).contains(&year),
            None => true,
        };
        let missing: Vec<String> = years
            .iter()
            .filter(|&&year| !files.iter().any(|file| holds(file, year)))
            .map(ToString::to_string)
            .collect();
        if !missing.is_empty() {
            return Err(FetchError::NoSuchYear {
                id: self.id.to_owned(),
                missing: missing.join(", "),
                years: self.span(),
            });
        }
        Ok(files.into_iter().filter(|file| years.iter().any(|&year| holds(file, year))).collect())
    }
}

impl FileSpec {
    /// One file a year?
    pub fn is_yearly(&self) -> bool {
        [self.name, self.link].into_iter().flatten().any(|text| text.contains("{year}"))
    }
}

/// Looks a dataset up by id.
///
/// # Errors
/// [`FetchError::UnknownDataset`], with the nearest id.
pub fn find_dataset(id: &str) -> Result<&'static Dataset, FetchError> {
    DATASETS.iter().find(|dataset| dataset.id == id).ok_or_else(|| FetchError::UnknownDataset {
        id: id.to_owned(),
        nearest: labels::nearest(DATASETS.iter().map(|dataset| dataset.id), id),
    })
}
