//! From whose value added, through whose exports, to whose final use.

use std::collections::BTreeMap;

use super::{ChartKind, Request, Told, chosen, common, missing, one, with_unit};
use crate::chart::{ChartError, Drawing, Sankey, SankeyLink, Sheet, Words};

/// Flows between layers.
#[derive(Debug)]
pub(super) struct SankeyKind;

/// Layers in the order of the flow, with their headings.
const LAYERS: [(&str, &str); 4] =
    [("origin", "Origin"), ("exporter", "Exporter"), ("importer", "Importer"), ("absorber", "Absorber")];

/// Columns that are taken when none is asked for.
const VALUES: &[&[&str]] = &[&["gexp"], &["content"], &["vax"], &["va"], &["value"]];

/// Flows between the names of two layers.
type Flows = BTreeMap<(String, String), f64>;

impl ChartKind for SankeyKind {
    fn id(&self) -> &'static str {
        "sankey"
    }

    fn summary(&self) -> &'static str {
        "flows from origin through exporter to absorber (two files, one by origin and one by absorber) or importer"
    }

    fn columns(&self) -> &'static str {
        "exporter with origin, importer or absorber, and a column of numbers; one year; a second file adds a layer"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &[
            "vadex decompose builtin:wiod13 --method bm-source --exporter CHN --year 2011 --by origin -o origin.csv",
            "vadex decompose builtin:wiod13 --method bm-source --exporter CHN --year 2011 --by absorber -o absorber.csv",
            "vadex plot sankey origin.csv absorber.csv -o flows.svg",
        ]
    }

    fn files(&self) -> usize {
        2
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let mut layers: Vec<&str> = Vec::new();
        let mut flows: BTreeMap<(&str, &str), Flows> = BTreeMap::new();
        let mut told_as = String::new();
        let mut years = Vec::new();
        let sheets: Vec<Sheet> = sheets.iter().map(Sheet::widened).collect();
        for sheet in &sheets {
            let there: Vec<&str> = LAYERS.iter().map(|(key, _)| *key).filter(|key| sheet.has(key)).collect();
            if there.len() < 2 {
                return Err(missing(self, sheet, &["exporter and one of origin, importer, absorber"]));
            }
            for column in
                sheet.varying().into_iter().filter(|column| !there.contains(column) && *column != "sector")
            {
                one(self, sheet, column)?;
            }
            if sheet.has("year") {
                years.push(one(self, sheet, "year")?);
            }
            let columns = chosen(self, sheet, request, VALUES)?;
            let told = Told::of(sheet, request);
            if told_as.is_empty() {
                told_as = with_unit(&told.name(&columns[0]), &told.unit(&columns[0]));
            }
            layers.extend(there.iter().filter(|key| !layers.contains(key)).collect::<Vec<_>>());
            // A percentage is of the sum of all rows.
            let whole = request.percent_of.as_ref().map(|whole| {
                (0..sheet.n_rows())
                    .map(|row| sheet.number(whole, row))
                    .filter(|value| !value.is_nan())
                    .sum::<f64>()
            });
            for row in 0..sheet.n_rows() {
                for pair in there.windows(2) {
                    let value = match whole {
                        Some(whole) => 100.0 * sheet.number(&columns[0], row) / whole,
                        None => told.value(&columns[0], row),
                    };
                    let names = (sheet.text(pair[0], row), sheet.text(pair[1], row));
                    if value.is_finite() {
                        *flows.entry((pair[0], pair[1])).or_default().entry(names).or_insert(0.0) += value;
                    }
                }
            }
        }
        if years.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(ChartError::Uneven {
                chart: self.id(),
                what: "the second file".into(),
                expected: format!("year {}", years[0]),
                found: format!("year {}", years[1]),
            });
        }
        layers.sort_by_key(|key| LAYERS.iter().position(|(layer, _)| layer == key));
        let told = Told::of(&sheets[0], request);
        let about = common(&sheets[0], &["origin", "absorber", "importer"]);
        let title = format!("From {} to {}: {about}", layers[0], layers[layers.len() - 1]);
        let words = told.words(title.trim_end_matches(": ").to_owned(), String::new(), told_as);
        chart(self, words, &layers, &flows, request.top)?.draw_at(request.width)
    }
}

/// The chart with the largest names of each layer, all others put together.
fn chart(
    kind: &SankeyKind,
    mut words: Words,
    layers: &[&str],
    flows: &BTreeMap<(&str, &str), Flows>,
    top: usize,
) -> Result<Sankey, ChartError> {
    let mut names: Vec<Vec<String>> = Vec::new();
    let mut grouped = 0;
    for layer in layers {
        let mut amounts: BTreeMap<&String, f64> = BTreeMap::new();
        for ((from, to), flows) in flows {
            for ((a, b), value) in flows {
                for (key, name) in [(from, a), (to, b)] {
                    if key == layer {
                        *amounts.entry(name).or_insert(0.0) += value.abs();
                    }
                }
            }
        }
        let mut order: Vec<(&String, f64)> = amounts.into_iter().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let mut kept: Vec<String> = order.iter().map(|(name, _)| (*name).clone()).collect();
        if kept.len() > top + 1 {
            grouped += kept.len() - top;
            let rest = kept.len() - top;
            kept.truncate(top);
            kept.push(format!("{rest} others"));
        }
        names.push(kept);
    }
    let place = |layer: usize, name: &str| {
        let names = &names[layer];
        names.iter().position(|other| other == name).unwrap_or(names.len() - 1)
    };
    let mut links: BTreeMap<(usize, usize, usize), f64> = BTreeMap::new();
    for layer in 0..layers.len() - 1 {
        let Some(flows) = flows.get(&(layers[layer], layers[layer + 1])) else {
            return Err(ChartError::Uneven {
                chart: kind.id(),
                what: format!("the flow from {} to {}", layers[layer], layers[layer + 1]),
                expected: "a file with both columns".into(),
                found: "none".into(),
            });
        };
        for ((a, b), value) in flows {
            *links.entry((layer, place(layer, a), place(layer + 1, b))).or_insert(0.0) += value;
        }
    }
    if grouped > 0 {
        words.note = format!("The {top} largest names of a layer are shown; --top shows more.");
    }
    let heading =
        |key: &str| LAYERS.iter().find(|(layer, _)| *layer == key).map_or("", |(_, heading)| heading);
    words.description = format!(
        "Flows between {}; {} has the largest part of the first layer.",
        layers.join(", "),
        names[0].first().map_or("none", String::as_str)
    );
    Ok(Sankey {
        words,
        layers: layers.iter().zip(names).map(|(key, names)| (heading(key).to_owned(), names)).collect(),
        links: links
            .into_iter()
            .map(|((layer, from, to), value)| SankeyLink { layer, from, to, value })
            .collect(),
    })
}
