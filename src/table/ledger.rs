//! What the checks read from a table, the same for tables of the world and of one economy: sums by row and column, counts
//! of cells by block, exports by economy.

use nalgebra::DMatrixView;
use rayon::prelude::*;

use super::cells::RoundingStep;
use super::extract::EXTRACTED;
use super::{IcioTable, NationalTable, PrimaryRow, RowRole, known_splits};
use crate::kernel::dense;
use crate::kernel::spectral::{SpectralRadius, spectral_radius};

/// Cells of one block of a table, counted.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct BlockCount {
    /// Which block, in words.
    pub block: &'static str,
    /// Cells.
    pub cells: usize,
    /// Cells that are exactly zero.
    pub zero: usize,
    /// Cells below zero.
    pub negative: usize,
    /// Sum of the negative cells.
    pub negative_sum: f64,
    /// Sum of all cells.
    pub sum: f64,
    /// Label of the most negative cell, and the cell.
    pub most_negative: Option<(String, f64)>,
}

/// Is a block part of intermediate use, of final use, or below both?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    Intermediate,
    Final,
    ValueAdded,
}

/// Exports of an economy.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ExportCells {
    /// The economy.
    pub economy: String,
    /// Gross exports.
    pub exports: f64,
    /// Cells that are not zero.
    pub cells: usize,
    /// Value in cells of at most `SMALL_CELL` rounding steps: rounding alone moves each by 5% or more.
    pub in_small_cells: f64,
}

/// Cells of at most so many rounding steps are small: half a step is 5% of the largest of them.
pub const SMALL_CELL: f64 = 10.0;

/// Cells of Y that are looked through together.
const PIECE: usize = 1 << 16;

/// A count in progress; the labels are made for the worst cell only.
struct Counter {
    count: BlockCount,
    kind: BlockKind,
    worst: Option<(usize, usize, f64)>,
}

impl Counter {
    fn new(block: &'static str, kind: BlockKind) -> Self {
        let count = BlockCount {
            block,
            cells: 0,
            zero: 0,
            negative: 0,
            negative_sum: 0.0,
            sum: 0.0,
            most_negative: None,
        };
        Self { count, kind, worst: None }
    }

    fn see(&mut self, row: usize, column: usize, value: f64) {
        let count = &mut self.count;
        count.cells += 1;
        count.sum += value;
        if value == 0.0 {
            count.zero += 1;
        } else if value < 0.0 {
            count.negative += 1;
            count.negative_sum += value;
            self.see_worst((row, column, value));
        }
    }

    /// The most negative cell, of equals the first, column by column: the same one in every storage.
    fn see_worst(&mut self, (row, column, value): (usize, usize, f64)) {
        let is_worse = |worst: (usize, usize, f64)| {
            value.total_cmp(&worst.2).then((column, row).cmp(&(worst.1, worst.0))).is_lt()
        };
        if self.worst.is_none_or(is_worse) {
            self.worst = Some((row, column, value));
        }
    }

    /// Counts the cells of another part of the block.
    fn add(&mut self, part: &Self) {
        let (count, more) = (&mut self.count, &part.count);
        count.cells += more.cells;
        count.zero += more.zero;
        count.negative += more.negative;
        count.negative_sum += more.negative_sum;
        count.sum += more.sum;
        if let Some(cell) = part.worst {
            self.see_worst(cell);
        }
    }

    /// Cells that are zero and were not shown.
    fn unseen(mut self, cells: usize) -> Self {
        self.count.zero += cells - self.count.cells;
        self.count.cells = cells;
        self
    }

    fn finish(mut self, label: impl Fn(usize, usize) -> String) -> (BlockKind, BlockCount) {
        self.count.most_negative = self.worst.map(|(row, column, value)| (label(row, column), value));
        (self.kind, self.count)
    }
}

/// Exports of one economy in progress.
#[derive(Clone, Copy, Default)]
struct Exported {
    value: f64,
    cells: usize,
    in_small_cells: f64,
}

impl Exported {
    fn see(&mut self, value: f64, small: f64) {
        self.value += value;
        if value != 0.0 {
            self.cells += 1;
        }
        if value.abs() <= small {
            self.in_small_cells += value.abs();
        }
    }

    fn add(&mut self, part: &Self) {
        self.value += part.value;
        self.cells += part.cells;
        self.in_small_cells += part.in_small_cells;
    }

    fn of(self, economy: &str) -> ExportCells {
        ExportCells {
            economy: economy.to_owned(),
            exports: self.value,
            cells: self.cells,
            in_small_cells: self.in_small_cells,
        }
    }
}

/// Cells of Z or of Y in progress: what stays at home, what goes abroad, and whose exports that is.
struct Tally {
    home: Counter,
    abroad: Counter,
    exports: Vec<Exported>,
    /// Cells up to this size are small.
    small: f64,
}

impl Tally {
    fn new([home, abroad]: [&'static str; 2], kind: BlockKind, economies: usize, small: f64) -> Self {
        Self {
            home: Counter::new(home, kind),
            abroad: Counter::new(abroad, kind),
            exports: vec![Exported::default(); economies],
            small,
        }
    }

    /// Cells of Z that are not zero. Parts are counted side by side and added up in their order.
    fn of_use(table: &IcioTable, small: f64) -> Self {
        let (flows, blocks) = (table.intermediate_use(), table.axis().blocks());
        let empty = || Self::new(["Z domestic", "Z imported"], BlockKind::Intermediate, blocks.len(), small);
        let parts = flows.by_bands(|rows, columns| {
            let mut tally = empty();
            for (economy, block) in blocks.iter().enumerate() {
                let rows = rows.start.max(block.start)..rows.end.min(block.end);
                if !rows.is_empty() {
                    flows.for_each_in(rows, columns.clone(), |row, column, value| {
                        tally.see(economy, block.contains(&column), row, column, value);
                    });
                }
            }
            tally
        });
        parts.iter().fold(empty(), Self::with)
    }

    /// Cells of Y, column by column.
    fn of_final(table: &IcioTable, small: f64) -> Self {
        let (demand, categories, blocks) =
            (table.final_demand(), table.categories().len(), table.axis().blocks());
        let empty = || Self::new(["Y domestic", "Y imported"], BlockKind::Final, blocks.len(), small);
        let parts: Vec<Self> = (0..demand.ncols())
            .into_par_iter()
            .map(|column| {
                let (mut tally, cells) = (empty(), demand.column(column));
                for (economy, block) in blocks.iter().enumerate() {
                    let at_home = economy == column / categories;
                    for row in block.clone() {
                        tally.see(economy, at_home, row, column, cells[row]);
                    }
                }
                tally
            })
            .collect();
        parts.iter().fold(empty(), Self::with)
    }

    fn see(&mut self, economy: usize, at_home: bool, row: usize, column: usize, value: f64) {
        if at_home {
            self.home.see(row, column, value);
        } else {
            self.abroad.see(row, column, value);
            self.exports[economy].see(value, self.small);
        }
    }

    fn with(mut self, part: &Self) -> Self {
        self.home.add(&part.home);
        self.abroad.add(&part.abroad);
        self.exports.iter_mut().zip(&part.exports).for_each(|(exports, part)| exports.add(part));
        self
    }
}

/// Sums, counts and labels of a table.
pub(super) struct Ledger<'a> {
    /// Label of each industry.
    pub(super) labels: Vec<String>,
    /// Sum of each industry's sales.
    pub(super) output: Vec<f64>,
    /// Sum of each industry's intermediate inputs, from home and abroad.
    pub(super) inputs: Vec<f64>,
    /// Output as published.
    pub(super) published: Option<&'a [f64]>,
    /// Rows below.
    pub(super) primary: &'a [PrimaryRow],
    /// Cells by block.
    pub(super) blocks: Vec<(BlockKind, BlockCount)>,
    /// What the figures are rounded to.
    pub(super) step: Option<f64>,
    /// Rounded cells in the sum of each row, and of each column: those of the source, where the table says how many there
    /// were.
    pub(super) cells_of_row: Vec<usize>,
    pub(super) cells_of_column: Vec<usize>,
    /// Exports by economy.
    pub(super) exports: Vec<ExportCells>,
    /// Economies that are parts of a split one, which results unite.
    pub(super) parts: Vec<String>,
}

impl<'a> Ledger<'a> {
    /// Reads a table of the world.
    pub(super) fn of(table: &'a IcioTable) -> Self {
        let axis = table.axis();
        let labels: Vec<String> = (0..axis.n_rows()).map(|row| axis.row_label(row)).collect();
        let step = rounding_step(table);
        let small = step.map_or(0.0, |step| SMALL_CELL * step);
        let (used, absorbed) = (Tally::of_use(table, small), Tally::of_final(table, small));
        let mut exported = used.exports;
        exported.iter_mut().zip(&absorbed.exports).for_each(|(exports, part)| exports.add(part));
        let exports = exported.iter().zip(axis.economies()).map(|(part, economy)| part.of(economy)).collect();
        // Zeros of Z are not visited: what was not seen is zero.
        let at_home = axis.blocks().iter().map(|block| block.len().pow(2)).sum();
        let (home, abroad) = (used.home.unseen(at_home), used.abroad.unseen(axis.n_rows().pow(2) - at_home));
        let in_use = |row: usize, column: usize| format!("{} -> {}", labels[row], labels[column]);
        let in_final =
            |row: usize, column: usize| format!("{} -> {}", labels[row], table.final_demand_label(column));
        let blocks = [
            home.finish(in_use),
            abroad.finish(in_use),
            absorbed.home.finish(in_final),
            absorbed.abroad.finish(in_final),
        ]
        .into_iter()
        .chain(value_added(table.primary_rows(), &labels))
        .collect();
        let (cells_of_row, cells_of_column) = rounded_cells(table);
        Self {
            output: table.row_sums(),
            inputs: table.input_sums(),
            published: table.published_output(),
            primary: table.primary_rows(),
            blocks,
            step,
            cells_of_row,
            cells_of_column,
            exports,
            parts: known_splits(axis).into_iter().flat_map(|split| split.members).collect(),
            labels,
        }
    }

    /// Reads a table of one economy.
    pub(super) fn of_national(table: &'a NationalTable) -> Self {
        let n = table.sectors().len();
        let labels: Vec<String> =
            table.sectors().iter().map(|sector| format!("{}.{sector}", table.economy())).collect();
        let parts = [
            ("Z domestic", BlockKind::Intermediate, table.domestic_use(), table.sectors()),
            ("Z imported", BlockKind::Intermediate, table.imported_use(), table.sectors()),
            ("Y domestic", BlockKind::Final, table.domestic_final(), table.categories()),
            ("Y imported", BlockKind::Final, table.imported_final(), table.categories()),
        ];
        let mut step = RoundingStep::default();
        parts.iter().flat_map(|(_, _, matrix, _)| matrix.as_slice()).for_each(|&value| step.see(value));
        table.exports().iter().for_each(|&value| step.see(value));
        let step = step.step();
        let mut output = table.exports().to_vec();
        let mut inputs = vec![0.0; n];
        let mut blocks = Vec::new();
        for (position, (block, kind, matrix, columns)) in parts.into_iter().enumerate() {
            let mut counter = Counter::new(block, kind);
            for (column, values) in matrix.column_iter().enumerate() {
                for (row, &value) in values.iter().enumerate() {
                    counter.see(row, column, value);
                    if position % 2 == 0 {
                        output[row] += value;
                    }
                    if kind == BlockKind::Intermediate {
                        inputs[column] += value;
                    }
                }
            }
            blocks.push(counter.finish(|row, column| format!("{} -> {}", labels[row], columns[column])));
        }
        blocks.extend(value_added(table.primary_rows(), &labels));
        let small = step.map_or(0.0, |step| SMALL_CELL * step);
        let mut exports = Exported::default();
        table.exports().iter().for_each(|&value| exports.see(value, small));
        Self {
            output,
            inputs,
            published: Some(table.output()),
            primary: table.primary_rows(),
            blocks,
            step,
            cells_of_row: vec![n + table.categories().len() + 1; n],
            cells_of_column: vec![2 * n + table.primary_rows().len(); n],
            exports: vec![exports.of(table.economy())],
            parts: Vec::new(),
            labels,
        }
    }

    /// Number of industries.
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Gross output that a column must add up to: published where there is such a figure, else the sum of the row.
    pub(super) fn expected_output(&self) -> &[f64] {
        self.published.unwrap_or(&self.output)
    }

    /// Inputs plus the rows below that close a column; nothing when no row is value added.
    pub(super) fn column_sums(&self) -> Option<Vec<f64>> {
        let mut sums = self.inputs.clone();
        for row in self.primary.iter().filter(|row| row.role.closes_the_column()) {
            sums.iter_mut().zip(&row.industries).for_each(|(sum, value)| *sum += value);
        }
        self.primary.iter().any(|row| row.role == RowRole::ValueAdded).then_some(sums)
    }
}

/// How many rounded cells stand behind the sum of each row and of each column.
///
/// Where economies were added up to a rest, every cell with it is a sum of cells that were rounded one by one, and errors of
/// half a step each add up: the cells are those of the table before. How many there were is recorded for an extraction;
/// a concordance does not record how many labels went into each of its targets, so its tables count the cells they have.
fn rounded_cells(table: &IcioTable) -> (Vec<usize>, Vec<usize>) {
    let (axis, below) = (table.axis(), table.primary_rows().len());
    let others = economies_in_rest(table).unwrap_or(1);
    let rest = axis.block(axis.n_economies() - 1);
    let rows = axis.n_rows() + (others - 1) * rest.len();
    let finals = table.final_demand().ncols() + (others - 1) * table.categories().len();
    let times = |row: usize| if rest.contains(&row) { others } else { 1 };
    let each = |cells: usize| (0..axis.n_rows()).map(|row| times(row) * cells).collect();
    (each(rows + finals), each(rows + below))
}

/// Of how many economies the last one of an extracted table is the sum; nothing when it is none, or when economies or
/// sectors were added up in another way too.
fn economies_in_rest(table: &IcioTable) -> Option<usize> {
    const ADD_UP: [&str; 3] = [EXTRACTED, "aggregated", "economies-folded"];
    let mut made = table.provenance().all_repairs();
    made.retain(|repair| ADD_UP.contains(&repair.name.as_str()));
    match made[..] {
        [only] if only.name == EXTRACTED && only.count > 0 => Some(only.count),
        _ => None,
    }
}

/// What the flows of a table are rounded to; nothing for full precision and for nothing but zeros.
///
/// Parts are looked through side by side: the finest step of a part is that of all, and one part of full precision is
/// enough.
fn rounding_step(table: &IcioTable) -> Option<f64> {
    let (flows, demand) = (table.intermediate_use(), table.final_demand());
    let of_part = |seen: RoundingStep| seen.step().unwrap_or(0.0);
    let mut steps = flows.by_bands(|rows, columns| {
        let (mut seen, mut any) = (RoundingStep::default(), false);
        flows.for_each_in(rows, columns, |_, _, value| {
            seen.see(value);
            any = true;
        });
        any.then(|| of_part(seen))
    });
    steps.par_extend(demand.as_slice().par_chunks(PIECE).map(|cells| {
        let mut seen = RoundingStep::default();
        cells.iter().for_each(|cell| seen.see(*cell));
        cells.iter().any(|cell| *cell != 0.0).then(|| of_part(seen))
    }));
    steps.into_iter().flatten().reduce(f64::min).filter(|step| *step > 0.0)
}

/// The rows of value added as one block.
fn value_added(primary: &[PrimaryRow], labels: &[String]) -> Option<(BlockKind, BlockCount)> {
    let rows: Vec<&PrimaryRow> = primary.iter().filter(|row| row.role == RowRole::ValueAdded).collect();
    let mut counter = Counter::new("value added", BlockKind::ValueAdded);
    for (position, row) in rows.iter().enumerate() {
        row.industries.iter().enumerate().for_each(|(column, &value)| counter.see(position, column, value));
    }
    (!rows.is_empty())
        .then(|| counter.finish(|row, column| format!("{} -> {}", rows[row].name, labels[column])))
}

/// Spectral radius of A = Z x̂⁻¹ of a table of the world, x being the sum of the row.
pub(super) fn radius_of(table: &IcioTable, output: &[f64]) -> SpectralRadius {
    let flows = table.intermediate_use();
    let columns = 0..flows.ncols();
    radius(output, |weights| {
        flows.sums_by_ranges(std::slice::from_ref(&columns), Some(weights)).as_slice().to_vec()
    })
}

/// The same of A^D = Z^D x̂⁻¹ of a national table, x being published output.
pub(super) fn radius_of_national(table: &NationalTable) -> SpectralRadius {
    radius(table.output(), |weights| {
        let weights = DMatrixView::from_slice(weights, weights.len(), 1);
        dense::multiply(table.domestic_use().as_view(), weights).as_slice().to_vec()
    })
}

/// Spectral radius of Z x̂⁻¹, where `product` is Z times a vector.
fn radius(output: &[f64], product: impl Fn(&[f64]) -> Vec<f64>) -> SpectralRadius {
    let per_unit: Vec<f64> = output.iter().map(|&x| if x == 0.0 { 0.0 } else { 1.0 / x }).collect();
    spectral_radius(output.len(), |vector, image| {
        let weights: Vec<f64> = vector.iter().zip(&per_unit).map(|(value, unit)| value * unit).collect();
        image.copy_from_slice(&product(&weights));
    })
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::*;
    use crate::kernel::stored::Storage;
    use crate::table::{Provenance, TableParts};

    /// Economies of unequal size; the last band of columns, and of rows, is smaller than the others.
    const SECTORS: [usize; 4] = [700, 1, 299, 190];
    const EVERY_STORAGE: [Storage; 3] = [Storage::Double, Storage::Single, Storage::Compressed];

    /// Cells are multiples of `unit`, half of them zero, some below zero; equal ones are among the most negative.
    fn world(unit: f64) -> IcioTable {
        let rows: Vec<(String, String)> = SECTORS
            .iter()
            .enumerate()
            .flat_map(|(economy, &size)| (0..size).map(move |i| (format!("E{economy}"), format!("s{i}"))))
            .collect();
        let n = rows.len();
        let cell = |i: usize, j: usize| {
            let k = (i * 7_919 + j * 104_729 + i * j) % 211;
            if k.is_multiple_of(2) { 0.0 } else { unit * (k as f64 - 8.0) }
        };
        IcioTable::new(TableParts {
            rows,
            categories: vec!["C".into(), "I".into()],
            intermediate_use: DMatrix::from_fn(n, n, cell).into(),
            final_demand: DMatrix::from_fn(n, 2 * SECTORS.len(), |i, j| {
                if j % 2 == 0 { unit * 20_000.0 } else { cell(i + 3, j) }
            }),
            primary_rows: Vec::new(),
            published_output: None,
            unit: "unit".into(),
            year: None,
            provenance: Provenance::default(),
        })
        .unwrap()
    }

    /// Counts and exports as they are defined, cell after cell on one thread.
    fn cell_by_cell(table: &IcioTable, small: f64) -> (Vec<BlockCount>, Vec<ExportCells>) {
        let axis = table.axis();
        let mut counters = [("Z domestic", BlockKind::Intermediate), ("Z imported", BlockKind::Intermediate)]
            .into_iter()
            .chain([("Y domestic", BlockKind::Final), ("Y imported", BlockKind::Final)])
            .map(|(block, kind)| Counter::new(block, kind))
            .collect::<Vec<_>>();
        let mut exports = vec![Exported::default(); axis.n_economies()];
        let categories = table.categories().len();
        for (part, cells) in
            [table.intermediate_use().to_dense(), table.final_demand().clone()].iter().enumerate()
        {
            for (column, values) in cells.column_iter().enumerate() {
                let buyer = if part == 0 { axis.economy_of(column) } else { column / categories };
                for (row, &value) in values.iter().enumerate() {
                    let seller = axis.economy_of(row);
                    counters[2 * part + usize::from(buyer != seller)].see(row, column, value);
                    if buyer != seller {
                        exports[seller].see(value, small);
                    }
                }
            }
        }
        let label = |part: usize, row: usize, column: usize| {
            let to = if part < 2 { axis.row_label(column) } else { table.final_demand_label(column) };
            format!("{} -> {to}", axis.row_label(row))
        };
        let counts = counters.into_iter().enumerate();
        let counts = counts.map(|(part, counter)| counter.finish(|row, column| label(part, row, column)).1);
        let exports = exports.iter().zip(axis.economies()).map(|(part, economy)| part.of(economy));
        (counts.collect(), exports.collect())
    }

    #[test]
    fn counts_sums_and_exports_are_those_of_the_cells_in_every_storage() {
        // Quarters: single precision holds them, and their sums are exact in any order.
        let table = world(0.25);
        let (blocks, exports) = cell_by_cell(&table, 0.01 * SMALL_CELL);
        assert!(blocks.iter().all(|block| block.negative > 1) && exports.iter().all(|part| part.cells > 0));
        let flows = table.intermediate_use().to_dense();
        let rows = flows.column_sum() + table.final_demand().column_sum();
        for storage in EVERY_STORAGE {
            let table = table.clone().kept_as(storage).unwrap();
            let ledger = Ledger::of(&table);
            let found: Vec<BlockCount> = ledger.blocks.iter().map(|(_, block)| block.clone()).collect();
            assert_eq!((ledger.step, &found, &ledger.exports), (Some(0.01), &blocks, &exports), "{storage}");
            assert_eq!(ledger.output, rows.as_slice(), "{storage}");
            assert_eq!(ledger.inputs, flows.row_sum().as_slice(), "{storage}");
        }
    }

    #[test]
    fn exports_in_small_cells_are_found_by_the_step_of_the_whole_table() {
        // Of all cells one alone is not a whole number: bands that do not see it still count by its step.
        let mut table = world(1.0);
        table.final_demand[(0, 0)] += 0.5;
        let ledger = Ledger::of(&table);
        assert_eq!(ledger.step, Some(0.1));
        assert_eq!(ledger.exports, cell_by_cell(&table, 1.0).1);
        assert!(ledger.exports.iter().any(|part| part.in_small_cells > 0.0));
        table.final_demand[(0, 0)] += 1.0 / 3.0;
        assert_eq!(Ledger::of(&table).step, None);
    }

    #[test]
    fn the_bits_do_not_depend_on_the_number_of_threads() {
        for storage in EVERY_STORAGE {
            let table = world(1.0 / 3.0).kept_as(storage).unwrap();
            let bits = |threads: usize| -> Vec<u64> {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| {
                    let ledger = Ledger::of(&table);
                    let blocks = ledger.blocks.iter().flat_map(|(_, block)| [block.sum, block.negative_sum]);
                    let exports = ledger.exports.iter().flat_map(|part| [part.exports, part.in_small_cells]);
                    let radius = radius_of(&table, &ledger.output).radius;
                    let sums = ledger.output.iter().chain(&ledger.inputs).copied();
                    blocks.chain(exports).chain(sums).chain([radius]).map(f64::to_bits).collect()
                })
            };
            assert_eq!(bits(1), bits(3), "{storage}");
        }
    }

    #[test]
    fn the_radius_is_that_of_products_cell_by_cell_in_every_storage() {
        let table = world(0.25);
        let output = table.row_sums();
        let expected = spectral_radius(output.len(), |vector, product| {
            table.each_use(|row, column, value| product[row] += value / output[column] * vector[column]);
        });
        assert!(expected.settled && expected.radius > 0.1, "{expected:?}");
        for storage in EVERY_STORAGE {
            let found = radius_of(&table.clone().kept_as(storage).unwrap(), &output);
            assert!(found.settled && (found.radius - expected.radius).abs() < 1e-12, "{storage}: {found:?}");
        }
    }
}
