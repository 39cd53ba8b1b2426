//! Values with their bounds, and what was observed directly.

use super::product;
use super::{ChartKind, Request, Told, chosen, common, missing, one};
use crate::chart::sheet::some_of;
use crate::chart::{ChartError, Drawing, Interval, Intervals, Sheet};

/// Values with bounds.
#[derive(Debug)]
pub(super) struct IntervalsKind;

impl ChartKind for IntervalsKind {
    fn id(&self) -> &'static str {
        "intervals"
    }

    fn summary(&self) -> &'static str {
        "values with their bounds, one a row, and the direct figure where there is one"
    }

    fn columns(&self) -> &'static str {
        "value, low, high (and reference); or NAME, NAME_lo, NAME_hi of a run with --draws; labels"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &[
            "vadex product iphone-4-2010 -o phone.csv",
            "vadex tiva builtin:wiod13 --year 2011 --draws 50 -o tiva.csv (then --value dva_share)",
        ]
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0];
        if product::fits(sheet) {
            return product::draw(sheet, request);
        }
        let own = |column: &str| {
            let bounds = (format!("{column}_lo"), format!("{column}_hi"));
            (sheet.has(&bounds.0) && sheet.has(&bounds.1)).then_some(bounds)
        };
        let of_all = sheet.first_of(&["low", "ci_lo"]).zip(sheet.first_of(&["high", "ci_hi"]));
        let bounded: Vec<&str> =
            sheet.measures().into_iter().filter(|column| own(column).is_some()).collect();
        if of_all.is_none() && bounded.is_empty() {
            return Err(missing(self, sheet, &["low", "high"]));
        }
        let columns = chosen(self, sheet, request, &[&["value"], &["dva_share"], &["estimate"]]);
        let columns = columns.map_err(|error| match (error, &bounded[..]) {
            // Only what has bounds is worth naming.
            (ChartError::Which { chart, file, .. }, [first, ..]) => ChartError::Which {
                chart,
                file,
                columns: bounded.join(", "),
                example: format!("--value {first}"),
            },
            (error, _) => error,
        })?;
        let column = columns[0].as_str();
        let bounds = match (own(column), of_all) {
            (Some(bounds), _) => bounds,
            (None, Some((low, high))) => (low.to_owned(), high.to_owned()),
            (None, None) => {
                return Err(missing(self, sheet, &[&format!("{column}_lo"), &format!("{column}_hi")]));
            }
        };
        if sheet.has("unit") {
            one(self, sheet, "unit")?;
        }
        if column == "estimate" && sheet.has("estimate_unit") {
            self.estimates_in_one_unit(sheet)?;
        }
        // Sentences explain a row; they do not name it.
        let prose =
            ["reason", "reason_code", "says", "settle", "statement", "verdict", "unit", "estimate_unit"];
        let mut keys: Vec<&str> = sheet.varying().into_iter().filter(|key| !prose.contains(key)).collect();
        if sheet.has("year") && sheet.values("year").len() > 1 {
            keys.push("year");
        }
        let told = Told::of(sheet, request);
        let rows: Vec<Interval> = (0..sheet.n_rows())
            .filter(|&row| sheet.number(column, row).is_finite())
            .map(|row| {
                let parts: Vec<String> =
                    keys.iter().map(|key| sheet.text(key, row)).filter(|part| !part.is_empty()).collect();
                let direct = Some(sheet.number("reference", row)).filter(|value| value.is_finite());
                Interval {
                    name: if parts.is_empty() { common(sheet, &[]) } else { parts.join(", ") },
                    point: told.value(column, row),
                    low: told.value(&bounds.0, row),
                    high: told.value(&bounds.1, row),
                    direct,
                }
            })
            .collect();
        let unit = if sheet.has("unit") { one(self, sheet, "unit")? } else { told.unit(column) };
        let about = common(sheet, &keys);
        let name = told.name(column);
        let title = if about.is_empty() { super::capital(&name) } else { format!("{about}: {name}") };
        // The title has the name already.
        let below = if sheet.has("unit") { super::with_unit(&name, &unit) } else { told.below_title(column) };
        let mut words = told.words(title, unit.clone(), below);
        if own(column).is_some() {
            words.note = format!(
                "Bounds: columns {} and {}; the notes of the result say what they are.",
                bounds.0, bounds.1
            );
        }
        words.description = format!("{} values with their bounds.", rows.len());
        Intervals { words, rows }.draw_at(request.width)
    }
}

impl IntervalsKind {
    /// Estimates of several claims share an axis only when they count the same.
    fn estimates_in_one_unit(&self, sheet: &Sheet) -> Result<(), ChartError> {
        let mut units: Vec<String> = Vec::new();
        for row in (0..sheet.n_rows()).filter(|&row| sheet.number("estimate", row).is_finite()) {
            let unit = sheet.text("estimate_unit", row);
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        if units.len() < 2 {
            return Ok(());
        }
        let claims = if sheet.has("claim") { sheet.values("claim") } else { Vec::new() };
        let example = match claims.first() {
            Some(claim) => format!("--select claim={claim}"),
            None => format!("--select estimate_unit={}", units[0]),
        };
        Err(ChartError::Several {
            chart: self.id(),
            file: sheet.name.clone(),
            column: "estimate_unit".into(),
            values: some_of(&units),
            example,
        })
    }
}
