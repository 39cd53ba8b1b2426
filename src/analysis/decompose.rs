//! A decomposition as rows and columns, whole or piece by piece.

use super::sums::{added_up, note_sums};
use super::{Analysis, AnalysisError, Piece, World, note_picked, picked_economies};
use crate::audit::worst_evidence;
use crate::decompose::{
    Apart, Decomposition, Detail, Method, Scope, SumOver, Sums, Workspace, check_sum, stream,
};
use crate::frame::{Frame, IdentityGap, ResultNotes, worse_gap};
use crate::labels::{Axis, Picked, pick_sectors};
use crate::level::Level;
use crate::model::memory::{Asked, coarser_than};

/// Exports taken apart by a method: what `vadex decompose` computes.
#[derive(Clone)]
pub struct DecomposeAnalysis {
    /// The method.
    pub method: &'static dyn Method,
    /// How finely to tell.
    pub level: Level,
    /// Exporting economies, or groups of them by name; empty means all.
    pub exporters: Vec<String>,
    /// Importing economies, or groups of them; empty means all.
    pub importers: Vec<String>,
    /// Exporting sectors, or groups of them; empty means all.
    pub sectors: Vec<String>,
    /// Keys over which the rows of each group that is chosen there are added up, under its name.
    pub sums: Vec<SumOver>,
    /// By whom every row is taken apart further.
    pub by: Vec<Detail>,
    /// Origins, or groups of them; empty means all.
    pub origins: Vec<String>,
    /// Absorbers, or groups of them; empty means all.
    pub absorbers: Vec<String>,
    /// Long form: one row a unit and term.
    pub tidy: bool,
}

/// Flows by row and economy that a method holds at most: what buyers absorb, re-export and sell on, what imports call forth.
/// `bm-sink-terms` has the most: B Y, two of cleared exports, five of the last crossing, two of local use, five of what is
/// exported on, and for the time of making these six of output.
const FLOWS: usize = 24;

impl Analysis for DecomposeAnalysis {
    fn computed(&self) -> String {
        format!("decompose {}", self.method.id())
    }

    fn asked(&self) -> Asked {
        // A sum stands beside what it is made of.
        let copies = if self.sums.is_empty() { 1 } else { 2 };
        let columns = copies * (4 + self.method.terms(self.level).len());
        // Taken apart: beside the result a piece, which is as long, and the one before, which the writer still holds.
        let apart = self.is_taken_apart();
        // What an absorber calls forth stands beside what all do.
        let worlds = if self.by.contains(&Detail::Absorber) { 2 } else { 1 };
        Asked {
            level: self.level,
            pairs: false,
            columns: if apart { 3 * columns } else { columns },
            inverse: self.method.needs_inverse(self.level),
            flows: worlds * FLOWS,
            own_tables: 0,
            less: if apart { Some("no --by") } else { coarser_than(self.level) },
        }
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let mut notes = world.notes(&self.computed());
        let chosen = self.chosen(world.model().axis())?;
        let (_, rows) = self.apart(world.model().axis())?;
        let work = world.workspace()?;
        let whole = self.method.run(work, self.level, &chosen.scope)?;
        notes.remarks.extend(self.method.caution().map(|caution| format!("{}: {caution}", self.method.id())));
        notes.remarks.extend(self.method.remark(work.axis(), self.level));
        note_attributed(work, &mut notes);
        chosen.note(&mut notes);
        for (key, names) in [("origin", &self.origins), ("absorber", &self.absorbers)] {
            note_picked(key, &picked_economies(work.axis(), names)?, &mut notes);
        }
        let year = work.model().description().year;
        notes.worst_identity = worst_evidence(self.method, &whole, work.axis()).map(|gap| IdentityGap {
            at: year.map_or_else(|| gap.at.clone(), |year| format!("{} {year}", gap.at)),
            ..gap
        });
        notes.worst_residual = world.residual();
        Ok(Piece { frame: self.frame(world, &only(whole, &rows), &chosen), notes })
    }
}

impl DecomposeAnalysis {
    /// A method at a level, for all exporters, importers and sectors.
    pub fn of(method: &'static dyn Method, level: Level) -> Self {
        Self {
            method,
            level,
            exporters: Vec::new(),
            importers: Vec::new(),
            sectors: Vec::new(),
            by: Vec::new(),
            origins: Vec::new(),
            absorbers: Vec::new(),
            sums: Vec::new(),
            tidy: false,
        }
    }

    /// Is the result told piece by piece, by [`Self::details`]?
    pub fn is_taken_apart(&self) -> bool {
        !self.by.is_empty()
    }

    /// Do rows of the method add up over the keys that are asked for? What can be told before a table is opened.
    ///
    /// # Errors
    /// [`NotAdditive`](crate::decompose::DecomposeError::NotAdditive), with the reason.
    pub fn check_sums(&self) -> Result<(), AnalysisError> {
        for key in &self.sums {
            check_sum(self.method, *key)?;
        }
        Ok(())
    }

    /// The result taken apart further, piece by piece; hands back the worst gap of the identities that are evidence.
    ///
    /// # Errors
    /// A detail that the method does not know, a failed solve, and whatever `take` returns.
    pub fn details<E: From<AnalysisError>>(
        &self,
        world: &World,
        mut take: impl FnMut(&Frame) -> Result<(), E>,
    ) -> Result<f64, E> {
        let chosen = self.chosen(world.model().axis())?;
        let (apart, rows) = self.apart(world.model().axis())?;
        let work = world.workspace().map_err(AnalysisError::from)?;
        let mut gap: f64 = 0.0;
        stream(self.method, work, self.level, &chosen.scope, &apart, |piece| {
            let worst = worst_evidence(self.method, &piece, work.axis());
            gap = worse_gap(gap, worst.map_or(0.0, |worst| worst.relative_gap));
            take(&self.frame(world, &only(piece, &rows), &chosen)).map_err(Stopped::Taker)
        })
        .map_err(|stopped| match stopped {
            Stopped::Method(error) => AnalysisError::from(error).into(),
            Stopped::Taker(error) => error,
        })?;
        Ok(gap)
    }

    /// What is chosen on an axis, and which of it is added up.
    fn chosen(&self, axis: &Axis) -> Result<Chosen, AnalysisError> {
        let exporters = picked_economies(axis, &self.exporters)?;
        let importers = picked_economies(axis, &self.importers)?;
        let sectors = pick_sectors(axis, &self.sectors)?;
        let scope = Scope {
            exporters: exporters.indices(),
            importers: importers.indices(),
            sectors: sectors.indices(),
        };
        let keys =
            [(SumOver::Exporter, exporters), (SumOver::Sector, sectors), (SumOver::Importer, importers)];
        let keys = keys
            .into_iter()
            .map(|(key, picked)| -> Result<_, AnalysisError> {
                if !self.sums.contains(&key) {
                    return Ok((key, picked, None));
                }
                let sums = check_sum(self.method, key)?;
                if picked.groups.is_empty() {
                    return Err(AnalysisError::NothingToSum { key: key.id() });
                }
                Ok((key, picked, Some(sums)))
            })
            .collect::<Result<_, _>>()?;
        Ok(Chosen { scope, keys })
    }

    /// By whom and for whom, and which rows: a choice among those whom the method's own rows tell is made among its rows.
    fn apart(&self, axis: &Axis) -> Result<(Apart, Vec<Told>), AnalysisError> {
        let mut apart = Apart { by: self.by.clone(), ..Apart::default() };
        let mut rows = Vec::new();
        for (key, names, told) in [
            ("origin", &self.origins, &mut apart.origins),
            ("absorber", &self.absorbers, &mut apart.absorbers),
        ] {
            let wanted = picked_economies(axis, names)?.indices();
            if self.method.keys(self.level).contains(&key) {
                rows.push((key, wanted));
            } else {
                *told = wanted;
            }
        }
        apart.check(self.method, self.level, axis)?;
        Ok((apart, rows))
    }

    fn frame(&self, world: &World, result: &Decomposition, chosen: &Chosen) -> Frame {
        let (axis, year) = (world.model().axis(), world.model().description().year);
        let frame = if self.tidy { result.to_tidy_frame(axis, year) } else { result.to_frame(axis, year) };
        // Where the origin is told, what others add to the exports of an economy without figures is known.
        let keys: &[&str] =
            if frame.column("origin").is_some() { &["origin"] } else { &["exporter", "economy"] };
        let frame = world.without_unknown(frame, keys);
        chosen.keys.iter().fold(frame, |frame, (key, picked, sums)| match sums {
            Some(sums) => added_up(&frame, key.id(), picked, sums.apart()),
            None => frame,
        })
    }
}

/// What was chosen on an axis.
struct Chosen {
    scope: Scope,
    /// What was picked for each key and, where its groups are added up, what their sums are.
    keys: Vec<(SumOver, Picked, Option<Sums>)>,
}

impl Chosen {
    /// Says what stands behind groups, and what their sums are.
    fn note(&self, notes: &mut ResultNotes) {
        for (key, picked, sums) in &self.keys {
            let key = key.id();
            note_picked(key, picked, notes);
            let Some(sums) = sums else { continue };
            note_sums(key, picked, *sums, notes);
        }
    }
}

/// A key and the economies that are wanted of it; none means all.
type Told = (&'static str, Vec<usize>);

/// The rows that are wanted. Identities are looked at before: those that sum over a key want all of it.
fn only(result: Decomposition, rows: &[Told]) -> Decomposition {
    rows.iter().fold(result, |result, (key, wanted)| result.only(key, wanted))
}

/// Who ended a stream.
enum Stopped<E> {
    Method(crate::decompose::DecomposeError),
    Taker(E),
}

impl<E> From<crate::decompose::DecomposeError> for Stopped<E> {
    fn from(error: crate::decompose::DecomposeError) -> Self {
        Self::Method(error)
    }
}

/// Says so when the value added of the table does not account for all exports.
fn note_attributed(work: &Workspace, notes: &mut ResultNotes) {
    /// Below this, the gap is rounding.
    const ROUNDING: f64 = 1e-9;
    if !work.model().primary().is_value_added {
        return;
    }
    let (economy, share) = work.least_attributed();
    if (1.0 - share).abs() > ROUNDING {
        let name = &work.axis().economies()[economy];
        let year = work.model().description().year.map_or_else(String::new, |year| format!(" in {year}"));
        notes.remarks.push(format!(
            "value added accounts for {:.4} % of the gross exports of {name}{year}, less than anywhere else (industries \
             that sell without output, or a published value added that leaves taxes and margins out); identities are \
             held against that part",
            100.0 * share
        ));
    }
}
