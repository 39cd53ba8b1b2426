//! The scenarios that are compiled into the binary.

use super::error::ScenarioError;
use super::schema::ScenarioFile;
use crate::labels;

/// A scenario file of the binary.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedScenario {
    /// Id.
    pub id: &'static str,
    /// TOML.
    pub text: &'static str,
}

macro_rules! embedded {
    ($id:literal) => {
        EmbeddedScenario { id: $id, text: include_str!(concat!("../../data/scenarios/", $id, ".toml")) }
    };
}

static FILES: &[EmbeddedScenario] = &[
    embedded!("c10-tariff"),
    embedded!("c23-opening"),
    embedded!("c25-local-content"),
    embedded!("c27-supplier-loss"),
];

/// Every embedded file, in the order of `vadex list scenarios`.
pub fn embedded() -> &'static [EmbeddedScenario] {
    FILES
}

/// An embedded file by id, or the scenarios of a file: a name that ends in `.toml` or holds a path separator is a path.
///
/// # Errors
/// [`ScenarioError::UnknownScenario`], [`ScenarioError::Io`], and as [`ScenarioFile::parse`].
pub fn find(name: &str) -> Result<ScenarioFile, ScenarioError> {
    if let Some(file) = FILES.iter().find(|file| file.id == name) {
        return ScenarioFile::parse(file.id, file.text);
    }
    let path = std::path::Path::new(name);
    if path.extension().is_some_and(|extension| extension == "toml") || path.components().count() > 1 {
        return ScenarioFile::open(path);
    }
    let ids = || FILES.iter().map(|file| file.id);
    Err(ScenarioError::UnknownScenario {
        name: name.to_owned(),
        nearest: labels::nearest(ids(), name),
        known: ids().collect::<Vec<_>>().join(", "),
    })
}
