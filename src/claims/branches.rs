//! Families of sectors that claims name, read from labels by the rules of [`super::sectors`].
//!
//! | family | WIOD 2013 | ISIC 4 | after |
//! |---|---|---|---|
//! | goods | 1-16 | 01-33 | agriculture, mining, manufactures |
//! | specialised | 4-5, 13-15 | 13-15, 26-30 | textiles, leather, machinery, electronics, vehicles (Kaplinsky and Morris) |
//! | additive | 1-3, 6-8, 11-12 | 01-12, 16-19, 23-25 | agro, mining, wood, paper, fuels, minerals, metals |
//! | assembled | 13-15 | 26-30 | machinery, electronics, vehicles: what joins or builds chains |
//!
//! A sector that spans two families (chemicals with minerals) belongs to neither.

use super::sectors::{SectorMap, has_any, has_word, is_manufacture, is_mining, isic4, wiod13};

/// A family, one flag a sector.
pub(super) type Flags = Vec<bool>;

/// Agriculture, mining and manufactures.
pub(super) fn goods(sectors: &[String]) -> Flags {
    pick(sectors, &[(1, 16)], &[(1, 33)], |label| {
        is_agriculture(label) || is_mining(label) || is_manufacture(label)
    })
}

/// Vertically specialised chains.
pub(super) fn specialised(sectors: &[String]) -> Flags {
    pick(sectors, &[(4, 5), (13, 15)], &[(13, 15), (26, 30)], |label| {
        is_textile(label) || is_assembled(label)
    })
}

/// Additive resource chains.
pub(super) fn additive(sectors: &[String]) -> Flags {
    pick(sectors, &[(1, 3), (6, 8), (11, 12)], &[(1, 12), (16, 19), (23, 25)], |label| {
        is_agriculture(label) || is_mining(label) || is_resource_based(label)
    })
}

/// Machinery, electronics, vehicles.
pub(super) fn assembled(sectors: &[String]) -> Flags {
    pick(sectors, &[(13, 15)], &[(26, 30)], is_assembled)
}

/// The sectors that lie wholly inside one of the ranges of their classification, or whose words pass the test.
fn pick(sectors: &[String], wiod: &[(u32, u32)], isic: &[(u32, u32)], word: fn(&str) -> bool) -> Flags {
    let inside = |span: Option<(u32, u32)>, groups: &[(u32, u32)]| {
        span.is_some_and(|span| groups.iter().any(|group| group.0 <= span.0 && span.1 <= group.1))
    };
    let classification = SectorMap::of(sectors).classification;
    sectors
        .iter()
        .map(|label| match classification {
            "WIOD 2013" => inside(wiod13(label), wiod),
            "ISIC 4" => inside(isic4(label), isic),
            _ => word(&label.to_lowercase()),
        })
        .collect()
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
        assert_eq!(names(&wiod, goods).len(), 9);
        let isic = ["A01", "B", "C10-C12", "C13-C15", "C20", "C26", "C29", "D35", "G45"];
        assert_eq!(names(&isic, specialised), ["C13-C15", "C26", "C29"]);
        assert_eq!(names(&isic, additive), ["A01", "B", "C10-C12"]);
        let words = ["Farming", "Oil & gas", "Food", "Textiles", "Electronics", "Basic metals", "Services"];
        assert_eq!(names(&words, specialised), ["Textiles", "Electronics"]);
        assert_eq!(names(&words, additive), ["Farming", "Oil & gas", "Food", "Basic metals"]);
        assert_eq!(names(&words, assembled), ["Electronics"]);
        assert_eq!(names(&words, goods).len(), 6);
    }
}
