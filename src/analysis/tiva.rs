//! Trade in value added as rows and columns.

use super::sums::{added_up, note_sums};
use super::{Analysis, AnalysisError, Piece, World, note_picked, picked_economies};
use crate::decompose::{DecomposeError, Sums};
use crate::frame::{Column, Frame, IdentityGap, Measure, ResultNotes};
use crate::indicators::{TivaRow, trade_in_value_added};
use crate::labels::{Axis, Picked, pick_sectors};
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
    /// Exporting sectors, or groups of them; empty means all.
    pub sectors: Vec<String>,
    /// Partners, or groups of them; empty means all.
    pub partners: Vec<String>,
    /// Keys over which the rows of each group that is chosen there are added up, under its name; shares are those of the sums.
    pub sums: Vec<TivaKey>,
}

/// A key of a row of `vadex tiva`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TivaKey {
    /// Exporting economy.
    Economy,
    /// Exporting sector.
    Sector,
    /// Partner.
    Partner,
}

impl TivaKey {
    /// Every key, in the order of the columns.
    pub const ALL: [Self; 3] = [Self::Economy, Self::Sector, Self::Partner];

    /// The key's id, which is also the name of its column.
    pub fn id(self) -> &'static str {
        match self {
            Self::Economy => "economy",
            Self::Sector => "sector",
            Self::Partner => "partner",
        }
    }

    /// Has a row of the level the key?
    fn is_of(self, level: Level) -> bool {
        match self {
            Self::Economy => true,
            Self::Sector => level.has_sector(),
            Self::Partner => level.has_partner(),
        }
    }

    /// What sums over it are: amounts are flows times multipliers of the economy.
    fn sums(self) -> Sums {
        match self {
            Self::Economy => Sums::OfDecompositions,
            Self::Sector | Self::Partner => Sums::OfFlow,
        }
    }
}

impl Analysis for TivaAnalysis {
    fn computed(&self) -> String {
        "tiva".into()
    }

    fn asked(&self) -> Asked {
        // A sum stands beside what it is made of.
        let columns = if self.sums.is_empty() { COLUMNS } else { 2 * COLUMNS };
        Asked { less: coarser_than(self.level), ..Asked::of_level(self.level, columns, 2) }
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let model = world.model();
        let mut notes = world.notes(&self.computed());
        world.note_value_added_gap(&mut notes)?;
        let chosen = self.chosen(model.axis())?;
        let mut rows = trade_in_value_added(model, self.level)?;
        note_identity(model, &rows, &mut notes);
        for (key, picked) in &chosen {
            let wanted = picked.indices();
            let of = |row: &TivaRow| match key {
                TivaKey::Economy => Some(row.economy),
                TivaKey::Sector => row.sector,
                TivaKey::Partner => row.partner,
            };
            rows.retain(|row| wanted.is_empty() || of(row).is_some_and(|label| wanted.contains(&label)));
        }
        let mut amounts = world.without_unknown(amounts(model, self.level, &rows), &["economy"]);
        for (key, picked) in &chosen {
            note_picked(key.id(), picked, &mut notes);
            if self.sums.contains(key) {
                note_sums(key.id(), picked, key.sums(), &mut notes);
                amounts = added_up(&amounts, key.id(), picked, &[]);
            }
        }
        notes.worst_residual = world.residual();
        Ok(Piece { frame: with_shares(&amounts, model.primary().is_value_added), notes })
    }
}

impl TivaAnalysis {
    /// What is chosen for each key.
    fn chosen(&self, axis: &Axis) -> Result<[(TivaKey, Picked); 3], AnalysisError> {
        let chosen = [
            (TivaKey::Economy, picked_economies(axis, &self.economies)?),
            (TivaKey::Sector, pick_sectors(axis, &self.sectors)?),
            (TivaKey::Partner, picked_economies(axis, &self.partners)?),
        ];
        for (key, picked) in &chosen {
            if !picked.indices().is_empty() && !key.is_of(self.level) {
                let names =
                    |keys: Vec<TivaKey>| keys.into_iter().map(TivaKey::id).collect::<Vec<_>>().join(", ");
                let having = Level::ALL.into_iter().filter(|level| key.is_of(*level));
                let error = DecomposeError::FilterWithoutKey {
                    method: "tiva",
                    filter: key.id(),
                    keys: names(TivaKey::ALL.into_iter().filter(|key| key.is_of(self.level)).collect()),
                    levels: having.map(Level::id).collect::<Vec<_>>().join(" or "),
                    all_keys: names(TivaKey::ALL.to_vec()),
                };
                return Err(error.into());
            }
            if self.sums.contains(key) && picked.groups.is_empty() {
                return Err(AnalysisError::NothingToSum { key: key.id() });
            }
        }
        Ok(chosen)
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

/// Exports for intermediate use, which the result tells as a share.
const INTERMEDIATES: &str = "intermediate_exports";

/// Rows as columns: year, economy, then sector or partner, then the amounts.
fn amounts(model: &Model, level: Level, rows: &[TivaRow]) -> Frame {
    let axis = model.axis();
    let year = model.description().year.map(i64::from);
    let mut frame = Frame::new().with("year", Measure::Key, Column::Integer(vec![year; rows.len()])).with(
        "economy",
        Measure::Key,
        labels(axis.economies(), rows, |row| Some(row.economy)),
    );
    if level.has_sector() {
        frame = frame.with("sector", Measure::Key, labels(axis.sectors(), rows, |row| row.sector));
    }
    if level.has_partner() {
        frame = frame.with("partner", Measure::Key, labels(axis.economies(), rows, |row| row.partner));
    }
    let amounts: [(&str, fn(&TivaRow) -> f64); 7] = [
        ("gexp", |row| row.gexp),
        ("dva", |row| row.dva),
        ("fva", |row| row.fva),
        ("vs", |row| row.vs),
        ("vs1", |row| row.vs1),
        ("vax", |row| row.vax),
        (INTERMEDIATES, |row| row.intermediate_exports),
    ];
    amounts.into_iter().fold(frame, |frame, (name, value)| {
        frame.with(name, Measure::Amount, Column::Number(rows.iter().map(value).collect()))
    })
}

/// The columns of the result: keys, amounts and what they are of gross exports, where there are any.
fn with_shares(amounts: &Frame, in_money: bool) -> Frame {
    let keys = amounts
        .fields()
        .iter()
        .filter(|field| field.measure == Measure::Key)
        .fold(Frame::new(), |frame, field| frame.with(&field.name, Measure::Key, field.column.clone()));
    let amount = |name: &str| amounts.numbers(name).unwrap_or_default();
    let told = |name: &str| Column::Number(amount(name).to_vec());
    let share = |name: &str| {
        let parts = amount(name).iter().zip(amount("gexp"));
        Column::Number(
            parts.map(|(part, whole)| if *whole != 0.0 { part / whole } else { f64::NAN }).collect(),
        )
    };
    // Import content and uses of exports are money: no part of an amount of jobs.
    let columns = [
        ("gexp", Measure::Amount, true, told("gexp")),
        ("dva", Measure::Amount, true, told("dva")),
        ("fva", Measure::Amount, true, told("fva")),
        ("dva_share", Measure::Share, true, share("dva")),
        ("vs", Measure::Amount, in_money, told("vs")),
        ("vs_share", Measure::Share, in_money, share("vs")),
        ("vs1", Measure::Amount, true, told("vs1")),
        ("vax", Measure::Amount, true, told("vax")),
        ("vax_ratio", Measure::Share, true, share("vax")),
        ("int_share", Measure::Share, in_money, share(INTERMEDIATES)),
    ];
    let told = columns.into_iter().filter(|(_, _, told, _)| *told);
    told.fold(keys, |frame, (name, measure, _, column)| frame.with(name, measure, column))
}

fn labels(names: &[String], rows: &[TivaRow], index: impl Fn(&TivaRow) -> Option<usize>) -> Column {
    Column::labels(names, rows.iter().map(|row| index(row).unwrap_or(0) as u32).collect())
}
