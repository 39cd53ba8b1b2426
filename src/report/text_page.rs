//! A page of text of 80 columns, line by line: what the pages for the eyes are made of.

use std::fmt::Write as _;

/// Columns of a page.
pub(super) const WIDTH: usize = 80;

/// The lines so far.
#[derive(Default)]
pub(super) struct TextPage {
    pub(super) text: String,
}

impl TextPage {
    // Writing to a String cannot fail: the results of `writeln!` are dropped on purpose.
    pub(super) fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{}", line.trim_end());
    }

    /// `text` from column `indent` on, wrapped; the first line starts with `lead`.
    pub(super) fn wrapped(&mut self, lead: &str, indent: usize, text: &str) {
        let mut line = format!("{lead:<indent$}");
        let mut empty = true;
        for word in text.split_whitespace() {
            if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(&line);
                line = " ".repeat(indent);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.line(&line);
    }
}
