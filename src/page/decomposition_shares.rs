//! The parts of gross exports as fractions of them: a decomposition with columns of shares.

use super::dataset::with_numbers;
use crate::analysis::{Analysis, AnalysisError, DecomposeAnalysis, Piece, World};
use crate::decompose::Method;
use crate::frame::Measure;
use crate::level::Level;
use crate::model::memory::Asked;

/// Exports taken apart, and the fractions that a reader compares.
///
/// ```text
/// davax_share = davax / gexp        vax_further_share = (vax − davax) / gexp        ref, ddc, fva, fdc over gexp
/// ```
#[derive(Clone)]
pub(super) struct DecompositionShares(DecomposeAnalysis);

impl DecompositionShares {
    /// Of a method that has the terms of Borin and Mancini's exporter perimeter.
    pub fn of(method: &'static dyn Method) -> Self {
        Self(DecomposeAnalysis::of(method, Level::Country))
    }
}

impl Analysis for DecompositionShares {
    fn computed(&self) -> String {
        self.0.computed()
    }

    fn asked(&self) -> Asked {
        self.0.asked()
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let Piece { mut frame, notes } = self.0.run(world)?;
        for (name, whole, less) in [
            ("davax_share", "davax", None),
            ("vax_further_share", "vax", Some("davax")),
            ("ref_share", "ref", None),
            ("ddc_share", "ddc", None),
            ("fva_share", "fva", None),
            ("fdc_share", "fdc", None),
        ] {
            frame = with_numbers(frame, name, Measure::Share, |cell| {
                (cell(whole) - less.map_or(0.0, cell)) / cell("gexp")
            });
        }
        Ok(Piece { frame, notes })
    }
}
