//! Rows of groups added up under the name of the group, in a result that stands.

use std::collections::HashMap;

use crate::decompose::Sums;
use crate::frame::{Column, Field, Frame, Measure, ResultNotes};
use crate::labels::Picked;

/// A result in which the rows of the members of each group are one row under its name, where the first of them stood. What
/// was picked by itself keeps its rows. Labels of `key` are indices of the axis that was picked from; `apart` are columns, in the
/// long form terms, that do not add up: they are empty in the rows of groups. All rows are of one year.
pub(super) fn added_up(frame: &Frame, key: &str, picked: &Picked, apart: &[&str]) -> Frame {
    let Some(Column::Label { names, codes }) = frame.column(key) else { return frame.clone() };
    let labels = names.len();
    let destinations = destinations(labels, picked);
    let others: Vec<(&[u32], u64)> = frame
        .fields()
        .iter()
        .filter(|field| field.name != key)
        .filter_map(|field| match &field.column {
            Column::Label { names, codes } => Some((codes.as_slice(), names.len() as u64)),
            _ => None,
        })
        .collect();
    let mut place_of: HashMap<u64, usize> = HashMap::new();
    // The first row and the label of each row of the result; each row of the frame with the place it goes to.
    let mut places: Vec<(usize, u32)> = Vec::new();
    let mut moves: Vec<(usize, usize)> = Vec::new();
    for (row, &code) in codes.iter().enumerate() {
        for &to in &destinations[code as usize] {
            let unit = others
                .iter()
                .fold(u64::from(to), |unit, (codes, count)| unit * count + u64::from(codes[row]));
            let place = *place_of.entry(unit).or_insert_with(|| {
                places.push((row, to));
                places.len() - 1
            });
            moves.push((row, place));
        }
    }
    let terms = frame.column("term");
    let is_apart = |field: &Field, (first, label): (usize, u32)| {
        let column_or_term =
            if field.name == "value" { terms.and_then(|terms| terms.text(first)) } else { None };
        label as usize >= labels && apart.contains(&column_or_term.unwrap_or(&field.name))
    };
    let mut all_names = names.to_vec();
    all_names.extend(picked.groups.iter().map(|group| group.name.clone()));
    frame.fields().iter().fold(Frame::new(), |summed, field| {
        let column = match &field.column {
            Column::Label { .. } if field.name == key => {
                Column::labels(&all_names, places.iter().map(|(_, label)| *label).collect())
            }
            Column::Number(values) if field.measure != Measure::Key => {
                let mut sums: Vec<f64> = places.iter().map(|(first, _)| values[*first]).collect();
                for &(row, place) in moves.iter().filter(|(row, place)| *row != places[*place].0) {
                    sums[place] += values[row];
                }
                for (sum, place) in sums.iter_mut().zip(&places) {
                    if is_apart(field, *place) {
                        *sum = f64::NAN;
                    }
                }
                Column::Number(sums)
            }
            Column::Label { names, codes } => Column::Label {
                names: names.clone(),
                codes: places.iter().map(|(first, _)| codes[*first]).collect(),
            },
            Column::Integer(values) => {
                Column::Integer(places.iter().map(|(first, _)| values[*first]).collect())
            }
            Column::Text(values) => {
                Column::Text(places.iter().map(|(first, _)| values[*first].clone()).collect())
            }
            Column::Number(values) => {
                Column::Number(places.iter().map(|(first, _)| values[*first]).collect())
            }
        };
        summed.with(&field.name, field.measure, column)
    })
}

/// Says what the sums over a key are.
pub(super) fn note_sums(key: &str, picked: &Picked, sums: Sums, notes: &mut ResultNotes) {
    let names: Vec<&str> = picked.groups.iter().map(|group| group.name.as_str()).collect();
    let of = format!("rows of {key} {} are sums over its members", names.join(", "));
    notes.remarks.push(match (sums, key) {
        (Sums::OfDecompositions, _) => format!(
            "{of}, each taken by itself: trade between members is inside, value added of one in the trade of another counts \
             in both (`--group` makes one economy of them)"
        ),
        (_, "importer") => format!(
            "{of}: what one member sells on to another has crossed a border, and columns of the direct importer (davax, vaxim, \
             mva) are of each member by itself; an exporter among the members does not export to itself (its home market, in \
             `tiva`, is inside)"
        ),
        (_, "partner") => format!("{of}: an economy among the members is no partner of itself"),
        _ => of,
    });
    if let Sums::OfFlowSave { terms, reason } = sums {
        notes.remarks.push(format!("{} is empty in sums over {key}: {reason}", terms.join(", ")));
    }
    let overlap = (1..picked.groups.len()).any(|later| {
        let inside = |member: &usize| picked.groups[later].members.contains(member);
        picked.groups[..later].iter().any(|group| group.members.iter().any(inside))
    });
    if overlap {
        notes.remarks.push(format!("groups of {key} overlap: their rows do not add up to one total"));
    }
}

/// Where the rows of each label go: to itself, where it was picked by itself, and to the groups that have it, which stand
/// behind the labels.
fn destinations(labels: usize, picked: &Picked) -> Vec<Vec<u32>> {
    let mut destinations: Vec<Vec<u32>> = vec![Vec::new(); labels];
    for &label in &picked.alone {
        if destinations[label].is_empty() {
            destinations[label].push(label as u32);
        }
    }
    for (number, group) in picked.groups.iter().enumerate() {
        for &member in &group.members {
            destinations[member].push((labels + number) as u32);
        }
    }
    destinations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::PickedGroup;

    fn group(name: &str, members: &[usize]) -> PickedGroup {
        PickedGroup { name: name.into(), members: members.to_vec(), told: String::new() }
    }

    fn numbers(frame: &Frame, column: &str) -> String {
        format!("{:?}", frame.numbers(column).unwrap())
    }

    /// Exports of two economies to three, the third of whom both sell to.
    fn frame() -> Frame {
        let names = ["A", "B", "C"].map(str::to_owned);
        Frame::new()
            .with("year", Measure::Key, Column::Integer(vec![Some(2005); 4]))
            .with("exporter", Measure::Key, Column::labels(&names, vec![0, 0, 1, 1]))
            .with("importer", Measure::Key, Column::labels(&names, vec![1, 2, 0, 2]))
            .with("gexp", Measure::Amount, Column::Number(vec![1.0, 2.0, 4.0, 8.0]))
            .with("vaxd", Measure::Amount, Column::Number(vec![0.5, 0.25, f64::NAN, 0.125]))
    }

    #[test]
    fn rows_of_a_group_are_one_row_and_what_was_named_by_itself_stays() {
        let picked = Picked { alone: vec![2, 2], groups: vec![group("AC", &[0, 2]), group("BC", &[1, 2])] };
        let summed = added_up(&frame(), "importer", &picked, &["vaxd"]);
        let importers: Vec<&str> = summed.texts("importer").unwrap().into_iter().flatten().collect();
        assert_eq!(importers, ["BC", "C", "AC", "AC", "C", "BC"]);
        let exporters: Vec<&str> = summed.texts("exporter").unwrap().into_iter().flatten().collect();
        assert_eq!(exporters, ["A", "A", "A", "B", "B", "B"]);
        assert_eq!(numbers(&summed, "gexp"), "[3.0, 2.0, 2.0, 12.0, 8.0, 8.0]");
        // What does not add up is empty in groups, and there alone.
        assert_eq!(numbers(&summed, "vaxd"), "[NaN, 0.25, NaN, NaN, 0.125, NaN]");
        assert_eq!(summed.integers("year").unwrap(), [Some(2005); 6]);
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_unknown() {
        let picked = Picked { alone: Vec::new(), groups: vec![group("all", &[0, 1, 2])] };
        let summed = added_up(&frame(), "importer", &picked, &[]);
        assert_eq!(numbers(&summed, "gexp"), "[3.0, 12.0]");
        assert_eq!(numbers(&summed, "vaxd"), "[0.75, NaN]");
    }

    #[test]
    fn in_the_long_form_terms_are_kept_apart() {
        let names = ["A", "B"].map(str::to_owned);
        let terms = ["vaxc", "vaxd"].map(str::to_owned);
        let long = Frame::new()
            .with("importer", Measure::Key, Column::labels(&names, vec![0, 0, 1, 1]))
            .with("term", Measure::Key, Column::labels(&terms, vec![0, 1, 0, 1]))
            .with("value", Measure::Amount, Column::Number(vec![1.0, 2.0, 4.0, 8.0]));
        let picked = Picked { alone: Vec::new(), groups: vec![group("AB", &[0, 1])] };
        assert_eq!(numbers(&added_up(&long, "importer", &picked, &["vaxd"]), "value"), "[5.0, NaN]");
    }
}
