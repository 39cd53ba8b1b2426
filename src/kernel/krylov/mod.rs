//! (I − A) X = Y for a large dense A and many right-hand sides: GMRES over symmetric block Gauss–Seidel sweeps in single
//! precision, inside a refinement in double precision.
//!
//! Where most inputs come from home, one sweep back and forth over the diagonal blocks leaves a hundredth of the error, and
//! GMRES makes of two or three sweeps what ten alone would do. All of that is a correction and need not be exact: it runs on
//! single-precision cells, at twice the rate, until there is nothing left that single precision can see. Then the residual
//! is computed in double precision from A where it is, in any storage, and is the right-hand side of the next correction;
//! three make it as small as that of an elimination. What the last one leaves is so little that single precision tells it,
//! with a bound of its rounding. All right-hand sides share one Krylov space and are multiplied together, so the time goes into
//! products of a square and a wide matrix.
//!
//! | question | file |
//! |---|---|
//! | what one correction is | `cycle` |
//! | what one sweep is | `sweeps` |
//! | A in the precision of the sweeps | `cells` |
//! | the basis that the right-hand sides share | `basis` |
//! | orthonormal columns, from their inner products | `gram` |
//! | the least squares in that basis | `least_squares` |

mod basis;
mod cells;
mod cycle;
mod gram;
mod least_squares;
mod sweeps;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use nalgebra::DMatrix;
use rayon::prelude::*;
use thiserror::Error;

use self::cells::{DoubleCells, SingleCells};
use self::cycle::{Correction, correction, step};
use self::sweeps::Sweeps;
use super::residual;
use super::sparse::Side;
use super::stored::{Storage, StoredMatrix};

/// Order up to which neighbouring blocks are solved as one: what neighbours sell to each other is then solved exactly, and
/// their inverse costs less than one product with A.
const UNITED: usize = 256;
/// Order from which a block is cut: its inverse would cost more than it saves.
const CUT: usize = 2_048;
/// Right-hand sides that are solved together: their bases stand in memory at the same time.
const TOGETHER: usize = 256;
/// Sweeps after which an iteration is given up.
const MAX_PRODUCTS: usize = 240;
/// Part of the residual asked for that is aimed at: identities of economies that are small beside the world hold as well.
const AIM: f64 = 0.1;
/// What a correction is asked to leave of a residual, at least. Three of them reach the aim; two would go to where single
/// precision sees nothing but the rounding of its sums, and stop at 5e-14.
const FLOOR: f64 = 1e-5;
/// What a correction is asked to leave, at most.
const MOST: f64 = 0.02;
/// Part of the residual that a correction in single precision has to take away to be worth another one.
const WORTH: f64 = 0.25;

/// How much more than the first sweep of a correction left of its columns a sweep may leave of a residual, for a sweep by itself
/// to be tried.
const SURE: f64 = 2.0;

/// Part of what is aimed at that a residual in single precision may leave open: what is told is then the residual itself but
/// for its rounding, and no bound far above it.
const UNTOLD: f64 = 0.1;

/// Rounding error of a residual, relative to the right-hand side, above which it says nothing.
const HIDDEN: f64 = 1e-8;

/// What the iteration reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// Products with A.
    pub products: usize,
    /// Largest ‖Y − (I − A) X‖₁ / ‖Y‖₁ over the columns, for the X returned: computed from it in double precision, or from
    /// the residual before the last correction in single precision, with a bound of what rounding may hide.
    pub residual: f64,
}

/// Why there is no solution.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum KrylovError {
    /// A diagonal block is singular.
    #[error("pivot {pivot:e} in row {row}: a diagonal block of I − A is singular")]
    Block {
        /// Row of the pivot, from 0.
        row: usize,
        /// Its value.
        pivot: f64,
    },
    /// The residual is still too large.
    #[error("residual {residual:e} after {products} products, wanted {tolerance:e}")]
    NotConverged {
        /// Products with A spent.
        products: usize,
        /// ‖Y − (I − A) X‖₁ / ‖Y‖₁ reached.
        residual: f64,
        /// What was asked for.
        tolerance: f64,
    },
    /// A number overflowed or was NaN.
    #[error("not finite after {products} products")]
    NotFinite {
        /// Products with A spent.
        products: usize,
    },
}

/// I − A, ready for sweeps over its diagonal blocks.
#[derive(Debug)]
pub struct BlockSystem {
    coefficients: Arc<StoredMatrix>,
    blocks: Vec<Range<usize>>,
    /// Nothing where A is kept in compressed rows.
    single: Option<Sweeps<f32, SingleCells>>,
    /// Made when single precision does not do.
    double: OnceLock<Sweeps<f64, DoubleCells>>,
}

impl BlockSystem {
    /// Inverts the diagonal blocks of I − A. `blocks` are ranges of rows in order; short neighbours are united, long
    /// ones cut.
    ///
    /// # Errors
    /// [`KrylovError::Block`].
    ///
    /// # Panics
    /// If A is not square or the blocks do not cover its rows in order.
    ///
    /// # Cost
    /// 2 n m² flops and 4 n m bytes for blocks of m rows, m = 256 where blocks are shorter and 2048 at most. The first solve
    /// on each side of a dense A adds a copy of 4 n² bytes.
    pub fn new(coefficients: Arc<StoredMatrix>, blocks: &[Range<usize>]) -> Result<Self, KrylovError> {
        Self::with_limits(coefficients, blocks, UNITED, CUT)
    }

    /// [`Self::new`] with other orders up to which blocks are united and from which they are cut.
    pub(super) fn with_limits(
        coefficients: Arc<StoredMatrix>,
        blocks: &[Range<usize>],
        unite: usize,
        cut: usize,
    ) -> Result<Self, KrylovError> {
        let (n, columns) = coefficients.shape();
        assert_eq!(n, columns, "input coefficients are square");
        let blocks = united(blocks, unite, cut);
        assert_eq!(blocks.last().map_or(0, |block| block.end), n, "blocks cover the rows");
        let system = Self { coefficients, blocks, single: None, double: OnceLock::new() };
        if system.coefficients.storage() == Storage::Compressed {
            system.double()?;
            return Ok(system);
        }
        let cells = SingleCells::of(Arc::clone(&system.coefficients), system.blocks.clone());
        let single = Sweeps::new(cells, &system.coefficients, &system.blocks)?;
        Ok(Self { single: Some(single), ..system })
    }

    /// The sweeps in double precision.
    fn double(&self) -> Result<&Sweeps<f64, DoubleCells>, KrylovError> {
        if self.double.get().is_none() {
            let cells = DoubleCells::of(Arc::clone(&self.coefficients), self.blocks.clone());
            let sweeps = Sweeps::new(cells, &self.coefficients, &self.blocks)?;
            // Whoever was faster made the same.
            let _ = self.double.set(sweeps);
        }
        Ok(self.double.get().expect("set just now"))
    }

    /// Number of equations.
    #[must_use]
    pub fn order(&self) -> usize {
        self.coefficients.nrows()
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y? X overwrites Y.
    ///
    /// # Errors
    /// [`KrylovError::NotConverged`] and [`KrylovError::NotFinite`]; `right` then holds nothing of use.
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// 2 n² c flops a sweep in single precision, 5 to 7 sweeps on tables of the world for a tolerance of 1e-13, and two or
    /// three products in double precision; 6 n c² flops a sweep and block of the basis before it, and 8 c³ on one thread for
    /// the least squares; about 10 n × 256 single-precision numbers for the basis.
    ///
    /// # Source
    /// Saad and Schultz (1986), "GMRES", SIAM J. Sci. Stat. Comput. 7(3), doi:10.1137/0907058; Saad (2003), Iterative
    /// Methods for Sparse Linear Systems, sections 4.1.1, 6.12 and 9.2.2 (block Gauss–Seidel, block GMRES, sweeps back and
    /// forth around a matrix); Eisenstat (1981), "Efficient implementation of a class of preconditioned conjugate gradient
    /// methods", SIAM J. Sci. Stat. Comput. 2(1), doi:10.1137/0902001;
    /// Carson and Higham (2018), "Accelerating the solution of linear systems by iterative refinement in three
    /// precisions", SIAM J. Sci. Comput. 40(2), doi:10.1137/17M1140819.
    pub fn solve_in_place(
        &self,
        side: Side,
        right: &mut DMatrix<f64>,
        tolerance: f64,
    ) -> Result<Reached, KrylovError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let mut reached = Reached { products: 0, residual: 0.0 };
        for start in (0..right.ncols()).step_by(TOGETHER) {
            let width = TOGETHER.min(right.ncols() - start);
            let y = right.columns(start, width).into_owned();
            let (x, part) = self.solve(side, &y, tolerance)?;
            right.columns_mut(start, width).copy_from(&x);
            reached.products = reached.products.max(part.products);
            reached.residual = reached.residual.max(part.residual);
        }
        Ok(reached)
    }

    fn solve(
        &self,
        side: Side,
        y: &DMatrix<f64>,
        tolerance: f64,
    ) -> Result<(DMatrix<f64>, Reached), KrylovError> {
        let mut x = DMatrix::zeros(y.nrows(), y.ncols());
        let mut left = y.clone();
        let mut single = self.single.as_ref();
        let mut products = 0;
        let mut before = f64::INFINITY;
        // What one sweep leaves, as the last correction had it, and whether one sweep was all that was done last.
        let (mut leaves, mut stepped) = (f64::INFINITY, false);
        let aim = AIM * tolerance;
        loop {
            let residuals = residual::relative_norms(&left, y);
            let residual = worst(&residuals);
            // A solution that large hides its own residual in rounding: the system is singular for all purposes.
            let hidden = f64::EPSILON * worst(&residual::relative_norms(&x, y));
            if hidden > HIDDEN {
                return Err(KrylovError::NotConverged { products, residual: hidden, tolerance });
            }
            // Where rounding has nothing more to give, or the sweeps are spent, what was asked for is enough.
            let spent = residual > WORTH * before && !stepped;
            let last = spent || products >= MAX_PRODUCTS;
            if residual <= aim || (residual <= tolerance && last) {
                return Ok((x, Reached { products, residual }));
            }
            if !residual.is_finite() {
                return Err(KrylovError::NotFinite { products });
            }
            if products >= MAX_PRODUCTS {
                return Err(KrylovError::NotConverged { products, residual, tolerance });
            }
            if spent {
                single = None;
            }
            before = residual;
            stepped = single.is_some() && SURE * leaves * residual <= aim;
            // What a column is to be left with; one that is solved already is left as it is. Asked for less than `MOST`, a
            // correction would gain less than what tells that single precision still sees something.
            let leave = |k: usize| {
                if residuals[k] <= aim { 1.0 } else { (0.2 * aim / residuals[k]).clamp(FLOOR, MOST) }
            };
            let Correction { gained, sweeps, leaves: now } = match single {
                Some(sweeps) if stepped => {
                    Correction { gained: step(sweeps, side, &left), sweeps: 1, leaves: f64::INFINITY }
                }
                Some(sweeps) => correction(sweeps, side, &left, leave),
                None => correction(self.double()?, side, &left, leave),
            };
            leaves = now;
            products += sweeps.max(1);
            x += &gained;
            if let Some(sweeps) = single
                && let Some(residual) = known_in_single(sweeps, side, (&left, &gained), (&x, y), aim)
            {
                return Ok((x, Reached { products, residual }));
            }
            left = y - &x;
            self.coefficients.multiply_into(&mut left, 1.0, side, x.as_view(), 1.0);
        }
    }
}

/// The residual after a correction that was so small that single precision tells what it left, rounding included; nothing
/// where it does not, or where what is left is more than was aimed at.
///
/// ```text
///   Y − (I − A) X = R − (I − A) D + (I − A) δ      X: what was there and D, rounded to double precision (δ)
/// ```
/// R is the residual before the correction D, computed in double precision from what was there.
fn known_in_single(
    sweeps: &Sweeps<f32, SingleCells>,
    side: Side,
    (before, gained): (&DMatrix<f64>, &DMatrix<f64>),
    (x, y): (&DMatrix<f64>, &DMatrix<f64>),
    aim: f64,
) -> Option<f64> {
    let sums = |matrix: &DMatrix<f64>| -> Vec<f64> {
        let columns = matrix.as_slice().par_chunks(matrix.nrows().max(1));
        columns.map(|column| column.iter().map(|value| value.abs()).sum()).collect()
    };
    let [before_sums, gained_sums, x_sums, y_sums] = [before, gained, x, y].map(sums);
    let columns = 0..y.ncols();
    let of_x = |k: usize| sweeps.rounding_of_solution(side, x_sums[k]);
    let hidden = columns.clone().map(|k| {
        residual::relative(sweeps.rounding(side, before_sums[k], gained_sums[k]) + of_x(k), y_sums[k])
    });
    let hidden = worst(&hidden.collect::<Vec<_>>());
    if hidden.is_nan() || hidden > UNTOLD * aim {
        return None;
    }
    let left = sweeps.left_at_most(side, before, gained);
    let left: Vec<f64> = columns.map(|k| residual::relative(left[k] + of_x(k), y_sums[k])).collect();
    let residual = worst(&left);
    (residual <= aim).then_some(residual)
}

/// Ranges of rows: neighbours united up to an order, blocks beyond another one cut.
fn united(blocks: &[Range<usize>], unite: usize, cut: usize) -> Vec<Range<usize>> {
    let mut united: Vec<Range<usize>> = Vec::new();
    for block in blocks.iter().filter(|block| !block.is_empty()) {
        match united.last_mut() {
            Some(last) if block.end - last.start <= unite => last.end = block.end,
            _ => united.extend(block.clone().step_by(cut).map(|start| start..block.end.min(start + cut))),
        }
    }
    united
}

/// Largest, NaN if one is.
fn worst(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, residual::worse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::pivoted::PivotedFactors;
    use crate::kernel::tile::with_each;

    /// Input coefficients of `economies` of `sectors`: column sums of 0.7, four fifths of it at home.
    fn coefficients(economies: usize, sectors: usize) -> DMatrix<f64> {
        let n = economies * sectors;
        let mut matrix = DMatrix::from_fn(n, n, |i, j| {
            let weight = if i / sectors == j / sectors { 4.0 } else { 1.0 / (economies - 1).max(1) as f64 };
            weight * (1 + (i * 7_919 + j * 104_729 + i * j) % 97) as f64
        });
        for mut column in matrix.column_iter_mut() {
            let sum = column.sum();
            column *= 0.7 / sum;
        }
        matrix
    }

    /// No column is a combination of others.
    fn right(n: usize, columns: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, columns, |i, j| {
            if (i + j) % 5 == 0 { ((i * 3 + j * 7 + i * j) % 1_009) as f64 / 504.0 - 1.0 } else { 0.0 }
        })
    }

    fn blocks(economies: usize, sectors: usize) -> Vec<Range<usize>> {
        (0..economies).map(|e| e * sectors..(e + 1) * sectors).collect()
    }

    #[test]
    fn the_solution_is_that_of_a_factorisation_on_both_sides_and_in_every_storage() {
        with_each(|| {
            let a = coefficients(6, 25);
            let exact = PivotedFactors::factor(DMatrix::identity(150, 150) - &a).unwrap();
            let stored = StoredMatrix::from(a);
            for (stored, tolerance) in [
                (stored.clone(), 1e-11),
                (stored.clone().into_compressed(), 1e-11),
                (stored.into_single().0, 1e-6),
            ] {
                let system = BlockSystem::with_limits(Arc::new(stored), &blocks(6, 25), 25, CUT).unwrap();
                assert_eq!(system.blocks.len(), 6);
                for side in [Side::Plain, Side::Transposed] {
                    // More columns than are solved together, one of them zero.
                    let mut y = right(150, TOGETHER + 3);
                    y.column_mut(7).fill(0.0);
                    let mut expected = y.clone();
                    match side {
                        Side::Plain => exact.solve_in_place(&mut expected),
                        Side::Transposed => exact.solve_transpose_in_place(&mut expected),
                    }
                    let mut x = y.clone();
                    let reached = system.solve_in_place(side, &mut x, 1e-12).unwrap();
                    assert!(reached.residual <= 1e-12 && reached.products < 30, "{reached:?}");
                    let gap = (x - &expected).amax() / expected.amax();
                    assert!(gap < tolerance, "{gap:e}");
                }
            }
        });
    }

    #[test]
    fn a_correction_in_single_precision_is_that_in_double_to_seven_digits() {
        let a: Arc<StoredMatrix> = Arc::new(coefficients(6, 70).into());
        let system = BlockSystem::with_limits(Arc::clone(&a), &blocks(6, 70), 140, CUT).unwrap();
        for side in [Side::Plain, Side::Transposed] {
            let residual = right(420, 5);
            let in_single = correction(system.single.as_ref().unwrap(), side, &residual, |_| 1e-5);
            let in_double = correction(system.double().unwrap(), side, &residual, |_| 1e-5);
            let ((single, few), (double, same)) =
                ((in_single.gained, in_single.sweeps), (in_double.gained, in_double.sweeps));
            assert!((1..=12).contains(&few) && few.abs_diff(same) <= 1, "{few} and {same} sweeps");
            let gap = (&single - &double).amax() / double.amax();
            assert!(gap > 1e-9 && gap < 2e-5, "{gap:e}");
        }
    }

    #[test]
    fn one_sweep_alone_leaves_about_what_a_correction_says_and_the_rest_is_found_by_the_next_one() {
        let a: Arc<StoredMatrix> = Arc::new(coefficients(6, 70).into());
        let system = BlockSystem::with_limits(Arc::clone(&a), &blocks(6, 70), 70, CUT).unwrap();
        let single = system.single.as_ref().unwrap();
        for side in [Side::Plain, Side::Transposed] {
            let wanted = right(420, 5);
            let left = |x: &DMatrix<f64>| {
                let mut left = &wanted - x;
                a.multiply_into(&mut left, 1.0, side, x.as_view(), 1.0);
                worst(&residual::relative_norms(&left, &wanted))
            };
            let Correction { gained, sweeps, leaves } = correction(single, side, &wanted, |_| 1e-5);
            let alone = left(&step(single, side, &wanted));
            assert!(alone < SURE * leaves && alone > 0.05 * leaves, "{alone:e} of {leaves:e}");
            assert!(sweeps > 1 && left(&gained) < 0.01 * alone, "{sweeps}, {:e}", left(&gained));
            // A tolerance that a sweep alone just reaches, or just misses, is reached all the same.
            for tolerance in [1e-6, 1e-8, 1e-10, 1e-11, 1e-12, 1e-13] {
                let mut x = wanted.clone();
                let reached = system.solve_in_place(side, &mut x, tolerance).unwrap();
                assert!(left(&x) <= tolerance && left(&x) <= 1.001 * reached.residual + 1e-15, "{reached:?}");
                assert!(system.double.get().is_none(), "{tolerance:e}");
            }
        }
    }

    #[test]
    fn what_single_precision_tells_of_a_residual_is_never_less_than_the_truth() {
        let a = coefficients(6, 70);
        for stored in [StoredMatrix::from(a.clone()), StoredMatrix::from(a).into_single().0] {
            let exact = stored.to_dense();
            let system = BlockSystem::with_limits(Arc::new(stored), &blocks(6, 70), 140, CUT).unwrap();
            let sweeps = system.single.as_ref().unwrap();
            for side in [Side::Plain, Side::Transposed] {
                let mut left = right(420, 6) * 1e-9;
                left.column_mut(2).fill(0.0);
                let mut x = correction(sweeps, side, &left, |_| 1e-5).gained;
                // A correction that leaves hardly anything, one that leaves nearly all, one of nothing.
                x.column_mut(1).scale_mut(0.01);
                let product = match side {
                    Side::Plain => &exact * &x,
                    Side::Transposed => exact.tr_mul(&x),
                };
                let norm = exact.map(f64::abs);
                let norm = match side {
                    Side::Plain => norm.row_sum().max(),
                    Side::Transposed => norm.column_sum().max(),
                };
                assert!((sweeps.norm(side) / norm - 1.001).abs() < 1e-4, "{}, {norm}", sweeps.norm(side));
                let truth = &left - &x + product;
                for (k, most) in sweeps.left_at_most(side, &left, &x).into_iter().enumerate() {
                    let sum = |matrix: &DMatrix<f64>| matrix.column(k).lp_norm(1);
                    let rounding = sweeps.rounding(side, sum(&left), sum(&x));
                    assert!(most >= sum(&truth), "{k}: {most:e} of {:e}", sum(&truth));
                    assert!(most <= sum(&truth) + 2.0 * rounding, "{k}: {most:e} of {:e}", sum(&truth));
                    assert!(rounding <= 1e-4 * sum(&left), "{rounding:e}");
                }
            }
        }
    }

    #[test]
    fn where_single_precision_sees_nothing_the_sweeps_go_on_in_double() {
        // Every other product is counted in units 10^40 times smaller: coefficients beyond the range of single precision.
        let n = 60;
        let unit = |i: usize| if i.is_multiple_of(2) { 1.0 } else { 1e40 };
        let plain = coefficients(3, 20);
        let a = DMatrix::from_fn(n, n, |i, j| plain[(i, j)] * unit(i) / unit(j));
        let system = BlockSystem::with_limits(Arc::new(a.into()), &blocks(3, 20), 20, CUT).unwrap();
        let y = right(n, 2);
        let mut x = DMatrix::from_fn(n, 2, |i, j| y[(i, j)] * unit(i));
        let reached = system.solve_in_place(Side::Plain, &mut x, 1e-12).unwrap();
        assert!(reached.residual <= 1e-12 && system.double.get().is_some(), "{reached:?}");
        let mut expected = y;
        PivotedFactors::factor(DMatrix::identity(n, n) - &plain).unwrap().solve_in_place(&mut expected);
        for (k, (found, expected)) in x.iter().zip(expected.iter()).enumerate() {
            // The residual is that of the large numbers: what is counted in the large unit is lost among them.
            if k % 2 == 1 {
                assert!((found / 1e40 - expected).abs() < 1e-11 * expected.abs(), "{found} {expected}");
            }
        }
        // Where it sees enough, double precision is not asked.
        let system = BlockSystem::new(Arc::new(coefficients(3, 20).into()), &blocks(3, 20)).unwrap();
        system.solve_in_place(Side::Plain, &mut right(n, 2), 1e-13).unwrap();
        assert!(system.double.get().is_none());
    }

    #[test]
    fn one_block_of_everything_is_a_direct_solve() {
        let system = BlockSystem::new(Arc::new(coefficients(3, 20).into()), &blocks(3, 20)).unwrap();
        assert_eq!(system.blocks.len(), 1);
        let reached = system.solve_in_place(Side::Plain, &mut right(60, 4), 1e-12).unwrap();
        assert!(reached.products <= 3, "{reached:?}");
    }

    #[test]
    fn short_neighbours_are_united_and_long_blocks_cut() {
        let ranges = [0..3, 3..5, 5..5, 5..20, 20..22, 22..24];
        assert_eq!(united(&ranges, 6, 6), [0..5, 5..11, 11..17, 17..22, 22..24]);
        assert_eq!(united(&ranges, 6, 20), [0..5, 5..20, 20..24]);
        assert_eq!(united(&[], 6, 6), Vec::<Range<usize>>::new());
    }

    #[test]
    fn a_long_iteration_starts_again_and_still_arrives() {
        // Rings in an order that no sweep follows: every row sells nearly all to one far away, and single rows as blocks say
        // nothing.
        let n = 120;
        let a = DMatrix::from_fn(n, n, |i, j| if (i * 37 + 11) % n == j { 0.95 } else { 0.0 });
        let rows: Vec<Range<usize>> = (0..n).map(|i| i..i + 1).collect();
        let system = BlockSystem::with_limits(Arc::new(a.clone().into()), &rows, 1, CUT).unwrap();
        let y = right(n, 2);
        let mut x = y.clone();
        let reached = system.solve_in_place(Side::Plain, &mut x, 1e-12).unwrap();
        assert!(reached.products > 16, "{reached:?}");
        assert!((&x - &a * &x - &y).amax() < 1e-10);
    }

    #[test]
    fn what_has_no_solution_is_an_error() {
        let singular = DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.0, 0.2]);
        let whole = std::iter::once(0..2).collect::<Vec<_>>();
        let error = BlockSystem::new(Arc::new(singular.into()), &whole).unwrap_err();
        assert!(matches!(error, KrylovError::Block { row: 0, .. }), "{error}");
        // Each economy can be solved alone; together they use up all they make, and no output leaves anything over.
        let together = DMatrix::from_element(3, 3, 0.5) - DMatrix::from_diagonal_element(3, 3, 0.5);
        let system =
            BlockSystem::with_limits(Arc::new(together.into()), &[0..1, 1..2, 2..3], 1, CUT).unwrap();
        let mut y = DMatrix::from_column_slice(3, 1, &[1.0, 2.0, 4.0]);
        let error = system.solve_in_place(Side::Plain, &mut y, 1e-12).unwrap_err();
        assert!(matches!(error, KrylovError::NotConverged { .. } | KrylovError::NotFinite { .. }), "{error}");
        let mut y = DMatrix::from_element(3, 1, f64::NAN);
        assert!(system.solve_in_place(Side::Plain, &mut y, 1e-12).is_err());
    }

    #[test]
    fn where_rounding_lets_it_the_solution_is_as_exact_as_an_elimination() {
        let a = coefficients(6, 70);
        let y = right(420, 12);
        let system = BlockSystem::with_limits(Arc::new(a.clone().into()), &blocks(6, 70), 70, CUT).unwrap();
        let mut x = y.clone();
        let reached = system.solve_in_place(Side::Plain, &mut x, 1e-13).unwrap();
        let residuals = residual::relative_norms(&(&y - &x + &a * &x), &y);
        assert!(reached.residual <= 1e-14 && worst(&residuals) <= 1e-14, "{reached:?} {}", worst(&residuals));
        assert!(reached.products <= 10, "{reached:?}");
    }

    #[test]
    fn what_is_no_number_is_an_error_in_any_column() {
        let system =
            BlockSystem::with_limits(Arc::new(coefficients(3, 20).into()), &blocks(3, 20), 20, CUT).unwrap();
        for (broken, other) in [(0, 0.0), (1, 0.0), (0, 1.0), (1, 1.0)] {
            let mut y = DMatrix::from_element(60, 2, other);
            y.column_mut(broken).fill(f64::NAN);
            let error = system.solve_in_place(Side::Plain, &mut y, 1e-12).unwrap_err();
            assert!(matches!(error, KrylovError::NotFinite { products } if products <= 1), "{error}");
        }
        // Beyond what can be squared.
        let vast = DMatrix::from_row_slice(2, 2, &[0.0, 1e160, 1e-170, 0.0]);
        let system = BlockSystem::with_limits(Arc::new(vast.into()), &[0..1, 1..2], 1, CUT).unwrap();
        let mut y = DMatrix::from_column_slice(2, 1, &[0.0, 1.0]);
        assert!(system.solve_in_place(Side::Plain, &mut y, 1e-12).is_err());
    }

    #[test]
    fn units_of_all_sizes_and_a_seller_to_all_take_few_sweeps() {
        // One row sells to every other; rows are counted in units that differ by factors of up to 10^6.
        let (economies, sectors) = (10, 30);
        let n = economies * sectors;
        let unit = |i: usize| 10.0_f64.powf(((i * 37) % 61) as f64 / 10.0 - 3.0);
        let plain = coefficients(economies, sectors);
        let hub = |i: usize| if i == 7 { 0.2 } else { 0.0 };
        let a = DMatrix::from_fn(n, n, |i, j| (plain[(i, j)] + hub(i)) * unit(i) / unit(j));
        let blocks = blocks(economies, sectors);
        let system = BlockSystem::with_limits(Arc::new(a.clone().into()), &blocks, sectors, CUT).unwrap();
        let plain_y = right(n, 8);
        let y = DMatrix::from_fn(n, 8, |i, j| plain_y[(i, j)] * unit(i));
        let mut x = y.clone();
        let reached = system.solve_in_place(Side::Plain, &mut x, 1e-12).unwrap();
        assert!(reached.products <= 20, "{reached:?}");
        let exact = PivotedFactors::factor(DMatrix::identity(n, n) - &a).unwrap();
        let mut expected = y;
        exact.solve_in_place(&mut expected);
        for (x, expected) in x.column_iter().zip(expected.column_iter()) {
            assert!((x - expected).lp_norm(1) < 1e-9 * expected.lp_norm(1));
        }
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        // Inner products are summed over several chunks of rows.
        let a: Arc<StoredMatrix> = Arc::new(StoredMatrix::from(coefficients(15, 80)).into_single().0);
        let bits = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let system = BlockSystem::with_limits(Arc::clone(&a), &blocks(15, 80), 80, CUT).unwrap();
                let mut x = right(1_200, 9);
                system.solve_in_place(Side::Transposed, &mut x, 1e-12).unwrap();
                x.iter().map(|value| value.to_bits()).collect::<Vec<_>>()
            })
        };
        assert_eq!(bits(1), bits(3));
    }
}
