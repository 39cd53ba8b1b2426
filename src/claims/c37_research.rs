//! C37: does the foreign share of R&D services in exports rise?
//!
//! Value added of the R&D sector, by origin, in an economy's exports, in tables where R&D is a sector of its own (M72 in
//! ISIC 4) or where the user names the sector that stands for it.

use super::data::{Series, WorldFacts};
use super::measures::economy_path;
use super::path::Path;
use super::study::{BOUND, FEWEST_YEARS};
use super::trends::{TrendQuestion, Variant, defined, percent, worlds};
use super::{
    Card, Claim, ClaimData, ClaimError, ClaimOptions, Condition, Outcome, Reason, Verdict, cards, sectors,
};
use crate::labels;
use crate::stats::Sign;

/// C37.
#[derive(Debug)]
pub(super) struct Research;

const WANTED: &str = "would need R&D as a sector of its own (M72: OECD ICIO, WIOD 2016): `vadex claims C37 --table DIR` \
                      recognises it, `--research SECTORS` names another; the gain of the parent needs owners and payments for \
                      intellectual property (balance of payments)";

impl Claim for Research {
    fn card(&self) -> &'static Card {
        &cards::C37
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, used) = match worlds(data, FEWEST_YEARS) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &format!("{why}; {WANTED}"))),
        };
        let mut with_research: Vec<(&Series, Vec<bool>)> = Vec::new();
        for series in all {
            let sectors = research_sectors(series, &data.extra.research)?;
            if sectors.iter().any(|is| *is) {
                with_research.push((series, sectors));
            }
        }
        let Some((series, sectors)) = with_research.first() else {
            return Ok(Outcome::without_data(self.card(), WANTED));
        };
        let (names, paths) = paths(series, sectors);
        let question = TrendQuestion {
            card: self.card(),
            series,
            data: used,
            units: names,
            unit_word: "economies",
            paths,
            predicted: Sign::Positive,
            bound: BOUND,
            bound_words: "one point of the research in exports in a decade",
            estimate_unit: "points of research in exports a year from abroad",
            spec: "foreign share of the value added of R&D sectors in own exports".into(),
            dimensions: &["table"],
            variants: with_research
                .iter()
                .map(|(series, sectors)| Variant::new(series, &[], self::paths(series, sectors).1))
                .collect(),
            level: percent,
            causal: false,
        };
        question.judge(
            options,
            vec![Condition {
                name: "the parent gains most".into(),
                holds: false,
                found:
                    "income of parents (owners, payments for intellectual property) is not in these tables"
                        .into(),
                otherwise: Verdict::Undetermined(Reason::Data),
            }],
        )
    }
}

/// The sectors that are named, else those whose label is R&D in ISIC 4 or in words.
fn research_sectors(series: &Series, named: &[String]) -> Result<Vec<bool>, ClaimError> {
    let mut flags = vec![false; series.sectors.len()];
    for name in named {
        let position = labels::find("sector", &series.sectors, name)
            .map_err(|error| ClaimError::Upgrading(error.into()))?;
        flags[position] = true;
    }
    if named.is_empty() {
        let coded = series.map.classification == sectors::ISIC_4;
        for (flag, label) in flags.iter_mut().zip(&series.sectors) {
            let lower = label.to_lowercase();
            *flag = (coded && sectors::isic4(label) == Some((72, 72)))
                || lower.contains("research")
                || lower.split(|c: char| !c.is_alphanumeric() && c != '&').any(|word| word == "r&d");
        }
    }
    Ok(flags)
}

/// (from abroad, from everywhere): value added of R&D rows in the exports of economy `s`.
///
/// ```text
/// R_ts = Σ_{i in t, R&D} v_i (B e_s)_i
/// ```
fn cell(facts: &WorldFacts, s: usize, sectors: &[bool]) -> (f64, f64) {
    let axis = &facts.axis;
    let (mut foreign, mut all) = (0.0, 0.0);
    for row in (0..axis.n_rows()).filter(|&row| sectors[axis.sector_of(row)]) {
        let part = facts.value_added_share[row] * facts.output_by_exporter[(row, s)];
        all += part;
        if axis.economy_of(row) != s {
            foreign += part;
        }
    }
    (foreign, all)
}

fn paths(series: &Series, sectors: &[bool]) -> (Vec<String>, Vec<Path>) {
    series
        .judged()
        .into_iter()
        .map(|s| (series.economies[s].clone(), economy_path(series, s, |facts, s| cell(facts, s, sectors))))
        .filter(|(_, path)| defined(path))
        .unzip()
}
