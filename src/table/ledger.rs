//! What the checks read from a table, the same for tables of the world and of one economy: sums by row and column, counts
//! of cells by block, exports by economy.

use super::cells::RoundingStep;
use super::{IcioTable, NationalTable, PrimaryRow, RowRole};
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
            if self.worst.is_none_or(|(_, _, worst)| value < worst) {
                self.worst = Some((row, column, value));
            }
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
    /// Cells in the sum of a row, and in the sum of a column.
    pub(super) cells_of_row: usize,
    pub(super) cells_of_column: usize,
    /// Exports by economy.
    pub(super) exports: Vec<ExportCells>,
}

impl<'a> Ledger<'a> {
    /// Reads a table of the world.
    pub(super) fn of(table: &'a IcioTable) -> Self {
        let axis = table.axis();
        let categories = table.categories().len();
        let economy_of: Vec<usize> = (0..axis.n_rows()).map(|row| axis.economy_of(row)).collect();
        let labels: Vec<String> = (0..axis.n_rows()).map(|row| axis.row_label(row)).collect();
        let mut step = RoundingStep::default();
        table.each_use(|_, _, value| step.see(value));
        table.each_final(|_, _, value| step.see(value));
        let step = step.step();
        let mut exports: Vec<ExportCells> = axis
            .economies()
            .iter()
            .map(|economy| ExportCells {
                economy: economy.clone(),
                exports: 0.0,
                cells: 0,
                in_small_cells: 0.0,
            })
            .collect();
        let small = step.map_or(0.0, |step| SMALL_CELL * step);
        let mut export = |economy: usize, value: f64| exports[economy].see(value, small);
        let mut home = Counter::new("Z domestic", BlockKind::Intermediate);
        let mut abroad = Counter::new("Z imported", BlockKind::Intermediate);
        let mut output = vec![0.0; axis.n_rows()];
        let mut inputs = vec![0.0; axis.n_rows()];
        table.each_use(|row, column, value| {
            output[row] += value;
            inputs[column] += value;
            if economy_of[row] == economy_of[column] {
                home.see(row, column, value);
            } else {
                abroad.see(row, column, value);
                export(economy_of[row], value);
            }
        });
        let mut final_home = Counter::new("Y domestic", BlockKind::Final);
        let mut final_abroad = Counter::new("Y imported", BlockKind::Final);
        table.each_final(|row, column, value| {
            output[row] += value;
            if economy_of[row] == column / categories {
                final_home.see(row, column, value);
            } else {
                final_abroad.see(row, column, value);
                export(economy_of[row], value);
            }
        });
        // Zeros of Z are not visited: what was not seen is zero.
        let at_home = (0..axis.n_economies()).map(|economy| axis.block(economy).len().pow(2)).sum();
        let (home, abroad) = (home.unseen(at_home), abroad.unseen(axis.n_rows().pow(2) - at_home));
        let in_use = |row: usize, column: usize| format!("{} -> {}", labels[row], labels[column]);
        let in_final =
            |row: usize, column: usize| format!("{} -> {}", labels[row], table.final_demand_label(column));
        let blocks = [
            home.finish(in_use),
            abroad.finish(in_use),
            final_home.finish(in_final),
            final_abroad.finish(in_final),
        ]
        .into_iter()
        .chain(value_added(table.primary_rows(), &labels))
        .collect();
        Self {
            output,
            inputs,
            published: table.published_output(),
            primary: table.primary_rows(),
            blocks,
            step,
            cells_of_row: axis.n_rows() + table.final_demand().ncols(),
            cells_of_column: axis.n_rows() + table.primary_rows().len(),
            exports,
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
        let mut exports =
            ExportCells { economy: table.economy().to_owned(), exports: 0.0, cells: 0, in_small_cells: 0.0 };
        table.exports().iter().for_each(|&value| exports.see(value, small));
        Self {
            output,
            inputs,
            published: Some(table.output()),
            primary: table.primary_rows(),
            blocks,
            step,
            cells_of_row: n + table.categories().len() + 1,
            cells_of_column: 2 * n + table.primary_rows().len(),
            exports: vec![exports],
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

impl ExportCells {
    fn see(&mut self, value: f64, small: f64) {
        self.exports += value;
        if value != 0.0 {
            self.cells += 1;
        }
        if value.abs() <= small {
            self.in_small_cells += value.abs();
        }
    }
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
    let per_unit: Vec<f64> = output.iter().map(|&x| if x == 0.0 { 0.0 } else { 1.0 / x }).collect();
    spectral_radius(output.len(), |vector, product| {
        table.each_use(|row, column, value| product[row] += value * per_unit[column] * vector[column]);
    })
}

/// The same of A^D = Z^D x̂⁻¹ of a national table, x being published output.
pub(super) fn radius_of_national(table: &NationalTable) -> SpectralRadius {
    let per_unit: Vec<f64> = table.output().iter().map(|&x| if x == 0.0 { 0.0 } else { 1.0 / x }).collect();
    spectral_radius(per_unit.len(), |vector, product| {
        for (column, values) in table.domestic_use().column_iter().enumerate() {
            let scale = per_unit[column] * vector[column];
            values.iter().zip(product.iter_mut()).for_each(|(value, to)| *to += value * scale);
        }
    })
}
