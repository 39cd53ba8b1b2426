//! The eight flows of Wang, Wei and Zhu: where an intermediate export goes, told by the blocks of the global inverse.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::Workspace;
use super::flow_parts::{Cells, through_pairs};
use super::others::sums_of_others;
use crate::kernel::dense;
use crate::model::solver::SolveError;

/// A_sr times ... (r the importer, s the exporter, t any third economy).
pub(super) struct WwzFlows {
    /// B_rr y_rr.
    pub by_importer: Cells,
    /// Σ_t B_rt y_tt.
    pub by_third: Cells,
    /// B_rr Σ_t y_rt.
    pub final_to_third: Cells,
    /// Σ_t B_rt Σ_{u≠s,t} y_tu.
    pub through_third: Cells,
    /// B_rr y_rs.
    pub home_in_final: Cells,
    /// Σ_t B_rt y_ts.
    pub home_in_final_of_third: Cells,
    /// B_rs y_ss.
    pub home_in_intermediates: Cells,
    /// B_rs Σ_{t≠s} y_st.
    pub exported_as_final: Cells,
}

/// Products that the pairs share.
struct Shared {
    /// Column t: B_·t y_tt.
    own: DMatrix<f64>,
    /// Column t: B_·t Σ_{u≠t} y_tu.
    foreign: DMatrix<f64>,
    /// Column s: Σ_{t≠s} B_·t y_ts.
    imported: DMatrix<f64>,
    /// Rows r: B_rr y_ru by u.
    local: DMatrix<f64>,
}

impl WwzFlows {
    /// # Cost
    /// O(n² G) for B times final demand, O(n²) for the pairs.
    pub fn of(work: &Workspace) -> Result<Self, SolveError> {
        let (axis, system) = (work.axis(), work.system());
        let shared = Shared::of(work)?;
        let [
            by_importer,
            by_third,
            final_to_third,
            through_third,
            home_in_final,
            home_in_final_of_third,
            home_in_intermediates,
            exported_as_final,
        ] = through_pairs(system, |r| {
            let rows = axis.block(r);
            let of = |all: &DMatrix<f64>| all.rows_range(rows.clone()).into_owned();
            let (own, foreign, local) = (of(&shared.own), of(&shared.foreign), of(&shared.local));
            // What third economies sell to s: all importers' sales to s but those of r itself.
            let to_exporter = of(&shared.imported) - &local;
            let [own_of_third, foreign_of_third, local_of_third] =
                [&own, &foreign, &local].map(|columns| sums_of_others(columns, r));
            move |s| {
                DMatrix::from_columns(&[
                    local.column(r),
                    own_of_third.column(s),
                    local_of_third.column(s),
                    (foreign_of_third.column(s) - to_exporter.column(s)).column(0),
                    local.column(s),
                    to_exporter.column(s),
                    own.column(s),
                    foreign.column(s),
                ])
            }
        });
        Ok(Self {
            by_importer,
            by_third,
            final_to_third,
            through_third,
            home_in_final,
            home_in_final_of_third,
            home_in_intermediates,
            exported_as_final,
        })
    }

    /// The parts of `by_third`, `final_to_third`, `through_third` and `home_in_final_of_third` that go by way of one
    /// third economy, in this order.
    ///
    /// # Cost
    /// O(n N G + n²) a third economy.
    pub fn of_third(work: &Workspace, third: usize) -> Result<[Cells; 4], SolveError> {
        let (axis, system) = (work.axis(), work.system());
        let demand = work.flows().final_demand();
        let inverse = system.global_leontief()?;
        let block = axis.block(third);
        // Column u: B_·t y_tu.
        let sales = dense::multiply(inverse.columns_range(block.clone()), demand.rows_range(block));
        Ok(through_pairs(system, |r| {
            let rows = axis.block(r);
            let from_third = sales.rows_range(rows.clone()).into_owned();
            let local = inverse.view((rows.start, rows.start), (rows.len(), rows.len()));
            let final_to_third = local * demand.column(third).rows_range(rows.clone());
            let to_others = sums_of_others(&from_third, third);
            move |s| {
                if s == third || r == third {
                    return DMatrix::zeros(rows.len(), 4);
                }
                DMatrix::from_columns(&[
                    from_third.column(third),
                    final_to_third.column(0),
                    to_others.column(s),
                    from_third.column(s),
                ])
            }
        }))
    }
}

impl Shared {
    fn of(work: &Workspace) -> Result<Self, SolveError> {
        let (axis, system) = (work.axis(), work.system());
        let inverse = system.global_leontief()?;
        let demand = work.flows().final_demand();
        let final_exports = work.flows().bilateral_final_exports();
        let n = axis.n_rows();
        let by_seller: Vec<(DMatrix<f64>, DMatrix<f64>)> = (0..axis.n_economies())
            .into_par_iter()
            .map(|t| {
                let block = axis.block(t);
                let mut sales = DMatrix::zeros(block.len(), 2);
                sales.set_column(0, &demand.column(t).rows_range(block.clone()));
                sales.set_column(1, &final_exports.rows_range(block.clone()).column_sum());
                let spread = dense::multiply(inverse.columns_range(block.clone()), sales.as_view());
                let home = inverse.view((block.start, block.start), (block.len(), block.len()));
                (spread, dense::multiply(home, demand.rows_range(block)))
            })
            .collect();
        let mut own = DMatrix::zeros(n, axis.n_economies());
        let mut foreign = DMatrix::zeros(n, axis.n_economies());
        let mut local = DMatrix::zeros(n, axis.n_economies());
        for (t, (spread, home)) in by_seller.iter().enumerate() {
            own.set_column(t, &spread.column(0));
            foreign.set_column(t, &spread.column(1));
            local.rows_range_mut(axis.block(t)).copy_from(home);
        }
        let imported = dense::multiply(inverse.as_view(), final_exports.as_view());
        Ok(Self { own, foreign, imported, local })
    }
}
