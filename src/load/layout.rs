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
mod tests {
    use super::*;

    fn read(text: &str, layout: &str) -> Result<TableParts, LoadError> {
        read_beside(&[], text, layout)
    }

    /// The same with other files beside the layout.
    fn read_beside(files: &[(&str, &str)], text: &str, layout: &str) -> Result<TableParts, LoadError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let path = folder.path().join("layout.toml");
        std::fs::write(&path, layout).unwrap();
        let options = ReadOptions { layout: Some(path), ..ReadOptions::default() };
        Described.read(&Source::from_bytes("t.csv", text.as_bytes().to_vec()), &options)
    }

    const PARTS: &str =
        "[parts]\nfinal_demand = ['C', 'G']\nvalue_added = ['VA']\noutput = ['X']\nskip = ['SUM']\n";

    fn expect(parts: &TableParts) {
        let name = |e: &str, s: &str| (e.to_owned(), s.to_owned());
        assert_eq!(parts.rows, [name("CHN", "a_1"), name("CHN", "b"), name("DEU", "a_1"), name("DEU", "b")]);
        assert_eq!(parts.categories, ["C", "G"]);
        let z = &parts.intermediate_use;
        for (i, j, value) in [(0, 0, 1.0), (0, 3, 4.0), (3, 0, 13.0), (2, 2, 11.0)] {
            assert!((z.get(i, j) - value).abs() < 1e-12, "{i} {j} {}", z.get(i, j));
        }
        assert!((parts.final_demand[(1, 2)] - 120.0).abs() < 1e-12);
        assert_eq!(parts.primary_rows.len(), 1);
        assert_eq!(parts.primary_rows[0].role, RowRole::ValueAdded);
        assert_eq!(parts.unit, "pounds");
        assert_eq!(parts.year, Some(1900));
    }

    /// Rows 0 to 3 by columns 0 to 3 hold 4i + j + 1; final demand 100 + 10 i + 0 ... 3 below.
    fn cells() -> Vec<(String, String, f64)> {
        let industries = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b"];
        let finals = ["PRC_C", "PRC_G", "DEU_C", "DEU_G"];
        let mut cells = Vec::new();
        for (i, row) in industries.iter().enumerate() {
            for (j, column) in industries.iter().enumerate() {
                cells.push(((*row).into(), (*column).into(), (4 * i + j + 1) as f64));
            }
            for (k, column) in finals.iter().enumerate() {
                cells.push(((*row).into(), (*column).into(), (100 + 10 * i + 5 * k) as f64));
            }
            cells.push(("VA".into(), (*row).into(), 500.0));
        }
        cells
    }

    const HEAD: &str =
        "unit = 'pounds'\nyear = 1900\n[labels]\nseparator = '_'\n[rename.economies]\nPRC = 'CHN'\n";

    #[test]
    fn a_long_table_is_read_by_the_names_of_its_columns() {
        let mut text = String::from("value;to;from\n");
        cells().iter().for_each(|(row, column, value)| text.push_str(&format!("{value};{column};{row}\n")));
        let layout = format!(
            "{HEAD}[text]\ndelimiter = ';'\n[long]\nrow = 'from'\ncolumn = 'to'\nvalue = 'value'\n[parts]\n\
             final_demand = ['C', 'G']\nvalue_added = ['VA']\n"
        );
        expect(&read(&text, &layout).unwrap());
        text.push_str("1;PRC_b;PRC_a_1\n");
        let error = read(&text, &layout).unwrap_err().to_string();
        assert!(error.contains("line 38: the cell at row `PRC_a_1`, column `PRC_b`"), "{error}");
    }

    #[test]
    fn a_long_table_may_have_columns_for_economy_and_code() {
        let mut text = String::from("e1,c1,e2,c2,v\n");
        let split = |label: &str| {
            label
                .split_once('_')
                .map_or_else(|| (String::new(), label.to_owned()), |(e, c)| (e.into(), c.into()))
        };
        for (row, column, value) in cells() {
            let ((e1, c1), (e2, c2)) = (split(&row), split(&column));
            text.push_str(&format!("{e1},{c1},{e2},{c2},{value}\n"));
        }
        let layout = "unit = 'pounds'\nyear = 1900\n[rename.economies]\nPRC = 'CHN'\n[long]\nrow_economy = 'e1'\nrow_code = 'c1'\n\
                      column_economy = 'e2'\ncolumn_code = 'c2'\nvalue = 'v'\n[parts]\nfinal_demand = ['C', 'G']\nvalue_added = ['VA']\n";
        expect(&read(&text, layout).unwrap());
    }

    /// Two header rows, two label columns, a total row and an output column.
    #[test]
    fn a_wide_table_is_read_by_positions_of_economy_and_code() {
        let all = cells();
        let value = |row: &str, column: &str| {
            all.iter()
                .find(|(r, c, _)| r == row && c == column)
                .map_or(String::new(), |(_, _, v)| v.to_string())
        };
        let industries = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b"];
        let columns = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b", "PRC_C", "PRC_G", "DEU_C", "DEU_G"];
        let part = |place: usize| {
            columns.map(|c| c.split_once('_').map_or("", |(e, c)| if place == 0 { e } else { c })).join("\t")
        };
        let mut text = format!("\t\t{}\tX\n\t\t{}\t\n", part(1), part(0));
        for row in industries {
            let (economy, code) = row.split_once('_').unwrap();
            let line: Vec<String> = columns.iter().map(|column| value(row, column)).collect();
            text.push_str(&format!("{code}\t{economy}\t{}\t1000\n", line.join("\t")));
        }
        text.push_str("SUM\t\t1\t1\t1\t1\t1\t1\t1\t1\t1\nVA\t\t500\t500\t500\t500\t\t\t\t\t\n");
        let layout = format!(
            "unit = 'pounds'\nyear = 1900\n[rename.economies]\nPRC = 'CHN'\n[text]\ndelimiter = 'tab'\nheader_rows = 2\nlabel_columns = 2\n\
             [labels]\neconomy = 2\ncode = 1\n{PARTS}"
        );
        let parts = read(&text, &layout).unwrap();
        expect(&parts);
        assert!(parts.published_output.unwrap().iter().all(|x| (x - 1000.0).abs() < 1e-12));
        for (from, to, words) in [
            ("SUM\t\t1", "WHAT\t\t1", "row `WHAT` names no economy"),
            ("\tX\n", "\tY\n", "column `Y` names no economy"),
        ] {
            let error =
                read(&text.replacen(from, to, 1), &layout.replace("'SUM'", "").replace("output = ['X']", ""));
            let error = error.err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains("names no economy"), "{words}: {error}");
        }
    }

    /// The cells of [`cells`] as numbers alone: industries, one row below them.
    fn bare(delimiter: &str) -> String {
        let all = cells();
        let line = |row: &str| {
            let found = all.iter().filter(|(label, _, _)| label == row);
            let mut line: Vec<String> = found.map(|(_, _, value)| value.to_string()).collect();
            line.resize(8, String::new());
            line.join(delimiter)
        };
        let rows = ["PRC_a_1", "PRC_b", "DEU_a_1", "DEU_b", "VA"];
        rows.map(line).iter().map(|line| format!("{line}\n")).collect()
    }

    /// Labels of the file without labels; every part has another form.
    const GIVEN: &str = "unit = 'pounds'\nyear = 1900\n[labels]\neconomies = 'list.csv'\nsectors = ['a_1', 'b']\n\
                         final_demand = ['C', 'G']\nrows_below = ['VA']\n[parts]\nvalue_added = ['VA']\n\
                         [rename.economies]\nPRC = 'CHN'\n";

    #[test]
    fn a_table_without_labels_takes_those_of_the_layout() {
        for list in ["PRC\nDEU\n", "\u{feff}\"PRC\"\r\nDEU,\r\n\r\n", "PRC,DEU", "PRC;DEU\n"] {
            expect(&read_beside(&[("list.csv", list)], &bare(","), GIVEN).unwrap());
        }
        let inline = GIVEN.replace("'list.csv'", "['PRC', 'DEU']");
        let parts = read(&bare(","), &inline).unwrap();
        expect(&parts);
        let told = &parts.provenance.repairs[0];
        assert_eq!((told.name.as_str(), told.count), ("labels-given", 5));
        assert!(
            told.detail.ends_with("names all labels: 2 economies x 2 sectors, 2 of final demand each"),
            "{told:?}"
        );
        // Categories from `parts`, sectors from another list.
        let elsewhere = inline
            .replace("final_demand = ['C', 'G']\n", "")
            .replace("[parts]\n", "[parts]\nfinal_demand = ['C', 'G']\n")
            .replace("['a_1', 'b']", "'sectors.csv'");
        expect(&read_beside(&[("sectors.csv", "a_1\nb\n")], &bare(","), &elsewhere).unwrap());
        // Lines and columns that are no numbers, told of; another delimiter.
        let lines = bare("\t");
        let mut titled = String::from("x\tV1\tV2\tV3\tV4\tV5\tV6\tV7\tV8\n");
        lines.lines().enumerate().for_each(|(k, line)| titled.push_str(&format!("{k}\t{line}\n")));
        let text = "[text]\ndelimiter = 'tab'\nheader_rows = 1\nlabel_columns = 1\n[labels]";
        expect(&read(&titled, &inline.replace("[labels]", text)).unwrap());
    }

    #[test]
    fn counts_name_sectors_and_categories_by_number() {
        let layout = "[labels]\neconomies = ['A', 'B']\nsectors = 2\nfinal_demand = 2\nrows_below = ['VA']\n\
                      [parts]\nvalue_added = ['VA']\n";
        let labels = |parts: &TableParts| -> Vec<String> {
            parts.rows.iter().map(|(economy, sector)| format!("{economy}.{sector}")).collect()
        };
        let parts = read(&bare(","), layout).unwrap();
        assert_eq!(labels(&parts), ["A.s1", "A.s2", "B.s1", "B.s2"]);
        assert_eq!(parts.categories, ["FD1", "FD2"]);
        // As many sectors as there are rows; one category.
        let fewer = layout.replace("sectors = 2\nfinal_demand = 2\n", "");
        let error = read(&bare(","), &fewer).unwrap_err().to_string();
        assert_eq!(
            error,
            "t.csv: found 8 columns, expected 6 = 2 economies x (2 sectors + 1 of final demand)"
        );
        let text: String = bare(",")
            .lines()
            .map(|line| format!("{}\n", line.split(',').take(6).collect::<Vec<_>>().join(",")))
            .collect();
        let parts = read(&text, &fewer).unwrap();
        assert_eq!((labels(&parts).len(), parts.categories.as_slice()), (4, &["FD".to_owned()][..]));
    }

    #[test]
    fn labels_that_do_not_fit_the_numbers_are_told_with_what_they_need() {
        let inline = GIVEN.replace("'list.csv'", "['PRC', 'DEU']");
        for (from, to, words) in [
            ("['a_1', 'b']", "3", "found 5 rows, expected 7 = 2 economies x 3 sectors + 1 (VA)"),
            ("sectors = ['a_1', 'b']\n", "", ""),
            ("rows_below = ['VA']\n", "", "found 5 rows, expected 4 = 2 economies x 2 sectors"),
            ("'DEU']", "'DEU', 'W']", "found 5 rows, expected 7 = 3 economies x 2 sectors + 1 (VA)"),
            (
                "final_demand = ['C', 'G']",
                "final_demand = 3",
                "found 8 columns, expected 10 = 2 economies x (2 sectors + 3 of final demand)",
            ),
            (
                "rows_below = ['VA']",
                "rows_below = ['VA']\ncolumns_after = ['X', 'Y']",
                "found 8 columns, expected 10 = 2 economies x (2 sectors + 2 of final demand) + 2 (X, Y)",
            ),
            ("['PRC', 'DEU']", "2", "`labels.economies` is a count"),
            ("['a_1', 'b']", "1000000000000", "`labels.sectors` is 1000000000000, more than any table has"),
            ("['PRC', 'DEU']", "['PRC', 'PRC']", "`labels.economies` has `PRC` twice"),
            (
                "['PRC', 'DEU']",
                "true",
                "expected how many there are, a list of labels, or the name of a file",
            ),
            ("['PRC', 'DEU']", "[]", "`labels.economies` names none"),
            ("['PRC', 'DEU']", "'none.csv'", "none.csv: no such file"),
            ("['a_1', 'b']", "['a_1', 'C']", "`labels.sectors` has `C`"),
            ("['a_1', 'b']", "['a_1', 'VA']", "`labels.sectors` has `VA`"),
            ("value_added = ['VA']", "", "row `VA` names no economy"),
            ("value_added = ['VA']", "value_added = ['VA']\noutput = ['OUT']", "has no label OUT"),
            ("[labels]", "[labels]\nseparator = '_'", "either one or the other"),
            ("economies = ['PRC', 'DEU']\n", "", "`labels.sectors` is for a file without labels"),
            ("[parts]", "[long]\nvalue = 'v'\n[parts]", "is for a wide table"),
        ] {
            assert!(inline.contains(from), "{from}");
            let outcome = read(&bare(","), &inline.replacen(from, to, 1));
            match words {
                // The rows tell how many there are.
                "" => assert_eq!(outcome.unwrap().rows[1].1, "s2"),
                words => {
                    let error = outcome.unwrap_err().to_string();
                    assert!(error.contains(words), "{words}: {error}");
                }
            }
        }
        let uneven = inline.replace("sectors = ['a_1', 'b']\n", "").replace("rows_below = ['VA']\n", "");
        let error = read(&bare(","), &uneven).unwrap_err().to_string();
        assert_eq!(error, "t.csv: found 5 rows, expected a multiple of 2, the economies");
        let several = read_beside(&[("list.csv", "PRC,China\nDEU,Germany\n")], &bare(","), GIVEN);
        let error = several.unwrap_err().to_string();
        assert!(error.contains("line 1 has 2 labels, expected one a line"), "{error}");
        // A file that has labels after all: where, and what stands there.
        let headed = format!("a,b,c,d,e,f,g,h\n{}", bare(","));
        let error = read(&headed, &inline).unwrap_err().to_string();
        assert!(error.contains("row `line 1`, column `1`: found `a`, expected a number"), "{error}");
    }

    #[test]
    fn a_decimal_comma_needs_another_delimiter() {
        let inline = GIVEN.replace("'list.csv'", "['PRC', 'DEU']");
        let text = bare(";").replace("500", "500,0").replace("120", "1,2e2");
        let with =
            |marks: &str| read(&text, &inline.replace("[labels]", &format!("[text]\n{marks}\n[labels]")));
        expect(&with("delimiter = ';'\ndecimal = ','").unwrap());
        for (marks, words) in [
            ("decimal = ','", "`text.decimal` and `text.delimiter` are both `,`"),
            ("delimiter = '.'", "`text.decimal` and `text.delimiter` are both `.`"),
            ("delimiter = ';'\ndecimal = ';'", "`text.decimal` is `;`, expected `.` or `,`"),
            ("delimiter = ';'", "found `1,2e2`, expected a number"),
            ("delimiter = ';'\ndecimal = ','\nheader_rows = 1", "found 4 rows, expected 5"),
        ] {
            let error = with(marks).unwrap_err().to_string();
            assert!(error.contains(words), "{words}: {error}");
        }
        // The same of a long table.
        let mut long = String::from("from;to;value\n");
        cells().iter().for_each(|(row, column, value)| long.push_str(&format!("{row};{column};{value},0\n")));
        let layout = format!(
            "{HEAD}[text]\ndelimiter = ';'\ndecimal = ','\n[long]\nrow = 'from'\ncolumn = 'to'\nvalue = 'value'\n[parts]\n\
             final_demand = ['C', 'G']\nvalue_added = ['VA']\n"
        );
        expect(&read(&long, &layout).unwrap());
    }

    #[test]
    fn a_file_without_header_needs_labels_from_the_layout() {
        for (marks, words) in [
            ("header_rows = 0", "`text.header_rows = 0` leaves columns without labels"),
            ("label_columns = 0", "`text.label_columns = 0` leaves rows without labels"),
        ] {
            let layout = format!("{HEAD}[text]\n{marks}\n[parts]\nfinal_demand = ['C', 'G']\n");
            let error = read(&bare(","), &layout).unwrap_err().to_string();
            assert!(error.contains(words), "{words}: {error}");
        }
    }

    #[test]
    fn the_hash_of_a_layout_holds_its_lists() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, list) = (folder.path().join("layout.toml"), folder.path().join("list.csv"));
        std::fs::write(&layout, GIVEN).unwrap();
        std::fs::write(&list, "PRC\nDEU\n").unwrap();
        let before = sha256_of_layout(&layout).unwrap();
        assert!(before.starts_with(&sha256_of_file(&layout).unwrap()));
        std::fs::write(&list, "DEU\nPRC\n").unwrap();
        assert_ne!(sha256_of_layout(&layout).unwrap(), before);
        std::fs::write(&layout, HEAD).unwrap();
        assert_eq!(sha256_of_layout(&layout).unwrap(), sha256_of_file(&layout).unwrap());
    }

    #[test]
    fn a_layout_that_does_not_describe_the_table_is_refused() {
        let mut text = String::from("from,to,value\n");
        cells().iter().for_each(|(row, column, value)| text.push_str(&format!("{row},{column},{value}\n")));
        let good = format!(
            "{HEAD}[long]\nrow = 'from'\ncolumn = 'to'\nvalue = 'value'\n[parts]\nfinal_demand = ['C', 'G']\nvalue_added = ['VA']\n"
        );
        assert!(read(&text, &good).is_ok());
        for (from, to, words) in [
            ("final_demand = ['C', 'G']\n", "", "`parts.final_demand` is empty"),
            ("['C', 'G']", "['C', 'G', 'H']", "has no label H"),
            ("separator", "seperator", "unknown field `seperator`"),
            ("row = 'from'", "row = 'source'", "there is no column `source`"),
            ("value = 'value'\n", "", "`long.value` is missing"),
            ("column = 'to'\n", "", "`long` names either `column`"),
            ("PRC = 'CHN'", "PRK = 'CHN'", "has no label PRK"),
            ("value_added = ['VA']", "", "row `VA` names no economy"),
        ] {
            assert!(good.contains(from));
            let error = read(&text, &good.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(words), "{words}: {error}");
        }
        let error = read(&text.replace(",500", ",five"), &good).unwrap_err().to_string();
        assert!(error.contains("row `VA`, column `PRC_a_1`: found `five`"), "{error}");
    }
}
