//! What claims about a trend share: does a share move as predicted, in the median unit and in each, however measured?
//!
//! A claim hands over its headline paths, every other way of measuring them, the predicted sign and the smallest slope
//! that matters; this file fits, adjusts for many units, simulates power, draws the specification curve and fills the
//! record. Shocks of years are resampled, the same years for all units ([`super::shape`]).

use rayon::prelude::*;

use super::curve::{curve_frame, curve_section};
use super::data::{ClaimData, Series};
use super::error::ClaimError;
use super::path::Path;
use super::shape::{self, JointFit, SIZE_WORDS, flat, power, ramp};
use super::study::{FEWEST_YEARS, LEVEL};
use super::thinning::{data_used, economies_section, interval_words};
use super::verdict::{Evidence, UnitCount, VerdictRecord, frame};
use super::{Card, ClaimOptions, Condition, Outcome, Section, Verdict};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{
    Covariance, DEFAULT_FDR, Design, Interval, Sign, SpecCurve, Specification, StatsError,
    benjamini_hochberg, count_at_most, ols,
};

/// One way of measuring: its choices (the table first) and the paths it gives.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    pub(super) choices: Vec<String>,
    pub(super) paths: Vec<Path>,
}

impl Variant {
    /// A variant of a series.
    pub(super) fn new(series: &Series, choices: &[&str], paths: Vec<Path>) -> Self {
        let choices =
            std::iter::once(series.name.clone()).chain(choices.iter().map(|c| (*c).to_owned())).collect();
        Self { choices, paths }
    }
}

/// A question about a trend.
pub(super) struct TrendQuestion<'a> {
    pub(super) card: &'static Card,
    /// Where the headline comes from.
    pub(super) series: &'a Series,
    /// What the data were, and were not.
    pub(super) data: String,
    /// Names of the units: economies, chains; one name for a single path.
    pub(super) units: Vec<String>,
    /// `economies`, `chains`.
    pub(super) unit_word: &'static str,
    /// Headline paths, all years.
    pub(super) paths: Vec<Path>,
    pub(super) predicted: Sign,
    /// Smallest slope that matters, in points a year.
    pub(super) bound: f64,
    /// What the bound means, in words.
    pub(super) bound_words: &'static str,
    /// What the estimate counts, of one unit and of their median alike.
    pub(super) estimate_unit: &'static str,
    /// The headline choice, in words.
    pub(super) spec: String,
    /// Names of the choices of every variant; `table` first.
    pub(super) dimensions: &'static [&'static str],
    pub(super) variants: Vec<Variant>,
    /// The same choices in other units than the paths' share: how to print a level.
    pub(super) level: fn(f64) -> String,
    pub(super) causal: bool,
}

/// A share as percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// Series that cover the world and are fit for a test over `needed` years; why the others are not.
pub(super) fn worlds(data: &ClaimData, needed: usize) -> Result<(Vec<&Series>, String), String> {
    let first = data.world(needed)?;
    let (fit, unfit) = data.usable(needed);
    let mut worlds: Vec<&Series> = fit.into_iter().filter(|series| series.is_world()).collect();
    // The first is the one the headline comes from.
    worlds.sort_by_key(|series| !std::ptr::eq(*series, first));
    let data = data_used(&worlds, &unfit);
    Ok((worlds, data))
}

/// What each of these series gives, the first one first; when none gives anything, why.
pub(super) fn of_worlds<'a, T>(
    data: &'a ClaimData,
    needed: usize,
    of: impl Fn(&'a Series) -> Result<T, String>,
) -> Result<(Vec<T>, String), String> {
    let (series, used) = worlds(data, needed)?;
    let mut made = Vec::new();
    let mut reasons = Vec::new();
    for series in series {
        match of(series) {
            Ok(found) => made.push(found),
            Err(why) => reasons.push(why),
        }
    }
    if made.is_empty() { Err(reasons.join("; ")) } else { Ok((made, used)) }
}

/// Crisis years of the span.
pub(super) fn crisis_years(series: &Series, options: &ClaimOptions) -> Vec<i32> {
    let (first, last) = series.span();
    options.crisis_years.iter().copied().filter(|year| (first..=last).contains(year)).collect()
}

/// Paths without crisis years.
pub(super) fn calm(paths: &[Path], options: &ClaimOptions) -> Vec<Path> {
    paths.iter().map(|path| path.keeping(|year| !options.crisis_years.contains(&year))).collect()
}

/// `1995-2011 without 2009`.
pub(super) fn years_in_words(series: &Series, options: &ClaimOptions) -> String {
    let (first, last) = series.span();
    let out: Vec<String> = crisis_years(series, options).iter().map(ToString::to_string).collect();
    without_words(first, last, &out)
}

/// The same of a path, which may be of some years of a series only: those in between that it lacks are told too.
fn years_of(path: &Path, options: &ClaimOptions) -> String {
    let (first, last) = (path.years[0], path.years[path.years.len() - 1]);
    let out: Vec<String> = (first..=last)
        .filter(|year| !path.years.contains(year) || options.crisis_years.contains(year))
        .map(|year| year.to_string())
        .collect();
    without_words(first, last, &out)
}

/// `1995-2011 without 2009`, or all of them.
fn without_words(first: i32, last: i32, out: &[String]) -> String {
    if out.is_empty() {
        format!("{first}-{last}")
    } else {
        format!("{first}-{last} without {}", out.join(", "))
    }
}

/// A path from (part, whole) of each year.
pub(super) fn path_of(series: &Series, cell: impl Fn(usize) -> (f64, f64)) -> Path {
    let cells: Vec<(f64, f64)> = (0..series.years.len()).map(cell).collect();
    let years: Vec<i32> = series.years.iter().map(|facts| facts.year).collect();
    Path::of_cells(&years, &cells)
}

/// Is every share of the path defined?
pub(super) fn defined(path: &Path) -> bool {
    path.share.iter().all(|share| share.is_finite())
}

/// Trend of the median of some paths without crisis years: value and 95% interval.
pub(super) fn trend_of(
    paths: &[Path],
    options: &ClaimOptions,
    label: &str,
) -> Result<(f64, Interval), ClaimError> {
    let fit = shape::fit(&calm(paths, options), &options.plan(label))?;
    Ok((fit.trend.value, fit.trend.interval(LEVEL)?))
}

impl TrendQuestion<'_> {
    /// The verdict, by the rule that all claims share.
    pub(super) fn judge(
        &self,
        options: &ClaimOptions,
        conditions: Vec<Condition>,
    ) -> Result<Outcome, ClaimError> {
        let calm = calm(&self.paths, options);
        match calm.first() {
            None => return Ok(Outcome::without_data(self.card, &format!("no {} to follow", self.unit_word))),
            Some(path) if path.years.len() < FEWEST_YEARS => {
                let why = format!(
                    "{}: {} years without crises, the test needs {FEWEST_YEARS}",
                    self.series.name,
                    path.years.len()
                );
                return Ok(Outcome::without_data(self.card, &why));
            }
            Some(_) => (),
        }
        let fit = shape::fit(&calm, &options.plan(self.card.id))?;
        let curve = self.curve(options)?;
        let several = calm.len() > 1;
        let (units, count) = if several { self.units(&fit, &calm)? } else { (Vec::new(), None) };
        let effect = ramp(&fit.years, self.predicted.factor() * 2.0 * self.bound);
        let statistic = |time: &[f64], series: &[f64]| trend_t(time, series, self.predicted);
        let found = power(&calm, &flat(&fit.years), &effect, options.seed, statistic)?;
        let evidence = Evidence {
            predicted: self.predicted,
            estimate: fit.trend.value,
            interval: fit.trend.interval(LEVEL)?,
            p_adjusted: fit.trend.p_one_sided(self.predicted),
            bound: self.bound,
            specifications: Some(curve.summary(self.predicted)?),
            units: count,
            conditions,
            power: Some(found),
            causal: self.causal,
        };
        let mut record = VerdictRecord::of(self.card, &evidence);
        record.estimate_unit = format!("{}{}", self.estimate_unit, self.population(several));
        record.n = calm.iter().map(|path| path.years.len()).sum();
        record.table.clone_from(&self.series.name);
        record.years = years_of(&self.paths[0], options);
        record.spec.clone_from(&self.spec);
        record.data.clone_from(&self.data);
        let mut argument = vec![self.headline(&evidence)];
        argument.extend(self.levels());
        argument.extend(conditions_section(&evidence.conditions));
        argument.push(curve_section(&curve, self.predicted)?);
        if several {
            argument.push(Section { title: capital(self.unit_word), ..economies_section(&units) });
        }
        let details = vec![
            ("economies", frame(&units)),
            ("paths", self.paths_frame()),
            ("specifications", curve_frame(&curve)),
        ];
        Ok(Outcome { record, units, argument, details })
    }

    /// Of whom the headline is, in words that follow what it counts; a record of one unit says nothing of others.
    fn population(&self, several: bool) -> &'static str {
        match (several, self.unit_word) {
            (true, "economies") => ", median economy",
            (true, "chains") => ", median chain",
            _ => "",
        }
    }

    /// Every unit on its own, adjusted for their number.
    fn units(
        &self,
        fit: &JointFit,
        calm: &[Path],
    ) -> Result<(Vec<VerdictRecord>, Option<UnitCount>), ClaimError> {
        let raw: Vec<f64> = fit.units.iter().map(|unit| unit.trend.p_one_sided(self.predicted)).collect();
        let adjusted = benjamini_hochberg(&raw)?;
        let mut records = Vec::with_capacity(raw.len());
        for (position, unit) in fit.units.iter().enumerate() {
            let evidence = Evidence {
                predicted: self.predicted,
                estimate: unit.trend.value,
                interval: unit.trend.interval(LEVEL)?,
                p_adjusted: adjusted[position],
                bound: self.bound,
                specifications: None,
                units: None,
                conditions: Vec::new(),
                power: None,
                causal: false,
            };
            let path = &calm[position];
            let mut record = VerdictRecord::of(self.card, &evidence);
            record.unit.clone_from(&self.units[position]);
            record.reason = format!(
                "{}; {} in {}, {} in {}",
                record.reason,
                (self.level)(path.share[0]),
                path.years[0],
                (self.level)(path.share[path.share.len() - 1]),
                path.years[path.years.len() - 1]
            );
            record.estimate_unit = self.estimate_unit.to_owned();
            record.n = path.years.len();
            record.table.clone_from(&self.series.name);
            record.spec.clone_from(&self.spec);
            records.push(record);
        }
        let wrong = |record: &&VerdictRecord| match self.predicted {
            Sign::Positive => record.interval.high < 0.0,
            Sign::Negative => record.interval.low > 0.0,
        };
        let count = UnitCount {
            raw: count_at_most(&raw, 0.05),
            supporting: records.iter().filter(|record| record.verdict == Verdict::Supported).count(),
            against: records.iter().filter(wrong).count(),
            total: records.len(),
        };
        Ok((records, Some(count)))
    }

    /// Every variant, with and without the crisis, and with the last years cut.
    fn curve(&self, options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
        let cells = self
            .variants
            .par_iter()
            .map(|variant| cells(variant, options))
            .collect::<Result<Vec<_>, ClaimError>>()?
            .concat();
        let dimensions: Vec<&str> = self.dimensions.iter().copied().chain(["crisis", "end year"]).collect();
        Ok(SpecCurve::new(&dimensions, cells)?)
    }

    fn headline(&self, evidence: &Evidence) -> Section {
        let who = if self.paths.len() > 1 {
            format!("median of {} {}", self.paths.len(), self.unit_word)
        } else {
            self.units.join(" ")
        };
        let mut lines = vec![
            format!(
                "{who}: {:+.3} {} {}, p {:.4}; {}",
                evidence.estimate,
                self.estimate_unit,
                interval_words(&evidence.interval),
                evidence.p_adjusted,
                self.spec
            ),
            format!("material from {} {}: {}", self.bound, self.estimate_unit, self.bound_words),
        ];
        if let Some(units) = evidence.units {
            lines.push(format!(
                "established in {} after Benjamini-Hochberg at {:.0}% ({} with p <= 0.05 before), the opposite in {}, of {}",
                units.supporting, 100.0 * DEFAULT_FDR, units.raw, units.against, units.total
            ));
        }
        if let Some(power) = evidence.power {
            lines.push(format!(
                "simulated power of one path's test against {} points a year, with the noise of the median path: {power:.2} \
                 {SIZE_WORDS}",
                2.0 * self.bound
            ));
        }
        Section::new("Headline", lines)
    }

    /// Share and level in the first and last year, for few units.
    fn levels(&self) -> Option<Section> {
        if self.paths.len() > 5 {
            return None;
        }
        let lines = self
            .units
            .iter()
            .zip(&self.paths)
            .map(|(name, path)| {
                let last = path.years.len() - 1;
                format!(
                    "{name}: {} in {}, {} in {}",
                    (self.level)(path.share[0]),
                    path.years[0],
                    (self.level)(path.share[last]),
                    path.years[last]
                )
            })
            .collect();
        Some(Section::new("Levels", lines))
    }

    fn paths_frame(&self) -> Frame {
        let mut names = Vec::new();
        let mut years = Vec::new();
        let mut columns: [Vec<f64>; 3] = Default::default();
        for (name, path) in self.units.iter().zip(&self.paths) {
            for t in 0..path.years.len() {
                names.push(Some(name.clone()));
                years.push(Some(i64::from(path.years[t])));
                columns[0].push(path.share[t]);
                columns[1].push(path.part[t]);
                columns[2].push(path.whole[t]);
            }
        }
        let [value, part, whole] = columns;
        Frame::new()
            .with("table", Measure::Key, Column::Text(vec![Some(self.series.name.clone()); years.len()]))
            .with("unit", Measure::Key, Column::Text(names))
            .with("year", Measure::Key, Column::Integer(years))
            .with("value", Measure::Pure, Column::Number(value))
            .with("part", Measure::Pure, Column::Number(part))
            .with("whole", Measure::Pure, Column::Number(whole))
    }
}

/// One variant with and without crisis years, and with the last years cut.
fn cells(variant: &Variant, options: &ClaimOptions) -> Result<Vec<Specification>, ClaimError> {
    let Some(first) = variant.paths.first() else { return Ok(Vec::new()) };
    let last = first.years[first.years.len() - 1];
    let crisis = first.years.iter().any(|year| options.crisis_years.contains(year));
    let mut cells = Vec::new();
    for with_crisis in [false, true] {
        if with_crisis && !crisis {
            continue;
        }
        for cut in 0..=2 {
            let keep =
                |year: i32| year <= last - cut && (with_crisis || !options.crisis_years.contains(&year));
            let kept: Vec<Path> = variant.paths.iter().map(|path| path.keeping(keep)).collect();
            if kept[0].years.len() < FEWEST_YEARS {
                continue;
            }
            let mut choices = variant.choices.clone();
            choices.push(if with_crisis { "with" } else { "without" }.to_owned());
            choices.push(if cut == 0 { "last".to_owned() } else { format!("last - {cut}") });
            let fit = shape::fit(&kept, &options.cell_plan(&choices.join("/")))?;
            cells.push(Specification {
                choices,
                estimate: fit.trend.value,
                interval: fit.trend.interval(LEVEL)?,
            });
        }
    }
    Ok(cells)
}

/// Rival explanations, each with what was found.
pub(super) fn conditions_section(conditions: &[Condition]) -> Option<Section> {
    let lines: Vec<String> = conditions
        .iter()
        .map(|condition| {
            format!(
                "{}: {}; {}",
                condition.name,
                if condition.holds { "holds" } else { "does not hold" },
                condition.found
            )
        })
        .collect();
    (!lines.is_empty()).then(|| Section::new("Conditions", lines))
}

/// The statistic whose power is simulated: t of the slope of a straight line, turned so that the predicted sign is up.
fn trend_t(time: &[f64], series: &[f64], predicted: Sign) -> Result<f64, StatsError> {
    let line = ols(&Design::polynomial(time, 1)?, series, Covariance::newey_west(time.len()))?;
    Ok(predicted.factor() * line.estimate(1).t_statistic())
}

/// First letter in upper case.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
