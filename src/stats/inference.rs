//! The vocabulary of results: an interval, an estimate with its error, a direction, a tail.
//!
//! Nothing here estimates anything. The t distribution is used throughout; infinite degrees of freedom give the normal.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::error::{StatsError, require_open_unit};

/// A closed interval of the real line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The interval from `low` to `high`.
    #[must_use]
    pub const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// Does `value` lie in the interval, ends included?
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Does the whole interval lie on the predicted side of zero?
    #[must_use]
    pub fn excludes_zero(&self, predicted: Sign) -> bool {
        match predicted {
            Sign::Positive => self.low > 0.0,
            Sign::Negative => self.high < 0.0,
        }
    }

    /// Does the whole interval lie in `outer`?
    #[must_use]
    pub fn lies_in(&self, outer: &Self) -> bool {
        outer.low <= self.low && self.high <= outer.high
    }
}

/// The direction a hypothesis predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sign {
    /// Above zero.
    Positive,
    /// Below zero.
    Negative,
}

impl Sign {
    /// The other direction.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Positive => Self::Negative,
            Self::Negative => Self::Positive,
        }
    }

    /// `+1.0` or `-1.0`.
    #[must_use]
    pub const fn factor(self) -> f64 {
        match self {
            Self::Positive => 1.0,
            Self::Negative => -1.0,
        }
    }

    /// Is `value` strictly on this side of zero?
    #[must_use]
    pub fn matches(self, value: f64) -> bool {
        value * self.factor() > 0.0
    }
}

/// An estimate with its standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Point estimate.
    pub value: f64,
    /// Standard error.
    pub standard_error: f64,
    /// Degrees of freedom of the t distribution; infinite for the normal.
    pub degrees_of_freedom: f64,
}

impl Estimate {
    /// t statistic against zero. A zero error gives ±∞, or 0 when the estimate is 0 too.
    #[must_use]
    pub fn t_statistic(&self) -> f64 {
        if self.standard_error > 0.0 {
            self.value / self.standard_error
        } else if self.value.abs() > 0.0 {
            self.value.signum() * f64::INFINITY
        } else {
            0.0
        }
    }

    /// Two-sided p-value of the hypothesis that the true value is zero.
    #[must_use]
    pub fn p_two_sided(&self) -> f64 {
        (2.0 * t_upper_tail(self.t_statistic().abs(), self.degrees_of_freedom)).min(1.0)
    }

    /// One-sided p-value: how surprising is the estimate if the true value is zero or on the other side of `sign`?
    #[must_use]
    pub fn p_one_sided(&self, sign: Sign) -> f64 {
        t_upper_tail(self.t_statistic() * sign.factor(), self.degrees_of_freedom)
    }

    /// Central interval, `value ± t · error`.
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] unless `0 < level < 1`.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        let half =
            t_quantile(1.0 - (1.0 - level) / 2.0, level, self.degrees_of_freedom)? * self.standard_error;
        Ok(Interval::new(self.value - half, self.value + half))
    }
}

/// P(T > t) for Student's t; the normal when `degrees_of_freedom` is infinite.
pub(super) fn t_upper_tail(t: f64, degrees_of_freedom: f64) -> f64 {
    if t.is_infinite() {
        return if t > 0.0 { 0.0 } else { 1.0 };
    }
    if degrees_of_freedom.is_infinite() {
        return Normal::new(0.0, 1.0).map_or(f64::NAN, |d| d.sf(t));
    }
    StudentsT::new(0.0, 1.0, degrees_of_freedom).map_or(f64::NAN, |d| d.sf(t))
}

/// The `probability` quantile of Student's t; `level` is only named in the error.
pub(super) fn t_quantile(probability: f64, level: f64, degrees_of_freedom: f64) -> Result<f64, StatsError> {
    require_open_unit("level", level)?;
    require_open_unit("probability", probability)?;
    if degrees_of_freedom.is_infinite() {
        return Ok(Normal::new(0.0, 1.0).map_or(f64::NAN, |d| d.inverse_cdf(probability)));
    }
    Ok(StudentsT::new(0.0, 1.0, degrees_of_freedom).map_or(f64::NAN, |d| d.inverse_cdf(probability)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-10 * b.abs(), "{a} is not {b}");
    }

    /// `from scipy.stats import t, norm; t.sf(2.5,14), t.ppf(.975,14), t.ppf(.95,3), norm.sf(3), norm.ppf(.975), t.sf(12,30)`
    #[test]
    fn tails_and_quantiles_agree_with_scipy() {
        close(t_upper_tail(2.5, 14.0), 0.012_733_332_307_031_081);
        close(t_upper_tail(12.0, 30.0), 2.790_092_707_599_63e-13);
        close(t_quantile(0.975, 0.95, 14.0).unwrap(), 2.144_786_687_917_804);
        close(t_quantile(0.95, 0.9, 3.0).unwrap(), 2.353_363_434_801_823_3);
        close(t_upper_tail(3.0, f64::INFINITY), 0.001_349_898_031_630_093_3);
        close(t_quantile(0.975, 0.95, f64::INFINITY).unwrap(), 1.959_963_984_540_054);
    }

    #[test]
    fn a_perfect_fit_has_an_infinite_t_and_a_zero_over_zero_has_none() {
        let exact = Estimate { value: -2.0, standard_error: 0.0, degrees_of_freedom: 5.0 };
        assert!(exact.t_statistic().is_infinite());
        assert!(exact.p_two_sided() < 1e-300);
        assert!(exact.p_one_sided(Sign::Positive) > 0.999);
        let nothing = Estimate { value: 0.0, ..exact };
        assert!((nothing.p_two_sided() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_two_one_sided_p_values_add_to_one() {
        let e = Estimate { value: 0.7, standard_error: 0.4, degrees_of_freedom: 9.0 };
        let sum = e.p_one_sided(Sign::Positive) + e.p_one_sided(Sign::Negative);
        assert!((sum - 1.0).abs() < 1e-14);
        let inside = e.interval(0.95).unwrap();
        assert!(inside.contains(0.7) && !inside.excludes_zero(Sign::Positive));
        assert!(e.interval(1.0).is_err());
    }
}
