//! Variance of a measure to first order, cell by cell: what the draws find by trying, without drawing.
//!
//! Independent relative errors h_ij (variance τ² = exp(sd²) − 1) change the flows and balancing takes part of the change
//! back. To first order balancing adds one number a row and one a column in proportion to the size of the cells,
//!
//! ```text
//! dz_ij = z_ij h_ij + |z_ij| (ρ_i + σ_j)        Σ_j dz_ij = 0,   Σ_i dz_ij = 0
//! ```
//! which is a projection that is self-adjoint in the weights |z_ij|. It can therefore be moved from the errors to the
//! gradient γ_ij = ∂s/∂z_ij:
//!
//! ```text
//! ds = Σ_ij (γ_ij − a_i − b_j) z_ij h_ij         a, b: least squares of γ on rows and columns with weights |z_ij|
//! Var(s) = Σ_ij (γ_ij − a_i − b_j)² z_ij² τ_ij²
//! ```
//! A cell whose gradient is what its row and column have on average adds nothing: the margins pin it.

use super::{Buyer, ErrorModel, FinalDemandErrors, Gradient, UncertaintyError};
use crate::table::IcioTable;

/// Gap at which the projection counts as done: far below what a first-order figure can claim.
const TOLERANCE: f64 = 1e-9;
/// Most sweeps of the projection; connected tables need some twenty.
const MOST_SWEEPS: usize = 2_000;

/// First-order variance and what each cell adds to it.
pub struct FirstOrder {
    /// Standard deviation of the measure.
    pub sd: f64,
    /// Sweeps of the projection.
    pub sweeps: usize,
    n: usize,
    parts: Vec<f64>,
    slopes: Vec<f64>,
}

impl FirstOrder {
    /// # Errors
    /// Conventions under which flows have no derivative; a projection that does not converge.
    ///
    /// # Cost
    /// A pass over the flows a sweep, and two numbers a cell.
    pub fn of(
        table: &IcioTable,
        gradient: &Gradient,
        errors: &ErrorModel,
        final_demand: FinalDemandErrors,
    ) -> Result<Self, UncertaintyError> {
        gradient.require_flows()?;
        let n = table.axis().n_rows();
        let categories = table.categories().len();
        let flows = table.flows();
        let sds = errors.sds(flows.as_slice());
        let drawn = match final_demand {
            FinalDemandErrors::Drawn => flows.ncols(),
            FinalDemandErrors::Held => n,
        };
        let cells = &flows.as_slice()[..n * drawn];
        let mut slopes = vec![0.0; cells.len()];
        for (column, slopes) in slopes.chunks_exact_mut(n).enumerate() {
            let buyer = if column < n {
                Buyer::Industry(column)
            } else {
                Buyer::FinalDemand((column - n) / categories)
            };
            for (row, slope) in slopes.iter_mut().enumerate() {
                if cells[column * n + row] != 0.0 {
                    *slope = gradient.flow(row, buyer);
                }
            }
        }
        let sweeps = project(&mut slopes, cells, n)?;
        let mut variance = 0.0;
        let mut parts = vec![0.0; cells.len()];
        for (((part, slope), cell), sd) in parts.iter_mut().zip(&slopes).zip(cells).zip(&sds) {
            *part = (slope * cell).powi(2) * (sd * sd).exp_m1();
            variance += *part;
        }
        if variance > 0.0 {
            parts.iter_mut().for_each(|part| *part /= variance);
        }
        Ok(Self { sd: variance.sqrt(), sweeps, n, parts, slopes })
    }

    /// Share of the variance that the error of one cell of `[Z Y]` adds; 0 for cells that are held.
    pub fn part(&self, row: usize, column: usize) -> f64 {
        self.parts.get(column * self.n + row).copied().unwrap_or(0.0)
    }

    /// ∂s/∂z of one cell of `[Z Y]` when the table is balanced back to its margins after the change; 0 for cells that are
    /// held.
    pub fn slope(&self, row: usize, column: usize) -> f64 {
        self.slopes.get(column * self.n + row).copied().unwrap_or(0.0)
    }
}

/// Takes from each slope what its row and its column have in common, with weights |z|; cells of zero keep slope zero.
fn project(slopes: &mut [f64], cells: &[f64], n: usize) -> Result<usize, UncertaintyError> {
    let mut row_weights = vec![0.0; n];
    for column in cells.chunks_exact(n) {
        row_weights.iter_mut().zip(column).for_each(|(sum, cell)| *sum += cell.abs());
    }
    let size = slopes
        .iter()
        .zip(cells)
        .map(|(slope, cell)| slope.abs() * cell.abs())
        .sum::<f64>()
        .max(f64::MIN_POSITIVE);
    let mut row_means = vec![0.0; n];
    let mut gap = f64::INFINITY;
    for sweep in 1..=MOST_SWEEPS {
        // Columns after the rows of the last sweep, and the sums for the next rows, in one pass.
        let mut row_sums = vec![0.0; n];
        let mut taken = 0.0;
        for (slopes, cells) in slopes.chunks_exact_mut(n).zip(cells.chunks_exact(n)) {
            let (mut sum, mut weight) = (0.0, 0.0);
            for ((slope, cell), mean) in slopes.iter_mut().zip(cells).zip(&row_means) {
                if *cell != 0.0 {
                    *slope -= mean;
                    sum += *slope * cell.abs();
                    weight += cell.abs();
                }
            }
            if weight == 0.0 {
                continue;
            }
            let mean = sum / weight;
            taken += sum.abs();
            for ((slope, cell), row_sum) in slopes.iter_mut().zip(cells).zip(&mut row_sums) {
                if *cell != 0.0 {
                    *slope -= mean;
                    *row_sum += *slope * cell.abs();
                }
            }
        }
        for ((mean, sum), weight) in row_means.iter_mut().zip(&row_sums).zip(&row_weights) {
            *mean = if *weight > 0.0 { sum / weight } else { 0.0 };
            taken += sum.abs();
        }
        gap = taken / size;
        if gap <= TOLERANCE {
            return Ok(sweep);
        }
    }
    Err(UncertaintyError::Projection { sweeps: MOST_SWEEPS, gap, tolerance: TOLERANCE })
}
