//! C32: do the ends of the chain earn most?
//!
//! Every industry of every economy with a part in the world chain of a final manufacture is a stage. What a stage keeps of
//! its output (value added a unit) against its distance from the final product in transactions, with an effect for each
//! chain and errors clustered by economy; the ends earn most if the curve falls at the near end and rises at the far one.
//! Shares of the chain's value added would fall with distance by construction, and are not looked at.

use super::association::{Observations, Place};
use super::curve::{curve_frame, curve_section};
use super::data::{JOBS, LABOUR, Series, WorldFacts};
use super::measures::{mining_choices, mining_words};
use super::study::LEVEL;
use super::thinning::interval_words;
use super::trends::worlds;
use super::verdict::{Evidence, VerdictRecord};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, branches, cards};
use crate::stats::{
    Curve, Effects, Estimate, Interval, PanelFit, Sign, SpecCurve, Specification, StatsError, test_u_shape,
};

/// Points of output (or percent of income a job) for one transaction more, on either arm.
const BOUND: f64 = 1.0;
const DIMENSIONS: [&str; 6] = ["table", "reward", "chains", "mining", "stages", "year"];

/// C32.
#[derive(Debug)]
pub(super) struct Smile;

/// What a stage earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reward {
    /// Value added over output, percent.
    ValueAdded,
    /// 100 ln of labour income a job.
    LabourIncome,
}

#[derive(Debug, Clone)]
struct Way<'a> {
    reward: Reward,
    products: &'a [bool],
    without_mining: bool,
    /// Part of a chain's value added that makes a stage.
    least: f64,
}

impl Claim for Smile {
    fn card(&self) -> &'static Card {
        &cards::C32
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, 1) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let Some(last) = calm_positions(series, options).last().copied() else {
            return Ok(Outcome::without_data(self.card(), "no year without a crisis"));
        };
        let way = Way {
            reward: Reward::ValueAdded,
            products: &series.map.manufactures,
            without_mining: series.map.knows_mining(),
            least: 0.001,
        };
        let stages = stages(series, last, &way);
        let fit = match stages.fit() {
            Ok(fit) => fit,
            Err(why) => {
                return Ok(Outcome::without_data(self.card(), &format!("{}: {why}", series.name)));
            }
        };
        let arms = match Arms::of(&fit, &stages) {
            Ok(arms) => arms,
            Err(error) => return Ok(Outcome::without_data(self.card(), &error.to_string())),
        };
        let curve = curve(&all, options)?;
        let (low, high) = stages.span(0);
        // Arms of twice the bound at both ends, 2 b2 (high − low) = 4 bound apart, and the test of the verdict: both arms.
        let ends = Interval::new(low, high);
        let power =
            fit.wild_power_of_u("distance", "distance squared", ends, 2.0 * BOUND, 999, options.seed)?;
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: arms.weaker.value,
            interval: arms.weaker.interval(LEVEL)?,
            p_adjusted: arms.p,
            bound: BOUND,
            specifications: Some(curve.summary(Sign::Positive)?),
            units: None,
            conditions: Vec::new(),
            power: Some(power),
            causal: false,
        };
        let mut record = VerdictRecord::of(self.card(), &evidence);
        record.estimate_unit =
            "points of value added in output for one transaction, weaker arm of the U (positive: it is one)"
                .into();
        record.n = fit.n_observations;
        record.table.clone_from(&series.name);
        record.years = series.years[last].year.to_string();
        record.spec = format!(
            "stages with at least 0.1% of a manufacture's chain, {}, chain effects, clustered by economy",
            mining_words(series)
        );
        record.data = data;
        record.reason = format!(
            "{}; stages after the factory (distribution, marketing) are outside chains at basic prices",
            record.reason
        );
        let argument = vec![
            headline_section(&fit, &arms, &evidence, (low, high))?,
            curve_section(&curve, Sign::Positive)?,
        ];
        let details =
            vec![("observations", stages.frame(&series.name)), ("specifications", curve_frame(&curve))];
        Ok(Outcome { record, units: Vec::new(), argument, details })
    }
}

fn calm_positions(series: &Series, options: &ClaimOptions) -> Vec<usize> {
    (0..series.years.len()).filter(|&t| !options.crisis_years.contains(&series.years[t].year)).collect()
}

/// What each row earns; undefined without output or without the satellites.
fn rewards(facts: &WorldFacts, reward: Reward) -> Vec<f64> {
    match reward {
        Reward::ValueAdded => facts.value_added_share.iter().map(|v| 100.0 * v).collect(),
        Reward::LabourIncome => match (facts.satellite(LABOUR), facts.satellite(JOBS)) {
            (Some(labour), Some(jobs)) => {
                labour.iter().zip(jobs).map(|(l, n)| 100.0 * (l / n).ln()).collect()
            }
            _ => vec![f64::NAN; facts.axis.n_rows()],
        },
    }
}

fn stages(series: &Series, t: usize, way: &Way<'_>) -> Observations {
    let mut all = Observations::new(Effects::Unit, &["distance", "distance squared"]);
    let Some(facts) = &series.years[t].world else { return all };
    let rewards = rewards(facts, way.reward);
    let judged: Vec<&str> = series.judged().into_iter().map(|s| series.economies[s].as_str()).collect();
    for chain in (0..series.sectors.len()).filter(|&k| way.products[k]) {
        let added = |row: usize| facts.value_added_share[row] * facts.output_by_chain[(row, chain)];
        let total: f64 = (0..facts.axis.n_rows()).map(added).sum();
        for row in 0..facts.axis.n_rows() {
            let economy = facts.axis.economies()[facts.axis.economy_of(row)].as_str();
            let mining = series.map.mining[facts.axis.sector_of(row)];
            if added(row) < way.least * total || (way.without_mining && mining) || !judged.contains(&economy)
            {
                continue;
            }
            let distance = facts.stages_by_chain[(row, chain)];
            let place = Place { unit: &series.sectors[chain], period: row as i32, cluster: economy };
            all.push(place, rewards[row], &[distance, distance * distance]);
        }
    }
    all
}

/// Slopes at both ends, turned so that a smile has both positive.
struct Arms {
    near: Estimate,
    far: Estimate,
    weaker: Estimate,
    p: f64,
    turn: f64,
}

impl Arms {
    fn of(fit: &PanelFit, stages: &Observations) -> Result<Self, StatsError> {
        let (low, high) = stages.span(0);
        let pair = fit.quadratic("distance", "distance squared")?;
        let test = test_u_shape(&pair, Interval::new(low, high), Curve::U, LEVEL)?;
        let near = Estimate { value: -test.slope_at_low.value, ..test.slope_at_low };
        let far = test.slope_at_high;
        // The arm with the larger p-value is the one that decides.
        let weaker =
            if near.p_one_sided(Sign::Positive) > far.p_one_sided(Sign::Positive) { near } else { far };
        Ok(Self { near, far, weaker, p: test.p_value, turn: test.turning_point })
    }
}

fn curve(series: &[&Series], options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut cells = Vec::new();
    for one in series {
        let calm = calm_positions(one, options);
        let (Some(&first), Some(&last)) = (calm.first(), calm.last()) else { continue };
        let mut years = vec![("last", last), ("middle", calm[calm.len() / 2]), ("first", first)];
        years.dedup_by_key(|year| year.1);
        let sets = [
            ("manufactures", one.map.manufactures.clone()),
            ("electrical and optical", one.map.electrical.clone()),
            ("goods", branches::goods(&one.sectors)),
        ];
        for (reward, earned) in
            [(Reward::ValueAdded, "value added"), (Reward::LabourIncome, "labour income a job")]
        {
            for (name, products) in sets.iter().filter(|(_, products)| branches::any(products)) {
                for (without_mining, mining) in mining_choices(one) {
                    for (least, size) in [(0.001, "0.1%"), (0.005, "0.5%")] {
                        for &(year, t) in &years {
                            let stages = stages(one, t, &Way { reward, products, without_mining, least });
                            let Ok(fit) = stages.fit() else { continue };
                            let Ok(arms) = Arms::of(&fit, &stages) else { continue };
                            cells.push(Specification {
                                choices: [one.name.as_str(), earned, name, mining, size, year]
                                    .iter()
                                    .map(|word| (*word).to_owned())
                                    .collect(),
                                estimate: arms.weaker.value,
                                interval: arms.weaker.interval(LEVEL)?,
                            });
                        }
                    }
                }
            }
        }
    }
    Ok(SpecCurve::new(&DIMENSIONS, cells)?)
}

fn headline_section(
    fit: &PanelFit,
    arms: &Arms,
    evidence: &Evidence,
    span: (f64, f64),
) -> Result<Section, ClaimError> {
    Ok(Section::new(
        "Headline",
        vec![
            format!(
                "toward the product {:+.2} {}, away from the inputs {:+.2} {} points of value added in output for one \
                 transaction; a smile has both positive",
                arms.near.value,
                interval_words(&arms.near.interval(LEVEL)?),
                arms.far.value,
                interval_words(&arms.far.interval(LEVEL)?)
            ),
            format!(
                "U test p {:.4}; the curve turns at {:.2} transactions, stages lie between {:.2} and {:.2}",
                arms.p, arms.turn, span.0, span.1
            ),
            format!(
                "{} stages in {} chains, {} economies as clusters; material from {BOUND} points on either arm",
                fit.n_observations, fit.n_units, fit.n_clusters
            ),
            format!(
                "simulated power against arms of {} points, both with a 95% interval on their side: {:.2}",
                2.0 * BOUND,
                evidence.power.unwrap_or(f64::NAN)
            ),
        ],
    ))
}
