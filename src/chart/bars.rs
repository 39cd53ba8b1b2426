//! Parts of wholes side by side: one stacked bar a category, negative parts to the left of zero.

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{AXIS, BODY, INK, SMALL, STYLES};
use super::plain::{self, Row};
use super::scale::{Scale, Ticks, span};
use super::{ChartError, PAGE_WIDTH, Words, at_most, finite, waterfall, wording};

/// Stacked bars. A missing value (NaN) leaves its place empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Words.
    pub words: Words,
    /// Categories in order, one bar each.
    pub categories: Vec<String>,
    /// Name and values, one a category, of each series.
    pub series: Vec<(String, Vec<f64>)>,
}

const CHART: &str = "bars";
/// More bars than this do not stand on one page.
const MOST: usize = 100;
const GAP: f64 = 6.0;
const NAME_LINES: usize = 2;

impl Bars {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No category or series, values that do not match the categories, infinite values, too many of either.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        let stacks = self.stacks()?;
        let bar = if self.categories.len() > 30 { 14.0 } else { 18.0 };
        let mut canvas = Canvas::new(width)?;
        let mut top = canvas.head(&self.words);
        if self.series.len() > 1 {
            top = self.legend(&mut canvas, top);
        }
        let names = wording::widest(self.categories.iter().map(String::as_str), BODY);
        let names = names.min(canvas.inner() * 0.36) + 2.0;
        let told: Vec<&str> = self.categories.iter().map(String::as_str).collect();
        let (lines, size) = waterfall::names_in(&told, names, if bar > 15.0 { NAME_LINES } else { 1 });
        let sums = self.sums();
        let room = wording::widest(sums.iter().map(String::as_str), SMALL) + 8.0;
        let (left, right) = (MARGIN + names + 8.0, canvas.width() - MARGIN - room);
        let reach = span(stacks.iter().flatten().flat_map(|part| [part.1, part.2]).chain([0.0]));
        let reach = reach.unwrap_or((0.0, 1.0));
        let ticks = Ticks::around(reach, ((right - left) / 90.0).clamp(2.0, 7.0) as usize);
        let reach = if reach.0 < reach.1 { reach } else { ticks.range() };
        let scale = Scale::new(reach, (left, right));
        let bottom = top + self.categories.len() as f64 * (bar + GAP) + GAP;
        let shown: Vec<(f64, String)> = ticks
            .labelled()
            .into_iter()
            .filter(|(value, _)| (reach.0..=reach.1).contains(value))
            .map(|(value, label)| (scale.at(value), label))
            .collect();
        let below = canvas.x_axis(&shown, (left, right), (top, bottom), true, &self.words.x);
        for (place, category) in self.categories.iter().enumerate() {
            let y = top + GAP + place as f64 * (bar + GAP);
            for (series, from, to) in &stacks[place] {
                let style = &STYLES[*series];
                let tell = format!("{category}, {}: {}", self.series[*series].0, wording::number(to - from));
                canvas.begin("bar", &tell);
                canvas.bar(
                    (scale.at(*from), y),
                    (scale.at(*to) - scale.at(*from), bar),
                    style.colour,
                    style.pattern,
                );
                canvas.end();
            }
            waterfall::name(&mut canvas, &lines[place], (left - 8.0, y + bar / 2.0), size, false);
            let end = stacks[place].iter().map(|part| part.1.max(part.2)).fold(0.0_f64, f64::max);
            canvas.put(
                &sums[place],
                (scale.at(end) + 5.0, y + bar / 2.0 + 4.0),
                SMALL,
                Anchor::Start,
                INK,
                false,
            );
        }
        canvas.line((scale.at(0.0), top), (scale.at(0.0), bottom), AXIS, 1.0, None);
        Ok(canvas.finish(&self.words, below, self.view(&stacks)))
    }

    /// Parts of each bar: series, start, end.
    fn stacks(&self) -> Result<Vec<Vec<(usize, f64, f64)>>, ChartError> {
        if self.categories.is_empty() || self.series.is_empty() {
            return Err(ChartError::Nothing { chart: CHART, what: "there is no category or no series" });
        }
        at_most(CHART, "bars", self.categories.len(), MOST)?;
        at_most(CHART, "parts of a bar", self.series.len(), STYLES.len())?;
        for (name, values) in &self.series {
            if values.len() != self.categories.len() {
                return Err(ChartError::Uneven {
                    chart: CHART,
                    what: format!("series `{name}`"),
                    expected: format!("{} values", self.categories.len()),
                    found: values.len().to_string(),
                });
            }
        }
        if self.series.iter().all(|(_, values)| values.iter().all(|value| value.is_nan())) {
            return Err(ChartError::Nothing { chart: CHART, what: "every value is missing" });
        }
        let mut stacks = Vec::with_capacity(self.categories.len());
        for (place, category) in self.categories.iter().enumerate() {
            let (mut up, mut down) = (0.0, 0.0);
            let mut parts = Vec::new();
            for (series, (name, values)) in self.series.iter().enumerate() {
                if values[place].is_nan() {
                    continue;
                }
                let value = finite(CHART, || format!("`{name}` of `{category}`"), values[place])?;
                let side = if value < 0.0 { &mut down } else { &mut up };
                parts.push((series, *side, *side + value));
                *side += value;
            }
            stacks.push(parts);
        }
        Ok(stacks)
    }

    /// What stands at the ends of the bars: their sums, where every part is known, with as many decimals each.
    fn sums(&self) -> Vec<String> {
        let sums: Vec<f64> = (0..self.categories.len())
            .map(|category| self.series.iter().map(|(_, values)| values[category]).sum())
            .collect();
        let decimals = decimals(&sums);
        let told = |sum: &f64| match decimals {
            _ if sum.is_nan() => "not known".to_owned(),
            Some(decimals) => wording::fixed(*sum, decimals),
            None => wording::number(*sum),
        };
        sums.iter().map(told).collect()
    }

    /// Names of the parts in the order in which they are stacked.
    fn legend(&self, canvas: &mut Canvas, top: f64) -> f64 {
        let (swatch, mut x, mut y) = (14.0, MARGIN, top);
        for (series, (name, _)) in self.series.iter().enumerate() {
            let lines = wording::wrap(name, canvas.inner() - swatch - 6.0, BODY);
            let wide = swatch + 6.0 + wording::widest(lines.iter().map(String::as_str), BODY) + 18.0;
            if x > MARGIN && x + wide - 18.0 > canvas.width() - MARGIN {
                (x, y) = (MARGIN, y + 20.0);
            }
            canvas.bar((x, y), (swatch, swatch), STYLES[series].colour, STYLES[series].pattern);
            for (place, line) in lines.iter().enumerate() {
                canvas.text(line, (x + swatch + 6.0, y + 12.0 + 16.0 * place as f64), BODY, Anchor::Start);
            }
            y += 16.0 * (lines.len() as f64 - 1.0);
            x += wide;
        }
        y + 26.0
    }

    fn view(&self, stacks: &[Vec<(usize, f64, f64)>]) -> super::drawing::View {
        let stacks = stacks.to_vec();
        let chart = self.clone();
        let sums = self.sums();
        Box::new(move |columns, _| {
            let rows: Vec<Row> = chart
                .categories
                .iter()
                .zip(&stacks)
                .enumerate()
                .map(|(place, (name, parts))| Row {
                    name: name.clone(),
                    parts: parts
                        .iter()
                        .map(|(series, from, to)| (*from, *to, STYLES[*series].block))
                        .collect(),
                    tail: sums[place].clone(),
                })
                .collect();
            let mut lines = Vec::new();
            if chart.series.len() > 1 {
                let names: Vec<String> = chart
                    .series
                    .iter()
                    .enumerate()
                    .map(|(series, (name, _))| format!("{} {name}", STYLES[series].block))
                    .collect();
                let together = names.join("   ");
                // On one line where they fit, else each on its own.
                if plain::length(&together) <= columns {
                    lines.push(together);
                } else {
                    lines.extend(names);
                }
                lines.push(String::new());
            }
            lines.extend(plain::bars(&rows, columns));
            lines
        })
    }
}

/// Decimals that suit every number of a list; none where the smallest would be lost beside the largest.
fn decimals(values: &[f64]) -> Option<usize> {
    let sizes = || values.iter().map(|value| value.abs()).filter(|size| *size > 0.0);
    let largest = sizes().fold(0.0, f64::max);
    // Rounded first: 99.96 has as many digits as 100.
    let largest: f64 = format!("{largest:.2e}").parse().unwrap_or(largest);
    // Decimals, and half of the last digit: what is less would be nothing.
    let (decimals, least) = match largest {
        size if size >= 100.0 => (0, 0.5),
        size if size >= 10.0 => (1, 0.05),
        _ => (2, 0.005),
    };
    sizes().all(|size| size >= least).then_some(decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_bars_have_as_many_decimals() {
        let bars = |values: Vec<f64>| Bars {
            words: Words::default(),
            categories: values.iter().map(|value| value.to_string()).collect(),
            series: vec![("one".into(), values)],
        };
        assert_eq!(bars(vec![2.404, 0.893, f64::NAN]).sums(), ["2.40", "0.89", "not known"]);
        assert_eq!(bars(vec![12.34, 2.4]).sums(), ["12.3", "2.4"]);
        // Nothing is rounded away.
        assert_eq!(bars(vec![123_456.0, 0.25]).sums(), ["123,456", "0.250"]);
    }
}
