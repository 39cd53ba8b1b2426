//! Domestic value added in exports by owner: of domestically- and of foreign-owned firms, or the bounds when owners are not
//! known.

use super::UpgradingError;
use super::panel::{CAPITAL, YearFacts};
use crate::frame::{Column, Frame, Measure};
use crate::labels::{Axis, Group};
use crate::level::Level;

/// What `basis` says of rows whose owners are not known.
pub const BOUNDS: &str = "bounds";

/// How the parts of a split table end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endings {
    /// Of domestically-owned parts: `_D`.
    pub domestic: String,
    /// Of foreign-owned parts: `_F`.
    pub foreign: String,
}

impl Default for Endings {
    fn default() -> Self {
        Self { domestic: "_D".into(), foreign: "_F".into() }
    }
}

impl Endings {
    fn is_split(&self, labels: &[String]) -> bool {
        labels.iter().any(|label| self.base(label, &self.foreign).is_some())
            && labels.iter().any(|label| self.base(label, &self.domestic).is_some())
    }

    fn base<'a>(&self, label: &'a str, ending: &str) -> Option<&'a str> {
        label.strip_suffix(ending).filter(|base| !base.is_empty())
    }

    /// The label without its ending.
    pub fn stem<'a>(&self, label: &'a str) -> &'a str {
        self.base(label, &self.domestic).or_else(|| self.base(label, &self.foreign)).unwrap_or(label)
    }

    /// The unions that make one economy of `CHN_D` and `CHN_F`: solved apart, trade between the parts domestic.
    pub fn groups(&self, axis: &Axis) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for name in axis.economies() {
            let stem = self.stem(name);
            if stem == name {
                continue;
            }
            match groups.iter_mut().find(|group| group.name == stem) {
                Some(group) => group.members.push(name.clone()),
                None => groups.push(Group { name: stem.to_owned(), members: vec![name.clone()] }),
            }
        }
        groups
    }

    /// Foreign-owned part of value added by row, from labels: 1 in `CHN_F.c14` and `CHN.c14_F`, 0 in `_D`; NaN in a row that
    /// is not split.
    ///
    /// # Errors
    /// [`UpgradingError::NotSplit`] when no label has the endings.
    pub fn foreign_share(&self, axis: &Axis) -> Result<Vec<f64>, UpgradingError> {
        let members: Vec<String> = (0..axis.n_rows()).map(|row| axis.member_of(row).to_owned()).collect();
        if !self.is_split(&members) && !self.is_split(axis.sectors()) {
            return Err(UpgradingError::NotSplit {
                domestic: self.domestic.clone(),
                foreign: self.foreign.clone(),
            });
        }
        Ok((0..axis.n_rows())
            .map(|row| {
                let labels = [members[row].as_str(), axis.sectors()[axis.sector_of(row)].as_str()];
                let ends = |ending: &str| labels.iter().any(|label| self.base(label, ending).is_some());
                match (ends(&self.foreign), ends(&self.domestic)) {
                    (true, _) => 1.0,
                    (_, true) => 0.0,
                    _ => f64::NAN,
                }
            })
            .collect())
    }
}

/// Domestic value added in exports of an economy or of an industry of origin, by owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Owners {
    /// Economy.
    pub economy: usize,
    /// Sector of origin, without the ending of a split; nothing for all.
    pub sector: Option<String>,
    /// Domestic value added in exports.
    pub dva: f64,
    /// Part of domestically-owned firms; NaN when owners are not known.
    pub domestic: f64,
    /// Part of foreign-owned firms; NaN when owners are not known.
    pub foreign: f64,
    /// Least foreign-owned share.
    pub low: f64,
    /// Largest.
    pub high: f64,
    /// Are the owners of all its rows known? If not, there are bounds only.
    pub known: bool,
}

impl Owners {
    /// Foreign-owned share; NaN when owners are not known.
    pub fn share(&self) -> f64 {
        self.foreign / self.dva
    }
}

/// Labels of sectors without the endings of a split, each once, and the position of every sector among them.
fn stems(axis: &Axis, endings: &Endings) -> (Vec<String>, Vec<usize>) {
    let mut names: Vec<String> = Vec::new();
    let at = axis
        .sectors()
        .iter()
        .map(|label| {
            let stem = endings.stem(label);
            names.iter().position(|name| name == stem).unwrap_or_else(|| {
                names.push(stem.to_owned());
                names.len() - 1
            })
        })
        .collect();
    (names, at)
}

/// Rows of an economy in groups: one group, or one a sector of origin.
fn groups(axis: &Axis, level: Level, endings: &Endings, s: usize) -> Vec<(Option<String>, Vec<usize>)> {
    if level == Level::Country {
        return vec![(None, axis.block(s).collect())];
    }
    let (names, at) = stems(axis, endings);
    names
        .into_iter()
        .enumerate()
        .map(|(position, name)| {
            (Some(name), axis.block(s).filter(|&row| at[axis.sector_of(row)] == position).collect::<Vec<_>>())
        })
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}

/// Whose is the domestic value added in exports?
///
/// ```text
/// DVA_F = Σ_i φ_i v_i (B e_s)_i      DVA_D = Σ_i (1 − φ_i) v_i (B e_s)_i      φ: foreign-owned part of value added, by row
/// ```
/// φ is 1 and 0 in the parts of a split table, a fraction from a file otherwise. Firms of both kinds in an unsplit row are
/// taken to have the same inputs and to export alike: foreign-owned firms export more, so the foreign part is then too low.
///
/// Rows with an unknown φ make the unit unknown. Bounds let the foreign-owned part of each such row be nothing, or its capital
/// income as in [`bounds`]; all of it where capital income is not known.
///
/// # Source
/// Cadestin and others (2018), Multinational enterprises and global value chains: new insights on the trade-investment nexus,
/// <https://doi.org/10.1787/194ddb63-en>.
pub fn by_owner(
    axis: &Axis,
    facts: &YearFacts,
    foreign: &[f64],
    level: Level,
    endings: &Endings,
) -> Vec<Owners> {
    let capital = facts.account(CAPITAL);
    each(axis, level, endings, |economy, sector, rows| {
        let value = |row: usize| facts.in_exports(row, facts.value_added[row]);
        let part = |of: &dyn Fn(usize) -> f64| -> f64 {
            rows.iter().filter(|&&row| value(row) != 0.0).map(|&row| value(row) * of(row)).sum()
        };
        let dva: f64 = rows.iter().map(|&row| value(row)).sum();
        let is_known = |row: usize| !foreign[row].is_nan();
        // Owners take capital income at most: never less than nothing, nor more than there is.
        let most = |row: usize| match capital.map(|capital| capital[row]) {
            Some(income) if !income.is_nan() => facts.in_exports(row, income.max(0.0)).min(value(row)),
            _ => value(row),
        };
        let counted: Vec<usize> = rows.iter().copied().filter(|&row| value(row) != 0.0).collect();
        let high: f64 = counted
            .iter()
            .map(|&row| if is_known(row) { value(row) * foreign[row] } else { most(row) })
            .sum();
        Owners {
            economy,
            sector,
            dva,
            domestic: part(&|row| 1.0 - foreign[row]),
            foreign: part(&|row| foreign[row]),
            low: part(&|row| if is_known(row) { foreign[row] } else { 0.0 }) / dva,
            high: high / dva,
            known: counted.iter().all(|&row| is_known(row)) && rows.iter().any(|&row| is_known(row)),
        }
    })
}

/// How much of domestic value added in exports could be foreign-owned, when owners are not known?
///
/// ```text
/// 0 ≤ foreign-owned share ≤ Σ_i (capital_i / x_i) (B e_s)_i / Σ_i v_i (B e_s)_i
/// ```
/// Labour compensation is taken to stay at home, whoever owns the firm; what owners can take is the rest. Bounds, not an
/// interval: nothing in these data says where between them the share lies. A row whose capital income is negative counts
/// as zero: an owner cannot take less than nothing home.
pub fn bounds(axis: &Axis, facts: &YearFacts, level: Level) -> Vec<Owners> {
    let capital = facts.account(CAPITAL);
    each(axis, level, &Endings::default(), |economy, sector, rows| {
        let dva: f64 = rows.iter().map(|&row| facts.in_exports(row, facts.value_added[row])).sum();
        let most: f64 = capital.map_or(f64::NAN, |capital| {
            rows.iter()
                .map(|&row| facts.in_exports(row, if capital[row] < 0.0 { 0.0 } else { capital[row] }))
                .sum()
        });
        Owners {
            economy,
            sector,
            dva,
            domestic: f64::NAN,
            foreign: f64::NAN,
            low: 0.0,
            high: most / dva,
            known: false,
        }
    })
}

fn each(
    axis: &Axis,
    level: Level,
    endings: &Endings,
    of: impl Fn(usize, Option<String>, &[usize]) -> Owners,
) -> Vec<Owners> {
    (0..axis.n_economies())
        .flat_map(|s| {
            groups(axis, level, endings, s).into_iter().map(move |(sector, rows)| (s, sector, rows))
        })
        .map(|(s, sector, rows)| of(s, sector, &rows))
        .collect()
}

/// As a result; `basis` says where known owners are from, `split` or `shares`. Rows whose owners are not all known are
/// `bounds`.
pub fn frame(axis: &Axis, owners: &[Owners], year: i32, basis: &str) -> Frame {
    let number = |of: &dyn Fn(&Owners) -> f64| Column::Number(owners.iter().map(of).collect());
    let mut frame = Frame::new()
        .with("year", Measure::Key, Column::Integer(vec![Some(i64::from(year)); owners.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::labels(axis.economies(), owners.iter().map(|unit| unit.economy as u32).collect()),
        );
    if owners.iter().any(|unit| unit.sector.is_some()) {
        let mut names: Vec<String> = Vec::new();
        let codes = owners
            .iter()
            .map(|unit| {
                let name = unit.sector.clone().unwrap_or_default();
                names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                }) as u32
            })
            .collect();
        frame = frame.with("sector", Measure::Key, Column::labels(&names, codes));
    }
    let mut bases = vec![BOUNDS.to_owned()];
    if basis != BOUNDS {
        bases.push(basis.to_owned());
    }
    let of_known = bases.len() as u32 - 1;
    let codes = owners.iter().map(|unit| if unit.known { of_known } else { 0 }).collect();
    frame
        .with("dva", Measure::Amount, number(&|unit| unit.dva))
        .with("dva_domestic_owned", Measure::Amount, number(&|unit| unit.domestic))
        .with("dva_foreign_owned", Measure::Amount, number(&|unit| unit.foreign))
        .with("foreign_owned_share", Measure::Share, number(&Owners::share))
        .with("foreign_owned_min", Measure::Share, number(&|unit| unit.low))
        .with("foreign_owned_max", Measure::Share, number(&|unit| unit.high))
        .with("basis", Measure::Key, Column::labels(&bases, codes))
}
