//! What can be wrong with a scenario file, or between a scenario and a table: what, where, expected, found.

use std::fmt;

use crate::indicators::IndicatorError;
use crate::labels::LabelError;
use crate::model::solver::SolveError;

/// Where a change stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// File or id.
    pub file: String,
    /// Line of its `kind`, from 1.
    pub line: usize,
    /// Kind.
    pub kind: &'static str,
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: change `{}`", self.file, self.line, self.kind)
    }
}

/// Why a scenario could not be read or solved. There is never a number beside an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {source}")]
    Io {
        /// Path.
        path: String,
        /// Reason.
        source: std::io::Error,
    },
    /// No embedded scenario of that name.
    #[error("there is no scenario `{name}`; there are: {known}")]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// The nearest id, when one is close.
        nearest: Option<String>,
        /// Every id.
        known: String,
    },
    /// The text is not TOML of the documented form.
    #[error("{file}:{line}: {message}")]
    Form {
        /// File or id.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What the parser said.
        message: String,
        /// The known key that is near.
        nearest: Option<String>,
    },
    /// A change of a kind that there is not.
    #[error("{file}:{line}: unknown kind `{kind}`: there are {known}")]
    UnknownKind {
        /// File or id.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What was asked for.
        kind: String,
        /// The nearest id, when one is close.
        nearest: Option<String>,
        /// Every kind.
        known: String,
    },
    /// A scenario without a change.
    #[error("{file}: scenario `{id}` changes nothing: it has no `[[change]]`")]
    Empty {
        /// File or id.
        file: String,
        /// Scenario.
        id: String,
    },
    /// Two scenarios of one file with the same id.
    #[error("{file}:{line}: the scenario id `{id}` is used twice")]
    DuplicateId {
        /// File or id.
        file: String,
        /// Line of the second, from 1.
        line: usize,
        /// The id.
        id: String,
    },
    /// A change that does not fit the table, or is not one.
    #[error("{at}: {problem}")]
    Change {
        /// Which change.
        at: At,
        /// What is wrong.
        problem: Problem,
    },
    /// Production needs more of itself than it makes.
    #[error(
        "scenario `{scenario}`: after the change production needs at least as much as it makes: the spectral radius of A \
         is {radius:.4}, below 1 is needed"
    )]
    Explosive {
        /// Scenario.
        scenario: String,
        /// The radius, as far as it is known.
        radius: f64,
    },
    /// A solve failed.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// The price model failed.
    #[error(transparent)]
    Indicator(#[from] IndicatorError),
}

/// What is wrong with one change.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// An economy or sector that the table does not have.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A number where it must not be.
    #[error("{key} = {value}: {expected}")]
    OutOfRange {
        /// Key.
        key: &'static str,
        /// The value.
        value: f64,
        /// What may stand there.
        expected: &'static str,
    },
    /// More taken away than is bought.
    #[error(
        "amount = {amount}: only {bought:.6} is bought there, and the rest would be bought less than not at all"
    )]
    MoreThanThereIs {
        /// The change.
        amount: f64,
        /// Present purchases.
        bought: f64,
    },
    /// Keys that do not go together, or one that is missing.
    #[error("{what}")]
    Keys {
        /// What is wrong with them.
        what: &'static str,
        /// What to write.
        hint: &'static str,
    },
    /// A supplier without output.
    #[error("{row} has no output in this table: it sells nothing, and nothing can be bought from it")]
    SellsNothing {
        /// Economy and sector.
        row: String,
    },
    /// Nothing that the change could act on.
    #[error("nothing to change: {what}")]
    NothingThere {
        /// What is not there.
        what: String,
    },
    /// A floor that the economy's own industries cannot fill.
    #[error(
        "floor = {floor}: {row} can reach a domestic share of {highest:.4} at most, because its other inputs are made \
         abroad only"
    )]
    FloorUnreachable {
        /// Buying industry.
        row: String,
        /// The floor.
        floor: f64,
        /// Highest share that there can be.
        highest: f64,
    },
    /// The coefficients cannot be changed.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

impl Problem {
    fn hint(&self) -> String {
        match self {
            Self::Label(error) => {
                format!("{}; or give the name a meaning under `[sectors]` or `[economies]`", error.hint())
            }
            Self::OutOfRange { key: "percent", .. } => {
                "per cent are written as such: 10 is ten per cent more, -100 takes all away".into()
            }
            Self::OutOfRange { key: "amount", .. } => {
                "write a number in the unit of the table, such as 1000.0".into()
            }
            Self::MoreThanThereIs { bought, .. } => {
                format!("take away at most {bought:.6}, or `percent = -100` for all of it")
            }
            Self::OutOfRange { .. } => "shares, rates and wedges are fractions: 0.1 is ten per cent".into(),
            Self::Keys { hint, .. } => (*hint).into(),
            Self::SellsNothing { .. } => {
                "name an economy and a sector with output: `vadex inspect TABLE` lists them".into()
            }
            Self::NothingThere { .. } => {
                "look at the flows of the table, or name other economies, products or users".into()
            }
            Self::FloorUnreachable { highest, .. } => {
                // Rounded down: a floor above what there is would be refused once more.
                let reachable = (highest * 1e4).floor() / 1e4;
                format!(
                    "lower the floor to {reachable:.4} or less, or leave products out that are not made at home"
                )
            }
            Self::Solve(error) => error.hint(),
        }
    }
}

impl ScenarioError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Io { .. } => "give a TOML file, or an id of `vadex list scenarios`".into(),
            Self::UnknownScenario { nearest: Some(near), .. }
            | Self::Form { nearest: Some(near), .. }
            | Self::UnknownKind { nearest: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::UnknownScenario { .. } => {
                "`vadex list scenarios` shows the embedded ones; a path ends in `.toml`".into()
            }
            Self::Form { .. } => {
                "`vadex explain KIND` shows an example of each kind; `vadex scenario c23-opening --show > my.toml` is one to start from"
                    .into()
            }
            Self::UnknownKind { .. } => "`vadex list scenarios` shows the kinds".into(),
            Self::Empty { .. } => "add a `[[change]]`, or a `[[scenario.change]]` below its `[[scenario]]`".into(),
            Self::DuplicateId { .. } => "give each scenario an id of its own".into(),
            Self::Change { problem, .. } => problem.hint(),
            Self::Explosive { .. } => {
                "make the change smaller; value added below zero in the table (`vadex check TABLE`) is what brings the \
                 radius near 1"
                    .into()
            }
            Self::Solve(error) => error.hint(),
            Self::Indicator(error) => error.hint(),
        }
    }
}
