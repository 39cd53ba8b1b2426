//! The orthonormal basis that all right-hand sides of one correction share: Gram–Schmidt by blocks, once more for columns of
//! which so little was left that what was taken out of them still shows.
//!
//! Source: Giraud, Langou, Rozložník and van den Eshof (2005), "Rounding error analysis of the classical Gram-Schmidt
//! orthogonalization process", Numerische Mathematik 101, doi:10.1007/s00211-005-0615-4.

use faer::{Mat, MatMut, MatRef};
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::gram::Orthonormal;
use crate::kernel::tile::{self, Read, Right, Scalar};

/// Rows of which one task makes the inner products, at least.
const CHUNK: usize = 512;
/// Tasks at most: each keeps its part of a sum.
const PARTS: usize = 16;
/// Length below which what is left of a column of length 1 is its rounding, and inner products in double precision cannot
/// tell a direction from it.
const NOTHING: f64 = 4e-7;
/// How far a new column may lean towards those before it, at most, before it is made anew.
const LEAN: f64 = 1e-3;

/// Blocks of orthonormal columns.
pub(super) struct Basis<T> {
    blocks: Vec<Mat<T>>,
    dimension: usize,
    /// How far each column may lean towards those before it: the less was left of it, the more.
    lean: Vec<f64>,
}

impl<T: Scalar> Basis<T> {
    pub(super) fn new() -> Self {
        Self { blocks: Vec::new(), dimension: 0, lean: Vec::new() }
    }

    /// Columns in all.
    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    /// The block that came last; it has no columns when nothing was new.
    pub(super) fn last(&self) -> Option<MatRef<'_, T>> {
        self.blocks.last().map(Mat::as_ref)
    }

    /// Takes in what is new in some columns: their coordinates in the basis, the new block included.
    pub(super) fn extend(&mut self, columns: Mat<T>) -> DMatrix<f64> {
        let known = self.dimension;
        let nothing = NOTHING * longest(columns.as_ref()).max(1.0);
        let (mut coordinates, mut pivots) = self.append(columns, nothing);
        let strong = pivots.partition_point(|pivot| pivot.lean <= LEAN);
        let Some(most) = pivots.get(strong).map(|pivot| pivot.length) else { return coordinates };
        // What little was left of these is in part the rounding of what was taken out: once more tells.
        let weak = pivots.len() - strong;
        pivots.truncate(strong);
        let block = self.pop();
        self.push(block.subcols(0, strong).to_owned(), &pivots);
        let (again, left) = self.append(block.subcols(strong, weak).to_owned(), nothing / most);
        drop(block);
        let (new, first) = (self.pop(), self.pop());
        pivots.extend(left);
        let whole = Mat::from_fn(new.nrows(), pivots.len(), |i, j| {
            if j < strong { first[(i, j)] } else { new[(i, j - strong)] }
        });
        self.push(whole, &pivots);
        let part = coordinates.rows(known + strong, weak).into_owned();
        coordinates =
            coordinates.resize_vertically(known + strong, 0.0).resize_vertically(self.dimension, 0.0);
        coordinates += again * part;
        coordinates
    }

    fn push(&mut self, block: Mat<T>, pivots: &[Pivot]) {
        self.dimension += block.ncols();
        self.lean.extend(pivots.iter().map(|pivot| pivot.lean));
        self.blocks.push(block);
    }

    fn pop(&mut self) -> Mat<T> {
        let block = self.blocks.pop().expect("pushed before");
        self.dimension -= block.ncols();
        self.lean.truncate(self.dimension);
        block
    }

    /// One round of [`Self::extend`]: what is left of each new column, the longest first.
    fn append(&mut self, mut columns: Mat<T>, nothing: f64) -> (DMatrix<f64>, Vec<Pivot>) {
        let before = longest(columns.as_ref());
        let along = self.take_out(&mut columns);
        let products = inner_products(&[columns.as_ref()], columns.as_ref());
        let found = Orthonormal::of(products, nothing, |value| T::of_f64(value).to_f64());
        // What was taken out along a column that leans went in part along others.
        let astray = along.column_iter().map(|along| {
            along.iter().zip(&self.lean).map(|(along, lean)| (along * lean).powi(2)).sum::<f64>().sqrt()
        });
        let outside = T::EPSILON * before + astray.fold(0.0, f64::max);
        let most = found.pivots.first().copied().unwrap_or(0.0);
        let pivots = found.pivots.into_iter().map(|length| {
            // Inner products are sums of squares: among the new columns it is the square that counts.
            let lean = outside / length + f64::EPSILON * (most / length).powi(2);
            Pivot { length, lean }
        });
        let pivots: Vec<Pivot> = pivots.collect();
        self.push(combined(&columns, &found.combination), &pivots);
        let mut coordinates = along.resize_vertically(self.dimension, 0.0);
        let new = found.factor.nrows();
        coordinates.rows_mut(self.dimension - new, new).copy_from(&found.factor);
        (coordinates, pivots)
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
        let parts: Vec<_> = blocks.iter().copied().zip(&factors).collect();
        add_products(columns.as_mut(), &parts);
        along
    }
}

/// X += Σ V W for blocks V, the weights W one below the other, summed in double precision.
pub(super) fn add_combination<T: Scalar>(x: &mut DMatrix<f64>, blocks: &[Mat<T>], weights: &DMatrix<f64>) {
    let mut start = 0;
    let factors = blocks.iter().map(|block| {
        let part = weights.rows(start, block.ncols()).into_owned();
        start += block.ncols();
        Right::of(tile::owned(&part), 1.0)
    });
    let factors: Vec<Right<f64>> = factors.collect();
    assert_eq!(start, weights.nrows(), "a weight for each column");
    let parts: Vec<_> = blocks.iter().map(Mat::as_ref).zip(&factors).collect();
    add_products(tile::owned_mut(x), &parts);
}

/// A new column of the basis.
struct Pivot {
    /// What was left of it when those before it were taken out.
    length: f64,
    /// How far it may lean towards them: their rounding and its own, of what was left.
    lean: f64,
}

/// Length of the longest column.
pub(super) fn longest<T: Scalar>(columns: MatRef<'_, T>) -> f64 {
    let lengths = (0..columns.ncols()).into_par_iter().map(|j| {
        let values = tile::column(columns, j);
        tile::dot(values, values).to_f64().sqrt()
    });
    lengths.reduce(|| 0.0, f64::max)
}

/// `c += Σ a b` over pairs of factors, by bands of rows.
fn add_products<T: Scalar, U: Read<T>>(c: MatMut<'_, T>, parts: &[(MatRef<'_, U>, &Right<T>)]) {
    let bands = tile::row_tiles(c, tile::band()).into_par_iter().enumerate();
    bands.for_each(|(k, mut rows)| {
        for (a, b) in parts {
            let a = a.subrows(k * tile::band(), rows.nrows());
            b.add_product(rows.as_mut(), a);
        }
    });
}

/// V C.
fn combined<T: Scalar>(v: &Mat<T>, c: &DMatrix<f64>) -> Mat<T> {
    let mut product = Mat::<T>::zeros(v.nrows(), c.ncols());
    let factor = Right::of(rounded(c).as_ref(), T::ONE);
    add_products(product.as_mut(), &[(v.as_ref(), &factor)]);
    product
}

/// V′ W for blocks V, one below the other, in double precision: what is left of a column may be a millionth of it. Summed
/// over chunks of rows, in their order whoever made them.
fn inner_products<T: Scalar>(blocks: &[MatRef<'_, T>], w: MatRef<'_, T>) -> DMatrix<f64> {
    let (rows, width) = (w.nrows(), w.ncols());
    let height = blocks.iter().map(|block| block.ncols()).sum();
    let chunk = CHUNK.max(rows.div_ceil(PARTS));
    let starts: Vec<usize> = (0..rows).step_by(chunk).collect();
    let parts = starts.into_par_iter().map(|first| {
        let count = chunk.min(rows - first);
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
        let tolerance = 1e-2;
        let defect = (all.tr_mul(&all) - DMatrix::identity(all.ncols(), all.ncols())).amax();
        assert!(defect < tolerance, "{defect:e} of {n} rows, apart by {apart}");
        for (columns, coordinates) in given.iter().zip(&coordinates) {
            let mut back = DMatrix::zeros(n, columns.ncols());
            add_combination(
                &mut back,
                &basis.blocks,
                &coordinates.clone().resize_vertically(basis.dimension(), 0.0),
            );
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

    /// Inner products of all columns but for the identity, the largest.
    fn defect<T: Scalar>(basis: &Basis<T>) -> f64 {
        let blocks: Vec<_> = basis.blocks.iter().map(Mat::as_ref).collect();
        let mut most = 0.0_f64;
        for (k, block) in blocks.iter().enumerate() {
            let start: usize = blocks[..k].iter().map(|block| block.ncols()).sum();
            let mut products = inner_products(&blocks, *block);
            for j in 0..block.ncols() {
                products[(start + j, j)] -= 1.0;
            }
            most = most.max(products.amax());
        }
        most
    }

    #[test]
    fn columns_that_are_nearly_known_do_not_lean_towards_the_basis() {
        let (n, width) = (1_000, 8);
        let numbers = |seed: usize| {
            Mat::<f32>::from_fn(n, width, |i, j| {
                ((i * 7_919 + j * 104_729 + i * i * (j + 3) + seed * 31 * (i + j)) % 9_973) as f32 / 9_973.0
                    - 0.5
            })
        };
        let mut basis = Basis::<f32>::new();
        basis.extend(numbers(0));
        for seed in 1..5 {
            // Ten times what is known and a hundredth of something new.
            let known = basis.last().unwrap().to_owned();
            let new = numbers(seed);
            let next = Mat::from_fn(n, width, |i, j| {
                10.0 * known[(i, (j * 3 + seed) % known.ncols())] + 1e-2 * new[(i, j)] / (n as f32).sqrt()
            });
            basis.extend(next);
            assert!(defect(&basis) < 1e-2, "{:e} after {seed}", defect(&basis));
        }
        assert_eq!(basis.dimension(), 5 * width);
    }

    #[test]
    fn a_hair_apart_from_what_is_known_is_a_direction_and_its_twin_is_not() {
        let (n, old) = (700, 5);
        let new = columns::<f64>(n, 16, 0.5);
        let mut basis = Basis::<f64>::new();
        basis.extend(columns(n, old, 0.5));
        let v = basis.last().unwrap().to_owned();
        let apart = [(0, 2e-6), (1, 2e-5), (2, 0.0), (0, 2e-6)];
        let given = Mat::from_fn(n, 5, |i, j| match j {
            0 => new[(i, 9)],
            _ => {
                let (near, part) = apart[j - 1];
                v[(i, near)] + part * new[(i, 5 + near)]
            }
        });
        let coordinates = basis.extend(given.clone());
        // Nothing of the third and of the last column; of the others a direction each.
        assert_eq!(basis.dimension(), old + 3);
        let mut back = DMatrix::zeros(n, 5);
        add_combination(&mut back, &basis.blocks, &coordinates);
        let gap = (0..n).flat_map(|i| (0..5).map(move |j| (i, j)));
        let gap = gap.map(|(i, j)| (back[(i, j)] - given[(i, j)]).abs()).fold(0.0, f64::max);
        assert!(gap < 1e-13, "{gap:e}");
        assert!(defect(&basis) < 1e-3, "{:e}", defect(&basis));
    }
}
