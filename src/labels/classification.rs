//! Which sectors are mining, manufactures, electronics: read from labels, with stated rules.
//!
//! The classification is recognised from the whole list, because one code means different things in different lists
//! (`c14` is electrical equipment in WIOD 2013, `C14` is clothing in NACE 2, `26` is electronics in ISIC 4 and cement and
//! glass in ISIC 3):
//!
//! | list | recognised by | mining | manufactures | electrical and optical |
//! |---|---|---|---|---|
//! | WIOD 2013 | lower-case `c` and a number from 1 to 35, spans as `c4t5` | 2 | 3-16 | 14 |
//! | ISIC 3, NACE 1 (WIOD's own codes, long-run WIOD, OECD 2016) | divisions and sections of that list, as `15t16`, `D30t33`, `AtB`, `C10T14MIN` | 10-14, C | 15-37, D | 30-33 |
//! | ISIC 4, NACE 2 (OECD 2018 and later, WIOD 2016, FIGARO) | divisions and sections of that list, as `C26`, `D10T12`, `01T09`, `CPA_C26` | 05-09, B | 10-33, C | 26, 27 |
//! | words | anything else | mining, quarrying, crude, extraction, energy raw materials, primary products | manufactures and the names of its branches | electrical, electronic, computer, ICT |
//!
//! What tells ISIC 3 from ISIC 4 is what each label can mean: in ISIC 3 manufactures run from 15 to 37 and construction is
//! 45, in ISIC 4 they run from 10 to 33 and construction is 41 to 43, and each has sections and divisions that the other
//! lacks. The list is of the classification that more of its labels fit, and at least four fifths of them. Where both fit
//! as well, labels that would overlap in ISIC 4 alone (`C` beside `15t16`) or that are spans of ISIC 3 (`30t33`) say that
//! it is ISIC 3; where nothing does, it is ISIC 4.
//!
//! A list in which nothing is recognised gives empty groups; whoever reads them must say so.

mod codes;
mod words;

pub(crate) use self::codes::isic4;
use self::codes::{SPANS_OF_ISIC_3, divisions, has_letter_c_before_all, isic3, wiod13};
use self::words::is_electrical;
pub(crate) use self::words::{has_any, has_word, is_manufacture, is_mining};

/// WIOD 2013, as [`SectorMap::classification`] names it.
pub const WIOD_2013: &str = "WIOD 2013";
/// ISIC 3 and NACE 1.
pub const ISIC_3: &str = "ISIC 3";
/// ISIC 4 and NACE 2.
pub const ISIC_4: &str = "ISIC 4";
/// No classification: groups are read from words.
pub const WORDS: &str = "words in the labels";

/// First and last number of a label in its classification.
pub type Span = (u32, u32);

/// Groups of sectors that claims, scenarios and product accounts distinguish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectorMap {
    /// Name of the classification that was recognised.
    pub classification: &'static str,
    /// What each label spans in it; nothing for a label outside it, and where words are read.
    pub spans: Vec<Option<Span>>,
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
        let (classification, spans) = recognised(sectors);
        let by_number = |test: fn(&Span) -> bool| -> Vec<bool> {
            spans.iter().map(|span| span.as_ref().is_some_and(test)).collect()
        };
        let by_word = |test: fn(&str) -> bool| -> Vec<bool> {
            sectors.iter().map(|label| test(&label.to_lowercase())).collect()
        };
        // In ISIC a span that ends in mining counts as mining even when it starts in agriculture (raw materials
        // together); one that starts in manufactures counts as manufactures even when it ends in utilities.
        let [mining, manufactures, electrical] = match classification {
            WIOD_2013 => [
                by_number(|span| 2 <= span.0 && span.1 <= 2),
                by_number(|span| 3 <= span.0 && span.1 <= 16),
                by_number(|span| 14 <= span.0 && span.1 <= 14),
            ],
            ISIC_3 => [
                by_number(|span| (10..=14).contains(&span.1)),
                by_number(|span| (15..=37).contains(&span.0) && span.1 <= 41),
                by_number(|span| 30 <= span.0 && span.1 <= 33),
            ],
            ISIC_4 => [
                by_number(|span| (5..=9).contains(&span.1)),
                by_number(|span| (10..=33).contains(&span.0) && span.1 <= 39),
                by_number(|span| 26 <= span.0 && span.1 <= 27),
            ],
            _ => [by_word(is_mining), by_word(is_manufacture), by_word(is_electrical)],
        };
        Self { classification, spans, mining, manufactures, electrical }
    }

    /// Is any sector mining?
    pub fn knows_mining(&self) -> bool {
        self.mining.iter().any(|is| *is)
    }

    /// The sectors of a group by its word: `manufactured`, `mining` or `electrical`. Nothing for another word, and for a
    /// group that no label is in.
    pub fn group(&self, word: &str) -> Option<Vec<usize>> {
        let flags = match word {
            "manufactured" => &self.manufactures,
            "mining" => &self.mining,
            "electrical" => &self.electrical,
            _ => return None,
        };
        let members: Vec<usize> = (0..flags.len()).filter(|&k| flags[k]).collect();
        (!members.is_empty()).then_some(members)
    }

    /// The sectors of a section (`C`) or of a span of codes (`c3t16`, `C10T33`), in the classification of the list. Nothing for
    /// another word, for a span of no sector, and where a sector is in it in part.
    pub fn span(&self, word: &str) -> Option<Vec<usize>> {
        if !is_section_or_span(word) {
            return None;
        }
        let (first, last) = match self.classification {
            WIOD_2013 => wiod13(word),
            ISIC_3 => isic3(word, false),
            ISIC_4 => isic4(word),
            _ => None,
        }?;
        let mut members = Vec::new();
        for (sector, span) in self.spans.iter().enumerate() {
            let Some((low, high)) = *span else { continue };
            if first <= low && high <= last {
                members.push(sector);
            } else if low <= last && first <= high {
                return None;
            }
        }
        (!members.is_empty()).then_some(members)
    }
}

/// One letter, or two numbers in order with something between them: no slip of the pen is to become a span.
fn is_section_or_span(word: &str) -> bool {
    if word.len() == 1 {
        return word.chars().all(|letter| letter.is_ascii_uppercase());
    }
    let numbers: Vec<u32> =
        word.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    matches!(numbers[..], [first, last] if first < last)
}

/// Words of [`SectorMap::group`].
pub const GROUPS: [&str; 3] = ["manufactured", "mining", "electrical"];

/// A branch that one sector of a table stands for: the division that makes it in each classification, and words.
struct Branch {
    name: &'static str,
    wiod_2013: u32,
    isic_3: u32,
    isic_4: u32,
    /// The first test that exactly one label passes finds it.
    words: &'static [fn(&str) -> bool],
}

/// Electronics are where phones are made: communication equipment (32) in ISIC 3, computers and electronics (26) in ISIC 4.
static BRANCHES: [Branch; 6] = [
    Branch {
        name: "electronics",
        wiod_2013: 14,
        isic_3: 32,
        isic_4: 26,
        words: &[
            |label: &str| is_electrical(label) && label.contains("communication equip"),
            |label: &str| is_electrical(label) && label.contains("electronic"),
            is_electrical,
        ],
    },
    Branch {
        name: "agriculture",
        wiod_2013: 1,
        isic_3: 1,
        isic_4: 1,
        words: &[|label: &str| has_any(label, &["agricult", "farm"]) && !is_manufacture(label)],
    },
    Branch {
        name: "textiles",
        wiod_2013: 4,
        isic_3: 17,
        isic_4: 13,
        words: &[|label: &str| is_manufacture(label) && label.contains("textil")],
    },
    Branch {
        name: "paper",
        wiod_2013: 7,
        isic_3: 21,
        isic_4: 17,
        words: &[|label: &str| is_manufacture(label) && label.contains("paper")],
    },
    Branch {
        name: "chemicals",
        wiod_2013: 9,
        isic_3: 24,
        isic_4: 20,
        words: &[|label: &str| is_manufacture(label) && label.contains("chemic")],
    },
    Branch {
        name: "plastics",
        wiod_2013: 10,
        isic_3: 25,
        isic_4: 22,
        words: &[|label: &str| is_manufacture(label) && label.contains("plastic")],
    },
];

/// The one sector of a table that makes a branch (`electronics`, `agriculture`, `textiles`, `paper`, `chemicals`,
/// `plastics`), and the classification that says so. Nothing for another word, and where no sector or several would do:
/// then somebody must name it.
pub fn branch(sectors: &[String], name: &str) -> Option<(usize, &'static str)> {
    let branch = BRANCHES.iter().find(|branch| branch.name == name)?;
    let (classification, spans) = recognised(sectors);
    let division = match classification {
        WIOD_2013 => branch.wiod_2013,
        ISIC_3 => branch.isic_3,
        ISIC_4 => branch.isic_4,
        _ => {
            let lower: Vec<String> = sectors.iter().map(|label| label.to_lowercase()).collect();
            let found = branch.words.iter().find_map(|test| only(lower.iter().map(|label| test(label))));
            return found.map(|sector| (sector, classification));
        }
    };
    let makes = |span: &Option<Span>| span.is_some_and(|span| (span.0..=span.1).contains(&division));
    only(spans.iter().map(makes)).map(|sector| (sector, classification))
}

/// Is it a word of [`branch`]?
pub fn is_branch(name: &str) -> bool {
    BRANCHES.iter().any(|branch| branch.name == name)
}

/// The place of the flag that is set, if one is.
fn only(flags: impl Iterator<Item = bool>) -> Option<usize> {
    let mut set = flags.enumerate().filter(|(_, is)| *is).map(|(place, _)| place);
    let first = set.next()?;
    set.next().is_none().then_some(first)
}

/// The classification of a list of labels, and what each label spans in it.
fn recognised(sectors: &[String]) -> (&'static str, Vec<Option<Span>>) {
    let read = |of: &dyn Fn(&str) -> Option<Span>| -> Vec<Option<Span>> {
        sectors.iter().map(|label| of(label)).collect()
    };
    let count = |spans: &[Option<Span>]| spans.iter().flatten().count();
    let wiod = read(&wiod13);
    // A list that stops before electrical equipment is somebody's own numbering.
    if count(&wiod) == sectors.len() && wiod.iter().flatten().any(|span| span.1 >= 14) {
        return (WIOD_2013, wiod);
    }
    let before_all = has_letter_c_before_all(sectors);
    let older = read(&|label: &str| isic3(label, before_all));
    let newer = read(&isic4);
    // A label or two outside the scheme (an unallocated row) does not change what the others mean.
    let fits = |spans: &[Option<Span>]| sectors.len() > 2 && 10 * count(spans) >= 8 * sectors.len();
    let is_older = match count(&older).cmp(&count(&newer)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => {
            (overlap(&newer) && !overlap(&older))
                || sectors
                    .iter()
                    .any(|label| divisions(label).is_some_and(|span| SPANS_OF_ISIC_3.contains(&span)))
        }
    };
    if is_older && fits(&older) {
        (ISIC_3, older)
    } else if fits(&newer) {
        (ISIC_4, newer)
    } else {
        (WORDS, vec![None; sectors.len()])
    }
}

/// Do two labels share a division?
fn overlap(spans: &[Option<Span>]) -> bool {
    let known: Vec<&Span> = spans.iter().flatten().collect();
    (0..known.len()).any(|i| (0..i).any(|k| known[i].0 <= known[k].1 && known[k].0 <= known[i].1))
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

    /// Lists of ISIC 3 as they are published: WIOD 2013 by its codes, long-run WIOD, OECD 2016 with and without words.
    const LISTS_OF_ISIC_3: [&str; 4] = [
        "AtB C 15t16 17t18 19 20 21t22 23 24 25 26 27t28 29 30t33 34t35 36t37 E F 50 51 52 H 60 61 62 63 64 J 70 71t74 L \
         M N O P",
        "AtB C D15t16 D17t19 D21t22 D23 D24 D25 D26 D27t28 D29 D30t33 D34t35 Dnec E F G H I60t63 I64 J K LtQ",
        "C01T05AGR C10T14MIN C15T16FOD C17T19TEX C20WOD C21T22PAP C23PET C24CHM C25RBP C26NMM C27MET C28FBM C29MEQ \
         C30T33XCEQ C31ELQ C34MTR C35TRQ C36T37OTM C40T41EGW C45CON C50T52WRT C55HTR C60T63TRN C64PTL C65T67FIN C70REA \
         C71RMQ C72ITS C73T74OBZ C75GOV C80EDU C85HTH C90T93OTS C95PVH",
        "C01T05 C10T14 C15T16 C17T19 C20 C21T22 C23 C24 C25 C26 C27 C28 C29 C30T33X C31 C34 C35 C36T37 C40T41 C45 C50T52 \
         C55 C60T63 C64 C65T67 C70 C71 C72 C73T74 C75 C80 C85 C90T93 C95",
    ];

    /// Lists of ISIC 4: OECD 2018, 2021 and 2025, WIOD 2016, FIGARO by products.
    const LISTS_OF_ISIC_4: [&str; 5] = [
        "01T03 05T06 07T08 09 10T12 13T15 16 17T18 19 20T21 22 23 24 25 26 27 28 29 30 31T33 35T39 41T43 45T47 49T53 55T56 \
         58T60 61 62T63 64T66 68 69T82 84 85 86T88 90T96 97T98",
        "D01T02 D03 D05T06 D07T08 D09 D10T12 D13T15 D16 D17T18 D19 D20 D21 D22 D23 D24 D25 D26 D27 D28 D29 D30 D31T33 D35 \
         D36T39 D41T43 D45T47 D49 D50 D51 D52 D53 D55T56 D58T60 D61 D62T63 D64T66 D68 D69T75 D77T82 D84 D85 D86T88 D90T93 \
         D94T96 D97T98",
        "A01 A02 A03 B05 B06 B07 B08 B09 C10T12 C13T15 C16 C17_18 C19 C20 C21 C22 C23 C24A C24B C25 C26 C27 C28 C29 C301 \
         C302T309 C31T33 D E F G H49 H50 H51 H52 H53 I J58T60 J61 J62_63 K L M N O P Q R S T",
        "A01 A02 A03 B C10-C12 C13-C15 C16 C17 C18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30 C31_C32 C33 D35 E36 \
         E37-E39 F G45 G46 G47 H49 H50 H51 H52 H53 I J58 J59_J60 J61 J62_J63 K64 K65 K66 L68 M69_M70 M71 M72 M73 M74_M75 N \
         O84 P85 Q R_S T U",
        "CPA_A01 CPA_A02 CPA_A03 CPA_B CPA_C10T12 CPA_C13T15 CPA_C16 CPA_C17 CPA_C19 CPA_C20 CPA_C26 CPA_C27 CPA_C31_32 \
         CPA_D35 CPA_E36 CPA_F CPA_G45 CPA_H49 CPA_I CPA_L CPA_N80T82 CPA_U",
    ];

    fn list(labels: &str) -> Vec<String> {
        labels.split_whitespace().map(str::to_owned).collect()
    }

    /// The labels of the flags that are set.
    fn set(labels: &[String], flags: &[bool]) -> Vec<String> {
        labels.iter().zip(flags).filter(|(_, is)| **is).map(|(label, _)| label.clone()).collect()
    }

    #[test]
    fn a_list_of_isic_3_is_never_taken_for_isic_4() {
        let expected = [
            ("C", "15t16", "36t37", 14, "30t33"),
            ("C", "D15t16", "Dnec", 12, "D30t33"),
            ("C10T14MIN", "C15T16FOD", "C36T37OTM", 16, "C30T33XCEQ C31ELQ"),
            ("C10T14", "C15T16", "C36T37", 16, "C30T33X C31"),
        ];
        for (labels, (mining, first, last, manufactures, electrical)) in LISTS_OF_ISIC_3.iter().zip(expected)
        {
            let labels = list(labels);
            let map = SectorMap::of(&labels);
            assert_eq!(map.classification, ISIC_3, "{}", labels[2]);
            assert_eq!(set(&labels, &map.mining), [mining]);
            let made = set(&labels, &map.manufactures);
            assert_eq!((made[0].as_str(), made[made.len() - 1].as_str()), (first, last));
            assert_eq!(made.len(), manufactures, "{made:?}");
            assert_eq!(set(&labels, &map.electrical), list(electrical));
            // Neither cut short nor without the letters that say it.
            assert_eq!(SectorMap::of(&labels[1..]).classification, ISIC_3);
            let numbers: Vec<String> =
                labels.iter().filter(|label| divisions(label).is_some()).cloned().collect();
            assert_eq!(SectorMap::of(&numbers).classification, ISIC_3, "{numbers:?}");
        }
        // Letters alone are sections of both, and the newer is taken.
        assert_eq!(SectorMap::of(&list("A B C D E F")).classification, ISIC_4);
        // Nothing but the overlap of C with manufactures, or a span, tells these.
        for labels in ["C 15t16 26 60", "20 26 30t33", "C10T14 C15T16 C26"] {
            assert_eq!(SectorMap::of(&list(labels)).classification, ISIC_3, "{labels}");
        }
    }

    #[test]
    fn a_list_of_isic_4_is_never_taken_for_isic_3() {
        for labels in LISTS_OF_ISIC_4 {
            let labels = list(labels);
            let map = SectorMap::of(&labels);
            assert_eq!(map.classification, ISIC_4, "{}", labels[0]);
            assert!(map.knows_mining());
            assert_eq!(set(&labels, &map.electrical).len(), 2, "{:?}", set(&labels, &map.electrical));
            assert!(set(&labels, &map.manufactures).iter().all(|label| !label.contains("35")));
        }
    }

    #[test]
    fn a_list_of_neither_falls_to_words() {
        let labels = list("C26x1 D9 Mining Electronics Q7 Z3");
        let map = SectorMap::of(&labels);
        assert_eq!((map.classification, set(&labels, &map.electrical)), (WORDS, list("Electronics")));
        assert!(map.spans.iter().all(Option::is_none));
    }

    #[test]
    fn electronics_are_found_in_every_classification() {
        let found = |labels: &[String]| branch(labels, "electronics").map(|(k, _)| labels[k].clone());
        let of = |labels: &str| found(&list(labels)).unwrap_or_default();
        assert_eq!(LISTS_OF_ISIC_3.map(of), ["30t33", "D30t33", "C30T33XCEQ", "C30T33X"]);
        assert_eq!(LISTS_OF_ISIC_4.map(of), ["26", "D26", "C26", "C26", "CPA_C26"]);
        assert_eq!(of("c1 c2 c4t5 c14 c17"), "c14");
        let words =
            |labels: &[&str]| -> Vec<String> { labels.iter().map(|label| (*label).to_owned()).collect() };
        let eora = words(&[
            "Agriculture",
            "Metal Products",
            "Electrical and Machinery",
            "Electricity, Gas and Water",
            "Post and Telecommunications",
        ]);
        assert_eq!(found(&eora).as_deref(), Some("Electrical and Machinery"));
        let exiobase = words(&[
            "Cultivation of wheat",
            "Manufacture of office machinery and computers (30)",
            "Manufacture of electrical machinery and apparatus n.e.c. (31)",
            "Manufacture of radio, television and communication equipment and apparatus (32)",
            "Post and telecommunications (64)",
            "Computer and related activities (72)",
        ]);
        assert_eq!(
            found(&exiobase).as_deref(),
            Some("Manufacture of radio, television and communication equipment and apparatus (32)")
        );
        assert_eq!(set(&exiobase, &SectorMap::of(&exiobase).electrical).len(), 3);
        // Two sectors would do, or none: somebody must name it.
        assert_eq!(branch(&words(&["Computers", "Optical goods", "Farming"]), "electronics"), None);
        assert_eq!(branch(&list(LISTS_OF_ISIC_4[0]), "phones"), None);
    }

    #[test]
    fn groups_have_words() {
        let labels = list(LISTS_OF_ISIC_4[2]);
        let map = SectorMap::of(&labels);
        for word in GROUPS {
            assert!(map.group(word).is_some(), "{word}");
        }
        let made: Vec<&str> =
            map.group("manufactured").unwrap_or_default().iter().map(|&k| labels[k].as_str()).collect();
        assert_eq!(made.len(), 19);
        assert!(made.contains(&"C24A") && made.contains(&"C302T309") && !made.contains(&"D"));
        assert_eq!(map.group("services"), None);
        // Sections and spans, where the table has sections or parts of them.
        assert_eq!(map.span("C"), map.group("manufactured"));
        assert_eq!(map.span("C10T33"), map.group("manufactured"));
        assert_eq!(map.span("B05T09"), map.group("mining"));
        let wiod = list("c1 c2 c3 c4t5 c6t7 c14 c15 c16 c17");
        let map = SectorMap::of(&wiod);
        assert_eq!(map.span("c3t16"), map.group("manufactured"));
        assert_eq!(map.span("c4t7"), Some(vec![3, 4]));
        // In part, out of order, more numbers than two, nothing there, no code.
        for word in ["c5t7", "c7t4", "c4t5t7", "c20t22", "C", "c5", "x1t9"] {
            assert_eq!(map.span(word), None, "{word}");
        }
        assert_eq!(SectorMap::of(&list("S1 S2 S3")).group("manufactured"), None);
    }
}
