//! Options that name files beside the tables (prices, hours, jobs, labour, functions), and the panel that is made with them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{Common, Input, Modelling};
use super::failure::Failure;
use super::progress;
use crate::analysis::{AccountFiles, Beside, FunctionFile, PanelMaker};
use crate::frame::ResultNotes;
use crate::level::Level;
use crate::model::memory::Asked;
use crate::upgrading::panel::{CAPITAL, HOURS, JOBS, LABOUR, LABOUR_HIGH};
use crate::upgrading::{Panel, Scope};

/// Accounts beside the tables.
#[derive(Debug, Default, Args)]
pub(crate) struct Accounts {
    /// Accounts written by `vadex aggregate --satellites`, or `builtin:wiod13` [default: those of an embedded table]
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) accounts: Option<PathBuf>,
    /// Hours worked: CSV economy,sector,year,value
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) hours: Option<PathBuf>,
    /// Persons engaged: CSV economy,sector,year,value
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) jobs: Option<PathBuf>,
    /// Labour compensation in the unit of the table: CSV economy,sector,year,value
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) labour: Option<PathBuf>,
    /// The same of the high-skilled alone
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) labour_high: Option<PathBuf>,
    /// Capital compensation in the unit of the table: CSV economy,sector,year,value
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) capital: Option<PathBuf>,
}

impl Accounts {
    /// The files that were named.
    pub(crate) fn files(&self) -> AccountFiles {
        let named = [
            (HOURS, &self.hours),
            (JOBS, &self.jobs),
            (LABOUR, &self.labour),
            (LABOUR_HIGH, &self.labour_high),
            (CAPITAL, &self.capital),
        ];
        let single = named.into_iter().filter_map(|(name, path)| Some((name, path.clone()?))).collect();
        AccountFiles { store: self.accounts.clone(), single }
    }
}

/// Shares of business functions.
#[derive(Debug, Default, Args)]
pub(crate) struct Functions {
    /// Shares of business functions in labour income: CSV economy,sector,year,function,share; shares of an industry sum to 1
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) occupations: Option<PathBuf>,
    /// The function (or part of its name) that is fabrication; all others are above it
    #[arg(
        long,
        value_name = "NAME",
        default_value = "fabrication",
        requires = "occupations",
        help_heading = "Beside the tables"
    )]
    pub(crate) fabrication: String,
}

impl Functions {
    /// The file, when one was named.
    pub(crate) fn file(&self) -> Option<FunctionFile> {
        let path = self.occupations.clone()?;
        Some(FunctionFile { path, fabrication: self.fabrication.clone() })
    }
}

/// Prices of sellers.
#[derive(Debug, Default, Args)]
pub(crate) struct Prices {
    /// Price indices of sellers in the currency of the table: CSV economy,sector,year,index (as for `vadex deflate`)
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) prices: Option<PathBuf>,
    /// Year whose prices constant prices are [default: the first]
    #[arg(long, value_name = "YEAR", requires = "prices", help_heading = "Beside the tables")]
    pub(crate) base: Option<i32>,
}

/// Which income and work are compared in shift-share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScopeArg {
    /// In the economy's own exports
    #[default]
    Exports,
    /// In all chains: all value added, all work
    All,
}

impl From<ScopeArg> for Scope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::Exports => Self::Exports,
            ScopeArg::All => Self::All,
        }
    }
}

/// Rows and right-hand sides of a year: what memory is asked for.
const COLUMNS: usize = 16;

/// Opens every table, lays beside it what there is, and notes what there is not.
pub(crate) fn panel(
    beside: Beside,
    input: &Input,
    modelling: &Modelling,
    common: &Common,
) -> Result<(Panel, ResultNotes), Failure> {
    let computed = beside.computed;
    let tables = input.tables()?;
    let mut preparation = modelling.preparation(input);
    let asked = Asked::of_level(Level::Sector, COLUMNS, 2);
    preparation.admission = Some(common.admission_of(computed.to_owned(), asked));
    let mut maker = PanelMaker::new(&input.input, &tables, beside)?;
    let bar = progress::bar(tables.len(), computed, common);
    for reference in &tables {
        maker.open(reference, &mut preparation)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(maker.finish()?)
}
