//! The canonical layout as comma-separated text.

use super::assemble::Facts;
use super::text_grid::{self, TextLayout};
use super::{Importer, LoadError, ReadOptions, Source, canonical};
use crate::table::TableParts;

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
        let dotted = labels.iter().filter(|label| label.contains('.')).count();
        labels.len() >= 2 && dotted * 2 > labels.len()
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        canonical::parts(&text_grid::read(source, TextLayout::COMMA)?, Facts::default())
    }
}
