//! Paths over time: the foreign share of exports of each economy, by indicator, exporting sectors, mining and prices.
//!
//! A [`Choice`] is one way of measuring; a [`Path`] is what it gives for one economy. Share and level stand side by side.
//!
//! Without mining, mining is in no part of a share of value added (FC, 1 - VAX): not in what is foreign, not in what is own,
//! not among the exports. Were it only left out of what is foreign, imported oil would stand in the share as if it were own
//! value added. VS counts imports at face value and leaves mining products out of them; its whole is exports, and what is own
//! is counted by itself.

use super::account::NationalAccount;
use super::data::{Series, YearFacts};
use super::error::ClaimError;
use crate::stats::median;

/// What is counted as foreign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Indicator {
    /// Import content, VS of Hummels, Ishii and Yi (equal to the backward participation GVCB of Borin and Mancini).
    ImportContent,
    /// Foreign value-added content: VS without own value added that comes back.
    ForeignContent,
    /// One minus value-added exports over exports (Johnson and Noguera).
    NotValueAddedExports,
}

/// Which exports are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExportSet {
    /// All goods and services.
    All,
    /// Manufactures.
    Manufactures,
    /// Electrical and optical equipment.
    Electrical,
}

/// In which prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prices {
    /// As the tables are.
    Current,
    /// Each product divided by the movement that all its uses share, at home and across borders: the trace that a price
    /// leaves. A proxy, for want of price tables.
    CommonMovement,
}

impl Indicator {
    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ImportContent => "VS",
            Self::ForeignContent => "FC",
            Self::NotValueAddedExports => "1-VAX",
        }
    }
}

impl ExportSet {
    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all exports",
            Self::Manufactures => "manufactures",
            Self::Electrical => "electrical and optical",
        }
    }

    /// Which sectors of a series belong to it.
    pub fn of(self, series: &Series) -> Vec<bool> {
        match self {
            Self::All => vec![true; series.sectors.len()],
            Self::Manufactures => series.map.manufactures.clone(),
            Self::Electrical => series.map.electrical.clone(),
        }
    }
}

impl Prices {
    /// Short name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Current => "current prices",
            Self::CommonMovement => "common movement of products removed",
        }
    }
}

/// One way of measuring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What counts as foreign.
    pub indicator: Indicator,
    /// Which exports.
    pub exports: ExportSet,
    /// Is mining left out: of the products imported, of own and foreign value added, of exports?
    pub without_mining: bool,
    /// In which prices.
    pub prices: Prices,
}

impl Choice {
    /// Can the series be measured in this way?
    pub fn fits(&self, series: &Series) -> bool {
        let has = |flags: &[bool]| flags.iter().any(|is| *is);
        let sectors = match self.exports {
            ExportSet::All => true,
            ExportSet::Manufactures => has(&series.map.manufactures),
            ExportSet::Electrical => has(&series.map.electrical),
        };
        let world = self.indicator == Indicator::ImportContent || series.is_world();
        // At the level of sectors VAX tells the sector of origin, not the exporting one.
        let level = self.indicator != Indicator::NotValueAddedExports || self.exports == ExportSet::All;
        let prices = self.prices == Prices::Current || self.indicator == Indicator::ImportContent;
        sectors && world && level && prices && (!self.without_mining || series.map.knows_mining())
    }

    /// In words.
    pub fn label(&self, series: &Series) -> String {
        let mining = match (self.without_mining, series.map.knows_mining()) {
            (true, _) => "without mining",
            (false, true) => "with mining",
            (false, false) => "mining not known from the labels",
        };
        format!("{}, {}, {mining}, {}", self.indicator.name(), self.exports.name(), self.prices.name())
    }
}

/// A share of one economy, or of the world, over time; of a [`Choice`]: the foreign share of exports.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Years.
    pub years: Vec<i32>,
    /// Part over whole, as a fraction.
    pub share: Vec<f64>,
    /// The part; of a [`Choice`] what is foreign, in the unit of the table.
    pub part: Vec<f64>,
    /// The whole; of a [`Choice`] exports, or the value added in them without mining, in the unit of the table.
    pub whole: Vec<f64>,
    /// What is own; of a [`Choice`] own value added in exports, without mining where mining is left out. Of any other share
    /// the whole without the part.
    pub own: Vec<f64>,
}

impl Path {
    /// The same without some years.
    #[must_use]
    pub fn keeping(&self, keep: impl Fn(i32) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.years.len()).filter(|&t| keep(self.years[t])).collect();
        let pick = |values: &[f64]| kept.iter().map(|&t| values[t]).collect();
        Self {
            years: kept.iter().map(|&t| self.years[t]).collect(),
            share: pick(&self.share),
            part: pick(&self.part),
            whole: pick(&self.whole),
            own: pick(&self.own),
        }
    }

    /// Position of the largest share (the first, if tied).
    pub fn peak(&self) -> usize {
        (0..self.share.len()).fold(0, |best, t| if self.share[t] > self.share[best] { t } else { best })
    }

    /// Import content of the marginal export between two positions: Δ part / Δ whole.
    pub fn marginal(&self, from: usize, to: usize) -> f64 {
        (self.part[to] - self.part[from]) / (self.whole[to] - self.whole[from])
    }

    /// From (part, whole) of each year.
    pub(super) fn of_cells(years: &[i32], cells: &[(f64, f64)]) -> Self {
        Self {
            years: years.to_vec(),
            share: cells.iter().map(|(part, whole)| part / whole).collect(),
            part: cells.iter().map(|cell| cell.0).collect(),
            whole: cells.iter().map(|cell| cell.1).collect(),
            own: cells.iter().map(|(part, whole)| whole - part).collect(),
        }
    }
}

/// A choice applied to a series: one path a judged economy, in their order, and the world's.
#[derive(Debug, Clone)]
pub struct Paths {
    /// Positions of the economies in the series; those without exports in some year are left out.
    pub economies: Vec<usize>,
    /// One path each.
    pub paths: Vec<Path>,
    /// Foreign parts of all economies over their wholes.
    pub world: Path,
}

/// Measures every economy of a series in one way.
///
/// # Errors
/// A deflated account that cannot be solved.
pub fn measure(series: &Series, choice: &Choice) -> Result<Paths, ClaimError> {
    let years: Vec<i32> = series.years.iter().map(|facts| facts.year).collect();
    let all = content_of(series, choice, &choice.exports.of(series))?;
    let sum = |of: fn(&Path) -> &Vec<f64>, t: usize| all.iter().map(|path| of(path)[t]).sum::<f64>();
    let sums: Vec<(f64, f64)> =
        (0..years.len()).map(|t| (sum(|p| &p.part, t), sum(|p| &p.whole, t))).collect();
    let own = (0..years.len()).map(|t| sum(|p| &p.own, t)).collect();
    let world = Path { own, ..Path::of_cells(&years, &sums) };
    let economies: Vec<usize> = series
        .judged()
        .into_iter()
        .filter(|&s| all[s].whole.iter().all(|e| *e > 0.0) && all[s].share.iter().all(|v| v.is_finite()))
        .collect();
    Ok(Paths { paths: economies.iter().map(|&s| all[s].clone()).collect(), economies, world })
}

/// The path of every economy of a series, judged or not, for the exports of any set of sectors.
///
/// # Errors
/// A deflated account that cannot be solved.
pub(super) fn content_of(
    series: &Series,
    choice: &Choice,
    exporting: &[bool],
) -> Result<Vec<Path>, ClaimError> {
    let deflated = match choice.prices {
        Prices::Current => None,
        Prices::CommonMovement => Some(deflated_accounts(series)?),
    };
    let years: Vec<i32> = series.years.iter().map(|facts| facts.year).collect();
    let cell = |t: usize, s: usize| {
        let account = deflated.as_ref().map_or(&series.years[t].accounts[s], |accounts| &accounts[t][s]);
        content_in(series, &series.years[t], account, s, choice, exporting)
    };
    let path = |s: usize| {
        let cells: Vec<Content> = (0..years.len()).map(|t| cell(t, s)).collect();
        let shares: Vec<(f64, f64)> = cells.iter().map(|cell| (cell.foreign, cell.whole)).collect();
        Path { own: cells.iter().map(|cell| cell.own).collect(), ..Path::of_cells(&years, &shares) }
    };
    Ok((0..series.economies.len()).map(path).collect())
}

/// What exports of one economy and year contain.
struct Content {
    foreign: f64,
    own: f64,
    whole: f64,
}

fn content_in(
    series: &Series,
    facts: &YearFacts,
    account: &NationalAccount,
    s: usize,
    choice: &Choice,
    exporting: &[bool],
) -> Content {
    let counted: Vec<bool> =
        series.map.mining.iter().map(|mining| !(choice.without_mining && *mining)).collect();
    let sold: Vec<bool> = exporting.iter().zip(&counted).map(|(sold, counted)| *sold && *counted).collect();
    let world = facts.world.as_ref().and_then(|world| Some((world, series.on_axis(world, s)?)));
    match (choice.indicator, world) {
        (Indicator::ImportContent, _) | (_, None) => {
            let (foreign, whole) = account.import_content(&counted, &sold);
            Content { foreign, own: account.own_value_added(&counted, &sold), whole }
        }
        (Indicator::ForeignContent, Some((world, s))) => {
            let (foreign, whole) = world.content_of_exports(s, &sold, choice.without_mining);
            Content { foreign, own: whole - foreign, whole }
        }
        (Indicator::NotValueAddedExports, Some((world, s))) => {
            // What other industries add to mining exports is value added that is exported: the whole has it too.
            let (_, whole) = world.content_of_exports(s, exporting, choice.without_mining);
            let own = world.value_added_exports(s, &counted);
            Content { foreign: whole - own, own, whole }
        }
    }
}

/// Accounts of every year and economy, each product divided by its common movement since the first year.
fn deflated_accounts(series: &Series) -> Result<Vec<Vec<NationalAccount>>, ClaimError> {
    let index = common_movement(series);
    series
        .years
        .iter()
        .zip(&index)
        .map(|(facts, index)| {
            facts
                .accounts
                .iter()
                .zip(&series.economies)
                .map(|(account, economy)| account.deflated(&format!("{economy} {}", facts.year), index))
                .collect()
        })
        .collect()
}

/// Movement of each product's flows that its domestic and its imported uses share, relative to the other products:
/// one index a year and product, 1 in the first year.
///
/// ```text
/// g^D_i = median over economies and users of ln(z^D_ij,t / z^D_ij,t-1),   g^M_i for imported uses
/// p_i   = the one nearer to zero, when both have one sign after the median over products is taken off; else 0
/// ```
/// A change of a price moves both alike; a change of sourcing moves them apart.
fn common_movement(series: &Series) -> Vec<Vec<f64>> {
    let n = series.sectors.len();
    let mut index = vec![vec![1.0; n]];
    for pair in series.years.windows(2) {
        let growth = |of: fn(&NationalAccount) -> &nalgebra::DMatrix<f64>| -> Vec<f64> {
            let raw: Vec<f64> = (0..n)
                .map(|i| {
                    let rates: Vec<f64> = pair[0]
                        .accounts
                        .iter()
                        .zip(&pair[1].accounts)
                        .flat_map(|(before, after)| {
                            (0..n).map(move |j| (of(after)[(i, j)] / of(before)[(i, j)]).ln())
                        })
                        .filter(|rate| rate.is_finite())
                        .collect();
                    median(&rates).unwrap_or(0.0)
                })
                .collect();
            let usual = median(&raw).unwrap_or(0.0);
            raw.into_iter().map(|rate| rate - usual).collect()
        };
        let (home, abroad) = (growth(|a| &a.domestic_use), growth(|a| &a.imported_use));
        let last = &index[index.len() - 1];
        let next = (0..n)
            .map(|i| {
                let (d, m) = (home[i], abroad[i]);
                let shared = if d * m <= 0.0 {
                    0.0
                } else if d.abs() < m.abs() {
                    d
                } else {
                    m
                };
                last[i] * shared.exp()
            })
            .collect();
        index.push(next);
    }
    index
}
