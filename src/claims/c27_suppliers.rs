//! C27: do diversified suppliers reduce exposure?
//!
//! Industries of all economies: growth of value added into the crisis year against the concentration of the foreign value
//! added they look through to. How much deeper exposure runs than face value is arithmetic and printed beside.

use super::association::{Cell, Observations, Place, Question};
use super::c26_linkages::{Fall, both, fall, falls, kept, with_crisis};
use super::data::{Series, WorldFacts};
use super::trends::percent;
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, cards};
use crate::stats::{Effects, Sign, median};

/// Points of value added for a tenth of the Herfindahl index.
const BOUND: f64 = 0.5;

/// C27.
#[derive(Debug)]
pub(super) struct Suppliers;

/// What is concentrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Value added by foreign origin, all tiers.
    LookThrough,
    /// Direct foreign inputs.
    FaceValue,
}

impl Claim for Suppliers {
    fn card(&self) -> &'static Card {
        &cards::C27
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match with_crisis(data, options) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let headline =
            Fall { net_of_predicted: true, without_mining: true, two_way: false, goods_only: false };
        let years = both(series, options)
            .map_or_else(String::new, |(before, after)| format!("{}-{}", before.year, after.year));
        let question = Question {
            card: self.card(),
            series,
            years,
            data,
            predicted: Sign::Negative,
            bound: BOUND,
            step: 0.1,
            estimate_unit: "points of value added in the crisis year, for 0.1 more of the suppliers' Herfindahl index",
            spec: "industries without mining, sector effects; net of what absorbers' demand predicts; foreign share held \
                   fixed"
                .into(),
            headline: observations(series, options, headline, Depth::LookThrough),
            dimensions: &["table", "suppliers", "outcome", "effects", "industries", "mining"],
            cells: cells(&all, options),
            causal: true,
        };
        let mut outcome = question.judge(options, |_| Ok(Vec::new()))?;
        outcome.argument.push(exposure(series));
        Ok(outcome)
    }
}

/// Foreign suppliers of a row by economy; zero for its own.
fn suppliers(facts: &WorldFacts, row: usize, depth: Depth) -> Vec<f64> {
    let own = facts.axis.economy_of(row);
    let source = match depth {
        Depth::LookThrough => &facts.value_added_by_origin,
        Depth::FaceValue => &facts.inputs_by_origin,
    };
    (0..facts.axis.n_economies()).map(|t| if t == own { 0.0 } else { source[(t, row)] }).collect()
}

/// (Herfindahl index among foreign suppliers, foreign part).
fn concentration(suppliers: &[f64]) -> (f64, f64) {
    let total: f64 = suppliers.iter().sum();
    (suppliers.iter().map(|value| (value / total).powi(2)).sum(), total)
}

fn observations(series: &Series, options: &ClaimOptions, choice: Fall, depth: Depth) -> Observations {
    let effects = if choice.two_way { Effects::TwoWay } else { Effects::Unit };
    let mut all = Observations::new(effects, &["concentration", "foreign share"]);
    let Some((before, after)) = both(series, options) else { return all };
    let (Some(old), Some(new)) = (&before.world, &after.world) else { return all };
    let outcome = fall(old, new, choice.net_of_predicted);
    for s in series.judged() {
        let Some(position) = series.on_axis(old, s) else { continue };
        let economy = &series.economies[s];
        for row in old.axis.block(position) {
            let sector = old.axis.sector_of(row);
            if !kept(series, sector, choice) {
                continue;
            }
            let (index, foreign) = concentration(&suppliers(old, row, depth));
            all.push(
                Place { unit: &series.sectors[sector], period: s as i32, cluster: economy },
                outcome[row],
                &[index, foreign],
            );
        }
    }
    all
}

fn cells(series: &[&Series], options: &ClaimOptions) -> Vec<Cell> {
    let mut cells = Vec::new();
    for one in series {
        for (depth, name) in [(Depth::LookThrough, "looked through"), (Depth::FaceValue, "face value")] {
            for (fall, words) in falls(one) {
                let choices: Vec<String> =
                    [one.name.as_str(), name].iter().chain(&words).map(|word| (*word).to_owned()).collect();
                cells.push(Cell { choices, observations: observations(one, options, fall, depth) });
            }
        }
    }
    cells
}

/// Largest single foreign supplier of manufactures, at face value and looked through, first and last year.
fn exposure(series: &Series) -> Section {
    let mut lines = Vec::new();
    for facts in [series.years.first(), series.years.last()].into_iter().flatten() {
        let Some(world) = &facts.world else { continue };
        let mut tops: [Vec<f64>; 2] = Default::default();
        let mut leaders: Vec<(usize, usize)> = Vec::new();
        for s in series.judged() {
            let Some(position) = series.on_axis(world, s) else { continue };
            let rows =
                world.axis.block(position).filter(|&row| series.map.manufactures[world.axis.sector_of(row)]);
            for row in rows.filter(|&row| world.gross_output[row] > 0.0) {
                for (depth, into) in [Depth::FaceValue, Depth::LookThrough].into_iter().zip(&mut tops) {
                    into.push(suppliers(world, row, depth).into_iter().fold(0.0, f64::max));
                }
                let deep = suppliers(world, row, Depth::LookThrough);
                let best = (0..deep.len()).fold(0, |best, t| if deep[t] > deep[best] { t } else { best });
                match leaders.iter_mut().find(|(t, _)| *t == best) {
                    Some((_, count)) => *count += 1,
                    None => leaders.push((best, 1)),
                }
            }
        }
        leaders.sort_by_key(|(t, count)| (std::cmp::Reverse(*count), *t));
        let all = tops[0].len();
        let names: Vec<String> = leaders
            .iter()
            .take(4)
            .map(|(t, count)| format!("{} of {count}", world.axis.economies()[*t]))
            .collect();
        let [face, deep] = tops.map(|values| median(&values).unwrap_or(f64::NAN));
        lines.push(format!(
            "{}: median largest foreign supplier of {all} industries {} of output at face value, {} looked through; \
             largest: {}",
            facts.year,
            percent(face),
            percent(deep),
            names.join(", ")
        ));
    }
    Section::new("Exposure of manufactures to their largest foreign supplier", lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_supplier_is_all_concentration_and_four_equal_ones_a_quarter() {
        assert!((concentration(&[0.0, 0.3, 0.0]).0 - 1.0).abs() < 1e-15);
        let (index, total) = concentration(&[0.1, 0.1, 0.1, 0.1]);
        assert!((index - 0.25).abs() < 1e-15 && (total - 0.4).abs() < 1e-15);
    }
}
