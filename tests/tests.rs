//! The integration tests: one binary, one module a subject.

mod architecture;
mod bad_input;
mod cli;
mod solvers;
mod support;
mod textbook;
mod tiva;
