//! What a user picks on an axis: labels, and groups of them by name.
//!
//! A word is a label of the table; else a group that is known by name (of economies `EU27`, of sectors `manufactured`, a
//! section or a span of codes); else `NAME=A,B`, a group of one's own, whose members are such words again. A group stands
//! here for those of the labels that are its members and nothing is united: one economy of them makes [`Axis::regroup`].

use super::classification::{SectorMap, WORDS};
use super::known_groups::members_on;
use super::{Axis, Group, LabelError, distinct, find_known_group};

/// What was picked, as indices on an axis; empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    /// What was named by itself, in the order in which it was named.
    pub alone: Vec<usize>,
    /// Groups, in the order in which they were named.
    pub groups: Vec<PickedGroup>,
}

/// A group that was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickedGroup {
    /// Its name.
    pub name: String,
    /// Its members on the axis, in order.
    pub members: Vec<usize>,
    /// What is to be told of it: its name, what it is, which members the axis lacks.
    pub told: String,
}

impl Picked {
    /// Everything that was picked, each once.
    pub fn indices(&self) -> Vec<usize> {
        let members = self.groups.iter().flat_map(|group| &group.members);
        let all: Vec<usize> = self.alone.iter().chain(members).copied().collect();
        distinct(&all).copied().collect()
    }
}

/// Economies by name. `splits` are economies that stand on the axis in parts: a known group with one of them has its parts.
///
/// ```
/// use vadex::labels::{Axis, pick_economies};
///
/// let rows = ["ESP", "FRA", "USA"].map(|economy| (economy.to_owned(), "x".to_owned()));
/// let (axis, _) = Axis::new(&rows)?;
/// let picked = pick_economies(&axis, &["USA".into(), "EU27".into()], &[])?;
/// assert_eq!((picked.indices(), &picked.groups[0].members[..]), (vec![2, 0, 1], &[0, 1][..]));
/// # Ok::<(), vadex::labels::LabelError>(())
/// ```
///
/// # Errors
/// A name that neither the axis nor a group has, with the nearest; a member of an economy that is a union; a known group of
/// which the axis has no member; a group under the name of a label.
pub fn pick_economies(axis: &Axis, words: &[String], splits: &[Group]) -> Result<Picked, LabelError> {
    let known = |word: &str| -> Result<Option<PickedGroup>, LabelError> {
        match find_known_group(word) {
            Some(group) => members_on(axis, group, splits).map(Some),
            None => Ok(None),
        }
    };
    pick("economy", axis.economies(), words, &|word| axis.find_economy(word), &known)
}

/// Sectors by name.
///
/// # Errors
/// As [`pick_economies`].
pub fn pick_sectors(axis: &Axis, words: &[String]) -> Result<Picked, LabelError> {
    let labels = axis.sectors();
    if words.iter().all(|word| labels.contains(word)) {
        // The classification is read off all labels: not for who names labels.
        return pick("sector", labels, words, &|word| axis.find_sector(word), &|_| Ok(None));
    }
    let map = SectorMap::of(labels);
    let known = |word: &str| -> Result<Option<PickedGroup>, LabelError> {
        let members = map.group(word).or_else(|| map.span(word));
        Ok(members.map(|members| {
            let by = match map.classification {
                WORDS => ", by their names".to_owned(),
                list => format!(" of {list}"),
            };
            let told = format!("{word}: {}{by}", named(labels, &members));
            PickedGroup { name: word.to_owned(), members, told }
        }))
    };
    pick("sector", labels, words, &|word| axis.find_sector(word), &known)
}

/// A group that is known by a word, where one is.
type Known<'a> = &'a dyn Fn(&str) -> Result<Option<PickedGroup>, LabelError>;

fn pick(
    kind: &'static str,
    labels: &[String],
    words: &[String],
    find: &dyn Fn(&str) -> Result<usize, LabelError>,
    known: Known<'_>,
) -> Result<Picked, LabelError> {
    let mut picked = Picked::default();
    for word in words {
        // A label goes before a group of the same name.
        let group = if labels.contains(word) {
            None
        } else if let Some((name, members)) = word.split_once('=') {
            Some(own_group(name.trim(), members, labels, find, known)?)
        } else {
            known(word)?
        };
        let Some(group) = group else {
            picked.alone.push(find(word)?);
            continue;
        };
        if labels.contains(&group.name) {
            return Err(LabelError::PickedNameTaken { kind, name: group.name });
        }
        match picked.groups.iter().find(|other| other.name == group.name) {
            // The same twice is the same.
            Some(other) if *other == group => {}
            Some(_) => return Err(LabelError::GroupNamedTwice { name: group.name }),
            None => picked.groups.push(group),
        }
    }
    Ok(picked)
}

/// `NAME=A,B`, where a member may be a known group.
fn own_group(
    name: &str,
    members: &str,
    labels: &[String],
    find: &dyn Fn(&str) -> Result<usize, LabelError>,
    known: Known<'_>,
) -> Result<PickedGroup, LabelError> {
    let words: Vec<String> = members
        .split(',')
        .map(|member| member.trim().to_owned())
        .filter(|member| !member.is_empty())
        .collect();
    if name.is_empty() || words.is_empty() {
        return Err(LabelError::NotAGroup { text: format!("{name}={members}") });
    }
    let mut told = format!("{name}: {}", words.join(" + "));
    let mut indices = Vec::new();
    for word in &words {
        let inside = if labels.contains(word) { None } else { known(word)? };
        match inside {
            Some(group) => {
                told.push_str(&format!("; {}", group.told));
                indices.extend(group.members);
            }
            None => indices.push(find(word)?),
        }
    }
    indices.sort_unstable();
    indices.dedup();
    Ok(PickedGroup { name: name.to_owned(), members: indices, told })
}

/// Labels by index, in one line.
fn named(labels: &[String], indices: &[usize]) -> String {
    indices.iter().map(|&index| labels[index].as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(economies: &[&str], sectors: &[&str]) -> Axis {
        let rows: Vec<(String, String)> = economies
            .iter()
            .flat_map(|economy| sectors.iter().map(|sector| ((*economy).to_owned(), (*sector).to_owned())))
            .collect();
        Axis::new(&rows).unwrap().0
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn a_label_is_itself_and_a_known_group_its_members_on_the_axis() {
        let axis = axis(&["DEU", "USA", "ROM", "RoW"], &["x"]);
        let picked = pick_economies(&axis, &words(&["USA", "eu27", "USA"]), &[]).unwrap();
        assert_eq!((picked.indices(), picked.alone.len()), (vec![1, 0, 2], 2));
        let group = &picked.groups[0];
        assert_eq!((group.name.as_str(), &group.members[..]), ("EU27", &[0, 2][..]));
        assert!(group.told.starts_with("EU27: European Union since February 2020; the table has no AUT"));
        // What the table calls so is meant first.
        let axis = self::axis(&["EU27", "DEU"], &["x"]);
        let picked = pick_economies(&axis, &words(&["EU27"]), &[]).unwrap();
        assert_eq!((picked.alone, picked.groups.len()), (vec![0], 0));
    }

    #[test]
    fn a_group_of_ones_own_may_hold_known_groups_and_has_each_member_once() {
        let axis = axis(&["ESP", "GBR", "PRT", "USA"], &["x"]);
        let picked = pick_economies(&axis, &words(&["E=GBR, EU27,ESP", "I=ESP,PRT"]), &[]).unwrap();
        assert_eq!(picked.groups[0].members, [0, 1, 2]);
        assert!(picked.groups[0].told.starts_with("E: GBR + EU27 + ESP; EU27: European Union"));
        assert_eq!(picked.groups[1].told, "I: ESP + PRT");
        assert_eq!(picked.indices(), [0, 1, 2]);
        for (asked, message) in [
            (&["G="][..], "`G=` is not a group"),
            (&["=ESP"], "`=ESP` is not a group"),
            (&["USA=ESP,PRT"], "group `USA` has a name of the table's own (economy)"),
            (&["G=ESP", "G=PRT"], "two groups are called `G`"),
            (&["G=ESP,PTR"], "unknown economy `PTR`"),
            (&["ASEAN"], "the table has no member of `ASEAN`"),
        ] {
            let error = pick_economies(&axis, &words(asked), &[]).unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
            assert!(!error.hint().is_empty());
        }
        // Named twice it is one.
        assert_eq!(pick_economies(&axis, &words(&["EU27", "EU27"]), &[]).unwrap().groups.len(), 1);
    }

    #[test]
    fn a_union_is_a_member_as_a_whole_or_not_at_all() {
        let unite = |members: &[&str]| {
            let group = Group { name: "U".into(), members: words(members) };
            axis(&["ESP", "PRT", "USA", "FRA"], &["x"]).regroup(&[group]).unwrap().axis
        };
        let picked = pick_economies(&unite(&["ESP", "PRT"]), &words(&["EU27"]), &[]).unwrap();
        assert_eq!(picked.indices(), [0, 2]);
        assert!(!picked.groups[0].told.contains("PRT"), "{}", picked.groups[0].told);
        let error = pick_economies(&unite(&["PRT", "USA"]), &words(&["EU27"]), &[]).unwrap_err();
        assert_eq!(error, LabelError::InGroup { member: "PRT".into(), group: "U".into() });
        assert!(pick_economies(&unite(&["USA"]), &words(&["EU27"]), &[]).is_ok());
    }

    #[test]
    fn parts_of_a_split_economy_belong_where_it_does() {
        let axis = axis(&["CN1", "CN2", "USA", "DEU"], &["x"]);
        let split = Group { name: "CHN".into(), members: words(&["CN1", "CN2"]) };
        let picked = pick_economies(&axis, &words(&["APEC"]), &[split]).unwrap();
        assert_eq!(picked.indices(), [0, 1, 2]);
        assert!(!picked.groups[0].told.contains("CHN"), "{}", picked.groups[0].told);
    }

    #[test]
    fn sectors_are_labels_groups_sections_and_spans() {
        let axis = axis(&["A"], &["A01", "B", "C10-C12", "C13-C15", "C26", "D35", "G45"]);
        let of = |word: &str| pick_sectors(&axis, &words(&[word])).map(|picked| picked.indices());
        assert_eq!(of("C26"), Ok(vec![4]));
        assert_eq!(of("manufactured"), Ok(vec![2, 3, 4]));
        assert_eq!(of("C"), Ok(vec![2, 3, 4]));
        assert_eq!(of("C10T15"), Ok(vec![2, 3]));
        assert_eq!(of("GOODS=A01,mining,C"), Ok(vec![0, 1, 2, 3, 4]));
        let picked = pick_sectors(&axis, &words(&["manufactured"])).unwrap();
        assert_eq!(picked.groups[0].told, "manufactured: C10-C12, C13-C15, C26 of ISIC 4");
        // A sector that is in a span in part is not taken apart, and services are no group.
        assert!(of("C10T14").is_err() && of("services").is_err() && of("Q").is_err());
    }
}
