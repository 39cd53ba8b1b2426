//! Wang, Wei and Zhu: gross exports of a sector to a partner in sixteen terms.

use super::aggregate::Rows;
use super::flow_parts::{Cells, LocalUse};
use super::multipliers::{CountedOnce, Multipliers};
use super::vocabulary::{
    DDC_FIN, DDC_INT, DVA_FIN, DVA_INT, DVA_INTREXF, DVA_INTREXI1, DVA_INTREXI2, GEXP, MDC, MVA_FIN, MVA_INT,
    ODC, OVA_FIN, OVA_INT, RDV_FIN, RDV_FIN2, RDV_INT,
};
use super::wwz_flows::WwzFlows;
use super::{Citation, DecomposeError, Decomposition, Detail, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;
use crate::model::solver::SolveError;

/// Where does each dollar of a sector's exports to a partner come from, and where does it end?
///
/// ```text
/// A_sr x_r = A_sr B_rr y_rr + A_sr Σ_t B_rt y_tt + ... + A_sr B_rs Σ_t y_st       (eight flows, t ≠ s, r)
/// e_sr     = D_s # y_sr + d_s # (eight flows) + (D_s − d_s) # A_sr x_r + Σ_{t≠s} (v_t B_ts) # (y_sr + A_sr L_rr (y_rr + e_r))
/// ```
/// # Terms
/// | column | equation (# elementwise; t ≠ s, r) | number in the paper |
/// |---|---|---|
/// | `dva_fin` | D_s # y_sr | 1 |
/// | `dva_int` | d_s # A_sr B_rr y_rr | 2 |
/// | `dva_intrexi1` | d_s # A_sr Σ_t B_rt y_tt | 3 |
/// | `dva_intrexf` | d_s # A_sr B_rr Σ_t y_rt | 4 |
/// | `dva_intrexi2` | d_s # A_sr Σ_t B_rt Σ_{u≠s,t} y_tu | 5 |
/// | `rdv_fin` | d_s # A_sr B_rr y_rs | 6 |
/// | `rdv_fin2` | d_s # A_sr Σ_t B_rt y_ts | 7 |
/// | `rdv_int` | d_s # A_sr B_rs y_ss | 8 |
/// | `ddc_fin` | d_s # A_sr B_rs Σ_{u≠s} y_su | 9 |
/// | `ddc_int` | d_s M_s # A_sr x_r | 10 |
/// | `mva_fin`, `ova_fin` | v_r B_rs # y_sr, Σ_t v_t B_ts # y_sr | 11, 12 |
/// | `mva_int`, `ova_int` | the same # A_sr L_rr y_rr | 13, 14 |
/// | `mdc`, `odc` | the same # A_sr L_rr e_r | 15, 16 |
///
/// All are primary. `gexp` stands first; columns keep the names of decompr.
///
/// # Assumptions
/// As `bm-source`.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// One global inverse (O(n³), shared), then O(n² G). By third economy O(n N G + n²) each.
///
/// # Differences
/// Totals of an exporter equal KWW and, on the domestic side, Borin and Mancini; flows do not, because term 1 counts at
/// the last crossing (D_s) and terms 2 to 8 at the first (d_s). exvatools' `terms2` exchanges `ova_fin` and `ova_int`;
/// decompr's check columns are rounded to four decimals. Neither tells *which* third economy: `--by third` does.
///
/// # Source
/// Wang, Wei and Zhu (2013, revised 2018), NBER Working Paper 19677, <https://doi.org/10.3386/w19677>.
#[derive(Debug)]
pub struct Wwz;

/// The paper behind the sixteen terms and their nine sums.
pub(super) const CITATION: Citation = Citation {
    authors: "Wang, Wei and Zhu (2013)",
    work: "Quantifying International Production Sharing at the Bilateral and Sector Levels, NBER Working Paper 19677",
    doi: "10.3386/w19677",
};

/// What they cost.
pub(super) const COST: &str = "O(n³) for the shared global inverse, then O(n² G), n = GN";

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DVA_FIN.primary("D_s # y_sr"),
    DVA_INT.primary("d_s # A_sr B_rr y_rr"),
    DVA_INTREXI1.primary("d_s # A_sr Σ_t B_rt y_tt"),
    DVA_INTREXF.primary("d_s # A_sr B_rr Σ_t y_rt"),
    DVA_INTREXI2.primary("d_s # A_sr Σ_t B_rt Σ_{u≠s,t} y_tu"),
    RDV_INT.primary("d_s # A_sr B_rs y_ss"),
    RDV_FIN.primary("d_s # A_sr B_rr y_rs"),
    RDV_FIN2.primary("d_s # A_sr Σ_t B_rt y_ts"),
    OVA_FIN.primary("Σ_t v_t B_ts # y_sr"),
    MVA_FIN.primary("v_r B_rs # y_sr"),
    OVA_INT.primary("Σ_t v_t B_ts # A_sr L_rr y_rr"),
    MVA_INT.primary("v_r B_rs # A_sr L_rr y_rr"),
    DDC_FIN.primary("d_s # A_sr B_rs Σ_{u≠s} y_su"),
    DDC_INT.primary("d_s M_s # A_sr x_r"),
    ODC.primary("Σ_t v_t B_ts # A_sr L_rr e_r"),
    MDC.primary("v_r B_rs # A_sr L_rr e_r"),
];

const TERMS_BY_THIRD: &[Term] = &[
    DVA_INTREXI1.primary("d_s # A_sr B_rt y_tt"),
    DVA_INTREXF.primary("d_s # A_sr B_rr y_rt"),
    DVA_INTREXI2.primary("d_s # A_sr B_rt Σ_{u≠s,t} y_tu"),
    RDV_FIN2.primary("d_s # A_sr B_rt y_ts"),
];

const IDENTITIES: &[Identity] = &[
    Identity::TWO_USES,
    Identity::new(
        "gexp = sum of the sixteen terms",
        Identity::EMBODIED,
        &[
            "dva_fin",
            "dva_int",
            "dva_intrexi1",
            "dva_intrexf",
            "dva_intrexi2",
            "rdv_int",
            "rdv_fin",
            "rdv_fin2",
            "ova_fin",
            "mva_fin",
            "ova_int",
            "mva_int",
            "ddc_fin",
            "ddc_int",
            "odc",
            "mdc",
        ],
    ),
];

impl Method for Wwz {
    fn id(&self) -> &'static str {
        "wwz"
    }

    fn summary(&self) -> &'static str {
        "sixteen terms by origin, use and final destination (Wang, Wei and Zhu)"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn caution(&self) -> Option<&'static str> {
        Some(
            "foreign value added (mva, ova) is biased down and double counting (mdc, odc) up, as in KWW; and at the \
             bilateral and sector levels terms mix first and last crossings. Totals of domestic value added are exact; \
             for flows take bm-source or bm-sink",
        )
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        IDENTITIES
    }

    fn details(&self) -> &'static [Detail] {
        &[Detail::Origin, Detail::Absorber, Detail::Third]
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
        let terms = WwzTerms::of(work)?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            out.copy_from_slice(&terms.cell(row, r));
        }))
    }

    fn compute_third(
        &self,
        work: &Workspace,
        third: usize,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let local = &work.multipliers().local;
        let [by_third, final_to_third, through_third, home_in_final_of_third] =
            WwzFlows::of_third(work, third)?;
        let rows = Rows { terms: TERMS_BY_THIRD, ..Rows::of(self, work, level, scope) };
        Ok(rows.sum_cells(|row, r, out| {
            let cell = (row, r);
            out.copy_from_slice(&[
                local[row] * by_third[cell],
                local[row] * final_to_third[cell],
                local[row] * through_third[cell],
                local[row] * home_in_final_of_third[cell],
            ]);
        }))
    }
}

/// Multipliers and flows of the sixteen terms.
pub(super) struct WwzTerms<'a> {
    work: &'a Workspace,
    multipliers: &'a Multipliers,
    once: &'a CountedOnce,
    flows: &'a WwzFlows,
    used: &'a LocalUse,
    finals: &'a Cells,
    intermediates: &'a Cells,
    others: &'a Cells,
}

impl<'a> WwzTerms<'a> {
    pub fn of(work: &'a Workspace) -> Result<Self, SolveError> {
        let multipliers = work.multipliers();
        Ok(Self {
            work,
            multipliers,
            once: work.counted_once()?,
            flows: work.wwz_flows()?,
            used: work.local_use()?,
            finals: work.flows().bilateral_final_exports(),
            intermediates: work.flows().bilateral_intermediate_exports(),
            others: multipliers.by_others(work.axis()),
        })
    }

    /// Gross exports and the sixteen terms of a cell, in the order of the columns of `wwz`.
    pub fn cell(&self, row: usize, r: usize) -> [f64; 17] {
        let Self { work, multipliers, once, flows, used, finals, intermediates, others } = self;
        let cell = (row, r);
        let d = multipliers.local[row];
        let mva = multipliers.by_origin[(r, row)];
        let ova = others[cell];
        [
            work.gexp(row, r),
            multipliers.domestic[row] * finals[cell],
            d * flows.by_importer[cell],
            d * flows.by_third[cell],
            d * flows.final_to_third[cell],
            d * flows.through_third[cell],
            d * flows.home_in_intermediates[cell],
            d * flows.home_in_final[cell],
            d * flows.home_in_final_of_third[cell],
            ova * finals[cell],
            mva * finals[cell],
            ova * used.absorbed[cell],
            mva * used.absorbed[cell],
            d * flows.exported_as_final[cell],
            once.domestic_double[row] * intermediates[cell],
            ova * used.reexported[cell],
            mva * used.reexported[cell],
        ]
    }
}
