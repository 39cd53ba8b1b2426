//! Paths over years as small multiples; a second file may bring turning points.

use std::collections::BTreeSet;

use super::series::{band_words, movement, units, value_words, years};
use super::{ChartKind, Request, Told, missing};
use crate::chart::{ChartError, Drawing, PathPanel, Paths, Sheet, Turn};

/// Small multiples over years.
#[derive(Debug)]
pub(super) struct PathsKind;

impl ChartKind for PathsKind {
    fn id(&self) -> &'static str {
        "paths"
    }

    fn summary(&self) -> &'static str {
        "small multiples over years, one panel an economy; more files add turning points and verdicts"
    }

    fn columns(&self) -> &'static str {
        "year, one or more columns of labels, a column of numbers (with NAME_lo and NAME_hi, or NAME_fit_lo and NAME_fit_hi: a band)"
    }

    fn made_by(&self) -> &'static [&'static str] {
        &[
            "vadex tiva builtin:wiod13 -o tiva.csv",
            "vadex claims C2 --detail paths -o paths.csv, and --detail economies -o verdicts.csv as the second file",
        ]
    }

    fn files(&self) -> usize {
        3
    }

    fn draw(&self, sheets: &[Sheet], request: &Request<'_>) -> Result<Drawing, ChartError> {
        let sheet = &sheets[0].widened();
        let (units, columns) = units(self, sheet, request)?;
        let told = Told::of(sheet, request);
        let name = if columns.len() == 1 { told.short(&columns[0]) } else { "Paths".into() };
        let mut words =
            told.words(format!("{}, {}", name, years(&units)), String::new(), value_words(&told, &columns));
        words.description =
            format!("{} panels with a line over {}. {}", units.len(), years(&units), movement(&units));
        if let [only] = &columns[..] {
            words.note = band_words(sheet, only);
        }
        let mut panels: Vec<PathPanel> = units
            .into_iter()
            .map(|unit| PathPanel {
                name: unit.name,
                points: unit.points,
                band: unit.band,
                ..PathPanel::default()
            })
            .collect();
        for more in &sheets[1..] {
            self.add_turns(&mut panels, more)?;
        }
        Paths { words, panels }.draw_at(request.width)
    }
}

impl PathsKind {
    /// Turning points and verdicts of the panels that another file has.
    fn add_turns(&self, panels: &mut [PathPanel], shapes: &Sheet) -> Result<(), ChartError> {
        let name = shapes.first_of(&["economy", "unit"]);
        let verdict = shapes.first_of(&["turn_words", "verdict", "shape", "says"]);
        let turn = shapes.first_of(&["turn", "peak_year"]);
        let (Some(name), true) = (name, turn.is_some() || verdict.is_some()) else {
            return Err(missing(self, shapes, &["economy, and turn, peak_year or verdict"]));
        };
        let bounds = turn.map(|turn| (format!("{turn}_lo"), format!("{turn}_hi")));
        let mut told = BTreeSet::new();
        for row in 0..shapes.n_rows() {
            let unit = shapes.text(name, row);
            let Some(panel) = panels.iter_mut().find(|panel| panel.name == unit) else { continue };
            if !told.insert(unit.clone()) {
                return Err(ChartError::Repeated { chart: self.id(), file: shapes.name.clone(), what: unit });
            }
            if let (Some(turn), Some((low, high))) = (turn, &bounds) {
                let at = shapes.number(turn, row);
                let (low, high) = (shapes.number(low, row), shapes.number(high, row));
                panel.turn = at.is_finite().then_some(Turn { at, low, high });
            }
            if let Some(verdict) = verdict {
                panel.verdict = words_apart(&shapes.text(verdict, row));
            }
        }
        Ok(())
    }
}

/// `NotSupported` as a reader would say it.
fn words_apart(verdict: &str) -> String {
    let mut text = String::new();
    for (place, c) in verdict.chars().enumerate() {
        if place > 0 && c.is_uppercase() && text.ends_with(|last: char| last.is_lowercase()) {
            text.push(' ');
            text.extend(c.to_lowercase());
        } else {
            text.push(c);
        }
    }
    text
}
