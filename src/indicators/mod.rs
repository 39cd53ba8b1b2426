//! Model to numbers: indicators that are defined by economy, by exporting sector or by pair of economies.
//!
//! To add a family: one file, one line in [`INDICATORS`] (see ARCHITECTURE.md).

mod trade_in_value_added;

pub use trade_in_value_added::{TivaRow, trade_in_value_added};

/// How finely an indicator is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// One row an exporting economy.
    #[default]
    Country,
    /// One row an exporting economy and sector.
    Sector,
    /// One row a pair of exporter and partner.
    Bilateral,
    /// One row an exporting economy and sector and a partner.
    BilateralSector,
}
