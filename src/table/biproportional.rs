//! Biproportional adjustment: a matrix brought to given row and column sums by one multiplier a row and one a column.
//!
//! RAS for matrices without negative cells, GRAS when there are some: zero stays zero, every cell keeps its sign. The
//! algorithm knows no table; what the margins of a table are stands in `rebalance.rs`.

use nalgebra::DMatrix;
use rayon::prelude::*;

/// Columns whose part of the row sums is added up by one task: the order of every sum is the same on any number of threads.
const BAND: usize = 256;

/// A row or a column, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A row, by position.
    Row(usize),
    /// A column, by position.
    Column(usize),
}

impl Line {
    fn kind(self) -> &'static str {
        match self {
            Self::Row(_) => "row",
            Self::Column(_) => "column",
        }
    }
}

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitOptions {
    /// Largest gap of a line that counts as met, relative to the sum of its absolute cells.
    pub tolerance: f64,
    /// Most sweeps over rows and columns.
    pub most_sweeps: usize,
}

impl FitOptions {
    /// Five digits above rounding: what a balanced table is stored with.
    pub const DEFAULT_TOLERANCE: f64 = 1e-11;
    /// Connected tables need some twenty sweeps; one that needs thousands has margins its zeros cannot meet.
    pub const DEFAULT_SWEEPS: usize = 5_000;
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { tolerance: Self::DEFAULT_TOLERANCE, most_sweeps: Self::DEFAULT_SWEEPS }
    }
}

/// How a matrix was brought to its margins.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// r: one multiplier a row.
    pub row_multipliers: Vec<f64>,
    /// s: one multiplier a column.
    pub column_multipliers: Vec<f64>,
    /// Sweeps made.
    pub sweeps: usize,
    /// Largest gap that is left, relative to the sum of the absolute cells of its row. Columns are met to rounding.
    pub worst_gap: f64,
    /// Cells below zero: without any, this is RAS.
    pub negative_cells: usize,
}

/// Why a matrix cannot be brought to its margins.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// Not one margin a line.
    #[error("there are {found} {kind} margins, the matrix has {expected} {kind}s")]
    Size {
        /// `row` or `column`.
        kind: &'static str,
        /// Margins found.
        found: usize,
        /// Lines of the matrix.
        expected: usize,
    },
    /// A margin that is no number.
    #[error("the margin of {kind} `{line}` is {margin}: every margin must be a finite number")]
    NotFinite {
        /// `row` or `column`.
        kind: &'static str,
        /// Label.
        line: String,
        /// The margin.
        margin: f64,
    },
    /// The two sets of margins have different totals.
    #[error(
        "the margins conflict: rows add up to {rows}, columns to {columns}, a difference of {difference} ({:.2e} of the \
         rows)",
        (difference / rows).abs()
    )]
    Conflict {
        /// Total of the row margins.
        rows: f64,
        /// Total of the column margins.
        columns: f64,
        /// Rows less columns.
        difference: f64,
    },
    /// A margin that cells of this sign cannot add up to.
    #[error("{kind} `{line}` has {cells} and cannot add up to its margin {margin}")]
    Impossible {
        /// `row` or `column`.
        kind: &'static str,
        /// Label.
        line: String,
        /// What the line holds, in words.
        cells: &'static str,
        /// The margin.
        margin: f64,
    },
    /// The sweeps do not meet the margins: where the zeros are, no multipliers can.
    #[error(
        "after {sweeps} sweeps {kind} `{line}` adds up to {found}, its margin is {margin}: relative gap {gap:.1e}, \
         tolerance {tolerance:.0e}"
    )]
    NoConvergence {
        /// Sweeps made.
        sweeps: usize,
        /// `row` or `column`.
        kind: &'static str,
        /// Label of the worst line.
        line: String,
        /// What it adds up to.
        found: f64,
        /// Its margin.
        margin: f64,
        /// Relative gap.
        gap: f64,
        /// Tolerance.
        tolerance: f64,
    },
    /// A margin for a label that the table does not have, or two margins for one label.
    #[error("margin for {kind} `{line}`: {problem}")]
    MarginLabel {
        /// `row` or `column`.
        kind: &'static str,
        /// Label.
        line: String,
        /// What is wrong.
        problem: &'static str,
        /// The nearest label, when one is close.
        nearest: Option<String>,
    },
    /// The table lacks what the margins are to be made of, or what was made is no table.
    #[error(transparent)]
    Table(#[from] super::TableError),
}

impl BalanceError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Size { .. } => "give one margin for every row and column of the table".into(),
            Self::NotFinite { .. } => "correct the margin at its source".into(),
            Self::Conflict { .. } => {
                "correct the margins, or say which give way: `--on-conflict columns`, `rows` or `final-demand`".into()
            }
            Self::Impossible { .. } => {
                "correct the margin, or give the line a cell that can carry it; zero cells stay zero".into()
            }
            Self::NoConvergence { .. } => {
                "the zeros of the table may make its margins impossible: look at the line named, or allow a larger \
                 --tolerance"
                    .into()
            }
            Self::MarginLabel { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::MarginLabel { .. } => "`vadex inspect TABLE` lists the labels; name each once".into(),
            Self::Table(super::TableError::MissingForConvention { .. }) => {
                "say `keep` for the sums that the table has, or give a file: `--rows-from FILE`, `--columns-from FILE`"
                    .into()
            }
            Self::Table(error) => error.hint(),
        }
    }
}

/// Cells below zero by column: row and absolute value.
struct Negatives {
    starts: Vec<usize>,
    cells: Vec<(usize, f64)>,
}

impl Negatives {
    /// Takes the negative cells out of a matrix, leaving zeros.
    fn take(matrix: &mut DMatrix<f64>) -> Self {
        let mut starts = vec![0];
        let mut cells = Vec::new();
        for mut column in matrix.column_iter_mut() {
            for (row, cell) in column.iter_mut().enumerate() {
                if *cell < 0.0 {
                    cells.push((row, -*cell));
                    *cell = 0.0;
                }
            }
            starts.push(cells.len());
        }
        Self { starts, cells }
    }

    fn column(&self, column: usize) -> &[(usize, f64)] {
        &self.cells[self.starts[column]..self.starts[column + 1]]
    }

    /// Puts them back, each divided by what `divisor` says of its row and column.
    fn put_back(&self, matrix: &mut DMatrix<f64>, divisor: impl Fn(usize, usize) -> f64) {
        for column in 0..matrix.ncols() {
            for &(row, size) in self.column(column) {
                let divisor = divisor(row, column);
                // A line that was emptied has multiplier zero on both sides.
                matrix[(row, column)] = if divisor > 0.0 { -size / divisor } else { 0.0 };
            }
        }
    }
}

/// Which matrix with the given margins has lost the least information about the one at hand? It overwrites it.
///
/// ```text
/// min Σ_ij |a_ij| z_ij (ln z_ij − 1)    over z, x_ij = a_ij z_ij,   Σ_j x_ij = u_i,   Σ_i x_ij = w_j
///
/// x_ij = r_i a_ij s_j  where a_ij ≥ 0,      x_ij = a_ij / (r_i s_j)  where a_ij < 0
///
/// r_i = (u_i + √(u_i² + 4 p_i n_i)) / 2 p_i      p_i = Σ_j a⁺_ij s_j     n_i = Σ_j a⁻_ij / s_j
/// r_i = − n_i / u_i   where p_i = 0
/// ```
/// and likewise for columns, rows first, until every line is within tolerance. Without negative cells r_i = u_i / p_i:
/// that is RAS.
///
/// # Assumptions
/// Zeros are structural. A line with margin zero and cells of one sign is emptied.
///
/// # Errors
/// Margins with different totals ([`BalanceError::Conflict`]), margins that a line's signs cannot carry, sweeps that do not
/// converge. The matrix is then as it was.
///
/// # Cost
/// One pass over the matrix a sweep; two to three dozen sweeps for a connected table.
///
/// # Source
/// Stone (1961), *Input-output and national accounts*; Junius and Oosterhaven (2003), Economic Systems Research 15(1),
/// <https://doi.org/10.1080/0953531032000056954>; Lenzen, Wood and Gallego (2007), Economic Systems Research 19(4), lines
/// without positive cells, <https://doi.org/10.1080/09535310701698613>; Temurshoev, Miller and Bouwmeester (2013), Economic
/// Systems Research 25(3), <https://doi.org/10.1080/09535314.2012.746645>.
pub fn fit(
    matrix: &mut DMatrix<f64>,
    rows: &[f64],
    columns: &[f64],
    options: &FitOptions,
    label: &dyn Fn(Line) -> String,
) -> Result<Fit, BalanceError> {
    check_margins(matrix, rows, columns, options, label)?;
    let negatives = Negatives::take(matrix);
    let result = sweep(matrix, &negatives, rows, columns, options, label);
    match &result {
        Ok(fit) => {
            let (r, s) = (&fit.row_multipliers, &fit.column_multipliers);
            for (mut column, s) in matrix.column_iter_mut().zip(s) {
                column.iter_mut().zip(r).for_each(|(cell, r)| *cell *= r * s);
            }
            negatives.put_back(matrix, |row, column| r[row] * s[column]);
        }
        Err(_) => negatives.put_back(matrix, |_, _| 1.0),
    }
    result
}

fn check_margins(
    matrix: &DMatrix<f64>,
    rows: &[f64],
    columns: &[f64],
    options: &FitOptions,
    label: &dyn Fn(Line) -> String,
) -> Result<(), BalanceError> {
    for (kind, found, expected) in
        [("row", rows.len(), matrix.nrows()), ("column", columns.len(), matrix.ncols())]
    {
        if found != expected {
            return Err(BalanceError::Size { kind, found, expected });
        }
    }
    let lines = (0..rows.len()).map(Line::Row).chain((0..columns.len()).map(Line::Column));
    for (line, &margin) in lines.zip(rows.iter().chain(columns)) {
        if !margin.is_finite() {
            return Err(BalanceError::NotFinite { kind: line.kind(), line: label(line), margin });
        }
    }
    let (total_rows, total_columns) = (rows.iter().sum::<f64>(), columns.iter().sum::<f64>());
    let difference = total_rows - total_columns;
    let size: f64 = rows.iter().map(|margin| margin.abs()).sum();
    // Totals that differ by a share d leave a gap of at least d in some line.
    if difference.abs() > 0.5 * options.tolerance * size {
        return Err(BalanceError::Conflict { rows: total_rows, columns: total_columns, difference });
    }
    Ok(())
}

/// Lines whose cells must all become zero, found before the sweeps: their multiplier is zero.
struct Emptied {
    rows: Vec<bool>,
    columns: Vec<bool>,
}

impl Emptied {
    /// A line with margin zero and cells of one sign is emptied; that may leave another line with one sign, so the
    /// question is asked until the answer stays.
    fn of(
        positive: &DMatrix<f64>,
        negatives: &Negatives,
        rows: &[f64],
        columns: &[f64],
        label: &dyn Fn(Line) -> String,
    ) -> Result<Self, BalanceError> {
        let mut emptied = Self { rows: vec![false; rows.len()], columns: vec![false; columns.len()] };
        loop {
            let mut row_signs = vec![(false, false); rows.len()];
            let mut column_signs = vec![(false, false); columns.len()];
            for (j, column) in positive.column_iter().enumerate().filter(|(j, _)| !emptied.columns[*j]) {
                for (i, _) in column.iter().enumerate().filter(|(i, a)| **a > 0.0 && !emptied.rows[*i]) {
                    row_signs[i].0 = true;
                    column_signs[j].0 = true;
                }
                for &(i, _) in negatives.column(j).iter().filter(|(i, _)| !emptied.rows[*i]) {
                    row_signs[i].1 = true;
                    column_signs[j].1 = true;
                }
            }
            let mut changed = false;
            let lines = [(true, rows, &row_signs), (false, columns, &column_signs)];
            for (is_row, margins, signs) in lines {
                for (index, (&margin, &(has_positive, has_negative))) in margins.iter().zip(signs).enumerate()
                {
                    let line = if is_row { Line::Row(index) } else { Line::Column(index) };
                    let cells = match (has_positive, has_negative) {
                        (true, false) if margin < 0.0 => "no cell below zero",
                        (false, true) if margin > 0.0 => "no cell above zero",
                        (false, false) if margin != 0.0 => "no cell left that is not zero",
                        _ => "",
                    };
                    if !cells.is_empty() {
                        let (kind, line) = (line.kind(), label(line));
                        return Err(BalanceError::Impossible { kind, line, cells, margin });
                    }
                    let flag = if is_row { &mut emptied.rows[index] } else { &mut emptied.columns[index] };
                    if margin == 0.0 && has_positive != has_negative && !*flag {
                        *flag = true;
                        changed = true;
                    }
                }
            }
            if !changed {
                return Ok(emptied);
            }
        }
    }
}

fn sweep(
    positive: &DMatrix<f64>,
    negatives: &Negatives,
    rows: &[f64],
    columns: &[f64],
    options: &FitOptions,
    label: &dyn Fn(Line) -> String,
) -> Result<Fit, BalanceError> {
    let emptied = Emptied::of(positive, negatives, rows, columns, label)?;
    let n = rows.len();
    let mut r: Vec<f64> = emptied.rows.iter().map(|&empty| if empty { 0.0 } else { 1.0 }).collect();
    let mut s: Vec<f64> = emptied.columns.iter().map(|&empty| if empty { 0.0 } else { 1.0 }).collect();
    let mut above = vec![0.0; n];
    let mut below = vec![0.0; n];
    let mut sweeps = 0;
    loop {
        // Row sums of the positive and of the negative part under the present column multipliers; from the second time
        // on the column multipliers are renewed in the same pass, so a sweep reads the matrix once.
        let bands = positive.as_slice().par_chunks(n.max(1) * BAND).zip(s.par_chunks_mut(BAND)).enumerate();
        let bands = bands.map(|(band, (cells, s))| {
            let (mut above, mut below) = (vec![0.0; n], vec![0.0; n]);
            for (j, (cells, s)) in (band * BAND..).zip(cells.chunks_exact(n.max(1)).zip(s)) {
                if sweeps > 0 && *s > 0.0 {
                    let up = dot(cells, &r);
                    let down: f64 = negatives
                        .column(j)
                        .iter()
                        .filter(|(i, _)| r[*i] > 0.0)
                        .map(|(i, size)| size / r[*i])
                        .sum();
                    *s = multiplier(columns[j], up, down);
                }
                let multiplier = *s;
                if multiplier > 0.0 {
                    above.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += multiplier * cell);
                    negatives.column(j).iter().for_each(|(i, size)| below[*i] += size / multiplier);
                }
            }
            [above, below]
        });
        // Added in the order of the bands, whoever made them.
        let bands: Vec<[Vec<f64>; 2]> = bands.collect();
        for (side, sums) in [&mut above, &mut below].into_iter().enumerate() {
            sums.fill(0.0);
            for band in &bands {
                sums.iter_mut().zip(&band[side]).for_each(|(sum, part)| *sum += part);
            }
        }
        if sweeps > 0 {
            let (worst, found, gap) = worst_row(&r, &above, &below, rows);
            if gap <= options.tolerance {
                return Ok(Fit {
                    row_multipliers: r,
                    column_multipliers: s,
                    sweeps,
                    worst_gap: gap,
                    negative_cells: negatives.cells.len(),
                });
            }
            // A gap that is no number will not become one.
            if sweeps >= options.most_sweeps || gap.is_nan() {
                return Err(BalanceError::NoConvergence {
                    sweeps,
                    kind: "row",
                    line: label(Line::Row(worst)),
                    found,
                    margin: rows[worst],
                    gap,
                    tolerance: options.tolerance,
                });
            }
        }
        for i in (0..n).filter(|&i| !emptied.rows[i]) {
            if above[i] > 0.0 || below[i] > 0.0 {
                r[i] = multiplier(rows[i], above[i], below[i]);
            }
        }
        sweeps += 1;
    }
}

/// The positive m with m p − n / m = margin, without cancellation for either sign of the margin.
fn multiplier(margin: f64, p: f64, n: f64) -> f64 {
    let root = margin.hypot(2.0 * (p * n).sqrt());
    if margin > 0.0 || (margin == 0.0 && p > 0.0) {
        (margin + root) / (2.0 * p)
    } else if n > 0.0 {
        2.0 * n / (root - margin)
    } else {
        1.0
    }
}

/// The row farthest from its margin: position, what it adds up to, relative gap.
fn worst_row(r: &[f64], above: &[f64], below: &[f64], rows: &[f64]) -> (usize, f64, f64) {
    let mut worst = (0, 0.0, 0.0);
    for i in 0..rows.len() {
        if r[i] == 0.0 {
            continue;
        }
        let (up, down) = (r[i] * above[i], below[i] / r[i]);
        let size = (up + down).max(rows[i].abs());
        if size == 0.0 {
            continue;
        }
        let gap = (up - down - rows[i]).abs() / size;
        if gap > worst.2 || gap.is_nan() {
            worst = (i, up - down, gap);
            if gap.is_nan() {
                break;
            }
        }
    }
    worst
}

/// Σ a b over eight running sums: the compiler may use vector registers, the order of the sum is fixed.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (pairs_a, pairs_b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = pairs_a.remainder().iter().zip(pairs_b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in pairs_a.zip(pairs_b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests;
