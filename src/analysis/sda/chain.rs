//! From each table to the next, the sum of these steps, and the two ends compared.

use super::rows::{Layout, Path, Told};
use super::{AnalysisError, COUNT, Piece, SdaAnalysis, World};
use crate::frame::ResultNotes;

/// Fewest tables of a chain: of two there is one step, which is what comparing the ends gives.
const FEWEST: usize = 3;

impl SdaAnalysis {
    /// The change over all tables, step by step; `open` opens the table of a place, `step` is called after each system.
    ///
    /// Rows are those of [`SdaAnalysis::run`] with the further key `path`: `step` from a table to the next, `chained` their sum,
    /// `direct` the ends compared. Both add up to the same change. They differ factor by factor: steps are taken at the weights
    /// of each year and follow the path between the ends, as a Divisia index does, where the ends compared know no year but
    /// their own. Ends over orders are added up, too: an order may be chosen anew in each step.
    ///
    /// # Errors
    /// Those of [`SdaAnalysis::run`] and of `open`; [`AnalysisError::ShortChain`] for less than three tables.
    ///
    /// # Cost
    /// That of [`SdaAnalysis::run`] for each table. No more than two worlds are in memory; the first is opened twice.
    pub fn run_chain(
        &self,
        tables: usize,
        open: &mut dyn FnMut(usize) -> Result<World, AnalysisError>,
        step: &dyn Fn(),
    ) -> Result<Piece, AnalysisError> {
        if tables < FEWEST {
            return Err(AnalysisError::ShortChain { found: tables, fewest: FEWEST });
        }
        let mut steps: Vec<Told> = Vec::new();
        let mut last = open(0)?;
        let mut notes = last.notes(&self.computed());
        for table in 1..tables {
            let next = open(table)?;
            notes.absorb(next.notes(&self.computed()));
            // What was not defined is told of the ends alone: a list for each step would hide it.
            let (told, _) = self.decomposed(&last, &next, step, &mut notes)?;
            steps.push(told);
            last = next;
        }
        let first = open(0)?;
        let (direct, remarks) = self.decomposed(&first, &last, step, &mut notes)?;
        self.note([&first, &last], &mut notes);
        notes.remarks.extend(remarks);
        let layout = self.layout(&first);
        let chained = steps[1..].iter().fold(steps[0].clone(), |sum, next| sum.then(next));
        note_paths(&layout, steps.len(), &chained, &direct, &mut notes);
        let mut told: Vec<(Option<Path>, &Told)> =
            steps.iter().map(|told| (Some(Path::Step), told)).collect();
        told.push((Some(Path::Chained), &chained));
        told.push((Some(Path::Direct), &direct));
        Ok(Piece { frame: layout.frame(&told), notes })
    }
}

/// Says what the sum over steps is, and how far it is from the ends compared.
fn note_paths(layout: &Layout<'_>, steps: usize, chained: &Told, direct: &Told, notes: &mut ResultNotes) {
    notes.remarks.push(format!(
        "chained is the sum of {steps} steps, each from a table to the next: it follows the path between the ends, and on another \
         path it would be another; its lowest and highest are those of an order chosen anew in each step; remarks on what is \
         not defined are on the ends compared"
    ));
    let (mut apart, mut all, mut most) = (0.0, 0.0, None);
    let mut largest = 0.0;
    for (one, other) in chained.rows.iter().zip(&direct.rows) {
        for factor in 0..COUNT {
            let (by_steps, at_once) = (one.parts[factor].mean, other.parts[factor].mean);
            let difference = (by_steps - at_once).abs();
            // Of an economy without figures nothing is known.
            if difference.is_nan() {
                continue;
            }
            apart += difference;
            all += at_once.abs();
            if difference > largest {
                (largest, most) = (difference, Some((other, factor)));
            }
        }
    }
    let Some((row, factor)) = most else { return };
    let percent = |part: f64, whole: f64| 100.0 * part / whole.abs().max(f64::MIN_POSITIVE);
    notes.remarks.push(format!(
        "chained and direct add up to the same change; factor by factor they differ by {:.2} % of the direct contributions (sizes, \
         all rows), most in {} of {}: by {:.2} % of the change there",
        percent(apart, all),
        layout.factors[factor],
        layout.label(row),
        percent(largest, row.ends[1] - row.ends[0]),
    ));
}
