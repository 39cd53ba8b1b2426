//! C17: did joining chains work for Thailand as building them did for Korea and Taiwan?
//!
//! Domestic value added in a unit of exports of machinery, electronics and vehicles: the joiner's minus the builders',
//! mean of the years. "Not below" is tested against a margin. The claim names Thailand: on tables without it, economies
//! that joined elsewhere are compared and described, and the verdict waits for Thailand.

use super::c26_linkages::{Linkage, linkage};
use super::curve::{curve_frame, curve_section};
use super::data::{ClaimData, Series};
use super::groups::{ASSEMBLERS, BUILDERS, Group, JOINER};
use super::measures::{economy_path, in_exports_of_others, mining_choices, mining_words};
use super::path::Path;
use super::study::{FEWEST_YEARS, LEVEL};
use super::thinning::interval_words;
use super::trends::{calm, conditions_section, defined, path_of, worlds, years_in_words};
use super::verdict::{Evidence, ROUNDING, VerdictRecord, decide_from};
use super::{
    Card, Claim, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches, cards,
};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{
    Ar1, BootstrapPlan, Covariance, Design, Interval, PowerPlan, Sign, SpecCurve, Specification, StatsError,
    ols, residual_bootstrap, simulated_power,
};

/// "Not below" allows for this many points of exports.
const MARGIN: f64 = 5.0;
const DIMENSIONS: [&str; 6] = ["table", "measure", "sectors", "mining", "crisis", "years"];

/// C17.
#[derive(Debug)]
pub(super) struct JoinOrBuild;

/// What is compared; all in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measured {
    /// Own part of the value added in exports; in the headline mining is in neither part.
    DomesticShare,
    /// Own value added in others' exports, over exports.
    Forward,
    /// Domestic output multiplier minus one.
    Multiplier,
}

impl Measured {
    const fn name(self) -> &'static str {
        match self {
            Self::DomesticShare => "own value added in exports, over all in them",
            Self::Forward => "VS1 over exports",
            Self::Multiplier => "domestic multiplier",
        }
    }
}

#[derive(Debug, Clone)]
struct Way<'a> {
    measured: Measured,
    sectors: &'a [bool],
    without_mining: bool,
}

impl Claim for JoinOrBuild {
    fn card(&self) -> &'static Card {
        &cards::C17
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let sectors = branches::assembled(&series.sectors);
        let (builders, _) = BUILDERS.present_and_missing(series);
        let thailand = !JOINER.of(series).is_empty();
        let joiners = if thailand { JOINER } else { ASSEMBLERS };
        let (joined, _) = joiners.present_and_missing(series);
        if builders.is_empty() || joined.is_empty() || !branches::any(&sectors) {
            let why = format!(
                "needs Thailand, one of {} and machinery, electronics or vehicles as sectors (OECD ICIO or ADB tables)",
                BUILDERS.members.join(" ")
            );
            return Ok(Outcome::without_data(self.card(), &why));
        }
        let way = Way {
            measured: Measured::DomesticShare,
            sectors: &sectors,
            without_mining: series.map.knows_mining(),
        };
        let Some(gap) = gap(series, joiners, &way)? else {
            return Ok(Outcome::without_data(
                self.card(),
                "an economy compared does not export these goods in some year",
            ));
        };
        let quiet = calm(std::slice::from_ref(&gap), options).swap_remove(0);
        if quiet.years.len() < FEWEST_YEARS {
            return Ok(Outcome::without_data(self.card(), "fewer than ten years without crises"));
        }
        let level = level(&quiet, &options.plan("C17"))?;
        let curve = curve(&all, joiners, options)?;
        let conditions = conditions(series, joiners, &way, options)?;
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: level.0 + MARGIN,
            interval: Interval::new(level.1.low + MARGIN, level.1.high + MARGIN),
            p_adjusted: level.2,
            bound: 0.0,
            specifications: Some(curve.summary(Sign::Positive)?),
            units: None,
            conditions,
            power: Some(power(&quiet, options.seed)?),
            causal: false,
        };
        let margin = format!("a gap of {MARGIN} points");
        let mut record = VerdictRecord::of_distance(self.card(), &evidence, &margin);
        if !thailand {
            let described = decide_from(&evidence, &margin).reason;
            let why = format!(
                "Thailand is not in {} (OECD ICIO or ADB tables have it from 1995; its take-off needs Asian tables of the \
                 1980s); of {} instead, as a description: {described}",
                series.name,
                joined.join(" ")
            );
            record = VerdictRecord {
                power: record.power,
                ..VerdictRecord::undetermined(self.card(), Reason::Data, &why)
            };
        }
        (record.estimate, record.interval) = (level.0, level.1);
        record.estimate_unit =
            "points of domestic value added in exports, joiners minus builders, mean of the years".into();
        record.n = quiet.years.len() * (builders.len() + joined.len());
        record.table.clone_from(&series.name);
        record.years = years_in_words(series, options);
        record.spec = format!(
            "machinery, electronics, vehicles, {}; joiners {}, builders {}; not below means no more than {MARGIN} points",
            mining_words(series),
            joined.join(" "),
            builders.join(" ")
        );
        record.data = data;
        let mut argument = vec![headline_section(&level, &evidence), each(series, joiners, &way)?];
        argument.extend(conditions_section(&evidence.conditions));
        argument.push(curve_section(&curve, Sign::Positive)?);
        argument.push(Section::new(
            "Reading",
            vec![
                format!("the specifications are distances from {MARGIN} points below: positive means not below"),
                "years are the same for all, not years since take-off: joiners and builders took off before the tables start"
                    .into(),
                "a lower domestic share is no failure by itself: builders thin too (C1)".into(),
            ],
        ));
        let details = vec![("paths", paths_frame(series, &gap)), ("specifications", curve_frame(&curve))];
        Ok(Outcome { record, units: Vec::new(), argument, details })
    }
}

/// One economy's measure over time.
fn measure(series: &Series, s: usize, way: &Way<'_>) -> Result<Path, ClaimError> {
    if way.measured == Measured::Multiplier {
        let mut years = Vec::with_capacity(series.years.len());
        for facts in &series.years {
            let account = &facts.accounts[s];
            let strength = linkage(account, &series.economies[s], Linkage::Multiplier)?;
            let chosen = || (0..strength.len()).filter(|&j| way.sectors[j]);
            let weight: f64 = chosen().map(|j| account.output[j]).sum();
            years.push((chosen().map(|j| (strength[j] - 1.0) * account.output[j]).sum(), weight));
        }
        return Ok(path_of(series, |t| years[t]));
    }
    Ok(economy_path(series, s, |facts, s| {
        if way.measured == Measured::Forward {
            let (_, sold) = facts.content_of_exports(s, way.sectors, false);
            return (in_exports_of_others(facts, s, way.sectors), sold);
        }
        let (foreign, whole) = facts.content_of_exports(s, way.sectors, way.without_mining);
        (whole - foreign, whole)
    }))
}

/// Joiners minus builders, each member counting the same; nothing when a member has a gap.
fn gap(series: &Series, joiners: Group, way: &Way<'_>) -> Result<Option<Path>, ClaimError> {
    let mut sides = Vec::with_capacity(2);
    for group in [joiners, BUILDERS] {
        let paths = group
            .of(series)
            .into_iter()
            .map(|s| measure(series, s, way))
            .collect::<Result<Vec<_>, ClaimError>>()?;
        if paths.is_empty() || !paths.iter().all(defined) {
            return Ok(None);
        }
        sides.push(paths);
    }
    let mean = |paths: &[Path], t: usize| paths.iter().map(|p| p.share[t]).sum::<f64>() / paths.len() as f64;
    Ok(Some(path_of(series, |t| (mean(&sides[0], t) - mean(&sides[1], t), 1.0))))
}

/// (mean in points, interval, one-sided p of "below the margin"), AR(1) shocks of years resampled.
fn level(path: &Path, plan: &BootstrapPlan) -> Result<(f64, Interval, f64), StatsError> {
    let points: Vec<f64> = path.share.iter().map(|share| 100.0 * share).collect();
    let fit = residual_bootstrap(&Design::with_intercept(points.len()), &points, plan)?;
    let mean = fit.coefficient(0);
    let p = fit.p_one_sided(|b| b[0] + MARGIN, Sign::Positive, ROUNDING);
    Ok((mean.value, mean.interval, p))
}

/// How often would equal groups be found not below, by a test that finds groups on the margin so in 2.5% of samples?
fn power(path: &Path, seed: u64) -> Result<f64, StatsError> {
    let points: Vec<f64> = path.share.iter().map(|share| 100.0 * share).collect();
    let n = points.len();
    let design = Design::with_intercept(n);
    let noise = Ar1::fit(&ols(&design, &points, Covariance::Classical)?.residuals, &design)?;
    let plan = PowerPlan { seed, ..PowerPlan::default() };
    let power = simulated_power(&vec![0.0; n], &vec![MARGIN; n], noise, &plan, |series, _| {
        let fit = ols(&design, series, Covariance::newey_west(n))?;
        Ok(fit.estimate(0).t_statistic())
    })?;
    Ok(power.rate)
}

/// Forward participation and the domestic multiplier must not be below either.
fn conditions(
    series: &Series,
    joiners: Group,
    way: &Way<'_>,
    options: &ClaimOptions,
) -> Result<Vec<Condition>, ClaimError> {
    let mut conditions = Vec::new();
    for measured in [Measured::Forward, Measured::Multiplier] {
        let Some(path) = gap(series, joiners, &Way { measured, ..way.clone() })? else { continue };
        let quiet = calm(&[path], options).swap_remove(0);
        let (value, interval, _) = level(&quiet, &options.plan(measured.name()))?;
        conditions.push(Condition {
            name: format!("{} is not below either", measured.name()),
            holds: interval.low > -MARGIN,
            found: format!("{value:+.1} [{:+.1}, {:+.1}] points", interval.low, interval.high),
            otherwise: if interval.high < -MARGIN {
                Verdict::NotSupported
            } else {
                Verdict::Undetermined(Reason::Power)
            },
        });
    }
    Ok(conditions)
}

fn curve(series: &[&Series], joiners: Group, options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut cells = Vec::new();
    for one in series {
        let sets = [
            ("machinery, electronics, vehicles", branches::assembled(&one.sectors)),
            ("electrical and optical", one.map.electrical.clone()),
        ];
        for (name, sectors) in sets.iter().filter(|(_, sectors)| branches::any(sectors)) {
            for measured in [Measured::DomesticShare, Measured::Forward, Measured::Multiplier] {
                for (without_mining, mining) in mining_choices(one) {
                    let Some(path) = gap(one, joiners, &Way { measured, sectors, without_mining })? else {
                        continue;
                    };
                    for with_crisis in [false, true] {
                        for window in ["all", "last ten"] {
                            let last = path.years[path.years.len() - 1];
                            let kept = path.keeping(|year| {
                                (with_crisis || !options.crisis_years.contains(&year))
                                    && (window == "all" || year > last - 10)
                            });
                            if kept.years.len() < 8 {
                                continue;
                            }
                            let crisis = if with_crisis { "with" } else { "without" };
                            let choices: Vec<String> =
                                [one.name.as_str(), measured.name(), name, mining, crisis, window]
                                    .iter()
                                    .map(|word| (*word).to_owned())
                                    .collect();
                            let (value, interval, _) = level(&kept, &options.cell_plan(&choices.join("/")))?;
                            cells.push(Specification {
                                choices,
                                estimate: value + MARGIN,
                                interval: Interval::new(interval.low + MARGIN, interval.high + MARGIN),
                            });
                        }
                    }
                }
            }
        }
    }
    Ok(SpecCurve::new(&DIMENSIONS, cells)?)
}

fn headline_section(level: &(f64, Interval, f64), evidence: &Evidence) -> Section {
    Section::new(
        "Headline",
        vec![
            format!(
                "joiners minus builders: {:+.2} points of domestic value added in exports {}, p {:.4} of being more than \
                 {MARGIN} points below",
                level.0,
                interval_words(&level.1),
                level.2
            ),
            format!(
                "{:.0}% interval, shocks of years resampled, AR(1); the economies are named cases, not a sample",
                100.0 * LEVEL
            ),
            format!(
                "simulated power to find equal groups not below: {:.2} (a test that rejects 2.5% of groups on the margin)",
                evidence.power.unwrap_or(f64::NAN)
            ),
        ],
    )
}

/// Each economy, first and last year.
fn each(series: &Series, joiners: Group, way: &Way<'_>) -> Result<Section, ClaimError> {
    let mut lines = Vec::new();
    for (group, name) in [(joiners, "joiner"), (BUILDERS, "builder")] {
        for s in group.of(series) {
            let mut cells = Vec::new();
            for measured in [Measured::DomesticShare, Measured::Forward, Measured::Multiplier] {
                let path = measure(series, s, &Way { measured, ..way.clone() })?;
                let last = path.share.len() - 1;
                cells.push(format!(
                    "{} {:.1} to {:.1}",
                    measured.name(),
                    100.0 * path.share[0],
                    100.0 * path.share[last]
                ));
            }
            lines.push(format!("{} ({name}): {}", series.economies[s], cells.join(", ")));
        }
    }
    lines.push("percent of exports; the multiplier is the output at home behind a unit of output, less that unit, in percent".into());
    Ok(Section::new("Each economy, first and last year", lines))
}

fn paths_frame(series: &Series, gap: &Path) -> Frame {
    Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); gap.years.len()]))
        .with("year", Measure::Key, Column::Integer(gap.years.iter().map(|y| Some(i64::from(*y))).collect()))
        .with("value", Measure::Pure, Column::Number(gap.share.clone()))
}
