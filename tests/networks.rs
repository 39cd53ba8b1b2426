//! Networks of firms: the generator's spectral radius is what it says, and the solvers find what is known of them.

use nalgebra::DMatrix;
use vadex::kernel::sparse::{Corrections, Settings, Side, SparseError, SparseSolution, SparseSystem};

use super::firm_networks::{Network, NetworkShape, network};

type Method = fn(&SparseSystem, Side, &DMatrix<f64>, Settings) -> Result<SparseSolution, SparseError>;

const METHODS: [Method; 4] =
    [SparseSystem::swept, SparseSystem::bicgstab, SparseSystem::gauss_seidel, SparseSystem::gmres];

/// Some 12 roundings a column, 30 at a hub: far above that, far below anything wrong.
const ROUNDING: f64 = 1e-13;
/// The residual 10⁻¹² that a solve stops at, grown by 1 / (1 − ρ) and the spread of the weights.
const SOLVED: f64 = 1e-11;

fn drawn(firms: usize, spectral_radius: f64, spread: f64) -> Network {
    network(&NetworkShape { firms, edges: 12 * firms, spectral_radius, spread, seed: 5 })
}

#[test]
fn the_left_eigenvector_proves_the_spectral_radius() {
    for (firms, radius, spread) in [(1, 0.4, 1.0), (40, 0.9, 1.0), (3000, 0.7, 1.3)] {
        let Network { coefficients, left_eigenvector } = drawn(firms, radius, spread);
        assert!(coefficients.data().iter().all(|a| *a > 0.0));
        let system = SparseSystem::new(coefficients);
        let w = DMatrix::from_vec(firms, 1, left_eigenvector);
        assert!(w.iter().all(|weight| *weight > 0.0));
        let gap = (system.multiply(Side::Transposed, &w) - &w * radius).amax();
        assert!(gap <= ROUNDING, "w'A misses rho w' by {gap:e}");
        // The second way: growth under repeated products from another start.
        let mut x = DMatrix::from_fn(firms, 1, |i, _| 1.0 + (i % 3) as f64);
        let mut growth = 0.0;
        for _ in 0..200 {
            let next = system.multiply(Side::Plain, &x);
            growth = next.sum() / x.sum();
            x = next / growth;
        }
        assert!((growth - radius).abs() < 1e-9, "power iteration finds {growth}, drawn for {radius}");
    }
}

#[test]
fn degrees_have_heavy_tails() {
    let firms = 20_000;
    let coefficients = drawn(firms, 0.7, 1.0).coefficients;
    let customers: Vec<usize> = coefficients.outer_iterator().map(|row| row.nnz()).collect();
    let columns = coefficients.to_csc();
    let suppliers: Vec<usize> = columns.outer_iterator().map(|column| column.nnz()).collect();
    assert!(suppliers.iter().all(|count| *count >= 1));
    let mean = coefficients.nnz() as f64 / firms as f64;
    for degrees in [customers, suppliers] {
        let largest = degrees.into_iter().max().unwrap() as f64;
        assert!(largest > 30.0 * mean, "largest {largest}, mean {mean}");
    }
}

#[test]
fn the_weighted_sum_of_a_solution_is_known() {
    // w'A = rho w' gives w'x = w'y / (1 - rho) for (I - A) x = y, whatever the network.
    for (firms, radius) in [(50, 0.5), (60_000, 0.8)] {
        let Network { coefficients, left_eigenvector: w } = drawn(firms, radius, 1.2);
        let system = SparseSystem::new(coefficients);
        let y = DMatrix::from_fn(firms, 3, |i, j| ((i + 2 * j) % 5) as f64);
        for method in METHODS {
            let answer = method(&system, Side::Plain, &y, Settings::default()).unwrap();
            for c in 0..y.ncols() {
                let weighted = |column: nalgebra::DVectorView<'_, f64>| -> f64 {
                    column.iter().zip(&w).map(|(value, weight)| value * weight).sum()
                };
                let expected = weighted(y.column(c)) / (1.0 - radius);
                let found = weighted(answer.solution.column(c));
                assert!((found - expected).abs() <= SOLVED * expected, "{found} and {expected}");
            }
        }
    }
}

#[test]
fn both_precisions_of_the_corrections_reach_the_same_solution() {
    let system = SparseSystem::new(drawn(30_000, 0.8, 1.2).coefficients);
    let y = DMatrix::from_fn(30_000, 5, |i, j| ((i * (j + 1)) % 11) as f64);
    for side in [Side::Plain, Side::Transposed] {
        let solve = |corrections| {
            let mut x = y.clone();
            let reached = system.swept_in_place(side, &mut x, Settings::default(), corrections).unwrap();
            assert!(reached.residual <= 1e-12);
            x
        };
        let (double, single) = (solve(Corrections::Double), solve(Corrections::Single));
        assert!((&double - &single).amax() <= SOLVED * double.amax());
    }
}

#[test]
fn sweeps_under_krylov_need_fewer_passes_than_products_or_sweeps_alone() {
    let system = SparseSystem::new(drawn(60_000, 0.8, 1.0).coefficients);
    let y = DMatrix::from_fn(60_000, 1, |i, _| 1.0 + (i % 7) as f64);
    let passes: Vec<usize> = METHODS
        .iter()
        .map(|method| method(&system, Side::Plain, &y, Settings::default()).unwrap().iterations)
        .collect();
    // Column sums of 0.8: the Neumann series needs ln 1e-12 / ln 0.8 = 124 products.
    assert!(passes[2] < 124, "{passes:?}");
    assert!(passes[0] < passes[2], "{passes:?}");
}
