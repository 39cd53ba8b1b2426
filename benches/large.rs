//! Value added in the exports of all economies on one table too large for a factorisation: time, memory, accuracy.
//!
//! ```sh
//! cargo bench --bench large -- 164 120                  # the size of the largest database, single precision
//! cargo bench --bench large -- 41 60 f64 dense-lu       # any size, storage and solver
//! cargo bench --bench large -- 60 60 check              # against dense-pivoted in double precision
//! ```

use std::time::Instant;

use nalgebra::DMatrix;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use vadex::kernel::stored::{Storage, StoredMatrix};
use vadex::model::solver::SOLVERS;
use vadex::model::{Model, ModelOptions};
use vadex::table::{IcioTable, Provenance, TableParts};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut sizes = arguments.iter().filter_map(|word| word.parse::<usize>().ok());
    let (economies, sectors) = (sizes.next().unwrap_or(12), sizes.next().unwrap_or(30));
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let solver = SOLVERS.iter().map(|solver| solver.id()).find(|id| has(id)).map(str::to_owned);
    let start = Instant::now();
    let mut table = large(economies, sectors, 1);
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

/// A table of any size, made column by column in single precision, a quarter of inputs imported: 164 x 120 takes 1.5 GB.
///
/// Every column has a random stream of its own, so the table is the same for any number of threads.
fn large(economies: usize, sectors: usize, seed: u64) -> IcioTable {
    let n = economies * sectors;
    let mut coefficients = DMatrix::<f32>::from_element(n, n, 0.0);
    coefficients.as_mut_slice().par_chunks_mut(n).enumerate().for_each(|(j, column)| {
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ (j as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let input_share: f32 = random.random_range(0.3..0.8);
        let imported: f32 = random.random_range(0.05..0.45);
        let home = j / sectors;
        // Partners differ: the nearer in the list, the more is bought.
        let mut sums = [0.0_f32; 2];
        for (i, cell) in column.iter_mut().enumerate() {
            let distance = (i / sectors).abs_diff(home);
            let weight = if distance == 0 { 1.0 } else { 1.0 / (1.0 + distance as f32) };
            *cell = weight * random.random::<f32>().powi(3);
            sums[usize::from(distance > 0)] += *cell;
        }
        for (i, cell) in column.iter_mut().enumerate() {
            let abroad = i / sectors != home;
            let share = if abroad { imported } else { 1.0 - imported };
            *cell *= input_share * share / sums[usize::from(abroad)];
        }
    });
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let final_demand = DMatrix::from_fn(n, economies, |i, r| {
        let weight = if r == i / sectors { 1.0 } else { 0.2 / economies as f64 };
        weight * random.random_range(0.5..1.5)
    });
    // Outputs that the final demand calls forth; the last digits are the row sums' business.
    let coefficients = StoredMatrix::from(coefficients);
    let demand = DMatrix::from_fn(n, 1, |i, _| final_demand.row(i).sum());
    let mut output = demand.clone();
    for _ in 0..25 {
        output = &demand + coefficients.multiply(output.as_view());
    }
    let shares: Vec<f64> = output.iter().map(|x| 1.0 / x).collect();
    let mut intermediate_use = coefficients;
    intermediate_use.divide_columns(&shares);
    IcioTable::new(TableParts {
        rows: (0..n)
            .map(|row| (format!("E{:03}", row / sectors), format!("s{:03}", row % sectors)))
            .collect(),
        categories: vec!["FD".into()],
        intermediate_use,
        final_demand,
        primary_rows: Vec::new(),
        published_output: None,
        unit: "unit".into(),
        year: Some(2000),
        provenance: Provenance::default(),
    })
    .expect("a synthetic table is a table")
}
