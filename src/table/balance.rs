//! Accounting checks: does the table add up, and where does it not? Findings with labels and sizes, never panics.

use super::{IcioTable, RowRole};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
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
    /// Row sum against published output.
    RowBalance,
    /// Inputs plus published value-added rows against published output.
    ColumnBalance,
    /// Economies that export nothing.
    NoExports,
    /// Blank cells and other repairs made while reading.
    Repair,
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

/// Published output may differ from the row sum by rounding: beyond this share of the row it is a warning.
const BALANCE_WARNING: f64 = 1e-6;
/// Beyond this share of the table's total output the accounts are broken (WIOD's rounded tables reach 1e-3).
const BALANCE_VIOLATION: f64 = 1e-2;

/// Checks the accounts of a table. An empty list means that nothing at all was found.
pub fn check(table: &IcioTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    let axis = table.axis();
    let output = table.row_sums();
    let inputs = table.input_sums();
    let rows_where = |condition: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..axis.n_rows()).filter(|&row| condition(row)).collect()
    };
    let mut rows = |kind, severity, found: Vec<usize>, values: &dyn Fn(usize) -> f64, message: &str| {
        let Some(&worst) = found.iter().max_by(|&&a, &&b| values(a).abs().total_cmp(&values(b).abs())) else {
            return;
        };
        findings.push(Finding {
            kind,
            severity,
            count: found.len(),
            worst_at: axis.row_label(worst),
            worst_value: values(worst),
            expected: None,
            message: format!("{} {message}", found.len()),
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
        rows_where(&|row| output[row] > 0.0 && inputs[row] > output[row]),
        &|row| output[row] - inputs[row],
        "industries have inputs above their output (negative value added)",
    );
    findings.extend(negative_cells(
        table.intermediate_use().negative_cells(),
        FindingKind::NegativeIntermediateUse,
        "cells of intermediate use are negative: I − A need not be an M-matrix, a pivoted solve is used",
        &|row, column| format!("{} -> {}", axis.row_label(row), axis.row_label(column)),
        Severity::Warning,
    ));
    findings.extend(negative_cells(
        negative_final_demand(table),
        FindingKind::NegativeFinalDemand,
        "cells of final demand are negative (usually inventories)",
        &|row, column| format!("{} -> {}", axis.row_label(row), table.final_demand_label(column)),
        Severity::Note,
    ));
    findings.extend(balances(table, &output, &inputs));
    findings.extend(no_exports(table));
    for repair in table.provenance().all_repairs() {
        findings.push(Finding {
            kind: FindingKind::Repair,
            severity: Severity::Note,
            count: repair.count,
            worst_at: repair.name.clone(),
            worst_value: repair.count as f64,
            expected: None,
            message: format!("{}: {}", repair.name, repair.detail),
        });
    }
    findings
}

fn negative_cells(
    (count, worst): (usize, Option<(usize, usize, f64)>),
    kind: FindingKind,
    message: &str,
    label: &dyn Fn(usize, usize) -> String,
    severity: Severity,
) -> Option<Finding> {
    let (row, column, value) = worst?;
    Some(Finding {
        kind,
        severity,
        count,
        worst_at: label(row, column),
        worst_value: value,
        expected: Some(0.0),
        message: format!("{count} {message}"),
    })
}

/// How many cells of final demand are negative, and the most negative one.
fn negative_final_demand(table: &IcioTable) -> (usize, Option<(usize, usize, f64)>) {
    let cells = table.final_demand().as_slice();
    let negative = || cells.iter().enumerate().filter(|(_, value)| **value < 0.0);
    let worst = negative().min_by(|a, b| a.1.total_cmp(b.1));
    let rows = table.axis().n_rows();
    (negative().count(), worst.map(|(position, value)| (position % rows, position / rows, *value)))
}

fn balances(table: &IcioTable, output: &[f64], inputs: &[f64]) -> Vec<Finding> {
    let Some(published) = table.published_output() else { return Vec::new() };
    let axis = table.axis();
    let mut closing = inputs.to_vec();
    let mut has_value_added = false;
    for row in table.primary_rows().iter().filter(|row| row.role.closes_the_column()) {
        has_value_added |= row.role == RowRole::ValueAdded;
        for (sum, value) in closing.iter_mut().zip(&row.industries) {
            *sum += value;
        }
    }
    let mut findings = vec![compare(
        FindingKind::RowBalance,
        output,
        published,
        axis,
        "published output differs from the sum of the row (uses of output)",
    )];
    if has_value_added {
        findings.push(compare(
            FindingKind::ColumnBalance,
            &closing,
            published,
            axis,
            "published output differs from inputs plus the published value-added rows",
        ));
    }
    findings.into_iter().flatten().collect()
}

fn compare(
    kind: FindingKind,
    found: &[f64],
    expected: &[f64],
    axis: &crate::labels::Axis,
    what: &str,
) -> Option<Finding> {
    let total: f64 = expected.iter().map(|x| x.abs()).sum();
    let gap = |row: usize| (found[row] - expected[row]).abs();
    let off: Vec<usize> = (0..found.len())
        .filter(|&row| gap(row) > BALANCE_WARNING * expected[row].abs().max(total * f64::EPSILON))
        .collect();
    let worst = *off.iter().max_by(|&&a, &&b| gap(a).total_cmp(&gap(b)))?;
    let sum: f64 = off.iter().map(|&row| gap(row)).sum();
    let severity = if sum > BALANCE_VIOLATION * total { Severity::Violation } else { Severity::Warning };
    Some(Finding {
        kind,
        severity,
        count: off.len(),
        worst_at: axis.row_label(worst),
        worst_value: found[worst],
        expected: Some(expected[worst]),
        message: format!(
            "{} industries: {what}; in total {:.3}% of output",
            off.len(),
            100.0 * sum / total.max(f64::MIN_POSITIVE)
        ),
    })
}

fn no_exports(table: &IcioTable) -> Option<Finding> {
    let axis = table.axis();
    let categories = table.categories().len().max(1);
    let mut exports = vec![false; axis.n_economies()];
    let economy: Vec<usize> = (0..axis.n_rows()).map(|row| axis.economy_of(row)).collect();
    table.intermediate_use().for_each(|row, column, _| {
        exports[economy[row]] |= economy[row] != economy[column];
    });
    for (column, sales) in table.final_demand().column_iter().enumerate() {
        for (seller, value) in economy.iter().zip(sales.iter()) {
            exports[*seller] |= *value != 0.0 && *seller != column / categories;
        }
    }
    let found: Vec<&str> = (0..axis.n_economies())
        .filter(|&economy| !exports[economy])
        .map(|economy| axis.economies()[economy].as_str())
        .collect();
    let first = *found.first()?;
    Some(Finding {
        kind: FindingKind::NoExports,
        severity: Severity::Note,
        count: found.len(),
        worst_at: first.to_owned(),
        worst_value: 0.0,
        expected: None,
        message: format!(
            "{} economies export nothing: their shares are not defined ({})",
            found.len(),
            found.join(", ")
        ),
    })
}
