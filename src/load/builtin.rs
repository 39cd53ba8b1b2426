//! Tables that are compiled into the binary, made from published ones by the engine's own `vadex aggregate`.
//!
//! `data/README.md` has origin, licence, checksum and the command that makes each file again; a test makes a year
//! again from the published table and compares it cell by cell.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::discover::span;
use super::panel::Panel;
use super::sparse_store::Store;
use super::{LoadError, national};
use crate::labels;
use crate::table::IcioTable;

/// One embedded table series.
#[derive(Debug)]
pub struct Builtin {
    /// Name after `builtin:`.
    pub id: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// Whom to cite, and the licence.
    pub citation: &'static str,
    years: RangeInclusive<i32>,
    bytes: &'static [u8],
    panel: OnceLock<Panel>,
}

/// What every release of the World Input-Output Database asks its users to cite.
pub(super) const WIOD_CITATION: &str = "Timmer, Dietzenbacher, Los, Stehrer and de Vries (2015), An Illustrated User \
    Guide to the World Input-Output Database: the Case of Global Automotive Production, Review of International \
    Economics 23: 575-605, https://doi.org/10.1111/roie.12178; data under CC BY 4.0";

static BUILTINS: [Builtin; 1] = [Builtin {
    id: "wiod13",
    summary: "WIOD 2013 release, 1995-2011: 41 economies, 35 industries added up to 20, million USD, current prices",
    citation: WIOD_CITATION,
    years: 1995..=2011,
    bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/wiod13/wiod13.parquet")),
    panel: OnceLock::new(),
}];

/// National tables that are compiled into the binary.
#[derive(Debug)]
pub struct NationalBuiltin {
    /// Name after `builtin:`.
    pub id: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// Whom to cite, and the licence.
    pub citation: &'static str,
    bytes: &'static [u8],
    store: OnceLock<Store>,
}

static NATIONALS: [NationalBuiltin; 1] = [NationalBuiltin {
    id: "wiod16-national",
    summary: "WIOD 2016 release, national tables 2000-2014: 43 economies, 56 industries added up to 22, domestic and \
              imported use, million USD, current prices",
    citation: WIOD_CITATION,
    bytes: include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/wiod16-national/wiod16-national.parquet"
    )),
    store: OnceLock::new(),
}];

/// Every embedded series of national tables.
pub fn national_builtins() -> &'static [NationalBuiltin] {
    &NATIONALS
}

/// Opens an embedded series of national tables.
pub(super) fn national(id: &str) -> Result<&'static Store, LoadError> {
    let ids = || NATIONALS.iter().map(|builtin| builtin.id);
    let builtin = NATIONALS.iter().find(|builtin| builtin.id == id).ok_or_else(|| {
        if BUILTINS.iter().any(|builtin| builtin.id == id) {
            return other(id, [INTER_COUNTRY, NATIONAL], ids());
        }
        unknown(id, ids())
    })?;
    if let Some(store) = builtin.store.get() {
        return Ok(store);
    }
    let mut store = Store::open(&format!("builtin:{id}"), Cow::Borrowed(builtin.bytes), national::LAYOUT)?;
    store.citation = Some(builtin.citation);
    Ok(builtin.store.get_or_init(|| store))
}

impl Builtin {
    /// Years that the series has.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.clone()
    }

    /// SHA-256 of the embedded file.
    ///
    /// # Errors
    /// A damaged binary.
    pub fn sha256(&self) -> Result<&str, LoadError> {
        Ok(self.panel()?.sha256())
    }

    /// Columns of each year's table.
    pub(super) fn columns(&self) -> Result<usize, LoadError> {
        Ok(self.panel()?.columns())
    }

    /// Labels and positions are decoded once, whichever year is asked for first.
    fn panel(&self) -> Result<&Panel, LoadError> {
        if let Some(panel) = self.panel.get() {
            return Ok(panel);
        }
        let panel = Panel::open(&format!("builtin:{}", self.id), Cow::Borrowed(self.bytes))?;
        Ok(self.panel.get_or_init(|| panel))
    }
}

/// Every embedded series.
pub fn builtins() -> &'static [Builtin] {
    &BUILTINS
}

/// Whom to cite for an embedded series, by `builtin:ID` or `builtin:ID/YEAR`; nothing for any other name.
pub fn citation(name: &str) -> Option<&'static str> {
    let id = name.strip_prefix("builtin:")?.split('/').next()?;
    let tables = BUILTINS.iter().map(|builtin| (builtin.id, builtin.citation));
    let nationals = NATIONALS.iter().map(|builtin| (builtin.id, builtin.citation));
    tables.chain(nationals).find(|(known, _)| *known == id).map(|(_, citation)| citation)
}

/// The embedded series that a path is the name of, where `builtin:` was left out.
pub(super) fn meant(path: &str) -> Option<String> {
    let (id, year) = path.split_once('/').map_or((path, None), |(id, year)| (id, Some(year)));
    let mut ids = BUILTINS.iter().map(|builtin| builtin.id).chain(NATIONALS.iter().map(|builtin| builtin.id));
    let id = ids.find(|known| known.eq_ignore_ascii_case(id))?;
    Some(year.map_or_else(|| format!("builtin:{id}"), |year| format!("builtin:{id}/{year}")))
}

const INTER_COUNTRY: &str = "inter-country tables";
const NATIONAL: &str = "national tables";

fn unknown(id: &str, ids: impl Iterator<Item = &'static str> + Clone) -> LoadError {
    LoadError::UnknownBuiltin {
        name: id.to_owned(),
        known: ids.clone().collect::<Vec<_>>().join(", "),
        nearest: labels::nearest(ids, id),
    }
}

fn other(id: &str, [held, needed]: [&'static str; 2], ids: impl Iterator<Item = &'static str>) -> LoadError {
    let known = ids.map(|id| format!("`builtin:{id}`")).collect::<Vec<_>>().join(", ");
    LoadError::OtherBuiltin { name: id.to_owned(), held, needed, known }
}

pub(super) fn find(id: &str) -> Result<&'static Builtin, LoadError> {
    let ids = || BUILTINS.iter().map(|builtin| builtin.id);
    BUILTINS.iter().find(|builtin| builtin.id == id).ok_or_else(|| {
        if NATIONALS.iter().any(|builtin| builtin.id == id) {
            return other(id, [NATIONAL, INTER_COUNTRY], ids());
        }
        unknown(id, ids())
    })
}

/// `NAME` or `NAME/YEAR` to the tables it stands for.
pub(super) fn discover(name: &str) -> Result<Vec<(&'static str, i32)>, LoadError> {
    let (id, year) = name.split_once('/').map_or((name, None), |(id, year)| (id, Some(year)));
    let builtin = find(id)?;
    let Some(year) = year else { return Ok(builtin.years().map(|year| (builtin.id, year)).collect()) };
    builtin.years().find(|known| known.to_string() == year).map(|year| vec![(builtin.id, year)]).ok_or_else(
        || LoadError::NoSuchYear {
            path: format!("builtin:{id}"),
            year: year.to_owned(),
            available: span(&builtin.years().collect::<Vec<_>>()),
        },
    )
}

pub(super) fn open(id: &str, year: i32) -> Result<IcioTable, LoadError> {
    let builtin = find(id)?;
    Ok(builtin.panel()?.table(year)?.with_citation(builtin.citation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_series_has_the_years_it_says_and_tells_where_they_come_from() {
        for builtin in builtins() {
            let panel = builtin.panel().unwrap();
            assert_eq!(panel.years(), builtin.years().collect::<Vec<_>>(), "{}", builtin.id);
            let year = *panel.years().last().unwrap();
            let table = open(builtin.id, year).unwrap();
            let provenance = table.provenance();
            assert_eq!(provenance.source, format!("builtin:{}/{year}", builtin.id));
            assert_eq!(provenance.sha256, builtin.sha256().unwrap());
            assert!(provenance.citation.is_some());
            let origin = provenance.derived_from.as_ref().unwrap();
            assert!(origin.source.ends_with(&format!("{year}.parquet")), "{}", origin.source);
            assert!(origin.repairs.iter().any(|repair| repair.name == "aggregated"));
            assert_eq!(table.unit(), "million USD, current prices");
        }
    }
}
