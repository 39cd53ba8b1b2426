//! Factors of a product, copied to where the registers want them.
//!
//! A left factor is kept as strips of rows, a right one as strips of columns; both are cut along the inner dimension into
//! pieces of [`DEPTH`], and each piece is one sum in registers. The right factor is what many products share, packed once;
//! a band of rows of the left one is packed where it is used and stays in the second cache while all strips of the right
//! one pass by.

use std::cell::RefCell;

use faer::{MatMut, MatRef};
use rayon::prelude::*;

use super::micro::{Shape, add_strips, band};
use super::{Scalar, column};
use crate::kernel::pages;

/// Columns of the left factor, and rows of the right one, that are multiplied together: a strip of the right factor takes
/// half of a first cache of 32 KiB.
pub(in crate::kernel) const DEPTH: usize = 256;
/// Elements of a row that are copied at once when rows are what is contiguous.
const RUN: usize = 32;
/// Columns that are copied to one strip before the next one has its turn.
const GROUP: usize = 4;
/// Elements packed by one task, about.
const TASK: usize = 32_768;
/// Bytes to which packed factors are aligned: a vector register that straddles two lines of the cache is read twice.
const LINE: usize = 64;

/// Reads one element: a copy, a widening.
pub(in crate::kernel) trait Read<T>: Copy + Send + Sync {
    /// The element in the type of the product.
    fn read(self) -> T;
}

impl Read<Self> for f64 {
    fn read(self) -> Self {
        self
    }
}

impl Read<Self> for f32 {
    fn read(self) -> Self {
        self
    }
}

/// Exact.
impl Read<f64> for f32 {
    fn read(self) -> f64 {
        f64::from(self)
    }
}

/// Rounded.
impl Read<f32> for f64 {
    fn read(self) -> f32 {
        f32::of_f64(self)
    }
}

/// Zeros that start on a line of the cache.
#[derive(Debug)]
struct Aligned<T> {
    memory: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Scalar> Aligned<T> {
    fn zeros(length: usize) -> Self {
        let memory = pages::zeros(T::ZERO, length + LINE / size_of::<T>());
        let start = memory.as_ptr().align_offset(LINE).min(LINE / size_of::<T>());
        Self { memory, start, length }
    }

    fn get(&self) -> &[T] {
        &self.memory[self.start..][..self.length]
    }

    fn get_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.start..][..self.length]
    }
}

thread_local! {
    /// Memory that a product needs only while it runs: the system gives and takes back what is that large page by page,
    /// which costs more than a small product.
    static SCRATCH: RefCell<Vec<Vec<f64>>> = const { RefCell::new(Vec::new()) };
}

/// Calls `work` with that many numbers, on a line of the cache, of any value.
fn with_scratch<T: Scalar>(length: usize, work: impl FnOnce(&mut [T])) {
    let mut memory = SCRATCH.with_borrow_mut(Vec::pop).unwrap_or_default();
    let line = LINE / size_of::<f64>();
    let needed = (length * size_of::<T>()).div_ceil(size_of::<f64>()) + line;
    if memory.len() < needed {
        memory.resize(needed, 0.0);
    }
    let start = memory.as_ptr().align_offset(LINE).min(line);
    work(&mut bytemuck::cast_slice_mut(&mut memory[start..])[..length]);
    SCRATCH.with_borrow_mut(|memories| memories.push(memory));
}

/// Bands of rows of a left factor that is multiplied again and again, cut by columns where its right factors are. They stand
/// one after the other in one memory: bands of their own would each be too small for large pages.
#[derive(Debug)]
pub(in crate::kernel) struct Left<T> {
    /// Rows of each band, and where it begins.
    bands: Vec<(usize, usize)>,
    /// In a band, pieces one after the other; in a piece, strips of rows one after the other.
    strips: Aligned<T>,
}

/// A band that is being copied.
pub(in crate::kernel) struct Band<'a, T> {
    rows: usize,
    strips: &'a mut [T],
}

impl<T: Scalar> Left<T> {
    /// Bands of so many rows with so many columns, filled by all threads at once, and what `fill` says of each.
    pub(in crate::kernel) fn of<R: Send>(
        heights: &[usize],
        columns: usize,
        fill: impl Fn(usize, Band<'_, T>) -> R + Sync,
    ) -> (Self, Vec<R>) {
        let mut length = 0;
        let bands: Vec<(usize, usize)> = heights
            .iter()
            .map(|rows| {
                let start = length;
                length += Shape::of::<T>().padded_rows(*rows) * columns;
                (*rows, start)
            })
            .collect();
        let mut strips = Aligned::zeros(length);
        let mut rest = strips.get_mut();
        let mut parts = Vec::with_capacity(bands.len());
        for (rows, _) in &bands {
            let (strips, below) = rest.split_at_mut(Shape::of::<T>().padded_rows(*rows) * columns);
            parts.push(Band { rows: *rows, strips });
            rest = below;
        }
        let parts = parts.into_par_iter().with_max_len(1).enumerate();
        let said = parts.map(|(k, band)| fill(k, band)).collect();
        (Self { bands, strips }, said)
    }

    /// `c += a · b`, with the columns of a band from `first` on as a.
    pub(in crate::kernel) fn add_product(
        &self,
        band: usize,
        first: usize,
        right: &Right<T>,
        mut c: MatMut<'_, T>,
    ) {
        let (rows, start) = self.bands[band];
        assert_eq!((c.nrows(), c.ncols()), (rows, right.columns), "shapes of a product");
        let height = Shape::of::<T>().padded_rows(rows);
        let width = Shape::of::<T>().padded_columns(right.columns);
        for (piece, strips) in right.strips.get().chunks((DEPTH * width).max(1)).enumerate() {
            let depth = DEPTH.min(right.rows - piece * DEPTH);
            let left = &self.strips.get()[start + height * (first + piece * DEPTH)..][..height * depth];
            add_strips(c.as_mut(), left, strips, depth);
        }
    }
}

impl<T: Scalar> Band<'_, T> {
    /// Copies the columns from `first` on, as many as `part` has: the rows of one right factor.
    pub(in crate::kernel) fn fill<U: Read<T>>(&mut self, first: usize, part: MatRef<'_, U>) {
        let height = Shape::of::<T>().padded_rows(self.rows);
        for piece in (0..part.ncols()).step_by(DEPTH) {
            let depth = DEPTH.min(part.ncols() - piece);
            let target = &mut self.strips[height * (first + piece)..][..height * depth];
            pack_left(part.subcols(piece, depth), target);
        }
    }
}

/// A right factor, times a number, that many products share.
pub(in crate::kernel) struct Right<T> {
    rows: usize,
    columns: usize,
    /// Pieces of [`DEPTH`] rows one after the other; in a piece, strips of columns one after the other.
    strips: Aligned<T>,
}

impl<T: Scalar> Right<T> {
    /// Copies α b, all threads at once.
    pub(in crate::kernel) fn of(b: MatRef<'_, T>, alpha: T) -> Self {
        let (rows, columns) = (b.nrows(), b.ncols());
        let width = Shape::of::<T>().padded_columns(columns);
        let mut strips = Aligned::zeros(rows * width);
        let pieces = strips.get_mut().par_chunks_mut((DEPTH * width).max(1)).enumerate();
        pieces.with_min_len(1 + TASK / (DEPTH * width).max(1)).for_each(|(piece, target)| {
            let first = piece * DEPTH;
            pack_right(b.subrows(first, DEPTH.min(rows - first)), alpha, target);
        });
        Self { rows, columns, strips }
    }

    /// `c += a · b` with this factor as b, on one thread.
    pub(in crate::kernel) fn add_product<U: Read<T>>(&self, mut c: MatMut<'_, T>, a: MatRef<'_, U>) {
        assert_eq!((c.ncols(), a.ncols()), (self.columns, self.rows), "shapes of a product");
        let width = Shape::of::<T>().padded_columns(self.columns);
        let (rows, height) = (a.nrows(), band());
        for row in (0..rows).step_by(height) {
            let count = height.min(rows - row);
            for (piece, right) in self.strips.get().chunks((DEPTH * width).max(1)).enumerate() {
                let first = piece * DEPTH;
                let a = a.submatrix(row, first, count, DEPTH.min(self.rows - first));
                add_band(c.as_mut().subrows_mut(row, count), a, right);
            }
        }
    }
}

/// `c += a · b` for a few rows of a, which are packed here, and a piece of a right factor.
fn add_band<T: Scalar, U: Read<T>>(mut c: MatMut<'_, T>, a: MatRef<'_, U>, right: &[T]) {
    let (rows, depth) = (a.nrows(), a.ncols());
    with_scratch(Shape::of::<T>().padded_rows(rows) * depth, |left| {
        pack_left(a, left);
        add_strips(c.as_mut(), left, right, depth);
    });
}

/// `c += alpha · a · b`, packing both factors.
pub(super) fn add_packed_product<T: Scalar>(
    mut c: MatMut<'_, T>,
    a: MatRef<'_, T>,
    b: MatRef<'_, T>,
    alpha: T,
) {
    for first in (0..a.ncols()).step_by(DEPTH) {
        let depth = DEPTH.min(a.ncols() - first);
        let b = b.subrows(first, depth);
        with_scratch(depth * Shape::of::<T>().padded_columns(b.ncols()), |right| {
            pack_right(b, alpha, right);
            let height = band();
            for row in (0..a.nrows()).step_by(height) {
                let count = height.min(a.nrows() - row);
                add_band(c.as_mut().subrows_mut(row, count), a.submatrix(row, first, count, depth), right);
            }
        });
    }
}

/// Strips of rows of a left factor, each by columns; rows that are missing are zero.
fn pack_left<T: Scalar, U: Read<T>>(a: MatRef<'_, U>, target: &mut [T]) {
    if a.nrows() == 0 {
        return;
    }
    let shape = Shape::of::<T>();
    let height = shape.height(a.nrows());
    let whole = a.nrows() / height * height;
    let (strips, mut target) = target.split_at_mut(whole * a.ncols());
    match (height, a.row_stride()) {
        (8, 1) => pack_strips::<T, U, 8>(a.subrows(0, whole), strips),
        (16, 1) => pack_strips::<T, U, 16>(a.subrows(0, whole), strips),
        (24, 1) => pack_strips::<T, U, 24>(a.subrows(0, whole), strips),
        (48, 1) => pack_strips::<T, U, 48>(a.subrows(0, whole), strips),
        _ => {
            for (k, strip) in strips.chunks_exact_mut((height * a.ncols()).max(1)).enumerate() {
                pack_rows(a.subrows(k * height, height), height, strip);
            }
        }
    }
    let mut start = whole;
    while start < a.nrows() {
        let height = shape.height(a.nrows() - start);
        let (strip, rest) = target.split_at_mut(height * a.ncols());
        pack_rows(a.subrows(start, height.min(a.nrows() - start)), height, strip);
        target = rest;
        start += height;
    }
}

/// Whole strips at once, a few columns in a go: what is contiguous is read in one go, and of the strips, which are a multiple
/// of the first cache's stride apart, one is written at a time.
fn pack_strips<T: Scalar, U: Read<T>, const H: usize>(a: MatRef<'_, U>, target: &mut [T]) {
    for first in (0..a.ncols()).step_by(GROUP) {
        let group = first..a.ncols().min(first + GROUP);
        let strips = target.as_chunks_mut::<H>().0.chunks_exact_mut(a.ncols()).enumerate();
        for (k, strip) in strips {
            for (j, values) in group.clone().zip(&mut strip[group.clone()]) {
                *values = column(a, j).as_chunks::<H>().0[k].map(Read::read);
            }
        }
    }
}

/// One strip.
fn pack_rows<T: Scalar, U: Read<T>>(a: MatRef<'_, U>, height: usize, target: &mut [T]) {
    let rows = a.nrows();
    if a.row_stride() == 1 {
        for (j, target) in target.chunks_exact_mut(height).enumerate() {
            let (values, missing) = target.split_at_mut(rows);
            for (value, cell) in values.iter_mut().zip(column(a, j)) {
                *value = cell.read();
            }
            missing.fill(T::ZERO);
        }
    } else if a.col_stride() == 1 {
        for (piece, target) in target.chunks_mut(height * RUN).enumerate() {
            let (first, count) = (piece * RUN, target.len() / height);
            for i in 0..rows {
                let cells = &column(a.transpose(), i)[first..first + count];
                for (value, cell) in target[i..].iter_mut().step_by(height).zip(cells) {
                    *value = cell.read();
                }
            }
            for i in rows..height {
                target[i..].iter_mut().step_by(height).for_each(|value| *value = T::ZERO);
            }
        }
    } else {
        for (j, target) in target.chunks_exact_mut(height).enumerate() {
            for (i, value) in target.iter_mut().enumerate() {
                *value = if i < rows { a[(i, j)].read() } else { T::ZERO };
            }
        }
    }
}

/// Strips of columns of α b, each by rows; columns that are missing are zero.
fn pack_right<T: Scalar>(b: MatRef<'_, T>, alpha: T, mut target: &mut [T]) {
    let shape = Shape::of::<T>();
    let depth = b.nrows();
    let mut start = 0;
    while start < b.ncols() {
        let width = shape.width(b.ncols() - start);
        let (strip, rest) = target.split_at_mut(depth * width);
        let columns = b.subcols(start, width.min(b.ncols() - start));
        match (width, b.row_stride()) {
            (8, 1) if columns.ncols() == 8 => interleave::<T, 8>(columns, alpha, strip),
            (6, 1) if columns.ncols() == 6 => interleave::<T, 6>(columns, alpha, strip),
            (4, 1) if columns.ncols() == 4 => interleave::<T, 4>(columns, alpha, strip),
            _ => {
                for (k, row) in strip.chunks_exact_mut(width).enumerate() {
                    for (j, value) in row.iter_mut().enumerate() {
                        *value = if j < columns.ncols() { alpha * columns[(k, j)] } else { T::ZERO };
                    }
                }
            }
        }
        target = rest;
        start += width;
    }
}

/// N columns, by rows.
fn interleave<T: Scalar, const N: usize>(columns: MatRef<'_, T>, alpha: T, target: &mut [T]) {
    let columns: [&[T]; N] = std::array::from_fn(|j| column(columns, j));
    for (k, row) in target.as_chunks_mut::<N>().0.iter_mut().enumerate() {
        for j in 0..N {
            row[j] = alpha * columns[j][k];
        }
    }
}
