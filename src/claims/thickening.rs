//! C2: does the domestic value added in exports thicken again after a first phase of thinning?
//!
//! The foreign share must rise at the start and fall at the end. The estimate is the weaker of the two arms, so that a
//! path that only rises, or only falls, has the wrong sign. Years of crisis and mining are left out of the headline, and
//! the fall from the peak must be due to domestic sourcing. The rival is a third phase (in, out, in again).

use super::cards;
use super::curve::{curve_frame, curve_section, specification_curve};
use super::shape::{JointFit, SIZE_WORDS, Slope, arch, peak_and_fall, plateau, power, third_phase};
use super::study::{BOUND, FEWEST_YEARS, LEVEL, Study, sourcing_condition};
use super::tables::{paths_frame, shapes_frame, sourcing_frame, turns_frame};
use super::thinning::{data_used, economies_section, interval_words, remarks, unit_record, world_section};
use super::verdict::{Evidence, UnitCount, VerdictRecord, frame};
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Series, Sourcing,
    Verdict,
};
use crate::stats::{
    Curve, DEFAULT_FDR, Interval, Sign, StatsError, UTestOptions, benjamini_hochberg, count_at_most,
    lind_mehlum, median,
};

/// C2.
#[derive(Debug)]
pub(super) struct Thickening;

/// The weaker arm of a turn: the rise at the start or the fall at the end, percentage points a year.
///
/// The interval is the smaller of the lower and the smaller of the upper ends: the weaker arm is at least the smaller
/// lower end, and at most each upper end.
fn weaker_arm(start: &Slope, end: &Slope, level: f64) -> Result<(f64, Interval), StatsError> {
    let (rise, end) = (start.interval(level)?, (end.value, end.interval(level)?));
    let fall = Interval::new(-end.1.high, -end.1.low);
    Ok((start.value.min(-end.0), Interval::new(rise.low.min(fall.low), rise.high.min(fall.high))))
}

fn arm_of(fit: &JointFit) -> Result<(f64, Interval), ClaimError> {
    Ok(weaker_arm(&fit.start, &fit.end, LEVEL)?)
}

impl Claim for Thickening {
    fn card(&self) -> &'static Card {
        &cards::C2
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (series, unfit) = data.usable(FEWEST_YEARS);
        let Some(first) = series.first() else {
            return Ok(Outcome::without_data(self.card(), &unfit.join("; ")));
        };
        let study = match Study::of(first, options)? {
            Ok(study) => study,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        // From the year of the largest share to the last year.
        let windows: Vec<Option<(i32, i32)>> = study
            .calm
            .iter()
            .map(|path| {
                let last = path.years[path.years.len() - 1];
                Some((path.years[path.peak()], last)).filter(|(from, to)| from < to)
            })
            .collect();
        let changes = study.attribute_all(&windows)?;
        let (estimate, interval) = arm_of(&study.fit)?;
        let curve = specification_curve(data, &series, options, arm_of)?;
        let units = unit_records(&study, &changes, options)?;
        let raw: Vec<f64> = study.fit.units.iter().map(super::UnitShape::p_turn).collect();
        let count = UnitCount {
            raw: count_at_most(&raw, 0.05),
            supporting: units.iter().filter(|unit| unit.verdict == Verdict::Supported).count(),
            against: units.iter().filter(|unit| unit.interval.high < 0.0).count(),
            total: units.len(),
        };
        let fit = &study.fit;
        let (levels, turns) = (plateau(&fit.years, STEEP), arch(&fit.years, 2.0 * BOUND));
        let found = power(&study.calm, &levels, &turns, options.seed, weaker_t)?;
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate,
            interval,
            p_adjusted: fit.start.p_one_sided(Sign::Positive).max(fit.end.p_one_sided(Sign::Negative)),
            bound: BOUND,
            specifications: Some(curve.summary(Sign::Positive)?),
            units: Some(count),
            conditions: vec![sourcing_condition("fall", &changes, false)],
            power: Some(found),
            causal: false,
        };
        let mut record = VerdictRecord::of(self.card(), &evidence);
        record.estimate_unit =
            "weaker arm of the turn, percentage points of exports a year, median economy".into();
        record.n = study.calm.iter().map(|path| path.years.len()).sum();
        record.table.clone_from(&study.series.name);
        record.years = study.years();
        record.indicator = study.choice.indicator.name().to_owned();
        record.spec = format!("{}; slopes of a quadratic at both ends", study.choice.label(study.series));
        record.data = data_used(&series, &unfit);
        let mut argument = vec![
            headline_section(&study, &evidence),
            world_section(&study),
            Section::new(
                "Attribution of the fall (Shapley, peak to last year)",
                vec![evidence.conditions[0].found.clone(), marginal_line(&study, &windows)],
            ),
            rivals_section(&study),
            other_tables(&series[1..], options)?,
            curve_section(&curve, Sign::Positive)?,
            economies_section(&units),
        ];
        argument.extend(remarks(&study, &unfit));
        let details = vec![
            ("economies", frame(&units)),
            ("paths", paths_frame(&study)?),
            ("turns", turns_frame(&study, &units)?),
            ("decomposition", sourcing_frame(&study, &windows, &changes)),
            ("specifications", curve_frame(&curve)),
            ("shapes", shapes_frame(&study, &series)?),
        ];
        Ok(Outcome { record, units, argument, details })
    }
}

fn unit_records(
    study: &Study<'_>,
    changes: &[Option<Sourcing>],
    options: &ClaimOptions,
) -> Result<Vec<VerdictRecord>, ClaimError> {
    let raw: Vec<f64> = study.fit.units.iter().map(super::UnitShape::p_turn).collect();
    let adjusted = benjamini_hochberg(&raw)?;
    let (levels, turns) = (plateau(&study.fit.years, STEEP), arch(&study.fit.years, 2.0 * BOUND));
    let powers = study.powers(&levels, &turns, options, weaker_t)?;
    let mut records = Vec::with_capacity(adjusted.len());
    for (position, unit) in study.fit.units.iter().enumerate() {
        let (estimate, interval) = weaker_arm(&unit.start, &unit.end, LEVEL)?;
        let turn = unit.turn.as_ref();
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate,
            interval,
            p_adjusted: adjusted[position],
            bound: BOUND,
            specifications: None,
            units: None,
            conditions: vec![
                Condition {
                    name: "the turn lies inside the sample".into(),
                    holds: unit.turn_inside(),
                    found: turn.map_or_else(
                        || "no variation".into(),
                        |turn| {
                            format!(
                                "turning point {:.1}, its Fieller set leaves the sample",
                                turn.turning_point
                            )
                        },
                    ),
                    otherwise: Verdict::Undetermined(Reason::Power),
                },
                sourcing_condition("fall", &changes[position..=position], false),
            ],
            power: Some(powers[position]),
            causal: false,
        };
        let spec = turn.map_or_else(
            || "no variation".to_owned(),
            |turn| format!("p of both ends {:.4}, turning point {:.1}", unit.p_turn(), turn.turning_point),
        );
        records.push(unit_record(&cards::C2, study, position, &evidence, &spec));
    }
    Ok(records)
}

/// Points a year at which a path without a turn starts before it levels off: far above any noise, so that one arm is beyond
/// doubt and the other is not there.
const STEEP: f64 = 1e3;

/// The statistic whose power is simulated: t of the weaker end of a quadratic.
fn weaker_t(time: &[f64], series: &[f64]) -> Result<f64, StatsError> {
    match lind_mehlum(time, series, &UTestOptions::new(Curve::InvertedU)) {
        Ok(test) => Ok(test.t_statistic),
        Err(StatsError::NoVariation { .. }) => Ok(f64::NEG_INFINITY),
        Err(error) => Err(error),
    }
}

fn headline_section(study: &Study<'_>, evidence: &Evidence) -> Section {
    let fit = &study.fit;
    let words = |slope: &Slope| {
        slope.interval(LEVEL).map_or_else(
            |_| "-".into(),
            |interval| format!("{:+.3} {}", slope.value, interval_words(&interval)),
        )
    };
    let mut lines = vec![
        format!(
            "median of {} economies: slope in the first year {}, in the last {}; a turn needs a rise, then a fall",
            study.calm.len(),
            words(&fit.start),
            words(&fit.end)
        ),
        format!(
            "weaker arm {:+.3} {}, p {:.4} (the larger of the two)",
            evidence.estimate,
            interval_words(&evidence.interval),
            evidence.p_adjusted
        ),
        format!("material from {BOUND} points a year (one point in a decade)"),
    ];
    if let Some(units) = evidence.units {
        lines.push(format!(
            "established in {} economies: both ends by bootstrap after Benjamini-Hochberg at {:.0}%, Fieller set inside, \
             fall due to sourcing ({} with p <= 0.05 before); one arm against it in {}; of {}",
            units.supporting, 100.0 * DEFAULT_FDR, units.raw, units.against, units.total
        ));
    }
    if let Some(power) = evidence.power {
        lines.push(format!(
            "simulated power of one economy's test against arms of {} points a year, with the noise of the median \
             economy: {power:.2} {SIZE_WORDS}, which rise and level off",
            2.0 * BOUND
        ));
    }
    Section::new("Headline", lines)
}

/// Import content of the marginal export after the peak, against the average at the peak.
fn marginal_line(study: &Study<'_>, windows: &[Option<(i32, i32)>]) -> String {
    let mut below = 0;
    let mut gaps = Vec::new();
    for (path, window) in study.calm.iter().zip(windows) {
        if window.is_none() {
            continue;
        }
        let (peak, last) = (path.peak(), path.years.len() - 1);
        // With exports that did not grow there is no marginal export.
        if path.whole[last] > path.whole[peak] {
            let gap = path.marginal(peak, last) - path.share[peak];
            below += usize::from(gap < 0.0);
            gaps.push(100.0 * gap);
        }
    }
    if gaps.is_empty() {
        return "no economy exports more in the last year than at its peak share: no marginal export to look at".into();
    }
    format!(
        "import content of the marginal export since the peak is below the average at the peak in {below} of {} economies \
         (median gap {:+.1} points)",
        gaps.len(),
        median(&gaps).unwrap_or(f64::NAN)
    )
}

/// The same headline on the other series: arms, and the economies that turn.
fn other_tables(series: &[&Series], options: &ClaimOptions) -> Result<Section, ClaimError> {
    let mut lines = Vec::new();
    for one in series {
        let study = match Study::of(one, options)? {
            Ok(study) => study,
            Err(why) => {
                lines.push(why);
                continue;
            }
        };
        let (estimate, interval) = arm_of(&study.fit)?;
        let raw: Vec<f64> = study.fit.units.iter().map(super::UnitShape::p_turn).collect();
        let adjusted = benjamini_hochberg(&raw)?;
        let turned: Vec<&str> = study
            .fit
            .units
            .iter()
            .enumerate()
            .filter(|(position, unit)| adjusted[*position] <= DEFAULT_FDR && unit.turn_inside())
            .map(|(position, _)| study.name(position))
            .collect();
        lines.push(format!(
            "{} {}: weaker arm {estimate:+.3} {}; turns (both ends after Benjamini-Hochberg, Fieller set inside): {}",
            one.name,
            study.years(),
            interval_words(&interval),
            if turned.is_empty() { "none".to_owned() } else { turned.join(" ") }
        ));
    }
    if lines.is_empty() {
        lines.push("no other table series is loaded".into());
    }
    Ok(Section::new("The same on other tables", lines))
}

/// The nonparametric rule, and the third phase.
fn rivals_section(study: &Study<'_>) -> Section {
    let peaks: Vec<String> = study
        .calm
        .iter()
        .enumerate()
        .filter_map(|(position, path)| {
            let (rise, fall, year) = peak_and_fall(path)?;
            Some(format!("{} ({year}: up {rise:.1}, down {fall:.1} or more)", study.name(position)))
        })
        .collect();
    let thirds: Vec<&str> = study
        .calm
        .iter()
        .enumerate()
        .filter(|(_, path)| third_phase(path, 0.05))
        .map(|(position, _)| study.name(position))
        .collect();
    let list = |names: String| if names.is_empty() { "none".to_owned() } else { names };
    Section::new(
        "Other shapes",
        vec![
            format!(
                "up 2 points to a peak, then at least 2 points lower in each of three years from the third on: {}",
                list(peaks.join(", "))
            ),
            format!("third phase (cubic with two turns inside, 5%, unadjusted): {}", list(thirds.join(" "))),
        ],
    )
}
