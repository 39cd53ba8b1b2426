//! From cells (row of the table, importer) to the units of a level: the one place where terms are added up.

use rayon::prelude::*;

use super::decomposition::{Decomposition, Dimension, Key};
use super::scope::export_keys;
use super::{Method, Scope, Term, Workspace};
use crate::labels::Axis;
use crate::level::Level;

/// More terms than any method has: cells are computed into an array on the stack.
const MOST_TERMS: usize = 32;

/// A unit of the result, in the terms of the table: which rows sell to whom.
pub(super) struct Unit<'a> {
    pub exporter: usize,
    /// Rows of the table: one, or all that a sector has in a group's block, or the whole block.
    pub rows: &'a [usize],
    /// Importers, the exporter left out unless the home market was asked for.
    pub importers: &'a [usize],
}

/// Which partners a method has rows for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partners {
    /// Other economies only.
    Abroad,
    /// The home market too, as a row whose importer is the exporter.
    HomeToo,
}

/// Which rows a result has, and what stands in its columns.
pub(super) struct Rows<'a> {
    pub method: &'static str,
    pub terms: &'static [Term],
    pub work: &'a Workspace,
    pub level: Level,
    pub scope: &'a Scope,
    pub partners: Partners,
}

impl<'a> Rows<'a> {
    /// The rows of a method's exports.
    pub fn of(method: &dyn Method, work: &'a Workspace, level: Level, scope: &'a Scope) -> Self {
        Self {
            method: method.id(),
            terms: method.terms(level),
            work,
            level,
            scope,
            partners: Partners::Abroad,
        }
    }

    /// Adds up cells: `cell(row, importer, terms)` writes every term of one cell.
    pub fn sum_cells(&self, cell: impl Fn(usize, usize, &mut [f64]) + Sync) -> Decomposition {
        self.each_unit(|unit, terms| {
            let mut one = [0.0; MOST_TERMS];
            let one = &mut one[..terms.len()];
            for &row in unit.rows {
                for &importer in unit.importers {
                    cell(row, importer, one);
                    for (sum, value) in terms.iter_mut().zip(&*one) {
                        *sum += value;
                    }
                }
            }
        })
    }

    /// Computes units one by one: `compute(unit, terms)` adds to terms that start at zero.
    pub fn each_unit(&self, compute: impl Fn(&Unit<'_>, &mut [f64]) + Sync) -> Decomposition {
        let axis = self.work.axis();
        let scope = self.scope;
        let exporters: Vec<usize> = (0..axis.n_economies()).filter(|&s| scope.wants_exporter(s)).collect();
        let pieces: Vec<Piece> = exporters.par_iter().map(|&s| self.units_of(s, &compute)).collect();
        self.assemble(pieces)
    }

    fn units_of(&self, s: usize, compute: &(impl Fn(&Unit<'_>, &mut [f64]) + Sync)) -> Piece {
        let axis = self.work.axis();
        let rows = rows_of_units(axis, s, self.level, self.scope);
        let importers: Vec<usize> = (0..axis.n_economies())
            .filter(|&r| (r != s || self.partners == Partners::HomeToo) && self.scope.wants_importer(r))
            .collect();
        let by_importer = matches!(self.level, Level::Bilateral | Level::BilateralSector);
        let groups: Vec<&[usize]> =
            if by_importer { importers.chunks(1).collect() } else { vec![&importers] };
        let units = rows.len() * groups.len();
        let mut piece = Piece {
            values: vec![Vec::with_capacity(units); self.terms.len()],
            content: Vec::with_capacity(units),
            exports: Vec::with_capacity(units),
            keys: (0..3).map(|_| Vec::with_capacity(units)).collect(),
        };
        let mut one = vec![0.0; self.terms.len()];
        for (sector, rows) in &rows {
            for group in &groups {
                one.fill(0.0);
                compute(&Unit { exporter: s, rows, importers: group }, &mut one);
                for (values, value) in piece.values.iter_mut().zip(&one) {
                    values.push(*value);
                }
                let (embodied, exports) = content(self.work, rows, group);
                piece.content.push(embodied);
                piece.exports.push(exports);
                piece.keys[0].push(s as u32);
                piece.keys[1].push(*sector as u32);
                piece.keys[2].push(group.first().map_or(0, |&r| r as u32));
            }
        }
        piece
    }

    fn assemble(&self, pieces: Vec<Piece>) -> Decomposition {
        let units: usize = pieces.iter().map(|piece| piece.content.len()).sum();
        let mut values: Vec<Vec<f64>> = self.terms.iter().map(|_| Vec::with_capacity(units)).collect();
        let mut content = Vec::with_capacity(units);
        let mut exports = Vec::with_capacity(units);
        let mut indices: [Vec<u32>; 3] = std::array::from_fn(|_| Vec::with_capacity(units));
        for piece in pieces {
            for (all, part) in values.iter_mut().zip(piece.values) {
                all.extend(part);
            }
            content.extend(piece.content);
            exports.extend(piece.exports);
            for (all, part) in indices.iter_mut().zip(piece.keys) {
                all.extend(part);
            }
        }
        let [exporter, sector, importer] = indices;
        let all_keys = [
            Key { name: "exporter", dimension: Dimension::Economy, indices: exporter },
            Key { name: "sector", dimension: Dimension::Sector, indices: sector },
            Key { name: "importer", dimension: Dimension::Economy, indices: importer },
        ];
        let wanted = export_keys(self.level);
        Decomposition {
            method: self.method,
            level: self.level,
            keys: all_keys.into_iter().filter(|key| wanted.contains(&key.name)).collect(),
            terms: self.terms,
            values,
            content,
            exports,
            scale: self.work.scale().to_vec(),
        }
    }
}

/// The units of one exporter.
struct Piece {
    values: Vec<Vec<f64>>,
    content: Vec<f64>,
    exports: Vec<f64>,
    /// Exporter, sector, importer.
    keys: Vec<Vec<u32>>,
}

/// v B e and gross exports of a unit, from the two uses of exports: not the numbers that the terms are multiplied with.
fn content(work: &Workspace, rows: &[usize], importers: &[usize]) -> (f64, f64) {
    let (finals, intermediates) =
        (work.flows().bilateral_final_exports(), work.flows().bilateral_intermediate_exports());
    let mut sums = (0.0, 0.0);
    for &row in rows {
        let traded: f64 = importers.iter().map(|&r| finals[(row, r)] + intermediates[(row, r)]).sum();
        let embodied = work.attributed(row) * traded;
        sums.0 += embodied;
        sums.1 += if work.counts_embodied() { embodied } else { traded };
    }
    sums
}

/// The rows of the table behind each unit of an exporter: the whole block, or one list a sector (rows of the same sector
/// of different members of a group belong together).
fn rows_of_units(axis: &Axis, exporter: usize, level: Level, scope: &Scope) -> Vec<(usize, Vec<usize>)> {
    match level {
        Level::Country | Level::Bilateral => vec![(0, axis.block(exporter).collect())],
        Level::Sector | Level::BilateralSector => sector_rows(axis, exporter)
            .into_iter()
            .filter(|(sector, _)| scope.wants_sector(*sector))
            .collect(),
    }
}

/// Each sector of an economy with its rows, in order of first appearance.
pub(super) fn sector_rows(axis: &Axis, economy: usize) -> Vec<(usize, Vec<usize>)> {
    axis.sectors_of(economy)
        .into_iter()
        .map(|sector| {
            (sector, axis.block(economy).filter(|&row| axis.sector_of(row) == sector).collect::<Vec<_>>())
        })
        .collect()
}
