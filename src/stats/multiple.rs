//! Many tests at once: adjusted p-values.
//!
//! Benjamini-Hochberg bounds the share of false discoveries, Holm the chance of any. Neither looks at the tests
//! themselves; leave out units that could not be tested, and report how many.

use super::error::{StatsError, require_finite, require_observations, require_range};

/// False discovery rate at which units within a claim are counted.
pub const DEFAULT_FDR: f64 = 0.10;

/// Benjamini-Hochberg adjusted p-values, in the order given: at which false discovery rate would each just be counted?
///
/// ```text
/// p̃₍i₎ = min over j ≥ i of min(1, m p₍j₎ / j)        p₍1₎ ≤ … ≤ p₍m₎
/// ```
///
/// # Assumptions
/// Independent or positively dependent tests. Countries sharing one world cycle are positively dependent.
///
/// # Errors
/// [`StatsError::TooFewObservations`] for no test, [`StatsError::NotFinite`], [`StatsError::OutOfRange`] outside [0, 1].
///
/// # Cost
/// O(m log m).
///
/// # Source
/// Benjamini & Hochberg (1995) doi:10.1111/j.2517-6161.1995.tb02031.x.
///
/// # Example
/// ```
/// let adjusted = vadex::stats::benjamini_hochberg(&[0.04, 0.01, 0.03])?;
/// assert!((adjusted[1] - 0.03).abs() < 1e-15 && (adjusted[2] - 0.04).abs() < 1e-15); // 3·0.01/1; min(3·0.03/2, 0.04)
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Result<Vec<f64>, StatsError> {
    let order = ascending(p_values)?;
    let m = p_values.len() as f64;
    let mut adjusted = vec![0.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(m * p_values[i] / (rank + 1) as f64);
        adjusted[i] = least;
    }
    Ok(adjusted)
}

/// Holm adjusted p-values, in the order given: at which chance of *any* false rejection would each just be rejected?
///
/// ```text
/// p̃₍i₎ = max over j ≤ i of min(1, (m − j + 1) p₍j₎)
/// ```
///
/// # Assumptions
/// None on dependence.
///
/// # Errors, cost
/// As [`benjamini_hochberg`].
///
/// # Source
/// Holm (1979), *Scandinavian Journal of Statistics* 6(2).
pub fn holm(p_values: &[f64]) -> Result<Vec<f64>, StatsError> {
    let order = ascending(p_values)?;
    let m = p_values.len();
    let mut adjusted = vec![0.0; m];
    let mut largest = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        largest = largest.max((m - rank) as f64 * p_values[i]).min(1.0);
        adjusted[i] = largest;
    }
    Ok(adjusted)
}

/// Number of (adjusted) p-values at or below `level`.
#[must_use]
pub fn count_at_most(p_values: &[f64], level: f64) -> usize {
    p_values.iter().filter(|p| **p <= level).count()
}

/// Positions of the p-values from small to large.
fn ascending(p_values: &[f64]) -> Result<Vec<usize>, StatsError> {
    require_observations("p-values", 1, p_values.len())?;
    require_finite("p-values", p_values)?;
    for &p in p_values {
        require_range("p-value", p, 0.0, 1.0)?;
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::{stream, unit_open};

    /// Benjamini & Hochberg (1995): fifteen hypotheses on thrombolysis. At 0.05 their procedure rejects the
    /// first four, Bonferroni and Hochberg the first three.
    const PAPER: [f64; 15] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.0000,
    ];

    #[test]
    fn the_worked_example_of_the_1995_paper_rejects_four() {
        let bh = benjamini_hochberg(&PAPER).unwrap();
        assert_eq!(count_at_most(&bh, 0.05), 4);
        assert_eq!(count_at_most(&holm(&PAPER).unwrap(), 0.05), 3);
        // By hand: 15 · 0.0095 / 4, and 15 · 0.0201 / 5 (every later 15 p / rank is larger).
        assert!((bh[3] - 0.035_625).abs() < 1e-15);
        assert!((bh[4] - 0.0603).abs() < 1e-15);
        // Sixth: 15 · 0.0278 / 6 = 0.0695, but the seventh gives 15 · 0.0298 / 7 = 0.063857…, which is less.
        assert!((bh[5] - 15.0 * 0.0298 / 7.0).abs() < 1e-15);
    }

    /// `statsmodels.stats.multitest.multipletests(p, method='holm')[1]` for p = [.01,.04,.03,.005,.5]
    #[test]
    fn holm_agrees_with_statsmodels() {
        let h = holm(&[0.01, 0.04, 0.03, 0.005, 0.5]).unwrap();
        for (a, b) in h.iter().zip([0.04, 0.09, 0.09, 0.025, 0.5]) {
            assert!((a - b).abs() < 1e-15, "{h:?}");
        }
    }

    #[test]
    fn the_order_of_the_tests_does_not_matter_and_ties_stay_ties() {
        let p = [0.2, 0.01, 0.01, 0.7, 0.04];
        let turned: Vec<f64> = p.iter().rev().copied().collect();
        for adjust in [benjamini_hochberg, holm] {
            let a = adjust(&p).unwrap();
            let b: Vec<f64> = adjust(&turned).unwrap().into_iter().rev().collect();
            assert_eq!(a, b);
            assert!((a[1] - a[2]).abs() < 1e-16);
            assert!(a.iter().zip(&p).all(|(a, p)| a >= p && *a <= 1.0));
        }
    }

    #[test]
    fn holm_errs_at_all_in_at_most_five_percent_of_null_families() {
        let mut false_any = [0, 0];
        for seed in 0..2000 {
            let mut rng = stream(seed, 0);
            let p: Vec<f64> = (0..10).map(|_| unit_open(&mut rng)).collect();
            for (slot, adjust) in [benjamini_hochberg, holm].iter().enumerate() {
                false_any[slot] += usize::from(count_at_most(&adjust(&p).unwrap(), 0.05) > 0);
            }
        }
        // With every null true the two error rates coincide at the nominal 5%.
        for n in false_any {
            assert!((70..130).contains(&n), "{n} of 2000");
        }
    }

    #[test]
    fn impossible_p_values_are_refused() {
        assert!(benjamini_hochberg(&[]).is_err());
        assert!(holm(&[0.5, 1.2]).is_err());
        assert!(matches!(benjamini_hochberg(&[f64::NAN]), Err(StatsError::NotFinite { .. })));
    }
}
