//! How charts look: colours that colour-blind readers tell apart, and for each a dash, a marker and a fill pattern, so
//! that nothing depends on colour.
//!
//! The colours are those of Okabe & Ito (2008), "Color Universal Design", which Wong (2011), "Points of view: Color
//! blindness", Nature Methods 8:441, doi:10.1038/nmeth.1618, recommends. They are ordered here so that neighbours also
//! differ in lightness.

use kuva::plot::FillPattern;

/// Text.
pub(super) const INK: &str = "#222222";
/// Text of less weight; 7 : 1 on white.
pub(super) const GREY: &str = "#595959";
/// Axes and zero lines.
pub(super) const AXIS: &str = "#767676";
/// Grid lines.
pub(super) const GRID: &str = "#e3e3e3";
/// Shading of intervals.
pub(super) const SHADE: &str = "#d0d7de";
/// The main colour: blue.
pub(super) const MAIN: &str = "#0072b2";
/// What is set against it: vermilion.
pub(super) const AGAINST: &str = "#d55e00";

/// Size of a title.
pub(super) const TITLE: u32 = 16;
/// Size of labels.
pub(super) const BODY: u32 = 13;
/// Size of ticks, sources and notes.
pub(super) const SMALL: u32 = 11;

/// Marker of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
    Down,
}

/// What tells one series from another, four ways at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Colour of an area.
    pub colour: &'static str,
    /// Colour of a line or a marker: the same, darker where it would be less than 3 : 1 on white (WCAG 2, 1.4.11).
    pub line: &'static str,
    /// Dash of a line; none for a whole line.
    pub dash: Option<&'static str>,
    /// Marker.
    pub marker: Marker,
    /// Pattern of a fill, over the colour.
    pub pattern: FillPattern,
    /// Letter or block in a terminal.
    pub block: char,
}

/// Styles in order of use.
pub(super) const STYLES: [Style; 8] = [
    style("#0072b2", None, Marker::Circle, FillPattern::Solid, '█'),
    style("#e69f00", Some("8 4"), Marker::Square, FillPattern::DiagonalForward, '▒'),
    style("#d55e00", Some("2 3"), Marker::Triangle, FillPattern::Horizontal, '▓'),
    style("#56b4e9", Some("10 3 2 3"), Marker::Diamond, FillPattern::Dots, '░'),
    style("#009e73", Some("14 4"), Marker::Cross, FillPattern::Vertical, '▚'),
    style("#f0e442", Some("5 3"), Marker::Down, FillPattern::DiagonalCrosshatch, '▞'),
    style("#cc79a7", Some("1 4"), Marker::Circle, FillPattern::DiagonalBack, '▖'),
    style("#000000", Some("10 3 2 3 2 3"), Marker::Square, FillPattern::Solid, '▗'),
];

const fn style(
    colour: &'static str,
    dash: Option<&'static str>,
    marker: Marker,
    pattern: FillPattern,
    block: char,
) -> Style {
    Style { colour, line: on_white(colour), dash, marker, pattern, block }
}

/// A colour, or a darker one of the same hue where it is too light to be seen as a thin line.
const fn on_white(colour: &'static str) -> &'static str {
    match colour.as_bytes() {
        b"#e69f00" => "#b87f00",
        b"#56b4e9" => "#2b90cf",
        b"#f0e442" => "#6e6600",
        _ => colour,
    }
}

/// Light to dark: the colour of a share of the way, even in lightness so that it survives greyscale.
pub(super) fn ramp(share: f64, negative: bool) -> (u8, u8, u8) {
    let share = share.clamp(0.0, 1.0);
    let stops: [(f64, f64, f64); 4] = if negative {
        [(255.0, 244.0, 234.0), (253.0, 174.0, 107.0), (217.0, 95.0, 14.0), (110.0, 41.0, 4.0)]
    } else {
        [(240.0, 246.0, 252.0), (158.0, 202.0, 225.0), (33.0, 113.0, 181.0), (8.0, 36.0, 85.0)]
    };
    let place = share * 3.0;
    let from = (place.floor() as usize).min(2);
    let rest = place - from as f64;
    let mix = |a: f64, b: f64| (a + (b - a) * rest).round() as u8;
    let (a, b) = (stops[from], stops[from + 1]);
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// Relative luminance of a colour (WCAG 2): decides between dark and light text on it.
pub(super) fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// The ink for words on a colour: dark or white, whichever stands out more (WCAG 2, contrast).
pub(super) fn ink_on(colour: (u8, u8, u8)) -> &'static str {
    // Of INK.
    const DARK: (u8, u8, u8) = (0x22, 0x22, 0x22);
    let ground = luminance(colour) + 0.05;
    let (on_dark, on_white) = (ground / (luminance(DARK) + 0.05), 1.05 / ground);
    if on_dark >= on_white { INK } else { "#ffffff" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_every_shade_of_a_map_can_be_read() {
        assert_eq!(INK, "#222222");
        for (step, negative) in (0..=100).flat_map(|step| [(step, false), (step, true)]) {
            let shade = ramp(f64::from(step) / 100.0, negative);
            let ground = luminance(shade) + 0.05;
            let contrast = if ink_on(shade) == INK {
                ground / (luminance((0x22, 0x22, 0x22)) + 0.05)
            } else {
                1.05 / ground
            };
            assert!(contrast > 3.9, "{shade:?}: {contrast:.2} : 1");
        }
    }

    #[test]
    fn every_line_is_seen_on_white() {
        for style in STYLES {
            let part = |at: usize| u8::from_str_radix(&style.line[at..at + 2], 16).unwrap();
            let contrast = 1.05 / (luminance((part(1), part(3), part(5))) + 0.05);
            assert!(contrast >= 3.0, "{} has {contrast:.2} : 1", style.line);
        }
    }
}
