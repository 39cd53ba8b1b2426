//! Peak and drop: a rule that needs no curve. Did the series climb to an interior peak and stay below it afterwards?
//!
//! Named periods (a crisis year) can be left out. The p-value comes from reshuffling the year-to-year changes in
//! blocks, so it asks whether the *order* of the changes makes the peak. It fits nothing; see [`super::trend`] for that.

use serde::{Deserialize, Serialize};

use super::bootstrap::BootstrapPlan;
use super::error::{StatsError, require_length, require_observations, require_range, require_variation};
use super::random::{DrawRng, index_below, par_draws};

/// What counts as a peak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeakRule {
    /// Smallest rise from the first period to the peak.
    pub rise: f64,
    /// Smallest drop from the peak to the mean of the window after it.
    pub drop: f64,
    /// First and last lag of that window, in periods of the calendar.
    pub window: (i32, i32),
    /// Observations the window must hold (exclusions and the end of the sample may empty it).
    pub window_at_least: usize,
    /// Periods left out of everything.
    pub excluded: Vec<i32>,
}

impl Default for PeakRule {
    /// Two percentage points up, two down three to five periods later, two of those three observed, none excluded.
    fn default() -> Self {
        Self { rise: 0.02, drop: 0.02, window: (3, 5), window_at_least: 2, excluded: Vec::new() }
    }
}

impl PeakRule {
    /// The default rule without the period `period`.
    #[must_use]
    pub fn excluding(period: i32) -> Self {
        Self { excluded: vec![period], ..Self::default() }
    }
}

/// Result of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PeakDrop {
    /// Period of the largest value (the first, if tied).
    pub peak: i32,
    /// Value at the peak.
    pub peak_value: f64,
    /// Is the peak neither the first nor the last period, with enough observations in the window after it?
    pub interior: bool,
    /// Peak minus first value.
    pub rise: f64,
    /// Peak minus mean of the window; NaN when the window holds too few observations.
    pub drop: f64,
    /// Observations in the window.
    pub window_observations: usize,
    /// Observations used, after exclusions.
    pub observations: usize,
    /// Does the rule hold?
    pub found: bool,
    /// Share of reshuffled paths with at least as large a `rise + drop`, `(1 + #) / (1 + draws)`; 1 without an interior
    /// peak.
    pub p_value: f64,
}

/// Did the series rise by `rise` to an interior peak and then stay `drop` below it?
///
/// ```text
/// p = argmax y_t     y_p − y_first ≥ rise     y_p − mean(y_{p+3} .. y_{p+5}) ≥ drop
/// statistic  S = rise + drop at the peak,  −∞ when the peak is not interior
/// null path  y_first + cumulated Δy, the Δy permuted in blocks of `plan.block` with a random first cut
/// ```
///
/// # Assumptions
/// Under the null the blocks of changes are exchangeable. Every null path ends where the series ends, so a trend is kept
/// and only the timing is tested. Across an excluded or missing period the change is taken as one step.
/// The test is weak: 16 changes make six blocks of 3, and a perfect roof (eight years up, eight down) has p = 0.03. At a
/// nominal 5% it rejects 2% of random walks, 6% when changes are AR(1) at 0.5, and 73% of walks whose drift of 1.5
/// standard deviations turns round half-way (2000 samples each).
///
/// # Errors
/// [`StatsError::NotIncreasing`], [`StatsError::NoVariation`], [`StatsError::NotFinite`], [`StatsError::LengthMismatch`],
/// [`StatsError::TooFewObservations`], [`StatsError::OutOfRange`] for the rule or the plan.
///
/// # Cost
/// O(draws · n), parallel over draws, bit-identical on any number of threads.
///
/// # Example
/// ```
/// use vadex::stats::{BootstrapPlan, PeakRule, peak_drop};
/// let years: Vec<i32> = (1995..2012).collect();
/// let share: Vec<f64> = years.iter().map(|y| 0.30 - 0.01 * f64::from((y - 2003).abs())).collect();
/// let result = peak_drop(&years, &share, &PeakRule::excluding(2009), &BootstrapPlan::default())?;
/// assert!(result.found && result.peak == 2003);
/// assert!((result.drop - 0.04).abs() < 1e-12); // mean of 0.03, 0.04 and 0.05
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
pub fn peak_drop(
    periods: &[i32],
    values: &[f64],
    rule: &PeakRule,
    plan: &BootstrapPlan,
) -> Result<PeakDrop, StatsError> {
    require_length("values", periods.len(), values.len())?;
    let as_time: Vec<f64> = periods.iter().copied().map(f64::from).collect();
    super::error::require_increasing("periods", &as_time)?;
    require_range("first lag of the window", f64::from(rule.window.0), 1.0, f64::from(rule.window.1))?;
    require_range("rise", rule.rise, 0.0, f64::MAX)?;
    require_range("drop", rule.drop, 0.0, f64::MAX)?;
    let kept: Vec<usize> = (0..periods.len()).filter(|&i| !rule.excluded.contains(&periods[i])).collect();
    let times: Vec<i32> = kept.iter().map(|&i| periods[i]).collect();
    let path: Vec<f64> = kept.iter().map(|&i| values[i]).collect();
    require_observations("peak and drop", 5, path.len())?;
    require_variation("values", &path)?;
    plan.validate(path.len() - 1)?;

    let seen = Shape::of(&times, &path, rule);
    let interior = seen.interior(path.len(), rule);
    let statistic = seen.statistic(path.len(), rule);
    let changes: Vec<f64> = path.windows(2).map(|w| w[1] - w[0]).collect();
    let reached = par_draws(
        plan.draws,
        plan.seed,
        || (Vec::new(), path.clone()),
        |(cuts, shuffled), rng, _| {
            shuffle_blocks(&changes, plan.block, rng, cuts, shuffled);
            let null = Shape::of(&times, shuffled, rule).statistic(times.len(), rule);
            null >= statistic - TIE_TOLERANCE * statistic.abs()
        },
    );
    let extreme = reached.iter().filter(|r| **r).count();
    Ok(PeakDrop {
        peak: times[seen.peak],
        peak_value: path[seen.peak],
        interior,
        rise: seen.rise,
        drop: seen.drop,
        window_observations: seen.window,
        observations: path.len(),
        found: interior && seen.rise >= rule.rise && seen.drop >= rule.drop,
        p_value: (1 + extreme) as f64 / (1 + plan.draws) as f64,
    })
}

/// Reshuffled paths that differ from the series by rounding only are ties, and ties count against the peak.
const TIE_TOLERANCE: f64 = 1e-9;

/// The measured shape of one path.
struct Shape {
    peak: usize,
    rise: f64,
    drop: f64,
    window: usize,
}

impl Shape {
    fn of(times: &[i32], path: &[f64], rule: &PeakRule) -> Self {
        let peak = (1..path.len()).fold(0, |best, i| if path[i] > path[best] { i } else { best });
        let (first, last) =
            (times[peak].saturating_add(rule.window.0), times[peak].saturating_add(rule.window.1));
        let (mut sum, mut window) = (0.0, 0);
        for (t, y) in times.iter().zip(path).skip(peak + 1) {
            if (first..=last).contains(t) {
                sum += y;
                window += 1;
            }
        }
        let drop =
            if window >= rule.window_at_least.max(1) { path[peak] - sum / window as f64 } else { f64::NAN };
        Self { peak, rise: path[peak] - path[0], drop, window }
    }

    fn interior(&self, length: usize, rule: &PeakRule) -> bool {
        self.peak > 0 && self.peak + 1 < length && self.window >= rule.window_at_least.max(1)
    }

    fn statistic(&self, length: usize, rule: &PeakRule) -> f64 {
        if self.interior(length, rule) { self.rise + self.drop } else { f64::NEG_INFINITY }
    }
}

/// Cuts `changes` into blocks (the first of random length 1..=block), permutes the blocks and cumulates into `path`,
/// whose first entry stays.
fn shuffle_blocks(
    changes: &[f64],
    block: usize,
    rng: &mut DrawRng,
    cuts: &mut Vec<(usize, usize)>,
    path: &mut [f64],
) {
    cuts.clear();
    let mut start = 0;
    let mut end = 1 + index_below(rng, block);
    while start < changes.len() {
        cuts.push((start, end.min(changes.len())));
        start = end;
        end += block;
    }
    for i in (1..cuts.len()).rev() {
        cuts.swap(i, index_below(rng, i + 1));
    }
    let order = cuts.iter().flat_map(|&(from, to)| &changes[from..to]);
    let mut level = path[0];
    for (slot, change) in path[1..].iter_mut().zip(order) {
        level += change;
        *slot = level;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;
    use crate::stats::random::stream;
    use crate::stats::random::tests::on_one_and_two_threads;

    fn years() -> Vec<i32> {
        (1995..=2011).collect()
    }

    /// Up 1 point a year to 2003, down 1 point a year after: 2003 minus mean(2006..2008) = 4 points.
    fn roof() -> Vec<f64> {
        years().iter().map(|y| 0.30 - 0.01 * f64::from((y - 2003).abs())).collect()
    }

    #[test]
    fn a_roof_is_found_with_the_rise_and_drop_of_a_hand_calculation() {
        let r = peak_drop(&years(), &roof(), &PeakRule::default(), &BootstrapPlan::default()).unwrap();
        assert!(r.found && r.interior && r.peak == 2003 && r.window_observations == 3);
        assert!((r.rise - 0.08).abs() < 1e-14 && (r.drop - 0.04).abs() < 1e-14, "{r:?}");
        assert!(r.p_value < 0.06, "{}", r.p_value);
    }

    #[test]
    fn an_excluded_crisis_year_cannot_be_the_peak_nor_fill_the_window() {
        let mut y = roof();
        y[14] = 0.9; // 2009
        let plan = BootstrapPlan::default();
        let with = peak_drop(&years(), &y, &PeakRule::default(), &plan).unwrap();
        assert!(with.peak == 2009 && !with.interior && !with.found && with.drop.is_nan());
        let without = peak_drop(&years(), &y, &PeakRule::excluding(2009), &plan).unwrap();
        assert!(without.found && without.peak == 2003 && without.observations == 16);
        // A peak in 2005 has 2008, 2009 and 2010 in its window: two are left.
        let late: Vec<f64> = years().iter().map(|y| 0.30 - 0.01 * f64::from((y - 2005).abs())).collect();
        let r = peak_drop(&years(), &late, &PeakRule::excluding(2009), &plan).unwrap();
        assert_eq!(r.window_observations, 2);
        assert!((r.drop - 0.04).abs() < 1e-14, "mean of 3 and 5 points: {}", r.drop);
    }

    #[test]
    fn a_drop_below_the_threshold_or_a_peak_at_the_end_is_not_found() {
        let plan = BootstrapPlan::default();
        let shallow: Vec<f64> = roof().iter().map(|v| 0.3 + 0.4 * (v - 0.3)).collect();
        let r = peak_drop(&years(), &shallow, &PeakRule::default(), &plan).unwrap();
        assert!(r.interior && r.rise > 0.02 && r.drop < 0.02 && !r.found);
        let rising: Vec<f64> = (0..17).map(|i| f64::from(i) * 0.01).collect();
        let r = peak_drop(&years(), &rising, &PeakRule::default(), &plan).unwrap();
        assert!(!r.found && !r.interior && r.p_value > 0.999, "{r:?}");
    }

    #[test]
    fn shuffling_keeps_every_change_and_both_ends() {
        let changes: Vec<f64> = (0..16).map(|i| f64::from(1 << i)).collect();
        let mut path = vec![5.0; 17];
        for d in 0..50 {
            shuffle_blocks(&changes, 3, &mut stream(1, d), &mut Vec::new(), &mut path);
            let mut seen: Vec<f64> = path.windows(2).map(|w| w[1] - w[0]).collect();
            seen.sort_unstable_by(f64::total_cmp);
            assert_eq!(seen, changes);
        }
    }

    #[test]
    fn the_p_value_is_uniform_enough_under_a_random_walk_and_small_for_a_planted_peak() {
        let plan = |s| BootstrapPlan { draws: 199, ..BootstrapPlan::with_seed(s) };
        let any = PeakRule { rise: 0.0, drop: 0.0, ..PeakRule::default() };
        let p = |drift: f64, s: u64| {
            let mut level = 0.0;
            let path: Vec<f64> = ar1_noise(17, 0.0, s)
                .iter()
                .enumerate()
                .map(|(i, e)| {
                    level += e + if i <= 8 { drift } else { -drift };
                    level
                })
                .collect();
            peak_drop(&years(), &path, &any, &plan(s)).unwrap().p_value
        };
        let share = |drift: f64| (0..500).filter(|&s| p(drift, s) <= 0.05).count() as f64 / 500.0;
        let (null, planted) = (share(0.0), share(1.5));
        assert!((0.005..0.07).contains(&null), "{null}");
        assert!(planted > 0.6, "{planted}");
    }

    #[test]
    fn threads_do_not_matter_and_bad_input_is_refused() {
        let plan = BootstrapPlan::default();
        let (a, b) =
            on_one_and_two_threads(|| peak_drop(&years(), &roof(), &PeakRule::default(), &plan).unwrap());
        assert_eq!(a, b);
        let swapped = [1995, 1997, 1996, 1998, 1999, 2000];
        assert!(matches!(
            peak_drop(&swapped, &[1.0, 2.0, 3.0, 2.0, 1.0, 0.0], &PeakRule::default(), &plan),
            Err(StatsError::NotIncreasing { .. })
        ));
        let backwards = PeakRule { window: (5, 3), ..PeakRule::default() };
        assert!(peak_drop(&years(), &roof(), &backwards, &plan).is_err());
        assert!(peak_drop(&years(), &[0.1; 17], &PeakRule::default(), &plan).is_err());
    }
}
