//! C5: is import-dependent export growth poorer?
//!
//! Growth of domestic value added in exports against the change of the foreign share one year before. The change of the
//! same year is no headline: value added is exports less imports, so the two move apart by construction.

use super::association::{Cell, Observations, Place, Question};
use super::data::Series;
use super::path::{Choice, ExportSet, Indicator, Path, Prices, measure};
use super::study::FEWEST_YEARS;
use super::thinning::data_used;
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, cards};
use crate::stats::{Effects, Sign, median};

/// Points of growth for ten points of VS.
const BOUND: f64 = 1.0;

/// C5.
#[derive(Debug)]
pub(super) struct ThinOrPoorer;

/// When the foreign share is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timing {
    /// Its change in the year before.
    Before,
    /// Its level in the year before.
    LevelBefore,
    /// Its change in the same year.
    Same,
    /// Growth of three years on the change of the three years before.
    ThreeYears,
}

impl Timing {
    const fn name(self) -> &'static str {
        match self {
            Self::Before => "change a year before",
            Self::LevelBefore => "level a year before",
            Self::Same => "change of the same year",
            Self::ThreeYears => "three years on the three before",
        }
    }

    /// (growth of this year, regressor) at position `t` of a path, when the years around it are there.
    fn at(self, path: &Path, t: usize) -> Option<(f64, f64)> {
        let span = if self == Self::ThreeYears { 3 } else { 1 };
        let earlier = if matches!(self, Self::Before | Self::ThreeYears) { span } else { 0 };
        let start = t.checked_sub(span)?;
        let first = start.checked_sub(earlier)?;
        // Years must be neighbours: a crisis that is left out leaves a hole.
        let distance = i32::try_from(span + earlier).ok()?;
        if path.years[t] - path.years[first] != distance {
            return None;
        }
        let growth = 100.0 * (path.own[t] / path.own[start]).ln() / span as f64;
        let share = |t: usize| 100.0 * path.share[t];
        let regressor = match self {
            Self::Before | Self::ThreeYears => (share(start) - share(first)) / span as f64,
            Self::LevelBefore => share(start),
            Self::Same => share(t) - share(start),
        };
        Some((growth, regressor))
    }
}

impl Claim for ThinOrPoorer {
    fn card(&self) -> &'static Card {
        &cards::C5
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (usable, unfit) = data.usable(FEWEST_YEARS);
        let Some(&series) = usable.first() else {
            return Ok(Outcome::without_data(self.card(), &unfit.join("; ")));
        };
        let choice = Choice {
            indicator: Indicator::ImportContent,
            exports: ExportSet::All,
            without_mining: series.map.knows_mining(),
            prices: Prices::Current,
        };
        let span = series.span();
        let question = Question {
            card: self.card(),
            series,
            years: super::trends::years_in_words(series, options),
            data: data_used(&usable, &unfit),
            predicted: Sign::Negative,
            bound: BOUND,
            step: 10.0,
            estimate_unit: "points of growth of domestic value added in exports a year, for ten points of VS",
            spec: format!("{}; {}; economy and year effects", choice.label(series), Timing::Before.name()),
            headline: observations(series, &choice, Timing::Before, options, false, span.1)?,
            dimensions: &["table", "timing", "exports", "mining", "crisis", "end year"],
            cells: cells(&usable, options)?,
            causal: true,
        };
        let mut outcome = question.judge(options, |_| Ok(Vec::new()))?;
        outcome.argument.push(levels(series, &choice)?);
        Ok(outcome)
    }
}

fn observations(
    series: &Series,
    choice: &Choice,
    timing: Timing,
    options: &ClaimOptions,
    with_crisis: bool,
    end: i32,
) -> Result<Observations, ClaimError> {
    let paths = measure(series, choice)?;
    let mut all = Observations::new(Effects::TwoWay, &["vs"]);
    for (path, &s) in paths.paths.iter().zip(&paths.economies) {
        let path = path.keeping(|year| year <= end && (with_crisis || !options.crisis_years.contains(&year)));
        let economy = &series.economies[s];
        for t in 0..path.years.len() {
            if let Some((growth, vs)) = timing.at(&path, t) {
                all.push(Place { unit: economy, period: path.years[t], cluster: economy }, growth, &[vs]);
            }
        }
    }
    Ok(all)
}

fn cells(series: &[&Series], options: &ClaimOptions) -> Result<Vec<Cell>, ClaimError> {
    let mut cells = Vec::new();
    for one in series {
        let last = one.span().1;
        for timing in [Timing::Before, Timing::LevelBefore, Timing::Same, Timing::ThreeYears] {
            for exports in [ExportSet::All, ExportSet::Manufactures] {
                for without_mining in [true, false] {
                    let choice = Choice {
                        indicator: Indicator::ImportContent,
                        exports,
                        without_mining,
                        prices: Prices::Current,
                    };
                    if !choice.fits(one) {
                        continue;
                    }
                    for with_crisis in [false, true] {
                        for cut in 0..=2 {
                            let choices = vec![
                                one.name.clone(),
                                timing.name().to_owned(),
                                exports.name().to_owned(),
                                if without_mining { "without" } else { "with" }.to_owned(),
                                if with_crisis { "with" } else { "without" }.to_owned(),
                                if cut == 0 { "last".to_owned() } else { format!("last - {cut}") },
                            ];
                            let observations =
                                observations(one, &choice, timing, options, with_crisis, last - cut)?;
                            cells.push(Cell { choices, observations });
                        }
                    }
                }
            }
        }
    }
    Ok(cells)
}

/// Thin and poor are two things: who became thinner, and how much value added each third gained.
fn levels(series: &Series, choice: &Choice) -> Result<Section, ClaimError> {
    let paths = measure(series, choice)?;
    let mut both: Vec<(f64, f64)> = paths
        .paths
        .iter()
        .map(|path| {
            let last = path.years.len() - 1;
            (100.0 * (path.share[last] - path.share[0]), path.own[last] / path.own[0])
        })
        .collect();
    both.sort_by(|a, b| a.0.total_cmp(&b.0));
    let third = both.len().div_ceil(3).max(1);
    let lines = both
        .chunks(third)
        .zip(["least", "middle", "most"])
        .map(|(chunk, name)| {
            let of = |pick: fn(&(f64, f64)) -> f64| {
                median(&chunk.iter().map(pick).collect::<Vec<_>>()).unwrap_or(f64::NAN)
            };
            format!(
                "{name} thinned third ({} economies): VS {:+.1} points, own value added in exports x {:.2} (medians)",
                chunk.len(),
                of(|pair| pair.0),
                of(|pair| pair.1)
            )
        })
        .collect();
    Ok(Section::new("Level beside share, whole span", lines))
}
