//! Percentile intervals of any result: the result is computed again from every drawn table.

use std::fmt::Display;

use rayon::prelude::*;

use super::{DrawPlan, DrawnTables, UncertaintyError};
use crate::frame::{Column, Frame};
use crate::model::{Model, ModelOptions};
use crate::stats;
use crate::table::IcioTable;

/// Rows from which draws are made one after the other: each is then spread over all threads, and memory stays at one.
const SIDE_BY_SIDE: usize = 2_500;
/// Relative distance at which a number lies on the end of its interval: a balanced table is the published one to this.
const ROUNDING: f64 = 1e-9;
/// Most memory that the numbers of all draws may take, in bytes.
const MOST_MEMORY: usize = 2 << 30;

/// Draws of a table with `rows` rows that are in memory at the same time.
#[must_use]
pub fn draws_together(rows: usize) -> usize {
    if rows > SIDE_BY_SIDE { 1 } else { rayon::current_num_threads() }
}

/// Why a draw gave nothing.
#[derive(Debug, Clone, PartialEq)]
enum Failed {
    Balance(String),
    Solve(String),
    Compute(String),
}

/// The numbers of all draws that gave a result.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawSet {
    /// Draws made.
    pub draws: usize,
    /// Draws that could not be balanced.
    pub unbalanced: usize,
    /// Draws whose system could not be solved.
    pub unsolved: usize,
    /// Draws from which the result could not be computed.
    pub uncomputed: usize,
    /// Message of the first draw that failed.
    pub first_failure: Option<String>,
    /// One vector of numbers a draw that gave a result, in the order of the draws.
    values: Vec<Vec<f64>>,
}

/// Computes a result from every drawn table.
///
/// `compute` returns the numbers of the result, always as many and in the same order; `done` is called after each draw.
///
/// # Errors
/// Parameters out of range, too few draws for the level, numbers that take more memory than allowed, fewer draws left than
/// the level needs. A single draw that fails is counted, not an error.
///
/// # Cost
/// A balancing, a factorisation and a result each draw. Draws of small tables are made side by side; the numbers of all draws
/// are kept: 8 bytes each.
pub fn run_draws<E: Display>(
    table: &IcioTable,
    options: &ModelOptions,
    plan: &DrawPlan,
    cells: usize,
    compute: impl Fn(&IcioTable, &Model) -> Result<Vec<f64>, E> + Sync,
    done: impl Fn() + Sync,
) -> Result<DrawSet, UncertaintyError> {
    let tables = DrawnTables::new(table, plan)?;
    let needed = plan.least_draws();
    if plan.draws < needed {
        return Err(UncertaintyError::TooFewDraws { found: plan.draws, level: plan.level, needed });
    }
    let bytes = plan.draws.saturating_mul(cells).saturating_mul(size_of::<f64>());
    if bytes > MOST_MEMORY {
        return Err(UncertaintyError::TooLarge {
            draws: plan.draws,
            cells,
            gigabytes: bytes as f64 / 1e9,
            limit: MOST_MEMORY as f64 / 1e9,
        });
    }
    let one = |index: usize| -> Result<Vec<f64>, Failed> {
        let drawn = tables.draw(index).map_err(|error| Failed::Balance(error.to_string()))?;
        let model = Model::build(&drawn, options).map_err(|error| Failed::Solve(error.to_string()))?;
        let numbers = compute(&drawn, &model).map_err(|error| Failed::Compute(error.to_string()))?;
        done();
        if numbers.len() == cells {
            Ok(numbers)
        } else {
            Err(Failed::Compute(format!("{} numbers, the published table gives {cells}", numbers.len())))
        }
    };
    let results: Vec<Result<Vec<f64>, Failed>> = if draws_together(table.axis().n_rows()) == 1 {
        (0..plan.draws).map(one).collect()
    } else {
        (0..plan.draws).into_par_iter().with_max_len(1).map(one).collect()
    };
    let mut set = DrawSet {
        draws: plan.draws,
        unbalanced: 0,
        unsolved: 0,
        uncomputed: 0,
        first_failure: None,
        values: Vec::with_capacity(plan.draws),
    };
    for result in results {
        let (count, message) = match result {
            Ok(values) => {
                set.values.push(values);
                continue;
            }
            Err(Failed::Balance(message)) => (&mut set.unbalanced, message),
            Err(Failed::Solve(message)) => (&mut set.unsolved, message),
            Err(Failed::Compute(message)) => (&mut set.uncomputed, message),
        };
        *count += 1;
        set.first_failure.get_or_insert(message);
    }
    if set.used() < needed {
        return Err(UncertaintyError::DrawsFailed {
            used: set.used(),
            draws: plan.draws,
            first: set.first_failure.unwrap_or_default(),
        });
    }
    Ok(set)
}

/// Ends of an interval, and from how many draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawInterval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Draws in which the number is defined.
    pub defined: usize,
}

/// What a reader of many intervals should know.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntervalFindings {
    /// Numbers that are defined in the published table.
    pub numbers: usize,
    /// Of these, not defined in every draw.
    pub partly_defined: usize,
    /// Of these, outside their own interval: large errors move the middle of the draws.
    pub outside: usize,
    /// Columns with numbers that the draws move (where a row is a measure, the measures), and where in the draws the published
    /// ones stand: the share of draws below the published number, mean over the rows; 0.5 is the middle.
    pub positions: Vec<(String, f64)>,
}

impl DrawSet {
    /// Draws that gave a result.
    #[must_use]
    pub fn used(&self) -> usize {
        self.values.len()
    }

    /// The draws of one number, those in which it is defined; `cell` counts the numbers as `compute` returned them.
    ///
    /// # Panics
    /// When there is no such number.
    #[must_use]
    pub fn of(&self, cell: usize) -> Vec<f64> {
        self.values.iter().map(|draw| draw[cell]).filter(|value| value.is_finite()).collect()
    }

    /// Percentile interval of one number: equal tails, quantiles of type 7. Not defined where the number is defined in no
    /// draw.
    ///
    /// # Errors
    /// A level outside (0, 1).
    ///
    /// # Panics
    /// When there is no such number.
    pub fn interval(&self, cell: usize, level: f64) -> Result<DrawInterval, UncertaintyError> {
        percentiles(&self.of(cell), level)
    }

    /// The frame with two columns behind every column of numbers: `NAME_lo` and `NAME_hi`.
    ///
    /// # Errors
    /// A level outside (0, 1).
    pub fn with_intervals(
        &self,
        frame: &Frame,
        level: f64,
    ) -> Result<(Frame, IntervalFindings), UncertaintyError> {
        let mut wide = Frame::new();
        let mut cell = 0;
        let mut found = IntervalFindings::default();
        let measures = measures_of(frame);
        for field in frame.fields() {
            wide = wide.with(&field.name, field.measure, field.column.clone());
            let Column::Number(values) = &field.column else { continue };
            let (mut lower, mut upper) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
            let mut positions = vec![Mean::default(); measures.as_ref().map_or(1, |(names, _)| names.len())];
            for (row, value) in values.iter().enumerate() {
                let drawn = self.of(cell);
                let interval = percentiles(&drawn, level)?;
                if value.is_finite() {
                    found.numbers += 1;
                    found.partly_defined += usize::from(interval.defined < self.used());
                    let slack = ROUNDING * value.abs();
                    found.outside +=
                        usize::from(*value < interval.lower - slack || *value > interval.upper + slack);
                    if interval.upper - interval.lower > slack {
                        let measure = measures.as_ref().map_or(0, |(_, of_row)| of_row[row]);
                        positions[measure].push(share_below(&drawn, *value));
                    }
                }
                // What the published table does not define has no interval either.
                let shown = |end: f64| if value.is_finite() { end } else { f64::NAN };
                lower.push(shown(interval.lower));
                upper.push(shown(interval.upper));
                cell += 1;
            }
            wide = wide.with(&format!("{}_lo", field.name), field.measure, Column::Number(lower)).with(
                &format!("{}_hi", field.name),
                field.measure,
                Column::Number(upper),
            );
            for (measure, position) in positions.iter().enumerate() {
                let name = measures.as_ref().map_or(&field.name, |(names, _)| &names[measure]);
                found.positions.extend(position.mean().map(|mean| (name.clone(), mean)));
            }
        }
        Ok((wide, found))
    }
}

/// In the long form the names of the measures, `INDICATOR.MEASURE`, and which of them each row is.
fn measures_of(frame: &Frame) -> Option<(Vec<String>, Vec<usize>)> {
    let [indicators, measures] = ["indicator", "measure"].map(|name| match frame.column(name) {
        Some(Column::Label { names, codes }) => Some((names, codes)),
        _ => None,
    });
    let ((indicators, of_indicator), (measures, of_measure)) = (indicators?, measures?);
    let mut names: Vec<String> = Vec::new();
    let of_row = of_indicator
        .iter()
        .zip(of_measure)
        .map(|(&indicator, &measure)| {
            let name = format!("{}.{}", indicators[indicator as usize], measures[measure as usize]);
            // Rows of one measure stand together.
            names.iter().rposition(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        })
        .collect();
    Some((names, of_row))
}

/// Ends of the middle `level` of some draws.
fn percentiles(values: &[f64], level: f64) -> Result<DrawInterval, UncertaintyError> {
    if values.is_empty() {
        return Ok(DrawInterval { lower: f64::NAN, upper: f64::NAN, defined: 0 });
    }
    let tail = 0.5 * (1.0 - level);
    Ok(DrawInterval {
        lower: stats::quantile(values, tail)?,
        upper: stats::quantile(values, 1.0 - tail)?,
        defined: values.len(),
    })
}

/// Draws below a number, those equal to it counted half, over all.
fn share_below(drawn: &[f64], value: f64) -> f64 {
    let below = drawn.iter().filter(|other| **other < value).count();
    let above = drawn.iter().filter(|other| **other > value).count();
    0.5 * (1.0 + (below as f64 - above as f64) / drawn.len() as f64)
}

/// A mean in the making.
#[derive(Debug, Clone, Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn push(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// The numbers of a frame, column by column: what a draw keeps.
#[must_use]
pub fn numbers_of(frame: &Frame) -> Vec<f64> {
    frame
        .fields()
        .iter()
        .filter_map(|field| match &field.column {
            Column::Number(values) => Some(values),
            _ => None,
        })
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Measure;

    #[test]
    fn positions_are_told_by_column_and_in_the_long_form_by_measure() {
        // Two rows, five draws: three of them below the first number, one below the second, one equal to it.
        let draws = [[1.0, 7.0], [2.0, 9.0], [3.0, 9.5], [8.0, 8.0], [9.0, 9.9]];
        let set = DrawSet {
            draws: 5,
            unbalanced: 0,
            unsolved: 0,
            uncomputed: 0,
            first_failure: None,
            values: draws.iter().map(|draw| draw.to_vec()).collect(),
        };
        let wide = Frame::new().with("gexp", Measure::Amount, Column::Number(vec![4.0, 8.0]));
        let positions = |frame: &Frame| set.with_intervals(frame, 0.5).unwrap().1.positions;
        assert_eq!(positions(&wide), [("gexp".to_owned(), 0.5 * (0.6 + 0.3))]);
        let labels =
            |names: [&str; 2], codes: [u32; 2]| Column::labels(&names.map(str::to_owned), codes.to_vec());
        let long = Frame::new()
            .with("indicator", Measure::Key, labels(["kpww", "rca"], [0, 0]))
            .with("measure", Measure::Key, labels(["gexp", "vs1"], [0, 1]))
            .with("value", Measure::Pure, Column::Number(vec![4.0, 8.0]));
        let found = positions(&long);
        assert_eq!(
            found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["kpww.gexp", "kpww.vs1"]
        );
        assert!((found[0].1 - 0.6).abs() < 1e-12 && (found[1].1 - 0.3).abs() < 1e-12, "{found:?}");
    }
}
