//! The part of a plan that a shard runs: the files behind its tables hashed, every output named by its key. A table of which
//! the shard has no job is not read.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::plan::{Content, NamedSatellite, Plan, Unit};
use super::resolve::STORES;
use super::shard::Shard;
use super::task::Task;
use super::{BatchError, ENGINE};
use crate::analysis::{AnalysisError, Preparation};
use crate::load::{self, Companion, LoadError, national};
use crate::report::Writer;

/// The jobs of a shard, in the order of the plan.
pub(super) struct Part<'a> {
    pub readable: Vec<Readable<'a>>,
    pub unreadable: Vec<Unreadable<'a>>,
}

/// A unit whose files could be hashed, with the jobs that the shard has of it.
pub(super) struct Readable<'a> {
    /// Position in [`Plan::units`].
    pub position: usize,
    pub unit: &'a Unit,
    pub hashes: Hashes,
    pub jobs: Vec<KeyedJob<'a>>,
}

/// A unit of which a file cannot be read: its jobs fail, and nobody can tell whether they were finished before.
pub(super) struct Unreadable<'a> {
    /// Position in [`Plan::units`].
    pub position: usize,
    pub unit: &'a Unit,
    /// Positions in [`Unit::jobs`].
    pub jobs: Vec<usize>,
    pub error: BatchError,
}

/// SHA-256 of everything that a table is read from.
pub(super) struct Hashes {
    /// Of the file that stands for the table.
    pub sha256: String,
    /// The files that are read with it.
    pub companions: Vec<Companion>,
}

/// One task on one unit, its outputs named by their keys.
pub(super) struct KeyedJob<'a> {
    /// Position in [`Unit::jobs`].
    pub position: usize,
    /// What messages call it.
    pub name: &'a str,
    pub task: &'a Task,
    /// Position in [`Plan::satellites`].
    pub satellite: Option<usize>,
    pub outputs: Vec<Output<'a>>,
}

/// One file and what it is known by.
pub(super) struct Output<'a> {
    /// Relative to the output folder, with `/`.
    pub path: &'a str,
    pub writer: &'static dyn Writer,
    /// SHA-256 of `settings`.
    pub key: String,
    /// Everything that bears on the content of the file.
    pub settings: Value,
}

impl<'a> Part<'a> {
    /// Hashes what the jobs of a shard are made of, side by side.
    pub fn of(plan: &'a Plan, shard: Shard) -> Self {
        let mine = plan.of_shard(shard);
        // All years of one file share its hash.
        let files: HashSet<&Path> =
            mine.iter().filter_map(|(unit, _)| plan.units[*unit].content.file()).collect();
        let of_files: HashMap<&Path, String> =
            files.into_par_iter().filter_map(|file| Some((file, load::sha256_of_file(file).ok()?))).collect();
        let hashed: Vec<Result<Hashes, BatchError>> =
            mine.par_iter().map(|(unit, _)| Hashes::of(&plan.units[*unit].content, &of_files)).collect();
        let mut part = Self { readable: Vec::new(), unreadable: Vec::new() };
        for ((position, jobs), hashes) in mine.into_iter().zip(hashed) {
            let unit = &plan.units[position];
            match hashes {
                Ok(hashes) => {
                    let jobs = jobs.into_iter().map(|job| keyed(plan, unit, &hashes, job)).collect();
                    part.readable.push(Readable { position, unit, hashes, jobs });
                }
                Err(error) => part.unreadable.push(Unreadable { position, unit, jobs, error }),
            }
        }
        part
    }

    /// Jobs of the shard.
    pub fn n_jobs(&self) -> usize {
        self.readable.iter().map(|unit| unit.jobs.len()).sum::<usize>()
            + self.unreadable.iter().map(|unit| unit.jobs.len()).sum::<usize>()
    }
}

impl Content {
    /// The file that stands for the table, where there is one.
    fn file(&self) -> Option<&Path> {
        match self {
            Self::Table { table, .. } => table.file(),
            Self::National { .. } => None,
        }
    }

    /// What opening the table will say for certain, as far as its beginning tells.
    pub(super) fn look_at(&self) -> Result<(), LoadError> {
        match self {
            Self::Table { table, preparation, .. } => table.look_at(&preparation.reading),
            Self::National { .. } => Ok(()),
        }
    }
}

impl Hashes {
    fn of(content: &Content, of_files: &HashMap<&Path, String>) -> Result<Self, BatchError> {
        match content {
            Content::National { input, .. } => {
                let sha256 = national::sha256(input).map_err(AnalysisError::from)?;
                Ok(Self { sha256, companions: Vec::new() })
            }
            Content::Table { table, preparation, .. } => {
                let sha256 = match table.file().and_then(|file| of_files.get(file)) {
                    Some(sha256) => sha256.clone(),
                    // No file of its own, or one that cannot be read: then this says why, for each of its years.
                    None => table.sha256().map_err(AnalysisError::from)?.ok_or(BatchError::StandardInput)?,
                };
                // The files that are read with the table's own one bear on its results as much.
                let companions = table.companions(&preparation.reading).map_err(AnalysisError::from)?;
                Ok(Self { sha256, companions })
            }
        }
    }
}

fn keyed<'a>(plan: &'a Plan, unit: &'a Unit, hashes: &Hashes, position: usize) -> KeyedJob<'a> {
    let job = &unit.jobs[position];
    let task = &plan.tasks[job.task];
    let satellite = job.satellite.map(|satellite| &plan.satellites[satellite]);
    let output = |path: &'a str, writer: &'static dyn Writer| {
        let settings = settings(unit, hashes, task, satellite, writer);
        Output { path, writer, key: load::sha256(settings.to_string().as_bytes()), settings }
    };
    let outputs = job.targets.iter().map(|target| output(&target.path, target.writer)).collect();
    KeyedJob { position, name: job.name(), task, satellite: job.satellite, outputs }
}

/// Everything that bears on the content of an output; its hash is the output's key.
fn settings(
    unit: &Unit,
    hashes: &Hashes,
    task: &Task,
    satellite: Option<&NamedSatellite>,
    writer: &dyn Writer,
) -> Value {
    let (reading, model) = match &unit.content {
        Content::National { years, .. } => (json!({ "years": years }), Value::Null),
        Content::Table { preparation, layout, .. } => {
            let Preparation { reading, groups, keep_splits, model, .. } = preparation.as_ref();
            let groups: Vec<String> =
                groups.iter().map(|group| format!("{}={}", group.name, group.members.join(","))).collect();
            let store = reading.store.and_then(|store| STORES.iter().find(|(_, one)| *one == store));
            let reading = json!({
                "importer": reading.importer,
                "unit": reading.unit,
                "store": store.map_or("as read", |(word, _)| *word),
                "layout": layout,
            });
            let model = json!({
                "gross_output": model.conventions.output.name(),
                "value_added": model.conventions.value_added.name(),
                "solver": model.solver.as_deref().unwrap_or("automatic"),
                "split": if *keep_splits { "keep" } else { "fold" },
                "groups": groups,
            });
            (reading, model)
        }
    };
    json!({
        "engine": ENGINE,
        "table": {
            "source": unit.source,
            "sha256": hashes.sha256,
            "companions": hashes.companions,
            "year": unit.year,
            "reading": reading,
        },
        "model": model,
        "task": task.settings,
        "satellite": satellite.map_or(Value::Null, |satellite| satellite.settings.clone()),
        "format": writer.id(),
    })
}
