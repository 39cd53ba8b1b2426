//! The common path of the analytical commands: open each table, check it, build the model, compute, collect.

use rayon::prelude::*;

use super::args::{Common, Input, Modelling};
use super::failure::Failure;
use super::progress;
use crate::frame::{Frame, ResultNotes};
use crate::load::TableRef;
use crate::model::Model;
use crate::table::{self, IcioTable, Severity};

/// What one table gave.
struct Piece {
    frame: Frame,
    notes: ResultNotes,
    rows: usize,
}

/// Rows up to which tables are taken side by side: a model of this size holds some 150 MB.
const SMALL_TABLE: usize = 2_500;
/// Most tables in memory at a time.
const MOST_TOGETHER: usize = 4;

/// All pieces in order of the tables, and what to say about them.
pub(crate) struct Collected {
    pub(crate) frames: Vec<Frame>,
    pub(crate) notes: ResultNotes,
}

/// Opens, checks and models every table in turn and computes a piece from each.
///
/// Large tables are taken one after the other, each spread over all threads, so memory stays at one table; small ones
/// are read and solved side by side, because reading is serial and their solves are short.
pub(crate) fn over_tables_and_models(
    input: &Input,
    modelling: &Modelling,
    what: &str,
    common: &Common,
    compute: impl Fn(&IcioTable, &Model, &mut ResultNotes) -> Result<Frame, Failure> + Sync,
) -> Result<Collected, Failure> {
    let tables = input.tables()?;
    let bar = progress::bar(tables.len(), what, common);
    let mut collected = Collected { frames: Vec::new(), notes: ResultNotes::of(what) };
    let mut rest = tables.as_slice();
    let mut together = 1;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(together.min(rest.len()));
        let pieces: Vec<Result<Piece, Failure>> =
            now.par_iter().map(|table| one_table(table, input, modelling, what, &compute)).collect();
        for piece in pieces {
            let piece = piece?;
            if piece.rows <= SMALL_TABLE {
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

fn one_table(
    table: &TableRef,
    input: &Input,
    modelling: &Modelling,
    what: &str,
    compute: &(impl Fn(&IcioTable, &Model, &mut ResultNotes) -> Result<Frame, Failure> + Sync),
) -> Result<Piece, Failure> {
    let table = table.open(&input.read_options())?;
    let mut notes = ResultNotes::of(what);
    let table = united(table, modelling, &mut notes)?;
    let model = Model::build(&table, &modelling.options())?;
    describe(&table, &model, &mut notes);
    note_value_added_gap(&model, &mut notes)?;
    let frame = compute(&table, &model, &mut notes)?;
    notes.worst_residual = model.system().worst_residual();
    Ok(Piece { frame, notes, rows: table.axis().n_rows() })
}

/// With published value added v·B need not be one: the notes say by how much.
fn note_value_added_gap(model: &Model, notes: &mut ResultNotes) -> Result<(), Failure> {
    let description = model.description();
    if description.conventions.value_added == table::ValueAddedConvention::Residual {
        return Ok(());
    }
    let gap = model.value_added_gap()?;
    let year = description.year.map_or_else(String::new, |year| format!("{year}: "));
    notes.remarks.push(format!(
        "{year}v·B differs from 1 by {:.2e} on average (weighted by output), at most {:.2e} ({}): value added and \
         double counting do not add up to exports",
        gap.mean,
        gap.worst,
        model.axis().row_label(gap.worst_row)
    ));
    Ok(())
}

/// The groups the user named and the split economies, each as one exporter; the notes say so.
pub(crate) fn united(
    table: IcioTable,
    modelling: &Modelling,
    notes: &mut ResultNotes,
) -> Result<IcioTable, Failure> {
    let groups = modelling.unions(table.axis());
    if groups.is_empty() {
        return Ok(table);
    }
    let united = table.regroup(&groups)?;
    for group in groups {
        notes.remarks.push(format!(
            "{} = {}: solved apart, then one economy; trade inside is domestic",
            group.name,
            group.members.join(" + ")
        ));
    }
    Ok(united)
}

/// Notes that every result carries: unit, conventions, solver, source, findings.
pub(crate) fn describe(table: &IcioTable, model: &Model, notes: &mut ResultNotes) {
    let description = model.description();
    notes.unit = description.unit.clone();
    notes.conventions = description.conventions.to_string();
    notes.solver = model.system().solver().to_owned();
    notes.sources.push(description.provenance.clone());
    let year = table.year().map_or_else(String::new, |year| format!("{year}: "));
    for finding in table::check(table) {
        let at = match finding.severity {
            Severity::Note => String::new(),
            _ => format!(" (worst: {} {})", finding.worst_at, finding.worst_value),
        };
        notes.findings.push(format!("{year}{}{at}", finding.message));
    }
}
