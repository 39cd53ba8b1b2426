//! The cells of a matrix behind the results, as rows and columns.

use rayon::prelude::*;

use super::{Analysis, AnalysisError, Piece, World, note_picked, picked_economies};
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::labels::{Axis, find_known_group, nearest, pick_sectors};
use crate::level::Level;
use crate::model::memory::Asked;
use crate::model::{MATRICES, Matrix, MatrixKind, Model, find_matrix};

/// A matrix, or some rows and columns of it: what `vadex matrix` writes.
#[derive(Debug, Clone)]
pub struct MatrixAnalysis {
    /// Which matrix.
    pub kind: &'static MatrixKind,
    /// Economies of the rows; empty means all.
    pub economies: Vec<String>,
    /// Sectors of the rows; empty means all.
    pub sectors: Vec<String>,
    /// Economies of the columns; empty means all.
    pub to_economies: Vec<String>,
    /// Sectors of the columns; empty means all.
    pub to_sectors: Vec<String>,
    /// A row a cell, in place of a column a column.
    pub long: bool,
}

/// Rows and columns that are wanted.
struct Choice {
    rows: Vec<usize>,
    columns: Vec<usize>,
}

/// The matrix of a world.
struct Made<'w> {
    model: &'w Model,
    matrix: Matrix<'w>,
    /// Rows of which no figures are known of what is traced.
    unknown: Vec<bool>,
    /// How its numbers are to be read.
    measure: Measure,
}

impl Made<'_> {
    /// One cell; nothing where no figures are known of what is traced.
    fn value(&self, row: usize, column: usize) -> f64 {
        if self.unknown[row] {
            return f64::NAN;
        }
        self.matrix.value(row, column)
    }
}

impl MatrixAnalysis {
    /// The whole of a matrix, wide.
    ///
    /// # Errors
    /// [`AnalysisError::UnknownMatrix`].
    pub fn of(id: &str) -> Result<Self, AnalysisError> {
        let ids = || MATRICES.iter().map(|kind| kind.id);
        let kind = find_matrix(id).ok_or_else(|| AnalysisError::UnknownMatrix {
            name: id.to_owned(),
            nearest: nearest(ids(), id),
            known: ids().collect::<Vec<_>>().join(", "),
        })?;
        Ok(Self {
            kind,
            economies: Vec::new(),
            sectors: Vec::new(),
            to_economies: Vec::new(),
            to_sectors: Vec::new(),
            long: false,
        })
    }

    /// The result without its rows: its columns, and its notes, which it takes the solves to know and not the cells.
    ///
    /// # Errors
    /// As [`Analysis::run`].
    pub fn outline(&self, world: &World) -> Result<Piece, AnalysisError> {
        let (made, choice, notes) = self.made(world)?;
        Ok(Piece { frame: self.frame(&made, &[], &choice.columns), notes })
    }

    /// The matrix, what is wanted of it, and its notes.
    fn made<'w>(&self, world: &'w World) -> Result<(Made<'w>, Choice, ResultNotes), AnalysisError> {
        let (model, kind) = (world.model(), self.kind);
        let axis = model.axis();
        let choice = self.choice(axis)?;
        let mut notes = world.notes(&self.computed());
        if kind.has_value_added() {
            world.note_value_added_gap(&mut notes)?;
        }
        let matrix = kind.of(model)?;
        let primary = model.primary();
        let (measure, cells) = match kind.measure {
            // Of jobs and emissions a unit of output is no fraction.
            Measure::Share if kind.has_value_added() && !primary.is_value_added => {
                let of = &model.description().unit;
                (Measure::Pure, format!("cells are {} ({}) for one of {of}", primary.name, primary.unit))
            }
            Measure::Share => (Measure::Share, "cells are fractions".to_owned()),
            Measure::Amount if kind.has_value_added() && !primary.is_value_added => {
                (Measure::Amount, format!("cells are amounts of {} ({})", primary.name, primary.unit))
            }
            Measure::Amount => (Measure::Amount, "cells are amounts".to_owned()),
            measure => (measure, "cells have no unit".to_owned()),
        };
        notes.remarks.push(format!("{}, {}: {}; {cells}", kind.id, kind.equation, kind.meaning));
        let year = model.description().year.map_or_else(String::new, |year| format!("{year}: "));
        let idle = model.flows().gross_output().iter().filter(|x| **x == 0.0).count();
        if idle > 0 {
            let are = if idle == 1 { "1 industry is".to_owned() } else { format!("{idle} industries are") };
            notes.remarks.push(format!("{year}{are} without output: what is divided by it is 0"));
        }
        if axis.groups().contains(&true) {
            notes.remarks.push("rows and columns of a group are those of its members".into());
        }
        for names in [&self.economies, &self.to_economies] {
            note_picked("economy", &picked_economies(axis, names)?, &mut notes);
        }
        for names in [&self.sectors, &self.to_sectors] {
            note_picked("sector", &pick_sectors(axis, names)?, &mut notes);
        }
        notes.worst_residual = world.residual();
        let lacks = |row: usize| kind.has_value_added() && world.lacks_figures(axis.economy_of(row));
        let unknown = (0..axis.n_rows()).map(lacks).collect();
        Ok((Made { model, matrix, unknown, measure }, choice, notes))
    }

    fn choice(&self, axis: &Axis) -> Result<Choice, AnalysisError> {
        let rows = rows(axis, &self.economies, &self.sectors)?;
        let columns = match (self.kind.is_by_absorber(), self.to_sectors.is_empty()) {
            (true, false) => return Err(AnalysisError::NoSectorsAcross { matrix: self.kind.id }),
            (true, true) => {
                let chosen = picked_economies(axis, &self.to_economies)?.indices();
                (0..axis.n_economies()).filter(|one| chosen.is_empty() || chosen.contains(one)).collect()
            }
            (false, _) => self::rows(axis, &self.to_economies, &self.to_sectors)?,
        };
        Ok(Choice { rows, columns })
    }

    fn frame(&self, made: &Made<'_>, rows: &[usize], columns: &[usize]) -> Frame {
        match self.long {
            true => self.long(made, rows, columns),
            false => self.wide(made, rows, columns),
        }
    }

    /// A row of the result a row of the matrix.
    fn wide(&self, made: &Made<'_>, rows: &[usize], columns: &[usize]) -> Frame {
        let axis = made.model.axis();
        let cells: Vec<Vec<f64>> = columns
            .par_iter()
            .map(|&column| rows.iter().map(|&row| made.value(row, column)).collect())
            .collect();
        let keys = keys(made.model, rows, ["economy", "sector"]);
        columns.iter().zip(cells).fold(keys, |frame, (&column, cells)| {
            let label = if self.kind.is_by_absorber() {
                axis.economies()[column].clone()
            } else {
                axis.row_label(column)
            };
            frame.with(&label, made.measure, Column::Number(cells))
        })
    }

    /// A row of the result a cell of the matrix.
    fn long(&self, made: &Made<'_>, rows: &[usize], columns: &[usize]) -> Frame {
        let axis = made.model.axis();
        let sellers: Vec<usize> =
            rows.iter().flat_map(|&row| std::iter::repeat_n(row, columns.len())).collect();
        let buyers: Vec<usize> = rows.iter().flat_map(|_| columns.iter().copied()).collect();
        let cells = sellers.par_iter().zip(&buyers).map(|(&row, &column)| made.value(row, column)).collect();
        let frame = keys(made.model, &sellers, ["economy", "sector"]);
        let frame = if self.kind.is_by_absorber() {
            let codes = buyers.iter().map(|&economy| economy as u32).collect();
            frame.with("to_economy", Measure::Key, Column::labels(axis.economies(), codes))
        } else {
            labels(frame, axis, &buyers, ["to_economy", "to_sector"])
        };
        frame.with("value", made.measure, Column::Number(cells))
    }
}

/// Rows of some economies and sectors; all where none are named.
fn rows(axis: &Axis, of: &[String], in_sectors: &[String]) -> Result<Vec<usize>, AnalysisError> {
    let of = picked_economies(axis, of)?.indices();
    let in_sectors = pick_sectors(axis, in_sectors)?.indices();
    let wanted = |row: &usize| {
        (of.is_empty() || of.contains(&axis.economy_of(*row)))
            && (in_sectors.is_empty() || in_sectors.contains(&axis.sector_of(*row)))
    };
    Ok((0..axis.n_rows()).filter(wanted).collect())
}

/// The year and the labels of rows.
fn keys(model: &Model, rows: &[usize], names: [&str; 2]) -> Frame {
    let year = model.description().year.map(i64::from);
    let frame = Frame::new().with("year", Measure::Key, Column::Integer(vec![year; rows.len()]));
    labels(frame, model.axis(), rows, names)
}

/// Economy and sector of rows. The members of a group go by their own names: a pair of labels is one row.
fn labels(frame: Frame, axis: &Axis, rows: &[usize], [economy, sector]: [&str; 2]) -> Frame {
    let mut members: Vec<String> = Vec::new();
    let mut member_of = Vec::with_capacity(axis.n_rows());
    for row in 0..axis.n_rows() {
        let member = axis.member_of(row);
        if members.last().is_none_or(|last| last != member) {
            members.push(member.to_owned());
        }
        member_of.push(members.len() as u32 - 1);
    }
    let of_economy = rows.iter().map(|&row| member_of[row]).collect();
    let of_sector = rows.iter().map(|&row| axis.sector_of(row) as u32).collect();
    frame.with(economy, Measure::Key, Column::labels(&members, of_economy)).with(
        sector,
        Measure::Key,
        Column::labels(axis.sectors(), of_sector),
    )
}

impl Analysis for MatrixAnalysis {
    fn computed(&self) -> String {
        format!("matrix {}", self.kind.id)
    }

    fn asked(&self) -> Asked {
        // How many a group stands for is known with the table: it may be most of them.
        let is_few = |names: &[String]| {
            !names.is_empty()
                && names.iter().all(|name| !name.contains('=') && find_known_group(name).is_none())
        };
        let all = !is_few(&self.economies) && !is_few(&self.to_economies);
        let by_row = self.kind.is_by_absorber();
        // Every cell, and in the long form the labels of a part of them beside it.
        let columns = if self.long { 2 } else { 1 };
        Asked {
            pairs: all && !by_row,
            inverse: self.kind.needs_inverse(),
            less: (!by_row).then_some("a choice by --economy or --to-economy").filter(|_| all),
            ..Asked::of_level(Level::BilateralSector, columns, 2)
        }
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let (made, choice, notes) = self.made(world)?;
        Ok(Piece { frame: self.frame(&made, &choice.rows, &choice.columns), notes })
    }

    /// The rows of one economy after the other where a row is a cell.
    fn run_pieces(&self, world: &World, take: &mut dyn FnMut(Piece)) -> Result<(), AnalysisError> {
        let (made, choice, notes) = self.made(world)?;
        if !self.long || choice.rows.is_empty() {
            take(Piece { frame: self.frame(&made, &choice.rows, &choice.columns), notes });
            return Ok(());
        }
        let axis = world.model().axis();
        let of_one = |one: &usize, other: &usize| axis.economy_of(*one) == axis.economy_of(*other);
        for rows in choice.rows.chunk_by(of_one) {
            let frame = self.long(&made, rows, &choice.columns);
            take(Piece { frame, notes: notes.clone() });
        }
        Ok(())
    }
}
