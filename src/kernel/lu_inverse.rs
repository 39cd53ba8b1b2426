//! The whole inverse from factors that are there already: a third less work than eliminating anew.
//!
//! Band by band of columns, L Y = I from the band's own rows down (above them Y is zero), then U X = Y. No band waits for
//! another, so the bands fill every core.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::dense;
use super::lu::LuFactors;
use super::tile::{self, column_tiles};
use super::triangular::{Diagonal, solve_lower, solve_upper};

/// Columns solved together.
const BAND: usize = 256;

impl LuFactors {
    /// What is M⁻¹?
    ///
    /// ```text
    ///    B   =   U⁻¹   L⁻¹
    ///  (n,n)   (n,n) (n,n)
    /// ```
    ///
    /// The factors stay; [`super::inverse::invert_in_place`] is for a matrix that has none.
    ///
    /// # Cost
    /// 4/3 n³ flops and one n x n matrix.
    ///
    /// # Source
    /// Du Croz and Higham (1992), "Stability of methods for matrix inversion", IMA Journal of Numerical Analysis 12(1),
    /// doi:10.1093/imanum/12.1.1 (method A).
    #[must_use]
    pub fn inverse(&self) -> DMatrix<f64> {
        let n = self.order();
        let factors = tile::owned(&self.factors);
        // Zeros cost nothing until they are written: each thread takes the pages of its own bands.
        let mut inverse = dense::zeros(n, n);
        column_tiles(tile::owned_mut(&mut inverse), BAND)
            .into_par_iter()
            .with_max_len(1)
            .enumerate()
            .for_each(|(position, mut band)| {
                let first = position * BAND;
                for k in 0..band.ncols() {
                    band[(first + k, k)] = 1.0;
                }
                let own = factors.submatrix(first, first, n - first, n - first);
                solve_lower(own, Diagonal::Unit, band.as_mut().subrows_mut(first, n - first));
                solve_upper(factors, Diagonal::Stored, band);
            });
        inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::dense::multiply;
    use crate::kernel::inverse::invert_in_place;

    /// An M-matrix with different numbers everywhere.
    fn matrix(n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, n, |i, j| {
            let input = ((i * 7 + j * 13) % 11) as f64 / (8.0 * n as f64);
            if i == j { 1.0 - input } else { -input }
        })
    }

    #[test]
    fn the_inverse_from_factors_is_that_of_elimination_and_gives_the_identity() {
        // One band, several bands, a short last band.
        for n in [1, 5, 200, 256, 600] {
            let m = matrix(n);
            let from_factors = LuFactors::factor(m.clone()).unwrap().inverse();
            let mut eliminated = m.clone();
            invert_in_place(&mut eliminated).unwrap();
            assert!((&from_factors - &eliminated).amax() < 1e-13, "order {n}");
            let product = multiply(m.as_view(), from_factors.as_view());
            assert!((product - DMatrix::identity(n, n)).amax() < 1e-13, "order {n}");
        }
    }
}
