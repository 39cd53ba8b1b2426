//! How wrong may a cell be? Relative errors that are larger for smaller cells.

use super::UncertaintyError;

/// Standard deviation of the logarithm of a cell, by its size.
///
/// ```text
/// sd(z) = min(max(scale · (|z| / z_max)^exponent, least), most)        z_max: largest absolute cell of [Z Y]
///
/// z* = z · exp(ε − sd² / 2),   ε ~ N(0, sd²)        so E[z*] = z,   sign and zero are kept
/// ```
/// # Assumptions
/// Errors of different cells are independent before the table is balanced; balancing ties them together. The defaults are
/// a choice, not an estimate and not a norm: they say that the largest cells are known to about 30 per cent on their own
/// and small ones to 50, before output, value added and final demand, which are held, discipline them. Relative errors
/// that fall with the size of a cell are what compilers of inter-country tables assume and find.
///
/// # Source
/// Lenzen, Wood and Wiedmann (2010), Economic Systems Research 22(1), errors by a power of the size of a cell,
/// <https://doi.org/10.1080/09535311003661226>; the parameters are those of this engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorModel {
    scale: f64,
    exponent: f64,
    least: f64,
    most: f64,
}

impl ErrorModel {
    /// Error of the largest cell.
    pub const DEFAULT_SCALE: f64 = 0.3;
    /// How errors grow as cells shrink.
    pub const DEFAULT_EXPONENT: f64 = -0.1;
    /// Least error of any cell.
    pub const DEFAULT_LEAST: f64 = 0.02;
    /// Largest error of any cell.
    pub const DEFAULT_MOST: f64 = 0.5;

    /// Errors of the largest cell (standard deviation of its logarithm), their growth as cells shrink, their bounds.
    ///
    /// # Errors
    /// [`UncertaintyError::Parameter`]: a number out of its range.
    pub fn new(scale: f64, exponent: f64, least: f64, most: f64) -> Result<Self, UncertaintyError> {
        let check = |parameter, found: f64, good, expected| {
            if good { Ok(()) } else { Err(UncertaintyError::Parameter { parameter, found, expected }) }
        };
        check("the error of the largest cell", scale, (0.0..=2.0).contains(&scale), "0 to 2")?;
        check("the exponent of the error", exponent, (-1.0..=0.0).contains(&exponent), "-1 to 0")?;
        check("the least error", least, (0.0..=2.0).contains(&least), "0 to 2")?;
        check("the largest error", most, (least..=2.0).contains(&most), "the least error to 2")?;
        Ok(Self { scale, exponent, least, most })
    }

    /// Standard deviation of the logarithm of a cell that is `relative_size` of the largest; 0 for a cell that is 0.
    #[must_use]
    pub fn sd(&self, relative_size: f64) -> f64 {
        if relative_size == 0.0 {
            return 0.0;
        }
        (self.scale * relative_size.powf(self.exponent)).max(self.least).min(self.most)
    }

    /// The same of a cell beside the largest absolute one.
    pub(super) fn sd_beside(&self, cell: f64, largest: f64) -> f64 {
        if cell == 0.0 { 0.0 } else { self.sd(cell.abs() / largest) }
    }

    /// The same for every cell of a slice, relative to its largest.
    #[must_use]
    pub fn sds(&self, cells: &[f64]) -> Vec<f64> {
        let largest = largest(cells);
        cells.iter().map(|cell| self.sd_beside(*cell, largest)).collect()
    }
}

/// Largest absolute cell.
pub(super) fn largest(cells: &[f64]) -> f64 {
    cells.iter().fold(0.0_f64, |largest, cell| largest.max(cell.abs()))
}

impl Default for ErrorModel {
    fn default() -> Self {
        Self {
            scale: Self::DEFAULT_SCALE,
            exponent: Self::DEFAULT_EXPONENT,
            least: Self::DEFAULT_LEAST,
            most: Self::DEFAULT_MOST,
        }
    }
}

impl std::fmt::Display for ErrorModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "cells lognormal with mean kept, sd = {} (z / largest)^{}, at least {}, at most {}",
            self.scale, self.exponent, self.least, self.most
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smaller_cells_have_larger_errors_between_the_bounds() {
        let model = ErrorModel::default();
        assert!((model.sd(1.0) - 0.3).abs() < 1e-15);
        assert!((model.sd(0.01) - 0.3 * 10_f64.powf(0.2)).abs() < 1e-15);
        assert!((model.sd(1e-9) - 0.5).abs() < 1e-15);
        assert_eq!(model.sds(&[-4.0, 0.0, 2.0])[1].to_bits(), 0.0_f64.to_bits());
        assert!((model.sds(&[-4.0, 0.0, 2.0])[0] - 0.3).abs() < 1e-15);
        let floor = ErrorModel::new(0.001, 0.0, 0.02, 0.5).unwrap();
        assert!((floor.sd(0.5) - 0.02).abs() < 1e-15);
    }

    #[test]
    fn parameters_outside_their_range_are_refused() {
        assert!(ErrorModel::new(0.3, 0.1, 0.0, 0.5).is_err());
        assert!(ErrorModel::new(f64::NAN, -0.1, 0.0, 0.5).is_err());
        let error = ErrorModel::new(0.3, -0.1, 0.6, 0.5).unwrap_err();
        assert_eq!(error.to_string(), "the largest error is 0.5, expected the least error to 2");
    }
}
