//! C16: is export demand not the main source of growth?
//!
//! The change of GDP of each economy, split exactly (Shapley, all orderings) into three factors:
//!
//! ```text
//! GDP_s = m_s y_s + m_s Σ_{r≠s} y_r     m_s = v_s B_s· (1,GN): structure     y_s domestic, y_r foreign final demand (GN)
//! ```
//! Structure holds technology, sourcing at home and abroad, and value added in output. It is accounting: what demand would
//! have been without exports is not asked.

use super::curve::{curve_frame, curve_section};
use super::data::{Series, WorldFacts};
use super::resample::{Resampled, weighted_median};
use super::thinning::interval_words;
use super::trends::{crisis_years, worlds, years_in_words};
use super::verdict::{Evidence, UnitCount, VerdictRecord, frame};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, Verdict, cards};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{
    Attribution, BootstrapPlan, Interval, Sign, SpecCurve, Specification, StatsError, shapley,
};

/// "Main source": more than this part of growth, percent.
const MAIN: f64 = 50.0;
/// Points below it that matter.
const BOUND: f64 = 5.0;
/// A change of demand needs two years; growth, some distance.
const FEWEST_YEARS: usize = 5;
/// Resampling needs a few economies.
const FEWEST_ECONOMIES: usize = 3;
const DIMENSIONS: [&str; 6] = ["table", "economies", "value added", "path", "centre", "span"];
const FACTORS: [&str; 3] = ["structure", "domestic demand", "foreign demand"];

/// C16.
#[derive(Debug)]
pub(super) struct ExportDemand;

/// One economy's growth, attributed.
#[derive(Debug, Clone)]
struct Growth {
    economy: usize,
    change: f64,
    /// Part of each factor in the change, percent.
    part: [f64; 3],
    /// Smallest and largest part of foreign demand over orderings, percent.
    band: Interval,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    without_mining: bool,
    chained: bool,
    south_only: bool,
}

impl Claim for ExportDemand {
    fn card(&self) -> &'static Card {
        &cards::C16
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let way = Way { without_mining: false, chained: false, south_only: false };
        let (first, last) = (0, series.years.len() - 1);
        let growth = growth(series, way, first, last)?;
        if growth.len() < FEWEST_ECONOMIES {
            return Ok(Outcome::without_data(self.card(), "needs three economies whose GDP grew"));
        }
        let median = centre(&growth, Centre::Median, &options.plan("C16"))?;
        let distance = median.map(|part| part - MAIN);
        let curve = curve(&all, options)?;
        let units = unit_records(series, &growth, self.card());
        let count = UnitCount {
            raw: growth.iter().filter(|g| g.part[2] < MAIN).count(),
            supporting: units.iter().filter(|unit| unit.verdict == Verdict::Supported).count(),
            against: growth.iter().filter(|g| g.band.low > MAIN).count(),
            total: units.len(),
        };
        let evidence = Evidence {
            predicted: Sign::Negative,
            estimate: distance.value,
            interval: distance.interval()?,
            p_adjusted: distance.p_one_sided(Sign::Negative),
            bound: BOUND,
            specifications: Some(curve.summary(Sign::Negative)?),
            units: Some(count),
            conditions: Vec::new(),
            power: Some(distance.power(-2.0 * BOUND)?),
            causal: false,
        };
        let mut record = VerdictRecord::of_distance(self.card(), &evidence, &format!("{MAIN:.0}%"));
        record.reason = format!("{}; the part of foreign demand is held against {MAIN:.0}%", record.reason);
        (record.estimate, record.interval) = (median.value, median.interval()?);
        record.estimate_unit =
            "percent of the change of GDP due to foreign final demand, median economy".into();
        record.n = growth.len();
        record.table.clone_from(&series.name);
        record.years = span_words(series, first, last);
        record.spec =
            "first to last year at current prices, Shapley over all orderings, economies that grew".into();
        record.data = data;
        let argument = vec![
            headline_section(&growth, &evidence, &median)?,
            economies_section(series, &growth),
            curve_section(&curve, Sign::Negative)?,
            Section::new(
                "Reading",
                vec![
                    format!("the specifications are distances from {MAIN:.0}%: negative agrees with the claim"),
                    format!("span without crises at its ends: {}", years_in_words(series, options)),
                    "demand is in current prices and one currency: inflation and exchange rates are in all three parts"
                        .into(),
                ],
            ),
        ];
        let details = vec![
            ("economies", frame(&units)),
            ("decomposition", growth_frame(series, &growth, first, last)),
            ("specifications", curve_frame(&curve)),
        ];
        Ok(Outcome { record, units, argument, details })
    }
}

fn span_words(series: &Series, first: usize, last: usize) -> String {
    format!("{}-{}", series.years[first].year, series.years[last].year)
}

/// m_s, (GN).
fn structure(facts: &WorldFacts, s: usize, without_mining: bool) -> Vec<f64> {
    facts.by_origin(without_mining).row(s).iter().copied().collect()
}

fn paid(structure: &[f64], demand: &[f64]) -> f64 {
    structure.iter().zip(demand).map(|(m, y)| m * y).sum()
}

/// Exact attribution of the change between two tables. Rows must mean the same in both: the axes are equal.
fn attribute(
    before: (&WorldFacts, usize),
    after: (&WorldFacts, usize),
    without_mining: bool,
) -> Result<Attribution, StatsError> {
    let of = |(facts, s): (&WorldFacts, usize)| {
        let home: Vec<f64> = facts.final_demand.column(s).iter().copied().collect();
        let abroad: Vec<f64> =
            (0..home.len()).map(|row| facts.final_demand.row(row).sum() - home[row]).collect();
        (structure(facts, s, without_mining), home, abroad)
    };
    let (old, new) = (of(before), of(after));
    shapley(3, |changed| {
        let m = changed.pick(0, &old.0, &new.0);
        Ok::<f64, StatsError>(
            paid(m, changed.pick(1, &old.1, &new.1)) + paid(m, changed.pick(2, &old.2, &new.2)),
        )
    })
}

/// Attributions of all judged economies whose GDP grew.
fn growth(series: &Series, way: Way, first: usize, last: usize) -> Result<Vec<Growth>, ClaimError> {
    let steps: Vec<(usize, usize)> =
        if way.chained { (first..last).map(|t| (t, t + 1)).collect() } else { vec![(first, last)] };
    let map = crate::indicators::Regions::builtin();
    let mut all = Vec::new();
    for economy in series.judged() {
        let south = map.of(&series.economies[economy]).is_some_and(|region| region.south);
        if way.south_only && !south {
            continue;
        }
        let (mut change, mut mean, mut low, mut high) = (0.0, [0.0; 3], 0.0, 0.0);
        for &(from, to) in &steps {
            let (Some(old), Some(new)) = (&series.years[from].world, &series.years[to].world) else {
                continue;
            };
            let (Some(s), Some(r)) = (series.on_axis(old, economy), series.on_axis(new, economy)) else {
                continue;
            };
            if old.axis != new.axis {
                continue;
            }
            let attribution = attribute((old, s), (new, r), way.without_mining)?;
            change += attribution.total();
            for (sum, part) in mean.iter_mut().zip(&attribution.contributions) {
                *sum += part.mean;
            }
            low += attribution.contributions[2].min;
            high += attribution.contributions[2].max;
        }
        if change > 0.0 {
            all.push(Growth {
                economy,
                change,
                part: mean.map(|part| 100.0 * part / change),
                band: Interval::new(100.0 * low / change, 100.0 * high / change),
            });
        }
    }
    Ok(all)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Centre {
    Median,
    World,
}

/// Part of foreign demand in the median economy, or in the growth of all together.
fn centre(growth: &[Growth], centre: Centre, plan: &BootstrapPlan) -> Result<Resampled, StatsError> {
    let parts: Vec<f64> = growth.iter().map(|g| g.part[2]).collect();
    Resampled::of(growth.len(), plan, |weights| match centre {
        Centre::Median => weighted_median(&parts, weights),
        Centre::World => {
            let total: f64 = growth.iter().zip(weights).map(|(g, w)| w * g.change).sum();
            growth.iter().zip(weights).map(|(g, w)| w * g.change * g.part[2]).sum::<f64>() / total
        }
    })
}

fn curve(series: &[&Series], options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut cells = Vec::new();
    for one in series {
        let end = one.years.len() - 1;
        let crisis = crisis_years(one, options);
        let mut spans = vec![("whole", 0, end)];
        for cut in 1..=2 {
            if end > cut + 3 {
                spans.push((if cut == 1 { "last - 1" } else { "last - 2" }, 0, end - cut));
            }
        }
        if let Some(before) =
            one.years.iter().position(|facts| crisis.contains(&facts.year)).filter(|t| *t >= 4)
        {
            spans.push(("to the year before the crisis", 0, before - 1));
        }
        for (south_only, who) in [(false, "all"), (true, "South")] {
            for (without_mining, mining) in super::measures::mining_choices(one) {
                for (chained, path) in [(false, "first to last"), (true, "year by year")] {
                    for &(span, from, to) in &spans {
                        let growth = growth(one, Way { without_mining, chained, south_only }, from, to)?;
                        if growth.len() < FEWEST_ECONOMIES {
                            continue;
                        }
                        for (which, name) in [(Centre::Median, "median"), (Centre::World, "together")] {
                            let choices: Vec<String> = [&one.name, who, mining, path, name, span]
                                .iter()
                                .map(|choice| (*choice).to_owned())
                                .collect();
                            let plan = options.cell_plan(&choices.join("/"));
                            let distance = centre(&growth, which, &plan)?.map(|part| part - MAIN);
                            cells.push(Specification {
                                choices,
                                estimate: distance.value,
                                interval: distance.interval()?,
                            });
                        }
                    }
                }
            }
        }
    }
    Ok(SpecCurve::new(&DIMENSIONS, cells)?)
}

/// An economy supports the claim when every ordering leaves foreign demand clearly below half.
fn unit_records(series: &Series, growth: &[Growth], card: &'static Card) -> Vec<VerdictRecord> {
    growth
        .iter()
        .map(|g| {
            let evidence = Evidence {
                predicted: Sign::Negative,
                estimate: g.part[2] - MAIN,
                interval: Interval::new(g.band.low - MAIN, g.band.high - MAIN),
                // Accounting has no sampling error: the band over orderings is all that is uncertain.
                p_adjusted: 0.0,
                bound: BOUND,
                specifications: None,
                units: None,
                conditions: Vec::new(),
                power: None,
                causal: false,
            };
            let mut record = VerdictRecord::of_distance(card, &evidence, &format!("{MAIN:.0}%"));
            record.unit.clone_from(&series.economies[g.economy]);
            (record.estimate, record.interval) = (g.part[2], g.band);
            record.p_adjusted = f64::NAN;
            record.estimate_unit =
                "percent of the change of GDP due to foreign final demand; band over orderings".into();
            record.n = 1;
            record.table.clone_from(&series.name);
            record
        })
        .collect()
}

fn headline_section(
    growth: &[Growth],
    evidence: &Evidence,
    median: &Resampled,
) -> Result<Section, ClaimError> {
    let total: f64 = growth.iter().map(|g| g.change).sum();
    let together: Vec<String> = FACTORS
        .iter()
        .enumerate()
        .map(|(k, name)| {
            let part = growth.iter().map(|g| g.change * g.part[k]).sum::<f64>() / total;
            format!("{name} {part:.0}%")
        })
        .collect();
    Ok(Section::new(
        "Headline",
        vec![
            format!(
                "foreign final demand accounts for {:.1}% {} of the growth of the median of {} economies",
                median.value,
                interval_words(&median.interval()?),
                growth.len()
            ),
            format!("all of them together: {}", together.join(", ")),
            format!("material from {BOUND} points below {MAIN:.0}%"),
            format!(
                "simulated power against {} points below: {:.2}",
                2.0 * BOUND,
                evidence.power.unwrap_or(f64::NAN)
            ),
            format!(
                "more than half under every ordering in {} economies",
                growth.iter().filter(|g| g.band.low > MAIN).count()
            ),
        ],
    ))
}

fn economies_section(series: &Series, growth: &[Growth]) -> Section {
    let lines = growth
        .iter()
        .map(|g| {
            format!(
                "{}: foreign demand {:.1}% (orderings {:.1} to {:.1}), domestic demand {:.1}%, structure {:.1}%",
                series.economies[g.economy], g.part[2], g.band.low, g.band.high, g.part[1], g.part[0]
            )
        })
        .collect();
    Section::new("Economies", lines)
}

fn growth_frame(series: &Series, growth: &[Growth], first: usize, last: usize) -> Frame {
    let number = |of: &dyn Fn(&Growth) -> f64| Column::Number(growth.iter().map(of).collect());
    let year = |t: usize| Column::Integer(vec![Some(i64::from(series.years[t].year)); growth.len()]);
    Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); growth.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::Text(growth.iter().map(|g| Some(series.economies[g.economy].clone())).collect()),
        )
        .with("from", Measure::Key, year(first))
        .with("to", Measure::Key, year(last))
        .with("change", Measure::Amount, number(&|g| g.change))
        .with("structure", Measure::Share, number(&|g| g.part[0] / 100.0))
        .with("domestic_demand", Measure::Share, number(&|g| g.part[1] / 100.0))
        .with("foreign_demand", Measure::Share, number(&|g| g.part[2] / 100.0))
        .with("foreign_demand_min", Measure::Share, number(&|g| g.band.low / 100.0))
        .with("foreign_demand_max", Measure::Share, number(&|g| g.band.high / 100.0))
}
