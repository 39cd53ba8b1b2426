//! Claims of the literature on global value chains, tested with numbers.
//!
//! A claim is a [`Card`] (what is said, where, what would follow, what others found, what the data cannot say) and an
//! `evaluate` that gathers evidence from a [`ClaimData`] panel. The verdict is read off the evidence by one rule
//! ([`verdict::decide`]); no claim writes its own. Nothing here reads files beyond [`crate::load`] or knows a terminal.
//!
//! # How to add a claim
//! 1. Its card stands in `cards.rs` (all 40 do).
//! 2. One file `src/claims/c4_chain_families.rs` with a unit struct that implements [`Claim`]: `card` returns
//!    `&cards::C4`; `evaluate` asks for its data first and, when they are missing, returns
//!    [`Outcome::without_data`]:
//!    ```text
//!    let series = match data.world(10) { Ok(series) => series, Err(why) => return Ok(Outcome::without_data(self.card(), &why)) };
//!    ```
//!    then computes its indicator for each year from [`Series::years`] (national accounts; origin, exporter and absorber
//!    matrices in [`data::WorldFacts`]; sector groups in [`Series::map`]), tests it with [`crate::stats`], fills an
//!    [`Evidence`] and turns it into a record with [`VerdictRecord::of`].
//! 3. `mod` and one line in [`CLAIMS`] in place of the entry that waits for it.
//!
//! Estimates are stated in units a reader can judge (percentage points a year), with the materiality bound beside them.
//! Use `options.plan(label)` for every bootstrap: seeds are fixed and differ by label.

mod account;
mod arithmetic;
mod association;
mod branches;
mod c10_own_tariff;
mod c11_regional;
mod c12_south_south;
mod c13_end_markets;
mod c14_concentration;
mod c15_terms_of_trade;
mod c16_export_demand;
mod c17_join_or_build;
mod c18_stall;
mod c19_processing;
mod c20_ordinary;
mod c23_opening;
mod c25_local_content;
mod c26_linkages;
mod c27_suppliers;
mod c29_volatility;
mod c30_owners;
mod c31_jobs;
mod c32_smile;
mod c33_functions;
mod c34_four_kinds;
mod c35_components;
mod c36_convergence;
mod c37_research;
mod c38_creation_and_capture;
mod c3_localisation;
mod c40_reshoring;
mod c4_chain_families;
mod c5_thin_or_poorer;
mod c9_intermediates;
mod cards;
mod curve;
pub mod data;
mod error;
mod extra;
mod groups;
mod measures;
mod notes;
mod parts;
mod path;
mod phone;
mod rates;
mod reallocation;
mod resample;
mod sectors;
mod series;
mod shape;
mod sourcing;
mod study;
mod tables;
mod thickening;
mod thinning;
mod trends;
pub mod verdict;
mod waiting;
mod world_facts;

pub use account::NationalAccount;
pub use data::{ClaimData, Series, SolvedYear, Step, WorldFacts, YearFacts};
pub use error::ClaimError;
pub use extra::Extra;
pub use path::{Choice, ExportSet, Indicator, Path, Prices};
pub use sectors::SectorMap;
pub use shape::{JointFit, UnitShape};
pub use sourcing::{FACTORS, Sourcing, decompose, decompose_in_previous_year_prices};
pub use verdict::{Condition, Decision, Evidence, Reason, UnitCount, Verdict, VerdictRecord, decide};

use crate::frame::Frame;
use crate::stats::{BootstrapPlan, DEFAULT_SEED, seed_for};

/// What is said, in words: everything about a claim that is not a number of the tables at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// `C1` .. `C40`.
    pub id: &'static str,
    /// The claim in one sentence.
    pub statement: &'static str,
    /// Who says it.
    pub source: &'static str,
    /// What would follow, and could turn out otherwise.
    pub hypothesis: &'static str,
    /// What is measured.
    pub indicator: &'static str,
    /// The data it needs.
    pub data: &'static str,
    /// The tests.
    pub test: &'static str,
    /// What others found.
    pub comparators: &'static [&'static str],
    /// What these data cannot say even at best.
    pub cannot_say: &'static str,
}

/// Bootstrap draws of a headline by default. The end of an interval at 95% lies at the 1.6th percentile of the draws on 16 years
/// (that of one chosen from two, as in C1, at the 0.6th): of 2000 draws 12 are beyond it there, and which ones moved C1's end
/// by 0.010 points a year (standard deviation over 30 seeds) across zero. Of 10,000 it is 0.005.
pub const HEADLINE_DRAWS: usize = 10_000;

/// How claims are evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimOptions {
    /// Bootstrap draws of a headline.
    pub draws: usize,
    /// Bootstrap draws of one cell of a specification curve.
    pub cell_draws: usize,
    /// Seed of every random procedure.
    pub seed: u64,
    /// Years left out of headline tests: crises move trade for a year.
    pub crisis_years: Vec<i32>,
}

impl Default for ClaimOptions {
    fn default() -> Self {
        Self { draws: HEADLINE_DRAWS, cell_draws: 499, seed: DEFAULT_SEED, crisis_years: vec![2009] }
    }
}

impl ClaimOptions {
    /// The plan of a headline bootstrap with a seed of its own.
    pub fn plan(&self, label: &str) -> BootstrapPlan {
        BootstrapPlan { draws: self.draws, seed: seed_for(self.seed, label), ..BootstrapPlan::default() }
    }

    /// The plan of one cell of a specification curve.
    pub fn cell_plan(&self, label: &str) -> BootstrapPlan {
        BootstrapPlan { draws: self.cell_draws, ..self.plan(label) }
    }
}

/// A paragraph of the whole argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Lines.
    pub lines: Vec<String>,
}

impl Section {
    /// A paragraph from lines.
    pub fn new(title: &str, lines: Vec<String>) -> Self {
        Self { title: title.to_owned(), lines }
    }
}

/// What evaluating a claim gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The verdict on the claim.
    pub record: VerdictRecord,
    /// The same, economy by economy.
    pub units: Vec<VerdictRecord>,
    /// The numbers behind it, in words.
    pub argument: Vec<Section>,
    /// The numbers behind it, as tables: `paths`, `decomposition`, `specifications`, ...
    pub details: Vec<(&'static str, Frame)>,
}

impl Outcome {
    /// A record alone.
    pub fn bare(record: VerdictRecord) -> Self {
        Self { record, units: Vec::new(), argument: Vec::new(), details: Vec::new() }
    }

    /// No verdict for want of data: the reason says which.
    pub fn without_data(card: &Card, why: &str) -> Self {
        Self::bare(VerdictRecord::undetermined(card, Reason::Data, why))
    }
}

/// A claim that can be put to the tables.
pub trait Claim: Sync {
    /// Everything in words.
    fn card(&self) -> &'static Card;
    /// Gathers the evidence.
    ///
    /// # Errors
    /// Broken data; data that are merely missing give a record with reason D3.
    fn evaluate(&self, data: &ClaimData, options: &ClaimOptions) -> Result<Outcome, ClaimError>;
    /// What a test of it would need, as long as there is none; nothing of a claim that is tested.
    fn waits_for(&self) -> Option<&'static str> {
        None
    }
    /// The test in words, told apart from one that is not written.
    fn test_in_words(&self) -> String {
        let test = self.card().test;
        if self.waits_for().is_some() { format!("not written; foreseen: {test}") } else { test.to_owned() }
    }
}

use waiting::Waiting;

/// The ledger, in order.
pub static CLAIMS: &[&dyn Claim] = &[
    &thinning::Thinning,
    &thickening::Thickening,
    &c3_localisation::Localisation,
    &c4_chain_families::ChainFamilies,
    &c5_thin_or_poorer::ThinOrPoorer,
    &phone::PhoneAccount,
    &phone::AssemblerMargins,
    &Waiting::for_data(
        &cards::C8,
        "capital stocks by asset and a cost of capital by industry (socio-economic accounts), to take the income of tangible capital off what labour leaves",
    ),
    &c9_intermediates::Intermediates,
    &c10_own_tariff::OwnTariff,
    &c11_regional::Regional,
    &c12_south_south::SouthSouth,
    &c13_end_markets::EndMarkets,
    &c14_concentration::Concentration,
    &c15_terms_of_trade::TermsOfTrade,
    &c16_export_demand::ExportDemand,
    &c17_join_or_build::JoinOrBuild,
    &c18_stall::Stall,
    &c19_processing::Processing,
    &c20_ordinary::OrdinaryExports,
    &Waiting::for_causal_data(
        &cards::C21,
        "income, size and capability measures of many small economies (World Development Indicators) over an Eora or OECD panel",
    ),
    &Waiting::for_data(
        &cards::C22,
        "product-level trade in cassava and timber, and Gabon as an economy of the table (Eora)",
    ),
    &c23_opening::Opening,
    &Waiting::for_causal_data(&cards::C24, "input tariffs by year, as an instrument for imported inputs"),
    &c25_local_content::Requirement,
    &c26_linkages::Linkages,
    &c27_suppliers::Suppliers,
    &Waiting::for_causal_data(
        &cards::C28,
        "firm- or project-level records of industrial cooperation with productivity before and after",
    ),
    &c29_volatility::Volatility,
    &c30_owners::Owners,
    &c31_jobs::Jobs,
    &c32_smile::Smile,
    &c33_functions::Functions,
    &c34_four_kinds::FourKinds,
    &c35_components::Components,
    &c36_convergence::Convergence,
    &c37_research::Research,
    &c38_creation_and_capture::CreationAndCapture,
    &Waiting::for_data(
        &cards::C39,
        "value added by industry in constant prices (at current prices hardly any industry shrinks), and tables of regions within countries for the places",
    ),
    &c40_reshoring::Reshoring,
];

/// Looks a claim up by id, in either case.
///
/// # Errors
/// [`ClaimError::UnknownClaim`].
pub fn find(id: &str) -> Result<&'static dyn Claim, ClaimError> {
    CLAIMS
        .iter()
        .find(|claim| claim.card().id.eq_ignore_ascii_case(id))
        .copied()
        .ok_or_else(|| ClaimError::UnknownClaim { name: id.to_owned(), last: CLAIMS.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_has_forty_claims_in_order_each_with_all_its_words() {
        assert_eq!(CLAIMS.len(), 40);
        for (position, claim) in CLAIMS.iter().enumerate() {
            let card = claim.card();
            assert_eq!(card.id, format!("C{}", position + 1));
            for words in [
                card.statement,
                card.source,
                card.hypothesis,
                card.indicator,
                card.data,
                card.test,
                card.cannot_say,
            ] {
                assert!(words.len() > 10, "{}: `{words}`", card.id);
            }
        }
    }

    #[test]
    fn claims_are_found_in_either_case() {
        assert_eq!(find("c2").map(|claim| claim.card().id).unwrap(), "C2");
        assert!(matches!(find("C41"), Err(ClaimError::UnknownClaim { last: 40, .. })));
    }
}
