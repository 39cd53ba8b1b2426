//! The sections of a report, in order. One section answers one question.

mod conventions;
mod curve;
mod decomposition;
mod headline;
pub(super) mod origins;
pub(super) mod paths;
mod phone;
mod smile;
pub(super) mod verdicts;

use super::gather::{Gathered, Wanted};
use super::{Figure, PageError};

/// A section of the report.
pub trait Section: Sync {
    /// Anchor, unique.
    fn id(&self) -> &'static str;
    /// Heading: the question it answers.
    fn title(&self) -> &'static str;
    /// Analyses it needs.
    fn wants(&self) -> Vec<Wanted> {
        Vec::new()
    }
    /// What it shows; nothing when its numbers are not there.
    ///
    /// # Errors
    /// A figure that cannot be drawn.
    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError>;
}

/// Every section, in the order of the page.
pub static SECTIONS: &[&dyn Section] = &[
    &headline::Headline,
    &verdicts::Verdicts,
    &paths::ThinningPaths,
    &curve::Curves,
    &decomposition::DecompositionBars,
    &phone::PhoneAccount,
    &origins::Origins,
    &smile::SmileCurve,
    &conventions::Conventions,
];
