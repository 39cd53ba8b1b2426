//! One product's account (a bill of materials) embedded in a table: checks, tracing, bounds, verdicts.

mod account;
mod checks;
mod error;
mod formula;
mod library;
pub mod schema;

pub use account::Account;
pub use checks::{Check, Outcome, check};
pub use error::ProductError;
pub use library::{HistoryPoint, embedded, embedded_ids, find, history, margins};
