//! C13: do large emerging economies become end-markets of the chains?
//!
//! The share of all value added absorbed abroad that large emerging economies absorb. Their weight in world demand is
//! printed beside it: a share that grows with the market itself is what the claim says, not a turn of the chains.

use super::data::{Series, WorldFacts};
use super::groups::{BRIC_WITHOUT_CHINA, BRICS, Group, LARGE_EMERGING};
use super::measures::{mining_choices, mining_words, not_mining, value_added_by_absorber, world_path};
use super::path::Path;
use super::study::{BOUND, FEWEST_YEARS};
use super::trends::{TrendQuestion, Variant, defined, percent, trend_of, worlds};
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches,
    cards, groups,
};
use crate::stats::Sign;

/// C13.
#[derive(Debug)]
pub(super) struct EndMarkets;

#[derive(Debug, Clone)]
struct Way<'a> {
    group: Group,
    origin: &'a [bool],
    /// Are origins and absorbers without a region counted?
    with_rest: bool,
}

impl Claim for EndMarkets {
    fn card(&self) -> &'static Card {
        &cards::C13
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let (here, missing) = BRICS.present_and_missing(series);
        if here.is_empty() {
            let why = format!("none of {} is in {}", BRICS.members.join(" "), series.name);
            return Ok(Outcome::without_data(self.card(), &why));
        }
        let origin =
            if series.map.knows_mining() { not_mining(series) } else { vec![true; series.sectors.len()] };
        let way = Way { group: BRICS, origin: &origin, with_rest: true };
        let path = absorbed(series, &way);
        if !defined(&path) {
            return Ok(Outcome::without_data(self.card(), "no value added crosses borders in some year"));
        }
        let question = TrendQuestion {
            card: self.card(),
            series,
            data,
            units: vec!["absorbed by BRICS".into()],
            unit_word: "paths",
            paths: vec![path],
            predicted: Sign::Positive,
            bound: BOUND,
            bound_words: "one point of value added absorbed abroad in a decade",
            estimate_unit: "percentage points of value added absorbed abroad a year",
            spec: format!(
                "value added {}, of all economies, absorbed by {}",
                mining_words(series),
                here.join(" ")
            ),
            dimensions: &["table", "markets", "origin", "rest of the world"],
            variants: variants(&all),
            level: percent,
            causal: false,
        };
        let rival = without_china(series, &origin, options)?;
        let mut outcome = question.judge(options, rival.into_iter().collect())?;
        let demand = world_path(series, |facts| demand_share(facts, BRICS));
        let last = demand.share.len() - 1;
        let mut lines = vec![
            format!("markets: {}", here.join(" ")),
            format!(
                "their part of world final demand {} in {}, {} in {}: what a growing market explains by itself",
                percent(demand.share[0]),
                demand.years[0],
                percent(demand.share[last]),
                demand.years[last]
            ),
        ];
        if !missing.is_empty() {
            lines.push(format!("not in the table: {}", missing.join(" ")));
        }
        outcome.argument.insert(1, Section::new("Markets", lines));
        Ok(outcome)
    }
}

/// (absorbed by the group from others, absorbed abroad by anybody).
fn absorbed(series: &Series, way: &Way<'_>) -> Path {
    world_path(series, |facts| {
        let known = groups::regions(facts);
        let counted = |s: usize| way.with_rest || known[s].is_some();
        let traded = value_added_by_absorber(facts, way.origin);
        let (mut part, mut whole) = (0.0, 0.0);
        for s in (0..traded.nrows()).filter(|&s| counted(s)) {
            for r in (0..traded.ncols()).filter(|&r| r != s && counted(r)) {
                whole += traded[(s, r)];
                if way.group.has(&facts.axis.economies()[r]) {
                    part += traded[(s, r)];
                }
            }
        }
        (part, whole)
    })
}

fn demand_share(facts: &WorldFacts, group: Group) -> (f64, f64) {
    let of = |r: usize| facts.final_demand.column(r).sum();
    let part = (0..facts.axis.n_economies()).filter(|&r| group.has(&facts.axis.economies()[r])).map(of).sum();
    (part, facts.final_demand.sum())
}

fn variants(series: &[&Series]) -> Vec<Variant> {
    let mut variants = Vec::new();
    for one in series {
        let mut origins: Vec<(&str, Vec<bool>)> = mining_choices(one)
            .into_iter()
            .map(|(without, _)| {
                if without {
                    ("without mining", not_mining(one))
                } else {
                    ("all", vec![true; one.sectors.len()])
                }
            })
            .collect();
        if branches::any(&one.map.manufactures) {
            origins.push(("manufactures", one.map.manufactures.clone()));
        }
        for group in [BRICS, BRIC_WITHOUT_CHINA, LARGE_EMERGING] {
            if group.of(one).is_empty() {
                continue;
            }
            for (name, origin) in &origins {
                for (with_rest, rest) in [(true, "counted"), (false, "left out")] {
                    let path = absorbed(one, &Way { group, origin, with_rest });
                    if defined(&path) {
                        variants.push(Variant::new(one, &[group.name, name, rest], vec![path]));
                    }
                }
            }
        }
    }
    variants
}

/// Several markets, or one?
fn without_china(
    series: &Series,
    origin: &[bool],
    options: &ClaimOptions,
) -> Result<Option<Condition>, ClaimError> {
    if BRIC_WITHOUT_CHINA.of(series).is_empty() {
        return Ok(None);
    }
    let path = absorbed(series, &Way { group: BRIC_WITHOUT_CHINA, origin, with_rest: true });
    if !defined(&path) {
        return Ok(None);
    }
    let (value, interval) = trend_of(&[path], options, "C13 without China")?;
    Ok(Some(Condition {
        name: "the other markets grow too, not China alone".into(),
        holds: interval.low > 0.0,
        found: format!(
            "without China {value:+.3} [{:+.3}, {:+.3}] points a year",
            interval.low, interval.high
        ),
        otherwise: Verdict::Undetermined(if value < 0.0 { Reason::SignFlips } else { Reason::Power }),
    }))
}
