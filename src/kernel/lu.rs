//! LU without pivoting, for M-matrices such as I − A.
//!
//! A regular M-matrix (A ≥ 0, ρ(A) < 1) has an LU factorisation whose pivots are all positive
//! and whose factors do not grow, in any order of rows; so no rows are exchanged: a panel of
//! columns is eliminated while the bands of rows beside the one before it are still being updated. If a pivot is not positive the matrix is not an M-matrix
//! and the factorisation stops: use [`super::pivoted`]. Positive pivots do not prove the
//! M-property (negative entries can pass), so the caller should look at [`super::residual`].

use faer::linalg::triangular_solve::solve_unit_lower_triangular_in_place;
use faer::prelude::IntoConst;
use faer::{Accum, MatMut, MatRef, Par};
use nalgebra::DMatrix;
use rayon::prelude::*;
use thiserror::Error;

use super::condition;
use super::tile::{self, Right, Scalar, add_product, column, column_mut, column_tiles, row_tiles};
use super::triangular::{Diagonal, solve_lower, solve_lower_block, solve_upper};

/// Columns eliminated together while the matrix fits the caches.
const PANEL: usize = 128;
/// Columns eliminated together in a matrix that does not: every step reads and writes all that is left of it, so half the
/// steps are half the traffic. Measured at n = 4050 with 512-bit vectors on two cores: 158 and 176 GF/s; at 1435 the wide
/// panel loses 4 %.
const WIDE_PANEL: usize = 256;
/// Orders from which panels are wide.
const WIDE_ORDER: usize = 3000;
/// Columns of U₁₂ that are solved by one task.
const TILE: usize = 128;
/// Orders up to which one thread is faster.
const SEQUENTIAL_ORDER: usize = 192;
/// Panels at most this wide are eliminated column by column.
const NARROW: usize = 8;

/// The elimination met a pivot that an M-matrix cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("pivot {pivot:e} in row {index} is not positive: the matrix is not a regular M-matrix")]
#[non_exhaustive]
pub struct PivotError {
    /// Row of the pivot, from 0.
    pub index: usize,
    /// Its value: zero, negative, not finite, or lost to rounding.
    pub pivot: f64,
}

/// L and U of a square matrix, stored over each other.
///
/// # Example
/// ```
/// use nalgebra::DMatrix;
/// use vadex::kernel::lu::LuFactors;
///
/// // Two sectors, A = [0.2 0.4; 0.5 0.1]: one unit of final demand for the first needs 1.73 of
/// // its own output and 0.96 of the other's.
/// let factors = LuFactors::factor(DMatrix::from_row_slice(2, 2, &[0.8, -0.4, -0.5, 0.9])).unwrap();
/// let mut output = DMatrix::from_column_slice(2, 1, &[1.0, 0.0]);
/// factors.solve_in_place(&mut output);
/// assert!((output[0] - 0.9 / 0.52).abs() < 1e-15);
/// assert!((output[1] - 0.5 / 0.52).abs() < 1e-15);
/// ```
#[derive(Clone, Debug)]
pub struct LuFactors {
    pub(super) factors: DMatrix<f64>,
}

impl LuFactors {
    /// Which L and U have M as their product?
    ///
    /// ```text
    ///    M   =   L     U        L with unit diagonal
    ///  (n,n)   (n,n) (n,n)
    /// ```
    ///
    /// The factors overwrite the matrix.
    ///
    /// # Errors
    /// [`PivotError`] if a pivot is not finite, not positive, or so much smaller than the
    /// diagonal element it came from that only rounding is left (4 (n + 8) ε). NaN or infinity
    /// anywhere in the matrix reaches a pivot and is reported the same way.
    ///
    /// # Panics
    /// If the matrix is not square.
    ///
    /// # Cost
    /// 2/3 n³ flops; no second matrix, but a packed copy of 256 rows of U.
    ///
    /// # Source
    /// Golub and Van Loan (2013), Matrix Computations, section 3.2; Berman and Plemmons (1994),
    /// Nonnegative Matrices in the Mathematical Sciences, chapter 6 (pivots of M-matrices);
    /// Funderlic and Plemmons (1981), "LU decomposition of M-matrices by elimination without
    /// pivoting", Linear Algebra Appl. 41, doi:10.1016/0024-3795(81)90091-4.
    pub fn factor(mut matrix: DMatrix<f64>) -> Result<Self, PivotError> {
        assert_eq!(matrix.nrows(), matrix.ncols(), "only square matrices have an LU");
        factor_in_place(tile::owned_mut(&mut matrix))?;
        Ok(Self { factors: matrix })
    }

    /// Number of equations.
    #[must_use]
    pub fn order(&self) -> usize {
        self.factors.nrows()
    }

    /// Which X satisfies M X = Y? X overwrites Y.
    ///
    /// ```text
    ///    X   =   U⁻¹   L⁻¹   Y
    ///  (n,c)   (n,n) (n,n) (n,c)
    /// ```
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// 2 n² c flops.
    ///
    /// # Source
    /// Higham (2002), Accuracy and Stability of Numerical Algorithms, chapter 8.
    pub fn solve_in_place(&self, right: &mut DMatrix<f64>) {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        solve(tile::owned(&self.factors), tile::owned_mut(right));
    }

    /// Which X satisfies M′ X = Y? X overwrites Y.
    ///
    /// ```text
    ///    X   =   L⁻ᵀ   U⁻ᵀ   Y
    ///  (n,c)   (n,n) (n,n) (n,c)
    /// ```
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// 2 n² c flops; the transpose is not stored.
    pub fn solve_transpose_in_place(&self, right: &mut DMatrix<f64>) {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        solve_transpose(tile::owned(&self.factors), tile::owned_mut(right));
    }

    /// How close to singular is M, given its 1-norm ([`condition::norm_one`])?
    ///
    /// See [`condition::reciprocal_condition`].
    #[must_use]
    pub fn reciprocal_condition(&self, norm_one: f64) -> f64 {
        condition::reciprocal_condition(
            self.order(),
            norm_one,
            |x| self.solve_in_place(x),
            |x| self.solve_transpose_in_place(x),
        )
    }
}

/// `L U X = R`.
pub(super) fn solve<T: Scalar>(factors: MatRef<'_, T>, mut right: MatMut<'_, T>) {
    solve_lower(factors, Diagonal::Unit, right.as_mut());
    solve_upper(factors, Diagonal::Stored, right);
}

/// `U′ L′ X = R`.
pub(super) fn solve_transpose<T: Scalar>(factors: MatRef<'_, T>, mut right: MatMut<'_, T>) {
    solve_lower(factors.transpose(), Diagonal::Stored, right.as_mut());
    solve_upper(factors.transpose(), Diagonal::Unit, right);
}

/// The smallest acceptable pivot of each row: rounding noise of the diagonal it started from.
pub(super) fn pivot_floors<T: Scalar>(matrix: MatRef<'_, T>) -> Vec<f64> {
    let n = matrix.nrows();
    #[expect(clippy::cast_precision_loss, reason = "n is far below 2^52")]
    let noise = 4.0 * (n + 8) as f64 * T::EPSILON;
    (0..n).map(|i| noise * matrix[(i, i)].to_f64().abs()).collect()
}

/// `Ok` if the pivot is one an M-matrix can have.
pub(super) fn check_pivot<T: Scalar>(index: usize, pivot: T, floor: f64) -> Result<(), PivotError> {
    let pivot = pivot.to_f64();
    if pivot > floor && pivot.is_finite() { Ok(()) } else { Err(PivotError { index, pivot }) }
}

/// Right-looking elimination; while the trailing bands of step k are updated, the panel of step
/// k + 1 is already being eliminated.
pub(super) fn factor_in_place<T: Scalar>(matrix: MatMut<'_, T>) -> Result<(), PivotError> {
    let n = matrix.nrows();
    let floors = pivot_floors(matrix.as_ref());
    if n <= SEQUENTIAL_ORDER {
        return factor_panel(matrix, 0, &floors);
    }
    let width = if n < WIDE_ORDER { PANEL } else { WIDE_PANEL };
    factor_in_panels(matrix, width.min(n), &floors)
}

/// The elimination with panels of a given width.
fn factor_in_panels<T: Scalar>(
    matrix: MatMut<'_, T>,
    width: usize,
    floors: &[f64],
) -> Result<(), PivotError> {
    let (mut panel, mut trailing) = matrix.split_at_col_mut(width);
    factor_panel(panel.as_mut(), 0, floors)?;
    let mut start = 0;
    while trailing.ncols() > 0 {
        // `panel` and `trailing` hold the rows from `start` on.
        let done = panel.into_const();
        let ahead = width.min(trailing.ncols());
        let (mut next, mut others) = trailing.split_at_col_mut(ahead);
        let (result, ()) = rayon::join(
            || {
                update(done, next.as_mut());
                let rest = next.nrows() - width;
                factor_panel(next.as_mut().subrows_mut(width, rest), start + width, floors)
            },
            || update(done, others.as_mut()),
        );
        result?;
        panel = next.split_at_row_mut(width).1;
        trailing = others.split_at_row_mut(width).1;
        start += width;
    }
    Ok(())
}

/// `U₁₂ = L₁₁⁻¹ A₁₂` and `A₂₂ −= L₂₁ U₁₂` in columns beside an eliminated panel. U₁₂ is packed once for all bands of rows,
/// and each band of L₂₁ stays in the second cache while all of U₁₂ passes by.
fn update<T: Scalar>(panel: MatRef<'_, T>, columns: MatMut<'_, T>) {
    if columns.ncols() == 0 {
        return;
    }
    let (top, below) = panel.split_at_row(panel.ncols());
    let (mut right, rest) = columns.split_at_row_mut(top.nrows());
    let tiles = column_tiles(right.as_mut(), TILE).into_par_iter().with_max_len(1);
    tiles.for_each(|tile| solve_lower_block(top, Diagonal::Unit, tile));
    let right = Right::of(right.into_const(), -T::ONE);
    let height = tile::band();
    row_tiles(rest, height).into_par_iter().with_max_len(1).enumerate().for_each(|(band, c)| {
        let rows = below.subrows(band * height, c.nrows());
        right.add_product(c, rows);
    });
}

/// Eliminates a tall panel whose first row is row `first` of the matrix, by halving its width.
fn factor_panel<T: Scalar>(mut panel: MatMut<'_, T>, first: usize, floors: &[f64]) -> Result<(), PivotError> {
    let width = panel.ncols();
    if width <= NARROW {
        return factor_narrow(panel, first, floors);
    }
    let half = (width / 2).next_multiple_of(NARROW);
    let (mut left, right) = panel.as_mut().split_at_col_mut(half);
    factor_panel(left.as_mut(), first, floors)?;
    let left = left.into_const();
    let (mut top, mut below) = right.split_at_row_mut(half);
    solve_unit_lower_triangular_in_place(left.subrows(0, half), top.as_mut(), Par::Seq);
    add_product(
        below.as_mut(),
        Accum::Add,
        left.subrows(half, left.nrows() - half),
        top.into_const(),
        -T::ONE,
    );
    factor_panel(below, first + half, floors)
}

/// Eliminates a few columns one after the other.
fn factor_narrow<T: Scalar>(panel: MatMut<'_, T>, first: usize, floors: &[f64]) -> Result<(), PivotError> {
    let mut rest = panel;
    let mut k = 0;
    while rest.ncols() > 0 {
        let (mut pivot_column, mut others) = rest.split_at_col_mut(1);
        let values = column_mut(pivot_column.as_mut(), 0);
        let pivot = values[k];
        check_pivot(first + k, pivot, floors[first + k])?;
        let inverse = T::ONE / pivot;
        for value in &mut values[k + 1..] {
            *value *= inverse;
        }
        let multipliers = &column(pivot_column.as_ref(), 0)[k + 1..];
        for j in 0..others.ncols() {
            let (head, tail) = column_mut(others.as_mut(), j).split_at_mut(k + 1);
            let factor = head[k];
            for (value, multiplier) in tail.iter_mut().zip(multipliers) {
                *value -= *multiplier * factor;
            }
        }
        rest = others;
        k += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::tests::{coefficients, leontief};

    #[test]
    fn panels_of_any_width_give_the_same_factors() {
        // One panel, a short last one, panels wider than what is left.
        for n in [200, 256, 300, 700] {
            let m = leontief(&coefficients(n, 31));
            let factored = |width: usize| {
                let mut factors = m.clone();
                let floors = pivot_floors(tile::owned(&factors));
                factor_in_panels(tile::owned_mut(&mut factors), width, &floors).unwrap();
                factors
            };
            let (narrow, wide) = (factored(PANEL), factored(WIDE_PANEL.min(n)));
            assert!((&narrow - &wide).amax() < 1e-14, "order {n}");
            let lower = narrow.lower_triangle() - DMatrix::from_diagonal(&narrow.diagonal())
                + DMatrix::identity(n, n);
            assert!((lower * narrow.upper_triangle() - &m).amax() < 1e-14, "order {n}");
        }
    }
}
