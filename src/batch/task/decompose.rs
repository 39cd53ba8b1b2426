//! `decompose` in a manifest: every method at every level, of value added and of every satellite, is a task.

use serde_json::json;

use super::{Command, Computation, Reader, Task, one_of, words};
use crate::analysis::{AnalysisError, DecomposeAnalysis};
use crate::batch::BatchError;
use crate::decompose::{DecomposeError, Detail, SumOver, check_details, check_sum, find_method};

impl Reader<'_> {
    pub(super) fn decompose(&self, prefix: &str) -> Result<Vec<Task>, BatchError> {
        let entry = self.entry;
        let Some(methods) = &entry.method else {
            let missing = BatchError::MissingKey { key: "method", what: "decompose" };
            return self.at(entry.command.span(), Err(missing));
        };
        let by_place = entry.by.as_ref().map_or_else(|| self.place.clone(), toml::Spanned::span);
        let by = words(entry.by.as_ref())
            .iter()
            .map(|word| self.at(by_place.clone(), one_of("detail", &Detail::ALL, Detail::id, word)))
            .collect::<Result<Vec<Detail>, BatchError>>()?;
        let (origins, absorbers) = (words(entry.origin.as_ref()), words(entry.absorber.as_ref()));
        let sums = self.sums(&SumOver::ALL, SumOver::id)?;
        let tidy = entry.tidy.as_ref().is_some_and(|tidy| *tidy.get_ref());
        let satellites = self.traced();
        let (exporters, importers, sectors) =
            (words(entry.exporter.as_ref()), words(entry.importer.as_ref()), words(entry.sector.as_ref()));
        let mut tasks = Vec::new();
        for id in &methods.get_ref().0 {
            let method = self.at(methods.span(), find_method(id).map_err(AnalysisError::from))?;
            if let Some(list) = &entry.sum {
                for key in &sums {
                    self.at(list.span(), check_sum(method, *key).map_err(AnalysisError::from))?;
                }
            }
            for level in self.levels_or_country()? {
                if !method.levels().contains(&level) {
                    let supported =
                        method.levels().iter().map(|known| known.id()).collect::<Vec<_>>().join(", ");
                    let (method, level) = (method.id(), level.id());
                    let error = DecomposeError::UnsupportedLevel { method, level, supported };
                    return self.at(self.level_span(), Err(AnalysisError::from(error)));
                }
                let checked = check_details(method, level, &by).map_err(AnalysisError::from);
                self.at(by_place.clone(), checked)?;
                for traced in &satellites {
                    let told: Vec<&str> = by.iter().map(|detail| detail.id()).collect();
                    let mut settings = json!({
                        "command": "decompose",
                        "method": method.id(),
                        "level": level.id(),
                        "exporter": exporters,
                        "importer": importers,
                        "sector": sectors,
                        "sum": sums.iter().map(|key| key.id()).collect::<Vec<_>>(),
                        "by": (!told.is_empty()).then(|| told.join(",")),
                        "tidy": tidy,
                    });
                    for (key, chosen) in [("origin", &origins), ("absorber", &absorbers)] {
                        if !chosen.is_empty() {
                            settings[key] = json!(chosen);
                        }
                    }
                    let analysis = DecomposeAnalysis {
                        method,
                        level,
                        exporters: exporters.clone(),
                        importers: importers.clone(),
                        sectors: sectors.clone(),
                        sums: sums.clone(),
                        by: by.clone(),
                        origins: origins.clone(),
                        absorbers: absorbers.clone(),
                        tidy,
                    };
                    let mut folder = vec![prefix, method.id(), level.id()];
                    if !told.is_empty() {
                        folder.push("by");
                        folder.extend(&told);
                    }
                    if !sums.is_empty() {
                        folder.push("sum");
                        folder.extend(sums.iter().map(|key| key.id()));
                    }
                    if tidy {
                        folder.push("tidy");
                    }
                    folder.extend(traced.as_deref());
                    let mut task =
                        self.task(Command::Decompose, Computation::Decompose(analysis), folder, settings);
                    task.satellite = traced.clone();
                    tasks.push(task);
                }
            }
        }
        Ok(tasks)
    }
}
