#![doc = include_str!("../README.md")]

pub mod analysis;
pub mod audit;
pub mod batch;
pub mod blocks;
pub mod chart;
pub mod claims;
#[cfg(feature = "cli")]
pub mod cli;
pub mod decompose;
pub mod error;
pub mod fetch;
pub mod frame;
pub mod glossary;
pub mod indicators;
pub mod interrupt;
pub mod kernel;
pub mod labels;
pub mod level;
pub mod load;
pub mod machine;
pub mod manual;
pub mod model;
pub mod page;
pub mod product;
pub mod report;
pub mod scenario;
pub mod stats;
pub mod table;
pub mod uncertainty;
pub mod upgrading;

pub use error::Error;
/// Dense matrices of tables and results are of this version of nalgebra: a new major version of it is one of this crate.
#[doc(no_inline)]
pub use nalgebra;
/// Sparse tables are made from, and lent as, matrices of this version of sprs, under the same promise.
#[doc(no_inline)]
pub use sprs;
