//! Type II multipliers: what is made and earned for a unit of final demand when households spend what they earn on the way.
//! The model is closed for the households of each economy; [`super::multipliers`] has the open one, type I.

use nalgebra::DMatrix;

use super::chain_algebra::global_transposed;
use super::sources::MILLER_BLAIR_2009_CLOSED;
use super::units::{Rows, ratios};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, note};
use crate::blocks;
use crate::frame::Measure::{Key, Pure, Share};
use crate::frame::{Column, IdentityGap};
use crate::kernel::dense::{multiply, transpose_multiply};
use crate::kernel::lu::LuFactors;
use crate::kernel::pivoted::PivotedFactors;
use crate::model::Model;
use crate::table::{OutputConvention, money_and_prices};

/// What does a unit of final demand call forth when households spend what they earn?
///
/// ```text
/// I − A  −H        B_closed = B + B H (I − vB H)⁻¹ vB        type II output   1'B_closed
///  −v     I        (n,n)          (n,G) (G,G)    (G,n)       type II income   1'(I − vB H)⁻¹ vB
/// ```
/// v (G, n): what households of an economy earn a unit of output of its industries, v_s in row s. H (n, G): what they buy
/// of each industry of the world for a unit of income.
/// # Terms
/// `output_multiplier`: type I (Miller and Blair: simple). `output_multiplier_type2`: type II (total), of industries alone
/// (truncated): what households earn is no output. `output_multiplier_induced`: their difference, by its own formula, at
/// home (in the row's economy) and abroad. `value_added_multiplier`, `_type2`: value added, or the labour compensation
/// that is traced in its place, of all economies and of the row's own. `household_spending`: column sum of H.
/// `income_basis`: what households are taken to earn.
/// # Assumptions
/// Households earn the satellite that is traced, which is to be labour compensation; without one all of value added stands
/// in, and `income_basis` says so. They spend as the household column of final demand does, institutions that serve them
/// not counted. H is consumption over labour compensation (Miller and Blair), or over consumption itself where that is more:
/// who spends more than is earned has other income, and what is bought out of that stays exogenous.
/// Economies of which income or consumption is not known are not closed: remarks name them.
/// # Errors
/// [`IndicatorError::NeedsHouseholds`] when the request holds no household consumption, [`IndicatorError::IncomeNotMoney`]
/// for jobs or emissions, [`IndicatorError::NotProductive`] when rounds of income and spending do not die out.
/// # Cost
/// 2 G right-hand sides, two systems of G equations. Never an inverse of n + G rows.
/// # Differences
/// The R package leontief (0.4, `augmented_input_requirement`, one region) divides what households buy of an industry by that
/// industry's output, not by household income: its closed inverse is no type II, and not comparable. Others divide
/// consumption by all that households receive, pensions and profits too: [`Request::household_income`]. How much it
/// matters: Emonts-Holley, Ross and Swales (2021), Economic Systems Research 33(4), 429-445.
/// # Source
/// Miller and Blair (2009), sections 2.5 and 6.2.2, <https://doi.org/10.1017/CBO9780511626982>.
pub struct ClosedMultipliers;

static PROFILE: Profile = Profile {
    id: "type-2-multipliers",
    family: Family::Linkages,
    question: "What does a unit of final demand call forth when households spend what they earn?",
    equation: "type II output 1'B + 1'B H (I − vB H)⁻¹ vB, value added 1'(I − vB H)⁻¹ vB; vB by economy of origin, \
               H = household consumption / income",
    citations: &[MILLER_BLAIR_2009_CLOSED],
    levels: &[Level::Sector],
    columns: &[
        note(
            "output_multiplier",
            Pure,
            "type I output multiplier, 1'B: output everywhere for a unit of final demand",
        ),
        note(
            "output_multiplier_type2",
            Pure,
            "type II output multiplier (truncated: of industries alone): with what households spend of what they earn",
        ),
        note("output_type2_to_type1", Pure, "type II over type I output multiplier"),
        note(
            "output_multiplier_induced",
            Pure,
            "1'B H (I − vB H)⁻¹ vB: output that household spending induces everywhere",
        ),
        note("output_induced_home", Pure, "the part of it in the row's own economy"),
        note("output_induced_abroad", Pure, "the part of it in all other economies"),
        note(
            "value_added_multiplier",
            Pure,
            "type I, v B: value added (or the labour compensation traced) everywhere for a unit of final demand",
        ),
        note(
            "value_added_multiplier_type2",
            Pure,
            "type II value-added multiplier, 1'(I − vB H)⁻¹ vB: the same with all rounds of household spending",
        ),
        note("value_added_type2_home", Pure, "the part of it that the row's own economy earns"),
        note(
            "household_spending",
            Share,
            "what households of the economy spend of a unit of income; empty where the model is not closed for them",
        ),
        note(
            "income_basis",
            Key,
            "what households are taken to earn: the account traced, or value added standing in for it",
        ),
    ],
    cautions: &[
        "all incomes are spent as the average one is, and prices stay: an upper bound of what is induced",
        "household income is labour compensation where it is traced (--satellite), else all of value added",
    ],
    cost: "2 G right-hand sides and two systems of G equations",
    takes_satellites: true,
};

/// What `income_basis` says without a satellite.
const STAND_IN: &str = "value added (stand-in)";

impl Indicator for ClosedMultipliers {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let households = Households::of(model, request)?;
        // vB by economy that earns, 1'B by economy that makes.
        let earned = model.value_added_by_origin()?;
        let made = global_transposed(model, blocks::spread_by_economy(&vec![1.0; axis.n_rows()], axis))?;
        let rounds = Rounds::of(&households.spending, earned, axis.economies())?;
        let incomes = rounds.all(earned.clone());
        let called = transpose_multiply(made.as_view(), households.spending.as_view());
        let induced = multiply(called.as_view(), incomes.as_view());

        let rows = Rows::of(model, request);
        let tell = |value: &dyn Fn(usize) -> f64| -> Vec<f64> {
            rows.indices().iter().map(|&row| value(row)).collect()
        };
        let home = |row: usize| axis.economy_of(row);
        let first = tell(&|row| made.row(row).sum());
        let added = tell(&|row| induced.column(row).sum());
        let second: Vec<f64> = first.iter().zip(&added).map(|(first, added)| first + added).collect();
        let abroad = |row: usize| -> f64 {
            (0..axis.n_economies()).filter(|&s| s != home(row)).map(|s| induced[(s, row)]).sum()
        };
        let told: Vec<Option<String>> = rows
            .indices()
            .iter()
            .map(|&row| households.is_closed(home(row)).then(|| households.basis.clone()))
            .collect();
        let over = ratios(&second, &first);
        let columns = [
            first,
            second,
            over,
            added,
            tell(&|row| induced[(home(row), row)]),
            tell(&abroad),
            tell(&|row| earned.column(row).sum()),
            tell(&|row| incomes.column(row).sum()),
            tell(&|row| incomes[(home(row), row)]),
            tell(&|row| households.share[home(row)]),
        ];
        let columns = columns.into_iter().map(Column::Number).chain([Column::Text(told)]).collect();
        let reading = Reading::of(&PROFILE, rows.keys(), columns).with_remarks(households.remarks(model));
        Ok(match households.counted_again(model, earned, &rounds) {
            Some(gap) => reading.with_identity(gap),
            None => reading,
        })
    }
}

/// What households of each economy earn and spend.
struct Households {
    /// Name of what they earn.
    basis: String,
    /// w'x by economy.
    income: Vec<f64>,
    /// What they spend by economy.
    spent: Vec<f64>,
    /// H: consumption a unit of income, (n_rows, n_economies); nothing where the model is not closed.
    spending: DMatrix<f64>,
    /// Column sums of H; NaN where the model is not closed.
    share: Vec<f64>,
    /// Economies that spend more than their income, and how many times it.
    beyond: Vec<(usize, f64)>,
}

impl Households {
    fn of(model: &Model, request: &Request) -> Result<Self, IndicatorError> {
        let (axis, primary) = (model.axis(), model.primary());
        let consumed = request
            .household_consumption
            .as_ref()
            .ok_or(IndicatorError::NeedsHouseholds { indicator: PROFILE.id })?;
        expect("household consumption", consumed.nrows(), axis.n_rows())?;
        expect("household consumption by economy", consumed.ncols(), axis.n_economies())?;
        let unit = &model.description().unit;
        if !primary.is_value_added && !same_money(&primary.unit, unit) {
            return Err(IndicatorError::IncomeNotMoney {
                indicator: PROFILE.id,
                found: primary.name.clone(),
                unit: primary.unit.clone(),
                expected: unit.clone(),
            });
        }
        let paid: Vec<f64> = model
            .value_added_share()
            .iter()
            .zip(model.flows().gross_output())
            .map(|(share, output)| share * output)
            .collect();
        let income = blocks::sum_by_economy(&paid, axis);
        let whole = request.household_income.as_ref().unwrap_or(&income);
        expect("household income by economy", whole.len(), axis.n_economies())?;
        let spent: Vec<f64> = consumed.column_iter().map(|column| column.sum()).collect();
        let mut spending = DMatrix::<f64>::zeros(axis.n_rows(), axis.n_economies());
        let mut share = vec![f64::NAN; axis.n_economies()];
        let mut beyond = Vec::new();
        for economy in 0..axis.n_economies() {
            if income[economy] <= 0.0 || spent[economy] <= 0.0 {
                continue;
            }
            if spent[economy] > whole[economy] {
                beyond.push((economy, spent[economy] / whole[economy]));
            }
            let of = whole[economy].max(spent[economy]);
            spending.set_column(economy, &(consumed.column(economy) / of));
            share[economy] = spent[economy] / of;
        }
        let basis = if primary.is_value_added { STAND_IN.to_owned() } else { primary.name.clone() };
        Ok(Self { basis, income, spent, spending, share, beyond })
    }

    fn is_closed(&self, economy: usize) -> bool {
        !self.share[economy].is_nan()
    }

    /// How incomes were chosen, and whose households are left out.
    fn remarks(&self, model: &Model) -> Vec<String> {
        let names = model.axis().economies();
        let those = |of: &dyn Fn(usize) -> bool| -> String {
            let named = names.iter().enumerate().filter(|(economy, _)| of(*economy));
            named.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let mut remarks = Vec::new();
        if model.primary().is_value_added {
            remarks.push(
                "no labour compensation is traced: all of value added, profits and taxes in it, stands in for what \
                 households earn (`--satellite builtin:wiod13 --satellite-name labour`, or a file of yours)"
                    .to_owned(),
            );
        }
        if !self.beyond.is_empty() {
            let told: Vec<String> = self
                .beyond
                .iter()
                .map(|(economy, times)| format!("{} {times:.2}", names[*economy]))
                .collect();
            remarks.push(format!(
                "households spend more than their {}, so many times it: {}; what is beyond comes from other income and \
                 stays exogenous",
                self.basis,
                told.join(", ")
            ));
        }
        let unpaid = those(&|economy| self.income[economy] == 0.0 && self.spent[economy] > 0.0);
        if !unpaid.is_empty() {
            remarks.push(format!(
                "not closed for {unpaid}: no {} of theirs is known, so nothing is induced by what they earn and all \
                 induced parts are at least what is told",
                self.basis
            ));
        }
        let losing = those(&|economy| self.income[economy] < 0.0 && self.spent[economy] > 0.0);
        if !losing.is_empty() {
            remarks.push(format!(
                "not closed for {losing}: {} of theirs is less than nothing, and no part of it can be spent; nothing is \
                 induced by what they earn",
                self.basis
            ));
        }
        let thrifty = those(&|economy| self.income[economy] > 0.0 && self.spent[economy] <= 0.0);
        if !thrifty.is_empty() {
            remarks
                .push(format!("not closed for {thrifty}: the table has no consumption of their households"));
        }
        remarks
    }

    /// Household income of the table, and what the closed model makes of the demand that is left exogenous. Where output
    /// is not the sum of the row the two need not be the same.
    fn counted_again(&self, model: &Model, earned: &DMatrix<f64>, rounds: &Rounds) -> Option<IdentityGap> {
        if model.description().conventions.output != OutputConvention::RowSum {
            return None;
        }
        let axis = model.axis();
        let demand = model.flows().final_demand();
        let exogenous = DMatrix::from_fn(axis.n_rows(), 1, |row, _| {
            (0..axis.n_economies())
                .map(|economy| demand[(row, economy)] - self.spending[(row, economy)] * self.income[economy])
                .sum::<f64>()
        });
        let again = rounds.all(multiply(earned.as_view(), exogenous.as_view()));
        let (mut scale, mut worst, mut at) = (0.0_f64, 0.0_f64, 0);
        for (economy, (counted, again)) in self.income.iter().zip(again.iter()).enumerate() {
            scale = scale.max(counted.abs()).max(again.abs());
            // A NaN gap must not hide behind a comparison that is false.
            let gap = (counted - again).abs();
            if gap > worst || gap.is_nan() {
                (worst, at) = (gap, economy);
            }
        }
        Some(IdentityGap {
            identity: "household income = (I − vB H)⁻¹ vB (final demand not bought out of it)".to_owned(),
            at: axis.economies()[at].clone(),
            relative_gap: if scale > 0.0 { worst / scale } else { worst },
        })
    }
}

/// I − vB H, factorised: the rounds of income and spending.
struct Rounds {
    factors: PivotedFactors,
}

impl Rounds {
    fn of(
        spending: &DMatrix<f64>,
        earned: &DMatrix<f64>,
        economies: &[String],
    ) -> Result<Self, IndicatorError> {
        let again = multiply(earned.as_view(), spending.as_view());
        let identity = DMatrix::<f64>::identity(economies.len(), economies.len());
        // Hawkins and Simon: rounds die out when elimination without row exchanges meets positive pivots alone. Negative
        // cells (an industry that earns less than nothing) are counted by their size, which is the safe side.
        let sizes = again.map(f64::abs);
        let productive = LuFactors::factor(&identity - &sizes).is_ok();
        match PivotedFactors::factor(identity - again) {
            Ok(factors) if productive => Ok(Self { factors }),
            _ => {
                // A radius of one or more needs a column that sums to as much.
                let (mut economy, mut comes_back) = (0, f64::NEG_INFINITY);
                for (position, column) in sizes.column_iter().enumerate() {
                    let sum = column.sum();
                    if sum > comes_back {
                        (economy, comes_back) = (position, sum);
                    }
                }
                Err(IndicatorError::NotProductive {
                    indicator: PROFILE.id,
                    economy: economies[economy].clone(),
                    comes_back,
                })
            }
        }
    }

    /// First incomes (n_economies, k) to those of all rounds.
    fn all(&self, mut incomes: DMatrix<f64>) -> DMatrix<f64> {
        self.factors.solve_in_place(&mut incomes);
        incomes
    }
}

/// Refuses what has another size than the model.
fn expect(what: &'static str, found: usize, expected: usize) -> Result<(), IndicatorError> {
    if found == expected { Ok(()) } else { Err(IndicatorError::Size { what, found, expected }) }
}

/// Is it money in the unit of the flows? One of the two may leave out what stands behind the comma (`current prices`).
fn same_money(found: &str, expected: &str) -> bool {
    let [found, expected] = [found, expected].map(str::to_lowercase);
    let ((money, prices), (other, others)) = (money_and_prices(&found), money_and_prices(&expected));
    money == other && (prices.is_none() || others.is_none() || prices == others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_may_leave_out_the_prices_and_no_more() {
        let table = "million USD, current prices";
        assert!(same_money(table, table) && same_money("million usd", table));
        assert!(!same_money("million USD, prices of the year before", table));
        assert!(!same_money("thousand persons engaged", table) && !same_money("unit not stated", table));
    }

    #[test]
    fn rounds_that_do_not_die_out_are_refused_with_the_economy_and_what_comes_back() {
        let names = ["A", "B"].map(String::from);
        // A unit of B's income comes back as 0.5 + 0.9.
        let spending = DMatrix::from_row_slice(2, 2, &[0.2, 0.5, 0.3, 0.9]);
        let earned = DMatrix::identity(2, 2);
        let Err(error) = Rounds::of(&spending, &earned, &names) else { panic!("they are taken") };
        let expected = "`B` comes back as 1.400";
        assert!(error.to_string().contains(expected), "{error}");
        // Half of it: the first column of (I − K)⁻¹ is (0.55, 0.15) / (0.9 · 0.55 − 0.25 · 0.15).
        let rounds = Rounds::of(&(spending * 0.5), &earned, &names).unwrap();
        let first = rounds.all(DMatrix::from_column_slice(2, 1, &[1.0, 0.0]));
        assert!((first[0] - 0.55 / 0.4575).abs() < 1e-15 && (first[1] - 0.15 / 0.4575).abs() < 1e-15);
    }
}
