//! Names of a scenario file to economies and sectors of a table.

use std::collections::BTreeMap;

use crate::labels::classification::SectorMap;
use crate::labels::{self, Axis, LabelError};

/// Names that a file gives to sets of labels. A name stands for all of its labels that the table has, so that one file
/// serves tables of several classifications. Some groups of sectors (`manufactured`, `mining`, `electrical`) need no such
/// list: the classification of the table tells their members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Sector names.
    pub sectors: BTreeMap<String, Vec<String>>,
    /// Economy names.
    pub economies: BTreeMap<String, Vec<String>>,
}

impl Names {
    /// Sectors behind a list of names or labels, each once; an empty list stands for all.
    ///
    /// # Errors
    /// A name that neither the file nor the table knows.
    pub(super) fn sectors(&self, axis: &Axis, wanted: &[String]) -> Result<Vec<usize>, LabelError> {
        let group = |name: &str| SectorMap::of(axis.sectors()).group(name);
        resolve("sector", &self.sectors, axis.sectors(), wanted, &group)
    }

    /// What a name stands for in the table and what it leaves out; nothing for a label of the table.
    pub(super) fn sector_note(&self, axis: &Axis, name: &str) -> Option<String> {
        let known = axis.sectors();
        let words = |members: &[usize]| -> String {
            members.iter().map(|&k| known[k].as_str()).collect::<Vec<_>>().join(", ")
        };
        let map = SectorMap::of(known);
        let group = map.group(name);
        let listed = self.sectors.get(name).map(|labels| of_table(known, labels)).unwrap_or_default();
        if listed.is_empty() {
            // A label of the table is not taken for a group, as in `resolve`.
            let group = group
                .filter(|_| self.sectors.contains_key(name) || !known.iter().any(|label| label == name))?;
            let others: Vec<usize> = (0..known.len()).filter(|k| !group.contains(k)).collect();
            let left = if others.is_empty() { String::new() } else { format!("; not: {}", words(&others)) };
            return Some(format!("`{name}` is {} by {}{left}", words(&group), map.classification));
        }
        let mut note = format!("`{name}` is {}, as the file lists it", words(&listed));
        let labels = self.sectors.get(name).into_iter().flatten();
        let strangers: Vec<&str> =
            labels.filter(|label| !known.contains(label)).map(String::as_str).collect();
        if !strangers.is_empty() {
            note.push_str(&format!("; listed and not in the table: {}", strangers.join(", ")));
        }
        let missed: Vec<usize> =
            group.unwrap_or_default().into_iter().filter(|k| !listed.contains(k)).collect();
        if !missed.is_empty() {
            note.push_str(&format!(
                "; not listed, but of the group by {}: {}",
                map.classification,
                words(&missed)
            ));
        }
        Some(note)
    }

    /// Economies behind a list of names or labels, each once; an empty list stands for all.
    ///
    /// # Errors
    /// A name that neither the file nor the table knows.
    pub(super) fn economies(&self, axis: &Axis, wanted: &[String]) -> Result<Vec<usize>, LabelError> {
        resolve("economy", &self.economies, axis.economies(), wanted, &|_| None)
    }

    /// One economy: a label of the table, or a name of the file; the first that the table has.
    ///
    /// # Errors
    /// A name that neither the file nor the table knows.
    pub(super) fn economy(&self, axis: &Axis, wanted: &str) -> Result<usize, LabelError> {
        let found = resolve("economy", &self.economies, axis.economies(), &[wanted.to_owned()], &|_| None)?;
        // `resolve` finds at least one label for each name.
        Ok(found[0])
    }
}

/// Those of the labels that the table has.
fn of_table(known: &[String], labels: &[String]) -> Vec<usize> {
    labels.iter().filter_map(|label| known.iter().position(|other| other == label)).collect()
}

/// Names of the file go first, then labels of the table, then what `group` knows.
fn resolve(
    kind: &'static str,
    names: &BTreeMap<String, Vec<String>>,
    known: &[String],
    wanted: &[String],
    group: &dyn Fn(&str) -> Option<Vec<usize>>,
) -> Result<Vec<usize>, LabelError> {
    if wanted.is_empty() {
        return Ok((0..known.len()).collect());
    }
    let mut found: Vec<usize> = Vec::new();
    for name in wanted {
        let listed = names.get(name);
        let mut members = listed.map(|labels| of_table(known, labels)).unwrap_or_default();
        if members.is_empty() {
            // What the message names, when there is one.
            let tried =
                listed.map_or_else(|| name.clone(), |labels| format!("{name} ({})", labels.join(", ")));
            members = match labels::find(kind, known, &tried) {
                Ok(label) => vec![label],
                Err(unknown) => group(name).ok_or(unknown)?,
            };
        }
        found.extend(members);
    }
    let mut seen = vec![false; known.len()];
    found.retain(|&index| !std::mem::replace(&mut seen[index], true));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIOD_2016: [&str; 9] = ["A01", "B", "C10-C12", "C13-C15", "C26", "C31_C32", "C33", "D35", "G45"];

    fn axis(sectors: &[&str]) -> Axis {
        let rows: Vec<(String, String)> =
            sectors.iter().map(|sector| ("MEX".to_owned(), (*sector).to_owned())).collect();
        Axis::new(&rows).unwrap().0
    }

    #[test]
    fn manufactures_are_all_of_them_in_every_classification() {
        let wanted = ["manufactured".to_owned()];
        let axis = axis(&WIOD_2016);
        assert_eq!(Names::default().sectors(&axis, &wanted).unwrap(), [2, 3, 4, 5, 6]);
        let note = Names::default().sector_note(&axis, "manufactured").unwrap();
        assert_eq!(
            note,
            "`manufactured` is C10-C12, C13-C15, C26, C31_C32, C33 by ISIC 4; not: A01, B, D35, G45"
        );
        assert_eq!(Names::default().sector_note(&axis, "C26"), None);
        assert!(Names::default().sectors(&axis, &["manufatured".to_owned()]).is_err());
    }

    #[test]
    fn a_list_of_the_file_is_taken_as_it_is_and_what_it_misses_is_told() {
        let mut names = Names::default();
        names.sectors.insert("manufactured".into(), ["c3", "C26"].map(str::to_owned).to_vec());
        let axis = axis(&WIOD_2016);
        assert_eq!(names.sectors(&axis, &["manufactured".to_owned()]).unwrap(), [4]);
        assert_eq!(
            names.sector_note(&axis, "manufactured").unwrap(),
            "`manufactured` is C26, as the file lists it; listed and not in the table: c3; not listed, but of the group by \
             ISIC 4: C10-C12, C13-C15, C31_C32, C33"
        );
    }
}
