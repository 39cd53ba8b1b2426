//! Charts of results: which columns a kind of chart needs, which command makes them, and how they become a chart.
//!
//! To add a kind: one file that implements [`ChartKind`], one line in [`CHARTS`].

mod bars;
mod heatmap;
mod intervals;
mod lines;
mod paths;
mod product;
mod sankey;
mod series;
mod smile;
mod spec_curve;
mod waterfall;

use super::sheet::some_of;
use super::{ChartError, Drawing, PAGE_WIDTH, Sheet, Words};
use crate::frame::Measure;

/// What a caller may say about a chart of a result; everything else is taken from the result.
pub struct Request<'a> {
    /// Title in place of the one made from the result.
    pub title: Option<String>,
    /// Width in pixels.
    pub width: f64,
    /// Columns to show; empty for those that the kind takes by itself.
    pub values: Vec<String>,
    /// Column that amounts are told as a percentage of.
    pub percent_of: Option<String>,
    /// How many names a layer or axis may have before the smallest are put together.
    pub top: usize,
    /// A column in words.
    pub meaning: &'a dyn Fn(&str) -> Option<String>,
    /// How a column is to be read: an amount, a share, a pure number.
    pub measure: &'a dyn Fn(&str) -> Measure,
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("title", &self.title)
            .field("width", &self.width)
            .field("values", &self.values)
            .field("percent_of", &self.percent_of)
            .field("top", &self.top)
            .finish_non_exhaustive()
    }
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            title: None,
            width: PAGE_WIDTH,
            values: Vec::new(),
            percent_of: None,
            top: 8,
            meaning: &|_| None,
            measure: &|_| Measure::Pure,
        }
    }
}

/// A kind of chart that can be made of a result.
pub trait ChartKind: Sync {
    /// Flat id, as on the command line.
    fn id(&self) -> &'static str;
    /// One sentence.
    fn summary(&self) -> &'static str;
    /// The columns that a result must have, in words.
    fn columns(&self) -> &'static str;
    /// Commands that make such a result.
    fn made_by(&self) -> &'static [&'static str];
    /// How many files it takes at most.
    fn files(&self) -> usize {
        1
    }
    /// Makes the chart; there is at least one sheet.
    ///
    /// # Errors
    /// Columns that are missing, several years or economies where one is needed, and what the chart itself refuses.
    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError>;
}

/// Every kind, in the order of `vadex list charts`.
pub static CHARTS: &[&dyn ChartKind] = &[
    &paths::PathsKind,
    &lines::LinesKind,
    &bars::BarsKind,
    &waterfall::WaterfallKind,
    &heatmap::HeatmapKind,
    &smile::SmileKind,
    &sankey::SankeyKind,
    &spec_curve::SpecCurveKind,
    &intervals::IntervalsKind,
];

/// Looks a kind up by id.
pub fn find_chart(id: &str) -> Option<&'static dyn ChartKind> {
    CHARTS.iter().find(|kind| kind.id() == id).copied()
}

/// The error that names what is missing, what is there, and what makes it.
fn missing(kind: &dyn ChartKind, sheet: &Sheet, missing: &[&str]) -> ChartError {
    ChartError::MissingColumns {
        chart: kind.id(),
        file: sheet.name.clone(),
        missing: missing.join(", "),
        found: sheet.columns().join(", "),
        made_by: kind.made_by().join("\n       "),
    }
}

/// One value of a column where several would be drawn over each other.
fn one(kind: &dyn ChartKind, sheet: &Sheet, column: &str) -> Result<String, ChartError> {
    let values = sheet.values(column);
    match values.as_slice() {
        [value] => Ok(value.clone()),
        _ => Err(several(kind, sheet, column, &values)),
    }
}

fn several(kind: &dyn ChartKind, sheet: &Sheet, column: &str, values: &[String]) -> ChartError {
    ChartError::Several {
        chart: kind.id(),
        file: sheet.name.clone(),
        column: column.to_owned(),
        values: some_of(values),
        example: format!("--select {column}={}", values.last().map_or("VALUE", String::as_str)),
    }
}

/// Columns that share an axis are in one unit, and so are all rows.
fn in_one_unit(
    kind: &dyn ChartKind,
    sheet: &Sheet,
    told: &Told<'_>,
    columns: &[String],
) -> Result<(), ChartError> {
    // In a long result the unit stands beside the measure; elsewhere `unit` may name an economy.
    if sheet.has("unit") && sheet.has("measure") {
        one(kind, sheet, "unit")?;
    }
    if columns.iter().any(|column| told.is_change(column)) {
        one(kind, sheet, "change_unit")?;
    }
    let shares: Vec<&String> =
        columns.iter().filter(|column| told.measure(column) == Measure::Share).collect();
    if let (Some(whole), [share, ..]) = (&told.request.percent_of, &shares[..]) {
        return Err(ChartError::ShareOfShare {
            chart: kind.id(),
            column: (*share).clone(),
            whole: whole.clone(),
        });
    }
    let units: Vec<String> = columns.iter().map(|column| told.unit(column)).collect();
    if units.iter().all(|unit| *unit == units[0]) {
        return Ok(());
    }
    let word = |unit: &String| if unit.is_empty() { "no unit".to_owned() } else { unit.clone() };
    let units: Vec<String> =
        columns.iter().zip(&units).map(|(column, unit)| format!("{column}: {}", word(unit))).collect();
    Err(ChartError::Units {
        chart: kind.id(),
        units: units.join("; "),
        example: format!("--value {}", columns[0]),
    })
}

/// Every column of labels, and the year, has one value, save those named.
fn one_of_the_rest(kind: &dyn ChartKind, sheet: &Sheet, free: &[&str]) -> Result<(), ChartError> {
    let mut columns = sheet.labels();
    if sheet.has("year") {
        columns.push("year");
    }
    for column in columns.into_iter().filter(|column| !free.contains(column)) {
        one(kind, sheet, column)?;
    }
    Ok(())
}

/// What is common to all rows, for a title: `CHN, 2011`.
fn common(sheet: &Sheet, free: &[&str]) -> String {
    let told = ["exporter", "economy", "importer", "partner", "sector", "origin", "absorber", "year"];
    let values: Vec<String> = told
        .iter()
        .filter(|column| sheet.has(column) && !free.contains(column))
        .map(|column| sheet.values(column))
        .filter(|values| values.len() == 1)
        .filter_map(|mut values| values.pop())
        .filter(|value| !value.is_empty())
        .collect();
    values.join(", ")
}

/// The columns of numbers to draw: those asked for, or the first set that is there.
fn chosen(
    kind: &dyn ChartKind,
    sheet: &Sheet,
    request: &Request<'_>,
    defaults: &[&[&str]],
) -> Result<Vec<String>, ChartError> {
    let there = sheet.measures();
    if !request.values.is_empty() {
        for column in request.values.iter().chain(&request.percent_of) {
            if !there.contains(&column.as_str()) {
                return Err(ChartError::NoColumn {
                    file: sheet.name.clone(),
                    column: column.clone(),
                    found: there.join(", "),
                });
            }
        }
        return Ok(request.values.clone());
    }
    if let Some(column) = request.percent_of.as_deref().filter(|column| !there.contains(column)) {
        return Err(ChartError::NoColumn {
            file: sheet.name.clone(),
            column: column.to_owned(),
            found: there.join(", "),
        });
    }
    if let Some(set) = defaults.iter().find(|set| set.iter().all(|column| there.contains(column))) {
        return Ok(set.iter().map(|column| (*column).to_owned()).collect());
    }
    match there.as_slice() {
        [] => Err(missing(kind, sheet, &["a column of numbers"])),
        [only] => Ok(vec![(*only).to_owned()]),
        several => Err(ChartError::Which {
            chart: kind.id(),
            file: sheet.name.clone(),
            columns: several.join(", "),
            example: format!("--value {}", several[0]),
        }),
    }
}

/// A value as it is drawn: shares in percent, amounts in the unit, or as a percentage of another column.
struct Told<'a> {
    sheet: &'a Sheet,
    request: &'a Request<'a>,
}

impl<'a> Told<'a> {
    fn of(sheet: &'a Sheet, request: &'a Request<'a>) -> Self {
        Self { sheet, request }
    }

    fn measure(&self, column: &str) -> Measure {
        let base = column.strip_suffix("_lo").or_else(|| column.strip_suffix("_hi")).unwrap_or(column);
        (self.request.measure)(base)
    }

    /// The number drawn for a cell.
    fn value(&self, column: &str, row: usize) -> f64 {
        let value = self.sheet.number(column, row);
        match &self.request.percent_of {
            Some(whole) => 100.0 * value / self.sheet.number(whole, row),
            None if self.measure(column) == Measure::Share => 100.0 * value,
            None => value,
        }
    }

    /// Unit of a column, as it is drawn.
    fn unit(&self, column: &str) -> String {
        if let Some(whole) = &self.request.percent_of {
            let name = self.name(whole);
            return format!("% of {}", name.split(',').next().unwrap_or(&name));
        }
        match self.measure(column) {
            _ if self.is_change(column) => match self.sheet.values("change_unit").as_slice() {
                [only] if only == "%" => "100 \u{d7} log of the ratio to the first year".into(),
                [only] => only.clone(),
                _ => String::new(),
            },
            Measure::Share => "%".into(),
            _ if column == "estimate" && self.sheet.has("estimate_unit") => {
                let known = (0..self.sheet.n_rows()).find(|&row| self.sheet.number(column, row).is_finite());
                known.map_or_else(String::new, |row| self.sheet.text("estimate_unit", row))
            }
            // Of scenarios: in per cent as it is.
            _ if column == "percent" => "%".into(),
            Measure::Amount => self.sheet.unit.clone(),
            _ => String::new(),
        }
    }

    /// A column in words; its own name where nobody knows better.
    fn name(&self, column: &str) -> String {
        // Of one origin alone, gross exports are what they hold of its value added.
        if column == "gexp" && self.sheet.has("origin") {
            return "value added in gross exports".into();
        }
        if self.is_change(column) {
            return "change since the first year".into();
        }
        // The unit stands on the axis.
        if column == "estimate" && self.sheet.has("estimate_unit") {
            return "effect that the claim is about".into();
        }
        if let Some(name) = traced(column).filter(|_| no_money(&self.sheet.unit)) {
            return name.into();
        }
        // A meaning that is an equation is no word.
        let meaning =
            (self.request.meaning)(column).filter(|meaning| !meaning.contains(['/', '−', '=', '·']));
        meaning.unwrap_or_else(|| column.replace('_', " "))
    }

    /// Is it what a measure of upgrading has moved since its first year?
    fn is_change(&self, column: &str) -> bool {
        column == "change" && self.sheet.has("change_unit")
    }

    /// A column in words, without what comes after a comma: for titles.
    fn short(&self, column: &str) -> String {
        let name = self.name(column);
        capital(name.split(',').next().unwrap_or(&name))
    }

    /// What stands under a title that tells the column already: the unit; with a title of the user's own, both.
    fn below_title(&self, column: &str) -> String {
        let unit = self.unit(column);
        match (self.request.title.is_some() || self.name(column).contains(','), unit.as_str()) {
            (true, _) | (_, "") => self.label(column),
            (false, "%") => "Percent".into(),
            (false, unit) => capital(unit),
        }
    }

    /// A column in words with its unit.
    fn label(&self, column: &str) -> String {
        with_unit(&self.name(column), &self.unit(column))
    }

    /// Words of a chart of these columns.
    fn words(&self, title: String, x: String, y: String) -> Words {
        let title = self.request.title.clone().unwrap_or(title);
        let source = match self.sheet.sources.as_slice() {
            [] => String::new(),
            [first, rest @ ..] if rest.len() > 2 => format!("{first} and {} more", rest.len()),
            sources => sources.join("; "),
        };
        let made = if self.sheet.computed.is_empty() {
            String::new()
        } else {
            format!("vadex {}", self.sheet.computed)
        };
        let source = match (source.is_empty(), made.is_empty()) {
            (true, true) => format!("file {}", self.sheet.name),
            (true, false) => made,
            (false, true) => source,
            (false, false) => format!("{made}; {source}"),
        };
        Words { title, x, y, source, note: String::new(), description: String::new() }
    }
}

/// Is it a satellite's amount, that is no value added?
fn no_money(unit: &str) -> bool {
    let unit = unit.to_lowercase();
    ["person", "job", "worker", "employ", "hour", "tonne", "co2", "joule"]
        .iter()
        .any(|word| unit.contains(word))
}

/// What a column of `tiva` is when something else than value added is traced.
fn traced(column: &str) -> Option<&'static str> {
    match column {
        "gexp" => Some("all that is embodied in gross exports"),
        "dva" => Some("domestic content of exports"),
        "fva" => Some("foreign content of exports"),
        "vax" => Some("domestic content that final demand abroad absorbs"),
        _ => None,
    }
}

fn with_unit(name: &str, unit: &str) -> String {
    let mut text = capital(name);
    if !unit.is_empty() {
        text.push_str(&format!(" ({unit})"));
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    // Symbols such as `dva` keep their case when nothing follows them.
    match letters.next() {
        Some(first) if text.contains(' ') => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_in_exports_are_not_called_value_added() {
        assert!(no_money("thousand persons engaged") && no_money("million hours"));
        assert!(!no_money("million USD, current prices") && !no_money(""));
        let sheet = Sheet { unit: "thousand persons engaged".into(), ..Sheet::default() };
        let request = Request {
            meaning: &|_| Some("domestic value-added content of exports".into()),
            measure: &|_| Measure::Amount,
            ..Request::default()
        };
        let told = Told::of(&sheet, &request);
        assert_eq!(told.label("dva"), "Domestic content of exports (thousand persons engaged)");
    }
}
