//! C23: can opening for intermediates contract income?
//!
//! The scenario of the ledger: a tenth of the domestic manufactured inputs of each economy in turn is imported instead, its
//! exports and final demand held. That income *can* fall is arithmetic and is computed, with the growth of exports and the
//! price of the new inputs that would make it good; whether it *does* is a causal question (D4).

use super::arithmetic::{Arithmetic, Way, solved, where_it_applies};
use super::data::{Series, SolvedYear};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, cards};
use crate::frame::{Column, Frame, Measure};
use crate::scenario::{NationalEffect, Sourcing, Towards, national_effect};
use crate::stats::{Sign, median};

/// Percent of value added that is worth a word.
const BOUND: f64 = 0.25;
/// Share of domestic manufactured inputs that is switched.
const SHARE: f64 = 0.1;

/// C23.
#[derive(Debug)]
pub(super) struct Opening;

impl Claim for Opening {
    fn card(&self) -> &'static Card {
        &cards::C23
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
        let effects = effects(series, last, true, SHARE)?;
        let mut ways = Vec::new();
        for &(series, last) in &all {
            for (manufactures, name) in [(true, "manufactures"), (false, "all products")] {
                for share in [0.05, SHARE, 0.2] {
                    let values = self::effects(series, last, manufactures, share)?
                        .iter()
                        .map(|(_, e)| loss(e))
                        .collect();
                    let choices =
                        vec![series.name.clone(), name.to_owned(), format!("{:.0}%", 100.0 * share)];
                    ways.push(Way { choices, values });
                }
            }
        }
        let middle = |of: &dyn Fn(&NationalEffect) -> f64| {
            let values: Vec<f64> =
                effects.iter().map(|(_, effect)| of(effect)).filter(|value| value.is_finite()).collect();
            median(&values).unwrap_or(f64::NAN)
        };
        let wedge = middle(&|effect| effect.wedge);
        let sections = vec![Section::new(
            "What would make it good",
            vec![
                format!(
                    "median growth of all exports that breaks even: {:+.2}%; median price of the new inputs that does: \
                     {:+.1}%{}",
                    100.0 * middle(&|effect| effect.growth.growth),
                    100.0 * wedge,
                    if wedge < -1.0 { " (not even for nothing)" } else { "" }
                ),
                "fixed prices, idle factors and no substitution: an upper bound; `vadex scenario c23-opening` adds what \
                 foreign suppliers buy back"
                    .into(),
            ],
        )];
        let question = Arithmetic {
            card: self.card(),
            series,
            year: last.year,
            data,
            units: effects.iter().map(|(name, effect)| (name.clone(), loss(effect))).collect(),
            predicted: Sign::Negative,
            bound: BOUND,
            estimate_unit: "percent of value added at fixed prices, exports held",
            spec: format!(
                "{:.0}% of domestic manufactured inputs imported; that it can fall is arithmetic, that it does is not shown",
                100.0 * SHARE
            ),
            dimensions: &["table", "products", "share switched"],
            ways,
            causal: true,
        };
        question.judge(options, sections, vec![("scenarios", frame(&effects))])
    }
}

/// Change of value added in per cent.
fn loss(effect: &NationalEffect) -> f64 {
    100.0 * effect.growth.change / effect.growth.value_added
}

fn effects(
    series: &Series,
    last: &SolvedYear,
    manufactures: bool,
    share: f64,
) -> Result<Vec<(String, NationalEffect)>, ClaimError> {
    let products: Vec<String> = (0..series.sectors.len())
        .filter(|&k| !manufactures || series.map.manufactures[k])
        .map(|k| series.sectors[k].clone())
        .collect();
    let mut effects = Vec::new();
    for s in series.judged() {
        let economy = series.economies[s].clone();
        let Ok(position) = last.model.axis().find_economy(&economy) else { continue };
        let change = Sourcing {
            economy: economy.clone(),
            products: products.clone(),
            users: Vec::new(),
            partners: Vec::new(),
            towards: Towards::Imports,
            share,
            price_wedge: 0.0,
        };
        let effect = national_effect(&last.model, position, &change);
        if let Some(effect) = where_it_applies(&series.name, effect)? {
            effects.push((economy, effect));
        }
    }
    Ok(effects)
}

fn frame(effects: &[(String, NationalEffect)]) -> Frame {
    let number = |of: &dyn Fn(&NationalEffect) -> f64| {
        Column::Number(effects.iter().map(|(_, effect)| of(effect)).collect())
    };
    let names = effects.iter().map(|(name, _)| Some(name.clone())).collect();
    Frame::new()
        .with("economy", Measure::Key, Column::Text(names))
        .with("switched", Measure::Amount, number(&|effect| effect.switched))
        .with("value_added_percent", Measure::Pure, number(&loss))
        .with("break_even_export_growth", Measure::Share, number(&|effect| effect.growth.growth))
        .with("break_even_price_wedge", Measure::Share, number(&|effect| effect.wedge))
}
