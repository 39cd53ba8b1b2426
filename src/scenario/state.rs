//! Coefficients, demand and costs while the changes of a scenario are made: a copy of the model's, never the model.

use std::collections::BTreeMap;

use nalgebra::DMatrix;

use super::error::Problem;
use super::names::Names;
use crate::labels::Axis;
use crate::model::Model;
use crate::model::solver::SolveError;

/// By how much sums of the same cells may differ by the order of adding up, as a share of them.
pub(super) const ROUNDING: f64 = 1e-12;

/// What the changes of a scenario have made so far. Copies are made when something is first changed: a scenario that only
/// moves demand or prices keeps the coefficients and their factorisation.
pub struct State<'a> {
    model: &'a Model,
    names: &'a Names,
    coefficients: Option<DMatrix<f64>>,
    demand: Option<DMatrix<f64>>,
    tariffs: Option<Tariffs>,
    /// Input coefficient that nobody delivers any more, by buying row.
    unfilled: Vec<f64>,
    /// Cost that a wedge adds to a unit of output, by buying row.
    wedge_cost: Vec<f64>,
    /// By economy that switched suppliers: what was switched in a unit of output of each row.
    switched: BTreeMap<usize, Vec<f64>>,
    remarks: Vec<String>,
}

/// Tariff rates by supplying row and importing economy, (n_rows, n_economies).
#[derive(Debug, Clone)]
pub(super) struct Tariffs {
    /// On inputs of industries.
    pub(super) inputs: DMatrix<f64>,
    /// On final goods.
    pub(super) finals: DMatrix<f64>,
}

/// What is left when all changes are made.
pub(super) struct Made {
    pub(super) coefficients: Option<DMatrix<f64>>,
    pub(super) demand: Option<DMatrix<f64>>,
    pub(super) tariffs: Option<Tariffs>,
    pub(super) unfilled: Vec<f64>,
    pub(super) wedge_cost: Vec<f64>,
    pub(super) switched: BTreeMap<usize, Vec<f64>>,
    pub(super) remarks: Vec<String>,
}

impl<'a> State<'a> {
    pub(super) fn new(model: &'a Model, names: &'a Names) -> Self {
        let n = model.axis().n_rows();
        Self {
            model,
            names,
            coefficients: None,
            demand: None,
            tariffs: None,
            unfilled: vec![0.0; n],
            wedge_cost: vec![0.0; n],
            switched: BTreeMap::new(),
            remarks: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Made {
        Made {
            coefficients: self.coefficients,
            demand: self.demand,
            tariffs: self.tariffs,
            unfilled: self.unfilled,
            wedge_cost: self.wedge_cost,
            switched: self.switched,
            remarks: self.remarks,
        }
    }

    /// The model before any change.
    pub fn model(&self) -> &'a Model {
        self.model
    }

    /// Labels and row order.
    pub fn axis(&self) -> &'a Axis {
        self.model.axis()
    }

    /// Names of the file.
    pub fn names(&self) -> &'a Names {
        self.names
    }

    /// Output of a row before any change.
    pub fn output(&self, row: usize) -> f64 {
        self.model.flows().gross_output()[row]
    }

    /// a_ij as it is now.
    pub fn input(&self, row: usize, buyer: usize) -> f64 {
        match &self.coefficients {
            Some(coefficients) => coefficients[(row, buyer)],
            None => self.model.system().input_coefficients().get(row, buyer),
        }
    }

    /// y_ir as it is now.
    pub fn demand(&self, row: usize, economy: usize) -> f64 {
        self.demand.as_ref().unwrap_or_else(|| self.model.flows().final_demand())[(row, economy)]
    }

    /// Says something about the change.
    pub fn remark(&mut self, remark: String) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn coefficients_mut(&mut self) -> Result<&mut DMatrix<f64>, SolveError> {
        if self.coefficients.is_none() {
            let dense = self.model.system().dense_coefficients("a scenario that changes inputs")?;
            self.coefficients = Some(dense.clone());
        }
        Ok(self.coefficients.get_or_insert_with(|| DMatrix::zeros(0, 0)))
    }

    fn demand_mut(&mut self) -> &mut DMatrix<f64> {
        let model = self.model;
        self.demand.get_or_insert_with(|| model.flows().final_demand().clone())
    }

    /// Buyer `buyer` takes `amount` a unit of its output from `to` in place of `from`: its inputs add up to what they were.
    ///
    /// # Errors
    /// Coefficients that are not kept dense.
    pub fn move_input(&mut self, from: usize, to: usize, buyer: usize, amount: f64) -> Result<(), Problem> {
        if from == to || amount == 0.0 {
            return Ok(());
        }
        let coefficients = self.coefficients_mut()?;
        coefficients[(from, buyer)] -= amount;
        coefficients[(to, buyer)] += amount;
        Ok(())
    }

    /// Final demand of `economy` for `amount` turns from `from` to `to`.
    pub fn move_demand(&mut self, from: usize, to: usize, economy: usize, amount: f64) {
        if from == to || amount == 0.0 {
            return;
        }
        let demand = self.demand_mut();
        demand[(from, economy)] -= amount;
        demand[(to, economy)] += amount;
    }

    /// Buyer `buyer` loses `amount` a unit of its output and nobody delivers it: counted as unfilled, which closes the
    /// accounts.
    ///
    /// # Errors
    /// Coefficients that are not kept dense.
    pub fn lose_input(&mut self, row: usize, buyer: usize, amount: f64) -> Result<(), Problem> {
        if amount != 0.0 {
            self.coefficients_mut()?[(row, buyer)] -= amount;
            self.unfilled[buyer] += amount;
        }
        Ok(())
    }

    /// Final demand of `economy` for `row` grows by `amount`.
    pub fn add_demand(&mut self, row: usize, economy: usize, amount: f64) {
        if amount != 0.0 {
            self.demand_mut()[(row, economy)] += amount;
        }
    }

    /// Buyer `buyer` in `economy` has switched suppliers for `amount` a unit of its output, and pays `wedge` more for it.
    pub(super) fn note_switch(&mut self, economy: usize, buyer: usize, amount: f64, wedge: f64) {
        let n = self.axis().n_rows();
        self.switched.entry(economy).or_insert_with(|| vec![0.0; n])[buyer] += amount;
        self.wedge_cost[buyer] += wedge * amount;
    }

    pub(super) fn tariffs_mut(&mut self) -> &mut Tariffs {
        let (n, g) = (self.axis().n_rows(), self.axis().n_economies());
        self.tariffs
            .get_or_insert_with(|| Tariffs { inputs: DMatrix::zeros(n, g), finals: DMatrix::zeros(n, g) })
    }

    /// Rows of a sector in an economy; several in a united economy, none where it does not have the sector.
    pub fn rows(&self, economy: usize, sector: usize) -> Vec<usize> {
        self.axis().block(economy).filter(|&row| self.axis().sector_of(row) == sector).collect()
    }

    /// The rows among them that have output, with weights by output that add up to one.
    pub fn makers(&self, economy: usize, sector: usize) -> Vec<(usize, f64)> {
        let rows = self.rows(economy, sector);
        weighted(rows.into_iter().map(|row| (row, self.output(row))))
    }

    /// What an economy buys of a row now, inputs at the output of before and final demand, negative stocks left out.
    pub fn purchases(&self, economy: usize, row: usize) -> f64 {
        let inputs: f64 =
            self.axis().block(economy).map(|buyer| self.input(row, buyer) * self.output(buyer)).sum();
        inputs.max(0.0) + self.demand(row, economy).max(0.0)
    }

    /// The sector and economy of a row, for messages.
    pub fn label(&self, row: usize) -> String {
        self.axis().row_label(row)
    }

    /// Economy and sector as a message names them.
    pub fn name_of(&self, economy: usize, sector: usize) -> String {
        format!("{}.{}", self.axis().economies()[economy], self.axis().sectors()[sector])
    }
}

/// Rows with positive amounts, as weights that add up to one; nothing when there is none.
pub(super) fn weighted(amounts: impl Iterator<Item = (usize, f64)>) -> Vec<(usize, f64)> {
    let positive: Vec<(usize, f64)> = amounts.filter(|(_, amount)| *amount > 0.0).collect();
    let total: f64 = positive.iter().map(|(_, amount)| amount).sum();
    positive.into_iter().map(|(row, amount)| (row, amount / total)).collect()
}
