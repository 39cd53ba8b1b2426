//! In-out-in: does a path rise, fall and rise again (or the reverse)?
//!
//! Two turns instead of one, so a cubic instead of the quadratic of [`super::trend`]. A third turn is not looked for.

use serde::{Deserialize, Serialize};

use super::design::Design;
use super::error::{StatsError, require_range};
use super::inference::{Estimate, Interval, Sign};
use super::ols::{Covariance, ols};
use super::trend::prepare;

/// Result of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InOutIn {
    /// Direction of the first and third phase that was tested.
    pub first: Sign,
    /// First and last time.
    pub span: Interval,
    /// The two turning points in order of time; `None` when the fitted cubic has none.
    pub turning_points: Option<(f64, f64)>,
    /// Do both turning points keep the margin from the ends?
    pub both_inside: bool,
    /// Slope at the first time.
    pub slope_at_start: Estimate,
    /// Slope at the inflection, where the middle phase is steepest.
    pub slope_in_middle: Estimate,
    /// Slope at the last time.
    pub slope_at_end: Estimate,
    /// The cubic coefficient: its two-sided p-value compares the cubic with the quadratic.
    pub cubic: Estimate,
    /// Largest of the three one-sided p-values: the p-value of "no such path".
    pub p_value: f64,
}

impl InOutIn {
    /// Two turning points inside, and all three slopes significant at `alpha` with alternating signs?
    #[must_use]
    pub fn established(&self, alpha: f64) -> bool {
        self.both_inside && self.p_value <= alpha
    }
}

/// Does the series go `first`, then the other way, then `first` again?
///
/// ```text
/// y = b0 + b1 t + b2 t² + b3 t³  (t centred)      slope(t) = b1 + 2 b2 t + 3 b3 t²
/// turning points: slope(t) = 0                    middle: slope at −b2 / (3 b3), = b1 − b2² / (3 b3)
/// p = max of the one-sided p-values of +slope(t_min), −slope(middle), +slope(t_max)
/// ```
/// The inflection is estimated, but the slope is stationary there, so the delta method gives the same error as for a
/// fixed date.
///
/// # Assumptions
/// Errors as in the chosen [`Covariance`]. A cubic has only n − 4 degrees of freedom on n points and its ends are its
/// least certain part: with 17 points only pronounced third phases are found.
///
/// # Errors
/// Those of [`ols`]; [`StatsError::NoVariation`], [`StatsError::NotIncreasing`]; [`StatsError::OutOfRange`] for a
/// negative margin.
///
/// # Cost
/// O(n).
///
/// # Source
/// The pattern: Lee, Szapiro & Mao (2018), *European Journal of Development Research* 30. The test: Lind & Mehlum's intersection-union
/// principle (see [`super::u_test`]) with one slope more.
pub fn in_out_in(
    time: &[f64],
    outcome: &[f64],
    first: Sign,
    covariance: Covariance,
    margin: f64,
) -> Result<InOutIn, StatsError> {
    require_range("margin", margin, 0.0, f64::MAX)?;
    let (centre, t) = prepare(time, outcome)?;
    let fit = ols(&Design::polynomial(&t, 3)?, outcome, covariance)?;
    let [_, b1, b2, b3] = fit.coefficients[..] else {
        return Err(StatsError::LengthMismatch {
            what: "cubic".to_owned(),
            expected: 4,
            found: fit.coefficients.len(),
        });
    };
    let slope_at = |t: f64| fit.contrast(&[0.0, 1.0, 2.0 * t, 3.0 * t * t]);
    let (start, end) = (t[0], t[t.len() - 1]);
    let inflection = -b2 / (3.0 * b3);
    // Without an inflection inside, the middle of the sample stands for the middle phase; the test then fails anyway.
    let middle = if start < inflection && inflection < end { inflection } else { 0.0 };
    let (slope_at_start, slope_in_middle, slope_at_end) =
        (slope_at(start)?, slope_at(middle)?, slope_at(end)?);
    let discriminant = b2 * b2 - 3.0 * b1 * b3;
    let turning_points = (discriminant > 0.0 && b3.abs() > 0.0).then(|| {
        let half = discriminant.sqrt() / (3.0 * b3).abs();
        (centre + inflection - half, centre + inflection + half)
    });
    let span = Interval::new(time[0], time[time.len() - 1]);
    let both_inside =
        turning_points.is_some_and(|(a, b)| span.low + margin <= a && a < b && b <= span.high - margin);
    Ok(InOutIn {
        first,
        span,
        turning_points,
        both_inside,
        slope_at_start,
        slope_in_middle,
        slope_at_end,
        cubic: fit.estimate(3),
        p_value: slope_at_start
            .p_one_sided(first)
            .max(slope_in_middle.p_one_sided(first.opposite()))
            .max(slope_at_end.p_one_sided(first)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;

    const CLASSICAL: Covariance = Covariance::Classical;

    fn years(n: usize) -> Vec<f64> {
        (0..n).map(|i| 1995.0 + i as f64).collect()
    }

    fn wave(n: usize, height: f64, seed: u64) -> Vec<f64> {
        let half = (n - 1) as f64 / 2.0;
        ar1_noise(n, 0.0, seed)
            .iter()
            .enumerate()
            .map(|(i, e)| {
                let u = (i as f64 - half) / half;
                e + height * (4.0 * u.powi(3) - 3.0 * u)
            })
            .collect()
    }

    /// The Chebyshev cubic 4u³ − 3u turns at u = ±1/2: years 1999 and 2007 of 1995..2011; slopes 9, −3, 9 per unit of u.
    #[test]
    fn turning_points_and_slopes_of_an_exact_cubic_agree_with_the_hand_calculation() {
        let y: Vec<f64> = wave(17, 1000.0, 1);
        let noiseless: Vec<f64> = y.iter().zip(ar1_noise(17, 0.0, 1)).map(|(y, e)| y - e).collect();
        let r = in_out_in(&years(17), &noiseless, Sign::Positive, CLASSICAL, 2.0).unwrap();
        let (a, b) = r.turning_points.unwrap();
        assert!((a - 1999.0).abs() < 1e-8 && (b - 2007.0).abs() < 1e-8, "{a} {b}");
        assert!((r.slope_at_start.value - 1000.0 * 9.0 / 8.0).abs() < 1e-7);
        assert!((r.slope_in_middle.value + 1000.0 * 3.0 / 8.0).abs() < 1e-7);
        assert!((r.slope_at_end.value - 1000.0 * 9.0 / 8.0).abs() < 1e-7);
        assert!(r.established(0.05));
        // The first turn is 4 years in: a margin of 5 puts it outside.
        assert!(!in_out_in(&years(17), &noiseless, Sign::Positive, CLASSICAL, 5.0).unwrap().both_inside);
        assert!(
            !in_out_in(&years(17), &noiseless, Sign::Negative, CLASSICAL, 2.0).unwrap().established(0.05)
        );
    }

    /// `x=np.arange(10.)-4.5; m=sm.OLS(y,np.c_[x**0,x,x**2,x**3]).fit();
    ///  i=-m.params[2]/3/m.params[3]; m.t_test([[0,1,-9,60.75],[0,1,2*i,3*i*i],[0,1,9,60.75]]).tvalue`
    #[test]
    fn t_statistics_agree_with_statsmodels() {
        let t: Vec<f64> = (0..10).map(f64::from).collect();
        let y = [1.0, 3.0, 4.5, 4.0, 3.9, 3.0, 2.5, 2.6, 3.9, 6.0];
        let r = in_out_in(&t, &y, Sign::Positive, CLASSICAL, 1.0).unwrap();
        for (e, t) in [r.slope_at_start, r.slope_in_middle, r.slope_at_end].iter().zip(SM) {
            assert!((e.t_statistic() - t).abs() < 1e-9 * t.abs(), "{} {t}", e.t_statistic());
        }
        assert!((r.p_value - SM_P).abs() < 1e-10 && r.established(0.05));
    }
    const SM: [f64; 3] = [15.105_056_942_131_096, -11.139_521_921_761_915, 15.646_679_445_910_9];
    const SM_P: f64 = 1.560_310_045_798_608e-5;

    #[test]
    fn a_single_arch_is_not_in_out_in() {
        let y: Vec<f64> = (0..17)
            .map(|i| -(f64::from(i) - 8.0).powi(2))
            .zip(ar1_noise(17, 0.0, 3))
            .map(|(a, e)| a + e)
            .collect();
        assert!(!in_out_in(&years(17), &y, Sign::Positive, CLASSICAL, 0.0).unwrap().established(0.05));
        assert!(!in_out_in(&years(17), &y, Sign::Negative, CLASSICAL, 0.0).unwrap().established(0.05));
    }

    #[test]
    fn size_is_small_on_noise_and_a_planted_wave_is_found() {
        let share = |height: f64| {
            (0..500)
                .filter(|&s| {
                    in_out_in(&years(21), &wave(21, height, s), Sign::Positive, CLASSICAL, 2.0)
                        .unwrap()
                        .established(0.05)
                })
                .count() as f64
                / 500.0
        };
        let (null, planted) = (share(0.0), share(3.0));
        assert!(null <= 0.05, "{null}");
        assert!(planted > 0.9, "{planted}");
    }

    #[test]
    fn mirrored_series_give_mirrored_answers_and_short_ones_are_refused() {
        let y = wave(17, 2.0, 5);
        let mirror: Vec<f64> = y.iter().map(|v| -v).collect();
        let a = in_out_in(&years(17), &y, Sign::Positive, CLASSICAL, 2.0).unwrap();
        let b = in_out_in(&years(17), &mirror, Sign::Negative, CLASSICAL, 2.0).unwrap();
        assert!((a.p_value - b.p_value).abs() < 1e-12);
        assert!(matches!(
            in_out_in(&years(4), &y[..4], Sign::Positive, CLASSICAL, 0.0),
            Err(StatsError::TooFewObservations { needed: 5, .. })
        ));
        assert!(in_out_in(&years(17), &y, Sign::Positive, CLASSICAL, -1.0).is_err());
    }
}
