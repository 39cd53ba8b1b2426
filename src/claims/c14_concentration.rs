//! C14: does production concentrate in a few emerging economies?
//!
//! Herfindahl index of the origins of value added in the world chain of each final product. That origins concentrate is
//! half of the claim; that they are emerging economies is the other half, and a condition.

use super::data::{Series, WorldFacts};
use super::measures::{final_output, mining_choices, mining_words, origins, world_path};
use super::path::Path;
use super::study::FEWEST_YEARS;
use super::trends::{TrendQuestion, Variant, defined, percent, trend_of, worlds};
use super::verdict::unless_above_zero;
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Section, branches, cards, groups,
};
use crate::stats::Sign;

/// A tenth of a point of the index a year: one point (of 100) in a decade, about a tenth of its usual level.
const BOUND: f64 = 0.1;

/// C14.
#[derive(Debug)]
pub(super) struct Concentration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Index {
    Herfindahl,
    TopFour,
    /// The four largest economies of the South together.
    TopFourSouth,
}

impl Index {
    const fn name(self) -> &'static str {
        match self {
            Self::Herfindahl => "Herfindahl",
            Self::TopFour => "top four",
            Self::TopFourSouth => "top four of the South",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Way {
    index: Index,
    without_mining: bool,
    /// Are origins without a region counted, as one?
    with_rest: bool,
}

impl Claim for Concentration {
    fn card(&self) -> &'static Card {
        &cards::C14
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let products = products(series, true);
        let headline =
            Way { index: Index::Herfindahl, without_mining: series.map.knows_mining(), with_rest: false };
        let (chains, paths) = paths(series, &products, headline);
        if paths.is_empty() {
            let why = "needs manufactures among the sectors, and economies named by ISO 3166 alpha-3 codes";
            return Ok(Outcome::without_data(self.card(), why));
        }
        let (_, south) = self::paths(series, &products, Way { index: Index::TopFourSouth, ..headline });
        let emerging = emerging_condition(&south, options)?;
        let question = TrendQuestion {
            card: self.card(),
            series,
            data,
            units: chains.iter().map(|&k| series.sectors[k].clone()).collect(),
            unit_word: "chains",
            paths,
            predicted: Sign::Positive,
            bound: BOUND,
            bound_words: "one point (of 100) of the index in a decade",
            estimate_unit: "points of the Herfindahl index (0-100) a year",
            spec: format!(
                "chains of final manufactures, value added {}, rest of the world left out",
                mining_words(series)
            ),
            dimensions: &["table", "index", "products", "mining", "rest of the world"],
            variants: variants(&all),
            level: percent,
            causal: false,
        };
        let mut outcome = question.judge(options, emerging.into_iter().collect())?;
        outcome.argument.insert(1, leaders(series, &products, headline));
        Ok(outcome)
    }
}

/// Final products whose chains are looked at.
fn products(series: &Series, manufactures: bool) -> Vec<bool> {
    if manufactures { series.map.manufactures.clone() } else { branches::goods(&series.sectors) }
}

fn paths(series: &Series, products: &[bool], way: Way) -> (Vec<usize>, Vec<Path>) {
    let (mut chains, mut kept) = (Vec::new(), Vec::new());
    for chain in (0..series.sectors.len()).filter(|&k| products[k]) {
        let path = world_path(series, |facts| (index(&shares(facts, chain, way), facts, way), 1.0));
        if defined(&path) {
            chains.push(chain);
            kept.push(path);
        }
    }
    (chains, kept)
}

/// Shares of origins in the chain of a final product; zero for origins that are not counted.
fn shares(facts: &WorldFacts, chain: usize, way: Way) -> Vec<f64> {
    let bundle: Vec<f64> = (0..facts.axis.n_rows())
        .map(|row| if facts.axis.sector_of(row) == chain { final_output(facts, row) } else { 0.0 })
        .collect();
    let known = groups::regions(facts);
    let mut content = origins(facts, &bundle, way.without_mining);
    for (value, region) in content.iter_mut().zip(&known) {
        if region.is_none() && !way.with_rest {
            *value = 0.0;
        }
    }
    let total: f64 = content.iter().sum();
    content.iter().map(|value| value / total).collect()
}

fn index(shares: &[f64], facts: &WorldFacts, way: Way) -> f64 {
    let mut ordered: Vec<f64> = match way.index {
        Index::Herfindahl => return shares.iter().map(|share| share * share).sum(),
        Index::TopFour => shares.to_vec(),
        Index::TopFourSouth => {
            let south = groups::south(facts);
            shares.iter().zip(south).filter(|(_, south)| *south == Some(true)).map(|(v, _)| *v).collect()
        }
    };
    ordered.sort_by(|a, b| b.total_cmp(a));
    ordered.iter().take(4).sum()
}

fn variants(series: &[&Series]) -> Vec<Variant> {
    let mut variants = Vec::new();
    for one in series {
        for (manufactures, name) in [(true, "manufactures"), (false, "goods")] {
            let products = products(one, manufactures);
            for index in [Index::Herfindahl, Index::TopFour] {
                for (without_mining, mining) in mining_choices(one) {
                    for (with_rest, rest) in [(false, "left out"), (true, "one origin")] {
                        let (_, paths) = paths(one, &products, Way { index, without_mining, with_rest });
                        variants.push(Variant::new(one, &[index.name(), name, mining, rest], paths));
                    }
                }
            }
        }
    }
    variants
}

/// Is it emerging economies that gain?
fn emerging_condition(south: &[Path], options: &ClaimOptions) -> Result<Option<Condition>, ClaimError> {
    if south.is_empty() {
        return Ok(None);
    }
    let (value, interval) = trend_of(south, options, "C14 emerging")?;
    Ok(Some(Condition {
        name: "the gain is that of a few emerging economies".into(),
        holds: interval.low > 0.0,
        found: format!(
            "the four largest of the South together: {value:+.3} [{:+.3}, {:+.3}] points of chain value added a year",
            interval.low, interval.high
        ),
        otherwise: unless_above_zero(interval),
    }))
}

/// Who leads, first and last year, in all chains looked at together.
fn leaders(series: &Series, products: &[bool], way: Way) -> Section {
    let lines = [series.years.first(), series.years.last()]
        .into_iter()
        .flatten()
        .filter_map(|facts| Some((facts.year, facts.world.as_ref()?)))
        .map(|(year, world)| {
            let mut total = vec![0.0; world.axis.n_economies()];
            for chain in (0..products.len()).filter(|&k| products[k]) {
                let size: f64 = (0..world.axis.n_rows())
                    .filter(|&row| world.axis.sector_of(row) == chain)
                    .map(|row| final_output(world, row))
                    .sum();
                for (sum, share) in total.iter_mut().zip(shares(world, chain, way)) {
                    *sum += share * size;
                }
            }
            let all: f64 = total.iter().sum();
            let mut order: Vec<usize> = (0..total.len()).collect();
            order.sort_by(|a, b| total[*b].total_cmp(&total[*a]));
            let cells: Vec<String> = order
                .iter()
                .take(6)
                .map(|&t| format!("{} {}", world.axis.economies()[t], percent(total[t] / all)))
                .collect();
            format!("{year}: {}", cells.join(", "))
        })
        .collect();
    Section::new("Largest origins, all chains looked at", lines)
}
