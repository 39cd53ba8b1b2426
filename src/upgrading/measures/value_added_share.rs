//! Process upgrading: the share of value added in output.

use super::{Measure, Path, Profile, Scale, paths, sum};
use crate::stats::Sign;
use crate::upgrading::Kind;
use crate::upgrading::panel::{Panel, Unit};

/// Does the industry keep more of the value of its output?
///
/// ```text
/// v = Σ W_i / Σ x_i
/// ```
/// In current prices: it falls when inputs get dearer, and when work is contracted out. No headline for that reason.
pub(super) struct ValueAddedShare;

static PROFILE: Profile = Profile {
    id: "va_share",
    kind: Kind::Process,
    question: "Does the industry keep more of the value of its output?",
    equation: "v = Σ W_i / Σ x_i",
    source: "Miller and Blair (2009), https://doi.org/10.1017/CBO9780511626982",
    scale: Scale::Points,
    advance: Sign::Positive,
    headline: false,
    proxy: false,
    needs: "output of the industry in two years",
};

impl Measure for ValueAddedShare {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String> {
        Ok(paths(panel, units, |unit, t| {
            let facts = &panel.years()[t];
            sum(panel, unit, |row| facts.value_added[row]) / sum(panel, unit, |row| facts.output[row])
        }))
    }
}
