//! What a run would do, as a table.

use std::path::Path;

use rayon::prelude::*;

use super::folder::finished;
use super::memory;
use super::part::{Output, Part};
use super::plan::{Plan, Unit};
use super::shard::Shard;
use crate::frame::{Column, Frame, Measure};

/// One file that a run would write.
struct Row<'a> {
    /// Of its unit in the plan.
    position: usize,
    unit: &'a Unit,
    task: &'a str,
    path: &'a str,
    /// What the file is known by; what is wrong with its table where that cannot be read.
    output: Result<&'a Output<'a>, String>,
}

/// What a run would do, one row a file: its table, its task, whether it is finished or why it will fail, the memory its table
/// is reckoned to need.
pub fn overview(plan: &Plan, root: Option<&Path>, shard: Shard) -> Frame {
    let part = Part::of(plan, shard);
    let rows = rows(plan, &part);
    let state: Vec<Option<String>> = rows
        .par_iter()
        .map(|row| {
            Some(match &row.output {
                Err(error) => format!("will fail: {error}"),
                Ok(output) if root.is_some_and(|root| finished(root, output).is_some()) => {
                    "finished".to_owned()
                }
                Ok(_) => "to do".to_owned(),
            })
        })
        .collect();
    let text = |of: &dyn Fn(&Row<'_>) -> Option<String>| Column::Text(rows.iter().map(of).collect());
    let memory = |unit: &Unit| unit.bytes.map_or_else(|| "unknown".to_owned(), memory::readable);
    Frame::new()
        .with("output", Measure::Key, text(&|row| Some(row.path.to_owned())))
        .with("state", Measure::Key, Column::Text(state))
        .with("task", Measure::Key, text(&|row| Some(row.task.to_owned())))
        .with("table", Measure::Key, text(&|row| Some(row.unit.source.clone())))
        .with("memory", Measure::Key, text(&|row| Some(memory(row.unit))))
        .with("key", Measure::Key, text(&|row| row.output.as_ref().ok().map(|output| output.key.clone())))
}

/// In the order of the plan.
fn rows<'a>(plan: &'a Plan, part: &'a Part<'a>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for table in &part.readable {
        for job in &table.jobs {
            rows.extend(job.outputs.iter().map(|output| Row {
                position: table.position,
                unit: table.unit,
                task: &job.task.folder,
                path: output.path,
                output: Ok(output),
            }));
        }
    }
    for table in &part.unreadable {
        let error = plan.base.without_base(&table.error.to_string());
        for job in table.jobs.iter().map(|job| &table.unit.jobs[*job]) {
            rows.extend(job.targets.iter().map(|target| Row {
                position: table.position,
                unit: table.unit,
                task: &plan.tasks[job.task].folder,
                path: &target.path,
                output: Err(error.clone()),
            }));
        }
    }
    rows.sort_by_key(|row| row.position);
    rows
}
