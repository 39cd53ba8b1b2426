//! A value by two keys: whose value added is in whose exports.

use super::{ChartKind, Request, Told, chosen, common, missing, one_of_the_rest};
use crate::chart::sheet::some_of;
use crate::chart::{ChartError, Drawing, Heatmap, Sheet};

/// A matrix of shades.
#[derive(Debug)]
pub(super) struct HeatmapKind;

/// Pairs of keys (rows, columns), best first.
const PAIRS: [(&str, &str); 9] = [
    ("origin", "exporter"),
    ("exporter", "absorber"),
    ("exporter", "third"),
    ("exporter", "importer"),
    ("partner", "economy"),
    ("origin_sector", "exporter"),
    ("economy", "sector"),
    ("exporter", "sector"),
    ("economy", "year"),
];

/// Columns that are taken when none is asked for.
const VALUES: &[&[&str]] =
    &[&["gexp"], &["content"], &["va"], &["share"], &["dva_share"], &["upstreamness"], &["value"]];

impl ChartKind for HeatmapKind {
    fn id(&self) -> &'static str {
        "heatmap"
    }

    fn summary(&self) -> &'static str {
        "a value by two keys as shades: origin by exporter, exporter by importer, economy by sector or year; --percent-of COLUMN \
         is of the sum over rows"
    }

    fn columns(&self) -> &'static str {
        "two of origin, exporter, importer, absorber, third, economy, partner, sector, year; a column of numbers; one year"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &["vadex decompose builtin:wiod13 --method bm-source --by origin --year 2011 -o origin.csv"]
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0].widened();
        let varies = |column: &str| sheet.has(column) && sheet.values(column).len() > 1;
        let pair = PAIRS
            .into_iter()
            .find(|(row, column)| varies(row) && varies(column))
            .or_else(|| PAIRS.into_iter().find(|(row, column)| sheet.has(row) && sheet.has(column)));
        let Some((across, down)) = pair.map(|(row, column)| (column, row)) else {
            return Err(missing(self, sheet, &["origin and exporter (or two other keys)"]));
        };
        one_of_the_rest(self, sheet, &[across, down])?;
        let columns = chosen(self, sheet, request, VALUES)?;
        let [column] = columns.as_slice() else {
            return Err(ChartError::TooMany {
                chart: self.id(),
                what: "columns of values",
                found: columns.len(),
                limit: 1,
            });
        };
        let (rows, mut heads) = (sheet.values(down), sheet.values(across));
        // Without its diagonal the first row begins with the second name: the order of the rows is that of the columns too.
        let place = |name: &String| rows.iter().position(|row| row == name);
        if heads.iter().all(|head| place(head).is_some()) {
            heads.sort_by_key(place);
        }
        let told = Told::of(sheet, request);
        let mut values = vec![vec![f64::NAN; heads.len()]; rows.len()];
        let mut wholes = vec![0.0; heads.len()];
        let mut seen = vec![vec![false; heads.len()]; rows.len()];
        let place = |names: &[String], name: &str| names.iter().position(|other| other == name).unwrap_or(0);
        for row in 0..sheet.n_rows() {
            let (from, to) = (sheet.text(down, row), sheet.text(across, row));
            let (i, j) = (place(&rows, &from), place(&heads, &to));
            if std::mem::replace(&mut seen[i][j], true) {
                return Err(ChartError::Repeated {
                    chart: self.id(),
                    file: sheet.name.clone(),
                    what: format!("{down} {from}, {across} {to}"),
                });
            }
            // A percentage is of the whole of the column: of all exports of an exporter.
            values[i][j] = match &request.percent_of {
                Some(whole) => {
                    wholes[j] += sheet.number(whole, row);
                    100.0 * sheet.number(column, row)
                }
                None => told.value(column, row),
            };
        }
        if request.percent_of.is_some() {
            for row in &mut values {
                row.iter_mut().zip(&wholes).for_each(|(value, whole)| *value /= whole);
            }
        }
        let mut note = String::new();
        // An economy's own content is many times anything else, and would leave all other cells white.
        let diagonal = (0..rows.len().min(heads.len())).any(|place| !values[place][place].is_nan());
        if rows == heads && rows.len() > 2 && down != "year" && diagonal {
            for (place, row) in values.iter_mut().enumerate() {
                row[place] = f64::NAN;
            }
            note = format!(
                "The diagonal ({down} and {across} the same) is left out: it would outshine all others."
            );
        }
        let about = common(sheet, &[across, down]);
        let about = if about.is_empty() { String::new() } else { format!(", {about}") };
        let title = format!("{} by {down} and {across}{about}", told.short(column));
        let x = format!("Rows: {down}. Columns: {across}.");
        let mut words = told.words(title, x, told.below_title(column));
        if let (Some(whole), None) = (&request.percent_of, &request.title) {
            words.y = format!("% of the {} of each {across}", told.name(whole));
        }
        words.note = note;
        words.description = describe(&rows, &heads, &values, down, across);
        Heatmap { words, rows, columns: heads, values }.draw_at(request.width)
    }
}

fn describe(rows: &[String], heads: &[String], values: &[Vec<f64>], down: &str, across: &str) -> String {
    let cells = values
        .iter()
        .enumerate()
        .flat_map(|(i, row)| row.iter().enumerate().map(move |(j, value)| (i, j, *value)));
    let largest = cells.filter(|(_, _, value)| value.is_finite()).max_by(|a, b| a.2.total_cmp(&b.2));
    let Some((i, j, value)) = largest else { return String::new() };
    format!(
        "A matrix of {} rows ({down}) and {} columns ({across}: {}). The largest cell is {}, {} with {}.",
        rows.len(),
        heads.len(),
        some_of(heads),
        rows[i],
        heads[j],
        crate::chart::wording::number(value)
    )
}
