//! One matrix, three ways to store it: double precision, single precision, compressed rows.
//!
//! Whoever only adds up, scales or multiplies need not know which one it is: sums and products are
//! in double precision on every storage, and single-precision cells are widened exactly before they
//! are used. Whoever needs the dense cells themselves asks [`StoredMatrix::as_dense`].
//!
//! | storage | bytes | for |
//! |---|---|---|
//! | [`Storage::Double`] | 8 a cell | tables up to some 10,000 rows |
//! | [`Storage::Single`] | 4 a cell | larger dense tables; cells carry 7 digits, times one double a column |
//! | [`Storage::Compressed`] | 12 a non-zero, 8 a row | networks of firms |

mod convert;
mod product;
mod sums;

use std::ops::Range;
use std::sync::Arc;

use nalgebra::DMatrix;
use rayon::prelude::*;
use sprs::CsMatI;

pub(crate) use convert::DENSE_ORDER;
pub use convert::Rounding;

use crate::kernel::dense;

/// How a [`StoredMatrix`] keeps its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Storage {
    /// Every cell in double precision, by columns.
    Double,
    /// Every cell in single precision, by columns.
    Single,
    /// The non-zeros in double precision, by rows.
    Compressed,
}

impl std::fmt::Display for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Double => "dense, double precision",
            Self::Single => "dense, single precision",
            Self::Compressed => "compressed rows",
        })
    }
}

/// A matrix in one of three storages.
///
/// # Example
/// ```
/// use nalgebra::DMatrix;
/// use vadex::kernel::stored::{Storage, StoredMatrix};
///
/// let flows = StoredMatrix::from(DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.25, 2.0]));
/// let (single, rounding) = flows.clone().into_single();
/// assert_eq!(single.storage(), Storage::Single);
/// assert_eq!(rounding.largest, 0.0); // quarters are exact in single precision
/// assert_eq!(single.row_sums(), flows.row_sums());
/// assert_eq!(flows.into_compressed().non_zeros(), 3);
/// ```
#[derive(Clone, Debug)]
pub struct StoredMatrix(Cells);

/// The cells; compressed ones are by rows, with sorted columns.
#[derive(Clone, Debug)]
enum Cells {
    Double(DMatrix<f64>),
    Single(Scaled),
    /// Shared with whoever solves on them; a copy is made only where one of several holders changes cells.
    Compressed(Arc<CsMatI<f64, u32>>),
}

/// Single-precision cells with a double-precision factor a column: dividing columns, as coefficients are made from
/// flows, rounds no cell a second time.
#[derive(Clone, Debug, PartialEq)]
struct Scaled {
    cells: DMatrix<f32>,
    factors: Vec<f64>,
}

impl Scaled {
    /// Cell (i, j) in double precision.
    fn get(&self, i: usize, j: usize) -> f64 {
        f64::from(self.cells[(i, j)]) * self.factors[j]
    }

    /// Cells and factor of column j.
    fn column(&self, j: usize) -> (&[f32], f64) {
        (column(&self.cells, j), self.factors[j])
    }
}

impl From<DMatrix<f64>> for StoredMatrix {
    fn from(matrix: DMatrix<f64>) -> Self {
        Self(Cells::Double(matrix))
    }
}

impl From<DMatrix<f32>> for StoredMatrix {
    fn from(matrix: DMatrix<f32>) -> Self {
        Self(Cells::Single(Scaled { factors: vec![1.0; matrix.ncols()], cells: matrix }))
    }
}

impl From<CsMatI<f64, u32>> for StoredMatrix {
    fn from(matrix: CsMatI<f64, u32>) -> Self {
        Self(Cells::Compressed(Arc::new(if matrix.is_csr() { matrix } else { matrix.to_csr() })))
    }
}

/// Equal cells, whatever the storage.
impl PartialEq for StoredMatrix {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Cells::Double(a), Cells::Double(b)) => a == b,
            (Cells::Single(a), Cells::Single(b)) => a == b,
            _ => self.shape() == other.shape() && self.to_dense() == other.to_dense(),
        }
    }
}

impl StoredMatrix {
    /// Rows and columns.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        match &self.0 {
            Cells::Double(matrix) => matrix.shape(),
            Cells::Single(matrix) => matrix.cells.shape(),
            Cells::Compressed(matrix) => matrix.shape(),
        }
    }

    /// Rows.
    #[must_use]
    pub fn nrows(&self) -> usize {
        self.shape().0
    }

    /// Columns.
    #[must_use]
    pub fn ncols(&self) -> usize {
        self.shape().1
    }

    /// How the cells are kept.
    #[must_use]
    pub fn storage(&self) -> Storage {
        match &self.0 {
            Cells::Double(_) => Storage::Double,
            Cells::Single(_) => Storage::Single,
            Cells::Compressed(_) => Storage::Compressed,
        }
    }

    /// The dense double-precision cells, when that is how they are kept.
    #[must_use]
    pub fn as_dense(&self) -> Option<&DMatrix<f64>> {
        match &self.0 {
            Cells::Double(matrix) => Some(matrix),
            _ => None,
        }
    }

    /// The single-precision cells and the factor of each column, when that is how they are kept.
    pub(super) fn as_single(&self) -> Option<(&DMatrix<f32>, &[f64])> {
        match &self.0 {
            Cells::Single(matrix) => Some((&matrix.cells, &matrix.factors)),
            _ => None,
        }
    }

    /// The compressed rows, when that is how they are kept.
    #[must_use]
    pub fn as_compressed(&self) -> Option<&CsMatI<f64, u32>> {
        match &self.0 {
            Cells::Compressed(matrix) => Some(matrix.as_ref()),
            _ => None,
        }
    }

    /// Cell (i, j).
    ///
    /// # Panics
    /// Outside the matrix.
    ///
    /// # Cost
    /// A look-up; compressed rows: a binary search in row i.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        match &self.0 {
            Cells::Double(matrix) => matrix[(i, j)],
            Cells::Single(matrix) => matrix.get(i, j),
            Cells::Compressed(matrix) => {
                let (rows, columns) = matrix.shape();
                assert!(i < rows && j < columns, "cell ({i}, {j}) of a {rows} x {columns} matrix");
                matrix.get(i, j).copied().unwrap_or(0.0)
            }
        }
    }

    /// Multiplies cell (i, j) by a factor.
    ///
    /// # Panics
    /// Outside the matrix.
    pub fn scale_cell(&mut self, i: usize, j: usize, factor: f64) {
        match &mut self.0 {
            Cells::Double(matrix) => matrix[(i, j)] *= factor,
            Cells::Single(matrix) => {
                let cell = &mut matrix.cells[(i, j)];
                *cell = convert::round(f64::from(*cell) * factor);
            }
            Cells::Compressed(matrix) => {
                if let Some(cell) = Arc::make_mut(matrix).get_mut(i, j) {
                    *cell *= factor;
                }
            }
        }
    }

    /// Cells that are not zero.
    #[must_use]
    pub fn non_zeros(&self) -> usize {
        match &self.0 {
            Cells::Double(matrix) => count(matrix.as_slice(), |value| *value != 0.0),
            Cells::Single(matrix) => (0..matrix.cells.ncols())
                .into_par_iter()
                .map(|j| matrix.column(j))
                .filter(|(_, factor)| *factor != 0.0)
                .map(|(cells, _)| cells.iter().filter(|cell| **cell != 0.0).count())
                .sum(),
            Cells::Compressed(matrix) => count(matrix.data(), |value| *value != 0.0),
        }
    }

    /// Share of cells that are not zero; 0 for an empty matrix.
    #[must_use]
    pub fn density(&self) -> f64 {
        let (rows, columns) = self.shape();
        self.non_zeros() as f64 / (rows as f64 * columns as f64).max(1.0)
    }

    /// Memory of the cells, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match &self.0 {
            Cells::Double(matrix) => 8 * matrix.len(),
            Cells::Single(matrix) => 4 * matrix.cells.len() + 8 * matrix.factors.len(),
            Cells::Compressed(matrix) => 12 * matrix.nnz() + 4 * (matrix.rows() + 1),
        }
    }

    /// Calls `visit(i, j, value)` for every cell that is not zero: dense ones column by column, compressed ones row by
    /// row.
    pub fn for_each(&self, visit: impl FnMut(usize, usize, f64)) {
        self.for_each_in(0..self.nrows(), 0..self.ncols(), visit);
    }

    /// [`Self::for_each`] in one block.
    ///
    /// # Panics
    /// If the block reaches outside the matrix.
    pub fn for_each_in(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        mut visit: impl FnMut(usize, usize, f64),
    ) {
        match &self.0 {
            Cells::Double(matrix) => {
                for j in columns {
                    for (i, value) in rows.clone().zip(&column(matrix, j)[rows.clone()]) {
                        if *value != 0.0 {
                            visit(i, j, *value);
                        }
                    }
                }
            }
            Cells::Single(matrix) => {
                for j in columns {
                    let (cells, factor) = matrix.column(j);
                    for (i, cell) in rows.clone().zip(&cells[rows.clone()]) {
                        let value = f64::from(*cell) * factor;
                        if value != 0.0 {
                            visit(i, j, value);
                        }
                    }
                }
            }
            Cells::Compressed(matrix) => {
                for i in rows {
                    let (indices, values) = row(matrix, i, &columns);
                    for (j, value) in indices.iter().zip(values) {
                        if *value != 0.0 {
                            visit(i, *j as usize, *value);
                        }
                    }
                }
            }
        }
    }

    /// Divides every column by its divisor, in place; a divisor of zero clears the column.
    ///
    /// # Panics
    /// If there are not as many divisors as columns.
    ///
    /// # Cost
    /// One pass, in parallel, no memory; single precision: nothing but a factor a column.
    pub fn divide_columns(&mut self, divisors: &[f64]) {
        assert_eq!(divisors.len(), self.ncols(), "one divisor a column");
        match &mut self.0 {
            Cells::Double(matrix) => {
                let rows = matrix.nrows().max(1);
                matrix.as_mut_slice().par_chunks_mut(rows).zip(divisors).for_each(|(cells, divisor)| {
                    cells.iter_mut().for_each(|cell| *cell = quotient(*cell, *divisor));
                });
            }
            Cells::Single(matrix) => {
                for (factor, divisor) in matrix.factors.iter_mut().zip(divisors) {
                    *factor = quotient(*factor, *divisor);
                }
            }
            Cells::Compressed(matrix) => {
                for mut row in Arc::make_mut(matrix).outer_iterator_mut() {
                    for (j, cell) in row.iter_mut() {
                        *cell = quotient(*cell, divisors[j]);
                    }
                }
            }
        }
    }

    /// [`Self::divide_columns`] beside the matrix, which stays as it is.
    ///
    /// # Panics
    /// If there are not as many divisors as columns.
    ///
    /// # Cost
    /// One pass and one matrix of the same size, in parallel: copying first would be a second pass on one thread.
    #[must_use]
    pub fn divided_by_columns(&self, divisors: &[f64]) -> Self {
        let Cells::Double(matrix) = &self.0 else {
            let mut divided = self.clone();
            divided.divide_columns(divisors);
            return divided;
        };
        assert_eq!(divisors.len(), self.ncols(), "one divisor a column");
        let rows = matrix.nrows().max(1);
        let mut divided = dense::zeros(matrix.nrows(), matrix.ncols());
        let columns = divided.as_mut_slice().par_chunks_mut(rows).zip(matrix.as_slice().par_chunks(rows));
        columns.zip(divisors).for_each(|((target, cells), divisor)| {
            for (target, cell) in target.iter_mut().zip(cells) {
                *target = quotient(*cell, *divisor);
            }
        });
        Self(Cells::Double(divided))
    }

    /// The first cell that is NaN or infinite, in the order of storage.
    #[must_use]
    pub fn first_non_finite(&self) -> Option<(usize, usize, f64)> {
        let at = |position: usize| (position % self.nrows(), position / self.nrows());
        let (i, j) = match &self.0 {
            Cells::Double(matrix) => at(first_where(matrix.as_slice(), |_, cell| !cell.is_finite())?),
            Cells::Single(matrix) => {
                let rows = matrix.cells.nrows().max(1);
                let cells = matrix.cells.as_slice();
                at(first_where(cells, |k, cell| !(f64::from(cell) * matrix.factors[k / rows]).is_finite())?)
            }
            Cells::Compressed(matrix) => {
                let (_, position) = matrix.iter().find(|(value, _)| !value.is_finite())?;
                (position.0 as usize, position.1 as usize)
            }
        };
        Some((i, j, self.get(i, j)))
    }

    /// How many cells are negative, and the most negative one (the first of equals).
    #[must_use]
    pub fn negative_cells(&self) -> (usize, Option<(usize, usize, f64)>) {
        let columns = self.ncols();
        let step = if self.as_compressed().is_some() { columns.max(1) } else { 64 };
        let parts: Vec<(usize, Option<(usize, usize, f64)>)> = (0..columns.div_ceil(step))
            .into_par_iter()
            .map(|part| {
                let (mut count, mut worst) = (0, None::<(usize, usize, f64)>);
                self.for_each_in(
                    0..self.nrows(),
                    part * step..columns.min((part + 1) * step),
                    |i, j, value| {
                        if value < 0.0 {
                            count += 1;
                            if worst.is_none_or(|(_, _, least)| value < least) {
                                worst = Some((i, j, value));
                            }
                        }
                    },
                );
                (count, worst)
            })
            .collect();
        let least = parts.iter().filter_map(|(_, worst)| *worst).reduce(|a, b| if b.2 < a.2 { b } else { a });
        (parts.iter().map(|(count, _)| count).sum(), least)
    }
}

/// Column `j` of a dense matrix.
fn column<T: nalgebra::Scalar>(matrix: &DMatrix<T>, j: usize) -> &[T] {
    &matrix.as_slice()[j * matrix.nrows()..][..matrix.nrows()]
}

/// Columns within a range, and their values, of row `i` of compressed rows.
#[expect(clippy::cast_possible_truncation, reason = "columns of a compressed matrix are below 2^32")]
fn row<'a>(matrix: &'a CsMatI<f64, u32>, i: usize, columns: &Range<usize>) -> (&'a [u32], &'a [f64]) {
    let bounds = matrix.indptr().outer_inds_sz(i);
    let (indices, values) = (&matrix.indices()[bounds.clone()], &matrix.data()[bounds]);
    if columns.start == 0 && columns.end == matrix.cols() {
        return (indices, values);
    }
    let first = indices.partition_point(|j| *j < columns.start as u32);
    let last = indices.partition_point(|j| *j < columns.end as u32);
    (&indices[first..last], &values[first..last])
}

/// A cell over the divisor of its column, which clears it where it is zero.
fn quotient(cell: f64, divisor: f64) -> f64 {
    if divisor == 0.0 { 0.0 } else { cell / divisor }
}

/// The first cell that is so. Pieces are looked through whole, without a branch a cell: cells are hardly ever so.
fn first_where<T: Copy + Sync>(cells: &[T], is: impl Fn(usize, T) -> bool + Sync) -> Option<usize> {
    const PIECE: usize = 1 << 14;
    let piece = |k: usize| {
        cells[k * PIECE..].iter().take(PIECE).enumerate().map(move |(i, cell)| (k * PIECE + i, *cell))
    };
    (0..cells.len().div_ceil(PIECE))
        .into_par_iter()
        .find_first(|k| piece(*k).fold(false, |any, (place, cell)| any | is(place, cell)))
        .and_then(|k| piece(k).find(|(place, cell)| is(*place, *cell)))
        .map(|(place, _)| place)
}

fn count<T: Sync>(cells: &[T], is: impl Fn(&T) -> bool + Sync) -> usize {
    cells.par_chunks(1 << 20).map(|chunk| chunk.iter().filter(|cell| is(cell)).count()).sum()
}

#[cfg(test)]
mod tests;
