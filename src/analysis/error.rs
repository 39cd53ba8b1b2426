//! Why an analysis could not be made.

use crate::decompose::DecomposeError;
use crate::indicators::{IndicatorError, RegionsError};
use crate::labels::LabelError;
use crate::load::LoadError;
use crate::model::ModelError;
use crate::model::memory::MemoryError;
use crate::model::solver::SolveError;
use crate::product::ProductError;
use crate::stats::StatsError;
use crate::table::{AccountError, ReshapeError, TableError};
use crate::uncertainty::UncertaintyError;
use crate::upgrading::UpgradingError;

/// Why an analysis could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// A label that does not exist.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A file that cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A table that cannot be used as asked.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A satellite account that cannot be laid on a table.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A model that cannot be built.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Work that does not fit into memory.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// A system that cannot be solved.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A decomposition that cannot be computed.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// An indicator that cannot be computed.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
    /// An interval or a derivative that cannot be computed.
    #[error(transparent)]
    Uncertainty(#[from] UncertaintyError),
    /// A product account that is not valid, or does not fit the table.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// Prices that contradict themselves, or do not fit the table.
    #[error(transparent)]
    Reshape(#[from] ReshapeError),
    /// Years that make no panel, or a file beside them that does not fit.
    #[error(transparent)]
    Upgrading(#[from] UpgradingError),
    /// Statistics that cannot be computed.
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// Two tables that are compared and whose amounts are not of one kind.
    #[error("{to} is in {to_unit}, {from} in {from_unit}: their amounts cannot be compared")]
    OtherUnits {
        /// The table that is compared with.
        from: String,
        /// Its unit.
        from_unit: String,
        /// The table that is compared.
        to: String,
        /// Its unit.
        to_unit: String,
    },
    /// Inputs that are to change with a satellite, as they do with value added.
    #[error(
        "`{account}` a unit of output is not what inputs leave, as value added is: the two do not change together"
    )]
    CoupledSatellite {
        /// What is traced.
        account: String,
    },
    /// Too few tables for steps between them.
    #[error("a chain takes {fewest} tables or more, there are {found}")]
    ShortChain {
        /// Tables there are.
        found: usize,
        /// Tables it takes.
        fewest: usize,
    },
    /// Nothing behind an input.
    #[error("{input}: no table")]
    NoTables {
        /// The input.
        input: String,
    },
    /// A region file with something wrong in it.
    #[error(transparent)]
    Regions(#[from] RegionsError),
    /// A region file that cannot be read.
    #[error("{path}: {source}")]
    RegionFile {
        /// Path.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
    /// Indicators whose rows cannot stand below each other.
    #[error("`{indicator}` has a key that the others do not have")]
    OwnKey {
        /// The indicator with the key.
        indicator: &'static str,
    },
    /// A family without an indicator at the level.
    #[error("no indicator of the family has the level `{level}`")]
    NoIndicatorAtLevel {
        /// Level asked for.
        level: &'static str,
        /// Indicators of the family.
        indicators: String,
    },
    /// No family of that name.
    #[error("unknown family `{name}`")]
    UnknownFamily {
        /// What was asked for.
        name: String,
        /// The nearest id, when one is close.
        nearest: Option<String>,
        /// What there is.
        known: String,
    },
    /// A sum without a group.
    #[error("rows are to be added up over `{key}`, and no group is chosen there")]
    NothingToSum {
        /// The key.
        key: &'static str,
    },
    /// No matrix of that name.
    #[error("unknown matrix `{name}`")]
    UnknownMatrix {
        /// What was asked for.
        name: String,
        /// The nearest id, when one is close.
        nearest: Option<String>,
        /// What there is.
        known: String,
    },
    /// Sectors chosen among columns that are economies.
    #[error("the columns of `{matrix}` are economies, and have no sectors")]
    NoSectorsAcross {
        /// The matrix.
        matrix: &'static str,
    },
    /// Several accounts and none chosen.
    #[error("{place} holds several accounts")]
    SatelliteUnnamed {
        /// File or `builtin:` name.
        place: String,
    },
    /// Accounts by year for a table whose year is not known.
    #[error("the table has no year, the accounts are by year")]
    NoYearForAccounts,
    /// Coefficients ranked by a variance that only flows have.
    #[error("ranked by variance, but only flows have errors: coefficients have no variance here")]
    RankedByVariance,
    /// Text that is no list of years.
    #[error("`{text}` is not a list of years")]
    NotYears {
        /// The text.
        text: String,
    },
}

impl AnalysisError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Label(error) => error.hint(),
            Self::Load(error) => error.hint(),
            Self::Table(error) => error.hint(),
            Self::Account(error) => error.hint(),
            Self::Model(error) => error.hint(),
            Self::Memory(error) => error.hint(),
            Self::Solve(error) => error.hint(),
            Self::Decompose(error) => error.hint(),
            Self::Indicator(error) => error.hint(),
            Self::Uncertainty(error) => error.hint(),
            Self::Product(error) => error.hint(),
            Self::Regions(error) => error.hint(),
            Self::Reshape(error) => error.hint(),
            Self::Upgrading(error) => error.hint(),
            Self::Stats(error) => error.hint().into(),
            Self::OtherUnits { .. } => {
                "take two tables of one source; `--unit` says the unit of files that do not state theirs"
                    .into()
            }
            Self::CoupledSatellite { .. } => "leave `--coupled` out".into(),
            Self::ShortChain { .. } => {
                "give more years (a folder of tables, `--year 1995-2009`); two tables are compared without a chain".into()
            }
            Self::NoTables { .. } => "give a directory of tables, one a year".into(),
            Self::RegionFile { .. } => "check the path of the region file".into(),
            Self::OwnKey { .. } => "ask for it alone".into(),
            Self::NoIndicatorAtLevel { indicators, .. } => {
                format!("it has: {indicators}; choose another --level")
            }
            Self::UnknownFamily { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownFamily { known, .. } => format!("there are {known}"),
            Self::NothingToSum { key: "sector" } => {
                "name one, for example `--sector manufactured` or `--sector NAME=a,b`".into()
            }
            Self::NothingToSum { key } => format!(
                "name one, for example `--{key} EU27` (`vadex list groups`) or `--{key} NAME=A,B`; all together are \
                 a coarser --level"
            ),
            Self::UnknownMatrix { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownMatrix { known, .. } => format!("there are {known}"),
            Self::NoSectorsAcross { .. } => "leave the sectors of the columns out".into(),
            Self::SatelliteUnnamed { .. } => {
                "name one: `--satellite-name jobs`; `vadex list satellites` describes them".into()
            }
            Self::NoYearForAccounts => "say which with --year".into(),
            Self::RankedByVariance => "rank by effect, or ask how flows move the measure (mode flows)".into(),
            Self::NotYears { .. } => "write 2011, 1995,2011 or 1995-2011".into(),
        }
    }
}
