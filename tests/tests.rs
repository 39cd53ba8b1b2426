//! The integration tests: one binary, one module a subject.

mod aggregation;
mod architecture;
mod bad_input;
mod cli;
<<<<<<< HEAD
mod product;
=======
mod indicators;
>>>>>>> 6ac65f3 (Test the indicators against the literature, other tools and brute force; bench the registry)
mod solvers;
mod support;
mod textbook;
mod tiva;
