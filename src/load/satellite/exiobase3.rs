//! EXIOBASE 3 and what pymrio saves: one folder an extension (`satellite`, `impacts`, `air_emissions`, `employment`) with
//! `F.txt`, `F_Y.txt` (`F_hh.txt` in old releases) and `unit.txt`, tab-separated.
//!
//! `F.txt` has two header lines, `region` and `sector`, and perhaps a third with the names of the label columns; then a
//! line a stressor. `F_Y.txt` has categories of final demand in place of sectors. `S.txt`, `M.txt` and `D_*.txt` of pymrio
//! look the same and hold coefficients and results.

use super::account::{Direct, PublishedAccount, by_economy};
use super::lines;
use super::{OtherPart, Published, SatelliteImporter};
use crate::load::text_grid;
use crate::load::{LoadError, Source, exiobase3};
use crate::table::{AccountVariable, Provenance};

const TAB: u8 = b'\t';
const ID: &str = "exiobase3-extension";
/// Between the parts of a name of several label columns: stressor and compartment.
const BETWEEN: &str = " - ";

/// Reader of extensions of EXIOBASE 3 and of pymrio.
#[derive(Debug)]
pub struct Exiobase3Extension;

/// How a file is laid out.
struct Layout {
    /// Fields before the first figure of a line.
    labels: usize,
    /// Lines before the first stressor.
    header: usize,
    /// Are the columns categories of final demand?
    final_demand: bool,
    /// Region and sector, or region and category, of each column.
    columns: Vec<(String, String)>,
}

impl Layout {
    /// Nothing when it is another file.
    fn of(source: &Source) -> Result<Option<Self>, LoadError> {
        if !source.first_line().starts_with(b"region\t") {
            return Ok(None);
        }
        let lines = text_grid::first_lines(source, TAB, 3)?;
        let [regions, names, rest @ ..] = lines.as_slice() else { return Ok(None) };
        let labels = 1 + regions.iter().skip(1).take_while(|field| field.is_empty()).count();
        let final_demand = match names.first().map(String::as_str) {
            Some("sector") => false,
            Some("category") => true,
            _ => return Ok(None),
        };
        // A line with the names of the label columns; of flows they are `region` and `sector`.
        let third = rest.first().filter(|line| line.iter().skip(labels).all(String::is_empty));
        let flows = labels > 1 && third.and_then(|line| line.first()).is_none_or(|name| name == "region");
        if flows || regions.len() <= labels || regions.len() != names.len() {
            return Ok(None);
        }
        let columns = regions.iter().cloned().zip(names.iter().cloned()).skip(labels).collect();
        Ok(Some(Self { labels, header: if third.is_some() { 3 } else { 2 }, final_demand, columns }))
    }

    /// Of a file that is known to be one.
    fn needed(source: &Source) -> Result<Self, LoadError> {
        Self::of(source)?.ok_or_else(|| LoadError::UnknownSatellite {
            path: source.name().to_owned(),
            found: "a header without the lines `region` and `sector`, or of two lengths".into(),
        })
    }

    fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|(region, name)| format!("{region} {name}")).collect()
    }

    /// The figures of the stressor of a name, by column.
    fn row(&self, source: &Source, name: &str) -> Result<Option<Vec<f64>>, LoadError> {
        let columns = self.column_names();
        let mut found = None;
        lines::each(source, TAB, |line| {
            if line.position < self.header || line.labels(self.labels)?.join(BETWEEN) != name {
                return Ok(true);
            }
            found = Some(line.figures(name, self.labels, &columns)?);
            Ok(false)
        })?;
        Ok(found)
    }
}

impl SatelliteImporter for Exiobase3Extension {
    fn id(&self) -> &'static str {
        ID
    }

    fn summary(&self) -> &'static str {
        "EXIOBASE 3 and pymrio: F.txt of an extension (satellite, impacts, air_emissions, ...) with unit.txt and F_Y.txt"
    }

    fn recognises(&self, source: &Source) -> bool {
        holds_other(source.file_name()).is_none()
            && Layout::of(source).ok().flatten().is_some_and(|layout| !layout.final_demand)
    }

    fn other_part(&self, source: &Source) -> Option<OtherPart> {
        let layout = Layout::of(source).ok().flatten()?;
        let holds = match layout.final_demand {
            true => "amounts of final demand, not of industries",
            false => holds_other(source.file_name())?,
        };
        Some(OtherPart { holds, instead: "F.txt of the same folder".into() })
    }

    fn accounts(&self, source: &Source) -> Result<Vec<AccountVariable>, LoadError> {
        let layout = Layout::needed(source)?;
        let units = units(source, layout.labels)?;
        let mut accounts: Vec<AccountVariable> = Vec::new();
        lines::each(source, TAB, |line| {
            if line.position >= layout.header {
                let name = line.labels(layout.labels)?.join(BETWEEN);
                let unit = units.iter().find(|(known, _)| *known == name);
                let unit = unit.map(|(_, unit)| unit.clone()).unwrap_or_default();
                accounts.push(AccountVariable { name, unit });
            }
            Ok(true)
        })?;
        if accounts.is_empty() {
            return Err(LoadError::NoRows { path: source.name().to_owned(), header_rows: layout.header });
        }
        Ok(accounts)
    }

    fn read(
        &self,
        source: &Source,
        _position: usize,
        account: &AccountVariable,
    ) -> Result<Published, LoadError> {
        let layout = Layout::needed(source)?;
        let figures = layout.row(source, &account.name)?.ok_or_else(|| LoadError::NoRows {
            path: source.name().to_owned(),
            header_rows: layout.header,
        })?;
        let mut sources = vec![provenance(source)?];
        if let Some(file) = unit_file(source)? {
            sources.push(provenance(&file)?);
        }
        let direct = match final_demand_file(source)? {
            None => Direct::Absent { file: "F_Y.txt".into() },
            Some(file) => {
                sources.push(provenance(&file)?);
                direct(&file, &account.name)?
            }
        };
        Ok(Published::Rows(PublishedAccount {
            name: account.name.clone(),
            unit: account.unit.clone(),
            year: source.year_of_folder(),
            industries: layout.columns,
            figures,
            direct,
            remarks: Vec::new(),
            sources,
        }))
    }
}

/// What a file of pymrio with the layout of `F.txt` holds by its name, where it is something else.
fn holds_other(file_name: &str) -> Option<&'static str> {
    let stem = file_name.strip_suffix(".txt").unwrap_or(file_name);
    match stem {
        "S" => Some("coefficients, amounts a unit of output"),
        "M" | "M_down" => Some("multipliers"),
        _ if stem.starts_with("D_") => Some("results of pymrio"),
        _ => None,
    }
}

/// A file beside `F.txt`; `mrio_F.txt` has `mrio_unit.txt` beside it, or `unit.txt`.
fn beside(source: &Source, names: &[&str]) -> Result<Option<Source>, LoadError> {
    let prefix = source.file_name().strip_suffix("F.txt").unwrap_or_default();
    for name in names {
        if let Some(file) = source.sibling(&format!("{prefix}{name}"))? {
            return Ok(Some(file));
        }
        if let Some(file) = source.sibling(name)? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

fn unit_file(source: &Source) -> Result<Option<Source>, LoadError> {
    beside(source, &["unit.txt"])
}

fn final_demand_file(source: &Source) -> Result<Option<Source>, LoadError> {
    beside(source, &["F_Y.txt", "F_hh.txt"])
}

/// Stressor and unit, as `unit.txt` has them below its header.
fn units(source: &Source, labels: usize) -> Result<Vec<(String, String)>, LoadError> {
    let Some(file) = unit_file(source)? else { return Ok(Vec::new()) };
    let mut units = Vec::new();
    lines::each(&file, TAB, |line| {
        let mut fields = line.labels(labels + 1)?;
        let unit = fields.pop().filter(|_| fields.len() == labels);
        if let Some(unit) = unit.filter(|_| line.position > 0) {
            units.push((fields.join(BETWEEN), unit));
        }
        Ok(true)
    })?;
    Ok(units)
}

/// What `F_Y.txt` has of a stressor, by region.
fn direct(file: &Source, name: &str) -> Result<Direct, LoadError> {
    let layout = Layout::needed(file)?;
    let path = file.name().to_owned();
    let Some(figures) = layout.row(file, name)? else { return Ok(Direct::NotIn { file: path }) };
    let regions = layout.columns.into_iter().map(|(region, _)| region);
    Ok(Direct::Of { file: path, amounts: by_economy(regions.zip(figures)) })
}

fn provenance(source: &Source) -> Result<Provenance, LoadError> {
    // What pymrio saved may be of any database.
    let of_exiobase = source.name().rsplit(['/', '\\']).any(|part| part.starts_with("IOT_"));
    super::provenance(source, ID, of_exiobase.then_some(exiobase3::CITATION))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source::from_bytes(name, text.as_bytes().to_vec())
    }

    const F: &str =
        "region\tAT\tAT\tWA\nsector\tWheat\tIron\tWheat\nstressor\t\t\t\nCO2\t1\t2\t3\nCH4\t4\t5\t6\n";

    #[test]
    fn amounts_by_industry_are_told_from_flows_and_from_what_pymrio_makes_of_them() {
        let recognised = |name: &str, text: &str| Exiobase3Extension.recognises(&source(name, text));
        let without_names = F.replace("stressor\t\t\t\n", "");
        let two_labels =
            "region\t\tAT\tWA\nsector\t\tWheat\tWheat\nstressor\tcompartment\t\t\nCO2\tair\t1\t2\n";
        let flows = "region\t\tAT\tWA\nsector\t\tWheat\tWheat\nregion\tsector\t\t\nAT\tWheat\t1\t2\n";
        let bare_flows = "region\t\tAT\tWA\nsector\t\tWheat\tWheat\nAT\tWheat\t1\t2\n";
        for (name, text, expected) in [
            ("F.txt", F, true),
            ("co2.txt", F, true),
            ("F.txt", &without_names, true),
            ("F.txt", two_labels, true),
            ("Z.txt", flows, false),
            ("Z.txt", bare_flows, false),
            ("S.txt", F, false),
            ("D_cba.txt", F, false),
            ("F_Y.txt", &F.replace("sector", "category"), false),
            ("x.txt", "region\tsector\tindout\nAT\tWheat\t1\n", false),
            ("unit.txt", "region\tsector\tunit\nAT\tWheat\tM.EUR\n", false),
        ] {
            assert_eq!(recognised(name, text), expected, "{name}: {text}");
        }
        let other =
            |name: &str, text: &str| Exiobase3Extension.other_part(&source(name, text)).unwrap().holds;
        assert!(other("S.txt", F).contains("coefficients"));
        assert!(other("F_Y.txt", &F.replace("sector", "category")).contains("final demand"));
    }

    #[test]
    fn the_line_of_a_stressor_is_found_with_and_without_a_line_of_names() {
        for text in [F, &F.replace("stressor\t\t\t\n", "")] {
            let file = source("F.txt", text);
            let layout = Layout::needed(&file).unwrap();
            assert_eq!(layout.row(&file, "CH4").unwrap().unwrap(), [4.0, 5.0, 6.0]);
            assert_eq!(layout.row(&file, "N2O").unwrap(), None);
            assert_eq!(layout.columns[2], ("WA".to_owned(), "Wheat".to_owned()));
        }
    }
}
