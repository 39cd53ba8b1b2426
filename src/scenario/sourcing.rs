//! `sourcing`: a share of inputs switched from home to abroad, or from abroad to home.

use serde::Deserialize;

use super::error::Problem;
use super::state::State;
use super::switch::Selection;
use super::{
    Change, DIETZENBACHER_1997, Kind, MILLER_BLAIR, Profile, listed, percent, read_form, require_share,
    require_wedge,
};

/// Which way inputs are switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Towards {
    /// Domestic inputs are imported: opening.
    Imports,
    /// Imported inputs are made at home: import substitution.
    Home,
}

/// What happens to income when an economy buys a share of its inputs elsewhere?
///
/// ```text
/// towards imports   a'_ij = (1 − s) a_ij, i at home;   a'_kj = a_kj + s a_ij w_kj, k abroad, Σ_k w_kj = 1
/// towards home      the same the other way round
/// ```
/// w: present imports of the product by the same user, or by its economy where the user imports none. Towards home, where
/// an economy has several rows of a sector, its present purchases of them at home.
/// # Assumptions
/// The user needs as much of the product as before, at the price of before; a wedge is reported as a price, it moves no
/// quantity.
/// # Errors
/// Nothing of the kind is bought; a label that the table does not have.
/// # Source
/// Miller and Blair (2009), <https://doi.org/10.1017/CBO9780511626982>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sourcing {
    /// Whose inputs.
    pub economy: String,
    /// Sectors of the inputs; all when empty.
    #[serde(default)]
    pub products: Vec<String>,
    /// Buying sectors; all when empty.
    #[serde(default)]
    pub users: Vec<String>,
    /// Foreign economies; all when empty.
    #[serde(default)]
    pub partners: Vec<String>,
    /// Which way.
    pub towards: Towards,
    /// Share that is switched.
    pub share: f64,
    /// Price of the new source over that of the old, less one.
    #[serde(default)]
    pub price_wedge: f64,
}

/// Registration of [`Sourcing`].
pub(super) struct SourcingKind;

const TO_IMPORTS: &str = "at fixed prices and with exports held, switching to imports can only lose value added; what \
                          cheaper or better inputs give is the price side beside it";
const TO_HOME: &str = "at fixed prices and with exports held, switching to suppliers at home can only add value added; what \
                       dearer or poorer inputs cost is the price side beside it";

static PROFILE: Profile = Profile {
    id: "sourcing",
    question: "What happens to income when an economy buys a share of its inputs elsewhere?",
    equation: "towards imports: a'_ij = (1 − s) a_ij at home, the rest to foreign suppliers in proportion to present imports",
    keys: &[
        ("economy", "whose inputs"),
        ("products", "sectors of the inputs [all]"),
        ("users", "buying sectors [all]"),
        ("partners", "foreign economies [all]"),
        ("towards", "`imports` or `home`"),
        ("share", "share of the inputs that is switched, 0 to 1"),
        ("price_wedge", "price of the new source over the old, less one: -0.1 is a tenth cheaper [0]"),
    ],
    example: "kind = \"sourcing\"\neconomy = \"USA\"\nproducts = [\"c14\", \"c15\"]\ntowards = \"imports\"\nshare = 0.1\n",
    cautions: &[TO_IMPORTS, TO_HOME],
    citations: &[MILLER_BLAIR, DIETZENBACHER_1997],
};

impl Kind for SourcingKind {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn read(&self, form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error> {
        read_form::<Sourcing>(form)
    }
}

impl Change for Sourcing {
    fn words(&self) -> String {
        let (from, to) = match self.towards {
            Towards::Imports => {
                ("domestic", format!("imports from {}", listed(&self.partners, "all origins")))
            }
            Towards::Home => ("imported", "domestic suppliers".to_owned()),
        };
        let origins = match self.towards {
            Towards::Home if !self.partners.is_empty() => format!(" from {}", self.partners.join(", ")),
            _ => String::new(),
        };
        let wedge = if self.price_wedge == 0.0 {
            String::new()
        } else {
            format!(", price of the new source {:+}", self.price_wedge)
        };
        format!(
            "{}: {} of {from} inputs of {}{origins}, bought by {}, to {to}{wedge}",
            self.economy,
            percent(self.share),
            listed(&self.products, "all products"),
            listed(&self.users, "all industries")
        )
    }

    fn check(&self) -> Result<(), Problem> {
        require_share("share", self.share)?;
        require_wedge("price_wedge", self.price_wedge)
    }

    fn cautions(&self, _of_kind: &'static [&'static str]) -> Vec<&'static str> {
        match self.towards {
            Towards::Imports => vec![TO_IMPORTS],
            Towards::Home => vec![TO_HOME],
        }
    }

    fn sector_names(&self) -> Vec<&str> {
        self.products.iter().chain(&self.users).map(String::as_str).collect()
    }

    fn apply(&self, state: &mut State<'_>) -> Result<(), Problem> {
        let selection = Selection::of(state, &self.economy, &self.users, &self.products, &self.partners)?;
        let (switched, what) = match self.towards {
            Towards::Imports => {
                (selection.to_imports(state, self.share, self.price_wedge)?, "domestic inputs")
            }
            Towards::Home => {
                let shares = selection.users.iter().map(|&user| (user, self.share)).collect();
                (selection.to_home(state, &shares, self.price_wedge)?, "imported inputs")
            }
        };
        let what = format!("{} has no such {what} that somebody on the other side sells", self.economy);
        switched.report(state, self.share, &what)
    }
}
