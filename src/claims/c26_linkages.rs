//! C26: did value added fall less in the crisis where domestic linkages are strong?
//!
//! Industries of all economies: growth of value added into the crisis year, less what the fall of each absorber's final
//! demand predicts, against the domestic output multiplier of the year before. Industries are compared with the same
//! industry elsewhere.

use nalgebra::DMatrix;

use super::account::local_inverse;
use super::association::{Cell, Observations, Place, Question};
use super::data::{Series, WorldFacts, YearFacts};
use super::measures::exports;
use super::trends::worlds;
use super::{Card, Claim, ClaimData, ClaimError, ClaimOptions, NationalAccount, Outcome, Section, cards};
use crate::stats::{Effects, Sign};

/// Points of value added for a tenth of output more drawn from home.
const BOUND: f64 = 0.5;

/// C26.
#[derive(Debug)]
pub(super) struct Linkages;

/// Measure of the linkage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Linkage {
    /// Column sum of the domestic Leontief inverse.
    Multiplier,
    /// Domestic part of direct inputs.
    Share,
}

/// How the outcome and the sample are chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fall {
    pub(super) net_of_predicted: bool,
    pub(super) without_mining: bool,
    pub(super) two_way: bool,
    pub(super) goods_only: bool,
}

/// The table before and the table of the crisis, as positions in a series.
pub(super) fn crisis_pair(series: &Series, options: &ClaimOptions) -> Option<(usize, usize)> {
    let crisis = series.years.iter().position(|facts| options.crisis_years.contains(&facts.year))?;
    (crisis > 0 && series.years[crisis].year - series.years[crisis - 1].year == 1)
        .then_some((crisis - 1, crisis))
}

/// World series that have a crisis year and the year before it.
pub(super) fn with_crisis<'a>(
    data: &'a ClaimData,
    options: &ClaimOptions,
) -> Result<(Vec<&'a Series>, String), String> {
    let (all, words) = worlds(data, 2)?;
    let have: Vec<&Series> =
        all.into_iter().filter(|series| crisis_pair(series, options).is_some()).collect();
    if have.is_empty() {
        let years: Vec<String> =
            options.crisis_years.iter().map(|year| format!("{} and {year}", year - 1)).collect();
        return Err(format!("needs world tables of {}", years.join(", or ")));
    }
    Ok((have, words))
}

impl Claim for Linkages {
    fn card(&self) -> &'static Card {
        &cards::C26
    }

    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError> {
        let (all, data) = match with_crisis(data, options) {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::without_data(self.card(), &why)),
        };
        let series = all[0];
        let headline =
            Fall { net_of_predicted: true, without_mining: true, two_way: false, goods_only: false };
        let Some((before, after)) = crisis_pair(series, options) else {
            return Ok(Outcome::without_data(self.card(), "no year before the crisis"));
        };
        let question = Question {
            card: self.card(),
            series,
            years: format!("{}-{}", series.years[before].year, series.years[after].year),
            data,
            predicted: Sign::Positive,
            bound: BOUND,
            step: 0.1,
            estimate_unit: "points of value added in the crisis year, for 0.1 more of the domestic multiplier",
            spec: "industries without mining, sector effects; net of what absorbers' demand predicts; import content and \
                   export share held fixed"
                .into(),
            headline: observations(series, options, headline, Linkage::Multiplier)?,
            dimensions: &["table", "linkage", "outcome", "effects", "industries", "mining"],
            cells: cells(&all, options)?,
            causal: true,
        };
        let mut outcome = question.judge(options, |_| Ok(Vec::new()))?;
        outcome.argument.push(Section::new(
            "Reading",
            vec![
                "value added is in one currency at current prices: a depreciation in the crisis year looks like a fall; \
                 economy effects (two-way) take it out, and with it all that economies do not share"
                    .into(),
                "predicted: output for each absorber moves with that absorber's total final demand".into(),
            ],
        ));
        Ok(outcome)
    }
}

/// Column sums of the domestic inverse, or the domestic part of direct inputs, (N).
pub(super) fn linkage(account: &NationalAccount, name: &str, of: Linkage) -> Result<Vec<f64>, ClaimError> {
    let n = account.n_sectors();
    if of == Linkage::Share {
        return Ok((0..n)
            .map(|j| {
                let (home, abroad) =
                    (account.domestic_use.column(j).sum(), account.imported_use.column(j).sum());
                home / (home + abroad)
            })
            .collect());
    }
    let coefficients = DMatrix::from_fn(n, n, |i, j| {
        if account.output[j] == 0.0 { 0.0 } else { account.domestic_use[(i, j)] / account.output[j] }
    });
    let inverse = local_inverse(name, coefficients)?;
    Ok((0..n).map(|j| inverse.column(j).sum()).collect())
}

/// Growth of each row's output, in points, were its output for each absorber to move with that absorber's final demand.
///
/// ```text
/// 100 Σ_r (B Y)_ir / x_i (Y'_r / Y_r − 1)
/// ```
pub(super) fn predicted(before: &WorldFacts, after: &WorldFacts) -> Vec<f64> {
    let growth: Vec<f64> = (0..before.axis.n_economies())
        .map(|r| after.final_demand.column(r).sum() / before.final_demand.column(r).sum() - 1.0)
        .collect();
    (0..before.axis.n_rows())
        .map(|row| {
            let moved: f64 =
                growth.iter().enumerate().map(|(r, g)| before.output_by_absorber[(row, r)] * g).sum();
            100.0 * moved / before.gross_output[row]
        })
        .collect()
}

/// Growth of value added of each row in points, net of what is predicted if so wanted; undefined where value added is
/// not positive. The axes must be equal.
pub(super) fn fall(before: &WorldFacts, after: &WorldFacts, net: bool) -> Vec<f64> {
    let added = |facts: &WorldFacts, row: usize| facts.value_added_share[row] * facts.gross_output[row];
    let expected = predicted(before, after);
    (0..before.axis.n_rows())
        .map(|row| {
            let (old, new) = (added(before, row), added(after, row));
            if old <= 0.0 || new <= 0.0 {
                return f64::NAN;
            }
            let growth = 100.0 * (new / old).ln();
            if net { growth - expected[row] } else { growth }
        })
        .collect()
}

/// Both world tables of a crisis, when they have one axis.
pub(super) fn both<'a>(series: &'a Series, options: &ClaimOptions) -> Option<(&'a YearFacts, &'a YearFacts)> {
    let (before, after) = crisis_pair(series, options)?;
    let (before, after) = (&series.years[before], &series.years[after]);
    (before.world.as_ref()?.axis == after.world.as_ref()?.axis).then_some((before, after))
}

fn observations(
    series: &Series,
    options: &ClaimOptions,
    choice: Fall,
    of: Linkage,
) -> Result<Observations, ClaimError> {
    let effects = if choice.two_way { Effects::TwoWay } else { Effects::Unit };
    let mut all = Observations::new(effects, &["domestic linkage", "import content", "export share"]);
    let Some((before, after)) = both(series, options) else { return Ok(all) };
    let (Some(old), Some(new)) = (&before.world, &after.world) else { return Ok(all) };
    let outcome = fall(old, new, choice.net_of_predicted);
    for s in series.judged() {
        let Some(position) = series.on_axis(old, s) else { continue };
        let economy = &series.economies[s];
        let account = &before.accounts[s];
        let strength = linkage(account, economy, of)?;
        for row in old.axis.block(position) {
            let sector = old.axis.sector_of(row);
            if !kept(series, sector, choice) {
                continue;
            }
            all.push(
                Place { unit: &series.sectors[sector], period: s as i32, cluster: economy },
                outcome[row],
                &[
                    strength[sector],
                    account.imported_content.column(sector).sum(),
                    exports(old, row) / old.gross_output[row],
                ],
            );
        }
    }
    Ok(all)
}

/// Is a sector in the sample?
pub(super) fn kept(series: &Series, sector: usize, choice: Fall) -> bool {
    !(choice.without_mining && series.map.mining[sector])
        && (!choice.goods_only || series.map.manufactures[sector])
}

/// Every choice of sample and outcome, with the words for it.
pub(super) fn falls(series: &Series) -> Vec<(Fall, [&'static str; 4])> {
    let mut falls = Vec::new();
    for net_of_predicted in [true, false] {
        for two_way in [false, true] {
            for goods_only in [false, true] {
                for (without_mining, mining) in super::measures::mining_choices(series) {
                    let words = [
                        if net_of_predicted { "net of predicted" } else { "as it was" },
                        if two_way { "sector and economy" } else { "sector" },
                        if goods_only { "manufactures" } else { "all" },
                        mining,
                    ];
                    falls.push((Fall { net_of_predicted, without_mining, two_way, goods_only }, words));
                }
            }
        }
    }
    falls
}

fn cells(series: &[&Series], options: &ClaimOptions) -> Result<Vec<Cell>, ClaimError> {
    let mut cells = Vec::new();
    for one in series {
        for (of, name) in [(Linkage::Multiplier, "multiplier"), (Linkage::Share, "domestic part of inputs")] {
            for (fall, words) in falls(one) {
                let choices: Vec<String> =
                    [one.name.as_str(), name].iter().chain(&words).map(|word| (*word).to_owned()).collect();
                cells.push(Cell { choices, observations: observations(one, options, fall, of)? });
            }
        }
    }
    Ok(cells)
}
