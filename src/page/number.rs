//! One style of numbers for every page: sensible digits, thousands with commas, a real minus sign, and "not known" (a dash
//! in a table) where there is no number.

/// What stands where a number is missing.
pub const UNKNOWN: &str = "not known";

/// What stands in the cell of a table where a number is not defined: a share of no exports, for example.
pub const NONE: &str = "\u{2013}";

/// `0.7612` -> `76.1%`.
pub fn percent(share: f64) -> String {
    known(share, || format!("{}%", fixed(100.0 * share, 1)))
}

/// A difference of shares in percentage points: `-0.051` -> `−5.1`.
pub fn points(difference: f64) -> String {
    known(difference, || signed(100.0 * difference, 1))
}

/// An amount: whole from a hundred on, with three digits below.
pub fn amount(value: f64) -> String {
    known(value, || {
        if value.abs() >= 100.0 {
            fixed(value, 0)
        } else if value.abs() >= 10.0 {
            fixed(value, 1)
        } else {
            fixed(value, 2)
        }
    })
}

/// A number with a stated number of decimals.
pub fn plain(value: f64, decimals: usize) -> String {
    known(value, || fixed(value, decimals))
}

/// Three significant digits; in powers of ten where that is shorter.
pub fn significant(value: f64) -> String {
    known(value, || {
        let size = value.abs();
        if size > 0.0 && size < 0.0005 {
            return format!("{value:.1e}").replace('-', "\u{2212}");
        }
        let decimals = match size {
            _ if size >= 100.0 => 0,
            _ if size >= 10.0 => 1,
            _ if size >= 1.0 => 2,
            _ => 3,
        };
        fixed(value, decimals)
    })
}

/// An exponent form for gaps and residuals: `2.1e−12`.
pub fn tiny(value: f64) -> String {
    known(value, || format!("{value:.1e}").replace('-', "\u{2212}"))
}

/// With a sign in front, zero without.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let zero = text.chars().all(|c| !c.is_ascii_digit() || c == '0');
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// `3 economies`, `1 economy`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `10 largest sectors`, `largest sector`: what follows an article.
pub fn largest(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("largest {one}") } else { format!("{n} largest {many}") }
}

/// An amount with its unit in brackets; a unit that has brackets of its own follows in words.
pub fn amount_in(value: f64, unit: &str) -> String {
    let value = amount(value);
    match unit {
        "" => value,
        unit if unit.contains('(') => format!("{value} in the {unit}"),
        unit => format!("{value} ({unit})"),
    }
}

/// The place before a superlative: nothing for the first, `second`, `third`; in digits from eleven on.
pub fn place(rank: usize) -> String {
    static WORDS: [&str; 10] =
        ["", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    if let Some(word) = rank.checked_sub(1).and_then(|at| WORDS.get(at)) {
        return (*word).to_owned();
    }
    let end = match (rank % 100, rank % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{rank}{end}")
}

fn known(value: f64, show: impl FnOnce() -> String) -> String {
    if value.is_finite() { show() } else { UNKNOWN.to_owned() }
}

/// Decimals, thousands, minus sign; a zero has no sign.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    let zero = text.chars().all(|c| !c.is_ascii_digit() || c == '0');
    if value < 0.0 && !zero { format!("\u{2212}{grouped}") } else { grouped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_style_for_every_size_and_sign() {
        assert_eq!(percent(0.7612), "76.1%");
        assert_eq!(points(-0.0514), "\u{2212}5.1");
        assert_eq!(points(0.0514), "+5.1");
        assert_eq!(points(-0.000_04), "0.0");
        assert_eq!(amount(1_898_388.4), "1,898,388");
        assert_eq!(amount(12.34), "12.3");
        assert_eq!(significant(0.000_012), "1.2e\u{2212}5");
        assert_eq!(significant(-0.1234), "\u{2212}0.123");
        assert_eq!(significant(0.0), "0.000");
    }

    #[test]
    fn counts_places_and_units_are_said_as_a_reader_would() {
        assert_eq!(
            (count(1, "sector", "sectors"), largest(1, "sector", "sectors")),
            ("1 sector".into(), "largest sector".into())
        );
        assert_eq!(largest(3, "sector", "sectors"), "3 largest sectors");
        assert_eq!(amount_in(1153.0, "million USD"), "1,153 (million USD)");
        assert_eq!(
            amount_in(1153.0, "unit of the source (not stated)"),
            "1,153 in the unit of the source (not stated)"
        );
        assert_eq!([1, 5, 11, 22, 33, 40].map(place), ["", "fifth", "11th", "22nd", "33rd", "40th"]);
    }

    #[test]
    fn what_is_not_known_says_so() {
        for text in [percent(f64::NAN), points(f64::NAN), amount(f64::INFINITY), plain(f64::NAN, 2)] {
            assert_eq!(text, UNKNOWN);
        }
    }
}
