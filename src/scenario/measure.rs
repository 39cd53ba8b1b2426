//! What a scenario is told in: every quantity of the result in words.

/// What a quantity is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The unit of the table.
    Money,
    /// A fraction.
    Fraction,
    /// A price index, 1 before the change.
    Index,
}

/// One quantity of the result: a value of the column `measure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// Name.
    pub id: &'static str,
    /// In words.
    pub meaning: &'static str,
    /// Equation in the letters of the notation page.
    pub equation: &'static str,
    /// Unit.
    pub unit: Unit,
}

const fn quantity(id: &'static str, unit: Unit, meaning: &'static str, equation: &'static str) -> Quantity {
    Quantity { id, meaning, equation, unit }
}

pub(super) static VALUE_ADDED: Quantity = quantity(
    "value_added",
    Unit::Money,
    "value added at the prices of before",
    "v # x; total v # (I − A')⁻¹ ((A' − A) x + Δy)",
);
pub(super) static OUTPUT: Quantity =
    quantity("output", Unit::Money, "gross output", "x' = x + (I − A')⁻¹ ((A' − A) x + Δy)");
pub(super) static EXPORTS: Quantity =
    quantity("exports", Unit::Money, "gross exports of the sector", "Σ_{r≠s} (A_sr x_r + y_sr)");
pub(super) static IMPORTS: Quantity = quantity(
    "imports",
    Unit::Money,
    "gross imports of the sector's products, for industries and final demand",
    "Σ_{s≠r} (A_sr x_r + y_sr)",
);
pub(super) static TRADE_BALANCE: Quantity =
    quantity("trade_balance", Unit::Money, "exports less imports; zero for the world", "exports − imports");
pub(super) static FINAL_DEMAND: Quantity =
    quantity("final_demand", Unit::Money, "final demand by absorbing economy, whatever its origin", "u y_r");
pub(super) static UNFILLED: Quantity = quantity(
    "unfilled_inputs",
    Unit::Money,
    "inputs that a lost supplier would have delivered and nobody does, by buyer; what closes the accounts: value added and \
     unfilled inputs of the world add up to its final demand",
    "Σ_i (removed a_ij) x'_j",
);
pub(super) static EXPORTS_HELD: Quantity = quantity(
    "value_added_exports_held",
    Unit::Money,
    "value added of an economy that switched suppliers if its exports and final demand stay: nothing comes back through \
     foreign suppliers",
    "v_s (L'_ss − L_ss) f_s, f_s = x_s − A_ss x_s",
);
pub(super) static BREAK_EVEN_GROWTH: Quantity = quantity(
    "break_even_export_growth",
    Unit::Fraction,
    "growth of all exports of the economy that makes the change of value_added_exports_held good; negative after a gain",
    "g* = − v_s (L'_ss − L_ss) f_s / (v_s L'_ss e_s)",
);
pub(super) static BREAK_EVEN_WEDGE: Quantity = quantity(
    "break_even_price_wedge",
    Unit::Fraction,
    "price of the new source over the old, less one, at which the economy's value added deflated by the price of its final \
     demand is what it was, tariffs and the wedges of other economies in the same scenario counted: a negative one is how much \
     cheaper it must be",
    "w* = (VA'/VA − 1 − τ_s) / (d' B' y_s / u y_s), d_j the inputs switched in a unit of output of j, τ_s the rise of the \
     price of final demand by the other price changes",
);
pub(super) static REAL_VALUE_ADDED: Quantity = quantity(
    "real_value_added",
    Unit::Money,
    "value added deflated by the price of the economy's final demand; tariff revenue is not in it",
    "VA' / final_price",
);
pub(super) static OUTPUT_PRICE: Quantity = quantity(
    "output_price",
    Unit::Index,
    "price of output when wedges and tariffs are passed on in full; first_round: the direct cost alone",
    "1 + p, p = c (I − A')⁻¹, c_j = wedges and u (T ∘ A')_·j",
);
pub(super) static FINAL_PRICE: Quantity = quantity(
    "final_price",
    Unit::Index,
    "price of the economy's final demand, its own tariffs on final goods included",
    "1 + Σ_i (p_i + τ_ir) y_ir / Σ_i y_ir",
);
pub(super) static EXPORT_PRICE: Quantity = quantity(
    "export_price",
    Unit::Index,
    "price of the economy's exports: the tariff or wedge that has piled up in them",
    "1 + Σ_i p_i e_i / Σ_i e_i",
);
pub(super) static TARIFF_BASE: Quantity = quantity(
    "tariff_base",
    Unit::Money,
    "imports under a tariff, before the tariff",
    "Σ_i m_ir where τ_ir > 0",
);
pub(super) static TARIFF_REVENUE: Quantity =
    quantity("tariff_revenue", Unit::Money, "revenue of the importer at unchanged imports", "Σ_i τ_ir m_ir");
pub(super) static OWN_IN_BASE: Quantity = quantity(
    "own_value_added_in_tariff_base",
    Unit::Money,
    "the importer's own value added that returns in the imports under the tariff",
    "Σ_i v_r B_r,i m_ir where τ_ir > 0",
);
pub(super) static TARIFF_ON_OWN: Quantity = quantity(
    "tariff_on_own_value_added",
    Unit::Money,
    "revenue that is levied on the importer's own value added",
    "Σ_i τ_ir v_r B_r,i m_ir",
);
pub(super) static OWN_SHARE: Quantity = quantity(
    "own_share_of_tariff_base",
    Unit::Fraction,
    "share of the tariff base that is the importer's own value added",
    "own_value_added_in_tariff_base / tariff_base",
);

/// Every quantity, in the order of a result.
pub static QUANTITIES: &[&Quantity] = &[
    &VALUE_ADDED,
    &OUTPUT,
    &EXPORTS,
    &IMPORTS,
    &TRADE_BALANCE,
    &FINAL_DEMAND,
    &UNFILLED,
    &EXPORTS_HELD,
    &BREAK_EVEN_GROWTH,
    &BREAK_EVEN_WEDGE,
    &REAL_VALUE_ADDED,
    &OUTPUT_PRICE,
    &FINAL_PRICE,
    &EXPORT_PRICE,
    &TARIFF_BASE,
    &TARIFF_REVENUE,
    &OWN_IN_BASE,
    &TARIFF_ON_OWN,
    &OWN_SHARE,
];

/// A quantity by name.
pub fn find_quantity(id: &str) -> Option<&'static Quantity> {
    QUANTITIES.iter().find(|quantity| quantity.id == id).copied()
}
