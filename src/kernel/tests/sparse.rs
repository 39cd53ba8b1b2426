//! Sweeps and Krylov methods on compressed rows.

use nalgebra::DMatrix;
use sprs::{CsMatI, TriMatI};

use super::{Random, assert_close, bits, leontief, random, textbook_product, textbook_solve, with_threads};
use crate::kernel::pivoted::PivotedFactors;
use crate::kernel::residual::sparse_residuals;
use crate::kernel::sparse::{Settings, Side, SparseError, SparseSolution, SparseSystem};

type SparseMethod = fn(&SparseSystem, Side, &DMatrix<f64>, Settings) -> Result<SparseSolution, SparseError>;

const SPARSE_METHODS: [SparseMethod; 4] =
    [SparseSystem::swept, SparseSystem::bicgstab, SparseSystem::gauss_seidel, SparseSystem::gmres];

pub(super) fn sparse_coefficients(n: usize, seed: u64) -> CsMatI<f64, u32> {
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
