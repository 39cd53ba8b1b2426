//! The manual that travels with the binary: pages, and what is known about any word of the command line.
//!
//! Nothing here is written twice: [`explain`] and [`methods_page`] read the registries (methods, indicators, claims,
//! solvers, importers, formats, embedded data), so a new entry of a registry is in the manual from its first day. The few
//! pages that are prose stand beside this file and are shown by `vadex explain PAGE`; their commands are run by tests.
//!
//! To add a page: one file `src/manual/<id>.md`, one line in [`PAGES`]. To add a kind of things that have words: one line in
//! `KINDS` of `topics.rs`.

mod crosswalk;
mod methods_page;
mod topics;

pub use crosswalk::{ALIASES, Alias, CROSSWALK, Crosswalk, Meaning, TOOLS, called_elsewhere, crosswalk_page};
pub use methods_page::methods_page;
pub use topics::{explain, explain_elsewhere, known, nearest, speaking_of};

/// A page of prose.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Flat id, as `vadex explain` takes it.
    pub id: &'static str,
    /// What it is about.
    pub summary: &'static str,
    /// Markdown.
    pub text: fn() -> String,
}

/// Every page, in the order of `vadex list pages`.
pub static PAGES: &[Page] = &[
    Page {
        id: "coming-from",
        summary: "the same task in Stata icio, R, pymrio or MARIO, and here",
        text: || include_str!("coming_from.md").to_owned(),
    },
    Page {
        id: "methods",
        summary: "every formula: decompositions, indicators, measures, claims, with source",
        text: methods_page,
    },
    Page {
        id: "crosswalk",
        summary: "what other tools call each column, and what their other words are here",
        text: crosswalk_page,
    },
    Page {
        id: "notation",
        summary: "the letters of the equations",
        text: || include_str!("../notation.md").to_owned(),
    },
    Page {
        id: "batch",
        summary: "many tables at once: the manifest, clusters, resuming",
        text: || include_str!("../batch/README.md").to_owned(),
    },
];

/// The pages as documentation, so that they are read and their links checked where the code is.
pub mod pages {
    #[doc = include_str!("coming_from.md")]
    pub mod coming_from {}
    #[doc = include_str!("methods.md")]
    pub mod methods {}
    #[doc = include_str!("../notation.md")]
    pub mod notation {}
    #[doc = include_str!("../batch/README.md")]
    pub mod batch {}
}
