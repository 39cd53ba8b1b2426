//! EXIOBASE 3, monetary, industry by industry (`ixi`) or product by product (`pxp`): a folder of tab-separated texts.
//!
//! `Z.txt` (or `A.txt` with `x.txt`), `Y.txt`, and the value-added rows in `factor_inputs/F.txt` (3.9 and later) or among
//! the first rows of `satellite/F.txt` (before). Two header lines, `region` and `sector` or `category`, and a third with
//! the names of the label columns, which some releases lack. Every file is matched by its labels. `metadata.json` says
//! which release it is, and so what is known to be wrong with it.

use serde_json::Value;

use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::compose::{self, Quarters};
use super::grid::{Cells, Grid, Panel, is_blank, nan_to_zero};
use super::text_grid::{self, TextLayout};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{Repair, RowRole, TableParts};

const DATABASE: &str = "EXIOBASE 3";
pub(super) const CITATION: &str = "Stadler et al. (2018), EXIOBASE 3: Developing a Time Series of Detailed Environmentally Extended \
    Multi-Regional Input-Output Tables, Journal of Industrial Ecology 22: 502-515; data under CC BY-SA 4.0";
/// Where the value-added rows are, newest release first.
const FACTOR_FILES: [&str; 2] = ["factor_inputs/F.txt", "satellite/F.txt"];
/// Name of the row of gross output.
const OUTPUT: &str = "OUT";
/// Which release it is, in the entry `version`: `v3.8.2`, `3.81`.
const METADATA: &str = "metadata.json";
/// Releases with known errors, and what is wrong with them.
const DEFECTS: [(&str, &str); 2] = [("3.8.1", HOUSEHOLD_UTILITIES), ("3.8.2", HOUSEHOLD_UTILITIES)];
const HOUSEHOLD_UTILITIES: &str = "final demand of households for electricity and gas is known to be wrong (China, the \
    Netherlands and Ireland among others, https://github.com/IndEcol/pymrio/issues/95); take another release";

/// Reader of EXIOBASE 3.
#[derive(Debug)]
pub struct Exiobase3;

/// What a file of flows is called besides its role, and whether it holds coefficients.
struct Role<'a> {
    prefix: &'a str,
    coefficients: bool,
}

impl<'a> Role<'a> {
    fn of(file_name: &'a str) -> Self {
        let stem = file_name.strip_suffix(".txt").unwrap_or(file_name);
        match (stem.strip_suffix('A'), stem.strip_suffix('Z')) {
            (Some(prefix), _) => Self { prefix, coefficients: true },
            (None, Some(prefix)) => Self { prefix, coefficients: false },
            (None, None) => Self { prefix: "", coefficients: false },
        }
    }
}

impl Importer for Exiobase3 {
    fn id(&self) -> &'static str {
        "exiobase3"
    }

    fn summary(&self) -> &'static str {
        "EXIOBASE 3, ixi or pxp: folder or zip with Z.txt (or A.txt and x.txt), Y.txt and the factor inputs, million EUR"
    }

    fn recognises(&self, source: &Source) -> bool {
        let mut lines = source.head().splitn(3, |&byte| byte == b'\n');
        let starts = |line: Option<&[u8]>, word: &[u8]| line.is_none_or(|line| line.starts_with(word));
        let flows = lines.next().is_some_and(|line| line.starts_with(b"region\t\t"))
            && starts(lines.next().filter(|line| !line.is_empty()), b"sector\t\t");
        let role = Role::of(source.file_name());
        // Where both are published, the flows are the table.
        let doubled = || {
            role.coefficients
                && source.sibling(&format!("{}Z.txt", role.prefix)).is_ok_and(|flows| flows.is_some())
        };
        flows && !doubled()
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(source.year_of_folder().into_iter().collect())
    }

    fn companions(&self, source: &Source) -> Result<Vec<Source>, LoadError> {
        let role = Role::of(source.file_name());
        let mut files = Vec::new();
        for name in ["Y.txt", "x.txt", "unit.txt"] {
            files.extend(source.sibling(&format!("{}{name}", role.prefix))?);
        }
        files.extend(source.sibling(METADATA)?);
        if let Some((factors, final_demand)) = factor_files(source)? {
            files.push(factors);
            files.extend(final_demand);
        }
        Ok(files)
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let role = Role::of(source.file_name());
        let part = |name: &str| source.sibling(&format!("{}{name}", role.prefix));
        let needed = |name: &str| {
            part(name)?.ok_or_else(|| LoadError::MissingPart {
                path: source.name().to_owned(),
                part: format!("{}{name}", role.prefix),
                database: DATABASE,
            })
        };
        let final_demand = matrix(&needed("Y.txt")?, 2)?;
        let mut repairs: Vec<Repair> = known_defect(source)?.into_iter().collect();
        let (mut below, mut below_final) = (Vec::new(), None);
        match factor_inputs(source)? {
            Some((factors, under_final_demand)) => {
                below.push(factors);
                below_final = under_final_demand;
            }
            None => repairs.push(Repair {
                name: "value-added-rows-absent".into(),
                detail: format!(
                    "neither {} is there: value added is the residual",
                    FACTOR_FILES.join(" nor ")
                ),
                count: 1,
            }),
        }
        let mut flows = matrix(source, 2)?;
        let output = match part("x.txt")? {
            Some(file) => Some(output_row(&file)?),
            None if role.coefficients => Some(output_row(&needed("x.txt")?)?),
            None => None,
        };
        if let Some(output) = output {
            let output = compose::with_columns(output, &flows.columns, &flows.path)?;
            if role.coefficients {
                repairs.push(into_flows(&mut flows, &output));
            }
            below.push(output);
        }
        let industries = flows.rows.len();
        let grid = Quarters { flows, final_demand, below, below_final }.compose()?;
        let rows: Vec<RowKind> = (0..grid.rows.len()).map(|row| row_kind(&grid, row, industries)).collect();
        let columns: Vec<ColumnKind> =
            (0..grid.columns.len()).map(|column| column_kind(&grid, column, industries)).collect();
        let unit = unit(source, role.prefix)?;
        let facts = Facts { unit, year: source.year_of_folder(), citation: Some(CITATION.into()), repairs };
        assemble(&grid, &rows, &columns, facts)
    }
}

/// A file with the header lines `region`, `sector` or `category` and perhaps the names of the label columns.
fn matrix(source: &Source, label_columns: usize) -> Result<Grid, LoadError> {
    let lines = text_grid::first_lines(source, b'\t', 3)?;
    let names = lines
        .get(2)
        .is_some_and(|line| line.iter().skip(label_columns).all(String::is_empty) && !line.is_empty());
    let header_rows = if names { 3 } else { 2 };
    text_grid::read(source, TextLayout { delimiter: b'\t', header_rows, label_columns, ..TextLayout::COMMA })
}

/// The value-added rows, and their values under final demand where there are any.
fn factor_inputs(source: &Source) -> Result<Option<(Grid, Option<Grid>)>, LoadError> {
    let Some((file, final_demand)) = factor_files(source)? else { return Ok(None) };
    // Among the satellite accounts only the rows in money; in a file of their own all.
    let all = file.name().split(['/', '\\']).rev().take(2).any(|part| part.starts_with("factor_inputs"));
    let wanted = |label: &str| all || matches!(RowRole::of(label), RowRole::ValueAdded | RowRole::Taxes);
    let factors = keep_rows(matrix(&file, 1)?, &wanted);
    let final_demand =
        final_demand.map(|file| matrix(&file, 1)).transpose()?.map(|grid| keep_rows(grid, &wanted));
    Ok(Some((factors, final_demand)))
}

/// The file of the value-added rows, and the one of their values under final demand.
fn factor_files(source: &Source) -> Result<Option<(Source, Option<Source>)>, LoadError> {
    for name in FACTOR_FILES {
        if let Some(file) = source.sibling(name)? {
            return Ok(Some((file, source.sibling(&name.replace("F.txt", "F_Y.txt"))?)));
        }
    }
    Ok(None)
}

fn keep_rows(grid: Grid, wanted: &dyn Fn(&str) -> bool) -> Grid {
    let kept: Vec<usize> = (0..grid.rows.len()).filter(|&row| wanted(grid.row_label(row))).collect();
    let columns = (0..grid.columns.len())
        .map(|column| kept.iter().map(|&row| grid.value(row, column)).collect())
        .collect();
    let rows = kept.iter().map(|&row| grid.rows[row].clone()).collect();
    Grid { rows, cells: Cells::of_columns(columns), ..grid }
}

/// `x.txt`, one line an industry, as a row.
fn output_row(file: &Source) -> Result<Grid, LoadError> {
    let layout = TextLayout { delimiter: b'\t', label_columns: 2, ..TextLayout::COMMA };
    let column = text_grid::read(file, layout)?;
    let values = (0..column.rows.len()).map(|row| column.value(row, 0)).collect();
    Ok(Grid {
        path: column.path,
        rows: vec![vec![OUTPUT.to_owned()]],
        columns: column.rows,
        cells: Cells::Panels(vec![Panel { first_row: 0, values }]),
    })
}

fn field(label: &[String], position: usize) -> String {
    label.get(position).cloned().unwrap_or_default()
}

fn row_kind(grid: &Grid, row: usize, industries: usize) -> RowKind {
    let label = &grid.rows[row];
    if row < industries {
        return RowKind::Industry { economy: field(label, 0), sector: field(label, 1) };
    }
    RowKind::Below { name: field(label, 0), role: RowRole::of(&field(label, 0)) }
}

fn column_kind(grid: &Grid, column: usize, industries: usize) -> ColumnKind {
    let label = &grid.columns[column];
    let (economy, code) = (field(label, 0), field(label, 1));
    if column < industries {
        ColumnKind::Industry { economy, sector: code }
    } else {
        ColumnKind::Final { economy, category: code }
    }
}

/// The unit that `unit.txt` gives for the first industry: all have the same.
fn unit(source: &Source, prefix: &str) -> Result<Option<String>, LoadError> {
    let Some(file) = source.sibling(&format!("{prefix}unit.txt"))? else { return Ok(None) };
    let lines = text_grid::first_lines(&file, b'\t', 2)?;
    Ok(lines.get(1).and_then(|line| line.get(2)).map(|unit| match unit.as_str() {
        "M.EUR" => "million EUR, current basic prices".to_owned(),
        other => other.to_owned(),
    }))
}

/// What is known to be wrong with the release that the folder says it is of.
fn known_defect(source: &Source) -> Result<Option<Repair>, LoadError> {
    let Some(file) = source.sibling(METADATA)? else { return Ok(None) };
    // A file that is no JSON says nothing of a release, and nothing of the table is in it.
    let metadata: Value = serde_json::from_slice(file.bytes()?).unwrap_or_default();
    let version = metadata.get("version").map(Value::to_string).unwrap_or_default();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known = DEFECTS.iter().find(|(release, _)| digits(release) == digits(&version));
    Ok(known.map(|(release, defect)| Repair {
        name: Repair::KNOWN_DEFECT.into(),
        detail: format!("{METADATA} says that this is {DATABASE} release {release}: {defect}"),
        count: 1,
    }))
}

/// Z = A x̂: output is one row, in the order of the columns.
fn into_flows(coefficients: &mut Grid, output: &Grid) -> Repair {
    let width = coefficients.columns.len();
    let x: Vec<f64> = (0..width).map(|column| nan_to_zero(output.value(0, column))).collect();
    if let Cells::Panels(panels) = &mut coefficients.cells {
        for panel in panels {
            for line in panel.values.chunks_mut(width.max(1)) {
                line.iter_mut()
                    .zip(&x)
                    .filter(|(value, _)| !is_blank(**value))
                    .for_each(|(value, x)| *value *= x);
            }
        }
    }
    Repair {
        name: "flows-from-coefficients".into(),
        detail: "intermediate use is the published coefficients times the published output".into(),
        count: width,
    }
}
