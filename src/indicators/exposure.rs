//! Exposure: on which economies production depends, at face value and looked through, on the side of purchases and on the
//! side of sales.

use nalgebra::DMatrix;

use super::chain_algebra::{global, global_transposed};
use super::regional::Concentration;
use super::sources::BALDWIN_FREEMAN_THEODORAKOPOULOS_2023;
use super::units::{Home, Units, ratio};
use super::{Family, Indicator, IndicatorError, Level, Profile, Reading, Request, flows};
use crate::frame::Column;
use crate::frame::Measure::{Key, Share};
use crate::labels::Axis;
use crate::model::Model;
use crate::model::solver::SolveError;

/// Amounts behind the exposures, by row and partner, (n_rows, n_economies) each.
struct Dependence {
    /// Inputs the row buys of the partner: Σ_{i in c} z_ij.
    bought: DMatrix<f64>,
    /// Output of the partner in the row's purchases: Σ_{i in c} (B − I)_ij x_j.
    bought_through: DMatrix<f64>,
    /// Inputs the row sells to the partner: Σ_{j in c} z_ij.
    sold: DMatrix<f64>,
    /// Output of the partner that the row's sales go into: x_i Σ_{j in c} (G − I)_ij.
    sold_through: DMatrix<f64>,
}

impl Dependence {
    /// (B − I)' 1_c is solved as B'(A' 1_c), without subtracting the identity from the inverse.
    fn of(model: &Model) -> Result<Self, SolveError> {
        let axis = model.axis();
        let (coefficients, output) = (model.system().input_coefficients(), model.flows().gross_output());
        let n = axis.n_rows();
        let mut bought = DMatrix::zeros(n, axis.n_economies());
        for c in 0..axis.n_economies() {
            bought.column_mut(c).copy_from_slice(&coefficients.sums_of_columns(axis.block(c)));
        }
        let through = global_transposed(model, bought.clone())?;
        let times_output = |of: DMatrix<f64>| DMatrix::from_fn(n, of.ncols(), |j, c| of[(j, c)] * output[j]);
        let mut sold = coefficients.sums_by_ranges(&axis.blocks(), Some(output));
        let mut sold_through = global(model, sold.clone())?;
        // A row without output has no sales side: its shares are not defined.
        for row in (0..n).filter(|&row| output[row] == 0.0) {
            sold.row_mut(row).fill(0.0);
            sold_through.row_mut(row).fill(0.0);
        }
        Ok(Self { bought: times_output(bought), bought_through: times_output(through), sold, sold_through })
    }

    fn sides(&self) -> [&DMatrix<f64>; 4] {
        [&self.bought, &self.bought_through, &self.sold, &self.sold_through]
    }
}

/// On which economies does an industry depend for its inputs and its sales, directly and through others?
///
/// ```text
/// face value     Σ_{i in c} z_ij / Σ_i z_ij           look-through   Σ_{i in c} (B − I)_ij / Σ_i (B − I)_ij
/// sales          Σ_{j in c} z_ij / Σ_j z_ij                          Σ_{j in c} (G − I)_ij / Σ_j (G − I)_ij
/// ```
/// # Terms
/// `face_value look_through sales_face_value sales_look_through` by partner, home among them: each adds up to one.
/// # Assumptions
/// *Normalisation*: look-through shares are in output of all upstream industries, gross, without the industry's own unit
/// (B − I). Rows are added up with their purchases (B − I) x and sales x (G − I).
/// # Cost
/// 2 G right-hand sides.
/// # Differences
/// The published measure normalises by the industry's total upstream use; the exact normalisation of the paper could
/// not be checked against its text.
/// # Source
/// Baldwin, Freeman and Theodorakopoulos (2023), <https://doi.org/10.3386/w31820>.
pub struct Exposure;

static EXPOSURE: Profile = Profile {
    id: "exposure",
    family: Family::Exposure,
    question: "On which economies does an industry depend for its inputs and its sales, directly and through others?",
    equation: "face value Σ_{i in c} z_ij / Σ_i z_ij; look-through with B − I; sales with rows of Z and of G − I",
    citations: &[BALDWIN_FREEMAN_THEODORAKOPOULOS_2023],
    levels: &[Level::Bilateral, Level::BilateralSector],
    columns: &[
        flows("face_value", Share, "share of the partner in the inputs bought"),
        flows("look_through", Share, "share of the partner in all production upstream, own unit left out"),
        flows("sales_face_value", Share, "share of the partner's industries in the inputs sold"),
        flows("sales_look_through", Share, "share of the partner's industries in all production downstream"),
    ],
    cautions: &[
        "home is one of the partners: shares add up to one",
        "look-through is in gross output upstream without the own unit (B − I); the paper's own normalisation could \
         not be verified",
    ],
    cost: "2 G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for Exposure {
    fn profile(&self) -> &'static Profile {
        &EXPOSURE
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let dependence = Dependence::of(model)?;
        let units = Units::of(model, level, request, Home::Included);
        let columns = dependence
            .sides()
            .iter()
            .map(|side| {
                let whole = units.totals(|row| side.row(row).sum());
                units
                    .cells(|row, c| side[(row, c)])
                    .iter()
                    .zip(whole)
                    .map(|(part, whole)| ratio(*part, whole))
                    .collect()
            })
            .collect();
        Ok(Reading::of_numbers(&EXPOSURE, units.keys(), columns))
    }
}

/// Does an industry depend on few foreign economies or on many?
///
/// ```text
/// HHI = Σ_c s_c²        s_c: the shares of `exposure`; foreign: shares in the foreign total
/// ```
/// # Terms
/// For purchases at face value, looked through, and for sales likewise: foreign share, HHI over all partners, HHI over
/// foreign partners, share of the largest foreign partner and its name.
/// # Cost
/// 2 G right-hand sides.
/// # Source
/// Shares after Baldwin, Freeman and Theodorakopoulos (2023), <https://doi.org/10.3386/w31820>.
pub struct SupplierConcentration;

static CONCENTRATION: Profile = Profile {
    id: "supplier-concentration",
    family: Family::Exposure,
    question: "Does an industry depend on few foreign suppliers and buyers, or on many?",
    equation: "HHI = Σ_c s_c² of the exposure shares; top1 the largest foreign one",
    citations: &[BALDWIN_FREEMAN_THEODORAKOPOULOS_2023],
    levels: &[Level::Country, Level::Sector],
    columns: &[
        flows("face_value_foreign", Share, "foreign share of the inputs bought"),
        flows("face_value_hhi", Share, "sum of squared shares, home among them"),
        flows("face_value_hhi_foreign", Share, "sum of squared shares in the foreign total"),
        flows("face_value_top1", Share, "largest foreign share"),
        flows("face_value_top1_partner", Key, "its name"),
        flows("look_through_foreign", Share, "the same five, looked through: foreign share"),
        flows("look_through_hhi", Share, "sum of squared shares"),
        flows("look_through_hhi_foreign", Share, "in the foreign total"),
        flows("look_through_top1", Share, "largest foreign share"),
        flows("look_through_top1_partner", Key, "its name"),
        flows("sales_foreign", Share, "the same five for inputs sold, at face value: foreign share"),
        flows("sales_hhi", Share, "sum of squared shares"),
        flows("sales_hhi_foreign", Share, "in the foreign total"),
        flows("sales_top1", Share, "largest foreign share"),
        flows("sales_top1_partner", Key, "its name"),
        flows("sales_look_through_foreign", Share, "the same five for sales, looked through: foreign share"),
        flows("sales_look_through_hhi", Share, "sum of squared shares"),
        flows("sales_look_through_hhi_foreign", Share, "in the foreign total"),
        flows("sales_look_through_top1", Share, "largest foreign share"),
        flows("sales_look_through_top1_partner", Key, "its name"),
    ],
    cautions: &["economies, not firms: a few suppliers inside one economy cannot be seen"],
    cost: "2 G right-hand sides: O(n² G)",
    takes_satellites: true,
};

impl Indicator for SupplierConcentration {
    fn profile(&self) -> &'static Profile {
        &CONCENTRATION
    }

    fn compute(&self, model: &Model, level: Level, request: &Request) -> Result<Reading, IndicatorError> {
        let dependence = Dependence::of(model)?;
        let units = Units::of(model, level, request, Home::Included);
        let columns =
            dependence.sides().iter().flat_map(|side| summary(model.axis(), &units, side)).collect();
        Ok(Reading::of(&CONCENTRATION, units.keys(), columns))
    }
}

fn summary(axis: &Axis, units: &Units<'_>, side: &DMatrix<f64>) -> [Column; 5] {
    let concentrations: Vec<Concentration> = units
        .iter()
        .map(|unit| {
            let amounts: Vec<f64> =
                unit.partners.iter().map(|&c| unit.rows.iter().map(|&row| side[(row, c)]).sum()).collect();
            Concentration::of(&amounts, unit.economy)
        })
        .collect();
    let number = |pick: fn(&Concentration) -> f64| Column::Number(concentrations.iter().map(pick).collect());
    let top = concentrations.iter().map(|c| c.top1.map(|economy| axis.economies()[economy].clone()));
    [
        number(|c| c.foreign_share),
        number(|c| c.hhi),
        number(|c| c.hhi_foreign),
        number(|c| c.top1_share),
        Column::Text(top.collect()),
    ]
}
