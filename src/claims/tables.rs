//! The tables behind C1 and C2: paths with share and level side by side, attributions, the shapes of every path.

use super::data::Series;
use super::error::ClaimError;
use super::path::{Choice, Indicator, Path, Paths, measure};
use super::sourcing::{FACTORS, Sourcing};
use super::study::{LEVEL, Study};
use super::verdict::VerdictRecord;
use super::{curve, shape};
use crate::frame::{Column, Frame, Measure};
use crate::stats::{DEFAULT_FDR, FiellerSet, UTest, benjamini_hochberg};

/// Share and level side by side: one row an economy and year, and the world.
pub(super) fn paths_frame(study: &Study<'_>) -> Result<Frame, ClaimError> {
    let series = study.series;
    let plain = Choice { without_mining: false, ..study.choice };
    let all = measure(series, &plain)?;
    let foreign = match (Choice { indicator: Indicator::ForeignContent, ..plain }) {
        choice if choice.fits(series) => Some(measure(series, &choice)?),
        _ => None,
    };
    let absorbed = match (Choice { indicator: Indicator::NotValueAddedExports, ..plain }) {
        choice if choice.fits(series) => Some(measure(series, &choice)?),
        _ => None,
    };
    let mut names: Vec<Option<String>> = Vec::new();
    let mut years = Vec::new();
    let mut columns: [Vec<f64>; 11] = Default::default();
    let mut push =
        |name: &str, plain: &Path, (head, calm): (&Path, &Path), fc: Option<&Path>, vax: Option<&Path>| {
            let fitted = shape::fitted(calm, &head.years, LEVEL);
            for t in 0..plain.years.len() {
                names.push(Some(name.to_owned()));
                years.push(Some(i64::from(plain.years[t])));
                let cells = [
                    plain.share[t],
                    head.share[t],
                    fitted[t].0,
                    fitted[t].1,
                    fitted[t].2,
                    fc.map_or(f64::NAN, |path| path.share[t]),
                    vax.map_or(f64::NAN, |path| 1.0 - path.share[t]),
                    plain.part[t],
                    plain.own[t],
                    plain.whole[t],
                    if t == 0 { f64::NAN } else { plain.marginal(t - 1, t) },
                ];
                for (column, cell) in columns.iter_mut().zip(cells) {
                    column.push(cell);
                }
            }
        };
    let of = |paths: &Option<Paths>, s: usize| -> Option<Path> {
        let paths = paths.as_ref()?;
        paths.economies.iter().position(|e| *e == s).map(|position| paths.paths[position].clone())
    };
    for (position, &s) in study.paths.economies.iter().enumerate() {
        if let Some(path) = of(&Some(all.clone()), s) {
            let (fc, vax) = (of(&foreign, s), of(&absorbed, s));
            let head = (&study.paths.paths[position], &study.calm[position]);
            push(&series.economies[s], &path, head, fc.as_ref(), vax.as_ref());
        }
    }
    let (fc, vax) = (foreign.as_ref().map(|p| &p.world), absorbed.as_ref().map(|p| &p.world));
    push("World", &all.world, (&study.paths.world, &study.world), fc, vax);
    let labels = [
        "vs_share",
        "vs_share_headline",
        "vs_share_headline_fit",
        "vs_share_headline_fit_lo",
        "vs_share_headline_fit_hi",
        "fc_share",
        "vax_ratio",
        "vs",
        "dva",
        "gexp",
        "iceer",
    ];
    let rows = years.len();
    let mut frame = Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(series.name.clone()); rows]))
        .with("economy", Measure::Key, Column::Text(names))
        .with("year", Measure::Key, Column::Integer(years));
    for (label, column) in labels.into_iter().zip(columns) {
        let measure = if ["vs", "dva", "gexp"].contains(&label) { Measure::Amount } else { Measure::Share };
        frame = frame.with(label, measure, Column::Number(column));
    }
    Ok(frame)
}

/// Attributions as a table.
pub(super) fn sourcing_frame(
    study: &Study<'_>,
    windows: &[Option<(i32, i32)>],
    changes: &[Option<Sourcing>],
) -> Frame {
    let rows: Vec<(usize, (i32, i32), &Sourcing)> = changes
        .iter()
        .zip(windows)
        .enumerate()
        .filter_map(|(position, (change, window))| Some((position, (*window)?, change.as_ref()?)))
        .collect();
    let number = |of: &dyn Fn(&Sourcing) -> f64| Column::Number(rows.iter().map(|row| of(row.2)).collect());
    let year = |of: fn((i32, i32)) -> i32| {
        Column::Integer(rows.iter().map(|row| Some(i64::from(of(row.1)))).collect())
    };
    let mut frame = Frame::new()
        .with("table", Measure::Key, Column::Text(vec![Some(study.series.name.clone()); rows.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::Text(rows.iter().map(|row| Some(study.name(row.0).to_owned())).collect()),
        )
        .with("from", Measure::Key, year(|window| window.0))
        .with("to", Measure::Key, year(|window| window.1))
        .with("share_from", Measure::Share, number(&|c| c.before))
        .with("share_to", Measure::Share, number(&|c| c.after))
        .with("change", Measure::Share, number(&|c| c.total()));
    for (factor, label) in FACTORS.iter().enumerate() {
        frame = frame
            .with(label, Measure::Share, number(&|c| c.mean[factor]))
            .with(&format!("{label}_min"), Measure::Share, number(&|c| c.min[factor]))
            .with(&format!("{label}_max"), Measure::Share, number(&|c| c.max[factor]));
    }
    frame.with("prices", Measure::Share, number(&|c| c.prices))
}

/// The turn of every path: where, how sure, and the verdict on the economy. One row an economy.
pub(super) fn turns_frame(study: &Study<'_>, units: &[VerdictRecord]) -> Result<Frame, ClaimError> {
    let raw: Vec<f64> = study.fit.units.iter().map(super::UnitShape::p_turn).collect();
    let adjusted = benjamini_hochberg(&raw)?;
    let turns: Vec<Turn> = (study.fit.units.iter().zip(&adjusted))
        .map(|(unit, adjusted)| Turn::of(unit.turn.as_ref(), *adjusted))
        .collect();
    let shapes = &study.fit.units;
    let rows = turns.len();
    let number = |of: &dyn Fn(usize) -> f64| Column::Number((0..rows).map(of).collect());
    let text = |of: &dyn Fn(usize) -> String| Column::Text((0..rows).map(|row| Some(of(row))).collect());
    let path = |row: usize| &study.paths.paths[row];
    Ok(Frame::new()
        .with("table", Measure::Key, text(&|_| study.series.name.clone()))
        .with("economy", Measure::Key, text(&|row| study.name(row).to_owned()))
        .with("share_first", Measure::Share, number(&|row| path(row).share[0]))
        .with("share_last", Measure::Share, number(&|row| path(row).share[path(row).share.len() - 1]))
        .with("share_peak", Measure::Share, number(&|row| path(row).share[path(row).peak()]))
        .with(
            "peak_year",
            Measure::Key,
            Column::Integer(
                (0..rows).map(|row| Some(i64::from(path(row).years[path(row).peak()]))).collect(),
            ),
        )
        .with("slope_start", Measure::Pure, number(&|row| shapes[row].start.value))
        .with("slope_end", Measure::Pure, number(&|row| shapes[row].end.value))
        .with("turn", Measure::Pure, number(&|row| turns[row].at))
        .with("turn_lo", Measure::Pure, number(&|row| turns[row].low))
        .with("turn_hi", Measure::Pure, number(&|row| turns[row].high))
        .with("turn_words", Measure::Key, text(&|row| turns[row].words.to_owned()))
        .with("p_turn", Measure::Pure, number(&|row| raw[row]))
        .with("p_turn_adj", Measure::Pure, number(&|row| adjusted[row]))
        .with(
            "verdict",
            Measure::Key,
            text(&|row| units.get(row).map_or("", |unit| unit.verdict.word()).to_owned()),
        )
        .with(
            "reason_code",
            Measure::Key,
            text(&|row| units.get(row).and_then(|unit| unit.verdict.code()).unwrap_or("").to_owned()),
        ))
}

/// A turning point as it may be told: only an inverted U with its turn inside the sample has one, and an interval only
/// where it is bounded.
struct Turn {
    at: f64,
    low: f64,
    high: f64,
    words: &'static str,
}

impl Turn {
    fn of(test: Option<&UTest>, p_adjusted: f64) -> Self {
        let none = Self { at: f64::NAN, low: f64::NAN, high: f64::NAN, words: "no turn in these years" };
        let Some(test) = test else { return none };
        let rises_then_falls = test.slope_at_low.value > 0.0 && test.slope_at_high.value < 0.0;
        if !rises_then_falls || !test.span.contains(test.turning_point) {
            return none;
        }
        let (low, high) = match test.fieller {
            FiellerSet::Bounded(set) => (set.low, set.high),
            FiellerSet::Outside(_) | FiellerSet::WholeLine => (f64::NAN, f64::NAN),
        };
        let established = p_adjusted <= DEFAULT_FDR && test.fieller.lies_in(&test.span);
        let words = if established { "turn established" } else { "turn not established" };
        Self { at: test.turning_point, low, high, words }
    }
}

/// The shape of every path: each indicator, set of exports and treatment of mining and prices, each economy and the
/// world. Crisis years are left out.
pub(super) fn shapes_frame(study: &Study<'_>, series: &[&Series]) -> Result<Frame, ClaimError> {
    let mut keys: [Vec<Option<String>>; 6] = Default::default();
    let mut numbers: [Vec<f64>; 9] = Default::default();
    let mut peaks = Vec::new();
    for one in series {
        for choice in curve::choices(one) {
            let paths = measure(one, &choice)?;
            let names = paths.economies.iter().map(|&s| one.economies[s].as_str()).chain(["World"]);
            let calm: Vec<Path> = paths
                .paths
                .iter()
                .chain([&paths.world])
                .map(|path| path.keeping(|year| !study.left_out.contains(&year)))
                .collect();
            let shapes = calm.iter().map(shape::plain).collect::<Result<Vec<_>, _>>()?;
            let p: Vec<f64> = shapes[..shapes.len() - 1].iter().map(|shape| shape.p_turn).collect();
            let mut adjusted = if p.is_empty() { Vec::new() } else { benjamini_hochberg(&p)? };
            adjusted.push(f64::NAN);
            for (((name, path), shape), adjusted) in names.zip(&calm).zip(&shapes).zip(adjusted) {
                let last = path.years.len() - 1;
                for (column, label) in keys.iter_mut().zip([
                    one.name.as_str(),
                    name,
                    choice.indicator.name(),
                    choice.exports.name(),
                    if choice.without_mining { "without" } else { "with" },
                    choice.prices.name(),
                ]) {
                    column.push(Some(label.to_owned()));
                }
                peaks.push(Some(i64::from(path.years[path.peak()])));
                for (column, value) in numbers.iter_mut().zip([
                    path.share[0],
                    path.share[last],
                    path.share[path.peak()],
                    shape.trend,
                    shape.start,
                    shape.end,
                    shape.p_turn,
                    adjusted,
                    path.marginal(0, last),
                ]) {
                    column.push(value);
                }
            }
        }
    }
    let mut frame = Frame::new();
    for (label, column) in
        ["table", "economy", "indicator", "exports", "mining", "prices"].into_iter().zip(keys)
    {
        frame = frame.with(label, Measure::Key, Column::Text(column));
    }
    frame = frame.with("peak_year", Measure::Key, Column::Integer(peaks));
    let labels =
        ["first", "last", "peak", "trend", "slope_start", "slope_end", "p_turn", "p_turn_adj", "iceer"];
    for (label, column) in labels.into_iter().zip(numbers) {
        let measure =
            if ["first", "last", "peak", "iceer"].contains(&label) { Measure::Share } else { Measure::Pure };
        frame = frame.with(label, measure, Column::Number(column));
    }
    Ok(frame)
}
