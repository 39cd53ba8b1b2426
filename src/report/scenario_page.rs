//! Scenarios for the eyes: a page of 80 columns, from the change to what closes the accounts.

use super::text_page::TextPage;
use crate::labels::Axis;
use crate::scenario::{ASSUMPTIONS, Line, Outcome, QUANTITIES, ScenarioFile};

/// Economies shown when none is named: those that gain or lose most.
const NOTABLE: usize = 6;
/// Amounts below this part of the world's output are shown as zero: sums of thousands of rows are no more exact.
const NOISE: f64 = 1e-14;
/// The number of a change that is a share, not a change.
const OWN_SHARE: &str = "own_share_of_tariff_base";

/// The page of all scenarios of one file and one table; `economies` names the rows, none for those that move most.
pub fn scenario_page(
    file: &ScenarioFile,
    outcomes: &[Outcome],
    axis: &Axis,
    table: &str,
    economies: &[usize],
) -> String {
    let mut page = Page { lines: TextPage::default() };
    let head = if file.title.is_empty() { file.id.clone() } else { format!("{} ({})", file.title, file.id) };
    page.lines.wrapped("", 0, &format!("{head}; table {table}"));
    for assumption in ASSUMPTIONS {
        page.lines.wrapped("  !", 4, assumption);
    }
    for note in &file.notes {
        page.lines.wrapped("  -", 4, note);
    }
    for outcome in outcomes {
        page.scenario(file, outcome, axis, economies);
    }
    page.lines.text
}

struct Page {
    lines: TextPage,
}

impl Page {
    fn scenario(&mut self, file: &ScenarioFile, outcome: &Outcome, axis: &Axis, economies: &[usize]) {
        self.lines.line("");
        let title = if outcome.title.is_empty() { &file.title } else { &outcome.title };
        let colon = if title.is_empty() { "" } else { ": " };
        self.lines.wrapped("", 0, &format!("SCENARIO {}{colon}{title}", outcome.id));
        for (position, change) in outcome.changes.iter().enumerate() {
            self.lines.wrapped(&format!("  {}", position + 1), 4, change);
        }
        for caution in &outcome.cautions {
            self.lines.wrapped("  !", 4, caution);
        }
        for remark in &outcome.remarks {
            self.lines.wrapped("  note:", 8, remark);
        }
        // Notes of the file stand at the head of the page.
        for note in outcome.notes.iter().filter(|note| !file.notes.contains(note)) {
            self.lines.wrapped("  -", 4, note);
        }
        let shown = if economies.is_empty() { notable(outcome, axis) } else { economies.to_vec() };
        let moved =
            outcome.lines.iter().any(|line| &*line.measure == "value_added" && line.difference() != 0.0);
        let measures: Vec<&str> = measures(outcome);
        let mut heading = true;
        let noise = NOISE * outcome.line("output", None, None).map_or(0.0, |line| line.before.abs());
        for measure in &measures {
            let lines: Vec<&Line> = outcome
                .lines
                .iter()
                .filter(|line| *line.measure == **measure && line.sector.is_none() && !line.before.is_nan())
                .filter(|line| line.economy.is_none_or(|economy| shown.contains(&economy)))
                .collect();
            if lines.is_empty()
                || lines.iter().all(|line| line.difference() == 0.0 && line.first_round == 0.0)
            {
                continue;
            }
            if std::mem::take(&mut heading) {
                self.lines.line("");
                self.lines
                    .line("              before       after  difference         % first round    indirect");
            }
            self.lines.line(&format!("  {measure}, {}", lines[0].unit));
            for line in in_order(&lines, &shown) {
                self.lines.line(&row(line, axis, noise));
            }
        }
        if !moved {
            self.lines.wrapped("  ", 2, "no quantity moves: output, value added and trade stay as they are");
        }
        let scalars: Vec<&Line> = outcome.lines.iter().filter(|line| line.before.is_nan()).collect();
        if !scalars.is_empty() {
            self.lines.line("");
            for line in scalars {
                let name = line.economy.map_or("World", |economy| &axis.economies()[economy]);
                let value = if &*line.unit == "fraction" {
                    let impossible = &*line.measure == "break_even_price_wedge" && line.after < -1.0;
                    let beyond = if impossible { " (not even for nothing)" } else { "" };
                    // A share is how much, growth and wedges are changes.
                    let share = *line.measure == *OWN_SHARE;
                    let value = 100.0 * line.after;
                    if share { format!("{value:.3} %") } else { format!("{value:+.3} %{beyond}") }
                } else {
                    format!("{} {}", number(line.after), line.unit)
                };
                self.lines.line(&format!("  {name:<8}{:<34}{value}", line.measure));
            }
        }
        self.closing(outcome);
    }

    fn closing(&mut self, outcome: &Outcome) {
        let closure = &outcome.closure;
        self.lines.line("");
        let unfilled = if closure.unfilled == 0.0 {
            String::new()
        } else {
            format!(" and unfilled inputs {}", number(closure.unfilled))
        };
        let gap = if closure.gap.is_nan() {
            "not compared: value added is published, taxes stand between".to_owned()
        } else {
            format!("gap {}", gap_size(closure.gap))
        };
        self.lines.wrapped(
            "  what closes:",
            15,
            &format!(
                "value added {}{unfilled} of the world is its final demand {} ({gap}); trade balances add up to zero \
                 (gap {} of exports). Final demand does not follow income: what an economy loses or gains in value added \
                 stands in its trade balance, and nobody says who finances it",
                number(closure.value_added),
                number(closure.final_demand),
                gap_size(closure.trade_gap)
            ),
        );
    }
}

/// Quantities of the outcome, satellites behind output.
fn measures(outcome: &Outcome) -> Vec<&str> {
    let mut measures: Vec<&str> = Vec::new();
    for line in &outcome.lines {
        if !measures.contains(&&*line.measure) {
            measures.push(&line.measure);
        }
    }
    // What a quantity is stands in the registry; a satellite is whatever is not in it.
    let rank = |measure: &str| QUANTITIES.iter().position(|quantity| quantity.id == measure).unwrap_or(1);
    measures.sort_by_key(|measure| rank(measure));
    measures
}

/// Economies whose value added, or price of final demand, moves most.
fn notable(outcome: &Outcome, axis: &Axis) -> Vec<usize> {
    let move_of = |economy: usize, measure: &str| {
        outcome.line(measure, Some(economy), None).map_or(0.0, |line| line.difference().abs())
    };
    let mut order: Vec<usize> = (0..axis.n_economies()).collect();
    let key = |economy: usize| (move_of(economy, "value_added"), move_of(economy, "final_price"));
    order.sort_by(|&a, &b| {
        let (a_key, b_key) = (key(a), key(b));
        b_key.0.total_cmp(&a_key.0).then(b_key.1.total_cmp(&a_key.1)).then(a.cmp(&b))
    });
    order.truncate(NOTABLE);
    order
}

/// The economies in the order shown, the world last.
fn in_order<'a>(lines: &[&'a Line], shown: &[usize]) -> Vec<&'a Line> {
    let of = |economy: Option<usize>| lines.iter().find(|line| line.economy == economy).copied();
    shown.iter().filter_map(|&economy| of(Some(economy))).chain(of(None)).collect()
}

fn row(line: &Line, axis: &Axis, noise: f64) -> String {
    let name = line.economy.map_or("World", |economy| &axis.economies()[economy]);
    let name: String = name.chars().take(7).collect();
    let index = line.unit.starts_with("index");
    let shown = |value: f64| if !index && value.abs() < noise { "0".into() } else { number(value) };
    let percent = match format!("{:.3}", line.percent()) {
        _ if line.percent().is_nan() => "-".into(),
        zero if zero == "-0.000" => "0.000".into(),
        text => text,
    };
    format!(
        "  {name:<7}{:>11} {:>11} {:>11} {percent:>9} {:>11} {:>11}",
        shown(line.before),
        shown(line.after),
        shown(line.difference()),
        shown(line.first_round),
        shown(line.indirect())
    )
}

/// How large a gap is; none at all is nothing.
fn gap_size(gap: f64) -> String {
    if gap == 0.0 { "0".into() } else { format!("{gap:.1e}") }
}

/// A number of at most eleven characters.
fn number(value: f64) -> String {
    match value.abs() {
        _ if value.is_nan() => "-".into(),
        0.0 => "0".into(),
        size if size >= 1e10 => format!("{value:.4e}"),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1e-3 => format!("{value:.5}"),
        _ => format!("{value:.2e}"),
    }
}
