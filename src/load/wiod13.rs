//! World Input-Output Database, 2013 release: one worksheet a year (`wiot95_row_apr12.xlsx`), or the same as CSV.
//!
//! Each industry stands there with its code of NACE 1 (`AtB`, `15t16`) and its number (`c1`, `c3`). The number is its label
//! here, as in the embedded table and in the socio-economic accounts of the release: concordances and accounts fit, and a
//! code such as `26` (non-metallic minerals in NACE 1) cannot be taken for that of a newer classification.

use super::assemble::Facts;
use super::builtin::WIOD_CITATION;
use super::wiot::{self, Family, Place, SectorLabel};
use super::{Importer, LoadError, ReadOptions, Source};
use crate::table::TableParts;

/// Codes of the release, in its order: the first is that of `c1`, the last that of `c35`.
const CODES: [&str; 35] = [
    "AtB", "C", "15t16", "17t18", "19", "20", "21t22", "23", "24", "25", "26", "27t28", "29", "30t33",
    "34t35", "36t37", "E", "F", "50", "51", "52", "H", "60", "61", "62", "63", "64", "J", "70", "71t74", "L",
    "M", "N", "O", "P",
];

/// Codes that say nothing of the release: others have them too.
const SHARED_CODES: [&str; 5] = ["C", "F", "L", "N", "O"];

const FAMILY: Family = Family {
    sector: SectorLabel::NumberOrPlace(&CODES),
    categories: &[("c37", "c37"), ("c38", "c38"), ("c39", "c39"), ("c41", "c41"), ("c42", "c42")],
    economies: &[("RoW", "ROW"), ("ROM", "ROU")],
};

/// Reader of the release of 2013.
#[derive(Debug)]
pub struct Wiod13;

fn find(source: &Source) -> Option<Place> {
    wiot::find(source).filter(|place| {
        !place.numbers.iter().any(|number| number.starts_with(['F', 'f']))
            && place.codes.iter().any(|code| is_own_code(code))
            && !place.numbers.iter().any(|number| number == "c57")
    })
}

/// Number of the industry of a code, which is its label.
pub(super) fn number_of(code: &str) -> Option<String> {
    CODES.iter().position(|known| *known == code).map(|position| format!("c{}", position + 1))
}

/// Is it a code of this release and of no other?
pub(super) fn is_own_code(code: &str) -> bool {
    CODES.contains(&code) && !SHARED_CODES.contains(&code)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_the_order_of_their_numbers() {
        for (number, code) in
            [(1, "AtB"), (2, "C"), (3, "15t16"), (11, "26"), (14, "30t33"), (18, "F"), (35, "P")]
        {
            assert_eq!(CODES[number - 1], code);
        }
        assert_eq!((number_of("P"), number_of("Q")), (Some("c35".into()), None));
        assert!(is_own_code("30t33") && !is_own_code("C") && !is_own_code("C26"));
    }
}
