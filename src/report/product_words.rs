//! How the product page says numbers, comparisons and evidence.

use crate::product::schema::{Evidence, PriceBase};
use crate::product::{Check, Outcome};

pub(super) fn estimate(id: &str, value: f64, low: f64, high: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let show = |value: f64| match id {
        "capture" | "margin-gap" => format!("{value:.1}"),
        "arithmetic" => format!("{value:.4}"),
        "representative" | "dynamics" => format!("{:+.1} points", value * 100.0),
        _ => percent(value),
    };
    match id {
        "arithmetic" => format!("largest gap {}; ", show(value)),
        _ if low.is_finite() && high.is_finite() && (high - low).abs() > 0.0 => {
            format!("{} [{} to {}]; ", show(value), show(low), show(high))
        }
        _ => format!("{}; ", show(value)),
    }
}

pub(super) fn comparison(check: &Check) -> String {
    let left = figure(check.left);
    match (check.low, check.high, check.gap) {
        (Some(low), Some(high), Some(gap)) if (high - low).abs() > 0.0 => {
            let outside = if check.outcome == Outcome::Inconsistent {
                format!(" (outside by {})", figure(gap.abs()))
            } else {
                String::new()
            };
            let is = if check.outcome == Outcome::Inconsistent { "is not" } else { "is" };
            format!("{left} {is} in {} to {}{outside}{}", figure(low), figure(high), tolerated(check))
        }
        (Some(right), _, Some(gap)) => {
            let sign = if check.outcome == Outcome::Inconsistent { "is not" } else { "is" };
            let apart = if check.outcome == Outcome::Inconsistent {
                format!(" (off by {})", figure(gap))
            } else {
                String::new()
            };
            format!("{left} {sign} {}{apart}{}", figure(right), tolerated(check))
        }
        _ => left,
    }
}

/// What lies outside, and is taken for rounding, is said to be so.
fn tolerated(check: &Check) -> String {
    let outside = |end: Option<f64>, sign: f64| end.is_some_and(|end| sign * (check.left - end) > 0.0);
    let apart = match (check.low, check.high) {
        (Some(low), None) => figure(check.left) != figure(low),
        (low, high) => outside(low, -1.0) || outside(high, 1.0),
    };
    if check.outcome == Outcome::Consistent
        && apart
        && check.gap.is_some_and(|gap| figure(gap.abs()) != figure(0.0))
    {
        format!(" within the tolerance of {}", figure(check.tolerance))
    } else {
        String::new()
    }
}

/// Amounts with two digits, shares with four.
pub(super) fn figure(value: f64) -> String {
    if value.abs() < 1.0 { format!("{value:.4}") } else { format!("{value:.2}") }
}

/// An amount with two digits; nothing is zero without a sign.
pub(super) fn amount(value: f64) -> String {
    match format!("{value:.2}") {
        zero if zero == "-0.00" => "0.00".into(),
        text => text,
    }
}

/// A difference with its sign, and digits enough to see it.
pub(super) fn signed(value: f64) -> String {
    if value.abs() < 0.005 { format!("{value:+.1e}") } else { format!("{value:+.2}") }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

pub(super) fn base_name(base: PriceBase) -> &'static str {
    match base {
        PriceBase::Retail => "retail",
        PriceBase::Wholesale => "wholesale",
        PriceBase::Factory => "factory",
    }
}

pub(super) fn evidence_name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Seen => "seen",
        Evidence::Recalled => "recalled",
        Evidence::Computed => "computed",
        Evidence::Illustrative => "invented",
    }
}

/// The weakest evidence of several figures.
pub(super) fn weakest(evidence: impl Iterator<Item = Evidence>) -> &'static str {
    let rank = |evidence: &Evidence| match evidence {
        Evidence::Illustrative => 0,
        Evidence::Recalled => 1,
        Evidence::Computed => 2,
        Evidence::Seen => 3,
    };
    evidence.min_by_key(rank).map_or("", evidence_name)
}

pub(super) fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(2)).collect();
    short.push_str("..");
    short
}
