//! Socio-economic accounts of the World Input-Output Database, releases of 2013 and 2016: the published workbook (sheet
//! `DATA`: country, variable, description, code and one column a year), or of 2013 one Parquet file with the columns
//! `country`, `variable`, `code`, `industry` and one a year.
//!
//! Industries of 2013 have codes of NACE 1 in the workbook (`AtB`) and are called by their numbers here (`c1`), as in the
//! tables of that release.
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
use std::fs::File;
use std::io::Cursor;

use polars::prelude::{ParquetReader, SerReader};

use super::builtin::WIOD_CITATION;
use super::grid::is_blank;
use super::sparse_store::{damaged, numbers};
use super::text_grid::number;
use super::{LoadError, Source, wiod13, workbook};
use crate::labels;
use crate::table::{
    AccountError, AccountVariable, AccountsYear, IcioTable, Provenance, Repair, SatelliteAccounts,
};

/// How an account is made from the variables of the source.
#[derive(Debug)]
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

impl Recipe {
    fn variable(&self) -> AccountVariable {
        AccountVariable { name: self.name.into(), unit: self.unit.into() }
    }
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

const RECIPES_OF_2016: [Recipe; 7] = [
    recipe("jobs", "thousand persons engaged", "EMP", None, false),
    recipe("employees", "thousand employees", "EMPE", None, false),
    recipe("hours-employees", "million hours worked by employees", "H_EMPE", None, false),
    recipe("labour", USD, "LAB", None, true),
    recipe("compensation", USD, "COMP", None, true),
    recipe("capital", USD, "CAP", None, true),
    recipe("capital-stock", USD, "K", None, true),
];

/// A release of the accounts.
#[derive(Debug)]
struct Release {
    /// By what it is known as a source.
    id: &'static str,
    recipes: &'static [Recipe],
}

/// Id of the release of 2013.
pub(super) const OF_2013: &str = "wiod13-sea";
/// Id of the release of 2016.
pub(super) const OF_2016: &str = "wiod16-sea";

static RELEASES: [Release; 2] =
    [Release { id: OF_2013, recipes: &RECIPES }, Release { id: OF_2016, recipes: &RECIPES_OF_2016 }];

/// Gross output in the source.
const OUTPUT: &str = "GO";
/// Code of the total, which is not an industry.
const TOTAL: &str = "TOT";

/// Columns of the workbook and of the Parquet file.
const COLUMNS: [&str; 3] = ["country", "variable", "code"];

/// Where the accounts are in a workbook.
struct Place {
    sheet: String,
    release: &'static Release,
    /// Row of the header.
    header: usize,
    /// Columns of country, variable and code.
    labels: [usize; 3],
    /// Columns of figures, and their years.
    years: Vec<(usize, i32)>,
}

fn place(sheet: &str, top: &[Vec<String>]) -> Option<Place> {
    let position = |line: &[String], word: &str| line.iter().position(|cell| cell.eq_ignore_ascii_case(word));
    let (header, line) =
        top.iter().enumerate().find(|(_, line)| COLUMNS.iter().all(|word| position(line, word).is_some()))?;
    let labels = [position(line, COLUMNS[0])?, position(line, COLUMNS[1])?, position(line, COLUMNS[2])?];
    // `2000`, or `_1995` as in the release of 2013.
    let year = |cell: &String| -> Option<i32> {
        cell.trim_start_matches('_').parse().ok().filter(|year| (1900..=2100).contains(year))
    };
    let years: Vec<(usize, i32)> =
        line.iter().enumerate().filter_map(|(column, cell)| Some((column, year(cell)?))).collect();
    let mut codes = top[header + 1..].iter().filter_map(|line| line.get(labels[2]));
    let of_2013 = codes.any(|code| code == TOTAL || wiod13::is_own_code(code));
    let release = &RELEASES[usize::from(!of_2013)];
    (!years.is_empty()).then(|| Place { sheet: sheet.to_owned(), release, header, labels, years })
}

fn find(source: &Source) -> Option<Place> {
    workbook::sheets(source).iter().find_map(|sheet| place(&sheet.name, &sheet.top))
}

/// Id of the release that a source holds; nothing when it is something else.
pub(super) fn release_of(source: &Source) -> Option<&'static str> {
    if !source.head().starts_with(b"PAR1") {
        return find(source).map(|place| place.release.id);
    }
    let metadata = match source.path() {
        Some(path) => ParquetReader::new(File::open(path).ok()?).get_metadata().ok()?.clone(),
        None => ParquetReader::new(Cursor::new(source.bytes().ok()?)).get_metadata().ok()?.clone(),
    };
    let has = |column: &&str| metadata.schema().fields().iter().any(|field| field.name() == *column);
    COLUMNS.iter().all(has).then_some(OF_2013)
}

/// The accounts as published.
#[derive(Debug)]
pub struct SocioEconomicAccounts {
    release: &'static Release,
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
        if source.head().starts_with(b"PAR1") {
            return Self::of_parquet(source);
        }
        let Some(place) = find(source) else {
            return Err(LoadError::UnknownSatellite {
                path: source.name().to_owned(),
                found: "no sheet with the columns country, variable, code and years".into(),
            });
        };
        Self::of_workbook(source, &place)
    }

    /// SHA-256 of the file.
    pub fn sha256(&self) -> &str {
        &self.provenance.sha256
    }

    /// The accounts that can be made of the file: those that have a figure.
    pub fn variables(&self) -> Vec<AccountVariable> {
        let known = |name: &str| self.figures.keys().any(|(variable, ..)| variable == name);
        let has = |recipe: &&Recipe| known(recipe.amount) && recipe.share.is_none_or(known);
        self.release.recipes.iter().filter(has).map(Recipe::variable).collect()
    }

    fn of_workbook(source: &Source, place: &Place) -> Result<Self, LoadError> {
        let path = || source.name().to_owned();
        let recipes = place.release.recipes;
        let wanted = |variable: &str| {
            variable == OUTPUT
                || recipes.iter().any(|recipe| recipe.amount == variable || recipe.share == Some(variable))
        };
        let (mut economies, mut sectors): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let mut figures: HashMap<(String, usize, usize), Vec<f64>> = HashMap::new();
        workbook::each_row(source, &place.sheet, |row, cells| {
            let cell = |column: usize| cells.get(column).map_or("", String::as_str);
            let [country, variable, code] = place.labels.map(cell);
            if row <= place.header || !wanted(variable) || code == TOTAL {
                return Ok(());
            }
            let sector = if place.release.id == OF_2013 {
                wiod13::number_of(code).ok_or_else(|| LoadError::BadRow {
                    path: path(),
                    label: format!("{country} {variable} {code}"),
                })?
            } else {
                code.to_owned()
            };
            let key = (
                variable.to_owned(),
                position_of(&mut economies, country),
                position_of(&mut sectors, &sector),
            );
            let mut series = Vec::with_capacity(place.years.len());
            for (column, year) in &place.years {
                series.push(match number(cell(*column).as_bytes()) {
                    Some(value) if value.is_finite() => value,
                    Some(value) if is_blank(value) => f64::NAN,
                    _ => {
                        return Err(LoadError::NotANumber {
                            path: path(),
                            row: format!("{country} {variable} {code}"),
                            column: year.to_string(),
                            value: cell(*column).to_owned(),
                        });
                    }
                });
            }
            match figures.insert(key, series) {
                None => Ok(()),
                Some(_) => Err(LoadError::DuplicateCell {
                    path: path(),
                    line: row + 1,
                    row: format!("{country} {variable}"),
                    column: code.to_owned(),
                }),
            }
        })?;
        if figures.is_empty() {
            return Err(LoadError::NoRows { path: path(), header_rows: place.header + 1 });
        }
        let provenance = Provenance {
            source: path(),
            sha256: source.sha256()?,
            importer: place.release.id.into(),
            citation: Some(WIOD_CITATION.into()),
            ..Provenance::default()
        };
        let years = place.years.iter().map(|(_, year)| *year).collect();
        Ok(Self { release: place.release, provenance, economies, sectors, years, figures })
    }

    fn of_parquet(source: &Source) -> Result<Self, LoadError> {
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
        let mut figures = HashMap::new();
        for row in (0..frame.height()).filter(|&row| codes[row] != TOTAL) {
            let key = (
                variables[row].clone(),
                position_of(&mut economies, &countries[row]),
                position_of(&mut sectors, &codes[row]),
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
            importer: OF_2013.into(),
            ..Provenance::default()
        };
        Ok(Self { release: &RELEASES[0], provenance, economies, sectors, years, figures })
    }

    fn figure(&self, variable: &str, economy: usize, sector: usize, year: usize) -> f64 {
        // The tuple key owns its text; a lookup this small may allocate.
        self.figures.get(&(variable.to_owned(), economy, sector)).map_or(f64::NAN, |series| series[year])
    }

    /// Rows of the table that belong to an economy and sector of the accounts, and its published output.
    fn outputs(&self, table: &IcioTable) -> Result<(usize, Vec<Vec<f64>>), LoadError> {
        let fail = |error: AccountError| LoadError::Accounts {
            path: self.provenance.source.clone(),
            error: Box::new(error),
        };
        let year = table.year().ok_or_else(|| fail(AccountError::NoYear))?;
        let position = self.years.iter().position(|known| *known == year).ok_or_else(|| {
            let (first, last) = (self.years.iter().min(), self.years.iter().max());
            let available =
                first.zip(last).map_or_else(String::new, |(first, last)| format!("{first}-{last}"));
            fail(AccountError::NoSuchYear { year, available })
        })?;
        let output = table.published_output().ok_or_else(|| fail(AccountError::NoOutput { year }))?;
        let axis = table.axis();
        let mut outputs = vec![vec![f64::NAN; self.sectors.len()]; self.economies.len()];
        for (row, &amount) in output.iter().enumerate() {
            let economy = axis.member_of(row);
            let Some(economy) = self.economies.iter().position(|own| is_same_economy(own, economy)) else {
                continue;
            };
            let sector = labels::find("sector", &self.sectors, &axis.sectors()[axis.sector_of(row)])
                .map_err(|error| fail(error.into()))?;
            outputs[economy][sector] = amount;
        }
        for (economy, sectors) in outputs.iter().enumerate() {
            if let Some(sector) = sectors.iter().position(|output| output.is_nan()) {
                let label = format!("{}.{}", self.economies[economy], self.sectors[sector]);
                return Err(fail(AccountError::NoRow { year, label }));
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
        let recipes = self.release.recipes;
        let mut figures = Vec::with_capacity(self.economies.len() * self.sectors.len() * recipes.len());
        let mut empty_industries = 0;
        let reported: Vec<Vec<bool>> = (0..self.economies.len())
            .map(|economy| recipes.iter().map(|recipe| self.reports(recipe, economy, position)).collect())
            .collect();
        for (economy, rate) in rates.iter().enumerate() {
            for (sector, &output) in outputs[economy].iter().enumerate() {
                for (variable, recipe) in recipes.iter().enumerate() {
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

    /// Jobs, hours, labour income (of 2013 whole and by skill) and capital income, money in US dollars, for the years of
    /// the tables. Labour income by skill is the share of the skill times labour income.
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
        let variables = self.release.recipes.iter().map(Recipe::variable).collect();
        Ok(SatelliteAccounts::new(variables, economies, self.sectors.clone(), years))
    }
}

/// Position of a label in a list, to which it is added where it is new.
fn position_of(list: &mut Vec<String>, label: &str) -> usize {
    list.iter().position(|known| known == label).unwrap_or_else(|| {
        list.push(label.to_owned());
        list.len() - 1
    })
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
    fn the_release_is_told_by_its_codes_and_the_years_by_their_columns() {
        let top = |lines: &[&[&str]]| -> Vec<Vec<String>> {
            lines.iter().map(|line| line.iter().map(|cell| (*cell).to_owned()).collect()).collect()
        };
        let header_2013 = ["Country", "Variable", "Description", "Code", "_1995", "_1996"];
        let of_2013 = top(&[&[], &header_2013, &["AUS", "GO", "Gross output", "TOT", "1", "2"]]);
        let found = place("DATA", &of_2013).unwrap();
        assert_eq!((found.release.id, found.header, found.labels), (OF_2013, 1, [0, 1, 3]));
        assert_eq!(found.years, [(4, 1995), (5, 1996)]);
        let header_2016 = ["country", "variable", "description", "code", "2000"];
        let of_2016 = top(&[&header_2016, &["AUS", "GO", "Gross output", "A01", "1"]]);
        assert_eq!(place("DATA", &of_2016).unwrap().release.id, OF_2016);
        assert!(place("Notes", &top(&[&["Variable", "Description"]])).is_none());
    }

    #[test]
    fn romania_is_found_under_both_of_its_codes() {
        assert!(
            is_same_economy("ROM", "ROM") && is_same_economy("ROM", "ROU") && is_same_economy("USA", "USA")
        );
        assert!(!is_same_economy("ROM", "RUS") && !is_same_economy("RUS", "ROU"));
    }
}
