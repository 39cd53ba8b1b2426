//! Short English names of economies by ISO 3166 alpha-3 code, and the alpha-2 codes that some tables have instead: for
//! readers, for groups and regions, and for who types a name where tables have codes.
//!
//! Nothing is guessed: a code or name that does not stand in `data/economies.csv` is not known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// By alpha-3 code.
static NAMES: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| records().map(|[code, _, name]| (code, name)).collect());

/// Alpha-3 code by alpha-2 code.
static SHORT_CODES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    // Eurostat writes Greece and the United Kingdom in its own way.
    let own = [("EL", "GRC"), ("UK", "GBR")].map(|(short, code)| (short.to_owned(), code.to_owned()));
    records()
        .filter(|[_, short, _]| !short.is_empty())
        .map(|[code, short, _]| (short, code))
        .chain(own)
        .collect()
});

fn records() -> impl Iterator<Item = [String; 3]> {
    let text = include_str!("../../data/economies.csv");
    let reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let field = |record: &csv::StringRecord, place| record.get(place).map(str::to_owned);
    reader
        .into_records()
        .flatten()
        .filter_map(move |record| Some([field(&record, 0)?, field(&record, 1)?, field(&record, 2)?]))
}

/// `CHN` -> `China`, `CN` -> `China`.
pub fn name(code: &str) -> Option<&'static str> {
    NAMES.get(alpha3(code)?).map(String::as_str)
}

/// The code of the economy that a name means, where one is meant: `Vietnam` -> `VNM`.
pub fn code_of(name: &str) -> Option<&'static str> {
    let known = NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name.trim()));
    known.and_then(|(code, _)| alpha3(code))
}

/// The alpha-2 codes of an alpha-3 code: `GRC` -> `EL`, `GR`.
pub fn alpha2(code: &str) -> Vec<&'static str> {
    SHORT_CODES.iter().filter(|(_, long)| *long == code).map(|(short, _)| short.as_str()).collect()
}

/// Is it a rest of the world, or of a continent, which is counted in sums and not judged as an economy?
pub fn is_rest(label: &str) -> bool {
    const WORDS: [&str; 6] = ["row", "rest of world", "rest of the world", "rest", "wld rest", "zzz"];
    // FIGARO; EXIOBASE: Asia and Pacific, Europe, Africa, America, Middle East; GLORIA: Africa, Americas, Asia-Pacific, Europe.
    const CODES: [&str; 10] = ["FIGW1", "WA", "WE", "WF", "WL", "WM", "XAF", "XAM", "XAS", "XEU"];
    CODES.contains(&label) || WORDS.contains(&label.to_lowercase().as_str())
}

/// The alpha-3 code of a label that is an ISO 3166 code: `DEU` and `DE` -> `DEU`; a former code is the present one.
pub fn alpha3(label: &str) -> Option<&'static str> {
    // Romania until 2002, and in WIOD 2013.
    let label = if label == "ROM" { "ROU" } else { label };
    NAMES
        .get_key_value(label)
        .map(|(code, _)| code.as_str())
        .or_else(|| SHORT_CODES.get(label).map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_found_from_each_other() {
        assert_eq!((name("CHN"), name("CN"), name("Atlantis")), (Some("China"), Some("China"), None));
        assert_eq!(
            (code_of("vietnam"), code_of("Austria"), code_of("Atlantis")),
            (Some("VNM"), Some("AUT"), None)
        );
    }

    #[test]
    fn codes_of_two_letters_mean_those_of_three_and_regions_of_a_table_mean_none() {
        assert_eq!(
            ["DEU", "DE", "EL", "GR", "UK"].map(alpha3),
            ["DEU", "DEU", "GRC", "GRC", "GBR"].map(Some)
        );
        assert_eq!(
            (alpha3("ROM"), code_of("Romania"), name("ROM")),
            (Some("ROU"), Some("ROU"), Some("Romania"))
        );
        // Rests of EXIOBASE and FIGARO, a split economy.
        assert_eq!(["WA", "WE", "WF", "WL", "WM", "FIGW1", "CN1", "ROW"].map(alpha3), [None; 8]);
        assert!(["RoW", "FIGW1", "WA", "Rest of the World"].into_iter().all(is_rest));
        assert!(!["DE", "ZAF", "wa"].into_iter().any(is_rest));
        // Every code of two letters means one economy.
        assert_eq!(SHORT_CODES.len(), records().filter(|[_, short, _]| !short.is_empty()).count() + 2);
    }
}
