//! One break at an unknown date: the sup-F test, with critical values from the sample's own bootstrap.
//!
//! A break is a sudden change of level, or of level and trend; a gradual turn belongs to [`super::trend`]. One break only:
//! with 17 to 27 years a second one cannot be told from noise, and even the first is found only when it is large.

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::bootstrap::{BlockResampler, BootstrapPlan};
use super::design::{Design, Factor};
use super::error::{StatsError, require_observations, require_range};
use super::quantile::quantile_of_sorted;
use super::random::par_draws;
use super::trend::prepare;

/// Share of the sample kept free of breaks at either end (Andrews 1993).
pub const DEFAULT_TRIMMING: f64 = 0.15;

/// What is constant without a break and changes at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BreakModel {
    /// The mean.
    Level,
    /// Level and slope of a straight line.
    Trend,
}

impl BreakModel {
    fn degree(self) -> u32 {
        match self {
            Self::Level => 0,
            Self::Trend => 1,
        }
    }
}

/// Result of the test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SupF {
    /// Last time of the first regime at the best break.
    pub break_after: f64,
    /// Largest F over all candidate dates.
    pub statistic: f64,
    /// Share of bootstrap samples with at least as large a sup-F, `(1 + #) / (1 + draws)`.
    pub p_value: f64,
    /// The `level` quantile of sup-F under the null.
    pub critical_value: f64,
    /// Level of the critical value.
    pub level: f64,
    /// Every candidate (last time of the first regime) with its F.
    pub candidates: Vec<(f64, f64)>,
}

/// Did the series change abruptly, and when?
///
/// ```text
/// F(τ) = [(SSR_0 − SSR_1(τ)) / k] / [SSR_1(τ) / (n − 2k)]      sup-F = max F(τ),  τ at least max(⌈trimming · n⌉, k + 1)
///                                                              observations from either end
/// null:  block-resampled residuals of the fit without a break
/// ```
/// SSR_0 without break, SSR_1 with separate fits before and after; k = 1 (level) or 2 (trend).
///
/// # Assumptions
/// Stationary errors of equal variance in both regimes. Asymptotic tables (Andrews 1993, Hansen 1997) are far off at these
/// lengths, hence the bootstrap. It too over-rejects when errors are correlated, and a random walk looks like a break.
/// Share of 1000 samples without a break in which a nominal 5% test rejects, by the AR(1) coefficient of the errors:
///
/// | observations, model | 0 | 0.3 | 0.5 | 0.7 |
/// |---|---|---|---|---|
/// | 17, level | 2% | 4% | 8% | 13% |
/// | 17, trend | 4% | 8% | 15% | 23% |
/// | 27, level | 3% | 7% | 13% | 26% |
/// | 27, trend | 4% | 9% | 16% | 31% |
///
/// # Errors
/// [`StatsError::TooFewObservations`] when no date leaves enough on either side, [`StatsError::OutOfRange`] for trimming outside
/// (0, 0.5) or the plan, [`StatsError::NoVariation`], [`StatsError::NotIncreasing`].
///
/// # Cost
/// O(draws · candidates · n · k), parallel over draws, bit-identical on any number of threads.
///
/// # Source
/// Andrews (1993) doi:10.2307/2951764; Diebold & Chen (1996), *Journal of Econometrics* 70(1), for the bootstrap.
pub fn sup_f(
    time: &[f64],
    outcome: &[f64],
    model: BreakModel,
    trimming: f64,
    plan: &BootstrapPlan,
) -> Result<SupF, StatsError> {
    require_range("trimming", trimming, 0.01, 0.49)?;
    let (_, centred) = prepare(time, outcome)?;
    let n = centred.len();
    plan.validate(n)?;
    let scan = Scan::new(&centred, model, trimming)?;
    let errors = scan.whole.residuals(outcome, &scan.whole.solve(outcome));
    let statistics = scan.statistics(&errors);
    let (best, statistic) = largest(&statistics);
    let blocks = BlockResampler::new(&errors, plan.block);
    let mut null = par_draws(
        plan.draws,
        plan.seed,
        || vec![0.0; n],
        |e, rng, _| {
            blocks.fill(rng, e);
            largest(&scan.statistics(e)).1
        },
    );
    let extreme = null.iter().filter(|f| **f >= statistic).count();
    null.sort_unstable_by(f64::total_cmp);
    Ok(SupF {
        break_after: time[scan.first + best - 1],
        statistic,
        p_value: (1 + extreme) as f64 / (1 + plan.draws) as f64,
        critical_value: quantile_of_sorted(&null, plan.level),
        level: plan.level,
        candidates: statistics.iter().enumerate().map(|(i, &f)| (time[scan.first + i - 1], f)).collect(),
    })
}

/// Position and size of the largest statistic (the first, if tied).
fn largest(statistics: &[f64]) -> (usize, f64) {
    statistics
        .iter()
        .enumerate()
        .fold((0, f64::NEG_INFINITY), |best, (i, &f)| if f > best.1 { (i, f) } else { best })
}

/// Bases of the column spaces before and after every candidate: F needs only lengths of projections.
struct Scan {
    whole: Factor,
    /// Number of observations in the first regime at the first candidate.
    first: usize,
    sides: Vec<(DMatrix<f64>, DMatrix<f64>)>,
    k: usize,
    n: usize,
}

impl Scan {
    fn new(centred: &[f64], model: BreakModel, trimming: f64) -> Result<Self, StatsError> {
        let (n, k) = (centred.len(), model.degree() as usize + 1);
        let whole = Factor::new("sup-F", &Design::polynomial(centred, model.degree())?, 1)?;
        let first = ((trimming * n as f64).ceil() as usize).max(k + 1);
        require_observations("sup-F", 2 * first + 1, n)?;
        let basis = |part: &[f64]| -> Result<DMatrix<f64>, StatsError> {
            let design = Design::polynomial(part, model.degree())?;
            Ok(Factor::new("sup-F", &design, 0)?.basis().clone())
        };
        let sides = (first..=n - first)
            .map(|cut| Ok((basis(&centred[..cut])?, basis(&centred[cut..])?)))
            .collect::<Result<_, StatsError>>()?;
        Ok(Self { whole, first, sides, k, n })
    }

    /// F at every candidate. `e` may be the series or its residuals: what the whole-sample columns explain cancels.
    fn statistics(&self, e: &[f64]) -> Vec<f64> {
        let total: f64 = e.iter().map(|v| v * v).sum();
        let restricted = total - projected(self.whole.basis(), e);
        self.sides
            .iter()
            .enumerate()
            .map(|(i, (before, after))| {
                let cut = self.first + i;
                let unrestricted =
                    (total - projected(before, &e[..cut]) - projected(after, &e[cut..])).max(0.0);
                let gain = (restricted - unrestricted).max(0.0);
                (gain / self.k as f64) / (unrestricted / (self.n - 2 * self.k) as f64)
            })
            .collect()
    }
}

/// Squared length of the projection of `e` on an orthonormal basis.
fn projected(basis: &DMatrix<f64>, e: &[f64]) -> f64 {
    basis.column_iter().map(|q| q.iter().zip(e).map(|(q, e)| q * e).sum::<f64>().powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;
    use crate::stats::random::tests::on_one_and_two_threads;

    /// Annual flow of the Nile at Aswan, 1871-1970, 10⁸ m³ (Cobb 1978).
    const NILE: [f64; 100] = [
        1120., 1160., 963., 1210., 1160., 1160., 813., 1230., 1370., 1140., 995., 935., 1110., 994., 1020.,
        960., 1180., 799., 958., 1140., 1100., 1210., 1150., 1250., 1260., 1220., 1030., 1100., 774., 840.,
        874., 694., 940., 833., 701., 916., 692., 1020., 1050., 969., 831., 726., 456., 824., 702., 1120.,
        1100., 832., 764., 821., 768., 845., 864., 862., 698., 845., 744., 796., 1040., 759., 781., 865.,
        845., 944., 984., 897., 822., 1010., 771., 676., 649., 846., 812., 742., 801., 1040., 860., 874.,
        848., 890., 744., 749., 838., 1050., 918., 986., 797., 923., 975., 815., 1020., 906., 901., 1170.,
        912., 746., 919., 718., 714., 740.,
    ];

    fn years(n: usize) -> Vec<f64> {
        (0..n).map(|i| 1871.0 + i as f64).collect()
    }

    /// R strucchange, `Fstats(Nile ~ 1)`: break in 1898, sup.F = 75.93. Full digits from numpy, see `NILE_F`.
    #[test]
    fn the_nile_breaks_in_1898_with_the_published_statistic() {
        let r = sup_f(&years(100), &NILE, BreakModel::Level, 0.15, &BootstrapPlan::default()).unwrap();
        assert!((r.break_after - 1898.0).abs() < 1e-12);
        assert!((r.statistic - NILE_F).abs() < 1e-9 * NILE_F, "{}", r.statistic);
        assert!((r.statistic - 75.93).abs() < 0.01);
        assert!(
            r.p_value < 0.001 && r.critical_value > 5.0 && r.critical_value < 20.0,
            "{}",
            r.critical_value
        );
        assert!((r.candidates[0].0 - 1885.0).abs() < 1e-12 && r.candidates.len() == 71);
    }
    const NILE_F: f64 = 75.929_769_427_485_47;

    /// `ssr=lambda y,x: np.sum((y-np.polyval(np.polyfit(x,y,1),x))**2)`, F for a trend break after 1898.
    #[test]
    fn the_trend_version_agrees_with_numpy_at_every_checked_date() {
        let r = sup_f(&years(100), &NILE, BreakModel::Trend, 0.15, &BootstrapPlan::default()).unwrap();
        for (year, f) in NILE_TREND {
            let found = r.candidates.iter().find(|c| (c.0 - year).abs() < 0.5).unwrap().1;
            assert!((found - f).abs() < 1e-9 * f, "{year}: {found} is not {f}");
        }
    }
    const NILE_TREND: [(f64, f64); 2] = [(1898.0, 19.473_950_634_364_38), (1930.0, 8.981_818_374_024_845)];

    #[test]
    fn level_and_scale_do_not_matter_and_threads_do_not_either() {
        let y = ar1_noise(17, 0.3, 1);
        let moved: Vec<f64> = y.iter().map(|v| 1e4 + 3.0 * v).collect();
        let run =
            |y: &[f64]| sup_f(&years(17), y, BreakModel::Level, 0.15, &BootstrapPlan::default()).unwrap();
        let (a, b) = on_one_and_two_threads(|| run(&y));
        assert_eq!(a, b);
        let c = run(&moved);
        assert!((a.statistic - c.statistic).abs() < 1e-7 * a.statistic);
        assert!((a.p_value - c.p_value).abs() < 0.002);
    }

    /// Share of p-values at or below 5% over series of length `n` with a jump in the middle.
    fn share(n: usize, rho: f64, jump: f64, model: BreakModel) -> f64 {
        let rejected = (0..400)
            .filter(|&s| {
                let y: Vec<f64> = ar1_noise(n, rho, s)
                    .iter()
                    .enumerate()
                    .map(|(i, e)| e + if i >= n / 2 { jump } else { 0.0 })
                    .collect();
                let plan = BootstrapPlan { draws: 199, ..BootstrapPlan::with_seed(s) };
                sup_f(&years(n), &y, model, 0.15, &plan).unwrap().p_value <= 0.05
            })
            .count();
        rejected as f64 / 400.0
    }

    #[test]
    fn size_is_near_nominal_for_independent_errors_and_a_planted_jump_is_found() {
        for model in [BreakModel::Level, BreakModel::Trend] {
            let null = share(27, 0.0, 0.0, model);
            assert!((0.01..0.08).contains(&null), "{model:?} {null}");
        }
        assert!(share(27, 0.0, 2.5, BreakModel::Level) > 0.9);
        let correlated = share(17, 0.5, 0.0, BreakModel::Level);
        assert!((0.04..0.12).contains(&correlated), "documented as about 0.08: {correlated}");
    }

    #[test]
    fn short_series_and_bad_trimming_are_refused() {
        let y = ar1_noise(17, 0.0, 1);
        let plan = BootstrapPlan::default();
        assert!(sup_f(&years(17), &y, BreakModel::Level, 0.5, &plan).is_err());
        assert!(matches!(
            sup_f(&years(6), &y[..6], BreakModel::Trend, 0.15, &plan),
            Err(StatsError::TooFewObservations { needed: 7, found: 6, .. })
        ));
        assert!(sup_f(&years(17), &[2.0; 17], BreakModel::Level, 0.15, &plan).is_err());
    }
}
