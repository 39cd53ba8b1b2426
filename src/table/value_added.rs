//! The rows below the intermediate block: value added, taxes, margins, and what role each name has.

use super::{IcioTable, TableParts};

/// What a row below the intermediate block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RowRole {
    /// Value added (at basic prices, or whatever the source calls value added).
    ValueAdded,
    /// Taxes less subsidies on products.
    Taxes,
    /// International transport margins.
    Margins,
    /// Purchases abroad, cif/fob and other adjustments that belong to the column total.
    Adjustment,
    /// A statistical discrepancy that belongs to the column total.
    Discrepancy,
    /// A subtotal of intermediate inputs: not part of value added.
    IntermediateTotal,
    /// Gross output: not part of value added.
    OutputTotal,
    /// A row with a name that the engine does not know: kept, never added to value added.
    Other,
}

/// How EXIOBASE's and the OECD's names of taxes less subsidies on products begin, in capitals.
const PRODUCT_TAXES: [&str; 2] = ["TAXES LESS SUBSIDIES ON PRODUCTS", "TXS_"];

/// How the names of the components of value added begin in EXIOBASE, Eora and GLORIA, in capitals.
const PRIMARY_INPUTS: [&str; 8] = [
    "COMPENSATION OF EMPLOYEES",
    "OTHER NET TAXES ON PRODUCTION",
    "TAXES ON PRODUCTION",
    "SUBSIDIES ON PRODUCTION",
    "OPERATING SURPLUS",
    "NET OPERATING SURPLUS",
    "NET MIXED INCOME",
    "CONSUMPTION OF FIXED CAPITAL",
];

impl RowRole {
    /// The role that a row's name says, for the names that the published databases use.
    pub fn of(name: &str) -> Self {
        let upper = name.trim().to_uppercase();
        let last = upper.rsplit_once(['_', '.']).map_or(upper.as_str(), |(_, last)| last);
        match upper.as_str() {
            "R64" | "VA" | "VALU" | "VALUE_ADDED" | "VALUE ADDED" | "VA+TAXSUB" => return Self::ValueAdded,
            "R99" | "TLS" | "TXSP" | "TAXSUB" => return Self::Taxes,
            "R65" | "R71" | "ITM" | "INTTTM" | "TRS" => return Self::Margins,
            "R61" | "R62" | "R63" | "PURR" | "PURNR" | "EXP_ADJ" => return Self::Adjustment,
            "DISCR" | "DISC" | "DISCREPANCY" => return Self::Discrepancy,
            "R60" | "II" | "II_FOB" | "TTL_INT_FNL" => return Self::IntermediateTotal,
            "R69" | "GO" | "OUT" | "OUTPUT" | "TOTAL" => return Self::OutputTotal,
            _ => {}
        }
        if let Some(code) = upper.strip_prefix("W2_") {
            // FIGARO: accounts of all economies.
            return match code {
                "D1" | "D29X39" | "B2A3G" => Self::ValueAdded,
                "D21X31" => Self::Taxes,
                "OP_RES" | "OP_NRES" => Self::Adjustment,
                _ => Self::Other,
            };
        }
        if upper.starts_with("VA_") || upper.starts_with("VALUE ADDED") {
            Self::ValueAdded
        } else if last == "TLS"
            || last == "TAXSUB"
            || PRODUCT_TAXES.iter().any(|name| upper.starts_with(name))
        {
            Self::Taxes
        } else if PRIMARY_INPUTS.iter().any(|name| upper.starts_with(name)) {
            Self::ValueAdded
        } else {
            Self::Other
        }
    }

    /// Does the row belong to the part of a column that is not intermediate input?
    pub fn closes_the_column(self) -> bool {
        matches!(self, Self::ValueAdded | Self::Taxes | Self::Margins | Self::Adjustment | Self::Discrepancy)
    }
}

/// One row below the intermediate block, as published.
#[derive(Debug, Clone, PartialEq)]
pub struct PrimaryRow {
    /// Name in the source.
    pub name: String,
    /// What it is.
    pub role: RowRole,
    /// One value an industry column.
    pub industries: Vec<f64>,
    /// One value a final-demand column, where the source has them.
    pub final_use: Option<Vec<f64>>,
}

impl IcioTable {
    /// Rows below the industries whose name does not say what they are (a layout file did): what a file of the table must
    /// say beside its labels.
    pub fn unspoken_roles(&self) -> Vec<(String, RowRole)> {
        let rows = self.primary_rows().iter();
        rows.filter(|row| row.role != RowRole::of(&row.name))
            .map(|row| (row.name.clone(), row.role))
            .collect()
    }
}

impl TableParts {
    /// Rows below the industries are what their file says they are, whatever their names say.
    pub fn give_roles(&mut self, roles: &[(String, RowRole)]) {
        for row in &mut self.primary_rows {
            if let Some((_, role)) = roles.iter().find(|(name, _)| *name == row.name) {
                row.role = *role;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_published_databases_have_the_right_role() {
        for (name, role) in [
            ("VA", RowRole::ValueAdded),
            ("VA_TLS_ITM(x-colsum)", RowRole::ValueAdded),
            ("VA+TAXSUB", RowRole::ValueAdded),
            ("r64", RowRole::ValueAdded),
            ("AUS_TAXSUB", RowRole::Taxes),
            ("r99", RowRole::Taxes),
            ("ITM", RowRole::Margins),
            ("II_fob", RowRole::IntermediateTotal),
            ("r69", RowRole::OutputTotal),
            ("Taxes less subsidies on products purchased: Total", RowRole::Taxes),
            ("TXS_INT_FNL", RowRole::Taxes),
            ("TTL_INT_FNL", RowRole::IntermediateTotal),
            ("Other net taxes on production", RowRole::ValueAdded),
            ("Operating surplus: Rents on land", RowRole::ValueAdded),
            ("Net mixed income B.3n", RowRole::ValueAdded),
            ("Subsidies on production", RowRole::ValueAdded),
            ("Discrepancy", RowRole::Discrepancy),
            ("LABR", RowRole::Other),
            ("VALU", RowRole::ValueAdded),
            ("ARG_TLS", RowRole::Taxes),
            ("TXSP", RowRole::Taxes),
            ("trs", RowRole::Margins),
            ("IntTTM", RowRole::Margins),
            ("r62", RowRole::Adjustment),
            ("OUTPUT", RowRole::OutputTotal),
            ("W2_D1", RowRole::ValueAdded),
            ("W2_D29X39", RowRole::ValueAdded),
            ("W2_B2A3G", RowRole::ValueAdded),
            ("W2_D21X31", RowRole::Taxes),
            ("W2_OP_NRES", RowRole::Adjustment),
            ("W2_P7", RowRole::Other),
            ("jobs", RowRole::Other),
        ] {
            assert_eq!(RowRole::of(name), role, "{name}");
        }
    }
}
