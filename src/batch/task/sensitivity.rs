//! `sensitivity` in a manifest: every measure of every economy, and of every sector where some are named, is a task.

use serde_json::json;

use super::draws::{ERROR_KEYS, error_settings};
use super::{Command, Computation, Reader, Task, file_word, one_of, words};
use crate::analysis::{AnalysisError, Change, Rank, SensitivityAnalysis, SensitivityRows};
use crate::batch::BatchError;
use crate::uncertainty::find_measure;

/// What is measured when the entry does not say.
const MEASURE: &str = "dva_share";
/// Rows that are kept when the entry does not say.
const TOP: usize = 20;

const CHANGES: [(&str, Change); 3] =
    [("flows", Change::Flows), ("inputs", Change::Inputs), ("coefficients", Change::Coefficients)];
const ROWS: [(&str, SensitivityRows); 3] = [
    ("cell", SensitivityRows::Cell),
    ("economies", SensitivityRows::Economies),
    ("sectors", SensitivityRows::Sectors),
];
const RANKS: [(&str, Rank); 2] = [("effect", Rank::Effect), ("variance", Rank::Variance)];

impl Reader<'_> {
    pub(super) fn sensitivity(
        &self,
        prefix: &str,
        written: &[&'static str],
    ) -> Result<Vec<Task>, BatchError> {
        let entry = self.entry;
        let Some(economies) = &entry.economy else {
            let missing = BatchError::MissingKey { key: "economy", what: "sensitivity" };
            return self.at(entry.command.span(), Err(missing));
        };
        let measures = match words(entry.of.as_ref()) {
            none if none.is_empty() => vec![MEASURE.to_owned()],
            some => some,
        };
        let sectors: Vec<Option<String>> = match words(entry.sector.as_ref()) {
            none if none.is_empty() => vec![None],
            some => some.into_iter().map(Some).collect(),
        };
        let (mode, change) = self.word_of("mode", entry.mode.as_ref(), &CHANGES)?;
        let (by, rows) = match &entry.by {
            // One word; several are none that is known.
            Some(word) => {
                self.at(word.span(), one_of("sum", &ROWS, |(id, _)| id, &word.get_ref().0.join(",")))?
            }
            None => ROWS[0],
        };
        let (first, rank) = self.word_of("rank", entry.rank.as_ref(), &RANKS)?;
        let top = entry.top.as_ref().map_or(TOP, |top| *top.get_ref());
        if change != Change::Flows
            && let Some(key) = written.iter().find(|key| ERROR_KEYS.contains(*key))
        {
            let place = entry.mode.as_ref().map_or_else(|| self.place.clone(), toml::Spanned::span);
            return self.at(place, Err(BatchError::ErrorsOfFlows { key, mode }));
        }
        let (errors, final_demand) = self.errors()?;
        let mut tasks = Vec::new();
        for id in &measures {
            let place = entry.of.as_ref().map_or_else(|| self.place.clone(), toml::Spanned::span);
            let measure = self.at(place, find_measure(id).map_err(AnalysisError::from))?;
            for economy in &economies.get_ref().0 {
                for sector in &sectors {
                    let settings = json!({
                        "command": "sensitivity",
                        "of": measure.id,
                        "economy": economy,
                        "sector": sector,
                        "mode": mode,
                        "by": by,
                        "rank": first,
                        "top": top,
                        "errors": error_settings(&errors, final_demand),
                    });
                    let analysis = SensitivityAnalysis {
                        measure,
                        economy: economy.clone(),
                        sector: sector.clone(),
                        change,
                        by: rows,
                        rank,
                        top,
                        errors,
                        final_demand,
                    };
                    let of_rank = entry.rank.as_ref().map_or_else(|| self.place.clone(), toml::Spanned::span);
                    self.at(of_rank, analysis.check())?;
                    let economy = file_word(economy);
                    let sector = sector.as_deref().map(file_word);
                    let mut folder = vec![prefix, measure.id, &economy];
                    folder.extend(sector.as_deref());
                    // What is not the default has its word in the name.
                    if change != CHANGES[0].1 {
                        folder.push(mode);
                    }
                    if rows != ROWS[0].1 {
                        folder.extend(["by", by]);
                    }
                    if rank != RANKS[0].1 {
                        folder.push(first);
                    }
                    tasks.push(self.task(
                        Command::Sensitivity,
                        Computation::Sensitivity(Box::new(analysis)),
                        folder,
                        settings,
                    ));
                }
            }
        }
        Ok(tasks)
    }

    /// The entry's choice of a list, or the first of it.
    fn word_of<T: Copy>(
        &self,
        what: &'static str,
        word: Option<&toml::Spanned<String>>,
        all: &[(&'static str, T)],
    ) -> Result<(&'static str, T), BatchError> {
        match word {
            None => Ok(all[0]),
            Some(word) => self.at(word.span(), one_of(what, all, |(id, _)| id, word.get_ref())),
        }
    }
}
