//! What the parts that follow an economy over the years share: lines of shares, and the rows of the years.

use crate::chart::{Lines, Words};
use crate::page::dataset::Dataset;
use crate::page::figure::drawn;
use crate::page::gather::Gathered;
use crate::page::{Body, PageError};

/// Rows of an economy, in order of the years.
pub(super) fn rows_of(data: &Dataset, economy: &str) -> Vec<usize> {
    data.rows_with(&[("economy", economy)])
}

/// The first and the last of several rows; the one there is of a single one.
pub(super) fn ends(rows: &[usize]) -> Vec<usize> {
    match rows {
        [first, .., last] => vec![*first, *last],
        other => other.to_vec(),
    }
}

/// Lines over the years: a column, its name, and a factor (100 for percent). Nothing without several years.
pub(super) fn lines(
    found: &Gathered,
    id: &str,
    y: &str,
    rows: &[usize],
    columns: &[(&Dataset, &str, &str)],
    scale: f64,
) -> Result<Option<Body>, PageError> {
    if rows.len() < 2 {
        return Ok(None);
    }
    let names: Vec<&str> = columns.iter().map(|(_, _, name)| *name).collect();
    let (first, last) = found.span();
    let words = Words {
        x: "Year".into(),
        y: y.into(),
        description: format!(
            "Lines by year from {first} to {last}: {}. The table has the numbers.",
            names.join(", ")
        ),
        ..Words::default()
    };
    let series = columns
        .iter()
        .map(|(data, column, name)| {
            let points = rows
                .iter()
                .map(|&row| (data.number("year", row), scale * data.number(column, row)))
                .filter(|(year, value)| year.is_finite() && value.is_finite())
                .collect();
            ((*name).to_owned(), points)
        })
        .filter(|(_, points): &(String, Vec<(f64, f64)>)| points.len() > 1)
        .collect::<Vec<_>>();
    if series.is_empty() {
        return Ok(None);
    }
    drawn(id, Lines { words, series }.draw()).map(Some)
}
