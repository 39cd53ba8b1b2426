//! Runs a plan: tables side by side while they fit in memory, every table once for all its jobs, finished outputs skipped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::folder::{Folder, Record, finished};
use super::memory::{self, Gate};
use super::part::{Hashes, KeyedJob, Output, Part, Readable};
use super::plan::{Content, Plan, Unit};
use super::shard::Shard;
use super::{BatchError, ENGINE};
use crate::frame::{ResultNotes, worse_gap};
use crate::machine;

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
#[non_exhaustive]
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
    /// Finished outputs of tables whose accounts do not hold.
    pub violated: usize,
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
    let part = Part::of(plan, options.shard);
    let pending: Vec<Pending<'_>> = part
        .readable
        .par_iter()
        .map(|table| {
            let left = table.jobs.par_iter().filter(|job| !is_finished(root, job));
            Pending { table, jobs: left.collect() }
        })
        .filter(|pending| !pending.jobs.is_empty())
        .collect();
    let jobs: Vec<&KeyedJob<'_>> = part.readable.iter().flat_map(|table| &table.jobs).collect();
    let skipped = jobs.len() - pending.iter().map(|pending| pending.jobs.len()).sum::<usize>();
    let allowed = memory::allowed(options.memory);
    observe(Event::Started { jobs: part.n_jobs(), skipped, allowed });

    let runner = Runner {
        plan,
        root,
        folder: &folder,
        gate: Gate::new(allowed, options.memory.is_some()),
        allowed,
        stated: options.memory,
        apart: plan.splits_tables(options.shard).then_some(options.shard),
        observe,
        computed: AtomicUsize::new(0),
        skipped: AtomicUsize::new(skipped),
        failures: Mutex::new(Vec::new()),
    };
    for table in &part.unreadable {
        // What stands under their names stays: it may be finished.
        for job in &table.jobs {
            runner.failed((table.position, *job), table.unit.jobs[*job].name(), &table.error);
        }
    }
    runner.all(&pending)?;

    let mut failures = runner.failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    failures.sort_by_key(|(position, _)| *position);
    let records: Vec<Option<Record>> = jobs
        .par_iter()
        .flat_map_iter(|job| job.outputs.iter().map(|output| finished(root, output)))
        .collect();
    let gaps = records.iter().flatten().filter_map(Record::worst_gap);
    let summary = Summary {
        jobs: part.n_jobs(),
        computed: runner.computed.into_inner(),
        skipped: runner.skipped.into_inner(),
        failures: failures.into_iter().map(|(_, failure)| failure).collect(),
        violated: records.iter().flatten().filter(|record| record.violations > 0).count(),
        worst_gap: gaps.fold(0.0, worse_gap),
    };
    if options.shard.is_whole() {
        folder.put_json(RUN_MANIFEST, &run_manifest(plan, &part, &records, &summary))?;
    }
    let since_epoch = started.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let log = json!({
        "started_unix": since_epoch,
        "seconds": clock.elapsed().as_secs_f64(),
        "host": machine::host_name(),
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
        format!("shard-{}", options.shard.file_word())
    };
    folder.put_log(&name, &log)?;
    Ok(summary)
}

fn is_finished(root: &Path, job: &KeyedJob<'_>) -> bool {
    job.outputs.iter().all(|output| finished(root, output).is_some())
}

fn run_manifest(plan: &Plan, part: &Part<'_>, records: &[Option<Record>], summary: &Summary) -> Value {
    let readable = part.readable.iter().map(|table| (table.position, input(table.unit, Some(&table.hashes))));
    let unreadable = part.unreadable.iter().map(|table| (table.position, input(table.unit, None)));
    let mut inputs: Vec<(usize, Value)> = readable.chain(unreadable).collect();
    inputs.sort_by_key(|(position, _)| *position);
    let inputs: Vec<Value> = inputs.into_iter().map(|(_, input)| input).collect();
    let outputs: Vec<&Record> = records.iter().flatten().collect();
    json!({
        "engine": ENGINE,
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

/// A table as the run manifest has it.
fn input(unit: &Unit, hashes: Option<&Hashes>) -> Value {
    json!({
        "table": unit.source,
        "year": unit.year,
        "sha256": hashes.map(|hashes| &hashes.sha256),
        "companions": hashes.map(|hashes| &hashes.companions),
    })
}

/// What is to be done on one table.
struct Pending<'a> {
    table: &'a Readable<'a>,
    jobs: Vec<&'a KeyedJob<'a>>,
}

pub(super) struct Runner<'a> {
    pub(super) plan: &'a Plan,
    root: &'a Path,
    pub(super) folder: &'a Folder,
    gate: Gate,
    allowed: u64,
    /// What the user said that may be used.
    pub(super) stated: Option<u64>,
    /// The shard, where shards share tables: then each claims its own jobs.
    apart: Option<Shard>,
    pub(super) observe: &'a (dyn Fn(Event<'_>) + Sync),
    pub(super) computed: AtomicUsize,
    pub(super) skipped: AtomicUsize,
    failures: Mutex<Vec<((usize, usize), JobFailure)>>,
}

impl Runner<'_> {
    /// Units in order, each by the next free worker; those that other runs have come last.
    ///
    /// Workers are threads of their own, not of Rayon's pool, because they wait: for memory, and for other runs.
    fn all(&self, pending: &[Pending<'_>]) -> Result<(), BatchError> {
        let next = AtomicUsize::new(0);
        let later = Mutex::new(Vec::new());
        let trouble = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..rayon::current_num_threads().min(pending.len()) {
                scope.spawn(|| {
                    while let Some(one) = pending.get(next.fetch_add(1, Ordering::SeqCst)) {
                        match self.unit(one, false) {
                            Ok(true) => {}
                            Ok(false) => later.lock().unwrap_or_else(PoisonError::into_inner).push(one),
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
        for one in later.into_inner().unwrap_or_else(PoisonError::into_inner) {
            (self.observe)(Event::Waiting { table: &one.table.unit.source });
            self.unit(one, true)?;
        }
        Ok(())
    }

    /// The jobs of a unit; false when another run has it.
    fn unit(&self, pending: &Pending<'_>, wait: bool) -> Result<bool, BatchError> {
        let (table, unit) = (pending.table, pending.table.unit);
        let Some(_claim) = self.folder.claim(&unit.name, self.apart, wait)? else { return Ok(false) };
        // Another run may have made them meanwhile.
        let (left, made): (Vec<&KeyedJob<'_>>, Vec<&KeyedJob<'_>>) =
            pending.jobs.iter().copied().partition(|job| !self.is_finished(job));
        self.skipped.fetch_add(made.len(), Ordering::SeqCst);
        if left.is_empty() {
            return Ok(true);
        }
        if let Some(error) = unit.too_large(self.allowed) {
            left.iter().for_each(|job| self.fail(table, job, &error));
            return Ok(true);
        }
        self.gate.pass(unit.bytes, || match &unit.content {
            Content::National { input, years } => self.national(table, &left, input, years),
            Content::Table { table: file, preparation, .. } => {
                let (mut alone, shared): (Vec<&KeyedJob<'_>>, Vec<&KeyedJob<'_>>) =
                    left.into_iter().partition(|job| job.task.is_alone());
                alone.extend(self.shared(table, shared, file, preparation));
                for job in alone {
                    self.made(table, job, || self.alone(table, job, file, preparation));
                }
            }
        });
        Ok(true)
    }

    pub(super) fn is_finished(&self, job: &KeyedJob<'_>) -> bool {
        is_finished(self.root, job)
    }

    pub(super) fn unfinished<'b>(&'b self, job: &'b KeyedJob<'b>) -> impl Iterator<Item = &'b Output<'b>> {
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
        for finding in notes.findings.iter_mut().chain(&mut notes.violations) {
            *finding = self.plan.base.without_base(finding);
        }
        notes
    }

    pub(super) fn fail(&self, table: &Readable<'_>, job: &KeyedJob<'_>, error: &BatchError) {
        for output in self.unfinished(job) {
            // What cannot be taken away stays without a record, so that nobody takes it for finished.
            let _ = self.folder.discard(output);
        }
        // Another run that shares the table may have made it meanwhile: then nothing is missing.
        if self.is_finished(job) {
            self.skipped.fetch_add(1, Ordering::SeqCst);
            return;
        }
        self.failed((table.position, job.position), job.name, error);
    }

    /// Tells that a job failed, and keeps it for the summary. `place` is its unit and its position there.
    fn failed(&self, place: (usize, usize), name: &str, error: &BatchError) {
        let failure = JobFailure {
            output: name.to_owned(),
            error: self.plan.base.without_base(&error.to_string()),
            hint: error.hint(),
        };
        (self.observe)(Event::Failed(&failure));
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push((place, failure));
    }
}

/// A broken invariant of the engine fails one job, not the batch.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, BatchError>) -> Result<T, BatchError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(BatchError::Panicked { message: text.unwrap_or_else(|| "without a message".into()) })
    })
}
