//! The orthonormal basis that all right-hand sides of one correction share.

use faer::{Mat, MatRef};
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::gram::Orthonormal;
use crate::kernel::tile::{self, Right, Scalar};

/// Rows of which one task makes the inner products.
const CHUNK: usize = 512;
/// Length below which what is left of a column of length 1 is its rounding, and inner products in double precision cannot
/// tell a direction from it.
const NOTHING: f64 = 4e-7;
/// Length below which it has kept too few digits for a direction: in single precision, three of seven.
const WEAK: f64 = 1e-4;

/// Blocks of orthonormal columns.
pub(super) struct Basis<T> {
    blocks: Vec<Mat<T>>,
    dimension: usize,
}

impl<T: Scalar> Basis<T> {
    pub(super) fn new() -> Self {
        Self { blocks: Vec::new(), dimension: 0 }
    }

    /// Columns in all.
    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    /// The block that came last; it has no columns when nothing was new.
    pub(super) fn last(&self) -> Option<MatRef<'_, T>> {
        self.blocks.last().map(Mat::as_ref)
    }

    /// Takes in what is new in columns of length 1 or less: their coordinates in the basis, the new block included.
    pub(super) fn extend(&mut self, columns: Mat<T>) -> DMatrix<f64> {
        let known = self.dimension;
        let (mut coordinates, weak) = self.append(columns);
        if weak > 0 {
            // What little was left of these is in part the rounding of what was taken out: once more tells.
            let block = self.pop();
            let strong = block.ncols() - weak;
            self.push(block.subcols(0, strong).to_owned());
            let (again, _) = self.append(block.subcols(strong, weak).to_owned());
            drop(block);
            let (new, first) = (self.pop(), self.pop());
            self.push(Mat::from_fn(new.nrows(), strong + new.ncols(), |i, j| {
                if j < strong { first[(i, j)] } else { new[(i, j - strong)] }
            }));
            let part = coordinates.rows(known + strong, weak).into_owned();
            coordinates =
                coordinates.resize_vertically(known + strong, 0.0).resize_vertically(self.dimension, 0.0);
            coordinates += again * part;
        }
        coordinates
    }

    fn push(&mut self, block: Mat<T>) {
        self.dimension += block.ncols();
        self.blocks.push(block);
    }

    fn pop(&mut self) -> Mat<T> {
        let block = self.blocks.pop().expect("pushed before");
        self.dimension -= block.ncols();
        block
    }

    /// One round of [`Self::extend`], and how many of the last columns of the new block have lost digits.
    fn append(&mut self, mut columns: Mat<T>) -> (DMatrix<f64>, usize) {
        let along = self.take_out(&mut columns);
        let products = inner_products(&[columns.as_ref()], columns.as_ref());
        let found = Orthonormal::of(products, NOTHING, WEAK, |value| T::of_f64(value).to_f64());
        self.push(combined(&columns, &found.combination));
        let mut coordinates = along.resize_vertically(self.dimension, 0.0);
        let new = found.factor.nrows();
        coordinates.rows_mut(self.dimension - new, new).copy_from(&found.factor);
        (coordinates, found.weak)
    }

    /// Takes out of columns what lies along the basis: as coordinates.
    fn take_out(&self, columns: &mut Mat<T>) -> DMatrix<f64> {
        let blocks: Vec<_> = self.blocks.iter().map(Mat::as_ref).collect();
        // As they are taken out: a coordinate that was rounded afterwards would not be what was done.
        let along = inner_products(&blocks, columns.as_ref()).map(|value| T::of_f64(value).to_f64());
        let mut start = 0;
        let factors = blocks.iter().map(|block| {
            let part = rounded(&along.rows(start, block.ncols()).into_owned());
            start += block.ncols();
            Right::of(part.as_ref(), -T::ONE)
        });
        let factors: Vec<Right<T>> = factors.collect();
        let bands = tile::row_tiles(columns.as_mut(), tile::band()).into_par_iter().enumerate();
        bands.for_each(|(k, mut rows)| {
            for (block, factor) in blocks.iter().zip(&factors) {
                let v = block.subrows(k * tile::band(), rows.nrows());
                factor.add_product(rows.as_mut(), v);
            }
        });
        along
    }

    /// X += V W for weights W of the first columns of the basis, summed in double precision.
    pub(super) fn add_combination(&self, x: &mut DMatrix<f64>, weights: &DMatrix<f64>) {
        let mut start = 0;
        let mut factors = Vec::with_capacity(self.blocks.len());
        for block in self.blocks.iter().filter(|block| block.ncols() > 0) {
            if start == weights.nrows() {
                break;
            }
            let part = weights.rows(start, block.ncols()).into_owned();
            factors.push((block, Right::of(tile::owned(&part), 1.0)));
            start += block.ncols();
        }
        let bands = tile::row_tiles(tile::owned_mut(x), tile::band());
        bands.into_par_iter().enumerate().for_each(|(k, mut x)| {
            for (block, factor) in &factors {
                let v = block.as_ref().subrows(k * tile::band(), x.nrows());
                factor.add_product(x.as_mut(), v);
            }
        });
    }
}

/// V C.
fn combined<T: Scalar>(v: &Mat<T>, c: &DMatrix<f64>) -> Mat<T> {
    let mut product = Mat::<T>::zeros(v.nrows(), c.ncols());
    let factor = Right::of(rounded(c).as_ref(), T::ONE);
    let bands = tile::row_tiles(product.as_mut(), tile::band()).into_par_iter().enumerate();
    bands.for_each(|(k, rows)| {
        let v = v.as_ref().subrows(k * tile::band(), rows.nrows());
        factor.add_product(rows, v);
    });
    product
}

/// V′ W for blocks V, one below the other, in double precision: what is left of a column may be a millionth of it. Summed
/// over chunks of rows, in their order whoever made them.
fn inner_products<T: Scalar>(blocks: &[MatRef<'_, T>], w: MatRef<'_, T>) -> DMatrix<f64> {
    let (rows, width) = (w.nrows(), w.ncols());
    let height = blocks.iter().map(|block| block.ncols()).sum();
    let starts: Vec<usize> = (0..rows).step_by(CHUNK).collect();
    let parts = starts.into_par_iter().map(|first| {
        let count = CHUNK.min(rows - first);
        let wide = Mat::<f64>::from_fn(count, width, |i, j| w[(first + i, j)].to_f64());
        let factor = Right::of(wide.as_ref(), 1.0);
        let mut products = Mat::<f64>::zeros(height, width);
        let mut below = products.as_mut();
        for block in blocks {
            let (product, rest) = below.split_at_row_mut(block.ncols());
            factor.add_product(product, block.subrows(first, count).transpose());
            below = rest;
        }
        products
    });
    let parts: Vec<Mat<f64>> = parts.collect();
    DMatrix::from_fn(height, width, |i, j| parts.iter().map(|part| part[(i, j)]).sum())
}

fn rounded<T: Scalar>(matrix: &DMatrix<f64>) -> Mat<T> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| T::of_f64(matrix[(i, j)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of length 1, of which the last is the sum of the first two but for `apart`.
    fn columns<T: Scalar>(n: usize, width: usize, apart: f64) -> Mat<T> {
        let value = |i: usize, j: usize| ((i * 7 + j * 13 + i * j) % 11) as f64 - 5.0;
        let mut columns = DMatrix::from_fn(n, width, |i, j| {
            if j + 1 < width { value(i, j) } else { value(i, 0) + value(i, 1) + apart * value(i, j) }
        });
        columns.column_iter_mut().for_each(|mut column| column.unscale_mut(column.norm()));
        rounded(&columns)
    }

    fn check<T: Scalar>(n: usize, width: usize, apart: f64, rank: usize) {
        let given = [columns::<T>(n, width, apart), columns::<T>(n, width + 3, 0.7)];
        let mut basis = Basis::<T>::new();
        let coordinates: Vec<_> = given.iter().map(|columns| basis.extend(columns.clone())).collect();
        assert_eq!(basis.blocks[0].ncols(), rank, "{apart}");
        // Orthonormal, all blocks together, and the columns come back from their coordinates.
        let all = DMatrix::from_fn(n, basis.dimension(), |i, mut j| {
            let block = basis.blocks.iter().find(|block| {
                let here = j < block.ncols();
                j -= if here { 0 } else { block.ncols() };
                here
            });
            block.expect("a column of a block")[(i, j)].to_f64()
        });
        let tolerance = 20.0 * T::EPSILON / WEAK;
        let defect = (all.tr_mul(&all) - DMatrix::identity(all.ncols(), all.ncols())).amax();
        assert!(defect < tolerance, "{defect:e} of {n} rows, apart by {apart}");
        for (columns, coordinates) in given.iter().zip(&coordinates) {
            let mut back = DMatrix::zeros(n, columns.ncols());
            basis.add_combination(&mut back, coordinates);
            let gap = (0..n).flat_map(|i| (0..columns.ncols()).map(move |j| (i, j)));
            let gap = gap.map(|(i, j)| (back[(i, j)] - columns[(i, j)].to_f64()).abs()).fold(0.0, f64::max);
            assert!(gap < 2.0 * NOTHING, "{gap:e}");
        }
    }

    #[test]
    fn a_basis_is_orthonormal_and_gives_its_columns_back() {
        for n in [40, 2_500] {
            check::<f64>(n, 9, 0.5, 9);
            check::<f32>(n, 9, 0.5, 9);
            // Nearly the same, and the same: one direction less.
            check::<f64>(n, 9, 1e-5, 9);
            check::<f32>(n, 9, 1e-4, 9);
            check::<f64>(n, 9, 0.0, 8);
            check::<f32>(n, 9, 0.0, 8);
        }
    }

    #[test]
    fn what_is_known_already_adds_nothing() {
        let mut basis = Basis::<f32>::new();
        basis.extend(columns(90, 5, 0.4));
        let again = basis.extend(columns(90, 5, 0.4));
        assert_eq!((basis.dimension(), again.nrows(), basis.last().unwrap().ncols()), (5, 5, 0));
        let zero = basis.extend(Mat::zeros(90, 2));
        assert_eq!((basis.dimension(), zero.amax() < 1e-30), (5, true));
    }
}
