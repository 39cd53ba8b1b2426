//! Accounting checks: does the table add up, and where does it not? Findings with labels and sizes, never panics.

use super::ledger::{BlockCount, BlockKind, Ledger, SMALL_CELL};
use super::{IcioTable, NationalTable, Provenance, RowRole};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A figure of the audit, neither good nor bad.
    Fact,
    /// Usual in real tables; good to know.
    Note,
    /// May move results; look at it.
    Warning,
    /// The accounts are broken: `vadex check` exits with 1.
    Violation,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Industries whose row sums to zero: coefficients and value-added share are set to zero.
    ZeroOutput,
    /// Industries with (small) negative output.
    NegativeOutput,
    /// Industries with inputs but no output: their inputs are lost to the model.
    InputsWithoutOutput,
    /// Negative cells of intermediate use.
    NegativeIntermediateUse,
    /// Negative cells of final demand (inventories).
    NegativeFinalDemand,
    /// Industries whose inputs exceed their output.
    NegativeValueAdded,
    /// Published value added below zero or above output.
    ValueAddedShare,
    /// Row sum against published output.
    RowBalance,
    /// Inputs plus published value-added rows against published output (the row sum, where none is published).
    ColumnBalance,
    /// Economies that export nothing.
    NoExports,
    /// Economies whose exports lie mostly in cells that rounding moves by 5% or more.
    RoundedExports,
    /// Spectral radius of the input coefficients.
    SpectralRadius,
    /// The file is one whose checksum is known, or of a release that is known to have something wrong.
    KnownFile,
    /// Blank cells and other repairs made while reading.
    Repair,
    /// Economies, sectors and rows.
    Size,
    /// Cells that are zero, by block.
    ZeroCells,
    /// Cells that are negative, by block.
    NegativeCells,
}

/// One result of a check: what, where, how large.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Finding {
    /// What was found.
    pub kind: FindingKind,
    /// How much it weighs.
    pub severity: Severity,
    /// How many cells, rows or economies.
    pub count: usize,
    /// The worst place, in labels.
    pub worst_at: String,
    /// The value there.
    pub worst_value: f64,
    /// What it should be, where that is defined.
    pub expected: Option<f64>,
    /// One sentence for people.
    pub message: String,
}

impl Finding {
    /// The finding in a line: of which year, what, and where it is worst.
    pub fn told(&self, year: Option<i32>) -> String {
        let year = year.map_or_else(String::new, |year| format!("{year}: "));
        let at = match (self.kind, self.severity) {
            // What is known of a file is of all of it.
            (FindingKind::KnownFile, _) | (_, Severity::Fact | Severity::Note) => String::new(),
            _ => format!(" (worst: {} {})", self.worst_at, brief(self.worst_value)),
        };
        format!("{year}{}{at}", self.message)
    }
}

/// A value without the digits that only binary fractions have: `1790.1068645000003` is 1790.107.
pub(super) fn brief(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        return format!("{value:.3e}");
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// So many industries, in the singular when it is one.
fn industries_that(count: usize, what: &str) -> String {
    if count != 1 {
        return format!("{count} {what}");
    }
    let plural = [
        ("industries have", "industry has"),
        ("industries buy", "industry buys"),
        (" but have ", " but has "),
        (" their ", " its "),
        ("as they are", "as it is"),
    ];
    plural.iter().fold(format!("1 {what}"), |told, (many, one)| told.replace(many, one))
}

/// Published output may differ from the row sum by the last bits of a sum: beyond this share of the row it is said.
const BALANCE_WARNING: f64 = 1e-6;
/// Part of an output by which a sum of as many cells as there are may be off.
const ROUNDING: f64 = 1e-12;
/// Beyond this share of the table's total output the accounts are broken, whatever explains it.
const BALANCE_VIOLATION: f64 = 1e-2;
/// Residuals that published tables are known to have: every row and column of the OECD tables 2016-2022 (2025 edition)
/// closes within this much, in the table's unit, plus [`RESIDUAL_RELATIVE`] of its output.
pub const RESIDUAL_ABSOLUTE: f64 = 0.1;
/// See [`RESIDUAL_ABSOLUTE`].
pub const RESIDUAL_RELATIVE: f64 = 2e-4;
/// Beyond so many times the tolerance (and rounding) a single row or column is broken: the tables that are known to be sound
/// miss it by little or nothing, the columns that are known not to close by thirty times and more.
const BROKEN: f64 = 10.0;
/// How many of the worst places are listed.
pub const WORST: usize = 10;

/// One row or column that does not close.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Gap {
    /// The industry.
    pub label: String,
    /// What it adds up to.
    pub found: f64,
    /// What it should add up to.
    pub expected: f64,
    /// Larger than the tolerance and what rounding explains.
    pub beyond: bool,
}

/// How well rows, or columns, close.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Balance {
    /// [`FindingKind::RowBalance`] or [`FindingKind::ColumnBalance`].
    pub kind: FindingKind,
    /// What sums are compared with what.
    pub compared: &'static str,
    /// Industries compared.
    pub industries: usize,
    /// Residual within 0.1 + 2e-4 of output.
    pub within: usize,
    /// Residual above that, but no larger than rounding each cell of the sum can make it.
    pub rounding: usize,
    /// Residual above both.
    pub beyond: usize,
    /// Residual above ten times the tolerance and what rounding explains: the accounts are broken.
    pub broken: usize,
    /// Industries that are off by more than the last bits of a sum.
    pub off: usize,
    /// Sum of those residuals as a share of output.
    pub share: f64,
    /// The worst of them: those beyond tolerance first, then by size.
    pub worst: Vec<Gap>,
    /// Rows below whose role is not known and that were not added up.
    pub left_out: Vec<String>,
}

/// Checks the accounts of a table. An empty list means that nothing at all was found.
pub fn check(table: &IcioTable) -> Vec<Finding> {
    let ledger = Ledger::of(table);
    findings(&ledger, &balances(&ledger), table.provenance())
}

/// Checks the accounts of a national table, by the same rules.
pub fn check_national(table: &NationalTable) -> Vec<Finding> {
    let ledger = Ledger::of_national(table);
    findings(&ledger, &balances(&ledger), table.provenance())
}

/// Accounts of a table that do not hold, a line each.
pub fn violations(table: &IcioTable) -> Vec<String> {
    told_violations(&check(table), table.year())
}

/// Accounts of a national table that do not hold, a line each that names the economy.
pub fn violations_of_national(table: &NationalTable) -> Vec<String> {
    let told = told_violations(&check_national(table), Some(table.year()));
    told.into_iter().map(|line| format!("{} {line}", table.economy())).collect()
}

fn told_violations(findings: &[Finding], year: Option<i32>) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Violation)
        .map(|finding| finding.told(year))
        .collect()
}

pub(super) fn findings(ledger: &Ledger<'_>, balances: &[Balance], provenance: &Provenance) -> Vec<Finding> {
    let mut findings = industries(ledger);
    findings.extend(negative_cells(
        ledger,
        BlockKind::Intermediate,
        FindingKind::NegativeIntermediateUse,
        "cells of intermediate use are negative: I − A need not be an M-matrix, a pivoted solve is used",
        Severity::Warning,
    ));
    findings.extend(negative_cells(
        ledger,
        BlockKind::Final,
        FindingKind::NegativeFinalDemand,
        "cells of final demand are negative (usually inventories)",
        Severity::Note,
    ));
    findings.extend(balances.iter().filter_map(|balance| balance.finding(ledger.step)));
    findings.extend(no_exports(ledger));
    findings.extend(rounded_exports(ledger));
    for repair in provenance.all_repairs() {
        let (kind, severity) = if repair.is_defect() {
            (FindingKind::KnownFile, Severity::Warning)
        } else {
            (FindingKind::Repair, Severity::Note)
        };
        findings.push(Finding {
            kind,
            severity,
            count: repair.count,
            worst_at: repair.name.clone(),
            worst_value: repair.count as f64,
            expected: None,
            message: format!("{}: {}", repair.name, repair.detail),
        });
    }
    findings
}

/// What is unusual about output, inputs and value added of single industries.
fn industries(ledger: &Ledger<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (output, inputs) = (&ledger.output, &ledger.inputs);
    let rows_where = |condition: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..ledger.len()).filter(|&row| condition(row)).collect()
    };
    let mut rows = |kind, severity, found: Vec<usize>, values: &dyn Fn(usize) -> f64, message: &str| {
        let Some(&worst) = found.iter().max_by(|&&a, &&b| values(a).abs().total_cmp(&values(b).abs())) else {
            return;
        };
        findings.push(Finding {
            kind,
            severity,
            count: found.len(),
            worst_at: ledger.labels[worst].clone(),
            worst_value: values(worst),
            expected: None,
            message: industries_that(found.len(), message),
        });
    };
    rows(
        FindingKind::ZeroOutput,
        Severity::Note,
        rows_where(&|row| output[row] == 0.0),
        &|row| output[row],
        "industries have zero output: their coefficients and value-added shares are zero",
    );
    rows(
        FindingKind::NegativeOutput,
        Severity::Warning,
        rows_where(&|row| output[row] < 0.0),
        &|row| output[row],
        "industries have slightly negative output (rounding or inventories): used as they are",
    );
    rows(
        FindingKind::InputsWithoutOutput,
        Severity::Warning,
        rows_where(&|row| output[row] == 0.0 && inputs[row] != 0.0),
        &|row| inputs[row],
        "industries buy inputs but have no output: those inputs drop out of the model",
    );
    rows(
        FindingKind::NegativeValueAdded,
        Severity::Warning,
        // Not where only the rounding of a sum is between them.
        rows_where(&|row| output[row] > 0.0 && inputs[row] - output[row] > ROUNDING * output[row]),
        &|row| output[row] - inputs[row],
        "industries have inputs above their output (negative value added)",
    );
    if let Some(share) = published_share(ledger) {
        rows(
            FindingKind::ValueAddedShare,
            Severity::Warning,
            rows_where(&|row| share[row] < 0.0 || share[row] > 1.0),
            &|row| share[row],
            "industries have a published value-added share outside [0, 1]",
        );
    }
    findings
}

/// Published value added over output; zero where output is. Nothing without a value-added row.
pub(super) fn published_share(ledger: &Ledger<'_>) -> Option<Vec<f64>> {
    let rows = || ledger.primary.iter().filter(|row| row.role == RowRole::ValueAdded);
    rows().next()?;
    let share = |(industry, &output): (usize, &f64)| {
        let value_added: f64 = rows().map(|row| row.industries[industry]).sum();
        if output == 0.0 { 0.0 } else { value_added / output }
    };
    Some(ledger.expected_output().iter().enumerate().map(share).collect())
}

fn negative_cells(
    ledger: &Ledger<'_>,
    wanted: BlockKind,
    kind: FindingKind,
    message: &str,
    severity: Severity,
) -> Option<Finding> {
    let blocks = || ledger.blocks.iter().filter(|(block, _)| *block == wanted).map(|(_, count)| count);
    let count: usize = blocks().map(|block| block.negative).sum();
    let (worst_at, worst_value) = blocks()
        .filter_map(|block: &BlockCount| block.most_negative.as_ref())
        .min_by(|a, b| a.1.total_cmp(&b.1))?
        .clone();
    Some(Finding {
        kind,
        severity,
        count,
        worst_at,
        worst_value,
        expected: Some(0.0),
        message: format!("{count} {message}"),
    })
}

/// Rows against published output; columns against published output or, where there is none, against the row sums.
pub(super) fn balances(ledger: &Ledger<'_>) -> Vec<Balance> {
    let mut balances = Vec::new();
    if let Some(published) = ledger.published {
        balances.push(Balance::of(
            FindingKind::RowBalance,
            "sum of the row (uses of output) against published output",
            &ledger.output,
            published,
            ledger,
        ));
    }
    if let Some(sums) = ledger.column_sums() {
        let compared = if ledger.published.is_some() {
            "inputs plus the published value-added rows against published output"
        } else {
            "inputs plus the published value-added rows against the sum of the row"
        };
        let mut balance =
            Balance::of(FindingKind::ColumnBalance, compared, &sums, ledger.expected_output(), ledger);
        balance.left_out = ledger
            .primary
            .iter()
            .filter(|row| row.role == RowRole::Other && row.industries.iter().any(|value| *value != 0.0))
            .map(|row| row.name.clone())
            .collect();
        balances.push(balance);
    }
    balances
}

impl Balance {
    fn of(
        kind: FindingKind,
        compared: &'static str,
        found: &[f64],
        expected: &[f64],
        ledger: &Ledger<'_>,
    ) -> Self {
        let total: f64 = expected.iter().map(|x| x.abs()).sum();
        let cells =
            if kind == FindingKind::RowBalance { &ledger.cells_of_row } else { &ledger.cells_of_column };
        let by_rounding = |row: usize| 0.5 * ledger.step.unwrap_or(0.0) * cells[row] as f64;
        let gap = |row: usize| (found[row] - expected[row]).abs();
        let tolerance = |row: usize| RESIDUAL_ABSOLUTE + RESIDUAL_RELATIVE * expected[row].abs();
        let exceeds = |row: usize, times: f64| gap(row) > times * tolerance(row) + by_rounding(row);
        let is_beyond = |row: usize| exceeds(row, 1.0);
        let rows = 0..found.len();
        let mut off: Vec<usize> = rows
            .clone()
            .filter(|&row| gap(row) > BALANCE_WARNING * expected[row].abs().max(total * f64::EPSILON))
            .collect();
        let within = rows.clone().filter(|&row| gap(row) <= tolerance(row)).count();
        let beyond = rows.clone().filter(|&row| is_beyond(row)).count();
        let broken = rows.filter(|&row| exceeds(row, BROKEN)).count();
        let sum: f64 = off.iter().map(|&row| gap(row)).sum();
        off.sort_by(|&a, &b| {
            let rank = |row| (exceeds(row, BROKEN), is_beyond(row));
            rank(b).cmp(&rank(a)).then(gap(b).total_cmp(&gap(a)))
        });
        Self {
            kind,
            compared,
            industries: found.len(),
            within,
            rounding: found.len() - within - beyond,
            beyond,
            broken,
            off: off.len(),
            share: sum / total.max(f64::MIN_POSITIVE),
            worst: off
                .iter()
                .take(WORST)
                .map(|&row| Gap {
                    label: ledger.labels[row].clone(),
                    found: found[row],
                    expected: expected[row],
                    beyond: is_beyond(row),
                })
                .collect(),
            left_out: Vec::new(),
        }
    }

    fn finding(&self, step: Option<f64>) -> Option<Finding> {
        let worst = self.worst.first()?;
        let broken = self.broken > 0 || self.share > BALANCE_VIOLATION;
        let mut message = format!(
            "{} off: {}; in total {:.3}% of output; {} beyond 0.1 + 2e-4 of output",
            if self.off == 1 { "1 industry is".to_owned() } else { format!("{} industries are", self.off) },
            self.compared,
            100.0 * self.share,
            self.rounding + self.beyond,
        );
        if let (Some(step), true) = (step, self.rounding > 0) {
            message
                .push_str(&format!(", of which rounding every cell to {step} can explain {}", self.rounding));
        }
        if self.broken > 0 {
            message.push_str(&format!("; {} more than ten times beyond", self.broken));
        }
        if !self.left_out.is_empty() {
            message
                .push_str(&format!("; rows of unknown role were not added up: {}", self.left_out.join(", ")));
        }
        Some(Finding {
            kind: self.kind,
            severity: match (broken, self.left_out.is_empty()) {
                (true, true) => Severity::Violation,
                _ => Severity::Warning,
            },
            count: self.off,
            worst_at: worst.label.clone(),
            worst_value: worst.found,
            expected: Some(worst.expected),
            message,
        })
    }
}

fn no_exports(ledger: &Ledger<'_>) -> Option<Finding> {
    let found: Vec<&str> = ledger
        .exports
        .iter()
        .filter(|exports| exports.cells == 0)
        .map(|exports| exports.economy.as_str())
        .collect();
    let first = *found.first()?;
    let parts = found.iter().any(|economy| ledger.parts.iter().any(|part| part == economy));
    let apart = if parts { "; parts of a split economy are told apart here, results unite them" } else { "" };
    Some(Finding {
        kind: FindingKind::NoExports,
        severity: Severity::Note,
        count: found.len(),
        worst_at: first.to_owned(),
        worst_value: 0.0,
        expected: None,
        message: format!(
            "{} economies export nothing: their shares are not defined ({}){apart}",
            found.len(),
            found.join(", ")
        ),
    })
}

/// Above this share of exports in small cells, exports are mostly rounding.
const MOSTLY: f64 = 0.5;

fn rounded_exports(ledger: &Ledger<'_>) -> Option<Finding> {
    let step = ledger.step?;
    let share = |exports: &super::ExportCells| exports.in_small_cells / exports.exports.abs();
    let mut found: Vec<&super::ExportCells> =
        ledger.exports.iter().filter(|exports| exports.cells > 0 && share(exports) > MOSTLY).collect();
    found.sort_by(|a, b| share(b).total_cmp(&share(a)));
    let worst = *found.first()?;
    let names: Vec<&str> = found.iter().map(|exports| exports.economy.as_str()).collect();
    Some(Finding {
        kind: FindingKind::RoundedExports,
        severity: Severity::Warning,
        count: found.len(),
        worst_at: worst.economy.clone(),
        worst_value: share(worst),
        expected: None,
        message: format!(
            "{} economies have more than half of their exports in cells of at most {SMALL_CELL} rounding steps of \
             {step}: rounding alone moves each by 5% or more, do not use them for sharp claims ({})",
            found.len(),
            names.join(", ")
        ),
    })
}
