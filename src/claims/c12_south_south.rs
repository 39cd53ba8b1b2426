//! C12: does trade in value added among developing economies grow faster than their size explains?
//!
//! South-South value-added exports over what they would be if only the size of each economy as a source and as a market
//! counted. Expected trade has the same totals by origin and by absorber and no other structure (quasi-independence:
//! nobody exports to itself), so that a South made of one large economy is not taken for a South that trades little with
//! itself.

use nalgebra::DMatrix;

use super::data::{Series, WorldFacts};
use super::measures::{mining_choices, mining_words, not_mining, value_added_by_absorber, world_path};
use super::path::Path;
use super::study::FEWEST_YEARS;
use super::trends::{TrendQuestion, Variant, defined, percent, worlds};
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches,
    cards, groups,
};
use crate::labels::economy_names;
use crate::stats::Sign;

/// Percent a year: intensity up by a twentieth in a decade.
const BOUND: f64 = 0.5;

/// C12.
#[derive(Debug)]
pub(super) struct SouthSouth;

/// What stands for "size".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Same totals by origin and absorber, nothing to itself.
    QuasiIndependent,
    /// Product of the two shares of the South.
    Product,
}

/// Economies without a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    LeftOut,
    South,
}

#[derive(Debug, Clone)]
struct Way<'a> {
    expected: Expected,
    rest: Rest,
    origin: &'a [bool],
    /// Left out of the South and of the world.
    without: Option<&'a str>,
}

impl Claim for SouthSouth {
    fn card(&self) -> &'static Card {
        &cards::C12
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let origin =
            if series.map.knows_mining() { not_mining(series) } else { vec![true; series.sectors.len()] };
        let way =
            Way { expected: Expected::QuasiIndependent, rest: Rest::LeftOut, origin: &origin, without: None };
        let members = members(series);
        let path = intensity(series, &way);
        if members.len() < 2 || !defined(&path) {
            let why = format!(
                "needs at least two economies of the South that trade (codes are read as ISO 3166 alpha-3); the table has {}",
                if members.is_empty() { "none".to_owned() } else { members.join(" ") }
            );
            return Ok(Outcome::without_data(self.card(), &why));
        }
        let volume = plain_share(series, &origin);
        let question = TrendQuestion {
            card: self.card(),
            series,
            data,
            units: vec!["South-South intensity".into()],
            unit_word: "paths",
            predicted: Sign::Positive,
            bound: BOUND,
            bound_words: "a twentieth in a decade",
            estimate_unit: "percent a year, intensity of South-South value-added trade",
            spec: format!(
                "value-added exports {}, expected from totals with nothing to itself, rest of the world left out",
                mining_words(series)
            ),
            dimensions: &["table", "expected", "origin", "rest of the world"],
            variants: variants(&all),
            level: |log| format!("intensity {:.3}", log.exp()),
            causal: false,
            paths: vec![path],
        };
        let (rival, line) = without_the_largest(series, &origin, &members, options)?;
        let mut outcome = question.judge(options, rival.into_iter().collect())?;
        let (first, last) = series.span();
        outcome.argument.insert(
            1,
            Section::new(
                "Share and members",
                vec![
                    format!("the South in this table: {}", members.join(" ")),
                    format!(
                        "South-South part of value-added exports among named economies {} in {first}, {} in {last}: growth \
                         of size and of intensity together",
                        percent(volume.share[0]),
                        percent(volume.share[volume.share.len() - 1])
                    ),
                    line,
                ],
            ),
        );
        Ok(outcome)
    }
}

fn members(series: &Series) -> Vec<String> {
    let map = crate::indicators::Regions::builtin();
    series
        .economies
        .iter()
        .filter(|economy| map.of(economy).is_some_and(|region| region.south))
        .cloned()
        .collect()
}

/// Logarithm of the intensity; (South-South trade, expected).
fn intensity(series: &Series, way: &Way<'_>) -> Path {
    let mut path = world_path(series, |facts| cell(facts, way));
    for share in &mut path.share {
        *share = share.ln();
    }
    path
}

fn plain_share(series: &Series, origin: &[bool]) -> Path {
    world_path(series, |facts| {
        let (kept, south) = sides(facts, Rest::LeftOut, None);
        let traded = abroad(&value_added_by_absorber(facts, origin), &kept);
        (within(&traded, &south), traded.sum())
    })
}

/// Which economies are counted, and which of them are the South (positions among the counted).
fn sides(facts: &WorldFacts, rest: Rest, without: Option<&str>) -> (Vec<usize>, Vec<bool>) {
    let south = groups::south(facts);
    let kept: Vec<usize> = (0..south.len())
        .filter(|&s| rest == Rest::South || south[s].is_some())
        .filter(|&s| without != Some(facts.axis.economies()[s].as_str()))
        .collect();
    let flags = kept.iter().map(|&s| south[s].unwrap_or(true)).collect();
    (kept, flags)
}

/// Flows among the counted economies, none to itself.
fn abroad(traded: &DMatrix<f64>, kept: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(kept.len(), kept.len(), |i, j| if i == j { 0.0 } else { traded[(kept[i], kept[j])] })
}

fn within(flows: &DMatrix<f64>, south: &[bool]) -> f64 {
    let mut total = 0.0;
    for i in (0..south.len()).filter(|&i| south[i]) {
        for j in (0..south.len()).filter(|&j| south[j] && j != i) {
            total += flows[(i, j)];
        }
    }
    total
}

fn cell(facts: &WorldFacts, way: &Way<'_>) -> (f64, f64) {
    let (kept, south) = sides(facts, way.rest, way.without);
    let traded = abroad(&value_added_by_absorber(facts, way.origin), &kept);
    let actual = within(&traded, &south);
    let expected = match way.expected {
        Expected::QuasiIndependent => within(&quasi_independent(&traded), &south),
        Expected::Product => {
            let n = south.len();
            let out: f64 = (0..n).filter(|&i| south[i]).map(|i| traded.row(i).sum()).sum();
            let into: f64 = (0..n).filter(|&j| south[j]).map(|j| traded.column(j).sum()).sum();
            out * into / traded.sum()
        }
    };
    (actual, expected)
}

/// Rounds after which expected trade changes by less than rounding; thirty are enough for forty economies.
const ROUNDS: usize = 400;

/// The matrix a_i b_j off the diagonal, zero on it, with the row and column sums of `flows` (iterative fitting).
fn quasi_independent(flows: &DMatrix<f64>) -> DMatrix<f64> {
    let n = flows.nrows();
    let mut fitted = DMatrix::from_fn(n, n, |i, j| if i == j { 0.0 } else { 1.0 });
    for _ in 0..ROUNDS {
        for i in 0..n {
            let (wanted, found) = (flows.row(i).sum(), fitted.row(i).sum());
            if found > 0.0 {
                fitted.row_mut(i).scale_mut(wanted / found);
            }
        }
        let mut off: f64 = 0.0;
        for j in 0..n {
            let (wanted, found) = (flows.column(j).sum(), fitted.column(j).sum());
            if found > 0.0 {
                off = off.max((wanted / found - 1.0).abs());
                fitted.column_mut(j).scale_mut(wanted / found);
            }
        }
        if off < 1e-13 {
            break;
        }
    }
    fitted
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
        for (name, origin) in &origins {
            for (expected, size) in
                [(Expected::QuasiIndependent, "totals"), (Expected::Product, "product of shares")]
            {
                for (rest, words) in [(Rest::LeftOut, "left out"), (Rest::South, "South")] {
                    let path = intensity(one, &Way { expected, rest, origin, without: None });
                    if defined(&path) {
                        variants.push(Variant::new(one, &[size, name, words], vec![path]));
                    }
                }
            }
        }
    }
    variants
}

/// Is it the South, or its largest member?
fn without_the_largest(
    series: &Series,
    origin: &[bool],
    members: &[String],
    options: &ClaimOptions,
) -> Result<(Option<Condition>, String), ClaimError> {
    let Some(largest) = members.iter().find(|name| economy_names::alpha3(name) == Some("CHN")) else {
        return Ok((None, "China is not in the table: no test without it".into()));
    };
    let way =
        Way { expected: Expected::QuasiIndependent, rest: Rest::LeftOut, origin, without: Some(largest) };
    let path = intensity(series, &way);
    if members.len() < 3 || !defined(&path) {
        return Ok((None, "fewer than two other economies of the South: no test without China".into()));
    }
    let (value, interval) = super::trends::trend_of(&[path], options, "C12 without China")?;
    let found =
        format!("{value:+.3} [{:+.3}, {:+.3}] percent a year without China", interval.low, interval.high);
    let condition = Condition {
        name: "the intensity rises without China too".into(),
        holds: interval.low > 0.0,
        found: found.clone(),
        otherwise: Verdict::Undetermined(if value < 0.0 { Reason::SignFlips } else { Reason::Power }),
    };
    Ok((Some(condition), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_trade_keeps_the_totals_and_sends_nothing_home() {
        let flows = DMatrix::from_row_slice(3, 3, &[0.0, 6.0, 4.0, 5.0, 0.0, 3.0, 2.0, 7.0, 0.0]);
        let fitted = quasi_independent(&flows);
        for i in 0..3 {
            assert!((fitted.row(i).sum() - flows.row(i).sum()).abs() < 1e-9);
            assert!((fitted.column(i).sum() - flows.column(i).sum()).abs() < 1e-9);
            assert!(fitted[(i, i)].abs() < 1e-15);
        }
        // Trade that is a product of sizes off the diagonal is its own expectation.
        let product = DMatrix::from_fn(4, 4, |i, j| if i == j { 0.0 } else { ((i + 1) * (j + 2)) as f64 });
        assert!((quasi_independent(&product) - &product).abs().max() < 1e-9);
    }
}
