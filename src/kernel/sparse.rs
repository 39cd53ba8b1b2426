//! `(I − A) X = Y` and its transpose for a sparse A of up to about 10⁶ nodes, by iteration.
//!
//! A direct factorisation of a firm network fills in and is useless beyond some 10⁴ nodes, while
//! 15 to 30 products with A are enough. Right-hand sides are treated in blocks stored row by row,
//! so that one pass over A serves all of a block. Rows are cut into parts of equal work and
//! vectors into chunks of equal length; both cuts depend on the matrix alone, so every result has
//! the same bits for any number of threads.
//!
//! | method | per iteration | choose it for |
//! |---|---|---|
//! | [`SparseSystem::bicgstab`] | 2 products, parallel | many nodes, several threads; the default |
//! | [`SparseSystem::gauss_seidel`] | 1 sweep, serial per block | one thread; it cannot fail when A ≥ 0 and ρ(A) < 1 |
//! | [`SparseSystem::gmres`] | 1 product and up to 30 inner products | where BiCGSTAB breaks down |

use nalgebra::DMatrix;
use rayon::prelude::*;
use sprs::CsMatI;
use thiserror::Error;

use super::residual::relative;

/// Stored elements plus rows of one part of the matrix.
const PART_WORK: usize = 32_768;
/// Rows of one chunk of a vector.
const CHUNK: usize = 4096;
/// Bytes one block of vectors may take: it is read in random order while seven others stream past.
///
/// Measured at 10⁵ nodes (BiCGSTAB, CPU ms per column, busy machine): 1 column 41 to 47,
/// 4 columns 20 to 38, 8 columns 55, 16 columns 65.
const CACHE_BYTES: usize = 4 << 20;
/// Directions kept by GMRES before it restarts.
const RESTART: usize = 30;

/// Which of the two systems is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// (I − A) X = Y: what must be produced for a final demand Y.
    Plain,
    /// (I − A)′ X = Y: what multiplier belongs to a direct coefficient Y.
    Transposed,
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Largest accepted ‖Y − (I − A) X‖₁ / ‖Y‖₁ of each column, computed from the X returned.
    pub tolerance: f64,
    /// Most products with A (sweeps for Gauss–Seidel) spent on one right-hand side.
    pub max_iterations: usize,
}

impl Default for Settings {
    /// Residual 10⁻¹², 1000 products.
    fn default() -> Self {
        Self { tolerance: 1e-12, max_iterations: 1000 }
    }
}

/// A solution and what it took.
#[derive(Clone, Debug)]
pub struct SparseSolution {
    /// X, one column per right-hand side.
    pub solution: DMatrix<f64>,
    /// Most products with A (sweeps for Gauss–Seidel) needed by any column.
    pub iterations: usize,
    /// Largest ‖Y − (I − A) X‖₁ / ‖Y‖₁ over the columns, computed from the X returned.
    pub residual: f64,
}

/// Why there is no solution, or why a matrix was not accepted.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum SparseError {
    /// The residual is still too large.
    #[error("column {column}: residual {residual:e} after {iterations} iterations, wanted {tolerance:e}")]
    NotConverged {
        /// Right-hand side, from 0.
        column: usize,
        /// Products with A spent.
        iterations: usize,
        /// ‖Y − (I − A) X‖₁ / ‖Y‖₁ reached.
        residual: f64,
        /// What was asked for.
        tolerance: f64,
    },
    /// A number overflowed or was NaN: the iteration diverged, or the data held it.
    #[error("column {column}: not finite after {iterations} iterations")]
    NotFinite {
        /// Right-hand side, from 0.
        column: usize,
        /// Products with A spent.
        iterations: usize,
    },
    /// Gauss–Seidel divides by 1 − a_ii, which is not positive.
    #[error("row {row} uses {coefficient} of itself per unit: Gauss–Seidel needs less than 1")]
    SelfUse {
        /// Row, from 0.
        row: usize,
        /// a_ii.
        coefficient: f64,
    },
}

/// A sparse A with its transpose, ready to be multiplied in parallel.
#[derive(Clone, Debug)]
pub struct SparseSystem {
    plain: Rows,
    transposed: Rows,
}

/// A matrix in compressed rows, cut into parts of about equal work.
#[derive(Clone, Debug)]
struct Rows {
    matrix: CsMatI<f64, u32>,
    /// First row of each part, and the number of rows at the end.
    parts: Vec<usize>,
}

impl SparseSystem {
    /// Prepares A for solving with I − A and its transpose.
    ///
    /// # Panics
    /// If A is not square.
    ///
    /// # Cost
    /// O(nnz) time; 24 bytes per stored element for A and its transpose together.
    #[must_use]
    pub fn new(input_coefficients: CsMatI<f64, u32>) -> Self {
        assert_eq!(input_coefficients.rows(), input_coefficients.cols(), "input coefficients are square");
        let transpose = input_coefficients.transpose_view().to_csr();
        let plain =
            if input_coefficients.is_csr() { input_coefficients } else { input_coefficients.to_csr() };
        Self { plain: Rows::new(plain), transposed: Rows::new(transpose) }
    }

    /// Number of nodes.
    #[must_use]
    pub fn order(&self) -> usize {
        self.plain.order()
    }

    /// Stored elements of A.
    #[must_use]
    pub fn stored(&self) -> usize {
        self.plain.matrix.nnz()
    }

    /// What is A X, or A′ X?
    ///
    /// # Panics
    /// If `x` does not have n rows.
    ///
    /// # Cost
    /// 2 nnz c flops, in parallel over rows.
    #[must_use]
    pub fn multiply(&self, side: Side, x: &DMatrix<f64>) -> DMatrix<f64> {
        assert_eq!(x.nrows(), self.order(), "rows of the multiplied matrix");
        let mut result = DMatrix::zeros(x.nrows(), x.ncols());
        let mut start = 0;
        while start < x.ncols() {
            let left = x.ncols() - start;
            start += match self.block_width(left) {
                16 => self.multiply_block::<16>(side, x, &mut result, start),
                8 => self.multiply_block::<8>(side, x, &mut result, start),
                4 => self.multiply_block::<4>(side, x, &mut result, start),
                2 => self.multiply_block::<2>(side, x, &mut result, start),
                _ => self.multiply_block::<1>(side, x, &mut result, start),
            };
        }
        result
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y, by BiCGSTAB?
    ///
    /// Columns of a block share the passes over A but are otherwise independent; a column that
    /// has converged stands still. When the recurrence breaks down, or its residual turns out
    /// not to be the true one, it starts again from the X reached.
    ///
    /// # Errors
    /// [`SparseError::NotConverged`] or [`SparseError::NotFinite`], naming the first column that
    /// failed.
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// 2 products with A per step, typically 10 to 25 products for 10⁻¹²; 8 vectors per column of
    /// a block.
    ///
    /// # Source
    /// van der Vorst (1992), "Bi-CGSTAB", SIAM J. Sci. Stat. Comput. 13(2),
    /// doi:10.1137/0913035.
    pub fn bicgstab(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        settings: Settings,
    ) -> Result<SparseSolution, SparseError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let mut answer = SparseSolution::empty(right);
        let mut start = 0;
        while start < right.ncols() {
            start += match self.block_width(right.ncols() - start) {
                16 => bicgstab_block::<16>(self.rows(side), right, start, settings, &mut answer)?,
                8 => bicgstab_block::<8>(self.rows(side), right, start, settings, &mut answer)?,
                4 => bicgstab_block::<4>(self.rows(side), right, start, settings, &mut answer)?,
                2 => bicgstab_block::<2>(self.rows(side), right, start, settings, &mut answer)?,
                _ => bicgstab_block::<1>(self.rows(side), right, start, settings, &mut answer)?,
            };
        }
        Ok(answer)
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y, by Gauss–Seidel?
    ///
    /// ```text
    /// x_i ← ( y_i + Σ_{j≠i} a_ij x_j ) / (1 − a_ii),   i = 1, …, n, with the newest x
    /// ```
    ///
    /// # Errors
    /// [`SparseError::SelfUse`] if some a_ii ≥ 1, else as [`Self::bicgstab`].
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// One product per sweep, serial within a block of columns, in parallel over blocks.
    /// Converges whenever A ≥ 0 and ρ(A) < 1, faster than the Neumann series.
    ///
    /// # Source
    /// Varga (2000), Matrix Iterative Analysis, section 3.1 (Stein–Rosenberg theorem).
    pub fn gauss_seidel(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        settings: Settings,
    ) -> Result<SparseSolution, SparseError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let rows = self.rows(side);
        let pivots = rows.reciprocal_pivots()?;
        let mut blocks = Vec::new();
        let mut start = 0;
        while start < right.ncols() {
            let width = self.block_width(right.ncols() - start).min(8);
            blocks.push((start, width));
            start += width.min(right.ncols() - start);
        }
        let answers: Vec<_> = blocks
            .into_par_iter()
            .with_max_len(1)
            .map(|(start, width)| match width {
                8 => gauss_seidel_block::<8>(rows, &pivots, right, start, settings),
                4 => gauss_seidel_block::<4>(rows, &pivots, right, start, settings),
                2 => gauss_seidel_block::<2>(rows, &pivots, right, start, settings),
                _ => gauss_seidel_block::<1>(rows, &pivots, right, start, settings),
            })
            .collect();
        let mut answer = SparseSolution::empty(right);
        for block in answers {
            let (start, columns) = block?;
            for (offset, (column, iterations, residual)) in columns.into_iter().enumerate() {
                answer.solution.column_mut(start + offset).copy_from_slice(&column);
                answer.note(iterations, residual);
            }
        }
        Ok(answer)
    }

    /// Which X satisfies (I − A) X = Y, or (I − A)′ X = Y, by GMRES(30)?
    ///
    /// # Errors
    /// As [`Self::bicgstab`].
    ///
    /// # Panics
    /// If `right` does not have n rows.
    ///
    /// # Cost
    /// One product and up to 60 inner products per iteration; 33 vectors. Right-hand sides are
    /// treated one after the other.
    ///
    /// # Source
    /// Saad and Schultz (1986), "GMRES", SIAM J. Sci. Stat. Comput. 7(3), doi:10.1137/0907058;
    /// Gram–Schmidt is done twice, Giraud et al. (2005), Numer. Math. 101,
    /// doi:10.1007/s00211-005-0615-4.
    pub fn gmres(
        &self,
        side: Side,
        right: &DMatrix<f64>,
        settings: Settings,
    ) -> Result<SparseSolution, SparseError> {
        assert_eq!(right.nrows(), self.order(), "rows of the right-hand side");
        let mut answer = SparseSolution::empty(right);
        for column in 0..right.ncols() {
            gmres_column(self.rows(side), right, column, settings, &mut answer)?;
        }
        Ok(answer)
    }

    /// A or A′.
    fn rows(&self, side: Side) -> &Rows {
        match side {
            Side::Plain => &self.plain,
            Side::Transposed => &self.transposed,
        }
    }

    /// Columns to treat together: what fits the cache, and not many more than there are.
    fn block_width(&self, left: usize) -> usize {
        let fits = CACHE_BYTES / (8 * self.order().max(1));
        [16, 8, 4, 2]
            .into_iter()
            .find(|&width| width <= fits && width < 2 * left && (width <= 4 || width <= left))
            .unwrap_or(1)
    }

    /// One block of [`Self::multiply`]; returns how many columns it did.
    fn multiply_block<const C: usize>(
        &self,
        side: Side,
        x: &DMatrix<f64>,
        result: &mut DMatrix<f64>,
        start: usize,
    ) -> usize {
        let block = gather::<C>(x, start);
        let mut product = vec![[0.0; C]; block.len()];
        self.rows(side).multiply(&block, &mut product, |_, sum, []| sum);
        scatter(&product, result, start)
    }
}

impl Rows {
    /// Cuts a matrix into parts.
    fn new(matrix: CsMatI<f64, u32>) -> Self {
        let mut parts = vec![0];
        let mut work = 0;
        {
            let pointers = matrix.indptr();
            let pointers = pointers.raw_storage();
            for row in 0..matrix.rows() {
                work += 1 + (pointers[row + 1] - pointers[row]) as usize;
                if work >= PART_WORK {
                    parts.push(row + 1);
                    work = 0;
                }
            }
        }
        if parts.last() != Some(&matrix.rows()) {
            parts.push(matrix.rows());
        }
        Self { matrix, parts }
    }

    /// Number of rows.
    fn order(&self) -> usize {
        self.matrix.rows()
    }

    /// Column indices and values of a row.
    fn row<'a>(
        pointers: &[u32],
        indices: &'a [u32],
        values: &'a [f64],
        row: usize,
    ) -> impl Iterator<Item = (usize, f64)> + use<'a> {
        let range = pointers[row] as usize..pointers[row + 1] as usize;
        indices[range.clone()].iter().zip(&values[range]).map(|(index, value)| (*index as usize, *value))
    }

    /// `result_i = finish(i, Σ_j a_ij x_j, tally)` for a row-major block of C columns, in
    /// parallel; returns the tallies of all parts, added in order.
    fn multiply<const C: usize, const K: usize>(
        &self,
        x: &[[f64; C]],
        result: &mut [[f64; C]],
        finish: impl Fn(usize, [f64; C], &mut [[f64; C]; K]) -> [f64; C] + Sync,
    ) -> [[f64; C]; K] {
        let pointers = self.matrix.indptr();
        let pointers = pointers.raw_storage();
        let (indices, values) = (self.matrix.indices(), self.matrix.data());
        let part_product = |first: usize, part: &mut [[f64; C]]| {
            let mut tally = [[0.0; C]; K];
            for (offset, target) in part.iter_mut().enumerate() {
                let row = first + offset;
                let mut sum = [0.0; C];
                for (j, a) in Self::row(pointers, indices, values, row) {
                    let source = &x[j];
                    for c in 0..C {
                        sum[c] += a * source[c];
                    }
                }
                *target = finish(row, sum, &mut tally);
            }
            tally
        };
        if self.parts.len() <= 2 {
            return part_product(0, result);
        }
        let mut targets = Vec::with_capacity(self.parts.len());
        let mut rest = result;
        for bounds in self.parts.windows(2) {
            let (part, following) = rest.split_at_mut(bounds[1] - bounds[0]);
            targets.push((bounds[0], part));
            rest = following;
        }
        let tallies: Vec<_> =
            targets.into_par_iter().with_max_len(1).map(|(first, part)| part_product(first, part)).collect();
        total(tallies)
    }

    /// `residual = y − (I − A) x`; returns the 1-norms of its columns.
    fn residual<const C: usize>(
        &self,
        x: &[[f64; C]],
        y: &[[f64; C]],
        residual: &mut [[f64; C]],
    ) -> [f64; C] {
        let [norm] = self.multiply(x, residual, |i, sum, [norm]| {
            std::array::from_fn(|c| {
                let r = y[i][c] - x[i][c] + sum[c];
                norm[c] += r.abs();
                r
            })
        });
        norm
    }

    /// `1 / (1 − a_ii)`.
    fn reciprocal_pivots(&self) -> Result<Vec<f64>, SparseError> {
        let pointers = self.matrix.indptr();
        let pointers = pointers.raw_storage();
        let (indices, values) = (self.matrix.indices(), self.matrix.data());
        (0..self.order())
            .map(|row| {
                let coefficient: f64 = Self::row(pointers, indices, values, row)
                    .filter(|(column, _)| *column == row)
                    .map(|(_, value)| value)
                    .sum();
                if coefficient < 1.0 {
                    Ok(1.0 / (1.0 - coefficient))
                } else {
                    Err(SparseError::SelfUse { row, coefficient })
                }
            })
            .collect()
    }
}

impl SparseSolution {
    /// Zeros in the shape of the right-hand side.
    fn empty(right: &DMatrix<f64>) -> Self {
        Self { solution: DMatrix::zeros(right.nrows(), right.ncols()), iterations: 0, residual: 0.0 }
    }

    /// Keeps the worst of the columns.
    fn note(&mut self, iterations: usize, residual: f64) {
        self.iterations = self.iterations.max(iterations);
        self.residual = self.residual.max(residual);
    }
}

/// C columns from `start` on as rows of C numbers; missing columns are zero.
fn gather<const C: usize>(matrix: &DMatrix<f64>, start: usize) -> Vec<[f64; C]> {
    let n = matrix.nrows();
    let mut block = vec![[0.0; C]; n];
    let columns = &matrix.as_slice()[start * n..];
    block.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, rows)| {
        for (c, column) in columns.chunks(n).take(C).enumerate() {
            for (row, value) in rows.iter_mut().zip(&column[chunk * CHUNK..]) {
                row[c] = *value;
            }
        }
    });
    block
}

/// The reverse of [`gather`]; returns how many columns there were.
fn scatter<const C: usize>(block: &[[f64; C]], matrix: &mut DMatrix<f64>, start: usize) -> usize {
    let n = matrix.nrows();
    let columns = C.min(matrix.ncols() - start);
    if n == 0 {
        return columns;
    }
    let mut pieces: Vec<Vec<&mut [f64]>> = Vec::new();
    pieces.resize_with(n.div_ceil(CHUNK), Vec::new);
    let targets = matrix.as_mut_slice()[start * n..].chunks_mut(n).take(C);
    for column in targets {
        for (pieces, piece) in pieces.iter_mut().zip(column.chunks_mut(CHUNK)) {
            pieces.push(piece);
        }
    }
    block.par_chunks(CHUNK).zip(pieces).for_each(|(rows, pieces)| {
        for (c, piece) in pieces.into_iter().enumerate() {
            for (row, value) in rows.iter().zip(piece) {
                *value = row[c];
            }
        }
    });
    columns
}

/// Adds tallies in the order given.
fn total<const C: usize, const K: usize>(tallies: Vec<[[f64; C]; K]>) -> [[f64; C]; K] {
    let mut total = [[0.0; C]; K];
    for tally in tallies {
        for (total, tally) in total.iter_mut().zip(tally) {
            for (total, tally) in total.iter_mut().zip(tally) {
                *total += tally;
            }
        }
    }
    total
}

/// 1-norms of the columns.
fn absolute_sums<const C: usize>(block: &[[f64; C]]) -> [f64; C] {
    inner(block, block, |a, _| a.abs())
}

/// Inner products of the columns, for any kind of product.
fn inner<const C: usize>(
    a: &[[f64; C]],
    b: &[[f64; C]],
    product: impl Fn(f64, f64) -> f64 + Sync,
) -> [f64; C] {
    let tallies: Vec<_> = a
        .par_chunks(CHUNK)
        .zip(b.par_chunks(CHUNK))
        .map(|(a, b)| {
            let mut sum = [0.0; C];
            for (a, b) in a.iter().zip(b) {
                for c in 0..C {
                    sum[c] += product(a[c], b[c]);
                }
            }
            [sum]
        })
        .collect();
    let [sum] = total(tallies);
    sum
}

/// Changes two blocks row by row, in parallel; returns the tallies of all chunks, added in order.
fn change<const C: usize, const K: usize>(
    first: &mut [[f64; C]],
    second: &mut [[f64; C]],
    rule: impl Fn(usize, &mut [f64; C], &mut [f64; C], &mut [[f64; C]; K]) + Sync,
) -> [[f64; C]; K] {
    let tallies: Vec<_> = first
        .par_chunks_mut(CHUNK)
        .zip(second.par_chunks_mut(CHUNK))
        .enumerate()
        .map(|(chunk, (first, second))| {
            let mut tally = [[0.0; C]; K];
            for (offset, (first, second)) in first.iter_mut().zip(second).enumerate() {
                rule(chunk * CHUNK + offset, first, second, &mut tally);
            }
            tally
        })
        .collect();
    total(tallies)
}

/// Quotient, or 0 where the denominator vanishes (a column at rest).
fn quotient(numerator: f64, denominator: f64) -> f64 {
    if denominator.abs() > 0.0 { numerator / denominator } else { 0.0 }
}

/// C systems side by side; returns how many of them were real columns.
fn bicgstab_block<const C: usize>(
    rows: &Rows,
    right: &DMatrix<f64>,
    start: usize,
    settings: Settings,
    answer: &mut SparseSolution,
) -> Result<usize, SparseError> {
    let n = rows.order();
    let columns = C.min(right.ncols() - start);
    let y = gather::<C>(right, start);
    let size = absolute_sums(&y);
    for (c, size) in size.iter().enumerate() {
        if !size.is_finite() {
            return Err(SparseError::NotFinite { column: start + c, iterations: 0 });
        }
    }
    let mut x = y.clone();
    let zero = || vec![[0.0; C]; n];
    let (mut r, mut shadow, mut p) = (zero(), zero(), zero());
    let (mut v, mut s, mut t) = (zero(), zero(), zero());
    let mut iterations = [1; C];
    let mut used = 1;
    loop {
        // A fresh start from x, with the true residual.
        let norm = rows.residual(&x, &y, &mut r);
        let mut active: [bool; C] = std::array::from_fn(|c| {
            // Not `>`: a NaN must count as not yet converged.
            relative(norm[c], size[c]) > settings.tolerance || norm[c].is_nan()
        });
        if let Some(c) = (0..columns).find(|&c| !norm[c].is_finite()) {
            return Err(SparseError::NotFinite { column: start + c, iterations: used });
        }
        let Some(slowest) = (0..columns).find(|&c| active[c]) else {
            for c in 0..columns {
                answer.note(iterations[c], relative(norm[c], size[c]));
            }
            return Ok(scatter(&x, &mut answer.solution, start));
        };
        if used >= settings.max_iterations {
            return Err(SparseError::NotConverged {
                column: start + slowest,
                iterations: used,
                residual: relative(norm[slowest], size[slowest]),
                tolerance: settings.tolerance,
            });
        }
        for row in &mut r {
            for c in 0..C {
                if !active[c] {
                    row[c] = 0.0;
                }
            }
        }
        shadow.copy_from_slice(&r);
        p.copy_from_slice(&r);
        let mut rho = inner(&shadow, &r, |a, b| a * b);
        while active.contains(&true) && used < settings.max_iterations {
            let [projection] = rows.multiply(&p, &mut v, |i, sum, [projection]| {
                std::array::from_fn(|c| {
                    let v = p[i][c] - sum[c];
                    projection[c] += shadow[i][c] * v;
                    v
                })
            });
            let alpha: [f64; C] = std::array::from_fn(|c| quotient(rho[c], projection[c]));
            change(&mut s, &mut r, |i, s, r, []| {
                for c in 0..C {
                    s[c] = r[c] - alpha[c] * v[i][c];
                }
            });
            let [ts, tt] = rows.multiply(&s, &mut t, |i, sum, [ts, tt]| {
                std::array::from_fn(|c| {
                    let t = s[i][c] - sum[c];
                    ts[c] += t * s[i][c];
                    tt[c] += t * t;
                    t
                })
            });
            used += 2;
            let omega: [f64; C] = std::array::from_fn(|c| quotient(ts[c], tt[c]));
            let [norm, next] = change(&mut x, &mut r, |i, x, r, [norm, next]| {
                for c in 0..C {
                    if active[c] {
                        x[c] += alpha[c] * p[i][c] + omega[c] * s[i][c];
                        r[c] = s[i][c] - omega[c] * t[i][c];
                    }
                    norm[c] += r[c].abs();
                    next[c] += r[c] * shadow[i][c];
                }
            });
            let beta: [f64; C] =
                std::array::from_fn(|c| quotient(next[c], rho[c]) * quotient(alpha[c], omega[c]));
            rho = next;
            let mut stalled = false;
            for c in 0..C {
                if !active[c] {
                    continue;
                }
                iterations[c] = used;
                if relative(norm[c], size[c]) <= settings.tolerance {
                    active[c] = false;
                } else if !norm[c].is_finite() {
                    return Err(SparseError::NotFinite { column: start + c, iterations: used });
                } else {
                    // The recurrence has broken down: a fresh start is needed.
                    stalled |= !(beta[c].is_finite() && beta[c].abs() > 0.0);
                }
            }
            if stalled {
                break;
            }
            let active = active;
            change(&mut p, &mut r, |i, p, r, []| {
                for c in 0..C {
                    if active[c] {
                        p[c] = r[c] + beta[c] * (p[c] - omega[c] * v[i][c]);
                    } else {
                        p[c] = 0.0;
                        r[c] = 0.0;
                    }
                }
            });
        }
    }
}

/// What one block of Gauss–Seidel hands back: its first column, and per column the values, the
/// sweeps and the residual.
type Sweeps = (usize, Vec<(Vec<f64>, usize, f64)>);

/// C systems side by side, on one thread but for the residual.
fn gauss_seidel_block<const C: usize>(
    rows: &Rows,
    pivots: &[f64],
    right: &DMatrix<f64>,
    start: usize,
    settings: Settings,
) -> Result<Sweeps, SparseError> {
    let columns = C.min(right.ncols() - start);
    let y = gather::<C>(right, start);
    let size = absolute_sums(&y);
    let pointers = rows.matrix.indptr();
    let pointers = pointers.raw_storage();
    let (indices, values) = (rows.matrix.indices(), rows.matrix.data());
    let mut x = y.clone();
    let mut r = vec![[0.0; C]; y.len()];
    let mut sweeps = 0;
    let mut check = 1.0;
    loop {
        // The change of x in a sweep bounds the residual only up to a factor of order 1, so the
        // true residual decides, looked at when the change says it is worth the pass.
        let mut moved = [0.0; C];
        for (i, pivot) in pivots.iter().enumerate() {
            let mut sum = y[i];
            for (j, a) in Rows::row(pointers, indices, values, i) {
                let a = if i == j { 0.0 } else { a };
                let source = &x[j];
                for c in 0..C {
                    sum[c] += a * source[c];
                }
            }
            for c in 0..C {
                let new = sum[c] * pivot;
                moved[c] += (new - x[i][c]).abs();
                x[i][c] = new;
            }
        }
        sweeps += 1;
        let worst = (0..columns).map(|c| relative(moved[c], size[c])).fold(0.0, f64::max);
        let finite = (0..columns).all(|c| moved[c].is_finite());
        if finite && worst > check * settings.tolerance && sweeps < settings.max_iterations {
            continue;
        }
        let norm = rows.residual(&x, &y, &mut r);
        let residual: [f64; C] = std::array::from_fn(|c| relative(norm[c], size[c]));
        if let Some(c) = (0..columns).find(|&c| !residual[c].is_finite()) {
            return Err(SparseError::NotFinite { column: start + c, iterations: sweeps });
        }
        let Some(c) = (0..columns).find(|&c| residual[c] > settings.tolerance) else {
            let result =
                (0..columns).map(|c| (x.iter().map(|row| row[c]).collect(), sweeps, residual[c])).collect();
            return Ok((start, result));
        };
        if sweeps >= settings.max_iterations {
            return Err(SparseError::NotConverged {
                column: start + c,
                iterations: sweeps,
                residual: residual[c],
                tolerance: settings.tolerance,
            });
        }
        check /= 2.0;
    }
}

/// One system by restarted GMRES.
fn gmres_column(
    rows: &Rows,
    right: &DMatrix<f64>,
    column: usize,
    settings: Settings,
    answer: &mut SparseSolution,
) -> Result<(), SparseError> {
    let n = rows.order();
    let y = gather::<1>(right, column);
    let [size] = absolute_sums(&y);
    let mut x = y.clone();
    let mut r = vec![[0.0]; n];
    let mut basis: Vec<Vec<[f64; 1]>> = Vec::new();
    let mut used = 0;
    loop {
        let [norm] = rows.residual(&x, &y, &mut r);
        used += 1;
        let residual = relative(norm, size);
        if !residual.is_finite() || !size.is_finite() {
            return Err(SparseError::NotFinite { column, iterations: used });
        }
        if residual <= settings.tolerance {
            answer.note(used, residual);
            scatter(&x, &mut answer.solution, column);
            return Ok(());
        }
        if used >= settings.max_iterations {
            return Err(SparseError::NotConverged {
                column,
                iterations: used,
                residual,
                tolerance: settings.tolerance,
            });
        }
        let [square] = inner(&r, &r, |a, b| a * b);
        let length = square.sqrt();
        // GMRES watches the 2-norm; half the reduction still wanted in the 1-norm is its target.
        let target = 0.5 * length * settings.tolerance / residual;
        basis.clear();
        basis.push(r.iter().map(|value| [value[0] / length]).collect());
        let mut hessenberg: Vec<Vec<f64>> = Vec::new();
        let mut rotations: Vec<(f64, f64)> = Vec::new();
        let mut projected = vec![length];
        while hessenberg.len() < RESTART && used < settings.max_iterations {
            let k = hessenberg.len();
            let last = &basis[k];
            let mut w = vec![[0.0]; n];
            rows.multiply(last, &mut w, |i, sum, []| [last[i][0] - sum[0]]);
            used += 1;
            let mut h = vec![0.0; k + 1];
            for _ in 0..2 {
                let correction = project(&basis, &w);
                remove(&basis, &correction, &mut w);
                for (h, c) in h.iter_mut().zip(correction) {
                    *h += c;
                }
            }
            let [square] = inner(&w, &w, |a, b| a * b);
            let mut below = square.sqrt();
            if !below.is_finite() {
                return Err(SparseError::NotFinite { column, iterations: used });
            }
            for (j, (cosine, sine)) in rotations.iter().enumerate() {
                (h[j], h[j + 1]) = (cosine * h[j] + sine * h[j + 1], cosine * h[j + 1] - sine * h[j]);
            }
            let radius = h[k].hypot(below);
            let (cosine, sine) = if radius > 0.0 { (h[k] / radius, below / radius) } else { (1.0, 0.0) };
            // Nothing new to span: what is left is rounding.
            if below <= f64::EPSILON * radius {
                below = 0.0;
            }
            h[k] = radius;
            rotations.push((cosine, sine));
            hessenberg.push(h);
            let old = projected[k];
            projected[k] = cosine * old;
            projected.push(-sine * old);
            if projected[k + 1].abs() <= target || below <= 0.0 {
                break;
            }
            for value in &mut w {
                value[0] /= below;
            }
            basis.push(w);
        }
        let mut weights = vec![0.0; hessenberg.len()];
        for i in (0..weights.len()).rev() {
            let mut sum = projected[i];
            for j in i + 1..weights.len() {
                sum -= hessenberg[j][i] * weights[j];
            }
            weights[i] = quotient(sum, hessenberg[i][i]);
        }
        let steps: Vec<f64> = weights.iter().map(|weight| -weight).collect();
        remove(&basis, &steps, &mut x);
    }
}

/// `Vᵀ w`, chunk by chunk so that each piece of w is read once.
fn project(basis: &[Vec<[f64; 1]>], w: &[[f64; 1]]) -> Vec<f64> {
    let partial: Vec<Vec<f64>> = w
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, w)| {
            basis
                .iter()
                .map(|v| {
                    let v = &v[chunk * CHUNK..];
                    w.iter().zip(v).map(|(w, v)| w[0] * v[0]).sum()
                })
                .collect()
        })
        .collect();
    let mut total = vec![0.0; basis.len()];
    for sum in partial {
        for (total, sum) in total.iter_mut().zip(sum) {
            *total += sum;
        }
    }
    total
}

/// `w −= V h`, over as many basis vectors as there are weights.
fn remove(basis: &[Vec<[f64; 1]>], weights: &[f64], w: &mut [[f64; 1]]) {
    w.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, w)| {
        for (v, weight) in basis.iter().zip(weights) {
            for (w, v) in w.iter_mut().zip(&v[chunk * CHUNK..]) {
                w[0] -= weight * v[0];
            }
        }
    });
}
