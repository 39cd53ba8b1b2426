//! What can go wrong between a table and a statement of how sure it is.

use crate::model::solver::SolveError;
use crate::stats::StatsError;
use crate::table::{BalanceError, TableError};

/// Why uncertainty could not be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UncertaintyError {
    /// A parameter outside its range.
    #[error("{parameter} is {found}, expected {expected}")]
    Parameter {
        /// Which.
        parameter: &'static str,
        /// Value given.
        found: f64,
        /// Range, in words.
        expected: &'static str,
    },
    /// Too few draws for the tails that were asked for.
    #[error("{found} draws are too few for an interval of level {level}: at least {needed} are needed")]
    TooFewDraws {
        /// Draws asked for, or left.
        found: usize,
        /// Level of the interval.
        level: f64,
        /// Draws needed.
        needed: usize,
    },
    /// Most draws gave no table.
    #[error("only {used} of {draws} draws gave a result; the first that failed: {first}")]
    DrawsFailed {
        /// Draws that gave a result.
        used: usize,
        /// Draws made.
        draws: usize,
        /// Message of the first failure.
        first: String,
    },
    /// All draws of all cells do not fit.
    #[error("{draws} draws of {cells} numbers take {gigabytes:.1} GB, the limit is {limit:.1} GB")]
    TooLarge {
        /// Draws.
        draws: usize,
        /// Numbers of the result.
        cells: usize,
        /// Memory they take.
        gigabytes: f64,
        /// Most that is allowed.
        limit: f64,
    },
    /// No measure of that name.
    #[error("unknown measure `{name}`: there are {known}")]
    UnknownMeasure {
        /// What was asked for.
        name: String,
        /// The nearest, when one is close.
        nearest: Option<String>,
        /// What there is.
        known: String,
    },
    /// A share of exports of somebody who exports nothing.
    #[error("`{of}` exports nothing: {measure} is not defined")]
    NoExports {
        /// Economy or industry.
        of: String,
        /// The measure.
        measure: &'static str,
    },
    /// The derivative with respect to flows is that of residual value added and row-sum output.
    #[error(
        "sensitivity to flows is defined for output as row sum and residual value added, the model has: {found}"
    )]
    Conventions {
        /// Conventions of the model.
        found: String,
    },
    /// Errors of value added need final demand that can follow.
    #[error("value added cannot be drawn while final demand is held: the two have the same total")]
    NothingFollows,
    /// The projection on the margins did not converge.
    #[error("margins are met to {gap:.1e} only after {sweeps} sweeps, tolerance {tolerance:.0e}")]
    Projection {
        /// Sweeps made.
        sweeps: usize,
        /// Relative gap left.
        gap: f64,
        /// Tolerance.
        tolerance: f64,
    },
    /// A table that cannot be balanced.
    #[error(transparent)]
    Balance(#[from] BalanceError),
    /// Flows that are no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A failed solve.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A percentile that cannot be taken.
    #[error(transparent)]
    Stats(#[from] StatsError),
}

impl UncertaintyError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Parameter { .. } => "leave the option out for its default".into(),
            Self::TooFewDraws { .. } => "ask for more --draws, or a lower --interval".into(),
            Self::DrawsFailed { .. } => {
                "smaller errors (--draw-sd, --draw-sd-max) and a larger --draw-tolerance fail less; `vadex check TABLE` \
                 shows what is fragile"
                    .into()
            }
            Self::TooLarge { .. } => "name fewer economies, a coarser --level, or fewer --draws".into(),
            Self::UnknownMeasure { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownMeasure { .. } => "choose one of these; `vadex explain MEASURE` tells each".into(),
            Self::NoExports { .. } => "choose an economy or sector with exports: `vadex tiva TABLE`".into(),
            Self::Conventions { .. } => {
                "leave --gross-output and --value-added out, or take `--mode coefficients`".into()
            }
            Self::NothingFollows => "leave out one of --draw-value-added-sd and --draw-final-demand held".into(),
            Self::Projection { .. } => "the table falls into parts that hardly trade: `vadex check TABLE`".into(),
            Self::Balance(error) => error.hint(),
            Self::Table(error) => error.hint(),
            Self::Solve(error) => error.hint(),
            Self::Stats(error) => error.hint().into(),
        }
    }
}
