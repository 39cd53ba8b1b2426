//! C29: is value added more volatile where participation is higher?
//!
//! Industries of all economies: standard deviation over the years of the growth of value added, against the foreign share
//! of inputs in all tiers (backward) and the part of value added that goes into others' exports (forward), both means over
//! the years. Economy effects take out exchange rates, which move all industries of an economy together.

use super::association::{Cell, Observations, Place, Question, wild_p};
use super::data::Series;
use super::measures::row_in_exports_of_others;
use super::study::FEWEST_YEARS;
use super::trends::worlds;
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, cards,
};
use crate::stats::{Effects, Sign, seed_for};

/// Points of standard deviation for ten points of foreign share.
const BOUND: f64 = 0.25;

/// C29.
#[derive(Debug)]
pub(super) struct Volatility;

#[derive(Debug, Clone, Copy)]
struct Way {
    two_way: bool,
    without_mining: bool,
    goods_only: bool,
    with_crisis: bool,
    cut: usize,
}

impl Claim for Volatility {
    fn card(&self) -> &'static Card {
        &cards::C29
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let headline =
            Way { two_way: true, without_mining: true, goods_only: false, with_crisis: true, cut: 0 };
        let (first, last) = series.span();
        let question = Question {
            card: self.card(),
            series,
            years: format!("{first}-{last}"),
            data,
            predicted: Sign::Positive,
            bound: BOUND,
            step: 10.0,
            estimate_unit: "points of the standard deviation of growth, for ten points of foreign share",
            spec:
                "industries without mining, all years, sector and economy effects, forward share held fixed"
                    .into(),
            headline: observations(series, options, headline),
            dimensions: &["table", "effects", "industries", "mining", "crisis", "end year"],
            cells: cells(&all, options),
            causal: true,
        };
        let mut outcome = question.judge(options, |fit| {
            let forward = fit.estimate(1);
            let interval = forward.interval(super::study::LEVEL)?;
            let p = wild_p(fit, "forward share", Sign::Positive, seed_for(options.seed, "C29 forward"))?;
            Ok(vec![Condition {
                name: "volatility rises with forward participation too".into(),
                holds: interval.low > 0.0,
                found: format!(
                    "{:+.3} [{:+.3}, {:+.3}] points for ten points of value added in others' exports, p {p:.4}",
                    10.0 * forward.value,
                    10.0 * interval.low,
                    10.0 * interval.high
                ),
                otherwise: Verdict::Undetermined(if forward.value < 0.0 {
                    Reason::SignFlips
                } else {
                    Reason::Power
                }),
            }])
        })?;
        outcome.argument.push(Section::new(
            "Reading",
            vec![
                "the crisis is in the headline: it is the shock that was transmitted; the curve leaves it out".into(),
                "small industries are volatile and import much: size is not held fixed beyond the effects".into(),
            ],
        ));
        Ok(outcome)
    }
}

fn observations(series: &Series, options: &ClaimOptions, way: Way) -> Observations {
    let effects = if way.two_way { Effects::TwoWay } else { Effects::Unit };
    let mut all = Observations::new(effects, &["foreign share", "forward share"]);
    let kept: Vec<_> = series
        .years
        .iter()
        .take(series.years.len() - way.cut)
        .filter(|facts| way.with_crisis || !options.crisis_years.contains(&facts.year))
        .filter_map(|facts| Some((facts.year, facts.world.as_ref()?)))
        .collect();
    let Some(&(_, first)) = kept.first() else { return all };
    if kept.iter().any(|(_, world)| world.axis != first.axis) {
        return all;
    }
    for s in series.judged() {
        let Some(position) = series.on_axis(first, s) else { continue };
        let economy = &series.economies[s];
        for row in first.axis.block(position) {
            let sector = first.axis.sector_of(row);
            if (way.without_mining && series.map.mining[sector])
                || (way.goods_only && !series.map.manufactures[sector])
            {
                continue;
            }
            let added: Vec<f64> =
                kept.iter().map(|(_, w)| w.value_added_share[row] * w.gross_output[row]).collect();
            if added.iter().any(|value| *value <= 0.0) {
                continue;
            }
            // Growth over neighbouring years only.
            let growth: Vec<f64> = kept
                .windows(2)
                .zip(added.windows(2))
                .filter(|(years, _)| years[1].0 - years[0].0 == 1)
                .map(|(_, pair)| 100.0 * (pair[1] / pair[0]).ln())
                .collect();
            let mean = |of: &dyn Fn(usize) -> f64| (0..kept.len()).map(of).sum::<f64>() / kept.len() as f64;
            let backward = mean(&|t| {
                let content = kept[t].1.value_added_by_origin.column(row);
                100.0 * (content.sum() - content[position])
            });
            let forward = mean(&|t| {
                let world = kept[t].1;
                100.0 * row_in_exports_of_others(world, position, row) / world.gross_output[row]
            });
            all.push(
                Place { unit: &series.sectors[sector], period: s as i32, cluster: economy },
                standard_deviation(&growth),
                &[backward, forward],
            );
        }
    }
    all
}

fn standard_deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

fn cells(series: &[&Series], options: &ClaimOptions) -> Vec<Cell> {
    let mut cells = Vec::new();
    for one in series {
        for two_way in [true, false] {
            for goods_only in [false, true] {
                for (without_mining, mining) in super::measures::mining_choices(one) {
                    for with_crisis in [true, false] {
                        for cut in 0..=2 {
                            let choices = [
                                one.name.as_str(),
                                if two_way { "sector and economy" } else { "sector" },
                                if goods_only { "manufactures" } else { "all" },
                                mining,
                                if with_crisis { "with" } else { "without" },
                                ["last", "last - 1", "last - 2"][cut],
                            ];
                            let way = Way { two_way, without_mining, goods_only, with_crisis, cut };
                            cells.push(Cell {
                                choices: choices.iter().map(|word| (*word).to_owned()).collect(),
                                observations: observations(one, options, way),
                            });
                        }
                    }
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviation_of_one_to_four() {
        // np.std([1, 2, 3, 4], ddof=1)
        assert!((standard_deviation(&[1.0, 2.0, 3.0, 4.0]) - 1.290_994_448_735_805_6).abs() < 1e-15);
    }
}
