//! Vectors of several right-hand sides, row by row: one pass over the matrix serves all of them.
//!
//! Numbers are kept as `f64` or, where a correction needs few digits, as `f32`; arithmetic is always in `f64`. Sums
//! are taken over chunks of fixed length and added in order, so they do not depend on the number of threads.

use bytemuck::Pod;
use nalgebra::DMatrix;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::kernel::pages::Block;

/// Rows of one chunk of a vector.
pub(super) const CHUNK: usize = 4096;
/// Elements added in single precision before the sum is widened.
const RUN: usize = 32;

/// A number as it is kept: computed with as `f64`.
pub(super) trait Stored: Pod + Default + Send + Sync {
    /// Relative reduction of a residual that vectors of this precision can deliver.
    const REACH: f64;
    /// The number.
    fn get(self) -> f64;
    /// The number, rounded to what is kept.
    fn of(value: f64) -> Self;
    /// Σ a_j x_j over the elements of one row.
    fn weighted<S: Simd, const C: usize>(indices: &[u32], values: &[f64], x: &[[Self; C]]) -> [f64; C];
}

/// `a b + c`, rounded once where the processor can.
#[inline(always)]
fn fused<S: Simd>(a: f64, b: f64, c: f64) -> f64 {
    if S::IS_SCALAR { a * b + c } else { a.mul_add(b, c) }
}

/// As [`fused`], in single precision.
#[inline(always)]
fn fused_single<S: Simd>(a: f32, b: f32, c: f32) -> f32 {
    if S::IS_SCALAR { a * b + c } else { a.mul_add(b, c) }
}

impl Stored for f64 {
    const REACH: f64 = 1e-14;
    fn get(self) -> f64 {
        self
    }
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn weighted<S: Simd, const C: usize>(indices: &[u32], values: &[f64], x: &[[Self; C]]) -> [f64; C] {
        let mut sum = [0.0; C];
        for (j, a) in indices.iter().zip(values) {
            let source = &x[*j as usize];
            for c in 0..C {
                sum[c] = fused::<S>(*a, source[c], sum[c]);
            }
        }
        sum
    }
}

impl Stored for f32 {
    /// Ten roundings of 6·10⁻⁸.
    const REACH: f64 = 6e-7;
    fn get(self) -> f64 {
        f64::from(self)
    }
    fn of(value: f64) -> Self {
        value as Self
    }

    /// Runs of few elements are added in single precision, runs in double: a row of 10⁴ elements loses no more digits
    /// than one of ten.
    #[inline(always)]
    fn weighted<S: Simd, const C: usize>(indices: &[u32], values: &[f64], x: &[[Self; C]]) -> [f64; C] {
        let mut sum = [0.0; C];
        for (indices, values) in indices.chunks(RUN).zip(values.chunks(RUN)) {
            let mut run = [0.0; C];
            for (j, a) in indices.iter().zip(values) {
                let (source, a) = (&x[*j as usize], *a as Self);
                for c in 0..C {
                    run[c] = fused_single::<S>(a, source[c], run[c]);
                }
            }
            for c in 0..C {
                sum[c] += f64::from(run[c]);
            }
        }
        sum
    }
}

/// C columns from `start` on as rows of C numbers; missing columns are zero.
pub(super) fn gather<const C: usize>(matrix: &DMatrix<f64>, start: usize) -> Block<f64, C> {
    let n = matrix.nrows();
    let mut block = Block::<f64, C>::zeros(n);
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
pub(super) fn scatter<const C: usize>(block: &[[f64; C]], matrix: &mut DMatrix<f64>, start: usize) -> usize {
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
pub(super) fn total<const C: usize, const K: usize>(tallies: Vec<[[f64; C]; K]>) -> [[f64; C]; K] {
    let mut total = [[0.0; C]; K];
    for tally in tallies {
        add(&mut total, &tally);
    }
    total
}

/// Adds one tally to another.
pub(super) fn add<const C: usize, const K: usize>(total: &mut [[f64; C]; K], tally: &[[f64; C]; K]) {
    for (total, tally) in total.iter_mut().zip(tally) {
        for (total, tally) in total.iter_mut().zip(tally) {
            *total += tally;
        }
    }
}

/// 1-norms of the columns.
pub(super) fn absolute_sums<const C: usize>(block: &[[f64; C]]) -> [f64; C] {
    inner(block, block, |a, _| a.abs())
}

/// Inner products of the columns, for any kind of product.
pub(super) fn inner<T: Stored, const C: usize>(
    a: &[[T; C]],
    b: &[[T; C]],
    product: impl Fn(f64, f64) -> f64 + Sync,
) -> [f64; C] {
    let tallies: Vec<_> = a
        .par_chunks(CHUNK)
        .zip(b.par_chunks(CHUNK))
        .map(|(a, b)| Arch::new().dispatch(InnerChunk { a, b, product: &product }))
        .collect();
    let [sum] = total(tallies);
    sum
}

/// Inner products of one chunk.
struct InnerChunk<'a, T, P, const C: usize> {
    a: &'a [[T; C]],
    b: &'a [[T; C]],
    product: &'a P,
}

impl<T: Stored, P: Fn(f64, f64) -> f64, const C: usize> WithSimd for InnerChunk<'_, T, P, C> {
    type Output = [[f64; C]; 1];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        let mut sum = [0.0; C];
        for (a, b) in self.a.iter().zip(self.b) {
            for c in 0..C {
                sum[c] += (self.product)(a[c].get(), b[c].get());
            }
        }
        [sum]
    }
}

/// Changes two blocks row by row, in parallel; returns the tallies of all chunks, added in order.
pub(super) fn change<S: Stored, T: Stored, const C: usize, const K: usize>(
    first: &mut [[S; C]],
    second: &mut [[T; C]],
    rule: impl Fn(usize, &mut [S; C], &mut [T; C], &mut [[f64; C]; K]) + Sync,
) -> [[f64; C]; K] {
    let tallies: Vec<_> = first
        .par_chunks_mut(CHUNK)
        .zip(second.par_chunks_mut(CHUNK))
        .enumerate()
        .map(|(chunk, (first, second))| {
            Arch::new().dispatch(ChangeChunk { start: chunk * CHUNK, first, second, rule: &rule })
        })
        .collect();
    total(tallies)
}

/// One chunk of [`change`].
struct ChangeChunk<'a, S, T, R, const C: usize, const K: usize> {
    start: usize,
    first: &'a mut [[S; C]],
    second: &'a mut [[T; C]],
    rule: &'a R,
}

impl<S, T, R, const C: usize, const K: usize> WithSimd for ChangeChunk<'_, S, T, R, C, K>
where
    R: Fn(usize, &mut [S; C], &mut [T; C], &mut [[f64; C]; K]),
{
    type Output = [[f64; C]; K];

    #[inline(always)]
    fn with_simd<V: Simd>(self, _: V) -> Self::Output {
        let mut tally = [[0.0; C]; K];
        for (offset, (first, second)) in self.first.iter_mut().zip(self.second).enumerate() {
            (self.rule)(self.start + offset, first, second, &mut tally);
        }
        tally
    }
}

/// Quotient, or 0 where the denominator vanishes (a column at rest).
pub(super) fn quotient(numerator: f64, denominator: f64) -> f64 {
    if denominator.abs() > 0.0 { numerator / denominator } else { 0.0 }
}
