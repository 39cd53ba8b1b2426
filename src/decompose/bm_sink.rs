//! Borin and Mancini, exporter perimeter, sink approach: value counted where it last leaves its economy.

use super::aggregate::Rows;
use super::bm_family::{CITATION, Common, IDENTITIES};
use super::vocabulary::{DAVAX, DC, DDC, DVA, FC, FDC, FVA, GEXP, GVC, GVCB, GVCF, REF, VAX, VAXIM};
use super::{Citation, DecomposeError, Decomposition, Identity, Method, Scope, Term, Workspace};
use crate::level::Level;

/// How much of a flow of exports is value added that leaves its economy for the last time in this flow?
///
/// ```text
/// DVA_sr = D_s # (y_sr + A_sr q_r)          q   = B^{∤s} Ỹ = B Y − B_·s (I + M_s)⁻¹ e_s(u)
/// DDC_sr = D_s # A_sr x^e_r                 x^e = B_·s (I + M_s)⁻¹ e_s
/// (N)     (N)   (N,N)(N)                          (n,N) (N,N)   (N)
/// ```
/// q_r(u) is the output of `r` for the final demand of `u` that is served without `s` exporting once more; Ỹ is Y without
/// the final exports of `s`, e_s(u) the exports of `s` that end in `u`.
///
/// # Terms
/// | column | meaning | kind | equation |
/// |---|---|---|---|
/// | `gexp`, `dc`, `fc` | as `bm-source` | primary | e_sr, D_s # e_sr, F_s # e_sr |
/// | `dva` | domestic value added | primary | D_s # (y_sr + A_sr q_r) |
/// | `vax` | ... absorbed abroad | primary | D_s # (y_sr + A_sr Σ_{u≠s} q_ru) |
/// | `vaxim` | ... by the importer | primary | D_s # (y_sr + A_sr q_rr) |
/// | `davax`, `gvc`, `gvcb`, `gvcf` | as `bm-source` | | what crosses one border is the same under both approaches |
/// | `ref` | ... that returns home | primary | D_s # A_sr q_rs |
/// | `ddc`, `fdc` | double counting | primary | D_s # A_sr x^e_r, F_s # A_sr x^e_r |
/// | `fva` | foreign value added | primary | F_s # (y_sr + A_sr q_r) |
///
/// `davax` ≤ `vaxim` ≤ `vax` in every flow of a table without negative entries.
///
/// # Assumptions, Errors
/// As [`super::METHODS`]' `bm-source`.
///
/// # Cost
/// As `bm-source` plus O(n² G) for exports by final absorber.
///
/// # Differences
/// decompr takes `ddc`, `fdc` and `ref` as remainders. Totals of an exporter equal those of `bm-source`; flows differ.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
#[derive(Debug)]
pub struct BmSink;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("D_s # (y_sr + A_sr q_r)"),
    VAX.primary("D_s # (y_sr + A_sr Σ_{u≠s} q_ru)"),
    VAXIM.primary("D_s # (y_sr + A_sr q_rr)"),
    DAVAX.primary("d_s # (y_sr + A_sr L_rr y_rr)"),
    REF.primary("D_s # A_sr q_rs"),
    DDC.primary("D_s # A_sr x^e_r"),
    FC.primary("F_s # e_sr"),
    FVA.primary("F_s # (y_sr + A_sr q_r)"),
    FDC.primary("F_s # A_sr x^e_r"),
    GVC.residual("gexp − davax"),
    GVCB.primary("(F_s + d_s M_s) # e_sr"),
    GVCF.primary("d_s # A_sr L_rr e_r"),
];

impl Method for BmSink {
    fn id(&self) -> &'static str {
        "bm-sink"
    }

    fn summary(&self) -> &'static str {
        "value added in exports counted once, where it last leaves (Borin and Mancini, exporter perimeter)"
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
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let (e, y) = (common.exports(row, r), common.final_exports(row, r));
            let (dd, f) = (multipliers.domestic[row], multipliers.foreign[row]);
            let chain = common.chain_trade(row, r);
            out.copy_from_slice(&[
                work.gexp(row, r),
                dd * e,
                dd * (y + flows.by_all[cell]),
                dd * (y + flows.by_importer[cell] + flows.by_third[cell]),
                dd * (y + flows.by_importer[cell]),
                chain.davax,
                dd * flows.at_home[cell],
                dd * flows.exported_again[cell],
                f * e,
                f * (y + flows.by_all[cell]),
                f * flows.exported_again[cell],
                chain.gvc,
                chain.gvcb,
                chain.gvcf,
            ]);
        }))
    }
}
