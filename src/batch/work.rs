//! The jobs of one table: opened, admitted, solved once for all that share it, written.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::BatchError;
use super::part::{KeyedJob, Readable};
use super::run::{Event, Runner, guarded};
use super::task::{Computation, Task};
use crate::analysis::{
    Admission, AnalysisError, Piece, Preparation, Satellite, SensitivityAnalysis, WithIntervals, World,
};
use crate::load::{ReadOptions, TableRef, national};
use crate::table::IcioTable;

/// A table opened and solved for its jobs: value added, and satellites by their position in the plan.
struct Worlds {
    plain: World,
    traced: Vec<(usize, Result<World, AnalysisError>)>,
}

impl Runner<'_> {
    /// One job made, and told; nothing of it stops the others.
    pub(super) fn made(
        &self,
        table: &Readable<'_>,
        job: &KeyedJob<'_>,
        make: impl FnOnce() -> Result<(), BatchError>,
    ) {
        // By a run of everything beside shards that share a table, or the other way round.
        if self.is_finished(job) {
            self.skipped.fetch_add(1, Ordering::SeqCst);
            return;
        }
        let clock = Instant::now();
        match guarded(make) {
            Ok(()) => {
                self.computed.fetch_add(1, Ordering::SeqCst);
                let seconds = clock.elapsed().as_secs_f64();
                (self.observe)(Event::Done { output: job.name, seconds });
            }
            Err(error) => self.fail(table, job, &error),
        }
    }

    pub(super) fn national(&self, table: &Readable<'_>, jobs: &[&KeyedJob<'_>], input: &str, years: &[i32]) {
        match guarded(|| Ok(national::read(input, years).map_err(AnalysisError::from)?)) {
            Err(error) => jobs.iter().for_each(|job| self.fail(table, job, &error)),
            Ok(years) => jobs.iter().for_each(|job| {
                self.made(table, job, || match &job.task.computation {
                    Computation::ImportContent(analysis) => self.whole(analysis.run(&years)?, job),
                    _ => unreachable!("a plan gives national tables to import content and to nothing else"),
                });
            }),
        }
    }

    /// The jobs that share one world: the table is opened and solved once. What cannot fit is refused job by job, when the
    /// table is open and before it is solved. Derivatives that fit only when nothing is shared are handed back.
    pub(super) fn shared<'b>(
        &self,
        table: &Readable<'_>,
        jobs: Vec<&'b KeyedJob<'b>>,
        file: &TableRef,
        preparation: &Preparation,
    ) -> Vec<&'b KeyedJob<'b>> {
        let (mut derivatives, mut others, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        if jobs.is_empty() {
            return alone;
        }
        let opened = match guarded(|| self.open(table, file, preparation)) {
            Ok(opened) => opened,
            Err(error) => {
                jobs.iter().for_each(|job| self.fail(table, job, &error));
                return alone;
            }
        };
        for job in jobs {
            match (guarded(|| self.admits(job.task, &opened, preparation)), job.task.derivatives()) {
                (Ok(()), Some(_)) => derivatives.push(job),
                (Ok(()), None) => others.push(job),
                (Err(_), Some(_)) => alone.push(job),
                (Err(error), None) => self.fail(table, job, &error),
            }
        }
        // A world keeps the inverse once it is made: who needs it comes last, so that the others have the room that was
        // predicted for them.
        others.sort_by_key(|job| job.task.asked().is_some_and(|(_, asked)| asked.inverse));
        let admitted: Vec<&KeyedJob<'_>> = derivatives.iter().chain(&others).copied().collect();
        if admitted.is_empty() {
            return alone;
        }
        match guarded(|| self.worlds(&admitted, opened, preparation, !derivatives.is_empty())) {
            Err(error) => admitted.iter().for_each(|job| self.fail(table, job, &error)),
            Ok((worlds, beside)) => {
                // The table goes before the others need the room.
                if let Some(beside) = beside {
                    for job in derivatives {
                        self.made(table, job, || self.derivatives(&beside, &worlds.plain, job));
                    }
                }
                for job in others {
                    self.made(table, job, || self.job(&worlds, job));
                }
            }
        }
        alone
    }

    /// Refuses a job that will not fit into memory on an opened table: by the reckoning of its command or, when it needs the
    /// table beside a world that is shared, with that.
    fn admits(&self, task: &Task, opened: &IcioTable, preparation: &Preparation) -> Result<(), BatchError> {
        let Some(admission) = self.admission(task) else { return Ok(()) };
        match task.derivatives() {
            None => {
                preparation.admits(opened, &admission)?;
            }
            Some(_) => {
                let admission = Some(admission);
                let preparation = Preparation { admission, ..preparation.clone() };
                SensitivityAnalysis::admit_beside(&preparation, opened)?;
            }
        }
        Ok(())
    }

    /// What a task may use, in the words and by the reckoning of the command.
    fn admission(&self, task: &Task) -> Option<Admission> {
        let (what, asked) = task.asked()?;
        Some(Admission { what, asked, models: 0, limit: self.stated, tell: None })
    }

    /// How a table is read: in the memory that may be used.
    fn reading(&self, preparation: &Preparation) -> ReadOptions {
        ReadOptions { memory: self.stated, ..preparation.reading.clone() }
    }

    fn open(
        &self,
        table: &Readable<'_>,
        file: &TableRef,
        preparation: &Preparation,
    ) -> Result<IcioTable, BatchError> {
        let opened = file.open(&self.reading(preparation)).map_err(AnalysisError::from)?;
        self.unchanged(table, file, preparation, &opened.provenance().sha256)?;
        Ok(opened)
    }

    /// Are the files that were read those that the keys were made of?
    fn unchanged(
        &self,
        table: &Readable<'_>,
        file: &TableRef,
        preparation: &Preparation,
        found: &str,
    ) -> Result<(), BatchError> {
        let (source, hashes) = (&table.unit.source, &table.hashes);
        let changed = |table: String, expected: &str, found: &str| BatchError::InputChanged {
            table,
            expected: expected.to_owned(),
            found: found.to_owned(),
        };
        if found != hashes.sha256 {
            return Err(changed(source.clone(), &hashes.sha256, found));
        }
        if hashes.companions.is_empty() {
            return Ok(());
        }
        let companions = file.companions(&preparation.reading).map_err(AnalysisError::from)?;
        for expected in &hashes.companions {
            let now = companions.iter().find(|one| one.name == expected.name);
            if now != Some(expected) {
                let found = now.map_or("none, it is gone", |now| now.sha256.as_str());
                let name = format!("{} (read with {source})", expected.name);
                return Err(changed(name, &expected.sha256, found));
            }
        }
        Ok(())
    }

    /// The worlds of some jobs, and the table itself where it is to be kept beside them.
    fn worlds(
        &self,
        jobs: &[&KeyedJob<'_>],
        opened: IcioTable,
        preparation: &Preparation,
        keep: bool,
    ) -> Result<(Worlds, Option<IcioTable>), BatchError> {
        let mut wanted: Vec<usize> = jobs.iter().filter_map(|job| job.satellite).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let satellites: Vec<&Satellite> =
            wanted.iter().map(|satellite| &self.plan.satellites[*satellite].satellite).collect();
        let (beside, plain, traced) = if keep {
            let (beside, plain, traced) = preparation.build_beside(opened, &satellites)?;
            (Some(beside), plain, traced)
        } else {
            let (plain, traced) = preparation.build_with(opened, &satellites)?;
            (None, plain, traced)
        };
        Ok((Worlds { plain, traced: wanted.into_iter().zip(traced).collect() }, beside))
    }

    /// A job that opens its table by itself: draws, which change it, and derivatives that have no room beside others.
    pub(super) fn alone(
        &self,
        table: &Readable<'_>,
        job: &KeyedJob<'_>,
        file: &TableRef,
        preparation: &Preparation,
    ) -> Result<(), BatchError> {
        let task = job.task;
        let reading = self.reading(preparation);
        let preparation = Preparation { reading, admission: self.admission(task), ..preparation.clone() };
        let satellite = job.satellite.map(|satellite| &self.plan.satellites[satellite].satellite);
        let (piece, _) = match (&task.computation, task.computation.of_world(), &task.draws) {
            (Computation::Sensitivity(analysis), _, _) => analysis.run(&preparation, file)?,
            (_, Some(analysis), Some(plan)) => {
                WithIntervals { analysis, plan: plan.clone() }.run(&preparation, file, satellite, &|| {})?
            }
            _ => unreachable!("derivatives and what is drawn is alone, nothing else"),
        };
        let found = piece.notes.sources.first().map_or("", |source| source.sha256.as_str());
        self.unchanged(table, file, &preparation, found)?;
        self.whole(piece, job)
    }

    fn derivatives(&self, beside: &IcioTable, world: &World, job: &KeyedJob<'_>) -> Result<(), BatchError> {
        let Some(analysis) = job.task.derivatives() else {
            unreachable!("a table is kept for derivatives and for nothing else")
        };
        self.whole(analysis.run_beside(beside, world)?, job)
    }

    fn job(&self, worlds: &Worlds, job: &KeyedJob<'_>) -> Result<(), BatchError> {
        let task = job.task;
        let world = world_of(worlds, job)?;
        let Some(analysis) = task.computation.of_world() else {
            unreachable!("a plan shares worlds among analyses of worlds")
        };
        let piece = analysis.run(world)?;
        match &task.computation {
            Computation::Decompose(analysis) if analysis.is_taken_apart() => {
                let notes = self.told(piece.notes);
                for output in self.unfinished(job) {
                    self.folder.write(output, &notes, |sink| {
                        analysis.details(world, |piece| Ok::<(), BatchError>(sink.write(piece)?))?;
                        Ok(())
                    })?;
                }
                Ok(())
            }
            _ => self.whole(piece, job),
        }
    }

    fn whole(&self, piece: Piece, job: &KeyedJob<'_>) -> Result<(), BatchError> {
        let Piece { frame, notes } = piece;
        let notes = self.told(notes);
        for output in self.unfinished(job) {
            self.folder.write(output, &notes, |sink| Ok(sink.write(&frame)?))?;
        }
        Ok(())
    }
}

fn world_of<'a>(worlds: &'a Worlds, job: &KeyedJob<'_>) -> Result<&'a World, BatchError> {
    let Some(wanted) = job.satellite else { return Ok(&worlds.plain) };
    match worlds.traced.iter().find(|(satellite, _)| *satellite == wanted) {
        Some((_, Ok(world))) => Ok(world),
        Some((_, Err(error))) => {
            Err(BatchError::Satellite { message: error.to_string(), advice: error.hint() })
        }
        None => unreachable!("a table is opened with the satellites of its jobs"),
    }
}
