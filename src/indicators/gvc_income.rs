//! GVC income: who earns in the making of final goods, by the chain that ends in each product.
//!
//! With a satellite in place of value added the same numbers are GVC jobs, labour or capital income by chain.

use super::chain_algebra::{FinalGoods, global};
use super::sources::{
    LOS_TIMMER_DE_VRIES_2015, TIMMER_ERUMBAN_LOS_STEHRER_DE_VRIES_2014, TIMMER_LOS_STEHRER_DE_VRIES_2013,
};
use super::units::{Home, Units, ratios, worst_gap};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows, note};
use crate::blocks;
use crate::frame::Measure::{Amount, Share};
use crate::model::Model;
use crate::table::OutputConvention;

/// Whose value added is in the final goods that an industry completes?
///
/// ```text
/// income_tj = (v_t B_t·)_j y_j        own: t the economy of j        foreign: all others
/// ```
/// # Terms
/// `final` (value of the final goods, in the table's unit), `gvc_income` and its parts `gvc_income_own
/// gvc_income_foreign` (in the unit of the satellite, if one is traced), `foreign_share`.
/// # Assumptions
/// `foreign_share` is over traced income: taxes and margins, when value added is as published, are nobody's.
/// For the foreign share of final *manufactures* name the manufacturing sectors at the level of countries.
/// # Cost
/// G right-hand sides.
/// # Source
/// Los, Timmer and de Vries (2015), <https://doi.org/10.1111/jors.12121>; Timmer and others (2014),
/// <https://doi.org/10.1257/jep.28.2.99>.
pub struct FinalGoodsContent;

static FINAL_GOODS: Profile = Profile {
    id: "final-goods",
    family: Family::GvcIncome,
    question: "How much of the value of the final goods that an industry completes is earned abroad?",
    equation: "own = v_s B_s·,j y_j; foreign = Σ_{t≠s} v_t B_t·,j y_j; foreign_share = foreign / (own + foreign)",
    citations: &[LOS_TIMMER_DE_VRIES_2015, TIMMER_ERUMBAN_LOS_STEHRER_DE_VRIES_2014],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        flows("final", Amount, "final goods completed, in the unit of the table"),
        note("gvc_income", Amount, "income (or jobs) in their chains, everywhere"),
        note("gvc_income_own", Amount, "of which in the economy of completion"),
        note("gvc_income_foreign", Amount, "of which abroad"),
        note("foreign_share", Share, "gvc_income_foreign / gvc_income"),
    ],
    cautions: &["for final manufactures name the manufacturing sectors: --level country --sector ..."],
    cost: "G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for FinalGoodsContent {
    fn profile(&self) -> &'static Profile {
        &FINAL_GOODS
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let by_origin = model.value_added_by_origin()?;
        let goods = FinalGoods::of(model);
        let units = Units::of(model, level, request, Home::Included);
        let income = units.cells(|row, t| by_origin[(t, row)] * goods.total[row]);
        let home = |row: usize, t: usize| axis.economy_of(row) == t;
        let part = |own: bool| {
            units.cells(
                |row, t| if home(row, t) == own { by_origin[(t, row)] * goods.total[row] } else { 0.0 },
            )
        };
        let (own, foreign) = (part(true), part(false));
        let shares = ratios(&foreign, &income);
        let columns = vec![units.totals(|row| goods.total[row]), income, own, foreign, shares];
        Ok(Reading::of_numbers(&FINAL_GOODS, units.keys(), columns))
    }
}

/// Which economies earn in the chain of a product?
///
/// ```text
/// V̂BŶ by origin:  income_t,j = (v_t B_t·)_j y_j
///                   (G,n)
/// ```
/// # Terms
/// `economy sector` is where the chain ends (completion), `partner` the economy that earns, home among them.
/// `gvc_income`, `share` of the chain's income.
/// # Cost
/// G right-hand sides.
/// # Source
/// Timmer and others (2013), <https://doi.org/10.1111/1468-0327.12018>.
pub struct GvcIncome;

static GVC_INCOME: Profile = Profile {
    id: "gvc-income",
    family: Family::GvcIncome,
    question: "Which economies earn (or work) in the chains that end in an economy's final goods?",
    equation: "income_tj = (v_t B_t·)_j y_j: the product chain j by economy of origin t",
    citations: &[TIMMER_LOS_STEHRER_DE_VRIES_2013, TIMMER_ERUMBAN_LOS_STEHRER_DE_VRIES_2014],
    levels: &[Level::Bilateral, Level::BilateralSector],
    columns: &[
        note("gvc_income", Amount, "income (or jobs) of the partner in the chains that end in the row"),
        note("share", Share, "of the chain's income everywhere"),
    ],
    cautions: &["economy and sector are those of completion, partner is the origin of the income"],
    cost: "G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for GvcIncome {
    fn profile(&self) -> &'static Profile {
        &GVC_INCOME
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let by_origin = model.value_added_by_origin()?;
        let goods = FinalGoods::of(model);
        let units = Units::of(model, level, request, Home::Included);
        let income = units.cells(|row, t| by_origin[(t, row)] * goods.total[row]);
        let whole = units.totals(|row| by_origin.column(row).sum() * goods.total[row]);
        let shares = ratios(&income, &whole);
        Ok(Reading::of_numbers(&GVC_INCOME, units.keys(), vec![income, shares]))
    }
}

/// In whose chains does an industry earn?
///
/// ```text
/// earned_i,c = v_i (B y_c)_i        y_c: final goods completed in economy c
///                  (n,G)
/// ```
/// # Terms
/// `gvc_income` of the industry from all chains, `gvc_income_home` from chains that end at home, `gvc_income_abroad`,
/// `abroad_share`.
/// # Assumptions
/// In a balanced table the income from all chains is all of the industry's value added: reported as evidence.
/// # Cost
/// G right-hand sides.
/// # Source
/// Timmer and others (2013), <https://doi.org/10.1111/1468-0327.12018>.
pub struct GvcEarnings;

static GVC_EARNINGS: Profile = Profile {
    id: "gvc-earnings",
    family: Family::GvcIncome,
    question: "How much does an industry earn (or employ) in chains that end at home and in chains that end abroad?",
    equation: "earned_ic = v_i (B y_c)_i, y_c the final goods completed in c; home: c = s",
    citations: &[TIMMER_LOS_STEHRER_DE_VRIES_2013],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        note("gvc_income", Amount, "income (or jobs) in all chains"),
        note("gvc_income_home", Amount, "in chains that end in the own economy"),
        note("gvc_income_abroad", Amount, "in chains that end abroad"),
        note("abroad_share", Share, "gvc_income_abroad / gvc_income"),
    ],
    cautions: &[],
    cost: "G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for GvcEarnings {
    fn profile(&self) -> &'static Profile {
        &GVC_EARNINGS
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let (axis, shares) = (model.axis(), model.value_added_share());
        let goods = FinalGoods::of(model);
        let output = global(model, blocks::spread_by_economy(&goods.total, axis))?;
        let units = Units::of(model, level, request, Home::Included);
        let earned = |row: usize, c: usize| shares[row] * output[(row, c)];
        let home = |row: usize, c: usize| axis.economy_of(row) == c;
        let income = units.cells(earned);
        let at_home = units.cells(|row, c| if home(row, c) { earned(row, c) } else { 0.0 });
        let abroad = units.cells(|row, c| if home(row, c) { 0.0 } else { earned(row, c) });
        let abroad_share = ratios(&abroad, &income);
        // Without B y = x (output as published) industries also earn in what is not in the table.
        let balanced = model.description().conventions.output == OutputConvention::RowSum;
        let x = model.flows().gross_output();
        let gap = balanced.then(|| {
            let rows = 0..axis.n_rows();
            worst_gap(
                axis,
                "V̂BŶ u = V̂x",
                rows.map(|i| (i, shares[i] * output.row(i).sum(), shares[i] * x[i])),
            )
        });
        Ok(Reading::of_numbers(&GVC_EARNINGS, units.keys(), vec![income, at_home, abroad, abroad_share])
            .with_identities(gap))
    }
}
