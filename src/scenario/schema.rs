//! The form of a scenario file, and how it is read: which line says what.
//!
//! ```toml
//! id = "my-scenario"            # optional; the name of the file otherwise
//! title = "What it is"
//! table = "builtin:wiod13/2011" # table to take when none is named on the command line
//! notes = ["what a reader must know"]
//!
//! [sectors]                     # names used below; each stands for all its labels that the table has. `manufactured`,
//! food = ["c3", "C10T12"]       # `mining` and `electrical` need no list: the classification of the table tells them
//! [economies]
//! neighbours = ["CAN", "MEX"]
//!
//! [[change]]                    # applied in order
//! kind = "sourcing"             # one of `vadex list scenarios`; `vadex explain sourcing` shows its keys
//! economy = "USA"
//! products = ["manufactured"]
//! towards = "imports"
//! share = 0.1
//! ```
//! Several scenarios in one file, each from the same starting point: `[[scenario]]` with `id`, `title`, `notes` and
//! `[[scenario.change]]` in place of `[[change]]`. Unknown keys are errors: a misspelt key is never silently ignored.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, ValueDeserializer};

use super::error::{At, ScenarioError};
use super::names::Names;
use super::{Change, SCENARIOS, find_kind};
use crate::labels;

/// A file of scenarios, checked as far as it can be without a table.
#[derive(Debug)]
pub struct ScenarioFile {
    /// Id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// Table that it is meant for.
    pub table: Option<String>,
    /// Names used in the changes.
    pub names: Names,
    /// The scenarios, in order.
    pub scenarios: Vec<Scenario>,
}

/// Changes that are made together, in order.
#[derive(Debug)]
pub struct Scenario {
    /// Id.
    pub id: String,
    /// What it is; empty when nothing is said.
    pub title: String,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// Where each stands, and what it is.
    pub changes: Vec<(At, Box<dyn Change>)>,
}

impl Scenario {
    /// May its new world have other input coefficients, and so a factorisation of its own?
    pub fn changes_inputs(&self) -> bool {
        self.changes.iter().any(|(_, change)| change.changes_inputs())
    }
}

/// Everything of a file but its changes. `change` and `scenario` are read on their own; they stand here for the message
/// about an unknown key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    notes: Vec<String>,
    table: Option<String>,
    #[serde(default)]
    sectors: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    economies: BTreeMap<String, Vec<String>>,
    #[serde(rename = "change")]
    _change: Option<IgnoredAny>,
    #[serde(rename = "scenario")]
    _scenario: Option<IgnoredAny>,
}

/// The same of one `[[scenario]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioHead {
    id: Spanned<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(rename = "change")]
    _change: Option<IgnoredAny>,
}

impl ScenarioFile {
    /// Reads scenarios from TOML; `name` is the path or id that messages name.
    ///
    /// # Errors
    /// Text that is not of the documented form, with its line; a number out of range.
    ///
    /// # Example
    /// ```
    /// # use vadex::scenario::ScenarioFile;
    /// let file = ScenarioFile::parse("demo", r#"
    ///     title = "One tenth more demand for chemicals"
    ///     [[change]]
    ///     kind = "demand"
    ///     economy = "USA"
    ///     products = ["c9t11"]
    ///     percent = 10
    /// "#)?;
    /// assert_eq!(file.scenarios.len(), 1);
    /// # Ok::<(), vadex::scenario::ScenarioError>(())
    /// ```
    pub fn parse(name: &str, text: &str) -> Result<Self, ScenarioError> {
        let reader = Reader { name, text };
        let root = DeTable::parse(text).map_err(|error| reader.form(&error, &(0..0)))?;
        let span = root.span();
        let mut table = root.into_inner();
        let changes = table.remove("change");
        let scenarios = table.remove("scenario");
        let head = Head::deserialize(Deserializer::from(Spanned::new(span.clone(), table)))
            .map_err(|error| reader.form(&error, &span))?;
        let id = head.id.unwrap_or_else(|| {
            let stem = std::path::Path::new(name).file_stem();
            stem.map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned())
        });
        if let (Some(changes), Some(_)) = (&changes, &scenarios) {
            let message =
                "`[[change]]` and `[[scenario]]` in one file: put the changes into a `[[scenario]]`";
            return Err(reader.at(changes.span(), message.into()));
        }
        let scenarios = match scenarios {
            Some(scenarios) => reader.scenarios(scenarios)?,
            None => vec![Scenario {
                id: id.clone(),
                title: head.title.clone(),
                notes: Vec::new(),
                changes: changes.map_or_else(|| Ok(Vec::new()), |changes| reader.changes(changes))?,
            }],
        };
        if let Some(empty) = scenarios.iter().find(|scenario| scenario.changes.is_empty()) {
            return Err(ScenarioError::Empty { file: name.to_owned(), id: empty.id.clone() });
        }
        Ok(Self {
            id,
            title: head.title,
            notes: head.notes,
            table: head.table,
            names: Names { sectors: head.sectors, economies: head.economies },
            scenarios,
        })
    }

    /// Reads scenarios from a file.
    ///
    /// # Errors
    /// A file that cannot be read, and as [`ScenarioFile::parse`].
    pub fn open(path: &std::path::Path) -> Result<Self, ScenarioError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScenarioError::Io { path: name.clone(), source })?;
        Self::parse(&name, &text)
    }
}

/// A file being read.
struct Reader<'a> {
    name: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        self.text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1
    }

    fn at(&self, span: Range<usize>, message: String) -> ScenarioError {
        ScenarioError::Form { file: self.name.to_owned(), line: self.line(&span), message, nearest: None }
    }

    /// An error of the parser; `around` is where it is when it does not say.
    fn form(&self, error: &toml::de::Error, around: &Range<usize>) -> ScenarioError {
        let span = error.span().unwrap_or_else(|| around.clone());
        ScenarioError::Form {
            file: self.name.to_owned(),
            line: self.line(&span),
            nearest: nearest_known(error.message()),
            message: error.message().replace('\n', " "),
        }
    }

    /// The tables of an array of tables.
    fn tables<'i>(
        &self,
        value: &Spanned<DeValue<'i>>,
        key: &str,
    ) -> Result<Vec<Spanned<DeTable<'i>>>, ScenarioError> {
        let array = value.get_ref().as_array().ok_or_else(|| {
            self.at(value.span(), format!("`{key}` is one table, expected several: write `[[{key}]]`"))
        })?;
        array
            .iter()
            .map(|entry| {
                let span = entry.span();
                let table = entry.get_ref().as_table().ok_or_else(|| {
                    self.at(
                        span.clone(),
                        format!("`{key}` holds a {}, expected a table", entry.get_ref().type_str()),
                    )
                })?;
                Ok(Spanned::new(span, table.clone()))
            })
            .collect()
    }

    fn scenarios(&self, value: Spanned<DeValue<'_>>) -> Result<Vec<Scenario>, ScenarioError> {
        let mut scenarios: Vec<Scenario> = Vec::new();
        for entry in self.tables(&value, "scenario")? {
            let span = entry.span();
            let mut table = entry.into_inner();
            let changes = table.remove("change");
            let head = ScenarioHead::deserialize(Deserializer::from(Spanned::new(span.clone(), table)))
                .map_err(|error| self.form(&error, &span))?;
            if scenarios.iter().any(|other| other.id == *head.id.get_ref()) {
                return Err(ScenarioError::DuplicateId {
                    file: self.name.to_owned(),
                    line: self.line(&head.id.span()),
                    id: head.id.into_inner(),
                });
            }
            scenarios.push(Scenario {
                id: head.id.into_inner(),
                title: head.title,
                notes: head.notes,
                changes: changes.map_or_else(|| Ok(Vec::new()), |changes| self.changes(changes))?,
            });
        }
        Ok(scenarios)
    }

    fn changes(&self, value: Spanned<DeValue<'_>>) -> Result<Vec<(At, Box<dyn Change>)>, ScenarioError> {
        self.tables(&value, "change")?.into_iter().map(|entry| self.change(entry)).collect()
    }

    fn change(&self, entry: Spanned<DeTable<'_>>) -> Result<(At, Box<dyn Change>), ScenarioError> {
        let span = entry.span();
        let mut table = entry.into_inner();
        let Some(kind) = table.remove("kind") else {
            return Err(self.at(span, "a change without `kind`".into()));
        };
        let Some(id) = kind.get_ref().as_str() else {
            return Err(self.at(kind.span(), "`kind` must be text".into()));
        };
        let line = self.line(&kind.span());
        let Some(known) = find_kind(id) else {
            let ids = || SCENARIOS.iter().map(|kind| kind.profile().id);
            return Err(ScenarioError::UnknownKind {
                file: self.name.to_owned(),
                line,
                kind: id.to_owned(),
                nearest: labels::nearest(ids(), id),
                known: ids().collect::<Vec<_>>().join(", "),
            });
        };
        let around = kind.span();
        let form = ValueDeserializer::from(Spanned::new(span, DeValue::Table(table)));
        let change = known.read(form).map_err(|error| {
            // A key that is missing has no place of its own: the line of `kind` is where to look.
            let missing = error.message().starts_with("missing field");
            let span = error.span().filter(|_| !missing).unwrap_or_else(|| around.clone());
            ScenarioError::Form {
                file: self.name.to_owned(),
                line: self.line(&span),
                nearest: nearest_known(error.message()),
                message: error.message().replace('\n', " "),
            }
        })?;
        let at = At { file: self.name.to_owned(), line, kind: known.profile().id };
        change.check().map_err(|problem| ScenarioError::Change { at: at.clone(), problem })?;
        Ok((at, change))
    }
}

/// From "unknown field `shere`, expected one of `share`, ...": the known word that is near.
fn nearest_known(message: &str) -> Option<String> {
    let mut words = message.split('`').skip(1).step_by(2);
    let found = words.next()?;
    labels::nearest(words, found)
}
