//! Jobs in an economy's exports, at home and abroad.

use std::sync::Arc;

use super::EconomyPart;
use super::series::{ends, in_year_of, lines, row_heading, rows_of};
use crate::analysis::TivaAnalysis;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Dataset, Figure, MethodNote, PageError, Shown, Table, names, number};

/// Jobs over the years.
pub(super) struct Jobs;

impl EconomyPart for Jobs {
    fn id(&self) -> &'static str {
        "jobs"
    }

    fn title(&self) -> &'static str {
        "How many jobs are in its exports?"
    }

    fn wants(&self) -> Vec<Wanted> {
        vec![Wanted::new("jobs", Span::All, TivaAnalysis::default(), "").tracing_jobs()]
    }

    fn data(&self, found: &Gathered) -> Result<Vec<Arc<Dataset>>, PageError> {
        Ok(found.data("jobs").cloned().into_iter().collect())
    }

    fn figures(
        &self,
        found: &Gathered,
        data: &[Arc<Dataset>],
        economy: &str,
    ) -> Result<Vec<Figure>, PageError> {
        let data = &data[0];
        // An economy without accounts has no jobs in the numbers: nothing is told of it.
        let rows: Vec<usize> =
            rows_of(data, economy).into_iter().filter(|&row| data.number("dva", row) > 0.0).collect();
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let name = names::said(economy);
        let jobs = |column: &str, row: usize| number::amount(data.number(column, row));
        let unit = data.notes.unit.clone();
        let year = |row: usize| data.text("year", row);
        let before = if first == last {
            String::new()
        } else {
            format!(" (in {}: {} and {})", year(first), jobs("dva", first), jobs("fva", first))
        };
        let heading = format!("Jobs in the exports of {name}");
        let mut body: Vec<Body> = lines(
            found,
            "fig-jobs",
            &format!("Jobs ({unit})"),
            &rows,
            &[
                (data, "dva", "At home"),
                (data, "fva", "Abroad"),
                (data, "vax", "At home, for final use abroad"),
            ],
            1.0,
        )?
        .into_iter()
        .collect();
        body.push(Body::Table(Table {
            caption: heading.clone(),
            columns: vec![
                row_heading(found),
                Shown::new("At home", Cell::Amount("dva")),
                Shown::new("Abroad", Cell::Amount("fva")),
                Shown::new("At home, for final use abroad", Cell::Amount("vax")),
            ],
            rows: ends(&rows),
            data: Arc::clone(data),
        }));
        let missing: Vec<String> =
            data.notes.remarks.iter().filter(|remark| remark.contains("no figures for")).cloned().collect();
        let caution = if missing.is_empty() {
            String::new()
        } else {
            " Economies without accounts count as zero (the notes of the CSV name them), so jobs abroad are too few.".to_owned()
        };
        let method = MethodNote {
            id: "jobs".into(),
            words: "The same as `tiva`, with jobs by industry in place of value added; `gexp` in the CSV are all jobs embodied in \
                    exports, at home and abroad."
                .into(),
            cautions: vec!["jobs of an industry are spread evenly over its output, exported or not".into()],
            ..MethodNote::tiva()
        };
        Ok(vec![Figure {
            id: "fig-jobs".into(),
            heading,
            says: format!(
                "The exports of {name}{} contain {} {unit} at home and {} abroad{before}.",
                in_year_of(data, last),
                jobs("dva", last),
                jobs("fva", last)
            ),
            reads: format!(
                "Persons engaged who made, through all suppliers, what was exported. Abroad means jobs elsewhere in inputs that \
                 were imported.{caution}"
            ),
            unit,
            source: found.source(),
            methods: vec![method],
            terms: vec!["dva", "fva", "vax"],
            body,
            data: vec![Arc::clone(data)],
        }])
    }
}
