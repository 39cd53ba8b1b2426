//! Labels in the order in which they first appear, and the number of each.
//!
//! A network has a million labels and names them by the ten million: all letters stand in one vector, and the hash of a
//! label is kept, so that a set that is met by another does not read its labels again.

use std::hash::BuildHasher;
use std::sync::LazyLock;

use hashbrown::{DefaultHashBuilder, HashTable};

/// One for all sets: their hashes can be compared.
static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

/// Different labels, numbered from 0.
#[derive(Default)]
pub(super) struct LabelSet {
    letters: Vec<u8>,
    labels: Vec<Label>,
    numbers: HashTable<u32>,
}

/// Where a label ends in the letters (it starts where the one before it ends), and its hash.
#[derive(Clone, Copy)]
struct Label {
    end: usize,
    hash: u64,
}

impl LabelSet {
    /// How many labels there are.
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Are there none?
    pub(super) fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The label with a number.
    pub(super) fn get(&self, number: usize) -> &[u8] {
        label(&self.letters, &self.labels, number)
    }

    /// All labels in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// The number of a label, which is added when it is new.
    pub(super) fn number(&mut self, label: &[u8]) -> u32 {
        self.number_of(HASHER.hash_one(label), label)
    }

    /// The numbers of all labels of another set, in its order.
    pub(super) fn numbers(&mut self, other: &Self) -> Vec<u32> {
        other
            .iter()
            .zip(&other.labels)
            .map(|(text, Label { hash, .. })| self.number_of(*hash, text))
            .collect()
    }

    fn number_of(&mut self, hash: u64, text: &[u8]) -> u32 {
        let Self { letters, labels, numbers } = self;
        let same = |number: &u32| {
            labels[*number as usize].hash == hash && label(letters, labels, *number as usize) == text
        };
        if let Some(number) = numbers.find(hash, same) {
            return *number;
        }
        let number = labels.len() as u32;
        letters.extend_from_slice(text);
        labels.push(Label { end: letters.len(), hash });
        numbers.insert_unique(hash, number, |number| labels[*number as usize].hash);
        number
    }
}

fn label<'a>(letters: &'a [u8], labels: &[Label], number: usize) -> &'a [u8] {
    let start = number.checked_sub(1).map_or(0, |before| labels[before].end);
    &letters[start..labels[number].end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_numbered_as_they_appear() {
        let mut set = LabelSet::default();
        let words = ["b", "", "a", "b", "ab", "", "a"];
        let numbers: Vec<u32> = words.iter().map(|word| set.number(word.as_bytes())).collect();
        assert_eq!(numbers, [0, 1, 2, 0, 3, 1, 2]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [&b"b"[..], b"", b"a", b"ab"]);
        assert_eq!((set.len(), set.get(3), set.is_empty()), (4, &b"ab"[..], false));
    }

    #[test]
    fn another_set_finds_its_labels_here() {
        let (mut one, mut other) = (LabelSet::default(), LabelSet::default());
        for k in 0..5_000 {
            one.number(format!("firm {k}").as_bytes());
            other.number(format!("firm {}", 2 * k).as_bytes());
        }
        let numbers = one.numbers(&other);
        assert_eq!(one.len(), 7_500);
        for (k, number) in numbers.into_iter().enumerate() {
            let expected = if k < 2_500 { 2 * k } else { 5_000 + k - 2_500 };
            assert_eq!((number as usize, one.get(expected)), (expected, other.get(k)));
        }
    }
}
