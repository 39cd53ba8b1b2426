//! The price side: what wedges and tariffs add to costs, passed on in full.

use nalgebra::DMatrix;

use super::error::ScenarioError;
use super::state::Tariffs;
use crate::indicators;
use crate::model::Model;

/// Prices after costs have been passed on, as changes from one.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceChange {
    /// c: what wedges and tariffs add to a unit of output directly, (n_rows).
    pub direct: Vec<f64>,
    /// p = c (I − A')⁻¹, (n_rows).
    pub total: Vec<f64>,
    /// τ on final purchases, (n_rows, n_economies); absent without tariffs on final goods.
    pub final_rates: Option<DMatrix<f64>>,
}

/// Prices after costs `direct` a unit of output have been passed on in the world `model`.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// One right-hand side.
pub fn price_change(model: &Model, direct: Vec<f64>) -> Result<PriceChange, ScenarioError> {
    let total = indicators::price_change(model, &direct)?;
    Ok(PriceChange { direct, total, final_rates: None })
}

/// Direct costs of wedges and tariffs together, and what becomes of them; nothing when there are none.
pub(super) fn prices(
    after: &Model,
    wedge_cost: &[f64],
    tariffs: Option<&Tariffs>,
) -> Result<Option<PriceChange>, ScenarioError> {
    let mut direct = wedge_cost.to_vec();
    if let Some(tariffs) = tariffs {
        let axis = after.axis();
        let importer: Vec<usize> = (0..axis.n_rows()).map(|row| axis.economy_of(row)).collect();
        after.system().input_coefficients().for_each(|i, j, input| {
            direct[j] += input * tariffs.inputs[(i, importer[j])];
        });
    }
    if tariffs.is_none() && direct.iter().all(|cost| *cost == 0.0) {
        return Ok(None);
    }
    let mut prices = price_change(after, direct)?;
    prices.final_rates = tariffs.map(|tariffs| tariffs.finals.clone());
    Ok(Some(prices))
}

impl PriceChange {
    /// Change of the price of an economy's final demand: (direct cost and own tariffs alone, all passed on).
    pub fn of_final_demand(&self, after: &Model, economy: usize) -> (f64, f64) {
        let demand = after.flows().final_demand().column(economy);
        let own = |row: usize| self.final_rates.as_ref().map_or(0.0, |rates| rates[(row, economy)]);
        weighted(
            demand
                .iter()
                .enumerate()
                .map(|(row, y)| (*y, self.direct[row] + own(row), self.total[row] + own(row))),
        )
    }

    /// The same of an economy's exports.
    pub fn of_exports(&self, after: &Model, economy: usize) -> (f64, f64) {
        let exports = after.flows().gross_exports();
        let rows = after.axis().block(economy);
        weighted(rows.map(|row| (exports[row], self.direct[row], self.total[row])))
    }

    /// The same of the output of some rows; where they have no output, the plain mean.
    pub(super) fn of_output(&self, after: &Model, rows: impl Iterator<Item = usize>) -> (f64, f64) {
        let output = after.flows().gross_output();
        let rows: Vec<usize> = rows.collect();
        let plain = rows.iter().all(|&row| output[row] == 0.0);
        let weight = |row: usize| if plain { 1.0 } else { output[row] };
        weighted(rows.iter().map(|&row| (weight(row), self.direct[row], self.total[row])))
    }
}

/// Means of two columns by weight.
fn weighted(rows: impl Iterator<Item = (f64, f64, f64)>) -> (f64, f64) {
    let (mut all, mut direct, mut total) = (0.0, 0.0, 0.0);
    for (weight, first, last) in rows {
        all += weight;
        direct += weight * first;
        total += weight * last;
    }
    (direct / all, total / all)
}

/// What a tariff falls on, for one importer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Burden {
    /// Imports under a tariff.
    pub(super) base: f64,
    /// Rate times imports.
    pub(super) revenue: f64,
    /// Own value added in the base.
    pub(super) own: f64,
    /// Rate times own value added.
    pub(super) on_own: f64,
}

/// Base and revenue of each importer with a tariff, and the part that is its own value added.
///
/// # Cost
/// G right-hand sides.
pub(super) fn burdens(after: &Model, tariffs: &Tariffs) -> Result<Vec<(usize, Burden)>, ScenarioError> {
    let by_origin = after.value_added_by_origin()?;
    let flows = after.flows();
    let (inputs, finals) = (flows.bilateral_intermediate_exports(), flows.bilateral_final_exports());
    let mut burdens = Vec::new();
    for importer in 0..after.axis().n_economies() {
        let mut burden = Burden { base: 0.0, revenue: 0.0, own: 0.0, on_own: 0.0 };
        for (rates, imports) in [(&tariffs.inputs, inputs), (&tariffs.finals, finals)] {
            for row in 0..after.axis().n_rows() {
                let (rate, import) = (rates[(row, importer)], imports[(row, importer)]);
                if rate > 0.0 {
                    let own = by_origin[(importer, row)] * import;
                    burden.base += import;
                    burden.revenue += rate * import;
                    burden.own += own;
                    burden.on_own += rate * own;
                }
            }
        }
        if burden.base != 0.0 {
            burdens.push((importer, burden));
        }
    }
    Ok(burdens)
}
