//! The cells of a table, visited one by one: what checks and reshaping need to know about storage, in one place.

use nalgebra::DMatrix;

use super::IcioTable;

/// Most decimals that count as rounding: beyond, a table is of full precision.
const MOST_DECIMALS: i32 = 6;
/// A cell is a whole number of rounding steps when it misses one by less than this share of itself (or of one step): sums
/// of rounded figures carry the last bits of their parts.
const ON_THE_GRID: f64 = 1e-11;

impl IcioTable {
    /// Calls `visit(row, column, value)` for every cell of Z that is not zero, in the order of storage.
    pub(super) fn each_use(&self, visit: impl FnMut(usize, usize, f64)) {
        self.intermediate_use.for_each(visit);
    }

    /// Calls `visit(row, column, value)` for every cell of Y, column by column.
    pub(super) fn each_final(&self, mut visit: impl FnMut(usize, usize, f64)) {
        for (column, values) in self.final_demand.column_iter().enumerate() {
            values.iter().enumerate().for_each(|(row, &value)| visit(row, column, value));
        }
    }

    /// Z and Y with row i times `factor[i]`.
    pub(super) fn flows_by_row(&self, factor: &[f64]) -> (DMatrix<f64>, DMatrix<f64>) {
        let (mut intermediate, mut final_demand) =
            (self.intermediate_use().to_dense(), self.final_demand().clone());
        for matrix in [&mut intermediate, &mut final_demand] {
            for mut column in matrix.column_iter_mut() {
                column.iter_mut().zip(factor).for_each(|(value, factor)| *value *= factor);
            }
        }
        (intermediate, final_demand)
    }
}

/// The step that published figures are rounded to (1, 0.1, … 1e-6): found by looking at cell after cell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoundingStep {
    decimals: i32,
    any: bool,
}

impl RoundingStep {
    /// Takes one more cell into account.
    pub(super) fn see(&mut self, value: f64) {
        if value == 0.0 {
            return;
        }
        self.any = true;
        while self.decimals <= MOST_DECIMALS {
            let scaled = value * 10_f64.powi(self.decimals);
            if (scaled - scaled.round()).abs() <= ON_THE_GRID * scaled.abs().max(1.0) {
                return;
            }
            self.decimals += 1;
        }
    }

    /// The step; nothing for figures of full precision and for nothing but zeros.
    pub(super) fn step(self) -> Option<f64> {
        (self.any && self.decimals <= MOST_DECIMALS).then(|| 10_f64.powi(-self.decimals))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_the_coarsest_that_fits_every_cell() {
        let step = |cells: &[f64]| {
            let mut seen = RoundingStep::default();
            cells.iter().for_each(|&cell| seen.see(cell));
            seen.step()
        };
        assert_eq!(step(&[3.0, 0.0, -17.0]), Some(1.0));
        assert_eq!(step(&[3.0, 0.1 + 0.2, 1200.4]), Some(0.1));
        assert_eq!(step(&[1.25, 7.0]), Some(0.01));
        assert_eq!(step(&[1.0 / 3.0, 7.0]), None);
        assert_eq!(step(&[0.0]), None);
    }
}
