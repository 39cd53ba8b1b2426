//! C34: do product, process, functional and inter-sectoral upgrading advance together?
//!
//! The headline is the pair that any table with jobs carries: process (value added a worker or hour beside the same sectors of
//! the world) and inter-sectoral (work that moves to sectors of higher income a worker). A claim about all four is refuted by
//! one pair that does not move together; it is shown only when product and functional upgrading move with them, measured by
//! functions and not by skills in their place.

use statrs::distribution::{ContinuousCDF, Normal};

use super::curve::{curve_frame, curve_section};
use super::data::Series;
use super::extra;
use super::study::FEWEST_YEARS;
use super::thinning::interval_words;
use super::trends::{conditions_section, worlds, years_in_words};
use super::verdict::{Evidence, VerdictRecord};
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, cards,
};
use crate::frame::Frame;
use crate::level::Level;
use crate::stats::{BootstrapEstimate, BootstrapPlan, Sign, SpecCurve, Specification, clustered_spearman};
use crate::upgrading::correlations::{self, Correlation, correlate};
use crate::upgrading::vector::{self, VectorOptions};
use crate::upgrading::{Kind, Panel, Scope, Unit, find_measure};

/// Rank correlations below this do not matter: the two would share four per cent of their variance.
const BOUND: f64 = 0.2;

/// C34.
#[derive(Debug)]
pub(super) struct FourKinds;

/// Ways of measuring process upgrading, the headline's first.
const PROCESS: [&str; 4] = ["va_per_job_relative", "va_per_hour_relative", "va_per_job", "va_share"];
/// The measure of inter-sectoral upgrading.
const SHIFT: &str = "between";

impl Claim for FourKinds {
    fn card(&self) -> &'static Card {
        &cards::C34
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, used) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let mut reasons = Vec::new();
        for series in all {
            let occupations = data.extra.occupations.as_ref();
            match extra::panel(series, occupations)? {
                Err(why) => reasons.push(why),
                Ok(panel) => match judge(self.card(), series, &panel, used.clone(), data, options)? {
                    Ok(outcome) => return Ok(outcome),
                    Err(why) => reasons.push(format!("{}: {why}", series.name)),
                },
            }
        }
        let why = format!(
            "{}; would need persons engaged by economy, sector and year: `vadex upgrading TABLE --jobs FILE --hours FILE \
             --prices FILE --occupations FILE` reads them",
            reasons.join("; ")
        );
        Ok(Outcome::without_data(self.card(), &why))
    }
}

/// Rank correlation of two measures over economies.
fn rho(
    panel: &Panel,
    units: &[Unit],
    process: &str,
    plan: &BootstrapPlan,
) -> Result<Result<(BootstrapEstimate, usize), String>, ClaimError> {
    let slopes = |id: &str| -> Result<Vec<f64>, String> {
        let measure = find_measure(id).map_err(|error| error.to_string())?;
        vector::slopes(panel, units, measure)
    };
    let (x, y) = match (slopes(process), slopes(SHIFT)) {
        (Ok(x), Ok(y)) => (x, y),
        (Err(why), _) | (_, Err(why)) => return Ok(Err(why)),
    };
    let kept: Vec<usize> = (0..units.len()).filter(|&i| x[i].is_finite() && y[i].is_finite()).collect();
    let pick = |values: &[f64]| kept.iter().map(|&i| values[i]).collect::<Vec<f64>>();
    let names: Vec<&String> = kept.iter().map(|&i| &panel.axis().economies()[units[i].economy]).collect();
    match clustered_spearman(&pick(&x), &pick(&y), &names, plan) {
        Ok(estimate) => Ok(Ok((estimate, kept.len()))),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// Power of a test that rejects 2.5% of pairs without a correlation against a rank correlation, as a 95% interval clear of zero
/// does; by Fisher's transformation with the variance of ranks.
fn power(units: usize, rho: f64) -> f64 {
    // 1.06 / (n − 3): Fieller, Hartley and Pearson (1957), Biometrika 44(3/4), 470-481.
    const RANK_VARIANCE: f64 = 1.06;
    const ONE_SIDED_2_5_PERCENT: f64 = 1.96;
    let z = rho.atanh() * ((units as f64 - 3.0) / RANK_VARIANCE).sqrt();
    Normal::new(0.0, 1.0).map_or(f64::NAN, |normal| normal.cdf(z - ONE_SIDED_2_5_PERCENT))
}

fn judge(
    card: &'static Card,
    series: &Series,
    panel: &Panel,
    used: String,
    data: &ClaimData,
    options: &ClaimOptions,
) -> Result<Result<Outcome, String>, ClaimError> {
    let calm = panel.keeping(|year| !options.crisis_years.contains(&year));
    let units: Vec<Unit> =
        extra::judged(series, panel).into_iter().map(|economy| Unit { economy, sector: None }).collect();
    let (headline, n) = match rho(&calm, &units, PROCESS[0], &options.plan(card.id))? {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    let curve = curve(panel, &units, options)?;
    let readings = vector::readings(
        &calm,
        &calm.units(Level::Country, &units.iter().map(|unit| unit.economy).collect::<Vec<_>>(), &[]),
        &VectorOptions { plan: options.cell_plan("C34 vectors"), kinds: Vec::new() },
    )?;
    let pairs = correlate(&calm, &readings, &options.plan("C34 pairs"))?;
    let with_functions = data.extra.occupations.is_some();
    let conditions = vec![others(&pairs, with_functions)];
    let positive = headline.value > 0.0;
    let evidence = Evidence {
        predicted: Sign::Positive,
        estimate: headline.value,
        interval: headline.interval,
        p_adjusted: if positive { headline.p_two_sided / 2.0 } else { 1.0 - headline.p_two_sided / 2.0 },
        bound: BOUND,
        specifications: Some(curve.summary(Sign::Positive)?),
        units: None,
        conditions,
        power: Some(power(n, 2.0 * BOUND)),
        causal: false,
    };
    let mut record = VerdictRecord::of(card, &evidence);
    record.estimate_unit =
        "rank correlation of process and inter-sectoral upgrading over economies".to_owned();
    record.n = n;
    record.table.clone_from(&series.name);
    record.years = years_in_words(series, options);
    record.spec =
        "value added a worker beside the world's sectors; shift of work in own exports, without crisis years"
            .into();
    record.data = used;
    let mut argument = vec![Section::new(
        "Headline",
        vec![
            format!(
                "process and inter-sectoral upgrading: rank correlation {:+.3} {} over {n} economies, p {:.4} one-sided; \
                 material from {BOUND}",
                headline.value,
                interval_words(&headline.interval),
                evidence.p_adjusted
            ),
            format!(
                "power against {}: {:.2} (a test that rejects 2.5% without a correlation)",
                2.0 * BOUND,
                evidence.power.unwrap_or(f64::NAN)
            ),
        ],
    )];
    argument.push(Section::new("Pairs of the four", pairs.iter().map(line).collect()));
    let counts: Vec<String> = correlations::simultaneous(&readings)
        .into_iter()
        .map(|(kinds, units)| format!("{units} in {kinds}"))
        .collect();
    argument.push(Section::new(
        "Economies by the number of kinds in which they advance",
        vec![format!(
            "{}; functional by {}",
            counts.join(", "),
            if with_functions { "business functions" } else { "skills, a proxy" }
        )],
    ));
    argument.extend(conditions_section(&evidence.conditions));
    argument.push(curve_section(&curve, Sign::Positive)?);
    let details: Vec<(&'static str, Frame)> = vec![
        ("vectors", vector::frame(&calm, &readings)),
        ("correlations", correlations::frame(&pairs)),
        ("specifications", curve_frame(&curve)),
    ];
    Ok(Ok(Outcome { record, units: Vec::new(), argument, details }))
}

fn line(pair: &Correlation) -> String {
    if pair.rho.is_nan() {
        return format!("{} and {}: not known ({})", pair.first.id(), pair.second.id(), pair.needs);
    }
    format!(
        "{} and {}: {:+.3} {}, both advance in {} of {} ({}, {})",
        pair.first.id(),
        pair.second.id(),
        pair.rho,
        interval_words(&pair.interval),
        pair.both_advance,
        pair.units,
        pair.measures.0,
        pair.measures.1
    )
}

/// Do the other pairs move together, too, and by functions rather than skills?
fn others(pairs: &[Correlation], with_functions: bool) -> Condition {
    let rest: Vec<&Correlation> = pairs
        .iter()
        .filter(|pair| (pair.first, pair.second) != (Kind::Process, Kind::InterSectoral))
        .collect();
    let together = rest.iter().filter(|pair| pair.interval.low > 0.0).count();
    let holds = with_functions && together == rest.len();
    Condition {
        name: "product and functional upgrading advance with them, functions measured as such".into(),
        holds,
        found: format!(
            "{together} of the {} other pairs have an interval above zero; functional upgrading by {}",
            rest.len(),
            if with_functions {
                "business functions"
            } else {
                "skills (a proxy): shares of business functions (`vadex claims C34 --occupations FILE`) would tell"
            }
        ),
        otherwise: if with_functions {
            Verdict::Undetermined(Reason::SignFlips)
        } else {
            Verdict::Undetermined(Reason::Data)
        },
    }
}

/// Every way of measuring the pair.
fn curve(panel: &Panel, units: &[Unit], options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut cells = Vec::new();
    for process in PROCESS {
        for (scope, word) in [(Scope::Exports, "exports"), (Scope::All, "all chains")] {
            for (with_crisis, crisis) in [(false, "without"), (true, "with")] {
                let mut panel = panel.keeping(|year| with_crisis || !options.crisis_years.contains(&year));
                panel.scope = scope;
                let choices: Vec<String> =
                    [process, word, crisis].iter().map(|choice| (*choice).to_owned()).collect();
                let plan = options.cell_plan(&choices.join("/"));
                if let Ok((estimate, _)) = rho(&panel, units, process, &plan)? {
                    cells.push(Specification {
                        choices,
                        estimate: estimate.value,
                        interval: estimate.interval,
                    });
                }
            }
        }
    }
    Ok(SpecCurve::new(&["process", "scope", "crisis"], cells)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_grows_with_economies_and_is_the_size_without_an_effect() {
        assert!((power(40, 0.0) - 0.025).abs() < 1e-3);
        assert!(power(40, 0.4) > power(20, 0.4) && power(40, 0.4) > 0.7);
    }
}
