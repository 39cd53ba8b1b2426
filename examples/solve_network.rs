//! Solves a network that `make_network` wrote as a folder, and prints times, passes, residual and peak memory as JSON.
//!
//! ```sh
//! cargo run --release --example solve_network -- FOLDER COLUMNS plain|transposed REPETITIONS [SOLUTION]
//! ```
//!
//! The right-hand sides are the columns of the file `right` in the folder (f64, little endian), solved in place; with
//! `SOLUTION` they are written there. `benches/compare_network.py` calls this beside scipy.

use std::error::Error;
use std::fs::{File, read, read_to_string};
use std::io::Read;
use std::time::Instant;

use nalgebra::DMatrix;
use sprs::CsMatI;
use vadex::kernel::sparse::{Settings, Side, SparseSystem};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, columns, side, repetitions, solution @ ..] = arguments.as_slice() else {
        return Err("usage: solve_network FOLDER COLUMNS plain|transposed REPETITIONS [SOLUTION]".into());
    };
    let (columns, repetitions): (usize, usize) = (columns.parse()?, repetitions.parse()?);
    let transposed = side == "transposed";
    let pointers = numbers(&read(format!("{folder}/indptr"))?, u32::from_le_bytes);
    let indices = numbers(&read(format!("{folder}/indices"))?, u32::from_le_bytes);
    let values = floats(&format!("{folder}/data"), usize::MAX)?;
    let n = pointers.len() - 1;
    let bytes = 4 * pointers.len() + 12 * indices.len();
    let start = Instant::now();
    let system = SparseSystem::new(CsMatI::new((n, n), pointers, indices, values));
    let system = if transposed { system.into_transposed() } else { system };
    let setup = start.elapsed().as_secs_f64();
    let mut times = Vec::new();
    let mut reached = None;
    let mut right = DMatrix::zeros(0, 0);
    for _ in 0..repetitions.max(1) {
        drop(std::mem::replace(&mut right, DMatrix::zeros(0, 0)));
        right = DMatrix::from_vec(n, columns, floats(&format!("{folder}/right"), n * columns)?);
        let start = Instant::now();
        reached = Some(system.solve_in_place(Side::Plain, &mut right, Settings::default())?);
        times.push(start.elapsed().as_secs_f64());
    }
    let peak = peak_kib().unwrap_or(0) * 1024;
    let reached = reached.ok_or("nothing was solved")?;
    println!(
        "{}",
        serde_json::json!({
            "threads": rayon::current_num_threads(), "setup_s": setup, "times_s": times, "passes": reached.iterations,
            "residual": reached.residual, "matrix_bytes": bytes, "peak_bytes": peak,
        })
    );
    if let [target] = solution {
        let bytes: Vec<u8> = right.iter().flat_map(|value| value.to_le_bytes()).collect();
        std::fs::write(target, bytes)?;
    }
    Ok(())
}

/// Little-endian numbers of four bytes.
fn numbers(bytes: &[u8], of: fn([u8; 4]) -> u32) -> Vec<u32> {
    bytes.chunks_exact(4).map(|chunk| of([chunk[0], chunk[1], chunk[2], chunk[3]])).collect()
}

/// At most `count` numbers of a file of f64, read in pieces.
fn floats(path: &str, count: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut file = File::open(path)?;
    let stored = file.metadata()?.len() as usize / 8;
    let mut values = Vec::with_capacity(count.min(stored));
    let mut buffer = vec![0_u8; 1 << 20];
    while values.len() < count.min(stored) {
        let wanted = (8 * (count.min(stored) - values.len())).min(buffer.len());
        file.read_exact(&mut buffer[..wanted])?;
        values.extend(buffer[..wanted].as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)));
    }
    Ok(values)
}

/// Peak resident memory of this process, where the system tells.
fn peak_kib() -> Option<usize> {
    let status = read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}
