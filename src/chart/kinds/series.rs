//! Rows of a result over years, one series a unit: what paths and lines have in common.

use super::{ChartKind, Request, Told, chosen, missing};
use crate::chart::{ChartError, Sheet};

/// A unit with its points and, where there is one, its band.
pub(super) struct Unit {
    pub name: String,
    pub points: Vec<(f64, f64)>,
    pub band: Vec<(f64, f64, f64)>,
}

/// Columns that are taken when none is asked for, best first.
pub(super) const DEFAULTS: &[&[&str]] = &[
    &["dva_share"],
    // What a verdict is about goes before the same measured otherwise.
    &["vs_share_headline"],
    &["vs_share"],
    &["gvc_participation"],
    &["upstreamness"],
    &["share"],
    &["foreign_share"],
    &["value"],
    &["estimate"],
];

/// Columns that may name the axis, best first.
const AXES: [&str; 2] = ["year", "x"];

/// One series a unit and column.
pub(super) fn units(
    kind: &dyn ChartKind,
    sheet: &Sheet,
    request: &Request<'_>,
) -> Result<(Vec<Unit>, Vec<String>), ChartError> {
    let Some(axis) = sheet.first_of(&AXES) else { return Err(missing(kind, sheet, &["year"])) };
    let columns = chosen(kind, sheet, request, DEFAULTS)?;
    let told = Told::of(sheet, request);
    let keys = sheet.varying();
    let mut units: Vec<Unit> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for column in &columns {
        let band = bounds(sheet, column);
        for row in 0..sheet.n_rows() {
            let mut parts: Vec<String> = keys.iter().map(|key| sheet.text(key, row)).collect();
            if columns.len() > 1 {
                parts.push(told.name(column));
            }
            if parts.is_empty() {
                parts.push(only_name(sheet).unwrap_or_else(|| told.name(column)));
            }
            let name = parts.join(", ");
            let place = *places.entry(name.clone()).or_insert_with(|| {
                units.push(Unit { name: name.clone(), points: Vec::new(), band: Vec::new() });
                units.len() - 1
            });
            let x = sheet.number(axis, row);
            if !x.is_finite() {
                continue;
            }
            let unit = &mut units[place];
            if unit.points.iter().any(|(other, _)| (other - x).abs() < f64::EPSILON) {
                return Err(ChartError::Repeated {
                    chart: kind.id(),
                    file: sheet.name.clone(),
                    what: format!("{name} in {x}"),
                });
            }
            unit.points.push((x, told.value(column, row)));
            if let Some((low, high)) = &band {
                unit.band.push((x, told.value(low, row), told.value(high, row)));
            }
        }
    }
    for unit in &mut units {
        unit.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        unit.band.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    Ok((units, columns))
}

/// Columns of the band around a column: its own interval, or that of the path fitted to it.
pub(super) fn bounds(sheet: &Sheet, column: &str) -> Option<(String, String)> {
    [String::new(), FITTED.into()]
        .map(|of| (format!("{column}{of}_lo"), format!("{column}{of}_hi")))
        .into_iter()
        .find(|(low, high)| sheet.has(low) && sheet.has(high))
}

/// What the name of a fitted path ends with.
const FITTED: &str = "_fit";

/// What the band around a column is, in words; empty where there is none.
pub(super) fn band_words(sheet: &Sheet, column: &str) -> String {
    match bounds(sheet, column) {
        Some((low, _)) if low == format!("{column}{FITTED}_lo") => {
            "Band between thin lines: 95% interval of the fitted path, at each year by itself.".into()
        }
        Some((low, high)) => format!("Band between thin lines: {low} to {high}."),
        None => String::new(),
    }
}

/// The one economy (or other label) that all rows are about.
fn only_name(sheet: &Sheet) -> Option<String> {
    let column = sheet.first_of(&["economy", "exporter", "unit", "table"])?;
    sheet.values(column).pop().filter(|value| !value.is_empty())
}

/// What the values are: the column in words, or what several have in common.
pub(super) fn value_words(told: &Told<'_>, columns: &[String]) -> String {
    match columns {
        [only] => told.below_title(only),
        several => {
            let units: Vec<String> = several.iter().map(|column| told.unit(column)).collect();
            let shared = units.iter().all(|unit| *unit == units[0]);
            match (shared, units[0].as_str()) {
                (true, "%") => "Percent".into(),
                (true, unit) => super::capital(unit),
                // Small multiples, each with an axis of its own.
                (false, _) => units.join(", "),
            }
        }
    }
}

/// First and last year of all series.
pub(super) fn years(units: &[Unit]) -> String {
    let mut all: Vec<f64> = units.iter().flat_map(|unit| unit.points.iter().map(|(x, _)| *x)).collect();
    all.sort_by(f64::total_cmp);
    match (all.first(), all.last()) {
        (Some(first), Some(last)) if first < last => format!("{first} to {last}"),
        (Some(first), _) => format!("{first}"),
        _ => String::new(),
    }
}

/// How the series move, for those who do not see them.
pub(super) fn movement(units: &[Unit]) -> String {
    let ends: Vec<(f64, f64)> = units
        .iter()
        .filter_map(|unit| {
            let known = || unit.points.iter().filter(|(_, y)| y.is_finite());
            Some((known().next()?.1, known().next_back()?.1))
        })
        .collect();
    let rising = ends.iter().filter(|(first, last)| last > first).count();
    let falling = ends.iter().filter(|(first, last)| last < first).count();
    format!("From first to last year {rising} of {} rise and {falling} fall.", ends.len())
}
