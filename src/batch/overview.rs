//! What a run would do, as a table.

use std::path::Path;

use rayon::prelude::*;

use super::folder::finished;
use super::memory::{self, Bounds, Foreseen, readable};
use super::part::{Output, Part};
use super::plan::{Content, Plan, Unit};
use super::run::RunOptions;
use super::task::Task;
use crate::frame::{Column, Frame, Measure};
use crate::model::memory::usable;

/// One file that a run would write.
struct Row<'a> {
    /// Of its unit in the plan.
    position: usize,
    unit: &'a Unit,
    task: &'a Task,
    path: &'a str,
    /// What the file is known by; what is wrong with its table where that cannot be read.
    output: Result<&'a Output<'a>, String>,
}

/// What a run would do, one row a file: whether it is finished, will be made, will be refused for lack of memory or fail,
/// its task and table, the memory that its job is reckoned to need at most, its key.
pub fn overview(plan: &Plan, root: Option<&Path>, options: &RunOptions) -> Frame {
    let part = Part::of(plan, options.shard);
    let rows = rows(plan, &part);
    let limits = Limits::of(options.memory);
    let outlooks: Vec<Outlook> = rows.par_iter().map(|row| limits.outlook(plan, root, row)).collect();
    let (states, needs): (Vec<_>, Vec<_>) =
        outlooks.into_iter().map(|outlook| (Some(outlook.state), Some(outlook.memory))).unzip();
    let text = |of: &dyn Fn(&Row<'_>) -> Option<String>| Column::Text(rows.iter().map(of).collect());
    Frame::new()
        .with("output", Measure::Key, text(&|row| Some(row.path.to_owned())))
        .with("state", Measure::Key, Column::Text(states))
        .with("task", Measure::Key, text(&|row| Some(row.task.folder.clone())))
        .with("table", Measure::Key, text(&|row| Some(row.unit.source.clone())))
        .with("memory", Measure::Key, Column::Text(needs))
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
                task: job.task,
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
                task: &plan.tasks[job.task],
                path: &target.path,
                output: Err(error.clone()),
            }));
        }
    }
    rows.sort_by_key(|row| row.position);
    rows
}

/// What happens to a file, and what its job needs for it, in words.
struct Outlook {
    state: String,
    memory: String,
}

const TO_DO: &str = "to do";

/// The memory that there is, looked up once for all jobs.
struct Limits {
    /// Was it stated, or is it what the machine has left?
    stated: bool,
    /// What a table is compared with before it is opened.
    allowed: u64,
    /// What a job is compared with when it is; nothing where the system does not say.
    limit: Option<u64>,
}

impl Limits {
    fn of(stated: Option<u64>) -> Self {
        Self { stated: stated.is_some(), allowed: memory::allowed(stated), limit: stated.or_else(usable) }
    }

    fn outlook(&self, plan: &Plan, root: Option<&Path>, row: &Row<'_>) -> Outlook {
        let Outlook { state, memory } = self.reckoned(row.unit, row.task);
        let state = match &row.output {
            Err(error) => format!("will fail: {error}"),
            Ok(output) if root.is_some_and(|root| finished(root, output).is_some()) => "finished".to_owned(),
            Ok(_) => match row.unit.too_large(self.allowed) {
                Some(error) => format!("refused: {}", plan.base.without_base(&error.to_string())),
                None => state,
            },
        };
        Outlook { state, memory }
    }

    /// A job that is still to do, by what its file tells of its table. A job that has no room in company opens the table by
    /// itself, so it is refused only when it does not fit alone.
    fn reckoned(&self, unit: &Unit, task: &Task) -> Outlook {
        let Content::Table { preparation, .. } = &unit.content else {
            // National tables are small: no job of them is refused.
            let memory = unit.bytes.map(readable).unwrap_or_default();
            return Outlook { state: TO_DO.to_owned(), memory };
        };
        let Some(bounds) = Bounds::of(unit.columns, preparation, |size| task.work_alone(size)) else {
            let state = "to do if it fits: its size is told when it is open".to_owned();
            return Outlook { state, memory: "unknown".to_owned() };
        };
        let state = match bounds.foreseen(self.limit) {
            Foreseen::Admitted => TO_DO.to_owned(),
            Foreseen::Refused { least, there } => {
                format!("refused: needs at least {}, {}", readable(least), self.told(there))
            }
            Foreseen::Open { least, most, there } => format!(
                "to do if it fits: needs {} to {}, {}",
                readable(least),
                readable(most),
                self.told(there)
            ),
        };
        Outlook { state, memory: readable(bounds.most()) }
    }

    /// In the words of the refusal itself.
    fn told(&self, there: u64) -> String {
        format!("{} are {}", readable(there), if self.stated { "allowed by --memory" } else { "available" })
    }
}
