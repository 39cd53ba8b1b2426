//! How sure is a statistic of many economies? The Bayesian bootstrap: random weights on the economies instead of draws.
//!
//! For ratios of sums and medians, which have no regression behind them. Weights are Dirichlet(1, ..., 1), so no economy
//! drops out and no ratio loses its denominator. Economies count as independent; shocks that all share are not in the
//! interval, and the claims that use it say so.
//!
//! Source: Rubin (1981), Annals of Statistics 9(1), <https://doi.org/10.1214/aos/1176345338>.

use crate::stats::{BootstrapPlan, Interval, Sign, StatsError, dirichlet, quantile};

/// A statistic and its draws.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resampled {
    pub(super) value: f64,
    draws: Vec<f64>,
    level: f64,
}

impl Resampled {
    /// A statistic of weights that sum to one; the value is at equal weights.
    pub(super) fn of(
        economies: usize,
        plan: &BootstrapPlan,
        statistic: impl Fn(&[f64]) -> f64,
    ) -> Result<Self, StatsError> {
        let draws = dirichlet(&vec![1.0; economies], plan.draws, plan.seed)?
            .into_iter()
            .map(|weights| statistic(&weights))
            .collect();
        let equal = vec![1.0 / economies as f64; economies];
        Ok(Self { value: statistic(&equal), draws, level: plan.level })
    }

    /// Percentile interval.
    pub(super) fn interval(&self) -> Result<Interval, StatsError> {
        let tail = (1.0 - self.level) / 2.0;
        Ok(Interval::new(quantile(&self.draws, tail)?, quantile(&self.draws, 1.0 - tail)?))
    }

    /// Draws and value turned into another scale.
    pub(super) fn map(&self, of: impl Fn(f64) -> f64) -> Self {
        Self {
            value: of(self.value),
            draws: self.draws.iter().map(|draw| of(*draw)).collect(),
            level: self.level,
        }
    }

    /// Share of draws on the wrong side of zero.
    pub(super) fn p_one_sided(&self, sign: Sign) -> f64 {
        let wrong = self.draws.iter().filter(|draw| sign.factor() * **draw <= 0.0).count();
        (1 + wrong) as f64 / (1 + self.draws.len()) as f64
    }

    /// How often would an interval of this width exclude zero if the statistic were `effect`? The draws stand for the
    /// estimates of other samples.
    pub(super) fn power(&self, effect: f64) -> Result<f64, StatsError> {
        let interval = self.interval()?;
        let found = self
            .draws
            .iter()
            .filter(|draw| {
                let estimate = effect + *draw - self.value;
                if effect > 0.0 {
                    estimate > self.value - interval.low
                } else {
                    estimate < self.value - interval.high
                }
            })
            .count();
        Ok(found as f64 / self.draws.len() as f64)
    }
}

/// The value at which the weights below and above are equal; between two such values, their mean: of equal weights the
/// median as it is usually defined.
pub(super) fn weighted_median(values: &[f64], weights: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let half = weights.iter().sum::<f64>() / 2.0;
    let mut below = 0.0;
    for (rank, &position) in order.iter().enumerate() {
        below += weights[position];
        // Equal weights add up to a half only to rounding.
        if below > half * (1.0 + 1e-12) {
            return values[position];
        }
        if below >= half * (1.0 - 1e-12) {
            // A value without weight is nobody's.
            let next = order[rank + 1..].iter().find(|&&next| weights[next] > 0.0).unwrap_or(&position);
            return f64::midpoint(values[position], values[*next]);
        }
    }
    f64::NAN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_about_that_of_theory() {
        let values: Vec<f64> = (0..40).map(f64::from).collect();
        let mean = |weights: &[f64]| values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>();
        let resampled = Resampled::of(40, &BootstrapPlan::default(), mean).unwrap();
        assert!((resampled.value - 19.5).abs() < 1e-12);
        // sd / sqrt(n + 1): 11.54 / 6.40 = 1.80; two-sided 95% is 3.53 wide on either side.
        let interval = resampled.interval().unwrap();
        assert!((interval.high - interval.low - 2.0 * 1.96 * 1.80).abs() < 0.4, "{interval:?}");
        assert!(resampled.power(20.0).unwrap() > 0.99 && resampled.power(0.5).unwrap() < 0.2);
    }

    #[test]
    fn a_median_splits_the_weight() {
        assert!((weighted_median(&[3.0, 1.0, 2.0], &[1.0, 1.0, 1.0]) - 2.0).abs() < 1e-15);
        assert!((weighted_median(&[3.0, 1.0, 2.0], &[9.0, 1.0, 1.0]) - 3.0).abs() < 1e-15);
        assert!((weighted_median(&[1.0, 2.0, 3.0, 4.0], &[0.25; 4]) - 2.5).abs() < 1e-15);
        assert!((weighted_median(&[1.0, 2.0, 3.0], &[1.0, 0.0, 1.0]) - 2.0).abs() < 1e-15);
        assert!((weighted_median(&[1.0, 2.0], &[1.0, 0.0]) - 1.0).abs() < 1e-15);
    }
}
