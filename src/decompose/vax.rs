//! Value-added exports in their three definitions.

use super::aggregate::Rows;
use super::extraction::Extracted;
use super::vocabulary::{VAXC, VAXD, VAXP};
use super::{
    Citation, DecomposeError, Decomposition, Detail, Identity, Method, Scope, SumOver, Sums, Term, Workspace,
};
use crate::blocks;
use crate::level::Level;
use crate::model::solver::Side;

/// How much of an economy's value added depends on foreign demand?
///
/// ```text
/// VAX-C_sr = v_s Σ_k B_sk y_kr       r finally absorbs it
/// VAX-P_sr = v_s B_sr Σ_u y_ru       r completes the final product
/// VAX-D_sr = v_s B_ss (I + A_sr B_rs)⁻¹ e_sr      what s would lose without its exports to r; all partners: v_s L_ss e_s
///           (1,N)(N,N)               (N)
/// ```
/// # Terms
/// `vaxc vaxp vaxd`, primary. All are told by economy and sector of *origin* of the value added; `importer` is the
/// absorber, the economy of the last stage, and the direct partner respectively.
///
/// # Assumptions
/// C and P add up over partners. D does not: at the country and sector levels it is the extraction of *all* exports,
/// v_s L_ss e_s.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// O(n² G) for C and P; the bilateral D needs the global inverse (O(n³), shared) and O(n² N).
///
/// # Differences
/// "Bilateral VAX" means other things elsewhere: Borin and Mancini's and WWZ's are by direct importer. Totals of `vaxc`
/// agree with all of them. VAX ratios (over gross exports) may exceed one for a sector.
///
/// # Source
/// Johnson and Noguera (2012), <https://doi.org/10.1016/j.jinteco.2011.10.003>; Los and Timmer (2018), NBER Working
/// Paper 24896, <https://doi.org/10.3386/w24896>; Los, Timmer and de Vries (2016), <https://doi.org/10.1257/aer.20140883>.
#[derive(Debug)]
pub struct Vax;

const TERMS: &[Term] = &[
    VAXC.primary("v_s # Σ_k B_sk y_kr"),
    VAXP.primary("v_s # B_sr Σ_u y_ru"),
    VAXD.primary("v_s # B_ss (I + A_sr B_rs)⁻¹ e_sr; all partners: v_s # L_ss e_s"),
];

impl Method for Vax {
    fn id(&self) -> &'static str {
        "vax"
    }

    fn summary(&self) -> &'static str {
        "value-added exports by absorber (VAX-C), by last stage (VAX-P) and by extraction (VAX-D)"
    }

    fn citation(&self) -> Citation {
        Citation {
            authors: "Johnson and Noguera (2012); Los and Timmer (2018)",
            work: "Accounting for intermediates, Journal of International Economics 86(2); Measuring bilateral exports \
                   of value added, NBER Working Paper 24896",
            doi: "10.1016/j.jinteco.2011.10.003",
        }
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        &[]
    }

    fn details(&self) -> &'static [Detail] {
        &[]
    }

    fn needs_inverse(&self, level: Level) -> bool {
        level.has_partner()
    }

    fn sums(&self, key: SumOver) -> Sums {
        match key {
            SumOver::Exporter => Sums::OfDecompositions,
            SumOver::Sector => Sums::OfFlow,
            SumOver::Importer => Sums::OfFlowSave {
                terms: &["vaxd"],
                reason: "without the exports to two partners less is lost than the sum",
            },
        }
    }

    fn cost(&self) -> &'static str {
        "O(n² G); bilateral levels O(n³) for the shared global inverse and O(n² N), n = GN"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let absorbed = work.output_by_absorber()?;
        let demand: Vec<f64> = work.flows().final_demand().column_sum().as_slice().to_vec();
        let mut completed = blocks::spread_by_economy(&demand, work.axis());
        work.system().solve_in_place(Side::Direct, &mut completed)?;
        let extracted = Extracted::of(work, level)?;
        let share = work.share();
        Ok(Rows::of(self, work, level, scope).each_unit(|unit, out| {
            for &row in unit.rows {
                for &r in unit.importers {
                    out[0] += share[row] * absorbed[(row, r)];
                    out[1] += share[row] * completed[(row, r)];
                }
                out[2] += share[row] * extracted.lost(row, unit.importers);
            }
        }))
    }
}
