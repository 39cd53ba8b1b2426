//! (I − A) X = Y for a large dense A and many right-hand sides: GMRES, preconditioned by the LU of diagonal blocks.
//!
//! Where most inputs come from home, the diagonal blocks of I − A are most of it: with their LU as preconditioner a
//! dozen products with A do, whatever the order. Each right-hand side has its own Krylov space, but all are multiplied
//! together, so the time goes into products of a square and a wide matrix. A stays where it is, in any storage; cells in
//! single precision are widened exactly, so what is solved is the system of the cells as they are kept.

use std::ops::Range;
use std::sync::Arc;

use nalgebra::DMatrix;
use rayon::prelude::*;
use thiserror::Error;

use super::lu::LuFactors;
use super::pivoted::PivotedFactors;
use super::residual;
use super::sparse::Side;
use super::stored::StoredMatrix;

/// Order up to which neighbouring blocks are factorised as one: their LU costs less than one product with A, and what
/// neighbours sell to each other is then part of the preconditioner.
const UNITED: usize = 2_048;
/// Right-hand sides that are solved together: their bases stand in memory at the same time.
const TOGETHER: usize = 256;
/// Vectors of a basis; a longer iteration starts again from what it has reached.
const BASIS: usize = 24;
/// Products with A after which an iteration is given up.
const MAX_PRODUCTS: usize = 240;

/// Rounding error of a residual, relative to the right-hand side, above which it says nothing.
const HIDDEN: f64 = 1e-8;

/// What the iteration reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// Products with A.
    pub products: usize,
    /// Largest ‖Y − (I − A) X‖₁ / ‖Y‖₁ over the columns, computed from the X returned.
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

/// I − A with the LU of its diagonal blocks.
#[derive(Debug)]
pub struct BlockSystem {
    coefficients: Arc<StoredMatrix>,
    blocks: Vec<(Range<usize>, BlockFactors)>,
}

/// A diagonal block of I − A, factorised.
#[derive(Debug)]
enum BlockFactors {
    Plain(LuFactors),
    /// The block is no M-matrix.
    Pivoted(PivotedFactors),
}

impl BlockSystem {
    /// Factorises the diagonal blocks of I − A. `blocks` are ranges of rows in order; short neighbours are united, long
    /// ones cut.
    ///
    /// # Errors
    /// [`KrylovError::Block`].
    ///
    /// # Panics
    /// If A is not square or the blocks do not cover its rows in order.
    ///
    /// # Cost
    /// At most 2/3 n 2048² flops and 8 n 2048 bytes.
    pub fn new(coefficients: Arc<StoredMatrix>, blocks: &[Range<usize>]) -> Result<Self, KrylovError> {
        Self::with_limit(coefficients, blocks, UNITED)
    }

    /// [`Self::new`] with another limit for the order of a block.
    pub(super) fn with_limit(
        coefficients: Arc<StoredMatrix>,
        blocks: &[Range<usize>],
        limit: usize,
    ) -> Result<Self, KrylovError> {
        let (n, columns) = coefficients.shape();
        assert_eq!(n, columns, "input coefficients are square");
        let blocks = united(blocks, limit);
        assert_eq!(blocks.last().map_or(0, |block| block.end), n, "blocks cover the rows");
        let blocks = blocks
            .into_par_iter()
            .map(|block| {
                let make = || coefficients.identity_minus(block.clone());
                let factors = match LuFactors::factor(make()) {
                    Ok(factors) => BlockFactors::Plain(factors),
                    Err(_) => BlockFactors::Pivoted(PivotedFactors::factor(make()).map_err(|error| {
                        KrylovError::Block { row: block.start + error.index, pivot: error.pivot }
                    })?),
                };
                Ok((block, factors))
            })
            .collect::<Result<Vec<_>, KrylovError>>()?;
        Ok(Self { coefficients, blocks })
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
    /// 2 n² c flops a product, 10 to 15 products on tables of the world for a tolerance of 1e-12; at most 24 n × 256
    /// numbers for the bases.
    ///
    /// # Source
    /// Saad and Schultz (1986), "GMRES", SIAM J. Sci. Stat. Comput. 7(3), doi:10.1137/0907058; Saad (2003), Iterative
    /// Methods for Sparse Linear Systems, section 9.3.2 (preconditioning from the right, which keeps the residual).
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
        let mut products = 0;
        loop {
            let residual = worst(&residual::relative_norms(&left, y));
            // A solution that large hides its own residual in rounding: the system is singular for all purposes.
            let hidden = f64::EPSILON * worst(&residual::relative_norms(&x, y));
            if hidden > HIDDEN {
                return Err(KrylovError::NotConverged { products, residual: hidden, tolerance });
            }
            if residual <= tolerance {
                return Ok((x, Reached { products, residual }));
            }
            if !residual.is_finite() {
                return Err(KrylovError::NotFinite { products });
            }
            if products >= MAX_PRODUCTS {
                return Err(KrylovError::NotConverged { products, residual, tolerance });
            }
            products += self.cycle(side, &mut x, left, y, tolerance);
            left = y - &x;
            self.coefficients.multiply_into(&mut left, 1.0, side, x.as_view(), 1.0);
            products += 1;
        }
    }

    /// One cycle of GMRES on every column: X gains P⁻¹ V c, where V spans the Krylov space of the residual `left` and c
    /// makes what is left of it smallest. Gives the number of products.
    fn cycle(
        &self,
        side: Side,
        x: &mut DMatrix<f64>,
        left: DMatrix<f64>,
        y: &DMatrix<f64>,
        tolerance: f64,
    ) -> usize {
        let mut columns: Vec<Small> = left
            .column_iter()
            .zip(y.column_iter())
            .map(|(left, y)| Small::new(left.norm(), target(tolerance, y.lp_norm(1), y.len())))
            .collect();
        let mut basis = vec![left];
        scale_columns(&mut basis[0], |k| columns[k].first());
        while basis.len() <= BASIS && columns.iter().any(|column| !column.done()) {
            let last = basis.len() - 1;
            let mut z = basis[last].clone();
            self.precondition(side, &mut z);
            // (I − A) z, orthogonal to all that is there.
            let mut next = z.clone();
            self.coefficients.multiply_into(&mut next, -1.0, side, z.as_view(), 1.0);
            let n = next.nrows().max(1);
            next.as_mut_slice().par_chunks_mut(n).zip(&mut columns).enumerate().for_each(
                |(k, (next, column))| {
                    if column.done() {
                        // Nothing but rounding is left to find here.
                        return next.fill(0.0);
                    }
                    let mut products = Vec::with_capacity(last + 2);
                    for vector in &basis {
                        let vector = &vector.as_slice()[k * n..][..n];
                        let along = dot(vector, next);
                        for (value, v) in next.iter_mut().zip(vector) {
                            *value -= along * v;
                        }
                        products.push(along);
                    }
                    let norm = dot(next, next).sqrt();
                    products.push(norm);
                    let inverse = if norm > 0.0 { 1.0 / norm } else { 0.0 };
                    next.iter_mut().for_each(|value| *value *= inverse);
                    column.append(products);
                },
            );
            basis.push(next);
        }
        let products = basis.len() - 1;
        let mut step = DMatrix::zeros(x.nrows(), x.ncols());
        let n = x.nrows().max(1);
        step.as_mut_slice().par_chunks_mut(n).zip(&columns).enumerate().for_each(|(k, (step, column))| {
            for (weight, vector) in column.weights().iter().zip(&basis) {
                for (value, v) in step.iter_mut().zip(&vector.as_slice()[k * n..][..n]) {
                    *value += weight * v;
                }
            }
        });
        drop(basis);
        self.precondition(side, &mut step);
        *x += step;
        products
    }

    /// P⁻¹ Z, or P⁻ᵀ Z, with P the diagonal blocks.
    fn precondition(&self, side: Side, z: &mut DMatrix<f64>) {
        let parts: Vec<DMatrix<f64>> = self
            .blocks
            .par_iter()
            .map(|(block, factors)| {
                let mut part = z.rows_range(block.clone()).into_owned();
                match (factors, side) {
                    (BlockFactors::Plain(lu), Side::Plain) => lu.solve_in_place(&mut part),
                    (BlockFactors::Plain(lu), Side::Transposed) => lu.solve_transpose_in_place(&mut part),
                    (BlockFactors::Pivoted(lu), Side::Plain) => lu.solve_in_place(&mut part),
                    (BlockFactors::Pivoted(lu), Side::Transposed) => lu.solve_transpose_in_place(&mut part),
                }
                part
            })
            .collect();
        for ((block, _), part) in self.blocks.iter().zip(parts) {
            z.rows_range_mut(block.clone()).copy_from(&part);
        }
    }
}

/// Ranges of rows of at most `limit`: neighbours united, longer ones cut.
fn united(blocks: &[Range<usize>], limit: usize) -> Vec<Range<usize>> {
    let mut united: Vec<Range<usize>> = Vec::new();
    for block in blocks.iter().filter(|block| !block.is_empty()) {
        match united.last_mut() {
            Some(last) if block.end - last.start <= limit => last.end = block.end,
            _ => united.extend(block.clone().step_by(limit).map(|start| start..block.end.min(start + limit))),
        }
    }
    united
}

/// 2-norm of a residual below which its 1-norm is surely within the tolerance: ‖r‖₁ ≤ √n ‖r‖₂.
fn target(tolerance: f64, norm: f64, n: usize) -> f64 {
    tolerance * norm / (n as f64).sqrt()
}

/// Largest, NaN if one is.
fn worst(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most: f64, value| if value.is_nan() { *value } else { most.max(*value) })
}

/// Divides every column by a number; zero clears it.
fn scale_columns(matrix: &mut DMatrix<f64>, size: impl Fn(usize) -> f64) {
    for (k, mut column) in matrix.column_iter_mut().enumerate() {
        let size = size(k);
        column.scale_mut(if size > 0.0 { 1.0 / size } else { 0.0 });
    }
}

/// Inner product with eight running sums, in a fixed order.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (a, b) in a8.iter().zip(b8) {
        for k in 0..8 {
            lanes[k] += a[k] * b[k];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f64>() + rest
}

/// The small least-squares problem of one column: its Hessenberg matrix, turned into a triangle by Givens rotations.
struct Small {
    /// Columns of the triangle.
    triangle: Vec<Vec<f64>>,
    rotations: Vec<(f64, f64)>,
    /// The right-hand side, rotated; the last number is what is left.
    right: Vec<f64>,
    target: f64,
}

impl Small {
    fn new(norm: f64, target: f64) -> Self {
        Self { triangle: Vec::new(), rotations: Vec::new(), right: vec![norm], target }
    }

    /// Norm of the residual that the cycle started from.
    fn first(&self) -> f64 {
        self.right[0]
    }

    fn done(&self) -> bool {
        // The loop of `solve` finds NaN in the residual itself.
        let left = self.right[self.right.len() - 1].abs();
        left <= self.target || left.is_nan()
    }

    /// Takes one more column of the Hessenberg matrix.
    fn append(&mut self, mut column: Vec<f64>) {
        for (k, (cosine, sine)) in self.rotations.iter().enumerate() {
            let (a, b) = (column[k], column[k + 1]);
            column[k] = cosine * a + sine * b;
            column[k + 1] = cosine * b - sine * a;
        }
        let k = self.rotations.len();
        let size = column[k].hypot(column[k + 1]);
        let (cosine, sine) = if size > 0.0 { (column[k] / size, column[k + 1] / size) } else { (1.0, 0.0) };
        column[k] = size;
        column.truncate(k + 1);
        self.triangle.push(column);
        self.rotations.push((cosine, sine));
        let left = self.right[k];
        self.right[k] = cosine * left;
        self.right.push(-sine * left);
    }

    /// The weights of the basis vectors, by back substitution; a zero pivot belongs to a vector that adds nothing.
    fn weights(&self) -> Vec<f64> {
        let mut weights = self.right[..self.triangle.len()].to_vec();
        for k in (0..weights.len()).rev() {
            let column = &self.triangle[k];
            weights[k] = if column[k] > 0.0 { weights[k] / column[k] } else { 0.0 };
            for i in 0..k {
                weights[i] -= column[i] * weights[k];
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn right(n: usize, columns: usize) -> DMatrix<f64> {
        DMatrix::from_fn(
            n,
            columns,
            |i, j| if (i + j) % 5 == 0 { ((i * 3 + j) % 11) as f64 - 4.0 } else { 0.0 },
        )
    }

    fn blocks(economies: usize, sectors: usize) -> Vec<Range<usize>> {
        (0..economies).map(|e| e * sectors..(e + 1) * sectors).collect()
    }

    #[test]
    fn the_solution_is_that_of_a_factorisation_on_both_sides_and_in_every_storage() {
        let a = coefficients(6, 25);
        let exact = PivotedFactors::factor(DMatrix::identity(150, 150) - &a).unwrap();
        let stored = StoredMatrix::from(a);
        for (stored, tolerance) in [
            (stored.clone(), 1e-11),
            (stored.clone().into_compressed(), 1e-11),
            (stored.into_single().0, 1e-6),
        ] {
            let system = BlockSystem::with_limit(Arc::new(stored), &blocks(6, 25), 25).unwrap();
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
        assert_eq!(united(&ranges, 6), [0..5, 5..11, 11..17, 17..22, 22..24]);
        assert_eq!(united(&[], 6), Vec::<Range<usize>>::new());
    }

    #[test]
    fn a_long_iteration_starts_again_and_still_arrives() {
        // A ring: every row sells half a unit to its neighbour, so single rows as blocks say nothing.
        let n = 120;
        let a = DMatrix::from_fn(n, n, |i, j| if (i + 1) % n == j { 0.5 } else { 0.0 });
        let rows: Vec<Range<usize>> = (0..n).map(|i| i..i + 1).collect();
        let system = BlockSystem::with_limit(Arc::new(a.clone().into()), &rows, 1).unwrap();
        let y = right(n, 2);
        let mut x = y.clone();
        let reached = system.solve_in_place(Side::Plain, &mut x, 1e-12).unwrap();
        assert!(reached.products > BASIS, "{reached:?}");
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
        let system = BlockSystem::with_limit(Arc::new(together.into()), &[0..1, 1..2, 2..3], 1).unwrap();
        let mut y = DMatrix::from_column_slice(3, 1, &[1.0, 2.0, 4.0]);
        let error = system.solve_in_place(Side::Plain, &mut y, 1e-12).unwrap_err();
        assert!(matches!(error, KrylovError::NotConverged { .. } | KrylovError::NotFinite { .. }), "{error}");
        let mut y = DMatrix::from_element(3, 1, f64::NAN);
        assert!(system.solve_in_place(Side::Plain, &mut y, 1e-12).is_err());
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        let a: Arc<StoredMatrix> = Arc::new(StoredMatrix::from(coefficients(5, 80)).into_single().0);
        let bits = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let system = BlockSystem::with_limit(Arc::clone(&a), &blocks(5, 80), 80).unwrap();
                let mut x = right(400, 9);
                system.solve_in_place(Side::Transposed, &mut x, 1e-12).unwrap();
                x.iter().map(|value| value.to_bits()).collect::<Vec<_>>()
            })
        };
        assert_eq!(bits(1), bits(3));
    }
}
