//! C9: are intermediates half of world trade?
//!
//! The claim is a band: between 45 and 60% of exports are used by the buyer as an input. What is tested is the distance of
//! the share into the band (positive inside, negative outside), so that the common rule gives the verdict; what is printed
//! is the share.

use super::curve::{curve_frame, curve_section};
use super::data::{Series, WorldFacts};
use super::resample::Resampled;
use super::study::LEVEL;
use super::trends::{crisis_years, worlds, years_in_words};
use super::verdict::{Evidence, VerdictRecord};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, branches, cards, groups};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{BootstrapPlan, Interval, Sign, SpecCurve, Specification};

/// The band of the claim, percent of exports.
const BAND: (f64, f64) = (45.0, 60.0);
/// One year is enough for a level; more only show whether it moves.
const FEWEST_YEARS: usize = 1;
/// Resampling needs a few economies.
const FEWEST_ECONOMIES: usize = 3;
const DIMENSIONS: [&str; 6] = ["table", "sectors", "mining", "rest of the world", "crisis", "years"];

/// C9.
#[derive(Debug)]
pub(super) struct Intermediates;

#[derive(Debug, Clone)]
struct Way {
    name: &'static str,
    sectors: Vec<bool>,
    mining: &'static str,
    with_rest: bool,
}

impl Claim for Intermediates {
    fn card(&self) -> &'static Card {
        &cards::C9
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let goods = branches::goods(&series.sectors);
        if !branches::any(&goods) || series.economies.len() < FEWEST_ECONOMIES {
            let why = "needs three economies, and sectors that the labels tell to be goods";
            return Ok(Outcome::without_data(self.card(), why));
        }
        let headline = Way { name: "goods", sectors: goods, mining: "with", with_rest: true };
        let years = kept_years(series, options, false, 0);
        let share = share(series, &headline, &years, &options.plan("C9"))?;
        if !share.value.is_finite() {
            return Ok(Outcome::without_data(self.card(), "no exports of goods in some year"));
        }
        let margin = share.map(margin);
        let curve = curve(&all, options)?;
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: margin.value,
            interval: margin.interval()?,
            p_adjusted: margin.p_one_sided(Sign::Positive),
            // The band is the bound.
            bound: 0.0,
            specifications: Some(curve.summary(Sign::Positive)?),
            units: None,
            conditions: Vec::new(),
            power: Some(share.power((BAND.1 - BAND.0) / 2.0)?),
            causal: false,
        };
        let mut record = VerdictRecord::of_distance(self.card(), &evidence, "the edges of the band");
        record.reason = format!(
            "distance into the band {:.0}-{:.0}%: {:+.1} points {}; {}",
            BAND.0,
            BAND.1,
            evidence.estimate,
            rounded(&evidence.interval),
            record.reason
        );
        (record.estimate, record.interval) = (share.value, share.interval()?);
        record.estimate_unit = "percent of goods exports, mean of the years".into();
        record.n = series.economies.len() * years.len();
        record.table.clone_from(&series.name);
        record.years = years_in_words(series, options);
        record.spec = "goods with mining, all exporters with the rest of the world, mean of the years".into();
        record.data = data;
        let argument = vec![
            headline_section(&share, &evidence)?,
            by_year(series),
            curve_section(&curve, Sign::Positive)?,
        ];
        let details = vec![("paths", paths_frame(series)), ("specifications", curve_frame(&curve))];
        Ok(Outcome { record, units: Vec::new(), argument, details })
    }
}

/// Distance into the band, in points; negative outside.
fn margin(percent: f64) -> f64 {
    (percent - BAND.0).min(BAND.1 - percent)
}

fn kept_years(series: &Series, options: &ClaimOptions, with_crisis: bool, window: usize) -> Vec<usize> {
    let crisis = crisis_years(series, options);
    let calm: Vec<usize> =
        (0..series.years.len()).filter(|&t| with_crisis || !crisis.contains(&series.years[t].year)).collect();
    match window {
        0 => calm,
        1 => calm[..calm.len().div_ceil(2)].to_vec(),
        _ => calm[calm.len() / 2..].to_vec(),
    }
}

/// (used as an input, all) of the exports of each economy of a table.
fn flows(facts: &WorldFacts, way: &Way) -> Vec<(f64, f64)> {
    let known = groups::regions(facts);
    let mut flows = vec![(0.0, 0.0); facts.axis.n_economies()];
    for row in (0..facts.axis.n_rows()).filter(|&row| way.sectors[facts.axis.sector_of(row)]) {
        let s = facts.axis.economy_of(row);
        if way.with_rest || known[s].is_some() {
            flows[s].0 += facts.intermediate_exports.row(row).sum();
            flows[s].1 += facts.bilateral_exports.row(row).sum();
        }
    }
    flows
}

/// The share in percent, mean of some years, with exporters resampled.
fn share(series: &Series, way: &Way, years: &[usize], plan: &BootstrapPlan) -> Result<Resampled, ClaimError> {
    // By the economies of the series, whatever their order in a table.
    let by_year: Vec<Vec<(f64, f64)>> = years
        .iter()
        .filter_map(|&t| series.years[t].world.as_ref())
        .map(|facts| {
            let flows = flows(facts, way);
            let of = |s| series.on_axis(facts, s).map_or((0.0, 0.0), |position| flows[position]);
            (0..series.economies.len()).map(of).collect()
        })
        .collect();
    Ok(Resampled::of(series.economies.len(), plan, |weights| {
        let shares = by_year.iter().map(|flows| {
            let (mut inputs, mut all) = (0.0, 0.0);
            for (weight, flow) in weights.iter().zip(flows) {
                inputs += weight * flow.0;
                all += weight * flow.1;
            }
            100.0 * inputs / all
        });
        shares.sum::<f64>() / by_year.len() as f64
    })?)
}

fn ways(series: &Series) -> Vec<Way> {
    let goods = branches::goods(&series.sectors);
    let mut sets = vec![("goods", goods.clone(), "with")];
    if series.map.knows_mining() {
        sets.push(("goods", branches::without(&goods, &series.map.mining), "without"));
    }
    sets.push(("manufactures", series.map.manufactures.clone(), "without"));
    sets.push(("goods and services", vec![true; series.sectors.len()], "with"));
    if series.map.knows_mining() {
        let rest = branches::without(&vec![true; series.sectors.len()], &series.map.mining);
        sets.push(("goods and services", rest, "without"));
    }
    let rests: &[bool] =
        if series.judged().len() < series.economies.len() { &[true, false] } else { &[true] };
    sets.into_iter()
        .filter(|(_, sectors, _)| branches::any(sectors))
        .flat_map(|(name, sectors, mining)| {
            rests.iter().map(move |&with_rest| Way { name, sectors: sectors.clone(), mining, with_rest })
        })
        .collect()
}

fn curve(series: &[&Series], options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut cells = Vec::new();
    for one in series {
        let crises: &[bool] = if crisis_years(one, options).is_empty() { &[true] } else { &[false, true] };
        for way in ways(one) {
            for &with_crisis in crises {
                for (window, years) in ["all", "first half", "second half"].into_iter().enumerate() {
                    let choices = vec![
                        one.name.clone(),
                        way.name.to_owned(),
                        way.mining.to_owned(),
                        if way.with_rest { "counted" } else { "left out" }.to_owned(),
                        if with_crisis { "with" } else { "without" }.to_owned(),
                        years.to_owned(),
                    ];
                    let kept = kept_years(one, options, with_crisis, window);
                    let share = share(one, &way, &kept, &options.cell_plan(&choices.join("/")))?;
                    if share.value.is_finite() {
                        let margin = share.map(margin);
                        cells.push(Specification {
                            choices,
                            estimate: margin.value,
                            interval: margin.interval()?,
                        });
                    }
                }
            }
        }
    }
    Ok(SpecCurve::new(&DIMENSIONS, cells)?)
}

fn headline_section(share: &Resampled, evidence: &Evidence) -> Result<Section, ClaimError> {
    let interval = share.interval()?;
    Ok(Section::new(
        "Headline",
        vec![
            format!(
                "{:.1}% [{:.1}, {:.1}] of goods exports are used as inputs ({:.0}% interval, exporters resampled)",
                share.value,
                interval.low,
                interval.high,
                100.0 * LEVEL
            ),
            format!(
                "distance into the band {:.0}-{:.0}%: {:+.1} points {}; the specifications below are distances too",
                BAND.0,
                BAND.1,
                evidence.estimate,
                rounded(&evidence.interval)
            ),
            format!(
                "simulated power, were the share in the middle of the band: {:.2}",
                evidence.power.unwrap_or(f64::NAN)
            ),
        ],
    ))
}

/// Shares of the three bundles in one year.
fn shares_of_year(series: &Series, facts: &WorldFacts) -> [f64; 3] {
    let goods = branches::goods(&series.sectors);
    let services: Vec<bool> = goods.iter().map(|is| !is).collect();
    [goods, services, vec![true; series.sectors.len()]].map(|sectors| {
        let way = Way { name: "", sectors, mining: "", with_rest: true };
        let flows = flows(facts, &way);
        flows.iter().map(|flow| flow.0).sum::<f64>() / flows.iter().map(|flow| flow.1).sum::<f64>()
    })
}

fn by_year(series: &Series) -> Section {
    let line = |facts: &super::YearFacts| {
        let [goods, services, all] = shares_of_year(series, facts.world.as_ref()?);
        Some(format!(
            "{}: goods {:.1}%, services {:.1}%, together {:.1}%",
            facts.year,
            100.0 * goods,
            100.0 * services,
            100.0 * all
        ))
    };
    let n = series.years.len();
    let mut chosen = vec![0, n / 2, n - 1];
    chosen.dedup();
    Section::new("Share used as inputs", chosen.into_iter().filter_map(|t| line(&series.years[t])).collect())
}

fn paths_frame(series: &Series) -> Frame {
    let rows: Vec<(i32, [f64; 3])> = series
        .years
        .iter()
        .filter_map(|facts| Some((facts.year, shares_of_year(series, facts.world.as_ref()?))))
        .collect();
    let column = |k: usize| Column::Number(rows.iter().map(|row| row.1[k]).collect());
    Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); rows.len()]))
        .with("year", Measure::Key, Column::Integer(rows.iter().map(|row| Some(i64::from(row.0))).collect()))
        .with("goods", Measure::Share, column(0))
        .with("services", Measure::Share, column(1))
        .with("together", Measure::Share, column(2))
}

/// Ends of a distance into the band with the decimal of the distance.
fn rounded(interval: &Interval) -> String {
    format!("[{:+.1}, {:+.1}]", interval.low, interval.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_is_positive_only_inside_the_band() {
        assert!(margin(45.1) > 0.0 && margin(59.9) > 0.0);
        assert!(margin(44.9) < 0.0 && margin(60.1) < 0.0);
        assert!((margin(52.5) - 7.5).abs() < 1e-12);
    }
}
