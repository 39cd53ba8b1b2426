//! What `--satellite` names: a CSV of figures, embedded accounts, or accounts in a Parquet file.

use std::path::Path;

use super::failure::Failure;
use crate::frame::ResultNotes;
use crate::load::satellite::SatelliteFile;
use crate::load::wiod13_sea::SocioEconomicAccounts;
use crate::load::{Source, accounts, satellites};
use crate::model::Model;
use crate::table::{FittedAccount, IcioTable, SatelliteAccounts};

/// Something to be traced in place of value added.
pub(crate) enum Satellite {
    /// Figures for every row.
    File(SatelliteFile),
    /// An account in the unit and sectors of the table.
    Accounts { accounts: SatelliteAccounts, name: String },
    /// An account as the statistical office published it, in national currency.
    Published { accounts: SocioEconomicAccounts, name: String },
}

impl Satellite {
    /// Opens what the arguments name.
    pub(crate) fn open(place: &Path, name: Option<&str>) -> Result<Self, Failure> {
        let text = place.to_string_lossy();
        let parquet = place.extension().is_some_and(|extension| extension == "parquet");
        if !text.starts_with("builtin:") && !parquet {
            return Ok(Self::File(SatelliteFile::read(place, name)?));
        }
        let name = name.map(str::to_owned).ok_or_else(|| {
            Failure::request(
                format!("{text} holds several accounts"),
                "name one: `--satellite-name jobs`; `vadex list satellites` describes them",
            )
        })?;
        if parquet && !accounts::is_store(place) {
            return Ok(Self::Published {
                accounts: SocioEconomicAccounts::read(&Source::from_path(place)?)?,
                name,
            });
        }
        Ok(Self::Accounts { accounts: satellites(&text)?, name })
    }

    /// The model with the satellite in place of value added, and the notes to say so.
    pub(crate) fn trace(
        &self,
        table: &IcioTable,
        model: &Model,
        notes: &mut ResultNotes,
    ) -> Result<Model, Failure> {
        let (name, unit, amounts) = match self {
            Self::File(file) => {
                let unit = if file.unit().is_empty() { file.name() } else { file.unit() };
                (file.name().to_owned(), unit.to_owned(), file.fit(model.axis(), table.year())?)
            }
            Self::Accounts { accounts, name } => fitted(accounts, name, table, model, notes)?,
            Self::Published { accounts, name } => {
                fitted(&accounts.in_usd([table])?, name, table, model, notes)?
            }
        };
        notes.remarks.push(format!(
            "{name} traced in place of value added; gexp counts what of it is embodied in exports, in {unit}"
        ));
        notes.unit.clone_from(&unit);
        Ok(model.with_satellite(&name, &unit, &amounts)?)
    }
}

fn fitted(
    accounts: &SatelliteAccounts,
    name: &str,
    table: &IcioTable,
    model: &Model,
    notes: &mut ResultNotes,
) -> Result<(String, String, Vec<f64>), Failure> {
    let year = table.year().ok_or_else(|| {
        Failure::request("the table has no year, the accounts are by year", "say which with --year")
    })?;
    let account = accounts.fit(name, model.axis(), year)?;
    notes.remarks.extend(account.remark().map(|remark| format!("{year}: {remark}")));
    let of_year = accounts.years().iter().find(|known| known.year == year);
    notes.sources.extend(of_year.map(|known| known.provenance.clone()));
    let FittedAccount { name, unit, amounts, .. } = account;
    Ok((name, unit, amounts))
}
