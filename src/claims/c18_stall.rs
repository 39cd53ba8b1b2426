//! C18: did Malaysia stall in assembly?
//!
//! Growth of manufacturing value added of Malaysia less that of Taiwan, Korea and China, mean after 2000 against mean before.
//! The year is the claim's; a sup-F test that does not know it must find the break there. At the prices of the year before
//! where those tables are given (`--prices`), else in the currency of the table: then prices and rates of exchange that
//! Malaysia shares with the others drop out, and what it does not share (the peg of 1998 to 2005) stays: growth is told and
//! settles nothing.
//!
//! ```text
//! d_t = g_t(MYS) − mean g_t(TWN, KOR, CHN)      g_t = 100 ln(W'_t / W_t-1),   W' at prices of t − 1 (or W_t in current ones)
//! d_t = a + b [t > 2000] + e_t                  predicted: b < 0
//! ```
//! A stall is more than a slower race: Malaysia itself must slow down, own value added in a unit of its electronics must not
//! rise, and neither may R&D among the functions in its exports, which needs `--occupations`. OECD tables start in 1995: five
//! rates of growth before the break, one of them the Asian crisis, say little. Power is told with the verdict.

use super::c33_functions::{self, is_research};
use super::curve::{curve_frame, curve_section};
use super::data::{ClaimData, JOBS, Series};
use super::extra;
use super::groups::{BUILDERS, MALAYSIA};
use super::measures::{NO_PRICE_MOVES, economy_path, mining_words, no_price_moves, persons};
use super::path::Path;
use super::rates::{Change, Rates};
use super::shape::{self, SIZE_WORDS};
use super::study::{FEWEST_YEARS, LEVEL};
use super::thinning::interval_words;
use super::trends::{conditions_section, defined, of_worlds, percent};
use super::verdict::{Evidence, VerdictRecord};
use super::{
    Card, Claim, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches, cards,
};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{Ar1, DEFAULT_FDR, Interval, Sign, SpecCurve, Specification, SupF, benjamini_hochberg};

/// The last year before the break, as the claim has it.
const BREAK: i32 = 2000;
/// A break this many years away is still near.
const NEAR: i32 = 2;
/// A slowdown of less than this many points of growth a year does not matter.
const BOUND: f64 = 2.0;
/// A domestic share that rises by less than this many points a year is flat: five points in a decade.
const FLAT: f64 = 0.5;
/// Rates of growth that the headline needs up to the break and after it, and that a specification needs on either side.
const FEWEST_BEFORE: usize = 4;
const FEWEST_AFTER: usize = 6;
const FEWEST_OF_A_CELL: usize = 3;
/// Rates in all that a specification needs: two means, and noise beside them.
const FEWEST_OF_A_CHANGE: usize = Ar1::fewest_observations(2);
/// Years since the break that a trend of the domestic share needs.
const FEWEST_OF_A_TREND: usize = 8;
/// The crisis of Asia, which falls on the few years before the break.
const ASIAN_CRISIS: i32 = 1998;
const DIMENSIONS: [&str; 6] = ["table", "measure", "against", "break after", "years", "end year"];

const WANTED: &str = "would need Malaysia as an economy of the table, with employment by industry (OECD ICIO with TiM, or ADB \
                      tables), in years before and after 2000, and one of Taiwan, Korea and China; without employment value \
                      added is tested alone, without tables in prices of the year before (--prices) growth settles nothing";

/// What growth at current prices is, in words.
const IN_CURRENCY: &str = "growth at current prices holds Malaysia's own prices and rate of exchange, tables in prices of the \
                           year before (--prices) would tell";

/// C18.
#[derive(Debug)]
pub(super) struct Stall;

impl Claim for Stall {
    fn card(&self) -> &'static Card {
        &cards::C18
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let missing = |why: &str| Ok(Outcome::without_data(self.card(), &format!("{why}; {WANTED}")));
        let (cases, used) = match of_worlds(data, FEWEST_YEARS, |series| Case::of(series, options)) {
            Ok(found) => found,
            Err(why) => return missing(&why),
        };
        let case = &cases[0];
        let rates = case.headline(options);
        let change = rates.change(BREAK, &options.plan("C18"))?;
        let found = rates.found_break(&options.plan("C18 sup-F"));
        let curve = curve(&cases, options)?;
        let own = case.own_change(options)?;
        let share = case.domestic_share(options)?;
        let functions = case.functions(data, options)?;
        let evidence = Evidence {
            predicted: Sign::Negative,
            estimate: change.value,
            interval: change.interval,
            p_adjusted: change.p,
            bound: BOUND,
            specifications: Some(curve.summary(Sign::Negative)?),
            units: None,
            conditions: vec![
                case.price_condition(),
                break_condition(found.as_ref()),
                case.own_condition(&own),
                share_condition(share.as_ref()),
                functions,
            ],
            power: Some(rates.power(BREAK, 2.0 * BOUND, options.seed)?),
            causal: false,
        };
        let mut record = VerdictRecord::of(self.card(), &evidence);
        if case.prices == Prices::Current {
            record.not_refuted(Reason::Data, IN_CURRENCY);
        }
        if let Some(trend) = share.as_ref().filter(|trend| trend.interval.high < FLAT) {
            record.contradicted_by(&format!(
                "the domestic share of electronics does not rise ({})",
                trend.told()
            ));
        }
        let (here, lacking) = BUILDERS.present_and_missing(case.series);
        let lacking =
            if lacking.is_empty() { String::new() } else { format!(" (not there: {})", lacking.join(" ")) };
        record.estimate_unit =
            "points of growth of manufacturing value added a year, after 2000 less before, Malaysia less the others"
                .into();
        record.n = rates.values.len();
        record.table.clone_from(&case.series.name);
        record.years = case.years_in_words(options);
        record.spec =
            format!("{}, against {}{lacking}; break after {BREAK}", case.prices.name(), here.join(" "));
        record.data = used;
        let mut argument = vec![headline_section(&rates, &change, found.as_ref(), &evidence)];
        argument.push(case.each(options)?);
        argument.extend(case.per_worker(options)?);
        argument.push(case.shares());
        argument.extend(conditions_section(&evidence.conditions));
        argument.push(curve_section(&curve, Sign::Negative)?);
        argument.push(case.reading());
        let details = vec![("paths", case.paths_frame()), ("specifications", curve_frame(&curve))];
        Ok(Outcome { record, units: Vec::new(), argument, details })
    }
}

/// What grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measured {
    /// Value added of manufactures.
    ValueAdded,
    /// The same a person engaged.
    PerWorker,
}

impl Measured {
    const fn name(self) -> &'static str {
        match self {
            Self::ValueAdded => "value added",
            Self::PerWorker => "value added a worker",
        }
    }
}

/// At which prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prices {
    YearBefore,
    Current,
}

impl Prices {
    const fn name(self) -> &'static str {
        match self {
            Self::YearBefore => "at prices of the year before",
            Self::Current => "at current prices in the currency of the table",
        }
    }
}

/// Whose growth is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    /// Taiwan, Korea and China.
    Builders,
    /// Every other economy that is judged.
    All,
    /// Nobody.
    Nobody,
}

/// A slope and its interval, points a year.
#[derive(Debug, Clone, Copy)]
struct Trend {
    value: f64,
    interval: Interval,
}

impl Trend {
    /// Of the years since the break without crises; nothing when they are too few, or a share is not known.
    fn of(path: &Path, options: &ClaimOptions, label: &str) -> Result<Option<Self>, ClaimError> {
        let since = path.keeping(|year| year >= BREAK && !options.crisis_years.contains(&year));
        if since.years.len() < FEWEST_OF_A_TREND || !defined(&since) {
            return Ok(None);
        }
        let trend = shape::fit(&[since], &options.plan(label))?.trend;
        Ok(Some(Self { value: trend.value, interval: trend.interval(LEVEL)? }))
    }

    fn told(&self) -> String {
        format!("{:+.3} {} points a year", self.value, interval_words(&self.interval))
    }
}

/// Malaysia and the others in one series.
struct Case<'a> {
    series: &'a Series,
    malaysia: usize,
    others: Vec<usize>,
    prices: Prices,
}

impl<'a> Case<'a> {
    /// Or why the series will not do.
    fn of(series: &'a Series, options: &ClaimOptions) -> Result<Self, String> {
        let name = &series.name;
        let Some(&malaysia) = MALAYSIA.of(series).first() else {
            return Err(format!("{name}: Malaysia (MYS) is not in it"));
        };
        let others = BUILDERS.of(series);
        if others.is_empty() {
            return Err(format!("{name}: none of {} is in it", BUILDERS.members.join(" ")));
        }
        if !branches::any(&series.map.manufactures) {
            return Err(format!("{name}: the labels do not tell manufactures"));
        }
        let priced = series.years.iter().skip(1).all(|facts| facts.previous_year_prices.is_some());
        let prices = if priced { Prices::YearBefore } else { Prices::Current };
        let case = Self { series, malaysia, others, prices };
        let rates = case.headline(options);
        let (before, after) = rates.sides(BREAK);
        if before < FEWEST_BEFORE || after < FEWEST_AFTER {
            return Err(format!(
                "{name}: {before} years of growth up to {BREAK} and {after} after it without crises, the test needs \
                 {FEWEST_BEFORE} and {FEWEST_AFTER}"
            ));
        }
        if !rates.is_defined() {
            return Err(format!("{name}: an economy compared has no manufacturing value added in some year"));
        }
        Ok(case)
    }

    /// Persons engaged in manufactures of economy `s`; NaN where not known.
    fn jobs(&self, s: usize, t: usize) -> f64 {
        let Some(world) = &self.series.years[t].world else { return f64::NAN };
        match (self.series.on_axis(world, s), world.satellite(JOBS)) {
            (Some(s), Some(jobs)) => world
                .axis
                .block(s)
                .filter(|&row| self.series.map.manufactures[world.axis.sector_of(row)])
                .map(|row| persons(world, jobs, row))
                .sum(),
            _ => f64::NAN,
        }
    }

    /// Growth of economy `s`; NaN in a year in which it is not defined.
    fn growth(&self, s: usize, measured: Measured) -> Rates {
        let years = &self.series.years;
        let made = |added: Vec<f64>| -> f64 {
            (0..added.len()).filter(|&i| self.series.map.manufactures[i]).map(|i| added[i]).sum()
        };
        let log = |part: f64, whole: f64| {
            if part > 0.0 && whole > 0.0 { 100.0 * (part / whole).ln() } else { f64::NAN }
        };
        let rate = |t: usize| {
            let now = match (self.prices, &years[t].previous_year_prices) {
                (Prices::YearBefore, Some(accounts)) => accounts[s].value_added(),
                _ => years[t].accounts[s].value_added(),
            };
            let volume = log(made(now), made(years[t - 1].accounts[s].value_added()));
            match measured {
                Measured::ValueAdded => volume,
                Measured::PerWorker => volume - log(self.jobs(s, t), self.jobs(s, t - 1)),
            }
        };
        Rates {
            years: years.iter().skip(1).map(|facts| facts.year).collect(),
            values: (1..years.len()).map(rate).collect(),
        }
    }

    /// Growth of Malaysia less that of others, each counting the same; of all others those whose growth is known.
    fn less(&self, measured: Measured, against: Against) -> Rates {
        let own = self.growth(self.malaysia, measured);
        let others: Vec<Rates> = match against {
            Against::Nobody => return own,
            Against::Builders => self.others.iter().map(|&s| self.growth(s, measured)).collect(),
            Against::All => self
                .series
                .judged()
                .into_iter()
                .filter(|&s| s != self.malaysia)
                .map(|s| self.growth(s, measured))
                .filter(Rates::is_defined)
                .collect(),
        };
        let mean = |t: usize| others.iter().map(|other| other.values[t]).sum::<f64>() / others.len() as f64;
        let values = own.values.iter().enumerate().map(|(t, rate)| rate - mean(t)).collect();
        Rates { years: own.years, values }
    }

    fn headline(&self, options: &ClaimOptions) -> Rates {
        self.less(Measured::ValueAdded, Against::Builders).without(&options.crisis_years)
    }

    fn years_in_words(&self, options: &ClaimOptions) -> String {
        let (first, last) = self.series.span();
        let out: Vec<String> = options
            .crisis_years
            .iter()
            .filter(|year| (first..=last).contains(*year))
            .map(ToString::to_string)
            .collect();
        let without =
            if out.is_empty() { String::new() } else { format!(" without what touches {}", out.join(", ")) };
        format!("growth {}-{last}{without}", first + 1)
    }

    /// Malaysia's own growth.
    fn own_change(&self, options: &ClaimOptions) -> Result<Change, ClaimError> {
        let own = self.less(Measured::ValueAdded, Against::Nobody).without(&options.crisis_years);
        Ok(own.change(BREAK, &options.plan("C18 own"))?)
    }

    /// Prices and rates of exchange that are Malaysia's own are no growth.
    fn price_condition(&self) -> Condition {
        Condition {
            name: "growth is that of volumes".into(),
            holds: self.prices == Prices::YearBefore,
            found: match self.prices {
                Prices::YearBefore => self.prices.name().into(),
                Prices::Current => IN_CURRENCY.into(),
            },
            otherwise: Verdict::Undetermined(Reason::Data),
        }
    }

    /// A stall is Malaysia's own; what is lost to faster others is none.
    fn own_condition(&self, own: &Change) -> Condition {
        Condition {
            name: "growth of Malaysia itself falls".into(),
            holds: own.interval.high < 0.0,
            found: format!("{} {}", own.told(), self.prices.name()),
            otherwise: if own.interval.low > 0.0 {
                Verdict::NotSupported
            } else {
                Verdict::Undetermined(Reason::Power)
            },
        }
    }

    /// Own part of the value added in exports of electronics, without mining where it is known.
    fn electronics(&self, s: usize) -> Path {
        let series = self.series;
        let without_mining = series.map.knows_mining();
        economy_path(series, s, |facts, s| {
            let (foreign, whole) = facts.content_of_exports(s, &series.map.electrical, without_mining);
            (whole - foreign, whole)
        })
    }

    fn domestic_share(&self, options: &ClaimOptions) -> Result<Option<Trend>, ClaimError> {
        Trend::of(&self.electronics(self.malaysia), options, "C18 electronics")
    }

    /// Functions in exports: R&D must not rise. Without shares of functions that stays open.
    fn functions(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Condition, ClaimError> {
        let name = "R&D among the functions in Malaysia's exports does not rise".to_owned();
        let open = |found: String| Condition {
            name: name.clone(),
            holds: false,
            found,
            otherwise: Verdict::Undetermined(Reason::Data),
        };
        let Some(shares) = &data.extra.occupations else {
            return Ok(open(
                "shares of business functions of Malaysia and its labour compensation (--occupations, --accounts) would tell"
                    .into(),
            ));
        };
        let Some(function) = shares.functions().iter().position(|name| is_research(name)) else {
            return Ok(open(format!("no function of {} is R&D by its name", shares.path())));
        };
        let panel = match extra::panel(self.series, Some(shares))? {
            Ok(panel) => panel,
            Err(why) => return Ok(open(why)),
        };
        let wanted = &self.series.economies[self.malaysia];
        let Some(s) = panel.axis().economies().iter().position(|economy| economy == wanted) else {
            return Ok(open(format!("{wanted} is not in every year")));
        };
        let path = c33_functions::path(&panel, s, function);
        let Some(trend) = Trend::of(&path, options, "C18 functions")? else {
            return Ok(open(format!(
                "Malaysia has functions and labour compensation in too few years since {BREAK}"
            )));
        };
        Ok(Condition {
            holds: trend.interval.high < c33_functions::BOUND,
            found: format!(
                "the index moves by {:+.3} {} hundredths a year since {BREAK}; a rise matters from {}",
                trend.value,
                interval_words(&trend.interval),
                c33_functions::BOUND
            ),
            otherwise: Verdict::Undetermined(if trend.interval.low > c33_functions::BOUND {
                Reason::SignFlips
            } else {
                Reason::Power
            }),
            name,
        })
    }

    /// Growth before and after, and where a break is found, of each economy on its own.
    fn each(&self, options: &ClaimOptions) -> Result<Section, ClaimError> {
        let mut told: Vec<(String, Option<SupF>)> = Vec::new();
        for &s in std::iter::once(&self.malaysia).chain(&self.others) {
            let name = &self.series.economies[s];
            let rates = self.growth(s, Measured::ValueAdded).without(&options.crisis_years);
            let (before, after) = rates.means(BREAK);
            let change = rates.change(BREAK, &options.plan(&format!("C18 {name}")))?;
            let words = format!(
                "{name}: {before:+.1}% a year up to {BREAK}, {after:+.1}% after it, change {}",
                change.told()
            );
            told.push((words, rates.found_break(&options.plan(&format!("C18 sup-F {name}")))));
        }
        let raw: Vec<f64> = told.iter().filter_map(|(_, found)| Some(found.as_ref()?.p_value)).collect();
        let adjusted = if raw.is_empty() { Vec::new() } else { benjamini_hochberg(&raw)? };
        let mut adjusted = adjusted.into_iter();
        let mut lines = Vec::new();
        for (words, found) in told {
            let date = match found.and_then(|found| Some((found, adjusted.next()?))) {
                Some((found, p)) => format!("sup-F at {:.0}, p_adj {p:.3}", found.break_after),
                None => "no break can be looked for".to_owned(),
            };
            lines.push(format!("{words}; {date}"));
        }
        lines.push(format!("growth of manufacturing value added {}", self.prices.name()));
        Ok(Section::new("Each economy", lines))
    }

    /// The same a worker, where jobs are known.
    fn per_worker(&self, options: &ClaimOptions) -> Result<Option<Section>, ClaimError> {
        let mut lines = Vec::new();
        for (against, words) in
            [(Against::Builders, "Malaysia less the others"), (Against::Nobody, "Malaysia alone")]
        {
            let rates = self.less(Measured::PerWorker, against).without(&options.crisis_years);
            if !rates.is_defined() {
                continue;
            }
            let (before, after) = rates.means(BREAK);
            let change = rates.change(BREAK, &options.plan(&format!("C18 worker {words}")))?;
            lines.push(format!(
                "{words}: {before:+.1}% a year up to {BREAK}, {after:+.1}% after it, change {}",
                change.told()
            ));
        }
        Ok((!lines.is_empty()).then(|| Section::new("Value added a worker in manufactures", lines)))
    }

    /// Shares of electronics, first, at the break, last; and manufactures in GDP.
    fn shares(&self) -> Section {
        let at = |path: &Path, year: i32| {
            path.years
                .iter()
                .position(|other| *other == year)
                .map_or_else(|| "-".to_owned(), |t| format!("{} in {year}", percent(path.share[t])))
        };
        let (first, last) = self.series.span();
        let line = |what: &str, path: &Path| {
            format!("{what}: {}, {}, {}", at(path, first), at(path, BREAK), at(path, last))
        };
        let mut lines = Vec::new();
        for &s in std::iter::once(&self.malaysia).chain(&self.others) {
            if branches::any(&self.series.map.electrical) {
                let what = format!("{}, own value added in electronics exports", self.series.economies[s]);
                lines.push(line(&what, &self.electronics(s)));
            }
        }
        let made = super::trends::path_of(self.series, |t| {
            let added = self.series.years[t].accounts[self.malaysia].value_added();
            let inside = (0..added.len()).filter(|&i| self.series.map.manufactures[i]).map(|i| added[i]);
            (inside.sum(), added.iter().sum())
        });
        lines.push(line("Malaysia, manufactures in value added", &made));
        lines.push(mining_words(self.series).to_owned());
        Section::new("Shares", lines)
    }

    fn reading(&self) -> Section {
        let still = self.prices == Prices::YearBefore && no_price_moves(self.series);
        let mut lines = if still { vec![NO_PRICE_MOVES.to_owned()] } else { Vec::new() };
        lines.extend([
            format!(
                "the step is tested at {BREAK}, which the claim names; sup-F looks for it anywhere, with critical values of \
                 its own bootstrap; it rejects too often when growth is autocorrelated, and residuals that hold a \
                 break make its critical values large"
            ),
            "few years lie before the break, among them the crisis of 1998; the specifications leave it out too".into(),
            "own value added in electronics may be flat where it is high: the others stand beside it under Shares".into(),
        ]);
        Section::new("Reading", lines)
    }

    fn paths_frame(&self) -> Frame {
        let (mut names, mut years, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut push = |name: &str, times: &[i32], numbers: &mut dyn Iterator<Item = f64>| {
            for (year, value) in times.iter().zip(numbers) {
                names.push(Some(name.to_owned()));
                years.push(Some(i64::from(*year)));
                values.push(value);
            }
        };
        for &s in std::iter::once(&self.malaysia).chain(&self.others) {
            let name = &self.series.economies[s];
            let growth = self.growth(s, Measured::ValueAdded);
            push(
                &format!("{name}: growth of manufacturing value added, percent"),
                &growth.years,
                &mut growth.values.iter().copied(),
            );
            let share = self.electronics(s);
            push(
                &format!("{name}: own value added in electronics exports, percent"),
                &share.years,
                &mut share.share.iter().map(|share| 100.0 * share),
            );
        }
        Frame::new()
            .with("table", Measure::Key, Column::Text(vec![Some(self.series.name.clone()); years.len()]))
            .with("unit", Measure::Key, Column::Text(names))
            .with("year", Measure::Key, Column::Integer(years))
            .with("value", Measure::Pure, Column::Number(values))
    }
}

/// Is there a break at a date that nobody chose, and is it near the one that the claim names?
fn break_condition(found: Option<&SupF>) -> Condition {
    let name = format!("a break shows at no given date, and near {BREAK}");
    let Some(found) = found else {
        return Condition {
            name,
            holds: false,
            found: "growth does not vary, or there are too few years to look for a break".into(),
            otherwise: Verdict::Undetermined(Reason::Power),
        };
    };
    let there = found.p_value <= DEFAULT_FDR;
    let near = (found.break_after - f64::from(BREAK)).abs() <= f64::from(NEAR);
    Condition {
        name,
        holds: there && near,
        found: format!(
            "sup-F {:.2} after {:.0}, p {:.3} by its bootstrap ({:.0}% critical value {:.2})",
            found.statistic,
            found.break_after,
            found.p_value,
            100.0 * (1.0 - found.level),
            found.critical_value
        ),
        otherwise: Verdict::Undetermined(if there { Reason::SignFlips } else { Reason::Power }),
    }
}

/// Does the domestic share of electronics stay flat, or fall?
fn share_condition(trend: Option<&Trend>) -> Condition {
    let name = format!("the domestic share of electronics exports does not rise after {BREAK}");
    let Some(trend) = trend else {
        return Condition {
            name,
            holds: false,
            found: format!(
                "the labels do not tell electronics, or there are fewer than {FEWEST_OF_A_TREND} years since {BREAK}"
            ),
            otherwise: Verdict::Undetermined(Reason::Data),
        };
    };
    Condition {
        name,
        holds: trend.interval.high < FLAT,
        found: format!("{}; flat is below {FLAT}", trend.told()),
        // The slowdown stands beside it: the halves of the claim disagree.
        otherwise: Verdict::Undetermined(if trend.interval.low > FLAT {
            Reason::SignFlips
        } else {
            Reason::Power
        }),
    }
}

/// Every way of measuring the break against others.
fn curve(cases: &[Case<'_>], options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut asian: Vec<i32> = options.crisis_years.clone();
    asian.push(ASIAN_CRISIS);
    let mut cells = Vec::new();
    for case in cases {
        let last = case.series.span().1;
        for measured in [Measured::ValueAdded, Measured::PerWorker] {
            for (against, who) in [(Against::Builders, "builders"), (Against::All, "all others")] {
                let whole = case.less(measured, against);
                if !whole.is_defined() {
                    continue;
                }
                let spans: [(&str, &[i32]); 3] = [
                    ("all", &[]),
                    ("without crises", options.crisis_years.as_slice()),
                    ("without crises and that of Asia", asian.as_slice()),
                ];
                let mut seen: Vec<Vec<i32>> = Vec::new();
                for (span, out) in spans {
                    let left = whole.without(out);
                    // The same years under another name are no other way of measuring.
                    if seen.contains(&left.years) {
                        continue;
                    }
                    seen.push(left.years.clone());
                    for after in [BREAK - 1, BREAK, BREAK + 1] {
                        for cut in 0..=2 {
                            let kept = left.keeping(|year| year <= last - cut);
                            let (before, later) = kept.sides(after);
                            if before.min(later) < FEWEST_OF_A_CELL || before + later < FEWEST_OF_A_CHANGE {
                                continue;
                            }
                            let choices = vec![
                                case.series.name.clone(),
                                measured.name().to_owned(),
                                who.to_owned(),
                                after.to_string(),
                                span.to_owned(),
                                if cut == 0 { "last".to_owned() } else { format!("last - {cut}") },
                            ];
                            let change = kept.change(after, &options.cell_plan(&choices.join("/")))?;
                            cells.push(Specification {
                                choices,
                                estimate: change.value,
                                interval: change.interval,
                            });
                        }
                    }
                }
            }
        }
    }
    Ok(SpecCurve::new(&DIMENSIONS, cells)?)
}

fn headline_section(rates: &Rates, change: &Change, found: Option<&SupF>, evidence: &Evidence) -> Section {
    let ((before, after), (early, late)) = (rates.means(BREAK), rates.sides(BREAK));
    let mut lines = vec![
        format!(
            "growth of Malaysia less that of the others: {before:+.2}% a year in {early} years up to {BREAK}, {after:+.2}% in {late} \
             after it; change {:+.2} {} points, p {:.4}, shocks of years resampled, AR(1)",
            change.value,
            interval_words(&change.interval),
            change.p
        ),
        format!("material from {BOUND} points of growth a year"),
        format!(
            "simulated power against a fall of {} points: {:.2} {SIZE_WORDS}",
            2.0 * BOUND,
            evidence.power.unwrap_or(f64::NAN)
        ),
    ];
    if let Some(found) = found {
        lines.push(format!(
            "sup-F over every date: largest after {:.0}, p {:.3}; {} years are few for it",
            found.break_after,
            found.p_value,
            rates.years.len()
        ));
    }
    Section::new("Headline", lines)
}
