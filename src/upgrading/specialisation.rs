//! Who does which function for exports: income by business function, and the index of functional specialisation.

use super::panel::{LABOUR, Panel, Unit, YearFacts};
use crate::level::Level;

/// Income from functions in exports by row: what each worker's function earns in the exports of its own economy.
///
/// ```text
/// f_k,i = share_ki · labour_i / x_i · (B e_s)_i          i in s: V̂ᵏ B e on the economy's own rows
/// (K,n)
/// ```
/// NaN where labour compensation or shares are not known.
///
/// # Differences
/// Domestic double counting is inside, as in `dva` of `vadex tiva`: the paper traces by (I − A_ss)⁻¹ e_s, which leaves it
/// out. It is at most some per cent of the exports of an economy, and moves an index of shares by far less.
pub fn income_by_row(facts: &YearFacts, labour: &[f64], shares: &[Vec<f64>]) -> Vec<Vec<f64>> {
    shares
        .iter()
        .map(|share| {
            (0..labour.len())
                .map(|row| {
                    if facts.output[row] == 0.0 {
                        0.0
                    } else {
                        facts.in_exports(row, share[row] * labour[row])
                    }
                })
                .collect()
        })
        .collect()
}

/// Does an economy earn more of its export income from a function than the world does?
///
/// ```text
/// FS_ki = (f_ki / f_i) / (f_k / f)        f_i = Σ_k f_ki, f_k = Σ_i f_ki, f = Σ_k f_k
/// ```
/// Above one: specialised. Weighted by f_i / f the index of a function averages to one over the world.
///
/// # Source
/// Timmer, Miroudot and de Vries (2019), Functional specialisation in trade, Journal of Economic Geography 19(1), 1-30.
pub fn specialisation(own: f64, own_total: f64, world: f64, world_total: f64) -> f64 {
    (own / own_total) / (world / world_total)
}

/// One function of one economy (or industry) in one year.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionRow {
    /// Economy or industry.
    pub unit: Unit,
    /// Function, by position in [`Panel::functions`].
    pub function: usize,
    /// f_ki.
    pub income: f64,
    /// f_ki / f_i.
    pub share: f64,
    /// f_k / f over the economies with figures: all industries, or the same industry everywhere.
    pub world_share: f64,
    /// FS_ki.
    pub fs: f64,
}

/// Functions of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionYear {
    /// The rows, by unit, then function.
    pub rows: Vec<FunctionRow>,
    /// Economies without figures for all their industries: not in the world that others are compared with, and without rows.
    pub left_out: Vec<String>,
}

/// Functional specialisation in one year, of economies or of industries (against the same industry of the world).
///
/// Economies with an unknown industry are left out and named: a part of their income would be missing, not zero. Nothing is
/// returned for a year without labour compensation or shares. `t` counts the years of the panel from 0.
///
/// # Panics
/// When there is no such year.
pub fn of_year(
    panel: &Panel,
    t: usize,
    level: Level,
    economies: &[usize],
    sectors: &[usize],
) -> Option<FunctionYear> {
    let facts = &panel.years()[t];
    let (labour, shares) = (facts.account(LABOUR)?, facts.functions.as_ref()?);
    let income = income_by_row(facts, labour, shares);
    let axis = panel.axis();
    let known = |s: usize| axis.block(s).all(|row| income.iter().all(|of| of[row].is_finite()));
    let covered: Vec<bool> = (0..axis.n_economies()).map(known).collect();
    let sum = |k: usize, rows: &[usize]| rows.iter().map(|&row| income[k][row]).sum::<f64>();
    let everywhere = |sector: Option<usize>| -> Vec<f64> {
        let rows: Vec<usize> = (0..axis.n_rows())
            .filter(|&row| covered[axis.economy_of(row)])
            .filter(|&row| sector.is_none_or(|sector| axis.sector_of(row) == sector))
            .collect();
        (0..income.len()).map(|k| sum(k, &rows)).collect()
    };
    let worlds: Vec<Vec<f64>> = match level {
        Level::Country => vec![everywhere(None)],
        _ => (0..axis.n_sectors()).map(|sector| everywhere(Some(sector))).collect(),
    };
    let mut rows = Vec::new();
    for unit in panel.units(level, &[], &[]).into_iter().filter(|unit| covered[unit.economy]) {
        let world = &worlds[unit.sector.unwrap_or(0)];
        let whole: f64 = world.iter().sum();
        let of_unit = panel.rows(unit);
        let own: Vec<f64> = (0..income.len()).map(|k| sum(k, &of_unit)).collect();
        let own_total: f64 = own.iter().sum();
        for k in 0..income.len() {
            let fs = specialisation(own[k], own_total, world[k], whole);
            let wanted = (economies.is_empty() || economies.contains(&unit.economy))
                && unit.sector.is_none_or(|sector| sectors.is_empty() || sectors.contains(&sector));
            if wanted {
                rows.push(FunctionRow {
                    unit,
                    function: k,
                    income: own[k],
                    share: own[k] / own_total,
                    world_share: world[k] / whole,
                    fs,
                });
            }
        }
    }
    let left_out =
        (0..axis.n_economies()).filter(|&s| !covered[s]).map(|s| axis.economies()[s].clone()).collect();
    Some(FunctionYear { rows, left_out })
}
