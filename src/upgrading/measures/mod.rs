//! The registry of measures: one file a measure or a small family, one line in [`MEASURES`].

mod functions;
mod inputs;
mod prices;
mod productivity;
mod rca;
mod sectors;
mod value_added_share;

pub use sectors::Step;
pub(crate) use sectors::steps as sector_steps;

use super::panel::{Panel, Unit};
use super::{Kind, UpgradingError};
use crate::stats::Sign;

/// How a path becomes a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 100 ln of the value: per cent a year.
    Log,
    /// 100 times a share: points a year.
    Points,
    /// 100 times a sum of log changes: per cent a year. The trend is the mean of the changes and not the slope of a line through
    /// their sum: shocks stay in a sum, and a line through one without drift is called a trend in most samples.
    Cumulated,
}

impl Scale {
    /// Unit of a trend.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Log | Self::Cumulated => "% a year",
            Self::Points => "points a year",
        }
    }

    /// Unit of a change over several years.
    pub const fn total(self) -> &'static str {
        match self {
            Self::Log | Self::Cumulated => "%",
            Self::Points => "points",
        }
    }

    /// A value on the scale of the trend; NaN where it has none.
    pub fn of(self, value: f64) -> f64 {
        match self {
            Self::Log if value > 0.0 => 100.0 * value.ln(),
            Self::Log => f64::NAN,
            Self::Points | Self::Cumulated => 100.0 * value,
        }
    }
}

/// What a measure is, in words.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// Flat id.
    pub id: &'static str,
    /// Which kind of upgrading it tells of.
    pub kind: Kind,
    /// The question it answers.
    pub question: &'static str,
    /// Equation in the letters of the notation page.
    pub equation: &'static str,
    /// Source.
    pub source: &'static str,
    /// Scale of its trend.
    pub scale: Scale,
    /// The direction of an advance.
    pub advance: Sign,
    /// May it stand for its kind? The first measured one in the order of the registry does.
    pub headline: bool,
    /// It stands in for data that are not there, and says so.
    pub proxy: bool,
    /// The data it needs, with the option that reads them.
    pub needs: &'static str,
}

/// Values of a unit, one a year of the panel; NaN where not known.
pub type Path = Vec<f64>;

/// A way of measuring upgrading.
pub trait Measure: Sync {
    /// In words.
    fn profile(&self) -> &'static Profile;

    /// Paths of some units.
    ///
    /// # Errors
    /// What is missing altogether, in words that follow "needs".
    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String>;
}

/// Every measure: of each kind the one to read first, then the others.
pub static MEASURES: &[&dyn Measure] = &[
    &prices::ValueAddedPrice,
    &prices::UnitValue,
    &rca::RcaInValueAdded,
    &productivity::HOUR_REAL,
    &productivity::JOB_REAL,
    &productivity::HOUR_RELATIVE,
    &productivity::JOB_RELATIVE,
    &productivity::HOUR,
    &productivity::JOB,
    &value_added_share::ValueAddedShare,
    &inputs::InputsAtConstantPrices,
    &functions::UPPER_FS,
    &functions::UPPER_SHARE,
    &functions::SKILL_FS,
    &functions::SKILL_SHARE,
    &sectors::BETWEEN_REAL,
    &sectors::BETWEEN,
];

/// Looks a measure up by id.
///
/// # Errors
/// [`UpgradingError::UnknownName`], with the nearest.
pub fn find_measure(id: &str) -> Result<&'static dyn Measure, UpgradingError> {
    MEASURES
        .iter()
        .find(|measure| measure.profile().id == id)
        .copied()
        .ok_or_else(|| UpgradingError::unknown("measure", id, MEASURES.iter().map(|m| m.profile().id)))
}

/// What prices are needed for.
const NEEDS_PRICES: &str = "a price index by economy, sector and year (--prices)";

/// One value a unit and year from a function of unit and year.
fn paths(panel: &Panel, units: &[Unit], value: impl Fn(Unit, usize) -> f64) -> Vec<Path> {
    units.iter().map(|&unit| (0..panel.years().len()).map(|t| value(unit, t)).collect()).collect()
}

/// Σ over the rows of a unit; NaN when a part is not known.
fn sum(panel: &Panel, unit: Unit, of: impl Fn(usize) -> f64) -> f64 {
    panel.rows(unit).into_iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_kind_has_a_measure_that_may_stand_for_it() {
        for (position, measure) in MEASURES.iter().enumerate() {
            let profile = measure.profile();
            assert!(MEASURES[..position].iter().all(|other| other.profile().id != profile.id));
            for words in [profile.question, profile.equation, profile.source, profile.needs] {
                assert!(words.len() > 8, "{}: `{words}`", profile.id);
            }
        }
        for kind in Kind::ALL {
            assert!(MEASURES.iter().any(|m| m.profile().kind == kind && m.profile().headline));
        }
        assert!(find_measure("rca_vb").err().unwrap().hint().contains("rca_va"));
    }
}
