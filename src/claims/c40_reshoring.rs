//! C40: did production come home to the United States after 2010?
//!
//! The domestic share of the manufactured inputs that industries use, and of the final manufactures that the economy
//! buys; a straight line with a kink in 2010. Reshoring is a rise after the kink. National tables are enough.

use super::curve::{curve_frame, curve_section};
use super::data::Series;
use super::groups::RESHORING;
use super::path::Path;
use super::shape::SIZE_WORDS;
use super::study::LEVEL;
use super::thinning::{data_used, interval_words};
use super::trends::{crisis_years, defined, path_of, percent, years_in_words};
use super::verdict::{Evidence, ROUNDING, VerdictRecord, settled, settled_interval};
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, NationalAccount, Outcome, Section, Verdict,
    branches, cards,
};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{
    Ar1, BootstrapPlan, Covariance, Design, Interval, PowerPlan, Sign, SpecCurve, Specification, StatsError,
    ols, residual_bootstrap, simulated_power,
};

/// The year from which the claim speaks.
const KINK: i32 = 2010;
/// Years after the kink below which a slope after it is not worth fitting.
const FEWEST_AFTER: usize = 4;
/// Years in all.
const FEWEST_YEARS: usize = 10;
/// Points a year: one in a decade.
const BOUND: f64 = 0.1;
const DIMENSIONS: [&str; 5] = ["table", "share", "kink", "crisis", "end year"];

/// C40.
#[derive(Debug)]
pub(super) struct Reshoring;

/// Which domestic share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bought {
    /// Manufactured inputs of all industries.
    ManufacturedInputs,
    /// Inputs of manufactures, all products but mining.
    InputsOfManufactures,
    /// All inputs with mining.
    AllInputs,
    /// Final manufactures.
    FinalManufactures,
}

impl Bought {
    const fn name(self) -> &'static str {
        match self {
            Self::ManufacturedInputs => "manufactured inputs",
            Self::InputsOfManufactures => "inputs of manufactures without mining",
            Self::AllInputs => "all inputs with mining",
            Self::FinalManufactures => "final manufactures",
        }
    }

    /// (from home, from home and abroad).
    fn of(self, account: &NationalAccount, series: &Series) -> (f64, f64) {
        let n = account.n_sectors();
        let map = &series.map;
        if self == Self::FinalManufactures {
            let sum =
                |values: &[f64]| -> f64 { (0..n).filter(|&i| map.manufactures[i]).map(|i| values[i]).sum() };
            let home = sum(&account.domestic_final);
            return (home, home + sum(&account.imported_final));
        }
        let row = |i: usize| match self {
            Self::ManufacturedInputs => map.manufactures[i],
            Self::InputsOfManufactures => !map.mining[i],
            _ => true,
        };
        let column = |j: usize| self != Self::InputsOfManufactures || map.manufactures[j];
        let mut home = 0.0;
        let mut abroad = 0.0;
        for j in (0..n).filter(|&j| column(j)) {
            for i in (0..n).filter(|&i| row(i)) {
                home += account.domestic_use[(i, j)];
                abroad += account.imported_use[(i, j)];
            }
        }
        (home, home + abroad)
    }
}

impl Claim for Reshoring {
    fn card(&self) -> &'static Card {
        &cards::C40
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (usable, mut unfit) = data.usable(FEWEST_YEARS);
        let mut fit: Vec<(&Series, usize)> = Vec::new();
        for series in usable {
            match fitting(series) {
                Ok(home) => fit.push((series, home)),
                Err(why) => unfit.push(why),
            }
        }
        // The series that reaches furthest gives the headline.
        fit.sort_by_key(|(series, _)| std::cmp::Reverse(series.span().1));
        let Some(&(series, home)) = fit.first() else {
            return Ok(Outcome::without_data(self.card(), &unfit.join("; ")));
        };
        let path = share(series, home, Bought::ManufacturedInputs);
        let quiet = without_crisis(&path, options);
        if quiet.years.iter().filter(|year| **year > KINK).count() < FEWEST_AFTER || !defined(&quiet) {
            return Ok(Outcome::without_data(
                self.card(),
                "too few years after 2010 without crises, or no such inputs",
            ));
        }
        let kinked = Kinked::fit(&quiet, KINK, &options.plan("C40"))?;
        let curve = curve(&fit, options)?;
        let finals = slope(series, home, Bought::FinalManufactures, "C40 final", options)?;
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: kinked.after.0,
            interval: kinked.after.1,
            p_adjusted: kinked.p,
            bound: BOUND,
            specifications: Some(curve.summary(Sign::Positive)?),
            units: None,
            conditions: vec![final_condition(finals.as_ref())],
            power: Some(power(&quiet, options.seed)?),
            causal: false,
        };
        let mut record = VerdictRecord::of(self.card(), &evidence);
        if let Some(rise) = finals.filter(|slope| slope.1.low > 0.0) {
            record.contradicted_by(&format!(
                "the domestic share of final manufactures rises ({} points a year)",
                told(&rise)
            ));
        }
        record.reason = format!("{}; {}", record.reason, others(series, home, options)?);
        record.unit = String::new();
        record.estimate_unit =
            "percentage points of manufactured inputs a year after 2010, United States".into();
        record.n = quiet.years.len();
        record.table.clone_from(&series.name);
        record.years = years_in_words(series, options);
        record.spec = format!("domestic share of manufactured inputs, straight line with a kink in {KINK}");
        let used: Vec<&Series> = fit.iter().map(|(series, _)| *series).collect();
        record.data = data_used(&used, &unfit);
        let mut argument = vec![headline_section(&path, &kinked, &evidence)];
        argument.push(shares_section(series, home));
        argument.extend(super::trends::conditions_section(&evidence.conditions));
        argument.push(curve_section(&curve, Sign::Positive)?);
        let details = vec![("paths", paths_frame(series, home)), ("specifications", curve_frame(&curve))];
        Ok(Outcome { record, units: Vec::new(), argument, details })
    }
}

/// Position of the United States, or why the series will not do.
fn fitting(series: &Series) -> Result<usize, String> {
    let Some(&home) = RESHORING.of(series).first() else {
        return Err(format!("{}: the United States (USA) are not in it", series.name));
    };
    if !branches::any(&series.map.manufactures) {
        return Err(format!("{}: the labels do not tell manufactures", series.name));
    }
    let after = series.years.iter().filter(|facts| facts.year > KINK).count();
    if after < FEWEST_AFTER {
        return Err(format!(
            "{}: {after} {} after {KINK}, the test needs {FEWEST_AFTER} (a series to {} or later)",
            series.name,
            if after == 1 { "year" } else { "years" },
            KINK + FEWEST_AFTER as i32
        ));
    }
    Ok(home)
}

fn share(series: &Series, home: usize, bought: Bought) -> Path {
    path_of(series, |t| bought.of(&series.years[t].accounts[home], series))
}

fn without_crisis(path: &Path, options: &ClaimOptions) -> Path {
    path.keeping(|year| !options.crisis_years.contains(&year))
}

/// A line that bends once: slopes before and after, in points a year.
struct Kinked {
    before: (f64, Interval),
    after: (f64, Interval),
    p: f64,
}

fn design(years: &[i32], kink: i32) -> Result<Design, StatsError> {
    let time: Vec<f64> = years.iter().map(|year| f64::from(*year - kink)).collect();
    let late: Vec<f64> = time.iter().map(|t| t.max(0.0)).collect();
    Design::with_intercept(years.len()).column("t", &time)?.column("after", &late)
}

impl Kinked {
    fn fit(path: &Path, kink: i32, plan: &BootstrapPlan) -> Result<Self, StatsError> {
        let points: Vec<f64> = path.share.iter().map(|share| 100.0 * share).collect();
        let fit = residual_bootstrap(&design(&path.years, kink)?, &points, plan)?;
        let (before, after) = (fit.coefficient(1), fit.statistic(|b| b[1] + b[2]));
        // A slope within rounding of zero has no sign.
        Ok(Self {
            before: (settled(before.value), settled_interval(before.interval)),
            after: (settled(after.value), settled_interval(after.interval)),
            p: fit.p_one_sided(|b| b[1] + b[2], Sign::Positive, ROUNDING),
        })
    }
}

/// How often would a rise of twice the bound after the kink be found, with the noise of this path, by a test that finds one in
/// 2.5% of paths without it?
fn power(path: &Path, seed: u64) -> Result<f64, StatsError> {
    let points: Vec<f64> = path.share.iter().map(|share| 100.0 * share).collect();
    let design = design(&path.years, KINK)?;
    let noise = Ar1::fit(&ols(&design, &points, Covariance::Classical)?.residuals, &design)?;
    let effect: Vec<f64> =
        path.years.iter().map(|year| 2.0 * BOUND * f64::from((*year - KINK).max(0))).collect();
    let plan = PowerPlan { seed, ..PowerPlan::default() };
    let power = simulated_power(&vec![0.0; points.len()], &effect, noise, &plan, |series, _| {
        let fit = ols(&design, series, Covariance::newey_west(series.len()))?;
        Ok(fit.contrast(&[0.0, 1.0, 1.0])?.t_statistic())
    })?;
    Ok(power.rate)
}

/// A slope after the kink, with its interval.
type Slope = (f64, Interval);

/// The slope of a share after the kink, without crisis years; nothing where the series does not tell the share.
fn slope(
    series: &Series,
    home: usize,
    bought: Bought,
    plan: &str,
    options: &ClaimOptions,
) -> Result<Option<Slope>, ClaimError> {
    let path = without_crisis(&share(series, home, bought), options);
    if !defined(&path) {
        return Ok(None);
    }
    Ok(Some(Kinked::fit(&path, KINK, &options.plan(plan))?.after))
}

fn told((value, interval): &Slope) -> String {
    format!("{value:+.3} [{:+.3}, {:+.3}]", interval.low, interval.high)
}

/// The same slope of every other share of inputs that the claim can be read as being about.
fn others(series: &Series, home: usize, options: &ClaimOptions) -> Result<String, ClaimError> {
    let mut words = Vec::new();
    for bought in [Bought::InputsOfManufactures, Bought::AllInputs] {
        let found = slope(series, home, bought, bought.name(), options)?;
        words.extend(found.map(|slope| format!("{} {}", bought.name(), told(&slope))));
    }
    Ok(format!("of other shares a year: {}", words.join(", ")))
}

/// The claim speaks of final manufactures too.
fn final_condition(finals: Option<&Slope>) -> Condition {
    let name = "the domestic share of final manufactures rises too".to_owned();
    let Some(slope) = finals else {
        return Condition {
            name,
            holds: false,
            found: "the series does not tell final demand from home and from abroad".into(),
            otherwise: Verdict::Undetermined(super::Reason::Data),
        };
    };
    Condition {
        name,
        holds: slope.0 > 0.0,
        found: format!("{} points a year after {KINK}", told(slope)),
        otherwise: if slope.1.high < 0.0 {
            Verdict::NotSupported
        } else {
            Verdict::Undetermined(super::Reason::SignFlips)
        },
    }
}

fn curve(series: &[(&Series, usize)], options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut cells = Vec::new();
    for (one, home) in series {
        let last = one.span().1;
        for bought in [
            Bought::ManufacturedInputs,
            Bought::InputsOfManufactures,
            Bought::AllInputs,
            Bought::FinalManufactures,
        ] {
            let path = share(one, *home, bought);
            if !defined(&path) {
                continue;
            }
            for kink in [KINK - 1, KINK, KINK + 1] {
                for with_crisis in [false, true] {
                    if with_crisis && crisis_years(one, options).is_empty() {
                        continue;
                    }
                    for cut in 0..=1 {
                        let kept = path.keeping(|year| {
                            year <= last - cut && (with_crisis || !options.crisis_years.contains(&year))
                        });
                        // Three years are the least that a slope after the kink can be read off.
                        let late = kept.years.iter().filter(|year| **year > kink).count();
                        if late < FEWEST_AFTER - 1 || kept.years.len() < Ar1::fewest_observations(3) {
                            continue;
                        }
                        let choices = vec![
                            one.name.clone(),
                            bought.name().to_owned(),
                            kink.to_string(),
                            if with_crisis { "with" } else { "without" }.to_owned(),
                            if cut == 0 { "last".to_owned() } else { format!("last - {cut}") },
                        ];
                        let kinked = Kinked::fit(&kept, kink, &options.cell_plan(&choices.join("/")))?;
                        let (estimate, interval) = kinked.after;
                        cells.push(Specification { choices, estimate, interval });
                    }
                }
            }
        }
    }
    Ok(SpecCurve::new(&DIMENSIONS, cells)?)
}

fn headline_section(path: &Path, kinked: &Kinked, evidence: &Evidence) -> Section {
    let at = |year: i32| {
        path.years
            .iter()
            .position(|other| *other == year)
            .map_or_else(|| "-".into(), |t| percent(path.share[t]))
    };
    let (first, last) = (path.years[0], path.years[path.years.len() - 1]);
    Section::new(
        "Headline",
        vec![
            format!(
                "slope after {KINK} {:+.3} {} points a year, before {:+.3} {} ({:.0}% intervals)",
                kinked.after.0,
                interval_words(&kinked.after.1),
                kinked.before.0,
                interval_words(&kinked.before.1),
                100.0 * LEVEL
            ),
            format!(
                "domestic share of manufactured inputs {} in {first}, {} in {KINK}, {} in {last}",
                at(first),
                at(KINK),
                at(last)
            ),
            format!("material from {BOUND} points a year: one in a decade"),
            format!(
                "simulated power against {} points a year after {KINK}: {:.2} {SIZE_WORDS}",
                2.0 * BOUND,
                evidence.power.unwrap_or(f64::NAN)
            ),
        ],
    )
}

fn shares_section(series: &Series, home: usize) -> Section {
    let lines = [Bought::InputsOfManufactures, Bought::AllInputs, Bought::FinalManufactures]
        .into_iter()
        .map(|bought| {
            let path = share(series, home, bought);
            let last = path.years.len() - 1;
            format!(
                "{}: {} in {}, {} in {}",
                bought.name(),
                percent(path.share[0]),
                path.years[0],
                percent(path.share[last]),
                path.years[last]
            )
        })
        .collect();
    Section::new("Other domestic shares", lines)
}

fn paths_frame(series: &Series, home: usize) -> Frame {
    let all = [
        ("manufactured_inputs", Bought::ManufacturedInputs),
        ("inputs_of_manufactures", Bought::InputsOfManufactures),
        ("all_inputs", Bought::AllInputs),
        ("final_manufactures", Bought::FinalManufactures),
    ];
    let years = series.years.iter().map(|facts| Some(i64::from(facts.year))).collect();
    let mut frame = Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); series.years.len()]))
        .with("year", Measure::Key, Column::Integer(years));
    for (label, bought) in all {
        frame = frame.with(label, Measure::Share, Column::Number(share(series, home, bought).share));
    }
    frame
}
