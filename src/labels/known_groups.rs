//! Groups of economies that are known by name: `EU27`, `ASEAN`, `USMCA`, so that nobody types 27 codes.
//!
//! Members are ISO 3166 codes (`data/groups.csv`), and a table may have fewer of them than the group has: those that it
//! lacks are a part of its rest of the world, and stay there.

use std::sync::LazyLock;

use super::economy_names::alpha3;
use super::{Axis, Group, LabelError, PickedGroup};

/// A group that is known by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGroup {
    /// Name, as one writes it.
    pub id: String,
    /// What it is, and from when to when it had these members.
    pub title: String,
    /// Members, alpha-3.
    pub members: Vec<String>,
}

static GROUPS: LazyLock<Vec<KnownGroup>> = LazyLock::new(|| {
    let text = include_str!("../../data/groups.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let group = |record: csv::StringRecord| {
        Some(KnownGroup {
            id: record.get(0)?.to_owned(),
            title: record.get(1)?.to_owned(),
            members: record.get(2)?.split(' ').map(str::to_owned).collect(),
        })
    };
    reader.records().flatten().filter_map(group).collect()
});

/// All of them.
pub fn known_groups() -> &'static [KnownGroup] {
    &GROUPS
}

/// The group of a name, in capitals or not.
pub fn find_known_group(name: &str) -> Option<&'static KnownGroup> {
    GROUPS.iter().find(|group| group.id.eq_ignore_ascii_case(name))
}

/// Groups in the labels of an axis: a member that is no economy there but a known group stands for the economies of the
/// axis that belong to it. With what is to be told of it.
///
/// # Errors
/// A known group of which the axis has no economy.
pub fn in_labels_of(axis: &Axis, groups: &[Group]) -> Result<(Vec<Group>, Vec<String>), LabelError> {
    let mut told = Vec::new();
    let mut found = Vec::with_capacity(groups.len());
    for group in groups {
        let mut members: Vec<String> = Vec::with_capacity(group.members.len());
        for member in &group.members {
            let known = find_known_group(member).filter(|_| !axis.economies().contains(member));
            let Some(known) = known else {
                members.push(member.clone());
                continue;
            };
            let there = members_on(axis, known, &[])?;
            told.push(there.told);
            let labels = there.members.iter().map(|&economy| &axis.economies()[economy]);
            // Groups that overlap, or a member beside the group that has it: once.
            members.extend(labels.filter(|label| !group.members.contains(label)).cloned());
        }
        let members = super::distinct(&members).cloned().collect();
        found.push(Group { name: group.name.clone(), members });
    }
    Ok((found, told))
}

/// The economies of an axis that are members of a known group, and what is to be told of it. A union is a member when
/// everything in it is; of an economy that stands on the axis in parts (`splits`) its parts are.
///
/// # Errors
/// No member on the axis; a union that is a member in part.
pub(super) fn members_on(
    axis: &Axis,
    known: &KnownGroup,
    splits: &[Group],
) -> Result<PickedGroup, LabelError> {
    let code_of =
        |label: &str| alpha3(label).filter(|code| known.members.iter().any(|member| member == code));
    let (mut members, mut there) = (Vec::new(), Vec::new());
    for (economy, label) in axis.economies().iter().enumerate() {
        if let Some(code) = code_of(label) {
            there.push(code);
            members.push(economy);
            continue;
        }
        let mut inside: Vec<&str> = Vec::new();
        for member in axis.block(economy).map(|row| axis.member_of(row)) {
            if inside.last() != Some(&member) {
                inside.push(member);
            }
        }
        let codes: Vec<&str> = inside.iter().filter_map(|member| code_of(member)).collect();
        if codes.is_empty() {
            continue;
        }
        if codes.len() < inside.len() {
            let member = inside.iter().find(|member| code_of(member).is_some()).unwrap_or(&inside[0]);
            return Err(LabelError::InGroup { member: (*member).to_owned(), group: label.clone() });
        }
        there.extend(codes);
        members.push(economy);
    }
    for split in splits {
        let Some(code) = code_of(&split.name) else { continue };
        let parts = axis.economies().iter().enumerate().filter(|(_, label)| split.members.contains(label));
        members.extend(parts.map(|(economy, _)| economy));
        there.push(code);
    }
    members.sort_unstable();
    members.dedup();
    if members.is_empty() {
        return Err(LabelError::GroupWithoutMembers {
            group: known.id.clone(),
            members: known.members.join(" "),
            economies: axis.economies().join(" "),
        });
    }
    let absent: Vec<&str> =
        known.members.iter().map(String::as_str).filter(|code| !there.contains(code)).collect();
    let lacks = match absent.as_slice() {
        [] => String::new(),
        [one] => format!("; the table has no {one}, which stays in its rest of the world"),
        some => format!("; the table has no {}, which stay in its rest of the world", some.join(", ")),
    };
    let told = format!("{}: {}{lacks}", known.id, known.title);
    Ok(PickedGroup { name: known.id.clone(), members, told })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::economy_names;

    fn axis(economies: &[&str]) -> Axis {
        let pairs: Vec<_> = economies.iter().map(|&name| (name.to_owned(), "s".to_owned())).collect();
        Axis::new(&pairs).unwrap().0
    }

    fn group(name: &str, members: &[&str]) -> Group {
        Group { name: name.into(), members: members.iter().map(|&member| member.to_owned()).collect() }
    }

    #[test]
    fn every_member_is_a_known_code_and_no_group_has_one_twice() {
        assert!(known_groups().len() > 30);
        for (place, group) in known_groups().iter().enumerate() {
            assert!(!group.title.is_empty() && group.members.len() > 1, "{}", group.id);
            for (at, code) in group.members.iter().enumerate() {
                assert!(economy_names::name(code).is_some(), "{code} of {}", group.id);
                assert!(!group.members[..at].contains(code), "{code} twice in {}", group.id);
            }
            assert!(!known_groups()[..place].iter().any(|other| other.id == group.id), "{}", group.id);
        }
        let count = |name: &str| find_known_group(name).unwrap().members.len();
        assert_eq!(
            ["eu27", "EU28", "EU15", "EA20", "ASEAN", "OECD", "APEC", "G20", "RCEP"].map(count),
            [27, 28, 15, 20, 10, 38, 21, 19, 15]
        );
    }

    #[test]
    fn a_known_group_becomes_the_economies_that_the_table_has_in_its_own_codes() {
        let of = |economies: &[&str], groups: &[Group]| in_labels_of(&axis(economies), groups).unwrap();
        let (found, told) = of(&["CHN", "DEU", "FRA", "ROW"], &[group("EU", &["EU27"])]);
        assert_eq!(found, [group("EU", &["DEU", "FRA"])]);
        assert!(
            told[0].starts_with("EU27: European Union since February 2020; the table has no AUT, BEL"),
            "{told:?}"
        );
        let (found, told) =
            of(&["AT", "EL", "US", "MX", "CA"], &[group("NAFTA", &["nafta"]), group("E", &["EU15"])]);
        assert_eq!(found, [group("NAFTA", &["US", "MX", "CA"]), group("E", &["AT", "EL"])]);
        assert_eq!(told[0], "NAFTA: North American Free Trade Agreement, 1994 to 2020");
        let (found, told) = of(&["ROM", "HUN", "CZE", "POL", "SVK"], &[group("E", &["VISEGRAD", "ROM"])]);
        assert_eq!((found, told.len()), (vec![group("E", &["HUN", "CZE", "POL", "SVK", "ROM"])], 1));
        // A group and a member of it, two groups that overlap: every economy once.
        let (found, _) = of(&["DEU", "GBR", "FRA"], &[group("E", &["GBR", "EU15", "G7"])]);
        assert_eq!(found, [group("E", &["GBR", "DEU", "FRA"])]);
    }

    #[test]
    fn an_economy_of_the_table_goes_before_a_known_group_and_a_group_without_members_is_an_error() {
        let (found, told) = in_labels_of(&axis(&["EU27", "CHN"]), &[group("E", &["EU27"])]).unwrap();
        assert_eq!((found, told.len()), (vec![group("E", &["EU27"])], 0));
        let error = in_labels_of(&axis(&["CHN", "USA"]), &[group("ASEAN", &["ASEAN"])]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the table has no member of `ASEAN` (BRN KHM IDN LAO MYS MMR PHL SGP THA VNM); its economies are CHN USA"
        );
    }
}
