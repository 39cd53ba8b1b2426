//! Value added in the exports of all economies on one table too large for a factorisation: time, memory, accuracy.
//!
//! ```sh
//! cargo bench --bench large -- 164 120                  # the size of the largest database, single precision
//! cargo bench --bench large -- 41 60 f64 dense-lu       # any size, storage and solver
//! cargo bench --bench large -- 60 60 check              # against dense-pivoted in double precision
//! ```

mod synthetic;

use std::time::Instant;

use vadex::kernel::stored::Storage;
use vadex::model::solver::SOLVERS;
use vadex::model::{Model, ModelOptions};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut sizes = arguments.iter().filter_map(|word| word.parse::<usize>().ok());
    let (economies, sectors) = (sizes.next().unwrap_or(12), sizes.next().unwrap_or(30));
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let solver = SOLVERS.iter().map(|solver| solver.id()).find(|id| has(id)).map(str::to_owned);
    let start = Instant::now();
    let mut table = synthetic::large(economies, sectors, 1);
    if has("f64") {
        table = table.kept_as(Storage::Double).expect("widening is exact");
    }
    let n = economies * sectors;
    println!("{economies} x {sectors} = {n} rows, {}", table.intermediate_use().storage());
    println!("made in {:.1} s; peak {:.2} GB", start.elapsed().as_secs_f64(), peak());
    let reference = has("check").then(|| {
        let double = table.clone().kept_as(Storage::Double).expect("widening is exact");
        // The coefficients of the other model are rounded once more; the reference takes them as they are there.
        Model::from_table(
            double,
            &ModelOptions { solver: Some("dense-pivoted".into()), ..ModelOptions::default() },
        )
        .expect("regular")
    });
    let start = Instant::now();
    let model =
        Model::from_table(table, &ModelOptions { solver, ..ModelOptions::default() }).expect("regular");
    let system = model.system();
    println!(
        "{} ({}): prepared in {:.1} s; peak {:.2} GB",
        system.solver(),
        system.solver_reason(),
        start.elapsed().as_secs_f64(),
        peak()
    );
    let content = model.value_added_content_by_origin().expect("solvable");
    let seconds = start.elapsed().as_secs_f64();
    let exports: f64 = model.flows().gross_exports().iter().sum();
    let gap = model.value_added_gap().expect("solvable");
    println!(
        "value added in exports of {economies} economies: {seconds:.1} s; peak {:.2} GB\n\
         residual {:.1e}; v'B = 1 within {:.1e}; content of all exports over exports - 1 = {:.1e}",
        peak(),
        system.worst_residual(),
        gap.worst,
        content.sum() / exports - 1.0
    );
    if let Some(reference) = reference {
        let expected = reference.value_added_content_by_origin().expect("solvable");
        let worst = content.zip_map(&expected, |a, b| ((a - b) / b).abs()).max();
        println!("largest relative difference of a cell to dense-pivoted, double precision: {worst:.1e}");
    }
}

/// Most memory that this process held so far, in GB; NaN where the system does not say.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.map_or(f64::NAN, |kibibytes| kibibytes * 1024.0 / 1e9)
}
