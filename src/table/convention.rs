//! The two conventions that change every number: what gross output is, and what value added is.

use super::{IcioTable, PrimaryRow, RowRole, TableError};

/// Which figure counts as gross output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutputConvention {
    /// The sum of the row: intermediate use plus final demand. The table then balances exactly.
    #[default]
    RowSum,
    /// The `OUT` column or row of the source.
    Published,
}

/// Which figure counts as value added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ValueAddedConvention {
    /// Gross output minus intermediate inputs: taxes and margins are inside, and v·B = 1 holds exactly.
    #[default]
    Residual,
    /// The value-added row of the source, alone: v·B falls short of 1 by taxes and margins.
    Published,
    /// The value-added row plus taxes, margins and adjustment rows of the source.
    PublishedPlusTaxes,
}

/// The conventions that a result was computed under; printed with every result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Conventions {
    /// Gross output.
    pub output: OutputConvention,
    /// Value added.
    pub value_added: ValueAddedConvention,
}

impl OutputConvention {
    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::RowSum => "row-sum",
            Self::Published => "published",
        }
    }
}

impl ValueAddedConvention {
    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Residual => "residual",
            Self::Published => "published",
            Self::PublishedPlusTaxes => "published-plus-taxes",
        }
    }
}

impl std::fmt::Display for Conventions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let output = match self.output {
            OutputConvention::RowSum => "row sum",
            OutputConvention::Published => "as published",
        };
        let value_added = match self.value_added {
            ValueAddedConvention::Residual => "output minus intermediate inputs",
            ValueAddedConvention::Published => "as published",
            ValueAddedConvention::PublishedPlusTaxes => "as published plus taxes and margins",
        };
        write!(f, "gross output = {output}; value added = {value_added}")
    }
}

impl IcioTable {
    /// Gross output under a convention, (n_rows), in the table's unit.
    ///
    /// # Errors
    /// [`TableError::MissingForConvention`] when published output is asked for and the source has none.
    pub fn gross_output(&self, convention: OutputConvention) -> Result<Vec<f64>, TableError> {
        match convention {
            OutputConvention::RowSum => Ok(self.row_sums()),
            OutputConvention::Published => match self.published_output() {
                Some(output) => Ok(output.to_vec()),
                None => Err(TableError::MissingForConvention {
                    convention: "output published",
                    needs: "an `OUT` column or row",
                    has: self.primary_row_names(),
                }),
            },
        }
    }

    /// Value added under a convention, (n_rows), in the table's unit.
    ///
    /// # Errors
    /// [`TableError::MissingForConvention`] when a published row is asked for and the source has none.
    pub fn value_added(&self, conventions: Conventions) -> Result<Vec<f64>, TableError> {
        let sum_of = |wanted: &dyn Fn(RowRole) -> bool, needs| {
            let mut rows = self.primary_rows().iter().filter(|row| wanted(row.role)).peekable();
            if rows.peek().is_none() {
                return Err(TableError::MissingForConvention {
                    convention: conventions.value_added.name(),
                    needs,
                    has: self.primary_row_names(),
                });
            }
            let mut sum = vec![0.0; self.axis().n_rows()];
            for row in rows {
                for (total, value) in sum.iter_mut().zip(&row.industries) {
                    *total += value;
                }
            }
            Ok(sum)
        };
        match conventions.value_added {
            ValueAddedConvention::Residual => {
                let output = self.gross_output(conventions.output)?;
                Ok(output.iter().zip(self.input_sums()).map(|(x, inputs)| x - inputs).collect())
            }
            ValueAddedConvention::Published => {
                sum_of(&|role| role == RowRole::ValueAdded, "a value-added row (VA, VALU, r64)")
            }
            ValueAddedConvention::PublishedPlusTaxes => {
                sum_of(&RowRole::closes_the_column, "a value-added row (VA, VALU, r64)")
            }
        }
    }

    /// What a reader must know where taxes and margins are asked for: that no row is known to be of them, and rows of which
    /// it is not known what they are.
    pub fn rows_beside(&self, convention: ValueAddedConvention) -> Option<String> {
        if convention != ValueAddedConvention::PublishedPlusTaxes {
            return None;
        }
        let closes = |row: &PrimaryRow| row.role.closes_the_column() && row.role != RowRole::ValueAdded;
        let others = self.rows_of_unknown_role();
        let left_out = if others.is_empty() {
            String::new()
        } else {
            format!("not known what they are, and left out: {} (a layout file can say it)", others.join(", "))
        };
        match (self.primary_rows().iter().any(closes), left_out.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("rows below: {left_out}")),
            (false, empty) => {
                let also = if empty { "" } else { "; " };
                Some(format!(
                    "no row is known to be taxes or margins, so value added is as published{also}{left_out}"
                ))
            }
        }
    }

    /// Names of rows below the industries that neither their name nor a layout file explains.
    pub(super) fn rows_of_unknown_role(&self) -> Vec<&str> {
        let rows = self.primary_rows().iter();
        rows.filter(|row| row.role == RowRole::Other).map(|row| row.name.as_str()).collect()
    }

    fn primary_row_names(&self) -> String {
        let mut names: Vec<&str> = self.primary_rows().iter().map(|row| row.name.as_str()).collect();
        if self.published_output().is_some() {
            names.push("OUT");
        }
        if names.is_empty() { "no such row".into() } else { names.join(", ") }
    }
}
