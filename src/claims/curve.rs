//! The specification curve of C1 and C2: every indicator, set of exports, treatment of mining, prices, crisis and end year,
//! on every series. The cells are fitted once and read by both claims.

use rayon::prelude::*;

use super::data::{ClaimData, Series};
use super::error::ClaimError;
use super::path::{Choice, ExportSet, Indicator, Path, Prices, measure};
use super::shape::{self, JointFit};
use super::study::{FEWEST_YEARS, crisis_years};
use super::{ClaimOptions, Section};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{DimensionFlips, Interval, Sign, SpecCurve, Specification};

/// Every choice that fits a series.
pub(super) fn choices(series: &Series) -> Vec<Choice> {
    let mut all = Vec::new();
    for indicator in [Indicator::ImportContent, Indicator::ForeignContent, Indicator::NotValueAddedExports] {
        for exports in [ExportSet::All, ExportSet::Manufactures, ExportSet::Electrical] {
            for without_mining in [true, false] {
                for prices in [Prices::Current, Prices::CommonMovement] {
                    all.push(Choice { indicator, exports, without_mining, prices });
                }
            }
        }
    }
    all.retain(|choice| choice.fits(series));
    all
}

/// Dimensions of the specification curve.
const DIMENSIONS: [&str; 7] = ["table", "indicator", "exports", "mining", "prices", "crisis", "end year"];

/// The fits of every way of measuring, on every series. Made once and read by several claims.
#[derive(Debug, Clone)]
pub(super) struct Cells(Vec<(Vec<String>, JointFit)>);

impl Cells {
    /// Measures and fits every cell.
    fn of(series: &[&Series], options: &ClaimOptions) -> Result<Self, ClaimError> {
        let cells: Vec<(&Series, Choice)> = series
            .iter()
            .flat_map(|one| choices(one).into_iter().map(move |choice| (*one, choice)))
            .collect();
        let fits = cells
            .par_iter()
            .map(|(one, choice)| years_of_a_choice(one, choice, options))
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
    for (position, dimension) in curve.dimensions().iter().enumerate() {
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
pub(super) fn curve_section(curve: &SpecCurve, predicted: Sign) -> Result<Section, ClaimError> {
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
