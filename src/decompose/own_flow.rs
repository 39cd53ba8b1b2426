//! Own-flow perimeters: value is counted again only when it passes through the very flow under study once more.
//!
//! ```text
//! z = (I + α)⁻¹ e        α = M_s                 all exports of an economy
//!                            (M_s)_ii            exports of one of its sectors
//!                            A_sr B_rs           exports to one partner
//!                            (A_sr B_rs)_ii      exports of one sector to one partner
//! ```
//! `ii` are the rows of one sector: one row, or the rows of all members of a group. Multipliers of the perimeter are
//! D (I + α)⁻¹ and F (I + α)⁻¹; here the inverse is applied to the flows instead, so that no term needs a multiplier of
//! its own for every pair.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::Workspace;
use super::aggregate::sector_rows;
use super::feedback::{factor_one_plus, pair_loop};
use super::flow_parts::Cells;
use crate::model::solver::SolveError;

/// Which flow is the perimeter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Perimeter {
    /// All exports of an economy.
    Country,
    /// All exports of one of its sectors.
    Sector,
    /// Exports to one partner.
    Pair,
    /// Exports of one sector to one partner.
    Flow,
}

/// Flows times (I + α)⁻¹, (n_rows, G) each.
pub(super) struct OwnFlow {
    /// (I + α)⁻¹ e_sr.
    pub exports: Cells,
    /// (I + α)⁻¹ of the part absorbed abroad.
    pub absorbed_abroad: Cells,
    /// (I + α)⁻¹ of the part that returns home.
    pub returned: Cells,
    /// α (I + α)⁻¹ e_sr: what passes through the flow again.
    pub again: Cells,
}

impl OwnFlow {
    /// # Cost
    /// O(n² N) for whole pairs (one N x N product and one factorisation a pair), O(n²) for flows, else O(n N G).
    pub fn of(work: &Workspace, perimeter: Perimeter) -> Result<Self, SolveError> {
        let axis = work.axis();
        let economies = axis.n_economies();
        let exports = work.flows().bilateral_exports();
        let absorbed = work.absorbed()?;
        let abroad = work.flows().bilateral_final_exports() + &absorbed.by_importer + &absorbed.by_third;
        let flows = [exports, &abroad, &absorbed.at_home];
        let by_exporter: Vec<[DMatrix<f64>; 4]> = (0..economies)
            .into_par_iter()
            .map(|s| exporter_flows(work, perimeter, s, flows))
            .collect::<Result<_, SolveError>>()?;
        let gather = |k: usize| {
            let mut cells = DMatrix::zeros(axis.n_rows(), economies);
            for (s, parts) in by_exporter.iter().enumerate() {
                cells.rows_range_mut(axis.block(s)).copy_from(&parts[k]);
            }
            cells
        };
        Ok(Self { exports: gather(0), absorbed_abroad: gather(1), returned: gather(2), again: gather(3) })
    }
}

/// The four flows of one exporter, (N, G) each.
fn exporter_flows(
    work: &Workspace,
    perimeter: Perimeter,
    s: usize,
    flows: [&Cells; 3],
) -> Result<[DMatrix<f64>; 4], SolveError> {
    let axis = work.axis();
    let block = axis.block(s);
    let economies = axis.n_economies();
    let whole: Vec<usize> = (0..block.len()).collect();
    let positions: Vec<Vec<usize>> = match perimeter {
        Perimeter::Country | Perimeter::Pair => vec![whole],
        Perimeter::Sector | Perimeter::Flow => sector_rows(axis, s)
            .into_iter()
            .map(|(_, rows)| rows.into_iter().map(|row| row - block.start).collect())
            .collect(),
    };
    let mut result: [DMatrix<f64>; 4] = std::array::from_fn(|_| DMatrix::zeros(block.len(), economies));
    // `alpha` gives what comes back from one position of the block to another.
    let mut clear = |alpha: &dyn Fn(usize, usize) -> f64, partners: &[usize]| -> Result<(), SolveError> {
        for rows in &positions {
            if let [row] = rows[..] {
                let own = alpha(row, row);
                let factor = 1.0 + own;
                if factor.abs() < f64::MIN_POSITIVE {
                    let row = axis.row_label(block.start + row);
                    return Err(SolveError::Singular { solver: "extraction", row, pivot: factor });
                }
                for &r in partners {
                    for (part, flow) in result.iter_mut().zip(flows) {
                        part[(row, r)] = flow[(block.start + row, r)] / factor;
                    }
                    result[3][(row, r)] = own * result[0][(row, r)];
                }
                continue;
            }
            let own = DMatrix::from_fn(rows.len(), rows.len(), |i, j| alpha(rows[i], rows[j]));
            let mut sales = DMatrix::zeros(rows.len(), 3 * partners.len());
            for (position, &r) in partners.iter().enumerate() {
                for (k, flow) in flows.iter().enumerate() {
                    for (i, &row) in rows.iter().enumerate() {
                        sales[(i, 3 * position + k)] = flow[(block.start + row, r)];
                    }
                }
            }
            factor_one_plus(&own, axis, block.start)?.solve_in_place(&mut sales);
            let again = &own * &sales;
            for (position, &r) in partners.iter().enumerate() {
                for (i, &row) in rows.iter().enumerate() {
                    for (k, part) in result.iter_mut().take(3).enumerate() {
                        part[(row, r)] = sales[(i, 3 * position + k)];
                    }
                    result[3][(row, r)] = again[(i, 3 * position)];
                }
            }
        }
        Ok(())
    };
    let partners: Vec<usize> = (0..economies).filter(|&r| r != s).collect();
    match perimeter {
        Perimeter::Country | Perimeter::Sector => {
            let feedback = work.feedback()?.matrix(s);
            clear(&|i, j| feedback[(i, j)], &partners)?;
        }
        Perimeter::Pair => {
            for r in partners {
                let alpha = pair_loop(work.system(), s, r)?;
                clear(&|i, j| alpha[(i, j)], &[r])?;
            }
        }
        Perimeter::Flow => {
            for r in partners {
                // Of A_sr B_rs only what a sector sends back to itself is needed: inner products, not the product.
                let sold = work.system().coefficient_block(s, r);
                let returned = work.system().global_block(r, s)?;
                let loops = |i: usize, j: usize| {
                    sold.row(i).iter().zip(returned.column(j).iter()).map(|(a, b)| a * b).sum()
                };
                clear(&loops, &[r])?;
            }
        }
    }
    Ok(result)
}
