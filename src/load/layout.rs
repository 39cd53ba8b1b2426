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
//!
//! [labels]                     # where economy and code are in the labels of rows and columns
//! separator = "_"              # one label holds both: split at the first such character
//! # economy = 1                # or: which header row and label column holds the economy, from 1,
//! # code = 2                   # and which the code of the sector or use
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

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde::Deserialize;

use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::grid::Grid;
use super::long_cells::LongCells;
use super::long_text::{self, LongLayout};
use super::text_grid::{self, TextLayout};
use super::{Importer, LoadError, ReadOptions, Source, canonical_parquet};
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
        let layout = Layout::read(path)?;
        let name = path.display().to_string();
        let wrong = |message: String| LoadError::Layout { path: name.clone(), message };
        layout.validate().map_err(wrong)?;
        layout.agrees_on_year(source, options)?;
        let (grid, absent) = match &layout.long {
            Some(long) => layout.long_grid(source, long)?,
            None => (layout.wide_grid(source)?, 0),
        };
        layout.refuse_unused(&grid).map_err(wrong)?;
        let mut renamed = 0;
        let rows = (0..grid.rows.len())
            .map(|row| layout.row(&grid, row, &mut renamed))
            .collect::<Result<Vec<_>, _>>()?;
        let columns = (0..grid.columns.len())
            .map(|column| layout.column(&grid, column, &mut renamed))
            .collect::<Result<Vec<_>, _>>()?;
        let mut repairs: Vec<Repair> = long_text::not_listed(absent).into_iter().collect();
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
    header_rows: usize,
    label_columns: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self { delimiter: ",".into(), header_rows: 1, label_columns: 1 }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Labels {
    separator: Option<String>,
    economy: Option<usize>,
    code: Option<usize>,
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
        if self.parts.final_demand.is_empty() {
            return Err("`parts.final_demand` is empty: name the codes of final demand".into());
        }
        let labels = &self.labels;
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
        let Some(long) = &self.long else { return self.delimiter().map(|_| ()) };
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
        self.delimiter().map(|_| ())
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
            return canonical_parquet::wide(source, self.text.label_columns);
        }
        let layout = TextLayout {
            delimiter: self.delimiter().unwrap_or(b','),
            header_rows: self.text.header_rows,
            label_columns: self.text.label_columns,
        };
        text_grid::read(source, layout)
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
        let delimiter = self.delimiter().unwrap_or(b',');
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
            // A long table with columns of its own for both.
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
        let folder = tempfile::tempdir().unwrap();
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
