//! Satellite accounts: amounts beside a table, by economy, sector and year — jobs, hours, labour and capital income.
//!
//! A figure that the source does not publish stays missing. Whoever traces an account through a table is told which
//! economies it lacks; nothing is estimated.

use super::{AggregateError, Concordance, Provenance, Repair};
use crate::labels::{self, Axis, LabelError};

/// One account: what is counted, in which unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountVariable {
    /// Flat name, as on the command line.
    pub name: String,
    /// Unit of its figures.
    pub unit: String,
}

/// The figures of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountsYear {
    /// The year.
    pub year: i32,
    /// By economy, then sector, then variable; NaN where the source has no figure.
    pub figures: Vec<f64>,
    /// Where they come from.
    pub provenance: Provenance,
}

/// Accounts of several variables and years. Immutable.
#[derive(Debug, Clone, PartialEq)]
pub struct SatelliteAccounts {
    variables: Vec<AccountVariable>,
    economies: Vec<String>,
    sectors: Vec<String>,
    years: Vec<AccountsYear>,
}

/// An account laid on the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedAccount {
    /// Name of the account.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Amounts by row, (n_rows); zero where the account has no figure.
    pub amounts: Vec<f64>,
    /// Economies without a single figure.
    pub missing_economies: Vec<String>,
    /// Rows without a figure in economies that have some.
    pub missing_rows: Vec<String>,
}

impl FittedAccount {
    /// What a reader of the result must know about missing figures.
    pub fn remark(&self) -> Option<String> {
        if self.missing_economies.is_empty() && self.missing_rows.is_empty() {
            return None;
        }
        let mut missing = self.missing_economies.clone();
        missing.extend(self.missing_rows.iter().cloned());
        Some(format!(
            "{}: no figures for {}; what they add is left out of the content of others, which is at least what is told",
            self.name,
            missing.join(", ")
        ))
    }
}

/// Why an account cannot be laid on a table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// No account of that name, or a sector that the accounts do not know.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// No figures for a year.
    #[error("the accounts have no figures for {year}; they cover {available}")]
    NoSuchYear {
        /// Year asked for.
        year: i32,
        /// Years there are.
        available: String,
    },
    /// Accounts by year for a table whose year is not known.
    #[error("the table has no year, the accounts are by year")]
    NoYear,
    /// A table that cannot tell the exchange rates.
    #[error("the table of {year} has no published output, which gives the exchange rates")]
    NoOutput {
        /// Year of the table.
        year: i32,
    },
    /// An industry of the accounts that the table does not have.
    #[error("the table of {year} has no row {label}, which the accounts have")]
    NoRow {
        /// Year of the table.
        year: i32,
        /// The industry.
        label: String,
    },
    /// Not one economy of the table has a figure.
    #[error("account `{name}` has no figures at all for {year}")]
    Empty {
        /// The account.
        name: String,
        /// The year.
        year: i32,
    },
}

impl AccountError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Label(LabelError::Unknown { kind: "sector", .. }) => {
                "aggregate accounts and table with the same concordance".into()
            }
            Self::Label(error) => error.hint(),
            Self::NoSuchYear { .. } => "choose one of these years".into(),
            Self::NoYear => "say which with --year".into(),
            Self::NoOutput { .. } => {
                "take the table as its publisher has it, with the row or column of output".into()
            }
            Self::NoRow { .. } => {
                "take the table as it was imported, of the release of the accounts: not aggregated or renamed"
                    .into()
            }
            Self::Empty { .. } => "`vadex list satellites` says which years an account covers".into(),
        }
    }
}

/// Economies without figures in a span of years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// First year of the span.
    pub first: i32,
    /// Last year.
    pub last: i32,
    /// Economies with figures.
    pub covered: Vec<String>,
    /// Economies without.
    pub missing: Vec<String>,
}

impl SatelliteAccounts {
    /// Accounts from their parts; the figures of each year are by economy, then sector, then variable, NaN where there is
    /// none.
    ///
    /// # Panics
    /// Later, when a figure is asked for and its year has fewer figures than economies x sectors x variables.
    pub fn new(
        variables: Vec<AccountVariable>,
        economies: Vec<String>,
        sectors: Vec<String>,
        mut years: Vec<AccountsYear>,
    ) -> Self {
        years.sort_by_key(|year| year.year);
        Self { variables, economies, sectors, years }
    }

    /// The accounts.
    pub fn variables(&self) -> &[AccountVariable] {
        &self.variables
    }

    /// Economies that the source covers.
    pub fn economies(&self) -> &[String] {
        &self.economies
    }

    /// Sectors.
    pub fn sectors(&self) -> &[String] {
        &self.sectors
    }

    /// Figures by year.
    pub fn years(&self) -> &[AccountsYear] {
        &self.years
    }

    fn figure_at(&self, year: &AccountsYear, economy: usize, sector: usize, variable: usize) -> Option<f64> {
        let value = year.figures[(economy * self.sectors.len() + sector) * self.variables.len() + variable];
        (!value.is_nan()).then_some(value)
    }

    fn find_variable(&self, name: &str) -> Result<usize, LabelError> {
        let names: Vec<String> = self.variables.iter().map(|variable| variable.name.clone()).collect();
        labels::find("satellite", &names, name)
    }

    fn find_year(&self, year: i32) -> Result<&AccountsYear, AccountError> {
        self.years.iter().find(|known| known.year == year).ok_or_else(|| AccountError::NoSuchYear {
            year,
            available: match (self.years.first(), self.years.last()) {
                (Some(first), Some(last)) => format!("{}-{}", first.year, last.year),
                _ => "no year".into(),
            },
        })
    }

    /// One figure; nothing where the source has none.
    ///
    /// # Errors
    /// A name or a year that the accounts do not have.
    pub fn figure(
        &self,
        name: &str,
        economy: &str,
        sector: &str,
        year: i32,
    ) -> Result<Option<f64>, AccountError> {
        let variable = self.find_variable(name)?;
        let economy = labels::find("economy", &self.economies, economy)?;
        let sector = labels::find("sector", &self.sectors, sector)?;
        Ok(self.figure_at(self.find_year(year)?, economy, sector, variable))
    }

    /// Lays an account on the rows of a table.
    ///
    /// # Errors
    /// A name, year or sector that the accounts do not have; an account without any figure for the year.
    pub fn fit(&self, name: &str, axis: &Axis, year: i32) -> Result<FittedAccount, AccountError> {
        let variable = self.find_variable(name)?;
        let of_year = self.find_year(year)?;
        let mut amounts = vec![0.0; axis.n_rows()];
        let mut lacking: Vec<(String, String)> = Vec::new();
        let mut with_figures: Vec<&str> = Vec::new();
        for (row, amount) in amounts.iter_mut().enumerate() {
            let economy = axis.member_of(row);
            let sector = labels::find("sector", &self.sectors, &axis.sectors()[axis.sector_of(row)])?;
            let figure = self
                .economies
                .iter()
                .position(|known| known == economy)
                .and_then(|economy| self.figure_at(of_year, economy, sector, variable));
            match figure {
                Some(figure) => {
                    *amount = figure;
                    with_figures.push(economy);
                }
                None => lacking.push((economy.to_owned(), axis.row_label(row))),
            }
        }
        if with_figures.is_empty() {
            return Err(AccountError::Empty { name: name.to_owned(), year });
        }
        let (partly, wholly): (Vec<_>, Vec<_>) =
            lacking.into_iter().partition(|(economy, _)| with_figures.contains(&economy.as_str()));
        let mut missing_economies: Vec<String> = wholly.into_iter().map(|(economy, _)| economy).collect();
        missing_economies.dedup();
        Ok(FittedAccount {
            name: name.to_owned(),
            unit: self.variables[variable].unit.clone(),
            amounts,
            missing_economies,
            missing_rows: partly.into_iter().map(|(_, row)| row).collect(),
        })
    }

    /// Which of the economies of the source have figures of an account, by spans of years with the same answer. Every
    /// other economy of a table (a rest of the world) has none.
    ///
    /// # Errors
    /// A name that the accounts do not have.
    pub fn coverage(&self, name: &str) -> Result<Vec<Coverage>, AccountError> {
        let variable = self.find_variable(name)?;
        let mut spans: Vec<Coverage> = Vec::new();
        for year in &self.years {
            let (covered, missing): (Vec<usize>, Vec<usize>) =
                (0..self.economies.len()).partition(|&economy| {
                    (0..self.sectors.len())
                        .any(|sector| self.figure_at(year, economy, sector, variable).is_some())
                });
            let names = |list: Vec<usize>| list.into_iter().map(|e| self.economies[e].clone()).collect();
            let (covered, missing): (Vec<String>, Vec<String>) = (names(covered), names(missing));
            match spans.last_mut() {
                Some(span) if span.covered == covered => span.last = year.year,
                _ => spans.push(Coverage { first: year.year, last: year.year, covered, missing }),
            }
        }
        Ok(spans)
    }

    /// The accounts with economies and sectors added up. A sum is missing when one of its parts is.
    ///
    /// # Errors
    /// Labels without a target, targets without a label.
    pub fn aggregate(&self, concordance: &Concordance) -> Result<Self, AggregateError> {
        let (economy_of, economies) = concordance.map_economies(&self.economies)?;
        let (sector_of, sectors) = concordance.map_sectors(&self.sectors)?;
        let variables = self.variables.len();
        let years =
            self.years
                .iter()
                .map(|year| {
                    let mut figures = vec![0.0; economies.len() * sectors.len() * variables];
                    for (position, value) in year.figures.iter().enumerate() {
                        let (row, variable) = (position / variables, position % variables);
                        let (economy, sector) = (row / self.sectors.len(), row % self.sectors.len());
                        // NaN is catching: a sum with an unknown part is unknown.
                        figures[(economy_of[economy] * sectors.len() + sector_of[sector]) * variables
                            + variable] += value;
                    }
                    let mut provenance = year.provenance.clone();
                    provenance.repairs.push(Repair {
                        name: "aggregated".into(),
                        detail: format!("{} sectors added up to {}", self.sectors.len(), sectors.len()),
                        count: self.sectors.len(),
                    });
                    AccountsYear { year: year.year, figures, provenance }
                })
                .collect();
        Ok(Self::new(self.variables.clone(), economies, sectors, years))
    }

    /// The accounts with every figure rounded to so many decimals; the rounding is a named repair.
    #[must_use]
    pub fn rounded(mut self, decimals: u32) -> Self {
        let factor = 10_f64.powi(decimals.cast_signed());
        for year in &mut self.years {
            year.figures.iter_mut().for_each(|value| *value = (*value * factor).round() / factor);
            year.provenance.repairs.push(Repair {
                name: "rounded".into(),
                detail: format!("every figure rounded to {decimals} decimals of its unit"),
                count: year.figures.len(),
            });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two economies, two sectors, one account; the second economy lacks a figure in 2001 and has none in 2002.
    fn accounts() -> SatelliteAccounts {
        let year = |year, figures: [f64; 4]| AccountsYear {
            year,
            figures: figures.into(),
            provenance: Provenance::default(),
        };
        SatelliteAccounts::new(
            vec![AccountVariable { name: "jobs".into(), unit: "persons".into() }],
            vec!["A".into(), "B".into()],
            vec!["x".into(), "y".into()],
            vec![
                year(2002, [5.0, 6.0, f64::NAN, f64::NAN]),
                year(2000, [1.0, 2.0, 3.0, 4.0]),
                year(2001, [1.0, 2.0, 3.0, f64::NAN]),
            ],
        )
    }

    fn axis(economies: &[&str]) -> Axis {
        let pairs: Vec<(String, String)> =
            economies.iter().flat_map(|e| ["x", "y"].map(|s| ((*e).to_owned(), s.to_owned()))).collect();
        Axis::new(&pairs).unwrap().0
    }

    #[test]
    fn missing_figures_are_named_and_never_filled() {
        let fitted = accounts().fit("jobs", &axis(&["B", "A", "RoW"]), 2001).unwrap();
        assert_eq!(fitted.amounts, [3.0, 0.0, 1.0, 2.0, 0.0, 0.0]);
        assert_eq!(fitted.missing_economies, ["RoW"]);
        assert_eq!(fitted.missing_rows, ["B.y"]);
        assert!(fitted.remark().unwrap().contains("RoW, B.y"));
        assert_eq!(accounts().fit("jobs", &axis(&["A", "B"]), 2000).unwrap().remark(), None);
        assert_eq!(accounts().figure("jobs", "B", "y", 2001).unwrap(), None);
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let wrong =
            |name: &str, economies: &[&str], year| accounts().fit(name, &axis(economies), year).unwrap_err();
        assert!(matches!(wrong("job", &["A"], 2000), AccountError::Label(_)));
        assert!(wrong("jobs", &["A"], 1999).to_string().contains("2000-2002"));
        assert!(matches!(wrong("jobs", &["B"], 2002), AccountError::Empty { .. }));
    }

    #[test]
    fn coverage_is_told_by_spans_of_years() {
        let spans = accounts().coverage("jobs").unwrap();
        assert_eq!(spans.iter().map(|s| (s.first, s.last)).collect::<Vec<_>>(), [(2000, 2001), (2002, 2002)]);
        assert_eq!(spans[1].missing, ["B"]);
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_unknown() {
        let lines = [("x", "z"), ("y", "z")].map(|(s, t)| ("sector".into(), s.into(), t.into()));
        let folded = accounts().aggregate(&Concordance::new(lines).unwrap()).unwrap();
        assert_eq!(folded.figure("jobs", "B", "z", 2000).unwrap(), Some(7.0));
        assert_eq!(folded.figure("jobs", "B", "z", 2001).unwrap(), None);
        assert_eq!(folded.figure("jobs", "A", "z", 2001).unwrap(), Some(3.0));
    }
}
