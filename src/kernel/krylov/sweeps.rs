//! One sweep of symmetric block Gauss–Seidel over I − A = D − L − U: D the diagonal blocks, L and U what is below and
//! above them.

use std::ops::Range;

use faer::{Accum, Mat, MatMut, MatRef};
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::KrylovError;
use super::cells::{Cells, SingleCells};
use crate::kernel::inverse::invert_in_place;
use crate::kernel::pivoted::PivotedFactors;
use crate::kernel::sparse::Side;
use crate::kernel::stored::StoredMatrix;
use crate::kernel::tile::{self, Scalar};

/// Which block is solved first.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Order {
    /// The first one.
    Forth,
    /// The last one.
    Back,
}

/// What a sweep makes of V.
pub(super) struct Swept<T> {
    /// (D − U)⁻¹ D V.
    pub(super) solution: Mat<T>,
    /// V − (D − L)⁻¹ (I − A) (D − U)⁻¹ D V.
    pub(super) image: Mat<T>,
}

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

    /// What V stands for in a solution, and what is left to do about it; of the transposed system likewise.
    pub(super) fn sweep(&self, side: Side, v: MatRef<'_, T>) -> Swept<T> {
        let mut solution = self.back(side, v);
        let mut image = Mat::zeros(v.nrows(), v.ncols());
        self.substitute(side, Order::Forth, Some(solution.as_ref()), image.as_mut());
        add(solution.as_mut(), v);
        Swept { solution, image }
    }

    /// (D − U)⁻¹ D V.
    pub(super) fn solution(&self, side: Side, v: MatRef<'_, T>) -> Mat<T> {
        let mut solution = self.back(side, v);
        add(solution.as_mut(), v);
        solution
    }

    /// (D − U)⁻¹ D V − V.
    fn back(&self, side: Side, v: MatRef<'_, T>) -> Mat<T> {
        let mut beyond = Mat::zeros(v.nrows(), v.ncols());
        self.substitute(side, Order::Back, Some(v), beyond.as_mut());
        beyond
    }

    /// R ← D⁻¹ (R + S (V + R)) block by block, S what is below the diagonal blocks going forth and above them going back:
    /// (D − L)⁻¹ R going forth where there is no V. What a block that is solved adds to those still to come is added at
    /// once; the one that comes next is finished by the same task, so no step waits for a lone block.
    pub(super) fn substitute(
        &self,
        side: Side,
        order: Order,
        given: Option<MatRef<'_, T>>,
        right: MatMut<'_, T>,
    ) {
        let mut rows = self.by_blocks(right);
        if order == Order::Back {
            rows.reverse();
        }
        let Some(((first, start), mut left)) = rows.split_first_mut() else { return };
        let mut last = *first;
        let mut solved = self.solve_block(side, last, given, start.as_mut());
        while let Some(((k, next), others)) = left.split_first_mut() {
            let (following, ()) = rayon::join(
                || {
                    for (band, c) in tile::row_tiles(next.as_mut(), tile::band()).into_iter().enumerate() {
                        self.cells.add_product(side, (*k, band), last, &solved, c);
                    }
                    self.solve_block(side, *k, given, next.as_mut())
                },
                || {
                    let bands = others.iter_mut().flat_map(|(k, rows)| {
                        let bands = tile::row_tiles(rows.as_mut(), tile::band()).into_iter().enumerate();
                        bands.map(|(band, c)| ((*k, band), c))
                    });
                    let bands = bands.collect::<Vec<_>>().into_par_iter().with_max_len(1);
                    bands.for_each(|(row, c)| self.cells.add_product(side, row, last, &solved, c));
                },
            );
            solved = following;
            last = *k;
            left = others;
        }
    }

    /// Rows of each block.
    fn by_blocks<'a>(&self, rows: MatMut<'a, T>) -> Vec<(usize, MatMut<'a, T>)> {
        let mut rest = rows;
        let mut by_blocks = Vec::with_capacity(self.blocks.len());
        for (k, (block, _)) in self.blocks.iter().enumerate() {
            let (rows, below) = rest.split_at_row_mut(block.len());
            by_blocks.push((k, rows));
            rest = below;
        }
        by_blocks
    }

    /// R ← D_kk⁻¹ R, and V + R as the products with other blocks want it.
    fn solve_block(
        &self,
        side: Side,
        k: usize,
        given: Option<MatRef<'_, T>>,
        mut right: MatMut<'_, T>,
    ) -> C::Factor {
        let (rows, beyond) = &self.blocks[k];
        let beyond = match side {
            Side::Plain => beyond.as_ref(),
            Side::Transposed => beyond.transpose(),
        };
        let mut copy = right.to_owned();
        tile::add_product(right.as_mut(), Accum::Add, beyond, copy.as_ref(), T::ONE);
        let Some(given) = given else { return self.cells.factor(right.as_ref()) };
        for j in 0..copy.ncols() {
            let given = &tile::column(given, j)[rows.clone()];
            let found = tile::column(right.as_ref(), j);
            for ((sum, given), found) in tile::column_mut(copy.as_mut(), j).iter_mut().zip(given).zip(found) {
                *sum = *given + *found;
            }
        }
        self.cells.factor(copy.as_ref())
    }
}

impl Sweeps<f32, SingleCells> {
    /// By how much may `R − (I − A) X`, computed in single precision, miss the truth, in the norm ‖·‖₁, for given ‖R‖₁ and
    /// ‖X‖₁? Made ready for the side before.
    ///
    /// ```text
    ///   γ (‖R‖₁ + (1 + ‖A‖₁) ‖X‖₁)      γ = k u / (1 − k u)      k: roundings on the way of a cell
    /// ```
    /// Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, section 3.5.
    pub(super) fn rounding(&self, side: Side, right: f64, x: f64) -> f64 {
        // R, X and A are rounded, the product is summed in pieces of a block, and these one after the other.
        let pieces: usize = self.blocks.iter().map(|(rows, _)| rows.len().div_ceil(tile::DEPTH)).sum();
        let roundings = (tile::DEPTH + pieces + 8) as f64;
        let error = roundings * f64::from(f32::EPSILON) / 2.0;
        error / (1.0 - error) * (right + (1.0 + self.cells.norm(side)) * x)
    }

    /// ‖A‖₁, or ‖A′‖₁, at most. Made ready for the side before.
    #[cfg(test)]
    pub(super) fn norm(&self, side: Side) -> f64 {
        self.cells.norm(side)
    }

    /// What rounding X to double precision may add to a residual, for given ‖X‖₁.
    pub(super) fn rounding_of_solution(&self, side: Side, x: f64) -> f64 {
        f64::EPSILON / 2.0 * (1.0 + self.cells.norm(side)) * x
    }

    /// ‖R − (I − A) X‖₁ of each column in single precision, and what rounding may have hidden of it. Made ready for the side
    /// before.
    pub(super) fn left_at_most(&self, side: Side, right: &DMatrix<f64>, x: &DMatrix<f64>) -> Vec<f64> {
        let (columns, n) = (right.ncols(), right.nrows());
        let scales: Vec<f64> = right.column_iter().map(|column| column.amax()).collect();
        let rounded = |matrix: &DMatrix<f64>| {
            let mut rounded = Mat::<f32>::zeros(n, columns);
            let targets = tile::column_tiles(rounded.as_mut(), 1).into_par_iter().enumerate();
            targets.for_each(|(k, target)| {
                let inverse = if scales[k] > 0.0 { 1.0 / scales[k] } else { 1.0 };
                let values = &matrix.as_slice()[k * n..][..n];
                for (target, value) in tile::column_mut(target, 0).iter_mut().zip(values) {
                    *target = f32::of_f64(value * inverse);
                }
            });
            rounded
        };
        let given = rounded(x);
        let factors: Vec<_> = self
            .blocks
            .par_iter()
            .map(|(rows, _)| self.cells.factor(given.subrows(rows.start, rows.len())))
            .collect();
        let mut left = rounded(right);
        let bands = self.by_blocks(left.as_mut()).into_iter().flat_map(|(k, rows)| {
            tile::row_tiles(rows, tile::band()).into_iter().enumerate().map(move |(band, c)| ((k, band), c))
        });
        let bands = bands.collect::<Vec<_>>().into_par_iter().with_max_len(1);
        bands.for_each(|((k, band), mut c)| {
            let start = self.blocks[k].0.start + band * tile::band();
            for j in 0..columns {
                let given = &tile::column(given.as_ref(), j)[start..][..c.nrows()];
                for (value, given) in tile::column_mut(c.as_mut(), j).iter_mut().zip(given) {
                    *value -= *given;
                }
            }
            for (column, factor) in factors.iter().enumerate() {
                self.cells.add_product(side, (k, band), column, factor, c.as_mut());
            }
        });
        (0..columns)
            .into_par_iter()
            .map(|k| {
                let sum = |values: &[f64]| values.iter().map(|value| value.abs()).sum::<f64>();
                let of = |matrix: &DMatrix<f64>| sum(&matrix.as_slice()[k * n..][..n]);
                let left =
                    tile::column(left.as_ref(), k).iter().map(|value| f64::from(value.abs())).sum::<f64>();
                let scale = if scales[k] > 0.0 { scales[k] } else { 1.0 };
                left * scale + self.rounding(side, of(right), of(x))
            })
            .collect()
    }
}

/// X += V.
fn add<T: Scalar>(x: MatMut<'_, T>, v: MatRef<'_, T>) {
    tile::column_tiles(x, 1).into_par_iter().enumerate().for_each(|(j, values)| {
        for (value, more) in tile::column_mut(values, 0).iter_mut().zip(tile::column(v, j)) {
            *value += *more;
        }
    });
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kernel::krylov::cells::DoubleCells;

    #[test]
    fn a_sweep_is_what_its_equations_say() {
        let blocks = [0..3, 3..7, 7..9, 9..14];
        let n = 14;
        let a = DMatrix::from_fn(n, n, |i, j| ((i * 7 + j * 3 + i * j) % 11) as f64 / 100.0);
        let block = |i: usize| blocks.iter().position(|rows| rows.contains(&i)).unwrap();
        // D, D − L and D − U.
        let part = |keep: fn(&usize, &usize) -> bool| {
            let whole = DMatrix::identity(n, n) - &a;
            DMatrix::from_fn(n, n, |i, j| if keep(&block(i), &block(j)) { whole[(i, j)] } else { 0.0 })
        };
        let [diagonal, lower, upper] = [part(usize::eq), part(usize::ge), part(usize::le)];
        let solved = |matrix: &DMatrix<f64>, right: &DMatrix<f64>| matrix.clone().lu().solve(right).unwrap();
        let v = DMatrix::from_fn(n, 3, |i, j| ((i * 5 + j * 2) % 7) as f64 - 3.0);
        let stored: Arc<StoredMatrix> = Arc::new(a.clone().into());
        let sweeps =
            Sweeps::new(DoubleCells::of(Arc::clone(&stored), blocks.to_vec()), &stored, &blocks).unwrap();
        let gap = |found: &Mat<f64>, expected: &DMatrix<f64>| {
            DMatrix::from_fn(n, 3, |i, j| found[(i, j)] - expected[(i, j)]).amax()
        };
        for side in [Side::Plain, Side::Transposed] {
            let turned = |matrix: &DMatrix<f64>| match side {
                Side::Plain => matrix.clone(),
                Side::Transposed => matrix.transpose(),
            };
            let (forth, back) = match side {
                Side::Plain => (lower.clone(), upper.clone()),
                Side::Transposed => (upper.transpose(), lower.transpose()),
            };
            let Swept { solution, image } = sweeps.sweep(side, tile::owned(&v));
            let expected = solved(&back, &(turned(&diagonal) * &v));
            assert!(gap(&solution, &expected) < 1e-13);
            assert!(gap(&sweeps.solution(side, tile::owned(&v)), &expected) < 1e-13);
            let expected = &v - solved(&forth, &(&expected - turned(&a) * &expected));
            assert!(gap(&image, &expected) < 1e-13);
            let mut first = tile::owned(&v).to_owned();
            sweeps.substitute(side, Order::Forth, None, first.as_mut());
            assert!(gap(&first, &solved(&forth, &v)) < 1e-13);
        }
    }
}
