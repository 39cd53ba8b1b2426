//! One solve of a firm network, for every iterative method, size and number of right-hand sides.

mod networks;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nalgebra::DMatrix;
use networks::{NetworkShape, network};
use vadex::kernel::sparse::{Corrections, Settings, Side, SparseError, SparseSolution, SparseSystem};

type Method = fn(&SparseSystem, Side, &DMatrix<f64>, Settings) -> Result<SparseSolution, SparseError>;

const METHODS: [(&str, Method); 4] = [
    ("swept", SparseSystem::swept),
    ("bicgstab", SparseSystem::bicgstab),
    ("gauss-seidel", SparseSystem::gauss_seidel),
    ("gmres", SparseSystem::gmres),
];

fn solves(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("network");
    group.sample_size(10);
    for firms in [10_000, 100_000] {
        let shape = NetworkShape { firms, edges: 12 * firms, spectral_radius: 0.7, spread: 1.2, seed: 1 };
        let system = SparseSystem::new(network(&shape).coefficients);
        for columns in [1, 16] {
            let right = DMatrix::from_fn(firms, columns, |i, j| ((i + 3 * j) % 7) as f64);
            for (name, method) in METHODS {
                group.bench_function(BenchmarkId::new(name, format!("{firms}x{columns}")), |bencher| {
                    bencher
                        .iter(|| method(&system, Side::Plain, &right, Settings::default()).expect("regular"));
                });
            }
            for corrections in [Corrections::Double, Corrections::Single] {
                let id = BenchmarkId::new(
                    format!("swept-{corrections:?}").to_lowercase(),
                    format!("{firms}x{columns}"),
                );
                group.bench_function(id, |bencher| {
                    bencher.iter(|| {
                        let mut x = right.clone();
                        system
                            .swept_in_place(Side::Plain, &mut x, Settings::default(), corrections)
                            .expect("regular");
                        x
                    });
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, solves);
criterion_main!(benches);
