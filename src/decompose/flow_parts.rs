//! Where one cell of exports goes: everything that depends on A and Y. All are (n_rows, G) by row and importer, zero at
//! home, and sums over them are exports again.

use std::sync::OnceLock;

use nalgebra::{DMatrix, DVector, DVectorView};
use rayon::prelude::*;

use super::Workspace;
use super::bm_imports::ImportFlows;
use super::others::sums_of_others;
use super::own_flow::{OwnFlow, Perimeter};
use super::reexport_flows::{ReexportedFinals, ReexportedInputs, SinkReexportedInputs};
use super::wwz_flows::WwzFlows;
use crate::kernel::dense;
use crate::model::solver::SolveError;
use crate::model::{System, get_or_try_init};

/// A matrix by row of the table and importer.
pub(super) type Cells = DMatrix<f64>;

/// What the buyer makes of an intermediate, domestic rounds only.
pub(super) struct LocalUse {
    /// A_sr L_rr y_rr: ends in the buyer's own final demand.
    pub absorbed: Cells,
    /// A_sr L_rr e_r: is exported on.
    pub reexported: Cells,
}

/// Who finally absorbs an intermediate export, after any number of borders: A_sr (B Y)_ru.
pub(super) struct Absorbed {
    /// u = r.
    pub by_importer: Cells,
    /// Σ over u ≠ s, r.
    pub by_third: Cells,
    /// u = s.
    pub at_home: Cells,
}

/// The same, before the exporter's products are exported once more (sink: last crossing).
pub(super) struct SinkFlows {
    /// A_sr q_rr.
    pub by_importer: Cells,
    /// A_sr Σ q_ru over u ≠ s, r.
    pub by_third: Cells,
    /// A_sr q_rs.
    pub at_home: Cells,
    /// A_sr q_r, all absorbers.
    pub by_all: Cells,
    /// A_sr x^e_r: what the exporter exports again.
    pub exported_again: Cells,
}

/// The buyer's re-exports A_sr L_rr e_r, split by what its customers do.
pub(super) struct ReexportsCorrected {
    /// A_sr L_rr Σ_{j≠r} (y_rj + A_rj L_jj y_jj): they absorb it.
    pub absorbed_next: Cells,
    /// A_sr L_rr Σ_{j≠r} A_rj L_jj e_j: they export it on.
    pub exported_on: Cells,
}

/// All flows of a model, each computed when first asked for.
#[derive(Default)]
pub(super) struct FlowParts {
    output_by_absorber: OnceLock<DMatrix<f64>>,
    local_use: OnceLock<LocalUse>,
    absorbed: OnceLock<Absorbed>,
    cleared: OnceLock<Vec<Cleared>>,
    sink: OnceLock<SinkFlows>,
    reexported_finals: OnceLock<ReexportedFinals>,
    reexported_inputs: OnceLock<ReexportedInputs>,
    sink_reexported_inputs: OnceLock<SinkReexportedInputs>,
    corrected: OnceLock<ReexportsCorrected>,
    wwz: OnceLock<WwzFlows>,
    imports: OnceLock<ImportFlows>,
    own_country: OnceLock<OwnFlow>,
    own_sector: OnceLock<OwnFlow>,
    own_pair: OnceLock<OwnFlow>,
    own_flow: OnceLock<OwnFlow>,
}

impl FlowParts {
    /// Flows whose B Y is known already.
    pub fn with_output_by_absorber(output: DMatrix<f64>) -> Self {
        Self { output_by_absorber: OnceLock::from(output), ..Self::default() }
    }

    pub fn output_by_absorber(&self) -> Option<&DMatrix<f64>> {
        self.output_by_absorber.get()
    }

    pub fn local_use(&self, work: &Workspace) -> Result<&LocalUse, SolveError> {
        get_or_try_init(&self.local_use, || {
            let leontief = work.system().local_leontief()?;
            let (demand, exports) = (work.flows().final_demand(), work.flows().gross_exports());
            let [absorbed, reexported] = through_buyers(work.system(), |r| {
                let block = work.axis().block(r);
                let mut sales = DMatrix::zeros(block.len(), 2);
                sales.set_column(0, &demand.column(r).rows_range(block.clone()));
                sales.column_mut(1).copy_from_slice(&exports[block]);
                &leontief[r] * sales
            });
            Ok(LocalUse { absorbed, reexported })
        })
    }

    pub fn absorbed(&self, work: &Workspace) -> Result<&Absorbed, SolveError> {
        get_or_try_init(&self.absorbed, || {
            let output = work.output_by_absorber()?;
            let [by_importer, by_third, at_home] = through_pairs(work.system(), |r| {
                let by_absorber = output.rows_range(work.axis().block(r)).into_owned();
                let third = sums_of_others(&by_absorber, r);
                move |s| split_absorbers(&by_absorber, third.column(s), s, r)
            });
            Ok(Absorbed { by_importer, by_third, at_home })
        })
    }

    /// What `SinkFlows` and `SinkReexportedInputs` share.
    fn cleared(&self, work: &Workspace) -> Result<&Vec<Cleared>, SolveError> {
        get_or_try_init(&self.cleared, || Cleared::of_all(work))
    }

    pub fn sink(&self, work: &Workspace) -> Result<&SinkFlows, SolveError> {
        get_or_try_init(&self.sink, || SinkFlows::of(work, self.cleared(work)?))
    }

    pub fn reexported_finals(&self, work: &Workspace) -> Result<&ReexportedFinals, SolveError> {
        get_or_try_init(&self.reexported_finals, || ReexportedFinals::of(work))
    }

    pub fn reexported_inputs(&self, work: &Workspace) -> Result<&ReexportedInputs, SolveError> {
        get_or_try_init(&self.reexported_inputs, || ReexportedInputs::of(work))
    }

    pub fn sink_reexported_inputs(&self, work: &Workspace) -> Result<&SinkReexportedInputs, SolveError> {
        get_or_try_init(&self.sink_reexported_inputs, || SinkReexportedInputs::of(work, self.cleared(work)?))
    }

    pub fn corrected(&self, work: &Workspace) -> Result<&ReexportsCorrected, SolveError> {
        get_or_try_init(&self.corrected, || {
            let leontief = work.system().local_leontief()?;
            let LocalUse { absorbed, reexported } = work.local_use()?;
            let final_exports = work.flows().bilateral_final_exports();
            let [absorbed_next, exported_on] = through_buyers(work.system(), |r| {
                let block = work.axis().block(r);
                let mut sales = DMatrix::zeros(block.len(), 2);
                for (position, row) in block.enumerate() {
                    sales[(position, 0)] = final_exports.row(row).sum() + absorbed.row(row).sum();
                    sales[(position, 1)] = reexported.row(row).sum();
                }
                &leontief[r] * sales
            });
            Ok(ReexportsCorrected { absorbed_next, exported_on })
        })
    }

    pub fn wwz(&self, work: &Workspace) -> Result<&WwzFlows, SolveError> {
        get_or_try_init(&self.wwz, || WwzFlows::of(work))
    }

    pub fn imports(&self, work: &Workspace) -> Result<&ImportFlows, SolveError> {
        get_or_try_init(&self.imports, || ImportFlows::of_all(work))
    }

    pub fn own_flow(&self, work: &Workspace, perimeter: Perimeter) -> Result<&OwnFlow, SolveError> {
        let cell = match perimeter {
            Perimeter::Country => &self.own_country,
            Perimeter::Sector => &self.own_sector,
            Perimeter::Pair => &self.own_pair,
            Perimeter::Flow => &self.own_flow,
        };
        get_or_try_init(cell, || OwnFlow::of(work, perimeter))
    }
}

impl SinkFlows {
    /// With C_s(u) = (I + M_s)⁻¹ e_s(u), e_s(u) the exports of `s` that end in economy `u`:
    ///
    /// ```text
    /// q_r(u) = (B Y)_ru − B_rs C_s(u)            x^e_r = B_rs (I + M_s)⁻¹ e_s
    /// ```
    /// q = B^{∤s} applied to final demand without the exporter's final exports.
    fn of(work: &Workspace, cleared: &[Cleared]) -> Result<Self, SolveError> {
        let (axis, system) = (work.axis(), work.system());
        let output = work.output_by_absorber()?;
        let inverse = system.global_leontief()?;
        let [by_importer, by_third, at_home, by_all, exported_again] = through_pairs(system, |r| {
            let block = axis.block(r);
            let made = output.rows_range(block.clone()).into_owned();
            let (third, all) = (sums_of_others(&made, r), made.column_sum());
            move |s| {
                let exporter = axis.block(s);
                let of = &cleared[s];
                let mut left = DMatrix::zeros(exporter.len(), 5);
                left.columns_mut(0, 3).copy_from(&split_absorbers(&of.by_absorber, of.third.column(r), s, r));
                left.set_column(3, &of.all);
                left.set_column(4, &-&of.exports);
                let gone = dense::multiply(
                    inverse.view((block.start, exporter.start), (block.len(), exporter.len())),
                    left.as_view(),
                );
                let mut kept = DMatrix::zeros(block.len(), 5);
                kept.columns_mut(0, 3).copy_from(&split_absorbers(&made, third.column(s), s, r));
                kept.set_column(3, &all);
                kept - gone
            }
        });
        Ok(Self { by_importer, by_third, at_home, by_all, exported_again })
    }
}

/// What (I + M_s)⁻¹ leaves of one exporter's sales, by row.
pub(super) struct Cleared {
    /// Exports by final absorber, (N, G).
    pub by_absorber: DMatrix<f64>,
    /// Their sums over all but the exporter and one other, (N, G) by that other.
    third: DMatrix<f64>,
    /// Their sums over all absorbers.
    all: DVector<f64>,
    /// Gross exports.
    pub exports: DVector<f64>,
}

impl Cleared {
    /// Of every exporter.
    ///
    /// # Cost
    /// O(n² G) for exports by absorber.
    fn of_all(work: &Workspace) -> Result<Vec<Self>, SolveError> {
        let (axis, economies) = (work.axis(), work.axis().n_economies());
        let output = work.output_by_absorber()?;
        let feedback = work.feedback()?;
        let demand = work.flows().final_demand();
        let coefficients = work.system().input_coefficients();
        let of = |s: usize| {
            let block = axis.block(s);
            let mut exports = demand.rows_range(block.clone()).into_owned();
            exports.column_mut(s).fill(0.0);
            for others in [0..block.start, block.end..axis.n_rows()] {
                if !others.is_empty() {
                    let made = output.rows_range(others.clone());
                    coefficients.add_block_product(&mut exports, block.clone(), others, made);
                }
            }
            let mut sales = exports.insert_column(economies, 0.0);
            sales.column_mut(economies).copy_from_slice(&work.flows().gross_exports()[block]);
            feedback.factors(s).solve_in_place(&mut sales);
            let exports = sales.column(economies).into_owned();
            let by_absorber = sales.remove_column(economies);
            Self {
                third: sums_of_others(&by_absorber, s),
                all: by_absorber.column_sum(),
                by_absorber,
                exports,
            }
        };
        Ok((0..economies).into_par_iter().map(of).collect())
    }
}

/// What the importer r absorbs, what third economies do (summed up already), and what the exporter s does.
fn split_absorbers(
    by_absorber: &DMatrix<f64>,
    third: DVectorView<'_, f64>,
    s: usize,
    r: usize,
) -> DMatrix<f64> {
    DMatrix::from_columns(&[by_absorber.column(r), third, by_absorber.column(s)])
}

/// A_sr times columns that depend on the buyer r alone.
pub(super) fn through_buyers<const K: usize>(
    system: &System,
    columns: impl Fn(usize) -> DMatrix<f64> + Sync,
) -> [Cells; K] {
    let axis = system.axis();
    let by_buyer: Vec<DMatrix<f64>> = (0..axis.n_economies())
        .into_par_iter()
        .map(|r| {
            let block = axis.block(r);
            let coefficients = system.input_coefficients();
            let mut product =
                coefficients.multiply_block(0..axis.n_rows(), block.clone(), columns(r).as_view());
            product.rows_range_mut(block).fill(0.0);
            product
        })
        .collect();
    gather(&by_buyer, axis.n_rows())
}

/// A_sr times columns that depend on seller s and buyer r: what all sellers to a buyer share is made once a buyer.
pub(super) fn through_pairs<const K: usize, C: Fn(usize) -> DMatrix<f64>>(
    system: &System,
    columns_of_buyer: impl Fn(usize) -> C + Sync,
) -> [Cells; K] {
    let axis = system.axis();
    let by_buyer: Vec<DMatrix<f64>> = (0..axis.n_economies())
        .into_par_iter()
        .map(|r| {
            let columns = columns_of_buyer(r);
            let mut product = DMatrix::zeros(axis.n_rows(), K);
            for s in (0..axis.n_economies()).filter(|&s| s != r) {
                let cell = system.coefficient_product(s, r, columns(s).as_view());
                product.rows_range_mut(axis.block(s)).copy_from(&cell);
            }
            product
        })
        .collect();
    gather(&by_buyer, axis.n_rows())
}

/// K columns a buyer to K matrices with one column a buyer.
fn gather<const K: usize>(by_buyer: &[DMatrix<f64>], rows: usize) -> [Cells; K] {
    std::array::from_fn(|k| {
        let mut cells = DMatrix::zeros(rows, by_buyer.len());
        for (r, product) in by_buyer.iter().enumerate() {
            cells.set_column(r, &product.column(k));
        }
        cells
    })
}
