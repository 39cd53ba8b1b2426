//! Figures by economy and sector (hours, shares of business functions, foreign-owned shares): CSV with the columns
//! `economy,sector`, one of numbers, `year` as needed and, where a figure has parts, one that names the part.
//!
//! The lines as they are, each with its number: what they mean is checked by whoever asks for them.

use std::path::Path;

use super::{LoadError, label_csv};

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureLine {
    /// Line of the file, counted from 1.
    pub line: usize,
    /// Economy.
    pub economy: String,
    /// Sector.
    pub sector: String,
    /// Year; nothing when the figure holds for every year.
    pub year: Option<i32>,
    /// The part (a business function); empty where figures have no parts.
    pub part: String,
    /// The figure.
    pub value: f64,
}

/// Reads the lines; `value` names the column of numbers, `part` the one that names the part.
///
/// # Errors
/// No such file, a missing column, text where a year or a finite number should be.
pub fn read(path: &Path, value: &str, part: Option<&str>) -> Result<Vec<FigureLine>, LoadError> {
    let name = path.display().to_string();
    let mut required = vec!["economy", "sector", value];
    required.extend(part);
    let mut lines = Vec::new();
    for line in label_csv::read(path, &required, &["year"])? {
        let number = line.number;
        let wrong = |column: &str, cell: &str| LoadError::NotANumber {
            path: name.clone(),
            row: format!("line {number}"),
            column: column.to_owned(),
            value: cell.to_owned(),
        };
        let field = |position: usize| line.fields.get(position).map_or("", String::as_str);
        let (cell, year) = (field(2), field(required.len()));
        let figure: f64 = cell.parse().map_err(|_| wrong(value, cell))?;
        if !figure.is_finite() {
            return Err(wrong(value, cell));
        }
        lines.push(FigureLine {
            line: number,
            economy: field(0).to_owned(),
            sector: field(1).to_owned(),
            year: match year {
                "" => None,
                text => Some(text.parse().map_err(|_| wrong("year", text))?),
            },
            part: part.map_or_else(String::new, |_| field(3).to_owned()),
            value: figure,
        });
    }
    Ok(lines)
}
