//! What is told of each economy, part by part. One part answers one question with one dataset for all economies.

mod exports;
mod jobs;
mod origins;
mod participation;
mod partners;
mod position;
mod sectors;
mod series;
mod upgrading;
mod verdicts;

use std::sync::Arc;

use super::gather::{Gathered, Wanted};
use super::html::slug;
use super::{Chapter, Dataset, Figure, PageError};

/// A part of an economy's page.
pub trait EconomyPart: Sync {
    /// Anchor, unique among the parts.
    fn id(&self) -> &'static str;
    /// Heading: the question it answers.
    fn title(&self) -> &'static str;
    /// Analyses it needs.
    fn wants(&self) -> Vec<Wanted> {
        Vec::new()
    }
    /// Its numbers, of all economies; none when the tables do not give them, and the part is left out.
    ///
    /// # Errors
    /// Numbers that cannot be computed.
    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError>;
    /// What it shows of one economy. Anchors are made unique by the caller.
    ///
    /// # Errors
    /// A figure that cannot be drawn.
    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError>;
}

/// Every part, in the order of the page.
pub static ECONOMY_PARTS: &[&dyn EconomyPart] = &[
    &exports::Exports,
    &sectors::Sectors,
    &partners::Partners,
    &origins::ForeignOrigins,
    &participation::Participation,
    &position::Position,
    &upgrading::Upgrading,
    &verdicts::OwnVerdicts,
    &jobs::Jobs,
];

/// The datasets of every part, in the order of the parts.
pub(super) fn prepare(found: &Gathered) -> Result<Vec<Vec<Arc<Dataset>>>, PageError> {
    if found.economies_shown.is_empty() {
        return Ok(vec![Vec::new(); ECONOMY_PARTS.len()]);
    }
    ECONOMY_PARTS.iter().map(|part| part.data(found)).collect()
}

/// The parts of one economy.
pub(super) fn chapters(
    found: &Gathered,
    data: &[Vec<Arc<Dataset>>],
    economy: &str,
) -> Result<Vec<Chapter>, PageError> {
    let mut chapters = Vec::new();
    for (part, data) in ECONOMY_PARTS.iter().zip(data) {
        if data.is_empty() {
            continue;
        }
        let mut figures = part.figures(found, data, economy)?;
        for figure in &mut figures {
            figure.id = format!("{}-{}", figure.id, slug(economy));
        }
        if !figures.is_empty() {
            let id = format!("{}-{}", part.id(), slug(economy));
            chapters.push(Chapter { id, title: part.title().to_owned(), figures });
        }
    }
    Ok(chapters)
}
