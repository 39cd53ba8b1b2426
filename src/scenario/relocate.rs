//! `relocate`: a stage of production moves from one economy to another, with the technology of where it goes.

use serde::Deserialize;

use super::error::Problem;
use super::state::State;
use super::{Change, Kind, MILLER_BLAIR, Profile, Uses, listed, percent, read_form, require_share};

/// Who gains and who loses when a stage moves to another economy?
///
/// ```text
/// a'_ij = (1 − s) a_ij, a'_kj = a_kj + s a_ij      i the sector where it was, k the same sector where it goes
/// ```
/// for each buyer j, and the same for final demand.
/// # Assumptions
/// The moved output is made with the average technology and suppliers of the receiving sector, at the same price.
/// # Errors
/// A sector without output in either economy.
/// # Source
/// Miller and Blair (2009), <https://doi.org/10.1017/CBO9780511626982>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relocate {
    /// Where the stage is.
    pub from: String,
    /// Where it goes.
    pub to: String,
    /// Its sectors.
    pub sectors: Vec<String>,
    /// Share of its sales that moves.
    pub share: f64,
    /// Economies of the buyers; all when empty.
    #[serde(default)]
    pub buyers: Vec<String>,
    /// Sales of inputs, of final goods or both.
    #[serde(default)]
    pub uses: Uses,
}

/// Registration of [`Relocate`].
pub(super) struct RelocateKind;

static PROFILE: Profile = Profile {
    id: "relocate",
    question: "Who gains and who loses when a stage of production moves to another economy?",
    equation: "a'_ij = (1 − s) a_ij, a'_kj = a_kj + s a_ij; the same for final demand",
    keys: &[
        ("from", "economy where the stage is"),
        ("to", "economy where it goes"),
        ("sectors", "its sectors"),
        ("share", "share of its sales that moves, 0 to 1"),
        ("buyers", "economies of the buyers [all]"),
        ("uses", "`all`, `intermediate` or `final` sales [all]"),
    ],
    example: "kind = \"relocate\"\nfrom = \"CHN\"\nto = \"MEX\"\nsectors = [\"c14\"]\nshare = 0.2\nbuyers = [\"USA\"]\n",
    cautions: &[
        "the receiving sector is assumed to make it with its present average technology and suppliers",
    ],
    citations: &[MILLER_BLAIR],
};

impl Kind for RelocateKind {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn read(&self, form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error> {
        read_form::<Relocate>(form)
    }
}

impl Change for Relocate {
    fn words(&self) -> String {
        format!(
            "{} of the sales of {} ({}) to {} move from {} to {}",
            percent(self.share),
            listed(&self.sectors, "all sectors"),
            self.uses.words(),
            listed(&self.buyers, "all economies"),
            self.from,
            self.to
        )
    }

    fn check(&self) -> Result<(), Problem> {
        require_share("share", self.share)?;
        if self.sectors.is_empty() {
            return Err(Problem::Keys {
                what: "`sectors` is empty: a stage moves",
                hint: "name the sectors that move",
            });
        }
        Ok(())
    }

    fn sector_names(&self) -> Vec<&str> {
        self.sectors.iter().map(String::as_str).collect()
    }

    fn apply(&self, state: &mut State<'_>) -> Result<(), Problem> {
        let (axis, names) = (state.axis(), state.names());
        let (from, to) = (names.economy(axis, &self.from)?, names.economy(axis, &self.to)?);
        if from == to {
            return Err(Problem::Keys {
                what: "`from` and `to` are the same economy: nothing would move",
                hint: "name the economy that the stage moves to",
            });
        }
        let buyers = names.economies(axis, &self.buyers)?;
        for sector in names.sectors(axis, &self.sectors)? {
            let (leaving, receiving) = (state.makers(from, sector), state.makers(to, sector));
            for (rows, economy) in [(&leaving, from), (&receiving, to)] {
                if rows.is_empty() {
                    return Err(Problem::SellsNothing { row: state.name_of(economy, sector) });
                }
            }
            for &(row, _) in &leaving {
                for &buyer in &buyers {
                    for user in axis.block(buyer).filter(|_| self.uses.inputs()) {
                        let amount = self.share * state.input(row, user);
                        for &(taker, weight) in &receiving {
                            state.move_input(row, taker, user, amount * weight)?;
                        }
                    }
                    if self.uses.finals() {
                        let amount = self.share * state.demand(row, buyer);
                        for &(taker, weight) in &receiving {
                            state.move_demand(row, taker, buyer, amount * weight);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
