//! The audit of a table as a page of at most 80 columns.

use crate::table::{Audit, Balance, Finding, FindingKind, Severity};

const WIDTH: usize = 80;
/// Column where the text of a line begins, behind its name.
const INDENT: usize = 15;
/// Most economies named in one line.
const SHOWN: usize = 6;

/// The page of one audit. In short: the size, then warnings and violations only.
pub fn check_page(audit: &Audit, short: bool) -> String {
    let mut page = Page(String::new());
    let economy = audit.economy.as_ref().map_or_else(String::new, |economy| format!(", {economy}"));
    let year = audit.year.map_or_else(String::new, |year| format!(", {year}"));
    page.0.push_str(&format!("{}{economy}{year}\n", audit.source));
    if short {
        page.line(
            "size",
            &format!(
                "{} economies x {} sectors, radius of A {:.4}",
                audit.economies, audit.sectors, audit.spectral.radius
            ),
        );
        let shown = audit.findings.iter().filter(|finding| finding.severity >= Severity::Warning);
        shown.for_each(|finding| page.finding(finding));
        return page.0;
    }
    page.line(
        "size",
        &format!(
            "{} economies x {} sectors = {} industry rows, {} final-demand columns",
            audit.economies, audit.sectors, audit.rows, audit.final_columns
        ),
    );
    page.line("unit", &audit.unit);
    let below = if audit.rows_below.is_empty() { "none".to_owned() } else { audit.rows_below.join(", ") };
    page.line("rows below", &below);
    page.line("output", if audit.published_output { "published" } else { "not published: row sums" });
    let figures = match audit.step {
        Some(step) => format!("rounded to {step}"),
        None => "of full precision".into(),
    };
    page.line("figures", &figures);
    page.line(
        "radius of A",
        &format!(
            "{:.6} ({}, {} steps of the power method)",
            audit.spectral.radius,
            if audit.spectral.settled { "settled" } else { "not settled" },
            audit.spectral.steps
        ),
    );
    blocks(&mut page, audit);
    audit.balances.iter().for_each(|balance| page.balance(balance));
    value_added(&mut page, audit);
    rounding(&mut page, audit);
    page.0.push_str("\n  findings\n");
    if audit.findings.is_empty() {
        page.0.push_str("  none: nothing unusual was found\n");
    }
    audit.findings.iter().for_each(|finding| page.finding(finding));
    page.0
}

fn blocks(page: &mut Page, audit: &Audit) {
    page.0.push_str(&format!(
        "\n  {:<12}{:>10}{:>10}{:>12}{:>18}{:>16}\n",
        "cells", "all", "zero", "negative", "sum of negative", "most negative"
    ));
    for block in &audit.blocks {
        let worst = block.most_negative.as_ref().map_or_else(String::new, |(_, value)| figure(*value));
        let sum = if block.negative == 0 { String::new() } else { figure(block.negative_sum) };
        let line = format!(
            "  {:<12}{:>10}{:>9.1}%{:>12}{sum:>18}{worst:>16}",
            block.block,
            block.cells,
            100.0 * block.zero as f64 / block.cells.max(1) as f64,
            block.negative,
        );
        page.0.push_str(line.trim_end());
        page.0.push('\n');
    }
    for block in &audit.blocks {
        if let Some((label, value)) = &block.most_negative {
            page.wrapped("    ", 4, &format!("{}: {} at {label}", block.block, figure(*value)));
        }
    }
}

fn value_added(page: &mut Page, audit: &Audit) {
    page.0.push_str("\n  value-added shares outside [0, 1]\n");
    for shares in &audit.value_added {
        let mut text = format!(
            "{}: {} below 0, {} above 1, of {} industries with output",
            shares.convention, shares.below, shares.above, shares.industries
        );
        if !shares.worst.is_empty() {
            let worst: Vec<String> =
                shares.worst.iter().map(|(label, share)| format!("{label} {share:.3}")).collect();
            text.push_str(&format!("; worst: {}", worst.join(", ")));
        }
        page.wrapped("  ", 4, &text);
    }
}

fn rounding(page: &mut Page, audit: &Audit) {
    if audit.step.is_none() {
        return;
    }
    let mut shares: Vec<(&str, f64)> = audit
        .exports
        .iter()
        .filter(|exports| exports.cells > 0)
        .map(|exports| (exports.economy.as_str(), exports.in_small_cells / exports.exports.abs()))
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let worst: Vec<String> = shares
        .iter()
        .take(SHOWN)
        .map(|(economy, share)| format!("{economy} {:.1}%", 100.0 * share))
        .collect();
    page.0.push_str("\n  exports in cells that rounding moves by 5% or more\n");
    page.wrapped("  ", 4, &format!("most: {}", worst.join(", ")));
}

struct Page(String);

impl Page {
    fn line(&mut self, name: &str, text: &str) {
        let width = INDENT - 2;
        self.wrapped(&format!("  {name:<width$}"), INDENT, text);
    }

    /// Words behind a lead, broken before the last column; the lines after the first are indented.
    fn wrapped(&mut self, lead: &str, indent: usize, text: &str) {
        let mut line = lead.to_owned();
        let mut empty = true;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.0.push_str(line.trim_end());
                self.0.push('\n');
                line = " ".repeat(indent);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn balance(&mut self, balance: &Balance) {
        let name = if balance.kind == FindingKind::RowBalance { "rows" } else { "columns" };
        self.0.push('\n');
        self.wrapped("  ", 4, &format!("{name}: {}", balance.compared));
        self.wrapped(
            "    ",
            4,
            &format!(
                "{} of {} within 0.1 + 2e-4 of output, {} explained by rounding, {} beyond",
                balance.within, balance.industries, balance.rounding, balance.beyond
            ),
        );
        if balance.worst.is_empty() {
            return;
        }
        self.0.push_str("    worst                             is     should be           off    share\n");
        for gap in &balance.worst {
            let off = gap.found - gap.expected;
            let share = match gap.expected {
                0.0 => "-".to_owned(),
                expected => format!("{:.2}%", 100.0 * off / expected.abs()),
            };
            self.0.push_str(&format!(
                "  {} {:<20} {:>13} {:>13} {:>13} {share:>8}\n",
                if gap.beyond { "!" } else { " " },
                gap.label,
                figure(gap.found),
                figure(gap.expected),
                figure(off),
            ));
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let severity = match finding.severity {
            Severity::Violation => "VIOLATION",
            Severity::Warning => "warning",
            Severity::Note => "note",
            Severity::Fact => "fact",
        };
        self.line(severity, &finding.message);
        // The message of these says it all.
        let complete = [
            FindingKind::Repair,
            FindingKind::NoExports,
            FindingKind::SpectralRadius,
            FindingKind::KnownFile,
            FindingKind::ZeroOutput,
        ];
        if complete.contains(&finding.kind) {
            return;
        }
        let expected = match finding.expected {
            Some(expected) if expected != 0.0 => format!(", expected {}", figure(expected)),
            _ => String::new(),
        };
        self.line("", &format!("worst: {} {}{expected}", finding.worst_at, figure(finding.worst_value)));
    }
}

/// A number as a person reads it, in at most 13 characters.
fn figure(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if !(1e-3..1e10).contains(&size) => format!("{value:.3e}"),
        size if size >= 1000.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
