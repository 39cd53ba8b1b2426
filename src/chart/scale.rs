//! From numbers to places: a linear scale with round ticks.

use super::wording;

/// A linear scale between numbers and pixels.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// The scale that takes `low` to the pixel `from` and `high` to the pixel `to`.
    pub(super) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        Self { low, high, from, to }
    }

    /// The pixel of a number.
    pub(super) fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// The pixel of a number, held inside the plot.
    pub(super) fn inside(&self, value: f64) -> f64 {
        self.at(value.clamp(self.low, self.high))
    }
}

/// Smallest and largest of the finite numbers.
pub(super) fn span(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| value.is_finite()).fold(None, |span, value| {
        let (low, high) = span.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// Round ticks.
#[derive(Debug, Clone)]
pub(super) struct Ticks {
    step: f64,
    first: i64,
    last: i64,
}

impl Ticks {
    /// About `wanted` ticks at 1, 2 or 5 times a power of ten, that reach to or beyond both ends.
    pub(super) fn around((low, high): (f64, f64), wanted: usize) -> Self {
        let (low, high) = apart(low, high);
        let raw = (high - low) / wanted.max(1) as f64;
        let power = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].iter().map(|m| m * power).find(|step| *step >= raw * 0.999);
        let step = step.unwrap_or(10.0 * power);
        // A hair of slack, so that 0.30000000000000004 does not ask for another tick.
        let slack = 1e-9;
        Self { step, first: (low / step + slack).floor() as i64, last: (high / step - slack).ceil() as i64 }
    }

    /// From the first tick to the last.
    pub(super) fn range(&self) -> (f64, f64) {
        (self.first as f64 * self.step, self.last as f64 * self.step)
    }

    /// Value and label of each tick.
    pub(super) fn labelled(&self) -> Vec<(f64, String)> {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 12.0) as usize;
        (self.first..=self.last)
            .map(|tick| tick as f64 * self.step)
            .map(|value| {
                // Amounts in billions are told in the words of the axis; a scientific tick is the last resort.
                let far = value.abs() >= 1e9 || (value != 0.0 && value.abs() < 1e-6);
                let label = if far { wording::number(value) } else { wording::fixed(value, decimals) };
                (value, label)
            })
            .collect()
    }
}

/// A span of one value is widened, so that it has a place.
fn apart(low: f64, high: f64) -> (f64, f64) {
    if high - low > f64::EPSILON * low.abs().max(high.abs()).max(f64::MIN_POSITIVE) {
        return (low, high);
    }
    let room = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
    (low - room, high + room)
}

/// Years to write under an axis: first, last, and round ones between with room for each.
pub(super) fn year_ticks((low, high): (f64, f64), room: usize) -> Vec<f64> {
    let (first, last) = (low.round() as i64, high.round() as i64);
    if first >= last {
        return vec![low];
    }
    let span = last - first;
    // Not every second year: beside an odd first year the ticks would be uneven at once.
    let step = [1, 5, 10, 20, 25, 50, 100].into_iter().find(|step| span / step < room as i64).unwrap_or(span);
    // Years that the room of one label covers.
    let apart = (span as f64 / room.max(1) as f64).ceil() as i64;
    let mut ticks = vec![first];
    let round = (first + 1..last).filter(|year| year % step == 0);
    ticks.extend(round.filter(|year| year - first >= apart && last - year >= apart));
    ticks.push(last);
    if room < 2 {
        ticks.truncate(1);
    }
    ticks.into_iter().map(|year| year as f64).collect()
}

/// Whether numbers are all whole and look like years.
pub(super) fn are_years(values: impl IntoIterator<Item = f64>) -> bool {
    let mut any = false;
    for value in values {
        any = true;
        if value.fract() != 0.0 || !(1500.0..=2500.0).contains(&value) {
            return false;
        }
    }
    any
}

/// Ticks of an axis that may be of years.
pub(super) fn axis_ticks(span: (f64, f64), years: bool, room: f64) -> (Vec<(f64, String)>, (f64, f64)) {
    if years {
        let fitting = (room / 46.0).floor().max(2.0) as usize;
        let ticks = year_ticks(span, fitting).into_iter().map(|year| (year, format!("{year:.0}"))).collect();
        let range = if span.0 < span.1 { span } else { (span.0 - 1.0, span.1 + 1.0) };
        return (ticks, range);
    }
    let ticks = Ticks::around(span, (room / 90.0).clamp(2.0, 8.0) as usize);
    (ticks.labelled(), ticks.range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_both_ends() {
        let ticks = Ticks::around((-0.13, 0.42), 5);
        let (low, high) = ticks.range();
        assert!(low <= -0.13 && high >= 0.42);
        let labels: Vec<String> = ticks.labelled().into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["−0.2", "0.0", "0.2", "0.4", "0.6"]);
    }

    #[test]
    fn one_value_has_a_place() {
        for value in [0.0, 5.0, -1e-3, 1e12] {
            let (low, high) = Ticks::around((value, value), 4).range();
            assert!(low < high && low <= value && value <= high, "{value}: {low} to {high}");
        }
    }

    #[test]
    fn years_start_and_end_where_the_data_do() {
        let ticks = year_ticks((1995.0, 2011.0), 5);
        assert_eq!((ticks[0], *ticks.last().unwrap()), (1995.0, 2011.0));
        assert!(ticks.len() <= 5, "{ticks:?}");
        assert_eq!(year_ticks((2011.0, 2011.0), 5), [2011.0]);
        // Round fives between the ends, and every year where all have room.
        assert_eq!(year_ticks((1995.0, 2011.0), 10), [1995.0, 2000.0, 2005.0, 2011.0]);
        assert_eq!(year_ticks((2005.0, 2011.0), 10).len(), 7);
    }
}
