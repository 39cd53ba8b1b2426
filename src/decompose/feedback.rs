//! Closed forms that replace one global inverse an exporter: what comes back to an economy through others.
//!
//! ```text
//! M_s  =  Σ_{j≠s}  A_sj   B_js                 B_ss = L_ss (I + M_s)
//! (N,N)           (N,N)  (N,N)
//! ```
//! Extracting the intermediate exports of `s` (A_sj = 0 for j ≠ s) changes the global inverse by a matrix of rank N:
//!
//! ```text
//! B^{∤s} = B − B_·s (I + M_s)⁻¹ (B_s· − L_ss [I at s])        v_t B^{∤s}_ts = v_t B_ts (I + M_s)⁻¹,  t ≠ s
//! ```
//! so that one N x N factorisation an exporter serves every perimeter, and A_sr B_rs in place of M_s serves a pair.
//! These identities are tested against real inverses of extracted matrices in `tests/brute_force.rs`.

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::kernel::pivoted::PivotedFactors;
use crate::labels::Axis;
use crate::model::System;
use crate::model::solver::SolveError;

/// M_s of every economy, and I + M_s factorised.
pub(super) struct Feedback {
    matrices: Vec<DMatrix<f64>>,
    factors: Vec<PivotedFactors>,
}

impl Feedback {
    /// # Cost
    /// O(n² N) for all M_s and O(n N²) for the factors, n rows of the table; asks the system for its global inverse.
    pub fn build(system: &System) -> Result<Self, SolveError> {
        let axis = system.axis();
        let inverse = system.global_leontief()?;
        let coefficients = system.input_coefficients();
        let (matrices, factors): (Vec<_>, Vec<_>) = (0..axis.n_economies())
            .into_par_iter()
            .map(|s| {
                let block = axis.block(s);
                let size = block.len();
                let mut matrix = DMatrix::zeros(size, size);
                // Before and after the home block: the home block itself is never added and taken away again.
                for others in [0..block.start, block.end..axis.n_rows()] {
                    if !others.is_empty() {
                        let back = inverse.view((others.start, block.start), (others.len(), size));
                        coefficients.add_block_product(&mut matrix, block.clone(), others, back);
                    }
                }
                let factors = factor_one_plus(&matrix, axis, block.start)?;
                Ok((matrix, factors))
            })
            .collect::<Result<Vec<_>, SolveError>>()?
            .into_iter()
            .unzip();
        Ok(Self { matrices, factors })
    }

    /// M_s.
    pub fn matrix(&self, s: usize) -> &DMatrix<f64> {
        &self.matrices[s]
    }

    /// I + M_s, factorised.
    pub fn factors(&self, s: usize) -> &PivotedFactors {
        &self.factors[s]
    }
}

/// A_sr B_rs: what comes back to `s` through its direct buyer `r`, (N, N).
pub(super) fn pair_loop(system: &System, s: usize, r: usize) -> Result<DMatrix<f64>, SolveError> {
    Ok(system.coefficient_product(s, r, system.global_block(r, s)?))
}

/// I + loop, factorised; `first_row` names the rows in a message.
pub(super) fn factor_one_plus(
    matrix: &DMatrix<f64>,
    axis: &Axis,
    first_row: usize,
) -> Result<PivotedFactors, SolveError> {
    let mut system = matrix.clone();
    for i in 0..system.nrows() {
        system[(i, i)] += 1.0;
    }
    PivotedFactors::factor(system).map_err(|error| SolveError::Singular {
        solver: "extraction",
        row: axis.row_label(first_row + error.index),
        pivot: error.pivot,
    })
}
