//! A finished drawing: the same scene as SVG, as PNG, and as lines of text.

use std::fmt;

use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::render::{Primitive, Scene};
use sha2::{Digest, Sha256};

use super::canvas::clean;
use super::{ChartError, Words, dashes, plain};

/// How a drawing is told in lines of text of so many columns and rows.
pub(super) type View = Box<dyn Fn(usize, usize) -> Vec<String> + Send + Sync>;

/// Largest picture, in pixels: a greater one would fill memory before anybody saw it.
const PIXELS: f64 = 1e8;

/// A finished drawing.
pub struct Drawing {
    scene: Scene,
    words: Words,
    view: View,
}

impl fmt::Debug for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawing")
            .field("title", &self.words.title)
            .field("width", &self.scene.width)
            .field("height", &self.scene.height)
            .finish_non_exhaustive()
    }
}

impl Drawing {
    pub(super) fn new(scene: Scene, words: &Words, view: View) -> Self {
        Self { scene, words: words.clone(), view }
    }

    /// Width and height in pixels at scale 1.
    pub fn size(&self) -> (f64, f64) {
        (self.scene.width, self.scene.height)
    }

    /// One SVG element on its own: text as text, a title and a description for those who listen, scaling with its place.
    pub fn svg(&self) -> String {
        let body = SvgBackend::new().render_scene(&self.scene);
        // Everything after the opening tag and the stamp of the library.
        let start = body.find("-->").map_or(0, |at| at + "-->".len());
        let mut inner = body[start..].to_owned();
        // Ids must not meet those of another drawing on the same page.
        let mark: String =
            Sha256::digest(inner.as_bytes())[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        inner = inner.replace("kuva-fp-", &format!("fill-{mark}-"));
        let (width, height) = self.size();
        let description = escaped(&self.description());
        // A page may give the heading itself; the drawing is not nameless for that.
        let title =
            if self.words.title.is_empty() { description.clone() } else { escaped(&self.words.title) };
        let family = escaped(self.scene.font_family.as_deref().unwrap_or("sans-serif"));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"100%\" \
             style=\"max-width:{}px;height:auto\" role=\"img\" aria-label=\"{title}\" font-family=\"{family}\">\
             <title>{title}</title><desc>{description}</desc>{inner}",
            (width * 1.25).round()
        )
    }

    /// A picture; `scale` 2 has twice the pixels of the SVG's own size each way.
    ///
    /// # Errors
    /// A scale that is not positive, or a picture too large.
    pub fn png(&self, scale: f32) -> Result<Vec<u8>, ChartError> {
        let (width, height) = self.size();
        let pixels = width * height * f64::from(scale).powi(2);
        if !(1.0..=PIXELS).contains(&pixels) {
            return Err(ChartError::Png {
                message: format!("scale {scale} makes {pixels:.0} pixels, and {PIXELS:.0} is the most"),
            });
        }
        RasterBackend::new()
            .with_scale(scale)
            .render_scene(&self.with_dashes_apart())
            .map_err(|message| ChartError::Png { message })
    }

    /// The scene of a picture: every dash is a line.
    fn with_dashes_apart(&self) -> Scene {
        let mut scene = Scene::new(self.scene.width, self.scene.height);
        scene.background_color.clone_from(&self.scene.background_color);
        scene.text_color.clone_from(&self.scene.text_color);
        scene.font_family.clone_from(&self.scene.font_family);
        scene.defs.clone_from(&self.scene.defs);
        for element in &self.scene.elements {
            let (points, pattern, stroke, width) = match element {
                Primitive::Line { x1, y1, x2, y2, stroke, stroke_width, stroke_dasharray: Some(pattern) } => {
                    (vec![(*x1, *y1), (*x2, *y2)], pattern, stroke, *stroke_width)
                }
                Primitive::PolyLine { points, stroke, stroke_width, stroke_dasharray: Some(pattern) } => {
                    (points.clone(), pattern, stroke, *stroke_width)
                }
                other => {
                    scene.elements.push(other.clone());
                    continue;
                }
            };
            for ((x1, y1), (x2, y2)) in dashes::pieces(&points, pattern) {
                scene.elements.push(Primitive::Line {
                    x1,
                    y1,
                    x2,
                    y2,
                    stroke: stroke.clone(),
                    stroke_width: width,
                    stroke_dasharray: None,
                });
            }
        }
        scene
    }

    /// Lines of text for a screen of so many columns and rows; may be longer than the screen, never wider.
    pub fn terminal(&self, columns: u16, rows: u16) -> String {
        let columns = usize::from(columns).max(40);
        let mut lines = plain::wrap(&self.words.title, columns);
        lines.extend(plain::wrap(&self.words.y, columns));
        lines.push(String::new());
        let view = (self.view)(columns, usize::from(rows).max(12));
        lines.extend(view.iter().map(|line| plain::cut(line, columns)));
        let mut foot = plain::wrap(&self.words.note, columns);
        foot.extend(plain::wrap(&self.words.source, columns));
        if !foot.is_empty() {
            lines.push(String::new());
            lines.extend(foot);
        }
        let mut text: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
        while text.ends_with("\n\n") {
            text.pop();
        }
        text
    }

    /// What is seen, in words; never empty, so that a picture is never silent.
    fn description(&self) -> String {
        if self.words.description.is_empty() {
            format!("{} {}", self.words.title, self.words.y).trim().to_owned()
        } else {
            self.words.description.clone()
        }
    }
}

fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
