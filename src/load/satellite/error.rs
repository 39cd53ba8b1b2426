//! What can be wrong with satellite accounts: accounts that are not there, labels and years that do not meet.

/// What is wrong with a satellite file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SatelliteError {
    /// Several accounts and none chosen, or one that is not there.
    #[error("{wanted}; the file holds: {known}")]
    Choice {
        /// What is the matter.
        wanted: String,
        /// Accounts there are.
        known: String,
    },
    /// No figures for the year of the table.
    #[error("no figures for {year}; there are: {available}")]
    NoSuchYear {
        /// Year of the table.
        year: i32,
        /// Years of the file.
        available: String,
    },
    /// Figures of several years for a table of which the year is not known.
    #[error("figures of {years}, and the year of the table is not known")]
    YearOfTable {
        /// Years of the file.
        years: String,
    },
    /// A figure for a label that the table does not have.
    #[error("line {line}: the table has no {kind} `{label}`")]
    UnknownLabel {
        /// Line, from 1.
        line: usize,
        /// `economy`, `sector` or `industry`.
        kind: &'static str,
        /// The label.
        label: String,
        /// The nearest one it has.
        nearest: Option<String>,
    },
    /// An industry with two figures.
    #[error("line {line}: `{label}` has a figure already")]
    Twice {
        /// Line, from 1.
        line: usize,
        /// The industry.
        label: String,
    },
    /// Industries of the table without a figure.
    #[error("{count} industries of the table have no figure: {labels}")]
    Missing {
        /// How many.
        count: usize,
        /// The first of them.
        labels: String,
    },
    /// Many accounts and none chosen.
    #[error("the file holds {count} accounts, and one of them can be traced: {first}")]
    Unchosen {
        /// How many there are.
        count: usize,
        /// The first of them, with units.
        first: String,
    },
    /// None of many accounts has the name.
    #[error("none of the {count} accounts is called `{name}`: {} {known}", near_or_all(*.near))]
    NoAccount {
        /// What was asked for.
        name: String,
        /// How many there are.
        count: usize,
        /// Those that may have been meant, or the first of all, with units.
        known: String,
        /// May they have been meant?
        near: bool,
    },
    /// Several files have an account of the name.
    #[error("several files have an account `{name}`: {files}")]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The files.
        files: String,
    },
    /// Labels of published accounts that are not those of the table.
    #[error("the labels are not those of the table: {}", unlike(*.absent, .absent_labels, *.strange, .strange_labels))]
    Unlike {
        /// Industries of the table that the accounts do not have.
        absent: usize,
        /// The first of them.
        absent_labels: String,
        /// Industries with figures that the table does not have.
        strange: usize,
        /// The first of them.
        strange_labels: String,
    },
    /// An account without a single figure.
    #[error("account `{name}` has no figures at all")]
    NoFigures {
        /// The account.
        name: String,
    },
    /// Text where a number should be.
    #[error("line {line}: found `{value}`, expected a number")]
    NotANumber {
        /// Line, from 1.
        line: usize,
        /// The cell.
        value: String,
    },
}

impl SatelliteError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Unchosen { .. } | Self::NoAccount { .. } => {
                "name one with `--satellite-name`; `vadex inspect` of the file lists all with their units".into()
            }
            Self::Ambiguous { .. } => "give the one file that is meant".into(),
            Self::Unlike { .. } => {
                "take accounts and table of one release and one classification (industries or products), and the table as it \
                 was imported: not aggregated, folded or renamed"
                    .into()
            }
            Self::NoFigures { .. } => "choose another account".into(),
            Self::Choice { .. } => "name one with `--satellite-name`".into(),
            Self::NoSuchYear { .. } => "choose a year that both files have: `--year`".into(),
            Self::YearOfTable { .. } => {
                "say which year the table is of, with `--year` or in the name of its file".into()
            }
            Self::UnknownLabel { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::UnknownLabel { .. } => "`vadex inspect TABLE` lists the labels of the table".into(),
            Self::Twice { .. } => "give every economy and sector one figure a year".into(),
            Self::Missing { .. } => "add them, with 0 where the figure is truly zero".into(),
            Self::NotANumber { .. } => "write the figure, or 0 if it is truly zero".into(),
        }
    }
}

fn near_or_all(near: bool) -> &'static str {
    if near { "near it are" } else { "there are" }
}

fn unlike(absent: usize, absent_labels: &str, strange: usize, strange_labels: &str) -> String {
    let mut parts = Vec::new();
    if absent > 0 {
        parts.push(format!("{absent} of its industries are not in the accounts ({absent_labels})"));
    }
    if strange > 0 {
        parts.push(format!("{strange} industries with figures are not in the table ({strange_labels})"));
    }
    parts.join("; ")
}
