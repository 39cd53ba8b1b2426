//! Families of sectors that claims name, read from labels by the rules of [`crate::labels::classification`].
//!
//! | family | WIOD 2013 | ISIC 3 | ISIC 4 | after |
//! |---|---|---|---|---|
//! | goods | 1-16 | 01-37 | 01-33 | agriculture, mining, manufactures |
//! | specialised | 4-5, 13-15 | 17-19, 29-35 | 13-15, 26-30 | textiles, leather, machinery, electronics, vehicles (Kaplinsky and Morris) |
//! | additive | 1-3, 6-8, 11-12 | 01-16, 20-23, 26-28 | 01-12, 16-19, 23-25 | agro, mining, wood, paper, fuels, minerals, metals |
//! | assembled | 13-15 | 29-35 | 26-30 | machinery, electronics, vehicles: what joins or builds chains |
//! | labour-intensive | 4-5, 16 | 17-19, 36-37 | 13-15, 31-33 | textiles, clothing, leather, footwear, furniture, other manufactures |
//!
//! A sector that spans two families (chemicals with minerals) belongs to neither.

use super::sectors::{ISIC_3, ISIC_4, SectorMap, WIOD_2013, has_any, has_word, is_manufacture, is_mining};

/// Ranges of numbers, each with its last.
type Ranges = &'static [(u32, u32)];

/// What belongs to a family in each classification.
struct Numbers {
    wiod_2013: Ranges,
    isic_3: Ranges,
    isic_4: Ranges,
}

const GOODS: Numbers = Numbers { wiod_2013: &[(1, 16)], isic_3: &[(1, 37)], isic_4: &[(1, 33)] };
const SPECIALISED: Numbers =
    Numbers { wiod_2013: &[(4, 5), (13, 15)], isic_3: &[(17, 19), (29, 35)], isic_4: &[(13, 15), (26, 30)] };
const ADDITIVE: Numbers = Numbers {
    wiod_2013: &[(1, 3), (6, 8), (11, 12)],
    isic_3: &[(1, 16), (20, 23), (26, 28)],
    isic_4: &[(1, 12), (16, 19), (23, 25)],
};
const ASSEMBLED: Numbers = Numbers { wiod_2013: &[(13, 15)], isic_3: &[(29, 35)], isic_4: &[(26, 30)] };
const LABOUR_INTENSIVE: Numbers =
    Numbers { wiod_2013: &[(4, 5), (16, 16)], isic_3: &[(17, 19), (36, 37)], isic_4: &[(13, 15), (31, 33)] };

/// A family, one flag a sector.
pub(super) type Flags = Vec<bool>;

/// Agriculture, mining and manufactures.
pub(super) fn goods(sectors: &[String]) -> Flags {
    pick(sectors, &GOODS, |label| is_agriculture(label) || is_mining(label) || is_manufacture(label))
}

/// Vertically specialised chains.
pub(super) fn specialised(sectors: &[String]) -> Flags {
    pick(sectors, &SPECIALISED, |label| is_textile(label) || is_assembled(label))
}

/// Additive resource chains.
pub(super) fn additive(sectors: &[String]) -> Flags {
    pick(sectors, &ADDITIVE, |label| is_agriculture(label) || is_mining(label) || is_resource_based(label))
}

/// Machinery, electronics, vehicles.
pub(super) fn assembled(sectors: &[String]) -> Flags {
    pick(sectors, &ASSEMBLED, is_assembled)
}

/// Textiles, clothing, leather, footwear, furniture, other manufactures.
pub(super) fn labour_intensive(sectors: &[String]) -> Flags {
    pick(sectors, &LABOUR_INTENSIVE, |label| is_textile(label) || is_other_manufacture(label))
}

/// The sectors that lie wholly inside one of the ranges of their classification, or whose words pass the test.
fn pick(sectors: &[String], numbers: &Numbers, word: fn(&str) -> bool) -> Flags {
    let map = SectorMap::of(sectors);
    let ranges = match map.classification {
        WIOD_2013 => numbers.wiod_2013,
        ISIC_3 => numbers.isic_3,
        ISIC_4 => numbers.isic_4,
        _ => return sectors.iter().map(|label| word(&label.to_lowercase())).collect(),
    };
    let inside = |span: &Option<(u32, u32)>| {
        span.is_some_and(|span| ranges.iter().any(|range| range.0 <= span.0 && span.1 <= range.1))
    };
    map.spans.iter().map(inside).collect()
}

/// Is any sector a member?
pub(super) fn any(flags: &[bool]) -> bool {
    flags.iter().any(|is| *is)
}

/// Members of the first that are not members of the second.
pub(super) fn without(flags: &[bool], left_out: &[bool]) -> Flags {
    flags.iter().zip(left_out).map(|(is, out)| *is && !*out).collect()
}

fn is_agriculture(label: &str) -> bool {
    has_any(label, &["agricult", "farm", "forest", "fish", "crops"])
        || has_word(label, &["agr", "agro", "agri"])
}

fn is_textile(label: &str) -> bool {
    has_any(label, &["textil", "apparel", "clothing", "leather", "footwear"]) || has_word(label, &["tex"])
}

fn is_other_manufacture(label: &str) -> bool {
    let words = ["furniture", "toys", "other manuf", "manufacturing n", "manufacturing, n", "manufactures n"];
    is_manufacture(label) && !is_assembled(label) && has_any(label, &words)
}

fn is_assembled(label: &str) -> bool {
    is_manufacture(label)
        && (has_any(
            label,
            &[
                "electron",
                "electrical",
                "computer",
                "optical",
                "machin",
                "motor",
                "vehicle",
                "automo",
                "transport equip",
            ],
        ) || has_word(label, &["elec", "ele", "auto", "autos", "cars", "mach", "ict"]))
}

fn is_resource_based(label: &str) -> bool {
    is_manufacture(label)
        && !is_assembled(label)
        && (has_any(
            label,
            &[
                "wood", "paper", "metal", "steel", "refin", "coke", "beverage", "tobacco", "mineral",
                "printing",
            ],
        ) || has_word(label, &["food"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(labels: &[&str], of: fn(&[String]) -> Flags) -> Vec<String> {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        labels.iter().zip(of(&labels)).filter(|(_, is)| *is).map(|(label, _)| label.clone()).collect()
    }

    #[test]
    fn families_are_read_from_each_list() {
        let wiod = ["c1", "c2", "c3", "c4t5", "c9t11", "c12", "c13", "c14", "c15", "c17"];
        assert_eq!(names(&wiod, specialised), ["c4t5", "c13", "c14", "c15"]);
        assert_eq!(names(&wiod, additive), ["c1", "c2", "c3", "c12"]);
        assert_eq!(names(&wiod, labour_intensive), ["c4t5"]);
        assert_eq!(names(&wiod, goods).len(), 9);
        let isic = ["A01", "B", "C10-C12", "C13-C15", "C20", "C26", "C29", "D35", "G45"];
        assert_eq!(names(&isic, specialised), ["C13-C15", "C26", "C29"]);
        assert_eq!(names(&isic, additive), ["A01", "B", "C10-C12"]);
        let older =
            ["AtB", "C", "15t16", "17t18", "19", "20", "24", "26", "30t33", "34t35", "36t37", "E", "50"];
        assert_eq!(names(&older, specialised), ["17t18", "19", "30t33", "34t35"]);
        assert_eq!(names(&older, additive), ["AtB", "C", "15t16", "20", "26"]);
        assert_eq!(names(&older, assembled), ["30t33", "34t35"]);
        assert_eq!(names(&older, labour_intensive), ["17t18", "19", "36t37"]);
        assert_eq!(names(&older, goods).len(), 11);
        let words = ["Farming", "Oil & gas", "Food", "Textiles", "Electronics", "Basic metals", "Services"];
        assert_eq!(names(&words, specialised), ["Textiles", "Electronics"]);
        assert_eq!(names(&words, additive), ["Farming", "Oil & gas", "Food", "Basic metals"]);
        assert_eq!(names(&words, assembled), ["Electronics"]);
        assert_eq!(names(&words, labour_intensive), ["Textiles"]);
        let others =
            ["Textiles", "Furniture manufacturing", "Machinery n.e.c", "Other manufactures", "Trade"];
        assert_eq!(
            names(&others, labour_intensive),
            ["Textiles", "Furniture manufacturing", "Other manufactures"]
        );
        assert_eq!(names(&words, goods).len(), 6);
    }
}
