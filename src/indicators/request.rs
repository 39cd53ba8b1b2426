//! What a caller may ask of an indicator beyond the model: which rows, which regions, which part of final demand is a
//! change of inventories, and which is consumption of households. A request computes nothing.

use nalgebra::DMatrix;

use crate::labels::Axis;
use crate::labels::economy_names::alpha3;
use crate::table::IcioTable;

/// Which economies, sectors and partners are wanted (empty means all), and what some indicators need besides.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Economies whose rows are wanted, as indices on the model's axis.
    pub economies: Vec<usize>,
    /// Sectors, as indices on the model's axis. At levels without a sector the amounts of these sectors are added up.
    pub sectors: Vec<usize>,
    /// Partners, at levels that name one.
    pub partners: Vec<usize>,
    /// Which region each economy belongs to; the built-in map when absent.
    pub regions: Option<Regions>,
    /// Changes in inventories by row and absorbing economy, (n_rows, n_economies): see [`inventories`].
    pub inventories: Option<DMatrix<f64>>,
    /// Consumption of households by row and absorbing economy, (n_rows, n_economies): see [`household_consumption`].
    pub household_consumption: Option<DMatrix<f64>>,
    /// All that households of each economy receive, from whomever, in the unit of the flows, (n_economies): what industries
    /// pay them when absent.
    pub household_income: Option<Vec<f64>>,
}

/// Names under which published tables carry changes in inventories: WIOD 2013 (`c42`), WIOD 2016 and TiVA
/// (`INVEN`, `INVNT`), FIGARO (`P5M`), the long-run WIOD (`xINV`), Eora and GLORIA (words).
const INVENTORY_NAMES: [&str; 9] =
    ["c42", "inven", "invnt", "inv", "xinv", "p5m", "p52", "changes in inventories", "inventory adjustment"];

/// Names under which published tables carry consumption of households: WIOD 2013 (`c37`), WIOD 2016 (`CONS_h`) and the
/// long-run WIOD (`xCONS_h`), TiVA (`HFCE`), FIGARO (`P3_S14`), EMERGING (`household`), EXIOBASE (words).
const HOUSEHOLD_NAMES: [&str; 8] = [
    "c37",
    "cons h",
    "xcons h",
    "hfce",
    "p3 s14",
    "household",
    "households",
    "final consumption expenditure by households",
];

/// Categories of the ADB's tables, whose first one is consumption of households and whose last one changes in inventories.
const ADB: [&str; 5] = ["f1", "f2", "f3", "f4", "f5"];

/// Changes in inventories of a table by row and absorbing economy, (n_rows, n_economies); `None` when no category of
/// final demand has one of the names published tables use for it.
pub fn inventories(table: &IcioTable) -> Option<DMatrix<f64>> {
    // Eora and GLORIA put the code behind the words: `Changes in inventories P.52`.
    final_use_called(table, &INVENTORY_NAMES, "changes in inventories ", ADB[4])
}

/// Consumption of households of a table by row and absorbing economy, (n_rows, n_economies), without institutions that
/// serve them; `None` when no category of final demand has one of the names published tables use for it.
pub fn household_consumption(table: &IcioTable) -> Option<DMatrix<f64>> {
    // Eora and GLORIA: `Household final consumption P.3h`.
    final_use_called(table, &HOUSEHOLD_NAMES, "household final consumption", ADB[0])
}

/// Categories of final demand by their names in small letters, how a name begins, or the one of the ADB; added up.
fn final_use_called(table: &IcioTable, known: &[&str], begins: &str, adb: &str) -> Option<DMatrix<f64>> {
    let names: Vec<String> =
        table.categories().iter().map(|name| name.to_lowercase().replace('_', " ")).collect();
    let is_wanted = |name: &String| {
        known.contains(&name.as_str()) || name.starts_with(begins) || (names == ADB && name == adb)
    };
    let categories: Vec<usize> = (0..names.len()).filter(|&category| is_wanted(&names[category])).collect();
    if categories.is_empty() {
        return None;
    }
    let (axis, per_economy) = (table.axis(), table.categories().len());
    let mut held = DMatrix::zeros(axis.n_rows(), axis.n_economies());
    for economy in 0..axis.n_economies() {
        let mut target = held.column_mut(economy);
        for category in &categories {
            target += table.final_demand().column(economy * per_economy + category);
        }
    }
    Some(held)
}

/// Where an economy lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Name of the region.
    pub name: String,
    /// Counted to the South (developing economies)?
    pub south: bool,
}

/// Economies by region: an economy without an entry (a rest of the world) belongs to none and is told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regions {
    entries: Vec<(String, Region)>,
}

/// What is wrong with a region file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegionsError {
    /// The first line is not the expected header.
    #[error("line 1 is `{found}`, expected `economy,region,south`")]
    Header {
        /// The line found.
        found: String,
    },
    /// A line that does not have three fields, or whose third is not `0` or `1`.
    #[error("line {line} is `{found}`, expected an economy, a region and 0 or 1 for the South")]
    Line {
        /// Line, counted from 1.
        line: usize,
        /// The line found.
        found: String,
    },
    /// The same economy twice.
    #[error("line {line}: economy `{economy}` has a region already")]
    Twice {
        /// Line, counted from 1.
        line: usize,
        /// The economy.
        economy: String,
    },
}

impl RegionsError {
    /// What to try.
    pub fn hint(&self) -> String {
        match self {
            Self::Header { .. } | Self::Line { .. } => {
                "a region file is CSV with the header `economy,region,south`, for example `MEX,North America,1`".into()
            }
            Self::Twice { .. } => "name each economy once".into(),
        }
    }
}

impl Regions {
    /// The built-in map of ISO 3166 alpha-3 codes (`data/regions.csv`): eight regions after the UN M49 standard, with
    /// Mexico in North America, as in the literature on "Factory North America". *South* is Africa, Latin America and
    /// the Caribbean (with Mexico), Asia without Japan, Korea, Taiwan, Hong Kong, Macao, Singapore, Israel and Cyprus,
    /// and Oceania without Australia and New Zealand. It is a simple map, meant to be replaced where the question
    /// needs another one.
    pub fn builtin() -> Self {
        // The file is part of the crate and a test parses it: an error here cannot reach a user.
        Self::parse(include_str!("../../data/regions.csv")).unwrap_or(Self { entries: Vec::new() })
    }

    /// Reads `economy,region,south` lines.
    ///
    /// # Errors
    /// A wrong header, a line of another shape, an economy named twice.
    pub fn parse(text: &str) -> Result<Self, RegionsError> {
        let mut lines =
            text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let header = lines.next().map_or("", |(_, line)| line.trim());
        if header.to_lowercase() != "economy,region,south" {
            return Err(RegionsError::Header { found: header.to_owned() });
        }
        let mut entries: Vec<(String, Region)> = Vec::new();
        for (index, line) in lines {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            let south = match fields.get(2) {
                Some(&"1") => true,
                Some(&"0") => false,
                _ => return Err(RegionsError::Line { line: index + 1, found: line.to_owned() }),
            };
            if fields.len() != 3 || fields[0].is_empty() || fields[1].is_empty() {
                return Err(RegionsError::Line { line: index + 1, found: line.to_owned() });
            }
            if entries.iter().any(|(economy, _)| economy == fields[0]) {
                return Err(RegionsError::Twice { line: index + 1, economy: fields[0].to_owned() });
            }
            entries.push((fields[0].to_owned(), Region { name: fields[1].to_owned(), south }));
        }
        Ok(Self { entries })
    }

    /// Region of an economy by its label, or by the alpha-3 code that its alpha-2 code means.
    pub fn of(&self, economy: &str) -> Option<&Region> {
        let called = |wanted: &str| self.entries.iter().find(|(name, _)| name == wanted);
        called(economy).or_else(|| called(alpha3(economy)?)).map(|(_, region)| region)
    }

    /// Region of each economy of an axis. A group has the region that all its members share, and none if they differ.
    pub fn on(&self, axis: &Axis) -> Vec<Option<Region>> {
        (0..axis.n_economies())
            .map(|economy| {
                let name = &axis.economies()[economy];
                self.of(name).cloned().or_else(|| {
                    let mut members = axis.block(economy).map(|row| self.of(axis.member_of(row)));
                    let first = members.next()??;
                    members.all(|region| region == Some(first)).then(|| first.clone())
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_map_parses_and_knows_north_and_south() {
        let regions = Regions::parse(include_str!("../../data/regions.csv")).unwrap();
        assert_eq!(regions, Regions::builtin());
        assert_eq!((regions.of("DE"), regions.of("EL")), (regions.of("DEU"), regions.of("GRC")));
        assert!(regions.of("WA").is_none() && regions.of("FIGW1").is_none());
        assert_eq!(regions.of("MEX"), Some(&Region { name: "North America".into(), south: true }));
        assert_eq!(regions.of("DEU"), Some(&Region { name: "Europe".into(), south: false }));
        assert_eq!(regions.of("ROW"), None);
    }

    #[test]
    fn a_bad_line_is_named_with_its_number() {
        let error = Regions::parse("economy,region,south\nDEU,Europe,0\nFRA,Europe\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3 is `FRA,Europe`, expected an economy, a region and 0 or 1 for the South"
        );
        let twice = Regions::parse("economy,region,south\nDEU,Europe,0\nDEU,Asia,0\n").unwrap_err();
        assert_eq!(twice, RegionsError::Twice { line: 3, economy: "DEU".into() });
    }

    #[test]
    fn a_group_has_the_region_its_members_share_and_none_if_they_differ() {
        let pairs: Vec<(String, String)> =
            ["DEU", "FRA", "CHN"].map(|economy| (economy.to_owned(), "s".to_owned())).into();
        let (axis, _) = Axis::new(&pairs).unwrap();
        let group = |name: &str, members: [&str; 2]| crate::labels::Group {
            name: name.into(),
            members: members.map(String::from).into(),
        };
        let europe = axis.regroup(&[group("EU", ["DEU", "FRA"])]).unwrap().axis;
        assert_eq!(Regions::builtin().on(&europe)[0].as_ref().unwrap().name, "Europe");
        let mixed = axis.regroup(&[group("MIX", ["DEU", "CHN"])]).unwrap().axis;
        assert_eq!(Regions::builtin().on(&mixed)[0], None);
    }
}
