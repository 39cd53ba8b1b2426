//! Wild cluster bootstrap: inference for a panel coefficient when clusters are few.
//!
//! Flips and scales whole clusters of residuals under the hypothesis that the coefficient is zero. It gives a p-value,
//! not an error; the fit itself is [`super::panel`].

use serde::{Deserialize, Serialize};

use super::design::{Design, Factor};
use super::error::{StatsError, require_range};
use super::inference::{Estimate, Interval, Sign};
use super::panel::PanelFit;
use super::power::DEFAULT_SIZE;
use super::random::{DrawRng, index_below, par_draws};

/// Default number of draws. 1999 + 1 draws make 5% and 10% whole numbers of them.
pub const DEFAULT_WILD_DRAWS: usize = 1999;

/// Result of the bootstrap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WildBootstrap {
    /// Name of the regressor.
    pub name: String,
    /// Cluster-robust t statistic in the sample.
    pub t_statistic: f64,
    /// Share of draws with at least as large an absolute t, `(1 + #) / (1 + draws)`.
    pub p_value: f64,
    /// Number of draws.
    pub draws: usize,
    /// Number of clusters.
    pub n_clusters: usize,
}

/// Webb's six weights: mean 0, variance 1, and 6^G instead of 2^G distinct samples.
fn webb(rng: &mut DrawRng) -> f64 {
    const SQUARES: [f64; 6] = [-1.5, -1.0, -0.5, 0.5, 1.0, 1.5];
    let s = SQUARES[index_below(rng, 6)];
    s.signum() * s.abs().sqrt()
}

impl PanelFit {
    /// Is the coefficient of `name` zero, allowing for few clusters?
    ///
    /// ```text
    /// y* = ŷ₀ + w_g ê₀     fit without `name` (null imposed), w_g one Webb weight for each cluster
    /// p  = share of |t*| ≥ |t|,     t* cluster-robust
    /// ```
    /// Every quantity is linear in the weights, so a draw needs one clusters × clusters product instead of a new fit.
    ///
    /// # Assumptions
    /// Clusters independent and not wildly unequal in size or leverage; at least five or six of them.
    ///
    /// # Errors
    /// [`StatsError::UnknownLabel`], [`StatsError::OutOfRange`] below 199 draws.
    ///
    /// # Cost
    /// O(clusters · n + draws · clusters²), parallel over draws, bit-identical on any number of threads.
    ///
    /// # Source
    /// Cameron, Gelbach & Miller (2008) doi:10.1162/rest.90.3.414; Webb (2023) doi:10.1111/caje.12661; the linear form:
    /// Roodman, MacKinnon, Nielsen & Webb (2019) doi:10.1177/1536867X19830877.
    pub fn wild_bootstrap(&self, name: &str, draws: usize, seed: u64) -> Result<WildBootstrap, StatsError> {
        require_range("draws", draws as f64, 199.0, 1e8)?;
        let tested = self.position(name)?;
        let t_statistic = self.estimate(tested).t_statistic();
        let linear = self.linear_form(tested, &self.restricted_residuals(tested)?);
        let groups = self.n_clusters;
        let reached = par_draws(
            draws,
            seed,
            || vec![0.0; groups],
            |weights, rng, _| {
                weights.iter_mut().for_each(|w| *w = webb(rng));
                let t = linear.t_of(weights, self.correction);
                t.abs() >= t_statistic.abs() * (1.0 - TIE_TOLERANCE)
            },
        );
        let extreme = reached.iter().filter(|r| **r).count();
        Ok(WildBootstrap {
            name: name.to_owned(),
            t_statistic,
            p_value: (1 + extreme) as f64 / (1 + draws) as f64,
            draws,
            n_clusters: groups,
        })
    }

    /// How often would the cluster-robust 95% interval of a coefficient of `effect` in the column `name` lie on the side of the
    /// effect, with errors like those of this fit?
    ///
    /// ```text
    /// b* = effect + Σ_g w_g (X'X)⁻¹ X_g' ê_g     w_g one Webb weight for each cluster; rejects when t* has the sign of the
    ///                                           effect and exceeds the 97.5% point of t with G − 1 degrees of freedom
    /// ```
    ///
    /// # Errors
    /// [`StatsError::UnknownLabel`], [`StatsError::OutOfRange`] below 199 draws.
    ///
    /// # Cost
    /// As [`Self::wild_bootstrap`].
    pub fn wild_power(&self, name: &str, effect: f64, draws: usize, seed: u64) -> Result<f64, StatsError> {
        require_range("draws", draws as f64, 199.0, 1e8)?;
        let tested = self.position(name)?;
        let linear = self.linear_form(tested, &self.residuals);
        Ok(self.share_of_draws(draws, seed, |weights| self.sees(effect, &linear, weights)))
    }

    /// In which share of drawn weights is something found?
    fn share_of_draws(&self, draws: usize, seed: u64, found: impl Fn(&[f64]) -> bool + Sync) -> f64 {
        let all = par_draws(
            draws,
            seed,
            || vec![0.0; self.n_clusters],
            |weights, rng, _| {
                weights.iter_mut().for_each(|w| *w = webb(rng));
                found(weights)
            },
        );
        all.iter().filter(|found| **found).count() as f64 / draws as f64
    }

    /// How often would the 95% intervals of both arms of a U in `linear` and its square lie on the sides of a U, were the slope
    /// −`arm` at the low end of `span` and +`arm` at the high end? The test is that of
    /// [`test_u_shape`](super::u_test::test_u_shape) at 2.5%: the larger of the two one-sided p-values; the errors are drawn as in
    /// [`Self::wild_power`].
    ///
    /// # Errors
    /// As [`Self::wild_power`].
    ///
    /// # Cost
    /// Twice that of [`Self::wild_power`].
    pub fn wild_power_of_u(
        &self,
        linear: &str,
        square: &str,
        span: Interval,
        arm: f64,
        draws: usize,
        seed: u64,
    ) -> Result<f64, StatsError> {
        require_range("draws", draws as f64, 199.0, 1e8)?;
        let (first, second) = (self.position(linear)?, self.position(square)?);
        let slope_at = |x: f64| {
            let mut contrast = vec![0.0; self.names.len()];
            contrast[first] = 1.0;
            contrast[second] = 2.0 * x;
            self.contrast_form(&contrast, &self.residuals)
        };
        let (near, far) = (slope_at(span.low), slope_at(span.high));
        let both = |weights: &[f64]| self.sees(-arm, &near, weights) && self.sees(arm, &far, weights);
        Ok(self.share_of_draws(draws, seed, both))
    }

    /// Does the interval of a drawn estimate of `effect` lie on its side of zero?
    fn sees(&self, effect: f64, linear: &LinearForm, weights: &[f64]) -> bool {
        let (moved, error) = linear.value_and_error(weights, self.correction);
        let estimate = Estimate {
            value: effect.signum() * (effect + moved),
            standard_error: error,
            degrees_of_freedom: self.n_clusters as f64 - 1.0,
        };
        estimate.p_one_sided(Sign::Positive) <= DEFAULT_SIZE
    }

    /// Residuals of the fit without column `tested`.
    fn restricted_residuals(&self, tested: usize) -> Result<Vec<f64>, StatsError> {
        if self.names.len() == 1 {
            return Ok(self.outcome.clone());
        }
        let mut rest = Design::empty(self.n_observations);
        for (j, name) in self.names.iter().enumerate().filter(|(j, _)| *j != tested) {
            rest = rest.column(name.clone(), self.design.values(j))?;
        }
        let factor = Factor::new("restricted panel", &rest, 1)?;
        Ok(factor.residuals(&self.outcome, &factor.solve(&self.outcome)))
    }

    fn linear_form(&self, tested: usize, residuals: &[f64]) -> LinearForm {
        let mut contrast = vec![0.0; self.names.len()];
        contrast[tested] = 1.0;
        self.contrast_form(&contrast, residuals)
    }

    /// The same of a sum of coefficients, each times its entry in `contrast`.
    fn contrast_form(&self, contrast: &[f64], residuals: &[f64]) -> LinearForm {
        let (n, k, groups) = (self.n_observations, self.names.len(), self.n_clusters);
        let sum_of = |b: &[f64]| contrast.iter().zip(b).map(|(c, b)| c * b).sum::<f64>();
        let own = |i: usize| sum_of(&self.weights[i * k..(i + 1) * k]);
        let mut coefficient = vec![0.0; groups];
        let mut scores = vec![0.0; groups * groups];
        for h in 0..groups {
            // What the residuals of cluster h alone do to the coefficients and to every cluster's score.
            let alone: Vec<f64> =
                (0..n).map(|i| if self.cluster[i] == h { residuals[i] } else { 0.0 }).collect();
            let mut b = vec![0.0; k];
            for (i, e) in alone.iter().enumerate().filter(|(i, _)| self.cluster[*i] == h) {
                b.iter_mut().zip(&self.weights[i * k..]).for_each(|(b, w)| *b += w * e);
            }
            coefficient[h] = sum_of(&b);
            let inside = self.within.apply(&alone);
            for i in 0..n {
                let fitted: f64 = b.iter().enumerate().map(|(j, b)| b * self.design.values(j)[i]).sum();
                scores[self.cluster[i] * groups + h] += own(i) * (inside[i] - fitted);
            }
        }
        LinearForm { coefficient, scores }
    }
}

/// Draws whose |t| equals the sample's up to rounding (all weights ±1 alike) count as reaching it.
const TIE_TOLERANCE: f64 = 1e-10;

/// Coefficient and cluster scores as linear functions of the cluster weights.
struct LinearForm {
    coefficient: Vec<f64>,
    /// Row g: score of cluster g.
    scores: Vec<f64>,
}

impl LinearForm {
    fn t_of(&self, weights: &[f64], correction: f64) -> f64 {
        let (value, error) = self.value_and_error(weights, correction);
        value / error
    }

    fn value_and_error(&self, weights: &[f64], correction: f64) -> (f64, f64) {
        let dot = |a: &[f64]| a.iter().zip(weights).map(|(a, w)| a * w).sum::<f64>();
        let variance: f64 = self.scores.chunks_exact(weights.len()).map(|row| dot(row).powi(2)).sum();
        (dot(&self.coefficient), (correction * variance).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::panel::Panel;
    use crate::stats::panel::tests::{clustered, sample};
    use crate::stats::random::stream;
    use crate::stats::random::tests::on_one_and_two_threads;
    use crate::stats::within::Effects;

    fn panel(y: &[f64]) -> PanelFit {
        let (units, periods, _, x, z) = sample();
        let panel = Panel::new(&units, &periods, y).unwrap();
        panel.regressor("x", &x).unwrap().regressor("z", &z).unwrap().fit(Effects::TwoWay).unwrap()
    }

    #[test]
    fn the_linear_form_gives_the_t_of_a_full_refit() {
        let (units, _, y, ..) = sample();
        let fit = panel(&y);
        let null = fit.restricted_residuals(0).unwrap();
        let linear = fit.linear_form(0, &null);
        for d in 0..5 {
            let mut rng = stream(3, d);
            let weights: Vec<f64> = (0..12).map(|_| webb(&mut rng)).collect();
            // Fitted values of the restricted model need not be added: the tested coefficient does not see them.
            let star: Vec<f64> = null.iter().zip(&fit.cluster).map(|(e, &g)| e * weights[g]).collect();
            assert_eq!(units.len(), star.len());
            let refit = panel(&star).estimate(0).t_statistic();
            let quick = linear.t_of(&weights, fit.correction);
            assert!((quick - refit).abs() < 1e-9 * refit.abs().max(1.0), "{quick} {refit}");
        }
    }

    /// The contrast of both columns against a refit: value and error of b1 + 2 x b2.
    #[test]
    fn the_form_of_a_slope_gives_the_t_of_a_full_refit() {
        let fit = panel(&sample().2);
        let form = fit.contrast_form(&[1.0, 3.0], &fit.residuals);
        let mut rng = stream(4, 1);
        let weights: Vec<f64> = (0..12).map(|_| webb(&mut rng)).collect();
        let star: Vec<f64> = fit.residuals.iter().zip(&fit.cluster).map(|(e, &g)| e * weights[g]).collect();
        // Slope at 1.5 of the pair (x, z), as if z were the square of x.
        let refit = panel(&star).quadratic("x", "z").unwrap().slope_at(1.5);
        let (value, error) = form.value_and_error(&weights, fit.correction);
        assert!((value - refit.value).abs() < 1e-10, "{value} {}", refit.value);
        assert!((error - refit.standard_error).abs() < 1e-10, "{error} {}", refit.standard_error);
    }

    #[test]
    fn power_against_a_u_is_that_of_both_arms() {
        let fit = panel(&sample().2);
        let span = Interval::new(0.0, 10.0);
        let power = |arm: f64| fit.wild_power_of_u("x", "z", span, arm, 399, 1).unwrap();
        assert!(power(1e-6) < 0.1 && power(1e3) > 0.99, "{} {}", power(1e-6), power(1e3));
        let one = fit.wild_power("x", -1e-6, 399, 1).unwrap();
        assert!(power(1e-6) <= one, "both arms are seen no more often than the first, {one}");
        assert!(fit.wild_power_of_u("x", "none", span, 1.0, 399, 1).is_err());
    }

    #[test]
    fn webb_weights_have_mean_zero_and_variance_one() {
        let w: Vec<f64> = par_draws(60_000, 1, || (), |(), rng, _| webb(rng));
        let mean = w.iter().sum::<f64>() / 60_000.0;
        let variance = w.iter().map(|w| w * w).sum::<f64>() / 60_000.0;
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.01, "{mean} {variance}");
    }

    #[test]
    fn with_eight_clusters_the_size_holds_where_the_normal_fails_and_effects_are_found() {
        let share = |effect: f64| {
            (0..400)
                .filter(|&s| {
                    let fit = clustered(8, effect, s).fit(Effects::TwoWay).unwrap();
                    fit.wild_bootstrap("x", 399, s).unwrap().p_value <= 0.05
                })
                .count() as f64
                / 400.0
        };
        let (null, planted) = (share(0.0), share(1.0));
        assert!((0.02..0.09).contains(&null), "{null}");
        assert!(planted > 0.85, "{planted}");
    }

    #[test]
    fn threads_do_not_matter_and_unknown_names_are_refused() {
        let (_, _, y, ..) = sample();
        let fit = panel(&y);
        let (a, b) = on_one_and_two_threads(|| fit.wild_bootstrap("x", 999, 5).unwrap());
        assert_eq!(a, b);
        assert!(a.p_value < 0.05 && a.n_clusters == 12, "{a:?}");
        assert!(fit.wild_bootstrap("none", 999, 5).is_err());
        assert!(fit.wild_bootstrap("x", 10, 5).is_err());
    }
}
