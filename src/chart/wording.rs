//! Text that has to fit: how wide it is, wrapped between words, cut with an ellipsis; and numbers as readers want them.

/// Advance of a character in ems: the classes of a wide sans serif, so that a narrower font fits too.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 0.30,
        'I' | '.' | ',' | ':' | ';' | '!' | ' ' | '·' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.41,
        'm' | 'M' | 'W' | '%' | '@' | 'w' | '→' | '−' | '+' | '=' | '<' | '>' => 0.88,
        'A'..='Z' | '&' => 0.70,
        c if c.is_ascii() => 0.62,
        c if (c as u32) < 0x2000 => 0.66,
        _ => 1.0,
    }
}

/// Width of text in pixels.
pub(super) fn width(text: &str, size: u32) -> f64 {
    text.chars().map(advance).sum::<f64>() * f64::from(size)
}

/// The widest of several.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, size: u32) -> f64 {
    texts.into_iter().map(|text| width(text, size)).fold(0.0, f64::max)
}

/// Cut so that it fits, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, room: f64, size: u32) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = advance('…') * f64::from(size);
    for c in text.chars() {
        used += advance(c) * f64::from(size);
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// Broken between words into lines that fit; a word too long for a line is cut.
pub(super) fn wrap(text: &str, room: f64, size: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size) <= room {
            line = longer;
        } else {
            if !line.is_empty() {
                lines.push(line);
            }
            line = cut(word, room, size);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// At most `most` lines; the last one is cut when there is more.
pub(super) fn wrap_to(text: &str, room: f64, size: u32, most: usize) -> Vec<String> {
    let mut lines = wrap(text, room, size);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(cut(&rest, room, size));
    }
    lines
}

/// A number with three significant digits or more, thousands apart, and a true minus.
pub(super) fn number(value: f64) -> String {
    if value.is_nan() {
        return "not known".into();
    }
    match decimals(value) {
        Some(decimals) => fixed(value, decimals),
        None => format!("{value:.1e}").replace('-', "−"),
    }
}

/// Decimals that show three significant digits; none where a number is so small that it stands in powers of ten.
pub(super) fn decimals(value: f64) -> Option<usize> {
    // Rounded first: 99.96 has as many digits as 100.
    let size: f64 = format!("{:.2e}", value.abs()).parse().unwrap_or(value.abs());
    let decimals = match size {
        0.0 => 0,
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        size if size >= 0.001 => 3 - (size.log10().floor() as i32 + 1),
        _ => return None,
    };
    Some(decimals.max(0) as usize)
}

/// A number with so many decimals, thousands apart, and a true minus.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let mut out = String::new();
    // Not a sign before a zero that only rounding made.
    if value < 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') {
        out.push('−');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits_and_a_true_minus() {
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(number(1234.4), "1,234");
        assert_eq!(number(-12.34), "−12.3");
        assert_eq!(number(0.1234), "0.123");
        assert_eq!(number(0.01234), "0.0123");
        assert_eq!(number(99.999_999), "100");
        assert_eq!(number(0.0), "0");
        assert_eq!(fixed(-0.001, 1), "0.0");
        assert_eq!(number(f64::NAN), "not known");
    }

    #[test]
    fn text_is_wrapped_between_words_and_cut_at_the_end() {
        let lines = wrap("electrical and optical equipment", 100.0, 12);
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, 12) <= 100.0), "{lines:?}");
        assert_eq!(lines.join(" "), "electrical and optical equipment");
        let cut = cut("electrical and optical equipment", 100.0, 12);
        assert!(cut.ends_with('…') && width(&cut, 12) <= 100.0, "{cut}");
        assert_eq!(wrap_to("one two three four", 40.0, 12, 1).len(), 1);
    }
}
