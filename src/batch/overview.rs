//! What a run would do, as a table.

use std::path::Path;

use rayon::prelude::*;

use super::folder::finished;
use super::memory;
use super::plan::{Output, Plan, Unit};
use super::shard::Shard;
use crate::frame::{Column, Frame, Measure};

/// What a run would do, one row a file: its table, its task, whether it is finished, the memory its table is reckoned to
/// need.
pub fn overview(plan: &Plan, root: Option<&Path>, shard: Shard) -> Frame {
    let mut rows: Vec<(&Unit, &str, &Output)> = Vec::new();
    for (unit, jobs) in plan.of_shard(shard) {
        let unit = &plan.units[unit];
        for job in jobs {
            let job = &unit.jobs[job];
            let task = plan.tasks[job.task].folder.as_str();
            rows.extend(job.outputs.iter().map(|output| (unit, task, output)));
        }
    }
    let state: Vec<Option<String>> = rows
        .par_iter()
        .map(|(_, _, output)| {
            let finished = root.is_some_and(|root| finished(root, output).is_some());
            Some(if finished { "finished" } else { "to do" }.to_owned())
        })
        .collect();
    let text = |of: &dyn Fn(&(&Unit, &str, &Output)) -> String| {
        Column::Text(rows.iter().map(|row| Some(of(row))).collect())
    };
    Frame::new()
        .with("output", Measure::Key, text(&|(_, _, output)| output.path.clone()))
        .with("state", Measure::Key, Column::Text(state))
        .with("task", Measure::Key, text(&|(_, task, _)| (*task).to_owned()))
        .with("table", Measure::Key, text(&|(unit, _, _)| unit.source.clone()))
        .with(
            "memory",
            Measure::Key,
            text(&|(unit, _, _)| unit.bytes.map_or_else(|| "unknown".to_owned(), memory::readable)),
        )
        .with("key", Measure::Key, text(&|(_, _, output)| output.key.clone()))
}
