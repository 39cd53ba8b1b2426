//! Power by simulation: would this test have found the effect, had it been there?
//!
//! Short series answer "no" to almost anything. Before "not supported" is said, the same test is run on made-up series
//! that contain the effect and have the noise of the real one. The test rejects where its statistic is larger than in all
//! but a stated share of series without the effect: errors that are too small under autocorrelation then buy no power. It
//! judges tests; it is not one itself.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ar1::Ar1;
use super::error::{StatsError, require_finite, require_length, require_range};
use super::quantile::quantile_of_sorted;
use super::random::{seed_for, stream};

/// Power that a design should have.
pub const DEFAULT_TARGET_POWER: f64 = 0.8;

/// Size of a simulated test: one side of a 95% interval.
pub const DEFAULT_SIZE: f64 = 0.025;

/// Series without the effect for each series with it: the critical value lies far out, where draws are few.
const WITHOUT_FOR_EACH_WITH: usize = 2;

/// How many series to make up, and how rarely the test may reject without an effect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PowerPlan {
    /// Number of simulated series with the effect; twice as many are made without it.
    pub simulations: usize,
    /// Seed; series i uses stream i of it.
    pub seed: u64,
    /// Share of series without an effect in which the test rejects.
    pub size: f64,
}

impl Default for PowerPlan {
    /// 500 series at [`DEFAULT_SIZE`]: a Monte Carlo error of 2 percentage points at most, besides that of the critical value.
    fn default() -> Self {
        Self { simulations: 500, seed: super::bootstrap::DEFAULT_SEED, size: DEFAULT_SIZE }
    }
}

/// Share of simulated series in which the test rejects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// The rejection rate.
    pub rate: f64,
    /// Its standard error at the critical value that was found, √(r (1 − r) / simulations).
    pub monte_carlo_error: f64,
    /// Number of series.
    pub simulations: usize,
}

/// How often does a test find `effect` in `baseline + effect + noise`?
///
/// `statistic` gets a series and a seed of its own (for a bootstrap inside), and says how much speaks for the effect: a t
/// statistic, the smaller of two, minus the logarithm of a p-value. It may be infinite, but must be a number.
///
/// ```text
/// c    = the (1 − size) quantile of the statistic on baseline + noise       2 · simulations series
/// rate = share of baseline + effect + noise in which the statistic is above c       simulations series
/// ```
/// The critical value is simulated because the nominal one is too low on short, correlated series: a one-sided test at 5% with
/// Newey-West errors rejects 10 to 33% of paths without a trend there. `baseline` is the path without the effect that is hardest to tell
/// from it; zeros, when none is.
///
/// # Assumptions
/// The noise is AR(1) with normal innovations and goes on as in the sample.
///
/// # Errors
/// [`StatsError::LengthMismatch`], [`StatsError::NotFinite`] (of the statistic: not a number), [`StatsError::OutOfRange`] below
/// 100 series or for a size outside [0.001, 0.5], and the first error of `statistic`.
///
/// # Cost
/// `3 · simulations` runs of `statistic`, in parallel, the same on any number of threads.
///
/// # Example
/// ```
/// use vadex::stats::{Ar1, Covariance, Design, PowerPlan, ols, simulated_power};
/// let t: Vec<f64> = (0..17).map(f64::from).collect();
/// let trend: Vec<f64> = t.iter().map(|t| 0.01 * t).collect();
/// let noise = Ar1 { rho: 0.0, innovation_sd: 0.02 };
/// let design = Design::polynomial(&t, 1)?;
/// let power = simulated_power(&[0.2; 17], &trend, noise, &PowerPlan::default(), |y, _| {
///     Ok(ols(&design, y, Covariance::Classical)?.estimate(1).t_statistic())
/// })?;
/// assert!(power.rate > 0.99);
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
pub fn simulated_power<T>(
    baseline: &[f64],
    effect: &[f64],
    noise: Ar1,
    plan: &PowerPlan,
    statistic: T,
) -> Result<Power, StatsError>
where
    T: Fn(&[f64], u64) -> Result<f64, StatsError> + Sync,
{
    let critical = critical_value(baseline, noise, plan, &statistic)?;
    share_above(critical, baseline, effect, noise, plan, &statistic)
}

/// The statistic of `count` made-up series; `label` keeps the noise of one set apart from that of another.
fn simulated<T>(
    path: &[f64],
    noise: Ar1,
    (count, seed, label): (usize, u64, &str),
    statistic: &T,
) -> Result<Vec<f64>, StatsError>
where
    T: Fn(&[f64], u64) -> Result<f64, StatsError> + Sync,
{
    require_range("rho", noise.rho, -0.999, 0.999)?;
    require_range("innovation standard deviation", noise.innovation_sd, 0.0, f64::MAX)?;
    let (outer, inner) = (seed_for(seed, label), seed_for(seed, &format!("{label}: test")));
    let found = (0..count as u64)
        .into_par_iter()
        .map(|i| {
            let mut series = path.to_vec();
            noise.add_to(&mut series, &mut stream(outer, i));
            statistic(&series, inner.wrapping_add(i))
        })
        .collect::<Result<Vec<f64>, _>>()?;
    match found.iter().position(|value| value.is_nan()) {
        Some(position) => Err(StatsError::NotFinite { what: "statistic".into(), position, value: f64::NAN }),
        None => Ok(found),
    }
}

/// What the statistic stays below without the effect, but for the size of the test.
fn critical_value<T>(baseline: &[f64], noise: Ar1, plan: &PowerPlan, statistic: &T) -> Result<f64, StatsError>
where
    T: Fn(&[f64], u64) -> Result<f64, StatsError> + Sync,
{
    require_finite("baseline", baseline)?;
    require_range("simulations", plan.simulations as f64, 100.0, 1e7)?;
    require_range("size", plan.size, 0.001, 0.5)?;
    let count = WITHOUT_FOR_EACH_WITH * plan.simulations;
    let mut without = simulated(baseline, noise, (count, plan.seed, "without the effect"), statistic)?;
    without.sort_unstable_by(f64::total_cmp);
    Ok(quantile_of_sorted(&without, 1.0 - plan.size))
}

/// Share of series with the effect whose statistic is above the critical value.
fn share_above<T>(
    critical: f64,
    baseline: &[f64],
    effect: &[f64],
    noise: Ar1,
    plan: &PowerPlan,
    statistic: &T,
) -> Result<Power, StatsError>
where
    T: Fn(&[f64], u64) -> Result<f64, StatsError> + Sync,
{
    require_length("effect", baseline.len(), effect.len())?;
    require_finite("effect", effect)?;
    let path: Vec<f64> = baseline.iter().zip(effect).map(|(b, e)| b + e).collect();
    let with = simulated(&path, noise, (plan.simulations, plan.seed, "with the effect"), statistic)?;
    let rate = with.iter().filter(|value| **value > critical).count() as f64 / plan.simulations as f64;
    Ok(Power {
        rate,
        monte_carlo_error: (rate * (1.0 - rate) / plan.simulations as f64).sqrt(),
        simulations: plan.simulations,
    })
}

/// The smallest effect a test would find often enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum DetectableEffect {
    /// This multiple of the unit effect has the target power.
    At {
        /// Multiple of the unit effect.
        scale: f64,
        /// Power there.
        power: Power,
    },
    /// Even the largest multiple allowed has less.
    AboveLimit {
        /// The largest multiple.
        limit: f64,
        /// Power there.
        power: Power,
    },
}

/// Relative width of the bracket at which the search for the detectable effect stops; Monte Carlo error is larger.
const SCALE_TOLERANCE: f64 = 0.02;

/// Which multiple of `unit_effect` does a test find with probability `target`?
///
/// Bisection between 0 and `limit` on the same simulated noise and with one critical value (see [`simulated_power`]), so that
/// power grows with the effect without jitter. Assumes it does grow; a statistic that falls for large effects is not for this
/// function.
///
/// # Errors
/// As [`simulated_power`]; [`StatsError::OutOfRange`] for `target` outside [0.05, 0.999] or `limit` not positive.
///
/// # Cost
/// About five times [`simulated_power`].
pub fn minimum_detectable_effect<T>(
    baseline: &[f64],
    unit_effect: &[f64],
    noise: Ar1,
    target: f64,
    limit: f64,
    plan: &PowerPlan,
    statistic: T,
) -> Result<DetectableEffect, StatsError>
where
    T: Fn(&[f64], u64) -> Result<f64, StatsError> + Sync,
{
    require_range("target power", target, 0.05, 0.999)?;
    require_range("limit", limit, f64::MIN_POSITIVE, f64::MAX)?;
    let critical = critical_value(baseline, noise, plan, &statistic)?;
    let at = |scale: f64| {
        let effect: Vec<f64> = unit_effect.iter().map(|e| e * scale).collect();
        share_above(critical, baseline, &effect, noise, plan, &statistic)
    };
    let (mut low, mut high, mut power) = (0.0, limit, at(limit)?);
    if power.rate < target {
        return Ok(DetectableEffect::AboveLimit { limit, power });
    }
    // The second condition ends the search when any effect at all suffices.
    while high - low > SCALE_TOLERANCE * high && high > SCALE_TOLERANCE * SCALE_TOLERANCE * limit {
        let middle = 0.5 * (low + high);
        let there = at(middle)?;
        if there.rate >= target {
            (high, power) = (middle, there);
        } else {
            low = middle;
        }
    }
    Ok(DetectableEffect::At { scale: high, power })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::design::Design;
    use crate::stats::ols::{Covariance, ols};
    use crate::stats::random::tests::on_one_and_two_threads;

    fn time() -> Vec<f64> {
        (0..17).map(f64::from).collect()
    }

    fn slope_test(y: &[f64], _: u64) -> Result<f64, StatsError> {
        let fit = ols(&Design::polynomial(&time(), 1)?, y, Covariance::Classical)?;
        Ok(fit.estimate(1).t_statistic())
    }

    const WHITE: Ar1 = Ar1 { rho: 0.0, innovation_sd: 1.0 };

    #[test]
    fn without_an_effect_the_power_is_the_size_whatever_the_noise() {
        // Errors of independent noise are far too small here; the critical value makes up for it.
        for noise in [WHITE, Ar1 { rho: 0.7, innovation_sd: 1.0 }] {
            let plan = PowerPlan { simulations: 8000, seed: 1, size: 0.05 };
            let p = simulated_power(&[0.0; 17], &[0.0; 17], noise, &plan, slope_test).unwrap();
            assert!((p.rate - 0.05).abs() < 0.011, "{p:?}");
            assert!((p.monte_carlo_error - (p.rate * (1.0 - p.rate) / 8000.0).sqrt()).abs() < 1e-15);
        }
    }

    #[test]
    fn a_statistic_without_spread_never_rejects_and_one_that_is_no_number_is_an_error() {
        let plan = PowerPlan::default();
        let never = |_: &[f64], _: u64| Ok(f64::NEG_INFINITY);
        let p = simulated_power(&[0.0; 17], &time(), WHITE, &plan, never).unwrap();
        assert!(p.rate.abs() < 1e-15, "{p:?}");
        let none = |_: &[f64], _: u64| Ok(f64::NAN);
        assert!(matches!(
            simulated_power(&[0.0; 17], &time(), WHITE, &plan, none),
            Err(StatsError::NotFinite { .. })
        ));
    }

    /// Σ(t − 8)² = 408. For slope b the t statistic is noncentral with δ = b √408:
    /// `from scipy.stats import nct, t; nct.sf(t.ppf(.95,15), 15, .1*408**.5)` = 0.611319; 80% at b = 0.129056
    #[test]
    fn power_and_detectable_effect_agree_with_the_noncentral_t() {
        let plan = PowerPlan { simulations: 8000, seed: 2, size: 0.05 };
        let effect: Vec<f64> = time().iter().map(|t| 0.1 * t).collect();
        let p = simulated_power(&[5.0; 17], &effect, WHITE, &plan, slope_test).unwrap();
        assert!((p.rate - NCT_POWER).abs() < 0.025, "{p:?}");
        let found =
            minimum_detectable_effect(&[5.0; 17], &time(), WHITE, 0.8, 1.0, &plan, slope_test).unwrap();
        let DetectableEffect::At { scale, power } = found else { panic!("{found:?}") };
        assert!((scale / NCT_SLOPE - 1.0).abs() < 0.05, "{scale}");
        assert!(power.rate >= 0.8);
        let never =
            minimum_detectable_effect(&[5.0; 17], &time(), WHITE, 0.8, 0.01, &plan, slope_test).unwrap();
        assert!(matches!(never, DetectableEffect::AboveLimit { power, .. } if power.rate < 0.2));
    }
    const NCT_POWER: f64 = 0.611_319;
    const NCT_SLOPE: f64 = 0.129_056;

    #[test]
    fn threads_do_not_matter_and_errors_of_the_test_come_through() {
        let plan = PowerPlan { simulations: 300, seed: 3, ..PowerPlan::default() };
        let run = || {
            simulated_power(&[0.0; 17], &time(), Ar1 { rho: 0.5, innovation_sd: 10.0 }, &plan, slope_test)
                .unwrap()
        };
        let (a, b) = on_one_and_two_threads(run);
        assert_eq!(a, b);
        assert!(a.rate > 0.05 && a.rate < 0.95);
        assert!(simulated_power(&[0.0; 16], &[0.0; 16], WHITE, &plan, slope_test).is_err());
        assert!(simulated_power(&[0.0; 17], &[0.0; 16], WHITE, &plan, slope_test).is_err());
    }
}
