//! What work needs that makes one table of another and writes it: balancing, folding, deflating, adding up, renaming.

use super::{BASE, LABEL, MemoryError, Way, Workload, fits, left_by_reading, named, predict, square, told};
use crate::kernel::stored::{DENSE_ORDER, Storage};
use crate::table::IcioTable;

/// Bytes of a negative cell while a table is balanced: row and size, in a list that grows.
const NEGATIVE: u64 = 48;
/// Bytes of a cell that is added up in compressed rows: its place and value, and the rows that are made of them.
const ADDED: u64 = 32;
/// Bytes of a column of a file besides its cells: its label, its place in the frame and in the file.
const COLUMN: u64 = 2_048;
/// Bytes of a cell of CSV with its comma: seventeen digits, a point, signs and an exponent.
const TEXT: u64 = 22;
/// Lines of CSV that a thread makes at a time.
const LINES: u64 = 1_024;
/// Bytes of a cell on its way to a file of cells that are not zero: place and value, and once more the value.
const STORED: u64 = 24;
/// Bytes of such a cell of a year that waits for others: place and value.
pub(crate) const WAITING: u64 = 16;

/// A table in sizes: what of it takes room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSize {
    /// Rows, n.
    pub rows: usize,
    /// Economies, G.
    pub economies: usize,
    /// Categories of final demand, K.
    pub categories: usize,
    /// Rows below the industries, published output among them.
    pub below: usize,
    /// How intermediate use is kept.
    pub storage: Storage,
    /// Cells of intermediate use that are not zero.
    pub non_zeros: usize,
}

impl TableSize {
    /// Of a table that is open.
    ///
    /// # Cost
    /// A pass over its cells.
    pub fn of(table: &IcioTable) -> Self {
        let block = table.intermediate_use();
        Self {
            rows: table.axis().n_rows(),
            economies: table.axis().n_economies(),
            categories: table.categories().len(),
            below: table.primary_rows().len() + usize::from(table.published_output().is_some()),
            storage: block.storage(),
            non_zeros: block.non_zeros(),
        }
    }

    /// Bytes of the table: Z, Y, the rows below and the labels.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let n = self.rows as u64;
        let below = 8 * self.below as u64 * (n + self.final_columns());
        self.square() + 8 * n * self.final_columns() + below + LABEL * n
    }

    /// Bytes while the table is read: dense cells as they came, which are of double precision, beside the table made of them.
    fn read(self) -> u64 {
        if self.storage == Storage::Compressed { self.bytes() } else { self.dense().bytes() + self.flows() }
    }

    fn square(&self) -> u64 {
        square(self.storage, self.rows as u64, self.non_zeros as u64)
    }

    /// Columns of final demand, G K.
    fn final_columns(&self) -> u64 {
        self.economies as u64 * self.categories as u64
    }

    /// `[Z Y]`, dense in double precision.
    fn flows(&self) -> u64 {
        8 * self.rows as u64 * (self.rows as u64 + self.final_columns())
    }

    /// Lines and columns of the canonical layout.
    fn layout(&self) -> (u64, u64) {
        ((self.rows + self.below) as u64, self.rows as u64 + self.final_columns() + 1)
    }

    /// Cells of the canonical layout that are not zero, at most: every one of Y and of the rows below is taken for one.
    fn stored(&self) -> u64 {
        let ((lines, columns), n) = (self.layout(), self.rows as u64);
        (self.non_zeros as u64 + n * (self.final_columns() + 1) + (lines - n) * columns).min(lines * columns)
    }

    /// The same with every cell dense in double precision.
    fn dense(self) -> Self {
        Self { storage: Storage::Double, ..self }
    }

    /// Economies and sectors added up, to so many rows of so many economies at most.
    fn added_up(self, rows: usize, economies: usize) -> Self {
        let (rows, economies) = (rows.min(self.rows), economies.min(self.economies));
        let sparse = self.storage == Storage::Compressed && rows > DENSE_ORDER;
        Self {
            rows,
            economies,
            storage: if sparse { Storage::Compressed } else { Storage::Double },
            non_zeros: self.non_zeros.min(rows.saturating_mul(rows)),
            ..self
        }
    }

    /// As the smallest work on it: its model and a solve with a right-hand side an economy.
    fn work(&self) -> Workload {
        let non_zeros = if self.storage == Storage::Compressed { self.non_zeros } else { 0 };
        Workload::smallest(self.rows, self.economies, self.categories, self.storage, non_zeros)
    }

    /// Bytes of that work alone.
    fn model(&self) -> u64 {
        let work = self.work();
        predict(&work).peak() - BASE - left_by_reading(&work)
    }
}

/// Where a table goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Nowhere: it is looked at.
    Nowhere,
    /// A CSV file.
    Csv,
    /// A Parquet file: a column for each of its columns or, of compressed rows, a line for each cell that is not zero.
    Parquet,
    /// A Parquet file of several years: its cells wait for those of the others.
    Panel,
}

impl Written {
    /// Bytes besides the table.
    fn bytes(self, table: &TableSize) -> u64 {
        let (lines, columns) = table.layout();
        let frame = 8 * lines * columns + COLUMN * columns;
        match self {
            Self::Nowhere => 0,
            Self::Csv => {
                let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
                frame + TEXT * columns * lines.min(LINES * threads)
            }
            Self::Parquet if table.storage == Storage::Compressed => STORED * table.stored(),
            Self::Parquet => frame,
            Self::Panel => WAITING * table.stored(),
        }
    }
}

/// One table made of another and written.
///
/// ```text
/// reading  what it is made of + its cells as they came
/// making   what it is made of + what is made + working copies
/// writing  what was made + the columns or cells of the file
/// ```
/// Beside making and writing stands what reading leaves of the cells as they came: a part of them where the allocator hands
/// back the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewrite {
    from: TableSize,
    made: TableSize,
    /// Bytes while the tables are read.
    reading: u64,
    /// Bytes while the table is made.
    making: u64,
    /// An option that takes less, and the bytes with it.
    otherwise: Option<(&'static str, u64)>,
    adds_up: bool,
}

impl Rewrite {
    /// A table that stays as it was read.
    #[must_use]
    pub fn unchanged(from: TableSize) -> Self {
        let (reading, making) = (from.read(), from.bytes());
        Self { from, made: from, reading, making, otherwise: None, adds_up: false }
    }

    /// So many tables of one size, side by side.
    #[must_use]
    pub fn side_by_side(from: TableSize, tables: usize) -> Self {
        let one = Self::unchanged(from);
        let others = (tables as u64).saturating_sub(1) * from.bytes();
        Self { reading: others + one.reading, making: others + one.making, ..one }
    }

    /// Other labels: the table and a copy, which shares compressed rows.
    #[must_use]
    pub fn renaming(from: TableSize) -> Self {
        let shared = if from.storage == Storage::Compressed { from.square() } else { 0 };
        Self { making: 2 * from.bytes() - shared, ..Self::unchanged(from) }
    }

    /// Flows brought to margins: the table; `[Z Y]` as it was and as it is fitted, which becomes the new table; Y once more
    /// while it does; the negative cells by themselves.
    #[must_use]
    pub fn balancing(from: TableSize, negative_cells: usize) -> Self {
        let final_demand = 8 * from.rows as u64 * from.final_columns();
        let making = from.bytes() + 2 * from.flows() + final_demand + NEGATIVE * negative_cells as u64;
        Self { making, ..Self::made(from, from.dense()) }
    }

    /// Flows at other prices: the table and the new one, which is dense and has one row below beside published output.
    #[must_use]
    pub fn deflating(from: TableSize) -> Self {
        Self::made(from, TableSize { below: 2, ..from.dense() })
    }

    /// Economies or sectors added up, to so many rows of so many economies at most: the table and the new one; of compressed
    /// rows that stay such, the cells on their way as well.
    #[must_use]
    pub fn adding_up(from: TableSize, rows: usize, economies: usize) -> Self {
        Self { adds_up: true, ..Self::folding(from, rows, economies) }
    }

    /// The same of the parts of split economies.
    #[must_use]
    pub fn folding(from: TableSize, rows: usize, economies: usize) -> Self {
        let plain = Self::made(from, from.added_up(rows, economies));
        let on_their_way =
            if plain.made.storage == Storage::Compressed { ADDED * from.non_zeros as u64 } else { 0 };
        Self { making: plain.making + on_their_way, ..plain }
    }

    /// The same, and what folding changes: beside the table and the folded one, the table with its parts united, and a model
    /// of the one or of the other.
    #[must_use]
    pub fn folding_with_effect(from: TableSize, rows: usize, economies: usize) -> Self {
        let plain = Self::folding(from, rows, economies);
        let tables = 2 * from.bytes() + plain.made.bytes();
        let effect = tables + from.model().max(plain.made.model());
        Self { making: effect.max(plain.making), otherwise: Some(("--no-effect", plain.making)), ..plain }
    }

    fn made(from: TableSize, made: TableSize) -> Self {
        Self { made, making: from.bytes() + made.bytes(), ..Self::unchanged(from) }
    }

    /// Has the table that is made the rows, the columns and the storage of the one that is read, for certain?
    #[must_use]
    pub fn keeps_size(&self) -> bool {
        !self.adds_up && self.made == self.from
    }

    /// Bytes of the whole process at its peak; `held` is what waits of other tables.
    #[must_use]
    pub fn peak(&self, to: Written, held: u64) -> u64 {
        self.peak_of(self.making, to, held)
    }

    fn peak_of(&self, making: u64, to: Written, held: u64) -> u64 {
        let writing = self.made.bytes() + to.bytes(&self.made);
        BASE + held + self.reading.max(left_by_reading(&self.from.work()) + making.max(writing))
    }

    /// Refuses what takes more than the limit (what is stated, or else what the machine has left), and gives the bytes that
    /// it takes; `held` as in [`Rewrite::peak`].
    ///
    /// # Errors
    /// [`MemoryError`].
    pub fn admit(&self, what: &str, to: Written, held: u64, stated: Option<u64>) -> Result<u64, MemoryError> {
        let needed = self.peak(to, held);
        fits(needed, stated, |there| {
            let mut ways: Vec<(Way, u64)> = self
                .otherwise
                .map(|(option, making)| (Way::Option(option), self.peak_of(making, to, held)))
                .into_iter()
                .collect();
            match to {
                Written::Panel => ways.push((Way::FileEach, self.peak(Written::Parquet, 0))),
                Written::Csv if self.made.storage == Storage::Compressed => {
                    ways.push((Way::NonZeros, self.peak(Written::Parquet, held)));
                }
                _ => {}
            }
            let from = &self.from;
            MemoryError {
                what: named(what, from.rows, from.economies, from.storage),
                needed,
                there,
                stated: stated.is_some(),
                ways,
                less: None,
                adds_up: self.adds_up,
            }
        })?;
        Ok(needed)
    }

    /// What is said of it before it starts: `peak` is what [`Rewrite::admit`] gave.
    #[must_use]
    pub fn told(&self, what: &str, peak: u64, stated: Option<u64>) -> String {
        told(what, self.from.rows, self.from.storage, peak, stated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::stored::StoredMatrix;
    use crate::machine;

    /// The embedded tables of 41 economies and 20 sectors.
    fn small() -> TableSize {
        TableSize {
            rows: 820,
            economies: 41,
            categories: 5,
            below: 3,
            storage: Storage::Double,
            non_zeros: 600_000,
        }
    }

    #[test]
    fn the_copies_of_a_table_are_counted() {
        let from = small();
        let (table, flows) = (from.bytes(), 8 * 820 * (820 + 41 * 5));
        assert!((flows..flows + 400_000).contains(&table), "{table}");
        // Without what reading left behind.
        let peak = |rewrite: Rewrite| rewrite.peak(Written::Nowhere, 0) - BASE - flows;
        assert_eq!(peak(Rewrite::unchanged(from)), table);
        assert_eq!(peak(Rewrite::side_by_side(from, 17)), 17 * table);
        assert_eq!(peak(Rewrite::renaming(from)), 2 * table);
        // Two copies and Y once more.
        let balancing = peak(Rewrite::balancing(from, 0)) - table;
        assert_eq!(balancing, 2 * flows + 8 * 820 * 41 * 5);
        assert_eq!(peak(Rewrite::balancing(from, 1_000)) - table, balancing + 48_000);
        assert!(peak(Rewrite::deflating(from)) < 2 * table);
        // Added up to a tenth, the new table is a hundredth.
        assert!(peak(Rewrite::adding_up(from, 82, 41)) < table + table / 20);
        // Three tables, coefficients and factors.
        let effect = Rewrite::folding_with_effect(from, 820, 41);
        assert!((5 * table..7 * table).contains(&peak(effect)), "{}", peak(effect));
        assert_eq!(peak(Rewrite::folding(from, 820, 41)), 2 * table);
    }

    #[test]
    fn other_storages_are_counted_as_they_are_kept() {
        let single = TableSize { storage: Storage::Single, ..small() };
        assert!(single.bytes() < small().bytes());
        // What is made is dense in double precision, whatever it is made of.
        for made in
            [Rewrite::balancing(single, 0), Rewrite::deflating(single), Rewrite::folding(single, 820, 41)]
        {
            assert_eq!(made.made.storage, Storage::Double);
        }
        let network = TableSize {
            rows: 100_000,
            economies: 1,
            categories: 1,
            below: 1,
            storage: Storage::Compressed,
            non_zeros: 3_000_000,
        };
        // A copy shares the rows, and the file holds the cells that are not zero.
        assert!(Rewrite::renaming(network).peak(Written::Nowhere, 0) < BASE + network.bytes() * 2);
        assert!(Rewrite::renaming(network).peak(Written::Parquet, 0) < 300_000_000);
        assert!(Rewrite::balancing(network, 0).peak(Written::Nowhere, 0) > 160_000_000_000);
        // A file with a column for every row does not fit, and nobody wants one.
        let wide = Rewrite::unchanged(network).admit("import", Written::Csv, 0, Some(1 << 30)).unwrap_err();
        assert!(wide.hint().starts_with("an output named .parquet"), "{}", wide.hint());
    }

    #[test]
    fn what_was_read_of_a_large_table_does_not_stand_beside_what_is_written() {
        let large = TableSize { rows: 3_600, economies: 60, categories: 1, below: 0, ..small() };
        let (table, flows) = (large.bytes(), large.flows());
        let import = Rewrite::unchanged(large);
        // What is only looked at takes most while it is read.
        assert_eq!(import.peak(Written::Nowhere, 0), BASE + table + flows);
        assert_eq!(import.peak(Written::Nowhere, 1_000), BASE + 1_000 + table + flows);
        // The table and the file; where the allocator keeps what it has, the cells as they came as well.
        let written = import.peak(Written::Parquet, 0) - BASE;
        let kept = machine::stays(flows) == flows;
        assert_eq!(written > 5 * flows / 2, kept, "{written} {flows}");
    }

    #[test]
    fn compressed_rows_become_dense_where_the_kernel_makes_them_so() {
        for order in [DENSE_ORDER, DENSE_ORDER + 1] {
            let block = StoredMatrix::from(sprs::CsMatI::<f64, u32>::eye(order));
            let target: Vec<usize> = (0..order).collect();
            let from = TableSize { rows: order, storage: Storage::Compressed, non_zeros: order, ..small() };
            let made = block.folded(&target, order, &target, order);
            assert_eq!(from.added_up(order, 41).storage, made.storage(), "{order}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_numbers_and_what_takes_less() {
        let effect = Rewrite::folding_with_effect(small(), 820, 41);
        let needed = effect.peak(Written::Parquet, 0);
        assert_eq!(effect.admit("fold", Written::Parquet, 0, Some(needed)), Ok(needed));
        let error = effect.admit("fold", Written::Parquet, 0, Some(needed - 1)).unwrap_err();
        assert_eq!(error.needed, needed);
        assert!(error.to_string().starts_with("fold: 820 rows, 41 economies"), "{error}");
        assert!(error.hint().contains("`--no-effect` (about"), "{}", error.hint());
        let tight = effect.admit("fold", Written::Parquet, 0, Some(BASE)).unwrap_err();
        assert!(!tight.hint().contains("--no-effect"), "{}", tight.hint());
        // What waits of other years counts, and does not where each has a file of its own.
        let waiting = effect.admit("fold", Written::Panel, 1 << 30, Some(1 << 30)).unwrap_err();
        assert!(waiting.needed > (1 << 30) + BASE && waiting.hint().contains("-o FOLDER/"), "{waiting:?}");
        // Nobody is told to do what was asked for.
        let adding = Rewrite::adding_up(small(), 82, 41);
        let error = adding.admit("aggregate", Written::Csv, 0, Some(BASE)).unwrap_err();
        assert_eq!(error.hint(), "a larger --memory");
        assert!(adding.told("aggregate", needed, Some(1 << 30)).starts_with("memory: aggregate on 820 rows"));
    }
}
