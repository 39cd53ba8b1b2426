//! How much memory a piece of work needs, told before it starts, and how much there is.
//!
//! [`predict`] is a sum over the large arrays that stand in memory at the same time; everything small is one constant. It
//! is a pure function of sizes, so that a run of many tables can be planned with it. [`Rewrite`] is the same for work that
//! makes one table of another and writes it.

mod error;
mod rewrite;

pub use error::{MemoryError, Way};
pub(crate) use rewrite::WAITING;
pub use rewrite::{Rewrite, TableSize, Written};

pub use crate::machine::{available, readable, resident, usable};

use super::solver::{BlockKrylov, DenseF32, DenseInverse, DenseLu, LeontiefSolver, SparseKrylov, by_size};
use crate::kernel::sparse::block_bytes;
use crate::kernel::stored::Storage;
use crate::level::Level;
use crate::machine;
use crate::table::IcioTable;

/// The program itself, its threads, labels and everything that does not grow with the table.
pub(crate) const BASE: u64 = 48 << 20;
/// Labels of a row, in the table and in the models and results that name it.
const LABEL: u64 = 240;
/// Matrices of right-hand sides that a solve holds at once: what was asked, the answer, its product with A, a tile.
const SOLVE_COPIES: u64 = 4;
/// Vectors that the longest correction of a block Krylov solve keeps, two a sweep, with its work space; in double precision,
/// should single not do.
const KRYLOV_VECTORS: u64 = 20;
/// Right-hand sides that a Krylov iteration takes together.
const KRYLOV_TOGETHER: u64 = 256;
/// Order of the diagonal blocks of the block solver: neighbours are united up to the first, an economy is cut at the second.
const KRYLOV_BLOCK: (u64, u64) = (256, 2_048);
/// Rows up to which the own table of an economy is made dense where the table of the world is not.
pub const LARGEST_OWN: usize = 4_000;
/// (n, G) matrices of final demand, output and exports that a model keeps.
const MODEL_FLOWS: u64 = 8;

/// What is to be done, in sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// Rows of the table, n.
    pub rows: usize,
    /// Economies, G.
    pub economies: usize,
    /// Categories of final demand, K.
    pub categories: usize,
    /// How intermediate use is kept.
    pub storage: Storage,
    /// Cells of intermediate use that are not zero; counts only where they alone are kept.
    pub non_zeros: usize,
    /// Solver id; chosen by size when absent.
    pub solver: Option<&'static str>,
    /// Is a second copy of the flows made first (economies united, a satellite fitted beside the table)?
    pub copied: bool,
    /// Is the global inverse needed?
    pub inverse: bool,
    /// (n, G) matrices that the method holds besides the model.
    pub flows: usize,
    /// Dense matrices of the size of all flows, (n, n + G K), that are held besides the model: tables drawn, derivatives
    /// by cell.
    pub copies: usize,
    /// Tables that stand beside the model, each as this one is kept.
    pub tables: usize,
    /// Rows of the largest economy.
    pub largest: usize,
    /// Dense tables of the largest economy alone that the method holds.
    pub own_tables: usize,
    /// Numbers of the result: rows times columns, each kept twice on its way to the writer.
    pub result: usize,
    /// What could be asked instead for less, where there is something: as in [`Asked::less`].
    pub less: Option<&'static str>,
}

impl Workload {
    /// The smallest work on a table: its model and one solve with a right-hand side an economy.
    pub fn of(table: &IcioTable) -> Self {
        let block = table.intermediate_use();
        let non_zeros = if block.storage() == Storage::Compressed { block.non_zeros() } else { 0 };
        let (axis, categories) = (table.axis(), table.categories().len());
        Self {
            largest: axis.max_block(),
            ..Self::smallest(axis.n_rows(), axis.n_economies(), categories, block.storage(), non_zeros)
        }
    }

    /// The same on a table of these sizes; `non_zeros` counts where they alone are kept.
    fn smallest(
        rows: usize,
        economies: usize,
        categories: usize,
        storage: Storage,
        non_zeros: usize,
    ) -> Self {
        Self {
            rows,
            economies,
            categories,
            storage,
            non_zeros,
            solver: None,
            copied: false,
            inverse: false,
            flows: 2,
            copies: 0,
            tables: 0,
            largest: rows.div_ceil(economies.max(1)),
            own_tables: 0,
            result: 0,
            less: None,
        }
    }
}

/// What is asked of a table, as far as memory is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How finely the result is told.
    pub level: Level,
    /// Has the result a row for every pair of rows of the table?
    pub pairs: bool,
    /// Columns of the result, keys included.
    pub columns: usize,
    /// Is the inverse of the whole world needed?
    pub inverse: bool,
    /// (n, G) matrices that are held besides the model.
    pub flows: usize,
    /// Dense tables of the largest economy alone that are held besides.
    pub own_tables: usize,
    /// What the user could ask instead for less, as the command has it: `a coarser --level`.
    pub less: Option<&'static str>,
}

/// What a result of a level can be instead: nothing is coarser than economies.
#[must_use]
pub fn coarser_than(level: Level) -> Option<&'static str> {
    (level != Level::Country).then_some("a coarser --level")
}

impl Asked {
    /// A row for every unit of a level, nothing of which could be less.
    #[must_use]
    pub fn of_level(level: Level, columns: usize, flows: usize) -> Self {
        Self { level, pairs: false, columns, inverse: false, flows, own_tables: 0, less: None }
    }

    /// As work on a table.
    pub fn on(&self, table: &IcioTable) -> Workload {
        self.over(Workload::of(table))
    }

    /// Several pieces of work on one model, each with how many of its results are kept, as one piece of work.
    ///
    /// What each holds besides the model may stay with the model, so the flows of all are counted.
    #[must_use]
    pub fn together(all: impl IntoIterator<Item = (Self, usize)>, rows: usize, economies: usize) -> Self {
        let mut sum = Self::of_level(Level::Sector, 0, 0);
        let mut numbers = 0;
        for (asked, kept) in all {
            numbers += kept * asked.numbers(rows, economies);
            sum.flows += asked.flows;
            sum.own_tables = sum.own_tables.max(asked.own_tables);
            sum.inverse |= asked.inverse;
        }
        Self { columns: numbers.div_ceil(rows.max(1)), ..sum }
    }

    /// Numbers of the result.
    fn numbers(&self, rows: usize, economies: usize) -> usize {
        self.columns * if self.pairs { rows * rows } else { self.level.size(rows, economies) }
    }

    /// As work on a table of the size that some other work has.
    #[must_use]
    pub fn over(&self, work: Workload) -> Workload {
        Workload {
            inverse: self.inverse,
            flows: self.flows,
            own_tables: self.own_tables,
            less: self.less,
            result: self.numbers(work.rows, work.economies),
            ..work
        }
    }
}

/// Predicted peaks, in bytes: of the whole process, at each stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prediction {
    /// While the flows are made ready for the model (a second copy, where one is made).
    pub opening: u64,
    /// While I − A is factorised.
    pub modelling: u64,
    /// While right-hand sides are solved, the inverse is made and the method runs.
    pub computing: u64,
}

impl Prediction {
    /// The largest.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.opening.max(self.modelling).max(self.computing)
    }
}

/// How many bytes does the process need at most, from an opened table to the result?
///
/// ```text
/// opening    Z (twice where it is copied) + Y
/// modelling  A + factors + flows
/// computing  A + factors + flows + inverse and local inverses + right-hand sides + method + result
/// ```
/// An inverse, of the world or of an economy, is made by way of factors where a pivot is lost without row exchanges: they
/// stand beside it until it is done, and nobody knows before that a pivot will be lost.
///
/// Dense factors take 8 n² bytes (4 n² in single precision); the block solver takes two copies in single precision, its
/// diagonal blocks and a Krylov basis; the sparse one the transpose, a block of vectors, and A in compressed rows unless
/// that is how A is kept. Reading a file comes before this, and is refused by its importer when there is no room; what it
/// leaves of the cells as they came stands beside every stage.
#[must_use]
pub fn predict(work: &Workload) -> Prediction {
    let (n, economies) = (work.rows as u64, work.economies as u64);
    let square = square(work.storage, n, work.non_zeros as u64);
    let final_demand = 8 * n * economies * work.categories as u64;
    let columns = 8 * n * economies;
    let base = BASE + left_by_reading(work);
    let opening = base + LABEL * n + square * (1 + u64::from(work.copied)) + final_demand;
    let (_, solving) = factors(work, n, economies);
    let held = base + of_model(work);
    // L_s of every economy; blocks of about the same size. In compressed rows the domestic cells and their transpose,
    // unless all cells are domestic.
    let local = match work.storage {
        Storage::Compressed if economies == 1 => 0,
        Storage::Compressed => 2 * square,
        _ => 8 * n * n / economies.max(1),
    };
    // The inverse (unless the solver made it), and the loops of every economy with their factors. Other storages never have
    // one: what needs it says so, or is left out.
    let own = if work.solver == Some(DenseInverse.id()) { 0 } else { 8 * n * n };
    let inverse = if work.inverse && work.storage == Storage::Double { own + 2 * local } else { 0 };
    // While the local inverses are made, and before the one of the world is: the factors of each.
    let eliminated = if work.storage == Storage::Compressed { 0 } else { local };
    let computing = held
        + local
        + inverse.max(eliminated)
        + solving.max(2 * columns)
        + work.flows as u64 * columns
        + work.copies as u64 * (8 * n * n + final_demand)
        + work.tables as u64 * (square + final_demand)
        + own_tables(work)
        + 16 * work.result as u64;
    let beside = if work.solver == Some(DenseInverse.id()) { 8 * n * n } else { 0 };
    Prediction { opening, modelling: held + final_demand + beside, computing }
}

/// Bytes of a model: A, factors, flows, labels.
fn of_model(work: &Workload) -> u64 {
    let (n, economies) = (work.rows as u64, work.economies as u64);
    let (factors, _) = factors(work, n, economies);
    LABEL * n + square(work.storage, n, work.non_zeros as u64) + factors + MODEL_FLOWS * 8 * n * economies
}

/// Bytes that stay of work that is done: its model, and what its method holds besides.
#[must_use]
pub fn kept(work: &Workload) -> u64 {
    of_model(work) + 8 * work.flows as u64 * work.rows as u64 * work.economies as u64
}

/// Bytes of dense tables of the largest economy: of a network with a large one none is made.
fn own_tables(work: &Workload) -> u64 {
    let made = work.storage != Storage::Compressed || work.largest <= LARGEST_OWN;
    if made { 8 * (work.own_tables * work.largest * work.largest) as u64 } else { 0 }
}

/// Bytes that stay of dense cells as they were read.
fn left_by_reading(work: &Workload) -> u64 {
    let columns = work.rows as u64 + work.economies as u64 * work.categories as u64;
    if work.storage == Storage::Compressed { 0 } else { machine::stays(8 * work.rows as u64 * columns) }
}

/// Bytes of a matrix of n rows and columns.
fn square(storage: Storage, n: u64, non_zeros: u64) -> u64 {
    match storage {
        Storage::Double => 8 * n * n,
        Storage::Single => 4 * n * n,
        _ => 12 * non_zeros + 4 * n,
    }
}

/// Bytes of the factors, and of the vectors of one solve.
fn factors(work: &Workload, n: u64, economies: u64) -> (u64, u64) {
    let solve = SOLVE_COPIES * 8 * n * economies;
    let basis = 8 * (KRYLOV_VECTORS + SOLVE_COPIES) * n * economies.min(KRYLOV_TOGETHER);
    let solver = work.solver.unwrap_or_else(|| by_size(work.rows, work.storage).id());
    if solver == SparseKrylov.id() {
        // The transpose, and A itself unless it is shared; a dense A is counted in full when its non-zeros are not known.
        let stored = if work.non_zeros > 0 { work.non_zeros as u64 } else { n * n };
        let copies = if work.storage == Storage::Compressed { 1 } else { 2 };
        (12 * copies * stored, solve + block_bytes(n, stored))
    } else if solver == BlockKrylov.id() {
        let block = (n / economies.max(1)).clamp(KRYLOV_BLOCK.0, KRYLOV_BLOCK.1).min(n);
        // A copy a side in single precision, for sweeps over A and over its transpose, and inverses of the diagonal blocks
        // in both precisions, should single not do; compressed rows stay as they are.
        let (copies, inverses) =
            if work.storage == Storage::Compressed { (0, 8) } else { (2 * 4 * n * n, 12) };
        (copies + inverses * n * block, basis)
    } else if solver == DenseF32.id() {
        (4 * n * n, solve + solve / 2)
    } else {
        (8 * n * n, solve)
    }
}

/// Refuses work whose predicted peak is above the limit: what is stated, or else what the machine has left. Without
/// either nothing is refused.
///
/// # Errors
/// [`MemoryError`].
pub fn admit(what: &str, work: &Workload, stated: Option<u64>) -> Result<Prediction, MemoryError> {
    admit_beside(what, work, 0, stated)?;
    Ok(predict(work))
}

/// The same beside so many bytes that other work holds; gives the bytes at the peak, these among them.
///
/// # Errors
/// [`MemoryError`].
pub fn admit_beside(what: &str, work: &Workload, held: u64, stated: Option<u64>) -> Result<u64, MemoryError> {
    let peak = |work: &Workload| held + predict(work).peak();
    let needed = peak(work);
    fits(needed, stated, |there| {
        // Work without a result is that of commands that read a table in one way only.
        let may = work.storage == Storage::Double && !work.inverse && work.result > 0;
        let eliminated = work.solver.is_none() && by_size(work.rows, work.storage).id() == DenseLu.id();
        let mut ways = Vec::new();
        if may && eliminated {
            let factors = Workload { solver: Some(DenseF32.id()), ..*work };
            ways.push((Way::Solver(DenseF32.id()), peak(&factors)));
        }
        if may {
            let single = Workload { storage: Storage::Single, solver: None, ..*work };
            ways.push((Way::SinglePrecision, peak(&single)));
        }
        MemoryError {
            what: named(what, work.rows, work.economies, work.storage),
            needed,
            there,
            stated: stated.is_some(),
            ways,
            less: work.less,
            adds_up: false,
        }
    })?;
    Ok(needed)
}

/// Refuses bytes above the limit: what is stated, or else what the machine has left.
fn fits(
    needed: u64,
    stated: Option<u64>,
    refused: impl FnOnce(u64) -> MemoryError,
) -> Result<(), MemoryError> {
    match stated.or_else(usable) {
        Some(there) if needed > there => Err(refused(there)),
        _ => Ok(()),
    }
}

/// Refuses work whose bytes are known by other means than the size of one table, as [`admit`] does; `ways` are those of
/// [`MemoryError`].
///
/// # Errors
/// [`MemoryError`].
pub fn admit_bytes(
    what: &str,
    needed: u64,
    ways: Vec<(Way, u64)>,
    stated: Option<u64>,
) -> Result<(), MemoryError> {
    fits(needed, stated, |there| MemoryError {
        what: what.to_owned(),
        needed,
        there,
        stated: stated.is_some(),
        ways,
        less: None,
        adds_up: true,
    })
}

/// What an error calls work on a table.
fn named(what: &str, rows: usize, economies: usize, storage: Storage) -> String {
    format!("{what}: {rows} rows, {economies} economies, {storage}")
}

/// What is said of work before it starts, where somebody wants to know.
#[must_use]
pub fn told(what: &str, rows: usize, storage: Storage, peak: u64, stated: Option<u64>) -> String {
    told_bytes(&format!("{what} on {rows} rows ({storage})"), peak, stated)
}

/// The same of work that has another measure.
#[must_use]
pub fn told_bytes(work: &str, peak: u64, stated: Option<u64>) -> String {
    let limit = stated.or_else(usable).map(|there| machine::limit(there, stated.is_some()));
    format!(
        "memory: {work} takes about {} at its peak{}",
        machine::readable_up(peak),
        limit.map_or_else(String::new, |limit| format!(", {limit}"))
    )
}

/// `16G` and `2GiB` (binary multiples), `1.5 GB` (decimal ones), `800M`: bytes. Nothing when it is not such a text.
#[must_use]
pub fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..split].parse().ok()?;
    let factor = match text[split..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "k" | "kib" => 1024.0,
        "m" | "mib" => 1024.0_f64.powi(2),
        "g" | "gib" => 1024.0_f64.powi(3),
        "t" | "tib" => 1024.0_f64.powi(4),
        _ => return None,
    };
    let bytes = number * factor;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
    (1.0..1e18).contains(&bytes).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(rows: usize, storage: Storage) -> Workload {
        Workload {
            rows,
            economies: 164,
            categories: 6,
            storage,
            non_zeros: 0,
            solver: None,
            copied: false,
            inverse: false,
            flows: 2,
            copies: 0,
            tables: 0,
            largest: rows.div_ceil(164),
            own_tables: 0,
            result: 0,
            less: None,
        }
    }

    #[test]
    fn sizes_are_read_and_told() {
        for (text, bytes) in [
            ("16G", 16 << 30),
            ("1.5 GB", 1_500_000_000),
            ("800m", 800 << 20),
            ("2GiB", 2 << 30),
            ("512", 512),
        ] {
            assert_eq!(parse_bytes(text), Some(bytes), "{text}");
        }
        for text in ["", "much", "16X", "-1G", "0", "1e3G"] {
            assert_eq!(parse_bytes(text), None, "{text}");
        }
    }

    #[test]
    fn work_grows_with_what_is_asked_and_shrinks_with_the_storage() {
        let plain = work(4_000, Storage::Double);
        let peak = |work: Workload| predict(&work).peak();
        assert!(peak(Workload { inverse: true, ..plain }) >= peak(plain) + 8 * 4_000 * 4_000);
        assert_eq!(peak(Workload { copies: 2, ..plain }), peak(plain) + 16 * 4_000 * (4_000 + 164 * 6));
        assert_eq!(peak(Workload { result: 1_000, ..plain }), peak(plain) + 16_000);
        let asked = Asked::of_level(Level::Sector, 3, 2);
        assert_eq!(asked.over(plain).result, 3 * 4_000);
        assert_eq!(Asked { pairs: true, ..asked }.over(plain).result, 3 * 4_000 * 4_000);
        let other = Asked { level: Level::Country, inverse: true, flows: 5, ..asked };
        let both = Asked::together([(asked, 1), (other, 10)], 4_000, 164);
        assert_eq!((both.flows, both.inverse), (7, true));
        assert!((16_920..16_920 + 4_000).contains(&both.over(plain).result), "{both:?}");
        assert!(peak(Workload { storage: Storage::Single, ..plain }) < peak(plain));
        assert!(peak(Workload { solver: Some("dense-f32"), ..plain }) < peak(plain));
        // Where there can be no inverse none is counted: what needs it says so itself.
        let single = work(4_000, Storage::Single);
        assert_eq!(peak(Workload { inverse: true, ..single }), peak(single));
        // The largest database in single precision within eight gigabytes.
        let largest = work(19_680, Storage::Single);
        assert!(peak(largest) - left_by_reading(&largest) < 8_000_000_000);
        assert!(peak(work(19_680, Storage::Double)) > peak(work(19_680, Storage::Single)) + 1_500_000_000);
    }

    #[test]
    fn an_inverse_by_way_of_factors_has_room_for_both() {
        let square = 8 * 4_000 * 4_000;
        // The world: A, the factors, the inverse.
        let inverted = Workload { solver: Some("dense-inverse"), ..work(4_000, Storage::Double) };
        assert!(predict(&inverted).modelling >= BASE + 3 * square);
        // Its only economy: A, the factors of the world, those of the economy, its inverse.
        for solver in [None, Some("dense-pivoted"), Some("dense-inverse"), Some("dense-f32")] {
            let alone = Workload { economies: 1, largest: 4_000, solver, ..work(4_000, Storage::Double) };
            let factors = if solver == Some("dense-f32") { square / 2 } else { square };
            assert!(predict(&alone).computing >= BASE + 3 * square + factors, "{solver:?}");
        }
    }

    #[test]
    fn what_reading_leaves_stands_beside_every_stage_and_models_that_stay_beside_the_next_one() {
        let small = work(410, Storage::Double);
        let cells = 8 * 410 * (410 + 164 * 6);
        // All of a small table's; of networks the cells are not read in pieces.
        assert_eq!(left_by_reading(&small), cells);
        assert_eq!(predict(&small).opening, BASE + cells + LABEL * 410 + cells);
        assert_eq!(left_by_reading(&Workload { storage: Storage::Compressed, ..small }), 0);
        let large = work(4_000, Storage::Double);
        assert_eq!(left_by_reading(&large), machine::stays(8 * 4_000 * (4_000 + 164 * 6)));
        let (held, peak) = (kept(&small), predict(&large).peak());
        assert!((2 * 8 * 410 * 410..2 * cells).contains(&held), "{held}");
        assert_eq!(admit_beside("claims", &large, held, Some(held + peak)), Ok(held + peak));
        let error = admit_beside("claims", &large, held, Some(peak)).unwrap_err();
        assert_eq!((error.needed, error.there), (held + peak, peak));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_numbers_and_a_way_out() {
        let large = Workload { result: 1, ..work(19_680, Storage::Double) };
        let peak = predict(&large).peak();
        let error = admit("tiva", &large, Some(peak - 1_000_000_000)).unwrap_err();
        assert!(error.to_string().contains("19680 rows"), "{error}");
        assert!(error.to_string().contains(&machine::readable_up(peak)), "{error}");
        assert!(error.hint().contains("--store f32"), "{}", error.hint());
        let tight = admit("tiva", &large, Some(50_000_000)).unwrap_err();
        assert!(!tight.hint().contains("--store f32"), "{}", tight.hint());
        assert!(admit("tiva", &large, Some(20_000_000_000)).is_ok());
        let plain = Workload { result: 1, ..work(4_000, Storage::Double) };
        let half = predict(&Workload { solver: Some("dense-f32"), ..plain }).peak();
        let hint = admit("tiva", &plain, Some(half)).unwrap_err().hint();
        assert!(hint.contains("--solver dense-f32"), "{hint}");
        let hint = admit("tiva", &plain, Some(half - 1)).unwrap_err().hint();
        assert!(!hint.contains("--solver"), "{hint}");
        let model = admit("the model", &work(19_680, Storage::Double), Some(50_000_000)).unwrap_err();
        assert!(!model.hint().contains("--level"), "{}", model.hint());
    }
}
