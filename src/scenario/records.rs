//! Scenarios as a result: one row a scenario, economy, sector and measure.

use super::outcome::{Line, Outcome};
use crate::frame::{Column, Frame, Measure};
use crate::labels::Axis;

/// Name of the row that adds all economies up.
const WORLD: &str = "World";
/// Name of the row that adds all sectors up.
const ALL: &str = "all";

/// Which lines a result has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// Each sector too, besides their sum.
    pub sectors: bool,
    /// Economies; all when empty. The world is always there.
    pub economies: Vec<usize>,
    /// Without the units, for a screen: beside the keys of a row there is no room for them.
    pub narrow: bool,
}

impl Rows {
    fn keep(&self, line: &Line) -> bool {
        (self.sectors || line.sector.is_none())
            && line
                .economy
                .is_none_or(|economy| self.economies.is_empty() || self.economies.contains(&economy))
    }
}

/// The long result of some scenarios of one table.
pub fn frame(outcomes: &[Outcome], axis: &Axis, year: Option<i32>, rows: &Rows) -> Frame {
    let kept: Vec<(&Outcome, &Line)> = outcomes
        .iter()
        .flat_map(|outcome| outcome.lines.iter().map(move |line| (outcome, line)))
        .filter(|(_, line)| rows.keep(line))
        .collect();
    let labels = |names: &[String], last: &str, pick: &dyn Fn(&Line) -> Option<usize>| {
        let mut names = names.to_vec();
        names.push(last.to_owned());
        let end = names.len() - 1;
        Column::labels(&names, kept.iter().map(|(_, line)| pick(line).unwrap_or(end) as u32).collect())
    };
    let text = |of: &dyn Fn(&Outcome, &Line) -> String| {
        let mut names: Vec<String> = Vec::new();
        let codes = kept
            .iter()
            .map(|(outcome, line)| {
                let word = of(outcome, line);
                let known = names.iter().position(|name| *name == word);
                known.unwrap_or_else(|| {
                    names.push(word);
                    names.len() - 1
                }) as u32
            })
            .collect();
        Column::labels(&names, codes)
    };
    let number = |of: &dyn Fn(&Line) -> f64| Column::Number(kept.iter().map(|(_, line)| of(line)).collect());
    let frame = Frame::new()
        .with("year", Measure::Key, Column::Integer(vec![year.map(i64::from); kept.len()]))
        .with("scenario", Measure::Key, text(&|outcome, _| outcome.id.clone()))
        .with("economy", Measure::Key, labels(axis.economies(), WORLD, &|line| line.economy))
        .with("sector", Measure::Key, labels(axis.sectors(), ALL, &|line| line.sector))
        .with("measure", Measure::Key, text(&|_, line| line.measure.to_string()));
    let frame = if rows.narrow {
        frame
    } else {
        frame.with("unit", Measure::Key, text(&|_, line| line.unit.to_string()))
    };
    frame
        .with("before", Measure::Pure, number(&|line| line.before))
        .with("after", Measure::Pure, number(&|line| line.after))
        .with("difference", Measure::Pure, number(&Line::difference))
        .with("percent", Measure::Pure, number(&Line::percent))
        .with("first_round", Measure::Pure, number(&|line| line.first_round))
        .with("indirect", Measure::Pure, number(&Line::indirect))
}
