//! What memory a report takes: its figures, and its claims beside the results that wait for the page. Refused before anything
//! takes long where there is less.

use super::PageError;
use super::gather::{Economies, Request, Span, Wanted};
use crate::analysis::{Admission, AnalysisError};
use crate::claims::{ClaimData, ClaimError, Series};
use crate::level::Level;
use crate::load::ReadOptions;
use crate::model::memory::{self, Asked, MemoryError, Way, Workload};
use crate::table::IcioTable;

/// Numbers that the page of an economy takes the room of: words and drawings, half a megabyte.
const PAGE: usize = 1 << 15;
/// Numbers a row and year that measures of upgrading keep, accounts among them.
const YEAR: usize = 8;
/// Bytes of a number of a result that waits for the page.
const NUMBER: u64 = 8;

/// Bytes at the peak of a report.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Peaks {
    /// While its figures are made.
    pub(super) figures: u64,
    /// Of all of it.
    pub(super) all: u64,
}

impl Peaks {
    /// The larger of each.
    pub(super) fn max(self, other: Self) -> Self {
        Self { figures: self.figures.max(other.figures), all: self.all.max(other.all) }
    }
}

/// What is asked of the tables of a report.
pub(super) struct Room {
    /// Of each table of the first input, and how many of its results are kept.
    figures: Vec<(Asked, usize)>,
    /// Years of the first input, where claims are tested on them.
    years: Option<usize>,
    /// What the claims hold of every other input, and the table that tells.
    others: Vec<(String, Workload)>,
}

impl Room {
    /// For `tables` tables. Of every other input that claims are tested on the first table is opened for once: what does not
    /// fit would be refused when all figures are made.
    ///
    /// # Errors
    /// An input that is not there, a table that cannot be read.
    pub(super) fn of(
        request: &Request,
        wanted: &[Wanted],
        tables: usize,
        claims: bool,
        reading: &ReadOptions,
    ) -> Result<Self, PageError> {
        let mut room = Self { figures: kept(request, wanted, tables), years: None, others: Vec::new() };
        if !claims {
            return Ok(room);
        }
        let (first, others) = request.tables.split_at(request.tables.len().min(1));
        room.years = Some(ClaimData::count(first)?);
        for input in others {
            if request.preparation.admission.is_some() {
                room.others.extend(Series::reckon(input, reading, &request.preparation.model)?);
            } else {
                ClaimData::count(std::slice::from_ref(input))?;
            }
        }
        Ok(room)
    }

    /// Refuses a report that will not fit into memory, tells what it takes where somebody wants to know, and gives the bytes.
    ///
    /// Counted are the model of a table, what all analyses hold besides it, the results of all tables, and the pages of
    /// economies. With the first table the claims are reckoned as well, and it is told.
    pub(super) fn admit(
        &self,
        request: &Request,
        table: &IcioTable,
        is_first: bool,
    ) -> Result<Peaks, PageError> {
        let Some(admission) = &request.preparation.admission else { return Ok(Peaks::default()) };
        let (rows, economies) = (table.axis().n_rows(), table.axis().n_economies());
        let asked = Asked::together(self.figures.iter().copied(), rows, economies);
        let own = Admission { asked, tell: None, ..admission.clone() };
        let figures = request.preparation.admits(table, &own).map_err(|error| in_a_report(error, None))?;
        if !is_first {
            return Ok(Peaks { figures, all: figures });
        }
        let all = figures.max(self.admit_claims(request, table, &own, figures)?);
        if let Some(tell) = admission.tell {
            tell(&memory::told(&own.what, rows, table.intermediate_use().storage(), all, own.limit));
        }
        Ok(Peaks { figures, all })
    }

    /// The claims on one input after the other, beside the results of the figures and what those before keep: bytes at the
    /// peak.
    fn admit_claims(
        &self,
        request: &Request,
        table: &IcioTable,
        own: &Admission,
        figures: u64,
    ) -> Result<u64, PageError> {
        let Some(years) = self.years else { return Ok(0) };
        let first = Series::workload(table, years, false, &request.preparation.model)?;
        let others = self.others.iter().map(|(table, work)| (format!(" on {table}"), *work));
        let mut held = NUMBER * own.asked.on(table).result as u64;
        let mut peak = 0;
        for (on, work) in std::iter::once((String::new(), first)).chain(others) {
            let what = format!("{} with claims{on}", own.what);
            let admitted = memory::admit_beside(&what, &work, held, own.limit);
            peak = peak.max(admitted.map_err(|error| without_claims(error, figures))?);
            held += memory::kept(&work);
        }
        Ok(peak)
    }
}

/// What is asked of a table, and how many of its results are kept.
fn kept(request: &Request, wanted: &[Wanted], tables: usize) -> Vec<(Asked, usize)> {
    let times = |span: Span| if span == Span::All { tables } else { 1 };
    let mut all: Vec<(Asked, usize)> =
        wanted.iter().map(|one| (one.analysis.asked(), times(one.span))).collect();
    let numbers = |level, columns| Asked::of_level(level, columns, 0);
    if request.economies != Economies::None {
        all.push((numbers(Level::Sector, YEAR), tables));
    }
    if request.economies == Economies::All {
        all.push((numbers(Level::Country, PAGE), 1));
    }
    all
}

/// The ways out that a report has: it takes no --store and has no --level. `without` leaves out what does not fit, and takes
/// so many bytes, where they are known.
pub(super) fn in_a_report(error: AnalysisError, without: Option<(&'static str, u64)>) -> AnalysisError {
    match error {
        AnalysisError::Memory(mut error) => {
            error.ways.retain(|(way, _)| matches!(way, Way::Solver(_)));
            let known = without.filter(|(_, bytes)| *bytes > 0);
            error.ways.extend(known.map(|(option, bytes)| (Way::Option(option), bytes)));
            error.less = None;
            error.into()
        }
        other => other,
    }
}

fn without_claims(error: MemoryError, figures: u64) -> AnalysisError {
    in_a_report(error.into(), Some(("--claims none", figures)))
}

/// Claims that do not fit where that was not known before: a product's take a table of their own.
pub(super) fn in_claims(error: ClaimError, figures: u64) -> PageError {
    match error {
        ClaimError::Memory(error) => without_claims(error, figures).into(),
        other => other.into(),
    }
}
