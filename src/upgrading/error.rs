//! Why upgrading cannot be measured. Data that are merely missing are not an error: they are named in the result.

use crate::labels::{self, LabelError};
use crate::load::LoadError;
use crate::model::solver::SolveError;
use crate::stats::StatsError;
use crate::table::AccountError;

/// Wrong data or a wrong request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpgradingError {
    /// A file that cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A label that does not exist.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// Accounts that do not fit the table.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A failed solve.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A model that cannot be built.
    #[error(transparent)]
    Model(#[from] crate::model::ModelError),
    /// A statistic that cannot be computed.
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// Figures that contradict themselves, line by line.
    #[error("{path}: {problems}")]
    BadFigures {
        /// Path.
        path: String,
        /// Every problem, with line and column.
        problems: String,
        /// What the file should hold.
        expected: &'static str,
    },
    /// Figures for labels that the table does not have.
    #[error("{path}: the table has no {labels}")]
    UnknownLabels {
        /// Path.
        path: String,
        /// `economy `X` (line 4)`, ...
        labels: String,
        /// `did you mean ...?`
        suggestion: Option<String>,
    },
    /// Not one year in common.
    #[error("{path}: figures for {found}, tables for {wanted}: no year in common")]
    NoCommonYear {
        /// Path.
        path: String,
        /// Years of the file.
        found: String,
        /// Years of the tables.
        wanted: String,
    },
    /// Tables whose rows differ.
    #[error("{table}: its economies and sectors are not those of {reference}: {difference}")]
    OtherLabels {
        /// The table.
        table: String,
        /// The first one.
        reference: String,
        /// What is lacking or new.
        difference: String,
    },
    /// A table without a year.
    #[error("{table}: the year of this table is not known, and {why}")]
    NoYear {
        /// The table.
        table: String,
        /// What a year is needed for.
        why: &'static str,
    },
    /// Two tables of one year.
    #[error("two tables of {year}: {first} and {second}")]
    YearTwice {
        /// The year.
        year: i32,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
    /// A name that is not in a registry or file.
    #[error("there is no {what} `{name}`: there are {known}")]
    UnknownName {
        /// What it should be.
        what: &'static str,
        /// The name.
        name: String,
        /// What there is.
        known: String,
        /// The nearest.
        nearest: Option<String>,
    },
    /// Nothing that tells owners apart.
    #[error("no economy or sector of the table ends in `{domestic}` or `{foreign}`")]
    NotSplit {
        /// Ending of domestic-owned parts.
        domestic: String,
        /// Ending of foreign-owned parts.
        foreign: String,
    },
}

impl UpgradingError {
    /// An unknown name among the known ones.
    pub(crate) fn unknown<'a>(
        what: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::UnknownName {
            what,
            name: name.to_owned(),
            nearest: labels::nearest(known.iter().copied(), name),
            known: known.join(", "),
        }
    }

    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Load(error) => error.hint(),
            Self::Label(error) => error.hint(),
            Self::Account(error) => error.hint(),
            Self::Solve(error) => error.hint(),
            Self::Model(error) => error.hint(),
            Self::Stats(error) => error.hint().to_owned(),
            Self::BadFigures { expected, .. } => (*expected).to_owned(),
            Self::UnknownLabels { suggestion: Some(suggestion), .. } => suggestion.clone(),
            Self::UnknownLabels { .. } => {
                "`vadex inspect TABLE` lists the labels; leave lines of other economies and sectors out".into()
            }
            Self::NoCommonYear { .. } => "add lines for these years, or leave the year empty".into(),
            Self::OtherLabels { .. } => {
                "bring all years to one list of labels with `vadex aggregate --concordance` or `vadex extract`".into()
            }
            Self::NoYear { .. } => {
                "name the file after its year, for example 2005.csv; of a single table `--year 2005` says it too".into()
            }
            Self::YearTwice { .. } => "keep one table a year in the directory".into(),
            Self::UnknownName { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownName { .. } => "take one of these".into(),
            Self::NotSplit { .. } => {
                "say how the parts end with --domestic-suffix and --foreign-suffix, or give shares with --ownership"
                    .into()
            }
        }
    }
}
