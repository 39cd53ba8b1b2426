//! C36: does labour productivity converge within manufacturing, and does reallocation between industries help?
//!
//! Value added at the prices of the year before (`--prices`) over persons engaged, industry by industry. Growth of a year is
//!
//! ```text
//! g_t = ln(W'_t / W_t-1) − ln(n_t / n_t-1)     W'_t value added of t at the prices of t − 1, W_t-1 at its own; n persons
//! ```
//! Its mean over the years against the logarithm of productivity in the first one, with an effect for each industry and errors
//! clustered by economy, is unconditional convergence as Rodrik (2013) estimates it; he takes dollars of each year and lets the
//! effects of industries stand for prices, which is one of the specifications here. Growth of a whole economy is taken apart
//! into what grows within industries and what workers bring who change them. The employment share of manufactures against
//! income is described.
//!
//! An error in the first year's figure makes productivity look low there and growth high: convergence by itself. The
//! specifications repeat the fit with a level from the year before growth begins.

use std::ops::Range;

use super::association::{Cell, Observations, Place, Question};
use super::data::{ClaimData, JOBS, Series};
use super::measures::{NO_PRICE_MOVES, no_price_moves, persons};
use super::reallocation::{Parts, Reallocation, parts_frame, parts_section};
use super::study::{FEWEST_YEARS, LEVEL};
use super::thinning::interval_words;
use super::trends::of_worlds;
use super::{Card, Claim, ClaimError, ClaimOptions, Outcome, Section, branches, cards};
use crate::indicators::Regions;
use crate::stats::{DEFAULT_FDR, Effects, Estimate, Sign, benjamini_hochberg, count_at_most, median};
use crate::upgrading::shift_share::shift_share;

/// Convergence by less than this many percent a year does not matter: half of a gap would take 140 years.
const BOUND: f64 = 0.5;
/// Years of growth that one specification needs.
const SHORTEST_WINDOW: usize = 4;
const LEVEL_OF_START: &str = "initial productivity";
const DIMENSIONS: [&str; 5] = ["table", "prices", "window", "initial level", "end year"];

const WANTED: &str = "would need value added in constant prices by industry for poor and rich economies: `vadex claims C36 \
                      --table DIR --prices DIR --accounts FILE` reads tables in prices of the year before (`vadex deflate \
                      --base previous-year` makes them of price indices) and persons engaged";

/// C36.
#[derive(Debug)]
pub(super) struct Convergence;

impl Claim for Convergence {
    fn card(&self) -> &'static Card {
        &cards::C36
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let missing = |why: &str| Ok(Outcome::without_data(self.card(), &format!("{why}; {WANTED}")));
        let (known, used) = match of_worlds(data, FEWEST_YEARS, Productivity::of) {
            Ok(found) => found,
            Err(why) => return missing(&why),
        };
        let first = &known[0];
        let Some(window) = first.calm(options) else {
            return missing(&format!(
                "{}: fewer than {FEWEST_YEARS} years between crises",
                first.series.name
            ));
        };
        let way = Way { prices: Prices::YearBefore, window, level: window.from };
        let headline = first.observations(&way, &first.series.map.manufactures);
        if let Err(why) = headline.fit() {
            return missing(&format!("{}: {why}", first.series.name));
        }
        let parts = first.parts();
        let compared = (headline.len(), first.economies.len() * count(&first.series.map.manufactures));
        let question = Question {
            card: self.card(),
            series: first.series,
            years: format!("{}-{}", first.years[window.from], first.years[window.to]),
            data: used,
            predicted: Sign::Negative,
            bound: BOUND,
            step: 1.0,
            estimate_unit:
                "percent of productivity growth a year, for initial productivity that is e times as high",
            spec: "manufacturing industries, value added a worker at prices of the year before, industry effects"
                .into(),
            headline,
            dimensions: &DIMENSIONS,
            cells: cells(&known),
            causal: false,
        };
        let reallocation = Reallocation::of(&parts)?;
        let mut outcome = question.judge(options, |_| Ok(vec![reallocation.condition()]))?;
        if reallocation.is_little() {
            outcome
                .record
                .contradicted_by(&format!("reallocation contributes little ({})", reallocation.found));
        }
        outcome.argument.push(first.by_industry(&way)?);
        outcome.argument.push(first.whole_economy(&way)?);
        outcome.argument.push(parts_section(&parts)?);
        outcome.argument.push(first.hump()?);
        outcome.argument.push(reading(compared, no_price_moves(first.series)));
        outcome.details.push(("decomposition", parts_frame(first.series, &parts)));
        Ok(outcome)
    }
}

/// At which prices growth is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prices {
    /// Volumes: each year at the prices of the one before.
    YearBefore,
    /// Dollars of each year; the effects of industries stand for prices, as in Rodrik (2013).
    Current,
}

impl Prices {
    const fn name(self) -> &'static str {
        match self {
            Self::YearBefore => "of the year before",
            Self::Current => "current",
        }
    }
}

/// First and last position of the years between which growth is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    from: usize,
    to: usize,
}

/// One way of measuring convergence.
#[derive(Debug, Clone, Copy)]
struct Way {
    prices: Prices,
    window: Window,
    /// Position of the year whose productivity growth is compared with.
    level: usize,
}

/// Work and value added of one economy, by year and sector.
struct Economy {
    name: String,
    south: Option<bool>,
    /// Persons engaged; NaN where not known.
    work: Vec<Vec<f64>>,
    /// Value added at the prices of its year.
    current: Vec<Vec<f64>>,
    /// Value added at the prices of the year before; empty in the first year.
    priced: Vec<Vec<f64>>,
}

/// What a series tells of labour productivity in the longest run of years with jobs and prices.
struct Productivity<'a> {
    series: &'a Series,
    years: Vec<i32>,
    economies: Vec<Economy>,
}

impl<'a> Productivity<'a> {
    /// Or why the series does not tell it.
    fn of(series: &'a Series) -> Result<Self, String> {
        let name = &series.name;
        if !branches::any(&series.map.manufactures) {
            return Err(format!("{name}: the labels do not tell manufactures"));
        }
        if series.years.iter().all(|facts| facts.previous_year_prices.is_none()) {
            return Err(format!("{name}: no tables in prices of the year before"));
        }
        let run = longest_run(series);
        if run.len() < FEWEST_YEARS {
            return Err(format!(
                "{name}: {} years on end with jobs and with tables in prices of the year before, the test needs {FEWEST_YEARS}",
                run.len()
            ));
        }
        let economies =
            series.judged().into_iter().filter_map(|s| Economy::of(series, s, run.clone())).collect();
        Ok(Self { series, years: series.years[run].iter().map(|facts| facts.year).collect(), economies })
    }

    /// The longest window that neither starts nor ends in a crisis; nothing when it is too short.
    fn calm(&self, options: &ClaimOptions) -> Option<Window> {
        let calm = |t: &usize| !options.crisis_years.contains(&self.years[*t]);
        let from = (0..self.years.len()).find(calm)?;
        let to = (0..self.years.len()).rev().find(calm)?;
        (to + 1 >= from + FEWEST_YEARS).then_some(Window { from, to })
    }

    /// Growth of productivity against its level, of every economy and each sector in `sectors`.
    fn observations(&self, way: &Way, sectors: &[bool]) -> Observations {
        let mut all = Observations::new(Effects::Unit, &[LEVEL_OF_START]);
        for (position, economy) in self.economies.iter().enumerate() {
            for i in (0..sectors.len()).filter(|&i| sectors[i]) {
                // An effect for each industry: economies are what is seen of it.
                let place =
                    Place { unit: &self.series.sectors[i], period: position as i32, cluster: &economy.name };
                all.push(place, economy.growth(i, way), &[economy.level(i, way.level)]);
            }
        }
        all
    }

    /// What an economy's growth is made of, of those whose figures are complete.
    fn parts(&self) -> Vec<Parts> {
        self.economies.iter().filter_map(Economy::parts).collect()
    }

    /// Each industry on its own, adjusted for their number.
    fn by_industry(&self, way: &Way) -> Result<Section, ClaimError> {
        let mut found: Vec<(&str, Estimate, usize)> = Vec::new();
        let mut untold = Vec::new();
        for (i, name) in self.series.sectors.iter().enumerate() {
            if !self.series.map.manufactures[i] {
                continue;
            }
            let alone: Vec<bool> = (0..self.series.sectors.len()).map(|j| j == i).collect();
            match self.observations(way, &alone).fit() {
                Ok(fit) => found.push((name.as_str(), fit.estimate(0), fit.n_clusters)),
                Err(why) => untold.push(format!("{name}: {why}")),
            }
        }
        let raw: Vec<f64> = found.iter().map(|(_, beta, _)| beta.p_one_sided(Sign::Negative)).collect();
        let adjusted = if raw.is_empty() { Vec::new() } else { benjamini_hochberg(&raw)? };
        let mut lines = vec![format!(
            "converge on their own: {} of {} industries after Benjamini-Hochberg at {:.0}% ({} with p <= 0.05 before)",
            count_at_most(&adjusted, DEFAULT_FDR),
            found.len(),
            100.0 * DEFAULT_FDR,
            count_at_most(&raw, 0.05)
        )];
        for ((name, beta, economies), p) in found.iter().zip(&adjusted) {
            lines.push(format!(
                "{name}: {:+.2} {} percent a year, p_adj {p:.3}, {economies} economies",
                beta.value,
                interval_words(&beta.interval(LEVEL)?)
            ));
        }
        lines.extend(untold);
        Ok(Section::new("Industries", lines))
    }

    /// The same question of whole economies, where convergence need not show.
    fn whole_economy(&self, way: &Way) -> Result<Section, ClaimError> {
        let mut all = Observations::new(Effects::Unit, &[LEVEL_OF_START]);
        for (position, economy) in self.economies.iter().enumerate() {
            let Some(path) = economy.whole_path() else { continue };
            let Window { from, to } = way.window;
            let growth = 100.0 * (path[to] / path[from]).ln() / (to - from) as f64;
            let place = Place { unit: "all industries", period: position as i32, cluster: &economy.name };
            all.push(place, growth, &[path[from].ln()]);
        }
        let line = match all.fit() {
            Ok(fit) => {
                let beta = fit.estimate(0);
                format!(
                    "all industries together: {:+.2} {} percent a year in {} economies",
                    beta.value,
                    interval_words(&beta.interval(LEVEL)?),
                    fit.n_clusters
                )
            }
            Err(why) => format!("all industries together: {why}"),
        };
        Ok(Section::new("Whole economies (describes only)", vec![line]))
    }

    /// Does the employment share of manufactures rise and fall with income?
    fn hump(&self) -> Result<Section, ClaimError> {
        let told: Vec<(&Economy, Vec<f64>, Vec<f64>)> = self
            .economies
            .iter()
            .filter_map(|economy| {
                let share = economy.employment_share(&self.series.map.manufactures)?;
                Some((economy, economy.whole_path()?, share))
            })
            .collect();
        let logs: Vec<f64> = told.iter().flat_map(|(_, income, _)| income.iter().map(|y| y.ln())).collect();
        let centre = logs.iter().sum::<f64>() / logs.len().max(1) as f64;
        let mut all = Observations::new(Effects::TwoWay, &["income", "income squared"]);
        for (economy, income, share) in &told {
            for (t, &year) in self.years.iter().enumerate() {
                let y = income[t].ln() - centre;
                let place = Place { unit: &economy.name, period: year, cluster: &economy.name };
                all.push(place, 100.0 * share[t], &[y, y * y]);
            }
        }
        let mut lines = Vec::new();
        match all.fit() {
            Ok(fit) => {
                let (linear, square) = (fit.estimate(0), fit.estimate(1));
                let turn = -linear.value / (2.0 * square.value);
                let (low, high) = all.span(0);
                lines.push(format!(
                    "employment share of manufactures on log income, within economies, year effects: square {:+.2} {}; {}",
                    square.value,
                    interval_words(&square.interval(LEVEL)?),
                    if square.value >= 0.0 {
                        "no hump".to_owned()
                    } else if low < turn && turn < high {
                        format!(
                            "the fitted hump turns at {:.1} {} a worker in the unit of the accounts, at prices of {}",
                            (centre + turn).exp(),
                            self.series.unit,
                            self.years[0]
                        )
                    } else {
                        "the fitted hump turns outside the incomes that are seen".to_owned()
                    }
                ));
            }
            Err(why) => lines.push(why),
        }
        for (south, name) in [(Some(true), "South"), (Some(false), "others")] {
            let of = |t: usize| -> Vec<f64> {
                told.iter()
                    .filter(|(economy, ..)| economy.south == south)
                    .map(|(_, _, share)| 100.0 * share[t])
                    .collect()
            };
            let last = self.years.len() - 1;
            let (before, after) = (median(&of(0)), median(&of(last)));
            if let (Ok(before), Ok(after)) = (before, after) {
                lines.push(format!(
                    "{name}: manufactures employ {before:.1}% in {} and {after:.1}% in {} (medians of {} economies)",
                    self.years[0],
                    self.years[last],
                    of(0).len()
                ));
            }
        }
        Ok(Section::new("Employment share of manufactures and income (describes only)", lines))
    }
}

/// The longest run of years with jobs, each after the first with a table in prices of the year before.
fn longest_run(series: &Series) -> Range<usize> {
    let mut best = 0..0;
    let mut start = 0;
    for (t, facts) in series.years.iter().enumerate() {
        if facts.world.as_ref().is_none_or(|world| world.satellite(JOBS).is_none()) {
            start = t + 1;
            continue;
        }
        if t > start && facts.previous_year_prices.is_none() {
            start = t;
        }
        if t + 1 - start > best.len() {
            best = start..t + 1;
        }
    }
    best
}

impl Economy {
    /// Economy `s` in a run of years; nothing when no job of it is known.
    fn of(series: &Series, s: usize, run: Range<usize>) -> Option<Self> {
        let name = series.economies[s].clone();
        let south = Regions::builtin().of(&name).map(|region| region.south);
        let mut economy = Self { name, south, work: Vec::new(), current: Vec::new(), priced: Vec::new() };
        for t in run.clone() {
            let facts = &series.years[t];
            let world = facts.world.as_ref()?;
            let jobs = world.satellite(JOBS)?;
            let mut work = vec![0.0; series.sectors.len()];
            for row in world.axis.block(series.on_axis(world, s)?) {
                work[world.axis.sector_of(row)] += persons(world, jobs, row);
            }
            economy.work.push(work);
            economy.current.push(facts.accounts[s].value_added());
            economy.priced.push(match &facts.previous_year_prices {
                Some(accounts) if t > run.start => accounts[s].value_added(),
                _ => Vec::new(),
            });
        }
        let known = economy.work.iter().flatten().any(|jobs| jobs.is_finite() && *jobs > 0.0);
        known.then_some(economy)
    }

    /// Logarithm of productivity of sector `i`; NaN where it has none.
    fn level(&self, i: usize, t: usize) -> f64 {
        let (added, work) = (self.current[t][i], self.work[t][i]);
        if added > 0.0 && work > 0.0 { (added / work).ln() } else { f64::NAN }
    }

    /// Mean growth of productivity of sector `i` over a window, percent a year; NaN where it is not defined.
    fn growth(&self, i: usize, way: &Way) -> f64 {
        let Window { from, to } = way.window;
        let log = |part: f64, whole: f64| {
            if part > 0.0 && whole > 0.0 { (part / whole).ln() } else { f64::NAN }
        };
        let volume: f64 = match way.prices {
            Prices::YearBefore => {
                (from + 1..=to).map(|t| log(self.priced[t][i], self.current[t - 1][i])).sum()
            }
            Prices::Current => log(self.current[to][i], self.current[from][i]),
        };
        100.0 * (volume - log(self.work[to][i], self.work[from][i])) / (to - from) as f64
    }

    /// Productivity of the whole economy: that of the first year, with the growth of volumes since; nothing when a figure
    /// is missing.
    fn whole_path(&self) -> Option<Vec<f64>> {
        let total = |values: &[f64]| values.iter().sum::<f64>();
        let mut level = total(&self.current[0]) / total(&self.work[0]);
        let mut path = vec![level];
        for t in 1..self.work.len() {
            level *= total(&self.priced[t]) / total(&self.current[t - 1]);
            level *= total(&self.work[t - 1]) / total(&self.work[t]);
            path.push(level);
        }
        path.iter().all(|level| level.is_finite() && *level > 0.0).then_some(path)
    }

    /// Part of the workers that some sectors employ, by year; nothing when a figure is missing.
    fn employment_share(&self, sectors: &[bool]) -> Option<Vec<f64>> {
        let share = |work: &Vec<f64>| {
            let inside: f64 = (0..work.len()).filter(|&i| sectors[i]).map(|i| work[i]).sum();
            inside / work.iter().sum::<f64>()
        };
        let path: Vec<f64> = self.work.iter().map(share).collect();
        path.iter().all(|share| share.is_finite()).then_some(path)
    }

    /// Growth of the economy's productivity within and between industries, points a year, mean of all years.
    fn parts(&self) -> Option<Parts> {
        let steps = self.work.len() - 1;
        let mut sums = [0.0; 3];
        for t in 1..=steps {
            let shift = shift_share(&self.work[t - 1], &self.current[t - 1], &self.work[t], &self.priced[t])?;
            sums[0] += shift.growth;
            sums[1] += shift.total_within();
            sums[2] += shift.total_between();
        }
        let [growth, within, between] = sums.map(|sum| 100.0 * sum / steps as f64);
        let parts = Parts { name: self.name.clone(), south: self.south, growth, within, between };
        [growth, within, between].iter().all(|part| part.is_finite()).then_some(parts)
    }
}

/// Every way of measuring convergence within manufactures, on every series that tells it.
fn cells(known: &[Productivity<'_>]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for one in known {
        for (cut, end) in ["last", "last - 1", "last - 2"].into_iter().enumerate() {
            let last = one.years.len() - 1 - cut;
            let middle = last / 2;
            let windows = [("whole", 0, last), ("first half", 0, middle), ("second half", middle, last)];
            for (name, first, to) in windows {
                for (lag, level) in ["first year", "year before growth"].into_iter().enumerate() {
                    let from = first + lag;
                    if to < from + SHORTEST_WINDOW {
                        continue;
                    }
                    for prices in [Prices::YearBefore, Prices::Current] {
                        let way = Way { prices, window: Window { from, to }, level: first };
                        let choices = [one.series.name.as_str(), prices.name(), name, level, end];
                        cells.push(Cell {
                            choices: choices.iter().map(|word| (*word).to_owned()).collect(),
                            observations: one.observations(&way, &one.series.map.manufactures),
                        });
                    }
                }
            }
        }
    }
    cells
}

fn count(flags: &[bool]) -> usize {
    flags.iter().filter(|is| **is).count()
}

/// What a reader must know; industries compared, of all.
fn reading((compared, all): (usize, usize), still: bool) -> Section {
    let mut lines = if still { vec![NO_PRICE_MOVES.to_owned()] } else { Vec::new() };
    lines.extend([
        format!(
            "industries compared: {compared} of {all}, an industry of one economy each; the others have no productivity in the \
             first year or no growth in some year"
        ),
        "levels of productivity are told at market rates of exchange; industry effects take out prices that are common to \
         an industry"
            .into(),
        "value added at prices of the year before is deflated output less deflated inputs; where it is not positive an \
         industry has no growth and is left out"
            .into(),
        "which economies are in the table decides: Rodrik (2013) has 118, most of them poorer".into(),
    ]);
    Section::new("Reading", lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn economy(name: &str) -> Economy {
        // Two sectors over three years; a third of the first one's workers moves to the other, of twice the productivity.
        Economy {
            name: name.into(),
            south: Some(true),
            work: vec![vec![90.0, 10.0], vec![60.0, 40.0], vec![60.0, 40.0]],
            current: vec![vec![90.0, 20.0], vec![120.0, 160.0], vec![120.0, 160.0]],
            priced: vec![vec![], vec![60.0, 80.0], vec![132.0, 176.0]],
        }
    }

    #[test]
    fn prices_of_the_year_before_chain_to_growth_of_volumes() {
        let way = |prices| Way { prices, window: Window { from: 0, to: 2 }, level: 0 };
        let one = economy("X");
        // Volumes a worker stand still, then rise by a tenth; prices double in between.
        let real = one.growth(0, &way(Prices::YearBefore));
        assert!((real - 50.0 * 1.1_f64.ln()).abs() < 1e-12, "{real}");
        let nominal = one.growth(0, &way(Prices::Current));
        assert!((nominal - 50.0 * 2.0_f64.ln()).abs() < 1e-12, "{nominal}");
        assert!(one.level(0, 0).abs() < 1e-15 && (one.level(1, 0) - 2.0_f64.ln()).abs() < 1e-15);
        let path = one.whole_path().unwrap();
        assert!((path[0] - 1.1).abs() < 1e-12 && (path[1] - 1.4).abs() < 1e-12);
        assert!((path[2] - 1.54).abs() < 1e-12);
    }

    #[test]
    fn workers_who_move_are_between_and_volumes_a_worker_within() {
        let parts = economy("X").parts().unwrap();
        assert!((parts.between - 50.0 * (1.4_f64 / 1.1).ln()).abs() < 1e-9, "{}", parts.between);
        assert!((parts.within - 50.0 * 1.1_f64.ln()).abs() < 1e-9, "{}", parts.within);
        assert!((parts.growth - parts.within - parts.between).abs() < 1e-9);
    }
}
