//! Every decomposition at its finest level, from a solved model with nothing shared computed yet, and all together from a
//! table in memory. Set `VADEX_BENCH_FULL=1` for 45 x 45 and 77 x 45 besides 41 x 35.

mod synthetic;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use vadex::decompose::{METHODS, Scope, Workspace};
use vadex::model::{Model, ModelOptions};
use vadex::table::IcioTable;

/// What the comparison with other packages runs: WWZ, every Borin-Mancini variant, Leontief.
const PASS: [&str; 8] =
    ["leontief", "wwz", "bm-source", "bm-sink", "bm-world-source", "bm-world-sink", "bm-self", "bm-imports"];

fn build(table: &IcioTable) -> Model {
    Model::build(table, &ModelOptions::default()).expect("regular")
}

fn decompose(criterion: &mut Criterion) {
    let full = std::env::var_os("VADEX_BENCH_FULL").is_some();
    let sizes: &[(usize, usize)] = if full { &[(41, 35), (45, 45), (77, 45)] } else { &[(41, 35)] };
    let mut group = criterion.benchmark_group("decompose");
    group.sample_size(10);
    for &(economies, sectors) in sizes {
        let table = synthetic::table(economies, sectors, 1);
        let size = format!("{economies}x{sectors}");
        for method in METHODS {
            let level = *method.levels().last().expect("every method has a level");
            let id = BenchmarkId::new(format!("{}/{}", method.id(), level.id()), &size);
            group.bench_function(id, |bencher| {
                bencher.iter_batched(
                    || {
                        let model = build(&table);
                        // The inverse is shared by all methods and timed with the whole pass.
                        model.system().global_leontief().expect("regular");
                        model
                    },
                    |model| {
                        let work = Workspace::new(&model).expect("solvable");
                        method.run(&work, level, &Scope::default()).expect("solvable")
                    },
                    BatchSize::PerIteration,
                );
            });
        }
        group.bench_function(BenchmarkId::new("whole-pass", &size), |bencher| {
            bencher.iter(|| {
                let work = Workspace::new(&build(&table)).expect("solvable");
                for method in METHODS.iter().filter(|method| PASS.contains(&method.id())) {
                    let level = *method.levels().last().expect("every method has a level");
                    std::hint::black_box(method.run(&work, level, &Scope::default()).expect("solvable"));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decompose);
criterion_main!(benches);
