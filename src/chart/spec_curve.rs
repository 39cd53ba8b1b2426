//! The specification curve: estimates of all ways of measuring in order of size, and below which choices each made.
//!
//! After Simonsohn, Simmons & Nelson (2020), "Specification curve analysis", Nature Human Behaviour 4:1208-1214,
//! doi:10.1038/s41562-020-0912-z, figure 2.

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{AGAINST, AXIS, GREY, INK, MAIN, SHADE, SMALL};
use super::scale::{Scale, Ticks, span};
use super::{ChartError, PAGE_WIDTH, Words, at_most, plain, wording};

/// One way of measuring and what came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Specification {
    /// Estimate.
    pub estimate: f64,
    /// Lower end of its interval; NaN where not known.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Which choices it made, one a name in [`SpecCurve::choices`].
    pub choices: Vec<bool>,
}

/// A specification curve.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecCurve {
    /// Words.
    pub words: Words,
    /// Names of choices; "dimension: choice" puts choices of one dimension under a heading.
    pub choices: Vec<String>,
    /// Specifications in any order: drawn in order of their estimates.
    pub specifications: Vec<Specification>,
}

const CHART: &str = "spec-curve";
const MOST: usize = 2000;
const MOST_CHOICES: usize = 60;
const HEIGHT: f64 = 220.0;
const ROW: f64 = 15.0;
/// Points that an interval is made of in lines of text: more than a screen has rows.
const STROKE: i32 = 60;

impl SpecCurve {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No specification, an estimate that is not finite, too many of either, choices that do not match their names.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        let order = self.order()?;
        let mut canvas = Canvas::new(width)?;
        let mut top = canvas.head(&self.words) + 2.0;
        top = canvas.lines(
            "Dark: the interval leaves zero out (circle above, square below zero). Light and hollow: it holds zero.",
            top,
            SMALL,
            false,
            GREY,
        ) + 8.0;
        let bottom = top + HEIGHT;
        let reach = span(order.iter().flat_map(|spec| [spec.estimate, spec.low, spec.high]).chain([0.0]));
        let ticks = Ticks::around(reach.unwrap_or((-1.0, 1.0)), 5);
        let heights = Scale::new(ticks.range(), (bottom, top));
        let rungs: Vec<(f64, String)> =
            ticks.labelled().into_iter().map(|(value, label)| (heights.at(value), label)).collect();
        let names = wording::widest(self.choices.iter().map(|name| split(name).1), SMALL);
        let labels = wording::widest(rungs.iter().map(|(_, label)| label.as_str()), SMALL);
        let left = MARGIN + names.min(canvas.inner() * 0.34).max(labels) + 10.0;
        let right = canvas.width() - MARGIN;
        let each = (right - left) / order.len() as f64;
        let x_of = |place: usize| left + (place as f64 + 0.5) * each;
        canvas.y_axis(&rungs, (left, right), true);
        canvas.line((left, heights.at(0.0)), (right, heights.at(0.0)), INK, 1.2, None);
        let radius = (each * 0.45).clamp(1.0, 3.5);
        for (place, spec) in order.iter().enumerate() {
            let (x, y) = (x_of(place), heights.at(spec.estimate));
            canvas.begin("specification", &self.words_of(spec));
            if spec.low.is_finite() && spec.high.is_finite() {
                let colour = if spec.leaves_zero_out() { AXIS } else { SHADE };
                canvas.line(
                    (x, heights.at(spec.low)),
                    (x, heights.at(spec.high)),
                    colour,
                    (each * 0.6).clamp(0.4, 2.0),
                    None,
                );
            }
            if !spec.leaves_zero_out() {
                canvas.circle((x, y), radius, "#ffffff", GREY, 1.0);
            } else if spec.estimate > 0.0 {
                canvas.circle((x, y), radius, MAIN, MAIN, 1.0);
            } else {
                canvas.rect((x - radius, y - radius), (2.0 * radius, 2.0 * radius), AGAINST, Some(AGAINST));
            }
            canvas.end();
        }
        let below = self.draw_choices(&mut canvas, &order, bottom + 10.0, left, each);
        Ok(canvas.finish(&self.words, below, self.view()))
    }

    /// The rows of choices: a mark where a specification made that choice.
    fn draw_choices(
        &self,
        canvas: &mut Canvas,
        order: &[&Specification],
        top: f64,
        left: f64,
        each: f64,
    ) -> f64 {
        let right = canvas.width() - MARGIN;
        let mut y = top;
        let mut heading = "";
        for (choice, name) in self.choices.iter().enumerate() {
            let (dimension, short) = split(name);
            if dimension != heading {
                heading = dimension;
                y += 4.0;
                canvas.line((MARGIN, y), (right, y), SHADE, 1.0, None);
                y += ROW;
                canvas.put(
                    &wording::cut(heading, canvas.inner(), SMALL),
                    (MARGIN, y - 3.0),
                    SMALL,
                    Anchor::Start,
                    INK,
                    true,
                );
            }
            y += ROW;
            canvas.small(
                &wording::cut(short, left - MARGIN - 8.0, SMALL),
                (left - 6.0, y - 3.0),
                Anchor::End,
            );
            for (place, _) in order.iter().enumerate().filter(|(_, spec)| spec.choices[choice]) {
                let wide = (each * 0.8).max(0.4);
                canvas.rect(
                    (left + (place as f64 + 0.5) * each - wide / 2.0, y - 11.0),
                    (wide, 9.0),
                    INK,
                    None,
                );
            }
        }
        y
    }

    fn words_of(&self, spec: &Specification) -> String {
        let made: Vec<&str> = self
            .choices
            .iter()
            .zip(&spec.choices)
            .filter(|(_, made)| **made)
            .map(|(name, _)| name.as_str())
            .collect();
        format!(
            "{} [{}, {}]: {}",
            wording::number(spec.estimate),
            wording::number(spec.low),
            wording::number(spec.high),
            made.join("; ")
        )
    }

    /// By estimate; equal ones stay in the order given.
    fn order(&self) -> Result<Vec<&Specification>, ChartError> {
        if self.specifications.is_empty() {
            return Err(ChartError::Nothing { chart: CHART, what: "there is no specification" });
        }
        at_most(CHART, "specifications", self.specifications.len(), MOST)?;
        at_most(CHART, "choices", self.choices.len(), MOST_CHOICES)?;
        for (place, spec) in self.specifications.iter().enumerate() {
            if spec.choices.len() != self.choices.len() {
                return Err(ChartError::Uneven {
                    chart: CHART,
                    what: format!("specification {}", place + 1),
                    expected: format!("{} choices", self.choices.len()),
                    found: spec.choices.len().to_string(),
                });
            }
            let known = |value: f64| value.is_finite() || value.is_nan();
            let wrong = [spec.low, spec.high].into_iter().find(|value| !known(*value));
            let wrong = if spec.estimate.is_finite() { wrong } else { Some(spec.estimate) };
            if let Some(value) = wrong {
                return Err(ChartError::NotFinite {
                    chart: CHART,
                    at: format!("specification {}", place + 1),
                    value,
                });
            }
        }
        let mut order: Vec<&Specification> = self.specifications.iter().collect();
        order.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
        Ok(order)
    }

    fn view(&self) -> super::drawing::View {
        let chart = self.clone();
        Box::new(move |columns, rows| {
            let Ok(order) = chart.order() else { return Vec::new() };
            // Some of them, evenly, where there are more than columns.
            let shown = order.len().min(columns.saturating_sub(12));
            let last = shown.saturating_sub(1).max(1);
            let picked = (0..shown).map(|column| column * (order.len() - 1) / last);
            let mut intervals = Vec::new();
            let mut estimates = Vec::new();
            for place in picked {
                let (x, spec) = ((place + 1) as f64, order[place]);
                let step = (spec.high - spec.low) / f64::from(STROKE);
                intervals.extend((0..=STROKE).map(|point| (x, spec.low + f64::from(point) * step)));
                estimates.push((x, spec.estimate));
            }
            let series = [('│', intervals), ('●', estimates)];
            let mut lines = plain::grid(&series, columns, rows.saturating_sub(8), true);
            lines.extend(plain::wrap("● estimates in order of size, │ their intervals", columns));
            lines.push(String::new());
            let count = order.len() as f64;
            let out = |positive: bool| {
                order
                    .iter()
                    .filter(|spec| spec.leaves_zero_out() && (spec.estimate > 0.0) == positive)
                    .count()
            };
            lines.extend(plain::wrap(
                &format!(
                    "{} specifications: {:.0}% above zero; the interval lies above zero in {}, below zero in {}",
                    order.len(),
                    100.0 * order.iter().filter(|spec| spec.estimate > 0.0).count() as f64 / count,
                    out(true),
                    out(false)
                ),
                columns,
            ));
            lines
        })
    }
}

impl Specification {
    fn leaves_zero_out(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// `dimension: choice`.
fn split(name: &str) -> (&str, &str) {
    name.split_once(": ").unwrap_or(("", name))
}
