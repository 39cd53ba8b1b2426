//! Which sectors are mining, manufactures, electrical and optical equipment: read from labels, with stated rules.
//!
//! The classification is recognised from the whole list, because one code means different things in different lists
//! (`c14` is electrical equipment in WIOD 2013, `C14` is clothing in NACE 2):
//!
//! | list | recognised by | mining | manufactures | electrical and optical |
//! |---|---|---|---|---|
//! | WIOD 2013 | lower-case `c` and a number from 1 to 35, spans as `c4t5` | 2 | 3-16 | 14 |
//! | ISIC 4, NACE 2 (OECD 2018 and later, WIOD 2016, FIGARO) | section letters with divisions, or divisions alone, as `C26`, `D10T12`, `01T09` | 05-09, B | 10-33, C | 26, 27 |
//! | words | anything else | mining, quarrying, crude, extraction, energy raw materials, primary products | manufactures and the names of its branches | electrical, electronic, computer, ICT |
//!
//! A list in which nothing is recognised gives empty groups; claims then say that they could not leave mining out.

/// Groups of sectors that claims distinguish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectorMap {
    /// Name of the classification that was recognised.
    pub classification: &'static str,
    /// Mining and quarrying, by sector.
    pub mining: Vec<bool>,
    /// Manufactures, by sector.
    pub manufactures: Vec<bool>,
    /// Electrical and optical equipment, by sector.
    pub electrical: Vec<bool>,
}

impl SectorMap {
    /// Reads the groups off the labels.
    pub fn of(sectors: &[String]) -> Self {
        let all = |of: fn(&str) -> Option<(u32, u32)>| {
            sectors.iter().map(|label| of(label)).collect::<Option<Vec<_>>>()
        };
        // A list that stops before electrical equipment is somebody's own numbering.
        if let Some(spans) = all(wiod13).filter(|spans| spans.iter().any(|span| span.1 >= 14)) {
            return Self::by_number("WIOD 2013", &spans, (2, 2), (3, 16), (14, 14));
        }
        let divisions: Vec<Option<(u32, u32)>> = sectors.iter().map(|label| isic4(label)).collect();
        let known = divisions.iter().filter(|division| division.is_some()).count();
        // A label or two outside the scheme (an unallocated row) does not change what the others mean.
        if sectors.len() > 2 && 10 * known >= 8 * sectors.len() {
            let spans: Vec<(u32, u32)> = divisions.into_iter().map(|d| d.unwrap_or((0, 0))).collect();
            return Self::isic4(&spans);
        }
        let of = |test: fn(&str) -> bool| sectors.iter().map(|label| test(&label.to_lowercase())).collect();
        Self {
            classification: "words in the labels",
            mining: of(is_mining),
            manufactures: of(is_manufacture),
            electrical: of(is_electrical),
        }
    }

    /// A span that ends in mining counts as mining even when it starts in agriculture (raw materials together); one that
    /// starts in manufactures counts as manufactures even when it ends in utilities.
    fn isic4(spans: &[(u32, u32)]) -> Self {
        let of = |test: fn(&(u32, u32)) -> bool| spans.iter().map(test).collect();
        Self {
            classification: "ISIC 4",
            mining: of(|span| (5..=9).contains(&span.1)),
            manufactures: of(|span| (10..=33).contains(&span.0) && span.1 <= 39),
            electrical: of(|span| 26 <= span.0 && span.1 <= 27),
        }
    }

    fn by_number(
        classification: &'static str,
        spans: &[(u32, u32)],
        mining: (u32, u32),
        manufactures: (u32, u32),
        electrical: (u32, u32),
    ) -> Self {
        let inside =
            |group: (u32, u32)| spans.iter().map(|span| group.0 <= span.0 && span.1 <= group.1).collect();
        Self {
            classification,
            mining: inside(mining),
            manufactures: inside(manufactures),
            electrical: inside(electrical),
        }
    }

    /// Is any sector mining?
    pub fn knows_mining(&self) -> bool {
        self.mining.iter().any(|is| *is)
    }
}

/// `c4`, `c4t5`, `c29_31t35`: first and last number.
pub(super) fn wiod13(label: &str) -> Option<(u32, u32)> {
    let numbers: Vec<u32> = label
        .strip_prefix('c')?
        .split(['t', '_', '-', 'c', '+'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let (first, last) = (*numbers.iter().min()?, *numbers.iter().max()?);
    (1..=35).contains(&first).then_some((first, last)).filter(|span| span.1 <= 35)
}

/// Sections of ISIC 4 with their divisions.
const SECTIONS: [(char, u32, u32); 21] = [
    ('A', 1, 3),
    ('B', 5, 9),
    ('C', 10, 33),
    ('D', 35, 35),
    ('E', 36, 39),
    ('F', 41, 43),
    ('G', 45, 47),
    ('H', 49, 53),
    ('I', 55, 56),
    ('J', 58, 63),
    ('K', 64, 66),
    ('L', 68, 68),
    ('M', 69, 75),
    ('N', 77, 82),
    ('O', 84, 84),
    ('P', 85, 85),
    ('Q', 86, 88),
    ('R', 90, 93),
    ('S', 94, 96),
    ('T', 97, 98),
    ('U', 99, 99),
];

/// `B`, `B05_06`, `C10T12`, `C10-C12`, `D26`, `C26`: first and last division. A letter alone stands for its section;
/// with a number it must be the section of that number, or the `D` that the OECD puts before every division; numbers may
/// stand alone.
pub(super) fn isic4(label: &str) -> Option<(u32, u32)> {
    let letter = label.chars().next()?;
    let section = SECTIONS.iter().find(|section| section.0 == letter);
    if let (Some(&(_, first, last)), 1) = (section, label.len()) {
        return Some((first, last));
    }
    let digits: Vec<&str> =
        label.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    if digits.is_empty() || digits.iter().any(|part| part.len() < 2) {
        return None;
    }
    let numbers: Vec<u32> = digits.iter().map(|part| part[..2].parse().ok()).collect::<Option<_>>()?;
    let (low, high) = (*numbers.iter().min()?, *numbers.iter().max()?);
    let fits = match section {
        Some(&(_, first, last)) => letter == 'D' || (first <= low && low <= last),
        // Divisions without letters: `01T09`.
        None => letter.is_ascii_digit(),
    };
    fits.then_some((low, high))
}

pub(super) fn has_any(label: &str, words: &[&str]) -> bool {
    words.iter().any(|word| label.contains(word))
}

/// The label as a list of words: `oil_gas` is oil and gas, `soil` is not.
pub(super) fn has_word(label: &str, words: &[&str]) -> bool {
    label.split(|c: char| !c.is_alphanumeric()).any(|part| words.contains(&part))
}

fn is_utility(label: &str) -> bool {
    has_any(label, &["electricity", "utilit", "water supply"])
}

pub(super) fn is_mining(label: &str) -> bool {
    let words = [
        "min",
        "mine",
        "mines",
        "oil",
        "gas",
        "coal",
        "crude",
        "ores",
        "ore",
        "energy",
        "petroleum",
        "fuel",
        "fuels",
        "raw",
        "mnq",
    ];
    !is_utility(label)
        && !has_any(label, &["coke", "refin"])
        && (has_any(label, &["mining", "quarr", "extract", "crude"]) || has_word(label, &words))
}

fn is_electrical(label: &str) -> bool {
    let words = ["elec", "ele", "ict", "elx", "eeq", "electrics"];
    !is_utility(label)
        && (has_any(label, &["electron", "electrical", "computer", "optical", "semicond", "telecom equip"])
            || has_word(label, &words))
}

pub(super) fn is_manufacture(label: &str) -> bool {
    let parts = [
        "manuf",
        "textil",
        "apparel",
        "leather",
        "footwear",
        "chemic",
        "pharma",
        "plastic",
        "rubber",
        "machin",
        "motor",
        "vehicle",
        "automo",
        "metal",
        "steel",
        "wood",
        "paper",
        "printing",
        "furniture",
        "beverage",
        "tobacco",
        "mineral prod",
        "non-metallic",
        "transport equip",
        "refin",
        "coke",
    ];
    let words = [
        "man", "mfg", "mnf", "manu", "ind", "industry", "food", "auto", "autos", "cars", "clothing", "tex",
        "chem", "mach", "goods",
    ];
    is_electrical(label)
        || (!is_mining(label)
            && !has_any(label, &["trade", "repair", "services"])
            && (has_any(label, &parts) || has_word(label, &words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(labels: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        let map = SectorMap::of(&labels);
        let pick = |flags: &[bool]| {
            labels.iter().zip(flags).filter(|(_, is)| **is).map(|(label, _)| label.clone()).collect()
        };
        (pick(&map.mining), pick(&map.manufactures), pick(&map.electrical))
    }

    #[test]
    fn one_code_means_what_its_list_says() {
        let (mining, manufactures, electrical) = groups(&["c1", "c2", "c4t5", "c14", "c17", "c29_31t35"]);
        assert_eq!(
            (mining, manufactures, electrical),
            (vec!["c2".into()], vec!["c4t5".into(), "c14".into()], vec!["c14".into()])
        );
        let (mining, manufactures, electrical) = groups(&["A01", "B", "C13-C15", "C14", "C26", "D35", "G45"]);
        assert_eq!(mining, ["B"]);
        assert_eq!(manufactures, ["C13-C15", "C14", "C26"]);
        assert_eq!(electrical, ["C26"]);
        let (mining, manufactures, electrical) = groups(&["D01T02", "D05T06", "D10T12", "D26", "D35"]);
        assert_eq!((mining.len(), manufactures.len(), electrical.len()), (1, 2, 1));
        let (mining, manufactures, _) = groups(&["01T09", "10T39", "41T98"]);
        assert_eq!((mining, manufactures), (vec!["01T09".into()], vec!["10T39".into()]));
    }

    #[test]
    fn words_are_read_whole() {
        let (mining, manufactures, electrical) = groups(&[
            "Agriculture",
            "Oil & gas",
            "Basic metals",
            "Electronics",
            "Electricity",
            "Soil services",
        ]);
        assert_eq!(mining, ["Oil & gas"]);
        assert_eq!(manufactures, ["Basic metals", "Electronics"]);
        assert_eq!(electrical, ["Electronics"]);
    }

    #[test]
    fn unknown_labels_give_empty_groups() {
        let (mining, manufactures, electrical) = groups(&["S1", "S2", "S3", "S4", "S5", "S6"]);
        assert!(mining.is_empty() && manufactures.is_empty() && electrical.is_empty());
        let (mining, ..) = groups(&["c1", "c2", "c3"]);
        assert!(mining.is_empty(), "a list of three that happens to start with c is not WIOD");
    }
}
