//! One style of numbers for every page: sensible digits, thousands with commas, a real minus sign, and "not known" where
//! there is no number.

/// What stands where a number is missing.
pub const UNKNOWN: &str = "not known";

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
    fn what_is_not_known_says_so() {
        for text in [percent(f64::NAN), points(f64::NAN), amount(f64::INFINITY), plain(f64::NAN, 2)] {
            assert_eq!(text, UNKNOWN);
        }
    }
}
