//! A manifest resolved: every table found, every task looked up, every file named. What it rests on is hashed when it is
//! known who runs which part: see [`super::part`].

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::BatchError;
use super::manifest::Manifest;
use super::memory;
use super::resolve::Resolver;
use super::shard::Shard;
use super::task::{Task, tasks_of, tell_apart};
use crate::analysis::{Preparation, Satellite};
use crate::load::{self, ReadOptions, TableRef};
use crate::machine;
use crate::report::Writer;

/// Everything a batch does, in order.
pub struct Plan {
    pub(super) manifest: String,
    pub(super) manifest_sha256: String,
    pub(super) base: Manifest,
    pub(super) folder: Option<PathBuf>,
    pub(super) units: Vec<Unit>,
    pub(super) tasks: Vec<Task>,
    pub(super) satellites: Vec<NamedSatellite>,
}

/// One table of one year, or one series of national tables: loaded once for all its jobs.
pub(super) struct Unit {
    /// `wiod13-2011`: what its files are called.
    pub name: String,
    /// Path or `builtin:` name, as the manifest has it.
    pub source: String,
    pub year: Option<i32>,
    pub content: Content,
    pub jobs: Vec<Job>,
    /// Columns of the table, where its file tells them.
    pub columns: Option<usize>,
    /// Predicted bytes at the peak of its largest job; nothing where that cannot be told before the table is opened.
    pub bytes: Option<u64>,
    /// Bytes without which it cannot be opened.
    pub least: u64,
}

impl Unit {
    /// Why it is not even opened, where its flows alone are more than there is.
    pub fn too_large(&self, allowed: u64) -> Option<BatchError> {
        (self.least > allowed).then(|| BatchError::TooLarge {
            table: self.source.clone(),
            needs: machine::readable_above(self.least, allowed),
            allowed: format!("{} are there", memory::readable(allowed)),
        })
    }
}

/// What a unit opens.
pub(super) enum Content {
    Table {
        table: TableRef,
        preparation: Box<Preparation>,
        /// SHA-256 of the file that describes the layout, and of the lists of labels that it names.
        layout: Option<String>,
    },
    National {
        input: String,
        years: Vec<i32>,
    },
}

/// One task on one unit.
pub(super) struct Job {
    /// Position in [`Plan::tasks`].
    pub task: usize,
    /// Position in [`Plan::satellites`].
    pub satellite: Option<usize>,
    /// Its files, one a format.
    pub targets: Vec<Target>,
}

/// One file to write.
pub(super) struct Target {
    /// Relative to the output folder, with `/`.
    pub path: String,
    pub writer: &'static dyn Writer,
}

impl Job {
    /// What messages call it: its first file.
    pub fn name(&self) -> &str {
        self.targets.first().map_or("", |target| target.path.as_str())
    }
}

/// A satellite under the name that tasks use.
pub(super) struct NamedSatellite {
    pub name: String,
    pub satellite: Satellite,
    /// What bears on its figures.
    pub settings: Value,
}

impl Plan {
    /// Reads a manifest and resolves it. Of tables the first lines are read, or what else tells their size.
    ///
    /// # Errors
    /// A manifest that is not of the documented form, names something that does not exist, or lets two tasks write the
    /// same file: each with file and line.
    pub fn read(path: &Path) -> Result<Self, BatchError> {
        let manifest = Manifest::read(path)?;
        let file = &manifest.file;
        if file.table.is_empty() || file.task.is_empty() {
            return Err(BatchError::NothingToDo {
                path: manifest.name(),
                tables: file.table.len(),
                tasks: file.task.len(),
            });
        }
        let resolver = Resolver { manifest: &manifest };
        let writers = resolver.writers()?;
        let (groups, keep_splits, model) = resolver.model()?;
        let store = resolver.store()?;
        let satellites = resolver.satellites()?;
        let series = resolver.series(store)?;
        let mut tasks = Vec::new();
        for entry in &file.task {
            tasks.extend(tasks_of(&manifest, entry)?);
        }
        tell_apart(&mut tasks);
        let preparation = |reading: &ReadOptions| Preparation {
            reading: reading.clone(),
            groups: groups.clone(),
            keep_splits,
            model: model.clone(),
            admission: None,
        };
        let mut units = resolver.units(&series, &preparation);
        resolver.give_jobs(&mut units, &series, &tasks, &satellites, &writers)?;
        units.retain(|unit| !unit.jobs.is_empty());
        for unit in &mut units {
            if let Content::Table { preparation, .. } = &unit.content {
                let of_unit = unit.jobs.iter().map(|job| &tasks[job.task]);
                unit.bytes = memory::predicted(unit.columns, preparation, of_unit);
                unit.least = memory::least(unit.columns, preparation);
            }
        }
        Ok(Self {
            manifest: path
                .file_name()
                .map_or_else(|| manifest.name(), |name| name.to_string_lossy().into_owned()),
            manifest_sha256: load::sha256(manifest.text().as_bytes()),
            folder: file.output.folder.as_ref().map(|folder| manifest.resolve(&folder.to_string_lossy())),
            units,
            tasks,
            satellites,
            base: manifest,
        })
    }

    /// The output folder that the manifest names.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Units, that is tables and years, and jobs of all of them.
    pub fn counts(&self) -> (usize, usize) {
        (self.units.len(), self.units.iter().map(|unit| unit.jobs.len()).sum())
    }

    /// Largest predicted memory of a unit, in bytes, among those of which it can be told.
    pub fn largest(&self) -> u64 {
        self.units.iter().filter_map(|unit| unit.bytes).max().unwrap_or(0)
    }

    /// The first table of which it cannot be told what it will need.
    pub fn unknown(&self) -> Option<&str> {
        self.units.iter().find(|unit| unit.bytes.is_none()).map(|unit| unit.source.as_str())
    }

    /// Do shards share tables, because there are fewer tables than shards?
    pub(super) fn splits_tables(&self, shard: Shard) -> bool {
        self.units.len() < shard.count()
    }

    /// Positions (unit, job) that belong to a shard: see [`Shard`].
    pub(super) fn of_shard(&self, shard: Shard) -> Vec<(usize, Vec<usize>)> {
        let split = self.splits_tables(shard);
        let mut counted = 0;
        let mut mine = Vec::new();
        for (position, unit) in self.units.iter().enumerate() {
            let jobs: Vec<usize> = (0..unit.jobs.len())
                .filter(|job| shard.takes(if split { counted + job } else { position }))
                .collect();
            counted += unit.jobs.len();
            if !jobs.is_empty() {
                mine.push((position, jobs));
            }
        }
        mine
    }
}
