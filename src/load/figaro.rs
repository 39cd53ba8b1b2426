//! FIGARO tables of Eurostat, industry by industry or product by product: the matrix, or one line a cell.
//!
//! The six rows `W2_` below the industries reach over final demand; there is no column of gross output, which is the sum of
//! the row. Government consumption (S13) stands before that of households (S14): categories go by label.

use super::assemble::{Facts, assemble};
use super::grid::Grid;
use super::long_text::{self, LongLayout};
use super::source::years_in;
use super::text_grid::{self, TextLayout};
use super::underscore::{self, Vocabulary};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{RowRole, TableParts};

const VOCABULARY: Vocabulary = Vocabulary {
    categories: &["P3_S13", "P3_S14", "P3_S15", "P51G", "P5M", "P5"],
    below,
    own_use: &[],
    // Tables say GB and GR, some other outputs of Eurostat UK and EL.
    economies: &[("UK", "GB"), ("EL", "GR")],
    is_last,
    last: "the row of operating surplus (W2_B2A3G)",
};

fn is_last(label: &str) -> bool {
    label == "W2_B2A3G"
}

const CITATION: &str = "Eurostat, FIGARO inter-country input-output tables, \
                        https://ec.europa.eu/eurostat/web/esa-supply-use-input-tables; reuse under CC BY 4.0 with attribution";

/// Rows of the economy `W2` are value added, taxes and purchases abroad.
fn below(label: &str) -> Option<RowRole> {
    label.strip_prefix("W2_").map(|_| RowRole::of(label))
}

fn facts(source: &Source) -> Facts {
    Facts {
        unit: Some("million EUR, current basic prices".into()),
        year: year(source),
        citation: Some(CITATION.into()),
        repairs: Vec::new(),
    }
}

/// The last year of the name: `matrix_eu-ic-io_ind-by-ind_25ed_2010.csv`.
fn year(source: &Source) -> Option<i32> {
    years_in(source.file_name()).last().copied()
}

fn parts(grid: &Grid, mut facts: Facts) -> Result<TableParts, LoadError> {
    refuse_supply_and_use(grid)?;
    let (rows, columns) = underscore::kinds(grid, &VOCABULARY, &mut facts.repairs)?;
    assemble(grid, &rows, &columns, facts)
}

/// Codes of products begin with this; those of industries do not.
const PRODUCT: &str = "CPA_";

/// Supply and use tables have products in rows and industries in columns.
fn refuse_supply_and_use(grid: &Grid) -> Result<(), LoadError> {
    let is_product =
        |label: &str| underscore::split(label).is_some_and(|(_, code)| code.starts_with(PRODUCT));
    let products_in_rows = (0..grid.rows.len()).any(|row| is_product(grid.row_label(row)));
    let products_in_columns = (0..grid.columns.len()).any(|column| is_product(grid.column_label(column)));
    if products_in_rows != products_in_columns {
        return Err(LoadError::SupplyUse { path: grid.path.clone() });
    }
    Ok(())
}

/// The flat files of supply and use tables begin their header with these.
const FLAT_SUPPLY_USE: [&str; 2] = ["icsupRow", "icuseRow"];

fn is_flat_supply_use(source: &Source) -> bool {
    let header = String::from_utf8_lossy(source.first_line()).into_owned();
    let first = header.trim_start_matches('\u{feff}').trim_start_matches('"');
    FLAT_SUPPLY_USE
        .iter()
        .any(|name| first.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

/// Reader of the matrix.
#[derive(Debug)]
pub struct Figaro;

impl Importer for Figaro {
    fn id(&self) -> &'static str {
        "figaro"
    }

    fn summary(&self) -> &'static str {
        "FIGARO (Eurostat), matrix file of an input-output table, industries or products (CSV)"
    }

    fn recognises(&self, source: &Source) -> bool {
        let header = String::from_utf8_lossy(source.first_line());
        let mut labels = header.split(',').map(|label| label.trim().trim_matches('"'));
        let corner = labels.next().unwrap_or_default().trim_start_matches('\u{feff}');
        corner.eq_ignore_ascii_case("rowLabels") && labels.any(|label| underscore::split(label).is_some())
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(year(source).into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        parts(&text_grid::read(source, TextLayout::COMMA)?, facts(source))
    }
}

/// Reader of the flat file.
#[derive(Debug)]
pub struct FigaroFlat;

/// Columns of the flat file that hold row, column and figure: industries, products.
const FLAT: [[&str; 3]; 2] = [["icioiRow", "icioiCol", "obsValue"], ["iciopRow", "iciopCol", "obsValue"]];

/// Positions of row, column and figure in the header.
fn flat_columns(source: &Source) -> Option<[usize; 3]> {
    let header = String::from_utf8_lossy(source.first_line());
    let labels: Vec<&str> = header
        .trim_start_matches('\u{feff}')
        .split(',')
        .map(|label| label.trim().trim_matches('"'))
        .collect();
    FLAT.iter().find_map(|names| {
        let position = |name: &str| labels.iter().position(|label| label.eq_ignore_ascii_case(name));
        Some([position(names[0])?, position(names[1])?, position(names[2])?])
    })
}

impl Importer for FigaroFlat {
    fn id(&self) -> &'static str {
        "figaro-flat"
    }

    fn summary(&self) -> &'static str {
        "FIGARO (Eurostat), flat file of an input-output table: one line a cell (CSV)"
    }

    fn recognises(&self, source: &Source) -> bool {
        flat_columns(source).is_some() || is_flat_supply_use(source)
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        Ok(year(source).into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        if is_flat_supply_use(source) {
            return Err(LoadError::SupplyUse { path: source.name().to_owned() });
        }
        let [row, column, value] = flat_columns(source)
            .ok_or_else(|| LoadError::UnknownLayout { path: source.name().to_owned() })?;
        let layout = LongLayout {
            delimiter: b',',
            decimal_comma: false,
            row: vec![row],
            column: vec![column],
            value,
            only: None,
        };
        let (grid, absent) = long_text::read(source, &layout)?;
        let mut facts = facts(source);
        facts.repairs.extend(long_text::not_listed(absent));
        parts(&grid, facts)
    }
}
