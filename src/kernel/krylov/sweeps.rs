//! One block Gauss–Seidel sweep over I − A = D − L − U: D the diagonal blocks, L and U what is below and above them.

use std::ops::Range;

use faer::{Accum, Mat, MatMut, MatRef};
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::KrylovError;
use super::cells::Cells;
use crate::kernel::inverse::invert_in_place;
use crate::kernel::pivoted::PivotedFactors;
use crate::kernel::sparse::Side;
use crate::kernel::stored::StoredMatrix;
use crate::kernel::tile::{self, Scalar};

/// A with the inverses of the diagonal blocks of I − A.
#[derive(Debug)]
pub(super) struct Sweeps<T, C> {
    cells: C,
    /// In order; of the inverses, what they are beyond the identity: the largest part of a solution is then not rounded.
    blocks: Vec<(Range<usize>, Mat<T>)>,
}

impl<T: Scalar, C: Cells<T>> Sweeps<T, C> {
    /// Inverts the diagonal blocks, in double precision.
    pub(super) fn new(
        cells: C,
        coefficients: &StoredMatrix,
        blocks: &[Range<usize>],
    ) -> Result<Self, KrylovError> {
        let blocks = blocks
            .par_iter()
            .map(|block| {
                let inverse = inverted(|| coefficients.identity_minus(block.clone()))
                    .map_err(|(row, pivot)| KrylovError::Block { row: block.start + row, pivot })?;
                let beyond = |i, j| inverse[(i, j)] - if i == j { 1.0 } else { 0.0 };
                let rounded = Mat::from_fn(block.len(), block.len(), |i, j| T::of_f64(beyond(i, j)));
                Ok((block.clone(), rounded))
            })
            .collect::<Result<Vec<_>, KrylovError>>()?;
        Ok(Self { cells, blocks })
    }

    /// Makes ready for sweeps of one side.
    pub(super) fn prepare(&self, side: Side) {
        self.cells.prepare(side);
    }

    /// (D − L)⁻¹ U V, or the same of the transposed system.
    pub(super) fn sweep(&self, side: Side, v: MatRef<'_, T>) -> Mat<T> {
        let mut product = self.upper_product(side, v);
        self.substitute(side, product.as_mut());
        product
    }

    /// U V.
    fn upper_product(&self, side: Side, v: MatRef<'_, T>) -> Mat<T> {
        let factors: Vec<C::Factor> = self
            .blocks
            .par_iter()
            .map(|(rows, _)| self.cells.factor(v.subrows(rows.start, rows.len())))
            .collect();
        let mut product = Mat::<T>::zeros(v.nrows(), v.ncols());
        // The first bands have most to do.
        self.bands(0, product.as_mut()).into_par_iter().with_max_len(1).for_each(|((k, band), mut c)| {
            for (column, factor) in factors.iter().enumerate().skip(k + 1) {
                self.cells.add_product(side, (k, band), column, factor, c.as_mut());
            }
        });
        product
    }

    /// Rows from block `first` on, by blocks and bands.
    fn bands<'a>(&self, first: usize, rows: MatMut<'a, T>) -> Vec<((usize, usize), MatMut<'a, T>)> {
        let mut bands = Vec::new();
        let mut rest = rows;
        for (k, (block, _)) in self.blocks.iter().enumerate().skip(first) {
            let (rows, below) = rest.split_at_row_mut(block.len());
            bands.extend(
                tile::row_tiles(rows, tile::band()).into_iter().enumerate().map(|(band, c)| ((k, band), c)),
            );
            rest = below;
        }
        bands
    }

    /// R ← (D − L)⁻¹ R. Step k takes the effect of block k out of everything below; the block that comes next is finished
    /// by the same task, so no step waits for a lone block.
    pub(super) fn substitute(&self, side: Side, right: MatMut<'_, T>) {
        let Some((first, _)) = self.blocks.first() else { return };
        let (mut current, mut below) = right.split_at_row_mut(first.len());
        let mut solved = self.solve_block(side, 0, current.as_mut());
        for k in 1..self.blocks.len() {
            let (mut next, mut others) = below.split_at_row_mut(self.blocks[k].0.len());
            let (following, ()) = rayon::join(
                || {
                    for (band, c) in tile::row_tiles(next.as_mut(), tile::band()).into_iter().enumerate() {
                        self.cells.add_product(side, (k, band), k - 1, &solved, c);
                    }
                    self.solve_block(side, k, next.as_mut())
                },
                || {
                    let bands = self.bands(k + 1, others.as_mut()).into_par_iter().with_max_len(1);
                    bands.for_each(|(row, c)| self.cells.add_product(side, row, k - 1, &solved, c));
                },
            );
            solved = following;
            below = others;
        }
    }

    /// R ← D_kk⁻¹ R, and the result as the products with what is below want it.
    fn solve_block(&self, side: Side, k: usize, mut right: MatMut<'_, T>) -> C::Factor {
        let given = right.to_owned();
        let beyond = self.blocks[k].1.as_ref();
        let beyond = match side {
            Side::Plain => beyond,
            Side::Transposed => beyond.transpose(),
        };
        tile::add_product(right.as_mut(), Accum::Add, beyond, given.as_ref(), T::ONE);
        self.cells.factor(right.as_ref())
    }
}

/// The inverse of a block; the row and the pivot where there is none.
fn inverted(make: impl Fn() -> DMatrix<f64>) -> Result<DMatrix<f64>, (usize, f64)> {
    let mut block = make();
    if invert_in_place(&mut block).is_ok() {
        return Ok(block);
    }
    // No M-matrix.
    drop(block);
    Ok(PivotedFactors::factor(make()).map_err(|error| (error.index, error.pivot))?.inverse())
}
