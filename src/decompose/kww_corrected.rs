//! Koopman, Wang and Wei without the bias of their foreign terms.

use super::aggregate::Rows;
use super::kww::{DomesticTerms, IDENTITIES};
use super::vocabulary::{GEXP, KWW_T1, KWW_T2, KWW_T3, KWW_T4, KWW_T5, KWW_T6, KWW_T7, KWW_T8, KWW_T9};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// What is in an economy's gross exports, with foreign value added counted once in world exports?
///
/// ```text
/// T8 = Σ_r F_s A_sr L_rr y_rr + Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} (y_rj + A_rj L_jj y_jj)
/// T9 = Σ_r (F_s − v_r B_rs) A_sr L_rr e_r + Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} A_rj L_jj e_j
/// ```
/// T1 to T7 are those of `kww`. The importer's own value added that comes home in the exports of `s` and leaves for the
/// last time in the importer's exports is value added (T8), not double counting (T9).
///
/// # Terms
/// `kww_t1` to `kww_t9`, all primary; T7 + T8 is `fva` and T9 `fdc` of `bm-world-sink`.
///
/// # Assumptions, Errors
/// As `kww`.
///
/// # Cost
/// As `kww`, plus O(n²).
///
/// # Differences
/// No other tool offers the nine terms in corrected form; decompr's world sink has the sums.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>, on Koopman, Wang and Wei (2014),
/// <https://doi.org/10.1257/aer.104.2.459>.
#[derive(Debug)]
pub struct KwwCorrected;

const TERMS: &[Term] = &[
    GEXP.primary("e_s"),
    KWW_T1.primary("v_s B_ss Σ_r y_sr"),
    KWW_T2.primary("v_s Σ_r B_sr y_rr"),
    KWW_T3.primary("v_s Σ_r B_sr Σ_{t≠s,r} y_rt"),
    KWW_T4.primary("v_s Σ_r B_sr y_rs"),
    KWW_T5.primary("v_s Σ_r B_sr A_rs L_ss y_ss"),
    KWW_T6.primary("v_s Σ_r B_sr A_rs L_ss e_s"),
    KWW_T7.primary("F_s Σ_r y_sr"),
    KWW_T8.primary("Σ_r F_s A_sr L_rr y_rr + Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} (y_rj + A_rj L_jj y_jj)"),
    KWW_T9.primary("Σ_r (F_s − v_r B_rs) A_sr L_rr e_r + Σ_r v_r B_rs A_sr L_rr Σ_{j≠r} A_rj L_jj e_j"),
];

impl Method for KwwCorrected {
    fn id(&self) -> &'static str {
        "kww-corrected"
    }

    fn summary(&self) -> &'static str {
        "the nine terms of Koopman, Wang and Wei with foreign value added as Borin and Mancini correct it"
    }

    fn citation(&self) -> Citation {
        super::bm_family::CITATION
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

    fn needs_inverse(&self, _level: Level) -> bool {
        false
    }

    fn cost(&self) -> &'static str {
        "O(n² G) for value added by origin, O(n²) for the terms, n = GN; no global inverse"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let domestic = DomesticTerms::of(work)?;
        let used = work.local_use()?;
        let corrected = work.reexports_corrected()?;
        let multipliers = work.multipliers();
        let finals = work.flows().bilateral_final_exports();
        Ok(Rows::of(self, work, level, scope).each_unit(|unit, out| {
            domestic.add(unit, out);
            for &row in unit.rows {
                let foreign = multipliers.foreign[row];
                for &r in unit.importers {
                    let cell = (row, r);
                    let of_importer = multipliers.by_origin[(r, row)];
                    out[7] += foreign * finals[cell];
                    out[8] += foreign * used.absorbed[cell] + of_importer * corrected.absorbed_next[cell];
                    out[9] += (foreign - of_importer) * used.reexported[cell]
                        + of_importer * corrected.exported_on[cell];
                }
            }
        }))
    }
}
