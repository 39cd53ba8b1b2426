//! A label by the name that a user typed: itself, or the error with the one that was probably meant.

use super::{LabelError, economy_names};

/// Finds `name` among `known`; the error carries the nearest label.
pub fn find(kind: &'static str, known: &[String], name: &str) -> Result<usize, LabelError> {
    if let Some(index) = known.iter().position(|label| label == name) {
        return Ok(index);
    }
    Err(LabelError::Unknown {
        kind,
        label: name.to_owned(),
        nearest: in_other_case(known, name)
            .or_else(|| named(kind, known, name))
            .or_else(|| holder(known, name))
            .or_else(|| nearest(known.iter().map(String::as_str), name)),
        known_count: known.len(),
        known: abridge(known),
    })
}

/// The one label that differs in case alone: labels stay apart by case, so it is told and not taken.
fn in_other_case(known: &[String], name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let mut same = known.iter().filter(|label| label.to_lowercase() == lower);
    let first = same.next()?;
    same.next().is_none().then(|| first.clone())
}

/// The economy that is called so, where the labels are ISO codes: `Austria` is AUT, though its letters are nearer to AUS,
/// and `DEU` is DE where codes have two letters.
fn named(kind: &str, known: &[String], name: &str) -> Option<String> {
    let code =
        economy_names::code_of(name).or_else(|| economy_names::alpha3(name)).filter(|_| kind == "economy")?;
    known.iter().find(|label| economy_names::alpha3(label) == Some(code)).cloned()
}

/// The one label that adds up a span with the number asked for: `c4t5` holds `c5`, `c29_31t35` holds `c33`.
fn holder(known: &[String], name: &str) -> Option<String> {
    let parts = |code: &str| {
        let digits = code.find(|letter: char| letter.is_ascii_digit())?;
        Some((code[..digits].to_lowercase(), code[digits..].to_lowercase()))
    };
    let number = |text: &str| text.parse::<u32>().ok();
    let (lead, wanted) = parts(name)?;
    let wanted = number(&wanted)?;
    let mut holders = known.iter().filter(|label| {
        parts(label).is_some_and(|(own, spans)| {
            own == lead
                && spans.split('_').any(|span| {
                    let (first, last) = span.split_once('t').unwrap_or((span, span));
                    number(first)
                        .zip(number(last))
                        .is_some_and(|(first, last)| (first..=last).contains(&wanted))
                })
        })
    });
    let holder = holders.next()?;
    holders.next().is_none().then(|| holder.clone())
}

/// Each item once, where it first stands.
pub fn distinct<T: PartialEq>(items: &[T]) -> impl Iterator<Item = &T> {
    items.iter().enumerate().filter(|(k, item)| !items[..*k].contains(item)).map(|(_, item)| item)
}

/// The label most like `name`, when one is near enough to be a likely slip of the keyboard.
pub fn nearest<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Option<String> {
    // Words are judged by Jaro-Winkler; short codes need transpositions: `DUE` is two thirds of `DEU` by edits, while
    // unrelated three-letter codes share at most one letter in place, a third.
    const NEAR_WORD: f64 = 0.85;
    const NEAR_BY_EDITS: f64 = 0.6;
    let lower = name.to_lowercase();
    known
        .filter_map(|label| {
            let candidate = label.to_lowercase();
            let by_word = strsim::jaro_winkler(&candidate, &lower);
            let by_edits = strsim::normalized_damerau_levenshtein(&candidate, &lower);
            let near = by_word >= NEAR_WORD || by_edits >= NEAR_BY_EDITS;
            near.then_some((by_word + by_edits, label))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, label)| label.to_owned())
}

/// Labels in backquotes, in one line.
pub fn told(labels: &[(String, Option<String>)]) -> String {
    labels.iter().map(|(label, _)| format!("`{label}`")).collect::<Vec<_>>().join(", ")
}

/// `did you mean ...?` for each label that has a near one; nothing when none has.
pub fn suggestions(labels: &[(String, Option<String>)]) -> Option<String> {
    // So many names are no slips of the pen: they are of something else.
    const SLIPS: usize = 3;
    if labels.len() > SLIPS {
        return None;
    }
    let told: Vec<String> = labels
        .iter()
        .filter_map(|(label, near)| near.as_ref().map(|near| (label, near)))
        .map(
            |(label, near)| {
                if labels.len() == 1 { format!("`{near}`") } else { format!("`{near}` for `{label}`") }
            },
        )
        .collect();
    (!told.is_empty()).then(|| format!("did you mean {}?", told.join(", ")))
}

/// The first of some labels, in one line.
pub(super) fn abridge(labels: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = labels.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" ");
    if labels.len() > SHOWN {
        text.push_str(" ...");
    }
    text
}
