//! What can be wrong with a set of labels, or with a label that a caller asked for.

use super::find_known_group;

/// What is wrong with a set of labels, or with a label that a caller asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// The same row label stands twice.
    #[error("label `{label}` appears twice (rows {first} and {second} of the table)")]
    Duplicate {
        /// The label.
        label: String,
        /// First position, counted from 1.
        first: usize,
        /// Second position, counted from 1.
        second: usize,
    },
    /// A label that the table does not have.
    #[error("unknown {kind} `{label}`: the table has {known_count} ({known})")]
    Unknown {
        /// `economy`, `sector` or `final-demand category`.
        kind: &'static str,
        /// What was asked for.
        label: String,
        /// The nearest label that exists, when one is close.
        nearest: Option<String>,
        /// How many labels there are.
        known_count: usize,
        /// The first of them.
        known: String,
    },
    /// An economy without a sector that others have.
    #[error("`{economy}` has no sector `{sector}`: it has {known_count} ({known})")]
    NoSuchRow {
        /// The economy.
        economy: String,
        /// The sector.
        sector: String,
        /// How many sectors the economy has.
        known_count: usize,
        /// The first of them.
        known: String,
    },
    /// An economy that is part of a group.
    #[error("`{member}` is a part of `{group}` here, which is one economy")]
    InGroup {
        /// What was asked for.
        member: String,
        /// The economy that it is part of.
        group: String,
    },
    /// An economy named in two groups.
    #[error("economy `{economy}` is in two groups, `{first}` and `{second}`")]
    InTwoGroups {
        /// The economy.
        economy: String,
        /// One group.
        first: String,
        /// The other group.
        second: String,
    },
    /// A group takes the name of an economy that is not one of its members.
    #[error("group `{name}` has the name of an economy that is not one of its members")]
    GroupNameTaken {
        /// The name.
        name: String,
    },
    /// A group that is known by name has no member in the table.
    #[error("the table has no member of `{group}` ({members}); its economies are {economies}")]
    GroupWithoutMembers {
        /// The group.
        group: String,
        /// Its members.
        members: String,
        /// Economies of the table.
        economies: String,
    },
    /// Two groups of the same name.
    #[error("two groups are called `{name}`")]
    GroupNamedTwice {
        /// The name.
        name: String,
    },
    /// A group of rows under the name of a label.
    #[error("group `{name}` has a name of the table's own ({kind}): its rows could not be told apart")]
    PickedNameTaken {
        /// `economy` or `sector`.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// Not `NAME=A,B`.
    #[error("`{text}` is not a group")]
    NotAGroup {
        /// The text.
        text: String,
    },
}

impl LabelError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Duplicate { .. } => "rename one of the two, or add them up with `vadex aggregate`".into(),
            Self::Unknown { kind: "economy", label, .. } if find_known_group(label).is_some() => {
                format!(
                    "`{label}` is a group of economies: `--group {label}` makes it one economy; `vadex decompose`, `tiva`, \
                     `indicators`, `matrix` and `sda` take it for its members where they choose economies"
                )
            }
            Self::Unknown { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::Unknown { .. } | Self::NoSuchRow { .. } => "`vadex inspect TABLE` lists the labels".into(),
            Self::InGroup { group, .. } => {
                format!(
                    "ask for `{group}`; apart they are without --group, parts of split economies with --split keep. Rows of \
                     members that are apart are added up by `vadex decompose --sum`: `--importer NAME=A,B --sum importer`"
                )
            }
            Self::InTwoGroups { .. } => "groups must not overlap: name each economy once".into(),
            Self::GroupNameTaken { .. } | Self::PickedNameTaken { .. } => "choose another name for the group".into(),
            Self::GroupWithoutMembers { .. } => {
                "known groups are found by ISO 3166 codes: name the members by the labels of the table, `NAME=A,B`".into()
            }
            Self::NotAGroup { .. } => {
                "write NAME=A,B,C; `vadex list groups` shows the groups of economies that are known".into()
            }
            Self::GroupNamedTwice { name } => {
                format!("list all members at once, `{name}=...`, or choose another name for one of them")
            }
        }
    }
}
