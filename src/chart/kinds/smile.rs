//! What stages of a chain keep of their output, against how far they are from final use.

use super::{ChartKind, Request, Told, common, missing, one_of_the_rest};
use crate::chart::{ChartError, Drawing, Sheet, Smile, SmilePoint, wording};

/// A smile curve.
#[derive(Debug)]
pub(super) struct SmileKind;

/// Columns that say where a stage stands, best first.
const POSITIONS: [&str; 5] = ["position", "upstreamness", "distance", "downstreamness", "apl_forward"];
/// Columns that say what it earns.
const SHARES: [&str; 3] = ["share", "outcome", "value"];
/// Columns of value added, and of the output it is a share of.
const INCOME: (&str, &str) = ("gvc_income", "output");
/// Columns that say how large it is.
const SIZES: [&str; 4] = ["size", "gvc_income", "output", "gexp"];

impl ChartKind for SmileKind {
    fn id(&self) -> &'static str {
        "smile"
    }

    fn summary(&self) -> &'static str {
        "what each sector keeps of its output against its distance from final use: the smile curve, if it is one"
    }

    fn columns(&self) -> &'static str {
        "a position (upstreamness, distance), a share (or gvc_income and output), a size if there is one; one year"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &[
            "vadex indicators upstreamness gvc-earnings builtin:wiod13 --level sector --economy CHN --year 2011 -o smile.csv",
        ]
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0].widened();
        let Some(position) = sheet.first_of(&POSITIONS) else {
            return Err(missing(self, sheet, &["upstreamness (or position, distance)"]));
        };
        let keys = sheet.varying();
        one_of_the_rest(self, sheet, &keys)?;
        let told = Told::of(sheet, request);
        let asked = request.values.first().map(String::as_str);
        if let Some(column) = asked.filter(|column| !sheet.measures().contains(column)) {
            return Err(ChartError::NoColumn {
                file: sheet.name.clone(),
                column: column.to_owned(),
                found: sheet.measures().join(", "),
            });
        }
        let ratio = sheet.has(INCOME.0) && sheet.has(INCOME.1);
        let share = asked.or_else(|| sheet.first_of(&SHARES).filter(|_| !ratio));
        if share.is_none() && !ratio {
            return Err(missing(self, sheet, &["share (or gvc_income and output)"]));
        }
        let size = sheet.first_of(&SIZES);
        let mut left_out = 0;
        let mut points = Vec::new();
        for row in 0..sheet.n_rows() {
            let parts: Vec<String> = keys.iter().map(|key| sheet.text(key, row)).collect();
            let point = SmilePoint {
                name: if parts.is_empty() { (row + 1).to_string() } else { parts.join(", ") },
                position: sheet.number(position, row),
                share: share.map_or_else(
                    || 100.0 * sheet.number(INCOME.0, row) / sheet.number(INCOME.1, row),
                    |column| told.value(column, row),
                ),
                size: size.map_or(1.0, |column| sheet.number(column, row)).max(0.0),
            };
            // A sector without output has no share: it is counted, not drawn.
            if point.position.is_finite() && point.share.is_finite() && point.size.is_finite() {
                points.push(point);
            } else {
                left_out += 1;
            }
        }
        let y = share.map_or_else(|| "Value added in output (%)".to_owned(), |column| told.label(column));
        let title = format!("What stages of production keep, {}", common(sheet, &keys));
        let mut words = told.words(title.trim_end_matches(", ").to_owned(), told.label(position), y);
        if let Some(size) = size {
            words.note =
                format!("Area of a circle: {}.", super::with_unit(&told.name(size), &told.unit(size)));
        }
        if left_out > 0 {
            words.note.push_str(&format!(" {left_out} without output or value are not drawn."));
        }
        words.description = describe(&points);
        Smile { words, points }.draw_at(request.width)
    }
}

fn describe(points: &[SmilePoint]) -> String {
    let by = |value: fn(&SmilePoint) -> f64| points.iter().max_by(move |a, b| value(a).total_cmp(&value(b)));
    let (Some(most), Some(least)) = (by(|point| point.share), by(|point| -point.share)) else {
        return String::new();
    };
    format!(
        "{} points. {} keeps most ({} at position {}), {} least ({} at position {}).",
        points.len(),
        most.name,
        wording::number(most.share),
        wording::number(most.position),
        least.name,
        wording::number(least.share),
        wording::number(least.position)
    )
}
