//! A dashed line taken apart into its dashes: the library of pictures counts a pattern in pixels of the picture, whatever its
//! scale, and begins it anew at every point, so that a line of many points looks whole.

type Point = (f64, f64);

/// What is left of a dash or gap that is over, in pixels.
const OVER: f64 = 1e-9;

/// The dashes of a line through points, each from one place to another; the pattern runs on around corners.
///
/// `pattern` is that of SVG: lengths of dashes and gaps in turn. Nothing for a pattern without a length.
pub(super) fn pieces(points: &[Point], pattern: &str) -> Vec<(Point, Point)> {
    let lengths: Vec<f64> = pattern
        .split([' ', ','])
        .filter_map(|text| text.parse::<f64>().ok())
        .filter(|length| *length > OVER)
        .collect();
    let Some(&first) = lengths.first() else { return Vec::new() };
    let mut found = Vec::new();
    let (mut at, mut left) = (0_usize, first);
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let total = (x1 - x0).hypot(y1 - y0);
        let place = |along: f64| (x0 + (x1 - x0) * along / total, y0 + (y1 - y0) * along / total);
        let mut along = 0.0;
        while along < total {
            let end = (along + left).min(total);
            if at.is_multiple_of(2) {
                found.push((place(along), place(end)));
            }
            left -= end - along;
            along = end;
            if left <= OVER {
                at += 1;
                left = lengths[at % lengths.len()];
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_runs_on_around_corners() {
        let length = |pieces: &[(Point, Point)]| -> f64 {
            pieces.iter().map(|((a, b), (c, d))| (c - a).hypot(d - b)).sum()
        };
        let corner = pieces(&[(0.0, 0.0), (5.0, 0.0), (5.0, 15.0)], "6 4");
        // Six, a gap of four, six, a gap of four; the first dash bends.
        assert_eq!(corner.len(), 3);
        assert_eq!(corner[1], ((5.0, 0.0), (5.0, 1.0)));
        assert!((length(&corner) - 12.0).abs() < 1e-9);
        // A line of points closer than a dash is no whole line.
        let close: Vec<Point> = (0..=100).map(|x| (f64::from(x), 0.0)).collect();
        assert!((length(&pieces(&close, "2 3")) - 40.0).abs() < 1e-6);
        assert!(pieces(&close, "").is_empty() && pieces(&close[..1], "2 3").is_empty());
    }
}
