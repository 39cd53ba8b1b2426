//! C11: do chains turn from global to regional?
//!
//! The part of an economy's foreign value added that comes from its own region, among origins whose region is known: a
//! rest of the world is left out of both sides, and its share is printed beside the verdict.

use super::data::{Series, WorldFacts};
use super::measures::{
    bundle, economy_path, exports, final_output, mining_choices, mining_words, origins, world_path,
};
use super::path::{ExportSet, Path};
use super::study::{BOUND, FEWEST_YEARS};
use super::trends::{TrendQuestion, Variant, defined, percent, worlds};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, branches, cards, groups};
use crate::stats::Sign;

/// C11.
#[derive(Debug)]
pub(super) struct Regional;

/// Where foreign value added is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bundle {
    Exports,
    FinalGoods,
}

/// What becomes of origins without a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    LeftOut,
    Outside,
}

/// One way of measuring.
#[derive(Debug, Clone)]
struct Way<'a> {
    bundle: Bundle,
    sectors: &'a [bool],
    without_mining: bool,
    rest: Rest,
}

impl Claim for Regional {
    fn card(&self) -> &'static Card {
        &cards::C11
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let everything = vec![true; series.sectors.len()];
        let headline = Way {
            bundle: Bundle::Exports,
            sectors: &everything,
            without_mining: series.map.knows_mining(),
            rest: Rest::LeftOut,
        };
        let (economies, paths) = paths(series, &headline);
        if paths.is_empty() {
            let why =
                "no economy of the table has a neighbour in its region (codes are read as ISO 3166 alpha-3)";
            return Ok(Outcome::without_data(self.card(), why));
        }
        let question = TrendQuestion {
            card: self.card(),
            series,
            data,
            units: economies.iter().map(|&s| series.economies[s].clone()).collect(),
            unit_word: "economies",
            paths,
            predicted: Sign::Positive,
            bound: BOUND,
            bound_words: "one point of foreign content in a decade",
            estimate_unit: "percentage points of foreign content a year",
            spec: format!("foreign content of exports, {}, rest of the world left out", mining_words(series)),
            dimensions: &["table", "bundle", "sectors", "mining", "rest of the world"],
            variants: variants(&all),
            level: percent,
            causal: false,
        };
        let rest = rest_of_the_world(series, series.map.knows_mining());
        let mut outcome = question.judge(options, Vec::new())?;
        outcome.record.reason = format!("{}; {}", outcome.record.reason, rest.1);
        outcome.argument.insert(1, Section::new("The unidentified rest", vec![rest.0, rest.1]));
        outcome.argument.insert(2, Section::new("Regions", vec![regions_line(series)]));
        Ok(outcome)
    }
}

/// Intra-region share of foreign value added, for economies with a neighbour.
fn paths(series: &Series, way: &Way<'_>) -> (Vec<usize>, Vec<Path>) {
    let (mut economies, mut kept) = (Vec::new(), Vec::new());
    for s in series.judged() {
        let path = economy_path(series, s, |facts, s| cell(facts, s, way));
        // An economy alone in its region has no regional content to gain.
        if defined(&path) && path.part.iter().any(|regional| *regional > 0.0) {
            economies.push(s);
            kept.push(path);
        }
    }
    (economies, kept)
}

/// (from the own region, from everywhere abroad) in one year.
fn cell(facts: &WorldFacts, s: usize, way: &Way<'_>) -> (f64, f64) {
    let regions = groups::regions(facts);
    let Some(own) = &regions[s] else { return (f64::NAN, f64::NAN) };
    let goods = bundle(facts, s, way.sectors, |row| match way.bundle {
        Bundle::Exports => exports(facts, row),
        Bundle::FinalGoods => final_output(facts, row),
    });
    let content = origins(facts, &goods, way.without_mining);
    let (mut regional, mut foreign) = (0.0, 0.0);
    for (t, value) in content.iter().enumerate().filter(|(t, _)| *t != s) {
        match &regions[t] {
            Some(region) if region.name == own.name => {
                regional += value;
                foreign += value;
            }
            Some(_) => foreign += value,
            None if way.rest == Rest::Outside => foreign += value,
            None => (),
        }
    }
    (regional, foreign)
}

fn variants(series: &[&Series]) -> Vec<Variant> {
    let mut variants = Vec::new();
    for one in series {
        let sets = [
            ("all", vec![true; one.sectors.len()]),
            ("manufactures", one.map.manufactures.clone()),
            ("electrical and optical", ExportSet::Electrical.of(one)),
        ];
        for (name, sectors) in sets.iter().filter(|(_, sectors)| branches::any(sectors)) {
            for (bundle, what) in [(Bundle::Exports, "exports"), (Bundle::FinalGoods, "final goods")] {
                for (without_mining, mining) in mining_choices(one) {
                    for (rest, words) in [(Rest::LeftOut, "left out"), (Rest::Outside, "outside")] {
                        let way = Way { bundle, sectors, without_mining, rest };
                        let (_, paths) = paths(one, &way);
                        variants.push(Variant::new(one, &[what, name, mining, words], paths));
                    }
                }
            }
        }
    }
    variants
}

/// What part of the foreign content of exports, counted as in the headline, comes from economies without a region.
fn rest_of_the_world(series: &Series, without_mining: bool) -> (String, String) {
    let everything = vec![true; series.sectors.len()];
    let path = world_path(series, |facts| {
        let regions = groups::regions(facts);
        let (mut hidden, mut foreign) = (0.0, 0.0);
        for s in (0..facts.axis.n_economies()).filter(|&s| regions[s].is_some()) {
            let goods = bundle(facts, s, &everything, |row| exports(facts, row));
            for (t, value) in
                origins(facts, &goods, without_mining).iter().enumerate().filter(|(t, _)| *t != s)
            {
                foreign += value;
                if regions[t].is_none() {
                    hidden += value;
                }
            }
        }
        (hidden, foreign)
    });
    let last = path.years.len() - 1;
    let names: Vec<String> = series
        .years
        .last()
        .and_then(|facts| facts.world.as_ref())
        .map(|facts| {
            let regions = groups::regions(facts);
            let without = (0..facts.axis.n_economies()).filter(|&t| regions[t].is_none());
            without.map(|t| facts.axis.economies()[t].clone()).collect()
        })
        .unwrap_or_default();
    let who = if names.is_empty() { "none".to_owned() } else { names.join(" ") };
    (
        format!("economies without a region: {who}"),
        format!(
            "the unidentified rest supplies {} of this foreign content in {}, {} in {}",
            percent(path.share[0]),
            path.years[0],
            percent(path.share[last]),
            path.years[last]
        ),
    )
}

fn regions_line(series: &Series) -> String {
    let map = crate::indicators::Regions::builtin();
    let mut names: Vec<(String, Vec<&str>)> = Vec::new();
    for economy in &series.economies {
        if let Some(region) = map.of(economy) {
            match names.iter_mut().find(|(name, _)| *name == region.name) {
                Some((_, members)) => members.push(economy),
                None => names.push((region.name.clone(), vec![economy])),
            }
        }
    }
    let parts: Vec<String> =
        names.iter().map(|(name, members)| format!("{name}: {}", members.join(" "))).collect();
    parts.join("; ")
}
