//! A report: everything the engine says of a table, as pages that a reader opens and files that an analyst reads on.
//!
//! ```text
//! Request -> gather -> Gathered (datasets, claims, product) -> SECTIONS, ECONOMY_PARTS -> Figure -> html, data/*.csv
//! ```
//! A section asks for datasets ([`Wanted`]), gets them for every table, and hands over [`Figure`]s: words and numbers,
//! no HTML. Whatever is printed in a table is a cell of a dataset, and every dataset is written as CSV beside the page.
//!
//! To add a section: one file in `sections/` and one line in [`SECTIONS`]. To add something about each economy: one file
//! in `economy/` and one line in [`ECONOMY_PARTS`].

mod chain_stages;
mod content_by_origin;
mod dataset;
mod decomposition_shares;
mod definition;
mod economy;
mod error;
mod figure;
mod folder;
mod gather;
mod html;
pub mod names;
pub mod number;
pub(crate) mod options;
mod room;
mod sections;
mod settle;

pub use dataset::Dataset;
pub use economy::{ECONOMY_PARTS, EconomyPart};
pub use error::PageError;
pub use figure::{Body, Cell, Figure, MethodNote, Piece, Shown, Table};
pub use folder::ReportFolder;
pub use gather::{Claims, Economies, Finding, Gathered, Phone, Request, Span, Wanted, Years, gather};
pub use sections::{SECTIONS, Section};
pub use settle::what_would_settle;

use std::sync::Arc;

/// The pages of a report and the numbers behind them.
#[derive(Debug)]
pub struct Report {
    /// `report.html`.
    pub page: String,
    /// Economy and page, for the economies that have a page of their own.
    pub economies: Vec<(String, String)>,
    /// Every dataset that a figure uses, each once.
    pub data: Vec<Arc<Dataset>>,
    /// What travels with the report as a whole.
    pub notes: crate::frame::ResultNotes,
}

/// A heading and the figures below it.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// Anchor.
    pub id: String,
    /// Heading.
    pub title: String,
    /// Figures, in order.
    pub figures: Vec<Figure>,
}

/// Figures into pages.
///
/// # Errors
/// A figure that cannot be drawn.
pub fn compose(found: &Gathered, told: &mut dyn FnMut(&str)) -> Result<Report, PageError> {
    let mut chapters = Vec::new();
    for section in SECTIONS {
        told(section.id());
        let figures = section.figures(found)?;
        if !figures.is_empty() {
            chapters.push(Chapter {
                id: section.id().to_owned(),
                title: section.title().to_owned(),
                figures,
            });
        }
    }
    told("economies");
    let parts = economy::prepare(found)?;
    let (mut first, mut pages) = (Vec::new(), Vec::new());
    for economy in &found.economies_shown {
        let chapters = economy::chapters(found, &parts, economy)?;
        match found.inline {
            true => first.push((economy.clone(), chapters)),
            false => pages.push((economy.clone(), chapters)),
        }
    }
    let per_economy = first.iter().chain(&pages).flat_map(|(_, chapters)| chapters);
    let data = with_sentences(chapters.iter().chain(per_economy).flat_map(|chapter| &chapter.figures));
    let page = html::report_page(found, &first, &chapters);
    let economies = pages
        .iter()
        .map(|(economy, chapters)| (economy.clone(), html::economy_page(found, economy, chapters)))
        .collect();
    Ok(Report { page, economies, data, notes: found.notes.clone() })
}

/// Every dataset that the figures use, each once and in order of names, with what is stated of it in its notes: medians and
/// counts that a sentence states stand in no cell.
fn with_sentences<'a>(figures: impl Iterator<Item = &'a Figure>) -> Vec<Arc<Dataset>> {
    let mut all: Vec<Dataset> = Vec::new();
    for figure in figures {
        for used in &figure.data {
            let at = all.iter().position(|known| known.id == used.id).unwrap_or_else(|| {
                all.push(Dataset::clone(used));
                all.len() - 1
            });
            all[at].notes.remarks.push(format!("stated in {}: {}", figure.id, figure.says));
        }
    }
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.into_iter().map(Arc::new).collect()
}
