//! The dense kernels against the machine: its own matrix-multiply rate, one factorisation with G right-hand sides, the
//! inverse in place and from factors. `Gelem/s` are billions of multiply-adds counted as two operations. Set
//! `VADEX_BENCH_FULL=1` for 4050 rows (81 x 50) besides 1435.

mod synthetic;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::DMatrix;
use vadex::kernel::{dense, inverse, lu::LuFactors};
use vadex::model::{Model, ModelOptions};

/// I − A of a synthetic table.
fn leontief_matrix(economies: usize, sectors: usize) -> DMatrix<f64> {
    let table = synthetic::table(economies, sectors, 1);
    let model = Model::build(&table, &ModelOptions::default()).expect("a synthetic table is regular");
    let coefficients = model.system().input_coefficients();
    coefficients.identity_minus(0..coefficients.nrows())
}

/// A copy in memory as the engine has it for a matrix that it makes, large pages included.
fn copied(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let mut copy = dense::zeros(matrix.nrows(), matrix.ncols());
    copy.copy_from(matrix);
    copy
}

fn kernels(criterion: &mut Criterion) {
    let full = std::env::var_os("VADEX_BENCH_FULL").is_some();
    let sizes: &[(usize, usize)] = if full { &[(41, 35), (81, 50)] } else { &[(41, 35)] };
    let mut group = criterion.benchmark_group("kernels");
    group.sample_size(10);
    for &(economies, sectors) in sizes {
        let matrix = leontief_matrix(economies, sectors);
        let n = matrix.nrows() as u64;
        let right = DMatrix::from_fn(matrix.nrows(), economies, |i, j| ((i + j) % 7) as f64);
        let factors = LuFactors::factor(copied(&matrix)).expect("regular");
        group.throughput(Throughput::Elements(2 * n.pow(3)));
        group.bench_function(BenchmarkId::new("multiply", n), |bencher| {
            bencher.iter(|| dense::multiply(matrix.as_view(), matrix.as_view()));
        });
        group.bench_function(BenchmarkId::new("inverse-in-place", n), |bencher| {
            let invert = |mut copy: DMatrix<f64>| {
                inverse::invert_in_place(&mut copy).expect("regular");
                copy
            };
            bencher.iter_batched(|| copied(&matrix), invert, BatchSize::PerIteration);
        });
        group.throughput(Throughput::Elements(4 * n.pow(3) / 3));
        group.bench_function(BenchmarkId::new("inverse-from-lu", n), |bencher| {
            bencher.iter(|| factors.inverse());
        });
        group.throughput(Throughput::Elements(2 * n.pow(3) / 3 + 2 * n * n * economies as u64));
        group.bench_function(BenchmarkId::new(format!("lu-and-{economies}-solves"), n), |bencher| {
            let solve = |(copy, mut right): (DMatrix<f64>, DMatrix<f64>)| {
                LuFactors::factor(copy).expect("regular").solve_in_place(&mut right);
                right
            };
            bencher.iter_batched(|| (copied(&matrix), right.clone()), solve, BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
