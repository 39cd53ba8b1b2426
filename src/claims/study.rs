//! What C1 and C2 share: the headline paths, the specification curve, the attribution of a change, the detail tables.

use rayon::prelude::*;

use super::data::{ClaimData, Series};
use super::error::ClaimError;
use super::path::{Choice, ExportSet, Indicator, Path, Paths, Prices, measure};
use super::shape::{self, JointFit};
use super::sourcing::{FACTORS, Sourcing, decompose, decompose_in_previous_year_prices};
use super::{ClaimOptions, Condition, Reason, Section, Verdict};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{DimensionFlips, Interval, SpecCurve, Specification, median};

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

fn crisis_years(series: &Series, options: &ClaimOptions) -> Vec<i32> {
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
            found: format!("no economy has a {what} of a percentage point to attribute"),
            otherwise: Verdict::NotSupported,
        };
    }
    let in_prices = changes.iter().flatten().any(|change| change.prices.abs() > 0.0);
    let otherwise = if parts[0] > parts[2] && !in_prices {
        // Input coefficients in current prices hold the prices.
        Verdict::Undetermined(Reason::Data)
    } else {
        Verdict::NotSupported
    };
    let advice = if otherwise == Verdict::NotSupported {
        ""
    } else {
        "; tables in previous-year prices (--prices) would tell technology from prices"
    };
    Condition {
        name,
        holds: parts[1] >= SOURCING_PART,
        found: format!(
            "technology {:.0}%, sourcing {:.0}%, mix {:.0}%{} of the {what} in the median of {} economies{advice}",
            100.0 * parts[0],
            100.0 * parts[1],
            100.0 * parts[2],
            if in_prices { format!(", prices {:.0}%", 100.0 * prices) } else { String::new() },
            relevant.len(),
        ),
        otherwise,
    }
}

/// Dimensions of the specification curve.
const DIMENSIONS: [&str; 7] = ["table", "indicator", "exports", "mining", "prices", "crisis", "end year"];

/// The fits of every way of measuring, on every series. Made once and read by several claims.
#[derive(Debug, Clone)]
pub(super) struct Cells(Vec<(Vec<String>, JointFit)>);

impl Cells {
    /// Measures and fits every cell.
    fn of(series: &[&Series], options: &ClaimOptions) -> Result<Self, ClaimError> {
        let mut choices = Vec::new();
        for (position, one) in series.iter().enumerate() {
            for indicator in
                [Indicator::ImportContent, Indicator::ForeignContent, Indicator::NotValueAddedExports]
            {
                for exports in [ExportSet::All, ExportSet::Manufactures, ExportSet::Electrical] {
                    for without_mining in [true, false] {
                        for prices in [Prices::Current, Prices::CommonMovement] {
                            let choice = Choice { indicator, exports, without_mining, prices };
                            if choice.fits(one) {
                                choices.push((position, choice));
                            }
                        }
                    }
                }
            }
        }
        let fits = choices
            .par_iter()
            .map(|(position, choice)| years_of_a_choice(series[*position], choice, options))
            .collect::<Result<Vec<_>, ClaimError>>()?;
        Ok(Self(fits.into_iter().flatten().collect()))
    }
}

/// Every way of measuring, on every series.
pub(super) fn specification_curve(
    data: &ClaimData,
    series: &[&Series],
    options: &ClaimOptions,
    estimate: impl Fn(&JointFit) -> Result<(f64, Interval), ClaimError>,
) -> Result<SpecCurve, ClaimError> {
    let cells = data.cells(options, || Cells::of(series, options))?;
    let specifications = cells
        .0
        .iter()
        .map(|(choices, fit)| {
            let (value, interval) = estimate(fit)?;
            Ok(Specification { choices: choices.clone(), estimate: value, interval })
        })
        .collect::<Result<Vec<_>, ClaimError>>()?;
    Ok(SpecCurve::new(&DIMENSIONS, specifications)?)
}

/// One choice with and without the crisis, and with the last years cut.
fn years_of_a_choice(
    series: &Series,
    choice: &Choice,
    options: &ClaimOptions,
) -> Result<Vec<(Vec<String>, JointFit)>, ClaimError> {
    let paths = measure(series, choice)?;
    if paths.paths.is_empty() {
        return Ok(Vec::new());
    }
    let (_, last) = series.span();
    let crisis = crisis_years(series, options);
    let mut cells = Vec::new();
    for with_crisis in [false, true] {
        if with_crisis && crisis.is_empty() {
            continue;
        }
        for cut in 0..=2 {
            let end = last - cut;
            let kept: Vec<Path> = paths
                .paths
                .iter()
                .map(|path| path.keeping(|year| year <= end && (with_crisis || !crisis.contains(&year))))
                .collect();
            if kept[0].years.len() < FEWEST_YEARS {
                continue;
            }
            let choices = vec![
                series.name.clone(),
                choice.indicator.name().to_owned(),
                choice.exports.name().to_owned(),
                if choice.without_mining { "without" } else { "with" }.to_owned(),
                choice.prices.name().to_owned(),
                if with_crisis { "with" } else { "without" }.to_owned(),
                if cut == 0 { "last".to_owned() } else { format!("last - {cut}") },
            ];
            let mut fit = shape::fit(&kept, &options.cell_plan("specification"))?;
            // The curve is about the median economy; the draws of each economy would only fill memory.
            fit.units = Vec::new();
            cells.push((choices, fit));
        }
    }
    Ok(cells)
}

/// The curve as a table.
pub(super) fn curve_frame(curve: &SpecCurve) -> Frame {
    let sorted = curve.sorted();
    let mut frame = Frame::new();
    for (position, dimension) in DIMENSIONS.iter().enumerate() {
        let column = sorted.iter().map(|spec| Some(spec.choices[position].clone())).collect();
        frame = frame.with(&dimension.replace(' ', "_"), Measure::Key, Column::Text(column));
    }
    let number =
        |of: &dyn Fn(&Specification) -> f64| Column::Number(sorted.iter().map(|spec| of(spec)).collect());
    frame
        .with("estimate", Measure::Pure, number(&|spec| spec.estimate))
        .with("ci_lo", Measure::Pure, number(&|spec| spec.interval.low))
        .with("ci_hi", Measure::Pure, number(&|spec| spec.interval.high))
}

/// Where the answer of the curve comes from: medians by choice, and what flips the sign.
pub(super) fn curve_section(curve: &SpecCurve, predicted: crate::stats::Sign) -> Result<Section, ClaimError> {
    let summary = curve.summary(predicted)?;
    let mut lines = vec![format!(
        "{} specifications: median {:+.3}, from {:+.3} to {:+.3}; predicted sign in {:.0}%, with an interval \
         on that side of zero in {:.0}%, on the other in {:.0}%",
        summary.count,
        summary.median,
        summary.range.low,
        summary.range.high,
        100.0 * summary.predicted_sign,
        100.0 * summary.significant_as_predicted,
        100.0 * summary.significant_against,
    )];
    for choice in &summary.by_choice {
        lines.push(format!(
            "  {} = {}: median {:+.3}, predicted sign {:.0}% of {}",
            choice.dimension,
            choice.choice,
            choice.median,
            100.0 * choice.predicted_sign,
            choice.count
        ));
    }
    let flips: Vec<String> = summary
        .flips_by_dimension
        .iter()
        .filter(|d: &&DimensionFlips| d.flips > 0)
        .map(|d| format!("{} ({} of {} pairs)", d.dimension, d.flips, d.pairs))
        .collect();
    if !flips.is_empty() {
        lines.push(format!("  the sign turns with: {}", flips.join(", ")));
    }
    Ok(Section::new("Specifications", lines))
}

/// Share and level side by side: one row an economy and year, and the world.
pub(super) fn paths_frame(study: &Study<'_>) -> Result<Frame, ClaimError> {
    let series = study.series;
    let plain = Choice { without_mining: false, ..study.choice };
    let all = measure(series, &plain)?;
    let foreign = match (Choice { indicator: Indicator::ForeignContent, ..plain }) {
        choice if choice.fits(series) => Some(measure(series, &choice)?),
        _ => None,
    };
    let absorbed = match (Choice { indicator: Indicator::NotValueAddedExports, ..plain }) {
        choice if choice.fits(series) => Some(measure(series, &choice)?),
        _ => None,
    };
    let mut names: Vec<Option<String>> = Vec::new();
    let mut years = Vec::new();
    let mut columns: [Vec<f64>; 8] = Default::default();
    let mut push = |name: &str, plain: &Path, head: &Path, fc: Option<&Path>, vax: Option<&Path>| {
        for t in 0..plain.years.len() {
            names.push(Some(name.to_owned()));
            years.push(Some(i64::from(plain.years[t])));
            let cells = [
                plain.share[t],
                head.share[t],
                fc.map_or(f64::NAN, |path| path.share[t]),
                vax.map_or(f64::NAN, |path| 1.0 - path.share[t]),
                plain.foreign[t],
                plain.exports[t] - plain.foreign[t],
                plain.exports[t],
                if t == 0 { f64::NAN } else { plain.marginal(t - 1, t) },
            ];
            for (column, cell) in columns.iter_mut().zip(cells) {
                column.push(cell);
            }
        }
    };
    let of = |paths: &Option<Paths>, s: usize| -> Option<Path> {
        let paths = paths.as_ref()?;
        paths.economies.iter().position(|e| *e == s).map(|position| paths.paths[position].clone())
    };
    for (position, &s) in study.paths.economies.iter().enumerate() {
        if let Some(path) = of(&Some(all.clone()), s) {
            let (fc, vax) = (of(&foreign, s), of(&absorbed, s));
            push(&series.economies[s], &path, &study.paths.paths[position], fc.as_ref(), vax.as_ref());
        }
    }
    let (fc, vax) = (foreign.as_ref().map(|p| &p.world), absorbed.as_ref().map(|p| &p.world));
    push("World", &all.world, &study.paths.world, fc, vax);
    let labels = ["vs_share", "vs_share_headline", "fc_share", "vax_ratio", "vs", "dva", "gexp", "iceer"];
    let rows = years.len();
    let mut frame = Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); rows]))
        .with("economy", Measure::Key, Column::Text(names))
        .with("year", Measure::Key, Column::Integer(years));
    for (label, column) in labels.into_iter().zip(columns) {
        let measure = if ["vs", "dva", "gexp"].contains(&label) { Measure::Amount } else { Measure::Share };
        frame = frame.with(label, measure, Column::Number(column));
    }
    Ok(frame)
}

/// Attributions as a table.
pub(super) fn sourcing_frame(
    study: &Study<'_>,
    windows: &[Option<(i32, i32)>],
    changes: &[Option<Sourcing>],
) -> Frame {
    let rows: Vec<(usize, (i32, i32), &Sourcing)> = changes
        .iter()
        .zip(windows)
        .enumerate()
        .filter_map(|(position, (change, window))| Some((position, (*window)?, change.as_ref()?)))
        .collect();
    let number = |of: &dyn Fn(&Sourcing) -> f64| Column::Number(rows.iter().map(|row| of(row.2)).collect());
    let year = |of: fn((i32, i32)) -> i32| {
        Column::Integer(rows.iter().map(|row| Some(i64::from(of(row.1)))).collect())
    };
    let mut frame = Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(study.series.name.clone()); rows.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::Text(rows.iter().map(|row| Some(study.name(row.0).to_owned())).collect()),
        )
        .with("from", Measure::Key, year(|window| window.0))
        .with("to", Measure::Key, year(|window| window.1))
        .with("share_from", Measure::Share, number(&|c| c.before))
        .with("share_to", Measure::Share, number(&|c| c.after))
        .with("change", Measure::Share, number(&|c| c.total()));
    for (factor, label) in FACTORS.iter().enumerate() {
        frame = frame
            .with(label, Measure::Share, number(&|c| c.mean[factor]))
            .with(&format!("{label}_min"), Measure::Share, number(&|c| c.min[factor]))
            .with(&format!("{label}_max"), Measure::Share, number(&|c| c.max[factor]));
    }
    frame.with("prices", Measure::Share, number(&|c| c.prices))
}
