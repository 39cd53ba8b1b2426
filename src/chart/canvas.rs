//! The sheet that charts are drawn on: shapes and words at places, over the scene of the drawing library.
//!
//! Only here and in [`super::drawing`] is that library spoken to, so that another one could take its place.

use kuva::plot::FillPattern;
use kuva::render::bw::register_pattern;
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor, TextSpan};

use super::drawing::{Drawing, View};
use super::look::{AXIS, BODY, GREY, GRID, INK, Marker, SMALL, Style, TITLE};
use super::{ChartError, Words, wording};

/// Narrowest chart.
const NARROWEST: f64 = 320.0;
/// Widest chart.
const WIDEST: f64 = 4000.0;
/// Room at the edges.
pub(super) const MARGIN: f64 = 10.0;
/// From one line of text to the next, in sizes of the text.
const LEADING: f64 = 1.3;

/// Where a text starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A sheet of a given width; its height is what is needed in the end.
pub(super) struct Canvas {
    scene: Scene,
}

impl Canvas {
    /// An empty sheet.
    pub(super) fn new(width: f64) -> Result<Self, ChartError> {
        if !(NARROWEST..=WIDEST).contains(&width) {
            return Err(ChartError::Width { found: width, lowest: NARROWEST, highest: WIDEST });
        }
        let mut scene = Scene::new(width.round(), 0.0);
        scene.font_family = Some("Helvetica, Arial, \"DejaVu Sans\", sans-serif".into());
        Ok(Self { scene })
    }

    /// Width.
    pub(super) fn width(&self) -> f64 {
        self.scene.width
    }

    /// From the left edge of what is drawn to its right edge.
    pub(super) fn inner(&self) -> f64 {
        self.scene.width - 2.0 * MARGIN
    }

    /// Draws title and what the values are; hands back the place below.
    pub(super) fn head(&mut self, words: &Words) -> f64 {
        let mut y = MARGIN;
        y = self.lines(&words.title, y, TITLE, true, INK);
        if !words.y.is_empty() {
            y = self.lines(&words.y, y + 2.0, BODY, false, GREY);
        }
        y + 10.0
    }

    /// Draws note and source, and hands the drawing over.
    pub(super) fn finish(mut self, words: &Words, below: f64, view: View) -> Drawing {
        let mut y = below + 8.0;
        if !words.note.is_empty() {
            y = self.lines(&words.note, y, SMALL, false, GREY);
        }
        if !words.source.is_empty() {
            let source = if words.source.to_lowercase().starts_with("source") {
                words.source.clone()
            } else {
                format!("Source: {}", words.source)
            };
            y = self.lines(&source, y + 2.0, SMALL, false, GREY);
        }
        self.scene.height = (y + MARGIN).ceil();
        // The names of marks are read by hovering and by machines; no style sheet is needed for them.
        self.scene.has_tooltips = false;
        Drawing::new(self.scene, words, view)
    }

    /// Wrapped lines from the left margin; hands back the place below.
    pub(super) fn lines(&mut self, text: &str, mut y: f64, size: u32, bold: bool, colour: &str) -> f64 {
        // Bold letters are wider than the table of advances says.
        let room = if bold { self.inner() / 1.1 } else { self.inner() };
        for line in wording::wrap(text, room, size) {
            y += f64::from(size) * LEADING;
            self.put(&line, (MARGIN, y - 0.3 * f64::from(size)), size, Anchor::Start, colour, bold);
        }
        y
    }

    /// Words at a place.
    pub(super) fn text(&mut self, text: &str, at: (f64, f64), size: u32, anchor: Anchor) {
        self.put(text, at, size, anchor, INK, false);
    }

    /// Words of less weight at a place.
    pub(super) fn small(&mut self, text: &str, at: (f64, f64), anchor: Anchor) {
        self.put(text, at, SMALL, anchor, GREY, false);
    }

    /// Words at a place, with everything said about them.
    pub(super) fn put(
        &mut self,
        text: &str,
        (x, y): (f64, f64),
        size: u32,
        anchor: Anchor,
        colour: &str,
        bold: bool,
    ) {
        let anchor = match anchor {
            Anchor::Start => TextAnchor::Start,
            Anchor::Middle => TextAnchor::Middle,
            Anchor::End => TextAnchor::End,
        };
        let color = Some(colour.into());
        if bold {
            // Pictures know bold letters in spans only.
            let span = TextSpan {
                text: clean(text),
                bold,
                italic: false,
                underline: false,
                code: false,
                math: false,
            };
            return self.scene.add(Primitive::RichText { x, y, spans: vec![span], size, anchor, color });
        }
        self.scene.add(Primitive::Text {
            x,
            y,
            content: literal(text),
            size,
            anchor,
            rotate: None,
            bold,
            color,
        });
    }

    /// Words turned so that they rise to the right, starting at a place.
    pub(super) fn rising(&mut self, text: &str, (x, y): (f64, f64), size: u32, degrees: f64) {
        self.scene.add(Primitive::Text {
            x,
            y,
            content: literal(text),
            size,
            anchor: TextAnchor::Start,
            rotate: Some(-degrees),
            bold: false,
            color: Some(INK.into()),
        });
    }

    /// A line.
    pub(super) fn line(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        colour: &str,
        width: f64,
        dash: Option<&str>,
    ) {
        self.scene.add(Primitive::Line {
            x1: from.0,
            y1: from.1,
            x2: to.0,
            y2: to.1,
            stroke: colour.into(),
            stroke_width: width,
            stroke_dasharray: dash.map(str::to_owned),
        });
    }

    /// A line through points, broken where one is missing.
    pub(super) fn path(&mut self, points: &[(f64, f64)], colour: &str, width: f64, dash: Option<&str>) {
        for piece in points.split(|(x, y)| !x.is_finite() || !y.is_finite()).filter(|piece| piece.len() > 1) {
            self.scene.add(Primitive::PolyLine {
                points: piece.to_vec(),
                stroke: colour.into(),
                stroke_width: width,
                stroke_dasharray: dash.map(str::to_owned),
            });
        }
    }

    /// A filled rectangle with its pattern; lengths may be negative.
    pub(super) fn bar(&mut self, (x, y): (f64, f64), (w, h): (f64, f64), colour: &str, pattern: FillPattern) {
        // A frame would hide a thin bar.
        let frame = (w.abs() > 4.0 && h.abs() > 4.0).then_some("#ffffff");
        self.rect((x.min(x + w), y.min(y + h)), (w.abs(), h.abs()), colour, frame);
        if pattern.is_patterned() {
            let fill = register_pattern(&mut self.scene, pattern);
            self.rect((x.min(x + w), y.min(y + h)), (w.abs(), h.abs()), &fill, None);
        }
    }

    /// A rectangle.
    pub(super) fn rect(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        fill: &str,
        stroke: Option<&str>,
    ) {
        self.scene.add(Primitive::Rect {
            x,
            y,
            width,
            height,
            fill: fill.into(),
            stroke: stroke.map(Color::from),
            stroke_width: stroke.map(|_| 0.5),
            opacity: None,
        });
    }

    /// The pattern alone over a rectangle.
    pub(super) fn hatch(&mut self, at: (f64, f64), size: (f64, f64), pattern: FillPattern) {
        let fill = register_pattern(&mut self.scene, pattern);
        self.rect(at, size, &fill, None);
    }

    /// A filled outline; `d` is a path of SVG.
    pub(super) fn shape(&mut self, d: String, fill: &str, opacity: f64) {
        self.scene.add(Primitive::Path(Box::new(PathData {
            d,
            fill: Some(fill.into()),
            stroke: Color::None,
            stroke_width: 0.0,
            opacity: Some(opacity),
            stroke_dasharray: None,
        })));
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, points: &[(f64, f64)], fill: &str, opacity: f64) {
        if points.len() > 2 {
            self.shape(format!("{}Z", outline(points)), fill, opacity);
        }
    }

    /// A circle.
    pub(super) fn circle(&mut self, (cx, cy): (f64, f64), r: f64, fill: &str, stroke: &str, opacity: f64) {
        self.scene.add(Primitive::Circle {
            cx,
            cy,
            r,
            fill: fill.into(),
            fill_opacity: Some(opacity),
            stroke: Some(stroke.into()),
            stroke_width: Some(1.0),
        });
    }

    /// A marker of about six pixels, hollow or filled.
    pub(super) fn marker(&mut self, (x, y): (f64, f64), style: &Style, filled: bool) {
        let r = 3.2;
        let fill = if filled { style.line } else { "#ffffff" };
        let corners: Vec<(f64, f64)> = match style.marker {
            Marker::Circle => return self.circle((x, y), r, fill, style.line, 1.0),
            Marker::Cross => {
                self.line((x - r, y - r), (x + r, y + r), style.line, 1.8, None);
                return self.line((x - r, y + r), (x + r, y - r), style.line, 1.8, None);
            }
            Marker::Square => vec![(-r, -r), (r, -r), (r, r), (-r, r)],
            Marker::Triangle => vec![(0.0, -1.2 * r), (1.1 * r, r), (-1.1 * r, r)],
            Marker::Down => vec![(0.0, 1.2 * r), (1.1 * r, -r), (-1.1 * r, -r)],
            Marker::Diamond => vec![(0.0, -1.4 * r), (1.4 * r, 0.0), (0.0, 1.4 * r), (-1.4 * r, 0.0)],
        };
        let corners: Vec<(f64, f64)> = corners.into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        self.scene.add(Primitive::Path(Box::new(PathData {
            d: format!("{}Z", outline(&corners)),
            fill: Some(fill.into()),
            stroke: style.line.into(),
            stroke_width: 1.0,
            opacity: None,
            stroke_dasharray: None,
        })));
    }

    /// Starts a mark: a group with a class, and the full name and value for whoever hovers or listens.
    pub(super) fn begin(&mut self, class: &str, tell: &str) {
        self.scene.add(Primitive::GroupStart {
            transform: None,
            title: Some(clean(tell)),
            extra_attrs: Some(format!("class=\"{class}\"")),
        });
    }

    /// Ends a mark.
    pub(super) fn end(&mut self) {
        self.scene.add(Primitive::GroupEnd);
    }

    /// A horizontal axis below `y`: ticks at places, grid lines up to `top`, name in words.
    pub(super) fn x_axis(
        &mut self,
        ticks: &[(f64, String)],
        (left, right): (f64, f64),
        (top, bottom): (f64, f64),
        grid: bool,
        name: &str,
    ) -> f64 {
        for (x, label) in ticks {
            if grid {
                self.line((*x, top), (*x, bottom), GRID, 1.0, None);
            } else {
                self.line((*x, bottom), (*x, bottom + 4.0), AXIS, 1.0, None);
            }
            // The first and last label stay on the sheet.
            let half = wording::width(label, SMALL) / 2.0;
            let x = x.clamp(half + 2.0, (self.width() - half - 2.0).max(half + 2.0));
            self.small(label, (x, bottom + 16.0), Anchor::Middle);
        }
        if name.is_empty() {
            return bottom + 20.0;
        }
        let mut y = bottom + 18.0;
        for line in wording::wrap(name, (right - left).max(200.0).min(self.inner()), BODY) {
            y += f64::from(BODY) * LEADING;
            let half = wording::width(&line, BODY) / 2.0;
            let middle = ((left + right) / 2.0)
                .clamp(MARGIN + half, (self.width() - MARGIN - half).max(MARGIN + half));
            self.put(&line, (middle, y - 3.0), BODY, Anchor::Middle, GREY, false);
        }
        y
    }

    /// Horizontal grid lines with labels at the left.
    pub(super) fn y_axis(&mut self, ticks: &[(f64, String)], (left, right): (f64, f64), labels: bool) {
        for (y, label) in ticks {
            self.line((left, *y), (right, *y), GRID, 1.0, None);
            if labels {
                self.small(label, (left - 5.0, y + 4.0), Anchor::End);
            }
        }
    }
}

/// `M x y L x y ...` with two decimals.
pub(super) fn outline(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        d.push_str(&format!("{} {x:.2} {y:.2} ", if place == 0 { 'M' } else { 'L' }));
    }
    d
}

/// A text as it stands: the library takes what is between two dollar signs for a formula.
fn literal(text: &str) -> String {
    clean(text).replace('$', "\\$")
}

/// Without control characters, which no XML may hold.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' { ' ' } else { c }).collect()
}
