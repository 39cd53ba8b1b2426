//! What C1 and C2 share: the headline paths and their shapes, and the attribution of a change.

use rayon::prelude::*;

use super::data::Series;
use super::error::ClaimError;
use super::path::{Choice, ExportSet, Indicator, Path, Paths, Prices, measure};
use super::shape::{self, JointFit};
use super::sourcing::{FACTORS, Sourcing, decompose, decompose_in_previous_year_prices};
use super::{ClaimOptions, Condition, Reason, Verdict};
use crate::stats::{StatsError, median};

/// Years that a test of shape needs.
pub(super) const FEWEST_YEARS: usize = 10;
/// Slopes of less than this many percentage points a year do not matter: one point in a decade.
pub(super) const BOUND: f64 = 0.1;
/// Level of headline intervals.
pub(super) const LEVEL: f64 = 0.95;
/// Part of a change that sourcing must account for.
pub(super) const SOURCING_PART: f64 = 0.5;
/// Changes of less than this fraction are not worth attributing: one percentage point.
const ATTRIBUTABLE: f64 = 0.01;

/// A series, its headline paths and their shapes.
pub(super) struct Study<'a> {
    pub(super) series: &'a Series,
    pub(super) choice: Choice,
    /// Headline choice, all years.
    pub(super) paths: Paths,
    /// Without the crisis years.
    pub(super) calm: Vec<Path>,
    pub(super) world: Path,
    pub(super) fit: JointFit,
    pub(super) world_fit: JointFit,
    /// Crisis years left out.
    pub(super) left_out: Vec<i32>,
}

impl<'a> Study<'a> {
    /// Measures and fits the headline: import content of all exports, without mining where the labels tell it. When no
    /// economy or too few years are left, the inner error says so.
    pub(super) fn of(series: &'a Series, options: &ClaimOptions) -> Result<Result<Self, String>, ClaimError> {
        let choice = Choice {
            indicator: Indicator::ImportContent,
            exports: ExportSet::All,
            without_mining: series.map.knows_mining(),
            prices: Prices::Current,
        };
        let paths = measure(series, &choice)?;
        let left_out: Vec<i32> = crisis_years(series, options);
        let calm: Vec<Path> =
            paths.paths.iter().map(|path| path.keeping(|year| !left_out.contains(&year))).collect();
        let world = paths.world.keeping(|year| !left_out.contains(&year));
        let Some(first) = calm.first() else {
            return Ok(Err(format!("{}: no economy exports in every year", series.name)));
        };
        if first.years.len() < FEWEST_YEARS {
            let (years, left) = (series.years.len(), first.years.len());
            return Ok(Err(format!(
                "{}: {years} years, {left} without the crisis years, the test needs {FEWEST_YEARS}",
                series.name
            )));
        }
        let plan = options.plan("foreign share of exports");
        let fit = shape::fit(&calm, &plan)?;
        let world_fit = shape::fit(std::slice::from_ref(&world), &plan)?;
        Ok(Ok(Self { series, choice, paths, calm, world, fit, world_fit, left_out }))
    }

    /// Years used, in words.
    pub(super) fn years(&self) -> String {
        let (first, last) = self.series.span();
        if self.left_out.is_empty() {
            return format!("{first}-{last}");
        }
        let out: Vec<String> = self.left_out.iter().map(ToString::to_string).collect();
        format!("{first}-{last} without {}", out.join(", "))
    }

    /// Name of the judged economy at a position of the paths.
    pub(super) fn name(&self, position: usize) -> &str {
        &self.series.economies[self.paths.economies[position]]
    }

    /// Power against `effect`, held against a path `without` it, with the noise of each economy: see [`shape::power`].
    pub(super) fn powers(
        &self,
        without: &[f64],
        effect: &[f64],
        options: &ClaimOptions,
        statistic: impl Fn(&[f64], &[f64]) -> Result<f64, StatsError> + Sync,
    ) -> Result<Vec<f64>, ClaimError> {
        let one =
            |path: &Path| shape::power(std::slice::from_ref(path), without, effect, options.seed, &statistic);
        Ok(self.calm.par_iter().map(one).collect::<Result<_, _>>()?)
    }

    /// Attributes the change of one economy's headline share between two years.
    pub(super) fn attribute(&self, position: usize, from: i32, to: i32) -> Result<Sourcing, ClaimError> {
        let s = self.paths.economies[position];
        let exporting = self.choice.exports.of(self.series);
        let mining = &self.series.map.mining;
        let leave = self.choice.without_mining;
        let counted: Vec<bool> = mining.iter().map(|is| !(leave && *is)).collect();
        let exporting: Vec<bool> = exporting.iter().zip(&counted).map(|(e, c)| *e && *c).collect();
        let window: Vec<_> =
            self.series.years.iter().filter(|facts| (from..=to).contains(&facts.year)).collect();
        let name = format!("{} {from}-{to}", self.series.economies[s]);
        let chain: Option<Vec<_>> = window
            .windows(2)
            .map(|pair| {
                let old_prices = pair[1].previous_year_prices.as_ref()?;
                Some((&pair[0].accounts[s], &old_prices[s], &pair[1].accounts[s]))
            })
            .collect();
        match (chain, window.first(), window.last()) {
            (Some(chain), ..) if !chain.is_empty() => {
                decompose_in_previous_year_prices(&chain, &counted, &exporting, &name)
            }
            (_, Some(first), Some(last)) => {
                decompose(&first.accounts[s], &last.accounts[s], &counted, &exporting, &name)
            }
            _ => Err(ClaimError::NoTables { input: name }),
        }
    }

    /// Attributions of all economies over windows `(from, to)`; nothing where the window is empty.
    pub(super) fn attribute_all(
        &self,
        windows: &[Option<(i32, i32)>],
    ) -> Result<Vec<Option<Sourcing>>, ClaimError> {
        windows
            .par_iter()
            .enumerate()
            .map(|(position, window)| window.map(|(from, to)| self.attribute(position, from, to)).transpose())
            .collect()
    }
}

/// Years of crisis within the span of a series.
pub(super) fn crisis_years(series: &Series, options: &ClaimOptions) -> Vec<i32> {
    let (first, last) = series.span();
    // A crisis at the edge cannot be told from the trend by leaving it out, but does no harm either.
    options.crisis_years.iter().copied().filter(|year| (first..=last).contains(year)).collect()
}

/// The rival explanation that the change is not due to sourcing, judged over economies: the median part of sourcing.
///
/// `rising` is the sign of the change that the claim is about.
pub(super) fn sourcing_condition(what: &str, changes: &[Option<Sourcing>], rising: bool) -> Condition {
    let sign = if rising { 1.0 } else { -1.0 };
    let relevant: Vec<&Sourcing> =
        changes.iter().flatten().filter(|change| sign * change.total() >= ATTRIBUTABLE).collect();
    let part = |of: &dyn Fn(&Sourcing) -> f64| {
        median(&relevant.iter().map(|change| of(change) / change.total()).collect::<Vec<_>>())
            .unwrap_or(f64::NAN)
    };
    let parts: Vec<f64> = (0..FACTORS.len()).map(|factor| part(&|change| change.mean[factor])).collect();
    let prices = part(&|change| change.prices);
    let name = format!("the {what} is due to sourcing");
    if relevant.is_empty() {
        return Condition {
            name,
            holds: false,
            found: format!("there is no {what} of a percentage point to attribute"),
            otherwise: Verdict::NotSupported,
        };
    }
    let in_prices = changes.iter().flatten().any(|change| change.prices.abs() > 0.0);
    let [technology, sourcing, mix] = [parts[0], parts[1], parts[2]];
    let otherwise = if mix > sourcing.max(technology) {
        Verdict::NotSupported
    } else if !in_prices {
        // Input coefficients in current prices hold the prices.
        Verdict::Undetermined(Reason::Data)
    } else if technology.max(prices) > sourcing {
        Verdict::NotSupported
    } else {
        // Nothing accounts for more than sourcing does, and sourcing not for the larger half.
        Verdict::Undetermined(Reason::SignFlips)
    };
    let advice = if otherwise == Verdict::Undetermined(Reason::Data) {
        "; tables in previous-year prices (--prices) would tell technology from prices"
    } else {
        ""
    };
    Condition {
        name,
        holds: sourcing >= SOURCING_PART,
        found: format!(
            "technology {:.0}%, sourcing {:.0}%, mix {:.0}%{} of the {what}{}{advice}",
            100.0 * technology,
            100.0 * sourcing,
            100.0 * mix,
            if in_prices { format!(", prices {:.0}%", 100.0 * prices) } else { String::new() },
            if changes.len() == 1 {
                String::new()
            } else {
                format!(" in the median of {} economies", relevant.len())
            },
        ),
        otherwise,
    }
}
