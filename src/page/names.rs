//! Names for readers: economies by their ISO code, sectors of the embedded tables by their code.
//!
//! A label that is not known stays as it is: nothing is guessed.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::labels::economy_names;

static SECTORS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut names = pairs(include_str!("../../data/wiod13/concordance.csv"), "target", "name");
    for (label, name) in PUBLISHED {
        names.entry(label.to_owned()).or_insert_with(|| name.to_owned());
    }
    names
});

/// Industries of the World Input-Output Database, release of 2013, that the embedded table has added up: tables as published
/// have them one by one.
const PUBLISHED: [(&str, &str); 21] = [
    ("c4", "Textiles and textile products"),
    ("c5", "Leather, leather products and footwear"),
    ("c6", "Wood and products of wood and cork"),
    ("c7", "Pulp, paper, printing and publishing"),
    ("c9", "Chemicals and chemical products"),
    ("c10", "Rubber and plastics"),
    ("c11", "Other non-metallic minerals"),
    ("c19", "Sale and repair of motor vehicles; retail sale of fuel"),
    ("c20", "Wholesale trade, except of motor vehicles"),
    ("c21", "Retail trade, except of motor vehicles; repair of household goods"),
    ("c22", "Hotels and restaurants"),
    ("c23", "Inland transport"),
    ("c24", "Water transport"),
    ("c25", "Air transport"),
    ("c26", "Other transport activities and travel agencies"),
    ("c29", "Real estate activities"),
    ("c31", "Public administration and defence"),
    ("c32", "Education"),
    ("c33", "Health and social work"),
    ("c34", "Other community, social and personal services"),
    ("c35", "Private households with employed persons"),
];

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

/// As a sentence says it: `transport equipment`; a label that is not known keeps its capitals.
pub fn sector_said(label: &str) -> String {
    SECTORS.get(label).map_or_else(|| label.to_owned(), |name| name.to_lowercase())
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
        assert_eq!((sector_said("C26"), sector_said("c15")), ("C26".into(), "transport equipment".into()));
        // The industries of the table as published, which the embedded one adds up.
        for industry in (1..=35).map(|number| format!("c{number}")) {
            assert_ne!(sector(&industry), industry);
        }
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
