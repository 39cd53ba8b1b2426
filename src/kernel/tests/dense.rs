//! Products, factorisations and inverses of dense matrices.

use std::sync::Arc;

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::sparse::sparse_coefficients;
use super::{
    ORDERS, assert_close, bits, coefficients, leontief, random, textbook_product, textbook_solve,
    with_threads,
};
use crate::kernel::condition::norm_one;
use crate::kernel::dense::{multiply, multiply_into, transpose_multiply, transpose_multiply_into};
use crate::kernel::inverse::invert_in_place;
use crate::kernel::lu::{LuFactors, PivotError};
use crate::kernel::pivoted::PivotedFactors;
use crate::kernel::refine::RefinedFactors;
use crate::kernel::residual::{dense_residuals, matrix_residuals};
use crate::kernel::sparse::{Settings, Side, SparseSystem};
use crate::kernel::tile::with_each;

#[test]
fn products_agree_with_three_loops() {
    with_each(|| {
        for (m, k, n) in [
            (0, 3, 4),
            (3, 0, 4),
            (3, 4, 0),
            (1, 1, 1),
            (1, 50, 7),
            (50, 7, 1),
            (9, 9, 9),
            (257, 300, 41),
            (300, 129, 513),
            (513, 200, 1),
            (1, 200, 513),
        ] {
            let (a, b) = (random(m, k, 1), random(k, n, 2));
            let expected = textbook_product(&a, &b);
            assert_close(&multiply(a.as_view(), b.as_view()), &expected);
            assert_close(&transpose_multiply(a.transpose().as_view(), b.as_view()), &expected);
            let c = random(m, n, 3);
            let mut result = c.clone();
            multiply_into(&mut result, -2.0, a.as_view(), b.as_view(), 0.5);
            assert_close(&result, &(&c * 0.5 - &expected * 2.0));
            let mut result = c.clone();
            transpose_multiply_into(&mut result, 3.0, a.transpose().as_view(), b.as_view(), 1.0);
            assert_close(&result, &(&c + &expected * 3.0));
        }
    });
}

#[test]
fn products_of_strided_views_agree_with_nalgebra() {
    with_each(|| {
        let (a, b) = (random(400, 350, 4), random(380, 330, 5));
        let (left, right) = (a.view((3, 5), (300, 290)), b.view((7, 11), (290, 270)));
        assert_close(&multiply(left, right), &(left * right));
        let (left, right) = (a.view((3, 5), (290, 300)), b.view((7, 11), (290, 1)));
        assert_close(&transpose_multiply(left, right), &left.tr_mul(&right));
    });
}

#[test]
fn beta_zero_does_not_read_the_old_result() {
    let (a, b) = (random(200, 200, 6), random(200, 200, 7));
    let mut c = DMatrix::from_element(200, 200, f64::NAN);
    multiply_into(&mut c, 1.0, a.as_view(), b.as_view(), 0.0);
    assert_close(&c, &textbook_product(&a, &b));
}

/// The single-precision factors of M, which take it as I − A.
fn refined(m: &DMatrix<f64>) -> Result<RefinedFactors, PivotError> {
    RefinedFactors::factor(Arc::new((DMatrix::identity(m.nrows(), m.ncols()) - m).into()))
}

#[test]
fn factorisations_agree_with_elimination() {
    with_each(|| {
        for n in ORDERS {
            let a = coefficients(n, n as u64);
            let m = leontief(&a);
            let fast = LuFactors::factor(m.clone()).unwrap();
            let pivoted = PivotedFactors::factor(m.clone()).unwrap();
            let single = refined(&m).unwrap();
            for c in [0, 1, 3, 41, 300] {
                let y = random(n, c, 8);
                let expected = textbook_solve(&m, &y);
                let expected_transposed = textbook_solve(&m.transpose(), &y);
                let mut x = y.clone();
                fast.solve_in_place(&mut x);
                assert_close(&x, &expected);
                assert!(dense_residuals(a.as_view(), Side::Plain, &x, &y).iter().all(|r| *r < 1e-13));
                assert!(matrix_residuals(m.as_view(), Side::Plain, &x, &y).iter().all(|r| *r < 1e-13));
                x.copy_from(&y);
                fast.solve_transpose_in_place(&mut x);
                assert_close(&x, &expected_transposed);
                assert!(dense_residuals(a.as_view(), Side::Transposed, &x, &y).iter().all(|r| *r < 1e-13));
                assert!(matrix_residuals(m.as_view(), Side::Transposed, &x, &y).iter().all(|r| *r < 1e-13));
                x.copy_from(&y);
                pivoted.solve_in_place(&mut x);
                assert_close(&x, &expected);
                x.copy_from(&y);
                pivoted.solve_transpose_in_place(&mut x);
                assert_close(&x, &expected_transposed);
                x.copy_from(&y);
                let proof = single.solve_in_place(&mut x).unwrap();
                assert_close(&x, &expected);
                assert!(proof.residual < 1e-13);
                x.copy_from(&y);
                let proof = single.solve_transpose_in_place(&mut x).unwrap();
                assert_close(&x, &expected_transposed);
                assert!(proof.residual < 1e-13);
            }
        }
    });
}

#[test]
fn the_inverse_agrees_with_elimination() {
    with_each(|| {
        for n in ORDERS {
            let m = leontief(&coefficients(n, n as u64));
            let mut inverse = m.clone();
            invert_in_place(&mut inverse).unwrap();
            assert_close(&inverse, &textbook_solve(&m, &DMatrix::identity(n, n)));
            assert!(inverse.iter().all(|value| *value >= 0.0));
        }
    });
}

#[test]
fn negative_coefficients_are_solved_too() {
    for n in [9, 200, 400] {
        let mut a = coefficients(n, 9);
        for (k, value) in a.iter_mut().enumerate() {
            if k % 7 == 0 {
                *value = -*value;
            }
        }
        let m = leontief(&a);
        let y = random(n, 5, 10);
        let expected = textbook_solve(&m, &y);
        let mut x = y.clone();
        LuFactors::factor(m.clone()).unwrap().solve_in_place(&mut x);
        assert_close(&x, &expected);
        let mut inverse = m.clone();
        invert_in_place(&mut inverse).unwrap();
        assert_close(&(inverse * &y), &expected);
    }
}

#[test]
fn a_matrix_that_needs_pivoting_is_refused_and_solved_by_the_fallback() {
    for n in [2, 9, 250] {
        // Regular, but zero on the diagonal.
        let m = DMatrix::from_fn(n, n, |i, j| if (i + 1) % n == j { 2.0 } else { 0.0 });
        assert_eq!(LuFactors::factor(m.clone()).unwrap_err(), PivotError { index: 0, pivot: 0.0 });
        assert!(invert_in_place(&mut m.clone()).is_err());
        assert!(refined(&m).is_err());
        let y = random(n, 3, 11);
        let factors = PivotedFactors::factor(m.clone()).unwrap();
        let mut x = y.clone();
        factors.solve_in_place(&mut x);
        assert_close(&x, &textbook_solve(&m, &y));
        assert!(factors.reciprocal_condition(norm_one(&m), &vec![1.0; n], &vec![1.0; n]) > 0.9);
        x.copy_from(&y);
        factors.solve_transpose_in_place(&mut x);
        assert_close(&x, &textbook_solve(&m.transpose(), &y));
    }
}

#[test]
fn singular_and_unproductive_systems_are_errors() {
    for n in [2, 17, 130, 260, 500] {
        // Column sums of exactly 1: no value added anywhere, I − A is singular.
        let mut a = coefficients(n, 12);
        for (j, mut column) in a.column_iter_mut().enumerate() {
            let total = column.sum();
            if total > 0.0 {
                column /= total;
            } else {
                column[(j + 1) % n] = 1.0;
            }
        }
        let m = leontief(&a);
        let index = |result: Result<(), PivotError>| result.unwrap_err().index;
        let lu = index(LuFactors::factor(m.clone()).map(|_| ()));
        assert_eq!(lu, index(invert_in_place(&mut m.clone())));
        assert!(refined(&m).is_err());
        if let Ok(factors) = PivotedFactors::factor(m.clone()) {
            assert!(factors.reciprocal_condition(norm_one(&m), &vec![1.0; n], &vec![1.0; n]) < 1e-12);
        }
        // One column uses more than it is worth: a pivot becomes negative.
        let m = leontief(&(a * 1.5));
        assert!(LuFactors::factor(m.clone()).unwrap_err().pivot < 0.0);
        assert!(invert_in_place(&mut m.clone()).unwrap_err().pivot < 0.0);
    }
}

#[test]
fn numbers_that_are_not_finite_are_errors_wherever_they_stand() {
    for n in [5, 250] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for place in [(0, 0), (0, n - 1), (n - 1, 0), (n / 2, n / 3), (n - 1, n - 1)] {
                let mut m = leontief(&coefficients(n, 13));
                m[place] = bad;
                assert!(LuFactors::factor(m.clone()).is_err(), "{n} {bad} {place:?}");
                assert!(PivotedFactors::factor(m.clone()).is_err(), "{n} {bad} {place:?}");
                assert!(refined(&m).is_err(), "{n} {bad} {place:?}");
                assert!(invert_in_place(&mut m).is_err(), "{n} {bad} {place:?}");
            }
        }
    }
}

#[test]
fn the_condition_estimate_is_near_the_truth() {
    for n in [1, 9, 60, 300] {
        let m = leontief(&coefficients(n, 14));
        let mut inverse = m.clone();
        invert_in_place(&mut inverse).unwrap();
        let exact = 1.0 / (norm_one(&m) * norm_one(&inverse));
        let factors = LuFactors::factor(m.clone()).unwrap();
        let estimate = factors.reciprocal_condition(norm_one(&m));
        assert!(estimate >= exact * 0.999_999 && estimate < 3.0 * exact);
        let factors = PivotedFactors::factor(m.clone()).unwrap();
        let estimate = factors.reciprocal_condition(norm_one(&m), &vec![1.0; n], &vec![1.0; n]);
        assert!(estimate >= exact * 0.999_999 && estimate < 3.0 * exact);
        // In other units of rows and columns the matrix is no nearer to singular.
        let units = |k: i32| -> Vec<f64> { (0..n as i32).map(|j| 10.0_f64.powi((j * k) % 13 - 6)).collect() };
        let (rows, columns) = (units(5), units(7));
        let in_units = DMatrix::from_fn(n, n, |i, j| m[(i, j)] * rows[i] * columns[j]);
        let factors = PivotedFactors::factor(in_units).unwrap();
        let estimate = factors.reciprocal_condition(norm_one(&m), &rows, &columns);
        assert!(estimate >= exact * 0.999_99 && estimate < 3.0 * exact);
    }
}

#[test]
fn refinement_reports_a_hopeless_matrix() {
    // Hilbert: condition number about 1e16 at order 12.
    let m = DMatrix::from_fn(12, 12, |i, j| 1.0 / (i + j + 1) as f64);
    if let Ok(factors) = refined(&m) {
        let mut x = random(12, 2, 15);
        assert!(factors.solve_in_place(&mut x).is_err());
    }
}

#[test]
fn dense_results_have_the_same_bits_for_any_number_of_threads() {
    let n = 777;
    let m = leontief(&coefficients(n, 16));
    let work = || {
        let mut results = Vec::new();
        let mut inverse = m.clone();
        invert_in_place(&mut inverse).unwrap();
        let fast = LuFactors::factor(m.clone()).unwrap();
        let pivoted = PivotedFactors::factor(m.clone()).unwrap();
        let single = refined(&m).unwrap();
        for c in [1, 2, 41, 300] {
            // A buffer of another address each time: results must not depend on alignment.
            let _shift = vec![0_u8; 8 * (c + 1)];
            let y = random(n, c, 17);
            let mut solve = |run: &dyn Fn(&mut DMatrix<f64>)| {
                let mut x = y.clone();
                run(&mut x);
                results.push(bits(&x));
            };
            solve(&|x| fast.solve_in_place(x));
            solve(&|x| fast.solve_transpose_in_place(x));
            solve(&|x| pivoted.solve_in_place(x));
            solve(&|x| pivoted.solve_transpose_in_place(x));
            solve(&|x| assert!(single.solve_in_place(x).is_ok()));
            solve(&|x| assert!(single.solve_transpose_in_place(x).is_ok()));
            results.push(bits(&multiply(m.as_view(), y.as_view())));
            results.push(bits(&transpose_multiply(m.as_view(), y.as_view())));
        }
        results.push(bits(&inverse));
        results.push(vec![fast.reciprocal_condition(norm_one(&m)).to_bits()]);
        results
    };
    let one = with_threads(1, work);
    for threads in [2, 3, 5] {
        assert!(one == with_threads(threads, work), "{threads} threads");
    }
}

#[test]
fn dense_results_do_not_depend_on_where_the_matrix_lies_in_memory() {
    let m = leontief(&coefficients(301, 18));
    let y = random(301, 42, 19);
    let expected = [multiply(m.as_view(), y.as_view()), transpose_multiply(m.as_view(), y.as_view())];
    for shift in 1..9 {
        let (mut large_m, mut large_y) = (DMatrix::zeros(301 + shift, 301), DMatrix::zeros(301 + shift, 42));
        large_m.view_mut((shift, 0), (301, 301)).copy_from(&m);
        large_y.view_mut((shift, 0), (301, 42)).copy_from(&y);
        let (m, y) = (large_m.view((shift, 0), (301, 301)), large_y.view((shift, 0), (301, 42)));
        assert!(bits(&multiply(m, y)) == bits(&expected[0]), "shift {shift}");
        assert!(bits(&transpose_multiply(m, y)) == bits(&expected[1]), "shift {shift}");
    }
}

#[test]
fn kernels_nest_in_parallel_loops() {
    let m = leontief(&coefficients(400, 20));
    let a = SparseSystem::new(sparse_coefficients(20_000, 21));
    let work = || {
        let all: Vec<_> = (0..8_u64)
            .into_par_iter()
            .map(|seed| {
                let mut inverse = m.clone();
                invert_in_place(&mut inverse).unwrap();
                let mut x = random(400, 50, seed);
                LuFactors::factor(m.clone()).unwrap().solve_in_place(&mut x);
                let y = random(20_000, 3, seed);
                let z = a.bicgstab(Side::Plain, &y, Settings::default()).unwrap();
                (bits(&inverse), bits(&x), bits(&z.solution))
            })
            .collect();
        assert!(all.iter().all(|one| one.0 == all[0].0));
    };
    with_threads(2, work);
    with_threads(4, work);
}
