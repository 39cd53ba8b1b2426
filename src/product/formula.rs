//! The arithmetic of checks: numbers, names, `+ - * /` and parentheses. No variables, no functions beyond look-ups.
//!
//! ```text
//! sum    = term { ("+" | "-") term }
//! term   = factor { ("*" | "/") factor }
//! factor = number | name | name "(" word ")" | "(" sum ")" | "-" factor
//! ```

/// Why a formula has no value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FormulaError {
    /// It cannot be read.
    Syntax { position: usize, expected: &'static str, found: String },
    /// A name that nothing answers to.
    UnknownName(String),
    /// Division by zero.
    NotFinite(f64),
}

/// The value of `formula`; `look_up` answers `name` and `name(word)`.
pub(super) fn evaluate(
    formula: &str,
    look_up: &dyn Fn(&str, Option<&str>) -> Option<f64>,
) -> Result<f64, FormulaError> {
    let mut reader = Reader { text: formula, position: 0, look_up };
    let value = reader.sum()?;
    reader.skip_blanks();
    if reader.position < formula.len() {
        return Err(reader.unexpected("an operator or the end"));
    }
    if value.is_finite() { Ok(value) } else { Err(FormulaError::NotFinite(value)) }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
    look_up: &'a dyn Fn(&str, Option<&str>) -> Option<f64>,
}

impl<'a> Reader<'a> {
    fn sum(&mut self) -> Result<f64, FormulaError> {
        let mut value = self.term()?;
        loop {
            if self.take('+') {
                value += self.term()?;
            } else if self.take('-') {
                value -= self.term()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn term(&mut self) -> Result<f64, FormulaError> {
        let mut value = self.factor()?;
        loop {
            if self.take('*') {
                value *= self.factor()?;
            } else if self.take('/') {
                value /= self.factor()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn factor(&mut self) -> Result<f64, FormulaError> {
        if self.take('-') {
            return Ok(-self.factor()?);
        }
        if self.take('(') {
            let value = self.sum()?;
            return if self.take(')') { Ok(value) } else { Err(self.unexpected("`)`")) };
        }
        let start = self.position;
        let number = self.word(|c| c.is_ascii_digit() || c == '.');
        if !number.is_empty() {
            // An exponent, as in 1e6, belongs to the number.
            let exponent = self.rest().strip_prefix(['e', 'E']).map_or(0, |tail| {
                let digits = tail.chars().take_while(char::is_ascii_digit).count();
                if digits > 0 { digits + 1 } else { 0 }
            });
            self.position += exponent;
            return self.text[start..self.position].parse().map_err(|_| {
                self.position = start;
                self.unexpected("a number")
            });
        }
        let name = self.word(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() {
            return Err(self.unexpected("a number, a name or `(`"));
        }
        let argument = if self.take('(') {
            self.skip_blanks();
            let argument = self.word(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-').to_owned();
            if argument.is_empty() {
                return Err(self.unexpected("a name"));
            }
            if !self.take(')') {
                return Err(self.unexpected("`)`"));
            }
            Some(argument)
        } else {
            None
        };
        (self.look_up)(name, argument.as_deref()).ok_or_else(|| {
            FormulaError::UnknownName(argument.map_or(name.to_owned(), |word| format!("{name}({word})")))
        })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    fn skip_blanks(&mut self) {
        self.position += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(wanted);
        if found {
            self.position += wanted.len_utf8();
        }
        found
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        self.skip_blanks();
        let rest = self.rest();
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    fn unexpected(&self, expected: &'static str) -> FormulaError {
        let found = self.rest().chars().next().map_or("the end".into(), |c| format!("`{c}`"));
        FormulaError::Syntax { position: self.position + 1, expected, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(formula: &str) -> Result<f64, FormulaError> {
        evaluate(formula, &|name, word| match (name, word) {
            ("units", None) => Some(3.0),
            ("parts", Some("JPN")) => Some(2.5),
            _ => None,
        })
    }

    #[test]
    fn arithmetic_follows_the_usual_order() {
        for (formula, expected) in [
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("8 / 4 / 2", 1.0),
            ("10 - 2 - 3", 5.0),
            ("-2 * -3", 6.0),
            ("units * parts(JPN) / 1e1", 0.75),
            (" 1.5e2 ", 150.0),
        ] {
            assert!((value(formula).unwrap() - expected).abs() < 1e-15, "{formula}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_where_and_what_was_expected() {
        assert_eq!(
            value("1 + * 2"),
            Err(FormulaError::Syntax {
                position: 5,
                expected: "a number, a name or `(`",
                found: "`*`".into()
            })
        );
        assert!(matches!(value("(1 + 2"), Err(FormulaError::Syntax { expected: "`)`", .. })));
        assert!(matches!(value("1 2"), Err(FormulaError::Syntax { expected: "an operator or the end", .. })));
        assert!(matches!(value("1.2.3"), Err(FormulaError::Syntax { expected: "a number", .. })));
        assert!(matches!(value(""), Err(FormulaError::Syntax { found, .. }) if found == "the end"));
        assert_eq!(value("parts(FRA)"), Err(FormulaError::UnknownName("parts(FRA)".into())));
        assert!(matches!(value("1 / 0"), Err(FormulaError::NotFinite(_))));
    }
}
