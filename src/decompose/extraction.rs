//! Los, Timmer and de Vries: value added in exports as what would be missing without them.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::aggregate::Rows;
use super::feedback::{factor_one_plus, pair_loop};
use super::multipliers::column;
use super::vocabulary::{VA, VA_LEFT, VAXD};
use super::{
    Citation, DecomposeError, Decomposition, Detail, Identity, Method, Scope, SumOver, Sums, Term, Workspace,
};
use crate::kernel::dense;
use crate::level::Level;
use crate::model::solver::SolveError;

/// How much value added would an economy lose if it did not export (to this partner)?
///
/// ```text
/// VAX-D = v_s x_s − v_s x*_s        x* solves the world without A_sr and y_sr
///
/// one partner:   lost x_s − x*_s = B_ss (I + A_sr B_rs)⁻¹ e_sr
///                left x*_s       = L_ss (y_ss + Σ_{t≠s,r} (A_st x*_t + y_st))
///                     x*_t       = x_t − B_ts (y_sr + (I + A_sr B_rs)⁻¹ A_sr (x_r − B_rs y_sr))
/// all partners:  lost            = L_ss e_s          left = L_ss y_ss
/// ```
/// # Terms
/// | column | meaning | kind |
/// |---|---|---|
/// | `vaxd` | value added lost | primary |
/// | `va_left` | value added left | primary |
/// | `va` | value added | primary: v_s # x_s |
///
/// Told by sector of origin of the value added. `va` and `va_left` do not depend on whether rows have an importer: they
/// must not be added up over partners.
///
/// # Assumptions
/// Buyers do not replace what they no longer get: an upper bound by construction of the thought experiment.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// Country and sector: O(n N). Bilateral: the global inverse (O(n³), shared) and O(n² (N + G)), one N x N factorisation a pair
/// in place of one n x n inverse a pair.
///
/// # Differences
/// Equal to `dva` of Borin and Mancini: exporter perimeter for all partners, own pair for one.
///
/// # Source
/// Los, Timmer and de Vries (2016), American Economic Review 106(7), <https://doi.org/10.1257/aer.20140883>.
#[derive(Debug)]
pub struct Extraction;

const TERMS: &[Term] = &[
    VAXD.primary("v_s # B_ss (I + A_sr B_rs)⁻¹ e_sr; all partners: v_s # L_ss e_s"),
    VA_LEFT.primary("v_s # x*_s"),
    VA.primary("v_s # x_s"),
];

impl Method for Extraction {
    fn id(&self) -> &'static str {
        "extraction"
    }

    fn summary(&self) -> &'static str {
        "value added lost without the exports (hypothetical extraction, Los, Timmer and de Vries)"
    }

    fn citation(&self) -> Citation {
        Citation {
            authors: "Los, Timmer and de Vries (2016)",
            work: "Tracing Value-Added and Double Counting in Gross Exports: Comment, American Economic Review 106(7)",
            doi: "10.1257/aer.20140883",
        }
    }

    fn caution(&self) -> Option<&'static str> {
        Some(
            "not additive over partners: without its exports to two partners an economy loses less than the sum",
        )
    }

    fn terms(&self, _level: Level) -> &'static [Term] {
        TERMS
    }

    fn identities(&self, _level: Level) -> &'static [Identity] {
        const SUM: &[Identity] = &[Identity::new("va = vaxd + va_left", "va", &["vaxd", "va_left"])];
        SUM
    }

    fn details(&self) -> &'static [Detail] {
        &[]
    }

    fn needs_inverse(&self, level: Level) -> bool {
        matches!(level, Level::Bilateral | Level::BilateralSector)
    }

    fn sums(&self, key: SumOver) -> Sums {
        match key {
            SumOver::Exporter => Sums::OfDecompositions,
            SumOver::Sector => Sums::OfFlow,
            SumOver::Importer => Sums::None {
                reason: "the exports to one partner are extracted in each, and without two partners less is lost than the sum",
            },
        }
    }

    fn cost(&self) -> &'static str {
        "O(n N); bilateral levels O(n³) for the shared global inverse and O(n² N), n = GN"
    }

    fn compute(
        &self,
        work: &Workspace,
        level: Level,
        scope: &Scope,
    ) -> Result<Decomposition, DecomposeError> {
        let extracted = Extracted::of(work, level)?;
        let (share, output) = (work.share(), work.flows().gross_output());
        Ok(Rows::of(self, work, level, scope).each_unit(|unit, out| {
            for &row in unit.rows {
                out[0] += share[row] * extracted.lost(row, unit.importers);
                out[1] += share[row] * extracted.left(row, unit.importers);
                out[2] += share[row] * output[row];
            }
        }))
    }
}

/// Output lost and left by row: without any exports, or without those to one partner.
pub(super) enum Extracted {
    /// (n_rows) each.
    AllPartners { lost: Vec<f64>, left: Vec<f64> },
    /// (n_rows, G) each.
    OnePartner { lost: DMatrix<f64>, left: DMatrix<f64> },
}

impl Extracted {
    /// The extraction that a level asks for.
    pub fn of(work: &Workspace, level: Level) -> Result<Self, SolveError> {
        match level {
            Level::Country | Level::Sector => Self::all_partners(work),
            Level::Bilateral | Level::BilateralSector => Self::one_partner(work),
        }
    }

    /// Output of a row that is lost without the exports to these importers.
    pub fn lost(&self, row: usize, importers: &[usize]) -> f64 {
        match self {
            Self::AllPartners { lost, .. } => lost[row],
            Self::OnePartner { lost, .. } => importers.iter().map(|&r| lost[(row, r)]).sum(),
        }
    }

    /// Output of a row that is left.
    pub fn left(&self, row: usize, importers: &[usize]) -> f64 {
        match self {
            Self::AllPartners { left, .. } => left[row],
            Self::OnePartner { left, .. } => importers.iter().map(|&r| left[(row, r)]).sum(),
        }
    }

    fn all_partners(work: &Workspace) -> Result<Self, SolveError> {
        let axis = work.axis();
        let (mut lost, mut left) = (Vec::new(), Vec::new());
        for (s, inverse) in work.system().local_leontief()?.iter().enumerate() {
            let block = axis.block(s);
            let demand = work.flows().final_demand().column(s);
            left.extend((inverse * demand.rows_range(block.clone())).iter());
            lost.extend((inverse * column(&work.flows().gross_exports()[block])).iter());
        }
        Ok(Self::AllPartners { lost, left })
    }

    fn one_partner(work: &Workspace) -> Result<Self, SolveError> {
        let (axis, system) = (work.axis(), work.system());
        let economies = axis.n_economies();
        let output = column(work.flows().gross_output());
        let inverse = system.global_leontief()?;
        let (exports, finals) = (work.flows().bilateral_exports(), work.flows().bilateral_final_exports());
        let (demand, leontief) = (work.flows().final_demand(), system.local_leontief()?);
        let by_exporter: Vec<(DMatrix<f64>, DMatrix<f64>)> = (0..economies)
            .into_par_iter()
            .map(|s| {
                let home = axis.block(s);
                let own = inverse.view((home.start, home.start), (home.len(), home.len()));
                let mut lost = DMatrix::zeros(home.len(), economies);
                // Column r: exports of `s` that the world without A_sr and y_sr does without.
                let mut missing = DMatrix::zeros(home.len(), economies);
                for r in (0..economies).filter(|&r| r != s) {
                    let abroad = axis.block(r);
                    let returning = inverse.view((abroad.start, home.start), (abroad.len(), home.len()));
                    let finals = finals.column(r).rows_range(home.clone()).into_owned();
                    let users = output.rows_range(abroad) - returning * &finals;
                    let mut sales = DMatrix::zeros(home.len(), 2);
                    sales.set_column(0, &exports.column(r).rows_range(home.clone()));
                    sales.set_column(1, &system.coefficient_product(s, r, users.as_view()).column(0));
                    factor_one_plus(&pair_loop(system, s, r)?, axis, home.start)?.solve_in_place(&mut sales);
                    lost.set_column(r, &(own * sales.column(0)));
                    missing.set_column(r, &(finals + sales.column(1)));
                }
                // x* of all other economies, then what `s` makes for them and for itself.
                let mut world = -dense::multiply(inverse.columns_range(home.clone()), missing.as_view());
                for (r, mut column) in world.column_iter_mut().enumerate() {
                    column += &output;
                    column.rows_range_mut(home.clone()).fill(0.0);
                    column.rows_range_mut(axis.block(r)).fill(0.0);
                }
                let coefficients = system.input_coefficients();
                let mut sales = coefficients.multiply_block(home.clone(), 0..axis.n_rows(), world.as_view());
                for (r, mut column) in sales.column_iter_mut().enumerate() {
                    for t in (0..economies).filter(|&t| t != r) {
                        column += demand.column(t).rows_range(home.clone());
                    }
                }
                let mut left = &leontief[s] * sales;
                left.column_mut(s).fill(0.0);
                Ok((lost, left))
            })
            .collect::<Result<_, SolveError>>()?;
        let mut lost = DMatrix::zeros(axis.n_rows(), economies);
        let mut left = DMatrix::zeros(axis.n_rows(), economies);
        for (s, (gone, kept)) in by_exporter.iter().enumerate() {
            lost.rows_range_mut(axis.block(s)).copy_from(gone);
            left.rows_range_mut(axis.block(s)).copy_from(kept);
        }
        Ok(Self::OnePartner { lost, left })
    }
}
