//! Does an economy get better at what it does? The four kinds of upgrading, over all years and over their halves.

use std::sync::Arc;

use super::EconomyPart;
use super::series::rows_of;
use crate::analysis::AnalysisError;
use crate::chart::{Lines, Words};
use crate::frame::Frame;
use crate::level::Level;
use crate::page::dataset::{in_unit, texts};
use crate::page::figure::drawn;
use crate::page::gather::Gathered;
use crate::page::options::quoted;
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};
use crate::stats::BootstrapPlan;
use crate::upgrading::vector::{self, VectorOptions};
use crate::upgrading::{Kind, MEASURES, Panel, Reading, find_measure};

/// The vector of the four kinds.
pub(super) struct Upgrading;

/// As in `upgrading`: a straight line over all years.
const WHOLE: &str = "upgrading";
const PATHS: &str = "upgrading-paths";
const HALVES: &str = "upgrading-halves";
const UNIT_OF_TRENDS: &str = "of each trend: column trend_unit";

impl EconomyPart for Upgrading {
    fn id(&self) -> &'static str {
        "upgrading"
    }

    fn title(&self) -> &'static str {
        "Does it get better at what it does?"
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        let Some(years) = &found.panel else { return Ok(Vec::new()) };
        let panel = &years.panel;
        let whole = headlines(panel)?;
        let (_, gap) = vector::shift_share_frame(panel, &[], false);
        let mut notes = years.notes.clone();
        notes.worst_identity = gap;
        notes.remarks.extend(vector::remarks_on_panel(panel));
        notes.remarks.extend(vector::remarks_on_readings(&whole));
        // Figures that were laid on the years in another way are no command's.
        let command = |more: &str| {
            let (table, options) = (quoted(&found.table), years.options.as_ref());
            options.map_or_else(String::new, |options| format!("vadex upgrading {table}{options}{more}"))
        };
        let mut data = vec![
            Dataset::new(WHOLE, vector::frame(panel, &whole), in_unit(&notes, UNIT_OF_TRENDS), command("")),
            Dataset::new(
                PATHS,
                vector::paths_frame(panel, &whole),
                in_unit(&notes, "of each change: column change_unit"),
                command(" --show paths"),
            ),
        ];
        if let Some(halves) = halves(panel, &whole)? {
            data.push(Dataset::new(HALVES, halves, in_unit(&notes, UNIT_OF_TRENDS), ""));
        }
        Ok(data)
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let whole = &data[0];
        let rows = rows_of(whole, economy);
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let name = names::said(economy);
        let heading = format!("Upgrading of {name}");
        let mut body: Vec<Body> = paths(&data[1], economy)?.into_iter().collect();
        body.push(Body::Table(vector_table(whole, &rows, &heading)));
        // An economy without figures has no trend in either half.
        let by_half = data.get(2).map(|halves| halves_table(halves, economy, &heading));
        body.extend(by_half.filter(|table| !table.rows.is_empty()).map(Body::Table));
        let measured: Vec<usize> =
            rows.iter().copied().filter(|&row| whole.number("trend", row).is_finite()).collect();
        Ok(vec![Figure {
            id: "fig-upgrading".into(),
            heading,
            says: says(whole, &rows, economy),
            reads: reads(whole, &rows),
            unit: "percent a year (100 times log points) for ratios and cumulated growth, points a year for shares".into(),
            source: found.source(),
            methods: measured.iter().filter_map(|&row| method(&whole.text("measure", row))).collect(),
            terms: vec!["trend", "direction"],
            body,
            data: data.to_vec(),
        }])
    }
}

/// The readings that stand for their kinds, of every economy.
fn headlines(panel: &Panel) -> Result<Vec<Reading>, PageError> {
    let units = panel.units(Level::Country, &[], &[]);
    let mut readings =
        vector::readings(panel, &units, &VectorOptions::default()).map_err(AnalysisError::from)?;
    readings.retain(|reading| reading.headline);
    Ok(readings)
}

/// The same measures over each half of the years, which share what is in the middle; nothing when a half is too short for
/// an interval.
fn halves(panel: &Panel, whole: &[Reading]) -> Result<Option<Frame>, PageError> {
    let calendar = panel.calendar();
    let middle = calendar.len() / 2;
    if middle + 1 < vector::fewest_of_a_line(&BootstrapPlan::default()) {
        return Ok(None);
    }
    let mut frames = Vec::new();
    for years in [&calendar[..=middle], &calendar[calendar.len() - 1 - middle..]] {
        let (Some(&from), Some(&to)) = (years.first(), years.last()) else { continue };
        let half = panel.keeping(|year| (from..=to).contains(&year));
        let units = half.units(Level::Country, &[], &[]);
        let mut readings =
            vector::readings(&half, &units, &VectorOptions::default()).map_err(AnalysisError::from)?;
        // A half in which hours are not known must not fall back on another measure: the halves would not compare.
        readings.retain(|reading| {
            whole.iter().any(|other| other.unit == reading.unit && other.profile.id == reading.profile.id)
        });
        let frame = vector::frame(&half, &readings);
        let period = texts("period", vec![format!("{from} to {to}"); frame.n_rows()]);
        let mut with_period = Frame::new().with(&period.name, period.measure, period.column);
        for field in frame.fields() {
            with_period = with_period.with(&field.name, field.measure, field.column.clone());
        }
        frames.push(with_period);
    }
    Ok(Some(Frame::stack(&frames)))
}

/// What each kind did, kind by kind.
fn says(data: &Dataset, rows: &[usize], economy: &str) -> String {
    let (mut told, mut missing): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut spans: Vec<(String, f64, f64)> = Vec::new();
    for &row in rows {
        let kind = data.text("kind", row);
        let trend = data.number("trend", row);
        if trend.is_nan() {
            missing.push(kind);
            continue;
        }
        let (first, last) = (data.number("from", row), data.number("to", row));
        (from, to) = (from.min(first), to.max(last));
        spans.push((kind.clone(), first, last));
        told.push(format!(
            "{kind} {}{} ({})",
            number::signed(trend, 2),
            unit_after(&data.text("trend_unit", row)),
            found_of(data, row)
        ));
    }
    let missing = if missing.is_empty() {
        String::new()
    } else {
        format!(" Not measured for want of data: {}.", missing.join(", "))
    };
    if told.is_empty() {
        return format!("{} has no figures for any kind of upgrading.{missing}", names::opening(economy));
    }
    // Hours and skills are known of fewer years than output.
    let shorter: Vec<String> = spans
        .iter()
        .filter(|(_, first, last)| *first > from || *last < to)
        .map(|(kind, first, last)| format!("{kind} {first} to {last}"))
        .collect();
    let shorter = if shorter.is_empty() {
        String::new()
    } else {
        format!(" Of fewer years, for want of figures: {}.", shorter.join(", "))
    };
    format!(
        "Upgrading of {} from {from} to {to}: {}.{shorter}{missing}",
        names::said(economy),
        told.join(", ")
    )
}

/// `% a year` stands at its number, `points a year` a word apart.
fn unit_after(unit: &str) -> String {
    if unit.starts_with('%') { unit.to_owned() } else { format!(" {unit}") }
}

/// Where a trend points, in words.
fn found_of(data: &Dataset, row: usize) -> String {
    let direction = data.text("direction", row);
    match (data.text("status", row).as_str(), direction.as_str()) {
        ("missing", _) => "not measured".into(),
        (_, "") => "too few years for an interval".into(),
        _ => direction,
    }
}

fn reads(data: &Dataset, rows: &[usize]) -> String {
    let proxy = if rows.iter().any(|&row| data.text("status", row) == "proxy") {
        " Functional upgrading is read from skills, which stand in for business functions."
    } else {
        ""
    };
    let level = (100.0 * BootstrapPlan::default().level).round();
    format!(
        "A trend is the slope of a straight line through the years, with its {level}% interval, which allows for what is left of \
         one year's shock in the next; an advance has its whole interval on the better side, `unclear` holds zero. Lines show how \
         far each measure has moved since its first year, as 100 times the logarithm of the ratio: 10 is about 10 percent more, \
         110 about three times as much.{proxy} Data that \
         are missing are named with the options of `vadex upgrading` that read them."
    )
}

/// The four kinds over all years.
fn vector_table(data: &Arc<Dataset>, rows: &[usize], caption: &str) -> Table {
    let said = |of: &dyn Fn(usize) -> String| Cell::Said(rows.iter().map(|&row| of(row)).collect());
    Table {
        caption: caption.to_owned(),
        columns: vec![
            Shown::new("Kind", Cell::Text("kind")),
            Shown::new("Trend [interval]", Cell::EstimateOf("trend", "trend_lo", "trend_hi", "trend_unit")),
            Shown::new("Reads as", said(&|row| found_of(data, row))),
            Shown::new("From", Cell::Whole("from")),
            Shown::new("To", Cell::Whole("to")),
            Shown::new("First value", Cell::Significant("first")),
            Shown::new("Last value", Cell::Significant("last")),
            Shown::new("Measured by", said(&|row| question(&data.text("measure", row)))),
            Shown::new("Missing", said(&|row| needs(data, row))),
        ],
        rows: rows.to_vec(),
        data: Arc::clone(data),
    }
}

/// The same trends in each half of the years.
fn halves_table(data: &Arc<Dataset>, economy: &str, caption: &str) -> Table {
    let mut rows = rows_of(data, economy);
    rows.retain(|&row| data.number("trend", row).is_finite());
    let place = |row: usize| Kind::ALL.iter().position(|kind| kind.id() == data.text("kind", row));
    rows.sort_by_key(|&row| (place(row), row));
    Table {
        caption: format!("{caption}, by halves of the years"),
        columns: vec![
            Shown::new("Kind", Cell::Text("kind")),
            Shown::new("Half", Cell::Text("period")),
            Shown::new("Trend [interval]", Cell::EstimateOf("trend", "trend_lo", "trend_hi", "trend_unit")),
            Shown::new("Reads as", Cell::Said(rows.iter().map(|&row| found_of(data, row)).collect())),
            Shown::new("From", Cell::Whole("from")),
            Shown::new("To", Cell::Whole("to")),
        ],
        rows,
        data: Arc::clone(data),
    }
}

/// The question that a measure answers.
fn question(measure: &str) -> String {
    find_measure(measure).map_or_else(|_| measure.to_owned(), |found| found.profile().question.to_owned())
}

/// What is missing, or what the measure that comes first for the kind would need.
fn needs(data: &Dataset, row: usize) -> String {
    let needs = data.text("needs", row);
    if data.text("status", row) == "missing" {
        return needs;
    }
    let kind = data.text("kind", row);
    let first = MEASURES
        .iter()
        .map(|measure| measure.profile())
        .find(|profile| profile.headline && !profile.proxy && profile.kind.id() == kind);
    match first.filter(|profile| profile.id != data.text("measure", row)) {
        Some(profile) => {
            let before = if needs.is_empty() { String::new() } else { format!("{needs}; ") };
            format!("{before}{} would need {}", profile.id, profile.needs)
        }
        None => needs,
    }
}

/// Paths since the first year, one line a kind.
fn paths(data: &Dataset, economy: &str) -> Result<Option<Body>, PageError> {
    let rows = rows_of(data, economy);
    let mut series: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for kind in Kind::ALL {
        let of_kind = rows.iter().filter(|&&row| {
            // Points of a share have another axis than per cent.
            data.text("kind", row) == kind.id() && data.text("change_unit", row) == "%"
        });
        let points: Vec<(f64, f64)> =
            of_kind.map(|&row| (data.number("year", row), data.number("change", row))).collect();
        if points.len() > 1 {
            series.push((kind.id().to_owned(), points));
        }
    }
    if series.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = series.iter().map(|(name, _)| name.as_str()).collect();
    let words = Words {
        x: "Year".into(),
        y: "100 \u{d7} log of the ratio to the first year".into(),
        description: format!(
            "Lines by year for {} upgrading: 100 times the logarithm of the ratio to the first year, so that 10 is about 10 \
             percent more and 110 about three times as much. The table has the trends.",
            names.join(", ")
        ),
        ..Words::default()
    };
    drawn("fig-upgrading", Lines { words, series }.draw()).map(Some)
}

fn method(measure: &str) -> Option<MethodNote> {
    let profile = find_measure(measure).ok()?.profile();
    let (words, doi) = profile.source.split_once(", https://doi.org/").unwrap_or((profile.source, ""));
    // Words may follow the address.
    let (doi, after) =
        doi.split_once(", ").map_or((doi, String::new()), |(doi, rest)| (doi, format!(", {rest}")));
    let stop = if profile.question.ends_with(['?', '.']) { "" } else { "." };
    Some(MethodNote {
        id: profile.id.to_owned(),
        words: format!("{}{stop} One way of measuring {} upgrading.", profile.question, profile.kind.id()),
        equation: profile.equation.to_owned(),
        sources: vec![(format!("{words}{after}"), doi.to_owned())],
        cautions: Vec::new(),
    })
}
