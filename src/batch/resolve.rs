//! The names of a manifest looked up: formats, conventions, satellites, tables, and which task has which table.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use serde_json::json;
use toml::Spanned;

use super::BatchError;
use super::manifest::{Manifest, TableEntry};
use super::memory;
use super::plan::{Content, Job, NamedSatellite, Target, Unit};
use super::task::{Task, VALUE_ADDED, one_of, plain_name};
use crate::analysis::{AnalysisError, Preparation, Satellite, parse_group, parse_years};
use crate::kernel::stored::Storage;
use crate::labels::{self, Group, LabelError};
use crate::load::{self, ReadOptions, TableRef, national};
use crate::model::ModelOptions;
use crate::model::solver::find_solver;
use crate::report::{self, Writer};
use crate::table::{Conventions, OutputConvention, ValueAddedConvention};

/// A table entry, resolved.
pub(super) struct Series {
    name: String,
    national: bool,
    refs: Vec<TableRef>,
    input: String,
    years: Vec<i32>,
    reading: ReadOptions,
    /// SHA-256 of the file that describes the layout, and of the lists of labels that it names.
    layout: Option<String>,
}

/// How intermediate use is kept, by the word of `--store`.
pub(super) const STORES: [(&str, Storage); 3] =
    [("f64", Storage::Double), ("f32", Storage::Single), ("sparse", Storage::Compressed)];

/// Bytes of a name that a file system takes.
const LONGEST_FOLDER: usize = 255;
/// The same for a table, beside the ends of the names that are made of it: `.markdown.notes.json`, a temporary name.
const LONGEST_UNIT: usize = 180;

pub(super) struct Resolver<'a> {
    pub manifest: &'a Manifest,
}

impl Resolver<'_> {
    fn at<T>(&self, span: Range<usize>, result: Result<T, impl Into<BatchError>>) -> Result<T, BatchError> {
        result.map_err(|error| BatchError::At {
            path: self.manifest.name(),
            line: self.manifest.line(span),
            error: Box::new(error.into()),
        })
    }

    pub fn writers(&self) -> Result<Vec<&'static dyn Writer>, BatchError> {
        let Some(format) = &self.manifest.file.output.format else {
            return Ok(vec![report::find_writer("csv")?]);
        };
        self.at(
            format.span(),
            format.get_ref().0.iter().map(|id| report::find_writer(id)).collect::<Result<Vec<_>, _>>(),
        )
    }

    pub fn model(&self) -> Result<(Vec<Group>, bool, ModelOptions), BatchError> {
        let entry = &self.manifest.file.model;
        let mut options = ModelOptions { conventions: Conventions::default(), solver: None };
        if let Some(word) = &entry.gross_output {
            let all = [OutputConvention::RowSum, OutputConvention::Published];
            let found = one_of("convention of gross output", &all, OutputConvention::name, word.get_ref());
            options.conventions.output = self.at(word.span(), found)?;
        }
        if let Some(word) = &entry.value_added {
            let all = [
                ValueAddedConvention::Residual,
                ValueAddedConvention::Published,
                ValueAddedConvention::PublishedPlusTaxes,
            ];
            let found = one_of("convention of value added", &all, ValueAddedConvention::name, word.get_ref());
            options.conventions.value_added = self.at(word.span(), found)?;
        }
        if let Some(word) = &entry.solver {
            self.at(word.span(), find_solver(word.get_ref()).map_err(AnalysisError::from))?;
            options.solver = Some(word.get_ref().clone());
        }
        let mut keep_splits = false;
        if let Some(word) = &entry.split {
            let found = one_of("way with split economies", &["fold", "keep"], |id| id, word.get_ref());
            keep_splits = self.at(word.span(), found)? == "keep";
        }
        let mut groups = Vec::new();
        if let Some(list) = &entry.group {
            for text in &list.get_ref().0 {
                let group = parse_group(text).ok_or_else(|| BatchError::BadGroup { text: text.clone() });
                let group = self.at(list.span(), group)?;
                if groups.iter().any(|other: &Group| other.name == group.name) {
                    let twice = LabelError::GroupNamedTwice { name: group.name };
                    return self.at(list.span(), Err(AnalysisError::from(twice)));
                }
                groups.push(group);
            }
        }
        Ok((groups, keep_splits, options))
    }

    /// How intermediate use of every table is kept, unless a table says otherwise.
    pub fn store(&self) -> Result<Option<Storage>, BatchError> {
        self.store_of(self.manifest.file.model.store.as_ref())
    }

    fn store_of(&self, word: Option<&Spanned<String>>) -> Result<Option<Storage>, BatchError> {
        let Some(word) = word else { return Ok(None) };
        let found = one_of("way to keep intermediate use", &STORES, |(id, _)| id, word.get_ref());
        Ok(Some(self.at(word.span(), found)?.1))
    }

    pub fn satellites(&self) -> Result<Vec<NamedSatellite>, BatchError> {
        let mut found: Vec<NamedSatellite> = Vec::new();
        let mut lines = HashMap::from([(VALUE_ADDED.to_owned(), 0)]);
        for spanned in &self.manifest.file.satellite {
            let entry = spanned.get_ref();
            let account = entry.account.as_ref().map(|account| account.get_ref().as_str());
            let place = self.manifest.resolve_input(entry.path.get_ref());
            let satellite = self.at(entry.path.span(), Satellite::open(Path::new(&place), account))?;
            let (name, span) = match (&entry.name, &entry.account) {
                (Some(name), _) => (name.get_ref().clone(), name.span()),
                (None, Some(account)) => (account.get_ref().clone(), account.span()),
                (None, None) => (stem(entry.path.get_ref()), entry.path.span()),
            };
            let name = self.at(span.clone(), plain_name("satellite", &name))?;
            self.once("satellite", &name, span, &mut lines)?;
            // Of accounts in a file of our own the file, of others the bytes that were read, of a database all its files.
            let known = place.starts_with("builtin:") || !matches!(satellite, Satellite::Accounts { .. });
            let sha256 = match satellite.sha256().filter(|_| known) {
                Some(sha256) => sha256,
                None => self.at(
                    entry.path.span(),
                    load::sha256_of_file(Path::new(&place)).map_err(AnalysisError::from),
                )?,
            };
            let settings = json!({ "source": entry.path.get_ref(), "account": account, "sha256": sha256 });
            found.push(NamedSatellite { name, satellite, settings });
        }
        Ok(found)
    }

    /// A name may stand once.
    fn once(
        &self,
        what: &'static str,
        name: &str,
        span: Range<usize>,
        lines: &mut HashMap<String, usize>,
    ) -> Result<(), BatchError> {
        let line = self.manifest.line(span.clone());
        match lines.insert(name.to_owned(), line) {
            Some(first) => self.at(span, Err(BatchError::Twice { what, name: name.to_owned(), first })),
            None => Ok(()),
        }
    }

    pub fn series(&self, store: Option<Storage>) -> Result<Vec<Series>, BatchError> {
        let mut lines = HashMap::new();
        self.manifest.file.table.iter().map(|entry| self.one_series(entry, store, &mut lines)).collect()
    }

    fn one_series(
        &self,
        entry: &Spanned<TableEntry>,
        store: Option<Storage>,
        lines: &mut HashMap<String, usize>,
    ) -> Result<Series, BatchError> {
        let entry = entry.get_ref();
        let path = entry.path.get_ref();
        if path == "-" {
            return self.at(entry.path.span(), Err(BatchError::StandardInput));
        }
        let (name, span) = match &entry.name {
            Some(name) => (name.get_ref().clone(), name.span()),
            None => (stem(path), entry.path.span()),
        };
        let input = self.manifest.resolve_input(path);
        // A file that is not there has no name to complain of: `tables/*.csv` is no name, and no file either.
        let absent = !input.starts_with("builtin:") && std::fs::symlink_metadata(&input).is_err();
        if entry.name.is_none() && absent {
            self.at(entry.path.span(), load::discover(&input, &[]).map_err(AnalysisError::from))?;
        }
        let name = self.at(span.clone(), plain_name("table", &name))?;
        self.once("table", &name, span, lines)?;
        let mut years = Vec::new();
        let mut place = entry.path.span();
        if let Some(list) = &entry.year {
            place = list.span();
            for word in &list.get_ref().0 {
                years.extend(self.at(list.span(), parse_years(word))?);
            }
        }
        if let Some(from) = &entry.from {
            let known = || load::IMPORTERS.iter().map(|importer| importer.id());
            if !known().any(|id| id == from.get_ref()) {
                let error = BatchError::UnknownWord {
                    what: "importer",
                    found: from.get_ref().clone(),
                    known: known().collect::<Vec<_>>().join(", "),
                    nearest: labels::nearest(known(), from.get_ref()),
                };
                return self.at(from.span(), Err(error));
            }
        }
        let layout = entry.layout.as_ref().map(|layout| self.manifest.resolve(layout.get_ref()));
        let reading = ReadOptions {
            importer: entry.from.as_ref().map(|from| from.get_ref().clone()),
            unit: entry.unit.clone(),
            store: self.store_of(entry.store.as_ref())?.or(store),
            layout: layout.clone(),
            ..ReadOptions::default()
        };
        let layout = match (&entry.layout, layout) {
            (Some(word), Some(path)) => {
                Some(self.at(word.span(), load::sha256_of_layout(&path).map_err(AnalysisError::from))?)
            }
            _ => None,
        };
        let is_national = entry.from.is_none() && layout.is_none() && national::is_national(&input);
        let passed_over = [("unit", entry.unit.is_some()), ("store", entry.store.is_some())];
        if let (true, Some((key, _))) = (is_national, passed_over.iter().find(|(_, given)| *given)) {
            return self.at(place, Err(BatchError::NationalKey { key }));
        }
        let refs = if is_national {
            Vec::new()
        } else {
            self.at(place, load::discover(&input, &years).map_err(AnalysisError::from))?
        };
        Ok(Series { name, national: is_national, refs, input, years, reading, layout })
    }

    /// One unit a table and year, one a series of national tables.
    pub fn units(&self, series: &[Series], preparation: &dyn Fn(&ReadOptions) -> Preparation) -> Vec<Unit> {
        let mut units = Vec::new();
        for one in series {
            if one.national {
                units.push(Unit {
                    name: one.name.clone(),
                    source: self.manifest.as_written(&one.input),
                    year: None,
                    content: Content::National { input: one.input.clone(), years: one.years.clone() },
                    jobs: Vec::new(),
                    columns: None,
                    bytes: Some(memory::SMALL),
                    least: 0,
                });
            }
            for table in &one.refs {
                let name = match (table.year(), one.refs.len()) {
                    (Some(year), _) => format!("{}-{year}", one.name),
                    (None, 1) => one.name.clone(),
                    (None, _) => format!("{}-{}", one.name, stem(&table.name())),
                };
                units.push(Unit {
                    name,
                    source: self.manifest.as_written(&table.name()),
                    year: table.year(),
                    content: Content::Table {
                        table: table.clone(),
                        preparation: Box::new(preparation(&one.reading)),
                        layout: one.layout.clone(),
                    },
                    jobs: Vec::new(),
                    columns: table.columns(),
                    // Told when its jobs are known.
                    bytes: None,
                    least: 0,
                });
            }
        }
        units
    }

    pub fn give_jobs(
        &self,
        units: &mut [Unit],
        series: &[Series],
        tasks: &[Task],
        satellites: &[NamedSatellite],
        writers: &[&'static dyn Writer],
    ) -> Result<(), BatchError> {
        // Which series each unit is of, in the order in which they were made.
        let owners: Vec<usize> = series
            .iter()
            .enumerate()
            .flat_map(|(position, one)| {
                std::iter::repeat_n(position, one.refs.len() + usize::from(one.national))
            })
            .collect();
        let mut lines: HashMap<String, usize> = HashMap::new();
        for (position, task) in tasks.iter().enumerate() {
            let at = |error: BatchError| BatchError::At {
                path: self.manifest.name(),
                line: task.line,
                error: Box::new(error),
            };
            for name in &task.tables {
                if !series.iter().any(|one| one.name == *name) {
                    return Err(at(unknown("table", name, series.iter().map(|one| one.name.as_str()))));
                }
            }
            let satellite = match &task.satellite {
                None => None,
                Some(name) => {
                    let known = satellites.iter().map(|one| one.name.as_str());
                    let found = satellites.iter().position(|one| one.name == *name);
                    let known = known.chain([VALUE_ADDED]);
                    Some(found.ok_or_else(|| at(unknown("satellite", name, known)))?)
                }
            };
            let (mut any, mut other_years) = (false, Vec::new());
            for (unit, owner) in units.iter_mut().zip(&owners) {
                let one = &series[*owner];
                let wanted = if task.tables.is_empty() {
                    one.national == task.command.is_national()
                } else {
                    task.tables.contains(&one.name)
                };
                if !wanted || one.national != task.command.is_national() {
                    continue;
                }
                if task.year.is_some() && task.year != unit.year {
                    other_years.extend(unit.year);
                    continue;
                }
                any = true;
                for (what, name, most) in
                    [("table", &unit.name, LONGEST_UNIT), ("task's folder", &task.folder, LONGEST_FOLDER)]
                {
                    if name.len() > most {
                        return Err(at(BatchError::LongName { what, name: name.clone(), most }));
                    }
                }
                let mut targets = Vec::new();
                for writer in writers {
                    let extension = writer.extensions().first().copied().unwrap_or(writer.id());
                    let path = format!("{}/{}.{extension}", task.folder, unit.name);
                    if let Some(first) = lines.insert(path.clone(), task.line) {
                        return Err(at(BatchError::DuplicateOutput { output: path, first }));
                    }
                    targets.push(Target { path, writer: *writer });
                }
                unit.jobs.push(Job { task: position, satellite, targets });
            }
            if let (false, Some(year), false) = (any, task.year, other_years.is_empty()) {
                let found = other_years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                return Err(at(BatchError::NoTableOfYear { year, found }));
            }
            if !any {
                let kind = if task.command.is_national() { "national" } else { "inter-country" };
                return Err(at(BatchError::NoTable { kind, command: task.command.id() }));
            }
        }
        Ok(())
    }
}

fn unknown<'a>(what: &'static str, found: &str, known: impl Iterator<Item = &'a str> + Clone) -> BatchError {
    BatchError::UnknownWord {
        what,
        found: found.to_owned(),
        nearest: labels::nearest(known.clone(), found),
        known: known.collect::<Vec<_>>().join(", "),
    }
}

/// `builtin:wiod13/2011` -> `wiod13-2011`; a path -> the name of its file or folder without extension.
fn stem(path: &str) -> String {
    if let Some(id) = path.strip_prefix("builtin:") {
        return id.replace('/', "-");
    }
    let path = Path::new(path);
    let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
    name.map_or_else(|| "table".to_owned(), |name| name.to_string_lossy().into_owned())
}
