#![doc = include_str!("README.md")]

mod error;
mod folder;
mod manifest;
pub mod memory;
mod overview;
mod plan;
mod resolve;
mod run;
mod shard;
mod slurm;
mod task;
mod work;

pub use error::BatchError;
pub use overview::overview;
pub use plan::Plan;
pub use run::{Event, JobFailure, RUN_MANIFEST, RunOptions, Summary, run};
pub use shard::Shard;
pub use slurm::{MARGIN, MOST_TASKS, SlurmRequest, script};
