//! Percentiles and weighted means: the two summaries every other file needs.
//!
//! One definition of the quantile, stated and used everywhere. No density estimation, no weighted quantiles.

use super::error::{StatsError, require_finite, require_length, require_observations, require_range};

/// The value below which the share `p` of a sample lies.
///
/// ```text
/// h = (n − 1) p;   Q(p) = x₍⌊h⌋₎ + (h − ⌊h⌋) (x₍⌊h⌋+1₎ − x₍⌊h⌋₎),   order statistics counted from 0
/// ```
/// This is type 7 of Hyndman & Fan (1996), doi:10.2307/2684934: the default of R, numpy and Julia.
///
/// # Errors
/// [`StatsError::TooFewObservations`] for an empty sample, [`StatsError::NotFinite`], [`StatsError::OutOfRange`].
///
/// # Cost
/// O(n log n) for the copy that is sorted.
///
/// # Example
/// ```
/// # use vadex::stats;
/// assert!((stats::quantile(&[4.0, 1.0, 3.0, 2.0], 0.25)? - 1.75).abs() < 1e-15);
/// # Ok::<(), stats::StatsError>(())
/// ```
pub fn quantile(values: &[f64], p: f64) -> Result<f64, StatsError> {
    require_observations("quantile", 1, values.len())?;
    require_finite("quantile", values)?;
    require_range("p", p, 0.0, 1.0)?;
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Ok(quantile_of_sorted(&sorted, p))
}

/// The median: `quantile(values, 0.5)`.
///
/// # Errors
/// As [`quantile`].
pub fn median(values: &[f64]) -> Result<f64, StatsError> {
    quantile(values, 0.5)
}

/// As [`quantile`], for a non-empty slice in increasing order and `p` in [0, 1]. Infinite entries are allowed: a
/// neighbour with weight zero is not touched.
pub(super) fn quantile_of_sorted(sorted: &[f64], p: f64) -> f64 {
    let h = (sorted.len() - 1) as f64 * p;
    let below = (h.floor() as usize).min(sorted.len() - 1);
    let part = h - below as f64;
    if part > 0.0 && below + 1 < sorted.len() {
        let (a, b) = (sorted[below], sorted[below + 1]);
        // Equal neighbours first: infinity minus infinity is not a number.
        if a.total_cmp(&b).is_eq() { a } else { a + part * (b - a) }
    } else {
        sorted[below]
    }
}

/// `Σ w x / Σ w`.
///
/// # Errors
/// [`StatsError::TooFewObservations`], [`StatsError::LengthMismatch`], [`StatsError::NotFinite`], and
/// [`StatsError::OutOfRange`] for a negative weight or weights that sum to zero.
///
/// # Example
/// ```
/// # use vadex::stats;
/// assert!((stats::weighted_mean(&[10.0, 40.0], &[2.0, 1.0])? - 20.0).abs() < 1e-13);
/// # Ok::<(), stats::StatsError>(())
/// ```
pub fn weighted_mean(values: &[f64], weights: &[f64]) -> Result<f64, StatsError> {
    require_observations("weighted mean", 1, values.len())?;
    require_length("weights", values.len(), weights.len())?;
    require_finite("values", values)?;
    require_finite("weights", weights)?;
    for &w in weights {
        require_range("weight", w, 0.0, f64::MAX)?;
    }
    let total: f64 = weights.iter().sum();
    require_range("sum of weights", total, f64::MIN_POSITIVE, f64::MAX)?;
    Ok(values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / total)
}

/// The plain mean of a slice known to be non-empty.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `np.quantile([7,15,36,39,40,41], [.1,.25,.5,.9])` = 11.0, 20.25, 37.5, 40.5
    #[test]
    fn quantiles_agree_with_numpy() {
        let x = [40.0, 7.0, 41.0, 15.0, 39.0, 36.0];
        for (p, q) in [(0.0, 7.0), (0.1, 11.0), (0.25, 20.25), (0.5, 37.5), (0.9, 40.5), (1.0, 41.0)] {
            assert!((quantile(&x, p).unwrap() - q).abs() < 1e-13, "{p}");
        }
        assert!((median(&x).unwrap() - 37.5).abs() < 1e-13);
    }

    #[test]
    fn a_quantile_ignores_order_and_moves_with_the_data() {
        let x = [3.2, -1.0, 8.8, 2.5, 2.5];
        let mut turned = x;
        turned.reverse();
        let shifted = x.map(|v| 10.0 + 2.0 * v);
        for p in [0.05, 0.33, 0.8] {
            let q = quantile(&x, p).unwrap();
            assert!((quantile(&turned, p).unwrap() - q).abs() < 1e-15);
            assert!((quantile(&shifted, p).unwrap() - (10.0 + 2.0 * q)).abs() < 1e-12);
        }
    }

    #[test]
    fn infinite_neighbours_do_not_spoil_a_sorted_quantile() {
        let x = [f64::NEG_INFINITY, f64::NEG_INFINITY, 1.0, 2.0];
        assert!(quantile_of_sorted(&x, 0.1).is_infinite());
        assert!((quantile_of_sorted(&x, 1.0) - 2.0).abs() < 1e-15);
    }

    #[test]
    fn empty_samples_and_bad_weights_are_refused() {
        assert!(quantile(&[], 0.5).is_err());
        assert!(quantile(&[1.0], 1.1).is_err());
        assert!(weighted_mean(&[1.0, 2.0], &[0.0, 0.0]).is_err());
        assert!(weighted_mean(&[1.0, 2.0], &[1.0, -1.0]).is_err());
        assert!(weighted_mean(&[1.0, 2.0], &[1.0]).is_err());
        assert!((weighted_mean(&[1.0, 2.0], &[0.0, 3.0]).unwrap() - 2.0).abs() < 1e-15);
    }
}
