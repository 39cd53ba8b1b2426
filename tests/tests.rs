//! The integration tests: one binary, one module a subject.

mod aggregation;
mod architecture;
mod bad_input;
mod batch;
mod batch_tasks;
mod bounds;
mod brute_force;
mod charts;
mod check;
mod claims;
mod claims_icio;
mod claims_ledger;
mod claims_prices;
mod claims_processing;
mod claims_productivity;
mod cli;
mod closed_multipliers;
mod companions;
mod edges;
mod everything;
#[cfg(feature = "fetch")]
mod fetch;
mod golden;
mod html;
mod indicators;
mod library;
mod load;
mod load_several;
mod manners;
mod manual;
mod matrix;
mod methods;
mod mutations;
mod national;
mod networks;
mod notebooks;
mod plot;
mod product;
mod report;
mod reshape;
mod satellites;
mod scenario;
mod sda;
mod sda_apart;
mod solvers;
mod storage;
mod sums;
mod support;
mod textbook;
mod tiva;
mod uncertainty;
mod upgrading;

#[path = "../examples/do_the_measures_agree.rs"]
mod do_the_measures_agree;
#[path = "../benches/networks.rs"]
mod firm_networks;
#[path = "../benches/synthetic.rs"]
mod synthetic;
