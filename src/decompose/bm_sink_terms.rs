//! Borin and Mancini, exporter perimeter, sink approach, by use: what the importer and its customers do with each part.

use super::aggregate::Rows;
use super::bm_family::{CITATION, Common, TERM_IDENTITIES};
use super::vocabulary::{
    DC, DDC, DVA, FC, FDC, FVA, FVA_FIN, FVA_INT, FVA_REX_FIN, FVA_REX_INT, GEXP, REF, REF_FIN, REF_INT, VAX,
    VAX_FIN, VAX_INT, VAX_REX_FIN, VAX_REX_INT,
};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// In which goods, final or intermediate, does value added that leaves for the last time leave, and where does it end?
///
/// ```text
/// e_sr = y_sr + A_sr L_rr y_rr + A_sr L_rr Σ_{j≠r} y_rj + A_sr L_rr Σ_{j≠r} A_rj (Σ_u q_ju + x^e_j)
/// (N)   (N)    (N,N)(N,N)(N)     (N,N)(N,N)       (N)     (N,N)(N,N)       (N,N)      (N)     (N)
/// ```
/// Domestic value added is D_s # of all but the last part, told by who absorbs it, foreign value added F_s #; with x^e both
/// are counted again. q and x^e are those of `bm-sink`: output served without `s` exporting once more, and for what it does.
///
/// # Terms
/// | column | meaning | equation | exvatools |
/// |---|---|---|---|
/// | `gexp` to `fdc` of the same names | as `bm-sink` | as `bm-sink`, but for `ddc` and `fdc` | |
/// | `vax_fin` | in final exports | D_s # y_sr | VAX1 |
/// | `vax_int` | in intermediates that the importer absorbs | D_s # A_sr L_rr y_rr | VAX2 |
/// | `vax_rex_fin` | ... that it exports on in final goods, to third economies | D_s # A_sr L_rr Σ_{j≠s,r} y_rj | VAX3 |
/// | `vax_rex_int` | ... in intermediates, absorbed abroad | D_s # A_sr L_rr Σ_{j≠r} A_rj Σ_{u≠s} q_ju | VAX4 |
/// | `ref_fin` | ... that it sells back in final goods | D_s # A_sr L_rr y_rs | REF1 |
/// | `ref_int` | ... in intermediates, absorbed at home | D_s # A_sr L_rr Σ_{j≠r} A_rj q_js | REF2 |
/// | `ddc`, `fdc` | double counting | D_s #, F_s # A_sr L_rr Σ_{j≠r} A_rj x^e_j | DDC, FDC |
/// | `fva_fin`, `fva_int` | foreign value added | F_s # y_sr, F_s # A_sr L_rr y_rr | FVA1, FVA2 |
/// | `fva_rex_fin` | ... | F_s # A_sr L_rr Σ_{j≠r} y_rj | FVA3 |
/// | `fva_rex_int` | ... | F_s # A_sr L_rr Σ_{j≠r} A_rj Σ_u q_ju | FVA4 |
///
/// All are primary.
///
/// # Assumptions, Errors
/// As `bm-source`. `vax_rex_int` holds what the importer itself absorbs in the end: `vaxim` of `bm-sink` is `vax_fin` +
/// `vax_int` and that part of it.
///
/// # Cost
/// As `bm-sink` plus O(n² G) for the inputs that importers sell on.
///
/// # Differences
/// exvatools has these terms as `output = "terms"` of `bm_snk`, by an inverse for each exporter. Totals of an exporter equal those
/// of `bm-source-terms` for `vax`, `ref`, `fva` and double counting, not for their parts.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
#[derive(Debug)]
pub struct BmSinkTerms;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("D_s # (y_sr + A_sr q_r)"),
    VAX.primary("D_s # (y_sr + A_sr Σ_{u≠s} q_ru)"),
    VAX_FIN.primary("D_s # y_sr"),
    VAX_INT.primary("D_s # A_sr L_rr y_rr"),
    VAX_REX_FIN.primary("D_s # A_sr L_rr Σ_{j≠s,r} y_rj"),
    VAX_REX_INT.primary("D_s # A_sr L_rr Σ_{j≠r} A_rj Σ_{u≠s} q_ju"),
    REF.primary("D_s # A_sr q_rs"),
    REF_FIN.primary("D_s # A_sr L_rr y_rs"),
    REF_INT.primary("D_s # A_sr L_rr Σ_{j≠r} A_rj q_js"),
    DDC.primary("D_s # A_sr L_rr Σ_{j≠r} A_rj x^e_j"),
    FC.primary("F_s # e_sr"),
    FVA.primary("F_s # (y_sr + A_sr q_r)"),
    FVA_FIN.primary("F_s # y_sr"),
    FVA_INT.primary("F_s # A_sr L_rr y_rr"),
    FVA_REX_FIN.primary("F_s # A_sr L_rr Σ_{j≠r} y_rj"),
    FVA_REX_INT.primary("F_s # A_sr L_rr Σ_{j≠r} A_rj Σ_u q_ju"),
    FDC.primary("F_s # A_sr L_rr Σ_{j≠r} A_rj x^e_j"),
];

impl Method for BmSinkTerms {
    fn id(&self) -> &'static str {
        "bm-sink-terms"
    }

    fn summary(&self) -> &'static str {
        "bm-sink by use: value added in final goods, in inputs the importer absorbs, and in those it exports on"
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
        let multipliers = common.multipliers;
        let flows = work.sink_flows()?;
        let finals = work.reexported_finals()?;
        let inputs = work.sink_reexported_inputs()?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let (e, y) = (common.exports(row, r), common.final_exports(row, r));
            let (dd, f) = (multipliers.domestic[row], multipliers.foreign[row]);
            let used = common.local_use.absorbed[cell];
            out.copy_from_slice(&[
                work.gexp(row, r),
                dd * e,
                dd * (y + flows.by_all[cell]),
                dd * (y + flows.by_importer[cell] + flows.by_third[cell]),
                dd * y,
                dd * used,
                dd * finals.to_third[cell],
                dd * inputs.absorbed_abroad[cell],
                dd * flows.at_home[cell],
                dd * finals.to_home[cell],
                dd * inputs.absorbed_at_home[cell],
                dd * inputs.exported_again[cell],
                f * e,
                f * (y + flows.by_all[cell]),
                f * y,
                f * used,
                f * (finals.to_third[cell] + finals.to_home[cell]),
                f * (inputs.absorbed_abroad[cell] + inputs.absorbed_at_home[cell]),
                f * inputs.exported_again[cell],
            ]);
        }))
    }
}
