//! The series of sweeps, its rest extrapolated from the last two terms.
//!
//! ```text
//! (I − S)⁻¹ e = e + S e + … + S^m e + (S + S² + …) δ,   δ = S^m e
//! ```
//!
//! After a few sweeps what is left of all right-hand sides lies in the few directions that sweeps are slow at. They
//! are found where every column has left a trace of them: Z, an orthonormal basis of the last terms of all columns.
//! On it S is the small matrix `H = Z′ S Z`, known without another pass because `S δ_{m−1} = δ_m`, and the rest of the
//! series is `S Z (I − H)⁻¹ Z′ δ`.
//!
//! # Source
//! Sidi (2017), *Vector Extrapolation Methods with Applications*, chapter 2 (reduced rank extrapolation),
//! doi:10.1137/1.9781611974966; here with the columns of a block in place of the terms of one series.

use nalgebra::{DMatrix, SymmetricEigen};

use super::block::{Stored, change, quotient};
use super::rows::Rows;
use crate::kernel::pages::Block;

/// Most sweeps before the rest is extrapolated.
const SWEEPS: usize = 24;

/// Part of a term that a sweep takes away, at least, when it is judged what extrapolation makes of an error.
const SLOWEST: f64 = 0.01;

/// Directions whose part in the terms, squared, is smaller than this of the largest are roundings.
const RANK: f64 = 1e-6;

/// What a correction is to reach.
pub(super) struct Goal<const C: usize> {
    /// Columns that are not yet solved.
    pub(super) active: [bool; C],
    /// Part of the residual that may remain.
    pub(super) reduction: [f64; C],
    /// Most passes over A.
    pub(super) budget: usize,
}

/// Adds to `x` an approximate solution of `(I − S) d = sweep(0; r)`, overwriting `r`; returns the passes over A.
pub(super) fn correct<T: Stored, const C: usize>(
    rows: &Rows,
    r: &mut Block<T, C>,
    term: &mut Block<T, C>,
    fresh: &mut Vec<[T; C]>,
    x: &mut Block<f64, C>,
    unit: &[f64; C],
    goal: &Goal<C>,
) -> usize {
    let none = |_: usize| [0.0; C];
    // Columns that are solved have zeros for terms, and stay as they are.
    let kept: [f64; C] = std::array::from_fn(|c| f64::from(u8::from(goal.active[c])));
    term.fill([T::default(); C]);
    let [first] = rows.sweep(term, fresh, |i| std::array::from_fn(|c| kept[c] * r[i][c].get()), sizes);
    let before = r;
    let (mut size, mut ratio, mut deviation) = (first, [0.0; C], [1.0_f64; C]);
    let mut used = 1;
    let rest = loop {
        if used >= SWEEPS.min(goal.budget) {
            break if used > 1 { rest(before, term) } else { None };
        }
        change(
            x,
            before,
            #[inline(always)]
            |i, x, before, []| {
                for c in 0..C {
                    x[c] += unit[c] * term[i][c].get();
                }
                *before = term[i];
            },
        );
        let [next] = rows.sweep(term, fresh, none, sizes);
        used += 1;
        // The terms shrink at a rate that settles as the slow directions remain: what has not settled is what
        // extrapolation cannot remove.
        let mut done = true;
        for c in 0..C {
            let rate = quotient(next[c], size[c]);
            let latest = (quotient(rate, ratio[c]) - 1.0).abs();
            let left = quotient(next[c], first[c]);
            let unsettled = latest.max(0.1 * deviation[c]).min(1.0);
            done &= unsettled <= 0.1 * T::REACH
                || left * unsettled <= goal.reduction[c] * (1.0 - rate).max(SLOWEST);
            (ratio[c], deviation[c]) = (rate, latest);
        }
        size = next;
        if done {
            break rest(before, term);
        }
    }
    .unwrap_or([[0.0; C]; C]);
    change(
        x,
        term,
        #[inline(always)]
        |_, x, term, []| {
            let mut sum: [f64; C] = std::array::from_fn(|c| term[c].get());
            for b in 0..C {
                for c in 0..C {
                    sum[c] += term[b].get() * rest[b][c];
                }
            }
            for c in 0..C {
                x[c] += unit[c] * sum[c];
            }
        },
    );
    used
}

/// Adds to the 1-norms of the columns of a swept vector.
#[inline(always)]
fn sizes<T: Stored, const C: usize>(_: usize, _: &[T; C], new: &[T; C], [size]: &mut [[f64; C]; 1]) {
    for c in 0..C {
        size[c] += new[c].get().abs();
    }
}

/// The matrix R of the rest of the series, `S δ + S² δ + … ≈ δ R`; nothing when it has no meaning.
fn rest<T: Stored, const C: usize>(
    before: &mut Block<T, C>,
    last: &mut Block<T, C>,
) -> Option<[[f64; C]; C]> {
    let products: [[f64; C]; C] = change(
        before,
        last,
        #[inline(always)]
        |_, before, _, products: &mut [[f64; C]; C]| {
            for b in 0..C {
                for c in 0..C {
                    products[b][c] += before[b].get() * before[c].get();
                }
            }
        },
    );
    let crossed: [[f64; C]; C] = change(
        before,
        last,
        #[inline(always)]
        |_, before, last, crossed: &mut [[f64; C]; C]| {
            for b in 0..C {
                for c in 0..C {
                    crossed[b][c] += before[b].get() * last[c].get();
                }
            }
        },
    );
    // Columns of length one, so that a small right-hand side counts as much as a large one.
    let length: [f64; C] = std::array::from_fn(|c| quotient(1.0, products[c][c].sqrt()));
    let gram = DMatrix::from_fn(C, C, |b, c| length[b] * products[b][c] * length[c]);
    let crossed = DMatrix::from_fn(C, C, |b, c| length[b] * crossed[b][c]);
    if !gram.iter().chain(crossed.iter()).all(|value| value.is_finite()) {
        return None;
    }
    let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(gram);
    let largest = eigenvalues.max();
    let kept: Vec<usize> = (0..C).filter(|&k| eigenvalues[k] > RANK * largest).collect();
    if kept.is_empty() {
        return None;
    }
    let basis =
        DMatrix::from_fn(C, kept.len(), |b, k| eigenvectors[(b, kept[k])] / eigenvalues[kept[k]].sqrt());
    let scaled = DMatrix::from_fn(C, kept.len(), |b, k| length[b] * basis[(b, k)]);
    let coordinates = basis.transpose() * &crossed;
    let reduced = &coordinates * &scaled;
    let identity = DMatrix::identity(kept.len(), kept.len());
    let solved = (identity - reduced).lu().solve(&coordinates)?;
    let rest = scaled * solved;
    rest.iter()
        .all(|value| value.is_finite())
        .then(|| std::array::from_fn(|b| std::array::from_fn(|c| rest[(b, c)])))
}
