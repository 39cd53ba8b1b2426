//! `vadex batch`: many tables, years and analyses from one manifest.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::audit::IDENTITY_TOLERANCE;
use crate::batch::{self, BatchError, Event, Plan, RunOptions, Shard, SlurmRequest, Summary, memory};
use crate::cli::args::{Common, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::{self, Destination};
use crate::cli::{Outcome, progress};
use crate::frame::ResultNotes;
use crate::page::number::count;

/// Run tables x years x methods from a manifest; can be resumed
///
/// Run tables x years x methods x satellites from a manifest; resume where it was left.
#[derive(Debug, Args)]
#[command(after_long_help = LONG_HELP, after_help = SHORT_HELP)]
pub(crate) struct Batch {
    /// The manifest, a TOML file; relative paths in it are relative to it
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,
    /// Folder of the results [default: `folder` in the manifest's section [output]]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Part I of N alone, from 1; auto/N takes I from Slurm or Kubernetes [default: all, or what Slurm says]
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Print a job script for a cluster instead of running
    #[arg(long, value_enum, value_name = "ENGINE")]
    emit: Option<Engine>,
    /// Tasks of the job script's array [default: one a table and year, at most 100]
    #[arg(long, value_name = "N", requires = "emit")]
    array: Option<usize>,
    /// Print what would be done, one line a file
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
    format = [\"csv\", \"parquet\"]            # one file each [default: csv]\n\n    \
    [[table]]                              # any number: a file, a directory of years, builtin:NAME\n    \
    path = \"builtin:wiod13\"\n    \
    year = \"2007-2011\"                     # [default: all]\n\n    \
    [[satellite]]\n    \
    path = \"builtin:wiod13\"\n    \
    account = \"jobs\"\n\n    \
    [[task]]                               # a command and its options; lists are multiplied out\n    \
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
    Results stand in DIR/TASK/TABLE-YEAR.csv with their notes beside them; DIR/run.json lists inputs, outputs and failures \
    with their hashes. A killed batch is resumed by the same command: outputs that are finished (same table, options and \
    engine, and not damaged since) are skipped. One failed job does not stop the others; the exit status is 2 then.\n\n\
    Example: vadex batch examples/batch.toml -o results --memory 16G\n\
    Example: vadex batch examples/batch.toml -o results --emit slurm > job.sh";

impl Batch {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let plan = Plan::read(&self.manifest)?;
        // A script is the same wherever it is written.
        let shard = if self.emit.is_some() { Shard::WHOLE } else { self.shard()? };
        let folder = self.output.as_deref().or(plan.folder());
        if self.dry_run {
            let destination = Destination::of(&OutputTo::default())?;
            let quiet = common.silenced();
            destination.write([batch::overview(&plan, folder, shard)], &ResultNotes::of("batch"), &quiet)?;
            return Ok(Outcome::Done);
        }
        let folder =
            folder.ok_or_else(|| BatchError::NoFolder { path: self.manifest.display().to_string() })?;
        let memory = common.memory;
        if self.emit.is_some() {
            return self.emit_slurm(&plan, folder, memory);
        }
        let summary = watch(&plan, folder, &RunOptions { shard, memory }, common)?;
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
            tasks: self.array.unwrap_or(counts.0.min(batch::MOST_TASKS)).max(1),
            processors: rayon::current_num_threads(),
            memory: memory.unwrap_or(plan.largest() + batch::MARGIN),
            counts,
        });
        output::print(&text)?;
        Ok(Outcome::Done)
    }
}

/// Runs with a bar in a terminal; with `-v` a line a job; failures at once.
fn watch(plan: &Plan, folder: &Path, options: &RunOptions, common: &Common) -> Result<Summary, Failure> {
    let bar = progress::bar(plan.counts().1, "batch", common);
    let say = |text: String| {
        // Talk is courtesy: a closed standard error is no reason to fail.
        bar.suspend(|| {
            let _ = std::io::stderr().write_all(text.as_bytes());
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
    let _ = std::io::stderr().write_all(text.as_bytes());
}
