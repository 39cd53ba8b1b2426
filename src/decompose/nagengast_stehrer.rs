//! Nagengast and Stehrer: bilateral value added where it first, or last, crosses its economy's border, by absorber.

use super::aggregate::Rows;
use super::vocabulary::{DC, DDC, DVA, FC, GEXP, REF, VAX, VAX_THIRD, VAXIM};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

const CITATION: Citation = Citation {
    authors: "Nagengast and Stehrer (2016)",
    work: "Accounting for the Differences Between Gross and Value Added Trade Balances, The World Economy 39(9)",
    doi: "10.1111/twec.12401",
};

const IDENTITIES: &[Identity] = &[
    Identity::new("gexp = dva + ddc + fc", Identity::EMBODIED, &["dva", "ddc", "fc"]),
    Identity::new("dc = dva + ddc", "dc", &["dva", "ddc"]),
    Identity::new("dva = vaxim + vaxthird + ref", "dva", &["vaxim", "vaxthird", "ref"]),
    Identity::new("vax = vaxim + vaxthird", "vax", &["vaxim", "vaxthird"]),
];

/// Value added recorded in the flow in which it first leaves its economy: who absorbs it?
///
/// ```text
/// vaxim = d_s # (y_sr + A_sr (BY)_rr)     vaxthird = d_s # A_sr Σ_{u≠s,r} (BY)_ru     ref = d_s # A_sr (BY)_rs
/// (N)    (N)   (N)     (N,N)(N)
/// ```
/// # Terms
/// | column | meaning | kind |
/// |---|---|---|
/// | `gexp`, `dc`, `fc` | exports, domestic, foreign content | primary |
/// | `dva`, `ddc` | domestic value added d_s # e_sr, double counting d_s M_s # e_sr | primary |
/// | `vaxim`, `vaxthird`, `ref` | absorbed by the importer, in third economies, at home | primary |
/// | `vax` | absorbed abroad | residual: vaxim + vaxthird |
///
/// # Assumptions, Errors, Cost
/// As `bm-source`.
///
/// # Differences
/// No other tool implements it. The paper leaves foreign content whole; Borin and Mancini split it (`bm-source`, whose
/// domestic terms are the same).
///
/// # Source
/// Nagengast and Stehrer (2016), <https://doi.org/10.1111/twec.12401>; (2014) ECB Working Paper 1660.
#[derive(Debug)]
pub struct NagengastStehrerSource;

const SOURCE_TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("d_s # e_sr"),
    VAX.residual("vaxim + vaxthird"),
    VAXIM.primary("d_s # (y_sr + A_sr (BY)_rr)"),
    VAX_THIRD.primary("d_s # A_sr Σ_{u≠s,r} (BY)_ru"),
    REF.primary("d_s # A_sr (BY)_rs"),
    DDC.primary("d_s M_s # e_sr"),
    FC.primary("F_s # e_sr"),
];

impl Method for NagengastStehrerSource {
    fn id(&self) -> &'static str {
        "nagengast-stehrer-source"
    }

    fn summary(&self) -> &'static str {
        "bilateral value added by absorber, recorded where it first leaves (Nagengast and Stehrer)"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        SOURCE_TERMS
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
        let absorbed = work.absorbed()?;
        let (exports, finals) = (work.flows().bilateral_exports(), work.flows().bilateral_final_exports());
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let d = multipliers.local[row];
            let by_importer = d * (finals[cell] + absorbed.by_importer[cell]);
            let by_third = d * absorbed.by_third[cell];
            out.copy_from_slice(&[
                work.gexp(row, r),
                multipliers.domestic[row] * exports[cell],
                d * exports[cell],
                by_importer + by_third,
                by_importer,
                by_third,
                d * absorbed.at_home[cell],
                once.domestic_double[row] * exports[cell],
                multipliers.foreign[row] * exports[cell],
            ]);
        }))
    }
}

/// Value added recorded in the flow in which it last leaves its economy: who absorbs it?
///
/// ```text
/// vaxim = D_s # (y_sr + A_sr q_rr)     vaxthird = D_s # A_sr Σ_{u≠s,r} q_ru     ref = D_s # A_sr q_rs
/// (N)    (N)   (N)     (N,N)(N)
/// ```
/// with q of `bm-sink`: output served without `s` exporting once more.
///
/// # Terms
/// The columns of `nagengast-stehrer-source`; `dva` is D_s # (y_sr + A_sr q_r), `ddc` D_s # A_sr x^e_r.
///
/// # Assumptions, Errors, Cost
/// As `bm-sink`.
///
/// # Differences
/// No other tool implements it; the domestic terms are those of `bm-sink`.
///
/// # Source
/// Nagengast and Stehrer (2016), <https://doi.org/10.1111/twec.12401>; (2014) ECB Working Paper 1660.
#[derive(Debug)]
pub struct NagengastStehrerSink;

const SINK_TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("D_s # (y_sr + A_sr q_r)"),
    VAX.residual("vaxim + vaxthird"),
    VAXIM.primary("D_s # (y_sr + A_sr q_rr)"),
    VAX_THIRD.primary("D_s # A_sr Σ_{u≠s,r} q_ru"),
    REF.primary("D_s # A_sr q_rs"),
    DDC.primary("D_s # A_sr x^e_r"),
    FC.primary("F_s # e_sr"),
];

impl Method for NagengastStehrerSink {
    fn id(&self) -> &'static str {
        "nagengast-stehrer-sink"
    }

    fn summary(&self) -> &'static str {
        "bilateral value added by absorber, recorded where it last leaves (Nagengast and Stehrer)"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        SINK_TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        IDENTITIES
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
        let multipliers = work.multipliers();
        let flows = work.sink_flows()?;
        let (exports, finals) = (work.flows().bilateral_exports(), work.flows().bilateral_final_exports());
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let dd = multipliers.domestic[row];
            let by_importer = dd * (finals[cell] + flows.by_importer[cell]);
            let by_third = dd * flows.by_third[cell];
            out.copy_from_slice(&[
                work.gexp(row, r),
                dd * exports[cell],
                dd * (finals[cell] + flows.by_all[cell]),
                by_importer + by_third,
                by_importer,
                by_third,
                dd * flows.at_home[cell],
                dd * flows.exported_again[cell],
                multipliers.foreign[row] * exports[cell],
            ]);
        }))
    }
}
