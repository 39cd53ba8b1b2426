//! Product upgrading by what is made: comparative advantage in value added in sectors that are hard to make.

use super::{Measure, Path, Profile, Scale, paths, sum};
use crate::stats::Sign;
use crate::upgrading::Kind;
use crate::upgrading::panel::{Panel, Unit};

/// Do complex sectors weigh more in the economy's export income than in the world's, and ever more?
///
/// ```text
/// q_i = v_i (B e_s)_i       RCA_sC = (Σ_{i in C} q_si / Σ_i q_si) / (Σ_s Σ_{i in C} q_si / Σ_s Σ_i q_si)
/// ```
/// C is the industry itself, when it is complex, or all complex sectors for an economy as a whole. Sectors that are not
/// complex have no such measure: a growing specialisation in ore is no better product.
pub(super) struct RcaInValueAdded;

static PROFILE: Profile = Profile {
    id: "rca_va",
    kind: Kind::Product,
    question: "Does the economy specialise in sectors that are hard to make?",
    equation: "RCA_sC = (q_sC / q_s) / (q_C / q), q_i = v_i (B e_s)_i, C the complex sector or all of them",
    source: "Balassa (1965), https://doi.org/10.1111/j.1467-9957.1965.tb00050.x, in value added after Koopman, Wang and Wei \
             (2014), https://doi.org/10.1257/aer.104.2.459",
    scale: Scale::Log,
    advance: Sign::Positive,
    headline: true,
    proxy: false,
    needs: "a complex sector (--complex), or a price index by economy, sector and year (--prices)",
};

impl Measure for RcaInValueAdded {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String> {
        if !panel.complex.iter().any(|is| *is) {
            return Err("sectors that are known to be complex: name them with --complex".into());
        }
        let axis = panel.axis();
        let income = |t: usize, row: usize| {
            let facts = &panel.years()[t];
            facts.in_exports(row, facts.value_added[row])
        };
        // (sector sums, total) of the world by year.
        let world: Vec<(Vec<f64>, f64)> = (0..panel.years().len())
            .map(|t| {
                let mut sums = vec![0.0; axis.n_sectors()];
                (0..axis.n_rows()).for_each(|row| sums[axis.sector_of(row)] += income(t, row));
                let total = sums.iter().sum();
                (sums, total)
            })
            .collect();
        Ok(paths(panel, units, |unit, t| {
            let inside = |sector: usize| match unit.sector {
                Some(own) => own == sector && panel.complex[own],
                None => panel.complex[sector],
            };
            let everything = Unit { sector: None, ..unit };
            let own =
                sum(panel, everything, |row| if inside(axis.sector_of(row)) { income(t, row) } else { 0.0 });
            let whole = sum(panel, everything, |row| income(t, row));
            let (sectors, total) = &world[t];
            let world: f64 = (0..axis.n_sectors()).filter(|&sector| inside(sector)).map(|s| sectors[s]).sum();
            (own / whole) / (world / total)
        }))
    }
}
