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

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::error_model::largest;
use super::{Buyer, ErrorModel, FinalDemandErrors, Gradient, UncertaintyError};
use crate::table::IcioTable;

/// Gap at which the projection counts as done: far below what a first-order figure can claim.
const TOLERANCE: f64 = 1e-9;
/// Most sweeps of the projection; connected tables need some twenty.
const MOST_SWEEPS: usize = 2_000;
/// Columns that are taken together: what a sweep reads of them twice stays near the processor.
const TOGETHER: usize = 64;
/// Rows whose sums one thread adds up.
const ROWS: usize = 512;

/// First-order variance and what each cell adds to it.
pub struct FirstOrder {
    /// Standard deviation of the measure.
    pub sd: f64,
    /// Sweeps of the projection.
    pub sweeps: usize,
    variance: f64,
    errors: ErrorModel,
    /// Largest absolute cell.
    largest: f64,
    flows: DMatrix<f64>,
    /// Of the columns that have errors.
    slopes: Vec<f64>,
}

impl FirstOrder {
    /// The variance of a measure from errors of the cells of the table that its gradient was taken of.
    ///
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
        Self::of_flows(table.flows(), table.categories().len(), gradient, errors, final_demand)
    }

    /// The same from `[Z Y]` with so many categories of final demand, when the table itself is needed no longer.
    pub(crate) fn of_flows(
        flows: DMatrix<f64>,
        categories: usize,
        gradient: &Gradient,
        errors: &ErrorModel,
        final_demand: FinalDemandErrors,
    ) -> Result<Self, UncertaintyError> {
        gradient.require_flows()?;
        let n = flows.nrows();
        let drawn = match final_demand {
            FinalDemandErrors::Drawn => flows.ncols(),
            FinalDemandErrors::Held => n,
        };
        let largest = largest(flows.as_slice());
        let cells = &flows.as_slice()[..n * drawn];
        let mut slopes = vec![0.0; cells.len()];
        slopes.par_chunks_exact_mut(n).enumerate().for_each(|(column, slopes)| {
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
        });
        let sweeps = project(&mut slopes, cells, n)?;
        let variance = variance(errors, largest, &slopes, cells, n);
        Ok(Self { sd: variance.sqrt(), sweeps, variance, errors: *errors, largest, flows, slopes })
    }

    /// `[Z Y]`.
    pub fn flows(&self) -> &DMatrix<f64> {
        &self.flows
    }

    /// Share of the variance that the error of one cell of `[Z Y]` adds; 0 for cells that are held.
    pub fn part(&self, row: usize, column: usize) -> f64 {
        let position = column * self.flows.nrows() + row;
        let Some(slope) = self.slopes.get(position) else { return 0.0 };
        let part = part(&self.errors, self.largest, *slope, self.flows.as_slice()[position]);
        if self.variance > 0.0 { part / self.variance } else { part }
    }

    /// ∂s/∂z of one cell of `[Z Y]` when the table is balanced back to its margins after the change; 0 for cells that are
    /// held.
    pub fn slope(&self, row: usize, column: usize) -> f64 {
        self.slopes.get(column * self.flows.nrows() + row).copied().unwrap_or(0.0)
    }
}

/// What the error of a cell adds to the variance: ((γ − a − b) z τ)².
fn part(errors: &ErrorModel, largest: f64, slope: f64, cell: f64) -> f64 {
    let sd = errors.sd_beside(cell, largest);
    (slope * cell).powi(2) * (sd * sd).exp_m1()
}

/// The parts of all cells, computed side by side and added up in their order.
fn variance(errors: &ErrorModel, largest: f64, slopes: &[f64], cells: &[f64], n: usize) -> f64 {
    let mut variance = 0.0;
    let mut parts = vec![0.0; (n * TOGETHER).min(cells.len())];
    for (slopes, cells) in slopes.chunks(n * TOGETHER).zip(cells.chunks(n * TOGETHER)) {
        let parts = &mut parts[..cells.len()];
        parts.par_iter_mut().zip(slopes).zip(cells).for_each(|((found, slope), cell)| {
            *found = part(errors, largest, *slope, *cell);
        });
        parts.iter().for_each(|part| variance += *part);
    }
    variance
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
        // Columns after the rows of the last sweep, then the sums for the next rows, a few columns at a time. Every sum is
        // added up by one thread in the order of the table.
        let mut row_sums = vec![0.0_f64; n];
        let mut taken = 0.0;
        for (slopes, cells) in slopes.chunks_mut(n * TOGETHER).zip(cells.chunks(n * TOGETHER)) {
            let sums: Vec<f64> = slopes
                .par_chunks_exact_mut(n)
                .zip(cells.par_chunks_exact(n))
                .map(|(slopes, cells)| take_from_column(slopes, cells, &row_means))
                .collect();
            sums.iter().for_each(|sum| taken += sum.abs());
            row_sums.par_chunks_mut(ROWS).enumerate().for_each(|(band, row_sums)| {
                let rows = band * ROWS..band * ROWS + row_sums.len();
                for (slopes, cells) in slopes.chunks_exact(n).zip(cells.chunks_exact(n)) {
                    let column = slopes[rows.clone()].iter().zip(&cells[rows.clone()]);
                    for (row_sum, (slope, cell)) in row_sums.iter_mut().zip(column) {
                        // A cell of zero has slope zero.
                        *row_sum += slope * cell.abs();
                    }
                }
            });
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

/// Takes from the slopes of a column what their rows had in common, and then what they have in common with each other;
/// gives the sum that was taken, with weights |z|.
fn take_from_column(slopes: &mut [f64], cells: &[f64], row_means: &[f64]) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for ((slope, cell), mean) in slopes.iter_mut().zip(cells).zip(row_means) {
        if *cell != 0.0 {
            *slope -= mean;
            sum += *slope * cell.abs();
            weight += cell.abs();
        }
    }
    if weight == 0.0 {
        return 0.0;
    }
    let mean = sum / weight;
    for (slope, cell) in slopes.iter_mut().zip(cells) {
        if *cell != 0.0 {
            *slope -= mean;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More rows and columns than are taken together; a tenth of the cells are zero, some are negative.
    fn cells_and_slopes() -> (Vec<f64>, Vec<f64>, usize) {
        let (n, columns) = (ROWS + 20, TOGETHER + 6);
        let places = (0..columns).flat_map(|column| (0..n).map(move |row| (row, column)));
        let cells: Vec<f64> =
            places.clone().map(|(row, column)| ((row * 7 + column * 13) % 11) as f64 - 1.0).collect();
        let slopes = places
            .zip(&cells)
            .map(
                |((row, column), cell)| {
                    if *cell == 0.0 { 0.0 } else { ((row * 31 + column * 17) % 23) as f64 - 11.0 }
                },
            )
            .collect();
        (cells, slopes, n)
    }

    /// A sweep of the projection in one pass, column after column.
    fn sweep(slopes: &mut [f64], cells: &[f64], n: usize, row_means: &mut [f64]) {
        let (mut row_sums, mut row_weights) = (vec![0.0; n], vec![0.0; n]);
        for (slopes, cells) in slopes.chunks_exact_mut(n).zip(cells.chunks_exact(n)) {
            let (mut sum, mut weight) = (0.0, 0.0);
            for row in (0..n).filter(|&row| cells[row] != 0.0) {
                slopes[row] -= row_means[row];
                sum += slopes[row] * cells[row].abs();
                weight += cells[row].abs();
            }
            for row in (0..n).filter(|&row| cells[row] != 0.0) {
                slopes[row] -= sum / weight;
                row_sums[row] += slopes[row] * cells[row].abs();
                row_weights[row] += cells[row].abs();
            }
        }
        for row in 0..n {
            row_means[row] = row_sums[row] / row_weights[row];
        }
    }

    #[test]
    fn many_threads_project_and_add_up_to_the_bits_of_one_pass() {
        let (cells, slopes, n) = cells_and_slopes();
        let (mut found, mut expected) = (slopes.clone(), slopes);
        let sweeps = project(&mut found, &cells, n).unwrap();
        let mut row_means = vec![0.0; n];
        for _ in 0..sweeps {
            sweep(&mut expected, &cells, n, &mut row_means);
        }
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert!(bits(&found) == bits(&expected), "after {sweeps} sweeps");
        let (errors, largest) = (ErrorModel::default(), largest(&cells));
        let mut sum = 0.0_f64;
        for ((slope, cell), sd) in expected.iter().zip(&cells).zip(errors.sds(&cells)) {
            sum += (slope * cell).powi(2) * (sd * sd).exp_m1();
        }
        assert!(sum > 0.0);
        assert_eq!(variance(&errors, largest, &found, &cells, n).to_bits(), sum.to_bits());
    }
}
