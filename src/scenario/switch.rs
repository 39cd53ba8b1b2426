//! Switching inputs between home and abroad: what `sourcing` and `local-content` share.
//!
//! Each move stays within one product and one buyer, so the buyer's inputs add up to what they were, and its value added a
//! unit of output stays.

use std::collections::HashMap;

use super::error::Problem;
use super::state::{State, weighted};
use crate::labels::LabelError;

/// Whose inputs, of which products, from which foreign economies.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    pub(super) economy: usize,
    /// Buying rows with output.
    pub(super) users: Vec<usize>,
    /// Sectors of the inputs.
    pub(super) products: Vec<usize>,
    /// Foreign economies.
    pub(super) partners: Vec<usize>,
}

/// What a switch came to, in money at the output of before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Switched {
    /// What was moved.
    pub(super) moved: f64,
    /// What was to be moved and nobody sells on the other side.
    pub(super) left: f64,
}

impl Selection {
    pub(super) fn of(
        state: &State<'_>,
        economy: &str,
        users: &[String],
        products: &[String],
        partners: &[String],
    ) -> Result<Self, LabelError> {
        let (axis, names) = (state.axis(), state.names());
        let economy = names.economy(axis, economy)?;
        let sectors = names.sectors(axis, users)?;
        let users = axis
            .block(economy)
            .filter(|&row| sectors.contains(&axis.sector_of(row)) && state.output(row) != 0.0)
            .collect();
        let products = names.sectors(axis, products)?;
        let mut partners = names.economies(axis, partners)?;
        partners.retain(|&partner| partner != economy);
        Ok(Self { economy, users, products, partners })
    }

    /// Rows of a product in the partner economies that have output.
    fn foreign_rows(&self, state: &State<'_>, product: usize) -> Vec<usize> {
        let rows = self.partners.iter().flat_map(|&partner| state.rows(partner, product));
        rows.filter(|&row| state.output(row) > 0.0).collect()
    }

    /// Domestic and foreign inputs of a user, all products: (home, abroad) a unit of its output. Abroad counts every
    /// foreign economy, named as a partner or not.
    pub(super) fn home_and_abroad(&self, state: &State<'_>, user: usize) -> (f64, f64) {
        let (mut home, mut abroad) = (0.0, 0.0);
        for economy in 0..state.axis().n_economies() {
            for &product in &self.products {
                for row in state.rows(economy, product) {
                    *(if economy == self.economy { &mut home } else { &mut abroad }) +=
                        state.input(row, user);
                }
            }
        }
        (home, abroad)
    }

    /// Imports of a user from the partners that the economy's own industries could make.
    pub(super) fn replaceable(&self, state: &State<'_>, user: usize) -> f64 {
        self.products
            .iter()
            .filter(|&&product| !state.makers(self.economy, product).is_empty())
            .flat_map(|&product| self.foreign_rows(state, product))
            .map(|row| state.input(row, user))
            .sum()
    }

    /// `share` of each user's domestic inputs of each product goes to foreign suppliers, in proportion to what the user
    /// imports of the product now; where it imports none, to what its economy buys abroad of it.
    ///
    /// # Errors
    /// Coefficients that are not kept dense.
    pub(super) fn to_imports(
        &self,
        state: &mut State<'_>,
        share: f64,
        wedge: f64,
    ) -> Result<Switched, Problem> {
        let mut done = Switched::default();
        for &product in &self.products {
            let home = state.rows(self.economy, product);
            let abroad = self.foreign_rows(state, product);
            let of_economy = weighted(abroad.iter().map(|&row| (row, state.purchases(self.economy, row))));
            for &user in &self.users {
                let own = weighted(abroad.iter().map(|&row| (row, state.input(row, user))));
                let suppliers = if own.is_empty() { &of_economy } else { &own };
                for &row in &home {
                    let amount = share * state.input(row, user);
                    let money = amount * state.output(user);
                    if suppliers.is_empty() {
                        done.left += money;
                        continue;
                    }
                    for &(supplier, weight) in suppliers {
                        state.move_input(row, supplier, user, amount * weight)?;
                    }
                    state.note_switch(self.economy, user, amount, wedge);
                    done.moved += money;
                }
            }
        }
        Ok(done)
    }

    /// `share(user)` of each user's inputs from the partners goes to the same sector at home, where it has output. Where
    /// the economy has several rows of the sector, in proportion to what the user buys of them now; where it buys none, to
    /// what the economy buys of them; and where nobody at home does, to their output.
    ///
    /// # Errors
    /// Coefficients that are not kept dense.
    pub(super) fn to_home(
        &self,
        state: &mut State<'_>,
        shares: &HashMap<usize, f64>,
        wedge: f64,
    ) -> Result<Switched, Problem> {
        let mut done = Switched::default();
        for &product in &self.products {
            let makers = state.makers(self.economy, product);
            let of_economy =
                weighted(makers.iter().map(|&(row, _)| (row, state.purchases(self.economy, row))));
            let fallback = if of_economy.is_empty() { &makers } else { &of_economy };
            let abroad = self.foreign_rows(state, product);
            for (&user, &share) in self.users.iter().filter_map(|user| Some((user, shares.get(user)?))) {
                let own = weighted(makers.iter().map(|&(row, _)| (row, state.input(row, user))));
                let takers = if own.is_empty() { fallback } else { &own };
                for &row in &abroad {
                    let amount = share * state.input(row, user);
                    let money = amount * state.output(user);
                    if takers.is_empty() {
                        done.left += money;
                        continue;
                    }
                    for &(taker, weight) in takers {
                        state.move_input(row, taker, user, amount * weight)?;
                    }
                    state.note_switch(self.economy, user, amount, wedge);
                    done.moved += money;
                }
            }
        }
        Ok(done)
    }
}

impl Switched {
    /// Says what could not be moved; nothing moved at all is an error.
    pub(super) fn report(self, state: &mut State<'_>, wanted: f64, what: &str) -> Result<(), Problem> {
        if wanted > 0.0 && self.moved == 0.0 {
            return Err(Problem::NothingThere { what: what.to_owned() });
        }
        if self.left != 0.0 {
            state.remark(format!(
                "{:.6} of {:.6} stay with their suppliers: nobody on the other side sells the product",
                self.left,
                self.left + self.moved
            ));
        }
        Ok(())
    }
}
