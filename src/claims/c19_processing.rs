//! C19: do exporters of the processing type grow less afterwards?
//!
//! Of the type is who has more than half of foreign value added in exports and sells little own value added for others to
//! export on. Exporters are economies, and the parts of those that tables split; each is looked at in each year:
//!
//! ```text
//! 100/h ln(DVA_{i,t+h} / DVA_it)  =  δ_t  +  b [FC_it > 50%, VS1_it < 10%]  +  e_it        h = 5, clusters: economies
//! ```
//! Effects of exporters would leave only those that change their type, and none of the parts that never do: they stand in the
//! specification curve. Few exporters are of the type, and where they are fewer than a cluster bootstrap can work with, no number
//! is given at all.

use std::collections::BTreeSet;

use super::association::{Cell, FEWEST_CLUSTERS, Observations, Place, Question, wild_p};
use super::data::{ClaimData, JOBS, Series, WorldFacts};
use super::measures::{exports, in_exports_of_others, row_in_exports_of_others};
use super::parts::{self, Apart, GUIDE, Kind};
use super::study::LEVEL;
use super::thinning::data_used;
use super::trends::years_in_words;
use super::verdict::VerdictRecord;
use super::{
    Card, Claim, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, YearFacts, cards,
};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{Effects, Sign, median, seed_for};

/// Points of growth a year that matter.
const BOUND: f64 = 1.0;
/// Foreign content of exports above which an exporter may be of the type.
const FOREIGN: f64 = 0.5;
/// VS1 over exports below which it is.
const FORWARD: f64 = 0.1;
/// Years of growth that follow.
const AHEAD: usize = 5;
/// Name of the regressor.
const TYPE: &str = "processing type";
const MISSING: &str = "processing rows of exporters (OECD ICIO CN1, CN2, MX1, MX2)";
const DIMENSIONS: [&str; 6] = ["table", "foreign content", "years ahead", "effects", "crisis", "end year"];

/// C19.
#[derive(Debug)]
pub(super) struct Processing;

/// What an exporter is in one year.
#[derive(Debug, Clone, Copy)]
struct Point {
    exports: f64,
    dva: f64,
    foreign_share: f64,
    forward_share: f64,
    jobs: f64,
}

impl Point {
    /// Is it of the processing type, with foreign content above this?
    fn is_of_type(&self, foreign: f64) -> bool {
        self.foreign_share > foreign && self.forward_share < FORWARD
    }
}

/// An economy, or a part of one, over the years of its series.
struct Exporter {
    name: String,
    economy: String,
    points: Vec<Option<Point>>,
}

/// What grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcomes {
    ValueAdded,
    Jobs,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    outcome: Outcomes,
    foreign: f64,
    ahead: usize,
    /// Has each exporter an effect of its own, beside the years?
    own_effects: bool,
    with_crisis: bool,
    cut: usize,
}

const HEADLINE: Way = Way {
    outcome: Outcomes::ValueAdded,
    foreign: FOREIGN,
    ahead: AHEAD,
    own_effects: false,
    with_crisis: false,
    cut: 0,
};

/// Observations, and the economies on either side.
struct Sample {
    observations: Observations,
    of_type: BTreeSet<String>,
    others: BTreeSet<String>,
    /// Growth of exporters of the type, and of others.
    growth: [Vec<f64>; 2],
}

impl Sample {
    /// Are there enough economies on both sides?
    fn is_enough(&self) -> bool {
        self.of_type.len().min(self.others.len()) >= FEWEST_CLUSTERS
    }
}

impl Claim for Processing {
    fn card(&self) -> &'static Card {
        &cards::C19
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let has = |series: &Series| !parts::split_economies(series).is_empty();
        let Some((usable, unfit)) = parts::with_parts(data, has) else {
            return Ok(parts::waits(self.card(), Reason::Data, data, MISSING));
        };
        let Some(&series) = usable.first() else {
            return Ok(Outcome::without_data(self.card(), &unfit.join("; ")));
        };
        let exporters = exporters(series);
        let sample = sample(series, &exporters, options, HEADLINE);
        let (years, used) = (years_in_words(series, options), data_used(&usable, &unfit));
        let spec = format!(
            "of the type with more than {:.0}% of foreign content and less than {:.0}% of VS1 in exports; growth of the {AHEAD} \
             years that follow, year effects, parts of split economies apart",
            100.0 * FOREIGN,
            100.0 * FORWARD
        );
        let sections = [types_section(series, &exporters), growth_section(&sample)];
        let traced = exporters_frame(series, &exporters);
        if !sample.is_enough() {
            let mut record = VerdictRecord::undetermined(self.card(), Reason::Power, &too_few(&sample));
            record.n = sample.observations.len();
            record.table.clone_from(&series.name);
            (record.years, record.spec, record.data) = (years, spec, used);
            let details =
                vec![("exporters", traced), ("observations", sample.observations.frame(&series.name))];
            return Ok(Outcome { record, units: Vec::new(), argument: sections.into(), details });
        }
        let question = Question {
            card: self.card(),
            series,
            years,
            data: used,
            predicted: Sign::Negative,
            bound: BOUND,
            step: 1.0,
            estimate_unit: "points of growth a year of own value added in exports, exporters of the processing type against others",
            spec,
            headline: sample.observations.clone(),
            dimensions: &DIMENSIONS,
            cells: cells(&usable, options),
            causal: false,
        };
        let (jobs, fewer_jobs) = jobs_condition(series, &exporters, options)?;
        let mut outcome = question.judge(options, |_| Ok(vec![jobs]))?;
        if fewer_jobs {
            outcome.record.contradicted_by("jobs in exports grow less");
        }
        // After the headline, where there is one.
        let after = outcome.argument.len().min(1);
        for (position, section) in sections.into_iter().enumerate() {
            outcome.argument.insert(after + position, section);
        }
        outcome.argument.push(Section::new(
            "Reading",
            vec![
                "an association: poor economies take up processing, and may grow for being poor; income a head is not held fixed"
                    .into(),
                format!(
                    "{} economies have exporters of the type: where these are few, even the cluster bootstrap is rough",
                    sample.of_type.len()
                ),
                "an exporter that is of the type in a passing year has little own value added in it, and grows back: that speaks \
                 against the claim"
                    .into(),
                "growth is at current prices in one currency; windows that begin or end in a crisis are left out".into(),
            ],
        ));
        outcome.details.push(("exporters", traced));
        Ok(outcome)
    }
}

/// Why there is no estimate.
fn too_few(sample: &Sample) -> String {
    let names: Vec<&str> = sample.of_type.iter().map(String::as_str).collect();
    format!(
        "{} of {} economies have exporters of the processing type{}, a comparison needs {FEWEST_CLUSTERS} of either kind; their growth \
         is told and not judged",
        names.len(),
        sample.of_type.union(&sample.others).count(),
        if names.is_empty() { String::new() } else { format!(" ({})", names.join(" ")) }
    )
}

/// Every judged economy, in parts where the tables tell them.
fn exporters(series: &Series) -> Vec<Exporter> {
    let mut all = Vec::new();
    for s in series.judged() {
        let economy = &series.economies[s];
        let Some(apart) = parts::apart(series, s) else {
            let points = series.years.iter().map(|facts| whole(series, facts, s)).collect();
            all.push(Exporter { name: economy.clone(), economy: economy.clone(), points });
            continue;
        };
        for kind in [Kind::Ordinary, Kind::Processing] {
            let points = apart.iter().map(|at| Some(part(at, kind))).collect();
            all.push(Exporter {
                name: format!("{economy} {}", kind.word()),
                economy: economy.clone(),
                points,
            });
        }
    }
    all
}

/// An economy as one exporter.
fn whole(series: &Series, facts: &YearFacts, s: usize) -> Option<Point> {
    let world = facts.world.as_ref()?;
    let position = series.on_axis(world, s)?;
    let every = vec![true; series.sectors.len()];
    let (foreign, exports) = world.content_of_exports(position, &every, false);
    Some(Point {
        exports,
        dva: facts.accounts[s].own_value_added(&every, &every),
        foreign_share: foreign / exports,
        forward_share: in_exports_of_others(world, position, &every) / exports,
        jobs: jobs_of(world, facts, s, position),
    })
}

/// Own jobs in the exports of an economy that is not split: jobs a unit of value added, times own value added in exports by
/// industry, Σ_i (n_i / w_i) v_i (L e)_i. NaN where jobs of an industry in it are not known.
fn jobs_of(world: &WorldFacts, facts: &YearFacts, s: usize, position: usize) -> f64 {
    let Some(jobs) = world.satellite(JOBS) else { return f64::NAN };
    // Several rows of an industry share one own content: whose jobs are in it is not told.
    if world.axis.is_group(position) {
        return f64::NAN;
    }
    let account = &facts.accounts[s];
    world
        .axis
        .block(position)
        .filter(|&row| world.gross_output[row] > 0.0)
        .map(|row| {
            let content = account.own_content.row(world.axis.sector_of(row));
            let own: f64 = content.iter().zip(&account.exports).map(|(own, exports)| own * exports).sum();
            let value_added = world.value_added_share[row] * world.gross_output[row];
            if own == 0.0 { 0.0 } else { jobs[row] / value_added * own }
        })
        .sum()
}

/// A part of a split economy as an exporter of its own: its exports hold value added of the whole economy, others export on what
/// its own rows add.
fn part(at: &Apart<'_>, kind: Kind) -> Point {
    let (world, economy) = (at.world, at.split.economy);
    let made = at.split.exports(world, kind);
    let rows: Vec<usize> =
        world.axis.block(economy).filter(|&row| at.split.kind(world, row) == kind).collect();
    let foreign: f64 =
        rows.iter().map(|&row| world.foreign_part(economy, row, false) * exports(world, row)).sum();
    let forward: f64 = rows
        .iter()
        .map(|&row| world.value_added_share[row] * row_in_exports_of_others(world, economy, row))
        .sum();
    Point {
        exports: made.sold,
        dva: made.value_added,
        foreign_share: foreign / made.sold,
        forward_share: forward / made.sold,
        jobs: made.jobs,
    }
}

fn sample(series: &Series, exporters: &[Exporter], options: &ClaimOptions, way: Way) -> Sample {
    let effects = if way.own_effects { Effects::TwoWay } else { Effects::Unit };
    let mut sample = Sample {
        observations: Observations::new(effects, &[TYPE]),
        of_type: BTreeSet::new(),
        others: BTreeSet::new(),
        growth: [Vec::new(), Vec::new()],
    };
    let last = series.years.len().saturating_sub(way.ahead + way.cut);
    for (position, exporter) in exporters.iter().enumerate() {
        for t in 0..last {
            let (year, end) = (series.years[t].year, series.years[t + way.ahead].year);
            let crisis = [year, end].iter().any(|year| options.crisis_years.contains(year));
            let (Some(from), Some(to)) = (exporter.points[t], exporter.points[t + way.ahead]) else {
                continue;
            };
            let growth = match way.outcome {
                Outcomes::ValueAdded => (to.dva / from.dva).ln(),
                Outcomes::Jobs => (to.jobs / from.jobs).ln(),
            };
            let growth = 100.0 * growth / way.ahead as f64;
            if (crisis && !way.with_crisis) || !growth.is_finite() || !from.foreign_share.is_finite() {
                continue;
            }
            let of_type = from.is_of_type(way.foreign);
            let regressor = if of_type { 1.0 } else { 0.0 };
            let calendar = year.to_string();
            // Without effects of their own, exporters only tell observations of a year apart.
            let place = if way.own_effects {
                Place { unit: &exporter.name, period: year, cluster: &exporter.economy }
            } else {
                Place { unit: &calendar, period: position as i32, cluster: &exporter.economy }
            };
            sample.observations.push(place, growth, &[regressor]);
            let side = if of_type { &mut sample.of_type } else { &mut sample.others };
            side.insert(exporter.economy.clone());
            sample.growth[usize::from(!of_type)].push(growth);
        }
    }
    sample
}

fn cells(all: &[&Series], options: &ClaimOptions) -> Vec<Cell> {
    let mut cells = Vec::new();
    for &one in all {
        let exporters = exporters(one);
        for foreign in [FOREIGN, FOREIGN - 0.1] {
            for ahead in [AHEAD, 3] {
                for own_effects in [false, true] {
                    for with_crisis in [false, true] {
                        for cut in 0..=2 {
                            let way = Way { foreign, ahead, own_effects, with_crisis, cut, ..HEADLINE };
                            let choices = [
                                one.name.clone(),
                                format!("more than {:.0}%", 100.0 * foreign),
                                ahead.to_string(),
                                if own_effects { "exporters and years" } else { "years" }.to_owned(),
                                if with_crisis { "with" } else { "without" }.to_owned(),
                                ["last", "last - 1", "last - 2"][cut].to_owned(),
                            ];
                            cells.push(Cell {
                                choices: choices.into(),
                                observations: sample(one, &exporters, options, way).observations,
                            });
                        }
                    }
                }
            }
        }
    }
    cells
}

/// The second half of the claim, and whether jobs are shown to grow less.
fn jobs_condition(
    series: &Series,
    exporters: &[Exporter],
    options: &ClaimOptions,
) -> Result<(Condition, bool), ClaimError> {
    let name = "jobs in exports grow less too".to_owned();
    let sample = sample(series, exporters, options, Way { outcome: Outcomes::Jobs, ..HEADLINE });
    let open = |reason: Reason, found: String| {
        (
            Condition { name: name.clone(), holds: false, found, otherwise: Verdict::Undetermined(reason) },
            false,
        )
    };
    if sample.observations.len() == 0 {
        let found = "jobs are not known (--accounts, with lines for the parts of split economies)";
        return Ok(open(Reason::Data, found.to_owned()));
    }
    if !sample.is_enough() {
        return Ok(open(Reason::Power, format!("where jobs are known, {}", too_few(&sample))));
    }
    let fit = match sample.observations.fit() {
        Ok(fit) => fit,
        Err(why) => return Ok(open(Reason::Data, why)),
    };
    let (estimate, seed) = (fit.estimate(0), seed_for(options.seed, "C19 jobs"));
    let interval = estimate.interval(LEVEL)?;
    let p = wild_p(&fit, TYPE, Sign::Negative, seed)?;
    let fewer = interval.high < 0.0;
    let condition = Condition {
        name: name.clone(),
        holds: fewer,
        found: format!(
            "{:+.2} [{:+.2}, {:+.2}] points a year, p {p:.4}, {} observations",
            estimate.value, interval.low, interval.high, fit.n_observations
        ),
        otherwise: Verdict::Undetermined(if estimate.value > 0.0 {
            Reason::SignFlips
        } else {
            Reason::Power
        }),
    };
    Ok((condition, fewer))
}

/// Who is of the type, and who is not though its exports are a processing part.
fn types_section(series: &Series, exporters: &[Exporter]) -> Section {
    let mut lines = vec![GUIDE.to_owned()];
    let processing = format!(" {}", Kind::Processing.word());
    for exporter in exporters {
        let years: Vec<String> = series
            .years
            .iter()
            .zip(&exporter.points)
            .filter(|(_, point)| point.is_some_and(|point| point.is_of_type(FOREIGN)))
            .map(|(facts, _)| facts.year.to_string())
            .collect();
        if years.is_empty() && !exporter.name.ends_with(&processing) {
            continue;
        }
        let level = exporter.points.iter().flatten().next_back().map_or_else(String::new, |point| {
            format!(
                "; in the last year foreign content {:.1}%, VS1 {:.1}% of exports",
                100.0 * point.foreign_share,
                100.0 * point.forward_share
            )
        });
        let when = match (years.first(), years.last()) {
            (Some(first), Some(last)) => {
                format!("of the type in {} years from {first} to {last}", years.len())
            }
            _ => "of the type in no year".to_owned(),
        };
        lines.push(format!("{}: {when}{level}", exporter.name));
    }
    Section::new("Exporters of the type", lines)
}

/// Growth of the two kinds side by side, and how many there are.
fn growth_section(sample: &Sample) -> Section {
    let line = |name: &str, growth: &[f64], economies: usize| {
        format!(
            "{name}: median growth {:+.1}% a year over the {AHEAD} that follow, {} exporter-years of {economies} economies",
            median(growth).unwrap_or(f64::NAN),
            growth.len()
        )
    };
    let [of_type, others] = &sample.growth;
    Section::new(
        "Growth of own value added in exports",
        vec![
            line("of the type", of_type, sample.of_type.len()),
            line("others", others, sample.others.len()),
            format!(
                "a comparison needs {FEWEST_CLUSTERS} economies of either kind: below that no sign is read from these numbers"
            ),
        ],
    )
}

/// Share and level of every exporter and year.
fn exporters_frame(series: &Series, exporters: &[Exporter]) -> Frame {
    let mut keys: [Vec<Option<String>>; 2] = Default::default();
    let mut years = Vec::new();
    let mut numbers: [Vec<f64>; 6] = Default::default();
    for exporter in exporters {
        for (facts, point) in series.years.iter().zip(&exporter.points) {
            let Some(point) = point else { continue };
            keys[0].push(Some(exporter.name.clone()));
            keys[1].push(Some(exporter.economy.clone()));
            years.push(Some(i64::from(facts.year)));
            let cells = [
                point.exports,
                point.dva,
                point.foreign_share,
                point.forward_share * point.exports,
                if point.is_of_type(FOREIGN) { 1.0 } else { 0.0 },
                point.jobs,
            ];
            for (column, cell) in numbers.iter_mut().zip(cells) {
                column.push(cell);
            }
        }
    }
    let [names, economies] = keys;
    let [exports, dva, foreign_share, forward, of_type, jobs] = numbers;
    Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); years.len()]))
        .with("exporter", Measure::Key, Column::Text(names))
        .with("economy", Measure::Key, Column::Text(economies))
        .with("year", Measure::Key, Column::Integer(years))
        .with("gexp", Measure::Amount, Column::Number(exports))
        .with("own_value_added", Measure::Amount, Column::Number(dva))
        .with("fc_share", Measure::Share, Column::Number(foreign_share))
        .with("vs1", Measure::Amount, Column::Number(forward))
        .with("processing_type", Measure::Pure, Column::Number(of_type))
        .with("own_jobs", Measure::Pure, Column::Number(jobs))
}
