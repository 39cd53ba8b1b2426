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
    ///
    /// # Cost
    /// In parallel over exporters, each of whom writes its own stretch of the result.
    pub fn each_unit(&self, compute: impl Fn(&Unit<'_>, &mut [f64]) + Sync) -> Decomposition {
        let axis = self.work.axis();
        let exporters: Vec<Exporter> = (0..axis.n_economies())
            .filter(|&s| self.scope.wants_exporter(s))
            .map(|s| Exporter {
                economy: s,
                rows: rows_of_units(axis, s, self.level, self.scope),
                importers: (0..axis.n_economies())
                    .filter(|&r| {
                        (r != s || self.partners == Partners::HomeToo) && self.scope.wants_importer(r)
                    })
                    .collect(),
            })
            .collect();
        let sizes: Vec<usize> = exporters
            .iter()
            .map(|exporter| exporter.rows.len() * exporter.importers_of_units(self.level).len())
            .collect();
        let units = sizes.iter().sum();
        let mut columns = Columns {
            values: self.terms.iter().map(|_| vec![0.0; units]).collect(),
            content: vec![0.0; units],
            exports: vec![0.0; units],
            keys: std::array::from_fn(|_| vec![0; units]),
        };
        exporters
            .par_iter()
            .zip(columns.stretches(&sizes))
            .for_each(|(exporter, stretch)| self.fill(exporter, stretch, &compute));
        let Columns { values, content, exports, keys: [exporter, sector, importer] } = columns;
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

    /// Every unit of an exporter.
    fn fill(
        &self,
        exporter: &Exporter,
        mut stretch: Stretch<'_>,
        compute: &(impl Fn(&Unit<'_>, &mut [f64]) + Sync),
    ) {
        let groups = exporter.importers_of_units(self.level);
        let mut one = vec![0.0; self.terms.len()];
        let units =
            exporter.rows.iter().flat_map(|of_sector| groups.iter().map(move |group| (of_sector, group)));
        for (k, ((sector, rows), importers)) in units.enumerate() {
            one.fill(0.0);
            compute(&Unit { exporter: exporter.economy, rows, importers }, &mut one);
            for (values, value) in stretch.values.iter_mut().zip(&one) {
                values[k] = *value;
            }
            (stretch.content[k], stretch.exports[k]) = content(self.work, rows, importers);
            let importer = importers.first().map_or(0, |&r| r);
            for (key, index) in stretch.keys.iter_mut().zip([exporter.economy, *sector, importer]) {
                key[k] = index as u32;
            }
        }
    }
}

/// Which units an exporter has.
struct Exporter {
    economy: usize,
    /// Rows of the table by sector, or all under one number.
    rows: Vec<(usize, Vec<usize>)>,
    importers: Vec<usize>,
}

impl Exporter {
    /// The importers of each unit of a sector: one by one, or all together.
    fn importers_of_units(&self, level: Level) -> Vec<&[usize]> {
        match level {
            Level::Bilateral | Level::BilateralSector => self.importers.chunks(1).collect(),
            Level::Country | Level::Sector => vec![&self.importers],
        }
    }
}

/// A result in the making, one number a unit in each.
struct Columns {
    values: Vec<Vec<f64>>,
    content: Vec<f64>,
    exports: Vec<f64>,
    /// Exporter, sector, importer.
    keys: [Vec<u32>; 3],
}

/// The same for the units of one exporter.
struct Stretch<'a> {
    values: Vec<&'a mut [f64]>,
    content: &'a mut [f64],
    exports: &'a mut [f64],
    keys: [&'a mut [u32]; 3],
}

impl Columns {
    /// Cut into stretches of so many units, one after the other.
    fn stretches(&mut self, sizes: &[usize]) -> Vec<Stretch<'_>> {
        let mut rest = Stretch {
            values: self.values.iter_mut().map(Vec::as_mut_slice).collect(),
            content: &mut self.content,
            exports: &mut self.exports,
            keys: self.keys.each_mut().map(Vec::as_mut_slice),
        };
        sizes
            .iter()
            .map(|&size| Stretch {
                values: rest.values.iter_mut().map(|column| cut(column, size)).collect(),
                content: cut(&mut rest.content, size),
                exports: cut(&mut rest.exports, size),
                keys: rest.keys.each_mut().map(|key| cut(key, size)),
            })
            .collect()
    }
}

/// Takes the first numbers off a slice.
fn cut<'a, T>(rest: &mut &'a mut [T], size: usize) -> &'a mut [T] {
    let (first, others) = std::mem::take(rest).split_at_mut(size);
    *rest = others;
    first
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
