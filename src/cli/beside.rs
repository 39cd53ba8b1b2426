//! Files beside the tables of a panel (prices, hours, jobs, labour, functions), read, checked and laid on every year.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{Common, Input, Modelling};
use super::failure::Failure;
use super::progress;
use crate::analysis::Admission;
use crate::frame::ResultNotes;
use crate::level::Level;
use crate::load::{self, accounts, prices};
use crate::model::memory::Asked;
use crate::table::{PriceBase, PriceIndex, SatelliteAccounts};
use crate::upgrading::figures::{Range, in_words, missing_in_words};
use crate::upgrading::ownership::Endings;
use crate::upgrading::panel::{CAPITAL, HOURS, JOBS, LABOUR, LABOUR_HIGH};
use crate::upgrading::{
    Figures, FunctionShares, Panel, RealFacts, Scope, UpgradingError, YearFacts, account_by_row,
};

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

/// Shares of business functions.
#[derive(Debug, Default, Args)]
pub(crate) struct Functions {
    /// Shares of business functions in labour income: CSV economy,sector,year,function,share; shares of an industry sum to 1
    #[arg(long, value_name = "FILE", help_heading = "Beside the tables")]
    pub(crate) occupations: Option<PathBuf>,
    /// The function (or part of its name) that is fabrication; all others are above it
    #[arg(long, value_name = "NAME", default_value = "fabrication", help_heading = "Beside the tables")]
    pub(crate) fabrication: String,
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

/// Everything beside the tables, before they are opened.
#[derive(Default)]
pub(crate) struct Beside<'a> {
    pub(crate) accounts: Option<&'a Accounts>,
    pub(crate) functions: Option<&'a Functions>,
    pub(crate) prices: Option<&'a Prices>,
    /// Sectors that are hard to make.
    pub(crate) complex: &'a [String],
    /// Parts of economies by owner that are one exporter.
    pub(crate) owners: Option<&'a Endings>,
    /// Accounts that the command takes.
    pub(crate) wanted: &'a [&'a str],
    /// What the notes call the command.
    pub(crate) computed: &'static str,
}

/// Rows and right-hand sides of a year: what memory is asked for.
const COLUMNS: usize = 16;

impl Beside<'_> {
    /// Opens every table, lays beside it what there is, and notes what there is not.
    pub(crate) fn panel(
        &self,
        input: &Input,
        modelling: &Modelling,
        common: &Common,
    ) -> Result<(Panel, ResultNotes), Failure> {
        let tables = input.tables()?;
        let mut preparation = modelling.preparation(input);
        preparation.admission = Some(Admission {
            what: self.computed.to_owned(),
            asked: Asked { level: Level::Sector, columns: COLUMNS, inverse: false, flows: 2 },
            limit: common.memory,
            tell: None,
        });
        let price_index = match self.prices.and_then(|prices| prices.prices.as_ref()) {
            Some(path) => Some(PriceIndex::new(prices::read(path)?)?),
            None => None,
        };
        let base = self
            .prices
            .and_then(|prices| prices.base)
            .or_else(|| tables.iter().filter_map(|t| t.year()).min());
        let mut notes = ResultNotes::of(self.computed);
        let mut panel: Option<Panel> = None;
        let bar = progress::bar(tables.len(), self.computed, common);
        for reference in &tables {
            let table = reference.open(&preparation.reading)?;
            let year = table.year().ok_or_else(|| UpgradingError::NoYear { table: reference.name() })?;
            if let Some(endings) = self.owners {
                for group in endings.groups(table.axis()) {
                    if !preparation.groups.iter().any(|known| known.name == group.name) {
                        preparation.groups.push(group);
                    }
                }
            }
            let real = match (&price_index, base) {
                (Some(index), Some(base)) => {
                    let deflated = table.deflate(index, PriceBase::Year(base))?;
                    Some(RealFacts::of(preparation.build(deflated)?.model()))
                }
                _ => None,
            };
            let world = preparation.build(table)?;
            let mut of_year = world.notes(self.computed);
            let mut facts = YearFacts::of(world.model(), year)?;
            facts.real = real;
            of_year.worst_residual = world.residual();
            notes.absorb(of_year);
            let panel =
                panel.get_or_insert_with(|| Panel::new(world.model().axis().clone(), &reference.name()));
            panel.push(world.model().axis(), &reference.name(), facts)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        let mut panel = panel.ok_or_else(|| {
            Failure::request(format!("{}: no table", input.input), "give a directory of tables, one a year")
        })?;
        if let Some(base) = base.filter(|_| price_index.is_some()) {
            notes
                .remarks
                .push(format!("constant prices are those of {base}; value added by double deflation"));
        }
        if !self.complex.is_empty() {
            panel.set_complex(self.complex)?;
        }
        self.lay_accounts(input, &mut panel, &mut notes)?;
        self.lay_functions(&mut panel, &mut notes)?;
        Ok((panel, notes))
    }

    fn lay_accounts(&self, input: &Input, panel: &mut Panel, notes: &mut ResultNotes) -> Result<(), Failure> {
        let Some(wanted) = self.accounts else { return Ok(()) };
        let store: Option<SatelliteAccounts> = match &wanted.accounts {
            Some(path) => Some(load::satellites(&path.to_string_lossy())?),
            // The accounts of an embedded table come with it, where it has some.
            None => input
                .input
                .strip_prefix("builtin:")
                .filter(|id| accounts::EMBEDDED.contains(&id.split('/').next().unwrap_or(id)))
                .map(|_| load::satellites(&input.input))
                .transpose()?,
        };
        let axis = panel.axis().clone();
        let calendar = panel.calendar();
        if let Some(store) = &store {
            if let Some(year) = store.years().first() {
                let source = &year.provenance;
                notes.remarks.push(format!(
                    "{} from {} (sha256 {})",
                    self.wanted.join(", "),
                    source.source,
                    source.sha256.get(..12).unwrap_or(&source.sha256)
                ));
            }
            for &name in self.wanted {
                for facts in panel.years_mut() {
                    if let Some(amounts) =
                        account_by_row(store, name, &axis, facts.year).map_err(UpgradingError::from)?
                    {
                        facts.set_account(name, amounts);
                    }
                }
            }
        }
        for (name, path) in [
            (HOURS, &wanted.hours),
            (JOBS, &wanted.jobs),
            (LABOUR, &wanted.labour),
            (LABOUR_HIGH, &wanted.labour_high),
            (CAPITAL, &wanted.capital),
        ] {
            let Some(path) = path else { continue };
            // Capital income may be negative where a year ends in losses; work and its pay may not.
            let range = if name == CAPITAL { Range::Any } else { Range::NotNegative };
            let figures = Figures::read(path, "value", None, range)?;
            figures.check(&axis, &calendar)?;
            for facts in panel.years_mut() {
                let amounts = figures.by_row(&axis, facts.year, "");
                facts.set_account(name, amounts);
            }
        }
        for name in self.wanted {
            note_missing(panel, notes, name, |facts| facts.account(name).map(<[f64]>::to_vec));
        }
        Ok(())
    }

    fn lay_functions(&self, panel: &mut Panel, notes: &mut ResultNotes) -> Result<(), Failure> {
        let Some((path, fabrication)) =
            self.functions.and_then(|wanted| Some((wanted.occupations.as_ref()?, &wanted.fabrication)))
        else {
            return Ok(());
        };
        let shares = FunctionShares::read(path)?;
        lay_shares(panel, &shares)?;
        panel.set_functions(shares.functions(), fabrication)?;
        let upper: Vec<&str> = shares
            .functions()
            .iter()
            .zip(&panel.upper)
            .filter(|(_, upper)| **upper)
            .map(|(name, _)| name.as_str())
            .collect();
        notes.remarks.push(format!(
            "functions above {fabrication}: {}; shares of an industry sum to one within {:.1e}",
            upper.join(", "),
            shares.worst_gap()
        ));
        note_missing(panel, notes, "shares of functions", |facts| facts.functions.as_ref()?.first().cloned());
        Ok(())
    }
}

/// Lays shares of functions on every year that has some.
pub(crate) fn lay_shares(panel: &mut Panel, shares: &FunctionShares) -> Result<(), UpgradingError> {
    let axis = panel.axis().clone();
    let missing = shares.check(&axis, &panel.calendar())?;
    for facts in panel.years_mut().iter_mut().filter(|facts| !missing.contains(&facts.year)) {
        facts.functions = Some(shares.by_row(&axis, facts.year));
    }
    Ok(())
}

/// One remark for each list of economies and rows without figures, with the years it holds for.
pub(crate) fn note_missing(
    panel: &Panel,
    notes: &mut ResultNotes,
    name: &str,
    known: impl Fn(&YearFacts) -> Option<Vec<f64>>,
) {
    let mut lists: Vec<(String, Vec<i32>)> = Vec::new();
    let mut add = |list: String, year: i32| match lists.iter_mut().find(|(known, _)| *known == list) {
        Some((_, years)) => years.push(year),
        None => lists.push((list, vec![year])),
    };
    for facts in panel.years() {
        match known(facts) {
            None => add(String::new(), facts.year),
            Some(known) => {
                if let Some(words) = missing_in_words(panel.axis(), &facts.output, &known) {
                    add(words, facts.year);
                }
            }
        }
    }
    for (list, years) in lists {
        if list.is_empty() && years.len() == panel.years().len() {
            // Not there at all: the result says so wherever it is needed.
            continue;
        }
        let who = if list.is_empty() { "anybody".to_owned() } else { list };
        notes.remarks.push(format!("no {name} for {who} in {}", in_words(&years)));
    }
}
