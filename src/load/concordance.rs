//! Concordances: a CSV file with the columns `dimension,source,target` and any others (names, notes), or one that is built
//! in.

use std::path::Path;

use super::{LoadError, label_csv};
use crate::labels::{self, economy_names};
use crate::table::Concordance;

/// A concordance that comes with the engine.
#[derive(Debug, Clone, Copy)]
pub struct BuiltinConcordance {
    /// Name after `builtin:`.
    pub id: &'static str,
    /// One sentence.
    pub summary: &'static str,
    text: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `dimension,source,target`.
    Concordance,
    /// `economy,region`: a grouping, for any table.
    Regions,
}

/// Every built-in concordance.
pub static CONCORDANCES: &[BuiltinConcordance] = &[
    BuiltinConcordance {
        id: "regions",
        summary: "economies (ISO 3166 codes) to eight regions of the world; others stay as they are",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/regions.csv")),
        kind: Kind::Regions,
    },
    BuiltinConcordance {
        id: "wiod13",
        summary: "35 industries of WIOD 2013 (c1..c35) to the 20 of builtin:wiod13",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/wiod13/concordance.csv")),
        kind: Kind::Concordance,
    },
    BuiltinConcordance {
        id: "wiod16-national",
        summary: "56 industries of WIOD 2016 to the 22 of builtin:wiod16-national",
        text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/wiod16-national/concordance.csv")),
        kind: Kind::Concordance,
    },
];

/// Reads a concordance: `dimension` is `economy` or `sector`. A path of the form `builtin:ID` takes one of
/// [`CONCORDANCES`].
///
/// # Errors
/// A file that cannot be read, a missing column, no line, an unknown dimension, labels mapped twice; no built-in one of
/// that name.
pub fn read(path: &Path) -> Result<Concordance, LoadError> {
    let name = path.display().to_string();
    let wrong = |error| LoadError::Concordance { path: name.clone(), error: Box::new(error) };
    let Some(id) = name.strip_prefix("builtin:") else {
        let lines = label_csv::read(path, &COLUMNS, &[])?;
        if lines.is_empty() {
            return Err(LoadError::NoConcordanceLines { path: name.clone(), wanted: COLUMNS.join(",") });
        }
        return Concordance::new(entries(lines)).map_err(wrong);
    };
    let found =
        CONCORDANCES.iter().find(|known| known.id == id).ok_or_else(|| LoadError::UnknownConcordance {
            name: id.to_owned(),
            nearest: labels::nearest(CONCORDANCES.iter().map(|known| known.id), id),
            known: CONCORDANCES.iter().map(|known| known.id).collect::<Vec<_>>().join(", "),
        })?;
    let bytes = found.text.as_bytes();
    match found.kind {
        Kind::Concordance => {
            Concordance::new(entries(label_csv::lines(&name, bytes, &COLUMNS, &[])?)).map_err(wrong)
        }
        Kind::Regions => {
            let lines = label_csv::lines(&name, bytes, &["economy", "region"], &[])?;
            // Tables with codes of two letters have the same regions.
            let entries = lines
                .into_iter()
                .filter_map(|line| <[String; 2]>::try_from(line.fields).ok())
                .flat_map(|[economy, region]| {
                    let short = economy_names::alpha2(&economy).into_iter().map(str::to_owned);
                    let codes: Vec<String> = short.chain([economy]).collect();
                    codes.into_iter().map(move |code| ("economy".to_owned(), code, region.clone()))
                });
            Concordance::new(entries).map(Concordance::grouping).map_err(wrong)
        }
    }
}

const COLUMNS: [&str; 3] = ["dimension", "source", "target"];

fn entries(lines: Vec<label_csv::Line>) -> impl Iterator<Item = (String, String, String)> {
    lines.into_iter().filter_map(|line| {
        let [dimension, source, target] = <[String; 3]>::try_from(line.fields).ok()?;
        Some((dimension, source, target))
    })
}
