//! `local-content`: a floor under the domestic share of the inputs of some industries.

use std::collections::HashMap;

use serde::Deserialize;

use super::error::Problem;
use super::state::{ROUNDING, State};
use super::switch::Selection;
use super::{
    Change, DIETZENBACHER_1997, Kind, MILLER_BLAIR, Profile, listed, percent, read_form, require_share,
    require_wedge,
};

/// What does a local content requirement do to value added, and what to the costs of users?
///
/// ```text
/// D_j = Σ_i a_ij at home / Σ_i a_ij      D'_j = max(D_j, k)      imports shrink by (1 − k) / (1 − D_j), each product the same
/// ```
/// for each user j over the products named. Products that the economy does not make stay imported; the others give way
/// the more.
/// # Assumptions
/// As for `sourcing`: the same quantity of each product, made at home with the average technology of the sector.
/// # Errors
/// A floor that the economy cannot reach with the products it makes.
/// # Source
/// Miller and Blair (2009), <https://doi.org/10.1017/CBO9780511626982>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalContent {
    /// Whose industries.
    pub economy: String,
    /// Buying sectors under the requirement.
    pub users: Vec<String>,
    /// Sectors of the inputs that count; all when empty.
    #[serde(default)]
    pub products: Vec<String>,
    /// Smallest domestic share.
    pub floor: f64,
    /// Price of the domestic input over that of the import it replaces, less one.
    #[serde(default)]
    pub price_wedge: f64,
}

/// Registration of [`LocalContent`].
pub(super) struct LocalContentKind;

static PROFILE: Profile = Profile {
    id: "local-content",
    question: "What does a floor under the domestic share of inputs do to value added, and to the costs of users?",
    equation: "D'_j = max(D_j, k): imports of each product shrink by the same factor and are bought at home",
    keys: &[
        ("economy", "whose industries"),
        ("users", "buying sectors under the requirement"),
        ("products", "sectors of the inputs that count [all]"),
        ("floor", "smallest domestic share of these inputs, 0 to 1"),
        ("price_wedge", "price of the domestic input over the import it replaces, less one [0]"),
    ],
    example: "kind = \"local-content\"\neconomy = \"MEX\"\nusers = [\"c14\"]\nfloor = 0.6\nprice_wedge = 0.1\n",
    cautions: &[
        "at fixed prices and with exports held, a floor can only raise the economy's value added; the break-even wedge says at which cost \
         disadvantage the gain is gone",
    ],
    citations: &[MILLER_BLAIR, DIETZENBACHER_1997],
};

impl Kind for LocalContentKind {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn read(&self, form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error> {
        read_form::<LocalContent>(form)
    }
}

impl Change for LocalContent {
    fn words(&self) -> String {
        let wedge = if self.price_wedge == 0.0 {
            String::new()
        } else {
            format!(", domestic price {:+} over the import", self.price_wedge)
        };
        format!(
            "{}: at least {} of the inputs of {}, bought by {}, from home{wedge}",
            self.economy,
            percent(self.floor),
            listed(&self.products, "all products"),
            listed(&self.users, "all industries")
        )
    }

    fn check(&self) -> Result<(), Problem> {
        require_share("floor", self.floor)?;
        require_wedge("price_wedge", self.price_wedge)?;
        if self.users.is_empty() {
            return Err(Problem::Keys {
                what: "`users` is empty: a requirement binds somebody",
                hint: "name the buying sectors",
            });
        }
        Ok(())
    }

    fn sector_names(&self) -> Vec<&str> {
        self.products.iter().chain(&self.users).map(String::as_str).collect()
    }

    fn apply(&self, state: &mut State<'_>) -> Result<(), Problem> {
        let selection = Selection::of(state, &self.economy, &self.users, &self.products, &[])?;
        let mut shares = HashMap::new();
        let mut present = Vec::new();
        for &user in &selection.users {
            let (home, abroad) = selection.home_and_abroad(state, user);
            let all = home + abroad;
            if all <= 0.0 {
                continue;
            }
            let now = home / all;
            if now >= self.floor {
                present.push(format!("{} {now:.4}", state.label(user)));
                continue;
            }
            let (wanted, replaceable) = (self.floor * all - home, selection.replaceable(state, user));
            // Two sums of the same cells in another order: a floor of one asks for no more than there is.
            if wanted > replaceable + ROUNDING * all {
                return Err(Problem::FloorUnreachable {
                    row: state.label(user),
                    floor: self.floor,
                    highest: (home + replaceable) / all,
                });
            }
            shares.insert(user, (wanted / replaceable).min(1.0));
        }
        if shares.is_empty() && present.is_empty() {
            return Err(Problem::NothingThere {
                what: format!("{} of {} buy no such inputs", listed(&self.users, "users"), self.economy),
            });
        }
        if !present.is_empty() {
            state.remark(format!(
                "the floor of {} is not above the domestic share that is there, and has no effect on {}",
                percent(self.floor),
                present.join(", ")
            ));
        }
        selection.to_home(state, &shares, self.price_wedge)?;
        Ok(())
    }
}
