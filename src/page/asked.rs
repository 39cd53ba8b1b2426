//! What was asked of a report beside its tables: the memory that it takes, and its options in words, for commands that give
//! the same numbers and for readers of what an option does not reach.

use super::PageError;
use super::gather::{Economies, Request, Span, Wanted};
use crate::analysis::{Admission, AnalysisError, Preparation};
use crate::claims::Series;
use crate::kernel::stored::Storage;
use crate::labels::Group;
use crate::level::Level;
use crate::model::memory::{self, Asked};
use crate::table::{Conventions, IcioTable};

/// Numbers that the page of an economy takes the room of: words and drawings, half a megabyte.
const PAGE: usize = 1 << 15;
/// Numbers a row and year that measures of upgrading keep, accounts among them.
const YEAR: usize = 8;

/// Refuses a report that will not fit into memory, tells what it takes where somebody wants to know, and gives the bytes.
///
/// Counted are the model of one of `tables` tables, what all analyses hold besides it, what reading left behind, the results of
/// all tables, and the pages of economies; where `claims` tables are tested, what the claims hold of them, when that is more.
pub(super) fn admit(
    request: &Request,
    table: &IcioTable,
    wanted: &[Wanted],
    tables: usize,
    claims: usize,
) -> Result<u64, PageError> {
    let Some(admission) = &request.preparation.admission else { return Ok(0) };
    let (rows, economies) = (table.axis().n_rows(), table.axis().n_economies());
    let mut asked = Asked::together(kept(request, wanted, tables), rows, economies);
    asked.flows += left_by_reading(table);
    let own = Admission { asked, tell: None, ..admission.clone() };
    let mut peak = request.preparation.admits(table, &own).map_err(|error| in_a_report(error, None))?;
    if claims > 0 {
        let work = Series::workload(table, claims, false, &request.preparation.model)?;
        let admitted = memory::admit(&format!("{} with claims", own.what), &work, own.limit);
        let refused = |error| in_a_report(AnalysisError::Memory(error), Some(("--claims none", peak)));
        peak = peak.max(admitted.map_err(refused)?.peak());
    }
    if let Some(tell) = admission.tell {
        tell(&memory::told(&own.what, rows, table.intermediate_use().storage(), peak, own.limit));
    }
    Ok(peak)
}

/// What reading leaves behind of dense cells, in pieces too small for the system to have them back, as flows of n rows.
fn left_by_reading(table: &IcioTable) -> usize {
    let economies = table.axis().n_economies().max(1);
    let columns = table.axis().n_rows() + table.final_demand().ncols();
    if table.intermediate_use().storage() == Storage::Double { columns.div_ceil(economies) } else { 0 }
}

/// What is asked of a table, and how many of its results are kept.
fn kept(request: &Request, wanted: &[Wanted], tables: usize) -> Vec<(Asked, usize)> {
    let times = |span: Span| if span == Span::All { tables } else { 1 };
    let mut all: Vec<(Asked, usize)> =
        wanted.iter().map(|one| (one.analysis.asked(), times(one.span))).collect();
    let numbers = |level, columns| Asked { level, pairs: false, columns, inverse: false, flows: 0 };
    if request.economies != Economies::None {
        all.push((numbers(Level::Sector, YEAR), tables));
    }
    if request.economies == Economies::All {
        all.push((numbers(Level::Country, PAGE), 1));
    }
    all
}

/// The ways out that a report has: it takes no --store and has no --level. `without` leaves out what does not fit, and takes
/// so many bytes.
pub(super) fn in_a_report(error: AnalysisError, without: Option<(&str, u64)>) -> AnalysisError {
    match error {
        AnalysisError::Memory(mut error) => {
            error.ways.retain(|(way, _)| way.contains("--solver"));
            error.ways.extend(without.map(|(option, bytes)| (format!("`{option}`"), bytes)));
            error.has_result = false;
            error.into()
        }
        other => other,
    }
}

/// Options with which a command models tables in the same way, each behind a space; nothing for the defaults.
pub(super) fn modelling(preparation: &Preparation) -> String {
    let mut options = conventions(preparation);
    options.extend(preparation.model.solver.as_ref().map(|solver| format!("--solver {solver}")));
    options.extend(preparation.keep_splits.then(|| "--split keep".to_owned()));
    options.extend(groups(preparation));
    options.iter().map(|option| format!(" {option}")).collect()
}

/// Conventions that are not the defaults, as options.
fn conventions(preparation: &Preparation) -> Vec<String> {
    let (chosen, usual) = (preparation.model.conventions, Conventions::default());
    let output = (chosen.output != usual.output).then(|| format!("--gross-output {}", chosen.output.name()));
    let value_added = (chosen.value_added != usual.value_added)
        .then(|| format!("--value-added {}", chosen.value_added.name()));
    output.into_iter().chain(value_added).collect()
}

/// `--group EU=DEU,FRA` of each group, in quotes where a name has a space.
fn groups(preparation: &Preparation) -> Vec<String> {
    let told = |group: &Group| {
        let text = format!("{}={}", group.name, group.members.join(","));
        if text.contains(char::is_whitespace) {
            format!("--group '{text}'")
        } else {
            format!("--group {text}")
        }
    };
    preparation.groups.iter().map(told).collect()
}

/// Options that do not reach the claims, and why: they have their own way with tables of many years.
pub(super) fn beyond_claims(preparation: &Preparation) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut remark = |of: &str, options: Vec<String>| {
        if !options.is_empty() {
            remarks.push(format!("claims {of}: {} does not reach them", options.join(" ")));
        }
    };
    remark(
        "take output as the sum of the row and value added as what inputs leave of it",
        conventions(preparation),
    );
    remark("test the economies of the tables one by one", groups(preparation));
    remark(
        "unite the parts of split economies",
        preparation.keep_splits.then(|| "--split keep".to_owned()).into_iter().collect(),
    );
    remarks
}

/// What does not reach a product that is traced through another table than the report's.
pub(super) fn beyond_product(preparation: &Preparation, table: &str) -> Option<String> {
    let mut options = conventions(preparation);
    options.extend(groups(preparation));
    (!options.is_empty()).then(|| {
        format!(
            "the product is traced through {table} as that comes: {} does not reach it",
            options.join(" ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelOptions;
    use crate::table::OutputConvention;

    #[test]
    fn options_are_told_as_they_are_typed_and_the_defaults_are_not() {
        assert_eq!(modelling(&Preparation::default()), "");
        assert!(beyond_claims(&Preparation::default()).is_empty());
        assert!(beyond_product(&Preparation::default(), "builtin:wiod13").is_none());
        let group = |name: &str| Group { name: name.into(), members: vec!["DEU".into(), "FRA".into()] };
        let preparation = Preparation {
            groups: vec![group("EU"), group("Euro area")],
            keep_splits: true,
            model: ModelOptions {
                conventions: Conventions { output: OutputConvention::Published, ..Conventions::default() },
                solver: Some("dense-lu".into()),
            },
            ..Preparation::default()
        };
        assert_eq!(
            modelling(&preparation),
            " --gross-output published --solver dense-lu --split keep --group EU=DEU,FRA --group 'Euro area=DEU,FRA'"
        );
        let remarks = beyond_claims(&preparation);
        assert_eq!(remarks.len(), 3);
        for words in ["--gross-output published does not", "--group EU=DEU,FRA", "--split keep does not"] {
            assert!(remarks.iter().any(|remark| remark.contains(words)), "{words}: {remarks:?}");
        }
        // The solver does reach them.
        assert!(!remarks.iter().any(|remark| remark.contains("--solver")), "{remarks:?}");
        let product = beyond_product(&preparation, "builtin:wiod13").unwrap();
        assert!(product.contains("--gross-output published --group EU=DEU,FRA --group 'Euro"), "{product}");
    }
}
