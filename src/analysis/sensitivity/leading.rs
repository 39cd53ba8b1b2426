//! The first of many ranked cells, without a list of all of them.

use std::cmp::Ordering;

use rayon::prelude::*;

/// Cells that are let in beyond the limit before the last of them are dropped, at the least: dropping takes a pass over all.
const SLACK: usize = 1_024;

/// A cell and what it is ranked by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub rank: f64,
    column: u32,
    row: u32,
}

impl Ranked {
    pub fn new(rank: f64, row: usize, column: usize) -> Self {
        Self { rank, column: column as u32, row: row as u32 }
    }

    /// Row and column of the table.
    pub fn place(&self) -> (usize, usize) {
        (self.row as usize, self.column as usize)
    }

    /// The largest come first, ties in the order of the table, column by column: no two cells are equal, so what comes
    /// first does not depend on how the cells were divided.
    fn order(&self, other: &Self) -> Ordering {
        other.rank.total_cmp(&self.rank).then_with(|| (self.column, self.row).cmp(&(other.column, other.row)))
    }
}

/// At most `limit` cells of those that it was given, the first in order.
pub(super) struct Leading {
    limit: usize,
    seen: usize,
    kept: Vec<Ranked>,
    /// The last that is certain to be among the first of all seen, once there are more than the limit.
    bound: Option<Ranked>,
}

impl Leading {
    pub fn new(limit: usize) -> Self {
        Self { limit, seen: 0, kept: Vec::new(), bound: None }
    }

    pub fn push(&mut self, cell: Ranked) {
        self.seen += 1;
        if self.bound.is_some_and(|bound| bound.order(&cell).is_lt()) {
            return;
        }
        self.kept.push(cell);
        if self.kept.len() >= self.limit.saturating_add(self.limit.max(SLACK)) {
            self.cut();
        }
    }

    /// The first of both.
    pub fn joined(mut self, mut other: Self) -> Self {
        self.seen += other.seen;
        self.kept.append(&mut other.kept);
        self.cut();
        self
    }

    fn cut(&mut self) {
        if self.kept.len() > self.limit {
            let (_, last, _) = self.kept.select_nth_unstable_by(self.limit - 1, Ranked::order);
            self.bound = Some(*last);
            self.kept.truncate(self.limit);
        }
    }

    /// The cells in order, and how many there were.
    pub fn in_order(mut self) -> (Vec<Ranked>, usize) {
        self.cut();
        self.kept.par_sort_unstable_by(Ranked::order);
        (self.kept, self.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More cells than the slack, thirteen ranks, so that the limit cuts through ties.
    #[test]
    fn the_first_are_those_of_a_full_stable_sort_however_the_cells_are_divided() {
        let cells: Vec<Ranked> = (0..5_000_usize)
            .map(|index| Ranked::new(((index * 7_919) % 13) as f64, index % 50, index / 50))
            .collect();
        let mut sorted = cells.clone();
        // The cells stand in the order of the table: a stable sort keeps it in ties.
        sorted.sort_by(|a, b| b.rank.total_cmp(&a.rank));
        let places = |cells: &[Ranked]| cells.iter().map(Ranked::place).collect::<Vec<_>>();
        for limit in [1, 20, 386, 1_500, 4_999, 5_000, usize::MAX] {
            for bands in [1, 3, 40] {
                let mut parts: Vec<Leading> = cells
                    .chunks(cells.len().div_ceil(bands))
                    .map(|band| {
                        let mut leading = Leading::new(limit);
                        band.iter().for_each(|cell| leading.push(*cell));
                        leading
                    })
                    .collect();
                // In whatever order they are joined.
                parts.reverse();
                let (found, seen) =
                    parts.into_iter().reduce(Leading::joined).expect("there are bands").in_order();
                assert_eq!(seen, cells.len());
                assert_eq!(places(&found), places(&sorted[..limit.min(cells.len())]), "{limit}, {bands}");
            }
        }
    }
}
