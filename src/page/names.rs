//! Names for readers: economies by their ISO code, sectors of the embedded tables by their code.
//!
//! A label that is not known stays as it is: nothing is guessed.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::labels::economy_names;

static SECTORS: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| pairs(include_str!("../../data/wiod13/concordance.csv"), "target", "name"));

/// Key and name columns of a small CSV of this repository; the first line of a key names it.
fn pairs(text: &str, key: &str, name: &str) -> HashMap<String, String> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let at = |wanted: &str| header.iter().position(|column| column == wanted);
    let mut found = HashMap::new();
    if let (Some(key), Some(name)) = (at(key), at(name)) {
        for record in reader.records().flatten() {
            if let (Some(key), Some(name)) = (record.get(key), record.get(name)) {
                found.entry(key.to_owned()).or_insert_with(|| name.to_owned());
            }
        }
    }
    found
}

/// `China (CHN)`; the label alone where no name is known.
pub fn economy(label: &str) -> String {
    match economy_alone(label) {
        Some(name) => format!("{name} ({label})"),
        None => label.to_owned(),
    }
}

/// `China`; the label where no name is known.
pub fn economy_short(label: &str) -> String {
    economy_alone(label).unwrap_or(label).to_owned()
}

/// As a sentence says it: `China`, `the United States`.
pub fn said(label: &str) -> String {
    let name = economy_short(label);
    let article =
        ["United ", "Netherlands", "Czech Republic", "Philippines", "Rest of", "Russian ", "Dominican "];
    if article.iter().any(|start| name.starts_with(start)) {
        let name = name.strip_prefix("Rest").map_or(name.clone(), |rest| format!("rest{rest}"));
        return format!("the {name}");
    }
    name
}

/// The same at the beginning of a sentence.
pub fn opening(label: &str) -> String {
    let said = said(label);
    said.strip_prefix("the ").map_or(said.clone(), |name| format!("The {name}"))
}

fn economy_alone(label: &str) -> Option<&str> {
    if economy_names::is_rest(label) {
        return Some("Rest of the world");
    }
    economy_names::name(label)
}

/// `Transport equipment`; the label where the table's sectors are not those of the embedded one.
pub fn sector(label: &str) -> String {
    SECTORS.get(label).cloned().unwrap_or_else(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_labels_get_names_and_others_stay() {
        assert_eq!(economy("CHN"), "China (CHN)");
        assert_eq!(economy("Atlantis"), "Atlantis");
        assert_eq!(economy("RoW"), "Rest of the world (RoW)");
        assert_eq!((said("USA"), opening("NLD")), ("the United States".into(), "The Netherlands".into()));
        assert_eq!((said("RoW"), said("CHN")), ("the rest of the world".into(), "China".into()));
        assert_eq!(sector("c4t5"), "Textiles, leather and footwear");
        assert_eq!(sector("C26"), "C26");
    }

    #[test]
    fn every_economy_and_sector_of_the_embedded_table_has_a_name() {
        let table = crate::load::discover("builtin:wiod13/2011", &[]).unwrap()[0]
            .open(&crate::load::ReadOptions::default())
            .unwrap();
        for label in table.axis().economies() {
            assert_ne!(economy_short(label), *label);
        }
        for label in table.axis().sectors() {
            assert_ne!(sector(label), *label);
        }
    }
}
