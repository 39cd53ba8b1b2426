//! Every indicator of the registry, at its coarsest and its finest level, from a model in memory.
//!
//! The model is built anew for each sample and outside the measured time: what an indicator asks of it (right-hand sides,
//! local inverses, the global inverse) is part of what the indicator costs.

mod synthetic;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use vadex::indicators::{INDICATORS, Request};
use vadex::model::{Model, ModelOptions};

fn registry(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("indicators");
    group.sample_size(10);
    for (economies, sectors) in synthetic::sizes(&[(10, 20), (41, 35)]) {
        let table = synthetic::table(economies, sectors, 1);
        let final_demand = table.final_demand_by_economy();
        let request = Request {
            inventories: Some(&final_demand * 0.1),
            household_consumption: Some(final_demand * 0.6),
            ..Request::default()
        };
        for indicator in INDICATORS {
            let levels = indicator.profile().levels;
            let (coarse, fine) = (levels[0], levels[levels.len() - 1]);
            let ends = if coarse == fine { vec![coarse] } else { vec![coarse, fine] };
            for level in ends {
                let name = format!("{}/{}", indicator.id(), level.id());
                let size = format!("{economies}x{sectors}");
                group.bench_function(BenchmarkId::new(name, size), |bencher| {
                    bencher.iter_batched(
                        || Model::build(&table, &ModelOptions::default()).expect("regular"),
                        |model| indicator.run(&model, level, &request).expect("solvable"),
                        BatchSize::PerIteration,
                    );
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, registry);
criterion_main!(benches);
