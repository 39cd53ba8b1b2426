//! What is in one unit of exports of each row: everything that depends on A and v.
//!
//! ```text
//! D_s = v_s B_ss      d_s = v_s L_ss      F_s = Σ_{t≠s} v_t B_ts      f_s = F_s (I + M_s)⁻¹ = Σ_{t≠s} v_t B^{∤s}_ts
//! ```
//! One origin alone is the same with v zero elsewhere.

use std::sync::OnceLock;

use nalgebra::{DMatrix, DVectorView};

use super::feedback::Feedback;
use super::others::sums_of_foreign_others;
use crate::labels::Axis;
use crate::model::System;
use crate::model::solver::SolveError;

/// Multipliers of every row, (n_rows) each.
pub(super) struct Multipliers {
    /// v_t B_ts by origin t, (G, n_rows).
    pub by_origin: DMatrix<f64>,
    /// D: domestic content.
    pub domestic: Vec<f64>,
    /// d: domestic value added of domestic chains alone.
    pub local: Vec<f64>,
    /// F: foreign content.
    pub foreign: Vec<f64>,
    counted_once: OnceLock<CountedOnce>,
    crossings: OnceLock<Crossings>,
    by_others: OnceLock<DMatrix<f64>>,
}

/// The exporter perimeter: contents split into what is counted once and what is counted again.
pub(super) struct CountedOnce {
    /// d M: domestic content that has left and come back.
    pub domestic_double: Vec<f64>,
    /// f: foreign value added not yet exported by this economy.
    pub foreign: Vec<f64>,
    /// f M: foreign value added that this economy has exported before.
    pub foreign_double: Vec<f64>,
}

/// Foreign content by how many borders it has crossed.
pub(super) struct Crossings {
    /// Σ_{t≠s} v_t L_tt A_ts L_ss: straight from its origin.
    pub first: Vec<f64>,
    /// Σ_{t≠s} v_t L_tt (Σ_{j≠t,s} A_tj B_js + A_ts (B_ss − L_ss)): by way of another border.
    pub later: Vec<f64>,
}

impl Multipliers {
    /// `share` is v, `by_origin` v_t B_ts.
    pub fn new(system: &System, share: &[f64], by_origin: DMatrix<f64>) -> Result<Self, SolveError> {
        let axis = system.axis();
        let leontief = system.local_leontief()?;
        let mut domestic = vec![0.0; axis.n_rows()];
        let mut foreign = vec![0.0; axis.n_rows()];
        let mut local = Vec::with_capacity(axis.n_rows());
        for s in 0..axis.n_economies() {
            let block = axis.block(s);
            local.extend(leontief[s].tr_mul(&column(&share[block.clone()])).iter());
            for row in block {
                domestic[row] = by_origin[(s, row)];
                foreign[row] = (0..axis.n_economies()).filter(|&t| t != s).map(|t| by_origin[(t, row)]).sum();
            }
        }
        Ok(Self {
            by_origin,
            domestic,
            local,
            foreign,
            counted_once: OnceLock::new(),
            crossings: OnceLock::new(),
            by_others: OnceLock::new(),
        })
    }

    /// Σ over t ≠ s, r of v_t B_ts by r, (n_rows, G): content from neither the exporter nor one of its partners.
    ///
    /// # Cost
    /// O(n G), once.
    pub fn by_others(&self, axis: &Axis) -> &DMatrix<f64> {
        self.by_others.get_or_init(|| sums_of_foreign_others(&self.by_origin, axis))
    }

    /// The exporter perimeter.
    ///
    /// # Cost
    /// O(n N): two products and one solve an exporter.
    pub fn counted_once(&self, system: &System, feedback: &Feedback) -> &CountedOnce {
        self.counted_once.get_or_init(|| {
            let axis = system.axis();
            let mut once = CountedOnce {
                domestic_double: Vec::with_capacity(axis.n_rows()),
                foreign: Vec::with_capacity(axis.n_rows()),
                foreign_double: Vec::with_capacity(axis.n_rows()),
            };
            for s in 0..axis.n_economies() {
                let block = axis.block(s);
                let matrix = feedback.matrix(s);
                once.domestic_double.extend(matrix.tr_mul(&column(&self.local[block.clone()])).iter());
                let mut foreign = DMatrix::from_column_slice(block.len(), 1, &self.foreign[block]);
                feedback.factors(s).solve_transpose_in_place(&mut foreign);
                once.foreign_double.extend(matrix.tr_mul(&foreign).iter());
                once.foreign.extend(foreign.iter());
            }
            once
        })
    }

    /// Foreign content by crossings.
    ///
    /// # Cost
    /// O(n²).
    pub fn crossings(&self, system: &System, feedback: &Feedback) -> Result<&Crossings, SolveError> {
        crate::model::get_or_try_init(&self.crossings, || {
            let axis = system.axis();
            let economies = axis.n_economies();
            let leontief = system.local_leontief()?;
            let inverse = system.global_leontief()?;
            // g_tj = w_t A_tj with w_t = v_t L_tt; rows t, columns j.
            let mut delivered = DMatrix::zeros(economies, axis.n_rows());
            for t in 0..economies {
                let weights = column(&self.local[axis.block(t)]);
                let weights = DMatrix::from_column_slice(weights.len(), 1, weights.as_slice());
                let row = system.input_coefficients().transpose_multiply_block(
                    axis.block(t),
                    0..axis.n_rows(),
                    weights.as_view(),
                );
                delivered.set_row(t, &row.transpose().row(0));
            }
            let by_others = sums_of_foreign_others(&delivered, axis);
            let mut crossings = Crossings {
                first: Vec::with_capacity(axis.n_rows()),
                later: Vec::with_capacity(axis.n_rows()),
            };
            for s in 0..economies {
                let block = axis.block(s);
                // Imports of j from every origin but s and j itself; j = s: from every origin but s.
                let received = by_others.column(s);
                let first = leontief[s].tr_mul(&received.rows_range(block.clone()));
                let mut later = feedback.matrix(s).tr_mul(&first);
                for others in [0..block.start, block.end..axis.n_rows()] {
                    later += inverse
                        .view((others.start, block.start), (others.len(), block.len()))
                        .tr_mul(&received.rows_range(others));
                }
                crossings.first.extend(first.iter());
                crossings.later.extend(later.iter());
            }
            Ok(crossings)
        })
    }
}

/// A slice as a column vector, without copying.
pub(super) fn column(values: &[f64]) -> DVectorView<'_, f64> {
    DVectorView::from_slice(values, values.len())
}
