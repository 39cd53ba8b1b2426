//! Regional or global: where the foreign value in exports and in final goods comes from, how concentrated its origins
//! are, and how much trade in value added stays in the South. Economies without a region (a rest of the world) are told
//! apart, never guessed.

use super::chain_algebra::FinalGoods;
use super::request::{Region, Regions};
use super::sources::{JOHNSON_NOGUERA_2012, LOS_TIMMER_DE_VRIES_2015};
use super::units::{Home, Units, ratio, ratios};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::frame::Column;
use crate::frame::Measure::{Amount, Key, Share};
use crate::model::Model;

/// Regions of the model's economies and a remark on those that have none.
fn regions_of(model: &Model, request: &Request) -> (Vec<Option<Region>>, Vec<String>) {
    let axis = model.axis();
    let regions = request.regions.clone().unwrap_or_else(Regions::builtin).on(axis);
    let unknown: Vec<&str> = regions
        .iter()
        .zip(axis.economies())
        .filter(|(region, _)| region.is_none())
        .map(|(_, name)| name.as_str())
        .collect();
    let remark = (!unknown.is_empty()).then(|| format!("without a region: {}", unknown.join(" ")));
    (regions, remark.into_iter().collect())
}

/// Does the foreign value come from the own region?
///
/// ```text
/// fc_region = Σ_{t≠s, t in region of s} v_t B_ts e_s       fva_region = the same in final goods, v_t B_ts y_s
/// ```
/// # Terms
/// Foreign content of exports `fc`, its regional part and the part from economies without a region; foreign value added
/// in the final goods completed, `fva`, likewise; the regional shares are over the total, so that the rest of the world
/// lowers them: read them with the unassigned part.
/// # Assumptions
/// The region map of the request, else the built-in one ([`Regions::builtin`]). An economy without a region has no
/// regional part (empty).
/// # Cost
/// G right-hand sides.
/// # Source
/// Los, Timmer and de Vries (2015), <https://doi.org/10.1111/jors.12121>.
pub struct RegionalContent;

static REGIONAL: Profile = Profile {
    id: "regional-content",
    family: Family::Regional,
    question: "Does the foreign value in an economy's exports and final goods come from its own region?",
    equation: "fc_region = Σ v_t B_ts e_s over t ≠ s in the region of s; fva_region the same with final goods y_s",
    citations: &[LOS_TIMMER_DE_VRIES_2015],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        note("fc", Amount, "foreign content of exports"),
        note("fc_region", Amount, "of which from the own region"),
        note("fc_unassigned", Amount, "of which from economies without a region"),
        note("fc_region_share", Share, "fc_region / fc"),
        note("fva", Amount, "foreign value added in the final goods completed"),
        note("fva_region", Amount, "of which from the own region"),
        note("fva_unassigned", Amount, "of which from economies without a region"),
        note("fva_region_share", Share, "fva_region / fva"),
    ],
    cautions: &["a rest of the world hides neighbours: read the shares with the unassigned part"],
    cost: "G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for RegionalContent {
    fn profile(&self) -> &'static Profile {
        &REGIONAL
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let (regions, remarks) = regions_of(model, request);
        let by_origin = model.value_added_by_origin()?;
        let goods = FinalGoods::of(model);
        let units = Units::of(model, level, request, Home::Excluded);
        let mut columns = Vec::new();
        for flow in [model.flows().gross_exports(), &goods.total] {
            let all = units.cells(|row, t| by_origin[(t, row)] * flow[row]);
            let regional = units.cells(|row, t| match (&regions[axis.economy_of(row)], &regions[t]) {
                (None, _) => f64::NAN,
                (Some(own), Some(other)) if own.name == other.name => by_origin[(t, row)] * flow[row],
                _ => 0.0,
            });
            let unassigned = units
                .cells(|row, t| if regions[t].is_none() { by_origin[(t, row)] * flow[row] } else { 0.0 });
            let share = ratios(&regional, &all);
            columns.extend([all, regional, unassigned, share]);
        }
        Ok(Reading::of_numbers(&REGIONAL, units.keys(), columns).with_remarks(remarks))
    }
}

/// How much trade in value added runs from South to South?
///
/// ```text
/// vax_south_s = v_s Σ_{r≠s, r in South} Σ_k B_sk y_kr        world share = Σ_{s in South} vax_south_s / Σ_s vax_s
/// ```
/// # Terms
/// `vax` of the economy, the part that Southern economies finally absorb and its share; `south_south_share` is what a
/// Southern economy contributes to the world's share of South-South trade (zero in the North): it adds up over economies.
/// # Assumptions
/// What is South: the region map. Economies without a region are neither; where none has one, nothing is known.
/// # Cost
/// G right-hand sides.
/// # Source
/// Value-added exports after Johnson and Noguera (2012), <https://doi.org/10.1016/j.jinteco.2011.10.003>.
pub struct SouthSouth;

static SOUTH_SOUTH: Profile = Profile {
    id: "south-south",
    family: Family::Regional,
    question: "How much of an economy's value-added exports does the South absorb, and how much is South-South trade?",
    equation: "vax_south = v_s Σ_k B_sk y_kr over r ≠ s in the South; world share: over all s in the South, by world VAX-C",
    citations: &[JOHNSON_NOGUERA_2012],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        note("vax", Amount, "value added absorbed abroad (VAX-C), by industry of origin"),
        note("vax_south", Amount, "of which absorbed in Southern economies"),
        note("vax_south_share", Share, "vax_south / vax"),
        note(
            "south_south_share",
            Share,
            "contribution to the South-South share of world VAX: adds up over rows",
        ),
    ],
    cautions: &["economies without a region count neither as North nor as South"],
    cost: "G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for SouthSouth {
    fn profile(&self) -> &'static Profile {
        &SOUTH_SOUTH
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let (axis, shares) = (model.axis(), model.value_added_share());
        let (regions, remarks) = regions_of(model, request);
        let south = |economy: usize| regions[economy].as_ref().is_some_and(|region| region.south);
        // A map that knows nobody says nothing about the South: not that there is none.
        let elsewhere = if regions.iter().any(Option::is_some) { 0.0 } else { f64::NAN };
        let by_absorber = model.output_by_absorber()?;
        let cell = |row: usize, r: usize| shares[row] * by_absorber[(row, r)];
        let world: f64 = (0..axis.n_rows())
            .map(|row| {
                let home = axis.economy_of(row);
                (0..axis.n_economies()).filter(|&r| r != home).map(|r| cell(row, r)).sum::<f64>()
            })
            .sum();
        let units = Units::of(model, level, request, Home::Excluded);
        let vax = units.cells(cell);
        let to_south = units.cells(|row, r| if south(r) { cell(row, r) } else { elsewhere });
        let share = ratios(&to_south, &vax);
        let contribution = units
            .iter()
            .zip(&to_south)
            .map(|(unit, value)| if south(unit.economy) { ratio(*value, world) } else { elsewhere })
            .collect();
        Ok(Reading::of_numbers(&SOUTH_SOUTH, units.keys(), vec![vax, to_south, share, contribution])
            .with_remarks(remarks))
    }
}

/// Do few or many economies add the value in a product?
///
/// ```text
/// HHI_j = Σ_t σ_tj²        σ_tj = v_t B_tj y_j / Σ_t v_t B_tj y_j
/// ```
/// # Terms
/// `hhi_origin` over all origins, `hhi_foreign` over foreign ones (shares of the foreign total), `top1_share` of the
/// largest foreign origin in the whole, `top1_origin` its name, `top4_share` of the four largest foreign origins.
/// # Assumptions
/// An economy is one origin whatever its size: grouping economies raises the index.
/// # Cost
/// G right-hand sides.
/// # Source
/// Origins of value after Los, Timmer and de Vries (2015), <https://doi.org/10.1111/jors.12121>.
pub struct OriginConcentration;

static CONCENTRATION: Profile = Profile {
    id: "origin-concentration",
    family: Family::Regional,
    question: "Do few or many economies add the value in an economy's final goods?",
    equation: "HHI = Σ_t σ_t², σ_t = v_t B_ts y_s over the sum of all origins (hhi_foreign: of foreign origins)",
    citations: &[LOS_TIMMER_DE_VRIES_2015],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        note("hhi_origin", Share, "sum of squared shares of all origins, home among them"),
        note("hhi_foreign", Share, "sum of squared shares of foreign origins in their total"),
        note("top1_share", Share, "largest foreign origin, over all origins"),
        note("top4_share", Share, "four largest foreign origins, over all origins"),
        note("top1_origin", Key, "name of the largest foreign origin"),
    ],
    cautions: &["an economy is one origin whatever its size; a rest of the world is one too"],
    cost: "G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for OriginConcentration {
    fn profile(&self) -> &'static Profile {
        &CONCENTRATION
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let by_origin = model.value_added_by_origin()?;
        let goods = FinalGoods::of(model);
        let units = Units::of(model, level, request, Home::Included);
        let concentrations: Vec<Concentration> = units
            .iter()
            .map(|unit| {
                let amounts: Vec<f64> = unit
                    .partners
                    .iter()
                    .map(|&t| unit.rows.iter().map(|&row| by_origin[(t, row)] * goods.total[row]).sum())
                    .collect();
                Concentration::of(&amounts, unit.economy)
            })
            .collect();
        let number =
            |pick: fn(&Concentration) -> f64| Column::Number(concentrations.iter().map(pick).collect());
        let names = model.axis().economies();
        let top = concentrations.iter().map(|c| c.top1.map(|economy| names[economy].clone())).collect();
        let columns = vec![
            number(|c| c.hhi),
            number(|c| c.hhi_foreign),
            number(|c| c.top1_share),
            number(|c| c.top4_share),
            Column::Text(top),
        ];
        Ok(Reading::of(&CONCENTRATION, units.keys(), columns))
    }
}

/// How concentrated amounts by economy are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Concentration {
    pub hhi: f64,
    pub hhi_foreign: f64,
    pub foreign_share: f64,
    pub top1_share: f64,
    pub top4_share: f64,
    pub top1: Option<usize>,
}

impl Concentration {
    /// From one amount an economy, `home` among them.
    pub(super) fn of(amounts: &[f64], home: usize) -> Self {
        /// A foreign part that is less of all amounts is what a solver leaves of nothing: no shares are made of it.
        const ROUNDING: f64 = 1e-14;
        /// Shares that differ by less are equal: who is first is not for rounding to say.
        const EQUAL: f64 = 1e-12;
        let total: f64 = amounts.iter().sum();
        let size: f64 = amounts.iter().map(|amount| amount.abs()).sum();
        let mut foreign: Vec<(f64, usize)> =
            amounts.iter().enumerate().filter(|(t, _)| *t != home).map(|(t, amount)| (*amount, t)).collect();
        if foreign.iter().map(|(amount, _)| amount.abs()).sum::<f64>() <= ROUNDING * size {
            foreign.iter_mut().for_each(|(amount, _)| *amount = 0.0);
        }
        let abroad: f64 = foreign.iter().map(|(amount, _)| amount).sum();
        let squares = |values: &mut dyn Iterator<Item = f64>, whole: f64| {
            values.map(|value| ratio(value, whole).powi(2)).sum::<f64>()
        };
        // By share: of a negative total (final goods out of stock) the largest part is the lowest amount.
        let share = |amount: f64| ratio(amount, total);
        foreign.sort_by(|a, b| share(b.0).total_cmp(&share(a.0)));
        let largest = share(foreign.first().map_or(0.0, |(amount, _)| *amount));
        // Of equal origins the first in the table is named.
        let first = |(amount, _): &&(f64, usize)| largest > 0.0 && share(*amount) >= largest * (1.0 - EQUAL);
        let defined = |value: f64, whole: f64| if whole == 0.0 { f64::NAN } else { value };
        let hhi = squares(&mut amounts.iter().copied(), total);
        let hhi_foreign = squares(&mut foreign.iter().map(|(amount, _)| *amount), abroad);
        Self {
            hhi: defined(hhi, total),
            hhi_foreign: defined(hhi_foreign, abroad),
            foreign_share: ratio(abroad, total),
            top1_share: largest,
            top4_share: share(foreign.iter().take(4).fold(0.0, |sum, (amount, _)| sum + amount)),
            top1: foreign.iter().take_while(first).map(|(_, t)| *t).min(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concentration_of_a_half_at_home_and_two_quarters_abroad() {
        let c = Concentration::of(&[2.0, 1.0, 1.0], 0);
        assert_eq!((c.hhi, c.hhi_foreign, c.foreign_share), (0.375, 0.5, 0.5));
        assert_eq!((c.top1_share, c.top4_share, c.top1), (0.25, 0.5, Some(1)));
    }

    #[test]
    fn of_a_negative_total_the_largest_share_is_the_lowest_amount() {
        let c = Concentration::of(&[-5.0, -1.0, -4.0, 0.0], 0);
        assert_eq!((c.top1_share, c.top4_share, c.top1), (0.4, 0.5, Some(2)));
    }

    #[test]
    fn of_two_that_rounding_tells_apart_the_first_in_the_table_is_named() {
        let c = Concentration::of(&[5.0, 24.0, 24.0 + 4e-15, 1.0], 0);
        assert_eq!(c.top1, Some(1));
        assert_eq!(Concentration::of(&[5.0, 24.0, 24.1, 1.0], 0).top1, Some(2));
    }

    #[test]
    fn what_a_solver_leaves_of_nothing_has_no_origins() {
        let c = Concentration::of(&[1.0, 3e-17, -2e-17], 0);
        assert!(c.hhi_foreign.is_nan(), "{}", c.hhi_foreign);
        assert_eq!((c.foreign_share, c.top1_share, c.top4_share, c.top1), (0.0, 0.0, 0.0, None));
    }

    #[test]
    fn without_any_amount_nothing_is_defined_and_nobody_is_first() {
        let c = Concentration::of(&[0.0, 0.0], 0);
        assert!(c.hhi.is_nan() && c.hhi_foreign.is_nan() && c.top1_share.is_nan());
        assert_eq!(c.top1, None);
    }
}
