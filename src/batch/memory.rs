//! How much memory a table will take, how much there is, and a gate that lets work in while it fits.

use std::sync::{Condvar, Mutex, PoisonError};

use super::task::Task;
use crate::analysis::Preparation;
use crate::kernel::stored::Storage;
use crate::model::memory::{Workload, predict};
use crate::model::solver::find_solver;

pub use crate::model::memory::{available, readable};

/// What a series of national tables is reckoned with, which are small for certain: 64 MiB.
pub(super) const SMALL: u64 = 64 << 20;

/// Sectors of the coarsest published tables: what is known before a table is opened is its rows at most, and so many rows
/// have no more economies than this.
const FEWEST_SECTORS: usize = 20;
/// Categories of final demand of the published tables, at most.
const CATEGORIES: usize = 6;

/// The size of a table of at most `columns` columns, all of them taken for industries: what is known before it is opened.
pub(super) fn size(columns: usize, preparation: &Preparation) -> Workload {
    let solver = preparation.model.solver.as_deref().and_then(|id| find_solver(id).ok());
    Workload {
        rows: columns,
        economies: columns.div_ceil(FEWEST_SECTORS),
        categories: CATEGORIES,
        storage: preparation.reading.store.unwrap_or(Storage::Double),
        non_zeros: 0,
        solver: solver.map(|solver| solver.id()),
        copied: !preparation.groups.is_empty(),
        inverse: false,
        flows: 0,
        copies: 0,
        tables: 0,
        result: 0,
    }
}

/// Bytes at the peak of the largest of some tasks on a table of at most `columns` columns, by the prediction of the
/// commands. Nothing where the file does not tell its columns, or where non-zeros alone are kept, which nobody has counted.
pub(super) fn predicted<'a>(
    columns: Option<usize>,
    preparation: &Preparation,
    tasks: impl Iterator<Item = &'a Task>,
) -> Option<u64> {
    let size = size(columns?, preparation);
    if size.storage == Storage::Compressed {
        return None;
    }
    tasks.map(|task| predict(&task.work(size)).peak()).max()
}

/// Bytes that the flows between industries take at the least: half of the columns may be final demand, and cells may be
/// kept in single precision unless the manifest says otherwise.
pub(super) fn least(columns: Option<usize>, preparation: &Preparation) -> u64 {
    let rows = columns.unwrap_or(0) as u64 / 2;
    let cell = match preparation.reading.store {
        Some(Storage::Double) => 8,
        Some(Storage::Compressed) => 0,
        _ => 4,
    };
    rows.saturating_mul(rows).saturating_mul(cell)
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

    /// Runs `work` when `bytes` are free; work that needs more than half of the budget, that is large, or of which nobody
    /// knows what it needs runs alone.
    pub fn pass<T>(&self, bytes: Option<u64>, work: impl FnOnce() -> T) -> T {
        let bytes = bytes.filter(|bytes| *bytes <= self.budget / 2 && *bytes <= ALONE).unwrap_or(self.budget);
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
    fn the_gate_never_lets_more_in_than_the_budget() {
        let gate = Gate::new(100);
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        gate.pass(Some(40), || {
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
