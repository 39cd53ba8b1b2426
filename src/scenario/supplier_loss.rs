//! `supplier-loss`: an industry sells less, or nothing: hypothetical extraction, total or partial, with or without others
//! who take its place.

use serde::Deserialize;

use super::error::Problem;
use super::state::{State, weighted};
use super::{Change, DIETZENBACHER_LAHR_2013, Kind, Profile, listed, percent, read_form, require_share};

/// Who takes the place of what is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replacement {
    /// Nobody: buyers go on without, and final demand is not met.
    #[default]
    None,
    /// The buyer's own economy; where that is the economy of the lost supplier, nobody.
    Domestic,
    /// All other suppliers, in proportion to what the buyer takes from them now.
    Others,
}

/// What is lost with a supplier?
///
/// ```text
/// a'_kj = (1 − s) a_kj     y'_kr = (1 − s) y_kr     for each buyer j, r; k the lost supplier
/// ```
/// With s = 1 and nobody in its place the supplier's output is zero, and the result is total hypothetical extraction:
/// x − x* = B_·k x_k / b_kk. What is replaced moves to other rows of the same sector, and the buyer's inputs add up to
/// what they were; what is not replaced is counted as unfilled inputs.
/// # Assumptions
/// Without replacement buyers produce as much of everything else a unit of input as before: no bottleneck. The loss to
/// the world is then that of the supplier's chain, not that of stopped assembly lines.
/// # Errors
/// A supplier without output.
/// # Source
/// Dietzenbacher and Lahr (2013), <https://doi.org/10.1080/09535314.2013.774266>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplierLoss {
    /// Economy of the supplier.
    pub economy: String,
    /// Its sectors.
    pub sectors: Vec<String>,
    /// Economies that lose it as a supplier; all when empty.
    #[serde(default)]
    pub buyers: Vec<String>,
    /// Share of its sales that is lost.
    #[serde(default = "whole")]
    pub share: f64,
    /// Who takes its place.
    #[serde(default)]
    pub replacement: Replacement,
}

fn whole() -> f64 {
    1.0
}

/// Registration of [`SupplierLoss`].
pub(super) struct SupplierLossKind;

const WITHOUT: &str = "without replacement buyers go on producing without the input: a bottleneck that stops them is not in \
                       these numbers";
const REPLACED: &str = "with replacement the others are assumed to have the capacity, at the same price";

static PROFILE: Profile = Profile {
    id: "supplier-loss",
    question: "What is lost with a supplier, when others take its place or nobody does?",
    equation: "a'_kj = (1 − s) a_kj, y'_kr = (1 − s) y_kr: hypothetical extraction of sales, total for s = 1",
    keys: &[
        ("economy", "economy of the supplier"),
        ("sectors", "its sectors"),
        ("buyers", "economies that lose it as a supplier [all]"),
        ("share", "share of its sales that is lost, 0 to 1 [1]"),
        (
            "replacement",
            "`none`, `domestic` (the buyer's own economy) or `others` (in proportion to present purchases) [none]",
        ),
    ],
    example: "kind = \"supplier-loss\"\neconomy = \"JPN\"\nsectors = [\"c14\"]\nshare = 0.5\nreplacement = \"others\"\n",
    cautions: &[WITHOUT, REPLACED],
    citations: &[DIETZENBACHER_LAHR_2013],
};

impl Kind for SupplierLossKind {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn read(&self, form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error> {
        read_form::<SupplierLoss>(form)
    }
}

impl Change for SupplierLoss {
    fn words(&self) -> String {
        let place = match self.replacement {
            Replacement::None => "nobody takes its place",
            Replacement::Domestic => "buyers' own economies take its place",
            Replacement::Others => "other suppliers take its place as they sell now",
        };
        format!(
            "{} of {} loses {} of its sales to {}; {place}",
            listed(&self.sectors, "all sectors"),
            self.economy,
            percent(self.share),
            listed(&self.buyers, "all economies")
        )
    }

    fn check(&self) -> Result<(), Problem> {
        require_share("share", self.share)?;
        if self.sectors.is_empty() {
            return Err(Problem::Keys {
                what: "`sectors` is empty: a supplier is lost",
                hint: "name the sectors of the supplier",
            });
        }
        Ok(())
    }

    fn cautions(&self, of_kind: &'static [&'static str]) -> Vec<&'static str> {
        match self.replacement {
            Replacement::None => vec![WITHOUT],
            // Buyers at home of the lost supplier go without.
            Replacement::Domestic => of_kind.to_vec(),
            Replacement::Others => vec![REPLACED],
        }
    }

    fn sector_names(&self) -> Vec<&str> {
        self.sectors.iter().map(String::as_str).collect()
    }

    fn apply(&self, state: &mut State<'_>) -> Result<(), Problem> {
        let (axis, names) = (state.axis(), state.names());
        let economy = names.economy(axis, &self.economy)?;
        let buyers = names.economies(axis, &self.buyers)?;
        for sector in names.sectors(axis, &self.sectors)? {
            let lost = state.makers(economy, sector);
            if lost.is_empty() {
                return Err(Problem::SellsNothing { row: state.name_of(economy, sector) });
            }
            for &buyer in &buyers {
                self.lose(state, economy, sector, &lost, buyer)?;
            }
        }
        Ok(())
    }
}

impl SupplierLoss {
    /// One sector is lost to one buying economy.
    fn lose(
        &self,
        state: &mut State<'_>,
        economy: usize,
        sector: usize,
        lost: &[(usize, f64)],
        buyer: usize,
    ) -> Result<(), Problem> {
        let axis = state.axis();
        let others: Vec<usize> = match self.replacement {
            Replacement::None => Vec::new(),
            Replacement::Domestic if buyer == economy => Vec::new(),
            Replacement::Domestic => state.makers(buyer, sector).into_iter().map(|(row, _)| row).collect(),
            Replacement::Others => (0..axis.n_economies())
                .filter(|&other| other != economy)
                .flat_map(|other| state.makers(other, sector))
                .map(|(row, _)| row)
                .collect(),
        };
        // Whoever buys nothing from the others yet goes by what its economy buys, and then by who makes most.
        let of_economy = weighted(others.iter().map(|&row| (row, state.purchases(buyer, row))));
        let fallback = if of_economy.is_empty() {
            weighted(others.iter().map(|&row| (row, state.output(row))))
        } else {
            of_economy
        };
        let finals = weighted(others.iter().map(|&row| (row, state.demand(row, buyer))));
        for user in axis.block(buyer) {
            let own = weighted(others.iter().map(|&row| (row, state.input(row, user))));
            let takers = if own.is_empty() { &fallback } else { &own };
            for &(row, _) in lost {
                let amount = self.share * state.input(row, user);
                if takers.is_empty() {
                    state.lose_input(row, user, amount)?;
                }
                for &(taker, weight) in takers {
                    state.move_input(row, taker, user, amount * weight)?;
                }
            }
        }
        let takers = if finals.is_empty() { &fallback } else { &finals };
        for &(row, _) in lost {
            let amount = self.share * state.demand(row, buyer);
            if takers.is_empty() {
                state.add_demand(row, buyer, -amount);
            }
            for &(taker, weight) in takers {
                state.move_demand(row, taker, buyer, amount * weight);
            }
        }
        Ok(())
    }
}
