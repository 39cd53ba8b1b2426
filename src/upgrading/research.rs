//! R&D value added by origin: whose research is in an economy's exports and in the final goods it completes?

use nalgebra::DMatrix;

use super::UpgradingError;
use crate::blocks;
use crate::frame::{Column, Frame, IdentityGap, Measure};
use crate::model::Model;

/// What research is embodied in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embodied {
    /// Gross exports of the economy.
    Exports,
    /// Final goods and services that the economy completes, sold at home and abroad.
    FinalGoods,
}

impl Embodied {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Exports, Self::FinalGoods];

    /// Flat id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Exports => "exports",
            Self::FinalGoods => "final",
        }
    }
}

/// R&D value added by origin in what each economy sells.
#[derive(Debug, Clone, PartialEq)]
pub struct Research {
    /// In exports: rows origin, columns exporter, (G,G).
    pub exports: DMatrix<f64>,
    /// In final goods: rows origin, columns economy of completion, (G,G).
    pub final_goods: DMatrix<f64>,
    /// All value added in exports and final goods, by economy.
    pub all: [Vec<f64>; 2],
    /// Value added of the chosen sectors by economy: what the final goods of the world must hold.
    pub sector_total: Vec<f64>,
}

impl Research {
    /// The matrix of one flow.
    pub fn of(&self, embodied: Embodied) -> &DMatrix<f64> {
        match embodied {
            Embodied::Exports => &self.exports,
            Embodied::FinalGoods => &self.final_goods,
        }
    }

    /// Worst gap of: research of an origin in all final goods of the world is the value added of its research sectors.
    pub fn gap(&self, economies: &[String]) -> IdentityGap {
        let total: f64 = self.sector_total.iter().sum();
        let (relative_gap, worst) = (0..economies.len())
            .map(|t| ((self.final_goods.row(t).sum() - self.sector_total[t]).abs() / total, t))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap_or((0.0, 0));
        IdentityGap {
            identity: "research in all final goods = value added of the research sectors".into(),
            at: economies.get(worst).cloned().unwrap_or_default(),
            relative_gap,
        }
    }
}

/// Value added of chosen sectors (R&D) by origin, embodied in exports and in final goods.
///
/// ```text
/// M_t· = v^R_t B_t·       v^R: v on rows of the sectors, zero elsewhere
/// exports:  R_ts = Σ_{j in s} M_tj e_j            final: R_ts = Σ_{j in s} M_tj y_j, y: final output of j, all buyers
/// (G,G)
/// ```
/// # Assumptions
/// R&D done inside other industries (own-account) is value added of those industries and not seen; a sector wider than R&D
/// counts all of it.
///
/// # Errors
/// A sector that the table does not have; a failed solve.
///
/// # Cost
/// 2 G right-hand sides.
///
/// # Source
/// Los, Timmer and de Vries (2015), <https://doi.org/10.1111/jors.12121>, for value added by origin in final goods, here of one
/// kind of sector.
pub fn by_origin(model: &Model, sectors: &[String]) -> Result<Research, UpgradingError> {
    let axis = model.axis();
    let wanted: Vec<usize> = sectors.iter().map(|name| axis.find_sector(name)).collect::<Result<_, _>>()?;
    let output = model.flows().gross_output();
    let amounts: Vec<f64> = (0..axis.n_rows())
        .map(|row| {
            if wanted.contains(&axis.sector_of(row)) {
                model.value_added_share()[row] * output[row]
            } else {
                0.0
            }
        })
        .collect();
    let traced = model.with_satellite("research", &model.description().unit, &amounts)?;
    let (research, everything) = (traced.value_added_by_origin()?, model.value_added_by_origin()?);
    let exports = blocks::spread_by_economy(model.flows().gross_exports(), axis);
    let goods: Vec<f64> = model.flows().final_demand().row_iter().map(|row| row.sum()).collect();
    let goods = blocks::spread_by_economy(&goods, axis);
    let columns =
        |matrix: DMatrix<f64>| matrix.column_iter().map(|column| column.sum()).collect::<Vec<f64>>();
    Ok(Research {
        exports: research * &exports,
        final_goods: research * &goods,
        all: [columns(everything * exports), columns(everything * goods)],
        sector_total: blocks::sum_by_economy(&amounts, axis),
    })
}

/// As a result: one row an economy and flow, or one an economy, flow and origin.
pub fn frame(model: &Model, research: &Research, economies: &[usize], origins: bool) -> Frame {
    let axis = model.axis();
    let g = axis.n_economies();
    let mut keys: Vec<(usize, usize, usize)> = Vec::new();
    for s in (0..g).filter(|s| economies.is_empty() || economies.contains(s)) {
        for flow in 0..Embodied::ALL.len() {
            if origins {
                keys.extend((0..g).map(|t| (s, flow, t)));
            } else {
                keys.push((s, flow, s));
            }
        }
    }
    let cell = |&(s, flow, t): &(usize, usize, usize)| research.of(Embodied::ALL[flow])[(t, s)];
    let whole = |&(s, flow, _): &(usize, usize, usize)| research.of(Embodied::ALL[flow]).column(s).sum();
    let number = |of: &dyn Fn(&(usize, usize, usize)) -> f64| Column::Number(keys.iter().map(of).collect());
    let year = model.description().year.map(i64::from);
    let flows: Vec<String> = Embodied::ALL.iter().map(|flow| flow.id().to_owned()).collect();
    let mut frame = Frame::new()
        .with("year", Measure::Key, Column::Integer(vec![year; keys.len()]))
        .with(
            "economy",
            Measure::Key,
            Column::labels(axis.economies(), keys.iter().map(|key| key.0 as u32).collect()),
        )
        .with("flow", Measure::Key, Column::labels(&flows, keys.iter().map(|key| key.1 as u32).collect()));
    if origins {
        return frame
            .with(
                "origin",
                Measure::Key,
                Column::labels(axis.economies(), keys.iter().map(|key| key.2 as u32).collect()),
            )
            .with("research", Measure::Amount, number(&cell))
            .with("research_share", Measure::Share, number(&|key| cell(key) / whole(key)));
    }
    frame = frame
        .with("research", Measure::Amount, number(&whole))
        .with("research_own", Measure::Amount, number(&cell))
        .with("research_foreign", Measure::Amount, number(&|key| whole(key) - cell(key)))
        .with("own_share", Measure::Share, number(&|key| cell(key) / whole(key)))
        .with("foreign_share", Measure::Share, number(&|key| 1.0 - cell(key) / whole(key)));
    frame.with("research_intensity", Measure::Share, number(&|key| whole(key) / research.all[key.1][key.0]))
}
