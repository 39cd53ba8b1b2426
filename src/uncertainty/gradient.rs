//! Which cells move a share most? Analytical first derivatives from one transposed and one direct solve.
//!
//! Every measure here has the form
//!
//! ```text
//! s = F / g      F = w B d      g = Σ_{i∈T} e_i        (an amount, without / g, is s = F)
//!                  (1,n)(n,n)(n,1)
//! ```
//! with `w` the value-added shares of some rows S (w_i = α_i v_i, α the indicator of S), `d` some exports or final demand,
//! and `T` the exporting rows. Because dB = B dA B,
//!
//! ```text
//! ∂F/∂A_ij = p_i q_j        p = w B  (transposed solve)      q = B d  (direct solve)
//! ∂F/∂v_j  = α_j q_j
//! ```
//! Import content is the same with the domestic block alone: w_j = m_j = Σ_{i∉s} A_ij, B = L_ss, α = 0, q = 0 outside s, and
//! p_i = 1 for i ∉ s, because an imported input counts in full.
//!
//! A flow is not a coefficient: one more unit of z_ij is also one more unit of output of i, of value added of i and one less
//! of j. With x the row sum and value added the residual,
//!
//! ```text
//! dx_i = dz        dA_ij = dz / x_j,   dA_ki = −A_ki dz / x_i       dv_i = (1 − v_i) dz / x_i,   dv_j = −dz / x_j
//!
//! ∂F/∂z_ij = (α_i − p_i) q_i / x_i  +  (p_i − α_j) q_j / x_j  +  p_i [is z_ij in d]
//! ∂F/∂y_ik = (α_i − p_i) q_i / x_i                            +  p_i [is y_ik in d]
//! ∂s/∂z_ij = (∂F/∂z_ij − s [is z_ij an export of T]) / g
//! ```
//! where Σ_k p_k A_ki = p_i − w_i was used. These are checked against central differences of the indicators themselves.
//!
//! # Source
//! Sherman and Morrison (1950), <https://doi.org/10.1214/aoms/1177729893>, for a change of one coefficient; Sonis and Hewings
//! (1992), *Coefficient change in input-output models*, Economic Systems Research 4(2),
//! <https://doi.org/10.1080/09535319200000013>, for the field of influence p_i q_j.

use nalgebra::DMatrix;

use super::UncertaintyError;
use crate::labels::Axis;
use crate::model::Model;
use crate::model::solver::{Side, SolveError};
use crate::table::{OutputConvention, ValueAddedConvention};

/// Whose value added is counted: S.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Every row of the economy.
    Economy,
    /// Every row of all other economies.
    Abroad,
    /// The selected rows: all of the economy, or those of its sector.
    Selected,
    /// Imported inputs, not value added.
    Imports,
}

/// In what it is counted: d.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demand {
    /// Exports of the selected rows.
    Exports,
    /// Exports of all other economies.
    ExportsOfOthers,
    /// Final demand of all other economies.
    FinalDemandAbroad,
}

/// A measure that has derivatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Name of its column in `vadex tiva`, or with `_share` where that has none.
    pub id: &'static str,
    /// In words.
    pub meaning: &'static str,
    origin: Origin,
    demand: Demand,
    is_share: bool,
}

impl Measure {
    /// A fraction of exports, or an amount?
    pub fn is_share(&self) -> bool {
        self.is_share
    }
}

const fn measure(id: &'static str, origin: Origin, demand: Demand, meaning: &'static str) -> Measure {
    Measure { id, meaning, origin, demand, is_share: false }
}

const fn share(id: &'static str, origin: Origin, demand: Demand, meaning: &'static str) -> Measure {
    Measure { id, meaning, origin, demand, is_share: true }
}

/// Every measure.
pub static MEASURES: &[Measure] = &[
    share("dva_share", Origin::Economy, Demand::Exports, "domestic value-added content over gross exports"),
    share("fva_share", Origin::Abroad, Demand::Exports, "foreign value-added content over gross exports"),
    share("vs_share", Origin::Imports, Demand::Exports, "import content over gross exports"),
    share(
        "vs1_share",
        Origin::Selected,
        Demand::ExportsOfOthers,
        "own value added in other economies' exports over gross exports",
    ),
    share("vax_ratio", Origin::Selected, Demand::FinalDemandAbroad, "value-added exports over gross exports"),
    measure("dva", Origin::Economy, Demand::Exports, "domestic value-added content of exports"),
    measure("fva", Origin::Abroad, Demand::Exports, "foreign value-added content of exports"),
    measure("vs", Origin::Imports, Demand::Exports, "import content of exports"),
    measure("vs1", Origin::Selected, Demand::ExportsOfOthers, "own value added in other economies' exports"),
    measure("vax", Origin::Selected, Demand::FinalDemandAbroad, "own value added absorbed abroad"),
];

/// Looks a measure up by name.
///
/// # Errors
/// [`UncertaintyError::UnknownMeasure`], with the nearest name.
pub fn find_measure(id: &str) -> Result<&'static Measure, UncertaintyError> {
    MEASURES.iter().find(|measure| measure.id == id).ok_or_else(|| UncertaintyError::UnknownMeasure {
        name: id.to_owned(),
        nearest: crate::labels::nearest(MEASURES.iter().map(|measure| measure.id), id),
        known: MEASURES.iter().map(|measure| measure.id).collect::<Vec<_>>().join(", "),
    })
}

/// Who buys a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    /// An industry, by row of the table.
    Industry(usize),
    /// Final demand of an economy.
    FinalDemand(usize),
}

/// A measure of one economy (or one of its sectors) and its derivatives.
pub struct Gradient {
    measure: &'static Measure,
    value: f64,
    exports: f64,
    economy: usize,
    /// α.
    counted: Vec<f64>,
    /// p.
    per_unit_sold: Vec<f64>,
    /// q.
    output_called_forth: Vec<f64>,
    gross_output: Vec<f64>,
    economy_of: Vec<usize>,
    /// T.
    selected: Vec<bool>,
    conventions: String,
    flows_defined: bool,
}

impl Gradient {
    /// Solves for p and q.
    ///
    /// # Errors
    /// An economy without exports, where the measure is a share; a failed solve.
    ///
    /// # Panics
    /// When there is no economy of that index.
    ///
    /// # Cost
    /// One transposed and one direct right-hand side: O(n²).
    pub fn of(
        model: &Model,
        measure: &'static Measure,
        economy: usize,
        sector: Option<usize>,
    ) -> Result<Self, UncertaintyError> {
        let axis = model.axis();
        let n = axis.n_rows();
        let home = axis.block(economy);
        let selected: Vec<bool> = (0..n)
            .map(|row| home.contains(&row) && sector.is_none_or(|sector| axis.sector_of(row) == sector))
            .collect();
        let gross = model.flows().gross_exports();
        let exports: f64 = (0..n).filter(|&row| selected[row]).map(|row| gross[row]).sum();
        if measure.is_share && exports == 0.0 {
            let name = &axis.economies()[economy];
            let of =
                sector.map_or_else(|| name.clone(), |sector| format!("{name}.{}", axis.sectors()[sector]));
            return Err(UncertaintyError::NoExports { of, measure: measure.id });
        }
        let demand = demand_of(model, measure.demand, economy, &selected);
        let counted: Vec<f64> = (0..n)
            .map(|row| match measure.origin {
                Origin::Economy => home.contains(&row),
                Origin::Abroad => !home.contains(&row),
                Origin::Selected => selected[row],
                Origin::Imports => false,
            })
            .map(|counted| f64::from(u8::from(counted)))
            .collect();
        let (per_unit_sold, output_called_forth, total) = match measure.origin {
            Origin::Imports => import_adjoint(model, axis, economy, &demand)?,
            _ => adjoint(model, &counted, &demand)?,
        };
        let conventions = model.description().conventions;
        Ok(Self {
            measure,
            value: if measure.is_share { total / exports } else { total },
            exports,
            economy,
            counted,
            per_unit_sold,
            output_called_forth,
            gross_output: model.flows().gross_output().to_vec(),
            economy_of: (0..n).map(|row| axis.economy_of(row)).collect(),
            selected,
            conventions: conventions.to_string(),
            flows_defined: conventions.output == OutputConvention::RowSum
                && conventions.value_added == ValueAddedConvention::Residual,
        })
    }

    /// The measure.
    pub fn measure(&self) -> &'static Measure {
        self.measure
    }

    /// Its value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Are derivatives with respect to flows defined under the conventions of the model?
    ///
    /// # Errors
    /// [`UncertaintyError::Conventions`].
    pub fn require_flows(&self) -> Result<(), UncertaintyError> {
        if self.flows_defined {
            return Ok(());
        }
        Err(UncertaintyError::Conventions { found: self.conventions.clone() })
    }

    /// ∂s/∂z: one more unit sold by a row to a buyer, all other flows as they are. Output of the seller and value added of
    /// seller and buyer follow. Zero for industries without output.
    pub fn flow(&self, seller: usize, buyer: Buyer) -> f64 {
        let mut slope = -self.per_output(seller) * (self.per_unit_sold[seller] - self.counted[seller]);
        let buying_economy = match buyer {
            Buyer::Industry(row) => {
                slope += self.per_output(row) * (self.per_unit_sold[seller] - self.counted[row]);
                self.economy_of[row]
            }
            Buyer::FinalDemand(economy) => economy,
        };
        let selling_economy = self.economy_of[seller];
        let abroad = buying_economy != selling_economy;
        let in_demand = match self.measure.demand {
            Demand::Exports => self.selected[seller] && abroad,
            Demand::ExportsOfOthers => selling_economy != self.economy && abroad,
            Demand::FinalDemandAbroad => {
                matches!(buyer, Buyer::FinalDemand(_)) && buying_economy != self.economy
            }
        };
        if in_demand {
            slope += self.per_unit_sold[seller];
        }
        if self.measure.is_share {
            if self.selected[seller] && abroad {
                slope -= self.value;
            }
            slope /= self.exports;
        }
        slope
    }

    /// ∂s/∂A_ij with exports, final demand and value-added shares held fixed.
    pub fn coefficient(&self, row: usize, column: usize) -> f64 {
        self.scaled(self.per_unit_sold[row] * self.output_called_forth[column])
    }

    /// ∂s/∂A_ij with exports and final demand held fixed and the value-added share of the buyer giving way, dv_j = −dA_ij.
    pub fn coefficient_at_cost_of_value_added(&self, row: usize, column: usize) -> f64 {
        self.scaled((self.per_unit_sold[row] - self.counted[column]) * self.output_called_forth[column])
    }

    /// ∂s/∂v_j with coefficients, exports and final demand held fixed.
    pub fn value_added_share(&self, row: usize) -> f64 {
        self.scaled(self.counted[row] * self.output_called_forth[row])
    }

    fn scaled(&self, slope: f64) -> f64 {
        if self.measure.is_share { slope / self.exports } else { slope }
    }

    /// q_i / x_i.
    fn per_output(&self, row: usize) -> f64 {
        if self.gross_output[row] == 0.0 {
            0.0
        } else {
            self.output_called_forth[row] / self.gross_output[row]
        }
    }
}

/// d, (n_rows).
fn demand_of(model: &Model, demand: Demand, economy: usize, selected: &[bool]) -> Vec<f64> {
    let (axis, flows) = (model.axis(), model.flows());
    let gross = flows.gross_exports();
    match demand {
        Demand::Exports => {
            gross.iter().zip(selected).map(|(e, selected)| if *selected { *e } else { 0.0 }).collect()
        }
        Demand::ExportsOfOthers => {
            let home = axis.block(economy);
            gross.iter().enumerate().map(|(row, e)| if home.contains(&row) { 0.0 } else { *e }).collect()
        }
        Demand::FinalDemandAbroad => flows
            .final_demand()
            .row_iter()
            .map(|row| {
                row.iter().enumerate().filter(|(absorber, _)| *absorber != economy).map(|(_, y)| y).sum()
            })
            .collect(),
    }
}

type Adjoint = (Vec<f64>, Vec<f64>, f64);

/// p = w B, q = B d and w B d.
fn adjoint(model: &Model, counted: &[f64], demand: &[f64]) -> Result<Adjoint, SolveError> {
    let n = demand.len();
    let shares = model.value_added_share();
    let mut p = DMatrix::from_fn(n, 1, |row, _| counted[row] * shares[row]);
    let mut q = DMatrix::from_column_slice(n, 1, demand);
    model.system().solve_in_place(Side::Transposed, &mut p)?;
    model.system().solve_in_place(Side::Direct, &mut q)?;
    let total = p.as_slice().iter().zip(demand).map(|(p, d)| p * d).sum();
    Ok((p.as_slice().to_vec(), q.as_slice().to_vec(), total))
}

/// p = m L_ss at home and 1 abroad, q = L_ss d at home and 0 abroad.
fn import_adjoint(model: &Model, axis: &Axis, economy: usize, demand: &[f64]) -> Result<Adjoint, SolveError> {
    let home = axis.block(economy);
    let local = &model.system().local_leontief()?[economy];
    let blocks: Vec<_> = (0..axis.n_economies()).map(|e| axis.block(e)).collect();
    let from_abroad = model.system().input_coefficients().column_sums_outside(&blocks);
    let imported = nalgebra::RowDVector::from_row_slice(&from_abroad[home.clone()]);
    let at_home = nalgebra::DVector::from_column_slice(&demand[home.clone()]);
    let content = imported * local;
    let output = local * &at_home;
    let total = (&content * &at_home)[0];
    let mut p = vec![1.0; demand.len()];
    let mut q = vec![0.0; demand.len()];
    p[home.clone()].copy_from_slice(content.as_slice());
    q[home].copy_from_slice(output.as_slice());
    Ok((p, q, total))
}
