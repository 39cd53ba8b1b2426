//! What can be wrong with a request to fold, rename, extract or deflate: every offending label is named.

use super::TableError;
use crate::labels::{self, LabelError};

/// Why a table cannot be reshaped as asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReshapeError {
    /// A label problem.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// Labels that the table does not have.
    #[error("the table has no {dimension} {}", labels::told(.labels))]
    Unknown {
        /// `economy`, `sector` or `final-demand category`.
        dimension: &'static str,
        /// The labels, each with the nearest that the table has.
        labels: Vec<(String, Option<String>)>,
    },
    /// Some parts of a split economy renamed, and not the others.
    #[error(
        "{parts} are one economy, {name}, by their names: with other names for some of them they would not be"
    )]
    SplitRenamed {
        /// The economy.
        name: String,
        /// Its parts.
        parts: String,
    },
    /// Flows that have been put at other prices before.
    #[error("the flows are at other prices already: the unit of the table is `{unit}`")]
    AtPrices {
        /// Unit of the table.
        unit: String,
    },
    /// Labels that are named more than once.
    #[error("{dimension} {labels} is named more than once")]
    Repeated {
        /// `economy`, `sector` or `final-demand category`.
        dimension: &'static str,
        /// The labels.
        labels: String,
    },
    /// Different labels that would become the same.
    #[error("these {dimension} labels would become one: {collisions}")]
    Collision {
        /// `economy`, `sector` or `final-demand category`.
        dimension: &'static str,
        /// Which, and what they would become.
        collisions: String,
    },
    /// New names that cannot be labels.
    #[error("{dimension} cannot be called {labels}: {rule}")]
    BadLabel {
        /// `economy`, `sector` or `final-demand category`.
        dimension: &'static str,
        /// The names.
        labels: String,
        /// What a label must be.
        rule: &'static str,
    },
    /// Names that would be both a sector and a category of final demand.
    #[error("{labels} would be both a sector and a final-demand category")]
    SectorAndCategory {
        /// The names.
        labels: String,
    },
    /// Nothing is split in the table.
    #[error("the table has no split economies ({looked_for}) and no group was named")]
    NothingToFold {
        /// Labels that parts of split economies have.
        looked_for: String,
    },
    /// No economy was named.
    #[error("no economy was named to be kept")]
    NothingToKeep,
    /// The rest would have the name of an economy that is kept.
    #[error("the rest cannot be called `{name}`: an economy of that name is kept")]
    RestNameTaken {
        /// The name.
        name: String,
    },
    /// A table without a year cannot be deflated.
    #[error("the year of the table is not known, so no price belongs to it")]
    NoYear,
    /// Prices that are missing.
    #[error("the price file has no index for {missing}")]
    MissingPrices {
        /// Which, by year, economy and sector.
        missing: String,
    },
    /// Price lines that cannot be used.
    #[error("the price file cannot be used: {problems}")]
    BadPrices {
        /// Line by line.
        problems: String,
    },
    /// The result is not a table.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl ReshapeError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Label(error) => error.hint(),
            Self::Unknown { labels, .. } => labels::suggestions(labels)
                .unwrap_or_else(|| "`vadex inspect TABLE` lists the labels of the table".into()),
            Self::SplitRenamed { name, parts } => {
                format!("make them one row set first: `vadex fold TABLE --group {name}={parts}`; or rename all of them")
            }
            Self::AtPrices { .. } => "deflate the table that it was made of".into(),
            Self::Repeated { .. } => "name each label once".into(),
            Self::Collision { .. } => "choose distinct names, or add the labels up with `vadex aggregate`".into(),
            Self::BadLabel { .. } | Self::SectorAndCategory { .. } => "choose another name".into(),
            Self::NothingToFold { .. } => "name the parts: --group CHN=CHN,CN1,CN2".into(),
            Self::NothingToKeep => "name the economies: --economy CHN,DEU,USA".into(),
            Self::RestNameTaken { .. } => "choose another name with --rest".into(),
            Self::NoYear => "say which year it is with --year".into(),
            Self::MissingPrices { .. } => {
                "add these lines: both years of a seller are taken from the same lines, the most exact that there are (a line \
                 without economy holds for every economy, one without sector for every sector)"
                    .into()
            }
            Self::BadPrices { .. } => {
                "the columns are `economy,sector,year,index` (economy or sector may be left out); an index is a positive \
                 number, once for each label and year"
                    .into()
            }
            Self::Table(error) => error.hint(),
        }
    }
}

/// Labels of a list that are not known, each with its nearest.
pub(super) fn unknown<'a>(
    dimension: &'static str,
    known: &[String],
    wanted: impl IntoIterator<Item = &'a String>,
) -> Result<(), ReshapeError> {
    let labels: Vec<(String, Option<String>)> = wanted
        .into_iter()
        .filter(|label| !known.contains(label))
        .map(|label| (label.clone(), labels::nearest(known.iter().map(String::as_str), label)))
        .collect();
    if labels.is_empty() { Ok(()) } else { Err(ReshapeError::Unknown { dimension, labels }) }
}

/// Labels of a list that stand in it more than once.
pub(super) fn repeated(dimension: &'static str, wanted: &[String]) -> Result<(), ReshapeError> {
    let mut twice: Vec<String> = Vec::new();
    for (position, label) in wanted.iter().enumerate() {
        let told = format!("`{label}`");
        if wanted[..position].contains(label) && !twice.contains(&told) {
            twice.push(told);
        }
    }
    if twice.is_empty() {
        return Ok(());
    }
    Err(ReshapeError::Repeated { dimension, labels: twice.join(", ") })
}

/// Names that a dimension cannot have.
pub(super) fn bad_labels<'a>(
    dimension: &'static str,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<(), ReshapeError> {
    let rule = labels::rule(dimension);
    let bad: Vec<String> =
        names.into_iter().filter(|name| !rule.holds(name)).map(|name| format!("`{name}`")).collect();
    if bad.is_empty() {
        return Ok(());
    }
    Err(ReshapeError::BadLabel { dimension, labels: bad.join(", "), rule: rule.words() })
}

/// Every label stays where it is.
pub(super) fn unchanged(labels: &[String]) -> (Vec<usize>, Vec<String>) {
    ((0..labels.len()).collect(), labels.to_vec())
}
