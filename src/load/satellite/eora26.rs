//! Eora26: `Eora26_2015_bp_Q.txt`, a line an account and a column an industry, without labels; these are in `labels_Q.txt`
//! and `labels_T.txt`, beside the numbers or in `indices.zip`, and in the order of the numbers, as those of the table are.
//! `QY` has what final demand itself uses.
//!
//! The last column, `ROW TOTAL`, is the statistical discrepancy: what stands there belongs to no industry, and is told.

use super::account::{Direct, PublishedAccount, by_economy};
use super::lines;
use super::{OtherPart, Published, SatelliteImporter};
use crate::load::eora26::{CITATION, Labels, code, discrepancy, last};
use crate::load::text_grid;
use crate::load::{LoadError, Source};
use crate::table::{AccountVariable, Provenance};

const TAB: u8 = b'\t';
const ID: &str = "eora26-satellite";

/// Reader of the satellite accounts of Eora26.
#[derive(Debug)]
pub struct Eora26Satellite;

/// Is it a text of tab-separated numbers whose name ends so?
fn is_called(source: &Source, ending: &str) -> bool {
    let line = source.first_line();
    source.file_name().ends_with(ending)
        && line.contains(&TAB)
        && line.split(|byte| *byte == TAB).take(100).all(|field| text_grid::number(field).is_some())
}

/// What stands in the name before the kind of the file: `Eora26_2015_bp_`.
fn prefix(source: &Source) -> &str {
    source.file_name().strip_suffix("Q.txt").unwrap_or_default()
}

/// Text and unit, the last that stands in brackets: `I-GHG-CO2 emissions (Gg)`, `Total CO2 emissions (Gg) from EDGAR`.
fn without_unit(label: &str) -> Option<(String, &str)> {
    let (before, rest) = label.rsplit_once('(')?;
    let (unit, after) = rest.split_once(')')?;
    let parts: Vec<&str> =
        [before.trim(), after.trim()].into_iter().filter(|part| !part.is_empty()).collect();
    Some((parts.join(" "), unit))
}

/// Names and units of the lines of `labels_Q.txt`. Where two accounts differ in nothing but the unit, it stays in the name.
fn variables(lines: &[Vec<String>]) -> Vec<AccountVariable> {
    let joined = |name: &str, source: &str| match source {
        "" => name.to_owned(),
        source => format!("{name} - {source}"),
    };
    let parts = |line: &Vec<String>| {
        let field = |position: usize| line.get(position).cloned().unwrap_or_default();
        let (first, second) = (field(0), field(1));
        match (without_unit(&first), without_unit(&second)) {
            (Some((name, unit)), _) => (joined(&name, &second), unit.to_owned(), joined(&first, &second)),
            (None, Some((source, unit))) => {
                (joined(&first, &source), unit.to_owned(), joined(&first, &second))
            }
            (None, None) => (joined(&first, &second), String::new(), joined(&first, &second)),
        }
    };
    let all: Vec<(String, String, String)> = lines.iter().map(parts).collect();
    let count = |wanted: &str| all.iter().filter(|(name, ..)| name == wanted).count();
    all.iter()
        .map(|(name, unit, whole)| AccountVariable {
            name: if count(name) > 1 { whole.clone() } else { name.clone() },
            unit: unit.clone(),
        })
        .collect()
}

/// The figures of a line of a file without labels, whose size is that of its label files.
fn row(source: &Source, position: usize, accounts: &Labels, columns: &Labels) -> Result<Vec<f64>, LoadError> {
    let names: Vec<String> =
        columns.lines.iter().map(|label| format!("{} {}", code(label), last(label))).collect();
    let (mut found, mut count) = (Vec::new(), 0);
    lines::each(source, TAB, |line| {
        count += 1;
        if line.position == position {
            let width = line.width()?;
            if !(names.len()..=names.len() + 1).contains(&width) {
                return Err(LoadError::LabelCount {
                    path: source.name().to_owned(),
                    what: "columns",
                    found: width,
                    labels: columns.path.clone(),
                    expected: names.len(),
                });
            }
            found = line.figures(&format!("{}", position + 1), 0, &names)?;
        }
        Ok(true)
    })?;
    if count == accounts.lines.len() {
        return Ok(found);
    }
    Err(LoadError::LabelCount {
        path: source.name().to_owned(),
        what: "rows",
        found: count,
        labels: accounts.path.clone(),
        expected: accounts.lines.len(),
    })
}

impl SatelliteImporter for Eora26Satellite {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "Eora26: *_Q.txt with labels_Q.txt and labels_T.txt or indices.zip, and *_QY.txt"
    }

    fn recognises(&self, source: &Source) -> bool {
        is_called(source, "Q.txt")
    }

    fn other_part(&self, source: &Source) -> Option<OtherPart> {
        is_called(source, "QY.txt").then(|| OtherPart {
            holds: "amounts of final demand, not of industries",
            instead: source.file_name().replace("QY.txt", "Q.txt"),
        })
    }

    fn accounts(&self, source: &Source) -> Result<Vec<AccountVariable>, LoadError> {
        Ok(variables(&Labels::read(source, "labels_Q.txt", 2)?.lines))
    }

    fn read(
        &self,
        source: &Source,
        position: usize,
        account: &AccountVariable,
    ) -> Result<Published, LoadError> {
        let accounts = Labels::read(source, "labels_Q.txt", 2)?;
        let columns = Labels::read(source, "labels_T.txt", 4)?;
        let row_of_industries = row(source, position, &accounts, &columns)?;
        let (mut industries, mut figures) = (Vec::new(), Vec::new());
        let mut of_nobody = 0.0;
        for (label, figure) in columns.lines.iter().zip(row_of_industries) {
            if discrepancy(label) {
                of_nobody += if figure.is_nan() { 0.0 } else { figure };
            } else {
                industries.push((code(label), last(label)));
                figures.push(figure);
            }
        }
        let mut remarks = vec![format!(
            "{}: no labels in it: its columns are taken in the order of {}, its lines in that of {}",
            source.name(),
            columns.path,
            accounts.path
        )];
        if of_nobody != 0.0 {
            remarks.push(format!(
                "{}: {of_nobody} {} in the column of the statistical discrepancy belong to no industry and are left out",
                account.name, account.unit
            ));
        }
        let mut sources = vec![provenance(source)?];
        for name in ["labels_Q.txt", "labels_T.txt", "labels_FD.txt"] {
            if let Some(file) = Labels::file(source, name)? {
                sources.push(provenance(&file)?);
            }
        }
        let final_demand = format!("{}QY.txt", prefix(source));
        let direct = match source.sibling(&final_demand)? {
            None => Direct::Absent { file: final_demand },
            Some(file) => {
                sources.push(provenance(&file)?);
                let uses = Labels::read(source, "labels_FD.txt", 4)?;
                let economies = uses.lines.iter().map(|label| code(label));
                let amounts = by_economy(economies.zip(row(&file, position, &accounts, &uses)?));
                Direct::Of { file: file.name().to_owned(), amounts }
            }
        };
        Ok(Published::Rows(PublishedAccount {
            name: account.name.clone(),
            unit: account.unit.clone(),
            year: source.year_of_folder(),
            industries,
            figures,
            direct,
            remarks,
            sources,
        }))
    }
}

fn provenance(source: &Source) -> Result<Provenance, LoadError> {
    super::provenance(source, ID, Some(CITATION))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_out_of_names_that_stay_apart_without_them() {
        let lines: Vec<Vec<String>> = [
            ["I-GHG-CO2 emissions (Gg)", "From fuel combustion"],
            ["Total CO2 emissions (Gg) from EDGAR", "Total"],
            ["Energy use (TJ)", "Total"],
            ["Energy use (ktoe)", "Total"],
            ["Employment", ""],
            ["Land", "Cropland (ha)"],
        ]
        .map(|line| line.map(str::to_owned).to_vec())
        .to_vec();
        let told: Vec<(String, String)> =
            variables(&lines).into_iter().map(|account| (account.name, account.unit)).collect();
        let expected = [
            ("I-GHG-CO2 emissions - From fuel combustion", "Gg"),
            ("Total CO2 emissions from EDGAR - Total", "Gg"),
            ("Energy use (TJ) - Total", "TJ"),
            ("Energy use (ktoe) - Total", "ktoe"),
            ("Employment", ""),
            ("Land - Cropland", "ha"),
        ]
        .map(|(name, unit)| (name.to_owned(), unit.to_owned()));
        assert_eq!(told, expected);
    }
}
