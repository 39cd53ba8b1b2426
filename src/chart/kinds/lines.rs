//! A few series over years in one chart.

use super::series::{movement, units, value_words, years};
use super::{ChartKind, Request, Told, common, in_one_unit};
use crate::chart::{ChartError, Drawing, Lines, Sheet};

/// Lines over years.
#[derive(Debug)]
pub(super) struct LinesKind;

impl ChartKind for LinesKind {
    fn id(&self) -> &'static str {
        "lines"
    }

    fn summary(&self) -> &'static str {
        "a few lines over years in one chart, named at their ends: economies, or columns of one economy"
    }

    fn columns(&self) -> &'static str {
        "year, a column of numbers, and labels if there are several series (at most 8)"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &[
            "vadex tiva builtin:wiod13 --economy CHN,DEU,MEX,USA -o tiva.csv",
            "vadex indicators kpww builtin:wiod13 --economy CHN -o kpww.csv (then --value gvc_forward,gvc_backward)",
        ]
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0].widened();
        let (units, columns) = units(self, sheet, request)?;
        let told = Told::of(sheet, request);
        in_one_unit(self, sheet, &told, &columns)?;
        let about = common(sheet, &["year"]);
        let about = if about.is_empty() { String::new() } else { format!("{about}: ") };
        let name =
            if columns.len() == 1 { told.short(&columns[0]) } else { columns.join(", ").replace('_', " ") };
        let title = format!("{about}{}, {}", name, years(&units));
        let mut words = told.words(title, "Year".into(), value_words(&told, &columns));
        words.description = format!("{} lines over {}. {}", units.len(), years(&units), movement(&units));
        Lines { words, series: units.into_iter().map(|unit| (unit.name, unit.points)).collect() }
            .draw_at(request.width)
    }
}
