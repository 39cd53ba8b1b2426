//! Hypothetical extraction: how much smaller is the world without an industry, without its purchases, without its sales?
//!
//! Every extraction is a change of one row and one column of A. The solution of the changed system follows from one
//! column of B (a rank-one update), so that no industry needs an inverse of its own.

use nalgebra::DMatrix;

use super::chain_algebra::{FinalGoods, column_sums, global_transposed};
use super::sources::DIETZENBACHER_LAHR_2013;
use super::units::{Rows, ratio};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows, note};
use crate::blocks;
use crate::frame::Measure::Amount;
use crate::model::Model;

/// What is lost when an industry disappears, buys nothing, or sells nothing to industries?
///
/// ```text
/// total     row k, column k and y_k zero      x − x* = B_·k x_k / b_kk
/// backward  column k zero                     x − x* = (B_·k − 1_k) x_k / b_kk
/// forward   row k zero, y_k kept              x − x* = B_·k (x_k − y_k) / b_kk
/// ```
/// # Terms
/// `*_output` and `*_va`: loss of the world's output and value added (or jobs), the industry's own included;
/// `*_domestic`: inside its own economy.
/// # Assumptions
/// Prices and all other coefficients stay: an upper bound of what a real loss would do, because nobody substitutes.
/// # Cost
/// The global inverse once (for b_kk); O(n) a row after it.
/// # Differences
/// Brute force (changing A and solving again for each industry) gives the same numbers and is the test.
/// # Source
/// Dietzenbacher and Lahr (2013), <https://doi.org/10.1080/09535314.2013.774266>.
pub struct HypotheticalExtraction;

static PROFILE: Profile = Profile {
    id: "hypothetical-extraction",
    family: Family::Linkages,
    question: "How much output and value added is lost when an industry disappears, buys nothing, or sells no inputs?",
    equation: "total B_·k x_k / b_kk; backward (B_·k − 1_k) x_k / b_kk; forward B_·k (x_k − y_k) / b_kk",
    citations: &[DIETZENBACHER_LAHR_2013],
    levels: &[Level::Sector],
    columns: &[
        flows("hem_total_output", Amount, "the industry disappears: loss of world output"),
        note("hem_total_va", Amount, "loss of world value added (or of the satellite)"),
        flows("hem_backward_output", Amount, "the industry buys nothing: loss of world output"),
        note("hem_backward_va", Amount, "loss of world value added"),
        flows("hem_forward_output", Amount, "the industry sells no inputs: loss of world output"),
        note("hem_forward_va", Amount, "loss of world value added"),
        flows("hem_total_output_domestic", Amount, "the industry disappears: loss of output in its economy"),
        note("hem_total_va_domestic", Amount, "loss of value added in its economy"),
    ],
    cautions: &["nobody substitutes: an upper bound, not a forecast"],
    cost: "global inverse once, then O(n) an industry: O(n³)",
    takes_satellites: true,
};

impl Indicator for HypotheticalExtraction {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn needs_inverse(&self) -> bool {
        true
    }

    fn compute(&self, model: &Model, _level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let axis = model.axis();
        let n = axis.n_rows();
        let inverse = model.system().global_leontief()?;
        let output = model.flows().gross_output();
        let shares = model.value_added_share();
        let goods = FinalGoods::of(model);
        let called = &column_sums(model)?.0;
        let by_origin = model.value_added_by_origin()?;
        // 1'B by economy, and the same weighted by value added: rows of the own economy only.
        let own = global_transposed(model, blocks::spread_by_economy(&vec![1.0; n], axis))?;
        let own_output = |k: usize| own[(k, axis.economy_of(k))];
        let own_added = |k: usize| by_origin[(axis.economy_of(k), k)];
        let added: Vec<f64> = by_origin.column_iter().map(|column| column.sum()).collect();
        let rows = Rows::of(model, request);
        let losses: DMatrix<f64> = DMatrix::from_fn(rows.indices().len(), 8, |position, loss| {
            let k = rows.indices()[position];
            let gone = ratio(output[k], inverse[(k, k)]);
            let unsold = ratio(output[k] - goods.total[k], inverse[(k, k)]);
            match loss {
                0 => called[k] * gone,
                1 => added[k] * gone,
                2 => (called[k] - 1.0) * gone,
                3 => (added[k] - shares[k]) * gone,
                4 => called[k] * unsold,
                5 => added[k] * unsold,
                6 => own_output(k) * gone,
                _ => own_added(k) * gone,
            }
        });
        let columns = losses.column_iter().map(|column| column.iter().copied().collect()).collect();
        Ok(Reading::of_numbers(&PROFILE, rows.keys(), columns))
    }
}
