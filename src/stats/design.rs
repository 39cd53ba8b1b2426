//! The right-hand side of a regression: named columns, and their QR factorisation.
//!
//! A design knows its columns and whether they are independent. It knows no outcome; see [`mod@super::ols`] for fitting.

use nalgebra::{DMatrix, DVector};

use super::error::{StatsError, require_finite, require_length, require_observations, require_range};

/// Share of a column's length that must be its own. Exactly dependent columns leave about 1e-15 after QR; the hardest
/// benchmark in use (a fifth-degree polynomial on 0..20) leaves 2e-4, years and their squares uncentred 1e-5.
const RANK_TOLERANCE: f64 = 1e-12;

/// Named regressors of equal length, in the order given.
///
/// # Example
/// ```
/// use vadex::stats::Design;
/// let design = Design::with_intercept(4).column("t", &[0.0, 1.0, 2.0, 3.0])?;
/// assert_eq!(design.names(), ["1", "t"]);
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    n_observations: usize,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
    root_weights: Option<Vec<f64>>,
}

impl Design {
    /// A design without columns.
    #[must_use]
    pub fn empty(n_observations: usize) -> Self {
        Self { n_observations, names: Vec::new(), columns: Vec::new(), root_weights: None }
    }

    /// A design with a column of ones called `"1"`.
    #[must_use]
    pub fn with_intercept(n_observations: usize) -> Self {
        let mut design = Self::empty(n_observations);
        design.names.push("1".to_owned());
        design.columns.push(vec![1.0; n_observations]);
        design
    }

    /// Intercept and the powers 1..=`degree` of `variable`, called `"x"`, `"x^2"`, ...
    ///
    /// # Errors
    /// [`StatsError::NotFinite`].
    pub fn polynomial(variable: &[f64], degree: u32) -> Result<Self, StatsError> {
        require_finite("x", variable)?;
        let mut design = Self::with_intercept(variable.len());
        for power in 1..=degree {
            let name = if power == 1 { "x".to_owned() } else { format!("x^{power}") };
            let column: Vec<f64> = variable.iter().map(|x| x.powi(power.cast_signed())).collect();
            design = design.column(name, &column)?;
        }
        Ok(design)
    }

    /// Adds a column on the right.
    ///
    /// # Errors
    /// [`StatsError::LengthMismatch`], [`StatsError::NotFinite`].
    pub fn column(mut self, name: impl Into<String>, values: &[f64]) -> Result<Self, StatsError> {
        let name = name.into();
        require_length(&name, self.n_observations, values.len())?;
        require_finite(&name, values)?;
        self.names.push(name);
        self.columns.push(values.to_vec());
        Ok(self)
    }

    /// Weighted least squares: observation i counts `weights[i]` times in the sum of squares.
    ///
    /// # Errors
    /// [`StatsError::LengthMismatch`], [`StatsError::NotFinite`], [`StatsError::OutOfRange`] for a weight that is not
    /// positive.
    pub fn weighted(mut self, weights: &[f64]) -> Result<Self, StatsError> {
        require_length("weights", self.n_observations, weights.len())?;
        require_finite("weights", weights)?;
        for &w in weights {
            require_range("weight", w, f64::MIN_POSITIVE, f64::MAX)?;
        }
        self.root_weights = Some(weights.iter().map(|w| w.sqrt()).collect());
        Ok(self)
    }

    /// Names of the columns, left to right.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of observations.
    #[must_use]
    pub fn n_observations(&self) -> usize {
        self.n_observations
    }

    /// Number of columns.
    #[must_use]
    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// The values of column `j`.
    pub(super) fn values(&self, j: usize) -> &[f64] {
        &self.columns[j]
    }

    /// Square roots of the weights, when there are weights.
    pub(super) fn root_weights(&self) -> Option<&[f64]> {
        self.root_weights.as_deref()
    }
}

/// X = Q R with independent columns: everything a fit, a leverage or a resampled fit needs.
#[derive(Debug, Clone)]
pub(super) struct Factor {
    x: DMatrix<f64>,
    q: DMatrix<f64>,
    r: DMatrix<f64>,
    r_inverse: DMatrix<f64>,
}

impl Factor {
    /// Householder QR of the (weighted) design.
    ///
    /// # Errors
    /// Too few observations (`spare` more than columns are needed), collinear columns.
    pub(super) fn new(what: &str, design: &Design, spare: usize) -> Result<Self, StatsError> {
        let (n, k) = (design.n_observations, design.n_columns());
        require_observations(what, k + spare, n)?;
        let root = |i: usize| design.root_weights.as_ref().map_or(1.0, |w| w[i]);
        let x = DMatrix::from_fn(n, k, |i, j| design.columns[j][i] * root(i));
        let qr = x.clone().qr();
        let (q, r) = (qr.q(), qr.r());
        for j in 0..k {
            let length = x.column(j).norm();
            let remaining = if length > 0.0 { r[(j, j)].abs() / length } else { 0.0 };
            if remaining < RANK_TOLERANCE {
                return Err(StatsError::Collinear {
                    column: design.names[j].clone(),
                    remaining,
                    tolerance: RANK_TOLERANCE,
                });
            }
        }
        let mut r_inverse = DMatrix::identity(k, k);
        for j in 0..k {
            for i in (0..=j).rev() {
                let above: f64 = (i + 1..=j).map(|m| r[(i, m)] * r_inverse[(m, j)]).sum();
                let unit = if i == j { 1.0 } else { 0.0 };
                r_inverse[(i, j)] = (unit - above) / r[(i, i)];
            }
        }
        Ok(Self { x, q, r, r_inverse })
    }

    pub(super) fn n_columns(&self) -> usize {
        self.x.ncols()
    }

    /// Coefficients of `y`, with one step of refinement on residuals in doubled precision.
    pub(super) fn solve(&self, y: &[f64]) -> Vec<f64> {
        let mut beta = self.solve_once(&DVector::from_column_slice(y));
        let residual = DVector::from_vec(self.residuals(y, beta.as_slice()));
        beta += self.solve_once(&residual);
        beta.as_slice().to_vec()
    }

    fn solve_once(&self, y: &DVector<f64>) -> DVector<f64> {
        let mut b = self.q.tr_mul(y);
        let k = b.len();
        for i in (0..k).rev() {
            let known: f64 = (i + 1..k).map(|m| self.r[(i, m)] * b[m]).sum();
            b[i] = (b[i] - known) / self.r[(i, i)];
        }
        b
    }

    /// y − X b, each sum accumulated in doubled precision (Ogita, Rump & Oishi 2005, Dot2).
    pub(super) fn residuals(&self, y: &[f64], beta: &[f64]) -> Vec<f64> {
        y.iter()
            .enumerate()
            .map(|(i, &yi)| {
                let (mut sum, mut error) = (yi, 0.0_f64);
                for (j, &b) in beta.iter().enumerate() {
                    let product = -self.x[(i, j)] * b;
                    let product_error = (-self.x[(i, j)]).mul_add(b, -product);
                    let next = sum + product;
                    let part = next - sum;
                    error += (sum - (next - part)) + (product - part) + product_error;
                    sum = next;
                }
                sum + error
            })
            .collect()
    }

    /// Diagonal of the hat matrix.
    pub(super) fn leverage(&self) -> Vec<f64> {
        (0..self.q.nrows()).map(|i| self.q.row(i).norm_squared()).collect()
    }

    /// (X'X)⁻¹.
    pub(super) fn gram_inverse(&self) -> DMatrix<f64> {
        &self.r_inverse * self.r_inverse.transpose()
    }

    /// (X'X)⁻¹ X', stored observation by observation: entry `i * k + j` is the weight of observation i in coefficient j.
    pub(super) fn weights_by_observation(&self) -> Vec<f64> {
        // (k, n) column-major = observation after observation.
        (&self.r_inverse * self.q.transpose()).as_slice().to_vec()
    }

    /// Orthonormal basis of the column space, (n, k).
    pub(super) fn basis(&self) -> &DMatrix<f64> {
        &self.q
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_and_a_zero_column_are_named_as_collinear() {
        let t: Vec<f64> = (0..9).map(f64::from).collect();
        let double: Vec<f64> = t.iter().map(|v| 3.0 * v - 2.0).collect();
        let design = Design::with_intercept(9).column("t", &t).unwrap().column("again", &double).unwrap();
        assert!(
            matches!(Factor::new("f", &design, 0), Err(StatsError::Collinear { column, .. }) if column == "again")
        );
        let zero = Design::with_intercept(9).column("zero", &[0.0; 9]).unwrap();
        assert!(
            matches!(Factor::new("f", &zero, 0), Err(StatsError::Collinear { column, .. }) if column == "zero")
        );
    }

    #[test]
    fn uncentred_years_and_their_squares_are_accepted() {
        let years: Vec<f64> = (1995..=2011).map(f64::from).collect();
        let design = Design::polynomial(&years, 2).unwrap();
        assert!(Factor::new("f", &design, 1).is_ok());
        assert!(matches!(
            Factor::new("f", &design, 15),
            Err(StatsError::TooFewObservations { needed: 18, found: 17, .. })
        ));
    }

    #[test]
    fn leverages_add_to_the_number_of_columns_and_weights_invert_the_design() {
        let x: Vec<f64> = [0.3, 1.1, 2.0, 4.5, 7.7, 8.0].to_vec();
        let f = Factor::new("f", &Design::polynomial(&x, 2).unwrap(), 0).unwrap();
        assert!((f.leverage().iter().sum::<f64>() - 3.0).abs() < 1e-12);
        let w = f.weights_by_observation();
        for j in 0..3 {
            for m in 0..3 {
                let entry: f64 = (0..6).map(|i| w[i * 3 + j] * f.x[(i, m)]).sum();
                let expected = if j == m { 1.0 } else { 0.0 };
                assert!((entry - expected).abs() < 1e-9, "{entry}");
            }
        }
    }

    #[test]
    fn wrong_lengths_bad_numbers_and_bad_weights_are_refused() {
        assert!(matches!(
            Design::with_intercept(3).column("x", &[1.0]),
            Err(StatsError::LengthMismatch { expected: 3, found: 1, .. })
        ));
        assert!(Design::with_intercept(1).column("x", &[f64::INFINITY]).is_err());
        assert!(Design::with_intercept(2).weighted(&[1.0, 0.0]).is_err());
    }
}
