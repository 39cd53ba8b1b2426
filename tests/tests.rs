//! The integration tests: one binary, one module a subject.

mod aggregation;
mod architecture;
mod bad_input;
mod brute_force;
mod cli;
mod golden;
mod methods;
mod mutations;
mod solvers;
mod support;
mod textbook;
mod tiva;

#[path = "../benches/synthetic.rs"]
mod synthetic;
