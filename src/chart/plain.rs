//! Charts in lines of text: bars of block characters, sparklines, points on a grid.

use super::wording;

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A line of eight levels, lowest to highest of the values; a missing value is a space.
///
/// ```
/// assert_eq!(vadex::chart::sparkline(&[1.0, 2.0, f64::NAN, 8.0]), "▁▂ █");
/// ```
pub fn sparkline(values: &[f64]) -> String {
    let Some((low, high)) = super::scale::span(values.iter().copied()) else {
        return " ".repeat(values.len());
    };
    values
        .iter()
        .map(|value| {
            if !value.is_finite() {
                return ' ';
            }
            // All equal: the middle, since nothing rises or falls.
            let share = if high > low { (value - low) / (high - low) } else { 0.5 };
            LEVELS[((share * 7.0).round() as usize).min(7)]
        })
        .collect()
}

/// Words in lines of at most so many characters.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let word = cut(word, columns);
        if !line.is_empty() && length(&line) + 1 + length(&word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Characters.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// Cut to so many characters, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if length(text) <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Filled up with spaces.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    format!("{text}{}", " ".repeat(columns - length(&text)))
}

/// Filled up with spaces at the left.
pub(super) fn pad_left(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    format!("{}{text}", " ".repeat(columns - length(&text)))
}

/// Room for names: as long as the longest, and at most a share of the line.
pub(super) fn name_room<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> usize {
    names.into_iter().map(length).max().unwrap_or(0).clamp(1, most.max(1))
}

/// One bar a row: name, what fills from one number to another, and words at the end.
pub(super) struct Row {
    pub name: String,
    /// Stretches of the bar: from, to, character.
    pub parts: Vec<(f64, f64, char)>,
    pub tail: String,
}

/// Rows of bars on one scale that includes zero.
pub(super) fn bars(rows: &[Row], columns: usize) -> Vec<String> {
    let names = name_room(rows.iter().map(|row| row.name.as_str()), columns * 2 / 5);
    let tails = name_room(rows.iter().map(|row| row.tail.as_str()), columns / 3);
    let room = columns.saturating_sub(names + tails + 4).max(8);
    let ends = rows.iter().flat_map(|row| row.parts.iter().flat_map(|(from, to, _)| [*from, *to]));
    let (low, high) = super::scale::span(ends.chain([0.0])).unwrap_or((0.0, 1.0));
    let width = if high > low { high - low } else { 1.0 };
    let place = |value: f64| (((value - low) / width) * room as f64).round() as usize;
    rows.iter()
        .flat_map(|row| {
            let mut cells = vec![' '; room + 1];
            for (from, to, block) in &row.parts {
                if !from.is_finite() || !to.is_finite() {
                    continue;
                }
                let (a, b) = (place(from.min(*to)), place(from.max(*to)));
                cells[a..b.max(a + 1).min(room + 1)].fill(*block);
            }
            if low < 0.0 {
                let zero = place(0.0).min(room);
                if cells[zero] == ' ' {
                    cells[zero] = '│';
                }
            }
            let bar: String = cells.into_iter().collect();
            // Cut names may be equal: a long one goes on below instead.
            let mut name = wrap(&row.name, names);
            if name.len() > 1 {
                // The lines below stand two characters in.
                name = wrap(&row.name, names.saturating_sub(2).max(1));
            }
            let mut name = name.into_iter();
            let first = name.next().unwrap_or_default();
            let mut lines = vec![format!("{} {bar} {}", pad(&first, names), cut(&row.tail, tails))];
            lines.extend(name.map(|line| format!("  {line}")));
            lines
        })
        .collect()
}

/// Points of several series on a grid of characters, with the values at the left and the span below.
pub(super) fn grid(
    series: &[(char, Vec<(f64, f64)>)],
    columns: usize,
    rows: usize,
    zero: bool,
) -> Vec<String> {
    let all = || {
        series.iter().flat_map(|(_, points)| points.iter()).filter(|(x, y)| x.is_finite() && y.is_finite())
    };
    let ends = all().map(|(_, y)| *y).chain(zero.then_some(0.0));
    let (Some((left, right)), Some((low, high))) =
        (super::scale::span(all().map(|(x, _)| *x)), super::scale::span(ends))
    else {
        return Vec::new();
    };
    let height = rows.clamp(6, 24);
    let labels = [wording::number(high), wording::number(low)];
    let margin = labels.iter().map(|label| length(label)).max().unwrap_or(1);
    let width = columns.saturating_sub(margin + 3).max(10);
    let mut cells = vec![vec![' '; width]; height];
    let row_of = |y: f64| {
        let share = if high > low { (y - low) / (high - low) } else { 0.5 };
        height - 1 - (share * (height - 1) as f64).round() as usize
    };
    let column_of = |x: f64| {
        let share = if right > left { (x - left) / (right - left) } else { 0.5 };
        (share * (width - 1) as f64).round() as usize
    };
    if low < 0.0 && high > 0.0 {
        cells[row_of(0.0)].fill('·');
    }
    for (mark, points) in series {
        for (x, y) in points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
            cells[row_of(*y)][column_of(*x)] = *mark;
        }
    }
    let mut lines: Vec<String> = cells
        .into_iter()
        .enumerate()
        .map(|(row, cells)| {
            let label = if row == 0 {
                labels[0].as_str()
            } else if row == height - 1 {
                labels[1].as_str()
            } else {
                ""
            };
            format!("{} ┤{}", pad_left(label, margin), cells.into_iter().collect::<String>())
        })
        .collect();
    let ends = [axis_number(left), axis_number(right)];
    let between = width.saturating_sub(length(&ends[0]) + length(&ends[1]));
    lines.push(format!("{}  {}{}{}", " ".repeat(margin), ends[0], " ".repeat(between), ends[1]));
    lines
}

/// A year is written without a comma or decimals, another whole number without decimals.
pub(super) fn axis_number(value: f64) -> String {
    if super::scale::are_years([value]) {
        format!("{value:.0}")
    } else if value.fract() == 0.0 {
        wording::fixed(value, 0)
    } else {
        wording::number(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_has_one_level_a_value_and_a_space_for_none() {
        assert_eq!(sparkline(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&[f64::NAN, 1.0, f64::INFINITY]), " ▅ ");
        assert_eq!(sparkline(&[]), "");
    }

    #[test]
    fn a_long_name_goes_on_below_with_all_its_words() {
        let name = "domestic value added in intermediate exports absorbed by the direct importer";
        let rows = [Row { name: name.into(), parts: vec![(0.0, 1.0, '█')], tail: "1".into() }];
        let lines = bars(&rows, 80);
        assert!(lines.len() > 1 && !lines.concat().contains('…'), "{lines:?}");
        let told = lines.join(" ").replace(['█', '1'], " ");
        assert_eq!(told.split_whitespace().collect::<Vec<_>>().join(" "), name);
    }

    #[test]
    fn the_ends_of_an_axis_have_no_decimals_when_they_are_whole() {
        assert_eq!(axis_number(1.0), "1");
        assert_eq!(axis_number(192.0), "192");
        assert_eq!(axis_number(1995.0), "1995");
        assert_eq!(axis_number(0.5), "0.500");
    }

    #[test]
    fn no_row_of_bars_is_wider_than_the_screen() {
        let row = |name: &str, from, to| Row {
            name: name.into(),
            parts: vec![(from, to, '█')],
            tail: wording::number(to - from),
        };
        let rows = [row("a name that is much longer than anything", 0.0, 12.0), row("b", 12.0, -3.0)];
        for columns in [40, 80, 200] {
            for line in bars(&rows, columns) {
                assert!(length(&line) <= columns, "{columns}: {line}");
            }
        }
    }
}
