//! Parts of wholes: one bar a row of the result, one part a column.

use super::waterfall::{WHOLES, adds_up};
use super::{ChartKind, Request, Told, chosen, common, in_one_unit, with_unit};
use crate::chart::{Bars, ChartError, Drawing, Sheet, wording};

/// Stacked bars.
#[derive(Debug)]
pub(super) struct BarsKind;

/// Columns that add up to a whole, finest first.
const PARTS: &[&[&str]] = &[
    &["pf", "ts", "pb"],
    &["vax", "ref", "ddc", "fva", "fdc"],
    &["dva", "ddc", "fva", "fdc"],
    &["dva", "fva"],
    &["dc", "fc"],
    &["value"],
];

impl ChartKind for BarsKind {
    fn id(&self) -> &'static str {
        "bars"
    }

    fn summary(&self) -> &'static str {
        "one bar a row (economy, sector or year), its parts stacked; --percent-of COLUMN tells shares"
    }

    fn columns(&self) -> &'static str {
        "columns of numbers that are parts of a whole, and labels or years that tell the rows apart"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &["vadex tiva builtin:wiod13 --year 2011 -o tiva.csv"]
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0].widened();
        let columns = chosen(self, sheet, request, PARTS)?;
        let told = Told::of(sheet, request);
        in_one_unit(self, sheet, &told, &columns)?;
        let mut keys = sheet.varying();
        if sheet.has("year") && sheet.values("year").len() > 1 {
            keys.push("year");
        }
        let about = common(sheet, &keys);
        let names: Vec<String> = (0..sheet.n_rows())
            .map(|row| {
                // A total stands beside its parts without a label of its own.
                let part = |key: &&str| match sheet.text(key, row) {
                    text if text.is_empty() => format!("every {key}"),
                    text => text,
                };
                let parts: Vec<String> = keys.iter().map(part).collect();
                if parts.is_empty() { about.clone() } else { parts.join(", ") }
            })
            .collect();
        // A few names of one row are repeated when the file holds several things at once.
        let mut sorted = names.clone();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ChartError::Repeated {
                chart: self.id(),
                file: sheet.name.clone(),
                what: pair[0].clone(),
            });
        }
        let series: Vec<(String, Vec<f64>)> = columns
            .iter()
            .map(|column| {
                (
                    told.name(column),
                    (0..sheet.n_rows()).map(|row| told.value(column, row)).collect::<Vec<f64>>(),
                )
            })
            .collect();
        let unit = told.unit(&columns[0]);
        let y = if columns.len() == 1 {
            told.below_title(&columns[0])
        } else {
            with_unit("Parts and their sum", &unit)
        };
        let whole = WHOLES.into_iter().find(|whole| {
            sheet.has(whole) && (0..sheet.n_rows()).all(|row| adds_up(sheet, &columns, whole, row))
        });
        let what = match (columns.as_slice(), whole) {
            ([only], _) => told.short(only),
            (_, Some(whole)) => format!("{} by part", told.short(whole)),
            (several, None) => super::capital(&several.join(", ").replace('_', " ")),
        };
        let title = if about.is_empty() { what } else { format!("{what}, {about}") };
        let mut words = told.words(title, unit, y);
        words.description = describe(&names, &series);
        let parts = |row: usize| series.iter().filter(|(_, values)| !values[row].is_nan()).count();
        if (0..names.len()).any(|row| (1..series.len()).contains(&parts(row))) {
            words.note =
                "Where a part is not known, neither is the sum; the parts that are known are drawn.".into();
        }
        Bars { words, categories: names, series }.draw_at(request.width)
    }
}

/// How many bars, and which is the largest.
fn describe(names: &[String], series: &[(String, Vec<f64>)]) -> String {
    let sums: Vec<f64> =
        (0..names.len()).map(|row| series.iter().map(|(_, values)| values[row]).sum()).collect();
    let largest =
        (0..sums.len()).filter(|&row| !sums[row].is_nan()).max_by(|a, b| sums[*a].total_cmp(&sums[*b]));
    largest.map_or_else(String::new, |row| {
        format!(
            "{} bars of {} parts each. The longest is {} with {}.",
            names.len(),
            series.len(),
            names[row],
            wording::number(sums[row])
        )
    })
}
