//! Do the four kinds of upgrading advance together? Rank correlations of their trends over units, economies resampled.

use super::Kind;
use super::panel::Panel;
use super::vector::{Direction, Reading};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{BootstrapPlan, Interval, Sign, StatsError, clustered_spearman, seed_for};

/// Two kinds and how their trends move together.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// One kind.
    pub first: Kind,
    /// The other.
    pub second: Kind,
    /// Measures that stand for them.
    pub measures: (String, String),
    /// Spearman's rank correlation of the trends, both turned so that an advance is up; NaN when not defined.
    pub rho: f64,
    /// Interval of resampled economies.
    pub interval: Interval,
    /// Two-sided p-value of no correlation.
    pub p: f64,
    /// Units with both.
    pub units: usize,
    /// Economies they belong to.
    pub economies: usize,
    /// Units in which both advance.
    pub both_advance: usize,
    /// Why there is no number.
    pub needs: String,
}

/// Trend of an advance of a headline reading.
fn advance(reading: &Reading) -> f64 {
    match reading.profile.advance {
        Sign::Positive => reading.trend,
        Sign::Negative => -reading.trend,
    }
}

/// The matrix of the four kinds: six pairs. Only headline readings count.
///
/// # Assumptions
/// Economies are independent, industries of one economy are not. Trends of unlike measures are compared by rank.
///
/// # Errors
/// A bootstrap plan that cannot be used.
pub fn correlate(
    panel: &Panel,
    readings: &[Reading],
    plan: &BootstrapPlan,
) -> Result<Vec<Correlation>, StatsError> {
    let of = |kind: Kind| -> Vec<&Reading> {
        readings.iter().filter(|r| r.headline && r.profile.kind == kind).collect()
    };
    let mut found = Vec::new();
    for (position, first) in Kind::ALL.into_iter().enumerate() {
        for second in Kind::ALL.into_iter().skip(position + 1) {
            let (a, b) = (of(first), of(second));
            let pairs: Vec<(&Reading, &Reading)> = a
                .iter()
                .filter_map(|x| Some((*x, *b.iter().find(|y| y.unit == x.unit)?)))
                .filter(|(x, y)| x.trend.is_finite() && y.trend.is_finite())
                .collect();
            let names: Vec<&str> =
                pairs.iter().map(|(x, _)| panel.axis().economies()[x.unit.economy].as_str()).collect();
            let mut economies = names.clone();
            economies.sort_unstable();
            economies.dedup();
            let x: Vec<f64> = pairs.iter().map(|(x, _)| advance(x)).collect();
            let y: Vec<f64> = pairs.iter().map(|(_, y)| advance(y)).collect();
            let seed = seed_for(plan.seed, &format!("{} {}", first.id(), second.id()));
            let mut correlation = Correlation {
                first,
                second,
                measures: (ids(pairs.iter().map(|pair| pair.0)), ids(pairs.iter().map(|pair| pair.1))),
                rho: f64::NAN,
                interval: Interval::new(f64::NAN, f64::NAN),
                p: f64::NAN,
                units: pairs.len(),
                economies: economies.len(),
                both_advance: pairs
                    .iter()
                    .filter(|(x, y)| [x, y].iter().all(|r| r.direction == Some(Direction::Advance)))
                    .count(),
                needs: String::new(),
            };
            match clustered_spearman(&x, &y, &names, &BootstrapPlan { seed, ..*plan }) {
                Ok(estimate) => {
                    correlation.rho = estimate.value;
                    correlation.interval = estimate.interval;
                    correlation.p = estimate.p_two_sided;
                }
                Err(error @ StatsError::OutOfRange { .. }) => return Err(error),
                Err(error) => {
                    let lacking = [(first, &a), (second, &b)]
                        .into_iter()
                        .filter(|(_, list)| list.iter().all(|r| r.trend.is_nan()))
                        .find_map(|(kind, list)| Some(format!("{}: {}", kind.id(), list.first()?.needs)));
                    correlation.needs = lacking.unwrap_or_else(|| error.to_string());
                }
            }
            found.push(correlation);
        }
    }
    Ok(found)
}

/// Measures that stand for a kind, each once.
fn ids<'a>(readings: impl Iterator<Item = &'a Reading>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for reading in readings {
        if !names.contains(&reading.profile.id) {
            names.push(reading.profile.id);
        }
    }
    names.join(" or ")
}

/// Units by the number of kinds in which they advance, of those with all four measured: (advances, units).
pub fn simultaneous(readings: &[Reading]) -> Vec<(usize, usize)> {
    let mut counts = vec![0; Kind::ALL.len() + 1];
    for reading in readings.iter().filter(|r| r.headline && r.profile.kind == Kind::ALL[0]) {
        let vector: Vec<&Reading> =
            readings.iter().filter(|r| r.headline && r.unit == reading.unit).collect();
        if vector.len() == Kind::ALL.len() && vector.iter().all(|r| r.direction.is_some()) {
            counts[vector.iter().filter(|r| r.direction == Some(Direction::Advance)).count()] += 1;
        }
    }
    counts.into_iter().enumerate().collect()
}

/// As a result: one row a pair.
pub fn frame(correlations: &[Correlation]) -> Frame {
    let text = |of: &dyn Fn(&Correlation) -> String| {
        Column::Text(correlations.iter().map(|c| Some(of(c)).filter(|text| !text.is_empty())).collect())
    };
    let number = |of: &dyn Fn(&Correlation) -> f64| Column::Number(correlations.iter().map(of).collect());
    let count = |of: &dyn Fn(&Correlation) -> usize| {
        Column::Integer(correlations.iter().map(|c| Some(of(c) as i64)).collect())
    };
    kinds(correlations)
        .with("rho", Measure::Share, number(&|c| c.rho))
        .with("rho_lo", Measure::Share, number(&|c| c.interval.low))
        .with("rho_hi", Measure::Share, number(&|c| c.interval.high))
        .with("p", Measure::Share, number(&|c| c.p))
        .with("units", Measure::Pure, count(&|c| c.units))
        .with("economies", Measure::Pure, count(&|c| c.economies))
        .with("both_advance", Measure::Pure, count(&|c| c.both_advance))
        .with("measure", Measure::Key, text(&|c| c.measures.0.clone()))
        .with("with_measure", Measure::Key, text(&|c| c.measures.1.clone()))
        .with("needs", Measure::Key, text(&|c| c.needs.clone()))
}

/// The same in the columns that fit a terminal.
pub fn narrow_frame(correlations: &[Correlation]) -> Frame {
    let number = |of: &dyn Fn(&Correlation) -> f64| Column::Number(correlations.iter().map(of).collect());
    let count = |of: &dyn Fn(&Correlation) -> usize| {
        Column::Integer(correlations.iter().map(|c| Some(of(c) as i64)).collect())
    };
    let frame = kinds(correlations)
        .with("rho", Measure::Share, number(&|c| c.rho))
        .with("lo", Measure::Share, number(&|c| c.interval.low))
        .with("hi", Measure::Share, number(&|c| c.interval.high))
        .with("units", Measure::Pure, count(&|c| c.units))
        .with("both_advance", Measure::Pure, count(&|c| c.both_advance));
    if correlations.iter().all(|c| c.needs.is_empty()) {
        return frame;
    }
    frame.with(
        "needs",
        Measure::Key,
        Column::Text(correlations.iter().map(|c| Some(c.needs.clone())).collect()),
    )
}

fn kinds(correlations: &[Correlation]) -> Frame {
    let names = Kind::ALL.map(|kind| kind.id().to_owned());
    let codes = |of: fn(&Correlation) -> Kind| correlations.iter().map(|c| of(c) as u32).collect();
    Frame::new().with("kind", Measure::Key, Column::labels(&names, codes(|c| c.first))).with(
        "with",
        Measure::Key,
        Column::labels(&names, codes(|c| c.second)),
    )
}
