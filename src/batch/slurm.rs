//! The job script for Slurm: an array in which every task runs its shard of the batch in the same folder.

use std::path::Path;

use super::memory;
use crate::page::options::quoted;

/// What a script needs to know.
#[derive(Debug)]
pub struct SlurmRequest<'a> {
    /// The engine.
    pub engine: &'a Path,
    /// The manifest, as an absolute path.
    pub manifest: &'a Path,
    /// The output folder, as an absolute path.
    pub folder: &'a Path,
    /// Tasks of the array.
    pub tasks: usize,
    /// Processors a task.
    pub processors: usize,
    /// Memory that Slurm grants a task, in bytes.
    pub memory: u64,
    /// What the batch holds: tables and jobs.
    pub counts: (usize, usize),
}

/// Most tasks of an array when nobody says otherwise.
pub const MOST_TASKS: usize = 100;
/// Memory on top of the largest table's, in bytes: the program, the system's share.
const MARGIN: u64 = 256 << 20;
/// Of ten parts that Slurm grants, those that the engine plans with: what a table needs is reckoned, and Slurm ends who takes
/// more than it granted.
const PLANNED: u64 = 9;
/// How often a task that ran out of time puts itself back into the queue.
const MOST_RESTARTS: usize = 20;
/// Seconds before the time limit at which Slurm warns.
const WARNING: usize = 60;

/// What Slurm should grant for work of so many bytes.
pub fn grant(bytes: u64) -> u64 {
    (bytes + MARGIN).div_ceil(PLANNED) * 10
}

/// Of what Slurm grants, what the engine plans with.
pub fn planned(granted: u64) -> u64 {
    granted / 10 * PLANNED
}

/// The script: `sbatch` it, then submit the finishing run that its head names.
pub fn script(request: &SlurmRequest<'_>) -> String {
    let SlurmRequest { tasks, processors, counts: (tables, jobs), .. } = request;
    let [engine, manifest, folder] =
        [request.engine, request.manifest, request.folder].map(|path| quoted(&path.display().to_string()));
    let name: String = request.manifest.file_stem().map_or_else(String::new, |stem| {
        stem.to_string_lossy().chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect()
    });
    let megabytes = request.memory.div_ceil(1 << 20);
    // Not below one: nothing would be allowed.
    let planned = (planned(request.memory) >> 20).max(1);
    let memory = memory::readable(request.memory);
    format!(
        r#"#!/bin/bash
# vadex batch: {jobs} jobs on {tables} tables as an array of {tasks} tasks, about {memory} each.
#
#   array=$(sbatch --parsable THIS_SCRIPT)
#   sbatch --dependency=afterany:$array --wrap {finish}
#
# The second job checks what the tasks wrote, makes what is missing, and writes run.json.
#SBATCH --job-name=vadex-{name}
#SBATCH --array=1-{tasks}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={processors}
#SBATCH --mem={megabytes}M
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@{WARNING}
##SBATCH --time=04:00:00

# The engine plans with nine tenths of the memory that Slurm grants: what a table needs is reckoned before it is open.
engine=${{VADEX:-{engine}}}

# Slurm sends SIGTERM before the time limit. What is finished is kept, so the task goes back into the queue and continues
# where it was; a file is there whole or not at all, so the engine may be ended at any moment.
back_to_the_queue() {{
    kill -TERM "$work" 2>/dev/null
    wait "$work"
    if [ "${{SLURM_RESTART_COUNT:-0}}" -lt {MOST_RESTARTS} ]; then
        scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
    fi
    exit 143
}}
trap back_to_the_queue TERM

"$engine" batch {manifest} -o {folder} \
    --shard "$SLURM_ARRAY_TASK_ID/{tasks}" \
    --threads "${{SLURM_CPUS_PER_TASK:-{processors}}}" \
    --memory {planned}M &
work=$!
wait "$work"
"#,
        finish = quoted(&format!("{engine} batch {manifest} -o {folder} --shard 1/1")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> String {
        script(&SlurmRequest {
            engine: Path::new("/opt/vadex"),
            manifest: Path::new("/home/me/my study.toml"),
            folder: Path::new("/scratch/it's"),
            tasks: 17,
            processors: 4,
            memory: 3 << 30,
            counts: (17, 340),
        })
    }

    #[test]
    fn the_script_is_an_array_that_can_be_requeued() {
        let text = example();
        for line in [
            "#!/bin/bash",
            "#SBATCH --array=1-17",
            "#SBATCH --mem=3072M",
            "#SBATCH --cpus-per-task=4",
            "#SBATCH --requeue",
            "#SBATCH --open-mode=append",
            "#SBATCH --signal=B:TERM@60",
            "#SBATCH --job-name=vadex-mystudy",
        ] {
            assert!(text.lines().any(|found| found == line), "`{line}` is missing from\n{text}");
        }
        assert!(text.contains("--memory 2764M &"), "{text}");
        assert!(text.contains("--shard \"$SLURM_ARRAY_TASK_ID/17\""), "{text}");
    }

    #[test]
    fn what_is_granted_leaves_room_for_what_is_reckoned() {
        for bytes in [0, 1, 100 << 20, 7_777_777_777] {
            assert!(planned(grant(bytes)) >= bytes + MARGIN - 10 && grant(bytes) < 2 * (bytes + MARGIN));
        }
    }

    #[test]
    fn the_shell_takes_the_script_and_its_paths() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("job.sh");
        std::fs::write(&path, example()).unwrap();
        let status = std::process::Command::new("bash").arg("-n").arg(&path).status().unwrap();
        assert!(status.success());
    }
}
