#![doc = include_str!("../README.md")]

pub mod analysis;
pub mod audit;
pub mod batch;
pub mod blocks;
pub mod claims;
pub mod cli;
pub mod decompose;
pub mod error;
pub mod fetch;
pub mod frame;
pub mod glossary;
pub mod indicators;
pub mod kernel;
pub mod labels;
pub mod level;
pub mod load;
pub mod model;
pub mod product;
pub mod report;
pub mod stats;
pub mod table;
pub mod uncertainty;
pub mod upgrading;

pub use error::Error;
