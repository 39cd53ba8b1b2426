//! C10: does a tariff hit the own exports of whoever sets it?
//!
//! A uniform tariff on all imports: which part of its base is the importer's own value added coming home? The share does not
//! depend on the rate. A real tariff schedule would weigh imports by their rates; none is loaded, and the specifications
//! weigh by use and by product instead.

use super::arithmetic::{Arithmetic, Way, solved};
use super::data::{Series, WorldFacts};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, cards};
use crate::frame::{Column, Frame, Measure};
use crate::stats::Sign;

/// Percent of the tariff base: below it the claim is true of every economy with trade, and matters to none.
const BOUND: f64 = 2.0;
/// A partner of less than this part of imports, in per cent, is not shown on its own.
const FEWEST_IMPORTS: f64 = 1.0;

/// C10.
#[derive(Debug)]
pub(super) struct OwnTariff;

/// Which imports are under the tariff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    All,
    Inputs,
    Finals,
}

impl Claim for OwnTariff {
    fn card(&self) -> &'static Card {
        &cards::C10
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match solved(data) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let (series, last) = all[0];
        let everything = vec![true; series.sectors.len()];
        let units = shares(series, &everything, Under::All);
        let mut ways = Vec::new();
        for (series, _) in &all {
            let everything = vec![true; series.sectors.len()];
            for (sectors, name) in [(&everything, "all products"), (&series.map.manufactures, "manufactures")]
            {
                for (under, use_of) in
                    [(Under::All, "all uses"), (Under::Inputs, "inputs"), (Under::Finals, "final goods")]
                {
                    let values = shares(series, sectors, under).into_iter().map(|(_, share)| share).collect();
                    let choices = [series.name.as_str(), name, use_of].map(str::to_owned).to_vec();
                    ways.push(Way { choices, values });
                }
            }
        }
        let mut order = units.clone();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let line = |(name, share): &(String, f64)| format!("{name} {share:.2}%");
        let pairs = pairs(series);
        let mut between = vec![Section::new(
            "Own value added in imports from one partner, largest first",
            pairs
                .iter()
                .filter(|pair| pair.part_of_imports >= FEWEST_IMPORTS)
                .take(10)
                .map(|pair| {
                    format!(
                        "{} from {}: {:.2}% of imports that are {:.1}% of all it imports",
                        pair.importer, pair.exporter, pair.own, pair.part_of_imports
                    )
                })
                .collect(),
        )];
        let mut sections = vec![Section::new(
            "Own value added in all imports, largest first",
            vec![
                order.iter().take(10).map(line).collect::<Vec<_>>().join(", "),
                format!(
                    "mean weighted by imports: {:.2}%; the median economy is small, and the large ones are where it matters",
                    weighted_mean(series)
                ),
            ],
        )];
        sections.append(&mut between);
        let (names, numbers): (Vec<_>, Vec<_>) = order.iter().cloned().map(|(n, v)| (Some(n), v)).unzip();
        let frame = Frame::new().with("economy", Measure::Key, Column::Text(names)).with(
            "own_share_of_tariff_base",
            Measure::Pure,
            Column::Number(numbers),
        );
        let question = Arithmetic {
            card: self.card(),
            series,
            year: last.year,
            data,
            units,
            predicted: Sign::Positive,
            bound: BOUND,
            estimate_unit: "percent of the base of a uniform tariff that is own value added",
            spec: "all imports under one rate; the economies differ widely, see the argument".into(),
            dimensions: &["table", "products", "uses"],
            ways,
            causal: false,
        };
        question.judge(options, sections, vec![("shares", frame), ("pairs", pairs_frame(&pairs))])
    }
}

/// Imports of one economy from another.
struct Pair {
    importer: String,
    exporter: String,
    imports: f64,
    /// Percent of all that the importer imports.
    part_of_imports: f64,
    /// Percent of these imports that is the importer's own value added.
    own: f64,
}

/// Every pair of judged economies with trade, the largest own part first; a tariff on one partner is about one of them.
fn pairs(series: &Series) -> Vec<Pair> {
    let Some(facts) = series.years.last().and_then(|year| year.world.as_ref()) else { return Vec::new() };
    let judged: Vec<(&String, usize)> = series
        .judged()
        .into_iter()
        .filter_map(|s| Some((&series.economies[s], series.on_axis(facts, s)?)))
        .collect();
    let mut pairs = Vec::new();
    for &(importer, r) in &judged {
        let all: f64 = facts.bilateral_exports.column(r).sum();
        for &(exporter, s) in judged.iter().filter(|(_, s)| *s != r) {
            let (mut imports, mut own) = (0.0, 0.0);
            for row in facts.axis.block(s) {
                let import = facts.bilateral_exports[(row, r)];
                imports += import;
                own += facts.value_added_by_origin[(r, row)] * import;
            }
            if imports > 0.0 {
                pairs.push(Pair {
                    importer: importer.clone(),
                    exporter: exporter.clone(),
                    imports,
                    part_of_imports: 100.0 * imports / all,
                    own: 100.0 * own / imports,
                });
            }
        }
    }
    pairs.sort_by(|a, b| b.own.total_cmp(&a.own));
    pairs
}

fn pairs_frame(pairs: &[Pair]) -> Frame {
    let text =
        |of: fn(&Pair) -> &String| Column::Text(pairs.iter().map(|pair| Some(of(pair).clone())).collect());
    let number = |of: fn(&Pair) -> f64| Column::Number(pairs.iter().map(of).collect());
    Frame::new()
        .with("importer", Measure::Key, text(|pair| &pair.importer))
        .with("exporter", Measure::Key, text(|pair| &pair.exporter))
        .with("imports", Measure::Amount, number(|pair| pair.imports))
        .with("part_of_imports", Measure::Pure, number(|pair| pair.part_of_imports))
        .with("own_share_of_tariff_base", Measure::Pure, number(|pair| pair.own))
}

/// Σ_i v_r B_r,i m_ir / Σ_i m_ir of each economy, in per cent, last year.
fn shares(series: &Series, sectors: &[bool], under: Under) -> Vec<(String, f64)> {
    let Some(facts) = series.years.last().and_then(|year| year.world.as_ref()) else { return Vec::new() };
    series
        .judged()
        .into_iter()
        .filter_map(|s| {
            let importer = series.on_axis(facts, s)?;
            let share = share(facts, importer, sectors, under);
            share.is_finite().then(|| (series.economies[s].clone(), share))
        })
        .collect()
}

/// Own value added in the imports of all judged economies together, in per cent.
fn weighted_mean(series: &Series) -> f64 {
    let Some(facts) = series.years.last().and_then(|year| year.world.as_ref()) else { return f64::NAN };
    let everything = vec![true; series.sectors.len()];
    let (mut own, mut all) = (0.0, 0.0);
    for importer in series.judged().into_iter().filter_map(|s| series.on_axis(facts, s)) {
        let imports: f64 = facts.bilateral_exports.column(importer).sum();
        own += share(facts, importer, &everything, Under::All) * imports;
        all += imports;
    }
    own / all
}

fn share(facts: &WorldFacts, importer: usize, sectors: &[bool], under: Under) -> f64 {
    let (mut base, mut own) = (0.0, 0.0);
    for row in (0..facts.axis.n_rows()).filter(|&row| sectors[facts.axis.sector_of(row)]) {
        let all = facts.bilateral_exports[(row, importer)];
        let inputs = facts.intermediate_exports[(row, importer)];
        let import = match under {
            Under::All => all,
            Under::Inputs => inputs,
            Under::Finals => all - inputs,
        };
        base += import;
        own += facts.value_added_by_origin[(importer, row)] * import;
    }
    100.0 * own / base
}
