//! What a command computes from a table: the one place that the command line and a batch share, so that both give the
//! same bytes.
//!
//! A [`Preparation`] says how a table becomes a [`World`] (groups, conventions, solver, what is traced); an [`Analysis`]
//! says what is computed from it and with which notes. A world serves any number of analyses, one after the other: what
//! they share is solved once, and each result says the same about its exactness as if it had been alone.
//!
//! To add one: a file with a type that implements [`Analysis`].

mod decompose;
mod error;
mod import_content;
mod indicators;
mod intervals;
mod matrix;
mod panel;
mod product;
mod satellite;
mod sda;
mod sensitivity;
mod sums;
mod tiva;
mod words;
mod world;

pub use decompose::DecomposeAnalysis;
pub use error::AnalysisError;
pub use import_content::ImportContentAnalysis;
#[cfg(feature = "cli")]
pub(crate) use indicators::left_out;
pub use indicators::{IndicatorAnalysis, IndicatorChoice};
pub use intervals::WithIntervals;
pub use matrix::MatrixAnalysis;
pub use panel::{AccountFiles, Beside, FunctionFile, PanelMaker, note_file, note_missing};
pub use product::ProductAnalysis;
pub use satellite::Satellite;
pub use sda::{FACTORS, Factor, INTENSITY, SdaAnalysis};
pub use sensitivity::{Change, Rank, SensitivityAnalysis, SensitivityRows};
pub use tiva::{TivaAnalysis, TivaKey};
pub use words::{parse_group, parse_years};
pub use world::{Admission, Preparation, World};

use crate::frame::{Frame, ResultNotes};
use crate::labels::{Axis, LabelError, Picked, pick_economies};
use crate::model::memory::Asked;
use crate::table::known_splits;

/// The result of one analysis of one table.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The numbers.
    pub frame: Frame,
    /// What travels with them.
    pub notes: ResultNotes,
}

/// Something that is computed from a world.
pub trait Analysis: Sync {
    /// What the notes call it: `tiva`, `decompose wwz`.
    fn computed(&self) -> String;

    /// What it will hold in memory.
    fn asked(&self) -> Asked;

    /// The numbers of one table and their notes.
    ///
    /// # Errors
    /// A label that the table does not have, a level or detail that is not defined, a failed solve.
    fn run(&self, world: &World) -> Result<Piece, AnalysisError>;

    /// The same in pieces with the same columns and notes, in order: for results that are larger than the table.
    ///
    /// # Errors
    /// As [`Analysis::run`].
    fn run_pieces(&self, world: &World, take: &mut dyn FnMut(Piece)) -> Result<(), AnalysisError> {
        take(self.run(world)?);
        Ok(())
    }
}

/// Economies that are picked by their names, or by those of groups.
fn picked_economies(axis: &Axis, words: &[String]) -> Result<Picked, LabelError> {
    pick_economies(axis, words, &known_splits(axis))
}

/// Says which labels stand behind the groups that were picked; once, where one is picked in two places.
fn note_picked(key: &str, picked: &Picked, notes: &mut ResultNotes) {
    let what = if key == "sector" { "sectors" } else { "economies" };
    for group in &picked.groups {
        let remark = format!(
            "{key} {}; {} stands for {} {what} of the table",
            group.told,
            group.name,
            group.members.len()
        );
        if !notes.remarks.contains(&remark) {
            notes.remarks.push(remark);
        }
    }
}
