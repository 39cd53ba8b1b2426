//! The Lind-Mehlum test: is a curve really U-shaped (or an inverted U) inside the sample?
//!
//! A significant squared term is not enough: a curve can bend and still rise all the way. This tests the slope at both
//! ends of the sample, and gives the set of turning points the data cannot reject. Works on any axis (time, position,
//! participation) and on any fitted pair of linear and squared terms, panels included.

use serde::{Deserialize, Serialize};

use super::design::Design;
use super::error::{StatsError, require_finite, require_length, require_observations, require_variation};
use super::inference::{Estimate, Interval, t_quantile};
use super::ols::{Covariance, OlsFit, ols};
use super::quantile::mean;
use super::trend::Curve;

/// Default level of the Fieller set. The test at 5% corresponds to the 90% set, so 95% asks for more than the test.
pub const DEFAULT_FIELLER_LEVEL: f64 = 0.95;

/// The estimated pair `b1 x + b2 x²` with its covariance, from whatever regression.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QuadraticEstimate {
    /// Coefficient b1 of x.
    pub linear: f64,
    /// Coefficient b2 of x².
    pub quadratic: f64,
    /// Variance of b1.
    pub var_linear: f64,
    /// Variance of b2.
    pub var_quadratic: f64,
    /// Covariance of b1 and b2.
    pub covariance: f64,
    /// Degrees of freedom of the t distribution.
    pub degrees_of_freedom: f64,
}

impl QuadraticEstimate {
    /// The pair formed by columns `linear` and `quadratic` of a least-squares fit.
    ///
    /// # Panics
    /// If either is not a column number, as indexing does.
    #[must_use]
    pub fn from_ols(fit: &OlsFit, linear: usize, quadratic: usize) -> Self {
        Self {
            linear: fit.coefficients[linear],
            quadratic: fit.coefficients[quadratic],
            var_linear: fit.covariance(linear, linear),
            var_quadratic: fit.covariance(quadratic, quadratic),
            covariance: fit.covariance(linear, quadratic),
            degrees_of_freedom: fit.degrees_of_freedom as f64,
        }
    }

    /// Slope `b1 + 2 b2 x` at `x`, with its error.
    #[must_use]
    pub fn slope_at(&self, x: f64) -> Estimate {
        let variance = self.var_linear + 4.0 * x * self.covariance + 4.0 * x * x * self.var_quadratic;
        Estimate {
            value: self.linear + 2.0 * self.quadratic * x,
            standard_error: variance.max(0.0).sqrt(),
            degrees_of_freedom: self.degrees_of_freedom,
        }
    }

    /// `−b1 / (2 b2)`.
    #[must_use]
    pub fn turning_point(&self) -> f64 {
        -self.linear / (2.0 * self.quadratic)
    }

    /// All turning points not rejected at `level`.
    ///
    /// ```text
    /// { θ : (b1 + 2 b2 θ)² ≤ t² (v11 + 4 θ v12 + 4 θ² v22) }
    /// ```
    ///
    /// # Errors
    /// [`StatsError::OutOfRange`] unless `0 < level < 1`.
    ///
    /// # Source
    /// Fieller (1954), *Journal of the Royal Statistical Society B* 16(2).
    pub fn fieller(&self, level: f64) -> Result<FiellerSet, StatsError> {
        let t = t_quantile(1.0 - (1.0 - level) / 2.0, level, self.degrees_of_freedom)?;
        Ok(self.fieller_at(t))
    }

    /// As [`fieller`](Self::fieller), for a critical value instead of a level.
    fn fieller_at(&self, t: f64) -> FiellerSet {
        let tt = t * t;
        // a θ² + 2 b θ + c ≤ 0
        let a = 4.0 * (self.quadratic * self.quadratic - tt * self.var_quadratic);
        let b = 2.0 * (self.linear * self.quadratic - tt * self.covariance);
        let c = self.linear * self.linear - tt * self.var_linear;
        let discriminant = b * b - a * c;
        if a > 0.0 {
            // The estimate itself solves the inequality, so roots exist; rounding may say otherwise for a point set.
            let (low, high) = roots(a, b, c, discriminant.max(0.0));
            FiellerSet::Bounded(Interval::new(low, high))
        } else if discriminant > 0.0 {
            let (low, high) = roots(a, b, c, discriminant);
            FiellerSet::Outside(Interval::new(low, high))
        } else {
            FiellerSet::WholeLine
        }
    }
}

/// Roots of a θ² + 2 b θ + c in increasing order, without cancellation. One is infinite when a = 0.
fn roots(a: f64, b: f64, c: f64, discriminant: f64) -> (f64, f64) {
    let q = -(b + b.signum() * discriminant.sqrt());
    let (first, second) = (q / a, if q.abs() > 0.0 { c / q } else { 0.0 });
    (first.min(second), first.max(second))
}

/// The set of turning points compatible with the data. It is an interval only when the curvature is significant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum FiellerSet {
    /// Everything in the interval.
    Bounded(Interval),
    /// Everything *except* the open interval: the curvature is not significant, but some turning points are excluded.
    /// An end may be infinite, the set is then a half-line.
    Outside(Interval),
    /// No turning point is excluded.
    WholeLine,
}

impl FiellerSet {
    /// Is the whole set inside `span`? An unbounded set never is.
    #[must_use]
    pub fn lies_in(&self, span: &Interval) -> bool {
        match self {
            Self::Bounded(set) => set.lies_in(span),
            Self::Outside(_) | Self::WholeLine => false,
        }
    }

    /// Is this turning point compatible with the data?
    #[must_use]
    pub fn contains(&self, point: f64) -> bool {
        match self {
            Self::Bounded(set) => set.contains(point),
            Self::Outside(gap) => point <= gap.low || point >= gap.high,
            Self::WholeLine => true,
        }
    }
}

/// Result of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UTest {
    /// The shape tested for.
    pub curve: Curve,
    /// Smallest and largest x, where the slopes are tested.
    pub span: Interval,
    /// Slope at the smallest x.
    pub slope_at_low: Estimate,
    /// Slope at the largest x.
    pub slope_at_high: Estimate,
    /// The weaker of the two t statistics, positive when it points the predicted way.
    pub t_statistic: f64,
    /// The larger of the two one-sided p-values: the p-value of "no such curve".
    pub p_value: f64,
    /// Estimated turning point.
    pub turning_point: f64,
    /// Turning points compatible with the data.
    pub fieller: FiellerSet,
    /// Level of `fieller`.
    pub fieller_level: f64,
}

impl UTest {
    /// Is "no such curve" rejected at `alpha`?
    #[must_use]
    pub fn rejects(&self, alpha: f64) -> bool {
        self.p_value <= alpha
    }

    /// The rule for verdicts: rejected at `alpha`, and the whole Fieller set inside the sample.
    #[must_use]
    pub fn established(&self, alpha: f64) -> bool {
        self.rejects(alpha) && self.fieller.lies_in(&self.span)
    }
}

/// Settings of [`lind_mehlum`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UTestOptions {
    /// The shape to test for.
    pub curve: Curve,
    /// Covariance of the fit.
    pub covariance: Covariance,
    /// Level of the Fieller set.
    pub fieller_level: f64,
    /// Weights of the observations; `None` for equal ones.
    pub weights: Option<Vec<f64>>,
}

impl UTestOptions {
    /// Classical errors, Fieller set at [`DEFAULT_FIELLER_LEVEL`], equal weights.
    #[must_use]
    pub fn new(curve: Curve) -> Self {
        Self { curve, covariance: Covariance::Classical, fieller_level: DEFAULT_FIELLER_LEVEL, weights: None }
    }
}

/// Does the outcome first rise and then fall with x (inverted U), or the reverse (U), within the range of x observed?
///
/// ```text
/// y = b0 + b1 x + b2 x²          inverted U:  H1: b1 + 2 b2 x_l > 0  and  b1 + 2 b2 x_h < 0
///                                             H0: at least one of the two fails;   p = max(p_l, p_h)
/// ```
///
/// # Assumptions
/// The curve is quadratic near its turn; errors as in the chosen [`Covariance`]. Observations need no order unless that
/// is Newey-West. The intersection-union form makes the test conservative when the curve is weak.
///
/// # Errors
/// [`StatsError::NoVariation`] for a constant outcome, and those of [`ols`].
///
/// # Cost
/// O(n).
///
/// # Source
/// Lind & Mehlum (2010), *Oxford Bulletin of Economics and Statistics* 72(1), doi:10.1111/j.1468-0084.2009.00569.x;
/// Sasabuchi (1980) doi:10.1093/biomet/67.2.429.
///
/// # Example
/// ```
/// use vadex::stats::{Curve, UTestOptions, lind_mehlum};
/// let x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let y = [0.1, 4.9, 8.2, 8.9, 8.1, 5.2, -0.1]; // about 9 − (x − 3)²
/// let test = lind_mehlum(&x, &y, &UTestOptions::new(Curve::InvertedU))?;
/// assert!(test.established(0.05) && (test.turning_point - 3.0).abs() < 0.05);
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
pub fn lind_mehlum(x: &[f64], outcome: &[f64], options: &UTestOptions) -> Result<UTest, StatsError> {
    require_observations("U test", 4, x.len())?;
    require_length("outcome", x.len(), outcome.len())?;
    require_finite("x", x)?;
    require_variation("outcome", outcome)?;
    let centre = mean(x);
    let centred: Vec<f64> = x.iter().map(|v| v - centre).collect();
    let mut design = Design::polynomial(&centred, 2)?;
    if let Some(weights) = &options.weights {
        design = design.weighted(weights)?;
    }
    let fit = ols(&design, outcome, options.covariance)?;
    let low = centred.iter().fold(f64::INFINITY, |a, &b| a.min(b));
    let high = centred.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let pair = QuadraticEstimate::from_ols(&fit, 1, 2);
    let centred_test = test_u_shape(&pair, Interval::new(low, high), options.curve, options.fieller_level)?;
    let back = |i: Interval| Interval::new(i.low + centre, i.high + centre);
    Ok(UTest {
        span: back(centred_test.span),
        turning_point: centred_test.turning_point + centre,
        fieller: match centred_test.fieller {
            FiellerSet::Bounded(i) => FiellerSet::Bounded(back(i)),
            FiellerSet::Outside(i) => FiellerSet::Outside(back(i)),
            FiellerSet::WholeLine => FiellerSet::WholeLine,
        },
        ..centred_test
    })
}

/// The same test on a pair of coefficients estimated elsewhere, over the range `span` of x.
///
/// # Errors
/// [`StatsError::OutOfRange`] for the level.
pub fn test_u_shape(
    pair: &QuadraticEstimate,
    span: Interval,
    curve: Curve,
    fieller_level: f64,
) -> Result<UTest, StatsError> {
    let first = curve.first_slope();
    let (low, high) = (pair.slope_at(span.low), pair.slope_at(span.high));
    let t_low = low.t_statistic() * first.factor();
    let t_high = high.t_statistic() * first.opposite().factor();
    Ok(UTest {
        curve,
        span,
        slope_at_low: low,
        slope_at_high: high,
        t_statistic: t_low.min(t_high),
        p_value: low.p_one_sided(first).max(high.p_one_sided(first.opposite())),
        turning_point: pair.turning_point(),
        fieller: pair.fieller(fieller_level)?,
        fieller_level,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bootstrap::tests::ar1_noise;

    fn pair(linear: f64, quadratic: f64, v: (f64, f64, f64)) -> QuadraticEstimate {
        QuadraticEstimate {
            linear,
            quadratic,
            var_linear: v.0,
            var_quadratic: v.1,
            covariance: v.2,
            degrees_of_freedom: f64::INFINITY,
        }
    }

    /// By hand, t = 2: 0.84 θ² − 2 θ + 0.84 ≤ 0, θ = (1 ± √(1 − 0.7056)) / 0.84.
    #[test]
    fn a_bounded_fieller_set_agrees_with_the_hand_calculation() {
        let root = 0.2944_f64.sqrt();
        match pair(1.0, -0.5, (0.04, 0.01, 0.0)).fieller_at(2.0) {
            FiellerSet::Bounded(i) => {
                assert!((i.low - (1.0 - root) / 0.84).abs() < 1e-14, "{i:?}");
                assert!((i.high - (1.0 + root) / 0.84).abs() < 1e-14, "{i:?}");
            }
            other => panic!("{other:?}"),
        }
    }

    /// By hand, t = 2, b2 = −0.1: −0.12 θ² − 0.4 θ + 0.84 ≤ 0, so θ outside (−0.4 ± √(0.16 + 0.4032)) / 0.24.
    /// With v11 = 1 besides: −0.12 θ² − 0.4 θ − 3 ≤ 0 always.
    #[test]
    fn unbounded_fieller_sets_are_told_apart() {
        let weak = pair(1.0, -0.1, (0.04, 0.01, 0.0)).fieller_at(2.0);
        let root = 0.5632_f64.sqrt();
        let FiellerSet::Outside(gap) = weak else { panic!("{weak:?}") };
        assert!((gap.low - (-0.4 - root) / 0.24).abs() < 1e-13, "{gap:?}");
        assert!((gap.high - (-0.4 + root) / 0.24).abs() < 1e-13, "{gap:?}");
        assert!(weak.contains(5.0) && weak.contains(-1e9) && !weak.contains(0.0));
        let none = pair(1.0, -0.1, (1.0, 0.01, 0.0)).fieller_at(2.0);
        assert_eq!(none, FiellerSet::WholeLine);
        let everywhere = Interval::new(f64::NEG_INFINITY, f64::INFINITY);
        assert!(!weak.lies_in(&everywhere) && !none.lies_in(&everywhere));
    }

    #[test]
    fn the_turning_point_is_always_in_its_set_and_the_ends_are_just_not_rejected() {
        let (b1, b2, v) = (0.7, -0.2, (0.05, 0.004, -0.009));
        let p = pair(b1, b2, v);
        let t = 1.7;
        let set = p.fieller_at(t);
        assert!(set.contains(p.turning_point()));
        let FiellerSet::Bounded(i) = set else { panic!("{set:?}") };
        for end in [i.low, i.high] {
            assert!((p.slope_at(end).t_statistic().abs() - t).abs() < 1e-12);
        }
    }

    /// statsmodels: `x=np.arange(8.)-3.5; m=sm.OLS(y, np.c_[x**0,x,x**2]).fit(); m.t_test([[0,1,-7],[0,1,7]])`
    #[test]
    fn slopes_at_the_ends_agree_with_statsmodels() {
        let x: Vec<f64> = (0..8).map(f64::from).collect();
        let y = [3.0, 5.0, 6.0, 8.0, 7.0, 7.0, 4.0, 2.0];
        let test = lind_mehlum(&x, &y, &UTestOptions::new(Curve::InvertedU)).unwrap();
        assert!((test.slope_at_low.value - SM_LOW.0).abs() < 1e-12);
        assert!((test.slope_at_low.t_statistic() - SM_LOW.1).abs() < 1e-10, "{:?}", test.slope_at_low);
        assert!((test.slope_at_high.t_statistic() - SM_HIGH.1).abs() < 1e-10);
        assert!(
            (test.t_statistic - SM_LOW.1).abs() < 1e-10,
            "the weaker end, counted in the predicted direction"
        );
        // The weaker end decides: half the two-sided p of the slope at the low end.
        assert!((test.p_value - SM_LOW.2 / 2.0).abs() < 1e-12, "{}", test.p_value);
        assert!(test.established(0.05));
    }
    const SM_LOW: (f64, f64, f64) =
        (2.797_619_047_619_049_7, 8.447_992_109_969_137, 0.000_381_462_558_707_463_7);
    const SM_HIGH: (f64, f64) = (-3.035_714_285_714_286_5, -9.166_970_161_881_4);

    /// Lind & Mehlum (2010): the test at α rejects iff the (1 − 2α) Fieller interval lies in the sample.
    #[test]
    fn the_test_and_the_fieller_interval_agree_as_the_theorem_says() {
        let x: Vec<f64> = (0..17).map(f64::from).collect();
        let (mut agree, mut rejected) = (0, 0);
        for seed in 0..400 {
            let scale = 0.06 * (seed % 7) as f64 / 6.0;
            let y: Vec<f64> =
                ar1_noise(17, 0.0, seed).iter().zip(&x).map(|(e, x)| e - scale * (x - 9.0).powi(2)).collect();
            let mut options = UTestOptions::new(Curve::InvertedU);
            options.fieller_level = 0.9;
            let test = lind_mehlum(&x, &y, &options).unwrap();
            let inside = test.fieller.lies_in(&test.span) && test.slope_at_low.value > 0.0;
            agree += usize::from(inside == test.rejects(0.05));
            rejected += usize::from(inside);
        }
        assert_eq!(agree, 400);
        assert!((100..350).contains(&rejected), "{rejected}");
    }

    #[test]
    fn a_curve_that_bends_but_never_turns_is_not_a_u() {
        let x: Vec<f64> = (0..17).map(f64::from).collect();
        let y: Vec<f64> =
            x.iter().zip(ar1_noise(17, 0.0, 1)).map(|(x, e)| (x + 1.0).ln() + 0.02 * e).collect();
        let test = lind_mehlum(&x, &y, &UTestOptions::new(Curve::InvertedU)).unwrap();
        let fit = ols(&Design::polynomial(&x, 2).unwrap(), &y, Covariance::Classical).unwrap();
        assert!(fit.estimate(2).p_two_sided() < 1e-4, "the squared term is significant");
        assert!(!test.rejects(0.05));
    }

    #[test]
    fn size_is_below_nominal_on_a_line_and_power_is_high_on_an_arch() {
        let x: Vec<f64> = (0..17).map(f64::from).collect();
        let share = |bend: f64, slope: f64| {
            (0..500)
                .filter(|&s| {
                    let y: Vec<f64> = ar1_noise(17, 0.0, s)
                        .iter()
                        .zip(&x)
                        .map(|(e, x)| e + slope * x - bend * (x - 8.0).powi(2))
                        .collect();
                    lind_mehlum(&x, &y, &UTestOptions::new(Curve::InvertedU)).unwrap().rejects(0.05)
                })
                .count() as f64
                / 500.0
        };
        assert!(share(0.0, 0.0) < 0.06);
        assert!(share(0.0, 0.3) < 0.06);
        // The boundary of the null: flat at one end, far from flat at the other. Here the size is the nominal 5%.
        let boundary = share(0.08, 0.08 * 16.0);
        assert!((0.025..0.08).contains(&boundary), "{boundary}");
        assert!(share(0.06, 0.0) > 0.9);
    }

    #[test]
    fn order_and_units_of_x_do_not_matter() {
        let x = [0.1, 0.9, 0.4, 0.6, 0.2, 0.75];
        let y = [1.0, 1.2, 2.1, 2.2, 1.4, 1.9];
        let a = lind_mehlum(&x, &y, &UTestOptions::new(Curve::InvertedU)).unwrap();
        let (mut xr, mut yr) = (x.map(|v| 2000.0 + 10.0 * v), y);
        xr.reverse();
        yr.reverse();
        let b = lind_mehlum(&xr, &yr, &UTestOptions::new(Curve::InvertedU)).unwrap();
        assert!((a.p_value - b.p_value).abs() < 1e-10);
        assert!((b.turning_point - 2000.0 - 10.0 * a.turning_point).abs() < 1e-8);
        let mut weighted = UTestOptions::new(Curve::InvertedU);
        weighted.weights = Some(vec![3.0; 6]);
        let c = lind_mehlum(&x, &y, &weighted).unwrap();
        assert!((a.p_value - c.p_value).abs() < 1e-12, "equal weights change nothing");
        assert!(lind_mehlum(&x[..3], &y[..3], &weighted).is_err());
        assert!(lind_mehlum(&x, &[1.0; 6], &weighted).is_err());
    }
}
