//! From evidence to a verdict: one rule for every claim, and the record that states it.
//!
//! No claim names its own verdict. It hands over [`Evidence`] (estimate, interval, p-value after the adjustment for many
//! tests, specification curve, the smallest effect that would matter, power, rival explanations) and [`decide`] reads
//! the verdict off:
//!
//! ```text
//! NotSupported   the interval lies wholly below the materiality bound on the predicted side (the wrong sign included),
//!                or a rival explanation that contradicts the claim accounts for the finding
//! Supported      predicted sign, interval excludes zero, adjusted p <= level, estimate >= bound, predicted sign in at
//!                least 80% of the specifications, not contradicted by as many units as show it, every rival explanation
//!                excluded
//! Undetermined   anything else: D1 sign flips, D2 power, D3 data not loaded, D4 causal question, descriptive design
//! ```
//!
//! A claim of several parts is not refuted by one of them while another is established: see
//! [`VerdictRecord::contradicted_by`].

use std::fmt;

use crate::frame::{Column, Frame, Measure};
use crate::stats::{DEFAULT_FDR, Interval, Sign, SpecSummary};

/// Share of specifications that must show the predicted sign.
pub const SPECIFICATION_SHARE: f64 = 0.8;
/// Power below which "not found" says little.
pub const ENOUGH_POWER: f64 = 0.8;
/// Numbers closer to zero than this are rounding of the solver: points, per cent and correlations alike.
pub(super) const ROUNDING: f64 = 1e-9;

/// The number, or zero when it is rounding: what is zero but for rounding has no sign.
pub(super) fn settled(value: f64) -> f64 {
    if value.abs() <= ROUNDING { 0.0 } else { value }
}

/// The same for both ends of an interval.
pub(super) fn settled_interval(interval: Interval) -> Interval {
    Interval::new(settled(interval.low), settled(interval.high))
}

/// What the numbers allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The predicted effect is there, is material, and does not depend on how it is measured.
    Supported,
    /// The numbers exclude the predicted effect, or any of a size that matters.
    NotSupported,
    /// Neither.
    Undetermined(Reason),
}

/// Why a verdict cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// D1: the answer depends on table, indicator, sectors, years or unit.
    SignFlips,
    /// D2: too few or too noisy observations.
    Power,
    /// D3: data that are not loaded would be needed.
    Data,
    /// D4: a causal question, and a design that can only describe.
    Causal,
}

impl Reason {
    /// `D1` .. `D4`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignFlips => "D1",
            Self::Power => "D2",
            Self::Data => "D3",
            Self::Causal => "D4",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::SignFlips => "the answer depends on how it is measured",
            Self::Power => "too little power",
            Self::Data => "needs data that are not loaded",
            Self::Causal => "a causal question, and the design only describes",
        };
        write!(f, "{} {words}", self.code())
    }
}

impl Verdict {
    /// One word, as in the records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Supported => "Supported",
            Self::NotSupported => "NotSupported",
            Self::Undetermined(_) => "Undetermined",
        }
    }

    /// The reason code of an undetermined verdict.
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::Undetermined(reason) => Some(reason.code()),
            Self::Supported | Self::NotSupported => None,
        }
    }
}

/// A rival explanation that must be excluded before a finding supports the claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What must hold, in words that follow "not shown that".
    pub name: String,
    /// Does it?
    pub holds: bool,
    /// What was found, with numbers.
    pub found: String,
    /// The verdict when it does not hold.
    pub otherwise: Verdict,
}

/// In how many units the finding stands on its own, after the adjustment for many tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnitCount {
    /// Established as predicted, before the adjustment.
    pub raw: usize,
    /// Established as predicted.
    pub supporting: usize,
    /// Significant in the opposite direction.
    pub against: usize,
    /// All units tested.
    pub total: usize,
}

/// Everything a verdict rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The sign the hypothesis predicts for `estimate`.
    pub predicted: Sign,
    /// The headline estimate.
    pub estimate: f64,
    /// Its interval.
    pub interval: Interval,
    /// One-sided p-value of the headline, adjusted when several tests were made.
    pub p_adjusted: f64,
    /// Effects smaller than this do not matter for the claim; same unit as `estimate`, not negative.
    pub bound: f64,
    /// The estimate measured in every other way.
    pub specifications: Option<SpecSummary>,
    /// The finding unit by unit.
    pub units: Option<UnitCount>,
    /// Rival explanations.
    pub conditions: Vec<Condition>,
    /// Simulated probability that the test finds an effect of twice the bound.
    pub power: Option<f64>,
    /// Is the question causal? Then the most that a descriptive design gives is D4.
    pub causal: bool,
}

/// A verdict and the sentence that gives the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, with numbers.
    pub reason: String,
}

/// What a condition that asks for a value above zero makes of the claim when it is not shown: an interval below zero
/// contradicts it, one that holds both signs leaves it open.
pub(super) fn unless_above_zero(interval: Interval) -> Verdict {
    if interval.high < 0.0 { Verdict::NotSupported } else { Verdict::Undetermined(Reason::Power) }
}

/// Reads the verdict off the evidence. See the head of this file for the rule.
pub fn decide(evidence: &Evidence) -> Decision {
    decide_from(evidence, "zero")
}

/// The same when the estimate is a distance from something else than zero: `from` names it, as in "the interval excludes 50%".
pub(super) fn decide_from(evidence: &Evidence, from: &str) -> Decision {
    let descriptive = describe(evidence, from);
    if !evidence.causal {
        return descriptive;
    }
    Decision {
        verdict: Verdict::Undetermined(Reason::Causal),
        reason: format!("{}; as a description: {}", Reason::Causal, descriptive.reason),
    }
}

fn describe(evidence: &Evidence, from: &str) -> Decision {
    let sign = evidence.predicted.factor();
    let undetermined = |reason: Reason, detail: String| Decision {
        verdict: Verdict::Undetermined(reason),
        reason: format!("{reason}: {detail}"),
    };
    if !evidence.estimate.is_finite() {
        return undetermined(Reason::Data, "the estimate is not defined on these tables".into());
    }
    // Turned so that the predicted direction is up.
    let estimate = sign * settled(evidence.estimate);
    let interval = settled_interval(evidence.interval);
    let (low, high) = match evidence.predicted {
        Sign::Positive => (interval.low, interval.high),
        Sign::Negative => (-interval.high, -interval.low),
    };
    let curve = evidence.specifications.as_ref().map_or_else(String::new, |curve| {
        format!("; predicted sign in {:.0}% of {} specifications", 100.0 * curve.predicted_sign, curve.count)
    });
    // The rule asks the interval alone here; how the specifications stand to it is for the reader to see.
    if high < 0.0 {
        return Decision {
            verdict: Verdict::NotSupported,
            reason: format!("the interval excludes the predicted sign{curve}"),
        };
    }
    if high < evidence.bound {
        return Decision {
            verdict: Verdict::NotSupported,
            reason: format!("the interval excludes any effect of material size ({}){curve}", evidence.bound),
        };
    }
    let significant = low > 0.0 && evidence.p_adjusted <= DEFAULT_FDR;
    if !significant {
        let power = evidence.power.map_or_else(
            || "power not simulated".to_owned(),
            |power| format!("power {power:.2} against twice the material size"),
        );
        let flips = evidence.specifications.as_ref().is_some_and(|curve| curve.sign_flips);
        let enough = evidence.power.is_some_and(|power| power >= ENOUGH_POWER);
        return if flips && enough {
            undetermined(Reason::SignFlips, format!("the interval holds {from} and the sign flips; {power}"))
        } else {
            undetermined(Reason::Power, format!("the interval holds {from} and material effects; {power}"))
        };
    }
    if let Some(broken) = evidence.conditions.iter().find(|condition| !condition.holds) {
        let detail = format!("not shown that {}: {}", broken.name, broken.found);
        return match broken.otherwise {
            Verdict::Undetermined(reason) => undetermined(reason, detail),
            verdict => Decision { verdict, reason: detail },
        };
    }
    if let Some(curve) = &evidence.specifications
        && curve.predicted_sign < SPECIFICATION_SHARE
    {
        return undetermined(
            Reason::SignFlips,
            format!(
                "predicted sign in {:.0}% of {} specifications",
                100.0 * curve.predicted_sign,
                curve.count
            ),
        );
    }
    if let Some(units) = evidence.units
        && units.against > 0
        && units.against >= units.supporting
    {
        return undetermined(
            Reason::SignFlips,
            format!(
                "established in {} of {} economies, the opposite in {}",
                units.supporting, units.total, units.against
            ),
        );
    }
    if estimate < evidence.bound {
        let detail = format!(
            "the interval excludes {from}, but the estimate is below the least that matters ({})",
            evidence.bound
        );
        return undetermined(Reason::Power, detail);
    }
    let units = evidence.units.map_or_else(String::new, |units| {
        format!(
            "; on its own in {} of {} economies, the opposite in {}",
            units.supporting, units.total, units.against
        )
    });
    // Without a bound of its own the claim is settled by what the estimate is measured from.
    let bound = if evidence.bound > 0.0 {
        format!(", the estimate is not below the least that matters ({})", evidence.bound)
    } else {
        String::new()
    };
    Decision {
        verdict: Verdict::Supported,
        reason: format!("the interval excludes {from}{bound}{units}{curve}"),
    }
}

/// What is said about one claim, or about one unit within a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictRecord {
    /// Claim id.
    pub claim: &'static str,
    /// The claim in a sentence.
    pub statement: String,
    /// Economy, when the record is about one; empty for the claim as a whole.
    pub unit: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Headline estimate; NaN when there is none.
    pub estimate: f64,
    /// What the estimate counts.
    pub estimate_unit: String,
    /// Interval of the estimate.
    pub interval: Interval,
    /// Observations behind the headline.
    pub n: usize,
    /// Tables used.
    pub table: String,
    /// Years used, for example `1995-2011 without 2009`.
    pub years: String,
    /// Indicator.
    pub indicator: String,
    /// The headline specification.
    pub spec: String,
    /// p-value of the headline, adjusted; NaN when there is none.
    pub p_adjusted: f64,
    /// Simulated power; NaN when not simulated.
    pub power: f64,
    /// Share of specifications with the predicted sign; NaN without a curve.
    pub specs_predicted: f64,
    /// Units in which the finding is established, and all units.
    pub units: Option<UnitCount>,
    /// What the literature found.
    pub comparators: String,
    /// Data used, or the data that would be needed.
    pub data: String,
}

impl VerdictRecord {
    /// The claim is of something else too, and that is as the claim says: what refutes one part is then no verdict on the
    /// whole. Any other verdict stays as it is.
    pub fn contradicted_by(&mut self, part: &str) {
        self.not_refuted(Reason::SignFlips, part);
    }

    /// What refutes the claim leaves it open for this reason, `why` in words that follow "but". Any other verdict stays as it
    /// is.
    pub(super) fn not_refuted(&mut self, reason: Reason, why: &str) {
        if self.verdict == Verdict::NotSupported {
            self.verdict = Verdict::Undetermined(reason);
            self.reason = format!("{reason}: {}, but {why}", self.reason);
        }
    }

    /// A record without numbers, for evidence that could not be gathered.
    pub fn undetermined(card: &super::Card, reason: Reason, detail: &str) -> Self {
        Self {
            claim: card.id,
            statement: card.statement.to_owned(),
            unit: String::new(),
            verdict: Verdict::Undetermined(reason),
            reason: format!("{reason}: {detail}"),
            estimate: f64::NAN,
            estimate_unit: String::new(),
            interval: Interval::new(f64::NAN, f64::NAN),
            n: 0,
            table: String::new(),
            years: String::new(),
            indicator: card.indicator.to_owned(),
            spec: String::new(),
            p_adjusted: f64::NAN,
            power: f64::NAN,
            specs_predicted: f64::NAN,
            units: None,
            comparators: card.comparators.join("; "),
            data: card.data.to_owned(),
        }
    }

    /// The record of a claim from its evidence. Fields that are not evidence (table, years, spec, n, ...) stay empty for
    /// the caller to fill.
    pub fn of(card: &super::Card, evidence: &Evidence) -> Self {
        Self::of_distance(card, evidence, "zero")
    }

    /// The same when the estimate is a distance: `from` names what it is measured from.
    pub(super) fn of_distance(card: &super::Card, evidence: &Evidence, from: &str) -> Self {
        let decision = decide_from(evidence, from);
        Self {
            verdict: decision.verdict,
            reason: decision.reason,
            estimate: settled(evidence.estimate),
            interval: settled_interval(evidence.interval),
            p_adjusted: evidence.p_adjusted,
            power: evidence.power.unwrap_or(f64::NAN),
            specs_predicted: evidence.specifications.as_ref().map_or(f64::NAN, |curve| curve.predicted_sign),
            units: evidence.units,
            ..Self::undetermined(card, Reason::Data, "")
        }
    }
}

/// Records as a result: one row a record.
pub fn frame(records: &[VerdictRecord]) -> Frame {
    let text = |of: &dyn Fn(&VerdictRecord) -> String| {
        Column::Text(records.iter().map(|record| Some(of(record)).filter(|text| !text.is_empty())).collect())
    };
    let number = |of: &dyn Fn(&VerdictRecord) -> f64| Column::Number(records.iter().map(of).collect());
    let count = |of: &dyn Fn(&VerdictRecord) -> Option<usize>| {
        Column::Integer(records.iter().map(|record| of(record).map(|count| count as i64)).collect())
    };
    Frame::new()
        .with("claim", Measure::Key, text(&|r| r.claim.to_owned()))
        .with("statement", Measure::Key, text(&|r| r.statement.clone()))
        .with("economy", Measure::Key, text(&|r| r.unit.clone()))
        .with("verdict", Measure::Key, text(&|r| r.verdict.word().to_owned()))
        .with("reason_code", Measure::Key, text(&|r| r.verdict.code().unwrap_or("").to_owned()))
        .with("reason", Measure::Key, text(&|r| r.reason.clone()))
        .with("estimate", Measure::Pure, number(&|r| r.estimate))
        .with("ci_lo", Measure::Pure, number(&|r| r.interval.low))
        .with("ci_hi", Measure::Pure, number(&|r| r.interval.high))
        .with("estimate_unit", Measure::Key, text(&|r| r.estimate_unit.clone()))
        .with("n", Measure::Pure, count(&|r| Some(r.n)))
        .with("table", Measure::Key, text(&|r| r.table.clone()))
        .with("years", Measure::Key, text(&|r| r.years.clone()))
        .with("indicator", Measure::Key, text(&|r| r.indicator.clone()))
        .with("spec", Measure::Key, text(&|r| r.spec.clone()))
        .with("p_adj", Measure::Pure, number(&|r| r.p_adjusted))
        .with("power", Measure::Pure, number(&|r| r.power))
        .with("specs_predicted", Measure::Share, number(&|r| r.specs_predicted))
        .with("units_supporting", Measure::Pure, count(&|r| r.units.map(|u| u.supporting)))
        .with("units_supporting_raw", Measure::Pure, count(&|r| r.units.map(|u| u.raw)))
        .with("units_against", Measure::Pure, count(&|r| r.units.map(|u| u.against)))
        .with("units", Measure::Pure, count(&|r| r.units.map(|u| u.total)))
        .with("comparators", Measure::Key, text(&|r| r.comparators.clone()))
        .with("data", Measure::Key, text(&|r| r.data.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong() -> Evidence {
        Evidence {
            predicted: Sign::Negative,
            estimate: -0.5,
            interval: Interval::new(-0.7, -0.3),
            p_adjusted: 0.001,
            bound: 0.1,
            specifications: None,
            units: Some(UnitCount { raw: 4, supporting: 4, against: 0, total: 5 }),
            conditions: Vec::new(),
            power: Some(0.9),
            causal: false,
        }
    }

    fn verdict(change: impl FnOnce(&mut Evidence)) -> Verdict {
        let mut evidence = strong();
        change(&mut evidence);
        decide(&evidence).verdict
    }

    #[test]
    fn each_part_of_the_rule_decides_when_it_alone_changes() {
        use Verdict::{NotSupported, Supported, Undetermined};
        assert_eq!(verdict(|_| ()), Supported);
        assert_eq!(verdict(|e| e.predicted = Sign::Positive), NotSupported);
        assert_eq!(verdict(|e| e.interval = Interval::new(-0.05, 0.04)), NotSupported);
        assert_eq!(verdict(|e| e.interval = Interval::new(-0.9, 0.1)), Undetermined(Reason::Power));
        assert_eq!(verdict(|e| e.p_adjusted = 0.2), Undetermined(Reason::Power));
        assert_eq!(verdict(|e| e.bound = 0.6), Undetermined(Reason::Power));
        assert_eq!(verdict(|e| e.causal = true), Undetermined(Reason::Causal));
        assert_eq!(verdict(|e| e.estimate = f64::NAN), Undetermined(Reason::Data));
        assert_eq!(
            verdict(|e| e.units = Some(UnitCount { raw: 1, supporting: 1, against: 2, total: 5 })),
            Undetermined(Reason::SignFlips)
        );
        let rival = Condition {
            name: "not the mix".into(),
            holds: false,
            found: "all of it".into(),
            otherwise: NotSupported,
        };
        assert_eq!(verdict(|e| e.conditions = vec![rival]), NotSupported);
    }

    #[test]
    fn rounding_has_no_sign() {
        let noise = |bound: f64| Evidence {
            predicted: Sign::Positive,
            estimate: -3.08e-33,
            interval: Interval::new(-4e-33, -2e-33),
            p_adjusted: 1.0,
            bound,
            ..strong()
        };
        let decision = decide(&noise(0.1));
        assert_eq!(decision.verdict, Verdict::NotSupported);
        assert!(decision.reason.contains("any effect of material size"), "{}", decision.reason);
        // Without a bound there is nothing below which an effect would not matter.
        assert_eq!(decide(&noise(0.0)).verdict, Verdict::Undetermined(Reason::Power));
        let record = VerdictRecord::of(&crate::claims::cards::C4, &noise(0.1));
        assert!(record.estimate.to_bits() == 0 && record.interval == Interval::new(0.0, 0.0));
    }

    #[test]
    fn a_reason_names_what_is_tested_against_and_the_bound() {
        let reason = |from: &str, bound: f64| decide_from(&Evidence { bound, ..strong() }, from).reason;
        assert!(reason("50%", 0.1).starts_with("the interval excludes 50%, the estimate is not below"));
        assert!(reason("50%", 0.1).contains("(0.1)"));
        assert!(reason("a gap of 5 points", 0.0).starts_with("the interval excludes a gap of 5 points;"));
        assert!(decide(&strong()).reason.starts_with("the interval excludes zero,"));
    }

    #[test]
    fn what_refutes_one_part_of_a_claim_refutes_the_whole_only_alone() {
        let record = |predicted: Sign| {
            VerdictRecord::of(&crate::claims::cards::C40, &Evidence { predicted, ..strong() })
        };
        let (mut refuted, mut shown) = (record(Sign::Positive), record(Sign::Negative));
        assert_eq!((refuted.verdict, shown.verdict), (Verdict::NotSupported, Verdict::Supported));
        for one in [&mut refuted, &mut shown] {
            one.contradicted_by("the other part rises");
        }
        assert_eq!(refuted.verdict, Verdict::Undetermined(Reason::SignFlips));
        assert!(refuted.reason.starts_with("D1 ") && refuted.reason.ends_with("but the other part rises"));
        assert_eq!(shown.verdict, Verdict::Supported);
    }

    #[test]
    fn a_causal_question_is_never_answered_by_the_opposite_sign() {
        let wrong = verdict(|e| {
            e.causal = true;
            e.predicted = Sign::Positive;
        });
        assert_eq!(wrong, Verdict::Undetermined(Reason::Causal));
    }
}
