//! Multiregional input-output tables of the Asian Development Bank: one workbook a year, 62 or 72 economies and the rest of
//! the world, at current or constant prices.
//!
//! The bank has codes of its own for economies; they are mapped to ISO 3166 (UKG is the United Kingdom, MON Mongolia).

use super::assemble::Facts;
use super::wiot::{self, Family, Place, SectorLabel};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::TableParts;

const FAMILY: Family = Family {
    sector: SectorLabel::Number,
    categories: &[("F1", "F1"), ("F2", "F2"), ("F3", "F3"), ("F4", "F4"), ("F5", "F5")],
    economies: &[
        ("SWI", "CHE"),
        ("PRC", "CHN"),
        ("GER", "DEU"),
        ("DEN", "DNK"),
        ("SPA", "ESP"),
        ("UKG", "GBR"),
        ("INO", "IDN"),
        ("IRE", "IRL"),
        ("NET", "NLD"),
        ("POR", "PRT"),
        ("ROM", "ROU"),
        ("TAP", "TWN"),
        ("BAN", "BGD"),
        ("MAL", "MYS"),
        ("PHI", "PHL"),
        ("VIE", "VNM"),
        ("MON", "MNG"),
        ("SRI", "LKA"),
        ("FIJ", "FJI"),
        ("BRU", "BRN"),
        ("BHU", "BTN"),
        ("CAM", "KHM"),
        ("MLD", "MDV"),
        ("NEP", "NPL"),
        ("SIN", "SGP"),
        ("KUW", "KWT"),
        ("UAE", "ARE"),
        ("RoW", "ROW"),
    ],
};

const CITATION: &str = "Asian Development Bank, Multiregional Input-Output Tables, https://kidb.adb.org/globalization; \
                        attribution to the bank is required";

/// Reader of the bank's tables.
#[derive(Debug)]
pub struct Adb;

fn find(source: &Source) -> Option<Place> {
    wiot::find(source).filter(|place| {
        place.numbers.iter().any(|number| number.eq_ignore_ascii_case("F1"))
            && place.numbers.iter().any(|number| number.eq_ignore_ascii_case("c1"))
    })
}

/// Year of constant prices: the one that follows the words `constant`.
fn base_year(text: &str) -> Option<i32> {
    let text = text.to_lowercase();
    let (_, after) = text.split_once("constant")?;
    super::source::years_in(after).first().copied()
}

impl Importer for Adb {
    fn id(&self) -> &'static str {
        "adb-mrio"
    }

    fn summary(&self) -> &'static str {
        "ADB MRIO (xlsx), 62 or 72 economies, current or constant prices; economies mapped to ISO codes"
    }

    fn recognises(&self, source: &Source) -> bool {
        find(source).is_some()
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        let told = find(source).and_then(|place| {
            let before = place.title.to_lowercase();
            // A year after the word `constant` is that of the prices.
            before.split(" | ").find_map(|cell| {
                let cell = cell.split_once("constant").map_or(cell, |(before, _)| before);
                super::source::years_in(cell).first().copied()
            })
        });
        Ok(told.or(source.year()).into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let place =
            find(source).ok_or_else(|| LoadError::UnknownLayout { path: source.name().to_owned() })?;
        let money = place.money();
        let unit = match base_year(&place.title).or_else(|| base_year(source.file_name())) {
            Some(base) => format!("{money}, constant {base} basic prices"),
            None if place.says("constant") || source.file_name().to_lowercase().contains("constant") => {
                format!("{money}, constant basic prices (base year not stated)")
            }
            None => format!("{money}, current basic prices"),
        };
        let facts = Facts {
            unit: Some(unit),
            year: self.years(source)?.first().copied(),
            citation: Some(CITATION.into()),
            repairs: Vec::new(),
        };
        wiot::parts(source, &place, &FAMILY, facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traps_of_the_codes_are_mapped_and_others_left_alone() {
        let map = |code: &str| FAMILY.economies.iter().find(|(from, _)| *from == code).map(|(_, to)| *to);
        assert_eq!([map("UKG"), map("MON"), map("ROM")], [Some("GBR"), Some("MNG"), Some("ROU")]);
        assert_eq!([map("UKR"), map("MNG"), map("ROU"), map("AUS")], [None; 4]);
        let mut targets: Vec<&str> = FAMILY.economies.iter().map(|(_, to)| *to).collect();
        targets.sort_unstable();
        targets.dedup();
        assert_eq!(targets.len(), FAMILY.economies.len(), "two codes for one economy");
    }

    #[test]
    fn the_year_of_prices_is_not_the_year_of_the_table() {
        assert_eq!(base_year("ADB MRIO 2015, at constant 2010 prices.xlsx"), Some(2010));
        assert_eq!(base_year("ADB-MRIO62-2020_June2023.xlsx"), None);
    }
}
