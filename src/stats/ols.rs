//! Least squares with errors that survive heteroskedasticity and serial correlation.
//!
//! One equation, estimated by QR, with five covariance estimators. No fixed effects (see [`super::panel`]), no
//! instruments, no resampling (see [`super::bootstrap`]).

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::ar1::Ar1;
use super::design::{Design, Factor};
use super::error::{StatsError, require_finite, require_length, require_observations};
use super::inference::Estimate;

/// How the covariance of the coefficients is estimated. `a_i` is observation i's column of (X'X)⁻¹X', `e` the residual,
/// `h` the leverage, n observations, k columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Covariance {
    /// `σ² (X'X)⁻¹`, `σ² = Σ e² / (n − k)`: independent errors of equal variance.
    #[default]
    Classical,
    /// `n/(n−k) Σ e_i² a_i a_i'`: unequal variances (MacKinnon & White 1985).
    Hc1,
    /// `Σ (e_i / (1 − h_i))² a_i a_i'`: unequal variances, better in small samples (MacKinnon & White 1985).
    Hc3,
    /// `n/(n−k) Σ_l (1 − l/(L+1)) Σ_t e_t e_{t−l} (a_t a_{t−l}' + a_{t−l} a_t')`: serial correlation up to `lags`
    /// (Newey & West 1987). Observations must be in time order.
    NeweyWest {
        /// Number of lags L with a positive weight.
        lags: usize,
    },
    /// `Σ_ij γ_|i−j| a_i a_j'`, `γ_l = σ² ρ^l / (1 − ρ²)` of AR(1) noise fitted to the residuals ([`Ar1::fit_persistent`]): the
    /// default for terms of time, on as few as k + 5 observations in time order. What [`residual_bootstrap`] draws has this
    /// covariance.
    ///
    /// [`residual_bootstrap`]: super::bootstrap::residual_bootstrap
    Ar1,
}

impl Covariance {
    /// Newey-West with the customary number of lags, ⌊4 (n/100)^{2/9}⌋: 2 for 17 observations.
    #[must_use]
    pub fn newey_west(n_observations: usize) -> Self {
        let lags = (4.0 * (n_observations as f64 / 100.0).powf(2.0 / 9.0)).floor();
        Self::NeweyWest { lags: lags as usize }
    }
}

/// A fitted equation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OlsFit {
    /// Names of the columns.
    pub names: Vec<String>,
    /// Coefficients in the order of `names`.
    pub coefficients: Vec<f64>,
    /// Observed minus fitted; with weights, on the original scale of the outcome.
    pub residuals: Vec<f64>,
    /// `Σ e² / (n − k)` (weighted when the design is).
    pub residual_variance: f64,
    /// One minus the residual over the total sum of squares about the (weighted) mean.
    pub r_squared: f64,
    /// n − k.
    pub degrees_of_freedom: usize,
    covariance: Vec<f64>,
}

impl OlsFit {
    /// Coefficient `j` with its standard error.
    ///
    /// # Panics
    /// If `j` is not a column number, as indexing does.
    #[must_use]
    pub fn estimate(&self, j: usize) -> Estimate {
        Estimate {
            value: self.coefficients[j],
            standard_error: self.covariance(j, j).max(0.0).sqrt(),
            degrees_of_freedom: self.degrees_of_freedom as f64,
        }
    }

    /// Coefficient of the column called `name`.
    ///
    /// # Errors
    /// [`StatsError::UnknownLabel`].
    pub fn estimate_of(&self, name: &str) -> Result<Estimate, StatsError> {
        match self.names.iter().position(|n| n == name) {
            Some(j) => Ok(self.estimate(j)),
            None => Err(StatsError::UnknownLabel { what: "regressor", label: name.to_owned() }),
        }
    }

    /// Covariance of coefficients `i` and `j`.
    ///
    /// # Panics
    /// If `i` or `j` is not a column number, as indexing does.
    #[must_use]
    pub fn covariance(&self, i: usize, j: usize) -> f64 {
        self.covariance[i * self.coefficients.len() + j]
    }

    /// The combination `Σ weights_j b_j` with its standard error: a slope at a point, a difference of two coefficients.
    ///
    /// # Errors
    /// [`StatsError::LengthMismatch`] unless there is one weight for each coefficient.
    pub fn contrast(&self, weights: &[f64]) -> Result<Estimate, StatsError> {
        let k = self.coefficients.len();
        require_length("contrast", k, weights.len())?;
        let value = weights.iter().zip(&self.coefficients).map(|(w, b)| w * b).sum();
        let variance: f64 = (0..k)
            .map(|i| (0..k).map(|j| weights[i] * weights[j] * self.covariance(i, j)).sum::<f64>())
            .sum();
        Ok(Estimate {
            value,
            standard_error: variance.max(0.0).sqrt(),
            degrees_of_freedom: self.degrees_of_freedom as f64,
        })
    }
}

/// How does the outcome move with each column, the others held fixed, and how sure is that?
///
/// ```text
///   b  = (X' X)⁻¹  X'   y          V(b) as chosen by `covariance`;  t with n − k degrees of freedom
/// (k,1)  (k,k)   (k,n)(n,1)
/// ```
///
/// # Assumptions
/// Linear in the columns; errors as stated by [`Covariance`]. The p-values rest on t, exact only for normal errors and
/// [`Covariance::Classical`]. In samples of 17 to 27 all robust errors are somewhat too small, Newey-West most: sizes are compared
/// at [`residual_bootstrap`](super::bootstrap::residual_bootstrap).
///
/// # Errors
/// [`StatsError::TooFewObservations`] (n ≤ k, lags ≥ n, or n < k + 5 with AR(1) noise), [`StatsError::Collinear`], [`StatsError::NotFinite`],
/// [`StatsError::LengthMismatch`], and [`StatsError::FullLeverage`] for HC3.
///
/// # Cost
/// O(n k²); Newey-West O(n k² L), AR(1) noise O(n² k²).
///
/// # Source
/// White (1980) doi:10.2307/1912934; MacKinnon & White (1985) doi:10.1016/0304-4076(85)90158-7;
/// Newey & West (1987) doi:10.2307/1913610; Kendall (1954) doi:10.1093/biomet/41.3-4.403 for the bias of ρ.
///
/// # Example
/// ```
/// use vadex::stats::{Covariance, Design, ols};
/// let design = Design::with_intercept(4).column("t", &[0.0, 1.0, 2.0, 3.0])?;
/// let fit = ols(&design, &[1.0, 3.0, 4.0, 8.0], Covariance::Classical)?;
/// assert!((fit.coefficients[1] - 2.2).abs() < 1e-12); // Σ(t−1.5)y / 5 = 11/5
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
pub fn ols(design: &Design, outcome: &[f64], covariance: Covariance) -> Result<OlsFit, StatsError> {
    require_length("outcome", design.n_observations(), outcome.len())?;
    require_finite("outcome", outcome)?;
    let factor = Factor::new("least squares", design, 1)?;
    let (n, k) = (outcome.len(), design.n_columns());
    let root: Vec<f64> = design.root_weights().map_or_else(|| vec![1.0; n], <[f64]>::to_vec);
    let scaled: Vec<f64> = outcome.iter().zip(&root).map(|(y, w)| y * w).collect();
    let coefficients = factor.solve(&scaled);
    let errors = factor.residuals(&scaled, &coefficients);
    let squares: f64 = errors.iter().map(|e| e * e).sum();
    let total_weight: f64 = root.iter().map(|w| w * w).sum();
    let mean = scaled.iter().zip(&root).map(|(y, w)| y * w).sum::<f64>() / total_weight;
    let total: f64 = scaled.iter().zip(&root).map(|(y, w)| (y - w * mean).powi(2)).sum();
    let v = coefficient_covariance(&factor, &errors, covariance)?;
    Ok(OlsFit {
        names: design.names().to_vec(),
        coefficients,
        residuals: errors.iter().zip(&root).map(|(e, w)| e / w).collect(),
        residual_variance: squares / (n - k) as f64,
        r_squared: 1.0 - squares / total,
        degrees_of_freedom: n - k,
        covariance: v.as_slice().to_vec(),
    })
}

fn coefficient_covariance(
    factor: &Factor,
    errors: &[f64],
    kind: Covariance,
) -> Result<DMatrix<f64>, StatsError> {
    let (n, k) = (errors.len(), factor.n_columns());
    let correction = n as f64 / (n - k) as f64;
    let a = factor.weights_by_observation();
    let score = |i: usize, e: f64| -> Vec<f64> { a[i * k..(i + 1) * k].iter().map(|w| w * e).collect() };
    match kind {
        Covariance::Classical => {
            let variance = errors.iter().map(|e| e * e).sum::<f64>() / (n - k) as f64;
            Ok(factor.gram_inverse() * variance)
        }
        Covariance::Hc1 => {
            let scores: Vec<_> = (0..n).map(|i| score(i, errors[i])).collect();
            Ok(sum_of_products(&scores, &scores) * correction)
        }
        Covariance::Hc3 => {
            let mut scores = Vec::with_capacity(n);
            for (i, h) in factor.leverage().into_iter().enumerate() {
                if 1.0 - h < FULL_LEVERAGE_TOLERANCE {
                    return Err(StatsError::FullLeverage { position: i });
                }
                scores.push(score(i, errors[i] / (1.0 - h)));
            }
            Ok(sum_of_products(&scores, &scores))
        }
        Covariance::NeweyWest { lags } => {
            require_observations("Newey-West", lags + 1, n)?;
            let scores: Vec<_> = (0..n).map(|i| score(i, errors[i])).collect();
            let mut v = sum_of_products(&scores, &scores);
            for lag in 1..=lags {
                let weight = 1.0 - lag as f64 / (lags + 1) as f64;
                let cross = sum_of_products(&scores[lag..], &scores[..n - lag]);
                v += (&cross + cross.transpose()) * weight;
            }
            Ok(v * correction)
        }
        Covariance::Ar1 => {
            let noise = Ar1::persistent_after(factor, errors)?;
            let columns: Vec<&[f64]> = a.chunks_exact(k).collect();
            let mut v = DMatrix::zeros(k, k);
            for i in 0..n {
                for j in 0..n {
                    let covariance = noise.covariance(i.abs_diff(j));
                    for r in 0..k {
                        for c in 0..k {
                            v[(r, c)] += covariance * columns[i][r] * columns[j][c];
                        }
                    }
                }
            }
            Ok(v)
        }
    }
}

/// An observation whose leverage is within this of one is fitted by its own column; QR leaves about 1e-15.
const FULL_LEVERAGE_TOLERANCE: f64 = 1e-10;

/// Σ_i a_i b_i'.
fn sum_of_products(a: &[Vec<f64>], b: &[Vec<f64>]) -> DMatrix<f64> {
    let k = a.first().map_or(0, Vec::len);
    let mut sum = DMatrix::zeros(k, k);
    for (left, right) in a.iter().zip(b) {
        for i in 0..k {
            for j in 0..k {
                sum[(i, j)] += left[i] * right[j];
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::inference::Sign;

    /// Number of significant digits in which `found` and `expected` agree.
    fn digits(found: f64, expected: f64) -> f64 {
        -((found - expected).abs() / expected.abs()).max(1e-16).log10()
    }

    /// NIST StRD Longley (1967): employment on six series, higher difficulty.
    fn longley() -> (Design, Vec<f64>) {
        let rows: [[f64; 7]; 16] = [
            [60323., 83.0, 234289., 2356., 1590., 107608., 1947.],
            [61122., 88.5, 259426., 2325., 1456., 108632., 1948.],
            [60171., 88.2, 258054., 3682., 1616., 109773., 1949.],
            [61187., 89.5, 284599., 3351., 1650., 110929., 1950.],
            [63221., 96.2, 328975., 2099., 3099., 112075., 1951.],
            [63639., 98.1, 346999., 1932., 3594., 113270., 1952.],
            [64989., 99.0, 365385., 1870., 3547., 115094., 1953.],
            [63761., 100.0, 363112., 3578., 3350., 116219., 1954.],
            [66019., 101.2, 397469., 2904., 3048., 117388., 1955.],
            [67857., 104.6, 419180., 2822., 2857., 118734., 1956.],
            [68169., 108.4, 442769., 2936., 2798., 120445., 1957.],
            [66513., 110.8, 444546., 4681., 2637., 121950., 1958.],
            [68655., 112.6, 482704., 3813., 2552., 123366., 1959.],
            [69564., 114.2, 502601., 3931., 2514., 125368., 1960.],
            [69331., 115.7, 518173., 4806., 2572., 127852., 1961.],
            [70551., 116.9, 554894., 4007., 2827., 130081., 1962.],
        ];
        let column = |j: usize| rows.iter().map(|r| r[j]).collect::<Vec<f64>>();
        let mut design = Design::with_intercept(16);
        for (j, name) in ["deflator", "gnp", "unemployed", "armed", "population", "year"].iter().enumerate() {
            design = design.column(*name, &column(j + 1)).unwrap();
        }
        (design, column(0))
    }

    #[test]
    fn longley_agrees_with_the_certified_values_to_ten_digits() {
        let (design, y) = longley();
        let fit = ols(&design, &y, Covariance::Classical).unwrap();
        let coefficients = [
            -3_482_258.634_595_82,
            15.061_872_271_373_3,
            -0.358_191_792_925_910e-1,
            -2.020_229_803_816_83,
            -1.033_226_867_173_59,
            -0.511_041_056_535_807e-1,
            1_829.151_464_613_55,
        ];
        let errors = [
            890_420.383_607_373,
            84.914_925_774_766_9,
            0.334_910_077_722_432e-1,
            0.488_399_681_651_699,
            0.214_274_163_161_675,
            0.226_073_200_069_370,
            455.478_499_142_212,
        ];
        for j in 0..7 {
            let e = fit.estimate(j);
            assert!(digits(e.value, coefficients[j]) > 10.0, "b{j} {}", digits(e.value, coefficients[j]));
            assert!(digits(e.standard_error, errors[j]) > 10.0, "se{j} {}", e.standard_error);
        }
        assert!(digits(fit.residual_variance.sqrt(), 304.854_073_561_965) > 10.0);
        assert!(digits(fit.r_squared, 0.995_479_004_577_296) > 12.0);
        assert_eq!(fit.degrees_of_freedom, 9);
    }

    #[test]
    fn norris_agrees_with_the_certified_values_to_ten_digits() {
        let y = [
            0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8,
            339.3, 448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0, 998.5,
            778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
        ];
        let x = [
            0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5, 666.9,
            338.0, 447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999.0,
            779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
        ];
        let fit = ols(&Design::polynomial(&x, 1).unwrap(), &y, Covariance::Classical).unwrap();
        assert!(digits(fit.coefficients[0], -0.262_323_073_774_029) > 10.0);
        assert!(digits(fit.coefficients[1], 1.002_116_818_020_45) > 12.0);
        assert!(digits(fit.estimate(0).standard_error, 0.232_818_234_301_152) > 10.0);
        assert!(digits(fit.estimate(1).standard_error, 0.429_796_848_199_937e-3) > 10.0);
        assert!(digits(fit.residual_variance.sqrt(), 0.884_796_396_144_373) > 10.0);
    }

    /// NIST StRD Wampler1 and Wampler2: exact fifth-degree polynomials on 0..20, coefficients 1 and 0.1^j.
    #[test]
    fn wampler_polynomials_are_recovered_to_nine_digits() {
        let x: Vec<f64> = (0..=20).map(f64::from).collect();
        for base in [1.0_f64, 0.1] {
            let y: Vec<f64> = x.iter().map(|x| (0..=5).map(|j| (base * x).powi(j)).sum()).collect();
            let fit = ols(&Design::polynomial(&x, 5).unwrap(), &y, Covariance::Classical).unwrap();
            for (j, b) in fit.coefficients.iter().enumerate() {
                let expected = base.powi(j as i32);
                assert!(digits(*b, expected) > 9.0, "{base} b{j} {}", digits(*b, expected));
            }
        }
    }

    /// `m=sm.OLS(y, sm.add_constant(X)).fit(cov_type=..., use_t=True)` on Longley, statsmodels 0.15:
    /// `'HC1'`, `'HC3'`, `'HAC', cov_kwds={'maxlags':2,'use_correction':True}`; `.bse` of deflator, gnp and year.
    #[test]
    fn robust_errors_agree_with_statsmodels() {
        let (design, y) = longley();
        for (kind, expected) in
            [(Covariance::Hc1, HC1), (Covariance::Hc3, HC3), (Covariance::NeweyWest { lags: 2 }, NW2)]
        {
            let fit = ols(&design, &y, kind).unwrap();
            for (j, e) in [1, 2, 6].into_iter().zip(expected) {
                let found = fit.estimate(j).standard_error;
                assert!(digits(found, e) > 8.0, "{kind:?} {j}: {found} is not {e}");
            }
        }
    }
    const HC1: [f64; 3] = [68.293_796_592_993_7, 0.032_767_996_776_998_38, 571.179_167_389_104_1];
    const HC3: [f64; 3] = [91.119_386_428_329_96, 0.055_623_988_070_564_38, 922.807_836_684_985_7];
    const NW2: [f64; 3] = [64.598_866_227_162_4, 0.023_726_333_294_948_738, 500.636_254_141_669_95];

    /// Longley's deflator and GNP on years about 1954.5, by `numpy` and `scipy.linalg.toeplitz`, e the residuals of
    /// `sm.OLS(y, np.vander(t, k, increasing=True))`:
    /// `r=(n*(e[1:]@e[:-1])/(e[:-1]@e[:-1])+k)/(n-k-2); R=toeplitz(r**np.arange(n)); P=np.linalg.pinv(X);
    /// g=e@e/np.trace((np.eye(n)-X@P)@R); np.sqrt(np.diag(g*P@R@P.T))`, with r of 0.336 and 0.221.
    #[test]
    fn errors_of_ar1_noise_agree_with_numpy() {
        let (design, _) = longley();
        let time: Vec<f64> = design.values(6).iter().map(|year| year - 1954.5).collect();
        for (column, degree, expected) in [(1, 1, &DEFLATOR[..]), (2, 2, &GNP[..])] {
            let line = Design::polynomial(&time, degree).unwrap();
            let fit = ols(&line, design.values(column), Covariance::Ar1).unwrap();
            for (j, e) in expected.iter().enumerate() {
                let found = fit.estimate(j).standard_error;
                assert!(digits(found, *e) > 8.0, "{degree} {j}: {found} is not {e}");
            }
        }
        // Too short for noise about a quadratic.
        let short = Design::polynomial(&time[..7], 2).unwrap();
        assert!(matches!(
            ols(&short, &design.values(1)[..7], Covariance::Ar1),
            Err(StatsError::TooFewObservations { needed: 8, found: 7, .. })
        ));
    }
    const DEFLATOR: [f64; 2] = [0.546_286_156_103_210_7, 0.112_577_139_662_652_1];
    const GNP: [f64; 3] = [4_992.355_575_435_515, 703.750_750_304_398_4, 166.341_705_342_348_72];

    /// `sm.WLS(y, sm.add_constant(x), weights=[1,2,3,4,5]).fit()`: params, bse.
    #[test]
    fn weights_agree_with_statsmodels() {
        let design = Design::polynomial(&[1.0, 2.0, 4.0, 5.0, 9.0], 1)
            .unwrap()
            .weighted(&[1.0, 2.0, 3.0, 4.0, 5.0])
            .unwrap();
        let fit = ols(&design, &[1.0, 4.0, 3.0, 6.0, 8.0], Covariance::Classical).unwrap();
        for (j, (b, se)) in WLS.into_iter().enumerate() {
            assert!(digits(fit.coefficients[j], b) > 10.0, "{}", fit.coefficients[j]);
            assert!(digits(fit.estimate(j).standard_error, se) > 10.0, "{}", fit.estimate(j).standard_error);
        }
        assert!(digits(fit.r_squared, WLS_R2) > 10.0, "{}", fit.r_squared);
    }
    const WLS: [(f64, f64); 2] = [
        (1.393_903_868_698_710_4, 1.176_517_054_649_733_7),
        (0.745_017_584_994_138_2, 0.192_209_876_108_670_44),
    ];
    const WLS_R2: f64 = 0.833_554_005_746_082_7;

    #[test]
    fn a_contrast_with_one_weight_is_the_coefficient() {
        let (design, y) = longley();
        let fit = ols(&design, &y, Covariance::Hc1).unwrap();
        let mut w = [0.0; 7];
        w[3] = 1.0;
        assert_eq!(fit.contrast(&w).unwrap(), fit.estimate_of("unemployed").unwrap());
        assert!(fit.estimate_of("year").unwrap().p_one_sided(Sign::Positive) < 0.01);
        assert!(matches!(fit.estimate_of("none"), Err(StatsError::UnknownLabel { .. })));
        assert!(fit.contrast(&[1.0]).is_err());
    }

    #[test]
    fn lags_beyond_the_sample_and_an_observation_of_its_own_are_refused() {
        let mut dummy = [0.0; 6];
        dummy[2] = 1.0;
        let design = Design::with_intercept(6).column("only third", &dummy).unwrap();
        let y = [1.0, 2.0, 4.0, 3.0, 5.0, 1.0];
        assert!(matches!(ols(&design, &y, Covariance::Hc3), Err(StatsError::FullLeverage { position: 2 })));
        assert!(ols(&design, &y, Covariance::NeweyWest { lags: 6 }).is_err());
        assert!(ols(&design, &y[..5], Covariance::Hc1).is_err());
        assert_eq!(Covariance::newey_west(17), Covariance::NeweyWest { lags: 2 });
    }
}
