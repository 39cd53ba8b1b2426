//! Product upgrading by what is paid: prices of output and of value added beside those of the same sectors everywhere.

use super::{Measure, NEEDS_PRICES, Path, Profile, Scale, paths, sum};
use crate::stats::Sign;
use crate::upgrading::Kind;
use crate::upgrading::panel::{Panel, RealFacts, Unit, YearFacts};

/// Does the economy get more for its products than others get for theirs, and ever more?
///
/// ```text
/// Σ_i x_i / Σ_i x'_i P_i        P_i = Σ_s x_si / Σ_s x'_si        x': output at the prices of the base year
/// ```
/// Output at own prices over the same output at the world's prices of the sector: a relative unit value. It mixes quality,
/// costs and exchange rates (the price index is in the currency of the table).
pub(super) struct UnitValue;

/// The same for value added: the price of what the economy itself adds.
///
/// ```text
/// Σ_i W_i / Σ_i W'_i Q_i        Q_i = Σ_s W_si / Σ_s W'_si        W': value added by double deflation
/// ```
pub(super) struct ValueAddedPrice;

static UNIT_VALUE: Profile = Profile {
    id: "unit_value",
    kind: Kind::Product,
    question: "Does the economy get more for its products than others for products of the same sectors?",
    equation: "Σ x_i / Σ x'_i P_i, P_i = Σ_s x_si / Σ_s x'_si; x' at base-year prices",
    source: "Kaplinsky and Readman (2005), Industrial and Corporate Change 14(4), 679-703",
    scale: Scale::Log,
    advance: Sign::Positive,
    headline: true,
    proxy: false,
    needs: NEEDS_PRICES,
};

static VALUE_ADDED_PRICE: Profile = Profile {
    id: "va_price",
    kind: Kind::Product,
    question: "Does the price of the economy's own value added rise beside that of the same sectors elsewhere?",
    equation: "Σ W_i / Σ W'_i Q_i, Q_i = Σ_s W_si / Σ_s W'_si; W' by double deflation",
    source: "System of National Accounts 2008, chapter 15, for double deflation",
    scale: Scale::Log,
    advance: Sign::Positive,
    headline: true,
    proxy: false,
    needs: NEEDS_PRICES,
};

impl Measure for UnitValue {
    fn profile(&self) -> &'static Profile {
        &UNIT_VALUE
    }

    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String> {
        relative(panel, units, |facts| &facts.output, |real| &real.output)
    }
}

impl Measure for ValueAddedPrice {
    fn profile(&self) -> &'static Profile {
        &VALUE_ADDED_PRICE
    }

    fn paths(&self, panel: &Panel, units: &[Unit]) -> Result<Vec<Path>, String> {
        relative(panel, units, |facts| &facts.value_added, |real| &real.value_added)
    }
}

fn relative(
    panel: &Panel,
    units: &[Unit],
    current: impl Fn(&YearFacts) -> &[f64],
    constant: impl Fn(&RealFacts) -> &[f64],
) -> Result<Vec<Path>, String> {
    if panel.years().iter().all(|facts| facts.real.is_none()) {
        return Err(NEEDS_PRICES.to_owned());
    }
    let axis = panel.axis();
    let world: Vec<Option<Vec<f64>>> = panel
        .years()
        .iter()
        .map(|facts| {
            let real = facts.real.as_ref()?;
            let mut sums = vec![(0.0, 0.0); axis.n_sectors()];
            for row in 0..axis.n_rows() {
                let sum = &mut sums[axis.sector_of(row)];
                sum.0 += current(facts)[row];
                sum.1 += constant(real)[row];
            }
            Some(sums.into_iter().map(|(now, base)| now / base).collect())
        })
        .collect();
    Ok(paths(panel, units, |unit, t| {
        let facts = &panel.years()[t];
        let (Some(real), Some(world)) = (&facts.real, &world[t]) else { return f64::NAN };
        let own = sum(panel, unit, |row| current(facts)[row]);
        let at_world_prices = sum(panel, unit, |row| {
            let amount = constant(real)[row];
            if amount == 0.0 { 0.0 } else { amount * world[axis.sector_of(row)] }
        });
        own / at_world_prices
    }))
}
