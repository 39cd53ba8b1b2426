//! World Input-Output Database, 2013 release: one worksheet a year (`wiot95_row_apr12.xlsx`), or the same as CSV.

use super::assemble::Facts;
use super::builtin::WIOD_CITATION;
use super::wiot::{self, Family, Place, SectorLabel};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::TableParts;

/// Codes of the release; those that the release of 2016 has too are left out.
const CODES: [&str; 30] = [
    "AtB", "15t16", "17t18", "19", "20", "21t22", "23", "24", "25", "26", "27t28", "29", "30t33", "34t35",
    "36t37", "50", "51", "52", "60", "61", "62", "63", "64", "70", "71t74", "E", "H", "J", "M", "P",
];

const FAMILY: Family = Family {
    sector: SectorLabel::Code,
    categories: &[("c37", "c37"), ("c38", "c38"), ("c39", "c39"), ("c41", "c41"), ("c42", "c42")],
    economies: &[("RoW", "ROW"), ("ROM", "ROU")],
};

/// Reader of the release of 2013.
#[derive(Debug)]
pub struct Wiod13;

fn find(source: &Source) -> Option<Place> {
    wiot::find(source).filter(|place| {
        !place.numbers.iter().any(|number| number.starts_with(['F', 'f']))
            && place.codes.iter().any(|code| CODES.contains(&code.as_str()))
            && !place.numbers.iter().any(|number| number == "c57")
    })
}

/// `wiot95_row_apr12.xlsx` is 1995.
fn year_of_two_digits(name: &str) -> Option<i32> {
    let digits = name.to_lowercase().strip_prefix("wiot")?.get(..2)?.parse::<i32>().ok()?;
    Some(if digits < 50 { 2000 + digits } else { 1900 + digits })
}

impl Importer for Wiod13 {
    fn id(&self) -> &'static str {
        "wiod13"
    }

    fn summary(&self) -> &'static str {
        "WIOD, 2013 release: world table of a year as published (xlsx), or saved as CSV"
    }

    fn recognises(&self, source: &Source) -> bool {
        find(source).is_some()
    }

    fn years(&self, source: &Source) -> Result<Vec<i32>, LoadError> {
        let told = find(source).and_then(|place| place.years().first().copied());
        Ok(told.or(source.year()).or_else(|| year_of_two_digits(source.file_name())).into_iter().collect())
    }

    fn read(&self, source: &Source, _options: &ReadOptions) -> Result<TableParts, LoadError> {
        let place =
            find(source).ok_or_else(|| LoadError::UnknownLayout { path: source.name().to_owned() })?;
        let previous = place.says("previous year") || source.file_name().to_lowercase().contains("pyp");
        let facts = Facts {
            unit: Some(wiod_unit(place.money(), previous)),
            year: self.years(source)?.first().copied(),
            citation: Some(WIOD_CITATION.into()),
            repairs: Vec::new(),
        };
        wiot::parts(source, &place, &FAMILY, facts)
    }
}

/// Unit of WIOD's world tables.
pub(super) fn wiod_unit(money: &str, previous_year_prices: bool) -> String {
    let prices = if previous_year_prices { "previous-year" } else { "current" };
    format!("{money}, {prices} basic prices")
}

/// In what WIOD tells amounts, unless a table says otherwise.
pub(super) const MILLIONS: &str = "million USD";
