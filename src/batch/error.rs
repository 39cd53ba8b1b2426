//! Why a batch cannot be run, or one of its jobs failed.

use std::io::ErrorKind;

use crate::analysis::AnalysisError;
use crate::report::ReportError;

/// Why a batch cannot be run, or one of its jobs failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The manifest cannot be read.
    #[error("{path}: cannot be read: {source}")]
    Unreadable {
        /// Path.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
    /// The manifest is not of the documented form.
    #[error("{path}:{line}: {message}")]
    Form {
        /// Path.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What the parser said.
        message: String,
        /// The known key that is near.
        nearest: Option<String>,
    },
    /// Something that the manifest names does not exist or does not fit.
    #[error("{path}:{line}: {error}")]
    At {
        /// Path.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        error: Box<BatchError>,
    },
    /// A word that is not one of a list.
    #[error("unknown {what} `{found}`: there are {known}")]
    UnknownWord {
        /// What it should be.
        what: &'static str,
        /// What is there.
        found: String,
        /// What there is.
        known: String,
        /// The nearest one, when one is close.
        nearest: Option<String>,
    },
    /// A key that the command of a task does not know.
    #[error("`{key}` does not belong to `{command}`, which has: {known}")]
    NotOfCommand {
        /// The key.
        key: &'static str,
        /// The command.
        command: &'static str,
        /// Its keys.
        known: String,
    },
    /// A key that the command of a task, or another key, needs.
    #[error("`{what}` needs `{key}`")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// The command or key.
        what: &'static str,
    },
    /// A key of a table that the reader of national tables cannot honour.
    #[error("`{key}` is for inter-country tables: national tables state their unit and are kept dense")]
    NationalKey {
        /// The key.
        key: &'static str,
    },
    /// Intervals of a result that is written piece by piece.
    #[error("`draws` with `by`: a detail is written piece by piece and has no interval")]
    DrawsOfDetail,
    /// A task for a year that no table has.
    #[error("there is no table of {year}, the tables are of: {found}")]
    NoTableOfYear {
        /// The year.
        year: i32,
        /// What there is.
        found: String,
    },
    /// A job script without a number for its memory.
    #[error("what {table} needs cannot be told from the file: the job script has no memory to ask for")]
    MemoryUnknown {
        /// The table.
        table: String,
    },
    /// A name that cannot be part of a path.
    #[error("`{name}` cannot name a {what}: letters, digits, `.`, `-` and `_` can")]
    BadName {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name that no file system takes.
    #[error("the name `{}...` of a {what} has {} bytes, at most {most} are possible", start(.name), .name.len())]
    LongName {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
        /// The most bytes.
        most: usize,
    },
    /// Not `NAME=A,B`.
    #[error("`{text}` is not a group")]
    BadGroup {
        /// The text.
        text: String,
    },
    /// Two entries of one name.
    #[error("{what} `{name}` stands twice (first in line {first})")]
    Twice {
        /// What is named.
        what: &'static str,
        /// The name.
        name: String,
        /// Line of the first.
        first: usize,
    },
    /// Two tasks that write the same file.
    #[error("the task writes `{output}`, and so does the one in line {first}")]
    DuplicateOutput {
        /// The file, relative to the output folder.
        output: String,
        /// Line of the first task.
        first: usize,
    },
    /// Standard input can be read only once, and has no hash before it is read.
    #[error("standard input cannot be a table of a batch")]
    StandardInput,
    /// A task without a table.
    #[error("there is no {kind} table for `{command}`")]
    NoTable {
        /// `inter-country` or `national`.
        kind: &'static str,
        /// The command.
        command: &'static str,
    },
    /// No tables or no tasks.
    #[error("{path}: nothing to do: {tables} tables and {tasks} tasks")]
    NothingToDo {
        /// Path.
        path: String,
        /// How many `[[table]]`.
        tables: usize,
        /// How many `[[task]]`.
        tasks: usize,
    },
    /// Neither the manifest nor the command line names a folder.
    #[error("{path}: no output folder")]
    NoFolder {
        /// Path.
        path: String,
    },
    /// `--shard` is not I/N.
    #[error("`{text}` is not a shard")]
    BadShard {
        /// The text.
        text: String,
    },
    /// `--shard auto/N` outside of an array job, or an index beyond N.
    #[error("the shard cannot be told: {found}")]
    ShardUnknown {
        /// What the environment says.
        found: String,
    },
    /// Errors of cells where coefficients are changed, which have none.
    #[error("`{key}` with mode `{mode}`: errors are those of flows")]
    ErrorsOfFlows {
        /// The key.
        key: &'static str,
        /// What is changed.
        mode: &'static str,
    },
    /// A table that does not fit in the memory allowed.
    #[error("{table} needs at least {needs} to be opened, {allowed}")]
    TooLarge {
        /// The table.
        table: String,
        /// What its flows alone take, in words.
        needs: String,
        /// What there is, in words.
        allowed: String,
    },
    /// The file is no longer the one that was hashed.
    #[error("{table} changed while the batch ran: SHA-256 {found}, expected {expected}")]
    InputChanged {
        /// The table.
        table: String,
        /// At the start.
        expected: String,
        /// When it was opened.
        found: String,
    },
    /// The output folder does not take what the batch keeps there.
    #[error("{path}: {source}")]
    Folder {
        /// Path.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
    /// A job met a broken invariant of the engine.
    #[error("the engine stopped: {message}")]
    Panicked {
        /// What it said.
        message: String,
    },
    /// The satellite does not fit the table.
    #[error("{message}")]
    Satellite {
        /// What is wrong, in the words of the loader.
        message: String,
        /// What to try, in its words.
        advice: String,
    },
    /// Some jobs failed; the others are done.
    #[error("{failed} of {jobs} jobs failed")]
    JobsFailed {
        /// How many.
        failed: usize,
        /// Of how many.
        jobs: usize,
    },
    /// Outputs that a dry run foresees not to be made.
    #[error("{failing} of {outputs} outputs will not be made")]
    Foreseen {
        /// How many.
        failing: usize,
        /// Of how many.
        outputs: usize,
    },
    /// The analysis cannot be made.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The result cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// The start of a long name.
fn start(name: &str) -> String {
    name.chars().take(40).collect()
}

impl BatchError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { source, .. } if source.kind() == ErrorKind::InvalidData => {
                "save the manifest as UTF-8, for example `iconv -f latin1 -t utf-8 OLD > NEW`".into()
            }
            Self::Unreadable { .. } => "check the path of the manifest".into(),
            Self::Form { nearest: Some(nearest), .. } | Self::UnknownWord { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`?")
            }
            Self::Form { .. } | Self::NothingToDo { .. } => {
                "`vadex batch --help` shows a manifest; examples/batch.toml is one to copy".into()
            }
            Self::At { error, .. } => error.hint(),
            Self::UnknownWord { .. } => "choose one of them".into(),
            Self::NotOfCommand { .. } => "take the key out, or put it in a task of its own".into(),
            Self::MissingKey { key: "method", .. } => "add it: `vadex list methods` shows the choices".into(),
            Self::MissingKey { key: "account", .. } => {
                "add it: `vadex list products` shows the choices, a TOML file of your own is one, too".into()
            }
            Self::MissingKey { key, .. } => format!("add `{key}` to the task"),
            Self::NationalKey { key } => format!("leave `{key}` out"),
            Self::DrawsOfDetail => "leave one of the two out, or make two tasks".into(),
            Self::NoTableOfYear { .. } => {
                "add a [[table]] of that year (`year` says it where the file's name does not), or take another year \
                 knowingly with `year` in the task"
                    .into()
            }
            Self::MemoryUnknown { .. } => "say it with --memory".into(),
            Self::BadName { .. } => "give another `name`".into(),
            Self::LongName { .. } => "give a shorter `name`".into(),
            Self::BadGroup { .. } => "write NAME=A,B,C".into(),
            Self::Twice { .. } => "give one of them another `name`".into(),
            Self::DuplicateOutput { .. } => {
                "take one of the two away where they ask the same, or give it a `name`: it starts the names of its folders"
                    .into()
            }
            Self::StandardInput => "write the table to a file first".into(),
            Self::NoTable { .. } => "add a [[table]] of that kind, or name one with `table`".into(),
            Self::NoFolder { .. } => "say `-o DIR`, or `folder` in the section [output]".into(),
            Self::BadShard { .. } => "write 3/8 for the third of eight, or auto/8 in an array job".into(),
            Self::ShardUnknown { .. } => {
                "say which: --shard 3/8 (from 1), 1/1 for everything; auto/N reads SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX"
                    .into()
            }
            Self::ErrorsOfFlows { .. } => "leave it out, or ask for mode flows".into(),
            Self::TooLarge { .. } => {
                "allow more with --memory, keep the flows with `store = \"f32\"` or \"sparse\", run on a larger machine, or \
                 aggregate the table first"
                    .into()
            }
            Self::InputChanged { .. } => "run the batch again when nobody writes to the file".into(),
            Self::Folder { source, .. } => match source.kind() {
                ErrorKind::NotADirectory | ErrorKind::AlreadyExists | ErrorKind::IsADirectory => {
                    "name a folder that is there or can be made, where nothing else stands".into()
                }
                ErrorKind::InvalidFilename => "give a shorter path".into(),
                _ => "check that the folder is writable and has room".into(),
            },
            Self::Panicked { .. } => "please report it with the table and the task".into(),
            Self::Satellite { advice, .. } => advice.clone(),
            Self::JobsFailed { .. } => {
                "what was said above; the same command then makes the missing outputs alone".into()
            }
            Self::Foreseen { .. } => "what is said of them above; the others can be made meanwhile".into(),
            Self::Analysis(error) => error.hint(),
            Self::Report(error) => error.hint(),
        }
    }
}
