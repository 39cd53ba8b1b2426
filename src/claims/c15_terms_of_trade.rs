//! C15: do the terms of trade of labour-intensive exporters fall since 2000?
//!
//! A table at the prices of its year and the same at those of the year before (`--prices`) tell by how much the prices of what
//! an economy sells and buys abroad have changed in that year; the changes are chained from 2000 on.
//!
//! ```text
//! P_t = P_t-1 Σ_i e_i,t / Σ_i e'_i,t                     e' exports at last year's prices; the same of imports m
//! net barter   N_t = P^E_t / P^M_t                       income   N_t times the volume of exports = E_t / P^M_t
//! value added  Σ_{i in s} T_i / Σ_{i in s} T_i w_i   over   Σ_{i not in s} T_is / Σ_{i not in s} T_is w_i,   w_i = W'_i / W_i
//! ```
//! The index of one year is Paasche's: the quantities are those of the later year, with every origin and every product of its
//! own, and nothing has to be matched from year to year. It is the deflator that belongs to volumes at last year's prices
//! (System of National Accounts 2008, chapter 15). Fisher's, which needs the price of each product, stands beside it in the
//! specifications.
//!
//! T_ir is the value added of row i that r absorbs, v_i (B Y)_ir, and W' value added by double deflation: the price of own value
//! added absorbed abroad against that of foreign value added absorbed at home. Where all buyers of a row pay one price,
//! T_ir w_i is what the solved table of last year's prices gives, v'_i (B' Y')_ir, so that no second table is solved.
//!
//! Labour-intensive exporters are those with a comparative advantage in value added (above one) in textiles, clothing, leather,
//! furniture and other manufactures, in the first year: who they are does not depend on what came after.

use std::ops::Range;

use super::account::NationalAccount;
use super::data::{ClaimData, Series, WorldFacts, YearFacts};
use super::path::Path;
use super::study::FEWEST_YEARS;
use super::trends::{TrendQuestion, Variant, calm, defined, trend_of, worlds};
use super::verdict::unless_above_zero;
use super::{
    Card, Claim, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches, cards,
    groups, measures,
};
use crate::stats::{Interval, Sign, median};

/// Percent a year: five percent in a decade. UNCTAD (2016) has 0.6 for developing economies, 1.1 for exporters of manufactures.
const BOUND: f64 = 0.5;

/// The claim is of the years from here on.
const SINCE: i32 = 2000;

const WANTED: &str = "would need tables in previous-year prices, or value-added deflators by industry (`vadex claims C15 \
                      --table DIR --prices DIR` reads such tables, `vadex deflate` makes them from price indices)";

/// Prices of a year that is not known.
const UNKNOWN: (f64, f64) = (f64::NAN, f64::NAN);

/// C15.
#[derive(Debug)]
pub(super) struct TermsOfTrade;

/// How the prices of one year become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Index {
    Paasche,
    Fisher,
}

/// Whose terms of trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exporters {
    LabourIntensive,
    /// By textiles and leather alone.
    Textiles,
    /// The labour-intensive ones of the South.
    South,
}

/// A series with its longest run of price tables since 2000.
#[derive(Debug)]
struct Priced<'a> {
    series: &'a Series,
    /// Positions of the years; of the first one no price table is needed.
    span: Range<usize>,
}

impl Index {
    const fn name(self) -> &'static str {
        match self {
            Self::Paasche => "Paasche",
            Self::Fisher => "Fisher",
        }
    }

    /// Change of the price of some products: from their flows of the year before, those of the year at the prices of the year
    /// before, and those of the year.
    fn of(self, products: &[bool], before: &[f64], volume: &[f64], now: &[f64]) -> f64 {
        let chosen: Vec<usize> = (0..products.len()).filter(|&i| products[i]).collect();
        let sum = |rows: &[usize], of: &dyn Fn(usize) -> f64| rows.iter().map(|&i| of(i)).sum::<f64>();
        let paasche = sum(&chosen, &|i| now[i]) / sum(&chosen, &|i| volume[i]);
        if self == Self::Paasche {
            return paasche;
        }
        // What is traded no more has no price of this year.
        let priced: Vec<usize> = chosen.into_iter().filter(|&i| now[i] > 0.0 && volume[i] > 0.0).collect();
        let laspeyres = sum(&priced, &|i| before[i] * now[i] / volume[i]) / sum(&priced, &|i| before[i]);
        (paasche * laspeyres).sqrt()
    }
}

impl Exporters {
    const fn name(self) -> &'static str {
        match self {
            Self::LabourIntensive => "labour-intensive manufactures",
            Self::Textiles => "textiles and leather alone",
            Self::South => "of the South",
        }
    }
}

impl Claim for TermsOfTrade {
    fn card(&self) -> &'static Card {
        &cards::C15
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let without = |why: &str| Ok(Outcome::without_data(self.card(), why));
        if !data.series.iter().any(has_prices) {
            return without(WANTED);
        }
        let (all, used) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return without(&why),
        };
        let mut found = Vec::new();
        let mut reasons = Vec::new();
        for series in all {
            match Priced::of(series) {
                Ok(priced) => found.push(priced),
                Err(why) => reasons.push(why),
            }
        }
        let Some(priced) = found.first() else { return without(&reasons.join("; ")) };
        let series = priced.series;
        let goods = goods(series);
        let (names, paths) = priced.paths(&priced.members(Exporters::LabourIntensive), &goods);
        let (other_names, others) = priced.paths(&priced.others(), &goods);
        if names.is_empty() || other_names.is_empty() {
            let why = format!(
                "{}: needs textiles, clothing, leather, furniture or other manufactures among the sectors, economies with a \
                 comparative advantage in them and others; it has {} and {}",
                series.name,
                names.len(),
                other_names.len()
            );
            return without(&why);
        }
        if measures::no_price_moves(series) {
            let still = measures::NO_PRICE_MOVES;
            return without(&format!("{}: {still}; would need tables in previous-year prices", series.name));
        }
        let quiet = calm(&paths[..1], options)[0].years.len();
        if quiet < FEWEST_YEARS {
            return without(&format!(
                "{}: {quiet} years without crises, the test needs {FEWEST_YEARS}",
                series.name
            ));
        }
        let base = paths[0].years[0];
        let conditions = priced.conditions(&paths, &others, options)?;
        let section = priced.section(&names, &paths, &other_names, &others, &goods);
        let question = TrendQuestion {
            card: self.card(),
            series,
            data: used,
            units: names,
            unit_word: "economies",
            paths,
            predicted: Sign::Negative,
            bound: BOUND,
            bound_words: "five percent in a decade",
            estimate_unit: "percent a year, net barter terms of trade",
            spec: format!(
                "{}, chained Paasche indices; economies with a comparative advantage in value added in labour-intensive \
                 manufactures in {base}",
                if branches::any(&branches::goods(&series.sectors)) { "goods" } else { "goods and services" }
            ),
            dimensions: &["table", "terms", "index", "products", "exporters"],
            variants: found.iter().flat_map(Priced::variants).collect(),
            level: |log| format!("index {:.3}", log.exp()),
            causal: false,
        };
        let mut outcome = question.judge(options, conditions)?;
        // After the headline.
        let after = outcome.argument.len().min(1);
        outcome.argument.insert(after, section);
        Ok(outcome)
    }
}

/// Is there a year of the series with a table at the prices of the year before?
fn has_prices(series: &Series) -> bool {
    series.years.iter().any(|facts| facts.previous_year_prices.is_some())
}

/// Agriculture, mining and manufactures; everything where the labels do not tell them.
fn goods(series: &Series) -> Vec<bool> {
    let goods = branches::goods(&series.sectors);
    if branches::any(&goods) { goods } else { vec![true; series.sectors.len()] }
}

/// Exports by product.
fn exports(account: &NationalAccount) -> Vec<f64> {
    account.exports.clone()
}

/// Imports by product, of all origins, for every use.
fn imports(account: &NationalAccount) -> Vec<f64> {
    (0..account.n_sectors()).map(|i| account.imported_use.row(i).sum() + account.imported_final[i]).collect()
}

/// Value added of each row at the prices of the year before, over the same at its own; NaN for economies that are not in
/// every year. Nothing without a price table.
fn volumes_of_value_added(series: &Series, facts: &YearFacts) -> Option<Vec<f64>> {
    let (world, old_prices) = (facts.world.as_ref()?, facts.previous_year_prices.as_ref()?);
    let axis = &world.axis;
    let mut volumes = vec![f64::NAN; axis.n_rows()];
    for s in 0..series.economies.len() {
        let (now, then) = (facts.accounts[s].value_added(), old_prices[s].value_added());
        for row in axis.block(series.on_axis(world, s)?) {
            let sector = axis.sector_of(row);
            volumes[row] = then[sector] / now[sector];
        }
    }
    Some(volumes)
}

/// Mean over economies, year by year.
fn mean(paths: &[Path]) -> Vec<f64> {
    let years = paths.first().map_or(0, |path| path.share.len());
    (0..years).map(|t| paths.iter().map(|path| path.share[t]).sum::<f64>() / paths.len() as f64).collect()
}

/// Percent a year from the first to the last year.
fn growth(path: &Path) -> f64 {
    let last = path.years.len() - 1;
    100.0 * (path.share[last] - path.share[0]) / f64::from(path.years[last] - path.years[0])
}

/// Are the prices of every year known?
fn is_known(path: &Path) -> bool {
    defined(path) && path.part.iter().chain(&path.whole).all(|price| *price > 0.0)
}

impl<'a> Priced<'a> {
    /// The longest run of years since 2000 in which every year but the first has a price table; why it is too short.
    fn of(series: &'a Series) -> Result<Self, String> {
        let n = series.years.len();
        let from = series.years.iter().position(|facts| facts.year >= SINCE).unwrap_or(n);
        let (mut span, mut start) = (from..from, from);
        for t in from..n {
            if t > start && series.years[t].previous_year_prices.is_none() {
                start = t;
            }
            if t + 1 - start > span.len() {
                span = start..t + 1;
            }
        }
        if span.len() < FEWEST_YEARS {
            return Err(format!(
                "{}: {} years in a row since {SINCE} with tables in previous-year prices, the test needs {FEWEST_YEARS}",
                series.name,
                span.len()
            ));
        }
        Ok(Self { series, span })
    }

    /// World facts of the first year.
    fn base(&self) -> Option<&'a WorldFacts> {
        self.series.years[self.span.start].world.as_ref()
    }

    /// Comparative advantage of each judged economy in value added in exports, in some sectors, in the first year.
    ///
    /// ```text
    /// q_i = v_i (B e_s)_i       RCA_s = (Σ_{i in s, C} q_i / Σ_{i in s} q_i) / (Σ_{i in C} q_i / Σ_i q_i)
    /// ```
    fn advantages(&self, sectors: &[bool]) -> Vec<(usize, f64)> {
        let Some(facts) = self.base() else { return Vec::new() };
        let axis = &facts.axis;
        let income =
            |row: usize| facts.value_added_share[row] * facts.output_by_exporter[(row, axis.economy_of(row))];
        // (in the sectors, in all) of one economy on the axis.
        let sums = |s: usize| -> (f64, f64) {
            let inside = axis.block(s).filter(|&row| sectors[axis.sector_of(row)]).map(income).sum();
            (inside, axis.block(s).map(income).sum())
        };
        let world = (0..axis.n_economies()).map(sums).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        self.series
            .judged()
            .into_iter()
            .filter_map(|s| {
                let (inside, all) = sums(self.series.on_axis(facts, s)?);
                Some((s, inside / all / (world.0 / world.1)))
            })
            .collect()
    }

    /// Labour-intensive exporters in one of the ways.
    fn members(&self, exporters: Exporters) -> Vec<usize> {
        let sectors = match exporters {
            Exporters::LabourIntensive | Exporters::South => branches::labour_intensive(&self.series.sectors),
            Exporters::Textiles => branches::without(
                &branches::specialised(&self.series.sectors),
                &branches::assembled(&self.series.sectors),
            ),
        };
        let south = self.base().map(groups::south).unwrap_or_default();
        let southern = |s: usize| {
            let position = self.base().and_then(|facts| self.series.on_axis(facts, s));
            position.is_some_and(|position| south[position] == Some(true))
        };
        self.advantages(&sectors)
            .into_iter()
            .filter(|(s, advantage)| *advantage > 1.0 && (exporters != Exporters::South || southern(*s)))
            .map(|(s, _)| s)
            .collect()
    }

    /// The judged economies that are no labour-intensive exporters.
    fn others(&self) -> Vec<usize> {
        let members = self.members(Exporters::LabourIntensive);
        self.series.judged().into_iter().filter(|s| !members.contains(s)).collect()
    }

    /// A path of logarithms, zero in the first year, from the changes of two prices in each year; the prices are its part and
    /// its whole.
    fn chained(&self, change: impl Fn(usize) -> (f64, f64)) -> Path {
        let mut prices = (1.0, 1.0);
        let mut cells = vec![prices];
        for t in self.span.start + 1..self.span.end {
            let (sold, bought) = change(t);
            prices = (prices.0 * sold, prices.1 * bought);
            cells.push(prices);
        }
        let years: Vec<i32> = self.series.years[self.span.clone()].iter().map(|facts| facts.year).collect();
        let mut path = Path::of_cells(&years, &cells);
        for share in &mut path.share {
            *share = share.ln();
        }
        path
    }

    /// Net barter terms of trade of one economy.
    fn net_barter(&self, s: usize, products: &[bool], index: Index) -> Path {
        self.chained(|t| {
            let (before, facts) = (&self.series.years[t - 1], &self.series.years[t]);
            let Some(old_prices) = &facts.previous_year_prices else { return UNKNOWN };
            let change = |flows: fn(&NationalAccount) -> Vec<f64>| {
                let [before, volume, now] =
                    [&before.accounts[s], &old_prices[s], &facts.accounts[s]].map(flows);
                index.of(products, &before, &volume, &now)
            };
            (change(exports), change(imports))
        })
    }

    /// Price of own value added that is absorbed abroad against that of foreign value added that is absorbed at home, of each
    /// of some economies; value added of the sectors in `origin`.
    fn in_value_added(&self, economies: &[usize], origin: &[bool]) -> Vec<Path> {
        let volumes: Vec<Option<Vec<f64>>> = self.series.years[self.span.clone()]
            .iter()
            .map(|facts| volumes_of_value_added(self.series, facts))
            .collect();
        let path = |s: usize| {
            self.chained(|t| {
                let (Some(world), Some(volumes)) =
                    (&self.series.years[t].world, &volumes[t - self.span.start])
                else {
                    return UNKNOWN;
                };
                let Some(home) = self.series.on_axis(world, s) else { return UNKNOWN };
                let axis = &world.axis;
                // (at its own prices, at those of the year before)
                let (mut sold, mut bought) = ((0.0, 0.0), (0.0, 0.0));
                for row in (0..axis.n_rows()).filter(|&row| origin[axis.sector_of(row)]) {
                    let absorbed = world.output_by_absorber.row(row);
                    let own = axis.economy_of(row) == home;
                    let output = if own { absorbed.sum() - absorbed[home] } else { absorbed[home] };
                    let value_added = world.value_added_share[row] * output;
                    if value_added == 0.0 || !volumes[row].is_finite() {
                        continue;
                    }
                    let side = if own { &mut sold } else { &mut bought };
                    *side = (side.0 + value_added, side.1 + value_added * volumes[row]);
                }
                (sold.0 / sold.1, bought.0 / bought.1)
            })
        };
        economies.iter().map(|&s| path(s)).filter(is_known).collect()
    }

    /// Headline paths of some economies, and their names; without those whose prices are not known in some year.
    fn paths(&self, economies: &[usize], products: &[bool]) -> (Vec<String>, Vec<Path>) {
        economies
            .iter()
            .map(|&s| (self.series.economies[s].clone(), self.net_barter(s, products, Index::Paasche)))
            .filter(|(_, path)| is_known(path))
            .unzip()
    }

    /// Every way of measuring.
    fn variants(&self) -> Vec<Variant> {
        let series = self.series;
        let all = vec![true; series.sectors.len()];
        let headline = goods(series);
        let mut products = vec![("goods and services", all.clone())];
        if headline != all {
            products.insert(0, ("goods", headline.clone()));
        }
        if series.map.knows_mining() {
            products.push(("without mining", branches::without(&headline, &series.map.mining)));
        }
        if branches::any(&series.map.manufactures) {
            products.push(("manufactures", series.map.manufactures.clone()));
        }
        let mut origins = vec![("goods and services", all)];
        if series.map.knows_mining() {
            origins.push(("without mining", measures::not_mining(series)));
        }
        let mut variants = Vec::new();
        let mut push = |choices: [&str; 4], paths: Vec<Path>| {
            if !paths.is_empty() {
                variants.push(Variant::new(series, &choices, paths));
            }
        };
        let mut seen: Vec<Vec<usize>> = Vec::new();
        for exporters in [Exporters::LabourIntensive, Exporters::Textiles, Exporters::South] {
            let members = self.members(exporters);
            // The same economies chosen in another way are no other way of measuring.
            if seen.contains(&members) {
                continue;
            }
            for (name, products) in &products {
                for index in [Index::Paasche, Index::Fisher] {
                    let paths = members
                        .iter()
                        .map(|&s| self.net_barter(s, products, index))
                        .filter(is_known)
                        .collect();
                    push(["net barter", index.name(), name, exporters.name()], paths);
                }
            }
            for (name, origin) in &origins {
                let paths = self.in_value_added(&members, origin);
                push(["value added", Index::Paasche.name(), name, exporters.name()], paths);
            }
            seen.push(members);
        }
        variants
    }

    /// Rival explanations: everybody's terms fall; it is the price of raw materials; it is that of inputs that pass through.
    fn conditions(
        &self,
        paths: &[Path],
        others: &[Path],
        options: &ClaimOptions,
    ) -> Result<Vec<Condition>, ClaimError> {
        let series = self.series;
        let told = |value: f64, interval: Interval| {
            format!("{value:+.3} [{:+.3}, {:+.3}] percent a year", interval.low, interval.high)
        };
        let turned = |interval: Interval| Interval::new(-interval.high, -interval.low);
        let (group, rest) = (mean(paths), mean(others));
        let gap = Path {
            share: group.iter().zip(&rest).map(|(own, other)| own - other).collect(),
            ..paths[0].clone()
        };
        let (value, interval) = trend_of(&[gap], options, "C15 against others")?;
        let mut conditions = vec![Condition {
            name: "they fall against those of other economies".into(),
            holds: interval.high < 0.0,
            found: format!(
                "mean of {} less mean of {}: {}",
                paths.len(),
                others.len(),
                told(value, interval)
            ),
            otherwise: unless_above_zero(turned(interval)),
        }];
        let members = self.members(Exporters::LabourIntensive);
        if series.map.knows_mining() {
            let (_, paths) = self.paths(&members, &branches::without(&goods(series), &series.map.mining));
            if !paths.is_empty() {
                let (value, interval) = trend_of(&paths, options, "C15 without mining")?;
                conditions.push(Condition {
                    name: "they fall without mining products, too".into(),
                    holds: interval.high < 0.0,
                    found: format!("median of {}: {}", paths.len(), told(value, interval)),
                    otherwise: Verdict::Undetermined(if value > 0.0 {
                        Reason::SignFlips
                    } else {
                        Reason::Power
                    }),
                });
            }
        }
        let name = "the price of own value added falls against that of the foreign value added absorbed";
        let paths = self.in_value_added(&members, &vec![true; series.sectors.len()]);
        if paths.is_empty() {
            conditions.push(Condition {
                name: name.into(),
                holds: false,
                found: "value added at the prices of the year before is not positive in some year".into(),
                otherwise: Verdict::Undetermined(Reason::Data),
            });
            return Ok(conditions);
        }
        let (value, interval) = trend_of(&paths, options, "C15 in value added")?;
        conditions.push(Condition {
            name: name.into(),
            holds: interval.high < 0.0,
            found: format!("median of {}: {}", paths.len(), told(value, interval)),
            otherwise: Verdict::Undetermined(if value > 0.0 { Reason::SignFlips } else { Reason::Power }),
        });
        Ok(conditions)
    }

    /// Who they are, and the three terms of trade from the first to the last year beside those of others.
    fn section(
        &self,
        names: &[String],
        paths: &[Path],
        other_names: &[String],
        others: &[Path],
        products: &[bool],
    ) -> Section {
        let series = self.series;
        let sectors = branches::labour_intensive(&series.sectors);
        let listed: Vec<&str> = (series.sectors.iter().zip(&sectors))
            .filter(|(_, is)| **is)
            .map(|(label, _)| label.as_str())
            .collect();
        let advantages = self.advantages(&sectors);
        let who: Vec<String> = names
            .iter()
            .filter_map(|name| {
                let (_, advantage) = advantages.iter().find(|(s, _)| series.economies[*s] == *name)?;
                Some(format!("{name} {advantage:.2}"))
            })
            .collect();
        let positions = |names: &[String]| -> Vec<usize> {
            names.iter().filter_map(|name| series.economies.iter().position(|other| other == name)).collect()
        };
        let middle = |values: Vec<f64>| median(&values).unwrap_or(f64::NAN);
        let net_barter = |paths: &[Path]| middle(paths.iter().map(growth).collect());
        let income = |names: &[String], paths: &[Path]| {
            let of = |(s, path): (usize, &Path)| {
                let bought = |t: usize| -> f64 {
                    let exports = &series.years[self.span.start + t].accounts[s].exports;
                    let sold = exports.iter().zip(products).filter(|(_, is)| **is).map(|(value, _)| value);
                    sold.sum::<f64>() / path.whole[t]
                };
                let last = path.years.len() - 1;
                100.0 * (bought(last) / bought(0)).ln() / f64::from(path.years[last] - path.years[0])
            };
            middle(positions(names).into_iter().zip(paths).map(of).collect())
        };
        let everything = vec![true; series.sectors.len()];
        let in_value_added = |names: &[String]| {
            let paths = self.in_value_added(&positions(names), &everything);
            middle(paths.iter().map(growth).collect())
        };
        let line = |word: &str, own: f64, other: f64| {
            format!("{word}: {own:+.2}% a year, of other economies {other:+.2}%")
        };
        let base = paths[0].years[0];
        Section::new(
            "Who they are, and their terms of trade",
            vec![
                format!(
                    "labour-intensive manufactures in this table: {}; comparative advantage of their exporters in {base}: {}",
                    listed.join(" "),
                    who.join(", ")
                ),
                format!("others: {}", other_names.join(" ")),
                line("net barter, first to last year, median", net_barter(paths), net_barter(others)),
                line("income terms of trade", income(names, paths), income(other_names, others)),
                line("in value added", in_value_added(names), in_value_added(other_names)),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fisher_lies_between_the_weights_of_the_two_years() {
        // Prices double and stay; quantities 3 and 1 before, 1 and 2 now.
        let (before, volume, now) = ([3.0, 1.0], [1.0, 2.0], [2.0, 2.0]);
        let both = [true, true];
        let (paasche, laspeyres) = (4.0 / 3.0, 7.0 / 4.0_f64);
        assert!((Index::Paasche.of(&both, &before, &volume, &now) - paasche).abs() < 1e-15);
        let fisher = Index::Fisher.of(&both, &before, &volume, &now);
        assert!((fisher - (paasche * laspeyres).sqrt()).abs() < 1e-15);
        // One product: its price, however weighted; none that is sold: not known.
        assert!((Index::Fisher.of(&[true, false], &before, &volume, &now) - 2.0).abs() < 1e-15);
        assert!(Index::Fisher.of(&[true, false], &before, &[0.0, 2.0], &[0.0, 2.0]).is_nan());
    }
}
