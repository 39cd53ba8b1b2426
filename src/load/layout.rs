//! Tables in any other layout, wide or long, CSV or Parquet, with a small TOML file that names the parts.
//!
//! ```toml
//! unit = "million USD, current prices"
//! year = 2011
//!
//! [text]                       # how a wide text is laid out
//! delimiter = ","              # or "tab", ";"
//! header_rows = 1
//! label_columns = 1
//! decimal = "."                # or ",", where the delimiter is another
//!
//! [labels]                     # where economy and code are in the labels of rows and columns
//! separator = "_"              # one label holds both: split at the first such character
//! # economy = 1                # or: which header row and label column holds the economy, from 1,
//! # code = 2                   # and which the code of the sector or use
//! # economies = "list.csv"     # or, for a file of numbers alone, the labels: a list or a file of one, here and in
//! # sectors = 35               # sectors and final_demand, or how many there are; with header_rows and label_columns
//! # final_demand = 1           # 0 unless they are told
//! # rows_below = ["VA"]        # in the order of the file
//! # columns_after = ["OUT"]
//!
//! [long]                       # a long table: the names of its columns
//! row = "from"                 # or row_economy and row_code
//! column = "to"                # or column_economy and column_code
//! value = "flow"
//!
//! [parts]                      # which codes are not industries
//! final_demand = ["HFCE", "GFCF"]
//! value_added = ["VA"]
//! taxes = ["TLS"]
//! output = ["OUT"]             # a row, a column or both
//! skip = ["TOTAL"]             # also: margins, adjustments, discrepancy, other
//!
//! [rename.economies]
//! PRC = "CHN"
//! ```

mod given;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde::Deserialize;

use self::given::{Given, GivenLabels};
use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::grid::Grid;
use super::long_cells::LongCells;
use super::long_text::{self, LongLayout};
use super::text_grid::{self, TextLayout};
use super::{Importer, LoadError, ReadOptions, Source, canonical_parquet, sha256_of_file};
use crate::table::{Repair, RowRole, TableParts};

/// Reader of a layout that the user describes.
#[derive(Debug)]
pub struct Described;

impl Importer for Described {
    fn id(&self) -> &'static str {
        "layout"
    }

    fn summary(&self) -> &'static str {
        "any wide or long CSV or Parquet, described by a TOML file: --layout FILE"
    }

    fn recognises(&self, _source: &Source) -> bool {
        // Only the user knows.
        false
    }

    fn read(&self, source: &Source, options: &ReadOptions) -> Result<TableParts, LoadError> {
        let path = options.layout.as_deref().ok_or_else(|| LoadError::Layout {
            path: source.name().to_owned(),
            message: "the importer `layout` needs a TOML file that describes the table (--layout FILE)"
                .into(),
        })?;
        let mut layout = Layout::read(path)?;
        let name = path.display().to_string();
        let wrong = |message: String| LoadError::Layout { path: name.clone(), message };
        layout.validate().map_err(wrong)?;
        layout.agrees_on_year(source, options)?;
        let given = layout.take_given(path)?;
        let (mut grid, absent) = match &layout.long {
            Some(long) => layout.long_grid(source, long)?,
            None => (layout.wide_grid(source)?, 0),
        };
        if let Some(given) = &given {
            given.put_on(&mut grid)?;
        }
        layout.refuse_unused(&grid).map_err(wrong)?;
        let mut renamed = 0;
        let rows = (0..grid.rows.len())
            .map(|row| layout.row(&grid, row, &mut renamed))
            .collect::<Result<Vec<_>, _>>()?;
        let columns = (0..grid.columns.len())
            .map(|column| layout.column(&grid, column, &mut renamed))
            .collect::<Result<Vec<_>, _>>()?;
        let mut repairs: Vec<Repair> = long_text::not_listed(absent).into_iter().collect();
        if let Some(given) = &given {
            let count = grid.rows.len();
            repairs.push(Repair { name: "labels-given".into(), detail: given.told(&name, count), count });
        }
        if renamed > 0 {
            repairs.push(Repair {
                name: "label-renamed".into(),
                detail: format!("labels of rows and columns renamed as {name} says"),
                count: renamed,
            });
        }
        let (unit, citation) = (layout.unit.clone(), layout.citation.clone());
        assemble(&grid, &rows, &columns, Facts { unit, year: layout.year, citation, repairs })
    }
}

/// SHA-256 of a layout, and of the lists of labels that it names: what a table that is read by it rests on beside its own
/// file.
///
/// # Errors
/// One of them cannot be read.
pub fn sha256_of_layout(path: &Path) -> Result<String, LoadError> {
    let mut hashes = vec![sha256_of_file(path)?];
    // What is no layout says so when a table is opened by it.
    if let Ok(layout) = Layout::read(path) {
        for file in given::files(&layout.labels, path) {
            hashes.push(sha256_of_file(&file)?);
        }
    }
    Ok(hashes.join(" "))
}

/// The TOML file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    unit: Option<String>,
    year: Option<i32>,
    citation: Option<String>,
    #[serde(default)]
    text: Text,
    #[serde(default)]
    labels: Labels,
    long: Option<Long>,
    #[serde(default)]
    parts: Parts,
    #[serde(default)]
    rename: Rename,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Text {
    delimiter: String,
    decimal: String,
    /// One, or none where the layout names the labels.
    header_rows: Option<usize>,
    label_columns: Option<usize>,
}

impl Default for Text {
    fn default() -> Self {
        Self { delimiter: ",".into(), decimal: ".".into(), header_rows: None, label_columns: None }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Labels {
    separator: Option<String>,
    economy: Option<usize>,
    code: Option<usize>,
    economies: Option<Given>,
    sectors: Option<Given>,
    final_demand: Option<Given>,
    rows_below: Vec<String>,
    columns_after: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Long {
    row: Option<String>,
    row_economy: Option<String>,
    row_code: Option<String>,
    column: Option<String>,
    column_economy: Option<String>,
    column_code: Option<String>,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parts {
    final_demand: Vec<String>,
    value_added: Vec<String>,
    taxes: Vec<String>,
    margins: Vec<String>,
    adjustments: Vec<String>,
    discrepancy: Vec<String>,
    other: Vec<String>,
    output: Vec<String>,
    skip: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Rename {
    economies: BTreeMap<String, String>,
    codes: BTreeMap<String, String>,
}

impl Layout {
    fn read(path: &Path) -> Result<Self, LoadError> {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|source| LoadError::Io { path: name.clone(), source })?;
        toml::from_str(&text).map_err(|error| LoadError::Layout {
            path: name,
            message: error.to_string().trim_end().replace('\n', "\n    "),
        })
    }

    fn validate(&self) -> Result<(), String> {
        self.marks()?;
        if self.labels.economies.is_some() {
            return self.validate_given();
        }
        let labels = &self.labels;
        let given = [
            ("sectors", labels.sectors.is_some()),
            ("final_demand", labels.final_demand.is_some()),
            ("rows_below", !labels.rows_below.is_empty()),
            ("columns_after", !labels.columns_after.is_empty()),
        ];
        if let Some((key, _)) = given.into_iter().find(|(_, given)| *given) {
            return Err(format!(
                "`labels.{key}` is for a file without labels, and `labels.economies` names none"
            ));
        }
        if self.parts.final_demand.is_empty() {
            return Err("`parts.final_demand` is empty: name the codes of final demand".into());
        }
        if self.long.is_none() && (self.header_rows() == 0 || self.label_columns() == 0) {
            return Err(format!(
                "`text.{} = 0` leaves {} without labels: name the labels of both in `[labels]`, `economies = \"list.csv\"`",
                if self.header_rows() == 0 { "header_rows" } else { "label_columns" },
                if self.header_rows() == 0 { "columns" } else { "rows" },
            ));
        }
        let columns = self.long.as_ref().is_some_and(|long| long.row_code.is_some());
        match (&labels.separator, labels.economy, labels.code) {
            (Some(separator), None, None) if !separator.is_empty() => {}
            (None, Some(economy), Some(code)) if economy > 0 && code > 0 && economy != code => {}
            (None, None, None) if columns => {}
            _ => {
                return Err("`labels` names either a `separator`, or the positions (from 1) of `economy` and `code`; a \
                            long table may have columns for them instead"
                    .into());
            }
        }
        let Some(long) = &self.long else { return Ok(()) };
        if long.value.is_empty() {
            return Err("`long.value` is missing: name the column of the flows".into());
        }
        for (whole, economy, code, what) in [
            (&long.row, &long.row_economy, &long.row_code, "row"),
            (&long.column, &long.column_economy, &long.column_code, "column"),
        ] {
            match (whole, economy, code) {
                (Some(_), None, None) if labels.separator.is_some() => {}
                (None, Some(_), Some(_)) => {}
                _ => {
                    return Err(format!(
                        "`long` names either `{what}` (with `labels.separator`), or `{what}_economy` and `{what}_code`"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Labels that are given stand alone, and their table is wide.
    fn validate_given(&self) -> Result<(), String> {
        let labels = &self.labels;
        if self.long.is_some() {
            return Err("`labels.economies` is for a wide table: a long one has labels in its lines".into());
        }
        match labels.separator.is_some() || labels.economy.is_some() || labels.code.is_some() {
            true => Err(
                "`labels` names `economies`, and says where the labels of the file are: either one or the \
                         other"
                    .into(),
            ),
            false => Ok(()),
        }
    }

    /// The labels that the layout names, where it does; their categories become final demand.
    fn take_given(&mut self, path: &Path) -> Result<Option<GivenLabels>, LoadError> {
        let given = GivenLabels::of(&self.labels, &self.parts.final_demand, path)?;
        if let Some(given) = &given {
            if let Some(label) = given.ambiguous(self.parts.named().map(|(code, _)| code)) {
                return Err(LoadError::Layout {
                    path: path.display().to_string(),
                    message: format!(
                        "`labels.sectors` has `{label}`, which is no industry elsewhere in the layout"
                    ),
                });
            }
            let known = |category: &&String| !self.parts.final_demand.contains(category);
            let new: Vec<String> = given.categories.iter().filter(known).cloned().collect();
            self.parts.final_demand.extend(new);
        }
        Ok(given)
    }

    /// Header lines: one, or none where labels are given.
    fn header_rows(&self) -> usize {
        self.text.header_rows.unwrap_or(usize::from(self.labels.economies.is_none()))
    }

    /// Columns of labels: one, or none where labels are given.
    fn label_columns(&self) -> usize {
        self.text.label_columns.unwrap_or(usize::from(self.labels.economies.is_none()))
    }

    /// The delimiter, and whether a comma is the decimal mark.
    fn marks(&self) -> Result<(u8, bool), String> {
        let delimiter = self.delimiter()?;
        let decimal_comma = match self.text.decimal.as_str() {
            "." => false,
            "," => true,
            other => return Err(format!("`text.decimal` is `{other}`, expected `.` or `,`")),
        };
        if [delimiter] == *self.text.decimal.as_bytes() {
            return Err(format!(
                "`text.decimal` and `text.delimiter` are both `{}`: where a comma is the decimal mark, fields are parted by \
                 `;` or `tab`",
                self.text.decimal
            ));
        }
        Ok((delimiter, decimal_comma))
    }

    fn delimiter(&self) -> Result<u8, String> {
        match self.text.delimiter.as_bytes() {
            b"tab" | b"\\t" => Ok(b'\t'),
            [one] => Ok(*one),
            _ => {
                Err(format!("`text.delimiter` is `{}`, expected one character or `tab`", self.text.delimiter))
            }
        }
    }

    fn wide_grid(&self, source: &Source) -> Result<Grid, LoadError> {
        if source.head().starts_with(b"PAR1") {
            return canonical_parquet::wide(source, self.label_columns());
        }
        let (delimiter, decimal_comma) = self.marks().unwrap_or((b',', false));
        let (header_rows, label_columns) = (self.header_rows(), self.label_columns());
        text_grid::read(source, TextLayout { delimiter, header_rows, label_columns, decimal_comma })
    }

    /// The cells of a long table as a grid, labels in the order in which they first appear, and how many it leaves out, which
    /// are zero.
    fn long_grid(&self, source: &Source, long: &Long) -> Result<(Grid, usize), LoadError> {
        let wanted = [
            long.row.as_ref().or(long.row_economy.as_ref()),
            long.row_code.as_ref(),
            long.column.as_ref().or(long.column_economy.as_ref()),
            long.column_code.as_ref(),
        ];
        if source.head().starts_with(b"PAR1") {
            let (labels, values) = canonical_parquet::long(source, wanted, &long.value)?;
            let mut cells = LongCells::of(source.name());
            for (line, value) in values.into_iter().enumerate() {
                let field = |place: usize| labels[place].as_ref().map(|column| column[line].as_str());
                cells.put([field(0), field(1)], [field(2), field(3)], value)?;
            }
            return Ok(cells.grid());
        }
        let (delimiter, decimal_comma) = self.marks().unwrap_or((b',', false));
        let header = text_grid::first_lines(source, delimiter, 1)?.pop().unwrap_or_default();
        let place = |name: &String| {
            header.iter().position(|known| known == name).ok_or_else(|| LoadError::Layout {
                path: source.name().to_owned(),
                message: format!("there is no column `{name}`; there are {}", header.join(", ")),
            })
        };
        let places = |names: &[Option<&String>]| {
            names.iter().flatten().map(|name| place(name)).collect::<Result<Vec<_>, _>>()
        };
        let layout = LongLayout {
            delimiter,
            decimal_comma,
            row: places(&wanted[..2])?,
            column: places(&wanted[2..])?,
            value: place(&long.value)?,
            only: None,
        };
        long_text::read(source, &layout)
    }

    /// Refuses a layout that says one year for a table that another is told of: files of a folder would become one year.
    fn agrees_on_year(&self, source: &Source, options: &ReadOptions) -> Result<(), LoadError> {
        let Some(layout) = self.year else { return Ok(()) };
        let told = [("the name of the file", source.year()), ("--year", options.year)];
        match told.into_iter().find_map(|(by, year)| Some((by, year.filter(|year| *year != layout)?))) {
            None => Ok(()),
            Some((by, year)) => {
                Err(LoadError::LayoutYear { path: source.name().to_owned(), layout, by, year })
            }
        }
    }

    /// Economy and code of a label; a label that names no economy is a code.
    fn split(&self, label: &[String]) -> (Option<String>, String) {
        let part = |position: usize| label.get(position).cloned().unwrap_or_default();
        let (economy, code) = match (&self.labels.separator, label.len()) {
            (Some(separator), 1) => match label[0].split_once(separator.as_str()) {
                Some((economy, code)) if !self.names_a_part(&label[0]) => {
                    (economy.to_owned(), code.to_owned())
                }
                _ => (String::new(), label[0].clone()),
            },
            // Columns of a long table for both, or labels that are given.
            (_, 2) if self.labels.economy.is_none() => (part(0), part(1)),
            _ => (part(self.labels.economy.unwrap_or(1) - 1), part(self.labels.code.unwrap_or(2) - 1)),
        };
        match (economy.is_empty(), code.is_empty()) {
            (true, _) => (None, code),
            // `VA` in the place of the economy, nothing in that of the code.
            (false, true) => (None, economy),
            (false, false) => (Some(economy), code),
        }
    }

    fn names_a_part(&self, label: &str) -> bool {
        self.parts.named().any(|(code, _)| code == label)
    }

    fn renamed(&self, economy: String, code: String, count: &mut usize) -> (String, String) {
        let mut change = |names: &BTreeMap<String, String>, label: String| match names.get(&label) {
            Some(new) => {
                *count += 1;
                new.clone()
            }
            None => label,
        };
        (change(&self.rename.economies, economy), change(&self.rename.codes, code))
    }

    fn row(&self, grid: &Grid, row: usize, count: &mut usize) -> Result<RowKind, LoadError> {
        let (economy, code) = self.split(&grid.rows[row]);
        if let Some(role) = self.parts.role(&code) {
            return Ok(match role {
                Part::Skip | Part::Final => RowKind::Skip,
                Part::Row(role) => {
                    let name = match economy {
                        Some(economy) => format!("{economy}_{code}"),
                        None => code,
                    };
                    RowKind::Below { name, role }
                }
            });
        }
        match economy {
            Some(economy) => {
                let (economy, sector) = self.renamed(economy, code, count);
                Ok(RowKind::Industry { economy, sector })
            }
            None => Err(self.unplaced(grid, "row", &code)),
        }
    }

    fn column(&self, grid: &Grid, column: usize, count: &mut usize) -> Result<ColumnKind, LoadError> {
        let (economy, code) = self.split(&grid.columns[column]);
        match (self.parts.role(&code), economy) {
            (Some(Part::Final), Some(economy)) => {
                let (economy, category) = self.renamed(economy, code, count);
                Ok(ColumnKind::Final { economy, category })
            }
            // A use of no economy.
            (Some(Part::Final), None) => Ok(ColumnKind::OwnUse { category: code }),
            (Some(Part::Row(RowRole::OutputTotal)), _) => Ok(ColumnKind::Output),
            (Some(Part::Row(RowRole::Discrepancy)), None) => Ok(ColumnKind::OwnUse { category: code }),
            (Some(Part::Skip | Part::Row(_)), _) => Ok(ColumnKind::Skip),
            (None, Some(economy)) => {
                let (economy, sector) = self.renamed(economy, code, count);
                Ok(ColumnKind::Industry { economy, sector })
            }
            (None, None) => Err(self.unplaced(grid, "column", &code)),
        }
    }

    fn unplaced(&self, grid: &Grid, what: &str, label: &str) -> LoadError {
        LoadError::Layout {
            path: grid.path.clone(),
            message: format!(
                "{what} `{label}` names no economy, and the layout names it under none of `parts`"
            ),
        }
    }

    /// A code of the layout that the file does not have is a slip of the pen.
    fn refuse_unused(&self, grid: &Grid) -> Result<(), String> {
        let found: HashSet<String> =
            grid.rows.iter().chain(&grid.columns).map(|label| self.split(label).1).collect();
        let economies: HashSet<String> =
            grid.rows.iter().chain(&grid.columns).filter_map(|label| self.split(label).0).collect();
        let unused: Vec<&str> = self
            .parts
            .named()
            .map(|(code, _)| code)
            .chain(self.rename.codes.keys().map(String::as_str))
            .filter(|code| !found.contains(*code))
            .chain(self.rename.economies.keys().map(String::as_str).filter(|name| !economies.contains(*name)))
            .collect();
        match unused.is_empty() {
            true => Ok(()),
            false => Err(format!("{} has no label {}", grid.path, unused.join(", "))),
        }
    }
}

/// What a code of the layout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Final,
    Row(RowRole),
    Skip,
}

impl Parts {
    fn named(&self) -> impl Iterator<Item = (&str, Part)> {
        [
            (&self.final_demand, Part::Final),
            (&self.value_added, Part::Row(RowRole::ValueAdded)),
            (&self.taxes, Part::Row(RowRole::Taxes)),
            (&self.margins, Part::Row(RowRole::Margins)),
            (&self.adjustments, Part::Row(RowRole::Adjustment)),
            (&self.discrepancy, Part::Row(RowRole::Discrepancy)),
            (&self.other, Part::Row(RowRole::Other)),
            (&self.output, Part::Row(RowRole::OutputTotal)),
            (&self.skip, Part::Skip),
        ]
        .into_iter()
        .flat_map(|(codes, part)| codes.iter().map(move |code| (code.as_str(), part)))
    }

    fn role(&self, code: &str) -> Option<Part> {
        self.named().find(|(known, _)| *known == code).map(|(_, part)| part)
    }
}

#[cfg(test)]
mod tests;
