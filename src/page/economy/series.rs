//! What the parts that follow an economy over the years share: lines of shares, and the rows of the years.

use crate::chart::{Lines, Words};
use crate::page::dataset::Dataset;
use crate::page::figure::drawn;
use crate::page::gather::Gathered;
use crate::page::{Body, Cell, PageError, Shown, names, number};

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

/// The heading of a row: its year, or the economy in a table without one.
pub(super) fn row_heading(found: &Gathered) -> Shown {
    if found.years.is_empty() {
        Shown::new("Economy", Cell::Economy("economy"))
    } else {
        Shown::new("Year", Cell::Text("year"))
    }
}

/// ` in 2011` of a row; nothing where the table has no year.
pub(super) fn in_year_of(data: &Dataset, row: usize) -> String {
    let year = data.text("year", row);
    if year.is_empty() { String::new() } else { format!(" in {year}") }
}

/// Did an economy export anything in a year? Shares of and means over no exports are not defined.
pub(super) fn exported(found: &Gathered, economy: &str, year: &str) -> bool {
    found.data("tiva").is_none_or(|tiva| {
        let rows = tiva.rows_with(&[("economy", economy), ("year", year)]);
        rows.into_iter().all(|row| tiva.number("gexp", row) != 0.0)
    })
}

/// [`rows_of`] the years in which the economy exported.
pub(super) fn exporting_rows(found: &Gathered, data: &Dataset, economy: &str) -> Vec<usize> {
    rows_of(data, economy)
        .into_iter()
        .filter(|&row| exported(found, economy, &data.text("year", row)))
        .collect()
}

/// What is said of an economy without exports in the last year, in place of shares of nothing.
pub(super) fn exported_nothing(found: &Gathered, economy: &str) -> String {
    format!("{} exported nothing{}.", names::opening(economy), found.in_last_year())
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
    let (first, last) = found.span();
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
    let told: Vec<String> = series.iter().map(|(name, points)| moved(name, points)).collect();
    let words = Words {
        x: "Year".into(),
        y: y.into(),
        description: format!(
            "Lines by year from {first} to {last}: {}. The CSV named below has every year.",
            told.join("; ")
        ),
        ..Words::default()
    };
    drawn(id, Lines { words, series }.draw()).map(Some)
}

/// First and last value of a line, for those who do not see it.
fn moved(name: &str, points: &[(f64, f64)]) -> String {
    match points {
        [(from, first), .., (to, last)] => {
            format!(
                "{name} {} in {from} and {} in {to}",
                number::significant(*first),
                number::significant(*last)
            )
        }
        _ => name.to_owned(),
    }
}
