//! What claims about scenarios share: one number an economy, its median over economies, other ways of computing it.
//!
//! The numbers are exact arithmetic on one table. The interval is that of the median when other economies might have been
//! the ones at hand (economies resampled), not one of measurement.

use super::curve::{curve_frame, curve_section};
use super::data::{ClaimData, Series, SolvedYear};
use super::error::ClaimError;
use super::resample::{Resampled, weighted_median};
use super::thinning::interval_words;
use super::trends::worlds;
use super::verdict::{Evidence, UnitCount, VerdictRecord, settled};
use super::{Card, ClaimOptions, Outcome, Section};
use crate::frame::Frame;
use crate::scenario::{Problem, ScenarioError};
use crate::stats::{Interval, Sign, SpecCurve, Specification};

/// One year is enough for arithmetic.
const FEWEST_YEARS: usize = 1;
/// A median of fewer economies says nothing of economies.
const FEWEST_ECONOMIES: usize = 3;

/// One number an economy, in one way.
pub(super) struct Way {
    /// Choices, the table first.
    pub(super) choices: Vec<String>,
    /// The numbers.
    pub(super) values: Vec<f64>,
}

/// A question that scenarios answer by arithmetic.
pub(super) struct Arithmetic<'a> {
    pub(super) card: &'static Card,
    pub(super) series: &'a Series,
    pub(super) year: i32,
    pub(super) data: String,
    /// Headline numbers with the names of their economies.
    pub(super) units: Vec<(String, f64)>,
    pub(super) predicted: Sign,
    pub(super) bound: f64,
    pub(super) estimate_unit: &'static str,
    pub(super) spec: String,
    pub(super) dimensions: &'static [&'static str],
    pub(super) ways: Vec<Way>,
    pub(super) causal: bool,
}

/// World series, the headline's first, each with its last year solved; or why there is none.
pub(super) fn solved(data: &ClaimData) -> Result<(Vec<(&Series, &SolvedYear)>, String), String> {
    let (all, data) = worlds(data, FEWEST_YEARS)?;
    let all: Vec<(&Series, &SolvedYear)> =
        all.into_iter().filter_map(|series| Some((series, series.last.as_ref()?))).collect();
    if all.is_empty() {
        return Err("needs an inter-country table".into());
    }
    if all[0].0.judged().len() < FEWEST_ECONOMIES {
        return Err(format!("needs {FEWEST_ECONOMIES} economies besides a rest of the world"));
    }
    Ok((all, data))
}

/// Nothing to change in an economy is no error: it is left out.
pub(super) fn where_it_applies<T>(
    table: &str,
    result: Result<T, ScenarioError>,
) -> Result<Option<T>, ClaimError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ScenarioError::Change {
            problem: Problem::NothingThere { .. } | Problem::FloorUnreachable { .. },
            ..
        }) => Ok(None),
        Err(error) => Err(ClaimError::Scenario { table: table.to_owned(), error: Box::new(error) }),
    }
}

fn median_of(values: &[f64], plan: &crate::stats::BootstrapPlan) -> Result<Resampled, ClaimError> {
    Ok(Resampled::of(values.len(), plan, |weights| weighted_median(values, weights))?)
}

impl Arithmetic<'_> {
    /// The verdict, with the median over economies as the estimate.
    pub(super) fn judge(
        self,
        options: &ClaimOptions,
        sections: Vec<Section>,
        details: Vec<(&'static str, Frame)>,
    ) -> Result<Outcome, ClaimError> {
        if self.units.len() < FEWEST_ECONOMIES {
            let why = format!("fewer than {FEWEST_ECONOMIES} economies have such flows");
            return Ok(Outcome::without_data(self.card, &why));
        }
        let values: Vec<f64> = self.units.iter().map(|(_, value)| settled(*value)).collect();
        let headline = median_of(&values, &options.plan(self.card.id))?;
        let mut cells = Vec::new();
        for way in self.ways.iter().filter(|way| way.values.len() >= FEWEST_ECONOMIES) {
            let median = median_of(&way.values, &options.cell_plan(&way.choices.join("/")))?;
            cells.push(Specification {
                choices: way.choices.clone(),
                estimate: median.value,
                interval: median.interval()?,
            });
        }
        let curve = SpecCurve::new(self.dimensions, cells)?;
        let sign = self.predicted.factor();
        let material = values.iter().filter(|value| sign * **value >= self.bound).count();
        let against = values.iter().filter(|value| sign * **value < 0.0).count();
        let evidence = Evidence {
            predicted: self.predicted,
            estimate: headline.value,
            interval: headline.interval()?,
            p_adjusted: headline.p_one_sided(self.predicted),
            bound: self.bound,
            specifications: Some(curve.summary(self.predicted)?),
            units: Some(UnitCount { raw: material, supporting: material, against, total: values.len() }),
            conditions: Vec::new(),
            power: Some(headline.power(sign * 2.0 * self.bound)?),
            causal: self.causal,
        };
        let mut record = VerdictRecord::of(self.card, &evidence);
        record.estimate_unit = format!("{}, median economy", self.estimate_unit);
        record.n = values.len();
        record.table.clone_from(&self.series.name);
        record.years = self.year.to_string();
        record.spec.clone_from(&self.spec);
        record.data = self.data;
        let mut units = Vec::new();
        if !self.causal {
            record.reason = format!(
                "{}; at least {} in {material} of {} economies",
                record.reason,
                self.bound,
                values.len()
            );
            units.extend(self.units.iter().map(|(economy, value)| VerdictRecord {
                unit: economy.clone(),
                reason: format!("exact arithmetic: {value:.2} against {}", self.bound),
                estimate_unit: self.estimate_unit.to_owned(),
                // An exact number has neither an interval nor a p-value; the verdict is read off the number alone.
                interval: Interval::new(f64::NAN, f64::NAN),
                p_adjusted: f64::NAN,
                n: 1,
                table: record.table.clone(),
                years: record.years.clone(),
                spec: record.spec.clone(),
                data: record.data.clone(),
                ..VerdictRecord::of(
                    self.card,
                    &Evidence {
                        estimate: *value,
                        // No sampling stands between the table and the number, and the rule asks for an interval.
                        interval: Interval::new(*value, *value),
                        p_adjusted: 0.0,
                        specifications: None,
                        units: None,
                        power: None,
                        ..evidence.clone()
                    },
                )
            }));
        }
        let mut argument = vec![Section::new(
            "Headline",
            vec![
                format!(
                    "median of {} economies: {:+.3} {} {} (economies resampled; each number is exact arithmetic on the \
                     table of {})",
                    values.len(),
                    evidence.estimate,
                    self.estimate_unit,
                    interval_words(&evidence.interval),
                    self.year
                ),
                format!(
                    "at least {} in {material} of {} economies, the other sign in {against}",
                    self.bound,
                    values.len()
                ),
            ],
        )];
        argument.extend(sections);
        argument.push(curve_section(&curve, self.predicted)?);
        let mut all = details;
        all.push(("specifications", curve_frame(&curve)));
        Ok(Outcome { record, units, argument, details: all })
    }
}
