//! From a table in memory to every indicator of `vadex tiva`.

mod synthetic;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use vadex::indicators::{Level, trade_in_value_added};
use vadex::model::{Model, ModelOptions};

fn tiva(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tiva");
    group.sample_size(10);
    for (economies, sectors) in synthetic::sizes(&[(7, 35), (20, 35), (41, 35)]) {
        let table = synthetic::table(economies, sectors, 1);
        let size = format!("{economies}x{sectors}");
        group.bench_function(BenchmarkId::new("country", size), |bencher| {
            bencher.iter(|| {
                let model = Model::build(&table, &ModelOptions::default()).expect("regular");
                trade_in_value_added(&model, Level::Country).expect("solvable")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, tiva);
criterion_main!(benches);
