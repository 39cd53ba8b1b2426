//! The canonical layout as comma-separated text. A CSV file has no room for unit, year and history: what this program writes
//! has them in notes beside it, and they are read from there.

use serde::{Deserialize, Serialize};

use super::assemble::Facts;
use super::text_grid::{self, TextLayout};
use super::{Importer, LoadError, ReadOptions, Source, canonical};
use crate::table::{IcioTable, Provenance, Repair, RowRole, TableParts};

/// What stands beside a table in a CSV file, in `FILE.notes.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableNotes {
    /// Unit of every flow.
    pub unit: String,
    /// Year, when known.
    pub year: Option<i32>,
    /// What the rows below the industries are, where their names do not say it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<(String, RowRole)>,
    /// Where the table comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
}

impl TableNotes {
    /// The notes of a table.
    pub fn of(table: &IcioTable) -> Self {
        Self {
            unit: table.unit().to_owned(),
            year: table.year(),
            roles: table.unspoken_roles(),
            provenance: table.provenance().clone(),
        }
    }

    /// The file beside a source, and what it says; nothing where there is none, or one that was made otherwise.
    fn beside(source: &Source) -> Result<Option<(Source, Self)>, LoadError> {
        let Some(file) = source.sibling(&format!("{}.notes.json", source.file_name()))? else {
            return Ok(None);
        };
        let notes = serde_json::from_slice(file.bytes()?).ok();
        Ok(notes.map(|notes| (file, notes)))
    }
}

/// Reader of the canonical layout in CSV.
#[derive(Debug)]
pub struct CanonicalCsv;

impl Importer for CanonicalCsv {
    fn id(&self) -> &'static str {
        "canonical-csv"
    }

    fn summary(&self) -> &'static str {
        "wide CSV, one year a file: `row`, ECONOMY.sector columns, ECONOMY.category columns, optional OUT"
    }

    fn recognises(&self, source: &Source) -> bool {
        // The header of a table: text (a packed file is not), several columns, most of them ECONOMY.code.
        if source.first_line().contains(&0) {
            return false;
        }
        let header = String::from_utf8_lossy(source.first_line());
        let labels: Vec<&str> = header.split(',').skip(1).collect();
        // `1.5` is a number of a file without labels.
        let dotted = labels
            .iter()
            .filter(|label| label.contains('.') && text_grid::number(label.as_bytes()).is_none())
            .count();
        labels.len() >= 2 && dotted * 2 > labels.len()
    }

    fn companions(&self, source: &Source) -> Result<Vec<Source>, LoadError> {
        Ok(TableNotes::beside(source)?.map(|(file, _)| file).into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let grid = text_grid::read(source, TextLayout::COMMA)?;
        let Some((file, notes)) = TableNotes::beside(source)? else {
            return canonical::parts(&grid, Facts::default());
        };
        let facts = Facts {
            unit: Some(notes.unit),
            // A file that was given another name is of the year that it says.
            year: source.year().or(notes.year),
            citation: notes.provenance.citation.clone(),
            repairs: vec![Repair {
                name: "notes-read".into(),
                detail: format!("unit, year and history are those in {}", file.file_name()),
                count: 1,
            }],
        };
        let mut parts = canonical::parts(&grid, facts)?;
        parts.give_roles(&notes.roles);
        parts.provenance.derived_from = Some(Box::new(notes.provenance));
        Ok(parts)
    }
}
