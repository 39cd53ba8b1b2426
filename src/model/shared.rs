//! What several pieces of work on one model have in common: each kind of it is made when first asked for, and kept with
//! the model as long as the model lives.
//!
//! The model does not know what is kept: a family of indicators names its ingredients by their types, and an ingredient
//! of a new indicator is a new type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Model;
use super::solver::SolveError;

/// One ingredient and the worst residual of the solves behind it.
type Entry = (Arc<dyn Any + Send + Sync>, f64);

/// Ingredients by type.
#[derive(Default)]
pub(super) struct Shared(Mutex<HashMap<TypeId, Entry>>);

impl Shared {
    fn find<T: Send + Sync + 'static>(&self) -> Option<(Arc<T>, f64)> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, residual) = entries.get(&TypeId::of::<T>())?;
        Some((Arc::clone(value).downcast().ok()?, *residual))
    }

    /// The first to finish is kept; whoever made the same meanwhile made it equal.
    fn keep<T: Send + Sync + 'static>(&self, value: T, residual: f64) -> Arc<T> {
        let value = Arc::new(value);
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.entry(TypeId::of::<T>()).or_insert((Arc::clone(&value) as _, residual));
        value
    }
}

impl Model {
    /// The ingredient of type `T`, from `make` when nobody has asked before. Whoever uses it answers for the residuals of
    /// the solves behind it, also when another piece of work had it made, so that what a result says about its residual
    /// does not depend on what ran before.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    pub(crate) fn shared<T: Send + Sync + 'static>(
        &self,
        make: impl FnOnce() -> Result<T, SolveError>,
    ) -> Result<Arc<T>, SolveError> {
        if let Some((value, residual)) = self.shared.find::<T>() {
            self.system.count_residual(residual);
            return Ok(value);
        }
        let before = self.system.take_worst_residual();
        let made = make();
        let residual = self.system.worst_residual();
        self.system.count_residual(before);
        Ok(self.shared.keep(made?, residual))
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::*;
    use crate::model::{ModelOptions, System};
    use crate::table::{IcioTable, TableParts};

    /// Two economies with a sector each.
    fn model() -> Model {
        let table = IcioTable::new(TableParts {
            rows: vec![("A".into(), "x".into()), ("B".into(), "x".into())],
            categories: vec!["final".into()],
            intermediate_use: DMatrix::from_row_slice(2, 2, &[20.0, 5.0, 10.0, 10.0]).into(),
            final_demand: DMatrix::from_row_slice(2, 2, &[50.0, 25.0, 40.0, 50.0]),
            primary_rows: vec![],
            published_output: None,
            unit: "million".into(),
            year: None,
            provenance: Default::default(),
        });
        Model::build(&table.unwrap(), &ModelOptions::default()).unwrap()
    }

    #[test]
    fn an_ingredient_is_made_once_a_model_and_its_residual_counts_for_every_user() {
        struct Ingredient(u32);
        let model = model();
        let make = |value: u32, residual: f64| {
            let system: &System = model.system();
            model.shared(|| {
                system.count_residual(residual);
                Ok(Ingredient(value))
            })
        };
        assert_eq!(make(7, 1e-14).unwrap().0, 7);
        model.system().take_worst_residual();
        assert_eq!(make(8, 1e-12).unwrap().0, 7);
        assert!((model.system().take_worst_residual() - 1e-14).abs() < 1e-30);
        // What was counted before stays counted.
        struct Other;
        model.system().count_residual(1e-13);
        model.shared(|| Ok(Other)).unwrap();
        assert!((model.system().take_worst_residual() - 1e-13).abs() < 1e-30);
    }

    #[test]
    fn another_primary_or_other_flows_are_another_model() {
        struct Ingredient(u32);
        let model = model();
        let n = model.axis().n_rows();
        model.shared(|| Ok(Ingredient(1))).unwrap();
        for other in [
            model.with_satellite("jobs", "persons", &vec![1.0; n]).unwrap(),
            model.only_origin(0),
            model.only_absorber(0).unwrap(),
            model.changed(None, Some(model.flows().final_demand() * 2.0)).unwrap().model,
        ] {
            assert_eq!(other.shared(|| Ok(Ingredient(2))).unwrap().0, 2);
        }
        assert_eq!(model.clone().shared(|| Ok(Ingredient(3))).unwrap().0, 1);
    }
}
