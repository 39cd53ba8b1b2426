//! The audit of a table: its size, its cells by block, how well rows and columns close, and every finding.

use super::balance::{self, Balance, Finding, FindingKind, Severity, WORST};
use super::ledger::{self, BlockCount, BlockKind, ExportCells, Ledger};
use super::{IcioTable, NationalTable};
use crate::kernel::spectral::SpectralRadius;

/// Value-added shares under one convention.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ValueAddedShares {
    /// What counts as value added.
    pub convention: &'static str,
    /// Industries with output.
    pub industries: usize,
    /// Shares below 0.
    pub below: usize,
    /// Shares above 1.
    pub above: usize,
    /// Label and share of the worst.
    pub worst: Vec<(String, f64)>,
}

/// What `vadex check` knows about one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Path or `builtin:` name.
    pub source: String,
    /// The economy, for a national table.
    pub economy: Option<String>,
    /// Year, when known.
    pub year: Option<i32>,
    /// Unit of every flow.
    pub unit: String,
    /// Economies.
    pub economies: usize,
    /// Sectors.
    pub sectors: usize,
    /// Industry rows.
    pub rows: usize,
    /// Final-demand columns.
    pub final_columns: usize,
    /// Rows below.
    pub rows_below: Vec<String>,
    /// Is gross output published?
    pub published_output: bool,
    /// What the flows are rounded to; nothing for full precision.
    pub step: Option<f64>,
    /// Cells by block.
    pub blocks: Vec<BlockCount>,
    /// How well rows and columns close.
    pub balances: Vec<Balance>,
    /// Value-added shares: residual, and published where there is such a row.
    pub value_added: Vec<ValueAddedShares>,
    /// Exports by economy.
    pub exports: Vec<ExportCells>,
    /// Spectral radius of A (of the domestic block, for a national table).
    pub spectral: SpectralRadius,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

impl Audit {
    /// Audits a table of the world.
    ///
    /// # Cost
    /// A few passes over the table, and one pass a step of the power method (some hundreds).
    pub fn of(table: &IcioTable) -> Self {
        let ledger = Ledger::of(table);
        let balances = balance::balances(&ledger);
        let findings = balance::findings(&ledger, &balances, table.provenance());
        let spectral = ledger::radius_of(table, &ledger.output);
        let axis = table.axis();
        Self {
            source: table.provenance().source.clone(),
            economy: None,
            year: table.year(),
            unit: table.unit().to_owned(),
            economies: axis.n_economies(),
            sectors: axis.n_sectors(),
            rows: axis.n_rows(),
            final_columns: table.final_demand().ncols(),
            ..Self::common(ledger, balances, findings, spectral)
        }
    }

    /// Audits a national table.
    pub fn of_national(table: &NationalTable) -> Self {
        let ledger = Ledger::of_national(table);
        let balances = balance::balances(&ledger);
        let findings = balance::findings(&ledger, &balances, table.provenance());
        let spectral = ledger::radius_of_national(table);
        Self {
            source: table.provenance().source.clone(),
            economy: Some(table.economy().to_owned()),
            year: Some(table.year()),
            unit: table.unit().to_owned(),
            economies: 1,
            sectors: table.sectors().len(),
            rows: table.sectors().len(),
            final_columns: table.categories().len(),
            ..Self::common(ledger, balances, findings, spectral)
        }
    }

    fn common(
        ledger: Ledger<'_>,
        balances: Vec<Balance>,
        mut findings: Vec<Finding>,
        spectral: SpectralRadius,
    ) -> Self {
        let signs = ledger.blocks.iter().filter(|(kind, _)| *kind == BlockKind::Intermediate);
        let negative: usize = signs.map(|(_, block)| block.negative).sum();
        findings.extend(radius_finding(spectral, negative));
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let residual: Vec<f64> = ledger
            .output
            .iter()
            .zip(&ledger.inputs)
            .map(|(&output, &inputs)| if output == 0.0 { 0.0 } else { (output - inputs) / output })
            .collect();
        let mut value_added = vec![shares("output minus intermediate inputs", &ledger, &residual)];
        if let Some(published) = balance::published_share(&ledger) {
            value_added.push(shares("as published", &ledger, &published));
        }
        Self {
            source: String::new(),
            economy: None,
            year: None,
            unit: String::new(),
            economies: 0,
            sectors: 0,
            rows: 0,
            final_columns: 0,
            rows_below: ledger.primary.iter().map(|row| row.name.clone()).collect(),
            published_output: ledger.published.is_some(),
            step: ledger.step,
            value_added,
            blocks: ledger.blocks.into_iter().map(|(_, block)| block).collect(),
            balances,
            exports: ledger.exports,
            spectral,
            findings,
        }
    }

    /// Adds a finding that comes from outside the table (a checksum), in its place.
    pub fn add(&mut self, finding: Finding) {
        let at = self.findings.partition_point(|known| known.severity >= finding.severity);
        self.findings.insert(at, finding);
    }

    /// The worst severity of the findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// Findings first, then every figure of the audit as a [`Severity::Fact`]: the form for machines.
    pub fn lines(&self) -> Vec<Finding> {
        let mut lines = self.findings.clone();
        let mut fact = |kind, count, worst_at: &str, worst_value, expected, message| {
            lines.push(Finding {
                kind,
                severity: Severity::Fact,
                count,
                worst_at: worst_at.to_owned(),
                worst_value,
                expected,
                message,
            });
        };
        fact(
            FindingKind::Size,
            self.rows,
            self.economy.as_deref().unwrap_or("table"),
            self.rows as f64,
            None,
            format!(
                "{} economies, {} sectors, {} industry rows, {} final-demand columns, {} rows below",
                self.economies,
                self.sectors,
                self.rows,
                self.final_columns,
                self.rows_below.len()
            ),
        );
        for block in &self.blocks {
            fact(
                FindingKind::ZeroCells,
                block.zero,
                block.block,
                block.zero as f64 / block.cells.max(1) as f64,
                None,
                format!("{}: {} of {} cells are zero", block.block, block.zero, block.cells),
            );
            let (at, value) = block.most_negative.clone().unwrap_or_else(|| (block.block.to_owned(), 0.0));
            fact(
                FindingKind::NegativeCells,
                block.negative,
                &at,
                value,
                None,
                format!(
                    "{}: {} of {} cells are negative, {} in sum",
                    block.block, block.negative, block.cells, block.negative_sum
                ),
            );
        }
        for balance in &self.balances {
            for gap in &balance.worst {
                let size = gap.found - gap.expected;
                fact(
                    balance.kind,
                    1,
                    &gap.label,
                    gap.found,
                    Some(gap.expected),
                    format!("{}: off by {}", balance.compared, balance::brief(size)),
                );
            }
        }
        for shares in &self.value_added {
            for (label, share) in &shares.worst {
                fact(
                    FindingKind::ValueAddedShare,
                    1,
                    label,
                    *share,
                    None,
                    format!("value added {} is {share:.4} of output", shares.convention),
                );
            }
        }
        if self.step.is_some() {
            for exports in self.exports.iter().filter(|exports| exports.cells > 0) {
                let share = exports.in_small_cells / exports.exports.abs();
                fact(
                    FindingKind::RoundedExports,
                    exports.cells,
                    &exports.economy,
                    share,
                    None,
                    format!(
                        "{:.1}% of exports are in cells that rounding moves by 5% or more",
                        100.0 * share
                    ),
                );
            }
        }
        fact(
            FindingKind::SpectralRadius,
            self.spectral.steps,
            "A",
            self.spectral.radius,
            None,
            format!(
                "spectral radius of the input coefficients, power method, last change {:.1e}",
                self.spectral.last_change
            ),
        );
        lines
    }
}

/// Shares outside [0, 1].
fn shares(convention: &'static str, ledger: &Ledger<'_>, share: &[f64]) -> ValueAddedShares {
    let outside = |value: f64| (-value).max(value - 1.0);
    let mut worst: Vec<usize> = (0..share.len()).filter(|&row| outside(share[row]) > 0.0).collect();
    worst.sort_by(|&a, &b| outside(share[b]).total_cmp(&outside(share[a])));
    ValueAddedShares {
        convention,
        industries: ledger.expected_output().iter().filter(|output| **output != 0.0).count(),
        below: share.iter().filter(|value| **value < 0.0).count(),
        above: share.iter().filter(|value| **value > 1.0).count(),
        worst: worst.into_iter().take(WORST).map(|row| (ledger.labels[row].clone(), share[row])).collect(),
    }
}

/// Without negative cells a radius of one or more means that the Leontief inverse is not non-negative.
fn radius_finding(spectral: SpectralRadius, negative: usize) -> Option<Finding> {
    let (severity, message) = if !spectral.settled {
        (
            Severity::Warning,
            format!(
                "the spectral radius of A did not settle in {} steps (last estimate {:.6}, last change {:.1e}{})",
                spectral.steps,
                spectral.radius,
                spectral.last_change,
                if spectral.at_most.is_nan() {
                    String::new()
                } else {
                    format!(", at most {:.6}", spectral.at_most)
                }
            ),
        )
    } else if spectral.radius >= 1.0 {
        let severity = if negative == 0 { Severity::Violation } else { Severity::Warning };
        (
            severity,
            format!(
                "the spectral radius of A is {:.6}, not below 1: the series I + A + A² + … does not converge, some group \
                 of industries uses more of its own output than it makes",
                spectral.radius
            ),
        )
    } else {
        return None;
    };
    Some(Finding {
        kind: FindingKind::SpectralRadius,
        severity,
        count: 1,
        worst_at: "A".into(),
        worst_value: spectral.radius,
        expected: Some(1.0),
        message,
    })
}
