//! A fitted quadratic path with its error at any time: what a band around it is drawn from.
//!
//! Fits the same equation as [`super::u_test::lind_mehlum`], so that a band and the test of a turn say the same thing.

use super::design::Design;
use super::error::{StatsError, require_finite, require_length, require_observations};
use super::inference::Estimate;
use super::ols::{Covariance, ols};
use super::quantile::mean;

/// Where does the fitted quadratic run, and how sure is that, at each of the times `at`?
///
/// ```text
/// ŷ(t) = g'b        V(ŷ(t)) = g' V(b) g        g = (1, t − t̄, (t − t̄)²)'
///      (1,3)(3,1)           (1,3)(3,3)(3,1)
/// ```
/// [`Estimate::interval`] makes a pointwise band of it, `ŷ(t) ± t_{n−3} √V`: it covers the mean path at one time with its
/// level, all times together with less, and single observations not at all.
///
/// # Assumptions
/// The path is quadratic; errors as in the chosen [`Covariance`]. `at` may hold times that were left out of the fit.
///
/// # Errors
/// Those of [`ols`].
///
/// # Cost
/// O(n + m).
///
/// # Source
/// Working and Hotelling (1929), Journal of the American Statistical Association 24(165A), 73-85, for the error of a fitted
/// trend.
///
/// # Example
/// ```
/// use vadex::stats::{Covariance, quadratic_path};
/// let time = [0.0, 1.0, 2.0, 3.0, 4.0];
/// let path = quadratic_path(&time, &[1.0, 4.0, 5.0, 4.0, 1.0], &[2.0, 6.0], Covariance::Classical)?;
/// assert!((path[0].value - 5.0).abs() < 1e-12 && (path[1].value + 11.0).abs() < 1e-12);
/// assert!(path[0].standard_error < 1e-12); // 5 − (t − 2)² without any noise
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
pub fn quadratic_path(
    time: &[f64],
    outcome: &[f64],
    at: &[f64],
    covariance: Covariance,
) -> Result<Vec<Estimate>, StatsError> {
    require_observations("fitted path", 4, time.len())?;
    require_length("outcome", time.len(), outcome.len())?;
    require_finite("time", time)?;
    let centre = mean(time);
    let centred: Vec<f64> = time.iter().map(|t| t - centre).collect();
    let fit = ols(&Design::polynomial(&centred, 2)?, outcome, covariance)?;
    at.iter().map(|t| fit.contrast(&[1.0, t - centre, (t - centre).powi(2)])).collect()
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};

    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;
    use crate::stats::{BootstrapPlan, Shuffle, Tails, residual_bootstrap};

    /// Twelve years of which two are left out of the fit.
    fn sample() -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let at: Vec<f64> = (0..14).map(|i| 1995.0 + f64::from(i)).collect();
        let time: Vec<f64> = at.iter().copied().filter(|t| ![2003.0, 2004.0].contains(t)).collect();
        let noise = ar1_noise(time.len(), 0.0, 8);
        let outcome =
            time.iter().zip(noise).map(|(t, e)| 20.0 + 0.8 * (t - 1995.0) - 0.05 * (t - 1995.0).powi(2) + e);
        let outcome = outcome.collect();
        (time, outcome, at)
    }

    /// The same by the textbook's matrices, about another origin: σ² g'(X'X)⁻¹g with X'X inverted outright.
    #[test]
    fn values_and_errors_are_those_of_direct_matrix_algebra() {
        let (time, outcome, at) = sample();
        let row = |t: f64| [1.0, t - 1990.0, (t - 1990.0).powi(2)];
        let x = DMatrix::from_fn(time.len(), 3, |i, j| row(time[i])[j]);
        let y = DVector::from_column_slice(&outcome);
        let inverse = (x.transpose() * &x).try_inverse().unwrap();
        let b = &inverse * x.transpose() * &y;
        let sigma2 = (&y - &x * &b).norm_squared() / (time.len() as f64 - 3.0);
        let path = quadratic_path(&time, &outcome, &at, Covariance::Classical).unwrap();
        for (t, found) in at.iter().zip(path) {
            let g = DVector::from_row_slice(&row(*t));
            let error = (sigma2 * (g.transpose() * &inverse * &g)[(0, 0)]).sqrt();
            assert!((found.value - g.dot(&b)).abs() < 1e-8, "{t}: {} {}", found.value, g.dot(&b));
            assert!((found.standard_error / error - 1.0).abs() < 1e-8, "{t}: {error}");
            assert!((found.degrees_of_freedom - 9.0).abs() < f64::EPSILON);
        }
    }

    /// Resampling single residuals, or innovations of AR(1) noise, scaled to the residual variance, finds the same errors.
    #[test]
    fn errors_are_those_of_the_bootstrap() {
        let (time, outcome, at) = sample();
        let centre = mean(&time);
        let centred: Vec<f64> = time.iter().map(|t| t - centre).collect();
        for (shuffle, covariance) in
            [(Shuffle::Blocks, Covariance::Classical), (Shuffle::Innovations, Covariance::Ar1)]
        {
            let plan =
                BootstrapPlan { shuffle, block: 1, draws: 4000, tails: Tails::Plain, ..Default::default() };
            let boot =
                residual_bootstrap(&Design::polynomial(&centred, 2).unwrap(), &outcome, &plan).unwrap();
            let path = quadratic_path(&time, &outcome, &at, covariance).unwrap();
            for (t, found) in at.iter().zip(path) {
                let x = t - centre;
                let drawn = boot.statistic(|b| b[0] + b[1] * x + b[2] * x * x).standard_error;
                let ratio = drawn / found.standard_error;
                // 4000 draws know a standard deviation to about 1.1%.
                assert!((ratio - 1.0).abs() < 0.05, "{covariance:?} {t}: {ratio}");
            }
        }
    }
}
