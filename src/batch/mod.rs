#![doc = include_str!("README.md")]

mod error;
mod folder;
mod manifest;
pub mod memory;
mod overview;
mod part;
mod plan;
mod resolve;
mod run;
mod shard;
mod slurm;
mod task;
mod work;

/// What finished results are those of: the version, and a hash of its sources. Results of other sources under the same
/// version are computed anew.
pub const ENGINE: &str = concat!("vadex ", env!("CARGO_PKG_VERSION"), ", sources ", env!("VADEX_SOURCE"));

pub use error::BatchError;
pub use overview::{FileOutlook, FileState, Overview, overview};
pub use plan::Plan;
pub use run::{Event, JobFailure, RUN_MANIFEST, RunOptions, Summary, run};
pub use shard::Shard;
pub use slurm::{MOST_TASKS, SlurmRequest, grant, planned, script};
