//! One published account: a figure for every industry of its database, laid on a table by labels.
//!
//! Labels that do not meet are refused. Figures that the source leaves blank count as zero and are told; so is what final
//! demand itself emits or uses, which is embodied in no product and cannot be traced.

use std::collections::{HashMap, HashSet};

use super::SatelliteError;
use crate::labels::Axis;
use crate::load::LoadError;
use crate::table::{FittedAccount, Provenance};

/// Labels told where many do not fit.
const SHOWN: usize = 6;

/// What an account says of final demand itself: the fires and cars of households.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Direct {
    /// Amounts by economy.
    Of {
        /// The file that has them.
        file: String,
        /// Economy and amount, in the order of the file.
        amounts: Vec<(String, f64)>,
    },
    /// The file is there and does not have the account.
    NotIn {
        /// The file.
        file: String,
    },
    /// No file of it.
    Absent {
        /// What the file would be called.
        file: String,
    },
}

/// An account as published, not yet laid on a table.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedAccount {
    /// Name in the source.
    pub name: String,
    /// Unit in the source; empty where it states none.
    pub unit: String,
    /// Year of the figures, where the source tells it.
    pub year: Option<i32>,
    /// Economy and sector of each figure.
    pub industries: Vec<(String, String)>,
    /// The figures, NaN where the source has none.
    pub figures: Vec<f64>,
    /// What final demand itself emits or uses.
    pub direct: Direct,
    /// What else a reader must know.
    pub remarks: Vec<String>,
    /// The files that it was read from, that of the figures first.
    pub sources: Vec<Provenance>,
}

/// An account laid on the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Laid {
    /// Amounts, and what has no figure.
    pub account: FittedAccount,
    /// Figures of economies that the table does not have, in a sentence.
    pub beyond: Option<String>,
}

impl PublishedAccount {
    /// Path of the file of the figures.
    fn path(&self) -> String {
        self.sources.first().map_or_else(String::new, |source| source.source.clone())
    }

    /// One hash of all files.
    pub fn sha256(&self) -> String {
        let hashes: Vec<&str> = self.sources.iter().map(|source| source.sha256.as_str()).collect();
        match hashes.as_slice() {
            [only] => (*only).to_owned(),
            several => crate::load::sha256(several.concat().as_bytes()),
        }
    }

    /// Is there a figure for every industry?
    pub fn is_complete(&self) -> bool {
        !self.figures.iter().any(|figure| figure.is_nan())
    }

    /// Lays the figures on the rows of a table.
    ///
    /// # Errors
    /// Another year, industries of the table without a label in the account, figures of industries that the table does
    /// not have in an economy that it has, an industry that stands twice, not a single figure.
    pub fn fit(&self, axis: &Axis, year: Option<i32>) -> Result<Laid, LoadError> {
        let failed = |error| LoadError::Satellite { path: self.path(), error };
        if let (Some(own), Some(year)) = (self.year, year)
            && own != year
        {
            return Err(failed(SatelliteError::NoSuchYear { year, available: own.to_string() }));
        }
        let rows: HashMap<(&str, &str), usize> = (0..axis.n_rows())
            .map(|row| ((axis.member_of(row), axis.sectors()[axis.sector_of(row)].as_str()), row))
            .collect();
        let members: HashSet<&str> = (0..axis.n_rows()).map(|row| axis.member_of(row)).collect();
        // Position of the figure of each row.
        let mut places: Vec<Option<usize>> = vec![None; axis.n_rows()];
        let mut strange: Vec<String> = Vec::new();
        // Economies that the table does not have, and what they have.
        let mut beyond: Vec<(String, f64)> = Vec::new();
        for (place, (economy, sector)) in self.industries.iter().enumerate() {
            let figure = self.figures[place];
            match rows.get(&(economy.as_str(), sector.as_str())) {
                Some(&row) => {
                    if let Some(first) = places[row].replace(place) {
                        return Err(LoadError::DuplicateLabel {
                            path: self.path(),
                            what: "industry",
                            label: format!("{economy}.{sector}"),
                            first: first + 1,
                            second: place + 1,
                        });
                    }
                }
                None if figure == 0.0 || figure.is_nan() => {}
                None if members.contains(economy.as_str()) => strange.push(format!("{economy}.{sector}")),
                None => beyond.push((economy.clone(), figure)),
            }
        }
        let absent: Vec<String> =
            (0..axis.n_rows()).filter(|&row| places[row].is_none()).map(|row| axis.row_label(row)).collect();
        if !absent.is_empty() || !strange.is_empty() {
            return Err(failed(SatelliteError::Unlike {
                absent: absent.len(),
                absent_labels: first(&absent),
                strange: strange.len(),
                strange_labels: first(&strange),
            }));
        }
        let figures: Vec<f64> = places.iter().flatten().map(|place| self.figures[*place]).collect();
        let known = |row: usize| !figures[row].is_nan();
        let mut with_figures = vec![false; axis.n_economies()];
        (0..axis.n_rows()).for_each(|row| with_figures[axis.economy_of(row)] |= known(row));
        if !with_figures.contains(&true) {
            return Err(failed(SatelliteError::NoFigures { name: self.name.clone() }));
        }
        let (mut missing_economies, mut missing_rows): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for row in (0..axis.n_rows()).filter(|&row| !known(row)) {
            if with_figures[axis.economy_of(row)] {
                missing_rows.push(axis.row_label(row));
            } else if missing_economies.last().is_none_or(|last| last != axis.member_of(row)) {
                missing_economies.push(axis.member_of(row).to_owned());
            }
        }
        let beyond = by_economy(beyond);
        let beyond = (!beyond.is_empty()).then(|| {
            let names: Vec<String> = beyond.iter().map(|(economy, _)| economy.clone()).collect();
            format!(
                "{}: {} economies are not in the table ({}); what they have, {} {}, is left out",
                self.name,
                names.len(),
                first(&names),
                amount(beyond.iter().map(|(_, sum)| sum).sum()),
                self.unit
            )
        });
        let account = FittedAccount {
            name: self.name.clone(),
            unit: self.unit.clone(),
            amounts: figures.into_iter().map(|figure| if figure.is_nan() { 0.0 } else { figure }).collect(),
            missing_economies,
            missing_rows,
        };
        Ok(Laid { account, beyond })
    }

    /// What a reader must know of how the account is used for a table of some year, or of none that is known.
    pub fn told(&self, year: Option<i32>) -> Vec<String> {
        let path = self.path();
        let mut remarks = self.remarks.clone();
        match (self.year, year) {
            (None, _) => {
                remarks.push(format!("{path}: no year is told: the figures are taken for that of the table"));
            }
            (Some(own), None) => {
                remarks.push(format!("{path}: figures of {own} for a table of which the year is not known"));
            }
            _ => {}
        }
        if self.unit.is_empty() {
            remarks.push(format!("{path}: no unit is stated beside it: that of the figures is not known"));
        }
        remarks.push(self.direct_in_words());
        remarks
    }

    /// What is not in the figures, in a sentence.
    fn direct_in_words(&self) -> String {
        let name = &self.name;
        let left_out = "which no product embodies, is left out";
        match &self.direct {
            Direct::Of { file, amounts } => {
                let direct: f64 = amounts.iter().map(|(_, amount)| amount).sum();
                if amounts.iter().all(|(_, amount)| *amount == 0.0) {
                    return format!("{name}: final demand itself has none of it ({file})");
                }
                let all = direct + self.figures.iter().filter(|figure| !figure.is_nan()).sum::<f64>();
                let share = match all == 0.0 {
                    true => String::new(),
                    false => format!(", {:.1} % of all", 100.0 * direct / all),
                };
                let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
                format!(
                    "{name}: what final demand itself emits or uses, {left_out}: {}{unit}{share} ({file}); -v tells it by \
                     economy",
                    amount(direct)
                )
            }
            Direct::NotIn { file } => {
                format!("{name}: {file} does not have it; what final demand itself emits or uses, {left_out}")
            }
            Direct::Absent { file } => format!(
                "{name}: what final demand itself emits or uses, {left_out}; {file}, which tells it, is not beside the file"
            ),
        }
    }

    /// What final demand itself emits or uses, by economy: a line, where there is any.
    pub fn direct_by_economy(&self) -> Option<String> {
        let Direct::Of { amounts, .. } = &self.direct else { return None };
        let told: Vec<String> = amounts
            .iter()
            .filter(|(_, figure)| *figure != 0.0)
            .map(|(economy, figure)| format!("{economy} {}", amount(*figure)))
            .collect();
        (!told.is_empty()).then(|| {
            format!("{}: of final demand itself, not in the figures: {}", self.name, told.join(", "))
        })
    }
}

/// Sums by economy, in the order in which each first stands; cells without a figure add nothing.
pub(super) fn by_economy(figures: impl IntoIterator<Item = (String, f64)>) -> Vec<(String, f64)> {
    let mut sums: Vec<(String, f64)> = Vec::new();
    for (economy, figure) in figures {
        let figure = if figure.is_nan() { 0.0 } else { figure };
        match sums.iter_mut().find(|(known, _)| *known == economy) {
            Some((_, sum)) => *sum += figure,
            None => sums.push((economy, figure)),
        }
    }
    sums
}

/// An amount with the digits that are worth telling.
fn amount(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        let decimals = if value.abs() >= 1000.0 { 0 } else { 3 };
        let text = format!("{value:.decimals$}");
        return match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        };
    }
    format!("{value:.3e}")
}

/// The first of some labels, in one line.
fn first(labels: &[String]) -> String {
    let mut text = labels.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if labels.len() > SHOWN {
        text.push_str(", ...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis() -> Axis {
        let pairs: Vec<(String, String)> =
            [("A", "x"), ("A", "y"), ("B", "x")].map(|(e, s)| (e.into(), s.into())).into();
        Axis::new(&pairs).unwrap().0
    }

    fn account(figures: &[(&str, &str, f64)]) -> PublishedAccount {
        PublishedAccount {
            name: "CO2".into(),
            unit: "Gg".into(),
            year: Some(2011),
            industries: figures.iter().map(|(e, s, _)| ((*e).into(), (*s).into())).collect(),
            figures: figures.iter().map(|(_, _, figure)| *figure).collect(),
            direct: Direct::Absent { file: "F_Y.txt".into() },
            remarks: Vec::new(),
            sources: vec![Provenance {
                source: "F.txt".into(),
                sha256: "ab".into(),
                ..Provenance::default()
            }],
        }
    }

    #[test]
    fn figures_find_their_rows_by_label_in_any_order() {
        let figures = [("B", "x", 3.0), ("A", "y", 2.0), ("A", "x", 1.0), ("C", "x", 0.0), ("B", "z", 0.0)];
        let laid = account(&figures).fit(&axis(), Some(2011)).unwrap();
        assert_eq!(laid.account.amounts, [1.0, 2.0, 3.0]);
        assert_eq!((laid.account.remark(), laid.beyond), (None, None));
    }

    #[test]
    fn labels_that_do_not_meet_are_counted_on_both_sides() {
        let error = account(&[("A", "x", 1.0), ("A", "z", 2.0), ("B", "x", 3.0)])
            .fit(&axis(), Some(2011))
            .unwrap_err()
            .to_string();
        for words in
            ["F.txt: ", "1 of its industries are not in the accounts (A.y)", "not in the table (A.z)"]
        {
            assert!(error.contains(words), "{error}");
        }
        let twice = account(&[("A", "x", 1.0), ("A", "x", 2.0)]).fit(&axis(), None).unwrap_err().to_string();
        assert!(twice.contains("industry label `A.x` appears twice"), "{twice}");
        let later = account(&[("A", "x", 1.0)]).fit(&axis(), Some(2012)).unwrap_err().to_string();
        assert!(later.contains("no figures for 2012; there are: 2011"), "{later}");
    }

    #[test]
    fn economies_that_the_table_does_not_have_are_counted_with_what_they_have() {
        let laid =
            account(&[("C", "x", 4.0), ("A", "x", 1.0), ("A", "y", 2.0), ("B", "x", 3.0), ("C", "y", 0.5)])
                .fit(&axis(), None)
                .unwrap();
        assert_eq!(laid.account.amounts, [1.0, 2.0, 3.0]);
        assert!(
            laid.beyond.unwrap().contains("1 economies are not in the table (C); what they have, 4.5 Gg")
        );
    }

    #[test]
    fn blank_figures_are_named_and_an_empty_account_is_refused() {
        let blank = f64::NAN;
        let laid =
            account(&[("A", "x", 1.0), ("A", "y", blank), ("B", "x", blank)]).fit(&axis(), None).unwrap();
        let fitted = laid.account;
        assert_eq!(fitted.amounts, [1.0, 0.0, 0.0]);
        assert_eq!((fitted.missing_economies, fitted.missing_rows), (vec!["B".into()], vec!["A.y".into()]));
        let error = account(&[("A", "x", blank), ("A", "y", blank), ("B", "x", blank)]).fit(&axis(), None);
        assert!(error.unwrap_err().to_string().contains("`CO2` has no figures at all"));
    }

    #[test]
    fn what_final_demand_itself_emits_is_told_with_its_share_and_by_economy() {
        let mut account = account(&[("A", "x", 1.0), ("A", "y", 2.0), ("B", "x", 3.0)]);
        let told = |account: &PublishedAccount| account.told(Some(2011)).join("\n");
        assert!(
            told(&account).contains("F_Y.txt, which tells it, is not beside the file"),
            "{}",
            told(&account)
        );
        assert_eq!(account.direct_by_economy(), None);
        account.direct =
            Direct::Of { file: "F_Y.txt".into(), amounts: vec![("A".into(), 1.5), ("B".into(), 0.5)] };
        assert!(told(&account).contains("is left out: 2 Gg, 25.0 % of all (F_Y.txt)"), "{}", told(&account));
        assert!(account.direct_by_economy().unwrap().ends_with("A 1.5, B 0.5"));
        account.direct = Direct::Of { file: "F_Y.txt".into(), amounts: vec![("A".into(), 0.0)] };
        assert!(told(&account).contains("has none of it"), "{}", told(&account));
        account.direct = Direct::NotIn { file: "F_Y.txt".into() };
        assert!(told(&account).contains("F_Y.txt does not have it"), "{}", told(&account));
    }

    #[test]
    fn amounts_keep_the_digits_that_say_something() {
        let told = [0.0, 2.0, 0.1234, 1234.56, 3.456e12, 1e-9].map(amount);
        assert_eq!(told, ["0", "2", "0.123", "1235", "3.456e12", "1.000e-9"]);
    }
}
