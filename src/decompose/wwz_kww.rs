//! Wang, Wei and Zhu folded to nine terms with the names of Koopman, Wang and Wei, by sector and partner.

use super::aggregate::Rows;
use super::kww::IDENTITIES;
use super::vocabulary::{GEXP, KWW_T1, KWW_T2, KWW_T3, KWW_T4, KWW_T5, KWW_T6, KWW_T7, KWW_T8, KWW_T9};
use super::wwz::{CITATION, COST, WwzTerms};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// What are the nine terms of an economy's exports made of, sector by sector and partner by partner?
///
/// ```text
/// T1 = wwz 1        T4 = wwz 6 + 7         T7 = wwz 11 + 12
/// T2 = wwz 2 + 3    T5 = wwz 8             T8 = wwz 13 + 14
/// T3 = wwz 4 + 5    T6 = wwz 9 + 10        T9 = wwz 15 + 16
/// ```
/// # Terms
/// | column | columns of `wwz` |
/// |---|---|
/// | `kww_t1` | `dva_fin` |
/// | `kww_t2` | `dva_int` + `dva_intrexi1` |
/// | `kww_t3` | `dva_intrexf` + `dva_intrexi2` |
/// | `kww_t4` | `rdv_fin` + `rdv_fin2` |
/// | `kww_t5` | `rdv_int` |
/// | `kww_t6` | `ddc_fin` + `ddc_int` |
/// | `kww_t7` | `ova_fin` + `mva_fin` |
/// | `kww_t8` | `ova_int` + `mva_int` |
/// | `kww_t9` | `odc` + `mdc` |
///
/// All are primary, each by the formulas of the terms of `wwz` that it adds up.
///
/// # Assumptions, Errors, Cost
/// As `wwz`.
///
/// # Differences
/// The sums of decompr's `wwz2kww(x, aggregate = FALSE)`. At country level every term is that of `kww`, which goes another way.
/// Koopman, Wang and Wei define no term for a sector or a partner: finer rows are parts of theirs by the flow in which WWZ
/// count them, and `kww_t2` of a partner holds what third economies absorb (`dva_intrexi1`). exvatools' `kww` returns such
/// rows under KWW's name.
///
/// # Source
/// Wang, Wei and Zhu (2013, revised 2018), NBER Working Paper 19677, table E2, <https://doi.org/10.3386/w19677>.
#[derive(Debug)]
pub struct WwzKww;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    KWW_T1.primary("D_s # y_sr"),
    KWW_T2.primary("d_s # A_sr (B_rr y_rr + Σ_t B_rt y_tt)"),
    KWW_T3.primary("d_s # A_sr (B_rr Σ_t y_rt + Σ_t B_rt Σ_{u≠s,t} y_tu)"),
    KWW_T4.primary("d_s # A_sr (B_rr y_rs + Σ_t B_rt y_ts)"),
    KWW_T5.primary("d_s # A_sr B_rs y_ss"),
    KWW_T6.primary("d_s # A_sr B_rs Σ_{u≠s} y_su + d_s M_s # A_sr x_r"),
    KWW_T7.primary("Σ_{t≠s} v_t B_ts # y_sr"),
    KWW_T8.primary("Σ_{t≠s} v_t B_ts # A_sr L_rr y_rr"),
    KWW_T9.primary("Σ_{t≠s} v_t B_ts # A_sr L_rr e_r"),
];

impl Method for WwzKww {
    fn id(&self) -> &'static str {
        "wwz-kww"
    }

    fn summary(&self) -> &'static str {
        "the sixteen terms of wwz added up to nine with the names of kww, by sector and partner"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn caution(&self) -> Option<&'static str> {
        Some(
            "only the totals of an economy are terms of Koopman, Wang and Wei, with their bias (kww_t7 + kww_t8 too small, \
             kww_t9 too large): they define none for a sector or a partner. There kww_t2 holds value added that third \
             economies absorb, and terms mix first and last crossings; for flows take bm-source or bm-sink",
        )
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        IDENTITIES
    }

    fn cost(&self) -> &'static str {
        COST
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let sixteen = WwzTerms::of(work)?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let [
                gexp,
                dva_fin,
                dva_int,
                dva_intrexi1,
                dva_intrexf,
                dva_intrexi2,
                rdv_int,
                rdv_fin,
                rdv_fin2,
                ova_fin,
                mva_fin,
                ova_int,
                mva_int,
                ddc_fin,
                ddc_int,
                odc,
                mdc,
            ] = sixteen.cell(row, r);
            out.copy_from_slice(&[
                gexp,
                dva_fin,
                dva_int + dva_intrexi1,
                dva_intrexf + dva_intrexi2,
                rdv_fin + rdv_fin2,
                rdv_int,
                ddc_fin + ddc_int,
                ova_fin + mva_fin,
                ova_int + mva_int,
                odc + mdc,
            ]);
        }))
    }
}
