//! C3: do global suppliers localise first and domestic firms later?
//!
//! With foreign-owned parts of value added by year (`--ownership`) the second half can be tested: the foreign-owned part of own
//! value added in exports falls. That the rise before it was led by global suppliers is before the tables start.

use super::data::Series;
use super::extra;
use super::path::Path;
use super::study::{BOUND, FEWEST_YEARS};
use super::trends::{TrendQuestion, Variant, defined, percent, worlds};
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Verdict, cards};
use crate::stats::Sign;
use crate::upgrading::{Figures, Panel};

/// C3.
#[derive(Debug)]
pub(super) struct Localisation;

impl Claim for Localisation {
    fn card(&self) -> &'static Card {
        &cards::C3
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let wanted = "would need foreign-owned parts of value added by economy, sector and year (OECD AMNE inter-country \
                      tables, 2000-2019): `vadex claims C3 --ownership FILE` and `vadex ownership TABLE --ownership FILE` read \
                      economy,sector,year,share";
        let Some(figures) = &data.extra.ownership else {
            return Ok(Outcome::without_data(self.card(), wanted));
        };
        let (all, used) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let panel = match extra::panel(series, None)? {
            Ok(panel) => panel,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        figures.check(panel.axis(), &panel.calendar())?;
        let (names, paths) = paths(series, &panel, figures);
        if paths.is_empty() {
            return Ok(Outcome::without_data(
                self.card(),
                &format!("{}: no economy with shares in all industries and years; {wanted}", figures.path()),
            ));
        }
        let question = TrendQuestion {
            card: self.card(),
            series,
            data: used,
            units: names,
            unit_word: "economies",
            paths: paths.clone(),
            predicted: Sign::Negative,
            bound: BOUND,
            bound_words: "one point of own value added in a decade",
            estimate_unit: "points of own value added in exports a year, foreign-owned",
            spec: "foreign-owned part of own value added in exports".into(),
            dimensions: &["table"],
            variants: vec![Variant::new(series, &[], paths)],
            level: percent,
            causal: false,
        };
        question.judge(
            options,
            vec![Condition {
                name: "global suppliers led the rise before".into(),
                holds: false,
                found: "the early phase is before the ownership tables start".into(),
                otherwise: Verdict::Undetermined(Reason::Data),
            }],
        )
    }
}

/// Foreign-owned part of own value added in exports, for economies that have it in all years.
fn paths(series: &Series, panel: &Panel, figures: &Figures) -> (Vec<String>, Vec<Path>) {
    let axis = panel.axis();
    let (mut names, mut kept) = (Vec::new(), Vec::new());
    for s in extra::judged(series, panel) {
        let cells: Vec<(f64, f64)> = panel
            .years()
            .iter()
            .map(|facts| {
                let foreign = figures.by_row(axis, facts.year, "");
                let income = |row: usize| facts.in_exports(row, facts.value_added[row]);
                let rows: Vec<usize> = axis.block(s).filter(|&row| income(row) != 0.0).collect();
                (
                    rows.iter().map(|&row| foreign[row] * income(row)).sum(),
                    rows.iter().map(|&row| income(row)).sum(),
                )
            })
            .collect();
        let path = Path::of_cells(&panel.calendar(), &cells);
        if defined(&path) {
            names.push(axis.economies()[s].clone());
            kept.push(path);
        }
    }
    (names, kept)
}
