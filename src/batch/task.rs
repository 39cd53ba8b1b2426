//! One entry of a manifest as tasks: each a definite analysis with every option resolved, a folder name and the settings
//! that its results are known by.

mod choices;
mod decompose;
mod draws;
mod indicators;
mod product;
mod sensitivity;

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Value, json};
use toml::Spanned;

use super::BatchError;
use super::manifest::{Manifest, TaskEntry, Words};
use crate::analysis::{
    Analysis, DecomposeAnalysis, ImportContentAnalysis, IndicatorAnalysis, ProductAnalysis,
    SensitivityAnalysis, TivaAnalysis, TivaKey, WithIntervals,
};
use crate::labels;
use crate::level::Level;
use crate::model::memory::{Asked, Workload};
use crate::uncertainty::DrawPlan;

/// A command that a task can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Tiva,
    Decompose,
    Indicators,
    ImportContent,
    Product,
    Sensitivity,
}

impl Command {
    const ALL: [Self; 6] = [
        Self::Tiva,
        Self::Decompose,
        Self::Indicators,
        Self::ImportContent,
        Self::Product,
        Self::Sensitivity,
    ];

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Tiva => "tiva",
            Self::Decompose => "decompose",
            Self::Indicators => "indicators",
            Self::ImportContent => "import-content",
            Self::Product => "product",
            Self::Sensitivity => "sensitivity",
        }
    }

    /// Does it read national tables?
    pub(super) fn is_national(self) -> bool {
        self == Self::ImportContent
    }

    /// Keys that mean something to it, beside `command`, `name` and `table`.
    fn keys(self) -> Vec<&'static str> {
        let own: &[&str] = match self {
            Self::Tiva => &["level", "economy", "sector", "partner", "sum", "satellite"],
            Self::Decompose => &[
                "method",
                "level",
                "exporter",
                "importer",
                "sector",
                "sum",
                "by",
                "origin",
                "absorber",
                "tidy",
                "satellite",
            ],
            Self::Indicators => {
                &["indicator", "family", "level", "economy", "sector", "partner", "regions", "satellite"]
            }
            Self::ImportContent => &["sectors", "economy"],
            Self::Product => &["account", "year"],
            Self::Sensitivity => &["of", "economy", "sector", "mode", "by", "rank", "top"],
        };
        let mut keys = own.to_vec();
        if self.takes_draws() {
            keys.extend(draws::DRAW_KEYS);
        }
        if self.takes_draws() || self == Self::Sensitivity {
            keys.extend(draws::ERROR_KEYS);
        }
        keys
    }

    /// Can its numbers have intervals?
    fn takes_draws(self) -> bool {
        matches!(self, Self::Tiva | Self::Decompose | Self::Indicators)
    }
}

/// What a task computes.
pub(super) enum Computation {
    Tiva(TivaAnalysis),
    Decompose(DecomposeAnalysis),
    Indicators(Box<IndicatorAnalysis>),
    ImportContent(ImportContentAnalysis),
    Product(Box<ProductAnalysis>),
    Sensitivity(Box<SensitivityAnalysis>),
}

impl Computation {
    /// The analysis of a world, where it is one.
    pub fn of_world(&self) -> Option<&dyn Analysis> {
        match self {
            Self::Tiva(analysis) => Some(analysis),
            Self::Decompose(analysis) => Some(analysis),
            Self::Indicators(analysis) => Some(analysis.as_ref()),
            Self::Product(analysis) => Some(analysis.as_ref()),
            Self::ImportContent(_) | Self::Sensitivity(_) => None,
        }
    }
}

/// One definite analysis.
pub(super) struct Task {
    pub command: Command,
    pub computation: Computation,
    /// Name of its folder.
    pub folder: String,
    /// What its entry chooses that this name does not say, as an end for it: see [`tell_apart`].
    pub choices: String,
    /// Satellite in place of value added, by name.
    pub satellite: Option<String>,
    /// Every option that bears on its numbers, defaults resolved.
    pub settings: Value,
    /// Tables it is for, by name; empty means all of its kind.
    pub tables: Vec<String>,
    /// The one year it is for; every year when absent.
    pub year: Option<i32>,
    /// Tables drawn for an interval of every number.
    pub draws: Option<DrawPlan>,
    /// Line of its entry.
    pub line: usize,
}

impl Task {
    /// Is it for some of the tables that another is for?
    fn meets(&self, other: &Self) -> bool {
        let years = [self.year, other.year];
        let same_year = years[0] == years[1] || years.contains(&None);
        let every = self.tables.is_empty() || other.tables.is_empty();
        let same_table = every || self.tables.iter().any(|table| other.tables.contains(table));
        same_year && same_table && self.command.is_national() == other.command.is_national()
    }

    /// Does it open and model its table by itself, instead of sharing a world with others?
    pub fn is_alone(&self) -> bool {
        self.draws.is_some()
    }

    /// Derivatives, which need the table itself beside its world.
    pub fn derivatives(&self) -> Option<&SensitivityAnalysis> {
        match &self.computation {
            Computation::Sensitivity(analysis) => Some(analysis.as_ref()),
            _ => None,
        }
    }

    /// What it is called, and what it holds in memory; nothing for national tables, which are small.
    pub fn asked(&self) -> Option<(String, Asked)> {
        match &self.computation {
            Computation::Sensitivity(analysis) => Some((analysis.computed(), analysis.asked())),
            other => other.of_world().map(|analysis| (analysis.computed(), analysis.asked())),
        }
    }

    /// Its work on a table of a size that is given, in company: derivatives have the table beside a world that is shared.
    pub fn work(&self, size: Workload) -> Workload {
        let work = self.work_alone(size);
        match self.derivatives() {
            Some(_) => SensitivityAnalysis::held_beside(work),
            None => work,
        }
    }

    /// The same when it has to open its table by itself: with less it is refused.
    pub fn work_alone(&self, size: Workload) -> Workload {
        let work = self.asked().map_or(size, |(_, asked)| asked.over(size));
        match (self.derivatives(), &self.draws) {
            (Some(_), _) => SensitivityAnalysis::held(work),
            (None, Some(plan)) => WithIntervals::held(plan, work),
            (None, None) => work,
        }
    }
}

/// Name of what is traced without a satellite.
pub(super) const VALUE_ADDED: &str = "value-added";

/// The tasks of an entry: the product of its lists.
pub(super) fn tasks_of(manifest: &Manifest, entry: &Spanned<TaskEntry>) -> Result<Vec<Task>, BatchError> {
    let reader = Reader { manifest, entry: entry.get_ref(), place: entry.span() };
    let command = reader.command()?;
    let prefix = match &reader.entry.name {
        Some(name) => reader.at(name.span(), plain_name("task", name.get_ref()))?,
        None => command.id().to_owned(),
    };
    let written = reader.check_keys(command)?;
    let mut tasks = match command {
        Command::Tiva => reader.tiva(&prefix)?,
        Command::Decompose => reader.decompose(&prefix)?,
        Command::Indicators => reader.indicators(&prefix)?,
        Command::ImportContent => reader.import_content(&prefix),
        Command::Product => reader.product(&prefix)?,
        Command::Sensitivity => reader.sensitivity(&prefix, &written)?,
    };
    let plan = if command.takes_draws() { reader.draws(&written)? } else { None };
    let choices = reader.choices(command);
    for task in &mut tasks {
        task.tables = words(reader.entry.table.as_ref());
        task.choices.clone_from(&choices);
        let Some(plan) = &plan else { continue };
        if let Computation::Decompose(analysis) = &task.computation
            && analysis.is_taken_apart()
        {
            let place = reader.entry.draws.as_ref().map_or_else(|| reader.place.clone(), Spanned::span);
            return reader.at(place, Err(BatchError::DrawsOfDetail));
        }
        task.folder.push_str("-draws");
        task.settings["draws"] = draws::draw_settings(plan);
        task.draws = Some(plan.clone());
    }
    Ok(tasks)
}

/// Gives tasks that would write the same files with different results what they choose into their names: one method for
/// some importers, and for others. A name rests on the task's own options, not on those of the others or on the order.
pub(super) fn tell_apart(tasks: &mut [Task]) {
    let mut of_folder: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, task) in tasks.iter().enumerate() {
        of_folder.entry(&task.folder).or_default().push(position);
    }
    let mut alike = Vec::new();
    for same in of_folder.into_values() {
        let clash = |one: usize, other: usize| {
            let (one, other) = (&tasks[one], &tasks[other]);
            one.settings != other.settings && one.meets(other)
        };
        alike.extend(same.iter().copied().filter(|one| same.iter().any(|other| clash(*one, *other))));
    }
    for position in alike {
        let Task { folder, choices, .. } = &mut tasks[position];
        folder.push_str(choices);
    }
}

/// A label as a part of a file's name.
fn file_word(label: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    label.chars().map(plain).collect()
}

/// A name that can be part of a path.
pub(super) fn plain_name(what: &'static str, name: &str) -> Result<String, BatchError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err(BatchError::BadName { what, name: name.to_owned() });
    }
    Ok(name.to_owned())
}

/// A word of a list, or an error with the nearest one.
pub(super) fn one_of<T: Copy>(
    what: &'static str,
    all: &[T],
    id: impl Fn(T) -> &'static str,
    found: &str,
) -> Result<T, BatchError> {
    all.iter().copied().find(|one| id(*one) == found).ok_or_else(|| BatchError::UnknownWord {
        what,
        found: found.to_owned(),
        known: all.iter().map(|one| id(*one)).collect::<Vec<_>>().join(", "),
        nearest: labels::nearest(all.iter().map(|one| id(*one)), found),
    })
}

fn words(list: Option<&Spanned<Words>>) -> Vec<String> {
    list.map(|list| list.get_ref().0.clone()).unwrap_or_default()
}

struct Reader<'a> {
    manifest: &'a Manifest,
    entry: &'a TaskEntry,
    place: Range<usize>,
}

impl Reader<'_> {
    /// An error with its place.
    fn at<T>(&self, span: Range<usize>, result: Result<T, impl Into<BatchError>>) -> Result<T, BatchError> {
        result.map_err(|error| BatchError::At {
            path: self.manifest.name(),
            line: self.manifest.line(span),
            error: Box::new(error.into()),
        })
    }

    fn command(&self) -> Result<Command, BatchError> {
        let word = &self.entry.command;
        self.at(word.span(), one_of("command", &Command::ALL, Command::id, word.get_ref()))
    }

    /// The keys that are written. One that the command would not read is a mistake, not a decoration.
    fn check_keys(&self, command: Command) -> Result<Vec<&'static str>, BatchError> {
        let entry = self.entry;
        fn span<T>(value: Option<&Spanned<T>>) -> Option<Range<usize>> {
            value.map(Spanned::span)
        }
        let written = [
            ("method", span(entry.method.as_ref())),
            ("indicator", span(entry.indicator.as_ref())),
            ("family", span(entry.family.as_ref())),
            ("level", span(entry.level.as_ref())),
            ("economy", span(entry.economy.as_ref())),
            ("exporter", span(entry.exporter.as_ref())),
            ("importer", span(entry.importer.as_ref())),
            ("sector", span(entry.sector.as_ref())),
            ("partner", span(entry.partner.as_ref())),
            ("sum", span(entry.sum.as_ref())),
            ("satellite", span(entry.satellite.as_ref())),
            ("by", span(entry.by.as_ref())),
            ("origin", span(entry.origin.as_ref())),
            ("absorber", span(entry.absorber.as_ref())),
            ("regions", span(entry.regions.as_ref())),
            ("tidy", span(entry.tidy.as_ref())),
            ("sectors", span(entry.sectors.as_ref())),
            ("account", span(entry.account.as_ref())),
            ("year", span(entry.year.as_ref())),
            ("of", span(entry.of.as_ref())),
            ("mode", span(entry.mode.as_ref())),
            ("rank", span(entry.rank.as_ref())),
            ("top", span(entry.top.as_ref())),
            ("draws", span(entry.draws.as_ref())),
            ("seed", span(entry.seed.as_ref())),
            ("interval", span(entry.interval.as_ref())),
            ("draw-sd", span(entry.draw_sd.as_ref())),
            ("draw-sd-exponent", span(entry.draw_sd_exponent.as_ref())),
            ("draw-sd-min", span(entry.draw_sd_min.as_ref())),
            ("draw-sd-max", span(entry.draw_sd_max.as_ref())),
            ("draw-final-demand", span(entry.draw_final_demand.as_ref())),
            ("draw-value-added-sd", span(entry.draw_value_added_sd.as_ref())),
            ("draw-tolerance", span(entry.draw_tolerance.as_ref())),
        ];
        let known = command.keys();
        let mut found = Vec::new();
        for (key, span) in written {
            let Some(span) = span else { continue };
            if !known.contains(&key) {
                let (command, known) = (command.id(), known.join(", "));
                return self.at(span, Err(BatchError::NotOfCommand { key, command, known }));
            }
            found.push(key);
        }
        Ok(found)
    }

    /// Levels asked for; none when the entry leaves them out.
    fn levels(&self) -> Result<Vec<Level>, BatchError> {
        let Some(list) = &self.entry.level else { return Ok(Vec::new()) };
        let find = |word: &String| one_of("level", &Level::ALL, Level::id, word);
        self.at(list.span(), list.get_ref().0.iter().map(find).collect::<Result<Vec<_>, _>>())
    }

    fn levels_or_country(&self) -> Result<Vec<Level>, BatchError> {
        let levels = self.levels()?;
        Ok(if levels.is_empty() { vec![Level::Country] } else { levels })
    }

    fn level_span(&self) -> Range<usize> {
        self.entry.level.as_ref().map_or_else(|| self.place.clone(), Spanned::span)
    }

    fn satellite_span(&self) -> Range<usize> {
        self.entry.satellite.as_ref().map_or_else(|| self.place.clone(), Spanned::span)
    }

    fn task(&self, command: Command, computation: Computation, folder: Vec<&str>, settings: Value) -> Task {
        Task {
            command,
            computation,
            folder: folder.join("-"),
            choices: String::new(),
            satellite: None,
            settings,
            tables: Vec::new(),
            year: None,
            draws: None,
            line: self.manifest.line(self.place.clone()),
        }
    }

    /// What is traced: value added, unless satellites are named.
    fn traced(&self) -> Vec<Option<String>> {
        match words(self.entry.satellite.as_ref()) {
            none if none.is_empty() => vec![None],
            some => some.into_iter().map(|name| (name != VALUE_ADDED).then_some(name)).collect(),
        }
    }

    fn tiva(&self, prefix: &str) -> Result<Vec<Task>, BatchError> {
        let entry = self.entry;
        let (economies, sectors, partners) =
            (words(entry.economy.as_ref()), words(entry.sector.as_ref()), words(entry.partner.as_ref()));
        let sums = self.sums(&TivaKey::ALL, TivaKey::id)?;
        let mut tasks = Vec::new();
        for level in self.levels_or_country()? {
            for traced in self.traced() {
                let settings = json!({
                    "command": "tiva",
                    "level": level.id(),
                    "economy": economies,
                    "sector": sectors,
                    "partner": partners,
                    "sum": sums.iter().map(|key| key.id()).collect::<Vec<_>>(),
                });
                let analysis = TivaAnalysis {
                    level,
                    economies: economies.clone(),
                    sectors: sectors.clone(),
                    partners: partners.clone(),
                    sums: sums.clone(),
                };
                let mut folder = vec![prefix, level.id()];
                if !sums.is_empty() {
                    folder.push("sum");
                    folder.extend(sums.iter().map(|key| key.id()));
                }
                folder.extend(traced.as_deref());
                let task = self.task(Command::Tiva, Computation::Tiva(analysis), folder, settings);
                tasks.push(Task { satellite: traced.clone(), ..task });
            }
        }
        Ok(tasks)
    }

    /// Keys to add up over, of those that the command has.
    fn sums<T: Copy>(&self, all: &[T], id: fn(T) -> &'static str) -> Result<Vec<T>, BatchError> {
        let Some(list) = &self.entry.sum else { return Ok(Vec::new()) };
        let find = |word: &String| one_of("key to add up over", all, id, word);
        self.at(list.span(), list.get_ref().0.iter().map(find).collect::<Result<Vec<_>, _>>())
    }

    fn import_content(&self, prefix: &str) -> Vec<Task> {
        let sectors = self.entry.sectors.as_ref().is_some_and(|sectors| *sectors.get_ref());
        let economies = words(self.entry.economy.as_ref());
        let settings = json!({ "command": "import-content", "sectors": sectors, "economy": economies });
        let analysis = ImportContentAnalysis { sectors, economies };
        let mut folder = vec![prefix];
        if sectors {
            folder.push("sectors");
        }
        vec![self.task(Command::ImportContent, Computation::ImportContent(analysis), folder, settings)]
    }
}
