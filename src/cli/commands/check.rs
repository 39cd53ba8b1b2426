//! `vadex check`: does the table add up, and where does it not?

use std::io::IsTerminal;

use clap::Args;

use crate::cli::args::{Common, Input, OutputTo};
use crate::cli::commands::import::refuse_national_importer;
use crate::cli::commands::store;
use crate::cli::failure::Failure;
use crate::cli::output::Destination;
use crate::cli::{Outcome, output, progress};
use crate::frame::{Column, Frame, Measure, ResultNotes};
use crate::load::{known_files, national};
use crate::model::memory::{Rewrite, TableSize, Written};
use crate::report::{self, check_page};
use crate::table::{Audit, Finding, Provenance, Severity};

/// Audit the accounts of a table; exit 1 when a violation stands
#[derive(Debug, Args)]
#[command(
    after_help = "In a terminal (or with --format text) a page a table; otherwise one line a finding, then the \
    figures of the audit as lines of severity `fact`. More than three tables are told in short: -v shows all.\n\n\
    Severities: fact, note (usual in real tables), warning (may move results), violation (the accounts are broken). A row \
    or column is beyond tolerance when it is off by more than 0.1 + 2e-4 of its output, and by more than rounding its \
    cells can explain.\n\n\
    Example: vadex check builtin:wiod13 --year 2011 --format json"
)]
pub(crate) struct Check {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: OutputTo,
}

/// Most tables that are told in full.
const IN_FULL: usize = 3;

impl Check {
    pub(crate) fn run(&self, common: &Common) -> Result<Outcome, Failure> {
        // The page is text, not a frame: it goes to standard output and has no notes.
        let page = match self.output.format.as_deref() {
            Some("text") if self.output.output.is_some() => {
                return Err(Failure::request(
                    "--format text is for standard output",
                    format!(
                        "leave --output out; or leave --format out and name the file {}",
                        report::file_names("")
                    ),
                ));
            }
            Some("text" | "table") => true,
            Some(_) => false,
            None => self.output.output.is_none() && std::io::stdout().is_terminal(),
        };
        let destination = if page { None } else { Some(Destination::of(&self.output)?) };
        let mut notes = ResultNotes::of("check");
        let audits = if national::is_national(&self.input.input) {
            self.national(common, &mut notes)?
        } else {
            self.world(common, &mut notes)?
        };
        match destination {
            Some(destination) => {
                destination.write([frame(&audits)], &notes, &common.silenced())?;
            }
            None => {
                let short = audits.len() > IN_FULL && !common.verbose;
                let pages: Vec<String> = audits.iter().map(|audit| check_page(audit, short)).collect();
                output::print(&pages.join("\n"))?;
            }
        }
        if !common.quiet {
            let count = |severity| {
                audits.iter().flat_map(|audit| &audit.findings).filter(|f| f.severity == severity).count()
            };
            output::say(&format!(
                "{} checked: {}, {}, {}",
                counted(audits.len(), "table"),
                counted(count(Severity::Violation), "violation"),
                counted(count(Severity::Warning), "warning"),
                counted(count(Severity::Note), "note")
            ));
        }
        let limit = if common.strict { Severity::Warning } else { Severity::Violation };
        let worst = audits.iter().filter_map(Audit::worst).max();
        Ok(if worst.is_some_and(|worst| worst >= limit) { Outcome::Violation } else { Outcome::Done })
    }

    fn world(&self, common: &Common, notes: &mut ResultNotes) -> Result<Vec<Audit>, Failure> {
        refuse_national_importer(&self.input)?;
        let tables = self.input.tables()?;
        let bar = progress::bar(tables.len(), "check", common);
        let mut audits = Vec::with_capacity(tables.len());
        for reference in &tables {
            let table = reference.open(&common.reading(self.input.read_options()))?;
            let audited = Rewrite::unchanged(TableSize::of(&table));
            let say = |text: &str| bar.suspend(|| output::say(text));
            store::admit("check", &audited, Written::Nowhere, 0, common, say)?;
            let mut audit = Audit::of(&table);
            audit.source = reference.name();
            if let Some(finding) = reference.md5()?.as_deref().and_then(known_files::finding) {
                audit.add(finding);
            }
            note_source(notes, table.unit(), table.provenance());
            audits.push(audit);
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(audits)
    }

    fn national(&self, common: &Common, notes: &mut ResultNotes) -> Result<Vec<Audit>, Failure> {
        let years = store::read_national(&self.input, common)?;
        let bar = progress::bar(years.len(), "check", common);
        let mut audits = Vec::new();
        for year in &years {
            for table in &year.tables {
                audits.push(Audit::of_national(table));
            }
            if let Some(first) = year.tables.first() {
                note_source(notes, first.unit(), first.provenance());
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(audits)
    }
}

/// `1 warning`, `2 warnings`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn note_source(notes: &mut ResultNotes, unit: &str, provenance: &Provenance) {
    unit.clone_into(&mut notes.unit);
    notes.sources.push(provenance.clone());
}

/// One line a finding and a figure, of all tables.
fn frame(audits: &[Audit]) -> Frame {
    let lines: Vec<(&Audit, Finding)> =
        audits.iter().flat_map(|audit| audit.lines().into_iter().map(move |line| (audit, line))).collect();
    let text = |value: &dyn Fn(&Finding) -> String| {
        Column::Text(lines.iter().map(|(_, finding)| Some(value(finding))).collect())
    };
    let number = |value: &dyn Fn(&Finding) -> f64| {
        Column::Number(lines.iter().map(|(_, finding)| value(finding)).collect())
    };
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let mut frame = Frame::new().with(
        "year",
        Measure::Key,
        Column::Integer(lines.iter().map(|(audit, _)| audit.year.map(i64::from)).collect()),
    );
    if audits.iter().any(|audit| audit.economy.is_some()) {
        frame = frame.with(
            "economy",
            Measure::Key,
            Column::Text(lines.iter().map(|(audit, _)| audit.economy.clone()).collect()),
        );
    }
    frame
        .with("severity", Measure::Key, text(&|finding| word(serde_json::to_value(finding.severity))))
        .with("finding", Measure::Key, text(&|finding| word(serde_json::to_value(finding.kind))))
        .with(
            "count",
            Measure::Pure,
            Column::Integer(lines.iter().map(|(_, finding)| Some(finding.count as i64)).collect()),
        )
        .with("worst_at", Measure::Key, text(&|finding| finding.worst_at.clone()))
        .with("worst_value", Measure::Pure, number(&|finding| finding.worst_value))
        .with("expected", Measure::Pure, number(&|finding| finding.expected.unwrap_or(f64::NAN)))
        .with("message", Measure::Key, text(&|finding| finding.message.clone()))
        .with(
            "source",
            Measure::Key,
            Column::Text(lines.iter().map(|(audit, _)| Some(audit.source.clone())).collect()),
        )
}
