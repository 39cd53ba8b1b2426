//! `vadex batch`: many tables, years and analyses from one manifest.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clap::{Args, ValueEnum};

use crate::batch::{
    self, BatchError, Event, FileOutlook, FileState, Overview, Plan, RunOptions, Shard, SlurmRequest,
    Summary, memory,
};
use crate::cli::args::{Common, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Destination};
use crate::cli::{Outcome, progress};
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::page::number::count;

/// Run tables x years x methods from a manifest; can be resumed
///
/// Tables x years x methods x satellites; the same command goes on where it was.
#[derive(Debug, Args)]
#[command(after_long_help = LONG_HELP, after_help = SHORT_HELP)]
pub(crate) struct Batch {
    /// The manifest, a TOML file; its paths are relative to it
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,
    /// Folder of the results [default: that of the manifest]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Part I of N alone, from 1; auto/N: I of an array job
    ///
    /// Without it everything, or in an array job of Slurm the task's part.
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Print a job script for a cluster
    ///
    /// Nothing is run; each task of its array will run a part.
    #[arg(long, value_enum, value_name = "ENGINE")]
    emit: Option<Engine>,
    /// Tasks of the array [default: one a table, at most 100]
    ///
    /// A table of several years counts once a year.
    #[arg(long, value_name = "N", requires = "emit")]
    array: Option<usize>,
    /// Print what would be done, one line a file
    ///
    /// Finished, to do, or refused: what the job needs and what there is. Exit 2, as the run would, when a job will fail or be
    /// refused.
    #[arg(long, conflicts_with = "emit")]
    dry_run: bool,
}

/// Engines that a job script can be written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// Slurm: an array job
    Slurm,
}

const SHORT_HELP: &str = "Example: vadex batch examples/batch.toml -o results --memory 16G\n\n\
    `--help` shows a manifest.";

const LONG_HELP: &str = "A manifest:\n\n    \
    [output]\n    \
    format = [\"csv\", \"parquet\"]     # one file each [default: csv]\n\n    \
    [[table]]                       # a file, a directory of years, builtin:NAME\n    \
    path = \"builtin:wiod13\"\n    \
    year = \"2007-2011\"              # [default: all]\n\n    \
    [[satellite]]\n    \
    path = \"builtin:wiod13\"\n    \
    account = \"jobs\"\n\n    \
    [[task]]                        # a command, its options; lists multiply\n    \
    command = \"tiva\"\n    \
    level = [\"country\", \"sector\"]\n\n    \
    [[task]]\n    \
    command = \"decompose\"\n    \
    method = [\"wwz\", \"bm-source\"]\n    \
    level = \"bilateral\"\n    \
    satellite = [\"value-added\", \"jobs\"]\n\n    \
    [[task]]\n    \
    command = \"indicators\"\n    \
    family = \"position\"\n    \
    level = \"sector\"\n\n\
    Results stand in DIR/TASK/TABLE-YEAR.csv with their notes beside them;\n\
    DIR/run.json lists inputs, outputs and failures with their hashes. A killed\n\
    batch is resumed by the same command: outputs that are finished (same table,\n\
    options and engine, and not damaged since) are skipped. One failed job does\n\
    not stop the others; the exit status is 2 then.\n\n\
    Example: vadex batch examples/batch.toml -o results --memory 16G\n\
    Example: vadex batch examples/batch.toml -o results --emit slurm > job.sh";

impl Batch {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        self.check()?;
        let plan = Plan::read(&self.manifest)?;
        // A script is the same wherever it is written.
        let shard = if self.emit.is_some() { Shard::WHOLE } else { self.shard()? };
        let folder = self.output.as_deref().or(plan.folder());
        let options = RunOptions { shard, memory: common.memory };
        if self.dry_run {
            return preview(&plan, folder, &options, common);
        }
        let folder =
            folder.ok_or_else(|| BatchError::NoFolder { path: self.manifest.display().to_string() })?;
        if self.emit.is_some() {
            return self.emit_slurm(&plan, folder, common.memory, common.quiet);
        }
        let summary = watch(&plan, folder, &options, common)?;
        if !common.quiet {
            tell(&plan, folder, shard, &summary);
        }
        if !summary.failures.is_empty() {
            return Err(BatchError::JobsFailed { failed: summary.failures.len(), jobs: summary.jobs }.into());
        }
        Ok(Outcome::strictly(summary.worst_gap, summary.violated > 0, common))
    }

    /// Options that cannot be followed, told before anything is read.
    fn check(&self) -> Result<(), Failure> {
        if let (Some(shard), Some(_)) = (&self.shard, self.emit) {
            return Err(Failure::request(
                format!("--shard {shard} with --emit: the script gives each of its tasks a part of its own"),
                "leave --shard out; --array says how many tasks there are",
            ));
        }
        if self.array == Some(0) {
            return Err(Failure::request(
                "--array 0: a job script has at least one task",
                "leave the option out, or say how many tasks",
            ));
        }
        Ok(())
    }

    fn shard(&self) -> Result<Shard, Failure> {
        let environment = |name: &str| std::env::var(name).ok();
        match &self.shard {
            Some(text) => Ok(Shard::parse(text, &environment)?),
            None => Ok(Shard::of_slurm(&environment)?.unwrap_or(Shard::WHOLE)),
        }
    }

    fn emit_slurm(
        &self,
        plan: &Plan,
        folder: &Path,
        memory: Option<u64>,
        quiet: bool,
    ) -> Result<Outcome, Failure> {
        let absolute = |path: &Path| {
            std::path::absolute(path)
                .map_err(|source| BatchError::Folder { path: path.display().to_string(), source })
        };
        let engine = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("vadex"));
        let counts = plan.counts();
        if let (None, Some(table)) = (memory, plan.unknown()) {
            return Err(BatchError::MemoryUnknown { table: table.to_owned() }.into());
        }
        let tasks = self.array.unwrap_or(counts.0.clamp(1, batch::MOST_TASKS));
        let text = batch::script(&SlurmRequest {
            engine: &engine,
            manifest: &absolute(&self.manifest)?,
            folder: &absolute(folder)?,
            tasks,
            processors: rayon::current_num_threads(),
            memory: memory.unwrap_or(batch::grant(plan.largest())),
            counts,
        });
        output::print(&text)?;
        if !quiet {
            doubts(plan, tasks, memory).iter().for_each(|doubt| output::say(&format!("note: {doubt}")));
        }
        Ok(Outcome::Done)
    }
}

/// What of a job script will not be as its user may think.
fn doubts(plan: &Plan, tasks: usize, memory: Option<u64>) -> Vec<String> {
    let mut doubts = Vec::new();
    let jobs = plan.counts().1;
    if tasks > jobs {
        doubts.push(format!(
            "an array of {tasks} tasks for {}: {} of them will have nothing to do",
            count(jobs, "job", "jobs"),
            tasks - jobs
        ));
    }
    let largest = plan.largest();
    if let Some(planned) = memory.map(batch::planned).filter(|planned| largest > *planned) {
        doubts.push(format!(
            "the largest table is reckoned to need up to {}, the engine will plan with {}: see --dry-run --memory {}M, and \
             give --memory more if jobs will be refused",
            memory::readable(largest),
            memory::readable(planned),
            (planned >> 20).max(1)
        ));
    }
    doubts
}

/// What would be done, on standard output.
fn preview(
    plan: &Plan,
    folder: Option<&Path>,
    options: &RunOptions,
    common: &Common,
) -> Result<Outcome, Failure> {
    let destination = Destination::of(&OutputTo::default())?;
    let overview = batch::overview(plan, folder, options);
    let screen = destination.is_screen();
    let shown = if screen { for_a_screen(&overview.files) } else { overview.frame() };
    destination.write([shown], &ResultNotes::of("batch"), &common.silenced())?;
    if screen && !common.quiet {
        output::talk(&left_out(&overview));
    }
    let foreseen = |file: &FileOutlook| matches!(file.state, FileState::WillFail(_) | FileState::Refused(_));
    match overview.files.iter().filter(|file| foreseen(file)).count() {
        0 => Ok(Outcome::Done),
        failing => Err(BatchError::Foreseen { failing, outputs: overview.files.len() }.into()),
    }
}

/// Digits that tell the keys of a batch apart.
const KEY_DIGITS: usize = 8;

/// What fits a line of a screen: the name of an output says its task and table, the state is without its reason, and the
/// first digits say the key.
fn for_a_screen(files: &[FileOutlook]) -> Frame {
    let text = |of: &dyn Fn(&FileOutlook) -> Option<String>| Column::Text(files.iter().map(of).collect());
    let key = |file: &FileOutlook| Some(file.key.as_ref()?.chars().take(KEY_DIGITS).collect::<String>());
    Frame::new()
        .with("output", Measure::Key, text(&|file| Some(file.output.clone())))
        .with("state", Measure::Key, text(&|file| Some(file.state.word().to_owned())))
        .with("memory", Measure::Key, text(&|file| Some(span(file.needs))))
        .with("key", Measure::Key, text(&key))
}

/// `54 to 74 MB`: both in one unit, gigabytes below ten with one decimal.
fn span(needs: Option<(u64, u64)>) -> String {
    let Some((least, most)) = needs else { return "unknown".to_owned() };
    let (bytes_of_unit, unit) = if most >= 1_000_000_000 { (1e9, "GB") } else { (1e6, "MB") };
    let number = |bytes: u64| {
        let value = bytes as f64 / bytes_of_unit;
        let decimals = usize::from(unit == "GB" && value < 9.95);
        format!("{value:.decimals$}")
    };
    match (number(least), number(most)) {
        (least, most) if least == most => format!("{most} {unit}"),
        (least, most) => format!("{least} to {most} {unit}"),
    }
}

/// What a line of a screen has no room for: the memory that there is, and why tables cannot be read.
fn left_out(overview: &Overview) -> String {
    let mut lines = Vec::new();
    if let Some(limit) = &overview.limit {
        lines.push(format!("memory: from the columns of each file; {limit}\n"));
    }
    for file in &overview.files {
        if let FileState::WillFail(_) = &file.state {
            lines.push(format!("{}\n", file.state));
        }
    }
    // Files of one table have one reason, and stand together.
    lines.dedup();
    lines.concat()
}

/// Runs with a bar in a terminal; with `-v` a line a job; failures at once.
fn watch(plan: &Plan, folder: &Path, options: &RunOptions, common: &Common) -> Result<Summary, Failure> {
    let bar = progress::bar(plan.counts().1, "batch", common);
    let say = |text: String| bar.suspend(|| output::talk(&text));
    let hints = Mutex::new(HashSet::new());
    let summary = batch::run(plan, folder, options, &|event| match event {
        Event::Started { jobs, skipped, allowed } => {
            bar.set_length((jobs - skipped) as u64);
            if common.verbose {
                let largest = memory::readable(plan.largest());
                let allowed = memory::readable(allowed);
                say(format!(
                    "{jobs} jobs, {skipped} finished before; the largest table needs about {largest} of {allowed}\n"
                ));
            }
        }
        Event::Waiting { table } => {
            if !common.quiet {
                say(format!("{table}: another run has it, waiting\n"));
            }
        }
        Event::Done { output, seconds } => {
            bar.inc(1);
            if common.verbose {
                say(format!("{output}: {seconds:.2} s\n"));
            }
        }
        Event::Failed(failure) => {
            bar.inc(1);
            // Jobs that fail alike have one hint: told with the first of them.
            let is_new = hints.lock().unwrap_or_else(PoisonError::into_inner).insert(failure.hint.clone());
            let hint = if is_new { format!("  try: {}\n", failure.hint) } else { String::new() };
            say(format!("failed: {}: {}\n{hint}", failure.output, failure.error));
        }
    })?;
    bar.finish_and_clear();
    Ok(summary)
}

fn tell(plan: &Plan, folder: &Path, shard: Shard, summary: &Summary) {
    let (tables, all) = plan.counts();
    let part = if shard.is_whole() {
        String::new()
    } else {
        format!(", shard {shard} of {}", count(all, "job", "jobs"))
    };
    let list = if shard.is_whole() {
        format!(", listed in {}", folder.join(batch::RUN_MANIFEST).display())
    } else {
        String::new()
    };
    output::talk(&format!(
        "batch: {} on {}{part}: {} computed, {} finished before, {} failed\nwritten: {}{list}\n",
        count(summary.jobs, "job", "jobs"),
        count(tables, "table", "tables"),
        summary.computed,
        summary.skipped,
        summary.failures.len(),
        folder.display(),
    ));
    if summary.violated > 0 {
        output::talk(&format!(
            "violation: the accounts of the tables behind {} do not hold; the notes beside each say where\n",
            count(summary.violated, "result", "results")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::find_writer;

    const OUTPUT: &str = "decompose-wwz-bilateral-jobs/wiod13-2011.csv";

    fn file(state: FileState, needs: Option<(u64, u64)>) -> FileOutlook {
        FileOutlook {
            output: OUTPUT.to_owned(),
            state,
            task: "decompose-wwz-bilateral-jobs".to_owned(),
            table: "builtin:wiod13/2011".to_owned(),
            needs,
            key: Some("0123456789abcdef".repeat(4)),
        }
    }

    #[test]
    fn a_row_of_the_preview_is_a_line_of_a_screen_in_every_state() {
        let why = || "is reckoned to need 12.3 GB to 45.6 GB, 8.0 GB are allowed by --memory".to_owned();
        let files = [
            (FileState::Finished, Some((61_900_000, 62_100_000)), ["finished ", "62 MB "]),
            (FileState::ToDo, Some((54_000_000, 74_000_000)), ["to do ", "54 to 74 MB "]),
            (
                FileState::IfItFits(why()),
                Some((930_000_000, 1_600_000_000)),
                ["if it fits ", "0.9 to 1.6 GB "],
            ),
            (FileState::IfItFits(why()), None, ["if it fits ", "unknown "]),
            (FileState::Refused(why()), Some((12_300_000_000, 45_600_000_000)), ["refused ", "12 to 46 GB "]),
            (
                FileState::WillFail(why()),
                Some((8_000_000_000, 123_000_000_000)),
                ["will fail ", "8.0 to 123 GB "],
            ),
        ];
        let all: Vec<FileOutlook> =
            files.iter().map(|(state, needs, _)| file(state.clone(), *needs)).collect();
        let mut bytes: Vec<u8> = Vec::new();
        let mut sink = find_writer("table").unwrap().start(Box::new(&mut bytes), &ResultNotes::of("batch"));
        sink.write(&for_a_screen(&all)).unwrap();
        sink.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), files.len() + 1, "{text}");
        for (line, (_, _, words)) in lines[1..].iter().zip(&files) {
            for part in [OUTPUT, words[0], words[1], "01234567"] {
                assert!(line.contains(part), "`{part}` is missing from {text}");
            }
        }
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{text}");
        assert!(!text.contains("cdef"), "{text}");
    }

    #[test]
    fn what_a_screen_leaves_out_is_said_once() {
        let damaged = || file(FileState::WillFail("tables/2001.csv: no table".to_owned()), None);
        let refused = || file(FileState::Refused("is reckoned to need 1.0 GB at least".to_owned()), None);
        let files = vec![refused(), damaged(), damaged(), refused()];
        let overview = Overview { files, limit: Some("50 MB are allowed by --memory".to_owned()) };
        assert_eq!(
            left_out(&overview),
            "memory: from the columns of each file; 50 MB are allowed by --memory\n\
             will fail: tables/2001.csv: no table\n"
        );
    }
}
