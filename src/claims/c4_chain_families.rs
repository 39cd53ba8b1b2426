//! C4: do vertically specialised chains thin while additive resource chains do not?
//!
//! The import content of exports of the specialised sectors minus that of the additive ones, economy by economy: a
//! trend of the difference is the difference of the trends. Prices of resources move the additive side, so mining is
//! left out of the headline and a common movement of prices is removed in part of the specification curve.

use super::data::Series;
use super::path::{Choice, ExportSet, Indicator, Path, Prices, content_of};
use super::study::{BOUND, FEWEST_YEARS};
use super::thinning::data_used;
use super::trends::{TrendQuestion, Variant, calm, defined};
use super::verdict::unless_above_zero;
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Section, Verdict, branches, cards,
};
use crate::stats::{Covariance, Design, Sign, mean_by_bootstrap, median, ols, sign_test};

/// C4.
#[derive(Debug)]
pub(super) struct ChainFamilies;

impl Claim for ChainFamilies {
    fn card(&self) -> &'static Card {
        &cards::C4
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (usable, unfit) = data.usable(FEWEST_YEARS);
        let knows = |series: &&Series| {
            branches::any(&branches::specialised(&series.sectors))
                && branches::any(&branches::additive(&series.sectors))
        };
        let usable: Vec<&Series> = usable.into_iter().filter(knows).collect();
        let Some(&series) = usable.first() else {
            let mut why = unfit;
            why.push(
                "needs a series with sectors of both families (textiles, machinery, electronics or vehicles; \
                 agriculture, food, wood, paper, fuels or metals)"
                    .into(),
            );
            return Ok(Outcome::without_data(self.card(), &why.join("; ")));
        };
        let headline = Choice {
            indicator: Indicator::ImportContent,
            exports: ExportSet::All,
            without_mining: series.map.knows_mining(),
            prices: Prices::Current,
        };
        let (economies, gaps, pairs) = gaps(series, &headline, Family::Wide)?;
        if gaps.is_empty() {
            return Ok(Outcome::without_data(
                self.card(),
                "no economy exports products of both families in every year",
            ));
        }
        let question = TrendQuestion {
            card: self.card(),
            series,
            data: data_used(&usable, &unfit),
            units: economies.iter().map(|&s| series.economies[s].clone()).collect(),
            unit_word: "economies",
            predicted: Sign::Positive,
            bound: BOUND,
            bound_words: "the families part by one point in a decade",
            estimate_unit: "percentage points a year, VS of specialised minus VS of additive chains",
            spec: format!("{}; wide families", headline.label(series)),
            dimensions: &["table", "indicator", "families", "mining", "prices"],
            variants: variants(&usable)?,
            level: |share| format!("{:+.1} points", 100.0 * share),
            causal: false,
            paths: gaps,
        };
        let level = level_condition(&pairs, options)?;
        let spread = economies_condition(&question.paths, options)?;
        let mut outcome = question.judge(options, vec![level, spread])?;
        outcome.argument.insert(1, sides(series, &pairs, options));
        Ok(outcome)
    }
}

/// Which sectors stand for the families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// As in [`branches`].
    Wide,
    /// Machinery, electronics and vehicles against the additive manufactures.
    Narrow,
}

impl Family {
    const fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "assembled against resource-based manufactures",
        }
    }

    fn of(self, series: &Series) -> (Vec<bool>, Vec<bool>) {
        let (specialised, additive) =
            (branches::specialised(&series.sectors), branches::additive(&series.sectors));
        match self {
            Self::Wide => (specialised, additive),
            Self::Narrow => {
                let manufactures = additive.iter().zip(&series.map.manufactures).map(|(a, m)| *a && *m);
                (branches::assembled(&series.sectors), manufactures.collect())
            }
        }
    }
}

/// Paths of both families and of their difference, for economies that export both in every year.
type Gaps = (Vec<usize>, Vec<Path>, Vec<(Path, Path)>);

fn gaps(series: &Series, choice: &Choice, family: Family) -> Result<Gaps, ClaimError> {
    let (specialised, additive) = family.of(series);
    let first = content_of(series, choice, &specialised)?;
    let second = content_of(series, choice, &additive)?;
    let (mut economies, mut differences, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    for s in series.judged() {
        let (a, b) = (&first[s], &second[s]);
        if !defined(a) || !defined(b) {
            continue;
        }
        let share = a.share.iter().zip(&b.share).map(|(a, b)| a - b).collect();
        differences.push(Path { share, ..a.clone() });
        pairs.push((a.clone(), b.clone()));
        economies.push(s);
    }
    Ok((economies, differences, pairs))
}

fn variants(series: &[&Series]) -> Result<Vec<Variant>, ClaimError> {
    let mut variants = Vec::new();
    for one in series {
        for indicator in [Indicator::ImportContent, Indicator::ForeignContent] {
            for family in [Family::Wide, Family::Narrow] {
                for without_mining in [true, false] {
                    for prices in [Prices::Current, Prices::CommonMovement] {
                        let choice = Choice { indicator, exports: ExportSet::All, without_mining, prices };
                        if !choice.fits(one) {
                            continue;
                        }
                        let (_, paths, _) = gaps(one, &choice, family)?;
                        let mining = if without_mining { "without" } else { "with" };
                        let choices = [indicator.name(), family.name(), mining, prices.name()];
                        variants.push(Variant::new(one, &choices, paths));
                    }
                }
            }
        }
    }
    Ok(variants)
}

/// The specialised family has the higher import content on average over years and economies.
fn level_condition(pairs: &[(Path, Path)], options: &ClaimOptions) -> Result<Condition, ClaimError> {
    let mean = |path: &Path| path.share.iter().sum::<f64>() / path.share.len() as f64;
    let gaps: Vec<f64> = pairs.iter().map(|(a, b)| 100.0 * (mean(a) - mean(b))).collect();
    if gaps.len() < 3 {
        return Ok(Condition {
            name: "the import content of specialised chains is higher".into(),
            holds: gaps.iter().all(|gap| *gap > 0.0),
            found: format!("gap {:+.1} points", gaps.iter().sum::<f64>() / gaps.len() as f64),
            otherwise: Verdict::NotSupported,
        });
    }
    let estimate = mean_by_bootstrap(&gaps, &options.plan("C4 level"))?;
    Ok(Condition {
        name: "the import content of specialised chains is higher".into(),
        holds: estimate.interval.low > 0.0,
        found: format!(
            "mean gap {:+.1} points [{:+.1}, {:+.1}], positive in {} of {} economies",
            estimate.value,
            estimate.interval.low,
            estimate.interval.high,
            gaps.iter().filter(|gap| **gap > 0.0).count(),
            gaps.len()
        ),
        otherwise: unless_above_zero(estimate.interval),
    })
}

/// The difference of slopes again, with economies resampled instead of years, and the paired sign test.
fn economies_condition(gaps: &[Path], options: &ClaimOptions) -> Result<Condition, ClaimError> {
    let slopes: Vec<f64> = calm(gaps, options).iter().map(slope).collect();
    let name = "the mean difference of slopes is positive over economies too".to_owned();
    let otherwise = Verdict::Undetermined(super::Reason::SignFlips);
    if slopes.len() < 3 {
        let found = "fewer than three economies, nothing to resample".to_owned();
        return Ok(Condition { name, holds: true, found, otherwise });
    }
    let mean = mean_by_bootstrap(&slopes, &options.plan("C4 economies"))?;
    let p = sign_test(&slopes).map_or(1.0, |test| test.p_positive);
    Ok(Condition {
        name,
        holds: mean.interval.low > 0.0,
        found: format!(
            "mean {:+.3} [{:+.3}, {:+.3}] points a year, sign test p {p:.4}",
            mean.value, mean.interval.low, mean.interval.high
        ),
        otherwise,
    })
}

/// Least-squares slope in percentage points a year.
fn slope(path: &Path) -> f64 {
    let time: Vec<f64> = path.years.iter().map(|year| f64::from(*year - path.years[0])).collect();
    let share: Vec<f64> = path.share.iter().map(|share| 100.0 * share).collect();
    Design::polynomial(&time, 1)
        .and_then(|design| ols(&design, &share, Covariance::Classical))
        .map_or(f64::NAN, |fit| fit.coefficients[1])
}

/// Each family by itself: level and slope; the second half of the claim is about the additive one.
fn sides(series: &Series, pairs: &[(Path, Path)], options: &ClaimOptions) -> Section {
    let line = |name: &str, paths: Vec<Path>| {
        let slopes: Vec<f64> = calm(&paths, options).iter().map(slope).collect();
        let at = |t: usize| median(&paths.iter().map(|path| 100.0 * path.share[t]).collect::<Vec<_>>());
        let last = series.years.len() - 1;
        let rising = slopes.iter().filter(|slope| **slope > 0.0).count();
        let (first, end) = (at(0).unwrap_or(f64::NAN), at(last).unwrap_or(f64::NAN));
        format!(
            "{name}: median VS {first:.1}% to {end:.1}%, median slope {:+.3} points a year, rising in {rising} of {}",
            median(&slopes).unwrap_or(f64::NAN),
            slopes.len()
        )
    };
    Section::new(
        "Each family",
        vec![
            line("specialised", pairs.iter().map(|pair| pair.0.clone()).collect()),
            line("additive", pairs.iter().map(|pair| pair.1.clone()).collect()),
            "if the domestic share of additive chains rises with linkage formation, their VS falls".into(),
        ],
    )
}
