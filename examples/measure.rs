//! One task on one table, timed: the engine's side of `benches/compare.py`, which runs other tools on the same table.
//!
//! `cargo run --release --example measure -- TASK TABLE [REPEATS] [RESULT]` prints one line of JSON: best and median
//! seconds, peak memory while the task ran, accuracy. TABLE is a file or a size such as `41x35`.

#[path = "../benches/synthetic.rs"]
mod synthetic;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use nalgebra::DMatrix;
use serde_json::{Value, json};
use vadex::decompose::{METHODS, Scope, Workspace, find_method};
use vadex::indicators::{Level, trade_in_value_added};
use vadex::kernel::residual::matrix_residuals;
use vadex::kernel::sparse::Side;
use vadex::kernel::{dense, inverse, lu::LuFactors};
use vadex::load::{ReadOptions, discover};
use vadex::model::solver::find_solver;
use vadex::model::{self, Model, ModelOptions};
use vadex::report::{TableFormat, write_table};
use vadex::table::IcioTable;

type Failure = Box<dyn std::error::Error>;

const TASKS: &str = "make-parquet make-csv load multiply lu inverse inverse-from-lu coefficients-and-inverse tiva pass \
                     solver:ID decompose:METHOD:LEVEL";

fn open(what: &str) -> Result<IcioTable, Failure> {
    let size = what.split_once('x').and_then(|(g, n)| Some((g.parse().ok()?, n.parse().ok()?)));
    match size {
        Some((economies, sectors)) if !Path::new(what).exists() => {
            Ok(synthetic::table(economies, sectors, 1))
        }
        _ => Ok(discover(what, &[])?[0].open(&ReadOptions::default())?),
    }
}

fn build(table: &IcioTable) -> Result<Model, Failure> {
    Ok(Model::build(table, &ModelOptions::default())?)
}

/// Linux keeps the largest memory a process held, and forgets it when asked to.
fn forget_peak() {
    // Elsewhere, and where the file is not writable, the peak is that of the whole process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Peak memory in MiB since [`forget_peak`]; nothing where the system does not tell.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Seconds of each repeat and the last result; `prepare` is not timed.
fn timed<P, T>(
    repeats: usize,
    mut prepare: impl FnMut() -> Result<P, Failure>,
    mut task: impl FnMut(P) -> Result<T, Failure>,
) -> Result<(Vec<f64>, Option<T>), Failure> {
    let (mut seconds, mut last) = (Vec::new(), None);
    for _ in 0..repeats.max(1) {
        drop(last.take());
        let prepared = prepare()?;
        let start = Instant::now();
        last = Some(black_box(task(prepared)?));
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok((seconds, last))
}

fn report(task: &str, table: &str, mut seconds: Vec<f64>, rest: Value) {
    seconds.sort_by(f64::total_cmp);
    let mut line = json!({
        "tool": "vadex",
        "version": env!("CARGO_PKG_VERSION"),
        "task": task,
        "table": table,
        "seconds": seconds.first(),
        "median": seconds.get(seconds.len() / 2),
        "peak_mib": peak_mib(),
    });
    if let (Some(line), Some(rest)) = (line.as_object_mut(), rest.as_object()) {
        line.extend(rest.clone());
    }
    println!("{line}");
}

/// I − A of a table.
fn leontief_matrix(model: &Model) -> DMatrix<f64> {
    let coefficients = model.system().input_coefficients();
    coefficients.identity_minus(0..coefficients.nrows())
}

/// Right-hand sides of which none is a combination of the others: a solver that finds what they share would save work that
/// no economist's right-hand sides save. `compare.py` has the same.
fn right_hand_sides(n: usize, count: usize) -> DMatrix<f64> {
    DMatrix::from_fn(n, count, |i, j| ((i * 7 + j * 13 + i * j) % 1009) as f64 + 1.0)
}

/// Largest over columns of ‖M X − Y‖₁ / ‖Y‖₁.
fn worst_residual(matrix: &DMatrix<f64>, solution: &DMatrix<f64>, wanted: &DMatrix<f64>) -> f64 {
    matrix_residuals(matrix.as_view(), Side::Plain, solution, wanted).into_iter().fold(0.0, f64::max)
}

/// Value added by origin in the exports of each economy, value added absorbed by each economy: what the comparison
/// calls the TiVA matrices, (G, G) each.
fn tiva_matrices(model: &Model) -> Result<[DMatrix<f64>; 2], Failure> {
    let content = model.value_added_content_by_origin()?;
    let weights = vadex::blocks::spread_by_economy(model.value_added_share(), model.axis());
    let absorbed = dense::transpose_multiply(weights.as_view(), model.output_by_absorber()?.as_view());
    Ok([content, absorbed])
}

fn gigaflops(flops: f64, seconds: &[f64]) -> f64 {
    flops / seconds.iter().fold(f64::INFINITY, |best, s| best.min(*s)) / 1e9
}

/// A copy in memory as the engine has it for a matrix that it makes, large pages included.
fn copied(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let mut copy = dense::zeros(matrix.nrows(), matrix.ncols());
    copy.copy_from(matrix);
    copy
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, what, more @ ..] = arguments.as_slice() else {
        return Err(format!("measure TASK TABLE [REPEATS] [RESULT]; tasks: {TASKS}").into());
    };
    let repeats = more.first().map_or(Ok(1), |text| text.parse())?;
    let result = more.get(1).map(Path::new);
    match task.as_str() {
        "make-parquet" | "make-csv" => {
            let format = if task == "make-csv" { TableFormat::Csv } else { TableFormat::Parquet };
            let path = result.ok_or("make-* needs a RESULT file")?;
            write_table(&open(what)?, format, std::io::BufWriter::new(std::fs::File::create(path)?))?;
        }
        "load" => {
            forget_peak();
            let task_of = |()| open(what);
            let (seconds, table) = timed(repeats, || Ok(()), task_of)?;
            let sum = table.map(|table| table.row_sums().iter().sum::<f64>());
            report(task, what, seconds, json!({ "checksum": sum }));
        }
        "multiply" | "lu" | "inverse" | "inverse-from-lu" => {
            let model = build(&open(what)?)?;
            let matrix = leontief_matrix(&model);
            let (n, g) = (matrix.nrows(), model.axis().n_economies());
            let size = n as f64;
            drop(model);
            let right = right_hand_sides(n, g);
            forget_peak();
            let (seconds, flops, residual) = match task.as_str() {
                "multiply" => {
                    let factor = right.clone().resize(n, n, 0.5);
                    let product = |()| Ok(dense::multiply(matrix.as_view(), factor.as_view()));
                    (timed(repeats, || Ok(()), product)?.0, 2.0 * size.powi(3), f64::NAN)
                }
                "lu" => {
                    let solve = |copy: DMatrix<f64>| {
                        let factors = LuFactors::factor(copy)?;
                        let mut solution = right.clone();
                        factors.solve_in_place(&mut solution);
                        // The factors are handed back: giving their memory to the system is no part of the work.
                        Ok((factors, solution))
                    };
                    let (seconds, solved) = timed(repeats, || Ok(copied(&matrix)), solve)?;
                    let residual =
                        solved.map(|(_, x)| x).map_or(f64::NAN, |x| worst_residual(&matrix, &x, &right));
                    (seconds, 2.0 / 3.0 * size.powi(3) + 2.0 * size * size * g as f64, residual)
                }
                _ => {
                    let in_place = |mut copy: DMatrix<f64>| {
                        inverse::invert_in_place(&mut copy)?;
                        Ok((None, copy))
                    };
                    let from_factors = |copy: DMatrix<f64>| {
                        let factors = LuFactors::factor(copy)?;
                        let inverse = factors.inverse();
                        Ok((Some(factors), inverse))
                    };
                    let (seconds, inverse) = match task.as_str() {
                        "inverse" => timed(repeats, || Ok(copied(&matrix)), in_place)?,
                        _ => timed(repeats, || Ok(copied(&matrix)), from_factors)?,
                    };
                    let residual = inverse.map_or(f64::NAN, |(_, b)| {
                        let solution = dense::multiply(b.as_view(), right.as_view());
                        worst_residual(&matrix, &solution, &right)
                    });
                    (seconds, 2.0 * size.powi(3), residual)
                }
            };
            let rate = gigaflops(flops, &seconds);
            let threads = rayon::current_num_threads();
            report(task, what, seconds, json!({ "gflops": rate, "residual": residual, "threads": threads }));
        }
        "coefficients-and-inverse" => {
            let table = open(what)?;
            forget_peak();
            let inverse = |()| {
                let model = build(&table)?;
                model.system().global_leontief()?;
                Ok(model)
            };
            let (seconds, model) = timed(repeats, || Ok(()), inverse)?;
            let model = model.ok_or("no result")?;
            let shares = DMatrix::from_column_slice(table.axis().n_rows(), 1, model.value_added_share());
            let ones =
                dense::transpose_multiply(model.system().global_leontief()?.as_view(), shares.as_view());
            let gap = ones.iter().map(|one| (one - 1.0).abs()).fold(0.0, f64::max);
            report(task, what, seconds, json!({ "value_added_gap": gap }));
        }
        "tiva" => {
            let table = open(what)?;
            forget_peak();
            let (seconds, matrices) = timed(repeats, || Ok(()), |()| tiva_matrices(&build(&table)?))?;
            let [content, absorbed] = matrices.ok_or("no result")?;
            if let Some(path) = result {
                let numbers: Vec<String> =
                    content.iter().chain(absorbed.iter()).map(|value| format!("{value:e}")).collect();
                std::fs::write(path, numbers.join("\n"))?;
            }
            let exports: f64 = build(&table)?.flows().gross_exports().iter().sum();
            let gap = (content.sum() - exports).abs() / exports;
            report(task, what, seconds, json!({ "exports_gap": gap }));
        }
        "pass" => {
            let table = open(what)?;
            forget_peak();
            // As the commands do, in the memory of the table.
            let (seconds, gap) = timed(repeats, || Ok(table.clone()), pass)?;
            report(task, what, seconds, json!({ "identity_gap": gap }));
        }
        _ if task.starts_with("solver:") => {
            let solver = find_solver(&task["solver:".len()..])?;
            let model = build(&open(what)?)?;
            let coefficients = model.system().input_coefficients();
            let matrix = leontief_matrix(&model);
            let (n, g) = (matrix.nrows(), model.axis().n_economies());
            let right = right_hand_sides(n, g);
            forget_peak();
            let solve = |()| {
                let factors = solver.factorise(coefficients, model.axis())?;
                let mut solution = right.clone();
                factors.solve_in_place(model::solver::Side::Direct, &mut solution)?;
                Ok((factors, solution))
            };
            let (seconds, solved) = timed(repeats, || Ok(()), solve)?;
            let residual = solved.map(|(_, x)| x).map_or(f64::NAN, |x| worst_residual(&matrix, &x, &right));
            // As if it had been done by elimination: what another way saves shows in the rate.
            let size = n as f64;
            let flops = 2.0 / 3.0 * size.powi(3) + 2.0 * size * size * g as f64;
            let rate = gigaflops(flops, &seconds);
            report(task, what, seconds, json!({ "gflops": rate, "residual": residual }));
        }
        _ => {
            let mut parts = task.split(':').skip(1);
            let (Some(id), Some(level)) = (parts.next(), parts.next()) else {
                return Err(format!("unknown task `{task}`; tasks: {TASKS}").into());
            };
            let method = find_method(id)?;
            let level = Level::ALL.into_iter().find(|known| known.id() == level).ok_or("unknown level")?;
            let table = open(what)?;
            forget_peak();
            let (seconds, gap) = timed(
                repeats,
                || Ok(()),
                |()| {
                    let work = Workspace::new(&build(&table)?)?;
                    let parts = method.run(&work, level, &Scope::default())?;
                    Ok(vadex::audit::worst_evidence(method, &parts, work.axis()).map(|gap| gap.relative_gap))
                },
            )?;
            report(task, what, seconds, json!({ "identity_gap": gap }));
        }
    }
    Ok(())
}

/// Trade in value added at every level, every Borin-Mancini variant and Wang-Wei-Zhu at their finest; the worst gap.
fn pass(table: IcioTable) -> Result<f64, Failure> {
    let model = Model::from_table(table, &ModelOptions::default())?;
    for level in Level::ALL {
        black_box(trade_in_value_added(&model, level)?);
    }
    let work = Workspace::new(&model)?;
    let mut worst: f64 = 0.0;
    for method in METHODS.iter().filter(|method| is_usual(method.id())) {
        let level = *method.levels().last().ok_or("a method without levels")?;
        let parts = method.run(&work, level, &Scope::default())?;
        let gap = vadex::audit::worst_evidence(*method, &parts, work.axis());
        worst = gap.map_or(worst, |gap| worst.max(gap.relative_gap));
    }
    Ok(worst)
}

/// Every perimeter of Borin and Mancini once, and Wang, Wei and Zhu: as `vadex everything` takes them.
fn is_usual(method: &str) -> bool {
    method == "wwz" || (method.starts_with("bm-") && !method.ends_with("-terms"))
}
