//! The integration tests: one binary, one module a subject.

mod aggregation;
mod architecture;
mod bad_input;
mod claims;
mod cli;
mod indicators;
mod national;
mod product;
mod solvers;
mod support;
mod textbook;
mod tiva;
