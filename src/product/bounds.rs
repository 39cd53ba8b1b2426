//! What the unallocated part can do to each economy's share, exactly.
//!
//! The traced share is linear in the allocation w, and w lies in a simplex, so its extremes are at the corners: all of
//! the rest bought from one economy and sector.
//!
//! ```text
//! T_c(w) ∈ [ T_c + (o/F) min_j (V B)_cj ,  T_c + (o/F) max_j (V B)_cj ]        j: every row that has output
//! ```
//! Bounds are certain and say nothing about what is likely; priors ([`super::priors`]) are the reverse. They are never
//! mixed into one interval.

use serde::Serialize;

use super::account::Account;
use super::allocation::{candidate_sellers, sellers};
use super::error::ProductError;
use super::trace::{AssemblyContent, Embedded};

/// Smallest and largest traced share of an economy, with the corners where they are reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bounds {
    /// Economy, index on the table's axis.
    pub economy: usize,
    /// Content of the assembly payment.
    pub assembly: AssemblyContent,
    /// Share without the unallocated part.
    pub identified: f64,
    /// Smallest share.
    pub low: f64,
    /// Largest share.
    pub high: f64,
    /// The corner of the smallest share: `ECONOMY.sector`; empty when everything is allocated.
    pub low_at: String,
    /// The corner of the largest share.
    pub high_at: String,
}

/// How widely the corners are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Any economy and any sector with output.
    Anywhere,
    /// Any economy, but only the sector that the account names for the rest.
    CandidateSector,
}

/// Bounds of every economy; for [`Scope::CandidateSector`] only when the account names a sector.
///
/// # Errors
/// A failed solve; a candidate sector that the table does not have.
///
/// # Cost
/// One pass over V B, (G, n_rows).
pub fn bounds(account: &Account, embedded: &Embedded, scope: Scope) -> Result<Vec<Bounds>, ProductError> {
    let corners = match scope {
        Scope::Anywhere => sellers(embedded),
        Scope::CandidateSector => match candidate_sellers(account, embedded)? {
            Some(corners) => corners,
            None => return Ok(Vec::new()),
        },
    };
    let by_origin = embedded.model().value_added_by_origin()?;
    let rest = embedded.unallocated_share();
    let mut all = Vec::new();
    for assembly in AssemblyContent::ALL {
        for (economy, identified) in embedded.identified_shares(assembly)?.into_iter().enumerate() {
            let extreme = |better: fn(f64, f64) -> bool| {
                corners.iter().copied().reduce(|best, row| {
                    if better(by_origin[(economy, row)], by_origin[(economy, best)]) { row } else { best }
                })
            };
            let at = |row: Option<usize>| match row {
                Some(row) if rest > 0.0 => {
                    (identified + rest * by_origin[(economy, row)], embedded.axis().row_label(row))
                }
                _ => (identified, String::new()),
            };
            let (low, low_at) = at(extreme(|a, b| a < b));
            let (high, high_at) = at(extreme(|a, b| a > b));
            all.push(Bounds { economy, assembly, identified, low, high, low_at, high_at });
        }
    }
    Ok(all)
}
