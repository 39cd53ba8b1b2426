//! What columns buy in two years, apart into how much, of what, and of whom; and where such shares are not defined.

use nalgebra::DMatrix;

use crate::labels::Axis;

/// Suppliers' amounts that add up to less than this part of their sizes cancel: their shares would be above ten in sum, and
/// say nothing of where things come from.
const CANCELS: f64 = 0.1;
/// Sums of amounts of one sign miss the sum of their sizes by no more than this part of it.
const ROUNDING: f64 = 1e-12;
/// Years of two tables, by position.
pub(super) const YEARS: [usize; 2] = [0, 1];

/// A year in which there is something of which shares can be made: the one asked for, or else the other.
pub(super) fn there(amounts: [&[f64]; 2], place: usize, year: usize) -> usize {
    if amounts[year][place] == 0.0 { 1 - year } else { year }
}

/// What columns buy in all in two years: what a mix is a mix of.
pub(super) struct Totals {
    sums: [Vec<f64>; 2],
    /// Sums without signs.
    pub(super) sizes: [Vec<f64>; 2],
}

impl Totals {
    pub(super) fn of(cells: [&DMatrix<f64>; 2]) -> Self {
        let sums = |year: usize, of: fn(f64) -> f64| -> Vec<f64> {
            cells[year]
                .column_iter()
                .map(|column| column.iter().map(|amount| of(*amount)).sum::<f64>())
                .collect()
        };
        Self {
            sums: YEARS.map(|year| sums(year, |amount| amount)),
            sizes: YEARS.map(|year| sums(year, f64::abs)),
        }
    }

    /// Do amounts cancel in one of the years, so that parts of their sum say nothing?
    pub(super) fn cancels(&self, column: usize) -> bool {
        YEARS.iter().any(|&year| self.sums[year][column].abs() < CANCELS * self.sizes[year][column])
    }

    /// As much as in the year of `total`, mixed as in the year of `mix`: the year of the amounts to take, and how many
    /// times. Nothing has no mix, and what cancels has none of use: it stays as it was in the year of `total`.
    pub(super) fn scaled(&self, column: usize, total: usize, mix: usize) -> (usize, f64) {
        if self.cancels(column) {
            return (total, 1.0);
        }
        let mix = there([&self.sizes[0], &self.sizes[1]], column, mix);
        let held = self.sums[mix][column];
        (mix, if total == mix || held == 0.0 { 1.0 } else { self.sums[total][column] / held })
    }
}

/// What columns buy of rows in two years, apart into what is bought of a sector and whom it is bought of.
pub(super) struct Sourced<'a> {
    /// Amounts, (n_rows, columns).
    cells: [&'a DMatrix<f64>; 2],
    /// What is bought of each sector, whoever sells, (n_sectors, columns).
    pub(super) totals: [DMatrix<f64>; 2],
    /// Where suppliers have no shares of their own in both years, (n_sectors, columns) by columns.
    whole: Vec<bool>,
    /// Sector of each row.
    sectors: Vec<usize>,
    pub(super) undefined: Undefined,
}

impl<'a> Sourced<'a> {
    /// `weights` make flows of the amounts of a column; a column of weight zero is not there in that year.
    pub(super) fn of(axis: &Axis, cells: [&'a DMatrix<f64>; 2], weights: [&[f64]; 2]) -> Self {
        let sectors: Vec<usize> = (0..axis.n_rows()).map(|row| axis.sector_of(row)).collect();
        let (n_sectors, columns) = (axis.n_sectors(), cells[0].ncols());
        let sums = |year: usize, of: fn(f64) -> f64| {
            let mut sums: DMatrix<f64> = DMatrix::zeros(n_sectors, columns);
            for (column, bought) in cells[year].column_iter().enumerate() {
                for (amount, sector) in bought.iter().zip(&sectors) {
                    sums[(*sector, column)] += of(*amount);
                }
            }
            sums
        };
        let totals = YEARS.map(|year| sums(year, |amount| amount));
        let sizes = YEARS.map(|year| sums(year, f64::abs));
        let mut undefined = Undefined::default();
        let mut whole = Vec::with_capacity(n_sectors * columns);
        for column in 0..columns {
            let both = weights[0][column] != 0.0 && weights[1][column] != 0.0;
            for sector in 0..n_sectors {
                let place = (sector, column);
                let flow: f64 =
                    YEARS.iter().map(|&year| sizes[year][place] * weights[year][column].abs()).sum();
                let nil = YEARS.map(|year| sizes[year][place] == 0.0);
                let cancels = YEARS.map(|year| totals[year][place].abs() < CANCELS * sizes[year][place]);
                let signed =
                    YEARS.map(|year| totals[year][place].abs() < (1.0 - ROUNDING) * sizes[year][place]);
                undefined.flow += flow;
                if nil[0] != nil[1] && both {
                    undefined.nil.count(flow);
                }
                if cancels[0] || cancels[1] {
                    undefined.cancelling.count(flow);
                } else if signed[0] || signed[1] {
                    undefined.signed.count(flow);
                    for year in (0..2).filter(|&year| signed[year]) {
                        let sum = sizes[year][place] / totals[year][place].abs();
                        undefined.largest_sum = undefined.largest_sum.max(sum);
                    }
                }
                whole.push(nil[0] || nil[1] || cancels[0] || cancels[1]);
            }
        }
        Self { cells, totals, whole, sectors, undefined }
    }

    /// What a column buys of a row: so much of the sector as in one year, by the shares of suppliers of another. Without shares
    /// in both years it is what was bought in the first of them.
    pub(super) fn cell(&self, total: usize, shares: usize, row: usize, column: usize) -> f64 {
        let place = (self.sectors[row], column);
        if total == shares || self.whole[column * self.totals[0].nrows() + self.sectors[row]] {
            return self.cells[total][(row, column)];
        }
        self.cells[shares][(row, column)] * (self.totals[total][place] / self.totals[shares][place])
    }
}

/// Cells of a kind and the flows in them.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    cells: usize,
    flow: f64,
}

impl Count {
    fn count(&mut self, flow: f64) {
        self.cells += 1;
        self.flow += flow;
    }
}

/// Where shares of suppliers are not defined, or not between zero and one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Undefined {
    /// All flows of both years.
    flow: f64,
    /// Nothing bought in one of the years.
    nil: Count,
    /// Amounts that cancel.
    cancelling: Count,
    /// Amounts of both signs that do not cancel.
    signed: Count,
    /// Largest sum of the sizes of such shares.
    largest_sum: f64,
}

impl Undefined {
    /// In words: what is bought, what a cell is, and which factor has what is not taken apart.
    pub(super) fn told(&self, what: &str, cell: &str, factor: &str) -> Vec<String> {
        let percent = |count: Count| {
            let percent = 100.0 * count.flow / self.flow.max(f64::MIN_POSITIVE);
            if percent < 0.01 && percent > 0.0 {
                "less than 0.01".to_owned()
            } else {
                format!("{percent:.2}")
            }
        };
        let mut told = Vec::new();
        if self.nil.cells > 0 {
            told.push(format!(
                "{what}: nothing in one of the years in {} cells of what {cell} ({} % of {what} of both years): suppliers \
                 have the shares of the other year",
                self.nil.cells,
                percent(self.nil)
            ));
        }
        if self.cancelling.cells > 0 {
            told.push(format!(
                "{what}: suppliers' amounts cancel in {} cells of what {cell} ({} % of {what}): no shares are made, all that \
                 changes there is {factor}",
                self.cancelling.cells,
                percent(self.cancelling)
            ));
        }
        if self.signed.cells > 0 {
            told.push(format!(
                "{what}: suppliers' amounts have both signs in {} cells of what {cell} ({} % of {what}): shares are not all \
                 between 0 and 1, their sizes add up to {:.2} at most",
                self.signed.cells,
                percent(self.signed),
                self.largest_sum
            ));
        }
        told
    }
}
