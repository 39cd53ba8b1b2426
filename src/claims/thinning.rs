//! C1: does entering global chains thin the domestic value added in exports?
//!
//! The foreign share of exports must rise in the median economy: over all years, or at the start of a path that later
//! bends (an economy may thin first and thicken later). Whichever speaks more clearly is taken, and its p-value doubled
//! for the choice. The rise must be due to sourcing. The event study dates entry by the outcome itself, so it describes
//! and is no evidence.

use super::cards;
use super::curve::{curve_frame, curve_section, specification_curve};
use super::shape::{SIZE_WORDS, Slope, UnitShape, flat, power, ramp};
use super::study::{BOUND, FEWEST_YEARS, LEVEL, SOURCING_PART, Study, sourcing_condition};
use super::tables::{paths_frame, shapes_frame, sourcing_frame};
use super::verdict::{Evidence, UnitCount, VerdictRecord, frame};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, Verdict};
use crate::stats::{
    Covariance, DEFAULT_FDR, Design, Interval, Sign, StatsError, benjamini_hochberg, count_at_most, median,
    ols,
};

/// C1.
#[derive(Debug)]
pub(super) struct Thinning;

/// Which part of the path is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Whole,
    Start,
}

impl Phase {
    const fn name(self) -> &'static str {
        match self {
            Self::Whole => "trend over all years",
            Self::Start => "slope at the start of a quadratic path",
        }
    }

    fn of(self, trend: &Slope, start: &Slope) -> Slope {
        match self {
            Self::Whole => trend.clone(),
            Self::Start => start.clone(),
        }
    }

    /// The phase that speaks more clearly for a rise, and its doubled p-value.
    fn chosen(trend: &Slope, start: &Slope) -> (Self, f64) {
        let (whole, first) = (trend.p_one_sided(Sign::Positive), start.p_one_sided(Sign::Positive));
        let (phase, p) = if first < whole { (Self::Start, first) } else { (Self::Whole, whole) };
        (phase, (2.0 * p).min(1.0))
    }
}

/// Level of an interval that was chosen from two.
const CHOSEN_LEVEL: f64 = 1.0 - (1.0 - LEVEL) / 2.0;

impl Claim for Thinning {
    fn card(&self) -> &'static Card {
        &cards::C1
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
        // From the first year to the year of the largest share.
        let windows: Vec<Option<(i32, i32)>> = study
            .calm
            .iter()
            .map(|path| Some((path.years[0], path.years[path.peak()])).filter(|(from, to)| from < to))
            .collect();
        let changes = study.attribute_all(&windows)?;
        let (phase, p) = Phase::chosen(&study.fit.trend, &study.fit.start);
        let headline = phase.of(&study.fit.trend, &study.fit.start);
        let curve = specification_curve(data, &series, options, |fit| {
            let slope = phase.of(&fit.trend, &fit.start);
            Ok((slope.value, slope.interval(LEVEL)?))
        })?;
        let summary = curve.summary(Sign::Positive)?;
        let units = unit_records(&study, &changes, options)?;
        let count = UnitCount {
            raw: count_at_most(&raw_p(&study), 0.05),
            supporting: units.iter().filter(|unit| unit.verdict == Verdict::Supported).count(),
            against: units.iter().filter(|unit| unit.interval.high < 0.0).count(),
            total: units.len(),
        };
        let years = &study.fit.years;
        let found = power(&study.calm, &flat(years), &ramp(years, 2.0 * BOUND), options.seed, clearer_rise)?;
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: headline.value,
            interval: headline.interval(CHOSEN_LEVEL)?,
            p_adjusted: p,
            bound: BOUND,
            specifications: Some(summary),
            units: Some(count),
            conditions: vec![sourcing_condition("rise", &changes, true)],
            power: Some(found),
            causal: false,
        };
        let mut record = VerdictRecord::of(self.card(), &evidence);
        record.estimate_unit = "percentage points of exports a year, median economy".into();
        record.n = study.calm.iter().map(|path| path.years.len()).sum();
        record.table.clone_from(&study.series.name);
        record.years = study.years();
        record.indicator = study.choice.indicator.name().to_owned();
        record.spec = format!("{}; {}", study.choice.label(study.series), phase.name());
        record.data = data_used(&series, &unfit);
        let mut argument = vec![
            headline_section(&study, &evidence, phase),
            world_section(&study),
            Section::new(
                "Attribution of the rise (Shapley, first year to peak)",
                vec![evidence.conditions[0].found.clone()],
            ),
            curve_section(&curve, Sign::Positive)?,
            event_study(&study),
            economies_section(&units),
        ];
        argument.extend(remarks(&study, &unfit));
        let details = vec![
            ("economies", frame(&units)),
            ("paths", paths_frame(&study)?),
            ("decomposition", sourcing_frame(&study, &windows, &changes)),
            ("specifications", curve_frame(&curve)),
            ("shapes", shapes_frame(&study, &series)?),
        ];
        Ok(Outcome { record, units, argument, details })
    }
}

/// Unadjusted p-values, economy by economy.
fn raw_p(study: &Study<'_>) -> Vec<f64> {
    study.fit.units.iter().map(|unit| Phase::chosen(&unit.trend, &unit.start).1).collect()
}

fn unit_records(
    study: &Study<'_>,
    changes: &[Option<super::Sourcing>],
    options: &ClaimOptions,
) -> Result<Vec<VerdictRecord>, ClaimError> {
    let adjusted = benjamini_hochberg(&raw_p(study))?;
    let years = &study.fit.years;
    let powers = study.powers(&flat(years), &ramp(years, 2.0 * BOUND), options, clearer_rise)?;
    let mut records = Vec::with_capacity(adjusted.len());
    for (position, unit) in study.fit.units.iter().enumerate() {
        let (phase, _) = Phase::chosen(&unit.trend, &unit.start);
        let slope = phase.of(&unit.trend, &unit.start);
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: slope.value,
            interval: slope.interval(CHOSEN_LEVEL)?,
            p_adjusted: adjusted[position],
            bound: BOUND,
            specifications: None,
            units: None,
            conditions: vec![sourcing_condition("rise", &changes[position..=position], true)],
            power: Some(powers[position]),
            causal: false,
        };
        records.push(unit_record(&cards::C1, study, position, &evidence, phase.name()));
    }
    Ok(records)
}

/// A record about one economy: share and level side by side in the reason.
pub(super) fn unit_record(
    card: &Card,
    study: &Study<'_>,
    position: usize,
    evidence: &Evidence,
    spec: &str,
) -> VerdictRecord {
    let path = &study.calm[position];
    let (t, last) = (path.years.len(), path.years.len() - 1);
    let level = path.own[last] / path.own[0];
    let mut record = VerdictRecord::of(card, evidence);
    record.unit = study.name(position).to_owned();
    record.reason = format!(
        "{}; foreign share {:.1}% to {:.1}%, own value added in exports x {level:.2}",
        record.reason,
        100.0 * path.share[0],
        100.0 * path.share[last]
    );
    record.estimate_unit = "percentage points of exports a year".into();
    record.n = t;
    record.table.clone_from(&study.series.name);
    record.years = study.years();
    record.indicator = study.choice.indicator.name().to_owned();
    record.spec = format!("{}; {spec}", study.choice.label(study.series));
    record
}

/// The statistic whose power is simulated: how clearly a line, or a quadratic at its start, rises; whichever speaks more
/// clearly, as minus the logarithm of its p-value. The critical value allows for the choice.
fn clearer_rise(time: &[f64], series: &[f64]) -> Result<f64, StatsError> {
    let line = ols(&Design::polynomial(time, 1)?, series, Covariance::newey_west(time.len()))?;
    let curve = ols(&Design::polynomial(time, 2)?, series, Covariance::newey_west(time.len()))?;
    let first = time.first().copied().unwrap_or(0.0);
    let p = line
        .estimate(1)
        .p_one_sided(Sign::Positive)
        .min(curve.contrast(&[0.0, 1.0, 2.0 * first])?.p_one_sided(Sign::Positive));
    Ok(-p.ln())
}

/// Which data a claim used, and which it could not.
pub(super) fn data_used(series: &[&super::Series], unfit: &[String]) -> String {
    let mut used: Vec<String> = series
        .iter()
        .map(|one| {
            let (first, last) = one.span();
            format!("{} {first}-{last}, {} economies", one.name, one.judged().len())
        })
        .collect();
    used.extend(unfit.iter().map(|why| format!("not used: {why}")));
    used.join("; ")
}

/// The headline in words.
pub(super) fn interval_words(interval: &Interval) -> String {
    format!("[{:+.3}, {:+.3}]", interval.low, interval.high)
}

fn headline_section(study: &Study<'_>, evidence: &Evidence, phase: Phase) -> Section {
    let fit = &study.fit;
    let mut lines = vec![
        format!(
            "median of {} economies, {}: {:+.3} points a year {} ({:.1}% interval), p {:.4} after doubling for the choice",
            study.calm.len(),
            phase.name(),
            evidence.estimate,
            interval_words(&evidence.interval),
            100.0 * CHOSEN_LEVEL,
            evidence.p_adjusted
        ),
        format!(
            "trend over all years {:+.3}, slope in the first year {:+.3}, in the last {:+.3}",
            fit.trend.value, fit.start.value, fit.end.value
        ),
        format!("material from {BOUND} points a year (one point in a decade)"),
    ];
    if let Some(units) = evidence.units {
        lines.push(format!(
            "established in {} economies after Benjamini-Hochberg at {:.0}% with the rise due to sourcing ({} with p <= 0.05 before), the opposite in {}, of {}",
            units.supporting, 100.0 * DEFAULT_FDR, units.raw, units.against, units.total
        ));
    }
    if let Some(power) = evidence.power {
        lines.push(format!(
            "simulated power of one economy's test against {} points a year, with the noise of the median economy: {power:.2} \
             {SIZE_WORDS}",
            2.0 * BOUND
        ));
    }
    Section::new("Headline", lines)
}

/// The world as one exporter: share and level.
pub(super) fn world_section(study: &Study<'_>) -> Section {
    let (path, fit) = (&study.world, &study.world_fit.units[0]);
    let last = path.years.len() - 1;
    let peak = path.peak();
    let level = path.own[last] / path.own[0];
    let mut lines = vec![
        format!(
            "foreign share {:.2}% in {}, peak {:.2}% in {}, {:.2}% in {}; own value added in exports x {level:.2}",
            100.0 * path.share[0],
            path.years[0],
            100.0 * path.share[peak],
            path.years[peak],
            100.0 * path.share[last],
            path.years[last]
        ),
        format!(
            "import content of the marginal export over all years {:.1}% (average {:.1}%)",
            100.0 * path.marginal(0, last),
            100.0 * path.share[last]
        ),
    ];
    lines.push(slopes_line(fit));
    Section::new("The world as one exporter", lines)
}

fn slopes_line(fit: &UnitShape) -> String {
    let words = |slope: &Slope| {
        slope
            .interval(LEVEL)
            .map_or_else(|_| "-".into(), |i| format!("{:+.3} {}", slope.value, interval_words(&i)))
    };
    format!(
        "trend {}, slope in the first year {}, in the last {}",
        words(&fit.trend),
        words(&fit.start),
        words(&fit.end)
    )
}

/// Domestic share around entry: the first year of three with a foreign share above mean plus one standard deviation.
fn event_study(study: &Study<'_>) -> Section {
    let mut by_lag: Vec<(i32, Vec<f64>)> = (-3..=5).map(|lag| (lag, Vec::new())).collect();
    let mut entered = 0;
    for path in &study.paths.paths {
        let n = path.share.len() as f64;
        let mean = path.share.iter().sum::<f64>() / n;
        let sd = (path.share.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let Some(entry) = path.share.windows(3).position(|three| three.iter().all(|v| *v > mean + sd)) else {
            continue;
        };
        if entry == 0 {
            continue;
        }
        entered += 1;
        let before = 1.0 - path.share[entry - 1];
        for (lag, values) in &mut by_lag {
            let at = entry as i32 + *lag;
            if let Some(share) = usize::try_from(at).ok().and_then(|at| path.share.get(at)) {
                values.push(100.0 * (1.0 - share - before));
            }
        }
    }
    let cells: Vec<String> = by_lag
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(lag, values)| format!("{lag:+}: {:+.1}", median(values).unwrap_or(f64::NAN)))
        .collect();
    Section::new(
        "Event study (describes only: entry is dated by the outcome)",
        vec![
            format!(
                "{entered} of {} economies enter: three years above mean plus one standard deviation",
                study.paths.paths.len()
            ),
            format!(
                "median domestic share against the year before entry, points, by year since entry: {}",
                cells.join(", ")
            ),
        ],
    )
}

/// One line an economy.
pub(super) fn economies_section(units: &[VerdictRecord]) -> Section {
    let width = units.iter().map(|unit| unit.unit.chars().count()).max().unwrap_or(0);
    let lines = units
        .iter()
        .map(|unit| {
            format!(
                "{:<width$} {:<12} {:+.3} {} p_adj {:.3}  {}",
                unit.unit,
                unit.verdict.word(),
                unit.estimate,
                interval_words(&unit.interval),
                unit.p_adjusted,
                unit.reason
            )
        })
        .collect();
    Section::new("Economies", lines)
}

/// Anything else a reader must know.
pub(super) fn remarks(study: &Study<'_>, unfit: &[String]) -> Option<Section> {
    let mut lines = study.series.remarks.clone();
    lines.extend(unfit.iter().map(|why| format!("not used: {why}")));
    lines.push(format!("sector groups: {}", study.series.map.classification));
    if study.choice.without_mining {
        lines.push(
            "without mining: mining products are left out of the imports that count, and mining out of exports and of own \
             value added; imports are counted at face value, with the raw materials that are in them"
                .into(),
        );
    } else {
        lines.push("mining is not known from the labels and could not be left out: prices of raw materials are in the paths".into());
    }
    lines.push(format!("sourcing must account for at least {:.0}% of a change", 100.0 * SOURCING_PART));
    let judged = study.series.judged();
    let dropped: Vec<&str> = judged
        .iter()
        .filter(|s| !study.paths.economies.contains(s))
        .map(|&s| study.series.economies[s].as_str())
        .collect();
    if !dropped.is_empty() {
        lines.push(format!("without exports in some year, left out: {}", dropped.join(" ")));
    }
    Some(Section::new("Remarks", lines))
}
