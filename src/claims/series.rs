//! Tables of one source over the years, each opened, solved and let go: what stays is one [`NationalAccount`] an economy and,
//! for world tables, [`WorldFacts`].

use std::fmt;

use super::account::NationalAccount;
use super::error::ClaimError;
use super::sectors::SectorMap;
use super::world_facts::{JOBS, LABOUR, WorldFacts};
use crate::labels::economy_names::is_rest;
use crate::load::{self, ReadOptions, TableRef, national};
use crate::model::memory::{self, Workload};
use crate::model::solver::find_solver;
use crate::model::{Model, ModelOptions};
use crate::table::{self, IcioTable, SatelliteAccounts, known_splits, violations_of_national};

/// What is told while tables are opened.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// The table that comes next.
    Table(&'a str),
    /// What the tables of a series need, told once its first one is open.
    Memory(&'a str),
}

/// One year of a series.
#[derive(Debug, Clone)]
pub struct YearFacts {
    /// The year.
    pub year: i32,
    /// One account an economy, in the order of [`Series::economies`].
    pub accounts: Vec<NationalAccount>,
    /// The same accounts in prices of the year before, where price tables are given.
    pub previous_year_prices: Option<Vec<NationalAccount>>,
    /// Where the table covers the world.
    pub world: Option<WorldFacts>,
}

/// The solved world of one year: what a scenario starts from.
#[derive(Clone)]
pub struct SolvedYear {
    /// The year.
    pub year: i32,
    /// The model.
    pub model: Model,
}

impl fmt::Debug for SolvedYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SolvedYear").field("year", &self.year).finish_non_exhaustive()
    }
}

/// Tables of one source over the years.
#[derive(Debug, Clone)]
pub struct Series {
    /// `builtin:wiod13`, or the path.
    pub name: String,
    /// Unit of the flows.
    pub unit: String,
    /// Sectors.
    pub sectors: Vec<String>,
    /// Groups of sectors.
    pub map: SectorMap,
    /// Economies that every year has.
    pub economies: Vec<String>,
    /// The years, in order.
    pub years: Vec<YearFacts>,
    /// The last year, solved; absent for national tables. The years before are let go.
    pub last: Option<SolvedYear>,
    /// Accounts beside the tables, where there are some.
    pub accounts: Option<SatelliteAccounts>,
    /// Split economies that are one exporter here: `CHN = CHN + CN1 + CN2`.
    pub united: Vec<String>,
    /// What a reader must know: economies left out, split economies united.
    pub remarks: Vec<String>,
    /// Accounts of its tables that do not hold.
    pub violations: Vec<String>,
}

/// (n, G) matrices of a year, its chains by product and what a claim makes of them included: of ten that are kept a year of
/// world tables of 1435 rows took 7 MB, fifteen, where seventeen years were measured.
const FACTS: usize = 15;

impl Series {
    /// Opens and reduces the tables behind an input; `opened` hears of each.
    ///
    /// # Errors
    /// Unreadable tables, a table without a year, two tables of a year, other sectors in another year, work that does not fit
    /// into memory.
    pub fn open(
        input: &str,
        prices: Option<&str>,
        options: &ReadOptions,
        opened: &mut dyn FnMut(&str),
    ) -> Result<Self, ClaimError> {
        let mut hears = |step: Step<'_>| {
            if let Step::Table(name) = step {
                opened(name);
            }
        };
        Self::open_beside(input, prices, options, &ModelOptions::default(), &mut 0, &mut hears)
    }

    /// The same beside `held` bytes of other series, to which those of this one are added. Of `model` the solver counts:
    /// claims have one convention, output as the sum of the row and value added as what inputs leave of it.
    pub(super) fn open_beside(
        input: &str,
        prices: Option<&str>,
        options: &ReadOptions,
        model: &ModelOptions,
        held: &mut u64,
        hears: &mut dyn FnMut(Step<'_>),
    ) -> Result<Self, ClaimError> {
        if national::is_national(input) {
            return Self::open_national(input, hears);
        }
        let tables = by_year(load::discover(input, &[])?, options)?;
        let price_tables = match prices {
            Some(input) => by_year(load::discover(input, &[])?, options)?,
            None => Vec::new(),
        };
        let mut series: Option<Self> = None;
        let mut years = Vec::new();
        let mut kept = 0;
        for (year, reference) in &tables {
            hears(Step::Table(&reference.name()));
            // Two models at once would be the peak of everything.
            if let Some(series) = &mut series {
                series.last = None;
            }
            let (table, splits) = united(reference.open(options)?)?;
            let series = series.get_or_insert_with(|| Self::start(input, &table));
            series.tell_united(splits);
            series.admit(&table, &reference.name(), tables[0].1.name())?;
            let work = Self::workload(&table, tables.len(), !price_tables.is_empty(), model)?;
            let what = format!("the claims on {}", reference.name());
            let peak = memory::admit_beside(&what, &work, *held, options.memory)?;
            kept = memory::kept(&work);
            if years.is_empty() {
                let storage = table.intermediate_use().storage();
                hears(Step::Memory(&memory::told(&what, work.rows, storage, peak, options.memory)));
            }
            let price_table = price_tables
                .iter()
                .find(|(other, _)| other == year)
                .map(|(_, price)| united(price.open(options)?))
                .transpose()?
                .map(|(table, _)| table);
            years.push(series.reduce(*year, (&table, price_table.as_ref()), model, &reference.name())?);
        }
        let mut series = series.ok_or_else(|| ClaimError::NoTables { input: input.to_owned() })?;
        series.close(years);
        *held += kept;
        if input.starts_with("builtin:")
            && let Ok(accounts) = load::satellites(input)
        {
            series.attach(&accounts);
        }
        Ok(series)
    }

    /// What the claims will hold of an input, as its first table tells, which is opened for that, and the name of that table.
    /// Nothing of national tables, which are small.
    ///
    /// # Errors
    /// An input that is not there, a table that cannot be read, a solver that does not exist.
    pub(crate) fn reckon(
        input: &str,
        options: &ReadOptions,
        model: &ModelOptions,
    ) -> Result<Option<(String, Workload)>, ClaimError> {
        if national::is_national(input) {
            return Ok(None);
        }
        let tables = load::discover(input, &[])?;
        let Some(first) = tables.first() else { return Ok(None) };
        let work = Self::workload(&first.open(options)?, tables.len(), false, model)?;
        Ok(Some((first.name(), work)))
    }

    /// What the claims hold of a table: its model and the table beside it, one more in other prices, the coefficients of
    /// another world that a claim solves, and the facts of all years.
    ///
    /// # Errors
    /// A solver that does not exist.
    pub(crate) fn workload(
        table: &IcioTable,
        years: usize,
        priced: bool,
        model: &ModelOptions,
    ) -> Result<Workload, ClaimError> {
        let solver = model.solver.as_deref().map(find_solver).transpose()?;
        Ok(Workload {
            solver: solver.map(|solver| solver.id()),
            tables: 2 + usize::from(priced),
            flows: FACTS * years.max(1),
            ..Workload::of(table)
        })
    }

    /// Lays jobs and labour income beside the world tables, from accounts in their sectors. Rows without a figure are NaN,
    /// and a remark says which economies they are. They take the place of accounts that are there.
    pub fn attach(&mut self, accounts: &SatelliteAccounts) {
        self.accounts = Some(accounts.clone());
        for facts in &mut self.years {
            let Some(world) = &mut facts.world else { continue };
            for name in [JOBS, LABOUR] {
                world.satellites.retain(|(other, _)| other != name);
                let fitted = match accounts.fit(name, &world.axis, facts.year) {
                    Ok(fitted) => fitted,
                    Err(error) => {
                        self.remarks
                            .push(format!("{}: {name} of {} not used: {error}", self.name, facts.year));
                        continue;
                    }
                };
                if !fitted.missing_economies.is_empty() {
                    let remark =
                        format!("{}: no {name} for {}", self.name, fitted.missing_economies.join(" "));
                    // One remark for each list of economies, however many years have it.
                    if !self.remarks.contains(&remark) {
                        self.remarks.push(remark);
                    }
                }
                let mut amounts = fitted.amounts;
                for (row, amount) in amounts.iter_mut().enumerate() {
                    if fitted.missing_economies.iter().any(|name| name == world.axis.member_of(row))
                        || fitted.missing_rows.contains(&world.axis.row_label(row))
                    {
                        *amount = f64::NAN;
                    }
                }
                world.satellites.push((name.to_owned(), amounts));
            }
        }
    }

    /// National tables: one account each, no world behind them.
    fn open_national(input: &str, hears: &mut dyn FnMut(Step<'_>)) -> Result<Self, ClaimError> {
        let years = national::read(input, &[])?;
        let Some(first) = years.iter().find_map(|year| year.tables.first()) else {
            return Err(ClaimError::NoTables { input: input.to_owned() });
        };
        let (sectors, unit) = (first.sectors().to_vec(), first.unit().to_owned());
        let everywhere = |economy: &str| {
            years.iter().all(|year| year.tables.iter().any(|table| table.economy() == economy))
        };
        let economies: Vec<String> = years[0]
            .tables
            .iter()
            .map(|table| table.economy().to_owned())
            .filter(|economy| everywhere(economy))
            .collect();
        let mut facts = Vec::with_capacity(years.len());
        let mut violations = Vec::new();
        for year in &years {
            hears(Step::Table(&format!("{input}/{}", year.year)));
            let mut accounts = Vec::with_capacity(economies.len());
            for table in economies.iter().filter_map(|e| year.tables.iter().find(|t| t.economy() == e)) {
                let name = format!("{} in {input}/{}", table.economy(), year.year);
                if table.sectors() != sectors {
                    let list =
                        |labels: &[String]| labels.iter().take(8).cloned().collect::<Vec<_>>().join(" ");
                    return Err(ClaimError::OtherSectors {
                        table: name,
                        found: list(table.sectors()),
                        reference: format!("{} in {}", first.economy(), first.year()),
                        expected: list(&sectors),
                    });
                }
                let mut account = NationalAccount::new(
                    &name,
                    table.output().to_vec(),
                    table.exports().to_vec(),
                    table.domestic_use().clone(),
                    table.imported_use().clone(),
                )?;
                violations.extend(violations_of_national(table));
                account.domestic_final = table.domestic_final().row_iter().map(|row| row.sum()).collect();
                account.imported_final = table.imported_final().row_iter().map(|row| row.sum()).collect();
                accounts.push(account);
            }
            facts.push((year.year, accounts));
        }
        facts.sort_by_key(|(year, _)| *year);
        let mut series = Self::from_accounts(input, &unit, sectors, economies, facts);
        series.violations = violations;
        series.remarks.push(format!(
            "{input}: national tables, so only the import content (VS) is known of them; net taxes and margins stay \
             within the domestic part"
        ));
        Ok(series)
    }

    /// A series from national accounts, one list of economies for all years.
    pub fn from_accounts(
        name: &str,
        unit: &str,
        sectors: Vec<String>,
        economies: Vec<String>,
        years: Vec<(i32, Vec<NationalAccount>)>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            map: SectorMap::of(&sectors),
            sectors,
            economies,
            years: years
                .into_iter()
                .map(|(year, accounts)| YearFacts { year, accounts, previous_year_prices: None, world: None })
                .collect(),
            last: None,
            accounts: None,
            united: Vec::new(),
            remarks: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// A series from world tables in memory, in order of their years.
    ///
    /// # Errors
    /// Other sectors in another year; a table that cannot be solved.
    pub fn from_tables(name: &str, tables: Vec<(i32, IcioTable)>) -> Result<Self, ClaimError> {
        let mut series: Option<Self> = None;
        let mut years = Vec::new();
        for (year, table) in tables {
            let ((table, splits), label) = (united(table)?, format!("{name} {year}"));
            let series = series.get_or_insert_with(|| Self::start(name, &table));
            series.tell_united(splits);
            series.admit(&table, &label, name.to_owned())?;
            years.push(series.reduce(year, (&table, None), &ModelOptions::default(), &label)?);
        }
        let mut series = series.ok_or_else(|| ClaimError::NoTables { input: name.to_owned() })?;
        series.close(years);
        Ok(series)
    }

    fn start(input: &str, table: &IcioTable) -> Self {
        let sectors = table.axis().sectors().to_vec();
        Self {
            name: input.to_owned(),
            unit: table.unit().to_owned(),
            map: SectorMap::of(&sectors),
            sectors,
            economies: table.axis().economies().to_vec(),
            years: Vec::new(),
            last: None,
            accounts: None,
            united: Vec::new(),
            remarks: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// Says once which split economies a table had.
    fn tell_united(&mut self, splits: Vec<String>) {
        for split in splits {
            if !self.united.contains(&split) {
                self.remarks
                    .push(format!("{}: {split}, one exporter to all claims but C19 and C20", self.name));
                self.united.push(split);
            }
        }
    }

    /// Checks that a table fits the others.
    fn admit(&mut self, table: &IcioTable, name: &str, reference: String) -> Result<(), ClaimError> {
        let first = |labels: &[String]| labels.iter().take(8).cloned().collect::<Vec<_>>().join(" ");
        if table.axis().sectors() != self.sectors {
            return Err(ClaimError::OtherSectors {
                table: name.to_owned(),
                found: first(table.axis().sectors()),
                reference,
                expected: first(&self.sectors),
            });
        }
        let (here, lost): (Vec<String>, Vec<String>) = std::mem::take(&mut self.economies)
            .into_iter()
            .partition(|e| table.axis().economies().contains(e));
        self.economies = here;
        let new: Vec<String> =
            table.axis().economies().iter().filter(|e| !self.economies.contains(e)).cloned().collect();
        for economy in lost.into_iter().chain(new) {
            let remark = format!("{}: {economy} is not in every year and is left out", self.name);
            if !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
        self.violations.extend(table::violations(table));
        Ok(())
    }

    /// One table, and the same in other prices, as facts; accounts still in the order of the table.
    fn reduce(
        &mut self,
        year: i32,
        (table, prices): (&IcioTable, Option<&IcioTable>),
        model: &ModelOptions,
        name: &str,
    ) -> Result<(YearFacts, Vec<String>), ClaimError> {
        let previous_year_prices = match prices {
            None => None,
            Some(prices) if prices.axis() == table.axis() => {
                Some(NationalAccount::of_table(prices, &format!("{name} in previous-year prices"))?)
            }
            Some(_) => return Err(ClaimError::PriceTableMismatch { table: name.to_owned(), year }),
        };
        let (world, model) = WorldFacts::of(table, &self.map, model, name)?;
        let facts = YearFacts {
            year,
            accounts: NationalAccount::of_table(table, name)?,
            previous_year_prices,
            world: Some(world),
        };
        self.last = Some(SolvedYear { year, model });
        Ok((facts, table.axis().economies().to_vec()))
    }

    /// Brings the accounts of all years into one order of economies.
    fn close(&mut self, years: Vec<(YearFacts, Vec<String>)>) {
        for (mut facts, order) in years {
            for accounts in
                [Some(&mut facts.accounts), facts.previous_year_prices.as_mut()].into_iter().flatten()
            {
                *accounts = self
                    .economies
                    .iter()
                    .filter_map(|economy| order.iter().position(|other| other == economy))
                    .map(|position| accounts[position].clone())
                    .collect();
            }
            self.years.push(facts);
        }
    }

    /// First and last year.
    pub fn span(&self) -> (i32, i32) {
        (self.years.first().map_or(0, |y| y.year), self.years.last().map_or(0, |y| y.year))
    }

    /// Years that are missing between the first and the last.
    pub fn gaps(&self) -> Vec<i32> {
        let (first, last) = self.span();
        (first..=last).filter(|year| !self.years.iter().any(|facts| facts.year == *year)).collect()
    }

    /// Does every year have the matrices of a world table?
    pub fn is_world(&self) -> bool {
        self.years.iter().all(|facts| facts.world.is_some())
    }

    /// Positions of the economies that are judged: all but a rest of the world.
    pub fn judged(&self) -> Vec<usize> {
        (0..self.economies.len()).filter(|&s| !is_rest(&self.economies[s])).collect()
    }

    /// Index of economy `s` of the series on the axis of a year's world table.
    pub fn on_axis(&self, facts: &WorldFacts, s: usize) -> Option<usize> {
        facts.axis.economies().iter().position(|name| *name == self.economies[s])
    }

    /// Is the series fit for a test over time that needs `needed` years? The message says why not.
    ///
    /// # Errors
    /// Years missing in between, or too few years.
    pub fn usable(&self, needed: usize) -> Result<(), String> {
        let gaps = self.gaps();
        if !gaps.is_empty() {
            let years: Vec<String> = gaps.iter().map(ToString::to_string).collect();
            let (first, last) = self.span();
            return Err(format!(
                "{}: a gap in {first}-{last}, no table for {}; add it or give an unbroken span",
                self.name,
                years.join(", ")
            ));
        }
        if self.years.len() < needed {
            return Err(format!(
                "{}: {} {}, the test needs {needed}",
                self.name,
                self.years.len(),
                if self.years.len() == 1 { "year" } else { "years" }
            ));
        }
        Ok(())
    }
}

/// Tables in order of their years.
fn by_year(tables: Vec<TableRef>, options: &ReadOptions) -> Result<Vec<(i32, TableRef)>, ClaimError> {
    let mut dated: Vec<(i32, TableRef)> = Vec::with_capacity(tables.len());
    for table in tables {
        let Some(year) = table.year() else {
            // Of what is no table nobody needs the year.
            table.look_at(options)?;
            return Err(ClaimError::NoYear { table: table.name() });
        };
        dated.push((year, table));
    }
    dated.sort_by_key(|(year, _)| *year);
    Ok(dated)
}

/// Split economies (processing rows) united, one exporter each, and what was united, in words.
fn united(table: IcioTable) -> Result<(IcioTable, Vec<String>), ClaimError> {
    let splits = known_splits(table.axis());
    if splits.is_empty() {
        return Ok((table, Vec::new()));
    }
    let name = table.provenance().source.clone();
    let table = table
        .regroup(&splits)
        .map_err(|error| ClaimError::Load(load::LoadError::Table { path: name, error: Box::new(error) }))?;
    let words = splits.iter().map(|split| format!("{} = {}", split.name, split.members.join(" + ")));
    Ok((table, words.collect()))
}
