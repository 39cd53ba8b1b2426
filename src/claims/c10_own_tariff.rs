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
        let sections = vec![Section::new(
            "Own value added in all imports, largest first",
            vec![
                order.iter().take(10).map(line).collect::<Vec<_>>().join(", "),
                format!(
                    "mean weighted by imports: {:.2}%; the median economy is small, and the large ones are where it matters",
                    weighted_mean(series)
                ),
            ],
        )];
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
            estimate_unit: "percent of the base of a uniform tariff that is own value added, median economy",
            spec: "all imports under one rate; the economies differ widely, see the argument".into(),
            dimensions: &["table", "products", "uses"],
            ways,
            causal: false,
        };
        question.judge(options, sections, vec![("shares", frame)])
    }
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
