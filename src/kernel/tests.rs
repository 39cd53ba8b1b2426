//! Every kernel against the textbook loops, against the others, and at the edges.

use std::sync::Arc;

use nalgebra::DMatrix;
use rayon::prelude::*;
use sprs::{CsMatI, TriMatI};

use super::condition::norm_one;
use super::dense::{multiply, multiply_into, transpose_multiply, transpose_multiply_into};
use super::inverse::invert_in_place;
use super::lu::{LuFactors, PivotError};
use super::pivoted::PivotedFactors;
use super::refine::RefinedFactors;
use super::residual::{dense_residuals, matrix_residuals, sparse_residuals};
use super::sparse::{Settings, Side, SparseError, SparseSolution, SparseSystem};
use super::tile::with_each;

/// Orders around every tile boundary: 16, 96, 128, 160, 192, 256.
const ORDERS: [usize; 19] = [0, 1, 2, 7, 8, 9, 16, 17, 60, 96, 97, 128, 129, 160, 161, 192, 193, 300, 517];
/// Backward-stable results on matrices with condition number below 100.
const CLOSE: f64 = 1e-12;

/// A small reproducible source of numbers in [0, 1) (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap()) / 4_294_967_296.0
    }
}

fn random(rows: usize, columns: usize, seed: u64) -> DMatrix<f64> {
    let mut random = Random(seed);
    DMatrix::from_fn(rows, columns, |_, _| random.next() - 0.3)
}

/// Input coefficients ≥ 0 with column sums between 0.1 and 0.85, and every eleventh row and
/// thirteenth column zero.
pub(super) fn coefficients(n: usize, seed: u64) -> DMatrix<f64> {
    let mut random = Random(seed);
    let mut a =
        DMatrix::from_fn(n, n, |i, j| if i % 11 == 10 || j % 13 == 12 { 0.0 } else { random.next().powi(4) });
    for mut column in a.column_iter_mut() {
        let total = column.sum();
        if total > 0.0 {
            column *= (0.1 + 0.75 * random.next()) / total;
        }
    }
    a
}

pub(super) fn leontief(a: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::identity(a.nrows(), a.nrows()) - a
}

/// Three nested loops.
fn textbook_product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(a.nrows(), b.ncols(), |i, j| (0..a.ncols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
}

/// Gaussian elimination with row exchanges, as in a first course.
fn textbook_solve(matrix: &DMatrix<f64>, right: &DMatrix<f64>) -> DMatrix<f64> {
    let n = matrix.nrows();
    let (mut m, mut x) = (matrix.clone(), right.clone());
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| m[(i, k)].abs().total_cmp(&m[(j, k)].abs())).unwrap();
        m.swap_rows(k, pivot);
        x.swap_rows(k, pivot);
        for i in k + 1..n {
            let factor = m[(i, k)] / m[(k, k)];
            for j in k..n {
                m[(i, j)] -= factor * m[(k, j)];
            }
            for j in 0..x.ncols() {
                x[(i, j)] -= factor * x[(k, j)];
            }
        }
    }
    for j in 0..x.ncols() {
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| m[(i, k)] * x[(k, j)]).sum();
            x[(i, j)] = (x[(i, j)] - known) / m[(i, i)];
        }
    }
    x
}

#[track_caller]
fn assert_close(a: &DMatrix<f64>, b: &DMatrix<f64>) {
    assert_eq!(a.shape(), b.shape());
    let scale = b.amax().max(1.0);
    let worst = (a - b).amax();
    // Not `worst > …`: NaN must fail.
    assert!(worst <= CLOSE * scale, "off by {worst:e} at scale {scale:e}");
}

fn bits(matrix: &DMatrix<f64>) -> Vec<u64> {
    matrix.iter().map(|value| value.to_bits()).collect()
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

type SparseMethod = fn(&SparseSystem, Side, &DMatrix<f64>, Settings) -> Result<SparseSolution, SparseError>;

const SPARSE_METHODS: [SparseMethod; 4] =
    [SparseSystem::swept, SparseSystem::bicgstab, SparseSystem::gauss_seidel, SparseSystem::gmres];

fn sparse_coefficients(n: usize, seed: u64) -> CsMatI<f64, u32> {
    let mut random = Random(seed);
    let mut triplets = TriMatI::<f64, u32>::new((n, n));
    let pick = |u: f64| ((u * n as f64) as usize).min(n.saturating_sub(1));
    for j in 0..n {
        if j % 17 == 16 {
            continue;
        }
        for _ in 0..1 + pick(random.next()) % 9 {
            // The cube makes a few rows very long.
            triplets.add_triplet(pick(random.next().powi(3)), j, 0.088 * random.next());
        }
    }
    triplets.to_csr()
}

fn to_dense(a: &CsMatI<f64, u32>) -> DMatrix<f64> {
    let mut dense = DMatrix::zeros(a.rows(), a.cols());
    for (value, (i, j)) in a {
        dense[(i as usize, j as usize)] += *value;
    }
    dense
}

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

#[test]
fn sparse_products_and_solvers_agree_with_the_dense_ones() {
    for n in [0, 1, 2, 9, 60, 400] {
        let sparse = sparse_coefficients(n, 22 + n as u64);
        let dense = to_dense(&sparse);
        for stored in [sparse.clone(), sparse.to_csc()] {
            let system = SparseSystem::new(stored);
            for c in [0, 1, 2, 3, 5, 7, 9, 17, 40] {
                let y = random(n, c, 23);
                for (side, a) in [(Side::Plain, dense.clone()), (Side::Transposed, dense.transpose())] {
                    assert_close(&system.multiply(side, &y), &textbook_product(&a, &y));
                    let expected = textbook_solve(&leontief(&a), &y);
                    for method in SPARSE_METHODS {
                        let answer = method(&system, side, &y, Settings::default()).unwrap();
                        let worst = (&answer.solution - &expected).amax();
                        assert!(c == 0 || n == 0 || worst < 1e-10, "n {n} c {c}: {worst:e}");
                        assert!(answer.residual <= 1e-12);
                        assert!(
                            sparse_residuals(&system, side, &answer.solution, &y)
                                .iter()
                                .all(|residual| *residual <= 1.01e-12)
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_transposed_system_alone_solves_what_the_transposed_side_solves() {
    let sparse = sparse_coefficients(300, 29);
    let y = random(300, 3, 30);
    let both = SparseSystem::new(sparse);
    let expected = both.swept(Side::Transposed, &y, Settings::default()).unwrap();
    let alone = both.clone().into_transposed().swept(Side::Plain, &y, Settings::default()).unwrap();
    assert!(bits(&alone.solution) == bits(&expected.solution));
    let other = both.swept(Side::Plain, &y, Settings::default()).unwrap();
    assert!((&other.solution - &expected.solution).amax() > 1e-3);
}

#[test]
fn a_zero_right_hand_side_has_the_zero_solution() {
    let system = SparseSystem::new(sparse_coefficients(50, 24));
    let mut y = random(50, 3, 25);
    y.column_mut(1).fill(0.0);
    for method in SPARSE_METHODS {
        let answer = method(&system, Side::Plain, &y, Settings::default()).unwrap();
        assert!(answer.solution.column(1).iter().all(|value| value.abs() <= 0.0));
    }
}

#[test]
fn sparse_solvers_with_negative_entries_agree_with_elimination() {
    let mut sparse = sparse_coefficients(300, 26);
    for (k, value) in sparse.data_mut().iter_mut().enumerate() {
        if k % 5 == 0 {
            *value = -*value;
        }
    }
    let y = random(300, 4, 27);
    let expected = textbook_solve(&leontief(&to_dense(&sparse)), &y);
    let system = SparseSystem::new(sparse);
    for method in SPARSE_METHODS {
        let answer = method(&system, Side::Plain, &y, Settings::default()).unwrap();
        assert!((answer.solution - &expected).amax() < 1e-10);
    }
}

#[test]
fn what_sweeps_do_not_solve_is_rescued() {
    // ρ(A) = 3, but I − A is regular: sweeps diverge, Krylov methods on A end after as many products as unknowns.
    let mut strong = TriMatI::<f64, u32>::new((4, 4));
    for (i, j, a) in [(0, 1, 3.0), (1, 0, 3.0), (2, 2, 1.5), (3, 0, 0.2)] {
        strong.add_triplet(i, j, a);
    }
    let sparse = strong.to_csr();
    let y = random(4, 3, 33);
    let expected = textbook_solve(&leontief(&to_dense(&sparse)), &y);
    let system = SparseSystem::new(sparse);
    let answer = system.swept(Side::Plain, &y, Settings::default()).unwrap();
    assert!((answer.solution - &expected).amax() < 1e-10);
    // A rescue has the same aim.
    let answer = system.swept(Side::Plain, &y, Settings { aim: 1e-15, ..Settings::default() }).unwrap();
    assert!((answer.solution - &expected).amax() < 1e-13 && answer.residual < 1e-14);
}

/// Pairs of nodes that buy from each other, each pair with its own spectral radius between 0.9 and 0.99.
fn pairs(n: usize) -> CsMatI<f64, u32> {
    let mut pairs = TriMatI::<f64, u32>::new((n, n));
    for i in 0..n {
        pairs.add_triplet(i, i ^ 1, 0.9 + 0.09 * (i / 2) as f64 / (n / 2) as f64);
    }
    pairs.to_csr()
}

#[test]
fn where_many_directions_are_slow_a_krylov_method_takes_over_from_the_sweeps() {
    // Every pair is a direction that sweeps are slow at: no block of right-hand sides spans them, so extrapolation gains
    // little. Sweeps alone divide the residual by 0.99 each.
    let n = 1000;
    let system = SparseSystem::new(pairs(n));
    let y = random(n, 8, 34);
    let answer = system.swept(Side::Plain, &y, Settings::default()).unwrap();
    assert!(answer.iterations < 200, "{}", answer.iterations);
    for c in 0..8 {
        let error: f64 = (0..n)
            .map(|i| {
                let a = 0.9 + 0.09 * (i / 2) as f64 / (n / 2) as f64;
                let expected = (y[(i, c)] + a * y[(i ^ 1, c)]) / (1.0 - a * a);
                (answer.solution[(i, c)] - expected).abs()
            })
            .sum();
        // The residual times the 1-norm of the inverse, 1 / (1 − 0.99).
        let size: f64 = y.column(c).iter().map(|y| y.abs()).sum();
        assert!(error <= 100.0 * 1e-12 * size, "column {c}: {error:e}");
    }
    let alone =
        system.gauss_seidel(Side::Plain, &y, Settings { max_iterations: 1000, ..Settings::default() });
    assert!(matches!(alone, Err(SparseError::NotConverged { .. })));
}

#[test]
fn a_node_of_a_million_times_the_size_does_not_hide_the_others() {
    // Where sweeps do and where a Krylov method does: pairs that are all slow, and a network without slow directions.
    let n = 1000;
    let system = SparseSystem::new(pairs(n));
    let mut y = random(n, 3, 41).map(|y| 0.5 + y.abs());
    y.row_mut(0).fill(1e8);
    let answer = system.swept(Side::Plain, &y, Settings::default()).unwrap();
    for (i, c) in (2..n).flat_map(|i| (0..3).map(move |c| (i, c))) {
        let a = 0.9 + 0.09 * (i / 2) as f64 / (n / 2) as f64;
        let expected = (y[(i, c)] + a * y[(i ^ 1, c)]) / (1.0 - a * a);
        let found = answer.solution[(i, c)];
        // Ten times the tolerance of twice what an equation holds, times the norm of the inverse, 1 / (1 − 0.99).
        assert!(
            (found - expected).abs() < 10.0 * 1e-12 * 2.0 * 100.0 * expected,
            "({i}, {c}): {found} {expected}"
        );
    }
    let mut cells = TriMatI::<f64, u32>::new((n, n));
    for i in 0..n {
        cells.add_triplet(i, (i * 7 + 1) % n, 0.4);
        cells.add_triplet(i, (i * 13 + 5) % n, 0.2);
    }
    let matrix: CsMatI<f64, u32> = cells.to_csr();
    let dense = DMatrix::from_fn(n, n, |i, j| matrix.get(i, j).copied().unwrap_or(0.0));
    let mut expected = y.clone();
    PivotedFactors::factor(leontief(&dense)).unwrap().solve_in_place(&mut expected);
    let answer = SparseSystem::new(matrix).swept(Side::Plain, &y, Settings::default()).unwrap();
    for (found, expected) in answer.solution.iter().zip(expected.iter()) {
        assert!((found - expected).abs() < 1e-9 * expected, "{found} {expected}");
    }
}

#[test]
fn sweeps_go_on_to_the_aim_and_accept_the_tolerance() {
    let system = SparseSystem::new(sparse_coefficients(2000, 36));
    let y = random(2000, 3, 37);
    let residual = |aim| {
        let settings = Settings { aim, ..Settings::default() };
        system.swept(Side::Plain, &y, settings).unwrap().residual
    };
    assert!(residual(1e-12) > 1e-14);
    assert!(residual(1e-14) <= 1e-14);
    // No sum of doubles is that exact: what was reached is within the tolerance, and is said.
    let best = residual(0.0);
    assert!(best > 0.0 && best <= 1e-14, "{best:e}");
    // A column that has long settled does not end the work on another: what nobody buys is made for itself.
    let mut lone = TriMatI::<f64, u32>::new((2001, 2001));
    for (value, (i, j)) in &sparse_coefficients(2000, 36) {
        lone.add_triplet(i as usize, j as usize, *value);
    }
    lone.add_triplet(2000, 2000, 0.3);
    let mut y = random(2001, 3, 37);
    y.column_mut(1).fill(0.0);
    y[(2000, 1)] = 1.0 / 3.0;
    let system = SparseSystem::new(lone.to_csr());
    let answer = system.swept(Side::Plain, &y, Settings { aim: 0.0, ..Settings::default() }).unwrap();
    assert!(
        answer.residual <= 1e-14 && answer.iterations < 100,
        "{:e} after {}",
        answer.residual,
        answer.iterations
    );
}

#[test]
fn sparse_solvers_say_when_they_fail() {
    // A ring without value added: I − A is singular, and Y is not in its range.
    let n = 100;
    let mut ring = TriMatI::<f64, u32>::new((n, n));
    for j in 0..n {
        ring.add_triplet((j + 1) % n, j, 1.0);
    }
    let system = SparseSystem::new(ring.to_csr());
    let y = DMatrix::from_element(n, 1, 1.0);
    let settings = Settings { max_iterations: 500, ..Settings::default() };
    for method in SPARSE_METHODS {
        match method(&system, Side::Plain, &y, settings) {
            Err(SparseError::NotConverged { residual, iterations, .. }) => {
                assert!(residual > 1e-12 && iterations >= 100)
            }
            Err(SparseError::NotFinite { .. }) => {}
            other => panic!("{other:?}"),
        }
        let mut y = y.clone();
        y[7] = f64::NAN;
        assert!(matches!(
            method(&system, Side::Plain, &y, settings),
            Err(SparseError::NotFinite { column: 0, .. })
        ));
    }
    let mut own = TriMatI::<f64, u32>::new((2, 2));
    own.add_triplet(1, 1, 1.25);
    let system = SparseSystem::new(own.to_csr());
    let y = DMatrix::from_element(2, 1, 1.0);
    assert_eq!(
        system.gauss_seidel(Side::Plain, &y, settings).unwrap_err(),
        SparseError::SelfUse { row: 1, coefficient: 1.25 }
    );
    // Diverging Gauss–Seidel: ρ(A) > 1.
    let mut strong = TriMatI::<f64, u32>::new((2, 2));
    strong.add_triplet(0, 1, 3.0);
    strong.add_triplet(1, 0, 3.0);
    let system = SparseSystem::new(strong.to_csr());
    assert!(matches!(
        system.gauss_seidel(Side::Plain, &y, Settings::default()).unwrap_err(),
        SparseError::NotFinite { .. }
    ));
}

#[test]
fn sparse_results_have_the_same_bits_for_any_number_of_threads() {
    let system = SparseSystem::new(sparse_coefficients(30_000, 28));
    let y = random(30_000, 5, 29);
    let work = || {
        let mut results = vec![bits(&system.multiply(Side::Transposed, &y))];
        for method in SPARSE_METHODS {
            let answer = method(&system, Side::Plain, &y, Settings::default()).unwrap();
            results.push(bits(&answer.solution));
        }
        results
    };
    let one = with_threads(1, work);
    for threads in [2, 3] {
        assert!(one == with_threads(threads, work), "{threads} threads");
    }
}

#[test]
fn krylov_methods_need_as_many_products_as_theory_says() {
    let system = SparseSystem::new(sparse_coefficients(5000, 30));
    let y = DMatrix::from_element(5000, 1, 1.0);
    let count = |answer: Result<SparseSolution, SparseError>| answer.unwrap().iterations;
    let settings = Settings::default();
    let bicgstab = count(system.bicgstab(Side::Plain, &y, settings));
    let gmres = count(system.gmres(Side::Plain, &y, settings));
    let sweeps = count(system.gauss_seidel(Side::Plain, &y, settings));
    // ρ(A) ≤ 0.8: the Neumann series needs at most ln 1e-12 / ln 0.8 = 124 products.
    let swept = count(system.swept(Side::Plain, &y, settings));
    assert!(bicgstab <= 40 && gmres <= 40 && sweeps <= 124, "{bicgstab} {gmres} {sweeps}");
    assert!(swept <= 20, "{swept}");
    // Without rounding, GMRES ends after as many products as there are unknowns, plus one
    // residual before and one after.
    let system = SparseSystem::new(sparse_coefficients(12, 31));
    let y = random(12, 1, 32);
    assert!(count(system.gmres(Side::Plain, &y, settings)) <= 14);
}
