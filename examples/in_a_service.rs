//! The engine inside a service: in threads of its own, in a stated amount of memory, stopped on request, results as columns.
//!
//! `cargo run --release --example in_a_service`
//!
//! The embedded table of 2011 stands for one that the service holds. What is computed runs in the rayon pool in which it is
//! asked for; nothing is printed, and no signal is handled, but by the command line, which a service leaves out
//! (`default-features = false`).

use std::sync::atomic::{AtomicBool, Ordering};

use vadex::analysis::{Admission, Analysis, AnalysisError, DecomposeAnalysis, Preparation};
use vadex::decompose::{Detail, find_method};
use vadex::level::Level;
use vadex::load::{ReadOptions, discover};
use vadex::table::IcioTable;

/// What the service answers when it cannot answer.
#[derive(Debug)]
enum Refusal {
    /// Somebody asked for it to end.
    Cancelled,
    /// More memory than it may have.
    TooLarge { needed: u64 },
    /// Anything else, with what to try.
    Failed(Box<AnalysisError>),
}

impl From<AnalysisError> for Refusal {
    fn from(error: AnalysisError) -> Self {
        match error {
            AnalysisError::Memory(memory) => Self::TooLarge { needed: memory.needed },
            other => Self::Failed(Box::new(other)),
        }
    }
}

/// Whose value added is in the exports of an economy, the largest foreign origins first.
fn origins(
    table: IcioTable,
    exporter: &str,
    memory: u64,
    stop: &AtomicBool,
) -> Result<Vec<(String, f64)>, Refusal> {
    let analysis = DecomposeAnalysis {
        exporters: vec![exporter.to_owned()],
        by: vec![Detail::Origin],
        ..DecomposeAnalysis::of(find_method("kww").map_err(AnalysisError::from)?, Level::Country)
    };
    // Compared with the limit before a model is built.
    let admission = Admission {
        what: analysis.computed(),
        asked: analysis.asked(),
        models: 0,
        limit: Some(memory),
        tell: None,
    };
    let preparation = Preparation { admission: Some(admission), ..Preparation::default() };
    let world = preparation.build(table)?;
    let mut found = Vec::new();
    // One piece an origin: no more than one is in memory, and between two of them the work can end.
    analysis.details(&world, |piece| {
        if stop.load(Ordering::Relaxed) {
            return Err(Refusal::Cancelled);
        }
        let (names, content) = (piece.texts("origin"), piece.numbers("gexp"));
        for (name, value) in names.into_iter().flatten().zip(content.into_iter().flatten()) {
            found.extend(name.filter(|name| *name != exporter).map(|name| (name.to_owned(), *value)));
        }
        Ok(())
    })?;
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(found)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = discover("builtin:wiod13", &[2011])?[0].open(&ReadOptions::default())?;
    // A pool of the service; the global one stays as it is.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let running = AtomicBool::new(false);
    let stopped = AtomicBool::new(true);
    for (memory, stop) in [(1 << 20, &running), (4 << 30, &stopped), (4 << 30, &running)] {
        let table = table.clone();
        match pool.install(|| origins(table, "CHN", memory, stop)) {
            Ok(found) => {
                for (origin, value) in found.iter().take(5) {
                    println!("{origin:>8} {value:>12.1}");
                }
            }
            Err(Refusal::Cancelled) => println!("cancelled"),
            Err(Refusal::TooLarge { needed }) => {
                println!("refused: {needed} bytes are needed, {memory} allowed")
            }
            Err(Refusal::Failed(error)) => println!("{error}\n  {}", error.hint()),
        }
    }
    Ok(())
}
