//! Socio-economic accounts of the World Input-Output Database, 2013 release, as one Parquet file: columns `country`,
//! `variable`, `code`, `industry` and one a year.
//!
//! Money is in national currency there. The tables of the same release are those accounts in US dollars, so the rate of
//! an economy and year is what it takes to turn the one gross output into the other:
//!
//! ```text
//! rate_s = Σ_i x_i (table, million USD) / Σ_i GO_i (accounts, million of national currency)
//! ```
//! The sum over industries makes the rounding of the table harmless (35 half-units in the whole output of an economy);
//! industry by industry the two agree within that rounding, and the largest difference is told with the result.

use std::collections::HashMap;
use std::io::Cursor;

use polars::prelude::{ParquetReader, SerReader};

use super::sparse_store::{damaged, numbers};
use super::{LoadError, Source};
use crate::labels;
use crate::table::{AccountVariable, AccountsYear, IcioTable, Provenance, Repair, SatelliteAccounts};

/// By what the accounts are known as a source.
pub const IMPORTER: &str = "wiod13-sea";

/// How an account is made from the variables of the source.
struct Recipe {
    name: &'static str,
    unit: &'static str,
    /// Amount in the source.
    amount: &'static str,
    /// Share of the amount, for the skills.
    share: Option<&'static str>,
    /// In national currency?
    money: bool,
}

const USD: &str = "million USD, current prices";

const fn recipe(
    name: &'static str,
    unit: &'static str,
    amount: &'static str,
    share: Option<&'static str>,
    money: bool,
) -> Recipe {
    Recipe { name, unit, amount, share, money }
}

const RECIPES: [Recipe; 7] = [
    recipe("jobs", "thousand persons engaged", "EMP", None, false),
    recipe("hours", "million hours worked", "H_EMP", None, false),
    recipe("labour", USD, "LAB", None, true),
    recipe("labour-high", USD, "LAB", Some("LABHS"), true),
    recipe("labour-medium", USD, "LAB", Some("LABMS"), true),
    recipe("labour-low", USD, "LAB", Some("LABLS"), true),
    recipe("capital", USD, "CAP", None, true),
];

/// Gross output in the source.
const OUTPUT: &str = "GO";
/// Code of the total, which is not an industry.
const TOTAL: &str = "TOT";

/// The accounts as published.
#[derive(Debug)]
pub struct SocioEconomicAccounts {
    provenance: Provenance,
    economies: Vec<String>,
    sectors: Vec<String>,
    years: Vec<i32>,
    /// (variable, economy, sector) -> a figure a year, NaN where missing.
    figures: HashMap<(String, usize, usize), Vec<f64>>,
}

/// The rate of an economy, and how well it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpliedRate {
    /// The economy.
    pub economy: String,
    /// US dollars a unit of national currency.
    pub rate: f64,
    /// Largest difference of an industry's output between table and converted accounts, in million USD.
    pub largest_gap: f64,
}

impl SocioEconomicAccounts {
    /// Reads the file.
    ///
    /// # Errors
    /// Another layout, an industry or variable that stands twice.
    pub fn read(source: &Source) -> Result<Self, LoadError> {
        let name = source.name();
        let wrong = |message: String| damaged(name, &message);
        let frame = ParquetReader::new(Cursor::new(source.bytes()?))
            .finish()
            .map_err(|error| wrong(error.to_string()))?;
        let text = |label: &str| -> Result<Vec<String>, LoadError> {
            let column = frame
                .column(label)
                .and_then(|c| c.str().cloned())
                .map_err(|error| wrong(error.to_string()))?;
            Ok(column.iter().map(|cell| cell.unwrap_or("").to_owned()).collect())
        };
        let (countries, variables, codes) = (text("country")?, text("variable")?, text("code")?);
        let years: Vec<i32> = frame.get_column_names().iter().filter_map(|name| name.parse().ok()).collect();
        let cells = years
            .iter()
            .map(|year| numbers(name, &frame, &year.to_string()))
            .collect::<Result<Vec<_>, _>>()?;
        let (mut economies, mut sectors): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let place = |list: &mut Vec<String>, label: &str| {
            list.iter().position(|known| known == label).unwrap_or_else(|| {
                list.push(label.to_owned());
                list.len() - 1
            })
        };
        let mut figures = HashMap::new();
        for row in (0..frame.height()).filter(|&row| codes[row] != TOTAL) {
            let key = (
                variables[row].clone(),
                place(&mut economies, &countries[row]),
                place(&mut sectors, &codes[row]),
            );
            let series = cells.iter().map(|column| column[row]).collect();
            if figures.insert(key, series).is_some() {
                return Err(wrong(format!(
                    "{} {} {} stands twice",
                    countries[row], variables[row], codes[row]
                )));
            }
        }
        let provenance = Provenance {
            source: name.to_owned(),
            sha256: source.sha256()?,
            importer: IMPORTER.into(),
            ..Provenance::default()
        };
        Ok(Self { provenance, economies, sectors, years, figures })
    }

    fn figure(&self, variable: &str, economy: usize, sector: usize, year: usize) -> f64 {
        // The tuple key owns its text; a lookup this small may allocate.
        self.figures.get(&(variable.to_owned(), economy, sector)).map_or(f64::NAN, |series| series[year])
    }

    /// Rows of the table that belong to an economy and sector of the accounts, and its published output.
    fn outputs(&self, table: &IcioTable) -> Result<(usize, Vec<Vec<f64>>), LoadError> {
        let fail = |message: String| damaged(&self.provenance.source, &message);
        let year =
            table.year().ok_or_else(|| fail("the table it is to be matched with has no year".into()))?;
        let position = self
            .years
            .iter()
            .position(|known| *known == year)
            .ok_or_else(|| fail(format!("no column {year}")))?;
        let output = table.published_output().ok_or_else(|| {
            fail(format!("the table of {year} has no published output, which gives the exchange rates"))
        })?;
        let axis = table.axis();
        let mut outputs = vec![vec![f64::NAN; self.sectors.len()]; self.economies.len()];
        for (row, &amount) in output.iter().enumerate() {
            let economy = axis.member_of(row);
            let Some(economy) = self.economies.iter().position(|own| is_same_economy(own, economy)) else {
                continue;
            };
            let sector = labels::find("sector", &self.sectors, &axis.sectors()[axis.sector_of(row)])
                .map_err(|error| LoadError::Accounts {
                    path: self.provenance.source.clone(),
                    error: Box::new(error.into()),
                })?;
            outputs[economy][sector] = amount;
        }
        for (economy, sectors) in outputs.iter().enumerate() {
            if let Some(sector) = sectors.iter().position(|output| output.is_nan()) {
                let label = format!("{}.{}", self.economies[economy], self.sectors[sector]);
                return Err(fail(format!("the table of {year} has no row {label}")));
            }
        }
        Ok((position, outputs))
    }

    /// Exchange rates that table and accounts imply.
    ///
    /// # Errors
    /// A table without published output, of a year or with sectors that the accounts do not have.
    pub fn rates(&self, table: &IcioTable) -> Result<Vec<ImpliedRate>, LoadError> {
        let (year, outputs) = self.outputs(table)?;
        Ok(self.rates_of(year, &outputs))
    }

    fn rates_of(&self, year: usize, outputs: &[Vec<f64>]) -> Vec<ImpliedRate> {
        let rate_of = |(economy, output): (usize, &Vec<f64>)| {
            // An industry without a figure has no output in the table either: `gap` shows it if it had.
            let published: Vec<f64> = (0..self.sectors.len())
                .map(|sector| self.figure(OUTPUT, economy, sector, year))
                .map(|value| if value.is_nan() { 0.0 } else { value })
                .collect();
            let rate = output.iter().sum::<f64>() / published.iter().sum::<f64>();
            let largest_gap =
                output.iter().zip(&published).map(|(x, own)| (x - rate * own).abs()).fold(0.0, f64::max);
            ImpliedRate { economy: self.economies[economy].clone(), rate, largest_gap }
        };
        outputs.iter().enumerate().map(rate_of).collect()
    }

    /// The accounts of one year in the unit of the table.
    fn year(&self, table: &IcioTable) -> Result<AccountsYear, LoadError> {
        let (position, outputs) = self.outputs(table)?;
        let rates = self.rates_of(position, &outputs);
        let mut figures = Vec::with_capacity(self.economies.len() * self.sectors.len() * RECIPES.len());
        let mut empty_industries = 0;
        let reported: Vec<Vec<bool>> = (0..self.economies.len())
            .map(|economy| RECIPES.iter().map(|recipe| self.reports(recipe, economy, position)).collect())
            .collect();
        for (economy, rate) in rates.iter().enumerate() {
            for (sector, &output) in outputs[economy].iter().enumerate() {
                for (variable, recipe) in RECIPES.iter().enumerate() {
                    let mut value = self.amount(recipe, economy, sector, position);
                    if value.is_nan() && output == 0.0 && reported[economy][variable] {
                        // An industry that produces nothing employs nobody.
                        value = 0.0;
                        empty_industries += 1;
                    }
                    figures.push(if recipe.money { value * rate.rate } else { value });
                }
            }
        }
        let mut provenance = self.provenance.clone();
        let worst = rates.iter().max_by(|a, b| a.largest_gap.total_cmp(&b.largest_gap));
        provenance.repairs.push(Repair {
            name: "converted-to-usd".into(),
            detail: format!(
                "national currency at the rate that gross output of the table and of the accounts imply; by industry \
                 they differ by at most {} (million USD)",
                worst.map_or_else(String::new, |w| format!("{:.2} in {}", w.largest_gap, w.economy))
            ),
            count: rates.len(),
        });
        if empty_industries > 0 {
            provenance.repairs.push(Repair {
                name: "no-output-no-figure".into(),
                detail: "industries without output have no figure in the source: counted as zero".into(),
                count: empty_industries,
            });
        }
        Ok(AccountsYear { year: self.years[position], figures, provenance })
    }

    /// Does the source have any figure of an account for the economy?
    fn reports(&self, recipe: &Recipe, economy: usize, year: usize) -> bool {
        (0..self.sectors.len()).any(|sector| !self.amount(recipe, economy, sector, year).is_nan())
    }

    fn amount(&self, recipe: &Recipe, economy: usize, sector: usize, year: usize) -> f64 {
        let amount = self.figure(recipe.amount, economy, sector, year);
        recipe.share.map_or(amount, |share| amount * self.figure(share, economy, sector, year))
    }

    /// Jobs, hours, labour income (whole and by skill) and capital income, money in US dollars, for the years of the
    /// tables. Labour income by skill is the share of the skill times labour income.
    ///
    /// # Errors
    /// As for [`Self::rates`].
    pub fn in_usd<'a>(
        &self,
        tables: impl IntoIterator<Item = &'a IcioTable>,
    ) -> Result<SatelliteAccounts, LoadError> {
        let tables: Vec<&IcioTable> = tables.into_iter().collect();
        let years = tables.iter().map(|table| self.year(table)).collect::<Result<_, _>>()?;
        // By the labels of the tables, so that the accounts fit them.
        let label_of = |own: &String| -> String {
            let axis = tables.first().map(|table| table.axis());
            axis.and_then(|axis| {
                (0..axis.n_rows())
                    .map(move |row| axis.member_of(row))
                    .find(|label| is_same_economy(own, label))
            })
            .map_or_else(|| own.clone(), str::to_owned)
        };
        let economies = self.economies.iter().map(label_of).collect();
        let variables = RECIPES
            .iter()
            .map(|recipe| AccountVariable { name: recipe.name.into(), unit: recipe.unit.into() })
            .collect();
        Ok(SatelliteAccounts::new(variables, economies, self.sectors.clone(), years))
    }
}

/// Is the economy of the accounts that of the table? Romania is `ROM` in the accounts and in copies of the tables, and
/// `ROU` in tables that were imported from the workbooks.
fn is_same_economy(own: &str, of_table: &str) -> bool {
    own == of_table || (own == "ROM" && of_table == "ROU")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn romania_is_found_under_both_of_its_codes() {
        assert!(
            is_same_economy("ROM", "ROM") && is_same_economy("ROM", "ROU") && is_same_economy("USA", "USA")
        );
        assert!(!is_same_economy("ROM", "RUS") && !is_same_economy("RUS", "ROU"));
    }
}
