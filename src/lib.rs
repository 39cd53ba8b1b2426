#![doc = include_str!("../README.md")]

pub mod blocks;
pub mod decompose;
pub mod frame;
pub mod indicators;
pub mod kernel;
pub mod labels;
pub mod load;
pub mod model;
pub mod report;
pub mod table;
