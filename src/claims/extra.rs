//! What stands beside the tables of some claims and is given by the user: business functions, owners, the R&D sector; and the
//! panel of upgrading that a series makes.

use super::data::Series;
use crate::upgrading::panel::ACCOUNTS;
use crate::upgrading::{Figures, FunctionShares, Panel, UpgradingError, YearFacts, account_by_row};

/// Files and names beside the tables.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Shares of business functions (`economy,sector,year,function,share`).
    pub occupations: Option<FunctionShares>,
    /// Foreign-owned parts of value added (`economy,sector,year,share`).
    pub ownership: Option<Figures>,
    /// Sectors that are R&D; recognised by label when empty.
    pub research: Vec<String>,
}

/// Name that marks fabrication among functions.
pub(super) const FABRICATION: &str = "fabrication";

/// The panel of a world series, with accounts and functions on it; why there is none.
///
/// The inner error is missing data, for a record with reason D3; the outer one a file that does not fit the tables.
pub(super) fn panel(
    series: &Series,
    occupations: Option<&FunctionShares>,
) -> Result<Result<Panel, String>, UpgradingError> {
    let mut panel: Option<Panel> = None;
    for facts in &series.years {
        let Some(world) = &facts.world else {
            return Ok(Err(format!("{}: needs inter-country tables", series.name)));
        };
        let axis = &world.axis;
        let mut year = YearFacts {
            year: facts.year,
            output: world.gross_output.clone(),
            value_added: world
                .value_added_share
                .iter()
                .zip(&world.gross_output)
                .map(|(share, output)| share * output)
                .collect(),
            export_output: (0..axis.n_rows())
                .map(|row| world.output_by_exporter[(row, axis.economy_of(row))])
                .collect(),
            real: None,
            accounts: Vec::new(),
            functions: None,
        };
        for name in ACCOUNTS {
            let amounts = match (world.satellite(name), &series.accounts) {
                (Some(amounts), _) => Some(amounts.to_vec()),
                (None, Some(accounts)) => account_by_row(accounts, name, axis, facts.year)?,
                (None, None) => None,
            };
            if let Some(amounts) = amounts {
                year.set_account(name, amounts);
            }
        }
        let panel = panel.get_or_insert_with(|| Panel::new(axis.clone(), &series.name));
        if let Err(error) = panel.push(axis, &format!("{} {}", series.name, facts.year), year) {
            return Ok(Err(error.to_string()));
        }
    }
    let Some(mut panel) = panel else { return Ok(Err(format!("{}: no table", series.name))) };
    if let Some(shares) = occupations {
        let axis = panel.axis().clone();
        let missing = shares.check(&axis, &panel.calendar())?;
        for facts in panel.years_mut().iter_mut().filter(|facts| !missing.contains(&facts.year)) {
            facts.functions = Some(shares.by_row(&axis, facts.year));
        }
        if let Err(error) = panel.set_functions(shares.functions(), FABRICATION) {
            return Ok(Err(error.to_string()));
        }
    }
    Ok(Ok(panel))
}

/// Positions on the panel's axis of the economies that are judged.
pub(super) fn judged(series: &Series, panel: &Panel) -> Vec<usize> {
    series
        .judged()
        .into_iter()
        .filter_map(|s| panel.axis().economies().iter().position(|name| *name == series.economies[s]))
        .collect()
}
