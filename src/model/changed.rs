//! Another model made from a model: other input coefficients, another final demand, everything else as it was.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::solver::{Side, SolveError};
use super::{Flows, Model};

/// A model and how it came from the one before: the first round, and the world in which all rounds have run.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The new world, solved: x' = x + (I − A')⁻¹ ((A' − A) x + Δy).
    pub model: Model,
    /// (A' − A) x + Δy: what is ordered more of each row before anybody produces more or less, (n_rows).
    pub first_orders: Vec<f64>,
    /// Exports by the new coefficients and demand at the output of before: the first round of trade.
    pub first_flows: Flows,
}

impl Model {
    /// The world with other coefficients, another final demand, or both; value-added shares stay.
    ///
    /// ```text
    /// x' − x = (I − A')⁻¹ ((A' − A) x + (Y' − Y) u)
    /// (GN)     (GN,GN)     (GN)
    /// ```
    /// The difference is solved for, not the level: where nothing changes the difference is zero exactly, and a small
    /// change is known to the digits of the change. The identity follows from x = A x + Y u and x' = A' x' + Y' u.
    ///
    /// # Assumptions
    /// Value added a unit of output stays. With published output x and A x + Y u differ; that difference stays too.
    ///
    /// # Errors
    /// [`SolveError::NeedsDense`] for new coefficients of a table that is not kept dense; a singular system.
    ///
    /// # Panics
    /// When a matrix does not have the shape of the one it replaces.
    ///
    /// # Cost
    /// One factorisation where coefficients change, none otherwise; one right-hand side.
    pub fn changed(
        &self,
        coefficients: Option<DMatrix<f64>>,
        final_demand: Option<DMatrix<f64>>,
    ) -> Result<Changed, SolveError> {
        let n = self.axis().n_rows();
        let output = self.flows.gross_output();
        let mut orders = vec![0.0; n];
        let system = match coefficients {
            None => Arc::clone(&self.system),
            Some(new) => {
                let old = self.system.dense_coefficients("another technology")?;
                assert_eq!(new.shape(), old.shape(), "coefficients of another shape");
                for ((after, before), x) in new.column_iter().zip(old.column_iter()).zip(output) {
                    // Cell by cell, so that cells which stay add nothing, not even rounding.
                    for ((order, after), before) in orders.iter_mut().zip(after.iter()).zip(before.iter()) {
                        *order += (after - before) * x;
                    }
                }
                Arc::new(self.system.with_coefficients(new)?)
            }
        };
        let demand = match final_demand {
            None => self.flows.final_demand().clone(),
            Some(new) => {
                assert_eq!(new.shape(), self.flows.final_demand().shape(), "final demand of another shape");
                for (after, before) in new.column_iter().zip(self.flows.final_demand().column_iter()) {
                    for ((order, after), before) in orders.iter_mut().zip(after.iter()).zip(before.iter()) {
                        *order += after - before;
                    }
                }
                new
            }
        };
        let mut difference = DMatrix::from_column_slice(n, 1, &orders);
        if orders.iter().any(|order| *order != 0.0) {
            system.solve_in_place(Side::Direct, &mut difference)?;
        }
        let produced = output.iter().zip(difference.iter()).map(|(x, more)| x + more).collect();
        let first_flows = Flows::of(&system, demand.clone(), output.to_vec());
        let flows = Flows::of(&system, demand, produced);
        let model = Self {
            system,
            flows: Arc::new(flows),
            value_added_by_origin: Arc::default(),
            shared: Arc::default(),
            ..self.clone()
        };
        Ok(Changed { model, first_orders: orders, first_flows })
    }
}
