//! `vadex check`: does the table add up, and where does it not?

use clap::Args;

use crate::cli::args::{Common, Input, OutputTo};
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::{Outcome, progress};
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::table::{self, Finding, Severity};

/// Audit the accounts of a table; exit 1 when a violation stands
#[derive(Debug, Args)]
#[command(
    after_help = "Severities: note (usual in real tables), warning (may move results), violation (the accounts \
    are broken).\n\nExample: vadex check ../shared/tables/wiod2013_int --format json"
)]
pub(crate) struct Check {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: OutputTo,
}

impl Check {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        let destination = Destination::of(&self.output)?;
        let tables = self.input.tables()?;
        let bar = progress::bar(tables.len(), "check", common);
        let mut notes = ResultNotes::of("check");
        let mut found: Vec<(Option<i32>, String, Finding)> = Vec::new();
        for reference in &tables {
            let table = reference.open(&self.input.read_options())?;
            notes.unit = table.unit().to_owned();
            notes.sources.push(table.provenance().clone());
            found.extend(
                table::check(&table).into_iter().map(|finding| (table.year(), reference.name(), finding)),
            );
            bar.inc(1);
        }
        bar.finish_and_clear();
        let worst = found.iter().map(|(_, _, finding)| finding.severity).max();
        destination.write([frame(&found)], &notes, &common.silenced())?;
        if !common.quiet {
            let count = |severity| found.iter().filter(|(_, _, f)| f.severity == severity).count();
            eprintln!(
                "{} checked: {} violations, {} warnings, {} notes",
                if tables.len() == 1 { "1 table".to_owned() } else { format!("{} tables", tables.len()) },
                count(Severity::Violation),
                count(Severity::Warning),
                count(Severity::Note)
            );
        }
        let limit = if common.strict { Severity::Warning } else { Severity::Violation };
        Ok(if worst.is_some_and(|worst| worst >= limit) { Outcome::Violation } else { Outcome::Done })
    }
}

fn frame(found: &[(Option<i32>, String, Finding)]) -> Frame {
    let text = |value: &dyn Fn(&Finding) -> String| {
        Column::Text(found.iter().map(|(_, _, finding)| Some(value(finding))).collect())
    };
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    Frame::new()
        .with(
            "year",
            Measure::Key,
            Column::Integer(found.iter().map(|(year, _, _)| year.map(i64::from)).collect()),
        )
        .with("severity", Measure::Key, text(&|finding| word(serde_json::to_value(finding.severity))))
        .with("finding", Measure::Key, text(&|finding| word(serde_json::to_value(finding.kind))))
        .with(
            "count",
            Measure::Pure,
            Column::Integer(found.iter().map(|(_, _, finding)| Some(finding.count as i64)).collect()),
        )
        .with("worst_at", Measure::Key, text(&|finding| finding.worst_at.clone()))
        .with(
            "worst_value",
            Measure::Pure,
            Column::Number(found.iter().map(|(_, _, finding)| finding.worst_value).collect()),
        )
        .with(
            "expected",
            Measure::Pure,
            Column::Number(found.iter().map(|(_, _, f)| f.expected.unwrap_or(f64::NAN)).collect()),
        )
        .with("message", Measure::Key, text(&|finding| finding.message.clone()))
        .with(
            "source",
            Measure::Key,
            Column::Text(found.iter().map(|(_, source, _)| Some(source.clone())).collect()),
        )
}
