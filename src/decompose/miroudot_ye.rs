//! Miroudot and Ye: value added in exports by extraction of the exporter's intermediate exports.

use super::aggregate::Rows;
use super::vocabulary::{DC, DDC, DVA, FC, FDC, FVA, GEXP};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// The paper, for both perimeters.
pub(super) const CITATION: Citation = Citation {
    authors: "Miroudot and Ye (2021)",
    work: "Decomposing value added in gross exports, Economic Systems Research 33(1)",
    doi: "10.1080/09535314.2020.1730308",
};

/// How much of exports is domestic and foreign value added, by hypothetical extraction of the exporter's intermediates?
///
/// ```text
/// e_sr = v_s L_ss # e_sr + v_s (B_ss − L_ss) # e_sr + Σ_{t≠s} v_t B^{∤s}_ts # e_sr + Σ_{t≠s} v_t (B_ts − B^{∤s}_ts) # e_sr
///         dva               ddc                        fva                            fdc
/// ```
/// # Terms
/// `gexp dc dva ddc fc fva fdc`, primary, equations of `bm-source`.
///
/// # Assumptions, Errors, Cost
/// As `bm-source`.
///
/// # Differences
/// Identical to Borin and Mancini's exporter perimeter at the source, by other reasoning; the split of `dva` by
/// destination is not in the paper.
///
/// # Source
/// Miroudot and Ye (2021), <https://doi.org/10.1080/09535314.2020.1730308>.
#[derive(Debug)]
pub struct MiroudotYe;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("d_s # e_sr"),
    DDC.primary("d_s M_s # e_sr"),
    FC.primary("F_s # e_sr"),
    FVA.primary("F_s (I + M_s)⁻¹ # e_sr"),
    FDC.primary("F_s (I + M_s)⁻¹ M_s # e_sr"),
];

const IDENTITIES: &[Identity] = &[
    Identity::new("gexp = dva + ddc + fva + fdc", Identity::EMBODIED, &["dva", "ddc", "fva", "fdc"]),
    Identity::new("dc = dva + ddc", "dc", &["dva", "ddc"]),
    Identity::new("fc = fva + fdc", "fc", &["fva", "fdc"]),
];

impl Method for MiroudotYe {
    fn id(&self) -> &'static str {
        "miroudot-ye"
    }

    fn summary(&self) -> &'static str {
        "value added and double counting in exports by extraction of intermediate exports, country perimeter"
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
        let exports = work.flows().bilateral_exports();
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let e = exports[(row, r)];
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * e,
                multipliers.local[row] * e,
                once.domestic_double[row] * e,
                multipliers.foreign[row] * e,
                once.foreign[row] * e,
                once.foreign_double[row] * e,
            ]);
        }))
    }
}
