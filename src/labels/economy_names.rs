//! Short English names of economies by ISO 3166 alpha-3 code: for readers, and for who types a name where tables have codes.
//!
//! Nothing is guessed: a code or name that does not stand in `data/economies.csv` is not known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static NAMES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let text = include_str!("../../data/economies.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let pair = |record: csv::StringRecord| Some((record.get(0)?.to_owned(), record.get(1)?.to_owned()));
    reader.records().flatten().filter_map(pair).collect()
});

/// `CHN` -> `China`.
pub fn name(code: &str) -> Option<&'static str> {
    NAMES.get(code).map(String::as_str)
}

/// The code of the economy that a name means, where one is meant: `Vietnam` -> `VNM`.
pub fn code_of(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name.trim())).map(|(code, _)| code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_found_from_each_other() {
        assert_eq!((name("CHN"), name("Atlantis")), (Some("China"), None));
        assert_eq!(
            (code_of("vietnam"), code_of("Austria"), code_of("Atlantis")),
            (Some("VNM"), Some("AUT"), None)
        );
    }
}
