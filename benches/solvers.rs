//! One factorisation of I − A with one right-hand side an economy, for every solver and size.

mod synthetic;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nalgebra::DMatrix;
use vadex::model::solver::{SOLVERS, Side};
use vadex::model::{Model, ModelOptions};

fn solvers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("solvers");
    group.sample_size(10);
    for (economies, sectors) in synthetic::sizes(&[(7, 35), (20, 35), (41, 35)]) {
        let table = synthetic::table(economies, sectors, 1);
        let model = Model::build(&table, &ModelOptions::default()).expect("a synthetic table is regular");
        let coefficients = model.system().input_coefficients();
        let n = coefficients.nrows();
        let rhs = DMatrix::from_fn(n, economies, |i, j| ((i * 7 + j * 13 + i * j) % 1009) as f64);
        for solver in SOLVERS {
            group.bench_function(BenchmarkId::new(solver.id(), n), |bencher| {
                bencher.iter(|| {
                    let factors = solver.factorise(coefficients, model.axis()).expect("regular");
                    let mut x = rhs.clone();
                    factors.solve_in_place(Side::Transposed, &mut x).expect("solvable");
                    x
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, solvers);
criterion_main!(benches);
