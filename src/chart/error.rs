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
    /// A result without the columns that a kind of chart needs.
    #[error("{chart}: {file} has no {missing}; it has {found}")]
    MissingColumns {
        /// The kind of chart.
        chart: &'static str,
        /// The result.
        file: String,
        /// What it lacks.
        missing: String,
        /// What it has.
        found: String,
        /// Commands that make such a result.
        made_by: String,
    },
    /// Several years, economies or other labels where one can be drawn.
    #[error("{chart}: {file} holds several values of `{column}`, and one can be drawn: {values}")]
    Several {
        /// The kind of chart.
        chart: &'static str,
        /// The result.
        file: String,
        /// The column.
        column: String,
        /// The values there are.
        values: String,
        /// A choice of one of them.
        example: String,
    },
    /// Several columns of numbers, none of which is the natural one.
    #[error("{chart}: {file} has several columns of numbers: {columns}")]
    Which {
        /// The kind of chart.
        chart: &'static str,
        /// The result.
        file: String,
        /// The columns there are.
        columns: String,
        /// A choice.
        example: String,
    },
    /// Numbers of several units on one axis.
    #[error("{chart}: columns of different units have no axis in common: {units}")]
    Units {
        /// The kind of chart.
        chart: &'static str,
        /// Each column with its unit.
        units: String,
        /// A choice of one of them.
        example: String,
    },
    /// A share as a percentage of something else.
    #[error("{chart}: `{column}` is a share already, and no percentage of `{whole}`")]
    ShareOfShare {
        /// The kind of chart.
        chart: &'static str,
        /// The share.
        column: String,
        /// What it was to be a percentage of.
        whole: String,
    },
    /// Two rows for one place of the chart.
    #[error("{chart}: {file} has more than one row for {what}")]
    Repeated {
        /// The kind of chart.
        chart: &'static str,
        /// The result.
        file: String,
        /// The place.
        what: String,
    },
    /// A column that is not there.
    #[error("{file} has no column `{column}` that this could be; there are {found}")]
    NoColumn {
        /// The result.
        file: String,
        /// What was asked for.
        column: String,
        /// What there is.
        found: String,
    },
    /// A value that no row has.
    #[error("{file}: no row has `{column}` {value}; there are {known}")]
    NoValue {
        /// The result.
        file: String,
        /// The column.
        column: String,
        /// The value asked for.
        value: String,
        /// What there is.
        known: String,
        /// A value like it.
        nearest: Option<String>,
    },
    /// Selections that leave nothing.
    #[error("{file}: no row fits all of --select")]
    NoRow {
        /// The result.
        file: String,
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
            Self::MissingColumns { made_by, .. } => made_by.clone(),
            Self::Several { example, .. } | Self::Which { example, .. } => format!("`{example}`"),
            Self::Units { example, .. } => format!("draw them one by one: `{example}`"),
            Self::ShareOfShare { .. } => "leave --percent-of out, or choose amounts".into(),
            Self::Repeated { .. } => {
                "choose with `--select column=value`: the file tells several things at once".into()
            }
            Self::NoColumn { column, found, .. } => crate::labels::nearest(found.split(", "), column)
                .map_or_else(
                    || "`vadex list charts` says which columns a chart needs".into(),
                    |near| format!("did you mean `{near}`?"),
                ),
            Self::NoValue { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::NoValue { .. } => {
                "values are joined by `+`, years also as 1995-2011: `--select year=2011`".into()
            }
            Self::NoRow { .. } => "leave one of the choices out".into(),
            Self::Png { .. } => "write an SVG, or a smaller picture".into(),
        }
    }
}
