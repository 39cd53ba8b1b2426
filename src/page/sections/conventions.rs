//! Under which conventions, from which files and how exactly everything above was computed.

use super::Section;
use crate::frame::{Frame, ResultNotes};
use crate::page::dataset::{Dataset, frame, texts};
use crate::page::gather::Gathered;
use crate::page::{Body, Cell, Figure, PageError, Shown, Table, number};

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
        let data = Dataset::new("conventions", items(found), notes.clone(), "");
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
            says: format!("Every number above comes from {}; {gap}.", number::count(notes.sources.len(), "table", "tables")),
            reads: "A gap or a residual of some 1e\u{2212}12 is rounding of the machine. Findings are what the accounting checks saw \
                    in the tables as published; nothing was repaired silently."
                .into(),
            unit: "as stated".into(),
            source: found.source(),
            methods: Vec::new(),
            terms: Vec::new(),
            body: vec![Body::Table(Table {
                caption: caption.into(),
                columns: vec![Shown::new("What", Cell::Text("item")), Shown::new("How", Cell::Text("says"))],
                rows: data.rows().collect(),
                data: data.clone(),
            })],
            data: vec![data],
        }])
    }
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
    all.push((
        "Split economies",
        if united.is_empty() { "none in these tables".into() } else { String::new() },
    ));
    all.extend(united.into_iter().map(|remark| ("Split economies", remark.clone())));
    for source in &notes.sources {
        all.push((
            "Table",
            format!("{}, read by {}, SHA-256 {}", source.source, source.importer, source.sha256),
        ));
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
    all.extend(notes.findings.iter().map(|finding| ("Finding", finding.clone())));
    if let Some(claims) = &found.claims {
        all.extend(claims.notes.remarks.iter().map(|remark| ("Claims", remark.clone())));
    }
    all.retain(|(_, says)| !says.is_empty());
    frame([
        texts("item", all.iter().map(|(item, _)| (*item).to_owned())),
        texts("says", all.iter().map(|(_, says)| says.clone())),
    ])
}
