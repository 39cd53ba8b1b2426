//! National tables of the OECD (IOTs): domestic and imported use in two comma-separated texts an economy and year,
//! `<CCC><yyyy>dom.csv` and `<CCC><yyyy>imp.csv`, with total use in `<CCC><yyyy>ttl.csv`.
//!
//! Rows `DOM_<industry>`, `IMP_<industry>`, `TTL_<industry>`, then taxes, value added and output; columns the industries,
//! the final uses and `EXPO`. Imports appear as a negative column `IMPO` of total use, which is not a use.

use nalgebra::DMatrix;

use super::grid::{Grid, nan_to_zero};
use super::national::{Found, NationalImporter};
use super::source::years_in;
use super::text_grid::{self, TextLayout};
use super::{LoadError, Source};
use crate::table::{NationalParts, NationalTable, PrimaryRow, Provenance, Repair, RowRole};

const DATABASE: &str = "the OECD's national tables";
const CITATION: &str = "OECD, Input-Output Tables, https://oe.cd/io";
const UNIT: &str = "million USD, current basic prices";
/// What the rows of a file begin with.
const PREFIXES: [&str; 3] = ["DOM_", "IMP_", "TTL_"];
/// Columns that are not final uses at home.
const EXPORTS: &str = "EXPO";
const NOT_USES: [&str; 5] = ["IMPO", "TOTAL", "OUTPUT", "OUT", "TTL"];

/// Reader of the OECD's national tables.
#[derive(Debug)]
pub(super) struct OecdNational;

impl NationalImporter for OecdNational {
    fn id(&self) -> &'static str {
        "oecd-national"
    }

    fn summary(&self) -> &'static str {
        "national tables of the OECD: <CCC><yyyy>dom.csv with imp.csv (and ttl.csv for value added) beside it"
    }

    fn recognises(&self, source: &Source) -> bool {
        let header = String::from_utf8_lossy(source.first_line()).into_owned();
        let columns: Vec<&str> = header.split(',').map(|label| label.trim_matches(['"', ' '])).collect();
        let second = source.head().split(|&byte| byte == b'\n').nth(1).unwrap_or_default();
        let first_row = String::from_utf8_lossy(second).trim_start_matches('"').to_owned();
        let prefixed = PREFIXES.iter().any(|prefix| first_row.starts_with(prefix));
        // The file of domestic use stands for the table; without it each of the others is met and told so.
        let stands = kind(source.file_name()) == Some(Kind::Domestic)
            || other(source, Kind::Domestic).is_ok_and(|file| file.is_none());
        columns.contains(&EXPORTS) && columns.contains(&"HFCE") && prefixed && stands
    }

    fn companion(&self, file_name: &str) -> bool {
        matches!(kind(file_name), Some(Kind::Imported | Kind::Total))
    }

    fn companions(&self, source: &Source) -> Result<Vec<Source>, LoadError> {
        let mut files = Vec::new();
        for kind in Kind::ALL {
            // A file that is its own sister is the source.
            let name = sister(source.file_name(), kind).filter(|name| name != source.file_name());
            files.extend(name.map_or(Ok(None), |name| source.sibling(&name))?);
        }
        Ok(files)
    }

    fn read(&self, source: &Source, wanted: &dyn Fn(i32) -> bool) -> Result<Found, LoadError> {
        let wrong = |message: String| LoadError::Damaged {
            path: source.name().to_owned(),
            format: "a national table of the OECD",
            message,
        };
        let name = source.file_name();
        let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or_default();
        let (economy, rest) = name.split_at(digits);
        let year = years_in(rest)
            .first()
            .copied()
            .filter(|_| !economy.is_empty())
            .ok_or_else(|| wrong("its name is not economy and year, as in `DEU2018dom.csv`".into()))?;
        if !wanted(year) {
            return Ok(Found { tables: Vec::new(), available: vec![year] });
        }
        let needed = |kind: Kind| {
            other(source, kind)?.ok_or_else(|| LoadError::MissingPart {
                path: source.name().to_owned(),
                part: sister(name, kind).unwrap_or_else(|| format!("the file of {} use", kind.word())),
                database: DATABASE,
            })
        };
        if kind(name).is_some_and(|kind| kind != Kind::Domestic) {
            needed(Kind::Domestic)?;
        }
        let domestic = text_grid::read(source, TextLayout::COMMA)?;
        let together = (0..domestic.rows.len()).any(|row| domestic.row_label(row).starts_with("IMP_"));
        let imported = match (together, other(source, Kind::Imported)?) {
            (true, None) => None,
            (_, Some(file)) => Some(text_grid::read(&file, TextLayout::COMMA)?),
            (false, None) => Some(text_grid::read(&needed(Kind::Imported)?, TextLayout::COMMA)?),
        };
        let total =
            other(source, Kind::Total)?.map(|file| text_grid::read(&file, TextLayout::COMMA)).transpose()?;
        let files = Files {
            imported: imported.as_ref().unwrap_or(&domestic),
            below: total.as_ref().unwrap_or(&domestic),
            domestic: &domestic,
        };
        let provenance = Provenance {
            source: source.name().to_owned(),
            sha256: source.sha256()?,
            importer: self.id().into(),
            citation: Some(CITATION.into()),
            ..Provenance::default()
        };
        let parts =
            files.parts(&economy.trim_end_matches(['_', '-', ' ']).to_uppercase(), year, provenance)?;
        let table = NationalTable::new(parts)
            .map_err(|error| LoadError::Table { path: source.name().to_owned(), error: Box::new(error) })?;
        Ok(Found { tables: vec![table], available: vec![year] })
    }
}

/// Which use a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Domestic,
    Imported,
    Total,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Domestic, Self::Imported, Self::Total];

    fn ending(self) -> &'static str {
        match self {
            Self::Domestic => "dom",
            Self::Imported => "imp",
            Self::Total => "ttl",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Domestic => "domestic",
            Self::Imported => "imported",
            Self::Total => "total",
        }
    }
}

/// What the name of a file says; nothing for names of another form.
fn kind(file_name: &str) -> Option<Kind> {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_lowercase();
    Kind::ALL.into_iter().find(|kind| stem.ends_with(kind.ending()) && !stem.ends_with("domimp"))
}

/// Name of the file of another use of the same economy and year, in the case of this one.
fn sister(file_name: &str, wanted: Kind) -> Option<String> {
    let own = kind(file_name)?.ending();
    let (stem, ending) = file_name.rsplit_once('.')?;
    let (front, found) = stem.split_at(stem.len() - own.len());
    let upper = found.chars().all(|c| c.is_ascii_uppercase());
    let word = if upper { wanted.ending().to_uppercase() } else { wanted.ending().to_owned() };
    Some(format!("{front}{word}.{ending}"))
}

fn other(source: &Source, wanted: Kind) -> Result<Option<Source>, LoadError> {
    match sister(source.file_name(), wanted) {
        Some(name) => source.sibling(&name),
        None => Ok(None),
    }
}

/// The grids of a table.
struct Files<'a> {
    domestic: &'a Grid,
    imported: &'a Grid,
    /// Where taxes, value added and output are.
    below: &'a Grid,
}

impl Files<'_> {
    fn parts(
        &self,
        economy: &str,
        year: i32,
        mut provenance: Provenance,
    ) -> Result<NationalParts, LoadError> {
        let domestic_rows = rows_of(self.domestic, "IMP_", self.domestic);
        let sectors: Vec<String> = domestic_rows.iter().map(|(_, sector)| sector.clone()).collect();
        if sectors.is_empty() {
            return Err(LoadError::NoIndustries { path: self.domestic.path.clone() });
        }
        let imported_rows = rows_of(self.imported, "DOM_", self.domestic);
        let mut order = Vec::with_capacity(sectors.len());
        for sector in &sectors {
            let place = imported_rows.iter().find(|(_, known)| known == sector);
            order.push(place.map(|(row, _)| *row).ok_or_else(|| LoadError::PartWithoutLabel {
                path: self.imported.path.clone(),
                what: "row",
                label: sector.clone(),
                other: self.domestic.path.clone(),
            })?);
        }
        let rows: Vec<usize> = domestic_rows.iter().map(|(row, _)| *row).collect();
        let categories: Vec<String> = (0..self.domestic.columns.len())
            .map(|column| self.domestic.column_label(column))
            .filter(|label| {
                *label != EXPORTS
                    && !NOT_USES.contains(label)
                    && !label.is_empty()
                    && !sectors.iter().any(|sector| same(label, sector))
            })
            .map(str::to_owned)
            .collect();
        let mut blanks = 0;
        let mut block = |grid: &Grid, rows: &[usize], labels: &[String]| -> Result<DMatrix<f64>, LoadError> {
            let columns = labels
                .iter()
                .map(|label| column_of(grid, label, self.domestic))
                .collect::<Result<Vec<_>, _>>()?;
            let (block, found) = grid.block(rows, &columns);
            blanks += found;
            Ok(block)
        };
        let exports = [EXPORTS.to_owned()];
        let domestic_use = block(self.domestic, &rows, &sectors)?;
        let imported_use = block(self.imported, &order, &sectors)?;
        let domestic_final = block(self.domestic, &rows, &categories)?;
        let imported_final = block(self.imported, &order, &categories)?;
        let sold = block(self.domestic, &rows, &exports)?;
        let reexported =
            match (0..self.imported.columns.len()).any(|c| self.imported.column_label(c) == EXPORTS) {
                true => block(self.imported, &order, &exports)?.iter().filter(|value| **value != 0.0).count(),
                false => 0,
            };
        let exports: Vec<f64> = sold.iter().copied().collect();
        let mut note = |name: &str, detail: String, count: usize| {
            if count > 0 {
                provenance.repairs.push(Repair { name: name.into(), detail, count });
            }
        };
        note("blank-as-zero", format!("{blanks} blank cells were read as zero"), blanks);
        note(
            "reexports-left-out",
            "exports of imported products are not exports of a domestic industry".into(),
            reexported,
        );
        let (primary_rows, output) = self.rows_below(&sectors, &categories)?;
        let output = output.unwrap_or_else(|| {
            note(
                "output-from-sales",
                "no row of output: it is the sum of the domestic sales of each industry".into(),
                sectors.len(),
            );
            (0..sectors.len())
                .map(|i| domestic_use.row(i).sum() + domestic_final.row(i).sum() + exports[i])
                .collect()
        });
        Ok(NationalParts {
            economy: economy.to_owned(),
            year,
            unit: UNIT.into(),
            sectors,
            categories,
            domestic_use,
            imported_use,
            domestic_final,
            imported_final,
            exports,
            output,
            primary_rows,
            provenance,
        })
    }

    /// Taxes, value added and output.
    fn rows_below(
        &self,
        sectors: &[String],
        categories: &[String],
    ) -> Result<(Vec<PrimaryRow>, Option<Vec<f64>>), LoadError> {
        let grid = self.below;
        let columns = sectors
            .iter()
            .map(|label| column_of(grid, label, self.domestic))
            .collect::<Result<Vec<_>, _>>()?;
        let finals: Vec<Option<usize>> =
            categories.iter().map(|label| column_of(grid, label, self.domestic).ok()).collect();
        let (mut primary, mut output) = (Vec::new(), None);
        for row in 0..grid.rows.len() {
            let label = grid.row_label(row);
            let stem = PREFIXES.iter().find_map(|prefix| label.strip_prefix(prefix));
            if stem.is_some_and(|stem| sectors.iter().any(|sector| same(stem, sector))) {
                continue;
            }
            let role = RowRole::of(label);
            let industries: Vec<f64> = grid.row(row, &columns).into_iter().map(nan_to_zero).collect();
            match role {
                RowRole::OutputTotal => output = output.or(Some(industries)),
                RowRole::IntermediateTotal => {}
                _ => {
                    let value =
                        |column: &Option<usize>| column.map_or(0.0, |c| nan_to_zero(grid.value(row, c)));
                    primary.push(PrimaryRow {
                        name: label.to_owned(),
                        role,
                        industries,
                        final_use: Some(finals.iter().map(value).collect()),
                    });
                }
            }
        }
        Ok((primary, output))
    }
}

/// Rows of products and their industries; those of the other origin, in a file with both, are not asked for.
fn rows_of(grid: &Grid, other_origin: &str, columns: &Grid) -> Vec<(usize, String)> {
    (0..grid.rows.len())
        .filter(|&row| !grid.row_label(row).starts_with(other_origin))
        .filter_map(|row| {
            let code = PREFIXES.iter().find_map(|prefix| grid.row_label(row).strip_prefix(prefix))?;
            // Rows such as `TTL_INT_FNL` have the prefix and no column.
            let column = (0..columns.columns.len()).any(|column| same(columns.column_label(column), code));
            column.then(|| (row, code.to_owned()))
        })
        .collect()
}

/// Rows say `01T03` where columns of some editions say `D01T03`.
fn same(column: &str, code: &str) -> bool {
    column == code
        || column
            .strip_prefix('D')
            .is_some_and(|bare| bare == code && bare.starts_with(|c: char| c.is_ascii_digit()))
}

fn column_of(grid: &Grid, label: &str, other: &Grid) -> Result<usize, LoadError> {
    (0..grid.columns.len()).find(|&column| same(grid.column_label(column), label)).ok_or_else(|| {
        LoadError::PartWithoutLabel {
            path: grid.path.clone(),
            what: "column",
            label: label.to_owned(),
            other: other.path.clone(),
        }
    })
}
