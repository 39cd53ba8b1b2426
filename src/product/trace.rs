//! From who is paid to whose value it is: the direct share of each economy against the share traced through the table.
//!
//! The account fixes the first step of the chain (who sells the part); the table supplies the steps behind it, at the
//! average technology of the supplier's sector. What a table cannot know is said where it matters: the phone is traced
//! with the technology of all electronics, suppliers stand where the account books them, and what the account leaves
//! unallocated is bounded in [`super::bounds`], not guessed.

use nalgebra::DVector;
use serde::Serialize;

use super::account::Account;
use super::error::ProductError;
use super::place::{Placement, place};
use crate::labels::Axis;
use crate::model::Model;

/// What the payment to the assembler is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssemblyContent {
    /// All of it is value added of the assembler's economy.
    Local,
    /// It has the content of an average sale of the assembler's sector.
    AverageTechnology,
}

impl AssemblyContent {
    /// Both, in the order of the page.
    pub const ALL: [Self; 2] = [Self::Local, Self::AverageTechnology];

    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "assembly all local",
            Self::AverageTechnology => "assembly average",
        }
    }
}

/// An account placed in a table.
///
/// ```text
/// T_c  =  ( (V B)_c,· b  +  a_c ) / F          D_c = ( Σ_{k in c} p_k + a 1[c assembles] ) / F
///           (1,GN)  (GN,1)
/// ```
/// b: purchases by economy and sector; a: assembly payment; F: everything together. The unallocated part o is in F but
/// not in b, so that Σ_c T_c = 1 − o/F until it is allocated (with residual value added).
#[derive(Clone)]
pub struct Embedded<'m> {
    model: &'m Model,
    /// b without the unallocated part, (n_rows), in currency a unit of product.
    purchases: Vec<f64>,
    assembly: f64,
    assembler_rows: Placement,
    assembler: usize,
    unallocated: f64,
    total: f64,
}

impl<'m> Embedded<'m> {
    /// Places every part of the account.
    ///
    /// # Errors
    /// An economy or sector that the table does not have, a supplier sector without output.
    pub fn of(account: &Account, model: &'m Model) -> Result<Self, ProductError> {
        let axis = model.axis();
        let mut purchases = vec![0.0; axis.n_rows()];
        for part in account.parts() {
            let item = format!("part `{}`", part.item);
            for (row, weight) in place(account, model, &item, &part.economy, &part.sector)? {
                purchases[row] += weight * part.value;
            }
        }
        let assembly = account.assembly();
        let assembler_rows =
            place(account, model, "the assembly payment", &assembly.economy, &assembly.sector)?;
        let assembler = axis.economy_of(assembler_rows[0].0);
        if assembler_rows.iter().any(|(row, _)| axis.economy_of(*row) != assembler) {
            return Err(ProductError::AssemblerNotOne {
                account: account.id().to_owned(),
                economy: assembly.economy.clone(),
            });
        }
        Ok(Self {
            model,
            purchases,
            assembly: assembly.value,
            assembler_rows,
            assembler,
            unallocated: account.rest_value(),
            total: account.sum(),
        })
    }

    /// The model.
    pub fn model(&self) -> &'m Model {
        self.model
    }

    /// Labels of the table.
    pub fn axis(&self) -> &Axis {
        self.model.axis()
    }

    /// Purchases by row, without the unallocated part.
    pub fn purchases(&self) -> &[f64] {
        &self.purchases
    }

    /// Assembly payment.
    pub fn assembly(&self) -> f64 {
        self.assembly
    }

    /// Rows of the assembling sector, with weights.
    pub fn assembler_rows(&self) -> &[(usize, f64)] {
        &self.assembler_rows
    }

    /// Assembling economy.
    pub fn assembler(&self) -> usize {
        self.assembler
    }

    /// F: parts, rest and assembly.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// o: what is not allocated.
    pub fn unallocated(&self) -> f64 {
        self.unallocated
    }

    /// o / F.
    pub fn unallocated_share(&self) -> f64 {
        self.unallocated / self.total
    }

    /// D_c by economy, (G): what the account books to it. Adds up to 1 − o/F.
    pub fn direct_shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.axis().n_economies()];
        for (row, value) in self.purchases.iter().enumerate() {
            shares[self.axis().economy_of(row)] += value / self.total;
        }
        shares[self.assembler] += self.assembly / self.total;
        shares
    }

    /// T_c by economy, (G), without the unallocated part: adds up to 1 − o/F when v·B = 1.
    ///
    /// # Errors
    /// A failed solve.
    pub fn identified_shares(&self, content: AssemblyContent) -> Result<Vec<f64>, ProductError> {
        let mut bought = DVector::from_column_slice(&self.purchases);
        if content == AssemblyContent::AverageTechnology {
            for &(row, weight) in &self.assembler_rows {
                bought[row] += weight * self.assembly;
            }
        }
        let traced = self.model.value_added_by_origin()? * bought / self.total;
        let mut shares: Vec<f64> = traced.iter().copied().collect();
        if content == AssemblyContent::Local {
            shares[self.assembler] += self.assembly / self.total;
        }
        Ok(shares)
    }

    /// T_c by economy, (G), with the unallocated part bought by `allocation` (n_rows, adds up to one): adds up to one
    /// when v·B = 1.
    ///
    /// # Errors
    /// A failed solve.
    pub fn traced_shares(
        &self,
        content: AssemblyContent,
        allocation: &[f64],
    ) -> Result<Vec<f64>, ProductError> {
        let identified = self.identified_shares(content)?;
        let by_origin = self.model.value_added_by_origin()?;
        let rest = by_origin * DVector::from_column_slice(allocation) * self.unallocated_share();
        Ok(identified.iter().zip(rest.iter()).map(|(known, rest)| known + rest).collect())
    }

    /// Value added of the assembling economy in an average sale of its sector: what all exports of the sector contain.
    ///
    /// # Errors
    /// A failed solve.
    pub fn sector_domestic_share(&self) -> Result<f64, ProductError> {
        let by_origin = self.model.value_added_by_origin()?;
        let exports = self.model.flows().gross_exports();
        // Of the sector's exports; by output where the sector exports nothing.
        let weight = |row: usize, share: f64| {
            let sold: f64 = self.assembler_rows.iter().map(|(row, _)| exports[*row]).sum();
            if sold > 0.0 { exports[row] / sold } else { share }
        };
        Ok(self
            .assembler_rows
            .iter()
            .map(|&(row, share)| weight(row, share) * by_origin[(self.assembler, row)])
            .sum())
    }
}
