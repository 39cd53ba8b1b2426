//! How much memory a table will take, how much there is, and a gate that lets work in while it fits.

use std::sync::{Condvar, Mutex, PoisonError};

pub use crate::model::memory::available;

/// What a table whose size cannot be told, or that is small for certain, is reckoned with: 64 MiB.
pub(super) const SMALL: u64 = 64 << 20;

/// Square matrices in memory at the peak: the table, its coefficients, their factors, the global inverse and the copy
/// that is held while it is made.
const SQUARES: u64 = 5;
/// What everything else takes on top, a quarter: final demand, right-hand sides, results, the writer.
const REST: (u64, u64) = (5, 4);

/// Bytes at the peak of opening, modelling and decomposing a table of at most `columns` columns.
pub(super) fn predicted(columns: Option<usize>) -> u64 {
    let Some(columns) = columns else { return SMALL };
    let square = (columns as u64).saturating_mul(columns as u64).saturating_mul(8);
    SMALL + square.saturating_mul(SQUARES).saturating_mul(REST.0) / REST.1
}

/// Bytes in words: `1.5 GiB`.
pub fn in_words(bytes: u64) -> String {
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    if mebibytes >= 1024.0 { format!("{:.1} GiB", mebibytes / 1024.0) } else { format!("{mebibytes:.0} MiB") }
}

/// Lets work in while the bytes of all that is inside stay within the budget.
pub(super) struct Gate {
    budget: u64,
    free: Mutex<u64>,
    changed: Condvar,
}

impl Gate {
    pub fn new(budget: u64) -> Self {
        Self { budget, free: Mutex::new(budget), changed: Condvar::new() }
    }

    /// Runs `work` when `bytes` are free; work that needs more than half of the budget, or that is large, runs alone.
    pub fn pass<T>(&self, bytes: u64, work: impl FnOnce() -> T) -> T {
        let bytes = if bytes > self.budget / 2 || bytes > ALONE { self.budget } else { bytes };
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = self.changed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        drop(free);
        let _inside = Inside { gate: self, bytes };
        work()
    }
}

/// From this on a table keeps all threads busy by itself: 800 MiB, some 4 000 rows.
const ALONE: u64 = 800 << 20;

/// Gives its bytes back, also when the work panics.
struct Inside<'a> {
    gate: &'a Gate,
    bytes: u64,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        *self.gate.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.gate.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn amounts_of_memory_are_told() {
        assert_eq!(in_words(3 << 29), "1.5 GiB");
        assert_eq!(in_words(64 << 20), "64 MiB");
    }

    #[test]
    fn the_gate_never_lets_more_in_than_the_budget() {
        let gate = Gate::new(100);
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        gate.pass(40, || {
                            let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                            most.fetch_max(now, Ordering::SeqCst);
                            std::thread::yield_now();
                            inside.fetch_sub(1, Ordering::SeqCst);
                        });
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 2, "two of 40 fit into 100, three do not");
    }
}
