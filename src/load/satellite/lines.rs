//! Texts of accounts line by line: one line is one account, and of several thousand only one is wanted.

use std::io::{BufRead, BufReader};

use crate::load::grid::is_blank;
use crate::load::text_grid::{self, number};
use crate::load::{LoadError, Source};

/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// Gives `take` every line with its position from 0, without its end, until it wants no more. Lines of nothing but blanks
/// and delimiters are passed over and have no position.
///
/// # Errors
/// A source that cannot be read; whatever `take` finds.
pub(super) fn each(
    source: &Source,
    delimiter: u8,
    mut take: impl FnMut(Line<'_>) -> Result<bool, LoadError>,
) -> Result<(), LoadError> {
    let mut stream = BufReader::with_capacity(PIECE, source.open()?);
    let (mut bytes, mut position, mut number) = (Vec::new(), 0, 0);
    loop {
        bytes.clear();
        if stream.read_until(b'\n', &mut bytes).map_err(|error| source.failed(error))? == 0 {
            return Ok(());
        }
        number += 1;
        let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.iter().all(|byte| *byte == delimiter || byte.is_ascii_whitespace()) {
            continue;
        }
        if !take(Line { source, delimiter, position, number, text })? {
            return Ok(());
        }
        position += 1;
    }
}

/// A line of a text.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    source: &'a Source,
    delimiter: u8,
    /// Position among the lines that hold something, from 0.
    pub(super) position: usize,
    /// Position in the file, from 1.
    number: usize,
    text: &'a [u8],
}

impl Line<'_> {
    /// The first fields, as labels.
    pub(super) fn labels(&self, count: usize) -> Result<Vec<String>, LoadError> {
        let labels: Vec<String> = if memchr::memchr(b'"', self.text).is_some() {
            self.record()?.iter().take(count).map(text_grid::text).collect()
        } else {
            self.text.split(|byte| *byte == self.delimiter).take(count).map(text_grid::text).collect()
        };
        match labels.iter().find(|label| label.contains(char::REPLACEMENT_CHARACTER)) {
            None => Ok(labels),
            Some(label) => {
                Err(LoadError::Encoding { path: self.source.name().to_owned(), label: label.clone() })
            }
        }
    }

    /// How many fields there are.
    pub(super) fn width(&self) -> Result<usize, LoadError> {
        Ok(self.record()?.len())
    }

    /// The figures behind `labels` fields, NaN where a cell is blank. `columns` are the names of their columns.
    pub(super) fn figures(
        &self,
        row: &str,
        labels: usize,
        columns: &[String],
    ) -> Result<Vec<f64>, LoadError> {
        let record = self.record()?;
        let found = record.len();
        // A tab at the end of a line is no further cell.
        let trailing =
            found == labels + columns.len() + 1 && record.get(found - 1).is_some_and(<[u8]>::is_empty);
        if found != labels + columns.len() && !trailing {
            return Err(LoadError::Ragged {
                path: self.source.name().to_owned(),
                line: self.number,
                found,
                expected: labels + columns.len(),
            });
        }
        let cells = record.iter().skip(labels).zip(columns);
        cells
            .map(|(cell, column)| match number(cell) {
                Some(value) if value.is_finite() => Ok(value),
                Some(value) if is_blank(value) => Ok(f64::NAN),
                _ => Err(LoadError::NotANumber {
                    path: self.source.name().to_owned(),
                    row: row.to_owned(),
                    column: column.clone(),
                    value: String::from_utf8_lossy(cell).into_owned(),
                }),
            })
            .collect()
    }

    fn record(&self) -> Result<csv::ByteRecord, LoadError> {
        let mut record = csv::ByteRecord::new();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(self.text);
        reader.read_byte_record(&mut record).map_err(|error| LoadError::Damaged {
            path: self.source.name().to_owned(),
            format: "delimited text",
            message: error.to_string(),
        })?;
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_many_is_read_and_the_rest_is_not() {
        let text = "a\tx\t1\t\t\r\n\n\"b \"\"q\"\"\"\tx\t2\tNA\t\nc\tx\t?\n";
        let source = Source::from_bytes("F.txt", text.as_bytes().to_vec());
        let columns = ["A".to_owned(), "B".to_owned()];
        let mut seen = Vec::new();
        each(&source, b'\t', |line| {
            let labels = line.labels(2)?;
            if line.position == 1 {
                let figures = line.figures("b", 2, &columns)?;
                assert!(figures[0].to_bits() == 2.0_f64.to_bits() && figures[1].is_nan());
            }
            seen.push(labels[0].clone());
            Ok(line.position < 1)
        })
        .unwrap();
        assert_eq!(seen, ["a", "b \"q\""]);
    }

    #[test]
    fn short_lines_and_words_in_cells_are_told_with_their_place() {
        let columns = ["A".to_owned(), "B".to_owned()];
        for (text, expected) in [
            ("a\t1\n", "F.txt: line 1 has 2 fields, the header has 3"),
            ("a\t1\tmany\n", "F.txt: row `a`, column `B`: found `many`, expected a number"),
            ("a\t1\tNaN\n", "F.txt: row `a`, column `B`: found `NaN`, expected a number"),
        ] {
            let source = Source::from_bytes("F.txt", text.as_bytes().to_vec());
            let read = each(&source, b'\t', |line| line.figures("a", 1, &columns).map(|_| true));
            assert_eq!(read.unwrap_err().to_string(), expected);
        }
    }
}
