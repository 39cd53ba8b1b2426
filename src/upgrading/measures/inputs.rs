//! Process upgrading: fewer inputs for the same output, at constant prices.

use super::{Measure, NEEDS_PRICES, Path, Profile, Scale, paths, sum};
use crate::stats::Sign;
use crate::upgrading::Kind;
use crate::upgrading::panel::{Panel, Unit};

/// Does the industry need fewer inputs for a unit of output?
///
/// ```text
/// Σ_j a'_ji = 1 − W'_i / x'_i        all inputs at the prices of their sellers in the base year
/// ```
/// A fall is an advance.
pub(super) struct InputsAtConstantPrices;

static PROFILE: Profile = Profile {
    id: "inputs_real",
    kind: Kind::Process,
    question: "Does the industry need fewer inputs for a unit of output, at constant prices?",
    equation: "Σ_j a'_ji = 1 − W'_i / x'_i",
    source: "Miller and Blair (2009), section 4.7, https://doi.org/10.1017/CBO9780511626982",
    scale: Scale::Points,
    advance: Sign::Negative,
    headline: false,
    proxy: false,
    needs: NEEDS_PRICES,
};

impl Measure for InputsAtConstantPrices {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String> {
        if panel.years().iter().all(|facts| facts.real.is_none()) {
            return Err(NEEDS_PRICES.to_owned());
        }
        Ok(paths(panel, units, |unit, t| match &panel.years()[t].real {
            Some(real) => {
                1.0 - sum(panel, unit, |row| real.value_added[row]) / sum(panel, unit, |row| real.output[row])
            }
            None => f64::NAN,
        }))
    }
}
