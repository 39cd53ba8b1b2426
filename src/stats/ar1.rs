//! Noise that remembers: AR(1), fitted to what a regression on time leaves over.
//!
//! One number says how much of a shock is left a year later, another how large shocks are. Intervals
//! ([`super::bootstrap`], [`mod@super::ols`]) and simulated power ([`super::power`]) take their noise from here. Nothing is tested
//! here, and no longer memory is looked for: 15 to 25 years do not tell it from a trend.

use serde::{Deserialize, Serialize};

use super::design::{Design, Factor};
use super::error::{StatsError, require_finite, require_length, require_observations, require_range};
use super::random::{DrawRng, standard_normal};

/// Largest autocorrelation fitted: beyond it, 17 to 27 observations cannot tell stationary from not.
const LARGEST_RHO: f64 = 0.95;

/// Observations that are needed beyond the number of columns.
const SPARE_OBSERVATIONS: usize = 5;

/// Noise `e_t = ρ e_{t−1} + σ u_t` with normal u.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ar1 {
    /// Autocorrelation ρ.
    pub rho: f64,
    /// Standard deviation σ of the innovations.
    pub innovation_sd: f64,
}

impl Ar1 {
    /// Fits the noise to the residuals of a regression on `design`, of k columns that are terms of time (constant included).
    ///
    /// ```text
    /// ρ̂ = Σ e_t e_{t−1} / Σ e_{t−1}²;    bias of ρ̂ ≈ −(k + (k + 2) ρ) / n;    ρ = (n ρ̂ + k) / (n − k − 2), within ±0.95
    /// σ² = (1 − ρ²) Σ e² / tr(M R),      M = I − Q Q' of the design, R_ij = ρ^|i − j|
    /// ```
    /// The corrections matter: on 17 points about a quadratic, ρ̂ is near 0.1 when ρ is 0.4; and because a fit follows noise that
    /// is correlated, `Σ e² / (n − k)` is too small unless ρ is zero: on 16 points about a quadratic σ would be 0.68 of what it is
    /// at ρ = 0.7 (median; 0.95 with the trace). The bias of ρ̂ is known for k = 1 and 2; for k = 3 and 4 the same pattern is used
    /// (checked by simulation in this file). Residuals count as neighbours in the order given, also across a gap in time.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] below k + 5 residuals, [`StatsError::NotFinite`], [`StatsError::OutOfRange`],
    /// [`StatsError::LengthMismatch`], [`StatsError::Collinear`].
    ///
    /// # Cost
    /// O(k n²).
    ///
    /// # Source
    /// Kendall (1954) doi:10.1093/biomet/41.3-4.403 for k = 1; Orcutt & Winokur (1969), *Econometrica* 37(1), for k = 2.
    pub fn fit(residuals: &[f64], design: &Design) -> Result<Self, StatsError> {
        Self::after(&Factor::new("AR(1)", design, 1)?, residuals, -LARGEST_RHO)
    }

    /// As [`fit`](Self::fit), with ρ not below zero: the noise that intervals are made of.
    ///
    /// Where errors are independent, half of the short series have a negative estimate, and intervals that believe it are too
    /// narrow: at 15 points a nominal 95% interval of a slope then misses in 8% of samples, in 4% with ρ kept at zero or above.
    /// Shares and rates of an economy do not swing back every other year; where they do, intervals are too wide.
    ///
    /// # Errors, cost, source
    /// As [`fit`](Self::fit).
    ///
    /// # Example
    /// ```
    /// use vadex::stats::{Ar1, Design};
    /// let time: Vec<f64> = (0..9).map(f64::from).collect();
    /// let swings = [1.0, -2.0, 2.0, -2.0, 2.0, -2.0, 2.0, -2.0, 1.0];
    /// let design = Design::polynomial(&time, 1)?;
    /// assert!(Ar1::fit(&swings, &design)?.rho < -0.9);
    /// let noise = Ar1::fit_persistent(&swings, &design)?;
    /// assert!(noise.rho.abs() < 1e-15);
    /// assert!((noise.innovation_sd - (30.0_f64 / 7.0).sqrt()).abs() < 1e-12); // Σ e² / (n − k)
    /// # Ok::<(), vadex::stats::StatsError>(())
    /// ```
    pub fn fit_persistent(residuals: &[f64], design: &Design) -> Result<Self, StatsError> {
        Self::persistent_after(&Factor::new("AR(1)", design, 1)?, residuals)
    }

    /// The same for residuals of a fit that is at hand.
    pub(super) fn persistent_after(factor: &Factor, residuals: &[f64]) -> Result<Self, StatsError> {
        Self::after(factor, residuals, 0.0)
    }

    fn after(factor: &Factor, residuals: &[f64], least_rho: f64) -> Result<Self, StatsError> {
        let terms = factor.n_columns();
        require_range("terms", terms as f64, 1.0, 4.0)?;
        require_observations("AR(1)", Self::fewest_observations(terms), residuals.len())?;
        require_length("residuals", factor.basis().nrows(), residuals.len())?;
        require_finite("residuals", residuals)?;
        let (n, k) = (residuals.len() as f64, terms as f64);
        let lagged: f64 = residuals.windows(2).map(|w| w[0] * w[1]).sum();
        let base: f64 = residuals[..residuals.len() - 1].iter().map(|e| e * e).sum();
        let raw = if base > 0.0 { lagged / base } else { 0.0 };
        let rho = ((n * raw + k) / (n - k - 2.0)).clamp(least_rho, LARGEST_RHO);
        let variance = residuals.iter().map(|e| e * e).sum::<f64>() / left_by_fit(factor, rho);
        Ok(Self { rho, innovation_sd: ((1.0 - rho * rho) * variance).sqrt() })
    }

    /// Fewest residuals that the noise can be fitted to, after a regression on `terms` columns.
    #[must_use]
    pub const fn fewest_observations(terms: usize) -> usize {
        terms + SPARE_OBSERVATIONS
    }

    /// Covariance of two values of the noise so many observations apart, `σ² ρ^lag / (1 − ρ²)`.
    pub(super) fn covariance(&self, lag: usize) -> f64 {
        self.innovation_sd * self.innovation_sd * self.rho.powi(lag as i32) / (1.0 - self.rho * self.rho)
    }

    /// Adds one stationary path of the noise to `path`.
    pub(super) fn add_to(&self, path: &mut [f64], rng: &mut DrawRng) {
        let mut e = self.innovation_sd * standard_normal(rng) / (1.0 - self.rho * self.rho).sqrt();
        for y in path {
            *y += e;
            e = self.rho * e + self.innovation_sd * standard_normal(rng);
        }
    }
}

/// tr(M R): the expected sum of squared residuals of a fit to AR(1) noise of unit variance; n − k when ρ is zero.
fn left_by_fit(factor: &Factor, rho: f64) -> f64 {
    let basis = factor.basis();
    let (n, k) = basis.shape();
    let mut taken = 0.0;
    for i in 0..n {
        for j in 0..n {
            let correlation = rho.powi(i.abs_diff(j) as i32);
            taken += correlation * (0..k).map(|c| basis[(i, c)] * basis[(j, c)]).sum::<f64>();
        }
    }
    n as f64 - taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;
    use crate::stats::ols::{Covariance, ols};
    use crate::stats::random::stream;

    /// Σ e² / tr(M R) has the variance of the process as its expectation, whatever ρ; (n − k) understates it.
    #[test]
    fn the_variance_of_noise_is_not_understated_after_a_fit() {
        let design = Design::polynomial(&(0..16).map(f64::from).collect::<Vec<_>>(), 2).unwrap();
        let factor = Factor::new("test", &design, 1).unwrap();
        assert!((left_by_fit(&factor, 0.0) - 13.0).abs() < 1e-12);
        for rho in [0.0, 0.5, 0.7] {
            let squares = |s: u64| -> f64 {
                let fit = ols(&design, &ar1_noise(16, rho, s), Covariance::Classical).unwrap();
                fit.residuals.iter().map(|e| e * e).sum()
            };
            let mean = (0..1000).map(squares).sum::<f64>() / 1000.0;
            let variance = 1.0 / (1.0 - rho * rho);
            let found = mean / left_by_fit(&factor, rho);
            assert!((found / variance - 1.0).abs() < 0.08, "rho {rho}: {found} is not {variance}");
            let mut sds: Vec<f64> = (0..1000)
                .map(|s| {
                    let fit = ols(&design, &ar1_noise(16, rho, s), Covariance::Classical).unwrap();
                    Ar1::fit(&fit.residuals, &design).unwrap().innovation_sd
                })
                .collect();
            sds.sort_unstable_by(f64::total_cmp);
            assert!((sds[500] - 1.0).abs() < 0.1, "rho {rho}: innovations of {} instead of 1", sds[500]);
        }
    }

    #[test]
    fn the_bias_correction_brings_the_autocorrelation_of_residuals_home() {
        let mean = |rho: f64, degree: u32, corrected: bool| {
            let design = Design::polynomial(&(0..25).map(f64::from).collect::<Vec<_>>(), degree).unwrap();
            (0..600)
                .map(|s| {
                    let e = ols(&design, &ar1_noise(25, rho, s), Covariance::Classical).unwrap().residuals;
                    if corrected {
                        return Ar1::fit(&e, &design).unwrap().rho;
                    }
                    let base: f64 = e[..24].iter().map(|v| v * v).sum();
                    e.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / base
                })
                .sum::<f64>()
                / 600.0
        };
        for degree in 0..=2 {
            for rho in [0.0, 0.4] {
                let (raw, fixed) = (mean(rho, degree, false), mean(rho, degree, true));
                assert!(
                    (fixed - rho).abs() < 0.06,
                    "degree {degree} rho {rho}: raw {raw}, corrected {fixed}"
                );
                assert!(
                    (fixed - rho).abs() < (raw - rho).abs(),
                    "degree {degree} rho {rho}: raw {raw}, corrected {fixed}"
                );
            }
        }
    }

    #[test]
    fn simulated_noise_has_the_variance_and_correlation_asked_for() {
        let noise = Ar1 { rho: 0.6, innovation_sd: 2.0 };
        let mut path = vec![0.0; 60_000];
        noise.add_to(&mut path, &mut stream(1, 1));
        let variance = path.iter().map(|v| v * v).sum::<f64>() / 60_000.0;
        let lagged = path.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / 60_000.0;
        assert!((variance / (4.0 / 0.64) - 1.0).abs() < 0.04, "{variance}");
        assert!((lagged / variance - 0.6).abs() < 0.02);
    }

    #[test]
    fn too_few_residuals_and_those_of_another_fit_are_refused() {
        let line = |n: u32| Design::polynomial(&(0..n).map(f64::from).collect::<Vec<_>>(), 1).unwrap();
        assert!(matches!(
            Ar1::fit(&[0.1; 6], &line(6)),
            Err(StatsError::TooFewObservations { needed: 7, found: 6, .. })
        ));
        assert!(matches!(Ar1::fit(&[0.1; 9], &line(10)), Err(StatsError::LengthMismatch { .. })));
    }
}
