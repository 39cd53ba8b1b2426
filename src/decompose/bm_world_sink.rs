//! Borin and Mancini, world perimeter, sink approach: foreign value counted in the last exports it is in.

use super::aggregate::Rows;
use super::bm_family::{CITATION, Common, IDENTITIES};
use super::vocabulary::{DAVAX, DC, DDC, DVA, FC, FDC, FVA, GEXP, GVC, GVCB, GVCF, REF, VAX};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// Whose exports is foreign value added in last, so that world exports count it once? The corrected KWW.
///
/// ```text
/// FVA_s = Σ_r F_s (y_sr + A_sr L_rr y_rr)  +  Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} (y_rj + A_rj L_jj y_jj)
/// ```
/// The second sum is the importer's own value added that comes home in s's exports and leaves for the last time in the
/// importer's exports: KWW book it as double counted.
///
/// # Terms
/// As `bm-source`, save:
///
/// | column | kind | equation |
/// |---|---|---|
/// | `fva` | primary | above |
/// | `fdc` | primary | Σ_r (F_s − v_r B_rs) A_sr L_rr e_r + Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} A_rj L_jj e_j |
///
/// # Assumptions, Errors
/// As `bm-source`. Country level only.
///
/// # Cost
/// As `bm-source`, plus O(n²).
///
/// # Differences
/// The domestic side is that of the exporter perimeter, as in decompr, which takes `fdc` as a remainder. World totals of
/// `fva` equal those of `bm-world-source`.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
#[derive(Debug)]
pub struct BmWorldSink;

const TERMS: &[Term] = &[
    GEXP.primary("e_s"),
    DC.primary("D_s e_s"),
    DVA.primary("d_s e_s"),
    VAX.primary("d_s Σ_r (y_sr + A_sr Σ_{u≠s} (BY)_ru)"),
    DAVAX.primary("d_s Σ_r (y_sr + A_sr L_rr y_rr)"),
    REF.primary("d_s Σ_r A_sr (BY)_rs"),
    DDC.primary("d_s M_s e_s"),
    FC.primary("F_s e_s"),
    FVA.primary("Σ_r F_s (y_sr + A_sr L_rr y_rr) + Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} (y_rj + A_rj L_jj y_jj)"),
    FDC.primary("Σ_r (F_s − v_r B_rs) A_sr L_rr e_r + Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} A_rj L_jj e_j"),
    GVC.residual("gexp − davax"),
    GVCB.primary("(F_s + d_s M_s) e_s"),
    GVCF.primary("d_s Σ_r A_sr L_rr e_r"),
];

impl Method for BmWorldSink {
    fn id(&self) -> &'static str {
        "bm-world-sink"
    }

    fn summary(&self) -> &'static str {
        "foreign value added counted once in world exports, in the last exports it is in (Borin and Mancini)"
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
        let corrected = work.reexports_corrected()?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let (e, y) = (common.exports(row, r), common.final_exports(row, r));
            let (d, f) = (multipliers.local[row], multipliers.foreign[row]);
            let of_importer = multipliers.by_origin[(r, row)];
            let used = common.local_use;
            let chain = common.chain_trade(row, r);
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * e,
                d * e,
                d * (y + absorbed.by_importer[cell] + absorbed.by_third[cell]),
                chain.davax,
                d * absorbed.at_home[cell],
                once.domestic_double[row] * e,
                f * e,
                f * (y + used.absorbed[cell]) + of_importer * corrected.absorbed_next[cell],
                (f - of_importer) * used.reexported[cell] + of_importer * corrected.exported_on[cell],
                chain.gvc,
                chain.gvcb,
                chain.gvcf,
            ]);
        }))
    }
}
