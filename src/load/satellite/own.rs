//! A satellite account of the user's own, in long form.
//!
//! CSV with the columns `economy,sector,value` and, as needed, `year` (rows of other years are skipped), `satellite`
//! (several accounts in one file) and `unit`. Economies are those of the *source* table, also when they are grouped for
//! the result. Every row of the table needs a figure and every figure a row: nothing is filled or dropped silently.

use std::collections::{BTreeSet, HashMap};
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{CsvReadOptions, DataFrame, SerReader};

use super::{IMPORTER, SatelliteError};
use crate::labels::{self, Axis};
use crate::load::label_csv::{self, no_column};
use crate::load::source::missing;
use crate::load::{self, LoadError};
use crate::table::Provenance;

/// Columns that every file has.
pub(super) const COLUMNS: [&str; 3] = ["economy", "sector", "value"];

/// A satellite account, not yet fitted to a table.
#[derive(Debug, Clone, PartialEq)]
pub struct SatelliteFile {
    path: String,
    name: String,
    unit: String,
    figures: Vec<Figure>,
    sha256: String,
    /// Columns that mean nothing here.
    passed_over: Vec<String>,
    /// What the layout does not tell.
    untold: Option<String>,
    /// Id of the importer, and whom to cite.
    importer: &'static str,
    citation: Option<&'static str>,
}

/// A figure of an industry and a year.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) line: usize,
    pub(super) year: Option<i32>,
    pub(super) economy: String,
    pub(super) sector: String,
    pub(super) value: f64,
}

/// An account of several years that another layout has.
pub(super) struct Long {
    pub(super) path: String,
    pub(super) sha256: String,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) figures: Vec<Figure>,
    pub(super) untold: String,
    pub(super) importer: &'static str,
    pub(super) citation: &'static str,
}

impl From<Long> for SatelliteFile {
    fn from(long: Long) -> Self {
        let Long { path, sha256, name, unit, figures, untold, importer, citation } = long;
        Self {
            path,
            name,
            unit,
            figures,
            sha256,
            passed_over: Vec::new(),
            untold: Some(untold),
            importer,
            citation: Some(citation),
        }
    }
}

impl SatelliteFile {
    /// Reads one account of a file.
    ///
    /// # Errors
    /// A file that cannot be read, a missing column, several accounts and none chosen, a cell that is not a number.
    pub fn read(path: &Path, chosen: Option<&str>) -> Result<Self, LoadError> {
        let name = path.display().to_string();
        if !path.exists() {
            return Err(missing(path));
        }
        let bytes = std::fs::read(path)
            .map_err(|source| LoadError::Io { path: path.display().to_string(), source })?;
        load::file_format::refuse_other(&name, &bytes)?;
        let sha256 = load::sha256(&bytes);
        let frame = CsvReadOptions::default()
            .with_has_header(true)
            .with_infer_schema_length(Some(0))
            .into_reader_with_file_handle(Cursor::new(&bytes[..]))
            .finish()
            .map_err(|error| unread(&name, &bytes, &error.to_string()))?;
        let names: Vec<&str> = frame.get_column_names().iter().map(|name| name.as_str()).collect();
        let needed =
            |label: &str| texts(&frame, label).ok_or_else(|| no_column(&name, &[label], &COLUMNS, &names));
        let (economies, sectors, values) = (needed("economy")?, needed("sector")?, needed("value")?);
        let (years, accounts, units) =
            (texts(&frame, "year"), texts(&frame, "satellite"), texts(&frame, "unit"));
        let wrong = |error: SatelliteError| LoadError::Satellite { path: name.clone(), error };
        let account = choose(accounts.as_deref(), chosen).map_err(wrong)?;
        let mut figures = Vec::with_capacity(values.len());
        let mut unit = String::new();
        for row in 0..values.len() {
            if accounts.as_ref().is_some_and(|accounts| accounts[row] != account) {
                continue;
            }
            let line = row + 2;
            let bad = |cell: &str| wrong(SatelliteError::NotANumber { line, value: cell.to_owned() });
            let value: f64 = values[row].parse().map_err(|_| bad(&values[row]))?;
            if !value.is_finite() {
                return Err(bad(&values[row]));
            }
            let year = match years.as_ref().map(|years| years[row].as_str()) {
                None | Some("") => None,
                Some(year) => Some(year.parse().map_err(|_| bad(year))?),
            };
            if let Some(units) = &units {
                unit.clone_from(&units[row]);
            }
            figures.push(Figure {
                line,
                year,
                economy: economies[row].clone(),
                sector: sectors[row].clone(),
                value,
            });
        }
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let account = if account.is_empty() { stem.unwrap_or_default() } else { account };
        const KNOWN: [&str; 6] = ["economy", "sector", "value", "year", "satellite", "unit"];
        let passed_over =
            names.iter().filter(|name| !KNOWN.contains(name)).map(|name| (*name).to_owned()).collect();
        Ok(Self {
            passed_over,
            sha256,
            path: name,
            name: account,
            unit,
            figures,
            untold: None,
            importer: IMPORTER,
            citation: None,
        })
    }

    /// Name of the account: the `satellite` column, or the name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Unit of its figures, when the file states it.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Where the figures come from.
    pub fn provenance(&self) -> Provenance {
        Provenance {
            source: self.path.clone(),
            sha256: self.sha256.clone(),
            importer: self.importer.into(),
            citation: self.citation.map(str::to_owned),
            ..Provenance::default()
        }
    }

    /// Years that figures are of, in order.
    fn years(&self) -> BTreeSet<i32> {
        self.figures.iter().filter_map(|figure| figure.year).collect()
    }

    fn years_in_words(&self) -> String {
        self.years().iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
    }

    /// What a reader must know of how the file is used for a table of some year, or of none that is known.
    pub fn remarks(&self, year: Option<i32>) -> Vec<String> {
        let mut remarks: Vec<String> = self.untold.iter().cloned().collect();
        if !self.passed_over.is_empty() {
            remarks.push(format!("{}: columns passed over: {}", self.name, self.passed_over.join(" ")));
        }
        if self.figures.iter().any(|figure| figure.year.is_none()) {
            remarks.push(format!("{}: figures without a year are taken for every year", self.name));
        }
        if let (None, Some(first)) = (year, self.years().first()) {
            remarks.push(format!(
                "{}: figures of {first} for a table of which the year is not known",
                self.name
            ));
        }
        if self.unit.is_empty() {
            remarks.push(format!("{}: no column `unit`: the unit of the figures is not known", self.name));
        }
        remarks
    }

    /// Amounts by row of a table, (n_rows).
    ///
    /// # Errors
    /// A year, economy or industry that the table or the file does not have.
    pub fn fit(&self, axis: &Axis, year: Option<i32>) -> Result<Vec<f64>, LoadError> {
        self.amounts(axis, year).map_err(|error| LoadError::Satellite { path: self.path.clone(), error })
    }

    fn amounts(&self, axis: &Axis, year: Option<i32>) -> Result<Vec<f64>, SatelliteError> {
        let of_year = |figure: &&Figure| match (figure.year, year) {
            (Some(figure), Some(table)) => figure == table,
            _ => true,
        };
        if let Some(year) = year
            && !self.figures.iter().any(|figure| of_year(&figure))
        {
            return Err(SatelliteError::NoSuchYear { year, available: self.years_in_words() });
        }
        if year.is_none() && self.years().len() > 1 {
            return Err(SatelliteError::YearOfTable { years: self.years_in_words() });
        }
        let rows: HashMap<(&str, &str), usize> = (0..axis.n_rows())
            .map(|row| ((axis.member_of(row), axis.sectors()[axis.sector_of(row)].as_str()), row))
            .collect();
        let mut amounts: Vec<Option<f64>> = vec![None; axis.n_rows()];
        for figure in self.figures.iter().filter(of_year) {
            let Some(&row) = rows.get(&(figure.economy.as_str(), figure.sector.as_str())) else {
                return Err(unknown(axis, figure));
            };
            if amounts[row].replace(figure.value).is_some() {
                return Err(SatelliteError::Twice { line: figure.line, label: axis.row_label(row) });
            }
        }
        let missing: Vec<String> =
            (0..axis.n_rows()).filter(|&row| amounts[row].is_none()).map(|row| axis.row_label(row)).collect();
        if missing.is_empty() {
            return Ok(amounts.into_iter().flatten().collect());
        }
        const SHOWN: usize = 6;
        let mut labels = missing.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" ");
        if missing.len() > SHOWN {
            labels.push_str(" ...");
        }
        Err(SatelliteError::Missing { count: missing.len(), labels })
    }
}

/// What is wrong with a text that is no CSV: the line that is of another length, where there is one.
fn unread(name: &str, bytes: &[u8], message: &str) -> LoadError {
    match label_csv::lines(name, bytes, &COLUMNS, &[]) {
        Err(error) => error,
        Ok(_) => LoadError::Damaged {
            path: name.to_owned(),
            format: "CSV",
            message: message.lines().next().unwrap_or("unreadable").to_owned(),
        },
    }
}

/// A column as trimmed text.
fn texts(frame: &DataFrame, label: &str) -> Option<Vec<String>> {
    let column = frame.column(label).ok()?.str().ok()?.clone();
    Some(column.iter().map(|cell| cell.unwrap_or("").trim().to_owned()).collect())
}

/// The one account that is meant.
fn choose(accounts: Option<&[String]>, chosen: Option<&str>) -> Result<String, SatelliteError> {
    let mut known: Vec<&String> = Vec::new();
    for account in accounts.unwrap_or_default() {
        if !known.contains(&account) {
            known.push(account);
        }
    }
    let list = || known.iter().map(|account| account.as_str()).collect::<Vec<_>>().join(", ");
    match (known.as_slice(), chosen) {
        ([], None) => Ok(String::new()),
        ([], Some(name)) => Err(SatelliteError::Choice {
            wanted: format!("`{name}` was asked for, but there is no column `satellite`"),
            known: "one account without a name".into(),
        }),
        ([only], None) => Ok((*only).clone()),
        (_, None) => Err(SatelliteError::Choice { wanted: "several accounts".into(), known: list() }),
        (known, Some(name)) if known.iter().any(|account| *account == name) => Ok(name.to_owned()),
        (_, Some(name)) => {
            Err(SatelliteError::Choice { wanted: format!("no account `{name}`"), known: list() })
        }
    }
}

fn unknown(axis: &Axis, figure: &Figure) -> SatelliteError {
    let members: Vec<&str> = (0..axis.n_rows()).map(|row| axis.member_of(row)).collect();
    let (kind, label, nearest) = if !members.contains(&figure.economy.as_str()) {
        let nearest = labels::nearest(members.into_iter(), &figure.economy);
        ("economy", figure.economy.clone(), nearest)
    } else if !axis.sectors().contains(&figure.sector) {
        let nearest = labels::nearest(axis.sectors().iter().map(String::as_str), &figure.sector);
        ("sector", figure.sector.clone(), nearest)
    } else {
        ("industry", format!("{}.{}", figure.economy, figure.sector), None)
    };
    SatelliteError::UnknownLabel { line: figure.line, kind, label, nearest }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn axis() -> Axis {
        let pairs: Vec<(String, String)> =
            [("A", "x"), ("A", "y"), ("B", "x")].map(|(e, s)| (e.into(), s.into())).into();
        Axis::new(&pairs).unwrap().0
    }

    fn problem(text: &str, chosen: Option<&str>) -> SatelliteError {
        let file = file(text);
        let fitted = SatelliteFile::read(file.path(), chosen).and_then(|s| s.fit(&axis(), Some(2000)));
        match fitted.unwrap_err() {
            LoadError::Satellite { error, .. } => error,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn figures_find_their_rows_and_other_years_are_skipped() {
        let file = file(
            "year,economy,sector,satellite,value\n2000,B,x,jobs,3\n1999,A,x,jobs,9\n2000,A,y,jobs,2\n2000,A,x,jobs,1\n\
             2000,A,x,wages,7\n",
        );
        let jobs = SatelliteFile::read(file.path(), Some("jobs")).unwrap();
        assert_eq!(jobs.name(), "jobs");
        assert_eq!(jobs.fit(&axis(), Some(2000)).unwrap(), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn labels_that_do_not_meet_are_errors_with_labels() {
        let full = "economy,sector,value\nA,x,1\nA,y,2\nB,x,3\n";
        assert!(
            matches!(problem(&format!("{full}B,y,1\n"), None), SatelliteError::UnknownLabel { kind: "industry", label, line: 5, .. } if label == "B.y")
        );
        assert!(matches!(
            problem(&format!("{full}C,x,1\n"), None),
            SatelliteError::UnknownLabel { kind: "economy", .. }
        ));
        assert!(
            matches!(problem(&format!("{full}A,x,1\n"), None), SatelliteError::Twice { label, .. } if label == "A.x")
        );
        assert!(
            matches!(problem("economy,sector,value\nA,x,1\n", None), SatelliteError::Missing { count: 2, labels } if labels == "A.y B.x")
        );
        assert!(matches!(
            problem("economy,sector,value\nA,x,?\n", None),
            SatelliteError::NotANumber { line: 2, .. }
        ));
        assert!(matches!(
            problem("year,economy,sector,value\n1999,A,x,1\n", None),
            SatelliteError::NoSuchYear { year: 2000, .. }
        ));
        let two = "economy,sector,satellite,value\nA,x,jobs,1\nA,x,wages,1\n";
        assert!(matches!(problem(two, None), SatelliteError::Choice { known, .. } if known == "jobs, wages"));
        assert!(matches!(problem(two, Some("rent")), SatelliteError::Choice { .. }));
    }

    #[test]
    fn how_a_file_is_used_is_told() {
        let plain = file("economy,sector,value,co2\nA,x,1,9\nA,y,2,9\nB,x,3,9\n");
        let read = |file: &tempfile::NamedTempFile| SatelliteFile::read(file.path(), None).unwrap();
        let told = read(&plain).remarks(Some(2000)).join("\n");
        for words in ["columns passed over: co2", "taken for every year", "no column `unit`"] {
            assert!(told.contains(words), "{told}");
        }
        let dated = file("year,economy,sector,value,unit\n2005,A,x,1,t\n2005,A,y,2,t\n2005,B,x,3,t\n");
        assert!(read(&dated).remarks(Some(2005)).is_empty());
        assert!(read(&dated).remarks(None)[0].contains("figures of 2005"));
        let two = file("year,economy,sector,value\n2005,A,x,1\n2006,A,x,1\n");
        let refused = read(&two).fit(&axis(), None).unwrap_err().to_string();
        assert!(
            refused.contains("figures of 2005, 2006, and the year of the table is not known"),
            "{refused}"
        );
        let hash = read(&dated).provenance().sha256;
        assert_eq!(hash, crate::load::sha256_of_file(dated.path()).unwrap());
    }
}
