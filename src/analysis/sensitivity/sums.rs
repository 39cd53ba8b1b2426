//! Cells added up by economies or by sectors, each straight into the place of its pair.

use rayon::prelude::*;

use super::cells::{Cells, Changed, Effect, Place, Row};

/// What is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pairs {
    /// A selling and a buying economy.
    Economies,
    /// A selling sector and a buying sector or category.
    Sectors,
}

/// What the cells of a pair add up to.
#[derive(Debug, Clone, Copy)]
struct Sum {
    /// Column and row of its first cell.
    first: (usize, usize),
    effect: Effect,
}

impl Pairs {
    fn buyer(self, cells: &Cells<'_>, column: usize) -> usize {
        let place = cells.buyer(column);
        match self {
            Self::Economies => place.economy as usize,
            Self::Sectors => place.sector as usize,
        }
    }

    /// Value added is no sector of the economy that sells to itself: it stands behind all economies, as it does behind all
    /// sectors.
    fn seller(self, cells: &Cells<'_>, row: usize, column: usize) -> usize {
        match self {
            Self::Economies if cells.is_value_added(row) => cells.axis.n_economies(),
            Self::Economies => cells.axis.economy_of(row),
            Self::Sectors => cells.seller(row, column).sector as usize,
        }
    }

    fn sellers(self, cells: &Cells<'_>) -> usize {
        match self {
            Self::Economies => cells.axis.n_economies() + 1,
            Self::Sectors => cells.value_added_label() + 1,
        }
    }

    fn buyers(self, cells: &Cells<'_>) -> usize {
        match self {
            Self::Economies => cells.axis.n_economies(),
            Self::Sectors => cells.value_added_label(),
        }
    }

    fn place(self, position: usize) -> Place {
        match self {
            Self::Economies => Place { economy: position as u32, sector: 0 },
            Self::Sectors => Place { economy: 0, sector: position as u32 },
        }
    }
}

/// Cells of the same pair added up; the derivative is then that of one unit spread in proportion. A coefficient is that of
/// the sums: all that the sellers sell to the buyers, over the output of the buyers. Pairs come in the order of their first
/// cells.
///
/// Buyers are taken side by side, the columns of each in the order of the table: the order of every sum is that of the
/// table, whatever the number of threads.
pub(super) fn added_up(cells: &Cells<'_>, pairs: Pairs) -> Vec<Row> {
    let mut columns = vec![Vec::new(); pairs.buyers(cells)];
    for column in 0..cells.columns() {
        columns[pairs.buyer(cells, column)].push(column);
    }
    let mut sums: Vec<((usize, usize), Row)> = columns
        .par_iter()
        .enumerate()
        .flat_map_iter(|(buyer, columns)| of_buyer(cells, pairs, buyer, columns))
        .collect();
    sums.sort_unstable_by_key(|(first, _)| *first);
    sums.into_iter().map(|(_, row)| row).collect()
}

/// Every pair of one buyer, with column and row of its first cell.
fn of_buyer(cells: &Cells<'_>, pairs: Pairs, buyer: usize, columns: &[usize]) -> Vec<((usize, usize), Row)> {
    let mut sums: Vec<Option<Sum>> = vec![None; pairs.sellers(cells)];
    for &column in columns {
        cells.each_row(column, |row| {
            let effect = cells.effect(row, column);
            let sum = sums[pairs.seller(cells, row, column)]
                .get_or_insert(Sum { first: (column, row), effect: Effect::default() });
            sum.effect.flow += effect.flow;
            sum.effect.weighted += effect.weighted;
            sum.effect.variance_share += effect.variance_share;
        });
    }
    let made = match &cells.changed {
        Changed::Flows(_) => None,
        Changed::Coefficients { output, .. } => {
            let mut made = 0.0;
            columns.iter().for_each(|&column| made += output[column]);
            Some(made)
        }
    };
    let row = |(seller, sum): (usize, Sum)| {
        let Effect { flow, weighted, .. } = sum.effect;
        let base = made.map_or(flow, |made| flow / made);
        let derivative = if base == 0.0 { f64::NAN } else { weighted / base };
        let effect = Effect { base, derivative, ..sum.effect };
        (sum.first, Row { seller: pairs.place(seller), buyer: pairs.place(buyer), effect })
    };
    sums.into_iter().enumerate().filter_map(|(seller, sum)| Some((seller, sum?))).map(row).collect()
}
