//! The stages of one world chain: who keeps how much of a unit of output, and how far from the final product.

use nalgebra::DMatrix;

use crate::analysis::{Analysis, AnalysisError, Piece, World};
use crate::claims::SectorMap;
use crate::frame::{Column, Frame, IdentityGap, Measure};
use crate::labels::Axis;
use crate::level::Level;
use crate::model::Model;
use crate::model::memory::Asked;
use crate::model::solver::Side;

/// The world chain of a final product: electrical and optical equipment where the labels tell it, else the manufacture
/// (or, without one, the sector) with the largest final demand.
///
/// ```text
/// o = B F        distance = (B o − o) / o        value added = v # o        F: world final demand for the product
/// (GN)
/// ```
/// Value added over the chain adds up to F in a balanced table with residual value added: reported as evidence.
#[derive(Debug)]
pub(super) struct ChainStages;

/// The product whose chain is looked at.
pub(super) fn product_of(model: &Model) -> usize {
    let axis = model.axis();
    let map = SectorMap::of(axis.sectors());
    let demand = |sector: usize| -> f64 {
        (0..axis.n_rows())
            .filter(|&row| axis.sector_of(row) == sector)
            .map(|row| model.flows().final_demand().row(row).sum())
            .sum()
    };
    let largest = |flags: &[bool]| {
        (0..axis.n_sectors()).filter(|&k| flags[k]).max_by(|&a, &b| demand(a).total_cmp(&demand(b)))
    };
    largest(&map.electrical)
        .or_else(|| largest(&map.manufactures))
        .or_else(|| largest(&vec![true; axis.n_sectors()]))
        .unwrap_or(0)
}

fn labels(axis: &Axis, rows: &[usize], names: &[String], of: impl Fn(&Axis, usize) -> usize) -> Column {
    Column::labels(names, rows.iter().map(|&row| of(axis, row) as u32).collect())
}

impl Analysis for ChainStages {
    fn computed(&self) -> String {
        "chain stages".into()
    }

    fn asked(&self) -> Asked {
        Asked::of_level(Level::Sector, 8, 2)
    }

    fn run(&self, world: &World) -> Result<Piece, AnalysisError> {
        let model = world.model();
        let axis = model.axis();
        let mut notes = world.notes(&self.computed());
        let product = product_of(model);
        let mut output = DMatrix::zeros(axis.n_rows(), 1);
        for row in (0..axis.n_rows()).filter(|&row| axis.sector_of(row) == product) {
            output[(row, 0)] = model.flows().final_demand().row(row).sum();
        }
        let demand: f64 = output.sum();
        model.system().solve_in_place(Side::Direct, &mut output)?;
        let mut twice = output.clone();
        model.system().solve_in_place(Side::Direct, &mut twice)?;
        let share = model.value_added_share();
        let added = |row: usize| share[row] * output[(row, 0)];
        let total: f64 = (0..axis.n_rows()).map(added).sum();
        let rows: Vec<usize> = (0..axis.n_rows()).filter(|&row| output[(row, 0)] != 0.0).collect();
        let number = |of: &dyn Fn(usize) -> f64| Column::Number(rows.iter().map(|&row| of(row)).collect());
        let year = model.description().year;
        let frame = Frame::new()
            .with("year", Measure::Key, Column::Integer(vec![year.map(i64::from); rows.len()]))
            .with(
                "product",
                Measure::Key,
                Column::Text(vec![Some(axis.sectors()[product].clone()); rows.len()]),
            )
            .with("economy", Measure::Key, labels(axis, &rows, axis.economies(), Axis::economy_of))
            .with("sector", Measure::Key, labels(axis, &rows, axis.sectors(), Axis::sector_of))
            .with(
                "distance",
                Measure::Pure,
                number(&|row| (twice[(row, 0)] - output[(row, 0)]) / output[(row, 0)]),
            )
            .with("chain_output", Measure::Amount, number(&|row| output[(row, 0)]))
            .with("va_share_output", Measure::Share, number(&|row| share[row]))
            .with("chain_va", Measure::Amount, number(&added))
            .with("chain_va_share", Measure::Share, number(&|row| added(row) / total));
        if demand > 0.0 {
            notes.worst_identity = Some(IdentityGap {
                identity: "final demand = \u{3a3} value added over the chain".into(),
                at: format!(
                    "{}{}",
                    axis.sectors()[product],
                    year.map_or_else(String::new, |year| format!(" {year}"))
                ),
                relative_gap: ((total - demand) / demand).abs(),
            });
        }
        notes.worst_residual = world.residual();
        Ok(Piece { frame, notes })
    }
}
