//! What claims about "more of this goes with less of that" share: a panel with effects, errors clustered by economy, the
//! wild cluster bootstrap for the p-value, and the same in every other way of measuring.
//!
//! An association within a panel describes. Claims whose words are causal say so ([`Question::causal`]) and get D4 at most.

use rayon::prelude::*;

use super::curve::{curve_frame, curve_section};
use super::data::Series;
use super::error::ClaimError;
use super::study::LEVEL;
use super::thinning::interval_words;
use super::trends::conditions_section;
use super::verdict::{Evidence, VerdictRecord};
use super::{Card, ClaimOptions, Condition, Outcome, Section};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{
    DEFAULT_WILD_DRAWS, Effects, Panel, PanelFit, Sign, SpecCurve, Specification, StatsError, seed_for,
};

/// Clusters below which an interval is not worth giving.
pub(super) const FEWEST_CLUSTERS: usize = 6;

/// Observations of a panel.
#[derive(Debug, Clone)]
pub(super) struct Observations {
    units: Vec<String>,
    periods: Vec<i32>,
    clusters: Vec<String>,
    outcome: Vec<f64>,
    names: Vec<&'static str>,
    regressors: Vec<Vec<f64>>,
    effects: Effects,
}

/// Where an observation belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Has an effect of its own.
    pub(super) unit: &'a str,
    /// Has one too when effects are two-way; distinct within a unit.
    pub(super) period: i32,
    /// Errors are free within it.
    pub(super) cluster: &'a str,
}

impl Observations {
    /// None yet; the first regressor is the one that is tested.
    pub(super) fn new(effects: Effects, regressors: &[&'static str]) -> Self {
        Self {
            units: Vec::new(),
            periods: Vec::new(),
            clusters: Vec::new(),
            outcome: Vec::new(),
            names: regressors.to_vec(),
            regressors: vec![Vec::new(); regressors.len()],
            effects,
        }
    }

    /// Adds one; left out when any number is not finite.
    pub(super) fn push(&mut self, place: Place<'_>, outcome: f64, regressors: &[f64]) {
        if !outcome.is_finite() || regressors.iter().any(|value| !value.is_finite()) {
            return;
        }
        self.units.push(place.unit.to_owned());
        self.periods.push(place.period);
        self.clusters.push(place.cluster.to_owned());
        self.outcome.push(outcome);
        for (column, value) in self.regressors.iter_mut().zip(regressors) {
            column.push(*value);
        }
    }

    /// Units and periods that occur once have their own effect and nothing to say: they are left out until none is left.
    fn without_singletons(&self) -> Self {
        let mut kept = self.clone();
        loop {
            let once = |i: usize| {
                let unit = kept.units.iter().filter(|unit| **unit == kept.units[i]).count() < 2;
                let period = kept.effects == Effects::TwoWay
                    && kept.periods.iter().filter(|period| **period == kept.periods[i]).count() < 2;
                unit || period
            };
            let keep: Vec<usize> = (0..kept.outcome.len()).filter(|&i| !once(i)).collect();
            if keep.len() == kept.outcome.len() {
                return kept;
            }
            kept = Self {
                units: keep.iter().map(|&i| kept.units[i].clone()).collect(),
                periods: keep.iter().map(|&i| kept.periods[i]).collect(),
                clusters: keep.iter().map(|&i| kept.clusters[i].clone()).collect(),
                outcome: keep.iter().map(|&i| kept.outcome[i]).collect(),
                names: kept.names.clone(),
                regressors: kept
                    .regressors
                    .iter()
                    .map(|column| keep.iter().map(|&i| column[i]).collect())
                    .collect(),
                effects: kept.effects,
            };
        }
    }

    /// Number of different economies.
    fn n_clusters(&self) -> usize {
        let mut names: Vec<&String> = self.clusters.iter().collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    }

    /// The fit; what is wrong with the data is a message, for D3.
    pub(super) fn fit(&self) -> Result<PanelFit, String> {
        let kept = self.without_singletons();
        let clusters = kept.n_clusters();
        if clusters < FEWEST_CLUSTERS {
            return Err(format!(
                "needs {FEWEST_CLUSTERS} economies with numbers in all columns, found {clusters}"
            ));
        }
        let fit = || -> Result<PanelFit, StatsError> {
            let mut panel = Panel::new(&kept.units, &kept.periods, &kept.outcome)?;
            for (name, values) in kept.names.iter().zip(&kept.regressors) {
                panel = panel.regressor(*name, values)?;
            }
            panel.clustered_by(&kept.clusters)?.fit(kept.effects)
        };
        fit().map_err(|error| error.to_string())
    }

    /// Smallest and largest value of a regressor.
    pub(super) fn span(&self, regressor: usize) -> (f64, f64) {
        let column = &self.regressors[regressor];
        let low = column.iter().copied().fold(f64::INFINITY, f64::min);
        (low, column.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }

    /// Number of observations.
    pub(super) fn len(&self) -> usize {
        self.outcome.len()
    }

    /// As a table.
    pub(super) fn frame(&self, table: &str) -> Frame {
        let text = |values: &[String]| Column::Text(values.iter().cloned().map(Some).collect());
        let mut frame = Frame::new()
            .with("table", Measure::Key, Column::Text(vec![Some(table.to_owned()); self.len()]))
            .with("unit", Measure::Key, text(&self.units))
            .with("cluster", Measure::Key, text(&self.clusters))
            .with("outcome", Measure::Pure, Column::Number(self.outcome.clone()));
        for (name, values) in self.names.iter().zip(&self.regressors) {
            frame = frame.with(&name.replace([' ', '-'], "_"), Measure::Pure, Column::Number(values.clone()));
        }
        frame
    }
}

/// Observations measured in one way.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) choices: Vec<String>,
    pub(super) observations: Observations,
}

/// A question about an association.
pub(super) struct Question<'a> {
    pub(super) card: &'static Card,
    pub(super) series: &'a Series,
    pub(super) years: String,
    pub(super) data: String,
    pub(super) predicted: Sign,
    /// Smallest association that matters, for `step` of the regressor.
    pub(super) bound: f64,
    /// The estimate is stated for this much of the regressor.
    pub(super) step: f64,
    pub(super) estimate_unit: &'static str,
    pub(super) spec: String,
    pub(super) headline: Observations,
    pub(super) dimensions: &'static [&'static str],
    pub(super) cells: Vec<Cell>,
    pub(super) causal: bool,
}

impl Question<'_> {
    /// The verdict, by the rule that all claims share; `conditions` reads the headline fit.
    pub(super) fn judge(
        &self,
        options: &ClaimOptions,
        conditions: impl FnOnce(&PanelFit) -> Result<Vec<Condition>, ClaimError>,
    ) -> Result<Outcome, ClaimError> {
        let fit = match self.headline.fit() {
            Ok(fit) => fit,
            Err(why) => {
                return Ok(Outcome::without_data(self.card, &format!("{}: {why}", self.series.name)));
            }
        };
        let tested = self.headline.names[0];
        let seed = seed_for(options.seed, self.card.id);
        let estimate = fit.estimate(0);
        let interval = estimate.interval(LEVEL)?;
        let p = wild_p(&fit, tested, self.predicted, seed)?;
        let effect = self.predicted.factor() * 2.0 * self.bound / self.step;
        let power = fit.wild_power(tested, effect, DEFAULT_WILD_DRAWS, seed)?;
        let curve = self.curve()?;
        let conditions = conditions(&fit)?;
        let evidence = Evidence {
            predicted: self.predicted,
            estimate: self.step * estimate.value,
            interval: crate::stats::Interval::new(self.step * interval.low, self.step * interval.high),
            p_adjusted: p,
            bound: self.bound,
            specifications: Some(curve.summary(self.predicted)?),
            units: None,
            conditions,
            power: Some(power),
            causal: self.causal,
        };
        let mut record = VerdictRecord::of(self.card, &evidence);
        record.estimate_unit = self.estimate_unit.to_owned();
        record.n = fit.n_observations;
        record.table.clone_from(&self.series.name);
        record.years.clone_from(&self.years);
        record.spec.clone_from(&self.spec);
        record.data.clone_from(&self.data);
        let mut argument = vec![self.headline_section(&fit, &evidence)?];
        argument.extend(conditions_section(&evidence.conditions));
        argument.push(curve_section(&curve, self.predicted)?);
        let details = vec![
            ("observations", self.headline.frame(&self.series.name)),
            ("specifications", curve_frame(&curve)),
        ];
        Ok(Outcome { record, units: Vec::new(), argument, details })
    }

    /// Cells that cannot be estimated (too few economies after the choice) are left out.
    fn curve(&self) -> Result<SpecCurve, ClaimError> {
        let cells = self
            .cells
            .par_iter()
            .filter_map(|cell| Some((cell, cell.observations.fit().ok()?)))
            .map(|(cell, fit)| {
                let estimate = fit.estimate(0);
                let interval = estimate.interval(LEVEL)?;
                Ok(Specification {
                    choices: cell.choices.clone(),
                    estimate: self.step * estimate.value,
                    interval: crate::stats::Interval::new(
                        self.step * interval.low,
                        self.step * interval.high,
                    ),
                })
            })
            .collect::<Result<Vec<_>, StatsError>>()?;
        Ok(SpecCurve::new(self.dimensions, cells)?)
    }

    fn headline_section(&self, fit: &PanelFit, evidence: &Evidence) -> Result<Section, ClaimError> {
        let mut lines = vec![
            format!(
                "{:+.3} {} {} (clustered t), p {:.4} (wild cluster bootstrap, one-sided); {}",
                evidence.estimate,
                self.estimate_unit,
                interval_words(&evidence.interval),
                evidence.p_adjusted,
                self.spec
            ),
            format!(
                "{} observations, {} units, {} economies as clusters, R2 within {:.3}",
                fit.n_observations, fit.n_units, fit.n_clusters, fit.within_r_squared
            ),
            format!("material from {} {}", self.bound, self.estimate_unit),
            format!(
                "simulated power against {} with the errors of this fit: {:.2} (a 95% interval on its side)",
                2.0 * self.bound,
                evidence.power.unwrap_or(f64::NAN)
            ),
        ];
        for (j, name) in fit.names.iter().enumerate().skip(1) {
            let other = fit.estimate(j);
            lines.push(format!(
                "beside it: {name} {:+.4} {}",
                other.value,
                interval_words(&other.interval(LEVEL)?)
            ));
        }
        Ok(Section::new("Headline", lines))
    }
}

/// One-sided p-value of the wild cluster bootstrap.
pub(super) fn wild_p(fit: &PanelFit, name: &str, predicted: Sign, seed: u64) -> Result<f64, StatsError> {
    let wild = fit.wild_bootstrap(name, DEFAULT_WILD_DRAWS, seed)?;
    let right = predicted.factor() * wild.t_statistic > 0.0;
    Ok(if right { wild.p_value / 2.0 } else { 1.0 - wild.p_value / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observations(slope: f64) -> Observations {
        let mut all = Observations::new(Effects::Unit, &["x"]);
        for unit in 0..5 {
            for economy in 0..8 {
                let x = f64::from((unit * 3 + economy * 5) % 7);
                let noise = 0.1 * f64::from((unit * 5 + economy * 3) % 4);
                let (unit, cluster) = (format!("u{unit}"), format!("e{economy}"));
                all.push(Place { unit: &unit, period: economy, cluster: &cluster }, slope * x + noise, &[x]);
            }
        }
        all
    }

    #[test]
    fn the_tail_follows_the_sign() {
        let fit = observations(1.0).fit().unwrap();
        assert!((fit.coefficients[0] - 1.0).abs() < 0.1);
        assert!(wild_p(&fit, "x", Sign::Positive, 1).unwrap() < 0.05);
        assert!(wild_p(&fit, "x", Sign::Negative, 1).unwrap() > 0.95);
        assert!(fit.wild_power("x", 1.0, 399, 1).unwrap() > 0.95);
        assert!(fit.wild_power("x", 1e-6, 399, 1).unwrap() < 0.2);
    }

    #[test]
    fn a_unit_seen_once_and_a_missing_number_are_left_out() {
        let mut all = observations(1.0);
        all.push(Place { unit: "alone", period: 99, cluster: "e1" }, 1.0, &[1.0]);
        all.push(Place { unit: "u1", period: 98, cluster: "e1" }, f64::NAN, &[1.0]);
        assert_eq!(all.fit().unwrap().n_observations, 40);
    }
}
