//! The common path of the analytical commands: open each table, build its world, compute, collect.

use indicatif::ProgressBar;
use rayon::prelude::*;

use super::args::Common;
use super::failure::Failure;
use super::output;
use crate::analysis::{Analysis, AnalysisError, Piece, World};
use crate::frame::{Frame, ResultNotes};
use crate::load::{self, TableRef};
use crate::machine;
use crate::model::memory;

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
    open: Open<'_>,
    analysis: &dyn Analysis,
    bar: &ProgressBar,
    common: &Common,
) -> Result<Collected, Failure> {
    over_pieces(tables, &analysis.computed(), bar, common, &|table| {
        let world = open(table)?;
        Ok((analysis.run(&world)?, world.n_rows()))
    })
}

/// How a table is opened.
pub(crate) type Open<'a> = &'a (dyn Fn(&TableRef) -> Result<World, AnalysisError> + Sync);

/// What is said of every table before the first of two passes ends: the second writes under notes that are final. The world of a
/// table that is alone is handed back for it.
pub(crate) fn first_pass(
    tables: &[TableRef],
    what: &str,
    open: Open<'_>,
    outline: &(dyn Fn(&World) -> Result<Piece, AnalysisError> + Sync),
    bar: &ProgressBar,
    common: &Common,
) -> Result<(Collected, Option<World>), Failure> {
    if let [table] = tables {
        let world = open(table)?;
        let Piece { frame, notes } = outline(&world)?;
        return Ok((Collected { frames: vec![frame], notes }, Some(world)));
    }
    let collected = over_pieces(tables, what, bar, common, &|table| {
        let world = open(table)?;
        Ok((outline(&world)?, world.n_rows()))
    })?;
    Ok((collected, None))
}

/// The second pass: every table in order, opened again unless it was kept.
pub(crate) fn second_pass(
    tables: &[TableRef],
    open: Open<'_>,
    mut kept: Option<World>,
    mut work: impl FnMut(&World) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for table in tables {
        let world = match kept.take() {
            Some(world) => world,
            None => open(table)?,
        };
        work(&world)?;
    }
    Ok(())
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
    are_apart(tables)?;
    let mut collected = Collected { frames: Vec::new(), notes: ResultNotes::of(what) };
    let mut rest = tables;
    let mut together = 1;
    let mut held = 0;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(together.min(rest.len()));
        let pieces: Vec<Result<(Piece, usize), AnalysisError>> = now.par_iter().map(piece).collect();
        for piece in pieces {
            let (piece, rows) = piece.map_err(|error| match error {
                // Tables of a folder may have other labels.
                AnalysisError::Label(error) if tables.len() > 1 => {
                    let table = tables[collected.frames.len()].name();
                    Failure::request(format!("{table}: {error}"), error.hint())
                }
                error => error.into(),
            })?;
            // A stated limit is for one table at a time.
            if rows <= SMALL_TABLE && common.memory.is_none() {
                together = rayon::current_num_threads().min(MOST_TOGETHER);
            }
            let frame = piece.frame.shrunk();
            held += frame.bytes();
            collected.frames.push(frame);
            collected.notes.absorb(piece.notes);
            bar.inc(1);
        }
        let there = common.memory.or_else(memory::usable);
        let done = collected.frames.len();
        let needed = of_all(held, machine::most_resident().unwrap_or(0), done, tables.len());
        room_for_all(needed, held, (done, tables.len()), (there, common.memory.is_some()))?;
        if done == 1 && tables.len() > 1 && common.verbose && !common.quiet {
            let work = format!("{what}, the results of {} tables,", tables.len());
            bar.suspend(|| output::say(&memory::told_bytes(&work, needed, common.memory)));
        }
        rest = later;
    }
    bar.finish_and_clear();
    Ok(collected)
}

/// Refuses tables whose rows could not be told apart in one result: two of a year, and one without a year among others.
///
/// # Errors
/// With their names.
pub(crate) fn are_apart(tables: &[TableRef]) -> Result<(), Failure> {
    let [_, _, ..] = tables else { return Ok(()) };
    if let Some(undated) = tables.iter().find(|table| table.year().is_none()) {
        return Err(Failure::request(
            format!(
                "{}: the year of this table is not known, and its rows would stand among those of {} others",
                undated.name(),
                tables.len() - 1
            ),
            "name the file after its year, for example 2005.csv, or give the file instead of the folder",
        ));
    }
    match load::doubled(tables) {
        None => Ok(()),
        Some((year, first, second)) => Err(Failure::request(
            format!("two tables of {year}: {} and {}", first.name(), second.name()),
            "give one of the two: their rows would have the same keys",
        )),
    }
}

/// Bytes of the process with the results of all tables: what it held at most so far, for tables to come take as much as
/// those that came, and beside it the results that are still to come. With the first of them a tenth more is reckoned:
/// tables differ, and who is refused should be so at once.
fn of_all(held: u64, most: u64, done: usize, all: usize) -> u64 {
    let to_come = held / done as u64 * (all - done) as u64;
    let needed = most + to_come;
    if done == 1 && all > 1 { needed + needed / 10 } else { needed }
}

/// Refuses results that will not fit beside each other, as soon as the first ones tell how large they are.
///
/// # Errors
/// With the results of the other tables, there would be more than is stated, or than the machine has left.
fn room_for_all(
    needed: u64,
    held: u64,
    (done, all): (usize, usize),
    (there, stated): (Option<u64>, bool),
) -> Result<(), Failure> {
    // What the last one takes is for its own admission.
    let Some(there) = there.filter(|there| all > done && needed > *there) else { return Ok(()) };
    Err(Failure::request(
        format!(
            "the results of {all} tables, {} each, with all else take about {} of memory, {}",
            memory::readable(held / done as u64),
            machine::readable_up(needed),
            machine::limit(there, stated)
        ),
        format!(
            "fewer tables at a time (`--year`), or `vadex batch`, which writes each table's result by itself{}",
            if stated { "; or a larger --memory" } else { "" }
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_results_tell_whether_all_will_fit() {
        let told = |held, most, done, all| {
            room_for_all(of_all(held, most, done, all), held, (done, all), (Some(11_000), true))
        };
        assert!(told(1_000, 1_000, 1, 10).is_ok());
        let refused = told(1_000, 1_001, 1, 10).unwrap_err().message();
        assert!(
            refused.contains("the results of 10 tables, 1 kB each, with all else take about 12 kB"),
            "{refused}"
        );
        assert!(told(2_000, 10_000, 2, 3).is_ok());
        assert!(told(2_000, 10_001, 2, 3).is_err());
        // What one table alone takes is for its own admission.
        assert!(told(2_000, 12_000, 2, 2).is_ok() && told(2_000, 12_000, 1, 1).is_ok());
        assert!(room_for_all(u64::MAX, 1, (1, 10), (None, false)).is_ok());
    }
}
