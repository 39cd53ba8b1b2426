//! Borin and Mancini, exporter perimeter, source approach, by use: what the importer and its customers do with each part.

use super::aggregate::Rows;
use super::bm_family::{CITATION, Common, TERM_IDENTITIES};
use super::vocabulary::{
    DC, DDC, DVA, FC, FDC, FVA, FVA_FIN, FVA_INT, FVA_REX_FIN, FVA_REX_INT, GEXP, REF, REF_FIN, REF_INT, VAX,
    VAX_FIN, VAX_INT, VAX_REX_FIN, VAX_REX_INT,
};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// In which goods, final or intermediate, does value added leave, is it exported on, and come home?
///
/// ```text
/// e_sr = y_sr + A_sr L_rr y_rr + A_sr L_rr Σ_{j≠r} y_rj + A_sr L_rr Σ_{j≠r} A_rj Σ_u (BY)_ju
/// (N)   (N)    (N,N)(N,N)(N)     (N,N)(N,N)       (N)     (N,N)(N,N)       (N,N)     (N)
/// ```
/// Domestic value added is d_s # of it, told by who absorbs it, foreign value added f_s #, with d_s and f_s of `bm-source`.
///
/// # Terms
/// | column | meaning | equation | exvatools |
/// |---|---|---|---|
/// | `gexp` to `fdc` of the same names | as `bm-source` | as `bm-source` | |
/// | `vax_fin` | in final exports | d_s # y_sr | VAX1 |
/// | `vax_int` | in intermediates that the importer absorbs | d_s # A_sr L_rr y_rr | VAX2 |
/// | `vax_rex_fin` | ... that it exports on in final goods, to third economies | d_s # A_sr L_rr Σ_{j≠s,r} y_rj | VAX3 |
/// | `vax_rex_int` | ... in intermediates, absorbed abroad | d_s # A_sr L_rr Σ_{j≠r} A_rj Σ_{u≠s} (BY)_ju | VAX4 |
/// | `ref_fin` | ... that it sells back in final goods | d_s # A_sr L_rr y_rs | REF1 |
/// | `ref_int` | ... in intermediates, absorbed at home | d_s # A_sr L_rr Σ_{j≠r} A_rj (BY)_js | REF2 |
/// | `fva_fin`, `fva_int` | foreign value added | f_s # y_sr, f_s # A_sr L_rr y_rr | FVA1, FVA2 |
/// | `fva_rex_fin` | ... | f_s # A_sr L_rr Σ_{j≠r} y_rj | FVA3 |
/// | `fva_rex_int` | ... | f_s # A_sr L_rr Σ_{j≠r} A_rj Σ_u (BY)_ju | FVA4 |
///
/// All are primary. `vax_fin` + `vax_int` is `davax` of `bm-source`, the rest of domestic value added its `gvcf`.
///
/// # Assumptions, Errors
/// As `bm-source`. `vax_rex_int` holds what the importer itself absorbs in the end, and `ref_int` and `vax_rex_int` what
/// passes through the exporter's own industries once more: source counts at the first crossing.
///
/// # Cost
/// As `bm-source` plus O(n² G) for the inputs that importers sell on.
///
/// # Differences
/// exvatools has these terms as `output = "terms"` of `bm_src`, by an inverse for each exporter. Double counting is not split
/// by use: neither it nor Stata icio does.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
#[derive(Debug)]
pub struct BmSourceTerms;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("d_s # e_sr"),
    VAX.primary("d_s # (y_sr + A_sr Σ_{u≠s} (BY)_ru)"),
    VAX_FIN.primary("d_s # y_sr"),
    VAX_INT.primary("d_s # A_sr L_rr y_rr"),
    VAX_REX_FIN.primary("d_s # A_sr L_rr Σ_{j≠s,r} y_rj"),
    VAX_REX_INT.primary("d_s # A_sr L_rr Σ_{j≠r} A_rj Σ_{u≠s} (BY)_ju"),
    REF.primary("d_s # A_sr (BY)_rs"),
    REF_FIN.primary("d_s # A_sr L_rr y_rs"),
    REF_INT.primary("d_s # A_sr L_rr Σ_{j≠r} A_rj (BY)_js"),
    DDC.primary("d_s M_s # e_sr"),
    FC.primary("F_s # e_sr"),
    FVA.primary("F_s (I + M_s)⁻¹ # e_sr"),
    FVA_FIN.primary("F_s (I + M_s)⁻¹ # y_sr"),
    FVA_INT.primary("F_s (I + M_s)⁻¹ # A_sr L_rr y_rr"),
    FVA_REX_FIN.primary("F_s (I + M_s)⁻¹ # A_sr L_rr Σ_{j≠r} y_rj"),
    FVA_REX_INT.primary("F_s (I + M_s)⁻¹ # A_sr L_rr Σ_{j≠r} A_rj Σ_u (BY)_ju"),
    FDC.primary("F_s (I + M_s)⁻¹ M_s # e_sr"),
];

impl Method for BmSourceTerms {
    fn id(&self) -> &'static str {
        "bm-source-terms"
    }

    fn summary(&self) -> &'static str {
        "bm-source by use: value added in final goods, in inputs the importer absorbs, and in those it exports on"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        TERM_IDENTITIES
    }

    fn cost(&self) -> &'static str {
        "O(n³) for the shared global inverse, then O(n² (N + G)), n = GN"
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
        let finals = work.reexported_finals()?;
        let inputs = work.reexported_inputs()?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let (e, y) = (common.exports(row, r), common.final_exports(row, r));
            let (d, f) = (multipliers.local[row], once.foreign[row]);
            let used = common.local_use.absorbed[cell];
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * e,
                d * e,
                d * (y + absorbed.by_importer[cell] + absorbed.by_third[cell]),
                d * y,
                d * used,
                d * finals.to_third[cell],
                d * inputs.absorbed_abroad[cell],
                d * absorbed.at_home[cell],
                d * finals.to_home[cell],
                d * inputs.absorbed_at_home[cell],
                once.domestic_double[row] * e,
                multipliers.foreign[row] * e,
                f * e,
                f * y,
                f * used,
                f * (finals.to_third[cell] + finals.to_home[cell]),
                f * (inputs.absorbed_abroad[cell] + inputs.absorbed_at_home[cell]),
                once.foreign_double[row] * e,
            ]);
        }))
    }
}
