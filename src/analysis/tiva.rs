//! Trade in value added as rows and columns.

use super::{Analysis, AnalysisError, Piece, World, note_picked, picked_economies};
use crate::frame::{Column, Frame, IdentityGap, Measure, ResultNotes};
use crate::indicators::{TivaRow, trade_in_value_added};
use crate::labels::Axis;
use crate::level::Level;
use crate::model::Model;
use crate::model::memory::{Asked, coarser_than};

/// Keys and figures of a row.
const COLUMNS: usize = 14;

/// Domestic and foreign content of exports, VS, VS1, VAX: what `vadex tiva` computes.
#[derive(Debug, Clone, Default)]
pub struct TivaAnalysis {
    /// How finely to tell.
    pub level: Level,
    /// Exporting economies, or groups of them by name; empty means all.
    pub economies: Vec<String>,
}

impl Analysis for TivaAnalysis {
    fn computed(&self) -> String {
        "tiva".into()
    }

    fn asked(&self) -> Asked {
        Asked { less: coarser_than(self.level), ..Asked::of_level(self.level, COLUMNS, 2) }
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let model = world.model();
        let mut notes = world.notes(&self.computed());
        world.note_value_added_gap(&mut notes)?;
        let picked = picked_economies(model.axis(), &self.economies)?;
        note_picked("economy", &picked, &mut notes);
        let wanted = picked.indices();
        let mut rows = trade_in_value_added(model, self.level)?;
        note_identity(model, &rows, &mut notes);
        rows.retain(|row| wanted.is_empty() || wanted.contains(&row.economy));
        notes.worst_residual = world.residual();
        Ok(Piece { frame: world.without_unknown(frame(model, &rows), &["economy"]), notes })
    }
}

/// gexp = dva + fva: dva and fva are computed on their own, so the identity is evidence.
fn note_identity(model: &Model, rows: &[TivaRow], notes: &mut ResultNotes) {
    let axis = model.axis();
    let year = model.description().year.map_or_else(String::new, |year| format!(" {year}"));
    // Rows that export what nobody made: a correction of the table, with neither content.
    let (without, made): (Vec<&TivaRow>, Vec<&TivaRow>) =
        rows.iter().filter(|row| row.gexp != 0.0).partition(|row| row.dva == 0.0 && row.fva == 0.0);
    if let Some(first) = without.first() {
        notes.remarks.push(format!(
            "{} of {} rows have exports without output, such as {}{year}: dva and fva are 0 there, gexp is not",
            without.len(),
            rows.len(),
            place(axis, first)
        ));
    }
    let worst = made
        .iter()
        .map(|row| (((row.gexp - row.dva - row.fva) / row.gexp).abs(), *row))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((relative_gap, row)) = worst {
        notes.worst_identity = Some(IdentityGap {
            identity: "gexp = dva + fva".into(),
            at: format!("{}{year}", place(axis, row)),
            relative_gap,
        });
    }
}

/// `MLT`, `MLT.c5`, `MLT.c5 to DEU`: at different levels one identity has other gaps.
fn place(axis: &Axis, row: &TivaRow) -> String {
    let sector = row.sector.map_or_else(String::new, |sector| format!(".{}", axis.sectors()[sector]));
    let partner =
        row.partner.map_or_else(String::new, |partner| format!(" to {}", axis.economies()[partner]));
    format!("{}{sector}{partner}", axis.economies()[row.economy])
}

/// Rows as columns: year, economy, then sector or partner, then the figures.
fn frame(model: &Model, rows: &[TivaRow]) -> Frame {
    let axis = model.axis();
    let year = model.description().year.map(i64::from);
    let mut frame = Frame::new().with("year", Measure::Key, Column::Integer(vec![year; rows.len()])).with(
        "economy",
        Measure::Key,
        labels(axis.economies(), rows, |row| Some(row.economy)),
    );
    if rows.iter().any(|row| row.sector.is_some()) {
        frame = frame.with("sector", Measure::Key, labels(axis.sectors(), rows, |row| row.sector));
    }
    if rows.iter().any(|row| row.partner.is_some()) {
        frame = frame.with("partner", Measure::Key, labels(axis.economies(), rows, |row| row.partner));
    }
    let number = |value: &dyn Fn(&TivaRow) -> Option<f64>| {
        Column::Number(rows.iter().map(|row| value(row).unwrap_or(f64::NAN)).collect())
    };
    // Import content and uses of exports are money: no part of an amount of jobs.
    let in_money = model.primary().is_value_added;
    let columns = [
        ("gexp", Measure::Amount, true, number(&|row| Some(row.gexp))),
        ("dva", Measure::Amount, true, number(&|row| Some(row.dva))),
        ("fva", Measure::Amount, true, number(&|row| Some(row.fva))),
        ("dva_share", Measure::Share, true, number(&TivaRow::dva_share)),
        ("vs", Measure::Amount, in_money, number(&|row| Some(row.vs))),
        ("vs_share", Measure::Share, in_money, number(&TivaRow::vs_share)),
        ("vs1", Measure::Amount, true, number(&|row| Some(row.vs1))),
        ("vax", Measure::Amount, true, number(&|row| Some(row.vax))),
        ("vax_ratio", Measure::Share, true, number(&TivaRow::vax_ratio)),
        ("int_share", Measure::Share, in_money, number(&TivaRow::int_share)),
    ];
    let told = columns.into_iter().filter(|(_, _, told, _)| *told);
    told.fold(frame, |frame, (name, measure, _, column)| frame.with(name, measure, column))
}

fn labels(names: &[String], rows: &[TivaRow], index: impl Fn(&TivaRow) -> Option<usize>) -> Column {
    Column::labels(names, rows.iter().map(|row| index(row).unwrap_or(0) as u32).collect())
}
