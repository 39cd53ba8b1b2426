//! What one code spans in WIOD 2013, ISIC 3 and ISIC 4: first and last division.

use super::Span;

/// `c4`, `c4t5`, `c29_31t35`: first and last number.
pub(super) fn wiod13(label: &str) -> Option<Span> {
    let numbers: Vec<u32> = label
        .strip_prefix('c')?
        .split(['t', '_', '-', 'c', '+'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let (first, last) = (*numbers.iter().min()?, *numbers.iter().max()?);
    (1..=35).contains(&first).then_some((first, last)).filter(|span| span.1 <= 35)
}

/// The divisions that the digits of a code name: first and last. Codes of three digits and more are classes of the
/// division that their first two name.
pub(super) fn divisions(code: &str) -> Option<Span> {
    let digits: Vec<&str> =
        code.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    if digits.iter().any(|part| part.len() < 2) {
        return None;
    }
    let numbers: Vec<u32> = digits.iter().map(|part| part[..2].parse().ok()).collect::<Option<_>>()?;
    Some((*numbers.iter().min()?, *numbers.iter().max()?))
}

/// A label as a code: products of FIGARO have `CPA_` before it, and words are no code.
fn code_of(label: &str) -> Option<&str> {
    let code = label.strip_prefix("CPA_").unwrap_or(label);
    (!code.contains(char::is_whitespace)).then_some(code)
}

type Section = (char, u32, u32);

fn section(sections: &[Section], letter: char) -> Option<Span> {
    sections.iter().find(|section| section.0 == letter).map(|&(_, first, last)| (first, last))
}

/// Sections of ISIC 3 with their divisions.
const SECTIONS_OF_ISIC_3: [Section; 17] = [
    ('A', 1, 2),
    ('B', 5, 5),
    ('C', 10, 14),
    ('D', 15, 37),
    ('E', 40, 41),
    ('F', 45, 45),
    ('G', 50, 52),
    ('H', 55, 55),
    ('I', 60, 64),
    ('J', 65, 67),
    ('K', 70, 74),
    ('L', 75, 75),
    ('M', 80, 80),
    ('N', 85, 85),
    ('O', 90, 93),
    ('P', 95, 97),
    ('Q', 99, 99),
];

/// Spans that lists of ISIC 3 have and lists of ISIC 4 have no reason for.
pub(super) const SPANS_OF_ISIC_3: [Span; 8] =
    [(1, 5), (10, 14), (15, 16), (30, 33), (50, 52), (60, 63), (65, 67), (71, 74)];

/// `15t16`, `D30t33`, `AtB`, `C`, `C10T14MIN`: first and last division, in letters of ISIC 3. What is left over of
/// manufactures (`Dnec`) is 36 and 37. `C` may stand before every division, as the OECD has it in its edition of 2016.
pub(super) fn isic3(label: &str, before_all: bool) -> Option<Span> {
    let code = code_of(label)?;
    if code == "Dnec" {
        return Some((36, 37));
    }
    let of_letters = |part: &str| -> Option<Span> {
        let mut letters = part.chars();
        let found = section(&SECTIONS_OF_ISIC_3, letters.next()?)?;
        letters.next().is_none().then_some(found)
    };
    let (from, to) = code.split_once('t').unwrap_or((code, code));
    if let (Some(from), Some(to)) = (of_letters(from), of_letters(to)) {
        return (from.0 <= to.0).then_some((from.0, to.1));
    }
    let (low, high) = divisions(code)?;
    let letter = code.chars().next()?;
    let fits = match section(&SECTIONS_OF_ISIC_3, letter) {
        Some((first, last)) => (before_all && letter == 'C') || (first <= low && high <= last),
        None => letter.is_ascii_digit(),
    };
    let known = |division: u32| {
        matches!(
            division,
            1 | 2 | 5 | 10..=37 | 40 | 41 | 45 | 50..=52 | 55 | 60..=67 | 70..=75 | 80 | 85 | 90..=93 | 95..=97 | 99
        )
    };
    (fits && known(low) && known(high)).then_some((low, high))
}

/// Do four fifths of the labels begin with `C` and a digit?
pub(super) fn has_letter_c_before_all(sectors: &[String]) -> bool {
    let is = |label: &&String| {
        label.strip_prefix('C').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    10 * sectors.iter().filter(is).count() >= 8 * sectors.len()
}

/// Sections of ISIC 4 with their divisions.
const SECTIONS_OF_ISIC_4: [Section; 21] = [
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
pub(crate) fn isic4(label: &str) -> Option<Span> {
    let code = code_of(label)?;
    let letter = code.chars().next()?;
    let of_letter = section(&SECTIONS_OF_ISIC_4, letter);
    if let (Some(span), 1) = (of_letter, code.len()) {
        return Some(span);
    }
    let (low, high) = divisions(code)?;
    let fits = match of_letter {
        Some((first, last)) => letter == 'D' || (first <= low && low <= last),
        // Divisions without letters: `01T09`.
        None => letter.is_ascii_digit(),
    };
    let known = |division: u32| {
        matches!(
            division,
            1..=3 | 5..=33 | 35..=39 | 41..=43 | 45..=47 | 49..=53 | 55 | 56 | 58..=66 | 68..=75 | 77..=82 | 84..=88
                | 90..=99
        )
    };
    (fits && known(low) && known(high)).then_some((low, high))
}
