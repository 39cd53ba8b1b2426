//! Tests and slopes that do not mind outliers or the shape of the distribution.
//!
//! Sign test, rank correlation, difference of group means by resampling units, and the median slope. For serially
//! correlated series none of these p-values holds: use [`super::trend`] there.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};

use super::bootstrap::{BootstrapEstimate, BootstrapPlan, TailRule};
use super::error::{StatsError, require_finite, require_length, require_observations, require_variation};
use super::inference::{Estimate, Interval, Sign, t_quantile};
use super::quantile::{mean, quantile_of_sorted};
use super::random::{index_below, par_draws};

/// Result of the sign test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignTest {
    /// Differences above zero.
    pub positive: usize,
    /// Differences below zero.
    pub negative: usize,
    /// Differences of exactly zero, left out.
    pub zero: usize,
    /// Exact two-sided p-value of "above and below are equally likely".
    pub p_two_sided: f64,
    /// Exact p-value of at least this many differences above zero.
    pub p_positive: f64,
    /// Exact p-value of at least this many differences below zero.
    pub p_negative: f64,
}

impl SignTest {
    /// One-sided p-value for a predicted sign.
    #[must_use]
    pub fn p_one_sided(&self, sign: Sign) -> f64 {
        match sign {
            Sign::Positive => self.p_positive,
            Sign::Negative => self.p_negative,
        }
    }
}

/// Do paired differences fall on one side of zero more often than chance allows?
///
/// Exact binomial with probability 1/2; zeros are left out (Dixon & Mood 1946).
///
/// # Assumptions
/// Independent pairs.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::TooFewObservations`] when every difference is zero.
pub fn sign_test(differences: &[f64]) -> Result<SignTest, StatsError> {
    require_finite("differences", differences)?;
    let positive = differences.iter().filter(|d| **d > 0.0).count();
    let negative = differences.iter().filter(|d| **d < 0.0).count();
    let n = positive + negative;
    require_observations("sign test without zeros", 1, n)?;
    // P(X ≥ x) for x successes in n fair draws.
    let at_least = |x: usize| {
        if x == 0 {
            return 1.0;
        }
        Binomial::new(0.5, n as u64).map_or(f64::NAN, |b| b.sf(x as u64 - 1))
    };
    let (p_positive, p_negative) = (at_least(positive), at_least(negative));
    Ok(SignTest {
        positive,
        negative,
        zero: differences.len() - n,
        p_two_sided: (2.0 * p_positive.min(p_negative)).min(1.0),
        p_positive,
        p_negative,
    })
}

/// A rank correlation and its p-value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RankCorrelation {
    /// Spearman's ρ, between −1 and 1.
    pub rho: f64,
    /// Two-sided p-value by `t = ρ √((n − 2) / (1 − ρ²))`.
    pub p_two_sided: f64,
    /// Number of pairs.
    pub observations: usize,
}

/// Do two quantities rank the units alike?
///
/// Pearson correlation of the ranks, ties sharing their mean rank.
///
/// # Assumptions
/// Independent pairs; the t approximation is rough below ten of them.
///
/// # Errors
/// [`StatsError::TooFewObservations`] below three, [`StatsError::LengthMismatch`], [`StatsError::NotFinite`],
/// [`StatsError::NoVariation`].
///
/// # Cost
/// O(n log n).
pub fn spearman(x: &[f64], y: &[f64]) -> Result<RankCorrelation, StatsError> {
    require_length("y", x.len(), y.len())?;
    require_observations("rank correlation", 3, x.len())?;
    require_variation("x", x)?;
    require_variation("y", y)?;
    let (a, b) = (mid_ranks(x), mid_ranks(y));
    let (ma, mb) = (mean(&a), mean(&b));
    let product = |u: &[f64], mu: f64, v: &[f64], mv: f64| -> f64 {
        u.iter().zip(v).map(|(u, v)| (u - mu) * (v - mv)).sum()
    };
    let rho = (product(&a, ma, &b, mb) / (product(&a, ma, &a, ma) * product(&b, mb, &b, mb)).sqrt())
        .clamp(-1.0, 1.0);
    let freedom = x.len() as f64 - 2.0;
    let t = Estimate {
        value: rho,
        standard_error: ((1.0 - rho * rho) / freedom).sqrt(),
        degrees_of_freedom: freedom,
    };
    Ok(RankCorrelation { rho, p_two_sided: t.p_two_sided(), observations: x.len() })
}

/// Ranks from 1; ties get the mean of their ranks.
fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && values[order[end]] <= values[order[start]] {
            end += 1;
        }
        let shared = (start + 1 + end) as f64 / 2.0;
        order[start..end].iter().for_each(|&i| ranks[i] = shared);
        start = end;
    }
    ranks
}

/// How different are two groups of units on average?
///
/// `mean(first) − mean(second)`, units resampled with replacement within each group, percentile interval. For paired
/// families (two slopes of one unit) pass the differences to [`mean_by_bootstrap`].
///
/// # Assumptions
/// Units independent of each other. `plan.block` and `plan.tails` play no part: units have no order, and the interval is
/// the plain percentile one.
///
/// # Errors
/// [`StatsError::TooFewObservations`] with fewer than three units in a group, [`StatsError::NotFinite`],
/// [`StatsError::OutOfRange`] for the plan.
///
/// # Cost
/// O(draws · units), parallel over draws, bit-identical on any number of threads.
pub fn mean_difference(
    first: &[f64],
    second: &[f64],
    plan: &BootstrapPlan,
) -> Result<BootstrapEstimate, StatsError> {
    check_group("first group", first, plan)?;
    check_group("second group", second, plan)?;
    let draws = par_draws(
        plan.draws,
        plan.seed,
        || (),
        |(), rng, _| resampled_mean(first, rng) - resampled_mean(second, rng),
    );
    let value = mean(first) - mean(second);
    Ok(BootstrapEstimate::from_draws(value, draws, TailRule::plain(plan.level)))
}

/// The mean of independent units, with the interval of resampling them.
///
/// # Errors
/// As [`mean_difference`].
pub fn mean_by_bootstrap(values: &[f64], plan: &BootstrapPlan) -> Result<BootstrapEstimate, StatsError> {
    check_group("units", values, plan)?;
    let draws = par_draws(plan.draws, plan.seed, || (), |(), rng, _| resampled_mean(values, rng));
    Ok(BootstrapEstimate::from_draws(mean(values), draws, TailRule::plain(plan.level)))
}

fn check_group(what: &str, values: &[f64], plan: &BootstrapPlan) -> Result<(), StatsError> {
    require_observations(what, 3, values.len())?;
    require_finite(what, values)?;
    // Units are drawn one by one.
    BootstrapPlan { block: 1, ..*plan }.validate(values.len())
}

fn resampled_mean(values: &[f64], rng: &mut super::random::DrawRng) -> f64 {
    let sum: f64 = (0..values.len()).map(|_| values[index_below(rng, values.len())]).sum();
    sum / values.len() as f64
}

/// The median slope and its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MedianSlope {
    /// Median of the slopes between all pairs.
    pub slope: f64,
    /// Median of y minus slope times median of x.
    pub intercept: f64,
    /// Interval of the slope.
    pub interval: Interval,
}

/// Typical change of y for one unit of x, unmoved by up to 29% of wild observations.
///
/// ```text
/// slope = median of (y_j − y_i) / (x_j − x_i) over x_j > x_i;   interval from the null distribution of Kendall's S
/// ```
///
/// # Assumptions
/// Independent errors. Ties in y widen the variance of S as in Sen (1968); the normal approximation is good from ten points.
///
/// # Errors
/// [`StatsError::TooFewObservations`] below three, [`StatsError::LengthMismatch`], [`StatsError::NotFinite`],
/// [`StatsError::NoVariation`] for constant x, [`StatsError::OutOfRange`] for the level.
///
/// # Cost
/// O(n² log n).
///
/// # Source
/// Sen (1968) doi:10.1080/01621459.1968.10480934.
pub fn theil_sen(x: &[f64], y: &[f64], level: f64) -> Result<MedianSlope, StatsError> {
    require_length("y", x.len(), y.len())?;
    require_observations("median slope", 3, x.len())?;
    require_variation("x", x)?;
    require_finite("y", y)?;
    let mut slopes = Vec::with_capacity(x.len() * (x.len() - 1) / 2);
    for i in 0..x.len() {
        for j in 0..x.len() {
            if x[j] > x[i] {
                slopes.push((y[j] - y[i]) / (x[j] - x[i]));
            }
        }
    }
    slopes.sort_unstable_by(f64::total_cmp);
    let slope = quantile_of_sorted(&slopes, 0.5);
    let n = x.len() as f64;
    let cube = |m: f64| m * (m - 1.0) * (2.0 * m + 5.0);
    let variance = (cube(n) - ties(x).chain(ties(y)).map(cube).sum::<f64>()) / 18.0;
    let z = t_quantile(1.0 - (1.0 - level) / 2.0, level, f64::INFINITY)?;
    let half = z * variance.max(0.0).sqrt();
    let count = slopes.len() as f64;
    // Ranks (from 0) as in scipy.stats.theilslopes.
    let low = (((count - half) / 2.0).round_ties_even() - 1.0).max(0.0) as usize;
    let high = (((count + half) / 2.0).round_ties_even()).min(count - 1.0) as usize;
    let middle = |v: &[f64]| {
        let mut sorted = v.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        quantile_of_sorted(&sorted, 0.5)
    };
    Ok(MedianSlope {
        slope,
        intercept: middle(y) - slope * middle(x),
        interval: Interval::new(slopes[low], slopes[high]),
    })
}

/// Sizes of the groups of equal values.
fn ties(values: &[f64]) -> impl Iterator<Item = f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let sizes: Vec<f64> = sorted.chunk_by(|a, b| a >= b).map(|c| c.len() as f64).collect();
    sizes.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;
    use crate::stats::random::tests::on_one_and_two_threads;

    /// `scipy.stats.binomtest(9, 12).pvalue` = 0.14599609375; one-sided 299/4096 = 0.072998046875.
    #[test]
    fn the_sign_test_agrees_with_the_binomial() {
        let mut d = vec![1.0; 9];
        d.extend([-0.5, -2.0, -0.1, 0.0]);
        let r = sign_test(&d).unwrap();
        assert_eq!((r.positive, r.negative, r.zero), (9, 3, 1));
        assert!((r.p_positive - 299.0 / 4096.0).abs() < 1e-12, "{}", r.p_positive);
        assert!((r.p_two_sided - 598.0 / 4096.0).abs() < 1e-12);
        assert!((r.p_one_sided(Sign::Negative) - 4017.0 / 4096.0).abs() < 1e-12);
        let all = sign_test(&[1.0; 5]).unwrap();
        assert!((all.p_positive - 1.0 / 32.0).abs() < 1e-14 && (all.p_negative - 1.0).abs() < 1e-14);
        assert!(sign_test(&[0.0, 0.0]).is_err());
    }

    /// `scipy.stats.spearmanr([1,2,3,4,5,6,7],[2,1,4,4,7,5,9])`
    #[test]
    fn spearman_agrees_with_scipy_with_ties() {
        let r = spearman(&[1., 2., 3., 4., 5., 6., 7.], &[2., 1., 4., 4., 7., 5., 9.]).unwrap();
        assert!((r.rho - SPEARMAN.0).abs() < 1e-13, "{}", r.rho);
        assert!((r.p_two_sided - SPEARMAN.1).abs() < 1e-12, "{}", r.p_two_sided);
        let perfect = spearman(&[1.0, 2.0, 3.0, 5.0], &[1.0, 4.0, 9.0, 25.0]).unwrap();
        assert!((perfect.rho - 1.0).abs() < 1e-14 && perfect.p_two_sided < 1e-6);
        assert!(spearman(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0]).is_err());
    }
    const SPEARMAN: (f64, f64) = (0.918_956_211_949_470_3, 0.003_436_626_156_217_534);

    /// `scipy.stats.theilslopes([1.2,2.1,2.9,4.5,4.4,6.9,7.0,30.0,8.8,10.4], [0,1,2,3,4,5,6,7,8,9], 0.95)`
    #[test]
    fn the_median_slope_agrees_with_scipy_and_ignores_an_outlier() {
        let x: Vec<f64> = (0..10).map(f64::from).collect();
        let y = [1.2, 2.1, 2.9, 4.5, 4.4, 6.9, 7.0, 30.0, 8.8, 10.4];
        let r = theil_sen(&x, &y, 0.95).unwrap();
        for (a, b) in [r.slope, r.intercept, r.interval.low, r.interval.high].iter().zip(THEIL) {
            assert!((a - b).abs() < 1e-13, "{a} {b}");
        }
        let ties = theil_sen(&[0.0, 0.0, 1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 2.0, 2.0, 4.0, 5.0], 0.9).unwrap();
        for (a, b) in
            [ties.slope, ties.intercept, ties.interval.low, ties.interval.high].iter().zip(THEIL_TIES)
        {
            assert!((a - b).abs() < 1e-13, "{a} {b}");
        }
    }
    const THEIL: [f64; 4] = [1.025, 1.0875, 0.86, 1.3];
    const THEIL_TIES: [f64; 4] = [1.0, 0.5, 0.0, 1.5];

    #[test]
    fn the_bootstrap_error_of_a_difference_is_the_textbook_one() {
        let (a, b) = (ar1_noise(30, 0.0, 1), ar1_noise(25, 0.0, 2));
        let plan = BootstrapPlan { draws: 20_000, ..BootstrapPlan::default() };
        let r = mean_difference(&a, &b, &plan).unwrap();
        let v = |x: &[f64]| x.iter().map(|v| (v - mean(x)).powi(2)).sum::<f64>() / (x.len() as f64).powi(2);
        let expected = (v(&a) + v(&b)).sqrt();
        assert!((r.standard_error / expected - 1.0).abs() < 0.03, "{} {expected}", r.standard_error);
        assert!((r.value - (mean(&a) - mean(&b))).abs() < 1e-15);
        let alone = mean_by_bootstrap(&a, &plan).unwrap();
        assert!((alone.standard_error / v(&a).sqrt() - 1.0).abs() < 0.03);
    }

    #[test]
    fn sizes_are_near_nominal_and_a_planted_difference_is_found() {
        let plan = |s| BootstrapPlan { draws: 399, ..BootstrapPlan::with_seed(s) };
        let rejected = |shift: f64| {
            (0..400)
                .filter(|&s| {
                    let a: Vec<f64> = ar1_noise(20, 0.0, s).iter().map(|v| v + shift).collect();
                    let b = ar1_noise(20, 0.0, s + 10_000);
                    !mean_difference(&a, &b, &plan(s)).unwrap().interval.contains(0.0)
                })
                .count() as f64
                / 400.0
        };
        let (null, planted) = (rejected(0.0), rejected(1.3));
        assert!((0.03..0.11).contains(&null), "{null}");
        assert!(planted > 0.9, "{planted}");
        let covered = (0..400)
            .filter(|&s| {
                let x: Vec<f64> = (0..20).map(f64::from).collect();
                theil_sen(&x, &ar1_noise(20, 0.0, s), 0.9).unwrap().interval.contains(0.0)
            })
            .count();
        assert!((340..385).contains(&covered), "{covered}");
    }

    #[test]
    fn order_of_units_and_threads_do_not_matter() {
        let (x, y) = (ar1_noise(15, 0.0, 3), ar1_noise(15, 0.0, 4));
        let turn = |v: &[f64]| v.iter().rev().copied().collect::<Vec<_>>();
        let (a, b) = (spearman(&x, &y).unwrap(), spearman(&turn(&x), &turn(&y)).unwrap());
        assert!((a.rho - b.rho).abs() < 1e-14);
        let (a, b) = (theil_sen(&x, &y, 0.9).unwrap(), theil_sen(&turn(&x), &turn(&y), 0.9).unwrap());
        assert_eq!(a.interval, b.interval);
        let (a, b) = on_one_and_two_threads(|| mean_difference(&x, &y, &BootstrapPlan::default()).unwrap());
        assert_eq!(a, b);
        assert!(mean_difference(&x[..2], &y, &BootstrapPlan::default()).is_err());
    }
}
