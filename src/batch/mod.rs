#![doc = include_str!("README.md")]

mod error;
mod folder;
mod manifest;
pub mod memory;
mod plan;
mod run;
mod shard;
mod slurm;
mod task;

pub use error::BatchError;
pub use plan::Plan;
pub use run::{Event, JobFailure, RUN_MANIFEST, RunOptions, Summary, overview, run};
pub use shard::Shard;
pub use slurm::{MARGIN, MOST_TASKS, SlurmRequest, script};
