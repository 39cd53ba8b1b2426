//! Innovations of AR(1) noise, resampled: made-up residuals that remember as the real ones do.
//!
//! Takes residuals apart into what was left of the year before and what was new, draws the new parts with replacement, and
//! lets them run on. It fits no coefficients; see [`super::bootstrap`].

use super::ar1::Ar1;
use super::design::Factor;
use super::error::StatsError;
use super::quantile::mean;
use super::random::{DrawRng, index_below};

/// The noise of a fit and its innovations, centred and of the fitted spread.
#[derive(Debug)]
pub(super) struct InnovationResampler {
    noise: Ar1,
    innovations: Vec<f64>,
}

impl InnovationResampler {
    /// ```text
    /// u_1 = √(1 − ρ²) ê_1,   u_t = ê_t − ρ ê_{t−1};    centred, and scaled so that Σ u² / n = σ²
    /// ```
    /// The first as Prais and Winsten have it: without memory these are the residuals, scaled by √(n / (n − k)).
    pub(super) fn new(factor: &Factor, residuals: &[f64]) -> Result<Self, StatsError> {
        let noise = Ar1::persistent_after(factor, residuals)?;
        let mut innovations = Vec::with_capacity(residuals.len());
        innovations.push((1.0 - noise.rho * noise.rho).sqrt() * residuals[0]);
        innovations.extend(residuals.windows(2).map(|pair| pair[1] - noise.rho * pair[0]));
        let centre = mean(&innovations);
        innovations.iter_mut().for_each(|u| *u -= centre);
        let spread = (innovations.iter().map(|u| u * u).sum::<f64>() / innovations.len() as f64).sqrt();
        if spread > 0.0 {
            innovations.iter_mut().for_each(|u| *u *= noise.innovation_sd / spread);
        }
        Ok(Self { noise, innovations })
    }

    /// Fills `out` with a path of the noise: `e_1 = u* / √(1 − ρ²)`, `e_t = ρ e_{t−1} + u*`, each u* one of the innovations.
    pub(super) fn fill(&self, rng: &mut DrawRng, out: &mut [f64]) {
        let rho = self.noise.rho;
        let mut before: Option<f64> = None;
        for e in out {
            let new = self.innovations[index_below(rng, self.innovations.len())];
            let now = before.map_or_else(|| new / (1.0 - rho * rho).sqrt(), |before| rho * before + new);
            *e = now;
            before = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;
    use crate::stats::design::Design;
    use crate::stats::random::stream;

    /// Residuals of a line through AR(1) noise.
    fn residuals(n: u32, rho: f64, seed: u64) -> (Factor, Vec<f64>) {
        let time: Vec<f64> = (0..n).map(f64::from).collect();
        let factor = Factor::new("test", &Design::polynomial(&time, 1).unwrap(), 1).unwrap();
        let y = ar1_noise(n as usize, rho, seed);
        let left = factor.residuals(&y, &factor.solve(&y));
        (factor, left)
    }

    #[test]
    fn without_memory_the_innovations_are_the_rescaled_residuals() {
        // Swings of the other sign every year have a negative autocorrelation, which is not believed.
        let time: Vec<f64> = (0..9).map(f64::from).collect();
        let factor = Factor::new("test", &Design::polynomial(&time, 1).unwrap(), 1).unwrap();
        let swings = [1.0, -2.0, 2.0, -2.0, 2.0, -2.0, 2.0, -2.0, 1.0];
        let resampler = InnovationResampler::new(&factor, &swings).unwrap();
        for (u, e) in resampler.innovations.iter().zip(swings) {
            assert!((u - e * (9.0_f64 / 7.0).sqrt()).abs() < 1e-12, "{u} {e}");
        }
    }

    #[test]
    fn made_up_noise_has_the_fitted_variance_and_memory() {
        let (factor, left) = residuals(40, 0.6, 3);
        let resampler = InnovationResampler::new(&factor, &left).unwrap();
        let noise = resampler.noise;
        assert!(noise.rho > 0.0, "{noise:?}");
        let mut path = vec![0.0; 40];
        let (mut variance, mut lagged) = ([0.0; 40], 0.0);
        let draws = 20_000;
        for d in 0..draws {
            resampler.fill(&mut stream(1, d), &mut path);
            for (sum, e) in variance.iter_mut().zip(&path) {
                *sum += e * e / draws as f64;
            }
            lagged += path[19] * path[20] / draws as f64;
        }
        // The first year as much as the last: the noise is stationary.
        for t in [0, 20, 39] {
            let ratio = variance[t] / noise.covariance(0);
            assert!((ratio - 1.0).abs() < 0.06, "{t}: {ratio}");
        }
        assert!((lagged - noise.covariance(1)).abs() < 0.06 * noise.covariance(0), "{lagged}");
    }

    #[test]
    fn residuals_of_nothing_stay_nothing() {
        let (factor, left) = residuals(12, 0.0, 1);
        let none = vec![0.0; left.len()];
        let resampler = InnovationResampler::new(&factor, &none).unwrap();
        let mut path = vec![1.0; 12];
        resampler.fill(&mut stream(1, 0), &mut path);
        assert!(path.iter().all(|e| e.abs() < 1e-15));
    }
}
