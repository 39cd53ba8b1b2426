//! `demand`: more or less final demand of an economy, by per cent or by an amount.

use serde::Deserialize;

use super::error::Problem;
use super::state::{ROUNDING, State, weighted};
use super::{Change, Kind, MILLER_BLAIR, Profile, listed, read_form};

/// Who gains when an economy wants more of something?
///
/// ```text
/// Δx = B Δy      ΔVA = v # B Δy
/// ```
/// # Assumptions
/// Capacity is idle; an amount is spread in proportion to what the economy buys now.
/// # Errors
/// Nothing is bought that an amount could be spread over, or less than is to be taken away; a supplier without output.
/// # Source
/// Miller and Blair (2009), <https://doi.org/10.1017/CBO9780511626982>.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Who buys.
    pub economy: String,
    /// Sectors of what is bought; all when empty.
    #[serde(default)]
    pub products: Vec<String>,
    /// Economies of origin; all when empty.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Change in per cent.
    pub percent: Option<f64>,
    /// Change in the unit of the table.
    pub amount: Option<f64>,
}

/// Registration of [`Demand`].
pub(super) struct DemandKind;

static PROFILE: Profile = Profile {
    id: "demand",
    question: "Who gains when an economy's final demand for a product grows or shrinks?",
    equation: "Δx = (I − A)⁻¹ Δy",
    keys: &[
        ("economy", "who buys"),
        ("products", "sectors of what is bought [all]"),
        ("origins", "economies of origin, the economy itself included [all]"),
        ("percent", "change in per cent; or"),
        ("amount", "change in the unit of the table, spread in proportion to present purchases"),
    ],
    example: "kind = \"demand\"\neconomy = \"USA\"\nproducts = [\"c14\"]\npercent = -10\n",
    cautions: &["incomes that rise or fall do not change what their earners buy"],
    citations: &[MILLER_BLAIR],
};

impl Kind for DemandKind {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn read(&self, form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error> {
        read_form::<Demand>(form)
    }
}

impl Change for Demand {
    fn changes_inputs(&self) -> bool {
        false
    }

    fn words(&self) -> String {
        let by = match (self.percent, self.amount) {
            (Some(percent), _) => format!("{percent:+} %"),
            (None, amount) => format!("{:+} in the unit of the table", amount.unwrap_or(0.0)),
        };
        format!(
            "{}: final demand for {} from {} changes by {by}",
            self.economy,
            listed(&self.products, "all products"),
            listed(&self.origins, "all origins")
        )
    }

    fn check(&self) -> Result<(), Problem> {
        match (self.percent, self.amount) {
            (Some(value), None) if !value.is_finite() || value < -100.0 => Err(Problem::OutOfRange {
                key: "percent",
                value,
                expected: "expected a finite number of per cent, -100 or more",
            }),
            (None, Some(value)) if !value.is_finite() => {
                Err(Problem::OutOfRange { key: "amount", value, expected: "expected a finite amount" })
            }
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(Problem::Keys {
                what: "a change of demand needs `percent` or `amount`, one of the two",
                hint: "write `percent = 10`, or `amount = 1000.0` in the unit of the table",
            }),
        }
    }

    fn sector_names(&self) -> Vec<&str> {
        self.products.iter().map(String::as_str).collect()
    }

    fn apply(&self, state: &mut State<'_>) -> Result<(), Problem> {
        let (axis, names) = (state.axis(), state.names());
        let economy = names.economy(axis, &self.economy)?;
        let origins = names.economies(axis, &self.origins)?;
        let products = names.sectors(axis, &self.products)?;
        let rows: Vec<usize> = origins
            .iter()
            .flat_map(|&origin| products.iter().map(move |&product| (origin, product)))
            .flat_map(|(origin, product)| state.rows(origin, product))
            .collect();
        let nothing = || Problem::NothingThere {
            what: format!(
                "final demand of {} has nothing of {} from {}",
                self.economy,
                listed(&self.products, "any product"),
                listed(&self.origins, "anybody")
            ),
        };
        if let Some(percent) = self.percent {
            if rows.iter().all(|&row| state.demand(row, economy) == 0.0) {
                return Err(nothing());
            }
            for row in rows {
                state.add_demand(row, economy, 0.01 * percent * state.demand(row, economy));
            }
            return Ok(());
        }
        let amount = self.amount.unwrap_or(0.0);
        // A single product of a single origin may be new to the buyer; a list of them needs present purchases to go by.
        let shares = match rows[..] {
            [row] if state.output(row) == 0.0 => {
                return Err(Problem::SellsNothing { row: state.label(row) });
            }
            [row] => vec![(row, 1.0)],
            _ => weighted(rows.iter().map(|&row| (row, state.demand(row, economy)))),
        };
        if shares.is_empty() {
            return Err(nothing());
        }
        // What is taken out of stock is not bought: an amount is spread over purchases alone.
        let bought =
            rows.iter().map(|&row| state.demand(row, economy).max(0.0)).fold(0.0, |sum, one| sum + one);
        if -amount > bought * (1.0 + ROUNDING) {
            return Err(Problem::MoreThanThereIs { amount, bought });
        }
        for (row, share) in shares {
            state.add_demand(row, economy, share * amount);
        }
        Ok(())
    }
}
