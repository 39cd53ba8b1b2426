//! A decomposition as rows and columns, whole or piece by piece.

use super::{Analysis, AnalysisError, Piece, World, economies, sectors};
use crate::audit::worst_evidence;
use crate::decompose::{Decomposition, Detail, Method, Scope, Workspace, stream};
use crate::frame::{Frame, IdentityGap, ResultNotes, worse_gap};
use crate::level::Level;
use crate::model::memory::{Asked, coarser_than};

/// Exports taken apart by a method: what `vadex decompose` computes.
#[derive(Clone)]
pub struct DecomposeAnalysis {
    /// The method.
    pub method: &'static dyn Method,
    /// How finely to tell.
    pub level: Level,
    /// Exporting economies; empty means all.
    pub exporters: Vec<String>,
    /// Importing economies; empty means all.
    pub importers: Vec<String>,
    /// Exporting sectors; empty means all.
    pub sectors: Vec<String>,
    /// Long form: one row a unit and term.
    pub tidy: bool,
}

/// Flows by row and economy that the methods share: what buyers absorb, re-export and sell on, what imports call forth.
const FLOWS: usize = 16;

impl Analysis for DecomposeAnalysis {
    fn computed(&self) -> String {
        format!("decompose {}", self.method.id())
    }

    fn asked(&self) -> Asked {
        Asked {
            level: self.level,
            pairs: false,
            columns: 4 + self.method.terms(self.level).len(),
            inverse: self.method.needs_inverse(self.level),
            flows: FLOWS,
            own_tables: 0,
            less: coarser_than(self.level),
        }
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let mut notes = world.notes(&self.computed());
        let scope = self.scope(world)?;
        let work = world.workspace()?;
        let whole = self.method.run(work, self.level, &scope)?;
        notes.remarks.extend(self.method.caution().map(|caution| format!("{}: {caution}", self.method.id())));
        note_attributed(work, &mut notes);
        let year = work.model().description().year;
        notes.worst_identity = worst_evidence(self.method, &whole, work.axis()).map(|gap| IdentityGap {
            at: year.map_or_else(|| gap.at.clone(), |year| format!("{} {year}", gap.at)),
            ..gap
        });
        notes.worst_residual = world.residual();
        Ok(Piece { frame: self.frame(world, &whole), notes })
    }
}

impl DecomposeAnalysis {
    /// What it asks for when a detail is written too: beside the result a piece of the detail, which is as long, and the one
    /// before, which the writer still holds.
    pub fn asked_with_detail(&self) -> Asked {
        let asked = self.asked();
        Asked { columns: 3 * asked.columns, less: Some("no --by"), ..asked }
    }

    /// A method at a level, for all exporters, importers and sectors.
    pub fn of(method: &'static dyn Method, level: Level) -> Self {
        Self { method, level, exporters: Vec::new(), importers: Vec::new(), sectors: Vec::new(), tidy: false }
    }

    /// The result taken apart further, piece by piece; hands back the worst gap of the identities that are evidence.
    ///
    /// # Errors
    /// A detail that the method does not know, a failed solve, and whatever `take` returns.
    pub fn details<E: From<AnalysisError>>(
        &self,
        world: &World,
        by: Detail,
        mut take: impl FnMut(&Frame) -> Result<(), E>,
    ) -> Result<f64, E> {
        let scope = self.scope(world)?;
        let work = world.workspace().map_err(AnalysisError::from)?;
        let mut gap: f64 = 0.0;
        stream(self.method, work, self.level, &scope, Some(by), |piece| {
            let worst = worst_evidence(self.method, &piece, work.axis());
            gap = worse_gap(gap, worst.map_or(0.0, |worst| worst.relative_gap));
            take(&self.frame(world, &piece)).map_err(Stopped::Taker)
        })
        .map_err(|stopped| match stopped {
            Stopped::Method(error) => AnalysisError::from(error).into(),
            Stopped::Taker(error) => error,
        })?;
        Ok(gap)
    }

    fn scope(&self, world: &World) -> Result<Scope, AnalysisError> {
        let axis = world.model().axis();
        Ok(Scope {
            exporters: economies(axis, &self.exporters)?,
            importers: economies(axis, &self.importers)?,
            sectors: sectors(axis, &self.sectors)?,
        })
    }

    fn frame(&self, world: &World, result: &Decomposition) -> Frame {
        let (axis, year) = (world.model().axis(), world.model().description().year);
        let frame = if self.tidy { result.to_tidy_frame(axis, year) } else { result.to_frame(axis, year) };
        // Where the origin is told, what others add to the exports of an economy without figures is known.
        let origin = frame.column(Detail::Origin.id()).is_some();
        let keys: &[&str] = if origin { &["origin"] } else { &["exporter", "economy"] };
        world.without_unknown(frame, keys)
    }
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
