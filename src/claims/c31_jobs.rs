//! C31: do jobs a dollar of exports fall as imported content rises, while wages and productivity grow?
//!
//! Own jobs behind an economy's exports over those exports, in logarithms, against its foreign share in the same year,
//! with economy and year effects. Needs jobs and labour income by industry beside the tables.
//!
//! A part of that is arithmetic: a dollar of exports that is foreign has no own jobs in it, whatever becomes of work at home.
//!
//! ```text
//! ln(jobs / exports) = ln(jobs / own value added in exports) + ln(own value added in exports / exports)
//! ```
//! The claim says something where the first term falls; it is estimated by itself, and support needs it.

use super::association::{Cell, Observations, Place, Question};
use super::data::{JOBS, LABOUR, Series, WorldFacts};
use super::measures::mining_choices;
use super::study::{FEWEST_YEARS, LEVEL};
use super::trends::{worlds, years_in_words};
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, cards,
};
use crate::stats::{Effects, Sign, median};

/// Percent of jobs a dollar for ten points of VS.
const BOUND: f64 = 5.0;

/// Points of foreign share that estimates are stated for.
const STEP: f64 = 10.0;

/// C31.
#[derive(Debug)]
pub(super) struct Jobs;

/// Jobs, labour income and value added of an economy behind its own exports, and the exports.
#[derive(Debug, Clone, Copy)]
struct Behind {
    jobs: f64,
    labour: f64,
    value_added: f64,
    exports: f64,
    foreign_share: f64,
}

impl Claim for Jobs {
    fn card(&self) -> &'static Card {
        &cards::C31
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let have: Vec<&Series> = all.into_iter().filter(|series| has_jobs(series)).collect();
        let Some(&series) = have.first() else {
            let why = "needs jobs by industry beside a world series: --accounts, of WIOD socio-economic accounts or OECD TiM";
            return Ok(Outcome::without_data(self.card(), why));
        };
        let without_mining = series.map.knows_mining();
        let question = Question {
            card: self.card(),
            series,
            years: years_in_words(series, options),
            data,
            predicted: Sign::Negative,
            bound: BOUND,
            step: STEP,
            estimate_unit: "percent of own jobs a dollar of exports, for ten points of foreign share",
            spec: "foreign share of all exports, without mining where known; economy and year effects".into(),
            headline: observations(series, options, Over::Exports, without_mining, false, 0),
            dimensions: &["table", "mining", "crisis", "end year"],
            cells: cells(&have, options),
            causal: false,
        };
        let rivals = [arithmetic_condition(series, options, without_mining)?, growth_condition(series)];
        let mut outcome = question.judge(options, |_| Ok(rivals.into_iter().flatten().collect()))?;
        outcome.argument.push(levels(series));
        Ok(outcome)
    }
}

fn has_jobs(series: &Series) -> bool {
    series
        .years
        .iter()
        .filter(|facts| facts.world.as_ref().is_some_and(|w| w.satellite(JOBS).is_some()))
        .count()
        >= FEWEST_YEARS
}

/// What stands behind the exports of economy `s` (on the axis): `n_i (B e_s)_i` over its own rows.
fn behind(facts: &WorldFacts, s: usize, without_mining: bool) -> Option<Behind> {
    let jobs = facts.satellite(JOBS)?;
    let labour = facts.satellite(LABOUR);
    let of = |amounts: &dyn Fn(usize) -> f64| -> f64 {
        facts
            .axis
            .block(s)
            .filter(|&row| facts.gross_output[row] > 0.0)
            .map(|row| amounts(row) / facts.gross_output[row] * facts.output_by_exporter[(row, s)])
            .sum()
    };
    let everything = vec![true; facts.axis.n_sectors()];
    let (_, exports) = facts.content_of_exports(s, &everything, false);
    let (foreign, whole) = facts.content_of_exports(s, &everything, without_mining);
    Some(Behind {
        jobs: of(&|row| jobs[row]),
        labour: labour.map_or(f64::NAN, |labour| of(&|row| labour[row])),
        value_added: of(&|row| facts.value_added_share[row] * facts.gross_output[row]),
        exports,
        foreign_share: foreign / whole,
    })
}

/// What is told against the foreign share.
#[derive(Debug, Clone, Copy)]
enum Over {
    /// Jobs a dollar of exports.
    Exports,
    /// Jobs a dollar of own value added in exports: without what is arithmetic.
    OwnValueAdded,
    /// Own value added a dollar of exports: what is arithmetic.
    Arithmetic,
}

impl Over {
    fn of(self, b: &Behind) -> f64 {
        match self {
            Self::Exports => b.jobs / b.exports,
            Self::OwnValueAdded => b.jobs / b.value_added,
            Self::Arithmetic => b.value_added / b.exports,
        }
    }
}

fn observations(
    series: &Series,
    options: &ClaimOptions,
    over: Over,
    without_mining: bool,
    with_crisis: bool,
    cut: usize,
) -> Observations {
    let mut all = Observations::new(Effects::TwoWay, &["foreign share"]);
    for facts in series.years.iter().take(series.years.len() - cut) {
        if !with_crisis && options.crisis_years.contains(&facts.year) {
            continue;
        }
        let Some(world) = &facts.world else { continue };
        for s in series.judged() {
            let Some(position) = series.on_axis(world, s) else { continue };
            let Some(b) = behind(world, position, without_mining) else { continue };
            let place =
                Place { unit: &series.economies[s], period: facts.year, cluster: &series.economies[s] };
            all.push(place, 100.0 * over.of(&b).ln(), &[100.0 * b.foreign_share]);
        }
    }
    all
}

fn cells(series: &[&Series], options: &ClaimOptions) -> Vec<Cell> {
    let mut cells = Vec::new();
    for one in series {
        for (without_mining, mining) in mining_choices(one) {
            for with_crisis in [false, true] {
                for cut in 0..=2 {
                    let choices = [
                        one.name.as_str(),
                        mining,
                        if with_crisis { "with" } else { "without" },
                        ["last", "last - 1", "last - 2"][cut],
                    ];
                    cells.push(Cell {
                        choices: choices.iter().map(|word| (*word).to_owned()).collect(),
                        observations: observations(
                            one,
                            options,
                            Over::Exports,
                            without_mining,
                            with_crisis,
                            cut,
                        ),
                    });
                }
            }
        }
    }
    cells
}

/// First and last year with numbers, for each judged economy that has them.
fn ends(series: &Series) -> Vec<(usize, i32, Behind, i32, Behind)> {
    series
        .judged()
        .into_iter()
        .filter_map(|s| {
            let all: Vec<(i32, Behind)> = series
                .years
                .iter()
                .filter_map(|facts| {
                    let world = facts.world.as_ref()?;
                    let b = behind(world, series.on_axis(world, s)?, false)?;
                    (b.jobs.is_finite() && b.jobs > 0.0 && b.exports > 0.0).then_some((facts.year, b))
                })
                .collect();
            let (first, last) = (all.first()?, all.last()?);
            (first.0 < last.0).then_some((s, first.0, first.1, last.0, last.1))
        })
        .collect()
}

/// Do jobs fall by more than what imported content takes away by arithmetic?
fn arithmetic_condition(
    series: &Series,
    options: &ClaimOptions,
    without_mining: bool,
) -> Result<Option<Condition>, ClaimError> {
    let fit = |over: Over| observations(series, options, over, without_mining, false, 0).fit();
    // Without a fit of its own the headline has none either, and says why.
    let (Ok(own), Ok(arithmetic)) = (fit(Over::OwnValueAdded), fit(Over::Arithmetic)) else {
        return Ok(None);
    };
    let (own, arithmetic) = (own.estimate(0), arithmetic.estimate(0));
    let interval = own.interval(LEVEL)?;
    Ok(Some(Condition {
        name: "jobs fall by more than the arithmetic of it, that foreign content has no own jobs".into(),
        holds: interval.high < 0.0,
        found: format!(
            "for ten points of foreign share jobs a dollar of own value added in exports change by {:+.1}% [{:+.1}, {:+.1}], and \
             own value added a dollar of exports by {:+.1}%, which is arithmetic",
            STEP * own.value,
            STEP * interval.low,
            STEP * interval.high,
            STEP * arithmetic.value
        ),
        otherwise: Verdict::Undetermined(Reason::SignFlips),
    }))
}

/// The second half of the claim: value added and labour income a job grow.
fn growth_condition(series: &Series) -> Option<Condition> {
    let ends = ends(series);
    let rate = |from: f64, to: f64, years: i32| 100.0 * (to / from).ln() / f64::from(years);
    let productivity: Vec<f64> = ends
        .iter()
        .map(|(_, a, first, b, last)| {
            rate(first.value_added / first.jobs, last.value_added / last.jobs, b - a)
        })
        .filter(|value| value.is_finite())
        .collect();
    let wages: Vec<f64> = ends
        .iter()
        .map(|(_, a, first, b, last)| rate(first.labour / first.jobs, last.labour / last.jobs, b - a))
        .filter(|value| value.is_finite())
        .collect();
    let (p, w) = (median(&productivity).ok()?, median(&wages).unwrap_or(f64::NAN));
    Some(Condition {
        name: "value added and labour income a job in exports grow".into(),
        holds: p > 0.0 && (w > 0.0 || wages.is_empty()),
        found: format!(
            "median of {} economies: value added a job {p:+.1}% a year, labour income a job {} (current prices, one \
             currency)",
            productivity.len(),
            if wages.is_empty() {
                "not known".to_owned()
            } else {
                format!("{w:+.1}% in {} economies", wages.len())
            }
        ),
        otherwise: Verdict::Undetermined(Reason::SignFlips),
    })
}

fn levels(series: &Series) -> Section {
    let mut lines: Vec<String> = ends(series)
        .into_iter()
        .map(|(s, from, first, to, last)| {
            let share = |b: &Behind| match 100.0 * b.labour / b.value_added {
                share if share.is_finite() => format!("{share:.0}%"),
                _ => "not known".to_owned(),
            };
            format!(
                "{}: jobs over exports {:.4} in {from}, {:.4} in {to}; jobs in exports x {:.2}; labour share of own value added \
                 in exports {} to {}",
                series.economies[s],
                first.jobs / first.exports,
                last.jobs / last.exports,
                last.jobs / first.jobs,
                share(&first),
                share(&last)
            )
        })
        .collect();
    lines.push(format!(
        "jobs in the unit of the account (of builtin:wiod13: thousand persons), exports in {}",
        series.unit
    ));
    Section::new("Economies", lines)
}
