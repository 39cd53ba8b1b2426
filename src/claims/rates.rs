//! Growth rates of one path, and the change of their mean at a date: given, or found by the rates themselves.
//!
//! Rates are left out together: a crisis takes the rate into it and the rate out of it.

use super::thinning::interval_words;
use super::verdict::{ROUNDING, settled, settled_interval};
use crate::stats::{
    Ar1, BootstrapPlan, BreakModel, Covariance, DEFAULT_TRIMMING, Design, Interval, PowerPlan, Sign,
    StatsError, SupF, ols, residual_bootstrap, simulated_power, sup_f,
};

/// Growth of each year, in percent.
#[derive(Debug, Clone)]
pub(super) struct Rates {
    pub(super) years: Vec<i32>,
    pub(super) values: Vec<f64>,
}

/// A mean after a date less that up to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) value: f64,
    pub(super) interval: Interval,
    /// One-sided, of "no fall".
    pub(super) p: f64,
}

impl Rates {
    /// The same without some years.
    pub(super) fn keeping(&self, keep: impl Fn(i32) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.years.len()).filter(|&t| keep(self.years[t])).collect();
        Self {
            years: kept.iter().map(|&t| self.years[t]).collect(),
            values: kept.iter().map(|&t| self.values[t]).collect(),
        }
    }

    /// Without the rates into and out of some years.
    pub(super) fn without(&self, years: &[i32]) -> Self {
        self.keeping(|year| !years.contains(&year) && !years.contains(&(year - 1)))
    }

    /// Numbers of rates up to a date and after it.
    pub(super) fn sides(&self, date: i32) -> (usize, usize) {
        let late = self.years.iter().filter(|year| **year > date).count();
        (self.years.len() - late, late)
    }

    /// Means up to a date and after it.
    pub(super) fn means(&self, date: i32) -> (f64, f64) {
        let mean = |late: bool| {
            let side = self.keeping(|year| (year > date) == late);
            side.values.iter().sum::<f64>() / side.values.len() as f64
        };
        (mean(false), mean(true))
    }

    /// Is every rate known?
    pub(super) fn is_defined(&self) -> bool {
        self.values.iter().all(|value| value.is_finite())
    }

    /// The change at a date, AR(1) shocks of years resampled.
    ///
    /// ```text
    /// g_t = a + b [t > date] + e_t
    /// ```
    pub(super) fn change(&self, date: i32, plan: &BootstrapPlan) -> Result<Change, StatsError> {
        let fit = residual_bootstrap(&self.step(date)?, &self.values, plan)?;
        let change = fit.coefficient(1);
        // A change within rounding of zero has no sign.
        Ok(Change {
            value: settled(change.value),
            interval: settled_interval(change.interval),
            p: fit.p_one_sided(|b| b[1], Sign::Negative, ROUNDING),
        })
    }

    /// The break of the mean that the rates themselves show; nothing where they do not vary or are too few.
    pub(super) fn found_break(&self, plan: &BootstrapPlan) -> Option<SupF> {
        let time: Vec<f64> = self.years.iter().map(|year| f64::from(*year)).collect();
        sup_f(&time, &self.values, BreakModel::Level, DEFAULT_TRIMMING, plan).ok()
    }

    /// How often would a fall of the mean by so much at a date be found, with the noise of these rates, by a test that finds
    /// one in 2.5% of series without it?
    pub(super) fn power(&self, date: i32, fall: f64, seed: u64) -> Result<f64, StatsError> {
        let step = self.step(date)?;
        let noise = Ar1::fit(&ols(&step, &self.values, Covariance::Classical)?.residuals, &step)?;
        let effect: Vec<f64> = self.years.iter().map(|year| if *year > date { -fall } else { 0.0 }).collect();
        let plan = PowerPlan { seed, ..PowerPlan::default() };
        let power = simulated_power(&vec![0.0; effect.len()], &effect, noise, &plan, |series, _| {
            let fit = ols(&step, series, Covariance::newey_west(series.len()))?;
            Ok(-fit.estimate(1).t_statistic())
        })?;
        Ok(power.rate)
    }

    /// A constant, and what it changes by after a date.
    fn step(&self, date: i32) -> Result<Design, StatsError> {
        let late: Vec<f64> = self.years.iter().map(|year| if *year > date { 1.0 } else { 0.0 }).collect();
        Design::with_intercept(self.years.len()).column("after", &late)
    }
}

impl Change {
    /// In words.
    pub(super) fn told(&self) -> String {
        format!("{:+.2} {} points of growth", self.value, interval_words(&self.interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: i32 = 2000;

    fn rates(of: impl Fn(i32) -> f64) -> Rates {
        let years: Vec<i32> = (1996..2019).collect();
        Rates { values: years.iter().map(|year| of(*year)).collect(), years }
    }

    /// Deterministic roughness.
    fn noise(year: i32) -> f64 {
        (f64::from(year) * 1.7).sin()
    }

    #[test]
    fn a_crisis_takes_the_rates_into_it_and_out_of_it() {
        let kept = rates(|_| 1.0).without(&[2009]);
        assert!(!kept.years.contains(&2009) && !kept.years.contains(&2010) && kept.years.len() == 21);
        assert_eq!(kept.sides(DATE), (5, 16));
        let (before, after) = rates(|year| if year > DATE { 2.0 } else { 5.0 }).means(DATE);
        assert!((before - 5.0).abs() < 1e-12 && (after - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_change_is_the_difference_of_means_and_a_break_is_dated_by_itself() {
        let fall = |date: i32| rates(|year| noise(year) - if year > date { 6.0 } else { 0.0 });
        let plan = BootstrapPlan::default();
        let change = fall(DATE).change(DATE, &plan).unwrap();
        let (before, after) = fall(DATE).means(DATE);
        assert!((change.value - (after - before)).abs() < 1e-9);
        assert!(change.interval.high < -2.0 && change.p < 0.01, "{change:?}");
        for date in [DATE, 2008] {
            let found = fall(date).found_break(&plan).unwrap();
            assert!((found.break_after - f64::from(date)).abs() < 0.5 && found.p_value < 0.05, "{found:?}");
        }
        assert!(rates(noise).found_break(&plan).unwrap().p_value > 0.1);
        assert!(rates(|_| 1.0).found_break(&plan).is_none(), "what does not vary does not break");
    }

    #[test]
    fn power_grows_with_the_fall_and_is_the_size_without_one() {
        let calm = rates(noise);
        let of = |fall: f64| calm.power(DATE, fall, 3).unwrap();
        assert!(of(0.0) < 0.06 && of(1.0) < of(4.0) && of(4.0) > 0.9);
    }
}
