//! A matrix in compressed rows, its parallel product and its Gauss–Seidel sweep.
//!
//! Rows are cut into *parts* of about equal work, one task each, and the parts into *groups*. A product treats all
//! parts at once. A sweep treats the groups one after the other, each with the newest values of the groups before it,
//! and the parts of a group at once, with the values from before the group: a block Gauss–Seidel sweep that is parallel
//! over rows and still converges whenever A ≥ 0 and ρ(A) < 1 (a regular splitting). Both cuts depend on the matrix
//! alone.

use std::sync::Arc;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use sprs::CsMatI;

use super::SparseError;
use super::block::{CHUNK, Stored, add, total};

/// Stored elements plus rows of one part of the matrix.
const PART_WORK: usize = 8_192;
/// Groups of a large matrix. Sweeps needed by a numpy model of this scheme at 10⁵ nodes, ρ(A) = 0.8: 123 with 1 group, 71 with 8, 65 with 64, 64
/// with 512.
const GROUPS: usize = 48;
/// Parts of a group of a matrix that has enough of them: what threads can share.
const GROUP_PARTS: usize = 4;

/// Rows whose sums are taken before any of them is used.
const STRIP: usize = 64;

/// A matrix in compressed rows, cut into parts of about equal work.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    matrix: Arc<CsMatI<f64, u32>>,
    /// First row of each part, and the number of rows at the end.
    parts: Vec<usize>,
    /// Parts of one group.
    group_parts: usize,
    /// `1 / (1 − a_ii)`; empty where no a_ii is stored.
    pivots: Vec<f64>,
    /// First row whose a_ii is 1 or more, and that a_ii.
    self_use: Option<(usize, f64)>,
}

impl Rows {
    /// Cuts a matrix into parts.
    pub(super) fn new(matrix: Arc<CsMatI<f64, u32>>) -> Self {
        let mut parts = vec![0];
        let mut work = 0;
        let mut pivots = Vec::new();
        let mut self_use = None;
        {
            let pointers = matrix.indptr();
            let pointers = pointers.raw_storage();
            let (indices, values) = (matrix.indices(), matrix.data());
            for row in 0..matrix.rows() {
                let range = pointers[row] as usize..pointers[row + 1] as usize;
                work += 1 + range.len();
                if work >= PART_WORK {
                    parts.push(row + 1);
                    work = 0;
                }
                if let Ok(place) = indices[range.clone()].binary_search(&(row as u32)) {
                    let own = values[range.start + place];
                    if own >= 1.0 {
                        self_use = self_use.or(Some((row, own)));
                    } else {
                        if pivots.is_empty() {
                            pivots = vec![1.0; matrix.rows()];
                        }
                        pivots[row] = 1.0 / (1.0 - own);
                    }
                }
            }
        }
        if parts.last() != Some(&matrix.rows()) {
            parts.push(matrix.rows());
        }
        let count = parts.len() - 1;
        let group_parts = if count < 2 * GROUP_PARTS { 1 } else { GROUP_PARTS.max(count.div_ceil(GROUPS)) };
        Self { matrix, parts, group_parts, pivots, self_use }
    }

    /// The matrix.
    pub(super) fn matrix(&self) -> &CsMatI<f64, u32> {
        &self.matrix
    }

    /// Number of rows.
    pub(super) fn order(&self) -> usize {
        self.matrix.rows()
    }

    /// Whether every a_ii is below 1.
    ///
    /// # Errors
    /// [`SparseError::SelfUse`].
    pub(super) fn divisible(&self) -> Result<(), SparseError> {
        match self.self_use {
            Some((row, coefficient)) => Err(SparseError::SelfUse { row, coefficient }),
            None => Ok(()),
        }
    }

    /// `target_i = finish(i, Σ_j a_ij x_j, tally)` over the rows from `first` on.
    fn part_product<T: Stored, U, const C: usize, const K: usize>(
        &self,
        first: usize,
        x: &[[T; C]],
        targets: &mut [U],
        finish: &(impl Fn(usize, [f64; C], &mut [[f64; C]; K]) -> U + Sync),
    ) -> [[f64; C]; K] {
        Arch::new().dispatch(PartProduct { matrix: &self.matrix, first, x, targets, finish })
    }

    /// `result_i = finish(i, Σ_j a_ij x_j, tally)` for a row-major block of C columns, in
    /// parallel; returns the tallies of all parts, added in order.
    pub(super) fn multiply<T: Stored, U: Send, const C: usize, const K: usize>(
        &self,
        x: &[[T; C]],
        result: &mut [U],
        finish: impl Fn(usize, [f64; C], &mut [[f64; C]; K]) -> U + Sync,
    ) -> [[f64; C]; K] {
        self.over_parts(&self.parts, x, result, finish)
    }

    /// The product over some parts, given by their bounds.
    fn over_parts<T: Stored, U: Send, const C: usize, const K: usize>(
        &self,
        bounds: &[usize],
        x: &[[T; C]],
        result: &mut [U],
        finish: impl Fn(usize, [f64; C], &mut [[f64; C]; K]) -> U + Sync,
    ) -> [[f64; C]; K] {
        if bounds.len() <= 2 {
            return self.part_product(bounds[0], x, result, &finish);
        }
        let mut targets = Vec::with_capacity(bounds.len());
        let mut rest = result;
        for bounds in bounds.windows(2) {
            let (part, following) = rest.split_at_mut(bounds[1] - bounds[0]);
            targets.push((bounds[0], part));
            rest = following;
        }
        let tallies: Vec<_> = targets
            .into_par_iter()
            .with_max_len(1)
            .map(|(first, part)| self.part_product(first, x, part, &finish))
            .collect();
        total(tallies)
    }

    /// `residual = y − (I − A) x`; returns the 1-norms of its columns.
    pub(super) fn residual<const C: usize>(
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

    /// One sweep of Gauss–Seidel over the groups, for a right-hand side `y(i)`:
    ///
    /// ```text
    /// x_i ← x_i + ( y_i − x_i + Σ_j a_ij x_j ) / (1 − a_ii)
    /// ```
    ///
    /// `watch(i, old, new, tally)` sees every change; the tallies are added in order. A row with a_ii ≥ 1 is not
    /// divided.
    pub(super) fn sweep<T: Stored, const C: usize, const K: usize>(
        &self,
        x: &mut [[T; C]],
        fresh: &mut Vec<[T; C]>,
        y: impl Fn(usize) -> [f64; C] + Sync,
        watch: impl Fn(usize, &[T; C], &[T; C], &mut [[f64; C]; K]) + Sync,
    ) -> [[f64; C]; K] {
        let mut tally = [[0.0; C]; K];
        let count = self.parts.len() - 1;
        for group in (0..count).step_by(self.group_parts) {
            let bounds = &self.parts[group..=(group + self.group_parts).min(count)];
            let (first, end) = (bounds[0], bounds[bounds.len() - 1]);
            fresh.resize(end - first, [T::default(); C]);
            let old: &[[T; C]] = x;
            let group_tally = self.over_parts(
                bounds,
                old,
                fresh,
                #[inline(always)]
                |i, sum: [f64; C], tally: &mut [[f64; C]; K]| {
                    let (y, pivot) = (y(i), self.pivots.get(i).copied().unwrap_or(1.0));
                    let new = std::array::from_fn(|c| {
                        let x = old[i][c].get();
                        T::of(x + (y[c] - x + sum[c]) * pivot)
                    });
                    watch(i, &old[i], &new, tally);
                    new
                },
            );
            add(&mut tally, &group_tally);
            x[first..end]
                .par_chunks_mut(CHUNK)
                .zip(fresh.par_chunks(CHUNK))
                .for_each(|(x, fresh)| x.copy_from_slice(fresh));
        }
        tally
    }
}

/// The product of one part, compiled for the vectors the processor has.
struct PartProduct<'a, T, U, F, const C: usize, const K: usize> {
    matrix: &'a CsMatI<f64, u32>,
    first: usize,
    x: &'a [[T; C]],
    targets: &'a mut [U],
    finish: &'a F,
}

impl<T: Stored, U, F, const C: usize, const K: usize> WithSimd for PartProduct<'_, T, U, F, C, K>
where
    F: Fn(usize, [f64; C], &mut [[f64; C]; K]) -> U,
{
    type Output = [[f64; C]; K];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        let pointers = self.matrix.indptr();
        let pointers = pointers.raw_storage();
        let (indices, values) = (self.matrix.indices(), self.matrix.data());
        let mut tally = [[0.0; C]; K];
        let mut sums = [[0.0; C]; STRIP];
        let mut row = self.first;
        let mut start = pointers[row] as usize;
        for targets in self.targets.chunks_mut(STRIP) {
            // Random reads first, and nothing else: the processor then has many of them under way at once.
            for (sum, end) in sums.iter_mut().zip(&pointers[row + 1..=row + targets.len()]) {
                let end = *end as usize;
                *sum = T::weighted::<S, C>(&indices[start..end], &values[start..end], self.x);
                start = end;
            }
            for (target, sum) in targets.iter_mut().zip(&sums) {
                *target = (self.finish)(row, *sum, &mut tally);
                row += 1;
            }
        }
        tally
    }
}
