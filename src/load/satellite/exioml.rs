//! ExioML: four accounts of EXIOBASE 3.8.2 for every year in one CSV (`ExioML_factor_accounting_IxI.csv`): columns `region`,
//! `sector`, `Year`, and one an account, called by its name and its unit (`GHG emissions [kg CO2 eq.]`).

use super::own::{Figure, Long};
use super::{Published, SatelliteError, SatelliteImporter};
use crate::load::{LoadError, Source};
use crate::table::AccountVariable;

const ID: &str = "exioml";
const CITATION: &str = "ExioML: Eco-economic Dataset for Machine Learning in Global Sectoral Sustainability (2024), \
    doi:10.5281/zenodo.10604610; made from EXIOBASE 3.8.2, of which the data are under CC BY-SA 4.0";

/// Reader of ExioML's factor accounting.
#[derive(Debug)]
pub struct ExioMl;

/// Where the columns are.
struct Columns {
    region: usize,
    sector: usize,
    year: Option<usize>,
    /// Name, unit and place of each account.
    accounts: Vec<(AccountVariable, usize)>,
}

impl Columns {
    fn of(header: &csv::ByteRecord) -> Option<Self> {
        let names: Vec<String> = header.iter().map(crate::load::text_grid::text).collect();
        let position = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let account = |(place, name): (usize, &String)| {
            let (name, unit) = name.strip_suffix(']')?.split_once(" [")?;
            Some((AccountVariable { name: name.to_owned(), unit: unit.to_owned() }, place))
        };
        let accounts: Vec<_> = names.iter().enumerate().filter_map(account).collect();
        if accounts.is_empty() {
            return None;
        }
        Some(Self {
            region: position("region")?,
            sector: position("sector")?,
            year: position("year"),
            accounts,
        })
    }
}

fn reader(text: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).from_reader(text)
}

/// The columns of the first line.
fn columns(source: &Source) -> Option<Columns> {
    let mut header = csv::ByteRecord::new();
    reader(source.first_line()).read_byte_record(&mut header).ok()?;
    Columns::of(&header)
}

fn needed(source: &Source) -> Result<Columns, LoadError> {
    columns(source).ok_or_else(|| LoadError::UnknownSatellite {
        path: source.name().to_owned(),
        found: "a header without region, sector and columns called `account [unit]`".into(),
    })
}

impl SatelliteImporter for ExioMl {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "ExioML: ExioML_factor_accounting_IxI.csv or _PxP.csv, every year of EXIOBASE 3.8.2"
    }

    fn recognises(&self, source: &Source) -> bool {
        columns(source).is_some()
    }

    fn accounts(&self, source: &Source) -> Result<Vec<AccountVariable>, LoadError> {
        Ok(needed(source)?.accounts.into_iter().map(|(account, _)| account).collect())
    }

    fn read(
        &self,
        source: &Source,
        position: usize,
        account: &AccountVariable,
    ) -> Result<Published, LoadError> {
        let columns = needed(source)?;
        let place = columns.accounts.get(position).map_or(0, |(_, place)| *place);
        let path = || source.name().to_owned();
        let mut figures = Vec::new();
        for record in reader(source.bytes()?).into_byte_records().skip(1) {
            let record = record.map_err(|error| match error.kind() {
                csv::ErrorKind::UnequalLengths { pos, expected_len, len } => LoadError::Ragged {
                    path: path(),
                    line: pos.as_ref().map_or(0, |position| position.line() as usize),
                    found: *len as usize,
                    expected: *expected_len as usize,
                },
                _ => LoadError::Damaged { path: path(), format: "CSV", message: error.to_string() },
            })?;
            let line = record.position().map_or(0, |position| position.line() as usize);
            let field =
                |place: usize| record.get(place).map(crate::load::text_grid::text).unwrap_or_default();
            let bad = |value: String| LoadError::Satellite {
                path: path(),
                error: SatelliteError::NotANumber { line, value },
            };
            let text = field(place);
            let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
            let year = match columns.year.map(field) {
                None => None,
                // Some copies write whole numbers as `2011.0`.
                Some(text) => Some(text.trim_end_matches(".0").parse().map_err(|_| bad(text))?),
            };
            figures.push(Figure {
                line,
                year,
                economy: field(columns.region),
                sector: field(columns.sector),
                value: value.ok_or_else(|| bad(text))?,
            });
        }
        if figures.is_empty() {
            return Err(LoadError::NoRows { path: path(), header_rows: 1 });
        }
        Ok(Published::Long(
            Long {
                untold: format!(
                    "{}: {} has industries alone; what final demand itself emits or uses, which no product embodies, is \
                     left out",
                    account.name,
                    source.name()
                ),
                path: path(),
                sha256: source.sha256()?,
                name: account.name.clone(),
                unit: account.unit.clone(),
                figures,
                importer: ID,
                citation: CITATION,
            }
            .into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_the_columns_with_a_unit() {
        let text =
            "region,sector,Value Added [M.EUR],\"GHG emissions [kg CO2 eq.]\",Year\nAT,Wheat,1,2,2011\n";
        let source = Source::from_bytes("f.csv", text.as_bytes().to_vec());
        assert!(ExioMl.recognises(&source));
        let told: Vec<(String, String)> =
            ExioMl.accounts(&source).unwrap().into_iter().map(|one| (one.name, one.unit)).collect();
        assert_eq!(told[1], ("GHG emissions".to_owned(), "kg CO2 eq.".to_owned()));
        for other in ["region,sector,value\nAT,Wheat,1\n", "row,A.x [t],A.FD\nA.x,1,2\n", ""] {
            assert!(!ExioMl.recognises(&Source::from_bytes("f.csv", other.as_bytes().to_vec())), "{other}");
        }
    }
}
