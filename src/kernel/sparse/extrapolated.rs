//! The series of sweeps, its rest extrapolated from the last two terms.
//!
//! ```text
//! (I − S)⁻¹ e = e + S e + … + S^m e + (S + S² + …) δ,   δ = S^m e
//! S δ ≈ λ δ                           λ = δ_{m−1}·δ_m / δ_{m−1}·δ_{m−1}
//! (S + S² + …) δ ≈ λ / (1 − λ) δ
//! ```
//!
//! After a few sweeps what is left lies in the direction that sweeps are slowest at; the rest of the series is then
//! geometric. Every column has its own λ: a combination of columns would write roundings where a solution is zero.
//!
//! # Source
//! Sidi (2017), *Vector Extrapolation Methods with Applications*, doi:10.1137/1.9781611974966 (reduced rank extrapolation
//! of order one).

use super::block::{Stored, change, inner, quotient};
use super::rows::Rows;
use crate::kernel::pages::Block;

/// Most sweeps before the rest is extrapolated.
const SWEEPS: usize = 24;

/// Part of a term that a sweep takes away, at least, when it is judged what extrapolation makes of an error.
const SLOWEST: f64 = 0.01;

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
            break if used > 1 { rest(before, term) } else { [0.0; C] };
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
    };
    change(
        x,
        term,
        #[inline(always)]
        |_, x, term, []| {
            for c in 0..C {
                x[c] += unit[c] * (1.0 + rest[c]) * term[c].get();
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

/// λ / (1 − λ) of every column; zero where the series has no geometric rest.
fn rest<T: Stored, const C: usize>(before: &[[T; C]], last: &[[T; C]]) -> [f64; C] {
    let [length, advanced] = [inner(before, before, |a, b| a * b), inner(before, last, |a, b| a * b)];
    std::array::from_fn(|c| {
        let rate = quotient(advanced[c], length[c]);
        let rest = rate / (1.0 - rate);
        if rate.abs() < 1.0 && rest.is_finite() { rest } else { 0.0 }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sprs::TriMatI;

    use super::*;

    #[test]
    fn the_rest_of_a_slow_series_is_added_and_zeros_stay_zeros() {
        // Firms 0 to 99 buy from each other, 0.98 a unit of sales; nobody else is needed for what they make. Sweeps alone
        // leave 0.98²⁴ = 0.6 of the residual.
        let n = 120;
        let mut triplets = TriMatI::<f64, u32>::new((n, n));
        for i in 0..100 {
            for j in 0..n {
                triplets.add_triplet(i, j, 0.98 * (1 + i % 3) as f64 / 199.0);
            }
        }
        let rows = Rows::new(Arc::new(triplets.to_csr()));
        let (mut r, mut term, mut x) =
            (Block::<f32, 2>::zeros(n), Block::<f32, 2>::zeros(n), Block::<f64, 2>::zeros(n));
        let y = |i: usize, c: usize| if i < 100 { (1 + (i * 7 + c) % 5) as f64 } else { 0.0 };
        for i in 0..n {
            r[i] = [y(i, 0) as f32, y(i, 1) as f32];
        }
        let goal = Goal { active: [true, true], reduction: [1e-6; 2], budget: 100 };
        let passes = correct(&rows, &mut r, &mut term, &mut Vec::new(), &mut x, &[1.0; 2], &goal);
        assert!(passes <= SWEEPS);
        let product = |i: usize, c: usize| {
            let sum: f64 = (0..n).map(|j| x[j][c]).sum();
            if i < 100 { 0.98 * (1 + i % 3) as f64 / 199.0 * sum } else { 0.0 }
        };
        for c in 0..2 {
            let left: f64 = (0..n).map(|i| (y(i, c) - x[i][c] + product(i, c)).abs()).sum();
            let size: f64 = (0..n).map(|i| y(i, c)).sum();
            assert!(left < 1e-4 * size, "column {c}: {:e} after {passes} sweeps", left / size);
            assert!((100..n).all(|i| x[i][c].to_bits() == 0));
        }
    }
}
