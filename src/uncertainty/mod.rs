//! How sure is a number that a table gives? Tables drawn around the published one, and first-order sensitivities.
//!
//! | question | file | entry |
//! |---|---|---|
//! | how wrong may a cell be | [`error_model`] | [`ErrorModel`] |
//! | a table that the errors could have given, with the same margins | [`drawn_table`] | [`DrawnTables`], [`DrawPlan`] |
//! | percentile interval of any result | [`draws`] | [`run_draws`], [`DrawSet`] |
//! | which cells move this share most | [`gradient`] | [`Gradient`], [`MEASURES`] |
//! | variance of a share to first order, cell by cell | [`first_order`] | [`FirstOrder`] |
//!
//! The two ways check each other: for small errors the spread of the draws is that of the first order.

pub mod drawn_table;
pub mod draws;
mod error;
pub mod error_model;
pub mod first_order;
pub mod gradient;

pub use drawn_table::{DrawPlan, DrawnTables, FinalDemandErrors};
pub use draws::{DrawSet, run_draws};
pub use error::UncertaintyError;
pub use error_model::ErrorModel;
pub use first_order::FirstOrder;
pub use gradient::{Buyer, Gradient, MEASURES, Measure, find_measure};
