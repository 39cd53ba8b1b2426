//! What would follow from another technology, another supplier, another demand? A scenario is another model, solved again.
//!
//! A file ([`schema`]) names changes of input coefficients, final demand, suppliers or prices; [`evaluate`] applies them
//! in order to a copy of the coefficients and demand of a [`Model`](crate::model::Model) ([`State`]), solves the new world and sets it beside
//! the old one ([`Outcome`]): output, value added, trade, satellites, prices, and what it would take to make the loss
//! good. The **first round** (the change at the output of before) and the **total** (solved again) are both computed;
//! what is called indirect is their difference, a remainder and never a check.
//!
//! **It is conditional arithmetic, not an estimate of anything that would happen.** Prices and all coefficients that are
//! not named stay, capacity is idle, nobody substitutes. Quantities therefore bound what fixed prices allow; how a real
//! economy responds is another question, and these numbers do not answer it. [`ASSUMPTIONS`] travels with every result.
//!
//! To add a kind of change: one file with a type that implements [`Change`] and a unit struct that implements [`Kind`],
//! and one line in [`SCENARIOS`]. It then can be written in files, is listed and explained, and the property tests hold
//! it to doing nothing where it changes nothing.

mod break_even;
mod demand;
mod error;
mod library;
mod local_content;
mod measure;
mod names;
mod outcome;
mod prices;
mod records;
mod relocate;
pub mod schema;
mod sourcing;
mod state;
mod supplier_loss;
mod switch;
mod tariff;

pub use break_even::{
    BreakEvenGrowth, BreakEvenWedge, NationalEffect, break_even_growth, break_even_wedge, national_effect,
    value_added_with_exports,
};
pub use demand::Demand;
pub use error::{At, Problem, ScenarioError};
pub use library::{EmbeddedScenario, embedded, find};
pub use local_content::LocalContent;
pub use measure::{QUANTITIES, Quantity, Unit, find_quantity};
pub use names::Names;
pub use outcome::{Account, Closure, Line, Outcome, asked, evaluate, evaluate_changes};
pub use prices::{PriceChange, price_change};
pub use records::{Rows, frame};
pub use relocate::Relocate;
pub use schema::{Scenario, ScenarioFile};
pub use sourcing::{Sourcing, Towards};
pub use state::State;
pub use supplier_loss::{Replacement, SupplierLoss};
pub use tariff::Tariff;

use std::fmt;

use crate::decompose::Citation;

/// What every scenario assumes and what it therefore does not say; printed with each result.
pub const ASSUMPTIONS: [&str; 2] = [
    "conditional arithmetic, not a causal estimate: it says what follows from the change if prices, final demand and all \
     other coefficients stay, factors are idle or are freed without loss, and nobody substitutes",
    "an upper bound of the effect on quantities in that sense; first_round is the change at the output of before, total is \
     solved again, and indirect is their difference: a remainder, not a check",
];

/// Which purchases a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uses {
    /// Inputs of industries and final demand.
    #[default]
    All,
    /// Inputs of industries.
    Intermediate,
    /// Final demand.
    Final,
}

impl Uses {
    fn inputs(self) -> bool {
        self != Self::Final
    }

    fn finals(self) -> bool {
        self != Self::Intermediate
    }

    fn words(self) -> &'static str {
        match self {
            Self::All => "inputs and final demand",
            Self::Intermediate => "inputs",
            Self::Final => "final demand",
        }
    }
}

/// A kind of change in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Flat id, as in a file.
    pub id: &'static str,
    /// The question it answers.
    pub question: &'static str,
    /// What it does to coefficients, demand or prices.
    pub equation: &'static str,
    /// Its keys and what they mean.
    pub keys: &'static [(&'static str, &'static str)],
    /// A change of this kind, as it stands in a file; on the embedded world tables it changes something.
    pub example: &'static str,
    /// What a reader must know.
    pub cautions: &'static [&'static str],
    /// Where the method comes from.
    pub citations: &'static [Citation],
}

/// A kind of change that a file may name.
pub trait Kind: Sync {
    /// Everything in words.
    fn profile(&self) -> &'static Profile;

    /// Reads a change of this kind from its keys (without `kind`).
    ///
    /// # Errors
    /// A key that the kind does not have, one that is missing, a value of another type.
    fn read(&self, form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error>;
}

/// One change, with its numbers.
pub trait Change: fmt::Debug + Send + Sync {
    /// What is changed, in one sentence.
    fn words(&self) -> String;

    /// Are the numbers such as the kind allows, whatever the table?
    ///
    /// # Errors
    /// A number out of range, keys that do not go together.
    fn check(&self) -> Result<(), Problem>;

    /// May it change input coefficients, so that the new world is factorised anew?
    fn changes_inputs(&self) -> bool {
        true
    }

    /// Which of the cautions of its kind a reader of this change must know; all of them unless the change says otherwise.
    fn cautions(&self, of_kind: &'static [&'static str]) -> Vec<&'static str> {
        of_kind.to_vec()
    }

    /// Sectors as the change names them: what a name stands for in the table is told with the result.
    fn sector_names(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Makes the change. Shares are shares of what earlier changes of the scenario have left.
    ///
    /// # Errors
    /// A label that the table does not have, a supplier without output, nothing to change.
    fn apply(&self, state: &mut State<'_>) -> Result<(), Problem>;
}

/// Every kind of change, in the order of `vadex list scenarios`.
pub static SCENARIOS: &[&dyn Kind] = &[
    &sourcing::SourcingKind,
    &local_content::LocalContentKind,
    &tariff::TariffKind,
    &demand::DemandKind,
    &supplier_loss::SupplierLossKind,
    &relocate::RelocateKind,
];

/// A kind by id.
pub fn find_kind(id: &str) -> Option<&'static dyn Kind> {
    SCENARIOS.iter().find(|kind| kind.profile().id == id).copied()
}

/// A change from its keys: what each kind's `read` is made of.
fn read_form<T>(form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error>
where
    T: serde::de::DeserializeOwned + Change + 'static,
{
    Ok(Box::new(T::deserialize(form)?))
}

/// A share must be a number from 0 to 1.
fn require_share(key: &'static str, value: f64) -> Result<(), Problem> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(Problem::OutOfRange { key, value, expected: "expected a share from 0 to 1" })
}

/// A wedge is finite and leaves a positive price.
fn require_wedge(key: &'static str, value: f64) -> Result<(), Problem> {
    if value.is_finite() && value > -1.0 {
        return Ok(());
    }
    Err(Problem::OutOfRange { key, value, expected: "expected a finite number above -1" })
}

/// `a, b, c`, or what stands for all of them.
fn listed(names: &[String], all: &str) -> String {
    if names.is_empty() { all.to_owned() } else { names.join(", ") }
}

/// A fraction as a person reads it.
fn percent(share: f64) -> String {
    let text = format!("{:.4}", 100.0 * share);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Miller and Blair, for everything that is an exercise of their book.
const MILLER_BLAIR: Citation = Citation {
    authors: "Miller and Blair (2009)",
    work: "Input-Output Analysis: Foundations and Extensions, 2nd edition, Cambridge University Press",
    doi: "10.1017/CBO9780511626982",
};
/// The price model.
const DIETZENBACHER_1997: Citation = Citation {
    authors: "Dietzenbacher (1997)",
    work: "In vindication of the Ghosh model: a reinterpretation as a price model. Journal of Regional Science 37(4), \
           629-651",
    doi: "10.1111/0022-4146.00073",
};
/// Hypothetical extraction, partial and total.
const DIETZENBACHER_LAHR_2013: Citation = Citation {
    authors: "Dietzenbacher and Lahr (2013)",
    work: "Expanding extractions. Economic Systems Research 25(3), 341-360",
    doi: "10.1080/09535314.2013.774266",
};
