//! A in the precision of the sweeps.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use faer::{Mat, MatMut, MatRef};
use nalgebra::DMatrix;

use crate::kernel::sparse::Side;
use crate::kernel::stored::StoredMatrix;
use crate::kernel::tile::{self, Band, Left, Read, Right, Scalar};

/// A matrix, cut into blocks of rows and columns, that multiplies in the precision T.
pub(super) trait Cells<T: Scalar>: Sync {
    /// Rows of X as the products want them.
    type Factor: Send + Sync;

    /// Makes ready for products of one side, before several threads ask for them.
    fn prepare(&self, side: Side);

    /// The rows of X that belong to a block, which many products share.
    fn factor(&self, x: MatRef<'_, T>) -> Self::Factor;

    /// `c += A[i, j] x` for some rows i of block `row`, those of its band `band`, and the columns j of block `column`; or
    /// with A′ in the place of A.
    fn add_product(&self, side: Side, row: (usize, usize), column: usize, x: &Self::Factor, c: MatMut<'_, T>);
}

/// A or A′ with what is known of it.
#[derive(Debug)]
struct Packed {
    /// Bands of rows of all blocks.
    bands: Left<f32>,
    /// The first band of each block.
    firsts: Vec<usize>,
    /// Largest sum of a column, of absolute cells.
    norm: f64,
}

/// A dense matrix in single precision, as the registers want it: a copy a side, made when it is first asked for.
#[derive(Debug)]
pub(super) struct SingleCells {
    matrix: Arc<StoredMatrix>,
    blocks: Vec<Range<usize>>,
    plain: OnceLock<Packed>,
    transposed: OnceLock<Packed>,
}

impl SingleCells {
    /// The cells of a dense matrix.
    pub(super) fn of(matrix: Arc<StoredMatrix>, blocks: Vec<Range<usize>>) -> Self {
        Self { matrix, blocks, plain: OnceLock::new(), transposed: OnceLock::new() }
    }

    fn side(&self, side: Side) -> &OnceLock<Packed> {
        match side {
            Side::Plain => &self.plain,
            Side::Transposed => &self.transposed,
        }
    }

    /// ‖A‖₁ or ‖A′‖₁, once it has been made ready.
    pub(super) fn norm(&self, side: Side) -> f64 {
        self.side(side).get().expect("prepared before").norm
    }

    fn packed(&self, side: Side) -> Packed {
        let height = tile::band();
        let mut rows: Vec<Range<usize>> = Vec::new();
        let mut firsts = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            firsts.push(rows.len());
            rows.extend(block.clone().step_by(height).map(|start| start..block.end.min(start + height)));
        }
        let heights: Vec<usize> = rows.iter().map(ExactSizeIterator::len).collect();
        let (bands, made) = Left::of(&heights, self.matrix.nrows(), |k, mut band| {
            let mut sums = vec![0.0_f32; self.matrix.nrows()];
            for columns in &self.blocks {
                self.fill(&mut band, side, rows[k].clone(), columns.clone(), &mut sums[columns.clone()]);
            }
            sums
        });
        let mut sums = vec![0.0_f64; self.matrix.nrows()];
        for part in &made {
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += f64::from(*part));
        }
        // With room for the rounding of the sums themselves.
        let norm = 1.001
            * sums.into_iter().fold(0.0, |most: f64, sum| if sum.is_nan() { sum } else { most.max(sum) });
        Packed { bands, firsts, norm }
    }

    /// Copies A[rows, columns], or A′[rows, columns], and adds up the absolute cells of each column.
    fn fill(
        &self,
        band: &mut Band<'_, f32>,
        side: Side,
        rows: Range<usize>,
        columns: Range<usize>,
        sums: &mut [f32],
    ) {
        if let Some(cells) = self.matrix.as_dense() {
            let part = part(tile::owned(cells), side, &rows, &columns);
            add_sizes(part, sums);
            return band.fill(columns.start, part);
        }
        let (cells, factors) = self.matrix.as_single().expect("dense, and not in double precision");
        let cells = part(tile::owned(cells), side, &rows, &columns);
        let factored = Mat::<f32>::from_fn(rows.len(), columns.len(), |i, j| {
            let factor = match side {
                Side::Plain => factors[columns.start + j],
                Side::Transposed => factors[rows.start + i],
            };
            f32::of_f64(f64::from(cells[(i, j)]) * factor)
        });
        add_sizes(factored.as_ref(), sums);
        band.fill(columns.start, factored.as_ref());
    }
}

/// `sums += Σ |a|` by columns, in the order in which the cells lie.
fn add_sizes<U: Read<f32>>(a: MatRef<'_, U>, sums: &mut [f32]) {
    if a.row_stride() == 1 {
        for (j, sum) in sums.iter_mut().enumerate() {
            let mut lanes = [0.0_f32; 16];
            let (whole, rest) = tile::column(a, j).as_chunks::<16>();
            for cells in whole {
                lanes.iter_mut().zip(cells).for_each(|(lane, cell)| *lane += cell.read().abs());
            }
            *sum += lanes.iter().sum::<f32>() + rest.iter().map(|cell| cell.read().abs()).sum::<f32>();
        }
    } else {
        let rows = a.transpose();
        for i in 0..a.nrows() {
            for (sum, cell) in sums.iter_mut().zip(tile::column(rows, i)) {
                *sum += cell.read().abs();
            }
        }
    }
}

impl Cells<f32> for SingleCells {
    type Factor = Right<f32>;

    /// Not made inside the lock: a thread that waits for its part of the work may take up another solve, which would then
    /// wait for itself.
    fn prepare(&self, side: Side) {
        if self.side(side).get().is_none() {
            // Whoever was faster made the same.
            let _ = self.side(side).set(self.packed(side));
        }
    }

    fn factor(&self, x: MatRef<'_, f32>) -> Right<f32> {
        Right::of(x, 1.0)
    }

    fn add_product(
        &self,
        side: Side,
        (block, band): (usize, usize),
        column: usize,
        x: &Right<f32>,
        c: MatMut<'_, f32>,
    ) {
        let packed = self.side(side).get().expect("prepared before its first product");
        packed.bands.add_product(packed.firsts[block] + band, self.blocks[column].start, x, c);
    }
}

/// Any storage, in double precision: clear and slow.
#[derive(Debug)]
pub(super) struct DoubleCells {
    matrix: Arc<StoredMatrix>,
    blocks: Vec<Range<usize>>,
}

impl DoubleCells {
    /// The cells of a matrix where they are.
    pub(super) fn of(matrix: Arc<StoredMatrix>, blocks: Vec<Range<usize>>) -> Self {
        Self { matrix, blocks }
    }
}

impl Cells<f64> for DoubleCells {
    type Factor = DMatrix<f64>;

    fn prepare(&self, _: Side) {}

    fn factor(&self, x: MatRef<'_, f64>) -> DMatrix<f64> {
        DMatrix::from_fn(x.nrows(), x.ncols(), |i, j| x[(i, j)])
    }

    fn add_product(
        &self,
        side: Side,
        (block, band): (usize, usize),
        column: usize,
        x: &DMatrix<f64>,
        mut c: MatMut<'_, f64>,
    ) {
        let start = self.blocks[block].start + band * tile::band();
        let (rows, columns) = (start..start + c.nrows(), self.blocks[column].clone());
        let product = match side {
            Side::Plain => self.matrix.multiply_block(rows, columns, x.as_view()),
            Side::Transposed => self.matrix.transpose_multiply_block(columns, rows, x.as_view()),
        };
        for j in 0..c.ncols() {
            for (value, more) in tile::column_mut(c.as_mut(), j).iter_mut().zip(product.column(j).iter()) {
                *value += more;
            }
        }
    }
}

/// A[rows, columns], or A′[rows, columns].
fn part<'a, T>(
    cells: MatRef<'a, T>,
    side: Side,
    rows: &Range<usize>,
    columns: &Range<usize>,
) -> MatRef<'a, T> {
    match side {
        Side::Plain => cells.submatrix(rows.start, columns.start, rows.len(), columns.len()),
        Side::Transposed => cells.submatrix(columns.start, rows.start, columns.len(), rows.len()).transpose(),
    }
}
