//! Vectors of several right-hand sides, row by row: one pass over the matrix serves all of them.
//!
//! Numbers are kept as `f64` or, where a correction needs few digits, as `f32`; arithmetic is always in `f64`. Sums
//! are taken over chunks of fixed length and added in order, so they do not depend on the number of threads.

use bytemuck::Pod;
use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::kernel::pages::Block;

/// Rows of one chunk of a vector.
pub(super) const CHUNK: usize = 4096;

/// A number as it is kept: computed with as `f64`.
pub(super) trait Stored: Pod + Default + Send + Sync {
    /// Relative reduction of a residual that vectors of this precision can deliver.
    const REACH: f64;
    /// The number.
    fn get(self) -> f64;
    /// The number, rounded to what is kept.
    fn of(value: f64) -> Self;
}

impl Stored for f64 {
    const REACH: f64 = 1e-14;
    fn get(self) -> f64 {
        self
    }
    fn of(value: f64) -> Self {
        value
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
        .map(|(a, b)| {
            let mut sum = [0.0; C];
            for (a, b) in a.iter().zip(b) {
                for c in 0..C {
                    sum[c] += product(a[c].get(), b[c].get());
                }
            }
            [sum]
        })
        .collect();
    let [sum] = total(tallies);
    sum
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
pub(super) fn quotient(numerator: f64, denominator: f64) -> f64 {
    if denominator.abs() > 0.0 { numerator / denominator } else { 0.0 }
}
