//! The six statements that a product account can settle, each with a verdict of its own.
//!
//! Nothing here knows an answer: every verdict is a comparison of computed numbers with the account's thresholds. Where
//! the unallocated part could turn the verdict, it is *undetermined*, with what would settle it; a remainder (a margin
//! computed as what is left of a price) never counts as evidence.

use super::account::Account;
use super::bounds::Bounds;
use super::checks::{Check, Outcome};
use super::library::HistoryPoint;
use super::schema::{CheckKind, FirmRole, Margin};
use super::trace::AssemblyContent;
use super::verdict::{Reason, Statement, Verdict};
use crate::labels::economy_names;

/// What the statements are judged on.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub(super) account: &'a Account,
    /// Name of the assembling economy.
    pub(super) assembler: &'a str,
    pub(super) checks: &'a [Check],
    /// Direct share of the assembler's economy.
    pub(super) direct: f64,
    /// Traced share with the rest by the import mix, assembly all local.
    pub(super) traced: f64,
    /// Bounds of the assembler's economy, one for each content of the assembly payment.
    pub(super) bounds: Vec<&'a Bounds>,
    /// Domestic value added in the exports of the assembling sector.
    pub(super) sector: f64,
    pub(super) margins: &'a [Margin],
    pub(super) history: &'a [HistoryPoint],
}

impl Evidence<'_> {
    /// The assembling economy as a reader calls it: `China`; its label where no name is known.
    fn assembler(&self) -> &str {
        economy_names::name(self.assembler).unwrap_or(self.assembler)
    }
}

/// All statements in order.
pub(super) fn judge(evidence: &Evidence) -> Vec<Statement> {
    vec![
        arithmetic(evidence),
        share_direct(evidence),
        share_traced(evidence),
        capture(evidence),
        margin_gap(evidence),
        representative(evidence),
        dynamics(evidence),
    ]
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// A difference of two shares.
fn points(difference: f64) -> String {
    format!("{:.1} points", difference * 100.0)
}

/// (i) Do the figures of the account add up?
fn arithmetic(evidence: &Evidence) -> Statement {
    let identities: Vec<&Check> = evidence
        .checks
        .iter()
        .filter(|check| check.kind == CheckKind::Identity && check.outcome != Outcome::ByConstruction)
        .collect();
    let broken = identities.iter().filter(|check| check.outcome == Outcome::Inconsistent).count();
    let by_construction =
        evidence.checks.iter().filter(|check| check.outcome == Outcome::ByConstruction).count();
    let worst =
        identities.iter().filter_map(|check| check.gap).fold(0.0, |worst: f64, gap| worst.max(gap.abs()));
    let verdict = match (identities.len(), broken) {
        (0, _) => Verdict::Undetermined(Reason::DataMissing),
        (_, 0) => Verdict::Supported,
        _ => Verdict::NotSupported,
    };
    let mut because = format!("{} of {} identities hold", identities.len() - broken, identities.len());
    if by_construction > 0 {
        let words = match by_construction {
            1 => "1 more holds by construction and does not count".to_owned(),
            several => format!("{several} more hold by construction and do not count"),
        };
        because.push_str(&format!("; {words}"));
    }
    if identities.is_empty() {
        because.push_str("; a second printed figure for a sum would settle it");
    }
    Statement {
        id: "arithmetic",
        statement: "the published figures of the account add up".into(),
        verdict,
        estimate: worst,
        low: f64::NAN,
        high: f64::NAN,
        threshold: f64::NAN,
        n: identities.len(),
        because,
    }
}

/// (ii) A small share, as the account books it.
fn share_direct(evidence: &Evidence) -> Statement {
    let line = evidence.account.thresholds().small_share;
    let verdict = if evidence.direct < line { Verdict::Supported } else { Verdict::NotSupported };
    let rest = evidence.account.rest_value() / evidence.account.sum();
    Statement {
        id: "share-direct",
        statement: format!(
            "what the account books to {} is below {} of the {} price",
            evidence.assembler(),
            percent(line),
            base_name(evidence.account)
        ),
        verdict,
        estimate: evidence.direct,
        low: evidence.direct,
        high: evidence.direct,
        threshold: line,
        n: 1,
        because: format!(
            "it counts: {}; value added inside parts and in the unallocated {} is not in it",
            evidence.account.scope(),
            percent(rest)
        ),
    }
}

fn base_name(account: &Account) -> &'static str {
    use super::schema::PriceBase;
    match account.total().base {
        Some(PriceBase::Retail) => "retail",
        Some(PriceBase::Wholesale) => "wholesale",
        Some(PriceBase::Factory) | None => "factory",
    }
}

/// Smallest and largest share over all bounds.
fn range(bounds: &[&Bounds]) -> (f64, f64) {
    bounds.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), bound| {
        (low.min(bound.low), high.max(bound.high))
    })
}

/// A verdict that must hold at both ends of a range: `holds` of each end.
fn at_both_ends(low_end: bool, high_end: bool, otherwise: Reason) -> Verdict {
    match (low_end, high_end) {
        (true, true) => Verdict::Supported,
        (false, false) => Verdict::NotSupported,
        _ => Verdict::Undetermined(otherwise),
    }
}

/// (ii) A small share, traced, with its bounds.
fn share_traced(evidence: &Evidence) -> Statement {
    let line = evidence.account.thresholds().small_share;
    let (low, high) = range(&evidence.bounds);
    let each: Vec<Verdict> = evidence
        .bounds
        .iter()
        .map(|bound| at_both_ends(bound.low < line, bound.high < line, Reason::DataMissing))
        .collect();
    let definite = each.iter().all(|verdict| verdict.reason().is_none());
    let reason = if definite { Reason::ReadingsDisagree } else { Reason::DataMissing };
    let verdict = at_both_ends(low < line, high < line, reason);
    let because = match verdict {
        Verdict::Undetermined(Reason::ReadingsDisagree) => {
            "the two readings of the assembly payment fall on different sides of the line".to_owned()
        }
        Verdict::Undetermined(_) => {
            let corner = evidence.bounds.iter().max_by(|a, b| a.high.total_cmp(&b.high));
            format!(
                "the unallocated part decides: {} if all of it came from {}; the suppliers of the rest would settle it",
                percent(high),
                corner.map_or("", |bound| bound.high_at.as_str())
            )
        }
        _ => "at both ends of the bounds and for both readings of the assembly payment".to_owned(),
    };
    Statement {
        id: "share-traced",
        statement: format!(
            "value added of {} traced through the table is below {} of the {} price",
            evidence.assembler(),
            percent(line),
            base_name(evidence.account)
        ),
        verdict,
        estimate: evidence.traced,
        low,
        high,
        threshold: line,
        n: evidence.bounds.len(),
        because,
    }
}

/// (iii) The lead firm captures more than the assembler's economy.
fn capture(evidence: &Evidence) -> Statement {
    let account = evidence.account;
    let line = account.thresholds().capture_ratio;
    let (low_share, high_share) = range(&evidence.bounds);
    let ratio = |margin: f64, share: f64| margin / (share * account.sum());
    let times = if (line - 1.0).abs() > 0.0 { format!("{line} times ") } else { String::new() };
    let statement = format!(
        "the lead firm's gross margin is more than {times}the value added of {}",
        evidence.assembler()
    );
    let undetermined = |because: String| Statement {
        id: "capture",
        statement: statement.clone(),
        verdict: Verdict::Undetermined(Reason::DataMissing),
        estimate: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
        threshold: line,
        n: 0,
        because,
    };
    let Some(margin) = account.lead_margin() else {
        return undetermined("the account has no margin of the lead firm".into());
    };
    let (low, high) = (ratio(margin, high_share), ratio(margin, low_share));
    if account.lead_margin_is_residual() {
        return undetermined(format!(
            "the margin of {margin:.2} is what remains of the retail price, distribution included ({low:.1} to {high:.1} \
             times): a remainder is no evidence; the lead firm's own margin would settle it"
        ));
    }
    let verdict = at_both_ends(low > line, high > line, Reason::DataMissing);
    let mut because = format!(
        "{:.0} times what is booked directly, {:.0} traced, {low:.1} if all of the rest were value added of {}; the \
         margin is before research, marketing and administration",
        ratio(margin, evidence.direct),
        ratio(margin, evidence.traced),
        evidence.assembler()
    );
    if matches!(verdict, Verdict::Undetermined(_)) {
        because.push_str("; the suppliers of the rest would settle it");
    }
    Statement {
        id: "capture",
        statement,
        verdict,
        estimate: ratio(margin, evidence.traced),
        low,
        high,
        threshold: line,
        n: 1,
        because,
    }
}

/// Pairs of periods that must lie on one side of the line for a verdict on margins.
const SHARE_OF_PAIRS: f64 = 0.8;

/// (iv) The assembler's operating margin is an order of magnitude below the lead firm's.
fn margin_gap(evidence: &Evidence) -> Statement {
    let line = evidence.account.thresholds().margin_ratio;
    // A recalled figure is to be checked before it is quoted: it settles nothing.
    let of = |role: FirmRole| -> Vec<&Margin> {
        let usable =
            |margin: &&Margin| margin.role == role && margin.evidence != super::schema::Evidence::Recalled;
        evidence.margins.iter().filter(usable).collect()
    };
    let (lead, assembler) = (of(FirmRole::Lead), of(FirmRole::Assembler));
    let statement = format!(
        "the lead firm's operating margin is at least {line} times the assembler's, in dated periods"
    );
    let pairs: Vec<(f64, bool)> = lead
        .iter()
        .flat_map(|lead| assembler.iter().map(move |other| (lead, other)))
        .filter(|(_, other)| other.operating > 0.0)
        .map(|(lead, other)| (lead.operating / other.operating, lead.period == other.period))
        .collect();
    if pairs.is_empty() {
        return Statement {
            id: "margin-gap",
            statement,
            verdict: Verdict::Undetermined(Reason::DataMissing),
            estimate: f64::NAN,
            low: f64::NAN,
            high: f64::NAN,
            threshold: line,
            n: 0,
            because: "the account has no dated margins of a lead firm and of an assembler".into(),
        };
    }
    let mut ratios: Vec<f64> = pairs.iter().map(|(ratio, _)| *ratio).collect();
    ratios.sort_by(f64::total_cmp);
    let above = ratios.iter().filter(|ratio| **ratio >= line).count();
    let share = above as f64 / ratios.len() as f64;
    let same_period: Vec<String> =
        pairs.iter().filter(|(_, same)| *same).map(|(ratio, _)| format!("{ratio:.0}")).collect();
    let verdict = if share >= SHARE_OF_PAIRS {
        Verdict::Supported
    } else if share <= 1.0 - SHARE_OF_PAIRS {
        Verdict::NotSupported
    } else {
        Verdict::Undetermined(Reason::ReadingsDisagree)
    };
    let middle = ratios.len() / 2;
    let median =
        if ratios.len() % 2 == 1 { ratios[middle] } else { (ratios[middle - 1] + ratios[middle]) / 2.0 };
    let same = if same_period.is_empty() {
        "none of the same period".to_owned()
    } else {
        format!("of the same period: {}", same_period.join(", "))
    };
    Statement {
        id: "margin-gap",
        statement,
        verdict,
        estimate: median,
        low: ratios[0],
        high: ratios[ratios.len() - 1],
        threshold: line,
        n: ratios.len(),
        because: format!(
            "{above} of {} pairs of periods reach it ({same}); single quarters of firms that do more than assemble this \
             product, so the level holds for these dates only",
            ratios.len()
        ),
    }
}

/// (v) The product stands for the exports of its sector.
fn representative(evidence: &Evidence) -> Statement {
    let near = evidence.account.thresholds().representative_within;
    let (low, high) = range(&evidence.bounds);
    let (low_gap, high_gap) = (low - evidence.sector, high - evidence.sector);
    let inside = |gap: f64| gap.abs() <= near;
    let verdict = if inside(low_gap) && inside(high_gap) {
        Verdict::Supported
    } else if low_gap > near || high_gap < -near {
        Verdict::NotSupported
    } else {
        Verdict::Undetermined(Reason::DataMissing)
    };
    let because = match verdict {
        Verdict::Undetermined(_) => {
            format!(
                "the bounds reach within {} of the sector; the suppliers of the rest would settle it",
                points(near)
            )
        }
        _ => format!(
            "all exports of the sector contain {} domestic value added, the product {} (bounds {} to {})",
            percent(evidence.sector),
            percent(evidence.traced),
            percent(low),
            percent(high)
        ),
    };
    Statement {
        id: "representative",
        statement: format!(
            "the product stands for all exports of its sector in {}: shares within {} of each other",
            evidence.assembler(),
            points(near)
        ),
        verdict,
        estimate: evidence.traced - evidence.sector,
        low: low_gap,
        high: high_gap,
        threshold: near,
        n: 1,
        because,
    }
}

/// (vi) The share rose along the product line.
fn dynamics(evidence: &Evidence) -> Statement {
    let line = evidence.account.thresholds().material_change;
    let statement = format!(
        "the share of {} rose along the product line by more than {}",
        evidence.assembler(),
        points(line)
    );
    let (Some(first), Some(last)) = (evidence.history.first(), evidence.history.last()) else {
        return no_series(statement, line, 0);
    };
    if first.year == last.year {
        return no_series(statement, line, evidence.history.len());
    }
    let change = last.share - first.share;
    let path: Vec<String> =
        evidence.history.iter().map(|point| format!("{} {}", point.year, percent(point.share))).collect();
    let comparable = evidence.history.iter().all(|point| point.scope == first.scope);
    // The longest stretch that is counted in one way.
    let same: Vec<&HistoryPoint> =
        evidence.history.iter().filter(|point| point.scope == first.scope).collect();
    let within_scope = same.last().map_or(0.0, |point| point.share - first.share);
    let verdict = if !comparable {
        Verdict::Undetermined(Reason::DataMissing)
    } else if change > line {
        Verdict::Supported
    } else {
        Verdict::NotSupported
    };
    let because = if comparable {
        path.join(", ")
    } else {
        let mut scopes: Vec<&str> = Vec::new();
        for point in evidence.history {
            if !scopes.contains(&point.scope.as_str()) {
                scopes.push(&point.scope);
            }
        }
        format!(
            "{}, but what is counted changes ({}); counted as in {}: {:+.1} points; one count for all models would settle it",
            path.join(", "),
            scopes.join("; "),
            first.year,
            within_scope * 100.0
        )
    };
    Statement {
        id: "dynamics",
        statement,
        verdict,
        estimate: change,
        low: within_scope.min(change),
        high: within_scope.max(change),
        threshold: line,
        n: evidence.history.len(),
        because,
    }
}

fn no_series(statement: String, line: f64, n: usize) -> Statement {
    Statement {
        id: "dynamics",
        statement,
        verdict: Verdict::Undetermined(Reason::DataMissing),
        estimate: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
        threshold: line,
        n,
        because: "there is one account of this product line; one of another year would settle it".into(),
    }
}

/// Every content of the assembly payment is a reading of the account.
pub(super) fn bounds_of(all: &[Bounds], economy: usize) -> Vec<&Bounds> {
    AssemblyContent::ALL
        .iter()
        .filter_map(|content| all.iter().find(|b| b.economy == economy && b.assembly == *content))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_per_cent_and_differences_are_points() {
        assert_eq!((percent(0.1), points(0.02)), ("10.0%".to_owned(), "2.0 points".to_owned()));
    }
}
