//! How much of exports is made at home: every economy, first and last year, change and path.

use std::sync::Arc;

use super::Section;
use crate::analysis::TivaAnalysis;
use crate::chart::{self, Lines, Words};
use crate::frame::Measure;
use crate::labels::economy_names;
use crate::page::dataset::{Dataset, frame, numbers, texts};
use crate::page::figure::drawn;
use crate::page::gather::{Gathered, Span, Wanted};
use crate::page::{Body, Cell, Figure, MethodNote, PageError, Shown, Table, names, number};
use crate::stats::median;

/// The first section.
pub(super) struct Headline;

/// Exporters that get a line of their own beside the world.
const LINES: usize = 5;

const WORLD: &str = "World";

impl Section for Headline {
    fn id(&self) -> &'static str {
        "headline"
    }

    fn title(&self) -> &'static str {
        "How much of exports is made at home?"
    }

    fn wants(&self) -> Vec<Wanted> {
        vec![Wanted::new("tiva", Span::All, TivaAnalysis::default(), "tiva TABLE")]
    }

    fn figures(&self, found: &Gathered) -> Result<Vec<Figure>, PageError> {
        let Some(tiva) = found.data("tiva") else { return Ok(Vec::new()) };
        let data = table_of(found, tiva);
        let mut figures = Vec::new();
        if found.moves() {
            figures.push(lines(found, tiva, &data)?);
        }
        figures.push(table(found, tiva, &data));
        Ok(figures)
    }
}

/// Domestic share of an economy, or of all together, by year.
fn path(found: &Gathered, tiva: &Dataset, economy: Option<&str>) -> Vec<(f64, f64)> {
    found
        .years
        .iter()
        .map(|year| {
            let mut wanted = vec![("year", year.to_string())];
            wanted.extend(economy.map(|economy| ("economy", economy.to_owned())));
            let wanted: Vec<(&str, &str)> = wanted.iter().map(|(c, t)| (*c, t.as_str())).collect();
            let rows = tiva.rows_with(&wanted);
            let sum = |column: &str| rows.iter().map(|&row| tiva.number(column, row)).sum::<f64>();
            (f64::from(*year), sum("dva") / sum("gexp"))
        })
        .collect()
}

/// One row an economy, and all exports together in the last row.
fn table_of(found: &Gathered, tiva: &Dataset) -> Arc<Dataset> {
    let (first, last) = found.span();
    let of = |economy: &str, year: &str, column: &str| -> f64 {
        let rows = if economy == WORLD {
            tiva.rows_with(&[("year", year)])
        } else {
            tiva.rows_with(&[("year", year), ("economy", economy)])
        };
        if rows.is_empty() {
            return f64::NAN;
        }
        rows.iter().map(|&row| tiva.number(column, row)).sum()
    };
    let all: Vec<String> = found.economies.iter().cloned().chain([WORLD.to_owned()]).collect();
    let column = |name: &str, measure: Measure, value: &dyn Fn(&str) -> f64| {
        numbers(name, measure, all.iter().map(|economy| value(economy)).collect::<Vec<_>>())
    };
    let share = |economy: &str, year: &str, part: &str| of(economy, year, part) / of(economy, year, "gexp");
    let mut fields =
        vec![texts("economy", all.clone()), column("gexp", Measure::Amount, &|e| of(e, &last, "gexp"))];
    if found.moves() {
        fields.push(column("gexp_first", Measure::Amount, &|e| of(e, &first, "gexp")));
        fields.push(column("dva_share_first", Measure::Share, &|e| share(e, &first, "dva")));
    }
    fields.push(column("dva_share", Measure::Share, &|e| share(e, &last, "dva")));
    if found.moves() {
        fields.push(column("dva_share_change", Measure::Share, &|e| {
            share(e, &last, "dva") - share(e, &first, "dva")
        }));
        fields.push(column("fva_share_first", Measure::Share, &|e| share(e, &first, "fva")));
    }
    fields.push(column("fva_share", Measure::Share, &|e| share(e, &last, "fva")));
    let mut notes = tiva.notes.clone();
    notes.remarks.push(format!(
        "dva_share, fva_share and gexp are of {last}; columns that end in _first of {first}; changes are differences of \
         fractions"
    ));
    Dataset::new("headline", frame(fields), notes, "")
}

/// Rows of economies: not the world, not a rest of it.
fn named(data: &Dataset) -> Vec<usize> {
    data.rows()
        .filter(|&row| {
            let name = data.text("economy", row);
            name != WORLD && !economy_names::is_rest(&name)
        })
        .collect()
}

/// Those that have exports in the last year.
fn judged(data: &Dataset) -> Vec<usize> {
    named(data).into_iter().filter(|&row| data.number("dva_share", row).is_finite()).collect()
}

fn median_of(data: &Dataset, rows: &[usize], column: &str) -> f64 {
    let values: Vec<f64> =
        rows.iter().map(|&row| data.number(column, row)).filter(|value| value.is_finite()).collect();
    median(&values).unwrap_or(f64::NAN)
}

/// What happened, in words made from the table.
fn says(found: &Gathered, data: &Dataset) -> String {
    let rows = judged(data);
    let (first, last) = found.span();
    if !found.moves() {
        return format!(
            "In the median of {}, {} of gross exports{} is value added at home; the rest is value added abroad.",
            number::count(rows.len(), "economy", "economies"),
            number::percent(median_of(data, &rows, "dva_share")),
            found.in_last_year()
        );
    }
    let change = |row: usize| data.number("dva_share_change", row);
    // Medians of two years compare only for the same economies.
    let all = named(data).len();
    let rows: Vec<usize> = named(data).into_iter().filter(|&row| change(row).is_finite()).collect();
    let extreme = |better: fn(f64, f64) -> bool| {
        rows.iter().copied().reduce(|best, row| if better(change(row), change(best)) { row } else { best })
    };
    let name = |row: usize| names::said(&data.text("economy", row));
    let mut text = if rows.is_empty() {
        format!("No economy exported in both {first} and {last}.")
    } else {
        let apart = match all - rows.len() {
            0 => String::new(),
            count => format!("; {count} had no exports in one of the years"),
        };
        format!(
            "In the median of {}, {} of gross exports was value added at home in {last}, against {} in {first}; the share {}{apart}.",
            number::count(rows.len(), "economy", "economies"),
            number::percent(median_of(data, &rows, "dva_share")),
            number::percent(median_of(data, &rows, "dva_share_first")),
            moves(&rows.iter().map(|&row| change(row)).collect::<Vec<_>>())
        )
    };
    if let (Some(low), Some(high)) = (extreme(|a, b| a < b), extreme(|a, b| a > b)) {
        if change(low) < -SAME {
            text.push_str(&format!(
                " It fell most in {} ({} points).",
                name(low),
                number::points(change(low))
            ));
        }
        if change(high) > SAME {
            text.push_str(&format!(
                " It rose most in {} ({} points).",
                name(high),
                number::points(change(high))
            ));
        }
    }
    if let Some(world) = data.rows_with(&[("economy", WORLD)]).first() {
        text.push_str(&format!(
            " All exports together: {} in {first}, {} in {last}.",
            number::percent(data.number("dva_share_first", *world)),
            number::percent(data.number("dva_share", *world))
        ));
    }
    text
}

/// A change of less is rounding.
const SAME: f64 = 1e-9;

/// `fell in 38, rose in 1, did not change in 1`.
fn moves(changes: &[f64]) -> String {
    let fell = changes.iter().filter(|change| **change < -SAME).count();
    let rose = changes.iter().filter(|change| **change > SAME).count();
    let still = match changes.len() - fell - rose {
        0 => String::new(),
        count => format!(", did not change in {count}"),
    };
    format!("fell in {fell}, rose in {rose}{still}")
}

fn lines(found: &Gathered, tiva: &Arc<Dataset>, data: &Arc<Dataset>) -> Result<Figure, PageError> {
    let (first, last) = found.span();
    let chosen = data.largest(judged(data), "gexp", LINES);
    let series = |name: String, economy: Option<&str>| {
        (name, path(found, tiva, economy).into_iter().map(|(year, share)| (year, 100.0 * share)).collect())
    };
    let mut all = vec![series(WORLD.to_owned(), None)];
    for &row in &chosen {
        let label = data.text("economy", row);
        all.push(series(names::economy_short(&label), Some(&label)));
    }
    let list: Vec<String> =
        chosen.iter().map(|&row| names::economy_short(&data.text("economy", row))).collect();
    let heading = format!("Domestic value-added share of gross exports, {first} to {last}");
    let words = Words {
        title: String::new(),
        x: "Year".into(),
        y: "Share of gross exports (%)".into(),
        source: String::new(),
        note: String::new(),
        description: format!(
            "Lines by year for all exports together and the {} ({}). The table below has every economy.",
            number::largest(chosen.len(), "exporter", "exporters"),
            list.join(", ")
        ),
    };
    Ok(Figure {
        id: "fig-headline-lines".into(),
        heading,
        says: says(found, data),
        reads: format!(
            "Each line is one exporter: the higher, the more of what it exports was earned at home. Shown are all exports \
             together (World) and the {} of {last}.",
            number::largest(chosen.len(), "exporter", "exporters")
        ),
        unit: format!(
            "percent of gross exports{}",
            found.prices().map_or_else(String::new, |prices| format!("; {prices}"))
        ),
        source: found.source(),
        methods: vec![MethodNote::tiva()],
        terms: vec!["gexp", "dva", "dva_share"],
        body: vec![drawn("fig-headline-lines", Lines { words, series: all }.draw())?],
        data: vec![Arc::clone(tiva), Arc::clone(data)],
    })
}

/// The part of exports, where it is largest, that is nobody's value added: what industries without output sell.
fn gap(data: &Dataset) -> f64 {
    let columns = [("dva_share", "fva_share"), ("dva_share_first", "fva_share_first")];
    let rows = columns.into_iter().flat_map(|(home, abroad)| {
        data.rows().map(move |row| (1.0 - data.number(home, row) - data.number(abroad, row)).abs())
    });
    rows.filter(|gap| gap.is_finite()).fold(0.0, f64::max)
}

fn table(found: &Gathered, tiva: &Arc<Dataset>, data: &Arc<Dataset>) -> Figure {
    let (first, last) = found.span();
    let of = |words: &str, year: &str| {
        if year.is_empty() { words.to_owned() } else { format!("{words}, {year}") }
    };
    let rows: Vec<usize> = data.rows().collect();
    let mut columns = vec![
        Shown::new("Economy", Cell::EconomyLink("economy")),
        Shown::new(of("Exports", &last), Cell::Amount("gexp")),
    ];
    if found.moves() {
        columns.push(Shown::new(of("Domestic share", &first), Cell::Percent("dva_share_first")));
    }
    columns.push(Shown::new(of("Domestic share", &last), Cell::Percent("dva_share")));
    if found.moves() {
        columns.push(Shown::new("Change, points", Cell::Points("dva_share_change")));
        columns.push(Shown::new(of("Foreign content", &first), Cell::Percent("fva_share_first")));
    }
    columns.push(Shown::new(of("Foreign content", &last), Cell::Percent("fva_share")));
    if found.moves() {
        let paths = rows
            .iter()
            .map(|&row| {
                let economy = data.text("economy", row);
                let economy = (economy != WORLD).then_some(economy);
                let shares: Vec<f64> =
                    path(found, tiva, economy.as_deref()).into_iter().map(|(_, share)| share).collect();
                let ends = [shares.first(), shares.last()].map(|end| end.copied().unwrap_or(f64::NAN));
                let told = format!("from {} to {}", number::percent(ends[0]), number::percent(ends[1]));
                (chart::sparkline(&shares), told)
            })
            .collect();
        columns.push(Shown::new(format!("Domestic share, {first} to {last}"), Cell::Given(paths)));
    }
    let heading = if found.moves() {
        format!(
            "Every economy: domestic value-added share and foreign content of exports, {first} and {last}"
        )
    } else {
        format!(
            "Every economy: domestic value-added share and foreign content of exports{}",
            found.in_last_year()
        )
    };
    Figure {
        id: "fig-headline".into(),
        heading: heading.clone(),
        says: if found.moves() {
            format!(
                "The domestic share and the foreign content are computed apart and add up to all of exports within {}% in {first} \
                 and {last}; the change is {last} less {first}.",
                number::significant(100.0 * gap(data))
            )
        } else {
            says(found, data)
        },
        reads: format!(
            "Of every 100 that an economy exports, its domestic share was earned at home and its foreign content abroad, both \
             counted through all suppliers.{}",
            if found.moves() {
                " The small path runs from the lowest to the highest share of that economy alone, so its height is not \
                 comparable between rows."
            } else {
                ""
            }
        ),
        unit: format!(
            "exports in {}; shares in percent of gross exports; changes in percentage points",
            found.unit
        ),
        source: found.source(),
        methods: vec![MethodNote::tiva()],
        terms: vec!["gexp", "dva", "fva", "dva_share", "dva_share_change"],
        body: vec![Body::Table(Table { caption: heading, data: Arc::clone(data), columns, rows })],
        data: vec![Arc::clone(data), Arc::clone(tiva)],
    }
}
