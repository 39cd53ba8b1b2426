//! `tariff`: a rate on imports, passed on in full through every stage. It moves prices, not quantities.

use serde::Deserialize;

use super::error::Problem;
use super::state::State;
use super::{Change, DIETZENBACHER_1997, Kind, Profile, Uses, listed, percent, read_form};

/// What does a tariff do to prices, at home and abroad, and how much of it falls on the importer's own value added?
///
/// ```text
/// t = u (T ∘ A) (I − A)⁻¹      price of final demand of r:  Σ_i (t_i + τ_ir) y_ir / Σ_i y_ir
/// (1,GN)  (GN,GN)
/// own value added in the base:  Σ_i v_r B_r,i m_ir      m_ir: imports under the tariff, inputs and final goods
/// ```
/// # Assumptions
/// Passed on in full; nobody buys less or elsewhere; the base is valued at prices before the tariff (to first order, as the
/// cumulative tariff is defined: a tariff on the tariff is left out).
/// # Errors
/// Nothing is imported.
/// # Source
/// Dietzenbacher (1997), <https://doi.org/10.1111/0022-4146.00073>, for the price model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// Who levies it.
    pub importer: String,
    /// Economies of origin; all foreign ones when empty.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Sectors of the imports; all when empty.
    #[serde(default)]
    pub products: Vec<String>,
    /// Rate on the value of the import.
    pub rate: f64,
    /// Inputs, final goods or both.
    #[serde(default)]
    pub uses: Uses,
}

/// Registration of [`Tariff`].
pub(super) struct TariffKind;

static PROFILE: Profile = Profile {
    id: "tariff",
    question: "What does a tariff do to prices, and how much of it falls on the importer's own value added?",
    equation: "t = u (T ∘ A)(I − A)⁻¹; own value added in the base Σ_i v_r B_r,i m_ir",
    keys: &[
        ("importer", "who levies it"),
        ("origins", "economies of origin [all foreign]"),
        ("products", "sectors of the imports [all]"),
        ("rate", "rate on the value of the import, from 0 on: 0.25 is 25 %"),
        ("uses", "`all`, `intermediate` or `final` [all]"),
    ],
    example: "kind = \"tariff\"\nimporter = \"USA\"\norigins = [\"CHN\"]\nproducts = [\"c14\"]\nrate = 0.25\n",
    cautions: &[
        "a tariff moves prices only: of itself it leaves quantities, and with them output, trade and value added, as they are",
        "real value added does not count the revenue, which stays in the economy",
    ],
    citations: &[DIETZENBACHER_1997],
};

/// Rates above this are seldom meant: 25 is 2500 per cent.
const UNUSUAL: f64 = 5.0;

impl Kind for TariffKind {
    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn read(&self, form: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Change>, toml::de::Error> {
        read_form::<Tariff>(form)
    }
}

impl Change for Tariff {
    fn changes_inputs(&self) -> bool {
        false
    }

    fn words(&self) -> String {
        format!(
            "{}: a tariff of {} on {} from {}, {}, passed on in full",
            self.importer,
            percent(self.rate),
            listed(&self.products, "all products"),
            listed(&self.origins, "all origins"),
            self.uses.words()
        )
    }

    fn check(&self) -> Result<(), Problem> {
        if self.rate.is_finite() && self.rate >= 0.0 {
            return Ok(());
        }
        Err(Problem::OutOfRange {
            key: "rate",
            value: self.rate,
            expected: "expected a finite rate, zero or more",
        })
    }

    fn sector_names(&self) -> Vec<&str> {
        self.products.iter().map(String::as_str).collect()
    }

    fn apply(&self, state: &mut State<'_>) -> Result<(), Problem> {
        let (axis, names) = (state.axis(), state.names());
        let importer = names.economy(axis, &self.importer)?;
        let origins = names.economies(axis, &self.origins)?;
        let products = names.sectors(axis, &self.products)?;
        let rows: Vec<usize> = origins
            .iter()
            .filter(|&&origin| origin != importer)
            .flat_map(|&origin| products.iter().map(move |&product| (origin, product)))
            .flat_map(|(origin, product)| state.rows(origin, product))
            .collect();
        let base: f64 = rows
            .iter()
            .map(|&row| {
                let buyers = axis.block(importer);
                let inputs: f64 = buyers.map(|buyer| state.input(row, buyer) * state.output(buyer)).sum();
                let (inputs, finals) = (inputs.abs(), state.demand(row, importer).abs());
                f64::from(u8::from(self.uses.inputs())) * inputs
                    + f64::from(u8::from(self.uses.finals())) * finals
            })
            .sum();
        if base == 0.0 {
            return Err(Problem::NothingThere {
                what: format!(
                    "{} imports nothing of {} from {} for {}",
                    self.importer,
                    listed(&self.products, "any product"),
                    listed(&self.origins, "anybody"),
                    self.uses.words()
                ),
            });
        }
        if !self.origins.is_empty() && origins.contains(&importer) {
            state.remark(format!(
                "{} is among the origins of its own tariff: what it buys at home is no import and bears none",
                self.importer
            ));
        }
        let (rate, uses) = (self.rate, self.uses);
        if rate > UNUSUAL {
            state.remark(format!("a tariff of {}: rates are fractions, 0.25 is 25 per cent", percent(rate)));
        }
        let tariffs = state.tariffs_mut();
        for row in rows {
            if uses.inputs() {
                tariffs.inputs[(row, importer)] += rate;
            }
            if uses.finals() {
                tariffs.finals[(row, importer)] += rate;
            }
        }
        Ok(())
    }
}
