//! The common path of the analytical commands: open each table, check it, build the model, compute, collect.

use rayon::prelude::*;

use super::args::{Common, Input, Modelling};
use super::failure::Failure;
use super::{output, progress};
use crate::frame::{Frame, ResultNotes};
use crate::level::Level;
use crate::load::TableRef;
use crate::model::{Model, memory};
use crate::table::{self, IcioTable, Severity};

/// What one table gave.
struct Piece {
    frame: Frame,
    notes: ResultNotes,
    rows: usize,
    peak: u64,
}

/// What a command is going to do with a table, as far as memory is concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// How finely the result is told.
    pub(crate) level: Level,
    /// Columns of the result, keys included.
    pub(crate) columns: usize,
    /// Is the inverse of the whole world needed?
    pub(crate) inverse: bool,
    /// (n, G) matrices that are held besides the model.
    pub(crate) flows: usize,
}

/// Refuses what will not fit into memory, before heavy work starts; with -v the prediction is told.
pub(crate) fn admit(
    what: &str,
    table: &IcioTable,
    asked: &Asked,
    modelling: &Modelling,
    common: &Common,
) -> Result<u64, Failure> {
    let work = memory::Workload::of(table);
    let work = memory::Workload {
        solver: modelling.solver()?,
        copied: !modelling.unions(table.axis()).is_empty(),
        inverse: asked.inverse,
        flows: asked.flows,
        result: asked.columns * asked.level.size(work.rows, work.economies),
        ..work
    };
    let peak = memory::admit(what, &work, common.memory)?.peak();
    if common.verbose && !common.quiet {
        let there = common
            .memory
            .or_else(memory::usable)
            .map_or_else(String::new, |bytes| format!(", {} may be used", memory::readable(bytes)));
        output::say(&format!(
            "memory: {what} on {} rows ({}) takes about {} at its peak{there}",
            work.rows,
            work.storage,
            memory::readable(peak)
        ));
    }
    Ok(peak)
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
pub(crate) fn over_tables(
    input: &Input,
    modelling: &Modelling,
    what: &str,
    asked: &Asked,
    common: &Common,
    compute: impl Fn(&Model, &mut ResultNotes) -> Result<Frame, Failure> + Sync,
) -> Result<Collected, Failure> {
    over_tables_with(input, modelling, what, asked, common, |_| (), |(), model, notes| compute(model, notes))
}

/// The same for commands that need something of the table that the model leaves out: `keep` takes it before the model
/// moves into the table's memory.
pub(crate) fn over_tables_with<K>(
    input: &Input,
    modelling: &Modelling,
    what: &str,
    asked: &Asked,
    common: &Common,
    keep: impl Fn(&IcioTable) -> K + Sync,
    compute: impl Fn(K, &Model, &mut ResultNotes) -> Result<Frame, Failure> + Sync,
) -> Result<Collected, Failure> {
    let tables = input.tables()?;
    let bar = progress::bar(tables.len(), what, common);
    let mut collected = Collected { frames: Vec::new(), notes: ResultNotes::of(what) };
    let mut rest = tables.as_slice();
    let mut together = 1;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(together.min(rest.len()));
        let pieces: Vec<Result<Piece, Failure>> = now
            .par_iter()
            .map(|table| one_table(table, input, modelling, what, asked, common, &keep, &compute))
            .collect();
        for piece in pieces {
            let piece = piece?;
            if piece.rows <= SMALL_TABLE {
                let room = common.memory.or_else(memory::usable).unwrap_or(u64::MAX) / piece.peak.max(1);
                together = rayon::current_num_threads().min(MOST_TOGETHER).min(room.max(1) as usize);
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

#[expect(clippy::too_many_arguments, reason = "the path of one table, given piece by piece")]
fn one_table<K>(
    table: &TableRef,
    input: &Input,
    modelling: &Modelling,
    what: &str,
    asked: &Asked,
    common: &Common,
    keep: &(impl Fn(&IcioTable) -> K + Sync),
    compute: &(impl Fn(K, &Model, &mut ResultNotes) -> Result<Frame, Failure> + Sync),
) -> Result<Piece, Failure> {
    let table = table.open(&input.read_options())?;
    let mut notes = ResultNotes::of(what);
    let peak = admit(what, &table, asked, modelling, common)?;
    let table = united(table, modelling, &mut notes)?;
    note_findings(&table, &mut notes);
    let kept = keep(&table);
    let model = Model::from_table(table, &modelling.options())?;
    describe(&model, &mut notes);
    note_value_added_gap(&model, &mut notes)?;
    let frame = compute(kept, &model, &mut notes)?;
    notes.worst_residual = model.system().worst_residual();
    Ok(Piece { frame, notes, rows: model.axis().n_rows(), peak })
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

/// Notes that every result carries: unit, conventions, solver, source.
pub(crate) fn describe(model: &Model, notes: &mut ResultNotes) {
    let description = model.description();
    notes.unit = description.unit.clone();
    notes.conventions = description.conventions.to_string();
    notes.solver = model.system().solver().to_owned();
    notes.solver_reason = model.system().solver_reason().to_owned();
    notes.sources.push(description.provenance.clone());
}

/// What the accounts of a table look like, one line a finding.
pub(crate) fn note_findings(table: &IcioTable, notes: &mut ResultNotes) {
    let year = table.year().map_or_else(String::new, |year| format!("{year}: "));
    for finding in table::check(table) {
        let at = match finding.severity {
            Severity::Note => String::new(),
            _ => format!(" (worst: {} {})", finding.worst_at, finding.worst_value),
        };
        notes.findings.push(format!("{year}{}{at}", finding.message));
    }
}
