//! C30: does the foreign-owned part of domestic value added in exports exceed 30% in chain-intensive sectors?
//!
//! With foreign-owned shares of value added by industry (`--ownership`) the part is measured. Without, labour compensation is
//! taken to stay at home, so the part lies between zero and the capital share: an economy whose upper bound is below 30%
//! refutes the claim for itself, all others stay undetermined for want of data.

use super::data::{Series, WorldFacts};
use super::extra;
use super::thinning::interval_words;
use super::verdict::{Evidence, VerdictRecord, frame};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Reason, Section, Verdict, cards};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{Interval, Sign, mean_by_bootstrap, median};
use crate::upgrading::panel::CAPITAL;
use crate::upgrading::{Panel, YearFacts};

/// The part that the claim names.
const THRESHOLD: f64 = 0.3;

/// C30.
#[derive(Debug)]
pub(super) struct Owners;

/// The foreign-owned part of one economy: at least, at most.
#[derive(Debug, Clone)]
struct Part {
    economy: String,
    low: f64,
    high: f64,
    /// Part of foreign-owned firms where owners are known.
    share: f64,
}

impl Claim for Owners {
    fn card(&self) -> &'static Card {
        &cards::C30
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let wanted = "would need foreign-owned parts of value added by economy, sector and year (OECD AMNE): `vadex claims C30 \
                      --ownership FILE` and `vadex ownership TABLE --ownership FILE` read economy,sector,year,share";
        let series = match data.world(1) {
            Ok(series) => series,
            Err(why) => return Ok(Outcome::without_data(self.card(), &format!("{why}; {wanted}"))),
        };
        let panel = match extra::panel(series, None)? {
            Ok(panel) => panel,
            Err(why) => return Ok(Outcome::without_data(self.card(), &format!("{why}; {wanted}"))),
        };
        let alike = |year: i32| !chain_intensive(series, year).iter().any(|is| *is);
        if panel.calendar().into_iter().all(alike) {
            let why =
                format!("{}: the exports of all sectors hold the same foreign value added", series.name);
            return Ok(Outcome::without_data(self.card(), &why));
        }
        if let Some(figures) = &data.extra.ownership {
            let missing = figures.check(panel.axis(), &panel.calendar())?;
            let last = panel.years().iter().rfind(|facts| !missing.contains(&facts.year));
            if let Some(facts) = last {
                let foreign = figures.by_row(panel.axis(), facts.year, "");
                return measured(self.card(), series, &panel, facts, &foreign, options);
            }
        }
        // One year is enough: the one with capital income of the most economies, the last of several.
        let known = |t: usize| {
            let capital = panel.years()[t].account(CAPITAL);
            let of_economy = |s: &usize| {
                capital.is_some_and(|known| panel.axis().block(*s).all(|row| known[row].is_finite()))
            };
            (0..panel.axis().n_economies()).filter(of_economy).count()
        };
        let Some(t) = (0..panel.years().len()).filter(|&t| known(t) > 0).max_by_key(|&t| known(t)) else {
            let why = format!(
                "{}: owners are not known, and no capital income by industry bounds what they take; {wanted}",
                series.name
            );
            return Ok(Outcome::without_data(self.card(), &why));
        };
        Ok(bounded(self.card(), series, &panel, &panel.years()[t], wanted))
    }
}

/// Sectors whose exports hold more foreign value added than all exports of the world, in a year.
fn chain_intensive(series: &Series, year: i32) -> Vec<bool> {
    let world: Option<&WorldFacts> =
        series.years.iter().find(|facts| facts.year == year).and_then(|facts| facts.world.as_ref());
    let Some(world) = world else { return vec![false; series.sectors.len()] };
    let axis = &world.axis;
    let mut foreign = vec![0.0; axis.n_sectors()];
    let mut exports = vec![0.0; axis.n_sectors()];
    for row in 0..axis.n_rows() {
        let sold: f64 = world.bilateral_exports.row(row).sum();
        let own = world.value_added_by_origin[(axis.economy_of(row), row)];
        let all: f64 = world.value_added_by_origin.column(row).sum();
        foreign[axis.sector_of(row)] += (all - own) * sold;
        exports[axis.sector_of(row)] += sold;
    }
    let average = foreign.iter().sum::<f64>() / exports.iter().sum::<f64>();
    foreign
        .iter()
        .zip(&exports)
        .map(|(foreign, exports)| *exports > 0.0 && foreign / exports > average)
        .collect()
}

/// Σ over the chain-intensive rows of an economy of (part in exports), over their value added in exports.
fn part(panel: &Panel, facts: &YearFacts, s: usize, sectors: &[bool], of: impl Fn(usize) -> f64) -> f64 {
    let rows: Vec<usize> =
        panel.axis().block(s).filter(|&row| sectors[panel.axis().sector_of(row)]).collect();
    let income = |row: usize| facts.in_exports(row, facts.value_added[row]);
    let whole: f64 = rows.iter().map(|&row| income(row)).sum();
    // A row that exports nothing has no part in it, whoever owns it.
    rows.iter().filter(|&&row| income(row) != 0.0).map(|&row| of(row)).sum::<f64>() / whole
}

/// Capital income that is a loss bounds nobody's gain; what is not known stays so.
fn at_least_nothing(income: f64) -> f64 {
    if income < 0.0 { 0.0 } else { income }
}

fn bounded(card: &'static Card, series: &Series, panel: &Panel, facts: &YearFacts, wanted: &str) -> Outcome {
    let sectors = chain_intensive(series, facts.year);
    let capital = facts.account(CAPITAL).unwrap_or(&[]);
    let parts: Vec<Part> = extra::judged(series, panel)
        .into_iter()
        .map(|s| Part {
            economy: panel.axis().economies()[s].clone(),
            low: 0.0,
            high: part(panel, facts, s, &sectors, |row| {
                facts.in_exports(row, at_least_nothing(capital[row]))
            }),
            share: f64::NAN,
        })
        .filter(|part| part.high.is_finite())
        .collect();
    let highs: Vec<f64> = parts.iter().map(|part| part.high).collect();
    let high = median(&highs).unwrap_or(f64::NAN);
    let below = parts.iter().filter(|part| part.high < THRESHOLD).count();
    let units: Vec<VerdictRecord> = parts.iter().map(|part| unit(card, series, facts.year, part)).collect();
    let said = format!(
        "owners are not known; what foreign owners can take is capital income at most, between 0 and {:.0}% of value added in \
         exports in the median of {} economies ({} chain-intensive sectors, {}): a bound, not an estimate, and not of the value \
         added of their firms, whose wages stay. It is below {:.0}% in {below} of them",
        100.0 * high,
        parts.len(),
        sectors.iter().filter(|is| **is).count(),
        facts.year,
        100.0 * THRESHOLD
    );
    let mut record = if high < THRESHOLD {
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: 100.0 * (high - THRESHOLD),
            interval: Interval::new(-100.0 * THRESHOLD, 100.0 * (high - THRESHOLD)),
            p_adjusted: 1.0,
            bound: 0.0,
            specifications: None,
            units: None,
            conditions: Vec::new(),
            power: None,
            causal: false,
        };
        let record = VerdictRecord::of(card, &evidence);
        VerdictRecord { reason: format!("{}; {said}", record.reason), ..record }
    } else {
        VerdictRecord::undetermined(card, Reason::Data, &format!("{said}; {wanted}"))
    };
    record.estimate_unit = format!("points of the upper bound above {:.0}%", 100.0 * THRESHOLD);
    record.n = parts.len();
    record.table.clone_from(&series.name);
    record.years = facts.year.to_string();
    record.spec =
        "bounds: zero to the capital share of domestic value added in exports, chain-intensive sectors"
            .into();
    let names: Vec<&str> =
        series.sectors.iter().zip(&sectors).filter(|(_, is)| **is).map(|(name, _)| name.as_str()).collect();
    let lines = vec![
        said,
        format!(
            "chain-intensive (more foreign value added in exports than the average): {}",
            names.join(" ")
        ),
    ];
    Outcome {
        record,
        argument: vec![Section::new("Bounds", lines)],
        details: vec![("economies", frame(&units)), ("owners", parts_frame(facts.year, &parts))],
        units,
    }
}

/// What the bounds say about one economy.
fn unit(card: &'static Card, series: &Series, year: i32, part: &Part) -> VerdictRecord {
    let words = format!("the foreign-owned part is at most {:.1}%", 100.0 * part.high);
    let mut record = VerdictRecord::undetermined(card, Reason::Data, &words);
    if part.high < THRESHOLD {
        record.verdict = Verdict::NotSupported;
        record.reason = words;
    }
    record.unit.clone_from(&part.economy);
    record.table.clone_from(&series.name);
    record.years = year.to_string();
    record.n = 1;
    record
}

fn measured(
    card: &'static Card,
    series: &Series,
    panel: &Panel,
    facts: &YearFacts,
    foreign: &[f64],
    options: &ClaimOptions,
) -> Result<Outcome, ClaimError> {
    let sectors = chain_intensive(series, facts.year);
    let parts: Vec<Part> = extra::judged(series, panel)
        .into_iter()
        .map(|s| {
            let at = |other: f64| {
                part(panel, facts, s, &sectors, |row| {
                    let share = if foreign[row].is_nan() { other } else { foreign[row] };
                    share * facts.in_exports(row, facts.value_added[row])
                })
            };
            Part {
                economy: panel.axis().economies()[s].clone(),
                low: at(0.0),
                high: at(1.0),
                share: at(f64::NAN),
            }
        })
        .collect();
    let known: Vec<f64> =
        parts.iter().filter(|p| p.share.is_finite()).map(|p| 100.0 * (p.share - THRESHOLD)).collect();
    let estimate = match mean_by_bootstrap(&known, &options.plan(card.id)) {
        Ok(estimate) => estimate,
        Err(error) => {
            let why =
                format!("foreign-owned shares of all chain-intensive industries of an economy: {error}");
            return Ok(Outcome::without_data(card, &why));
        }
    };
    let positive = estimate.value > 0.0;
    let evidence = Evidence {
        predicted: Sign::Positive,
        estimate: estimate.value,
        interval: estimate.interval,
        p_adjusted: if positive { estimate.p_two_sided / 2.0 } else { 1.0 - estimate.p_two_sided / 2.0 },
        bound: 0.0,
        specifications: None,
        units: None,
        conditions: Vec::new(),
        power: None,
        causal: false,
    };
    let mut record = VerdictRecord::of_distance(card, &evidence, &format!("{:.0}%", 100.0 * THRESHOLD));
    record.estimate_unit = format!("points above {:.0}%, mean of economies", 100.0 * THRESHOLD);
    record.n = known.len();
    record.table.clone_from(&series.name);
    record.years = facts.year.to_string();
    record.spec = "foreign-owned part of own value added in exports, chain-intensive sectors".into();
    let line = format!(
        "mean of {} economies {:+.1} points above {:.0}% {}; economies with an unknown industry are not in it",
        known.len(),
        estimate.value,
        100.0 * THRESHOLD,
        interval_words(&estimate.interval)
    );
    Ok(Outcome {
        record,
        units: Vec::new(),
        argument: vec![Section::new("Owners", vec![line])],
        details: vec![("owners", parts_frame(facts.year, &parts))],
    })
}

fn parts_frame(year: i32, parts: &[Part]) -> Frame {
    let number = |of: &dyn Fn(&Part) -> f64| Column::Number(parts.iter().map(of).collect());
    Frame::new()
        .with("year", Measure::Key, Column::Integer(vec![Some(i64::from(year)); parts.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::Text(parts.iter().map(|part| Some(part.economy.clone())).collect()),
        )
        .with("foreign_owned_share", Measure::Share, number(&|part| part.share))
        .with("foreign_owned_min", Measure::Share, number(&|part| part.low))
        .with("foreign_owned_max", Measure::Share, number(&|part| part.high))
}
