//! Growth of labour productivity within industries and between them: what it brings to groups of economies.

use super::data::Series;
use super::error::ClaimError;
use super::study::LEVEL;
use super::thinning::interval_words;
use super::{Condition, Reason, Section, Verdict};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{Estimate, Interval};

/// Reallocation that brings less than this many points of growth a year is little.
const LITTLE: f64 = 0.5;
/// Economies that a mean of a group needs.
const FEWEST_IN_GROUP: usize = 3;
/// Growth of productivity taken apart, points a year.
pub(super) struct Parts {
    pub(super) name: String,
    pub(super) south: Option<bool>,
    pub(super) growth: f64,
    pub(super) within: f64,
    pub(super) between: f64,
}

/// A mean over economies and its interval.
struct Mean {
    value: f64,
    interval: Interval,
    economies: usize,
}

/// Mean with Student's interval: few economies are no place for percentiles. Nothing of a group that is too small.
fn mean_of(values: &[f64]) -> Result<Option<Mean>, ClaimError> {
    if values.len() < FEWEST_IN_GROUP {
        return Ok(None);
    }
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - value).powi(2)).sum::<f64>() / (n - 1.0);
    let estimate = Estimate { value, standard_error: (variance / n).sqrt(), degrees_of_freedom: n - 1.0 };
    Ok(Some(Mean { value, interval: estimate.interval(LEVEL)?, economies: values.len() }))
}

/// What reallocation brings to economies of the South.
pub(super) struct Reallocation {
    between: Option<Mean>,
    pub(super) found: String,
}

impl Reallocation {
    pub(super) fn of(parts: &[Parts]) -> Result<Self, ClaimError> {
        let southern: Vec<f64> =
            parts.iter().filter(|part| part.south == Some(true)).map(|part| part.between).collect();
        let between = mean_of(&southern)?;
        let found = match &between {
            Some(mean) => format!(
                "{:+.2} {} points a year between industries, mean of {} economies of the South, below zero in {}; little is \
                 less than {LITTLE}",
                mean.value,
                interval_words(&mean.interval),
                mean.economies,
                southern.iter().filter(|part| **part < 0.0).count()
            ),
            None => format!(
                "all figures are known of {} economies of the South, a mean needs {FEWEST_IN_GROUP}; jobs and prices of poor \
                 economies would tell",
                southern.len()
            ),
        };
        Ok(Self { between, found })
    }

    pub(super) fn is_little(&self) -> bool {
        self.between.as_ref().is_some_and(|mean| mean.interval.high < LITTLE)
    }

    /// The second half of the claim. Where it fails the first half stands: the two disagree.
    pub(super) fn condition(&self) -> Condition {
        Condition {
            name: "reallocation between industries contributes little".into(),
            holds: self.is_little(),
            found: self.found.clone(),
            otherwise: Verdict::Undetermined(match &self.between {
                None => Reason::Data,
                Some(mean) if mean.interval.low > LITTLE => Reason::SignFlips,
                Some(_) => Reason::Power,
            }),
        }
    }
}

/// Both groups, then every economy.
pub(super) fn parts_section(parts: &[Parts]) -> Result<Section, ClaimError> {
    let mut lines = Vec::new();
    for (south, name) in [(Some(true), "South"), (Some(false), "others")] {
        let group: Vec<&Parts> = parts.iter().filter(|part| part.south == south).collect();
        let of = |pick: fn(&Parts) -> f64| mean_of(&group.iter().map(|part| pick(part)).collect::<Vec<_>>());
        let (Some(growth), Some(within), Some(between)) =
            (of(|part| part.growth)?, of(|part| part.within)?, of(|part| part.between)?)
        else {
            lines.push(format!("{name}: all figures are known of {} economies", group.len()));
            continue;
        };
        lines.push(format!(
            "{name} ({} economies): growth {:+.2} points a year, within industries {:+.2} {}, between {:+.2} {}, below zero in {}",
            growth.economies,
            growth.value,
            within.value,
            interval_words(&within.interval),
            between.value,
            interval_words(&between.interval),
            group.iter().filter(|part| part.between < 0.0).count()
        ));
    }
    lines.extend(parts.iter().map(|part| {
        format!(
            "{}: growth {:+.2}, within {:+.2}, between {:+.2}",
            part.name, part.growth, part.within, part.between
        )
    }));
    Ok(Section::new("Growth within industries and between them", lines))
}

/// The same as rows.
pub(super) fn parts_frame(series: &Series, parts: &[Parts]) -> Frame {
    let number = |of: fn(&Parts) -> f64| Column::Number(parts.iter().map(of).collect());
    Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); parts.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::Text(parts.iter().map(|part| Some(part.name.clone())).collect()),
        )
        .with("growth", Measure::Pure, number(|part| part.growth))
        .with("within", Measure::Pure, number(|part| part.within))
        .with("between", Measure::Pure, number(|part| part.between))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_two_has_no_mean_and_one_of_three_has_students_interval() {
        assert!(mean_of(&[1.0, 2.0]).unwrap().is_none());
        let mean = mean_of(&[1.0, 2.0, 3.0]).unwrap().unwrap();
        // scipy.stats.t.ppf(0.975, 2) / sqrt(3)
        assert!((mean.interval.high - 2.0 - 2.484_137_711_750_330_3).abs() < 1e-6);
        assert!((mean.value - 2.0).abs() < 1e-15 && mean.economies == 3);
    }
}
