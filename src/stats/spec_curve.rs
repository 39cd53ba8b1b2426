//! Specification curve: does a finding hold across all defensible ways of measuring it?
//!
//! Collects estimates made elsewhere, one for each combination of choices (table, indicator, sectors, prices, end year),
//! and summarises their signs. It estimates nothing and gives no joint test: the specifications share data.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::error::{StatsError, require_finite, require_length, require_observations};
use super::inference::{Interval, Sign};
use super::quantile::median;

/// One specification and what it gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Specification {
    /// The choice made in each dimension, in the order of the curve's dimensions.
    pub choices: Vec<String>,
    /// The estimate.
    pub estimate: f64,
    /// Its interval.
    pub interval: Interval,
}

/// All specifications of one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpecCurve {
    dimensions: Vec<String>,
    specifications: Vec<Specification>,
}

/// What the curve says about a predicted sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpecSummary {
    /// Number of specifications.
    pub count: usize,
    /// Median estimate.
    pub median: f64,
    /// Smallest and largest estimate.
    pub range: Interval,
    /// Share of estimates with the predicted sign.
    pub predicted_sign: f64,
    /// Share whose interval lies on the predicted side of zero.
    pub significant_as_predicted: f64,
    /// Share whose interval lies on the other side.
    pub significant_against: f64,
    /// Do estimates of both signs occur?
    pub sign_flips: bool,
    /// The same by choice: where does the answer come from?
    pub by_choice: Vec<ChoiceSummary>,
    /// For each dimension: how often does changing it alone change the sign?
    pub flips_by_dimension: Vec<DimensionFlips>,
}

/// The specifications that share one choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChoiceSummary {
    /// The dimension.
    pub dimension: String,
    /// The choice.
    pub choice: String,
    /// Number of specifications.
    pub count: usize,
    /// Median estimate.
    pub median: f64,
    /// Share of estimates with the predicted sign.
    pub predicted_sign: f64,
}

/// Pairs of specifications that differ in one dimension only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DimensionFlips {
    /// The dimension.
    pub dimension: String,
    /// Number of such pairs.
    pub pairs: usize,
    /// Pairs whose estimates have opposite signs.
    pub flips: usize,
}

impl SpecCurve {
    /// A curve over the named dimensions.
    ///
    /// # Errors
    /// [`StatsError::TooFewObservations`] without specifications, [`StatsError::LengthMismatch`] unless each makes one choice
    /// a dimension, [`StatsError::NotFinite`] for an estimate. (An interval may be infinite.) A specification that could
    /// not be estimated is left out by the caller, and counted by the caller.
    ///
    /// # Source
    /// Simonsohn, Simmons & Nelson (2020) doi:10.1038/s41562-020-0912-z.
    pub fn new(dimensions: &[&str], specifications: Vec<Specification>) -> Result<Self, StatsError> {
        require_observations("specification curve", 1, specifications.len())?;
        for s in &specifications {
            require_length("choices", dimensions.len(), s.choices.len())?;
        }
        let estimates: Vec<f64> = specifications.iter().map(|s| s.estimate).collect();
        require_finite("estimates", &estimates)?;
        Ok(Self { dimensions: dimensions.iter().map(|d| (*d).to_owned()).collect(), specifications })
    }

    /// Names of the dimensions.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// The specifications from the smallest to the largest estimate, the order in which a curve is drawn.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Specification> {
        let mut sorted: Vec<_> = self.specifications.iter().collect();
        sorted.sort_by(|a, b| a.estimate.total_cmp(&b.estimate).then_with(|| a.choices.cmp(&b.choices)));
        sorted
    }

    /// The summary for a predicted sign. An estimate of exactly zero has neither sign.
    ///
    /// # Errors
    /// None with a curve made by [`new`](Self::new); a deserialised curve is checked again.
    ///
    /// # Cost
    /// O(count · dimensions), plus the pairs within a dimension.
    pub fn summary(&self, predicted: Sign) -> Result<SpecSummary, StatsError> {
        let all: Vec<&Specification> = self.specifications.iter().collect();
        let (middle, as_predicted) = self.middle_and_share(&all, predicted)?;
        let count = all.len() as f64;
        let share =
            |keep: &dyn Fn(&Specification) -> bool| all.iter().filter(|s| keep(s)).count() as f64 / count;
        let low = all.iter().fold(f64::INFINITY, |a, s| a.min(s.estimate));
        let high = all.iter().fold(f64::NEG_INFINITY, |a, s| a.max(s.estimate));
        let mut by_choice = Vec::new();
        let mut flips_by_dimension = Vec::new();
        for (d, dimension) in self.dimensions.iter().enumerate() {
            let mut groups: BTreeMap<&str, Vec<&Specification>> = BTreeMap::new();
            for s in &all {
                groups.entry(&s.choices[d]).or_default().push(s);
            }
            for (choice, members) in groups {
                let (median, predicted_sign) = self.middle_and_share(&members, predicted)?;
                by_choice.push(ChoiceSummary {
                    dimension: dimension.clone(),
                    choice: choice.to_owned(),
                    count: members.len(),
                    median,
                    predicted_sign,
                });
            }
            flips_by_dimension.push(self.flips(d, dimension));
        }
        Ok(SpecSummary {
            count: all.len(),
            median: middle,
            range: Interval::new(low, high),
            predicted_sign: as_predicted,
            significant_as_predicted: share(&|s| s.interval.excludes_zero(predicted)),
            significant_against: share(&|s| s.interval.excludes_zero(predicted.opposite())),
            sign_flips: low < 0.0 && high > 0.0,
            by_choice,
            flips_by_dimension,
        })
    }

    fn middle_and_share(
        &self,
        members: &[&Specification],
        predicted: Sign,
    ) -> Result<(f64, f64), StatsError> {
        let estimates: Vec<f64> = members.iter().map(|s| s.estimate).collect();
        let matching = estimates.iter().filter(|e| predicted.matches(**e)).count();
        Ok((median(&estimates)?, matching as f64 / estimates.len() as f64))
    }

    /// In a group that agrees on everything but dimension `d`, every pair with different choices there is compared.
    fn flips(&self, d: usize, dimension: &str) -> DimensionFlips {
        let mut groups: HashMap<Vec<&str>, Vec<&Specification>> = HashMap::new();
        for s in &self.specifications {
            let others = s.choices.iter().enumerate().filter(|(i, _)| *i != d).map(|(_, c)| c.as_str());
            groups.entry(others.collect()).or_default().push(s);
        }
        let (mut pairs, mut flips) = (0, 0);
        for members in groups.values() {
            for (i, a) in members.iter().enumerate() {
                for b in members[i + 1..].iter().filter(|b| b.choices[d] != a.choices[d]) {
                    pairs += 1;
                    flips += usize::from(a.estimate * b.estimate < 0.0);
                }
            }
        }
        DimensionFlips { dimension: dimension.to_owned(), pairs, flips }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specification(choices: [&str; 2], estimate: f64, half: f64) -> Specification {
        Specification {
            choices: choices.map(str::to_owned).to_vec(),
            estimate,
            interval: Interval::new(estimate - half, estimate + half),
        }
    }

    /// Two tables, three indicators; one cell with the other sign.
    fn curve() -> SpecCurve {
        let all = vec![
            specification(["WIOD", "VS"], 0.30, 0.1),
            specification(["WIOD", "FC"], 0.20, 0.1),
            specification(["WIOD", "VAX"], 0.05, 0.1),
            specification(["OECD", "VS"], 0.25, 0.1),
            specification(["OECD", "FC"], 0.10, 0.2),
            specification(["OECD", "VAX"], -0.15, 0.1),
        ];
        SpecCurve::new(&["table", "indicator"], all).unwrap()
    }

    #[test]
    fn shares_and_median_agree_with_a_count_by_hand() {
        let s = curve().summary(Sign::Positive).unwrap();
        assert_eq!(s.count, 6);
        assert!((s.median - 0.15).abs() < 1e-15);
        assert!((s.predicted_sign - 5.0 / 6.0).abs() < 1e-15);
        assert!((s.significant_as_predicted - 3.0 / 6.0).abs() < 1e-15);
        assert!((s.significant_against - 1.0 / 6.0).abs() < 1e-15);
        assert!(s.sign_flips);
        assert!((s.range.low + 0.15).abs() < 1e-15 && (s.range.high - 0.30).abs() < 1e-15);
        let against = curve().summary(Sign::Negative).unwrap();
        assert!((against.predicted_sign - 1.0 / 6.0).abs() < 1e-15);
        assert!((against.significant_against - 0.5).abs() < 1e-15);
    }

    #[test]
    fn flips_are_counted_between_specifications_that_differ_in_one_choice() {
        let s = curve().summary(Sign::Positive).unwrap();
        // table: 3 pairs, one flips (VAX). indicator: 3 pairs within each table, two flip (OECD: VAX against VS and FC).
        let found: Vec<_> =
            s.flips_by_dimension.iter().map(|f| (f.dimension.as_str(), f.pairs, f.flips)).collect();
        assert_eq!(found, [("table", 3, 1), ("indicator", 6, 2)]);
    }

    #[test]
    fn choices_are_summarised_one_by_one() {
        let s = curve().summary(Sign::Positive).unwrap();
        let vax = s.by_choice.iter().find(|c| c.choice == "VAX").unwrap();
        assert!(
            vax.count == 2 && (vax.median + 0.05).abs() < 1e-15 && (vax.predicted_sign - 0.5).abs() < 1e-15
        );
        assert_eq!(s.by_choice.len(), 5);
    }

    #[test]
    fn the_order_of_specifications_does_not_matter() {
        let mut turned = curve();
        turned.specifications.reverse();
        assert_eq!(turned.summary(Sign::Positive).unwrap(), curve().summary(Sign::Positive).unwrap());
        let first = &curve().sorted()[0].choices.clone();
        assert_eq!(first, &["OECD", "VAX"]);
    }

    #[test]
    fn incomplete_specifications_are_refused() {
        assert!(SpecCurve::new(&["table"], vec![]).is_err());
        assert!(SpecCurve::new(&["table"], vec![specification(["a", "b"], 0.0, 1.0)]).is_err());
        assert!(SpecCurve::new(&["a", "b"], vec![specification(["a", "b"], f64::NAN, 1.0)]).is_err());
    }
}
