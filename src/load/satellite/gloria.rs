//! GLORIA: `*_TQ-Results_*.csv`, a line an account and the industries and products of every region as columns, without
//! labels; these are in the read-me workbook, in the order of the numbers. Accounts are those of industries, as the table
//! is of industries. `*_YQ-Results_*.csv` has what final demand itself uses.

use super::account::{Direct, PublishedAccount};
use super::{OtherPart, Published, SatelliteImporter};
use crate::load::gloria::{self, CITATION, DATABASE, Kind, Labels, Line};
use crate::load::text_grid;
use crate::load::{LoadError, Source};
use crate::table::{AccountVariable, Provenance};

const ID: &str = "gloria-satellite";

/// Reader of the satellite accounts of GLORIA.
#[derive(Debug)]
pub struct GloriaSatellite;

/// The read-me, which alone says what a line is.
fn readme(source: &Source) -> Result<Source, LoadError> {
    Labels::workbook(source)?.ok_or_else(|| LoadError::MissingPart {
        path: source.name().to_owned(),
        part: "GLORIA_ReadMe_*.xlsx (it names the accounts and their units)".into(),
        database: DATABASE,
    })
}

/// Names and units of the accounts; where several have one name, the head that they stand under is in front.
fn variables(readme: &Source) -> Result<Vec<AccountVariable>, LoadError> {
    let labels = gloria::account_labels(readme)?;
    let count = |wanted: &str| labels.iter().filter(|label| label.name == wanted).count();
    let variable = |label: &gloria::AccountLabel| AccountVariable {
        name: match count(&label.name) > 1 && !label.head.is_empty() {
            true => format!("{}: {}", label.head, label.name),
            false => label.name.clone(),
        },
        unit: label.unit.clone(),
    };
    Ok(labels.iter().map(variable).collect())
}

/// The wanted columns of one line, zero where there is nothing, and how many of the other columns hold something.
fn row(
    source: &Source,
    labels: &Labels,
    position: usize,
    width: usize,
    lines: usize,
    wanted: impl Fn(usize) -> bool + Sync,
) -> Result<(Vec<f64>, usize), LoadError> {
    let parse = |line: usize, text: &[u8]| {
        if line != position {
            return Ok(None);
        }
        let mut values = vec![0.0; width];
        let others = Line { source, labels, line }.each(text, width, &wanted, |place, value| {
            values[place] = value;
        })?;
        Ok(Some((values, others)))
    };
    let mut found = None;
    let count = text_grid::each_line(source, parse, |_, parsed| {
        if parsed.is_some() {
            found = parsed;
        }
        Ok(())
    })?;
    match found {
        Some(found) if count == lines => Ok(found),
        _ => Err(LoadError::LabelCount {
            path: source.name().to_owned(),
            what: "rows",
            found: count,
            labels: labels.path.clone(),
            expected: lines,
        }),
    }
}

impl SatelliteImporter for GloriaSatellite {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "GLORIA: *_TQ-Results_*.csv with the read-me workbook, and *_YQ-Results_*.csv"
    }

    fn recognises(&self, source: &Source) -> bool {
        gloria::is_kind(source, "TQ")
    }

    fn other_part(&self, source: &Source) -> Option<OtherPart> {
        gloria::is_kind(source, "YQ").then(|| OtherPart {
            holds: "amounts of final demand, not of industries",
            instead: format!("*{}", gloria::ending_of(source, "TQ")),
        })
    }

    fn accounts(&self, source: &Source) -> Result<Vec<AccountVariable>, LoadError> {
        variables(&readme(source)?)
    }

    fn read(
        &self,
        source: &Source,
        position: usize,
        account: &AccountVariable,
    ) -> Result<Published, LoadError> {
        let readme = readme(source)?;
        let labels = Labels::of_workbook(&readme)?;
        let lines = variables(&readme)?.len();
        let industry = |place: usize| matches!(labels.kinds[place], Kind::Industry(_));
        let (values, of_products) = row(source, &labels, position, labels.kinds.len(), lines, industry)?;
        let mut figures = vec![0.0; labels.industries.len()];
        for (kind, value) in labels.kinds.iter().zip(values) {
            if let Kind::Industry(k) = kind {
                figures[*k] = value;
            }
        }
        let mut remarks = vec![format!(
            "{}: no labels in it: lines and columns are taken in the order of {}",
            source.name(),
            labels.path
        )];
        if of_products > 0 {
            remarks.push(format!(
                "{}: {of_products} products have figures of their own, which are left out: the table is of industries",
                account.name
            ));
        }
        let mut sources = vec![provenance(source)?, provenance(&readme)?];
        let ending = gloria::ending_of(source, "YQ");
        let direct = match gloria::ending_in(source, &ending)? {
            None => Direct::Absent { file: format!("*{ending}") },
            Some(file) => {
                sources.push(provenance(&file)?);
                let uses = labels.final_uses.len();
                let width = labels.regions.len() * uses;
                let (values, _) = row(&file, &labels, position, width, lines, |_| true)?;
                let sums = values.chunks(uses.max(1)).map(|values| values.iter().sum::<f64>());
                Direct::Of {
                    file: file.name().to_owned(),
                    amounts: labels.regions.iter().cloned().zip(sums).collect(),
                }
            }
        };
        let name = |(region, sector): &(usize, usize)| {
            (labels.regions[*region].clone(), labels.sectors[*sector].clone())
        };
        Ok(Published::Rows(PublishedAccount {
            name: account.name.clone(),
            unit: account.unit.clone(),
            year: gloria::year(source),
            industries: labels.industries.iter().map(name).collect(),
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
