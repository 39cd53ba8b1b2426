//! A product's account traced through a table, as rows and columns.

use super::{Analysis, AnalysisError, Piece, World};
use crate::frame::ResultNotes;
use crate::level::Level;
use crate::model::memory::Asked;
use crate::product::{self, Account, Options, ProductReport, YearRule};

/// Columns of the records of a report.
const COLUMNS: usize = 8;
/// (n, G) matrices that are held besides the model: value added by origin, of the table and with the product carved out.
const FLOWS: usize = 4;

/// Checks, whose value added, bounds and verdicts of an account: what `vadex product` computes.
#[derive(Debug, Clone)]
pub struct ProductAnalysis {
    /// The account.
    pub account: Account,
    /// Which tables it may be traced through.
    pub years: YearRule,
}

impl ProductAnalysis {
    /// The report itself, and its notes.
    ///
    /// # Errors
    /// As [`product::evaluate`].
    pub fn report(&self, world: &World) -> Result<(ProductReport, ResultNotes), AnalysisError> {
        let account = &self.account;
        let mut notes = world.notes(&self.computed());
        let options = Options { years: self.years, ..Options::default() };
        let report = product::evaluate_with(account, world.model(), &options)?;
        notes.worst_residual = world.residual();
        if account.illustrative() {
            notes.remarks.push("the account is illustrative: invented figures".into());
        }
        if let Some(year) = report.table_year.filter(|year| *year != account.year()) {
            notes.remarks.push(format!("account of {}, table of {year}", account.year()));
        }
        let sectors = report.sectors_in_words();
        notes
            .remarks
            .extend(sectors.map(|sectors| format!("sectors of the account in the table: {sectors}")));
        Ok((report, notes))
    }
}

impl Analysis for ProductAnalysis {
    fn computed(&self) -> String {
        "product".into()
    }

    fn asked(&self) -> Asked {
        Asked::of_level(Level::Country, COLUMNS, FLOWS)
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let (report, notes) = self.report(world)?;
        Ok(Piece { frame: report.frame(), notes })
    }
}
