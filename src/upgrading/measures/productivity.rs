//! Process upgrading: value added an hour worked or a person engaged, at constant prices, beside the world, or as it stands.

use super::{Measure, Path, Profile, Scale, paths, sum};
use crate::stats::Sign;
use crate::upgrading::Kind;
use crate::upgrading::panel::{HOURS, JOBS, Panel, Unit};

/// What value added is divided by, and in which prices it stands.
///
/// ```text
/// real       Σ W'_i / Σ h_i                                    W' value added by double deflation
/// relative   Σ W_i / Σ h_i π_i      π_i = Σ_s W_si / Σ_s h_si     what the same work earns in the world's sectors
/// current    Σ W_i / Σ h_i
/// ```
/// `relative` takes out whatever moves the prices of a sector everywhere, and the mix of sectors, but not exchange rates;
/// `current` holds prices and exchange rates.
pub(super) struct Productivity {
    account: &'static str,
    basis: Basis,
    profile: &'static Profile,
}

#[derive(PartialEq, Eq)]
enum Basis {
    Real,
    Relative,
    Current,
}

const SOURCE: &str =
    "OECD (2001), Measuring Productivity: OECD Manual, https://doi.org/10.1787/9789264194519-en";
const NEEDS_HOURS: &str = "hours worked by economy, sector and year (--hours)";
const NEEDS_JOBS: &str = "persons engaged by economy, sector and year (--jobs)";
const NEEDS_HOURS_AND_PRICES: &str =
    "hours worked (--hours) and a price index by economy, sector and year (--prices)";
const NEEDS_JOBS_AND_PRICES: &str =
    "persons engaged (--jobs) and a price index by economy, sector and year (--prices)";

const fn profile(
    id: &'static str,
    question: &'static str,
    equation: &'static str,
    headline: bool,
    needs: &'static str,
) -> Profile {
    Profile {
        id,
        kind: Kind::Process,
        question,
        equation,
        source: SOURCE,
        scale: Scale::Log,
        advance: Sign::Positive,
        headline,
        proxy: false,
        needs,
    }
}

static HOUR_REAL_PROFILE: Profile = profile(
    "va_per_hour_real",
    "Does an hour of work add more at constant prices?",
    "Σ W'_i / Σ h_i",
    true,
    NEEDS_HOURS_AND_PRICES,
);
static JOB_REAL_PROFILE: Profile = profile(
    "va_per_job_real",
    "Does a worker add more at constant prices?",
    "Σ W'_i / Σ n_i",
    true,
    NEEDS_JOBS_AND_PRICES,
);
static HOUR_RELATIVE_PROFILE: Profile = profile(
    "va_per_hour_relative",
    "Does an hour of work earn more, beside an hour in the same sectors of the world?",
    "Σ W_i / Σ h_i π_i, π_i = Σ_s W_si / Σ_s h_si",
    true,
    NEEDS_HOURS,
);
static JOB_RELATIVE_PROFILE: Profile = profile(
    "va_per_job_relative",
    "Does a worker earn more, beside a worker in the same sectors of the world?",
    "Σ W_i / Σ n_i π_i, π_i = Σ_s W_si / Σ_s n_si",
    true,
    NEEDS_JOBS,
);
static HOUR_PROFILE: Profile = profile(
    "va_per_hour",
    "How does value added an hour grow, prices and exchange rates inside?",
    "Σ W_i / Σ h_i",
    false,
    NEEDS_HOURS,
);
static JOB_PROFILE: Profile = profile(
    "va_per_job",
    "How does value added a worker grow, prices and exchange rates inside?",
    "Σ W_i / Σ n_i",
    false,
    NEEDS_JOBS,
);

pub(super) static HOUR_REAL: Productivity =
    Productivity { account: HOURS, basis: Basis::Real, profile: &HOUR_REAL_PROFILE };
pub(super) static JOB_REAL: Productivity =
    Productivity { account: JOBS, basis: Basis::Real, profile: &JOB_REAL_PROFILE };
pub(super) static HOUR_RELATIVE: Productivity =
    Productivity { account: HOURS, basis: Basis::Relative, profile: &HOUR_RELATIVE_PROFILE };
pub(super) static JOB_RELATIVE: Productivity =
    Productivity { account: JOBS, basis: Basis::Relative, profile: &JOB_RELATIVE_PROFILE };
pub(super) static HOUR: Productivity =
    Productivity { account: HOURS, basis: Basis::Current, profile: &HOUR_PROFILE };
pub(super) static JOB: Productivity =
    Productivity { account: JOBS, basis: Basis::Current, profile: &JOB_PROFILE };

impl Measure for Productivity {
    fn profile(&self) -> &'static Profile {
        self.profile
    }

    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String> {
        let years = panel.years();
        if years.iter().all(|facts| facts.account(self.account).is_none())
            || (self.basis == Basis::Real && years.iter().all(|facts| facts.real.is_none()))
        {
            return Err(self.profile.needs.to_owned());
        }
        if self.basis == Basis::Relative {
            return Ok(self.relative(panel, units));
        }
        Ok(paths(panel, units, |unit, t| {
            let facts = &years[t];
            let Some(work) = facts.account(self.account) else { return f64::NAN };
            let earned = match (&self.basis, &facts.real) {
                (Basis::Real, Some(real)) => &real.value_added,
                (Basis::Real, None) => return f64::NAN,
                _ => &facts.value_added,
            };
            sum(panel, unit, |row| earned[row]) / sum(panel, unit, |row| work[row])
        }))
    }
}

impl Productivity {
    fn relative(&self, panel: &Panel, units: &[Unit]) -> Vec<Path> {
        let years = panel.years();
        let axis = panel.axis();
        let balanced = panel
            .balanced(|facts, row| facts.account(self.account).is_some_and(|work| work[row].is_finite()));
        let world: Vec<Option<Vec<f64>>> = years
            .iter()
            .zip(&balanced.years)
            .map(|(facts, in_all)| {
                let work = facts.account(self.account).filter(|_| *in_all)?;
                let earned = panel.by_sector(&balanced, |row| facts.value_added[row]);
                let worked = panel.by_sector(&balanced, |row| work[row]);
                Some(earned.iter().zip(&worked).map(|(w, h)| w / h).collect())
            })
            .collect();
        paths(panel, units, |unit, t| {
            let (Some(work), Some(world)) = (years[t].account(self.account), &world[t]) else {
                return f64::NAN;
            };
            let expected =
                sum(
                    panel,
                    unit,
                    |row| {
                        if work[row] == 0.0 { 0.0 } else { work[row] * world[axis.sector_of(row)] }
                    },
                );
            sum(panel, unit, |row| years[t].value_added[row]) / expected
        })
    }
}
