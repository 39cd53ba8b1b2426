//! C38: does an economy that creates value by research capture less of what the chains earn, and ever less?
//!
//! Creation is the share of an economy in the world's labour income from R&D in the chains of final products, capture its share
//! in all income of these chains:
//!
//! ```text
//! R_s = Σ_{i in s} r_i ℓ_i / x_i (B F)_i      G_s = Σ_{i in s} v_i (B F)_i      gap_s = R_s / Σ_t R_t − G_s / Σ_t G_t
//! ```
//! r is the share of R&D in labour income (`--occupations`), ℓ labour compensation, F final demand for the products looked at.
//! Over all economies the gap sums to zero, so the claim is of some: of those that create value, which are the economies
//! specialised in R&D in the first year. That they earn more from R&D than from other work is then so by choice, and the test is
//! whether the gap widens. The first year is noisy where shares are, and those chosen by it fall back later: the trend is
//! rather too low than too high. The specifications have those specialised in the mean of all years beside them.
//!
//! The world are the economies with figures for all their rows in all years that are used. That a gap keeps an economy in a
//! middle-income trap is a causal question, of which nothing is computed.

use super::c33_functions::is_research;
use super::data::{ClaimData, Series, WorldFacts};
use super::extra;
use super::groups;
use super::path::Path;
use super::study::{BOUND, FEWEST_YEARS};
use super::thinning::interval_words;
use super::trends::{TrendQuestion, Variant, calm, defined, trend_of, worlds};
use super::verdict::{ROUNDING, unless_above_zero};
use super::{
    Card, Claim, ClaimError, ClaimOptions, Condition, Outcome, Reason, Section, Verdict, branches, cards,
};
use crate::labels::economy_names::is_rest;
use crate::stats::{Design, Interval, Sign, residual_bootstrap};
use crate::upgrading::panel::LABOUR;
use crate::upgrading::specialisation::specialisation;
use crate::upgrading::{FunctionShares, Panel};

/// C38.
#[derive(Debug)]
pub(super) struct CreationAndCapture;

const WANTED: &str = "would need income by business function (occupations joined with labour compensation): `vadex claims C38 \
                      --occupations FILE` reads economy,sector,year,function,share";

/// What stands for R&D among the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measured {
    /// A function that is R&D by its name.
    Research,
    /// Work of the high-skilled, who do more than research.
    Skills,
}

/// Who creates value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Creators {
    /// Specialised in R&D in the first year.
    Specialised,
    /// The half of the economies with the highest index in the first year.
    UpperHalf,
    /// Specialised in the mean of all years: those who are so by chance in the first one are not favoured.
    Throughout,
}

impl Creators {
    const fn name(self) -> &'static str {
        match self {
            Self::Specialised => "R&D index above one",
            Self::UpperHalf => "upper half by R&D index",
            Self::Throughout => "mean R&D index above one",
        }
    }
}

/// A series with incomes from R&D.
struct Incomes<'a> {
    series: &'a Series,
    /// Labour compensation and shares of functions; its years are those of the series.
    panel: Panel,
    /// Position of R&D among the functions.
    function: usize,
    /// Years with figures, by their positions.
    years: Vec<usize>,
    /// Is each economy of the axis known in all of them?
    known: Vec<bool>,
}

impl Claim for CreationAndCapture {
    fn card(&self) -> &'static Card {
        &cards::C38
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let missing = |why: &str| Ok(Outcome::without_data(self.card(), &format!("{why}; {WANTED}")));
        let Some(shares) = &data.extra.occupations else {
            return Ok(Outcome::without_data(self.card(), WANTED));
        };
        let Some((function, measured)) = research(shares.functions()) else {
            return missing(&format!("no function of {} is R&D by its name", shares.path()));
        };
        let (all, used) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let mut reasons = Vec::new();
        for series in all {
            match Incomes::of(series, shares, function)? {
                Ok(incomes) => match judge(self.card(), &incomes, measured, used.clone(), options)? {
                    Ok(outcome) => return Ok(outcome),
                    Err(why) => reasons.push(format!("{}: {why}", series.name)),
                },
                Err(why) => reasons.push(format!("{}: {why}", series.name)),
            }
        }
        missing(&reasons.join("; "))
    }
}

/// The function that is R&D by its name, else the work of the high-skilled in its place.
fn research(functions: &[String]) -> Option<(usize, Measured)> {
    let named = |test: fn(&str) -> bool| functions.iter().position(|name| test(&name.to_lowercase()));
    let is_skilled = |name: &str| name.starts_with("high") || name.contains("high-skilled");
    named(is_research)
        .map(|position| (position, Measured::Research))
        .or_else(|| named(is_skilled).map(|position| (position, Measured::Skills)))
}

impl<'a> Incomes<'a> {
    /// The incomes of a series; why there are none.
    fn of(
        series: &'a Series,
        shares: &FunctionShares,
        function: usize,
    ) -> Result<Result<Self, String>, ClaimError> {
        let mut panel = match extra::panel(series, None)? {
            Ok(panel) => panel,
            Err(why) => return Ok(Err(why)),
        };
        let paid = panel.years().iter().filter(|facts| facts.account(LABOUR).is_some()).count();
        if paid < FEWEST_YEARS {
            return Ok(Err(format!(
                "{paid} years with labour compensation beside the tables (--accounts), the test needs {FEWEST_YEARS}"
            )));
        }
        let axis = panel.axis().clone();
        let without_shares = shares.check(&axis, &panel.calendar())?;
        for facts in panel.years_mut().iter_mut().filter(|facts| !without_shares.contains(&facts.year)) {
            facts.functions = Some(shares.by_row(&axis, facts.year));
        }
        let balanced = panel.balanced(|facts, row| {
            let labour = facts.account(LABOUR).map_or(f64::NAN, |amounts| amounts[row]);
            let share = facts.functions.as_ref().map_or(f64::NAN, |functions| functions[function][row]);
            labour.is_finite() && share.is_finite()
        });
        let years: Vec<usize> = (0..balanced.years.len()).filter(|&t| balanced.years[t]).collect();
        if years.len() < FEWEST_YEARS {
            return Ok(Err(format!(
                "{} years with labour compensation and functions of the same economies, the test needs {FEWEST_YEARS}",
                years.len()
            )));
        }
        Ok(Ok(Self { series, panel, function, years, known: balanced.economies }))
    }

    /// The world of one of the years; every year of the series has one, or there was no panel.
    fn world(&self, t: usize) -> Option<&'a WorldFacts> {
        self.series.years[t].world.as_ref()
    }

    /// Income by economy of the axis in the chains of some products, each row earning `of(row)` a unit of output; zero for
    /// economies that are not known.
    fn by_economy(&self, t: usize, products: &[bool], of: impl Fn(usize) -> f64) -> Vec<f64> {
        let axis = self.panel.axis();
        let mut income = vec![0.0; axis.n_economies()];
        let Some(world) = self.world(t) else { return income };
        for row in (0..axis.n_rows()).filter(|&row| self.known[axis.economy_of(row)]) {
            // A row without output has no figures and no part in any chain.
            if world.gross_output[row] == 0.0 {
                continue;
            }
            let output: f64 =
                (0..products.len()).filter(|&k| products[k]).map(|k| world.output_by_chain[(row, k)]).sum();
            income[axis.economy_of(row)] += of(row) * output;
        }
        income
    }

    /// Labour income a unit of output of a row, all of it or what R&D earns.
    fn labour(&self, t: usize, row: usize, research: bool) -> f64 {
        let facts = &self.panel.years()[t];
        let labour = facts.account(LABOUR).map_or(f64::NAN, |amounts| amounts[row]) / facts.output[row];
        match (&facts.functions, research) {
            (_, false) => labour,
            (Some(functions), true) => functions[self.function][row] * labour,
            (None, true) => f64::NAN,
        }
    }

    /// What economies create and what they capture, by economy of the axis.
    fn created_and_captured(&self, t: usize, products: &[bool]) -> (Vec<f64>, Vec<f64>) {
        let share = |row: usize| self.world(t).map_or(f64::NAN, |world| world.value_added_share[row]);
        (self.by_economy(t, products, |row| self.labour(t, row, true)), self.by_economy(t, products, share))
    }

    /// The gap of some economies together: their share in the world's income from R&D (the part of the path) less their share
    /// in all income of the chains (its whole).
    fn gap(&self, economies: &[usize], products: &[bool]) -> Path {
        let cells: Vec<(f64, f64)> = self
            .years
            .iter()
            .map(|&t| {
                let (created, captured) = self.created_and_captured(t, products);
                let share = |income: &[f64]| {
                    economies.iter().map(|&s| income[s]).sum::<f64>() / income.iter().sum::<f64>()
                };
                (share(&created), share(&captured))
            })
            .collect();
        let years: Vec<i32> = self.years.iter().map(|&t| self.series.years[t].year).collect();
        Path {
            share: cells.iter().map(|(created, captured)| created - captured).collect(),
            ..Path::of_cells(&years, &cells)
        }
    }

    /// Economies that can be creators, by their positions on the axis, each with its index of specialisation in R&D in some
    /// chains, mean of some years, the highest first.
    ///
    /// ```text
    /// FS_s = (R_s / L_s) / (R / L)        L labour income of all functions
    /// ```
    fn indices(&self, products: &[bool], years: &[usize]) -> Vec<(usize, f64)> {
        let names = self.panel.axis().economies();
        let mut means = vec![0.0; names.len()];
        for &t in years {
            let of = |research: bool| self.by_economy(t, products, |row| self.labour(t, row, research));
            let (own, all) = (of(true), of(false));
            let (world, whole) = (own.iter().sum::<f64>(), all.iter().sum::<f64>());
            for (s, mean) in means.iter_mut().enumerate() {
                *mean += specialisation(own[s], all[s], world, whole) / years.len() as f64;
            }
        }
        let mut indices: Vec<(usize, f64)> = means
            .into_iter()
            .enumerate()
            .filter(|(s, index)| self.known[*s] && !is_rest(&names[*s]) && index.is_finite())
            .collect();
        indices.sort_by(|a, b| b.1.total_cmp(&a.1));
        indices
    }

    /// Who creates value, by positions on the axis.
    fn creators(&self, creators: Creators, products: &[bool]) -> Vec<usize> {
        let years = match creators {
            Creators::Specialised | Creators::UpperHalf => &self.years[..1],
            Creators::Throughout => &self.years[..],
        };
        let indices = self.indices(products, years);
        let half = indices.len() / 2;
        let chosen = indices.into_iter().enumerate().filter(|(rank, (_, index))| match creators {
            Creators::Specialised | Creators::Throughout => *index > 1.0 + ROUNDING,
            Creators::UpperHalf => *rank < half,
        });
        let mut economies: Vec<usize> = chosen.map(|(_, (s, _))| s).collect();
        economies.sort_unstable();
        economies
    }

    /// Groups of products that are looked at, each taken together; only those that the labels tell.
    fn groups(&self) -> Vec<(&'static str, Vec<bool>)> {
        let map = &self.series.map;
        let mut groups = vec![
            ("manufactures together", map.manufactures.clone()),
            ("electrical and optical", map.electrical.clone()),
            ("machinery, electronics, vehicles", branches::assembled(&self.series.sectors)),
        ];
        groups.retain(|(_, products)| branches::any(products));
        groups
    }

    /// One path for each manufacture of which somebody makes a final product, and its position.
    fn chains(&self, economies: &[usize]) -> (Vec<usize>, Vec<Path>) {
        let n = self.series.sectors.len();
        (0..n)
            .filter(|&k| self.series.map.manufactures[k])
            .map(|k| {
                let alone: Vec<bool> = (0..n).map(|other| other == k).collect();
                (k, self.gap(economies, &alone))
            })
            .filter(|(_, path)| defined(path))
            .unzip()
    }

    fn variants(&self) -> Vec<Variant> {
        let manufactures = &self.series.map.manufactures;
        let mut variants = Vec::new();
        let mut seen: Vec<Vec<usize>> = Vec::new();
        for creators in [Creators::Specialised, Creators::UpperHalf, Creators::Throughout] {
            let economies = self.creators(creators, manufactures);
            if economies.is_empty() || seen.contains(&economies) {
                continue;
            }
            let mut push = |products: &str, paths: Vec<Path>| {
                if !paths.is_empty() {
                    variants.push(Variant::new(self.series, &[products, creators.name()], paths));
                }
            };
            push("each manufacture", self.chains(&economies).1);
            for (name, products) in self.groups() {
                push(name, std::iter::once(self.gap(&economies, &products)).filter(defined).collect());
            }
            seen.push(economies);
        }
        variants
    }

    fn names(&self, economies: &[usize]) -> String {
        let names: Vec<&str> = economies.iter().map(|&s| self.panel.axis().economies()[s].as_str()).collect();
        names.join(" ")
    }
}

fn judge(
    card: &'static Card,
    incomes: &Incomes<'_>,
    measured: Measured,
    used: String,
    options: &ClaimOptions,
) -> Result<Result<Outcome, String>, ClaimError> {
    let series = incomes.series;
    let manufactures = &series.map.manufactures;
    if !branches::any(manufactures) {
        return Ok(Err("no sector is a manufacture by its label".into()));
    }
    let creators = incomes.creators(Creators::Specialised, manufactures);
    let (chains, paths) = incomes.chains(&creators);
    if creators.is_empty() || paths.is_empty() {
        return Ok(Err("no economy is specialised in R&D: all have the same share of it".into()));
    }
    let together = incomes.gap(&creators, manufactures);
    if calm(std::slice::from_ref(&together), options)[0].years.len() < FEWEST_YEARS {
        return Ok(Err(format!("fewer than {FEWEST_YEARS} years without crises")));
    }
    let exceeds = exceeds_condition(&together, options)?;
    let conditions = conditions(&together, measured, exceeds.clone(), options)?;
    let first = together.years[0];
    let sections = [who(incomes, &creators, first), by_group(incomes, &creators, options)?];
    let question = TrendQuestion {
        card,
        series,
        data: used,
        units: chains.iter().map(|&k| series.sectors[k].clone()).collect(),
        unit_word: "chains",
        paths,
        predicted: Sign::Positive,
        bound: BOUND,
        bound_words: "one point of the world's income in a decade",
        estimate_unit: "points a year, share in R&D income minus share in chain income of the economies specialised in R&D",
        spec: format!(
            "chains of final manufactures, {}; economies with an R&D index above one in {first}: {}",
            match measured {
                Measured::Research => "labour income from R&D by business function",
                Measured::Skills => "labour income of the high-skilled in place of R&D",
            },
            incomes.names(&creators)
        ),
        dimensions: &["table", "products", "creators"],
        variants: incomes.variants(),
        level: |share| format!("{:+.1} points", 100.0 * share),
        causal: false,
    };
    let mut outcome = question.judge(options, conditions)?;
    // The trend refutes; that there is a gap must not be read as refuted with it.
    if outcome.record.verdict == Verdict::NotSupported && exceeds.holds {
        let reason = &outcome.record.reason;
        outcome.record.reason =
            format!("{reason}; there is a gap, {}, as the choice of the economies has it", exceeds.found);
    }
    for (position, section) in sections.into_iter().enumerate() {
        outcome.argument.insert(1 + position, section);
    }
    Ok(Ok(outcome))
}

/// R&D must be measured as such; the gap must widen in manufactures taken together, and be one.
fn conditions(
    together: &Path,
    measured: Measured,
    exceeds: Condition,
    options: &ClaimOptions,
) -> Result<Vec<Condition>, ClaimError> {
    let mut conditions = vec![Condition {
        name: "R&D is measured by business functions".into(),
        holds: measured == Measured::Research,
        found: match measured {
            Measured::Research => "the function is R&D by its name".into(),
            Measured::Skills => {
                "the high-skilled stand in for R&D (a proxy); shares of business functions would tell".into()
            }
        },
        otherwise: Verdict::Undetermined(Reason::Data),
    }];
    let (value, interval) = trend_of(std::slice::from_ref(together), options, "C38 together")?;
    conditions.push(Condition {
        name: "the gap widens in manufactures taken together".into(),
        holds: interval.low > 0.0,
        found: format!("{value:+.3} {} points a year", interval_words(&interval)),
        otherwise: unless_above_zero(interval),
    });
    conditions.push(exceeds);
    Ok(conditions)
}

/// Is there a gap?
fn exceeds_condition(together: &Path, options: &ClaimOptions) -> Result<Condition, ClaimError> {
    let (value, interval) = level(together, options)?;
    Ok(Condition {
        name: "the share in R&D income exceeds the share in chain income".into(),
        holds: interval.low > 0.0,
        found: format!("by {value:+.2} {} points in the mean of the years", interval_words(&interval)),
        otherwise: unless_above_zero(interval),
    })
}

/// Mean of a path over the years without crises, in points, AR(1) shocks of years resampled.
fn level(path: &Path, options: &ClaimOptions) -> Result<(f64, Interval), ClaimError> {
    let quiet = calm(std::slice::from_ref(path), options);
    let points: Vec<f64> = quiet[0].share.iter().map(|share| 100.0 * share).collect();
    let fit = residual_bootstrap(&Design::with_intercept(points.len()), &points, &options.plan("C38 level"))?;
    let mean = fit.coefficient(0);
    Ok((mean.value, mean.interval))
}

/// Who creates value, who is left out, and the gap of each economy.
fn who(incomes: &Incomes<'_>, creators: &[usize], first: i32) -> Section {
    let manufactures = &incomes.series.map.manufactures;
    let names = incomes.panel.axis().economies();
    let indices: Vec<String> = incomes
        .indices(manufactures, &incomes.years[..1])
        .into_iter()
        .filter(|(s, _)| creators.contains(s))
        .map(|(s, index)| format!("{} {index:.2}", names[s]))
        .collect();
    let mut lines = vec![format!("index of specialisation in R&D in {first}: {}", indices.join(", "))];
    let unknown: Vec<usize> = (0..names.len()).filter(|&s| !incomes.known[s]).collect();
    if !unknown.is_empty() {
        lines.push(format!(
            "without figures for all industries and years, and no part of the world: {}",
            incomes.names(&unknown)
        ));
    }
    let ends = |path: &Path| {
        let last = path.years.len() - 1;
        format!(
            "{:+.2} points in {}, {:+.2} in {} (share in R&D income {:.2}% to {:.2}%, in chain income {:.2}% to {:.2}%)",
            100.0 * path.share[0],
            path.years[0],
            100.0 * path.share[last],
            path.years[last],
            100.0 * path.part[0],
            100.0 * path.part[last],
            100.0 * path.whole[0],
            100.0 * path.whole[last]
        )
    };
    let south = incomes.world(incomes.years[0]).map(groups::south).unwrap_or_default();
    let southern: Vec<usize> =
        (0..south.len()).filter(|&s| incomes.known[s] && south[s] == Some(true)).collect();
    if !southern.is_empty() {
        lines.push(format!(
            "the South together: {}; that it keeps economies in a middle-income trap is a causal question (D4), of which \
             nothing is computed",
            ends(&incomes.gap(&southern, manufactures))
        ));
    }
    for s in (0..names.len()).filter(|&s| incomes.known[s]) {
        lines.push(format!("{}: {}", names[s], ends(&incomes.gap(&[s], manufactures))));
    }
    Section::new("Who creates and who captures, all manufactures", lines)
}

/// The gap of the creators by group of products.
fn by_group(
    incomes: &Incomes<'_>,
    creators: &[usize],
    options: &ClaimOptions,
) -> Result<Section, ClaimError> {
    let mut lines = Vec::new();
    for (name, products) in incomes.groups() {
        let path = incomes.gap(creators, &products);
        if !defined(&path) {
            continue;
        }
        let (value, interval) = trend_of(std::slice::from_ref(&path), options, name)?;
        let last = path.years.len() - 1;
        lines.push(format!(
            "{name}: {:+.2} points in {}, {:+.2} in {}; trend {value:+.3} {} a year",
            100.0 * path.share[0],
            path.years[0],
            100.0 * path.share[last],
            path.years[last],
            interval_words(&interval)
        ));
    }
    Ok(Section::new("Gap of the economies specialised in R&D by group of products", lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn research_is_known_by_its_name_and_skills_only_stand_in() {
        let of = |names: &[&str]| research(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["fabrication", "R&D"]), Some((1, Measured::Research)));
        assert_eq!(of(&["high-skilled", "Research and development"]), Some((1, Measured::Research)));
        assert_eq!(of(&["low-skilled", "medium-skilled", "high-skilled"]), Some((2, Measured::Skills)));
        assert_eq!(of(&["fabrication", "management"]), None);
    }
}
