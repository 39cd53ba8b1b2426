//! Where along the chain who earns how much: position across, share upwards, size as area, each point named.

use super::canvas::{Anchor, Canvas, MARGIN};
use super::drawing::Drawing;
use super::look::{AXIS, GREY, MAIN, SMALL};
use super::plain::{self, Row};
use super::scale::{Scale, Ticks, span};
use super::{ChartError, PAGE_WIDTH, Words, at_most, finite, wording};

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub struct SmilePoint {
    /// Name.
    pub name: String,
    /// Position along the chain.
    pub position: f64,
    /// Share or value added ratio.
    pub share: f64,
    /// Size: the area of its circle.
    pub size: f64,
}

/// A smile curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Smile {
    /// Words.
    pub words: Words,
    /// Points in any order.
    pub points: Vec<SmilePoint>,
}

const CHART: &str = "smile";
const MOST: usize = 200;
const HEIGHT: f64 = 340.0;
/// Radius of the largest circle.
const LARGEST: f64 = 20.0;
const SMALLEST: f64 = 2.5;
/// Points through which a line can be followed.
const JOINED: usize = 10;

impl Smile {
    /// Draws it for a page.
    ///
    /// # Errors
    /// No point, a number that is not finite, a negative size, too many points.
    pub fn draw(&self) -> Result<Drawing, ChartError> {
        self.draw_at(PAGE_WIDTH)
    }

    /// Draws it so many pixels wide.
    ///
    /// # Errors
    /// As [`Self::draw`], and a width out of range.
    pub fn draw_at(&self, width: f64) -> Result<Drawing, ChartError> {
        let (across, along, largest) = self.check()?;
        let mut canvas = Canvas::new(width)?;
        let top = canvas.head(&self.words) + 4.0;
        let bottom = top + HEIGHT;
        let ticks = Ticks::around(along, 5);
        let heights = Scale::new(ticks.range(), (bottom, top));
        let rungs: Vec<(f64, String)> =
            ticks.labelled().into_iter().map(|(value, label)| (heights.at(value), label)).collect();
        let labels = wording::widest(rungs.iter().map(|(_, label)| label.as_str()), SMALL);
        let (left, right) = (MARGIN + labels + 8.0, canvas.width() - MARGIN - 8.0);
        let steps = Ticks::around(across, ((right - left) / 90.0).clamp(2.0, 8.0) as usize);
        // The points use all the room; ticks beyond them are left out.
        let reach = if across.0 < across.1 { across } else { steps.range() };
        let places = Scale::new(reach, (left + LARGEST + 4.0, right - LARGEST - 4.0));
        canvas.y_axis(&rungs, (left, right), true);
        let marks: Vec<(f64, String)> = steps
            .labelled()
            .into_iter()
            .map(|(x, label)| (places.at(x), label))
            .filter(|(x, _)| (left..=right).contains(x))
            .collect();
        let below = canvas.x_axis(&marks, (left, right), (top, bottom), false, &self.words.x);
        canvas.line((left, bottom), (right, bottom), AXIS, 1.0, None);
        let mut order: Vec<&SmilePoint> = self.points.iter().collect();
        order.sort_by(|a, b| a.position.total_cmp(&b.position));
        let at: Vec<(f64, f64)> =
            order.iter().map(|point| (places.at(point.position), heights.at(point.share))).collect();
        let joined = order.len() <= JOINED;
        if joined {
            canvas.path(&at, GREY, 1.0, Some("2 3"));
        }
        let circles: Vec<(f64, f64, f64)> = order
            .iter()
            .zip(&at)
            .map(|(point, (x, y))| (*x, *y, (LARGEST * (point.size / largest).sqrt()).max(SMALLEST)))
            .collect();
        // Large circles first, so that small ones stand in front.
        let mut by_size: Vec<usize> = (0..circles.len()).collect();
        by_size.sort_by(|a, b| circles[*b].2.total_cmp(&circles[*a].2));
        for &place in &by_size {
            let (point, (x, y, r)) = (order[place], circles[place]);
            canvas.begin("point", &point.words());
            canvas.circle((x, y), r, MAIN, "#00456b", 0.55);
            canvas.end();
        }
        let hidden = label(&mut canvas, &order, &circles, &by_size, ((left, right), (top, bottom)));
        let mut words = self.words.clone();
        let area = match (self.words.note.to_lowercase().contains("area"), joined) {
            (true, false) => "",
            (true, true) => "The dotted line joins the points in order of position.",
            (false, false) => "Area of a circle: size.",
            (false, true) => "Area of a circle: size. The dotted line joins the points in order of position.",
        };
        words.note = if hidden == 0 {
            format!("{} {area}", words.note).trim().to_owned()
        } else {
            format!("{} {area} {hidden} of {} names left out for want of room.", words.note, order.len())
                .trim()
                .to_owned()
        };
        Ok(canvas.finish(&words, below, self.view()))
    }

    fn check(&self) -> Result<((f64, f64), (f64, f64), f64), ChartError> {
        at_most(CHART, "points", self.points.len(), MOST)?;
        for point in &self.points {
            for (what, value) in [("position", point.position), ("share", point.share), ("size", point.size)]
            {
                finite(CHART, || format!("{what} of `{}`", point.name), value)?;
            }
            if point.size < 0.0 {
                let at = format!("size of `{}`", point.name);
                return Err(ChartError::Negative { chart: CHART, at, value: point.size });
            }
        }
        let across = span(self.points.iter().map(|point| point.position));
        let along = span(self.points.iter().map(|point| point.share).chain([0.0]));
        let (Some(across), Some(along)) = (across, along) else {
            return Err(ChartError::Nothing { chart: CHART, what: "there is no point" });
        };
        let largest = self.points.iter().map(|point| point.size).fold(0.0, f64::max);
        Ok((across, along, if largest > 0.0 { largest } else { 1.0 }))
    }

    fn view(&self) -> super::drawing::View {
        let mut points = self.points.clone();
        points.sort_by(|a, b| a.position.total_cmp(&b.position));
        let across = self.words.x.clone();
        Box::new(move |columns, _| {
            let rows: Vec<Row> = points
                .iter()
                .map(|point| Row {
                    name: format!("{} {}", wording::fixed(point.position, 2), point.name),
                    parts: vec![(0.0, point.share, '█')],
                    tail: wording::number(point.share),
                })
                .collect();
            let mut lines = plain::wrap(&format!("In order of: {across}"), columns);
            lines.extend(plain::bars(&rows, columns));
            lines
        })
    }
}

impl SmilePoint {
    fn words(&self) -> String {
        format!(
            "{}: position {}, share {}, size {}",
            self.name,
            wording::number(self.position),
            wording::number(self.share),
            wording::number(self.size)
        )
    }
}

/// Names beside their circles where there is room, the largest first; hands back how many found none.
fn label(
    canvas: &mut Canvas,
    order: &[&SmilePoint],
    circles: &[(f64, f64, f64)],
    by_size: &[usize],
    ((left, right), (top, bottom)): ((f64, f64), (f64, f64)),
) -> usize {
    let high = f64::from(SMALL);
    // Centres of circles must stay visible; their rims may be written over.
    let mut taken: Vec<(f64, f64, f64, f64)> =
        circles.iter().map(|(x, y, r)| (x - r * 0.6, y - r * 0.6, x + r * 0.6, y + r * 0.6)).collect();
    let mut hidden = 0;
    for &place in by_size {
        let (x, y, r) = circles[place];
        let name = wording::cut(&order[place].name, 150.0, SMALL);
        let wide = wording::width(&name, SMALL) * 0.95;
        let (near, far) = (r + 3.0, r + 14.0);
        let tries = [
            (x + near, y + 4.0),
            (x - near - wide, y + 4.0),
            (x - wide / 2.0, y - near),
            (x - wide / 2.0, y + near + high * 0.8),
            (x + near * 0.7, y - near * 0.7),
            (x + near * 0.7, y + near * 0.7 + high * 0.7),
            (x - near * 0.7 - wide, y - near * 0.7),
            (x - near * 0.7 - wide, y + near * 0.7 + high * 0.7),
            (x - wide / 2.0, y - far),
            (x - wide / 2.0, y + far + high * 0.8),
        ];
        let free = tries.into_iter().find(|(a, b)| {
            let (x0, y0, x1, y1) = (*a, b - high * 0.85, a + wide, b + high * 0.2);
            x0 >= left
                && x1 <= right + 8.0
                && y0 >= top - 4.0
                && y1 <= bottom - 2.0
                && taken.iter().enumerate().all(|(other, (u0, v0, u1, v1))| {
                    other == place || x1 <= *u0 || x0 >= *u1 || y1 <= *v0 || y0 >= *v1
                })
        });
        if let Some((a, b)) = free {
            taken.push((a, b - high * 0.85, a + wide, b + high * 0.2));
            canvas.put(&name, (a, b), SMALL, Anchor::Start, super::look::INK, false);
        } else {
            hidden += 1;
        }
    }
    hidden
}
