//! A matrix of values as a matrix of shades: dark is large, blank is missing, crossed out is a name with itself, hatched is
//! negative.

use kuva::plot::FillPattern;

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{AXIS, BODY, GREY, GRID, INK, SMALL, ink_on, ramp};
use super::scale::span;
use super::{ChartError, PAGE_WIDTH, Words, at_most, plain, wording};

/// A heat map. A missing value (NaN) is a blank cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// Words; `x` names the columns and `y` the values.
    pub words: Words,
    /// Names of rows.
    pub rows: Vec<String>,
    /// Names of columns.
    pub columns: Vec<String>,
    /// Values, one vector a row.
    pub values: Vec<Vec<f64>>,
}

const CHART: &str = "heatmap";
/// Rows or columns whose names can still be read.
const MOST: usize = 100;
/// Cells are no higher than this.
const HIGHEST: f64 = 30.0;
/// Numbers are written into cells at least so wide and so high.
const ROOM_FOR_NUMBERS: (f64, f64) = (34.0, 16.0);
/// Steps of the scale of shades.
const STEPS: usize = 5;

impl Heatmap {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No cell with a value, rows of unequal length, infinite values, too many rows or columns.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        let largest = self.largest()?;
        let mut canvas = Canvas::new(width)?;
        let top = canvas.head(&self.words);
        let mut top = self.scale_of_shades(&mut canvas, top, largest);
        if !self.words.x.is_empty() {
            top = canvas.lines(&self.words.x, top, SMALL, false, GREY) + 4.0;
        }
        let names =
            wording::widest(self.rows.iter().map(String::as_str), SMALL).min(canvas.inner() * 0.3) + 6.0;
        let left = MARGIN + names;
        // Names of columns lie flat where they fit and rise where they do not; what rises leans over the right edge.
        let longest = wording::widest(self.columns.iter().map(String::as_str), SMALL).min(110.0);
        let each = |room: f64| (room / self.columns.len() as f64).min(90.0);
        let room = canvas.width() - MARGIN - left;
        let flat = longest + 4.0 <= each(room);
        let degrees: f64 = if each(room) < 16.0 { 90.0 } else { 55.0 };
        let lean = if flat { 0.0 } else { (longest * degrees.to_radians().cos()).max(4.0) };
        let wide = each(room - (lean - each(room) / 2.0).max(0.0));
        let high = wide.clamp(12.0, HIGHEST);
        let head = if flat { 18.0 } else { (longest * degrees.to_radians().sin() + 12.0).max(18.0) };
        let first = top + head;
        // On a narrow sheet names that would be written over each other are left out.
        let step = if flat { 1 } else { ((f64::from(SMALL) + 1.0) / wide).ceil().max(1.0) as usize };
        for (place, column) in self.columns.iter().enumerate().step_by(step) {
            let middle = left + (place as f64 + 0.5) * wide;
            if flat {
                canvas.small(column, (middle, first - 5.0), Anchor::Middle);
            } else {
                let name = wording::cut(column, 110.0, SMALL);
                canvas.rising(&name, (middle + 4.0, first - 5.0), SMALL, degrees);
            }
        }
        for (row, values) in self.values.iter().enumerate() {
            let y = first + row as f64 * high;
            let name = wording::cut(&self.rows[row], names - 6.0, SMALL);
            canvas.put(&name, (left - 6.0, y + high / 2.0 + 4.0), SMALL, Anchor::End, INK, false);
            for (column, value) in values.iter().enumerate() {
                self.cell(
                    &mut canvas,
                    (left + column as f64 * wide, y),
                    (wide, high),
                    (row, column),
                    *value,
                    largest,
                );
            }
        }
        let below = first + self.rows.len() as f64 * high;
        let mut words = self.words.clone();
        if step > 1 {
            let left_out = format!("Names of columns: one in {step}, for want of room.");
            words.note = format!("{} {left_out}", words.note).trim().to_owned();
        }
        Ok(canvas.finish(&words, below, self.view(largest)))
    }

    fn cell(
        &self,
        canvas: &mut Canvas,
        at: (f64, f64),
        (wide, high): (f64, f64),
        (row, column): (usize, usize),
        value: f64,
        largest: f64,
    ) {
        let tell = format!("{}, {}: {}", self.rows[row], self.columns[column], wording::number(value));
        if value.is_nan() {
            canvas.begin("blank", &tell);
            canvas.rect(at, (wide, high), "none", Some(GRID));
            if self.rows[row] == self.columns[column] {
                crossed_out(canvas, at, (wide, high));
            }
            return canvas.end();
        }
        let shade = ramp(value.abs() / largest, value < 0.0);
        canvas.begin("cell", &tell);
        canvas.rect(at, (wide, high), &hex(shade), Some("#ffffff"));
        if value < 0.0 {
            canvas.hatch(at, (wide, high), FillPattern::DiagonalForward);
        }
        let text = short(value, largest);
        if wide >= ROOM_FOR_NUMBERS.0.max(wording::width(&text, SMALL) + 4.0) && high >= ROOM_FOR_NUMBERS.1 {
            canvas.put(
                &text,
                (at.0 + wide / 2.0, at.1 + high / 2.0 + 4.0),
                SMALL,
                Anchor::Middle,
                ink_on(shade),
                false,
            );
        }
        canvas.end();
    }

    /// From light to dark, with the numbers that the ends stand for.
    fn scale_of_shades(&self, canvas: &mut Canvas, top: f64, largest: f64) -> f64 {
        let (wide, high) = (26.0, 12.0);
        let negative = self.values.iter().flatten().any(|value| *value < 0.0);
        let mut x = MARGIN;
        let end = |canvas: &mut Canvas, text: &str, x: &mut f64| {
            canvas.small(text, (*x, top + 10.0), Anchor::Start);
            *x += wording::width(text, SMALL) + 6.0;
        };
        if negative {
            end(canvas, &short(-largest, largest), &mut x);
            for step in (1..=STEPS).rev() {
                let shade = ramp((step as f64 - 0.5) / STEPS as f64, true);
                canvas.rect((x, top), (wide, high), &hex(shade), Some("#ffffff"));
                canvas.hatch((x, top), (wide, high), FillPattern::DiagonalForward);
                x += wide;
            }
            x += 6.0;
        }
        end(canvas, "0", &mut x);
        for step in 1..=STEPS {
            let shade = ramp((step as f64 - 0.5) / STEPS as f64, false);
            canvas.rect((x, top), (wide, high), &hex(shade), Some(GRID));
            x += wide;
        }
        x += 6.0;
        end(canvas, &short(largest, largest), &mut x);
        let mut below = top;
        for (there, text) in [
            (self.has_blank(false), "not known or not defined"),
            (self.has_blank(true), "row and column the same"),
        ] {
            if !there {
                continue;
            }
            x += 12.0;
            let needs = wide + 6.0 + wording::width(text, SMALL);
            if x + needs > canvas.width() - MARGIN {
                (x, below) = (MARGIN, below + f64::from(BODY) + 6.0);
            }
            canvas.rect((x, below), (wide, high), "none", Some(GREY));
            if text.starts_with("row") {
                crossed_out(canvas, (x, below), (wide, high));
            }
            canvas.small(text, (x + wide + 6.0, below + 10.0), Anchor::Start);
            x += needs;
        }
        below + f64::from(BODY) + 10.0
    }

    /// Is there a cell without a value, of a name with itself or of two names?
    fn has_blank(&self, with_itself: bool) -> bool {
        self.rows.iter().zip(&self.values).any(|(row, values)| {
            let mut cells = self.columns.iter().zip(values);
            cells.any(|(column, value)| value.is_nan() && (row == column) == with_itself)
        })
    }

    /// The largest size of a value; checks everything else.
    fn largest(&self) -> Result<f64, ChartError> {
        let uneven = |what: String, expected: usize, found: usize| ChartError::Uneven {
            chart: CHART,
            what,
            expected: expected.to_string(),
            found: found.to_string(),
        };
        if self.values.len() != self.rows.len() {
            return Err(uneven("the list of rows".into(), self.rows.len(), self.values.len()));
        }
        for (name, values) in self.rows.iter().zip(&self.values) {
            if values.len() != self.columns.len() {
                return Err(uneven(format!("row `{name}`"), self.columns.len(), values.len()));
            }
            for (column, value) in self.columns.iter().zip(values) {
                if value.is_infinite() {
                    let at = format!("row `{name}`, column `{column}`");
                    return Err(ChartError::NotFinite { chart: CHART, at, value: *value });
                }
            }
        }
        let Some((low, high)) = span(self.values.iter().flatten().copied()) else {
            return Err(ChartError::Nothing { chart: CHART, what: "no cell has a value" });
        };
        at_most(CHART, "rows", self.rows.len(), MOST)?;
        at_most(CHART, "columns", self.columns.len(), MOST)?;
        let largest = low.abs().max(high.abs());
        Ok(if largest > 0.0 { largest } else { 1.0 })
    }

    fn view(&self, largest: f64) -> super::drawing::View {
        let chart = self.clone();
        Box::new(move |columns, _| {
            let names = plain::name_room(chart.rows.iter().map(String::as_str), columns / 4);
            let each = 4;
            let fit = ((columns - names - 1) / each).max(1).min(chart.columns.len());
            let heads: String = chart.columns[..fit]
                .iter()
                .map(|name| plain::pad(&plain::cut(name, each - 1), each))
                .collect();
            let mut lines = vec![format!("{} {heads}", " ".repeat(names))];
            for (name, values) in chart.rows.iter().zip(&chart.values) {
                let cells: String = values[..fit]
                    .iter()
                    .zip(&chart.columns)
                    .map(|(value, column)| {
                        if value.is_nan() {
                            let blank = if name == column { "\u{2572}\u{2572}\u{2572} " } else { "    " };
                            return blank.to_owned();
                        }
                        let blocks = ['·', '░', '▒', '▓', '█'];
                        let level = (value.abs() / largest * 5.0).floor().clamp(0.0, 4.0) as usize;
                        let sign = if *value < 0.0 { '-' } else { blocks[level] };
                        format!("{sign}{0}{0} ", blocks[level])
                    })
                    .collect();
                lines.push(format!("{} {cells}", plain::pad(name, names)));
            }
            let mut key = format!("from · 0 to █ {}", short(largest, largest));
            if chart.has_blank(false) {
                key.push_str("; a blank is not known");
            }
            if chart.has_blank(true) {
                key.push_str("; \u{2572} row and column the same");
            }
            lines.extend(plain::wrap(&key, columns));
            if fit < chart.columns.len() {
                lines.push(format!(
                    "{} of {} columns fit: a wider screen shows more, -o FILE.svg all",
                    fit,
                    chart.columns.len()
                ));
            }
            lines
        })
    }
}

/// A cell of a name with itself.
fn crossed_out(canvas: &mut Canvas, (x, y): (f64, f64), (wide, high): (f64, f64)) {
    canvas.line((x, y), (x + wide, y + high), AXIS, 1.0, None);
}

fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A value with digits that suit the largest of the map, not its own size.
fn short(value: f64, largest: f64) -> String {
    let decimals = if largest >= 100.0 {
        0
    } else if largest >= 10.0 {
        1
    } else if largest >= 0.1 {
        2
    } else {
        return wording::number(value);
    };
    wording::fixed(value, decimals)
}
