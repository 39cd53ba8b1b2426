//! What is traced in place of value added: a CSV of figures, embedded accounts, accounts in a Parquet file, or accounts as
//! a database publishes them.

use std::path::Path;

use super::AnalysisError;
use crate::frame::ResultNotes;
use crate::load::satellite::{self, Laid, Published, PublishedAccount, SatelliteFile};
use crate::load::wiod13_sea::SocioEconomicAccounts;
use crate::load::{accounts, satellites};
use crate::table::{FittedAccount, IcioTable, Provenance, SatelliteAccounts};

/// Something to be traced in place of value added.
#[derive(Debug)]
#[non_exhaustive]
pub enum Satellite {
    /// Figures for every row.
    File(SatelliteFile),
    /// An account as a database publishes it beside its tables.
    Database(PublishedAccount),
    /// An account in the unit and sectors of the table.
    Accounts {
        /// The accounts.
        accounts: SatelliteAccounts,
        /// The one that is traced.
        name: String,
    },
    /// An account as the statistical office published it, in national currency.
    Published {
        /// The accounts.
        accounts: SocioEconomicAccounts,
        /// The one that is traced.
        name: String,
    },
}

/// An account laid on a table.
pub(super) struct Fitted {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) amounts: Vec<f64>,
    /// Economies of the table without a single figure.
    pub(super) missing: Vec<String>,
    remarks: Vec<String>,
    findings: Vec<String>,
    sources: Vec<Provenance>,
}

/// Unit of figures in a file without the column `unit`.
const UNIT_NOT_STATED: &str = "unit not stated";

impl Satellite {
    /// Opens a CSV, `builtin:NAME`, accounts in Parquet or published ones; `name` chooses one of several accounts.
    ///
    /// # Errors
    /// A file that cannot be read; several accounts and none chosen, or one that is not there.
    pub fn open(place: &Path, name: Option<&str>) -> Result<Self, AnalysisError> {
        let text = place.to_string_lossy();
        let embedded = text.starts_with("builtin:");
        // What is no file, a pipe, can be read once only.
        let stored = place.is_file() && accounts::is_store(place);
        if !embedded && !stored {
            return Ok(match satellite::published(place, name)? {
                None => Self::File(SatelliteFile::read(place, name)?),
                Some(Published::Rows(account)) => Self::Database(account),
                Some(Published::Long(file)) => Self::File(file),
                Some(Published::SocioEconomic(accounts, name)) => Self::Published { accounts, name },
            });
        }
        let name = name
            .map(str::to_owned)
            .ok_or_else(|| AnalysisError::SatelliteUnnamed { place: text.clone().into_owned() })?;
        Ok(Self::Accounts { accounts: satellites(&text)?, name })
    }

    /// SHA-256 of the file that accounts were read from.
    pub fn sha256(&self) -> Option<String> {
        match self {
            Self::Accounts { accounts, .. } => Some(accounts.years().first()?.provenance.sha256.clone()),
            Self::File(file) => Some(file.provenance().sha256),
            Self::Database(account) => Some(account.sha256()),
            Self::Published { accounts, .. } => Some(accounts.sha256().to_owned()),
        }
    }

    /// The amounts by row of a table.
    pub(super) fn fit(&self, table: &IcioTable) -> Result<Fitted, AnalysisError> {
        match self {
            Self::File(file) => Ok(Fitted {
                name: file.name().to_owned(),
                unit: if file.unit().is_empty() { UNIT_NOT_STATED } else { file.unit() }.to_owned(),
                amounts: file.fit(table.axis(), table.year())?,
                // A file that lacks a row is refused.
                missing: Vec::new(),
                remarks: file.remarks(table.year()),
                findings: Vec::new(),
                sources: vec![file.provenance()],
            }),
            Self::Database(account) => of_database(account, table),
            Self::Accounts { accounts, name } => fitted(accounts, name, table),
            Self::Published { accounts, name } => fitted(&accounts.in_usd([table])?, name, table),
        }
    }
}

impl Fitted {
    /// Says what is traced.
    pub(super) fn note(&self, notes: &mut ResultNotes) {
        notes.remarks.extend(self.remarks.iter().cloned());
        notes.findings.extend(self.findings.iter().cloned());
        notes.sources.extend(self.sources.iter().cloned());
        notes.remarks.push(format!(
            "{0} traced in place of value added: what is called so (dva, vax, value_added_multiplier, gvc_income, ...) keeps its \
             name and is {0}; gross flows (gexp, exgr, ...) count what of it is embodied in them, in {1}",
            self.name, self.unit
        ));
        notes.unit.clone_from(&self.unit);
    }
}

fn fitted(accounts: &SatelliteAccounts, name: &str, table: &IcioTable) -> Result<Fitted, AnalysisError> {
    let year = table.year().ok_or(AnalysisError::NoYearForAccounts)?;
    let account = accounts.fit(name, table.axis(), year)?;
    let remarks = account.remark().map(|remark| format!("{year}: {remark}")).into_iter().collect();
    let of_year = accounts.years().iter().find(|known| known.year == year);
    let sources = of_year.map(|known| known.provenance.clone()).into_iter().collect();
    let FittedAccount { name, unit, amounts, missing_economies: missing, .. } = account;
    Ok(Fitted { name, unit, amounts, missing, remarks, findings: Vec::new(), sources })
}

fn of_database(account: &PublishedAccount, table: &IcioTable) -> Result<Fitted, AnalysisError> {
    let year = table.year();
    let Laid { account: fitted, beyond } = account.fit(table.axis(), year)?;
    let mut remarks = account.told(year);
    remarks.extend(fitted.remark().into_iter().chain(beyond));
    Ok(Fitted {
        name: fitted.name,
        unit: if fitted.unit.is_empty() { UNIT_NOT_STATED.to_owned() } else { fitted.unit },
        amounts: fitted.amounts,
        missing: fitted.missing_economies,
        remarks,
        findings: account.direct_by_economy().into_iter().collect(),
        sources: account.sources.clone(),
    })
}
