//! The common path of the analytical commands: open each table, build its world, compute, collect.

use indicatif::ProgressBar;
use rayon::prelude::*;

use super::args::Common;
use super::failure::Failure;
use crate::analysis::{Analysis, AnalysisError, Piece, World};
use crate::frame::{Frame, ResultNotes};
use crate::load::TableRef;

/// Rows up to which tables are taken side by side: a model of this size holds some 150 MB.
const SMALL_TABLE: usize = 2_500;
/// Most tables in memory at a time.
const MOST_TOGETHER: usize = 4;

/// All pieces in order of the tables, and what to say about them.
pub(crate) struct Collected {
    pub(crate) frames: Vec<Frame>,
    pub(crate) notes: ResultNotes,
}

/// Opens and models every table and makes the analysis of each.
pub(crate) fn over_worlds(
    tables: &[TableRef],
    open: &(dyn Fn(&TableRef) -> Result<World, AnalysisError> + Sync),
    analysis: &dyn Analysis,
    bar: &ProgressBar,
    common: &Common,
) -> Result<Collected, Failure> {
    over_pieces(tables, &analysis.computed(), bar, common, &|table| {
        let world = open(table)?;
        Ok((analysis.run(&world)?, world.n_rows()))
    })
}

/// A piece and the rows of its table from every table, in order of the tables.
///
/// Large tables are taken one after the other, each spread over all threads, so memory stays at one table; small ones
/// are read and solved side by side, because reading is serial and their solves are short.
pub(crate) fn over_pieces(
    tables: &[TableRef],
    what: &str,
    bar: &ProgressBar,
    common: &Common,
    piece: &(dyn Fn(&TableRef) -> Result<(Piece, usize), AnalysisError> + Sync),
) -> Result<Collected, Failure> {
    let mut collected = Collected { frames: Vec::new(), notes: ResultNotes::of(what) };
    let mut rest = tables;
    let mut together = 1;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(together.min(rest.len()));
        let pieces: Vec<Result<(Piece, usize), AnalysisError>> = now.par_iter().map(piece).collect();
        for piece in pieces {
            let (piece, rows) = piece?;
            // A stated limit is for one table at a time.
            if rows <= SMALL_TABLE && common.memory.is_none() {
                together = rayon::current_num_threads().min(MOST_TOGETHER);
            }
            collected.frames.push(piece.frame);
            collected.notes.absorb(piece.notes);
            bar.inc(1);
        }
        rest = later;
    }
    bar.finish_and_clear();
    Ok(collected)
}
