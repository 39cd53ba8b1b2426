//! Tables that are published as several files (flows, final demand, value added) to one grid, matched by label.

use std::collections::HashMap;

use super::LoadError;
use super::grid::{Cells, Grid, Part};

/// The files of a table in their places.
pub(super) struct Quarters {
    /// Intermediate use.
    pub(super) flows: Grid,
    /// Final demand: the same rows.
    pub(super) final_demand: Grid,
    /// Rows below: the same columns as the flows.
    pub(super) below: Vec<Grid>,
    /// Rows below under final demand: the rows of the first grid below, the columns of final demand.
    pub(super) below_final: Option<Grid>,
}

impl Quarters {
    /// One grid: the rows of the flows, then those below; the columns of the flows, then those of final demand. The other
    /// files are put in the order of the flows, label by label.
    ///
    /// # Errors
    /// A label that one file has and another lacks.
    pub(super) fn compose(self) -> Result<Grid, LoadError> {
        let Self { flows, final_demand, below, below_final } = self;
        let path = flows.path.clone();
        let final_demand = with_rows(final_demand, &flows.rows, &path)?;
        let mut rows = flows.rows.clone();
        let (width, height) = (flows.columns.len(), rows.len());
        let columns: Vec<Vec<String>> = flows.columns.iter().chain(&final_demand.columns).cloned().collect();
        let mut parts = Vec::new();
        if let (Some(grid), Some(first)) = (below_final, below.first()) {
            let grid = with_rows(grid, &first.rows, &first.path)?;
            let grid = with_columns(grid, &final_demand.columns, &final_demand.path)?;
            parts.push(Part { first_row: height, first_column: width, grid });
        }
        for grid in below {
            let grid = with_columns(grid, &flows.columns, &path)?;
            let first_row = rows.len();
            rows.extend(grid.rows.iter().cloned());
            parts.push(Part { first_row, first_column: 0, grid });
        }
        parts.push(Part { first_row: 0, first_column: 0, grid: flows });
        parts.push(Part { first_row: 0, first_column: width, grid: final_demand });
        Ok(Grid { path, rows, columns, cells: Cells::Parts(parts) })
    }
}

/// The grid with its rows in another order.
fn with_rows(grid: Grid, wanted: &[Vec<String>], other: &str) -> Result<Grid, LoadError> {
    if grid.rows == wanted {
        return Ok(grid);
    }
    let order = order(&grid.path, "row", &grid.rows, wanted, other)?;
    let columns = (0..grid.columns.len())
        .map(|column| order.iter().map(|&row| grid.value(row, column)).collect())
        .collect();
    Ok(Grid { rows: wanted.to_vec(), cells: Cells::of_columns(columns), ..grid })
}

/// The grid with its columns in another order.
///
/// # Errors
/// A label that one of the two has and the other lacks.
pub(super) fn with_columns(grid: Grid, wanted: &[Vec<String>], other: &str) -> Result<Grid, LoadError> {
    if grid.columns == wanted {
        return Ok(grid);
    }
    let order = order(&grid.path, "column", &grid.columns, wanted, other)?;
    let columns = order
        .iter()
        .map(|&column| (0..grid.rows.len()).map(|row| grid.value(row, column)).collect())
        .collect();
    Ok(Grid { columns: wanted.to_vec(), cells: Cells::of_columns(columns), ..grid })
}

/// Where each wanted label stands. Both files have the same labels, each once.
fn order(
    path: &str,
    what: &'static str,
    labels: &[Vec<String>],
    wanted: &[Vec<String>],
    other: &str,
) -> Result<Vec<usize>, LoadError> {
    let mut place: HashMap<Vec<&str>, usize> = HashMap::with_capacity(labels.len());
    for (k, label) in labels.iter().enumerate() {
        if let Some(first) = place.insert(texts(label), k) {
            return Err(LoadError::DuplicateLabel {
                path: path.to_owned(),
                what,
                label: name(label),
                first: first + 1,
                second: k + 1,
            });
        }
    }
    let mut order = Vec::with_capacity(wanted.len());
    for (position, label) in wanted.iter().enumerate() {
        match place.remove(&texts(label)) {
            Some(k) => order.push(k),
            None => {
                if let Some(first) = wanted[..position].iter().position(|known| known == label) {
                    return Err(LoadError::DuplicateLabel {
                        path: other.to_owned(),
                        what,
                        label: name(label),
                        first: first + 1,
                        second: position + 1,
                    });
                }
                return Err(LoadError::PartWithoutLabel {
                    path: path.to_owned(),
                    what,
                    label: name(label),
                    other: other.to_owned(),
                });
            }
        }
    }
    // The first in the order of the file, so that the message is always the same.
    match place.into_values().min() {
        None => Ok(order),
        Some(extra) => Err(LoadError::PartWithoutLabel {
            path: other.to_owned(),
            what,
            label: name(&labels[extra]),
            other: path.to_owned(),
        }),
    }
}

/// The parts of a label that are not empty: files differ in blank header fields.
fn texts(label: &[String]) -> Vec<&str> {
    label.iter().map(String::as_str).filter(|part| !part.is_empty()).collect()
}

fn name(label: &[String]) -> String {
    texts(label).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(path: &str, rows: &[&str], columns: &[&str], first: f64) -> Grid {
        let labels = |names: &[&str]| names.iter().map(|name| vec![(*name).to_owned()]).collect();
        let value = |i: usize, j: usize| first + (10 * i + j) as f64;
        Grid {
            path: path.into(),
            rows: labels(rows),
            columns: labels(columns),
            cells: Cells::of_columns(
                (0..columns.len()).map(|j| (0..rows.len()).map(|i| value(i, j)).collect()).collect(),
            ),
        }
    }

    fn quarters(final_rows: &[&str], below_columns: &[&str]) -> Quarters {
        Quarters {
            flows: grid("Z", &["a", "b"], &["a", "b"], 0.0),
            final_demand: grid("Y", final_rows, &["h", "g"], 100.0),
            below: vec![grid("F", &["v", "w"], below_columns, 200.0)],
            below_final: Some(grid("FY", &["w", "v"], &["g", "h"], 300.0)),
        }
    }

    #[test]
    fn files_in_another_order_are_matched_by_label() {
        let whole = quarters(&["b", "a"], &["b", "a"]).compose().unwrap();
        let value = |row: usize, column: usize| whole.value(row, column);
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        close(value(1, 0), 10.0);
        close(value(0, 2), 110.0);
        close(value(1, 3), 101.0);
        close(value(2, 0), 201.0);
        close(value(3, 1), 210.0);
        // Row v, column h of the file whose rows are w, v and whose columns are g, h.
        close(value(2, 2), 311.0);
    }

    #[test]
    fn a_label_that_one_file_lacks_is_named_with_both_files() {
        let error = quarters(&["b", "c"], &["a", "b"]).compose().err().unwrap().to_string();
        assert_eq!(error, "Y: row `a` is missing, which Z has");
        let error = quarters(&["a", "b"], &["a", "b", "c"]).compose().err().unwrap().to_string();
        assert_eq!(error, "Z: column `c` is missing, which F has");
        let error = quarters(&["b", "b"], &["a", "b"]).compose().err().unwrap().to_string();
        assert_eq!(error, "Y: row label `b` appears twice (at 1 and 2)");
    }
}
