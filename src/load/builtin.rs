//! Tables that are compiled into the binary, made from published ones by the engine's own `vadex aggregate`.

use super::{LoadError, ReadOptions, Source, read};
use crate::table::IcioTable;

/// One embedded table series.
#[derive(Debug)]
pub struct Builtin {
    /// Name after `builtin:`.
    pub id: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// Years, with the stored table of each.
    years: &'static [(i32, &'static [u8])],
}

impl Builtin {
    /// Years that the series has.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().map(|(year, _)| *year)
    }
}

/// Every embedded series.
pub fn builtins() -> &'static [Builtin] {
    BUILTINS
}

static BUILTINS: &[Builtin] = &[];

fn find(id: &str) -> Result<&'static Builtin, LoadError> {
    BUILTINS.iter().find(|builtin| builtin.id == id).ok_or_else(|| LoadError::UnknownBuiltin {
        name: id.to_owned(),
        known: BUILTINS.iter().map(|builtin| builtin.id).collect::<Vec<_>>().join(", "),
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
            available: builtin.years().map(|year| year.to_string()).collect::<Vec<_>>().join(", "),
        },
    )
}

pub(super) fn open(id: &str, year: i32) -> Result<IcioTable, LoadError> {
    let builtin = find(id)?;
    let bytes = builtin.years.iter().find(|(known, _)| *known == year).map(|(_, bytes)| *bytes);
    let name = format!("builtin:{id}/{year}");
    let source = Source::from_bytes(&name, bytes.unwrap_or_default().to_vec());
    Ok(read(&source, &ReadOptions::default())?.with_description(None, Some(year)))
}
