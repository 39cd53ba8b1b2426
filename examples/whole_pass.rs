//! Everything an analyst wants from one table, stage by stage, with the time of each: trade in value added at every level,
//! every Borin-Mancini variant, Wang-Wei-Zhu, participation, production lengths and positions.
//!
//! `cargo run --release --example whole_pass -- 81x50` on a made-up table of 81 economies x 50 sectors, or with a table
//! file in place of the size.

#[path = "../benches/synthetic.rs"]
mod synthetic;

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use vadex::decompose::{METHODS, Scope, Workspace};
use vadex::indicators::{INDICATORS, Level, Request, trade_in_value_added};
use vadex::load::{ReadOptions, discover};
use vadex::model::{Model, ModelOptions};
use vadex::table::IcioTable;

/// Prints how long a stage took.
fn timed<T>(stage: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{:>8.3} s  {stage}", start.elapsed().as_secs_f64());
    result
}

fn open(what: &str) -> Result<IcioTable, vadex::Error> {
    let size = what.split_once('x').and_then(|(g, n)| Some((g.parse().ok()?, n.parse().ok()?)));
    match size {
        Some((economies, sectors)) if !Path::new(what).exists() => {
            Ok(synthetic::table(economies, sectors, 1))
        }
        _ => Ok(discover(what, &[])?[0].open(&ReadOptions::default())?),
    }
}

fn main() -> Result<(), vadex::Error> {
    let what = std::env::args().nth(1).unwrap_or_else(|| "41x35".into());
    let table = timed("open or make the table", || open(&what))?;
    let start = Instant::now();
    let model =
        timed("model: A and one factorisation", || Model::from_table(table, &ModelOptions::default()))?;
    timed("global inverse", || model.system().global_leontief().map(drop))?;
    for level in Level::ALL {
        let rows = timed(&format!("tiva {}", level.id()), || trade_in_value_added(&model, level))?;
        black_box(rows);
    }
    let work = timed("workspace", || Workspace::new(&model))?;
    for method in METHODS.iter().filter(|method| is_usual(method.id())) {
        for &level in method.levels().iter().rev() {
            let result = timed(&format!("{} {}", method.id(), level.id()), || {
                method.run(&work, level, &Scope::default())
            })?;
            black_box(result);
        }
    }
    drop(work);
    let lengths = ["production-length", "upstreamness", "downstreamness"];
    for indicator in INDICATORS {
        let profile = indicator.profile();
        if profile.family.id() != "participation" && !lengths.contains(&profile.id) {
            continue;
        }
        for &level in profile.levels {
            timed(&format!("{} {}", profile.id, level.id()), || {
                indicator.run_pieces(&model, level, &Request::default(), &mut |piece| drop(black_box(piece)))
            })?;
        }
    }
    println!("{:>8.3} s  all after the table", start.elapsed().as_secs_f64());
    // Linux tells the largest memory this process ever held.
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
    Ok(())
}

/// Every perimeter of Borin and Mancini once, and Wang, Wei and Zhu: as `vadex everything` takes them.
fn is_usual(method: &str) -> bool {
    method == "wwz" || (method.starts_with("bm-") && !method.ends_with("-terms"))
}
