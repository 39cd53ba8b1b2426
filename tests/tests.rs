//! The integration tests: one binary, one module a subject.

mod aggregation;
mod architecture;
mod bad_input;
mod batch;
mod brute_force;
mod claims;
mod claims_icio;
mod cli;
mod golden;
mod indicators;
mod load;
mod load_several;
mod methods;
mod mutations;
mod national;
mod product;
mod solvers;
mod support;
mod textbook;
mod tiva;
mod uncertainty;

#[path = "../benches/synthetic.rs"]
mod synthetic;
