//! Why a chart cannot be drawn, and what to try.

/// Why a chart cannot be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// Nothing to show.
    #[error("{chart}: nothing to draw: {what}")]
    Nothing {
        /// The kind of chart.
        chart: &'static str,
        /// What is missing.
        what: &'static str,
    },
    /// A number that has no place on an axis.
    #[error("{chart}: {at} is {value}, which has no place on an axis")]
    NotFinite {
        /// The kind of chart.
        chart: &'static str,
        /// Which number.
        at: String,
        /// The number.
        value: f64,
    },
    /// A number whose sign makes no sense for what it stands for.
    #[error("{chart}: {at} is {value}, and a negative one cannot be drawn")]
    Negative {
        /// The kind of chart.
        chart: &'static str,
        /// Which number.
        at: String,
        /// The number.
        value: f64,
    },
    /// More than a reader can tell apart.
    #[error("{chart}: {found} {what}, more than the {limit} that can be read in one chart")]
    TooMany {
        /// The kind of chart.
        chart: &'static str,
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many can be drawn.
        limit: usize,
    },
    /// Pieces that do not fit together.
    #[error("{chart}: {what} has {found}, expected {expected}")]
    Uneven {
        /// The kind of chart.
        chart: &'static str,
        /// Which piece.
        what: String,
        /// How many it should have.
        expected: String,
        /// How many it has.
        found: String,
    },
    /// A width at which no chart can be laid out.
    #[error("a chart {found} pixels wide: from {lowest} to {highest} can be laid out")]
    Width {
        /// What was asked for.
        found: f64,
        /// Narrowest.
        lowest: f64,
        /// Widest.
        highest: f64,
    },
    /// The picture could not be made.
    #[error("cannot make the PNG: {message}")]
    Png {
        /// What the library said.
        message: String,
    },
}

impl ChartError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Nothing { .. } => "look at the result: it may be empty, or all its values missing".into(),
            Self::NotFinite { .. } => "leave the row out, or mend the result it comes from".into(),
            Self::Negative { .. } => {
                "bars and waterfalls show negative values; flows and sizes cannot be".into()
            }
            Self::TooMany { .. } => {
                "choose fewer: `--select economy=CHN+DEU+USA`, or draw several charts".into()
            }
            Self::Uneven { .. } => "give every row the same number of values".into(),
            Self::Width { .. } => "leave --width out, or say 720 for a page and 390 for a phone".into(),
            Self::Png { .. } => "write an SVG, or a smaller picture".into(),
        }
    }
}
