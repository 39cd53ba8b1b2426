//! A few lines over a common axis, each with its name at its end.

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{AXIS, BODY, STYLES};
use super::scale::{Scale, Ticks, are_years, axis_ticks, span};
use super::{ChartError, PAGE_WIDTH, Words, at_most, plain, wording};

/// Lines. A missing value (NaN) is a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// Words.
    pub words: Words,
    /// Name and points of each line.
    pub series: Vec<(String, Vec<(f64, f64)>)>,
}

const CHART: &str = "lines";
const HEIGHT: f64 = 300.0;
/// Points that are still told apart by markers.
const MARKED: usize = 40;

impl Lines {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No point with a value, an infinite value, more lines than can be told apart.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        let (across, along) = self.check()?;
        let mut canvas = Canvas::new(width)?;
        let top = canvas.head(&self.words) + 4.0;
        let bottom = top + HEIGHT;
        let ticks = Ticks::around(along, 5);
        let heights = Scale::new(ticks.range(), (bottom, top));
        let rungs: Vec<(f64, String)> =
            ticks.labelled().into_iter().map(|(value, label)| (heights.at(value), label)).collect();
        let labels = wording::widest(rungs.iter().map(|(_, label)| label.as_str()), super::look::SMALL);
        let names = wording::widest(self.series.iter().map(|(name, _)| name.as_str()), BODY);
        let names = names.min(canvas.inner() * 0.33) + 2.0;
        let (left, right) = (MARGIN + labels + 8.0, canvas.width() - MARGIN - names - 22.0);
        let years = are_years(self.points().map(|(x, _)| x));
        let (marks, range) = axis_ticks(across, years, right - left);
        let places = Scale::new(range, (left, right));
        canvas.y_axis(&rungs, (left, right), true);
        let marks: Vec<(f64, String)> = marks.into_iter().map(|(x, label)| (places.at(x), label)).collect();
        let below = canvas.x_axis(&marks, (left, right), (top, bottom), false, &self.words.x);
        let (low, high) = ticks.range();
        if low < 0.0 && high > 0.0 {
            canvas.line((left, heights.at(0.0)), (right, heights.at(0.0)), AXIS, 1.0, None);
        }
        canvas.line((left, bottom), (right, bottom), AXIS, 1.0, None);
        let ends = self.draw_series(&mut canvas, &places, &heights);
        let wanted: Vec<f64> = ends.iter().map(|(_, (_, y))| *y).collect();
        let spread = apart(&wanted, f64::from(BODY) + 3.0, (top, bottom));
        for ((series, (x, y)), label) in ends.iter().zip(spread) {
            let style = &STYLES[*series];
            canvas.path(
                &[(x + 5.0, *y), (right + 6.0, *y), (right + 12.0, label), (right + 16.0, label)],
                style.line,
                0.8,
                None,
            );
            let name = wording::cut(&self.series[*series].0, names, BODY);
            canvas.text(&name, (right + 19.0, label + 4.5), BODY, Anchor::Start);
        }
        Ok(canvas.finish(&self.words, below, self.view()))
    }

    /// Draws each line; hands back which have an end, and where.
    fn draw_series(&self, canvas: &mut Canvas, places: &Scale, heights: &Scale) -> Vec<(usize, (f64, f64))> {
        let mut ends = Vec::new();
        for (series, (name, points)) in self.series.iter().enumerate() {
            let style = &STYLES[series];
            let at: Vec<(f64, f64)> = points.iter().map(|(x, y)| (places.at(*x), heights.at(*y))).collect();
            canvas.begin("line", name);
            canvas.path(&at, style.line, 2.0, style.dash);
            let known: Vec<(f64, f64)> =
                at.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
            // Many points: a marker now and then is enough to tell the lines apart.
            let step = known.len().div_ceil(MARKED).max(1);
            for point in known.iter().step_by(step) {
                canvas.marker(*point, style, true);
            }
            canvas.end();
            if let Some(end) = known.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)) {
                ends.push((series, end));
            }
        }
        ends
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.series.iter().flat_map(|(_, points)| points.iter().copied())
    }

    fn check(&self) -> Result<((f64, f64), (f64, f64)), ChartError> {
        at_most(CHART, "lines", self.series.len(), STYLES.len())?;
        for (name, points) in &self.series {
            for (x, y) in points {
                if !x.is_finite() || y.is_infinite() {
                    let at = format!("`{name}` at {x}");
                    return Err(ChartError::NotFinite { chart: CHART, at, value: *y });
                }
            }
        }
        let known = || self.points().filter(|(_, y)| y.is_finite());
        match (span(known().map(|(x, _)| x)), span(known().map(|(_, y)| y))) {
            (Some(across), Some(along)) => Ok((across, along)),
            _ => Err(ChartError::Nothing { chart: CHART, what: "no line has a value" }),
        }
    }

    fn view(&self) -> super::drawing::View {
        let chart = self.clone();
        Box::new(move |columns, rows| {
            let marks: Vec<char> = ('a'..='z').collect();
            let series: Vec<(char, Vec<(f64, f64)>)> =
                chart.series.iter().enumerate().map(|(i, (_, points))| (marks[i], points.clone())).collect();
            let mut lines = plain::grid(&series, columns, rows.saturating_sub(chart.series.len() + 6), false);
            lines.push(String::new());
            let names = plain::name_room(chart.series.iter().map(|(name, _)| name.as_str()), columns / 3);
            for (place, (name, points)) in chart.series.iter().enumerate() {
                lines.push(format!("{} {}", marks[place], summary(name, names, points, columns - 2)));
            }
            lines
        })
    }
}

/// Name, first and last value, and the line between them.
pub(super) fn summary(name: &str, names: usize, points: &[(f64, f64)], columns: usize) -> String {
    let known: Vec<&(f64, f64)> = points.iter().filter(|(_, y)| y.is_finite()).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return format!("{} not known", plain::pad(name, names));
    };
    let values: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
    let told = format!(
        "{} {:>6} to {} {:>6}",
        plain::axis_number(first.0),
        wording::number(first.1),
        plain::axis_number(last.0),
        wording::number(last.1)
    );
    let spark = plain::sparkline(&values);
    let room = columns.saturating_sub(names + 2 + plain::length(&told));
    let spark = if plain::length(&spark) > room { String::new() } else { spark };
    format!("{} {} {spark}", plain::pad(name, names), told)
}

/// Places as near as possible to those wanted, in the same order, at least `gap` apart, inside the limits.
pub(super) fn apart(wanted: &[f64], gap: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut places = wanted.to_vec();
    let mut last = f64::NEG_INFINITY;
    for &i in &order {
        places[i] = places[i].max(last + gap);
        last = places[i];
    }
    // What was pushed beyond the end is pushed back.
    let mut next = bottom.max(top + gap * wanted.len() as f64) + gap;
    for &i in order.iter().rev() {
        places[i] = places[i].min(next - gap);
        next = places[i];
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_order_and_their_distance() {
        let places = apart(&[50.0, 51.0, 99.0, 10.0, 98.0], 12.0, (0.0, 100.0));
        let mut sorted = places.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 12.0 - 1e-9), "{places:?}");
        assert!(places[3] < places[0] && places[0] < places[1] && places[4] < places[2]);
        assert!(sorted[4] <= 100.0);
    }
}
