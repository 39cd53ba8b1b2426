//! Runs a plan: tables side by side while they fit in memory, every table once for all its jobs, finished outputs skipped.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::BatchError;
use super::folder::{Folder, Record, finished, host_name};
use super::memory::{self, Gate};
use super::plan::{Content, Job, Output, Plan};
use super::shard::Shard;
use crate::frame::ResultNotes;

/// How a plan is run. Nothing here bears on the content of an output.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// Which part to run.
    pub shard: Shard,
    /// Memory that may be used, in bytes; what the machine has available when absent.
    pub memory: Option<u64>,
}

/// What happens during a run; told from several threads.
#[derive(Debug)]
pub enum Event<'a> {
    /// The ledger has been read: so many jobs, of which so many are finished already.
    Started {
        /// Jobs of the shard.
        jobs: usize,
        /// Of these, finished before.
        skipped: usize,
        /// Memory that may be used, in bytes.
        allowed: u64,
    },
    /// Another run has a table: this one waits for it.
    Waiting {
        /// The table.
        table: &'a str,
    },
    /// A job is done.
    Done {
        /// Its first output.
        output: &'a str,
        /// Seconds it took, the opening of the table not counted.
        seconds: f64,
    },
    /// A job failed.
    Failed(&'a JobFailure),
}

/// A job that failed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct JobFailure {
    /// Its first output, relative to the folder.
    pub output: String,
    /// What is wrong.
    pub error: String,
    /// What to try.
    pub hint: String,
}

/// How a run ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Jobs of the shard.
    pub jobs: usize,
    /// Of these, computed in this run.
    pub computed: usize,
    /// Of these, finished before.
    pub skipped: usize,
    /// Of these, failed, in order.
    pub failures: Vec<JobFailure>,
    /// Worst gap of an identity that is evidence over all finished outputs of the shard.
    pub worst_gap: f64,
}

/// Name of the run manifest in the folder.
pub const RUN_MANIFEST: &str = "run.json";

/// Runs a plan, or a shard of it, in a folder.
///
/// A whole run writes `run.json` at the end: inputs and outputs with their hashes, keys, failures. It depends on nothing
/// but the manifest, the tables and the engine's version; when and where the run was is in `.vadex/log`.
///
/// # Errors
/// The folder cannot be used. Jobs that fail are in the summary, not here.
pub fn run(
    plan: &Plan,
    root: &Path,
    options: &RunOptions,
    observe: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Summary, BatchError> {
    let started = std::time::SystemTime::now();
    let clock = Instant::now();
    let folder = Folder::open(root)?;
    let mine = plan.of_shard(options.shard);
    let jobs: Vec<(usize, usize)> =
        mine.iter().flat_map(|(unit, jobs)| jobs.iter().map(|job| (*unit, *job))).collect();
    let done: HashSet<(usize, usize)> = jobs
        .par_iter()
        .filter(|(unit, job)| is_finished(root, &plan.units[*unit].jobs[*job]))
        .copied()
        .collect();
    let mut pending = mine;
    for (unit, jobs) in &mut pending {
        jobs.retain(|job| !done.contains(&(*unit, *job)));
    }
    pending.retain(|(_, jobs)| !jobs.is_empty());
    let allowed = options.memory.or_else(memory::available).unwrap_or(u64::MAX);
    observe(Event::Started { jobs: jobs.len(), skipped: done.len(), allowed });

    let runner = Runner {
        plan,
        root,
        folder: &folder,
        gate: Gate::new(allowed),
        allowed,
        stated: options.memory,
        observe,
        computed: AtomicUsize::new(0),
        skipped: AtomicUsize::new(done.len()),
        failures: Mutex::new(Vec::new()),
    };
    runner.all(&pending)?;

    let mut failures = runner.failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.sort_by_key(|(position, _)| *position);
    let records: Vec<Option<Record>> = jobs
        .par_iter()
        .flat_map_iter(|(unit, job)| {
            plan.units[*unit].jobs[*job].outputs.iter().map(|output| finished(root, output))
        })
        .collect();
    let gaps = records.iter().flatten().filter_map(|record| record.identity_gap);
    let summary = Summary {
        jobs: jobs.len(),
        computed: runner.computed.into_inner(),
        skipped: runner.skipped.into_inner(),
        failures: failures.into_iter().map(|(_, failure)| failure).collect(),
        worst_gap: gaps.fold(0.0, |worst, gap| if gap.is_nan() { f64::NAN } else { gap.max(worst) }),
    };
    if options.shard.is_whole() {
        folder.put_json(RUN_MANIFEST, &run_manifest(plan, &records, &summary))?;
    }
    let since_epoch = started.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let log = json!({
        "started_unix": since_epoch,
        "seconds": clock.elapsed().as_secs_f64(),
        "host": host_name(),
        "threads": rayon::current_num_threads(),
        "memory": allowed,
        "shard": options.shard.to_string(),
        "jobs": summary.jobs,
        "computed": summary.computed,
        "skipped": summary.skipped,
        "failed": summary.failures.len(),
    });
    let name = if options.shard.is_whole() {
        "run".to_owned()
    } else {
        format!("shard-{}", options.shard.to_string().replace('/', "-of-"))
    };
    folder.put_log(&name, &log)?;
    Ok(summary)
}

fn is_finished(root: &Path, job: &Job) -> bool {
    job.outputs.iter().all(|output| finished(root, output).is_some())
}

fn run_manifest(plan: &Plan, records: &[Option<Record>], summary: &Summary) -> Value {
    let inputs: Vec<Value> = plan
        .units
        .iter()
        .map(|unit| {
            json!({
                "table": unit.source,
                "year": unit.year,
                "sha256": unit.sha256,
                "companions": unit.companions,
            })
        })
        .collect();
    let outputs: Vec<&Record> = records.iter().flatten().collect();
    json!({
        "engine": concat!("vadex ", env!("CARGO_PKG_VERSION")),
        "manifest": { "file": plan.manifest, "sha256": plan.manifest_sha256 },
        "counts": {
            "tables": plan.units.len(),
            "jobs": summary.jobs,
            "outputs": outputs.len(),
            "failed": summary.failures.len(),
        },
        "inputs": inputs,
        "outputs": outputs,
        "failures": summary.failures,
    })
}

pub(super) struct Runner<'a> {
    pub(super) plan: &'a Plan,
    root: &'a Path,
    pub(super) folder: &'a Folder,
    gate: Gate,
    allowed: u64,
    /// What the user said that may be used.
    pub(super) stated: Option<u64>,
    pub(super) observe: &'a (dyn Fn(Event<'_>) + Sync),
    pub(super) computed: AtomicUsize,
    skipped: AtomicUsize,
    failures: Mutex<Vec<((usize, usize), JobFailure)>>,
}

impl Runner<'_> {
    /// Units in order, each by the next free worker; those that other runs have come last.
    ///
    /// Workers are threads of their own, not of Rayon's pool, because they wait: for memory, and for other runs.
    fn all(&self, pending: &[(usize, Vec<usize>)]) -> Result<(), BatchError> {
        let next = AtomicUsize::new(0);
        let later = Mutex::new(Vec::new());
        let trouble = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..rayon::current_num_threads().min(pending.len()) {
                scope.spawn(|| {
                    while let Some((unit, jobs)) = pending.get(next.fetch_add(1, Ordering::SeqCst)) {
                        match self.unit(*unit, jobs, false) {
                            Ok(true) => {}
                            Ok(false) => {
                                later.lock().unwrap_or_else(PoisonError::into_inner).push((*unit, jobs))
                            }
                            Err(error) => {
                                *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                                next.store(pending.len(), Ordering::SeqCst);
                            }
                        }
                    }
                });
            }
        });
        if let Some(error) = trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        for (unit, jobs) in later.into_inner().unwrap_or_else(PoisonError::into_inner) {
            (self.observe)(Event::Waiting { table: &self.plan.units[unit].source });
            self.unit(unit, jobs, true)?;
        }
        Ok(())
    }

    /// The jobs of a unit; false when another run has it.
    fn unit(&self, position: usize, jobs: &[usize], wait: bool) -> Result<bool, BatchError> {
        let unit = &self.plan.units[position];
        let Some(_claim) = self.folder.claim(&unit.name, wait)? else { return Ok(false) };
        // Another run may have made them meanwhile.
        let (left, made): (Vec<usize>, Vec<usize>) =
            jobs.iter().partition(|job| !is_finished(self.root, &unit.jobs[**job]));
        self.skipped.fetch_add(made.len(), Ordering::SeqCst);
        if left.is_empty() {
            return Ok(true);
        }
        if unit.least > self.allowed {
            let error = BatchError::TooLarge {
                table: unit.source.clone(),
                needs: memory::readable(unit.least),
                allowed: memory::readable(self.allowed),
            };
            left.iter().for_each(|job| self.fail(position, *job, &error));
            return Ok(true);
        }
        self.gate.pass(unit.bytes, || match &unit.content {
            Content::National { input, years } => self.national(position, &left, input, years),
            Content::Table { table, preparation, .. } => {
                let (alone, shared): (Vec<usize>, Vec<usize>) =
                    left.iter().partition(|job| self.task(&unit.jobs[**job]).is_alone());
                self.shared(position, shared, table, preparation);
                for job in alone {
                    self.made(position, job, || self.alone(unit, job, table, preparation));
                }
            }
        });
        Ok(true)
    }

    pub(super) fn unfinished<'b>(&'b self, job: &'b Job) -> impl Iterator<Item = &'b Output> {
        job.outputs.iter().filter(|output| finished(self.root, output).is_none())
    }

    /// Notes that name files as the manifest does, wherever the run was started.
    pub(super) fn told(&self, mut notes: ResultNotes) -> ResultNotes {
        for source in &mut notes.sources {
            source.source = self.plan.base.as_written(&source.source);
            for repair in &mut source.repairs {
                repair.detail = self.plan.base.without_base(&repair.detail);
            }
        }
        for finding in &mut notes.findings {
            *finding = self.plan.base.without_base(finding);
        }
        notes
    }

    pub(super) fn fail(&self, unit: usize, job: usize, error: &BatchError) {
        let Job { outputs, .. } = &self.plan.units[unit].jobs[job];
        for output in outputs.iter().filter(|output| finished(self.root, output).is_none()) {
            // What cannot be taken away stays without a record, so that nobody takes it for finished.
            let _ = self.folder.discard(output);
        }
        let failure = JobFailure {
            output: first_output(&self.plan.units[unit].jobs[job]).to_owned(),
            error: self.plan.base.without_base(&error.to_string()),
            hint: error.hint(),
        };
        (self.observe)(Event::Failed(&failure));
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(((unit, job), failure));
    }
}

pub(super) fn first_output(job: &Job) -> &str {
    job.outputs.first().map_or("", |output| output.path.as_str())
}

/// A broken invariant of the engine fails one job, not the batch.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, BatchError>) -> Result<T, BatchError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(BatchError::Panicked { message: text.unwrap_or_else(|| "without a message".into()) })
    })
}
