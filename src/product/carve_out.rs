//! The product as a sector of its own, carved out of the assembler's sector, so that nothing is counted twice.
//!
//! Appended *marginally*, the product is a new column beside an unchanged world: its share is a column of V B and every
//! other result stays as it was. But the table's assembling sector already contains the product. *Carved out*, the
//! purchases, the assembly payment and the sales of `units` pieces are taken from that sector, whose remaining column
//! becomes different, and the product is traced through the changed world. The world total does not move.
//!
//! ```text
//! x_j' = x_j − ω_j q F      A'_ij = (A_ij x_j − ω_j q b_i) / x_j'      v_j' = (v_j x_j − ω_j q a) / x_j'
//! B' b = B b + B D (I − E' B D)⁻¹ E' B b                                 D: changes of the columns E of A
//! ```
//! Only the assembler's columns change, so the Woodbury identity gives B' b from two or three solves of the system that
//! is factorised already: no new inverse.

use nalgebra::DMatrix;
use serde::Serialize;

use super::account::Account;
use super::error::ProductError;
use super::trace::{AssemblyContent, Embedded};
use crate::model::solver::Side;

/// Why the product cannot be carved out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "obstacle", rename_all = "kebab-case")]
pub enum Obstacle {
    /// The account has no number of units.
    NoUnits,
    /// The unit of the table is not the account's currency, or is not stated.
    Unit {
        /// Unit of the table.
        table: String,
        /// Currency of the account.
        currency: String,
    },
    /// The account buys more of a supplier than the table's sector does.
    MoreThanTheSectorBuys {
        /// Supplier, `ECONOMY.sector`.
        supplier: String,
        /// What the account says, in the table's unit.
        account: f64,
        /// What the table says.
        table: f64,
    },
    /// The product is larger than the sector.
    MoreThanTheSectorSells {
        /// Sector, `ECONOMY.sector`.
        sector: String,
        /// What the account says, in the table's unit.
        account: f64,
        /// What the table says.
        table: f64,
    },
}

impl std::fmt::Display for Obstacle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoUnits => write!(f, "the account has no number of units"),
            Self::Unit { table, currency } => {
                write!(f, "the table is in `{table}`, the account in {currency}")
            }
            Self::MoreThanTheSectorBuys { supplier, account, table } => {
                write!(f, "the account buys {account:.1} from {supplier}, the table's sector only {table:.1}")
            }
            Self::MoreThanTheSectorSells { sector, account, table } => {
                write!(f, "the product is {account:.1}, all of {sector} only {table:.1}")
            }
        }
    }
}

/// Units of the table's currency in one unit of the table: 1e6 for `million USD`; absent when the unit is another
/// currency or is not stated.
pub(super) fn table_scale(unit: &str, currency: &str) -> Option<f64> {
    let lower = unit.to_lowercase();
    let same = lower.contains(&currency.to_lowercase())
        || (currency == "USD" && (lower.contains("us$") || lower.contains("dollar")));
    if !same {
        return None;
    }
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(word));
    if has(&["million", "millions", "mn", "mio", "m"]) {
        Some(1e6)
    } else if has(&["billion", "billions", "bn"]) {
        Some(1e9)
    } else if has(&["thousand", "thousands", "k", "000"]) {
        Some(1e3)
    } else {
        Some(1.0)
    }
}

/// Traced shares by economy, (G), with the product carved out of the assembler's sector and the unallocated part bought
/// by `allocation`; or the reason why the table and the account do not allow it.
///
/// # Errors
/// A failed solve.
///
/// # Cost
/// One solve with 1 + k right-hand sides, k the rows of the assembling sector (1 in an ordinary table).
pub fn carved_shares(
    account: &Account,
    embedded: &Embedded,
    content: AssemblyContent,
    allocation: &[f64],
) -> Result<Result<Vec<f64>, Obstacle>, ProductError> {
    let carved = match CarvedWorld::of(account, embedded, content, allocation) {
        Ok(carved) => carved,
        Err(obstacle) => return Ok(Err(obstacle)),
    };
    let (axis, system) = (embedded.axis(), embedded.model().system());
    let columns = &carved.columns;
    let mut solved = DMatrix::zeros(axis.n_rows(), 1 + columns.len());
    solved.column_mut(0).copy_from_slice(&carved.purchases);
    for (k, column) in columns.iter().enumerate() {
        solved.column_mut(1 + k).copy_from_slice(&column.change);
    }
    system.solve_in_place(Side::Direct, &mut solved)?;
    let rows: Vec<usize> = columns.iter().map(|column| column.row).collect();
    let at_columns = solved.select_rows(&rows);
    let feedback = DMatrix::identity(rows.len(), rows.len()) - at_columns.columns(1, rows.len());
    let right = at_columns.column(0).into_owned();
    // I − E'BD is singular only if the carved world has no solution; the residual below would then be infinite.
    let rounds = feedback.lu().solve(&right).unwrap_or_else(|| right.map(|_| f64::NAN));
    let output = solved.column(0) + solved.columns(1, rows.len()) * rounds;
    let mut value_added = embedded.model().value_added_share().to_vec();
    for column in columns {
        value_added[column.row] = column.value_added_share;
    }
    let mut shares = vec![0.0; axis.n_economies()];
    for (row, x) in output.iter().enumerate() {
        shares[axis.economy_of(row)] += value_added[row] * x / embedded.total();
    }
    if content == AssemblyContent::Local {
        shares[embedded.assembler()] += embedded.assembly() / embedded.total();
    }
    Ok(Ok(shares))
}

/// What the carve-out changes.
pub(super) struct CarvedWorld {
    /// What one unit of product buys, (n_rows), the average-technology assembly included.
    pub(super) purchases: Vec<f64>,
    /// The columns that change.
    pub(super) columns: Vec<CarvedColumn>,
}

/// One changed column of A.
pub(super) struct CarvedColumn {
    /// Its row and column index.
    pub(super) row: usize,
    /// A'_·j − A_·j.
    pub(super) change: Vec<f64>,
    /// v_j'.
    pub(super) value_added_share: f64,
}

impl CarvedWorld {
    pub(super) fn of(
        account: &Account,
        embedded: &Embedded,
        content: AssemblyContent,
        allocation: &[f64],
    ) -> Result<Self, Obstacle> {
        let model = embedded.model();
        let units = account.trade().map(|trade| trade.units).filter(|units| *units > 0.0);
        let units = units.ok_or(Obstacle::NoUnits)?;
        let unit = &model.description().unit;
        let scale = table_scale(unit, account.currency())
            .ok_or_else(|| Obstacle::Unit { table: unit.clone(), currency: account.currency().to_owned() })?;
        let pieces = units / scale;
        let coefficients = model.system().input_coefficients();
        // Purchases that leave the sector's column: parts and rest. The average-technology assembly stays with it, and is
        // sold to the product.
        let parts: Vec<f64> = embedded
            .purchases()
            .iter()
            .zip(allocation)
            .map(|(known, weight)| known + weight * embedded.unallocated())
            .collect();
        let mut purchases = parts.clone();
        let average = content == AssemblyContent::AverageTechnology;
        let (sold, wages) = if average {
            for &(row, weight) in embedded.assembler_rows() {
                purchases[row] += weight * embedded.assembly();
            }
            (embedded.total() - embedded.assembly(), 0.0)
        } else {
            (embedded.total(), embedded.assembly())
        };
        let mut columns = Vec::new();
        for &(row, weight) in embedded.assembler_rows() {
            let output = model.flows().gross_output()[row];
            let remaining = output - weight * pieces * sold;
            let value_added = model.value_added_share()[row] * output - weight * pieces * wages;
            if remaining <= 0.0 || value_added < 0.0 {
                return Err(Obstacle::MoreThanTheSectorSells {
                    sector: embedded.axis().row_label(row),
                    account: weight * pieces * sold,
                    table: output,
                });
            }
            let mut change = Vec::with_capacity(parts.len());
            for (supplier, part) in parts.iter().enumerate() {
                let before = coefficients.get(supplier, row);
                let taken = weight * pieces * part;
                if taken > before * output && taken > 0.0 {
                    return Err(Obstacle::MoreThanTheSectorBuys {
                        supplier: embedded.axis().row_label(supplier),
                        account: taken,
                        table: before * output,
                    });
                }
                change.push((before * output - taken) / remaining - before);
            }
            columns.push(CarvedColumn { row, change, value_added_share: value_added / remaining });
        }
        Ok(Self { purchases, columns })
    }
}
