//! Panels with unit and period effects, and errors that are free within a cluster.
//!
//! Answers "when this unit's regressor moves more than the others' in the same year, does its outcome?". It describes
//! association within units: it is no causal design, and no dynamic panel estimator.

use std::collections::{BTreeMap, HashMap, HashSet};

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::design::{Design, Factor};
use super::error::{StatsError, require_finite, require_length, require_observations, require_variation};
use super::inference::Estimate;
use super::u_test::QuadraticEstimate;
use super::within::{Effects, Within};

/// Below this many clusters, judge by the wild bootstrap (see [`PanelFit::wild_bootstrap`]) instead of the t table.
pub const FEW_CLUSTERS: usize = 40;

/// Share of a regressor (about its mean) that must survive the effects. A linear function of the effects leaves 1e-15.
const WITHIN_TOLERANCE: f64 = 1e-9;

/// Observations of units in periods. Cells may be missing; none may occur twice.
///
/// # Example
/// ```
/// use vadex::stats::{Effects, Panel};
/// let units = ["A", "A", "A", "B", "B", "B", "C", "C", "C"];
/// let years = [1, 2, 3, 1, 2, 3, 1, 2, 3];
/// let x = [1.0, 2.0, 4.0, 2.0, 2.0, 3.0, 0.0, 3.0, 1.0];
/// let y = [5.1, 7.0, 10.9, 2.0, 2.1, 3.8, 1.0, 7.2, 3.0];
/// let fit = Panel::new(&units, &years, &y)?.regressor("x", &x)?.fit(Effects::TwoWay)?;
/// assert!((fit.coefficients[0] - 2.0).abs() < 0.1);
/// # Ok::<(), vadex::stats::StatsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Panel {
    units: Vec<String>,
    unit: Vec<usize>,
    periods: Vec<i32>,
    period: Vec<usize>,
    cluster: Vec<usize>,
    clusters: usize,
    outcome: Vec<f64>,
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

/// Codes 0.. in order of first appearance, and the labels.
fn code<T: AsRef<str>>(labels: &[T]) -> (Vec<usize>, Vec<String>) {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut names = Vec::new();
    let codes = labels
        .iter()
        .map(|l| {
            *known.entry(l.as_ref()).or_insert_with(|| {
                names.push(l.as_ref().to_owned());
                names.len() - 1
            })
        })
        .collect();
    (codes, names)
}

impl Panel {
    /// One entry for each observation; clustered by unit until told otherwise.
    ///
    /// # Errors
    /// [`StatsError::LengthMismatch`], [`StatsError::NotFinite`], [`StatsError::NoVariation`],
    /// [`StatsError::DuplicateObservation`].
    pub fn new<T: AsRef<str>>(units: &[T], periods: &[i32], outcome: &[f64]) -> Result<Self, StatsError> {
        require_length("periods", units.len(), periods.len())?;
        require_length("outcome", units.len(), outcome.len())?;
        require_observations("panel", 3, units.len())?;
        require_variation("outcome", outcome)?;
        let mut cells = HashSet::new();
        for (u, &p) in units.iter().zip(periods) {
            if !cells.insert((u.as_ref(), p)) {
                return Err(StatsError::DuplicateObservation { unit: u.as_ref().to_owned(), period: p });
            }
        }
        let (unit, names) = code(units);
        let calendar: BTreeMap<i32, usize> = periods
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .enumerate()
            .map(|(i, &p)| (p, i))
            .collect();
        Ok(Self {
            cluster: unit.clone(),
            clusters: names.len(),
            units: names,
            unit,
            period: periods.iter().map(|p| calendar[p]).collect(),
            periods: calendar.into_keys().collect(),
            outcome: outcome.to_vec(),
            names: Vec::new(),
            columns: Vec::new(),
        })
    }

    /// Adds a regressor.
    ///
    /// # Errors
    /// [`StatsError::LengthMismatch`], [`StatsError::NotFinite`].
    pub fn regressor(mut self, name: impl Into<String>, values: &[f64]) -> Result<Self, StatsError> {
        let name = name.into();
        require_length(&name, self.outcome.len(), values.len())?;
        require_finite(&name, values)?;
        self.names.push(name);
        self.columns.push(values.to_vec());
        Ok(self)
    }

    /// Clusters by these labels (country instead of country-sector, say), one for each observation.
    ///
    /// # Errors
    /// [`StatsError::LengthMismatch`].
    pub fn clustered_by<T: AsRef<str>>(mut self, labels: &[T]) -> Result<Self, StatsError> {
        require_length("clusters", self.outcome.len(), labels.len())?;
        let (codes, names) = code(labels);
        self.cluster = codes;
        self.clusters = names.len();
        Ok(self)
    }

    /// Estimates the coefficients within units (and periods).
    ///
    /// ```text
    /// y_it = α_i + δ_t + x_it' b + e_it          b = (X̃'X̃)⁻¹ X̃'ỹ,   ~ = effects removed exactly
    /// V(b) = c (X̃'X̃)⁻¹ [Σ_g X̃_g' e_g e_g' X̃_g] (X̃'X̃)⁻¹,      c = G/(G−1) · (n−1)/(n−K)          (CR1)
    /// ```
    /// K counts the regressors, and the effects of a dimension unless it lies within clusters: units that do count as one (the
    /// constant), periods that do not at all (as reghdfe and fixest do; dummy regression counts them all and gives larger errors).
    ///
    /// # Assumptions
    /// Clusters independent of each other. t has G − 1 degrees of freedom; with fewer than [`FEW_CLUSTERS`] clusters
    /// it is still optimistic.
    ///
    /// # Errors
    /// [`StatsError::Singleton`] for a unit or period with one observation, [`StatsError::NoWithinVariation`],
    /// [`StatsError::Collinear`], [`StatsError::TooFewClusters`], [`StatsError::TooFewObservations`].
    ///
    /// # Cost
    /// O(n k² + periods³).
    ///
    /// # Source
    /// Cameron & Miller (2015) doi:10.3368/jhr.50.2.317.
    pub fn fit(&self, effects: Effects) -> Result<PanelFit, StatsError> {
        let (n, k) = (self.outcome.len(), self.columns.len());
        require_observations("regressors", 1, k)?;
        if self.clusters < 2 {
            return Err(StatsError::TooFewClusters { needed: 2, found: self.clusters });
        }
        self.refuse_singletons(effects)?;
        let within = Within::new(self.unit.clone(), self.period.clone(), effects);
        let mut design = Design::empty(n);
        for (name, column) in self.names.iter().zip(&self.columns) {
            let inside = within.apply(column);
            let mean = column.iter().sum::<f64>() / n as f64;
            let spread = |v: &[f64], m: f64| v.iter().map(|x| (x - m).powi(2)).sum::<f64>().sqrt();
            let scale = spread(column, mean).max(WITHIN_TOLERANCE * spread(column, 0.0));
            let remaining = if scale > 0.0 { spread(&inside, 0.0) / scale } else { 0.0 };
            if remaining < WITHIN_TOLERANCE {
                return Err(StatsError::NoWithinVariation {
                    column: name.clone(),
                    remaining,
                    tolerance: WITHIN_TOLERANCE,
                });
            }
            design = design.column(name.clone(), &inside)?;
        }
        let unit_effects = if self.within_clusters(&self.unit) { 1 } else { within.units() };
        let period_effects = if self.within_clusters(&self.period) { 0 } else { within.extra_rank };
        let counted = k + unit_effects + period_effects;
        require_observations("panel", k + within.extra_rank + within.units() + 1, n)?;
        let factor = Factor::new("panel", &design, 1)?;
        let outcome = within.apply(&self.outcome);
        let coefficients = factor.solve(&outcome);
        let residuals = factor.residuals(&outcome, &coefficients);
        let groups = self.clusters as f64;
        let correction = groups / (groups - 1.0) * (n as f64 - 1.0) / (n - counted) as f64;
        let weights = factor.weights_by_observation();
        let mut scores = DMatrix::<f64>::zeros(k, self.clusters);
        for i in 0..n {
            for j in 0..k {
                scores[(j, self.cluster[i])] += weights[i * k + j] * residuals[i];
            }
        }
        let covariance = (&scores * scores.transpose()) * correction;
        let squares = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>();
        Ok(PanelFit {
            names: self.names.clone(),
            within_r_squared: 1.0 - squares(&residuals) / squares(&outcome),
            residuals,
            coefficients,
            n_observations: n,
            n_units: self.units.len(),
            n_periods: self.periods.len(),
            n_clusters: self.clusters,
            correction,
            covariance,
            cluster: self.cluster.clone(),
            outcome,
            design,
            weights,
            within,
        })
    }

    /// Do all observations of each unit (or of each period), by these codes, belong to one cluster?
    fn within_clusters(&self, codes: &[usize]) -> bool {
        let mut home: HashMap<usize, usize> = HashMap::new();
        codes
            .iter()
            .zip(&self.cluster)
            .all(|(&code, &cluster)| *home.entry(code).or_insert(cluster) == cluster)
    }

    fn refuse_singletons(&self, effects: Effects) -> Result<(), StatsError> {
        let once = |codes: &[usize], count: usize| {
            let mut seen = vec![0_usize; count];
            codes.iter().for_each(|&c| seen[c] += 1);
            seen.iter().position(|&c| c == 1)
        };
        if let Some(u) = once(&self.unit, self.units.len()) {
            return Err(StatsError::Singleton { dimension: "unit", label: self.units[u].clone() });
        }
        if effects == Effects::TwoWay
            && let Some(p) = once(&self.period, self.periods.len())
        {
            return Err(StatsError::Singleton { dimension: "period", label: self.periods[p].to_string() });
        }
        Ok(())
    }
}

/// A fitted panel.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PanelFit {
    /// Names of the regressors.
    pub names: Vec<String>,
    /// Coefficients in the order of `names`.
    pub coefficients: Vec<f64>,
    /// Residuals in the order of the observations.
    pub residuals: Vec<f64>,
    /// Share of the variation left by the effects that the regressors explain.
    pub within_r_squared: f64,
    /// Number of observations.
    pub n_observations: usize,
    /// Number of units.
    pub n_units: usize,
    /// Number of periods.
    pub n_periods: usize,
    /// Number of clusters.
    pub n_clusters: usize,
    pub(super) correction: f64,
    pub(super) cluster: Vec<usize>,
    pub(super) outcome: Vec<f64>,
    pub(super) design: Design,
    pub(super) weights: Vec<f64>,
    pub(super) within: Within,
    covariance: DMatrix<f64>,
}

/// Coefficient, error and counts of one regressor, ready to be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelCoefficient {
    /// Name of the regressor.
    pub name: String,
    /// Coefficient with its cluster-robust error.
    pub estimate: Estimate,
    /// Number of observations.
    pub n_observations: usize,
    /// Number of clusters.
    pub n_clusters: usize,
}

impl PanelFit {
    /// Coefficient `j` with its cluster-robust error and G − 1 degrees of freedom.
    ///
    /// # Panics
    /// If `j` is not a regressor number, as indexing does.
    #[must_use]
    pub fn estimate(&self, j: usize) -> Estimate {
        Estimate {
            value: self.coefficients[j],
            standard_error: self.covariance[(j, j)].max(0.0).sqrt(),
            degrees_of_freedom: self.n_clusters as f64 - 1.0,
        }
    }

    /// The record of the regressor called `name`.
    ///
    /// # Errors
    /// [`StatsError::UnknownLabel`].
    pub fn coefficient(&self, name: &str) -> Result<PanelCoefficient, StatsError> {
        let j = self.position(name)?;
        Ok(PanelCoefficient {
            name: name.to_owned(),
            estimate: self.estimate(j),
            n_observations: self.n_observations,
            n_clusters: self.n_clusters,
        })
    }

    /// The pair of a regressor and its square, for the [U test](super::u_test::test_u_shape).
    ///
    /// # Errors
    /// [`StatsError::UnknownLabel`].
    pub fn quadratic(&self, linear: &str, square: &str) -> Result<QuadraticEstimate, StatsError> {
        let (i, j) = (self.position(linear)?, self.position(square)?);
        Ok(QuadraticEstimate {
            linear: self.coefficients[i],
            quadratic: self.coefficients[j],
            var_linear: self.covariance[(i, i)],
            var_quadratic: self.covariance[(j, j)],
            covariance: self.covariance[(i, j)],
            degrees_of_freedom: self.n_clusters as f64 - 1.0,
        })
    }

    pub(super) fn position(&self, name: &str) -> Result<usize, StatsError> {
        self.names
            .iter()
            .position(|n| n == name)
            .ok_or_else(|| StatsError::UnknownLabel { what: "regressor", label: name.to_owned() })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::stats::random::{standard_normal, stream};

    /// Units, periods, outcome and two regressors.
    type Rows = (Vec<String>, Vec<i32>, Vec<f64>, Vec<f64>, Vec<f64>);

    /// 12 units, 9 periods, every seventh cell missing; two regressors and an outcome from small integer arithmetic, so that
    /// numpy can rebuild it.
    pub(crate) fn sample() -> Rows {
        let (mut units, mut periods, mut y, mut x, mut z) = (vec![], vec![], vec![], vec![], vec![]);
        for u in 0..12_i32 {
            for t in 0..9_i32 {
                if (3 * u + 5 * t) % 7 == 0 {
                    continue;
                }
                let a = f64::from((u * u * 3 + t * 7 + u * t * 5) % 11);
                let b = f64::from((u * 13 + t * t * 5 + u * t) % 13);
                let e = f64::from((u * 17 + t * 29 + u * u * t * 3 + t * t * u) % 19) - 9.0;
                units.push(format!("u{u}"));
                periods.push(2000 + t);
                x.push(a);
                z.push(b);
                y.push(2.0 * f64::from(u) - f64::from(t * t) / 10.0 + 0.5 * a - 0.2 * b + 0.3 * e);
            }
        }
        (units, periods, y, x, z)
    }

    fn fitted(effects: Effects) -> PanelFit {
        let (units, periods, y, x, z) = sample();
        Panel::new(&units, &periods, &y)
            .unwrap()
            .regressor("x", &x)
            .unwrap()
            .regressor("z", &z)
            .unwrap()
            .fit(effects)
            .unwrap()
    }

    /// generator (numpy + statsmodels 0.15), with the loops of `sample` in `u`, `t`, `x`, `z`, `y`:
    /// `X = np.column_stack([x, z, pd.get_dummies(u), pd.get_dummies(t).iloc[:, 1:]]).astype(float)`
    /// `m = sm.OLS(y, X).fit(cov_type='cluster', cov_kwds={'groups': u})`; bse times
    /// √((n − 22) / (n − 11)), because statsmodels counts 22 columns where K = 2 + 8 + 1.
    #[test]
    fn an_unbalanced_two_way_panel_agrees_with_dummies_in_statsmodels() {
        let fit = fitted(Effects::TwoWay);
        assert_eq!((fit.n_observations, fit.n_units, fit.n_periods, fit.n_clusters), SM_COUNTS);
        for (j, sm) in SM_TWO_WAY.iter().enumerate() {
            let e = fit.estimate(j);
            assert!((e.value - sm.0).abs() < 1e-11, "{j} {}", e.value);
            assert!((e.standard_error - sm.1).abs() < 1e-11, "{j} {}", e.standard_error);
        }
        let fit = fitted(Effects::Unit);
        for (j, sm) in SM_UNIT.iter().enumerate() {
            let e = fit.estimate(j);
            assert!((e.value - sm.0).abs() < 1e-11, "{j} {}", e.value);
            assert!((e.standard_error - sm.1).abs() < 1e-11, "{j} {}", e.standard_error);
        }
    }
    const SM_COUNTS: (usize, usize, usize, usize) = (92, 12, 9, 12);
    const SM_TWO_WAY: [(f64, f64); 2] = [
        (0.466_579_175_961_351_34, 0.049_406_909_657_024_37),
        (-0.146_495_606_859_521_62, 0.052_864_501_978_476_73),
    ];
    const SM_UNIT: [(f64, f64); 2] = [
        (0.554_365_684_968_214, 0.108_315_691_880_784_59),
        (-0.254_464_215_117_343_2, 0.103_725_560_451_886_71),
    ];

    /// Clusters that cut across units and periods: no nesting, K counts all 22 columns, as statsmodels does. Clusters of whole
    /// periods: those are nested, K = 2 + 12, and the errors of statsmodels are to be taken times √((92 − 22) / (92 − 14)).
    #[test]
    fn effects_count_unless_they_lie_within_clusters() {
        let (units, periods, y, x, z) = sample();
        let thirds: Vec<String> = periods.iter().map(|p| (p % 3).to_string()).collect();
        // u + t modulo 4, where the names of units are u0, u1, ...
        let across: Vec<String> = (units.iter().zip(&periods))
            .map(|(u, p)| ((u[1..].parse::<i32>().unwrap() + p - 2000) % 4).to_string())
            .collect();
        let panel =
            Panel::new(&units, &periods, &y).unwrap().regressor("x", &x).unwrap().regressor("z", &z).unwrap();
        for (clusters, expected) in [(&thirds, NESTED_THIRDS), (&across, SM_ACROSS)] {
            let fit = panel.clone().clustered_by(clusters).unwrap().fit(Effects::TwoWay).unwrap();
            for (j, sm) in expected.iter().enumerate() {
                let error = fit.estimate(j).standard_error;
                assert!((error - sm).abs() < 1e-11, "{error}");
            }
        }
    }
    const NESTED_THIRDS: [f64; 2] = [0.071_037_344_745_289_68, 0.060_632_290_195_279_05];
    const SM_ACROSS: [f64; 2] = [0.035_997_492_760_660_985, 0.052_311_606_389_418_55];

    #[test]
    fn order_of_rows_and_shifts_by_unit_or_period_do_not_matter() {
        let (units, periods, y, x, z) = sample();
        let plain = fitted(Effects::TwoWay);
        let n = y.len();
        let turn = |v: &[f64]| -> Vec<f64> { (0..n).map(|i| v[(i * 17 + 3) % n]).collect() };
        let units: Vec<String> = (0..n).map(|i| units[(i * 17 + 3) % n].clone()).collect();
        let periods: Vec<i32> = (0..n).map(|i| periods[(i * 17 + 3) % n]).collect();
        let shifted: Vec<f64> = turn(&y)
            .iter()
            .zip(units.iter().zip(&periods))
            .map(|(y, (u, p))| y + 100.0 * u.len() as f64 + f64::from(p % 5))
            .collect();
        let fit = Panel::new(&units, &periods, &shifted)
            .unwrap()
            .regressor("x", &turn(&x))
            .unwrap()
            .regressor("z", &turn(&z))
            .unwrap()
            .fit(Effects::TwoWay)
            .unwrap();
        for j in 0..2 {
            assert!((fit.coefficients[j] - plain.coefficients[j]).abs() < 1e-11);
            assert!((fit.estimate(j).standard_error - plain.estimate(j).standard_error).abs() < 1e-11);
        }
        assert!(fit.coefficient("none").is_err());
        assert!(
            (fit.quadratic("x", "z").unwrap().var_quadratic.sqrt() - fit.estimate(1).standard_error).abs()
                < 1e-15
        );
    }

    /// Units with correlated errors and a regressor that moves slowly within the unit.
    pub(crate) fn clustered(units: usize, effect: f64, seed: u64) -> Panel {
        let mut rng = stream(seed, 77);
        let (mut names, mut periods, mut y, mut x) = (vec![], vec![], vec![], vec![]);
        for u in 0..units {
            let (mut level, mut error) = (standard_normal(&mut rng), standard_normal(&mut rng));
            for t in 0..10 {
                level = 0.8 * level + 0.6 * standard_normal(&mut rng);
                error = 0.8 * error + 0.6 * standard_normal(&mut rng);
                names.push(format!("c{u}"));
                periods.push(t);
                x.push(level);
                y.push(effect * level + error + u as f64);
            }
        }
        Panel::new(&names, &periods, &y).unwrap().regressor("x", &x).unwrap()
    }

    #[test]
    fn size_is_near_nominal_with_forty_correlated_clusters_and_a_planted_effect_is_found() {
        let share = |effect: f64| {
            (0..400)
                .filter(|&s| {
                    clustered(40, effect, s).fit(Effects::TwoWay).unwrap().estimate(0).p_two_sided() <= 0.05
                })
                .count() as f64
                / 400.0
        };
        let (null, planted) = (share(0.0), share(0.4));
        assert!((0.025..0.095).contains(&null), "{null}");
        assert!(planted > 0.9, "{planted}");
    }

    #[test]
    fn panels_that_cannot_be_estimated_say_why() {
        let (units, periods, y, x, _) = sample();
        let panel = Panel::new(&units, &periods, &y).unwrap();
        let constant: Vec<f64> = units.iter().map(|u| u.len() as f64).collect();
        let by_year: Vec<f64> =
            units.iter().zip(&periods).map(|(u, p)| u.len() as f64 + f64::from(p * p)).collect();
        for absorbed in [constant, by_year] {
            let error = panel.clone().regressor("w", &absorbed).unwrap().fit(Effects::TwoWay).unwrap_err();
            assert!(
                matches!(error, StatsError::NoWithinVariation { ref column, .. } if column == "w"),
                "{error}"
            );
        }
        let twice: Vec<f64> = x.iter().map(|v| 1.0 - 2.0 * v).collect();
        let error = panel
            .clone()
            .regressor("x", &x)
            .unwrap()
            .regressor("x2", &twice)
            .unwrap()
            .fit(Effects::Unit)
            .unwrap_err();
        assert!(matches!(error, StatsError::Collinear { ref column, .. } if column == "x2"), "{error}");
        let one = panel.regressor("x", &x).unwrap().clustered_by(&vec!["all"; y.len()]).unwrap();
        assert!(matches!(one.fit(Effects::Unit), Err(StatsError::TooFewClusters { needed: 2, found: 1 })));
        let lonely = Panel::new(&["A", "A", "B"], &[1, 2, 1], &[1.0, 2.0, 3.0])
            .unwrap()
            .regressor("x", &[1.0, 3.0, 2.0])
            .unwrap();
        assert!(
            matches!(lonely.fit(Effects::Unit), Err(StatsError::Singleton { dimension: "unit", ref label }) if label == "B")
        );
        let year =
            Panel::new(&["A", "A", "A", "B", "B"], &[1, 2, 3, 1, 2], &[1.0, 2.0, 3.0, 5.0, 4.0]).unwrap();
        let year = year.regressor("x", &[1.0, 3.0, 2.0, 0.0, 4.0]).unwrap();
        assert!(
            matches!(year.fit(Effects::TwoWay), Err(StatsError::Singleton { dimension: "period", ref label }) if label == "3")
        );
        assert!(matches!(
            Panel::new(&["A", "A", "B"], &[1, 1, 1], &[1.0, 2.0, 3.0]),
            Err(StatsError::DuplicateObservation { period: 1, .. })
        ));
    }
}
