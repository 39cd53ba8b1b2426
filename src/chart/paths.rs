//! Small multiples: one panel an economy, shared scales, with the turning point, its interval and a verdict in words.

use super::canvas::{Anchor, Canvas, MARGIN, outline};
use super::drawing::Drawing;
use super::look::{AXIS, BODY, GREY, GRID, INK, MAIN, SHADE, SMALL};
use super::scale::{Scale, Ticks, are_years, span};
use super::{ChartError, PAGE_WIDTH, Words, at_most, lines, plain, wording};

/// One panel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PathPanel {
    /// Name.
    pub name: String,
    /// Points (x, value); a missing value (NaN) is a gap.
    pub points: Vec<(f64, f64)>,
    /// Band (x, low, high), drawn between thin lines; may be empty.
    pub band: Vec<(f64, f64, f64)>,
    /// Turning point.
    pub turn: Option<Turn>,
    /// What was found, in words; may be empty.
    pub verdict: String,
}

/// A turning point with its interval; the ends may lie beyond the axis or be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// Where.
    pub at: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Small multiples with shared scales.
#[derive(Debug, Clone, PartialEq)]
pub struct Paths {
    /// Words.
    pub words: Words,
    /// Panels in order.
    pub panels: Vec<PathPanel>,
}

const CHART: &str = "paths";
/// Panels that still fit a page or two.
const MOST: usize = 80;
/// A panel is at least so wide.
const NARROWEST: f64 = 150.0;
const GAP: f64 = 14.0;
const PLOT: f64 = 84.0;
const VERDICT_LINES: usize = 2;

impl Paths {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No panel with a value, an infinite value, too many panels.
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
        let top = canvas.head(&self.words);
        let ticks = Ticks::around(along, 3);
        let labels = ticks.labelled();
        let margin = wording::widest(labels.iter().map(|(_, label)| label.as_str()), SMALL) + 7.0;
        let room = canvas.inner() - margin;
        let fitting = (((room + GAP) / (NARROWEST + GAP)).floor() as usize).max(1);
        let columns = fitting.min(self.panels.len());
        // A lonely panel need not be as wide as the page is.
        let wide = ((room - GAP * (columns as f64 - 1.0)) / columns as f64).min(420.0);
        let verdicts: Vec<Vec<String>> = self
            .panels
            .iter()
            .map(|panel| wording::wrap_to(&panel.verdict, wide, SMALL, VERDICT_LINES))
            .collect();
        let head = 18.0 + 14.0 * verdicts.iter().map(Vec::len).max().unwrap_or(0) as f64 + 4.0;
        let high = head + PLOT + 24.0;
        let years = are_years(self.points().map(|(x, _)| x));
        let ends = if across.0 < across.1 { vec![across.0, across.1] } else { vec![across.0] };
        let range = if across.0 < across.1 { across } else { (across.0 - 1.0, across.1 + 1.0) };
        for (place, panel) in self.panels.iter().enumerate() {
            let (row, column) = (place / columns, place % columns);
            let left = MARGIN + margin + column as f64 * (wide + GAP);
            let y = top + row as f64 * high;
            canvas.put(
                &wording::cut(&panel.name, wide / 1.1, BODY),
                (left, y + 13.0),
                BODY,
                Anchor::Start,
                INK,
                true,
            );
            for (line, text) in verdicts[place].iter().enumerate() {
                canvas.small(text, (left, y + 28.0 + 14.0 * line as f64), Anchor::Start);
            }
            let (ceiling, floor) = (y + head, y + head + PLOT);
            let heights = Scale::new(ticks.range(), (floor, ceiling));
            let rungs: Vec<(f64, String)> =
                labels.iter().map(|(value, label)| (heights.at(*value), label.clone())).collect();
            let places = Scale::new(range, (left + 3.0, left + wide - 3.0));
            panel.draw_turn(&mut canvas, &places, (ceiling, floor), years);
            canvas.y_axis(&rungs, (left, left + wide), column == 0);
            if ticks.range().0 < 0.0 && ticks.range().1 > 0.0 {
                canvas.line((left, heights.at(0.0)), (left + wide, heights.at(0.0)), AXIS, 1.0, None);
            }
            canvas.line((left, floor), (left + wide, floor), AXIS, 1.0, None);
            panel.draw_path(&mut canvas, &places, &heights);
            let told = |x: f64| if years { format!("{x:.0}") } else { wording::number(x) };
            let marks: Vec<(f64, String)> = ends.iter().map(|x| (places.at(*x), told(*x))).collect();
            for (end, (x, label)) in marks.iter().enumerate() {
                let anchor = if marks.len() == 1 {
                    Anchor::Middle
                } else if end == 0 {
                    Anchor::Start
                } else {
                    Anchor::End
                };
                canvas.small(label, (*x, floor + 14.0), anchor);
            }
        }
        let mut below = top + self.panels.len().div_ceil(columns) as f64 * high;
        if !self.words.x.is_empty() {
            below = canvas.lines(&self.words.x, below, SMALL, false, GREY);
        }
        if self.panels.iter().any(|panel| panel.turn.is_some()) {
            let text = "Dashed line: turning point or peak. Grey: its interval.";
            below = canvas.lines(text, below, SMALL, false, GREY);
        }
        Ok(canvas.finish(&self.words, below, self.view()))
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.panels.iter().flat_map(|panel| panel.points.iter().copied())
    }

    fn check(&self) -> Result<((f64, f64), (f64, f64)), ChartError> {
        at_most(CHART, "panels", self.panels.len(), MOST)?;
        for panel in &self.panels {
            for (x, y) in &panel.points {
                if !x.is_finite() || y.is_infinite() {
                    let at = format!("`{}` at {x}", panel.name);
                    return Err(ChartError::NotFinite { chart: CHART, at, value: *y });
                }
            }
        }
        let known = || self.points().filter(|(_, y)| y.is_finite());
        let bands =
            self.panels.iter().flat_map(|panel| panel.band.iter().flat_map(|(_, low, high)| [*low, *high]));
        match (span(known().map(|(x, _)| x)), span(known().map(|(_, y)| y).chain(bands))) {
            (Some(across), Some(along)) => Ok((across, along)),
            _ => Err(ChartError::Nothing { chart: CHART, what: "no panel has a value" }),
        }
    }

    fn view(&self) -> super::drawing::View {
        let panels = self.panels.clone();
        Box::new(move |columns, _| {
            let names = plain::name_room(panels.iter().map(|panel| panel.name.as_str()), columns / 3);
            let mut text = Vec::new();
            for panel in &panels {
                text.push(lines::summary(&panel.name, names, &panel.points, columns));
                let mut words = panel.verdict.clone();
                if let Some(turn) = panel.turn {
                    let told = turn.words();
                    words = if words.is_empty() { told } else { format!("{words}; {told}") };
                }
                let indent = " ".repeat(names + 1);
                text.extend(
                    plain::wrap(&words, columns - names - 1)
                        .into_iter()
                        .map(|line| format!("{indent}{line}")),
                );
            }
            text
        })
    }
}

impl Turn {
    fn words(&self) -> String {
        let at = plain::axis_number(self.at.round());
        if self.low.is_nan() || self.high.is_nan() {
            return format!("turns at {at}");
        }
        let (low, high) = (plain::axis_number(self.low.round()), plain::axis_number(self.high.round()));
        format!("turns at {at} [{low}, {high}]")
    }
}

impl PathPanel {
    fn draw_path(&self, canvas: &mut Canvas, places: &Scale, heights: &Scale) {
        let known: Vec<&(f64, f64, f64)> = self
            .band
            .iter()
            .filter(|(x, low, high)| x.is_finite() && low.is_finite() && high.is_finite())
            .collect();
        if known.len() > 1 {
            let upper = known.iter().map(|(x, _, high)| (places.inside(*x), heights.at(*high)));
            let lower = known.iter().rev().map(|(x, low, _)| (places.inside(*x), heights.at(*low)));
            let edge: Vec<(f64, f64)> = upper.chain(lower).collect();
            canvas.begin("band", &self.name);
            canvas.shape(format!("{}Z", outline(&edge)), MAIN, 0.22);
            // Without colour the band and the grey of a turn are told apart by its edges.
            let (upper, lower) = edge.split_at(known.len());
            for side in [upper, lower] {
                canvas.path(side, MAIN, 0.7, None);
            }
            canvas.end();
        }
        let at: Vec<(f64, f64)> = self.points.iter().map(|(x, y)| (places.at(*x), heights.at(*y))).collect();
        canvas.begin("path", &self.name);
        // Within a band a thick line would hide it.
        canvas.path(&at, MAIN, if known.len() > 1 { 1.4 } else { 2.0 }, None);
        // Points without a neighbour would be invisible as a line.
        for (place, (x, y)) in at.iter().enumerate() {
            let gap = |other: Option<&(f64, f64)>| other.is_none_or(|(_, y)| !y.is_finite());
            let alone = gap(place.checked_sub(1).and_then(|before| at.get(before))) && gap(at.get(place + 1));
            if y.is_finite() && alone {
                canvas.circle((*x, *y), 2.5, MAIN, MAIN, 1.0);
            }
        }
        canvas.end();
    }

    fn draw_turn(&self, canvas: &mut Canvas, places: &Scale, (ceiling, floor): (f64, f64), years: bool) {
        let Some(turn) = self.turn.filter(|turn| turn.at.is_finite()) else { return };
        canvas.begin("turn", &format!("{}: {}", self.name, turn.words()));
        if !turn.low.is_nan() && !turn.high.is_nan() {
            let (from, to) = (places.inside(turn.low), places.inside(turn.high));
            canvas.rect((from, ceiling), ((to - from).max(1.0), floor - ceiling), SHADE, None);
        }
        let x = places.inside(turn.at);
        canvas.line((x, ceiling), (x, floor), INK, 1.5, Some("4 3"));
        canvas.end();
        let label = if years { format!("{:.0}", turn.at) } else { wording::number(turn.at) };
        canvas.rect((x - 15.0, ceiling - 1.0), (30.0, 12.0), "#ffffff", Some(GRID));
        canvas.put(&label, (x, ceiling + 9.0), SMALL, Anchor::Middle, INK, false);
    }
}
