//! `indicators` in a manifest: an indicator is a task, a family is one, all of a level are one; of value added and of every
//! satellite.

use std::ops::Range;

use serde_json::json;

use super::{Command, Computation, Reader, Task, words};
use crate::analysis::{AnalysisError, IndicatorAnalysis, IndicatorChoice};
use crate::batch::BatchError;
use crate::indicators::IndicatorError;
use crate::load::sha256;

impl Reader<'_> {
    pub(super) fn indicators(&self, prefix: &str) -> Result<Vec<Task>, BatchError> {
        let entry = self.entry;
        let levels = match self.levels()? {
            none if none.is_empty() => vec![None],
            some => some.into_iter().map(Some).collect(),
        };
        let (ids, families) = (words(entry.indicator.as_ref()), words(entry.family.as_ref()));
        // Each indicator by id is wide and stands alone; a family, or all, is long.
        let mut asked: Vec<(Vec<String>, Option<&str>, Range<usize>)> = Vec::new();
        if let Some(list) = &entry.indicator {
            asked.extend(ids.iter().map(|id| (vec![id.clone()], None, list.span())));
        }
        if let Some(list) = &entry.family {
            asked.extend(families.iter().map(|family| (Vec::new(), Some(family.as_str()), list.span())));
        }
        if asked.is_empty() {
            asked.push((Vec::new(), None, self.place.clone()));
        }
        let regions = match &entry.regions {
            None => None,
            Some(path) => {
                let resolved = self.manifest.resolve(path.get_ref());
                let bytes = std::fs::read(&resolved).map_err(|source| AnalysisError::RegionFile {
                    path: resolved.display().to_string(),
                    source,
                });
                let bytes = self.at(path.span(), bytes)?;
                Some((resolved, sha256(&bytes), path.span()))
            }
        };
        let (economies, sectors, partners) =
            (words(entry.economy.as_ref()), words(entry.sector.as_ref()), words(entry.partner.as_ref()));
        let satellites = self.traced();
        let mut tasks = Vec::new();
        for (ids, family, span) in &asked {
            for level in &levels {
                let choice = self.at(span.clone(), IndicatorChoice::new(ids, *family, *level))?;
                let level = choice.level();
                for one in choice.indicators() {
                    let known = one.profile().levels;
                    if !known.contains(&level) {
                        let supported = known.iter().map(|known| known.id()).collect::<Vec<_>>().join(", ");
                        let (indicator, level) = (one.id(), level.id());
                        let error = IndicatorError::UnsupportedLevel { indicator, level, supported };
                        return self.at(self.level_span(), Err(AnalysisError::from(error)));
                    }
                    // Of a family what cannot be traced is left out and told.
                    let found = satellites.iter().flatten().next().filter(|_| !ids.is_empty());
                    if let Some(name) = found {
                        self.at(self.satellite_span(), one.traces(name).map_err(AnalysisError::from))?;
                    }
                }
                let names: Vec<&str> = choice.indicators().iter().map(|one| one.id()).collect();
                let settings = json!({
                    "command": "indicators",
                    "indicator": names,
                    "long": ids.is_empty(),
                    "level": level.id(),
                    "economy": economies,
                    "sector": sectors,
                    "partner": partners,
                    "regions": regions.as_ref().map_or("built-in", |(_, sha256, _)| sha256.as_str()),
                });
                let what = ids.first().map(String::as_str).or(*family).unwrap_or("all");
                let analysis = IndicatorAnalysis::new(
                    choice,
                    &economies,
                    &sectors,
                    &partners,
                    regions.as_ref().map(|(path, _, _)| path.as_path()),
                );
                let place = regions.as_ref().map_or_else(|| span.clone(), |(_, _, span)| span.clone());
                let analysis = Box::new(self.at(place, analysis)?);
                for traced in &satellites {
                    let mut folder = vec![prefix, what, level.id()];
                    folder.extend(traced.as_deref());
                    let computation = Computation::Indicators(analysis.clone());
                    let task = self.task(Command::Indicators, computation, folder, settings.clone());
                    tasks.push(Task { satellite: traced.clone(), ..task });
                }
            }
        }
        Ok(tasks)
    }
}
