//! Why a report could not be made.

use crate::analysis::AnalysisError;
use crate::chart::ChartError;
use crate::claims::ClaimError;
use crate::decompose::DecomposeError;
use crate::indicators::IndicatorError;
use crate::labels::LabelError;
use crate::load::LoadError;
use crate::product::ProductError;
use crate::report::ReportError;

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// A table, or what is computed from it.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A claim that cannot be evaluated.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// A product account that cannot be traced.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// A file that cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A decomposition that does not exist.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// An indicator that does not exist.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
    /// An economy that the table does not have.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A name of an economy where its code is expected, or of one that the table does not have.
    #[error("unknown economy `{name}`: the table {table} does not have {code}")]
    NotInTable {
        /// As it was asked for.
        name: String,
        /// Its code and name.
        code: String,
        /// The table.
        table: String,
        /// What the table has.
        known: String,
    },
    /// A figure that cannot be drawn.
    #[error("figure `{figure}`: {source}")]
    Chart {
        /// Id of the figure.
        figure: String,
        /// Reason.
        source: ChartError,
    },
    /// A file that cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Several tables, one of them without a year.
    #[error("{table}: the table has no year, and a report over time needs one")]
    NoYear {
        /// The table.
        table: String,
    },
    /// Nothing behind an input.
    #[error("{input}: there is no table")]
    NoTables {
        /// The input.
        input: String,
    },
    /// The output folder holds something that is not a report.
    #[error("{path}: the folder is not empty and holds no report ({found})")]
    FolderTaken {
        /// The folder.
        path: String,
        /// A few names in it.
        found: String,
    },
    /// An earlier report with files in it that no report has made.
    #[error(
        "{path}: an earlier report, which would be replaced as a whole, and in it files of somebody else: {found}"
    )]
    Strangers {
        /// The folder.
        path: String,
        /// A few of them.
        found: String,
    },
    /// A table of which non-zeros alone are kept.
    #[error(
        "{table}: {rows} rows of which the cells that are not zero are kept, as of networks: a report reads dense tables"
    )]
    Network {
        /// The table.
        table: String,
        /// Its rows.
        rows: usize,
    },
    /// A table in which nobody sells abroad.
    #[error("{table}: no economy exports anything, and a report is about exports")]
    NobodyExports {
        /// The table.
        table: String,
    },
    /// The output folder cannot be made, read or replaced.
    #[error("{path}: the folder cannot be written: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
}

impl PageError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Analysis(error) => error.hint(),
            Self::Claim(error) => error.hint(),
            Self::Product(error) => error.hint(),
            Self::Load(error) => error.hint(),
            Self::Decompose(error) => error.hint(),
            Self::Indicator(error) => error.hint(),
            Self::Label(error) => error.hint(),
            Self::NotInTable { known, .. } => format!("the table has: {known}"),
            Self::Chart { source, .. } => source.hint(),
            Self::Report(error) => error.hint(),
            Self::NobodyExports { .. } => {
                "`vadex inspect` shows what is in the table, `vadex indicators multipliers` what can be said of one economy"
                    .into()
            }
            Self::Network { .. } => {
                "`vadex tiva`, `indicators` and `sensitivity` take it as it is; `vadex aggregate` adds its rows up to a table \
                 that a report can read"
                    .into()
            }
            Self::NoYear { .. } => "name the file with its year, or report on one table".into(),
            Self::NoTables { .. } => "name a table file, a folder of tables or builtin:wiod13".into(),
            Self::FolderTaken { .. } => {
                "name a new folder; only an earlier report is replaced, and then whole".into()
            }
            Self::Strangers { .. } => "move them out of the folder, or name a new one".into(),
            Self::Folder { .. } => "check that the folder above it exists, is writable and has room".into(),
        }
    }
}
