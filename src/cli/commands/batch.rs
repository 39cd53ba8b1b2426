//! `vadex batch`: many tables, years and analyses from one manifest.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::audit::IDENTITY_TOLERANCE;
use crate::batch::{self, BatchError, Event, Plan, RunOptions, Shard, SlurmRequest, Summary, memory};
use crate::cli::args::{Common, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Destination};
use crate::cli::{Outcome, progress};
use crate::frame::{Column, Frame, ResultNotes};
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
    /// Finished, to do, or refused: what the job needs and what there is.
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
            return self.emit_slurm(&plan, folder, common.memory);
        }
        let summary = watch(&plan, folder, &options, common)?;
        if !common.quiet {
            tell(&plan, folder, shard, &summary);
        }
        if !summary.failures.is_empty() {
            return Err(BatchError::JobsFailed { failed: summary.failures.len(), jobs: summary.jobs }.into());
        }
        let violated =
            common.strict && (summary.worst_gap.is_nan() || summary.worst_gap > IDENTITY_TOLERANCE);
        Ok(if violated { Outcome::Violation } else { Outcome::Done })
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

    fn emit_slurm(&self, plan: &Plan, folder: &Path, memory: Option<u64>) -> Result<Outcome, Failure> {
        let absolute = |path: &Path| {
            std::path::absolute(path)
                .map_err(|source| BatchError::Folder { path: path.display().to_string(), source })
        };
        let engine = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("vadex"));
        let counts = plan.counts();
        if let (None, Some(table)) = (memory, plan.unknown()) {
            return Err(BatchError::MemoryUnknown { table: table.to_owned() }.into());
        }
        let text = batch::script(&SlurmRequest {
            engine: &engine,
            manifest: &absolute(&self.manifest)?,
            folder: &absolute(folder)?,
            tasks: self.array.unwrap_or(counts.0.clamp(1, batch::MOST_TASKS)),
            processors: rayon::current_num_threads(),
            memory: memory.unwrap_or(plan.largest() + batch::MARGIN),
            counts,
        });
        output::print(&text)?;
        Ok(Outcome::Done)
    }
}

/// What would be done, on standard output.
fn preview(
    plan: &Plan,
    folder: Option<&Path>,
    options: &RunOptions,
    common: &Common,
) -> Result<Outcome, Failure> {
    let destination = Destination::of(&OutputTo::default())?;
    let all = batch::overview(plan, folder, options);
    let shown = if io::stdout().is_terminal() { for_a_screen(&all) } else { all };
    destination.write([shown], &ResultNotes::of("batch"), &common.silenced())?;
    Ok(Outcome::Done)
}

/// Digits that tell the keys of a batch apart.
const KEY_DIGITS: usize = 12;

/// What fits the width of a screen: the name of an output says its task and table, and the first digits say its key.
fn for_a_screen(all: &Frame) -> Frame {
    let shown = all.fields().iter().filter(|field| !["task", "table"].contains(&field.name.as_str()));
    shown.fold(Frame::new(), |screen, field| {
        let column = match &field.column {
            Column::Text(keys) if field.name == "key" => {
                let short = |key: &String| key.chars().take(KEY_DIGITS).collect::<String>();
                Column::Text(keys.iter().map(|key| key.as_ref().map(short)).collect())
            }
            column => column.clone(),
        };
        screen.with(&field.name, field.measure, column)
    })
}

/// Runs with a bar in a terminal; with `-v` a line a job; failures at once.
fn watch(plan: &Plan, folder: &Path, options: &RunOptions, common: &Common) -> Result<Summary, Failure> {
    let bar = progress::bar(plan.counts().1, "batch", common);
    let say = |text: String| {
        // Talk is courtesy: a closed standard error is no reason to fail.
        bar.suspend(|| {
            let _ = io::stderr().write_all(text.as_bytes());
        });
    };
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
            say(format!("failed: {}: {}\n  try: {}\n", failure.output, failure.error, failure.hint));
        }
    })?;
    bar.finish_and_clear();
    Ok(summary)
}

fn tell(plan: &Plan, folder: &Path, shard: Shard, summary: &Summary) {
    let (tables, _) = plan.counts();
    let part = if shard.is_whole() { String::new() } else { format!(", shard {shard}") };
    let list = if shard.is_whole() {
        format!(", listed in {}", folder.join(batch::RUN_MANIFEST).display())
    } else {
        String::new()
    };
    let text = format!(
        "batch: {} on {}{part}: {} computed, {} finished before, {} failed\nwritten: {}{list}\n",
        count(summary.jobs, "job", "jobs"),
        count(tables, "table", "tables"),
        summary.computed,
        summary.skipped,
        summary.failures.len(),
        folder.display(),
    );
    let _ = io::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Measure;
    use crate::report::find_writer;

    #[test]
    fn a_row_of_the_preview_is_a_line_of_a_screen() {
        let output = "decompose-wwz-bilateral-jobs/wiod13-2011.csv";
        let key = "0123456789abcdef".repeat(4);
        let all = [
            ("output", output),
            ("state", "finished"),
            ("task", "decompose-wwz-bilateral-jobs"),
            ("table", "builtin:wiod13/2011"),
            ("memory", "62 MB"),
            ("key", key.as_str()),
        ]
        .into_iter()
        .fold(Frame::new(), |all, (name, text)| {
            all.with(name, Measure::Key, Column::Text(vec![Some(text.to_owned())]))
        });
        let mut bytes: Vec<u8> = Vec::new();
        let mut sink = find_writer("table").unwrap().start(Box::new(&mut bytes), &ResultNotes::of("batch"));
        sink.write(&for_a_screen(&all)).unwrap();
        sink.finish().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let row = text.lines().find(|line| line.contains(output)).unwrap();
        for part in ["finished", "62 MB", "0123456789ab"] {
            assert!(row.contains(part), "`{part}` is missing from {text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(!text.contains("cdef"), "{text}");
    }
}
