//! C20: did ordinary exports by domestic firms, not processing, drive China's growth?
//!
//! The half that accounts can tell: own value added, imports and jobs a dollar of ordinary and of processing exports, and what
//! each adds to growth. All output of an economy is made for final demand at home or for exports, so that
//!
//! ```text
//! GDP  =  v L y  +  v L e_o    +  v L e_p           v, y, e (n): all rows of the economy     L = (I − A_home)⁻¹ (n,n)
//!         home      ordinary      processing
//! ```
//! with nothing left over and nothing counted twice. What growth would have been with other exports is a causal question, and
//! needs provinces that exported more and less of either kind: D4, whatever the accounts say.

use super::account::NationalAccount;
use super::curve::{curve_frame, curve_section};
use super::data::{ClaimData, Series};
use super::parts::{self, Apart, CHINA, GUIDE, Kind, Made};
use super::study::FEWEST_YEARS;
use super::thinning::{data_used, interval_words};
use super::trends::{conditions_section, years_in_words};
use super::verdict::{Evidence, ROUNDING, VerdictRecord, frame};
use super::{
    Card, Claim, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches, cards,
};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{
    BootstrapPlan, Design, Interval, Sign, SpecCurve, Specification, StatsError, residual_bootstrap,
};

/// Cents of own value added a dollar that matter.
const BOUND: f64 = 5.0;
/// Years by which the first and the last one of growth are shifted.
const SHIFTED: usize = 2;
const DIMENSIONS: [&str; 6] = ["table", "value added", "exports", "mix", "crisis", "end year"];
const MISSING: &str = "processing and ordinary exports apart (OECD ICIO CN1, CN2) for the accounts, and growth by province for the \
     rest";
const ESTIMATE_UNIT: &str =
    "cents of own value added a dollar, ordinary minus processing exports, mean of the years";

/// C20.
#[derive(Debug)]
pub(super) struct OrdinaryExports;

/// One way of measuring the gap.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// Is own value added counted that comes back in imports?
    returning: bool,
    manufactures: bool,
    /// Do ordinary exports get the weights that products have in processing exports?
    same_mix: bool,
}

const HEADLINE: Way = Way { returning: false, manufactures: false, same_mix: false };

/// The mean of a few years.
struct Mean {
    value: f64,
    interval: Interval,
    p: f64,
    power: f64,
}

/// What the three uses of one year hold.
struct Uses {
    year: i32,
    home: Made,
    ordinary: Made,
    processing: Made,
}

impl Claim for OrdinaryExports {
    fn card(&self) -> &'static Card {
        &cards::C20
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let Some((usable, unfit)) = parts::with_parts(data, |series| china(series).is_some()) else {
            return Ok(parts::waits(self.card(), Reason::Causal, data, MISSING));
        };
        let Some((&series, (s, years))) = usable.first().and_then(|series| Some((series, china(series)?)))
        else {
            return Ok(Outcome::without_data(self.card(), &unfit.join("; ")));
        };
        let uses: Vec<Uses> = years.iter().map(uses_of).collect();
        let plan = options.plan(self.card().id);
        let Some((calm, gaps)) = path(series, &years, HEADLINE, |year| !options.crisis_years.contains(&year))
        else {
            return Ok(Outcome::without_data(self.card(), "the value added of some exports is not defined"));
        };
        if calm.len() < FEWEST_YEARS {
            let why = format!(
                "{}: {} years without crises, the test needs {FEWEST_YEARS}",
                series.name,
                calm.len()
            );
            return Ok(Outcome::without_data(self.card(), &why));
        }
        let mean = mean_of(&calm, &gaps, &plan)?;
        let curve = curve(&usable, options)?;
        let jobs = jobs_condition(&uses, options)?;
        let half_words = if jobs.is_some() {
            "the half that accounts tell"
        } else {
            "the half that accounts tell, without jobs, which are not known"
        };
        let mut conditions = vec![growth_condition(&uses), mix_condition(series, &years, options)?];
        conditions.extend(jobs);
        let accounts = Evidence {
            predicted: Sign::Positive,
            estimate: mean.value,
            interval: mean.interval,
            p_adjusted: mean.p,
            bound: BOUND,
            specifications: Some(curve.summary(Sign::Positive)?),
            units: None,
            conditions,
            power: Some(mean.power),
            causal: false,
        };
        let record = |evidence: &Evidence| {
            let mut record = VerdictRecord::of(self.card(), evidence);
            record.estimate_unit = ESTIMATE_UNIT.to_owned();
            record.n = calm.len();
            record.table.clone_from(&series.name);
            record.years = years_in_words(series, options);
            record.spec = "own value added in exports (v L e) over exports, all products".into();
            record.data = data_used(&usable, &unfit);
            record
        };
        // The accounts by themselves are no causal question: that half is told of the economy.
        let mut half = record(&accounts);
        half.unit = CHINA.to_owned();
        half.reason = format!("{half_words}: {}", half.reason);
        let mut whole = record(&Evidence { causal: true, ..accounts.clone() });
        whole.reason =
            format!("{}; the growth half is not tested, growth by province would tell it", whole.reason);
        let argument: Vec<Section> = vec![
            headline_section(&mean),
            Section::new(
                "Which part is which",
                vec![
                    GUIDE.into(),
                    "all but the processing part is ordinary: it makes for use at home, too, and its exports are those that are \
                     not processed"
                        .into(),
                    "the parts tell kinds of exports, not owners: foreign firms export in both".into(),
                ],
            ),
            levels_section(&uses, &series.unit),
            growth_section(&uses, &series.unit),
            imports_section(series, s, &uses)?,
        ]
        .into_iter()
        .chain(conditions_section(&accounts.conditions))
        .chain([curve_section(&curve, Sign::Positive)?])
        .chain(beside(series, s))
        .collect();
        let details = vec![
            ("economies", frame(std::slice::from_ref(&half))),
            ("accounts", accounts_frame(series)),
            ("growth", growth_frame(series, &uses)),
            ("specifications", curve_frame(&curve)),
        ];
        Ok(Outcome { record: whole, units: vec![half], argument, details })
    }
}

/// China and its years, where the tables tell its parts.
fn china(series: &Series) -> Option<(usize, Vec<Apart<'_>>)> {
    let s = series.economies.iter().position(|economy| economy == CHINA)?;
    Some((s, parts::apart(series, s)?))
}

fn uses_of(at: &Apart<'_>) -> Uses {
    Uses {
        year: at.year,
        home: at.split.at_home(at.world),
        ordinary: at.split.exports(at.world, Kind::Ordinary),
        processing: at.split.exports(at.world, Kind::Processing),
    }
}

/// Cents of own value added a dollar, ordinary minus processing exports; NaN where one of them has no such exports.
fn gap(series: &Series, at: &Apart<'_>, way: Way) -> f64 {
    let content = if way.returning {
        at.split.own_content_with_returns(at.world)
    } else {
        at.split.own_content(at.world)
    };
    let counted = |sector: usize| !way.manufactures || series.map.manufactures[sector];
    let ordinary = at.split.by_sector(at.world, Kind::Ordinary, &content);
    let processing = at.split.by_sector(at.world, Kind::Processing, &content);
    if !way.same_mix {
        let share = |cells: &[(f64, f64)]| {
            let (own, all) = (0..cells.len())
                .filter(|&sector| counted(sector))
                .fold((0.0, 0.0), |(own, all), sector| (own + cells[sector].0, all + cells[sector].1));
            own / all
        };
        return 100.0 * (share(&ordinary) - share(&processing));
    }
    let both: Vec<usize> = (0..ordinary.len())
        .filter(|&sector| counted(sector) && ordinary[sector].1 > 0.0 && processing[sector].1 > 0.0)
        .collect();
    let weights: f64 = both.iter().map(|&sector| processing[sector].1).sum();
    let differences: f64 = both
        .iter()
        .map(|&sector| {
            let (of_ordinary, of_processing) = (ordinary[sector], processing[sector]);
            of_processing.1 * (of_ordinary.0 / of_ordinary.1 - of_processing.0 / of_processing.1)
        })
        .sum();
    100.0 * differences / weights
}

/// Part of processing exports that is of products which ordinary exports hold too, in percent.
fn shared_products(at: &Apart<'_>) -> f64 {
    let content = at.split.own_content(at.world);
    let [ordinary, processing] =
        [Kind::Ordinary, Kind::Processing].map(|kind| at.split.by_sector(at.world, kind, &content));
    let sold = |in_both: bool| -> f64 {
        (0..processing.len()).filter(|&i| !in_both || ordinary[i].1 > 0.0).map(|i| processing[i].1).sum()
    };
    100.0 * sold(true) / sold(false)
}

/// The gap of each year that is kept; nothing when it is not defined in one of them.
fn path(
    series: &Series,
    years: &[Apart<'_>],
    way: Way,
    keep: impl Fn(i32) -> bool,
) -> Option<(Vec<i32>, Vec<f64>)> {
    let kept: Vec<&Apart<'_>> = years.iter().filter(|at| keep(at.year)).collect();
    let gaps: Vec<f64> = kept.iter().map(|at| gap(series, at, way)).collect();
    gaps.iter().all(|gap| gap.is_finite()).then(|| (kept.iter().map(|at| at.year).collect(), gaps))
}

/// The mean over years, with the interval of AR(1) shocks resampled about a straight line, of which the mean is the middle.
///
/// Accounts have no sampling error: what is uncertain is which years there were.
fn mean_of(years: &[i32], values: &[f64], plan: &BootstrapPlan) -> Result<Mean, StatsError> {
    let time: Vec<f64> = years.iter().map(|year| f64::from(*year)).collect();
    let centre = time.iter().sum::<f64>() / time.len() as f64;
    let centred: Vec<f64> = time.iter().map(|t| t - centre).collect();
    let draws = residual_bootstrap(&Design::polynomial(&centred, 1)?, values, plan)?;
    let mean = draws.coefficient(0);
    let width = mean.value - mean.interval.low;
    let found = draws.draws().filter(|drawn| 2.0 * BOUND + drawn[0] - mean.value > width).count();
    Ok(Mean {
        value: mean.value,
        interval: mean.interval,
        p: draws.p_one_sided(|coefficients| coefficients[0], Sign::Positive, ROUNDING),
        power: found as f64 / draws.plan.draws as f64,
    })
}

fn curve(all: &[&Series], options: &ClaimOptions) -> Result<SpecCurve, ClaimError> {
    let mut cells = Vec::new();
    for &series in all {
        let Some((_, years)) = china(series) else { continue };
        let last = series.span().1;
        let crisis = years.iter().any(|at| options.crisis_years.contains(&at.year));
        for (returning, value_added) in [(false, "at home"), (true, "with what returns")] {
            for (manufactures, exports) in [(false, "all"), (true, "manufactures")] {
                if manufactures && !branches::any(&series.map.manufactures) {
                    continue;
                }
                for (same_mix, mix) in [(false, "own"), (true, "of processing")] {
                    for (with_crisis, told) in [(false, "without"), (true, "with")] {
                        if with_crisis && !crisis {
                            continue;
                        }
                        for cut in 0..=2 {
                            let way = Way { returning, manufactures, same_mix };
                            let keep = |year: i32| {
                                year <= last - cut && (with_crisis || !options.crisis_years.contains(&year))
                            };
                            let Some((kept, gaps)) = path(series, &years, way, keep) else { continue };
                            if kept.len() < FEWEST_YEARS {
                                continue;
                            }
                            let end = if cut == 0 { "last".to_owned() } else { format!("last - {cut}") };
                            let choices: Vec<String> =
                                [series.name.as_str(), value_added, exports, mix, told, end.as_str()]
                                    .iter()
                                    .map(|choice| (*choice).to_owned())
                                    .collect();
                            let mean = mean_of(&kept, &gaps, &options.cell_plan(&choices.join("/")))?;
                            cells.push(Specification {
                                choices,
                                estimate: mean.value,
                                interval: mean.interval,
                            });
                        }
                    }
                }
            }
        }
    }
    Ok(SpecCurve::new(&DIMENSIONS, cells)?)
}

/// Growth of value added from the first to the last year: of home, ordinary and processing.
fn growth(uses: &[Uses]) -> Option<(i32, i32, [f64; 3])> {
    let (first, last) = (uses.first()?, uses.last()?);
    let change = |of: fn(&Uses) -> &Made| of(last).value_added - of(first).value_added;
    let changes = [change(|uses| &uses.home), change(|uses| &uses.ordinary), change(|uses| &uses.processing)];
    Some((first.year, last.year, changes))
}

/// `62%`, where there is growth to be shared.
fn part_words(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.0}%", 100.0 * part / whole) } else { "no growth to share".to_owned() }
}

/// Which part grows more is arithmetic without an interval, and may hang on the first and the last year: it is told as shown, or
/// as refuted, only when it is the same with other ends.
fn growth_condition(uses: &[Uses]) -> Condition {
    let (first, last, [_, ordinary, processing]) = growth(uses).unwrap_or((0, 0, [f64::NAN; 3]));
    let whole = ordinary + processing;
    let spans: Vec<(f64, f64)> = (0..=SHIFTED)
        .flat_map(|from| (0..=SHIFTED).map(move |cut| from..uses.len().saturating_sub(cut)))
        .filter_map(|span| growth(uses.get(span)?))
        .map(|(_, _, [_, ordinary, processing])| (ordinary, processing))
        .collect();
    let leads = |own: f64, other: f64| own > 0.0 && own > other;
    let most = spans.iter().filter(|(ordinary, processing)| leads(*ordinary, *processing)).count();
    let against = spans.iter().filter(|(ordinary, processing)| leads(*processing, *ordinary)).count();
    Condition {
        name: "ordinary exports account for the larger part of the growth of own value added in exports"
            .into(),
        holds: most > 0 && most == spans.len(),
        found: format!(
            "{first}-{last} ordinary exports {ordinary:+.3e} ({}), processing exports {processing:+.3e} ({}); the larger part in \
             {most} of {} spans that begin or end up to {SHIFTED} years nearer",
            part_words(ordinary, whole),
            part_words(processing, whole),
            spans.len()
        ),
        otherwise: if against > 0 && against == spans.len() {
            Verdict::NotSupported
        } else {
            Verdict::Undetermined(Reason::SignFlips)
        },
    }
}

/// Is it the kind of exports, or the kind of products?
fn mix_condition(
    series: &Series,
    years: &[Apart<'_>],
    options: &ClaimOptions,
) -> Result<Condition, ClaimError> {
    let name = "the gap is there at the same mix of products";
    let way = Way { same_mix: true, ..HEADLINE };
    let calm = |year: i32| !options.crisis_years.contains(&year);
    let Some((kept, gaps)) = path(series, years, way, calm) else {
        return Ok(Condition {
            name: name.into(),
            holds: false,
            found: "in some year no product is exported by both parts".into(),
            otherwise: Verdict::Undetermined(Reason::Data),
        });
    };
    let mean = mean_of(&kept, &gaps, &options.plan("C20 mix"))?;
    Ok(Condition {
        name: name.into(),
        holds: mean.interval.low > 0.0 && mean.value >= BOUND,
        found: format!(
            "{:+.1} [{:+.1}, {:+.1}] cents a dollar with the weights of products in processing exports, {BOUND} cents matter; \
             products that both parts export are at least {:.0}% of these",
            mean.value,
            mean.interval.low,
            mean.interval.high,
            years.iter().map(shared_products).fold(f64::INFINITY, f64::min)
        ),
        // A gap that other products make is no gap of processing.
        otherwise: Verdict::Undetermined(if mean.interval.high < BOUND {
            Reason::SignFlips
        } else {
            Reason::Power
        }),
    })
}

/// Jobs a dollar, where the jobs of both parts are known in every year.
fn jobs_condition(uses: &[Uses], options: &ClaimOptions) -> Result<Option<Condition>, ClaimError> {
    let calm = uses.iter().filter(|uses| !options.crisis_years.contains(&uses.year));
    let (years, gaps): (Vec<i32>, Vec<f64>) = calm
        .map(|uses| {
            let a_dollar = |made: &Made| made.jobs / made.sold;
            (uses.year, 100.0 * (a_dollar(&uses.ordinary) / a_dollar(&uses.processing)).ln())
        })
        .unzip();
    if gaps.iter().any(|gap| !gap.is_finite()) {
        return Ok(None);
    }
    let mean = mean_of(&years, &gaps, &options.plan("C20 jobs"))?;
    Ok(Some(Condition {
        name: "jobs a dollar are more in ordinary exports too".into(),
        holds: mean.interval.low > 0.0,
        found: format!(
            "{:+.1} [{:+.1}, {:+.1}] log points of jobs a dollar, ordinary over processing exports",
            mean.value, mean.interval.low, mean.interval.high
        ),
        otherwise: Verdict::Undetermined(if mean.value < 0.0 { Reason::SignFlips } else { Reason::Power }),
    }))
}

fn headline_section(mean: &Mean) -> Section {
    Section::new(
        "Headline",
        vec![
            format!(
                "{:+.3} {ESTIMATE_UNIT} {}, p {:.4} (shocks of years resampled, AR(1))",
                mean.value,
                interval_words(&mean.interval),
                mean.p
            ),
            format!("material from {BOUND} cents"),
            format!("simulated power against {} cents: {:.2}", 2.0 * BOUND, mean.power),
            "the growth half (which provinces grew, by what they exported) is not tested: D4".into(),
        ],
    )
}

fn levels_section(uses: &[Uses], unit: &str) -> Section {
    let line = |uses: &Uses| {
        let [home, ordinary, processing] = [&uses.home, &uses.ordinary, &uses.processing].map(Made::cents);
        let ranked = home > ordinary && ordinary > processing;
        format!(
            "{}: own value added a dollar of demand at home {home:.1} cents, of ordinary exports {ordinary:.1}, of processing \
             exports {processing:.1}{}",
            uses.year,
            if ranked {
                ", ranked as by Chen et al. (2012)"
            } else {
                ", another rank than that of Chen et al. (2012)"
            }
        )
    };
    let mut lines: Vec<String> = [uses.first(), uses.last()].into_iter().flatten().map(line).collect();
    for uses in [uses.first(), uses.last()].into_iter().flatten() {
        let per_sale = |made: &Made| made.jobs / made.sold;
        let (ordinary, processing) = (per_sale(&uses.ordinary), per_sale(&uses.processing));
        lines.push(if ordinary.is_finite() && processing.is_finite() {
            format!(
                "{}: jobs over ordinary exports {ordinary:.4}, over processing exports {processing:.4}, in the unit of the account \
                 over {unit}",
                uses.year
            )
        } else {
            format!("{}: jobs of the parts are not known (--accounts, with lines for each part)", uses.year)
        });
    }
    Section::new("A dollar of each", lines)
}

fn growth_section(uses: &[Uses], unit: &str) -> Section {
    let mut lines = Vec::new();
    if let Some((first, last, [home, ordinary, processing])) = growth(uses) {
        let (gdp, exports) = (home + ordinary + processing, ordinary + processing);
        lines.push(format!(
            "GDP {first}-{last} {gdp:+.4e} {unit}: made for demand at home {}, for ordinary exports {}, for processing exports {}",
            part_words(home, gdp),
            part_words(ordinary, gdp),
            part_words(processing, gdp)
        ));
        lines.push(format!(
            "own value added in exports {exports:+.4e}: ordinary {}, processing {}",
            part_words(ordinary, exports),
            part_words(processing, exports)
        ));
        lines.push(
            "at current prices, in one currency; accounting: each part stands for what it was paid for"
                .into(),
        );
    }
    Section::new("Growth", lines)
}

/// VS of both parts, and what adding them up before the solve hides of it.
fn imports_section(series: &Series, s: usize, uses: &[Uses]) -> Result<Section, ClaimError> {
    let mut lines = Vec::new();
    for uses in [uses.first(), uses.last()].into_iter().flatten() {
        let share = |made: &Made| 100.0 * made.imports / made.sold;
        let off = |made: &Made| ((made.value_added + made.imports) / made.sold - 1.0).abs();
        lines.push(format!(
            "{}: VS of ordinary exports {:.1}%, of processing exports {:.1}%; counted by themselves, imports and own value added \
             are exports to within {:.0e}",
            uses.year,
            share(&uses.ordinary),
            share(&uses.processing),
            off(&uses.ordinary).max(off(&uses.processing)).max(f64::EPSILON)
        ));
    }
    if let Some(facts) = series.years.last() {
        let account = &facts.accounts[s];
        let every = vec![true; account.n_sectors()];
        let folded = NationalAccount::new(
            &format!("{} in {} with its parts added up", series.economies[s], facts.year),
            account.output.clone(),
            account.exports.clone(),
            account.domestic_use.clone(),
            account.imported_use.clone(),
        )?;
        let share = |account: &NationalAccount| {
            let (imports, exports) = account.import_content(&every, &every);
            100.0 * imports / exports
        };
        let (apart, added) = (share(account), share(&folded));
        lines.push(format!(
            "{}: VS of all exports {apart:.1}% with the parts apart, {added:.1}% with the parts added up first, as in ordinary \
             tables, which hide {:.1} points (Yang et al. 2015)",
            facts.year,
            apart - added
        ));
    }
    Ok(Section::new("Imports in exports", lines))
}

/// The other economies whose parts the tables tell, for comparison.
fn beside(series: &Series, china: usize) -> Option<Section> {
    let lines: Vec<String> = parts::split_economies(series)
        .into_iter()
        .filter(|&s| s != china)
        .filter_map(|s| {
            let years: Vec<Uses> = parts::apart(series, s)?.iter().map(uses_of).collect();
            let (first, last) = (years.first()?, years.last()?);
            Some(format!(
                "{}: own value added a dollar of ordinary exports {:.1} cents in {}, {:.1} in {}; of processing exports {:.1} and \
                 {:.1}",
                series.economies[s],
                first.ordinary.cents(),
                first.year,
                last.ordinary.cents(),
                last.year,
                first.processing.cents(),
                last.processing.cents()
            ))
        })
        .collect();
    (!lines.is_empty()).then(|| Section::new("Beside it", lines))
}

/// What is sold, own value added, imports and jobs in it: every split economy, year and use.
fn accounts_frame(series: &Series) -> Frame {
    let mut keys: [Vec<Option<String>>; 2] = Default::default();
    let mut years = Vec::new();
    let mut numbers: [Vec<f64>; 4] = Default::default();
    for s in parts::split_economies(series) {
        for uses in parts::apart(series, s).iter().flatten().map(uses_of) {
            for (name, made) in [
                ("demand at home", &uses.home),
                ("ordinary exports", &uses.ordinary),
                ("processing exports", &uses.processing),
            ] {
                keys[0].push(Some(series.economies[s].clone()));
                keys[1].push(Some(name.to_owned()));
                years.push(Some(i64::from(uses.year)));
                for (column, number) in
                    numbers.iter_mut().zip([made.sold, made.value_added, made.imports, made.jobs])
                {
                    column.push(number);
                }
            }
        }
    }
    let [economies, made_for] = keys;
    let [sold, value_added, imports, jobs] = numbers;
    Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); years.len()]))
        .with("economy", Measure::Key, Column::Text(economies))
        .with("year", Measure::Key, Column::Integer(years))
        .with("made_for", Measure::Key, Column::Text(made_for))
        .with("sold", Measure::Amount, Column::Number(sold))
        .with("own_value_added", Measure::Amount, Column::Number(value_added))
        .with("imports_in_it", Measure::Amount, Column::Number(imports))
        .with("own_jobs", Measure::Pure, Column::Number(jobs))
}

/// What each use adds to the growth of China's value added.
fn growth_frame(series: &Series, uses: &[Uses]) -> Frame {
    let (first, last, changes) = growth(uses).unwrap_or((0, 0, [f64::NAN; 3]));
    let names = ["demand at home", "ordinary exports", "processing exports"];
    let whole: f64 = changes.iter().sum();
    let year = |year: i32| Column::Integer(vec![Some(i64::from(year)); changes.len()]);
    let text = |words: &[&str]| Column::Text(words.iter().map(|word| Some((*word).to_owned())).collect());
    Frame::new()
        .with("table", Measure::Key, text(&[series.name.as_str(); 3]))
        .with("economy", Measure::Key, text(&[CHINA; 3]))
        .with("from", Measure::Key, year(first))
        .with("to", Measure::Key, year(last))
        .with("made_for", Measure::Key, text(&names))
        .with("change", Measure::Amount, Column::Number(changes.to_vec()))
        .with(
            "share_of_change",
            Measure::Share,
            Column::Number(changes.iter().map(|change| change / whole).collect()),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_a_straight_line_is_its_middle_and_is_sure() {
        let years: Vec<i32> = (2000..2012).filter(|year| *year != 2009).collect();
        let values: Vec<f64> = years.iter().map(|year| 20.0 + 0.5 * f64::from(year - 2000)).collect();
        let mean =
            mean_of(&years, &values, &BootstrapPlan { draws: 399, ..BootstrapPlan::default() }).unwrap();
        let expected = values.iter().sum::<f64>() / values.len() as f64;
        assert!((mean.value - expected).abs() < 1e-9);
        assert!((mean.interval.high - mean.interval.low).abs() < 1e-6 && mean.p < 0.05 && mean.power > 0.99);
    }

    /// Value added in ordinary and in processing exports of thirteen years.
    fn uses_with(ordinary: impl Fn(i32) -> f64, processing: impl Fn(i32) -> f64) -> Vec<Uses> {
        let made = |value_added: f64| Made { sold: 1000.0, value_added, imports: 0.0, jobs: f64::NAN };
        (2000..2013)
            .map(|year| Uses {
                year,
                home: made(500.0),
                ordinary: made(ordinary(year - 2000)),
                processing: made(processing(year - 2000)),
            })
            .collect()
    }

    #[test]
    fn what_one_last_year_decides_is_not_decided() {
        let line = |slope: f64| move |t: i32| 100.0 + slope * f64::from(t);
        let of = |slope: f64, last: f64| {
            growth_condition(&uses_with(line(10.0), |t| line(slope)(t) + if t == 12 { last } else { 0.0 }))
        };
        assert!(of(9.0, 0.0).holds);
        let refuted = of(11.0, 0.0);
        assert!(!refuted.holds && refuted.otherwise == Verdict::NotSupported);
        assert!(refuted.found.contains("in 0 of 9 spans"), "{}", refuted.found);
        // Processing leads by its last year, ordinary exports in all spans that end before it; and the other way round.
        for flips in [of(9.0, 50.0), of(11.0, -50.0)] {
            let open = Verdict::Undetermined(Reason::SignFlips);
            assert!(!flips.holds && flips.otherwise == open, "{}", flips.found);
        }
        // What shrinks drives no growth, and does not refute by it.
        let shrinks = growth_condition(&uses_with(line(-2.0), line(-1.0)));
        assert!(!shrinks.holds && shrinks.otherwise == Verdict::Undetermined(Reason::SignFlips));
    }

    #[test]
    fn growth_is_shared_only_where_there_is_some() {
        assert_eq!(part_words(3.0, 4.0), "75%");
        assert_eq!(part_words(-1.0, -2.0), "no growth to share");
    }
}
