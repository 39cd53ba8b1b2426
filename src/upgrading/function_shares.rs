//! Shares of business functions in the labour income of an industry, from occupations: CSV with the columns
//! `economy,sector,year,function,share`.

use std::collections::HashMap;
use std::path::Path;

use super::UpgradingError;
use super::figures::{Figures, Range, bad};
use crate::labels::Axis;
use crate::load::figures::FigureLine;

/// How far the shares of an industry may be from one: half a unit of the third decimal, for four functions rounded to three
/// decimals and some to spare.
pub const SHARE_TOLERANCE: f64 = 5e-3;

/// Shares of functions by industry and year.
#[derive(Debug, Clone)]
pub struct FunctionShares {
    figures: Figures,
    worst_gap: f64,
}

impl FunctionShares {
    /// Reads the file.
    ///
    /// # Errors
    /// A file that cannot be read; a share outside 0 to 1, given twice, without a function, or shares of an industry that do
    /// not sum to one: each with its line.
    pub fn read(path: &Path) -> Result<Self, UpgradingError> {
        Self::checked(Figures::read(path, "share", Some("function"), Range::Fraction)?)
    }

    /// The same from lines.
    ///
    /// # Errors
    /// As [`FunctionShares::read`].
    pub fn new(path: &str, lines: Vec<FigureLine>) -> Result<Self, UpgradingError> {
        Self::checked(Figures::new(path, "share", lines, Range::Fraction)?)
    }

    fn checked(figures: Figures) -> Result<Self, UpgradingError> {
        let mut problems = Vec::new();
        let mut sums: HashMap<(&str, &str, Option<i32>), (f64, Vec<usize>)> = HashMap::new();
        let mut order = Vec::new();
        for line in figures.lines() {
            if line.part.is_empty() {
                problems.push(format!(
                    "line {}, column function: empty, expected the name of a function",
                    line.line
                ));
            }
            let key = (line.economy.as_str(), line.sector.as_str(), line.year);
            let entry = sums.entry(key).or_insert_with(|| {
                order.push(key);
                (0.0, Vec::new())
            });
            entry.0 += line.value;
            entry.1.push(line.line);
        }
        let mut worst_gap = 0.0_f64;
        for key in order {
            let (sum, lines) = &sums[&key];
            worst_gap = worst_gap.max((sum - 1.0).abs());
            if (sum - 1.0).abs() > SHARE_TOLERANCE {
                let year = key.2.map_or_else(String::new, |year| format!(" {year}"));
                let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
                problems.push(format!(
                    "{}.{}{year} (lines {}): shares sum to {sum:.4}, expected 1 within {SHARE_TOLERANCE}",
                    key.0,
                    key.1,
                    lines.join(", ")
                ));
            }
        }
        if problems.is_empty() {
            return Ok(Self { figures, worst_gap });
        }
        Err(bad(
            figures.path(),
            problems,
            "the shares of all functions of an economy, sector and year sum to 1; write every function, 0 where there is none",
        ))
    }

    /// Names of the functions, in the order of the file.
    pub fn functions(&self) -> &[String] {
        self.figures.parts()
    }

    /// Where they come from.
    pub fn path(&self) -> &str {
        self.figures.path()
    }

    /// How far the sums of shares are from one, at most.
    pub fn worst_gap(&self) -> f64 {
        self.worst_gap
    }

    /// See [`Figures::check`].
    ///
    /// # Errors
    /// Those of [`Figures::check`].
    pub fn check(&self, axis: &Axis, years: &[i32]) -> Result<Vec<i32>, UpgradingError> {
        self.figures.check(axis, years)
    }

    /// Shares by function and row; NaN in a row without any line. A row that has lines of the year takes nothing from those
    /// of every year, and a function that its lines do not name has share zero there: the sum of the others has been checked
    /// to be one.
    pub fn by_row(&self, axis: &Axis, year: i32) -> Vec<Vec<f64>> {
        let mut shares = vec![vec![f64::NAN; axis.n_rows()]; self.functions().len()];
        for row in 0..axis.n_rows() {
            let lines = |year: Option<i32>| -> Option<Vec<Option<f64>>> {
                let found: Vec<Option<f64>> = self
                    .functions()
                    .iter()
                    .map(|function| self.figures.line(axis, row, year, function))
                    .collect();
                found.iter().any(Option::is_some).then_some(found)
            };
            if let Some(found) = lines(Some(year)).or_else(|| lines(None)) {
                for (of, share) in shares.iter_mut().zip(found) {
                    of[row] = share.unwrap_or(0.0);
                }
            }
        }
        shares
    }
}
