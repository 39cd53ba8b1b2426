//! Terms that add up, one below the other: each starts where the one before ended.
//!
//! Horizontal, because the names of terms are long. What lowers the sum is hatched and of another colour; totals are
//! dark and start at zero.

use kuva::plot::FillPattern;

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{AGAINST, AXIS, BODY, INK, MAIN, SMALL};
use super::plain::{self, Row};
use super::scale::{Scale, Ticks, span};
use super::{ChartError, PAGE_WIDTH, Words, at_most, finite, wording};

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Name in words.
    pub name: String,
    /// What it adds; of a total, its whole height.
    pub value: f64,
    /// Whether it is a total, drawn from zero.
    pub total: bool,
}

/// A waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// Words.
    pub words: Words,
    /// Steps in order.
    pub steps: Vec<Step>,
}

const CHART: &str = "waterfall";
/// More steps than this are no longer one story.
const MOST: usize = 40;
const BAR: f64 = 20.0;
const GAP: f64 = 8.0;
/// Lines that a name may take: on a phone the longest terms need them, and differ in their last words only.
const NAME_LINES: usize = 6;
/// Height of a line of a long name.
const LINE: f64 = 13.0;

impl Waterfall {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No step, a value that is not finite, or too many steps.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        let bars = self.bars()?;
        let mut canvas = Canvas::new(width)?;
        let top = canvas.head(&self.words);
        let names = wording::widest(self.steps.iter().map(|step| step.name.as_str()), BODY);
        let names = names.min(canvas.inner() * 0.4) + 2.0;
        let told: Vec<&str> = self.steps.iter().map(|step| step.name.as_str()).collect();
        let (lines, size) = names_in(&told, names, NAME_LINES);
        let rows: Vec<f64> =
            lines.iter().map(|lines| (BAR + GAP).max(lines.len() as f64 * LINE + 5.0)).collect();
        let values: Vec<String> = self.steps.iter().map(|step| wording::number(step.value)).collect();
        let room = wording::widest(values.iter().map(String::as_str), SMALL) + 8.0;
        let (left, right) = (MARGIN + names + 8.0, canvas.width() - MARGIN - room);
        let reach = span(bars.iter().flat_map(|(a, b)| [*a, *b]).chain([0.0])).unwrap_or((0.0, 1.0));
        let ticks = Ticks::around(reach, ((right - left) / 90.0).clamp(2.0, 7.0) as usize);
        // The bars use all the room there is; ticks beyond the data are left out.
        let reach = if reach.0 < reach.1 { reach } else { ticks.range() };
        let scale = Scale::new(reach, (left, right));
        let bottom = top + rows.iter().sum::<f64>() + GAP;
        let shown: Vec<(f64, String)> = ticks
            .labelled()
            .into_iter()
            .filter(|(value, _)| (reach.0..=reach.1).contains(value))
            .map(|(value, label)| (scale.at(value), label))
            .collect();
        let below = canvas.x_axis(&shown, (left, right), (top, bottom), true, &self.words.x);
        for (place, ((step, (from, to)), value)) in self.steps.iter().zip(&bars).zip(&values).enumerate() {
            let row = rows[place];
            let y = top + GAP / 2.0 + rows[..place].iter().sum::<f64>() + (row - BAR) / 2.0;
            let lowers = to < from;
            let (colour, pattern) = match (step.total, lowers) {
                (true, _) => (INK, FillPattern::Solid),
                (false, false) => (MAIN, FillPattern::Solid),
                (false, true) => (AGAINST, FillPattern::DiagonalForward),
            };
            canvas.begin("step", &format!("{}: {value}", step.name));
            canvas.bar((scale.at(*from), y), (scale.at(*to) - scale.at(*from), BAR), colour, pattern);
            canvas.end();
            if let Some((next, _)) = bars.get(place + 1) {
                let below_gap = (rows[place + 1] - BAR) / 2.0;
                // Where the next step starts, unless that is zero because it is a total.
                let x = scale.at(*to);
                if !self.steps[place + 1].total || (next - to).abs() <= f64::EPSILON {
                    canvas.line((x, y + BAR), (x, y + (row + BAR) / 2.0 + below_gap), AXIS, 1.0, Some("2 2"));
                }
            }
            name(&mut canvas, &lines[place], (left - 8.0, y + BAR / 2.0), size, step.total);
            canvas.put(
                value,
                (scale.at(from.max(*to)) + 5.0, y + BAR / 2.0 + 4.0),
                SMALL,
                Anchor::Start,
                INK,
                step.total,
            );
        }
        canvas.line((scale.at(0.0), top), (scale.at(0.0), bottom), AXIS, 1.0, None);
        Ok(canvas.finish(&self.words, below, self.view(&bars)))
    }

    /// Where each bar starts and ends.
    fn bars(&self) -> Result<Vec<(f64, f64)>, ChartError> {
        if self.steps.is_empty() {
            return Err(ChartError::Nothing { chart: CHART, what: "there is no step" });
        }
        at_most(CHART, "steps", self.steps.len(), MOST)?;
        let mut sum = 0.0;
        self.steps
            .iter()
            .map(|step| {
                let value = finite(CHART, || format!("`{}`", step.name), step.value)?;
                if step.total {
                    sum = value;
                    return Ok((0.0, value));
                }
                let from = sum;
                sum += value;
                Ok((from, sum))
            })
            .collect()
    }

    fn view(&self, bars: &[(f64, f64)]) -> super::drawing::View {
        let rows: Vec<(String, f64, f64, char, String)> = self
            .steps
            .iter()
            .zip(bars)
            .map(|(step, (from, to))| {
                let block = if step.total {
                    '█'
                } else if to < from {
                    '░'
                } else {
                    '▒'
                };
                (step.name.clone(), *from, *to, block, wording::number(step.value))
            })
            .collect();
        Box::new(move |columns, _| {
            let rows: Vec<Row> = rows
                .iter()
                .map(|(name, from, to, block, value)| Row {
                    name: name.clone(),
                    parts: vec![(*from, *to, *block)],
                    tail: value.clone(),
                })
                .collect();
            plain::bars(&rows, columns)
        })
    }
}

/// Names in lines and their size: the usual one where every name fits one line, else a smaller one for all.
pub(super) fn names_in(names: &[&str], room: f64, most: usize) -> (Vec<Vec<String>>, u32) {
    if names.iter().all(|name| wording::width(name, BODY) <= room) {
        return (names.iter().map(|name| vec![(*name).to_owned()]).collect(), BODY);
    }
    (names.iter().map(|name| wording::wrap_to(name, room, SMALL, most)).collect(), SMALL)
}

/// A name of one or more lines that ends at a place, centred on it.
pub(super) fn name(canvas: &mut Canvas, lines: &[String], (x, y): (f64, f64), size: u32, bold: bool) {
    let leading = f64::from(size) * 1.15;
    let first = y - leading * (lines.len() as f64 - 1.0) / 2.0 + f64::from(size) * 0.35;
    for (place, line) in lines.iter().enumerate() {
        canvas.put(line, (x, first + leading * place as f64), size, Anchor::End, INK, bold);
    }
}
