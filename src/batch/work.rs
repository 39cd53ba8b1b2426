//! The jobs of one table: opened, admitted, solved once for all that share it, written.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::BatchError;
use super::plan::{Job, Unit};
use super::run::{Event, Runner, first_output, guarded};
use super::task::{Computation, Task};
use crate::analysis::{Admission, AnalysisError, Piece, Preparation, Satellite, WithIntervals, World};
use crate::load::{ReadOptions, TableRef, national};
use crate::table::IcioTable;

/// A table opened and solved for its jobs: value added, and satellites by their position in the plan.
struct Worlds {
    plain: World,
    traced: Vec<(usize, Result<World, AnalysisError>)>,
}

impl Runner<'_> {
    pub(super) fn task(&self, job: &Job) -> &Task {
        &self.plan.tasks[job.task]
    }

    /// One job made, and told; nothing of it stops the others.
    pub(super) fn made(&self, unit: usize, job: usize, make: impl FnOnce() -> Result<(), BatchError>) {
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

    pub(super) fn national(&self, position: usize, jobs: &[usize], input: &str, years: &[i32]) {
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
    pub(super) fn shared(
        &self,
        position: usize,
        jobs: Vec<usize>,
        table: &TableRef,
        preparation: &Preparation,
    ) {
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
                Some(admission) => Ok(preparation.admits(&opened, admission).map(|_| ())?),
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

    /// How a table is read: in the memory that may be used.
    fn reading(&self, preparation: &Preparation) -> ReadOptions {
        ReadOptions { memory: self.stated, ..preparation.reading.clone() }
    }

    fn open(
        &self,
        unit: &Unit,
        table: &TableRef,
        preparation: &Preparation,
    ) -> Result<IcioTable, BatchError> {
        let opened = table.open(&self.reading(preparation)).map_err(AnalysisError::from)?;
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
    pub(super) fn alone(
        &self,
        unit: &Unit,
        job: usize,
        table: &TableRef,
        preparation: &Preparation,
    ) -> Result<(), BatchError> {
        let job = &unit.jobs[job];
        let task = self.task(job);
        let reading = self.reading(preparation);
        let preparation = Preparation { reading, admission: self.admission(task), ..preparation.clone() };
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
