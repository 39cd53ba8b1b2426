//! One error for callers that use several layers at once: it wraps the error of each layer and keeps its hint.

use crate::analysis::AnalysisError;
use crate::batch::BatchError;
use crate::chart::ChartError;
use crate::claims::ClaimError;
use crate::decompose::DecomposeError;
use crate::fetch::FetchError;
use crate::indicators::{IndicatorError, RegionsError};
use crate::labels::LabelError;
use crate::load::LoadError;
use crate::model::ModelError;
use crate::model::memory::MemoryError;
use crate::model::solver::SolveError;
use crate::page::PageError;
use crate::product::ProductError;
use crate::report::ReportError;
use crate::scenario::ScenarioError;
use crate::table::{AccountError, AggregateError, BalanceError, ReshapeError, TableError};
use crate::uncertainty::UncertaintyError;
use crate::upgrading::UpgradingError;

/// Anything that can go wrong between a file and a result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A label that does not exist or stands twice.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A file that cannot be read as a table.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A table that cannot be used as asked.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A concordance that does not fit.
    #[error(transparent)]
    Aggregate(#[from] AggregateError),
    /// A table that cannot be folded, renamed, extracted or deflated as asked.
    #[error(transparent)]
    Reshape(#[from] ReshapeError),
    /// Margins that a table cannot be brought to.
    #[error(transparent)]
    Balance(#[from] BalanceError),
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
    /// An analysis that cannot be made of a table.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A batch that cannot be run, or some of whose jobs failed.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// A claim that cannot be evaluated.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// A decomposition that cannot be computed.
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// A product account that is not valid, or does not fit the table.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// A scenario that cannot be read, or does not fit the table.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// An indicator that cannot be computed.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
    /// A region file that cannot be read.
    #[error(transparent)]
    Regions(#[from] RegionsError),
    /// A public file that could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// An interval or a sensitivity that cannot be computed.
    #[error(transparent)]
    Uncertainty(#[from] UncertaintyError),
    /// A report that cannot be made.
    #[error(transparent)]
    Page(#[from] PageError),
    /// A chart that cannot be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// Upgrading, functions, research or owners that cannot be measured.
    #[error(transparent)]
    Upgrading(#[from] UpgradingError),
    /// A result that cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl Error {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Label(error) => error.hint(),
            Self::Load(error) => error.hint(),
            Self::Table(error) => error.hint(),
            Self::Account(error) => error.hint(),
            Self::Aggregate(error) => error.hint(),
            Self::Reshape(error) => error.hint(),
            Self::Balance(error) => error.hint(),
            Self::Model(error) => error.hint(),
            Self::Memory(error) => error.hint(),
            Self::Solve(error) => error.hint(),
            Self::Analysis(error) => error.hint(),
            Self::Batch(error) => error.hint(),
            Self::Claim(error) => error.hint(),
            Self::Decompose(error) => error.hint(),
            Self::Product(error) => error.hint(),
            Self::Scenario(error) => error.hint(),
            Self::Indicator(error) => error.hint(),
            Self::Regions(error) => error.hint(),
            Self::Fetch(error) => error.hint(),
            Self::Uncertainty(error) => error.hint(),
            Self::Page(error) => error.hint(),
            Self::Chart(error) => error.hint(),
            Self::Upgrading(error) => error.hint(),
            Self::Report(error) => error.hint(),
        }
    }
}
