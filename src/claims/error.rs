//! Why claims cannot be evaluated at all. A claim that merely lacks data is not an error but a record with reason D3.

use crate::load::LoadError;
use crate::model::ModelError;
use crate::model::memory::MemoryError;
use crate::model::solver::SolveError;
use crate::scenario::ScenarioError;
use crate::stats::StatsError;
use crate::upgrading::UpgradingError;

/// Wrong data or a wrong request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimError {
    /// A file that cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A table that cannot be solved.
    #[error("{table}: {error}")]
    Model {
        /// The table.
        table: String,
        /// Why.
        error: ModelError,
    },
    /// A table whose model would not fit into memory.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// A solve that failed.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A scenario that does not fit the table.
    #[error("{table}: {error}")]
    Scenario {
        /// The table.
        table: String,
        /// Why.
        error: Box<ScenarioError>,
    },
    /// A file of functions or owners that does not fit the tables.
    #[error(transparent)]
    Upgrading(#[from] UpgradingError),
    /// A statistic that could not be computed.
    #[error("{claim}: {error}")]
    Stats {
        /// Claim or test.
        claim: String,
        /// Why.
        error: StatsError,
    },
    /// A table whose name does not say its year.
    #[error("{table}: the year of this table is not known, and claims are about years")]
    NoYear {
        /// The table.
        table: String,
    },
    /// Sectors differ from year to year.
    #[error("{table}: the sectors are {found}, those of {reference} are {expected}")]
    OtherSectors {
        /// The table.
        table: String,
        /// First sectors found.
        found: String,
        /// The table it is compared with.
        reference: String,
        /// First sectors there.
        expected: String,
    },
    /// A table in prices of the previous year has no partner.
    #[error("previous-year prices: {table} has economies or sectors that the table of {year} does not have")]
    PriceTableMismatch {
        /// The table.
        table: String,
        /// Its year.
        year: i32,
    },
    /// No such claim.
    #[error("there is no claim `{name}`: they are C1 to C{last}")]
    UnknownClaim {
        /// What was asked for.
        name: String,
        /// Number of the last claim.
        last: usize,
    },
    /// Nothing to evaluate.
    #[error("{input}: no table")]
    NoTables {
        /// What was given.
        input: String,
    },
}

impl ClaimError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Load(error) => error.hint(),
            Self::Model { error, .. } => error.hint(),
            Self::Memory(error) => error.hint(),
            Self::Solve(error) => error.hint(),
            Self::Scenario { error, .. } => error.hint(),
            Self::Upgrading(error) => error.hint(),
            Self::Stats { .. } => "look at the series with `vadex claims ID --detail paths`".into(),
            Self::NoYear { .. } => "name the file after its year, for example 2005.csv".into(),
            Self::OtherSectors { .. } => {
                "bring all years to one classification with `vadex aggregate --concordance`".into()
            }
            Self::PriceTableMismatch { .. } => "give price tables with the labels of the other tables".into(),
            Self::UnknownClaim { .. } => "`vadex list claims` shows them".into(),
            Self::NoTables { .. } => "give a directory of tables, one a year".into(),
        }
    }
}
