//! The canonical layout, whatever it is stored in: a grid of labelled columns becomes the parts of a table.
//!
//! First column `row`; industry columns `ECONOMY.sector`; final-demand columns `ECONOMY.category`; optional `OUT`; rows
//! with the same labels as the industry columns, then value-added rows and `OUT`. Blocks are built by label.

use std::collections::{HashMap, HashSet};

use nalgebra::DMatrix;

use super::LoadError;
use crate::table::{PrimaryRow, Provenance, Repair, RowRole, TableParts};

/// A read file: labels and one vector a column, `None` where the cell is blank.
pub(super) struct Grid {
    pub(super) path: String,
    pub(super) row_labels: Vec<String>,
    pub(super) columns: Vec<GridColumn>,
    pub(super) unit: Option<String>,
    pub(super) year: Option<i32>,
}

pub(super) struct GridColumn {
    pub(super) label: String,
    /// NaN where blank.
    pub(super) values: Vec<f64>,
    /// Positions of blanks (a NaN that is written out is not blank).
    pub(super) blanks: Vec<usize>,
}

/// Is this the `OUT` column or row?
fn is_output(label: &str) -> bool {
    RowRole::of(label) == RowRole::OutputTotal
}

/// Economy and code of a label: split at the first point only, so codes may hold points themselves.
fn split(label: &str) -> Option<(&str, &str)> {
    label.split_once('.').filter(|(economy, code)| !economy.is_empty() && !code.is_empty())
}

/// Default when neither the file nor the user says what the unit is.
const UNKNOWN_UNIT: &str = "unit of the source (not stated in the file)";

impl Grid {
    pub(super) fn into_parts(self) -> Result<TableParts, LoadError> {
        let path = self.path.clone();
        refuse_duplicates(&path, "row", &self.row_labels)?;
        let column_labels: Vec<String> = self.columns.iter().map(|column| column.label.clone()).collect();
        refuse_duplicates(&path, "column", &column_labels)?;
        let layout = Layout::of(&path, &self.row_labels, &column_labels)?;
        let mut blanks = 0;
        let mut cell_or_zero = |column: &GridColumn, row: usize| {
            // Blank positions are sorted: they are collected in row order.
            if column.blanks.binary_search(&row).is_ok() {
                blanks += 1;
                0.0
            } else {
                column.values[row]
            }
        };
        let n = layout.industry_rows.len();
        let mut intermediate_use = DMatrix::zeros(n, n);
        for (j, &column) in layout.industry_columns.iter().enumerate() {
            for (i, &row) in layout.industry_rows.iter().enumerate() {
                intermediate_use[(i, j)] = cell_or_zero(&self.columns[column], row);
            }
        }
        let categories = layout.categories.len();
        let mut final_demand = DMatrix::zeros(n, layout.economies.len() * categories);
        for &(column, economy, category) in &layout.final_columns {
            for (i, &row) in layout.industry_rows.iter().enumerate() {
                final_demand[(i, economy * categories + category)] = cell_or_zero(&self.columns[column], row);
            }
        }
        let mut repairs = Vec::new();
        if blanks > 0 {
            repairs.push(Repair {
                name: "blank-as-zero".into(),
                detail: format!("{blanks} blank cells of the flows were read as zero"),
                count: blanks,
            });
        }
        let missing = layout.economies.len() * categories - layout.final_columns.len();
        if missing > 0 {
            repairs.push(Repair {
                name: "final-demand-column-added".into(),
                detail: format!(
                    "{missing} economy-category columns are absent from the source and count as zero"
                ),
                count: missing,
            });
        }
        let mut primary_rows: Vec<PrimaryRow> = Vec::new();
        let mut published_output: Option<Vec<f64>> = None;
        for &row in &layout.other_rows {
            let label = &self.row_labels[row];
            let industries: Vec<f64> = layout
                .industry_columns
                .iter()
                .map(|&column| nan_to_zero(self.columns[column].values[row]))
                .collect();
            if is_output(label) && published_output.is_none() {
                published_output = Some(industries);
                continue;
            }
            let mut final_use = vec![0.0; layout.economies.len() * categories];
            let mut any = false;
            for &(column, economy, category) in &layout.final_columns {
                let value = self.columns[column].values[row];
                any |= value.is_finite() && value != 0.0;
                final_use[economy * categories + category] = nan_to_zero(value);
            }
            primary_rows.push(PrimaryRow {
                name: label.clone(),
                role: RowRole::of(label),
                industries,
                final_use: any.then_some(final_use),
            });
        }
        if let Some(column) = layout.output_column {
            published_output = Some(
                layout
                    .industry_rows
                    .iter()
                    .map(|&row| nan_to_zero(self.columns[column].values[row]))
                    .collect(),
            );
        }
        Ok(TableParts {
            rows: layout.rows,
            categories: layout.categories,
            intermediate_use: intermediate_use.into(),
            final_demand,
            primary_rows,
            published_output,
            unit: self.unit.unwrap_or_else(|| UNKNOWN_UNIT.into()),
            year: self.year,
            provenance: Provenance { repairs, ..Provenance::default() },
        })
    }
}

/// Cells without meaning (a value-added row under final demand) are blank or NaN in the canonical layout.
fn nan_to_zero(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

fn refuse_duplicates(path: &str, what: &'static str, labels: &[String]) -> Result<(), LoadError> {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(labels.len());
    for (position, label) in labels.iter().enumerate() {
        if let Some(first) = seen.insert(label, position) {
            return Err(LoadError::DuplicateLabel {
                path: path.to_owned(),
                what,
                label: label.clone(),
                first: first + 1,
                second: position + 1,
            });
        }
    }
    Ok(())
}

/// Which row and column is what.
struct Layout {
    rows: Vec<(String, String)>,
    economies: Vec<String>,
    categories: Vec<String>,
    industry_rows: Vec<usize>,
    industry_columns: Vec<usize>,
    /// (column, economy, category).
    final_columns: Vec<(usize, usize, usize)>,
    other_rows: Vec<usize>,
    output_column: Option<usize>,
}

impl Layout {
    fn of(path: &str, row_labels: &[String], column_labels: &[String]) -> Result<Self, LoadError> {
        let column_of: HashMap<&str, usize> =
            column_labels.iter().enumerate().map(|(position, label)| (label.as_str(), position)).collect();
        let mut rows = Vec::new();
        let mut industry_rows = Vec::new();
        let mut industry_columns = Vec::new();
        let mut other_rows = Vec::new();
        let column_economies: HashSet<&str> =
            column_labels.iter().filter_map(|label| split(label)).map(|(economy, _)| economy).collect();
        for (position, label) in row_labels.iter().enumerate() {
            match (split(label), column_of.get(label.as_str())) {
                (Some((economy, sector)), Some(&column)) => {
                    rows.push((economy.to_owned(), sector.to_owned()));
                    industry_rows.push(position);
                    industry_columns.push(column);
                }
                (Some((economy, _)), None) if column_economies.contains(economy) => {
                    return Err(LoadError::RowWithoutColumn { path: path.to_owned(), label: label.clone() });
                }
                _ => other_rows.push(position),
            }
        }
        if rows.is_empty() {
            return Err(LoadError::NoIndustries { path: path.to_owned() });
        }
        let mut economies: Vec<String> = Vec::new();
        for (economy, _) in &rows {
            if !economies.contains(economy) {
                economies.push(economy.clone());
            }
        }
        let sectors: HashSet<&str> = rows.iter().map(|(_, sector)| sector.as_str()).collect();
        let industries: HashSet<usize> = industry_columns.iter().copied().collect();
        let mut categories: Vec<String> = Vec::new();
        let mut final_columns = Vec::new();
        let mut output_column = None;
        let mut orphans: Vec<&str> = Vec::new();
        let mut strangers: Vec<&str> = Vec::new();
        for (position, label) in column_labels.iter().enumerate() {
            if industries.contains(&position) {
                continue;
            }
            if is_output(label) {
                output_column = Some(position);
                continue;
            }
            let Some((economy, code)) = split(label) else {
                return Err(LoadError::BadColumn { path: path.to_owned(), label: label.clone() });
            };
            if sectors.contains(code) {
                orphans.push(label);
                continue;
            }
            let Some(economy) = economies.iter().position(|known| known == economy) else {
                strangers.push(label);
                continue;
            };
            let category = categories.iter().position(|known| known == code).unwrap_or_else(|| {
                categories.push(code.to_owned());
                categories.len() - 1
            });
            final_columns.push((position, economy, category));
        }
        if let Some(first) = orphans.first() {
            return Err(LoadError::ColumnWithoutRow {
                path: path.to_owned(),
                label: (*first).to_owned(),
                sector: split(first).map_or("", |(_, code)| code).to_owned(),
                missing: orphans.len(),
            });
        }
        if let Some(first) = strangers.first() {
            return Err(LoadError::FinalDemandWithoutEconomy {
                path: path.to_owned(),
                label: (*first).to_owned(),
                economies: economies.join(" "),
            });
        }
        if final_columns.is_empty() {
            return Err(LoadError::NoFinalDemand { path: path.to_owned() });
        }
        Ok(Self {
            rows,
            economies,
            categories,
            industry_rows,
            industry_columns,
            final_columns,
            other_rows,
            output_column,
        })
    }
}
