//! Estimates with their bounds, one a row, and what was observed directly where it was.

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{AGAINST, AXIS, BODY, GREY, INK, MAIN, Marker, SMALL, STYLES, Style};
use super::scale::{Scale, Ticks, span};
use super::{ChartError, PAGE_WIDTH, Words, at_most, finite, plain, waterfall, wording};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// Name.
    pub name: String,
    /// Estimate.
    pub point: f64,
    /// Lower bound; NaN where not known.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// What was observed directly.
    pub direct: Option<f64>,
}

/// Estimates with bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// Words.
    pub words: Words,
    /// Rows in order.
    pub rows: Vec<Interval>,
}

const CHART: &str = "intervals";
const MOST: usize = 100;
const ROW: f64 = 28.0;
/// The estimate: a filled circle.
const TRACED: Style = Style { colour: MAIN, line: MAIN, marker: Marker::Circle, ..STYLES[0] };
/// What was observed: a diamond.
const DIRECT: Style = Style { colour: AGAINST, line: AGAINST, marker: Marker::Diamond, ..STYLES[0] };

impl Intervals {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No row, an estimate that is not finite, an infinite bound, too many rows.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        let reach = self.check()?;
        let mut canvas = Canvas::new(width)?;
        let mut top = canvas.head(&self.words);
        if self.rows.iter().any(|row| row.direct.is_some()) {
            top += 6.0;
            canvas.marker((MARGIN + 6.0, top - 4.0), &TRACED, true);
            canvas.line((MARGIN, top - 4.0), (MARGIN + 12.0, top - 4.0), MAIN, 1.5, None);
            canvas.text("traced, with bounds", (MARGIN + 18.0, top), BODY, Anchor::Start);
            let next = MARGIN + 18.0 + wording::width("traced, with bounds", BODY) + 16.0;
            canvas.marker((next, top - 4.0), &DIRECT, false);
            canvas.text("direct", (next + 10.0, top), BODY, Anchor::Start);
            top += 8.0;
        }
        let names = wording::widest(self.rows.iter().map(|row| row.name.as_str()), BODY);
        let names = names.min(canvas.inner() * 0.34) + 2.0;
        let rows: Vec<&str> = self.rows.iter().map(|row| row.name.as_str()).collect();
        let (lines, size) = waterfall::names_in(&rows, names, 2);
        let told: Vec<String> = self.rows.iter().map(Interval::words).collect();
        let beside = wording::widest(told.iter().map(String::as_str), SMALL) + 10.0;
        // On a narrow sheet the numbers stand below their row instead of beside it.
        let narrow = beside > canvas.inner() * 0.34;
        let row = if narrow { ROW + 10.0 } else { ROW };
        let left = MARGIN + names + 10.0;
        let right = canvas.width() - MARGIN - if narrow { 8.0 } else { beside };
        let ticks = Ticks::around(reach, ((right - left) / 90.0).clamp(2.0, 7.0) as usize);
        let places = Scale::new(ticks.range(), (left + 6.0, right));
        let bottom = top + self.rows.len() as f64 * row + 6.0;
        let marks: Vec<(f64, String)> =
            ticks.labelled().into_iter().map(|(value, label)| (places.at(value), label)).collect();
        let below = canvas.x_axis(&marks, (left, right), (top, bottom), true, &self.words.x);
        if ticks.range().0 <= 0.0 && ticks.range().1 >= 0.0 {
            canvas.line((places.at(0.0), top), (places.at(0.0), bottom), AXIS, 1.0, None);
        }
        for (place, one) in self.rows.iter().enumerate() {
            let y = top + (place as f64 + 0.5) * row + if narrow { -2.0 } else { 2.0 };
            canvas.begin("interval", &format!("{}: {}", one.name, told[place]));
            if one.low.is_finite() && one.high.is_finite() {
                canvas.line((places.at(one.low), y), (places.at(one.high), y), MAIN, 2.0, None);
                for end in [one.low, one.high] {
                    canvas.line((places.at(end), y - 4.0), (places.at(end), y + 4.0), MAIN, 1.5, None);
                }
            }
            canvas.marker((places.at(one.point), y), &TRACED, true);
            if let Some(direct) = one.direct {
                canvas.marker((places.at(direct), y), &DIRECT, false);
            }
            canvas.end();
            waterfall::name(&mut canvas, &lines[place], (left - 8.0, y), size, false);
            if narrow {
                let x = canvas.width() - MARGIN;
                canvas.put(&told[place], (x, y + 17.0), SMALL, Anchor::End, GREY, false);
            } else {
                canvas.put(&told[place], (right + 10.0, y + 4.0), SMALL, Anchor::Start, INK, false);
            }
        }
        Ok(canvas.finish(&self.words, below, self.view()))
    }

    fn check(&self) -> Result<(f64, f64), ChartError> {
        at_most(CHART, "rows", self.rows.len(), MOST)?;
        for row in &self.rows {
            let at = |what: &str| format!("{what} of `{}`", row.name);
            finite(CHART, || at("estimate"), row.point)?;
            for (what, value) in [("lower bound", row.low), ("upper bound", row.high)] {
                if value.is_infinite() {
                    return Err(ChartError::NotFinite { chart: CHART, at: at(what), value });
                }
            }
            if let Some(direct) = row.direct {
                finite(CHART, || at("direct figure"), direct)?;
            }
        }
        let all =
            self.rows.iter().flat_map(|row| [row.point, row.low, row.high, row.direct.unwrap_or(f64::NAN)]);
        span(all).ok_or(ChartError::Nothing { chart: CHART, what: "there is no row" })
    }

    fn view(&self) -> super::drawing::View {
        let rows = self.rows.clone();
        let reach = self.check().unwrap_or((0.0, 1.0));
        Box::new(move |columns, _| {
            let names = plain::name_room(rows.iter().map(|row| row.name.as_str()), columns / 3);
            let told: Vec<String> = rows.iter().map(Interval::words).collect();
            let tails = plain::name_room(told.iter().map(String::as_str), columns / 2);
            let room = columns.saturating_sub(names + tails + 3).max(8);
            let width = if reach.1 > reach.0 { reach.1 - reach.0 } else { 1.0 };
            let place = |value: f64| (((value - reach.0) / width) * (room - 1) as f64).round() as usize;
            let mut lines: Vec<String> = rows
                .iter()
                .zip(&told)
                .map(|(row, told)| {
                    let mut cells = vec![' '; room];
                    if row.low.is_finite() && row.high.is_finite() {
                        cells[place(row.low)..=place(row.high)].fill('─');
                    }
                    cells[place(row.point)] = '●';
                    if let Some(direct) = row.direct {
                        cells[place(direct)] = '◇';
                    }
                    let bar: String = cells.into_iter().collect();
                    format!("{} {bar} {}", plain::pad(&row.name, names), plain::cut(told, tails))
                })
                .collect();
            lines.push("● estimate, ─ its bounds, ◇ direct".into());
            lines
        })
    }
}

impl Interval {
    fn words(&self) -> String {
        let told = |value: f64| match self.decimals() {
            Some(decimals) => wording::fixed(value, decimals),
            None => wording::number(value),
        };
        let mut text = told(self.point);
        if self.low.is_finite() && self.high.is_finite() {
            text.push_str(&format!(" [{}, {}]", told(self.low), told(self.high)));
        } else {
            text.push_str(", bounds not known");
        }
        if let Some(direct) = self.direct {
            text.push_str(&format!("; direct {}", told(direct)));
        }
        text
    }

    /// Decimals of all numbers of a row, so that they compare: three digits of the largest, two of the estimate.
    fn decimals(&self) -> Option<usize> {
        let all = [self.point, self.low, self.high, self.direct.unwrap_or(f64::NAN)];
        let largest = all.into_iter().filter(|value| value.is_finite()).map(f64::abs).fold(0.0, f64::max);
        let (largest, point) = (wording::decimals(largest)?, wording::decimals(self.point)?);
        Some(largest.max(point.saturating_sub(1)))
    }
}
