//! Charts: words and numbers in, a drawing out. Knows nothing of tables, models or claims.
//!
//! Every chart is readable without colour (dashes, markers and fill patterns say the same), labelled in words with units
//! and source, and comes out as SVG, as PNG and as lines of text. Two identical calls give identical bytes.
//!
//! To add a chart: one file with its data and its `draw`, one file in `kinds/` that makes it from a result, one line in
//! [`CHARTS`].
//!
//! ```
//! use vadex::chart::{Step, Waterfall, Words};
//!
//! let step = |name: &str, value, total| Step { name: name.into(), value, total };
//! let words = Words { title: "Exports of A".into(), y: "billion USD".into(), ..Words::default() };
//! let steps = vec![step("domestic", 70.0, false), step("foreign", 30.0, false), step("gross", 100.0, true)];
//! let svg = Waterfall { words, steps }.draw()?.svg();
//! assert!(svg.starts_with("<svg") && svg.contains(">domestic</text>"));
//! # Ok::<(), vadex::chart::ChartError>(())
//! ```

mod bars;
mod canvas;
mod dashes;
mod drawing;
mod error;
mod heatmap;
mod intervals;
mod kinds;
mod lines;
mod look;
mod paths;
mod plain;
mod sankey;
mod scale;
mod sheet;
mod smile;
mod spec_curve;
mod waterfall;
mod wording;

pub use bars::Bars;
pub use drawing::Drawing;
pub use error::ChartError;
pub use heatmap::Heatmap;
pub use intervals::{Interval, Intervals};
pub use kinds::{CHARTS, ChartKind, Request, find_chart};
pub use lines::Lines;
pub use paths::{PathPanel, Paths, Turn};
pub use plain::sparkline;
pub use sankey::{Sankey, SankeyLink};
pub use sheet::{Selection, Sheet};
pub use smile::{Smile, SmilePoint};
pub use spec_curve::{SpecCurve, Specification};
pub use waterfall::{Step, Waterfall};

/// Width of a chart, in pixels, that suits a page.
pub const PAGE_WIDTH: f64 = 720.0;

/// Words every chart carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// What the chart is of, or what it shows.
    pub title: String,
    /// Horizontal axis in words with unit.
    pub x: String,
    /// Values in words with unit: "Share of gross exports (%)".
    pub y: String,
    /// Where the numbers come from.
    pub source: String,
    /// What a reader must know.
    pub note: String,
    /// What is seen, in a sentence or two, for those who do not see it.
    pub description: String,
}

/// A finite number, or an error that names it.
fn finite(chart: &'static str, at: impl FnOnce() -> String, value: f64) -> Result<f64, ChartError> {
    if value.is_finite() { Ok(value) } else { Err(ChartError::NotFinite { chart, at: at(), value }) }
}

/// No more than can be read.
fn at_most(chart: &'static str, what: &'static str, found: usize, limit: usize) -> Result<(), ChartError> {
    if found > limit { Err(ChartError::TooMany { chart, what, found, limit }) } else { Ok(()) }
}
