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
use super::plan::{Content, Job, Output, Plan, Unit};
use super::shard::Shard;
use super::task::{Computation, Task};
use crate::analysis::{Admission, AnalysisError, Piece, Preparation, Satellite, WithIntervals, World};
use crate::frame::ResultNotes;
use crate::load::{TableRef, national};
use crate::table::IcioTable;

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

struct Runner<'a> {
    plan: &'a Plan,
    root: &'a Path,
    folder: &'a Folder,
    gate: Gate,
    allowed: u64,
    /// What the user said that may be used.
    stated: Option<u64>,
    observe: &'a (dyn Fn(Event<'_>) + Sync),
    computed: AtomicUsize,
    skipped: AtomicUsize,
    failures: Mutex<Vec<((usize, usize), JobFailure)>>,
}

/// A table opened and solved for its jobs: value added, and satellites by their position in the plan.
struct Worlds {
    plain: World,
    traced: Vec<(usize, Result<World, AnalysisError>)>,
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
                needs: memory::in_words(unit.least),
                allowed: memory::in_words(self.allowed),
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

    fn task(&self, job: &Job) -> &Task {
        &self.plan.tasks[job.task]
    }

    /// One job made, and told; nothing of it stops the others.
    fn made(&self, unit: usize, job: usize, make: impl FnOnce() -> Result<(), BatchError>) {
        let clock = Instant::now();
        match guarded(make) {
            Ok(()) => {
                self.computed.fetch_add(1, Ordering::SeqCst);
                let seconds = clock.elapsed().as_secs_f64();
                let output = first_output(&self.plan.units[unit].jobs[job]);
                (self.observe)(Event::Done { output, seconds });
            }
            Err(error) => self.fail(unit, job, &error),
        }
    }

    fn national(&self, position: usize, jobs: &[usize], input: &str, years: &[i32]) {
        let unit = &self.plan.units[position];
        match guarded(|| Ok(national::read(input, years).map_err(AnalysisError::from)?)) {
            Err(error) => jobs.iter().for_each(|job| self.fail(position, *job, &error)),
            Ok(years) => jobs.iter().for_each(|job| {
                let job_of = &unit.jobs[*job];
                self.made(position, *job, || match &self.task(job_of).computation {
                    Computation::ImportContent(analysis) => self.whole(analysis.run(&years)?, job_of),
                    _ => unreachable!("a plan gives national tables to import content and to nothing else"),
                });
            }),
        }
    }

    /// The jobs that share one world: the table is opened and solved once. What cannot fit is refused job by job, when the
    /// table is open and before it is solved.
    fn shared(&self, position: usize, jobs: Vec<usize>, table: &TableRef, preparation: &Preparation) {
        if jobs.is_empty() {
            return;
        }
        let unit = &self.plan.units[position];
        let opened = match guarded(|| self.open(unit, table, preparation)) {
            Ok(opened) => opened,
            Err(error) => return jobs.iter().for_each(|job| self.fail(position, *job, &error)),
        };
        let mut admitted = Vec::new();
        for job in jobs {
            let admission = self.admission(self.task(&unit.jobs[job]));
            let admits = || match &admission {
                Some(admission) => Ok(preparation.admits(&opened, admission)?),
                None => Ok(()),
            };
            match guarded(admits) {
                Ok(()) => admitted.push(job),
                Err(error) => self.fail(position, job, &error),
            }
        }
        // A world keeps the inverse once it is made: who needs it comes last, so that the others have the room that was
        // predicted for them.
        admitted
            .sort_by_key(|job| self.task(&unit.jobs[*job]).asked().is_some_and(|(_, asked)| asked.inverse));
        if admitted.is_empty() {
            return;
        }
        match guarded(|| self.worlds(unit, &admitted, opened, preparation)) {
            Err(error) => admitted.iter().for_each(|job| self.fail(position, *job, &error)),
            Ok(worlds) => admitted.iter().for_each(|job| {
                self.made(position, *job, || self.job(&worlds, &unit.jobs[*job]));
            }),
        }
    }

    /// What a task may use, in the words and by the reckoning of the command.
    fn admission(&self, task: &Task) -> Option<Admission> {
        let (what, asked) = task.asked()?;
        Some(Admission { what, asked, limit: self.stated, tell: None })
    }

    fn open(
        &self,
        unit: &Unit,
        table: &TableRef,
        preparation: &Preparation,
    ) -> Result<IcioTable, BatchError> {
        let opened = table.open(&preparation.reading).map_err(AnalysisError::from)?;
        self.unchanged(unit, table, preparation, &opened.provenance().sha256)?;
        Ok(opened)
    }

    /// Are the files that were read those that the keys were made of?
    fn unchanged(
        &self,
        unit: &Unit,
        table: &TableRef,
        preparation: &Preparation,
        found: &str,
    ) -> Result<(), BatchError> {
        let changed = |table: String, expected: &str, found: &str| BatchError::InputChanged {
            table,
            expected: expected.to_owned(),
            found: found.to_owned(),
        };
        if found != unit.sha256 {
            return Err(changed(unit.source.clone(), &unit.sha256, found));
        }
        if unit.companions.is_empty() {
            return Ok(());
        }
        let companions = table.companions(&preparation.reading).map_err(AnalysisError::from)?;
        for expected in &unit.companions {
            let now = companions.iter().find(|one| one.name == expected.name);
            if now != Some(expected) {
                let found = now.map_or("none, it is gone", |now| now.sha256.as_str());
                let name = format!("{} (read with {})", expected.name, unit.source);
                return Err(changed(name, &expected.sha256, found));
            }
        }
        Ok(())
    }

    fn worlds(
        &self,
        unit: &Unit,
        jobs: &[usize],
        opened: IcioTable,
        preparation: &Preparation,
    ) -> Result<Worlds, BatchError> {
        let mut wanted: Vec<usize> = jobs.iter().filter_map(|job| unit.jobs[*job].satellite).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let satellites: Vec<&Satellite> =
            wanted.iter().map(|satellite| &self.plan.satellites[*satellite].satellite).collect();
        let (plain, traced) = preparation.build_with(opened, &satellites)?;
        Ok(Worlds { plain, traced: wanted.into_iter().zip(traced).collect() })
    }

    /// A job that changes the table it opens: draws, derivatives by cell.
    fn alone(
        &self,
        unit: &Unit,
        job: usize,
        table: &TableRef,
        preparation: &Preparation,
    ) -> Result<(), BatchError> {
        let job = &unit.jobs[job];
        let task = self.task(job);
        let preparation = Preparation { admission: self.admission(task), ..preparation.clone() };
        let satellite = job.satellite.map(|satellite| &self.plan.satellites[satellite].satellite);
        let (piece, _) = match (&task.computation, task.computation.of_world(), &task.draws) {
            (Computation::Sensitivity(analysis), _, _) => analysis.run(&preparation, table)?,
            (_, Some(analysis), Some(plan)) => {
                WithIntervals { analysis, plan: plan.clone() }.run(&preparation, table, satellite, &|| {})?
            }
            _ => unreachable!("sensitivity and what is drawn is alone, nothing else"),
        };
        let found = piece.notes.sources.first().map_or("", |source| source.sha256.as_str());
        self.unchanged(unit, table, &preparation, found)?;
        self.whole(piece, job)
    }

    fn job(&self, worlds: &Worlds, job: &Job) -> Result<(), BatchError> {
        let task = self.task(job);
        let world = world_of(worlds, job)?;
        let Some(analysis) = task.computation.of_world() else {
            unreachable!("a plan shares worlds among analyses of worlds")
        };
        let piece = analysis.run(world)?;
        match &task.computation {
            Computation::Decompose { analysis, by: Some(by) } => {
                let notes = self.told(piece.notes);
                for output in self.unfinished(job) {
                    self.folder.write(output, &notes, |sink| {
                        analysis.details(world, *by, |piece| Ok::<(), BatchError>(sink.write(piece)?))?;
                        Ok(())
                    })?;
                }
                Ok(())
            }
            _ => self.whole(piece, job),
        }
    }

    fn whole(&self, piece: Piece, job: &Job) -> Result<(), BatchError> {
        let Piece { frame, notes } = piece;
        let notes = self.told(notes);
        for output in self.unfinished(job) {
            self.folder.write(output, &notes, |sink| Ok(sink.write(&frame)?))?;
        }
        Ok(())
    }

    fn unfinished<'b>(&'b self, job: &'b Job) -> impl Iterator<Item = &'b Output> {
        job.outputs.iter().filter(|output| finished(self.root, output).is_none())
    }

    /// Notes that name files as the manifest does, wherever the run was started.
    fn told(&self, mut notes: ResultNotes) -> ResultNotes {
        for source in &mut notes.sources {
            source.source = self.plan.base.as_written(&source.source);
        }
        notes
    }

    fn fail(&self, unit: usize, job: usize, error: &BatchError) {
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

fn world_of<'a>(worlds: &'a Worlds, job: &Job) -> Result<&'a World, BatchError> {
    let Some(wanted) = job.satellite else { return Ok(&worlds.plain) };
    match worlds.traced.iter().find(|(satellite, _)| *satellite == wanted) {
        Some((_, Ok(world))) => Ok(world),
        Some((_, Err(error))) => {
            Err(BatchError::Satellite { message: error.to_string(), advice: error.hint() })
        }
        None => unreachable!("a table is opened with the satellites of its jobs"),
    }
}

fn first_output(job: &Job) -> &str {
    job.outputs.first().map_or("", |output| output.path.as_str())
}

/// A broken invariant of the engine fails one job, not the batch.
fn guarded<T>(work: impl FnOnce() -> Result<T, BatchError>) -> Result<T, BatchError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(BatchError::Panicked { message: text.unwrap_or_else(|| "without a message".into()) })
    })
}
