//! Which identities of a result hold, and which of them are evidence.
//!
//! An identity with a residual member holds by construction: it is reported, never counted. The others compare numbers
//! that were computed along different ways, and their worst gap travels with the result.

use std::collections::HashMap;

use crate::decompose::{Decomposition, Identity, Kind, Method, Term};
use crate::frame::IdentityGap;
use crate::labels::Axis;

/// Largest gap, relative to gross exports, that a decomposition may show. Terms are sums of at most a few thousand
/// products of solves with residuals of 1e-13 or less; other tools agree to 1e-13 on the same tables. 1e-9 is far above
/// rounding and far below any real error.
pub const IDENTITY_TOLERANCE: f64 = 1e-9;

/// Share of the largest trader's exports that a gap is at least measured by: one in an economy that does not trade would
/// be infinite otherwise.
const SMALLEST_TRADER: f64 = 1e-6;

/// One identity of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityCheck {
    /// The worst unit.
    pub gap: IdentityGap,
    /// Are all its members primary?
    pub is_evidence: bool,
}

/// Every identity of a decomposition, with its worst gap.
///
/// A gap is relative to the gross exports of the exporter (imports of the importer, for a decomposition of imports) or
/// to the left side of the identity where that is larger, but never to less than a millionth of the largest exporter's.
pub fn audit(method: &dyn Method, result: &Decomposition, axis: &Axis) -> Vec<IdentityCheck> {
    method.identities(result.level).iter().filter_map(|identity| check(identity, result, axis)).collect()
}

/// The worst gap among the identities that are evidence; nothing when the method has none.
pub fn worst_evidence(method: &dyn Method, result: &Decomposition, axis: &Axis) -> Option<IdentityGap> {
    audit(method, result, axis)
        .into_iter()
        .filter(|check| check.is_evidence)
        .map(|check| check.gap)
        .max_by(|a, b| a.relative_gap.total_cmp(&b.relative_gap))
}

fn check(identity: &Identity, result: &Decomposition, axis: &Axis) -> Option<IdentityCheck> {
    let whole: &[f64] = match identity.whole {
        Identity::EMBODIED => &result.content,
        Identity::EXPORTS => &result.exports,
        term => result.term(term)?,
    };
    let parts: Vec<&[f64]> = identity.parts.iter().map(|part| result.term(part)).collect::<Option<_>>()?;
    let is_primary = |symbol: &&str| {
        [Identity::EMBODIED, Identity::EXPORTS].contains(symbol)
            || result.terms.iter().any(|term: &Term| *term.symbol == **symbol && term.kind == Kind::Primary)
    };
    let is_evidence = identity.parts.iter().chain([&identity.whole]).all(is_primary);
    let sum = |unit: usize| parts.iter().map(|part| part[unit]).sum::<f64>();
    let gaps: Vec<(usize, f64)> = if identity.summed_over.is_empty() {
        (0..result.n_units()).map(|unit| (unit, whole[unit] - sum(unit))).collect()
    } else {
        sums_over(identity, result, whole, sum)
    };
    let largest = result.scale.iter().fold(0.0_f64, |largest, scale| largest.max(scale.abs()));
    let measured_by = result.key("exporter").or_else(|| result.key("importer"));
    let relative = |unit: usize, gap: f64| {
        let own = measured_by.map_or(largest, |key| result.scale[key.indices[unit] as usize].abs());
        // An identity of value added, which may exceed exports, is measured by the value added itself.
        let scale = own.max(largest * SMALLEST_TRADER).max(whole[unit].abs());
        // NaN must win, not vanish in a comparison.
        if gap.is_nan() {
            f64::INFINITY
        } else if gap == 0.0 {
            0.0
        } else {
            gap.abs() / scale
        }
    };
    let (unit, relative_gap) =
        gaps.into_iter().map(|(unit, gap)| (unit, relative(unit, gap))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let gap = IdentityGap {
        identity: format!("{}: {}", result.method, identity.statement),
        at: result.unit_label(axis, unit),
        relative_gap,
    };
    Some(IdentityCheck { gap, is_evidence })
}

/// Gaps after adding the parts up over some keys; the whole is the same in every unit of such a sum.
fn sums_over(
    identity: &Identity,
    result: &Decomposition,
    whole: &[f64],
    sum: impl Fn(usize) -> f64,
) -> Vec<(usize, f64)> {
    let kept: Vec<_> = result.keys.iter().filter(|key| !identity.summed_over.contains(&key.name)).collect();
    let mut position: HashMap<Vec<u32>, usize> = HashMap::new();
    let mut gaps: Vec<(usize, f64)> = Vec::new();
    let mut label = Vec::with_capacity(kept.len());
    for unit in 0..result.n_units() {
        label.clear();
        label.extend(kept.iter().map(|key| key.indices[unit]));
        let group = match position.get(&label) {
            Some(&group) => group,
            None => {
                gaps.push((unit, whole[unit]));
                position.insert(label.clone(), gaps.len() - 1);
                gaps.len() - 1
            }
        };
        gaps[group].1 -= sum(unit);
    }
    gaps
}
