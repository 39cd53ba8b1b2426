//! Several results of one table into a folder: the table is solved once, and each result is written while the next one is
//! computed.

use std::cell::RefCell;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use indicatif::ProgressBar;

use super::args::{Common, Input, Modelling};
use super::failure::Failure;
use super::output::{self, print_notes, write_notes};
use super::{Outcome, progress};
use crate::analysis::{Admission, Analysis, AnalysisError, Piece, Preparation, World, left_out};
use crate::frame::ResultNotes;
use crate::interrupt::MadeFolder;
use crate::model::memory::Asked;
use crate::report::{self, ReportError, ResultFile, Sink, Writer};
use crate::table::IcioTable;

/// Results that wait for the writer, and pieces of a result that do: what bounds the memory.
const WAITING: usize = 1;
/// Results in memory at a time: one in the making, one that waits, one on its way to its file.
const IN_FLIGHT: usize = 2 + WAITING;

/// A folder and a format, checked before heavy work starts.
pub(crate) struct Folder {
    path: PathBuf,
    writer: &'static dyn Writer,
    /// What was made for it goes again when nothing is written.
    _made: MadeFolder,
}

/// An analysis and the name of its file, without extension.
pub(crate) type Named = (String, Box<dyn Analysis>);

/// A result on its way to its file.
struct Job {
    path: PathBuf,
    pieces: Receiver<Message>,
}

#[expect(clippy::large_enum_variant, reason = "a handful at a time: their size is not worth a box")]
enum Message {
    Piece(Piece),
    /// All pieces were sent: without it, the computation failed.
    Done,
}

/// Why a file was not written.
enum Stop {
    /// The computation failed and says why itself.
    Interrupted,
    Report(ReportError),
}

impl From<ReportError> for Stop {
    fn from(error: ReportError) -> Self {
        Self::Report(error)
    }
}

impl Folder {
    /// A folder that is there or can be made.
    pub(crate) fn of(path: &Path, format: &str) -> Result<Self, Failure> {
        let writer = report::find_writer(format)?;
        let ending = path.extension().and_then(|ending| ending.to_str());
        // `d.xlsx/` has the ending of a file, and means a folder.
        let is_folder =
            path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        if let Some(meant) = ending.and_then(report::writer_for_extension).filter(|_| !is_folder) {
            let folder = path.with_extension("");
            return Err(Failure::request(
                format!("{}: the name of one file, and each result has a file of its own", path.display()),
                format!("name a folder: -o {} --format {}", folder.display(), meant.id()),
            ));
        }
        let made = output::make_folder(path)?;
        Ok(Self { path: path.to_owned(), writer, _made: made })
    }

    /// Solves every table once and writes all analyses of it: straight into the folder, or into a folder a table where
    /// there are several.
    pub(crate) fn fill(
        &self,
        input: &Input,
        modelling: &Modelling,
        analyses: &[Named],
        common: &Common,
    ) -> Result<Outcome, Failure> {
        let preparation = modelling.preparation_of(common.reading(input.read_options()));
        let tables = input.tables()?;
        let bar = progress::bar(tables.len() * analyses.len(), "results", common);
        let mut summary: Option<ResultNotes> = None;
        for (position, table) in tables.iter().enumerate() {
            let opened = table.open(&preparation.reading)?;
            admit(&preparation, &opened, analyses, common)?;
            let world = preparation.build(opened)?;
            let folder = match (tables.len(), table.year()) {
                (1, _) => self.path.clone(),
                (_, Some(year)) => self.path.join(year.to_string()),
                (_, None) => self.path.join(format!("table-{}", position + 1)),
            };
            let _made = output::make_folder(&folder)?;
            bar.suspend(|| {
                analyses.iter().for_each(|(name, _)| output::clear_away(&self.file(&folder, name), common))
            });
            let notes = self.write(&folder, &world, analyses, &bar)?;
            match &mut summary {
                Some(summary) => summary.absorb(notes),
                None => summary = Some(notes),
            }
        }
        bar.finish_and_clear();
        let Some(notes) = summary else { return Ok(Outcome::Done) };
        if !common.quiet {
            print_notes(&notes, common, None);
            let files = analyses.len() * tables.len();
            output::talk(&format!("written: {files} results with their notes in {}\n", self.path.display()));
        }
        Ok(Outcome::of(&notes, common))
    }

    /// The file of a result.
    fn file(&self, folder: &Path, name: &str) -> PathBuf {
        let extension = self.writer.extensions().first().copied().unwrap_or(self.writer.id());
        folder.join(format!("{name}.{extension}"))
    }

    /// Computes here, writes on another thread; the notes of all results as one.
    fn write(
        &self,
        folder: &Path,
        world: &World,
        analyses: &[Named],
        bar: &ProgressBar,
    ) -> Result<ResultNotes, Failure> {
        std::thread::scope(|scope| {
            let (jobs, queue) = sync_channel(WAITING);
            let hand = scope.spawn(move || {
                queue.into_iter().try_for_each(|job| match self.write_one(job) {
                    Err(Stop::Report(error)) => Err(error),
                    Ok(()) | Err(Stop::Interrupted) => Ok(()),
                })
            });
            let computed = self.compute(folder, world, analyses, bar, &jobs);
            drop(jobs);
            let written = hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // What the writer met comes first: it is why the computation was stopped.
            written?;
            computed
        })
    }

    fn compute(
        &self,
        folder: &Path,
        world: &World,
        analyses: &[Named],
        bar: &ProgressBar,
        jobs: &SyncSender<Job>,
    ) -> Result<ResultNotes, Failure> {
        let names: Vec<String> = analyses.iter().map(|(_, analysis)| analysis.computed()).collect();
        let mut all = ResultNotes::of(&distinct(&names).join(", "));
        for (name, analysis) in analyses {
            let (pieces, received) = sync_channel(WAITING);
            let job = Job { path: self.file(folder, name), pieces: received };
            // Whoever does not take it any more has failed, and says why.
            if jobs.send(job).is_err() {
                break;
            }
            let mut notes: Option<ResultNotes> = None;
            let computed = analysis.run_pieces(world, &mut |piece| {
                notes.get_or_insert_with(|| piece.notes.clone());
                // A send that fails is a writer that stopped: it says why, and the next job is not taken.
                let _ = pieces.send(Message::Piece(piece));
            });
            match computed {
                Ok(()) => {
                    let _ = pieces.send(Message::Done);
                }
                // What the table cannot serve is told, and the rest goes on.
                Err(AnalysisError::Indicator(error)) => match left_out(name, &error) {
                    Some(remark) => all.remarks.push(remark),
                    None => return Err(AnalysisError::from(error).into()),
                },
                Err(error) => return Err(error.into()),
            }
            bar.inc(1);
            if let Some(notes) = notes {
                // The same table every time: told once.
                all.absorb(if all.sources.is_empty() { notes } else { notes.without_tables() });
            }
        }
        Ok(all)
    }

    fn write_one(&self, job: Job) -> Result<(), Stop> {
        let notes = RefCell::new(None);
        let result = |file: &mut ResultFile<'_>| {
            let mut output = Some(file);
            let mut sink: Option<Box<dyn Sink + '_>> = None;
            loop {
                match job.pieces.recv() {
                    Ok(Message::Piece(piece)) => {
                        if let Some(file) = output.take() {
                            sink = Some(self.writer.start(Box::new(BufWriter::new(file)), &piece.notes));
                            notes.replace(Some(piece.notes));
                        }
                        if let Some(sink) = &mut sink {
                            sink.write(&piece.frame)?;
                        }
                    }
                    Ok(Message::Done) => break,
                    Err(_) => return Err(Stop::Interrupted),
                }
            }
            match sink {
                Some(sink) => Ok(sink.finish()?),
                None => Err(Stop::Interrupted),
            }
        };
        report::write_whole_and(&job.path, result, || match &*notes.borrow() {
            Some(notes) => Ok(write_notes(&job.path, notes)?),
            None => Ok(()),
        })
    }
}

/// Refuses what will not fit, before anything is solved; what the largest result takes is told.
fn admit(
    preparation: &Preparation,
    table: &IcioTable,
    analyses: &[Named],
    common: &Common,
) -> Result<(), Failure> {
    let asked: Vec<(Asked, usize)> = analyses.iter().map(|(_, analysis)| (analysis.asked(), 1)).collect();
    let (rows, economies) = (table.axis().n_rows(), table.axis().n_economies());
    let mut largest: Option<(u64, Admission)> = None;
    for (last, (_, analysis)) in analyses.iter().enumerate() {
        let together = Asked::together(
            asked[last.saturating_sub(IN_FLIGHT - 1)..=last].iter().copied(),
            rows,
            economies,
        );
        let admission = Admission {
            what: format!("everything, up to {}", analysis.computed()),
            asked: Asked { less: Some("fewer of --level, --method or --indicator"), ..together },
            ..common.admission(analysis.as_ref())
        };
        // Refused with what the largest needs, not with what the first that does not fit does.
        let bytes = preparation
            .admits(table, &Admission { tell: None, limit: Some(u64::MAX), ..admission.clone() })?;
        if largest.as_ref().is_none_or(|(most, _)| bytes > *most) {
            largest = Some((bytes, admission));
        }
    }
    if let Some((_, admission)) = largest {
        preparation.admits(table, &admission)?;
    }
    Ok(())
}

/// Each name once, in order.
fn distinct(names: &[String]) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for name in names {
        if !found.contains(&name.as_str()) {
            found.push(name);
        }
    }
    found
}
