//! Inter-Country Input-Output tables of the OECD, all editions: one CSV a year, plain, zipped, or zipped twice.
//!
//! ```text
//! edition  industries         final demand          gross output   below the industries
//! 2016     AUS_C01T05AGR      HFCE_AUS .. DISC      row OUT        VA+TAXSUB, OUT
//! 2018     AUS_01T03          AUS_HFCE .. AUS_P33   TOTAL          AUS_TAXSUB .., VALU, OUTPUT
//! 2021     AUS_01T02          AUS_HFCE .. DPABR     TOTAL          AUS_TAXSUB .., VALU, OUTPUT
//! 2023     AUS_A01_02         AUS_HFCE .. DPABR     OUT            TLS (early: ARG_TLS ..), VA, OUT
//! 2025     AUS_A01            AUS_HFCE .. DPABR     OUT            TLS, VA, OUT
//! ```
//! Extended tables split China and Mexico (CN1, CN2, MX1, MX2): they stay split here and are united after the solve.

use super::assemble::{ColumnKind, Facts, RowKind, assemble};
use super::source::years_in;
use super::text_grid::{self, TextLayout};
use super::underscore::{self, Vocabulary, split};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::{RowRole, TableParts};

const VOCABULARY: Vocabulary = Vocabulary {
    categories: &["HFCE", "NPISH", "NPS", "GGFC", "GFCF", "INVNT", "INV", "P33", "DPABR", "DIRP"],
    below,
    own_use: &["DISC", "DISCR"],
    economies: &[],
    is_last,
    last: "the row of gross output (OUT, OUTPUT)",
};

fn is_last(label: &str) -> bool {
    RowRole::of(label) == RowRole::OutputTotal
}

/// Role of a row below the industries, by its label.
fn below(label: &str) -> Option<RowRole> {
    match RowRole::of(label) {
        RowRole::Other => None,
        role => Some(role),
    }
}

/// Reader of the OECD's tables.
#[derive(Debug)]
pub struct OecdIcio;

/// Is this the code of an economy: three capitals, or two and a digit (CN1)?
fn is_economy(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 3
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && (bytes[2].is_ascii_uppercase() || bytes[2].is_ascii_digit())
}

/// Edition by the labels of the industries.
fn edition(rows: &[RowKind], columns: &[ColumnKind]) -> Option<u16> {
    let has = |wanted: &dyn Fn(&str) -> bool| {
        rows.iter().any(|row| matches!(row, RowKind::Industry { sector, .. } if wanted(sector)))
    };
    let category = |name: &str| {
        columns.iter().any(|column| matches!(column, ColumnKind::Final { category, .. } if category == name))
    };
    let letter_first = |code: &str| code.starts_with(|first: char| first.is_ascii_uppercase());
    if category("NPS") || category("DIRP") {
        Some(2016)
    } else if category("P33") {
        Some(2018)
    } else if !has(&letter_first) {
        Some(2021)
    } else if has(&|code| matches!(code, "A01_02" | "B05_06" | "B07_08")) {
        Some(2023)
    } else if has(&|code| {
        matches!(code, "A01" | "A02" | "B05" | "B06" | "C24A" | "C24B" | "C301" | "C302T309")
    }) {
        Some(2025)
    } else {
        None
    }
}

fn citation(edition: Option<u16>) -> String {
    let year = edition.map_or_else(String::new, |year| format!(" ({year})"));
    format!("OECD{year}, OECD Inter-Country Input-Output Tables, https://oe.cd/icio")
}

impl Importer for OecdIcio {
    fn id(&self) -> &'static str {
        "oecd-icio"
    }

    fn summary(&self) -> &'static str {
        "OECD ICIO, editions 2016, 2018, 2021, 2023 and 2025, small and extended (CSV)"
    }

    fn recognises(&self, source: &Source) -> bool {
        let header = String::from_utf8_lossy(source.first_line());
        let mut labels = header.split(',').map(|label| label.trim().trim_matches('"'));
        let corner = labels.next().unwrap_or_default().trim_start_matches('\u{feff}');
        if corner.eq_ignore_ascii_case("rowLabels") {
            return false;
        }
        let labels: Vec<&str> = labels.collect();
        // The last label may be cut off where the first bytes end; most must be the OECD's.
        let fitting = labels
            .iter()
            .filter_map(|label| split(label))
            .filter(|(economy, code)| {
                is_economy(economy) || (VOCABULARY.categories.contains(economy) && is_economy(code))
            })
            .count();
        fitting >= 2 && fitting * 2 > labels.len()
    }

    /// The edition stands first in some names (`ICIO2021_1995.csv`).
    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        let name = source.file_name();
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_uppercase();
        let rest = match name.split_once("ICIO") {
            Some((_, rest)) if rest.starts_with(|first: char| first.is_ascii_digit()) => {
                rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).to_owned()
            }
            _ => name,
        };
        Ok(years_in(&rest).first().copied().into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let grid = text_grid::read(source, TextLayout::COMMA)?;
        let mut facts = Facts {
            unit: Some("million USD, current basic prices".into()),
            year: self.years(source)?.first().copied(),
            ..Facts::default()
        };
        let (rows, columns) = underscore::kinds(&grid, &VOCABULARY, &mut facts.repairs)?;
        facts.citation = Some(citation(edition(&rows, &columns)));
        assemble(&grid, &rows, &columns, facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_not_the_edition() {
        for (name, year) in [
            ("ICIO2021_1995.csv", Some(1995)),
            ("ICIO2016_2011.CSV", Some(2011)),
            ("2019_SML.csv", Some(2019)),
            ("1995.csv", Some(1995)),
            ("data_2020_SML.csv", Some(2020)),
            ("ICIO2023.csv", None),
        ] {
            let source = Source::from_bytes(name, b"V1,AUS_A01\n".to_vec());
            assert_eq!(OecdIcio.years(&source).unwrap().first().copied(), year, "{name}");
        }
    }

    #[test]
    fn editions_are_told_by_their_codes() {
        let row = |sector: &str| vec![RowKind::Industry { economy: "AUS".into(), sector: sector.into() }];
        let column =
            |category: &str| vec![ColumnKind::Final { economy: "AUS".into(), category: category.into() }];
        assert_eq!(edition(&row("C01T05AGR"), &column("NPS")), Some(2016));
        assert_eq!(edition(&row("01T03"), &column("P33")), Some(2018));
        assert_eq!(edition(&row("01T02"), &column("DPABR")), Some(2021));
        assert_eq!(edition(&row("A01_02"), &column("DPABR")), Some(2023));
        assert_eq!(edition(&row("C24A"), &column("DPABR")), Some(2025));
        assert_eq!(edition(&row("X99"), &column("DPABR")), None);
    }
}
