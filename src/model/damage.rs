//! Models with one number changed behind their back: how tests show that the identities of a decomposition notice.
//!
//! Not part of the interface. A damaged model keeps everything that was solved before the damage, as a real fault in one
//! ingredient would.

use std::sync::Arc;

use super::Model;
use super::solver::SolveError;

/// Which ingredient is changed.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// One cell of A.
    InputCoefficients,
    /// One cell of B.
    GlobalLeontief,
    /// One cell of L.
    LocalLeontief,
    /// One element of v.
    ValueAddedShare,
    /// One bilateral flow of exports.
    Exports,
}

impl Model {
    /// The model with cell (`row`, `column`) of an ingredient multiplied; `column` is a row of the table, the importer for
    /// exports, and not used for v.
    ///
    /// # Errors
    /// A failed solve before the damage.
    #[doc(hidden)]
    pub fn damaged(
        &self,
        damage: Damage,
        row: usize,
        column: usize,
        factor: f64,
    ) -> Result<Self, SolveError> {
        self.value_added_by_origin()?;
        self.output_by_absorber()?;
        self.output_by_exporter()?;
        let mut model = Self { shared: Arc::default(), ..self.clone() };
        match damage {
            Damage::ValueAddedShare => {
                let mut primary = (*self.primary).clone();
                primary.share[row] *= factor;
                model.primary = Arc::new(primary);
                model.value_added_by_origin = Arc::default();
            }
            Damage::Exports => {
                model.flows = Arc::new(self.flows.with_exports_times(row, column, factor));
            }
            Damage::InputCoefficients | Damage::GlobalLeontief | Damage::LocalLeontief => {
                model.system = Arc::new(self.system.damaged(damage, row, column, factor)?);
            }
        }
        Ok(model)
    }
}
