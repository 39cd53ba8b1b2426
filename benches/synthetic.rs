//! Seeded synthetic tables for benchmarks: any number of economies and sectors, every industry with positive value added.

use nalgebra::DMatrix;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use vadex::table::{IcioTable, Provenance, TableParts};

/// A table of `economies` x `sectors` with about a fifth of inputs imported.
pub fn table(economies: usize, sectors: usize, seed: u64) -> IcioTable {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let n = economies * sectors;
    let rows: Vec<(String, String)> =
        (0..n).map(|row| (format!("E{:03}", row / sectors), format!("s{:03}", row % sectors))).collect();
    let mut intermediate_use = DMatrix::zeros(n, n);
    for j in 0..n {
        let input_share = random.random_range(0.3..0.8);
        let mut sum = 0.0;
        for i in 0..n {
            let domestic = i / sectors == j / sectors;
            // A foreign supplier is worth a quarter of all domestic ones together, spread over the world.
            let weight = if domestic { 1.0 } else { 0.25 / (economies - 1).max(1) as f64 };
            let value = weight * random.random::<f64>().powi(3);
            intermediate_use[(i, j)] = value;
            sum += value;
        }
        intermediate_use.column_mut(j).scale_mut(input_share / sum);
    }
    let mut final_demand = DMatrix::zeros(n, economies);
    for i in 0..n {
        // Enough final demand that the row covers what it sells as inputs.
        let home = i / sectors;
        for r in 0..economies {
            let weight = if r == home { 1.0 } else { 0.2 / economies as f64 };
            final_demand[(i, r)] = weight * random.random_range(0.5..1.5);
        }
    }
    // Scale columns to outputs that the final demand calls forth: twenty Neumann rounds are plenty here.
    let demand: Vec<f64> = final_demand.row_iter().map(|row| row.sum()).collect();
    let demand = nalgebra::DVector::from_vec(demand);
    let mut output = demand.clone();
    for _ in 0..60 {
        output = &demand + &intermediate_use * &output;
    }
    for (mut column, x) in intermediate_use.column_iter_mut().zip(output.iter()) {
        column.scale_mut(*x);
    }
    let parts = TableParts {
        rows,
        categories: vec!["FD".into()],
        intermediate_use: intermediate_use.into(),
        final_demand,
        primary_rows: Vec::new(),
        published_output: None,
        unit: "unit".into(),
        year: Some(2000),
        provenance: Provenance::default(),
    };
    IcioTable::new(parts).expect("a synthetic table is a table")
}

/// The sizes of a bench, and with `VADEX_BENCH_FULL=1` that of the OECD's tables besides.
#[allow(dead_code, reason = "not every bench runs over sizes of tables")]
pub fn sizes(usual: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut sizes = usual.to_vec();
    if std::env::var_os("VADEX_BENCH_FULL").is_some() {
        sizes.push((81, 50));
    }
    sizes
}
