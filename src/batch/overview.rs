//! What a run would do, told before a table is opened.

use std::fmt;
use std::path::Path;

use rayon::prelude::*;

use super::folder::finished;
use super::memory::{self, Bounds, Foreseen, readable};
use super::part::{Output, Part};
use super::plan::{Content, Plan, Unit};
use super::run::RunOptions;
use super::task::Task;
use crate::frame::{Column, Frame, Measure};
use crate::machine;
use crate::model::memory::usable;

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// One a file that it would write, in the order of the plan.
    pub files: Vec<FileOutlook>,
    /// The memory that a job may use, in the words of a refusal; nothing where the system does not say.
    pub limit: Option<String>,
}

/// One file that a run would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOutlook {
    /// The file, relative to the output folder.
    pub output: String,
    /// What would happen to it.
    pub state: FileState,
    /// Its task.
    pub task: String,
    /// Its table.
    pub table: String,
    /// Bytes that its job is reckoned to need, at the least and at the most; nothing where the table does not tell.
    pub needs: Option<(u64, u64)>,
    /// Its key; nothing where its table cannot be read.
    pub key: Option<String>,
}

/// What would happen to a file. Reasons are in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// The ledger has it.
    Finished,
    /// It would be made.
    ToDo,
    /// It would be made unless its table, once it is open, needs more memory than there is.
    IfItFits(String),
    /// Its job would be refused for lack of memory.
    Refused(String),
    /// A file that its table is read from cannot be read.
    WillFail(String),
}

impl FileState {
    /// Without the reason.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::ToDo => "to do",
            Self::IfItFits(_) => "if it fits",
            Self::Refused(_) => "refused",
            Self::WillFail(_) => "will fail",
        }
    }
}

impl fmt::Display for FileState {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished | Self::ToDo => text.write_str(self.word()),
            Self::IfItFits(why) => write!(text, "to do {}: {why}", self.word()),
            Self::Refused(why) | Self::WillFail(why) => write!(text, "{}: {why}", self.word()),
        }
    }
}

impl Overview {
    /// As a table for programs: reasons in full, memory at the most.
    pub fn frame(&self) -> Frame {
        let text =
            |of: &dyn Fn(&FileOutlook) -> Option<String>| Column::Text(self.files.iter().map(of).collect());
        let most =
            |file: &FileOutlook| file.needs.map_or_else(|| "unknown".to_owned(), |(_, most)| readable(most));
        Frame::new()
            .with("output", Measure::Key, text(&|file| Some(file.output.clone())))
            .with("state", Measure::Key, text(&|file| Some(file.state.to_string())))
            .with("task", Measure::Key, text(&|file| Some(file.task.clone())))
            .with("table", Measure::Key, text(&|file| Some(file.table.clone())))
            .with("memory", Measure::Key, text(&|file| Some(most(file))))
            .with("key", Measure::Key, text(&|file| file.key.clone()))
    }
}

/// A file of a run, and what it is made of.
struct Row<'a> {
    /// Of its unit in the plan.
    position: usize,
    unit: &'a Unit,
    task: &'a Task,
    path: &'a str,
    /// What the file is known by; what is wrong with its table where that cannot be read.
    output: Result<&'a Output<'a>, String>,
    /// What opening its table will say for certain.
    wrong: Option<String>,
}

/// What a run would do to every file of its part: whether it is finished, will be made, will be refused for lack of memory or
/// fail, and the memory that its job is reckoned to need.
pub fn overview(plan: &Plan, root: Option<&Path>, options: &RunOptions) -> Overview {
    let part = Part::of(plan, options.shard);
    let limits = Limits::of(options.memory);
    let files: Vec<FileOutlook> =
        rows(plan, &part).par_iter().map(|row| limits.outlook(plan, root, row)).collect();
    Overview { files, limit: limits.limit.map(|there| limits.told(there)) }
}

/// In the order of the plan.
fn rows<'a>(plan: &'a Plan, part: &'a Part<'a>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for table in &part.readable {
        let wrong =
            table.unit.content.look_at().err().map(|error| plan.base.without_base(&error.to_string()));
        for job in &table.jobs {
            rows.extend(job.outputs.iter().map(|output| Row {
                position: table.position,
                unit: table.unit,
                task: job.task,
                path: output.path,
                output: Ok(output),
                wrong: wrong.clone(),
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
                wrong: None,
            }));
        }
    }
    rows.sort_by_key(|row| row.position);
    rows
}

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

    fn outlook(&self, plan: &Plan, root: Option<&Path>, row: &Row<'_>) -> FileOutlook {
        let (state, needs) = self.reckoned(row.unit, row.task);
        let state = match &row.output {
            Err(error) => FileState::WillFail(error.clone()),
            Ok(output) if root.is_some_and(|root| finished(root, output).is_some()) => FileState::Finished,
            Ok(_) => match (&row.wrong, row.unit.too_large(self.allowed)) {
                (Some(error), _) => FileState::WillFail(error.clone()),
                (None, Some(error)) => FileState::Refused(plan.base.without_base(&error.to_string())),
                (None, None) => state,
            },
        };
        // What is no table has no size either.
        let needs = if matches!(state, FileState::WillFail(_)) { None } else { needs };
        FileOutlook {
            output: row.path.to_owned(),
            state,
            task: row.task.folder.clone(),
            table: row.unit.source.clone(),
            needs,
            key: row.output.as_ref().ok().map(|output| output.key.clone()),
        }
    }

    /// A job that is still to do, by what its file tells of its table. A job that has no room in company opens the table by
    /// itself, so it is refused only when it does not fit alone.
    fn reckoned(&self, unit: &Unit, task: &Task) -> (FileState, Option<(u64, u64)>) {
        let Content::Table { preparation, .. } = &unit.content else {
            // National tables are small: no job of them is refused.
            return (FileState::ToDo, unit.bytes.map(|bytes| (bytes, bytes)));
        };
        let Some(bounds) = Bounds::of(unit.columns, preparation, |size| task.work_alone(size)) else {
            return (FileState::IfItFits("its size is told when it is open".to_owned()), None);
        };
        let state = match bounds.foreseen(self.limit) {
            Foreseen::Admitted => FileState::ToDo,
            Foreseen::Refused { least, there } => FileState::Refused(format!(
                "is reckoned to need {} at least, {}",
                readable(least),
                self.told(there)
            )),
            Foreseen::Open { least, most, there } => FileState::IfItFits(format!(
                "is reckoned to need {} to {}, {}",
                readable(least),
                readable(most),
                self.told(there)
            )),
        };
        (state, Some((bounds.least(), bounds.most())))
    }

    /// In the words of the refusal itself.
    fn told(&self, there: u64) -> String {
        machine::limit(there, self.stated)
    }
}
