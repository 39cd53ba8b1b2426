//! Under which conventions, from which files and how exactly everything above was computed.

use super::Section;
use crate::frame::{Frame, ResultNotes};
use crate::page::dataset::{Dataset, frame, in_unit, texts};
use crate::page::gather::Gathered;
use crate::page::{Body, Cell, Figure, PageError, Shown, Table, number};
use crate::table::Provenance;

/// Parts of split economies and members of groups, which are one exporter each.
const UNITED: &str = "Economies united";

/// The last section before the definitions.
pub(super) struct Conventions;

impl Section for Conventions {
    fn id(&self) -> &'static str {
        "conventions"
    }

    fn title(&self) -> &'static str {
        "How was this computed, and how exactly?"
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let notes = &found.notes;
        let data = Dataset::new("conventions", items(found), in_unit(notes, ""), "");
        let violated = match notes.violations.len() {
            0 => String::new(),
            count => format!(", {} of them of accounts that do not hold", count),
        };
        let gap = notes.worst_identity.as_ref().map_or_else(
            || "no identity could be checked".to_owned(),
            |gap| {
                format!(
                    "the worst gap of an identity whose members are computed apart is {} ({}, {})",
                    number::tiny(gap.relative_gap),
                    gap.identity,
                    gap.at
                )
            },
        );
        let caption = "Conventions, sources and exactness";
        Ok(vec![Figure {
            id: "fig-conventions".into(),
            heading: caption.into(),
            says: format!(
                "The exports, contents and positions above come from {}{}; {gap}. The accounting checks made {}{violated}{}.",
                number::count(notes.sources.len(), "table", "tables"),
                beside(found),
                number::count(notes.violations.len() + notes.findings.len(), "finding", "findings"),
                if found.moves() { "; those of the last year are shown, all of them are in the CSV" } else { "" }
            ),
            reads: "A gap or a residual of some 1e\u{2212}12 is rounding of the machine. A larger gap in gexp = dva + fva is exports of industries \
                    whose output is nil in the table as published (what they sell is cancelled by negative inventories), which hold \
                    nobody's value added. Findings are what the accounting checks saw \
                    in the tables as published; nothing was repaired silently."
                .into(),
            unit: "as stated".into(),
            source: found.source(),
            methods: Vec::new(),
            terms: Vec::new(),
            body: vec![Body::Table(Table {
                caption: caption.into(),
                columns: vec![Shown::new("What", Cell::Text("item")), Shown::new("How", Cell::Text("says"))],
                rows: shown(found, &data),
                data: data.clone(),
            })],
            data: vec![data],
        }])
    }
}

/// Sections that rest on more than the tables, in words: each names its own source.
fn beside(found: &Gathered) -> String {
    let with_accounts = !found.economies_shown.is_empty();
    let all = [
        (found.claims.is_some(), "the claims"),
        (found.phone.is_some(), "the product"),
        (with_accounts && found.data("jobs").is_some(), "the jobs"),
        (with_accounts && found.panel.is_some(), "upgrading"),
    ];
    let named: Vec<&str> = all.into_iter().filter(|(there, _)| *there).map(|(_, name)| name).collect();
    match named.as_slice() {
        [] => String::new(),
        [only] => format!("; {only} may rest on further data, named under the figure"),
        [first @ .., last] => {
            format!("; {} and {last} may rest on further data, named under each figure", first.join(", "))
        }
    }
}

/// Rows of the table: everything but what was found in years before the last, which stands in the CSV.
fn shown(found: &Gathered, data: &Dataset) -> Vec<usize> {
    let last = found.years.last().map(|year| format!("{year}: "));
    data.rows()
        .filter(|&row| {
            !matches!(data.text("item", row).as_ref(), "Finding" | "Violation")
                || last.as_ref().is_none_or(|last| data.text("says", row).starts_with(last.as_str()))
        })
        .collect()
}

/// Tables that come from one file, together: their names and the file.
fn files(notes: &ResultNotes) -> Vec<(String, &Provenance)> {
    let mut files: Vec<(Vec<&str>, &Provenance)> = Vec::new();
    for source in &notes.sources {
        match files.iter_mut().find(|(_, known)| known.sha256 == source.sha256) {
            Some((names, _)) => names.push(&source.source),
            None => files.push((vec![&source.source], source)),
        }
    }
    files
        .into_iter()
        .map(|(names, source)| match names.as_slice() {
            [first, .., last] => (format!("{first} to {last} ({} tables)", names.len()), source),
            _ => (names.join(", "), source),
        })
        .collect()
}

fn items(found: &Gathered) -> Frame {
    let notes: &ResultNotes = &found.notes;
    let mut all: Vec<(&str, String)> = vec![
        ("Engine", notes.engine.clone()),
        ("Unit", notes.unit.clone()),
        ("Conventions", notes.conventions.clone()),
        ("Solver", notes.solver.clone()),
        ("Worst residual of a solve", number::tiny(notes.worst_residual)),
    ];
    if let Some(gap) = &notes.worst_identity {
        all.push((
            "Worst identity gap",
            format!("{} of {} at {}", number::tiny(gap.relative_gap), gap.identity, gap.at),
        ));
    }
    let united: Vec<&String> =
        notes.remarks.iter().filter(|remark| remark.contains("solved apart")).collect();
    all.push((UNITED, if united.is_empty() { "none in these tables".into() } else { String::new() }));
    all.extend(united.into_iter().map(|remark| (UNITED, remark.clone())));
    for (names, source) in files(notes) {
        all.push(("Table", format!("{names}, read by {}, SHA-256 {}", source.importer, source.sha256)));
    }
    if let Some(last) = notes.sources.last() {
        for repair in last.all_repairs() {
            all.push((
                "Change by the importer",
                format!("{}: {} ({})", repair.name, repair.detail, repair.count),
            ));
        }
    }
    let others = notes.remarks.iter().filter(|remark| !remark.contains("solved apart"));
    all.extend(others.map(|remark| ("Remark", remark.clone())));
    all.extend(notes.violations.iter().map(|violation| ("Violation", violation.clone())));
    all.extend(notes.findings.iter().map(|finding| ("Finding", finding.clone())));
    if let Some(claims) = &found.claims {
        let more = claims.notes.remarks.iter().filter(|remark| !notes.remarks.contains(remark));
        all.extend(more.map(|remark| ("Claims", remark.clone())));
    }
    all.retain(|(_, says)| !says.is_empty());
    frame([
        texts("item", all.iter().map(|(item, _)| (*item).to_owned())),
        texts("says", all.iter().map(|(_, says)| says.clone())),
    ])
}
