//! How much memory a job will take, how much there is, and a gate that lets tables in while they fit.

use std::sync::{Condvar, Mutex, PoisonError};

use super::task::Task;
use crate::analysis::Preparation;
use crate::kernel::stored::Storage;
use crate::machine;
use crate::model::memory::{Workload, admit, predict};
use crate::model::solver::find_solver;

pub use crate::model::memory::{available, readable};

/// What a series of national tables is reckoned with, which are small for certain: 64 MiB.
pub(super) const SMALL: u64 = 64 << 20;

/// Sectors of the coarsest published tables: so many columns of industries have no more economies than this.
const FEWEST_SECTORS: usize = 20;
/// Categories of final demand of the published tables, at most: EXIOBASE has so many.
const CATEGORIES: usize = 7;

/// Memory that a run may use, in bytes: what is stated, or else what the machine has.
pub(super) fn allowed(stated: Option<u64>) -> u64 {
    stated.or_else(available).unwrap_or(u64::MAX)
}

/// A table whose columns are all industries, in double precision unless the manifest says otherwise. Nobody knows before it
/// is open whether it has split economies, which are united in a copy.
fn industries_alone(columns: usize, preparation: &Preparation) -> Workload {
    let solver = preparation.model.solver.as_deref().and_then(|id| find_solver(id).ok());
    Workload {
        rows: columns,
        economies: columns.div_ceil(FEWEST_SECTORS),
        categories: CATEGORIES,
        storage: preparation.reading.store.unwrap_or(Storage::Double),
        non_zeros: 0,
        solver: solver.map(|solver| solver.id()),
        copied: !preparation.keep_splits || !preparation.groups.is_empty(),
        inverse: false,
        flows: 0,
        copies: 0,
        tables: 0,
        largest: columns,
        own_tables: 0,
        result: 0,
        less: None,
    }
}

/// Rows and economies of tables with so many columns, final demand among them: from one sector an economy, where most
/// columns are final demand, to one economy, where nearly all are industries.
fn shapes(columns: usize) -> impl Iterator<Item = (usize, usize)> {
    // One sector more, and a twentieth of them where they are many.
    std::iter::successors(Some(1_usize), |sectors| Some(sectors + 1 + sectors / 20))
        .take_while(move |sectors| sectors + CATEGORIES <= columns.max(1 + CATEGORIES))
        .map(move |sectors| {
            let economies = (columns / (sectors + CATEGORIES)).max(1);
            (columns.saturating_sub(economies * CATEGORIES).max(1), economies)
        })
}

/// A job on the tables that need least and most among those that a file of so many columns can hold: reckoned before it is
/// opened, not proven. A header may have more separators than columns, and a table of few sectors with one category or two
/// needs more than the published ones.
pub(super) struct Bounds {
    smallest: Workload,
    largest: Workload,
}

/// What the admission of a job will say when its table is open, as far as it can be reckoned before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Foreseen {
    /// The table that needs most would fit.
    Admitted,
    /// The one that needs least would not: bytes that it needs, bytes that there are.
    Refused { least: u64, there: u64 },
    /// It needs something between, and so many bytes are there.
    Open { least: u64, most: u64, there: u64 },
}

impl Bounds {
    /// `work` is the job on a table of a size that is given. Nothing where the file does not tell its columns, or where
    /// non-zeros alone are kept, which nobody has counted.
    pub fn of(
        columns: Option<usize>,
        preparation: &Preparation,
        work: impl Fn(Workload) -> Workload,
    ) -> Option<Self> {
        let columns = columns?;
        let alone = industries_alone(columns, preparation);
        if alone.storage == Storage::Compressed {
            return None;
        }
        let tables: Vec<Workload> = shapes(columns)
            .map(|(rows, economies)| Workload { rows, economies, largest: rows.div_ceil(economies), ..alone })
            .collect();
        let peak = |work: &Workload| predict(work).peak();
        // All of them, because small tables are drawn side by side and may hold more than a large one.
        let largest = tables.iter().copied().chain([alone]).map(&work).max_by_key(peak)?;
        // Groups of the manifest are united for certain.
        let copied = !preparation.groups.is_empty();
        let storage = preparation.reading.store.unwrap_or(Storage::Single);
        let small = tables.into_iter().map(|table| work(Workload { copied, storage, ..table }));
        Some(Self { smallest: small.min_by_key(peak)?, largest })
    }

    /// Bytes at the peak, at the least.
    pub fn least(&self) -> u64 {
        predict(&self.smallest).peak()
    }

    /// Bytes at the peak, at most.
    pub fn most(&self) -> u64 {
        predict(&self.largest).peak()
    }

    /// Both tables brought before the admission that the opened one will meet, with so many bytes as limit.
    pub fn foreseen(&self, limit: Option<u64>) -> Foreseen {
        let admitted = |work| admit("a job", work, limit);
        match (admitted(&self.largest), admitted(&self.smallest)) {
            (Ok(_), _) => Foreseen::Admitted,
            (Err(_), Err(least)) => Foreseen::Refused { least: least.needed, there: least.there },
            (Err(most), Ok(least)) => {
                Foreseen::Open { least: least.peak(), most: most.needed, there: most.there }
            }
        }
    }
}

/// Bytes at the peak of the largest of some tasks on a table of so many columns, by the prediction of the commands; nothing
/// where [`Bounds`] has nothing.
pub(super) fn predicted<'a>(
    columns: Option<usize>,
    preparation: &Preparation,
    tasks: impl Iterator<Item = &'a Task>,
) -> Option<u64> {
    let most = |task: &Task| Some(Bounds::of(columns, preparation, |size| task.work(size))?.most());
    tasks.map(most).max().flatten()
}

/// Bytes that the flows between industries take at the least: an economy may have one sector beside all categories of final
/// demand, and cells may be kept in single precision unless the manifest says otherwise.
pub(super) fn least(columns: Option<usize>, preparation: &Preparation) -> u64 {
    let rows = (columns.unwrap_or(0) / (1 + CATEGORIES)) as u64;
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
    /// Is the budget what the user stated? Then what one table leaves in the heaps of its threads goes back to the system
    /// before the next one comes; where there is room it is quicker to leave it.
    stated: bool,
    free: Mutex<u64>,
    changed: Condvar,
}

impl Gate {
    pub fn new(budget: u64, stated: bool) -> Self {
        Self { budget, stated, free: Mutex::new(budget), changed: Condvar::new() }
    }

    /// Runs `work` when `bytes` are free; work that is large, that needs the whole budget or of which nobody knows what it
    /// needs runs alone.
    pub fn pass<T>(&self, bytes: Option<u64>, work: impl FnOnce() -> T) -> T {
        let bytes = bytes.filter(|bytes| *bytes <= ALONE).map_or(self.budget, |bytes| bytes.min(self.budget));
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
        if self.gate.stated {
            machine::give_all_back();
        }
        *self.gate.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.gate.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::analysis::parse_group;

    /// Longer than any start of a thread.
    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn the_gate_never_lets_more_in_than_the_budget() {
        let gate = Gate::new(100, true);
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

    /// Does something of `second` bytes come in while something of `first` bytes is inside? It has `patience` to do so.
    fn together(budget: u64, first: u64, second: Option<u64>, patience: Duration) -> bool {
        let gate = &Gate::new(budget, true);
        let (came, coming) = channel();
        std::thread::scope(|scope| {
            gate.pass(Some(first), move || {
                scope.spawn(move || gate.pass(second, move || came.send(()).is_ok()));
                coming.recv_timeout(patience).is_ok()
            })
        })
    }

    #[test]
    fn what_is_left_of_the_budget_is_for_others_however_large_the_first_is() {
        assert!(together(100, 60, Some(40), LONG), "more than half leaves room for the rest");
        let moment = Duration::from_millis(50);
        assert!(!together(100, 60, Some(41), moment), "the sum stays within the budget");
        assert!(!together(100, 200, Some(1), moment), "what needs more than there is runs alone");
        assert!(!together(100, 1, None, moment), "and so does what nobody knows");
        assert!(!together(2 * ALONE, ALONE + 1, Some(1), moment), "and so does what is large");
        assert!(together(2 * ALONE, ALONE, Some(ALONE), LONG));
    }

    /// A job that holds some matrices of its own.
    fn job(size: Workload, flows: usize) -> Workload {
        Workload { flows, result: 20 * size.rows, ..size }
    }

    /// The same on the tables of a file.
    fn bounds(columns: Option<usize>, store: Option<Storage>, flows: usize) -> Option<Bounds> {
        let mut preparation = Preparation::default();
        preparation.reading.store = store;
        Bounds::of(columns, &preparation, |size| job(size, flows))
    }

    #[test]
    fn bounds_hold_the_tables_that_a_file_may_be() {
        for flows in [2, 16] {
            let bounds = bounds(Some(4_000), None, flows).unwrap();
            let (least, most) = (bounds.least(), bounds.most());
            // Rows, economies, categories: about as many columns as the file has. Few sectors with many categories, one
            // economy, and numbers of economies that are no powers of two.
            for (rows, economies, categories) in [
                (3_990, 5, 2),
                (3_500, 80, 6),
                (2_000, 100, 20),
                (2_400, 400, 4),
                (500, 500, 7),
                (1_500, 500, 5),
                (3_993, 1, 7),
                (1_999, 285, 7),
            ] {
                for storage in [Storage::Double, Storage::Single] {
                    let size = Workload { rows, economies, categories, storage, ..bounds.largest };
                    let peak = predict(&job(size, flows)).peak();
                    assert!(
                        least <= peak && peak <= most,
                        "{rows} {economies} {storage}: {least} {peak} {most}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_copy_in_which_economies_are_united_is_in_the_most_and_where_it_is_certain_in_the_least() {
        let copied = |preparation: &Preparation| {
            let bounds = Bounds::of(Some(400), preparation, |size| size).unwrap();
            (bounds.smallest.copied, bounds.largest.copied)
        };
        let folded = Preparation::default();
        assert_eq!(copied(&folded), (false, true), "nobody knows whether economies are split");
        let kept = Preparation { keep_splits: true, ..folded };
        assert_eq!(copied(&kept), (false, false));
        let groups = vec![parse_group("EU=DEU,FRA").unwrap()];
        assert_eq!(copied(&Preparation { groups, ..kept }), (true, true));
    }

    #[test]
    fn a_job_is_refused_only_when_the_table_that_needs_least_would_not_do() {
        let bounds = bounds(Some(4_000), None, 16).unwrap();
        let (least, most) = (bounds.least(), bounds.most());
        assert_eq!(bounds.foreseen(Some(most)), Foreseen::Admitted);
        let there = most - 1;
        assert_eq!(bounds.foreseen(Some(there)), Foreseen::Open { least, most, there });
        assert_eq!(bounds.foreseen(Some(least)), Foreseen::Open { least, most, there: least });
        let there = least - 1;
        assert_eq!(bounds.foreseen(Some(there)), Foreseen::Refused { least, there });
    }

    #[test]
    fn nothing_is_known_of_a_file_that_does_not_tell_and_of_cells_that_nobody_counted() {
        assert!(bounds(None, None, 2).is_none());
        assert!(bounds(Some(4_000), Some(Storage::Compressed), 2).is_none());
        for columns in [0, 1, 7, 8, 9] {
            assert!(bounds(Some(columns), Some(Storage::Double), 2).is_some(), "{columns}");
        }
    }
}
