//! The innermost product: a few rows times a few columns, held in the registers of the processor.
//!
//! Both factors are packed: the left one in strips of as many rows as two or three vector registers hold, the right one in
//! strips of up to six or eight columns. A strip of the right factor stays in the first cache while the strips of the left
//! one pass by, and every element of the left factor that is read serves that many products: what faer's kernel (twice the
//! rows, half the columns) asks of the second cache is twice that, and on processors whose second cache is large and slow
//! that is what it waits for (4050 x 4050 x 81 on two cores of a Xeon with 2 MiB of second cache: 62 GF/s by faer, 59 by OpenBLAS, 90 to 96
//! here). The sums must fit the registers: with 16 of them, three times four sums leave one too few, and writing a sum to
//! memory in every step halves the rate.
//! Source: Van Zee and van de Geijn (2015), "BLIS: a framework for rapidly instantiating BLAS functionality", ACM TOMS
//! 41(3), doi:10.1145/2764454.

use faer::MatMut;
use pulp::{Simd, WithSimd};

use super::vectors::arch;
use super::{Scalar, column_mut};

/// What fits the registers and the caches of a kind of processors.
struct Fit {
    /// Rows of a strip of the left factor, in registers.
    vectors: usize,
    /// Columns of a strip of the right factor.
    widest: usize,
    /// Rows of the left factor that are multiplied together: a whole number of strips.
    band: usize,
}

/// With 32 registers: 24 of them hold sums. Most processors that have them have a second cache of 1 MiB or more.
const ROOMY: Fit = Fit { vectors: 3, widest: 8, band: 192 };
/// With 16 registers: twelve hold sums, two the left factor, two the right one. The second cache may be one of 512 KiB that
/// two threads have to share.
const TIGHT: Fit = Fit { vectors: 2, widest: 6, band: 96 };

/// A number of which the processor's registers hold several.
pub trait Lanes: Copy {
    /// A register full of them.
    type Vector<S: Simd>: Copy;
    /// A slice as registers; what is left over is not in it.
    fn vectors<S: Simd>(values: &[Self]) -> &[Self::Vector<S>];
    /// The same in all places.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    /// `a b + c`.
    fn mul_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// `values += sum`, for as many values as there are; at most a register full.
    fn add_to<S: Simd>(simd: S, values: &mut [Self], sum: Self::Vector<S>);
    /// How many a register holds.
    fn lanes<S: Simd>() -> usize;
}

impl Lanes for f64 {
    type Vector<S: Simd> = S::f64s;

    #[inline(always)]
    fn vectors<S: Simd>(values: &[Self]) -> &[S::f64s] {
        S::as_simd_f64s(values).0
    }

    #[inline(always)]
    fn splat<S: Simd>(simd: S, value: Self) -> S::f64s {
        simd.splat_f64s(value)
    }

    #[inline(always)]
    fn mul_add<S: Simd>(simd: S, a: S::f64s, b: S::f64s, c: S::f64s) -> S::f64s {
        simd.mul_add_e_f64s(a, b, c)
    }

    #[inline(always)]
    fn add_to<S: Simd>(simd: S, values: &mut [Self], sum: S::f64s) {
        if values.len() == S::F64_LANES {
            let whole = &mut S::as_mut_simd_f64s(values).0[0];
            *whole = simd.add_f64s(*whole, sum);
        } else {
            let there = simd.partial_load_f64s(values);
            simd.partial_store_f64s(values, simd.add_f64s(there, sum));
        }
    }

    #[inline(always)]
    fn lanes<S: Simd>() -> usize {
        S::F64_LANES
    }
}

impl Lanes for f32 {
    type Vector<S: Simd> = S::f32s;

    #[inline(always)]
    fn vectors<S: Simd>(values: &[Self]) -> &[S::f32s] {
        S::as_simd_f32s(values).0
    }

    #[inline(always)]
    fn splat<S: Simd>(simd: S, value: Self) -> S::f32s {
        simd.splat_f32s(value)
    }

    #[inline(always)]
    fn mul_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
        simd.mul_add_e_f32s(a, b, c)
    }

    #[inline(always)]
    fn add_to<S: Simd>(simd: S, values: &mut [Self], sum: S::f32s) {
        if values.len() == S::F32_LANES {
            let whole = &mut S::as_mut_simd_f32s(values).0[0];
            *whole = simd.add_f32s(*whole, sum);
        } else {
            let there = simd.partial_load_f32s(values);
            simd.partial_store_f32s(values, simd.add_f32s(there, sum));
        }
    }

    #[inline(always)]
    fn lanes<S: Simd>() -> usize {
        S::F32_LANES
    }
}

/// What strips are like on this processor.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    lanes: usize,
    vectors: usize,
    widest: usize,
}

impl Shape {
    /// For numbers of a type.
    pub(super) fn of<T: Scalar>() -> Self {
        struct Ask<T>(std::marker::PhantomData<T>);
        impl<T: Scalar> WithSimd for Ask<T> {
            type Output = Shape;

            fn with_simd<S: Simd>(self, _: S) -> Shape {
                shape::<S, T>()
            }
        }
        arch().dispatch(Ask(std::marker::PhantomData::<T>))
    }

    /// Rows of the next strip of the left factor, padding included: its registers full, or what holds the rest.
    pub(super) fn height(self, left: usize) -> usize {
        left.next_multiple_of(self.lanes).min(self.vectors * self.lanes)
    }

    /// Rows of all strips of so many rows.
    pub(super) fn padded_rows(self, rows: usize) -> usize {
        rows.next_multiple_of(self.lanes)
    }

    /// Columns of the next strip of the right factor, padding included: as many as there are registers for, or the power
    /// of two that holds the rest.
    pub(super) fn width(self, left: usize) -> usize {
        left.next_power_of_two().min(self.widest)
    }

    /// Columns of all strips of so many columns.
    pub(super) fn padded_columns(self, columns: usize) -> usize {
        let rest = columns % self.widest;
        columns - rest + if rest > 0 { self.width(rest) } else { 0 }
    }
}

/// 16 registers with 256-bit vectors and without vectors, 32 otherwise.
#[inline(always)]
fn fit<S: Simd>() -> Fit {
    if S::F64_LANES == 4 || S::IS_SCALAR { TIGHT } else { ROOMY }
}

#[inline(always)]
fn shape<S: Simd, T: Scalar>() -> Shape {
    let Fit { vectors, widest, .. } = fit::<S>();
    Shape { lanes: T::lanes::<S>(), vectors, widest }
}

/// Rows of a left factor that are multiplied together, so that they stay in the second cache.
pub(in crate::kernel) fn band() -> usize {
    struct Ask;
    impl WithSimd for Ask {
        type Output = usize;

        fn with_simd<S: Simd>(self, _: S) -> usize {
            fit::<S>().band
        }
    }
    arch().dispatch(Ask)
}

/// `c += a b` for packed strips of both.
pub(super) fn add_strips<T: Scalar>(c: MatMut<'_, T>, left: &[T], right: &[T], depth: usize) {
    arch().dispatch(Strips { left, right, depth, c });
}

struct Strips<'a, T: Scalar> {
    /// Strips of rows, each by columns.
    left: &'a [T],
    /// Strips of columns, each by rows; the last one may be narrower: 4, 2 or 1 columns.
    right: &'a [T],
    depth: usize,
    c: MatMut<'a, T>,
}

impl<T: Scalar> WithSimd for Strips<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { left, mut right, depth, mut c } = self;
        let shape = shape::<S, T>();
        let mut start = 0;
        while start < c.ncols() {
            let width = shape.width(c.ncols() - start);
            let (strip, rest) = right.split_at(depth * width);
            let count = width.min(c.ncols() - start);
            let columns = c.as_mut().subcols_mut(start, count);
            match width {
                8 => column_strip::<S, T, 8>(simd, columns, left, strip, depth),
                6 => column_strip::<S, T, 6>(simd, columns, left, strip, depth),
                4 => column_strip::<S, T, 4>(simd, columns, left, strip, depth),
                2 => column_strip::<S, T, 2>(simd, columns, left, strip, depth),
                _ => column_strip::<S, T, 1>(simd, columns, left, strip, depth),
            }
            right = rest;
            start += width;
        }
    }
}

/// One strip of the right factor with every strip of the left one.
#[inline(always)]
fn column_strip<S: Simd, T: Scalar, const N: usize>(
    simd: S,
    mut c: MatMut<'_, T>,
    mut left: &[T],
    right: &[T],
    depth: usize,
) {
    let right = right.as_chunks::<N>().0;
    let shape = shape::<S, T>();
    let mut start = 0;
    while start < c.nrows() {
        let height = shape.height(c.nrows() - start);
        let (strip, rest) = left.split_at(height * depth);
        let count = height.min(c.nrows() - start);
        let rows = c.as_mut().subrows_mut(start, count);
        match height / T::lanes::<S>() {
            1 => strip_pair::<S, T, 1, N>(simd, rows, strip, right),
            2 => strip_pair::<S, T, 2, N>(simd, rows, strip, right),
            _ => strip_pair::<S, T, 3, N>(simd, rows, strip, right),
        }
        left = rest;
        start += height;
    }
}

/// One strip of each factor.
#[inline(always)]
fn strip_pair<S: Simd, T: Scalar, const V: usize, const N: usize>(
    simd: S,
    mut c: MatMut<'_, T>,
    left: &[T],
    right: &[[T; N]],
) {
    let sums = register_product::<S, T, V, N>(simd, T::vectors::<S>(left).as_chunks().0, right);
    for j in 0..N.min(c.ncols()) {
        for (values, sum) in column_mut(c.as_mut(), j).chunks_mut(T::lanes::<S>()).zip(sums[j]) {
            T::add_to(simd, values, sum);
        }
    }
}

/// A strip of rows times a strip of columns.
#[inline(always)]
fn register_product<S: Simd, T: Scalar, const V: usize, const N: usize>(
    simd: S,
    left: &[[T::Vector<S>; V]],
    right: &[[T; N]],
) -> [[T::Vector<S>; V]; N] {
    let mut sums = [[T::splat(simd, T::ZERO); V]; N];
    for (left, right) in left.iter().zip(right) {
        for j in 0..N {
            let factor = T::splat(simd, right[j]);
            for i in 0..V {
                sums[j][i] = T::mul_add(simd, left[i], factor, sums[j][i]);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_is_a_whole_number_of_strips_of_every_length() {
        for (fit, lanes) in [(TIGHT, [1, 4, 8]), (ROOMY, [2, 8, 16])] {
            for lanes in lanes {
                assert_eq!(fit.band % (fit.vectors * lanes), 0, "{} x {lanes}", fit.vectors);
            }
        }
    }
}
