//! A file of figures checked and laid on the rows of a table: hours, jobs, labour compensation, shares by function or owner.
//!
//! A figure that is not there stays missing (NaN) and is told; a label that the table does not have is an error, because a
//! misspelt economy would otherwise be missing too.

use std::collections::HashMap;
use std::path::Path;

use super::UpgradingError;
use crate::labels::{self, Axis};
use crate::load::figures::{self, FigureLine};

/// Most problems told line by line: a file of another kind is wrong everywhere.
const MOST_PROBLEMS: usize = 20;

/// What a figure may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// Zero or more: jobs, hours, compensation.
    NotNegative,
    /// A fraction between 0 and 1.
    Fraction,
    /// Any number: capital income, which is negative where a year ends in losses.
    Any,
}

/// Checked figures of one file.
#[derive(Debug, Clone)]
pub struct Figures {
    path: String,
    lines: Vec<FigureLine>,
    at: HashMap<(String, String, Option<i32>, String), usize>,
    parts: Vec<String>,
}

impl Figures {
    /// Reads `economy,sector,year,<value>[,<part>]`.
    ///
    /// # Errors
    /// A file that cannot be read; figures out of range or given twice, line by line.
    pub fn read(path: &Path, value: &str, part: Option<&str>, range: Range) -> Result<Self, UpgradingError> {
        let lines = figures::read(path, value, part)?;
        Self::new(&path.display().to_string(), value, lines, range)
    }

    /// Checks lines.
    ///
    /// # Errors
    /// [`UpgradingError::BadFigures`].
    pub fn new(
        path: &str,
        value: &str,
        lines: Vec<FigureLine>,
        range: Range,
    ) -> Result<Self, UpgradingError> {
        let mut problems = Vec::new();
        let mut at = HashMap::new();
        let mut parts: Vec<String> = Vec::new();
        for (position, line) in lines.iter().enumerate() {
            let fits = match range {
                Range::NotNegative => line.value >= 0.0,
                Range::Fraction => (0.0..=1.0).contains(&line.value),
                Range::Any => true,
            };
            if !fits {
                let wanted = match range {
                    Range::NotNegative | Range::Any => "zero or more",
                    Range::Fraction => "a fraction from 0 to 1 (not percent)",
                };
                problems.push(format!(
                    "line {}, column {value}: {} for {}.{}, expected {wanted}",
                    line.line, line.value, line.economy, line.sector
                ));
            }
            let key = (line.economy.clone(), line.sector.clone(), line.year, line.part.clone());
            if let Some(first) = at.insert(key, position) {
                let first: &FigureLine = &lines[first];
                problems.push(format!(
                    "lines {} and {}: two figures for {}.{}{}{}",
                    first.line,
                    line.line,
                    line.economy,
                    line.sector,
                    line.year.map_or_else(String::new, |year| format!(" {year}")),
                    if line.part.is_empty() { String::new() } else { format!(" {}", line.part) },
                ));
            }
            if !parts.contains(&line.part) {
                parts.push(line.part.clone());
            }
        }
        if lines.is_empty() {
            problems.push("it has no lines".into());
        }
        if problems.is_empty() {
            return Ok(Self { path: path.to_owned(), lines, at, parts });
        }
        Err(bad(
            path,
            problems,
            "one line for each economy, sector, year (and part), with a point as decimal mark",
        ))
    }

    /// Where they come from.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The lines.
    pub fn lines(&self) -> &[FigureLine] {
        &self.lines
    }

    /// Names of the parts, in the order of the file; one empty name where figures have no parts.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Years with lines of their own, and whether some lines hold for every year.
    fn years(&self) -> (Vec<i32>, bool) {
        let mut years: Vec<i32> = self.lines.iter().filter_map(|line| line.year).collect();
        years.sort_unstable();
        years.dedup();
        (years, self.lines.iter().any(|line| line.year.is_none()))
    }

    /// Are all labels those of the table, and is there a year in common? Gives the years of the tables without a line.
    ///
    /// # Errors
    /// [`UpgradingError::UnknownLabels`] with all of them; [`UpgradingError::NoCommonYear`].
    pub fn check(&self, axis: &Axis, years: &[i32]) -> Result<Vec<i32>, UpgradingError> {
        let members: Vec<String> = (0..axis.n_rows()).map(|row| axis.member_of(row).to_owned()).collect();
        let mut strangers: Vec<(&'static str, String, usize, Option<String>)> = Vec::new();
        for line in &self.lines {
            for (kind, label, known) in
                [("economy", &line.economy, &members), ("sector", &line.sector, &axis.sectors().to_vec())]
            {
                if !known.contains(label)
                    && !strangers.iter().any(|other| other.0 == kind && other.1 == *label)
                {
                    let near = labels::nearest(known.iter().map(String::as_str), label);
                    strangers.push((kind, label.clone(), line.line, near));
                }
            }
        }
        if !strangers.is_empty() {
            let told = strangers
                .iter()
                .take(MOST_PROBLEMS)
                .map(|(kind, label, line, _)| format!("{kind} `{label}` (line {line})"))
                .collect::<Vec<_>>()
                .join(", ");
            let pairs: Vec<(String, Option<String>)> =
                strangers.iter().map(|(_, label, _, near)| (label.clone(), near.clone())).collect();
            return Err(UpgradingError::UnknownLabels {
                path: self.path.clone(),
                labels: told,
                suggestion: labels::suggestions(&pairs),
            });
        }
        let (mine, always) = self.years();
        let missing: Vec<i32> =
            years.iter().copied().filter(|year| !always && !mine.contains(year)).collect();
        if missing.len() == years.len() && !years.is_empty() {
            return Err(UpgradingError::NoCommonYear {
                path: self.path.clone(),
                found: in_words(&mine),
                wanted: in_words(years),
            });
        }
        Ok(missing)
    }

    /// Figures of one part by row, (n_rows); NaN where there is none. A line of the year goes before one of every year.
    pub fn by_row(&self, axis: &Axis, year: i32, part: &str) -> Vec<f64> {
        let figure = |row: usize, year| self.line(axis, row, year, part);
        (0..axis.n_rows())
            .map(|row| figure(row, Some(year)).or_else(|| figure(row, None)).unwrap_or(f64::NAN))
            .collect()
    }

    /// The figure of one part in a row, from a line of just this year, or of every year.
    pub(super) fn line(&self, axis: &Axis, row: usize, year: Option<i32>, part: &str) -> Option<f64> {
        let sector = axis.sectors()[axis.sector_of(row)].clone();
        let position = self.at.get(&(axis.member_of(row).to_owned(), sector, year, part.to_owned()))?;
        Some(self.lines[*position].value)
    }
}

/// [`UpgradingError::BadFigures`] from a list of problems, cut to a readable length.
pub(super) fn bad(path: &str, mut problems: Vec<String>, expected: &'static str) -> UpgradingError {
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    if more > 0 {
        problems.push(format!("and {more} more"));
    }
    UpgradingError::BadFigures { path: path.to_owned(), problems: problems.join("; "), expected }
}

/// `1995-1998, 2001`.
pub fn in_words(years: &[i32]) -> String {
    let mut spans: Vec<(i32, i32)> = Vec::new();
    for &year in years {
        match spans.last_mut() {
            Some(span) if span.1 + 1 == year => span.1 = year,
            _ => spans.push((year, year)),
        }
    }
    let word = |&(first, last): &(i32, i32)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    if spans.is_empty() { "no year".into() } else { spans.iter().map(word).collect::<Vec<_>>().join(", ") }
}

/// Rows without a figure, in words: an economy without any is named once.
pub fn missing_in_words(axis: &Axis, output: &[f64], known: &[f64]) -> Option<String> {
    const SHOWN: usize = 60;
    let mut told: Vec<String> = Vec::new();
    for economy in 0..axis.n_economies() {
        let rows: Vec<usize> = axis.block(economy).filter(|&row| output[row] != 0.0).collect();
        let without: Vec<usize> = rows.iter().copied().filter(|&row| known[row].is_nan()).collect();
        if !without.is_empty() && without.len() == rows.len() {
            told.push(axis.economies()[economy].clone());
        } else {
            told.extend(without.into_iter().map(|row| axis.row_label(row)));
        }
    }
    if told.is_empty() {
        return None;
    }
    let more = told.len().saturating_sub(SHOWN);
    told.truncate(SHOWN);
    Some(if more > 0 { format!("{} and {more} more", told.join(" ")) } else { told.join(" ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_told_in_spans() {
        assert_eq!(in_words(&[1995, 1996, 1998, 2000, 2001]), "1995-1996, 1998, 2000-2001");
        assert_eq!(in_words(&[]), "no year");
    }
}
