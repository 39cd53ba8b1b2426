//! Miroudot and Ye in the world perimeter: foreign content by the borders it has crossed.

use super::aggregate::Rows;
use super::miroudot_ye::CITATION;
use super::vocabulary::{DC, DDC, DVA, FC, FDC1, FDC2, GEXP};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// How much of foreign content comes straight from its origin, and how much has crossed other borders before?
///
/// ```text
/// FDC1_sr = Σ_{t≠s} v_t L_tt A_ts L_ss # e_sr
/// FDC2_sr = Σ_{t≠s} v_t L_tt (Σ_{j≠t,s} A_tj B_js + A_ts (B_ss − L_ss)) # e_sr
///                  (1,N)(N,N)         (N,N)(N,N)
/// ```
/// # Terms
/// `gexp dc dva ddc fc fdc1 fdc2`, primary.
///
/// # Assumptions, Errors, Cost
/// As `bm-source`.
///
/// # Differences
/// When the trade in intermediates of *all* economies is extracted, foreign value added is zero by construction and all
/// foreign content is double counting; exvatools prints that zero column, it is left out here. `fdc1` is `fva` of
/// `bm-world-source`.
///
/// # Source
/// Miroudot and Ye (2021), <https://doi.org/10.1080/09535314.2020.1730308>.
#[derive(Debug)]
pub struct MiroudotYeWorld;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("d_s # e_sr"),
    DDC.primary("d_s M_s # e_sr"),
    FC.primary("F_s # e_sr"),
    FDC1.primary("Σ_{t≠s} v_t L_tt A_ts L_ss # e_sr"),
    FDC2.primary("Σ_{t≠s} v_t L_tt (Σ_{j≠t,s} A_tj B_js + A_ts (B_ss − L_ss)) # e_sr"),
];

const IDENTITIES: &[Identity] = &[
    Identity::new("gexp = dva + ddc + fdc1 + fdc2", Identity::EMBODIED, &["dva", "ddc", "fdc1", "fdc2"]),
    Identity::new("dc = dva + ddc", "dc", &["dva", "ddc"]),
    Identity::new("fc = fdc1 + fdc2", "fc", &["fdc1", "fdc2"]),
];

impl Method for MiroudotYeWorld {
    fn id(&self) -> &'static str {
        "miroudot-ye-world"
    }

    fn summary(&self) -> &'static str {
        "foreign content straight from its origin or by way of other borders, world perimeter"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        IDENTITIES
    }

    fn cost(&self) -> &'static str {
        "O(n³) for the shared global inverse, then O(n² N), n = GN"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let (multipliers, once) = (work.multipliers(), work.counted_once()?);
        let crossings = work.crossings()?;
        let exports = work.flows().bilateral_exports();
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let e = exports[(row, r)];
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * e,
                multipliers.local[row] * e,
                once.domestic_double[row] * e,
                multipliers.foreign[row] * e,
                crossings.first[row] * e,
                crossings.later[row] * e,
            ]);
        }))
    }
}
