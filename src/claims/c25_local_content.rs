//! C25: do local content requirements raise local value?
//!
//! A floor ten points above the present domestic share of the inputs of one manufacturing industry, each industry of each
//! economy in turn, exports and final demand held. The gain at fixed prices and the price wedge that eats it up are
//! arithmetic; whether requirements have raised value is a causal question (D4).

use super::arithmetic::{Arithmetic, Way, solved, where_it_applies};
use super::data::{Series, SolvedYear};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, cards};
use crate::frame::{Column, Frame, Measure};
use crate::model::Model;
use crate::scenario::{LocalContent, NationalEffect, national_effect};
use crate::stats::{Sign, median};

/// Percent of the inputs switched that is worth a word.
const BOUND: f64 = 10.0;
/// Points of domestic share by which the floor stands above what is there.
const STEP: f64 = 0.1;

/// C25.
#[derive(Debug)]
pub(super) struct Requirement;

/// One industry under a floor.
struct Case {
    economy: String,
    sector: String,
    floor: f64,
    effect: NationalEffect,
    /// Change of value added of the industry itself.
    own: f64,
}

impl Case {
    /// Value added gained by the economy in per cent of the inputs switched.
    fn gain(&self) -> f64 {
        100.0 * self.effect.growth.change / self.effect.switched
    }
}

impl Claim for Requirement {
    fn card(&self) -> &'static Card {
        &cards::C25
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match solved(data) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let (series, last) = all[0];
        if !series.map.manufactures.contains(&true) {
            return Ok(Outcome::without_data(
                self.card(),
                "needs sectors that the labels tell to be manufactures",
            ));
        }
        let cases = cases(series, last, &series.map.manufactures, STEP)?;
        let mut ways = Vec::new();
        for &(series, last) in &all {
            let sets = [(&series.map.manufactures, "manufactures"), (&series.map.electrical, "electrical")];
            for (users, name) in sets {
                for step in [0.05, STEP] {
                    let values = by_economy(&self::cases(series, last, users, step)?);
                    let values = values.into_iter().map(|(_, gain)| gain).collect();
                    let choices =
                        vec![series.name.clone(), name.to_owned(), format!("{:.0} points", 100.0 * step)];
                    ways.push(Way { choices, values });
                }
            }
        }
        let wedges: Vec<f64> =
            cases.iter().map(|c| c.effect.wedge).filter(|wedge| wedge.is_finite()).collect();
        let own: Vec<f64> = cases.iter().map(|case| 100.0 * case.own / case.effect.switched).collect();
        let sections = vec![Section::new(
            "What eats the gain up",
            vec![
                format!(
                    "{} industries; median price wedge on the domestic inputs at which real value added is what it was: \
                     {:+.0}% (quantities fixed; foreign users bear their part)",
                    cases.len(),
                    100.0 * median(&wedges).unwrap_or(f64::NAN)
                ),
                format!(
                    "of it for the industry itself, whose suppliers gain: median {:+.1}% of the inputs switched",
                    median(&own).unwrap_or(f64::NAN)
                ),
            ],
        )];
        let question = Arithmetic {
            card: self.card(),
            series,
            year: last.year,
            data,
            units: by_economy(&cases),
            predicted: Sign::Positive,
            bound: BOUND,
            estimate_unit: "percent of the inputs switched, gained in value added at fixed prices",
            spec: format!(
                "floor {:.0} points above the present domestic share of one manufacturing industry at a time; no wedge",
                100.0 * STEP
            ),
            dimensions: &["table", "industries", "floor above present"],
            ways,
            causal: true,
        };
        question.judge(options, sections, vec![("scenarios", frame(&cases))])
    }
}

/// Gain of all industries of an economy together, in per cent of the inputs switched.
fn by_economy(cases: &[Case]) -> Vec<(String, f64)> {
    let mut sums: Vec<(String, f64, f64)> = Vec::new();
    for case in cases {
        let (change, switched) = (case.effect.growth.change, case.effect.switched);
        match sums.last_mut().filter(|(name, ..)| *name == case.economy) {
            Some((_, gained, of)) => {
                *gained += change;
                *of += switched;
            }
            None => sums.push((case.economy.clone(), change, switched)),
        }
    }
    sums.into_iter().map(|(name, gained, of)| (name, 100.0 * gained / of)).collect()
}

/// Domestic share of the inputs of a row; nothing when it buys none.
fn domestic_share(model: &Model, row: usize) -> Option<f64> {
    let inputs = model.system().input_coefficients();
    let home = model.axis().block(model.axis().economy_of(row));
    let sum = |rows: std::ops::Range<usize>| rows.map(|i| inputs.get(i, row)).sum::<f64>();
    let all = sum(0..model.axis().n_rows());
    (all > 0.0).then(|| sum(home) / all)
}

fn cases(series: &Series, last: &SolvedYear, users: &[bool], step: f64) -> Result<Vec<Case>, ClaimError> {
    let (model, axis) = (&last.model, last.model.axis());
    let mut cases = Vec::new();
    for s in series.judged() {
        let economy = &series.economies[s];
        let Ok(position) = axis.find_economy(economy) else { continue };
        for (k, row) in axis.block(position).enumerate() {
            let sector = axis.sector_of(row);
            let Some(present) = domestic_share(model, row).filter(|_| users[sector]) else { continue };
            let floor = present + step;
            if floor > 1.0 || model.flows().gross_output()[row] <= 0.0 {
                continue;
            }
            let change = LocalContent {
                economy: economy.clone(),
                users: vec![series.sectors[sector].clone()],
                products: Vec::new(),
                floor,
                price_wedge: 0.0,
            };
            let effect = national_effect(model, position, &change);
            if let Some(effect) = where_it_applies(&series.name, effect)?
                && effect.switched > 0.0
            {
                let own = effect.by_row[k];
                let (economy, sector) = (economy.clone(), series.sectors[sector].clone());
                cases.push(Case { economy, sector, floor, effect, own });
            }
        }
    }
    Ok(cases)
}

fn frame(cases: &[Case]) -> Frame {
    let number = |of: &dyn Fn(&Case) -> f64| Column::Number(cases.iter().map(of).collect());
    let text = |of: &dyn Fn(&Case) -> String| Column::Text(cases.iter().map(|case| Some(of(case))).collect());
    Frame::new()
        .with("economy", Measure::Key, text(&|case| case.economy.clone()))
        .with("sector", Measure::Key, text(&|case| case.sector.clone()))
        .with("floor", Measure::Share, number(&|case| case.floor))
        .with("switched", Measure::Amount, number(&|case| case.effect.switched))
        .with("gain_percent", Measure::Pure, number(&Case::gain))
        .with("break_even_price_wedge", Measure::Share, number(&|case| case.effect.wedge))
}
