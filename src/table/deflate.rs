//! A table at the prices of another year: every sale divided by the change of its seller's price.

use std::collections::HashMap;

use super::reshape::ReshapeError;
use super::{IcioTable, PrimaryRow, Repair, RowRole, TableParts};

/// One line of a price file.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceLine {
    /// The seller's economy; nothing when the price holds for every economy.
    pub economy: Option<String>,
    /// The seller's sector; nothing when the price holds for every sector.
    pub sector: Option<String>,
    /// Year.
    pub year: i32,
    /// Price index, of any base, in the currency of the table.
    pub index: f64,
    /// Line of the file, counted from 1.
    pub line: usize,
}

/// Price indices of sellers by year.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceIndex {
    index: HashMap<(Option<String>, Option<String>, i32), f64>,
}

/// The year whose prices a table is put at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PriceBase {
    /// The year before the table's.
    PreviousYear,
    /// One year for every table.
    Year(i32),
}

/// Name of the row that holds value added by double deflation.
pub const DOUBLE_DEFLATED: &str = "VA_DOUBLE_DEFLATED";

/// What the unit of a deflated table says before the year.
const AT_PRICES: &str = "at prices of";

/// Most problems told line by line: a file of another kind is wrong everywhere.
const MOST_PROBLEMS: usize = 20;

impl PriceIndex {
    /// Checks the lines of a price file.
    ///
    /// # Errors
    /// Indices that are not positive numbers, and labels that have two in one year: line by line.
    pub fn new(lines: impl IntoIterator<Item = PriceLine>) -> Result<Self, ReshapeError> {
        let mut index: HashMap<(Option<String>, Option<String>, i32), f64> = HashMap::new();
        let mut line_of: HashMap<(Option<String>, Option<String>, i32), usize> = HashMap::new();
        let mut problems: Vec<String> = Vec::new();
        for PriceLine { economy, sector, year, index: value, line } in lines {
            if !(value.is_finite() && value > 0.0) {
                problems.push(format!("line {line}: index {value}, expected a positive number"));
                continue;
            }
            let key = (economy, sector, year);
            if let Some(first) = line_of.insert(key.clone(), line) {
                let label: Vec<&str> = [&key.0, &key.1].into_iter().flatten().map(String::as_str).collect();
                problems
                    .push(format!("lines {first} and {line}: two indices for {} {year}", label.join(".")));
            }
            index.insert(key, value);
        }
        if index.is_empty() && problems.is_empty() {
            problems.push("it has no lines".into());
        }
        if problems.is_empty() {
            return Ok(Self { index });
        }
        let more = problems.len().saturating_sub(MOST_PROBLEMS);
        problems.truncate(MOST_PROBLEMS);
        if more > 0 {
            problems.push(format!("and {more} more"));
        }
        Err(ReshapeError::BadPrices { problems: problems.join("; ") })
    }

    /// The indices of a seller in two years, from one series: that of economy and sector, of the sector, of the economy, or
    /// of neither, whichever first has a line of either year. A series may be of any base, so one year of it says nothing
    /// beside a year of another.
    pub fn of(&self, economy: &str, sector: &str, years: [i32; 2]) -> [Option<f64>; 2] {
        let (e, s) = (Some(economy.to_owned()), Some(sector.to_owned()));
        [(e.clone(), s.clone()), (None, s), (e, None), (None, None)]
            .into_iter()
            .map(|(economy, sector)| {
                years.map(|year| self.index.get(&(economy.clone(), sector.clone(), year)).copied())
            })
            .find(|found| found.iter().any(Option::is_some))
            .unwrap_or_default()
    }

    /// Economies and sectors of the lines that a table does not have: they are of no use to it.
    fn strangers(&self, table: &IcioTable) -> Vec<String> {
        let axis = table.axis();
        let mut found: Vec<String> = Vec::new();
        for (economy, sector, _) in self.index.keys() {
            found.extend(economy.iter().filter(|name| !axis.economies().contains(name)).cloned());
            found.extend(sector.iter().filter(|name| !axis.sectors().contains(name)).cloned());
        }
        found.sort();
        found.dedup();
        found
    }
}

/// Currency and power of ten of a unit, and the prices that stand behind the comma.
pub(crate) fn money_and_prices(unit: &str) -> (&str, Option<&str>) {
    match unit.split_once(',') {
        Some((money, prices)) => (money.trim(), Some(prices.trim())),
        None => (unit.trim(), None),
    }
}

/// Does a unit say that flows are at other prices than those of their year?
#[must_use]
pub fn tells_other_prices(unit: &str) -> bool {
    [AT_PRICES, "constant", "previous-year"].iter().any(|words| unit.contains(words))
}

impl IcioTable {
    /// Does the unit say that the flows are at other prices than those of their year?
    #[must_use]
    pub fn is_at_other_prices(&self) -> bool {
        tells_other_prices(self.unit())
    }

    /// The table at the prices of a base year, value added by double deflation.
    ///
    /// ```text
    /// π_i = p_i(year) / p_i(base)      Z'_ij = Z_ij / π_i      Y'_ik = Y_ik / π_i      x'_i = x_i / π_i
    /// va'_j = x'_j − Σ_i Z'_ij
    /// ```
    /// Every buyer of a row pays the seller's price, at home and abroad, so rows close as before. Rows below Z (value
    /// added, taxes, margins) have no price of their own: they are replaced by one row of what is left of deflated output
    /// after deflated inputs. It may be negative where input prices moved away from output prices, and it is not what
    /// value added would buy. x is published output where there is one, else the sum of the row.
    ///
    /// # Errors
    /// A table at other prices already, or without a year; sellers without a price in the year of the table or of the base
    /// (all of them). Rows that are empty need no price.
    ///
    /// # Source
    /// System of National Accounts 2008, chapter 15 (double deflation); Miller and Blair (2009), Input-Output Analysis,
    /// 2nd ed., section 4.7, <https://doi.org/10.1017/CBO9780511626982>.
    pub fn deflate(&self, prices: &PriceIndex, base: PriceBase) -> Result<Self, ReshapeError> {
        if self.is_at_other_prices() {
            return Err(ReshapeError::AtPrices { unit: self.unit().to_owned() });
        }
        let year = self.year().ok_or(ReshapeError::NoYear)?;
        let base_year = match base {
            PriceBase::PreviousYear => year - 1,
            PriceBase::Year(base) => base,
        };
        let axis = self.axis();
        let mut empty = vec![true; axis.n_rows()];
        self.each_use(|row, _, value| empty[row] &= value == 0.0);
        self.each_final(|row, _, value| empty[row] &= value == 0.0);
        let mut factor = vec![1.0; axis.n_rows()];
        let mut missing: Vec<(usize, i32)> = Vec::new();
        for row in (0..axis.n_rows()).filter(|&row| !empty[row]) {
            let sector = &axis.sectors()[axis.sector_of(row)];
            match prices.of(axis.member_of(row), sector, [base_year, year]) {
                [Some(before), Some(now)] => factor[row] = before / now,
                [before, now] => {
                    missing.extend(before.is_none().then_some((row, base_year)));
                    missing.extend((now.is_none() && base_year != year).then_some((row, year)));
                }
            }
        }
        if !missing.is_empty() {
            return Err(ReshapeError::MissingPrices { missing: self.told(&missing, &empty) });
        }
        let (intermediate_use, final_demand) = self.flows_by_row(&factor);
        let published_output = self
            .published_output()
            .map(|output| output.iter().zip(&factor).map(|(x, factor)| x * factor).collect::<Vec<f64>>());
        let output = match &published_output {
            Some(output) => output.clone(),
            None => self.row_sums().iter().zip(&factor).map(|(x, factor)| x * factor).collect(),
        };
        let industries =
            output.iter().zip(intermediate_use.column_iter()).map(|(x, inputs)| x - inputs.sum()).collect();
        let mut provenance = self.provenance().clone();
        let strangers = prices.strangers(self);
        provenance.repairs.push(Repair {
            name: "deflated".into(),
            detail: format!(
                "flows of {year} at prices of {base_year}: each row by its seller's price{}",
                if strangers.is_empty() {
                    String::new()
                } else {
                    format!("; prices without a row of the table: {}", strangers.join(", "))
                }
            ),
            count: axis.n_rows() - empty.iter().filter(|empty| **empty).count(),
        });
        let dropped: Vec<&str> = self.primary_rows().iter().map(|row| row.name.as_str()).collect();
        let dropped_rows = if dropped.is_empty() { "no row below".into() } else { dropped.join(", ") };
        provenance.repairs.push(Repair {
            name: "value-added-by-double-deflation".into(),
            detail: format!(
                "{DOUBLE_DEFLATED} is deflated {} minus deflated inputs, taxes and margins included; it replaces {dropped_rows}",
                if published_output.is_some() { "published output" } else { "row sums" }
            ),
            count: axis.n_rows(),
        });
        // They are current no more.
        let money =
            self.unit().replace(", current prices", "").replace("current basic prices", "basic prices");
        let rows = (0..axis.n_rows())
            .map(|row| (axis.member_of(row).to_owned(), axis.sectors()[axis.sector_of(row)].clone()))
            .collect();
        Ok(Self::new(TableParts {
            rows,
            categories: self.categories().to_vec(),
            intermediate_use: intermediate_use.into(),
            final_demand,
            primary_rows: vec![PrimaryRow {
                name: DOUBLE_DEFLATED.into(),
                role: RowRole::of(DOUBLE_DEFLATED),
                industries,
                final_use: None,
            }],
            published_output,
            // The same for every year of a panel: which year is in the history.
            unit: match base {
                PriceBase::PreviousYear => format!("{money}, {AT_PRICES} the previous year"),
                PriceBase::Year(base) => format!("{money}, {AT_PRICES} {base}"),
            },
            year: self.year(),
            provenance,
        })?)
    }

    /// Missing prices by year and economy; an economy without any is named once.
    fn told(&self, missing: &[(usize, i32)], empty: &[bool]) -> String {
        let axis = self.axis();
        let mut years: Vec<i32> = missing.iter().map(|(_, year)| *year).collect();
        years.sort_unstable();
        years.dedup();
        let mut told = Vec::new();
        for year in years {
            let mut labels: Vec<String> = Vec::new();
            for economy in 0..axis.n_economies() {
                let without: Vec<usize> = missing
                    .iter()
                    .filter(|(row, of)| *of == year && axis.economy_of(*row) == economy)
                    .map(|(row, _)| *row)
                    .collect();
                let with_flows = axis.block(economy).filter(|&row| !empty[row]).count();
                if !without.is_empty() && without.len() == with_flows {
                    labels.push(format!("{} (every sector)", axis.economies()[economy]));
                } else {
                    labels.extend(without.into_iter().map(|row| axis.row_label(row)));
                }
            }
            told.push(format!("{year}: {}", labels.join(", ")));
        }
        told.join("; ")
    }
}
