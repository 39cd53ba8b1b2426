//! Labels of a file that has none: a matrix of numbers beside a list of economies, as other tools take their tables.
//!
//! The order is the usual one: economy by economy its industries, in rows and columns alike, then economy by economy the
//! categories of final demand; what else there is stands below the industries or behind final demand.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::grid::Grid;
use super::super::text_grid::text;
use super::super::{LoadError, Source, check_encoding};
use super::Labels;

/// Category of final demand where nobody names one.
const FINAL_DEMAND: &str = "FD";

/// Labels of a kind that may be counted: more is a slip of the pen.
const MOST: usize = 1_000_000;

/// Labels of one kind, as the layout has them.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "expected how many there are, a list of labels, or the name of a file with one label a line"
)]
pub(super) enum Given {
    /// So many, with numbers for names.
    Count(usize),
    /// These.
    Names(Vec<String>),
    /// Those of a file, named from the folder of the layout.
    File(String),
}

impl Given {
    /// The labels; a count of them is numbered behind `stem`.
    fn labels(&self, key: &str, stem: &str, layout: &Path) -> Result<Vec<String>, LoadError> {
        let wrong = |message: String| LoadError::Layout { path: layout.display().to_string(), message };
        let labels = match self {
            Self::Count(count) if *count > MOST => {
                return Err(wrong(format!("`labels.{key}` is {count}, more than any table has")));
            }
            Self::Count(1) if stem == FINAL_DEMAND => vec![stem.to_owned()],
            Self::Count(count) => (1..=*count).map(|number| format!("{stem}{number}")).collect(),
            Self::Names(names) => names.clone(),
            Self::File(name) => of_file(&beside(layout, name))?,
        };
        if labels.is_empty() {
            return Err(wrong(format!("`labels.{key}` names none")));
        }
        if labels.iter().any(String::is_empty) {
            return Err(wrong(format!("`labels.{key}` has an empty label")));
        }
        let mut seen = HashSet::with_capacity(labels.len());
        if let Some(label) = labels.iter().find(|label| !seen.insert(label.as_str())) {
            return Err(wrong(format!("`labels.{key}` has `{label}` twice")));
        }
        Ok(labels)
    }

    fn file(&self, layout: &Path) -> Option<PathBuf> {
        match self {
            Self::File(name) => Some(beside(layout, name)),
            Self::Count(_) | Self::Names(_) => None,
        }
    }
}

/// A file that a layout names.
fn beside(layout: &Path, name: &str) -> PathBuf {
    layout.parent().unwrap_or(Path::new("")).join(name)
}

/// The labels of a file: one a line, or all on one line.
fn of_file(path: &Path) -> Result<Vec<String>, LoadError> {
    let source = Source::from_path(path)?;
    let first_line = source.first_line();
    let delimiter =
        [b';', b'\t'].into_iter().find(|delimiter| first_line.contains(delimiter)).unwrap_or(b',');
    let bytes = source.bytes()?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut lines: Vec<(u64, Vec<String>)> = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| LoadError::Damaged {
            path: source.name().to_owned(),
            format: "a list of labels",
            message: error.to_string(),
        })?;
        let labels: Vec<String> = record.iter().map(text).filter(|label| !label.is_empty()).collect();
        if !labels.is_empty() {
            lines.push((record.position().map_or(0, csv::Position::line), labels));
        }
    }
    if let [_, _, ..] = lines.as_slice()
        && let Some((line, labels)) = lines.iter().find(|(_, labels)| labels.len() > 1)
    {
        return Err(LoadError::Layout {
            path: source.name().to_owned(),
            message: format!(
                "line {line} has {} labels, expected one a line, or all on one line",
                labels.len()
            ),
        });
    }
    let labels: Vec<String> = lines.into_iter().flat_map(|(_, labels)| labels).collect();
    check_encoding(&source, &labels)?;
    Ok(labels)
}

/// Every label of a table whose file has none.
#[derive(Debug)]
pub(super) struct GivenLabels {
    economies: Vec<String>,
    /// Nothing where they are as many as there are rows.
    sectors: Option<Vec<String>>,
    /// Categories of final demand.
    pub(super) categories: Vec<String>,
    rows_below: Vec<String>,
    columns_after: Vec<String>,
}

/// The files of labels that a layout names.
pub(super) fn files(labels: &Labels, layout: &Path) -> Vec<PathBuf> {
    let kinds = [&labels.economies, &labels.sectors, &labels.final_demand];
    kinds.into_iter().flatten().filter_map(|given| given.file(layout)).collect()
}

impl GivenLabels {
    /// Those that a layout names; nothing where the file has its own. `categories` are the codes that it calls final demand.
    ///
    /// # Errors
    /// A file of labels that cannot be read, a label that stands twice, a list without any, economies without names.
    pub(super) fn of(
        labels: &Labels,
        categories: &[String],
        layout: &Path,
    ) -> Result<Option<Self>, LoadError> {
        let economies = match &labels.economies {
            None => return Ok(None),
            Some(Given::Count(_)) => {
                return Err(LoadError::Layout {
                    path: layout.display().to_string(),
                    message: "`labels.economies` is a count: economies have names".into(),
                });
            }
            Some(given) => given.labels("economies", "", layout)?,
        };
        let sectors =
            labels.sectors.as_ref().map(|given| given.labels("sectors", "s", layout)).transpose()?;
        let categories = match &labels.final_demand {
            Some(given) => given.labels("final_demand", FINAL_DEMAND, layout)?,
            None => {
                // A use of no economy has one column, behind those of the economies.
                let own = categories.iter().filter(|code| !labels.columns_after.contains(code));
                let named: Vec<String> = own.cloned().collect();
                if named.is_empty() { vec![FINAL_DEMAND.to_owned()] } else { named }
            }
        };
        let (rows_below, columns_after) = (labels.rows_below.clone(), labels.columns_after.clone());
        Ok(Some(Self { economies, sectors, categories, rows_below, columns_after }))
    }

    /// A sector that has the label of a category of final demand, or of one of `codes`.
    pub(super) fn ambiguous<'a>(&'a self, codes: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let others: Vec<&str> = codes.chain(self.categories.iter().map(String::as_str)).collect();
        let mut sectors = self.sectors.iter().flatten().map(String::as_str);
        sectors.find(|sector| others.contains(sector))
    }

    /// Labels the rows and columns of a grid, whatever labels it has: economy and code.
    ///
    /// # Errors
    /// [`LoadError::GivenSize`].
    pub(super) fn put_on(&self, grid: &mut Grid) -> Result<(), LoadError> {
        let (rows, columns) = (grid.rows.len(), grid.columns.len());
        let wrong = |what: &'static str, found: usize, expected: String| LoadError::GivenSize {
            path: grid.path.clone(),
            what,
            found,
            expected,
        };
        let economies = self.economies.len();
        let sectors = match &self.sectors {
            Some(sectors) => sectors.clone(),
            None => {
                let industries = rows.saturating_sub(self.rows_below.len());
                if industries == 0 || !industries.is_multiple_of(economies) {
                    let expected =
                        format!("a multiple of {economies}, the economies{}", and(&self.rows_below));
                    return Err(wrong("rows", rows, expected));
                }
                (1..=industries / economies).map(|number| format!("s{number}")).collect()
            }
        };
        let n = sectors.len();
        let expected = economies * n + self.rows_below.len();
        if rows != expected {
            let made = format!("{economies} economies x {n} sectors");
            return Err(wrong("rows", rows, format!("{expected} = {made}{}", and(&self.rows_below))));
        }
        let finals = self.categories.len();
        let expected = economies * (n + finals) + self.columns_after.len();
        if columns != expected {
            let made = format!("{economies} economies x ({n} sectors + {finals} of final demand)");
            return Err(wrong(
                "columns",
                columns,
                format!("{expected} = {made}{}", and(&self.columns_after)),
            ));
        }
        let label = |economy: &str, code: &String| vec![economy.to_owned(), code.clone()];
        let (mut row_labels, mut column_labels) = (Vec::with_capacity(rows), Vec::with_capacity(columns));
        for economy in &self.economies {
            row_labels.extend(sectors.iter().map(|sector| label(economy, sector)));
        }
        column_labels.extend(row_labels.iter().cloned());
        for economy in &self.economies {
            column_labels.extend(self.categories.iter().map(|category| label(economy, category)));
        }
        row_labels.extend(self.rows_below.iter().map(|code| label("", code)));
        column_labels.extend(self.columns_after.iter().map(|code| label("", code)));
        (grid.rows, grid.columns) = (row_labels, column_labels);
        Ok(())
    }

    /// What is told in the history of the table.
    pub(super) fn told(&self, layout: &str, rows: usize) -> String {
        let n = rows.saturating_sub(self.rows_below.len()) / self.economies.len();
        format!(
            "{layout} names all labels: {} economies x {n} sectors, {} of final demand each",
            self.economies.len(),
            self.categories.len()
        )
    }
}

/// ` + 2 (VA, OUT)`; nothing where there are none.
fn and(labels: &[String]) -> String {
    match labels.len() {
        0 => String::new(),
        count => format!(" + {count} ({})", labels.join(", ")),
    }
}
