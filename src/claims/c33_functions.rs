//! C33: is functional upgrading blocked? The specialisation of southern economies in R&D does not rise.
//!
//! The index of functional specialisation needs shares of business functions (`--occupations`) and labour compensation. The
//! claim is that a rise is absent, so the estimate is how far the trend stays below a rise that would matter.

use super::extra;
use super::groups;
use super::path::Path;
use super::shape;
use super::study::{FEWEST_YEARS, LEVEL};
use super::thinning::interval_words;
use super::trends::{calm, defined, worlds, years_in_words};
use super::verdict::{Evidence, VerdictRecord};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Outcome, Section, cards};
use crate::level::Level;
use crate::stats::{Interval, Sign};
use crate::upgrading::{Panel, specialisation};

/// A rise of the index by less than this many hundredths a year does not matter: five hundredths in a decade.
pub(super) const BOUND: f64 = 0.5;

/// C33.
#[derive(Debug)]
pub(super) struct Functions;

const WANTED: &str = "would need shares of business functions by economy, sector and year (Groningen functional \
                      specialisation data): `vadex claims C33 --occupations FILE` and `vadex functions TABLE --occupations \
                      FILE` read economy,sector,year,function,share";

impl Claim for Functions {
    fn card(&self) -> &'static Card {
        &cards::C33
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let missing = |why: &str| Ok(Outcome::without_data(self.card(), &format!("{why}; {WANTED}")));
        let Some(shares) = &data.extra.occupations else {
            return Ok(Outcome::without_data(self.card(), WANTED));
        };
        let Some(function) = shares.functions().iter().position(|name| is_research(name)) else {
            return missing(&format!("no function of {} is R&D by its name", shares.path()));
        };
        let (all, used) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return missing(&why),
        };
        let series = all[0];
        let panel = match extra::panel(series, Some(shares))? {
            Ok(panel) => panel,
            Err(why) => return missing(&why),
        };
        let Some(world) = series.years.first().and_then(|facts| facts.world.as_ref()) else {
            return missing("needs inter-country tables");
        };
        let south = groups::south(world);
        let economies: Vec<usize> =
            extra::judged(series, &panel).into_iter().filter(|&s| south[s] == Some(true)).collect();
        let paths: Vec<(String, Path)> = economies
            .iter()
            .map(|&s| (panel.axis().economies()[s].clone(), path(&panel, s, function)))
            .filter(|(_, path)| defined(path) && path.years.len() >= FEWEST_YEARS)
            .collect();
        // Every path must stand on the same years.
        let years = paths.first().map_or_else(Vec::new, |(_, path)| path.years.clone());
        let kept: Vec<(String, Path)> = paths.into_iter().filter(|(_, path)| path.years == years).collect();
        let calm = calm(&kept.iter().map(|(_, path)| path.clone()).collect::<Vec<_>>(), options);
        if calm.first().is_none_or(|path| path.years.len() < FEWEST_YEARS) {
            return missing(&format!(
                "no southern economy with shares and labour compensation in {FEWEST_YEARS} years"
            ));
        }
        // What the trend lacks of a material rise.
        let shortfall: Vec<Path> = calm
            .iter()
            .map(|path| Path {
                share: path
                    .years
                    .iter()
                    .zip(&path.share)
                    .map(|(year, fs)| BOUND / 100.0 * f64::from(year - path.years[0]) - fs)
                    .collect(),
                ..path.clone()
            })
            .collect();
        let fit = shape::fit(&shortfall, &options.plan(self.card().id))?;
        let evidence = Evidence {
            predicted: Sign::Positive,
            estimate: fit.trend.value,
            interval: fit.trend.interval(LEVEL)?,
            p_adjusted: fit.trend.p_one_sided(Sign::Positive),
            bound: 0.0,
            specifications: None,
            units: None,
            conditions: Vec::new(),
            power: None,
            causal: false,
        };
        let slope = |value: f64| BOUND - value;
        let interval = Interval::new(slope(evidence.interval.high), slope(evidence.interval.low));
        let rise = format!("a rise of {BOUND}");
        let mut record = VerdictRecord::of_distance(self.card(), &evidence, &rise);
        record.estimate_unit =
            format!("hundredths of the R&D index a year short of a rise of {BOUND}, median southern economy");
        record.n = calm.iter().map(|path| path.years.len()).sum();
        record.table.clone_from(&series.name);
        record.years = years_in_words(series, options);
        record.spec = "specialisation in R&D in own exports, southern economies".into();
        record.data = used;
        let mut lines = vec![format!(
            "median of {} southern economies: the index moves {:+.3} hundredths a year {}; a rise matters from {BOUND}",
            kept.len(),
            slope(evidence.estimate),
            interval_words(&interval)
        )];
        lines.extend(kept.iter().map(|(name, path)| {
            let last = path.years.len() - 1;
            format!(
                "{name}: {:.2} in {}, {:.2} in {}",
                path.share[0], path.years[0], path.share[last], path.years[last]
            )
        }));
        Ok(Outcome {
            record,
            units: Vec::new(),
            argument: vec![Section::new("R&D in exports", lines)],
            details: Vec::new(),
        })
    }
}

/// Is a function R&D by its name?
pub(super) fn is_research(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.contains("research") || ["r&d", "rd", "rnd"].contains(&lower.as_str())
}

/// The index of one function of an economy, in the years that have it.
pub(super) fn path(panel: &Panel, s: usize, function: usize) -> Path {
    let mut path =
        Path { years: Vec::new(), share: Vec::new(), part: Vec::new(), whole: Vec::new(), own: Vec::new() };
    for (t, facts) in panel.years().iter().enumerate() {
        let Some(year) = specialisation::of_year(panel, t, Level::Country, &[s], &[]) else { continue };
        if let Some(row) = year.rows.iter().find(|row| row.function == function) {
            path.years.push(facts.year);
            path.share.push(row.fs);
            path.part.push(row.income);
            path.whole.push(row.income / row.share);
            path.own.push(row.income / row.share - row.income);
        }
    }
    path
}
