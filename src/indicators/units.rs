//! Units of a result: which cells of the table belong to a row of output, at each level and for each request.
//!
//! The finest cell is one row of the table and one partner; every other level is a sum of these. Indices never sum:
//! per-row measures (linkages, lengths) use [`Rows`], which keeps each row of the table apart, also inside a group.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::frame::{Column, Frame, IdentityGap, Measure};
use crate::labels::Axis;
use crate::model::Model;

use super::{Level, Request};

/// Cells that one task adds up at least.
const TASK: usize = 4096;

/// One row of output and the cells that are added up in it.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub economy: usize,
    pub sector: Option<usize>,
    pub partner: Option<usize>,
    /// Rows of the table.
    pub rows: Arc<[usize]>,
    /// Partners: one at the levels that name it, else all of them.
    pub partners: Arc<[usize]>,
}

/// The rows of output of a request.
pub(super) struct Units<'a> {
    axis: &'a Axis,
    year: Option<i32>,
    level: Level,
    units: Vec<Unit>,
}

/// Is the own economy one of the partners?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// Trade: partners are foreign.
    Excluded,
    /// Origins of value, suppliers: home is one of them.
    Included,
}

fn wanted(list: &[usize], index: usize) -> bool {
    list.is_empty() || list.contains(&index)
}

impl<'a> Units<'a> {
    pub(super) fn of(model: &'a Model, level: Level, request: &Request, home: Home) -> Self {
        let axis = model.axis();
        let mut units = Vec::new();
        let alone: Vec<Arc<[usize]>> = (0..axis.n_economies()).map(|r| Arc::from([r])).collect();
        for economy in (0..axis.n_economies()).filter(|&economy| wanted(&request.economies, economy)) {
            let partners: Arc<[usize]> =
                (0..axis.n_economies()).filter(|&r| r != economy || home == Home::Included).collect();
            let shown: Vec<usize> =
                partners.iter().copied().filter(|&r| wanted(&request.partners, r)).collect();
            let sectors: Vec<usize> =
                axis.sectors_of(economy).into_iter().filter(|&i| wanted(&request.sectors, i)).collect();
            // One pass over the rows, not one a sector: a network of firms has as many sectors as rows.
            let mut rows_of: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
            for row in axis.block(economy) {
                let sector = axis.sector_of(row);
                if wanted(&request.sectors, sector) {
                    rows_of.entry(level.has_sector().then_some(sector)).or_default().push(row);
                }
            }
            let named: Vec<Option<usize>> =
                if level.has_sector() { sectors.into_iter().map(Some).collect() } else { vec![None] };
            for sector in named {
                let rows: Arc<[usize]> = rows_of.remove(&sector).unwrap_or_default().into();
                if level.has_partner() {
                    units.extend(shown.iter().map(|&partner| Unit {
                        economy,
                        sector,
                        partner: Some(partner),
                        rows: Arc::clone(&rows),
                        partners: Arc::clone(&alone[partner]),
                    }));
                } else {
                    units.push(Unit {
                        economy,
                        sector,
                        partner: None,
                        rows,
                        partners: Arc::clone(&partners),
                    });
                }
            }
        }
        Self { axis, year: model.description().year, level, units }
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Unit> {
        self.units.iter()
    }

    /// Sum over the rows and partners of each unit.
    pub(super) fn cells(&self, value: impl Fn(usize, usize) -> f64 + Sync) -> Vec<f64> {
        let cells_of_unit = self.units.first().map_or(1, |unit| unit.rows.len() * unit.partners.len());
        self.units
            .par_iter()
            .with_min_len(1 + TASK / cells_of_unit.max(1))
            .map(|unit| {
                unit.rows.iter().map(|&row| unit.partners.iter().map(|&r| value(row, r)).sum::<f64>()).sum()
            })
            .collect()
    }

    /// Sum over the rows of each unit.
    pub(super) fn totals(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        self.units.iter().map(|unit| unit.rows.iter().map(|&row| value(row)).sum()).collect()
    }

    /// Mean over the rows of each unit with weights; a single row has its own value, also with a zero weight.
    pub(super) fn means(&self, value: impl Fn(usize) -> f64, weight: impl Fn(usize) -> f64) -> Vec<f64> {
        self.units
            .iter()
            .map(|unit| match &unit.rows[..] {
                [row] => value(*row),
                rows => {
                    let weights: f64 = rows.iter().map(|&row| weight(row)).sum();
                    ratio(rows.iter().map(|&row| value(row) * weight(row)).sum(), weights)
                }
            })
            .collect()
    }

    /// The key columns.
    pub(super) fn keys(&self) -> Frame {
        let codes = |pick: fn(&Unit) -> usize| self.units.iter().map(|unit| pick(unit) as u32).collect();
        let mut frame = year_column(self.year, self.units.len()).with(
            "economy",
            Measure::Key,
            Column::labels(self.axis.economies(), codes(|unit| unit.economy)),
        );
        if self.level.has_sector() {
            let codes = self.units.iter().filter_map(|unit| unit.sector).map(|i| i as u32).collect();
            frame = frame.with("sector", Measure::Key, Column::labels(self.axis.sectors(), codes));
        }
        if self.level.has_partner() {
            let codes = self.units.iter().filter_map(|unit| unit.partner).map(|r| r as u32).collect();
            frame = frame.with("partner", Measure::Key, Column::labels(self.axis.economies(), codes));
        }
        frame
    }
}

/// Rows of the table, one by one: for measures that must not be averaged over the members of a group.
pub(super) struct Rows<'a> {
    axis: &'a Axis,
    year: Option<i32>,
    rows: Vec<usize>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(model: &'a Model, request: &Request) -> Self {
        let axis = model.axis();
        let rows = (0..axis.n_rows())
            .filter(|&row| wanted(&request.economies, axis.economy_of(row)))
            .filter(|&row| wanted(&request.sectors, axis.sector_of(row)))
            .collect();
        Self { axis, year: model.description().year, rows }
    }

    pub(super) fn indices(&self) -> &[usize] {
        &self.rows
    }

    pub(super) fn pick(&self, values: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|&row| values[row]).collect()
    }

    /// The key columns. Inside a group the sector is told as `MEMBER.sector`, because two members have the same one.
    pub(super) fn keys(&self) -> Frame {
        let codes = self.rows.iter().map(|&row| self.axis.economy_of(row) as u32).collect();
        year_column(self.year, self.rows.len())
            .with("economy", Measure::Key, Column::labels(self.axis.economies(), codes))
            .with("sector", Measure::Key, sector_labels(self.axis, self.rows.iter().copied()))
    }
}

/// A label column with the sector of each row, told as `MEMBER.sector` inside a group.
pub(super) fn sector_labels(axis: &Axis, rows: impl Iterator<Item = usize>) -> Column {
    let n = axis.sectors().len();
    let grouped = axis.groups();
    // Plain sectors first, then one label a row: codes of grouped rows point behind the sectors.
    let mut names = axis.sectors().to_vec();
    if grouped.contains(&true) {
        names.extend((0..axis.n_rows()).map(|row| axis.row_label(row)));
    }
    let codes = rows
        .map(|row| {
            let code = if grouped[axis.economy_of(row)] { n + row } else { axis.sector_of(row) };
            code as u32
        })
        .collect();
    Column::labels(&names, codes)
}

/// A frame that holds the year alone.
pub(super) fn year_column(year: Option<i32>, rows: usize) -> Frame {
    Frame::new().with("year", Measure::Key, Column::Integer(vec![year.map(i64::from); rows]))
}

/// A part over a whole; not defined without a whole.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { f64::NAN } else { part / whole }
}

/// [`ratio`] of two columns.
pub(super) fn ratios(parts: &[f64], wholes: &[f64]) -> Vec<f64> {
    parts.iter().zip(wholes).map(|(part, whole)| ratio(*part, *whole)).collect()
}

/// The worst gap between two ways of computing the same rows, relative to the largest of them.
pub(super) fn worst_gap(
    axis: &Axis,
    identity: &str,
    pairs: impl Iterator<Item = (usize, f64, f64)>,
) -> IdentityGap {
    let (mut scale, mut worst, mut at) = (0.0_f64, 0.0_f64, 0);
    for (row, one, other) in pairs {
        scale = scale.max(one.abs()).max(other.abs());
        // A NaN gap must not hide behind a comparison that is false.
        let gap = (one - other).abs();
        if gap > worst || gap.is_nan() {
            (worst, at) = (gap, row);
        }
    }
    IdentityGap {
        identity: identity.to_owned(),
        at: axis.row_label(at),
        relative_gap: if scale > 0.0 { worst / scale } else { worst },
    }
}
