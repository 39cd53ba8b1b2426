//! Borin and Mancini, own-flow perimeter: double counted is only what passes through the very flow under study again.

use super::aggregate::Rows;
use super::bm_family::{CITATION, Common, IDENTITIES};
use super::own_flow::Perimeter;
use super::vocabulary::{DAVAX, DC, DDC, DVA, FC, FDC, FVA, GEXP, GVC, GVCB, GVCF, REF, VAX};
use super::{
    Citation, DecomposeError, Decomposition, Identity, Method, Scope, SumOver, Sums, Term, Workspace,
};
use crate::level::Level;

/// How much value added would this flow carry if only what passes through this very flow again were double counted?
///
/// ```text
/// DVA*_sr = D_s z_sr       DDC*_sr = D_s α z_sr       z_sr = (I + α)⁻¹ e_sr
/// FVA*_sr = F_s z_sr       FDC*_sr = F_s α z_sr
///          (1,N)(N)                 (1,N)(N,N)(N)
/// ```
/// | level | the flow | α |
/// |---|---|---|
/// | country | all exports of an economy | M_s, the exporter perimeter |
/// | sector | exports of one sector | (M_s)_ii |
/// | bilateral | exports to one partner | A_sr B_rs |
/// | bilateral-sector | exports of one sector to one partner | (A_sr B_rs)_ii |
///
/// Rows of the same sector of the members of a group are one flow: `ii` are all of them.
///
/// # Terms
/// The columns of `bm-source`. `vax` and `ref` are D_s (I + α)⁻¹ times the parts of e_sr that are absorbed abroad and at
/// home; `davax gvc gvcb gvcf` no perimeter changes.
///
/// # Assumptions, Errors
/// As `bm-source`. Results are **not** additive: the flows of a sector do not add up to the sector, because each has a
/// perimeter of its own. `dva` is at least that of `bm-source` for the sum of the flows.
///
/// # Cost
/// One global inverse (shared), O(n² N) for pairs, O(n N G) otherwise.
///
/// # Differences
/// decompr's bilateral "self" is `bilateral-sector` here; exvatools' partner perspective and gvcAnalyzer's "pure" are
/// `bilateral`. decompr takes `ddc`, `fdc`, `ref` as remainders.
///
/// # Source
/// Borin and Mancini (2023), <https://doi.org/10.1080/09535314.2022.2153221>.
#[derive(Debug)]
pub struct BmSelf;

const TERMS: &[Term] = &[
    GEXP.primary("e_sr"),
    DC.primary("D_s # e_sr"),
    DVA.primary("D_s # z_sr"),
    VAX.primary("D_s # (I + α)⁻¹ (y_sr + A_sr Σ_{u≠s} (BY)_ru)"),
    DAVAX.primary("d_s # (y_sr + A_sr L_rr y_rr)"),
    REF.primary("D_s # (I + α)⁻¹ A_sr (BY)_rs"),
    DDC.primary("D_s # α z_sr"),
    FC.primary("F_s # e_sr"),
    FVA.primary("F_s # z_sr"),
    FDC.primary("F_s # α z_sr"),
    GVC.residual("gexp − davax"),
    GVCB.primary("(F_s + d_s M_s) # e_sr"),
    GVCF.primary("d_s # A_sr L_rr e_r"),
];

impl Method for BmSelf {
    fn id(&self) -> &'static str {
        "bm-self"
    }

    fn summary(&self) -> &'static str {
        "double counted is only what passes through the same flow again (Borin and Mancini, own-flow perimeter)"
    }

    fn citation(&self) -> Citation {
        CITATION
    }

    fn caution(&self) -> Option<&'static str> {
        Some("not additive: every flow has its own perimeter, so finer rows do not add up to coarser ones")
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        IDENTITIES
    }

    fn sums(&self, key: SumOver) -> Sums {
        match key {
            SumOver::Exporter => Sums::OfDecompositions,
            SumOver::Sector | SumOver::Importer => Sums::None {
                reason: "each flow has a perimeter of its own, so that value added in two of them is counted in both",
            },
        }
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
        let multipliers = common.multipliers;
        let own = work.own_flow(match level {
            Level::Country => Perimeter::Country,
            Level::Sector => Perimeter::Sector,
            Level::Bilateral => Perimeter::Pair,
            Level::BilateralSector => Perimeter::Flow,
        })?;
        Ok(Rows::of(self, work, level, scope).sum_cells(|row, r, out| {
            let cell = (row, r);
            let e = common.exports(row, r);
            let (dd, f) = (multipliers.domestic[row], multipliers.foreign[row]);
            let chain = common.chain_trade(row, r);
            out.copy_from_slice(&[
                work.gexp(row, r),
                dd * e,
                dd * own.exports[cell],
                dd * own.absorbed_abroad[cell],
                chain.davax,
                dd * own.returned[cell],
                dd * own.again[cell],
                f * e,
                f * own.exports[cell],
                f * own.again[cell],
                chain.gvc,
                chain.gvcb,
                chain.gvcf,
            ]);
        }))
    }
}
