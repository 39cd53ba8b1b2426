//! Where the unallocated part may come from: the places that could sell it, and two priors that a table offers.

use serde::Serialize;

use super::account::Account;
use super::error::ProductError;
use super::place::sector_of;
use super::trace::Embedded;

/// A prior for the unallocated part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prior {
    /// What the assembler's sector imports, by economy and sector.
    ImportMix,
    /// World exports of the assembler's sector, by exporter, the assembler's economy included.
    WorldExports,
}

impl Prior {
    /// Both, in the order of the page.
    pub const ALL: [Self; 2] = [Self::ImportMix, Self::WorldExports];

    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::ImportMix => "import mix",
            Self::WorldExports => "world exports",
        }
    }
}

/// Rows that can sell something at all: industries with output.
pub(super) fn sellers(embedded: &Embedded) -> Vec<usize> {
    let output = embedded.model().flows().gross_output();
    (0..embedded.axis().n_rows()).filter(|&row| output[row] > 0.0).collect()
}

/// Sellers of the sector that the account names as the likely origin of the rest; none when it names none.
pub(super) fn candidate_sellers(
    account: &Account,
    embedded: &Embedded,
) -> Result<Option<Vec<usize>>, ProductError> {
    let Some(sector) = account.rest().and_then(|rest| rest.candidate_sector.as_ref()) else {
        return Ok(None);
    };
    let axis = embedded.axis();
    let index = sector_of(account, axis, sector).map_err(|error| ProductError::NotInTable {
        account: account.id().to_owned(),
        item: "the rest".into(),
        error: Box::new(error),
    })?;
    Ok(Some(sellers(embedded).into_iter().filter(|&row| axis.sector_of(row) == index).collect()))
}

/// The prior as weights over rows, (n_rows), that add up to one; absent when the table has no such trade.
pub fn prior_weights(embedded: &Embedded, prior: Prior) -> Option<Vec<f64>> {
    let (axis, model) = (embedded.axis(), embedded.model());
    let flows = model.flows();
    let mut weights = vec![0.0; axis.n_rows()];
    match prior {
        Prior::ImportMix => {
            let coefficients = model.system().input_coefficients();
            let home = axis.block(embedded.assembler());
            for &(column, _) in embedded.assembler_rows() {
                for row in sellers(embedded).into_iter().filter(|row| !home.contains(row)) {
                    let bought = coefficients.get(row, column) * flows.gross_output()[column];
                    weights[row] += bought.max(0.0);
                }
            }
        }
        Prior::WorldExports => {
            let (first, _) = embedded.assembler_rows()[0];
            let sector = axis.sector_of(first);
            for row in sellers(embedded).into_iter().filter(|&row| axis.sector_of(row) == sector) {
                weights[row] = flows.gross_exports()[row].max(0.0);
            }
        }
    }
    let total: f64 = weights.iter().sum();
    (total > 0.0).then(|| weights.into_iter().map(|weight| weight / total).collect())
}
