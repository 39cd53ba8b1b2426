//! One product: what each economy is said to earn directly, against what is traced to it, with bounds.

use std::collections::BTreeMap;

use super::{Request, Told, common};
use crate::chart::{ChartError, Drawing, Interval, Intervals, Sheet};

/// The assumptions under which nothing of the price is left out; the first that the result has is drawn: the one that the
/// command and the report put first.
const TRACED: [&str; 2] = ["assembly all local; rest by import mix", "assembly average; rest by import mix"];

/// Is this the result of `vadex product`?
pub(super) fn fits(sheet: &Sheet) -> bool {
    let sections = if sheet.has("section") { sheet.values("section") } else { Vec::new() };
    ["spec", "economy", "value", "low", "high"].iter().all(|column| sheet.has(column))
        && ["direct", "traced", "bounds"]
            .iter()
            .all(|wanted| sections.iter().any(|section| section == wanted))
}

/// What is told of one economy.
#[derive(Default)]
struct Found {
    direct: Option<f64>,
    traced: f64,
    low: f64,
    high: f64,
}

/// Direct against traced, the largest economies first.
pub(super) fn draw(sheet: &Sheet, request: &Request<'_>) -> Result<Drawing, ChartError> {
    let spec = TRACED.into_iter().find(|spec| sheet.values("spec").iter().any(|known| known == spec));
    let mut economies: BTreeMap<String, Found> = BTreeMap::new();
    for row in 0..sheet.n_rows() {
        let economy = sheet.text("economy", row);
        if economy.is_empty() || sheet.text("unit", row) != "share" {
            continue;
        }
        let found = economies.entry(economy).or_insert_with(|| Found {
            direct: None,
            traced: f64::NAN,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
        });
        let percent = |column: &str| 100.0 * sheet.number(column, row);
        match sheet.text("section", row).as_str() {
            "direct" => found.direct = Some(percent("value")),
            "traced" if Some(sheet.text("spec", row).as_str()) == spec => found.traced = percent("value"),
            // The widest of all assumptions about the rest: no bound is promised that one of them breaks.
            "bounds" => {
                // The value of such a row leaves the rest out, which no allocation does.
                found.low = found.low.min(percent("low"));
                found.high = found.high.max(percent("high"));
            }
            _ => {}
        }
    }
    let mut order: Vec<(String, Found)> =
        economies.into_iter().filter(|(_, found)| found.traced.is_finite()).collect();
    let size = |found: &Found| found.traced.max(found.direct.unwrap_or(0.0));
    order.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)));
    let left_out = order.len().saturating_sub(request.top);
    order.truncate(request.top);
    let bound = |value: f64| if value.is_finite() { value } else { f64::NAN };
    let rows: Vec<Interval> = order
        .into_iter()
        .map(|(name, found)| Interval {
            name,
            point: found.traced,
            low: bound(found.low),
            high: bound(found.high),
            direct: found.direct,
        })
        .collect();
    let account = sheet.values("account").pop().unwrap_or_default();
    let year = common(sheet, &["economy"]);
    let title = format!("{account}, {year}: whose value added, direct and traced");
    let mut words = Told::of(sheet, request).words(
        title,
        "% of the factory price".into(),
        "Share of the factory price (%), with bounds over what the account leaves open".into(),
    );
    if let Some(spec) = spec {
        words.note = format!("Traced: {spec}. Bounds: the widest of all assumptions about the rest.");
    }
    if left_out > 0 {
        words.note.push_str(&format!(" {left_out} economies with less are left out; --top shows more."));
    }
    words.description = rows.first().map_or_else(String::new, |row| {
        format!("{} economies; {} has the largest part.", rows.len(), row.name)
    });
    Intervals { words, rows }.draw_at(request.width)
}
