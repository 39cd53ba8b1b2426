//! Borin and Mancini, world perimeter, source approach: foreign value counted in the first exports it enters.

use super::aggregate::Rows;
use super::bm_family::{CITATION, Common, IDENTITIES};
use super::vocabulary::{DAVAX, DC, DDC, DVA, FC, FDC, FVA, GEXP, GVC, GVCB, GVCF, REF, VAX};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// Whose exports does foreign value added enter first, so that world exports count it once?
///
/// ```text
/// FVA_s = Σ_{t≠s}  v_t   L_tt  A_ts  L_ss  e_s
///                (1,N) (N,N) (N,N) (N,N) (N)
/// ```
/// # Terms
/// As `bm-source`, save:
///
/// | column | kind | equation |
/// |---|---|---|
/// | `fva` | primary | Σ_{t≠s} v_t L_tt A_ts L_ss e_s |
/// | `fdc` | primary | Σ_{t≠s} v_t L_tt (Σ_{j≠t,s} A_tj B_js + A_ts (B_ss − L_ss)) e_s |
///
/// # Assumptions, Errors
/// As `bm-source`. Country level only: the world perimeter is not defined for a single flow.
///
/// # Cost
/// As `bm-source`, plus O(n²).
///
/// # Differences
/// The domestic side is that of the exporter perimeter, as in decompr. `fva` is the FDC1 of Miroudot and Ye in the world
/// perimeter. World totals of `fva` equal those of `bm-world-sink`.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
#[derive(Debug)]
pub struct BmWorldSource;

const TERMS: &[Term] = &[
    GEXP.primary("e_s"),
    DC.primary("D_s e_s"),
    DVA.primary("d_s e_s"),
    VAX.primary("d_s Σ_r (y_sr + A_sr Σ_{u≠s} (BY)_ru)"),
    DAVAX.primary("d_s Σ_r (y_sr + A_sr L_rr y_rr)"),
    REF.primary("d_s Σ_r A_sr (BY)_rs"),
    DDC.primary("d_s M_s e_s"),
    FC.primary("F_s e_s"),
    FVA.primary("Σ_{t≠s} v_t L_tt A_ts L_ss e_s"),
    FDC.primary("Σ_{t≠s} v_t L_tt (Σ_{j≠t,s} A_tj B_js + A_ts (B_ss − L_ss)) e_s"),
    GVC.residual("gexp − davax"),
    GVCB.primary("(F_s + d_s M_s) e_s"),
    GVCF.primary("d_s Σ_r A_sr L_rr e_r"),
];

impl Method for BmWorldSource {
    fn id(&self) -> &'static str {
        "bm-world-source"
    }

    fn summary(&self) -> &'static str {
        "foreign value added counted once in world exports, in the first exports it enters (Borin and Mancini)"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn levels(&self) -> &'static [Level] {
        &[Level::Country]
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
        let common = Common::of(work)?;
        let (multipliers, once) = (common.multipliers, common.once);
        let absorbed = work.absorbed()?;
        let crossings = work.crossings()?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let (e, y) = (common.exports(row, r), common.final_exports(row, r));
            let d = multipliers.local[row];
            let chain = common.chain_trade(row, r);
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * e,
                d * e,
                d * (y + absorbed.by_importer[cell] + absorbed.by_third[cell]),
                chain.davax,
                d * absorbed.at_home[cell],
                once.domestic_double[row] * e,
                multipliers.foreign[row] * e,
                crossings.first[row] * e,
                crossings.later[row] * e,
                chain.gvc,
                chain.gvcb,
                chain.gvcf,
            ]);
        }))
    }
}
