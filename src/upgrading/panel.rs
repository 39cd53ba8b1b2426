//! Years of a table, reduced to what measures of upgrading need: output, value added, what exports call forth, accounts beside
//! the table, shares of functions, and the same at constant prices where prices are given.

use super::UpgradingError;
use super::figures::in_words;
use crate::labels::Axis;
use crate::labels::classification::{ISIC_3, ISIC_4, SectorMap, Span, WIOD_2013};
use crate::level::Level;
use crate::model::Model;
use crate::table::{AccountError, SatelliteAccounts};

/// Hours worked.
pub const HOURS: &str = "hours";
/// Persons engaged.
pub const JOBS: &str = "jobs";
/// Labour compensation.
pub const LABOUR: &str = "labour";
/// Labour compensation of the high-skilled.
pub const LABOUR_HIGH: &str = "labour-high";
/// Capital compensation.
pub const CAPITAL: &str = "capital";
/// Every account that a measure or a bound takes.
pub const ACCOUNTS: [&str; 5] = [HOURS, JOBS, LABOUR, LABOUR_HIGH, CAPITAL];

/// Output and value added at the prices of a base year.
#[derive(Debug, Clone, PartialEq)]
pub struct RealFacts {
    /// x', (n_rows).
    pub output: Vec<f64>,
    /// Value added by double deflation, (n_rows): x' minus inputs at the prices of their sellers.
    pub value_added: Vec<f64>,
}

impl RealFacts {
    /// Of the model of a deflated table.
    pub fn of(model: &Model) -> Self {
        Self { output: model.flows().gross_output().to_vec(), value_added: value_added(model) }
    }
}

/// One year.
#[derive(Debug, Clone, PartialEq)]
pub struct YearFacts {
    /// The year.
    pub year: i32,
    /// x, (n_rows).
    pub output: Vec<f64>,
    /// v x, (n_rows).
    pub value_added: Vec<f64>,
    /// (B e_s)_i: output of each row for the exports of its own economy, (n_rows).
    pub export_output: Vec<f64>,
    /// At constant prices, where prices are given.
    pub real: Option<RealFacts>,
    /// Accounts by row: (name, amounts); NaN where not known.
    pub accounts: Vec<(String, Vec<f64>)>,
    /// Shares of functions in labour income, by function and row; NaN where not known.
    pub functions: Option<Vec<Vec<f64>>>,
}

impl YearFacts {
    /// Of a solved table.
    ///
    /// # Errors
    /// A failed solve.
    ///
    /// # Cost
    /// G right-hand sides.
    pub fn of(model: &Model, year: i32) -> Result<Self, UpgradingError> {
        let axis = model.axis();
        let by_exporter = model.output_by_exporter()?;
        Ok(Self {
            year,
            output: model.flows().gross_output().to_vec(),
            value_added: value_added(model),
            export_output: (0..axis.n_rows()).map(|row| by_exporter[(row, axis.economy_of(row))]).collect(),
            real: None,
            accounts: Vec::new(),
            functions: None,
        })
    }

    /// Amounts of an account, (n_rows).
    pub fn account(&self, name: &str) -> Option<&[f64]> {
        self.accounts.iter().find(|(known, _)| known == name).map(|(_, amounts)| amounts.as_slice())
    }

    /// Sets the amounts of an account, (n_rows), NaN where there is no figure; a row without output and without a figure has
    /// none of it.
    pub fn set_account(&mut self, name: &str, mut amounts: Vec<f64>) {
        for (amount, output) in amounts.iter_mut().zip(&self.output) {
            if amount.is_nan() && *output == 0.0 {
                *amount = 0.0;
            }
        }
        self.accounts.retain(|(known, _)| known != name);
        self.accounts.push((name.to_owned(), amounts));
    }

    /// Economies whose total of an account is above their value added, each with how many times it is, the largest first: of
    /// labour compensation a sign of another unit.
    pub fn above_value_added(&self, account: &str, axis: &Axis) -> Vec<(usize, f64)> {
        let Some(amounts) = self.account(account) else { return Vec::new() };
        let total = |of: &[f64], s: usize| axis.block(s).map(|row| of[row]).sum::<f64>();
        let mut above: Vec<(usize, f64)> = (0..axis.n_economies())
            .map(|s| (s, total(amounts, s) / total(&self.value_added, s)))
            .filter(|(_, times)| *times > 1.0)
            .collect();
        above.sort_by(|a, b| b.1.total_cmp(&a.1));
        above
    }

    /// The part of an amount by row that the economy's own exports call forth: amount / x · (B e_s).
    pub fn in_exports(&self, row: usize, amount: f64) -> f64 {
        if self.output[row] == 0.0 { 0.0 } else { amount / self.output[row] * self.export_output[row] }
    }
}

fn value_added(model: &Model) -> Vec<f64> {
    model.value_added_share().iter().zip(model.flows().gross_output()).map(|(v, x)| v * x).collect()
}

/// An account laid on rows: NaN where the source has no figure; nothing when it has none of the year at all.
///
/// # Errors
/// A sector that the accounts do not know.
pub fn account_by_row(
    accounts: &SatelliteAccounts,
    name: &str,
    axis: &Axis,
    year: i32,
) -> Result<Option<Vec<f64>>, AccountError> {
    if !accounts.variables().iter().any(|variable| variable.name == name) {
        return Ok(None);
    }
    let fitted = match accounts.fit(name, axis, year) {
        Ok(fitted) => fitted,
        Err(AccountError::NoSuchYear { .. } | AccountError::Empty { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut amounts = fitted.amounts;
    for (row, amount) in amounts.iter_mut().enumerate() {
        if fitted.missing_economies.iter().any(|name| name == axis.member_of(row))
            || fitted.missing_rows.contains(&axis.row_label(row))
        {
            *amount = f64::NAN;
        }
    }
    Ok(Some(amounts))
}

/// Which income and work are compared in shift-share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// Income and work in the economy's own exports.
    #[default]
    Exports,
    /// All income and work: every chain, whoever consumes.
    All,
}

/// An economy, or one industry of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unit {
    /// Economy, on the axis.
    pub economy: usize,
    /// Sector; nothing for all of them.
    pub sector: Option<usize>,
}

/// Economies that have figures for all their rows, and the years in which these same economies have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balanced {
    /// By economy.
    pub economies: Vec<bool>,
    /// By year.
    pub years: Vec<bool>,
}

/// Years with one list of rows.
#[derive(Debug, Clone)]
pub struct Panel {
    axis: Axis,
    reference: String,
    years: Vec<YearFacts>,
    /// Sectors that are hard to make, by sector.
    pub complex: Vec<bool>,
    /// Names of the functions of [`YearFacts::functions`].
    pub functions: Vec<String>,
    /// Functions above fabrication, by function.
    pub upper: Vec<bool>,
    /// What shift-share compares.
    pub scope: Scope,
}

impl Panel {
    /// A panel of no years yet, for the rows of an axis; `reference` names the table they come from.
    pub fn new(axis: Axis, reference: &str) -> Self {
        let complex = complex_by_label(axis.sectors());
        Self {
            axis,
            reference: reference.to_owned(),
            years: Vec::new(),
            complex,
            functions: Vec::new(),
            upper: Vec::new(),
            scope: Scope::default(),
        }
    }

    /// Adds a year, in order.
    ///
    /// # Errors
    /// Other rows than the first table's; a year that is there already.
    pub fn push(&mut self, axis: &Axis, name: &str, facts: YearFacts) -> Result<(), UpgradingError> {
        if *axis != self.axis {
            return Err(UpgradingError::OtherLabels {
                table: name.to_owned(),
                reference: self.reference.clone(),
                difference: difference(&self.axis, axis),
            });
        }
        if let Some(other) = self.years.iter().find(|other| other.year == facts.year) {
            return Err(UpgradingError::YearTwice {
                year: other.year,
                first: self.reference.clone(),
                second: name.to_owned(),
            });
        }
        self.years.push(facts);
        self.years.sort_by_key(|facts| facts.year);
        Ok(())
    }

    /// Names the functions and says which of them are fabrication: those whose name holds the word (or equals
    /// `fabrication`, in any case).
    ///
    /// # Errors
    /// No function of that name.
    pub fn set_functions(&mut self, functions: &[String], fabrication: &str) -> Result<(), UpgradingError> {
        let wanted = fabrication.to_lowercase();
        self.upper = functions.iter().map(|name| !name.to_lowercase().contains(&wanted)).collect();
        if self.upper.iter().all(|upper| *upper) {
            return Err(UpgradingError::unknown(
                "function",
                fabrication,
                functions.iter().map(String::as_str),
            ));
        }
        self.functions = functions.to_vec();
        Ok(())
    }

    /// Takes these sectors as the complex ones.
    ///
    /// # Errors
    /// A sector that the table does not have.
    pub fn set_complex(&mut self, sectors: &[String]) -> Result<(), UpgradingError> {
        let mut complex = vec![false; self.axis.n_sectors()];
        for name in sectors {
            complex[self.axis.find_sector(name)?] = true;
        }
        self.complex = complex;
        Ok(())
    }

    /// The same panel with some years only.
    #[must_use]
    pub fn keeping(&self, keep: impl Fn(i32) -> bool) -> Self {
        let years = self.years.iter().filter(|facts| keep(facts.year)).cloned().collect();
        Self { years, ..self.clone() }
    }

    /// Labels and row order.
    pub fn axis(&self) -> &Axis {
        &self.axis
    }

    /// The years, in order.
    pub fn years(&self) -> &[YearFacts] {
        &self.years
    }

    /// The years, for what has to be filled in after the tables are read.
    pub fn years_mut(&mut self) -> &mut [YearFacts] {
        &mut self.years
    }

    /// Calendar years.
    pub fn calendar(&self) -> Vec<i32> {
        self.years.iter().map(|facts| facts.year).collect()
    }

    /// Economies, or their industries; empty lists mean all. Industries whose economy never produces in them are no units.
    pub fn units(&self, level: Level, economies: &[usize], sectors: &[usize]) -> Vec<Unit> {
        let wanted = |list: &[usize], item: usize| list.is_empty() || list.contains(&item);
        let mut units = Vec::new();
        for economy in (0..self.axis.n_economies()).filter(|&economy| wanted(economies, economy)) {
            if level == Level::Country {
                units.push(Unit { economy, sector: None });
                continue;
            }
            for sector in self.axis.sectors_of(economy).into_iter().filter(|&sector| wanted(sectors, sector))
            {
                let unit = Unit { economy, sector: Some(sector) };
                if self.years.iter().any(|facts| self.rows(unit).iter().any(|&row| facts.output[row] != 0.0))
                {
                    units.push(unit);
                }
            }
        }
        units
    }

    /// Rows of a unit.
    pub fn rows(&self, unit: Unit) -> Vec<usize> {
        self.axis
            .block(unit.economy)
            .filter(|&row| unit.sector.is_none_or(|sector| self.axis.sector_of(row) == sector))
            .collect()
    }

    /// `CHN` or `CHN.c14`.
    pub fn label(&self, unit: Unit) -> String {
        let economy = &self.axis.economies()[unit.economy];
        unit.sector
            .map_or_else(|| economy.clone(), |sector| format!("{economy}.{}", self.axis.sectors()[sector]))
    }

    /// Industries that earn without anybody at work, with the years: figures of work that were rounded to zero.
    pub fn earning_without_work(&self) -> Vec<(String, Vec<i32>)> {
        (0..self.axis.n_rows())
            .filter_map(|row| {
                let odd = |facts: &&YearFacts| {
                    facts.value_added[row] != 0.0 && facts.account(JOBS).is_some_and(|jobs| jobs[row] == 0.0)
                };
                let years: Vec<i32> = self.years.iter().filter(odd).map(|facts| facts.year).collect();
                (!years.is_empty()).then(|| (self.axis.row_label(row), years))
            })
            .collect()
    }

    /// Economies and years such that all rows with output of these economies have figures in all these years: comparisons with
    /// the world keep to them, so that the world does not change its members.
    ///
    /// Of all such sets one that holds many figures: from all economies and years that have any, the economy or the year with
    /// the fewest is left out until no figure is missing. An economy with a short account then leaves out itself and not the
    /// years of all others.
    pub fn balanced(&self, known: impl Fn(&YearFacts, usize) -> bool) -> Balanced {
        let covered: Vec<Vec<bool>> = self
            .years
            .iter()
            .map(|facts| {
                (0..self.axis.n_economies())
                    .map(|s| self.axis.block(s).all(|row| facts.output[row] == 0.0 || known(facts, row)))
                    .collect()
            })
            .collect();
        largest_block(&covered, self.axis.n_economies())
    }

    /// Whose figures of an account are missing in years in which others have them, so that comparisons with the world go without
    /// the economy, or without these years: `jobs of TWN (1995-1999 missing)`. Economies without any figure are not told: they
    /// are no part of the world of an account.
    pub fn outside_comparisons(&self) -> Vec<String> {
        let n_years = self.years.len();
        let mut told = Vec::new();
        for name in ACCOUNTS {
            let known = |facts: &YearFacts, row: usize| {
                facts.account(name).is_some_and(|amounts| amounts[row].is_finite())
            };
            let balanced = self.balanced(known);
            let whole = |t: usize, s: usize| {
                let facts = &self.years[t];
                self.axis.block(s).all(|row| facts.output[row] == 0.0 || known(facts, row))
            };
            // Years that nobody has are no gap of an economy.
            let told_of = |t: usize| (0..self.axis.n_economies()).any(|s| whole(t, s));
            for s in 0..self.axis.n_economies() {
                let gaps: Vec<usize> = (0..n_years).filter(|&t| told_of(t) && !whole(t, s)).collect();
                let some = (0..n_years).any(|t| whole(t, s));
                let felt = !balanced.economies[s] || gaps.iter().any(|&t| !balanced.years[t]);
                if some && felt && !gaps.is_empty() {
                    let years: Vec<i32> = gaps.iter().map(|&t| self.years[t].year).collect();
                    let economy = &self.axis.economies()[s];
                    told.push(format!("{name} of {economy} ({} missing)", in_words(&years)));
                }
            }
        }
        told
    }

    /// Sums of amounts by sector over balanced economies.
    pub fn by_sector(&self, balanced: &Balanced, amount: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.axis.n_sectors()];
        for row in (0..self.axis.n_rows()).filter(|&row| balanced.economies[self.axis.economy_of(row)]) {
            sums[self.axis.sector_of(row)] += amount(row);
        }
        sums
    }
}

/// A block of years and economies without a hole, by year and economy; see [`Panel::balanced`].
fn largest_block(covered: &[Vec<bool>], n_economies: usize) -> Balanced {
    let mut years: Vec<bool> = covered.iter().map(|set| set.iter().any(|has| *has)).collect();
    let mut economies: Vec<bool> = (0..n_economies).map(|s| covered.iter().any(|set| set[s])).collect();
    loop {
        // (figures lost, figures missing, is it a year, position) of everything with a missing figure.
        let mut candidates: Vec<(usize, usize, bool, usize)> = Vec::new();
        for t in (0..years.len()).filter(|&t| years[t]) {
            let there = (0..n_economies).filter(|&s| economies[s] && covered[t][s]).count();
            let all = economies.iter().filter(|kept| **kept).count();
            candidates.push((there, all - there, true, t));
        }
        for s in (0..n_economies).filter(|&s| economies[s]) {
            let there = (0..years.len()).filter(|&t| years[t] && covered[t][s]).count();
            let all = years.iter().filter(|kept| **kept).count();
            candidates.push((there, all - there, false, s));
        }
        // The fewest figures lost for each gap that goes; then the year rather than the economy; then the first.
        let worst = candidates
            .into_iter()
            .filter(|(_, missing, ..)| *missing > 0)
            .min_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)).then((!a.2).cmp(&!b.2)).then(a.3.cmp(&b.3)));
        match worst {
            Some((_, _, true, t)) => years[t] = false,
            Some((_, _, false, s)) => economies[s] = false,
            None => return Balanced { economies, years },
        }
    }
}

/// What one list of rows has and the other lacks, in words.
pub(crate) fn difference(first: &Axis, other: &Axis) -> String {
    let lacking = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|name| !b.contains(name)).take(8).cloned().collect()
    };
    let mut told = Vec::new();
    for (kind, a, b) in
        [("economies", first.economies(), other.economies()), ("sectors", first.sectors(), other.sectors())]
    {
        for (word, list) in [("lacking", lacking(a, b)), ("new", lacking(b, a))] {
            if !list.is_empty() {
                told.push(format!("{word} {kind} {}", list.join(" ")));
            }
        }
    }
    if told.is_empty() { "another order of rows".into() } else { told.join(", ") }
}

const COMPLEX_WORDS: [&str; 8] =
    ["chemic", "pharma", "machin", "electron", "electrical", "vehicle", "transport equip", "computer"];

/// Industries of high and medium-high R&D intensity: chemicals, machinery, electronics, electrical and transport equipment, by
/// the classification of the list, or by words. Chemicals that are told together with rubber, plastics and minerals count. See
/// Galindo-Rueda and Verger (2016), OECD Taxonomy of Economic Activities Based on R&D Intensity, OECD Science, Technology
/// and Industry Working Papers.
fn complex_by_label(sectors: &[String]) -> Vec<bool> {
    let map = SectorMap::of(sectors);
    let within = |span: &Span, first: u32, last: u32| first <= span.0 && span.1 <= last;
    let complex = |span: &Span| match map.classification {
        WIOD_2013 => within(span, 9, 9) || (span.0 == 9 && span.1 <= 11) || within(span, 13, 15),
        ISIC_3 => within(span, 24, 24) || (span.0 == 24 && span.1 <= 26) || within(span, 29, 35),
        ISIC_4 => within(span, 20, 23) && span.0 <= 21 || within(span, 26, 30),
        _ => false,
    };
    sectors
        .iter()
        .zip(&map.spans)
        .map(|(label, span)| match span {
            Some(span) => complex(span),
            None => {
                let lower = label.to_lowercase();
                COMPLEX_WORDS.iter().any(|word| lower.contains(word))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(known: &[[bool; 3]]) -> (Panel, Vec<Vec<f64>>) {
        let pairs: Vec<(String, String)> =
            ["A", "B", "C"].iter().map(|e| ((*e).to_owned(), "x".to_owned())).collect();
        let axis = Axis::new(&pairs).unwrap().0;
        let mut panel = Panel::new(axis.clone(), "made up");
        let mut figures = Vec::new();
        for (t, known) in known.iter().enumerate() {
            let facts = YearFacts {
                year: 2000 + t as i32,
                output: vec![1.0; 3],
                value_added: vec![0.5; 3],
                export_output: vec![0.2; 3],
                real: None,
                accounts: Vec::new(),
                functions: None,
            };
            panel.push(&axis, "made up", facts).unwrap();
            figures.push(known.iter().map(|is| if *is { 1.0 } else { f64::NAN }).collect());
        }
        (panel, figures)
    }

    #[test]
    fn an_account_above_value_added_is_found_and_the_largest_told_first() {
        let (panel, _) = panel(&[[true; 3]]);
        let mut facts = panel.years()[0].clone();
        assert!(facts.above_value_added(LABOUR, panel.axis()).is_empty());
        // Value added is a half in each: a fifth of it, three times it, not known.
        facts.set_account(LABOUR, vec![0.1, 1.5, f64::NAN]);
        assert_eq!(facts.above_value_added(LABOUR, panel.axis()), [(1, 3.0)]);
        facts.set_account(LABOUR, vec![500.0, 1.5, 0.5]);
        assert_eq!(facts.above_value_added(LABOUR, panel.axis()), [(0, 1000.0), (1, 3.0)]);
    }

    #[test]
    fn the_world_keeps_its_members() {
        let (mut panel, figures) =
            panel(&[[true, true, false], [true, true, false], [true, false, false], [true, true, false]]);
        for (facts, figures) in panel.years_mut().iter_mut().zip(figures) {
            facts.set_account(JOBS, figures);
        }
        let found =
            panel.balanced(|facts, row| facts.account(JOBS).is_some_and(|jobs| jobs[row].is_finite()));
        assert_eq!(found.economies, [true, true, false]);
        assert_eq!(found.years, [true, true, false, true]);
    }

    #[test]
    fn an_economy_with_a_short_account_leaves_out_itself_and_not_the_years_of_others() {
        // Ten years of the first two economies, the last three of the third.
        let known: Vec<[bool; 3]> = (0..10).map(|t| [true, true, t >= 7]).collect();
        let (mut panel, figures) = panel(&known);
        for (facts, figures) in panel.years_mut().iter_mut().zip(figures) {
            facts.set_account(JOBS, figures);
        }
        let found =
            panel.balanced(|facts, row| facts.account(JOBS).is_some_and(|jobs| jobs[row].is_finite()));
        assert_eq!((found.economies, found.years), (vec![true, true, false], vec![true; 10]));
        assert_eq!(panel.outside_comparisons(), ["jobs of C (2000-2006 missing)"]);
        // Nothing known at all, and nothing missing.
        let none = largest_block(&[vec![false; 2], vec![false; 2]], 2);
        assert_eq!((none.economies, none.years), (vec![false; 2], vec![false; 2]));
        let whole = largest_block(&[vec![true; 2], vec![true; 2]], 2);
        assert_eq!((whole.economies, whole.years), (vec![true; 2], vec![true; 2]));
    }

    #[test]
    fn complex_sectors_are_read_from_codes_and_words() {
        let of = |labels: &[&str]| {
            complex_by_label(&labels.iter().map(|&label| label.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["c1", "c9t11", "c12", "c14", "c17"]), [false, true, false, true, false]);
        assert_eq!(of(&["C20_C21", "C24", "C26", "F41"]), [true, false, true, false]);
        // 26 is cement and glass in ISIC 3.
        assert_eq!(of(&["15t16", "24", "26", "30t33", "45", "50"]), [false, true, false, true, false, false]);
        assert_eq!(of(&["Motor vehicles", "textiles"]), [true, false]);
    }
}
