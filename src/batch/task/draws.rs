//! Errors of cells in a task, and how many tables are drawn with them: the options of `--draws`.

use serde_json::{Value, json};

use super::{Reader, one_of};
use crate::analysis::AnalysisError;
use crate::batch::BatchError;
use crate::uncertainty::{DrawPlan, ErrorModel, FinalDemandErrors, UncertaintyError};

/// Keys that say how wrong cells may be.
pub(super) const ERROR_KEYS: [&str; 5] =
    ["draw-sd", "draw-sd-exponent", "draw-sd-min", "draw-sd-max", "draw-final-demand"];
/// Keys that say how tables are drawn.
pub(super) const DRAW_KEYS: [&str; 5] =
    ["draws", "seed", "interval", "draw-value-added-sd", "draw-tolerance"];

/// What happens to cells of final demand, by its word.
const FINAL_DEMAND: [(&str, FinalDemandErrors); 2] =
    [("drawn", FinalDemandErrors::Drawn), ("held", FinalDemandErrors::Held)];

impl Reader<'_> {
    /// How wrong cells may be.
    pub(super) fn errors(&self) -> Result<(ErrorModel, FinalDemandErrors), BatchError> {
        let entry = self.entry;
        let given = [&entry.draw_sd, &entry.draw_sd_exponent, &entry.draw_sd_min, &entry.draw_sd_max];
        let [scale, exponent, least, most] = given.map(|value| value.as_ref().map(|value| *value.get_ref()));
        let model = ErrorModel::new(
            scale.unwrap_or(ErrorModel::DEFAULT_SCALE),
            exponent.unwrap_or(ErrorModel::DEFAULT_EXPONENT),
            least.unwrap_or(ErrorModel::DEFAULT_LEAST),
            most.unwrap_or(ErrorModel::DEFAULT_MOST),
        );
        let place =
            given.iter().find_map(|value| value.as_ref()).map_or(self.place.clone(), |one| one.span());
        let model = self.at(place, model.map_err(AnalysisError::from))?;
        let final_demand = match &entry.draw_final_demand {
            None => FinalDemandErrors::default(),
            Some(word) => {
                let found =
                    one_of("way with cells of final demand", &FINAL_DEMAND, |(id, _)| id, word.get_ref());
                self.at(word.span(), found)?.1
            }
        };
        Ok((model, final_demand))
    }

    /// The draws that are asked for; nothing when they are not, and then none of their options may stand there.
    pub(super) fn draws(&self, written: &[&'static str]) -> Result<Option<DrawPlan>, BatchError> {
        let entry = self.entry;
        let Some(draws) = &entry.draws else {
            let idle = written.iter().find(|key| DRAW_KEYS.contains(*key) || ERROR_KEYS.contains(*key));
            return match idle {
                None => Ok(None),
                Some(key) => {
                    self.at(self.place.clone(), Err(BatchError::MissingKey { key: "draws", what: key }))
                }
            };
        };
        let (errors, final_demand) = self.errors()?;
        let number = |value: &Option<toml::Spanned<f64>>, otherwise| {
            value.as_ref().map_or(otherwise, |value| *value.get_ref())
        };
        let plan = DrawPlan {
            draws: *draws.get_ref(),
            seed: entry.seed.as_ref().map_or(DrawPlan::DEFAULT_SEED, |seed| *seed.get_ref()),
            errors,
            final_demand,
            value_added_sd: number(&entry.draw_value_added_sd, 0.0),
            tolerance: number(&entry.draw_tolerance, DrawPlan::DEFAULT_TOLERANCE),
            level: number(&entry.interval, DrawPlan::DEFAULT_LEVEL),
            ..DrawPlan::default()
        };
        if !(plan.level > 0.0 && plan.level < 1.0) {
            let place = entry.interval.as_ref().map_or(self.place.clone(), toml::Spanned::span);
            let error = UncertaintyError::Parameter {
                parameter: "the level of the interval",
                found: plan.level,
                expected: "between 0 and 1",
            };
            return self.at(place, Err(AnalysisError::from(error)));
        }
        let needed = plan.least_draws();
        if plan.draws < needed {
            let error = UncertaintyError::TooFewDraws { found: plan.draws, level: plan.level, needed };
            return self.at(draws.span(), Err(AnalysisError::from(error)));
        }
        Ok(Some(plan))
    }
}

/// What the key of a result has of the errors of cells.
pub(super) fn error_settings(errors: &ErrorModel, final_demand: FinalDemandErrors) -> Value {
    let word = FINAL_DEMAND.iter().find(|(_, one)| *one == final_demand).map(|(word, _)| *word);
    json!({ "cells": errors.to_string(), "final-demand": word })
}

/// What the key of a result has of its draws.
pub(super) fn draw_settings(plan: &DrawPlan) -> Value {
    json!({
        "draws": plan.draws,
        "seed": plan.seed,
        "interval": plan.level,
        "errors": error_settings(&plan.errors, plan.final_demand),
        "value-added-sd": plan.value_added_sd,
        "tolerance": plan.tolerance,
        "sweeps": plan.most_sweeps,
    })
}
