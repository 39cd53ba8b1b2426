//! What all methods share, computed once a model: multipliers, flows, feedback. Nothing here is a term of a method.

use std::sync::{Arc, OnceLock};

use nalgebra::DMatrix;

use super::aggregate::sector_rows;
use super::bm_imports::ImportFlows;
use super::feedback::Feedback;
use super::flow_parts::{Absorbed, FlowParts, LocalUse, ReexportsCorrected, SinkFlows};
use super::multipliers::{CountedOnce, Crossings, Multipliers};
use super::own_flow::{OwnFlow, Perimeter};
use super::reexport_flows::{ReexportedFinals, ReexportedInputs, SinkReexportedInputs};
use super::wwz_flows::WwzFlows;
use crate::blocks;
use crate::labels::Axis;
use crate::model::solver::{Side, SolveError};
use crate::model::{Flows, Model, System, get_or_try_init};
use crate::table::ValueAddedConvention;

/// A model with room for the intermediate results that methods share. Build one and run any number of methods in it.
pub struct Workspace {
    model: Model,
    feedback: Arc<OnceLock<Feedback>>,
    multipliers: Arc<Multipliers>,
    parts: Arc<FlowParts>,
    /// v B of each row as far as value added is traced at all, (n_rows): one with residual value added.
    attributed: Arc<[f64]>,
    /// Is `gexp` counted as what is embodied in exports, not as their value?
    embodied: bool,
    scale: Arc<[f64]>,
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace").field("model", &self.model).finish_non_exhaustive()
    }
}

impl Workspace {
    /// Multipliers of the whole; everything else when a method asks for it.
    ///
    /// # Errors
    /// A failed solve.
    ///
    /// # Cost
    /// G right-hand sides of the transposed system and G local inverses.
    pub fn new(model: &Model) -> Result<Self, SolveError> {
        let by_origin = model.value_added_by_origin()?.clone();
        let multipliers = Multipliers::new(model.system(), model.value_added_share(), by_origin)?;
        let attributed = attributed(model)?;
        let embodied = !model.primary().is_value_added;
        let exports = model.flows().gross_exports();
        let counted: Vec<f64> = if embodied {
            exports.iter().zip(&attributed).map(|(e, m)| e * m).collect()
        } else {
            exports.to_vec()
        };
        Ok(Self {
            scale: blocks::sum_by_economy(&counted, model.axis()).into(),
            model: model.clone(),
            feedback: Arc::default(),
            multipliers: Arc::new(multipliers),
            parts: Arc::default(),
            attributed: attributed.into(),
            embodied,
        })
    }

    /// The same exports with the value added of one origin alone: the parts add up to the whole.
    ///
    /// # Errors
    /// A failed solve.
    ///
    /// # Panics
    /// When there is no economy of that index.
    ///
    /// # Cost
    /// O(n N + n G): nothing that depends on A or Y alone is computed again.
    pub fn only_origin(&self, origin: usize) -> Result<Self, SolveError> {
        let attributed = self.multipliers.by_origin.row(origin).iter().copied().collect();
        self.with_value_added_of(origin, self.model.only_origin(origin), attributed)
    }

    /// The same with the value added of one industry alone; its multipliers are those of [`Self::multipliers_of_industries`].
    pub(super) fn only_industry(
        &self,
        origin: usize,
        sector: usize,
        multipliers: &[f64],
    ) -> Result<Self, SolveError> {
        self.with_value_added_of(origin, self.model.only_industry(origin, sector), multipliers.to_vec())
    }

    /// v_k B_k· of every industry k of an economy, (n_rows, industries).
    ///
    /// # Cost
    /// N right-hand sides of the transposed system.
    pub(super) fn multipliers_of_industries(&self, origin: usize) -> Result<DMatrix<f64>, SolveError> {
        let industries = sector_rows(self.axis(), origin);
        let mut multipliers = DMatrix::zeros(self.axis().n_rows(), industries.len());
        for (k, (_, rows)) in industries.iter().enumerate() {
            for &row in rows {
                multipliers[(row, k)] = self.share()[row];
            }
        }
        self.system().solve_in_place(Side::Transposed, &mut multipliers)?;
        Ok(multipliers)
    }

    /// The same exports with a part of the value added of one economy: `attributed` is what of it is in a unit of each row.
    fn with_value_added_of(
        &self,
        origin: usize,
        model: Model,
        attributed: Vec<f64>,
    ) -> Result<Self, SolveError> {
        let mut by_origin = DMatrix::zeros(self.axis().n_economies(), self.axis().n_rows());
        by_origin.row_mut(origin).copy_from_slice(&attributed);
        let multipliers = Multipliers::new(model.system(), model.value_added_share(), by_origin)?;
        Ok(Self {
            model,
            feedback: Arc::clone(&self.feedback),
            multipliers: Arc::new(multipliers),
            parts: Arc::clone(&self.parts),
            attributed: attributed.into(),
            embodied: true,
            scale: Arc::clone(&self.scale),
        })
    }

    /// The exports that the final demand of one economy calls forth: the parts add up to the whole.
    ///
    /// # Errors
    /// A failed solve.
    ///
    /// # Panics
    /// When there is no economy of that index.
    ///
    /// # Cost
    /// O(n²) and the flows that a method asks for.
    pub fn only_absorber(&self, absorber: usize) -> Result<Self, SolveError> {
        let all = self.output_by_absorber()?;
        let mut output = DMatrix::zeros(all.nrows(), all.ncols());
        output.set_column(absorber, &all.column(absorber));
        Ok(Self {
            model: self.model.only_absorber(absorber)?,
            feedback: Arc::clone(&self.feedback),
            multipliers: Arc::clone(&self.multipliers),
            parts: Arc::new(FlowParts::with_output_by_absorber(output)),
            attributed: Arc::clone(&self.attributed),
            embodied: self.embodied,
            scale: Arc::clone(&self.scale),
        })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Labels and row order.
    pub fn axis(&self) -> &Axis {
        self.model.axis()
    }

    pub(super) fn system(&self) -> &System {
        self.model.system()
    }

    pub(super) fn flows(&self) -> &Flows {
        self.model.flows()
    }

    /// The exporter of whose gross exports value added accounts for the least, and the share that it accounts for: one
    /// everywhere with residual value added, unless rows sell without having output.
    pub fn least_attributed(&self) -> (usize, f64) {
        let exports = self.flows().gross_exports();
        (0..self.axis().n_economies())
            .filter_map(|s| {
                let rows = self.axis().block(s);
                let gross: f64 = exports[rows.clone()].iter().sum();
                let traced: f64 = rows.map(|row| self.attributed[row] * exports[row]).sum();
                (gross != 0.0).then(|| (s, traced / gross))
            })
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or((0, 1.0))
    }

    /// v.
    pub(super) fn share(&self) -> &[f64] {
        self.model.value_added_share()
    }

    /// v B of a row, by a solve of its own (or one, where residual value added makes it so).
    pub(super) fn attributed(&self, row: usize) -> f64 {
        self.attributed[row]
    }

    /// Gross exports of a cell, or what of v is embodied in them.
    pub(super) fn gexp(&self, row: usize, importer: usize) -> f64 {
        let exports = self.flows().bilateral_exports()[(row, importer)];
        if self.embodied { self.attributed[row] * exports } else { exports }
    }

    /// Is `gexp` counted as what is embodied in exports?
    pub(super) fn counts_embodied(&self) -> bool {
        self.embodied
    }

    /// Gross exports by economy: the measure of identity gaps.
    pub(super) fn scale(&self) -> &[f64] {
        &self.scale
    }

    // What is kept here rests on solutions that the model keeps. Each getter asks for them again, so that whoever uses
    // a kept part answers for the residuals behind it, also when another method had the part made.

    pub(super) fn feedback(&self) -> Result<&Feedback, SolveError> {
        self.system().global_leontief()?;
        get_or_try_init(&self.feedback, || Feedback::build(self.system()))
    }

    pub(super) fn multipliers(&self) -> &Multipliers {
        &self.multipliers
    }

    pub(super) fn counted_once(&self) -> Result<&CountedOnce, SolveError> {
        Ok(self.multipliers.counted_once(self.system(), self.feedback()?))
    }

    pub(super) fn crossings(&self) -> Result<&Crossings, SolveError> {
        self.system().global_leontief()?;
        self.multipliers.crossings(self.system(), self.feedback()?)
    }

    /// B Y, (n_rows, G).
    pub(super) fn output_by_absorber(&self) -> Result<&DMatrix<f64>, SolveError> {
        match self.parts.output_by_absorber() {
            Some(output) => Ok(output),
            None => self.model.output_by_absorber(),
        }
    }

    pub(super) fn local_use(&self) -> Result<&LocalUse, SolveError> {
        self.parts.local_use(self)
    }

    pub(super) fn absorbed(&self) -> Result<&Absorbed, SolveError> {
        self.output_by_absorber()?;
        self.parts.absorbed(self)
    }

    pub(super) fn sink_flows(&self) -> Result<&SinkFlows, SolveError> {
        self.output_by_absorber()?;
        self.feedback()?;
        self.parts.sink(self)
    }

    pub(super) fn reexported_finals(&self) -> Result<&ReexportedFinals, SolveError> {
        self.parts.reexported_finals(self)
    }

    pub(super) fn reexported_inputs(&self) -> Result<&ReexportedInputs, SolveError> {
        self.output_by_absorber()?;
        self.parts.reexported_inputs(self)
    }

    pub(super) fn sink_reexported_inputs(&self) -> Result<&SinkReexportedInputs, SolveError> {
        self.output_by_absorber()?;
        self.feedback()?;
        self.parts.sink_reexported_inputs(self)
    }

    pub(super) fn reexports_corrected(&self) -> Result<&ReexportsCorrected, SolveError> {
        self.parts.corrected(self)
    }

    pub(super) fn wwz_flows(&self) -> Result<&WwzFlows, SolveError> {
        self.system().global_leontief()?;
        self.parts.wwz(self)
    }

    pub(super) fn import_flows(&self) -> Result<&ImportFlows, SolveError> {
        self.feedback()?;
        self.parts.imports(self)
    }

    pub(super) fn own_flow(&self, perimeter: Perimeter) -> Result<&OwnFlow, SolveError> {
        self.absorbed()?;
        self.system().global_leontief()?;
        self.parts.own_flow(self, perimeter)
    }
}

/// v B of each row. With residual value added it is one, and saying so keeps the check against exports independent of
/// every solve; rows that sell without having output (sales cancelled by inventories), published value added and
/// satellites call for the solve.
fn attributed(model: &Model) -> Result<Vec<f64>, SolveError> {
    let n = model.axis().n_rows();
    let residual = model.description().conventions.value_added == ValueAddedConvention::Residual;
    let coefficients = model.system().input_coefficients();
    let sells = |row: usize| {
        let mut any = model.flows().gross_exports()[row] != 0.0;
        coefficients.for_each_in(row..row + 1, 0..n, |_, _, _| any = true);
        any
    };
    let sells_without_output = |row: usize| model.flows().gross_output()[row] == 0.0 && sells(row);
    if model.primary().is_value_added && residual && !(0..n).any(sells_without_output) {
        return Ok(vec![1.0; n]);
    }
    let mut rhs = DMatrix::from_column_slice(n, 1, model.value_added_share());
    model.system().solve_in_place(Side::Transposed, &mut rhs)?;
    Ok(rhs.as_slice().to_vec())
}
