//! Years of a table as a panel for measures of upgrading, with what stands beside the tables (prices, hours, jobs, labour,
//! functions) read, checked and laid on every year. The commands and the report make the same panel here.

use std::path::{Path, PathBuf};

use super::{AnalysisError, Preparation, World};
use crate::frame::ResultNotes;
use crate::load::{self, LoadError, TableRef, accounts, prices, satellite};
use crate::table::{AccountsYear, PriceBase, PriceIndex, Provenance, SatelliteAccounts};
use crate::upgrading::figures::{Range, in_words, missing_in_words};
use crate::upgrading::ownership::Endings;
use crate::upgrading::panel::CAPITAL;
use crate::upgrading::{
    Figures, FunctionShares, Panel, RealFacts, UpgradingError, YearFacts, account_by_row,
};

/// Files with accounts beside the tables.
#[derive(Debug, Clone, Default)]
pub struct AccountFiles {
    /// A store of accounts; those that come with an embedded table when absent.
    pub store: Option<PathBuf>,
    /// CSV `economy,sector,year,value` of one account each, under the names of [`crate::upgrading::panel`].
    pub single: Vec<(&'static str, PathBuf)>,
}

/// A file with shares of business functions.
#[derive(Debug, Clone)]
pub struct FunctionFile {
    /// CSV `economy,sector,year,function,share`.
    pub path: PathBuf,
    /// The function (or part of its name) that is fabrication; all others are above it.
    pub fabrication: String,
}

/// Everything beside the tables, before they are opened.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Accounts; none to lay none, not even those of an embedded table.
    pub accounts: Option<AccountFiles>,
    /// Shares of functions.
    pub functions: Option<FunctionFile>,
    /// Price indices of sellers.
    pub prices: Option<PathBuf>,
    /// Year whose prices constant prices are; the first when absent.
    pub base: Option<i32>,
    /// Sectors that are hard to make; by their labels when empty.
    pub complex: Vec<String>,
    /// Parts of economies by owner that are one exporter.
    pub owners: Option<Endings>,
    /// Accounts that are taken.
    pub wanted: &'static [&'static str],
    /// What the notes call the result.
    pub computed: &'static str,
}

/// A panel in the making: years come one by one, what stands beside them is laid at the end.
///
/// # Example
/// ```
/// use vadex::analysis::{AccountFiles, Beside, PanelMaker, Preparation};
/// use vadex::upgrading::panel::JOBS;
///
/// let tables = vadex::load::discover("builtin:wiod13", &[1995, 1996])?;
/// let beside = Beside { accounts: Some(AccountFiles::default()), wanted: &[JOBS], ..Beside::default() };
/// let mut maker = PanelMaker::new("builtin:wiod13", &tables, beside)?;
/// let mut preparation = Preparation::default();
/// for table in &tables {
///     maker.open(table, &mut preparation)?;
/// }
/// let (panel, _) = maker.finish()?;
/// assert!(panel.years()[1].account(JOBS).is_some());
/// # Ok::<(), vadex::Error>(())
/// ```
pub struct PanelMaker {
    input: String,
    beside: Beside,
    prices: Option<PriceIndex>,
    base: Option<i32>,
    panel: Option<Panel>,
    notes: ResultNotes,
}

impl PanelMaker {
    /// A panel of these tables, which were named as `input`.
    ///
    /// # Errors
    /// A price file that cannot be read or contradicts itself.
    pub fn new(input: &str, tables: &[TableRef], beside: Beside) -> Result<Self, AnalysisError> {
        let prices = match &beside.prices {
            Some(path) => Some(PriceIndex::new(prices::read(path)?)?),
            None => None,
        };
        let base = beside.base.or_else(|| tables.iter().filter_map(TableRef::year).min());
        let notes = ResultNotes::of(beside.computed);
        Ok(Self { input: input.to_owned(), beside, prices, base, panel: None, notes })
    }

    /// Opens a table, solves it (and once more at constant prices, where prices are given) and takes its year. Owners that
    /// are one exporter become groups of the preparation.
    ///
    /// # Errors
    /// A table that cannot be read, deflated or solved, has no year, or other rows than the first.
    ///
    /// # Cost
    /// That of [`Preparation::build`], twice with prices, and G right-hand sides.
    pub fn open(&mut self, reference: &TableRef, preparation: &mut Preparation) -> Result<(), AnalysisError> {
        let table = reference.open(&preparation.reading())?;
        table.year().ok_or_else(|| self.beside.no_year(&reference.name()))?;
        if let Some(endings) = &self.beside.owners {
            for group in endings.groups(table.axis()) {
                if !preparation.groups.iter().any(|known| known.name == group.name) {
                    preparation.groups.push(group);
                }
            }
        }
        let real = match (&self.prices, self.base) {
            (Some(index), Some(base)) => {
                let deflated = table.deflate(index, PriceBase::Year(base))?;
                Some(RealFacts::of(preparation.build(deflated)?.model()))
            }
            _ => None,
        };
        let world = preparation.build(table)?;
        self.take(&world, &reference.name(), real)
    }

    /// Takes the year of a table that is solved already.
    ///
    /// # Errors
    /// A table without a year, or with other rows than the first; a failed solve.
    ///
    /// # Cost
    /// G right-hand sides.
    pub fn take(&mut self, world: &World, name: &str, real: Option<RealFacts>) -> Result<(), AnalysisError> {
        let model = world.model();
        let year = model.description().year.ok_or_else(|| self.beside.no_year(name))?;
        let mut of_year = world.notes(self.beside.computed);
        let mut facts = YearFacts::of(model, year)?;
        facts.real = real;
        of_year.worst_residual = world.residual();
        self.notes.absorb(of_year);
        let panel = self.panel.get_or_insert_with(|| Panel::new(model.axis().clone(), name));
        Ok(panel.push(model.axis(), name, facts)?)
    }

    /// The panel with everything laid beside its years, and notes on what there is not.
    ///
    /// # Errors
    /// [`AnalysisError::NoTables`]; a file beside the tables that cannot be read or does not fit them.
    pub fn finish(self) -> Result<(Panel, ResultNotes), AnalysisError> {
        let Self { input, beside, prices, base, panel, mut notes } = self;
        let mut panel = panel.ok_or_else(|| AnalysisError::NoTables { input: input.clone() })?;
        if let Some(path) = &beside.prices {
            note_file(&mut notes, "prices", path)?;
        }
        if let Some(base) = base.filter(|_| prices.is_some()) {
            notes
                .remarks
                .push(format!("constant prices are those of {base}; value added by double deflation"));
        }
        if !beside.complex.is_empty() {
            panel.set_complex(&beside.complex)?;
        }
        beside.lay_accounts(&input, &mut panel, &mut notes)?;
        beside.lay_functions(&mut panel, &mut notes)?;
        Ok((panel, notes))
    }
}

impl Beside {
    /// A table whose year is not known, and what it is needed for.
    fn no_year(&self, table: &str) -> UpgradingError {
        let why = if self.computed == "upgrading" {
            "upgrading is a change over years"
        } else {
            "what stands beside it and what is told of it are by year"
        };
        UpgradingError::NoYear { table: table.to_owned(), why }
    }

    fn lay_accounts(
        &self,
        input: &str,
        panel: &mut Panel,
        notes: &mut ResultNotes,
    ) -> Result<(), AnalysisError> {
        let Some(files) = &self.accounts else { return Ok(()) };
        let store: Option<SatelliteAccounts> = match &files.store {
            Some(path) => Some(load::satellites(&path.to_string_lossy())?),
            // The accounts of an embedded table come with it, where it has some.
            None => input
                .strip_prefix("builtin:")
                .filter(|id| accounts::EMBEDDED.contains(&id.split('/').next().unwrap_or(id)))
                .map(|_| load::satellites(input))
                .transpose()?,
        };
        let axis = panel.axis().clone();
        let calendar = panel.calendar();
        if let Some(store) = &store {
            let (mut taken, mut used): (Vec<&str>, Vec<i32>) = (Vec::new(), Vec::new());
            for &name in self.wanted {
                // A file of its own takes the place of the store in every year.
                if files.single.iter().any(|(single, _)| *single == name) {
                    continue;
                }
                for facts in panel.years_mut() {
                    if let Some(amounts) =
                        account_by_row(store, name, &axis, facts.year).map_err(UpgradingError::from)?
                    {
                        if !taken.contains(&name) {
                            taken.push(name);
                        }
                        if !used.contains(&facts.year) {
                            used.push(facts.year);
                        }
                        facts.set_account(name, amounts);
                    }
                }
            }
            used.sort_unstable();
            note_store(store, &taken, &used, notes);
        }
        for (name, path) in &files.single {
            // Capital income may be negative where a year ends in losses; work and its pay may not.
            let range = if *name == CAPITAL { Range::Any } else { Range::NotNegative };
            let figures = Figures::read(path, "value", None, range)?;
            figures.check(&axis, &calendar)?;
            note_file(notes, name, path)?;
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

    fn lay_functions(&self, panel: &mut Panel, notes: &mut ResultNotes) -> Result<(), AnalysisError> {
        let Some(FunctionFile { path, fabrication }) = &self.functions else { return Ok(()) };
        let shares = FunctionShares::read(path)?;
        lay_shares(panel, &shares)?;
        note_file(notes, "shares of functions", path)?;
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

/// Says which accounts come from a store, and from which of its years.
fn note_store(store: &SatelliteAccounts, taken: &[&str], years: &[i32], notes: &mut ResultNotes) {
    let used: Vec<&AccountsYear> = store.years().iter().filter(|known| years.contains(&known.year)).collect();
    let Some(first) = used.first() else { return };
    let source = &first.provenance;
    // The name of a year in a store ends in the year.
    let ending = format!("/{}", first.year);
    let name = source.source.strip_suffix(ending.as_str()).unwrap_or(&source.source);
    notes.remarks.push(format!(
        "{} from {name}, {}{}",
        taken.join(", "),
        in_words(years),
        in_brackets(&source.sha256)
    ));
    notes.sources.extend(used.iter().map(|known| known.provenance.clone()));
}

/// Records a file beside the tables as a source, and says what was taken from it.
///
/// # Errors
/// A file that cannot be read.
pub fn note_file(notes: &mut ResultNotes, what: &str, path: &Path) -> Result<(), LoadError> {
    // What is no file, a pipe, can be read once only, and has been.
    let sha256 = if path.is_file() { load::sha256_of_file(path)? } else { String::new() };
    let source = path.display().to_string();
    notes.remarks.push(format!("{what} from {source}{}", in_brackets(&sha256)));
    notes.sources.push(Provenance {
        source,
        sha256,
        importer: satellite::IMPORTER.into(),
        ..Provenance::default()
    });
    Ok(())
}

/// The beginning of a hash, where there is one.
fn in_brackets(sha256: &str) -> String {
    if sha256.is_empty() {
        return String::new();
    }
    format!(" (sha256 {})", sha256.get(..12).unwrap_or(sha256))
}

/// Lays shares of functions on every year that has some.
fn lay_shares(panel: &mut Panel, shares: &FunctionShares) -> Result<(), UpgradingError> {
    let axis = panel.axis().clone();
    let missing = shares.check(&axis, &panel.calendar())?;
    for facts in panel.years_mut().iter_mut().filter(|facts| !missing.contains(&facts.year)) {
        facts.functions = Some(shares.by_row(&axis, facts.year));
    }
    Ok(())
}

/// One remark for each list of economies and rows without figures, with the years it holds for.
pub fn note_missing(
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
